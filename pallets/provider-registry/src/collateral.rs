//! Issuing claims, what covers them, and cancelling them.

use crate::{policy, types::*, Books, Classes, Config, Error, Event, HoldReason, Pallet, Providers, LOG};
use polkadot_sdk::{
	frame_support::{
		ensure,
		storage::with_storage_layer,
		traits::{
			fungible::MutateHold,
			fungibles::Mutate,
			tokens::{Fortitude, Precision, Preservation},
			Get,
		},
	},
	sp_runtime::{DispatchError, DispatchResult, Saturating},
};
use quern_primitives::{
	ports::{BondSize, BondUse, Bonds, Liquidity, Market},
	Balance, ClassId, GpuTime, Price,
};

/// What claims are issued for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Issue {
	/// The opening of the class's pool.
	Opening,
	/// A sale.
	Offer,
	/// The pool, with the provider's tokens.
	Liquidity,
}

/// How claims are cancelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cancel {
	/// By delivering what they are for.
	Delivery,
	/// By the provider, that had them.
	BuyBack,
	/// By the provider, that bought them in the batch that clears: the market cannot be called.
	InMarket,
}

impl<T: Config> Pallet<T> {
	/// The provider's book after issuing `gpu_time`; the caller stores it and mints.
	pub(crate) fn issue(
		who: &T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		issue: Issue,
	) -> Result<Book, DispatchError> {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		let (mut book, attested) = Self::obligor(who, class)?;
		Self::collect(who, class, &mut book);
		let usable = book.allowance.min(policy::burst(attested));
		book.allowance = usable.checked_sub(gpu_time).ok_or(Error::<T>::AllowanceExceeded)?;
		book.obligations = book.obligations.checked_add(gpu_time).ok_or(Error::<T>::Overflow)?;
		match issue {
			// With no pool there is no average to reckon collateral with.
			Issue::Opening => ensure!(
				book.obligations <= policy::free_obligations(attested),
				Error::<T>::TooManyObligations
			),
			Issue::Offer => book.offered = book.offered.checked_add(gpu_time).ok_or(Error::<T>::Overflow)?,
			Issue::Liquidity => book.adding = book.adding.checked_add(gpu_time).ok_or(Error::<T>::Overflow)?,
		}
		Self::cover(who, class, &mut book, attested)?;
		Ok(book)
	}

