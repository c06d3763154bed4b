//! One file for each call, one for clearing, one for the invariants, one for whole stories.

use crate::{mock::*, *};
use polkadot_sdk::frame_support::{
	assert_noop, assert_ok,
	traits::{fungible::Mutate as _, tokens::Preservation::Expendable, Hooks as _},
};
use quern_primitives::{
	ports::{AttestedFlow, Congestion, Liquidity, LiquidityOutcome, Market, NewLiquidity, OnLiquidity, OnOrder},
	units::QRN,
	Balance, BlockNumber, ClassId, GpuTime, NewOrder, OrderId, OrderRef, Price, Purpose, Side, Window, WorkConstraints,
};

mod book;
mod breakers;
mod cancel_order;
mod carry;
mod clearing;
mod collect;
mod congestion;
mod create_pool;
mod ends;
mod liquidity;
mod oracle;
mod place_order;
mod ports;
mod scenarios;
mod substitution;
mod treasury;
mod try_state;
mod types;
