//! Constants and formulas of stake, shares, allocations and slashes.

use crate::pool::{part_ceil, part_floor};
use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding},
	sp_runtime::Perbill,
};
use quern_primitives::{Balance, EraIndex, Magnitude};

/// Eras of an operator in which stake is unbonding, or withheld for a slash since, at a time. What is
/// unbonded in one era is one pool; without slashes that wait for long there are `UnbondingEras + 2`.
pub const MAX_ERA_POOLS: u32 = 64;

/// Parts of a delegation that may wait to be withdrawn at a time. What leaves in one era is one part.
pub const MAX_UNBONDING: u32 = 64;

/// Groups of slashes, by era of the offence and scope, that wait for one operator at a time. More are
/// merged with older ones of their scope, so this must be more than twice the scopes there can be:
/// consensus, and each class of [`MAX_ALLOCATIONS`].
pub const MAX_GROUPS: u32 = 48;
// When all places are taken, some scope has two that can be merged.
const _: () = assert!(MAX_GROUPS > 2 * (MAX_ALLOCATIONS + 1));

/// Classes to which an operator may allocate stake.
pub const MAX_ALLOCATIONS: u32 = 16;

/// Parts of an allocation that may be leaving at a time. Further ones join the youngest.
pub const MAX_LEAVING: u32 = 8;

/// Past states of an operator that are kept: no more than one a session in which it changed, and only
/// as long as an offence in one may be slashed. Genesis refuses eras too long for it.
pub const MAX_CHECKPOINTS: u32 = 256;

/// Past states that go at most when a new one is written down: more than one, so that those too old to matter
/// become fewer, and no call does more than its weight says.
pub const CHECKPOINTS_PRUNED: usize = 2;

/// A share that is worth less than this part of a planck takes no company: an operator that slashes
/// left that low leaves and registers anew.
pub const MAX_SHARES_PER_PLANCK: Balance = 1_000_000;

/// The least number of shares that are minted at a time, so that a rounding costs the delegator at most a
/// millionth of what it pays. It is what makes an attack by a dear first share vain: to make others lose a
/// planck in a million, a share must cost more than a millionth of what they pay, and is refused then.
pub const MIN_MINTED: Balance = 1_000_000;

/// Sessions of an era, if genesis says nothing.
pub const DEFAULT_SESSIONS_PER_ERA: u32 = 6;

/// Past sessions whose exposures go at a session's start. More than one, so that the sessions of an
/// era, which become too old together, are gone before the next era's do.
pub const SESSIONS_PRUNED: u32 = 2;

/// Past slashes that go at a session's start.
pub const SLASHES_PRUNED: u32 = 32;

/// Eras of a day, at the six hours of an era that a public chain has.
pub const ERAS_PER_DAY: EraIndex = 4;

/// How much an operator's commission may rise for each day of the notice.
pub const COMMISSION_STEP: Perbill = Perbill::from_percent(1);

/// The era of a session.
pub fn era_of(session: u32, sessions_per_era: u32) -> EraIndex {
	session / sessions_per_era.max(1)
}

/// Whether an offence in the era `of` may still be slashed in the era `now`.
pub fn is_slashable(of: EraIndex, now: EraIndex, challenge_eras: EraIndex) -> bool {
	of <= now && of.saturating_add(challenge_eras) >= now
}

/// The era in which stake can be withdrawn that was exposed in the era `of` and not later.
pub fn withdrawable_in(of: EraIndex, unbonding_eras: EraIndex) -> EraIndex {
	of.saturating_add(unbonding_eras).saturating_add(1)
}

/// Stake that can be withdrawn from the era `withdrawable_in` on was exposed in this era, and before.
/// `None`: in none.
pub fn exposed_until(withdrawable_in: EraIndex, unbonding_eras: EraIndex) -> Option<EraIndex> {
	withdrawable_in.checked_sub(unbonding_eras.saturating_add(1))
}

/// What is due for an offence: a fraction of the stake at its time, rounded down.
pub fn slash_due(stake: Balance, fraction: Perbill) -> Balance {
	fraction.mul_floor(stake)
}

/// How much an announced commission may lie above the present one, with so many eras of notice: a step for
/// each whole day, and at least one. Only one rise is announced at a time, so that it never rises
/// faster than a step a day.
pub fn max_commission_rise(notice: EraIndex) -> Perbill {
	let days = (notice / ERAS_PER_DAY).max(1);
	Perbill::from_parts(COMMISSION_STEP.deconstruct().saturating_mul(days).min(1_000_000_000))
}

/// The most that all allocations of an operator may sum to: half.
pub fn allocation_limit(whole: Magnitude) -> Magnitude {
	whole / 2
}

/// What a magnitude is worth of a stake, rounded down.
pub fn allocated(stake: Balance, magnitude: Magnitude, whole: Magnitude) -> Balance {
	part_floor(stake, magnitude.into(), whole.into())
}

/// By how much a class's magnitude, and the whole, fall when `taken` of a stake of `stake` is slashed for
/// it: so much that no other allocation is worth another amount after it than before,
///
/// ```text
/// m / whole * stake == m / (whole - fall) * (stake - taken)    <=>    fall = whole * taken / stake
/// ```
///
/// rounded up, and at most the magnitude. This is EigenLayer's rule ("Magnitudes when Slashed").
pub fn magnitude_fall(magnitude: Magnitude, whole: Magnitude, taken: Balance, stake: Balance) -> Magnitude {
	let fall = part_ceil(whole.into(), taken, stake);
	Magnitude::try_from(fall).unwrap_or(magnitude).min(magnitude)
}

