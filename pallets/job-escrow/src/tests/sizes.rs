//! The sizes, and that honest work beats cheating with them.
//!
//! The expected values were computed with 700 bits (mpmath) from the formulas in the module's docs.

use crate::{
	policy::{LOG2_100, LOG_BITS, MIN_AUDIT_RATE, OWN_FACTOR},
	sizes::*,
	Policy,
};
use polkadot_sdk::sp_runtime::Perbill;
use proptest::prelude::*;
use quern_primitives::{ports::BondSize, Balance};

const PERCENT: u32 = 10_000_000;
const ALL: u32 = 1_000_000_000;

fn rate(parts: u32) -> Check {
	Check::Audited(Perbill::from_parts(parts))
}

fn percent(parts: u32) -> Perbill {
	Perbill::from_percent(parts)
}

/// Every rate of audits of the tables, in billionths.
const RATES: [u32; 12] = [
	PERCENT,
	2 * PERCENT,
	5 * PERCENT,
	10 * PERCENT,
	25 * PERCENT,
	333_333_333,
	50 * PERCENT,
	75 * PERCENT,
	90 * PERCENT,
	99 * PERCENT,
	999_000_000,
	ALL - 1,
];

/// The finder's share of what own bond pays.
const FINDER: Perbill = Perbill::from_percent(20);

#[test]
fn logarithms_are_rounded_down_by_less_than_two_units() {
	// (numerator, denominator), floor(2^120 · log2)
	let table: [((u32, u32), u128); 10] = [
		((1, 1), 0),
		((2, 1), 1_329_227_995_784_915_872_903_807_060_280_344_576),
		((3, 2), 777_548_532_442_914_837_025_149_772_882_152_365),
		((10, 1), 4_415_599_823_708_732_494_820_352_040_231_157_613),
		((100, 1), 8_831_199_647_417_464_989_640_704_080_462_315_226),
		((1_000_000_000, 1), 39_740_398_413_378_592_453_383_168_362_080_418_518),
		((1_000_000_000, 999_999_999), 1_917_670_638_688_509_404_450_815_847),
		(
			(1_000_000_000, 990_000_000),
			19_273_233_965_581_517_012_185_402_206_524_072,
		),
		((u32::MAX, 1), 42_535_295_864_670_815_443_971_120_696_539_200_490),
		((u32::MAX, u32::MAX - 1), 446_492_489_054_662_366_057_143_523),
	];
	for ((numerator, denominator), exact) in table {
		let found = log2(numerator, denominator).unwrap();
		assert!(
			found <= exact && exact - found < 2,
			"log2({numerator} / {denominator}) is {exact}, found {found}"
		);
	}
	// The constant is the same logarithm, rounded up.
	assert_eq!(LOG2_100, table[4].1 + 1);
	assert_eq!(log2(1, 2), None);
	assert_eq!(log2(1, 0), None);
	assert_eq!(log2(0, 0), None);
}

