//! Where a piece of work is done for the least: one class, or a split over several.
//!
//! Classes differ in what a millisecond of them does, in price, in how far an order moves that price, and
//! in the base fee. What `q` claims of a class cost, each order alone in its batch,
//!
//! ```text
//! c(q) = q · T · (1 + φ) · (1 + job fee) / (G - 2q) + q · base fee
//! ```
//!
//! is convex in `q`, so the cheapest split is the one at which the next unit of work costs the same in
//! every class that takes part, and no less in those that do not. That cost is found by bisection; at a
//! given one, what a class contributes has a closed form:
//!
//! ```text
//! c'(q) = (1 + φ)(1 + job fee) · T · G / (G - 2q)² + base fee <= m     G - 2q >= √(… · T · G / (m - base fee))
//! ```
//!
//! GPU time is whole milliseconds. The best choice of whole numbers is a knapsack problem; the split found
//! here does at least the work asked, costs no more than the best single class, and misses the best split
//! by at most one claim of some class in it and a planck or two of rounding per class.

use crate::{congestion, max_net, narrow, pays, Error, BP, FEE_BP, MAX_AMOUNT, PRICE_ONE};
use alloc::{vec, vec::Vec};
use primitive_types::{U256, U512};

/// Claims in the unit of throughput: a second of GPU time.
const SECOND: u128 = 1_000;
/// Bits below the 18 decimals of a price with which marginal costs are compared.
const FINER: usize = 32;

/// A class, as far as cost goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Class {
	/// The pool's tokens, in planck.
	pub reserve_tokens: u128,
	/// The pool's claims, in milliseconds.
	pub reserve_claims: u128,
	/// Units of work that a second of it does, by its attested benchmark. Zero: not this kind of work.
	pub throughput: u64,
	/// Base fee of a claim, as a price: planck with 18 decimals.
	pub base_fee: u128,
	/// The most GPU time wanted of it, in milliseconds; a third of the pool's claims is the most there is.
	/// Zero leaves the class out.
	pub at_most: u128,
}

/// What the client accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Constraints {
	/// Whether the work may be spread over classes.
	pub may_split: bool,
	/// A fee on what the claims cost, in basis points: the job fee. It weighs on the price, not on the base
	/// fee.
	pub job_fee_bp: u32,
}

/// One class's part in the work.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
	/// Its index among the classes given.
	pub class: usize,
	/// Claims to buy, in milliseconds.
	pub gpu_time: u128,
	/// What the pool takes for them, market fee and impact included, in planck, rounded up.
	pub tokens: u128,
	/// The job fee on that, in planck, rounded up.
	pub job_fee: u128,
	/// The base fee, in planck, rounded up.
	pub base_fee: u128,
}

/// How to do the work.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Plan {
	/// The classes that take part, in the order given.
	pub parts: Vec<Part>,
	/// What all of it costs, in planck.
	pub cost: u128,
}

/// The cheapest way to do `work` units over `classes`. Classes without a pool or throughput are passed over.
///
/// [`Error::Zero`]: no work. [`Error::ExceedsDepth`]: all classes together, or with no split any single
/// one, cannot do so much. [`Error::TooLarge`]: an amount exceeds [`MAX_AMOUNT`], or the job fee the whole.
pub fn cheapest(work: u128, classes: &[Class], constraints: Constraints) -> Result<Plan, Error> {
	if work == 0 {
		return Err(Error::Zero);
	}
	let too_large = |class: &Class| class.reserve_tokens > MAX_AMOUNT || class.reserve_claims > MAX_AMOUNT;
	if work > MAX_AMOUNT || constraints.job_fee_bp > BP || classes.iter().any(too_large) {
		return Err(Error::TooLarge);
	}
	let curves: Vec<Curve> = classes
		.iter()
		.enumerate()
		.filter_map(|(index, class)| Curve::new(index, class, constraints.job_fee_bp))
		.collect();
	// Work in thousandths of a unit, so that a claim does a whole number of them: below 2^122.
	let work = work * SECOND;

	let single = curves
		.iter()
		.filter_map(|curve| {
			let gpu_time = work.div_ceil(curve.throughput);
			// A class whose cost cannot even be written down is not the cheapest.
			let part = (gpu_time <= curve.most).then(|| curve.part(gpu_time))?.ok()?;
			plan(vec![part]).ok()
		})
		.min_by_key(|plan| plan.cost)
		.ok_or(Error::ExceedsDepth);
	if !constraints.may_split {
		return single;
	}
	let split = split(work, &curves).and_then(|split| {
		let parts = curves
			.iter()
			.zip(split)
			.filter(|(_, gpu_time)| *gpu_time > 0)
			.map(|(curve, gpu_time)| curve.part(gpu_time))
			.collect::<Result<Vec<Part>, Error>>()?;
		plan(parts)
	});
	match (single, split) {
		(Ok(single), Ok(split)) if split.cost < single.cost => Ok(split),
		(Ok(single), _) => Ok(single),
		(Err(_), split) => split,
	}
}

fn plan(parts: Vec<Part>) -> Result<Plan, Error> {
	let cost = parts.iter().try_fold(0u128, |sum, part| {
		sum.checked_add(part.tokens)?
			.checked_add(part.job_fee)?
			.checked_add(part.base_fee)
	});
	Ok(Plan {
		parts,
		cost: cost.ok_or(Error::TooLarge)?,
	})
}

