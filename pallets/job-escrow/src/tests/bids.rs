//! What the market tells of bids.

use super::*;
use crate::{hooks::Moment, transition::Illegal};
use polkadot_sdk::frame_support::{traits::Hooks, weights::Weight, BoundedVec};

#[test]
fn a_bid_that_fills_in_slices_is_queued_when_complete() {
	ExtBuilder::default().build_and_execute(|| {
		let terms = JobTerms {
			pace: Some(25_000),
			..Default::default()
		};
		let id = Ask {
			terms,
			..Default::default()
		}
		.place();
		take_events();

		run_to(2);
		assert_eq!(
			(job(id).bought, job(id).paid, claims(escrow())),
			(25_000, 25_000_000, 25_000)
		);
		assert_eq!(fee_hold(CLIENT), 6_000_000);
		run_to(3);
		assert_eq!(job(id).bought, 50_000);
		check_everything();
		run_to(4);
		assert_eq!(state(id), JobState::Queued { since: 4, deadline: 24 });
		assert_eq!(
			(job(id).bought, job(id).paid, job(id).bid_returned),
			(60_000, 60_000_000, 40_000_000)
		);
		// The fee is that on what was paid; the rest is free again.
		assert_eq!((fee_hold(CLIENT), job(id).fee_released), (3_600_000, 2_400_000));
		assert_eq!(tokens(CLIENT), RICH - 60_000_000 - 3_600_000);
		assert_eq!(
			take_events(),
			[
				Event::BidFilled {
					job: id,
					gpu_time: 25_000,
					tokens: 25_000_000
				},
				Event::BidFilled {
					job: id,
					gpu_time: 25_000,
					tokens: 25_000_000
				},
				Event::BidFilled {
					job: id,
					gpu_time: 10_000,
					tokens: 10_000_000
				},
				Event::JobQueued { job: id },
			]
		);
	});
}

#[test]
fn a_bid_incomplete_at_its_deadline_gives_back_tokens_claims_and_fee() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		let id = Ask::default().place();
		// The batches of blocks 1 to 11 fill a thousand each; the last clears at the start of 12.
		run_to(11);
		assert!(matches!(state(id), JobState::Bidding { .. }));
		run_to(12);
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				at: 12
			}
		);
		assert_eq!((job(id).bought, job(id).paid), (11_000, 11_000_000));
		assert_all_back(id, 0);
		assert_eq!(
			take_events().last(),
			Some(&Event::JobRefunded {
				job: id,
				reason: RefundReason::BidIncomplete,
				fee: 0
			})
		);
	});
}

#[test]
fn an_evicted_bid_gives_supplied_claims_back_too() {
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 30_000, 0);
		let terms = JobTerms {
			claims: 30_000,
			..Default::default()
		};
		let id = Ask {
			terms,
			..Default::default()
		}
		.place();
		assert_eq!(claims(CLIENT), 0);

		MockMarket::close(order_of(id));
		next_block();
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				at: 2
			}
		);
		assert_eq!(claims(CLIENT), 30_000);
		assert_all_back(id, 0);
	});
}

#[test]
fn a_bid_too_low_is_refunded_whole() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask {
			max_cost: 59_999_999,
			..Default::default()
		}
		.place();
		run_to(12);
		assert_eq!(job(id).bought, 0);
		assert_all_back(id, 0);
		assert_eq!(tokens(CLIENT), RICH);
	});
}

#[test]
fn a_bid_that_the_market_forgot_is_taken_out_after_its_deadline() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		NeverCloses::set(&true);
		let id = Ask::default().place();
		run_to(12);
		assert!(matches!(state(id), JobState::Bidding { .. }));
		run_to(13);
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				at: 13
			}
		);
		assert_eq!(job(id).paid, 12_000_000);
		assert!(Orders::get().is_empty());
		assert_all_back(id, 0);
	});
}

