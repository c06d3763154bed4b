//! What calls and hooks weigh: the trait, which the runtime implements with what its benchmarks measured, and
//! estimates for mocks, from storage counts and the cost of signatures.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight};

/// Weights of what this pallet does.
pub trait WeightInfo {
	/// A report with `observations`, each of which may bring a verdict.
	fn report(observations: u32) -> Weight;
	/// Whether such a report may enter.
	fn authorize_report(observations: u32) -> Weight;
	/// A period's first block: `nodes` are frozen.
	fn start_period(nodes: u32) -> Weight;
	/// The end of a period: attestors of `decided` nodes are counted, `undecided` nodes are told.
	fn close_round(decided: u32, undecided: u32) -> Weight;
	/// Telling of `attestors` how many of their observations agreed.
	fn tell_agreed(attestors: u32) -> Weight;
}

/// One signature verified by the host, in picoseconds.
const SIGNATURE: u64 = 60_000_000;
/// Decoding, assigning and counting one node, in picoseconds.
const NODE: u64 = 12_000_000;
/// The stored bytes of one node in round and tallies, with a proof's overhead.
const NODE_BYTES: u64 = 160;
/// Storage that the port reads, and writes, when it hears a verdict.
const VERDICT_ACCESSES: u64 = 3;
/// The proof of what the port reads for a verdict.
const VERDICT_BYTES: u64 = 3_000;
/// What the port of duties takes to count for one attestor, in picoseconds.
const DUTY: u64 = 15_000_000;
/// The proof of what it reads for that.
const DUTY_BYTES: u64 = 3_000;

fn report(observations: u32, db: RuntimeDbWeight) -> Weight {
	let n = u64::from(observations);
	// Reads: number, first block's hash, genesis hash, reporters, round, devnet, tallies, events.
	Weight::from_parts(80_000_000, 40_000)
		.saturating_add(Weight::from_parts(SIGNATURE + NODE, NODE_BYTES + VERDICT_BYTES).saturating_mul(n))
		.saturating_add(db.reads_writes(8, 3))
		.saturating_add(db.reads_writes(VERDICT_ACCESSES, VERDICT_ACCESSES).saturating_mul(n))
}

fn authorize_report(observations: u32, db: RuntimeDbWeight) -> Weight {
	let n = u64::from(observations);
	Weight::from_parts(80_000_000 + SIGNATURE, 40_000)
		.saturating_add(Weight::from_parts(NODE, NODE_BYTES).saturating_mul(n))
		.saturating_add(db.reads(6))
}

fn start_period(nodes: u32, db: RuntimeDbWeight) -> Weight {
	// Reads: attestors, randomness, the port's index. Writes: three values of the old period removed,
	// three of the new one.
	Weight::from_parts(70_000_000, 30_000)
		.saturating_add(
			Weight::from_parts(NODE, NODE_BYTES)
				.saturating_add(db.reads(1))
				.saturating_mul(nodes.into()),
		)
		.saturating_add(db.reads_writes(4, 6))
}

fn close_round(decided: u32, undecided: u32, db: RuntimeDbWeight) -> Weight {
	// Reads: the round, its tallies, devnet. Writes: tallies, events.
	Weight::from_parts(30_000_000, 10_000)
		.saturating_add(Weight::from_parts(NODE, NODE_BYTES).saturating_mul(decided.into()))
		.saturating_add(
			Weight::from_parts(NODE, NODE_BYTES + VERDICT_BYTES)
				.saturating_add(db.reads_writes(VERDICT_ACCESSES, VERDICT_ACCESSES))
				.saturating_mul(undecided.into()),
		)
		.saturating_add(db.reads_writes(3, 2))
}

fn tell_agreed(attestors: u32, db: RuntimeDbWeight) -> Weight {
	// The attestor's points; and, once, the era's.
	Weight::from_parts(DUTY, DUTY_BYTES)
		.saturating_add(db.reads_writes(1, 1))
		.saturating_mul(attestors.into())
		.saturating_add(db.reads_writes(3, 1))
}

/// Estimates for mocks.
impl WeightInfo for () {
	fn report(observations: u32) -> Weight {
		report(observations, RocksDbWeight::get())
	}
	fn authorize_report(observations: u32) -> Weight {
		authorize_report(observations, RocksDbWeight::get())
	}
	fn start_period(nodes: u32) -> Weight {
		start_period(nodes, RocksDbWeight::get())
	}
	fn close_round(decided: u32, undecided: u32) -> Weight {
		close_round(decided, undecided, RocksDbWeight::get())
	}
	fn tell_agreed(attestors: u32) -> Weight {
		tell_agreed(attestors, RocksDbWeight::get())
	}
}
