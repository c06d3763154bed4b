//! Delegating, undelegating, withdrawing, reward modes; attacks on the price of a share.

use super::*;

#[test]
fn a_delegation_becomes_shares() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 40 * QRN);
		assert_eq!((delegation(5, 1).compounding, value(5, 1)), (40 * QRN, 40 * QRN));
		assert_eq!((free(5), in_pool(1)), (ENDOWMENT - 40 * QRN, 4_040 * QRN));
		assert_eq!(
			events().last(),
			Some(&Event::Delegated {
				delegator: 5,
				operator: 1,
				amount: 40 * QRN,
				mode: RewardMode::Compound,
				shares: 40 * QRN
			})
		);
		// Half as many shares when they are worth twice as much.
		reward_compounding(1, 40 * QRN);
		delegate(6, 1, 40 * QRN);
		assert_eq!(
			(delegation(6, 1).compounding, value(6, 1), value(5, 1)),
			(20 * QRN, 40 * QRN, 80 * QRN)
		);
	});
}

#[test]
fn refuses_too_little_and_nobody() {
	ExtBuilder::default().build_and_execute(|| {
		let delegate = |to, amount| Restaking::delegate(by(5), to, amount, RewardMode::Payout);
		assert_noop!(delegate(7, QRN), Error::<Test>::NotOperator);
		assert_noop!(delegate(1, QRN - 1), Error::<Test>::BelowMinDelegation);
		assert_noop!(delegate(1, ENDOWMENT), TokenError::NotExpendable);
		assert_ok!(delegate(1, QRN));
		assert_noop!(delegate(1, QRN - 1), Error::<Test>::AmountTooSmall);
		// The other pool is another delegation.
		assert_noop!(
			Restaking::delegate(by(5), 1, QRN - 1, RewardMode::Compound),
			Error::<Test>::BelowMinDelegation
		);
		assert_noop!(
			Restaking::undelegate(by(5), 1, RewardMode::Payout, Some(1)),
			Error::<Test>::BelowMinDelegation
		);
		assert_noop!(
			Restaking::undelegate(by(5), 1, RewardMode::Payout, Some(QRN + 1)),
			Error::<Test>::InsufficientShares
		);
		assert_noop!(
			Restaking::undelegate(by(5), 1, RewardMode::Compound, None),
			Error::<Test>::InsufficientShares
		);
		assert_noop!(
			Restaking::undelegate(by(6), 1, RewardMode::Compound, None),
			Error::<Test>::NotDelegator
		);
	});
}

#[test]
fn what_is_undelegated_comes_back_when_its_era_comes() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 40 * QRN);
		assert_ok!(Restaking::undelegate(by(5), 1, RewardMode::Compound, Some(10 * QRN)));
		assert_eq!((value(5, 1), operator(1).stake()), (40 * QRN, 4_030 * QRN));
		start_era(1);
		undelegate(5, 1);
		assert_eq!(Restaking::operator_info(&1).unwrap().unbonding, 40 * QRN);
		start_session(14);
		assert_noop!(Restaking::withdraw(by(5), Some(1)), Error::<Test>::NothingToWithdraw);
		start_era(5);
		assert_ok!(Restaking::withdraw(by(5), Some(1)));
		assert_eq!((free(5), value(5, 1)), (ENDOWMENT - 30 * QRN, 30 * QRN));
		start_era(6);
		assert_ok!(Restaking::withdraw(by(5), Some(1)));
		assert_eq!((free(5), in_pool(1)), (ENDOWMENT, 4_000 * QRN));
		assert!(!Delegations::<Test>::contains_key(5, 0));
		assert_eq!((operator(1).era_pools, EraPools::<Test>::iter().count()), (0, 0));
		assert_noop!(Restaking::withdraw(by(5), Some(1)), Error::<Test>::NotDelegator);
	});
}

#[test]
fn a_gift_to_the_pool_account_moves_no_price() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, QRN);
		assert_ok!(Balances::transfer_allow_death(by(5), operator(1).pool, 50_000 * QRN));
		delegate(6, 1, QRN);
		assert_eq!(
			(value(5, 1), value(6, 1), delegation(6, 1).compounding),
			(QRN, QRN, QRN)
		);
	});
}

