//! `reject` and `arbitrate`.

use super::*;

fn disputed_job() -> JobId {
	let id = submitted_job();
	assert_ok!(JobEscrow::reject(by(CLIENT), id));
	id
}

#[test]
fn moves_nothing_and_calls_the_arbiter() {
	ExtBuilder::default().build_and_execute(|| {
		let id = disputed_job();
		assert_eq!(
			state(id),
			JobState::Disputed {
				outcome: completed(),
				used: 50_000,
				submitted: 14,
				deadline: 44
			}
		);
		assert_eq!(take_events().last(), Some(&Event::JobRejected { job: id }));
		assert_eq!((tokens(11), fee_hold(CLIENT), claims(escrow())), (1, 3_600_000, 60_000));
		assert_noop!(JobEscrow::accept(by(CLIENT), id), E::WrongState);
	});
}

#[test]
fn is_for_the_client_alone_and_in_its_window() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		assert_noop!(JobEscrow::reject(by(STRANGER), id), E::NotClient);
		run_to(64);
		System::set_block_number(65);
		assert_noop!(JobEscrow::reject(by(CLIENT), id), E::TooLate);
		System::set_block_number(64);
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		assert_noop!(JobEscrow::reject(by(CLIENT), id), E::WrongState);
	});
}

#[test]
fn a_ruling_for_the_provider_settles() {
	ExtBuilder::default().build_and_execute(|| {
		let id = disputed_job();
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForProvider));
		assert_eq!(
			state(id),
			JobState::Settled {
				outcome: completed(),
				used: 50_000,
				at: 14
			}
		);
		assert_eq!((tokens(11), tokens(FEES)), (25_000_001, 3_000_001));
		assert_eq!((tokens(CLIENT), claims(CLIENT)), (RICH - 63_000_000, 10_000));
	});
}

#[test]
fn a_ruling_for_the_client_gives_it_all_back() {
	ExtBuilder::default().build_and_execute(|| {
		let id = disputed_job();
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		assert_eq!(
			state(id),
			JobState::Faulted {
				reason: FaultReason::RuledForClient,
				outcome: Some(completed()),
				offence: 14,
				at: 14
			}
		);
		assert_all_back(id, 0);
		assert_eq!(tokens(11), 1);
		assert!(Reserved::get().is_empty() && JobsOfNode::<Test>::get(1).is_empty());
	});
}

#[test]
fn silence_settles_for_the_provider() {
	ExtBuilder::default().build_and_execute(|| {
		let id = disputed_job();
		run_to(44);
		assert!(matches!(state(id), JobState::Disputed { .. }));
		run_to(45);
		assert_eq!(
			state(id),
			JobState::Settled {
				outcome: completed(),
				used: 50_000,
				at: 45
			}
		);
		assert_eq!((tokens(11), tokens(FEES)), (25_000_001, 3_000_001));
	});
}

#[test]
fn refuses_rulings_of_others_too_late_or_of_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		assert_noop!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient), E::WrongState);
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		for who in [CLIENT, 11, STRANGER] {
			assert_noop!(
				JobEscrow::arbitrate(by(who), id, Ruling::ForClient),
				DispatchError::BadOrigin
			);
		}
		assert_noop!(JobEscrow::arbitrate(by(ARBITER), 9, Ruling::ForClient), E::NotFound);
		System::set_block_number(45);
		assert_noop!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient), E::TooLate);
		System::set_block_number(44);
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
	});
}
