//! Equivocations of validators that changed their session keys: nobody gets away by that.

use crate::{
	common::*,
	evidence::{babe_evidence, grandpa_evidence, voting_set, with_pool},
	sessions::join,
};
use codec::Encode;
use polkadot_sdk::{
	pallet_babe, pallet_grandpa, pallet_offences,
	pallet_session::{self, historical},
	sp_consensus_babe::{self as babe, runtime_decl_for_babe_api::BabeApi},
	sp_consensus_grandpa::{self as grandpa, runtime_decl_for_grandpa_api::GrandpaApi},
	sp_core::{Pair, H256},
	sp_runtime::{
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		ApplyExtrinsicResult, DispatchError,
	},
	sp_session::MembershipProof,
};
use quern_primitives::units::QRN;
use quern_runtime::*;

/// What a node would prove of a BABE key, asked in the present state.
fn babe_owner(name: &str, slot: babe::Slot) -> Option<MembershipProof> {
	<Runtime as BabeApi<Block>>::generate_key_ownership_proof(slot, user(name).pair.public().into())?.decode()
}

/// What a node would prove of a GRANDPA key, asked in the present state.
fn grandpa_owner(name: &str, set: u64) -> Option<MembershipProof> {
	<Runtime as GrandpaApi<Block>>::generate_key_ownership_proof(set, grandpa_key(name).public().into())?.decode()
}

/// How often an account was reported, by the books of `pallet_offences`.
fn reports(name: &str) -> usize {
	pallet_offences::Reports::<Runtime>::iter_values()
		.filter(|details| details.offender.0 == user(name).id)
		.count()
}

fn purge_keys(chain: &mut Chain, name: &str) {
	chain.ok(&user(name), pallet_session::Call::purge_keys {});
}

/// Replaces the session keys of a name by those of another.
fn take_keys(chain: &mut Chain, name: &str, of: &str) {
	let who = user(name);
	chain.ok(
		&who,
		pallet_session::Call::set_keys {
			keys: session_keys(of),
			proof: ownership_proof(of, &who.id),
		},
	);
}

/// What tests do with evidence.
struct Court<'a> {
	chain: &'a mut Chain,
	taken: &'a mut dyn FnMut() -> UncheckedExtrinsic,
}

impl Court<'_> {
	/// The report of BABE evidence, put into the open block.
	fn babe(&mut self, evidence: &babe::EquivocationProof<Header>, owner: &MembershipProof) -> ApplyExtrinsicResult {
		let owner = babe::OpaqueKeyOwnershipProof::new(owner.encode());
		let sent = <Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(evidence.clone(), owner);
		assert_eq!(sent, Some(()));
		self.put()
	}

	/// The report of GRANDPA evidence, put into the open block.
	fn grandpa(
		&mut self,
		evidence: &grandpa::EquivocationProof<H256, BlockNumber>,
		owner: &MembershipProof,
	) -> ApplyExtrinsicResult {
		let owner = grandpa::OpaqueKeyOwnershipProof::new(owner.encode());
		let sent =
			<Runtime as GrandpaApi<Block>>::submit_report_equivocation_unsigned_extrinsic(evidence.clone(), owner);
		assert_eq!(sent, Some(()));
		self.put()
	}

	fn put(&mut self) -> ApplyExtrinsicResult {
		// The block that begins a session has no room.
		if is_first_of_session() {
			self.chain.next();
		}
		Executive::apply_extrinsic((self.taken)())
	}

	/// A valid report, whose call then fails.
	fn fails(result: ApplyExtrinsicResult, error: impl Into<DispatchError>) {
		assert_eq!(result, Ok(Err(error.into())));
	}

	/// A report that no pool and no block takes.
	fn refused(result: ApplyExtrinsicResult) {
		assert_eq!(
			result,
			Err(TransactionValidityError::Invalid(InvalidTransaction::BadProof))
		);
	}
}

