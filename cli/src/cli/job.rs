//! `quern job`: request, watch, fetch the output, accept or reject it.

use super::{
	market::gpu_time,
	output::{Output, Record},
	serve::Server,
	Context,
};
use clap::{Args, Subcommand};
use quern::{
	blake2_256,
	calls::job_escrow,
	fetch::download_checked,
	units::{format_amount, format_duration, mul_div},
	Artifact, Balance, Call, Error, FetchOptions, GpuTime, Head, Included, Job, JobId, JobSpec, JobState, JobTerms,
	Outcome, Patience, Runner, Until, View, H256,
};
use std::{
	io::Write,
	net::SocketAddr,
	path::{Path, PathBuf},
	time::Duration,
};

/// What can be done with jobs.
#[derive(Subcommand, Debug)]
pub enum JobCommand {
	/// Ask for a program to be run: buys the GPU time and waits for a provider to be drawn.
	Request(Box<RequestArgs>),
	/// Follow a job, one line for each change, until it has ended.
	Watch {
		/// The job.
		job: JobId,
	},
	/// Fetch a job's output from its provider; keeps it only if size and hash are what was stated.
	Output {
		/// The job.
		job: JobId,
		/// Where to write it; `-` for stdout.
		#[arg(long, value_name = "FILE")]
		out: PathBuf,
	},
	/// Take a result: the provider is paid.
	Accept {
		/// The job.
		job: JobId,
	},
	/// Contest a result: the arbiter rules.
	Reject {
		/// The job.
		job: JobId,
	},
	/// Call a job off, while it has no provider.
	Cancel {
		/// The job.
		job: JobId,
	},
}

/// What to run, and what it may cost.
#[derive(Args, Debug)]
pub struct RequestArgs {
	/// The hardware class, by name or id.
	#[arg(long)]
	class: String,
	/// Accelerators at once.
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
	gpus: u32,
	/// The longest that it may run, on each accelerator; what is not used comes back as claims.
	#[arg(long, value_parser = super::duration)]
	duration: GpuTime,
	/// The Wasm program.
	#[arg(long, value_name = "FILE")]
	program: PathBuf,
	/// Its input.
	#[arg(
		long,
		value_name = "FILE",
		required_unless_present = "input_text",
		conflicts_with = "input_text"
	)]
	input: Option<PathBuf>,
	/// Its input, as text.
	#[arg(long, value_name = "TEXT")]
	input_text: Option<String>,
	/// The most that the GPU time may cost, market fee included; the quote and 1 % if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount)]
	max_cost: Option<Balance>,
	/// Use that much of your own claims, and buy the rest.
	#[arg(long, value_name = "DURATION", value_parser = super::duration)]
	claims: Option<GpuTime>,
	/// The most GPU time to buy in one block; 2 % of the pool if not said.
	#[arg(long, value_name = "DURATION", value_parser = super::duration)]
	pace: Option<GpuTime>,
	/// For how many blocks to bid; as many as the pace needs if not said.
	#[arg(long, value_name = "BLOCKS")]
	bid_blocks: Option<u32>,
	/// How many blocks you have to look at the result; the chain's default if not said.
	#[arg(long, value_name = "BLOCKS")]
	accept_blocks: Option<u32>,
	/// The most output that is kept, like 500KiB or 2MiB.
	#[arg(long, value_name = "SIZE", default_value = "1MiB", value_parser = size)]
	output_limit: u32,
	/// Where the provider fetches the program.
	#[arg(
		long,
		value_name = "URL",
		required_unless_present = "serve",
		conflicts_with = "serve"
	)]
	program_url: Option<String>,
	/// Where the provider fetches the input.
	#[arg(
		long,
		value_name = "URL",
		required_unless_present = "serve",
		conflicts_with = "serve"
	)]
	input_url: Option<String>,
	/// Serve both files here until the provider has them; port 0 for any free one.
	#[arg(long, value_name = "IP:PORT")]
	serve: Option<SocketAddr>,
	/// How providers reach that server, if not by its address.
	#[arg(long, value_name = "URL", requires = "serve")]
	serve_as: Option<String>,
	/// Follow the job until there is a result.
	#[arg(long)]
	wait: bool,
}

/// How long a command that follows a job waits for a node that restarts.
const LONG: Patience = Patience::For(Duration::from_secs(120));

/// Reads a size in bytes: `1000`, `500KiB`, `2MiB`.
fn size(text: &str) -> Result<u32, String> {
	let bad = || format!("'{text}' is no size below 4 GiB: write bytes, or KiB or MiB, like 500KiB");
	let (number, unit) = match text.strip_suffix("MiB") {
		Some(number) => (number, 1024 * 1024),
		None => match text.strip_suffix("KiB") {
			Some(number) => (number, 1024),
			None => (text, 1),
		},
	};
	let number: u32 = number.trim().parse().map_err(|_| bad())?;
	number.checked_mul(unit).ok_or_else(bad)
}

