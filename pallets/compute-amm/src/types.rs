//! What the market stores.

use crate::{breakers::Bucket, policy};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use compute_amm_math::{batch, ema, liquidity, price};
use polkadot_sdk::sp_runtime::FixedU128;
use quern_primitives::{Balance, BlockNumber, ClassId, GpuTime, OrderId, OrderRef, Price, Purpose, Side};
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
	/// Last block whose batch it is part of.
	pub expires_at: BlockNumber,
	/// The most of it that one batch may fill, in milliseconds.
	pub pace: Option<GpuTime>,
}

/// The number of the `index`th order that arrives in block `now`: for ever unique within its class.
pub fn order_id(now: BlockNumber, index: u32) -> OrderId {
	u64::from(now) << 32 | u64::from(index)
}

impl<AccountId> Order<AccountId> {
	/// Block in which it was placed.
	pub fn placed_at(&self) -> BlockNumber {
		(self.id >> 32) as BlockNumber
	}

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
		if self.filled == 0 {
			return self.limit;
		}
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

	/// The order as it was placed, for comparing how eager it is.
	pub fn whole(&self) -> batch::Order {
		batch::Order {
			side: math_side(self.side),
			gpu_time: self.gpu_time,
			limit: self.limit,
			at_most: self.gpu_time,
		}
	}

	/// The order as its owner is told of it.
	pub fn reference(&self, class: ClassId) -> OrderRef {
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

/// A class with orders or liquidity requests, in the list that every block goes through. The counts live here
/// so that placing an order never reads a book.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Listed {
	/// The class.
	pub class: ClassId,
	/// Jobs' bids that wait.
	pub jobs: u32,
	/// Other orders that wait.
	pub others: u32,
	/// Liquidity requests that wait.
	pub requests: u32,
	/// Those of them that add.
	pub additions: u32,
	/// Block in which the last order arrived.
	pub arrived_at: BlockNumber,
	/// Orders that arrived in it, those evicted since with them: the next one's index.
	pub arrived: u32,
	/// No order of the class can fill or expire before this block; zero if one may at any time.
	pub wakes_at: BlockNumber,
}

impl Listed {
	/// A class with nothing that waits.
	pub fn new(class: ClassId) -> Self {
		Self {
			class,
			..Self::default()
		}
	}

	/// Orders that wait. Each count is below the bound of a book.
	pub fn orders(&self) -> u32 {
		self.jobs.saturating_add(self.others)
	}

	/// Counts an order in.
	pub fn count(&mut self, is_job: bool) {
		let of_its_kind = if is_job { &mut self.jobs } else { &mut self.others };
		*of_its_kind = of_its_kind.saturating_add(1);
	}

	/// Counts an order out. `try_state` compares the counts with the books.
	pub fn discount(&mut self, is_job: bool) {
		let of_its_kind = if is_job { &mut self.jobs } else { &mut self.others };
		*of_its_kind = of_its_kind.saturating_sub(1);
	}

	/// Takes the index of an order that arrives now. Never one that another order of this block had.
	pub fn take_index(&mut self, now: BlockNumber) -> u32 {
		if self.arrived_at != now {
			(self.arrived_at, self.arrived) = (now, 0);
		}
		let index = self.arrived;
		// A block has no room for 2^32 orders.
		self.arrived = index.saturating_add(1);
		index
	}

	/// Whether the block `now` has something to do for it.
	pub fn is_due(&self, now: BlockNumber) -> bool {
		self.requests > 0 || self.wakes_at <= now
	}

	/// Whether it may leave the list: nothing waits, and no order of this block took an index.
	pub fn is_idle(&self, now: BlockNumber) -> bool {
		self.orders() == 0 && self.requests == 0 && self.arrived_at < now
	}
}

/// A pool's books. Its account holds at least as much; what somebody sends there moves no price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pool {
	/// Tokens that the next batch prices, in planck.
	pub reserve_tokens: Balance,
	/// Tokens that it does not price yet, in planck: fees of a batch so large that they would lift spot past
	/// the fee of a round trip (see [`batch::Cleared::carry`]). The LPs' like the reserves.
	pub carried: Balance,
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
	/// Fees that the pool has kept for its LPs since it was created, in planck per pool share, rounded down at
	/// each batch.
	pub fees_per_share: Price,
	/// First block in which orders trade again after a breaker tripped; in the past if none has.
	pub paused_until: BlockNumber,
	/// First block from which on they trade no more; the last there is, if the class is not closing.
	pub ends_at: BlockNumber,
	/// Claims that went out less those that came in, in parts of the pool's.
	pub net_volume: Bucket,
	/// Pool shares that were removed, in parts of all.
	pub removed: Bucket,
}

impl Pool {
	/// A new pool's books: every average is spot.
	pub fn new(reserve_tokens: Balance, reserve_claims: GpuTime, now: BlockNumber) -> Self {
		let spot = FixedU128::from_inner(price(reserve_tokens, reserve_claims));
		Self {
			reserve_tokens,
			carried: 0,
			reserve_claims,
			last_price: spot,
			cleared_at: now,
			ema_10m: spot,
			ema_1h: spot,
			ema_24h: spot,
			fees_per_share: FixedU128::from_inner(0),
			paused_until: 0,
			ends_at: BlockNumber::MAX,
			net_volume: Bucket::default(),
			removed: Bucket::default(),
		}
	}

	/// Whether the class's orders do not trade: a breaker pauses them, or the class has ended.
	pub fn is_paused(&self, now: BlockNumber) -> bool {
		now < self.paused_until || self.has_ended(now)
	}

	/// Whether the class's trading is over.
	pub fn has_ended(&self, now: BlockNumber) -> bool {
		now >= self.ends_at
	}

	/// First block in which they trade again, as of `now`; the last there is, if never.
	pub fn reopens_at(&self, now: BlockNumber) -> BlockNumber {
		if self.has_ended(now) {
			BlockNumber::MAX
		} else {
			self.paused_until
		}
	}

	/// Tokens that are the LPs': both books.
	pub fn tokens(&self) -> Balance {
		// Parts of the total issuance.
		self.reserve_tokens.saturating_add(self.carried)
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

	/// The average over 10 minutes, as of `now`.
	pub fn ema_10m(&self, now: BlockNumber) -> Price {
		self.projected(self.ema_10m, policy::EMA_10M_BLOCKS, now)
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
	/// The number that the asking pallet gave it: it hears of the outcome, and holds the shares itself.
	pub reference: Option<u64>,
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

/// Why an order left the book before all of it filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum CloseReason {
	/// Its last batch has cleared.
	Expired,
	/// A better order took its place in a full book.
	Evicted,
	/// Its owner took it back.
	Cancelled,
}
