//! What the calls do.

use crate::{types::Appeal, Config, Eras, Error, Event, HoldReason, Pallet, Records, SlashOf, Slashes};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::{BalancedHold, MutateHold},
			tokens::Precision,
			Get, Imbalance, OnUnbalanced,
		},
	},
	sp_core::H256,
	sp_runtime::DispatchResult,
};
use quern_primitives::{ports::SlashableStake, Balance, SlashId};

impl<T: Config> Pallet<T> {
	/// See [`Pallet::appeal`].
	pub(crate) fn do_appeal(who: T::AccountId, id: SlashId, reason: H256) -> DispatchResult {
		let mut slash = Slashes::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(slash.operator == who, Error::<T>::NotAuthorized);
		ensure!(slash.appeal.is_none(), Error::<T>::AlreadyAppealed);
		let now = T::Era::current();
		ensure!(now < slash.due, Error::<T>::TooLate);

		let bond = T::AppealBond::get();
		T::Currency::hold(&HoldReason::Appeal.into(), &who, bond)?;
		slash.appeal = Some(Appeal {
			reason,
			bond: Some(bond),
			due_before: slash.due,
		});
		// Saturating: the last era is never reached.
		slash.due = slash.due.saturating_add(T::RulingEras::get());
		let due = slash.due;
		Self::move_to(id, &mut slash, due);
		Slashes::<T>::insert(id, slash);
		Self::deposit_event(Event::SlashAppealed { id, reason, bond, due });
		Ok(())
	}

	/// See [`Pallet::reduce`].
	pub(crate) fn do_reduce(id: SlashId, amount: Balance) -> DispatchResult {
		let mut slash = Slashes::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		// To nothing would be to void it, which says so in its event.
		ensure!(amount > 0 && amount < slash.amount.total(), Error::<T>::NotLess);
		let left = slash.amount.first(amount);
		let thawed = slash.amount.without(&left);
		T::Stake::thaw(&slash.operator, slash.scope, slash.session, thawed);
		slash.amount = left;
		Self::return_bond(id, &mut slash)?;
		Slashes::<T>::insert(id, slash);
		Self::deposit_event(Event::SlashReduced { id, left, thawed });
		Ok(())
	}

	/// See [`Pallet::void`].
	pub(crate) fn do_void(id: SlashId) -> DispatchResult {
		let mut slash = Slashes::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let thawed = slash.amount;
		T::Stake::thaw(&slash.operator, slash.scope, slash.session, thawed);
		Self::return_bond(id, &mut slash)?;
		Self::remove(id, &slash);
		Self::deposit_event(Event::SlashVoided { id, thawed });
		Ok(())
	}

	/// See [`Pallet::uphold`].
	pub(crate) fn do_uphold(id: SlashId) -> DispatchResult {
		let mut slash = Slashes::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let appeal = slash
			.appeal
			.filter(|appeal| appeal.bond.is_some())
			.ok_or(Error::<T>::NoAppeal)?;
		Self::forfeit_bond(id, &mut slash);
		let due = appeal.due_before.max(T::Era::current());
		slash.due = due;
		Self::move_to(id, &mut slash, due);
		Slashes::<T>::insert(id, slash);
		Self::deposit_event(Event::AppealDismissed { id, due });
		Ok(())
	}

	/// See [`Pallet::release`].
	pub(crate) fn do_release(who: T::AccountId) -> DispatchResult {
		let today = Self::today();
		let mut record = Records::<T>::get(&who).unwrap_or_default();
		let until = record.jailed_until.ok_or(Error::<T>::NotJailed)?;
		ensure!(Self::now() >= until, Error::<T>::TooEarly);
		record = record.at(today);
		record.jailed_until = None;
		record.counted_on = today;
		Records::<T>::insert(&who, record);
		Self::deposit_event(Event::Released { operator: who });
		Ok(())
	}

	/// Gives the bond of an appeal that nobody has ruled on back. Its caller stores the slash.
	fn return_bond(id: SlashId, slash: &mut SlashOf<T>) -> DispatchResult {
		let Some(bond) = Self::settle_appeal(slash) else {
			return Ok(());
		};
		let amount = T::Currency::release(&HoldReason::Appeal.into(), &slash.operator, bond, Precision::BestEffort)?;
		Self::deposit_event(Event::AppealBondReturned { id, amount });
		Ok(())
	}

	/// Burns the bond of an appeal that nobody has ruled on. Its caller stores the slash.
	pub(crate) fn forfeit_bond(id: SlashId, slash: &mut SlashOf<T>) {
		let Some(bond) = Self::settle_appeal(slash) else {
			return;
		};
		// What is no longer held cannot be taken, and is told by the amount.
		let (credit, _) = T::Currency::slash(&HoldReason::Appeal.into(), &slash.operator, bond);
		let amount = credit.peek();
		T::Burn::on_unbalanced(credit);
		Self::deposit_event(Event::AppealBondForfeited { id, amount });
	}

	/// The appeal is ruled on: returns the bond that is held for it.
	fn settle_appeal(slash: &mut SlashOf<T>) -> Option<Balance> {
		slash.appeal.as_mut().and_then(|appeal| appeal.bond.take())
	}
}
