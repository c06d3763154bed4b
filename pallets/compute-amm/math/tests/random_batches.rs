//! The promises of a batch over random ones, those that once broke, and the fuzzer's seeds.
//!
//! Some thousand by default. A million, in seconds:
//!
//! ```sh
//! cargo run --release -p compute-amm-math --example promises -- 1000000
//! ```

mod promises;

use compute_amm_math::Side;
use promises::{trades_as_quoted, Case, Random, Seen};
use std::{fs, path::Path};

#[test]
fn random_batches_keep_every_promise() {
	let mut random = Random(20_260_101);
	let mut seen = Seen::default();
	for number in 0..10_000 {
		let case = Case::decode(&random.case());
		match case.check() {
			Ok(more) => seen += more,
			Err(broken) => panic!("batch {number}: {broken}\n{case:?}"),
		}
	}
	// None of the checks passes for want of cases.
	assert!(seen.filled > 10_000, "{seen:?}");
	let counts = [
		seen.in_part,
		seen.at_the_end,
		seen.scanned,
		seen.unfilled_removed,
		seen.shuffled,
		seen.closed_within,
		seen.closed_next,
		seen.after_waiting,
		seen.would_have_earned,
	];
	assert!(counts.iter().all(|count| *count > 50), "{seen:?}");
}

#[test]
fn kept_inputs_of_the_fuzzer_keep_every_promise() {
	let mut files = 0;
	for folder in ["seeds", "regressions"] {
		let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
		for file in fs::read_dir(&folder).expect("is there") {
			let path = file.expect("readable").path();
			let case = Case::decode(&fs::read(&path).expect("readable"));
			if let Err(broken) = case.check() {
				panic!("{}: {broken}\n{case:?}", path.display());
			}
			files += 1;
		}
	}
	assert!(files > 10, "{files} files");
}

#[test]
fn alone_an_order_trades_as_quoted_in_any_pool() {
	let mut random = Random(7);
	for _ in 0..20_000 {
		let case = Case::decode(&random.case());
		for order in case.orders {
			for side in [Side::Buy, Side::Sell] {
				trades_as_quoted(side, case.tokens, case.claims, order.gpu_time).unwrap_or_else(|broken| {
					panic!(
						"{side:?} of {} in {}/{}: {broken}",
						order.gpu_time, case.tokens, case.claims
					)
				});
			}
		}
	}
}
