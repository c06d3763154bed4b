use super::*;
use crate::{Offers, Providers};
use polkadot_sdk::{frame_support::traits::fungible::Mutate, frame_system, sp_runtime::traits::Dispatchable};
use quern_primitives::{units::QRN, Purpose, Side};

fn serving() -> ExtBuilder {
	ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 2)
}

#[test]
fn issues_claims_into_the_next_batch_alone() {
	serving().build_and_execute(|| {
		assert_ok!(ProviderRegistry::offer_capacity(
			signed(&ALICE),
			CPU,
			10 * MINUTE,
			5 * QRN
		));
		let account = ProviderRegistry::account_id();
		assert_eq!(
			MarketOrders::get(),
			vec![MockOrder {
				id: 0,
				class: CPU,
				side: Side::Sell,
				gpu_time: 10 * MINUTE,
				limit: 5 * QRN,
				payer: account.clone(),
				recipient: account.clone(),
				purpose: Purpose::Offer(0),
				expires_at: System::block_number() as u32,
			}]
		);
		assert_eq!(
			(issued(CPU), claims(CPU, &MARKET), claims(CPU, &account)),
			(10 * MINUTE, 10 * MINUTE, 0)
		);
		let expected = Book {
			gpus: 2,
			active_gpus: 2,
			attested_gpus: 2,
			attested_nodes: 1,
			absence: book(&ALICE, CPU).absence,
			allowance: 20 * MINUTE,
			obligations: 10 * MINUTE,
			offered: 10 * MINUTE,
			backing: FLAT_BOND,
			..Default::default()
		};
		assert_eq!(book(&ALICE, CPU), expected);
		let gpu_time = 10 * MINUTE;
		assert!(told(Event::CapacityOffered {
			offer: 0,
			order: 0,
			provider: ALICE,
			class: CPU,
			gpu_time
		}));
	});
}

#[test]
fn a_sale_s_proceeds_are_held_in_the_provider_s_account() {
	serving().build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, 5 * QRN);
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH, 5 * QRN));
		assert_eq!(free(&ProviderRegistry::account_id()), ED);
		assert_eq!((free(&CLIENT), claims(CPU, &CLIENT)), (WEALTH - 5 * QRN, 10 * MINUTE));
		let sold = book(&ALICE, CPU);
		assert_eq!(
			(sold.obligations, sold.offered, sold.proceeds),
			(10 * MINUTE, 0, 5 * QRN)
		);
		assert_eq!(sold.allowance, 20 * MINUTE);
		let gpu_time = 10 * MINUTE;
		let event = Event::CapacitySold {
			offer: 0,
			provider: ALICE,
			class: CPU,
			gpu_time,
			proceeds: 5 * QRN,
		};
		assert!(told(event));
		assert!(told(Event::OfferClosed { offer: 0, unsold: 0 }));
		assert!(!Offers::<Test>::contains_key(0));
	});
}

#[test]
fn what_is_not_sold_is_cancelled_and_is_allowance_again() {
	serving().build_and_execute(|| {
		assert_ok!(ProviderRegistry::offer_capacity(
			signed(&ALICE),
			CPU,
			10 * MINUTE,
			5 * QRN
		));
		MockMarket::fill(0, 4 * MINUTE, 2 * QRN);
		assert_eq!(
			(book(&ALICE, CPU).offered, book(&ALICE, CPU).owed()),
			(6 * MINUTE, 4 * MINUTE)
		);
		MockMarket::close(0);
		let after = book(&ALICE, CPU);
		assert_eq!(
			(after.obligations, after.offered, after.allowance),
			(4 * MINUTE, 0, 26 * MINUTE)
		);
		assert_eq!((issued(CPU), held(&ALICE)), (4 * MINUTE, 2 * QRN));
		assert!(told(Event::OfferClosed {
			offer: 0,
			unsold: 6 * MINUTE
		}));
	});
}

#[test]
fn returned_allowance_is_capped() {
	serving().build_and_execute(|| {
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 10 * MINUTE, 0));
		serve(0, 16..=17);
		assert_eq!(book(&ALICE, CPU).allowance, 24 * MINUTE);
		MockMarket::close(0);
		assert_eq!(book(&ALICE, CPU).allowance, 30 * MINUTE);
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 10 * MINUTE, 0));
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		MockMarket::close(1);
		assert_eq!(book(&ALICE, CPU).allowance, 0);
		assert_eq!(issued(CPU), 0);
	});
}

#[test]
fn refuses_more_than_the_allowance() {
	serving().build_and_execute(|| {
		let offer = |gpu_time| ProviderRegistry::offer_capacity(signed(&ALICE), CPU, gpu_time, 0);
		assert_noop!(offer(30 * MINUTE + 1), Error::<Test>::AllowanceExceeded);
		assert_noop!(offer(0), Error::<Test>::ZeroAmount);
		assert_ok!(offer(30 * MINUTE));
		assert_noop!(offer(1), Error::<Test>::AllowanceExceeded);
	});
}

#[test]
fn refuses_when_the_nodes_grew_stale() {
	serving().build_and_execute(|| {
		let offer = || ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0);
		to_period(19);
		assert_noop!(offer(), Error::<Test>::AllowanceExceeded);
		to_period(18);
		assert_ok!(offer());
	});
}

