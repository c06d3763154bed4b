//! How a slash gets into the queue, and from one era to another.

use crate::{
	policy, Config, Due, Eras, Error, Event, NextSlashId, OldestDue, Pallet, Slash, SlashOf, Slashes, SlashesOf,
};
use polkadot_sdk::{
	frame_support::{ensure, storage::with_storage_layer, traits::Get},
	sp_runtime::DispatchError,
};
use quern_primitives::{
	ports::{NewSlash, SlashableStake, Slasher},
	EraIndex, SlashId,
};

impl<T: Config> Slasher<T::AccountId> for Pallet<T> {
	fn propose(slash: NewSlash<T::AccountId>) -> Result<SlashId, DispatchError> {
		with_storage_layer(|| Self::do_propose(slash))
	}
}

impl<T: Config> Pallet<T> {
	/// See [`Slasher::propose`].
	fn do_propose(slash: NewSlash<T::AccountId>) -> Result<SlashId, DispatchError> {
		let NewSlash {
			operator,
			scope,
			cause,
			session,
			amount,
			evidence,
			victim,
			finder,
		} = slash;
		let (now, era) = (T::Era::current(), T::Era::of(session));
		ensure!(era <= now, Error::<T>::InFuture);
		ensure!(
			policy::is_slashable(era, now, T::ChallengeEras::get()),
			Error::<T>::TooLongAgo
		);
		let amount = amount.min(T::Stake::slashable_at(&operator, scope, session));
		ensure!(amount > 0, Error::<T>::NothingToSlash);
		let id = NextSlashId::<T>::get();
		NextSlashId::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);
		let frozen = T::Stake::freeze(&operator, scope, session, amount);
		ensure!(frozen.total() > 0, Error::<T>::NothingToSlash);

		// Saturating: the last era is never reached.
		let due = now.saturating_add(T::AppealEras::get());
		let mut slash = Slash {
			operator: operator.clone(),
			scope,
			cause,
			session,
			amount: frozen,
			original: frozen,
			evidence,
			victim,
			finder,
			proposed_in: now,
			due,
			queued: due,
			appeal: None,
			attempts: 0,
		};
		SlashesOf::<T>::insert(&operator, id, ());
		Self::list(id, &mut slash, due);
		Slashes::<T>::insert(id, slash);
		Self::deposit_event(Event::SlashProposed {
			id,
			operator,
			scope,
			cause,
			session,
			frozen,
			evidence,
			due,
		});
		Ok(id)
	}

	/// Lists a slash under an era, which is not before the present one. Its caller stores it.
	fn list(id: SlashId, slash: &mut SlashOf<T>, era: EraIndex) {
		// An era that the cursor has passed is never looked at again.
		slash.queued = era.max(OldestDue::<T>::get());
		Due::<T>::insert(slash.queued, id.to_be_bytes(), ());
	}

	/// Lists a slash under another era. Its caller stores it.
	pub(crate) fn move_to(id: SlashId, slash: &mut SlashOf<T>, era: EraIndex) {
		Due::<T>::remove(slash.queued, id.to_be_bytes());
		Self::list(id, slash, era);
	}

	/// Forgets a slash.
	pub(crate) fn remove(id: SlashId, slash: &SlashOf<T>) {
		Due::<T>::remove(slash.queued, id.to_be_bytes());
		SlashesOf::<T>::remove(&slash.operator, id);
		Slashes::<T>::remove(id);
	}
}
