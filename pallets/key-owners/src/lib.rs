//! Proofs of who owned a session key, by the keys that a validator set was chosen with.
//!
//! `pallet_session::historical` keeps a root for each session: of a trie from session keys to validators.
//! Its own proofs for the running session are made from the keys of now, and checked against them. A
//! validator that equivocates and then replaces or purges its keys (`set_keys`, `purge_keys`) so keeps
//! reports out until the session is over, and makes the proofs impossible that a node did not make before.
//!
//! Here the root decides for every session, the running one included, and proofs are made from the keys
//! of the set as it was chosen:
//!
//! ```text
//!             new_session(n)
//!   pallet_session ─▶ NoteHistoricalRoot ─▶ NoteKeys ─▶ who chooses the set
//!                     keeps the root of n   keeps the keys of n, drops those of n - 3
//! ```
//!
//! - [`NoteKeys`] wraps whoever chooses the set, and stands within `NoteHistoricalRoot`, so that root and
//!   keys are of one moment. Those chosen without keys are left out, as `pallet_session` leaves them out of
//!   the authorities, so that a proof's `validator_count` is the number of authorities.
//! - [`Pallet::prove_at`] proves for a named session: the one before, the running and the next one.
//! - [`Pallet`] is a `KeyOwnerProofSystem`, for `EquivocationReportSystem` of BABE and GRANDPA. Its `prove`
//!   is for the running session; its `check_proof` takes any session whose root is kept.
//!
//! A set that goes on because nobody was chosen (`None`) runs with the keys of now, whereas
//! `NoteHistoricalRoot` keeps the root of the keys before. Where these differ, [`NoteKeys`] passes it on as a
//! new choice.
//!
//! There are no calls. All work is done within the session's rotation, which takes a block of its own. A
//! runtime that changes the type of its session keys must clear [`ChosenKeys`], since nothing can
//! reproduce the roots of the old type.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use note::NoteKeys;
pub use pallet::*;

#[cfg(test)]
mod mock;
mod note;
pub mod policy;
mod proof;
#[cfg(test)]
mod tests;
mod trie;
mod try_state;

use codec::MaxEncodedLen;
use polkadot_sdk::{
	frame_support::{self, traits::Get, BoundedVec},
	frame_system,
	pallet_session::{self, historical},
	sp_staking::SessionIndex,
};

const LOG_TARGET: &str = "runtime::key-owners";

/// How the chain names a validator.
pub type ValidatorOf<T> = <T as pallet_session::Config>::ValidatorId;
/// All session keys of a validator.
pub type KeysOf<T> = <T as pallet_session::Config>::Keys;
/// A validator set in its order, each validator with the keys it was chosen with.
pub type ChosenOf<T> = BoundedVec<(ValidatorOf<T>, KeysOf<T>), <T as Config>::MaxValidators>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// Needs `historical` to identify validators by nothing but their id: what else it identified them by
	/// could have changed since, and the root could not be reproduced.
	#[pallet::config]
	pub trait Config:
		polkadot_sdk::frame_system::Config
		+ pallet_session::Config<Keys: MaxEncodedLen>
		+ historical::Config<FullIdentification = ()>
	{
		/// Validators of a set at most. A larger set is cut to it, the first ones stay.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
	}

	/// The validators of the session before, of the running and of the next one, each set in its order and
	/// with the keys it was chosen with.
	#[pallet::storage]
	pub type ChosenKeys<T: Config> = StorageMap<_, Twox64Concat, SessionIndex, ChosenOf<T>>;

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxValidators::get() > 0, "a set must have room for a validator");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				log::error!(target: LOG_TARGET, "broken: {broken:?}");
				"key-owners: broken invariants, see the log".into()
			})
		}
	}
}
