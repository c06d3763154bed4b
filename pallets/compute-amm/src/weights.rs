//! What calls and clearing weigh: the trait, which the runtime implements with what its benchmarks measured, and
//! estimates for mocks, from storage counts.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight};

/// What the calls and the clearing weigh.
pub trait WeightInfo {
	/// Placing an order where there is a place, a buy (0) or a sale (1); its part in the clearing is `clear`'s.
	fn place_order(sells: u32) -> Weight;
	/// Placing one in a full book of alternating limits: the farthest goes, with refund.
	fn place_order_evicting() -> Weight;
	/// Taking an order back, the last one of so many.
	fn cancel_order(orders: u32) -> Weight;
	/// A new pool.
	fn create_pool() -> Weight;
	/// Queuing an addition.
	fn add_liquidity() -> Weight;
	/// Queuing a removal.
	fn remove_liquidity() -> Weight;
	/// Taking out shares.
	fn unlock_shares() -> Weight;
	/// Collecting what is owed.
	fn collect() -> Weight;
	/// A block with no class to clear.
	fn clear_none() -> Weight;
	/// Clearing one class with one buy and one sale that fill, and a shortfall.
	fn clear_class() -> Weight;
	/// Clearing one class with so many buys that fill.
	fn clear_buys(orders: u32) -> Weight;
	/// Clearing one class with so many sales that fill.
	fn clear_sells(orders: u32) -> Weight;
	/// Clearing one class with so many orders, of both sides in turn, that wait for another price and stay.
	fn clear_waiting(orders: u32) -> Weight;
	/// Clearing one class with so many liquidity requests, additions and removals in turn.
	fn clear_requests(requests: u32) -> Weight;

	/// Clearing one class: buys and sales that fill, orders that stay as they were, liquidity requests. What each
	/// more of them adds in its own measurement, on top of a class's own part, which is measured by itself: a line
	/// through thousands of orders says little about none.
	fn clear(buys: u32, sells: u32, waiting: u32, requests: u32) -> Weight {
		let more = |of: fn(u32) -> Weight, count| of(count).saturating_sub(of(0));
		Self::clear_class()
			.saturating_add(more(Self::clear_buys, buys))
			.saturating_add(more(Self::clear_sells, sells))
			.saturating_add(more(Self::clear_waiting, waiting))
			.saturating_add(more(Self::clear_requests, requests))
	}
}

/// An encoded order, about.
const ORDER_BYTES: u64 = 250;
/// An account or asset entry with its part of the trie.
const ENTRY_BYTES: u64 = 1_000;

/// Time in microseconds besides storage, entries touched, reads and writes.
fn cost(db: RuntimeDbWeight, micros: u64, entries: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), entries.saturating_mul(ENTRY_BYTES))
		.saturating_add(db.reads_writes(reads, writes))
}

impl WeightInfo for () {
	fn place_order(sells: u32) -> Weight {
		estimates::place_order(RocksDbWeight::get(), sells)
	}
	fn place_order_evicting() -> Weight {
		estimates::place_order_evicting(RocksDbWeight::get())
	}
	fn cancel_order(orders: u32) -> Weight {
		estimates::cancel_order(RocksDbWeight::get(), orders)
	}
	fn create_pool() -> Weight {
		estimates::create_pool(RocksDbWeight::get())
	}
	fn add_liquidity() -> Weight {
		estimates::add_liquidity(RocksDbWeight::get())
	}
	fn remove_liquidity() -> Weight {
		estimates::remove_liquidity(RocksDbWeight::get())
	}
	fn unlock_shares() -> Weight {
		estimates::unlock_shares(RocksDbWeight::get())
	}
	fn collect() -> Weight {
		estimates::collect(RocksDbWeight::get())
	}
	fn clear_none() -> Weight {
		estimates::clear_none(RocksDbWeight::get())
	}
	fn clear_class() -> Weight {
		estimates::clear_class(RocksDbWeight::get())
	}
	fn clear_buys(orders: u32) -> Weight {
		estimates::clear_buys(RocksDbWeight::get(), orders)
	}
	fn clear_sells(orders: u32) -> Weight {
		estimates::clear_sells(RocksDbWeight::get(), orders)
	}
	fn clear_waiting(orders: u32) -> Weight {
		estimates::clear_waiting(orders)
	}
	fn clear_requests(requests: u32) -> Weight {
		estimates::clear_requests(RocksDbWeight::get(), requests)
	}
}

