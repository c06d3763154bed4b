//! What must hold of the books.

use crate::{candidates::comes_before, *};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use frame_support::traits::fungible::Inspect;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. each operator's pool account is its own, and holds at least its bond;
	/// 2. each part of a bond is at least the existential deposit, and they stand in their order;
	/// 3. an operator's `reserved` is the sum of its reservations, and no more than its active bond
	///    unless it was slashed;
	/// 4. candidates are operators with the stake listed, at least a validator's, each once, in order;
	/// 5. exposures are kept of sessions within their range, and of no other.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		Self::check_operators(&mut broken);
		Self::check_candidates(&mut broken);
		Self::check_exposures(&mut broken);
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	fn check_operators(broken: &mut Vec<String>) {
		let minimum = T::Currency::minimum_balance();
		let mut reserved = BTreeMap::<T::AccountId, Balance>::new();
		for (who, _, amount) in Reservations::<T>::iter() {
			let sum = reserved.entry(who).or_default();
			*sum = sum.saturating_add(amount);
		}

		for (who, operator) in Operators::<T>::iter() {
			if Self::pool_account(&who).ok().as_ref() != Some(&operator.pool) {
				broken.push(format!("operator {who:?} has a pool account that is not its own"));
			}
			let (balance, total) = (T::Currency::balance(&operator.pool), operator.total());
			if balance < total {
				broken.push(format!(
					"operator {who:?} has a bond of {total}, but its pool account holds {balance}"
				));
			}
			let parts = operator.unbonding.iter().map(|part| part.amount);
			if parts
				.chain((operator.active > 0).then_some(operator.active))
				.any(|part| part < minimum)
			{
				broken.push(format!(
					"operator {who:?} has a part of bond below the existential deposit"
				));
			}
			if operator
				.unbonding
				.windows(2)
				.any(|pair| pair[0].withdrawable_in >= pair[1].withdrawable_in)
			{
				broken.push(format!("operator {who:?} has parts that unbond out of order"));
			}
			let sum = reserved.remove(&who).unwrap_or(0);
			if operator.reserved != sum {
				broken.push(format!(
					"operator {who:?} has {} reserved, but its reservations sum to {sum}",
					operator.reserved
				));
			}
			if operator.reserved > operator.active && operator.offended_in.is_none() {
				broken.push(format!(
					"operator {who:?} was never slashed, but has {} reserved of {}",
					operator.reserved, operator.active
				));
			}
		}
		for (who, sum) in reserved {
			broken.push(format!("{who:?} has {sum} reserved, but is no operator"));
		}
	}

	fn check_candidates(broken: &mut Vec<String>) {
		let list = Candidates::<T>::get();
		if list.windows(2).any(|pair| !comes_before(&pair[0], &pair[1])) {
			broken.push("candidates are out of order".into());
		}
		let mut accounts = accounts(&list);
		accounts.sort();
		if accounts.windows(2).any(|pair| pair[0] == pair[1]) {
			broken.push("a candidate is listed twice".into());
		}
		for Candidate { who, stake } in list {
			let active = Operators::<T>::get(&who).map(|operator| operator.active);
			if active != Some(stake) {
				broken.push(format!(
					"candidate {who:?} is listed with {stake}, but its active bond is {active:?}"
				));
			}
			if stake < T::MinValidatorBond::get() {
				broken.push(format!("candidate {who:?} has less than a validator's bond: {stake}"));
			}
		}
	}

	fn check_exposures(broken: &mut Vec<String>) {
		let (oldest, next) = (OldestSession::<T>::get(), CurrentSession::<T>::get().saturating_add(1));
		for (session, exposures) in Exposures::<T>::iter() {
			if session < oldest || session > next {
				broken.push(format!("session {session} has exposures, outside {oldest} to {next}"));
			}
			if exposures.is_empty() {
				broken.push(format!("session {session} has no validator"));
			}
		}
	}
}
