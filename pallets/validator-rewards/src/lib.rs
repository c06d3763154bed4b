//! What validators earn: their part of fees and of the genesis-funded reserve, by points.
//!
//! ## An era's pot
//!
//! A validator gets [`BLOCK_POINTS`](policy::BLOCK_POINTS) for each block that it authors, and
//! [`REPORT_POINTS`](policy::REPORT_POINTS) for each of its reports on nodes that agreed with the
//! quorum. When an era is over, its pot is
//!
//! ```text
//! fees    = all that lies in the stakers' pot, which the fee router fills
//! target  = 4 % a year of the validators' stake, for the era's length
//! reserve = min( max(0, target - fees), reserve left × (1 - 2^(-era's length / 2 years)) )
//! pot     = fees + reserve
//! ```
//!
//! So the reserve steps back as fees grow, and never gives more than half of itself in two years
//! (the schedule is a lower bound in integers, see [`policy::scheduled`]). It is an account that genesis
//! fills; nothing fills it again, and nothing is minted.
//!
//! The pot is divided by points, `share = pot left × points / points left`, so that shares sum to it to
//! the planck. Each share goes through [`Config::Stake`], which takes the operator's commission and lets
//! delegations share. The share of a validator that is no operator any more returns to the stakers' pot,
//! for the next era. An era in which nobody got a point leaves its pot where it is, and draws nothing
//! from the reserve; so does one that passed without a block.
//!
//! ## Work per block
//!
//! Nothing grows with the validators: giving a point is a write or two, closing an era moves two
//! amounts, and a few validators are paid in each block, more in blocks that have room. No snapshot is
//! made, since nobody gets a point in an era that is over: an era's points are the list that its payout
//! works off, and a validator that was paid is gone from it. Payouts wait for one another; if too many
//! do, eras share one.
//!
//! ## Authors' fees
//!
//! A block's author gets its fees once, at the block's end, through the same [`Config::Stake`]. An author
//! that is no operator gets them in its account; if that cannot take them, they are burned.
//!
//! ## Yield
//!
//! [`Pallet::apy`] tells what stakers earned from fees alone, over eras that are over. What the reserve
//! paid stands beside it and is no part of it. Whoever gives tokens to the stakers' pot by an ordinary
//! transfer adds to that figure, and to stakers' earnings.
//!
//! There are no calls. The pallet's account needs the existential deposit from genesis on; without it
//! authors' fees go unpaid until the first pot leaves one behind.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod era;
mod fees;
mod history;
#[cfg(test)]
mod mock;
mod payout;
mod points;
pub mod policy;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use polkadot_sdk::{
	frame_support::{
		self,
		traits::{fungible, Get},
		PalletId,
	},
	frame_system,
	sp_runtime::traits::{AccountIdConversion, SaturatedConversion},
};
use quern_primitives::{Balance, BlockNumber, EraIndex};

/// Where this pallet logs.
pub(crate) const LOG_TARGET: &str = "runtime::validator-rewards";

/// An amount of the native token taken from somewhere and not yet put anywhere.
pub type CreditOf<T> = fungible::Credit<<T as polkadot_sdk::frame_system::Config>::AccountId, <T as Config>::Currency>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::OnUnbalanced};
	use frame_system::pallet_prelude::*;
	use quern_primitives::ports::StakeRewards;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::Balanced<Self::AccountId>;
		/// Takes rewards to operators' stake.
		type Stake: StakeRewards<Self::AccountId, Credit = CreditOf<Self>>;
		/// The account in which the stakers' leg of fees lies. This pallet empties it.
		type StakerPot: Get<Self::AccountId>;
		/// Burns what nobody can be paid.
		type Burn: OnUnbalanced<CreditOf<Self>>;
		/// The era that runs now. Must never go back.
		type Era: Get<EraIndex>;
		/// How long an era takes, in milliseconds.
		type EraMillis: Get<u64>;
		/// Names the pallet's account and, as its sub-account, the reserve.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The most validators of a session. More may earn points in an era whose sessions have
		/// different ones; all are paid.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// Eras whose earnings are kept. At least one.
		#[pallet::constant]
		type KeepEras: Get<u32>;
		/// Weights of what hooks do.
		type WeightInfo: WeightInfo;
		/// Sets up what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// The era that runs. `None` before the first block.
	#[pallet::storage]
	pub type Running<T> = StorageValue<_, RunningEra>;

	/// Points of validators not yet paid, by the era of their payout.
	#[pallet::storage]
	pub type Points<T: Config> =
		StorageDoubleMap<_, Twox64Concat, EraIndex, Blake2_128Concat, T::AccountId, u64, ValueQuery>;

	/// What is being paid out: the first now, the others after it.
	#[pallet::storage]
	pub type Payouts<T> = StorageValue<_, BoundedVec<Payout, ConstU32<{ policy::MAX_PAYOUTS }>>, ValueQuery>;

	/// The author's fees of this block so far.
	#[pallet::storage]
	pub type CollectedFees<T: Config> = StorageValue<_, Collected<T::AccountId>>;

	/// What of the stakers' pot came back to it from payouts, in planck: it was counted in the era that
	/// first paid it.
	#[pallet::storage]
	pub type ReturnedShares<T> = StorageValue<_, Balance, ValueQuery>;

	/// Earnings of the latest eras. An era stands at its number modulo [`Config::KeepEras`], in the
	/// place of the one that stood there.
	#[pallet::storage]
	pub type History<T> = StorageMap<_, Twox64Concat, u32, EraEarnings>;

	/// What happened. All amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An era is over; its pot is `fees + reserve`.
		EraClosed {
			/// The era.
			era: EraIndex,
			/// Taken from the stakers' pot, shares that had come back to it included.
			fees: Balance,
			/// Taken from the reserve.
			reserve: Balance,
			/// Points that were given in it.
			points: u64,
		},
		/// A validator's share of an era's pot reached its stake.
		Rewarded {
			/// The era; the first, if several share a payout.
			era: EraIndex,
			/// The validator.
			operator: T::AccountId,
			/// Its share, commission included.
			amount: Balance,
		},
		/// A validator is no operator any more: its share went back to the stakers' pot.
		ShareReturned {
			/// The era; the first, if several share a payout.
			era: EraIndex,
			/// The validator.
			operator: T::AccountId,
			/// The share.
			amount: Balance,
		},
		/// A block's author got its fees.
		AuthorRewarded {
			/// The author.
			author: T::AccountId,
			/// The fees, tips included.
			amount: Balance,
		},
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::begin_block()
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::pay_in(remaining)
		}

		// Its weight is part of `on_initialize`'s.
		fn on_finalize(_: BlockNumberFor<T>) {
			Self::hand_over_fees();
		}

		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				log::error!(target: LOG_TARGET, "broken: {broken:?}");
				"validator-rewards: broken invariants, see the log".into()
			})
		}
	}

	impl<T: Config> Pallet<T> {
		/// Holds authors' fees and pots until they are paid. No key owns it.
		pub fn account_id() -> T::AccountId {
			T::PalletId::get().into_account_truncating()
		}

		/// The reserve, which genesis fills. No key owns it.
		pub fn reserve_account() -> T::AccountId {
			T::PalletId::get().into_sub_account_truncating(*b"reserve")
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The block being built, or run.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}
}
