//! Every constant and pure formula of the registry.

use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Rounding},
	sp_runtime::FixedU128,
};
use quern_primitives::{
	units::{GPU_HOUR, GPU_SECOND, PERIOD_BLOCKS, PERIOD_GPU_TIME},
	Balance, BlockNumber, GpuTime, Period, Price,
};

/// How much unsold allowance one accelerator keeps; what exceeds it evaporates.
pub const BURST_PER_GPU: GpuTime = 15 * 60 * GPU_SECOND;

/// How much a provider may owe for each attested accelerator.
pub const OBLIGATIONS_PER_GPU: GpuTime = GPU_HOUR;

/// For how many periods a served one counts. A verdict on period `p` may come as late as the end of
/// `p + 1` and lasts until the next, so 2 is what an unbroken record needs; the third forgives one
/// period that the attestors could not judge.
pub const FRESH_PERIODS: Period = 3;

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
		assert_eq!(obligation_limit(8), 28_800_000);
	}

	#[test]
	fn a_served_period_counts_for_three_more() {
		assert!(is_fresh(7, 7));
		assert!(is_fresh(7, 10));
		assert!(!is_fresh(7, 11));
		assert!(is_fresh(Period::MAX - 1, Period::MAX));
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
