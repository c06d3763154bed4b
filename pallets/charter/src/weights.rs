//! What the pallet's calls weigh: the trait, which the runtime implements with what its benchmarks measured,
//! and estimates for mocks.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the calls.
pub trait WeightInfo {
	/// One write and an event.
	fn authorize_upgrade() -> Weight;
}

/// Estimates for mocks.
impl WeightInfo for () {
	fn authorize_upgrade() -> Weight {
		Weight::from_parts(10_000_000, 0).saturating_add(RocksDbWeight::get().writes(1))
	}
}
