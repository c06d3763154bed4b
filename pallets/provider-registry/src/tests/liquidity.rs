//! Claims that go into the pool, and claims bought back in the market.

use super::*;
use crate::{Additions, BuyBacks};
use proptest::prelude::*;
use quern_primitives::{
	ports::{OnLiquidity, OnOrder},
	units::{HOURS, QRN},
	Balance, OrderRef, Purpose, Side,
};

const PRICE: u32 = 100_000;
/// κ × price of a minute.
const COVER: Balance = PRICE as Balance * MINUTE * 3 / 2;

fn serving() -> ExtBuilder {
	ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 1)
}

fn issue(minutes: u128, tokens: Balance) {
	set_prices(PRICE, PRICE);
	assert_ok!(ProviderRegistry::issue_liquidity(
		signed(&ALICE),
		CPU,
		minutes * MINUTE,
		tokens,
		7
	));
}

#[test]
fn claims_and_tokens_go_to_the_market_and_no_free_hour_spares_collateral() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		let account = ProviderRegistry::account_id();
		assert_eq!(
			(claims(CPU, &MARKET), claims(CPU, &account), claims(CPU, &ALICE)),
			(10 * MINUTE, 0, 0)
		);
		assert_eq!((free(&ALICE), free(&account)), (WEALTH - QRN, ED));
		assert_eq!(MockBonds::collateral(&ALICE), 10 * COVER);
		let book = book(&ALICE, CPU);
		assert_eq!(
			(book.obligations, book.adding, book.owed(), book.allowance),
			(10 * MINUTE, 10 * MINUTE, 0, 5 * MINUTE)
		);
		assert!(told(Event::LiquidityIssued {
			addition: 0,
			provider: ALICE,
			class: CPU,
			gpu_time: 10 * MINUTE,
			tokens: QRN
		}));
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 0),
			Error::<Test>::ObligationsRemain
		);
	});
}

#[test]
fn what_the_pool_does_not_take_comes_back() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		MockMarket::settle(0, QRN * 6 / 10, 6 * MINUTE, 1_000);
		let account = ProviderRegistry::account_id();
		assert_eq!((free(&ALICE), free(&account)), (WEALTH - QRN * 6 / 10, ED));
		assert_eq!((shares(&account), shares(&ALICE), claims(CPU, &account)), (1_000, 0, 0));
		let book = book(&ALICE, CPU);
		assert_eq!(
			(
				book.obligations,
				book.adding,
				book.liquidity,
				book.shares,
				book.allowance
			),
			(6 * MINUTE, 0, 6 * MINUTE, 1_000, 9 * MINUTE)
		);
		assert_eq!((MockBonds::collateral(&ALICE), issued(CPU)), (6 * COVER, 6 * MINUTE));
		assert!(told(Event::LiquidityAdded {
			addition: 0,
			provider: ALICE,
			class: CPU,
			gpu_time: 6 * MINUTE,
			shares: 1_000,
			tokens_returned: QRN * 4 / 10
		}));
		assert_eq!(Additions::<Test>::iter().count(), 0);
	});
}

#[test]
fn a_refusal_undoes_all_of_it() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		MockMarket::settle(0, 0, 0, 0);
		assert_eq!(
			(free(&ALICE), issued(CPU), MockBonds::collateral(&ALICE)),
			(WEALTH, 0, 0)
		);
		assert_eq!(
			(book(&ALICE, CPU).obligations, book(&ALICE, CPU).allowance),
			(0, 15 * MINUTE)
		);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
	});
}

#[test]
fn shares_are_released_with_delivery_and_locked() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		MockMarket::settle(0, QRN, 10 * MINUTE, 1_000);
		give(CPU, &MARKET, &CLIENT, 10 * MINUTE);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 3 * MINUTE), 0);
		assert_eq!((shares(&ALICE), Given::get()), (300, vec![(ALICE, 300)]));
		assert_eq!(MockBonds::collateral(&ALICE), 7 * COVER);
		assert!(told(Event::SharesReleased {
			provider: ALICE,
			class: CPU,
			shares: 300
		}));
		// A sale beside it dilutes both alike: of 14 minutes owed, one half is delivered.
		serve(0, 16..=17);
		sell(&ALICE, 5 * MINUTE, 12);
		sell(&ALICE, 2 * MINUTE, 2);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 7 * MINUTE), 7);
		assert_eq!((shares(&ALICE), book(&ALICE, CPU).liquidity), (650, 7 * MINUTE / 2));
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 7 * MINUTE), 7);
		assert_eq!((shares(&ALICE), shares(&ProviderRegistry::account_id())), (1_000, 0));
		assert_eq!(MockBonds::collateral(&ALICE), 0);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
	});
}

