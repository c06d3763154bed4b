//! For how long keys are kept.

use polkadot_sdk::sp_staking::SessionIndex;

/// Sets whose keys are kept: of the session before, the running and the next one.
///
/// A node reports an equivocation when it sees it: in its session, or, near the session's end, in the one
/// after. A block that begins a session is proven in the state before it, where that session is the next.
pub const SESSIONS_KEPT: SessionIndex = 3;

/// The session whose keys go when those of `noted` come.
pub const fn dropped_by(noted: SessionIndex) -> Option<SessionIndex> {
	noted.checked_sub(SESSIONS_KEPT)
}

/// Whether the keys of `session` are kept while `running` runs.
pub const fn is_kept(session: SessionIndex, running: SessionIndex) -> bool {
	// Saturates at the first session and at the last one there can be, where there is none beyond.
	session >= running.saturating_sub(1) && session <= running.saturating_add(1)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn what_is_dropped_is_what_is_kept_no_longer() {
		assert_eq!([0, 1, 2].map(dropped_by), [None; 3]);
		for running in 0..9 {
			let kept: Vec<_> = (0..20).filter(|session| is_kept(*session, running)).collect();
			assert!(kept.len() as u32 <= SESSIONS_KEPT);
			assert_eq!(kept.last(), Some(&(running + 1)));
			// The next session is noted as this one begins.
			assert_eq!(
				dropped_by(running + 1).map(|dropped| dropped + 1),
				(running > 1).then_some(kept[0])
			);
		}
	}
}
