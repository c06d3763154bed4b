//! Freezing, thawing and taking: whose, how much, in which order.

use super::*;

/// Four classes of 10 %, 12.5 %, 10 % and 17.5 %: EigenLayer's example, in half of the stake.
fn four_classes() -> ExtBuilder {
	let magnitudes = [(0, 100), (1, 125), (2, 100), (3, 175)];
	ExtBuilder::default().with_allocations(magnitudes.map(|(class, m)| (1, class, m * PERCENT / 10)).to_vec())
}

fn worth(who: AccountId) -> Vec<Balance> {
	(0..4).map(|class| Restaking::free_allocation(&who, class)).collect()
}

#[test]
fn a_compute_slash_takes_of_its_own_allocation_alone() {
	four_classes().build_and_execute(|| {
		start_session(1);
		assert_eq!(worth(1), [400 * QRN, 500 * QRN, 400 * QRN, 700 * QRN]);
		assert_ok!(fault(1, 0, 1, 200 * QRN));
		// At once, and at once out of the election.
		assert_eq!(worth(1), [200 * QRN, 500 * QRN, 400 * QRN, 700 * QRN]);
		assert_eq!(
			(operator(1).stake(), Restaking::total_stake()),
			(3_800 * QRN, 9_800 * QRN)
		);
		assert_eq!(Candidates::<Test>::get()[0].stake, 3_800 * QRN);
		assert_eq!(execute(0), (200 * QRN, 0));
		assert_eq!(worth(1), [200 * QRN, 500 * QRN, 400 * QRN, 700 * QRN]);
		assert_eq!((own(1), in_pool(1)), (3_800 * QRN, 3_800 * QRN));
		assert_eq!(operator(1).whole, 95 * PERCENT);
		assert_eq!(operator(1).allocations.get(&0).unwrap().active, 5 * PERCENT);
	});
}

#[test]
fn the_own_bond_answers_first() {
	ExtBuilder::default()
		.with_operators(vec![(1, 1_000 * QRN), (2, 3_000 * QRN)])
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			assert_ok!(Restaking::delegate(by(6), 1, 2_000 * QRN, RewardMode::Payout));
			start_session(1);
			assert_ok!(fault(1, 0, 1, Balance::MAX));
			assert_eq!(due(0), parts(1_000 * QRN, 1_000 * QRN));
			assert!(!Restaking::is_operator(&1) && !Restaking::is_candidate(&1));
			execute(0);
			assert_eq!(own(1), 0);
			assert_eq!((value(5, 1), value(6, 1)), (666_666_667, 1_333_333_333));
		});
}

#[test]
fn what_is_frozen_cannot_be_had_and_the_rest_can() {
	ExtBuilder::default()
		.with_operators(vec![(1, 1_000 * QRN), (2, 3_000 * QRN)])
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			delegate(6, 1, 2_000 * QRN);
			start_session(3);
			assert_ok!(fault(1, 0, 3, Balance::MAX));
			assert_eq!(due(0), parts(1_000 * QRN, 1_000 * QRN));
			assert_noop!(Restaking::unbond(by(1), 1), Error::<Test>::InsufficientFreeBond);
			undelegate(5, 1);
			assert_eq!(value(5, 1), 1_000 * QRN);
			start_era(6);
			assert_ok!(Restaking::withdraw(by(5), Some(1)));
			assert_eq!(free(5), ENDOWMENT - 333_333_334);
			// The rest waits for the slash.
			assert_noop!(Restaking::withdraw(by(5), Some(1)), Error::<Test>::NothingToWithdraw);
			assert_eq!(value(5, 1), 333_333_334);
			// Half is voided: it can be had.
			void_part(0, parts(0, 500 * QRN));
			assert_eq!(execute(0), (1_000 * QRN, 500 * QRN));
			assert_ok!(Restaking::withdraw(by(5), Some(1)));
			assert_eq!(free(5), ENDOWMENT - 166_666_667);
			assert_eq!(value(6, 1), 2_000 * QRN - 333_333_333);
			assert_eq!(EraPools::<Test>::iter().count(), 0);
		});
}

#[test]
fn unbonding_after_the_offence_saves_nobody() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000 * QRN), (2, 3_000 * QRN)])
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			start_session(1);
			assert_ok!(Restaking::unbond(by(1), 3_900 * QRN));
			undelegate(5, 1);
			// Half of 5,000, as it was when the session began.
			assert_ok!(fault(1, 0, 1, Balance::MAX));
			assert_eq!(due(0), parts(2_500 * QRN, 0));
			// What is free still leaves; the slash waits longer than the unbonding period.
			start_era(8);
			assert_ok!(Restaking::withdraw(by(1), None));
			assert_ok!(Restaking::withdraw(by(5), Some(1)));
			assert_eq!((free(5), free(1)), (ENDOWMENT, ENDOWMENT - 2_537_500_000 - ED));
			assert_eq!(execute(0), (2_500 * QRN, 0));
			assert_eq!(in_pool(1), 37_500_000);
		});
}

