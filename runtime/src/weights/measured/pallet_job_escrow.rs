//! Weights of `pallet_job_escrow`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_job_escrow`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_job_escrow::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 549.60 µs.
	fn request_job() -> Weight {
		Weight::from_parts(710_844_000, 474_014)
			.saturating_add(T::DbWeight::get().reads(46))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 542.03 µs.
	fn cancel() -> Weight {
		Weight::from_parts(589_105_000, 816_007)
			.saturating_add(T::DbWeight::get().reads(46))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 206.51 µs.
	fn acknowledge() -> Weight {
		Weight::from_parts(224_031_000, 105_450)
			.saturating_add(T::DbWeight::get().reads(35))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 839.29 µs.
	fn decline() -> Weight {
		Weight::from_parts(876_394_000, 539_365)
			.saturating_add(T::DbWeight::get().reads(60))
			.saturating_add(T::DbWeight::get().writes(28))
	}

	/// Shortest run: 224.51 µs.
	fn submit() -> Weight {
		Weight::from_parts(251_872_000, 105_450)
			.saturating_add(T::DbWeight::get().reads(35))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 1379.12 µs.
	fn accept() -> Weight {
		Weight::from_parts(1_514_072_000, 562_858)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 193.95 µs.
	fn reject() -> Weight {
		Weight::from_parts(214_332_000, 102_844)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 1358.10 µs.
	fn arbitrate() -> Weight {
		Weight::from_parts(1_448_659_000, 738_836)
			.saturating_add(T::DbWeight::get().reads(97))
			.saturating_add(T::DbWeight::get().writes(58))
	}

	/// Shortest run: 14.23 µs.
	fn drain_base() -> Weight {
		Weight::from_parts(16_412_000, 32_774).saturating_add(T::DbWeight::get().reads(2))
	}

	/// Shortest run: 17.79 µs.
	fn pass_block() -> Weight {
		Weight::from_parts(22_662_000, 35_775)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 1404.61 µs.
	fn process_due() -> Weight {
		Weight::from_parts(1_475_980_000, 562_858)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(37))
	}

	/// Shortest run: 457.74 µs.
	fn assign_job() -> Weight {
		Weight::from_parts(686_859_000, 161_297)
			.saturating_add(T::DbWeight::get().reads(49))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 84.00 µs.
	fn ask_provider() -> Weight {
		Weight::from_parts(91_862_000, 23_476).saturating_add(T::DbWeight::get().reads(6))
	}

	/// Shortest run: 27.67 µs.
	fn bid_filled() -> Weight {
		Weight::from_parts(33_493_000, 3_811)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 41.56 µs.
	fn bid_closed() -> Weight {
		Weight::from_parts(57_548_000, 36_581)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 14.48 µs. `n` from 1 to 4096.
	fn drain_closed(n: u32) -> Weight {
		Weight::from_parts(41_595_903, 61_029)
			.saturating_add(Weight::from_parts(15_463, 6).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}
