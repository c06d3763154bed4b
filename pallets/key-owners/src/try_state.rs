//! What must hold of the keys noted.

use crate::{trie::OwnersTrie, *};
use alloc::{format, string::String, vec::Vec};
use historical::HistoricalSessions;
use pallet_session::Pallet as Session;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. keys are noted of the session before, the running and the next one, and of no other;
	/// 2. those noted of a session reproduce its root, and are as many as its validators;
	/// 3. those noted of the running session are its validators', in their order;
	/// 4. those noted of the next session are the ones `pallet_session` has queued for it.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		let running = Session::<T>::current_index();
		for (session, set) in ChosenKeys::<T>::iter() {
			if !policy::is_kept(session, running) {
				broken.push(format!("keys of session {session} are kept in session {running}"));
				continue;
			}
			let root = OwnersTrie::<T>::of(&set).map(|trie| (trie.root(), set.len() as u32));
			let kept = HistoricalSessions::<T>::get(session);
			if root != kept {
				broken.push(format!(
					"session {session} has root and count {kept:?}, but its keys make {root:?}"
				));
			}
		}

		if let Some(set) = ChosenKeys::<T>::get(running) {
			if !Session::<T>::validators().iter().eq(set.iter().map(|(who, _)| who)) {
				broken.push(format!(
					"session {running} runs with other validators than those whose keys were noted"
				));
			}
		}
		let next = running.saturating_add(1);
		if let Some(set) = ChosenKeys::<T>::get(next) {
			if Session::<T>::queued_keys() != set.into_inner() {
				broken.push(format!("session {next} is queued with other keys than those noted"));
			}
		}

		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}
}
