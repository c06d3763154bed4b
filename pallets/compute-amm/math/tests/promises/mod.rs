//! What a batch promises, as checks that any caller may run on any batch: the tests, the example that runs
//! a million random ones, and the fuzz target.
//!
//! A [`Case`] is decoded from bytes, so that a fuzzer's input, a random one and a kept regression are the
//! same thing. Each check says what is broken; [`Case::check`] runs all of them.

#![allow(dead_code)] // Not every one of them needs every function.

use compute_amm_math::{
	batch::{clear, Cleared, Fill, Order},
	quote, Side, BP, FEE_BP, MAX_AMOUNT, ROUTER_FEE_BP,
};
use primitive_types::U256;
use std::{cmp::Ordering, ops::AddAssign};

/// A broken promise, in words.
pub type Checked<T = ()> = Result<T, String>;

macro_rules! promise {
	($holds:expr, $($words:tt)+) => {
		if !$holds {
			return Err(format!($($words)+));
		}
	};
}

/// SplitMix64 (Steele, Lea, Flood 2014): enough for test cases, and the same everywhere.
pub struct Random(pub u64);

impl Random {
	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	/// Below `end`, which is not zero.
	pub fn below(&mut self, end: usize) -> usize {
		(self.next() % end as u64) as usize
	}

	/// Bytes of a case: few orders mostly, sometimes many.
	pub fn case(&mut self) -> Vec<u8> {
		let orders = match self.below(100) {
			0 => self.below(400),
			1..=9 => self.below(50),
			_ => self.below(10),
		};
		let mut bytes: Vec<u8> = (0..CASE_HEADER + orders * ORDER_BYTES)
			.map(|_| self.next() as u8)
			.collect();
		if self.below(4) == 0 {
			// The reserves of a pool in use: tokens of 63 to 66 bits, claims of 33 to 36.
			bytes[16] = 143 + self.below(8) as u8;
			bytes[25] = 75 + self.below(8) as u8;
		}
		bytes
	}
}

/// Bytes before the orders: a seed and two amounts.
pub const CASE_HEADER: usize = 8 + 9 + 9;
/// Bytes of an order.
pub const ORDER_BYTES: usize = 14;

/// A pool, a batch, and where chance comes from in the checks.
#[derive(Clone, Debug)]
pub struct Case {
	pub tokens: u128,
	pub claims: u128,
	pub orders: Vec<Order>,
	pub seed: u64,
}

/// What the checks saw, to tell that none of them passes for want of cases.
#[derive(Clone, Copy, Default, Debug)]
pub struct Seen {
	pub batches: u64,
	pub orders: u64,
	pub filled: u64,
	pub in_part: u64,
	/// Batches in which something filled at the end of the range of prices.
	pub at_the_end: u64,
	/// Batches compared with a scan over every `D`.
	pub scanned: u64,
	pub unfilled_removed: u64,
	pub shuffled: u64,
	/// Positions opened beside the batch's orders and closed whole.
	pub closed_within: u64,
	pub closed_next: u64,
	/// Of the latter, where the pool left fees waiting for a later batch.
	pub after_waiting: u64,
	/// Of those, what would have earned if it had not.
	pub would_have_earned: u64,
}

impl AddAssign for Seen {
	fn add_assign(&mut self, other: Self) {
		let Self {
			batches,
			orders,
			filled,
			in_part,
			at_the_end,
			scanned,
			unfilled_removed,
			shuffled,
			closed_within,
			closed_next,
			after_waiting,
			would_have_earned,
		} = other;
		self.batches += batches;
		self.orders += orders;
		self.filled += filled;
		self.in_part += in_part;
		self.at_the_end += at_the_end;
		self.scanned += scanned;
		self.unfilled_removed += unfilled_removed;
		self.shuffled += shuffled;
		self.closed_within += closed_within;
		self.closed_next += closed_next;
		self.after_waiting += after_waiting;
		self.would_have_earned += would_have_earned;
	}
}

