//! Claims that go back to the client: as claims, or offered in the market.

use super::*;
use polkadot_sdk::frame_support::{traits::Hooks, weights::Weight};
use quern_primitives::{Purpose, Side};

fn selling() -> Ask {
	Ask {
		terms: JobTerms {
			on_return: OnReturn::Sell,
			..Default::default()
		},
		..Default::default()
	}
}

/// The only order in the book: the client's sale of so many claims, for the next batch alone.
fn assert_on_sale(id: JobId, gpu_time: GpuTime) {
	let limit = gpu_time * PRICE * 97 / 100;
	let (order, entry) = Orders::get().into_iter().next().expect("an order");
	assert_eq!(
		entry,
		BookEntry {
			class: CLASS,
			side: Side::Sell,
			gpu_time,
			limit,
			payer: CLIENT,
			recipient: CLIENT,
			purpose: Purpose::Trade,
			expires_at: System::block_number(),
			pace: None,
		}
	);
	assert_eq!(Orders::get().len(), 1);
	assert_eq!(
		take_events().last(),
		Some(&Event::ReturnOffered {
			job: id,
			order,
			gpu_time,
			limit
		})
	);
}

/// The pool can pay for what is sold to it.
fn fund_the_pool() {
	use polkadot_sdk::frame_support::traits::{fungible::Mutate, tokens::Preservation};
	Balances::transfer(&STRANGER, &POOL, MAX_COST, Preservation::Preserve).expect("it has them");
}

#[test]
fn a_job_called_off_sells_what_its_bid_had_bought() {
	ExtBuilder::default().with_depth(10_000).build_and_execute(|| {
		fund_the_pool();
		let id = selling().place();
		run_to(3);
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_eq!(job(id).claims_returned, 20_000);
		assert_on_sale(id, 20_000);
		assert_eq!(claims(CLIENT), 0);
		let before = tokens(CLIENT);
		next_block();
		assert_eq!((tokens(CLIENT), claims(CLIENT)), (before + 20_000_000, 0));
	});
}

#[test]
fn a_bid_incomplete_at_its_deadline_sells_in_the_block_that_closed_it() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		fund_the_pool();
		let id = selling().place();
		take_events();
		run_to(11);
		System::set_block_number(12);
		// While the market clears it must not be called, and nothing has failed.
		MockMarket::clear(12);
		assert_eq!(
			state(id),
			JobState::Bidding {
				order: None,
				deadline: 11
			}
		);
		assert_eq!((job(id).bought, job(id).bid_returned), (11_000, 89_000_000));
		assert!(Orders::get().is_empty());
		assert!(!take_events()
			.iter()
			.any(|event| matches!(event, Event::JobDelayed { .. })));
		check_everything();
		JobEscrow::on_initialize(12);
		assert_eq!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				at: 12
			}
		);
		assert_eq!((fee_hold(CLIENT), base_hold(CLIENT)), (0, 0));
		assert_on_sale(id, 11_000);
	});
}

#[test]
fn a_closed_bid_that_waits_to_sell_can_be_called_off() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		let id = selling().place();
		run_to(12 - 1);
		MockMarket::close(order_of(id));
		assert!(matches!(state(id), JobState::Bidding { order: None, .. }));
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_on_sale(id, 10_000);
		run_to(14);
		assert!(matches!(state(id), JobState::Cancelled { at: 11 }));
		assert!(ClosedBids::<Test>::get().is_empty());
	});
}

#[test]
fn an_evicted_bid_sells_when_the_queue_gets_there() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		fund_the_pool();
		let id = selling().place();
		run_to(3);
		MockMarket::close(order_of(id));
		assert_eq!(
			state(id),
			JobState::Bidding {
				order: None,
				deadline: 11
			}
		);
		assert!(Orders::get().is_empty());
		check_everything();
		next_block();
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::BidIncomplete,
				at: 4
			}
		));
		assert_on_sale(id, 2_000);
	});
}

