//! Constants and formulas of bonds and slashes.

use crate::Operator;
use polkadot_sdk::sp_runtime::Perbill;
use quern_primitives::{Balance, EraIndex};

/// Parts of a bond that may wait to be withdrawn at a time. What is unbonded in one era is one part.
pub const MAX_UNBONDING: u32 = 32;

/// Sessions of an era, if genesis says nothing.
pub const DEFAULT_SESSIONS_PER_ERA: u32 = 6;

/// Past sessions whose exposures go at a session's start. More than one, so that the sessions of an
/// era, which become too old together, are gone before the next era's do.
pub const SESSIONS_PRUNED: u32 = 2;

/// Past slashes that go at a session's start.
pub const SLASHES_PRUNED: u32 = 32;

/// The era of a session.
pub fn era_of(session: u32, sessions_per_era: u32) -> EraIndex {
	session / sessions_per_era.max(1)
}

/// Whether an offence in the era `of` may still be slashed in the era `now`.
pub fn is_slashable(of: EraIndex, now: EraIndex, unbonding_eras: EraIndex) -> bool {
	of.saturating_add(unbonding_eras) >= now
}

/// The era in which bond can be withdrawn that was part of the stake in the era `of` and not later:
/// the first in which no offence in `of` is slashable.
pub fn withdrawable_in(of: EraIndex, unbonding_eras: EraIndex) -> EraIndex {
	of.saturating_add(unbonding_eras).saturating_add(1)
}

/// What is due for an offence: a fraction of the stake at its time, rounded down.
pub fn slash_due(stake: Balance, fraction: Perbill) -> Balance {
	fraction.mul_floor(stake)
}

/// Takes `amount` out of an operator's books and returns what was taken: from the active bond, then
/// from what is unbonding, youngest first, since it was part of the stake last. A part of which less
/// than `minimum`, the existential deposit, would be left is taken whole, since the pool account
/// could not hold that little; where there is not enough, all is taken.
pub fn slash<AccountId>(operator: &mut Operator<AccountId>, amount: Balance, minimum: Balance) -> Balance {
	let before = operator.total();
	let mut due = amount;
	let mut take = |part: &mut Balance| {
		let rest = part.saturating_sub(due);
		due = due.saturating_sub(*part);
		*part = if rest < minimum { 0 } else { rest };
	};
	take(&mut operator.active);
	operator
		.unbonding
		.iter_mut()
		.rev()
		.for_each(|part| take(&mut part.amount));
	operator.unbonding.retain(|part| part.amount > 0);
	before.saturating_sub(operator.total())
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::Unbonding;
	use polkadot_sdk::frame_support::BoundedVec;
	use proptest::prelude::*;

	fn operator(active: Balance, parts: &[Balance]) -> Operator<u64> {
		let unbonding = parts.iter().enumerate();
		let unbonding = unbonding.map(|(i, amount)| Unbonding {
			amount: *amount,
			withdrawable_in: i as u32,
		});
		Operator {
			active,
			unbonding: BoundedVec::truncate_from(unbonding.collect()),
			..Operator::new(0)
		}
	}

	#[test]
	fn money_leaves_when_the_last_offence_it_answers_for_is_too_old() {
		for (of, unbonding_eras) in [(0, 0), (3, 0), (3, 7)] {
			let leaves = withdrawable_in(of, unbonding_eras);
			assert!(is_slashable(of, leaves - 1, unbonding_eras));
			assert!(!is_slashable(of, leaves, unbonding_eras));
		}
	}

	#[test]
	fn one_offender_of_four_loses_fifty_six_and_a_quarter_percent() {
		let fraction = Perbill::from_rational(3u32, 4).square();
		assert_eq!(slash_due(1_000_000, fraction), 562_500);
		assert_eq!(slash_due(3, fraction), 1);
	}

	#[test]
	fn active_goes_first_then_the_youngest() {
		let table: [(Balance, Balance, Balance, &[Balance]); 7] = [
			// amount, taken, active left, unbonding left
			(0, 0, 100, &[50, 30]),
			(60, 60, 40, &[50, 30]),
			(95, 100, 0, &[50, 30]),
			(100, 100, 0, &[50, 30]),
			(110, 110, 0, &[50, 20]),
			(125, 130, 0, &[50]),
			(500, 180, 0, &[]),
		];
		for (amount, taken, active, parts) in table {
			let mut o = operator(100, &[50, 30]);
			assert_eq!(slash(&mut o, amount, 10), taken, "slash of {amount}");
			assert_eq!(o.active, active, "slash of {amount}");
			assert_eq!(
				o.unbonding.iter().map(|part| part.amount).collect::<Vec<_>>(),
				parts,
				"slash of {amount}"
			);
		}
	}

	proptest! {
		#[test]
		fn a_slash_takes_what_is_due_and_less_than_a_minimum_more(
			active in prop_oneof![Just(0u128), 10u128..1_000],
			parts in proptest::collection::vec(10u128..1_000, 0..5),
			amount in 0u128..5_000,
		) {
			let mut o = operator(active, &parts);
			let before = o.total();
			let taken = slash(&mut o, amount, 10);
			prop_assert_eq!(o.total(), before - taken);
			prop_assert!(taken >= amount.min(before) && taken < amount + 10);
			prop_assert!(o.active == 0 || o.active >= 10);
			prop_assert!(o.unbonding.iter().all(|part| part.amount >= 10));
		}
	}
}
