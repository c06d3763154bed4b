//! Tests of rewards.

mod author_fees;
mod era_end;
mod history;
mod machine;
mod payout;
mod points;
mod try_state;

use crate::{mock::*, *};
use frame_support::{
	traits::{fungible::Inspect, Hooks},
	weights::Weight,
};
use polkadot_sdk::pallet_authorship::EventHandler;
use quern_primitives::ports::Duties;

/// The points of the validator of a number in the era that runs.
fn points_of(n: u8) -> u64 {
	Points::<Test>::get(Rewards::running_era().payout.era, account(n))
}

/// What the reserve has above the existential deposit.
fn reserve() -> Balance {
	Balances::balance(&Rewards::reserve_account()) - ED
}

/// What the stakers' pot has above the existential deposit.
fn pot() -> Balance {
	Balances::balance(&StakerPot::get()) - ED
}

/// What the pallet's account has above the existential deposit.
fn kept() -> Balance {
	Balances::balance(&Rewards::account_id()) - ED
}
