//! Every state against every event, before, at and after the deadline.

use super::*;
use crate::transition::{transition, Illegal, JobEvent};

const DEADLINE: BlockNumber = 100;

/// When an event applies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
	Always,
	UntilDeadline,
	AfterDeadline,
}

/// Every arrow of the diagram; what is not here does not exist.
const ARROWS: &[(&str, &str, When, &str)] = &[
	("Bidding", "bid complete", When::Always, "Queued"),
	("Bidding", "bid short", When::Always, "Refunded"),
	("Bidding", "cancelled", When::Always, "Cancelled"),
	("Bidding", "expired", When::AfterDeadline, "Refunded"),
	("Bidding", "expired, again", When::AfterDeadline, "Refunded"),
	("Queued", "cancelled", When::Always, "Cancelled"),
	("Queued", "drawn", When::UntilDeadline, "Assigned"),
	("Queued", "expired", When::AfterDeadline, "Refunded"),
	("Queued", "expired, again", When::AfterDeadline, "Refunded"),
	("Assigned", "acknowledged", When::UntilDeadline, "Running"),
	("Assigned", "declined", When::UntilDeadline, "Refunded"),
	("Assigned", "declined, again", When::UntilDeadline, "Queued"),
	("Assigned", "expired", When::AfterDeadline, "Refunded"),
	("Assigned", "expired, again", When::AfterDeadline, "Queued"),
	("Running", "submitted", When::UntilDeadline, "Submitted"),
	("Running", "expired", When::AfterDeadline, "Faulted"),
	("Running", "expired, again", When::AfterDeadline, "Faulted"),
	("Submitted", "accepted", When::Always, "Settled"),
	("Submitted", "rejected", When::UntilDeadline, "Disputed"),
	("Submitted", "expired", When::AfterDeadline, "Settled"),
	("Submitted", "expired, again", When::AfterDeadline, "Settled"),
	("Disputed", "ruled for provider", When::UntilDeadline, "Settled"),
	("Disputed", "ruled for client", When::UntilDeadline, "Faulted"),
	("Disputed", "expired", When::AfterDeadline, "Settled"),
	("Disputed", "expired, again", When::AfterDeadline, "Settled"),
];

fn states() -> Vec<JobState> {
	let (outcome, used, deadline, at) = (completed(), 7, DEADLINE, 90);
	vec![
		JobState::Bidding {
			order: Some(1),
			deadline,
		},
		JobState::Bidding { order: None, deadline },
		JobState::Queued { since: 80, deadline },
		JobState::Assigned { deadline },
		JobState::Running { started: 80, deadline },
		JobState::Submitted {
			outcome,
			used,
			submitted: 85,
			deadline,
		},
		JobState::Disputed {
			outcome,
			used,
			submitted: 85,
			deadline,
		},
		JobState::Settled { outcome, used, at },
		JobState::Faulted {
			reason: FaultReason::RunDeadlineMissed,
			outcome: None,
			offence: 85,
			at,
		},
		JobState::Refunded {
			reason: RefundReason::NoProvider,
			at,
		},
		JobState::Cancelled { at },
	]
}

fn events(now: BlockNumber) -> Vec<(&'static str, JobEvent)> {
	let (outcome, used) = (Outcome::Trapped, 9);
	vec![
		(
			"bid complete",
			JobEvent::BidClosed {
				complete: true,
				now,
				assign_by: 200,
			},
		),
		(
			"bid short",
			JobEvent::BidClosed {
				complete: false,
				now,
				assign_by: 200,
			},
		),
		("cancelled", JobEvent::Cancelled { now }),
		(
			"drawn",
			JobEvent::Drawn {
				now,
				acknowledge_by: 200,
			},
		),
		("acknowledged", JobEvent::Acknowledged { now, submit_by: 200 }),
		("declined", JobEvent::Declined { now, assign_by: None }),
		(
			"declined, again",
			JobEvent::Declined {
				now,
				assign_by: Some(200),
			},
		),
		(
			"submitted",
			JobEvent::Submitted {
				now,
				outcome,
				used,
				accept_by: 200,
			},
		),
		("accepted", JobEvent::Accepted { now }),
		("rejected", JobEvent::Rejected { now, rule_by: 200 }),
		(
			"ruled for provider",
			JobEvent::Ruled {
				now,
				ruling: Ruling::ForProvider,
			},
		),
		(
			"ruled for client",
			JobEvent::Ruled {
				now,
				ruling: Ruling::ForClient,
			},
		),
		("expired", JobEvent::Expired { now, assign_by: None }),
		(
			"expired, again",
			JobEvent::Expired {
				now,
				assign_by: Some(200),
			},
		),
	]
}

