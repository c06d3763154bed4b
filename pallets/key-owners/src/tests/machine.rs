//! Whatever validators do with their keys: every key that is in force, was or will be is proven, and blames
//! whom the session pallet queued with it.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Action {
	Set(AccountId, u8),
	Purge(AccountId),
	Choose(Option<Vec<AccountId>>),
	Rotate,
}

fn action() -> impl Strategy<Value = Action> {
	let who = KEYED;
	prop_oneof![
		3 => (who.clone(), 0..3u8).prop_map(|(who, version)| Action::Set(who, version)),
		2 => who.clone().prop_map(Action::Purge),
		1 => Just(Action::Choose(None)),
		2 => Just(KEYED.collect::<Vec<_>>())
			.prop_shuffle()
			.prop_flat_map(|all| (0..=all.len()).prop_map(move |count| Action::Choose(Some(all[..count].to_vec())))),
		4 => Just(Action::Rotate),
	]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn every_authoritys_keys_are_proven(actions in prop::collection::vec(action(), 1..60)) {
		ExtBuilder::default().build_and_execute(|| {
			// What the session pallet queued for each session, by its own books.
			let mut sets = vec![Session::queued_keys(), Session::queued_keys()];
			for action in actions {
				match action {
					Action::Set(who, version) => set_keys(who, keys(who, version)),
					Action::Purge(who) => {
						if Session::load_keys(&who).is_some() {
							purge_keys(who);
						}
					}
					Action::Choose(choice) => Choice::set(choice),
					Action::Rotate => {
						let next = Session::current_index() + 1;
						start_session(next);
						sets.push(Session::queued_keys());
					}
				}
				assert_eq!(KeyOwners::do_try_state(), Ok(()));
				let running = Session::current_index();
				for session in running.saturating_sub(1)..=running + 1 {
					let set = &sets[session as usize];
					for (who, version) in KEYED.flat_map(|who| (0..3).map(move |version| (who, version))) {
						let in_set = set.contains(&(who, keys(who, version)));
						for id in [BABE, GRANDPA] {
							let proof = KeyOwners::prove_at(session, key(id, who, version));
							assert_eq!(proof.is_some(), in_set);
							let Some(proof) = proof else { continue };
							assert_eq!(proof.validator_count as usize, set.len());
							assert_eq!(owner(key(id, who, version), &proof), Some(who));
						}
					}
				}
			}
		});
	}
}