/// Alice, Bob, Charlie and Dave validate; session 2 runs.
fn with_four(test: impl FnOnce(Court<'_>)) {
	with_pool(|chain, taken| {
		join(chain, "Charlie", 50_000 * QRN);
		join(chain, "Dave", 50_000 * QRN);
		chain.run_to_session(2);
		chain.run(2);
		assert_eq!(validators().len(), 4);
		test(Court { chain, taken })
	})
}

#[test]
fn who_purges_its_keys_after_it_equivocated_is_reported_in_the_same_session() {
	with_four(|mut court| {
		let evidence = babe_evidence("Charlie", court.chain.slot().into());
		let before = babe_owner("Charlie", evidence.slot).expect("a proof");
		purge_keys(court.chain, "Charlie");
		court.chain.silence(&user("Charlie"));
		court.chain.next();
		// What a node proves now is what one proved before.
		let after = babe_owner("Charlie", evidence.slot).expect("a proof");
		assert_eq!(before, after);
		assert_eq!(court.babe(&evidence, &after), Ok(Ok(())));
		assert_eq!(Session::current_index(), 2);
		assert_eq!((reports("Charlie"), is_disabled(&user("Charlie").id)), (1, true));
		// Once is enough.
		assert_eq!(
			court.babe(&evidence, &before),
			Err(TransactionValidityError::Invalid(InvalidTransaction::Stale))
		);
	});
}

#[test]
fn who_purges_its_keys_before_it_equivocates_is_reported() {
	with_four(|mut court| {
		purge_keys(court.chain, "Charlie");
		// It was chosen for session 3 too, and has no keys on chain since session 2.
		court.chain.run_to_session(3);
		court.chain.run(2);
		let evidence = babe_evidence("Charlie", court.chain.slot().into());
		let owner = babe_owner("Charlie", evidence.slot).expect("a proof");
		assert_eq!(court.babe(&evidence, &owner), Ok(Ok(())));
		assert_eq!((reports("Charlie"), is_disabled(&user("Charlie").id)), (1, true));
	});
}

#[test]
fn who_replaces_its_keys_is_reported_by_the_old_ones_and_then_by_the_new_ones() {
	with_four(|mut court| {
		take_keys(court.chain, "Charlie", "Eve");
		take_keys(court.chain, "Dave", "Ferdie");
		court.chain.next();
		// The new keys are in no set yet: who signs with them is no authority.
		assert!(babe_owner("Eve", court.chain.slot().into()).is_none());
		let evidence = babe_evidence("Charlie", court.chain.slot().into());
		let owner = babe_owner("Charlie", evidence.slot).expect("a proof");
		assert_eq!(court.babe(&evidence, &owner), Ok(Ok(())));
		assert_eq!((reports("Charlie"), is_disabled(&user("Charlie").id)), (1, true));

		court.chain.silence(&user("Charlie"));
		court.chain.run_to_session(4);
		court.chain.next();
		assert!(babe_owner("Dave", court.chain.slot().into()).is_none());
		assert!(grandpa_owner("Dave", voting_set()).is_none());
		let evidence = babe_evidence("Ferdie", court.chain.slot().into());
		let owner = babe_owner("Ferdie", evidence.slot).expect("a proof");
		assert_eq!(court.babe(&evidence, &owner), Ok(Ok(())));
		let evidence = grandpa_evidence("Ferdie", voting_set(), 1);
		let owner = grandpa_owner("Ferdie", voting_set()).expect("a proof");
		assert_eq!(court.grandpa(&evidence, &owner), Ok(Ok(())));
		assert_eq!((reports("Dave"), reports("Ferdie")), (2, 0));
	});
}

#[test]
fn equivocations_of_the_session_before_are_reported_after_its_keys_are_gone() {
	with_four(|mut court| {
		let slot = babe::Slot::from(court.chain.slot());
		let set = voting_set();
		for name in ["Charlie", "Dave"] {
			purge_keys(court.chain, name);
		}
		court.chain.run_to_session(3);
		court.chain.run(3);
		assert_ne!(voting_set(), set);

		let owner = babe_owner("Charlie", slot).expect("a proof");
		assert_eq!(owner.session, 2);
		assert_eq!(court.babe(&babe_evidence("Charlie", slot), &owner), Ok(Ok(())));
		assert_eq!((reports("Charlie"), is_disabled(&user("Charlie").id)), (1, true));
		let owner = grandpa_owner("Dave", set).expect("a proof");
		assert_eq!(court.grandpa(&grandpa_evidence("Dave", set, 7), &owner), Ok(Ok(())));
		assert_eq!(reports("Dave"), 1);

		// One session later nobody proves it any more; who proved it before still reports.
		let kept = grandpa_owner("Charlie", set).expect("a proof");
		court.chain.silence(&user("Charlie"));
		court.chain.silence(&user("Dave"));
		court.chain.run_to_session(4);
		court.chain.next();
		assert!(grandpa_owner("Charlie", set).is_none());
		assert!(babe_owner("Charlie", slot).is_none());
		assert_eq!(court.grandpa(&grandpa_evidence("Charlie", set, 7), &kept), Ok(Ok(())));
		assert_eq!(reports("Charlie"), 2);
	});
}

#[test]
fn a_vote_is_reported_in_its_session_after_the_keys_were_purged() {
	with_four(|mut court| {
		purge_keys(court.chain, "Dave");
		court.chain.next();
		let owner = grandpa_owner("Dave", voting_set()).expect("a proof");
		assert_eq!(
			court.grandpa(&grandpa_evidence("Dave", voting_set(), 3), &owner),
			Ok(Ok(()))
		);
		assert_eq!((reports("Dave"), is_disabled(&user("Dave").id)), (1, true));
	});
}

#[test]
fn a_block_that_begins_a_session_is_proven_in_the_state_before_it() {
	with_four(|mut court| {
		let slot = Babe::next_epoch().start_slot;
		let owner = babe_owner("Charlie", slot).expect("a proof");
		assert_eq!(owner.session, 3);
		// Nobody authors for three epochs and more: the next block begins session 3 nevertheless.
		assert_eq!(babe_owner("Charlie", slot + 70).expect("a proof").session, 3);

		court.chain.run_to_session(3);
		court.chain.next();
		assert_eq!(court.babe(&babe_evidence("Charlie", slot), &owner), Ok(Ok(())));
		assert_eq!(reports("Charlie"), 1);
	});
}

#[test]
fn sessions_of_slots_follow_babe_over_skipped_epochs() {
	with_four(|court| {
		let start = Babe::current_epoch_start();
		// As `pallet_babe` notes that its fifth epoch was the third session.
		let length = Babe::current_epoch().duration;
		let epochs = |count: u64| start + count * length;
		assert_eq!(key_owners::session_of_slot(epochs(0)), 2);
		pallet_babe::SkippedEpochs::<Runtime>::mutate(|skipped| skipped.try_push((5, 3)).expect("room"));
		pallet_babe::EpochIndex::<Runtime>::put(6);
		let sessions: Vec<_> = (0..6).map(|count| key_owners::session_of_slot(epochs(count))).collect();
		// Epochs 3 and 4 never were; 7 is beyond the one that runs.
		assert_eq!(sessions[0], 2);
		assert_eq!(sessions[3..5], [3, 4]);
		assert_eq!(sessions[5], Session::current_index() + 1);
		pallet_babe::SkippedEpochs::<Runtime>::kill();
		pallet_babe::EpochIndex::<Runtime>::put(2);
		court.chain.next();
	});
}

#[test]
fn keys_that_change_while_nobody_asks_to_validate_are_proven_too() {
	with_pool(|chain, taken| {
		let mut court = Court { chain, taken };
		for name in ["Alice", "Bob"] {
			court.chain.ok(&user(name), pallet_restaking::Call::chill {});
		}
		court.chain.run_to_session(2);
		court.chain.next();
		// No candidate: the same validators go on, Bob with other keys.
		take_keys(court.chain, "Bob", "Eve");
		court.chain.run_to_session(4);
		court.chain.next();
		assert_eq!(validators().len(), 2);
		let evidence = babe_evidence("Eve", court.chain.slot().into());
		// And none at all a session later.
		purge_keys(court.chain, "Bob");
		court.chain.run_to_session(5);
		court.chain.next();
		let owner = babe_owner("Eve", evidence.slot).expect("a proof");
		assert_eq!(owner.session, 4);
		assert_eq!(court.babe(&evidence, &owner), Ok(Ok(())));
		assert_eq!((reports("Bob"), reports("Eve")), (1, 0));
	});
}

#[test]
fn proofs_that_do_not_prove_it_are_refused_and_nobody_is_reported() {
	with_four(|mut court| {
		let slot = babe::Slot::from(court.chain.slot());
		let (evidence, set) = (babe_evidence("Charlie", slot), voting_set());
		let owner = babe_owner("Charlie", slot).expect("a proof");

		// Another one's, and of another type of key.
		Court::refused(court.babe(&evidence, &babe_owner("Dave", slot).expect("a proof")));
		let votes = grandpa_owner("Charlie", set).expect("a proof");
		Court::refused(court.babe(&evidence, &votes));
		Court::refused(court.grandpa(
			&grandpa_evidence("Charlie", set, 1),
			&grandpa_owner("Dave", set).expect("a proof"),
		));
		// Tampered with.
		let changed = |change: fn(&mut MembershipProof)| {
			let mut proof = owner.clone();
			change(&mut proof);
			proof
		};
		Court::refused(court.babe(&evidence, &changed(|proof| proof.trie_nodes[0][5] ^= 1)));
		Court::refused(court.babe(&evidence, &changed(|proof| drop(proof.trie_nodes.pop()))));
		Court::refused(court.babe(&evidence, &changed(|proof| proof.trie_nodes.push(vec![0]))));
		Court::refused(court.babe(&evidence, &changed(|proof| proof.validator_count += 1)));
		// Of a session without Charlie, and of one that was not chosen yet.
		Court::refused(court.babe(&evidence, &changed(|proof| proof.session = 1)));
		Court::refused(court.babe(&evidence, &changed(|proof| proof.session = 9)));

		// True of another session, but the slot and the set are not of it.
		let next = babe_owner("Charlie", Babe::next_epoch().start_slot).expect("a proof");
		assert_eq!(next.session, 3);
		Court::fails(
			court.babe(&evidence, &next),
			pallet_babe::Error::<Runtime>::InvalidKeyOwnershipProof,
		);
		let votes_next = KeyOwners::prove_at(3, (grandpa::KEY_TYPE, grandpa_key("Charlie").public())).expect("a proof");
		Court::fails(
			court.grandpa(&grandpa_evidence("Charlie", set, 1), &votes_next),
			pallet_grandpa::Error::<Runtime>::InvalidEquivocationProof,
		);

		// Whose root is gone.
		court.chain.run_to_session(4);
		court.chain.next();
		historical::Pallet::<Runtime>::prune_up_to(3);
		Court::refused(court.babe(&evidence, &owner));
		assert_eq!((reports("Charlie"), reports("Dave")), (0, 0));
		assert!(Session::disabled_validators().is_empty());
	});
}
