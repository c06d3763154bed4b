//! What to do about the chain's errors.

mod capacity;
mod jobs;
mod market;
mod stake;

/// `(pallet or "" for any, error, what to do)`.
pub type Hint = (&'static str, &'static str, &'static str);

/// All of them; the first that fits is the one to give.
pub const HINTS: &[&[Hint]] = &[jobs::HINTS, market::HINTS, capacity::HINTS, stake::HINTS, COMMON];

/// Of the SDK's own, and of those that several pallets share.
const COMMON: &[Hint] = &[
	(
		"",
		"NoPool",
		"`quern pool show` lists the pools there are; a provider opens one with `quern provider open-pool`",
	),
	(
		"",
		"FundsUnavailable",
		"fund the account, or ask for less; `quern account` shows what is free",
	),
	(
		"",
		"BelowMinimum",
		"leave at least the existential deposit in each account",
	),
	(
		"",
		"NotExpendable",
		"leave at least the existential deposit in the account",
	),
	(
		"",
		"BadOrigin",
		"this account may not make that call; sign with the account that may",
	),
	(
		"Balances",
		"InsufficientBalance",
		"fund the account, or ask for less; `quern account` shows what is free",
	),
];
