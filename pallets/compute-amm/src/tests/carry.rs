//! Fees that wait, the split of the fee, and what an LP earns.

use super::*;
use compute_amm_math::batch;
use polkadot_sdk::frame_support::traits::fungibles::Inspect as _;
use proptest::prelude::*;

/// A batch that trades `times` the pool's claims between CHARLIE and DAVE, with an order of BOB's beside.
fn large_batch(times: u128, side: Side, size: GpuTime) {
	place(CHARLIE, Side::Buy, times * CLAIMS, 4 * times * CLAIMS * SPOT);
	place(DAVE, Side::Sell, times * CLAIMS, 0);
	let limit = match side {
		Side::Buy => 4 * size * SPOT,
		Side::Sell => 0,
	};
	place(BOB, side, size, limit);
	next_block();
}

/// What BOB has in tokens, once it holds as many claims as at first; `None` if they did not all fill.
fn closed(side: Side, size: GpuTime) -> Option<Balance> {
	let (back, limit) = match side {
		Side::Buy => (Side::Sell, 0),
		Side::Sell => (Side::Buy, 10 * size * SPOT),
	};
	place(BOB, back, size, limit);
	next_block();
	(claims(&BOB) == TIME).then(|| tokens(&BOB))
}

#[test]
fn fees_of_a_large_batch_wait() {
	ExtBuilder::default().build_and_execute(|| {
		large_batch(5, Side::Buy, CLAIMS / 100);
		let after = pool();
		assert!(after.carried > 0);
		assert_eq!(ComputeAmm::pools()[0].carried, after.carried);
		assert_eq!(tokens(&ComputeAmm::pool_account(CPU)), ED + after.tokens());
		// Spot is no further above the batch's price than the fees of a round trip.
		let (spot, price) = (after.spot().into_inner(), after.last_price.into_inner());
		assert!(spot <= price / 997 * 1_003 + 1_003 && spot > price / 1_000 * 1_005);
		// The next batch prices it.
		place(DAVE, Side::Sell, 10_000, 0);
		next_block();
		assert!(pool().carried < after.carried);
		assert!(pool().tokens() > after.tokens() - 10_000 * 2 * SPOT);
	});
}

#[test]
fn a_sleeping_class_does_not_hold_fees_back() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(ALICE, Side::Buy, 10_000, 6_500 * SPOT, 300);
		large_batch(5, Side::Buy, CLAIMS / 100);
		assert!(pool().carried > 0);
		skip_blocks(20);
		assert_eq!(pool().carried, 0);
		assert!(Active::<Test>::get()[0].wakes_at > 300);
	});
}

