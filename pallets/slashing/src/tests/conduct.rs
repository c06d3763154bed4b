//! Earnings, liveness penalties, jail.

use super::*;

fn delivered(earned: Balance) {
	<Slashing as Conduct<_>>::delivered(&OP, earned);
}

fn not_done() {
	<Slashing as Conduct<_>>::not_done(fault());
}

/// A fault that the job's size bounds no penalty of.
fn large() -> Fault<mock::AccountId> {
	Fault {
		size: 20_000,
		..fault()
	}
}

/// Faults and penalties since events were last taken.
fn counted() -> Vec<(u32, Balance)> {
	take_events()
		.into_iter()
		.filter_map(|event| match event {
			Event::FaultCounted { faults, penalty, .. } => Some((faults, penalty)),
			_ => None,
		})
		.collect()
}

#[test]
fn daily_earnings_are_the_better_of_two_days() {
	ExtBuilder::default().build_and_execute(|| {
		let daily = || Slashing::conduct(&OP).daily();
		delivered(0);
		assert!(!Records::<Test>::contains_key(OP));
		delivered(1_000);
		delivered(500);
		assert_eq!(daily(), 1_500);
		run_to(DAY);
		assert_eq!(daily(), 1_500);
		delivered(200);
		assert_eq!(daily(), 1_500);
		run_to(2 * DAY);
		assert_eq!(daily(), 200);
		run_to(2 * DAY + 5);
		delivered(70);
		assert_eq!(daily(), 200);
		run_to(3 * DAY);
		assert_eq!(daily(), 70);
		run_to(5 * DAY);
		assert_eq!(daily(), 0);
		assert_eq!((Slashing::conduct(&2).daily(), Slashing::conduct(&2).faults), (0, 0));
	});
}

#[test]
fn a_fault_costs_a_fraction_of_daily_earnings() {
	ExtBuilder::default().build_and_execute(|| {
		delivered(5_000);
		take_events();
		not_done();
		assert_eq!(counted(), [(1, 500)]);
		let slash = slash(0);
		assert_eq!(
			(slash.scope, slash.cause, slash.session, slash.amount),
			(Scope::Class(CLASS), SlashCause::NotDone(1), 0, parts(500, 0))
		);
		assert_eq!(slash.evidence, H256::repeat_byte(8));
		run_to_era(APPEAL);
		assert_eq!((Burned::get(), books(OP).own), (500, 9_500));
	});
}

#[test]
fn a_penalty_is_at_most_a_part_of_the_own_stake_and_the_jobs_size() {
	ExtBuilder::default().build_and_execute(|| {
		delivered(1_000_000);
		take_events();
		<Slashing as Conduct<_>>::not_done(large());
		// 8.5 % of 10,000, then of what is not frozen of it.
		<Slashing as Conduct<_>>::not_done(large());
		<Slashing as Conduct<_>>::not_done(Fault { size: 33, ..fault() });
		assert_eq!(counted(), [(1, 850), (2, 777), (3, 33)]);
		assert_eq!(books(OP).frozen(), parts(850 + 777 + 33, 0));
	});
}

#[test]
fn further_faults_cost_more_and_jail_for_longer() {
	let rich = Books {
		own: 1_000_000,
		delegated: 0,
		allocated: 500_000,
		..stake()
	};
	ExtBuilder::default().with_stake(OP, rich).build_and_execute(|| {
		delivered(10_000);
		take_events();
		let mut days = Vec::new();
		for _ in 0..9 {
			<Slashing as Conduct<_>>::not_done(large());
			days.push(Slashing::jailed_until(&OP).map_or(0, |until| (until - 1) / DAY));
		}
		assert_eq!(days, [0, 0, 1, 2, 4, 8, 16, 16, 16]);
		assert_eq!(
			counted(),
			[
				(1, 1_000),
				(2, 2_000),
				(3, 4_000),
				(4, 8_000),
				(5, 10_000),
				(6, 10_000),
				(7, 10_000),
				(7, 10_000),
				(7, 10_000)
			]
		);
	});
}

#[test]
fn a_fault_without_earnings_is_counted_alone() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..3 {
			assert!(!is_jailed());
			not_done();
		}
		assert!(is_jailed());
		let jailed = Event::Jailed {
			operator: OP,
			until: 1 + DAY,
		};
		let events = take_events();
		assert_eq!(events.last(), Some(&jailed));
		assert!(!events
			.iter()
			.any(|event| matches!(event, Event::FaultNotSlashed { .. })));
		assert_eq!(Slashes::<Test>::iter().count(), 0);
		assert_eq!(books(OP), stake());
	});
}

#[test]
fn each_clean_day_takes_a_fault_away() {
	ExtBuilder::default().build_and_execute(|| {
		let faults = || Slashing::conduct(&OP).faults;
		not_done();
		not_done();
		assert_eq!(faults(), 2);
		run_to(DAY);
		assert_eq!(faults(), 2, "the day of the fault is none");
		run_to(2 * DAY);
		assert_eq!(faults(), 1);
		// What else is written in between changes nothing.
		delivered(10);
		assert_eq!(faults(), 1);
		run_to(2 * DAY + 1);
		not_done();
		assert_eq!(faults(), 2);
		run_to(4 * DAY);
		assert_eq!(faults(), 1);
		delivered(10);
		run_to(5 * DAY);
		assert_eq!(faults(), 0);
		run_to(9 * DAY);
		assert_eq!(faults(), 0);
		not_done();
		assert_eq!(faults(), 1);
		assert!(!is_jailed());
	});
}

