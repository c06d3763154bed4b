use super::*;
use polkadot_sdk::frame_support::traits::fungibles::Inspect as _;

const SHARES: Balance = 1_000_000_000_000;

fn add(who: AccountId, tokens: Balance, gpu_time: GpuTime, min_shares: Balance) {
	assert_ok!(ComputeAmm::add_liquidity(
		signed(who),
		CPU,
		tokens,
		gpu_time,
		min_shares,
		100
	));
}

fn remove(who: AccountId, shares: Balance, min_tokens: Balance, min_gpu_time: GpuTime) {
	assert_ok!(ComputeAmm::remove_liquidity(
		signed(who),
		CPU,
		shares,
		min_tokens,
		min_gpu_time,
		100
	));
}

#[test]
fn adding_waits_for_the_next_block_and_returns_the_excess() {
	ExtBuilder::default().build_and_execute(|| {
		add(BOB, TOKENS, CLAIMS / 10, SHARES / 10);
		assert_eq!(tokens(&BOB), WEALTH - TOKENS);
		assert_eq!(claims(&BOB), TIME - CLAIMS / 10);
		assert_eq!(pool().reserve_tokens, TOKENS);
		events();

		next_block();
		assert_eq!(tokens(&BOB), WEALTH - TOKENS / 10);
		assert_eq!(
			(pool().reserve_tokens, pool().reserve_claims),
			(TOKENS / 10 * 11, CLAIMS / 10 * 11)
		);
		assert_eq!(PoolShares::total_issuance(CPU), SHARES / 10 * 11);
		assert_eq!(
			Locks::<Test>::get(CPU, BOB),
			Some(Lock {
				shares: SHARES / 10,
				until: 102
			})
		);
		assert_eq!(PoolShares::balance(CPU, &BOB), 0);
		assert_eq!(
			events(),
			vec![Event::LiquidityAdded {
				class: CPU,
				who: BOB,
				tokens: TOKENS / 10,
				gpu_time: CLAIMS / 10,
				shares: SHARES / 10,
				locked_until: 102
			}]
		);
		// The average is a price of batches: there was none.
		assert_eq!(pool().cleared_at, 1);
	});
}

#[test]
fn liquidity_changes_after_the_batch() {
	ExtBuilder::default().build_and_execute(|| {
		let quote = ComputeAmm::quote_buy(CPU, CLAIMS / 10).expect("a quote");
		place(CHARLIE, Side::Buy, CLAIMS / 10, 2 * CLAIMS / 10 * SPOT);
		add(BOB, TOKENS, CLAIMS, 0);
		remove(ALICE, SHARES / 2, 0, 0);
		next_block();
		// The order met the pool as it was, the LPs the pool as the order left it: dearer by 1.25.
		assert_eq!(tokens(&CHARLIE), WEALTH - quote.total);
		let (given_tokens, given_claims) = (WEALTH - tokens(&BOB), TIME - claims(&BOB));
		assert!(given_tokens <= TOKENS && given_tokens > TOKENS - 1_000_000);
		let price = given_tokens / given_claims;
		assert!(price > 1_250_000 && price < 1_254_000, "{price}");
		// Half of 0.9 G; what BOB gave was rounded up.
		assert_eq!(claims(&ALICE), TIME - CLAIMS + CLAIMS / 20 * 9);
	});
}

#[test]
fn added_shares_unlock_after_a_hundred_blocks() {
	ExtBuilder::default().build_and_execute(|| {
		add(BOB, TOKENS / 10, CLAIMS / 10, 0);
		next_block();
		assert_noop!(ComputeAmm::unlock_shares(signed(BOB), CPU), Error::<Test>::TooEarly);
		assert_noop!(ComputeAmm::unlock_shares(signed(CHARLIE), CPU), Error::<Test>::NotFound);
		skip_blocks(99);
		assert_noop!(ComputeAmm::unlock_shares(signed(BOB), CPU), Error::<Test>::TooEarly);
		next_block();
		assert_ok!(ComputeAmm::unlock_shares(signed(BOB), CPU));
		assert_eq!(PoolShares::balance(CPU, &BOB), SHARES / 10);
		assert_eq!(Locks::<Test>::get(CPU, BOB), None);

		assert_ok!(ComputeAmm::remove_liquidity(signed(BOB), CPU, SHARES / 10, 0, 0, 200));
		next_block();
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
	});
}

#[test]
fn adding_again_locks_again() {
	ExtBuilder::default().build_and_execute(|| {
		add(BOB, TOKENS / 10, CLAIMS / 10, 0);
		skip_blocks(50);
		add(BOB, TOKENS / 10, CLAIMS / 10, 0);
		next_block();
		assert_eq!(
			Locks::<Test>::get(CPU, BOB),
			Some(Lock {
				shares: SHARES / 5,
				until: 152
			})
		);
	});
}

