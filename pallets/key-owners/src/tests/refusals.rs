//! Proofs that prove nothing.

use super::*;
use polkadot_sdk::{frame_support::traits::KeyOwnerProofSystem, sp_session::MembershipProof};

/// A chain whose sets before session 3 are others than that session's.
fn others_first() -> ExtBuilder {
	ExtBuilder::default().with_choice(Some(vec![3, 4, 6]))
}

/// A proof of the BABE key of 2 in session 3, whose set is neither that before nor that after.
fn proof() -> MembershipProof {
	Choice::set(Some(vec![4, 5]));
	start_session(1);
	Choice::set(Some(vec![1, 2, 3]));
	start_session(2);
	Choice::set(Some(vec![3, 2, 1, 6]));
	start_session(3);
	let proof = KeyOwners::prove(key(BABE, 2, 0)).expect("a proof");
	assert_eq!(owner(key(BABE, 2, 0), &proof), Some(2));
	proof
}

/// What one changes of a proof is refused.
fn refused(change: impl FnOnce(&mut MembershipProof)) {
	others_first().build_and_execute(|| {
		let mut proof = proof();
		change(&mut proof);
		assert_eq!(owner(key(BABE, 2, 0), &proof), None);
	});
}

#[test]
fn refuses_a_key_that_is_not_the_proven_one() {
	others_first().build_and_execute(|| {
		let proof = proof();
		for foreign in [
			key(BABE, 1, 0),
			key(BABE, 2, 1),
			key(GRANDPA, 2, 0),
			(GRANDPA, key(BABE, 2, 0).1),
			key(BABE, 99, 0),
			(BABE, vec![]),
		] {
			assert_eq!(owner(foreign, &proof), None);
		}
	});
}

#[test]
fn refuses_another_session_than_the_proven_one() {
	for session in [0, 1, 2, 4, 5, SessionIndex::MAX] {
		refused(|proof| proof.session = session);
	}
}

#[test]
fn refuses_another_count_than_the_sets() {
	for count in [0, 2, 4, u32::MAX] {
		refused(|proof| proof.validator_count = count);
	}
}

#[test]
fn refuses_nodes_that_were_tampered_with() {
	let count = others_first().build().execute_with(|| proof().trie_nodes.len());
	assert!(count > 2);
	for node in 0..count {
		refused(|proof| {
			let last = proof.trie_nodes[node].len() - 1;
			proof.trie_nodes[node][last] ^= 1;
		});
		refused(|proof| proof.trie_nodes[node].truncate(1));
		refused(|proof| proof.trie_nodes[node].clear());
		refused(|proof| drop(proof.trie_nodes.remove(node)));
	}
	refused(|proof| proof.trie_nodes.clear());
}

#[test]
fn refuses_nodes_too_many() {
	refused(|proof| proof.trie_nodes.push(proof.trie_nodes[0].clone()));
	refused(|proof| proof.trie_nodes.push(vec![0]));
	refused(|proof| proof.trie_nodes.push(b"anything".to_vec()));
	// Of the same trie, but on nobody's way.
	refused(|proof| {
		let other = KeyOwners::prove(key(GRANDPA, 3, 0)).expect("a proof");
		let more: Vec<_> = other
			.trie_nodes
			.into_iter()
			.filter(|node| !proof.trie_nodes.contains(node))
			.collect();
		assert!(!more.is_empty());
		proof.trie_nodes.extend(more);
	});
}

#[test]
fn refuses_the_proof_of_another_set() {
	others_first().build_and_execute(|| {
		let here = proof();
		let mut there = KeyOwners::prove_at(4, key(BABE, 2, 0)).expect("a proof");
		assert_eq!(there.validator_count, 4);
		there.session = here.session;
		there.validator_count = here.validator_count;
		assert_eq!(owner(key(BABE, 2, 0), &there), None);
	});
}

#[test]
fn proves_nothing_of_sessions_that_are_not_kept() {
	others_first().build_and_execute(|| {
		proof();
		assert!(KeyOwners::prove_at(2, key(BABE, 4, 0)).is_some());
		for session in [0, 1, 5, SessionIndex::MAX] {
			for who in KEYED {
				assert_eq!(KeyOwners::prove_at(session, key(BABE, who, 0)), None);
			}
		}
	});
}

#[test]
fn proves_nothing_with_keys_that_do_not_make_the_root() {
	others_first().build_and_execute(|| {
		proof();
		let set = ChosenKeys::<Test>::get(3).expect("a set");
		ChosenKeys::<Test>::mutate(3, |set| {
			if let Some(set) = set {
				set[0].1 = keys(1, 9);
			}
		});
		assert_eq!(KeyOwners::prove(key(BABE, 2, 0)), None);
		assert_eq!(KeyOwners::prove(key(BABE, 1, 9)), None);
		ChosenKeys::<Test>::insert(3, set);
		assert!(KeyOwners::prove(key(BABE, 2, 0)).is_some());
	});
}
