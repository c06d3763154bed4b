//! Two blocks that one author signed for one slot: how they are noticed and reported.
//!
//! The SDK's own BABE import (sc-consensus-babe 0.60) looks for them too, but at headers from which
//! the seal was taken off, and the runtime refuses a proof without the author's signatures. So
//! [`Watch`] stands before it and looks at the headers as they were signed, and the SDK's reports go
//! to [`NoReports`].

use crate::service::{FullClient, FullPool};
use codec::Encode;
use jsonrpsee::core::async_trait;
use polkadot_sdk::{
	sc_client_api::{AuxStore, HeaderBackend},
	sc_consensus::{BlockCheckParams, BlockImport, BlockImportParams, ImportResult},
	sc_consensus_babe::{find_pre_digest, BabeIntermediate, BabeLink, Epoch, INTERMEDIATE_KEY},
	sc_consensus_slots::check_equivocation,
	sc_transaction_pool_api::{error::Error as PoolError, LocalTransactionPool, OffchainTransactionPoolFactory},
	sp_api::{ApiExt, ProvideRuntimeApi},
	sp_blockchain,
	sp_consensus_babe::{
		check_equivocation_proof, digests::CompatibleDigestItem, AuthorityId, BabeApi, EquivocationProof, Slot,
	},
	sp_runtime::{
		traits::{Block as BlockT, Header as HeaderT},
		DigestItem,
	},
	sp_timestamp::Timestamp,
};
use quern_runtime::opaque::Block;
use std::sync::{Arc, Mutex};

type Hash = <Block as BlockT>::Hash;
type Header = <Block as BlockT>::Header;
type Extrinsic = <Block as BlockT>::Extrinsic;
type Error = Box<dyn std::error::Error + Send + Sync>;

/// A BABE block import that reports equivocations before it hands a block on.
pub struct Watch<I> {
	inner: I,
	client: Arc<FullClient>,
	link: BabeLink<Block>,
	reports: OffchainTransactionPoolFactory<Block>,
	/// Authoring and the import queue import at the same time.
	seen: Arc<Mutex<()>>,
}

impl<I: Clone> Clone for Watch<I> {
	fn clone(&self) -> Self {
		Self {
			inner: self.inner.clone(),
			client: self.client.clone(),
			link: self.link.clone(),
			reports: self.reports.clone(),
			seen: self.seen.clone(),
		}
	}
}

impl<I> Watch<I> {
	pub fn new(inner: I, client: Arc<FullClient>, link: BabeLink<Block>, pool: Arc<FullPool>) -> Self {
		let reports = OffchainTransactionPoolFactory::new(pool);
		Self {
			inner,
			client,
			link,
			reports,
			seen: Default::default(),
		}
	}

	/// The proof, if this block's author signed another one for the same slot.
	fn look_at(&self, block: &BlockImportParams<Block>) -> Result<Option<EquivocationProof<Header>>, Error> {
		// What comes without an epoch was not verified by BABE, but by a proof that it is final.
		let Ok(babe) = block.get_intermediate::<BabeIntermediate<Block>>(INTERMEDIATE_KEY) else {
			return Ok(None);
		};
		let Some(header) = sealed(&block.header, &block.post_digests) else {
			return Ok(None);
		};

		let pre_digest = find_pre_digest::<Block>(&header)?;
		let config = self.link.config();
		let author = {
			let epochs = self.link.epoch_changes().shared_data();
			let epoch = epochs.viable_epoch(&babe.epoch_descriptor, |slot| Epoch::genesis(config, slot));
			let index = usize::try_from(pre_digest.authority_index())?;
			epoch.and_then(|epoch| epoch.as_ref().authorities.get(index).map(|(author, _)| author.clone()))
		};
		let Some(author) = author else { return Ok(None) };

		let now = Slot::from_timestamp(Timestamp::current(), config.slot_duration());
		// Poisoned only by a panic in here, after which the store is as good as before.
		let _seen = self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
		proof(&*self.client, now, pre_digest.slot(), &header, &author)
	}

