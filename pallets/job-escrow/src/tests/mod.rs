//! Tests, a file for each call and one for each of the pallet's other promises.

mod accept;
mod acknowledge;
mod base_fee;
mod bids;
mod cancel;
mod conduct;
mod draw;
mod integrity;
mod on_return;
mod policy;
mod queue;
mod random;
mod reject;
mod request_job;
mod sizes;
mod submit;
mod transition;
mod try_state;

use crate::{mock::*, *};
use polkadot_sdk::{
	frame_support::{assert_noop, assert_ok},
	sp_runtime::{DispatchError, TokenError},
};
use quern_primitives::{
	ports::{BondSize, BondUse},
	OrderId,
};

type E = Error<Test>;

/// Signed by `who`.
fn by(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// The bid of a job.
fn order_of(id: JobId) -> OrderId {
	match state(id) {
		JobState::Bidding { order: Some(order), .. } => order,
		other => panic!("no bid: {other:?}"),
	}
}

/// The client of a job that ended without having run has everything, but for `fee`.
fn assert_all_back(id: JobId, fee: Balance) {
	let job = job(id);
	assert_eq!(job.fee_charged, fee);
	assert_eq!(job.claims_held, 0);
	assert_eq!(claims(job.client), job.bought + job.supplied);
	assert_eq!(claims(escrow()), 0);
	assert_eq!(fee_hold(job.client), 0);
	assert_eq!(tokens(job.client), RICH - job.paid - fee);
	assert_eq!(tokens(FEES), 1 + fee);
}
