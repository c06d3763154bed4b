//! The list of candidates: bounded, in the order in which they are chosen.

use crate::*;

impl<T: Config> Pallet<T> {
	/// Puts `who` into the list, or where its present stake belongs. If the list is full and the last
	/// in it has less, that one goes; else `who` is refused.
	pub(crate) fn put_candidate(who: &T::AccountId, stake: Balance) -> Result<(), Error<T>> {
		let outbid = Candidates::<T>::try_mutate(|list| {
			list.retain(|candidate| candidate.who != *who);
			let candidate = Candidate {
				who: who.clone(),
				stake,
			};
			let at = list.partition_point(|other| comes_before(other, &candidate));
			if !list.is_full() {
				return list
					.try_insert(at, candidate)
					.map(|()| None)
					.map_err(|_| Error::<T>::TooManyCandidates);
			}
			if at == list.len() {
				return Err(Error::<T>::TooManyCandidates);
			}
			let outbid = list.pop();
			list.try_insert(at, candidate)
				.map_err(|_| Error::<T>::TooManyCandidates)?;
			Ok(outbid)
		})?;
		if let Some(outbid) = outbid {
			Self::deposit_event(Event::Chilled {
				operator: outbid.who,
				reason: ChillReason::Outbid,
			});
		}
		Ok(())
	}

	/// Moves a candidate to where its new stake belongs, or off the list if its own bond is too small.
	/// Does nothing for an operator that is no candidate.
	pub(crate) fn update_candidate(who: &T::AccountId, own: Balance, stake: Balance) -> Result<(), Error<T>> {
		if !Self::is_candidate(who) {
			Ok(())
		} else if own < T::MinValidatorBond::get() {
			Self::drop_candidate(who, ChillReason::BelowMinimum);
			Ok(())
		} else {
			Self::put_candidate(who, stake)
		}
	}

	/// Takes `who` off the list. Returns whether it stood there.
	pub(crate) fn drop_candidate(who: &T::AccountId, reason: ChillReason) -> bool {
		let dropped = Candidates::<T>::mutate(|list| {
			let before = list.len();
			list.retain(|candidate| candidate.who != *who);
			list.len() < before
		});
		if dropped {
			Self::deposit_event(Event::Chilled {
				operator: who.clone(),
				reason,
			});
		}
		dropped
	}

	/// Whether `who` wants to validate.
	pub fn is_candidate(who: &T::AccountId) -> bool {
		Candidates::<T>::get().iter().any(|candidate| candidate.who == *who)
	}
}

/// The order of the list: the larger stake, of equal ones the lower account.
pub(crate) fn comes_before<AccountId: Ord>(a: &Candidate<AccountId>, b: &Candidate<AccountId>) -> bool {
	(b.stake, &a.who) < (a.stake, &b.who)
}
