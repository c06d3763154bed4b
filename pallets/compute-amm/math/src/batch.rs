//! Clearing a batch: one price for all orders, the marginal price after the trade.
//!
//! With `D` the claims of filled buys less those of filled sells, the price is `T / (G - 2D)`. It is the
//! one at which the pool's reserves after the trade, `T + D·p` and `G - D`, stand in the ratio `p`
//! themselves (the function-maximising AMM of Canidio and Fritsch, 2023), so there is nothing left to
//! earn from trading right behind the batch.
//!
//! Working in `D` instead of the price keeps everything in integers. A buy's limit holds up to some
//! largest `D`, a sell's from some smallest `D` on: its **bound**. With
//!
//! ```text
//! B(≥D)  claims of buys whose bound is at least D     falls with D
//! S(≤D)  claims of sells whose bound is at most D     rises with D
//! ```
//!
//! the batch clears at the smallest `D` within `±G/3` at which `B(>D) - S(≤D) <= D`: one step less and
//! the buys would ask more than the pool gives at that price. Orders whose bound lies strictly beyond
//! `D` fill whole; of those at `D`, only the side that is missing does, best limit first, and the last
//! one in part. No order fills past its bound, so none past its limit.

use crate::{
	check_reserves, gets, max_net, narrow, pays, worth, Error, Side, BP, FEE_BP, MAX_AMOUNT, MAX_ORDERS, ROUTER_FEE_BP,
};
use alloc::{vec, vec::Vec};
use core::cmp::Ordering;
use primitive_types::{U256, U512};

/// An order in a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Order {
	/// Which way it trades.
	pub side: Side,
	/// Claims to trade.
	pub gpu_time: u128,
	/// For the whole of `gpu_time`, fee included: the most a buy pays, the least a sell gets, in planck.
	pub limit: u128,
	/// The most of `gpu_time` that this batch may fill.
	pub at_most: u128,
}

/// What a batch did to one order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fill {
	/// Claims traded.
	pub gpu_time: u128,
	/// Planck paid for them (a buy, rounded up) or got (a sell, rounded down).
	pub tokens: u128,
}

/// A cleared batch. The price is `price_numerator / price_denominator`, before the fee.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cleared {
	/// Fills, in the orders' order.
	pub fills: Vec<Fill>,
	/// `T`.
	pub price_numerator: u128,
	/// `G - 2D`.
	pub price_denominator: u128,
	/// Claims that buys got.
	pub bought: u128,
	/// Claims that sells gave.
	pub sold: u128,
	/// Planck that buys paid, fee included.
	pub paid: u128,
	/// Planck that sells got, fee taken off.
	pub got: u128,
	/// The part of the fee that is the router's, in planck, on the whole batch, rounded down; still in
	/// `reserve_tokens`.
	pub router_fee: u128,
	/// The part of the fee that is the LPs', likewise.
	pub lp_fee: u128,
	/// The pool's tokens afterwards, with the whole fee.
	pub reserve_tokens: u128,
	/// The pool's claims afterwards.
	pub reserve_claims: u128,
}

impl Cleared {
	/// Splits `tokens`, all that the pool holds for its LPs after this batch, into what the next batch may
	/// price and what is to wait for the one after it. Give it the pool's tokens less what
	/// of the fee leaves the pool (the router's part, and of the LPs' what a shortfall takes), and with what an
	/// earlier batch left waiting.
	///
	/// The fee stays in the pool, so it lifts spot above the price of the batch that paid it, by `φ` times
	/// the claims traded over the pool's. Orders that match one another trade without bound: when a batch
	/// trades more than twice the pool's claims, spot rises by more than the fee of a round trip, and who
	/// bought in the batch sells in the next one and takes LP fees home. (So it does in a pool of a few
	/// planck, where the rounding of each payment counts.) What the next batch prices is therefore held to
	///
	/// ```text
	/// T'' <= p · G' · (1 + φ) / (1 - φ)
	/// ```
	///
	/// with `p` this batch's price, which is exactly where such a round trip comes out even. Under that
	/// volume nothing waits.
	pub fn carry(&self, tokens: u128) -> (u128, u128) {
		let value = U256::from(self.price_numerator) * U256::from(self.reserve_claims);
		let even = value * U256::from(BP + FEE_BP) / (U256::from(self.price_denominator) * U256::from(BP - FEE_BP));
		let (at_price, rest) = value.div_mod(self.price_denominator.into());
		// Never below the price itself, or who sold would buy back for less.
		let at_price = at_price + U256::from(u8::from(!rest.is_zero()));
		let priced = U256::from(tokens).min(even.max(at_price)).low_u128();
		(priced, tokens - priced)
	}
}

