//! Benchmarks.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::fungible::{Inspect, Mutate};
use frame_system::RawOrigin;
use polkadot_sdk::{
	frame_benchmarking::v2::*,
	sp_staking::offence::{OffenceDetails, OnOffenceHandler},
};

/// What benchmarks need of the runtime.
pub trait BenchmarkHelper<AccountId> {
	/// Gives an account session keys.
	fn set_keys(who: &AccountId);
	/// Makes a class.
	fn make_class() -> ClassId;
}

impl<AccountId> BenchmarkHelper<AccountId> for () {
	fn set_keys(_: &AccountId) {}
	fn make_class() -> ClassId {
		0
	}
}

/// A bond with which one outbids all that stand at the minimum.
fn large_bond<T: Config>() -> Balance {
	T::MinValidatorBond::get().saturating_mul(10)
}

/// An account with a hundred large bonds.
fn funded<T: Config>(name: &'static str, i: u32) -> T::AccountId {
	let who: T::AccountId = account(name, i, 0);
	T::Currency::set_balance(&who, large_bond::<T>().saturating_mul(100));
	who
}

/// Checkpoints that are too old: a few for each of the sessions that a benchmark passes.
const FORGOTTEN: SessionIndex = 20;

/// Lets the chain be in a session before which there were as many as are remembered. For benchmarks of other
/// pallets too.
pub fn late_session<T: Config>() {
	let late = 2 * policy::MAX_CHECKPOINTS;
	if CurrentSession::<T>::get() >= late {
		return;
	}
	CurrentSession::<T>::put(late);
	let oldest = late - policy::MAX_CHECKPOINTS + FORGOTTEN;
	OldestSession::<T>::put(oldest);
	// So that the session of any block is the last, which takes the longest search.
	(oldest..=late).for_each(|session| SessionStarts::<T>::insert(session, 0));
}

/// Begins another session.
pub fn pass_session<T: Config>() {
	CurrentSession::<T>::mutate(|session| *session += 1);
	SessionStarts::<T>::insert(CurrentSession::<T>::get(), 0);
}

/// Has an operator's state written down in as many sessions as may be, but not in the one that runs: its next change
/// adds one and forgets some.
pub fn remember<T: Config>(who: &T::AccountId) {
	let now = CurrentSession::<T>::get();
	let first = now.saturating_sub(policy::MAX_CHECKPOINTS);
	OldestSession::<T>::mutate(|oldest| *oldest = (*oldest).max(first + FORGOTTEN));
	Operators::<T>::mutate(who, |operator| {
		let Some(operator) = operator.as_mut() else { return };
		operator.checkpointed = None;
		let sessions: Vec<_> = (first..now).collect();
		for session in sessions.iter().take(FORGOTTEN as usize) {
			Checkpoints::<T>::insert(operator.id, session, Checkpoint::nothing());
		}
		CheckpointIndex::<T>::insert(operator.id, frame_support::BoundedVec::truncate_from(sessions));
	});
}

fn operator<T: Config>(name: &'static str, i: u32) -> Result<T::AccountId, BenchmarkError> {
	late_session::<T>();
	let who = funded::<T>(name, i);
	Pallet::<T>::do_register(&who, large_bond::<T>(), Perbill::zero())?;
	Ok(who)
}

fn delegator<T: Config>(to: &T::AccountId, mode: RewardMode) -> Result<T::AccountId, BenchmarkError> {
	let who = funded::<T>("delegator", 0);
	Pallet::<T>::do_delegate(&who, to, large_bond::<T>(), mode)?;
	Ok(who)
}

/// A list of candidates without a place left.
fn fill_candidates<T: Config>() {
	let mut list: Vec<Candidate<T::AccountId>> = (0..T::MaxCandidates::get())
		.map(|i| Candidate {
			who: account("candidate", i, 0),
			stake: T::MinValidatorBond::get(),
		})
		.collect();
	list.sort_by(|a, b| a.who.cmp(&b.who));
	Candidates::<T>::put(frame_support::BoundedVec::truncate_from(list));
}

