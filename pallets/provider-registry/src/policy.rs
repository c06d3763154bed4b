//! Every constant and pure formula of the registry.

use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Rounding},
	sp_runtime::FixedU128,
};
use quern_primitives::{
	units::{DAYS, GPU_HOUR, GPU_SECOND, HOURS, PERIOD_BLOCKS, PERIOD_GPU_TIME},
	Balance, BlockNumber, GpuTime, Period, Price,
};

/// How much unsold allowance one accelerator keeps; what exceeds it evaporates.
pub const BURST_PER_GPU: GpuTime = 15 * 60 * GPU_SECOND;

/// How much a provider may owe for each attested accelerator with proceeds and the [`backing`] alone. With
/// collateral on the first hour too, a boom locks the whole market (simulated).
pub const FREE_PER_GPU: GpuTime = GPU_HOUR;

/// How much a provider may owe for each attested accelerator with collateral.
pub const OBLIGATIONS_PER_GPU: GpuTime = 24 * GPU_HOUR;

/// κ of a provider with no reputation, in millionths: what covers an obligation is so many times its worth.
pub const KAPPA_MOST: u32 = 1_500_000;
/// What reputation takes off κ at most, in millionths.
pub const KAPPA_OFF: u32 = 400_000;
/// GPU time delivered for each attested accelerator since the last fault that makes reputation whole: 30 days.
///
/// Not worth feigning. Reputation comes from delivery alone, and each delivered hour, be the client an alias,
/// costs the job fee, 6 % of its price, and the market's fee twice. Whole reputation costs 720 × 6 % = 43
/// hours' price for each accelerator, spent. It frees at most 0.4 × 24 = 10 hours' price of collateral, which
/// would have come back. And a fault takes all of it.
pub const FULL_REPUTATION: GpuTime = 720 * GPU_HOUR;

/// A block of all of a provider's accelerators, in the unit in which absence is counted.
pub const WHOLE_BLOCK: u64 = 1_000_000;
/// Absence that is free at once: an hour of all accelerators.
pub const FREE_ABSENCE: u64 = HOURS as u64 * WHOLE_BLOCK;
/// What becomes free again in a block: an hour a day.
pub const FREE_DRAIN: u64 = WHOLE_BLOCK / 24;
/// What an hour of absence beyond that costs, in thousandths of the proceeds.
pub const ABSENCE_PER_MILLE: u128 = 5;
/// What a block with no attested accelerator adds to a provider's absence, of which each other block takes
/// 1: a day drains in a week.
pub const GONE_FILL: u64 = 7;
/// A provider that was away so much is gone: 24 hours at a stretch, or with pauses so short between that
/// they do not drain it.
pub const GONE_LEVEL: u64 = DAYS as u64 * GONE_FILL;

/// For how long what is paid for taking obligations over rises.
pub const AUCTION_BLOCKS: BlockNumber = HOURS;
/// Buy-backs that may wait in the market: what the registry does as all of them fill in one clearing is to fit a
/// block beside it. A provider that finds no place buys claims as anybody does, and buys back with those.
pub const MAX_BUY_BACKS: u32 = 128;
/// After how long what nobody took over becomes the class's shortfall: the auction and 23 hours.
pub const ESTATE_BLOCKS: BlockNumber = DAYS;
/// How long before its end the closing of a class is announced. Any order expires, and any job can be through,
/// within it.
pub const CLOSING_NOTICE: BlockNumber = 7 * DAYS;
/// By what part of the price the pay for taking over rises: a fifth.
const AUCTION_RISE: u128 = 5;

/// For how many blocks liquidity waits for its turn; one is what it takes.
pub const LIQUIDITY_BLOCKS: BlockNumber = 10;
/// The longest that a buy-back waits in the market: no order may wait there for longer.
pub const MAX_BUY_BACK_BLOCKS: BlockNumber = HOURS;

/// The most providers that one draw asks. If all of them refuse, the job looks again later, with another seed.
pub const MAX_ASKED: u32 = 32;
/// A draw that has looked at so many nodes asks nobody else: as many as may be attested on the whole chain.
pub const MAX_LOOKED_AT: u32 = 256;