/// One side of the book, best limit first, the earlier order first among equals; `sums[i]` is what the
/// first `i` may fill together.
///
/// A rung is one number, since numbers sort several times faster than pairs: how far the order's bound is
/// from the best there may be, above the order's index in the batch.
struct Ladder {
	side: Side,
	rungs: Vec<u128>,
	sums: Vec<i128>,
}

/// Bits of an order's index in a rung: [`MAX_ORDERS`] has no more.
const INDEX_BITS: u32 = MAX_ORDERS.trailing_zeros();
/// Denominators from here on are out of every range, `G + 2·G/3` being its end, and are all alike: bounds
/// lie within half of it.
const FAR: u128 = 1 << 113;

impl Ladder {
	fn new(batch: &[Order], side: Side, tokens: u128, claims: u128) -> Self {
		let mut rungs: Vec<u128> = batch
			.iter()
			.enumerate()
			.filter(|(_, order)| order.side == side && available(order) > 0)
			.filter_map(|(i, order)| {
				let bound = bound(side, order.gpu_time, order.limit, tokens, claims)?;
				// Of 114 bits, above the index's 14.
				let far = match side {
					Side::Buy => FAR as i128 - bound,
					Side::Sell => FAR as i128 + bound,
				};
				Some((far as u128) << INDEX_BITS | i as u128)
			})
			.collect();
		rungs.sort_unstable();
		// A better limit never has the worse bound, so what is left to compare exactly are equal bounds.
		for equal in rungs.chunk_by_mut(|a, b| a >> INDEX_BITS == b >> INDEX_BITS) {
			equal.sort_unstable_by(|a, b| {
				let by_limit = compare_unit_limits(&batch[index(*a)], &batch[index(*b)]);
				match side {
					Side::Buy => by_limit.reverse(),
					Side::Sell => by_limit,
				}
				.then(a.cmp(b))
			});
		}
		let mut sums = Vec::with_capacity(rungs.len() + 1);
		let mut sum = 0i128;
		sums.push(sum);
		for rung in &rungs {
			// Within `MAX_ORDERS · MAX_AMOUNT`, 2^126.
			sum += available(&batch[index(*rung)]) as i128;
			sums.push(sum);
		}
		Self { side, rungs, sums }
	}

	/// What the orders whose bound satisfies `holds` may fill together; they come first.
	fn sum(&self, holds: impl Fn(i128) -> bool) -> i128 {
		let bound = |rung: u128| {
			let far = (rung >> INDEX_BITS) as i128;
			match self.side {
				Side::Buy => FAR as i128 - far,
				Side::Sell => far - FAR as i128,
			}
		};
		self.sums[self.rungs.partition_point(|rung| holds(bound(*rung)))]
	}

	/// Fills `total` from the best order on.
	fn fill(&self, batch: &[Order], mut total: u128, fills: &mut [Fill]) {
		for i in self.rungs.iter().map(|rung| index(*rung)) {
			let filled = total.min(available(&batch[i]));
			if filled == 0 {
				return;
			}
			fills[i].gpu_time = filled;
			total -= filled;
		}
	}
}

/// The order's index in the batch.
fn index(rung: u128) -> usize {
	rung as usize & (MAX_ORDERS - 1)
}

