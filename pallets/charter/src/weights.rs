//! Weights, estimated from the storage each call touches until benchmarks on the reference machine
//! replace them.

use core::marker::PhantomData;
use polkadot_sdk::{frame_support::weights::Weight, frame_system, sp_core::Get};

/// Weights of the calls.
pub trait WeightInfo {
	/// One write and an event.
	fn authorize_upgrade() -> Weight;
}

/// Weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn authorize_upgrade() -> Weight {
		Weight::from_parts(10_000_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
}

impl WeightInfo for () {
	fn authorize_upgrade() -> Weight {
		Weight::from_parts(10_000_000, 0)
	}
}
