//! The trie whose root `historical` keeps: from (key type, key) to a place in the set, and from a place to
//! who has it. Built and read as `historical` does, which builds its own from the keys of now alone.

use crate::*;
use codec::{Decode, Encode};
use historical::IdentificationTuple;
use polkadot_sdk::{
	sp_runtime::{traits::OpaqueKeys, KeyTypeId},
	sp_trie::{
		trie_types::{TrieDBBuilder, TrieDBMutBuilderV0},
		MemoryDB, RandomState, StorageProof, Trie, TrieMut, TrieRecorder,
	},
};

/// All of the trie, or the nodes of a proof under the root that they are said to have.
pub(crate) struct OwnersTrie<T: Config> {
	nodes: MemoryDB<T::Hashing>,
	root: T::Hash,
}

impl<T: Config> OwnersTrie<T> {
	/// All of it. `None` only if the trie refuses an entry, which one that is built anew does not.
	pub(crate) fn of(set: &[(ValidatorOf<T>, KeysOf<T>)]) -> Option<Self> {
		let mut nodes = MemoryDB::with_hasher(RandomState::default());
		let mut root = Default::default();
		{
			let mut trie = TrieDBMutBuilderV0::new(&mut nodes, &mut root).build();
			for (place, (who, keys)) in (0u32..).zip(set) {
				for id in KeysOf::<T>::key_ids() {
					trie.insert(&(id, keys.get_raw(*id)).encode(), &place.encode()).ok()?;
				}
				trie.insert(&place.encode(), &(who, ()).encode()).ok()?;
			}
		}
		Some(Self { nodes, root })
	}

	/// What a proof holds of the trie with this root.
	pub(crate) fn from_proof(root: T::Hash, proof: StorageProof) -> Self {
		Self {
			nodes: proof.into_memory_db(),
			root,
		}
	}

	/// The root.
	pub(crate) fn root(&self) -> T::Hash {
		self.root
	}

	/// Who has a key. `recorder` is told of every node on the way.
	pub(crate) fn owner(
		&self,
		id: KeyTypeId,
		key: &[u8],
		recorder: &mut dyn TrieRecorder<T::Hash>,
	) -> Option<IdentificationTuple<T>> {
		let trie = TrieDBBuilder::new(&self.nodes, &self.root)
			.with_recorder(recorder)
			.build();
		let place = trie.get(&(id, key).encode()).ok()??;
		let place = u32::decode(&mut &place[..]).ok()?;
		let owner = trie.get(&place.encode()).ok()??;
		Decode::decode(&mut &owner[..]).ok()
	}
}
