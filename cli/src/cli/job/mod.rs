//! `quern job`: request, watch, fetch the output, accept or reject it.

mod follow;
mod request;

use super::{output::Record, Context};
use clap::{Args, Subcommand, ValueEnum};
use quern::{
	calls::job_escrow, fetch::download_checked, Balance, Call, Error, FetchOptions, GpuTime, Included, JobId, OnReturn,
	Outcome, Until,
};
use std::{
	io::Write,
	net::SocketAddr,
	path::{Path, PathBuf},
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
	/// The most congestion base fee for all of it; what it is now, 10 % of that and 0.1 % of the GPU time's price
	/// if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount)]
	max_base_fee: Option<Balance>,
	/// How GPU time comes back that is not used: as claims, or sold in the market for one batch.
	#[arg(long, value_enum, default_value_t = Return::Claims)]
	on_return: Return,
	/// Use that much of your own claims, and buy the rest.
	#[arg(long, value_name = "DURATION", value_parser = super::duration)]
	claims: Option<GpuTime>,
	/// The most GPU time to buy in one block; 2 % of the pool if not said, and 0.1 % of it, or all, at least.
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

/// How GPU time comes back.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Return {
	/// As claims.
	Claims,
	/// Sold for no less than 97 % of the average of 10 minutes; as claims what does not sell.
	Sell,
}

impl From<Return> for OnReturn {
	fn from(back: Return) -> Self {
		match back {
			Return::Claims => OnReturn::Claims,
			Return::Sell => OnReturn::Sell,
		}
	}
}

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
		JobCommand::Request(args) => request::request(context, *args).await,
		JobCommand::Watch { job } => follow::watch(context, job).await,
		JobCommand::Output { job, out } => output(context, job, &out).await,
		JobCommand::Accept { job } => decide(context, job, job_escrow::accept(job), "accepted").await,
		JobCommand::Reject { job } => decide(context, job, job_escrow::reject(job), "rejected").await,
		JobCommand::Cancel { job } => decide(context, job, job_escrow::cancel(job), "cancelled").await,
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
