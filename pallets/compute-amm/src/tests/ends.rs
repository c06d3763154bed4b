//! A class whose trading ends.

use super::*;
use polkadot_sdk::frame_support::traits::fungibles::Inspect as _;

const SHARES: Balance = 1_000_000_000_000;

fn end(at: BlockNumber) {
	<ComputeAmm as Liquidity<_>>::end(CPU, at);
}

fn remove(from: &AccountId, to: &AccountId, shares: Balance) -> polkadot_sdk::sp_runtime::DispatchResult {
	<ComputeAmm as Liquidity<_>>::remove(CPU, from, to, shares)
}

fn try_to_place() -> polkadot_sdk::sp_runtime::DispatchResult {
	let call = || ComputeAmm::place_order(signed(DAVE), CPU, Side::Sell, 10_000, 0, None, None);
	call().map(|_| ()).map_err(|failed| failed.error)
}

#[test]
fn trades_until_its_end_and_never_after() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		end(4);
		assert_eq!(events(), vec![Event::TradingEnds { class: CPU, at: 4 }]);
		assert_eq!(ComputeAmm::pools()[0].paused_until, None);
		assert_ok!(try_to_place());
		next_block();
		assert_eq!(claims(&DAVE), TIME - 10_000);
		next_block();
		// In the last block an order is taken still, and comes back: there is no batch for it.
		let before = pool();
		assert_ok!(try_to_place());
		next_block();
		assert_eq!(System::block_number(), 4);
		assert_eq!((claims(&DAVE), waiting().len()), (TIME - 10_000, 0));
		assert_eq!(pool(), before);
		assert_eq!(ComputeAmm::pools()[0].paused_until, Some(BlockNumber::MAX));
		assert_eq!(try_to_place(), Err(Error::<Test>::Ended.into()));
		assert_noop!(
			<ComputeAmm as Market<_>>::place_order(bid(1, 10_000, 90_000 * SPOT)),
			Error::<Test>::Ended
		);
		assert_noop!(
			ComputeAmm::add_liquidity(signed(BOB), CPU, TOKENS, CLAIMS, 0, 100),
			Error::<Test>::Ended
		);
		assert!(listed().is_empty());
	});
}

#[test]
fn what_rests_sleeps_to_its_expiry_and_can_be_taken_back() {
	ExtBuilder::default().build_and_execute(|| {
		let bought = place_for(BOB, Side::Buy, 10_000, 1, 500);
		let sold = place_for(CHARLIE, Side::Sell, 10_000, 10_000 * SPOT * 9, 500);
		end(10);
		skip_blocks(20);
		assert_ok!(ComputeAmm::cancel_order(signed(BOB), CPU, bought));
		assert_eq!(tokens(&BOB), WEALTH);
		// Nothing is looked at until then.
		let entry = Active::<Test>::get()[0];
		assert_eq!(entry.wakes_at, 502);
		System::set_block_number(500);
		next_block();
		assert_eq!(waiting().iter().map(|order| order.id).collect::<Vec<_>>(), vec![sold]);
		next_block();
		assert_eq!(claims(&CHARLIE), TIME);
		next_block();
		assert!(listed().is_empty());
	});
}

#[test]
fn a_pause_that_lasts_beyond_the_end_does_not_wake_it() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 10_000, 1, 500);
		next_block();
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").paused_until = 50);
		Active::<Test>::mutate(|listed| listed[0].wakes_at = 50);
		end(10);
		skip_blocks(60);
		assert_eq!(Active::<Test>::get()[0].wakes_at, 502);
		assert_eq!(ComputeAmm::pools()[0].paused_until, Some(BlockNumber::MAX));
	});
}

