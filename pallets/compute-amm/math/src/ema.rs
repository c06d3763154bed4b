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
//!
//! An average is as good as the trade against whoever would move it. Alone in a pool, moving the average over
//! an hour by a tenth costs 0.04 % of the pool's tokens and 77 minutes; where others bring a thousandth of the
//! pool a block as long as the price is off it costs 3.7 %, at a hundredth 33 % (`tests/costs.rs`).
//!
//! Weights have 128 bits after the point and each call rounds once, to the nearest. `w` itself is rounded,
//! and `k` blocks multiply that: `k · w^(k-1)` is at most `(N + 1) / 2e`, below 2^12 for windows up to
//! 20,000 blocks, so for prices below 2^112 one call is within one unit of the exact result for any gap.

use primitive_types::U256;

/// Bits after the point of weights.
const BITS: usize = 128;

fn one() -> U256 {
	U256::one() << BITS
}

/// `w^blocks`, rounded down at each multiplication. No factor but the first result is as large as one,
/// so no product reaches 2^256.
fn weight(window: u32, blocks: u32) -> U256 {
	let mut factor = (U256::from(window.saturating_sub(1)) << BITS) / U256::from(u64::from(window) + 1);
	let mut result = one();
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

/// The mean of prices whose weights sum to one, rounded to the nearest: between the least and the
/// greatest of them.
fn mean(weighted: [(u128, U256); 3]) -> u128 {
	let half = U256::one() << (BITS - 1);
	// At most (2^128 - 1) · 2^128 + 2^127.
	let sum = weighted
		.into_iter()
		.fold(half, |sum, (price, weight)| sum + U256::from(price) * weight);
	(sum >> BITS).low_u128()
}

/// The average `blocks` later, if every block's price is `price`. Lies between the two.
pub fn project(ema: u128, price: u128, window: u32, blocks: u32) -> u128 {
	let stays = weight(window, blocks);
	mean([(ema, stays), (price, one() - stays), (0, U256::zero())])
}

/// The average after a batch at `price`, `blocks` after the one that left `ema` and the price `last`.
pub fn update(ema: u128, last: u128, price: u128, window: u32, blocks: u32) -> u128 {
	let stays = weight(window, 1);
	let of_ema = (weight(window, blocks.saturating_sub(1)) * stays) >> BITS;
	mean([(ema, of_ema), (last, stays - of_ema), (price, one() - stays)])
}