	/// The book of a provider that may take obligations upon itself, and its attested accelerators.
	pub(crate) fn obligor(who: &T::AccountId, class: ClassId) -> Result<(Book, u32), DispatchError> {
		let provider = Providers::<T>::get(who).ok_or(Error::<T>::ProviderNotFound)?;
		ensure!(T::Bonds::is_operator(who), Error::<T>::NotOperator);
		let book = Books::<T>::get(who, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(book.exit.is_none(), Error::<T>::EstateOpen);
		let (_, attested) = Self::count_nodes(&provider, class);
		Ok((book, attested))
	}

	/// The class's floor price, or `average` if it is higher.
	pub(crate) fn at_least_floor(class: ClassId, average: Option<Price>) -> Result<Price, DispatchError> {
		let floor = Classes::<T>::get(class).ok_or(Error::<T>::ClassNotFound)?.floor_price;
		Ok(average.map_or(floor, |average| average.max(floor)))
	}

	/// For a book that has just taken obligations on: reserves a flat bond of the allocation for each node that
	/// counts as attested, and collateral at today's prices, no more and no less; refuses what exceeds a day for each
	/// attested accelerator.
	///
	/// Attested nodes, since what may be owed within the free hour goes by them: one taken out lowers what it backs and
	/// what it allows alike, while a registered one that never serves would lock a provider out that cannot back it.
	pub(crate) fn cover(who: &T::AccountId, class: ClassId, book: &mut Book, attested: u32) -> DispatchResult {
		let backing = policy::backing(T::FlatBond::get(), book.attested_nodes);
		Self::cover_with(who, class, book, attested, backing)
	}

	/// The same, with so much of the allocation whatever the nodes.
	pub(crate) fn cover_with(
		who: &T::AccountId,
		class: ClassId,
		book: &mut Book,
		attested: u32,
		backing: Balance,
	) -> DispatchResult {
		ensure!(
			book.obligations <= policy::obligation_limit(attested),
			Error::<T>::TooManyObligations
		);
		let rate = if book.pooled() == 0 && book.rest() <= policy::free_obligations(attested) {
			Price::default()
		} else {
			let price = Self::at_least_floor(class, T::Market::reference_price(class))?;
			policy::rate(policy::kappa_ppm(book.delivered, attested), price)
		};
		let collateral = book.collateral_at(rate, attested);
		Self::reserve(who, class, book, collateral, backing)?;
		book.rate = rate;
		Ok(())
	}

	/// Frees the collateral that the obligations no longer need, at the price with which it was reckoned, and all
	/// that is reserved once nothing is owed. What cannot be resized stays reserved; giving all back cannot fail.
	/// While a gone provider's estate is open, nothing is freed.
	pub(crate) fn shrink(who: &T::AccountId, class: ClassId, book: &mut Book) {
		if book.backed() == 0 || book.exit == Some(Exit::Gone) {
			return;
		}
		let collateral = book.collateral_at(book.rate, book.attested_gpus).min(book.collateral);
		let backing = if book.obligations == 0 { 0 } else { book.backing };
		if let Err(error) = Self::reserve(who, class, book, collateral, backing) {
			log::warn!(target: LOG, "class {class}: collateral stays {}: {error:?}", book.collateral);
		}
	}

	/// Resizes what is reserved for the obligations: `collateral` of the own bond, and the larger of it and of
	/// `backing` within what is allocated to the class, where a slash for the obligations reaches it.
	fn reserve(
		who: &T::AccountId,
		class: ClassId,
		book: &mut Book,
		collateral: Balance,
		backing: Balance,
	) -> DispatchResult {
		let allocated = collateral.max(backing);
		if (collateral, allocated) != (book.collateral, book.backed()) {
			let purpose = BondUse::Obligations(class);
			with_storage_layer(|| {
				T::Bonds::release(who, purpose);
				if allocated == 0 {
					return Ok(());
				}
				ensure!(
					collateral <= T::Bonds::free_bond(who),
					Error::<T>::InsufficientCollateral
				);
				ensure!(
					allocated <= T::Bonds::free_allocation(who, class),
					Error::<T>::InsufficientAllocation
				);
				let size = BondSize {
					own: collateral,
					allocated: Some((class, allocated)),
				};
				T::Bonds::reserve(who, purpose, size)
			})?;
		}
		book.collateral = collateral;
		book.backing = backing;
		Ok(())
	}

	/// Burns `holder`'s claims against what `who` owes, and releases the same share of its proceeds, which it
	/// returns, and of its pool shares. All of it happens, or nothing.
	pub(crate) fn redeem(
		who: &T::AccountId,
		class: ClassId,
		holder: &T::AccountId,
		gpu_time: GpuTime,
		how: Cancel,
	) -> Result<Balance, DispatchError> {
		let mut book = Books::<T>::get(who, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(gpu_time <= book.unassigned(), Error::<T>::ObligationsExceeded);
		with_storage_layer(|| {
			T::Claims::burn_from(
				class,
				holder,
				gpu_time,
				Preservation::Expendable,
				Precision::Exact,
				Fortitude::Polite,
			)?;
			Self::collect(who, class, &mut book);
			let parts = book.part(gpu_time);
			book.take_out(&parts)?;
			book.shares_due = book.shares_due.saturating_add(parts.shares);
			// The rest of the proceeds' part stays among them until it can be released.
			book.proceeds = book.proceeds.checked_add(parts.proceeds).ok_or(Error::<T>::Overflow)?;
			let released = Self::release(who, class, &mut book, parts.proceeds);
			if how == Cancel::Delivery {
				// Saturating: reputation is whole long before.
				book.delivered = book.delivered.saturating_add(gpu_time);
			}
			if how != Cancel::InMarket {
				Self::give_shares(who, class, &mut book);
			}
			Self::shrink(who, class, &mut book);
			Books::<T>::insert(who, class, book);
			Ok(released)
		})
	}

	/// Gives a provider the pool shares that are due to it, locked as if it had just added them: so holding
	/// them here is no way round the lock. What cannot be given stays due.
	pub(crate) fn give_shares(who: &T::AccountId, class: ClassId, book: &mut Book) {
		let shares = book.shares_due;
		if shares == 0 {
			return;
		}
		let given = with_storage_layer(|| T::Liquidity::give_locked(class, &Self::account_id(), who, shares));
		match given {
			Ok(()) => {
				book.shares_due = 0;
				Self::deposit_event(Event::SharesReleased {
					provider: who.clone(),
					class,
					shares,
				});
			}
			Err(error) => log::warn!(target: LOG, "class {class}: {shares} pool shares stay due: {error:?}"),
		}
	}

	/// Brings proceeds that wait in the pallet's account to the provider's, held; charges absence; and releases
	/// what is held with nothing owed for it. Where the provider's account still cannot be credited, nothing
	/// changes.
	pub(crate) fn collect(who: &T::AccountId, class: ClassId, book: &mut Book) {
		if book.unpaid > 0 && Self::credit(who, book.unpaid).is_ok() {
			book.unpaid = 0;
		}
		Self::charge(who, class, book);
		if book.owed() == 0 && book.proceeds > 0 {
			Self::release(who, class, book, book.held());
		}
	}

	/// Moves tokens from the pallet's account to the provider's, held as proceeds.
	pub(crate) fn credit(who: &T::AccountId, tokens: Balance) -> DispatchResult {
		// The transfer may fail halfway; the layer takes it back.
		with_storage_layer(|| {
			T::Currency::transfer_and_hold(
				&HoldReason::Proceeds.into(),
				&Self::account_id(),
				who,
				tokens,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)
			.map(|_| ())
		})
	}

	/// Releases up to `due` of the held proceeds and returns what it released. What cannot be released stays
	/// among the proceeds for the next time.
	pub(crate) fn release(who: &T::AccountId, class: ClassId, book: &mut Book, due: Balance) -> Balance {
		let due = due.min(book.held());
		if due == 0 {
			return 0;
		}
		let released =
			with_storage_layer(|| T::Currency::release(&HoldReason::Proceeds.into(), who, due, Precision::Exact));
		match released {
			Ok(released) => {
				book.proceeds.saturating_reduce(released);
				released
			}
			Err(error) => {
				log::warn!(target: LOG, "class {class}: {due} planck stay held: {error:?}");
				0
			}
		}
	}
}
