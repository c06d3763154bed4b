use super::*;
use polkadot_sdk::sp_runtime::FixedU128;

/// As many claims as the pool's books say.
fn give_claims(from: &AccountId, to: &AccountId) {
	assert_ok!(Assets::transfer(signed(from.clone()), CPU.into(), to.clone(), CLAIMS));
}

#[test]
fn a_lone_order_pays_what_it_was_quoted() {
	ExtBuilder::default().build_and_execute(|| {
		let size = CLAIMS / 10;
		let quote = ComputeAmm::quote_buy(CPU, size).expect("a quote");
		// G / (G - 2q) = 1.25
		assert_eq!(quote.price, FixedU128::from_u32(1_250_000));
		assert_eq!(quote.spot, FixedU128::from_u32(1_000_000));
		assert_eq!(quote.impact_ppm, 250_000);
		assert_eq!(quote.total, size * 1_250_000 / 1_000 * 1_003);
		assert_eq!(quote.fee, size * 1_250_000 / 1_000 * 3);

		let router = tokens(&ROUTER);
		let id = place(BOB, Side::Buy, size, 2 * size * SPOT);
		events();
		next_block();
		assert_eq!(LpFees::get(), size * 1_250_000 / 10_000 * 25);
		assert_eq!(tokens(&BOB), WEALTH - quote.total);
		assert_eq!(claims(&BOB), TIME + size);
		// Of the 30 points of fee, 5 go to the router and 25 stay with the LPs.
		let fee = size * 1_250_000 / 10_000 * 5;
		assert_eq!(tokens(&ROUTER), router + fee);
		assert_eq!(pool().reserve_tokens, TOKENS + quote.total - fee);
		assert_eq!(pool().reserve_claims, CLAIMS - size);
		assert_eq!(tokens(&ComputeAmm::pool_account(CPU)), ED + pool().reserve_tokens);
		assert_eq!(tokens(&ComputeAmm::account()), ED);
		assert_eq!(
			events(),
			vec![
				Event::BatchCleared {
					class: CPU,
					price: quote.price,
					orders: 1,
					bought: size,
					sold: 0,
					reserve_tokens: TOKENS + quote.total - fee,
					reserve_claims: CLAIMS - size,
					lp_fee: 5 * fee,
					router_fee: fee,
					to_recovery: 0,
				},
				Event::OrderFilled {
					order: id,
					class: CPU,
					side: Side::Buy,
					gpu_time: size,
					tokens: quote.total,
					left: 0,
					returned: 2 * size * SPOT - quote.total,
				},
			]
		);
	});
}

#[test]
fn a_lone_sale_brings_what_it_was_quoted() {
	ExtBuilder::default().build_and_execute(|| {
		let size = CLAIMS / 8;
		let quote = ComputeAmm::quote_sell(CPU, size).expect("a quote");
		// G / (G + 2q) = 0.8
		assert_eq!(quote.price, FixedU128::from_u32(800_000));
		assert_eq!(quote.total, size * 800_000 / 1_000 * 997);
		place(BOB, Side::Sell, size, quote.total);
		next_block();
		assert_eq!(tokens(&BOB), WEALTH + quote.total);
		assert_eq!(claims(&BOB), TIME - size);
		assert_eq!(pool().reserve_claims, CLAIMS + size);
	});
}

#[test]
fn orders_of_a_block_clear_at_one_price() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, 50_000, 60_000 * SPOT);
		place(CHARLIE, Side::Sell, 50_000, 40_000 * SPOT);
		next_block();
		// They match each other: the price is spot.
		assert_eq!(tokens(&BOB), WEALTH - 50_000 * SPOT / 1_000 * 1_003);
		assert_eq!(tokens(&CHARLIE), WEALTH + 50_000 * SPOT / 1_000 * 997);
		assert_eq!(pool().last_price, FixedU128::from_u32(1_000_000));
		assert_eq!(pool().reserve_claims, CLAIMS);
	});
}

#[test]
fn an_order_beyond_the_price_comes_back_whole() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, 10_000, 9_900 * SPOT);
		place(CHARLIE, Side::Sell, 10_000, 10_100 * SPOT);
		heard();
		next_block();
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert_eq!((tokens(&CHARLIE), claims(&CHARLIE)), (WEALTH, TIME));
		let of = |id, side| OrderRef {
			id,
			class: CPU,
			side,
			purpose: Purpose::Trade,
		};
		assert_eq!(
			heard(),
			vec![
				Heard::Closed(of(order_id(1, 0), Side::Buy), 10_000, 9_900 * SPOT),
				Heard::Closed(of(order_id(1, 1), Side::Sell), 10_000, 10_000),
			]
		);
		assert!(listed().is_empty());
	});
}

