//! What an order would cost or bring, alone in its batch.

use crate::{check_reserves, gets, max_net, part, pays, price, Error, Side, BP};
use primitive_types::U256;

/// A quote; prices with 18 decimals, before the fee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Quote {
	/// Planck paid (fee included, rounded up) or got (fee taken off, rounded down).
	pub total: u128,
	/// The fee in it, the rounding with it.
	pub fee: u128,
	/// The clearing price `T / (G ∓ 2q)`, rounded down.
	pub price: u128,
	/// The price now, `T / G`, rounded down.
	pub spot: u128,
	/// Distance of the clearing price from spot, in parts per million, rounded down.
	pub impact_ppm: u32,
}

/// Quotes `gpu_time` claims against a pool: what [`crate::batch::clear`] makes of that order alone, if
/// its limit allows. At most a third of the pool's claims trade in one batch.
pub fn quote(side: Side, tokens: u128, claims: u128, gpu_time: u128) -> Result<Quote, Error> {
	check_reserves(tokens, claims)?;
	if gpu_time == 0 {
		return Err(Error::Zero);
	}
	if gpu_time > max_net(claims) {
		return Err(Error::ExceedsDepth);
	}
	let (denominator, total) = match side {
		Side::Buy => {
			let denominator = claims - 2 * gpu_time;
			(denominator, pays(gpu_time, tokens, denominator)?)
		}
		Side::Sell => {
			let denominator = claims + 2 * gpu_time;
			(denominator, gets(gpu_time, tokens, denominator)?)
		}
	};
	let value = part(gpu_time, tokens, denominator, BP)?;
	// |G/d - 1| = 2q/d, at most 2.
	let impact = U256::from(2 * gpu_time) * U256::from(1_000_000u32) / U256::from(denominator);
	Ok(Quote {
		total,
		fee: total.abs_diff(value),
		price: price(tokens, denominator),
		spot: price(tokens, claims),
		impact_ppm: impact.low_u32(),
	})
}