fn name(state: &JobState) -> &'static str {
	match state {
		JobState::Bidding { .. } => "Bidding",
		JobState::Queued { .. } => "Queued",
		JobState::Assigned { .. } => "Assigned",
		JobState::Running { .. } => "Running",
		JobState::Submitted { .. } => "Submitted",
		JobState::Disputed { .. } => "Disputed",
		JobState::Settled { .. } => "Settled",
		JobState::Faulted { .. } => "Faulted",
		JobState::Refunded { .. } => "Refunded",
		JobState::Cancelled { .. } => "Cancelled",
	}
}

#[test]
fn every_state_meets_every_event() {
	let mut taken = 0;
	for now in [DEADLINE - 1, DEADLINE, DEADLINE + 1] {
		for state in states() {
			for (what, event) in events(now) {
				let found = transition(&state, &event);
				let arrow = ARROWS
					.iter()
					.find(|(from, by, ..)| *from == name(&state) && *by == what);
				let expected = match arrow {
					None => Err(Illegal::WrongState),
					Some((_, _, When::UntilDeadline, _)) if now > DEADLINE => Err(Illegal::TooLate),
					Some((_, _, When::AfterDeadline, _)) if now <= DEADLINE => Err(Illegal::TooEarly),
					Some((.., to)) => Ok(*to),
				};
				taken += u32::from(expected.is_ok());
				assert_eq!(found.map(|state| name(&state)), expected, "{state:?}, {event:?}");
			}
		}
	}
	assert!(taken > ARROWS.len() as u32);
}

#[test]
fn states_carry_what_the_event_says() {
	let (outcome, used) = (Outcome::Trapped, 9);
	let after = |state: &JobState, event| transition(state, &event).unwrap();
	let bidding = JobState::Bidding {
		order: Some(1),
		deadline: 10,
	};
	let queued = after(
		&bidding,
		JobEvent::BidClosed {
			complete: true,
			now: 5,
			assign_by: 25,
		},
	);
	assert_eq!(queued, JobState::Queued { since: 5, deadline: 25 });
	let assigned = after(
		&queued,
		JobEvent::Drawn {
			now: 7,
			acknowledge_by: 12,
		},
	);
	assert_eq!(assigned, JobState::Assigned { deadline: 12 });
	let again = after(
		&assigned,
		JobEvent::Declined {
			now: 8,
			assign_by: Some(28),
		},
	);
	assert_eq!(again, JobState::Queued { since: 8, deadline: 28 });
	let running = after(&assigned, JobEvent::Acknowledged { now: 9, submit_by: 40 });
	assert_eq!(
		running,
		JobState::Running {
			started: 9,
			deadline: 40
		}
	);
	let submitted = after(
		&running,
		JobEvent::Submitted {
			now: 30,
			outcome,
			used,
			accept_by: 60,
		},
	);
	assert_eq!(
		submitted,
		JobState::Submitted {
			outcome,
			used,
			submitted: 30,
			deadline: 60
		}
	);
	let disputed = after(&submitted, JobEvent::Rejected { now: 31, rule_by: 90 });
	assert_eq!(
		disputed,
		JobState::Disputed {
			outcome,
			used,
			submitted: 30,
			deadline: 90
		}
	);
	assert_eq!(
		after(
			&disputed,
			JobEvent::Ruled {
				now: 32,
				ruling: Ruling::ForProvider
			}
		),
		JobState::Settled { outcome, used, at: 32 }
	);
	assert_eq!(
		after(
			&disputed,
			JobEvent::Ruled {
				now: 32,
				ruling: Ruling::ForClient
			}
		),
		JobState::Faulted {
			reason: FaultReason::RuledForClient,
			outcome: Some(outcome),
			offence: 30,
			at: 32
		}
	);
	// The queue got there long after the deadline; the offence is of the deadline.
	assert_eq!(
		after(
			&running,
			JobEvent::Expired {
				now: 77,
				assign_by: None
			}
		),
		JobState::Faulted {
			reason: FaultReason::RunDeadlineMissed,
			outcome: None,
			offence: 40,
			at: 77
		}
	);
	let missed = JobEvent::Expired {
		now: 13,
		assign_by: None,
	};
	assert_eq!(
		after(&assigned, missed),
		JobState::Refunded {
			reason: RefundReason::NotAcknowledged,
			at: 13
		}
	);
}

#[test]
fn no_open_state_waits_for_ever() {
	for state in states().into_iter().filter(|state| !state.is_finished()) {
		let expired = JobEvent::Expired {
			now: DEADLINE + 1,
			assign_by: None,
		};
		let next = transition(&state, &expired).expect("an expiry leads on");
		assert!(next.is_finished());
		// And the queue looks at it once that is so.
		assert!(JobEscrow::due_of(&state) <= DEADLINE + 2);
	}
}