	/// Sends the proof to the runtime, as a transaction that this node's next block includes.
	fn report(&self, parent: Hash, proof: EquivocationProof<Header>) -> Result<(), Error> {
		let best = self.client.info().best_hash;
		let author = proof.offender.clone();
		let ownership = |at| {
			self.client
				.runtime_api()
				.generate_key_ownership_proof(at, proof.slot, author.clone())
		};
		// The parent of a session's first block is of the session before, which may not have had the key.
		let ownership = match ownership(parent)? {
			Some(proof) => Some(proof),
			None => ownership(best)?,
		};
		let Some(ownership) = ownership else {
			log::debug!(target: "babe", "Equivocation by {author:?}, who is no validator");
			return Ok(());
		};

		let mut api = self.client.runtime_api();
		api.register_extension(self.reports.offchain_transaction_pool(best));
		api.submit_report_equivocation_unsigned_extrinsic(best, proof, ownership)?;
		Ok(())
	}
}

#[async_trait]
impl<I: BlockImport<Block> + Send + Sync> BlockImport<Block> for Watch<I> {
	type Error = I::Error;

	async fn check_block(&self, block: BlockCheckParams<Block>) -> Result<ImportResult, Self::Error> {
		self.inner.check_block(block).await
	}

	async fn import_block(&self, block: BlockImportParams<Block>) -> Result<ImportResult, Self::Error> {
		let parent = *block.header.parent_hash();
		// Whatever comes of it: a valid block is imported, also an equivocator's.
		let reported = self.look_at(&block).and_then(|proof| match proof {
			Some(proof) => {
				log::warn!(
					target: "babe",
					"Author {:?} signed two blocks for slot {}: {:?} and {:?}",
					proof.offender,
					proof.slot,
					proof.first_header.hash(),
					proof.second_header.hash(),
				);
				self.report(parent, proof)
			}
			None => Ok(()),
		});
		if let Err(error) = reported {
			log::warn!(target: "babe", "Cannot check for or report an equivocation: {error}");
		}
		self.inner.import_block(block).await
	}
}

/// The header with its seal, which verification took off.
fn sealed(header: &Header, post_digests: &[DigestItem]) -> Option<Header> {
	let seal = post_digests.last().filter(|seal| seal.as_babe_seal().is_some())?;
	let mut header = header.clone();
	header.digest_mut().push(seal.clone());
	Some(header)
}

/// Remembers the header; the proof, if the author signed another one for its slot. Slots more than
/// 1,000 behind `now` are neither remembered nor looked at.
fn proof<Store: AuxStore>(
	store: &Store,
	now: Slot,
	slot: Slot,
	header: &Header,
	author: &AuthorityId,
) -> Result<Option<EquivocationProof<Header>>, Error> {
	let proof = check_equivocation(&Sealed(store), now, slot, header, author)?;
	Ok(proof.filter(|proof| check_equivocation_proof(proof.clone())))
}

/// The headers that [`Watch`] remembers. The SDK's import keeps unsealed ones under the same keys, which
/// would all look like equivocations.
struct Sealed<'a, Store>(&'a Store);

impl<Store> Sealed<'_, Store> {
	fn key(key: &[u8]) -> Vec<u8> {
		(b"quern/sealed", key).encode()
	}
}

impl<Store: AuxStore> AuxStore for Sealed<'_, Store> {
	fn insert_aux<
		'a,
		'b: 'a,
		'c: 'a,
		I: IntoIterator<Item = &'a (&'c [u8], &'c [u8])>,
		D: IntoIterator<Item = &'a &'b [u8]>,
	>(
		&self,
		insert: I,
		delete: D,
	) -> sp_blockchain::Result<()> {
		let insert: Vec<_> = insert
			.into_iter()
			.map(|(key, value)| (Self::key(key), *value))
			.collect();
		let delete: Vec<_> = delete.into_iter().map(|key| Self::key(key)).collect();
		let insert: Vec<_> = insert.iter().map(|(key, value)| (key.as_slice(), *value)).collect();
		let delete: Vec<_> = delete.iter().map(Vec::as_slice).collect();
		self.0.insert_aux(&insert, &delete)
	}

	fn get_aux(&self, key: &[u8]) -> sp_blockchain::Result<Option<Vec<u8>>> {
		self.0.get_aux(&Self::key(key))
	}
}

/// A pool that takes what is sent to it nowhere.
pub struct NoReports;

impl LocalTransactionPool for NoReports {
	type Block = Block;
	type Hash = Hash;
	type Error = PoolError;

