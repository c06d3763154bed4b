//! The formulas.

use crate::policy::*;
use polkadot_sdk::sp_runtime::FixedU128;
use proptest::prelude::*;

#[test]
fn the_fee_is_six_per_cent_rounded_up() {
	for (price, expected) in [
		(0, 0),
		(1, 1),
		(16, 1),
		(17, 2),
		(100, 6),
		(101, 7),
		(60_000_000, 3_600_000),
	] {
		assert_eq!(fee(price), Some(expected), "of {price}");
	}
	// No overflow within, as long as the result fits.
	assert_eq!(
		fee(u128::MAX),
		Some(u128::MAX / 100 * 6 + (u128::MAX % 100 * 6).div_ceil(100))
	);
}

#[test]
fn the_fee_on_the_used_part_is_rounded_up_once() {
	for (price, used, of, expected) in [
		(60_000_000, 0, 60_000, 0),
		(60_000_000, 50_000, 60_000, 3_000_000),
		(60_000_000, 60_000, 60_000, 3_600_000),
		(7_000, 3, 7, 180),
		(100, 1, 3, 2),
		(1, 1, 60_000, 1),
	] {
		assert_eq!(fee_on_used(price, used, of), Some(expected), "{price} × {used} / {of}");
	}
	assert_eq!(fee_on_used(1, u128::MAX, 1), None);
	assert_eq!(fee_on_used(1, 1, 0), None);
}

#[test]
fn the_base_fee_is_rounded_up_once() {
	for (planck, of, gpu_time, expected) in [
		(0, 1, 60_000, 0),
		(1, 2, 60_000, 30_000),
		(1, 2, 1, 1),
		(1, 2, 3, 2),
		(7, 1, 0, 0),
		(7, 1, 60_000, 420_000),
	] {
		let rate = FixedU128::from_rational(planck, of);
		assert_eq!(base_fee(rate, gpu_time), Some(expected), "{planck}/{of} × {gpu_time}");
	}
	assert_eq!(base_fee(FixedU128::from_inner(1), 1), Some(1));
	assert_eq!(base_fee(FixedU128::from_inner(u128::MAX), u128::MAX), None);
}

#[test]
fn the_rest_of_the_table() {
	assert_eq!(revenue(100, 1, 3), Some(33));
	assert_eq!(revenue(100, 3, 3), Some(100));
	assert_eq!(decline_fee(3_600_009), 360_000);
	assert_eq!(decline_fee(9), 0);
	assert_eq!(value(FixedU128::from_rational(1, 3), 10), Some(4));
	assert_eq!(value(FixedU128::from_u32(1_000), 60_000), Some(60_000_000));
	assert_eq!(value(FixedU128::from_u32(1_000), u128::MAX), None);
	assert_eq!(default_pace(10_000_000), 200_000);
	assert_eq!(default_pace(0), 1);
	assert_eq!([1, 6_000, 6_001, 60_000].map(blocks_of), [1, 1, 2, 10]);
	assert_eq!(blocks_of(u128::MAX), u32::MAX);
	assert_eq!(most_used(1, 5, 5), 6_000);
	assert_eq!(most_used(2, 4, 6), 36_000);
	assert_eq!(most_used(u32::MAX, 0, u32::MAX), (u32::MAX as u128) * (1 << 32) * 6_000);
}

proptest! {
	#[test]
	fn the_fee_charged_never_exceeds_the_fee_held(
		price in 0u128..1 << 80, of in 1u128..1 << 60, part in 0u128..=1 << 20,
	) {
		let used = of * part / (1 << 20);
		let held = fee(price).unwrap();
		let charged = fee_on_used(price, used, of).unwrap();
		prop_assert!(charged <= held);
		prop_assert_eq!(fee_on_used(price, of, of).unwrap(), held);
		let revenue = revenue(price, used, of).unwrap();
		prop_assert!(revenue <= price);
		// At least six per cent of what the part was worth, and less than a planck more than of its exact worth.
		prop_assert!(charged * 100 >= revenue * 6);
	}

	#[test]
	fn the_base_fee_charged_never_exceeds_its_deposit(
		rate in 0u128..1 << 100, of in 1u128..1 << 60, part in 0u128..=1 << 20,
	) {
		let (rate, used) = (FixedU128::from_inner(rate), of * part / (1 << 20));
		prop_assert!(base_fee(rate, used).unwrap() <= base_fee(rate, of).unwrap());
	}

	#[test]
	fn a_larger_price_never_has_a_smaller_fee(price in 0u128..1 << 100, more in 0u128..1 << 100) {
		prop_assert!(fee(price).unwrap() <= fee(price + more).unwrap());
	}
}
