//! Every constant of rewards, and the formulas, as pure functions.

use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding},
	sp_core::U256,
};
use quern_primitives::Balance;

/// Points for a block authored. Twenty, as the SDK's own staking gave.
pub const BLOCK_POINTS: u64 = 20;
/// Points for a report on a node that agreed with its quorum.
pub const REPORT_POINTS: u64 = 1;

/// A Julian year, in milliseconds.
pub const YEAR_MILLIS: u64 = 31_557_600_000;
/// The schedule lets half of the reserve out in so long: two years.
pub const HALF_LIFE_MILLIS: u64 = 2 * YEAR_MILLIS;
/// What validators' stake is to yield in a year, in percent: the reserve adds to the stakers' leg of
/// fees up to that, and no further.
pub const TARGET_YIELD: u128 = 4;

/// Payouts that may wait for one another. When all places are taken, the era that ends shares its
/// payout with the next.
pub const MAX_PAYOUTS: u32 = 4;
/// An era's full set of validators is paid within so many blocks, however busy they are.
pub const PAYOUT_BLOCKS: u32 = 64;

/// One, in the fixed point of the schedule.
const ONE: u128 = 1_000_000_000_000_000_000;
/// The natural logarithm of two, rounded down, in the same.
const LN_2: u128 = 693_147_180_559_945_309;
/// Parts in a million.
const MILLION: u64 = 1_000_000;

/// What the schedule lets out of a reserve of `left` planck in an era of `millis` milliseconds: at most
/// `left × (1 - 2^(-millis / HALF_LIFE))`, and below it by less than `y³ / 6 + 3 / 10^18` of `left` and a
/// planck, where `y` is `ln 2 × millis / HALF_LIFE`.
///
/// It is the lower bound `1 - e^-y >= y - y² / 2`, everything rounded down. The bound grows up to
/// `y = 1`; a longer era, of almost three years, gets what that one gets.
pub fn scheduled(left: Balance, millis: u64) -> Balance {
	// Below 2^64 × 10^18, which fits.
	let y = (u128::from(millis) * LN_2 / u128::from(HALF_LIFE_MILLIS)).min(ONE);
	// Cannot underflow: `y <= 1`, so half its square is no more than half of it.
	let part = y - (y * y).div_ceil(2 * ONE);
	// `part < 1`, so the result is less than `left` and fits.
	multiply_by_rational_with_rounding(left, part, ONE, Rounding::Down).unwrap_or_default()
}

/// What `stake` planck are to yield in an era of `millis` milliseconds, rounded down. What does not
/// fit saturates: the schedule is then the bound that counts.
pub fn target(stake: Balance, millis: u64) -> Balance {
	let yielded = u128::from(millis).saturating_mul(TARGET_YIELD);
	let of = u128::from(YEAR_MILLIS) * 100;
	multiply_by_rational_with_rounding(stake, yielded, of, Rounding::Down).unwrap_or(Balance::MAX)
}

/// The share of `points` in a pot of `pot` planck that `of` points, these among them, still wait for:
/// rounded down, and the last one gets all that is left, so that shares sum to the pot exactly.
pub fn share(pot: Balance, points: u64, of: u64) -> Balance {
	if points >= of {
		return pot;
	}
	// Less than `pot`, so it fits.
	multiply_by_rational_with_rounding(pot, points.into(), of.into(), Rounding::Down).unwrap_or_default()
}

/// What `fees` planck are a year, in parts per million of the stake that earned them: `stake_eras` is
/// the sum of the stakes of eras of `millis` milliseconds each. Rounded down; zero if there was no stake.
pub fn yield_ppm(fees: Balance, stake_eras: Balance, millis: u64) -> u64 {
	// 128 + 20 + 35 bits, and 128 + 64 bits.
	let earned = U256::from(fees) * U256::from(MILLION) * U256::from(YEAR_MILLIS);
	let worked = U256::from(stake_eras) * U256::from(millis);
	earned
		.checked_div(worked)
		.map_or(0, |ppm| ppm.min(u64::MAX.into()).low_u64())
}

