//! Choosing among classes, against brute force.

use compute_amm_math::{
	cheapest::{cheapest, Class, Constraints, Plan},
	quote::quote,
	Error, Side, MAX_AMOUNT, PRICE_ONE,
};
use proptest::prelude::*;

const SPLIT: Constraints = Constraints {
	may_split: true,
	job_fee_bp: 600,
};
const ONE: Constraints = Constraints {
	may_split: false,
	..SPLIT
};

/// A class of a price in planck a claim; its base fee in the same.
fn class(claims: u128, price: u128, throughput: u64, base_fee: u128) -> Class {
	Class {
		reserve_tokens: claims * price,
		reserve_claims: claims,
		throughput,
		base_fee: base_fee * PRICE_ONE,
		at_most: u128::MAX,
	}
}

/// What `gpu_time` of a class costs, from the quote and the formulas.
fn cost(class: &Class, gpu_time: u128, constraints: Constraints) -> Option<u128> {
	if gpu_time == 0 {
		return Some(0);
	}
	if gpu_time > class.at_most {
		return None;
	}
	let tokens = quote(Side::Buy, class.reserve_tokens, class.reserve_claims, gpu_time)
		.ok()?
		.total;
	let job_fee = (tokens * u128::from(constraints.job_fee_bp)).div_ceil(10_000);
	Some(tokens + job_fee + gpu_time * class.base_fee / PRICE_ONE)
}

/// The least cost over every split, each class in `steps` steps from none to all, or claim by claim if they are
/// fewer; the last one takes what is left of `work`, in thousandths so that what is left needs no rounding.
fn brute_force(work: u128, classes: &[Class], steps: u128, constraints: Constraints) -> Option<u128> {
	if work == 0 {
		return Some(0);
	}
	let (first, rest) = classes.split_first()?;
	let throughput = u128::from(first.throughput);
	let all = work.div_ceil(throughput);
	if rest.is_empty() {
		return cost(first, all, constraints);
	}
	(0..all)
		.step_by((all / steps).max(1) as usize)
		.chain([all])
		.filter_map(|gpu_time| {
			let mine = cost(first, gpu_time, constraints)?;
			let left = work.saturating_sub(gpu_time * throughput);
			Some(mine + brute_force(left, rest, steps, constraints)?)
		})
		.min()
}

/// A plan's parts do the work, cost what they say and keep to their bounds.
fn check(work: u128, classes: &[Class], constraints: Constraints, plan: &Plan) {
	let mut done = 0;
	let mut sum = 0;
	for part in &plan.parts {
		let class = &classes[part.class];
		assert!(part.gpu_time > 0);
		assert!(part.gpu_time <= class.at_most.min(class.reserve_claims / 3));
		assert_eq!(
			part.tokens + part.job_fee + part.base_fee,
			cost(class, part.gpu_time, constraints).expect("has a cost")
		);
		done += part.gpu_time * u128::from(class.throughput);
		sum += part.tokens + part.job_fee + part.base_fee;
	}
	assert_eq!(sum, plan.cost);
	assert!(done >= work * 1_000, "does {done} of {}", work * 1_000);
	assert!(plan.parts.windows(2).all(|pair| pair[0].class < pair[1].class));
}

#[test]
fn takes_the_cheaper_per_work_and_not_per_hour() {
	// The second costs twice as much an hour and does three times the work.
	let classes = [class(1 << 40, 1_000, 10, 0), class(1 << 40, 2_000, 30, 0)];
	let plan = cheapest(30_000, &classes, ONE).expect("plans");
	check(30_000, &classes, ONE, &plan);
	assert_eq!(plan.parts.len(), 1);
	assert_eq!((plan.parts[0].class, plan.parts[0].gpu_time), (1, 1_000_000));
	// 10^6 claims at 2,000 planck, market fee, impact of 2 in 2^20; 6 % of that on top.
	assert_eq!(plan.parts[0].tokens, 2_006_003_649);
	assert_eq!(plan.cost, 2_006_003_649 + 120_360_219);
}

