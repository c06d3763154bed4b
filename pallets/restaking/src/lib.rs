//! One stake for blocks and compute: operators' bonds, the validators chosen by them, and slashing.
//!
//! An **operator** bonds the native token. The money lies in the operator's own pool account, which no
//! key owns, and in one of three books there:
//!
//! | Part | Counts for blocks | Slashable | Leaves by |
//! |---|---|---|---|
//! | active | yes | yes | [`unbond`](Pallet::unbond) |
//! | unbonding | no | yes | [`withdraw`](Pallet::withdraw), once its period is over |
//! | reserved, a part of the active | yes | yes | the release of what reserved it |
//!
//! Other pallets reserve bond for a use (a node, a job) through the port `Bonds`. The **free bond** is
//! `active - reserved`, zero if a slash took so much that less than the reserved is left: the
//! reservations stay booked, nothing new can be reserved, and what is bonded again fills them first.
//!
//! ## Validators
//!
//! Operators with at least [`Config::MinValidatorBond`] and session keys may [`validate`](Pallet::validate).
//! At each session's start the set of the session after it is chosen: the [`ValidatorCount`] candidates
//! with the largest active stake that have session keys then (one without would void all evidence of
//! its session). If there is none, the present validators go on. The stake each validator was chosen
//! with, its **exposure**, is kept by session for as long as the session's offences can be slashed.
//!
//! ## Offences
//!
//! Equivocations come from `pallet-offences`. A slash is the fraction it names of the exposure in the
//! session of the offence; of several for one operator and era the largest counts, not their sum, so a
//! report that comes again takes nothing and one at a raised fraction takes the difference. It is taken
//! from the active bond, then from what is unbonding, youngest first, and goes to [`Config::Slash`]. The
//! offender is no candidate any more and may not become one again in the era of the report. It is
//! disabled in the session of the report, again in the next, for which it may have been chosen already,
//! and is out of the one after.
//!
//! An **era** is [`SessionsPerEra`] sessions. What is unbonded in a session can be withdrawn
//! [`Config::UnbondingEras`] after the era of the next session is over, which is when the last offence
//! that it answers for becomes too old: none of an era more than `UnbondingEras` back is slashed.
//!
//! ## In a runtime
//!
//! `pallet_session::Config::SessionManager` is `NoteHistoricalRoot<Runtime, Restaking>`, the historical
//! `FullIdentification` is `()`, `pallet_offences::Config::OnOffenceHandler` and [`Config::Session`] are
//! `Restaking` and `Session`. At genesis, pallets are built in their order in the runtime: Balances
//! (endows the operators), then this pallet (bonds them), then Session, which stores their keys and only
//! then asks for the first two sets of validators. Session keys of operators go into Session's genesis.
//!
//! Absent in this version: delegations, shares and commission; allocations to services and compute
//! slashes; the slash queue, appeals, and rewards for reporting; rewards of any kind; re-bonding of what
//! is unbonding; a call that changes the number of validators or the length of an era.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bonds;
mod candidates;
mod dispatchables;
#[cfg(test)]
mod mock;
mod offences;
pub mod policy;
mod session;
#[cfg(test)]
mod tests;
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use session::{CurrentEra, Sessions};

use polkadot_sdk::{
	frame_support::{
		self,
		traits::{fungible, Get, OnUnbalanced},
		PalletId,
	},
	frame_system,
	sp_runtime::Perbill,
	sp_staking::SessionIndex,
};
use quern_primitives::{ports::BondUse, Balance, EraIndex};

