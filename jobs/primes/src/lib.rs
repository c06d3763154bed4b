//! Counts the primes in a range.
//!
//! Input: `from=1 to=2000000`, both counted in. Output: a line of JSON.
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::{format, string::String, vec, vec::Vec};
use quern_job::Parameters;

quern_job::job!(run);

/// Above this the sieve's base would take more memory than it is worth.
const MOST: u64 = 1_000_000_000_000;
/// Numbers sieved at a time.
const SEGMENT: u64 = 1 << 18;

/// The job: a bad input gives a line that says so.
pub fn run(input: &[u8]) -> Vec<u8> {
	match count(input) {
		Ok(line) => line.into_bytes(),
		Err(error) => format!("error: {error}\n").into_bytes(),
	}
}

fn count(input: &[u8]) -> Result<String, String> {
	let mut parameters = Parameters::parse(input)?;
	let from = parameters.take("from", 1u64)?;
	let to = parameters.take("to", 1_000_000u64)?;
	parameters.end()?;
	if from > to {
		return Err(format!("from={from} is above to={to}"));
	}
	if to > MOST {
		return Err(format!("to={to} is above {MOST}"));
	}
	let found = primes_between(from, to);
	let name = |prime: Option<u64>| prime.map_or_else(|| "null".into(), |prime| format!("{prime}"));
	Ok(format!(
		"{{\"from\":{from},\"to\":{to},\"count\":{},\"first\":{},\"last\":{}}}\n",
		found.count,
		name(found.first),
		name(found.last)
	))
}

/// Primes in a range.
#[derive(Default, Debug, PartialEq)]
struct Found {
	count: u64,
	first: Option<u64>,
	last: Option<u64>,
}

/// A segmented sieve of Eratosthenes.
fn primes_between(from: u64, to: u64) -> Found {
	let base = primes_up_to(root(to));
	let mut found = Found::default();
	let mut is_composite = vec![false; SEGMENT as usize];
	let mut start = from.max(2);
	while start <= to {
		let end = to.min(start + (SEGMENT - 1));
		let length = (end - start + 1) as usize;
		is_composite[..length].fill(false);
		for &prime in &base {
			if prime * prime > end {
				break;
			}
			let first = (prime * prime).max(start.div_ceil(prime) * prime);
			for multiple in ((first - start) as usize..length).step_by(prime as usize) {
				is_composite[multiple] = true;
			}
		}
		for (offset, _) in is_composite[..length]
			.iter()
			.enumerate()
			.filter(|(_, composite)| !**composite)
		{
			let prime = start + offset as u64;
			found.count += 1;
			found.first.get_or_insert(prime);
			found.last = Some(prime);
		}
		start = end + 1;
	}
	found
}

fn primes_up_to(most: u64) -> Vec<u64> {
	let mut is_composite = vec![false; most as usize + 1];
	let mut primes = Vec::new();
	for number in 2..=most {
		if !is_composite[number as usize] {
			primes.push(number);
			for multiple in (number * number..=most).step_by(number as usize) {
				is_composite[multiple as usize] = true;
			}
		}
	}
	primes
}

/// The whole part of the square root.
fn root(number: u64) -> u64 {
	let (mut low, mut high) = (0, 1 << 32);
	while high - low > 1 {
		let middle = (low + high) / 2;
		if middle * middle <= number {
			low = middle;
		} else {
			high = middle;
		}
	}
	low
}

#[cfg(test)]
mod tests {
	use super::*;

	fn said(input: &str) -> String {
		String::from_utf8(run(input.as_bytes())).expect("text")
	}

	#[test]
	fn counts_as_known() {
		for (to, count) in [
			(1, 0),
			(2, 1),
			(10, 4),
			(100, 25),
			(10_000, 1_229),
			(1_000_000, 78_498),
			(2_000_000, 148_933),
		] {
			assert_eq!(primes_between(1, to).count, count, "{to}");
		}
	}

	#[test]
	fn counts_parts_that_sum_to_the_whole() {
		let parts: u64 = [
			(0, 262_143),
			(262_144, 262_147),
			(262_148, 999_999),
			(1_000_000, 1_000_000),
		]
		.map(|(a, b)| primes_between(a, b).count)
		.iter()
		.sum();
		assert_eq!(parts, 78_498);
	}

	#[test]
	fn agrees_with_trial_division() {
		let is_prime = |n: u64| n >= 2 && (2..).take_while(|d| d * d <= n).all(|d| !n.is_multiple_of(d));
		for from in (0..3_000).step_by(7) {
			let count = (from..from + 100).filter(|n| is_prime(*n)).count() as u64;
			assert_eq!(primes_between(from, from + 99).count, count, "{from}");
		}
	}

	#[test]
	fn counts_far_out() {
		// The primes just below 10^12: the largest is 999999999989.
		let found = primes_between(999_999_999_900, 1_000_000_000_000);
		assert_eq!(
			found,
			Found {
				count: 4,
				first: Some(999_999_999_937),
				last: Some(999_999_999_989)
			}
		);
	}

	#[test]
	fn answers_in_a_line() {
		assert_eq!(
			said("from=1 to=2000000"),
			"{\"from\":1,\"to\":2000000,\"count\":148933,\"first\":2,\"last\":1999993}\n"
		);
		assert_eq!(
			said("from=24 to=28"),
			"{\"from\":24,\"to\":28,\"count\":0,\"first\":null,\"last\":null}\n"
		);
		assert_eq!(
			said(""),
			"{\"from\":1,\"to\":1000000,\"count\":78498,\"first\":2,\"last\":999983}\n"
		);
	}

	#[test]
	fn says_what_is_wrong() {
		for input in ["from=5 to=4", "to=1000000000001", "to=-1", "to=1e6", "until=5", "5"] {
			assert!(said(input).starts_with("error: "), "{input}");
		}
	}
}
