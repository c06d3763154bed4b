//! The life of a job, as one pure function.
//!
//! ```text
//!   request ────────────────────────────┐ (all claims supplied)
//!      │                                ↓        declined, acknowledgement missed
//!      ↓                bid complete         ┌─────────────────────────┐
//!   Bidding ────────────────────────→ Queued ←                         │
//!      │  │                            │ │ │     drawn                 │
//!      │  │ cancelled       cancelled  │ │ └──────────────────────→ Assigned ──┐
//!      │  └──────────→ Cancelled ←─────┘ │ no provider                │        │
//!      │ bid incomplete                  ↓         the last decline   │        │ acknowledged
//!      └───────────────────────────→ Refunded ←───────────────────────┘        │
//!                                                  or the last miss            ↓
//!                                    Faulted ←─────────────────────────────  Running
//!                                       ↑         run deadline missed          │
//!                                       │                                      │ submitted
//!                                       │ for the client          rejected     ↓
//!                                       └──────────── Disputed ←─────────── Submitted
//!                                                         │                    │
//!                                                         │ for the provider,  │ accepted,
//!                                                         │ deadline passed    │ window passed
//!                                                         └─────→ Settled ←────┘
//! ```
//!
//! Every open state has a deadline, and each deadline leads on by itself ([`JobEvent::Expired`]), so
//! nothing waits for a silent party. Whether an event is in time is judged here, by the block it
//! carries against the deadline in the state: `now <= deadline` for what a party does, `now >
//! deadline` for the expiry. An acceptance is never too late, as it leads where the expiry leads.
//!
//! A fault carries the block of the offence, since the stake answers as it lay then: the last block to
//! submit in, or the block of the submission that was found wrong. Never the block in which the queue or
//! the arbiter got there.
//!
//! A dispute that nobody rules on settles *for the provider*: it is bonded and was drawn, the client
//! chose when to reject and risks nothing by it; were silence to serve the client, every job could be
//! had for nothing by rejecting it.

use crate::types::{FaultReason, JobState, Outcome, RefundReason, Ruling};
use quern_primitives::{BlockNumber, GpuTime};

/// What happens to a job, with the block in which it happens and the deadline of the state it leads to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JobEvent {
	/// The bid has left the book.
	BidClosed {
		/// Whether the job has all its GPU time.
		complete: bool,
		/// The block.
		now: BlockNumber,
		/// Last block to draw a provider in.
		assign_by: BlockNumber,
	},
	/// The client calls the job off.
	Cancelled {
		/// The block.
		now: BlockNumber,
	},
	/// A provider was drawn.
	Drawn {
		/// The block.
		now: BlockNumber,
		/// Last block to acknowledge in.
		acknowledge_by: BlockNumber,
	},
	/// The node holds program and input.
	Acknowledged {
		/// The block.
		now: BlockNumber,
		/// Last block to submit in.
		submit_by: BlockNumber,
	},
	/// The node does not take it.
	Declined {
		/// The block.
		now: BlockNumber,
		/// Last block of another draw; `None` if there is to be none.
		assign_by: Option<BlockNumber>,
	},
	/// The node states a result.
	Submitted {
		/// The block.
		now: BlockNumber,
		/// What the run came to.
		outcome: Outcome,
		/// GPU time used.
		used: GpuTime,
		/// Last block to reject in.
		accept_by: BlockNumber,
	},
	/// The client takes the result.
	Accepted {
		/// The block.
		now: BlockNumber,
	},
	/// The client contests it.
	Rejected {
		/// The block.
		now: BlockNumber,
		/// Last block to rule in.
		rule_by: BlockNumber,
	},
	/// The arbiter rules.
	Ruled {
		/// The block.
		now: BlockNumber,
		/// For whom.
		ruling: Ruling,
	},
	/// The state's deadline has passed.
	Expired {
		/// The block.
		now: BlockNumber,
		/// For a missed acknowledgement, the last block of another draw; `None` if there is to be none.
		assign_by: Option<BlockNumber>,
	},
}

/// Why an event does not apply.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Illegal {
	/// The state knows no such event.
	WrongState,
	/// The deadline has not passed yet.
	TooEarly,
	/// The deadline has passed.
	TooLate,
}