/// An operator's books, in a runtime.
pub type OperatorOf<T> = Operator<<T as polkadot_sdk::frame_system::Config>::AccountId>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::pallet_prelude::*;
	use frame_system::pallet_prelude::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token, in which bonds are.
		type Currency: fungible::Mutate<Self::AccountId, Balance = Balance> + fungible::Balanced<Self::AccountId>;
		/// Gets what is slashed.
		type Slash: OnUnbalanced<fungible::Credit<Self::AccountId, Self::Currency>>;
		/// Session keys, disabling, and the roots of past sessions: the runtime's `pallet_session`.
		type Session: Sessions<Self::AccountId>;
		/// Names the operators' pool accounts.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The least active bond of an operator, in planck. At least the existential deposit.
		#[pallet::constant]
		type MinBond: Get<Balance>;
		/// The least active bond of a validator, in planck. At least `MinBond`.
		#[pallet::constant]
		type MinValidatorBond: Get<Balance>;
		/// Validators at most.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// Candidates at most. When all places are taken, a larger bond outbids the smallest.
		#[pallet::constant]
		type MaxCandidates: Get<u32>;
		/// Eras for which bond stays slashable after it stopped counting. Evidence must not be
		/// accepted for longer (`ReportLongevity`), nor forgotten earlier (`MaxSetIdSessionEntries`).
		#[pallet::constant]
		type UnbondingEras: Get<EraIndex>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// Gives accounts session keys.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Operators and their books.
	#[pallet::storage]
	pub type Operators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, OperatorOf<T>>;

	/// What parts of an operator's bond are reserved for, in planck.
	#[pallet::storage]
	pub type Reservations<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, BondUse, Balance>;

	/// Operators that want to validate: the largest stake first, of equal ones the lower account.
	#[pallet::storage]
	pub type Candidates<T: Config> = StorageValue<_, BoundedVec<Candidate<T::AccountId>, T::MaxCandidates>, ValueQuery>;

	/// How many validators are chosen. Set at genesis.
	#[pallet::storage]
	pub type ValidatorCount<T> = StorageValue<_, u32, ValueQuery>;

	/// Sessions of an era. Set at genesis.
	#[pallet::storage]
	pub type SessionsPerEra<T> = StorageValue<_, SessionIndex, ValueQuery>;

	/// The session that runs.
	#[pallet::storage]
	pub type CurrentSession<T> = StorageValue<_, SessionIndex, ValueQuery>;

	/// The validators of a session and the stake each was chosen with, from the oldest session whose
	/// offences may be slashed to the one after the present.
	#[pallet::storage]
	pub type Exposures<T: Config> =
		StorageMap<_, Twox64Concat, SessionIndex, BoundedVec<Candidate<T::AccountId>, T::MaxValidators>>;

	/// The oldest session whose exposures are kept.
	#[pallet::storage]
	pub type OldestSession<T> = StorageValue<_, SessionIndex, ValueQuery>;

	/// The largest slash of an operator for an offence in an era, in planck: what was due, also if
	/// there was not that much to take.
	#[pallet::storage]
	pub type Slashes<T: Config> = StorageDoubleMap<_, Twox64Concat, EraIndex, Blake2_128Concat, T::AccountId, Balance>;

	/// The oldest era of which [`Slashes`] may have entries.
	#[pallet::storage]
	pub type OldestSlashEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// Offenders of this session that were chosen for the next one already, each with its slash
	/// fraction: disabled again when that begins.
	#[pallet::storage]
	pub type Offenders<T: Config> = StorageValue<_, BoundedVec<(T::AccountId, Perbill), T::MaxValidators>, ValueQuery>;

	/// What happened to bonds. All amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An operator bonded, or bonded more.
		Bonded {
			/// The operator.
			operator: T::AccountId,
			/// What was added.
			amount: Balance,
			/// Its active bond now.
			active: Balance,
		},
		/// Bond stopped counting, and waits to be withdrawn.
		Unbonded {
			/// The operator.
			operator: T::AccountId,
			/// How much.
			amount: Balance,
			/// The era in which it can be withdrawn.
			withdrawable_in: EraIndex,
		},
		/// Bond went back to its operator.
		Withdrawn {
			/// The operator.
			operator: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// An operator became a candidate.
		Validating {
			/// The operator.
			operator: T::AccountId,
			/// Its active bond.
			stake: Balance,
		},
		/// An operator is no longer a candidate.
		Chilled {
			/// The operator.
			operator: T::AccountId,
			/// Why.
			reason: ChillReason,
		},
		/// The validators of a session were chosen.
		ValidatorsChosen {
			/// The session.
			session: SessionIndex,
			/// How many.
			validators: u32,
			/// Their stake in all.
			stake: Balance,
		},
		/// Bond was slashed.
		Slashed {
			/// The operator.
			operator: T::AccountId,
			/// The session of the offence.
			session: SessionIndex,
			/// What was taken.
			amount: Balance,
		},
		/// An offence was reported too late to be slashed, or of one that did not validate then.
		OffenceIgnored {
			/// The offender.
			operator: T::AccountId,
			/// The session of the offence.
			session: SessionIndex,
		},
		/// Bond was reserved for a use.
		Reserved {
			/// The operator.
			operator: T::AccountId,
			/// What for.
			purpose: BondUse,
			/// How much.
			amount: Balance,
		},
		/// A use gave back what it had reserved.
		Released {
			/// The operator.
			operator: T::AccountId,
			/// What it had been for.
			purpose: BondUse,
			/// How much.
			amount: Balance,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account has no bond, or none that is active.
		NotOperator,
		/// The account has active bond already: `bond_more` adds to it.
		AlreadyOperator,
		/// The active bond would be below the minimum, though not zero.
		BelowMinBond,
		/// The active bond is below what a validator needs.
		BelowMinValidatorBond,
		/// The amount is below the existential deposit.
		AmountTooSmall,
		/// There is less active bond than that.
		InsufficientBond,
		/// There is less free bond than that.
		InsufficientFreeBond,
		/// The use has bond reserved already.
		AlreadyReserved,
		/// Too many parts wait to be withdrawn: withdraw, or wait for the next era.
		TooManyUnbonding,
		/// Nothing can be withdrawn yet.
		NothingToWithdraw,
		/// The operator is a candidate already.
		AlreadyCandidate,
		/// The operator is not a candidate.
		NotCandidate,
		/// All candidates' places are taken by larger bonds.
		TooManyCandidates,
		/// The operator has no session keys: `Session::set_keys` first.
		NoSessionKeys,
		/// An offence was reported in this era: wait for the next.
		TooEarly,
	}

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Operators that bond and are candidates from the start: account and bond in planck, which is
		/// taken from its balance; the existential deposit must stay there.
		pub operators: alloc::vec::Vec<(T::AccountId, Balance)>,
		/// How many validators are chosen; all that there is room for if not set.
		pub validator_count: u32,
		/// Sessions of an era; 6 if not set.
		pub sessions_per_era: SessionIndex,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				operators: Default::default(),
				validator_count: T::MaxValidators::get(),
				sessions_per_era: policy::DEFAULT_SESSIONS_PER_ERA,
			}
		}
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			assert!(self.validator_count > 0, "a chain needs a validator");
			assert!(self.sessions_per_era > 0, "an era needs a session");
			ValidatorCount::<T>::put(self.validator_count);
			SessionsPerEra::<T>::put(self.sessions_per_era);
			for (who, amount) in &self.operators {
				// Session keys come after this pallet; who has none is passed over when it is chosen.
				if let Err(error) = Pallet::<T>::bond_at_genesis(who, *amount) {
					panic!("operator {who:?} cannot bond {amount}: {error:?}");
				}
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			let existential = <T::Currency as fungible::Inspect<T::AccountId>>::minimum_balance();
			assert!(
				T::MinBond::get() >= existential,
				"a smaller bond's pool account could not exist"
			);
			assert!(
				T::MinValidatorBond::get() >= T::MinBond::get(),
				"validators are operators"
			);
			assert!(
				T::MaxValidators::get() > 0 && T::MaxCandidates::get() > 0,
				"a chain needs a validator"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				log::error!(target: LOG_TARGET, "broken: {broken:?}");
				"restaking: broken invariants, see the log".into()
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Bonds and makes the caller an operator.
		///
		/// Anyone with no active bond. `amount`, in planck, at least [`Config::MinBond`], moves from the
		/// caller's balance to its pool account. Emits [`Event::Bonded`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::bond())]
		pub fn bond(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_bond(&who, amount)?;
			Ok(())
		}

		/// Adds to the caller's active bond.
		///
		/// Operators. `amount`, in planck, moves from the caller's balance to its pool account. Emits
		/// [`Event::Bonded`]. Refuses with `BelowMinBond` if a slash left so little that `amount` does
		/// not lift it to the minimum.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_more())]
		pub fn bond_more(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_bond_more(&who, amount)?;
			Ok(())
		}

		/// Starts the unbonding period of a part, or all, of the caller's active bond.
		///
		/// Operators. `amount`, in planck, at least the existential deposit, and of what nothing
		/// reserves. It counts for nothing from now on, but stays slashable until it can be withdrawn. A
		/// candidate that keeps less than [`Config::MinValidatorBond`] is one no more. Emits
		/// [`Event::Unbonded`]. Refuses to leave less than [`Config::MinBond`], other than zero.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unbond(&who, amount)?;
			Ok(())
		}

		/// Pays out all bond of the caller whose unbonding period is over.
		///
		/// Operators. Emits [`Event::Withdrawn`]. With the last of its bond the caller stops being an
		/// operator, and anything that others sent to the pool account goes with it.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::withdraw())]
		pub fn withdraw(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_withdraw(&who)?;
			Ok(())
		}

		/// Stops the caller's candidacy; a session for which it was chosen it still serves.
		///
		/// Candidates. The bond stays. Emits [`Event::Chilled`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::chill())]
		pub fn chill(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_chill(&who)?;
			Ok(())
		}

		/// Makes the caller a candidate: it validates while it is among the largest stakes.
		///
		/// Operators with session keys and [`Config::MinValidatorBond`] of active bond. Emits
		/// [`Event::Validating`]. If all places are taken, the smallest bond loses its own to a larger
		/// one. Refuses with `TooEarly` in an era in which an offence of the caller was reported.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::validate())]
		pub fn validate(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_validate(&who)?;
			Ok(())
		}
	}
}

/// Where this pallet logs.
pub(crate) const LOG_TARGET: &str = "runtime::restaking";
