//! Liquid shares.

use super::*;
use polkadot_sdk::frame_support::traits::{fungibles::Mutate, tokens::Preservation};

#[test]
fn liquid_shares_move_and_are_redeemed_by_their_holder() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 2, 40 * QRN);
		assert_ok!(Restaking::liquify(by(5), 2, 30 * QRN));
		assert_eq!(
			(delegation(5, 2).compounding, Shares::balance(1, 5)),
			(10 * QRN, 30 * QRN)
		);
		assert_eq!(value(5, 2), 40 * QRN);
		assert_ok!(<Shares as Mutate<_>>::transfer(
			1,
			&5,
			&6,
			20 * QRN,
			Preservation::Expendable
		));
		reward_compounding(2, 40 * QRN);
		assert_eq!((value(5, 2), value(6, 2)), (40 * QRN, 40 * QRN));
		assert_ok!(Restaking::solidify(by(6), 2, 20 * QRN));
		undelegate(6, 2);
		start_era(5);
		assert_ok!(Restaking::withdraw(by(6), Some(2)));
		assert_eq!((free(6), Shares::balance(1, 6)), (ENDOWMENT + 40 * QRN, 0));
	});
}

#[test]
fn refuses_more_than_one_has_and_dust() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 2, 2 * QRN);
		let short = Error::<Test>::InsufficientShares;
		assert_noop!(Restaking::liquify(by(5), 2, 2 * QRN + 1), short);
		assert_noop!(Restaking::liquify(by(5), 2, 0), Error::<Test>::InsufficientShares);
		assert_noop!(Restaking::liquify(by(5), 2, QRN + 1), Error::<Test>::BelowMinDelegation);
		assert_noop!(Restaking::liquify(by(6), 2, 1), Error::<Test>::NotDelegator);
		assert_ok!(Restaking::liquify(by(5), 2, 2 * QRN));
		assert!(!Delegations::<Test>::contains_key(5, 1));
		assert_noop!(
			Restaking::solidify(by(5), 2, QRN - 1),
			Error::<Test>::BelowMinDelegation
		);
		assert_noop!(
			Restaking::solidify(by(5), 2, 2 * QRN + 1),
			Error::<Test>::InsufficientShares
		);
		assert_noop!(Restaking::solidify(by(6), 2, 1), Error::<Test>::InsufficientShares);
		// However little, all of it may go back.
		assert_ok!(<Shares as Mutate<_>>::transfer(1, &5, &6, 3, Preservation::Expendable));
		assert_ok!(Restaking::solidify(by(6), 2, 3));
		undelegate(6, 2);
		assert_eq!(value(6, 2), 3);
	});
}

#[test]
fn liquid_shares_are_slashed_as_they_lie() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 4, 3_000 * QRN);
		assert_ok!(Restaking::liquify(by(5), 4, 3_000 * QRN));
		assert_ok!(<Shares as Mutate<_>>::transfer(
			3,
			&5,
			&6,
			3_000 * QRN,
			Preservation::Expendable
		));
		start_session(2);
		equivocate(2, 1, 4);
		// 56.25 % of 4,000: 1,000 own, 1,250 of the delegations.
		assert_eq!(execute(0), (1_000 * QRN, 1_250 * QRN));
		assert_eq!(value(6, 4), 1_750 * QRN);
	});
}
