//! Reading and writing operators, and what they were at the start of past sessions.

use crate::*;
use polkadot_sdk::{
	frame_support::defensive,
	sp_runtime::{traits::Zero, SaturatedConversion},
};

impl Checkpoint {
	/// The state of an operator in an era.
	pub fn of<AccountId>(operator: &Operator<AccountId>, now: EraIndex) -> Self {
		Self {
			// Parts of one account's balance.
			stake: operator.gross().saturating_add(operator.unbonding(now)),
			whole: operator.whole,
			allocations: operator.allocations.clone(),
		}
	}

	/// That of one which is none yet.
	pub fn nothing() -> Self {
		Self {
			stake: 0,
			whole: WHOLE,
			allocations: Default::default(),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// An operator, with all that was to come by now.
	pub(crate) fn edit(who: &T::AccountId) -> Result<OperatorOf<T>, Error<T>> {
		let mut operator = Operators::<T>::get(who).ok_or(Error::<T>::NotOperator)?;
		operator.settle(CurrentSession::<T>::get(), Self::current_era());
		Ok(operator)
	}

	/// Stores an operator: with it the state before its first change in the session, the total stake, and its
	/// place among the candidates.
	pub(crate) fn commit(who: &T::AccountId, mut operator: OperatorOf<T>) {
		Self::checkpoint(who, &mut operator);
		let stake = operator.stake();
		let counted = core::mem::replace(&mut operator.counted, stake);
		let own = operator.own.free();
		Operators::<T>::insert(who, operator);
		if stake != counted {
			// The total has `counted` in it, and is no more than the supply.
			TotalStake::<T>::mutate(|total| *total = total.saturating_add(stake).saturating_sub(counted));
			if Self::update_candidate(who, own, stake).is_err() {
				defensive!("one that stands in the list finds its place");
			}
		}
	}

	/// Writes down what the operator is stored as, if it changes for the first time in this session. At
	/// genesis it does not: session 0 starts with what genesis made.
	fn checkpoint(who: &T::AccountId, operator: &mut OperatorOf<T>) {
		let session = CurrentSession::<T>::get();
		if operator.checkpointed == Some(session) || frame_system::Pallet::<T>::block_number().is_zero() {
			return;
		}
		let now = Self::current_era();
		let before = Operators::<T>::get(who).map_or_else(Checkpoint::nothing, |before| Checkpoint::of(&before, now));
		if before == Checkpoint::of(operator, now) {
			return;
		}
		operator.checkpointed = Some(session);
		let oldest = OldestSession::<T>::get();
		CheckpointIndex::<T>::mutate(operator.id, |index| {
			// Some that are too old may stay for a while: nobody asks for them.
			let old = index
				.partition_point(|kept| *kept < oldest)
				.min(policy::CHECKPOINTS_PRUNED);
			for gone in index.drain(..old) {
				Checkpoints::<T>::remove(operator.id, gone);
			}
			if index.is_full() {
				defensive!("no more sessions are slashable than an index has places");
				Checkpoints::<T>::remove(operator.id, index.remove(0));
			}
			if index.try_push(session).is_ok() {
				Checkpoints::<T>::insert(operator.id, session, before);
			}
		});
	}

	/// Forgets all of an operator that is gone.
	pub(crate) fn forget(who: &T::AccountId, operator: &OperatorOf<T>) {
		Operators::<T>::remove(who);
		Owners::<T>::remove(operator.id);
		for session in CheckpointIndex::<T>::take(operator.id) {
			Checkpoints::<T>::remove(operator.id, session);
		}
		TotalStake::<T>::mutate(|total| *total = total.saturating_sub(operator.counted));
	}

	/// An operator's state at the start of a session that is not to come.
	pub(crate) fn state_at(operator: &OperatorOf<T>, session: SessionIndex) -> Checkpoint {
		let index = CheckpointIndex::<T>::get(operator.id);
		match index.get(index.partition_point(|kept| *kept < session)) {
			// The first change since then was in this session, and before it all was as it was then.
			Some(changed) => Checkpoints::<T>::get(operator.id, changed).unwrap_or_else(Checkpoint::nothing),
			None => Checkpoint::of(operator, Self::current_era()),
		}
	}

	/// What was allocated to a class at the start of a session, in planck.
	pub(crate) fn allocated_at(state: &Checkpoint, class: ClassId, session: SessionIndex) -> Balance {
		let magnitude = state
			.allocations
			.get(&class)
			.map_or(0, |allocation| allocation.slashable_in(session, Self::era_of(session)));
		policy::allocated(state.stake, magnitude, state.whole)
	}

	/// The session in which a block was, if its start is remembered.
	pub(crate) fn session_of(block: BlockNumber) -> Option<SessionIndex> {
		let now: BlockNumber = frame_system::Pallet::<T>::block_number().saturated_into();
		if block > now {
			return None;
		}
		// The last session that had started by then: starts rise with sessions.
		let (mut low, mut high) = (OldestSession::<T>::get(), CurrentSession::<T>::get());
		let started = |session: SessionIndex| SessionStarts::<T>::get(session).is_some_and(|start| start <= block);
		if !started(low) {
			return None;
		}
		while low < high {
			let middle = high.saturating_sub(high.saturating_sub(low) / 2);
			if started(middle) {
				low = middle;
			} else {
				high = middle.saturating_sub(1);
			}
		}
		Some(low)
	}
}
