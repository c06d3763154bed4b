use super::*;
use polkadot_sdk::frame_support::storage::with_storage_layer;

const SHARES: Balance = 1_000_000_000_000;

/// A buy of a third of the pool's claims: what one batch moves at most.
fn a_third() {
	let size = pool().reserve_claims / 3;
	place(BOB, Side::Buy, size, 4 * size * SPOT * 10);
	next_block();
}

fn tripped() -> Vec<(Breaker, BlockNumber)> {
	events()
		.into_iter()
		.filter_map(|event| match event {
			Event::BreakerTripped {
				class: CPU,
				breaker,
				until,
			} => Some((breaker, until)),
			_ => None,
		})
		.collect()
}

fn attest(gpus: u32) {
	<ComputeAmm as AttestedFlow>::attested(CPU, gpus);
}

fn try_to_place() -> Result<(), polkadot_sdk::sp_runtime::DispatchError> {
	let call = || ComputeAmm::place_order(signed(DAVE), CPU, Side::Sell, 10_000, 0, None, None);
	call().map(|_| ()).map_err(|failed| failed.error)
}

#[test]
fn half_of_a_pool_net_in_ten_minutes_pauses_its_orders() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		a_third();
		assert_eq!(tripped(), vec![]);
		a_third();
		// Both batches cleared; what comes after waits.
		assert_eq!(tripped(), vec![(Breaker::Volume, 103)]);
		assert_eq!(ComputeAmm::pools()[0].paused_until, Some(103));
		assert!(claims(&BOB) > TIME + CLAIMS / 2);
		assert_eq!(try_to_place(), Err(Error::<Test>::Paused.into()));
		assert_noop!(
			<ComputeAmm as Market<_>>::place_order(bid(1, 10_000, 90_000 * SPOT)),
			Error::<Test>::Paused
		);
		skip_blocks(99);
		assert_eq!(try_to_place(), Err(Error::<Test>::Paused.into()));
		next_block();
		assert_eq!(System::block_number(), 103);
		assert_eq!(ComputeAmm::pools()[0].paused_until, None);
		assert_ok!(try_to_place());
		next_block();
		assert_eq!(claims(&DAVE), TIME - 10_000);
	});
}

#[test]
fn net_volume_drains_over_the_window_and_cancels_out() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		a_third();
		skip_blocks(100);
		a_third();
		let size = pool().reserve_claims / 4;
		place(DAVE, Side::Sell, size, 0);
		next_block();
		a_third();
		assert_eq!(tripped(), vec![]);
	});
}

#[test]
fn trades_that_match_one_another_trip_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		for _ in 0..5 {
			place(BOB, Side::Buy, CLAIMS, 2 * CLAIMS * SPOT);
			place(DAVE, Side::Sell, CLAIMS, 0);
			next_block();
		}
		assert_eq!(tripped(), vec![]);
	});
}

#[test]
fn selling_trips_as_buying_does() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		place(DAVE, Side::Sell, CLAIMS / 3, 0);
		next_block();
		place(DAVE, Side::Sell, CLAIMS / 3, 0);
		next_block();
		assert_eq!(tripped(), vec![(Breaker::Volume, 103)]);
	});
}

#[test]
fn a_third_of_the_shares_gone_pauses_its_orders_and_not_the_leaving() {
	ExtBuilder::default().build_and_execute(|| {
		let remove = |shares| {
			assert_ok!(ComputeAmm::remove_liquidity(signed(ALICE), CPU, shares, 0, 0, 1_000));
			next_block();
		};
		events();
		remove(SHARES / 4);
		assert_eq!(tripped(), vec![]);
		remove(SHARES / 10);
		assert_eq!(tripped(), vec![(Breaker::Liquidity, 103)]);
		assert_eq!(try_to_place(), Err(Error::<Test>::Paused.into()));
		// Those who leave meanwhile leave, and prolong nothing.
		let before = (tokens(&ALICE), claims(&ALICE));
		remove(SHARES / 2);
		assert!(tokens(&ALICE) > before.0 && claims(&ALICE) > before.1);
		assert_eq!(tripped(), vec![]);
		assert_ok!(ComputeAmm::add_liquidity(signed(BOB), CPU, TOKENS, CLAIMS, 0, 1_000));
		next_block();
		assert!(Locks::<Test>::get(CPU, BOB).is_some());
		assert_eq!(pool().paused_until, 103);
		skip_blocks(98);
		assert_ok!(try_to_place());
		assert_ok!(ComputeAmm::unlock_shares(signed(BOB), CPU).or_else(|_| {
			skip_blocks(2);
			ComputeAmm::unlock_shares(signed(BOB), CPU)
		}));
	});
}

#[test]
fn a_third_of_the_accelerators_gone_pauses_its_orders() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		attest(9);
		attest(6);
		assert_eq!(tripped(), vec![]);
		attest(5);
		assert_eq!(tripped(), vec![(Breaker::Capacity, 101)]);
		assert_eq!(Flows::<Test>::get(CPU).missing, 0);
		assert_eq!(ComputeAmm::pools()[0].attested_gpus, 5);
		assert_eq!(try_to_place(), Err(Error::<Test>::Paused.into()));
	});
}

