//! Equivocations: of one of four validators, with delegators of every kind.

use super::*;
use crate::evidence::{put, report_blocks, report_votes, with_pool_on, Taken};
use pallet_restaking::Error;
use quern_primitives::WHOLE;

const K: Balance = 1_000 * QRN;

/// Dave with four delegators: Eve compounds, Ferdie is paid, Alice's stash is liquid, Bob's stash leaves
/// in session 3, which is the open block's.
struct Stake {
	dave: User,
	eve: User,
	ferdie: User,
	liquid: User,
	leaving: User,
}

impl Stake {
	fn new(chain: &mut Chain) -> Self {
		let all = Self {
			dave: user("Dave"),
			eve: user("Eve"),
			ferdie: user("Ferdie"),
			liquid: user("Alice//stash"),
			leaving: user("Bob//stash"),
		};
		chain.ok(&all.dave, allocate(WHOLE / 2));
		chain.ok(&all.eve, delegate(&all.dave, 300 * K, Compound));
		chain.ok(&all.ferdie, delegate(&all.dave, 200 * K, Payout));
		chain.ok(&all.liquid, delegate(&all.dave, 100 * K, Compound));
		chain.ok(&all.liquid, liquify(&all.dave, 100 * K));
		chain.ok(&all.leaving, delegate(&all.dave, 200 * K, Compound));
		chain.run_to_session(3);
		chain.next();
		chain.ok(&all.leaving, undelegate(&all.dave, Compound));
		all
	}

	fn delegators(&self) -> [&User; 4] {
		[&self.eve, &self.ferdie, &self.liquid, &self.leaving]
	}

	fn worths(&self) -> [Balance; 4] {
		self.delegators().map(|who| worth(who, &self.dave))
	}
}

fn quiet(test: impl FnOnce(&mut Chain, Taken)) {
	with_pool_on(four(with_reserve(EXISTENTIAL_DEPOSIT)), |chain, taken| {
		chain.silence(&user("Dave"));
		test(chain, taken)
	});
}

