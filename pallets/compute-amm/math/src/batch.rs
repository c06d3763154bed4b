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
	check_reserves, gets, max_net, part, pays, Error, Side, BP, FEE_BP, MAX_AMOUNT, MAX_ORDERS, ROUTER_FEE_BP,
};
use alloc::{vec, vec::Vec};
use core::cmp::Ordering;
use primitive_types::U256;

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
	/// The part of the fee that is the router's, in planck, rounded down; still in `reserve_tokens`.
	pub router_fee: u128,
	/// The pool's tokens afterwards, with the whole fee.
	pub reserve_tokens: u128,
	/// The pool's claims afterwards.
	pub reserve_claims: u128,
}

/// One side of the book: indices into the batch, best limit first, the earlier order first among
/// equals, each with its bound; `sums[i]` is what the first `i` may fill together.
struct Ladder {
	orders: Vec<(usize, i128)>,
	sums: Vec<i128>,
}

impl Ladder {
	fn new(batch: &[Order], side: Side, tokens: u128, claims: u128) -> Self {
		let mut orders: Vec<usize> = (0..batch.len())
			.filter(|i| batch[*i].side == side && available(&batch[*i]) > 0)
			.collect();
		// Stable, so that arrival order stands among equal limits.
		orders.sort_by(|a, b| {
			let by_limit = compare_unit_limits(&batch[*a], &batch[*b]);
			match side {
				Side::Buy => by_limit.reverse(),
				Side::Sell => by_limit,
			}
		});
		let orders: Vec<(usize, i128)> = orders
			.into_iter()
			.filter_map(|i| bound(side, batch[i].gpu_time, batch[i].limit, tokens, claims).map(|bound| (i, bound)))
			.collect();
		let mut sums = Vec::with_capacity(orders.len() + 1);
		let mut sum = 0i128;
		sums.push(sum);
		for (i, _) in &orders {
			// Within `MAX_ORDERS · MAX_AMOUNT`, 2^126.
			sum += available(&batch[*i]) as i128;
			sums.push(sum);
		}
		Self { orders, sums }
	}

	/// What the orders whose bound satisfies `holds` may fill together; they come first.
	fn sum(&self, holds: impl Fn(i128) -> bool) -> i128 {
		self.sums[self.orders.partition_point(|(_, bound)| holds(*bound))]
	}

	/// Fills `total` from the best order on.
	fn fill(&self, batch: &[Order], mut total: u128, fills: &mut [Fill]) {
		for (i, _) in &self.orders {
			let filled = total.min(available(&batch[*i]));
			if filled == 0 {
				return;
			}
			fills[*i].gpu_time = filled;
			total -= filled;
		}
	}
}

/// Clears a batch of orders, in arrival order, against a pool of `tokens` and `claims`.
///
/// Promises: no order fills past its limit; `T'·G' >= T·G`, also without the router's part of the fee;
/// an order that does not fill changes nothing for the others; O(n log n).
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
	let (mut paid, mut got, mut router_fee) = (0u128, 0u128, 0u128);
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
		let fee = part(fill.gpu_time, tokens, denominator, ROUTER_FEE_BP)?;
		router_fee = router_fee.checked_add(fee).ok_or(Error::TooLarge)?;
	}
	Ok(Cleared {
		fills,
		price_numerator: tokens,
		price_denominator: denominator,
		bought,
		sold,
		paid,
		got,
		router_fee,
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

/// How eager an order is, in parts per billion of spot, for comparing orders of either side: a buy's unit
/// limit against spot, spot against a sell's. The less, the farther spot must move before it fills.
/// Saturates, and takes amounts up to [`MAX_AMOUNT`].
pub fn eagerness(side: Side, gpu_time: u128, limit: u128, tokens: u128, claims: u128) -> u128 {
	let cap = |x: u128| U256::from(x.min(MAX_AMOUNT));
	let (at_limit, at_spot) = (cap(limit) * cap(claims), cap(gpu_time) * cap(tokens));
	let (numerator, denominator) = match side {
		Side::Buy => (at_limit, at_spot),
		Side::Sell => (at_spot, at_limit),
	};
	if denominator.is_zero() {
		return u128::MAX;
	}
	let ratio = numerator * U256::from(1_000_000_000u32) / denominator;
	crate::narrow(ratio).unwrap_or(u128::MAX)
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
	(U256::from(a.limit) * U256::from(b.gpu_time)).cmp(&(U256::from(b.limit) * U256::from(a.gpu_time)))
}

/// The last `D` at which a buy's limit holds, the first at which a sell's does. `None`: never.
///
/// A limit `L` for `q` claims holds at the denominator `d = G - 2D` if, for a buy,
/// `q·T·(1 + φ) <= L·d`, and for a sell `q·T·(1 - φ) >= L·d`.
fn bound(side: Side, gpu_time: u128, limit: u128, tokens: u128, claims: u128) -> Option<i128> {
	// Far outside every range of `D`; bounds beyond are all alike.
	const FAR: i128 = 1 << 124;
	let far = U256::from(FAR as u128);
	let value = U256::from(gpu_time) * U256::from(tokens);
	let scaled_limit = U256::from(limit) * U256::from(BP);
	let claims = claims as i128;
	match side {
		Side::Buy => {
			let (quotient, rest) = (value * U256::from(BP + FEE_BP)).checked_div_mod(scaled_limit)?;
			let least = if rest.is_zero() {
				quotient
			} else {
				quotient + U256::one()
			};
			let least = least.min(far).low_u128() as i128;
			Some((claims - least).div_euclid(2))
		}
		Side::Sell => {
			let most = (value * U256::from(BP - FEE_BP))
				.checked_div(scaled_limit)
				.unwrap_or(far);
			let most = most.min(far).low_u128() as i128;
			Some(-((most - claims).div_euclid(2)))
		}
	}
}

trait CheckedDivMod: Sized {
	fn checked_div_mod(self, by: Self) -> Option<(Self, Self)>;
}

impl CheckedDivMod for U256 {
	fn checked_div_mod(self, by: Self) -> Option<(Self, Self)> {
		(!by.is_zero()).then(|| self.div_mod(by))
	}
}
