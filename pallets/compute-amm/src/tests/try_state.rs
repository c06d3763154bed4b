//! Each invariant, broken on purpose.

use super::*;
use polkadot_sdk::frame_support::{
	traits::fungibles::Mutate as _,
	traits::tokens::{Fortitude::Force, Precision::Exact, Preservation::Expendable},
};

/// Runs `corrupt` on a state with two waiting orders; a line of what is broken must say `what`.
fn notices(what: &str, corrupt: impl FnOnce()) {
	ExtBuilder::default().build().execute_with(|| {
		place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		place_for(BOB, Side::Sell, 10_000, 12_000 * SPOT, 5);
		assert_eq!(ComputeAmm::do_try_state(), Ok(()));
		corrupt();
		let broken = ComputeAmm::do_try_state().expect_err("noticed");
		assert!(broken.iter().any(|line| line.contains(what)), "{broken:?}");
	});
}

fn change_order(index: usize, change: impl FnOnce(&mut Order<AccountId>)) {
	Incoming::<Test>::mutate(CPU, |book| change(&mut book[index]));
}

#[test]
fn notices_reserves_that_are_not_there() {
	notices("pool 0 holds 1000010000000000 planck", || {
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").reserve_tokens += 1);
	});
	notices("pool 0 holds 1000000000 claims", || {
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").reserve_claims += 1);
	});
}

#[test]
fn notices_that_shares_locked_for_ever_are_gone() {
	notices("locked for ever", || {
		assert_ok!(PoolShares::burn_from(
			CPU,
			&ComputeAmm::pool_account(CPU),
			1,
			Expendable,
			Exact,
			Force
		));
	});
}

#[test]
fn notices_shares_that_no_reserve_backs() {
	notices("whose product is", || {
		assert_ok!(PoolShares::mint_into(CPU, &BOB, 1));
	});
}

#[test]
fn notices_that_the_market_lost_tokens_or_claims() {
	notices("the market's account holds 18999999999 planck", || {
		assert_ok!(Balances::burn_from(&ComputeAmm::account(), 1, Expendable, Exact, Force));
	});
	notices("the market's account holds 9999 claims", || {
		assert_ok!(Assets::burn_from(
			CPU,
			&ComputeAmm::account(),
			1,
			Expendable,
			Exact,
			Force
		));
	});
	notices("planck, its books say", || Owed::<Test>::insert(BOB, 1));
	notices("0 shares of class 0, its books say 1", || {
		Locks::<Test>::insert(CPU, BOB, Lock { shares: 1, until: 0 });
	});
}

#[test]
fn notices_queued_requests_that_nothing_covers() {
	let request = |change| {
		let request = LiquidityRequest {
			who: BOB,
			deadline: 5,
			change,
			reference: None,
		};
		assert_ok!(LiquidityQueue::<Test>::try_append(CPU, request));
	};
	notices("claims of class 0, its books say 10005", || {
		request(LiquidityChange::Add {
			max_tokens: 0,
			max_gpu_time: 5,
			min_shares: 0,
		});
	});
	notices("shares of class 0, its books say 5", || {
		request(LiquidityChange::Remove {
			shares: 5,
			min_tokens: 0,
			min_gpu_time: 0,
		});
	});
}

#[test]
fn notices_a_class_listed_twice_or_not_at_all() {
	notices("listed twice", || {
		Active::<Test>::try_append(Listed::new(CPU)).expect("a place")
	});
	notices("is not listed", Active::<Test>::kill);
	notices("is listed and has no pool", || {
		Active::<Test>::try_append(Listed::new(H100)).expect("a place")
	});
	notices("and no pool", || Pools::<Test>::remove(CPU));
}

#[test]
fn notices_counts_that_are_wrong_and_sleep_that_lasts_too_long() {
	let entry = |change: fn(&mut Listed)| Active::<Test>::mutate(|listed| change(&mut listed[0]));
	notices("the list says", || entry(|entry| entry.jobs = 1));
	notices("the list says", || entry(|entry| entry.others = 1));
	notices("the list says", || entry(|entry| entry.requests = 1));
	notices("sleeps past an expiry", || entry(|entry| entry.wakes_at = 8));
	notices("sleeps with new orders", || entry(|entry| entry.wakes_at = 7));
}

#[test]
fn notices_what_is_ahead_of_its_time() {
	let pool = |change: fn(&mut Pool)| Pools::<Test>::mutate(CPU, |pool| change(pool.as_mut().expect("a pool")));
	notices("pool 0 is ahead", || pool(|pool| pool.paused_until = 102));
	notices("pool 0 is ahead", || pool(|pool| pool.cleared_at = 2));
	notices("the flow of class 0", || Flows::<Test>::mutate(CPU, |flow| flow.at = 2));
	notices("the flow of class 0", || {
		Flows::<Test>::mutate(CPU, |flow| flow.excess = u64::MAX)
	});
}

#[test]
fn notices_carried_fees_that_are_not_there() {
	notices("pool 0 holds 1000010000000000 planck", || {
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").carried = 1);
	});
}

#[test]
fn notices_unsound_orders() {
	notices("its number is not its own", || {
		change_order(1, |order| order.id = order_id(1, 0))
	});
	notices("its number is not its own", || {
		change_order(1, |order| order.id = order_id(2, 0))
	});
	notices("would number an order as one that waits", || {
		Active::<Test>::mutate(|listed| listed[0].arrived = 1)
	});
	notices("10000 of 10000 filled", || {
		change_order(0, |order| order.filled = order.gpu_time)
	});
	notices("order 4294967296: charged", || {
		change_order(0, |order| order.tokens = order.limit + 1)
	});
}

#[test]
fn notices_orders_in_places_kept_for_jobs() {
	notices("9 orders in places kept for jobs", || {
		Active::<Test>::mutate(|listed| listed[0].others = 9);
	});
	notices("11 orders", || {
		Active::<Test>::mutate(|listed| (listed[0].others, listed[0].jobs) = (8, 3));
	});
	notices("beyond the classes' quotas", || {
		Orders::set(5);
		Active::<Test>::mutate(|listed| (listed[0].others, listed[0].jobs) = (0, 6));
	});
}

#[test]
fn names_everything_that_is_broken() {
	ExtBuilder::default().build().execute_with(|| {
		place(BOB, Side::Sell, 10_000, 0);
		Active::<Test>::kill();
		Pools::<Test>::mutate(CPU, |pool| pool.as_mut().expect("a pool").reserve_tokens += 1);
		assert_eq!(ComputeAmm::do_try_state().expect_err("broken").len(), 2);
	});
}
