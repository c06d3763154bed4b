//! Earnings of eras that are over, and the yield.

use crate::*;
use alloc::vec::Vec;
use quern_primitives::StakerYield;

impl<T: Config> Pallet<T> {
	/// An era's earnings; `None` if it runs still, passed without a block, or is no longer kept.
	pub fn earnings(era: EraIndex) -> Option<EraEarnings> {
		History::<T>::get(Self::place(era)).filter(|earnings| earnings.era == era)
	}

	/// What stakers earned in the eras `from` to `to`, both included, of those that have earnings.
	/// `None` if none has. It reads all of them: for runtime APIs.
	pub fn apy(from: EraIndex, to: EraIndex) -> Option<StakerYield> {
		let eras: Vec<EraEarnings> = History::<T>::iter_values()
			.filter(|earnings| (from..=to).contains(&earnings.era))
			.collect();
		let count = u32::try_from(eras.len()).ok().filter(|count| *count > 0)?;
		// Sums of parts of the supply, over few eras.
		let sum = |part: fn(&EraEarnings) -> Balance| {
			eras.iter()
				.map(part)
				.fold(0, |sum: Balance, each| sum.saturating_add(each))
		};
		let fees = sum(|era| era.fees.saturating_add(era.author_fees));
		let stakes = sum(|era| era.stake);
		Some(StakerYield {
			eras: count,
			fees,
			reserve: sum(|era| era.reserve),
			stake: stakes.checked_div(count.into()).unwrap_or_default(),
			apy_ppm: policy::yield_ppm(fees, stakes, T::EraMillis::get()),
		})
	}

	/// Keeps an era's earnings, in the place of those that are [`Config::KeepEras`] older.
	pub(crate) fn remember(earnings: EraEarnings) {
		History::<T>::insert(Self::place(earnings.era), earnings);
	}

	/// Where an era's earnings stand.
	pub(crate) fn place(era: EraIndex) -> u32 {
		era.checked_rem(T::KeepEras::get()).unwrap_or_default()
	}
}
