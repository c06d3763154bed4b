use super::*;

#[test]
fn takes_a_buys_tokens_up_to_its_limit() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		let id = place(BOB, Side::Buy, 10_000, 12_000 * SPOT);
		assert_eq!(tokens(&BOB), WEALTH - 12_000 * SPOT);
		assert_eq!(tokens(&ComputeAmm::account()), ED + 12_000 * SPOT);
		assert_eq!(listed(), vec![CPU]);
		assert_eq!(
			events(),
			vec![Event::OrderPlaced {
				order: id,
				class: CPU,
				who: BOB,
				side: Side::Buy,
				gpu_time: 10_000,
				limit: 12_000 * SPOT
			}]
		);
	});
}

#[test]
fn takes_a_sells_claims() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Sell, 10_000, 0);
		assert_eq!(claims(&BOB), TIME - 10_000);
		assert_eq!(claims(&ComputeAmm::account()), 10_000);
	});
}

#[test]
fn refuses_a_class_without_a_pool() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			ComputeAmm::place_order(signed(BOB), H100, Side::Buy, 10_000, QRN, None, None),
			Error::<Test>::NoPool
		);
		assert_noop!(
			ComputeAmm::place_order(signed(BOB), 77, Side::Sell, 10_000, QRN, None, None),
			Error::<Test>::NoPool
		);
	});
}

#[test]
fn refuses_amounts_of_nothing_and_beyond_counting() {
	ExtBuilder::default().build_and_execute(|| {
		let place =
			|side, gpu_time, limit| ComputeAmm::place_order(signed(BOB), CPU, side, gpu_time, limit, None, None);
		assert_noop!(place(Side::Buy, 999, QRN), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, 0, QRN), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, 1_000, 0), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, u128::MAX, QRN), Error::<Test>::TooLarge);
		assert_noop!(place(Side::Sell, 1_000, u128::MAX), Error::<Test>::TooLarge);
		// A pace of nothing, and one that holds a place with less than the smallest order a batch.
		for pace in [0, 999] {
			let slow = NewOrder {
				pace: Some(pace),
				..bid(1, 10_000, 20_000 * SPOT)
			};
			assert_noop!(<ComputeAmm as Market<_>>::place_order(slow), Error::<Test>::TooSmall);
		}
	});
}

#[test]
fn refuses_when_the_payer_has_too_little() {
	ExtBuilder::default().build_and_execute(|| {
		let place =
			|side, gpu_time, limit| ComputeAmm::place_order(signed(BOB), CPU, side, gpu_time, limit, None, None);
		// The whole balance: the payer's account would die and could not be refunded.
		assert!(place(Side::Buy, 1_000_000, WEALTH).is_err());
		assert!(place(Side::Sell, TIME + 1, 0).is_err());
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert_eq!(waiting().len(), 0);
	});
}

#[test]
fn refuses_a_limit_that_no_batch_can_meet() {
	ExtBuilder::default().build_and_execute(|| {
		let place = |side, limit, blocks| ComputeAmm::place_order(signed(BOB), CPU, side, 10_000, limit, blocks, None);
		// Prices stay between 0.6 and 3 times spot.
		assert_noop!(place(Side::Buy, 5_900 * SPOT, None), Error::<Test>::LimitOutOfReach);
		assert_noop!(place(Side::Sell, 31_000 * SPOT, None), Error::<Test>::LimitOutOfReach);
		// Over more blocks than one the price may come there.
		assert_ok!(place(Side::Buy, 5_900 * SPOT, Some(1)));
	});
}

#[test]
fn refuses_an_expiry_in_the_past_or_too_far_ahead() {
	ExtBuilder::default().build_and_execute(|| {
		let past = NewOrder {
			expires_at: 0,
			..bid(1, 10_000, 20_000 * SPOT)
		};
		assert_noop!(<ComputeAmm as Market<_>>::place_order(past), Error::<Test>::TooLate);
		let far = policy::MAX_ORDER_BLOCKS + 1;
		assert_noop!(
			ComputeAmm::place_order(signed(BOB), CPU, Side::Buy, 10_000, 20_000 * SPOT, Some(far), None),
			Error::<Test>::ExpiryTooFar
		);
	});
}

/// A place count of 10: 8 for anybody, 2 for jobs alone.
fn fill_with_buys(per_mille: Balance) -> Vec<OrderId> {
	(0..8u128)
		.map(|i| place_for(BOB, Side::Buy, 10_000, 10 * SPOT * (per_mille + i), 5))
		.collect()
}

fn ids() -> Vec<OrderId> {
	waiting().iter().map(|order| order.id).collect()
}

#[test]
fn refuses_an_order_no_nearer_to_spot_than_those_of_a_full_book() {
	ExtBuilder::default().build_and_execute(|| {
		fill_with_buys(700);
		let place = |side, limit| ComputeAmm::place_order(signed(CHARLIE), CPU, side, 10_000, limit, Some(5), None);
		assert_noop!(place(Side::Buy, 7_000 * SPOT), Error::<Test>::TooManyOrders);
		assert_noop!(place(Side::Buy, 6_500 * SPOT), Error::<Test>::TooManyOrders);
		// Spot over limit 0.69.
		assert_noop!(place(Side::Sell, 14_500 * SPOT), Error::<Test>::TooManyOrders);
	});
}

