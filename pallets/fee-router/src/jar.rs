//! Taking assets out of the jar.

use crate::*;
use frame_support::{
	defensive, ensure,
	traits::{
		fungible::Balanced,
		fungibles::{Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
		OnUnbalanced,
	},
};
use polkadot_sdk::sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// See [`Pallet::empty_jar`].
	pub(crate) fn do_empty_jar(
		who: T::AccountId,
		assets: JarAmounts<T>,
		beneficiary: T::AccountId,
		max_burn: Balance,
	) -> DispatchResult {
		let price = T::JarPrice::get();
		ensure!(price <= max_burn, Error::<T>::PriceTooHigh);
		let jar = Self::jar_account();
		ensure!(beneficiary != jar, Error::<T>::BeneficiaryIsJar);
		for (index, (asset, _)) in assets.iter().enumerate() {
			ensure!(
				assets.iter().take(index).all(|(other, _)| other != asset),
				Error::<T>::NamedTwice
			);
		}

		// Preserved, so that the account's last dust does not burn beside the price.
		let credit = T::Currency::withdraw(&who, price, Precision::Exact, Preservation::Preserve, Fortitude::Polite)?;
		Burner::<T>::on_unbalanced(credit);

		let mut taken = JarAmounts::<T>::new();
		for (asset, minimum) in assets {
			let amount =
				T::JarAssets::reducible_balance(asset.clone(), &jar, Preservation::Expendable, Fortitude::Polite);
			ensure!(amount >= minimum, Error::<T>::LessThanMinimum);
			if amount == 0 {
				continue;
			}
			T::JarAssets::transfer(asset.clone(), &jar, &beneficiary, amount, Preservation::Expendable)?;
			if taken.try_push((asset, amount)).is_err() {
				defensive!("it has room for all that were named");
			}
		}
		ensure!(!taken.is_empty(), Error::<T>::NothingThere);
		Self::deposit_event(Event::JarEmptied {
			who,
			beneficiary,
			burned: price,
			taken,
		});
		Ok(())
	}
}
