//! Averages of the price: the closed form over gaps against exact steps, block by block. What moving one of
//! them costs is in `costs.rs`.

use compute_amm_math::{
	ema::{project, update},
	MAX_AMOUNT, PRICE_ONE,
};
use primitive_types::U512;
use proptest::prelude::*;

/// Blocks of ten minutes, an hour, a day.
const WINDOWS: [u32; 3] = [100, 600, 14_400];

/// An average in fractions so fine that steps lose nothing: `ema' = ema + (p - ema) · 2 / (N + 1)`.
#[derive(Clone, Copy)]
struct Exact {
	ema: U512,
	window: u32,
}

impl Exact {
	const BITS: usize = 300;

	fn new(ema: u128, window: u32) -> Self {
		Self {
			ema: U512::from(ema) << Self::BITS,
			window,
		}
	}

	fn step(&mut self, price: u128) {
		let price = U512::from(price) << Self::BITS;
		self.ema = (self.ema * (self.window - 1) + price * 2u8) / (u64::from(self.window) + 1);
	}

	/// Whether `ema` is within one unit.
	fn is(&self, ema: u128) -> bool {
		let (ema, one) = (U512::from(ema) << Self::BITS, U512::one() << Self::BITS);
		self.ema <= ema + one && ema <= self.ema + one
	}
}

#[test]
fn a_gap_of_any_length_is_its_blocks_one_by_one() {
	let (low, high) = (PRICE_ONE / 3, MAX_AMOUNT - 1);
	for window in WINDOWS {
		for (ema, price) in [(low, high), (high, low), (7, 0), (0, 7), (high, 0), (high, high)] {
			let mut exact = Exact::new(ema, window);
			for blocks in 0..40_000 {
				// All short gaps, then fewer.
				if blocks < 2_000 || blocks % 97 == 0 {
					let closed = project(ema, price, window, blocks);
					assert!(
						exact.is(closed),
						"window {window}, {ema} to {price} over {blocks}: {closed}"
					);
				}
				exact.step(price);
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(300))]

	#[test]
	fn a_batch_after_a_gap_is_quiet_blocks_and_its_own(
		ema in 0..MAX_AMOUNT, last in 0..MAX_AMOUNT, price in 0..MAX_AMOUNT, shift in 0u32..100,
		blocks in 1u32..3_000, window in 0usize..3,
	) {
		let (ema, last, price) = (ema >> shift, last >> (shift / 2), price >> shift);
		let mut exact = Exact::new(ema, WINDOWS[window]);
		for _ in 1..blocks {
			exact.step(last);
		}
		exact.step(price);
		prop_assert!(exact.is(update(ema, last, price, WINDOWS[window], blocks)));
	}

	/// A day of batches, each rounded to 10^-18 planck: the average stays within what the roundings may add
	/// up to, half a unit a batch, each weighing less by `w` with every block: a quarter of the window.
	#[test]
	fn rounding_batch_by_batch_does_not_add_up(
		start in PRICE_ONE..1_000_000 * PRICE_ONE,
		moves in proptest::collection::vec((500u128..2_000, 1u32..50), 300), window in 0usize..3,
	) {
		let window = WINDOWS[window];
		let mut exact = Exact::new(start, window);
		let (mut ema, mut last) = (start, start);
		for (per_mille, blocks) in moves {
			// Wide swings, within some orders of magnitude of where it began.
			let price = (last / 1_000 * per_mille).clamp(start / 1_000, start * 1_000);
			for _ in 1..blocks {
				exact.step(last);
			}
			exact.step(price);
			ema = update(ema, last, price, window, blocks);
			last = price;
			let error = (exact.ema >> Exact::BITS).low_u128().abs_diff(ema);
			prop_assert!(error <= u128::from(window) / 4 + 1, "{error}");
		}
	}
}
