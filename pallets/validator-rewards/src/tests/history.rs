//! Earnings are kept, and the yield is of fees alone.

use super::*;

#[test]
fn an_era_s_earnings_say_what_came_from_where() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		pay_author(11, 250);
		fees_arrive(700);
		assert_eq!(Rewards::earnings(0), None);
		era_by(33);
		pay_author(33, 90);
		end_block();
		assert_eq!(
			Rewards::earnings(0),
			Some(EraEarnings {
				era: 0,
				stake: BONDED,
				fees: 700,
				author_fees: 250,
				reserve: RESERVE - reserve(),
			})
		);
		era_by(11);
		assert_eq!(
			Rewards::earnings(1).map(|era| (era.fees, era.author_fees)),
			Some((0, 0))
		);
	});
}

#[test]
fn the_yield_is_of_fees_alone_and_of_a_year() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		assert_eq!(Rewards::apy(0, 10), None);
		// Of a stake of 10^10, fees of 10^5 in each of two days: 10 ppm in a day.
		for _ in 0..2 {
			pay_author(11, 25_000);
			fees_arrive(75_000);
			era_by(11);
		}
		let paid = RESERVE - reserve();
		assert!(paid > 0);
		let apy = Rewards::apy(0, 10).expect("two eras are over");
		assert_eq!((apy.eras, apy.fees, apy.reserve, apy.stake), (2, 200_000, paid, BONDED));
		assert_eq!(apy.apy_ppm, 3_652);

		// An era with four times the stake and no fees: 200,000 of seven stakes' days.
		Stake::set(4 * BONDED);
		era_by(11);
		era_by(11);
		let apy = Rewards::apy(0, 3).expect("four eras are over");
		assert_eq!((apy.eras, apy.fees, apy.stake), (4, 200_000, 7 * BONDED / 4));
		assert_eq!(apy.apy_ppm, 1_043);
		assert_eq!(Rewards::apy(2, 3).map(|apy| (apy.fees, apy.apy_ppm)), Some((0, 0)));
		assert_eq!(Rewards::apy(1, 1).map(|apy| (apy.eras, apy.apy_ppm)), Some((1, 3_652)));
	});
}

#[test]
fn a_range_may_be_anything() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Rewards::apy(0, u32::MAX), None);
		block_by(11);
		assert_eq!(Rewards::apy(0, u32::MAX), None);
		era_by(11);
		assert_eq!(Rewards::apy(0, u32::MAX).map(|apy| apy.eras), Some(1));
		assert_eq!(Rewards::apy(1, u32::MAX), None);
		assert_eq!(Rewards::apy(u32::MAX, 0), None);
		Era::set(u32::MAX);
		block_by(11);
		assert_eq!(Rewards::apy(0, u32::MAX).map(|apy| apy.eras), Some(2));
	});
}

#[test]
fn no_stake_yields_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(0);
		block_by(11);
		fees_arrive(500);
		era_by(11);
		assert_eq!(Rewards::apy(0, 0).map(|apy| (apy.fees, apy.apy_ppm)), Some((500, 0)));
	});
}

#[test]
fn the_latest_eras_are_kept() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		for era in 0..12u32 {
			fees_arrive(100 + Balance::from(era));
			era_by(11);
		}
		assert_eq!(History::<Test>::iter().count(), 5);
		assert_eq!(Rewards::earnings(6), None);
		assert_eq!(Rewards::earnings(7).map(|era| era.fees), Some(107));
		let apy = Rewards::apy(0, 100).expect("eras are over");
		assert_eq!((apy.eras, apy.fees), (5, 107 + 108 + 109 + 110 + 111));

		// Eras that never ran take nobody's place, and are none.
		Era::set(23);
		block_by(11);
		assert_eq!(Rewards::earnings(22), None);
		assert_eq!(Rewards::earnings(12).map(|era| era.fees), Some(0));
		assert_eq!(Rewards::apy(13, 22), None);
		assert_eq!(Rewards::apy(0, 22).map(|apy| apy.eras), Some(5));
	});
}
