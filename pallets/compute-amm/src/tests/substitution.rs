//! The cheapest class or split over the pools as they are, against trying every split.

use super::*;
use polkadot_sdk::sp_runtime::DispatchError;

const JOB_FEE_BP: u32 = 600;

fn any() -> WorkConstraints {
	WorkConstraints {
		may_split: true,
		classes: None,
		max_gpu_time: None,
	}
}

/// A second pool, of small figures, at a price of its own; the first one congested.
fn with_two(test: impl FnOnce()) {
	ExtBuilder::default().without_pool().build_and_execute(|| {
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), CPU, 40 * QRN, 3_000));
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), H100, 50 * QRN, 2_400));
		<ComputeAmm as AttestedFlow>::attested(CPU, 10);
		<ComputeAmm as Congestion>::committed(CPU, 1_000_000_000);
		next_block();
		test();
	});
}

/// What it costs to buy so much of a class, by its quote.
fn cost(class: ClassId, gpu_time: GpuTime) -> Option<Balance> {
	if gpu_time == 0 {
		return Some(0);
	}
	let quote = ComputeAmm::quote_buy(class, gpu_time).ok()?;
	Some(quote.total + (quote.total * u128::from(JOB_FEE_BP)).div_ceil(10_000) + quote.base_fee)
}

#[test]
fn finds_what_trying_every_split_finds() {
	with_two(|| {
		for (cpu, h100) in [(1_000, 1_000), (1_000, 1_700), (900, 2_500), (1, 1)] {
			for work in [50u128, 400, 900] {
				let work = work * cpu / 1_000;
				if work == 0 {
					continue;
				}
				let throughputs = [(CPU, cpu as u64), (H100, h100 as u64)];
				let plan = ComputeAmm::plan(work, &throughputs, &any(), JOB_FEE_BP).expect("a plan");
				// Every split: so much of one, and what is missing of the other.
				let mut least = Balance::MAX;
				for of_cpu in 0..=1_000u128 {
					let missing = (work * 1_000).saturating_sub(of_cpu * cpu);
					let of_h100 = missing.div_ceil(h100);
					if let (Some(a), Some(b)) = (cost(CPU, of_cpu), cost(H100, of_h100)) {
						least = least.min(a + b);
					}
				}
				// Within one claim of the best, as the arithmetic promises; a claim of the dearer pool.
				let claim = cost(H100, 800).expect("a quote") - cost(H100, 799).expect("a quote");
				assert!(plan.cost >= least, "{} {least}", plan.cost);
				assert!(plan.cost <= least + 2 * claim, "{} {least}", plan.cost);
				// It says what each part costs, as the quotes do, and does the work.
				let parts: Balance = plan
					.parts
					.iter()
					.map(|part| cost(part.class, part.gpu_time).expect("a quote"))
					.sum();
				assert_eq!(parts, plan.cost);
				let done: u128 = plan
					.parts
					.iter()
					.map(|part| part.gpu_time * if part.class == CPU { cpu } else { h100 })
					.sum();
				assert!(done >= work * 1_000);
			}
		}
	});
}

#[test]
fn keeps_to_what_the_client_accepts() {
	with_two(|| {
		let both = [(CPU, 1_000), (H100, 1_000)];
		let plan = |work, constraints: WorkConstraints| ComputeAmm::plan(work, &both, &constraints, JOB_FEE_BP);
		let classes = |plan: quern_primitives::WorkPlan| plan.parts.iter().map(|part| part.class).collect::<Vec<_>>();
		assert_eq!(classes(plan(900, any()).expect("a plan")), vec![CPU, H100]);
		let one = WorkConstraints {
			may_split: false,
			..any()
		};
		assert_eq!(classes(plan(700, one.clone()).expect("a plan")).len(), 1);
		assert_eq!(plan(1_001, one), Err(Error::<Test>::ExceedsDepth.into()));
		let h100_only = WorkConstraints {
			classes: Some(vec![H100, 77]),
			..any()
		};
		assert_eq!(classes(plan(700, h100_only).expect("a plan")), vec![H100]);
		let capped = WorkConstraints {
			max_gpu_time: Some(300),
			..any()
		};
		let split = plan(600, capped.clone()).expect("a plan");
		assert_eq!(
			split.parts.iter().map(|part| part.gpu_time).collect::<Vec<_>>(),
			vec![300, 300]
		);
		assert_eq!(plan(601, capped), Err(Error::<Test>::ExceedsDepth.into()));
	});
}

#[test]
fn passes_over_what_it_cannot_use() {
	with_two(|| {
		let plan = |throughputs: &[(ClassId, u64)]| ComputeAmm::plan(100, throughputs, &any(), JOB_FEE_BP);
		let alone = plan(&[(H100, 1_000)]).expect("a plan");
		// No pool, no throughput, the same again.
		assert_eq!(
			plan(&[(77, 1_000), (CPU, 0), (H100, 1_000), (H100, 9)]),
			Ok(alone.clone())
		);
		let depth: DispatchError = Error::<Test>::ExceedsDepth.into();
		assert_eq!(plan(&[]), Err(depth));
		// Nor a class whose orders are paused.
		<ComputeAmm as AttestedFlow>::attested(CPU, 1);
		assert!(ComputeAmm::curve(CPU, 1, None).is_none());
		assert_eq!(plan(&[(CPU, 1_000_000), (H100, 1_000)]), Ok(alone));
		assert_eq!(
			ComputeAmm::plan(0, &[(H100, 1)], &any(), JOB_FEE_BP),
			Err(Error::<Test>::TooSmall.into())
		);
		assert_eq!(
			ComputeAmm::plan(1, &[(H100, 1)], &any(), 10_001),
			Err(Error::<Test>::TooLarge.into())
		);
	});
}
