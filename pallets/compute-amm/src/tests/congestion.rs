use super::*;
use compute_amm_math::congestion as math;

/// A block's flow of ten accelerators, in milliseconds.
const FLOW: GpuTime = 60_000;

fn attest(gpus: u32) {
	<ComputeAmm as AttestedFlow>::attested(CPU, gpus);
}

fn commit(gpu_time: GpuTime) {
	<ComputeAmm as Congestion>::committed(CPU, gpu_time);
}

fn base_fee() -> u128 {
	<ComputeAmm as Congestion>::base_fee(CPU).into_inner()
}

#[test]
fn is_nothing_while_less_than_the_target_is_sold() {
	ExtBuilder::default().build_and_execute(|| {
		attest(10);
		for _ in 0..500 {
			commit(FLOW * 3 / 4);
			next_block();
		}
		assert_eq!((base_fee(), Flows::<Test>::get(CPU).excess), (0, 0));
	});
}

#[test]
fn grows_with_what_is_sold_above_it_and_falls_without_anybodys_doing() {
	ExtBuilder::default().build_and_execute(|| {
		attest(10);
		let mut excess = 0;
		for _ in 0..600 {
			// In two sales, which count together.
			commit(FLOW);
			commit(FLOW);
			// Who buys in this block pays by the blocks before.
			assert_eq!(base_fee(), math::base_fee(excess, pool().ema_1h.into_inner()));
			excess = math::next_excess(excess, 2 * FLOW, FLOW, 1);
			System::set_block_number(System::block_number() + 1);
		}
		let full = base_fee();
		assert!(full > 0);
		let stored = Flows::<Test>::get(CPU);
		for blocks in 1..=10u32 {
			System::set_block_number(System::block_number() + 37);
			assert_eq!(
				base_fee(),
				math::base_fee(math::excess_after(excess, 37 * blocks), pool().ema_1h.into_inner())
			);
		}
		assert!(base_fee() < full);
		// Reading changed nothing.
		assert_eq!(Flows::<Test>::get(CPU), stored);
		System::set_block_number(System::block_number() + 2_000);
		assert_eq!(base_fee(), 0);
	});
}

#[test]
fn a_gap_is_what_its_blocks_are() {
	let run = |told: bool| {
		let mut excess = 0;
		ExtBuilder::default().build_and_execute(|| {
			attest(10);
			for _ in 0..20 {
				commit(40 * FLOW);
				for _ in 0..7 {
					System::set_block_number(System::block_number() + 1);
					if told {
						// Telling the same again, as often as one likes.
						attest(10);
					}
				}
			}
			let now = System::block_number() as BlockNumber;
			excess = Flows::<Test>::get(CPU).excess_at(now);
		});
		excess
	};
	assert!(run(true) > 0);
	assert_eq!(run(true), run(false));
}

#[test]
fn is_at_most_a_twentieth_of_the_hours_average() {
	ExtBuilder::default().build_and_execute(|| {
		attest(10);
		commit(GpuTime::MAX);
		commit(GpuTime::MAX);
		next_block();
		assert_eq!(base_fee(), pool().ema_1h.into_inner() / 20);
		// Hardware that comes makes the next sales scarce no more; what is in excess drains.
		attest(1_000);
		skip_blocks(100);
		assert!(base_fee() < pool().ema_1h.into_inner() / 20);
	});
}

#[test]
fn is_quoted_beside_the_price_of_a_buy() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(ComputeAmm::quote_buy(CPU, 1_000_000).expect("a quote").base_fee, 0);
		attest(10);
		commit(1_000_000 * FLOW);
		next_block();
		let quote = ComputeAmm::quote_buy(CPU, 1_000_000).expect("a quote");
		// 5 % of a price of 10^6.
		assert_eq!(quote.base_fee, 50_000 * 1_000_000);
		assert_eq!(
			quote.total,
			ComputeAmm::quote_buy(CPU, 1_000_000).expect("a quote").total
		);
		assert_eq!(ComputeAmm::quote_sell(CPU, 1_000_000).expect("a quote").base_fee, 0);
		assert_eq!(ComputeAmm::pools()[0].base_fee.into_inner(), base_fee());
		// An order alone pays none of it.
		let before = tokens(&BOB);
		place(BOB, Side::Buy, 1_000_000, 2_000_000 * SPOT);
		next_block();
		assert_eq!(before - tokens(&BOB), quote.total);
	});
}

#[test]
fn a_class_without_a_pool_has_none() {
	ExtBuilder::default().build_and_execute(|| {
		<ComputeAmm as Congestion>::committed(H100, 1);
		next_block();
		assert_eq!(<ComputeAmm as Congestion>::base_fee(H100), Price::from_inner(0));
	});
}

#[test]
fn is_quoted_to_the_planck_that_a_job_is_charged() {
	ExtBuilder::default().build_and_execute(|| {
		attest(10);
		commit(700 * FLOW);
		next_block();
		let one: u128 = 1_000_000_000_000_000_000;
		// A part of a planck is one: the escrow rounds up.
		let gpu_time = (1_001u128..)
			.find(|gpu_time| !(gpu_time * base_fee()).is_multiple_of(one))
			.expect("one");
		let quote = ComputeAmm::quote_buy(CPU, gpu_time).expect("a quote");
		assert_eq!(quote.base_fee, (gpu_time * base_fee()).div_ceil(one));
	});
}
