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
}

impl<AccountId> BenchmarkHelper<AccountId> for () {
	fn set_keys(_: &AccountId) {}
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

fn operator<T: Config>(name: &'static str, i: u32) -> Result<T::AccountId, BenchmarkError> {
	let who = funded::<T>(name, i);
	Pallet::<T>::do_bond(&who, large_bond::<T>())?;
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

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn bond() -> Result<(), BenchmarkError> {
		let who = funded::<T>("operator", 0);
		fill_candidates::<T>();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), large_bond::<T>());
		assert_eq!(Operators::<T>::get(&who).map(|o| o.active), Some(large_bond::<T>()));
		Ok(())
	}

	#[benchmark]
	fn bond_more() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), large_bond::<T>());
		assert_eq!(Operators::<T>::get(&who).map(|o| o.active), Some(2 * large_bond::<T>()));
		Ok(())
	}

	#[benchmark]
	fn unbond() -> Result<(), BenchmarkError> {
		let who = candidate::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), large_bond::<T>());
		assert_eq!(
			Operators::<T>::get(&who).map(|o| (o.active, o.unbonding.len())),
			Some((0, 1))
		);
		Ok(())
	}

	#[benchmark]
	fn withdraw() -> Result<(), BenchmarkError> {
		let who = operator::<T>("operator", 0)?;
		let per_era = SessionsPerEra::<T>::get().max(1);
		for era in 0..policy::MAX_UNBONDING {
			CurrentSession::<T>::put(era * per_era);
			let amount = match era {
				31 => Operators::<T>::get(&who).map_or(0, |o| o.active),
				_ => T::Currency::minimum_balance(),
			};
			Pallet::<T>::do_unbond(&who, amount)?;
		}
		CurrentSession::<T>::put((policy::MAX_UNBONDING + T::UnbondingEras::get() + 2) * per_era);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Operators::<T>::contains_key(&who));
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
		let exposures = frame_support::BoundedVec::truncate_from(exposures);
		let session = CurrentSession::<T>::get();
		Exposures::<T>::insert(session, exposures.clone());
		Exposures::<T>::insert(session + 1, exposures.clone());
		fill_candidates::<T>();
		#[block]
		{
			Pallet::<T>::on_offence(&details, &fractions, session);
		}
		for exposure in exposures {
			assert_eq!(
				Operators::<T>::get(&exposure.who).map(|o| o.active),
				Some(large_bond::<T>() / 2)
			);
		}
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
