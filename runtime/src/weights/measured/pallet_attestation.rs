//! Weights of `pallet_attestation`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_attestation`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_attestation::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 360.13 µs. `n` from 1 to 256.
	fn report(n: u32) -> Weight {
		Weight::from_parts(82_346_729, 56_332)
			.saturating_add(Weight::from_parts(139_640_670, 10_433).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(n.into()))
	}

	/// Shortest run: 107.56 µs. `n` from 1 to 256.
	fn authorize_report(n: u32) -> Weight {
		Weight::from_parts(99_412_794, 52_807)
			.saturating_add(Weight::from_parts(6_617_900, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
	}

	/// Shortest run: 60.33 µs. `n` from 0 to 256.
	fn start_period(n: u32) -> Weight {
		Weight::from_parts(144_323_597, 120_007)
			.saturating_add(Weight::from_parts(7_751_246, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 835.08 µs. `d` from 0 to 128. `u` from 0 to 128.
	fn close_round(d: u32, u: u32) -> Weight {
		Weight::from_parts(867_278_000, 47_775)
			.saturating_add(Weight::from_parts(6_162_226, 0).saturating_mul(d.into()))
			.saturating_add(Weight::from_parts(47_832_974, 13_084).saturating_mul(u.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(5).saturating_mul(u.into()))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(5).saturating_mul(u.into()))
	}

	/// Shortest run: 1.40 µs. `a` from 0 to 256.
	fn tell_agreed(a: u32) -> Weight {
		Weight::from_parts(1_432_000, 8_692)
			.saturating_add(Weight::from_parts(9_152_705, 2_577).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(a.into()))
	}
}
