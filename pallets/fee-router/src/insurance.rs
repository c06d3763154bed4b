//! Paying out of the insurance fund.

use crate::*;
use frame_support::{
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
	},
};
use quern_primitives::ports::Insurance;

impl<T: Config> Insurance<T::AccountId> for Pallet<T> {
	fn account() -> T::AccountId {
		Self::insurance_account()
	}

	/// Zero also where the receiver cannot take it, as a payment below the existential deposit that would
	/// open its account.
	fn pay(who: &T::AccountId, amount: Balance) -> Balance {
		let fund = Self::insurance_account();
		let amount = amount.min(T::Currency::reducible_balance(
			&fund,
			Preservation::Preserve,
			Fortitude::Polite,
		));
		if amount == 0 || *who == fund {
			return 0;
		}
		let paid = with_storage_layer(|| T::Currency::transfer(&fund, who, amount, Preservation::Preserve));
		if let Err(error) = paid {
			log::warn!(target: "runtime::fee-router", "insurance of {amount} planck could not be paid: {error:?}");
			return 0;
		}
		Self::deposit_event(Event::InsurancePaid {
			who: who.clone(),
			amount,
		});
		amount
	}
}
