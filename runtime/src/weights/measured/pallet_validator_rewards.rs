//! Weights of `pallet_validator_rewards`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_validator_rewards`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_validator_rewards::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 33.44 µs.
	fn give_points() -> Weight {
		Weight::from_parts(36_188_000, 2_627)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 381.13 µs.
	fn hand_over_fees() -> Weight {
		Weight::from_parts(546_586_000, 84_872)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}

	/// Shortest run: 244.47 µs.
	fn close_era() -> Weight {
		Weight::from_parts(328_717_000, 25_362)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 546.26 µs.
	fn pay_validator() -> Weight {
		Weight::from_parts(597_982_000, 92_490)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(11))
	}
}
