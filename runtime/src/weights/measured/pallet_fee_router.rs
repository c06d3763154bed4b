//! Weights of `pallet_fee_router`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_fee_router`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_fee_router::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 257.97 µs. `n` from 1 to 16.
	fn empty_jar(n: u32) -> Weight {
		Weight::from_parts(209_015_191, 26_502)
			.saturating_add(Weight::from_parts(59_282_022, 7_903).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(6))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(n.into()))
	}
}
