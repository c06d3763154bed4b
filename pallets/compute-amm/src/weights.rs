//! Weights of the calls and of clearing.
//!
//! Estimates from counting storage reads and writes, to be replaced by the benchmarks' output.

use core::marker::PhantomData;
use polkadot_sdk::frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
};

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
	/// Clearing one class: buys and sales that fill, orders that stay as they were, liquidity requests.
	fn clear(buys: u32, sells: u32, waiting: u32, requests: u32) -> Weight;
}

/// The estimates, with the runtime's cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// An encoded order, about.
const ORDER_BYTES: u64 = 250;
/// An account or asset entry with its part of the trie.
const ENTRY_BYTES: u64 = 1_000;

/// Time in microseconds besides storage, entries touched, reads and writes.
fn cost(db: RuntimeDbWeight, micros: u64, entries: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), entries.saturating_mul(ENTRY_BYTES))
		.saturating_add(db.reads_writes(reads, writes))
}

/// The class's part: pool, both books, queue; tokens and claims of the market's and the pool's account, both
/// assets, the fee router's books and accounts. Each filled buy's: its recipient's claims and account, its payer's
/// account. Each filled sale's: its recipient's account. Sorting is in the time. Each waiting order's: reading,
/// sorting and writing it. Each request's: the LP's tokens, claims and shares, the shares' asset, the lock.
fn clearing(db: RuntimeDbWeight, buys: u32, sells: u32, waiting: u32, requests: u32) -> Weight {
	let bytes = Weight::from_parts(0, ORDER_BYTES);
	cost(db, 60, 16, 16, 13)
		.saturating_add(cost(db, 40, 3, 3, 3).saturating_add(bytes).saturating_mul(buys.into()))
		.saturating_add(cost(db, 30, 1, 1, 1).saturating_add(bytes).saturating_mul(sells.into()))
		.saturating_add(Weight::from_parts(3_000_000, ORDER_BYTES).saturating_mul(waiting.into()))
		.saturating_add(cost(db, 80, 8, 8, 8).saturating_mul(requests.into()))
}

impl<T: crate::Config> WeightInfo for SubstrateWeight<T> {
	fn place_order(sells: u32) -> Weight {
		estimates::place_order(T::DbWeight::get(), sells)
	}
	fn place_order_evicting() -> Weight {
		estimates::place_order_evicting(T::DbWeight::get())
	}
	fn cancel_order(orders: u32) -> Weight {
		estimates::cancel_order(T::DbWeight::get(), orders)
	}
	fn create_pool() -> Weight {
		estimates::create_pool(T::DbWeight::get())
	}
	fn add_liquidity() -> Weight {
		estimates::add_liquidity(T::DbWeight::get())
	}
	fn remove_liquidity() -> Weight {
		estimates::remove_liquidity(T::DbWeight::get())
	}
	fn unlock_shares() -> Weight {
		estimates::unlock_shares(T::DbWeight::get())
	}
	fn collect() -> Weight {
		estimates::collect(T::DbWeight::get())
	}
	fn clear_none() -> Weight {
		estimates::clear_none(T::DbWeight::get())
	}
	fn clear(buys: u32, sells: u32, waiting: u32, requests: u32) -> Weight {
		clearing(T::DbWeight::get(), buys, sells, waiting, requests)
	}
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
	fn clear(buys: u32, sells: u32, waiting: u32, requests: u32) -> Weight {
		clearing(RocksDbWeight::get(), buys, sells, waiting, requests)
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
}