#[test]
fn all_faults_are_forgotten_after_the_window() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..30 {
			not_done();
		}
		assert_eq!(Slashing::conduct(&OP).faults, crate::policy::FAULT_WINDOW);
		run_to(1 + 16 * DAY);
		assert_ok!(Slashing::release(by(OP)));
		run_to((16 + crate::policy::FAULT_WINDOW) * DAY);
		assert_eq!(Slashing::conduct(&OP).faults, 1);
		run_to((16 + crate::policy::FAULT_WINDOW + 1) * DAY);
		assert_eq!(Slashing::conduct(&OP).faults, 0);
	});
}

#[test]
fn days_in_jail_take_no_fault_away() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..3 {
			not_done();
		}
		run_to(5 * DAY);
		assert_eq!(Slashing::conduct(&OP).faults, 3);
		delivered(10);
		assert_ok!(Slashing::release(by(OP)));
		run_to(6 * DAY);
		assert_eq!(Slashing::conduct(&OP).faults, 3);
		run_to(7 * DAY);
		assert_eq!(Slashing::conduct(&OP).faults, 2);
	});
}

#[test]
fn a_further_fault_in_jail_extends_the_term() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..3 {
			not_done();
		}
		assert_eq!(Slashing::jailed_until(&OP), Some(1 + DAY));
		run_to(30);
		not_done();
		assert_eq!(Slashing::jailed_until(&OP), Some(30 + 2 * DAY));
		run_to(30 + 10 * DAY);
		not_done();
		assert_eq!(Slashing::jailed_until(&OP), Some(30 + 14 * DAY));
	});
}

#[test]
fn no_fault_shortens_a_term() {
	ExtBuilder::default().build_and_execute(|| {
		<Slashing as Conduct<_>>::wrong_result(fault());
		let until = Slashing::jailed_until(&OP);
		take_events();
		for _ in 0..3 {
			not_done();
		}
		assert_eq!(Slashing::jailed_until(&OP), until);
		assert!(!take_events().iter().any(|event| matches!(event, Event::Jailed { .. })));
	});
}

#[test]
fn a_wrong_result_costs_its_size_and_a_week() {
	ExtBuilder::default().build_and_execute(|| {
		let fault = Fault {
			victim: Some((VICTIM, 300)),
			finder: Some(FINDER),
			..fault()
		};
		<Slashing as Conduct<_>>::wrong_result(fault);
		let slash = slash(0);
		assert_eq!(
			(slash.scope, slash.cause, slash.amount),
			(Scope::Class(CLASS), SlashCause::WrongResult(1), parts(1_000, 0))
		);
		assert_eq!(
			take_events().last(),
			Some(&Event::Jailed {
				operator: OP,
				until: 1 + 7 * DAY,
			})
		);
		assert_eq!(Slashing::conduct(&OP).faults, 0);
		run_to_era(APPEAL);
		assert_eq!((tokens(VICTIM), tokens(FINDER)), (ENDOWMENT + 300, ENDOWMENT + 200));
		assert_eq!(Burned::get(), 500);
	});
}

#[test]
fn a_fault_of_which_no_stake_is_remembered_is_not_slashed_but_a_wrong_result_jails() {
	ExtBuilder::default().build_and_execute(|| {
		delivered(5_000);
		run_to(20);
		Forgotten::set(3);
		let old = Fault { at: 14, ..fault() };
		take_events();
		<Slashing as Conduct<_>>::not_done(old.clone());
		let ignored = Event::FaultIgnored {
			operator: OP,
			job: 1,
			at: 14,
		};
		assert_eq!(take_events(), core::slice::from_ref(&ignored));
		assert_eq!((Slashing::conduct(&OP).faults, is_jailed()), (0, false));
		<Slashing as Conduct<_>>::wrong_result(old);
		assert_eq!(take_events()[0], ignored);
		assert_eq!((Slashing::conduct(&OP).faults, is_jailed()), (0, true));
		assert_eq!(books(OP), stake());
	});
}

#[test]
fn a_fault_that_cannot_be_slashed_counts_and_jails() {
	ExtBuilder::default().build_and_execute(|| {
		delivered(5_000);
		take_events();
		let other_class = Fault {
			class: CLASS + 1,
			..fault()
		};
		<Slashing as Conduct<_>>::not_done(other_class.clone());
		let refused = Event::FaultNotSlashed {
			operator: OP,
			job: 1,
			error: E::NothingToSlash.into(),
		};
		assert_eq!(
			take_events(),
			[
				refused.clone(),
				Event::FaultCounted {
					operator: OP,
					job: 1,
					faults: 1,
					penalty: 0,
				}
			]
		);
		<Slashing as Conduct<_>>::wrong_result(other_class);
		assert_eq!(take_events()[0], refused);
		assert!(is_jailed());
		assert_eq!((books(OP), NextSlashId::<Test>::get()), (stake(), 0));
	});
}

#[test]
fn the_offence_is_of_the_session_of_its_block() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(23);
		<Slashing as Conduct<_>>::wrong_result(Fault { at: 14, ..fault() });
		assert_eq!((slash(0).session, slash(0).due), (2, 2 + APPEAL));
	});
}
