//! Ports: what the pallets need of one another. The runtime wires them.

mod market;
mod stake;

pub use market::*;
pub use stake::*;

use crate::*;
use alloc::vec::Vec;
use polkadot_sdk::{
	frame_support::weights::Weight,
	sp_core::{sr25519::Public, H256},
	sp_runtime::{DispatchError, DispatchResult},
};

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
	/// node, and of which `may_take` holds, with weight = unassigned obligation. Reads only. It asks a
	/// bounded number of them: with another seed it may find one where it found none.
	fn draw(demand: &Demand, seed: H256, may_take: &mut dyn FnMut(&AccountId) -> bool) -> Option<Placement<AccountId>>;
	/// What a draw weighs at most, if asking `may_take` of one provider weighs `asking`.
	fn draw_weight(asking: Weight) -> Weight;
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
	/// A provider failed in a job of the class that it had acknowledged: its reputation there is gone.
	fn faulted(provider: &AccountId, class: ClassId);
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
	/// A batch left so many planck of its fees in the class's pool, for the LPs.
	fn lp_fees(class: ClassId, amount: Balance);
}

/// The insurance fund. Implemented by `pallet-fee-router`.
pub trait Insurance<AccountId> {
	/// The account in which it lies.
	fn account() -> AccountId;
	/// Pays `who` up to `amount` planck out of it. Returns what it paid: less if there is less.
	fn pay(who: &AccountId, amount: Balance) -> Balance;
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
	// It asks nobody.
	fn draw_weight(_: Weight) -> Weight {
		Weight::zero()
	}
	fn occupy(_: &Placement<AccountId>, _: &Demand) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn vacate(_: &Placement<AccountId>, _: &Demand) {}
	fn deliver(_: &AccountId, _: ClassId, _: &AccountId, _: GpuTime) -> Result<Balance, DispatchError> {
		Err(DispatchError::Unavailable)
	}
	fn faulted(_: &AccountId, _: ClassId) {}
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
	fn lp_fees(_: ClassId, _: Balance) {}
}
