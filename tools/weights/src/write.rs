//! The file of a pallet's weights.
//!
//! The runtime's `weights/<pallet>.rs` implements the pallet's `WeightInfo` with one function a benchmark,
//! named as it is and with its parameters. What the trait has and no benchmark measures does not compile,
//! nor does a benchmark that the trait lacks, so that neither stays an estimate unseen.

use crate::measure::{Line, Measured, Plan};
use polkadot_sdk::frame_benchmarking::BenchmarkParameter;
use std::{fmt::Write, fs};

/// What the head of a file tells of its making.
pub struct Heading<'a> {
	/// The day.
	pub date: &'a str,
	/// The processor's model.
	pub processor: &'a str,
	/// Steps and repeats.
	pub plan: Plan,
}

/// This machine's processor model.
pub fn processor() -> String {
	let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
	info.lines()
		.find_map(|line| line.strip_prefix("model name")?.split_once(':'))
		.map_or_else(
			|| "a processor that does not say its name".into(),
			|(_, name)| name.trim().into(),
		)
}

/// The Rust source of a pallet's weights.
pub fn weights(pallet: &str, measured: &[Measured], heading: &Heading<'_>) -> String {
	let Heading { date, processor, plan } = heading;
	let mut out = format!(
		"//! Weights of `{pallet}`, measured by `scripts/weights.sh`. Run it again rather than edit this.\n\
		//!\n\
		//! {date}, {processor}, {} steps, {} repeats.\n\n\
		use core::marker::PhantomData;\n\
		use polkadot_sdk::{{\n\
		\tframe_support::{{traits::Get, weights::Weight}},\n\
		\tframe_system,\n\
		}};\n\n\
		/// Weights of `{pallet}`.\n\
		pub struct WeightInfo<T>(PhantomData<T>);\n\n\
		impl<T: frame_system::Config> {pallet}::weights::WeightInfo for WeightInfo<T> {{\n",
		plan.steps, plan.repeat,
	);
	let functions: Vec<String> = measured.iter().map(function).collect();
	out.push_str(&functions.join("\n"));
	out.push_str("}\n");
	out
}

fn function(measured: &Measured) -> String {
	let Measured {
		benchmark,
		time,
		shortest,
		reads,
		writes,
		proof,
	} = measured;
	let names: Vec<BenchmarkParameter> = benchmark.components.iter().map(|(name, ..)| *name).collect();
	let used = |index: usize| [time, reads, writes, proof].iter().any(|line| slope(line, index) > 0);
	let arguments: Vec<String> = names
		.iter()
		.enumerate()
		.map(|(index, name)| format!("{}{name}: u32", if used(index) { "" } else { "_" }))
		.collect();
	let mut out = String::new();
	let ranges: String = benchmark
		.components
		.iter()
		.map(|(name, least, greatest)| format!(" `{name}` from {least} to {greatest}."))
		.collect();
	let mut push = |line: String| writeln!(out, "{line}").expect("a string takes all that is written");
	push(format!("\t/// Shortest run: {} µs.{ranges}", micros(*shortest)));
	push(format!(
		"\tfn {}({}) -> Weight {{",
		benchmark.name,
		arguments.join(", ")
	));
	push(format!(
		"\t\tWeight::from_parts({}, {})",
		grouped(time.base),
		grouped(proof.base)
	));
	for (index, name) in names.iter().enumerate() {
		let (time, proof) = (slope(time, index), slope(proof, index));
		if time > 0 || proof > 0 {
			push(format!(
				"\t\t\t.saturating_add(Weight::from_parts({}, {}).saturating_mul({name}.into()))",
				grouped(time),
				grouped(proof)
			));
		}
	}
	for (kind, line) in [("reads", reads), ("writes", writes)] {
		if line.base > 0 {
			push(format!(
				"\t\t\t.saturating_add(T::DbWeight::get().{kind}({}))",
				line.base
			));
		}
		for (index, name) in names.iter().enumerate() {
			let each = slope(line, index);
			if each > 0 {
				push(format!(
					"\t\t\t.saturating_add(T::DbWeight::get().{kind}({each}).saturating_mul({name}.into()))"
				));
			}
		}
	}
	push("\t}".into());
	out
}

fn slope(line: &Line, index: usize) -> u64 {
	line.slopes.get(index).copied().unwrap_or(0)
}

fn micros(nanos: u64) -> String {
	format!("{}.{:02}", nanos / 1_000, nanos % 1_000 / 10)
}

/// `1234567` as `1_234_567`.
fn grouped(number: u64) -> String {
	let digits = number.to_string();
	let mut out = String::new();
	for (index, digit) in digits.chars().enumerate() {
		if index > 0 && (digits.len() - index).is_multiple_of(3) {
			out.push('_');
		}
		out.push(digit);
	}
	out
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::runtime::Benchmark;
	use polkadot_sdk::frame_benchmarking::BenchmarkParameter::{m, n};

	#[test]
	fn digits_stand_in_threes() {
		let numbers = [0, 7, 999, 1_000, 12_345, 123_456, 1_234_567];
		let texts = ["0", "7", "999", "1_000", "12_345", "123_456", "1_234_567"];
		assert_eq!(numbers.map(grouped), texts);
	}

	#[test]
	fn a_file_has_a_function_for_each_benchmark() {
		let line = |base, slopes: [u64; 2]| Line {
			base,
			slopes: slopes.to_vec(),
		};
		let measured = Measured {
			benchmark: Benchmark {
				pallet: "pallet_test".into(),
				instance: "Test".into(),
				name: "clear".into(),
				components: vec![(n, 0, 64), (m, 1, 16)],
			},
			time: line(12_345_678, [9_000, 0]),
			shortest: 12_340,
			reads: line(3, [2, 0]),
			writes: line(0, [1, 0]),
			proof: line(4_000, [0, 0]),
		};
		let heading = Heading {
			date: "2026-01-31",
			processor: "A Processor",
			plan: Plan { steps: 10, repeat: 5 },
		};
		let expected = "\
//! Weights of `pallet_test`, measured by `scripts/weights.sh`. Run it again rather than edit this.
//!
//! 2026-01-31, A Processor, 10 steps, 5 repeats.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of `pallet_test`.
pub struct WeightInfo<T>(PhantomData<T>);

impl<T: frame_system::Config> pallet_test::weights::WeightInfo for WeightInfo<T> {
	/// Shortest run: 12.34 µs. `n` from 0 to 64. `m` from 1 to 16.
	fn clear(n: u32, _m: u32) -> Weight {
		Weight::from_parts(12_345_678, 4_000)
			.saturating_add(Weight::from_parts(9_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}
}
";
		assert_eq!(weights("pallet_test", &[measured], &heading), expected);
	}
}
