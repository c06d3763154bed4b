//! Noting the keys of a set as it is chosen.

use crate::*;
use alloc::vec::Vec;
use core::marker::PhantomData;
use pallet_session::Pallet as Session;

/// A session manager around `I` that keeps the keys of those whom `I` chooses.
///
/// For `pallet_session::Config::SessionManager`, within `NoteHistoricalRoot`:
/// `NoteHistoricalRoot<Runtime, NoteKeys<Runtime, I>>`.
pub struct NoteKeys<T, I>(PhantomData<(T, I)>);

impl<T: Config> Pallet<T> {
	/// Keeps the keys of the set chosen for `session`, and drops those of the oldest one. Returns the set
	/// that `historical` and `pallet_session` are to know: those chosen that have keys; `None` if the set
	/// before goes on as it is.
	pub(crate) fn note(
		session: SessionIndex,
		chosen: Option<Vec<(ValidatorOf<T>, ())>>,
	) -> Option<Vec<(ValidatorOf<T>, ())>> {
		let before = session.checked_sub(1).and_then(ChosenKeys::<T>::get);
		let goes_on = chosen.is_none();
		let validators: Vec<_> = match (chosen, &before) {
			(Some(chosen), _) => chosen.into_iter().map(|(who, ())| who).collect(),
			(None, Some(before)) => before.iter().map(|(who, _)| who.clone()).collect(),
			// At genesis: none, and `pallet_session` takes those whose keys it is given.
			(None, None) => Session::<T>::validators(),
		};
		let keyed: Vec<_> = validators
			.into_iter()
			.filter_map(|who| Session::<T>::load_keys(&who).map(|keys| (who, keys)))
			.collect();
		if let Some(dropped) = policy::dropped_by(session) {
			ChosenKeys::<T>::remove(dropped);
		}
		if goes_on && keyed.is_empty() {
			return None;
		}

		if keyed.len() > T::MaxValidators::get() as usize {
			log::error!(
				target: LOG_TARGET,
				"session {session}: {} validators were chosen, the first {} stay",
				keyed.len(),
				T::MaxValidators::get(),
			);
		}
		let set = BoundedVec::truncate_from(keyed);
		ChosenKeys::<T>::insert(session, &set);
		if goes_on && before.as_ref() == Some(&set) {
			return None;
		}
		Some(set.into_iter().map(|(who, _)| (who, ())).collect())
	}
}

impl<T: Config, I: historical::SessionManager<ValidatorOf<T>, ()>> historical::SessionManager<ValidatorOf<T>, ()>
	for NoteKeys<T, I>
{
	fn new_session(session: SessionIndex) -> Option<Vec<(ValidatorOf<T>, ())>> {
		Pallet::<T>::note(
			session,
			<I as historical::SessionManager<ValidatorOf<T>, ()>>::new_session(session),
		)
	}
	fn new_session_genesis(session: SessionIndex) -> Option<Vec<(ValidatorOf<T>, ())>> {
		Pallet::<T>::note(
			session,
			<I as historical::SessionManager<ValidatorOf<T>, ()>>::new_session_genesis(session),
		)
	}
	fn start_session(session: SessionIndex) {
		<I as historical::SessionManager<ValidatorOf<T>, ()>>::start_session(session)
	}
	fn end_session(session: SessionIndex) {
		<I as historical::SessionManager<ValidatorOf<T>, ()>>::end_session(session)
	}
}

impl<T: Config, I: historical::SessionManager<ValidatorOf<T>, ()>> pallet_session::SessionManager<ValidatorOf<T>>
	for NoteKeys<T, I>
{
	fn new_session(session: SessionIndex) -> Option<Vec<ValidatorOf<T>>> {
		<Self as historical::SessionManager<ValidatorOf<T>, ()>>::new_session(session).map(without_identification)
	}
	fn new_session_genesis(session: SessionIndex) -> Option<Vec<ValidatorOf<T>>> {
		<Self as historical::SessionManager<ValidatorOf<T>, ()>>::new_session_genesis(session)
			.map(without_identification)
	}
	fn start_session(session: SessionIndex) {
		<Self as historical::SessionManager<ValidatorOf<T>, ()>>::start_session(session)
	}
	fn end_session(session: SessionIndex) {
		<Self as historical::SessionManager<ValidatorOf<T>, ()>>::end_session(session)
	}
}

fn without_identification<V>(set: Vec<(V, ())>) -> Vec<V> {
	set.into_iter().map(|(who, ())| who).collect()
}
