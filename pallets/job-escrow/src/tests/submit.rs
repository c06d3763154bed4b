//! `submit`, and the deadline for it.

use super::*;

#[test]
fn opens_the_clients_window() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		run_to(14);
		assert_ok!(JobEscrow::submit(by(key_of(1)), id, completed(), 60_000));
		assert_eq!(
			state(id),
			JobState::Submitted {
				outcome: completed(),
				used: 60_000,
				submitted: 14,
				deadline: 64
			}
		);
		assert_eq!(
			take_events().last(),
			Some(&Event::JobSubmitted {
				job: id,
				outcome: completed(),
				used: 60_000
			})
		);
		// Nothing is paid yet, and all stays set aside.
		assert_eq!((tokens(11), tokens(FEES), claims(escrow())), (1, 1, 60_000));
		assert_eq!(JobsOfNode::<Test>::get(1), vec![id]);
	});
}

#[test]
fn refuses_more_than_was_bought_or_has_passed() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		// In the block of the acknowledgement one block has passed.
		assert_noop!(JobEscrow::submit(by(11), id, completed(), 6_001), E::UsedTooMuch);
		run_to(12);
		assert_noop!(JobEscrow::submit(by(11), id, completed(), 54_001), E::UsedTooMuch);
		run_to(20);
		assert_noop!(JobEscrow::submit(by(11), id, completed(), 60_001), E::UsedTooMuch);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 60_000));
	});
}

#[test]
fn counts_every_accelerator() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask {
			gpus: 2,
			duration: 30_000,
			..Default::default()
		}
		.place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(6);
		assert_noop!(JobEscrow::submit(by(11), id, completed(), 36_001), E::UsedTooMuch);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 36_000));
	});
}

#[test]
fn refuses_a_larger_output_than_asked_for() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		let large = Outcome::Completed {
			output: output(),
			size: 4_097,
		};
		assert_noop!(JobEscrow::submit(by(11), id, large, 1), E::OutputTooLarge);
		assert_ok!(JobEscrow::submit(
			by(11),
			id,
			Outcome::Completed {
				output: output(),
				size: 4_096
			},
			1
		));
	});
}

#[test]
fn refuses_others_twice_and_before_the_acknowledgement() {
	ExtBuilder::default().with_providers(2).build_and_execute(|| {
		let id = assigned_job();
		let provider = provider_of(id);
		assert_noop!(JobEscrow::submit(by(provider), id, completed(), 1), E::WrongState);
		assert_ok!(JobEscrow::acknowledge(by(provider), id));
		for who in [CLIENT, STRANGER, if provider == 11 { 12 } else { 11 }] {
			assert_noop!(JobEscrow::submit(by(who), id, completed(), 1), E::NotOfNode);
		}
		assert_ok!(JobEscrow::submit(by(provider), id, completed(), 1));
		assert_noop!(JobEscrow::submit(by(provider), id, completed(), 1), E::WrongState);
		assert_noop!(JobEscrow::submit(by(provider), 44, completed(), 1), E::NotFound);
	});
}

#[test]
fn is_in_time_in_the_last_block_and_too_late_in_the_next() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		run_to(24);
		System::set_block_number(25);
		assert_noop!(JobEscrow::submit(by(11), id, completed(), 1), E::TooLate);
		System::set_block_number(24);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 1));
	});
}

#[test]
fn a_missed_deadline_faults_the_provider_and_gives_the_client_all_back() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		run_to(24);
		assert!(matches!(state(id), JobState::Running { .. }));
		run_to(25);
		assert_eq!(
			state(id),
			JobState::Faulted {
				reason: FaultReason::RunDeadlineMissed,
				outcome: None,
				offence: 24,
				at: 25
			}
		);
		assert_all_back(id, 0);
		assert_eq!(claims(CLIENT), 60_000);
		assert_eq!(tokens(11), 1);
		assert!(Reserved::get().is_empty() && JobsOfNode::<Test>::get(1).is_empty());
		assert_eq!(
			Books::get()[&11],
			ProviderBook {
				obligations: OWED,
				assigned: 0,
				proceeds: OWED_PROCEEDS
			}
		);
		assert_eq!(
			take_events().last(),
			Some(&Event::JobFaulted {
				job: id,
				reason: FaultReason::RunDeadlineMissed
			})
		);
		// Who failed stays on the record.
		assert_eq!(provider_of(id), 11);
	});
}