#[test]
fn a_refund_that_fails_waits_and_leaves_the_market_alone() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 1, 0);
		let id = Ask::default().place();
		run_to(11);
		// The client cannot receive claims.
		assert_ok!(Assets::block(by(999), CLASS, CLIENT));
		take_events();
		run_to(12);
		assert_eq!(
			state(id),
			JobState::Bidding {
				order: None,
				deadline: 11
			}
		);
		assert_eq!((job(id).bid_returned, fee_hold(CLIENT)), (89_000_000, 6_000_000));
		assert!(matches!(
			take_events()[..],
			[Event::BidFilled { .. }, Event::JobDelayed { job: 0, .. }]
		));
		check_everything();
		run_to(30);
		assert_eq!(
			state(id),
			JobState::Bidding {
				order: None,
				deadline: 11
			}
		);
		check_everything();

		assert_ok!(Assets::thaw(by(999), CLASS, CLIENT));
		run_to(40);
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				..
			}
		));
		assert_eq!((claims(CLIENT), claims(escrow())), (1 + 11_000, 0));
		assert_eq!((tokens(CLIENT), fee_hold(CLIENT)), (RICH - 11_000_000, 0));
	});
}

#[test]
#[should_panic(expected = "no job's bid")]
fn a_stranger_order_is_noticed() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		let order = quern_primitives::OrderRef {
			id: 77,
			class: CLASS,
			side: quern_primitives::Side::Buy,
			purpose: quern_primitives::Purpose::Job(id),
		};
		<JobEscrow as quern_primitives::ports::OnOrder>::closed(&order, 1, 1);
	});
}

#[test]
fn errors_of_the_life_cycle_have_the_calls_names() {
	assert!(matches!(E::from(Illegal::WrongState), E::WrongState));
	assert!(matches!(E::from(Illegal::TooEarly), E::TooEarly));
	assert!(matches!(E::from(Illegal::TooLate), E::TooLate));
}

#[test]
fn bids_that_end_in_one_clearing_are_seen_to_as_the_blocks_have_room() {
	ExtBuilder::default().with_depth(0).build_and_execute(|| {
		let ids: Vec<_> = (0..40).map(|_| Ask::default().place()).collect();
		for id in &ids {
			MockMarket::close(order_of(*id));
		}
		let refunded = || {
			let mut ids = ids.iter();
			let count = ids
				.by_ref()
				.take_while(|id| matches!(state(**id), JobState::Refunded { .. }))
				.count();
			// In the order in which they ended.
			assert!(ids.all(|id| matches!(state(*id), JobState::Bidding { order: None, .. })));
			count
		};
		assert_eq!((refunded(), ClosedBids::<Test>::get().into_inner()), (0, ids.clone()));
		check_everything();
		let weight = JobEscrow::on_initialize(2);
		assert_eq!((refunded(), ClosedBids::<Test>::decode_len()), (12, Some(28)));
		let none = <() as WeightInfo>::drain_base() + <() as WeightInfo>::drain_closed(40);
		assert!(weight.all_gte(none + JobEscrow::step_weight(Moment::Idle) * 12));
		// What an idle block has room for, and no more.
		let base = <() as WeightInfo>::drain_base() + <() as WeightInfo>::drain_closed(28);
		assert_eq!(JobEscrow::on_idle(2, base), base);
		assert_eq!(refunded(), 12);
		let room = base + JobEscrow::step_weight(Moment::Idle) * 3;
		assert_eq!(JobEscrow::on_idle(2, room), room);
		assert_eq!((refunded(), ClosedBids::<Test>::decode_len()), (15, Some(25)));
		check_everything();
		JobEscrow::on_idle(2, Weight::MAX);
		assert_eq!((refunded(), ClosedBids::<Test>::exists()), (40, false));
		assert_eq!((tokens(CLIENT), fee_hold(CLIENT)), (RICH, 0));
	});
}

#[test]
fn a_closed_bid_that_found_no_place_is_seen_to_at_its_deadline() {
	ExtBuilder::default().with_depth(0).build_and_execute(|| {
		let id = Ask::default().place();
		ClosedBids::<Test>::put(BoundedVec::truncate_from(vec![
			u64::MAX;
			crate::policy::MAX_CLOSED_BIDS as usize
		]));
		MockMarket::close(order_of(id));
		assert!(!ClosedBids::<Test>::get().contains(&id));
		ClosedBids::<Test>::kill();
		run_to(12);
		assert!(matches!(state(id), JobState::Bidding { order: None, .. }));
		run_to(13);
		assert!(matches!(state(id), JobState::Refunded { at: 13, .. }));
		assert_all_back(id, 0);
	});
}
