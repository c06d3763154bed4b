//! Leaving: everyone with what is theirs.

use super::*;

#[test]
fn an_operator_leaves_when_all_are_gone() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 40 * QRN);
		assert_ok!(Restaking::delegate(by(6), 1, 40 * QRN, RewardMode::Payout));
		assert_ok!(Restaking::reserve(&1, BondUse::Node(1), BondSize::own(100 * QRN)));
		reward(1, 4_080);
		let pool = operator(1).pool;
		assert_ok!(Balances::transfer_allow_death(by(7), pool, 77));

		assert_ok!(Restaking::leave(by(1)));
		assert!(!Restaking::is_candidate(&1) && !Restaking::is_operator(&1));
		assert_eq!(own(1), 100 * QRN);
		assert_noop!(Restaking::leave(by(1)), Error::<Test>::InsufficientFreeBond);
		assert_noop!(Restaking::validate(by(1)), Error::<Test>::Leaving);
		assert_noop!(Restaking::bond_more(by(1), 1), Error::<Test>::Leaving);
		assert_noop!(
			Restaking::delegate(by(5), 1, QRN, RewardMode::Compound),
			Error::<Test>::Leaving
		);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Node(2), BondSize::own(0)),
			Error::<Test>::Leaving
		);
		Restaking::release(&1, BondUse::Node(1));
		assert_ok!(Restaking::leave(by(1)));
		undelegate(5, 1);
		assert_ok!(Restaking::undelegate(by(6), 1, RewardMode::Payout, None));
		start_era(5);
		assert_ok!(Restaking::withdraw(by(1), None));
		assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NothingToWithdraw);
		assert_ok!(Restaking::withdraw(by(5), Some(1)));
		assert_ok!(Restaking::withdraw(by(6), Some(1)));
		assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NothingToWithdraw);
		assert_ok!(Restaking::claim(by(6), Some(1)));
		assert_ok!(Restaking::withdraw(by(1), None));
		// The existential deposit, the gift, and a planck of rewards that could not be divided.
		assert_eq!(free(pool), 0);
		assert_eq!(
			(free(1), free(5), free(6)),
			(ENDOWMENT + 4_000 + 77 + 1, ENDOWMENT + 40, ENDOWMENT + 39)
		);
		assert!(!Operators::<Test>::contains_key(1) && !Owners::<Test>::contains_key(0));
		assert_eq!(
			(Checkpoints::<Test>::iter().count(), Delegations::<Test>::iter().count()),
			(0, 0)
		);
		assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NotOperator);

		// A new registration has a new number and a new account.
		assert_ok!(Restaking::register_operator(by(1), 100 * QRN, Perbill::zero()));
		assert_eq!(operator(1).id, 4);
		assert_ne!(operator(1).pool, pool);
	});
}

#[test]
fn one_that_lost_everything_may_go() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000 * QRN), (2, 3_000 * QRN), (3, 3_000 * QRN)])
		.build_and_execute(|| {
			delegate(5, 1, 40 * QRN);
			start_session(2);
			equivocate_of(3, 2, 1);
			execute(0);
			assert_eq!(in_pool(1), 0);
			assert_ok!(Restaking::leave(by(1)));
			// Not in the era of the report.
			assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NothingToWithdraw);
			start_era(1);
			assert_ok!(Restaking::withdraw(by(1), None));
			assert_eq!(free(1), ENDOWMENT - 4_000 * QRN);
			assert!(!Operators::<Test>::contains_key(1));
		});
}
