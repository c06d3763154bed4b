//! The congestion base fee: EIP-4844's exponential against the published table, the excess, the cap.

use compute_amm_math::{
	congestion::{
		base_fee, excess_after, fake_exponential, fee_ppb, next_excess, total, FLOW, MAX_EXCESS, MAX_FEE_PPB,
		MIN_FEE_PPB, PPB, TARGET, UPDATE_FRACTION,
	},
	Error, PRICE_ONE,
};
use primitive_types::{U256, U512};
use proptest::prelude::*;

/// GPU time that a class of ten cards has attested for a block of six seconds.
const TEN_CARDS: u128 = 60_000;
/// Blocks of an hour.
const HOUR: u32 = 600;

#[test]
fn agrees_with_the_published_table() {
	// go-ethereum, consensus/misc/eip4844/eip4844_test.go, TestFakeExponential.
	let table = [
		(1, 0, 1, 1),
		(0, 1_234, 2_345, 0),
		(1, 4, 2, 6),
		(1, 6, 2, 18),
		(1, 8, 2, 50),
		(11, 8, 2, 596),
		(1, 5, 2, 11),
		(1, 50_000_000, 2_225_652, 5_709_098_764),
	];
	for (factor, numerator, denominator, expected) in table {
		assert_eq!(
			fake_exponential(factor, numerator, denominator),
			Ok(expected),
			"{factor} · e^({numerator} / {denominator})"
		);
	}
}

#[test]
fn refuses_what_does_not_fit() {
	assert_eq!(fake_exponential(1, 1, 0), Err(Error::Zero));
	assert_eq!(fake_exponential(u128::MAX, 1, 2), Err(Error::TooLarge));
	assert_eq!(fake_exponential(1, u128::MAX, 1), Err(Error::TooLarge));
	assert_eq!(fake_exponential(1, 200, 1), Err(Error::TooLarge));
	assert_eq!(fake_exponential(u128::MAX, 0, 1), Ok(u128::MAX));
}

#[test]
fn a_class_that_sells_its_target_or_less_pays_no_base_fee() {
	let sold = TEN_CARDS * u128::from(TARGET) / u128::from(FLOW);
	let mut excess = 0;
	for _ in 0..HOUR {
		excess = next_excess(excess, sold, TEN_CARDS, 1);
	}
	assert_eq!(excess, 0);
	assert_eq!(base_fee(excess, 1_000 * PRICE_ONE), 0);
}

#[test]
fn a_block_over_target_adds_what_is_over_it() {
	// All of the flow: a quarter over.
	assert_eq!(next_excess(0, TEN_CARDS, TEN_CARDS, 1), 250_000);
	// Twice the flow, out of the pool's stock.
	assert_eq!(next_excess(1_000, 2 * TEN_CARDS, TEN_CARDS, 1), 1_251_000);
	// In a class twice as large the same sale is half as much.
	assert_eq!(next_excess(0, 2 * TEN_CARDS, 2 * TEN_CARDS, 1), 250_000);
	assert_eq!(next_excess(0, 1, 3, 1), 0);
	// One large job in a small class: eight hours of one card, against ten.
	assert_eq!(next_excess(0, 28_800_000, TEN_CARDS, 1), 480 * FLOW - TARGET);
}

#[test]
fn an_unattested_class_that_sells_is_as_congested_as_can_be() {
	assert_eq!(next_excess(0, 1, 0, 1), MAX_EXCESS - TARGET);
	assert_eq!(next_excess(0, 0, 0, 1), 0);
	assert_eq!(next_excess(u64::MAX, u128::MAX, 1, u32::MAX), MAX_EXCESS - TARGET);
	assert_eq!(next_excess(u64::MAX, u128::MAX, 1, 1), MAX_EXCESS);
	assert_eq!(next_excess(MAX_EXCESS, u128::MAX, u128::MAX, 1), MAX_EXCESS);
}

#[test]
fn the_fee_takes_the_time_that_the_docs_say() {
	let blocks_to_the_cap = |sold: u128| {
		let mut excess = 0;
		(1..)
			.find(|_| {
				excess = next_excess(excess, sold, TEN_CARDS, 1);
				fee_ppb(excess) == MAX_FEE_PPB
			})
			.expect("gets there")
	};
	assert_eq!(blocks_to_the_cap(TEN_CARDS), 4_328);
	assert_eq!(blocks_to_the_cap(2 * TEN_CARDS), 866);
	// From the bound down: at the cap for 24 blocks, to a third in another 134, to nothing in 1,467.
	let blocks_down_to = |least: u32| {
		(0..)
			.find(|blocks| fee_ppb(excess_after(MAX_EXCESS, *blocks)) <= least)
			.expect("falls")
	};
	assert_eq!(blocks_down_to(MAX_FEE_PPB - 1), 25);
	assert_eq!(blocks_down_to(MAX_FEE_PPB / 3), 171);
	assert_eq!(blocks_down_to(0), 1_467);
	// Half an hour's flow over target costs less than 0.002 % of the price.
	assert!(fee_ppb(300 * FLOW) < 20_000);
}

