//! Measures what Quern's calls and hooks weigh: runs the pallets' benchmarks in a runtime's Wasm, and
//! writes their [`WeightInfo`](write)s for the runtime, or compares the market's order with a swap of the
//! SDK's exchange.
//!
//! It does what `frame-benchmarking-cli` does for a pallet, without a node, a chain specification or a
//! relay chain in its build: the Wasm comes as a file, built with `runtime-benchmarks`, and its genesis is
//! the runtime's own preset. `scripts/weights.sh` builds both and runs it.
//!
//! - [`clock`]: the time that they read;
//! - [`runtime`]: the Wasm, its state, its calls;
//! - [`measure`]: steps and repeats of a benchmark, and the line through them;
//! - [`write`]: the file of a pallet's weights;
//! - [`compare`]: an order against a swap, and how many orders a block holds.
//!
//! Results go to stdout, progress and errors to stderr. Exit codes: 0 done, 1 failed or a bound is not
//! met, 2 not understood.

mod clock;
mod compare;
mod measure;
mod runtime;
mod write;

use anyhow::{bail, ensure, Context, Result};
use clap::Parser;
use measure::Plan;
use runtime::{Benchmark, Runtime};
use std::{fs, path::PathBuf, process::ExitCode};

/// Measures what Quern's calls and hooks weigh.
#[derive(Parser)]
#[command(version)]
struct Args {
	/// Pallets to measure: `restaking` or `pallet_restaking`. All that the runtime benchmarks if none is named.
	pallets: Vec<String>,
	/// The runtime's Wasm, built with the feature `runtime-benchmarks`.
	#[arg(long, value_name = "FILE")]
	runtime: PathBuf,
	/// The preset that makes the state in which benchmarks begin.
	#[arg(long, default_value = "development")]
	preset: String,
	/// How many values of each parameter are measured, from its least to its greatest.
	#[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(2..))]
	steps: u32,
	/// How often each value is measured: fewer times, but three at least, if that takes more than two seconds.
	#[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(3..))]
	repeat: u32,
	/// Where to write `<pallet>.rs`. Nothing is written without it.
	#[arg(long, value_name = "DIR", requires = "date")]
	output: Option<PathBuf>,
	/// The day that the written files name.
	#[arg(long)]
	date: Option<String>,
	/// Compare one order's whole weight with a swap of the SDK's exchange, instead of measuring pallets. The
	/// runtime must be built with the feature `swap-benchmark`.
	#[arg(long, conflicts_with_all = ["output", "pallets", "list"])]
	compare: bool,
	/// List the benchmarks, and run none.
	#[arg(long)]
	list: bool,
}

fn main() -> ExitCode {
	match run(Args::parse()) {
		Ok(true) => ExitCode::SUCCESS,
		Ok(false) => ExitCode::FAILURE,
		Err(error) => {
			eprintln!("error: {error:#}");
			ExitCode::FAILURE
		}
	}
}

/// Whether all went well and every bound is met.
fn run(args: Args) -> Result<bool> {
	let code = fs::read(&args.runtime).with_context(|| format!("cannot read {}", args.runtime.display()))?;
	let runtime = Runtime::new(&code, &args.preset)?;
	let plan = Plan {
		steps: args.steps,
		repeat: args.repeat,
	};
	if args.compare {
		return compare::run(&runtime, plan);
	}
	let chosen = choose(runtime.benchmarks(false)?, &args.pallets)?;
	if args.list {
		for benchmark in &chosen {
			println!("{benchmark}");
		}
		return Ok(true);
	}

	let mut all = Vec::new();
	let mut failed = Vec::new();
	for of_pallet in chosen.chunk_by(|one, other| one.pallet == other.pallet) {
		let (mut measured, failures) = (Vec::new(), failed.len());
		for benchmark in of_pallet {
			eprintln!("{benchmark}");
			match measure::measure(&runtime, benchmark, plan) {
				Ok(figures) => measured.push(figures),
				Err(error) => {
					eprintln!("  failed: {error:#}");
					failed.push(benchmark);
				}
			}
		}
		// Half a pallet's weights would not compile, and would hide which half is new. A whole pallet's are
		// written at once, so that a run that is cut short leaves what it did.
		if let (Some(output), Some(date), true) = (&args.output, &args.date, failed.len() == failures) {
			let pallet = &of_pallet[0].pallet;
			let file = output.join(format!("{pallet}.rs"));
			let heading = write::Heading {
				date,
				processor: &write::processor(),
				plan,
			};
			fs::write(&file, write::weights(pallet, &measured, &heading))
				.with_context(|| format!("cannot write {}", file.display()))?;
			eprintln!("wrote {}", file.display());
		}
		all.extend(measured);
	}
	println!("{}", measure::table(all.iter()));
	for benchmark in &failed {
		eprintln!("failed: {benchmark}");
	}
	Ok(failed.is_empty())
}

/// The benchmarks of the named pallets, or of all.
fn choose(all: Vec<Benchmark>, names: &[String]) -> Result<Vec<Benchmark>> {
	let names: Vec<String> = names.iter().map(|name| full_name(name)).collect();
	for name in &names {
		ensure!(
			all.iter().any(|benchmark| benchmark.pallet == *name),
			"the runtime has no benchmarks of {name}"
		);
	}
	let chosen: Vec<Benchmark> = all
		.into_iter()
		.filter(|benchmark| match names.is_empty() {
			// The exchange is there to be compared with; its weights are its own.
			true => benchmark.pallet != compare::EXCHANGE,
			false => names.contains(&benchmark.pallet),
		})
		.collect();
	if chosen.is_empty() {
		bail!("the runtime has no benchmarks");
	}
	Ok(chosen)
}

/// `job-escrow`, `job_escrow` and `pallet_job_escrow` name one pallet.
fn full_name(name: &str) -> String {
	let name = name.replace('-', "_");
	match name.starts_with("pallet_") {
		true => name,
		false => format!("pallet_{name}"),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn benchmark(pallet: &str) -> Benchmark {
		Benchmark {
			pallet: pallet.into(),
			instance: "Instance".into(),
			name: "call".into(),
			components: Vec::new(),
		}
	}

	#[test]
	fn one_pallet_has_three_spellings() {
		for name in ["job-escrow", "job_escrow", "pallet_job_escrow", "pallet-job-escrow"] {
			assert_eq!(full_name(name), "pallet_job_escrow");
		}
	}

	#[test]
	fn all_pallets_are_measured_but_the_exchange() {
		let all = || vec![benchmark("pallet_slashing"), benchmark(compare::EXCHANGE)];
		let pallets = |names: &[&str]| -> Vec<String> {
			let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
			choose(all(), &names)
				.expect("they are there")
				.into_iter()
				.map(|benchmark| benchmark.pallet)
				.collect()
		};
		assert_eq!(pallets(&[]), ["pallet_slashing"]);
		assert_eq!(pallets(&["asset-conversion"]), [compare::EXCHANGE]);
	}

	#[test]
	fn refuses_a_pallet_that_the_runtime_does_not_benchmark() {
		assert!(choose(vec![benchmark("pallet_slashing")], &["slashings".into()]).is_err());
	}
}
