//! A pool over many batches, as the pallet runs one: the router takes its part, the rest is carried on.

#![allow(dead_code)] // Not every test needs every function.

use compute_amm_math::{
	batch::{clear, Cleared, Fill, Order},
	liquidity::{self, Moved},
	price, Side, BP, FEE_BP, MAX_AMOUNT, PRICE_ONE,
};
use primitive_types::U256;

/// A pool's books and its shares.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
	pub tokens: u128,
	pub claims: u128,
	pub shares: u128,
	waiting: u128,
}

/// What somebody got less what it gave.
#[derive(Clone, Copy, Default, Debug)]
pub struct Purse {
	pub tokens: i128,
	pub claims: i128,
}

impl Purse {
	pub fn take(&mut self, side: Side, fill: Fill) {
		let (tokens, claims) = (fill.tokens as i128, fill.gpu_time as i128);
		match side {
			Side::Buy => {
				self.tokens -= tokens;
				self.claims += claims;
			}
			Side::Sell => {
				self.tokens += tokens;
				self.claims -= claims;
			}
		}
	}

	/// What it is worth in planck, a claim at `price` of 18 decimals.
	pub fn worth(&self, price: u128) -> i128 {
		let claims = worth(self.claims.unsigned_abs(), price) as i128;
		self.tokens + self.claims.signum() * claims
	}
}

impl Pool {
	pub fn new(tokens: u128, claims: u128) -> Self {
		Self {
			tokens,
			claims,
			shares: liquidity::create(tokens, claims).expect("a pool"),
			waiting: 0,
		}
	}

	pub fn spot(&self) -> u128 {
		price(self.tokens, self.claims)
	}

	pub fn batch(&mut self, orders: &[Order]) -> Cleared {
		let cleared = clear(self.tokens, self.claims, orders).expect("clears");
		let kept = cleared.reserve_tokens - cleared.router_fee + self.waiting;
		(self.tokens, self.waiting) = cleared.carry(kept);
		self.claims = cleared.reserve_claims;
		cleared
	}

	pub fn add(&mut self, max_tokens: u128, max_claims: u128) -> Moved {
		let moved = liquidity::add(self.tokens, self.claims, self.shares, max_tokens, max_claims).expect("adds");
		self.tokens += moved.tokens;
		self.claims += moved.claims;
		self.shares += moved.shares;
		moved
	}

	pub fn remove(&mut self, shares: u128) -> Moved {
		let moved = liquidity::remove(self.tokens, self.claims, self.shares, shares).expect("removes");
		self.tokens -= moved.tokens;
		self.claims -= moved.claims;
		self.shares -= moved.shares;
		moved
	}
}

/// An order that takes any price.
pub fn market(side: Side, gpu_time: u128) -> Order {
	Order {
		side,
		gpu_time,
		limit: match side {
			Side::Buy => MAX_AMOUNT,
			Side::Sell => 0,
		},
		at_most: gpu_time,
	}
}

/// An order for as long as the clearing price is no worse than `price`, of 18 decimals.
pub fn up_to(side: Side, gpu_time: u128, price: u128) -> Order {
	let fee = match side {
		Side::Buy => BP + FEE_BP,
		Side::Sell => BP - FEE_BP,
	};
	let limit = U256::from(gpu_time) * U256::from(price) / U256::from(PRICE_ONE) * U256::from(fee) / U256::from(BP);
	Order {
		side,
		gpu_time,
		limit: limit.low_u128(),
		at_most: gpu_time,
	}
}

/// What claims are worth at a price of 18 decimals, in planck.
pub fn worth(gpu_time: u128, price: u128) -> u128 {
	(U256::from(gpu_time) * U256::from(price) / U256::from(PRICE_ONE)).low_u128()
}

/// `part` of `whole`, in millionths.
pub fn ppm(part: i128, whole: u128) -> i128 {
	part * 1_000_000 / whole as i128
}