/// For how many periods a served one counts. A verdict on period `p` may come as late as the end of
/// `p + 1` and lasts until the next, so 2 is what an unbroken record needs; the third forgives one
/// period that the attestors could not judge.
pub const FRESH_PERIODS: Period = 3;

/// The most nodes that one draw looks at, where no provider has more than `per_provider`: the last one asked may have
/// as many.
pub fn most_looked_at(per_provider: u32) -> u32 {
	// Saturating: a bound of a bound.
	(MAX_LOOKED_AT - 1)
		.saturating_add(per_provider)
		.min(MAX_ASKED.saturating_mul(per_provider))
}

/// The period of a block.
pub fn period_of(block: BlockNumber) -> Period {
	block / PERIOD_BLOCKS
}

/// Whether a node last served in period `last` counts as attested in period `current`.
pub fn is_fresh(last: Period, current: Period) -> bool {
	// Saturating: the last period never wraps into the first.
	last.saturating_add(FRESH_PERIODS) >= current
}

/// What `gpus` accelerators earn by serving for a period, in milliseconds.
pub fn earned(gpus: u32) -> GpuTime {
	GpuTime::from(gpus) * PERIOD_GPU_TIME
}

/// The most allowance that `gpus` active accelerators keep, in milliseconds.
pub fn burst(gpus: u32) -> GpuTime {
	GpuTime::from(gpus) * BURST_PER_GPU
}

/// What a provider with `gpus` attested accelerators may owe without collateral, in milliseconds.
pub fn free_obligations(gpus: u32) -> GpuTime {
	GpuTime::from(gpus) * FREE_PER_GPU
}

/// The most that a provider with `gpus` attested accelerators may owe, in milliseconds.
pub fn obligation_limit(gpus: u32) -> GpuTime {
	GpuTime::from(gpus) * OBLIGATIONS_PER_GPU
}

/// What `gpu_time` costs at `price`, in planck, rounded up. Saturates: what does not fit nobody has.
pub fn cost_up(price: Price, gpu_time: GpuTime) -> Balance {
	multiply_by_rational_with_rounding(price.into_inner(), gpu_time, FixedU128::DIV, Rounding::Up)
		.unwrap_or(Balance::MAX)
}

/// What `gpu_time` is worth at `price`, in planck, rounded down; `None` if it does not fit.
pub fn value(price: Price, gpu_time: GpuTime) -> Option<Balance> {
	multiply_by_rational_with_rounding(price.into_inner(), gpu_time, FixedU128::DIV, Rounding::Down)
}

/// What delivering `gpu_time` of `owed` releases of `proceeds`: `floor(proceeds × gpu_time / owed)`,
/// and all of it with the last millisecond.
pub fn released(proceeds: Balance, gpu_time: GpuTime, owed: GpuTime) -> Balance {
	if gpu_time >= owed {
		return proceeds;
	}
	// The quotient is below `proceeds`, so it fits.
	multiply_by_rational_with_rounding(proceeds, gpu_time, owed, Rounding::Down).unwrap_or(0)
}

/// κ, in millionths, of a provider that delivered so much with so many attested accelerators: from 1.5 down
/// to 1.1, rounded up.
pub fn kappa_ppm(delivered: GpuTime, gpus: u32) -> u32 {
	let full = GpuTime::from(gpus).saturating_mul(FULL_REPUTATION).max(1);
	let off = released(Balance::from(KAPPA_OFF), delivered, full);
	// Below `KAPPA_OFF`, so it fits.
	KAPPA_MOST.saturating_sub(u32::try_from(off).unwrap_or(KAPPA_OFF))
}

/// What a claim has to be covered with: κ × price, in planck per millisecond, rounded up.
pub fn rate(kappa_ppm: u32, price: Price) -> Price {
	// Saturating: what does not fit nobody has.
	let inner = multiply_by_rational_with_rounding(price.into_inner(), kappa_ppm.into(), 1_000_000, Rounding::Up);
	Price::from_inner(inner.unwrap_or(u128::MAX))
}