/// Does it.
pub async fn run(context: &Context, command: JobCommand) -> Result<(), Error> {
	match command {
		JobCommand::Request(args) => request(context, *args).await,
		JobCommand::Watch { job } => watch(context, job).await,
		JobCommand::Output { job, out } => output(context, job, &out).await,
		JobCommand::Accept { job } => decide(context, job, job_escrow::accept(job), "accepted").await,
		JobCommand::Reject { job } => decide(context, job, job_escrow::reject(job), "rejected").await,
		JobCommand::Cancel { job } => decide(context, job, job_escrow::cancel(job), "cancelled").await,
	}
}

/// A quote and one per cent of it, rounded up.
fn with_margin(total: Balance) -> Balance {
	total
		.saturating_add(mul_div(total, 1, 100).unwrap_or(0))
		.saturating_add(1)
}

/// Blocks of bidding that `to_buy` needs at `pace`, some more for batches that it shares.
fn blocks_needed(to_buy: GpuTime, pace: GpuTime) -> u32 {
	let batches = to_buy.div_ceil(pace.max(1));
	u32::try_from(batches.saturating_add(batches / 4)).unwrap_or(u32::MAX)
}

fn read_file(path: &Path, what: &str, most: u32) -> Result<Vec<u8>, Error> {
	let bytes = std::fs::read(path)
		.map_err(|error| Error::Other(format!("cannot read the {what} {}: {error}", path.display())))?;
	if bytes.len() > most as usize {
		return Err(Error::Usage(format!(
			"the {what} {} has {} bytes; the chain takes {most} at most",
			path.display(),
			bytes.len()
		)));
	}
	Ok(bytes)
}

async fn request(context: &Context, args: RequestArgs) -> Result<(), Error> {
	let signer = context.signer()?;
	let output = context.output;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(&args.class).await?;
	let gpu_time = gpu_time(args.gpus, args.duration)?;
	let most: u32 = view.constant("JobEscrow", "MaxArtifact")?;
	let program = read_file(&args.program, "program", most)?;
	if !program.starts_with(b"\0asm") {
		return Err(Error::Usage(format!(
			"{} is no Wasm program: it does not begin with the Wasm magic bytes",
			args.program.display()
		)));
	}
	let input = match (&args.input, &args.input_text) {
		(Some(path), _) => read_file(path, "input", most)?,
		(None, text) => text.clone().unwrap_or_default().into_bytes(),
	};
	let terms = JobTerms {
		claims: args.claims.unwrap_or(0),
		pace: args.pace,
		bid_blocks: args.bid_blocks,
		accept_blocks: args.accept_blocks,
	};
	let (terms, max_cost) = price(&view, class, gpu_time, terms, args.max_cost).await?;

	let (program_hash, input_hash) = (blake2_256(&program), blake2_256(&input));
	let sizes = (program.len() as u32, input.len() as u32);
	let server = match args.serve {
		Some(bind) => {
			let told = move |text: String| output.progress(text);
			Some(Server::start(bind, args.serve_as, vec![("program", program), ("input", input)], told).await?)
		}
		None => None,
	};
	let location = |url: Option<String>, hash: H256| match (&server, url) {
		(Some(server), _) => server.url_of(hash).into_bytes(),
		(None, url) => url.unwrap_or_default().into_bytes(),
	};
	let spec = JobSpec {
		runner: Runner::Wasm,
		program: Artifact {
			hash: program_hash,
			size: sizes.0,
			location: location(args.program_url, program_hash),
		},
		input: Artifact {
			hash: input_hash,
			size: sizes.1,
			location: location(args.input_url, input_hash),
		},
		max_output: args.output_limit,
	};
	let price = match max_cost {
		0 => "your claims".into(),
		_ => format!("at most {}", format_amount(max_cost)),
	};
	output.progress(format!(
		"asking for {} of {} for {price} and the job fee",
		format_duration(gpu_time),
		details.name()
	));
	let call = job_escrow::request_job(class, args.gpus, args.duration, max_cost, &spec, &terms);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let job = included
		.event("JobEscrow", "JobRequested")
		.and_then(|event| event.number("job"))
		.and_then(|job| JobId::try_from(job).ok())
		.ok_or_else(|| Error::Incompatible {
			what: "the event JobEscrow.JobRequested".into(),
			reason: "it did not come, or names no job".into(),
		})?;
	let fee_held = context
		.client
		.at(included.block_hash)
		.await?
		.job(job)
		.await?
		.map(|job| job.fee_held);
	let mut record = Record::new()
		.hidden("event", "requested")
		.number("job", "Job", job)
		.number("block", "In block", included.block_number)
		.number("class", "Class", class)
		.text("class_name", "Name", details.name())
		.time("gpu_time", "GPU time", gpu_time)
		.amount("max_cost", "It may cost", max_cost)
		.hidden("program", format!("{program_hash:?}"))
		.hidden("input", format!("{input_hash:?}"));
	if let Some(fee) = fee_held {
		record = record.amount("fee_held", "Job fee held", fee);
	}
	let follows = args.wait || server.is_some();
	if output.is_json() && follows {
		output.line("", &record);
	} else {
		output.record(&record);
	}
	if args.wait {
		let ended = follow(context, job, |state| state.outcome().is_some() || state.is_over()).await?;
		drop(server);
		return match ended.as_ref().map(|job| &job.state) {
			Some(JobState::Submitted { outcome: Outcome::Completed { .. }, .. }) => {
				output.progress(format!("next: quern job output {job} --out FILE, then quern job accept {job} or reject {job}"));
				Ok(())
			},
			Some(JobState::Submitted { outcome: Outcome::Trapped, .. }) => Err(Error::Other(format!(
				"the program of job {job} failed or ran past its limits\n  what to do: accept what was used with `quern job accept {job}`, or contest it with `quern job reject {job}`"
			))),
			_ => verdict(job, ended.as_ref()),
		};
	}
	if server.is_some() {
		output.progress("serving the files until a provider has them");
		let ended = follow(context, job, |state| {
			!matches!(
				state,
				JobState::Bidding { .. } | JobState::Queued { .. } | JobState::Assigned { .. }
			)
		})
		.await?;
		return match ended {
			Some(found) if !found.state.is_over() => {
				output.progress(format!("the provider has the files; next: quern job watch {job}"));
				Ok(())
			}
			ended => verdict(job, ended.as_ref()),
		};
	}
	output.progress(format!("next: quern job watch {job}"));
	Ok(())
}

