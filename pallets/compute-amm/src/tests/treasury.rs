//! The treasury trades and provides liquidity through its own origin, and gifts change nothing.

use super::*;
use polkadot_sdk::sp_runtime::{traits::BadOrigin, FixedU128};

const SHARES: Balance = 1_000_000_000_000;

fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

#[test]
fn provides_liquidity_and_takes_it_back() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::add_liquidity(
			root(),
			CPU,
			TOKENS / 10,
			CLAIMS / 10,
			0,
			1_000
		));
		next_block();
		assert_eq!(
			Locks::<Test>::get(CPU, TREASURY).map(|lock| lock.shares),
			Some(SHARES / 10)
		);
		skip_blocks(100);
		assert_ok!(ComputeAmm::unlock_shares(root(), CPU));
		assert_eq!(PoolShares::balance(CPU, &TREASURY), SHARES / 10);
		assert_ok!(ComputeAmm::remove_liquidity(root(), CPU, SHARES / 10, 0, 0, 1_000));
		next_block();
		assert_eq!((tokens(&TREASURY), claims(&TREASURY)), (WEALTH, TIME));
		assert_ok!(ComputeAmm::create_pool(root(), H100, TOKENS, CLAIMS));
		assert_eq!(PoolShares::balance(H100, &TREASURY), SHARES - 1_000);
	});
}

#[test]
fn orders_are_its_own_to_cancel() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::place_order(
			root(),
			CPU,
			Side::Buy,
			10_000,
			9_000 * SPOT,
			Some(9),
			None
		));
		let id = waiting()[0].id;
		assert_eq!(waiting()[0].payer, TREASURY);
		next_block();
		assert_noop!(
			ComputeAmm::cancel_order(signed(BOB), CPU, id),
			Error::<Test>::NotAuthorized
		);
		assert_ok!(ComputeAmm::cancel_order(root(), CPU, id));
		assert_eq!(tokens(&TREASURY), WEALTH);
		assert_noop!(
			ComputeAmm::place_order(RuntimeOrigin::none(), CPU, Side::Buy, 10_000, QRN, None, None),
			BadOrigin
		);
	});
}

#[test]
fn sells_at_its_floor_or_not_at_all() {
	ExtBuilder::default().build_and_execute(|| {
		let sell = |origin, limit| ComputeAmm::place_order(origin, CPU, Side::Sell, 10_001, limit, Some(5), None);
		let floor = 10_001 * SPOT / 100 * 97;
		assert_eq!(<ComputeAmm as Market<_>>::sale_floor(CPU, 10_001), Some(floor));
		assert_eq!(<ComputeAmm as Market<_>>::sale_floor(H100, 10_001), None);
		assert_noop!(sell(root(), floor - 1), Error::<Test>::BelowSaleFloor);
		assert_ok!(sell(root(), floor));
		// Others sell as they like, and it buys as it likes.
		assert_ok!(sell(signed(BOB), 0));
		assert_ok!(ComputeAmm::place_order(
			root(),
			CPU,
			Side::Buy,
			10_000,
			6_100 * SPOT,
			Some(5),
			None
		));
	});
}

#[test]
fn the_floor_follows_ten_minutes_and_rounds_up() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Sell, CLAIMS / 4, 0);
		next_block();
		System::set_block_number(System::block_number() + 10);
		let average = ComputeAmm::ema_price(CPU, Window::TenMinutes).expect("a pool");
		assert!(average < FixedU128::from_u32(SPOT as u32) && average > pool().spot());
		let floor = <ComputeAmm as Market<_>>::sale_floor(CPU, 7).expect("a pool");
		// floor · 100 · 10^18 is the least multiple that reaches 7 · 97 · average.
		let exact = 7 * 97 * average.into_inner();
		let scale = 100 * compute_amm_math::PRICE_ONE;
		assert!(floor * scale >= exact && (floor - 1) * scale < exact);
		assert_eq!(
			<ComputeAmm as Market<_>>::day_price(CPU),
			ComputeAmm::ema_price(CPU, Window::Day)
		);
	});
	assert_eq!(policy::sale_floor(u128::MAX, Price::from_inner(u128::MAX)), u128::MAX);
	assert_eq!(policy::sale_floor(1, Price::from_inner(1)), 1);
}

#[test]
fn gifts_break_nothing_and_move_no_price_in_a_block() {
	ExtBuilder::default().build_and_execute(|| {
		let quotes = || {
			(
				ComputeAmm::quote_buy(CPU, 10_000),
				ComputeAmm::quote_sell(CPU, 10_000),
				pool(),
			)
		};
		let before = quotes();
		let account = ComputeAmm::pool_account(CPU);
		for _ in 0..3 {
			assert_ok!(Balances::transfer(&DAVE, &account, 5_000 * QRN, Expendable));
			assert_ok!(Assets::transfer(signed(DAVE), CPU.into(), account.clone(), CLAIMS));
			assert_ok!(PoolShares::transfer(signed(ALICE), CPU.into(), account.clone(), 5));
			assert_eq!(quotes(), before);
			next_block();
			assert_eq!(quotes(), before);
		}
		// Trading, joining and leaving go on at the books' price; the gift is nobody's.
		let quote = ComputeAmm::quote_buy(CPU, 10_000).expect("a quote");
		place(BOB, Side::Buy, 10_000, 20_000 * SPOT);
		next_block();
		assert_eq!(tokens(&BOB), WEALTH - quote.total);
		let held = tokens(&ALICE);
		assert_ok!(ComputeAmm::remove_liquidity(signed(ALICE), CPU, SHARES / 10, 0, 0, 100));
		let books = pool().tokens();
		next_block();
		assert!(tokens(&ALICE) - held <= books / 10);
	});
}