/// Own bond, in planck, that obligations need at `rate`: for what went into the pool (`pooled`) all of it; for
/// the `rest`, if it exceeds what is `free`, what the proceeds do not cover.
pub fn collateral(rate: Price, rest: GpuTime, free: GpuTime, proceeds: Balance, pooled: GpuTime) -> Balance {
	let for_rest = if rest > free {
		cost_up(rate, rest).saturating_sub(proceeds)
	} else {
		0
	};
	// Saturating: what does not fit nobody has.
	for_rest.saturating_add(cost_up(rate, pooled))
}

/// Stake, in planck, that answers in the class for anything owed by one with so many attested nodes: a flat bond
/// for each, and one if none serves. Saturates: what does not fit nobody has.
pub fn backing(flat_bond: Balance, nodes: u32) -> Balance {
	flat_bond.saturating_mul(nodes.max(1).into())
}

/// The part of a block that `gpus` accelerators are away of which `attested` are not, in [`WHOLE_BLOCK`]s.
pub fn away(attested: u32, gpus: u32) -> u64 {
	let away = WHOLE_BLOCK.saturating_mul(gpus.saturating_sub(attested).into());
	away.checked_div(gpus.into()).unwrap_or(0)
}

/// What absence of `due` ([`WHOLE_BLOCK`]s of all accelerators) costs a provider with so many proceeds, in
/// planck, rounded up; at most all of them.
pub fn absence_cost(proceeds: Balance, due: u64) -> Balance {
	let hours = u128::from(WHOLE_BLOCK) * u128::from(HOURS);
	multiply_by_rational_with_rounding(
		proceeds,
		u128::from(due).saturating_mul(ABSENCE_PER_MILLE),
		hours.saturating_mul(1_000),
		Rounding::Up,
	)
	.unwrap_or(proceeds)
	.min(proceeds)
}

/// What taking over `gpu_time` pays, `elapsed` blocks after the estate was opened at `price`: from 1.0 times
/// the price up to 1.2 times, rounded down; `None` if it does not fit.
pub fn take_over_price(price: Price, elapsed: BlockNumber, gpu_time: GpuTime) -> Option<Balance> {
	let whole = AUCTION_RISE * u128::from(AUCTION_BLOCKS);
	let factor = whole.saturating_add(elapsed.min(AUCTION_BLOCKS).into());
	let inner = multiply_by_rational_with_rounding(price.into_inner(), factor, whole, Rounding::Down)?;
	value(Price::from_inner(inner), gpu_time)
}

/// The most that taking over `gpu_time` may cost: 1.2 times the price, rounded up. Saturates.
pub fn most_to_take_over(price: Price, gpu_time: GpuTime) -> Balance {
	let inner = multiply_by_rational_with_rounding(price.into_inner(), AUCTION_RISE + 1, AUCTION_RISE, Rounding::Up);
	cost_up(Price::from_inner(inner.unwrap_or(u128::MAX)), gpu_time)
}