	fn submit_local(&self, _at: Hash, _report: Extrinsic) -> Result<Hash, PoolError> {
		Ok(Hash::default())
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::{
		sp_consensus_babe::{
			digests::{PreDigest, SecondaryPlainPreDigest},
			AuthorityPair,
		},
		sp_core::Pair,
		sp_runtime::{Digest, DigestItem},
	};
	use std::{cell::RefCell, collections::HashMap};

	#[derive(Default)]
	struct Memory(RefCell<HashMap<Vec<u8>, Vec<u8>>>);

	impl AuxStore for Memory {
		fn insert_aux<
			'a,
			'b: 'a,
			'c: 'a,
			I: IntoIterator<Item = &'a (&'c [u8], &'c [u8])>,
			D: IntoIterator<Item = &'a &'b [u8]>,
		>(
			&self,
			insert: I,
			delete: D,
		) -> sp_blockchain::Result<()> {
			let mut map = self.0.borrow_mut();
			map.extend(insert.into_iter().map(|(key, value)| (key.to_vec(), value.to_vec())));
			delete.into_iter().for_each(|key| {
				map.remove(*key);
			});
			Ok(())
		}

		fn get_aux(&self, key: &[u8]) -> sp_blockchain::Result<Option<Vec<u8>>> {
			Ok(self.0.borrow().get(key).cloned())
		}
	}

	/// A header for `slot` as it comes out of the runtime; `content` makes it differ from others.
	fn unsealed(slot: u64, content: u8) -> Header {
		let pre_digest = PreDigest::SecondaryPlain(SecondaryPlainPreDigest {
			authority_index: 0,
			slot: slot.into(),
		});
		let digest = Digest {
			logs: vec![DigestItem::babe_pre_digest(pre_digest)],
		};
		Header::new(
			1,
			Default::default(),
			Hash::repeat_byte(content),
			Default::default(),
			digest,
		)
	}

	fn signed(slot: u64, content: u8, author: &AuthorityPair) -> Header {
		let header = unsealed(slot, content);
		let seal = DigestItem::babe_seal(author.sign(header.hash().as_ref()));
		sealed(&header, &[seal]).expect("a seal was given; qed")
	}

	fn author() -> AuthorityPair {
		AuthorityPair::from_string("//Alice", None).expect("a well-known key; qed")
	}

	fn look(store: &Memory, slot: u64, header: &Header) -> Option<EquivocationProof<Header>> {
		proof(store, slot.into(), slot.into(), header, &author().public()).expect("memory does not fail; qed")
	}

	#[test]
	fn proves_two_blocks_of_one_slot() {
		let store = Memory::default();
		let (first, second) = (signed(7, 1, &author()), signed(7, 2, &author()));
		assert_eq!(look(&store, 7, &first), None);

		let proof = look(&store, 7, &second).expect("two blocks for slot 7");
		assert_eq!((proof.slot, &proof.offender), (7.into(), &author().public()));
		assert_eq!((&proof.first_header, &proof.second_header), (&first, &second));
		// What the runtime asks before it slashes.
		assert!(check_equivocation_proof(proof));
	}

	#[test]
	fn keeps_silent_about_honest_authors() {
		let store = Memory::default();
		let block = signed(7, 1, &author());
		assert_eq!(look(&store, 7, &block), None);
		assert_eq!(look(&store, 7, &block), None, "the same block once more");
		assert_eq!(look(&store, 8, &signed(8, 2, &author())), None, "another slot");

		// A second author of the slot (BABE allows several) is no equivocation of the first.
		let bob = AuthorityPair::from_string("//Bob", None).expect("a well-known key; qed");
		let of_bob = proof(&store, 7.into(), 7.into(), &signed(7, 3, &bob), &bob.public()).expect("memory");
		assert_eq!(of_bob, None);
	}

	#[test]
	fn proves_nothing_without_signatures() {
		let store = Memory::default();
		assert_eq!(look(&store, 7, &unsealed(7, 1)), None);
		assert_eq!(look(&store, 7, &unsealed(7, 2)), None);
		assert_eq!(sealed(&unsealed(7, 1), &[]), None);
	}

	#[test]
	fn does_not_meet_what_the_sdk_remembers() {
		let store = Memory::default();
		let header = unsealed(7, 1);
		// The SDK's import remembers the header without its seal, under its own keys.
		assert!(
			check_equivocation(&store, 7.into(), 7.into(), &header, &author().public())
				.expect("memory")
				.is_none()
		);
		assert_eq!(look(&store, 7, &signed(7, 1, &author())), None);
		assert_eq!(
			store.0.borrow().len(),
			4,
			"two entries each: the slot's headers, the first slot"
		);
	}
}
