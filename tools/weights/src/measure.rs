//! Steps and repeats of a benchmark, and the line through them.

use crate::runtime::{Benchmark, Components, On, Runtime};
use anyhow::{anyhow, Result};
use comfy_table::{presets::UTF8_HORIZONTAL_ONLY, CellAlignment, Table};
use polkadot_sdk::{
	frame_benchmarking::{Analysis, BenchmarkResult, BenchmarkSelector},
	frame_support::{
		traits::StorageInfo,
		weights::{RuntimeDbWeight, Weight},
	},
};
use std::time::{Duration, Instant};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
	/// Values of each parameter.
	pub steps: u32,
	/// Measurements of each value, at most: fewer where they would take longer than [`STEP`].
	pub repeat: u32,
}

/// The measurements of a value are to take no longer than this, unless [`LEAST_REPEATS`] do.
const STEP: Duration = Duration::from_secs(2);
/// Of fewer measurements the middle says little.
const LEAST_REPEATS: u32 = 3;

impl Plan {
	/// How often to measure what takes `once` with its preparation.
	fn repeats(&self, once: Duration) -> u32 {
		let fit = STEP.as_micros() / once.as_micros().max(1);
		u32::try_from(fit)
			.unwrap_or(u32::MAX)
			.clamp(LEAST_REPEATS, self.repeat.max(LEAST_REPEATS))
	}
}

/// What depends on the parameters as a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
	/// With every parameter 0.
	pub base: u64,
	/// For each one more of a parameter, in the order of the benchmark's arguments.
	pub slopes: Vec<u64>,
}

impl Line {
	fn new(analysis: Analysis) -> Result<Self> {
		let fits = |value| u64::try_from(value).map_err(|_| anyhow!("a figure is beyond 64 bits"));
		Ok(Self {
			base: fits(analysis.base)?,
			slopes: analysis.slopes.into_iter().map(fits).collect::<Result<_>>()?,
		})
	}

	/// The figure at `values` of the parameters.
	pub fn at(&self, values: &[u32]) -> u64 {
		let slopes = self.slopes.iter().zip(values);
		slopes.fold(self.base, |sum, (slope, value)| {
			sum.saturating_add(slope.saturating_mul(u64::from(*value)))
		})
	}

	fn slope(&self, parameter: usize) -> u64 {
		self.slopes.get(parameter).copied().unwrap_or(0)
	}
}

/// A benchmark with its figures.
#[derive(Clone, Debug)]
pub struct Measured {
	/// The benchmark.
	pub benchmark: Benchmark,
	/// Time besides the database's, in picoseconds.
	pub time: Line,
	/// The shortest run, in nanoseconds.
	pub shortest: u64,
	/// Keys read.
	pub reads: Line,
	/// Keys written.
	pub writes: Line,
	/// Bytes of a proof.
	pub proof: Line,
}

impl Measured {
	/// The weight at `values` of the parameters.
	pub fn weight(&self, db: RuntimeDbWeight, values: &[u32]) -> Weight {
		Weight::from_parts(self.time.at(values), self.proof.at(values))
			.saturating_add(db.reads_writes(self.reads.at(values), self.writes.at(values)))
	}

	/// What one more of a parameter weighs.
	pub fn weight_of(&self, db: RuntimeDbWeight, parameter: usize) -> Weight {
		Weight::from_parts(self.time.slope(parameter), self.proof.slope(parameter))
			.saturating_add(db.reads_writes(self.reads.slope(parameter), self.writes.slope(parameter)))
	}
}

/// Runs each step of a benchmark: once with its checks, once for the storage, and up to `repeat` times for the
/// time.
pub fn measure(runtime: &Runtime<'_>, benchmark: &Benchmark, plan: Plan) -> Result<Measured> {
	let steps = steps(benchmark, plan.steps);
	let storage = runtime.storage()?;
	let (mut times, mut accesses) = (Vec::new(), Vec::new());
	for step in &steps {
		let start = Instant::now();
		runtime.run(On::Plain, benchmark, step, 1, true)?;
		let repeats = plan.repeats(start.elapsed());
		for mut result in runtime.run(On::Tracking, benchmark, step, 1, false)? {
			result.proof_size = result.proof_size.max(bounded_proof(&result, &storage));
			accesses.push(result);
		}
		times.extend(runtime.run(On::Plain, benchmark, step, repeats, false)?);
	}
	let line = |results: &Vec<BenchmarkResult>, selector| Line::new(Analysis::min_squares_iqr(results, selector)?);
	Ok(Measured {
		benchmark: benchmark.clone(),
		time: line(&times, BenchmarkSelector::ExtrinsicTime)?,
		shortest: times
			.iter()
			.map(|result| result.extrinsic_time)
			.min()
			.and_then(|nanos| u64::try_from(nanos).ok())
			.unwrap_or(u64::MAX),
		reads: line(&accesses, BenchmarkSelector::Reads)?,
		writes: line(&accesses, BenchmarkSelector::Writes)?,
		proof: line(&accesses, BenchmarkSelector::ProofSize)?,
	})
}

