//! Weights of `pallet_validator_rewards`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_validator_rewards`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_validator_rewards::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 31.83 µs.
	fn give_points() -> Weight {
		Weight::from_parts(33_874_000, 2_627)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 434.72 µs.
	fn hand_over_fees() -> Weight {
		Weight::from_parts(492_284_000, 84_872)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}

	/// Shortest run: 297.49 µs.
	fn close_era() -> Weight {
		Weight::from_parts(319_960_000, 25_362)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 489.53 µs.
	fn pay_validator() -> Weight {
		Weight::from_parts(516_148_000, 92_490)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(11))
	}
}