#[test]
fn audited_sizes_are_those_of_the_formula() {
	const PRICES: [Balance; 5] = [1, 1_000, 60_000_000, 1_000_000_000_000_000, 123_456_789_012_345_678_901];
	// Rate in billionths; for each price ceil(P · ln 100 / -ln(1 - q)) and ceil(2 · P · (1 - q) / q).
	let table: [(u32, [(Balance, Balance); 5]); 10] = [
		(
			10_000_000,
			[
				(459, 198),
				(458_211, 198_000),
				(27_492_634_594, 11_880_000_000),
				(458_210_576_553_388_909, 198_000_000_000_000_000),
				(56_569_206_472_777_002_339_932, 24_444_444_224_444_444_422_398),
			],
		),
		(
			50_000_000,
			[
				(90, 38),
				(89_782, 38_000),
				(5_386_868_098, 2_280_000_000),
				(89_781_134_960_709_769, 38_000_000_000_000_000),
				(11_084_090_636_133_278_287_007, 4_691_357_982_469_135_798_238),
			],
		),
		(
			100_000_000,
			[
				(44, 18),
				(43_709, 18_000),
				(2_622_521_440, 1_080_000_000),
				(43_708_690_653_565_666, 18_000_000_000_000_000),
				(5_396_134_600_023_141_876_993, 2_222_222_202_222_222_220_218),
			],
		),
		(
			250_000_000,
			[
				(17, 6),
				(16_008, 6_000),
				(960_470_734, 360_000_000),
				(16_007_845_559_302_188, 6_000_000_000_000_000),
				(1_976_277_211_756_984_819_452, 740_740_734_074_074_073_406),
			],
		),
		(
			333_333_333,
			[
				(12, 5),
				(11_358, 4_001),
				(681_464_832, 240_000_001),
				(11_357_747_188_540_972, 4_000_000_006_000_001),
				(1_402_190_998_311_265_000_810, 493_827_156_790_123_450_419),
			],
		),
		(
			500_000_000,
			[
				(7, 2),
				(6_644, 2_000),
				(398_631_372, 120_000_000),
				(6_643_856_189_774_725, 2_000_000_000_000_000),
				(820_229_151_849_385_059_479, 246_913_578_024_691_357_802),
			],
		),
		(
			750_000_000,
			[
				(4, 1),
				(3_322, 667),
				(199_315_686, 40_000_000),
				(3_321_928_094_887_363, 666_666_666_666_667),
				(410_114_575_924_692_529_740, 82_304_526_008_230_452_601),
			],
		),
		(
			900_000_000,
			[
				(2, 1),
				(2_000, 223),
				(120_000_000, 13_333_334),
				(2_000_000_000_000_000, 222_222_222_222_223),
				(246_913_578_024_691_357_802, 27_434_842_002_743_484_201),
			],
		),
		(
			990_000_000,
			[
				(1, 1),
				(1_000, 21),
				(60_000_000, 1_212_122),
				(1_000_000_000_000_000, 20_202_020_202_021),
				(123_456_789_012_345_678_901, 2_494_076_545_703_953_110),
			],
		),
		(
			999_999_999,
			[
				(1, 1),
				(223, 1),
				(13_333_334, 1),
				(222_222_222_222_223, 2_000_001),
				(27_434_842_002_743_484_201, 246_913_578_272),
			],
		),
	];
	for (parts, row) in table {
		for (price, (slash, own)) in PRICES.into_iter().zip(row) {
			let found = size(rate(parts), price, 0).unwrap();
			assert_eq!(found.own, own, "own bond at {parts} of {price}");
			// At 90 and 99 % the exact value is whole, and rounding up from just above it gives one more.
			let whole = matches!(parts, 900_000_000 | 990_000_000);
			assert_eq!(found.slash, slash + Balance::from(whole), "slash at {parts} of {price}");
		}
	}
}

#[test]
fn without_audits_it_is_half_more_than_the_floor_cost() {
	for check in [Check::Certain, Check::Consent, Check::Quorum] {
		for (floor_cost, slash) in [
			(0, 0),
			(1, 2),
			(2, 3),
			(24_000_000, 36_000_000),
			(24_000_001, 36_000_002),
		] {
			for price in [0, 1, Balance::MAX] {
				assert_eq!(size(check, price, floor_cost), Some(Size { slash, own: 0 }));
			}
		}
		assert_eq!(size(check, 1, Balance::MAX), None);
	}
	assert_eq!(Policy::Accept.check(), Check::Consent);
}

#[test]
fn the_floor_cost_holds_where_jobs_are_cheap() {
	// A price of a hundredth of the floor cost: 458 prices are more than one and a half floor costs.
	assert_eq!(size(rate(PERCENT), 10, 1_000).unwrap().slash, 4_583);
	// A price of a thousandth: they are not.
	assert_eq!(size(rate(PERCENT), 1, 1_000), Some(Size { slash: 1_500, own: 198 }));
	assert_eq!(size(rate(50 * PERCENT), 0, 1_000), Some(Size { slash: 1_500, own: 0 }));
}

