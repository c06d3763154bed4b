//! Stake reserved for nodes, jobs and obligations: the port `Bonds`.

use crate::*;
use frame_support::ensure;
use polkadot_sdk::sp_runtime::{ArithmeticError, DispatchResult};
use quern_primitives::ports::Bonds;

impl<T: Config> Bonds<T::AccountId> for Pallet<T> {
	fn is_operator(who: &T::AccountId) -> bool {
		Operators::<T>::get(who).is_some_and(|operator| !operator.leaving && operator.own.free() >= T::MinBond::get())
	}

	fn free_bond(who: &T::AccountId) -> Balance {
		Operators::<T>::get(who).map_or(0, |operator| operator.free_bond())
	}

	fn free_allocation(who: &T::AccountId, class: ClassId) -> Balance {
		Self::edit(who).map_or(0, |operator| Self::free_part(&operator, class))
	}

	fn reserve(who: &T::AccountId, purpose: BondUse, size: BondSize) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		ensure!(!operator.leaving, Error::<T>::Leaving);
		ensure!(
			!Reservations::<T>::contains_key(who, purpose),
			Error::<T>::AlreadyReserved
		);
		ensure!(size.own <= operator.free_bond(), Error::<T>::InsufficientFreeBond);
		operator.reserved = operator
			.reserved
			.checked_add(size.own)
			.ok_or(ArithmeticError::Overflow)?;
		if let Some((class, amount)) = size.allocated {
			ensure!(
				amount <= Self::free_part(&operator, class),
				Error::<T>::InsufficientAllocation
			);
			match operator.allocations.get_mut(&class) {
				Some(allocation) => {
					allocation.reserved = allocation
						.reserved
						.checked_add(amount)
						.ok_or(ArithmeticError::Overflow)?;
				}
				// Nothing of nothing.
				None => ensure!(amount == 0, Error::<T>::InsufficientAllocation),
			}
		}
		Self::commit(who, operator);
		Reservations::<T>::insert(who, purpose, size);
		Self::deposit_event(Event::Reserved {
			operator: who.clone(),
			purpose,
			size,
		});
		Ok(())
	}

	fn release(who: &T::AccountId, purpose: BondUse) {
		let Some(size) = Reservations::<T>::take(who, purpose) else {
			return;
		};
		if let Ok(mut operator) = Self::edit(who) {
			// Never less: `reserved` is the sum of reservations, of which this was one.
			operator.reserved = operator.reserved.saturating_sub(size.own);
			if let Some((class, amount)) = size.allocated {
				if let Some(allocation) = operator.allocations.get_mut(&class) {
					allocation.reserved = allocation.reserved.saturating_sub(amount);
				}
			}
			Self::commit(who, operator);
		}
		Self::deposit_event(Event::Released {
			operator: who.clone(),
			purpose,
			size,
		});
	}

	fn answers(who: &T::AccountId, class: ClassId) -> Balance {
		Self::edit(who).map_or(0, |operator| Self::answering(&operator, class))
	}

	fn reserved(who: &T::AccountId, purpose: BondUse) -> Option<BondSize> {
		Reservations::<T>::get(who, purpose)
	}
}

impl<T: Config> Pallet<T> {
	/// What of an allocation nothing reserves and no slash has frozen. No more than would answer for a fault in
	/// the session that runs: stake that came in it counts from the next one on.
	fn free_part(operator: &OperatorOf<T>, class: ClassId) -> Balance {
		if operator.leaving {
			return 0;
		}
		let answers = Self::answering(operator, class);
		let reserved = operator
			.allocations
			.get(&class)
			.map_or(0, |allocation| allocation.reserved);
		// A slash may leave less than what is reserved; then nothing is free.
		operator.allocation_value(class).min(answers).saturating_sub(reserved)
	}
	/// What answers for a fault of now in a class and is not frozen for another.
	fn answering(operator: &OperatorOf<T>, class: ClassId) -> Balance {
		let session = CurrentSession::<T>::get();
		Self::allocated_at(&Self::state_at(operator, session), class, session)
			.saturating_sub(operator.pending_of(class))
	}
}