#[test]
fn shares_that_cannot_be_given_wait_and_follow() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		MockMarket::settle(0, QRN, 10 * MINUTE, 1_000);
		give(CPU, &MARKET, &CLIENT, 10 * MINUTE);
		SharesStuck::set(&true);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 10 * MINUTE));
		assert_eq!((book(&ALICE, CPU).shares_due, shares(&ALICE)), (1_000, 0));
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 0),
			Error::<Test>::ProceedsRemain
		);
		SharesStuck::set(&false);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(shares(&ALICE), 1_000);
	});
}

#[test]
fn refuses_what_offers_refuse_and_what_the_bond_does_not_cover() {
	serving().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		let issue =
			|who, class, gpu_time, tokens| ProviderRegistry::issue_liquidity(signed(&who), class, gpu_time, tokens, 0);
		assert_noop!(issue(ALICE, 9, 1, 1), Error::<Test>::ClassNotFound);
		assert_noop!(issue(ALICE, CPU, 0, 1), Error::<Test>::ZeroAmount);
		assert_noop!(issue(ALICE, CPU, 1, 0), Error::<Test>::ZeroAmount);
		assert_noop!(issue(BOB, CPU, 1, 1), Error::<Test>::ProviderNotFound);
		assert_noop!(issue(ALICE, CPU, 15 * MINUTE + 1, 1), Error::<Test>::AllowanceExceeded);
		// 15 minutes at 1.5 × 67,000,000 are 90.45 QRN of 90 that are free.
		set_prices(67_000_000, 0);
		assert_noop!(issue(ALICE, CPU, 15 * MINUTE, 1), Error::<Test>::InsufficientCollateral);
	});
}

#[test]
fn liquidity_that_nobody_issued_is_ignored() {
	serving().build_and_execute(|| {
		ProviderRegistry::settled(CPU, 4, Default::default());
		assert_eq!(book(&ALICE, CPU).shares, 0);
	});
}

fn bid(minutes: u128, max_cost: Balance, blocks: u32) {
	assert_ok!(ProviderRegistry::buy_back_in_market(
		signed(&ALICE),
		CPU,
		minutes * MINUTE,
		max_cost,
		blocks
	));
}

#[test]
fn a_buy_back_is_an_order_of_the_one_book() {
	serving().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		bid(2, 2 * QRN, 10);
		assert_eq!(
			MarketOrders::get(),
			vec![MockOrder {
				id: 1,
				class: CPU,
				side: Side::Buy,
				gpu_time: 2 * MINUTE,
				limit: 2 * QRN,
				payer: ALICE,
				recipient: ProviderRegistry::account_id(),
				purpose: Purpose::BuyBack(0),
				expires_at: System::block_number() as u32 + 10,
			}]
		);
		assert_eq!(free(&ALICE), WEALTH - 2 * QRN);
		assert!(told(Event::BuyBackPlaced {
			buy_back: 0,
			order: 1,
			provider: ALICE,
			class: CPU,
			gpu_time: 2 * MINUTE
		}));
	});
}

#[test]
fn no_more_buy_backs_wait_than_fit_a_block() {
	serving().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		let bid = || ProviderRegistry::buy_back_in_market(signed(&ALICE), CPU, 1_000, QRN / 1_000, 10);
		for _ in 0..crate::policy::MAX_BUY_BACKS {
			assert_ok!(bid());
		}
		assert_noop!(bid(), Error::<Test>::TooManyBuyBacks);
		MockMarket::close(7);
		assert_ok!(bid());
	});
}

