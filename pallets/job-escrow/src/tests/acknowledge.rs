//! `acknowledge`, `decline`, and the window for them.

use super::*;

#[test]
fn starts_the_run_until_its_duration_and_the_grace_are_over() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		assert_ok!(JobEscrow::acknowledge(by(key_of(1)), id));
		// 60 s are ten blocks, and ten of grace.
		assert_eq!(
			state(id),
			JobState::Running {
				started: 4,
				deadline: 24
			}
		);
		assert_eq!(take_events().last(), Some(&Event::JobAcknowledged { job: id, node: 1 }));
	});
}

#[test]
fn counts_a_part_of_a_block_as_one() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask {
			duration: 6_001,
			..Default::default()
		}
		.place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_eq!(
			state(id),
			JobState::Running {
				started: 4,
				deadline: 4 + 2 + 10
			}
		);
	});
}

#[test]
fn refuses_others_than_the_node() {
	ExtBuilder::default().with_providers(2).build_and_execute(|| {
		let id = assigned_job();
		let other = if provider_of(id) == 11 { 12 } else { 11 };
		for who in [CLIENT, STRANGER, other] {
			assert_noop!(JobEscrow::acknowledge(by(who), id), E::NotOfNode);
			assert_noop!(JobEscrow::decline(by(who), id), E::NotOfNode);
		}
		assert_noop!(JobEscrow::acknowledge(by(11), 5), E::NotFound);
	});
}

#[test]
fn refuses_in_other_states() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		assert_noop!(JobEscrow::acknowledge(by(11), id), E::WrongState);
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_noop!(JobEscrow::acknowledge(by(11), id), E::WrongState);
		assert_noop!(JobEscrow::decline(by(11), id), E::WrongState);
	});
}

#[test]
fn is_in_time_in_the_last_block_and_too_late_in_the_next_wherever_the_queue_is() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		run_to(9);
		assert!(matches!(state(id), JobState::Assigned { deadline: 9 }));
		// The queue does not get there: blocks 10 and 11 begin without their slices.
		System::set_block_number(11);
		assert_noop!(JobEscrow::acknowledge(by(11), id), E::TooLate);
		assert_noop!(JobEscrow::decline(by(11), id), E::TooLate);
		System::set_block_number(9);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
	});
}

#[test]
fn a_miss_goes_back_to_the_queue_and_may_hit_the_same_provider() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		run_to(10);
		assert_eq!(
			state(id),
			JobState::Queued {
				since: 10,
				deadline: 30
			}
		);
		assert_eq!((job(id).misses, job(id).placement), (1, None));
		assert!(Reserved::get().is_empty() && JobsOfNode::<Test>::get(1).is_empty());
		assert_eq!((Books::get()[&11].assigned, MockNodes::get()[&1].occupied), (0, 0));
		assert_eq!((fee_hold(CLIENT), claims(escrow())), (3_600_000, 60_000));
		assert!(take_events().contains(&Event::AcknowledgementMissed {
			job: id,
			provider: 11,
			node: 1
		}));
		run_to(12);
		assert_eq!(provider_of(id), 11);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
	});
}

#[test]
fn the_third_miss_refunds_all() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		// Drawn in 4, 12, 20; missed in 10, 18, 26.
		run_to(25);
		assert!(matches!(state(id), JobState::Assigned { deadline: 25 }));
		run_to(26);
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::NotAcknowledged,
				at: 26
			}
		);
		assert_all_back(id, 0);
	});
}

#[test]
fn a_decline_excludes_the_provider() {
	ExtBuilder::default().with_providers(2).build_and_execute(|| {
		let id = assigned_job();
		let first = provider_of(id);
		assert_ok!(JobEscrow::decline(by(first), id));
		assert_eq!(state(id), JobState::Queued { since: 4, deadline: 24 });
		assert_eq!(job(id).declined, vec![first]);
		assert!(Reserved::get().is_empty());
		run_to(6);
		assert_ne!(provider_of(id), first);
		assert_eq!(fee_hold(CLIENT), 3_600_000);
	});
}

#[test]
fn the_third_decline_costs_the_client_a_tenth_of_the_fee() {
	ExtBuilder::default().with_providers(4).build_and_execute(|| {
		let id = assigned_job();
		for decline in 1..=3 {
			let provider = provider_of(id);
			take_events();
			assert_ok!(JobEscrow::decline(by(provider), id));
			assert_eq!(job(id).declined.len(), decline);
			run_to(System::block_number() + 2);
		}
		// Declined in blocks 4, 6 and 8.
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::Declined,
				at: 8
			}
		);
		assert_all_back(id, 360_000);
		assert_eq!(job(id).fee_released, 2_400_000 + 3_240_000);
		assert!(take_events().contains(&Event::JobRefunded {
			job: id,
			reason: RefundReason::Declined,
			fee: 360_000
		}));
		let mut declined = job(id).declined.into_inner();
		declined.sort();
		declined.dedup();
		assert_eq!(declined.len(), 3);
		assert!(Revenue::get().is_empty());
	});
}
