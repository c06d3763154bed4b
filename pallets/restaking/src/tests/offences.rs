//! Slashes: how much, from what, how often, and who validates after them.

use super::*;
use polkadot_sdk::sp_staking::offence::OffenceError;

/// One offence of one of four validators, in a slot of its own.
fn equivocate(session: SessionIndex, slot: u64, offender: AccountId) {
	assert_ok!(report(Equivocation {
		session,
		slot,
		validators: 4,
		offender
	}));
}

#[test]
fn one_of_four_loses_fifty_six_and_a_quarter_percent() {
	ExtBuilder::default().build_and_execute(|| {
		equivocate(0, 1, 1);
		assert_eq!((operator(1).active, in_pool(1)), (1_750, 1_750));
		assert_eq!(Burned::get(), 2_250);
		assert_eq!(Balances::total_issuance(), 9 * ENDOWMENT - 2_250);
		assert_eq!(Balances::free_balance(1), ENDOWMENT - 4_000);
		assert_eq!(
			events().last(),
			Some(&Event::Slashed {
				operator: 1,
				session: 0,
				amount: 2_250
			})
		);
		// The others lose nothing.
		assert_eq!((operator(2).active, in_pool(2)), (3_000, 3_000));
	});
}

#[test]
fn the_offender_is_disabled_at_once_and_again_and_then_out() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(1);
		equivocate(1, 1, 2);
		assert!(!Restaking::is_candidate(&2));
		assert_eq!(Session::disabled_validators(), [1]);
		// It was chosen for the next session before; its new set clears the flag, we set it again.
		start_session(2);
		assert_eq!(Session::validators(), [1, 2, 3, 4]);
		assert_eq!(Session::disabled_validators(), [1]);
		start_session(3);
		assert_eq!(Session::validators(), [1, 3, 4]);
		assert_eq!(Session::disabled_validators(), Vec::<u32>::new());
	});
}

#[test]
fn an_offence_of_an_earlier_session_disables_who_validates_now() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(4);
		equivocate(2, 1, 3);
		assert_eq!(Session::disabled_validators(), [2]);
		start_session(6);
		assert_eq!(Session::validators(), [1, 2, 4]);
	});
}

#[test]
fn reports_of_one_era_slash_once() {
	ExtBuilder::default().build_and_execute(|| {
		equivocate(0, 1, 1);
		// The same offence again is a duplicate; another round of the same era is a new offence.
		assert_eq!(
			report(Equivocation {
				session: 0,
				slot: 1,
				validators: 4,
				offender: 1
			}),
			Err(OffenceError::DuplicateReport)
		);
		equivocate(0, 2, 1);
		equivocate(1, 3, 1);
		start_session(1);
		equivocate(1, 4, 1);
		assert_eq!(operator(1).active, 1_750);
		assert_eq!(Burned::get(), 2_250);
	});
}

#[test]
fn a_raised_fraction_takes_the_difference() {
	ExtBuilder::default().build_and_execute(|| {
		// 9 % each for one of ten; a second in the same slot raises both to 36 %.
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 10,
			offender: 1
		}));
		assert_eq!((operator(1).active, Burned::get()), (3_640, 360));
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 10,
			offender: 2
		}));
		assert_eq!((operator(1).active, in_pool(1)), (2_560, 2_560));
		assert_eq!((operator(2).active, in_pool(2)), (1_920, 1_920));
		assert_eq!(Burned::get(), 1_440 + 1_080);
		// A third: 81 % of the stake at the time of the offence, not of what is left.
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 10,
			offender: 3
		}));
		assert_eq!(operator(1).active, 760);
		assert_eq!(Slashes::<Test>::get(0, 1), Some(3_240));
	});
}

#[test]
fn offences_of_two_eras_count_both() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(3);
		equivocate(2, 1, 1);
		assert_eq!(operator(1).active, 1_750);
		// It serves session 4 still, chosen with what it had before the slash.
		start_session(4);
		equivocate(4, 2, 1);
		assert_eq!(operator(1).active, 0);
		assert_eq!(Burned::get(), 4_000);
		assert_eq!(
			(Slashes::<Test>::get(0, 1), Slashes::<Test>::get(1, 1)),
			(Some(2_250), Some(2_250))
		);
	});
}

#[test]
fn the_slash_is_of_the_stake_at_the_time_of_the_offence() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(1), 10_000));
		equivocate(0, 1, 1);
		assert_eq!((operator(1).active, Burned::get()), (14_000 - 2_250, 2_250));
	});
}

#[test]
fn unbonding_stays_slashable() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 4_000));
		start_session(8);
		equivocate(1, 1, 1);
		assert_eq!(
			operator(1).unbonding.into_inner(),
			[Unbonding {
				amount: 1_750,
				withdrawable_in: 3
			}]
		);
		assert_eq!((in_pool(1), Burned::get()), (1_750, 2_250));
		start_era(3);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!(Balances::free_balance(1), ENDOWMENT - 2_250);
	});
}