/// Clears a batch of orders, in arrival order, against a pool of `tokens` and `claims`.
///
/// Promises: no order fills past its limit; `T'·G' >= T·G`, also without the router's and the LPs' part of the
/// fee; an order that does not fill changes nothing for the others; O(n log n).
pub fn clear(tokens: u128, claims: u128, orders: &[Order]) -> Result<Cleared, Error> {
	check_reserves(tokens, claims)?;
	if orders.len() > MAX_ORDERS || orders.iter().any(|o| o.gpu_time > MAX_AMOUNT || o.limit > MAX_AMOUNT) {
		return Err(Error::TooLarge);
	}
	let buys = Ladder::new(orders, Side::Buy, tokens, claims);
	let sells = Ladder::new(orders, Side::Sell, tokens, claims);

	let depth = max_net(claims) as i128;
	let d = crossing(depth, |d| buys.sum(|b| b > d) - sells.sum(|b| b <= d) <= d);
	let beyond = buys.sum(|b| b > d) - sells.sum(|b| b < d);
	let (bought, sold) = if beyond < d {
		// Buys are missing: those at the bound fill too, and if even they do not suffice (the lower end of
		// the range), the sells with the worst limits stay out.
		let bought = buys.sum(|b| b >= d).min(d + sells.sum(|b| b < d));
		(bought, bought - d)
	} else {
		let sold = sells.sum(|b| b <= d).min(buys.sum(|b| b > d) - d);
		(sold + d, sold)
	};
	// Neither is negative: sums are not, and the two branches leave at least `|d|` to the other side.
	let (bought, sold) = (bought.max(0) as u128, sold.max(0) as u128);

	let mut fills = vec![Fill::default(); orders.len()];
	buys.fill(orders, bought, &mut fills);
	sells.fill(orders, sold, &mut fills);

	// Positive, since `|d| <= G/3`.
	let denominator = (claims as i128 - 2 * d) as u128;
	let (mut paid, mut got) = (0u128, 0u128);
	for (order, fill) in orders
		.iter()
		.zip(fills.iter_mut())
		.filter(|(_, fill)| fill.gpu_time > 0)
	{
		let total = match order.side {
			Side::Buy => {
				fill.tokens = pays(fill.gpu_time, tokens, denominator)?;
				&mut paid
			}
			Side::Sell => {
				fill.tokens = gets(fill.gpu_time, tokens, denominator)?;
				&mut got
			}
		};
		*total = total.checked_add(fill.tokens).ok_or(Error::TooLarge)?;
	}
	// Each side is within `MAX_ORDERS · MAX_AMOUNT`, 2^126. Each fill's fee was rounded up, so the parts of all
	// of them, computed once, are surely in the pool.
	let router_fee = fee_on(bought + sold, tokens, denominator, ROUTER_FEE_BP)?;
	let lp_fee = fee_on(bought + sold, tokens, denominator, FEE_BP - ROUTER_FEE_BP)?;
	Ok(Cleared {
		fills,
		price_numerator: tokens,
		price_denominator: denominator,
		bought,
		sold,
		paid,
		got,
		router_fee,
		lp_fee,
		reserve_tokens: tokens
			.checked_add(paid)
			.and_then(|t| t.checked_sub(got))
			.ok_or(Error::TooLarge)?,
		reserve_claims: claims
			.checked_add(sold)
			.and_then(|c| c.checked_sub(bought))
			.ok_or(Error::TooLarge)?,
	})
}

/// Whether an order with this limit fills, were the price of the next batch wholly in its favour: the
/// price that a batch may reach is bounded.
pub fn is_reachable(side: Side, gpu_time: u128, limit: u128, tokens: u128, claims: u128) -> Result<bool, Error> {
	check_reserves(tokens, claims)?;
	if gpu_time > MAX_AMOUNT || limit > MAX_AMOUNT {
		return Err(Error::TooLarge);
	}
	let depth = max_net(claims) as i128;
	Ok(
		bound(side, gpu_time, limit, tokens, claims).is_some_and(|bound| match side {
			Side::Buy => bound >= -depth,
			Side::Sell => bound <= depth,
		}),
	)
}

