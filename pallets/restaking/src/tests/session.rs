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
		assert_eq!(exposures(0), [(1, 4_000), (2, 3_000), (3, 2_000), (4, 1_000)]);
		assert_eq!(exposures(1), exposures(0));
		assert_eq!((in_pool(1), Balances::free_balance(1)), (4_000, ENDOWMENT - 4_000));
		assert!(historical::HistoricalSessions::<Test>::contains_key(1));
	});
}

#[test]
#[should_panic(expected = "cannot bond 999")]
fn genesis_refuses_a_bond_too_small_to_validate() {
	ExtBuilder::default().with_operators(vec![(1, 999)]).build();
}

#[test]
#[should_panic(expected = "cannot bond 2000")]
fn genesis_refuses_an_operator_twice() {
	ExtBuilder::default()
		.with_operators(vec![(1, 1_000), (1, 2_000)])
		.build();
}

#[test]
#[should_panic(expected = "cannot bond 100000")]
fn genesis_refuses_to_bond_the_existential_deposit() {
	ExtBuilder::default().with_operators(vec![(1, ENDOWMENT)]).build();
}

#[test]
fn a_larger_stake_replaces_the_smallest_two_sessions_on() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond(by(5), 2_500));
		set_keys(5);
		assert_ok!(Restaking::validate(by(5)));
		start_session(1);
		assert_eq!(Session::validators(), [1, 2, 3, 4]);
		assert_eq!(
			events().last(),
			Some(&Event::ValidatorsChosen {
				session: 2,
				validators: 4,
				stake: 11_500
			})
		);
		start_session(2);
		assert_eq!(Session::validators(), [1, 2, 5, 3]);
		assert_eq!(exposures(2), [(1, 4_000), (2, 3_000), (5, 2_500), (3, 2_000)]);
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
			assert_eq!(exposures(4), [(1, 4_000), (3, 2_000)]);
		});
}

#[test]
fn the_set_stays_when_nobody_stands() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000), (2, 3_000)])
		.build_and_execute(|| {
			assert_ok!(Restaking::chill(by(1)));
			assert_ok!(Restaking::unbond(by(2), 3_000));
			start_session(5);
			assert_eq!(Session::validators(), [1, 2]);
			// They still answer for the sessions that they serve.
			assert_eq!(exposures(6), [(1, 4_000), (2, 3_000)]);
			assert_ok!(Restaking::validate(by(1)));
			start_session(7);
			assert_eq!(Session::validators(), [1]);
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