/// An operator in the place of one of a full list's candidates.
fn candidate<T: Config>() -> Result<T::AccountId, BenchmarkError> {
	let who = operator::<T>("operator", 0)?;
	fill_candidates::<T>();
	Pallet::<T>::put_candidate(&who, large_bond::<T>()).map_err(|_| BenchmarkError::Stop("no place"))?;
	Ok(who)
}

/// Pays a reward out of thin air, as only a benchmark can.
fn reward<T: Config>(to: &T::AccountId) -> Result<(), BenchmarkError> {
	use frame_support::traits::fungible::Balanced;
	let credit = T::Currency::issue(large_bond::<T>());
	<Pallet<T> as ports::StakeRewards<T::AccountId>>::reward(to, credit)
		.map_err(|_| BenchmarkError::Stop("the reward came back"))
}

fn own<T: Config>(who: &T::AccountId) -> Option<Balance> {
	Operators::<T>::get(who).map(|operator| operator.own.balance)
}

/// Begins a session of an era as far on as many eras.
fn pass_eras<T: Config>(eras: EraIndex) {
	let per_era = SessionsPerEra::<T>::get().max(1);
	CurrentSession::<T>::mutate(|session| *session = session.saturating_add(eras.saturating_mul(per_era)));
}

/// A hundredth of the bond, which unbonds in one era.
fn part<T: Config>() -> Balance {
	large_bond::<T>() / 100
}

/// What is left of a large bond, or of a delegation as large, after [`unbond_for_long`].
fn after_long<T: Config>() -> Balance {
	large_bond::<T>() - part::<T>() * Balance::from(T::UnbondingEras::get())
}

/// Lets an operator, and a delegator of it, unbond in each of as many eras as may unbond at once.
fn unbond_for_long<T: Config>(of: &T::AccountId, who: Option<&T::AccountId>) -> Result<(), BenchmarkError> {
	for _ in 0..T::UnbondingEras::get() {
		if let Some(who) = who {
			Pallet::<T>::do_undelegate(who, of, RewardMode::Compound, Some(part::<T>()))?;
		}
		Pallet::<T>::do_unbond(of, part::<T>())?;
		pass_eras::<T>(1);
	}
	Ok(())
}

/// Lets all that unbonds be withdrawn.
fn let_mature<T: Config>() {
	pass_eras::<T>(2 * T::UnbondingEras::get() + 2);
}