/// The parameters' values to measure: each from its least to its greatest, the others at their greatest.
fn steps(benchmark: &Benchmark, steps: u32) -> Vec<Components> {
	let components = &benchmark.components;
	if components.is_empty() {
		return vec![Components::new()];
	}
	let mut all = Vec::new();
	for (varied, least, greatest) in components {
		let last = u64::from(steps - 1);
		for step in 0..=last {
			let value = u64::from(*least) + u64::from(greatest - least) * step / last;
			all.push(
				components
					.iter()
					.map(|(parameter, _, high)| match parameter == varied {
						true => (*parameter, u32::try_from(value).unwrap_or(*greatest)),
						false => (*parameter, *high),
					})
					.collect(),
			);
		}
	}
	// A narrow range has fewer values than steps, and each is measured once.
	all.dedup();
	all
}

/// Hashes of a trie's node beside the one on the way, in bytes.
const NODE_BYTES: u64 = 15 * 33;
/// As many values as an unbounded map is taken to have.
const MAP_VALUES: u32 = 1_000_000;

/// The bytes of a proof of what a run read, every item as large as its bound and as deep as its map can
/// get. Items without a bound are left to the proof that was recorded.
fn bounded_proof(result: &BenchmarkResult, storage: &[StorageInfo]) -> u32 {
	let mut bytes = 0u64;
	for (key, reads, writes, _) in &result.keys {
		let Some(info) = storage.iter().find(|info| key.starts_with(&info.prefix)) else {
			continue;
		};
		let Some(size) = info.max_size else { continue };
		let values = info.max_values.unwrap_or(MAP_VALUES).max(1);
		let layers = u64::from(values.ilog2().div_ceil(4));
		let accesses = u64::from(*reads.max(writes));
		bytes = bytes.saturating_add((u64::from(size) + layers * NODE_BYTES).saturating_mul(accesses));
	}
	u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// The figures of benchmarks, a line each.
pub fn table<'a>(all: impl Iterator<Item = &'a Measured>) -> Table {
	let micros = |picos: u64| format!("{:.2}", picos as f64 / 1e6);
	let cell = |measured: &Measured, line: &Line, show: &dyn Fn(u64) -> String| {
		let names = measured.benchmark.components.iter();
		let slopes = names
			.zip(&line.slopes)
			.filter(|(_, slope)| **slope > 0)
			.map(|((name, ..), slope)| format!(" + {} {name}", show(*slope)));
		std::iter::once(show(line.base)).chain(slopes).collect::<String>()
	};
	let plain = |figure: u64| figure.to_string();
	let mut table = Table::new();
	table
		.load_preset(UTF8_HORIZONTAL_ONLY)
		.set_header(["benchmark", "parameters", "time, µs", "reads", "writes"]);
	for measured in all {
		let parameters: Vec<String> = measured
			.benchmark
			.components
			.iter()
			.map(|(name, least, greatest)| format!("{name} {least}..{greatest}"))
			.collect();
		let pallet = measured.benchmark.pallet.trim_start_matches("pallet_");
		table.add_row([
			format!("{pallet}::{}", measured.benchmark.name),
			parameters.join(", "),
			cell(measured, &measured.time, &micros),
			cell(measured, &measured.reads, &plain),
			cell(measured, &measured.writes, &plain),
		]);
	}
	for column in table.column_iter_mut().skip(2) {
		column.set_cell_alignment(CellAlignment::Right);
	}
	table
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::frame_benchmarking::BenchmarkParameter::{m, n};

	fn benchmark(components: Vec<(polkadot_sdk::frame_benchmarking::BenchmarkParameter, u32, u32)>) -> Benchmark {
		Benchmark {
			pallet: "pallet_test".into(),
			instance: "Test".into(),
			name: "call".into(),
			components,
		}
	}

	#[test]
	fn each_parameter_goes_its_whole_range_with_the_others_at_their_greatest() {
		let all = steps(&benchmark(vec![(n, 2, 12), (m, 0, 4)]), 3);
		let expected: Vec<Components> = [(2, 4), (7, 4), (12, 4), (12, 0), (12, 2), (12, 4)]
			.map(|(first, second)| vec![(n, first), (m, second)])
			.into();
		assert_eq!(all, expected);
	}

	#[test]
	fn a_narrow_range_is_measured_once_a_value() {
		let values: Vec<u32> = steps(&benchmark(vec![(n, 2, 4)]), 20)
			.iter()
			.map(|step| step[0].1)
			.collect();
		assert_eq!(values, [2, 3, 4]);
	}

	#[test]
	fn what_takes_long_is_measured_fewer_times() {
		let plan = Plan { steps: 2, repeat: 20 };
		let repeats = |millis| plan.repeats(Duration::from_millis(millis));
		assert_eq!([0, 50, 100, 200, 500, 5_000].map(repeats), [20, 20, 20, 10, 4, 3]);
	}

	#[test]
	fn a_benchmark_without_parameters_has_one_step() {
		assert_eq!(steps(&benchmark(Vec::new()), 20), [Components::new()]);
	}

	/// Made so that time is `5 + 3 n + 2 m` µs and reads are `4 + n`.
	fn made(steps: &[Components]) -> Vec<BenchmarkResult> {
		let result = |step: &Components| BenchmarkResult {
			components: step.clone(),
			extrinsic_time: 5_000 + 3_000 * u128::from(step[0].1) + 2_000 * u128::from(step[1].1),
			reads: 4 + step[0].1,
			..Default::default()
		};
		steps.iter().map(result).collect()
	}

	#[test]
	fn the_line_goes_through_what_was_measured() {
		let results = made(&steps(&benchmark(vec![(n, 0, 50), (m, 0, 20)]), 10));
		let line =
			|selector| Line::new(Analysis::min_squares_iqr(&results, selector).expect("a line")).expect("it fits");
		let near = |figure: u64, expected: u64| assert!(figure.abs_diff(expected) <= 1_000, "{figure}");
		let time = line(BenchmarkSelector::ExtrinsicTime);
		near(time.base, 5_000_000);
		near(time.slopes[0], 3_000_000);
		near(time.slopes[1], 2_000_000);
		let reads = line(BenchmarkSelector::Reads);
		assert_eq!((reads.base, &reads.slopes[..]), (4, &[1, 0][..]));
		assert_eq!(reads.at(&[10, 7]), 14);
	}

	#[test]
	fn a_weight_is_time_and_storage() {
		let line = |base, slopes: &[u64]| Line {
			base,
			slopes: slopes.to_vec(),
		};
		let measured = Measured {
			benchmark: benchmark(vec![(n, 0, 50)]),
			time: line(1_000, &[10]),
			shortest: 1,
			reads: line(3, &[1]),
			writes: line(2, &[0]),
			proof: line(100, &[5]),
		};
		let db = RuntimeDbWeight {
			read: 10_000,
			write: 100_000,
		};
		assert_eq!(
			measured.weight(db, &[4]),
			Weight::from_parts(1_040 + 70_000 + 200_000, 120)
		);
		assert_eq!(measured.weight_of(db, 0), Weight::from_parts(10 + 10_000, 5));
		assert_eq!(measured.weight_of(db, 1), Weight::zero());
	}

	#[test]
	fn a_proof_holds_every_item_at_its_bound() {
		let info = |prefix: &[u8], max_values, max_size| StorageInfo {
			pallet_name: b"Test".to_vec(),
			storage_name: prefix.to_vec(),
			prefix: prefix.to_vec(),
			max_values,
			max_size,
		};
		let storage = [
			info(b"value", Some(1), Some(40)),
			info(b"map", Some(256), Some(10)),
			info(b"unbounded", None, None),
		];
		let result = BenchmarkResult {
			keys: vec![
				(b"value".to_vec(), 1, 0, false),
				(b"map-a".to_vec(), 3, 1, false),
				(b"unbounded-a".to_vec(), 5, 5, false),
				(b"elsewhere".to_vec(), 1, 1, false),
			],
			..Default::default()
		};
		assert_eq!(
			u64::from(bounded_proof(&result, &storage)),
			40 + 3 * (10 + 2 * NODE_BYTES)
		);
	}
}
