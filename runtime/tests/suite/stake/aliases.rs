//! Operator, client, finder and delegators may all be one: slashing oneself, or delegating while a slash waits,
//! brings nobody anything.

use super::{
	compute::{open_market, ruled_for_the_client},
	*,
};
use crate::trip::decided;
use polkadot_sdk::pallet_balances;
use quern_primitives::WHOLE;

const K: Balance = 1_000 * QRN;

/// One who acts under several names, as operator the first of them.
struct Aliases(Vec<User>);

impl Aliases {
	/// What all of them have, in their accounts and in the operator's stake.
	fn wealth(&self) -> Balance {
		let operator = &self.0[0];
		let accounts: Balance = self.0.iter().map(|who| total(&who.id)).sum();
		let stake: Balance = self.0.iter().map(|who| worth(who, operator)).sum();
		accounts + stake + own(operator)
	}
}

/// How a self-slash is made.
struct Shape {
	/// The operator's own bond.
	own: Balance,
	/// Delegated under another of its names.
	alias: Balance,
	/// Delegated by somebody else.
	honest: Balance,
	/// What of a payment its client lost for good.
	loss: Balance,
	/// The slash.
	amount: Balance,
}

#[test]
fn no_set_of_aliases_gains_by_slashing_itself() {
	let shapes = [
		// All its own; next to nothing; most of it under other names; nobody else's.
		(100 * K, 0, 0, 10 * K, 40 * K),
		(100 * QRN, 0, 400 * K, 10 * K, 150 * K),
		(K, 200 * K, 200 * K, 50 * K, 150 * K),
		(K, 400 * K, 0, 0, 200 * K),
		(50 * K, 10 * K, 300 * K, 180 * K, 180 * K),
	];
	for (own, alias, honest, loss, amount) in shapes {
		let shape = Shape {
			own,
			alias,
			honest,
			loss,
			amount,
		};
		slashes_itself(&shape);
	}
}

fn slashes_itself(shape: &Shape) {
	with_quiet_dave(|chain| {
		let [operator, client, finder, alias] = ["Ferdie", "Eve", "Eve//stash", "Dave//stash"].map(user);
		let other = user("Alice//stash");
		chain.ok(&operator, register_operator(shape.own));
		chain.ok(&operator, allocate(WHOLE / 2));
		for (who, amount) in [(&alias, shape.alias), (&other, shape.honest)] {
			if amount > 0 {
				chain.ok(who, delegate(&operator, amount, Compound));
			}
		}
		chain.run_to_session(3);
		chain.next();
		let aliases = Aliases(vec![operator.clone(), client.clone(), finder.clone(), alias]);
		let before = aliases.wealth();
		// The client pays for what it does not get.
		if shape.loss > 0 {
			chain.ok(
				&client,
				pallet_balances::Call::transfer_keep_alive {
					dest: Address::Id(user("Bob//stash").id),
					value: shape.loss,
				},
			);
		}
		let others = worth(&other, &operator);
		let slash = NewSlash {
			operator: operator.id.clone(),
			scope: Scope::Class(CPU),
			cause: SlashCause::WrongResult(1),
			session: 3,
			amount: shape.amount,
			evidence: H256::zero(),
			victim: Some((client.id.clone(), shape.loss)),
			finder: Some(finder.id.clone()),
		};
		let id = <Slashing as Slasher<AccountId>>::propose(slash).expect("proposed");
		assert!(aliases.wealth() <= before);
		while pallet_slashing::Slashes::<Runtime>::contains_key(id) {
			chain.next();
			assert!(aliases.wealth() <= before, "gained {}", aliases.wealth() - before);
		}
		assert!(worth(&other, &operator) <= others);
		// The client has no more than it lost before, the finder a fifth of what the own bond paid: the rest of
		// that is gone.
		let taken = shape.own - own(&operator);
		let lost = before - aliases.wealth();
		assert!(lost > 0 && lost >= taken - taken / 5, "{lost} of {taken}");
	});
}