/// Leaves shares worth nothing in as many of the next eras' pools as there may be beside those that mature.
fn impair_next<T: Config>(of: &T::AccountId) -> Result<(), BenchmarkError> {
	let id = Operators::<T>::get(of).ok_or(BenchmarkError::Stop("no operator"))?.id;
	let next = Pallet::<T>::next_withdrawable();
	for era in next..next + policy::MAX_ERA_POOLS - T::UnbondingEras::get() - 1 {
		let mut pool = EraPool::default();
		pool.delegated.shares = 1;
		EraPools::<T>::insert(id, era, pool);
	}
	Ok(())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_operator() -> Result<(), BenchmarkError> {
		let who = funded::<T>("operator", 0);
		fill_candidates::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), large_bond::<T>(), Perbill::zero());
		assert_eq!(own::<T>(&who), Some(large_bond::<T>()));
		Ok(())
	}

	#[benchmark]
	fn bond_more() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		remember::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), large_bond::<T>());
		assert_eq!(own::<T>(&who), Some(2 * large_bond::<T>()));
		Ok(())
	}

	/// All era pools that there may be mature, and the place among the candidates is lost.
	#[benchmark]
	fn unbond() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		let delegator = delegator::<T>(&who, RewardMode::Compound)?;
		unbond_for_long::<T>(&who, Some(&delegator))?;
		let_mature::<T>();
		let amount = after_long::<T>() - T::MinBond::get();
		remember::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), amount);
		assert_eq!(own::<T>(&who), Some(T::MinBond::get()));
		assert!(!Pallet::<T>::is_candidate(&who));
		Ok(())
	}

	/// Out of all era pools that there may be, which end with it.
	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let of = operator::<T>("operator", 0)?;
		let who = delegator::<T>(&of, RewardMode::Compound)?;
		unbond_for_long::<T>(&of, Some(&who))?;
		let_mature::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(of.clone()));
		assert_eq!(Operators::<T>::get(&of).map(|operator| operator.era_pools), Some(0));
		Ok(())
	}

	/// The last of an operator of which `c` checkpoints are left.
	#[benchmark]
	fn withdraw_own(c: Linear<0, { policy::MAX_CHECKPOINTS }>) -> Result<(), BenchmarkError> {
		let who = operator::<T>("operator", 0)?;
		unbond_for_long::<T>(&who, None)?;
		Pallet::<T>::do_leave(&who)?;
		let_mature::<T>();
		let id = Operators::<T>::get(&who).map_or(0, |operator| operator.id);
		let kept = CheckpointIndex::<T>::take(id);
		kept.into_iter()
			.for_each(|session| Checkpoints::<T>::remove(id, session));
		(0..c).for_each(|session| Checkpoints::<T>::insert(id, session, Checkpoint::nothing()));
		CheckpointIndex::<T>::insert(id, frame_support::BoundedVec::truncate_from((0..c).collect::<Vec<_>>()));
		#[extrinsic_call]
		withdraw(RawOrigin::Signed(who.clone()), None);
		assert_eq!(own::<T>(&who), None);
		assert_eq!(Checkpoints::<T>::iter_prefix(id).count(), 0);
		Ok(())
	}

	#[benchmark]
	fn chill() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Pallet::<T>::is_candidate(&who));
		Ok(())
	}

	#[benchmark]
	fn validate() -> Result<(), BenchmarkError> {
		let who = operator::<T>("operator", 0)?;
		T::BenchmarkHelper::set_keys(&who);
		fill_candidates::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(Pallet::<T>::is_candidate(&who));
		Ok(())
	}

	#[benchmark]
	fn delegate() -> Result<(), BenchmarkError> {
		let of = candidate::<T>()?;
		let who = funded::<T>("delegator", 0);
		remember::<T>(&of);
		#[extrinsic_call]
		_(
			RawOrigin::Signed(who.clone()),
			of.clone(),
			large_bond::<T>(),
			RewardMode::Compound,
		);
		assert_eq!(
			Operators::<T>::get(&of).map(|operator| operator.stake()),
			Some(2 * large_bond::<T>())
		);
		Ok(())
	}

	/// All era pools that there may be mature, and those in which slashes left nothing are passed.
	#[benchmark]
	fn undelegate() -> Result<(), BenchmarkError> {
		let of = candidate::<T>()?;
		let who = delegator::<T>(&of, RewardMode::Compound)?;
		unbond_for_long::<T>(&of, Some(&who))?;
		let_mature::<T>();
		impair_next::<T>(&of)?;
		remember::<T>(&of);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), of.clone(), RewardMode::Compound, None);
		assert_eq!(
			Operators::<T>::get(&of).map(|operator| operator.stake()),
			Some(after_long::<T>())
		);
		Ok(())
	}

	#[benchmark]
	fn set_commission() -> Result<(), BenchmarkError> {
		let who = operator::<T>("operator", 0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Perbill::from_percent(1));
		assert!(Operators::<T>::get(&who).is_some_and(|operator| operator.announced.is_some()));
		Ok(())
	}

	#[benchmark]
	fn set_reward_mode() -> Result<(), BenchmarkError> {
		let of = candidate::<T>()?;
		let who = delegator::<T>(&of, RewardMode::Payout)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(of.clone()), RewardMode::Compound);
		assert!(Operators::<T>::get(&of).is_some_and(|operator| operator.paying.shares == 0));
		Ok(())
	}

	#[benchmark]
	fn claim() -> Result<(), BenchmarkError> {
		let of = candidate::<T>()?;
		let who = delegator::<T>(&of, RewardMode::Payout)?;
		reward::<T>(&of)?;
		let before = T::Currency::balance(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), Some(of.clone()));
		assert!(T::Currency::balance(&who) > before);
		Ok(())
	}

	#[benchmark]
	fn allocate() -> Result<(), BenchmarkError> {
		let who = operator::<T>("operator", 0)?;
		let class = T::BenchmarkHelper::make_class();
		remember::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, WHOLE / 2);
		assert!(Operators::<T>::get(&who).is_some_and(|operator| operator.encumbered() == WHOLE / 2));
		Ok(())
	}

	/// All era pools that there may be mature.
	#[benchmark]
	fn leave() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		let delegator = delegator::<T>(&who, RewardMode::Compound)?;
		unbond_for_long::<T>(&who, Some(&delegator))?;
		let_mature::<T>();
		remember::<T>(&who);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert_eq!(own::<T>(&who), Some(0));
		Ok(())
	}

	#[benchmark]
	fn liquify() -> Result<(), BenchmarkError> {
		let of = operator::<T>("operator", 0)?;
		let who = delegator::<T>(&of, RewardMode::Compound)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), of.clone(), large_bond::<T>());
		assert_eq!(Delegations::<T>::iter_prefix(&who).count(), 0);
		Ok(())
	}

	#[benchmark]
	fn solidify() -> Result<(), BenchmarkError> {
		let of = operator::<T>("operator", 0)?;
		let who = delegator::<T>(&of, RewardMode::Compound)?;
		Pallet::<T>::do_liquify(&who, &of, large_bond::<T>())?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), of.clone(), large_bond::<T>());
		assert_eq!(Delegations::<T>::iter_prefix(&who).count(), 1);
		Ok(())
	}

	/// Reported as late as may be, of operators whose stake lies in all era pools that there may be.
	#[benchmark]
	fn on_offence(n: Linear<1, { T::MaxValidators::get() }>) -> Result<(), BenchmarkError> {
		let mut exposures = Vec::new();
		for i in 0..n {
			exposures.push(Candidate {
				who: operator::<T>("offender", i)?,
				stake: large_bond::<T>(),
			});
		}
		let details: Vec<_> = exposures
			.iter()
			.map(|exposure| OffenceDetails {
				offender: (exposure.who.clone(), ()),
				reporters: Vec::new(),
			})
			.collect();
		let fractions: Vec<_> = exposures.iter().map(|_| Perbill::from_percent(50)).collect();
		let mut session = CurrentSession::<T>::get();
		for era in 0..T::UnbondingEras::get() {
			if T::UnbondingEras::get() - era == T::ChallengeEras::get() {
				session = CurrentSession::<T>::get();
			}
			for exposure in &exposures {
				Pallet::<T>::do_unbond(&exposure.who, part::<T>())?;
			}
			pass_eras::<T>(1);
		}
		let exposures = frame_support::BoundedVec::truncate_from(exposures);
		for session in [session, CurrentSession::<T>::get(), CurrentSession::<T>::get() + 1] {
			Exposures::<T>::insert(session, exposures.clone());
		}
		exposures.iter().for_each(|exposure| remember::<T>(&exposure.who));
		fill_candidates::<T>();
		#[block]
		{
			Pallet::<T>::on_offence(&details, &fractions, session);
		}
		for exposure in exposures {
			let pending = Operators::<T>::get(&exposure.who).map(|operator| operator.pending);
			let due = pending.map(|pending| pending.values().map(|pending| pending.due.total()).sum());
			assert_eq!(due, Some(large_bond::<T>() / 2));
		}
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
