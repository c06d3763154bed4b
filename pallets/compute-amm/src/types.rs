//! What the market stores.

use crate::policy;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use compute_amm_math::{batch, ema, liquidity, price};
use polkadot_sdk::sp_runtime::FixedU128;
use quern_primitives::{Balance, BlockNumber, GpuTime, OrderId, OrderRef, Price, Purpose, Side};
use scale_info::TypeInfo;

/// An order in the book.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Order<AccountId> {
	/// Its number.
	pub id: OrderId,
	/// Buy or sell.
	pub side: Side,
	/// Claims to trade in all, in milliseconds.
	pub gpu_time: GpuTime,
	/// For the whole of `gpu_time`, fees included, in planck: the most a buy pays, the least a sell gets.
	pub limit: Balance,
	/// Of `gpu_time`, what has filled.
	pub filled: GpuTime,
	/// What that cost or brought, in planck.
	pub tokens: Balance,
	/// Paid for the order, and gets back what does not fill.
	pub payer: AccountId,
	/// Gets what the order trades for.
	pub recipient: AccountId,
	/// Whose order it is.
	pub purpose: Purpose,
	/// Block in which it was placed.
	pub placed_at: BlockNumber,
	/// Last block whose batch it is part of.
	pub expires_at: BlockNumber,
	/// The most of it that one batch may fill, in milliseconds.
	pub pace: Option<GpuTime>,
}

impl<AccountId> Order<AccountId> {
	/// What has not filled.
	pub fn left(&self) -> GpuTime {
		// `filled` never exceeds `gpu_time`; should it, nothing is left.
		self.gpu_time.saturating_sub(self.filled)
	}

	/// What the market's account holds for it: tokens for a buy, claims for a sell.
	pub fn escrowed(&self) -> u128 {
		match self.side {
			// A buy never pays past its limit; should it have, nothing is held.
			Side::Buy => self.limit.saturating_sub(self.tokens),
			Side::Sell => self.left(),
		}
	}

	/// The limit for what is left: the unfilled share of the whole limit, rounded for the trader, and
	/// never such that the whole limit could break when the rest fills.
	pub fn limit_left(&self) -> Balance {
		// The quotients are at most `limit`: the rest is part of the whole.
		match self.side {
			Side::Buy => liquidity::pro_rata(self.limit, self.left(), self.gpu_time)
				.unwrap_or_default()
				.min(self.escrowed()),
			Side::Sell => liquidity::pro_rata_up(self.limit, self.left(), self.gpu_time)
				.unwrap_or(self.limit)
				// What a sell got above its limit so far does not lower the limit of the rest.
				.max(self.limit.saturating_sub(self.tokens)),
		}
	}

	/// The order as the batch sees it.
	pub fn in_batch(&self) -> batch::Order {
		let left = self.left();
		batch::Order {
			side: math_side(self.side),
			gpu_time: left,
			limit: self.limit_left(),
			at_most: self.pace.unwrap_or(left),
		}
	}

	/// The order as its owner is told of it.
	pub fn reference(&self, class: quern_primitives::ClassId) -> OrderRef {
		OrderRef {
			id: self.id,
			class,
			side: self.side,
			purpose: self.purpose,
		}
	}

	/// Whether it is a job's bid.
	pub fn is_job(&self) -> bool {
		matches!(self.purpose, Purpose::Job(_))
	}
}

/// The arithmetic's name for a side.
pub fn math_side(side: Side) -> compute_amm_math::Side {
	match side {
		Side::Buy => compute_amm_math::Side::Buy,
		Side::Sell => compute_amm_math::Side::Sell,
	}
}

/// A pool's books. Its account holds at least as much; what somebody sends there moves no price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pool {
	/// Tokens, in planck.
	pub reserve_tokens: Balance,
	/// Claims, in milliseconds.
	pub reserve_claims: GpuTime,
	/// Price of the last batch; spot at creation.
	pub last_price: Price,
	/// Block in which that batch cleared, and to which the averages go.
	pub cleared_at: BlockNumber,
	/// Average of the price over 10 minutes.
	pub ema_10m: Price,
	/// Average over an hour.
	pub ema_1h: Price,
	/// Average over a day.
	pub ema_24h: Price,
}

impl Pool {
	/// A new pool's books: every average is spot.
	pub fn new(reserve_tokens: Balance, reserve_claims: GpuTime, now: BlockNumber) -> Self {
		let spot = FixedU128::from_inner(price(reserve_tokens, reserve_claims));
		Self {
			reserve_tokens,
			reserve_claims,
			last_price: spot,
			cleared_at: now,
			ema_10m: spot,
			ema_1h: spot,
			ema_24h: spot,
		}
	}

	/// The price now.
	pub fn spot(&self) -> Price {
		FixedU128::from_inner(price(self.reserve_tokens, self.reserve_claims))
	}

	/// Takes a batch's price into the averages.
	pub fn observe(&mut self, price: Price, now: BlockNumber) {
		let blocks = now.saturating_sub(self.cleared_at);
		let last = self.last_price.into_inner();
		let update = |average: Price, window| {
			FixedU128::from_inner(ema::update(
				average.into_inner(),
				last,
				price.into_inner(),
				window,
				blocks,
			))
		};
		self.ema_10m = update(self.ema_10m, policy::EMA_10M_BLOCKS);
		self.ema_1h = update(self.ema_1h, policy::EMA_1H_BLOCKS);
		self.ema_24h = update(self.ema_24h, policy::EMA_24H_BLOCKS);
		self.last_price = price;
		self.cleared_at = now;
	}

	/// The average over an hour, as of `now`: since the last batch the price stood where that left it.
	pub fn ema_1h(&self, now: BlockNumber) -> Price {
		self.projected(self.ema_1h, policy::EMA_1H_BLOCKS, now)
	}

	/// The average over a day, as of `now`.
	pub fn ema_24h(&self, now: BlockNumber) -> Price {
		self.projected(self.ema_24h, policy::EMA_24H_BLOCKS, now)
	}

	fn projected(&self, average: Price, window: BlockNumber, now: BlockNumber) -> Price {
		let blocks = now.saturating_sub(self.cleared_at);
		FixedU128::from_inner(ema::project(
			average.into_inner(),
			self.last_price.into_inner(),
			window,
			blocks,
		))
	}
}

/// A queued change of a pool's liquidity. What it gives lies in the market's account.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct LiquidityRequest<AccountId> {
	/// The LP.
	pub who: AccountId,
	/// Last block in which it may take effect.
	pub deadline: BlockNumber,
	/// What it changes.
	pub change: LiquidityChange,
}

/// What a liquidity request changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum LiquidityChange {
	/// Adds at most so much, for at least so many shares.
	Add {
		/// Planck.
		max_tokens: Balance,
		/// Claims, in milliseconds.
		max_gpu_time: GpuTime,
		/// Pool shares.
		min_shares: Balance,
	},
	/// Removes so many shares, for at least so much.
	Remove {
		/// Pool shares.
		shares: Balance,
		/// Planck.
		min_tokens: Balance,
		/// Claims, in milliseconds.
		min_gpu_time: GpuTime,
	},
}

/// Shares that were added lately, in the market's account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Lock {
	/// Pool shares.
	pub shares: Balance,
	/// First block in which they may be taken out.
	pub until: BlockNumber,
}

/// Why an order left the book.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum CloseReason {
	/// All of it filled.
	Filled,
	/// Its last batch has cleared.
	Expired,
	/// A better order took its place in a full book.
	Evicted,
	/// Its owner took it back.
	Cancelled,
}