#[test]
fn each_fill_cancels_obligations_and_releases_their_proceeds() {
	serving().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		bid(2, 2 * QRN, 10);
		MockMarket::fill(1, MINUTE, QRN / 2);
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH - 2 * QRN + QRN, 2 * QRN));
		assert_eq!((book(&ALICE, CPU).obligations, issued(CPU)), (2 * MINUTE, 2 * MINUTE));
		assert_eq!(claims(CPU, &ProviderRegistry::account_id()), 0);
		MockMarket::close(1);
		assert_eq!(free(&ALICE), WEALTH + QRN - QRN / 2);
		assert!(told(Event::BuyBackClosed {
			buy_back: 0,
			unfilled: MINUTE
		}));
		assert_eq!(BuyBacks::<Test>::iter().count(), 0);
	});
}

#[test]
fn what_is_bought_beyond_what_is_owed_is_the_provider_s() {
	serving().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		bid(3, 3 * QRN, 10);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE));
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE));
		serve(0, [16]);
		// Somebody else's claims, so that the client has some to sell.
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 2 * MINUTE, 0));
		give(CPU, &MARKET, &CLIENT, 2 * MINUTE);
		MockMarket::fill(1, 3 * MINUTE, 3 * QRN);
		assert_eq!((claims(CPU, &ALICE), book(&ALICE, CPU).owed()), (2 * MINUTE, 0));
		assert_eq!(held(&ALICE), 0);
		give(CPU, &ALICE, &MARKET, 2 * MINUTE);
		MockMarket::close(2);
		MockMarket::close(1);
	});
}

#[test]
fn shares_freed_by_a_buy_back_follow_with_the_next_operation() {
	serving().build_and_execute(|| {
		issue(10, QRN);
		MockMarket::settle(0, QRN, 10 * MINUTE, 1_000);
		give(CPU, &MARKET, &CLIENT, 10 * MINUTE);
		bid(4, QRN, 0);
		MockMarket::fill(0, 4 * MINUTE, QRN);
		assert_eq!((book(&ALICE, CPU).shares_due, shares(&ALICE)), (400, 0));
		assert_eq!(MockBonds::collateral(&ALICE), 6 * COVER);
		MockMarket::close(0);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 3 * MINUTE));
		assert_eq!((book(&ALICE, CPU).shares_due, shares(&ALICE)), (0, 700));
	});
}

#[test]
fn refuses_a_buy_back_of_more_than_is_owed_or_for_longer_than_an_hour() {
	serving().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		let bid =
			|who, gpu_time, blocks| ProviderRegistry::buy_back_in_market(signed(&who), CPU, gpu_time, QRN, blocks);
		assert_noop!(bid(ALICE, 0, 0), Error::<Test>::ZeroAmount);
		assert_noop!(bid(ALICE, 3 * MINUTE + 1, 0), Error::<Test>::ObligationsExceeded);
		assert_noop!(bid(ALICE, 1, HOURS + 1), Error::<Test>::TooLong);
		assert_noop!(bid(CLIENT, 1, 0), Error::<Test>::ProviderNotFound);
		let order = OrderRef {
			id: 0,
			class: CPU,
			side: Side::Buy,
			purpose: Purpose::BuyBack(9),
		};
		ProviderRegistry::filled(&order, 1, 1);
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

	/// However what is owed is delivered: all of the shares and all of the proceeds come out, and no more.
	#[test]
	fn shares_and_proceeds_come_out_to_the_last(
		slices in prop::collection::vec(1u128..3 * MINUTE, 1..12), pool_shares in 1u128..1 << 60, tokens in 0u128..QRN,
	) {
		serving().build().execute_with(|| {
			issue(8, QRN);
			MockMarket::settle(0, QRN, 8 * MINUTE, pool_shares);
			give(CPU, &MARKET, &CLIENT, 8 * MINUTE);
			sell(&ALICE, 4 * MINUTE, tokens);
			let mut out = 0;
			for slice in slices {
				let slice = slice.min(book(&ALICE, CPU).owed());
				out += ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, slice).expect("it is owed");
				let book = book(&ALICE, CPU);
				prop_assert_eq!(shares(&ALICE) + book.shares, pool_shares);
				prop_assert_eq!(out + book.proceeds, tokens);
				// The part in the pool never falls faster than what is owed.
				prop_assert!(book.liquidity * 12 >= book.owed() * 8);
				prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
			}
			let rest = book(&ALICE, CPU).owed();
			out += ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, rest).expect("it is owed");
			prop_assert_eq!((shares(&ALICE), out, MockBonds::collateral(&ALICE)), (pool_shares, tokens, 0));
			Ok(())
		})?;
	}
}
