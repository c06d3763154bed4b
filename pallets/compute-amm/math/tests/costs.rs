//! What it costs, or earns, to trade on what one knows: just-in-time liquidity, withdrawal beside a visible
//! order, phantom orders, a full book, moving the price of a batch or the average over an hour, tripping a breaker.
//!
//! Amounts are in millionths of something said; the tests print them: `cargo test -p compute-amm-math --test
//! costs -- --nocapture`.

mod pool;

use compute_amm_math::{
	batch::{compare_eagerness, Order},
	ema::update,
	price, Side,
};
use pool::{market, ppm, up_to, worth, Pool, Purse};
use std::cmp::Ordering;

/// 2,500 hours of GPU time at 10^9 planck a millisecond: 3.6 QRN an hour.
const CLAIMS: u128 = 9_000_000_000;
const TOKENS: u128 = 9_000_000_000_000_000_000;
/// A visible order: a twentieth of the pool.
const VISIBLE: u128 = CLAIMS / 20;
/// Blocks of an hour.
const HOUR: u32 = 600;

fn a_pool() -> Pool {
	Pool::new(TOKENS, CLAIMS)
}

/// Both legs of a pool's share, in planck, a claim at `price`.
fn value(tokens: u128, claims: u128, price: u128) -> i128 {
	(tokens + worth(claims, price)) as i128
}

#[test]
fn just_in_time_liquidity_earns_nothing_from_the_batch_it_saw() {
	let spot = a_pool().spot();
	let order = market(Side::Buy, VISIBLE);

	// As it is: what is added in the order's block counts after the order's batch.
	let mut pool = a_pool();
	pool.batch(&[order]);
	let put = pool.add(TOKENS, CLAIMS);
	let took = pool.remove(put.shares);
	assert!(took.tokens <= put.tokens && took.claims <= put.claims);
	assert!(put.tokens - took.tokens <= 1 && put.claims - took.claims <= 1);

	// Were it before, an LP as large as the pool would take half of what the order leaves there, and the
	// others would have half of that.
	let earned = |joins: bool| {
		let mut pool = a_pool();
		let others = pool.shares;
		let put = joins.then(|| pool.add(TOKENS, CLAIMS));
		pool.batch(&[order]);
		if let Some(put) = put {
			let took = pool.remove(put.shares);
			let earned = value(took.tokens, took.claims, spot) - value(put.tokens, put.claims, spot);
			assert!(earned > 0);
		}
		assert_eq!(pool.shares, others);
		value(pool.tokens, pool.claims, spot) - value(TOKENS, CLAIMS, spot)
	};
	let order_worth = worth(VISIBLE, spot);
	let (alone, beside) = (ppm(earned(false), order_worth), ppm(earned(true), order_worth));
	println!("of an order of 5 % of a pool its LPs keep {alone} ppm; beside an LP that could join first {beside} ppm");
	// The price moves by a ninth and half the fee's LP part is 0.25 %, at the higher price; in a pool of
	// twice the size by 1/19, for half of the shares.
	assert_eq!((alone, beside), (113_888, 27_631));
}

#[test]
fn just_in_time_liquidity_from_tokens_alone_costs_the_round_trip() {
	// It buys the claims it adds, and sells them when it is out. Nobody else trades.
	let mut pool = a_pool();
	let mut purse = Purse::default();
	let bought = pool.batch(&[market(Side::Buy, CLAIMS / 100)]);
	purse.take(Side::Buy, bought.fills[0]);
	let put = pool.add(TOKENS, CLAIMS / 100);
	let took = pool.remove(put.shares);
	purse.tokens += took.tokens as i128 - put.tokens as i128;
	purse.claims += took.claims as i128 - put.claims as i128;
	let sold = pool.batch(&[market(Side::Sell, purse.claims as u128)]);
	purse.take(Side::Sell, sold.fills[0]);
	assert_eq!(purse.claims, 0);
	let cost = ppm(-purse.tokens, 2 * put.tokens);
	println!("joining with 1 % of a pool from tokens alone costs {cost} ppm of what is added");
	// Two fees of 0.3 % on half of it, and 2 % of impact one way.
	assert!((12_000..14_000).contains(&cost), "{cost}");
}

