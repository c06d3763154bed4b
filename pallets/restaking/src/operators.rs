//! What operators do: registering, bonding, leaving, standing for election, commission.

use crate::*;
use codec::Decode;
use frame_support::{
	ensure,
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
	},
};
use polkadot_sdk::{
	sp_io::hashing::blake2_256,
	sp_runtime::{traits::TrailingZeroInput, ArithmeticError, DispatchError, DispatchResult, TypeId},
};

impl<T: Config> Pallet<T> {
	/// The pool account of an operator's registration: a hash of this pallet's id and both, so that it is
	/// nobody's and no two registrations share one.
	pub fn pool_account(operator: &T::AccountId, id: OperatorId) -> Result<T::AccountId, DispatchError> {
		let hash = codec::Encode::using_encoded(&(PalletId::TYPE_ID, T::PalletId::get(), operator, id), blake2_256);
		T::AccountId::decode(&mut TrailingZeroInput::new(&hash)).map_err(|_| DispatchError::Corruption)
	}

	/// The pool account of an operator, if it is one.
	pub fn pool_of(operator: &T::AccountId) -> Option<T::AccountId> {
		Operators::<T>::get(operator).map(|operator| operator.pool)
	}

	pub(crate) fn do_register(who: &T::AccountId, bond: Balance, commission: Perbill) -> DispatchResult {
		ensure!(!Operators::<T>::contains_key(who), Error::<T>::AlreadyOperator);
		ensure!(bond >= T::MinBond::get(), Error::<T>::BelowMinBond);
		let id = NextOperatorId::<T>::get();
		NextOperatorId::<T>::put(id.checked_add(1).ok_or(ArithmeticError::Overflow)?);
		let pool = Self::pool_account(who, id)?;
		// The existential deposit keeps the account, so that no part of the stake has to.
		let paid = bond
			.checked_add(T::Currency::minimum_balance())
			.ok_or(ArithmeticError::Overflow)?;
		T::Currency::transfer(who, &pool, paid, Preservation::Preserve)?;

		let mut operator = Operator::new(id, pool.clone(), commission);
		operator.own = Tranche::of(bond);
		Owners::<T>::insert(id, who);
		Self::commit(who, operator);
		Self::deposit_event(Event::OperatorRegistered {
			operator: who.clone(),
			id,
			pool,
			commission,
		});
		Self::deposit_event(Event::Bonded {
			operator: who.clone(),
			amount: bond,
			own: bond,
		});
		Ok(())
	}

	/// Registers an operator and makes it a candidate before there are session keys.
	pub(crate) fn register_at_genesis(who: &T::AccountId, bond: Balance) -> DispatchResult {
		ensure!(bond >= T::MinValidatorBond::get(), Error::<T>::BelowMinValidatorBond);
		Self::do_register(who, bond, Perbill::zero())?;
		Self::put_candidate(who, bond)?;
		Ok(())
	}

	pub(crate) fn do_bond_more(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		ensure!(!operator.leaving, Error::<T>::Leaving);
		ensure!(amount > 0, Error::<T>::AmountTooSmall);
		let own = operator
			.own
			.balance
			.checked_add(amount)
			.ok_or(ArithmeticError::Overflow)?;
		T::Currency::transfer(who, &operator.pool, amount, Preservation::Preserve)?;
		operator.own.balance = own;
		Self::commit(who, operator);
		Self::deposit_event(Event::Bonded {
			operator: who.clone(),
			amount,
			own,
		});
		Ok(())
	}

	pub(crate) fn do_unbond(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let operator = Self::edit(who)?;
		ensure!(amount > 0, Error::<T>::AmountTooSmall);
		ensure!(amount <= operator.free_bond(), Error::<T>::InsufficientFreeBond);
		ensure!(
			operator.leaving || operator.own.balance.saturating_sub(amount) >= T::MinBond::get(),
			Error::<T>::BelowMinBond
		);
		ensure!(amount <= operator.spare_bond(), Error::<T>::AllocationReserved);
		Self::unbond_own(who, operator, amount)
	}

