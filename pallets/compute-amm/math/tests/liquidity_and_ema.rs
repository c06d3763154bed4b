//! Pool shares and averages.

use compute_amm_math::{
	ema::{project, update},
	liquidity::{add, create, remove, MINIMUM_SHARES},
	Error, MAX_AMOUNT, PRICE_ONE,
};
use primitive_types::U256;
use proptest::prelude::*;

#[test]
fn a_new_pools_shares_are_the_root_of_the_product() {
	assert_eq!(create(4_000_000, 9_000_000), Ok(6_000_000));
	assert_eq!(create(MAX_AMOUNT, MAX_AMOUNT), Ok(MAX_AMOUNT));
	assert_eq!(create(MINIMUM_SHARES, MINIMUM_SHARES), Err(Error::Zero));
	assert_eq!(create(0, 1), Err(Error::EmptyPool));
}

#[test]
fn adding_takes_the_smaller_share_of_the_two() {
	let moved = add(1_000_000, 2_000_000, 10_000, 500_000, 100_000).expect("adds");
	assert_eq!((moved.shares, moved.tokens, moved.claims), (500, 50_000, 100_000));
	assert_eq!(add(1_000_000, 2_000_000, 10_000, 99, 1_000_000), Err(Error::Zero));
}

#[test]
fn removing_all_shares_takes_all() {
	let moved = remove(1_000_001, 7, 10_000, 10_000).expect("removes");
	assert_eq!((moved.tokens, moved.claims), (1_000_001, 7));
	assert_eq!(remove(1, 1, 10, 11), Err(Error::TooLarge));
	assert_eq!(remove(1, 1, 10, 0), Err(Error::Zero));
}

proptest! {
	#[test]
	fn a_share_never_loses_by_others_coming_and_going(
		tokens in 1u128..1 << 100, claims in 1u128..1 << 100, supply in 1_001u128..1 << 90,
		max_tokens in 1u128..1 << 100, max_claims in 1u128..1 << 100, out in 1u128..1 << 90,
	) {
		// T·G / supply² before and after, by cross multiplication on floored 64-bit-shifted values is not
		// exact; so each reserve for each share is compared on its own.
		if let Ok(moved) = add(tokens, claims, supply, max_tokens, max_claims) {
			prop_assert!(moved.tokens <= max_tokens && moved.claims <= max_claims);
			prop_assert!(wide(tokens + moved.tokens, supply) >= wide(tokens, supply + moved.shares));
			prop_assert!(wide(claims + moved.claims, supply) >= wide(claims, supply + moved.shares));
		}
		let out = out % supply;
		if let Ok(moved) = remove(tokens, claims, supply, out) {
			prop_assert!(wide(tokens - moved.tokens, supply) >= wide(tokens, supply - out));
			prop_assert!(wide(claims - moved.claims, supply) >= wide(claims, supply - out));
		}
	}

	#[test]
	fn coming_and_going_earns_nothing(
		tokens in 1u128..1 << 100, claims in 1u128..1 << 100, supply in 1_001u128..1 << 90,
		max_tokens in 1u128..1 << 100, max_claims in 1u128..1 << 100,
	) {
		if let Ok(put) = add(tokens, claims, supply, max_tokens, max_claims) {
			let took = remove(tokens + put.tokens, claims + put.claims, supply + put.shares, put.shares);
			let took = took.expect("removes");
			prop_assert!(took.tokens <= put.tokens && took.claims <= put.claims);
		}
	}

	#[test]
	fn an_average_stays_between_old_and_new(ema: u128, price: u128, window in 1u32..20_000, blocks: u32) {
		let projected = project(ema, price, window, blocks);
		prop_assert!(projected >= ema.min(price));
		prop_assert!(projected <= ema.max(price));
	}

	#[test]
	fn blocks_may_be_skipped_in_one_step(
		ema in 1u128..1 << 90, price in 1u128..1 << 90, window in 2u32..20_000, first in 0u32..5_000, more in 0u32..5_000,
	) {
		let twice = project(project(ema, price, window, first), price, window, more);
		let once = project(ema, price, window, first + more);
		// One planck·10^-18 for each rounding, and 2^-96 of the larger price for each of at most 64 squarings.
		prop_assert!(twice.abs_diff(once) <= 4, "{twice} {once}");
	}
}

fn wide(a: u128, b: u128) -> U256 {
	U256::from(a) * U256::from(b)
}

#[test]
fn one_block_weighs_two_over_window_plus_one() {
	// N = 3: α = 1/2.
	assert_eq!(project(4 * PRICE_ONE, 8 * PRICE_ONE, 3, 1), 6 * PRICE_ONE);
	// N = 7: α = 1/4; ten blocks leave (3/4)^10 of the old one: 0.056313514709...
	let after = project(PRICE_ONE, 0, 7, 10);
	assert!(after.abs_diff(56_313_514_709_472_656) <= 1, "{after}");
	// An average over one block is that block.
	assert_eq!(project(4 * PRICE_ONE, 8 * PRICE_ONE, 1, 1), 8 * PRICE_ONE);
	assert_eq!(project(4 * PRICE_ONE, 8 * PRICE_ONE, 7, 0), 4 * PRICE_ONE);
}

#[test]
fn a_batch_after_a_quiet_hour_weighs_one_block() {
	let (ema, last) = (PRICE_ONE, PRICE_ONE);
	let after = update(ema, last, 3 * PRICE_ONE, 600, 600);
	// α = 2/601 of the way from 1 to 3.
	let expected = PRICE_ONE + 2 * PRICE_ONE / 601 * 2;
	assert!(after.abs_diff(expected) <= 10, "{after} {expected}");
	// If the price stands there, the average follows.
	assert!(project(after, 3 * PRICE_ONE, 600, 600) > 2_700_000_000_000_000_000);
}
