//! Tests, a file for each call and one for each of the pallet's other promises.

mod aliases;
mod appeal;
mod cap;
mod conduct;
mod defaults;
mod execution;
mod policy;
mod propose;
mod queue;
mod random;
mod release;
mod ruling;
mod try_state;

use crate::{mock::*, *};
use polkadot_sdk::{
	frame_support::{
		assert_noop, assert_ok,
		traits::{fungible::Mutate, tokens::Preservation, Hooks},
		weights::Weight,
	},
	sp_runtime::{DispatchError, TokenError},
};
use quern_primitives::ports::{Conduct, Fault, NewSlash, Slasher};

type E = Error<Test>;

/// Signed by `who`.
fn by(who: mock::AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The council.
fn council() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

/// Proposes through the port, and says what came of it.
fn try_propose(slash: NewSlash<mock::AccountId>) -> Result<SlashId, DispatchError> {
	<Slashing as Slasher<mock::AccountId>>::propose(slash)
}

/// The numbers of the slashes that were executed since events were last taken, in order.
fn executed() -> Vec<SlashId> {
	take_events()
		.into_iter()
		.filter_map(|event| match event {
			Event::Slashed { id, .. } => Some(id),
			_ => None,
		})
		.collect()
}

/// The last execution of a slash: own, delegated, burned, victim, finder, thawed, left.
fn last_slashed() -> [Balance; 7] {
	take_events()
		.into_iter()
		.rev()
		.find_map(|event| match event {
			Event::Slashed {
				own,
				delegated,
				burned,
				to_victim,
				to_finder,
				thawed,
				left,
				..
			} => Some([own, delegated, burned, to_victim, to_finder, thawed, left]),
			_ => None,
		})
		.expect("something was executed")
}
