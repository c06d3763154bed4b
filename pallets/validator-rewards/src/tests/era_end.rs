//! What an era's pot is made of.

use super::*;
use frame_support::traits::fungible::Balanced;

/// What [`BONDED`] is to yield in a day.
const TARGET: Balance = 1_095_140;
/// What the schedule lets out of [`RESERVE`] in a day.
const SCHEDULED: Balance = 948_416;

#[test]
fn the_reserve_fills_up_to_the_target_and_never_past_the_schedule() {
	assert_eq!(policy::target(BONDED, DAY), TARGET);
	assert_eq!(policy::scheduled(RESERVE, DAY), SCHEDULED);
	// Fees, and what the reserve adds to them.
	for (fees, added) in [
		(0, SCHEDULED),
		(TARGET - SCHEDULED, SCHEDULED),
		(TARGET - SCHEDULED + 1, SCHEDULED - 1),
		(TARGET - 1, 1),
		(TARGET, 0),
		(TARGET + 1, 0),
		(50 * TARGET, 0),
	] {
		ExtBuilder::default().build_and_execute(|| {
			block_by(11);
			fees_arrive(fees);
			era_by(12);
			assert_eq!(reserve(), RESERVE - added, "fees of {fees}");
			assert_eq!(pot(), 0);
			// The era's only validator was paid in the block that closed it.
			assert_eq!((earned(11), kept()), (fees + added, 0));
			assert_eq!(
				events(),
				[
					Event::EraClosed {
						era: 0,
						fees,
						reserve: added,
						points: 20
					},
					Event::Rewarded {
						era: 0,
						operator: account(11),
						amount: fees + added
					}
				]
			);
		});
	}
}

#[test]
fn the_target_is_of_the_stake_that_began_the_era() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(BONDED / 100);
		block_by(11);
		Stake::set(BONDED);
		era_by(11);
		assert_eq!(earned(11), TARGET / 100);
		era_by(11);
		let left = RESERVE - TARGET / 100;
		assert_eq!(earned(11), TARGET / 100 + policy::scheduled(left, DAY));
	});
}

#[test]
fn an_empty_reserve_pays_nothing_and_fees_are_paid_still() {
	ExtBuilder::default().with_reserve(0).build_and_execute(|| {
		block_by(11);
		fees_arrive(500);
		era_by(11);
		assert_eq!((earned(11), reserve()), (500, 0));
	});
}

#[test]
fn an_era_without_points_leaves_its_pot_and_the_reserve_alone() {
	ExtBuilder::default().build_and_execute(|| {
		Rewards::on_initialize(1);
		fees_arrive(500);
		Era::set(1);
		System::set_block_number(2);
		Rewards::on_initialize(2);
		assert_eq!((pot(), reserve(), kept()), (500, RESERVE, 0));
		assert_eq!(
			events(),
			[Event::EraClosed {
				era: 0,
				fees: 0,
				reserve: 0,
				points: 0
			}]
		);
		block_by(11);
		era_by(11);
		assert_eq!((pot(), earned(11)), (0, 500 + SCHEDULED));
	});
}

#[test]
fn eras_that_passed_without_a_block_draw_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		fees_arrive(500);
		Era::set(9);
		block_by(12);
		assert_eq!((earned(11), reserve()), (500 + SCHEDULED, RESERVE - SCHEDULED));
		assert_eq!(points_of(12), 20);
		era_by(12);
		let second = policy::scheduled(RESERVE - SCHEDULED, DAY);
		assert_eq!(earned(12), second);
		let closed: Vec<_> = events()
			.into_iter()
			.filter_map(|event| match event {
				Event::EraClosed { era, .. } => Some(era),
				_ => None,
			})
			.collect();
		assert_eq!(closed, [0, 9]);
	});
}

#[test]
fn an_era_is_closed_once() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		era_by(11);
		let paid = earned(11);
		for _ in 0..5 {
			block_by(11);
			pay_all();
		}
		assert_eq!((earned(11), reserve()), (paid, RESERVE - paid));
	});
}

#[test]
fn an_era_that_goes_back_changes_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		Era::set(5);
		block_by(11);
		Era::set(3);
		block_by(11);
		assert_eq!(Points::<Test>::get(5, account(11)), 40);
		assert_eq!(events(), []);
		Era::set(5);
	});
}

#[test]
fn the_first_pot_leaves_an_existential_deposit_that_genesis_forgot() {
	ExtBuilder::default()
		.without_deposit()
		.with_reserve(0)
		.build_and_execute(|| {
			block_by(11);
			fees_arrive(500);
			era_by(11);
			assert_eq!((earned(11), kept()), (500 - ED, 0));
			fees_arrive(300);
			era_by(11);
			assert_eq!((earned(11), kept()), (800 - ED, 0));
		});
}

#[test]
fn a_pot_that_cannot_be_moved_waits() {
	ExtBuilder::default()
		.without_deposit()
		.with_reserve(0)
		.build_and_execute(|| {
			block_by(11);
			// Too little to open the pallet's account.
			fees_arrive(ED - 1);
			era_by(11);
			assert_eq!((pot(), earned(11)), (ED - 1, 0));
			fees_arrive(100);
			era_by(11);
			assert_eq!((pot(), earned(11)), (0, 99));
		});
}

#[test]
fn a_donation_to_the_pallet_s_account_is_in_no_pot() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert!(Balances::resolve(&Rewards::account_id(), credit(777)).is_ok());
		fees_arrive(2 * TARGET);
		era_by(11);
		assert_eq!((earned(11), kept()), (2 * TARGET, 777));
	});
}

#[test]
fn half_of_the_reserve_is_left_after_two_years() {
	ExtBuilder::default().build_and_execute(|| {
		// More stake than the reserve could ever satisfy; an era of ten days, so that it takes 73.
		Stake::set(1_000 * BONDED);
		EraMillis::set(10 * DAY);
		block_by(11);
		for _ in 0..73 {
			era_by(11);
		}
		let left = reserve();
		assert!((500_000_000..500_400_000).contains(&left), "{left}");
		assert_eq!(earned(11), RESERVE - left);
		for _ in 0..73 {
			era_by(11);
		}
		assert!((250_000_000..250_400_000).contains(&reserve()), "{}", reserve());
	});
}