#[test]
fn refuses_rates_of_audits_that_are_too_low_or_certain() {
	for parts in [0, 1, PERCENT - 1, ALL] {
		assert_eq!(rate(parts).caught(), None);
		assert_eq!(size(rate(parts), 1, 1), None);
		// No own share makes up for it.
		for own_share in [0, 1, 10, 50, 100] {
			assert!(!acceptable(rate(parts), percent(own_share), FINDER));
		}
	}
	assert_eq!(rate(PERCENT).caught(), Some(MIN_AUDIT_RATE));
	assert!(acceptable(rate(PERCENT), percent(0), FINDER));
	assert!(acceptable(rate(ALL - 1), percent(0), FINDER));
}

#[test]
fn refuses_amounts_that_do_not_fit() {
	assert_eq!(size(rate(PERCENT), Balance::MAX, 0), None);
	assert_eq!(
		size(rate(PERCENT), Balance::MAX / 459, 0).map(|size| size.slash > 0),
		Some(true)
	);
}

#[test]
fn names_the_class_for_the_stakes_port() {
	assert_eq!(
		Size { slash: 5, own: 3 }.bond(9),
		BondSize {
			own: 3,
			allocated: Some((9, 5))
		}
	);
}

/// A row of the table: what is checked how, by whom, and at what price.
fn cases() -> impl Iterator<Item = (Check, Balance, Balance, u32)> {
	let checks = [Check::Certain, Check::Consent, Check::Quorum]
		.into_iter()
		.chain(RATES.map(rate));
	checks.flat_map(|check| {
		let floor_costs = [10, 1_000, 1_000_000_007, 1_000_000_000_000_000_000u128];
		floor_costs.into_iter().flat_map(move |floor_cost| {
			// From a tenth of the floor cost to a hundred times it.
			let tenths = [1, 2, 5, 9, 10, 11, 15, 20, 50, 100, 333, 1_000];
			tenths.into_iter().flat_map(move |tenths| {
				let own_shares = [0, 1, 10, 50, 100];
				own_shares.map(|own_share| (check, floor_cost * tenths / 10, floor_cost, own_share))
			})
		})
	})
}

fn cheat(check: Check, price: Balance, floor_cost: Balance, own_share: u32) -> Cheat {
	Cheat {
		caught: check.caught().expect("accepted"),
		price,
		cost: price - 1,
		size: size(check, price, floor_cost).expect("fits"),
		own_share: percent(own_share),
		alias_share: percent(0),
		finder_share: FINDER,
	}
}

/// Honest beats cheating for every policy, own share and rate that is accepted, aliases
/// included.
#[test]
fn honest_work_beats_cheating() {
	let mut seen = 0;
	for (check, price, floor_cost, own_share) in cases() {
		assert!(acceptable(check, percent(own_share), FINDER));
		let worst = cheat(check, price, floor_cost, own_share);
		// Whatever the work costs, up to all but a planck of the price; whoever the delegators are; whether
		// the cheat finds itself or another finds it.
		for cost in [0, price / 2, price - 1] {
			for alias_share in [0, 1, 50, 100] {
				for finder_share in [Perbill::zero(), FINDER] {
					let case = Cheat {
						cost,
						alias_share: percent(alias_share),
						finder_share,
						..worst
					};
					let edge = case.edge().expect("fits");
					assert!(edge < 0, "{check:?}: {case:?} gains {edge}");
					seen += 1;
				}
			}
		}
	}
	assert_eq!(seen, 15 * 4 * 12 * 5 * 3 * 4 * 2);
}

