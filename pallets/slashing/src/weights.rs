//! What calls and hooks weigh: the trait, which the runtime implements with what its benchmarks measured, and
//! estimates for mocks, counted from the storage that each path touches, the stake's and the burning's
//! included. A slash's record is below 400 bytes. Worst case of the stake: all of an operator's era pools hold a
//! part of what is frozen, so that giving back and taking write thirty of them, its books, a checkpoint and the
//! candidates.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight};

/// Weights of the pallet's calls, and of the parts of its hooks.
pub trait WeightInfo {
	/// [`appeal`](crate::Pallet::appeal).
	fn appeal() -> Weight;
	/// [`reduce`](crate::Pallet::reduce).
	fn reduce() -> Weight;
	/// [`void`](crate::Pallet::void).
	fn void() -> Weight;
	/// [`uphold`](crate::Pallet::uphold).
	fn uphold() -> Weight;
	/// [`release`](crate::Pallet::release).
	fn release() -> Weight;
	/// A drain of the queue that finds nothing.
	fn drain_base() -> Weight;
	/// The cursor passing an era.
	fn pass_era() -> Weight;
	/// One slash, executed.
	fn execute() -> Weight;
}

/// An estimate: `micros` of computing, a proof of `bytes`, and the storage.
fn estimate(db: RuntimeDbWeight, micros: u64, bytes: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), bytes).saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
	($db:expr) => {
		// The slash, the era, the account and its holds, the cursor; two places of the queue.
		fn appeal() -> Weight {
			estimate($db, 70, 9_000, 6, 5)
		}
		// The slash, the account and its holds, the stake.
		fn reduce() -> Weight {
			estimate($db, 330, 160_000, 42, 40)
		}
		// And the queue and the index.
		fn void() -> Weight {
			estimate($db, 340, 160_000, 44, 42)
		}
		// As an appeal; the burning's issuance, total and era.
		fn uphold() -> Weight {
			estimate($db, 90, 14_000, 9, 8)
		}
		fn release() -> Weight {
			estimate($db, 25, 4_000, 1, 1)
		}
		// The era, the cursor, the first of the queue.
		fn drain_base() -> Weight {
			estimate($db, 8, 5_000, 3, 0)
		}
		fn pass_era() -> Weight {
			estimate($db, 4, 2_500, 1, 1)
		}
		// The slash, the queue, the index, the era's cap, the stake, its pool account, finder, victim,
		// the burning, an appeal's bond and its burning.
		fn execute() -> Weight {
			estimate($db, 550, 190_000, 58, 54)
		}
	};
}

/// Estimates for mocks.
impl WeightInfo for () {
	estimates!(RocksDbWeight::get());
}
