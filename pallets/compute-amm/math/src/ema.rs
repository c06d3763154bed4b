//! Exponential moving averages of the clearing price over blocks.
//!
//! An average over `N` blocks weighs a block's price with `α = 2 / (N + 1)`, the convention under which
//! it has the mean age, `(N - 1) / 2` blocks, of a plain average over `N` (Hydration's `pallet-ema-oracle`
//! takes the same, and steps over blocks without trades in the same way):
//!
//! ```text
//! ema' = ema · w + p · (1 - w)        w = 1 - α = (N - 1) / (N + 1)
//! ```
//!
//! Between batches the price stands where the last batch left it, so `k` blocks without one are a step
//! with `w^k`, computed by squaring. The price of the batch that ends the gap counts for its own block
//! alone. Were it given the weight of the whole gap, one batch after a quiet hour would set the average.

use primitive_types::U256;

/// Bits after the point of weights.
const BITS: usize = 96;

/// `w^blocks` with 96 bits after the point, rounded down at each multiplication.
fn weight(window: u32, blocks: u32) -> U256 {
	let mut factor = (U256::from(window.saturating_sub(1)) << BITS) / U256::from(u64::from(window) + 1);
	let mut result = U256::one() << BITS;
	let mut exponent = blocks;
	while exponent > 0 {
		if exponent & 1 == 1 {
			result = (result * factor) >> BITS;
		}
		factor = (factor * factor) >> BITS;
		exponent >>= 1;
	}
	result
}

/// The average `blocks` later, if every block's price is `price`. Lies between the two, rounded down.
pub fn project(ema: u128, price: u128, window: u32, blocks: u32) -> u128 {
	let one = U256::one() << BITS;
	let w = weight(window, blocks);
	// Two terms below 2^224; their sum over 2^96 is at most the larger of the two prices.
	((U256::from(ema) * w + U256::from(price) * (one - w)) >> BITS).low_u128()
}

/// The average after a batch at `price`, `blocks` after the one that left `ema` and the price `last`.
pub fn update(ema: u128, last: u128, price: u128, window: u32, blocks: u32) -> u128 {
	project(project(ema, last, window, blocks.saturating_sub(1)), price, window, 1)
}
