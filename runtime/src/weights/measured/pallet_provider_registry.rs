//! Weights of `pallet_provider_registry`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-11-28, AMD EPYC, 8 steps, 20 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_provider_registry`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_provider_registry::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 37.38 µs.
	fn set_throughput() -> Weight {
		Weight::from_parts(41_749_000, 2_582)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 985.15 µs. `m` from 2 to 64.
	fn issue_liquidity(m: u32) -> Weight {
		Weight::from_parts(1_309_330_391, 71_647)
			.saturating_add(Weight::from_parts(9_633_814, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(22))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 250.85 µs.
	fn buy_back_in_market() -> Weight {
		Weight::from_parts(317_565_000, 360_996)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 225.79 µs.
	fn charge_pause() -> Weight {
		Weight::from_parts(273_484_000, 13_297)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 905.21 µs.
	fn leave_class() -> Weight {
		Weight::from_parts(1_128_548_000, 56_619)
			.saturating_add(T::DbWeight::get().reads(15))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 665.26 µs.
	fn declare_gone() -> Weight {
		Weight::from_parts(800_894_000, 44_574)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 719.08 µs. `m` from 1 to 63.
	fn take_over(m: u32) -> Weight {
		Weight::from_parts(1_123_552_155, 56_909)
			.saturating_add(Weight::from_parts(6_092_737, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(12))
	}

	/// Shortest run: 1704.88 µs.
	fn close_estate() -> Weight {
		Weight::from_parts(2_095_914_000, 284_916)
			.saturating_add(T::DbWeight::get().reads(56))
			.saturating_add(T::DbWeight::get().writes(51))
	}

	/// Shortest run: 620.41 µs. `m` from 1 to 63.
	fn assume_shortfall(m: u32) -> Weight {
		Weight::from_parts(948_125_034, 61_972)
			.saturating_add(Weight::from_parts(4_915_313, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 588.81 µs.
	fn buy_back_filled() -> Weight {
		Weight::from_parts(642_757_000, 56_673)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(14))
	}

	/// Shortest run: 15.74 µs.
	fn buy_back_closed() -> Weight {
		Weight::from_parts(18_163_000, 2_527).saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 385.13 µs.
	fn liquidity_settled() -> Weight {
		Weight::from_parts(409_649_000, 48_813)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(12))
	}

	/// Shortest run: 20.47 µs.
	fn faulted() -> Weight {
		Weight::from_parts(24_226_000, 2_805)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 36.82 µs.
	fn register_class() -> Weight {
		Weight::from_parts(38_072_000, 7_799)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 26.59 µs.
	fn set_opening() -> Weight {
		Weight::from_parts(28_244_000, 5_233)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 71.00 µs.
	fn register_provider() -> Weight {
		Weight::from_parts(88_265_000, 18_035)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 40.93 µs.
	fn deregister_provider() -> Weight {
		Weight::from_parts(48_321_000, 5_384)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 280.97 µs. `n` from 0 to 255. `p` from 0 to 127.
	fn register_node(n: u32, p: u32) -> Weight {
		Weight::from_parts(273_987_508, 38_684)
			.saturating_add(Weight::from_parts(560_306, 0).saturating_mul(n.into()))
			.saturating_add(Weight::from_parts(399_779, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 43.95 µs.
	fn set_endpoint() -> Weight {
		Weight::from_parts(48_241_000, 2_607)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 85.32 µs. `n` from 1 to 256.
	fn pause_node(_n: u32) -> Weight {
		Weight::from_parts(156_364_108, 14_122)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 133.91 µs. `n` from 0 to 255.
	fn resume_node(n: u32) -> Weight {
		Weight::from_parts(168_989_972, 14_323)
			.saturating_add(Weight::from_parts(74_385, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 823.74 µs. `n` from 64 to 256. `m` from 1 to 64. `p` from 1 to 128.
	fn deregister_node(_n: u32, m: u32, _p: u32) -> Weight {
		Weight::from_parts(1_338_805_018, 82_473)
			.saturating_add(Weight::from_parts(6_095_023, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(24))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(26))
	}

	/// Shortest run: 990.17 µs. `m` from 1 to 64.
	fn open_pool(m: u32) -> Weight {
		Weight::from_parts(1_304_477_652, 77_876)
			.saturating_add(Weight::from_parts(7_402_284, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(25))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(22))
	}

	/// Shortest run: 709.65 µs. `m` from 2 to 64.
	fn offer_capacity(m: u32) -> Weight {
		Weight::from_parts(1_149_044_700, 412_332)
			.saturating_add(Weight::from_parts(162_306, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(22))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 634.89 µs.
	fn buy_back() -> Weight {
		Weight::from_parts(733_016_000, 67_249)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(18))
	}

	/// Shortest run: 112.10 µs.
	fn offer_filled() -> Weight {
		Weight::from_parts(126_317_000, 13_222)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 311.37 µs.
	fn offer_closed() -> Weight {
		Weight::from_parts(342_554_000, 46_194)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}

	/// Shortest run: 18.38 µs. `n` from 1 to 256.
	fn attestable(n: u32) -> Weight {
		Weight::from_parts(20_003_230, 1_026)
			.saturating_add(Weight::from_parts(4_193_156, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
	}

	/// Shortest run: 80.42 µs.
	fn attested() -> Weight {
		Weight::from_parts(95_910_000, 13_096)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 1030.48 µs. `p` from 32 to 128. `n` from 0 to 319.
	fn draw(p: u32, n: u32) -> Weight {
		Weight::from_parts(1_129_540_000, 98_159)
			.saturating_add(Weight::from_parts(4_033_638, 2_805).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(3_721_680, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
	}

	/// Shortest run: 36.14 µs.
	fn occupy() -> Weight {
		Weight::from_parts(78_427_000, 5_411)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 1169.79 µs.
	fn deliver() -> Weight {
		Weight::from_parts(1_284_982_000, 67_249)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(18))
	}

	/// Shortest run: 117.53 µs.
	fn close_class() -> Weight {
		Weight::from_parts(135_263_000, 5_233)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 1015.71 µs.
	fn wind_up() -> Weight {
		Weight::from_parts(1_107_258_000, 56_434)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 1180.68 µs.
	fn withdraw_recovered() -> Weight {
		Weight::from_parts(1_272_017_000, 41_605)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(15))
	}

	/// Shortest run: 1115.69 µs.
	fn redeem_claims() -> Weight {
		Weight::from_parts(1_408_002_000, 46_769)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(16))
	}
}
