//! Who gets a place in the books: per class, over all classes, and the fifth that is kept for jobs.
//!
//! All books together hold at most `MaxOrders`, so that clearing them fits a block. A class's book holds at most
//! `MaxOrdersPerBatch`. A **quota** of places is every class's own, whatever the others do; what lies beyond it
//! comes out of a **common rest**:
//!
//! ```text
//! quota       = (MaxOrders - MaxOrdersPerBatch) / MaxPools
//! common rest = MaxOrders - quota · MaxPools                 >= MaxOrdersPerBatch
//! an order finds a place if      n < MaxOrdersPerBatch
//!                        and if  n < quota   or   Σ max(0, n_i - quota) < common rest
//! ```
//!
//! For orders that are no job's bid the same must hold with their own counts and four fifths of each figure. So
//! of every figure a fifth is left to jobs, of the common rest too: whatever overflows a class's quota is at most
//! what overflows the two parts of it.
//!
//! An order that finds no place competes with those of its own class, and takes the place of the one farthest
//! from spot if it is nearer itself.

use crate::{policy, Config, Listed, Order, Pallet};
use compute_amm_math::batch;
use core::cmp::Ordering;
use polkadot_sdk::frame_support::traits::Get;
use quern_primitives::Side;

/// Places: of a class, its own, and shared by all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Places {
	/// Most in one class's book.
	pub class: u32,
	/// Those that no other class can take.
	pub quota: u32,
	/// Those that all classes share beyond their quotas.
	pub common: u32,
}

/// Why there is no place for an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shortage {
	/// Those open to others than jobs are taken.
	OfOthers,
	/// All are taken.
	OfAny,
}

impl Places {
	/// The places there are.
	pub fn all<T: Config>() -> Self {
		let class = T::MaxOrdersPerBatch::get();
		let (orders, pools) = (T::MaxOrders::get(), T::MaxPools::get());
		let quota = orders.saturating_sub(class).checked_div(pools).unwrap_or(0);
		Self {
			class,
			quota,
			common: orders.saturating_sub(quota.saturating_mul(pools)),
		}
	}

	/// Those of them that are not kept for jobs.
	pub fn of_others(self) -> Self {
		let others = |places: u32| places.saturating_sub(policy::job_places(places));
		Self {
			class: others(self.class),
			quota: others(self.quota),
			common: others(self.common),
		}
	}

	/// Whether one more finds a place where `mine` are already; `counts` are those of all classes.
	fn has_room(self, mine: u32, counts: impl Iterator<Item = u32>) -> bool {
		mine < self.class && (mine < self.quota || self.overflow(counts) < self.common)
	}

	/// What lies beyond the classes' quotas.
	pub fn overflow(self, counts: impl Iterator<Item = u32>) -> u32 {
		counts.fold(0u32, |sum, count| sum.saturating_add(count.saturating_sub(self.quota)))
	}
}

impl<T: Config> Pallet<T> {
	/// What keeps one more order out of the class `mine`, which is one of `listed`, if anything does.
	pub(crate) fn shortage(listed: &[Listed], mine: &Listed, is_job: bool) -> Option<Shortage> {
		let places = Places::all::<T>();
		let others = listed.iter().map(|class| class.others);
		if !is_job && !places.of_others().has_room(mine.others, others) {
			Some(Shortage::OfOthers)
		} else if !places.has_room(mine.orders(), listed.iter().map(Listed::orders)) {
			Some(Shortage::OfAny)
		} else {
			None
		}
	}

	/// Whether an order of the other kind may be put out for one: a job's bid puts out any order; any other
	/// order puts out jobs' bids beyond those that the class's quota keeps for them, if it finds no place among
	/// all, and only its own kind if it finds none among theirs.
	pub(crate) fn may_evict_jobs(shortage: Shortage, mine: &Listed, is_job: bool) -> bool {
		let kept = policy::job_places(Places::all::<T>().quota);
		is_job || (shortage == Shortage::OfAny && mine.jobs > kept)
	}
}

/// The order farthest from spot, the latest among equals; `None` of none. Exact: within a side unit limits are
/// compared, and only the last one of each across.
pub(crate) fn farthest<'a, AccountId: 'a>(
	orders: impl Iterator<Item = (usize, &'a Order<AccountId>)>,
	tokens: u128,
	claims: u128,
) -> Option<(usize, batch::Order)> {
	let mut of_sides: [Option<(usize, batch::Order)>; 2] = [None, None];
	let farther = |a: &batch::Order, b: &batch::Order| batch::compare_eagerness(a, b, tokens, claims);
	for (index, order) in orders {
		let order_in_batch = order.whole();
		let of_side = &mut of_sides[usize::from(order.side == Side::Sell)];
		match of_side {
			Some((_, least)) if farther(&order_in_batch, least) == Ordering::Greater => (),
			_ => *of_side = Some((index, order_in_batch)),
		}
	}
	match of_sides {
		[Some(buy), Some(sell)] => Some(match farther(&buy.1, &sell.1) {
			Ordering::Less => buy,
			Ordering::Greater => sell,
			Ordering::Equal if buy.0 > sell.0 => buy,
			Ordering::Equal => sell,
		}),
		[buy, sell] => buy.or(sell),
	}
}