/// A class whose marginal cost can be asked for.
struct Curve {
	index: usize,
	tokens: u128,
	claims: u128,
	/// Thousandths of a unit of work that a claim does.
	throughput: u128,
	base_fee: u128,
	most: u128,
	job_fee_bp: u32,
	/// `(1 + φ)(1 + job fee) · T · G` as a finer price: what is to be divided by `(G - 2q)²`.
	scaled: U512,
}

impl Curve {
	fn new(index: usize, class: &Class, job_fee_bp: u32) -> Option<Self> {
		let most = class.at_most.min(max_net(class.reserve_claims));
		if class.reserve_tokens == 0 || class.throughput == 0 || most == 0 {
			return None;
		}
		// 112 + 112 + 28 + 60 + 32 bits.
		let fees = U512::from(u64::from(BP + FEE_BP) * u64::from(BP + job_fee_bp));
		let product = U512::from(class.reserve_tokens) * U512::from(class.reserve_claims) * fees;
		let scaled = product * (U512::from(PRICE_ONE) << FINER) / U512::from(u64::from(BP) * u64::from(BP));
		Some(Self {
			index,
			tokens: class.reserve_tokens,
			claims: class.reserve_claims,
			throughput: class.throughput.into(),
			base_fee: class.base_fee,
			most,
			job_fee_bp,
			scaled,
		})
	}

	fn part(&self, gpu_time: u128) -> Result<Part, Error> {
		let tokens = pays(gpu_time, self.tokens, self.claims - 2 * gpu_time)?;
		let fee = U256::from(tokens) * U256::from(self.job_fee_bp) + U256::from(BP - 1);
		Ok(Part {
			class: self.index,
			gpu_time,
			tokens,
			job_fee: narrow(fee / U256::from(BP))?,
			base_fee: congestion::total(gpu_time, self.base_fee)?,
		})
	}

	/// What the claim after `gpu_time` costs, as a finer price, rounded up.
	fn marginal(&self, gpu_time: u128) -> U512 {
		let left = U512::from(self.claims - 2 * gpu_time);
		self.scaled / (left * left) + U512::one() + (U512::from(self.base_fee) << FINER)
	}

	/// The most claims of which the last costs at most `marginal`.
	fn up_to(&self, marginal: U512) -> u128 {
		let Some(impact) = marginal
			.checked_sub(U512::from(self.base_fee) << FINER)
			.filter(|impact| !impact.is_zero())
		else {
			return 0;
		};
		let square = self.scaled / impact + U512::one();
		let claims = U256::from(self.claims);
		// The square of all claims is the marginal cost of the first one.
		let Some(square) = U256::try_from(square).ok().filter(|square| *square < claims * claims) else {
			return 0;
		};
		let root = square.integer_sqrt();
		let left = if root * root < square { root + U256::one() } else { root };
		((claims - left) / U256::from(2u8)).low_u128().min(self.most)
	}
}

/// Claims of each class that together do `work`, at the least cost.
fn split(work: u128, curves: &[Curve]) -> Result<Vec<u128>, Error> {
	let enough = |split: &[u128]| done(split, curves) >= U256::from(work);
	let most: Vec<u128> = curves.iter().map(|curve| curve.most).collect();
	if !enough(&most) {
		return Err(Error::ExceedsDepth);
	}
	// The marginal cost of work is compared as that of a claim of the fastest class: at `m` for it, a claim
	// of another is worth `m` times the ratio of their throughputs.
	let fastest = curves.iter().map(|curve| curve.throughput).max().ok_or(Error::Zero)?;
	let at = |m: U512| -> Vec<u128> {
		let worth = |curve: &Curve| m * U512::from(curve.throughput) / U512::from(fastest);
		curves.iter().map(|curve| curve.up_to(worth(curve))).collect()
	};
	let all = |curve: &Curve| curve.marginal(curve.most) * U512::from(fastest) / U512::from(curve.throughput);
	let dearest = curves.iter().map(all).max().ok_or(Error::Zero)?;

	let (mut low, mut high) = (U512::zero(), dearest);
	let (mut under, mut over) = (at(low), most);
	while high - low > U512::one() {
		let middle = low + (high - low) / U512::from(2u8);
		let split = at(middle);
		if enough(&split) {
			(high, over) = (middle, split);
		} else {
			(low, under) = (middle, split);
		}
		// With one claim between them there is nothing left to choose.
		if under.iter().zip(&over).map(|(under, over)| over - under).sum::<u128>() <= 1 {
			break;
		}
	}
	Ok(trim(work, curves, over, &under))
}

/// Takes off `split` what it does more than `work`, but no class below `least`: between the two, claims cost
/// the same for the work they do. The fastest first, so that the slower ones fit what is left.
fn trim(work: u128, curves: &[Curve], mut split: Vec<u128>, least: &[u128]) -> Vec<u128> {
	let mut order: Vec<usize> = (0..curves.len()).collect();
	order.sort_by_key(|i| core::cmp::Reverse(curves[*i].throughput));
	let mut spare = done(&split, curves).saturating_sub(work.into());
	for i in order {
		let throughput = U256::from(curves[i].throughput);
		let off = (spare / throughput).min(U256::from(split[i] - least[i]));
		split[i] -= off.low_u128();
		spare -= off * throughput;
	}
	split
}

/// The work that claims of each class do, in thousandths of a unit.
fn done(split: &[u128], curves: &[Curve]) -> U256 {
	split
		.iter()
		.zip(curves)
		.map(|(gpu_time, curve)| U256::from(*gpu_time) * U256::from(curve.throughput))
		.fold(U256::zero(), |sum, work| sum + work)
}
