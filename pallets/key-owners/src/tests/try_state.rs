//! Each invariant is broken on purpose once, and noticed.

use super::*;
use historical::HistoricalSessions;

/// Runs `corrupt` on sound books in session 3; what `try_state` then finds must be lines that say `what`.
fn notices(corrupt: impl FnOnce(), what: &[&str]) {
	ExtBuilder::default().build_and_execute(|| {
		Choice::set(Some(vec![4, 2]));
		start_session(3);
		assert_eq!(KeyOwners::do_try_state(), Ok(()));
		polkadot_sdk::sp_io::storage::start_transaction();
		corrupt();
		let broken = KeyOwners::do_try_state().expect_err("it is broken");
		assert_eq!(broken.len(), what.len(), "{broken:?}");
		for what in what {
			assert!(broken.iter().any(|line| line.contains(what)), "{broken:?}");
		}
		polkadot_sdk::sp_io::storage::rollback_transaction();
	});
}

#[test]
fn keys_of_sessions_that_are_over_or_far_away() {
	let copy_to = |session| ChosenKeys::<Test>::insert(session, ChosenKeys::<Test>::get(3).expect("a set"));
	notices(|| copy_to(1), &["keys of session 1 are kept in session 3"]);
	notices(|| copy_to(5), &["keys of session 5 are kept in session 3"]);
}

#[test]
fn keys_that_do_not_make_the_root() {
	notices(
		|| {
			ChosenKeys::<Test>::mutate(2, |set| {
				if let Some(set) = set {
					set[0].1 = keys(4, 7);
				}
			})
		},
		&["session 2 has root and count"],
	);
	notices(
		|| HistoricalSessions::<Test>::remove(2),
		&["session 2 has root and count None"],
	);
	notices(
		|| {
			HistoricalSessions::<Test>::mutate(3, |kept| {
				if let Some((_, count)) = kept {
					*count += 1;
				}
			})
		},
		&["session 3 has root and count"],
	);
}

#[test]
fn a_session_that_runs_with_others() {
	notices(
		|| pallet_session::Validators::<Test>::put(vec![2, 4]),
		&["session 3 runs with other validators"],
	);
}

#[test]
fn a_session_that_is_queued_with_other_keys() {
	notices(
		|| pallet_session::QueuedKeys::<Test>::mutate(|queued| queued[0].1 = keys(4, 7)),
		&["session 4 is queued with other keys"],
	);
}
