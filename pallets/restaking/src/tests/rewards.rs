//! Rewards and claims.

use super::*;

#[test]
fn a_reward_is_shared_by_value_after_the_commission() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::register_operator(
			by(5),
			100 * QRN,
			Perbill::from_percent(10)
		));
		delegate(6, 5, 100 * QRN);
		assert_ok!(Restaking::delegate(by(7), 5, 200 * QRN, RewardMode::Payout));
		reward(5, 100 * QRN);
		// 10 commission; of 90: 22.5 own, 22.5 compounding, 45 paying.
		assert_eq!((own(5), value(6, 5)), (132_500_000, 122_500_000));
		// A rounding is carried to the next reward.
		assert_eq!((value(7, 5), delegation(7, 5).claimable), (200 * QRN, 45 * QRN - 1));
		assert_eq!(
			events().last(),
			Some(&Event::Rewarded {
				operator: 5,
				to_operator: 32_500_000,
				compounding: 22_500_000,
				paying: 45 * QRN
			})
		);
		assert_eq!(in_pool(5), 500 * QRN);
		assert_eq!(Restaking::total_stake(), 10_455 * QRN);

		assert_ok!(Restaking::claim(by(7), Some(5)));
		assert_eq!((free(7), in_pool(5)), (ENDOWMENT - 155 * QRN - 1, 455 * QRN + 1));
		assert_noop!(Restaking::claim(by(7), Some(5)), Error::<Test>::NothingToClaim);
		assert_noop!(Restaking::claim(by(8), Some(5)), Error::<Test>::NotDelegator);
	});
}

#[test]
fn an_operator_may_have_its_rewards_paid_out() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::claim(by(1), None), Error::<Test>::NothingToClaim);
		assert_ok!(Restaking::set_reward_mode(by(1), None, RewardMode::Payout));
		reward(1, 7 * QRN);
		assert_eq!((own(1), operator(1).own_rewards), (4_000 * QRN, 7 * QRN));
		assert_ok!(Restaking::claim(by(1), None));
		assert_eq!(free(1), ENDOWMENT - 3_993 * QRN - ED);
		assert_eq!(
			events().last(),
			Some(&Event::Claimed {
				who: 1,
				operator: 1,
				amount: 7 * QRN
			})
		);
	});
}

#[test]
fn one_that_delegates_later_has_no_part_of_earlier_rewards() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::delegate(by(5), 1, 4_000 * QRN, RewardMode::Payout));
		reward(1, 3);
		assert_ok!(Restaking::delegate(by(6), 1, 8_000 * QRN, RewardMode::Payout));
		reward(1, 8);
		// 1.5, and 5.99 of 8, rounded down: the operator has the rest. Of the 5, one has 1.67, the other 3.33.
		assert_eq!((delegation(5, 1).claimable, delegation(6, 1).claimable), (2, 3));
		reward(1, 8);
		assert_eq!((delegation(5, 1).claimable, delegation(6, 1).claimable), (4, 6));
		assert_eq!((operator(1).owed, own(1) - 4_000 * QRN), (1 + 5 + 5, 2 + 3 + 3));
	});
}

#[test]
fn a_reward_for_nobody_comes_back() {
	ExtBuilder::default().build_and_execute(|| {
		use polkadot_sdk::frame_support::traits::{fungible::Balanced, Imbalance};
		use quern_primitives::ports::StakeRewards;
		let credit = <Balances as Balanced<AccountId>>::issue(5);
		let back = Restaking::reward(&9, credit).expect_err("it is no operator");
		assert_eq!(back.peek(), 5);
	});
}

#[test]
fn validators_stake_is_that_of_the_session() {
	ExtBuilder::default().build_and_execute(|| {
		use quern_primitives::ports::StakeRewards;
		assert_eq!(<Restaking as StakeRewards<AccountId>>::validators_stake(), 10_000 * QRN);
		assert_ok!(Restaking::bond_more(by(1), 500 * QRN));
		assert_eq!(<Restaking as StakeRewards<AccountId>>::validators_stake(), 10_000 * QRN);
		start_session(2);
		assert_eq!(<Restaking as StakeRewards<AccountId>>::validators_stake(), 10_500 * QRN);
	});
}