mod estimates {
	use super::*;

	/// Pool, new orders, list, the payer's and the market's tokens; or their claims, with the asset.
	pub fn place_order(db: RuntimeDbWeight, sells: u32) -> Weight {
		cost(db, 45, 5, 5, 4).saturating_add(cost(db, 5, 1, 1, 1).saturating_mul(sells.into()))
	}

	/// Both books too, decoded and one of them encoded, and the refund: some 2,000 orders.
	pub fn place_order_evicting(db: RuntimeDbWeight) -> Weight {
		place_order(db, 1)
			.saturating_add(cost(db, 60, 5, 5, 5))
			.saturating_add(Weight::from_parts(1_000_000, ORDER_BYTES).saturating_mul(2_000))
	}

	/// Books, list, the payer's and the market's tokens or claims.
	pub fn cancel_order(db: RuntimeDbWeight, orders: u32) -> Weight {
		cost(db, 50, 8, 8, 7).saturating_add(Weight::from_parts(1_000_000, ORDER_BYTES).saturating_mul(orders.into()))
	}

	/// Pool and count, tokens of three accounts, claims of two, shares of two, two assets.
	pub fn create_pool(db: RuntimeDbWeight) -> Weight {
		cost(db, 140, 16, 16, 15)
	}

	/// Pool, queue, list, tokens and claims of the LP and the market.
	pub fn add_liquidity(db: RuntimeDbWeight) -> Weight {
		cost(db, 80, 10, 10, 9)
	}

	/// Pool, queue, list, shares of the LP and the market.
	pub fn remove_liquidity(db: RuntimeDbWeight) -> Weight {
		cost(db, 60, 8, 8, 7)
	}

	/// Lock, shares of the LP and the market, their asset.
	pub fn unlock_shares(db: RuntimeDbWeight) -> Weight {
		cost(db, 40, 5, 5, 5)
	}

	/// What is owed, tokens of the owner and the market.
	pub fn collect(db: RuntimeDbWeight) -> Weight {
		cost(db, 40, 3, 3, 3)
	}

	/// The list.
	pub fn clear_none(db: RuntimeDbWeight) -> Weight {
		cost(db, 3, 1, 1, 0)
	}

	/// Pool, both books, queue; tokens and claims of the market's and the pool's account, both assets, the fee
	/// router's books and accounts; a class's shortfall and its recovery account.
	pub fn clear_class(db: RuntimeDbWeight) -> Weight {
		cost(db, 60, 18, 18, 14)
	}

	/// Each one's recipient's claims and account, and its payer's account. Sorting is in the time.
	pub fn clear_buys(db: RuntimeDbWeight, orders: u32) -> Weight {
		cost(db, 40, 3, 3, 3)
			.saturating_add(Weight::from_parts(0, ORDER_BYTES))
			.saturating_mul(orders.into())
	}

	/// Each one's recipient's account.
	pub fn clear_sells(db: RuntimeDbWeight, orders: u32) -> Weight {
		cost(db, 30, 1, 1, 1)
			.saturating_add(Weight::from_parts(0, ORDER_BYTES))
			.saturating_mul(orders.into())
	}

	/// Reading, sorting and writing each.
	pub fn clear_waiting(orders: u32) -> Weight {
		Weight::from_parts(3_000_000, ORDER_BYTES).saturating_mul(orders.into())
	}

	/// Each LP's tokens, claims and shares, the shares' asset, the lock.
	pub fn clear_requests(db: RuntimeDbWeight, requests: u32) -> Weight {
		cost(db, 80, 8, 8, 8).saturating_mul(requests.into())
	}
}