#[test]
fn an_order_stays_until_its_expiry() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 10_000, 9_900 * SPOT, 2);
		// Its batches: of blocks 1, 2 and 3.
		for _ in 0..2 {
			next_block();
			assert_eq!(tokens(&BOB), WEALTH - 9_900 * SPOT);
			assert_eq!(listed(), vec![CPU]);
		}
		next_block();
		assert_eq!(tokens(&BOB), WEALTH);
		assert!(listed().is_empty());
	});
}

#[test]
fn a_waiting_order_fills_when_the_price_comes() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 10_000, 9_900 * SPOT, 10);
		next_block();
		assert_eq!(claims(&BOB), TIME);
		place(CHARLIE, Side::Sell, CLAIMS / 20, 0);
		next_block();
		assert_eq!(claims(&BOB), TIME + 10_000);
		// At the batch's price, below its limit.
		assert!(WEALTH - tokens(&BOB) < 9_900 * SPOT);
	});
}

#[test]
fn a_batch_fills_no_more_than_the_pace() {
	ExtBuilder::default().build_and_execute(|| {
		let (size, pace) = (3_500_000, CLAIMS / policy::LEAST_PACE);
		let bid = NewOrder {
			pace: Some(pace),
			expires_at: 10,
			..bid(7, size, 2 * size * SPOT)
		};
		let id = <ComputeAmm as Market<_>>::place_order(bid).expect("placed");
		let before = claims(&CHARLIE);
		for filled in [pace, 2 * pace, 3 * pace] {
			next_block();
			assert_eq!(claims(&CHARLIE), before + filled);
			assert_eq!(Book::<Test>::get(CPU)[0].filled, filled);
		}
		heard();
		next_block();
		assert_eq!(claims(&CHARLIE), before + size);
		// The saving below the limit comes back at the end, to the payer.
		let order = OrderRef {
			id,
			class: CPU,
			side: Side::Buy,
			purpose: Purpose::Job(7),
		};
		let paid = WEALTH - tokens(&BOB);
		assert!(paid > size * SPOT / 1_000 * 1_003 && paid < size * SPOT / 1_000 * 1_010);
		let news = heard();
		assert!(matches!(news[0], Heard::Filled(it, 500_000, _) if it == order));
		assert_eq!(news[1], Heard::Closed(order, 0, 2 * size * SPOT - paid));
	});
}

#[test]
fn a_bid_that_expires_in_part_returns_the_rest() {
	ExtBuilder::default().build_and_execute(|| {
		let bid = NewOrder {
			pace: Some(1_000_000),
			expires_at: 2,
			..bid(7, 3_500_000, 7_000_000 * SPOT)
		};
		<ComputeAmm as Market<_>>::place_order(bid).expect("placed");
		heard();
		skip_blocks(2);
		let (mut paid, mut unfilled, mut returned) = (0, 0, 0);
		for news in heard() {
			match news {
				Heard::Filled(_, gpu_time, tokens) => {
					assert_eq!(gpu_time, 1_000_000);
					paid += tokens;
				}
				Heard::Closed(_, left, back) => (unfilled, returned) = (left, back),
			}
		}
		assert_eq!(unfilled, 1_500_000);
		assert_eq!(paid + returned, 7_000_000 * SPOT);
		assert_eq!(tokens(&BOB), WEALTH - paid);
	});
}

#[test]
fn one_batch_takes_a_third_of_the_pool_and_the_rest_waits() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, CLAIMS / 2, 10 * CLAIMS * SPOT, 1);
		next_block();
		assert_eq!(claims(&BOB), TIME + CLAIMS / 3);
		assert_eq!(
			pool().last_price,
			FixedU128::from_inner(compute_amm_math::price(TOKENS, CLAIMS - CLAIMS / 3 * 2))
		);
		next_block();
		assert_eq!(claims(&BOB), TIME + CLAIMS / 2);
	});
}

#[test]
fn gifts_to_the_accounts_move_no_price() {
	ExtBuilder::default().build_and_execute(|| {
		let spot = ComputeAmm::spot_price(CPU);
		for account in [ComputeAmm::account(), ComputeAmm::pool_account(CPU)] {
			assert_ok!(Balances::transfer(&DAVE, &account, 500 * QRN, Expendable));
			give_claims(&DAVE, &account);
		}
		assert_eq!(ComputeAmm::spot_price(CPU), spot);
		place(BOB, Side::Buy, 50_000, 60_000 * SPOT);
		place(CHARLIE, Side::Sell, 50_000, 40_000 * SPOT);
		next_block();
		assert_eq!(pool().last_price, spot.expect("a pool"));
	});
}