#[test]
fn a_dear_first_share_costs_the_next_a_millionth_at_most() {
	ExtBuilder::default().build_and_execute(|| {
		// The least there can be, then rewards that make its million shares worth 50,000 QRN.
		delegate(5, 1, QRN);
		reward_compounding(1, 50_000 * QRN);
		assert_noop!(
			Restaking::delegate(by(6), 1, 50_000 * QRN, RewardMode::Compound),
			Error::<Test>::AmountTooSmall
		);
		delegate(6, 1, 60_000 * QRN);
		assert!(value(6, 1) >= 60_000 * QRN - 60_000);
		// All but few shares cannot be burned, since what is left must be worth a delegation: it is.
		assert_ok!(Restaking::undelegate(by(5), 1, RewardMode::Compound, Some(QRN - 20)));
		assert!(operator(1).compounding.shares > QRN);
	});
}

#[test]
fn the_last_share_takes_all() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 3 * QRN);
		delegate(6, 1, 4 * QRN);
		reward_compounding(1, 1_000_003);
		undelegate(5, 1);
		undelegate(6, 1);
		let pool = EraPools::<Test>::get(0, 5).unwrap();
		assert_eq!(pool.delegated.tranche.balance, 8_000_003);
		assert_eq!(operator(1).compounding, SharePool::default());
		start_era(5);
		assert_ok!(Restaking::withdraw(by(6), Some(1)));
		assert_ok!(Restaking::withdraw(by(5), Some(1)));
		assert_eq!(free(5) + free(6), 2 * ENDOWMENT + 1_000_003);
		assert_eq!(in_pool(1), 4_000 * QRN);
	});
}

#[test]
fn set_reward_mode_moves_the_delegation_at_its_value() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 10 * QRN);
		delegate(6, 1, 10 * QRN);
		reward_compounding(1, 5 * QRN);
		assert_ok!(Restaking::set_reward_mode(by(5), Some(1), RewardMode::Payout));
		assert_eq!((delegation(5, 1).compounding, delegation(5, 1).paying), (0, 12_500_000));
		assert_eq!((value(5, 1), value(6, 1)), (12_500_000, 12_500_000));
		assert_noop!(
			Restaking::set_reward_mode(by(5), Some(1), RewardMode::Payout),
			Error::<Test>::InsufficientShares
		);
		assert_ok!(Restaking::set_reward_mode(by(5), Some(1), RewardMode::Compound));
		assert_eq!(delegation(5, 1).compounding, 10 * QRN);
		assert_ok!(Restaking::set_reward_mode(by(1), None, RewardMode::Payout));
		assert_eq!(operator(1).own_mode, RewardMode::Payout);
		assert_noop!(
			Restaking::set_reward_mode(by(5), None, RewardMode::Payout),
			Error::<Test>::NotOperator
		);
	});
}

#[test]
fn a_pool_slashed_to_nothing_takes_no_delegation_until_it_is_empty() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000 * QRN), (2, 3_000 * QRN)])
		.build_and_execute(|| {
			delegate(5, 1, 40 * QRN);
			start_session(2);
			// Two validators: all of it.
			equivocate_of(2, 2, 1);
			execute(0);
			assert_eq!((own(1), value(5, 1), in_pool(1)), (0, 0, 0));
			assert_noop!(
				Restaking::delegate(by(6), 1, QRN, RewardMode::Compound),
				Error::<Test>::BelowMinBond
			);
			assert_ok!(Restaking::bond_more(by(1), 100 * QRN));
			assert_noop!(
				Restaking::delegate(by(6), 1, QRN, RewardMode::Compound),
				Error::<Test>::PoolImpaired
			);
			// Worthless shares just go.
			undelegate(5, 1);
			assert!(!Delegations::<Test>::contains_key(5, 0));
			delegate(6, 1, QRN);
			assert_eq!(value(6, 1), QRN);
		});
}
