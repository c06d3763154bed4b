//! Where fees go: their legs, all burning, and the ledger of eras.
//!
//! Whoever takes a fee hands it on as a [`Credit`](fungible::Credit) to one of the types below, each an
//! `OnUnbalanced` that the runtime names in that pallet's `Config`:
//!
//! | Type | Takes | Does |
//! |---|---|---|
//! | [`JobFees`] | a settled job's fee | 6/12 burned, 3/12 stakers, 2/12 treasury, the rest insurance |
//! | [`MarketFees`] | the protocol's part of the market's fee | the same |
//! | [`BaseFees`] | a settled job's congestion base fee | burned whole |
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
//! sum over events: [`Event::JobFeeRouted`], [`Event::MarketFeeRouted`], [`Event::BaseFeeBurned`],
//! [`Event::TransactionFeeRouted`], [`Event::Burned`]; for job revenue, the escrow's own settlement event;
//! and for what pools kept for their LPs, the `lp_fee` of the market's `BatchCleared`. That last figure is
//! booked and no more: the tokens stay in the pools and never come here.
//!
//! Genesis: place this pallet after every pallet whose genesis mints or burns the native token, since
//! it writes down the issuance that it finds.
//!
//! The stakers' pot only collects here; who pays it out is another pallet.
//!
//! ## The insurance fund
//!
//! The insurance legs collect in [`Pallet::insurance_account`]. Pallets pay out of it through the port
//! [`Insurance`](quern_primitives::ports::Insurance): at most what lies there above the existential
//! deposit, which stays. No call and no key spends it.
//!
//! ## The jar
//!
//! What the protocol has of anything but the native token lies in [`Pallet::jar_account`]. It is never
//! sold: whoever sells for the protocol needs an oracle, and can be sandwiched. Instead anyone takes
//! assets out of the jar by burning [`Config::JarPrice`] of the native token ([`Pallet::empty_jar`]), and
//! will, as soon as they are worth more. The price is fixed, so it is the race for the jar that decides who
//! gets it: each asset is taken whole and with the least that its taker wants of it, so that the later of
//! two gets nothing and burns nothing. The caller names the assets. So none that cannot be transferred
//! stands in the way of the others, and dust that somebody puts in costs nobody anything.
//!
//! Nothing here fills the jar: no fee is paid in claims or shares today, so it holds what is sent to it.
//! Native tokens that are sent to it stay there, outside of every call's reach.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use router::{BaseFees, Burner, JobFees, MarketFees, TransactionFees};
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod insurance;
mod jar;
mod ledger;
#[cfg(test)]
mod mock;
pub mod policy;
mod router;
#[cfg(test)]
mod tests;
mod try_state;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;

use polkadot_sdk::{
	frame_support::{
		self,
		traits::{fungible, fungibles, Get},
		BoundedVec, PalletId,
	},
	frame_system,
	sp_runtime::traits::AccountIdConversion,
};
use quern_primitives::{ports::AuthorFees, Balance, EraFigures, EraIndex};

/// An amount of the native token taken from somewhere and not yet put anywhere.
pub type CreditOf<T> = fungible::Credit<<T as polkadot_sdk::frame_system::Config>::AccountId, <T as Config>::Currency>;