/// Compares how eager two orders of either side are, exactly: a buy's unit limit against spot, spot against a
/// sell's. The less, the farther spot must move before the order fills. Sizes are not zero; amounts are up to
/// [`MAX_AMOUNT`].
pub fn compare_eagerness(a: &Order, b: &Order, tokens: u128, claims: u128) -> Ordering {
	match (a.side, b.side) {
		(Side::Buy, Side::Buy) => compare_unit_limits(a, b),
		(Side::Sell, Side::Sell) => compare_unit_limits(b, a),
		(Side::Buy, Side::Sell) => compare_across(a, b, tokens, claims),
		(Side::Sell, Side::Buy) => compare_across(b, a, tokens, claims).reverse(),
	}
}

/// A buy's `L·G / (q·T)` with a sell's `q·T / (L·G)`, by cross multiplication: 448 bits.
fn compare_across(buy: &Order, sell: &Order, tokens: u128, claims: u128) -> Ordering {
	let product = |a: u128, b: u128, of: u128| {
		let of = U512::from(of);
		U512::from(a) * U512::from(b) * of * of
	};
	product(buy.limit, sell.limit, claims).cmp(&product(buy.gpu_time, sell.gpu_time, tokens))
}

fn available(order: &Order) -> u128 {
	order.at_most.min(order.gpu_time)
}

/// Smallest `d` in `±depth` at which `holds`, which is false below some point and true from it on; the
/// upper end if it never is.
fn crossing(depth: i128, holds: impl Fn(i128) -> bool) -> i128 {
	let (mut low, mut high) = (-depth, depth);
	while low < high {
		let middle = low + (high - low).div_euclid(2);
		if holds(middle) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	low
}

/// Compares planck per claim, exactly. Sizes are not zero.
fn compare_unit_limits(a: &Order, b: &Order) -> Ordering {
	match (a.limit.checked_mul(b.gpu_time), b.limit.checked_mul(a.gpu_time)) {
		(Some(a), Some(b)) => a.cmp(&b),
		_ => (U256::from(a.limit) * U256::from(b.gpu_time)).cmp(&(U256::from(b.limit) * U256::from(a.gpu_time))),
	}
}

/// The last `D` at which a buy's limit holds, the first at which a sell's does. `None`: never.
///
/// A limit `L` for `q` claims holds at the denominator `d = G - 2D` if, for a buy,
/// `q·T·(1 + φ) <= L·d`, and for a sell `q·T·(1 - φ) >= L·d`.
fn bound(side: Side, gpu_time: u128, limit: u128, tokens: u128, claims: u128) -> Option<i128> {
	let claims = claims as i128;
	match side {
		Side::Buy if limit == 0 => None,
		Side::Buy => {
			let least = match worth(gpu_time, tokens, limit, BP + FEE_BP) {
				Ok((quotient, exact)) => quotient.saturating_add((!exact).into()).min(FAR),
				Err(_) => FAR,
			};
			Some((claims - least as i128).div_euclid(2))
		}
		Side::Sell => {
			let most = match limit {
				0 => FAR,
				_ => worth(gpu_time, tokens, limit, BP - FEE_BP).map_or(FAR, |(quotient, _)| quotient.min(FAR)),
			};
			Some(-((most as i128 - claims).div_euclid(2)))
		}
	}
}

/// A part of the fee, `bp`, on `gpu_time` claims, rounded down. More than [`MAX_AMOUNT`] may have traded in all, so
/// this one is computed in full width.
fn fee_on(gpu_time: u128, tokens: u128, denominator: u128, bp: u32) -> Result<u128, Error> {
	let value = U256::from(gpu_time) * U256::from(tokens) * U256::from(bp);
	narrow(value / U256::from(u128::from(BP) * denominator))
}