#[test]
fn stake_that_unbonds_answers_for_jobs_until_it_can_be_withdrawn() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			assert_ok!(Restaking::unbond(by(1), 2_000 * QRN));
			// New jobs count with what is active alone.
			assert_eq!(Restaking::free_allocation(&1, 0), 1_000 * QRN);
			start_session(14);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 14), 2_000 * QRN);
			assert_ok!(fault(1, 0, 14, Balance::MAX));
			assert_eq!(execute(0), (2_000 * QRN, 0));
			assert_eq!(EraPools::<Test>::get(0, 5).unwrap().own, Tranche::of(1_000 * QRN));
			assert_eq!(own(1), 1_000 * QRN);
			assert_eq!(Restaking::free_allocation(&1, 0), 0);
			start_era(5);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 15), 0);
			assert_ok!(Restaking::withdraw(by(1), None));
		});
}

#[test]
fn stake_that_can_be_withdrawn_answers_for_nothing() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			assert_ok!(Restaking::unbond(by(1), 2_000 * QRN));
			start_era(5);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 15), 1_000 * QRN);
			// Not for offences before it could be, either, though it has not been.
			assert_ok!(fault(1, 0, 14, Balance::MAX));
			assert_eq!(due(0), parts(1_000 * QRN, 0));
			assert_ok!(Restaking::withdraw(by(1), None));
			assert_eq!(free(1), ENDOWMENT - 2_000 * QRN - ED);
		});
}

#[test]
fn stake_that_left_before_the_offence_answers_for_no_block() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 1_000 * QRN);
		start_session(1);
		assert_ok!(Restaking::unbond(by(1), 2_000 * QRN));
		undelegate(5, 1);
		start_session(4);
		equivocate(4, 1, 1);
		assert_eq!(execute(0), (1_125 * QRN, 0));
		assert_eq!(EraPools::<Test>::get(0, 5).unwrap().own, Tranche::of(2_000 * QRN));
		assert_eq!((own(1), value(5, 1)), (875 * QRN, 1_000 * QRN));
	});
}

#[test]
fn what_came_in_a_session_counts_for_jobs_from_the_next_on() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			start_session(1);
			assert_ok!(Restaking::bond_more(by(1), 6_000 * QRN));
			// A fault in this session could not be slashed for more.
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 1), 2_000 * QRN);
			assert_eq!(Restaking::free_allocation(&1, 0), 2_000 * QRN);
			start_session(2);
			assert_eq!(Restaking::free_allocation(&1, 0), 5_000 * QRN);
		});
}

#[test]
fn consensus_comes_first_and_the_class_has_what_is_left_of_its_part() {
	for consensus_first in [true, false] {
		ExtBuilder::default()
			.with_allocations(vec![(1, 0, 50 * PERCENT)])
			.build_and_execute(|| {
				start_session(2);
				assert_ok!(fault(1, 0, 2, Balance::MAX));
				equivocate(2, 1, 1);
				// 2,000 for the class, 2,250 against consensus: 250 displaced.
				assert_eq!((due(0), due(1)), (parts(2_000 * QRN, 0), parts(2_250 * QRN, 0)));
				assert_eq!((operator(1).stake(), operator(1).own.frozen_total()), (0, 4_000 * QRN));
				if consensus_first {
					assert_eq!(execute(1), (2_250 * QRN, 0));
				}
				// Half of the 1,750 that offences against consensus leave.
				assert_eq!(execute(0), (875 * QRN, 0));
				if !consensus_first {
					assert_eq!(execute(1), (2_250 * QRN, 0));
				}
				assert_eq!((own(1), operator(1).stake()), (875 * QRN, 875 * QRN));
				assert!(operator(1).pending.is_empty());
			});
	}
}

#[test]
fn a_voided_consensus_slash_gives_back_what_it_displaced() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			start_session(2);
			assert_ok!(fault(1, 0, 2, Balance::MAX));
			equivocate(2, 1, 1);
			void(1);
			assert_eq!(operator(1).stake(), 2_000 * QRN);
			assert_eq!(execute(0), (2_000 * QRN, 0));
		});
}

#[test]
fn a_thawed_slash_leaves_no_trace() {
	four_classes().build_and_execute(|| {
		delegate(5, 1, 1_000 * QRN);
		start_session(1);
		let before = (operator(1).own, operator(1).compounding, worth(1));
		assert_ok!(fault(1, 3, 1, Balance::MAX));
		void_part(0, parts(1, 0));
		void(0);
		assert_eq!((operator(1).own, operator(1).compounding, worth(1)), before);
		assert!(operator(1).pending.is_empty());
		assert_eq!(Restaking::total_stake(), 11_000 * QRN);
	});
}

