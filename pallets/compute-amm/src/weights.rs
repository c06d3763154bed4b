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
	/// An order that stays for `blocks` blocks after its first batch: placing it, an eviction, its part in
	/// each clearing, its fill and its end.
	fn place_order(blocks: u32) -> Weight;
	/// Taking an order back.
	fn cancel_order() -> Weight;
	/// A new pool.
	fn create_pool() -> Weight;
	/// Queuing an addition, and applying it.
	fn add_liquidity() -> Weight;
	/// Queuing a removal, and applying it.
	fn remove_liquidity() -> Weight;
	/// Taking out shares.
	fn unlock_shares() -> Weight;
	/// Collecting what is owed.
	fn collect() -> Weight;
	/// A block with no class to clear.
	fn clear_none() -> Weight;
	/// Clearing one class.
	fn clear(orders: u32, requests: u32) -> Weight;
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

/// The class's part: pool, book, queue; tokens and claims of the market's and the pool's account, the
/// asset, the fee router's books and accounts. Each order's: the recipient's and the payer's tokens and
/// claims with their accounts, and what the owner's pallet does with the news; sorting is in the time.
/// Each request's: the LP's tokens, claims and shares, the shares' asset, the lock.
fn clearing(db: RuntimeDbWeight, orders: u32, requests: u32) -> Weight {
	let order = cost(db, 70, 8, 8, 8).saturating_add(Weight::from_parts(0, ORDER_BYTES));
	cost(db, 60, 14, 14, 13)
		.saturating_add(order.saturating_mul(orders.into()))
		.saturating_add(cost(db, 80, 8, 8, 8).saturating_mul(requests.into()))
}

/// An order's block in the book without a fill: read, sorted and written back with the others.
fn waiting(blocks: u32) -> Weight {
	Weight::from_parts(3_000_000, ORDER_BYTES).saturating_mul(blocks.into())
}

impl<T: crate::Config> WeightInfo for SubstrateWeight<T> {
	fn place_order(blocks: u32) -> Weight {
		estimates::place_order(T::DbWeight::get(), blocks)
	}
	fn cancel_order() -> Weight {
		estimates::cancel_order(T::DbWeight::get())
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
	fn clear(orders: u32, requests: u32) -> Weight {
		clearing(T::DbWeight::get(), orders, requests)
	}
}

impl WeightInfo for () {
	fn place_order(blocks: u32) -> Weight {
		estimates::place_order(RocksDbWeight::get(), blocks)
	}
	fn cancel_order() -> Weight {
		estimates::cancel_order(RocksDbWeight::get())
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
	fn clear(orders: u32, requests: u32) -> Weight {
		clearing(RocksDbWeight::get(), orders, requests)
	}
}

mod estimates {
	use super::*;

	/// Pool, book, list, number, the payer's and the market's tokens or claims; an eviction with its refund
	/// and its news; then the order's part in the clearings to come.
	pub fn place_order(db: RuntimeDbWeight, blocks: u32) -> Weight {
		cost(db, 90, 14, 14, 12)
			.saturating_add(clearing(db, 1, 0))
			.saturating_add(waiting(blocks))
	}

	/// Book, the payer's and the market's tokens or claims.
	pub fn cancel_order(db: RuntimeDbWeight) -> Weight {
		cost(db, 50, 7, 7, 6)
	}

	/// Pool and count, tokens of three accounts, claims of two, shares of two, two assets.
	pub fn create_pool(db: RuntimeDbWeight) -> Weight {
		cost(db, 140, 16, 16, 15)
	}

	/// Pool, queue, list, tokens and claims of the LP and the market; then the request's part in the clearing.
	pub fn add_liquidity(db: RuntimeDbWeight) -> Weight {
		cost(db, 80, 10, 10, 9).saturating_add(clearing(db, 0, 1))
	}

	/// Pool, queue, list, shares of the LP and the market; then the request's part in the clearing.
	pub fn remove_liquidity(db: RuntimeDbWeight) -> Weight {
		cost(db, 60, 8, 8, 7).saturating_add(clearing(db, 0, 1))
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
		cost(db, 3, 1, 1, 1)
	}
}
