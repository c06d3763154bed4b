//! What enemies try: each call refused with its error, at the cost of its own fee and of nothing else.
//!
//! - `jobs`, `market`, `capacity`, `attestation`, `stake`: a pallet each;
//! - `tokens`: ways around the books of tokens and assets;
//! - `proxies`: what an agent may do for another;
//! - `numbers`: absurd ones.

mod attestation;
mod capacity;
mod jobs;
mod market;
mod numbers;
mod proxies;
mod stake;
mod tokens;

use crate::common::*;
use pallet_compute_amm::{Call as Amm, Error as AmmError};
use pallet_job_escrow::Error as EscrowError;
use pallet_provider_registry::Error as RegistryError;
use pallet_restaking::Error as StakingError;
use polkadot_sdk::pallet_balances;
use quern_primitives::{units::QRN, BlockNumber, GpuTime, Side};
use quern_runtime::*;

pub type Escrows = EscrowError<Runtime>;
pub type Markets = AmmError<Runtime>;
pub type Registries = RegistryError<Runtime>;
pub type Stakings = StakingError<Runtime>;

/// Nobody of importance.
pub fn eve() -> User {
	user("Eve")
}

/// Refused, with whatever error another pallet has for it, and nothing but the fee is gone.
pub fn refused_somehow(chain: &mut Chain, who: &User, call: impl Into<RuntimeCall>) {
	let call = call.into();
	let said = format!("{call:?}");
	chain.make_room();
	let (block, before, tokens) = (now(), balances(), claims());
	let applied = chain.submit(who, call);
	assert!(applied.result.is_err(), "{said:.300}");
	assert_eq!(now(), block, "no room");
	let mut expected = before;
	*expected.get_mut(&who.id).expect("a payer") -= applied.fee;
	// The author's part, which its stake gets at the end of the block.
	*expected.entry(ValidatorRewards::account_id()).or_default() += applied.fee / 5;
	assert_eq!(balances(), expected, "{said:.300}");
	assert_eq!(claims(), tokens, "{said:.300}");
}

pub fn buy(gpu_time: GpuTime, limit: u128, expires_in: Option<BlockNumber>) -> Amm<Runtime> {
	Amm::place_order {
		class: CPU,
		side: Side::Buy,
		gpu_time,
		limit,
		expires_in,
		recipient: None,
	}
}

pub fn sell(gpu_time: GpuTime, limit: u128, expires_in: Option<BlockNumber>) -> Amm<Runtime> {
	Amm::place_order {
		class: CPU,
		side: Side::Sell,
		gpu_time,
		limit,
		expires_in,
		recipient: None,
	}
}

pub fn transfer(to: &AccountId, value: u128) -> pallet_balances::Call<Runtime> {
	pallet_balances::Call::transfer_allow_death {
		dest: Address::Id(to.clone()),
		value,
	}
}

/// The number of the order that was placed last.
pub fn last_order() -> u64 {
	ComputeAmm::orders(CPU).last().expect("an order").id
}

/// Claims for `who`, bought in the market.
pub fn give_claims(chain: &mut Chain, who: &User, gpu_time: GpuTime) {
	chain.ok(who, buy(gpu_time, 3 * QRN, None));
	chain.next();
	assert_eq!(claims_of(&who.id), gpu_time);
}
