//! Liquid shares: compounding shares as a fungible asset, which moves without leaving the stake.

use crate::*;
use frame_support::{
	ensure,
	traits::{
		fungibles::{metadata, Create, Inspect, Mutate},
		tokens::{Fortitude, Precision, Preservation},
	},
};
use polkadot_sdk::sp_runtime::{ArithmeticError, DispatchResult};

/// Decimals of a share: those of the token, since both are worth the same at first.
const DECIMALS: u8 = 12;

impl<T: Config> Pallet<T> {
	pub(crate) fn do_liquify(who: &T::AccountId, of: &T::AccountId, shares: Balance) -> DispatchResult {
		let mut operator = Self::edit(of)?;
		let mut delegation = Self::delegation(who, &operator).ok_or(Error::<T>::NotDelegator)?;
		ensure!(shares > 0, Error::<T>::InsufficientShares);
		let left = delegation
			.compounding
			.checked_sub(shares)
			.ok_or(Error::<T>::InsufficientShares)?;
		ensure!(
			left == 0 || operator.compounding.value_of(left) >= T::MinDelegation::get(),
			Error::<T>::BelowMinDelegation
		);
		delegation.compounding = left;
		Self::ensure_asset(&operator)?;
		T::Shares::mint_into(operator.id, who, shares)?;
		let id = operator.id;
		Self::store_delegation(who, &mut operator, delegation);
		Self::commit(of, operator);
		Self::deposit_event(Event::Liquified {
			who: who.clone(),
			operator: of.clone(),
			id,
			shares,
		});
		Ok(())
	}

	pub(crate) fn do_solidify(who: &T::AccountId, of: &T::AccountId, shares: Balance) -> DispatchResult {
		let mut operator = Self::edit(of)?;
		ensure!(shares > 0, Error::<T>::InsufficientShares);
		let held = T::Shares::balance(operator.id, who);
		ensure!(shares <= held, Error::<T>::InsufficientShares);
		let mut delegation = Self::delegation_or_new(who, &operator);
		delegation.compounding = delegation
			.compounding
			.checked_add(shares)
			.ok_or(ArithmeticError::Overflow)?;
		// However little one holds, all of it may go back, or it could never leave.
		ensure!(
			shares == held || operator.compounding.value_of(delegation.compounding) >= T::MinDelegation::get(),
			Error::<T>::BelowMinDelegation
		);
		T::Shares::burn_from(
			operator.id,
			who,
			shares,
			Preservation::Expendable,
			Precision::Exact,
			Fortitude::Polite,
		)?;
		let id = operator.id;
		Self::store_delegation(who, &mut operator, delegation);
		Self::commit(of, operator);
		Self::deposit_event(Event::Solidified {
			who: who.clone(),
			operator: of.clone(),
			id,
			shares,
		});
		Ok(())
	}

	/// Creates the asset of an operator's liquid shares with the first of them. Its owner is the pool
	/// account, which no key owns.
	fn ensure_asset(operator: &OperatorOf<T>) -> DispatchResult {
		if T::Shares::asset_exists(operator.id) {
			return Ok(());
		}
		T::Shares::create(operator.id, operator.pool.clone(), true, 1)?;
		<T::Shares as metadata::Mutate<T::AccountId>>::set(
			operator.id,
			&operator.pool,
			alloc::format!("Quern stake {}", operator.id).into_bytes(),
			alloc::format!("sQRN{}", operator.id).into_bytes(),
			DECIMALS,
		)
	}
}
