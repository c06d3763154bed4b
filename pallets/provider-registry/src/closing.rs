//! The end of a class: its announcement, and what its claims are paid.
//!
//! Redeeming waits until all is settled: every claim that exists is part of the shortfall, no estate is open that may
//! bring in more, and the class's pool shares are out of the pool. Then
//!
//! ```text
//!   payment = floor(recovered × claims / shortfall)
//! ```
//!
//! leaves `recovered / shortfall` as it was or, by rounding, above it: who comes late loses nothing. What comes in
//! later still (a slash that was appealed, a gift) is theirs whose claims are left. The recovery account's existential
//! deposit goes with the last claim.

use crate::{policy, types::*, Books, Classes, Config, Error, Event, OpenEstates, Pallet, RecoveredShares, Shortfalls};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::{Inspect, Mutate},
			fungibles::{Inspect as _, Mutate as _},
			tokens::{
				Fortitude::Polite,
				Precision::Exact,
				Preservation::{Expendable, Preserve},
			},
			Get,
		},
		weights::Weight,
	},
	sp_runtime::{DispatchError, DispatchResult},
};
use quern_primitives::{ports::Liquidity, Balance, ClassId, GpuTime};

impl<T: Config> Pallet<T> {
	/// The class, if its end is not announced.
	pub(crate) fn open_class(class: ClassId) -> Result<Class, DispatchError> {
		let registered = Classes::<T>::get(class).ok_or(Error::<T>::ClassNotFound)?;
		ensure!(!registered.is_closing(), Error::<T>::ClassClosing);
		Ok(registered)
	}

	/// Whether the class has ended.
	pub(crate) fn has_ended(class: ClassId) -> Result<bool, DispatchError> {
		let registered = Classes::<T>::get(class).ok_or(Error::<T>::ClassNotFound)?;
		Ok(registered.has_ended(Self::now()))
	}

	pub(crate) fn do_close_class(class: ClassId) -> DispatchResult {
		let mut registered = Self::open_class(class)?;
		let ends_at = Self::now()
			.checked_add(policy::CLOSING_NOTICE)
			.ok_or(Error::<T>::Overflow)?;
		registered.ends_at = Some(ends_at);
		Classes::<T>::insert(class, registered);
		T::Liquidity::end(class, ends_at);
		Self::deposit_event(Event::ClassClosing { class, ends_at });
		Ok(())
	}

