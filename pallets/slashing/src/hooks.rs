//! What blocks do to the queue, and the check of the pallet's parameters.

use crate::{policy, Config, Due, Eras, OldestDue, Pallet, WeightInfo};
use polkadot_sdk::{
	frame_support::{
		traits::Get,
		weights::{Weight, WeightMeter},
	},
	sp_runtime::Perbill,
};
use quern_primitives::{EraIndex, SlashId};

/// A step of the queue's drain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Step {
	/// Looks at a slash.
	Execute,
	/// Passes an era that lists nothing.
	PassEra,
}

impl<T: Config> Pallet<T> {
	/// Drains a bounded slice of the queue at the start of a block. Returns its weight.
	pub(crate) fn drain_slice() -> Weight {
		let (mut slashes, mut eras) = (0u32, 0u32);
		Self::drain(T::Era::current(), |step| {
			let (done, most) = match step {
				Step::Execute => (&mut slashes, policy::STEPS_PER_SLICE),
				Step::PassEra => (&mut eras, policy::ERAS_PER_SLICE),
			};
			let may = *done < most;
			if may {
				*done += 1;
			}
			may
		});
		Self::slice_weight(slashes, eras)
	}

	/// Drains more of the queue with the weight a block has left. Returns what it took.
	pub(crate) fn drain_idle(remaining: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(remaining);
		if meter.try_consume(T::WeightInfo::drain_base()).is_err() {
			return meter.consumed();
		}
		Self::drain(T::Era::current(), |step| {
			let weight = match step {
				Step::Execute => T::WeightInfo::execute(),
				Step::PassEra => T::WeightInfo::pass_era(),
			};
			meter.try_consume(weight).is_ok()
		});
		meter.consumed()
	}

	/// Looks at what is due in the era `now`, oldest era first, smallest number first, as long as `may`
	/// allows each step.
	pub(crate) fn drain(now: EraIndex, mut may: impl FnMut(Step) -> bool) {
		let mut era = OldestDue::<T>::get();
		while era <= now {
			// Each slash looked at leaves the era, and none joins one before the next: one walk, so that
			// what was removed in this block is not passed again for every step.
			for key in Due::<T>::iter_key_prefix(era) {
				if !may(Step::Execute) {
					return;
				}
				Self::process(era, SlashId::from_be_bytes(key), now);
			}
			// Rulings may still list something under the present era.
			if era == now || !may(Step::PassEra) {
				return;
			}
			// No overflow: it is below `now`.
			era = era.saturating_add(1);
			OldestDue::<T>::put(era);
		}
	}

	fn slice_weight(slashes: u32, eras: u32) -> Weight {
		T::WeightInfo::drain_base()
			.saturating_add(T::WeightInfo::execute().saturating_mul(slashes.into()))
			.saturating_add(T::WeightInfo::pass_era().saturating_mul(eras.into()))
	}

	/// Panics if the runtime's parameters do not do.
	pub(crate) fn check_parameters() {
		assert!(
			policy::FINDER_SHARE <= Perbill::from_percent(20),
			"a finder gets more than 20 % of the own bond's part"
		);
		assert!(
			policy::ERA_CAP <= Perbill::from_percent(5),
			"compute slashes take more than 5 % of all stake in an era"
		);
		assert!(
			policy::LIVENESS_CAP <= Perbill::from_rational(85u32, 1_000),
			"a liveness penalty takes more than 8.5 % of the own stake"
		);
		assert!(
			policy::LIVENESS_FRACTIONS.is_sorted(),
			"a further fault costs less than the one before"
		);
		assert!(
			policy::jail_days(policy::FAULT_WINDOW) == policy::JAIL_DAYS_MAX,
			"the faults that are counted do not reach the longest term"
		);
		assert!(T::ChallengeEras::get() > 0, "no offence can be slashed in a later era");
		assert!(T::AppealEras::get() > 0, "nobody can appeal in time");
		assert!(T::RulingEras::get() > 0, "nobody can rule in time");
		assert!(T::ExecutionEras::get() > 0, "nothing can be tried again in time");
		assert!(
			T::ChallengeEras::get()
				.checked_add(T::AppealEras::get())
				.and_then(|eras| eras.checked_add(T::RulingEras::get()))
				.and_then(|eras| eras.checked_add(T::ExecutionEras::get()))
				.is_some(),
			"the windows do not fit"
		);
		assert!(T::BlocksPerDay::get() > 0, "a day has no blocks");
		assert!(
			T::BlocksPerDay::get()
				.checked_mul(policy::JAIL_DAYS_MAX.max(policy::JAIL_DAYS_WRONG))
				.is_some(),
			"the longest jail term does not fit"
		);
		assert!(
			Self::slice_weight(policy::STEPS_PER_SLICE, policy::ERAS_PER_SLICE)
				.all_lte(T::BlockWeights::get().max_block.saturating_div(4)),
			"the slice of due slashes takes more than a quarter of a block"
		);
	}
}
