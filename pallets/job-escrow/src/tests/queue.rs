//! The due queue.

use super::*;
use crate::hooks::Moment;
use polkadot_sdk::frame_support::{traits::Hooks, weights::Weight, BoundedVec};

/// Jobs that wait for their draw in vain.
fn queue_up(count: usize) -> Vec<JobId> {
	(0..count)
		.map(|_| {
			Ask {
				duration: 1_000,
				max_cost: 1_000_000,
				..Default::default()
			}
			.place()
		})
		.collect()
}

#[test]
fn keeps_the_record_of_a_finished_job_and_then_drops_it() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!(job(id).due, 14 + 40);
		run_to(53);
		assert!(Jobs::<Test>::contains_key(id));
		run_to(54);
		assert!(!Jobs::<Test>::contains_key(id));
		assert_eq!(Due::<Test>::iter().count(), 0);
		assert_eq!(take_events().last(), Some(&Event::JobPruned { job: id }));
		assert_noop!(JobEscrow::accept(by(CLIENT), id), E::NotFound);
		// Numbers are not given out again.
		assert_eq!(Ask::default().place(), id + 1);
	});
}

#[test]
fn a_full_block_delays_the_rest() {
	ExtBuilder::default().with_allocation(0).build_and_execute(|| {
		let ids = queue_up(40);
		assert_eq!(
			(
				Due::<Test>::get(13).len(),
				Due::<Test>::get(14).len(),
				Due::<Test>::get(15).len()
			),
			(16, 16, 8)
		);
		check_everything();
		// All bids fill at once and all want their draw in block 4.
		run_to(2);
		JobEscrow::drain_closed(40);
		assert_eq!(
			(
				Due::<Test>::get(4).len(),
				Due::<Test>::get(5).len(),
				Due::<Test>::get(6).len()
			),
			(16, 16, 8)
		);
		check_everything();
		run_to(100);
		assert!(ids.iter().all(|id| !Jobs::<Test>::contains_key(id)));
		assert_eq!(Due::<Test>::iter().count(), 0);
		assert_eq!(
			(claims(CLIENT), tokens(CLIENT), fee_hold(CLIENT)),
			(40_000, RICH - 40_000_000, 0)
		);
	});
}

#[test]
fn a_block_handles_no_more_than_its_slice_and_the_next_goes_on() {
	ExtBuilder::default().with_allocation(0).build_and_execute(|| {
		queue_up(16);
		run_to(2);
		JobEscrow::drain_closed(16);
		run_to(3);
		System::set_block_number(4);
		JobEscrow::on_initialize(4);
		// Twelve were looked at and moved on, four wait in front.
		assert_eq!(
			(
				DueCursor::<Test>::get(),
				Due::<Test>::get(4).len(),
				Due::<Test>::get(6).len()
			),
			(4, 4, 12)
		);
		check_everything();
		System::set_block_number(5);
		JobEscrow::on_initialize(5);
		assert_eq!((DueCursor::<Test>::get(), Due::<Test>::get(4).len()), (6, 0));
		check_everything();
	});
}

#[test]
fn idle_time_takes_the_rest_within_its_weight() {
	ExtBuilder::default().build_and_execute(|| {
		let ids = queue_up(16);
		for id in &ids {
			assert_ok!(JobEscrow::cancel(by(CLIENT), *id));
		}
		run_to(40);
		System::set_block_number(41);
		JobEscrow::on_initialize(41);
		assert_eq!(Jobs::<Test>::iter().count(), 4);
		assert_eq!(JobEscrow::on_idle(41, Weight::zero()), Weight::zero());
		let weight = <() as WeightInfo>::drain_base() + JobEscrow::step_weight(Moment::Idle) * 3;
		let used = JobEscrow::on_idle(41, weight);
		assert_eq!(Jobs::<Test>::iter().count(), 1);
		assert!(used.all_lte(weight));
		check_everything();
		JobEscrow::on_idle(41, Weight::MAX);
		assert_eq!((Jobs::<Test>::iter().count(), DueCursor::<Test>::get()), (0, 42));
	});
}

