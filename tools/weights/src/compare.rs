//! One order of the market against one swap of the SDK's exchange, and how many orders a block holds.
//!
//! Both are measured in the same Wasm on the same state in the same run, with the same price for storage.
//! An order is what it costs from its placing to its end: its transaction, and its part of the clearing,
//! which is what one more order that fills adds to a batch. Of a buy and a sale the dearer counts. One that evicts
//! another from a full book is shown beside.
//!
//! A clearing is weighed as the sum of parts that are measured apart. Whether the sum holds is looked at where all
//! of them are at their greatest: full books of alternating limits and a full queue, measured as a whole.

use crate::{
	measure::{measure, table, Measured, Plan},
	runtime::{Benchmark, On, Runtime},
};
use anyhow::{Context, Result};
use codec::{Compact, Encode};
use polkadot_sdk::{
	frame_support::weights::{
		constants::{ExtrinsicBaseWeight, ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
		Weight,
	},
	pallet_transaction_payment::RuntimeDispatchInfo,
};

/// The SDK's exchange.
pub const EXCHANGE: &str = "pallet_asset_conversion";
const MARKET: &str = "pallet_compute_amm";

/// As many orders must fit a block.
const ORDERS_WANTED: u64 = 1_500;
/// A block's computing, in picoseconds: `RuntimeBlockWeights`.
const BLOCK: u64 = 2 * WEIGHT_REF_TIME_PER_SECOND;
/// The part of it for ordinary transactions, in percent.
const NORMAL_PERCENT: u64 = 75;
/// As much, in percent, may the whole of a clearing be measured above the sum of its parts: times scatter.
const SCATTER_PERCENT: u64 = 10;
/// The part of it that clearing may take, in percent: what the market's `integrity_test` allows.
const CLEARING_PERCENT: u64 = 60;

/// What a transaction and its clearing take, in picoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Costs {
	/// Around every call: the base weight, and the transaction's extensions.
	around: u64,
	/// Placing an order.
	place: u64,
	/// What an order adds to a clearing.
	clear: u64,
	/// A clearing of no order.
	clear_base: u64,
}

impl Costs {
	/// An order from its placing to its end.
	fn whole(&self) -> u64 {
		self.place.saturating_add(self.clear)
	}
}

/// How many orders a block holds, by each of its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Room {
	/// Transactions that pay for their own clearing, within the share of ordinary ones.
	normal: u64,
	/// The clearing, within its share.
	clearing: u64,
	/// The clearing of as many orders of the block before, and those transactions, within the whole block.
	whole: u64,
}

impl Room {
	fn of(costs: Costs) -> Self {
		let fit = |room: u64, each: u64| room.checked_div(each).unwrap_or(u64::MAX);
		let Costs {
			around,
			place,
			clear,
			clear_base,
		} = costs;
		Self {
			normal: fit(BLOCK / 100 * NORMAL_PERCENT, around + place + clear),
			clearing: fit((BLOCK / 100 * CLEARING_PERCENT).saturating_sub(clear_base), clear),
			whole: fit(BLOCK.saturating_sub(clear_base), around + place + 2 * clear),
		}
	}

	fn least(self, other: Self) -> Self {
		Self {
			normal: self.normal.min(other.normal),
			clearing: self.clearing.min(other.clearing),
			whole: self.whole.min(other.whole),
		}
	}

	fn orders(self) -> u64 {
		self.normal.min(self.clearing).min(self.whole)
	}
}

