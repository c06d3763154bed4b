//! Choosing validators: this pallet as the session's manager.

use crate::*;
use alloc::vec::Vec;
use core::marker::PhantomData;
use frame_support::BoundedVec;
use polkadot_sdk::{
	pallet_session::{self, historical},
	sp_runtime::SaturatedConversion,
	sp_staking::offence::OffenceSeverity,
};

/// What this pallet needs of sessions. Implemented by the runtime's `pallet_session`.
pub trait Sessions<AccountId> {
	/// Whether `who` has session keys.
	fn has_keys(who: &AccountId) -> bool;
	/// Reports an offence of a validator, which may disable it for the rest of the session.
	fn disable(who: &AccountId, fraction: Perbill);
	/// Forgets the roots of sessions before this one: their evidence is worth nothing any more.
	fn forget_before(session: SessionIndex);
}

impl<R> Sessions<R::AccountId> for pallet_session::Pallet<R>
where
	R: pallet_session::Config<ValidatorId = <R as polkadot_sdk::frame_system::Config>::AccountId> + historical::Config,
{
	fn has_keys(who: &R::AccountId) -> bool {
		pallet_session::NextKeys::<R>::contains_key(who)
	}
	fn disable(who: &R::AccountId, fraction: Perbill) {
		Self::report_offence(who.clone(), OffenceSeverity(fraction));
	}
	fn forget_before(session: SessionIndex) {
		historical::Pallet::<R>::prune_up_to(session);
	}
}

impl<AccountId> Sessions<AccountId> for () {
	fn has_keys(_: &AccountId) -> bool {
		true
	}
	fn disable(_: &AccountId, _: Perbill) {}
	fn forget_before(_: SessionIndex) {}
}

/// The era that runs.
pub struct CurrentEra<T>(PhantomData<T>);

impl<T: Config> Get<EraIndex> for CurrentEra<T> {
	fn get() -> EraIndex {
		Pallet::<T>::current_era()
	}
}

impl<T: Config> Pallet<T> {
	/// The era that runs.
	pub fn current_era() -> EraIndex {
		Self::era_of(CurrentSession::<T>::get())
	}

	/// The era of a session.
	pub fn era_of(session: SessionIndex) -> EraIndex {
		policy::era_of(session, SessionsPerEra::<T>::get())
	}

	/// Whether an offence in a session may still be slashed.
	pub(crate) fn is_slashable(session: SessionIndex) -> bool {
		policy::is_slashable(Self::era_of(session), Self::current_era(), T::ChallengeEras::get())
	}

	/// Chooses a session's validators and keeps their exposure. `None` if there are fewer candidates with
	/// session keys than the chain needs: then the validators before go on.
	fn choose(session: SessionIndex) -> Option<Vec<T::AccountId>> {
		let count = ValidatorCount::<T>::get().min(T::MaxValidators::get()) as usize;
		let chosen: Vec<_> = Candidates::<T>::get()
			.into_iter()
			.filter(|candidate| T::Session::has_keys(&candidate.who))
			.take(count)
			.collect();
		if chosen.len() < T::MinValidators::get().max(1) as usize {
			// They answer for this session with what they answered for the last one.
			if let Some(before) = session.checked_sub(1).and_then(Exposures::<T>::get) {
				Exposures::<T>::insert(session, before);
			}
			return None;
		}

		let validators = accounts(&chosen);
		let stake = chosen
			.iter()
			.fold(0, |sum: Balance, candidate| sum.saturating_add(candidate.stake));
		Self::deposit_event(Event::ValidatorsChosen {
			session,
			validators: chosen.len() as u32,
			stake,
		});
		Exposures::<T>::insert(session, BoundedVec::truncate_from(chosen));
		Some(validators)
	}

	fn begin(session: SessionIndex) {
		CurrentSession::<T>::put(session);
		let now: BlockNumber = frame_system::Pallet::<T>::block_number().saturated_into();
		SessionStarts::<T>::insert(session, now);
		// The new set cleared the flags of those that were disabled in the last session.
		for (who, fraction) in Offenders::<T>::take() {
			T::Session::disable(&who, fraction);
		}
		Self::prune();
	}

	/// Drops a few of the exposures, session starts and slashes that are too old to matter.
	fn prune() {
		let oldest = OldestSession::<T>::get();
		let mut keep = oldest;
		while keep < oldest.saturating_add(policy::SESSIONS_PRUNED) && !Self::is_slashable(keep) {
			Exposures::<T>::remove(keep);
			SessionStarts::<T>::remove(keep);
			keep = keep.saturating_add(1);
		}
		if keep > oldest {
			OldestSession::<T>::put(keep);
			T::Session::forget_before(keep);
		}

		let era = OldestSlashEra::<T>::get();
		if era < Self::era_of(keep) {
			let removed = Slashes::<T>::clear_prefix(era, policy::SLASHES_PRUNED, None);
			if removed.maybe_cursor.is_none() {
				OldestSlashEra::<T>::put(era.saturating_add(1));
			}
		}
	}
}

impl<T: Config> pallet_session::SessionManager<T::AccountId> for Pallet<T> {
	fn new_session(session: SessionIndex) -> Option<Vec<T::AccountId>> {
		Self::choose(session)
	}
	fn start_session(session: SessionIndex) {
		Self::begin(session)
	}
	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(session: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		Self::choose(session).map(|validators| validators.into_iter().map(|who| (who, ())).collect())
	}
	fn start_session(session: SessionIndex) {
		Self::begin(session)
	}
	fn end_session(_: SessionIndex) {}
}
