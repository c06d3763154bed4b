//! What delegators do.

use crate::*;
use frame_support::{
	ensure,
	traits::{fungible::Mutate, tokens::Preservation},
};
use polkadot_sdk::sp_runtime::{ArithmeticError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// A delegation, with its rewards up to now.
	pub(crate) fn delegation(who: &T::AccountId, operator: &OperatorOf<T>) -> Option<Delegation> {
		let mut delegation = Delegations::<T>::get(who, operator.id)?;
		delegation.collect(operator);
		Some(delegation)
	}

	/// The same, or a new one.
	pub(crate) fn delegation_or_new(who: &T::AccountId, operator: &OperatorOf<T>) -> Delegation {
		Self::delegation(who, operator).unwrap_or(Delegation {
			snapshot: operator.accumulator,
			..Default::default()
		})
	}

	/// Stores a delegation, or removes one of which nothing is left.
	pub(crate) fn store_delegation(who: &T::AccountId, operator: &mut OperatorOf<T>, delegation: Delegation) {
		if delegation.is_empty() {
			// The part of a planck goes back to those who stay.
			operator.carry = operator.carry.saturating_add(delegation.fraction.into());
			Delegations::<T>::remove(who, operator.id);
		} else {
			Delegations::<T>::insert(who, operator.id, delegation);
		}
	}

	pub(crate) fn do_delegate(
		who: &T::AccountId,
		to: &T::AccountId,
		amount: Balance,
		mode: RewardMode,
	) -> DispatchResult {
		let mut operator = Self::edit(to)?;
		ensure!(!operator.leaving, Error::<T>::Leaving);
		ensure!(operator.own.free() >= T::MinBond::get(), Error::<T>::BelowMinBond);
		let mut delegation = Self::delegation_or_new(who, &operator);
		ensure!(
			delegation.shares(mode) > 0 || amount >= T::MinDelegation::get(),
			Error::<T>::BelowMinDelegation
		);
		let shares = Self::mint(&mut operator, mode, Tranche::of(amount))?;
		T::Currency::transfer(who, &operator.pool, amount, Preservation::Preserve)?;

		let held = delegation.shares_mut(mode);
		*held = held.checked_add(shares).ok_or(ArithmeticError::Overflow)?;
		Self::store_delegation(who, &mut operator, delegation);
		Self::commit(to, operator);
		Self::deposit_event(Event::Delegated {
			delegator: who.clone(),
			operator: to.clone(),
			amount,
			mode,
			shares,
		});
		Ok(())
	}

	/// Mints shares of a pool of delegations, at gross value. Refuses where a rounding would cost more
	/// than a millionth: see [`policy::MIN_MINTED`].
	fn mint(operator: &mut OperatorOf<T>, mode: RewardMode, piece: Tranche) -> Result<Balance, DispatchError> {
		let pool = operator.pool_of_mut(mode);
		ensure!(!pool.is_impaired(), Error::<T>::PoolImpaired);
		let shares = pool.absorb(piece).ok_or(ArithmeticError::Overflow)?;
		ensure!(shares >= policy::MIN_MINTED, Error::<T>::AmountTooSmall);
		Ok(shares)
	}

	pub(crate) fn do_undelegate(
		who: &T::AccountId,
		from: &T::AccountId,
		mode: RewardMode,
		shares: Option<Balance>,
	) -> DispatchResult {
		let mut operator = Self::edit(from)?;
		let mut delegation = Self::delegation(who, &operator).ok_or(Error::<T>::NotDelegator)?;
		let held = delegation.shares(mode);
		let shares = shares.unwrap_or(held);
		let left = held.checked_sub(shares).ok_or(Error::<T>::InsufficientShares)?;
		ensure!(shares > 0, Error::<T>::InsufficientShares);
		let pool = operator.pool_of_mut(mode);
		ensure!(
			left == 0 || pool.value_of(left) >= T::MinDelegation::get(),
			Error::<T>::BelowMinDelegation
		);
		let piece = pool.burn(shares).ok_or(Error::<T>::InsufficientShares)?;
		*delegation.shares_mut(mode) = left;
		let amount = piece.balance;

		let (now, withdrawable_in) = (Self::current_era(), Self::next_withdrawable_delegation(operator.id));
		let mut books = Self::load_books(operator, |era| era <= now || era == withdrawable_in);
		Self::mature(&mut books);
		// Shares that slashes left worth nothing just go.
		if amount > 0 {
			let era_shares = Self::unbond_delegated(&mut books, withdrawable_in, piece)?;
			delegation
				.add_unbonding(withdrawable_in, era_shares)
				.ok_or(Error::<T>::TooManyUnbonding)?;
		}
		Self::store_delegation(who, &mut books.operator, delegation);
		Self::store_books(from, books);
		Self::deposit_event(Event::Undelegated {
			delegator: who.clone(),
			operator: from.clone(),
			mode,
			shares,
			amount,
			withdrawable_in,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw_delegation(who: &T::AccountId, from: &T::AccountId) -> DispatchResult {
		let operator = Self::edit(from)?;
		let mut delegation = Self::delegation(who, &operator).ok_or(Error::<T>::NotDelegator)?;
		let era = Self::current_era();
		let mut books = Self::load_books(operator, |withdrawable_in| withdrawable_in <= era);
		Self::mature(&mut books);
		let id = books.operator.id;
		let due = delegation.unbonding.partition_point(|part| part.withdrawable_in <= era);
		ensure!(due > 0, Error::<T>::NothingToWithdraw);

		// From pools that are not listed nothing can be taken back any more.
		for part in delegation.unbonding.iter().take(due) {
			let at = books.eras.partition_point(|(era, _)| *era < part.withdrawable_in);
			if books.eras.get(at).is_none_or(|(era, _)| *era != part.withdrawable_in) {
				if let Some(pool) = EraPools::<T>::get(id, part.withdrawable_in) {
					books.eras.insert(at, (part.withdrawable_in, pool));
				}
			}
		}
		let (mut amount, mut ended): (Balance, bool) = (0, false);
		for part in delegation.unbonding.iter_mut().take(due) {
			let paid = match books.eras.iter_mut().find(|(era, _)| *era == part.withdrawable_in) {
				Some((_, pool)) => pool.redeem(part),
				// A slash took all of it.
				None => {
					part.shares = 0;
					0
				}
			};
			// What is not listed any more was noted when it ceased to be.
			if books.operator.eras.iter().any(|(era, _)| *era == part.withdrawable_in) {
				books.note_gone(part.withdrawable_in, paid);
			}
			ended |= part.shares == 0;
			// Parts of one account's balance.
			amount = amount.saturating_add(paid);
		}
		delegation.unbonding.retain(|part| part.shares > 0);
		Self::drop_empty(&mut books);
		ensure!(amount > 0 || ended, Error::<T>::NothingToWithdraw);
		if amount > 0 {
			T::Currency::transfer(&books.operator.pool, who, amount, Preservation::Preserve)?;
		}
		Self::store_delegation(who, &mut books.operator, delegation);
		Self::store_books(from, books);
		Self::deposit_event(Event::Withdrawn {
			operator: from.clone(),
			delegator: Some(who.clone()),
			amount,
		});
		Ok(())
	}

	pub(crate) fn do_set_reward_mode(
		who: &T::AccountId,
		of: Option<&T::AccountId>,
		mode: RewardMode,
	) -> DispatchResult {
		let Some(of) = of else {
			let mut operator = Self::edit(who)?;
			operator.own_mode = mode;
			Self::commit(who, operator);
			Self::deposit_event(Event::OwnRewardModeSet {
				operator: who.clone(),
				mode,
			});
			return Ok(());
		};
		let other = match mode {
			RewardMode::Compound => RewardMode::Payout,
			RewardMode::Payout => RewardMode::Compound,
		};
		let mut operator = Self::edit(of)?;
		let mut delegation = Self::delegation(who, &operator).ok_or(Error::<T>::NotDelegator)?;
		let burned = core::mem::replace(delegation.shares_mut(other), 0);
		ensure!(burned > 0, Error::<T>::InsufficientShares);
		let piece = operator
			.pool_of_mut(other)
			.burn(burned)
			.ok_or(Error::<T>::InsufficientShares)?;
		let amount = piece.balance;
		let shares = Self::mint(&mut operator, mode, piece)?;
		let held = delegation.shares_mut(mode);
		*held = held.checked_add(shares).ok_or(ArithmeticError::Overflow)?;
		Self::store_delegation(who, &mut operator, delegation);
		Self::commit(of, operator);
		Self::deposit_event(Event::RewardModeSet {
			delegator: who.clone(),
			operator: of.clone(),
			mode,
			amount,
			shares,
		});
		Ok(())
	}
}
