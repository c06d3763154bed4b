//! The congestion base fee of a class: what GPU time costs above its price while more of it is sold than
//! three quarters of what is attested. It is burned whole.
//!
//! The mechanism is that of EIP-4844's blob gas (<https://eips.ethereum.org/EIPS/eip-4844>): an **excess**
//! counts what was sold above the target, `excess' = max(0, excess + sold - target)`, and the fee is
//! exponential in it, so that equal excesses multiply it by equal factors. Three things differ:
//!
//! - The excess is counted in blocks' worth of the class's attested flow, with six decimals, and not in
//!   GPU time. Hardware comes and goes; a provider that leaves must not turn yesterday's sales into
//!   today's congestion. A block without sales lowers the excess by the target whatever the flow was, so
//!   a gap of any length is one subtraction, and a class in which nothing happens costs no work.
//! - The fee is a part of the price (its average over an hour), not an amount: it means the same in a
//!   class of cheap cards and in one of dear ones, today and after QRN has moved tenfold. An excess of zero
//!   is a fee of zero.
//! - It is capped at 5 % of that average, and the excess at what reaches the cap. Without a cap the fee
//!   takes the scarcity rent that should call in supply; without a bound on the excess a boom would keep
//!   the fee at its cap for as long again after it ended.
//!
//! With these constants an excess of under two hours' flow is the whole way from nothing to the cap: a class that
//! sells all of its flow gets there in seven hours, one that sells twice its flow in under an hour and a half;
//! with no sales it falls to a third in 15 minutes and to nothing in two and a half hours. An excess under
//! half an hour's flow, one large job's, costs less than 0.002 % of the price.

use crate::{narrow, Error, PRICE_ONE};
use primitive_types::U256;

/// One block's attested flow, the unit of the excess.
pub const FLOW: u64 = 1_000_000;
/// What may be sold of it before the excess grows: 75 %.
pub const TARGET: u64 = 750_000;
/// The excess that multiplies the fee by e: ten minutes' flow, in blocks of six seconds.
pub const UPDATE_FRACTION: u64 = 100 * FLOW;
/// The largest excess: e^11 times the least fee is just above the cap.
pub const MAX_EXCESS: u64 = 11 * UPDATE_FRACTION;

/// The scale of the fee: parts per billion of the price.
pub const PPB: u32 = 1_000_000_000;
/// What the exponential starts from: a millionth of the price.
pub const MIN_FEE_PPB: u32 = 1_000;
/// The cap: 5 % of the price.
pub const MAX_FEE_PPB: u32 = 50_000_000;

/// `factor · e^(numerator / denominator)`, by the Taylor series in integers, exactly as EIP-4844 defines it
/// (its rounding, always down, is part of the definition).
///
/// [`Error::Zero`]: the denominator is. [`Error::TooLarge`]: a term, times the numerator, does not fit 128
/// bits. What has a value has the exact one.
pub fn fake_exponential(factor: u128, numerator: u128, denominator: u128) -> Result<u128, Error> {
	if denominator == 0 {
		return Err(Error::Zero);
	}
	let mut term = factor.checked_mul(denominator).ok_or(Error::TooLarge)?;
	let mut sum = 0u128;
	// Terms fall once `i` passes the exponent, which overflow keeps below 128: some hundred steps.
	let mut i = 1u128;
	while term > 0 {
		sum = sum.checked_add(term).ok_or(Error::TooLarge)?;
		let next = term.checked_mul(numerator).ok_or(Error::TooLarge)?;
		term = next / denominator.checked_mul(i).ok_or(Error::TooLarge)?;
		i += 1;
	}
	Ok(sum / denominator)
}

/// The excess after a block that sold `sold` of GPU time, `blocks` after the one that left `excess`, with
/// nothing sold between them. `flow` is the GPU time attested for one block now, in the unit of `sold`.
///
/// Where nothing is attested, any sale is all the excess there may be. What is sold counts rounded down.
pub fn next_excess(excess: u64, sold: u128, flow: u128, blocks: u32) -> u64 {
	let sold = match (sold, flow) {
		(0, _) => 0,
		(_, 0) => MAX_EXCESS,
		_ => (U256::from(sold) * U256::from(FLOW) / U256::from(flow))
			.min(MAX_EXCESS.into())
			.low_u64(),
	};
	// Floors at zero, as the definition has it; 2^32 targets fit 64 bits.
	let quiet = TARGET * u64::from(blocks.saturating_sub(1));
	let before = excess.min(MAX_EXCESS).saturating_sub(quiet);
	(before + sold).saturating_sub(TARGET).min(MAX_EXCESS)
}

/// The excess `blocks` later, if nothing is sold.
pub fn excess_after(excess: u64, blocks: u32) -> u64 {
	excess.min(MAX_EXCESS).saturating_sub(TARGET * u64::from(blocks))
}

/// The fee, in parts per billion of the price: zero at no excess, never falling in it, at most
/// [`MAX_FEE_PPB`].
pub fn fee_ppb(excess: u64) -> u32 {
	let excess = excess.min(MAX_EXCESS);
	// Within its bound the exponential has a value; the cap is the right answer to one too large.
	let grown = fake_exponential(MIN_FEE_PPB.into(), excess.into(), UPDATE_FRACTION.into()).unwrap_or(u128::MAX);
	grown.saturating_sub(MIN_FEE_PPB.into()).min(MAX_FEE_PPB.into()) as u32
}

/// The base fee of a claim, as a price: planck with 18 decimals, rounded down, so never above the cap.
/// `ema_1h` is the class's average price over an hour, in the same unit.
pub fn base_fee(excess: u64, ema_1h: u128) -> u128 {
	let (ppb, scale) = (u128::from(fee_ppb(excess)), u128::from(PPB));
	// A part of `ema_1h`, in two steps that cannot overflow: the remainder is below 2^30.
	ema_1h / scale * ppb + ema_1h % scale * ppb / scale
}

/// The base fee of `gpu_time` claims at `base_fee` each, in planck, rounded up, as a job's is: who pays what was
/// quoted pays enough.
pub fn total(gpu_time: u128, base_fee: u128) -> Result<u128, Error> {
	// Below 2^256: the product is below it by more than the scale.
	let product = U256::from(gpu_time) * U256::from(base_fee);
	narrow((product + U256::from(PRICE_ONE - 1)) / U256::from(PRICE_ONE))
}
