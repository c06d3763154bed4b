//! What the calls do.

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
	sp_runtime::{traits::TrailingZeroInput, DispatchError, DispatchResult, TypeId},
};

impl<T: Config> Pallet<T> {
	/// An operator's pool account: a hash of this pallet's id and the operator, so that it is nobody's
	/// and no two operators share one.
	pub fn pool_account(operator: &T::AccountId) -> Result<T::AccountId, DispatchError> {
		let hash = codec::Encode::using_encoded(&(PalletId::TYPE_ID, T::PalletId::get(), operator), blake2_256);
		T::AccountId::decode(&mut TrailingZeroInput::new(&hash)).map_err(|_| DispatchError::Corruption)
	}

	pub(crate) fn do_bond(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let operator = match Operators::<T>::get(who) {
			Some(operator) => operator,
			None => Operator::new(Self::pool_account(who)?),
		};
		ensure!(operator.active == 0, Error::<T>::AlreadyOperator);
		Self::add_bond(who, operator, amount)
	}

	pub(crate) fn do_bond_more(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		ensure!(operator.active > 0, Error::<T>::NotOperator);
		Self::add_bond(who, operator, amount)
	}

	/// Moves `amount` into the pool account and books it as active.
	fn add_bond(who: &T::AccountId, mut operator: OperatorOf<T>, amount: Balance) -> DispatchResult {
		operator.active = operator
			.active
			.checked_add(amount)
			.ok_or(Error::<T>::InsufficientBond)?;
		ensure!(operator.active >= T::MinBond::get(), Error::<T>::BelowMinBond);
		T::Currency::transfer(who, &operator.pool, amount, Preservation::Preserve)?;
		let active = operator.active;
		Operators::<T>::insert(who, operator);
		Self::update_candidate(who, active)?;
		Self::deposit_event(Event::Bonded {
			operator: who.clone(),
			amount,
			active,
		});
		Ok(())
	}

	/// Bonds an operator and makes it a candidate before there are session keys.
	pub(crate) fn bond_at_genesis(who: &T::AccountId, amount: Balance) -> DispatchResult {
		ensure!(amount >= T::MinValidatorBond::get(), Error::<T>::BelowMinValidatorBond);
		Self::do_bond(who, amount)?;
		Self::put_candidate(who, amount)?;
		Ok(())
	}

	pub(crate) fn do_unbond(who: &T::AccountId, amount: Balance) -> DispatchResult {
		let mut operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		ensure!(amount >= T::Currency::minimum_balance(), Error::<T>::AmountTooSmall);
		let active = operator
			.active
			.checked_sub(amount)
			.ok_or(Error::<T>::InsufficientBond)?;
		ensure!(amount <= operator.free(), Error::<T>::InsufficientFreeBond);
		ensure!(active == 0 || active >= T::MinBond::get(), Error::<T>::BelowMinBond);

		operator.active = active;
		// The next session's validators are chosen already, with this stake.
		let exposed_until = Self::era_of(CurrentSession::<T>::get().saturating_add(1));
		let withdrawable_in = policy::withdrawable_in(exposed_until, T::UnbondingEras::get());
		match operator.unbonding.last_mut() {
			Some(part) if part.withdrawable_in == withdrawable_in => {
				part.amount = part.amount.saturating_add(amount);
			}
			_ => operator
				.unbonding
				.try_push(Unbonding {
					amount,
					withdrawable_in,
				})
				.map_err(|_| Error::<T>::TooManyUnbonding)?,
		}
		Operators::<T>::insert(who, operator);
		Self::update_candidate(who, active)?;
		Self::deposit_event(Event::Unbonded {
			operator: who.clone(),
			amount,
			withdrawable_in,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw(who: &T::AccountId) -> DispatchResult {
		let mut operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		let era = Self::current_era();
		let matured = operator.mature(era);
		let gone = operator.is_gone(era);
		ensure!(matured > 0 || gone, Error::<T>::NothingToWithdraw);

		let amount = match operator.total() {
			// Nothing of the bond stays: what strangers sent to the pool account goes with it.
			0 => {
				T::Currency::reducible_balance(&operator.pool, Preservation::Expendable, Fortitude::Polite).max(matured)
			}
			_ => matured,
		};
		if amount > 0 {
			T::Currency::transfer(&operator.pool, who, amount, Preservation::Expendable)?;
		}
		if gone {
			Operators::<T>::remove(who);
		} else {
			Operators::<T>::insert(who, operator);
		}
		Self::deposit_event(Event::Withdrawn {
			operator: who.clone(),
			amount,
		});
		Ok(())
	}

	pub(crate) fn do_chill(who: &T::AccountId) -> DispatchResult {
		ensure!(Self::drop_candidate(who, ChillReason::Asked), Error::<T>::NotCandidate);
		Ok(())
	}

	pub(crate) fn do_validate(who: &T::AccountId) -> DispatchResult {
		let operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		let stake = operator.active;
		ensure!(stake >= T::MinValidatorBond::get(), Error::<T>::BelowMinValidatorBond);
		ensure!(
			operator.offended_in.is_none_or(|era| era < Self::current_era()),
			Error::<T>::TooEarly
		);
		ensure!(T::Session::has_keys(who), Error::<T>::NoSessionKeys);
		ensure!(!Self::is_candidate(who), Error::<T>::AlreadyCandidate);
		Self::put_candidate(who, stake)?;
		Self::deposit_event(Event::Validating {
			operator: who.clone(),
			stake,
		});
		Ok(())
	}
}