#[test]
fn a_withdrawing_lp_does_not_touch_the_order_it_saw() {
	let order = market(Side::Buy, VISIBLE);
	let half = a_pool().shares / 2;

	let mut pool = a_pool();
	let stays = pool.batch(&[order]).fills[0];
	// What is withdrawn in the order's block leaves after the order's batch, with its share of it.
	let spot = a_pool().spot();
	let took = pool.remove(half);
	let earned = value(took.tokens, took.claims, spot) - value(TOKENS / 2, CLAIMS / 2, spot);
	assert!(earned > 0);

	let mut pool = a_pool();
	pool.remove(half);
	let leaves = pool.batch(&[order]).fills[0];
	assert_eq!(stays.gpu_time, leaves.gpu_time);

	// 1/(1 - 0.1) and 1/(1 - 0.2) of spot.
	let paid = |tokens: u128| ppm(tokens as i128, worth(VISIBLE, spot)) - 1_000_000;
	println!(
		"an order of 5 % of a pool pays {} ppm over spot; did half the pool leave first, {} ppm",
		paid(stays.tokens),
		paid(leaves.tokens)
	);
	assert_eq!((paid(stays.tokens), paid(leaves.tokens)), (114_444, 253_750));
}

#[test]
fn a_phantom_order_changes_nothing_and_a_matched_one_costs_two_fees() {
	let spot = a_pool().spot();
	let honest: Vec<Order> = (0..5)
		.map(|i| up_to(Side::Buy, CLAIMS / 100, spot / 100 * (112 + i)))
		.collect();
	let alone = a_pool().batch(&honest);
	assert!(alone.fills.iter().all(|fill| fill.gpu_time == CLAIMS / 100));

	// As large as the pool, a hair under the price, first in the batch: it does not fill and nobody notices.
	let just_under = price(alone.price_numerator, alone.price_denominator) - 1_000_000_000_000_000;
	for side in [Side::Buy, Side::Sell] {
		let limit = match side {
			Side::Buy => just_under,
			Side::Sell => 2 * just_under,
		};
		let mut orders = vec![up_to(side, CLAIMS, limit)];
		orders.extend(&honest);
		let beside = a_pool().batch(&orders);
		assert_eq!(beside.fills[0].gpu_time, 0);
		assert_eq!(beside.fills[1..], alone.fills);
	}

	// Volume with oneself moves no price; it costs the fee of both sides, whole.
	let mut orders = vec![market(Side::Buy, CLAIMS), market(Side::Sell, CLAIMS)];
	orders.extend(&honest);
	let washed = a_pool().batch(&orders);
	assert_eq!(washed.price_denominator, alone.price_denominator);
	let own = Purse {
		tokens: washed.fills[1].tokens as i128 - washed.fills[0].tokens as i128,
		claims: 0,
	};
	let traded = worth(CLAIMS, price(washed.price_numerator, washed.price_denominator));
	let cost = ppm(-own.tokens, traded);
	println!("matching oneself costs {cost} ppm of what is traded");
	assert_eq!(cost, 6_000);
}

/// What somebody did who bought beside a victim to make its price worse, and closed alone in the next batch.
struct Pushed {
	/// What it cost, in planck.
	cost: i128,
	/// What the victim paid more, in planck.
	harm: i128,
	/// What the pool has more at the end than had nobody pushed, in planck, a claim at the price there was.
	to_pool: i128,
}

/// `None` if the victim's limit, so many thousandths over its quote, keeps it out or the position open.
fn push(pushed_by: u128, victim: u128, over_quote: u128) -> Option<Pushed> {
	let spot = a_pool().spot();
	let mut undisturbed = a_pool();
	let quoted = undisturbed.batch(&[market(Side::Buy, victim)]).fills[0].tokens;
	let victim = Order {
		limit: quoted + quoted / 1_000 * over_quote,
		..market(Side::Buy, victim)
	};
	let mut pool = a_pool();
	let mut purse = Purse::default();
	let together = pool.batch(&[market(Side::Buy, pushed_by), victim]);
	if together.fills[1].gpu_time < victim.gpu_time {
		return None;
	}
	purse.take(Side::Buy, together.fills[0]);
	purse.take(Side::Sell, pool.batch(&[market(Side::Sell, pushed_by)]).fills[0]);
	let harm = together.fills[1].tokens as i128 - quoted as i128;
	(purse.claims == 0).then(|| Pushed {
		cost: -purse.tokens,
		harm,
		to_pool: value(pool.tokens, pool.claims, spot) - value(undisturbed.tokens, undisturbed.claims, spot),
	})
}

