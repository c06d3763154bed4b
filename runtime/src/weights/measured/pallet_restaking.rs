//! Weights of `pallet_restaking`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_restaking`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_restaking::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 165.59 µs.
	fn register_operator() -> Weight {
		Weight::from_parts(199_684_000, 77_807)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(8))
	}

	/// Shortest run: 228.01 µs.
	fn bond_more() -> Weight {
		Weight::from_parts(257_554_000, 84_748)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 480.96 µs.
	fn unbond() -> Weight {
		Weight::from_parts(523_752_000, 205_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 428.67 µs.
	fn withdraw() -> Weight {
		Weight::from_parts(711_295_000, 161_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 507.00 µs. `c` from 0 to 256.
	fn withdraw_own(c: u32) -> Weight {
		Weight::from_parts(674_728_979, 167_898)
			.saturating_add(Weight::from_parts(1_914_644, 4_732).saturating_mul(c.into()))
			.saturating_add(T::DbWeight::get().reads(36))
			.saturating_add(T::DbWeight::get().writes(35))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(c.into()))
	}

	/// Shortest run: 73.56 µs.
	fn chill() -> Weight {
		Weight::from_parts(87_575_000, 49_475)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 134.49 µs.
	fn validate() -> Weight {
		Weight::from_parts(149_531_000, 61_813)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 236.34 µs.
	fn delegate() -> Weight {
		Weight::from_parts(257_382_000, 89_677)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(10))
	}

	/// Shortest run: 681.76 µs.
	fn undelegate() -> Weight {
		Weight::from_parts(756_089_000, 384_518)
			.saturating_add(T::DbWeight::get().reads(70))
			.saturating_add(T::DbWeight::get().writes(33))
	}

	/// Shortest run: 43.81 µs.
	fn set_commission() -> Weight {
		Weight::from_parts(47_739_000, 12_659)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 61.20 µs.
	fn set_reward_mode() -> Weight {
		Weight::from_parts(69_030_000, 17_588)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 121.47 µs.
	fn claim() -> Weight {
		Weight::from_parts(132_618_000, 22_794)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 78.80 µs.
	fn allocate() -> Weight {
		Weight::from_parts(97_353_000, 32_954)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 499.49 µs.
	fn leave() -> Weight {
		Weight::from_parts(584_337_000, 205_814)
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().writes(32))
	}

	/// Shortest run: 116.75 µs.
	fn liquify() -> Weight {
		Weight::from_parts(124_934_000, 28_100)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 111.23 µs.
	fn solidify() -> Weight {
		Weight::from_parts(123_031_000, 25_485)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 544.77 µs. `n` from 1 to 256.
	fn on_offence(n: u32) -> Weight {
		Weight::from_parts(585_028_000, 87_958)
			.saturating_add(Weight::from_parts(694_657_279, 162_033).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().reads(30).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(4))
			.saturating_add(T::DbWeight::get().writes(20).saturating_mul(n.into()))
	}
}
