//! Weights of `pallet_slashing`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_slashing`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_slashing::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 120.75 µs.
	fn appeal() -> Weight {
		Weight::from_parts(127_629_000, 13_050)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 657.65 µs.
	fn reduce() -> Weight {
		Weight::from_parts(703_030_000, 213_870)
			.saturating_add(T::DbWeight::get().reads(37))
			.saturating_add(T::DbWeight::get().writes(35))
	}

	/// Shortest run: 661.17 µs.
	fn void() -> Weight {
		Weight::from_parts(690_336_000, 218_896)
			.saturating_add(T::DbWeight::get().reads(37))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 114.85 µs.
	fn uphold() -> Weight {
		Weight::from_parts(122_290_000, 31_735)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	/// Shortest run: 20.90 µs.
	fn release() -> Weight {
		Weight::from_parts(21_490_000, 2_572)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 16.72 µs.
	fn drain_base() -> Weight {
		Weight::from_parts(20_639_000, 2_495).saturating_add(T::DbWeight::get().reads(2))
	}

	/// Shortest run: 25.32 µs.
	fn pass_era() -> Weight {
		Weight::from_parts(28_473_000, 4_986)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 753.12 µs.
	fn execute() -> Weight {
		Weight::from_parts(1_303_446_000, 213_969)
			.saturating_add(T::DbWeight::get().reads(44))
			.saturating_add(T::DbWeight::get().writes(46))
	}
}
