//! What operators do with their jobs: earnings, liveness penalties, jail.

use crate::{policy, Config, Error, Event, Pallet, Record, Records, Slashes};
use codec::Encode;
use polkadot_sdk::{
	frame_support::traits::Get, sp_core::H256, sp_io::hashing::blake2_256, sp_runtime::DispatchError,
	sp_staking::SessionIndex,
};
use quern_primitives::{
	ports::{Conduct, Defaults, Fault, NewSlash, SlashableStake, Slasher},
	Balance, ClassId, Scope, SlashCause,
};

impl<T: Config> Conduct<T::AccountId> for Pallet<T> {
	fn is_jailed(operator: &T::AccountId) -> bool {
		Self::jailed_until(operator).is_some()
	}

	fn delivered(operator: &T::AccountId, earned: Balance) {
		if earned == 0 {
			return;
		}
		let mut record = Self::conduct(operator);
		// Saturating: no more than the supply.
		record.earned_today = record.earned_today.saturating_add(earned);
		Records::<T>::insert(operator, record);
	}

	fn not_done(fault: Fault<T::AccountId>) {
		let Some(session) = Self::session_of(&fault) else {
			return;
		};
		let (operator, job) = (fault.operator.clone(), fault.job);
		let mut record = Self::conduct(&operator);
		record.count_fault(Self::today());
		let faults = record.faults;
		let penalty = policy::liveness_penalty(faults, record.daily(), T::Stake::own_stake(&operator), fault.size);
		let penalty = match penalty {
			0 => 0,
			penalty => Self::slash_fault(fault, session, SlashCause::NotDone(job), penalty),
		};
		Self::deposit_event(Event::FaultCounted {
			operator: operator.clone(),
			job,
			faults,
			penalty,
		});
		Self::jail(&operator, &mut record, policy::jail_days(faults));
		Records::<T>::insert(&operator, record);
	}

	fn wrong_result(fault: Fault<T::AccountId>) {
		let (operator, job, size) = (fault.operator.clone(), fault.job, fault.size);
		// Too late to slash is not too late to jail.
		if let Some(session) = Self::session_of(&fault) {
			Self::slash_fault(fault, session, SlashCause::WrongResult(job), size);
		}
		let mut record = Self::conduct(&operator);
		Self::jail(&operator, &mut record, policy::JAIL_DAYS_WRONG);
		Records::<T>::insert(&operator, record);
	}
}

impl<T: Config> Defaults<T::AccountId> for Pallet<T> {
	/// The evidence's hash is of `("quern/default/1", operator, class, block, victim)`. What answers is what the
	/// operator has allocated to the class in the session that runs.
	fn defaulted(operator: &T::AccountId, class: ClassId, lost: Balance, victim: &T::AccountId) -> Balance {
		if lost == 0 {
			return 0;
		}
		let now = Self::now();
		let proposed = T::Stake::session_at(now)
			.ok_or_else(|| DispatchError::from(Error::<T>::TooLongAgo))
			.and_then(|session| {
				let evidence = (b"quern/default/1", operator, class, now, victim).using_encoded(blake2_256);
				<Self as Slasher<T::AccountId>>::propose(NewSlash {
					operator: operator.clone(),
					scope: Scope::Class(class),
					cause: SlashCause::Defaulted(class),
					session,
					amount: lost,
					evidence: H256(evidence),
					victim: Some((victim.clone(), lost)),
					finder: None,
				})
			});
		match proposed {
			Ok(id) => Slashes::<T>::get(id).map_or(0, |slash| slash.amount.total()),
			Err(error) => {
				Self::deposit_event(Event::DefaultNotSlashed {
					operator: operator.clone(),
					class,
					lost,
					error,
				});
				0
			}
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The session of a fault, if stake of it is remembered.
	fn session_of(fault: &Fault<T::AccountId>) -> Option<SessionIndex> {
		let session = T::Stake::session_at(fault.at);
		if session.is_none() {
			Self::deposit_event(Event::FaultIgnored {
				operator: fault.operator.clone(),
				job: fault.job,
				at: fault.at,
			});
		}
		session
	}

	/// Proposes a slash for a fault. Returns what was frozen: zero if it was refused, which an event tells.
	fn slash_fault(fault: Fault<T::AccountId>, session: SessionIndex, cause: SlashCause, amount: Balance) -> Balance {
		let (operator, job) = (fault.operator.clone(), fault.job);
		let slash = NewSlash {
			operator: fault.operator,
			scope: Scope::Class(fault.class),
			cause,
			session,
			amount,
			evidence: fault.evidence,
			victim: fault.victim,
			finder: fault.finder,
		};
		match <Self as Slasher<T::AccountId>>::propose(slash) {
			Ok(id) => Slashes::<T>::get(id).map_or(0, |slash| slash.amount.total()),
			Err(error) => {
				Self::deposit_event(Event::FaultNotSlashed { operator, job, error });
				0
			}
		}
	}

	/// Jails an operator for so many days from now, or extends its term to that. Its caller stores the
	/// record.
	fn jail(operator: &T::AccountId, record: &mut Record, days: u32) {
		if days == 0 {
			return;
		}
		// Saturating: the last block is never reached.
		let until = Self::now().saturating_add(T::BlocksPerDay::get().saturating_mul(days));
		if record.jailed_until.is_some_and(|before| before >= until) {
			return;
		}
		record.jailed_until = Some(until);
		Self::deposit_event(Event::Jailed {
			operator: operator.clone(),
			until,
		});
	}
}