#[test]
fn removing_gives_a_share_of_both_reserves() {
	ExtBuilder::default().build_and_execute(|| {
		let (tokens_before, claims_before) = (tokens(&ALICE), claims(&ALICE));
		remove(ALICE, SHARES / 4, TOKENS / 4, CLAIMS / 4);
		assert_eq!(PoolShares::balance(CPU, &ALICE), SHARES - 1_000 - SHARES / 4);
		assert_eq!(tokens(&ALICE), tokens_before);
		next_block();
		assert_eq!(tokens(&ALICE), tokens_before + TOKENS / 4);
		assert_eq!(claims(&ALICE), claims_before + CLAIMS / 4);
		assert_eq!(
			(pool().reserve_tokens, pool().reserve_claims),
			(TOKENS / 4 * 3, CLAIMS / 4 * 3)
		);
		assert_eq!(PoolShares::total_issuance(CPU), SHARES / 4 * 3);
	});
}

#[test]
fn the_first_thousand_shares_stay() {
	ExtBuilder::default().build_and_execute(|| {
		remove(ALICE, SHARES - 1_000, 0, 0);
		next_block();
		assert_eq!(PoolShares::total_issuance(CPU), 1_000);
		assert!(pool().reserve_tokens > 0 && pool().reserve_claims > 0);
		// And the pool still trades.
		assert!(ComputeAmm::spot_price(CPU).is_some());
	});
}

#[test]
fn a_request_that_cannot_be_met_comes_back_whole() {
	ExtBuilder::default().build_and_execute(|| {
		add(BOB, TOKENS / 10, CLAIMS / 10, SHARES / 10 + 1);
		remove(ALICE, SHARES / 10, TOKENS / 10 + 1, 0);
		remove(ALICE, SHARES / 10, 0, CLAIMS / 10 + 1);
		let before = (tokens(&ALICE), PoolShares::balance(CPU, &ALICE));
		events();
		next_block();
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert_eq!(tokens(&ALICE), before.0);
		assert_eq!(PoolShares::balance(CPU, &ALICE), before.1 + SHARES / 5);
		let refused = |who| Event::LiquidityRefused {
			class: CPU,
			who,
			error: Error::<Test>::SlippageExceeded.into(),
		};
		assert_eq!(events(), vec![refused(BOB), refused(ALICE), refused(ALICE)]);
		assert!(listed().is_empty());
	});
}

#[test]
fn refuses_what_cannot_be_queued() {
	ExtBuilder::default().build_and_execute(|| {
		let add = |class, tokens, gpu_time, deadline| {
			ComputeAmm::add_liquidity(signed(BOB), class, tokens, gpu_time, 0, deadline)
		};
		assert_noop!(add(H100, QRN, QRN, 10), Error::<Test>::NoPool);
		assert_noop!(add(CPU, 0, 1, 10), Error::<Test>::TooSmall);
		assert_noop!(add(CPU, 1, 0, 10), Error::<Test>::TooSmall);
		assert_noop!(add(CPU, u128::MAX, 1, 10), Error::<Test>::TooLarge);
		assert_noop!(add(CPU, QRN, 1_000_000, 1), Error::<Test>::TooLate);
		let remove = |class, shares, deadline| ComputeAmm::remove_liquidity(signed(BOB), class, shares, 0, 0, deadline);
		assert_noop!(remove(H100, 1, 10), Error::<Test>::NoPool);
		assert_noop!(remove(CPU, 0, 10), Error::<Test>::TooSmall);
		assert_noop!(remove(CPU, 1, 1), Error::<Test>::TooLate);
	});
}

#[test]
fn refuses_more_than_the_caller_has() {
	ExtBuilder::default().build_and_execute(|| {
		let call = || ComputeAmm::add_liquidity(signed(BOB), CPU, 2 * WEALTH, 1, 0, 10);
		let refused = polkadot_sdk::frame_support::storage::with_storage_layer(call);
		assert!(refused.is_err());
		let call = || ComputeAmm::remove_liquidity(signed(BOB), CPU, 1, 0, 0, 10);
		let refused = polkadot_sdk::frame_support::storage::with_storage_layer(call);
		assert!(refused.is_err());
		assert!(listed().is_empty());
	});
}

#[test]
fn refuses_more_requests_than_a_clearing_takes() {
	ExtBuilder::default().build_and_execute(|| {
		let places = policy::MAX_ADDITIONS;
		for _ in 0..places {
			add(BOB, QRN, 1_000_000, 0);
		}
		let call = || ComputeAmm::add_liquidity(signed(BOB), CPU, QRN, 1_000_000, 0, 10);
		let refused = || polkadot_sdk::frame_support::storage::with_storage_layer(call);
		assert_eq!(refused(), Err(Error::<Test>::TooManyRequests.into()));
		// Whoever leaves still finds a place.
		assert_ok!(ComputeAmm::remove_liquidity(signed(ALICE), CPU, 1_000, 0, 0, 10));
		next_block();
		assert_eq!(
			Locks::<Test>::get(CPU, BOB).map(|lock| lock.shares),
			Some(u128::from(places) * SHARES / 1_000)
		);
		assert_ok!(call());
	});
}
