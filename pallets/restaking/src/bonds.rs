//! Bond reserved for nodes and jobs: the port `Bonds`.

use crate::*;
use frame_support::ensure;
use polkadot_sdk::sp_runtime::DispatchResult;
use quern_primitives::ports::Bonds;

impl<T: Config> Bonds<T::AccountId> for Pallet<T> {
	/// One whose active bond has the minimum: not one that unbonded all, or that a slash left below.
	fn is_operator(who: &T::AccountId) -> bool {
		Operators::<T>::get(who).is_some_and(|operator| operator.active >= T::MinBond::get())
	}

	fn free_bond(who: &T::AccountId) -> Balance {
		Operators::<T>::get(who).map_or(0, |operator| operator.free())
	}

	fn reserve(who: &T::AccountId, purpose: BondUse, amount: Balance) -> DispatchResult {
		let mut operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		ensure!(
			!Reservations::<T>::contains_key(who, purpose),
			Error::<T>::AlreadyReserved
		);
		ensure!(amount <= operator.free(), Error::<T>::InsufficientFreeBond);
		operator.reserved = operator
			.reserved
			.checked_add(amount)
			.ok_or(Error::<T>::InsufficientFreeBond)?;
		Operators::<T>::insert(who, operator);
		Reservations::<T>::insert(who, purpose, amount);
		Self::deposit_event(Event::Reserved {
			operator: who.clone(),
			purpose,
			amount,
		});
		Ok(())
	}

	fn release(who: &T::AccountId, purpose: BondUse) {
		let Some(amount) = Reservations::<T>::take(who, purpose) else {
			return;
		};
		Operators::<T>::mutate(who, |operator| {
			if let Some(operator) = operator {
				// Never less: `reserved` is the sum of reservations, of which this was one.
				operator.reserved = operator.reserved.saturating_sub(amount);
			}
		});
		Self::deposit_event(Event::Released {
			operator: who.clone(),
			purpose,
			amount,
		});
	}
}