/// Whether `name` may name a class: 1 or more of `a-z`, `0-9` and `-`.
pub fn is_class_name(name: &[u8]) -> bool {
	!name.is_empty() && name.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn a_minute_of_eight_gpus_earns_eight_minutes() {
		assert_eq!(earned(8), 480_000);
		assert_eq!(burst(8), 7_200_000);
		assert_eq!((free_obligations(8), obligation_limit(8)), (28_800_000, 691_200_000));
	}

	#[test]
	fn a_served_period_counts_for_three_more() {
		assert!(is_fresh(7, 7));
		assert!(is_fresh(7, 10));
		assert!(!is_fresh(7, 11));
		assert!(is_fresh(Period::MAX - 1, Period::MAX));
	}

	#[test]
	fn a_draw_looks_at_few_nodes_beyond_its_bound() {
		assert_eq!(
			(most_looked_at(1), most_looked_at(3), most_looked_at(64)),
			(32, 96, 319)
		);
	}

	#[test]
	fn a_floor_cost_rounds_up_and_a_value_down() {
		let price = FixedU128::from_rational(1, 3);
		assert_eq!(cost_up(price, 10), 4);
		assert_eq!(value(price, 10), Some(3));
		assert_eq!(cost_up(price, 0), 0);
		assert_eq!(cost_up(FixedU128::from_u32(2), GpuTime::MAX), Balance::MAX);
		assert_eq!(value(FixedU128::from_u32(2), GpuTime::MAX), None);
	}

	#[test]
	fn the_last_delivery_releases_all() {
		assert_eq!(released(100, 1, 3), 33);
		assert_eq!(released(67, 1, 2), 33);
		assert_eq!(released(34, 1, 1), 34);
		assert_eq!(released(5, 0, 7), 0);
		assert_eq!(released(u128::MAX, u128::MAX - 1, u128::MAX), u128::MAX - 1);
	}

	#[test]
	fn kappa_falls_with_what_was_delivered() {
		assert_eq!(kappa_ppm(0, 1), 1_500_000);
		assert_eq!(kappa_ppm(360 * GPU_HOUR, 1), 1_300_000);
		assert_eq!(kappa_ppm(360 * GPU_HOUR, 2), 1_400_000);
		assert_eq!(kappa_ppm(720 * GPU_HOUR, 1), 1_100_000);
		assert_eq!(kappa_ppm(GpuTime::MAX, 8), 1_100_000);
		assert_eq!(kappa_ppm(1, 1), 1_500_000);
	}

	#[test]
	fn feigned_reputation_costs_more_than_it_frees() {
		// In hours' price for each accelerator: the job fee is 6 %.
		let spent = FULL_REPUTATION * 6 / 100;
		let freed = OBLIGATIONS_PER_GPU * u128::from(KAPPA_OFF) / 1_000_000;
		assert!(spent > 4 * freed, "{spent} {freed}");
	}

	#[test]
	fn collateral_covers_what_proceeds_do_not_and_the_pooled_whole() {
		let rate = rate(1_500_000, FixedU128::from_u32(2));
		assert_eq!(rate, FixedU128::from_u32(3));
		assert_eq!(collateral(rate, 100, 100, 0, 0), 0);
		assert_eq!(collateral(rate, 101, 100, 0, 0), 303);
		assert_eq!(collateral(rate, 101, 100, 300, 0), 3);
		assert_eq!(collateral(rate, 101, 100, 304, 0), 0);
		assert_eq!(collateral(rate, 0, 100, 300, 10), 30);
		assert_eq!(collateral(FixedU128::from_rational(1, 3), 0, 0, 0, 1), 1);
		assert_eq!(
			super::rate(1_500_001, FixedU128::from_inner(1)),
			FixedU128::from_inner(2)
		);
	}

	#[test]
	fn a_flat_bond_backs_each_attested_node_and_one_backs_none() {
		for (nodes, planck) in [(0, 10), (1, 10), (2, 20), (7, 70)] {
			assert_eq!(backing(10, nodes), planck);
		}
		assert_eq!(backing(Balance::MAX, 2), Balance::MAX);
	}

	#[test]
	fn taking_over_pays_from_one_to_one_and_a_fifth() {
		let price = FixedU128::from_u32(1_000);
		let table = [
			(0, 10_000),
			(60, 10_200),
			(300, 11_000),
			(599, 11_996),
			(600, 12_000),
			(14_400, 12_000),
		];
		for (elapsed, paid) in table {
			assert_eq!(take_over_price(price, elapsed, 10), Some(paid), "{elapsed}");
		}
		assert_eq!(most_to_take_over(price, 10), 12_000);
		assert_eq!(most_to_take_over(FixedU128::from_rational(1, 3), 10), 4);
	}

	#[test]
	fn names_are_plain() {
		assert!(is_class_name(b"cpu-x86-64"));
		for name in [&b""[..], b"H100", b"rtx 4090", b"rtx_4090", "é".as_bytes()] {
			assert!(!is_class_name(name));
		}
	}

	proptest! {
		/// However a debt is delivered, never more is released than came in, and at the end all of it.
		#[test]
		fn releases_sum_to_the_proceeds(proceeds in any::<u128>(), parts in prop::collection::vec(1u128..1 << 100, 1..20)) {
			let mut owed: u128 = parts.iter().sum();
			let mut left = proceeds;
			for part in parts {
				let out = released(left, part, owed);
				prop_assert!(out <= left);
				left -= out;
				owed -= part;
			}
			prop_assert_eq!(left, 0);
		}
	}
}
