//! Breakers: what pauses a class's orders, and for how long. Pure but for [`Pallet::trip`].
//!
//! Each counts in a **leaky bucket**: what happens is poured in, and the bucket drains by its limit over a window
//! of [`policy::BREAKER_WINDOW`] blocks, evenly. It overflows on more than its limit at once, and on what comes
//! faster than it drains; there is no edge of a window at which twice the limit passes.
//!
//! | Breaker | Counts | Limit |
//! |---|---|---|
//! | [`Breaker::Volume`] | a batch's net trade, buys less sells, of the pool's claims before it | a half, either way |
//! | [`Breaker::Liquidity`] | pool shares removed, of all before | a third |
//! | [`Breaker::Capacity`] | attested accelerators gone and not come back, of those there were | a third |
//!
//! One that trips pauses the class's **orders** for [`policy::PAUSE_BLOCKS`]: none is taken and none clears.
//! Waiting ones can be taken back at once, and expire with refund. Adding and removing liquidity, unlocking,
//! collecting, deliveries and refunds go on. The pause ends by itself, at the block that the event names, with the
//! bucket empty; nothing that happens within it prolongs it.

use crate::{policy, Config, Event, Pallet, Pool};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use quern_primitives::{BlockNumber, ClassId};
use scale_info::TypeInfo;

/// What can pause a class's orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Breaker {
	/// Net trade in one direction.
	Volume,
	/// Liquidity removed.
	Liquidity,
	/// Attested accelerators gone.
	Capacity,
}

/// Scale of buckets: the whole.
pub const WHOLE: i64 = 1_000_000_000;

/// A leaky bucket; its level is in parts per billion of what it measures, and may be negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Bucket {
	/// The level at `at`.
	pub level: i64,
	/// Block of the last change.
	pub at: BlockNumber,
}

impl Bucket {
	/// The level in block `now`: nearer to zero by `limit` a window.
	pub fn level(&self, limit: i64, now: BlockNumber) -> i64 {
		let blocks = i64::from(now.saturating_sub(self.at));
		// A limit is below 2^30, and blocks are below 2^32.
		let drained = limit.saturating_mul(blocks) / i64::from(policy::BREAKER_WINDOW);
		self.level.signum() * self.level.saturating_abs().saturating_sub(drained).max(0)
	}

	/// Pours `amount` in. Whether it overflows `limit`; it is empty then.
	pub fn pour(&mut self, amount: i64, limit: i64, now: BlockNumber) -> bool {
		let level = self.level(limit, now).saturating_add(amount);
		let overflows = level.saturating_abs() > limit;
		*self = Self {
			level: if overflows { 0 } else { level },
			at: now,
		};
		overflows
	}
}

/// `part` of `whole` as a bucket measures it, rounded down; at most the whole.
pub fn share(part: u128, whole: u128) -> i64 {
	compute_amm_math::liquidity::pro_rata(WHOLE as u128, part, whole)
		.map_or(WHOLE, |share| share.min(WHOLE as u128) as i64)
}

impl Pool {
	/// Counts a batch that bought and sold so much of `claims`. Whether that trips the breaker.
	pub fn count_volume(&mut self, bought: u128, sold: u128, claims: u128, now: BlockNumber) -> bool {
		let net = share(bought.abs_diff(sold), claims);
		let signed = if bought >= sold { net } else { -net };
		signed != 0 && self.net_volume.pour(signed, policy::VOLUME_LIMIT, now)
	}

	/// Counts a removal of `shares` out of `supply`. Whether that trips the breaker. During a pause it does not
	/// count: those who leave then would prolong it.
	pub fn count_removal(&mut self, shares: u128, supply: u128, now: BlockNumber) -> bool {
		!self.is_paused(now) && self.removed.pour(share(shares, supply), policy::LIQUIDITY_LIMIT, now)
	}
}

impl<T: Config> Pallet<T> {
	/// Pauses a class's orders, unless they are paused already.
	pub(crate) fn trip(class: ClassId, pool: &mut Pool, breaker: Breaker, now: BlockNumber) {
		if pool.is_paused(now) {
			return;
		}
		pool.paused_until = now.saturating_add(policy::PAUSE_BLOCKS);
		Self::deposit_event(Event::BreakerTripped {
			class,
			breaker,
			until: pool.paused_until,
		});
	}
}
