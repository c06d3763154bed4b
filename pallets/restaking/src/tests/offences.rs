//! Equivocations: what is proposed, how often, and who validates after them.

use super::*;
use polkadot_sdk::sp_staking::offence::OffenceError;
use quern_primitives::SlashCause;

/// All that was proposed, in planck.
fn proposed() -> Balance {
	Proposed::get().iter().map(|(slash, _)| slash.amount).sum()
}

#[test]
fn one_of_four_loses_fifty_six_and_a_quarter_percent() {
	ExtBuilder::default().build_and_execute(|| {
		equivocate(0, 1, 1);
		// Frozen at once, taken later.
		assert_eq!(
			(own(1), operator(1).stake(), in_pool(1)),
			(4_000 * QRN, 1_750 * QRN, 4_000 * QRN)
		);
		let (slash, due) = Proposed::get()[0].clone();
		assert_eq!((slash.operator, slash.scope, slash.session), (1, Scope::Consensus, 0));
		assert_eq!((slash.cause, slash.amount), (SlashCause::Equivocation, 2_250 * QRN));
		assert_eq!((due, slash.victim, slash.finder), (parts(2_250 * QRN, 0), None, None));
		assert_eq!(execute(0), (2_250 * QRN, 0));
		assert_eq!((own(1), in_pool(1)), (1_750 * QRN, 1_750 * QRN));
		assert_eq!(Balances::total_issuance(), ISSUANCE - 2_250 * QRN);
		// The others lose nothing.
		assert_eq!((own(2), in_pool(2)), (3_000 * QRN, 3_000 * QRN));
		assert_eq!(Restaking::total_stake(), 7_750 * QRN);
	});
}

#[test]
fn delegators_and_allocations_are_down_by_the_exact_share() {
	ExtBuilder::default()
		.with_operators(vec![
			(1, 1_000 * QRN),
			(2, 3_000 * QRN),
			(3, 2_000 * QRN),
			(4, 1_000 * QRN),
		])
		.with_allocations(vec![(1, 0, 20 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			assert_ok!(Restaking::delegate(by(6), 1, 1_600 * QRN, RewardMode::Payout));
			delegate(7, 1, 400 * QRN);
			start_session(2);
			undelegate(7, 1);
			equivocate(2, 1, 1);
			// 56.25 % of 4,000: 1,000 own, 1,250 of 3,000 delegated.
			assert_eq!(due(0), parts(1_000 * QRN, 1_250 * QRN));
			assert_eq!(Restaking::free_allocation(&1, 0), (2_600 - 1_083) * QRN / 5 - 66_667);
			execute(0);
			for (who, delegated) in [(5, 1_000 * QRN), (6, 1_600 * QRN), (7, 400 * QRN)] {
				assert!(value(who, 1).abs_diff(delegated * 7 / 12) <= 1, "{who}");
			}
			assert_eq!(operator(1).whole, WHOLE);
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
		assert_eq!((Proposed::get().len(), proposed()), (1, 2_250 * QRN));
	});
}

#[test]
fn a_raised_fraction_takes_the_difference() {
	ExtBuilder::default().build_and_execute(|| {
		let offend = |offender| {
			assert_ok!(report(Equivocation {
				session: 0,
				slot: 1,
				validators: 10,
				offender
			}));
		};
		// 9 % each for one of ten; a second in the same slot raises both to 36 %.
		offend(1);
		assert_eq!(proposed(), 360 * QRN);
		offend(2);
		assert_eq!((operator(1).stake(), operator(2).stake()), (2_560 * QRN, 1_920 * QRN));
		// A third: 81 % of the stake at the time of the offence, not of what is left.
		execute_all();
		offend(3);
		assert_eq!(operator(1).stake(), 760 * QRN);
		assert_eq!(Slashes::<Test>::get(0, 1), Some(3_240 * QRN));
		execute_all();
		assert_eq!((own(1), in_pool(1)), (760 * QRN, 760 * QRN));
	});
}

#[test]
fn offences_of_two_eras_count_both() {
	ExtBuilder::default().build_and_execute(|| {
		start_session(3);
		equivocate(2, 1, 1);
		assert_eq!(operator(1).stake(), 1_750 * QRN);
		// It serves session 4 still, chosen with what it had before the slash.
		start_session(4);
		equivocate(4, 2, 1);
		assert_eq!(operator(1).stake(), 0);
		// Due twice, but there is not that much.
		assert_eq!(due(1), parts(1_750 * QRN, 0));
		execute_all();
		assert_eq!((own(1), Burned::get()), (0, 4_000 * QRN));
		assert_eq!(
			(Slashes::<Test>::get(0, 1), Slashes::<Test>::get(1, 1)),
			(Some(2_250 * QRN), Some(2_250 * QRN))
		);
	});
}

#[test]
fn the_slash_is_of_the_stake_at_the_time_of_the_offence() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(1), 10_000 * QRN));
		equivocate(0, 1, 1);
		assert_eq!(operator(1).stake(), (14_000 - 2_250) * QRN);
	});
}

#[test]
fn unbonding_stays_slashable() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::leave(by(1)));
		start_session(8);
		equivocate(1, 1, 1);
		assert_eq!(execute(0), (2_250 * QRN, 0));
		assert_eq!(EraPools::<Test>::get(0, 5).unwrap().own, Tranche::of(1_750 * QRN));
		start_era(5);
		assert_ok!(Restaking::withdraw(by(1), None));
		assert_eq!(free(1), ENDOWMENT - 2_250 * QRN);
	});
}

#[test]
fn an_offence_too_old_is_ignored() {
	ExtBuilder::default().build_and_execute(|| {
		start_era(3);
		// The exposure of session 2 is still stored, but money that answered for it may leave soon.
		assert!(Exposures::<Test>::contains_key(2));
		equivocate(2, 1, 1);
		assert_eq!(
			events().last(),
			Some(&Event::OffenceIgnored {
				operator: 1,
				session: 2
			})
		);
		assert!(Proposed::get().is_empty() && Restaking::is_candidate(&1));
	});
}

#[test]
fn one_that_did_not_validate_then_is_not_slashed() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::register_operator(by(5), 5_000 * QRN, Perbill::zero()));
		equivocate(0, 1, 5);
		assert!(Proposed::get().is_empty());
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
fn a_slash_that_is_refused_is_proposed_again_by_the_next_report() {
	ExtBuilder::default().build_and_execute(|| {
		Refuses::set(Some(DispatchError::Unavailable));
		equivocate(0, 1, 1);
		assert_eq!(
			events().last(),
			Some(&Event::OffenceNotSlashed {
				operator: 1,
				session: 0,
				error: DispatchError::Unavailable
			})
		);
		assert_eq!(Slashes::<Test>::get(0, 1), None);
		// It is out all the same.
		assert!(!Restaking::is_candidate(&1));
		assert_eq!(operator(1).offended_in, Some(0));
		Refuses::set(None);
		equivocate(0, 2, 1);
		assert_eq!(due(0), parts(2_250 * QRN, 0));
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
		assert_eq!(operator(1).stake(), 1_750 * QRN);
		start_session(5);
		assert_eq!(Session::validators(), [2, 3, 1, 4]);
	});
}
