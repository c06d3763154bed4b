//! Proofs that hold whatever became of the keys since.

use super::*;
use polkadot_sdk::frame_support::traits::KeyOwnerProofSystem;

#[test]
fn proves_every_key_of_every_set_that_is_kept() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(Some(vec![2, 3, 4]));
		start_session(1);
		Choice::set(Some(vec![4, 5]));
		start_session(2);
		for (session, set) in [(1, vec![1, 2, 3]), (2, vec![2, 3, 4]), (3, vec![4, 5])] {
			for who in KEYED {
				for id in [BABE, GRANDPA] {
					let proof = KeyOwners::prove_at(session, key(id, who, 0));
					assert_eq!(proof.is_some(), set.contains(&who), "{who} in {session}");
					let Some(proof) = proof else { continue };
					assert_eq!(proof.session, session);
					assert_eq!(proof.validator_count as usize, set.len());
					assert_eq!(owner(key(id, who, 0), &proof), Some(who));
				}
			}
		}
	});
}

#[test]
fn proves_for_the_running_session_as_historical_does_while_keys_stay() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(2);
		for who in 1..=3 {
			let ours = KeyOwners::prove(key(GRANDPA, who, 0)).expect("a proof");
			assert_eq!(ours.session, 2);
			let theirs = Historical::prove(key(GRANDPA, who, 0)).expect("a proof");
			assert_eq!(ours, theirs);
			// Each takes the other's.
			assert_eq!(owner(key(GRANDPA, who, 0), &theirs), Some(who));
			assert_eq!(owner_by_sdk(key(GRANDPA, who, 0), &ours), Some(who));
		}
	});
}

#[test]
fn who_purges_its_keys_is_proven_by_those_it_was_chosen_with() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(2);
		let before = KeyOwners::prove(key(BABE, 2, 0)).expect("a proof");
		purge_keys(2);
		let after = KeyOwners::prove(key(BABE, 2, 0)).expect("a proof");
		assert_eq!(before, after);
		assert_eq!(owner(key(BABE, 2, 0), &after), Some(2));
		// What this pallet is for: the SDK's own check knows it no more.
		assert_eq!(owner_by_sdk(key(BABE, 2, 0), &after), None);

		// So it is one session later, for both sessions it was chosen for, and not for the one after.
		start_session(3);
		for session in [2, 3] {
			let proof = KeyOwners::prove_at(session, key(BABE, 2, 0)).expect("a proof");
			assert_eq!(owner(key(BABE, 2, 0), &proof), Some(2));
		}
		assert_eq!(KeyOwners::prove_at(4, key(BABE, 2, 0)), None);
		assert_eq!(noted(4), Some(vec![1, 3]));
	});
}

#[test]
fn who_purges_its_keys_before_it_offends_is_proven_too() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(1);
		purge_keys(3);
		// Chosen with its keys for this session and the next.
		start_session(2);
		let proof = KeyOwners::prove(key(GRANDPA, 3, 0)).expect("a proof");
		assert_eq!(owner(key(GRANDPA, 3, 0), &proof), Some(3));
		assert!(Historical::prove(key(GRANDPA, 3, 0))
			.and_then(|proof| owner_by_sdk(key(GRANDPA, 3, 0), &proof))
			.is_none());
	});
}

#[test]
fn who_replaces_its_keys_is_proven_by_the_old_ones_until_the_new_ones_are_chosen() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(1);
		set_keys(1, keys(1, 1));
		start_session(2);
		for (session, version, other) in [(1, 0, 1), (2, 0, 1), (3, 1, 0)] {
			let proof = KeyOwners::prove_at(session, key(BABE, 1, version)).expect("a proof");
			assert_eq!(owner(key(BABE, 1, version), &proof), Some(1));
			assert_eq!(KeyOwners::prove_at(session, key(BABE, 1, other)), None);
		}
	});
}

#[test]
fn keys_handed_on_blame_who_had_them_in_the_set() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(2);
		// 2 offends, purges, and 3, of the same set, takes its keys.
		purge_keys(2);
		set_keys(3, keys(2, 0));
		let proof = KeyOwners::prove(key(BABE, 2, 0)).expect("a proof");
		assert_eq!(owner(key(BABE, 2, 0), &proof), Some(2));
		// The SDK would blame 3.
		let theirs = Historical::prove(key(BABE, 2, 0)).expect("a proof");
		assert_eq!(owner_by_sdk(key(BABE, 2, 0), &theirs), Some(3));
		assert_eq!(owner(key(BABE, 2, 0), &theirs), None);

		start_session(4);
		let proof = KeyOwners::prove(key(BABE, 2, 0)).expect("a proof");
		assert_eq!(owner(key(BABE, 2, 0), &proof), Some(3));
	});
}

#[test]
fn a_set_that_goes_on_with_other_keys_is_proven_by_those() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(None);
		start_session(1);
		set_keys(2, keys(2, 1));
		start_session(3);
		assert_eq!(Session::validators(), vec![1, 2, 3]);
		let proof = KeyOwners::prove(key(GRANDPA, 2, 1)).expect("a proof");
		assert_eq!(owner(key(GRANDPA, 2, 1), &proof), Some(2));
		assert_eq!(KeyOwners::prove(key(GRANDPA, 2, 0)), None);
		let before = KeyOwners::prove_at(2, key(GRANDPA, 2, 0)).expect("a proof");
		assert_eq!(owner(key(GRANDPA, 2, 0), &before), Some(2));
	});
}

#[test]
fn a_proof_holds_as_long_as_its_root_is_kept() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(2);
		let proof = KeyOwners::prove(key(BABE, 1, 0)).expect("a proof");
		Choice::set(Some(vec![4, 5]));
		purge_keys(1);
		start_session(40);
		assert_eq!(owner(key(BABE, 1, 0), &proof), Some(1));
		Historical::prune_up_to(2);
		assert_eq!(owner(key(BABE, 1, 0), &proof), Some(1));
		Historical::prune_up_to(3);
		assert_eq!(owner(key(BABE, 1, 0), &proof), None);
	});
}
