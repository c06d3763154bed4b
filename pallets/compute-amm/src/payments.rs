//! Money out of the market's and the pools' accounts.
//!
//! A batch takes what it pays out of those accounts as one [`Credit`] of each asset, so that an order costs its
//! people's accounts alone. Nothing of a credit may be left over: what is dropped is burned.

use crate::*;
use frame_support::traits::{
	fungible::{Balanced as _, Credit},
	fungibles::{self, Balanced as _},
	tokens::{
		Fortitude::Polite,
		Precision::Exact,
		Preservation::{Expendable, Preserve},
	},
	Imbalance,
};
use polkadot_sdk::sp_runtime::{DispatchError, DispatchResult};
use quern_primitives::{Balance, ClassId, GpuTime};

/// Tokens between accounts.
pub type TokensOf<T> = Credit<<T as polkadot_sdk::frame_system::Config>::AccountId, <T as Config>::Currency>;
/// Claims between accounts.
pub type ClaimsOf<T> = fungibles::Credit<<T as polkadot_sdk::frame_system::Config>::AccountId, <T as Config>::Claims>;

impl<T: Config> Pallet<T> {
	/// Takes tokens out of an account, which stays.
	pub(crate) fn take_tokens(from: &T::AccountId, amount: Balance) -> Result<TokensOf<T>, DispatchError> {
		if amount == 0 {
			return Ok(TokensOf::<T>::zero());
		}
		T::Currency::withdraw(from, amount, Exact, Preserve, Polite)
	}

	/// Takes claims out of an account.
	pub(crate) fn take_claims(
		class: ClassId,
		from: &T::AccountId,
		amount: GpuTime,
	) -> Result<ClaimsOf<T>, DispatchError> {
		if amount == 0 {
			return Ok(ClaimsOf::<T>::zero(class));
		}
		T::Claims::withdraw(class, from, amount, Exact, Expendable, Polite)
	}

	/// Pays out of `tokens`. If the receiver cannot take them, the market keeps and owes them.
	pub(crate) fn give_tokens(tokens: &mut TokensOf<T>, to: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		let Err(kept) = T::Currency::resolve(to, tokens.extract(amount)) else {
			return Ok(());
		};
		T::Currency::resolve(&Self::account(), kept).map_err(|_| DispatchError::Exhausted)?;
		// Sums of what exists: below the total issuance.
		Owed::<T>::mutate(to, |owed| *owed = owed.saturating_add(amount));
		Self::deposit_event(Event::PaymentOwed {
			who: to.clone(),
			amount,
		});
		Ok(())
	}

	/// Hands claims out of `claims`; any account can receive them.
	pub(crate) fn give_claims(claims: &mut ClaimsOf<T>, to: &T::AccountId, amount: GpuTime) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		T::Claims::resolve(to, claims.extract(amount)).map_err(|_| DispatchError::Exhausted)
	}

	/// Pays tokens out of the market's or a pool's account.
	pub(crate) fn pay(from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
		Self::give_tokens(&mut Self::take_tokens(from, amount)?, to, amount)
	}

	/// Hands claims out of the market's or a pool's account.
	pub(crate) fn hand_over(class: ClassId, from: &T::AccountId, to: &T::AccountId, amount: GpuTime) -> DispatchResult {
		Self::give_claims(&mut Self::take_claims(class, from, amount)?, to, amount)
	}
}
