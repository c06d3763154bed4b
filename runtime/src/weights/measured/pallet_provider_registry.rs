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
	/// Shortest run: 21.35 µs.
	fn set_throughput() -> Weight {
		Weight::from_parts(22_292_000, 2_582)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 716.02 µs. `m` from 2 to 64.
	fn issue_liquidity(m: u32) -> Weight {
		Weight::from_parts(880_652_272, 71_647)
			.saturating_add(Weight::from_parts(9_827_187, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(22))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 165.03 µs.
	fn buy_back_in_market() -> Weight {
		Weight::from_parts(181_440_000, 361_000)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 124.61 µs.
	fn charge_pause() -> Weight {
		Weight::from_parts(163_015_000, 13_297)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 547.33 µs.
	fn leave_class() -> Weight {
		Weight::from_parts(598_462_000, 56_619)
			.saturating_add(T::DbWeight::get().reads(15))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 373.16 µs.
	fn declare_gone() -> Weight {
		Weight::from_parts(404_600_000, 44_574)
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 596.95 µs. `m` from 1 to 63.
	fn take_over(m: u32) -> Weight {
		Weight::from_parts(738_466_650, 56_909)
			.saturating_add(Weight::from_parts(11_747_151, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(12))
	}

	/// Shortest run: 1601.17 µs.
	fn close_estate() -> Weight {
		Weight::from_parts(1_685_062_000, 284_916)
			.saturating_add(T::DbWeight::get().reads(56))
			.saturating_add(T::DbWeight::get().writes(51))
	}

	/// Shortest run: 555.51 µs. `m` from 1 to 63.
	fn assume_shortfall(m: u32) -> Weight {
		Weight::from_parts(607_347_828, 61_972)
			.saturating_add(Weight::from_parts(9_597_056, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 575.92 µs.
	fn buy_back_filled() -> Weight {
		Weight::from_parts(658_615_000, 56_673)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(14))
	}

	/// Shortest run: 27.54 µs.
	fn buy_back_closed() -> Weight {
		Weight::from_parts(32_511_000, 2_531)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 375.91 µs.
	fn liquidity_settled() -> Weight {
		Weight::from_parts(674_346_000, 48_813)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(12))
	}

	/// Shortest run: 20.26 µs.
	fn faulted() -> Weight {
		Weight::from_parts(21_901_000, 2_805)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 36.73 µs.
	fn register_class() -> Weight {
		Weight::from_parts(38_331_000, 7_799)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(4))
	}

	/// Shortest run: 25.35 µs.
	fn set_opening() -> Weight {
		Weight::from_parts(27_071_000, 5_233)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 63.20 µs.
	fn register_provider() -> Weight {
		Weight::from_parts(69_080_000, 18_035)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 39.28 µs.
	fn deregister_provider() -> Weight {
		Weight::from_parts(42_660_000, 5_384)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 279.37 µs. `n` from 0 to 255. `p` from 0 to 127.
	fn register_node(n: u32, _p: u32) -> Weight {
		Weight::from_parts(370_613_254, 38_684)
			.saturating_add(Weight::from_parts(808_469, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().writes(9))
	}

	/// Shortest run: 89.15 µs.
	fn set_endpoint() -> Weight {
		Weight::from_parts(101_341_000, 2_607)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(1))
	}

	/// Shortest run: 90.23 µs. `n` from 1 to 256.
	fn pause_node(n: u32) -> Weight {
		Weight::from_parts(116_886_982, 14_122)
			.saturating_add(Weight::from_parts(94_907, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(7))
	}

	/// Shortest run: 137.54 µs. `n` from 0 to 255.
	fn resume_node(_n: u32) -> Weight {
		Weight::from_parts(247_328_797, 14_323)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 812.77 µs. `n` from 64 to 256. `m` from 1 to 64. `p` from 1 to 128.
	fn deregister_node(_n: u32, m: u32, p: u32) -> Weight {
		Weight::from_parts(1_535_368_847, 82_473)
			.saturating_add(Weight::from_parts(0, 2_606).saturating_mul(m.into()))
			.saturating_add(Weight::from_parts(977_110, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(24))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(26))
	}

	/// Shortest run: 892.57 µs. `m` from 1 to 64.
	fn open_pool(m: u32) -> Weight {
		Weight::from_parts(1_305_154_800, 77_876)
			.saturating_add(Weight::from_parts(6_906_122, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(25))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(22))
	}

	/// Shortest run: 608.57 µs. `m` from 2 to 64.
	fn offer_capacity(m: u32) -> Weight {
		Weight::from_parts(786_914_619, 412_332)
			.saturating_add(Weight::from_parts(8_195_698, 2_606).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().reads(22))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(m.into()))
			.saturating_add(T::DbWeight::get().writes(19))
	}

	/// Shortest run: 658.11 µs.
	fn buy_back() -> Weight {
		Weight::from_parts(1_161_851_000, 67_249)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(18))
	}

	/// Shortest run: 171.42 µs.
	fn offer_filled() -> Weight {
		Weight::from_parts(217_789_000, 13_222)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}

	/// Shortest run: 531.29 µs.
	fn offer_closed() -> Weight {
		Weight::from_parts(621_126_000, 46_194)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(11))
	}

	/// Shortest run: 25.11 µs. `n` from 1 to 256.
	fn attestable(n: u32) -> Weight {
		Weight::from_parts(29_375_000, 1_026)
			.saturating_add(Weight::from_parts(7_091_969, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
	}

	/// Shortest run: 122.86 µs.
	fn attested() -> Weight {
		Weight::from_parts(161_003_000, 13_096)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}

	/// Shortest run: 1057.03 µs. `p` from 32 to 128. `n` from 0 to 319.
	fn draw(p: u32, n: u32) -> Weight {
		Weight::from_parts(2_239_774_455, 98_159)
			.saturating_add(Weight::from_parts(0, 2_805).saturating_mul(p.into()))
			.saturating_add(Weight::from_parts(4_391_569, 2_606).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(34))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
	}

	/// Shortest run: 30.63 µs.
	fn occupy() -> Weight {
		Weight::from_parts(35_427_000, 5_411)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 1044.12 µs.
	fn deliver() -> Weight {
		Weight::from_parts(1_178_793_000, 67_249)
			.saturating_add(T::DbWeight::get().reads(20))
			.saturating_add(T::DbWeight::get().writes(18))
	}

	/// Shortest run: 83.42 µs.
	fn close_class() -> Weight {
		Weight::from_parts(99_135_000, 5_233)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}

	/// Shortest run: 807.74 µs.
	fn wind_up() -> Weight {
		Weight::from_parts(980_841_000, 56_434)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(13))
	}

	/// Shortest run: 969.99 µs.
	fn withdraw_recovered() -> Weight {
		Weight::from_parts(1_178_862_000, 41_605)
			.saturating_add(T::DbWeight::get().reads(16))
			.saturating_add(T::DbWeight::get().writes(15))
	}

	/// Shortest run: 704.00 µs.
	fn redeem_claims() -> Weight {
		Weight::from_parts(745_038_000, 46_769)
			.saturating_add(T::DbWeight::get().reads(18))
			.saturating_add(T::DbWeight::get().writes(16))
	}
}
