//! Points: who did how much.

use crate::*;
use frame_system::pallet_prelude::BlockNumberFor;
use polkadot_sdk::pallet_authorship::EventHandler;
use quern_primitives::ports::Duties;

impl<T: Config> Pallet<T> {
	/// Gives a validator points of the era that runs.
	pub(crate) fn give_points(validator: &T::AccountId, points: u64) {
		if points == 0 {
			return;
		}
		let mut running = Self::running_era();
		// Nobody gets 2^64 points: at a million a block that would take a million years. They
		// saturate all the same, since no hook may fail.
		let had = Points::<T>::get(running.payout.era, validator);
		let given = points.min(u64::MAX - running.payout.points.max(running.points));
		Points::<T>::insert(running.payout.era, validator, had.saturating_add(given));
		running.points = running.points.saturating_add(given);
		running.payout.points = running.payout.points.saturating_add(given);
		Running::<T>::put(running);
	}
}

impl<T: Config> EventHandler<T::AccountId, BlockNumberFor<T>> for Pallet<T> {
	fn note_author(author: T::AccountId) {
		Self::give_points(&author, policy::BLOCK_POINTS);
	}
}

impl<T: Config> Duties<T::AccountId> for Pallet<T> {
	fn agreed(validator: &T::AccountId, reports: u32) {
		Self::give_points(validator, u64::from(reports).saturating_mul(policy::REPORT_POINTS));
	}
}