/// The state that `event` leads to from `state`.
pub fn transition(state: &JobState, event: &JobEvent) -> Result<JobState, Illegal> {
	use JobEvent as E;
	use JobState as S;
	match (*state, *event) {
		// The market says when a bid closes; its word needs no deadline.
		(
			S::Bidding { .. },
			E::BidClosed {
				complete: true,
				now,
				assign_by,
			},
		) => Ok(S::Queued {
			since: now,
			deadline: assign_by,
		}),
		(
			S::Bidding { .. },
			E::BidClosed {
				complete: false, now, ..
			},
		) => Ok(S::Refunded {
			reason: RefundReason::BidIncomplete,
			at: now,
		}),
		(S::Bidding { deadline, .. }, E::Expired { now, .. }) => {
			passed(now, deadline)?;
			Ok(S::Refunded {
				reason: RefundReason::BidIncomplete,
				at: now,
			})
		}
		(S::Bidding { .. } | S::Queued { .. }, E::Cancelled { now }) => Ok(S::Cancelled { at: now }),

		(S::Queued { deadline, .. }, E::Drawn { now, acknowledge_by }) => {
			in_time(now, deadline)?;
			Ok(S::Assigned {
				deadline: acknowledge_by,
			})
		}
		(S::Queued { deadline, .. }, E::Expired { now, .. }) => {
			passed(now, deadline)?;
			Ok(S::Refunded {
				reason: RefundReason::NoProvider,
				at: now,
			})
		}

		(S::Assigned { deadline }, E::Acknowledged { now, submit_by }) => {
			in_time(now, deadline)?;
			Ok(S::Running {
				started: now,
				deadline: submit_by,
			})
		}
		(S::Assigned { deadline }, E::Declined { now, assign_by }) => {
			in_time(now, deadline)?;
			Ok(again_or(now, assign_by, RefundReason::Declined))
		}
		(S::Assigned { deadline }, E::Expired { now, assign_by }) => {
			passed(now, deadline)?;
			Ok(again_or(now, assign_by, RefundReason::NotAcknowledged))
		}

		(
			S::Running { deadline, .. },
			E::Submitted {
				now,
				outcome,
				used,
				accept_by,
			},
		) => {
			in_time(now, deadline)?;
			Ok(S::Submitted {
				outcome,
				used,
				submitted: now,
				deadline: accept_by,
			})
		}
		(S::Running { deadline, .. }, E::Expired { now, .. }) => {
			passed(now, deadline)?;
			Ok(S::Faulted {
				reason: FaultReason::RunDeadlineMissed,
				outcome: None,
				offence: deadline,
				at: now,
			})
		}

		(S::Submitted { outcome, used, .. }, E::Accepted { now }) => Ok(S::Settled { outcome, used, at: now }),
		(
			S::Submitted {
				outcome,
				used,
				submitted,
				deadline,
			},
			E::Rejected { now, rule_by },
		) => {
			in_time(now, deadline)?;
			Ok(S::Disputed {
				outcome,
				used,
				submitted,
				deadline: rule_by,
			})
		}
		(
			S::Disputed {
				outcome,
				used,
				submitted,
				deadline,
			},
			E::Ruled { now, ruling },
		) => {
			in_time(now, deadline)?;
			Ok(match ruling {
				Ruling::ForProvider => S::Settled { outcome, used, at: now },
				Ruling::ForClient => S::Faulted {
					reason: FaultReason::RuledForClient,
					outcome: Some(outcome),
					offence: submitted,
					at: now,
				},
			})
		}
		(
			S::Submitted {
				outcome,
				used,
				deadline,
				..
			}
			| S::Disputed {
				outcome,
				used,
				deadline,
				..
			},
			E::Expired { now, .. },
		) => {
			passed(now, deadline)?;
			Ok(S::Settled { outcome, used, at: now })
		}
		_ => Err(Illegal::WrongState),
	}
}

/// Back to the queue, or to the client if there is to be no other draw.
fn again_or(now: BlockNumber, assign_by: Option<BlockNumber>, reason: RefundReason) -> JobState {
	match assign_by {
		Some(deadline) => JobState::Queued { since: now, deadline },
		None => JobState::Refunded { reason, at: now },
	}
}

fn in_time(now: BlockNumber, deadline: BlockNumber) -> Result<(), Illegal> {
	if now > deadline {
		return Err(Illegal::TooLate);
	}
	Ok(())
}

fn passed(now: BlockNumber, deadline: BlockNumber) -> Result<(), Illegal> {
	if now <= deadline {
		return Err(Illegal::TooEarly);
	}
	Ok(())
}
