//! The ledger of eras, and what clients read of it.

use crate::*;
use frame_support::{defensive, traits::fungible::Inspect};
use quern_primitives::{ports::Ledger, ClassId, Supply};

impl<T: Config> Pallet<T> {
	/// An era's figures; zeros for one with no fee, or no longer kept.
	pub fn era(era: EraIndex) -> EraFigures {
		Eras::<T>::get(era).unwrap_or_default()
	}

	/// Whether an era's figures are known: all eras that were, until there are more in which something
	/// happened than are kept; then those that are not older than all kept.
	pub fn is_known(era: EraIndex) -> bool {
		let kept = KeptEras::<T>::get();
		let forgot = kept.is_full() && kept.first().is_some_and(|oldest| era < *oldest);
		era <= T::Era::get() && !forgot
	}

	/// Issuance at genesis, now, and what was burned between.
	pub fn supply() -> Supply {
		Supply {
			genesis: GenesisIssuance::<T>::get(),
			issuance: T::Currency::total_issuance(),
			burned: TotalBurned::<T>::get(),
		}
	}

	/// Changes the running era's figures. Sums in them saturate: no amount of real money comes near.
	pub(crate) fn book(change: impl FnOnce(&mut EraFigures)) {
		let era = T::Era::get();
		let mut figures = Eras::<T>::get(era).unwrap_or_else(|| {
			Self::make_room_for(era);
			EraFigures::default()
		});
		change(&mut figures);
		Eras::<T>::insert(era, figures);
	}

	/// Lists `era` among those kept, in the place of the oldest if there is no other.
	fn make_room_for(era: EraIndex) {
		KeptEras::<T>::mutate(|kept| {
			if kept.is_full() && !kept.is_empty() {
				let oldest = Eras::<T>::take(kept.remove(0)).unwrap_or_default();
				BurnedBefore::<T>::mutate(|burned| *burned = burned.saturating_add(oldest.burned));
			}
			if kept.try_push(era).is_err() {
				defensive!("KeepEras is at least one");
			}
		});
	}
}

impl<T: Config> Ledger for Pallet<T> {
	fn job_settled(_: ClassId, revenue: Balance) {
		Self::book(|era| {
			era.job_revenue = era.job_revenue.saturating_add(revenue);
			era.jobs_settled = era.jobs_settled.saturating_add(1);
		});
	}

	/// Books it and no more: the tokens are in the pool. The event to it is the market's `BatchCleared`.
	fn lp_fees(_: ClassId, amount: Balance) {
		if amount > 0 {
			Self::book(|era| era.lp_fees = era.lp_fees.saturating_add(amount));
		}
	}
}
