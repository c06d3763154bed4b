//! What a chain fixes at genesis, and how its committee authorises an upgrade.
//!
//! One Wasm serves chains with short and long epochs: the length is genesis state, which no call
//! changes. Code changes without any root key: [`Config::UpgradeOrigin`] authorises the hash of a
//! runtime, and anybody then supplies it with `System::apply_authorized_upgrade`, which checks that
//! the name is the same and the version higher.
#![cfg_attr(not(feature = "std"), no_std)]

pub use pallet::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod tests;
pub mod weights;

use polkadot_sdk::{frame_support, frame_system, sp_core::Get};

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// Who may authorise an upgrade.
		type UpgradeOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Blocks of an epoch, which is also a session. Set at genesis.
	#[pallet::storage]
	pub type EpochBlocks<T> = StorageValue<_, u64, ValueQuery, DefaultEpochBlocks>;

	/// One hour of blocks of 6 s.
	#[pallet::type_value]
	pub fn DefaultEpochBlocks() -> u64 {
		600
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Blocks of an epoch; 600 (an hour) if not set.
		pub epoch_blocks: Option<u64>,
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(blocks) = self.epoch_blocks {
				assert!(
					blocks >= 4,
					"an epoch of fewer than 4 blocks has no room for GRANDPA's change of set"
				);
				EpochBlocks::<T>::put(blocks);
			}
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Authorises the runtime with this BLAKE2b-256 hash to replace the present one.
		///
		/// By [`Config::UpgradeOrigin`]. Emits `System::UpgradeAuthorized`. A later authorisation
		/// replaces an earlier one that was not used.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::authorize_upgrade())]
		pub fn authorize_upgrade(origin: OriginFor<T>, code_hash: T::Hash) -> DispatchResult {
			T::UpgradeOrigin::ensure_origin(origin)?;
			frame_system::Pallet::<T>::do_authorize_upgrade(code_hash, true);
			Ok(())
		}
	}
}

/// The epoch's length, for `pallet_babe::Config::EpochDuration`.
pub struct EpochDuration<T>(core::marker::PhantomData<T>);

impl<T: Config> Get<u64> for EpochDuration<T> {
	fn get() -> u64 {
		EpochBlocks::<T>::get()
	}
}
