//! What must hold of the books.

use crate::*;
use alloc::{format, string::String, vec::Vec};
use frame_support::traits::fungible::Inspect;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. total issuance is genesis issuance less what was burned (identity 4);
	/// 2. the eras' burning, kept and no longer kept, sums to all that was burned;
	/// 3. in each era, fees (of jobs, of the market, of transactions, base fees) are no less than the legs
	///    paid, and what they left was burned, of base fees all;
	/// 4. the eras listed as kept are those that have figures, in order.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();

		let (genesis, burned) = (GenesisIssuance::<T>::get(), TotalBurned::<T>::get());
		let issuance = T::Currency::total_issuance();
		if issuance.checked_add(burned) != Some(genesis) {
			broken.push(format!(
				"issuance {issuance} + burned {burned} != genesis issuance {genesis}"
			));
		}

		let mut sum = BurnedBefore::<T>::get();
		let mut eras = 0u32;
		for (era, figures) in Eras::<T>::iter() {
			sum = sum.saturating_add(figures.burned);
			eras = eras.saturating_add(1);
			let fees = figures
				.job_fees
				.saturating_add(figures.market_fees)
				.saturating_add(figures.transaction_fees);
			let paid = figures
				.to_stakers
				.saturating_add(figures.to_treasury)
				.saturating_add(figures.to_insurance)
				.saturating_add(figures.to_authors);
			match fees
				.checked_sub(paid)
				.map(|rest| rest.saturating_add(figures.base_fees))
			{
				None => broken.push(format!("era {era} paid legs of {paid} out of fees of {fees}")),
				Some(rest) if rest > figures.burned => broken.push(format!(
					"era {era} burned {}, but its fees left {rest} to burn",
					figures.burned
				)),
				Some(_) => (),
			}
		}
		if sum != burned {
			broken.push(format!("the eras burned {sum}, but {burned} was burned in all"));
		}

		let kept = KeptEras::<T>::get();
		if kept.windows(2).any(|pair| pair[0] >= pair[1]) {
			broken.push(format!("the list of kept eras is out of order: {kept:?}"));
		}
		if kept.len() as u32 != eras || kept.iter().any(|era| !Eras::<T>::contains_key(era)) {
			broken.push(format!("{eras} eras have figures, listed are {kept:?}"));
		}

		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}
}
