//! Tests, a file for each call and each port.

mod absence;
mod alias;
mod attested;
mod backing;
mod buy_back;
mod capacity;
mod closing;
mod collateral;
mod deregister_node;
mod genesis;
mod liquidity;
mod novation;
mod offer_capacity;
mod open_pool;
mod pause_node;
mod register_class;
mod register_node;
mod register_provider;
mod scenarios;
mod try_state;

pub(super) use crate::{mock::*, types::*, Error, Event};
pub(super) use polkadot_sdk::{
	frame_support::{assert_noop, assert_ok},
	sp_runtime::{DispatchError, FixedU128},
};
pub(super) use quern_primitives::ports::{Capacity as _, Nodes as _, Verdict};