/// Who earns nothing by honest work gains nothing by cheating either; it is a draw where no stake of its
/// own answers, which the flat bond of its nodes rules out.
#[test]
fn work_that_earns_nothing_is_at_best_a_draw() {
	for (check, price, floor_cost, own_share) in cases().filter(|(_, price, ..)| *price >= 1_000) {
		let case = Cheat {
			cost: price,
			..cheat(check, price, floor_cost, own_share)
		};
		let edge = case.edge().unwrap();
		if case.loss() > 1 {
			assert!(edge < 0, "{check:?}: {case:?} gains {edge}");
		}
		if case.caught == percent(100) && own_share == 0 {
			assert_eq!(edge, 0);
		}
	}
}

#[test]
fn clamped_to_the_own_bond_that_is_there_cheating_would_pay() {
	// Delegators supplied all of it: not deterred by any rate of audits.
	let clamped = |parts, own_share| {
		let honest = cheat(rate(parts), 1_000_000_000_000, 1_000_000_000, own_share);
		Cheat {
			size: Size { own: 0, ..honest.size },
			..honest
		}
		.edge()
		.unwrap()
	};
	for parts in RATES {
		assert!(clamped(parts, 0) > 0);
	}
	// A tenth of own bond: up to an audit rate of 82 %. Half of it: every rate is deterred.
	for (parts, pays) in [(1, true), (50, true), (82, true), (83, false), (99, false)] {
		assert_eq!(clamped(parts * PERCENT, 10) > 0, pays, "{parts} %");
		assert!(clamped(parts * PERCENT, 50) < 0);
	}
}

#[test]
fn a_finder_with_more_than_half_makes_cheating_pay() {
	for (share, fine) in [
		(0, true),
		(20, true),
		(49, true),
		(51, false),
		(60, false),
		(100, false),
	] {
		assert_eq!(all_acceptable(percent(share)), fine, "{share} %");
		assert_eq!(acceptable(rate(10 * PERCENT), percent(0), percent(share)), fine);
	}
	// The threshold is that of the factor: own · (1 - share) > P · (1 - q) / q.
	assert_eq!(OWN_FACTOR, 2);
	// Proofs need no own bond: nobody finds what the chain refuses.
	assert!(acceptable(Check::Certain, percent(0), percent(100)));
}

#[test]
fn one_who_owns_its_stake_works_at_a_loss_of_the_floor_cost() {
	let floor_cost = 1_000_000;
	let at = |check, own_share, cost| {
		let case = Cheat {
			cost,
			..cheat(check, floor_cost / 10, floor_cost, own_share)
		};
		case.edge().unwrap()
	};
	// Pay of 0.1 C, and 0.8 · 1.5 C of own bond to lose.
	for check in [Check::Certain, Check::Consent, Check::Quorum] {
		assert!(at(check, 100, floor_cost) < 0);
		assert!(at(check, 100, floor_cost * 13 / 10 - 1) < 0);
		assert_eq!(at(check, 100, floor_cost * 13 / 10), 0);
		// Not one with half of it, nor with none: it declines, or loses its pay.
		assert!(at(check, 50, floor_cost) > 0);
		assert!(at(check, 0, floor_cost) > 0);
	}
}

/// What `Accept` rests on: with a client that notices in so many of 100 cases.
#[test]
fn consent_is_worth_as_much_as_the_client_notices() {
	let price = 1_000_000;
	let edge = |notices, own_share, cost| {
		let case = Cheat {
			caught: percent(notices),
			cost,
			..cheat(Check::Consent, price, price, own_share)
		};
		case.edge().unwrap()
	};
	assert!(edge(45, 100, price) > 0 && edge(46, 100, price) < 0);
	assert!(edge(99, 0, price) > 0);
	// Work that costs half its price.
	assert!(edge(49, 0, price / 2) > 0 && edge(51, 0, price / 2) < 0);
	assert!(edge(22, 100, price / 2) > 0 && edge(23, 100, price / 2) < 0);
}

/// A ring of client, provider, finder and delegator has itself slashed. What it gains: `compensated` of the
/// stake, and what its provider `kept` of what its client paid is its own still; the rest of the pay came back.
fn ring(case: &Cheat, compensated: Balance) -> i128 {
	compensated as i128 - case.loss() as i128
}

