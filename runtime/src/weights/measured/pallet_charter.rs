//! Weights of `pallet_charter`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_charter`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_charter::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 11.56 µs.
	fn authorize_upgrade() -> Weight {
		Weight::from_parts(12_704_000, 33).saturating_add(T::DbWeight::get().writes(1))
	}
}
