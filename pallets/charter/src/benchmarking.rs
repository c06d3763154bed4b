//! Benchmarks.

use crate::*;
use polkadot_sdk::{frame_benchmarking::v2::*, frame_support::traits::EnsureOrigin, sp_runtime::traits::Hash};

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn authorize_upgrade() -> Result<(), BenchmarkError> {
		let origin = T::UpgradeOrigin::try_successful_origin().map_err(|()| BenchmarkError::Weightless)?;
		let hash = T::Hashing::hash(b"code");
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, hash);
		assert!(frame_system::Pallet::<T>::authorized_upgrade().is_some());
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::tests::new_test_ext(None), crate::tests::Test);
}