#[test]
fn two_slashes_of_a_class_take_no_more_than_was_allocated() {
	four_classes().build_and_execute(|| {
		start_session(1);
		assert_ok!(fault(1, 0, 1, 300 * QRN));
		assert_ok!(fault(1, 0, 1, 300 * QRN));
		assert_eq!(execute(0), (300 * QRN, 0));
		assert_eq!(execute(1), (100 * QRN, 0));
		assert_eq!(worth(1)[1..], [500 * QRN, 400 * QRN, 700 * QRN]);
		assert_eq!(operator(1).own.frozen_total(), 0);
	});
}

#[test]
fn a_slash_that_waits_holds_the_allocation_that_leaves() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			start_session(1);
			assert_ok!(fault(1, 0, 1, 1_000 * QRN));
			assert_ok!(Restaking::allocate(by(1), 0, 0));
			start_era(9);
			assert_ok!(Restaking::bond_more(by(1), 1));
			assert_eq!(execute(0), (1_000 * QRN, 0));
			assert_ok!(Restaking::bond_more(by(1), 1));
			assert!(operator(1).allocations.is_empty());
		});
}

#[test]
fn an_era_pool_slashed_to_nothing_is_left_alone_by_those_who_leave_later() {
	ExtBuilder::default()
		.with_operators(vec![(1, 4_000 * QRN), (2, 3_000 * QRN)])
		.build_and_execute(|| {
			delegate(5, 1, 40 * QRN);
			start_session(3);
			undelegate(5, 1);
			equivocate_of(2, 3, 1);
			execute(0);
			assert_eq!(value(5, 1), 0);
			assert_ok!(Restaking::bond_more(by(1), 100 * QRN));
			delegate(6, 1, 50 * QRN);
			undelegate(6, 1);
			assert_eq!(delegation(6, 1).unbonding[0].withdrawable_in, 7);
			start_era(7);
			assert_ok!(Restaking::withdraw(by(6), Some(1)));
			assert_eq!(free(6), ENDOWMENT);
			// What is worth nothing can be cleared away.
			assert_ok!(Restaking::withdraw(by(5), Some(1)));
			assert!(!Delegations::<Test>::contains_key(5, 0));
		});
}

#[test]
fn groups_without_a_place_are_merged_and_nothing_is_lost() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			let rounds = policy::MAX_GROUPS + 5;
			for era in 0..rounds {
				start_era(era);
				assert_ok!(fault(1, 0, era * SESSIONS_PER_ERA, QRN));
				Restaking::do_try_state().unwrap();
			}
			assert_eq!(operator(1).pending.len() as u32, policy::MAX_GROUPS);
			assert_eq!(operator(1).own.frozen_total(), QRN * Balance::from(rounds));
			execute_all();
			assert_eq!(Burned::get(), QRN * Balance::from(rounds));
			assert_eq!(operator(1).own, Tranche::of(4_000 * QRN - QRN * Balance::from(rounds)));
			assert!(operator(1).pending.is_empty());
		});
}

#[test]
fn refuses_what_is_too_long_ago_or_was_not_allocated() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 0, 50 * PERCENT)])
		.build_and_execute(|| {
			start_era(3);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 2), 0);
			assert_eq!(Restaking::freeze(&1, Scope::Class(0), 2, QRN), parts(0, 0));
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(0), 3), 2_000 * QRN);
			assert_eq!(Restaking::freeze(&1, Scope::Class(1), 3, QRN), parts(0, 0));
			assert_eq!(Restaking::freeze(&9, Scope::Consensus, 3, QRN), parts(0, 0));
			assert_eq!(Restaking::freeze(&1, Scope::Consensus, 10, QRN), parts(0, 0));
			assert_eq!(Restaking::freeze(&1, Scope::Class(0), 3, 0), parts(0, 0));
		});
}

#[test]
fn delegators_that_leave_while_a_compute_slash_waits_do_not_shrink_it() {
	// Half of 8,000 answers; the own bond has it all, so nothing of the delegation is frozen. It matures while the
	// slash waits, whether or not anybody withdraws it.
	for (withdraws, touches) in [(false, false), (false, true), (true, false), (true, true)] {
		ExtBuilder::default()
			.with_allocations(vec![(1, 0, 50 * PERCENT)])
			.build_and_execute(|| {
				delegate(5, 1, 4_000 * QRN);
				start_session(3);
				assert_ok!(fault(1, 0, 3, 3_000 * QRN));
				assert_eq!(due(0), parts(3_000 * QRN, 0));
				undelegate(5, 1);
				start_era(7);
				if touches {
					// Whatever the operator does lets era pools end.
					assert_ok!(Restaking::unbond(by(1), 1));
				}
				if withdraws {
					assert_ok!(Restaking::withdraw(by(5), Some(1)));
				}
				assert_eq!(
					operator(1)
						.pending
						.values()
						.map(|pending| pending.gone)
						.sum::<Balance>() > 0,
					withdraws || touches
				);
				assert_eq!(execute(0), (3_000 * QRN, 0));
				// Of 8,000 in all, 3,000 were taken: as much of the whole.
				assert_eq!(operator(1).whole, WHOLE - WHOLE / 8 * 3);
			});
	}
}
