//! Ports: what the pallets need of one another. The runtime wires them.

mod stake;

pub use stake::*;

use crate::*;
use alloc::vec::Vec;
use polkadot_sdk::{
	sp_core::{sr25519::Public, H256},
	sp_runtime::{DispatchError, DispatchResult},
};

/// The market, for the pallets that trade in it. Implemented by `pallet-compute-amm`.
pub trait Market<AccountId> {
	/// Puts an order into the batch that clears in the next block. Takes the payer's tokens
	/// (`limit`, for a buy) or claims (`gpu_time`, for a sell) into the market's account.
	fn place_order(order: NewOrder<AccountId>) -> Result<OrderId, DispatchError>;
	/// Takes an order out of the book; what did not fill goes back to its payer. The owner is not
	/// called back.
	fn cancel_order(class: ClassId, id: OrderId) -> DispatchResult;
	/// Creates the class's pool from `owner`'s tokens and claims; the shares are `owner`'s.
	fn create_pool(owner: &AccountId, class: ClassId, tokens: Balance, claims: GpuTime) -> DispatchResult;
	/// Whether the class has a pool.
	fn has_pool(class: ClassId) -> bool;
	/// `max(EMA_1h, EMA_24h)`: what claims are worth where no trade prices them. `None`: no pool.
	fn reference_price(class: ClassId) -> Option<Price>;
	/// Claims in the pool: what `pace` is a share of.
	fn reserve_claims(class: ClassId) -> GpuTime;
}

/// Who hears of an order's fate. Neither call may fail, nor call the market.
pub trait OnOrder {
	/// `gpu_time` of it filled for `tokens`: paid, fee included, or got, fee taken off. The assets
	/// are with the order's recipient already.
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance);
	/// It has left the book: filled, expired or evicted. `gpu_time` of it did not fill, and
	/// `returned` (tokens of a buy, claims of a sell) is back with its payer.
	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128);
}

/// A provider and one of its nodes, drawn for a job.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placement<AccountId> {
	/// The provider.
	pub provider: AccountId,
	/// Its node.
	pub node: NodeId,
}

/// Providers' capacity, for jobs. Implemented by `pallet-provider-registry`.
pub trait Capacity<AccountId> {
	/// Whether the class exists and takes new jobs.
	fn is_open(class: ClassId) -> bool;
	/// The class's floor cost of that much GPU time, in planck, rounded up.
	fn floor_cost(class: ClassId, gpu_time: GpuTime) -> Balance;
	/// Draws, from `seed`, one provider that owes enough unassigned claims, has a free attested
	/// node, and of which `may_take` holds, with weight = unassigned obligation. Reads only.
	fn draw(demand: &Demand, seed: H256, may_take: &mut dyn FnMut(&AccountId) -> bool) -> Option<Placement<AccountId>>;
	/// Sets node and obligation aside for a job.
	fn occupy(placement: &Placement<AccountId>, demand: &Demand) -> DispatchResult;
	/// Undoes `occupy`.
	fn vacate(placement: &Placement<AccountId>, demand: &Demand);
	/// Delivery: burns `gpu_time` claims out of `holder`'s account, lowers the provider's obligation
	/// by as much, and releases `floor(proceeds × gpu_time / obligations)` to it. Returns what was
	/// released. Call `vacate` first.
	fn deliver(
		provider: &AccountId,
		class: ClassId,
		holder: &AccountId,
		gpu_time: GpuTime,
	) -> Result<Balance, DispatchError>;
	/// Whether `who` may speak for the node: its provider, or the account of its own key.
	fn acts_for(who: &AccountId, node: NodeId) -> bool;
}

/// A node to be attested in a period.
#[derive(Clone, PartialEq, Eq, Debug, codec::Encode, codec::Decode, codec::MaxEncodedLen, scale_info::TypeInfo)]
pub struct AttestableNode<AccountId> {
	/// The node.
	pub node: NodeId,
	/// Its provider, whose own validator never attests it.
	pub operator: AccountId,
	/// Where it answers.
	pub endpoint: Endpoint,
	/// Its key.
	pub key: Public,
	/// Accelerators it registered.
	pub gpus: u32,
	/// Memory it registered, in MiB.
	pub memory_mib: u64,
}

/// What a quorum said of a node in a period.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub enum Verdict {
	/// It answered a quorum.
	Served,
	/// A quorum missed it.
	Missed,
	/// Neither: not billed, not penalised, no allowance.
	Unknown,
}

/// The nodes that attestors poll. Implemented by `pallet-provider-registry`.
pub trait Nodes<AccountId> {
	/// All nodes to attest, at most as many as the registry's bound.
	fn attestable() -> Vec<AttestableNode<AccountId>>;
	/// A period's verdict on a node, told once for each.
	fn attested(node: NodeId, period: Period, verdict: Verdict);
}

/// The books of fees. Implemented by `pallet-fee-router`.
pub trait Ledger {
	/// A job settled: the GPU time it used was worth `revenue` planck.
	fn job_settled(class: ClassId, revenue: Balance);
}

impl<AccountId> Market<AccountId> for () {
	fn place_order(_: NewOrder<AccountId>) -> Result<OrderId, DispatchError> {
		Err(DispatchError::Unavailable)
	}
	fn cancel_order(_: ClassId, _: OrderId) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn create_pool(_: &AccountId, _: ClassId, _: Balance, _: GpuTime) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn has_pool(_: ClassId) -> bool {
		false
	}
	fn reference_price(_: ClassId) -> Option<Price> {
		None
	}
	fn reserve_claims(_: ClassId) -> GpuTime {
		0
	}
}

impl OnOrder for () {
	fn filled(_: &OrderRef, _: GpuTime, _: Balance) {}
	fn closed(_: &OrderRef, _: GpuTime, _: u128) {}
}

impl<AccountId> Capacity<AccountId> for () {
	fn is_open(_: ClassId) -> bool {
		false
	}
	fn floor_cost(_: ClassId, _: GpuTime) -> Balance {
		0
	}
	fn draw(_: &Demand, _: H256, _: &mut dyn FnMut(&AccountId) -> bool) -> Option<Placement<AccountId>> {
		None
	}
	fn occupy(_: &Placement<AccountId>, _: &Demand) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn vacate(_: &Placement<AccountId>, _: &Demand) {}
	fn deliver(_: &AccountId, _: ClassId, _: &AccountId, _: GpuTime) -> Result<Balance, DispatchError> {
		Err(DispatchError::Unavailable)
	}
	fn acts_for(_: &AccountId, _: NodeId) -> bool {
		false
	}
}

impl<AccountId> Nodes<AccountId> for () {
	fn attestable() -> Vec<AttestableNode<AccountId>> {
		Vec::new()
	}
	fn attested(_: NodeId, _: Period, _: Verdict) {}
}

impl Ledger for () {
	fn job_settled(_: ClassId, _: Balance) {}
}
