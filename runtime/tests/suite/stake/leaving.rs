//! Liquid shares that change hands, and everybody who leaves with what is theirs.

use super::*;
use pallet_restaking::{Delegations, EraPools, TotalStake};
use polkadot_sdk::pallet_assets;
use quern_runtime::configs::money::OperatorSharesInstance;

const K: Balance = 1_000 * QRN;

fn send(id: u32, to: &User, amount: Balance) -> pallet_assets::Call<Runtime, OperatorSharesInstance> {
	pallet_assets::Call::transfer {
		id: codec::Compact(id),
		target: Address::Id(to.id.clone()),
		amount,
	}
}

fn solidify(of: &User, shares: Balance) -> Staking<Runtime> {
	Staking::solidify {
		operator: of.id.clone(),
		shares,
	}
}

#[test]
fn liquid_shares_are_slashed_as_they_lie_and_redeemed_by_who_holds_them() {
	with_quiet_dave(|chain| {
		let (dave, eve, holder) = (user("Dave"), user("Eve"), user("Ferdie"));
		chain.ok(&eve, delegate(&dave, 100 * K, Compound));
		chain.refused(
			&eve,
			liquify(&dave, 100 * K + 1),
			pallet_restaking::Error::<Runtime>::InsufficientShares,
		);
		chain.ok(&eve, liquify(&dave, 60 * K));
		let id = info(&dave).id;
		assert_eq!(OperatorShares::balance(id, &eve.id), 60 * K);
		assert_eq!(worth(&eve, &dave), 100 * K);
		// Liquid shares leave no stake: they are no less of it.
		assert_eq!(info(&dave).stake, 200 * K);
		chain.run_to_session(3);
		chain.next();
		let slash = propose(&dave, Scope::Consensus, 3, 150 * K);
		// Sold while the slash waits: what is frozen goes with them.
		chain.ok(&eve, send(id, &holder, 60 * K));
		assert_eq!((worth(&eve, &dave), worth(&holder, &dave)), (40 * K, 60 * K));
		assert_eq!(position(&holder, &dave).map(|all| all.liquid_shares), Some(60 * K));
		run_until_done(chain, slash, DEFERRAL);
		assert_eq!((worth(&eve, &dave), worth(&holder, &dave)), (20 * K, 30 * K));
		assert_eq!(OperatorShares::balance(id, &holder.id), 60 * K);

		chain.refused(
			&holder,
			solidify(&dave, 60 * K + 1),
			pallet_restaking::Error::<Runtime>::InsufficientShares,
		);
		chain.ok(&holder, solidify(&dave, 60 * K));
		assert_eq!((OperatorShares::total_supply(id), worth(&holder, &dave)), (0, 30 * K));
		chain.ok(&holder, undelegate(&dave, Compound));
		let era = Restaking::current_era();
		run_to_era(chain, era + UNBONDING);
		chain.next();
		let had = total(&holder.id);
		let fee = chain.ok(&holder, withdraw_from(&dave));
		assert_eq!(total(&holder.id), had - fee + 30 * K);
		assert_eq!(worth(&eve, &dave), 20 * K);
	});
}

#[test]
fn everybody_leaves_with_what_is_theirs_and_nothing_is_left_behind() {
	on(four(json!({})), |chain| {
		let operators = ["Alice", "Bob", "Charlie", "Dave"].map(user);
		let [eve, ferdie, stash, holder] = ["Eve", "Ferdie", "Alice//stash", "Bob//stash"].map(user);
		chain.ok(&operators[2], allocate(quern_primitives::WHOLE / 2));
		for (n, operator) in operators.iter().enumerate() {
			let amount = (n as Balance + 1) * 7 * K + 13;
			chain.ok(&eve, delegate(operator, amount, Compound));
			chain.ok(&ferdie, delegate(operator, amount / 3, Payout));
			chain.ok(&stash, delegate(operator, amount / 7, Compound));
			chain.ok(&stash, liquify(operator, amount / 7));
			let id = info(operator).id;
			chain.ok(&stash, send(id, &holder, amount / 21));
		}
		run_to_era(chain, 5);
		chain.next();
		// One of them is slashed for an offence, one for a fault, and a slash of a third is voided at last.
		let [alice, bob, charlie, dave] = &operators;
		propose(dave, Scope::Consensus, 5, 110 * K);
		let voided = propose(bob, Scope::Consensus, 5, 105 * K);
		run_to_era(chain, 8);
		chain.next();
		propose(charlie, Scope::Class(CPU), 8, 40 * K);
		// All leave while these wait.
		for operator in &operators {
			chain.ok(&eve, undelegate(operator, Compound));
			chain.ok(&ferdie, undelegate(operator, Payout));
			for who in [&stash, &holder] {
				let shares = position(who, operator).expect("shares").liquid_shares;
				chain.ok(who, solidify(operator, shares));
				chain.ok(who, undelegate(operator, Compound));
			}
			chain.ok(operator, Staking::leave {});
		}
		let last = Restaking::current_era();
		assert_eq!(
			crate::trip::decided(chain, pallet_slashing::Call::void { id: voided }),
			Ok(())
		);
		// What was frozen of its bond when it left leaves now.
		chain.ok(bob, Staking::leave {});
		run_to_era(chain, last + UNBONDING);
		chain.next();
		assert!(Slashing::pending(None).is_empty());
		let others = [&eve, &ferdie, &stash, &holder];
		for operator in &operators {
			for who in others {
				let (had, mine) = (total(&who.id), worth(who, operator));
				let claimable = position(who, operator).map_or(0, |all| all.claimable);
				let mut fees = chain.ok(who, withdraw_from(operator));
				close(total(&who.id), had - fees + mine);
				if claimable > 0 {
					let claim = Staking::claim {
						operator: Some(operator.id.clone()),
					};
					fees += chain.ok(who, claim);
					close(total(&who.id), had - fees + mine + claimable);
				}
				assert_eq!(position(who, operator), None);
			}
		}
		assert_eq!(Delegations::<Runtime>::iter().count(), 0);
		// Authors' fees still come in: in the end each withdraws, and with it all that is in its account.
		for operator in &operators {
			let (account, mine) = (stake_account(&operator.id), own(operator));
			let had = total(&operator.id);
			for _ in 0..3 {
				if Operators::<Runtime>::contains_key(&operator.id) {
					chain.ok(operator, Staking::withdraw { operator: None });
				}
			}
			assert!(!Operators::<Runtime>::contains_key(&operator.id));
			assert_eq!(total(&account), 0);
			assert!(total(&operator.id) + QRN >= had + mine, "less its fees");
		}
		assert_eq!(
			(TotalStake::<Runtime>::get(), EraPools::<Runtime>::iter().count()),
			(0, 0)
		);
		assert!(pallet_restaking::Reservations::<Runtime>::iter().next().is_none());
		let session = Session::current_index();
		chain.run(30);
		assert!(
			Session::current_index() > session && !validators().is_empty(),
			"the chain goes on"
		);
		// And they may come back, under another number.
		let before = OperatorShares::total_supply(0);
		chain.ok(alice, register_operator(20 * K));
		assert!(info(alice).id >= 4 && before == 0);
	});
}
