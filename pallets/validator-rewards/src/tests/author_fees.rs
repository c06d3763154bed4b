//! Authors' fees reach their stake, once a block.

use super::*;
use frame_support::traits::fungible::Balanced;

#[test]
fn reach_the_author_s_stake_at_the_end_of_the_block() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert!(pay_author(11, 300));
		assert!(pay_author(11, 45));
		assert_eq!((earned(11), kept()), (0, 345));
		end_block();
		assert_eq!((earned(11), kept()), (345, 0));
		assert_eq!(CollectedFees::<Test>::get(), None);
		assert_eq!(
			events(),
			[Event::AuthorRewarded {
				author: account(11),
				amount: 345
			}]
		);
		assert_eq!(Rewards::running_era().author_fees, 345);
	});
}

#[test]
fn reach_the_account_of_one_who_is_no_operator() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(33);
		assert!(pay_author(33, 300));
		end_block();
		assert_eq!(Balances::balance(&account(33)), 300);
		assert_eq!(
			events(),
			[Event::AuthorRewarded {
				author: account(33),
				amount: 300
			}]
		);
		// No staker earned them.
		assert_eq!(Rewards::running_era().author_fees, 0);
	});
}

#[test]
fn are_burned_when_nobody_can_take_them() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(33);
		assert!(pay_author(33, ED - 1));
		end_block();
		assert_eq!(Balances::balance(&account(33)), 0);
		assert_eq!((Burned::get(), kept()), (ED - 1, 0));
		assert_eq!(events(), []);
	});
}

#[test]
fn of_nothing_do_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert!(pay_author(11, 0));
		end_block();
		assert_eq!(CollectedFees::<Test>::get(), None);
		assert_eq!(events(), []);
	});
}

#[test]
fn are_given_back_without_an_existential_deposit_to_keep_them() {
	ExtBuilder::default().without_deposit().build_and_execute(|| {
		block_by(11);
		assert!(!pay_author(11, 300));
		assert_eq!(Burned::get(), 300);
		assert_eq!(CollectedFees::<Test>::get(), None);
	});
}

#[test]
fn of_another_author_are_handed_over_first() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert!(pay_author(11, 300));
		assert!(pay_author(12, 40));
		assert_eq!((earned(11), earned(12), kept()), (300, 0, 40));
		end_block();
		assert_eq!((earned(11), earned(12), kept()), (300, 40, 0));
	});
}

#[test]
fn that_cannot_be_taken_out_stay_due_and_mix_with_nobody_s() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert!(pay_author(11, 300));
		// What no call can do: the account loses what it keeps.
		let lost = Rewards::take(300).expect("it has them");
		end_block();
		assert_eq!(CollectedFees::<Test>::get().map(|due| due.amount), Some(300));
		assert!(!pay_author(12, 40));
		assert_eq!(Burned::get(), 40);

		assert!(Balances::resolve(&Rewards::account_id(), lost).is_ok());
		end_block();
		assert_eq!((earned(11), kept()), (300, 0));
	});
}