/// Takes bytes from the front; zeros when there are no more.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
	fn take<const N: usize>(&mut self) -> [u8; N] {
		let mut taken = [0; N];
		let there = N.min(self.0.len());
		taken[..there].copy_from_slice(&self.0[..there]);
		self.0 = &self.0[there..];
		taken
	}

	/// From 1 to [`MAX_AMOUNT`], the number of bits as likely as any other.
	fn amount(&mut self) -> u128 {
		let mantissa = u64::from_le_bytes(self.take());
		let [bits] = self.take();
		let bits = u32::from(bits) * 113 / 256;
		let wide = u128::from(mantissa) << 64 | u128::from(mantissa.rotate_left(32));
		((1 << bits) | (wide & ((1u128 << bits) - 1))).min(MAX_AMOUNT)
	}
}

impl Case {
	pub fn decode(bytes: &[u8]) -> Self {
		let mut bytes = Bytes(bytes);
		let seed = u64::from_le_bytes(bytes.take());
		let (tokens, claims) = (bytes.amount(), bytes.amount());
		let mut orders: Vec<Order> = Vec::new();
		while !bytes.0.is_empty() && orders.len() < 1_000 {
			let order = an_order(&mut bytes, tokens, claims, orders.last());
			orders.push(order);
		}
		Self {
			tokens,
			claims,
			orders,
			seed,
		}
	}

	/// Every promise; what was seen on the way.
	pub fn check(&self) -> Checked<Seen> {
		let mut random = Random(self.seed);
		let cleared = self.keeps_its_books()?;
		let mut seen = Seen {
			batches: 1,
			orders: self.orders.len() as u64,
			..Seen::default()
		};
		for (order, fill) in self.orders.iter().zip(&cleared.fills) {
			seen.filled += u64::from(fill.gpu_time > 0);
			seen.in_part += u64::from(fill.gpu_time > 0 && fill.gpu_time < available(order));
		}
		let depth = a_third(self.claims) as i128;
		seen.at_the_end = (depth > 0 && net(&cleared).abs() == depth).into();
		self.fills_who_should(&cleared)?;
		seen.scanned = self.agrees_with_a_scan(&cleared)?.into();
		seen.unfilled_removed = self.unfilled_change_nothing(&cleared, &mut random)?;
		seen.shuffled = self.arrival_changes_no_price(&cleared, &mut random)?.into();
		for _ in 0..2 {
			self.positions_earn_nothing(&mut random, &mut seen)?;
		}
		Ok(seen)
	}

	fn clear(&self, orders: &[Order]) -> Checked<Cleared> {
		clear(self.tokens, self.claims, orders).map_err(|error| format!("does not clear: {error:?}"))
	}

