//! Era pools: stake that stopped counting and answers for offences until it can be withdrawn.

use crate::*;
use alloc::vec::Vec;
use polkadot_sdk::sp_runtime::{ArithmeticError, DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The era in which stake can be withdrawn that stops counting now: the next session's validators
	/// are chosen already, with this stake.
	pub(crate) fn next_withdrawable() -> EraIndex {
		let exposed_until = Self::era_of(CurrentSession::<T>::get().saturating_add(1));
		policy::withdrawable_in(exposed_until, T::UnbondingEras::get())
	}

	/// The era in whose pool delegations go that leave now: the first whose shares are not worth next to
	/// nothing after a slash, since nobody can buy into such a pool at a fair price.
	pub(crate) fn next_withdrawable_delegation(id: OperatorId) -> EraIndex {
		let mut era = Self::next_withdrawable();
		// As many are impaired at most as pools there may be: each was made by one that left.
		for _ in 0..policy::MAX_ERA_POOLS {
			if !EraPools::<T>::get(id, era).is_some_and(|pool| pool.delegated.is_impaired()) {
				break;
			}
			era = era.saturating_add(1);
		}
		era
	}

	/// An operator's books, with those of its listed eras for which `wanted` holds.
	pub(crate) fn load_books(operator: OperatorOf<T>, wanted: impl Fn(EraIndex) -> bool) -> Books<T::AccountId> {
		let eras: Vec<_> = operator
			.eras
			.iter()
			.filter(|(era, _)| wanted(*era))
			.map(|(era, _)| (*era, EraPools::<T>::get(operator.id, era).unwrap_or_default()))
			.collect();
		Books {
			operator,
			eras,
			now: Self::current_era(),
			unbonding_eras: T::UnbondingEras::get(),
		}
	}

	/// Lets era pools end whose era has come.
	pub(crate) fn mature(books: &mut Books<T::AccountId>) {
		books.mature();
		Self::drop_empty(books);
	}

	/// Removes era pools that are over.
	pub(crate) fn drop_empty(books: &mut Books<T::AccountId>) {
		for over in books.drop_empty() {
			EraPools::<T>::remove(books.operator.id, over);
		}
	}

	/// Stores an operator and its era pools.
	pub(crate) fn store_books(who: &T::AccountId, mut books: Books<T::AccountId>) {
		books.list();
		let id = books.operator.id;
		for (era, pool) in books.eras {
			if EraPools::<T>::get(id, era).as_ref() != Some(&pool) {
				EraPools::<T>::insert(id, era, pool);
			}
		}
		Self::commit(who, books.operator);
	}

	/// Starts the unbonding of `amount` of the own bond, of which as much is free, and stores the operator.
	pub(crate) fn unbond_own(who: &T::AccountId, operator: OperatorOf<T>, amount: Balance) -> DispatchResult {
		let (now, withdrawable_in) = (Self::current_era(), Self::next_withdrawable());
		let mut books = Self::load_books(operator, |era| era <= now || era == withdrawable_in);
		Self::mature(&mut books);
		if amount > 0 {
			let own = &mut books.operator.own.balance;
			*own = own.checked_sub(amount).ok_or(Error::<T>::InsufficientFreeBond)?;
			let pool = books.era_mut(withdrawable_in).ok_or(Error::<T>::TooManyUnbonding)?;
			pool.own.balance = pool.own.balance.checked_add(amount).ok_or(ArithmeticError::Overflow)?;
			Self::deposit_event(Event::Unbonded {
				operator: who.clone(),
				amount,
				withdrawable_in,
			});
		}
		Self::store_books(who, books);
		Ok(())
	}

	/// Puts what left a pool of delegations into an era's. Returns the shares of that.
	pub(crate) fn unbond_delegated(
		books: &mut Books<T::AccountId>,
		withdrawable_in: EraIndex,
		piece: Tranche,
	) -> Result<Balance, DispatchError> {
		let pool = books.era_mut(withdrawable_in).ok_or(Error::<T>::TooManyUnbonding)?;
		Ok(pool.delegated.absorb(piece).ok_or(ArithmeticError::Overflow)?)
	}
}