/// Assets of the jar that one call takes out of it.
pub type MaxJarAssets = frame_support::traits::ConstU32<16>;
/// Assets of the jar, each with an amount in its own smallest unit.
pub type JarAmounts<T> = BoundedVec<(<T as Config>::JarAssetId, Balance), MaxJarAssets>;

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
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::Balanced<Self::AccountId>;
		/// Gets the treasury's leg.
		type Treasury: Get<Self::AccountId>;
		/// The present block's author, if it has one.
		type Author: Get<Option<Self::AccountId>>;
		/// Pays the author its part of transaction fees. What it gives back is burned.
		type AuthorFees: AuthorFees<Self::AccountId, CreditOf<Self>>;
		/// The era that runs now. Must never go back.
		type Era: Get<EraIndex>;
		/// Names an asset of the jar.
		type JarAssetId: Parameter + Member + MaxEncodedLen + Clone;
		/// What may lie in the jar: every fungible asset but the native token.
		type JarAssets: fungibles::Inspect<Self::AccountId, AssetId = Self::JarAssetId, Balance = Balance>
			+ fungibles::Mutate<Self::AccountId>;
		/// What is burned to take assets out of the jar, in planck. Not zero.
		#[pallet::constant]
		type JarPrice: Get<Balance>;
		/// Names the stakers' pot, the insurance fund and the jar, three sub-accounts of this id.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Eras whose figures are kept: the latest ones in which anything happened. At least one.
		#[pallet::constant]
		type KeepEras: Get<u32>;
		/// What the call weighs.
		type WeightInfo: WeightInfo;
		/// Fills the jar for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId, Self::JarAssetId>;
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
		/// A settled job's congestion base fee was burned.
		BaseFeeBurned {
			/// The whole fee.
			fee: Balance,
		},
		/// The insurance fund paid for a loss.
		InsurancePaid {
			/// Who lost.
			who: T::AccountId,
			/// What it got.
			amount: Balance,
		},
		/// Somebody burned the jar's price and took assets out of it.
		JarEmptied {
			/// Who burned.
			who: T::AccountId,
			/// Who got the assets.
			beneficiary: T::AccountId,
			/// What was burned.
			burned: Balance,
			/// What was taken, each asset in its own smallest unit, in the order asked for.
			taken: JarAmounts<T>,
		},
		/// Issuance fell. Emitted once for each burn, also for those that the other events tell of.
		Burned {
			/// By how much.
			amount: Balance,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The jar's price is more than the caller would burn.
		PriceTooHigh,
		/// There is less of an asset in the jar than its taker wants at least.
		LessThanMinimum,
		/// The jar has nothing of the assets named.
		NothingThere,
		/// An asset is named twice.
		NamedTwice,
		/// The jar cannot be emptied into itself.
		BeneficiaryIsJar,
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
			assert!(T::JarPrice::get() > 0, "the jar is not for nothing");
			let (pot, insurance, jar) = (Self::staker_pot(), Self::insurance_account(), Self::jar_account());
			assert!(
				pot != insurance && insurance != jar && jar != pot,
				"accounts are too short to tell the stakers' pot, the insurance fund and the jar apart"
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

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Takes assets out of the jar, all that there is of each, and burns [`Config::JarPrice`] of the
		/// caller's native tokens for it. Anyone may.
		///
		/// All or nothing: where one of the assets is less than it should be or cannot be moved, nothing is
		/// burned and nothing leaves the jar.
		///
		/// - `assets`: the assets, each with the least of it that is wanted, in its own smallest unit. One that
		///   the jar does not have is passed over if its minimum is zero.
		/// - `beneficiary`: who gets them.
		/// - `max_burn`: the most that the caller burns, in planck. The price is burned exactly, and the
		///   caller's account keeps its existential deposit.
		///
		/// Events: [`Event::Burned`], [`Event::JarEmptied`]. `PriceTooHigh`, `LessThanMinimum`, `NothingThere`,
		/// `NamedTwice`, `BeneficiaryIsJar`; refusals of the assets' own pallets pass through.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::empty_jar(assets.len() as u32))]
		pub fn empty_jar(
			origin: OriginFor<T>,
			assets: JarAmounts<T>,
			beneficiary: T::AccountId,
			#[pallet::compact] max_burn: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_empty_jar(who, assets, beneficiary, max_burn)
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

		/// Collects the protocol's assets that are not the native token. No key owns it.
		pub fn jar_account() -> T::AccountId {
			T::PalletId::get().into_sub_account_truncating(*b"jar")
		}
	}
}
