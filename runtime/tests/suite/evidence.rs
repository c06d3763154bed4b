//! Evidence of equivocations, and the pool in which a node's reports lie.

use crate::common::*;
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::storage::with_transaction,
	pallet_grandpa,
	sp_consensus_babe::{self as babe, runtime_decl_for_babe_api::BabeApi},
	sp_consensus_grandpa::{self as grandpa, runtime_decl_for_grandpa_api::GrandpaApi},
	sp_core::{
		offchain::{testing::TestTransactionPoolExt, TransactionPoolExt},
		Pair, H256,
	},
	sp_io::TestExternalities,
	sp_runtime::{traits::Header as _, ApplyExtrinsicResult, Digest, DigestItem, DispatchError, TransactionOutcome},
};
use quern_runtime::*;
use serde_json::Value;

/// Takes the report that the runtime submitted last out of the pool.
pub type Taken<'a> = &'a mut dyn FnMut() -> UncheckedExtrinsic;

/// A pool that takes what the runtime submits, as a node's does.
pub fn with_pool(test: impl FnOnce(&mut Chain, Taken)) {
	with_pool_on(genesis(Value::Object(Default::default())), test)
}

/// The same, on a genesis.
pub fn with_pool_on(mut ext: TestExternalities, test: impl FnOnce(&mut Chain, Taken)) {
	let (pool, state) = TestTransactionPoolExt::new();
	ext.register_extension(TransactionPoolExt::new(pool));
	let mut taken = move || {
		let bytes = state.write().transactions.pop().expect("a transaction was submitted");
		UncheckedExtrinsic::decode(&mut &bytes[..]).expect("a transaction")
	};
	on(ext, |chain| test(chain, &mut taken))
}

/// Blocks of one slot, both sealed with the BABE key of a name.
pub fn babe_evidence(name: &str, slot: babe::Slot) -> babe::EquivocationProof<Header> {
	let pair = user(name).pair;
	let header = |byte| {
		let digest = babe::digests::PreDigest::SecondaryPlain(babe::digests::SecondaryPlainPreDigest {
			authority_index: 0,
			slot,
		});
		let logs = vec![DigestItem::PreRuntime(babe::BABE_ENGINE_ID, digest.encode())];
		let root = H256([byte; 32]);
		let mut header = Header::new(now(), root, root, H256::zero(), Digest { logs });
		let signature = pair.sign(header.hash().as_bytes());
		header
			.digest_mut()
			.push(DigestItem::Seal(babe::BABE_ENGINE_ID, signature.encode()));
		header
	};
	babe::EquivocationProof {
		offender: pair.public().into(),
		slot,
		first_header: header(1),
		second_header: header(2),
	}
}

/// Prevotes for different blocks in one round of a set, both signed with the GRANDPA key of a name.
pub fn grandpa_evidence(name: &str, set: u64, round: u64) -> grandpa::EquivocationProof<H256, BlockNumber> {
	let pair = grandpa_key(name);
	let vote = |byte: u8| {
		let vote = (H256([byte; 32]), now());
		let signature = pair.sign(&grandpa::localized_payload(round, set, &(0u8, vote)));
		(vote, signature)
	};
	let encoded = (set, 0u8, round, pair.public(), vote(1), vote(2)).encode();
	Decode::decode(&mut &encoded[..]).expect("as the client encodes it")
}

/// The set that votes now.
pub fn voting_set() -> u64 {
	pallet_grandpa::CurrentSetId::<Runtime>::get()
}

/// What a node proves of a BABE key.
pub fn babe_owner(evidence: &babe::EquivocationProof<Header>) -> babe::OpaqueKeyOwnershipProof {
	<Runtime as BabeApi<Block>>::generate_key_ownership_proof(evidence.slot, evidence.offender.clone())
		.expect("a proof")
}

/// The report of two blocks in one slot, as a node makes it.
pub fn report_blocks(name: &str, slot: babe::Slot, taken: Taken) -> UncheckedExtrinsic {
	let evidence = babe_evidence(name, slot);
	let owner = babe_owner(&evidence);
	<Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(evidence, owner).expect("submitted");
	taken()
}

/// The report of two votes in one round, as a node makes it.
pub fn report_votes(name: &str, round: u64, taken: Taken) -> UncheckedExtrinsic {
	let (set, key) = (voting_set(), grandpa_key(name).public().into());
	let owner = <Runtime as GrandpaApi<Block>>::generate_key_ownership_proof(set, key).expect("a proof");
	let evidence = grandpa_evidence(name, set, round);
	<Runtime as GrandpaApi<Block>>::submit_report_equivocation_unsigned_extrinsic(evidence, owner).expect("submitted");
	taken()
}

/// Puts a report into the open block, or into the next that has room and another author than those whom it
/// disables: BABE refuses a block whose author is disabled in it.
pub fn put(chain: &mut Chain, report: UncheckedExtrinsic) -> ApplyExtrinsicResult {
	loop {
		if is_first_of_session() {
			chain.next();
		}
		if let Some(result) = unless_author_is_disabled(|| Executive::apply_extrinsic(report.clone())) {
			return result;
		}
		chain.next();
	}
}

/// Does something within the open block, unless that disables the block's author.
pub fn unless_author_is_disabled<R>(act: impl FnOnce() -> R) -> Option<R> {
	with_transaction(|| {
		let result = act();
		match Authorship::author() {
			Some(author) if is_disabled(&author) => TransactionOutcome::Rollback(Ok::<_, DispatchError>(None)),
			_ => TransactionOutcome::Commit(Ok(Some(result))),
		}
	})
	.expect("never fails")
}