/// Fills in what was not said of price and pace: for the part that is bought, the quote and 1 %, and
/// as many blocks as the pace needs.
async fn price(
	view: &View,
	class: quern::ClassId,
	gpu_time: GpuTime,
	mut terms: JobTerms,
	max_cost: Option<Balance>,
) -> Result<(JobTerms, Balance), Error> {
	let to_buy = gpu_time.checked_sub(terms.claims).ok_or_else(|| {
		Error::Usage(format!(
			"the job takes {}, and --claims says {}",
			format_duration(gpu_time),
			format_duration(terms.claims)
		))
	})?;
	if to_buy == 0 {
		return Ok((terms, 0));
	}
	if terms.bid_blocks.is_none() {
		let pool = view.pools().await?.into_iter().find(|pool| pool.class == class);
		let pace = terms
			.pace
			.unwrap_or_else(|| pool.map_or(0, |pool| pool.reserve_claims / 50));
		let usual: u32 = view.constant("JobEscrow", "DefaultBidBlocks")?;
		let most: u32 = view.constant("JobEscrow", "MaxBidBlocks")?;
		terms.bid_blocks = Some(blocks_needed(to_buy, pace).clamp(usual.min(most), most));
	}
	let max_cost = match max_cost {
		Some(max_cost) => max_cost,
		None => with_margin(view.quote_buy(class, to_buy).await?.total),
	};
	Ok((terms, max_cost))
}

async fn watch(context: &Context, job: JobId) -> Result<(), Error> {
	let ended = follow(context, job, JobState::is_over).await?;
	verdict(job, ended.as_ref())
}

/// A job that did not come to its end as asked is a failure of the command.
fn verdict(id: JobId, job: Option<&Job>) -> Result<(), Error> {
	match job.map(|job| &job.state) {
		Some(state @ (JobState::Faulted { .. } | JobState::Refunded { .. })) => {
			Err(Error::Other(format!("job {id} did not come to a result: {state}")))
		}
		_ => Ok(()),
	}
}

/// Prints each change of a job until `enough`, and returns how it stood then; `None` if the chain has
/// dropped its record meanwhile.
async fn follow(context: &Context, id: JobId, enough: impl Fn(&JobState) -> bool) -> Result<Option<Job>, Error> {
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
			"{state}  {}; paid {} and a fee of {}, {} of claims came back",
			result(outcome, *used),
			format_amount(job.paid),
			format_amount(job.fee_charged),
			format_duration(job.claims_returned)
		),
		JobState::Faulted { .. } | JobState::Refunded { .. } | JobState::Cancelled { .. } => format!(
			"{}  {} of claims and {} of the fee came back",
			job.state,
			format_duration(job.claims_returned),
			format_amount(job.fee_released)
		),
	}
}

