//! Following a job: `quern job watch`, and what waits for a result.

use crate::cli::{
	output::{Output, Record},
	Context,
};
use quern::{
	units::{format_amount, format_duration},
	Error, GpuTime, Head, Job, JobId, JobState, Outcome, Patience, View,
};
use std::time::Duration;

/// How long a command that follows a job waits for a node that restarts.
const LONG: Patience = Patience::For(Duration::from_secs(120));

/// `quern job watch`.
pub async fn watch(context: &Context, job: JobId) -> Result<(), Error> {
	let ended = follow(context, job, JobState::is_over).await?;
	verdict(job, ended.as_ref())
}

/// A job that did not come to its end as asked is a failure of the command.
pub fn verdict(id: JobId, job: Option<&Job>) -> Result<(), Error> {
	match job.map(|job| &job.state) {
		Some(state @ (JobState::Faulted { .. } | JobState::Refunded { .. })) => {
			Err(Error::Other(format!("job {id} did not come to a result: {state}")))
		}
		_ => Ok(()),
	}
}

/// Prints each change of a job until `enough`, and returns how it stood then; `None` if the chain has
/// dropped its record meanwhile.
pub async fn follow(context: &Context, id: JobId, enough: impl Fn(&JobState) -> bool) -> Result<Option<Job>, Error> {
	let client = context.client.with_patience(LONG);
	let mut blocks = client.blocks(Head::Best);
	let mut view = client.best().await?;
	let mut last: Option<(JobState, GpuTime)> = None;
	loop {
		let found = match view.job(id).await {
			Ok(found) => found,
			Err(error) if error.is_connection() => {
				context.output.progress("lost the connection, reconnecting");
				view = client.best().await?;
				continue;
			}
			Err(error) => return Err(error),
		};
		let Some(job) = found else {
			return match last {
				Some(_) => Ok(None),
				None => Err(Error::NotFound(format!(
					"there is no job {id} at block {}\n  what to do: check the number; the chain drops finished jobs after a while",
					view.number()
				))),
			};
		};
		if last.as_ref() != Some(&(job.state.clone(), job.bought)) {
			print_change(context.output, &view, id, &job);
			last = Some((job.state.clone(), job.bought));
		}
		if enough(&job.state) {
			return Ok(Some(job));
		}
		view = blocks.next().await?;
	}
}

fn print_change(output: Output, view: &View, id: JobId, job: &Job) {
	let text = format!("#{}  {}", view.number(), describe(job));
	let placed = job.placement.as_ref();
	let outcome = job.state.outcome();
	let (output_hash, output_size) = match outcome {
		Some(Outcome::Completed { output, size }) => (Some(format!("{output:?}")), Some(u64::from(*size))),
		_ => (None, None),
	};
	let mut record = Record::new()
		.hidden("event", "state")
		.number("job", "Job", id)
		.number("block", "Block", view.number())
		.text("state", "State", job.state.name())
		.maybe("reason", "Reason", reason(&job.state))
		.maybe_number("deadline", "Deadline", job.state.deadline().map(u64::from))
		.time("bought", "Bought", job.bought)
		.amount("paid", "Paid", job.paid)
		.maybe("provider", "Provider", placed.map(|placed| placed.provider.to_string()))
		.maybe_number("node", "Node", placed.map(|placed| u64::from(placed.node)))
		.maybe(
			"outcome",
			"Outcome",
			outcome.map(|outcome| match outcome {
				Outcome::Completed { .. } => "Completed".into(),
				Outcome::Trapped => "Trapped".into(),
			}),
		)
		.maybe("output", "Output", output_hash)
		.maybe_number("output_size", "Size", output_size);
	if let Some(used) = job.state.used() {
		record = record.time("used", "Used", used);
	}
	if job.state.is_over() {
		record = record
			.amount("fee_charged", "Fee", job.fee_charged)
			.amount("fee_released", "Fee released", job.fee_released)
			.amount("base_fee_charged", "Base fee", job.base_charged)
			.amount("base_fee_released", "Base fee released", job.base_released)
			.amount("bid_returned", "Returned", job.bid_returned)
			.time("claims_returned", "Claims returned", job.claims_returned);
	}
	output.line(&text, &record);
}

fn reason(state: &JobState) -> Option<String> {
	match state {
		JobState::Faulted { reason, .. } => Some(format!("{reason:?}")),
		JobState::Refunded { reason, .. } => Some(format!("{reason:?}")),
		_ => None,
	}
}