#[test]
fn a_better_order_evicts_the_farthest_with_refund() {
	ExtBuilder::default().build_and_execute(|| {
		let before = fill_with_buys(700);
		let escrowed: Balance = (0..8).map(|i| 10 * SPOT * (700 + i)).sum();
		assert_eq!(tokens(&BOB), WEALTH - escrowed);
		events();
		heard();
		let id = place_for(CHARLIE, Side::Sell, 10_000, 10_000 * SPOT, 5);

		assert_eq!(tokens(&BOB), WEALTH - escrowed + 7_000 * SPOT);
		assert_eq!(ids(), [&before[1..], &[id]].concat());
		let order = OrderRef {
			id: before[0],
			class: CPU,
			side: Side::Buy,
			purpose: Purpose::Trade,
		};
		assert_eq!(heard(), vec![Heard::Closed(order, 10_000, 7_000 * SPOT)]);
		assert!(events().contains(&Event::OrderClosed {
			order: before[0],
			class: CPU,
			unfilled: 10_000,
			returned: 7_000 * SPOT,
			reason: CloseReason::Evicted,
		}));
	});
}

#[test]
fn keeps_a_fifth_of_the_places_for_jobs() {
	ExtBuilder::default().build_and_execute(|| {
		let others = fill_with_buys(800);
		// Farther from spot than every order there, and yet taken.
		let bid = |job| NewOrder {
			expires_at: 5,
			..bid(job, 10_000, 6_500 * SPOT)
		};
		assert_ok!(<ComputeAmm as Market<_>>::place_order(bid(1)));
		assert_ok!(<ComputeAmm as Market<_>>::place_order(bid(2)));
		assert_noop!(
			<ComputeAmm as Market<_>>::place_order(bid(3)),
			Error::<Test>::TooManyOrders
		);
		// Other orders compete among themselves for theirs.
		assert_noop!(
			ComputeAmm::place_order(signed(CHARLIE), CPU, Side::Buy, 10_000, 7_000 * SPOT, Some(5), None),
			Error::<Test>::TooManyOrders
		);
		let better = place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 5);
		assert_eq!(
			ids(),
			[&others[1..], &[order_id(1, 8), order_id(1, 9), better]].concat()
		);
	});
}

#[test]
fn jobs_beyond_their_fifth_compete_with_all() {
	ExtBuilder::default().build_and_execute(|| {
		for job in 0..10 {
			let bid = NewOrder {
				expires_at: 5,
				..bid(job, 10_000, (7_000 + job as Balance) * SPOT)
			};
			assert_ok!(<ComputeAmm as Market<_>>::place_order(bid));
		}
		let before = tokens(&BOB);
		let id = place_for(CHARLIE, Side::Sell, 10_000, 10_000 * SPOT, 5);
		assert_eq!(
			ids(),
			(1..10).map(|index| order_id(1, index)).chain([id]).collect::<Vec<_>>()
		);
		assert_eq!(tokens(&BOB), before + 7_000 * SPOT);
	});
}

#[test]
fn a_recipient_gets_what_the_order_trades_for_and_the_payer_the_rest() {
	ExtBuilder::default().build_and_execute(|| {
		let place_for_dave = |who, side, gpu_time, limit| {
			assert_ok!(ComputeAmm::place_order(
				signed(who),
				CPU,
				side,
				gpu_time,
				limit,
				None,
				Some(DAVE)
			));
			waiting().last().expect("an order").id
		};
		place_for_dave(BOB, Side::Buy, 10_000, 20_000 * SPOT);
		place_for_dave(CHARLIE, Side::Sell, 10_000, 0);
		next_block();
		let paid = 10_000 * SPOT / 1_000 * 1_003;
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH - paid, TIME));
		assert_eq!((tokens(&CHARLIE), claims(&CHARLIE)), (WEALTH, TIME - 10_000));
		assert_eq!(claims(&DAVE), TIME + 10_000);
		assert_eq!(tokens(&DAVE), WEALTH + 10_000 * SPOT / 1_000 * 997);
		// Cancelling is the payer's.
		assert_ok!(ComputeAmm::place_order(
			signed(BOB),
			CPU,
			Side::Buy,
			10_000,
			9_000 * SPOT,
			Some(5),
			Some(DAVE)
		));
		let id = waiting()[0].id;
		next_block();
		assert_noop!(
			ComputeAmm::cancel_order(signed(DAVE), CPU, id),
			Error::<Test>::NotAuthorized
		);
		assert_ok!(ComputeAmm::cancel_order(signed(BOB), CPU, id));
		assert_eq!(tokens(&BOB), WEALTH - paid);
	});
}

#[test]
fn refuses_a_recipient_that_would_lose_it() {
	ExtBuilder::default().build_and_execute(|| {
		for own in [
			ComputeAmm::account(),
			ComputeAmm::pool_account(CPU),
			ComputeAmm::pool_account(77),
		] {
			assert_noop!(
				ComputeAmm::place_order(signed(BOB), CPU, Side::Sell, 10_000, 0, None, Some(own)),
				Error::<Test>::BadRecipient
			);
		}
		// An account that is not there yet is not lost: it gets claims, and what tokens it cannot take are owed.
		let new = AccountId::new([77; 32]);
		assert_ok!(ComputeAmm::place_order(
			signed(BOB),
			CPU,
			Side::Sell,
			1_000,
			0,
			None,
			Some(new.clone())
		));
		next_block();
		assert!(Owed::<Test>::get(new) > 0);
	});
}

#[test]
fn the_api_shows_waiting_orders() {
	ExtBuilder::default().build_and_execute(|| {
		let first = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		next_block();
		let second = place(CHARLIE, Side::Sell, 20_000, 0);
		let orders = ComputeAmm::orders(CPU);
		assert_eq!(
			orders.iter().map(|order| order.id).collect::<Vec<_>>(),
			vec![first, second]
		);
		assert_eq!((orders[0].placed_at, orders[0].expires_at), (1, 6));
		assert_eq!((orders[1].placed_at, orders[1].gpu_time), (2, 20_000));
		assert_eq!(orders[1].payer, CHARLIE);
		assert_eq!(ComputeAmm::orders(H100), vec![]);
	});
}