/// How many validators are paid in a block at least, if a session has up to `validators`.
pub fn slice(validators: u32) -> u32 {
	validators.div_ceil(PAYOUT_BLOCKS)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;
	use quern_primitives::units::QRN;

	/// Six hours, the runtime's era.
	const ERA: u64 = 6 * 3_600_000;

	#[test]
	fn the_schedule_is_the_half_life_s() {
		// left × (1 - 2^(-millis / 2 years)), by a calculator of forty digits, and rounded down.
		let left = 1_000_000_000 * QRN;
		for (millis, exact) in [
			(0, 0),
			(1, 10_982_254_362),
			(60_000, 658_935_044_671_111),
			(ERA, 237_188_560_581_427_940),
			(86_400_000, 948_416_745_218_330_873),
		] {
			let paid = scheduled(left, millis);
			assert!(paid <= exact, "{millis}: {paid} > {exact}");
			let y = millis as f64 * core::f64::consts::LN_2 / HALF_LIFE_MILLIS as f64;
			let below = left as f64 * (y * y * y / 6.0 + 3e-18) + 1.0;
			assert!((exact - paid) as f64 <= below, "{millis}: {paid} of {exact}");
		}
	}

	#[test]
	fn the_schedule_never_lets_out_all() {
		for left in [0, 1, 2, QRN, Balance::MAX] {
			for millis in [0, 1, ERA, HALF_LIFE_MILLIS, 3 * YEAR_MILLIS, u64::MAX] {
				assert!(scheduled(left, millis) <= left / 2);
			}
		}
		assert_eq!(scheduled(1_000, u64::MAX), 500);
	}

	#[test]
	fn the_target_is_four_percent_a_year() {
		assert_eq!(target(1_000 * QRN, YEAR_MILLIS), 40 * QRN);
		assert_eq!(target(1_000_000 * QRN, ERA), 27_378_507_871_321);
		assert_eq!(target(0, ERA), 0);
		assert_eq!(target(QRN, 0), 0);
		assert_eq!(target(Balance::MAX, u64::MAX), Balance::MAX);
	}

	#[test]
	fn the_yield_is_of_a_year() {
		// Four percent, earned in 1,461 eras of six hours.
		assert_eq!(yield_ppm(40 * QRN, 1_461 * 1_000 * QRN, ERA), 40_000);
		assert_eq!(yield_ppm(QRN, 0, ERA), 0);
		assert_eq!(yield_ppm(QRN, QRN, 0), 0);
		assert_eq!(yield_ppm(0, QRN, ERA), 0);
		assert_eq!(yield_ppm(Balance::MAX, 1, 1), u64::MAX);
		assert_eq!(yield_ppm(Balance::MAX, Balance::MAX, YEAR_MILLIS), MILLION);
	}

	#[test]
	fn a_full_set_is_paid_within_its_blocks() {
		for (validators, each) in [(1, 1), (64, 1), (65, 2), (256, 4), (257, 5)] {
			assert_eq!(slice(validators), each);
			assert!(each * PAYOUT_BLOCKS >= validators);
		}
	}

	proptest! {
		#[test]
		fn half_of_the_reserve_is_left_after_two_years(reserve in QRN..Balance::MAX / 2, eras in 365u64..20_000) {
			let millis = HALF_LIFE_MILLIS / eras;
			let left = (0..eras).fold(reserve, |left, _| left - scheduled(left, millis));
			let half = reserve / 2;
			// Each era rounds down by less than a planck.
			prop_assert!(left >= half, "{left} < {half}");
			prop_assert!(left <= half + half / 1_000_000 + Balance::from(eras), "{left} of {half}");
		}

		#[test]
		fn the_schedule_grows_with_time_and_reserve(
			left: Balance, more: Balance, millis in 0..4 * YEAR_MILLIS, longer in 0..4 * YEAR_MILLIS,
		) {
			let paid = scheduled(left, millis);
			prop_assert!(paid <= scheduled(left.saturating_add(more), millis));
			prop_assert!(paid <= scheduled(left, millis + longer));
		}

		#[test]
		fn shares_sum_to_the_pot_and_are_fair(pot: Balance, points in prop::collection::vec(0u64..1 << 40, 1..60)) {
			let all: u64 = points.iter().sum();
			let (mut left, mut of, mut sum) = (pot, all, 0u128);
			for each in &points {
				let paid = share(left, *each, of);
				// Within a planck of what the whole pot would give, for each that was paid before.
				let fair = U256::from(pot) * U256::from(*each) / U256::from(all.max(1));
				let off = U256::from(paid).abs_diff(fair);
				prop_assert!(all == 0 || off <= U256::from(points.len()), "{paid}, fair is {fair}");
				left -= paid;
				of -= each;
				sum += paid;
			}
			prop_assert_eq!(sum, pot);
			prop_assert_eq!(left, 0);
		}
	}
}
