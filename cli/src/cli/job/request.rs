//! `quern job request`.

use super::{
	follow::{follow, verdict},
	RequestArgs,
};
use crate::cli::{market::gpu_time, order::open, output::Record, serve::Server, Context};
use quern::{
	blake2_256,
	calls::job_escrow,
	units::{format_amount, format_duration, mul_div},
	Artifact, Balance, Error, GpuTime, JobId, JobSpec, JobState, JobTerms, Outcome, PoolInfo, Runner, Until, View,
	H256,
};
use std::path::Path;

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

/// `quern job request`.
pub async fn request(context: &Context, args: RequestArgs) -> Result<(), Error> {
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
		max_base_fee: args.max_base_fee,
		on_return: args.on_return.into(),
	};
	open(&view, class, &details.name()).await?;
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
		"asking for {} of {} for {price}, the job fee{}",
		format_duration(gpu_time),
		details.name(),
		terms.max_base_fee.map_or_else(
			|| ", and the congestion base fee".into(),
			|most| format!(", and at most {} of congestion base fee", format_amount(most))
		)
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
	let found = context.client.at(included.block_hash).await?.job(job).await?;
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
	if let Some(job) = found {
		record = record.amount("fee_held", "Job fee held", job.fee_held).amount(
			"base_fee_held",
			"Base fee held",
			job.base_held,
		);
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

/// The most congestion base fee if nothing is said: what it is now for all of the GPU time, 10 % of that, and 0.1 %
/// of the price. The last is for a class that is only about to be congested: there the fee begins at nothing, and
/// the block that takes the request may raise it.
fn base_fee_with_margin(pool: &PoolInfo, gpu_time: GpuTime) -> Balance {
	// More than fits nobody has.
	let now = pool.base_fee.of_up(gpu_time).unwrap_or(Balance::MAX);
	let price = pool.spot.of(gpu_time).unwrap_or(Balance::MAX);
	now.saturating_add(now / 10)
		.saturating_add(price / 1_000)
		.saturating_add(1)
}

/// Fills in what was not said of price, base fee and pace: for the part that is bought, the quote and 1 %, and
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
	let pool = view.pool(class).await?;
	if terms.max_base_fee.is_none() {
		terms.max_base_fee = pool.as_ref().map(|pool| base_fee_with_margin(pool, gpu_time));
	}
	if to_buy == 0 {
		return Ok((terms, 0));
	}
	if terms.bid_blocks.is_none() {
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

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{Price, QRN};

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

	#[test]
	fn leaves_a_margin_for_a_base_fee_that_rises() {
		// Two QRN an hour, and no base fee.
		let mut pool = crate::cli::pool::tests::pool();
		let price = pool.spot.of(3_600_000).expect("fits");
		assert_eq!(base_fee_with_margin(&pool, 3_600_000), price / 1_000 + 1);
		pool.base_fee = Price::from_per_hour(QRN / 10).expect("fits");
		let fee = pool.base_fee.of_up(3_600_000).expect("fits");
		assert_eq!(
			base_fee_with_margin(&pool, 3_600_000),
			fee + fee / 10 + price / 1_000 + 1
		);
		assert_eq!(base_fee_with_margin(&pool, u128::MAX), u128::MAX);
	}
}
