//! Checks every promise of the market on random batches, on all cores:
//!
//! ```sh
//! cargo run --release -p compute-amm-math --example promises -- [BATCHES [SEED]]
//! ```
//!
//! A million batches with seed 1 if not said. Prints what was checked how often; at the first broken promise
//! the batch and its bytes (a file for `fuzz/regressions`), and exits with 1.

#[path = "../tests/promises/mod.rs"]
mod promises;

use promises::{Case, Random, Seen};
use std::{
	process::ExitCode,
	sync::atomic::{AtomicBool, Ordering::Relaxed},
	thread,
	time::Instant,
};

/// Batches that one seed makes: what runs where is no matter to what is run.
const BATCHES_PER_SEED: u64 = 1_000;

fn main() -> ExitCode {
	let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
	let (batches, seed) = match (arguments.next(), arguments.next()) {
		(None, _) => (1_000_000, 1),
		(Some(Ok(batches)), None) => (batches, 1),
		(Some(Ok(batches)), Some(Ok(seed))) => (batches, seed),
		_ => {
			eprintln!("usage: promises [BATCHES [SEED]]");
			return ExitCode::FAILURE;
		}
	};
	let started = Instant::now();
	let threads = thread::available_parallelism().map_or(1, |n| n.get() as u64);
	let broken = AtomicBool::new(false);
	let mut seen = Seen::default();
	thread::scope(|scope| {
		let running: Vec<_> = (0..threads)
			.map(|thread| {
				let broken = &broken;
				scope.spawn(move || {
					let mut seen = Seen::default();
					let mine = (thread..batches.div_ceil(BATCHES_PER_SEED)).step_by(threads as usize);
					for group in mine.take_while(|_| !broken.load(Relaxed)) {
						let left = batches - group * BATCHES_PER_SEED;
						run(seed, group, left.min(BATCHES_PER_SEED), &mut seen, broken);
					}
					seen
				})
			})
			.collect();
		for one in running {
			match one.join() {
				Ok(more) => seen += more,
				Err(_) => broken.store(true, Relaxed),
			}
		}
	});
	let seconds = started.elapsed().as_secs_f64();
	println!(
		"{} batches of {} orders in {seconds:.1} s, seed {seed}",
		seen.batches, seen.orders
	);
	println!(
		"  {:>9} fills, {} of them in part; product, limits, priority checked in every batch",
		seen.filled, seen.in_part
	);
	println!("  {:>9} batches at an end of the range of prices", seen.at_the_end);
	println!(
		"  {:>9} batches compared with a scan over every net trade",
		seen.scanned
	);
	println!("  {:>9} unfilled orders removed", seen.unfilled_removed);
	println!("  {:>9} batches in another order of arrival", seen.shuffled);
	println!("  {:>9} positions closed in their batch", seen.closed_within);
	println!("  {:>9} positions closed in the next batch", seen.closed_next);
	println!(
		"  {:>9} of them while fees waited; {} would have earned had they not",
		seen.after_waiting, seen.would_have_earned
	);
	if broken.load(Relaxed) {
		return ExitCode::FAILURE;
	}
	println!("every promise kept");
	ExitCode::SUCCESS
}

fn run(seed: u64, group: u64, batches: u64, seen: &mut Seen, broken: &AtomicBool) {
	let mut random = Random(Random(seed).next() ^ group.wrapping_mul(0x2545_f491_4f6c_dd1d));
	for _ in 0..batches {
		let bytes = random.case();
		let case = Case::decode(&bytes);
		match case.check() {
			Ok(more) => *seen += more,
			Err(why) => {
				broken.store(true, Relaxed);
				let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
				eprintln!("BROKEN: {why}\n{case:?}\nbytes {hex}");
				return;
			}
		}
	}
}
