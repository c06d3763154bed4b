//! What a node signs for a validator, shared by the daemon, the off-chain worker and the runtime.

use crate::{JobId, NodeId, Period};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use polkadot_sdk::{
	sp_application_crypto::{app_crypto, sr25519, KeyTypeId},
	sp_core::{
		sr25519::{Public, Signature},
		ConstU32, H256,
	},
	sp_io::{crypto::sr25519_verify, hashing::blake2_256},
	sp_runtime::BoundedVec,
};
use scale_info::TypeInfo;

/// Key type of the validators' attestation keys, beside `babe` and `gran` in the session keys.
pub const KEY_TYPE: KeyTypeId = KeyTypeId(*b"qatt");

mod app {
	use super::*;
	app_crypto!(sr25519, KEY_TYPE);
}

/// A validator's attestation key.
pub type AttestorId = app::Public;
/// A signature with it.
pub type AttestorSignature = app::Signature;

/// Jobs that a check names at most.
pub type MaxRunningJobs = ConstU32<64>;

/// A node's statement of one moment, bound to chain, period, node and attestor (by the nonce).
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct GpuCheck {
	/// Hash of the chain's genesis block.
	pub genesis: H256,
	/// The period asked for.
	pub period: Period,
	/// The attestor's own, see [`nonce`].
	pub nonce: H256,
	/// The node that answers.
	pub node: NodeId,
	/// Accelerators that work.
	pub gpus: u32,
	/// Memory of all accelerators together, in MiB (main memory, for a class with no GPU).
	pub memory_mib: u64,
	/// Busy part of the accelerators, in per cent.
	pub utilisation: u8,
	/// Jobs the node runs.
	pub running: BoundedVec<JobId, MaxRunningJobs>,
}

/// A check with the node's signature over [`GpuCheck::signed_bytes`].
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct SignedGpuCheck {
	/// The statement.
	pub check: GpuCheck,
	/// Its signature by the node's key.
	pub signature: Signature,
}

impl GpuCheck {
	/// The bytes that the node signs: a domain, then the SCALE encoding.
	pub fn signed_bytes(&self) -> Vec<u8> {
		(b"quern/gpu-check/1", self).encode()
	}
}

impl SignedGpuCheck {
	/// Whether the signature is `key`'s over exactly this check.
	pub fn is_signed_by(&self, key: &Public) -> bool {
		sr25519_verify(&self.signature, &self.check.signed_bytes(), key)
	}
}

/// The nonce that `attestor` sends to `node` in `period`, whose assignment was drawn from `seed`:
/// no other attestor's answer fits, nor any other period's.
pub fn nonce(seed: &H256, period: Period, node: NodeId, attestor: &AttestorId) -> H256 {
	(b"quern/nonce/1", seed, period, node, attestor)
		.using_encoded(blake2_256)
		.into()
}
