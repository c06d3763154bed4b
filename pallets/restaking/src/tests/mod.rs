//! Tests of bonds, validators and slashes.

mod bonds;
mod calls;
mod offences;
mod session;
mod try_state;

use crate::{mock::*, *};
use polkadot_sdk::{
	frame_support::{assert_noop, assert_ok, BoundedVec},
	sp_runtime::{DispatchError, TokenError},
};
use quern_primitives::ports::Bonds;

/// The signed origin of an account.
fn by(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}
