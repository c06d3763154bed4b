use super::*;
use polkadot_sdk::sp_runtime::FixedU128;

fn price(planck: u32) -> FixedU128 {
	FixedU128::from_u32(planck)
}

#[test]
fn averages_start_at_spot() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(ComputeAmm::spot_price(CPU), Some(price(1_000_000)));
		assert_eq!(ComputeAmm::ema_price(CPU, Window::Hour), Some(price(1_000_000)));
		assert_eq!(<ComputeAmm as Market<_>>::reference_price(CPU), Some(price(1_000_000)));
		assert_eq!(ComputeAmm::spot_price(H100), None);
		assert_eq!(ComputeAmm::ema_price(H100, Window::Hour), None);
		assert_eq!(<ComputeAmm as Market<_>>::reference_price(H100), None);
	});
}

#[test]
fn one_batch_moves_the_averages_by_one_block() {
	ExtBuilder::default().build_and_execute(|| {
		// An hour without a batch gives the next one no more weight.
		skip_blocks(600);
		place(BOB, Side::Buy, CLAIMS / 4, 10 * CLAIMS * SPOT);
		next_block();
		// G / (G - G/2) = 2
		assert_eq!(pool().last_price, price(2_000_000));
		let after = |window: u128| 1_000_000 + 2_000_000 / (window + 1);
		let whole = |average: FixedU128| average.into_inner() / 1_000_000_000_000_000_000;
		assert_eq!(whole(pool().ema_10m), after(100));
		assert_eq!(whole(pool().ema_1h), after(600));
		assert_eq!(whole(pool().ema_24h), after(14_400));
	});
}

#[test]
fn the_averages_follow_a_price_that_stands() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, CLAIMS / 4, 10 * CLAIMS * SPOT);
		next_block();
		let stored = pool();
		System::set_block_number(System::block_number() + 600);
		// (1 - 2/601)^600 = 0.135: the rest of the way to 2.
		let hour = ComputeAmm::ema_price(CPU, Window::Hour).expect("a pool");
		assert!(hour > price(1_860_000) && hour < price(1_870_000), "{hour:?}");
		assert_eq!(<ComputeAmm as Market<_>>::reference_price(CPU), Some(hour));
		// Reading moves nothing, and a day's average lags.
		assert_eq!(pool(), stored);
		assert!(pool().ema_24h(602) < hour);
	});
}

#[test]
fn the_reference_is_the_higher_average() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Sell, CLAIMS / 4, 0);
		next_block();
		System::set_block_number(System::block_number() + 600);
		// Price falls: the day's average is the higher one.
		let day = pool().ema_24h(602);
		assert!(day > pool().ema_1h(602));
		assert_eq!(<ComputeAmm as Market<_>>::reference_price(CPU), Some(day));
	});
}

#[test]
fn quotes_refuse_what_cannot_trade() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(ComputeAmm::quote_buy(H100, 1), Err(Error::<Test>::NoPool.into()));
		assert_eq!(ComputeAmm::quote_buy(CPU, 0), Err(Error::<Test>::TooSmall.into()));
		assert_eq!(
			ComputeAmm::quote_buy(CPU, CLAIMS / 3 + 1),
			Err(Error::<Test>::ExceedsDepth.into())
		);
		assert_eq!(
			ComputeAmm::quote_sell(CPU, u128::MAX),
			Err(Error::<Test>::ExceedsDepth.into())
		);
	});
}

#[test]
fn lists_pools() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), H100, TOKENS, CLAIMS));
		place(BOB, Side::Sell, 10_000, 0);
		let pools = ComputeAmm::pools();
		assert_eq!(
			pools.iter().map(|pool| (pool.class, pool.orders)).collect::<Vec<_>>(),
			vec![(CPU, 1), (H100, 0)]
		);
		assert_eq!(pools[0].reserve_tokens, TOKENS);
		assert_eq!(pools[0].reserve_claims, CLAIMS);
		assert_eq!(pools[0].shares, 1_000_000_000_000);
		assert_eq!(pools[0].spot, price(1_000_000));
	});
}
