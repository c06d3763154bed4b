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
	Book::<Test>::mutate(CPU, |book| change(&mut book[index]));
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
	notices("listed twice", || Active::<Test>::try_append(CPU).expect("a place"));
	notices("is not listed", Active::<Test>::kill);
	notices("is listed and has no pool", || {
		Active::<Test>::try_append(H100).expect("a place")
	});
	notices("and no pool", || Pools::<Test>::remove(CPU));
}

#[test]
fn notices_unsound_orders() {
	notices("its number is not its own", || change_order(1, |order| order.id = 0));
	notices("its number is not its own", || NextOrderId::<Test>::put(1));
	notices("10000 of 10000 filled", || {
		change_order(0, |order| order.filled = order.gpu_time)
	});
	notices("order 0: charged", || {
		change_order(0, |order| order.tokens = order.limit + 1)
	});
}

#[test]
fn notices_orders_in_places_kept_for_jobs() {
	notices("places kept for jobs", || {
		Book::<Test>::mutate(CPU, |book| {
			for id in 2..9 {
				let order = Order { id, ..book[0].clone() };
				book.try_push(order).expect("a place");
			}
		});
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
