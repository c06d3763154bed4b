//! Weights of `pallet_job_escrow`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_job_escrow`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_job_escrow::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 914.01 µs.
	fn request_job() -> Weight {
		Weight::from_parts(1_021_076_000, 474_014)
			.saturating_add(T::DbWeight::get().reads(46))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 544.99 µs.
	fn cancel() -> Weight {
		Weight::from_parts(854_233_000, 816_007)
			.saturating_add(T::DbWeight::get().reads(46))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 199.30 µs.
	fn acknowledge() -> Weight {
		Weight::from_parts(231_605_000, 105_450)
			.saturating_add(T::DbWeight::get().reads(35))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 839.16 µs.
	fn decline() -> Weight {
		Weight::from_parts(893_607_000, 539_365)
			.saturating_add(T::DbWeight::get().reads(60))
			.saturating_add(T::DbWeight::get().writes(28))
	}

	/// Shortest run: 213.34 µs.
	fn submit() -> Weight {
		Weight::from_parts(263_163_000, 105_450)
			.saturating_add(T::DbWeight::get().reads(35))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 1521.28 µs.
	fn accept() -> Weight {
		Weight::from_parts(2_791_549_000, 562_858)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 223.57 µs.
	fn reject() -> Weight {
		Weight::from_parts(367_289_000, 102_844)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 2091.61 µs.
	fn arbitrate() -> Weight {
		Weight::from_parts(2_432_284_000, 738_836)
			.saturating_add(T::DbWeight::get().reads(97))
			.saturating_add(T::DbWeight::get().writes(58))
	}

	/// Shortest run: 16.17 µs.
	fn drain_base() -> Weight {
		Weight::from_parts(21_641_000, 32_774).saturating_add(T::DbWeight::get().reads(2))
	}

	/// Shortest run: 24.68 µs.
	fn pass_block() -> Weight {
		Weight::from_parts(35_518_000, 35_775)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 2147.22 µs.
	fn process_due() -> Weight {
		Weight::from_parts(2_539_366_000, 562_858)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 444.16 µs.
	fn assign_job() -> Weight {
		Weight::from_parts(542_268_000, 161_297)
			.saturating_add(T::DbWeight::get().reads(49))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 103.97 µs.
	fn ask_provider() -> Weight {
		Weight::from_parts(189_095_000, 23_476).saturating_add(T::DbWeight::get().reads(6))
	}

	/// Shortest run: 39.19 µs.
	fn bid_filled() -> Weight {
		Weight::from_parts(74_830_000, 3_811)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 51.09 µs.
	fn bid_closed() -> Weight {
		Weight::from_parts(77_546_000, 36_581)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 20.67 µs. `n` from 1 to 4096.
	fn drain_closed(n: u32) -> Weight {
		Weight::from_parts(46_603_664, 56_536)
			.saturating_add(Weight::from_parts(24_097, 7).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
