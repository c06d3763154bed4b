use super::*;

#[test]
fn takes_a_buys_tokens_up_to_its_limit() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		let id = place(BOB, Side::Buy, 10_000, 12_000 * SPOT);
		assert_eq!(tokens(&BOB), WEALTH - 12_000 * SPOT);
		assert_eq!(tokens(&ComputeAmm::account()), ED + 12_000 * SPOT);
		assert_eq!(Active::<Test>::get().to_vec(), vec![CPU]);
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
			ComputeAmm::place_order(signed(BOB), H100, Side::Buy, 10_000, QRN, None),
			Error::<Test>::NoPool
		);
		assert_noop!(
			ComputeAmm::place_order(signed(BOB), 77, Side::Sell, 10_000, QRN, None),
			Error::<Test>::NoPool
		);
	});
}

#[test]
fn refuses_amounts_of_nothing_and_beyond_counting() {
	ExtBuilder::default().build_and_execute(|| {
		let place = |side, gpu_time, limit| ComputeAmm::place_order(signed(BOB), CPU, side, gpu_time, limit, None);
		assert_noop!(place(Side::Buy, 999, QRN), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, 0, QRN), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, 1_000, 0), Error::<Test>::TooSmall);
		assert_noop!(place(Side::Buy, u128::MAX, QRN), Error::<Test>::TooLarge);
		assert_noop!(place(Side::Sell, 1_000, u128::MAX), Error::<Test>::TooLarge);
		let never = NewOrder {
			pace: Some(0),
			..bid(1, 10_000, 20_000 * SPOT)
		};
		assert_noop!(<ComputeAmm as Market<_>>::place_order(never), Error::<Test>::TooSmall);
	});
}

#[test]
fn refuses_when_the_payer_has_too_little() {
	ExtBuilder::default().build_and_execute(|| {
		let place = |side, gpu_time, limit| ComputeAmm::place_order(signed(BOB), CPU, side, gpu_time, limit, None);
		// The whole balance: the payer's account would die and could not be refunded.
		assert!(place(Side::Buy, 1_000_000, WEALTH).is_err());
		assert!(place(Side::Sell, TIME + 1, 0).is_err());
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert_eq!(Book::<Test>::get(CPU).len(), 0);
	});
}

#[test]
fn refuses_a_limit_that_no_batch_can_meet() {
	ExtBuilder::default().build_and_execute(|| {
		let place = |side, limit, blocks| ComputeAmm::place_order(signed(BOB), CPU, side, 10_000, limit, blocks);
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
			ComputeAmm::place_order(signed(BOB), CPU, Side::Buy, 10_000, 20_000 * SPOT, Some(far)),
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
	Book::<Test>::get(CPU).iter().map(|order| order.id).collect()
}

#[test]
fn refuses_an_order_no_nearer_to_spot_than_those_of_a_full_book() {
	ExtBuilder::default().build_and_execute(|| {
		fill_with_buys(700);
		let place = |side, limit| ComputeAmm::place_order(signed(CHARLIE), CPU, side, 10_000, limit, Some(5));
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
			ComputeAmm::place_order(signed(CHARLIE), CPU, Side::Buy, 10_000, 7_000 * SPOT, Some(5)),
			Error::<Test>::TooManyOrders
		);
		let better = place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 5);
		assert_eq!(ids(), [&others[1..], &[8, 9, better]].concat());
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
		assert_eq!(ids(), vec![1, 2, 3, 4, 5, 6, 7, 8, 9, id]);
		assert_eq!(tokens(&BOB), before + 7_000 * SPOT);
	});
}
