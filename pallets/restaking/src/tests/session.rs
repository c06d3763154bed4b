//! Which validators each session has.

use super::*;
use polkadot_sdk::pallet_session::historical;

/// The exposures of a session as pairs.
fn exposures(session: SessionIndex) -> Vec<(AccountId, Balance)> {
	Exposures::<Test>::get(session)
		.unwrap_or_default()
		.into_iter()
		.map(|e| (e.who, e.stake))
		.collect()
}

#[test]
fn genesis_operators_validate_from_the_first_block() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Session::validators(), [1, 2, 3, 4]);
		assert_eq!(
			exposures(0),
			[(1, 4_000 * QRN), (2, 3_000 * QRN), (3, 2_000 * QRN), (4, 1_000 * QRN)]
		);
		assert_eq!(exposures(1), exposures(0));

		assert!(historical::HistoricalSessions::<Test>::contains_key(1));
	});
}

#[test]
#[should_panic(expected = "cannot bond 999000000")]
fn genesis_refuses_a_bond_too_small_to_validate() {
	ExtBuilder::default().with_operators(vec![(1, 999 * QRN)]).build();
}

#[test]
#[should_panic(expected = "cannot bond 2000000000")]
fn genesis_refuses_an_operator_twice() {
	ExtBuilder::default()
		.with_operators(vec![(1, 1_000 * QRN), (1, 2_000 * QRN)])
		.build();
}

#[test]
#[should_panic(expected = "cannot bond 100000000000")]
fn genesis_refuses_to_bond_the_existential_deposit() {
	ExtBuilder::default().with_operators(vec![(1, ENDOWMENT)]).build();
}

#[test]
fn a_larger_stake_replaces_the_smallest_two_sessions_on() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::register_operator(by(5), 2_500 * QRN, Perbill::zero()));
		set_keys(5);
		assert_ok!(Restaking::validate(by(5)));
		start_session(1);
		assert_eq!(Session::validators(), [1, 2, 3, 4]);
		assert_eq!(
			events().last(),
			Some(&Event::ValidatorsChosen {
				session: 2,
				validators: 4,
				stake: 11_500 * QRN
			})
		);
		start_session(2);
		assert_eq!(Session::validators(), [1, 2, 5, 3]);
		assert_eq!(
			exposures(2),
			[(1, 4_000 * QRN), (2, 3_000 * QRN), (5, 2_500 * QRN), (3, 2_000 * QRN)]
		);
	});
}

#[test]
fn no_more_than_the_validator_count_are_chosen() {
	ExtBuilder::default().with_validator_count(2).build_and_execute(|| {
		assert_eq!(Session::validators(), [1, 2]);
		start_session(2);
		assert_eq!(Session::validators(), [1, 2]);
		assert_ok!(Restaking::chill(by(1)));
		start_session(4);
		assert_eq!(Session::validators(), [2, 3]);
	});
}

#[test]
fn one_without_session_keys_is_passed_over() {
	ExtBuilder::default()
		.with_validator_count(2)
		.with_keyless(vec![2])
		.build_and_execute(|| {
			assert_eq!(Session::validators(), [1, 3]);
			set_keys(2);
			start_session(2);
			assert_eq!(Session::validators(), [1, 2]);
			assert_ok!(Session::purge_keys(by(2)));
			start_session(4);
			assert_eq!(Session::validators(), [1, 3]);
			assert_eq!(exposures(4), [(1, 4_000 * QRN), (3, 2_000 * QRN)]);
		});
}

#[test]
fn the_set_stays_when_too_few_stand() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000 * QRN), (2, 3_000 * QRN), (3, 2_000 * QRN)])
		.build_and_execute(|| {
			assert_ok!(Restaking::chill(by(1)));
			assert_ok!(Restaking::leave(by(2)));
			// One would be left, and two are needed.
			start_session(5);
			assert_eq!(Session::validators(), [1, 2, 3]);
			// They still answer for the sessions that they serve.
			assert_eq!(exposures(6), [(1, 4_000 * QRN), (2, 3_000 * QRN), (3, 2_000 * QRN)]);
			assert_ok!(Restaking::validate(by(1)));
			start_session(7);
			assert_eq!(Session::validators(), [1, 3]);
		});
}

#[test]
fn offences_of_all_do_not_stop_the_chain() {
	ExtBuilder::default().build_and_execute(|| {
		for who in 1..=4 {
			equivocate(0, who, who);
		}
		assert!(Candidates::<Test>::get().is_empty());
		start_session(4);
		assert_eq!(Session::validators(), [1, 2, 3, 4]);
	});
}

#[test]
fn eras_are_counted_in_sessions() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(CurrentEra::<Test>::get(), 0);
		start_session(2);
		assert_eq!(CurrentEra::<Test>::get(), 0);
		start_session(3);
		assert_eq!(CurrentEra::<Test>::get(), 1);
		start_session(8);
		assert_eq!(Restaking::current_era(), 2);
	});
}

#[test]
fn old_exposures_slashes_and_roots_go_in_time() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 10,
			offender: 1
		}));
		start_session(8);
		assert_eq!(OldestSession::<Test>::get(), 0);
		assert_eq!(Exposures::<Test>::iter_keys().count(), 10);
		// Era 3 begins: era 0 is too old. Two of its sessions go now, the third with the next session.
		start_session(9);
		assert_eq!(OldestSession::<Test>::get(), 2);
		assert!(!Exposures::<Test>::contains_key(1) && Exposures::<Test>::contains_key(2));
		assert!(!historical::HistoricalSessions::<Test>::contains_key(1));
		assert!(Slashes::<Test>::contains_key(0, 1));
		start_session(10);
		assert_eq!(OldestSession::<Test>::get(), 3);
		assert!(!Slashes::<Test>::contains_key(0, 1));
		assert_eq!(OldestSlashEra::<Test>::get(), 1);
		// However long the chain runs, no more than the slashable sessions and those ahead are kept.
		start_session(60);
		assert!(Exposures::<Test>::iter_keys().count() <= 3 * 3 + 3);
		assert!(historical::HistoricalSessions::<Test>::iter_keys().count() <= 3 * 3 + 3);
	});
}

#[test]
fn no_call_forgets_more_than_two_past_states() {
	ExtBuilder::default().build_and_execute(|| {
		for session in 1..=9 {
			start_session(session);
			assert_ok!(Restaking::bond_more(by(1), 1));
		}
		let kept = || Checkpoints::<Test>::iter_prefix(operator(1).id).count();
		// Those that are too old went as others came: sessions slashable, and a few.
		assert_eq!(kept(), 8);
		start_era(9);
		for left in [7, 6, 5] {
			assert_ok!(Restaking::bond_more(by(1), 1));
			assert_eq!(
				(kept(), CheckpointIndex::<Test>::get(operator(1).id).len()),
				(left, left)
			);
			start_session(Session::current_index() + 1);
		}
		// What is too old is no state of a session that can be slashed.
		assert_eq!(Restaking::state_at(&operator(1), 27).stake, 4_000 * QRN + 9);
		assert_eq!(Restaking::state_at(&operator(1), 28).stake, 4_000 * QRN + 10);
	});
}
