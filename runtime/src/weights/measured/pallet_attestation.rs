//! Weights of `pallet_attestation`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_attestation`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_attestation::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 306.22 µs. `n` from 1 to 256.
	fn report(n: u32) -> Weight {
		Weight::from_parts(2_207_779_126, 56_332)
			.saturating_add(Weight::from_parts(130_255_591, 10_433).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().reads(4).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(n.into()))
	}

	/// Shortest run: 111.88 µs. `n` from 1 to 256.
	fn authorize_report(n: u32) -> Weight {
		Weight::from_parts(141_165_163, 52_807)
			.saturating_add(Weight::from_parts(8_317_800, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
	}

	/// Shortest run: 61.11 µs. `n` from 0 to 256.
	fn start_period(n: u32) -> Weight {
		Weight::from_parts(31_964_022, 120_007)
			.saturating_add(Weight::from_parts(6_398_176, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 829.06 µs. `d` from 0 to 128. `u` from 0 to 128.
	fn close_round(_d: u32, u: u32) -> Weight {
		Weight::from_parts(1_684_805_016, 47_773)
			.saturating_add(Weight::from_parts(42_673_571, 13_084).saturating_mul(u.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(5).saturating_mul(u.into()))
			.saturating_add(T::DbWeight::get().writes(1))
			.saturating_add(T::DbWeight::get().writes(5).saturating_mul(u.into()))
	}

	/// Shortest run: 1.31 µs. `a` from 0 to 256.
	fn tell_agreed(a: u32) -> Weight {
		Weight::from_parts(8_501_772, 7_093)
			.saturating_add(Weight::from_parts(8_674_136, 2_584).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(a.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(a.into()))
	}
}