#[test]
fn pushing_the_price_of_a_batch_costs_and_earns_nothing() {
	println!("pushing beside a victim of 1 % of a pool, in ppm of its tokens: size, cost, the victim's loss");
	for per_mille in [1, 10, 50, 100, 200] {
		let pushed = push(CLAIMS / 1_000 * per_mille, CLAIMS / 100, 1_000_000).expect("fills");
		println!(
			"  {:>4} ‰ {:>8} {:>8}",
			per_mille,
			ppm(pushed.cost, TOKENS),
			ppm(pushed.harm, TOKENS)
		);
		// Two fees and the impact of the way back at the least.
		assert!(pushed.cost * 1_000 >= (5 * worth(CLAIMS / 1_000 * per_mille, a_pool().spot())) as i128);
		// The pool has it all, but for what the router takes.
		assert!(pushed.to_pool <= pushed.cost + pushed.harm);
	}
}

/// What is pushed out of a victim goes to the LPs. One that owns enough of the pool has it back: this is what
/// an order's limit is for.
#[test]
fn an_lp_that_pushes_takes_at_most_what_the_victims_limit_leaves() {
	println!(
		"an LP pushing beside a victim whose limit is its quote + 1 %: victim, largest push, least share that earns"
	);
	for per_mille in [5, 10, 50, 100] {
		let victim = CLAIMS / 1_000 * per_mille;
		let largest = (1..=1_000u128)
			.rev()
			.find_map(|part| Some((part, push(CLAIMS / 100_000 * part, victim, 10)?)))
			.expect("some push fits");
		let (part, pushed) = largest;
		let share = pushed.cost * 1_000 / pushed.to_pool;
		println!("  {per_mille:>4} ‰ of the pool: {part} / 100,000; {share} ‰ of the shares");
		// The whole pool's owner takes no more than the hundredth that the limit left.
		let quoted = a_pool().batch(&[market(Side::Buy, victim)]).fills[0].tokens as i128;
		assert!(pushed.to_pool - pushed.cost <= quoted / 100);
		assert!(share > 20, "{share}");
	}
}

/// A way of moving the price, holding it, and going back.
#[derive(Clone, Copy, Debug)]
struct Move {
	/// Where the price is held, in thousandths of where it was.
	per_mille: u128,
	/// Batches in which it goes there, and in which it comes back.
	batches: u128,
	/// What others offer in every block as long as the price is off, in millionths of the pool: they hold
	/// claims, or tokens, and take what the price was.
	others: u128,
}

/// Moves the hour's average by a tenth. What that cost in millionths of the pool's tokens, and in how many
/// blocks. What is left in hand is worth the price there was.
fn move_the_average(way: Move) -> (i128, u32) {
	let mut pool = a_pool();
	let start = pool.spot();
	let (mut ema, mut last) = (start, start);
	let up = way.per_mille > 1_000;
	let (into, back) = if up {
		(Side::Buy, Side::Sell)
	} else {
		(Side::Sell, Side::Buy)
	};
	let target = start / 1_000 * way.per_mille;
	// Evenly between, and exactly there at the last.
	let between = |from: u128, to: u128, i: u128| {
		if to > from {
			from + (to - from) / way.batches * i
		} else {
			from - (from - to) / way.batches * i
		}
	};
	let others = up_to(back, CLAIMS * way.others / 1_000_000, start);
	let mut purse = Purse::default();
	let mut blocks = 0u32;
	let moved = |ema: u128| {
		if up {
			ema >= start / 10 * 11
		} else {
			ema <= start / 10 * 9
		}
	};

	while !moved(ema) {
		assert!(blocks < 100_000, "{way:?} never moves it");
		blocks += 1;
		let aim = between(start, target, u128::from(blocks).min(way.batches));
		// More than any batch takes: the limit says where it stops.
		let mine = up_to(into, CLAIMS, aim);
		let opposed = way.others > 0 && blocks > 1;
		let cleared = match (opposed, u128::from(blocks) <= way.batches) {
			(true, _) => pool.batch(&[mine, others]),
			(false, true) => pool.batch(&[mine]),
			(false, false) => {
				// No batch, and the price stands.
				ema = update(ema, last, last, HOUR, 1);
				continue;
			}
		};
		purse.take(into, cleared.fills[0]);
		last = price(cleared.price_numerator, cleared.price_denominator);
		ema = update(ema, last, last, HOUR, 1);
	}
	for i in 1..=way.batches {
		let size = purse.claims.unsigned_abs();
		if size == 0 {
			break;
		}
		let cleared = pool.batch(&[up_to(back, size, between(target, start, i))]);
		purse.take(back, cleared.fills[0]);
	}
	(ppm(-purse.worth(start), TOKENS), blocks)
}

