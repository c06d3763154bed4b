//! What the registry stores.

use crate::Config;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::ConstU32, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound},
	sp_core::sr25519::Public,
	sp_runtime::BoundedVec,
};
use quern_primitives::{Balance, ClassId, Endpoint, GpuTime, NodeId, Period, Price};
use scale_info::TypeInfo;

/// A class's name: 1 to 32 of `a-z`, `0-9`, `-`, e.g. `h100-80g`.
pub type ClassName = BoundedVec<u8, ConstU32<32>>;

/// A class at genesis: name, floor price in planck per millisecond, and the opening's price (planck
/// per millisecond) and greatest GPU time (milliseconds), if its pool is to be opened by the treasury.
pub type GenesisClass = (alloc::string::String, Price, Option<(Price, GpuTime)>);

/// The one-time terms on which the treasury opens a class's pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opening {
	/// What the treasury pays for the first claims, and so the pool's first price, in planck per
	/// millisecond.
	pub price: Price,
	/// The most GPU time it buys, in milliseconds.
	pub max_gpu_time: GpuTime,
}

/// A hardware class.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Class {
	/// Its name, unlike any other's.
	pub name: ClassName,
	/// Floor cost of its GPU time, in planck per millisecond.
	pub floor_price: Price,
	/// Terms on which the treasury opens its pool, until somebody takes them up.
	pub opening: Option<Opening>,
}

/// An operator that offers GPU time.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, DefaultNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Provider<T: Config> {
	/// Its nodes, of all classes.
	pub nodes: BoundedVec<NodeId, T::MaxNodesPerProvider>,
}

/// Where a node is in its life; see [`crate::transition`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum NodeState {
	/// Not served yet since it was registered or resumed: polled, but earns nothing and gets no job.
	Pending,
	/// A quorum saw it serve.
	Active,
	/// Taken out by its provider: not polled, earns nothing, gets no job.
	Paused,
}

/// One machine of a provider.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Node<AccountId> {
	/// Its provider.
	pub provider: AccountId,
	/// Its class.
	pub class: ClassId,
	/// Accelerators in it.
	pub gpus: u32,
	/// Memory of all accelerators together, in MiB (main memory, for a class with no GPU).
	pub memory_mib: u64,
	/// Where it answers.
	pub endpoint: Endpoint,
	/// The key it signs with.
	pub key: Public,
	/// Where it is in its life.
	pub state: NodeState,
	/// The last period in which a quorum saw it serve.
	pub last_served: Option<Period>,
	/// The last period of which a verdict was told.
	pub last_told: Option<Period>,
	/// Periods missed since registration (a count).
	pub missed: u32,
	/// Accelerators that jobs occupy.
	pub occupied: u32,
}

impl<AccountId> Node<AccountId> {
	/// Whether a quorum saw it serve lately enough to count, at period `current`.
	pub fn is_attested(&self, current: Period) -> bool {
		self.state == NodeState::Active
			&& self
				.last_served
				.is_some_and(|last| crate::policy::is_fresh(last, current))
	}

	/// Accelerators that no job occupies.
	pub fn free_gpus(&self) -> u32 {
		// `occupied <= gpus` is an invariant; a broken one must not make GPUs.
		self.gpus.saturating_sub(self.occupied)
	}
}

/// A provider's capacity in one class: what it may still issue, what it owes, what it got for it.
///
/// `offered + assigned <= obligations`; what is [owed](Book::owed) is in others' hands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Book {
	/// Accelerators of its nodes that are `Active`.
	pub active_gpus: u32,
	/// What it may issue, in milliseconds.
	pub allowance: GpuTime,
	/// Claims that it issued and that still exist, in milliseconds.
	pub obligations: GpuTime,
	/// The part of the obligations that waits in the market, unsold.
	pub offered: GpuTime,
	/// The part of the obligations set aside for jobs.
	pub assigned: GpuTime,
	/// What it got for claims not yet delivered, in planck: held in its account, but for `unpaid`.
	pub proceeds: Balance,
	/// The part of the proceeds, in planck, that could not be credited to its account, and waits in
	/// the pallet's.
	pub unpaid: Balance,
}

impl Book {
	/// Claims in others' hands: obligations without what is still offered.
	pub fn owed(&self) -> GpuTime {
		// `offered <= obligations` is an invariant; a broken one must not make obligations.
		self.obligations.saturating_sub(self.offered)
	}

	/// What is owed and set aside for no job.
	pub fn unassigned(&self) -> GpuTime {
		// `assigned <= owed` is an invariant; a broken one must not make obligations.
		self.owed().saturating_sub(self.assigned)
	}

	/// Proceeds held in the provider's own account.
	pub fn held(&self) -> Balance {
		// `unpaid <= proceeds` is an invariant; a broken one must not make money.
		self.proceeds.saturating_sub(self.unpaid)
	}

	/// Adds to the allowance, up to the burst of the active accelerators. Returns what was added.
	pub fn earn(&mut self, gpu_time: GpuTime) -> GpuTime {
		let before = self.allowance;
		// Saturating, since the cap takes the rest away in any case.
		self.allowance = before.saturating_add(gpu_time);
		self.evaporate();
		self.allowance.saturating_sub(before)
	}

	/// Lets go what exceeds the burst of the active accelerators.
	pub fn evaporate(&mut self) {
		self.allowance = self.allowance.min(crate::policy::burst(self.active_gpus));
	}
}

/// An offer that the market has not closed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<AccountId> {
	/// Who offers.
	pub provider: AccountId,
	/// The class.
	pub class: ClassId,
	/// What is not sold yet, in milliseconds.
	pub unsold: GpuTime,
}

/// The bytes that a node's key signs to show that its holder agrees to serve `provider`.
pub fn possession_payload<Hash: Encode, AccountId: Encode>(genesis: &Hash, provider: &AccountId) -> Vec<u8> {
	(b"quern/node/1", genesis, provider).encode()
}
