//! Appeals and rulings, by real transactions of the operator and the committee.

use super::*;
use crate::trip::decided;
use pallet_slashing::{Call as Slashes, Error};
use polkadot_sdk::sp_runtime::DispatchError;

const K: Balance = 1_000 * QRN;
const BOND: Balance = 100 * QRN;

/// A slash of 60,000 of Dave's own 100,000 and Eve's 100,000, in session 3.
fn accused(chain: &mut Chain) -> (User, User, SlashId) {
	let (dave, eve) = (user("Dave"), user("Eve"));
	chain.ok(&eve, delegate(&dave, 100 * K, Compound));
	chain.run_to_session(3);
	chain.next();
	let id = propose(&dave, Scope::Consensus, 3, 120 * K);
	assert_eq!(pending(&dave)[0].amount, parts(100 * K, 20 * K));
	(dave, eve, id)
}

fn appeal(id: SlashId) -> Slashes<Runtime> {
	Slashes::appeal {
		id,
		reason: H256([3; 32]),
	}
}

#[test]
fn who_may_appeal_and_rule_and_who_may_not() {
	with_quiet_dave(|chain| {
		let (dave, eve, id) = accused(chain);
		for who in [&eve, &user("Alice")] {
			chain.refused(who, appeal(id), Error::<Runtime>::NotAuthorized);
		}
		chain.refused(&dave, appeal(id + 1), Error::<Runtime>::NotFound);
		for who in [&dave, &eve, &user("Alice")] {
			for call in [
				Slashes::reduce { id, amount: 1 },
				Slashes::void { id },
				Slashes::uphold { id },
			] {
				chain.refused(who, call, DispatchError::BadOrigin);
			}
		}
		assert_eq!(
			decided(chain, Slashes::uphold { id }),
			Err(Error::<Runtime>::NoAppeal.into())
		);
		// Never up, nor to what it is; to nothing is another call.
		for amount in [120 * K, 120 * K + 1, Balance::MAX, 0] {
			assert_eq!(
				decided(chain, Slashes::reduce { id, amount }),
				Err(Error::<Runtime>::NotLess.into())
			);
		}
		assert_eq!(pending(&dave)[0].amount, parts(100 * K, 20 * K));
		// Once it is due, it is too late.
		run_until_done(chain, id, DEFERRAL);
		chain.refused(&dave, appeal(id), Error::<Runtime>::NotFound);
		assert_eq!(
			decided(chain, Slashes::void { id }),
			Err(Error::<Runtime>::NotFound.into())
		);
		assert_eq!((own(&dave), worth(&eve, &dave)), (0, 80 * K));
	});
}

#[test]
fn a_reduced_slash_gives_delegations_back_first_and_the_bond_of_the_appeal() {
	with_quiet_dave(|chain| {
		let (dave, eve, id) = accused(chain);
		let (had, due) = (total(&dave.id), pending(&dave)[0].due);
		let fee = chain.ok(&dave, appeal(id));
		assert_eq!((held(&dave.id), total(&dave.id)), (BOND, had - fee));
		let slash = pending(&dave).remove(0);
		assert_eq!((slash.due, slash.appealed), (due + RULING, true));
		chain.refused(&dave, appeal(id), Error::<Runtime>::AlreadyAppealed);
		let had = total(&dave.id);
		run_to_era(chain, due);
		chain.run(3);
		assert_eq!(pending(&dave).len(), 1, "it waits for a ruling");
		assert_eq!(decided(chain, Slashes::reduce { id, amount: 90 * K }), Ok(()));
		assert_eq!(pending(&dave)[0].amount, parts(90 * K, 0));
		assert_eq!((held(&dave.id), free(&dave.id)), (0, had));
		assert_eq!((info(&dave).own, info(&dave).frozen), (10 * K, 90 * K));
		// And again, to less.
		assert_eq!(decided(chain, Slashes::reduce { id, amount: 50 * K }), Ok(()));
		assert_eq!(
			decided(chain, Slashes::reduce { id, amount: 50 * K }),
			Err(Error::<Runtime>::NotLess.into())
		);
		let heard = run_until_done(chain, id, RULING + 1);
		assert_eq!(heard[0].taken, parts(50 * K, 0));
		assert_eq!((own(&dave), worth(&eve, &dave)), (50 * K, 100 * K));
		assert_eq!((held(&dave.id), total(&dave.id)), (0, had));
	});
}