/// The same position closed against all the tokens at once would have earned.
#[test]
fn without_waiting_the_position_would_earn() {
	ExtBuilder::default().build_and_execute(|| {
		// Small, or its own impact costs more.
		let size = CLAIMS / 1_000;
		large_batch(5, Side::Buy, size);
		let sell = batch::Order {
			side: compute_amm_math::Side::Sell,
			gpu_time: size,
			limit: 0,
			at_most: size,
		};
		let at_once = batch::clear(pool().tokens(), pool().reserve_claims, &[sell]).expect("clears");
		assert!(tokens(&BOB) + at_once.got > WEALTH);
		assert!(closed(Side::Buy, size).expect("fills") <= WEALTH);
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	#[test]
	fn a_position_closed_alone_in_the_next_batch_earns_nothing(
		times in 1u128..=5, buys: bool, size in 1_000u128..CLAIMS / 4, short: bool,
	) {
		ExtBuilder::default().build_and_execute(|| {
			Short::set(short);
			let side = if buys { Side::Buy } else { Side::Sell };
			large_batch(times, side, size);
			if claims(&BOB).abs_diff(TIME) == size {
				if let Some(tokens) = closed(side, size) {
					assert!(tokens <= WEALTH, "{} earned", tokens - WEALTH);
				}
			}
		});
	}

	/// Who joins while fees wait pays for its part of them, and takes no more back.
	#[test]
	fn joining_and_leaving_while_fees_wait_takes_nothing(part in 1u128..200, times in 3u128..=5) {
		ExtBuilder::default().build_and_execute(|| {
			large_batch(times, Side::Buy, CLAIMS / 100);
			assert!(pool().carried > 0);
			let (tokens_before, claims_before) = (tokens(&DAVE), claims(&DAVE));
			let worth = |supply: u128| {
				let pool = pool();
				(pool.tokens() * 1_000_000_000 / supply, pool.carried * 1_000_000_000 / supply)
			};
			let before = worth(PoolShares::total_issuance(CPU));
			assert_ok!(ComputeAmm::add_liquidity(
				signed(DAVE), CPU, TOKENS * part / 100, CLAIMS * part / 100, 0, 1_000
			));
			next_block();
			let joined = worth(PoolShares::total_issuance(CPU));
			// Per share, nobody lost: all of it, and what waits but for a planck in all.
			assert!(joined.0 >= before.0);
			assert!(joined.1 + 1 >= before.1);
			System::set_block_number(System::block_number() + 100);
			assert_ok!(ComputeAmm::unlock_shares(signed(DAVE), CPU));
			let shares = PoolShares::balance(CPU, &DAVE);
			assert_ok!(ComputeAmm::remove_liquidity(signed(DAVE), CPU, shares, 0, 0, 1_000));
			next_block();
			assert!(tokens(&DAVE) <= tokens_before && tokens(&DAVE) + 2 >= tokens_before);
			assert!(claims(&DAVE) <= claims_before && claims(&DAVE) + 2 >= claims_before);
		});
	}
}

#[test]
fn an_lp_earns_what_its_shares_fees_say() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::add_liquidity(
			signed(BOB),
			CPU,
			TOKENS / 3,
			CLAIMS / 3,
			0,
			1_000
		));
		next_block();
		let given = WEALTH - tokens(&BOB);
		let shares = Locks::<Test>::get(CPU, BOB).expect("locked").shares;
		let before = pool().fees_per_share.into_inner();
		// Orders that match one another leave nothing but fees.
		let told = LpFees::get();
		for times in 1..=4u128 {
			place(CHARLIE, Side::Buy, times * CLAIMS / 7, 2 * times * CLAIMS * SPOT);
			place(DAVE, Side::Sell, times * CLAIMS / 7, 0);
			next_block();
		}
		let earned = pool().fees_per_share.into_inner() - before;
		let income = compute_amm_math::liquidity::pro_rata(shares, earned, compute_amm_math::PRICE_ONE).expect("fits");
		assert!(income > QRN / 10);
		// The same sum over all shares is what the ledger was told.
		let all =
			compute_amm_math::liquidity::pro_rata(PoolShares::total_issuance(CPU), earned, compute_amm_math::PRICE_ONE);
		assert!((LpFees::get() - told).abs_diff(all.expect("fits")) <= 4);

		System::set_block_number(System::block_number() + 100);
		assert_ok!(ComputeAmm::unlock_shares(signed(BOB), CPU));
		assert_ok!(ComputeAmm::remove_liquidity(signed(BOB), CPU, shares, 0, 0, 1_000));
		next_block();
		let got = tokens(&BOB) + given - WEALTH;
		// Two roundings of a payment a batch, a part of them the LP's, and one of each way.
		assert!((got - given).abs_diff(income) <= 10, "{} {income}", got - given);
		assert!(TIME - claims(&BOB) <= 1);
	});
}

#[test]
fn half_of_the_lps_fee_makes_good_a_shortfall() {
	ExtBuilder::default().build_and_execute(|| {
		Short::set(true);
		let trade = || {
			place(BOB, Side::Buy, 50_001, 60_000 * SPOT);
			place(CHARLIE, Side::Sell, 50_001, 40_000 * SPOT);
			events();
			next_block();
		};
		let (recovery, router) = (tokens(&RECOVERY), tokens(&ROUTER));
		trade();
		// 0.25 % of both sides at spot.
		let lp = 2 * 50_001 * SPOT / 10_000 * 25;
		assert_eq!(tokens(&RECOVERY), recovery + lp / 2);
		assert_eq!(tokens(&ROUTER), router + lp / 5);
		assert_eq!(LpFees::get(), lp - lp / 2);
		assert_eq!(pool().reserve_tokens, TOKENS + lp - lp / 2);
		let cleared = events().into_iter().find_map(|event| match event {
			Event::BatchCleared {
				lp_fee,
				router_fee,
				to_recovery,
				..
			} => Some((lp_fee, router_fee, to_recovery)),
			_ => None,
		});
		assert_eq!(cleared, Some((lp - lp / 2, lp / 5, lp / 2)));

		// Made good: the LPs have it all again.
		Short::set(false);
		let (before, told) = (pool().reserve_tokens, LpFees::get());
		trade();
		assert_eq!(tokens(&RECOVERY), recovery + lp / 2);
		assert!(pool().reserve_tokens >= before + lp && LpFees::get() >= told + lp);
	});
}

#[test]
fn a_batch_without_trade_pays_no_fee() {
	ExtBuilder::default().build_and_execute(|| {
		Short::set(true);
		place(BOB, Side::Buy, 10_000, 9_000 * SPOT);
		next_block();
		assert_eq!((LpFees::get(), tokens(&RECOVERY)), (0, WEALTH));
		assert_eq!(pool().fees_per_share, Price::from_inner(0));
	});
}