#[test]
fn the_allowance_used_is_that_of_the_attested_accelerators() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 2)
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			// Node 0 stops; what it had earned is not to be sold.
			serve(1, 16..=19);
			assert_eq!(book(&ALICE, CPU).allowance, burst(3));
			let offer = |gpu_time| ProviderRegistry::offer_capacity(signed(&ALICE), CPU, gpu_time, 0);
			assert_noop!(offer(burst(1) + 1), Error::<Test>::AllowanceExceeded);
			assert_ok!(offer(burst(1)));
			assert_eq!(book(&ALICE, CPU).allowance, 0);
		});
}

#[test]
fn refuses_to_owe_more_than_a_day_for_each_accelerator() {
	serving().build_and_execute(|| {
		for round in 0..96 {
			sell(&ALICE, 30 * MINUTE, QRN);
			serve(0, 16 + 15 * round..31 + 15 * round);
		}
		assert_eq!(book(&ALICE, CPU).obligations, 2 * 24 * 60 * MINUTE);
		let offer = || ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 1, 0);
		assert_noop!(offer(), Error::<Test>::TooManyObligations);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1));
		assert_ok!(offer());
	});
}

#[test]
fn refuses_those_who_may_not() {
	serving().build_and_execute(|| {
		let offer = |who, class| ProviderRegistry::offer_capacity(signed(&who), class, 1, 0);
		assert_noop!(offer(BOB, CPU), Error::<Test>::ProviderNotFound);
		assert_noop!(offer(ALICE, 9), Error::<Test>::ClassNotFound);
		assert_noop!(offer(ALICE, H100), Error::<Test>::BookNotFound);
		MockBonds::leave(&ALICE);
		assert_noop!(offer(ALICE, CPU), Error::<Test>::NotOperator);
	});
}

#[test]
fn nothing_is_issued_when_the_market_refuses() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		let call = RuntimeCall::ProviderRegistry(crate::Call::offer_capacity {
			class: CPU,
			gpu_time: MINUTE,
			min_proceeds: 0,
		});
		assert!(call.dispatch(signed(&ALICE)).is_err());
		assert_eq!((issued(CPU), book(&ALICE, CPU).allowance), (0, burst(1)));
		assert_eq!(Offers::<Test>::iter().count(), 0);
	});
}

#[test]
fn orders_of_others_are_ignored() {
	serving().build_and_execute(|| {
		use quern_primitives::{ports::OnOrder, OrderRef};
		let before = book(&ALICE, CPU);
		for purpose in [Purpose::Trade, Purpose::Job(0), Purpose::Offer(7)] {
			let order = OrderRef {
				id: 0,
				class: CPU,
				side: Side::Sell,
				purpose,
			};
			ProviderRegistry::filled(&order, 1, 1);
			ProviderRegistry::closed(&order, 1, 1);
		}
		assert_eq!(book(&ALICE, CPU), before);
	});
}

/// Lets Alice's account die, as if the reference that keeps it alive were not there.
fn kill_alice() {
	frame_system::Pallet::<Test>::dec_consumers(&ALICE);
	assert_ok!(<Balances as Mutate<_>>::transfer(
		&ALICE,
		&BOB,
		WEALTH,
		polkadot_sdk::frame_support::traits::tokens::Preservation::Expendable
	));
	assert!(!frame_system::Account::<Test>::contains_key(&ALICE));
}

#[test]
fn proceeds_that_cannot_be_credited_wait_and_follow() {
	serving().build_and_execute(|| {
		let account = ProviderRegistry::account_id();
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 10 * MINUTE, 0));
		kill_alice();
		MockMarket::fill(0, 6 * MINUTE, 3 * QRN);
		MockMarket::close(0);
		let waiting = book(&ALICE, CPU);
		assert_eq!(
			(waiting.proceeds, waiting.unpaid, held(&ALICE), free(&account)),
			(3 * QRN, 3 * QRN, 0, 3 * QRN + ED)
		);
		assert!(told(Event::ProceedsUnpaid {
			provider: ALICE,
			class: CPU,
			unpaid: 3 * QRN
		}));
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));

		// Delivery goes on; nothing can be released yet, and nothing is lost.
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 2 * MINUTE), Ok(0));
		assert_eq!((book(&ALICE, CPU).proceeds, free(&account)), (3 * QRN, 3 * QRN + ED));
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));

		// Once the account is back, the next delivery brings all of it and releases its share.
		assert_ok!(<Balances as Mutate<_>>::transfer(
			&BOB,
			&ALICE,
			QRN,
			polkadot_sdk::frame_support::traits::tokens::Preservation::Preserve
		));
		assert_ok!(frame_system::Pallet::<Test>::inc_consumers(&ALICE));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(3 * QRN / 4));
		assert_eq!(
			(free(&ALICE), held(&ALICE), free(&account)),
			(7 * QRN / 4, 9 * QRN / 4, ED)
		);
		assert_eq!(book(&ALICE, CPU).unpaid, 0);
		assert!(Providers::<Test>::contains_key(&ALICE));
	});
}

#[test]
fn proceeds_that_wait_for_nothing_owed_go_out_with_the_last_node() {
	serving().build_and_execute(|| {
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
		kill_alice();
		MockMarket::fill(0, MINUTE, QRN);
		MockMarket::close(0);
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(0));
		assert_eq!((book(&ALICE, CPU).unpaid, book(&ALICE, CPU).obligations), (QRN, 0));
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 0),
			Error::<Test>::ProceedsRemain
		);

		assert_ok!(<Balances as Mutate<_>>::mint_into(&ALICE, QRN));
		assert_ok!(frame_system::Pallet::<Test>::inc_consumers(&ALICE));
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(
			(free(&ALICE), held(&ALICE), free(&ProviderRegistry::account_id())),
			(2 * QRN, 0, ED)
		);
	});
}
