//! Weights of `pallet_restaking`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 6 steps, 10 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_restaking`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_restaking::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 167.11 µs.
	fn register_operator() -> Weight {
		Weight::from_parts(177_302_000, 77_807)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	/// Shortest run: 225.63 µs.
	fn bond_more() -> Weight {
		Weight::from_parts(260_018_000, 84_748)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 517.18 µs.
	fn unbond() -> Weight {
		Weight::from_parts(546_235_000, 205_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 369.12 µs.
	fn withdraw() -> Weight {
		Weight::from_parts(511_892_000, 161_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 418.93 µs. `c` from 0 to 256.
	fn withdraw_own(c: u32) -> Weight {
		Weight::from_parts(447_323_013, 167_898)
			.saturating_add(Weight::from_parts(5_779_864, 4_732).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(36))
			.saturating_add(T::DbWeight::get().writes(35))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(c.into()))
	}

	/// Shortest run: 72.19 µs.
	fn chill() -> Weight {
		Weight::from_parts(87_465_000, 49_475)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 131.48 µs.
	fn validate() -> Weight {
		Weight::from_parts(170_951_000, 61_813)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 228.72 µs.
	fn delegate() -> Weight {
		Weight::from_parts(258_165_000, 89_677)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(10))
	}

	/// Shortest run: 722.99 µs.
	fn undelegate() -> Weight {
		Weight::from_parts(773_351_000, 384_518)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(33))
	}

	/// Shortest run: 43.57 µs.
	fn set_commission() -> Weight {
		Weight::from_parts(50_855_000, 12_659)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 65.71 µs.
	fn set_reward_mode() -> Weight {
		Weight::from_parts(80_440_000, 17_588)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 146.08 µs.
	fn claim() -> Weight {
		Weight::from_parts(162_726_000, 22_794)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 92.15 µs.
	fn allocate() -> Weight {
		Weight::from_parts(122_970_000, 32_954)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 730.64 µs.
	fn leave() -> Weight {
		Weight::from_parts(789_221_000, 205_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 189.34 µs.
	fn liquify() -> Weight {
		Weight::from_parts(218_831_000, 28_100)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 123.70 µs.
	fn solidify() -> Weight {
		Weight::from_parts(153_488_000, 25_485)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 564.54 µs. `n` from 1 to 256.
	fn on_offence(n: u32) -> Weight {
		Weight::from_parts(80_519_071, 87_958)
			.saturating_add(Weight::from_parts(623_694_567, 162_033).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().reads(30).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(20).saturating_mul(n.into()))
	}
}
