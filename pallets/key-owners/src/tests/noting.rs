//! Whose keys are noted of which session, and when they go.

use super::*;
use historical::HistoricalSessions;
use polkadot_sdk::frame_support::traits::Hooks;

/// The keys noted of a validator in a session.
fn keys_in(session: SessionIndex, who: AccountId) -> Option<MockKeys> {
	let set = ChosenKeys::<Test>::get(session)?;
	let (_, keys) = set.into_iter().find(|(each, _)| *each == who)?;
	Some(keys)
}

#[test]
fn sets_are_noted_as_they_are_chosen_and_dropped_two_sessions_later() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(noted(0), Some(vec![1, 2, 3]));
		assert_eq!(noted(1), Some(vec![1, 2, 3]));
		for running in 1..9 {
			Choice::set(Some(vec![u64::from(running) % 3 + 1, 4]));
			start_session(running);
			let mut kept: Vec<_> = ChosenKeys::<Test>::iter_keys().collect();
			kept.sort();
			assert_eq!(kept, vec![running - 1, running, running + 1]);
			assert_eq!(noted(running + 1), Some(vec![u64::from(running) % 3 + 1, 4]));
			assert_eq!(noted(running), Some(Session::validators()));
			assert_eq!(KeyOwners::do_try_state(), Ok(()));
		}
	});
}

#[test]
fn keys_of_now_come_into_the_next_set_that_is_chosen() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(1);
		set_keys(2, keys(2, 1));
		for session in 0..=2 {
			assert_eq!(keys_in(session, 2), Some(keys(2, 0)));
		}
		start_session(2);
		assert_eq!(keys_in(2, 2), Some(keys(2, 0)));
		assert_eq!(keys_in(3, 2), Some(keys(2, 1)));
	});
}

#[test]
fn who_is_chosen_without_keys_is_left_out_and_not_counted() {
	ExtBuilder::default().build_and_execute(|| {
		purge_keys(2);
		Choice::set(Some(vec![1, 2, 3, 99]));
		start_session(1);
		assert_eq!(noted(2), Some(vec![1, 3]));
		assert_eq!(HistoricalSessions::<Test>::get(2).map(|(_, count)| count), Some(2));
		start_session(2);
		assert_eq!(Session::validators(), vec![1, 3]);
	});
}

#[test]
fn a_set_that_is_too_large_is_cut_for_all_alike() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(Some(vec![6, 5, 4, 3, 2]));
		start_session(1);
		assert_eq!(noted(2), Some(vec![6, 5, 4, 3]));
		assert_eq!(HistoricalSessions::<Test>::get(2).map(|(_, count)| count), Some(4));
		start_session(2);
		assert_eq!(Session::validators(), vec![6, 5, 4, 3]);
	});
}

#[test]
fn a_set_that_goes_on_unchanged_is_no_new_choice() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(None);
		start_session(1);
		assert!(!pallet_session::QueuedChanged::<Test>::get());
		start_session(5);
		assert!(!pallet_session::QueuedChanged::<Test>::get());
		assert_eq!(noted(6), Some(vec![1, 2, 3]));
		assert_eq!(HistoricalSessions::<Test>::get(6), HistoricalSessions::<Test>::get(0));
	});
}

#[test]
fn a_set_that_goes_on_with_other_keys_is_a_new_choice_with_a_root_of_its_own() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(None);
		start_session(1);
		set_keys(3, keys(3, 1));
		start_session(2);
		assert!(pallet_session::QueuedChanged::<Test>::get());
		assert_eq!(keys_in(2, 3), Some(keys(3, 0)));
		assert_eq!(keys_in(3, 3), Some(keys(3, 1)));
		assert_ne!(HistoricalSessions::<Test>::get(3), HistoricalSessions::<Test>::get(2));
		start_session(3);
		assert!(!pallet_session::QueuedChanged::<Test>::get());

		// Who purged its keys is out; that it was the last one of the set does not hide the change.
		purge_keys(3);
		start_session(4);
		assert!(pallet_session::QueuedChanged::<Test>::get());
		assert_eq!(noted(5), Some(vec![1, 2]));
		start_session(5);
		assert_eq!(Session::validators(), vec![1, 2]);
	});
}

#[test]
fn nobody_with_keys_leaves_nothing_to_note() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(None);
		(1..=3).for_each(purge_keys);
		start_session(1);
		assert_eq!(noted(2), None);
		assert_eq!(KeyOwners::do_try_state(), Ok(()));
		// Somebody is chosen again.
		Choice::set(Some(vec![4, 5]));
		start_session(2);
		assert_eq!(noted(3), Some(vec![4, 5]));
		assert_eq!(KeyOwners::do_try_state(), Ok(()));
		start_session(3);
		assert_eq!(Session::validators(), vec![4, 5]);
	});
}

#[test]
fn an_empty_choice_stays_one() {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(Some(vec![]));
		start_session(1);
		assert_eq!(noted(2), Some(vec![]));
		assert_eq!(HistoricalSessions::<Test>::get(2).map(|(_, count)| count), Some(0));
	});
}

#[test]
fn a_genesis_that_chooses_nobody_is_left_to_the_session_pallet() {
	ExtBuilder::default().with_choice(None).build_and_execute(|| {
		let keyed: Vec<_> = KEYED.collect();
		assert_eq!(Session::validators(), keyed);
		assert_eq!((noted(0), noted(1)), (None, None));
		assert_eq!(KeyOwners::do_try_state(), Ok(()));
		// From then on as any other set, cut to what there is room for.
		start_session(1);
		assert_eq!(noted(2), Some(keyed[..4].to_vec()));
	});
}

#[test]
fn the_mock_has_room_for_a_validator() {
	KeyOwners::integrity_test();
}