#[test]
fn a_class_that_cannot_clear_waits_and_clears_later() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, CLAIMS / 10, 2 * CLAIMS / 10 * SPOT);
		let (book, before) = (waiting(), pool());
		// Claims that are missing from the pool's account stop the payout.
		let account = ComputeAmm::pool_account(CPU);
		give_claims(&account, &DAVE);
		events();
		let next = System::block_number() + 1;
		System::set_block_number(next);
		ComputeAmm::on_initialize(next);
		assert_eq!((waiting(), pool()), (book, before));
		assert_eq!(listed(), vec![CPU]);
		assert!(matches!(events()[..], [Event::ClearingDeferred { class: CPU, .. }]));
		assert_eq!(tokens(&BOB), WEALTH - 2 * CLAIMS / 10 * SPOT);

		give_claims(&DAVE, &account);
		next_block();
		assert_eq!(claims(&BOB), TIME + CLAIMS / 10);
	});
}

#[test]
fn a_class_that_cannot_clear_leaves_the_others_alone() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), H100, TOKENS, CLAIMS));
		place(BOB, Side::Buy, CLAIMS / 10, 2 * CLAIMS / 10 * SPOT);
		assert_ok!(ComputeAmm::place_order(
			signed(BOB),
			H100,
			Side::Sell,
			10_000,
			0,
			None,
			None
		));
		let account = ComputeAmm::pool_account(CPU);
		give_claims(&account, &DAVE);
		let next = System::block_number() + 1;
		System::set_block_number(next);
		ComputeAmm::on_initialize(next);
		assert_eq!(listed(), vec![CPU]);
		assert_eq!(
			Pools::<Test>::get(H100).expect("a pool").reserve_claims,
			CLAIMS + 10_000
		);
		give_claims(&DAVE, &account);
	});
}

#[test]
fn an_empty_block_reads_a_list() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		let weight = ComputeAmm::on_initialize(2);
		assert_eq!(weight, <Test as Config>::WeightInfo::clear_none());
		assert_eq!(events(), vec![]);
		assert_eq!(pool().cleared_at, 1);
	});
}

#[test]
fn a_block_weighs_what_its_orders_do() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, 10_000, 20_000 * SPOT);
		place(BOB, Side::Sell, 10_000, 0);
		let weight_of = |buys, sells| <Test as Config>::WeightInfo::clear(buys, sells, 0, 0);
		let weight = ComputeAmm::on_initialize(2);
		assert_eq!(weight, <Test as Config>::WeightInfo::clear_none() + weight_of(1, 1));
		// And two placements pay for more than that.
		let placed = |side| ComputeAmm::place_weight(side, 0);
		assert!((placed(Side::Buy) + placed(Side::Sell)).all_gte(weight));
	});
}

#[test]
fn a_block_weighs_what_the_owners_of_its_orders_do() {
	ExtBuilder::default().build_and_execute(|| {
		let bid = NewOrder {
			pace: Some(1_000_000),
			expires_at: 3,
			..bid(7, 2_500_000, 5_000_000 * SPOT)
		};
		<ComputeAmm as Market<_>>::place_order(bid).expect("placed");
		assert_ok!(<ComputeAmm as Liquidity<_>>::add(NewLiquidity {
			class: CPU,
			who: BOB,
			max_tokens: QRN,
			max_gpu_time: CLAIMS / 1_000,
			min_shares: 0,
			deadline: 5,
			reference: 1,
		}));
		let job = Purpose::Job(7);
		let (filled, closed) = (
			<Ear as OnOrder>::filled_weight(&job),
			<Ear as OnOrder>::closed_weight(&job),
		);
		let clears = |requests| {
			<Test as Config>::WeightInfo::clear_none() + <Test as Config>::WeightInfo::clear(1, 0, 0, requests)
		};
		let mut blocks = Vec::new();
		for block in 2..5 {
			System::set_block_number(block);
			blocks.push(ComputeAmm::on_initialize(block));
		}
		let settled = <Ear as OnLiquidity>::settled_weight();
		assert_eq!(
			blocks,
			vec![
				clears(1) + filled + settled,
				clears(0) + filled,
				clears(0) + filled + closed
			]
		);
		// Whoever placed it has paid for all of that; a fill in every batch, and what it may have put out.
		let whole = <ComputeAmm as Market<_>>::order_weight(&job, Side::Buy, 2, true);
		let once = <ComputeAmm as Market<_>>::order_weight(&job, Side::Buy, 2, false);
		assert!(whole.all_gte(once + filled + filled));
		assert!(ComputeAmm::place_weight(Side::Buy, 0)
			.all_gte(<Test as Config>::WeightInfo::place_order_evicting() + closed));
		// Longer than any order stays is as long as one stays.
		assert_eq!(
			<ComputeAmm as Market<_>>::order_weight(&job, Side::Buy, u32::MAX, true),
			<ComputeAmm as Market<_>>::order_weight(&job, Side::Buy, policy::MAX_ORDER_BLOCKS, true)
		);
	});
}