#[test]
fn a_provider_that_is_its_own_client_loses_what_was_reserved() {
	with_quiet_dave(|chain| {
		let (operator, client, alias) = (user("Ferdie"), user("Eve"), user("Eve//stash"));
		let other = user("Alice//stash");
		chain.ok(&operator, register_operator(K));
		chain.ok(&alias, delegate(&operator, 4 * K, Payout));
		chain.ok(&other, delegate(&operator, 4 * K, Compound));
		let key = open_market(chain, &operator);
		let aliases = Aliases(vec![operator.clone(), client.clone(), alias.clone(), key.clone()]);
		let (before, has) = (aliases.wealth(), claims_of(&client.id));
		ruled_for_the_client(chain, &client, &key);
		// The job's claims came back; what they are worth is no more than what was paid for them.
		let spent = job(0).paid;
		assert_eq!((claims_of(&client.id), job(0).fee_charged), (has + 4_000, 0));
		let id = pending(&operator)[0].id;
		run_until_done(chain, id, DEFERRAL);
		// Its bond, and the alias's half of what delegations answered for.
		let lost = before - aliases.wealth() - spent;
		assert!(lost >= K + 250 * QRN - 4, "{lost}");
		close(worth(&other, &operator), 4 * K - 250 * QRN);
	});
}

/// An alias delegates while a slash waits, or leaves while it does; then the slash is executed, or voided.
fn under_a_pending_slash(joins: bool, leaves: bool, voided: bool) {
	with_quiet_dave(|chain| {
		let (dave, honest, alias) = (user("Dave"), user("Eve"), user("Ferdie"));
		chain.ok(&honest, delegate(&dave, 100 * K, Compound));
		if !joins {
			chain.ok(&alias, delegate(&dave, 300 * K, Compound));
		}
		chain.run_to_session(3);
		chain.next();
		let aliases = Aliases(vec![dave.clone(), alias.clone()]);
		let (before, hers) = (aliases.wealth(), worth(&honest, &dave));
		let id = propose(&dave, Scope::Consensus, 3, 150 * K);
		let never_more = || {
			assert!(aliases.wealth() <= before, "gained {}", aliases.wealth() - before);
			assert!(worth(&honest, &dave) <= hers);
		};
		if joins {
			// Dave's bond is all frozen, and it takes no delegations without: it has to add to it.
			chain.ok(&dave, Staking::bond_more { amount: 20 * K });
			chain.ok(&alias, delegate(&dave, 300 * K, Compound));
			never_more();
		}
		for _ in 0..3 {
			chain.next();
			if leaves {
				let part = Staking::undelegate {
					operator: dave.id.clone(),
					mode: Compound,
					shares: Some(90 * K),
				};
				chain.ok(&alias, part);
			}
			never_more();
		}
		let before_it_ends = worth(&honest, &dave);
		assert_eq!(before_it_ends, hers);
		if voided {
			assert_eq!(decided(chain, pallet_slashing::Call::void { id }), Ok(()));
			assert_eq!(worth(&honest, &dave), hers);
			close(worth(&alias, &dave), 300 * K);
		} else {
			run_until_done(chain, id, DEFERRAL);
			// 50,000 of what delegations were when it was frozen, or joined since: each its part, left or not.
			let (all, theirs) = (400 * K, 50 * K);
			close(worth(&honest, &dave), 100 * K - theirs * 100 * K / QRN / (all / QRN));
			close(worth(&alias, &dave), 300 * K - theirs * 300 * K / QRN / (all / QRN));
		}
		never_more();
		chain.ok(&alias, undelegate(&dave, Compound));
		chain.ok(&honest, undelegate(&dave, Compound));
		let (had, was) = (total(&honest.id), worth(&honest, &dave));
		run_to_era(chain, Restaking::current_era() + UNBONDING);
		chain.next();
		chain.ok(&alias, withdraw_from(&dave));
		let fee = chain.ok(&honest, withdraw_from(&dave));
		assert_eq!(total(&honest.id), had - fee + was);
		never_more();
	});
}

#[test]
fn delegating_or_leaving_under_a_pending_slash_brings_nothing() {
	for joins in [false, true] {
		for leaves in [false, true] {
			for voided in [false, true] {
				under_a_pending_slash(joins, leaves, voided);
			}
		}
	}
}
