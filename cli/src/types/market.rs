//! The market: quotes, pools, orders, plans for work.

// The decoder's derive imports what only some of the types use.
#![allow(unused_imports)]

use crate::{
	units::{mul_div, mul_div_up, Balance, BlockNumber, ClassId, GpuTime, JobId, OrderId, Price},
	AccountId,
};
use std::{fmt, str::FromStr};
use subxt::ext::scale_decode::DecodeAsType;

/// What a job pays the protocol on the price of its GPU time, in per cent.
pub const JOB_FEE_PERCENT: Balance = 6;

chain_types! {
	/// Which way an order trades.
	#[derive(Copy)]
	pub enum Side {
		/// Pays tokens, gets claims.
		Buy,
		/// Pays claims, gets tokens.
		Sell,
	}

	/// What a trade of some GPU time would cost or bring now, alone in its batch.
	pub struct Quote {
		/// GPU time traded, in milliseconds.
		pub gpu_time: GpuTime,
		/// Planck paid (fee included) or got (fee taken off).
		pub total: Balance,
		/// The fee in it, in planck.
		pub fee: Balance,
		/// The clearing price before the fee.
		pub price: Price,
		/// The pool's price now.
		pub spot: Price,
		/// How far the clearing price lies from spot, in parts per million.
		pub impact_ppm: u32,
		/// The congestion base fee of a job of so much GPU time, in planck, beside `total`.
		pub base_fee: Balance,
	}

	/// A pool of a class.
	pub struct PoolInfo {
		/// Its class.
		pub class: ClassId,
		/// Tokens in the pool, in planck.
		pub reserve_tokens: Balance,
		/// Claims in the pool, in milliseconds.
		pub reserve_claims: GpuTime,
		/// Pool shares that exist.
		pub shares: Balance,
		/// The price now.
		pub spot: Price,
		/// The average of the clearing price over 10 minutes.
		pub ema_10m: Price,
		/// The average of the clearing price over an hour.
		pub ema_1h: Price,
		/// The average of the clearing price over a day.
		pub ema_24h: Price,
		/// Orders waiting for the next clearing.
		pub orders: u32,
		/// Fees kept for the LPs since the pool was created, in planck per pool share.
		pub fees_per_share: Price,
		/// Fees in the pool's account that the next batch does not price yet, in planck.
		pub carried: Balance,
		/// The congestion base fee of a claim.
		pub base_fee: Price,
		/// Accelerators of the class that are attested.
		pub attested_gpus: u32,
		/// Orders are paused until this block, if a breaker tripped.
		pub paused_until: Option<BlockNumber>,
	}

	/// Whose order it is.
	#[derive(Copy)]
	pub enum Purpose {
		/// Anyone's, for itself.
		Trade,
		/// A job's bid.
		Job(JobId),
		/// A provider's offer of capacity.
		Offer(u64),
		/// A provider's purchase of what it owes.
		BuyBack(u64),
	}

	/// An order in the book.
	pub struct OrderInfo {
		/// Its number.
		pub id: OrderId,
		/// Buy or sell.
		pub side: Side,
		/// Claims to trade in all, in milliseconds.
		pub gpu_time: GpuTime,
		/// For the whole of `gpu_time`, fees included: the most a buy pays, the least a sell gets, in planck.
		pub limit: Balance,
		/// Of `gpu_time`, what has filled.
		pub filled: GpuTime,
		/// What that cost or brought, in planck.
		pub tokens: Balance,
		/// Paid for it, and gets back what does not fill.
		pub payer: AccountId,
		/// Gets what it trades for.
		pub recipient: AccountId,
		/// Whose order it is.
		pub purpose: Purpose,
		/// Block in which it was placed.
		pub placed_at: BlockNumber,
		/// Last block whose batch it is part of.
		pub expires_at: BlockNumber,
	}

	/// Pool shares that were added lately.
	#[derive(Copy)]
	pub struct ShareLock {
		/// Pool shares.
		pub shares: Balance,
		/// First block in which they may be taken out.
		pub until: BlockNumber,
	}

	/// One class's part in a piece of work. Amounts are in planck.
	pub struct WorkPart {
		/// The class.
		pub class: ClassId,
		/// GPU time to buy of it, in milliseconds.
		pub gpu_time: GpuTime,
		/// What the pool takes for it, market fee and impact included.
		pub tokens: Balance,
		/// The job fee on that.
		pub job_fee: Balance,
		/// The congestion base fee.
		pub base_fee: Balance,
	}

	/// Where a piece of work is done for the least.
	pub struct WorkPlan {
		/// The classes that take part.
		pub parts: Vec<WorkPart>,
		/// What all of it costs, in planck.
		pub cost: Balance,
	}
}

