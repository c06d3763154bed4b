//! The formulas.

use super::*;
use crate::policy::*;
use polkadot_sdk::sp_runtime::Perbill;
use proptest::prelude::*;

#[test]
fn liveness_penalties_rise_and_are_capped_twice() {
	for (faults, daily, own, size, expected) in [
		(1, 1_000, 100_000, 10_000, 100),
		(2, 1_000, 100_000, 10_000, 200),
		(3, 1_000, 100_000, 10_000, 400),
		(4, 1_000, 100_000, 10_000, 800),
		(5, 1_000, 100_000, 10_000, 1_000),
		(6, 1_000, 100_000, 10_000, 1_000),
		(99, 1_000, 100_000, 10_000, 1_000),
		// 8.5 % of the own stake, rounded down.
		(5, 1_000, 10_000, 10_000, 850),
		(5, 1_000, 100, 10_000, 8),
		(5, 1_000, 0, 10_000, 0),
		// The job's size.
		(5, 1_000, 100_000, 77, 77),
		(1, 9, 100_000, 10_000, 0),
		(
			5,
			Balance::MAX,
			Balance::MAX,
			Balance::MAX,
			LIVENESS_CAP.mul_floor(Balance::MAX),
		),
	] {
		assert_eq!(liveness_penalty(faults, daily, own, size), expected, "fault {faults}");
	}
	assert_eq!(LIVENESS_CAP, Perbill::from_rational(85u32, 1_000));
}

#[test]
fn jail_doubles_from_the_third_fault() {
	let table = [0, 0, 0, 1, 2, 4, 8, 16, 16, 16];
	for (faults, days) in table.into_iter().enumerate() {
		assert_eq!(jail_days(faults as u32), days, "fault {faults}");
	}
	assert_eq!((jail_days(34), jail_days(35), jail_days(u32::MAX)), (16, 16, 16));
}

#[test]
fn one_fault_is_forgotten_for_each_day_between() {
	for (faults, counted_on, today, left) in [
		(3, 10, 10, 3),
		(3, 10, 11, 3),
		(3, 10, 12, 2),
		(3, 10, 13, 1),
		(3, 10, 14, 0),
		(3, 10, 99, 0),
		(0, 0, u32::MAX, 0),
	] {
		assert_eq!(faults_left(faults, counted_on, today), left);
	}
}

#[test]
fn an_offence_is_slashable_through_the_last_era_of_the_window() {
	for (of, now, slashable) in [
		(0, 0, true),
		(0, 12, true),
		(0, 13, false),
		(5, 17, true),
		(5, 18, false),
	] {
		assert_eq!(is_slashable(of, now, 12), slashable, "offence in {of}, now {now}");
	}
	assert!(is_slashable(u32::MAX, u32::MAX, 12));
}

#[test]
fn the_cap_is_a_twentieth_and_never_nothing() {
	for (stake, cap) in [(1, 1), (19, 1), (20, 1), (21, 2), (1_000, 50), (150_000, 7_500)] {
		assert_eq!(era_cap(stake), cap);
	}
	assert_eq!(era_cap(0), Balance::MAX);
	assert!(era_cap(Balance::MAX) <= Balance::MAX / 20 + 1);
}

#[test]
fn payouts_by_table() {
	for (own, delegated, loss, found, expected) in [
		(100, 50, 0, false, (0, 0, 150)),
		(100, 50, 0, true, (20, 0, 130)),
		(100, 50, 30, true, (20, 30, 100)),
		(100, 50, 130, true, (20, 130, 0)),
		(100, 50, 1_000, true, (20, 130, 0)),
		(100, 50, 1_000, false, (0, 150, 0)),
		(0, 50, 0, true, (0, 0, 50)),
		(0, 50, 20, true, (0, 20, 30)),
		(4, 0, 0, true, (0, 0, 4)),
		(0, 0, 20, true, (0, 0, 0)),
	] {
		let got = payouts(&parts(own, delegated), loss, found);
		assert_eq!(
			(got.finder, got.victim, got.burned),
			expected,
			"{own} + {delegated}, loss {loss}"
		);
	}
}

/// Rolling day by day or at once comes to the same.
fn roll(record: Record, days: &[u32]) -> Record {
	days.iter().fold(record, |record, day| record.at(*day))
}

proptest! {
	#[test]
	fn payouts_sum_to_what_was_taken(own in 0..u128::MAX / 2, delegated in 0..u128::MAX / 2, loss: u128, found: bool) {
		let got = payouts(&parts(own, delegated), loss, found);
		prop_assert_eq!(got.finder + got.victim + got.burned, own + delegated);
		prop_assert!(got.finder <= own / 5);
		prop_assert!(got.victim <= loss);
	}

	/// Operator, finder, victim and a part of the delegators are one. It loses its own bond, its part of
	/// what came from delegations, and what it lost as the victim. It never gains, and breaks even only
	/// where it had nothing at stake or its loss alone was made good.
	#[test]
	fn no_set_of_aliases_gains(
		own in 0u128..1 << 100,
		delegated in 0u128..1 << 100,
		loss in 0u128..1 << 100,
		of_delegations in 0u32..=1_000_000_000,
		found: bool,
	) {
		let got = payouts(&parts(own, delegated), loss, found);
		let at_stake = own + Perbill::from_parts(of_delegations).mul_floor(delegated);
		let (paid_in, paid_out) = (at_stake + loss, got.finder + got.victim);
		prop_assert!(paid_out <= paid_in);
		prop_assert!(paid_out < paid_in || (at_stake == 0 && got.victim == loss));
	}

	#[test]
	fn a_penalty_keeps_its_bounds(faults in 1u32..20, daily: u128, own: u128, size: u128) {
		let penalty = liveness_penalty(faults, daily, own, size);
		prop_assert!(penalty <= daily && penalty <= size && penalty <= own / 1_000 * 85 + 85);
		prop_assert!(penalty <= liveness_penalty(faults + 1, daily, own, size));
	}

	#[test]
	fn a_record_does_not_depend_on_how_often_it_is_looked_at(
		day in 0u32..5,
		faults in 0u32..=FAULT_WINDOW,
		mut days in proptest::collection::vec(5u32..30, 1..8),
		jailed: bool,
	) {
		days.sort();
		let record = Record {
			day,
			earned_today: 7,
			earned_yesterday: 9,
			faults,
			counted_on: day,
			jailed_until: jailed.then_some(1),
		};
		let (often, once) = (roll(record, &days), record.at(days[days.len() - 1]));
		prop_assert_eq!((often.faults, often.daily()), (once.faults, once.daily()));
		prop_assert_eq!(often.jailed_until, once.jailed_until);
	}
}