#[test]
fn a_base_fee_moves_the_work_elsewhere() {
	let free = [class(1 << 40, 1_000, 10, 0), class(1 << 40, 1_010, 10, 0)];
	let congested = [class(1 << 40, 1_000, 10, 50), class(1 << 40, 1_010, 10, 0)];
	assert_eq!(cheapest(10, &free, ONE).expect("plans").parts[0].class, 0);
	assert_eq!(cheapest(10, &congested, ONE).expect("plans").parts[0].class, 1);
}

#[test]
fn splits_what_would_move_one_pool_far() {
	// Two equal pools: a fifth of the one costs 1.67 times spot, a tenth of each 1.25 times.
	let claims = 3_000_000_000;
	let classes = [class(claims, 1_000, 1_000, 0), class(claims, 1_000, 1_000, 0)];
	let work = claims / 5;
	let one = cheapest(work, &classes, ONE).expect("plans");
	let split = cheapest(work, &classes, SPLIT).expect("plans");
	check(work, &classes, SPLIT, &split);
	assert_eq!(split.parts[0].gpu_time.abs_diff(split.parts[1].gpu_time), 0);
	// 6 · 10^8 claims at 1,000 · 5/3 planck, 0.3 % and 6 % on top.
	assert_eq!(one.cost, 1_063_180_000_000);
	assert_eq!(split.cost * 4, one.cost * 3);
}

#[test]
fn leaves_out_what_is_bounded_missing_or_another_kind() {
	let bounded = Class {
		at_most: 500_000,
		..class(1 << 40, 1_000, 10, 0)
	};
	let left_out = Class {
		at_most: 0,
		..class(1 << 40, 1, 10, 0)
	};
	let classes = [
		left_out,
		bounded,
		class(0, 1, 10, 0),
		class(1 << 40, 1, 0, 0),
		class(1 << 40, 9_000, 10, 0),
	];
	let plan = cheapest(10_000, &classes, SPLIT).expect("plans");
	check(10_000, &classes, SPLIT, &plan);
	let parts: Vec<(usize, u128)> = plan.parts.iter().map(|part| (part.class, part.gpu_time)).collect();
	assert_eq!(parts, [(1, 500_000), (4, 500_000)]);
	assert_eq!(cheapest(10_000, &classes, ONE).expect("plans").parts[0].class, 4);
}

#[test]
fn refuses_what_cannot_be_done() {
	let classes = [class(3_000, 1_000, 1, 0), class(3_000, 1_000, 1, 0)];
	assert_eq!(cheapest(0, &classes, SPLIT), Err(Error::Zero));
	assert_eq!(cheapest(1, &[], SPLIT), Err(Error::ExceedsDepth));
	// A third of each: a second of each, two units.
	assert_eq!(cheapest(2, &classes, SPLIT).expect("plans").parts.len(), 2);
	assert_eq!(cheapest(2, &classes, ONE), Err(Error::ExceedsDepth));
	assert_eq!(cheapest(3, &classes, SPLIT), Err(Error::ExceedsDepth));
	assert_eq!(cheapest(MAX_AMOUNT + 1, &classes, SPLIT), Err(Error::TooLarge));
}