async fn output(context: &Context, id: JobId, out: &Path) -> Result<(), Error> {
	let view = context.client.best().await?;
	let job = view
		.job(id)
		.await?
		.ok_or_else(|| Error::NotFound(format!("there is no job {id}, or the chain has dropped its record")))?;
	let (hash, size) = match job.state.outcome() {
		Some(Outcome::Completed { output, size }) => (*output, *size),
		Some(Outcome::Trapped) => {
			return Err(Error::NotFound(format!(
				"job {id} has no output: its program failed or ran past its limits"
			)))
		}
		None => {
			return Err(Error::NotFound(format!(
				"job {id} has no output yet: it is {}\n  what to do: quern job watch {id}",
				job.state
			)))
		}
	};
	let node_id = job
		.node()
		.ok_or_else(|| Error::NotFound(format!("job {id} is not on any node")))?;
	let node = view
		.node(node_id)
		.await?
		.ok_or_else(|| Error::NotFound(format!("node {node_id}, which has the output of job {id}, is gone")))?;
	let url = format!("{}/outputs/{hash:?}", node.endpoint.url());
	context.output.progress(format!("fetching {size} bytes from {url}"));
	let bytes =
		tokio::task::spawn_blocking(move || download_checked(&url, hash, size, &FetchOptions::up_to(u64::from(size))))
			.await
			.map_err(|error| Error::Other(error.to_string()))??;
	if out == Path::new("-") {
		return std::io::stdout()
			.write_all(&bytes)
			.map_err(|error| Error::Other(format!("cannot write to stdout: {error}")));
	}
	write_whole(out, &bytes)?;
	context.output.record(
		&Record::new()
			.number("job", "Job", id)
			.text("file", "Written to", out.display().to_string())
			.number("size", "Bytes", size)
			.text("hash", "BLAKE2b-256", format!("{hash:?}")),
	);
	Ok(())
}

/// Writes a file all at once: whoever sees it sees all of it.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
	let failed = |error: std::io::Error| Error::Other(format!("cannot write {}: {error}", path.display()));
	let mut part = path.as_os_str().to_owned();
	part.push(".part");
	let part = PathBuf::from(part);
	std::fs::write(&part, bytes).map_err(failed)?;
	std::fs::rename(&part, path).map_err(failed)
}

async fn decide(context: &Context, id: JobId, call: Call, done: &str) -> Result<(), Error> {
	let signer = context.signer()?;
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let record = receipt(&included)
		.hidden("event", done)
		.number("job", "Job", id)
		.text("done", "Is", done);
	context.output.record(&record);
	Ok(())
}

/// Where a transaction went.
pub fn receipt(included: &Included) -> Record {
	Record::new()
		.number("block", "In block", included.block_number)
		.hidden("block_hash", format!("{:?}", included.block_hash))
		.text("transaction", "Transaction", format!("{:?}", included.extrinsic_hash))
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{BondSize, Placed, QRN};

	#[test]
	fn reads_sizes() {
		assert_eq!(size("1000"), Ok(1_000));
		assert_eq!(size("500KiB"), Ok(512_000));
		assert_eq!(size("2MiB"), Ok(2_097_152));
		for text in ["", "MiB", "1GiB", "-1", "1.5MiB", "4096MiB", "5000000000"] {
			assert!(size(text).is_err(), "{text}");
		}
	}

	#[test]
	fn bids_one_per_cent_above_the_quote() {
		assert_eq!(with_margin(100 * QRN), 101 * QRN + 1);
		assert_eq!(with_margin(1), 2);
		assert_eq!(with_margin(u128::MAX), u128::MAX);
	}

	#[test]
	fn bids_for_as_long_as_the_pace_needs() {
		assert_eq!(blocks_needed(10_000, 10_000), 1);
		assert_eq!(blocks_needed(10_001, 10_000), 2);
		assert_eq!(blocks_needed(200_000, 10_000), 25);
		assert_eq!(blocks_needed(u128::MAX, 0), u32::MAX);
	}

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

	#[test]
	fn writes_files_whole() {
		let dir = tempfile::tempdir().expect("a directory");
		let path = dir.path().join("out");
		write_whole(&path, b"old").expect("written");
		write_whole(&path, b"new").expect("written");
		assert_eq!(std::fs::read(&path).expect("read"), b"new");
		assert_eq!(std::fs::read_dir(dir.path()).expect("read").count(), 1);
		assert!(write_whole(&dir.path().join("no/such/dir"), b"x").is_err());
	}
}