	/// Sums, reserves, product, limits.
	fn keeps_its_books(&self) -> Checked<Cleared> {
		let (tokens, claims) = (self.tokens, self.claims);
		let cleared = self.clear(&self.orders)?;
		let d = net(&cleared);
		promise!(d.unsigned_abs() <= a_third(claims), "moves {d}, more than a third");
		promise!(cleared.price_numerator == tokens, "another numerator");
		promise!(
			cleared.price_denominator as i128 == claims as i128 - 2 * d,
			"another price"
		);
		promise!(
			cleared.reserve_claims as i128 == claims as i128 - d,
			"claims do not add up"
		);
		promise!(
			cleared.reserve_tokens + cleared.got == tokens + cleared.paid,
			"tokens do not add up"
		);
		promise!(cleared.fills.len() == self.orders.len(), "lost an order");
		// Exactly, and also when the router has taken its part, when a shortfall has taken half or all of the
		// LPs', and when some of the fee waits.
		for to_recovery in [0, cleared.lp_fee / 2, cleared.lp_fee] {
			let kept = cleared.reserve_tokens - cleared.router_fee - to_recovery;
			let (priced, waiting) = cleared.carry(kept);
			promise!(priced + waiting == kept, "the carry does not add up");
			promise!(
				wide(priced, cleared.reserve_claims) >= wide(tokens, claims),
				"the product fell, {to_recovery} going to a shortfall"
			);
		}

		let volume = U256::from(cleared.bought) + U256::from(cleared.sold);
		for (fee, bp, whose) in [
			(cleared.router_fee, ROUTER_FEE_BP, "router"),
			(cleared.lp_fee, FEE_BP - ROUTER_FEE_BP, "LPs"),
		] {
			let exact =
				volume * U256::from(tokens) * U256::from(bp) / (U256::from(cleared.price_denominator) * U256::from(BP));
			promise!(exact == fee.into(), "the part of the {whose} is {fee}");
		}

		let mut sums = Cleared {
			fills: Vec::new(),
			bought: 0,
			sold: 0,
			paid: 0,
			got: 0,
			..cleared.clone()
		};
		let by = U256::from(cleared.price_denominator) * U256::from(BP);
		for (i, (order, fill)) in self.orders.iter().zip(&cleared.fills).enumerate() {
			promise!(fill.gpu_time <= available(order), "order {i} filled past its size");
			let value = wide(fill.gpu_time, tokens);
			let tokens = U256::from(fill.tokens) * by;
			// Rounded against the trader, by less than a planck.
			let (exact, rounding) = match order.side {
				Side::Buy => {
					sums.bought += fill.gpu_time;
					sums.paid += fill.tokens;
					let exact = value * U256::from(BP + FEE_BP);
					promise!(exact <= tokens, "order {i} paid too little");
					(exact, tokens - exact)
				}
				Side::Sell => {
					sums.sold += fill.gpu_time;
					sums.got += fill.tokens;
					let exact = value * U256::from(BP - FEE_BP);
					promise!(exact >= tokens, "order {i} got too much");
					(exact, exact - tokens)
				}
			};
			promise!(rounding < by, "order {i} lost more than a planck to rounding: {exact}");
			if fill.gpu_time > 0 {
				promise!(
					holds(order, self.tokens, cleared.price_denominator),
					"order {i} filled past its limit"
				);
			}
			if fill.gpu_time == order.gpu_time && fill.gpu_time > 0 {
				let kept = match order.side {
					Side::Buy => fill.tokens <= order.limit,
					Side::Sell => fill.tokens >= order.limit,
				};
				promise!(kept, "order {i} filled whole past its limit");
			}
		}
		promise!(
			(sums.bought, sums.sold, sums.paid, sums.got) == (cleared.bought, cleared.sold, cleared.paid, cleared.got),
			"fills do not sum to the totals"
		);
		Ok(cleared)
	}

	/// None strictly better is left out; at the price itself one side alone fills; best limit first, the
	/// earlier first among equals, one in part.
	fn fills_who_should(&self, cleared: &Cleared) -> Checked {
		let d = net(cleared);
		let depth = a_third(self.claims) as i128;
		let mut at_the_price = [false; 2];
		for (i, (order, fill)) in self.orders.iter().zip(&cleared.fills).enumerate() {
			// One whose limit would bear a worse price than the batch's.
			let worse = match order.side {
				Side::Buy => d + 1,
				Side::Sell => d - 1,
			};
			// A step past the range its denominator is still positive, but for pools of under three claims.
			let denominator = self.claims as i128 - 2 * worse;
			let bears = order.gpu_time > 0 && denominator > 0 && holds(order, self.tokens, denominator as u128);
			promise!(
				!bears || worse.abs() > depth || fill.gpu_time == available(order),
				"order {i} is left out at {d}"
			);
			at_the_price[(order.side == Side::Sell) as usize] |= fill.gpu_time > 0 && !bears;
		}
		promise!(at_the_price != [true, true], "both sides fill at the price");
		let mut parts = 0;
		for side in [Side::Buy, Side::Sell] {
			let mut worse_filled = None;
			for i in self.by_limit(side).into_iter().rev() {
				let (order, fill) = (&self.orders[i], &cleared.fills[i]);
				if available(order) == 0 {
					continue;
				}
				let whole = fill.gpu_time == available(order);
				if let (Some(worse), false) = (worse_filled, whole) {
					return Err(format!("order {worse} fills before the better or earlier order {i}"));
				}
				if fill.gpu_time > 0 {
					worse_filled = Some(i);
					parts += u32::from(!whole);
				}
			}
		}
		promise!(parts <= 1, "{parts} orders fill in part");
		Ok(())
	}

	/// The net trade is that of the definition, found by trying every one. Small pools only.
	fn agrees_with_a_scan(&self, cleared: &Cleared) -> Checked<bool> {
		let depth = a_third(self.claims) as i128;
		if depth > 200 || self.orders.len() > 20 {
			return Ok(false);
		}
		let claims = self.claims as i128;
		let willing = |side, d: i128| -> i128 {
			self.orders
				.iter()
				.filter(|order| order.side == side && order.gpu_time > 0)
				.filter(|order| holds(order, self.tokens, (claims - 2 * d) as u128))
				.map(|order| available(order) as i128)
				.sum()
		};
		let least = (-depth..depth)
			.find(|d| willing(Side::Buy, d + 1) - willing(Side::Sell, *d) <= *d)
			.unwrap_or(depth);
		promise!(
			net(cleared) == least,
			"trades {} net, a scan says {least}",
			net(cleared)
		);
		Ok(true)
	}