	pub(crate) fn do_leave(who: &T::AccountId) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		let first = !core::mem::replace(&mut operator.leaving, true);
		let amount = operator.spare_bond();
		ensure!(first || amount > 0, Error::<T>::InsufficientFreeBond);
		if first {
			operator.announced = None;
			for (_, allocation) in operator.allocations.iter_mut() {
				allocation.joining = None;
			}
			Self::drop_candidate(who, ChillReason::Leaving);
			Self::deposit_event(Event::OperatorLeaving { operator: who.clone() });
		}
		Self::unbond_own(who, operator, amount)
	}

	pub(crate) fn do_withdraw_own(who: &T::AccountId) -> DispatchResult {
		let operator = Self::edit(who)?;
		let era = Self::current_era();
		let mut books = Self::load_books(operator, |withdrawable_in| withdrawable_in <= era);
		Self::mature(&mut books);
		let operator = &mut books.operator;
		if operator.is_gone(era) {
			// Its bond, its rewards, the existential deposit, and what strangers sent.
			let pool = &operator.pool;
			let amount = T::Currency::reducible_balance(pool, Preservation::Expendable, Fortitude::Polite);
			T::Currency::transfer(pool, who, amount, Preservation::Expendable)?;
			Self::forget(who, operator);
			Self::deposit_event(Event::OperatorRemoved {
				operator: who.clone(),
				id: operator.id,
				returned: amount,
			});
			return Ok(());
		}
		let amount = core::mem::replace(&mut operator.withdrawable, 0);
		ensure!(amount > 0, Error::<T>::NothingToWithdraw);
		T::Currency::transfer(&operator.pool, who, amount, Preservation::Preserve)?;
		Self::store_books(who, books);
		Self::deposit_event(Event::Withdrawn {
			operator: who.clone(),
			delegator: None,
			amount,
		});
		Ok(())
	}

	pub(crate) fn do_chill(who: &T::AccountId) -> DispatchResult {
		ensure!(Self::drop_candidate(who, ChillReason::Asked), Error::<T>::NotCandidate);
		Ok(())
	}

	pub(crate) fn do_validate(who: &T::AccountId) -> DispatchResult {
		let operator = Self::edit(who)?;
		ensure!(!operator.leaving, Error::<T>::Leaving);
		ensure!(
			operator.own.free() >= T::MinValidatorBond::get(),
			Error::<T>::BelowMinValidatorBond
		);
		ensure!(
			operator.offended_in.is_none_or(|era| era < Self::current_era()),
			Error::<T>::TooEarly
		);
		ensure!(T::Session::has_keys(who), Error::<T>::NoSessionKeys);
		ensure!(!Self::is_candidate(who), Error::<T>::AlreadyCandidate);
		let stake = operator.stake();
		Self::put_candidate(who, stake)?;
		Self::deposit_event(Event::Validating {
			operator: who.clone(),
			stake,
		});
		Ok(())
	}

	pub(crate) fn do_set_commission(who: &T::AccountId, commission: Perbill) -> DispatchResult {
		let mut operator = Self::edit(who)?;
		if commission <= operator.commission {
			operator.commission = commission;
			operator.announced = None;
			Self::commit(who, operator);
			Self::deposit_event(Event::CommissionSet {
				operator: who.clone(),
				commission,
			});
			return Ok(());
		}
		ensure!(!operator.leaving, Error::<T>::Leaving);
		ensure!(operator.announced.is_none(), Error::<T>::CommissionAnnounced);
		let notice = T::CommissionNotice::get();
		let rise = Perbill::from_parts(
			commission
				.deconstruct()
				.saturating_sub(operator.commission.deconstruct()),
		);
		ensure!(
			rise <= policy::max_commission_rise(notice),
			Error::<T>::CommissionRiseTooLarge
		);
		// The era that runs is partly over: it does not count.
		let from = Self::current_era().saturating_add(notice).saturating_add(1);
		operator.announced = Some((commission, from));
		Self::commit(who, operator);
		Self::deposit_event(Event::CommissionAnnounced {
			operator: who.clone(),
			commission,
			from,
		});
		Ok(())
	}
}
