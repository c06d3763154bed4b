//! What hooks weigh: the trait, which the runtime implements with what its benchmarks measured, and estimates
//! for mocks, from the storage that each step touches.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight};

/// Weights of what hooks do.
pub trait WeightInfo {
	/// Points for one validator, in the era that runs.
	fn give_points() -> Weight;
	/// Handing a block's fees to its author.
	fn hand_over_fees() -> Weight;
	/// Closing an era, filling its pot, beginning the next.
	fn close_era() -> Weight;
	/// Paying one validator its share.
	fn pay_validator() -> Weight;
}

/// What the port of stake takes for a reward: operator, its pool's account, the total, a full list of
/// candidates (49 kB), and the first time in a session a checkpoint with its index.
fn reward(db: RuntimeDbWeight) -> Weight {
	Weight::from_parts(120_000_000, 70_000).saturating_add(db.reads_writes(8, 7))
}

fn give_points(db: RuntimeDbWeight) -> Weight {
	// Session, sessions per era, the running era, the validator's points; the last two written.
	Weight::from_parts(15_000_000, 6_000).saturating_add(db.reads_writes(4, 2))
}

fn hand_over_fees(db: RuntimeDbWeight) -> Weight {
	// The fees, the pallet's account, the running era, events; the author's account if it is no operator.
	Weight::from_parts(60_000_000, 14_000)
		.saturating_add(db.reads_writes(5, 5))
		.saturating_add(reward(db))
}

fn close_era(db: RuntimeDbWeight) -> Weight {
	// Three accounts, returned shares, the queue, the earnings' place, the running era, events; session,
	// sessions per era, epoch length and the validators' stake are read.
	Weight::from_parts(120_000_000, 30_000).saturating_add(db.reads_writes(12, 8))
}

fn pay_validator(db: RuntimeDbWeight) -> Weight {
	// The next key, its points, the queue, the pallet's account, events, and for a share that goes
	// back the stakers' pot and what came back.
	Weight::from_parts(70_000_000, 18_000)
		.saturating_add(db.reads_writes(7, 6))
		.saturating_add(reward(db))
}

/// Estimates for mocks.
impl WeightInfo for () {
	fn give_points() -> Weight {
		give_points(RocksDbWeight::get())
	}
	fn hand_over_fees() -> Weight {
		hand_over_fees(RocksDbWeight::get())
	}
	fn close_era() -> Weight {
		close_era(RocksDbWeight::get())
	}
	fn pay_validator() -> Weight {
		pay_validator(RocksDbWeight::get())
	}
}
