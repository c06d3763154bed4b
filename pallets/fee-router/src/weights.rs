//! What the call weighs.
//!
//! ESTIMATES, counted from the storage that it touches, to be replaced by the output of the benchmark in
//! `benchmarking.rs`.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{
		traits::Get,
		weights::{constants::RocksDbWeight, RuntimeDbWeight, Weight},
	},
	frame_system,
};

/// Weights of the pallet's call.
pub trait WeightInfo {
	/// [`empty_jar`](crate::Pallet::empty_jar) of `assets` assets.
	fn empty_jar(assets: u32) -> Weight;
}

// The caller's account, the era, its figures, the sum burned; for each asset the asset, two balances of it,
// and the beneficiary's account.
fn empty_jar(db: RuntimeDbWeight, assets: u32) -> Weight {
	let each = Weight::from_parts(45_000_000, 8_000).saturating_add(db.reads_writes(4, 4));
	Weight::from_parts(60_000_000, 12_000)
		.saturating_add(db.reads_writes(7, 5))
		.saturating_add(each.saturating_mul(assets.into()))
}

/// Weights with the runtime's own cost of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn empty_jar(assets: u32) -> Weight {
		empty_jar(T::DbWeight::get(), assets)
	}
}

/// Weights for tests.
impl WeightInfo for () {
	fn empty_jar(assets: u32) -> Weight {
		empty_jar(RocksDbWeight::get(), assets)
	}
}