/// What an allocation is worth for new jobs, in planck:
///
/// - its part of `exposed`, the active stake without what offences against consensus have frozen,
/// - without what slashes of its own class have frozen of that, which is gone when they are executed;
/// - and at most twice its part of `counted`, what is not frozen at all: allocations sum to half at
///   most, so that together they are never worth more than that.
pub fn allocation_value(
	magnitude: Magnitude,
	whole: Magnitude,
	exposed: Balance,
	frozen_for_class: Balance,
	counted: Balance,
) -> Balance {
	let value = allocated(exposed, magnitude, whole).saturating_sub(frozen_for_class);
	// A half of the whole is the most that a magnitude is.
	value.min(allocated(counted, magnitude.saturating_mul(2), whole))
}

/// The least `exposed` and `counted` with which [`allocation_value`] is `value` or more.
pub fn stake_for(
	magnitude: Magnitude,
	whole: Magnitude,
	frozen_for_class: Balance,
	value: Balance,
) -> (Balance, Balance) {
	// Saturating: what does not fit nobody has; nor does anybody have enough for a part of nothing.
	let of_part = |part: Magnitude, amount: Balance| {
		multiply_by_rational_with_rounding(amount, whole.into(), part.into(), Rounding::Up).unwrap_or(Balance::MAX)
	};
	(
		of_part(magnitude, value.saturating_add(frozen_for_class)),
		of_part(magnitude.saturating_mul(2).min(whole), value),
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn money_leaves_when_the_last_offence_it_answers_for_is_too_old() {
		for (of, unbonding) in [(0, 1), (3, 1), (3, 7)] {
			let leaves = withdrawable_in(of, unbonding);
			assert_eq!(exposed_until(leaves, unbonding), Some(of));
			for challenge in 0..unbonding {
				assert!(!is_slashable(of, leaves, challenge));
			}
		}
		assert!(is_slashable(3, 5, 2) && !is_slashable(3, 6, 2) && !is_slashable(4, 3, 2));
	}

	#[test]
	fn one_offender_of_four_loses_fifty_six_and_a_quarter_percent() {
		let fraction = Perbill::from_rational(3u32, 4).square();
		assert_eq!(slash_due(1_000_000, fraction), 562_500);
		assert_eq!(slash_due(3, fraction), 1);
	}

	#[test]
	fn commission_rises_a_point_for_each_day_of_notice() {
		for (notice, percent) in [(0, 1), (4, 1), (7, 1), (8, 2), (28, 7), (u32::MAX, 100)] {
			assert_eq!(max_commission_rise(notice), Perbill::from_percent(percent));
		}
	}

	/// `shared/vectors/eigenlayer_slash.json`: four sets, a stake of 200, half of the first slashed.
	#[test]
	fn eigenlayers_magnitudes_when_slashed() {
		let (mut magnitudes, mut whole, mut stake) = ([2_000u64, 2_500, 2_000, 3_500], 10_000u64, 200);
		let taken = allocated(stake, magnitudes[0], whole) / 2;
		assert_eq!(taken, 20);
		let fall = magnitude_fall(magnitudes[0], whole, taken, stake);
		(magnitudes[0], whole, stake) = (magnitudes[0] - fall, whole - fall, stake - taken);
		assert_eq!(magnitudes, [1_000, 2_500, 2_000, 3_500]);
		assert_eq!(magnitudes.map(|m| allocated(stake, m, whole)), [20, 50, 40, 70]);
	}

	#[test]
	fn a_frozen_part_counts_for_its_own_class_alone() {
		// As in the vector, while the slash waits: the same values as after it.
		let value = |m, frozen| allocation_value(m, 10_000, 200, frozen, 180);
		assert_eq!([value(2_000, 20), value(2_500, 0), value(2_000, 0)], [20, 50, 40]);
		// All that is left is frozen: nothing is worth anything.
		assert_eq!(allocation_value(2_500, 10_000, 100, 0, 0), 0);
	}

	#[test]
	fn no_stake_makes_a_part_of_nothing_worth_something() {
		assert_eq!(
			stake_for(0, quern_primitives::WHOLE, 0, 1),
			(Balance::MAX, Balance::MAX)
		);
	}

	proptest! {
		#[test]
		fn stake_for_a_value_is_the_least(
			magnitude in 1u64..=500_000_000_000_000_000,
			fall in 0u64..400_000_000_000_000_000,
			frozen in 0u128..1 << 90,
			value in 1u128..1 << 90,
		) {
			let whole = quern_primitives::WHOLE - fall;
			let magnitude = magnitude.min(whole / 2);
			let (exposed, counted) = stake_for(magnitude, whole, frozen, value);
			let worth = |exposed, counted| allocation_value(magnitude, whole, exposed, frozen, counted);
			prop_assert!(worth(exposed, counted) >= value);
			prop_assert!(worth(exposed - 1, counted) < value);
			prop_assert!(worth(exposed, counted - 1) < value);
		}

		#[test]
		fn other_allocations_keep_their_value(
			stake in 1u128..1 << 100,
			magnitude in 1u64..=500_000_000_000_000_000,
			other in 1u64..=500_000_000_000_000_000,
			ppm in 0u128..=1_000_000,
		) {
			let whole = quern_primitives::WHOLE;
			let taken = part_floor(allocated(stake, magnitude, whole), ppm, 1_000_000);
			let fall = magnitude_fall(magnitude, whole, taken, stake);
			prop_assert!(fall <= magnitude);
			let (before, after) = (allocated(stake, other, whole), allocated(stake - taken, other, whole - fall));
			// The fall is rounded up by less than one part of the whole.
			prop_assert!(after + 1 >= before && after - before.min(after) <= stake / u128::from(whole - fall) + 1);
			// What is left of the class is worth no more than before without what was taken, but for that.
			let left = allocated(stake - taken, magnitude - fall, whole - fall);
			prop_assert!(left <= allocated(stake, magnitude, whole) - taken);
		}
	}
}
