//! Making proofs from the keys noted, and checking them against the root kept.

use crate::{trie::OwnersTrie, *};
use frame_support::traits::KeyOwnerProofSystem;
use historical::{HistoricalSessions, IdentificationTuple};
use polkadot_sdk::{
	sp_runtime::KeyTypeId,
	sp_session::MembershipProof,
	sp_trie::{
		accessed_nodes_tracker::AccessedNodesTracker, recorder_ext::RecorderExt, LayoutV0, Recorder, StorageProof,
	},
};

impl<T: Config> Pallet<T> {
	/// Proves whose a key was in the set of `session`: the one before, the running or the next one. `None`
	/// if nobody of the set had it, or the session is another one.
	///
	/// Builds the set's trie; for off-chain use.
	pub fn prove_at<D: AsRef<[u8]>>(session: SessionIndex, (id, key): (KeyTypeId, D)) -> Option<MembershipProof> {
		let (root, validator_count) = HistoricalSessions::<T>::get(session)?;
		let trie = OwnersTrie::<T>::of(&ChosenKeys::<T>::get(session)?)?;
		if trie.root() != root {
			log::error!(target: LOG_TARGET, "session {session}: the keys noted are not those of the root kept");
			return None;
		}
		let mut recorder = Recorder::<LayoutV0<T::Hashing>>::new();
		trie.owner(id, key.as_ref(), &mut recorder)?;
		Some(MembershipProof {
			session,
			trie_nodes: recorder.into_raw_storage_proof(),
			validator_count,
		})
	}

	fn check(id: KeyTypeId, key: &[u8], proof: MembershipProof) -> Result<IdentificationTuple<T>, &'static str> {
		let (root, validators) =
			HistoricalSessions::<T>::get(proof.session).ok_or("no root is kept of the proof's session")?;
		if proof.validator_count != validators {
			return Err("the set had another number of validators");
		}
		let nodes =
			StorageProof::new_with_duplicate_nodes_check(proof.trie_nodes).map_err(|_| "the proof repeats a node")?;
		let mut used = AccessedNodesTracker::<T::Hash>::new(nodes.len());
		let owner = OwnersTrie::<T>::from_proof(root, nodes)
			.owner(id, key, &mut used)
			.ok_or("the proof does not lead from the root to the key's owner")?;
		// Else one report could be sent in many shapes.
		used.ensure_no_unused_nodes()
			.map_err(|_| "the proof has nodes that prove nothing")?;
		Ok(owner)
	}
}

impl<T: Config, D: AsRef<[u8]>> KeyOwnerProofSystem<(KeyTypeId, D)> for Pallet<T> {
	type Proof = MembershipProof;
	type IdentificationTuple = IdentificationTuple<T>;

	fn prove(key: (KeyTypeId, D)) -> Option<MembershipProof> {
		Self::prove_at(pallet_session::Pallet::<T>::current_index(), key)
	}

	fn check_proof((id, key): (KeyTypeId, D), proof: MembershipProof) -> Option<IdentificationTuple<T>> {
		let session = proof.session;
		Self::check(id, key.as_ref(), proof)
			.inspect_err(
				|why| log::warn!(target: LOG_TARGET, "a proof of key ownership in session {session} is refused: {why}"),
			)
			.ok()
	}
}
