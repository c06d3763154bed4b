//! Constants and formulas of slashes, liveness penalties and jail. Their source is the design,
//! sections 5 and 6.

use polkadot_sdk::sp_runtime::Perbill;
use quern_primitives::{Balance, EraIndex, Parts};

/// The most of what came from the operator's own bond that its finder gets. More, or a share of what
/// came from delegations, would let an operator with an alias as finder collect its delegators' stake.
pub const FINDER_SHARE: Perbill = Perbill::from_percent(20);

/// What of all stake that counts compute slashes may take in an era, so that a fault in one class
/// cannot take the chain's security. What exceeds it stays frozen and waits.
pub const ERA_CAP: Perbill = Perbill::from_percent(5);

/// The most of the operator's own stake that one liveness penalty takes.
pub const LIVENESS_CAP: Perbill = Perbill::from_parts(85_000_000);

/// What of its daily earnings an operator loses by its first, second, ... fault in the window. The
/// last holds for every further one.
pub const LIVENESS_FRACTIONS: [Perbill; 5] = [
	Perbill::from_percent(10),
	Perbill::from_percent(20),
	Perbill::from_percent(40),
	Perbill::from_percent(80),
	Perbill::from_percent(100),
];

/// Days without a fault after which all faults are forgotten, one a day. No more faults are counted
/// than that.
pub const FAULT_WINDOW: u32 = 7;

/// From this fault in the window on, an operator is jailed.
pub const JAIL_FROM: u32 = 3;

/// The longest that liveness faults jail, in days.
pub const JAIL_DAYS_MAX: u32 = 16;

/// How long a wrong result jails, in days.
pub const JAIL_DAYS_WRONG: u32 = 7;

/// Slashes executed at the start of a block, at most. More are where a block has room left.
pub const STEPS_PER_SLICE: u32 = 2;

/// Empty eras that the queue's cursor passes at the start of a block, at most.
pub const ERAS_PER_SLICE: u32 = 4;

/// Whether an offence in the era `of` may still be slashed in the era `now`.
pub fn is_slashable(of: EraIndex, now: EraIndex, challenge_eras: EraIndex) -> bool {
	// Saturating: the last era is never reached.
	of.saturating_add(challenge_eras) >= now
}

/// What compute slashes may take in an era that found `stake` in all, in planck. Rounded up, so that it
/// is never nothing.
///
/// With no stake that counts there is nothing left to keep, and all may go: a cap of zero would hold
/// what is frozen for ever.
pub fn era_cap(stake: Balance) -> Balance {
	if stake == 0 {
		return Balance::MAX;
	}
	ERA_CAP.mul_ceil(stake)
}

/// Who gets what of a slash, in planck. The three sum to what was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Payouts {
	/// To the finder, out of the operator's own bond.
	pub finder: Balance,
	/// To the victim, own bond first.
	pub victim: Balance,
	/// Burned.
	pub burned: Balance,
}

/// Splits what was taken: to the finder, if there is one, its share of the own bond; to the victim at
/// most its `loss`, out of what is left; the rest is burned.
///
/// Since a victim gets no more than it lost and a finder a fifth of what the operator lost, no set of
/// aliases (operator, victim, finder, delegator) gets as much out as it put in. That rests on `loss`
/// being lost: what the operator was paid and keeps is no loss of a client that is its alias.
pub fn payouts(taken: &Parts, loss: Balance, found: bool) -> Payouts {
	let finder = if found { FINDER_SHARE.mul_floor(taken.own) } else { 0 };
	// Saturating: a share of a part of the sum.
	let rest = taken.total().saturating_sub(finder);
	let victim = loss.min(rest);
	Payouts {
		finder,
		victim,
		burned: rest.saturating_sub(victim),
	}
}

/// The penalty for the `faults`th fault in the window, counted from one, in planck: a fraction of
/// daily earnings, at most [`LIVENESS_CAP`] of the own stake, at most the slash reserved for the job.
pub fn liveness_penalty(faults: u32, daily: Balance, own_stake: Balance, size: Balance) -> Balance {
	let place = faults.saturating_sub(1) as usize;
	let fraction = LIVENESS_FRACTIONS.get(place).copied().unwrap_or(Perbill::one());
	fraction
		.mul_floor(daily)
		.min(LIVENESS_CAP.mul_floor(own_stake))
		.min(size)
}

/// How many of `faults`, counted on the day `counted_on`, are left on the day `today`: each day in
/// between without a fault takes one off.
pub fn faults_left(faults: u32, counted_on: u32, today: u32) -> u32 {
	faults.saturating_sub(clean_days(counted_on, today))
}

/// Whole days between two days, neither of them counted.
pub fn clean_days(from: u32, to: u32) -> u32 {
	to.saturating_sub(from).saturating_sub(1)
}

/// For how many days the `faults`th fault in the window jails: none before [`JAIL_FROM`], then one,
/// doubling up to [`JAIL_DAYS_MAX`].
pub fn jail_days(faults: u32) -> u32 {
	match faults.checked_sub(JAIL_FROM) {
		None => 0,
		Some(times) => 1u32.checked_shl(times).unwrap_or(JAIL_DAYS_MAX).min(JAIL_DAYS_MAX),
	}
}
