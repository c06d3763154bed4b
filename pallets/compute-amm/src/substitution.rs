//! Where a piece of work is done for the least, over the pools as they are. The arithmetic is
//! [`compute_amm_math::cheapest`]'s.

use crate::{Config, Error, Pallet};
use alloc::vec::Vec;
use compute_amm_math::cheapest::{self, cheapest};
use polkadot_sdk::sp_runtime::DispatchError;
use quern_primitives::{ClassId, WorkConstraints, WorkPart, WorkPlan};

impl<T: Config> Pallet<T> {
	/// The class, or the split over classes, that does `work` units for the least: impact, market fee, job fee
	/// of `job_fee_bp` basis points and base fee included, each class's order alone in its batch.
	///
	/// `throughputs` says how many units a second of each class does, by its attested benchmark. Classes without
	/// a pool, paused, given twice (all but the first) or not asked for are passed over.
	///
	/// [`Error::TooSmall`]: no work. [`Error::ExceedsDepth`]: the classes cannot do so much, or none of them
	/// alone if the work may not be split. [`Error::TooLarge`]: more than the market counts with.
	pub fn plan(
		work: u128,
		throughputs: &[(ClassId, u64)],
		constraints: &WorkConstraints,
		job_fee_bp: u32,
	) -> Result<WorkPlan, DispatchError> {
		let wanted = |class: &ClassId| {
			constraints
				.classes
				.as_ref()
				.is_none_or(|classes| classes.contains(class))
		};
		let mut ids: Vec<ClassId> = Vec::new();
		let mut curves: Vec<cheapest::Class> = Vec::new();
		for (class, throughput) in throughputs.iter().filter(|(class, _)| wanted(class)) {
			if ids.contains(class) {
				continue;
			}
			if let Some(curve) = Self::curve(*class, *throughput, constraints.max_gpu_time) {
				ids.push(*class);
				curves.push(curve);
			}
		}
		let accepted = cheapest::Constraints {
			may_split: constraints.may_split,
			job_fee_bp,
		};
		let plan = cheapest(work, &curves, accepted).map_err(Error::<T>::from)?;
		let part = |part: &cheapest::Part| {
			Some(WorkPart {
				class: *ids.get(part.class)?,
				gpu_time: part.gpu_time,
				tokens: part.tokens,
				job_fee: part.job_fee,
				base_fee: part.base_fee,
			})
		};
		Ok(WorkPlan {
			parts: plan.parts.iter().filter_map(part).collect(),
			cost: plan.cost,
		})
	}
}
