//! The market's arithmetic: pure functions over integers, no storage, no floating point.
//!
//! A pool holds `T` tokens and `G` claims. [`batch`] clears a batch of orders against it at one price,
//! [`quote`] says what an order alone in its batch would cost, [`liquidity`] turns reserves into pool
//! shares and back, [`ema`] averages clearing prices, [`congestion`] is the base fee of a class whose
//! attested flow is nearly sold, [`cheapest`] chooses among classes. Every function says how it rounds;
//! none favours the caller over the pool.
//!
//! Amounts are bounded by [`MAX_AMOUNT`], so that every product below fits 256 bits.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod batch;
pub mod cheapest;
pub mod congestion;
pub mod ema;
pub mod liquidity;
pub mod quote;

use primitive_types::U256;

/// Largest reserve, order or limit that the functions take. A product of two such amounts, of the fee's
/// scale and of a price's scale stays below 2^256.
pub const MAX_AMOUNT: u128 = 1 << 112;
/// Most orders in one batch: the sum of their sizes stays below 2^126.
pub const MAX_ORDERS: usize = 1 << 14;

/// The scale of fees: ten thousand basis points are the whole.
pub const BP: u32 = 10_000;
/// The fee φ on what a trade is worth at the clearing price, in basis points.
pub const FEE_BP: u32 = 30;
/// The part of [`FEE_BP`] that leaves the pool for the fee router; the rest stays with the LPs.
pub const ROUTER_FEE_BP: u32 = 5;

/// Scale of prices: planck per claim with 18 decimals.
pub const PRICE_ONE: u128 = 1_000_000_000_000_000_000;

/// Which way an order trades.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
	/// Pays tokens, gets claims.
	Buy,
	/// Pays claims, gets tokens.
	Sell,
}

/// Why a computation has no result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Error {
	/// A reserve is zero.
	EmptyPool,
	/// An amount is zero where it may not be.
	Zero,
	/// An amount exceeds [`MAX_AMOUNT`], or a batch [`MAX_ORDERS`].
	TooLarge,
	/// One batch moves at most a third of the pool's claims.
	ExceedsDepth,
}

/// The price `numerator / denominator` with 18 decimals, rounded down; saturates.
pub fn price(numerator: u128, denominator: u128) -> u128 {
	if denominator == 0 {
		return u128::MAX;
	}
	narrow(U256::from(numerator) * U256::from(PRICE_ONE) / U256::from(denominator)).unwrap_or(u128::MAX)
}

/// The largest `|D|` that one batch of a pool with `claims` claims may have: the price stays between
/// 0.6 and 3 times spot.
pub fn max_net(claims: u128) -> u128 {
	claims / 3
}

/// `gpu_time · tokens · bp / (BP · by)`, and whether that is exact: what claims are worth at the price
/// `tokens / by`, or where a limit of `by` stops holding. The first two are within [`MAX_AMOUNT`], `by`
/// within twice that and not zero, `bp` below 2^15.
pub(crate) fn worth(gpu_time: u128, tokens: u128, by: u128, bp: u32) -> Result<(u128, bool), Error> {
	// Below 2^127.
	let divisor = u128::from(BP) * by;
	// Nearly all amounts fit the machine's own division, which is ten times faster than that of 256 bits.
	if let Some(value) = gpu_time
		.checked_mul(tokens)
		.and_then(|value| value.checked_mul(bp.into()))
	{
		let quotient = value / divisor;
		return Ok((quotient, value == quotient * divisor));
	}
	let (quotient, rest) = (U256::from(gpu_time) * U256::from(tokens) * U256::from(bp)).div_mod(divisor.into());
	Ok((narrow(quotient)?, rest.is_zero()))
}

/// What a buyer pays for `gpu_time` at `tokens / denominator`: fee included, rounded up.
pub(crate) fn pays(gpu_time: u128, tokens: u128, denominator: u128) -> Result<u128, Error> {
	let (quotient, exact) = worth(gpu_time, tokens, denominator, BP + FEE_BP)?;
	quotient.checked_add((!exact).into()).ok_or(Error::TooLarge)
}

/// What a seller gets: fee taken off, rounded down.
pub(crate) fn gets(gpu_time: u128, tokens: u128, denominator: u128) -> Result<u128, Error> {
	Ok(worth(gpu_time, tokens, denominator, BP - FEE_BP)?.0)
}

/// The value itself, or a fee of `bp` on it: rounded down.
pub(crate) fn part(gpu_time: u128, tokens: u128, denominator: u128, bp: u32) -> Result<u128, Error> {
	Ok(worth(gpu_time, tokens, denominator, bp)?.0)
}

pub(crate) fn narrow(value: U256) -> Result<u128, Error> {
	if value.bits() > 128 {
		return Err(Error::TooLarge);
	}
	Ok(value.low_u128())
}

pub(crate) fn check_reserves(tokens: u128, claims: u128) -> Result<(), Error> {
	if tokens == 0 || claims == 0 {
		return Err(Error::EmptyPool);
	}
	if tokens > MAX_AMOUNT || claims > MAX_AMOUNT {
		return Err(Error::TooLarge);
	}
	Ok(())
}