	pub(crate) fn do_wind_up(provider: T::AccountId, class: ClassId) -> DispatchResult {
		ensure!(Self::has_ended(class)?, Error::<T>::TooEarly);
		let mut book = Books::<T>::get(&provider, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(book.offered == 0 && book.adding == 0, Error::<T>::OffersRemain);
		let Part {
			gpu_time,
			proceeds,
			shares,
			..
		} = Self::take_unassigned(&provider, class, &mut book)?;
		Self::to_recovery(class, proceeds)?;
		Self::recover_shares(class, shares);
		Self::add_to_shortfall(class, gpu_time)?;
		Self::shrink(&provider, class, &mut book);
		Books::<T>::insert(&provider, class, book);
		Self::deposit_event(Event::WoundUp {
			provider,
			class,
			gpu_time,
			proceeds,
			shares,
		});
		Ok(())
	}

	pub(crate) fn do_withdraw_recovered(class: ClassId) -> DispatchResult {
		let closing = Classes::<T>::get(class).ok_or(Error::<T>::ClassNotFound)?.is_closing();
		// With claims burned, it may have all that it needs: then the pool stays as deep as it is.
		let needs = || closing || Shortfalls::<T>::get(class) > 0;
		let needed = needs();
		let claims = Self::burn_recovered(class)?;
		ensure!(needed || claims > 0, Error::<T>::NotShort);
		let shares = if needs() { Self::withdraw(class)? } else { 0 };
		ensure!(claims > 0 || shares > 0, Error::<T>::NothingRecovered);
		// What an ended class's shares brought is here already.
		Self::burn_recovered(class)?;
		Ok(())
	}

	/// Has the market take out the class's pool shares, those with them that somebody sent to the recovery account or
	/// that came back to it. How many.
	fn withdraw(class: ClassId) -> Result<Balance, DispatchError> {
		let recovery = Self::recovery_account(class);
		let booked = RecoveredShares::<T>::take(class);
		if booked > 0 {
			T::Liquidity::remove(class, &Self::account_id(), &recovery, booked)?;
		}
		let stray = T::Shares::balance(class, &recovery);
		if stray > 0 {
			T::Liquidity::remove(class, &recovery, &recovery, stray)?;
		}
		let shares = booked.checked_add(stray).ok_or(Error::<T>::Overflow)?;
		if shares > 0 {
			Self::deposit_event(Event::SharesWithdrawn { class, shares });
		}
		Ok(shares)
	}

	/// What the market does as the class's shares are withdrawn, at most: two parts of them.
	pub(crate) fn withdrawal_weight() -> Weight {
		T::Liquidity::remove_weight().saturating_mul(2)
	}

	/// Burns the claims that the recovery account has against the shortfall. Those beyond it wait for what is still to
	/// be wound up if the class is closing, and are the treasury's if not: somebody owes and is to deliver them.
	/// How many were dealt with.
	pub(crate) fn burn_recovered(class: ClassId) -> Result<GpuTime, DispatchError> {
		let recovery = Self::recovery_account(class);
		let there = T::Claims::balance(class, &recovery);
		if there == 0 {
			return Ok(0);
		}
		let shortfall = Shortfalls::<T>::get(class);
		let burned = there.min(shortfall);
		if burned > 0 {
			T::Claims::burn_from(class, &recovery, burned, Expendable, Exact, Polite)?;
			let left = Self::lower_shortfall(class, burned)?;
			Self::deposit_event(Event::ShortfallLowered {
				class,
				gpu_time: burned,
				left,
			});
		}
		let beyond = there.checked_sub(burned).ok_or(Error::<T>::Overflow)?;
		if beyond == 0 || Classes::<T>::get(class).is_some_and(|class| class.is_closing()) {
			return Ok(burned);
		}
		<T::Claims as polkadot_sdk::frame_support::traits::fungibles::Mutate<_>>::transfer(
			class,
			&recovery,
			&T::Treasury::get(),
			beyond,
			Expendable,
		)?;
		Ok(there)
	}

	/// What is left of the shortfall.
	fn lower_shortfall(class: ClassId, gpu_time: GpuTime) -> Result<GpuTime, DispatchError> {
		let left = Shortfalls::<T>::get(class)
			.checked_sub(gpu_time)
			.ok_or(Error::<T>::ObligationsExceeded)?;
		if left > 0 {
			Shortfalls::<T>::insert(class, left);
		} else {
			Shortfalls::<T>::remove(class);
		}
		Ok(left)
	}

	pub(crate) fn do_redeem_claims(
		who: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		min_payment: Balance,
	) -> DispatchResult {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		ensure!(Self::has_ended(class)?, Error::<T>::TooEarly);
		Self::withdraw(class)?;
		Self::burn_recovered(class)?;
		let shortfall = Shortfalls::<T>::get(class);
		ensure!(
			OpenEstates::<T>::get(class) == 0 && T::Claims::total_issuance(class) == shortfall,
			Error::<T>::NotSettled
		);
		T::Claims::burn_from(class, &who, gpu_time, Expendable, Exact, Polite)?;
		let left = Self::lower_shortfall(class, gpu_time)?;
		// The account stays until the last claim: what went below the existential deposit would be lost.
		let preservation = if left > 0 { Preserve } else { Expendable };
		let recovery = Self::recovery_account(class);
		let recovered = T::Currency::reducible_balance(&recovery, preservation, Polite);
		let payment = policy::released(recovered, gpu_time, shortfall);
		ensure!(payment >= min_payment, Error::<T>::PaymentTooLow);
		if payment > 0 {
			T::Currency::transfer(&recovery, &who, payment, preservation)?;
		}
		Self::deposit_event(Event::ClaimsRedeemed {
			who,
			class,
			gpu_time,
			payment,
			left,
		});
		Ok(())
	}
}