#[test]
fn a_ring_that_slashes_itself_gains_nothing_as_long_as_a_fault_takes_the_pay() {
	for (check, price, floor_cost, own_share) in cases() {
		for alias_share in [0, 50, 100] {
			let case = Cheat {
				alias_share: percent(alias_share),
				..cheat(check, price, floor_cost, own_share)
			};
			// The claims are back: there is no loss to compensate.
			assert!(ring(&case, 0) <= 0);
			// Pay that the operator does not get and the client not back is lost to the ring, so that its
			// compensation makes it whole and no more.
			let lost = price;
			assert!(ring(&case, lost) - lost as i128 <= 0);
		}
	}
	// Were it to keep the pay and the client compensated, the ring would have the price of delegators.
	let kept = cheat(Check::Consent, 1_000_000, 1_000_000, 0);
	assert_eq!(ring(&kept, 1_000_000), 1_000_000);
}

proptest! {
	#[test]
	fn own_bond_is_never_more_than_the_slash(
		parts in PERCENT..ALL, price in 0u128..1 << 100, floor_cost in 0u128..1 << 100,
	) {
		let found = size(rate(parts), price, floor_cost).unwrap();
		prop_assert!(found.own <= found.slash, "{found:?}");
		prop_assert!(found.slash >= floor_cost * 3 / 2);
	}

	/// Of `open` jobs `caught` are found wrong; the own bond that they reserve pays first.
	#[test]
	fn cheating_in_many_jobs_is_no_cheaper_than_in_each(
		parts in PERCENT..ALL, price in 1u128..1 << 80, floor_cost in 0u128..1 << 80,
		open in 1u128..1_000, part in 0u128..=1_000,
	) {
		let found = size(rate(parts), price, floor_cost).unwrap();
		let caught = open * part / 1_000;
		let paid = (open * found.own).min(caught * found.slash);
		prop_assert!(paid >= caught * found.own);
	}

	#[test]
	fn sizes_grow_with_price_and_cost_and_fall_with_the_rate(
		parts in PERCENT..ALL, rarer in 0u32..ALL, price in 0u128..1 << 80, floor_cost in 0u128..1 << 80, more in 0u128..1 << 80,
	) {
		let found = size(rate(parts), price, floor_cost).unwrap();
		let dearer = size(rate(parts), price + more, floor_cost + more).unwrap();
		prop_assert!(dearer.slash >= found.slash && dearer.own >= found.own);
		let rarer = PERCENT + rarer % (parts - PERCENT + 1);
		let larger = size(rate(rarer), price, floor_cost).unwrap();
		prop_assert!(larger.slash >= found.slash && larger.own >= found.own);
	}

	#[test]
	fn nobody_gains_at_any_rate_price_or_split(
		parts in PERCENT..ALL, price in 1u128..1 << 70, floor_cost in 0u128..1 << 70,
		own_share in 0u32..=ALL, alias_share in 0u32..=ALL, finder_share in 0u32..=20 * PERCENT, saved in 0u128..=1 << 20,
	) {
		let case = Cheat {
			caught: Perbill::from_parts(parts),
			price,
			cost: (price - 1) * saved / (1 << 20),
			size: size(rate(parts), price, floor_cost).unwrap(),
			own_share: Perbill::from_parts(own_share),
			alias_share: Perbill::from_parts(alias_share),
			finder_share: Perbill::from_parts(finder_share),
		};
		prop_assert!(case.edge().unwrap() < 0, "{case:?}");
	}

	#[test]
	fn logarithms_add_up(a in 1u32..60_000, b in 1u32..60_000) {
		// log2(a·b) = log2(a) + log2(b), but for what is rounded off: less than two units each.
		let whole = log2(a * b, 1).unwrap();
		let sum = log2(a, 1).unwrap() + log2(b, 1).unwrap();
		prop_assert!(whole.abs_diff(sum) < 4);
		prop_assert!(whole >> LOG_BITS == u128::from((a * b).ilog2()));
	}
}
