//! A class's attested hardware, what of its GPU time was sold, and the congestion base fee that follows.
//!
//! The state advances when somebody asks or tells, exactly over any gap, and never in a hook.

use crate::{breakers::Breaker, policy, Config, Flows, Pallet, Pools};
use codec::{Decode, Encode, MaxEncodedLen};
use compute_amm_math::congestion;
use quern_primitives::{
	ports::{AttestedFlow, Congestion},
	units::BLOCK_MILLIS,
	BlockNumber, ClassId, GpuTime, Price,
};
use scale_info::TypeInfo;

/// Millionths of an accelerator.
const ONE: u64 = 1_000_000;

/// A class's flow of GPU time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Flow {
	/// Attested accelerators.
	pub gpus: u32,
	/// GPU time sold above the target before block `at`, in millionths of a block's flow.
	pub excess: u64,
	/// GPU time set aside for jobs in block `at`, in milliseconds.
	pub sold: GpuTime,
	/// Block that `sold` was sold in, and at whose start the excess was `excess`.
	pub at: BlockNumber,
	/// Accelerators that went and have not come back, in millionths, at `fell_at`; drains like a
	/// [`crate::breakers::Bucket`].
	pub missing: u64,
	/// Block of the last change of `gpus`.
	pub fell_at: BlockNumber,
}

impl Flow {
	/// GPU time attested for one block.
	pub fn per_block(&self) -> GpuTime {
		GpuTime::from(self.gpus) * GpuTime::from(BLOCK_MILLIS)
	}

	/// The excess at the start of block `now`: what is sold in a block counts from the next one on, so that all
	/// of a block's jobs pay one fee.
	pub fn excess_at(&self, now: BlockNumber) -> u64 {
		match now.checked_sub(self.at) {
			None | Some(0) => self.excess,
			Some(blocks) => {
				let after = congestion::next_excess(self.excess, self.sold, self.per_block(), 1);
				congestion::excess_after(after, blocks - 1)
			}
		}
	}

	/// Goes to block `now`.
	pub fn advance(&mut self, now: BlockNumber) {
		if now > self.at {
			*self = Self {
				excess: self.excess_at(now),
				sold: 0,
				at: now,
				..*self
			};
		}
	}

	/// Counts a sale in block `now`.
	pub fn sell(&mut self, gpu_time: GpuTime, now: BlockNumber) {
		self.advance(now);
		// Claims that exist; should they not, all is congested.
		self.sold = self.sold.saturating_add(gpu_time);
	}

	/// Sets what is attested from block `now` on. Whether more than [`policy::CAPACITY_LIMIT`] of what there was
	/// is gone.
	pub fn attest(&mut self, gpus: u32, now: BlockNumber) -> bool {
		self.advance(now);
		let blocks = u64::from(now.saturating_sub(self.fell_at));
		let (before, after) = (u64::from(self.gpus) * ONE, u64::from(gpus) * ONE);
		// All below 2^54. A long gap drains all.
		let limit = (before + self.missing) / policy::CAPACITY_LIMIT;
		let drained = limit.saturating_mul(blocks) / u64::from(policy::BREAKER_WINDOW);
		let missing = (self.missing.saturating_sub(drained) + before).saturating_sub(after);
		let was = after + missing;
		let trips = gpus < self.gpus && was >= policy::CAPACITY_LEAST * ONE && missing > was / policy::CAPACITY_LIMIT;
		*self = Self {
			gpus,
			missing: if trips { 0 } else { missing },
			fell_at: now,
			..*self
		};
		trips
	}
}

impl<T: Config> Congestion for Pallet<T> {
	fn base_fee(class: ClassId) -> Price {
		let now = Self::now();
		Pools::<T>::get(class).map_or(Price::from_inner(0), |pool| {
			let excess = Flows::<T>::get(class).excess_at(now);
			Price::from_inner(congestion::base_fee(excess, pool.ema_1h(now).into_inner()))
		})
	}

	fn committed(class: ClassId, gpu_time: GpuTime) {
		if gpu_time > 0 {
			Flows::<T>::mutate(class, |flow| flow.sell(gpu_time, Self::now()));
		}
	}
}

impl<T: Config> AttestedFlow for Pallet<T> {
	fn attested(class: ClassId, gpus: u32) {
		let now = Self::now();
		let mut flow = Flows::<T>::get(class);
		if flow.gpus == gpus {
			return;
		}
		let trips = flow.attest(gpus, now);
		Flows::<T>::insert(class, flow);
		if trips {
			Pools::<T>::mutate(class, |pool| {
				if let Some(pool) = pool {
					Self::trip(class, pool, Breaker::Capacity, now);
				}
			});
		}
	}
}
