//! To which session evidence of an equivocation belongs, and the proof of whose the key was in it.

use crate::*;
use polkadot_sdk::{
	frame_support::traits::Get,
	sp_consensus_babe::{self as babe, Slot},
	sp_consensus_grandpa::{self as grandpa, SetId},
	sp_session::MembershipProof,
	sp_staking::SessionIndex,
};

/// The session that a slot belongs to, by the reckoning with which `pallet_babe` checks evidence. Of a slot
/// beyond the running epoch: the next session, which begins with the next block authored in such a slot.
pub fn session_of_slot(slot: Slot) -> SessionIndex {
	let (running, genesis_slot) = (Session::current_index(), Babe::genesis_slot());
	// In the state of the genesis block no epoch has begun: the next block begins the first one.
	if *genesis_slot == 0 {
		return running;
	}
	let epoch = babe::epoch_index(slot, genesis_slot, pallet_charter::EpochDuration::<Runtime>::get());
	if epoch > pallet_babe::EpochIndex::<Runtime>::get() {
		return running.saturating_add(1);
	}
	// Epochs in which no block was authored were skipped; sessions are not.
	let skipped = Babe::skipped_epochs();
	let until = skipped.partition_point(|(first, _)| *first <= epoch);
	let ahead = until
		.checked_sub(1)
		.and_then(|last| skipped.get(last))
		.map_or(0, |(first, session)| first.saturating_sub(u64::from(*session)));
	u32::try_from(epoch.saturating_sub(ahead)).unwrap_or(SessionIndex::MAX)
}

/// Proves whose a BABE key is in the session of a slot. `None` if nobody's, or that session's keys are not
/// kept: a proof for another session would be refused.
pub fn prove_in_slot(slot: Slot, key: babe::AuthorityId) -> Option<MembershipProof> {
	KeyOwners::prove_at(session_of_slot(slot), (babe::KEY_TYPE, key))
}

/// Proves whose a GRANDPA key is in the last session of a set in which anybody has it. `None` if nobody
/// has, or the keys of the set's sessions are not kept.
pub fn prove_in_set(set: SetId, key: grandpa::AuthorityId) -> Option<MembershipProof> {
	let last = Grandpa::session_for_set(set)?;
	let first = match set.checked_sub(1) {
		Some(before) => Grandpa::session_for_set(before)?.saturating_add(1),
		None => 0,
	};
	// A set goes on over many sessions while nothing changes; no more of them than these have their keys.
	(first..=last)
		.rev()
		.take(pallet_key_owners::policy::SESSIONS_KEPT as usize)
		.find_map(|session| KeyOwners::prove_at(session, (grandpa::KEY_TYPE, key.clone())))
}