/// Measures, prints, and says whether an order is at most a swap and enough of them fit a block.
pub fn run(runtime: &Runtime<'_>, plan: Plan) -> Result<bool> {
	let all = runtime.benchmarks(true)?;
	let find = |pallet: &str, name: &str| -> Result<Benchmark> {
		let mut of_pallet = all.iter().filter(|benchmark| benchmark.pallet == pallet);
		of_pallet
			.find(|benchmark| benchmark.name == name)
			.cloned()
			.with_context(|| {
				format!("the runtime has no benchmark {pallet}::{name}; is it built with `swap-benchmark`?")
			})
	};
	let run = |pallet, name| -> Result<Measured> {
		let benchmark = find(pallet, name)?;
		eprintln!("{benchmark}");
		measure(runtime, &benchmark, plan)
	};
	let swap_name = "swap_exact_tokens_for_tokens";
	// The swap before and after the order, and the cheaper one counts: what the machine does meanwhile must
	// not flatter the order.
	let before = run(EXCHANGE, swap_name)?;
	let placing = run(MARKET, "place_order")?;
	let evicting = run(MARKET, "place_order_evicting")?;
	let class = run(MARKET, "clear_class")?;
	let buys = run(MARKET, "clear_buys")?;
	let sales = run(MARKET, "clear_sells")?;
	let waiting = run(MARKET, "clear_waiting")?;
	let requests = run(MARKET, "clear_requests")?;
	let after = run(EXCHANGE, swap_name)?;
	let full = run(MARKET, "clear_full")?;
	let shown = [
		&before, &placing, &evicting, &class, &buys, &sales, &waiting, &requests, &full, &after,
	];
	println!("{}", table(shown.into_iter()));

	let db = ParityDbWeight::get();
	let weight = |measured: &Measured, values: &[u32]| measured.weight(db, values).ref_time();
	// One pool is a path of two assets.
	let swap = weight(&before, &[2]).min(weight(&after, &[2]));
	let around = around_a_call(runtime)?;
	let clear_base = weight(&class, &[]);
	let costs = |sells: u32, clearing: &Measured| Costs {
		around,
		place: weight(&placing, &[sells]),
		clear: clearing.weight_of(db, 0).ref_time(),
		clear_base,
	};
	let (buy, sale) = (costs(0, &buys), costs(1, &sales));
	let line = |name: &str, figure: u64| {
		let part = figure as f64 * 100.0 / swap as f64;
		println!("{name:<34} {:>9} {part:>7.1} %", micros(figure));
	};
	println!(
		"\nµs with storage at ParityDB's price ({} a read, {} a write), and in percent of a swap:",
		micros(db.read),
		micros(db.write)
	);
	line("swap of one pool", swap);
	for (name, order) in [("buy", buy), ("sale", sale)] {
		line(&format!("{name}, placed"), order.place);
		line(&format!("{name}, its part of the clearing"), order.clear);
		line(&format!("{name}, the whole"), order.whole());
	}
	line("placed in a full book, evicting", weight(&evicting, &[]));
	line("a clearing beside its orders", clear_base);
	line("around every call", around);

	let greatest = |measured: &Measured| -> u64 {
		let components = measured.benchmark.components.iter();
		components.map(|(.., greatest)| u64::from(*greatest)).sum()
	};
	let of = |measured: &Measured, count: u64| measured.weight_of(db, 0).ref_time().saturating_mul(count);
	// As the benchmark has them: half of the places that anybody may take for each side, the rest waits.
	let (anybody, places) = (greatest(&buys), greatest(&waiting));
	let parts = [
		clear_base,
		of(&buys, anybody / 2),
		of(&sales, anybody / 2),
		of(&waiting, places - anybody),
		of(&requests, greatest(&requests)),
	];
	let (whole, parts) = (weight(&full, &[]), parts.iter().sum::<u64>());
	println!(
		"\na full book of alternating limits: {} ms measured, {} ms by its parts",
		micros(whole / 1_000),
		micros(parts / 1_000)
	);

	let order = if buy.whole() > sale.whole() { buy } else { sale };
	let room = Room::of(buy).least(Room::of(sale));
	println!("\norders that a block of 2 s holds, the dearer kind:");
	println!(
		"{:<34} {:>9}",
		format!("placed, in {NORMAL_PERCENT} % of it"),
		room.normal
	);
	println!(
		"{:<34} {:>9}",
		format!("cleared, in {CLEARING_PERCENT} % of it"),
		room.clearing
	);
	println!("{:<34} {:>9}", "placed and cleared, in all of it", room.whole);
	let (cheap, roomy) = (order.whole() <= swap, room.orders() >= ORDERS_WANTED);
	let sound = whole <= parts / 100 * (100 + SCATTER_PERCENT);
	println!(
		"\nan order is at most a swap: {}\na block holds at least {ORDERS_WANTED} orders: {} ({})\na full book weighs its \
		 parts: {}",
		yes(cheap),
		yes(roomy),
		room.orders(),
		yes(sound)
	);
	Ok(cheap && roomy && sound)
}

/// The base weight and the extensions' of a signed transaction, in picoseconds: what the runtime says that
/// one weighs, less what it says that its call weighs.
fn around_a_call(runtime: &Runtime<'_>) -> Result<u64> {
	// System::remark of nothing.
	let call = [0u8, 0, 0];
	let mut signed = vec![0x84, 0];
	signed.extend([1; 32]);
	// An sr25519 signature, which nobody checks here; no end, first nonce, no tip, no hash of the metadata.
	signed.push(1);
	signed.extend([1; 64]);
	signed.extend([0, 0, 0, 0]);
	signed.extend(call);
	let length = u32::try_from(signed.len()).context("a short transaction")?;
	let mut transaction = Compact(length).encode();
	transaction.extend(&signed);
	let whole: RuntimeDispatchInfo<u128> = runtime.call(
		On::Plain,
		"TransactionPaymentApi_query_info",
		&[&transaction[..], &length.encode()].concat(),
	)?;
	let inside: RuntimeDispatchInfo<u128> = runtime.call(
		On::Plain,
		"TransactionPaymentCallApi_query_call_info",
		&[&call[..], &length.encode()].concat(),
	)?;
	let extensions: Weight = whole.weight.saturating_sub(inside.weight);
	Ok(ExtrinsicBaseWeight::get().saturating_add(extensions).ref_time())
}

fn micros(picos: u64) -> String {
	format!("{:.1}", picos as f64 / 1e6)
}

fn yes(met: bool) -> &'static str {
	if met {
		"yes"
	} else {
		"NO"
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const MICRO: u64 = 1_000_000;

	#[test]
	fn a_block_holds_what_its_tightest_limit_allows() {
		let costs = Costs {
			around: 200 * MICRO,
			place: 300 * MICRO,
			clear: 500 * MICRO,
			clear_base: 0,
		};
		let room = Room::of(costs);
		assert_eq!(
			room,
			Room {
				normal: 1_500,
				clearing: 2_400,
				whole: 1_333
			}
		);
		assert_eq!(room.orders(), 1_333);
	}

	#[test]
	fn an_order_that_costs_nothing_to_clear_is_not_limited_by_clearing() {
		let costs = Costs {
			around: 100 * MICRO,
			place: 900 * MICRO,
			clear: 0,
			clear_base: 1_000 * MICRO,
		};
		let room = Room::of(costs);
		assert_eq!((room.normal, room.clearing, room.whole), (1_500, u64::MAX, 1_999));
	}
}