#[test]
fn active_bond_goes_first_then_the_youngest_part() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 1_000));
		start_era(1);
		assert_ok!(Restaking::unbond(by(1), 2_000));
		// 2,250 due: 1,000 active, 1,250 of the 2,000 of era 1, nothing of the 1,000 of era 0.
		equivocate(0, 1, 1);
		let o = operator(1);
		assert_eq!(o.active, 0);
		assert_eq!(
			o.unbonding.into_inner(),
			[
				Unbonding {
					amount: 1_000,
					withdrawable_in: 3
				},
				Unbonding {
					amount: 750,
					withdrawable_in: 4
				}
			]
		);
		assert_eq!((in_pool(1), Burned::get()), (1_750, 2_250));
	});
}

#[test]
fn an_offence_too_old_is_ignored() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 4_000));
		start_era(3);
		// The exposure of session 2 is still stored, but money that answered for it may have left.
		assert!(Exposures::<Test>::contains_key(2));
		equivocate(2, 1, 1);
		assert_eq!((in_pool(1), Burned::get()), (4_000, 0));
		assert_eq!(
			events().last(),
			Some(&Event::OffenceIgnored {
				operator: 1,
				session: 2
			})
		);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!(Balances::free_balance(1), ENDOWMENT);
	});
}

#[test]
fn one_that_did_not_validate_then_is_not_slashed() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond(by(5), 5_000));
		equivocate(0, 1, 5);
		assert_eq!((operator(5).active, Burned::get()), (5_000, 0));
		assert_eq!(
			events().last(),
			Some(&Event::OffenceIgnored {
				operator: 5,
				session: 0
			})
		);
	});
}

#[test]
fn the_offender_may_validate_again_in_the_next_era() {
	ExtBuilder::default().build_and_execute(|| {
		equivocate(0, 1, 1);
		assert_noop!(Restaking::validate(by(1)), Error::<Test>::TooEarly);
		start_session(2);
		assert_noop!(Restaking::validate(by(1)), Error::<Test>::TooEarly);
		start_era(1);
		assert_ok!(Restaking::validate(by(1)));
		// A report of the old offence that comes late neither slashes nor chills it again.
		equivocate(0, 2, 1);
		assert!(Restaking::is_candidate(&1));
		assert_eq!((operator(1).active, Burned::get()), (1_750, 2_250));
		start_session(5);
		assert_eq!(Session::validators(), [2, 3, 1, 4]);
	});
}

#[test]
fn one_that_lost_everything_cannot_hide_the_offence() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000), (2, 3_000)])
		.build_and_execute(|| {
			assert_ok!(report(Equivocation {
				session: 0,
				slot: 1,
				validators: 2,
				offender: 1
			}));
			assert_eq!((operator(1).active, in_pool(1), Burned::get()), (0, 0, 4_000));
			// No record is dropped, and no new bond validates, before the era is over.
			assert_noop!(Restaking::withdraw(by(1)), Error::<Test>::NothingToWithdraw);
			assert_ok!(Restaking::bond(by(1), 2_000));
			assert_noop!(Restaking::validate(by(1)), Error::<Test>::TooEarly);
			start_era(1);
			assert_ok!(Restaking::validate(by(1)));
		});
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000), (2, 3_000)])
		.build_and_execute(|| {
			assert_ok!(report(Equivocation {
				session: 0,
				slot: 1,
				validators: 2,
				offender: 1
			}));
			start_era(1);
			assert_ok!(Restaking::withdraw(by(1)));
			assert!(!Operators::<Test>::contains_key(1));
			// A raised fraction for one that is gone finds nothing and takes nothing.
			assert_ok!(report(Equivocation {
				session: 0,
				slot: 1,
				validators: 2,
				offender: 2
			}));
			assert_eq!(Burned::get(), 7_000);
		});
}

#[test]
fn a_rest_that_no_account_could_hold_goes_with_the_slash() {
	ExtBuilder::default().build_and_execute(|| {
		equivocate(0, 1, 1);
		start_era(1);
		assert_ok!(Restaking::unbond(by(1), 1_750 - 100));
		// 1,687 of 3,000 and then 5 more than that of the rest would leave 2's pool with dust.
		Exposures::<Test>::mutate(3, |set| set.as_mut().unwrap()[0] = Candidate { who: 1, stake: 1_745 });
		assert_ok!(report(Equivocation {
			session: 3,
			slot: 2,
			validators: 3,
			offender: 1
		}));
		// Due 1,745: 100 active, 1,645 of 1,650; the 5 left are below the existential deposit.
		assert_eq!((operator(1).total(), in_pool(1)), (0, 0));
		assert_eq!(Burned::get(), 4_000);
	});
}
