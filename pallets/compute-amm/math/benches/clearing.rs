//! How long a batch takes to clear, and how that grows:
//!
//! ```sh
//! cargo bench -p compute-amm-math
//! ```
//!
//! Medians of one run, over books that differ in what they make the clearing do. Exits with 1 if 1,000
//! orders of any book take a millisecond, or if from 100 to 10,000 orders the time grows by more than
//! `n log n` does, a factor of 200.

use compute_amm_math::{
	batch::{clear, Order},
	Side,
};
use std::{
	hint::black_box,
	process::ExitCode,
	time::{Duration, Instant},
};

const TOKENS: u128 = 9_000_000_000_000_000_000;
const CLAIMS: u128 = 9_000_000_000;
const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// `10,000 · log 10,000` over `100 · log 100`.
const N_LOG_N: f64 = 200.0;
/// Orders of all books that take turns: one book again and again would teach the processor its branches, and
/// sizes are to find their orders in the same memory.
const ORDERS_IN_TURN: usize = 100_000;
const ROUNDS: usize = 21;
const MILLISECOND: Duration = Duration::from_millis(1);

/// A pool and, for a number of orders and a seed, a book.
type Book = (&'static str, u128, u128, fn(usize, u64) -> Vec<Order>);

const BOOKS: [Book; 5] = [
	// What a market sees: sizes and limits anywhere around spot.
	("spread", TOKENS, CLAIMS, spread),
	// A buy and a sell in turn, each pair farther from spot than the last: nothing is sorted, nearly all fill.
	("alternating", TOKENS, CLAIMS, alternating),
	// One limit for all: every comparison is a tie down to the exact one.
	("equal", TOKENS, CLAIMS, equal),
	// Limits apart by less than the price moves in a step of the net trade.
	("crowded", TOKENS, CLAIMS, crowded),
	// Amounts whose products take 256 bits.
	("wide", TOKENS << 47, CLAIMS << 60, wide),
];

fn main() -> ExitCode {
	// `cargo test --benches` runs this without: once, for what panics.
	let measure = std::env::args().any(|argument| argument == "--bench");
	let mut slow = false;
	println!(
		"{:<12} {:>12} {:>12} {:>12} {:>10}",
		"book", "100", "1,000", "10,000", "growth"
	);
	for (name, tokens, claims, book) in BOOKS {
		let (rounds, orders) = if measure { (ROUNDS, ORDERS_IN_TURN) } else { (1, 1) };
		let books = SIZES.map(|size| -> Vec<_> {
			(1..=orders.div_ceil(size) as u64)
				.map(|seed| book(size, seed))
				.collect()
		});
		// Sizes take turns, so that whatever else the machine does falls on all of them.
		let times: Vec<[Duration; 3]> = (0..rounds)
			.map(|_| [0, 1, 2].map(|size| time(tokens, claims, &books[size])))
			.collect();
		let medians = [0, 1, 2].map(|size| median(times.iter().map(|round| round[size]).collect()));
		let growths = times
			.iter()
			.map(|round| round[2].as_secs_f64() / round[0].as_secs_f64());
		let growth = median(growths.collect());
		println!(
			"{name:<12} {:>12?} {:>12?} {:>12?} {growth:>9.0}x",
			medians[0], medians[1], medians[2]
		);
		slow |= medians[1] >= MILLISECOND || growth > N_LOG_N;
	}
	println!("n log n: {N_LOG_N:.0}x");
	if measure && slow {
		println!("TOO SLOW");
		return ExitCode::FAILURE;
	}
	ExitCode::SUCCESS
}

/// How long a batch takes, on the average of these.
fn time(tokens: u128, claims: u128, books: &[Vec<Order>]) -> Duration {
	let started = Instant::now();
	for orders in books {
		let cleared = clear(black_box(tokens), black_box(claims), black_box(orders));
		assert!(black_box(cleared).is_ok());
	}
	started.elapsed() / books.len() as u32
}

fn median<T: PartialOrd + Copy>(mut of: Vec<T>) -> T {
	of.sort_by(|a, b| a.partial_cmp(b).expect("a number"));
	of[of.len() / 2]
}

fn order(side: Side, gpu_time: u128, limit: u128) -> Order {
	Order {
		side,
		gpu_time,
		limit,
		at_most: gpu_time,
	}
}

/// A limit, at millionths of spot.
fn at(gpu_time: u128, millionths: u128) -> u128 {
	gpu_time * (TOKENS / CLAIMS) * millionths / 1_000_000
}

fn side(i: usize) -> Side {
	if i.is_multiple_of(2) {
		Side::Buy
	} else {
		Side::Sell
	}
}

/// The same on every run: a linear congruence over 64 bits, its upper half.
fn chance(state: &mut u64) -> u128 {
	*state = state
		.wrapping_mul(6_364_136_223_846_793_005)
		.wrapping_add(1_442_695_040_888_963_407);
	u128::from(*state >> 32)
}

fn spread(orders: usize, seed: u64) -> Vec<Order> {
	let mut state = seed;
	(0..orders)
		.map(|_| {
			let gpu_time = 1_000 + chance(&mut state) % 40_000_000;
			let side = side((chance(&mut state) % 2) as usize);
			order(side, gpu_time, at(gpu_time, 500_000 + chance(&mut state) % 1_000_000))
		})
		.collect()
}

fn alternating(orders: usize, _: u64) -> Vec<Order> {
	(0..orders)
		.map(|i| {
			let away = 400_000 * (i as u128 / 2) / orders as u128;
			let at_limit = match side(i) {
				Side::Buy => 1_010_000 + away,
				Side::Sell => 990_000 - away,
			};
			order(side(i), 3_600_000, at(3_600_000, at_limit))
		})
		.collect()
}

fn equal(orders: usize, seed: u64) -> Vec<Order> {
	let mut state = seed;
	(0..orders)
		.map(|i| {
			let gpu_time = 1_000_000 + chance(&mut state) % 10_000_000;
			order(side(i), gpu_time, at(gpu_time, 1_000_000))
		})
		.collect()
}

fn crowded(orders: usize, seed: u64) -> Vec<Order> {
	let mut state = seed;
	(0..orders)
		.map(|i| {
			let gpu_time = 1_000_000 + chance(&mut state) % 10_000_000;
			order(side(i), gpu_time, at(gpu_time, 1_000_000) + chance(&mut state) % 1_000)
		})
		.collect()
}

fn wide(orders: usize, seed: u64) -> Vec<Order> {
	spread(orders, seed)
		.into_iter()
		.map(|narrow| Order {
			gpu_time: narrow.gpu_time << 60,
			at_most: narrow.at_most << 60,
			limit: narrow.limit << 47,
			..narrow
		})
		.collect()
}
