//! What calls and hooks weigh.
//!
//! ESTIMATES, counted from the storage that each path touches, the market's, the capacity's, the
//! bonds' and the assets' included, to be replaced by the output of the benchmarks in
//! `benchmarking.rs`. One job's record is below 2 KiB, a block of the due queue below 1 KiB.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{
		traits::Get,
		weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
	},
	frame_system,
};

/// Weights of the pallet's calls, and of the parts of its hooks.
pub trait WeightInfo {
	/// [`request_job`](crate::Pallet::request_job), the clearing of its bid included.
	fn request_job() -> Weight;
	/// [`cancel`](crate::Pallet::cancel).
	fn cancel() -> Weight;
	/// [`acknowledge`](crate::Pallet::acknowledge).
	fn acknowledge() -> Weight;
	/// [`decline`](crate::Pallet::decline).
	fn decline() -> Weight;
	/// [`submit`](crate::Pallet::submit).
	fn submit() -> Weight;
	/// [`accept`](crate::Pallet::accept).
	fn accept() -> Weight;
	/// [`reject`](crate::Pallet::reject).
	fn reject() -> Weight;
	/// [`arbitrate`](crate::Pallet::arbitrate).
	fn arbitrate() -> Weight;
	/// A drain of the due queue that finds nothing.
	fn drain_base() -> Weight;
	/// The cursor passing an empty block.
	fn pass_block() -> Weight;
	/// One job of the due queue, whatever is due for it.
	fn process_due() -> Weight;
}

/// An estimate: `micros` of computing, a proof of `bytes`, and the storage.
fn estimate(db: RuntimeDbWeight, micros: u64, bytes: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), bytes).saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
	($db:expr) => {
		// The class, the pool and its averages, the batch; hold; claims moved; two blocks of the queue.
		// The bid's callbacks are paid for here: fill, close, and claims moved back.
		fn request_job() -> Weight {
			estimate($db, 220, 24_000, 26, 22)
		}
		// The batch and its two accounts, the hold, claims moved, two blocks of the queue.
		fn cancel() -> Weight {
			estimate($db, 130, 16_000, 13, 12)
		}
		// The job, the node, two blocks of the queue.
		fn acknowledge() -> Weight {
			estimate($db, 40, 9_000, 4, 3)
		}
		// And the book, the bond, the node's jobs; the last one moves claims and routes a fee.
		fn decline() -> Weight {
			estimate($db, 170, 24_000, 20, 18)
		}
		fn submit() -> Weight {
			estimate($db, 45, 9_000, 4, 3)
		}
		// Node, book, bond, claims burned and moved, proceeds, hold, the fee's legs, the ledger.
		fn accept() -> Weight {
			estimate($db, 220, 30_000, 24, 22)
		}
		fn reject() -> Weight {
			estimate($db, 35, 8_000, 3, 3)
		}
		fn arbitrate() -> Weight {
			estimate($db, 220, 30_000, 24, 22)
		}
		fn drain_base() -> Weight {
			estimate($db, 5, 1_500, 2, 0)
		}
		fn pass_block() -> Weight {
			estimate($db, 3, 1_000, 1, 1)
		}
		// The dearest are a settlement, as `accept`, and a draw, which reads the providers of a class.
		fn process_due() -> Weight {
			estimate($db, 400, 60_000, 48, 24)
		}
	};
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	estimates!(T::DbWeight::get());
}

/// Weights for tests.
impl WeightInfo for () {
	estimates!(RocksDbWeight::get());
}