#[test]
fn machines_that_come_back_or_go_slowly_or_are_few_pause_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		for _ in 0..10 {
			attest(9);
			attest(7);
		}
		System::set_block_number(101);
		attest(9);
		for gpus in (2..9).rev() {
			// One in nine within the window, and so on: never a third of what there was.
			System::set_block_number(System::block_number() + 100);
			attest(gpus);
		}
		// Two that were there with nothing missing are no class of three.
		System::set_block_number(System::block_number() + 100);
		for gpus in [0, 2, 1, 0] {
			attest(gpus);
		}
		assert_eq!(tripped(), vec![]);
	});
	ExtBuilder::default().build_and_execute(|| {
		events();
		attest(3);
		attest(1);
		assert_eq!(tripped().len(), 1);
		// A class without a pool has nothing to pause.
		<ComputeAmm as AttestedFlow>::attested(H100, 9);
		<ComputeAmm as AttestedFlow>::attested(H100, 1);
		assert_eq!(events(), vec![]);
	});
}

#[test]
fn orders_caught_by_a_pause_lose_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		attest(9);
		let one_batch = place(BOB, Side::Buy, 10_000, 20_000 * SPOT);
		let expires = place_for(CHARLIE, Side::Sell, 10_000, 0, 50);
		let outlives = place_for(DAVE, Side::Buy, 10_000, 20_000 * SPOT, 300);
		attest(1);
		heard();
		events();
		let (reserves, blocks) = ((pool().reserve_tokens, pool().reserve_claims), System::block_number());
		next_block();
		// The one for this block alone is back, whole, and says why.
		assert_eq!(tokens(&BOB), WEALTH);
		assert_eq!(
			events(),
			vec![Event::OrderClosed {
				order: one_batch,
				class: CPU,
				unfilled: 10_000,
				returned: 20_000 * SPOT,
				reason: CloseReason::Expired
			}]
		);
		// Nobody looks at the others until one expires.
		let none = <Test as Config>::WeightInfo::clear_none();
		for block in 3..52 {
			System::set_block_number(block);
			assert_eq!(ComputeAmm::on_initialize(block), none);
		}
		assert_eq!(claims(&CHARLIE), TIME - 10_000);
		next_block();
		assert_eq!(claims(&CHARLIE), TIME);
		assert!(waiting().iter().all(|order| order.id != expires));
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), reserves);
		assert_eq!(tokens(&DAVE), WEALTH - 20_000 * SPOT);
		System::set_block_number(blocks + 99);
		next_block();
		// As soon as the pause is over, what is left clears.
		assert_eq!(System::block_number(), 101);
		assert_eq!(claims(&DAVE), TIME + 10_000);
		assert!(waiting().iter().all(|order| order.id != outlives));
	});
}

#[test]
fn paused_orders_can_be_taken_back_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		attest(9);
		let id = place_for(BOB, Side::Buy, 10_000, 20_000 * SPOT, 5);
		assert_noop!(ComputeAmm::cancel_order(signed(BOB), CPU, id), Error::<Test>::TooEarly);
		attest(1);
		assert_ok!(ComputeAmm::cancel_order(signed(BOB), CPU, id));
		assert_eq!(tokens(&BOB), WEALTH);
		let rested = {
			System::set_block_number(101);
			let id = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 50);
			next_block();
			attest(9);
			attest(1);
			next_block();
			id
		};
		assert_ok!(ComputeAmm::cancel_order(signed(BOB), CPU, rested));
		assert_eq!(tokens(&BOB), WEALTH);
	});
}

#[test]
fn a_paused_class_leaves_the_others_alone() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), H100, TOKENS, CLAIMS));
		attest(9);
		attest(1);
		assert_ok!(ComputeAmm::place_order(
			signed(BOB),
			H100,
			Side::Sell,
			10_000,
			0,
			None,
			None
		));
		next_block();
		assert_eq!(
			Pools::<Test>::get(H100).expect("a pool").reserve_claims,
			CLAIMS + 10_000
		);
	});
}

#[test]
fn collecting_and_refunds_go_on() {
	ExtBuilder::default().build_and_execute(|| {
		place(POOR, Side::Sell, 1_000, 0);
		next_block();
		let owed = Owed::<Test>::get(POOR);
		assert!(owed > 0);
		attest(9);
		attest(1);
		assert_ok!(Balances::transfer(&BOB, &POOR, ED, Expendable));
		assert_ok!(ComputeAmm::collect(signed(BOB), POOR));
		assert_eq!(tokens(&POOR), ED + owed);
	});
}

/// An LP with a third of the shares trips for the price of being one for a hundred blocks; the trader's price is
/// in the arithmetic's `tests/costs.rs`.
#[test]
fn an_lp_that_comes_to_trip_locks_half_a_pool_and_loses_nothing_but_time() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::add_liquidity(
			signed(BOB),
			CPU,
			TOKENS * 51 / 100,
			CLAIMS * 51 / 100,
			0,
			100
		));
		next_block();
		// Not before its shares are unlocked.
		let unlock = || with_storage_layer(|| ComputeAmm::unlock_shares(signed(BOB), CPU));
		assert_noop!(unlock(), Error::<Test>::TooEarly);
		skip_blocks(100);
		assert_ok!(unlock());
		let shares = PoolShares::balance(CPU, &BOB);
		events();
		assert_ok!(ComputeAmm::remove_liquidity(signed(BOB), CPU, shares, 0, 0, 1_000));
		next_block();
		assert_eq!(tripped(), vec![(Breaker::Liquidity, 203)]);
		let (cost_tokens, cost_claims) = (WEALTH - tokens(&BOB), TIME - claims(&BOB));
		println!("tripping by withdrawal: 51 % of the pool for 100 blocks, {cost_tokens} planck, {cost_claims} claims");
		assert!(cost_tokens <= 1 && cost_claims <= 1);
	});
}
