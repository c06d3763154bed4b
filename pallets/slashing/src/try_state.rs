//! The pallet's promises, checked over its whole storage.

use crate::{
	policy, Config, Due, Eras, Executed, HoldReason, NextSlashId, OldestDue, Pallet, Records, Slashes, SlashesOf,
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use polkadot_sdk::frame_support::traits::{fungible::InspectHold, Get};
use quern_primitives::{Balance, EraIndex, SlashId};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. the queue lists each slash exactly once, under the era that it says, not before it is due;
	/// 2. the cursor has passed no era that lists a slash, and not the present one;
	/// 3. the index by operator is that of the slashes;
	/// 4. a slash has something left to be taken, no more than at first in either part, and a number
	///    that was given out;
	/// 5. what is held for appeals is the sum of the bonds that are not settled;
	/// 6. compute slashes took no more than the era's cap;
	/// 7. records count no more faults than the window has days, and no term is longer than the longest.
	///
	/// It walks all of it, so it is for tests, tools and runtime APIs, never for a block.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		Self::check_queue(&mut broken);
		Self::check_slashes(&mut broken);
		Self::check_holds(&mut broken);
		Self::check_cap(&mut broken);
		Self::check_records(&mut broken);
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	fn check_queue(broken: &mut Vec<String>) {
		let (cursor, now) = (OldestDue::<T>::get(), T::Era::current());
		if cursor > now {
			broken.push(format!("the cursor {cursor} has passed the present era {now}"));
		}
		let mut listed = BTreeMap::<SlashId, Vec<EraIndex>>::new();
		for (era, key, ()) in Due::<T>::iter() {
			let id = SlashId::from_be_bytes(key);
			if era < cursor {
				broken.push(format!(
					"slash {id} is listed under era {era}, before the cursor {cursor}"
				));
			}
			listed.entry(id).or_default().push(era);
		}
		for (id, slash) in Slashes::<T>::iter() {
			let eras = listed.remove(&id).unwrap_or_default();
			if eras != [slash.queued] {
				broken.push(format!(
					"slash {id} is queued in era {} and listed under {eras:?}",
					slash.queued
				));
			}
			if slash.queued < slash.due {
				broken.push(format!(
					"slash {id} is due in era {} and queued in {}",
					slash.due, slash.queued
				));
			}
		}
		for (id, eras) in listed {
			broken.push(format!("eras {eras:?} list slash {id}, which does not exist"));
		}
	}

	fn check_slashes(broken: &mut Vec<String>) {
		let mut indexed: Vec<_> = SlashesOf::<T>::iter()
			.map(|(operator, id, ())| (id, operator))
			.collect();
		for (id, slash) in Slashes::<T>::iter() {
			match indexed
				.iter()
				.position(|(of, operator)| *of == id && *operator == slash.operator)
			{
				Some(place) => {
					indexed.swap_remove(place);
				}
				None => broken.push(format!("slash {id} is not in its operator's index")),
			}
			let (amount, original) = (slash.amount, slash.original);
			if amount.total() == 0 {
				broken.push(format!("slash {id} has nothing left to be taken"));
			}
			if amount.own > original.own || amount.delegated > original.delegated {
				broken.push(format!("slash {id} was {original:?} and is {amount:?}"));
			}
			if id >= NextSlashId::<T>::get() {
				broken.push(format!("slash {id} has a number that was not given out"));
			}
		}
		for (id, operator) in indexed {
			broken.push(format!("{operator:?}'s index has slash {id}, which is not its"));
		}
	}

	fn check_holds(broken: &mut Vec<String>) {
		let mut bonds = BTreeMap::<T::AccountId, Balance>::new();
		for slash in Slashes::<T>::iter_values() {
			let bond = slash.bond().unwrap_or(0);
			let sum = bonds.entry(slash.operator).or_default();
			*sum = sum.saturating_add(bond);
		}
		for operator in Records::<T>::iter_keys() {
			bonds.entry(operator).or_default();
		}
		for (operator, bond) in bonds {
			let held = T::Currency::balance_on_hold(&HoldReason::Appeal.into(), &operator);
			if held != bond {
				broken.push(format!("{operator:?} has appeal bonds of {bond}, held are {held}"));
			}
		}
	}

	fn check_cap(broken: &mut Vec<String>) {
		let Some(executed) = Executed::<T>::get() else {
			return;
		};
		let cap = policy::era_cap(executed.base);
		if executed.taken > cap {
			broken.push(format!(
				"compute slashes took {} in era {}, its cap is {cap}",
				executed.taken, executed.era
			));
		}
	}

	fn check_records(broken: &mut Vec<String>) {
		let days = policy::JAIL_DAYS_MAX.max(policy::JAIL_DAYS_WRONG);
		let latest = Self::now().saturating_add(T::BlocksPerDay::get().saturating_mul(days));
		for (operator, record) in Records::<T>::iter() {
			if record.faults > policy::FAULT_WINDOW {
				broken.push(format!("{operator:?} has {} faults", record.faults));
			}
			if record.jailed_until.is_some_and(|until| until > latest) {
				broken.push(format!("{operator:?} is jailed until {:?}", record.jailed_until));
			}
			if record.day > Self::today() || record.counted_on > Self::today() {
				broken.push(format!("{operator:?} has a record of a day to come"));
			}
		}
	}
}
