//! Stake.

use super::*;

fn amount_of(name: &'static str, amount: Balance) -> Call {
	Call::new("Restaking", name, [("amount", number(amount))])
}

fn operator_of(operator: Option<&AccountId>) -> (&'static str, Value) {
	("operator", option(operator.map(|operator| bytes(operator.0))))
}

fn rate(rate: Perbill) -> (&'static str, Value) {
	("commission", number(rate.0))
}

fn mode_of(mode: RewardMode) -> (&'static str, Value) {
	("mode", Value::unnamed_variant(mode.name(), []))
}

/// Makes the signer an operator with `bond` planck of its own.
pub fn register_operator(bond: Balance, commission: Perbill) -> Call {
	Call::new(
		"Restaking",
		"register_operator",
		[("bond", number(bond)), rate(commission)],
	)
}

/// Adds `amount` planck to the signer's own bond.
pub fn bond_more(amount: Balance) -> Call {
	amount_of("bond_more", amount)
}

/// Takes `amount` planck out of the signer's own bond; it can be withdrawn after the unbonding period.
pub fn unbond(amount: Balance) -> Call {
	amount_of("unbond", amount)
}

/// Pays out what has unbonded: of a delegation, or of the signer's own bond.
pub fn withdraw(operator: Option<&AccountId>) -> Call {
	Call::new("Restaking", "withdraw", [operator_of(operator)])
}

/// No longer a candidate for the validator set.
pub fn chill() -> Call {
	Call::new("Restaking", "chill", [])
}

/// A candidate for the validator set.
pub fn validate() -> Call {
	Call::new("Restaking", "validate", [])
}

/// Delegates `amount` planck to an operator.
pub fn delegate(operator: &AccountId, amount: Balance, mode: RewardMode) -> Call {
	Call::new(
		"Restaking",
		"delegate",
		[
			("operator", bytes(operator.0)),
			("amount", number(amount)),
			mode_of(mode),
		],
	)
}

/// Takes shares out of a delegation, or all of that mode.
pub fn undelegate(operator: &AccountId, mode: RewardMode, shares: Option<Balance>) -> Call {
	Call::new(
		"Restaking",
		"undelegate",
		[
			("operator", bytes(operator.0)),
			mode_of(mode),
			("shares", option(shares.map(number))),
		],
	)
}

/// Sets the signer's commission; a rise is announced.
pub fn set_commission(commission: Perbill) -> Call {
	Call::new("Restaking", "set_commission", [rate(commission)])
}

/// Sets how a delegation, or the signer's own bond, takes its rewards.
pub fn set_reward_mode(operator: Option<&AccountId>, mode: RewardMode) -> Call {
	Call::new("Restaking", "set_reward_mode", [operator_of(operator), mode_of(mode)])
}

/// Pays out rewards that wait: of a delegation, or of the signer's own bond and commission.
pub fn claim(operator: Option<&AccountId>) -> Call {
	Call::new("Restaking", "claim", [operator_of(operator)])
}

/// Sets how much of the signer's stake answers for jobs of a class.
pub fn allocate(class: ClassId, magnitude: Magnitude) -> Call {
	Call::new(
		"Restaking",
		"allocate",
		[("class", number(class)), ("magnitude", number(magnitude))],
	)
}

/// Begins to leave, or goes on with it.
pub fn leave() -> Call {
	Call::new("Restaking", "leave", [])
}

fn shares_of(name: &'static str, operator: &AccountId, shares: Balance) -> Call {
	Call::new(
		"Restaking",
		name,
		[("operator", bytes(operator.0)), ("shares", number(shares))],
	)
}

/// Turns compounding shares into liquid ones, which can be sent.
pub fn liquify(operator: &AccountId, shares: Balance) -> Call {
	shares_of("liquify", operator, shares)
}

/// Turns liquid shares into compounding ones.
pub fn solidify(operator: &AccountId, shares: Balance) -> Call {
	shares_of("solidify", operator, shares)
}