/// Over how long the clearing price is averaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Window {
	/// 10 minutes.
	TenMinutes,
	/// An hour.
	Hour,
	/// A day.
	Day,
}

impl Window {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			Window::TenMinutes => "TenMinutes",
			Window::Hour => "Hour",
			Window::Day => "Day",
		}
	}
}

/// What is accepted of a plan for a piece of work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WorkConstraints {
	/// Whether the work may be spread over classes.
	pub may_split: bool,
	/// The classes to choose among; all if `None`.
	pub classes: Option<Vec<ClassId>>,
	/// The most GPU time of any one class, in milliseconds; what one batch can move if `None`.
	pub max_gpu_time: Option<GpuTime>,
}

impl Side {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			Side::Buy => "Buy",
			Side::Sell => "Sell",
		}
	}

	/// Its name in a sentence.
	pub fn word(&self) -> &'static str {
		match self {
			Side::Buy => "buy",
			Side::Sell => "sell",
		}
	}
}

/// The job fee on a price, in planck, rounded up.
pub fn job_fee(price: Balance) -> Balance {
	// A part of the price: it fits.
	mul_div_up(price, JOB_FEE_PERCENT, 100).unwrap_or(price)
}

impl Quote {
	/// What a job of so much GPU time costs, bought at this quote: the market's price, the job fee on it, and
	/// the congestion base fee, in planck.
	pub fn job_total(&self) -> Balance {
		// Sums of what nobody has only saturate.
		self.total
			.saturating_add(job_fee(self.total))
			.saturating_add(self.base_fee)
	}
}

impl OrderInfo {
	/// What has not filled, in milliseconds.
	pub fn left(&self) -> GpuTime {
		self.gpu_time.saturating_sub(self.filled)
	}

	/// What the market still holds for it: planck of a buy, claims of a sell.
	pub fn held(&self) -> u128 {
		match self.side {
			Side::Buy => self.limit.saturating_sub(self.tokens),
			Side::Sell => self.left(),
		}
	}
}

impl fmt::Display for Purpose {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Purpose::Trade => f.write_str("trade"),
			Purpose::Job(job) => write!(f, "bid of job {job}"),
			Purpose::Offer(number) => write!(f, "offer {number}"),
			Purpose::BuyBack(number) => write!(f, "buy-back {number}"),
		}
	}
}

impl PoolInfo {
	/// What so many pool shares are worth now: planck, and claims in milliseconds, rounded down.
	pub fn worth(&self, shares: Balance) -> Option<(Balance, GpuTime)> {
		Some((
			mul_div(self.reserve_tokens, shares, self.shares)?,
			mul_div(self.reserve_claims, shares, self.shares)?,
		))
	}

	/// The shares that at most so many tokens and claims buy, and what the pool takes of each, as the chain
	/// rounds it. `None`: not one share, or a pool with none.
	pub fn shares_for(&self, max_tokens: Balance, max_claims: GpuTime) -> Option<(Balance, Balance, GpuTime)> {
		let of_tokens = mul_div(max_tokens, self.shares, self.reserve_tokens)?;
		let of_claims = mul_div(max_claims, self.shares, self.reserve_claims)?;
		let shares = Some(of_tokens.min(of_claims)).filter(|shares| *shares > 0)?;
		Some((
			shares,
			mul_div_up(shares, self.reserve_tokens, self.shares)?,
			mul_div_up(shares, self.reserve_claims, self.shares)?,
		))
	}

