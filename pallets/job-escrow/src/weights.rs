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
	/// [`request_job`](crate::Pallet::request_job); what its bid weighs in the market is the market's to say.
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
	/// [`arbitrate`](crate::Pallet::arbitrate), for the client; for the provider it is as `accept`.
	fn arbitrate() -> Weight;
	/// A drain of the due queue that finds nothing.
	fn drain_base() -> Weight;
	/// The cursor passing an empty block.
	fn pass_block() -> Weight;
	/// One job of the due queue that settles.
	fn process_due() -> Weight;
	/// One job of the due queue that is given to a provider, without the draw of it.
	fn assign_job() -> Weight;
	/// Asking whether one provider may take a job.
	fn ask_provider() -> Weight;
	/// The market's telling of a fill of a job's bid.
	fn bid_filled() -> Weight;
	/// The market's telling of its end.
	fn bid_closed() -> Weight;
	/// Looking at jobs with closed bids, of which so many wait, without what follows for each.
	fn drain_closed(waiting: u32) -> Weight;
}

/// An estimate: `micros` of computing, a proof of `bytes`, and the storage.
fn estimate(db: RuntimeDbWeight, micros: u64, bytes: u64, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(micros.saturating_mul(1_000_000), bytes).saturating_add(db.reads_writes(reads, writes))
}

macro_rules! estimates {
	($db:expr) => {
		// The class, the pool and its averages, the batch; hold; claims moved; two blocks of the queue. A second
		// hold, and the measure of congestion.
		fn request_job() -> Weight {
			estimate($db, 165, 18_000, 19, 15)
		}
		// The batch and its two accounts, two holds, claims moved, two blocks of the queue; claims offered.
		fn cancel() -> Weight {
			estimate($db, 220, 27_000, 20, 19)
		}
		// The job, the node, two blocks of the queue.
		fn acknowledge() -> Weight {
			estimate($db, 40, 9_000, 4, 3)
		}
		// And the book, the node's jobs, of the stake operator, allocation and reservation; the last one
		// moves claims, routes a fee and offers the claims.
		fn decline() -> Weight {
			estimate($db, 265, 38_000, 28, 26)
		}
		fn submit() -> Weight {
			estimate($db, 45, 9_000, 4, 3)
		}
		// Node, book, the stake's three, claims burned and moved, proceeds, hold, the fee's legs, the ledger,
		// the provider's conduct; the base fee burned, and claims offered.
		fn accept() -> Weight {
			estimate($db, 335, 46_000, 33, 31)
		}
		fn reject() -> Weight {
			estimate($db, 35, 8_000, 3, 3)
		}
		// Node, book, the stake's three, claims moved, hold, conduct; and a slash frozen: sessions and
		// checkpoints, up to thirty pools of stake that is leaving, candidates, the total, the slash and its
		// two lists. The provider's reputation; claims offered.
		fn arbitrate() -> Weight {
			estimate($db, 490, 141_000, 63, 59)
		}
		fn drain_base() -> Weight {
			estimate($db, 5, 1_500, 2, 0)
		}
		fn pass_block() -> Weight {
			estimate($db, 3, 1_000, 1, 1)
		}
		// As `accept`, the cursor and the block that lists it.
		fn process_due() -> Weight {
			estimate($db, 340, 48_000, 35, 32)
		}
		// The cursor, the job, two blocks of the queue, randomness, class, node, book, the node's jobs, the flow; of
		// the stake operator, reservation, sessions and a checkpoint with its index (5).
		fn assign_job() -> Weight {
			estimate($db, 120, 40_000, 18, 12)
		}
		// Conduct, operator, sessions, a checkpoint with its index.
		fn ask_provider() -> Weight {
			estimate($db, 40, 16_000, 6, 0)
		}
		// The job.
		fn bid_filled() -> Weight {
			estimate($db, 15, 3_000, 1, 1)
		}
		// The job, the list of closed bids.
		fn bid_closed() -> Weight {
			estimate($db, 20, 4_000, 2, 2)
		}
		// The list.
		fn drain_closed(waiting: u32) -> Weight {
			estimate($db, 10, 1_000, 1, 1).saturating_add(Weight::from_parts(10_000, 8).saturating_mul(waiting.into()))
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
