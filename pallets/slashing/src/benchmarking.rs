//! Benchmarks of every call, and of what the hooks do.

use crate::{hooks::Step, *};
use frame_support::traits::{fungible::Mutate, EnsureOrigin, Get};
use frame_system::RawOrigin;
use polkadot_sdk::frame_benchmarking::v2::*;
use quern_primitives::{
	ports::{NewSlash, Slasher},
	units::QRN,
};

/// What benchmarks need of the stake.
pub trait BenchmarkHelper<AccountId> {
	/// Makes `who` an operator, on whose stake hangs as much as may. Returns a scope and a session for which at least
	/// `amount` planck of its stake answer.
	fn slashable(who: &AccountId, amount: Balance) -> (Scope, SessionIndex);
	/// Begins another session: the next change of an operator's stake is its first there, before which its state
	/// is written down.
	fn pass_session();
}

/// What is slashed, in planck.
const AMOUNT: Balance = 50 * QRN;

/// An operator and a slash of it that has a finder and a victim.
fn proposed<T: Config>() -> Result<(T::AccountId, SlashId), BenchmarkError> {
	let operator: T::AccountId = account("operator", 0, 0);
	let (scope, session) = T::BenchmarkHelper::slashable(&operator, AMOUNT);
	let id = <Pallet<T> as Slasher<T::AccountId>>::propose(NewSlash {
		operator: operator.clone(),
		scope,
		cause: SlashCause::WrongResult(0),
		session,
		amount: AMOUNT,
		evidence: H256::repeat_byte(1),
		victim: Some((account("victim", 0, 0), AMOUNT / 2)),
		finder: Some(account("finder", 0, 0)),
	})?;
	T::BenchmarkHelper::pass_session();
	Ok((operator, id))
}

/// The same, appealed.
fn appealed<T: Config>() -> Result<SlashId, BenchmarkError>
where
	T::Currency: Mutate<T::AccountId>,
{
	let (operator, id) = proposed::<T>()?;
	fund::<T>(&operator);
	Pallet::<T>::do_appeal(operator, id, H256::repeat_byte(2))?;
	Ok(id)
}

fn fund<T: Config>(who: &T::AccountId)
where
	T::Currency: Mutate<T::AccountId>,
{
	T::Currency::set_balance(who, T::AppealBond::get().saturating_add(AMOUNT));
}

#[benchmarks(where T::Currency: Mutate<T::AccountId>)]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn appeal() -> Result<(), BenchmarkError> {
		let (operator, id) = proposed::<T>()?;
		fund::<T>(&operator);

		#[extrinsic_call]
		_(RawOrigin::Signed(operator), id, H256::repeat_byte(2));

		assert!(Slashes::<T>::get(id).is_some_and(|slash| slash.appeal.is_some()));
		Ok(())
	}

	#[benchmark]
	fn reduce() -> Result<(), BenchmarkError> {
		let id = appealed::<T>()?;
		let council = T::RulingOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(council as T::RuntimeOrigin, id, 1);

		assert_eq!(Slashes::<T>::get(id).map(|slash| slash.amount.total()), Some(1));
		Ok(())
	}

	#[benchmark]
	fn void() -> Result<(), BenchmarkError> {
		let id = appealed::<T>()?;
		let council = T::RulingOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(council as T::RuntimeOrigin, id);

		assert!(!Slashes::<T>::contains_key(id));
		Ok(())
	}

	#[benchmark]
	fn uphold() -> Result<(), BenchmarkError> {
		let id = appealed::<T>()?;
		let council = T::RulingOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;

		#[extrinsic_call]
		_(council as T::RuntimeOrigin, id);

		assert!(Slashes::<T>::get(id).is_some_and(|slash| slash.bond().is_none()));
		Ok(())
	}

	#[benchmark]
	fn release() {
		let operator: T::AccountId = account("operator", 0, 0);
		let record = Record {
			faults: policy::FAULT_WINDOW,
			jailed_until: Some(Pallet::<T>::now()),
			..Default::default()
		};
		Records::<T>::insert(&operator, record);

		#[extrinsic_call]
		_(RawOrigin::Signed(operator.clone()));

		assert!(Pallet::<T>::jailed_until(&operator).is_none());
	}

	#[benchmark]
	fn drain_base() -> Result<(), BenchmarkError> {
		proposed::<T>()?;
		let era = OldestDue::<T>::get();

		#[block]
		{
			Pallet::<T>::drain(era, |_| true);
		}

		assert_eq!(OldestDue::<T>::get(), era);
		Ok(())
	}

	#[benchmark]
	fn pass_era() -> Result<(), BenchmarkError> {
		proposed::<T>()?;
		let era = OldestDue::<T>::get();

		#[block]
		{
			Pallet::<T>::drain(era.saturating_add(1), |step| step == Step::PassEra);
		}

		assert_eq!(OldestDue::<T>::get(), era.saturating_add(1));
		Ok(())
	}

	/// Whole, with an appeal's bond to burn.
	#[benchmark]
	fn execute() -> Result<(), BenchmarkError> {
		let id = appealed::<T>()?;
		let era = Slashes::<T>::get(id).map_or(0, |slash| slash.queued);
		// Room for all of it, however little stake there is.
		Executed::<T>::put(EraTaken {
			era,
			base: Balance::MAX,
			taken: 0,
		});

		#[block]
		{
			Pallet::<T>::process(era, id, era);
		}

		assert!(!Slashes::<T>::contains_key(id));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