#[test]
fn the_hook_says_what_it_weighs() {
	ExtBuilder::default().build_and_execute(|| {
		let (base, pass) = (<() as WeightInfo>::drain_base(), <() as WeightInfo>::pass_block());
		let job = JobEscrow::step_weight(Moment::Start);
		// A job of the queue may be a fault, which is as dear as the arbiter's.
		for dear in [<() as WeightInfo>::process_due(), <() as WeightInfo>::arbitrate()] {
			assert!(JobEscrow::step_weight(Moment::Idle).all_gte(dear));
		}
		// Only at the start of a block may it be a draw, which asks all that there are.
		let drawn = <() as WeightInfo>::assign_job() + <() as WeightInfo>::ask_provider() * PROVIDERS.len() as u64;
		assert!(job.all_gte(drawn) && job.all_gte(JobEscrow::step_weight(Moment::Idle)));
		System::set_block_number(2);
		assert_eq!(JobEscrow::on_initialize(2), base + pass);
		assert_eq!(JobEscrow::on_initialize(2), base);
		Ask::default().place();
		run_to(4);
		System::set_block_number(5);
		// The draw, and block 5 behind it.
		assert_eq!(JobEscrow::on_initialize(5), base + pass + job);
		assert!(matches!(state(0), JobState::Assigned { .. }));
		JobEscrow::integrity_test();
	});
}

#[test]
fn a_job_with_no_room_anywhere_stays_and_is_done_later() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		// Everything within reach of block 4 is full: the draw cannot be listed.
		for block in 3..40 {
			if block != 13 {
				Due::<Test>::insert(block, BoundedVec::truncate_from(vec![9_999; 16]));
			}
		}
		Due::<Test>::mutate(13, |jobs| while jobs.try_push(9_999).is_ok() {});
		run_to(2);
		// Queued, and still where the bid was listed.
		assert_eq!(
			(state(id), job(id).due),
			(JobState::Queued { since: 2, deadline: 22 }, 13)
		);
		for block in 3..40 {
			Due::<Test>::mutate(block, |jobs| jobs.retain(|other| *other != 9_999));
			if Due::<Test>::get(block).is_empty() {
				Due::<Test>::remove(block);
			}
		}
		run_to(12);
		assert!(matches!(state(id), JobState::Queued { .. }));
		run_to(13);
		assert!(matches!(state(id), JobState::Assigned { .. }));
	});
}

#[test]
fn a_job_listed_too_early_is_listed_again() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		let mut moved = job(id);
		assert!(JobEscrow::list(id, &mut moved, 6));
		Jobs::<Test>::insert(id, moved);
		check_everything();
		run_to(6);
		assert_eq!(
			(state(id), job(id).due),
			(
				JobState::Running {
					started: 4,
					deadline: 24
				},
				25
			)
		);
	});
}

#[test]
fn the_first_that_can_go_nowhere_stops_the_slice_but_is_not_lost() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		DeliveryFails::set(&true);
		run_to(64);
		for block in 66..140 {
			Due::<Test>::insert(block, BoundedVec::truncate_from(vec![9_999; 16]));
		}
		System::set_block_number(65);
		JobEscrow::on_initialize(65);
		assert_eq!((job(id).due, DueCursor::<Test>::get()), (65, 65));
		assert_eq!(Due::<Test>::get(65), vec![id]);
		for block in 66..140 {
			Due::<Test>::remove(block);
		}
		DeliveryFails::set(&false);
		System::set_block_number(66);
		JobEscrow::on_initialize(66);
		assert!(matches!(state(id), JobState::Settled { at: 66, .. }));
	});
}

#[test]
fn a_failing_job_does_not_stop_the_others() {
	ExtBuilder::default().build_and_execute(|| {
		let failing = submitted_job();
		let other = Ask {
			client: SECOND_CLIENT,
			..Default::default()
		}
		.place();
		run_to(17);
		assert_ok!(JobEscrow::acknowledge(by(11), other));
		assert_eq!(
			state(other),
			JobState::Running {
				started: 17,
				deadline: 37
			}
		);
		DeliveryFails::set(&true);
		// The other's run ends in the same block as the failing one's window.
		let mut job = job(other);
		job.state = JobState::Running {
			started: 17,
			deadline: 64,
		};
		JobEscrow::save(other, job);
		assert_eq!(Due::<Test>::get(65), vec![failing, other]);
		run_to(65);
		assert!(matches!(state(failing), JobState::Submitted { .. }));
		assert!(matches!(state(other), JobState::Faulted { .. }));
		check_everything();
	});
}

#[test]
#[should_panic(expected = "not there or listed elsewhere")]
fn an_entry_of_no_job_is_noticed() {
	ExtBuilder::default().build_and_execute(|| {
		Due::<Test>::insert(5, BoundedVec::truncate_from(vec![3]));
		run_to(5);
	});
}