	/// All orders that did not fill taken out at once, and one of them alone.
	fn unfilled_change_nothing(&self, cleared: &Cleared, random: &mut Random) -> Checked<u64> {
		let unfilled: Vec<usize> = (0..self.orders.len())
			.filter(|i| cleared.fills[*i].gpu_time == 0)
			.collect();
		if unfilled.is_empty() {
			return Ok(0);
		}
		let one = unfilled[random.below(unfilled.len())];
		let without = |out: &dyn Fn(usize) -> bool| -> Checked {
			let left: Vec<usize> = (0..self.orders.len()).filter(|i| !out(*i)).collect();
			let orders: Vec<Order> = left.iter().map(|i| self.orders[*i]).collect();
			let fills: Vec<Fill> = left.iter().map(|i| cleared.fills[*i]).collect();
			let again = self.clear(&orders)?;
			promise!(
				again
					== Cleared {
						fills,
						..cleared.clone()
					},
				"an order that did not fill changed another's fill or the price"
			);
			Ok(())
		};
		without(&|i| i == one)?;
		without(&|i| cleared.fills[i].gpu_time == 0)?;
		Ok(unfilled.len() as u64)
	}

	/// In another order of arrival the price is the same, and orders of one limit fill as much together.
	fn arrival_changes_no_price(&self, cleared: &Cleared, random: &mut Random) -> Checked<bool> {
		if self.orders.len() < 2 {
			return Ok(false);
		}
		let mut other = self.clone();
		for i in (1..other.orders.len()).rev() {
			other.orders.swap(i, random.below(i + 1));
		}
		let again = self.clear(&other.orders)?;
		promise!(
			again.price_denominator == cleared.price_denominator,
			"the price depends on arrival"
		);
		promise!(
			(again.bought, again.sold) == (cleared.bought, cleared.sold),
			"the volume depends on arrival"
		);
		for side in [Side::Buy, Side::Sell] {
			promise!(
				self.by_limits(side, cleared) == other.by_limits(side, &again),
				"what fills at a limit depends on arrival"
			);
		}
		Ok(true)
	}

	/// Somebody who knows the batch trades beside it, and closes what is open in it or, alone, in the next
	/// one. To the last planck that earns nothing.
	fn positions_earn_nothing(&self, random: &mut Random, seen: &mut Seen) -> Checked {
		let mut orders = self.orders.clone();
		let mut own = Vec::new();
		for _ in 0..1 + random.below(3) {
			let order = self.a_position(random);
			// Placed earlier, later or between the others.
			let at = random.below(orders.len() + 1);
			orders.insert(at, order);
			for i in &mut own {
				*i += usize::from(*i >= at);
			}
			own.push(at);
		}
		let opened = self.clear(&orders)?;
		let (mut open, mut spent, mut earned) = (0i128, 0u128, 0u128);
		for i in &own {
			let fill = opened.fills[*i];
			match orders[*i].side {
				Side::Buy => {
					open += fill.gpu_time as i128;
					spent += fill.tokens;
				}
				Side::Sell => {
					open -= fill.gpu_time as i128;
					earned += fill.tokens;
				}
			}
		}
		if open == 0 {
			promise!(earned <= spent, "closing within the batch earns {}", earned - spent);
			seen.closed_within += u64::from(spent > 0);
			return Ok(());
		}
		// With a shortfall that takes half of the LPs' part, or without.
		let to_recovery = if random.below(2) == 0 { 0 } else { opened.lp_fee / 2 };
		let kept = opened.reserve_tokens - opened.router_fee - to_recovery;
		let (priced, waiting) = opened.carry(kept);
		let closing = closing_orders(open, random);
		let Some((back_spent, back_earned)) = close(priced, opened.reserve_claims, &closing)? else {
			return Ok(());
		};
		seen.closed_next += 1;
		promise!(
			earned + back_earned <= spent + back_spent,
			"closing in the next batch earns {}",
			earned + back_earned - spent - back_spent
		);
		if waiting > 0 {
			seen.after_waiting += 1;
			if let Some((back_spent, back_earned)) = close(kept, opened.reserve_claims, &closing)? {
				seen.would_have_earned += u64::from(earned + back_earned > spent + back_spent);
			}
		}
		Ok(())
	}