#[test]
fn moving_the_hours_average_by_a_tenth_has_a_price() {
	let mut least = Vec::new();
	for (up, prices) in [
		(true, [1_110, 1_150, 1_250, 1_500, 2_000, 2_900]),
		(false, [890, 850, 800, 750, 700, 620]),
	] {
		for others in [0, 1_000, 10_000] {
			let mut cheapest: Option<(i128, u32, Move)> = None;
			for per_mille in prices {
				for batches in [1, 10, 100] {
					let way = Move {
						per_mille,
						batches,
						others,
					};
					let (cost, blocks) = move_the_average(way);
					assert!(cost > 0, "{way:?} earns");
					if cheapest.is_none_or(|(least, ..)| cost < least) {
						cheapest = Some((cost, blocks, way));
					}
				}
			}
			let (cost, blocks, way) = cheapest.expect("there are ways");
			println!(
				"{} by a tenth, others bringing {others:>5} ppm of the pool a block: {cost:>6} ppm of the pool's \
				 tokens in {blocks} blocks (to {} ‰ in {} batches)",
				if up { "up" } else { "down" },
				way.per_mille,
				way.batches
			);
			least.push(cost);
		}
	}
	// Nobody needs to be bought out where nobody else trades: such a class's average protects nobody, and
	// what it costs is two fees on the trade and 77 minutes. A thousandth of the pool a block, brought by
	// those who know better, makes it a hundred times as dear.
	let at_least = [360, 36_000, 330_000, 400, 38_000, 360_000];
	assert!(
		least.iter().zip(at_least).all(|(cost, bound)| *cost >= bound),
		"{least:?}"
	);
}

/// Places of a class's book that anybody may take, and the smallest order in milliseconds: as the runtime has it.
const PLACES: u128 = 1_639;
const SMALLEST: u128 = 10;

/// Orders that wait, as near to spot as those that do not fill can be: what holds most.
fn waiting(price: u128) -> [Order; 2] {
	[
		up_to(Side::Buy, SMALLEST, price - price / 1_000_000),
		up_to(Side::Sell, SMALLEST, price + price / 1_000_000),
	]
}

#[test]
fn a_book_full_of_waiting_orders_holds_out_nobody_who_would_fill() {
	let spot = a_pool().spot();
	for per_mille in [1, 10, 50, 100] {
		let size = CLAIMS / 1_000 * per_mille;
		for side in [Side::Buy, Side::Sell] {
			let alone = a_pool().batch(&[market(side, size)]);
			let at = price(alone.price_numerator, alone.price_denominator);
			// An hour of them costs what one block of them costs: their capital, and 1,639 placements.
			let capital: u128 = waiting(spot)
				.iter()
				.map(|order| worth(order.gpu_time, spot))
				.sum::<u128>()
				* PLACES / 2;
			if per_mille == 1 && side == Side::Buy {
				println!(
					"filling a book with orders that wait binds {} ppm of the pool's tokens",
					ppm(capital as i128, TOKENS)
				);
				assert!(ppm(capital as i128, TOKENS) <= 2);
			}
			// An honest order at its quote + 1 % is nearer to spot than any of them, and takes a place.
			let honest = match side {
				Side::Buy => up_to(side, size, at / 100 * 101),
				Side::Sell => up_to(side, size, at / 101 * 100),
			};
			for order in waiting(spot) {
				assert_eq!(compare_eagerness(&honest, &order, TOKENS, CLAIMS), Ordering::Greater);
			}
		}
	}
}

