//! Benchmarks.

use crate::*;
use frame_support::traits::fungible::{Inspect, Mutate};
use polkadot_sdk::frame_benchmarking::v2::*;

/// Sets up what the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes [`Config::Stake`] take rewards for `who`, on whose stake hangs as much as may.
	fn make_operator(who: &AccountId);
	/// Begins an era after the first, with as many validators as may be.
	fn begin_era();
}

/// What an account of a benchmark has.
fn purse<T: Config>() -> Balance {
	T::Currency::minimum_balance().saturating_mul(1_000_000)
}

fn operator<T: Config>(i: u32) -> T::AccountId {
	let who = account("operator", i, 0);
	T::BenchmarkHelper::make_operator(&who);
	who
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn give_points() {
		let who = account("validator", 0, 0);
		Pallet::<T>::running_era();

		#[block]
		{
			Pallet::<T>::give_points(&who, policy::BLOCK_POINTS);
		}

		assert_eq!(Points::<T>::get(T::Era::get(), &who), policy::BLOCK_POINTS);
	}

	#[benchmark]
	fn hand_over_fees() {
		let author = operator::<T>(0);
		Pallet::<T>::running_era();
		T::Currency::set_balance(&Pallet::<T>::account_id(), purse::<T>());
		let amount = purse::<T>() / 2;
		CollectedFees::<T>::put(Collected { author, amount });

		#[block]
		{
			Pallet::<T>::hand_over_fees();
		}

		assert_eq!(Running::<T>::get().map(|running| running.author_fees), Some(amount));
	}

	/// With the last place in the queue for its payout; and the next era begins.
	#[benchmark]
	fn close_era() {
		T::BenchmarkHelper::begin_era();
		let accounts = [
			Pallet::<T>::account_id(),
			Pallet::<T>::reserve_account(),
			T::StakerPot::get(),
		];
		for each in &accounts {
			T::Currency::set_balance(each, purse::<T>());
		}
		let era = T::Era::get().saturating_sub(1);
		ReturnedShares::<T>::put(1);
		let waiting = Payout { era, pot: 1, points: 1 };
		for _ in 1..policy::MAX_PAYOUTS {
			Payouts::<T>::try_append(waiting.clone()).expect("a place is left");
		}
		Running::<T>::put(RunningEra {
			era,
			stake: Balance::MAX / 2,
			points: 1,
			payout: Payout { era, pot: 0, points: 1 },
			..Default::default()
		});

		#[block]
		{
			Pallet::<T>::running_era();
		}

		assert!(Pallet::<T>::earnings(era).is_some_and(|earnings| earnings.fees > 0));
		assert_eq!(Payouts::<T>::get().len() as u32, policy::MAX_PAYOUTS);
		assert_eq!(
			Running::<T>::get().map(|running| running.era),
			Some(era.saturating_add(1))
		);
	}

	#[benchmark]
	fn pay_validator() -> Result<(), BenchmarkError> {
		let operators = [operator::<T>(0), operator::<T>(1)];
		T::Currency::set_balance(&Pallet::<T>::account_id(), purse::<T>());
		let era = T::Era::get();
		for each in &operators {
			Points::<T>::insert(era, each, 20);
		}
		let payout = Payout {
			era,
			pot: purse::<T>() / 2,
			points: 40,
		};
		Payouts::<T>::try_append(payout).map_err(|()| BenchmarkError::Stop("no place for a payout"))?;

		#[block]
		{
			Pallet::<T>::pay_validators(1);
		}

		assert_eq!(Payouts::<T>::get().first().map(|payout| payout.points), Some(20));
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
