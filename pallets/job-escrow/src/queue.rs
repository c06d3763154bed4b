//! The queue of jobs to look at, by block.

use crate::{policy::PROBES, Config, Due, JobOf, JobState, Pallet};
use polkadot_sdk::frame_support::traits::Get;
use quern_primitives::{BlockNumber, JobId};

impl<T: Config> Pallet<T> {
	/// The first block in which a job in that state is to be looked at: what its deadline leads to can
	/// be done then.
	pub(crate) fn due_of(state: &JobState) -> BlockNumber {
		// Saturating: the last block number is never reached.
		match *state {
			// A batch of the deadline's block clears in the next; the block after that finds only bids
			// that the market did not close.
			JobState::Bidding {
				order: Some(_),
				deadline,
			} => deadline.saturating_add(2),
			// The bid is gone and only the refund is left.
			JobState::Bidding { order: None, .. } => 0,
			JobState::Queued { since, .. } => since.saturating_add(crate::policy::DRAW_DELAY),
			JobState::Assigned { deadline }
			| JobState::Running { deadline, .. }
			| JobState::Submitted { deadline, .. }
			| JobState::Disputed { deadline, .. } => deadline.saturating_add(1),
			JobState::Settled { at, .. }
			| JobState::Faulted { at, .. }
			| JobState::Refunded { at, .. }
			| JobState::Cancelled { at } => at.saturating_add(T::KeepBlocks::get()),
		}
	}

	/// Lists a job under block `at`, never under one that may have been drained, or under the next one
	/// with room, and takes it off where it was. Leaves it there, and says `false`, if no block has
	/// room: whoever drains its old place finds it.
	#[must_use]
	pub(crate) fn list(id: JobId, job: &mut JobOf<T>, at: BlockNumber) -> bool {
		let first = at.max(Self::now().saturating_add(1));
		for block in first..first.saturating_add(PROBES) {
			if block == job.due && Self::is_listed(id, block) {
				return true;
			}
			let pushed = Due::<T>::try_mutate(block, |jobs| jobs.try_push(id)).is_ok();
			if pushed {
				Self::unlist(id, job.due);
				job.due = block;
				return true;
			}
		}
		false
	}

	/// Takes a job off a block's list.
	pub(crate) fn unlist(id: JobId, block: BlockNumber) {
		Due::<T>::mutate_exists(block, |jobs| {
			if let Some(listed) = jobs {
				listed.retain(|other| *other != id);
				if listed.is_empty() {
					*jobs = None;
				}
			}
		});
	}

	fn is_listed(id: JobId, block: BlockNumber) -> bool {
		Due::<T>::get(block).contains(&id)
	}
}
