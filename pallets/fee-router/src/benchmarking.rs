//! The benchmark of the call.

use super::*;
use frame_support::traits::{
	fungible::{Inspect, Mutate},
	fungibles,
};
use polkadot_sdk::{frame_benchmarking::v2::*, frame_system::RawOrigin};

/// What the benchmark needs of the runtime.
pub trait BenchmarkHelper<AccountId, AssetId> {
	/// Puts some of an asset into `jar`, another one for each `index`, and names it.
	fn fill_jar(jar: &AccountId, index: u32) -> AssetId;
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn empty_jar(n: Linear<1, 16>) -> Result<(), BenchmarkError> {
		let who: T::AccountId = account("who", 0, 0);
		let beneficiary: T::AccountId = account("beneficiary", 0, 0);
		let price = T::JarPrice::get();
		let purse = price.saturating_add(T::Currency::minimum_balance());
		T::Currency::mint_into(&who, purse)?;
		// It is there, so that every asset's account of it is counted.
		T::Currency::mint_into(&beneficiary, T::Currency::minimum_balance())?;
		// What the benchmark made out of nothing is no part of the books.
		GenesisIssuance::<T>::put(T::Currency::total_issuance().saturating_add(TotalBurned::<T>::get()));
		let jar = Pallet::<T>::jar_account();
		let mut assets = JarAmounts::<T>::new();
		for index in 0..n {
			assets.force_push((T::BenchmarkHelper::fill_jar(&jar, index), 1));
		}
		let burned = TotalBurned::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(who.clone()),
			assets.clone(),
			beneficiary.clone(),
			price,
		);

		assert_eq!(TotalBurned::<T>::get(), burned.saturating_add(price));
		assert_eq!(T::Currency::balance(&who), T::Currency::minimum_balance());
		for (asset, _) in assets {
			use fungibles::Inspect;
			assert_eq!(T::JarAssets::balance(asset.clone(), &jar), 0);
			assert!(T::JarAssets::balance(asset, &beneficiary) > 0);
		}
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