fn a_class(claims: impl Strategy<Value = u128>) -> impl Strategy<Value = Class> {
	(claims, 1_000u128..20_000, 1u64..8, 0u128..2_000).prop_map(|(claims, price, throughput, base_fee)| {
		// Throughputs near the price, or one class always wins.
		class(claims, price, throughput + (price / 2_500) as u64, base_fee)
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(400))]

	/// Pools so small that every split can be tried.
	#[test]
	fn no_split_of_small_pools_is_cheaper_by_more_than_a_claim(
		classes in proptest::collection::vec(a_class(30u128..150), 1..4), per_mille in 1u128..1_000,
	) {
		let most: u128 = classes.iter().map(|class| class.reserve_claims / 3 * u128::from(class.throughput)).sum();
		let work = (most * per_mille / 1_000_000).max(1);
		let Some(best) = brute_force(work * 1_000, &classes, u128::MAX, SPLIT) else {
			prop_assert_eq!(cheapest(work, &classes, SPLIT), Err(Error::ExceedsDepth));
			return Ok(());
		};
		let plan = cheapest(work, &classes, SPLIT).expect("plans");
		check(work, &classes, SPLIT, &plan);
		prop_assert!(plan.cost >= best);
		// The dearest last claim of those in the plan, and two planck of rounding a class.
		let last = plan.parts.iter().map(|part| {
			let class = &classes[part.class];
			part.tokens + part.job_fee + part.base_fee - cost(class, part.gpu_time - 1, SPLIT).expect("has a cost")
		});
		let claim = last.max().expect("has a part");
		prop_assert!(plan.cost <= best + claim + 2 * classes.len() as u128, "{} for {best}", plan.cost);
	}

	/// Pools of a real size, every split in steps of a hundredth.
	#[test]
	fn no_split_on_a_grid_is_cheaper(
		classes in proptest::collection::vec(a_class(1_000_000_000u128..30_000_000_000), 2..4), per_mille in 1u128..999,
	) {
		let most: u128 = classes.iter().map(|class| class.reserve_claims / 3 * u128::from(class.throughput)).sum();
		let work = most * per_mille / 1_000_000;
		let plan = cheapest(work, &classes, SPLIT).expect("plans");
		check(work, &classes, SPLIT, &plan);
		if let Some(best) = brute_force(work * 1_000, &classes, 100, SPLIT) {
			// A claim of the dearest here is under 300,000 planck.
			prop_assert!(plan.cost <= best + 300_000, "{} for {best}", plan.cost);
			// And not by mistake: while no pool is near its end, the grid has a split nearly as cheap.
			prop_assert!(per_mille > 500 || plan.cost >= best - best / 20, "{} for {best}", plan.cost);
		}
	}

	#[test]
	fn the_cheapest_single_class_is_exact(
		classes in proptest::collection::vec(a_class(1_000_000_000u128..30_000_000_000), 1..6), work in 1u128..2_000_000_000,
	) {
		let best = classes
			.iter()
			.filter_map(|class| cost(class, (work * 1_000).div_ceil(u128::from(class.throughput)), ONE))
			.min();
		match cheapest(work, &classes, ONE) {
			Ok(plan) => {
				check(work, &classes, ONE, &plan);
				prop_assert_eq!(Some(plan.cost), best);
				// A split is never dearer.
				prop_assert!(cheapest(work, &classes, SPLIT).expect("plans").cost <= plan.cost);
			}
			Err(error) => {
				prop_assert_eq!(error, Error::ExceedsDepth);
				prop_assert_eq!(best, None);
			}
		}
	}

	#[test]
	fn takes_any_amounts(
		reserves in proptest::collection::vec((1..=MAX_AMOUNT, 1..=MAX_AMOUNT, any::<u64>(), any::<u128>(), 0u32..112), 1..4),
		work in 1..=MAX_AMOUNT, shift in 0u32..112, may_split: bool,
	) {
		let classes: Vec<Class> = reserves
			.into_iter()
			.map(|(tokens, claims, throughput, base_fee, shift)| Class {
				reserve_tokens: tokens >> (shift / 2),
				reserve_claims: claims >> shift,
				throughput,
				base_fee: base_fee >> 64,
				at_most: u128::MAX,
			})
			.collect();
		if let Ok(plan) = cheapest((work >> shift).max(1), &classes, Constraints { may_split, job_fee_bp: 600 }) {
			prop_assert!(!plan.parts.is_empty());
		}
	}
}
