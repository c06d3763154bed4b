//! The promises of a batch, over random pools and orders, and its corner cases one by one.

use compute_amm_math::{
	batch::{clear, compare_eagerness, is_reachable, Cleared, Fill, Order},
	max_net, price,
	quote::quote,
	Error, Side, MAX_AMOUNT,
};
use primitive_types::U256;
use proptest::prelude::*;

const T: u128 = 9_000_000_000_000_000_000;
const G: u128 = 9_000_000_000;

fn buy(gpu_time: u128, limit: u128) -> Order {
	Order {
		side: Side::Buy,
		gpu_time,
		limit,
		at_most: gpu_time,
	}
}

fn sell(gpu_time: u128, limit: u128) -> Order {
	Order {
		side: Side::Sell,
		gpu_time,
		limit,
		at_most: gpu_time,
	}
}

/// A limit for `gpu_time`, at `per_mille` of spot, fee left aside.
fn at(gpu_time: u128, per_mille: u128) -> u128 {
	(U256::from(gpu_time) * U256::from(T) * U256::from(per_mille) / U256::from(1_000 * G)).low_u128()
}

fn net(cleared: &Cleared) -> i128 {
	cleared.bought as i128 - cleared.sold as i128
}

fn wide(a: u128, b: u128) -> U256 {
	U256::from(a) * U256::from(b)
}

/// Whether `order`'s limit holds with the denominator `d`, straight from the formulas.
fn holds(order: &Order, tokens: u128, d: i128) -> bool {
	let value = |bp: u32| wide(order.gpu_time, tokens) * U256::from(bp);
	let limit = wide(order.limit, d as u128) * U256::from(10_000);
	match order.side {
		Side::Buy => value(10_030) <= limit,
		Side::Sell => value(9_970) >= limit,
	}
}

fn check(tokens: u128, claims: u128, orders: &[Order]) -> Cleared {
	let cleared = clear(tokens, claims, orders).expect("clears");
	let d = net(&cleared);
	let depth = max_net(claims) as i128;

	assert!(d.abs() <= depth);
	assert_eq!(cleared.price_numerator, tokens);
	assert_eq!(cleared.price_denominator as i128, claims as i128 - 2 * d);
	assert_eq!(cleared.reserve_claims as i128, claims as i128 - d);
	assert_eq!(cleared.reserve_tokens + cleared.got, tokens + cleared.paid);
	// Exactly, and also when the router has taken its part.
	let product = wide(cleared.reserve_tokens - cleared.router_fee, cleared.reserve_claims);
	assert!(product >= wide(tokens, claims));

	let mut sums = (0, 0, 0, 0);
	for (order, fill) in orders.iter().zip(&cleared.fills) {
		let available = order.at_most.min(order.gpu_time);
		assert!(fill.gpu_time <= available);
		match order.side {
			Side::Buy => {
				sums.0 += fill.gpu_time;
				sums.1 += fill.tokens;
				// Pro rata, but for the planck of rounding; exactly, when whole.
				assert!(fill.gpu_time == 0 || holds(order, tokens, cleared.price_denominator as i128));
				assert!(fill.gpu_time < order.gpu_time || fill.tokens <= order.limit);
			}
			Side::Sell => {
				sums.2 += fill.gpu_time;
				sums.3 += fill.tokens;
				assert!(fill.gpu_time == 0 || holds(order, tokens, cleared.price_denominator as i128));
				assert!(fill.gpu_time < order.gpu_time || fill.tokens >= order.limit);
			}
		}
		// Nobody whose limit would bear a worse price than the batch's is left out, within the range.
		let worse = match order.side {
			Side::Buy => d + 1,
			Side::Sell => d - 1,
		};
		if worse.abs() <= depth && order.gpu_time > 0 && holds(order, tokens, claims as i128 - 2 * worse) {
			assert_eq!(fill.gpu_time, available, "{order:?} left out at {d}");
		}
	}
	assert_eq!(sums, (cleared.bought, cleared.paid, cleared.sold, cleared.got));
	cleared
}

