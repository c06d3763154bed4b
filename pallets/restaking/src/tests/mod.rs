//! Tests of stake, validators and slashes.

mod allocations;
mod bonds;
mod delegations;
mod leave;
mod liquid;
mod offences;
mod operators;
mod random;
mod rewards;
mod session;
mod slashes;
mod try_state;
mod views;

use crate::{mock::*, *};
use polkadot_sdk::{
	frame_support::{assert_noop, assert_ok, BoundedVec},
	sp_runtime::{DispatchError, TokenError},
};
use quern_primitives::ports::{Bonds, SlashableStake};

/// The signed origin of an account.
fn by(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Parts of an amount.
fn parts(own: Balance, delegated: Balance) -> Parts {
	Parts { own, delegated }
}

/// One offence of one of four validators, in a slot of its own: 56.25 %.
fn equivocate(session: SessionIndex, slot: u64, offender: AccountId) {
	assert_ok!(report(Equivocation {
		session,
		slot,
		validators: 4,
		offender
	}));
}

/// One offence of one of so many.
fn equivocate_of(validators: u32, session: SessionIndex, offender: AccountId) {
	assert_ok!(report(Equivocation {
		session,
		slot: 1_000,
		validators,
		offender
	}));
}

/// Delegates, compounding.
fn delegate(who: AccountId, to: AccountId, amount: Balance) {
	assert_ok!(Restaking::delegate(by(who), to, amount, RewardMode::Compound));
}

/// Undelegates all compounding shares.
fn undelegate(who: AccountId, from: AccountId) {
	assert_ok!(Restaking::undelegate(by(who), from, RewardMode::Compound, None));
}
