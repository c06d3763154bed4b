//! The market's arithmetic: pure functions over integers, no storage, no floating point.
//!
//! A pool holds `T` tokens and `G` claims. [`batch`] clears a batch of orders against it at one price,
//! [`quote`] says what an order alone in its batch would cost, [`liquidity`] turns reserves into pool
//! shares and back, [`ema`] averages clearing prices. Every function says how it rounds; none favours
//! the caller over the pool.
//!
//! Amounts are bounded by [`MAX_AMOUNT`], so that every product below fits 256 bits.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod batch;
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

/// Tokens that `gpu_time` claims are worth with the fee factor `bp / 10,000`, at the price
/// `tokens / denominator`; the quotient and whether it was exact. All within [`MAX_AMOUNT`] but `bp`.
fn worth(gpu_time: u128, tokens: u128, denominator: u128, bp: u32) -> (U256, bool) {
	let (quotient, rest) =
		(U256::from(gpu_time) * U256::from(tokens) * U256::from(bp)).div_mod(U256::from(BP) * U256::from(denominator));
	(quotient, rest.is_zero())
}

/// What a buyer pays for `gpu_time` at `tokens / denominator`: fee included, rounded up.
pub(crate) fn pays(gpu_time: u128, tokens: u128, denominator: u128) -> Result<u128, Error> {
	let (quotient, exact) = worth(gpu_time, tokens, denominator, BP + FEE_BP);
	narrow(if exact { quotient } else { quotient + U256::one() })
}

/// What a seller gets: fee taken off, rounded down.
pub(crate) fn gets(gpu_time: u128, tokens: u128, denominator: u128) -> Result<u128, Error> {
	narrow(worth(gpu_time, tokens, denominator, BP - FEE_BP).0)
}

/// The value itself, or a fee of `bp` on it: rounded down.
pub(crate) fn part(gpu_time: u128, tokens: u128, denominator: u128, bp: u32) -> Result<u128, Error> {
	narrow(worth(gpu_time, tokens, denominator, bp).0)
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