	/// An order of any size, mostly one that fills, some of them right at a price the batch may have.
	fn a_position(&self, random: &mut Random) -> Order {
		let side = if random.below(2) == 0 { Side::Buy } else { Side::Sell };
		let third = a_third(self.claims).max(1);
		let gpu_time = match random.below(4) {
			0 => 1 + u128::from(random.next()) % third,
			1 => 1 + (third >> random.below(40)).min(third - 1),
			2 => third,
			_ => 1 + u128::from(random.next()) % 1_000,
		};
		let limit = match (random.below(3), side) {
			(0, _) => total_at(side, self.tokens, self.claims, gpu_time, random.next() as i16),
			(_, Side::Buy) => MAX_AMOUNT,
			(_, Side::Sell) => 0,
		};
		Order {
			side,
			gpu_time,
			limit,
			at_most: gpu_time,
		}
	}

	/// The orders of a side by their unit limits, best first, the earlier first among equals.
	fn by_limit(&self, side: Side) -> Vec<usize> {
		let mut indices: Vec<usize> = (0..self.orders.len())
			.filter(|i| self.orders[*i].side == side && self.orders[*i].gpu_time > 0)
			.collect();
		indices.sort_by(|i, j| match side {
			Side::Buy => unit_limits(&self.orders[*j], &self.orders[*i]),
			Side::Sell => unit_limits(&self.orders[*i], &self.orders[*j]),
		});
		indices
	}

	/// What fills at each unit limit of a side, best first.
	fn by_limits(&self, side: Side, cleared: &Cleared) -> Vec<u128> {
		let mut sums = Vec::new();
		let mut last: Option<&Order> = None;
		for i in self.by_limit(side) {
			let order = &self.orders[i];
			if last.is_none_or(|last| unit_limits(last, order) != Ordering::Equal) {
				sums.push(0);
			}
			if let Some(sum) = sums.last_mut() {
				*sum += cleared.fills[i].gpu_time;
			}
			last = Some(order);
		}
		sums
	}
}

/// Orders that close `open` claims, in one or in two.
fn closing_orders(open: i128, random: &mut Random) -> Vec<Order> {
	let (side, limit) = if open > 0 {
		(Side::Sell, 0)
	} else {
		(Side::Buy, MAX_AMOUNT)
	};
	let whole = open.unsigned_abs();
	let first = if random.below(2) == 0 { whole } else { whole / 2 };
	[first, whole - first]
		.into_iter()
		.filter(|gpu_time| *gpu_time > 0)
		.map(|gpu_time| Order {
			side,
			gpu_time,
			limit,
			at_most: gpu_time,
		})
		.collect()
}

/// What those orders, alone in a batch, pay and get; `None` if they do not fill whole.
fn close(tokens: u128, claims: u128, orders: &[Order]) -> Checked<Option<(u128, u128)>> {
	let cleared = match clear(tokens, claims, orders) {
		Ok(cleared) => cleared,
		// A pool that has outgrown the arithmetic, or an order that has.
		Err(_) if tokens > MAX_AMOUNT || claims > MAX_AMOUNT || orders[0].gpu_time > MAX_AMOUNT / 2 => return Ok(None),
		Err(error) => return Err(format!("does not close: {error:?}")),
	};
	let whole = cleared
		.fills
		.iter()
		.zip(orders)
		.all(|(fill, order)| fill.gpu_time == order.gpu_time);
	Ok(whole.then_some((cleared.paid, cleared.got)))
}

