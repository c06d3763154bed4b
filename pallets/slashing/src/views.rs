//! What the runtime API shows.

use crate::{Config, Pallet, Record, Records, Slashes, SlashesOf};
use alloc::vec::Vec;
use quern_primitives::{BlockNumber, SlashInfo};

impl<T: Config> Pallet<T> {
	/// The slashes that wait, by number: an operator's, or all. For runtime APIs, never for a block.
	pub fn pending(operator: Option<T::AccountId>) -> Vec<SlashInfo<T::AccountId>> {
		let mut pending: Vec<_> = match operator {
			Some(operator) => SlashesOf::<T>::iter_key_prefix(&operator)
				.filter_map(|id| Slashes::<T>::get(id).map(|slash| slash.into_info(id)))
				.collect(),
			None => Slashes::<T>::iter().map(|(id, slash)| slash.into_info(id)).collect(),
		};
		pending.sort_by_key(|slash| slash.id);
		pending
	}

	/// How an operator does with its jobs, as of today.
	pub fn conduct(operator: &T::AccountId) -> Record {
		Records::<T>::get(operator).unwrap_or_default().at(Self::today())
	}

	/// The block from which a jailed operator may ask for its release; `None` if it is not jailed.
	pub fn jailed_until(operator: &T::AccountId) -> Option<BlockNumber> {
		Records::<T>::get(operator).and_then(|record| record.jailed_until)
	}
}
