//! Weights of `pallet_compute_amm`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_compute_amm`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_compute_amm::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 97.12 µs. `s` from 0 to 1.
	fn place_order(s: u32) -> Weight {
		Weight::from_parts(118_055_900, 350_272)
			.saturating_add(Weight::from_parts(2_690_600, 5_300).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(s.into()))
	}

	/// Shortest run: 1121.87 µs.
	fn place_order_evicting() -> Weight {
		Weight::from_parts(1_343_542_000, 705_283)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 82.61 µs. `n` from 1 to 1639.
	fn cancel_order(n: u32) -> Weight {
		Weight::from_parts(109_392_004, 549_784)
			.saturating_add(Weight::from_parts(381_079, 123).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 226.80 µs.
	fn create_pool() -> Weight {
		Weight::from_parts(235_713_000, 23_667)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 153.88 µs.
	fn add_liquidity() -> Weight {
		Weight::from_parts(167_354_000, 17_474)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 102.62 µs.
	fn remove_liquidity() -> Weight {
		Weight::from_parts(110_898_000, 14_871)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 92.63 µs.
	fn unlock_shares() -> Weight {
		Weight::from_parts(94_076_000, 13_061)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 85.55 µs.
	fn collect() -> Weight {
		Weight::from_parts(87_564_000, 7_745)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 3.80 µs.
	fn clear_none() -> Weight {
		Weight::from_parts(4_037_000, 513).saturating_add(T::DbWeight::get().reads(1))
	}

	/// Shortest run: 392.49 µs.
	fn clear_class() -> Weight {
		Weight::from_parts(426_260_000, 747_385)
			.saturating_add(T::DbWeight::get().reads(23))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 336.48 µs. `b` from 1 to 1639.
	fn clear_buys(b: u32) -> Weight {
		Weight::from_parts(339_027_000, 734_364)
			.saturating_add(Weight::from_parts(71_287_333, 7_815).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(14))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(b.into()))
	}

	/// Shortest run: 340.08 µs. `s` from 1 to 1639.
	fn clear_sells(s: u32) -> Weight {
		Weight::from_parts(484_579_000, 734_370)
			.saturating_add(Weight::from_parts(45_449_874, 2_603).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(14))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(s.into()))
	}

	/// Shortest run: 74.15 µs. `w` from 2 to 2048.
	fn clear_waiting(w: u32) -> Weight {
		Weight::from_parts(200_476_685, 692_174)
			.saturating_add(Weight::from_parts(758_637, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 245.25 µs. `m` from 1 to 14.
	fn clear_requests(m: u32) -> Weight {
		Weight::from_parts(128_641_807, 714_371)
			.saturating_add(Weight::from_parts(177_800_970, 5_189).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(10))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(m.into()))
	}
}
