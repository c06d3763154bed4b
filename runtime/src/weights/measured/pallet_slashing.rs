//! Weights of `pallet_slashing`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_slashing`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_slashing::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 135.50 µs.
	fn appeal() -> Weight {
		Weight::from_parts(215_194_000, 13_050)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 1182.03 µs.
	fn reduce() -> Weight {
		Weight::from_parts(1_215_902_000, 213_870)
			.saturating_add(T::DbWeight::get().reads(37))
			.saturating_add(T::DbWeight::get().writes(35))
	}

	/// Shortest run: 1204.83 µs.
	fn void() -> Weight {
		Weight::from_parts(1_277_467_000, 218_896)
			.saturating_add(T::DbWeight::get().reads(37))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 200.89 µs.
	fn uphold() -> Weight {
		Weight::from_parts(244_920_000, 31_735)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	/// Shortest run: 21.51 µs.
	fn release() -> Weight {
		Weight::from_parts(25_198_000, 2_572)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 20.68 µs.
	fn drain_base() -> Weight {
		Weight::from_parts(26_440_000, 2_495).saturating_add(T::DbWeight::get().reads(2))
	}

	/// Shortest run: 34.44 µs.
	fn pass_era() -> Weight {
		Weight::from_parts(38_522_000, 4_986)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 1170.46 µs.
	fn execute() -> Weight {
		Weight::from_parts(1_523_640_000, 213_969)
			.saturating_add(T::DbWeight::get().reads(44))
			.saturating_add(T::DbWeight::get().writes(46))
	}
}
