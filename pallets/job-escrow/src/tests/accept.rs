//! `accept`, and settlement.

use super::*;

/// After a settlement of 50 of 60 seconds, bought at 1,000 planck a millisecond. Returns the events.
fn assert_settled(id: JobId, at: BlockNumber) -> Vec<Event<Test>> {
	let job = job(id);
	assert_eq!(
		job.state,
		JobState::Settled {
			outcome: completed(),
			used: 50_000,
			at
		}
	);
	// The provider: 50,000 of the 10,000,000 that it owes, of 5,000,000,000 proceeds.
	let released = 25_000_000;
	assert_eq!(tokens(11), 1 + released);
	assert_eq!(
		Books::get()[&11],
		ProviderBook {
			obligations: OWED - 50_000,
			assigned: 0,
			proceeds: OWED_PROCEEDS - released
		}
	);
	// The fee: 6 % of 60,000,000 × 5/6.
	assert_eq!((tokens(FEES), job.fee_charged), (1 + 3_000_000, 3_000_000));
	assert_eq!((job.fee_held, job.fee_released), (0, 3_000_000));
	// The client: what it paid, the fee, and the claims it did not use.
	assert_eq!((tokens(CLIENT), fee_hold(CLIENT)), (RICH - 60_000_000 - 3_000_000, 0));
	assert_eq!((claims(CLIENT), claims(escrow())), (10_000, 0));
	assert_eq!(
		(job.delivered, job.claims_returned, job.claims_held),
		(50_000, 10_000, 0)
	);
	assert_eq!(Revenue::get(), [(CLASS, 50_000_000)].into());
	assert!(Reserved::get().is_empty() && JobsOfNode::<Test>::get(1).is_empty());
	assert_eq!(MockNodes::get()[&1].occupied, 0);
	let settled = Event::JobSettled {
		job: id,
		provider: 11,
		used: 50_000,
		revenue: 50_000_000,
		fee: 3_000_000,
		released,
		base_fee: 0,
	};
	let events = take_events();
	assert_eq!(events.last(), Some(&settled));
	events
}

#[test]
fn pays_everyone_to_the_planck() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		take_events();
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!(assert_settled(id, 14)[0], Event::JobAccepted { job: id });
	});
}

#[test]
fn happens_by_itself_when_the_window_has_passed() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		run_to(64);
		assert!(matches!(state(id), JobState::Submitted { deadline: 64, .. }));
		run_to(65);
		assert_settled(id, 65);
	});
}

#[test]
fn is_never_too_late() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		// The queue lags behind the window's end.
		System::set_block_number(70);
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_settled(id, 70);
	});
}

#[test]
fn the_client_chooses_its_window() {
	ExtBuilder::default().build_and_execute(|| {
		let terms = JobTerms {
			accept_blocks: Some(3),
			..Default::default()
		};
		let id = Ask {
			terms,
			..Default::default()
		}
		.place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(14);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 50_000));
		run_to(18);
		assert_settled(id, 18);
	});
}

#[test]
fn rounds_the_fee_up_and_the_revenue_down() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		assert_ok!(JobEscrow::submit(by(11), id, Outcome::Trapped, 1));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		// 1 of 60,000 ms of 60,000,000 planck: 1,000 of revenue, 60 of fee, 500 of proceeds.
		assert_eq!((Revenue::get()[&CLASS], tokens(FEES), tokens(11)), (1_000, 61, 501));
	});
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 1, 0);
		let terms = JobTerms {
			claims: 1,
			..Default::default()
		};
		let id = Ask {
			duration: 7,
			max_cost: 6_001,
			terms,
			..Default::default()
		}
		.place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_ok!(JobEscrow::submit(by(11), id, Outcome::Trapped, 3));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		// P = 7,000: a fee of 420 is held, 3/7 of it is 180; 3/7 of the revenue 3,000.
		assert_eq!((Revenue::get()[&CLASS], tokens(FEES)), (3_000, 181));
	});
}

#[test]
fn a_job_that_used_nothing_settles_for_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		assert_ok!(JobEscrow::submit(by(11), id, Outcome::Trapped, 0));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!(
			state(id),
			JobState::Settled {
				outcome: Outcome::Trapped,
				used: 0,
				at: 4
			}
		);
		assert_all_back(id, 0);
		assert_eq!((tokens(11), Revenue::get()[&CLASS]), (1, 0));
	});
}

#[test]
fn refuses_others_twice_and_too_early() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		assert_noop!(JobEscrow::accept(by(CLIENT), id), E::WrongState);
		run_to(14);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 50_000));
		for who in [STRANGER, 11, key_of(1)] {
			assert_noop!(JobEscrow::accept(by(who), id), E::NotClient);
		}
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_noop!(JobEscrow::accept(by(CLIENT), id), E::WrongState);
		assert_noop!(JobEscrow::reject(by(CLIENT), id), E::WrongState);
	});
}

#[test]
fn a_settlement_that_fails_is_undone_and_made_later() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		DeliveryFails::set(&true);
		assert_noop!(JobEscrow::accept(by(CLIENT), id), DispatchError::Unavailable);
		let before = job(id);
		run_to(64);
		take_events();
		run_to(65);
		assert_eq!(
			take_events(),
			[Event::JobDelayed {
				job: id,
				error: DispatchError::Unavailable
			}]
		);
		assert_eq!(job(id), JobOf::<Test> { due: 75, ..before });
		assert_eq!((tokens(11), fee_hold(CLIENT)), (1, 3_600_000));
		check_everything();
		// Too late to reject, whenever the settlement comes.
		assert_noop!(JobEscrow::reject(by(CLIENT), id), E::TooLate);
		run_to(74);
		DeliveryFails::set(&false);
		run_to(75);
		assert_settled(id, 75);
	});
}
