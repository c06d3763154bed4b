use super::*;

#[test]
fn returns_what_did_not_fill() {
	ExtBuilder::default().build_and_execute(|| {
		let buy = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		let sell = place_for(CHARLIE, Side::Sell, 10_000, 12_000 * SPOT, 5);
		next_block();
		heard();
		events();
		assert_ok!(ComputeAmm::cancel_order(signed(BOB), CPU, buy));
		assert_ok!(ComputeAmm::cancel_order(signed(CHARLIE), CPU, sell));
		assert_eq!(tokens(&BOB), WEALTH);
		assert_eq!(claims(&CHARLIE), TIME);
		// The owner knows.
		assert_eq!(heard(), vec![]);
		assert_eq!(
			events()[0],
			Event::OrderClosed {
				order: buy,
				class: CPU,
				unfilled: 10_000,
				returned: 9_000 * SPOT,
				reason: CloseReason::Cancelled
			}
		);
		assert!(!Book::<Test>::contains_key(CPU));
		next_block();
		assert!(listed().is_empty());
	});
}

#[test]
fn refuses_before_the_orders_first_batch() {
	ExtBuilder::default().build_and_execute(|| {
		let id = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		assert_noop!(ComputeAmm::cancel_order(signed(BOB), CPU, id), Error::<Test>::TooEarly);
	});
}

#[test]
fn refuses_a_jobs_bid_before_its_first_batch() {
	ExtBuilder::default().build_and_execute(|| {
		// A full book of people's orders; one of them goes for the bid.
		for _ in 0..8 {
			place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 5);
		}
		for job in 0..3 {
			let bid = NewOrder {
				expires_at: 5,
				..bid(job, 10_000, 20_000 * SPOT)
			};
			let id = <ComputeAmm as Market<_>>::place_order(bid).expect("placed");
			assert_noop!(
				<ComputeAmm as Market<_>>::cancel_order(CPU, id),
				Error::<Test>::TooEarly
			);
		}
		assert_eq!(waiting().len(), 10);
		// So that it has to trade.
		next_block();
		assert_eq!(claims(&CHARLIE), TIME + 30_000);
	});
}

#[test]
fn a_jobs_bid_comes_back_at_once_while_the_class_is_paused() {
	ExtBuilder::default().build_and_execute(|| {
		let id = <ComputeAmm as Market<_>>::place_order(bid(1, 10_000, 20_000 * SPOT)).expect("placed");
		Pools::<Test>::mutate(CPU, |pool| {
			pool.as_mut().expect("a pool").paused_until = System::block_number() as BlockNumber + 1;
		});
		assert_ok!(<ComputeAmm as Market<_>>::cancel_order(CPU, id));
		assert_eq!(tokens(&BOB), WEALTH);
	});
}

#[test]
fn refuses_anothers_order_and_one_that_is_not_there() {
	ExtBuilder::default().build_and_execute(|| {
		let id = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		let job = NewOrder {
			expires_at: 5,
			..bid(1, 10_000, 9_000 * SPOT)
		};
		let job = <ComputeAmm as Market<_>>::place_order(job).expect("placed");
		next_block();
		assert_noop!(
			ComputeAmm::cancel_order(signed(CHARLIE), CPU, id),
			Error::<Test>::NotAuthorized
		);
		// A job's bid is the escrow's to cancel, whoever paid.
		assert_noop!(
			ComputeAmm::cancel_order(signed(BOB), CPU, job),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ComputeAmm::cancel_order(signed(BOB), CPU, order_id(1, 77)),
			Error::<Test>::NotFound
		);
		assert_noop!(ComputeAmm::cancel_order(signed(BOB), H100, id), Error::<Test>::NotFound);
		assert_ok!(<ComputeAmm as Market<_>>::cancel_order(CPU, job));
		assert_eq!(tokens(&BOB), WEALTH - 9_000 * SPOT);
	});
}