	/// The tokens that lie in the pool beside so many claims, in planck, rounded up.
	pub fn tokens_beside(&self, claims: GpuTime) -> Option<Balance> {
		mul_div_up(claims, self.reserve_tokens, self.reserve_claims)
	}
}

/// Writes an order's number: the block that took it, and its place among the class's orders of that block.
pub fn format_order(order: OrderId) -> String {
	format!("{}-{}", order >> 32, order & u64::from(u32::MAX))
}

/// Reads an order's number as it is written, `120-0`, or as the chain counts it, `515396075520`.
pub fn parse_order(text: &str) -> Result<OrderId, String> {
	let bad = || format!("'{text}' is no order: write its block and place, like 120-0, or the chain's number");
	let digits = |part: &str| {
		let plain = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
		plain.then(|| part.to_string()).ok_or_else(bad)
	};
	match text.split_once('-') {
		Some((block, place)) => {
			let block: u32 = digits(block)?.parse().map_err(|_| bad())?;
			let place: u32 = digits(place)?.parse().map_err(|_| bad())?;
			Ok(u64::from(block) << 32 | u64::from(place))
		}
		None => digits(text)?.parse().map_err(|_| bad()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::QRN;

	#[test]
	fn writes_and_reads_orders() {
		for (order, text) in [
			(0, "0-0"),
			((120 << 32) + 3, "120-3"),
			(u64::MAX, "4294967295-4294967295"),
		] {
			assert_eq!(format_order(order), text);
			assert_eq!(parse_order(text), Ok(order));
			assert_eq!(parse_order(&order.to_string()), Ok(order));
		}
		for text in [
			"",
			"-",
			"1-",
			"-1",
			"+1",
			"1-+2",
			"1-2-3",
			"x",
			"4294967296-0",
			"0-4294967296",
			"1.5",
		] {
			assert!(parse_order(text).is_err(), "{text}");
		}
	}

	fn quote(total: Balance, base_fee: Balance) -> Quote {
		Quote {
			gpu_time: 1,
			total,
			fee: 0,
			price: Price(0),
			spot: Price(0),
			impact_ppm: 0,
			base_fee,
		}
	}

	#[test]
	fn sums_what_a_job_costs() {
		assert_eq!(quote(100 * QRN, 2 * QRN).job_total(), 108 * QRN);
		// The job fee rounds up: no job is too small to pay one.
		assert_eq!(quote(1, 0).job_total(), 2);
		assert_eq!(quote(u128::MAX, 1).job_total(), u128::MAX);
	}

	fn pool(reserve_tokens: Balance, reserve_claims: GpuTime, shares: Balance) -> PoolInfo {
		PoolInfo {
			class: 0,
			reserve_tokens,
			reserve_claims,
			shares,
			spot: Price(0),
			ema_10m: Price(0),
			ema_1h: Price(0),
			ema_24h: Price(0),
			orders: 0,
			fees_per_share: Price(0),
			carried: 0,
			base_fee: Price(0),
			attested_gpus: 0,
			paused_until: None,
		}
	}

	#[test]
	fn rounds_liquidity_as_the_chain_does() {
		let empty = pool(1, 1, 0);
		let pool = pool(1_001, 333, 577);
		assert_eq!(pool.worth(100), Some((173, 57)));
		// floor(100 · 577 / 1001) = 57; they take ceil(57 · 1001 / 577) = 99 and ceil(57 · 333 / 577) = 33.
		assert_eq!(pool.shares_for(100, 1_000), Some((57, 99, 33)));
		assert_eq!(pool.shares_for(1, 1), None);
		assert_eq!(pool.tokens_beside(33), Some(100));
		assert_eq!(empty.worth(1), None);
	}

	#[test]
	fn says_what_an_order_still_holds() {
		let mut order = OrderInfo {
			id: 0,
			side: Side::Buy,
			gpu_time: 10,
			limit: 100,
			filled: 4,
			tokens: 30,
			payer: AccountId([1; 32]),
			recipient: AccountId([1; 32]),
			purpose: Purpose::Trade,
			placed_at: 1,
			expires_at: 2,
		};
		assert_eq!((order.left(), order.held()), (6, 70));
		order.side = Side::Sell;
		assert_eq!(order.held(), 6);
	}
}
