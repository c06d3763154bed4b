//! Weights of `pallet_compute_amm`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_compute_amm`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_compute_amm::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 93.96 µs. `s` from 0 to 1.
	fn place_order(s: u32) -> Weight {
		Weight::from_parts(96_004_666, 350_272)
			.saturating_add(Weight::from_parts(537_666, 5_300).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(s.into()))
	}

	/// Shortest run: 1207.57 µs.
	fn place_order_evicting() -> Weight {
		Weight::from_parts(1_428_992_000, 705_283)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 123.63 µs. `n` from 1 to 1639.
	fn cancel_order(n: u32) -> Weight {
		Weight::from_parts(117_940_059, 514_903)
			.saturating_add(Weight::from_parts(566_406, 148).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 223.41 µs.
	fn create_pool() -> Weight {
		Weight::from_parts(230_183_000, 23_667)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 160.25 µs.
	fn add_liquidity() -> Weight {
		Weight::from_parts(255_119_000, 17_474)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 118.97 µs.
	fn remove_liquidity() -> Weight {
		Weight::from_parts(179_667_000, 14_871)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 142.15 µs.
	fn unlock_shares() -> Weight {
		Weight::from_parts(172_173_000, 13_061)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 87.21 µs.
	fn collect() -> Weight {
		Weight::from_parts(145_353_000, 7_745)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(3))
	}

	/// Shortest run: 4.75 µs.
	fn clear_none() -> Weight {
		Weight::from_parts(5_210_000, 513).saturating_add(T::DbWeight::get().reads(1))
	}

	/// Shortest run: 380.66 µs.
	fn clear_class() -> Weight {
		Weight::from_parts(426_822_000, 747_385)
			.saturating_add(T::DbWeight::get().reads(23))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 328.93 µs. `b` from 1 to 1639.
	fn clear_buys(b: u32) -> Weight {
		Weight::from_parts(3_196_962_174, 734_364)
			.saturating_add(Weight::from_parts(72_736_866, 7_815).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(b.into()))
			.saturating_add(T::DbWeight::get().writes(14))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(b.into()))
	}

	/// Shortest run: 462.77 µs. `s` from 1 to 1639.
	fn clear_sells(s: u32) -> Weight {
		Weight::from_parts(506_850_000, 734_370)
			.saturating_add(Weight::from_parts(56_020_482, 2_603).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(14))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(s.into()))
	}

	/// Shortest run: 55.79 µs. `w` from 2 to 2048.
	fn clear_waiting(w: u32) -> Weight {
		Weight::from_parts(150_133_008, 692_174)
			.saturating_add(Weight::from_parts(959_956, 0).saturating_mul(w.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 409.00 µs. `m` from 1 to 14.
	fn clear_requests(m: u32) -> Weight {
		Weight::from_parts(785_830_002, 714_360)
			.saturating_add(Weight::from_parts(128_529_488, 5_189).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(10))
			.saturating_add(T::DbWeight::get().writes(2).saturating_mul(m.into()))
	}
}