#[test]
fn one_of_four_loses_its_bond_and_each_delegator_the_exact_share() {
	quiet(|chain, taken| {
		let stake = Stake::new(chain);
		let dave = &stake.dave;
		assert_eq!(stake.worths(), [300 * K, 200 * K, 100 * K, 200 * K]);
		let answered = Restaking::slashable_info(&dave.id, now()).expect("this session");
		assert_eq!((answered.session, answered.consensus), (3, 900 * K));
		assert_eq!(answered.classes, [(CPU, 450 * K)]);
		assert_eq!((info(dave).stake, info(dave).unbonding), (700 * K, 200 * K));
		assert_eq!((candidate(dave), value(dave, CPU)), (Some(700 * K), 350 * K));

		// (3/4)² of what it was chosen with, frozen at once: the whole own bond, and of every part of the
		// delegations, unbonding ones too, 406,250 of 800,000.
		let report = report_blocks("Dave", chain.slot().into(), taken);
		let (burned, pool) = (FeeRouter::supply().burned, total(&stake_account(&dave.id)));
		assert_eq!(put(chain, report.clone()), Ok(Ok(())));
		let amount = parts(100 * K, 406_250 * QRN);
		let slashes = pending(dave);
		assert_eq!(slashes.len(), 1);
		let slash = &slashes[0];
		assert_eq!(
			(slash.amount, slash.scope, slash.session),
			(amount, Scope::Consensus, 3)
		);
		assert_eq!(slash.due, 3 + DEFERRAL);
		assert_eq!(info(dave).frozen, amount.total());
		assert_eq!((info(dave).own, info(dave).stake), (0, 295_312_500 * QRN / 1_000));
		assert_eq!(value(dave, CPU), info(dave).stake / 2);
		assert_eq!(
			(FeeRouter::supply().burned, total(&stake_account(&dave.id))),
			(burned, pool)
		);
		assert_eq!(
			stake.worths(),
			[300 * K, 200 * K, 100 * K, 200 * K],
			"nothing is lost yet"
		);
		assert_eq!(
			position(&stake.eve, dave).map(|all| all.frozen),
			Some(152_343_750 * QRN / 1_000)
		);
		// It stands no more for election; out of this session and the next it cannot be taken.
		assert_eq!(candidate(dave), None);
		assert!(is_disabled(&dave.id));
		chain.refused(dave, Staking::validate {}, Error::<Runtime>::BelowMinValidatorBond);

		// Reported again, for votes in many rounds and for other blocks: slashed once.
		for round in 1..4 {
			let report = report_votes("Dave", round, taken);
			assert_eq!(put(chain, report), Ok(Ok(())), "round {round}");
		}
		let other = report_blocks("Dave", (chain.slot() - 1).into(), taken);
		assert_eq!(put(chain, other), Ok(Ok(())));
		assert!(put(chain, report).is_err());
		assert_eq!(pending(dave), slashes);
		assert_eq!(info(dave).frozen, amount.total());

		// Who leaves now takes its part of what is frozen along.
		chain.ok(&stake.ferdie, undelegate(dave, Payout));
		assert_eq!(worth(&stake.ferdie, dave), 200 * K);
		assert_eq!(info(dave).frozen, amount.total());

		chain.run_to_session(4);
		chain.next();
		assert_eq!(validators().len(), 4);
		assert!(is_disabled(&dave.id));
		chain.run_to_session(5);
		chain.next();
		assert_eq!(validators().len(), 3);
		assert!(!validators().contains(&dave.id));
		assert!(Session::disabled_validators().is_empty());

		// Executed four eras after it was proposed.
		run_to_era(chain, 3 + DEFERRAL - 1);
		assert_eq!(pending(dave), slashes);
		let heard = run_until_done(chain, slash.id, 1);
		assert_eq!(Restaking::current_era(), 3 + DEFERRAL);
		assert_eq!(
			heard,
			[Executed {
				id: slash.id,
				taken: amount,
				burned: amount.total(),
				thawed: 0,
				left: 0
			}]
		);
		assert_eq!(total(&stake_account(&dave.id)), pool - amount.total());
		for (after, before) in stake.worths().into_iter().zip([300 * K, 200 * K, 100 * K, 200 * K]) {
			close(after, before - before / 800_000 * 406_250);
		}
		assert_eq!((info(dave).frozen, info(dave).own), (0, 0));
		assert_eq!(value(dave, CPU), info(dave).stake / 2);
		assert!(pending(dave).is_empty());

		// Those that left get what is left of theirs, to the planck.
		for (who, before) in [(&stake.leaving, 200 * K), (&stake.ferdie, 200 * K)] {
			run_to_era(chain, 3 + UNBONDING);
			chain.next();
			let had = total(&who.id);
			let fee = chain.ok(who, withdraw_from(dave));
			close(total(&who.id), had - fee + before - before / 800_000 * 406_250);
			assert_eq!(worth(who, dave), 0);
		}
	});
}

#[test]
fn who_joins_between_the_offence_and_the_slash_shares_it() {
	quiet(|chain, taken| {
		let stake = Stake::new(chain);
		let dave = &stake.dave;
		let report = report_blocks("Dave", chain.slot().into(), taken);
		let late = user("Eve//stash");
		chain.ok(&late, delegate(dave, 200 * K, Compound));
		assert_eq!(put(chain, report), Ok(Ok(())));
		// What it brought is not in the sum, and answers with the others'.
		let slash = pending(dave).remove(0);
		assert_eq!(slash.amount, parts(100 * K, 406_250 * QRN));
		run_until_done(chain, slash.id, DEFERRAL);
		let all = stake.delegators().into_iter().chain([&late]);
		for (who, before) in all.zip([300 * K, 200 * K, 100 * K, 200 * K, 200 * K]) {
			close(worth(who, dave), before - before / 1_000_000 * 406_250);
		}
	});
}