#[test]
fn the_fee_is_the_exponential_less_its_start_up_to_the_cap() {
	let table = [
		(0, 0),
		// 1,000 · (e^(1/100) - 1), rounded down.
		(FLOW, 10),
		(UPDATE_FRACTION, 1_718),
		(5 * UPDATE_FRACTION, 147_413),
		(10 * UPDATE_FRACTION, 22_025_465),
		(MAX_EXCESS, MAX_FEE_PPB),
		(u64::MAX, MAX_FEE_PPB),
	];
	for (excess, expected) in table {
		let fee = fee_ppb(excess);
		assert!(fee.abs_diff(expected) <= 1, "excess {excess}: {fee}");
	}
	// The bound is just above what reaches the cap.
	let uncapped = fake_exponential(MIN_FEE_PPB.into(), MAX_EXCESS.into(), UPDATE_FRACTION.into()).expect("fits");
	assert!((50_000_000..60_000_000).contains(&uncapped), "{uncapped}");
}

#[test]
fn the_cap_is_a_twentieth_of_the_price_in_money() {
	// 1,000 planck a claim; an hour of one card.
	let fee = base_fee(MAX_EXCESS, 1_000 * PRICE_ONE);
	assert_eq!(fee, 50 * PRICE_ONE);
	assert_eq!(total(3_600_000, fee), Ok(180_000_000));
	// A planck that is begun counts whole.
	assert_eq!(total(1, PRICE_ONE - 1), Ok(1));
	assert_eq!(total(3, PRICE_ONE / 2), Ok(2));
	assert_eq!(total(1, PRICE_ONE), Ok(1));
	assert_eq!((total(0, PRICE_ONE), total(1, 0)), (Ok(0), Ok(0)));
	assert_eq!(total(u128::MAX, u128::MAX), Err(Error::TooLarge));
	assert_eq!(base_fee(MAX_EXCESS, u128::MAX), u128::MAX / 20);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(5_000))]

	#[test]
	fn a_gap_is_so_many_quiet_blocks(
		excess in 0..2 * MAX_EXCESS, sold in 0u128..10_000_000, flow in 0u128..1_000_000, blocks in 1u32..3_000,
	) {
		let mut stepped = excess;
		for _ in 1..blocks {
			stepped = next_excess(stepped, 0, flow, 1);
		}
		prop_assert_eq!(excess_after(excess, blocks - 1), if blocks == 1 { excess.min(MAX_EXCESS) } else { stepped });
		stepped = next_excess(stepped, sold, flow, 1);
		prop_assert_eq!(next_excess(excess, sold, flow, blocks), stepped);
	}

	#[test]
	fn the_excess_follows_the_definition_and_stays_bounded(
		excess: u64, sold: u128, flow in 1u128..=u128::MAX, blocks: u32,
	) {
		let next = next_excess(excess, sold, flow, blocks);
		prop_assert!(next <= MAX_EXCESS);
		// max(0, excess + sold - target), for one block and in exact terms.
		let part = (U256::from(sold) * U256::from(FLOW) / U256::from(flow)).min(U256::from(MAX_EXCESS)).low_u64();
		let expected = (excess.min(MAX_EXCESS) + part).saturating_sub(TARGET).min(MAX_EXCESS);
		prop_assert_eq!(next_excess(excess, sold, flow, 1), expected);
		// Never falls in what was sold, never rises in what is attested or in time.
		prop_assert!(next_excess(excess, sold.saturating_add(1), flow, blocks) >= next);
		prop_assert!(next_excess(excess, sold, flow.saturating_add(1), blocks) <= next);
		prop_assert!(next_excess(excess, sold, flow, blocks.saturating_add(1)) <= next);
		prop_assert!(next_excess(excess.saturating_add(1), sold, flow, blocks) >= next);
	}

	#[test]
	fn the_fee_never_falls_in_the_excess_and_is_capped(excess: u64, near in 0..MAX_EXCESS, more in 0..MAX_EXCESS, ema: u128) {
		for excess in [excess, near] {
			prop_assert!(fee_ppb(excess.saturating_add(more)) >= fee_ppb(excess));
			prop_assert!(fee_ppb(excess) <= MAX_FEE_PPB);
			let fee = base_fee(excess, ema);
			prop_assert!(fee <= ema / 20);
			// Rounded down from the exact product.
			let exact = U256::from(ema) * U256::from(fee_ppb(excess)) / U256::from(PPB);
			prop_assert_eq!(U256::from(fee), exact);
		}
	}

	#[test]
	fn without_sales_it_returns_to_zero(excess: u64) {
		let excess = next_excess(excess, 0, TEN_CARDS, 1_500);
		prop_assert_eq!(excess, 0);
		prop_assert_eq!(fee_ppb(excess), 0);
	}

	/// The same in 512 bits, which cannot overflow.
	#[test]
	fn has_the_exact_value_or_none(
		factor in 0u128..1 << 40, per_mille in 0u128..60_000, denominator in 1u128..1 << 30,
	) {
		let numerator = denominator * per_mille / 1_000;
		let [f, n, d] = [factor, numerator, denominator].map(U512::from);
		let (mut term, mut sum, mut i) = (f * d, U512::zero(), 1u64);
		while !term.is_zero() {
			sum += term;
			term = term * n / (d * U512::from(i));
			i += 1;
		}
		if let Ok(value) = fake_exponential(factor, numerator, denominator) {
			prop_assert_eq!(U512::from(value), sum / d);
		} else {
			prop_assert!((sum * n).bits() > 120);
		}
	}

	#[test]
	fn never_panics(factor: u128, numerator: u128, denominator: u128) {
		let _answer = fake_exponential(factor, numerator, denominator);
		let _answer = fake_exponential(factor >> 100, numerator >> 64, denominator >> 66);
	}
}
