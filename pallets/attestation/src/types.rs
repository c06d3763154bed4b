//! What is stored, reported and signed.

use crate::{assignment, policy, Config};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::Get, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound},
	sp_core::{sr25519::Public, H256},
	sp_io::hashing::blake2_256,
	sp_runtime::BoundedVec,
};
use quern_primitives::{
	attestation::{self, AttestorId, SignedGpuCheck},
	ports::{AttestableNode, Verdict},
	BlockNumber, NodeId, Period,
};
use scale_info::TypeInfo;

/// An attestor's place in its round's list.
pub type AttestorIndex = u32;

/// What a period was begun with, and stays by.
#[derive(CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, MaxEncodedLen, TypeInfo)]
#[codec(mel_bound(T: Config))]
#[scale_info(skip_type_params(T))]
pub struct Round<T: Config> {
	/// What assignment and nonces are drawn from.
	pub seed: H256,
	/// The period's first block.
	pub first_block: BlockNumber,
	/// The session's validators with their attestation keys.
	pub attestors: BoundedVec<(T::AccountId, AttestorId), T::MaxAttestors>,
	/// The nodes to attest, by strictly ascending id.
	pub nodes: BoundedVec<AttestableNode<T::AccountId>, T::MaxNodes>,
}

impl<T: Config> Round<T> {
	/// The attestors that poll `node`, ascending.
	pub fn assigned(&self, node: &AttestableNode<T::AccountId>) -> Vec<AttestorIndex> {
		let least = policy::least_attestors(T::Devnet::get());
		assignment::assigned(&self.seed, node.node, &node.operator, &self.attestors, least)
	}

	/// The nodes that the attestor at `index` polls, ascending.
	pub fn duties(&self, index: AttestorIndex) -> impl Iterator<Item = &AttestableNode<T::AccountId>> {
		self.nodes
			.iter()
			.filter(move |node| self.assigned(node).contains(&index))
	}
}

/// What was reported of one node in one period. Bit `i` of a mask stands for the `i`-th of the
/// attestors assigned to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Tally {
	/// Who got its valid answer.
	pub served: u8,
	/// Who got none.
	pub missed: u8,
	/// The verdict, once told.
	pub verdict: Option<Verdict>,
}

impl Tally {
	/// The verdict of a quorum, if there is one among `assigned` attestors.
	pub fn decided(&self, assigned: u32) -> Option<Verdict> {
		let quorum = policy::quorum(assigned);
		if quorum == 0 {
			None
		} else if self.served.count_ones() >= quorum {
			Some(Verdict::Served)
		} else if self.missed.count_ones() >= quorum {
			Some(Verdict::Missed)
		} else {
			None
		}
	}

	/// Who saw what the quorum saw; nobody, if there was none.
	pub fn agreed(&self) -> u8 {
		match self.verdict {
			Some(Verdict::Served) => self.served,
			Some(Verdict::Missed) => self.missed,
			Some(Verdict::Unknown) | None => 0,
		}
	}
}

/// What an attestor saw of one node.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Seen {
	/// The node's answer.
	Served(SignedGpuCheck),
	/// No valid answer, tried in two blocks.
	Missed,
}

/// A node, and what an attestor saw of it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Observation {
	/// The node.
	pub node: NodeId,
	/// What was seen.
	pub seen: Seen,
}

/// An attestor's report of a period.
#[derive(CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
#[scale_info(skip_type_params(T))]
pub struct Report<T: Config> {
	/// The period.
	pub period: Period,
	/// Hash of the period's first block: on another fork the report does not count.
	pub block_hash: H256,
	/// The attestor's place in the frozen list.
	pub attestor: AttestorIndex,
	/// What it saw, by strictly ascending node; nodes it could not try are left out.
	pub observations: BoundedVec<Observation, T::MaxNodesPerReport>,
}

impl<T: Config> Report<T> {
	/// The bytes that the attestor signs: a domain, the chain's genesis hash, the report's hash.
	pub fn signed_bytes(&self, genesis: &H256) -> Vec<u8> {
		(b"quern/report/1", genesis, self.using_encoded(blake2_256)).encode()
	}
}

/// What is wrong with a node's statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub enum Flaw {
	/// It was made for another chain.
	OtherChain,
	/// It was made in another period.
	OtherPeriod,
	/// It is another node's.
	OtherNode,
	/// It was made for another attestor, or for another fork's round.
	OtherNonce,
	/// Fewer accelerators work than the node registered.
	FewerGpus,
	/// The node has less memory than it registered.
	LessMemory,
	/// A value that cannot be: more than 100 % busy.
	Absurd,
	/// The signature is not the node's over these values.
	BadSignature,
}

/// What a node was asked by one attestor, and what it must live up to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asked {
	/// The chain.
	pub genesis: H256,
	/// The period.
	pub period: Period,
	/// The attestor's nonce for this node.
	pub nonce: H256,
	/// The node.
	pub node: NodeId,
	/// Its key.
	pub key: Public,
	/// Accelerators it registered.
	pub gpus: u32,
	/// Memory it registered, in MiB.
	pub memory_mib: u64,
}

impl Asked {
	/// What `attestor` asks of `node` in `period`, whose round has `seed`.
	pub fn new<AccountId>(
		genesis: H256,
		period: Period,
		seed: &H256,
		attestor: &AttestorId,
		node: &AttestableNode<AccountId>,
	) -> Self {
		Self {
			genesis,
			period,
			nonce: attestation::nonce(seed, period, node.node, attestor),
			node: node.node,
			key: node.key,
			gpus: node.gpus,
			memory_mib: node.memory_mib,
		}
	}
}