#[test]
fn who_left_before_the_offence_answers_for_none_of_it() {
	quiet(|chain, taken| {
		let (dave, early, eve) = (user("Dave"), user("Bob//stash"), user("Eve"));
		chain.ok(&early, delegate(&dave, 100 * K, Compound));
		chain.ok(&eve, delegate(&dave, 100 * K, Compound));
		chain.run_to_session(3);
		chain.next();
		chain.ok(&early, undelegate(&dave, Compound));
		// It still stands for this session and the next, which was chosen with it.
		chain.run_to_session(5);
		chain.next();
		let report = report_blocks("Dave", chain.slot().into(), taken);
		assert_eq!(put(chain, report), Ok(Ok(())));
		let slash = pending(&dave).remove(0);
		assert_eq!(slash.amount, parts(100 * K, 12_500 * QRN));
		run_until_done(chain, slash.id, DEFERRAL);
		assert_eq!((worth(&early, &dave), worth(&eve, &dave)), (100 * K, 87_500 * QRN));
	});
}

#[test]
fn an_offence_is_slashed_as_long_as_it_may_be_and_no_longer() {
	quiet(|chain, taken| {
		let stake = Stake::new(chain);
		let dave = &stake.dave;
		let [first, second] = [chain.slot(), chain.slot() - 1].map(|slot| report_blocks("Dave", slot.into(), taken));
		// All its stake is on its way out, and what it answered with is not forgotten.
		for (who, mode) in [(&stake.eve, Compound), (&stake.ferdie, Payout)] {
			chain.ok(who, undelegate(dave, mode));
		}
		chain.ok(dave, Staking::leave {});
		run_to_era(chain, 3 + 15);
		chain.next();
		assert_eq!(put(chain, first), Ok(Ok(())));
		let slash = pending(dave).remove(0);
		assert_eq!(slash.amount, parts(100 * K, 406_250 * QRN));
		run_to_era(chain, 3 + 16);
		chain.next();
		// The pallets of consensus drop evidence of a session whose root is gone.
		assert!(put(chain, second).is_err());
		assert_eq!(pending(dave), std::slice::from_ref(&slash));
		run_until_done(chain, slash.id, DEFERRAL);
		for (after, before) in stake.worths().into_iter().zip([300 * K, 200 * K, 100 * K, 200 * K]) {
			close(after, before - before / 800_000 * 406_250);
		}
	});
}

#[test]
fn when_all_validators_offend_the_chain_goes_on_with_them() {
	with_pool_on(four(json!({})), |chain, taken| {
		let all = ["Alice", "Bob", "Charlie", "Dave"];
		run_to_era(chain, 3);
		chain.next();
		for name in all {
			let report = report_votes(name, 1, taken);
			assert_eq!(put(chain, report), Ok(Ok(())), "{name}");
		}
		assert!(pallet_restaking::Candidates::<Runtime>::get().is_empty());
		// The last report found four offenders of four: each is to lose all that it was chosen with.
		for name in all {
			let sum: Balance = pending(&user(name)).iter().map(|slash| slash.amount.total()).sum();
			let exposure = Restaking::slashable_info(&user(name).id, now())
				.expect("this session")
				.consensus;
			assert_eq!(sum, exposure, "{name}");
		}
		// No more than a third is disabled, or nobody would author.
		assert_eq!(Session::disabled_validators().len(), 1);
		run_to_era(chain, 3 + DEFERRAL);
		chain.run(8);
		assert!(Slashing::pending(None).is_empty());
		assert_eq!(validators().len(), 4);
		let authors: std::collections::BTreeSet<_> = (0..40)
			.filter_map(|_| {
				chain.next();
				Authorship::author()
			})
			.collect();
		assert!(authors.len() >= 3, "{authors:?}");
		// Whoever bonds anew takes over.
		chain.ok(&user("Bob"), Staking::bond_more { amount: 50 * K });
		chain.ok(&user("Bob"), Staking::validate {});
		let session = Session::current_index();
		chain.run_to_session(session + 3);
		assert_eq!(validators(), [user("Bob").id]);
	});
}