#[test]
fn a_voided_slash_takes_nothing() {
	with_quiet_dave(|chain| {
		let (dave, eve, id) = accused(chain);
		let (had, pool) = (total(&dave.id), total(&stake_account(&dave.id)));
		let fee = chain.ok(&dave, appeal(id));
		assert_eq!(decided(chain, Slashes::void { id }), Ok(()));
		assert!(pending(&dave).is_empty());
		assert_eq!((held(&dave.id), total(&dave.id)), (0, had - fee));
		assert_eq!((info(&dave).stake, info(&dave).frozen), (200 * K, 0));
		run_to_era(chain, 3 + DEFERRAL + RULING + 1);
		assert_eq!((own(&dave), worth(&eve, &dave)), (100 * K, 100 * K));
		assert_eq!(total(&stake_account(&dave.id)), pool);
		// Freezing took it off the candidates; it may come back at once, having offended in no era.
		chain.ok(&dave, Staking::validate {});
		assert_eq!(candidate(&dave), Some(200 * K));
	});
}

#[test]
fn a_dismissed_appeal_costs_its_bond_and_no_time() {
	with_quiet_dave(|chain| {
		let (dave, _, id) = accused(chain);
		let due = pending(&dave)[0].due;
		let had = total(&dave.id);
		let fee = chain.ok(&dave, appeal(id));
		let burned = FeeRouter::supply().burned;
		assert_eq!(decided(chain, Slashes::uphold { id }), Ok(()));
		assert!(FeeRouter::supply().burned >= burned + BOND);
		assert_eq!((held(&dave.id), total(&dave.id)), (0, had - fee - BOND));
		assert_eq!(pending(&dave)[0].due, due);
		assert_eq!(
			decided(chain, Slashes::uphold { id }),
			Err(Error::<Runtime>::NoAppeal.into())
		);
		chain.refused(&dave, appeal(id), Error::<Runtime>::AlreadyAppealed);
		run_until_done(chain, id, DEFERRAL);
		assert_eq!((Restaking::current_era(), own(&dave)), (due, 0));
	});
}

#[test]
fn on_an_appeal_that_nobody_rules_on_the_slash_is_executed() {
	with_quiet_dave(|chain| {
		let (dave, eve, id) = accused(chain);
		let due = pending(&dave)[0].due + RULING;
		let had = total(&dave.id);
		let fee = chain.ok(&dave, appeal(id));
		let heard = run_until_done(chain, id, DEFERRAL + RULING);
		assert_eq!(Restaking::current_era(), due);
		assert_eq!(heard[0].taken, parts(100 * K, 20 * K));
		assert_eq!((own(&dave), worth(&eve, &dave)), (0, 80 * K));
		// The bond is burned with it.
		assert_eq!((held(&dave.id), total(&dave.id)), (0, had - fee - BOND));
	});
}

#[test]
fn stake_that_left_meanwhile_follows_the_ruling() {
	with_quiet_dave(|chain| {
		let (dave, eve, id) = accused(chain);
		chain.ok(&dave, appeal(id));
		chain.ok(&eve, undelegate(&dave, Compound));
		chain.ok(&dave, Staking::leave {});
		let now = Restaking::current_era();
		assert_eq!((worth(&eve, &dave), own(&dave)), (100 * K, 100 * K));
		assert_eq!(decided(chain, Slashes::reduce { id, amount: 110 * K }), Ok(()));
		run_until_done(chain, id, DEFERRAL + RULING);
		assert_eq!((worth(&eve, &dave), own(&dave)), (90 * K, 0));
		run_to_era(chain, now + UNBONDING);
		chain.next();
		let had = total(&eve.id);
		let fee = chain.ok(&eve, withdraw_from(&dave));
		assert_eq!(total(&eve.id), had - fee + 90 * K);
		let (had, operators) = (total(&dave.id), Operators::<Runtime>::iter().count());
		let fee = chain.ok(&dave, Staking::withdraw { operator: None });
		assert_eq!(total(&dave.id), had - fee + EXISTENTIAL_DEPOSIT);
		assert_eq!(Operators::<Runtime>::iter().count(), operators - 1);
	});
}