#[test]
fn liquidity_leaves_an_ended_class_for_ever_and_trips_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		end(2);
		skip_blocks(50);
		let all = PoolShares::balance(CPU, &ALICE);
		events();
		assert_ok!(ComputeAmm::remove_liquidity(signed(ALICE), CPU, all, 0, 0, 100));
		next_block();
		let back = (tokens(&ALICE), claims(&ALICE));
		// The thousand shares of nobody stay, and what they are worth; so do the accounts' deposits.
		let (kept_tokens, kept_claims) = (pool().reserve_tokens, pool().reserve_claims);
		assert_eq!((kept_tokens, kept_claims), (1_000_000, 1));
		assert_eq!(back, (WEALTH - 2 * ED - kept_tokens, TIME - kept_claims));
		assert!(!events()
			.iter()
			.any(|event| matches!(event, Event::BreakerTripped { .. })));
		assert!(listed().is_empty());
	});
}

#[test]
fn shares_that_a_pallet_withdraws_wait_for_the_clearing() {
	ExtBuilder::default().build_and_execute(|| {
		let half = SHARES / 2;
		place(CHARLIE, Side::Buy, CLAIMS / 10, 2 * CLAIMS / 10 * SPOT);
		let quote = ComputeAmm::quote_buy(CPU, CLAIMS / 10).expect("a quote");
		assert_ok!(remove(&ALICE, &RECOVERY, half));
		let shares = PoolShares::balance(CPU, &ALICE);
		assert_eq!(shares, half - 1_000);
		assert_eq!((tokens(&RECOVERY), claims(&RECOVERY)), (WEALTH, 0));
		let before = (tokens(&ALICE), claims(&ALICE));
		next_block();
		// The order met the whole pool, and what is left of it was shared.
		assert_eq!(tokens(&CHARLIE), WEALTH - quote.total);
		assert_eq!(claims(&RECOVERY), CLAIMS / 10 * 9 / 2);
		assert_eq!(tokens(&RECOVERY), WEALTH + pool().tokens());
		assert_eq!((tokens(&ALICE), claims(&ALICE)), before);
		assert_eq!(PoolShares::total_issuance(CPU), half);
		// A third of the shares at once is the breaker's, whoever withdraws them.
		assert!(pool().is_paused(2));
	});
}

#[test]
fn shares_that_cannot_be_taken_out_are_whose_they_would_have_been() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(remove(&ALICE, &BOB, 1_000_000));
		// As if the pool had been emptied meanwhile.
		let before = pool();
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").reserve_claims = 0);
		System::set_block_number(2);
		ComputeAmm::on_initialize(2);
		assert_eq!(PoolShares::balance(CPU, &BOB), 1_000_000);
		assert!(events()
			.iter()
			.any(|event| matches!(event, Event::LiquidityRefused { class: CPU, who, .. } if *who == BOB)));
		Pools::<Test>::insert(CPU, before);
	});
}

#[test]
fn of_an_ended_class_they_are_taken_out_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		end(2);
		assert_ok!(remove(&ALICE, &RECOVERY, SHARES / 4));
		assert_eq!(tokens(&RECOVERY), WEALTH);
		next_block();
		assert_eq!(tokens(&RECOVERY), WEALTH + TOKENS / 4);
		assert_ok!(remove(&ALICE, &RECOVERY, SHARES / 4));
		assert_eq!(
			(tokens(&RECOVERY), claims(&RECOVERY)),
			(WEALTH + TOKENS / 2, CLAIMS / 2)
		);
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), (TOKENS / 2, CLAIMS / 2));
		// A share of dust brings nothing and is gone all the same.
		assert_ok!(remove(&ALICE, &RECOVERY, 1));
		assert_eq!(PoolShares::total_issuance(CPU), SHARES / 2 - 1);
		assert_eq!(ComputeAmm::do_try_state(), Ok(()));
	});
}

#[test]
fn refuses_what_cannot_be_removed_and_leaves_no_trace() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(remove(&ALICE, &BOB, 0), Error::<Test>::TooSmall);
		assert_noop!(
			<ComputeAmm as Liquidity<_>>::remove(H100, &ALICE, &BOB, 1),
			Error::<Test>::NoPool
		);
		for at in [100, 0] {
			end(at);
			assert!(remove(&ALICE, &BOB, 2 * SHARES).is_err());
			assert!(listed().is_empty());
		}
		// A class with no pool has no trading to end.
		<ComputeAmm as Liquidity<_>>::end(H100, 1);
		assert_eq!(Pools::<Test>::get(H100), None);
	});
}