/// An order from bytes: sizes and limits that batches are likely to stumble over.
fn an_order(bytes: &mut Bytes, tokens: u128, claims: u128, last: Option<&Order>) -> Order {
	let [flags, paced] = bytes.take();
	let [fraction] = [u16::from_le_bytes(bytes.take())];
	let raw = bytes.amount();
	let [percent] = bytes.take();
	let side = if flags & 1 == 0 { Side::Buy } else { Side::Sell };
	let gpu_time = match flags >> 1 & 3 {
		// Of the pool's claims, up to four times as many.
		0 => (wide(claims, fraction.into()) >> 14).low_u128().clamp(1, MAX_AMOUNT),
		1 => (claims >> (fraction % 64)).clamp(1, MAX_AMOUNT),
		2 => u128::from(fraction % 64) + 1,
		_ => raw,
	};
	let capped = |limit: U256| limit.min(MAX_AMOUNT.into()).low_u128();
	let limit = match flags >> 3 & 7 {
		// Spot by sixteenths, so that many limits are equal but for rounding.
		0 => capped(wide(gpu_time, tokens) * U256::from(percent % 64) / (U256::from(claims) * U256::from(16))),
		// A whole number of planck for each claim, so that they are equal exactly.
		1 | 2 => {
			let unit = wide(tokens, u128::from(percent % 64)) / (U256::from(claims) * U256::from(16));
			capped(unit * U256::from(gpu_time))
		}
		// Right at a price that the batch may have.
		3 | 4 => total_at(side, tokens, claims, gpu_time, percent as i16 * 128),
		5 => raw,
		6 if side == Side::Buy => MAX_AMOUNT,
		6 => 0,
		_ => match last {
			// The last one again, on either side.
			Some(last) => return Order { side, ..*last },
			None => 0,
		},
	};
	Order {
		side,
		gpu_time,
		limit,
		at_most: match flags >> 6 {
			0..=2 => u128::MAX,
			_ => wide(gpu_time, paced.into()).low_u128() / 256,
		},
	}
}

/// What an order pays or gets if the batch trades `part / 2^15` of its range net.
fn total_at(side: Side, tokens: u128, claims: u128, gpu_time: u128, part: i16) -> u128 {
	let d = (wide(a_third(claims), part.unsigned_abs().into()) >> 15).low_u128() as i128 * i128::from(part.signum());
	let by = U256::from((claims as i128 - 2 * d) as u128) * U256::from(BP);
	let total = match side {
		Side::Buy => (wide(gpu_time, tokens) * U256::from(BP + FEE_BP) + by - U256::one()) / by,
		Side::Sell => wide(gpu_time, tokens) * U256::from(BP - FEE_BP) / by,
	};
	total.min(MAX_AMOUNT.into()).low_u128()
}

/// An order alone in its batch trades as it was quoted.
pub fn trades_as_quoted(side: Side, tokens: u128, claims: u128, gpu_time: u128) -> Checked {
	let Ok(quoted) = quote::quote(side, tokens, claims, gpu_time) else {
		return Ok(());
	};
	if quoted.total > MAX_AMOUNT {
		return Ok(());
	}
	let order = Order {
		side,
		gpu_time,
		limit: quoted.total,
		at_most: gpu_time,
	};
	let cleared = clear(tokens, claims, &[order]).map_err(|error| format!("does not clear: {error:?}"))?;
	let fill = Fill {
		gpu_time,
		tokens: quoted.total,
	};
	promise!(
		cleared.fills[0] == fill,
		"filled {:?}, quoted {quoted:?}",
		cleared.fills[0]
	);
	Ok(())
}

fn available(order: &Order) -> u128 {
	order.at_most.min(order.gpu_time)
}

/// The most that a batch may trade net: the tests' own word for it.
fn a_third(claims: u128) -> u128 {
	claims / 3
}

fn net(cleared: &Cleared) -> i128 {
	cleared.bought as i128 - cleared.sold as i128
}

fn wide(a: u128, b: u128) -> U256 {
	U256::from(a) * U256::from(b)
}

fn unit_limits(a: &Order, b: &Order) -> Ordering {
	wide(a.limit, b.gpu_time).cmp(&wide(b.limit, a.gpu_time))
}

/// Whether `order`'s limit holds at the price `tokens / denominator`, straight from the formulas.
fn holds(order: &Order, tokens: u128, denominator: u128) -> bool {
	let value = wide(order.gpu_time, tokens);
	let limit = wide(order.limit, denominator) * U256::from(BP);
	match order.side {
		Side::Buy => value * U256::from(BP + FEE_BP) <= limit,
		Side::Sell => value * U256::from(BP - FEE_BP) >= limit,
	}
}
