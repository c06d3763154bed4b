//! One file for each call, one for clearing, one for the invariants, one for whole stories.

use crate::{mock::*, *};
use polkadot_sdk::frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Mutate as _, tokens::Preservation::Expendable},
};
use quern_primitives::{ports::Market, units::QRN, Balance, GpuTime, NewOrder, OrderId, OrderRef, Purpose, Side};

mod cancel_order;
mod clearing;
mod collect;
mod create_pool;
mod liquidity;
mod oracle;
mod place_order;
mod scenarios;
mod try_state;
mod types;