/// What holds an honest order out must be nearer to spot than it is, so it fills: all of it, and then it has to be
/// placed again for the next block, or until the price has passed the honest limit.
#[test]
fn holding_a_book_against_others_costs_a_block_of_orders_or_the_way_to_their_limit() {
	let spot = a_pool().spot();
	println!("holding a book of {PLACES} places against buys up to a limit: thousandths over spot, small orders' fees");
	println!("  and, if they shall last beyond the block, the way to that limit and back; ppm of the pool's tokens");
	for per_mille in [1_010u128, 1_050, 1_100, 1_500, 2_000] {
		let limit = spot / 1_000 * per_mille;
		// Smallest orders with a better limit fill whole, and are gone.
		let small: Vec<Order> = (0..PLACES)
			.map(|_| up_to(Side::Buy, SMALLEST, limit + spot / 1_000))
			.collect();
		let mut pool = a_pool();
		let mut purse = Purse::default();
		let cleared = pool.batch(&small);
		assert!(cleared.fills.iter().all(|fill| fill.gpu_time == SMALLEST));
		cleared.fills.iter().for_each(|fill| purse.take(Side::Buy, *fill));
		purse.take(
			Side::Sell,
			pool.batch(&[market(Side::Sell, PLACES * SMALLEST)]).fills[0],
		);
		let each_block = -purse.tokens;

		// So large that one batch does not fill them: they take the price to the limit first.
		let large: Vec<Order> = (0..PLACES)
			.map(|_| up_to(Side::Buy, CLAIMS / 1_000, limit + spot / 1_000))
			.collect();
		let mut pool = a_pool();
		let mut purse = Purse::default();
		let cleared = pool.batch(&large);
		assert!(cleared.fills.iter().any(|fill| fill.gpu_time == 0));
		let at = price(cleared.price_numerator, cleared.price_denominator);
		assert!(at >= limit, "{at} {limit}");
		cleared.fills.iter().for_each(|fill| purse.take(Side::Buy, *fill));
		while purse.claims > 0 {
			let back = purse.claims as u128;
			purse.take(Side::Sell, pool.batch(&[market(Side::Sell, back)]).fills[0]);
		}
		let lasting = ppm(-purse.tokens, TOKENS);
		println!("  {per_mille:>5} {:>6} planck a block {lasting:>8} ppm", each_block);
		// Two fees on what is traded, beside 1,639 transactions in every block: more than fit one.
		assert!(each_block * 1_000 >= (5 * worth(PLACES * SMALLEST, spot)) as i128);
		// 0.3 % each way of what moves the price so far, and the impact of the way back.
		assert!(lasting >= (per_mille as i128 - 1_000) * 2 / 10, "{lasting}");
	}
}

/// Blocks over which the breaker's bucket drains by its limit, and that limit: half of the claims, in parts per
/// billion, as the pallet has them.
const BREAKER_WINDOW: i128 = 100;
const VOLUME_LIMIT: i128 = 500_000_000;

/// Buys `share` thousandths of the pool's claims a batch until the net trade overflows the bucket, waits for the
/// pause to end, and sells all of it again without tripping once more. Others offer so many millionths of the pool
/// a block at the price there was. The cost in millionths of the pool's tokens, and the batches it took.
fn trip_the_breaker(share: u128, others: u128) -> Option<(i128, u32)> {
	let mut pool = a_pool();
	let start = pool.spot();
	let mut purse = Purse::default();
	let offered = up_to(Side::Sell, CLAIMS * others / 1_000_000, start);
	let (mut level, mut batches) = (0i128, 0u32);
	while level <= VOLUME_LIMIT {
		batches += 1;
		let claims = pool.claims;
		let orders = [market(Side::Buy, claims / 1_000 * share), offered];
		let cleared = pool.batch(if others > 0 { &orders } else { &orders[..1] });
		purse.take(Side::Buy, cleared.fills[0]);
		let net = (cleared.bought as i128 - cleared.sold as i128) * 1_000_000_000 / claims as i128;
		level = (level - VOLUME_LIMIT / BREAKER_WINDOW).max(0) + net;
		if batches > 2_000 {
			return None;
		}
	}
	// Slowly enough: what drains a block.
	while purse.claims > 0 {
		let size = (pool.claims / 200).min(purse.claims as u128);
		let cleared = pool.batch(&[market(Side::Sell, size)]);
		purse.take(Side::Sell, cleared.fills[0]);
	}
	Some((ppm(-purse.tokens, TOKENS), batches))
}

#[test]
fn tripping_the_breaker_has_a_price() {
	println!("tripping the volume breaker: others' offers in ppm of the pool a block, the cheapest way's cost");
	let mut least = Vec::new();
	for others in [0u128, 1_000, 10_000] {
		let cheapest = [333u128, 250, 100, 50, 30, 20, 15, 10]
			.into_iter()
			.filter_map(|share| trip_the_breaker(share, others).map(|(cost, batches)| (cost, share, batches)))
			.min()
			.expect("some way trips it");
		println!(
			"  {others:>6} ppm: {:>7} ppm of the pool's tokens, {} thousandths a batch in {} batches",
			cheapest.0, cheapest.1, cheapest.2
		);
		assert!(cheapest.0 > 0);
		least.push(cheapest.0);
	}
	// Ten minutes of one class: a fiftieth of its pool's tokens where nobody else trades, and several times that
	// where somebody does; and whoever does it holds half the pool's claims while it lasts.
	let at_least = [18_000, 45_000, 150_000];
	assert!(
		least.iter().zip(at_least).all(|(cost, bound)| *cost >= bound),
		"{least:?}"
	);
}