/// A job's state in one line.
fn describe(job: &Job) -> String {
	let placed = match &job.placement {
		Some(placed) => format!("node {} of {}", placed.node, placed.provider),
		None => "no node".into(),
	};
	let result = |outcome: &Outcome, used: GpuTime| match outcome {
		Outcome::Completed { size, .. } => format!("{size} bytes of output after {}", format_duration(used)),
		Outcome::Trapped => format!("the program failed after {}", format_duration(used)),
	};
	let state = job.state.name();
	match &job.state {
		JobState::Bidding { deadline, .. } => format!(
			"{state}  bought {} of {} for {}; bids until block {deadline}",
			format_duration(job.bought),
			format_duration(job.gpu_time.saturating_sub(job.supplied)),
			format_amount(job.paid)
		),
		JobState::Queued { deadline, .. } => {
			format!(
				"{state}  the GPU time cost {}; a provider is drawn until block {deadline}",
				format_amount(job.paid)
			)
		}
		JobState::Assigned { deadline } => format!("{state}  to {placed}, which has until block {deadline} to take it"),
		JobState::Running { deadline, .. } => format!("{state}  on {placed}; a result is due by block {deadline}"),
		JobState::Submitted {
			outcome,
			used,
			deadline,
		} => {
			format!(
				"{state}  {}; accept or reject by block {deadline}",
				result(outcome, *used)
			)
		}
		JobState::Disputed { deadline, .. } => format!("{state}  the arbiter rules by block {deadline}"),
		JobState::Settled { outcome, used, .. } => format!(
			"{state}  {}; paid {} and a fee of {}{}, {} of claims came back",
			result(outcome, *used),
			format_amount(job.paid),
			format_amount(job.fee_charged),
			match job.base_charged {
				0 => String::new(),
				fee => format!(" and {} of base fee", format_amount(fee)),
			},
			format_duration(job.claims_returned)
		),
		JobState::Faulted { .. } | JobState::Refunded { .. } | JobState::Cancelled { .. } => format!(
			"{}  {} of claims and {} of the fees came back",
			job.state,
			format_duration(job.claims_returned),
			format_amount(job.fee_released.saturating_add(job.base_released))
		),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{Artifact, BondSize, JobSpec, JobTerms, Placed, Runner, H256, QRN};

	fn job(state: JobState) -> Job {
		let artifact = Artifact {
			hash: H256::zero(),
			size: 0,
			location: vec![],
		};
		let provider = quern::AccountId([1; 32]);
		Job {
			client: provider,
			class: 0,
			gpus: 1,
			duration: 10_000,
			gpu_time: 10_000,
			max_cost: QRN,
			spec: JobSpec {
				runner: Runner::Wasm,
				program: artifact.clone(),
				input: artifact,
				max_output: 0,
			},
			terms: JobTerms::default(),
			requested_at: 1,
			state,
			placement: Some(Placed {
				provider,
				node: 4,
				bond: BondSize::default(),
			}),
			paid: QRN / 2,
			bid_returned: QRN / 2,
			supplied: 0,
			bought: 10_000,
			delivered: 4_000,
			claims_returned: 6_000,
			fee_held: 0,
			fee_charged: QRN / 100,
			fee_released: 0,
			base_held: 0,
			base_charged: 0,
			base_released: 0,
		}
	}

	#[test]
	fn says_in_a_line_where_a_job_stands() {
		let line = describe(&job(JobState::Running {
			started: 5,
			deadline: 40,
		}));
		assert!(line.starts_with("Running  on node 4 of 5"), "{line}");
		assert!(line.ends_with("due by block 40"), "{line}");
		let outcome = Outcome::Completed {
			output: H256::zero(),
			size: 12,
		};
		assert_eq!(
			describe(&job(JobState::Settled {
				outcome,
				used: 4_000,
				at: 9
			})),
			"Settled  12 bytes of output after 4s; paid 0.5 QRN and a fee of 0.01 QRN, 6s of claims came back"
		);
	}

	#[test]
	fn tells_a_base_fee_where_there_was_one() {
		let outcome = Outcome::Trapped;
		let mut job = job(JobState::Settled {
			outcome,
			used: 1_000,
			at: 9,
		});
		job.base_charged = QRN / 1_000;
		let line = describe(&job);
		assert!(
			line.contains("a fee of 0.01 QRN and 0.001 QRN of base fee, 6s"),
			"{line}"
		);
	}

	#[test]
	fn fails_for_jobs_that_came_to_nothing() {
		let refunded = job(JobState::Refunded {
			reason: quern::RefundReason::NoProvider,
			at: 9,
		});
		assert!(verdict(1, Some(&refunded))
			.expect_err("failed")
			.to_string()
			.contains("NoProvider"));
		assert!(verdict(1, Some(&job(JobState::Cancelled { at: 9 }))).is_ok());
		assert!(verdict(1, None).is_ok());
	}
}