fn an_order(claims: u128) -> impl Strategy<Value = Order> {
	// Limits come on a coarse grid around spot, so that equal ones are common, or anywhere.
	let unit = prop_oneof![
		4 => (12u128..40).prop_map(|n| n * 50_000),
		2 => 1u128..4_000_000,
		1 => Just(0u128),
	];
	(
		any::<bool>(),
		1..=claims,
		unit,
		prop_oneof![3 => Just(u128::MAX), 1 => 0..=claims],
		1u128..50,
	)
		.prop_map(move |(buys, size, unit, at_most, share)| {
			let gpu_time = (size / share).max(1);
			let side = if buys { Side::Buy } else { Side::Sell };
			Order {
				side,
				gpu_time,
				limit: unit,
				at_most,
			}
		})
}

/// A pool and orders whose limits are scaled to its spot price.
fn a_batch() -> impl Strategy<Value = (u128, u128, Vec<Order>)> {
	let reserve = || prop_oneof![1u128..100, 1u128..1_000_000_000, 1u128..MAX_AMOUNT];
	(reserve(), reserve()).prop_flat_map(|(tokens, claims)| {
		proptest::collection::vec(an_order(claims), 0..30).prop_map(move |mut orders| {
			for order in &mut orders {
				// limit = gpu_time · spot · unit / 10^6
				let limit = wide(order.gpu_time, tokens) / U256::from(claims) * U256::from(order.limit);
				order.limit = (limit / U256::from(1_000_000)).min(U256::from(MAX_AMOUNT)).low_u128();
			}
			(tokens, claims, orders)
		})
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn keeps_its_promises((tokens, claims, orders) in a_batch()) {
		check(tokens, claims, &orders);
	}

	#[test]
	fn an_order_that_does_not_fill_changes_nothing((tokens, claims, orders) in a_batch()) {
		let whole = clear(tokens, claims, &orders).expect("clears");
		for out in (0..orders.len()).filter(|i| whole.fills[*i].gpu_time == 0) {
			let mut fewer = orders.clone();
			fewer.remove(out);
			let mut fills = whole.fills.clone();
			fills.remove(out);
			let without = clear(tokens, claims, &fewer).expect("clears");
			prop_assert_eq!(without, Cleared { fills, ..whole.clone() });
		}
	}

	#[test]
	fn arrival_does_not_change_the_price(
		(tokens, claims, orders, shuffled) in a_batch().prop_flat_map(|(t, g, orders)| {
			(Just(t), Just(g), Just(orders.clone()), Just(orders).prop_shuffle())
		}),
	) {
		let one = clear(tokens, claims, &orders).expect("clears");
		let other = clear(tokens, claims, &shuffled).expect("clears");
		prop_assert_eq!(one.price_denominator, other.price_denominator);
		prop_assert_eq!((one.bought, one.sold), (other.bought, other.sold));
	}

	#[test]
	fn alone_in_its_batch_an_order_trades_as_quoted(
		tokens in 1u128..MAX_AMOUNT, claims in 3u128..MAX_AMOUNT, part in 3u128..10_000, buys: bool,
	) {
		let gpu_time = (claims / part).max(1);
		let side = if buys { Side::Buy } else { Side::Sell };
		let quoted = quote(side, tokens, claims, gpu_time).expect("quotes");
		prop_assume!(quoted.total <= MAX_AMOUNT);
		let cleared = check(tokens, claims, &[Order { side, gpu_time, limit: quoted.total, at_most: gpu_time }]);
		prop_assert_eq!(cleared.fills[0], Fill { gpu_time, tokens: quoted.total });
		prop_assert_eq!(quoted.price, price(tokens, cleared.price_denominator));
	}

	/// The sandwich: bought in the victim's batch, sold in the next. Before fees even, it earns nothing.
	#[test]
	fn a_position_around_a_victim_earns_nothing(
		(tokens, claims) in (1_000_000u128..1 << 100, 1_000_000u128..1 << 100),
		victim in 1u128..1_000_000, attacker in 1u128..1_000_000,
	) {
		let size = |share: u128| (claims / 6 * share / 1_000_000).max(1);
		let (victim, attacker) = (size(victim), size(attacker));
		let first = check(tokens, claims, &[buy(victim, MAX_AMOUNT), buy(attacker, MAX_AMOUNT)]);
		// Fees left aside: the reserves as the price alone makes them.
		let d = (victim + attacker) as i128;
		prop_assert_eq!(net(&first), d);
		let second = check(first.reserve_tokens, first.reserve_claims, &[sell(attacker, 0)]);
		prop_assert!(second.fills[0].tokens <= first.fills[1].tokens);
		prop_assert!(
			price(second.price_numerator, second.price_denominator)
				<= price(first.reserve_tokens, first.reserve_claims)
		);
	}

	#[test]
	fn an_order_within_reach_fills_alone((tokens, claims, orders) in a_batch()) {
		for order in orders {
			let reachable = is_reachable(order.side, order.gpu_time, order.limit, tokens, claims).expect("bounded");
			if !reachable {
				prop_assert_eq!(clear(tokens, claims, &[order]).expect("clears").fills[0].gpu_time, 0);
			}
		}
	}
}

#[test]
fn a_batch_whose_orders_match_clears_at_spot() {
	let cleared = check(
		T,
		G,
		&[
			buy(1_000_000, at(1_000_000, 1_100)),
			sell(1_000_000, at(1_000_000, 900)),
		],
	);
	assert_eq!(cleared.price_denominator, G);
	// 10^6 claims at 10^9 planck, ± 0.3 %.
	assert_eq!(cleared.fills[0].tokens, 1_003_000_000_000_000);
	assert_eq!(cleared.fills[1].tokens, 997_000_000_000_000);
	assert_eq!(cleared.router_fee, 2 * 500_000_000_000);
	assert_eq!(cleared.reserve_tokens, T + 6_000_000_000_000);
	assert_eq!(cleared.reserve_claims, G);
}

/// Buys `gpu_time` first in a batch of `others`, and sells it alone in the next one, whose pool has all the
/// tokens of this one or only what is to be priced. What that earns, in planck.
fn bought_beside_and_sold(tokens: u128, claims: u128, gpu_time: u128, others: &[Order], carried: bool) -> i128 {
	let mut orders = vec![buy(gpu_time, MAX_AMOUNT)];
	orders.extend(others);
	let opened = check(tokens, claims, &orders);
	let kept = opened.reserve_tokens - opened.router_fee;
	let (priced, waiting) = opened.carry(kept);
	assert!(waiting > 0);
	let closed = check(
		if carried { priced } else { kept },
		opened.reserve_claims,
		&[sell(gpu_time, 0)],
	);
	assert_eq!(opened.fills[0].gpu_time, closed.fills[0].gpu_time);
	closed.fills[0].tokens as i128 - opened.fills[0].tokens as i128
}

#[test]
fn fees_of_a_batch_larger_than_the_pool_do_not_pay_who_traded_in_it() {
	// Ten times the pool changes hands, at spot; the LPs' part of the fee lifts spot by 5 %.
	let matched = [buy(10 * G, MAX_AMOUNT), sell(10 * G, 0)];
	let earned = bought_beside_and_sold(T, G, G / 100, &matched, false);
	assert!(earned > at(G / 100, 20) as i128, "{earned}");
	let earned = bought_beside_and_sold(T, G, G / 100, &matched, true);
	assert!(earned < 0, "{earned}");
	// The smallest position comes out even, to the unit.
	assert!(bought_beside_and_sold(T, G, 1, &matched, false) > 0);
	assert!((-3..=0).contains(&bought_beside_and_sold(T, G, 1, &matched, true)));
}

#[test]
fn roundings_in_a_tiny_pool_do_not_pay_who_traded_beside_them() {
	// Two hundred pay a planck each for a claim worth a thousandth of one.
	let dust = vec![buy(1, 1); 200];
	assert_eq!(bought_beside_and_sold(100, 100_000, 20_000, &dust, false), 21);
	assert_eq!(bought_beside_and_sold(100, 100_000, 20_000, &dust, true), -12);
}

#[test]
fn what_waits_is_priced_once_there_is_room() {
	let opened = check(T, G, &[buy(10 * G, MAX_AMOUNT), sell(10 * G, 0)]);
	let kept = opened.reserve_tokens - opened.router_fee;
	let (mut priced, mut waiting) = opened.carry(kept);
	assert_eq!(priced + waiting, kept);
	// 0.6 % a batch.
	let mut batches = 0;
	while waiting > 0 {
		let next = check(priced, G, &[]);
		(priced, waiting) = next.carry(next.reserve_tokens + waiting);
		batches += 1;
	}
	assert_eq!((priced, batches), (kept, 8));
}

#[test]
fn no_orders_leave_the_pool_as_it_is() {
	let cleared = check(T, G, &[]);
	assert_eq!(
		(
			cleared.reserve_tokens,
			cleared.reserve_claims,
			cleared.price_denominator
		),
		(T, G, G)
	);
}

#[test]
fn moves_at_most_a_third_of_the_pool() {
	let cleared = check(T, G, &[buy(G, MAX_AMOUNT)]);
	assert_eq!(cleared.bought, G / 3);
	assert_eq!(
		price(cleared.price_numerator, cleared.price_denominator),
		3 * price(T, G)
	);
	let cleared = check(T, G, &[sell(G, 0)]);
	assert_eq!(cleared.sold, G / 3);
	assert_eq!(
		price(cleared.price_numerator, cleared.price_denominator),
		price(T, G) * 3 / 5
	);
}

#[test]
fn at_the_end_of_the_range_the_best_limits_fill_first() {
	let limits = [4_000, 5_000, 4_500];
	let orders: Vec<Order> = limits.iter().map(|l| buy(G / 4, at(G / 4, *l))).collect();
	let cleared = check(T, G, &orders);
	assert_eq!(cleared.fills[1].gpu_time, G / 4);
	assert_eq!(cleared.fills[2].gpu_time, G / 3 - G / 4);
	assert_eq!(cleared.fills[0].gpu_time, 0);
}

#[test]
fn among_equal_limits_the_earlier_fills_first() {
	// The third of spot that this limit allows is less than all of them ask.
	let order = buy(G / 10, at(G / 10, 1_200));
	let cleared = check(T, G, &[order, order, order]);
	assert!(cleared.fills[0].gpu_time > 0);
	assert!(cleared.fills[0].gpu_time < G / 10);
	assert_eq!(cleared.fills[1].gpu_time + cleared.fills[2].gpu_time, 0);
}

#[test]
fn fills_no_more_than_the_pace() {
	let mut paced = buy(1_000_000, at(1_000_000, 2_000));
	paced.at_most = 30_000;
	let cleared = check(T, G, &[paced]);
	assert_eq!(cleared.fills[0].gpu_time, 30_000);
}

#[test]
fn an_order_beyond_the_range_is_out_of_reach() {
	assert_eq!(is_reachable(Side::Buy, 1_000, at(1_000, 590), T, G), Ok(false));
	assert_eq!(is_reachable(Side::Buy, 1_000, at(1_000, 610), T, G), Ok(true));
	assert_eq!(is_reachable(Side::Buy, 1_000, 0, T, G), Ok(false));
	assert_eq!(is_reachable(Side::Sell, 1_000, at(1_000, 3_010), T, G), Ok(false));
	assert_eq!(is_reachable(Side::Sell, 1_000, at(1_000, 2_980), T, G), Ok(true));
	assert_eq!(is_reachable(Side::Sell, 1_000, 0, T, G), Ok(true));
}

#[test]
fn eagerness_compares_both_sides() {
	use std::cmp::Ordering::{Equal, Greater, Less};
	let of = |side, gpu_time, per_mille| Order {
		side,
		gpu_time,
		limit: at(gpu_time, per_mille),
		at_most: gpu_time,
	};
	let compare = |a: Order, b: Order| {
		let order = compare_eagerness(&a, &b, T, G);
		assert_eq!(compare_eagerness(&b, &a, T, G), order.reverse());
		order
	};
	let (buy, sell) = (|p| of(Side::Buy, 1_000, p), |p| of(Side::Sell, 1_000, p));
	assert_eq!(compare(buy(1_000), sell(1_000)), Equal);
	assert_eq!(compare(buy(900), sell(1_100)), Less);
	assert_eq!(compare(buy(1_200), sell(900)), Greater);
	// A half of spot asked, twice spot bid: both are willing by a factor of two.
	assert_eq!(compare(buy(2_000), sell(500)), Equal);
	// Size is no matter, and what is asked for nothing is eager without bound.
	assert_eq!(compare(of(Side::Buy, 7_000, 900), buy(900)), Equal);
	assert_eq!(compare(of(Side::Sell, 7_000, 900), sell(900)), Equal);
	assert_eq!(compare(buy(901), buy(900)), Greater);
	assert_eq!(compare(sell(901), sell(900)), Less);
	assert_eq!(compare(sell(0), buy(1_000_000)), Greater);
	// Where no ratio in parts per billion tells them apart.
	let huge = |limit| Order {
		side: Side::Buy,
		gpu_time: MAX_AMOUNT,
		limit,
		at_most: 0,
	};
	assert_eq!(compare(huge(MAX_AMOUNT - 1), huge(MAX_AMOUNT)), Less);
	let sell = |limit| Order {
		side: Side::Sell,
		..huge(limit)
	};
	let across = |a: &Order, b: &Order| compare_eagerness(a, b, MAX_AMOUNT, MAX_AMOUNT);
	assert_eq!(across(&huge(MAX_AMOUNT), &sell(MAX_AMOUNT)), Equal);
	assert_eq!(across(&huge(MAX_AMOUNT), &sell(MAX_AMOUNT - 1)), Less);
	assert_eq!(across(&huge(MAX_AMOUNT - 1), &sell(MAX_AMOUNT)), Less);
}

#[test]
fn refuses_what_it_cannot_count() {
	assert_eq!(clear(0, G, &[]), Err(Error::EmptyPool));
	assert_eq!(clear(T, 0, &[]), Err(Error::EmptyPool));
	assert_eq!(clear(MAX_AMOUNT + 1, G, &[]), Err(Error::TooLarge));
	assert_eq!(clear(T, G, &[buy(MAX_AMOUNT + 1, 1)]), Err(Error::TooLarge));
	assert_eq!(quote(Side::Buy, T, G, 0), Err(Error::Zero));
	assert_eq!(quote(Side::Buy, T, G, G / 3 + 1), Err(Error::ExceedsDepth));
}

#[test]
fn quotes_price_fee_and_impact() {
	// G / (G - 2·G/10) = 1.25
	let quoted = quote(Side::Buy, T, G, G / 10).expect("quotes");
	assert_eq!(quoted.spot, price(T, G));
	assert_eq!(quoted.price, quoted.spot / 4 * 5);
	assert_eq!(quoted.impact_ppm, 250_000);
	let value = T / 10 / 4 * 5;
	assert_eq!(quoted.total, value + value / 1_000 * 3);
	assert_eq!(quoted.fee, value / 1_000 * 3);
	// G / (G + 2·G/8) = 0.8
	let quoted = quote(Side::Sell, T, G, G / 8).expect("quotes");
	let value = T / 10;
	assert_eq!(quoted.impact_ppm, 200_000);
	assert_eq!(quoted.total, value - value / 1_000 * 3);
	assert_eq!(quoted.fee, value / 1_000 * 3);
}