#[test]
fn a_bid_that_bought_nothing_is_refunded_in_the_block_that_evicted_it_if_there_is_room() {
	ExtBuilder::default().with_depth(0).build_and_execute(|| {
		let id = selling().place();
		MockMarket::close(order_of(id));
		JobEscrow::on_idle(1, Weight::MAX);
		assert!(matches!(state(id), JobState::Refunded { at: 1, .. }));
		assert_all_back(id, 0);
	});
}

#[test]
fn a_settled_job_sells_what_it_did_not_use() {
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(14);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 50_000));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_on_sale(id, 10_000);
		next_block();
		assert_eq!(tokens(CLIENT), RICH - 60_000_000 - 3_000_000 + 10_000_000);
		assert_eq!(claims(CLIENT), 0);
	});
}

#[test]
fn a_job_used_up_sells_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(14);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 60_000));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert!(Orders::get().is_empty());
		assert!(matches!(take_events().last(), Some(Event::JobSettled { .. })));
	});
}

#[test]
fn a_faulted_job_sells_all_of_it() {
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(25);
		assert!(matches!(state(id), JobState::Faulted { .. }));
		assert_on_sale(id, 60_000);
	});
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		run_to(14);
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 50_000));
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		assert_on_sale(id, 60_000);
	});
}

#[test]
fn a_job_without_provider_sells_all_of_it_with_what_was_supplied() {
	ExtBuilder::default()
		.with_providers(1)
		.with_allocation(0)
		.build_and_execute(|| {
			MockCapacity::owe(11, CLIENT, 60_000, 0);
			let id = Ask {
				terms: JobTerms {
					claims: 60_000,
					on_return: OnReturn::Sell,
					..Default::default()
				},
				..Default::default()
			}
			.place();
			while !state(id).is_finished() {
				next_block();
			}
			assert!(matches!(
				state(id),
				JobState::Refunded {
					reason: RefundReason::NoProvider,
					..
				}
			));
			assert_on_sale(id, 60_000);
			// The pool has no tokens for it: after its one batch the client has the claims.
			next_block();
			next_block();
			assert_eq!((claims(CLIENT), Orders::get().len()), (60_000, 0));
		});
}

#[test]
fn a_sale_that_the_market_refuses_leaves_the_claims_and_stops_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(2);
		SalesPaused::set(&true);
		take_events();
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_eq!(
			take_events(),
			[
				Event::JobCancelled { job: id },
				Event::ReturnNotOffered {
					job: id,
					gpu_time: 60_000,
					error: DispatchError::Exhausted
				}
			]
		);
		assert_eq!((claims(CLIENT), claims(MARKET)), (60_000, 0));
		assert_all_back(id, 0);
	});
	// A class whose pool is gone has no floor.
	ExtBuilder::default().build_and_execute(|| {
		let id = selling().place();
		run_to(2);
		PoolExists::set(&false);
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_eq!(claims(CLIENT), 60_000);
		assert!(matches!(
			take_events().last(),
			Some(Event::ReturnNotOffered { error, .. }) if *error == E::NoPool.into()
		));
		PoolExists::set(&true);
	});
}

#[test]
fn a_sale_may_evict_another_jobs_bid() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		let (seller, other) = (
			selling().place(),
			Ask {
				client: SECOND_CLIENT,
				..selling()
			}
			.place(),
		);
		run_to(3);
		Evicts::set(&Some(order_of(other)));
		assert_ok!(JobEscrow::cancel(by(CLIENT), seller));
		// Bids share a thousand a block: the first job had all of it.
		assert_on_sale(seller, 2_000);
		assert!(matches!(state(seller), JobState::Cancelled { .. }));
		next_block();
		assert!(matches!(state(other), JobState::Refunded { .. }));
		assert_eq!(tokens(SECOND_CLIENT), RICH);
	});
}

#[test]
fn without_the_choice_claims_stay_claims() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(JobTerms::default().on_return, OnReturn::Claims);
		let id = Ask::default().place();
		run_to(2);
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_eq!(claims(CLIENT), 60_000);
		assert!(Orders::get().is_empty());
	});
}
