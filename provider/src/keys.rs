//! The node's own sr25519 key: it signs what the node tells validators, and the node's extrinsics.

use anyhow::Result;
use polkadot_sdk::sp_core::{sr25519::Signature, H256};
use quern::{AccountId, Keypair};
use quern_primitives::attestation::{GpuCheck, SignedGpuCheck};
use std::path::Path;

/// The key in a node's state directory.
#[derive(Clone)]
pub struct NodeKey {
	pair: Keypair,
}

impl NodeKey {
	/// Reads the key, or makes one at the first start.
	pub fn load_or_generate(path: &Path) -> Result<Self> {
		let pair = if path.try_exists()? {
			quern::keys::read_key_file(path)?
		} else {
			let pair = quern::keys::generate_key_file(path)?;
			tracing::info!(path = %path.display(), "made a new key for this node");
			pair
		};
		Ok(Self { pair })
	}

	/// The key pair, for extrinsics.
	pub fn pair(&self) -> &Keypair {
		&self.pair
	}

	/// The public key.
	pub fn public(&self) -> [u8; 32] {
		self.pair.public_key().0
	}

	/// The account of the key.
	pub fn account(&self) -> AccountId {
		quern::keys::account_of(&self.pair)
	}

	/// Signs a check.
	pub fn sign_check(&self, check: GpuCheck) -> SignedGpuCheck {
		let signature = Signature::from_raw(self.pair.sign(&check.signed_bytes()).0);
		SignedGpuCheck { check, signature }
	}

	/// What `register_node` wants: this key agrees to be `provider`'s node on this chain.
	pub fn ownership_proof(&self, genesis: H256, provider: &AccountId) -> [u8; 64] {
		quern::keys::node_proof(&self.pair, quern::H256(genesis.0), provider)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use polkadot_sdk::{
		sp_core::sr25519::Public,
		sp_io::crypto::sr25519_verify,
		sp_runtime::{AccountId32 as RuntimeAccount, BoundedVec},
	};
	use std::os::unix::fs::PermissionsExt;

	fn key() -> NodeKey {
		let dir = tempfile::tempdir().expect("a folder");
		NodeKey::load_or_generate(&dir.path().join("node.key")).expect("generated")
	}

	#[test]
	fn generates_once_and_keeps_the_key_private() {
		let dir = tempfile::tempdir().expect("a folder");
		let path = dir.path().join("node.key");
		let first = NodeKey::load_or_generate(&path).expect("generated");
		assert_eq!(
			std::fs::metadata(&path).expect("there").permissions().mode() & 0o777,
			0o600
		);
		assert_eq!(
			NodeKey::load_or_generate(&path).expect("loaded").public(),
			first.public()
		);
		assert_ne!(key().public(), first.public());
	}

	#[test]
	fn refuses_a_key_that_others_can_read() {
		let dir = tempfile::tempdir().expect("a folder");
		let path = dir.path().join("node.key");
		NodeKey::load_or_generate(&path).expect("generated");
		std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("set");
		let error = NodeKey::load_or_generate(&path).err().expect("refused").to_string();
		assert!(error.contains("chmod 600"), "{error}");
	}

	#[test]
	fn signs_what_the_runtime_verifies() {
		let key = key();
		let public = Public::from_raw(key.public());
		let check = GpuCheck {
			genesis: H256::repeat_byte(1),
			period: 3,
			nonce: H256::repeat_byte(2),
			node: 4,
			gpus: 1,
			memory_mib: 1024,
			utilisation: 50,
			running: BoundedVec::truncate_from(vec![9]),
		};
		let mut signed = key.sign_check(check);
		assert!(signed.is_signed_by(&public));
		signed.check.gpus = 2;
		assert!(!signed.is_signed_by(&public));

		let proof = Signature::from_raw(key.ownership_proof(H256::repeat_byte(1), &AccountId([5; 32])));
		let bytes = (b"quern/node/1", H256::repeat_byte(1), RuntimeAccount::new([5; 32])).encode();
		assert!(sr25519_verify(&proof, &bytes, &public));
	}
}
