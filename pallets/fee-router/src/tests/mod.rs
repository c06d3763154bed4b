//! Tests of the router.

mod empty_jar;
mod eras;
mod fees;
mod insurance;
mod try_state;

use crate::{mock::*, *};
use frame_support::traits::{
	fungible::{Balanced, Inspect},
	tokens::{Fortitude, Precision, Preservation},
	OnUnbalanced,
};
use quern_primitives::ports::Ledger;

/// Takes `amount` out of account 1.
fn take(amount: Balance) -> CreditOf<Test> {
	Balances::withdraw(
		&account(1),
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.expect("account 1 is endowed")
}

/// What an account has above its endowment.
fn gained(who: &polkadot_sdk::sp_runtime::AccountId32) -> Balance {
	Balances::balance(who) - ENDOWMENT
}

/// The pallet's events so far.
fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}
