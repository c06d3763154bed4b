//! Where fees go: their legs, all burning, and the ledger of eras.
//!
//! Whoever takes a fee hands it on as a [`Credit`](fungible::Credit) to one of the types below, each an
//! `OnUnbalanced` that the runtime names in that pallet's `Config`:
//!
//! | Type | Takes | Does |
//! |---|---|---|
//! | [`JobFees`] | a settled job's fee | 6/12 burned, 3/12 stakers, 2/12 treasury, the rest insurance |
//! | [`MarketFees`] | the protocol's part of the market's fee | the same |
//! | [`TransactionFees`] | base fee, then tip | base: a fifth to the author, the rest burned; tip: to the author |
//! | [`Burner`] | dust, slashes, whatever else leaves the supply | burned |
//!
//! Legs sum exactly to the fee. A leg that its account cannot take (it would leave the account below
//! the existential deposit) is burned. The author's part goes through [`Config::AuthorFees`]; what that
//! gives back is burned, and so is the part of a block that has no author. Nothing is dropped without
//! being booked: [`Burner`] is the only way out of the supply, so that after every block
//!
//! ```text
//! total issuance + TotalBurned == GenesisIssuance
//! ```
//!
//! provided that the runtime names [`Burner`] wherever the native token is destroyed (dust, slashes,
//! the treasury's burn) and filters `Balances::burn` from the calls.
//!
//! [`Eras`] keeps the figures of the latest eras in which anything happened. Every one of them is a
//! sum over events: [`Event::JobFeeRouted`], [`Event::MarketFeeRouted`], [`Event::TransactionFeeRouted`],
//! [`Event::Burned`], and, for job revenue, the escrow's own settlement event.
//!
//! Genesis: place this pallet after every pallet whose genesis mints or burns the native token, since
//! it writes down the issuance that it finds.
//!
//! The stakers' pot only collects here; who pays it out is another pallet.
//!
//! Absent in this version: spending the insurance fund (it only collects, and no key owns its account),
//! the congestion base fee and the jar for foreign assets. There are no calls.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use router::{Burner, JobFees, MarketFees, TransactionFees};

mod ledger;
#[cfg(test)]
mod mock;
pub mod policy;
mod router;
#[cfg(test)]
mod tests;
mod try_state;

use polkadot_sdk::{
	frame_support::{
		self,
		traits::{fungible, Get},
		PalletId,
	},
	frame_system,
	sp_runtime::traits::AccountIdConversion,
};
use quern_primitives::{ports::AuthorFees, Balance, EraFigures, EraIndex};

/// An amount of the native token taken from somewhere and not yet put anywhere.
pub type CreditOf<T> = fungible::Credit<<T as polkadot_sdk::frame_system::Config>::AccountId, <T as Config>::Currency>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance> + fungible::Balanced<Self::AccountId>;
		/// Gets the treasury's leg.
		type Treasury: Get<Self::AccountId>;
		/// The present block's author, if it has one.
		type Author: Get<Option<Self::AccountId>>;
		/// Pays the author its part of transaction fees. What it gives back is burned.
		type AuthorFees: AuthorFees<Self::AccountId, CreditOf<Self>>;
		/// The era that runs now. Must never go back.
		type Era: Get<EraIndex>;
		/// Names the stakers' pot and the insurance fund, two sub-accounts of this id.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Eras whose figures are kept: the latest ones in which anything happened. At least one.
		#[pallet::constant]
		type KeepEras: Get<u32>;
	}

	/// The figures of each era kept. Eras in which nothing happened have no entry.
	#[pallet::storage]
	pub type Eras<T> = StorageMap<_, Twox64Concat, EraIndex, EraFigures>;

	/// The eras that have an entry in [`Eras`], oldest first.
	#[pallet::storage]
	pub type KeptEras<T: Config> = StorageValue<_, BoundedVec<EraIndex, T::KeepEras>, ValueQuery>;

	/// Burned in eras whose figures are no longer kept, in planck.
	#[pallet::storage]
	pub type BurnedBefore<T> = StorageValue<_, Balance, ValueQuery>;

	/// Burned since genesis, whatever burned it, in planck.
	#[pallet::storage]
	pub type TotalBurned<T> = StorageValue<_, Balance, ValueQuery>;

	/// Total issuance at genesis, in planck. Nothing is minted after it.
	#[pallet::storage]
	pub type GenesisIssuance<T> = StorageValue<_, Balance, ValueQuery>;

	/// What happened to money. All amounts are in planck and say what was really paid or burned.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A settled job's fee was split; the four legs sum to it.
		JobFeeRouted {
			/// The whole fee.
			fee: Balance,
			/// Burned, legs that could not be paid included.
			burned: Balance,
			/// Paid to the stakers' pot.
			stakers: Balance,
			/// Paid to the treasury.
			treasury: Balance,
			/// Paid to the insurance fund.
			insurance: Balance,
		},
		/// The protocol's part of the market's fee was split; the four legs sum to it.
		MarketFeeRouted {
			/// The whole fee.
			fee: Balance,
			/// Burned, legs that could not be paid included.
			burned: Balance,
			/// Paid to the stakers' pot.
			stakers: Balance,
			/// Paid to the treasury.
			treasury: Balance,
			/// Paid to the insurance fund.
			insurance: Balance,
		},
		/// A transaction's fee was split: `fee + tip == burned + to_author`.
		TransactionFeeRouted {
			/// The base fee.
			fee: Balance,
			/// The tip.
			tip: Balance,
			/// Burned, the author's part included if it could not be paid.
			burned: Balance,
			/// Taken by the payer of authors, for the author of the block.
			to_author: Balance,
		},
		/// Issuance fell. Emitted once for each burn, also for those that the other events tell of.
		Burned {
			/// By how much.
			amount: Balance,
		},
	}

	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		#[serde(skip)]
		#[doc(hidden)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			// What genesis itself burned (dust, for instance) is booked already.
			let issuance = <T::Currency as fungible::Inspect<T::AccountId>>::total_issuance();
			GenesisIssuance::<T>::put(issuance.saturating_add(TotalBurned::<T>::get()));
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::KeepEras::get() > 0, "the running era's figures need room");
			assert!(
				Self::staker_pot() != Self::insurance_account(),
				"accounts are too short to tell the stakers' pot from the insurance fund"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				log::error!(target: "runtime::fee-router", "broken: {broken:?}");
				"fee-router: broken invariants, see the log".into()
			})
		}
	}

	impl<T: Config> Pallet<T> {
		/// Collects the stakers' legs. No key owns it.
		pub fn staker_pot() -> T::AccountId {
			T::PalletId::get().into_sub_account_truncating(*b"stakers")
		}

		/// Collects the insurance legs. No key owns it.
		pub fn insurance_account() -> T::AccountId {
			T::PalletId::get().into_sub_account_truncating(*b"insurance")
		}
	}
}
