//! Weights of `pallet_charter`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_charter`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_charter::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 12.00 µs.
	fn authorize_upgrade() -> Weight {
		Weight::from_parts(13_104_000, 33).saturating_add(T::DbWeight::get().writes(1))
	}
}
