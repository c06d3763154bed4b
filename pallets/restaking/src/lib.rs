//! One stake for blocks and compute: operators' bonds, delegations, the validators chosen by them, and what
//! answers for offences.
//!
//! An **operator** bonds the native token, and others **delegate** to it. All the stake of an operator lies in
//! its own pool account, which no key owns. What is whose is numbers in books, whose sum is no more than
//! the account's balance; tokens that strangers send there are in no book, and change no price.
//!
//! | Part | Counts | Slashable | Leaves by |
//! |---|---|---|---|
//! | own bond | yes | yes, first | [`unbond`](Pallet::unbond), [`leave`](Pallet::leave) |
//! | compounding delegations | yes | yes | [`undelegate`](Pallet::undelegate), as liquid shares to another account |
//! | paying delegations | yes | yes | [`undelegate`](Pallet::undelegate) |
//! | era pools: own bond and delegations that unbond | no | yes, see below | [`withdraw`](Pallet::withdraw) |
//! | frozen, a part of each of these | no | it waits for a slash | the slash's execution or end |
//! | reserved, a part of the own bond or of an allocation | yes | yes | the release of what reserved it |
//! | rewards | no | no | [`claim`](Pallet::claim) |
//!
//! ## Delegations
//!
//! Delegators hold shares of a pool ([`SharePool`]), so that a slash or a reward costs the same whatever their
//! number. **Compounding** shares rise in value with rewards; **paying** ones collect them to be claimed.
//! Shares are minted and burned at gross value, what is frozen included; who leaves takes its part
//! of what is frozen along, and is paid the rest when its era comes. What is frozen it gets once it thaws. So
//! nobody's value rises but by rewards, and nobody gets away from a slash that waits. A delegator who joins
//! between an offence and its slash shares it. Roundings go against the one who acts.
//!
//! Compounding shares can be made **liquid** ([`liquify`](Pallet::liquify)): the asset with the operator's
//! number, one unit a share, slashed as it lies. The operator's number is never used again.
//!
//! ## Validators
//!
//! Operators with at least [`Config::MinValidatorBond`] of own bond and session keys may
//! [`validate`](Pallet::validate). At each session's start the set of the session after it is chosen: the
//! [`ValidatorCount`] candidates with the largest stake that have session keys then (one without would
//! void all evidence of its session). If there are fewer than [`Config::MinValidators`], the present
//! validators go on. The stake each validator was chosen with, its **exposure**, is kept by session for as
//! long as the session's offences can be slashed. [`Candidates`] is a bounded sorted list in one value, and an
//! election one read of it: no more with more operators or delegators.
//!
//! ## Allocations
//!
//! All stake answers for blocks. Parts of it answer for jobs of a class, at most half together:
//! **magnitudes** of the operator's **whole** ([`allocate`](Pallet::allocate)). A rise counts from the
//! next session on, or, to give delegators notice, [`Config::AllocationDelay`] sessions later; a fall counts
//! for no new job at once, and stays slashable as long as unbonding stake. A slash of a class lowers its
//! magnitude and the whole, so that other allocations keep their value. An allocation to a class that does
//! not exist is refused. For new jobs counts what is active, and answered already when the session began;
//! for a fault answers what was active or unbonding when its session began.
//!
//! ## Slashes
//!
//! This pallet decides of no slash but says what answered (`SlashableStake`), by the exposure of a
//! session or by the state at its start, which it keeps ([`Checkpoints`]); and it freezes, thaws and takes. See
//! `freezing.rs` for whose stake goes first. Frozen stake counts for nothing from then on: the list of
//! candidates and the total stake follow in the same block.
//!
//! Equivocations come from `pallet-offences` and are proposed to [`Config::Slasher`]: the fraction named of
//! the exposure in the session of the offence; of several for one operator and era the largest counts, not
//! their sum, so a report that comes again slashes nothing and one at a raised fraction the difference. The
//! offender is no candidate any more and may not become one again in the era of the report. It is
//! disabled in the session of the report, again in the next, for which it may have been chosen already,
//! and is out of the one after.
//!
//! An **era** is [`SessionsPerEra`] sessions. An offence can be slashed for [`Config::ChallengeEras`] eras after
//! its own. What is unbonded in a session can be withdrawn [`Config::UnbondingEras`] after the era of the next
//! session is over, which is longer than any slash takes to be executed. Until then it answers for offences
//! against consensus while it was exposed, and for faults in jobs all the time: jobs were assigned on it, and
//! go on when it leaves.
//!
//! ## In a runtime
//!
//! `pallet_session::Config::SessionManager` is `NoteHistoricalRoot<Runtime, Restaking>`, the historical
//! `FullIdentification` is `()`, `pallet_offences::Config::OnOffenceHandler` and [`Config::Session`] are
//! `Restaking` and `Session`. At genesis, pallets are built in their order in the runtime: Balances
//! (endows the operators), then this pallet (bonds them), then Session, which stores their keys and only
//! then asks for the first two sets of validators. Session keys of operators go into Session's genesis.
//! [`Config::Shares`] is an instance of `pallet-assets` in which nobody else creates assets.
//!
//! Absent in this version: re-bonding of what is unbonding; moving a delegation from one operator to
//! another without unbonding; liquid shares of paying delegations; a call that changes the number of
//! validators or the length of an era. A delegation that slashes left worth nothing stays stored when its
//! operator is gone.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use freezing::{Books, Taken};
pub use pallet::*;
pub use pool::{EraPool, Group, SharePool, Tranche, Unbonding};
pub use rewards::RewardSplit;
pub use types::*;
pub use weights::WeightInfo;

mod allocations;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod bonds;
mod candidates;
mod checkpoints;
mod delegations;
mod freezing;
mod liquid;
#[cfg(test)]
mod mock;
mod offences;
mod operators;
pub mod policy;
mod pool;
mod rewards;
mod session;
mod slashable;
#[cfg(test)]
mod tests;
mod try_state;
mod types;
mod unbonding;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::{late_session, pass_session, remember, BenchmarkHelper};
pub use session::{CurrentEra, Sessions};

use crate::pool::part_floor;
use polkadot_sdk::{
	frame_support::{
		self,
		traits::{fungible, fungibles, Contains, Get},
		PalletId,
	},
	frame_system,
	sp_runtime::{DispatchError, Perbill},
	sp_staking::SessionIndex,
};
use quern_primitives::{
	ports::{self, BondSize, BondUse},
	Balance, BlockNumber, ClassId, EraIndex, Magnitude, OperatorId, Parts, RewardMode, Scope, WHOLE,
};

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
		/// The native token, in which stake is.
		type Currency: fungible::Mutate<Self::AccountId, Balance = Balance> + fungible::Balanced<Self::AccountId>;
		/// Liquid shares; the asset's id is the operator's number. This pallet creates the assets.
		type Shares: fungibles::Inspect<Self::AccountId, AssetId = OperatorId, Balance = Balance>
			+ fungibles::Mutate<Self::AccountId>
			+ fungibles::Create<Self::AccountId>
			+ fungibles::metadata::Mutate<Self::AccountId>;
		/// Session keys, disabling, and the roots of past sessions: the runtime's `pallet_session`.
		type Session: Sessions<Self::AccountId>;
		/// The slash queue, to which equivocations are proposed.
		type Slasher: ports::Slasher<Self::AccountId>;
		/// The classes to which stake can be allocated.
		type Classes: Contains<ClassId>;
		/// Names the operators' pool accounts.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// The least own bond of an operator, in planck.
		#[pallet::constant]
		type MinBond: Get<Balance>;
		/// The least own bond of a validator, in planck. At least `MinBond`.
		#[pallet::constant]
		type MinValidatorBond: Get<Balance>;
		/// The least that a delegation starts with, and what it may be left with, in planck.
		#[pallet::constant]
		type MinDelegation: Get<Balance>;
		/// The validators that the chain needs: with fewer to choose, the present ones go on.
		#[pallet::constant]
		type MinValidators: Get<u32>;
		/// Validators at most.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// Candidates at most. When all places are taken, a larger stake outbids the smallest.
		#[pallet::constant]
		type MaxCandidates: Get<u32>;
		/// Eras for which stake stays slashable after it stopped counting. More than `SlashWindow`.
		#[pallet::constant]
		type UnbondingEras: Get<EraIndex>;
		/// Eras in which an offence can be slashed after its own. Evidence must not be accepted for
		/// longer (`ReportLongevity`), nor forgotten earlier (`MaxSetIdSessionEntries`).
		#[pallet::constant]
		type ChallengeEras: Get<EraIndex>;
		/// Eras from an offence until its slash is executed, at most: challenge, appeal, execution.
		#[pallet::constant]
		type SlashWindow: Get<EraIndex>;
		/// Sessions that a rise of an allocation waits, beside the one that runs, if there are delegators to be
		/// given notice.
		#[pallet::constant]
		type AllocationDelay: Get<SessionIndex>;
		/// Eras that a rise of a commission waits, beside the one that runs.
		#[pallet::constant]
		type CommissionNotice: Get<EraIndex>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
		/// Gives accounts session keys, and makes classes.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Operators and their books.
	#[pallet::storage]
	pub type Operators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, OperatorOf<T>>;

	/// Whose an operator's number is.
	#[pallet::storage]
	pub type Owners<T: Config> = StorageMap<_, Twox64Concat, OperatorId, T::AccountId>;

	/// The number of the next operator.
	#[pallet::storage]
	pub type NextOperatorId<T> = StorageValue<_, OperatorId, ValueQuery>;

	/// Stake that unbonds, by operator and the era in which it can be withdrawn.
	#[pallet::storage]
	pub type EraPools<T: Config> = StorageDoubleMap<_, Twox64Concat, OperatorId, Twox64Concat, EraIndex, EraPool>;

	/// What each account delegated, by account and operator.
	#[pallet::storage]
	pub type Delegations<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, OperatorId, Delegation>;

	/// What parts of an operator's stake are reserved for.
	#[pallet::storage]
	pub type Reservations<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, BondUse, BondSize>;

	/// All operators' stake that counts, in planck.
	#[pallet::storage]
	pub type TotalStake<T> = StorageValue<_, Balance, ValueQuery>;

	/// Operators' states at the start of sessions in which they changed.
	#[pallet::storage]
	pub type Checkpoints<T: Config> =
		StorageDoubleMap<_, Twox64Concat, OperatorId, Twox64Concat, SessionIndex, Checkpoint>;

	/// The sessions of an operator's checkpoints, in order.
	#[pallet::storage]
	pub type CheckpointIndex<T: Config> = StorageMap<
		_,
		Twox64Concat,
		OperatorId,
		BoundedVec<SessionIndex, ConstU32<{ policy::MAX_CHECKPOINTS }>>,
		ValueQuery,
	>;

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

	/// The first blocks of the session that runs, and of those before it whose offences may be slashed.
	#[pallet::storage]
	pub type SessionStarts<T> = StorageMap<_, Twox64Concat, SessionIndex, BlockNumber>;

	/// The validators of a session and the stake each was chosen with, from the oldest session whose
	/// offences may be slashed to the one after the present.
	#[pallet::storage]
	pub type Exposures<T: Config> =
		StorageMap<_, Twox64Concat, SessionIndex, BoundedVec<Candidate<T::AccountId>, T::MaxValidators>>;

	/// The oldest session whose exposures are kept.
	#[pallet::storage]
	pub type OldestSession<T> = StorageValue<_, SessionIndex, ValueQuery>;

	/// The largest slash proposed of an operator for offences against consensus in an era, in planck: what
	/// was due, also if there was not that much to freeze.
	#[pallet::storage]
	pub type Slashes<T: Config> = StorageDoubleMap<_, Twox64Concat, EraIndex, Blake2_128Concat, T::AccountId, Balance>;

	/// The oldest era of which [`Slashes`] may have entries.
	#[pallet::storage]
	pub type OldestSlashEra<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// Offenders of this session that were chosen for the next one already, each with its slash
	/// fraction: disabled again when that begins.
	#[pallet::storage]
	pub type Offenders<T: Config> = StorageValue<_, BoundedVec<(T::AccountId, Perbill), T::MaxValidators>, ValueQuery>;

	/// What happened to the stake. All amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An account became an operator.
		OperatorRegistered {
			/// The operator.
			operator: T::AccountId,
			/// The number of its registration.
			id: OperatorId,
			/// The account that holds its stake.
			pool: T::AccountId,
			/// Its commission.
			commission: Perbill,
		},
		/// An operator takes no more delegations and reservations, and unbonds what is free.
		OperatorLeaving {
			/// The operator.
			operator: T::AccountId,
		},
		/// An operator is none any more.
		OperatorRemoved {
			/// The operator.
			operator: T::AccountId,
			/// The number it had.
			id: OperatorId,
			/// What was left in its pool account and went back to it.
			returned: Balance,
		},
		/// An operator bonded, or bonded more.
		Bonded {
			/// The operator.
			operator: T::AccountId,
			/// What was added.
			amount: Balance,
			/// Its own bond now.
			own: Balance,
		},
		/// Own bond stopped counting, and waits to be withdrawn.
		Unbonded {
			/// The operator.
			operator: T::AccountId,
			/// How much.
			amount: Balance,
			/// The era in which it can be withdrawn.
			withdrawable_in: EraIndex,
		},
		/// Stake went back to whose it is.
		Withdrawn {
			/// The operator.
			operator: T::AccountId,
			/// The delegator, or none if it was the operator's own bond.
			delegator: Option<T::AccountId>,
			/// How much.
			amount: Balance,
		},
		/// An account delegated.
		Delegated {
			/// The delegator.
			delegator: T::AccountId,
			/// The operator.
			operator: T::AccountId,
			/// How much.
			amount: Balance,
			/// How it takes its rewards.
			mode: RewardMode,
			/// The shares it got.
			shares: Balance,
		},
		/// Delegated stake stopped counting, and waits to be withdrawn.
		Undelegated {
			/// The delegator.
			delegator: T::AccountId,
			/// The operator.
			operator: T::AccountId,
			/// Which of its shares.
			mode: RewardMode,
			/// How many.
			shares: Balance,
			/// What they were worth, what is frozen included.
			amount: Balance,
			/// The era in which it can be withdrawn.
			withdrawable_in: EraIndex,
		},
		/// A delegation takes its rewards in another way.
		RewardModeSet {
			/// The delegator.
			delegator: T::AccountId,
			/// The operator.
			operator: T::AccountId,
			/// How it takes its rewards now.
			mode: RewardMode,
			/// What the shares that moved were worth.
			amount: Balance,
			/// The shares it got for them.
			shares: Balance,
		},
		/// An operator takes its own rewards in another way.
		OwnRewardModeSet {
			/// The operator.
			operator: T::AccountId,
			/// How.
			mode: RewardMode,
		},
		/// A commission holds from now on.
		CommissionSet {
			/// The operator.
			operator: T::AccountId,
			/// The commission.
			commission: Perbill,
		},
		/// A higher commission will hold.
		CommissionAnnounced {
			/// The operator.
			operator: T::AccountId,
			/// The commission.
			commission: Perbill,
			/// From this era on.
			from: EraIndex,
		},
		/// A reward was shared out.
		Rewarded {
			/// The operator.
			operator: T::AccountId,
			/// To it: commission, and its bond's part.
			to_operator: Balance,
			/// To compounding delegations.
			compounding: Balance,
			/// To paying delegations.
			paying: Balance,
		},
		/// Rewards were paid out.
		Claimed {
			/// To whom.
			who: T::AccountId,
			/// The operator whose rewards they were part of.
			operator: T::AccountId,
			/// How much.
			amount: Balance,
		},
		/// An allocation changed.
		Allocated {
			/// The operator.
			operator: T::AccountId,
			/// The class.
			class: ClassId,
			/// What counts of it now.
			active: Magnitude,
			/// What joins, and from which session.
			joining: Option<(Magnitude, SessionIndex)>,
		},
		/// Shares became liquid.
		Liquified {
			/// Whose.
			who: T::AccountId,
			/// The operator.
			operator: T::AccountId,
			/// The operator's number: the asset.
			id: OperatorId,
			/// How many.
			shares: Balance,
		},
		/// Liquid shares became a delegation.
		Solidified {
			/// Whose.
			who: T::AccountId,
			/// The operator.
			operator: T::AccountId,
			/// The operator's number: the asset.
			id: OperatorId,
			/// How many.
			shares: Balance,
		},
		/// An operator became a candidate.
		Validating {
			/// The operator.
			operator: T::AccountId,
			/// Its stake that counts.
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
		/// Stake was set aside for a slash.
		Frozen {
			/// The operator.
			operator: T::AccountId,
			/// What answers.
			scope: Scope,
			/// The session of the offence.
			session: SessionIndex,
			/// How much.
			parts: Parts,
		},
		/// Stake that was set aside counts again.
		Thawed {
			/// The operator.
			operator: T::AccountId,
			/// What would have answered.
			scope: Scope,
			/// The session of the offence.
			session: SessionIndex,
			/// How much.
			parts: Parts,
		},
		/// Stake was taken for a slash.
		Taken {
			/// The operator.
			operator: T::AccountId,
			/// What answered.
			scope: Scope,
			/// The session of the offence.
			session: SessionIndex,
			/// How much.
			parts: Parts,
			/// What had been set aside for it and was not taken: it counts again.
			thawed: Parts,
		},
		/// An offence was reported too late to be slashed, or of one that did not validate then.
		OffenceIgnored {
			/// The offender.
			operator: T::AccountId,
			/// The session of the offence.
			session: SessionIndex,
		},
		/// An offence's slash was refused. A report that comes again proposes it again.
		OffenceNotSlashed {
			/// The offender.
			operator: T::AccountId,
			/// The session of the offence.
			session: SessionIndex,
			/// Why.
			error: DispatchError,
		},
		/// Stake was reserved for a use.
		Reserved {
			/// The operator.
			operator: T::AccountId,
			/// What for.
			purpose: BondUse,
			/// How much.
			size: BondSize,
		},
		/// A use gave back what it had reserved.
		Released {
			/// The operator.
			operator: T::AccountId,
			/// What it had been for.
			purpose: BondUse,
			/// How much.
			size: BondSize,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The account is no operator.
		NotOperator,
		/// The account is an operator already: `bond_more` adds to its bond.
		AlreadyOperator,
		/// The operator is leaving.
		Leaving,
		/// The account has no delegation with the operator.
		NotDelegator,
		/// The own bond would be, or is, below the minimum.
		BelowMinBond,
		/// The own bond is below what a validator needs.
		BelowMinValidatorBond,
		/// The delegation would be below the minimum, though not zero.
		BelowMinDelegation,
		/// The amount is zero, or buys so few shares that a rounding would cost too much of it.
		AmountTooSmall,
		/// There is less free bond than that.
		InsufficientFreeBond,
		/// There are fewer shares than that, or none.
		InsufficientShares,
		/// Less of the stake allocated to the class is free.
		InsufficientAllocation,
		/// Slashes left the shares worth next to nothing: the operator takes no delegation any more.
		PoolImpaired,
		/// The use has stake reserved already.
		AlreadyReserved,
		/// Too many parts wait to be withdrawn: withdraw, or wait for slashes to be executed.
		TooManyUnbonding,
		/// Nothing can be withdrawn yet.
		NothingToWithdraw,
		/// No rewards wait.
		NothingToClaim,
		/// A rise of the commission is announced already; setting the present one takes it back.
		CommissionAnnounced,
		/// The commission would rise by more than a percentage point for each day of notice.
		CommissionRiseTooLarge,
		/// There is no such class.
		UnknownClass,
		/// Stake is allocated to too many classes.
		TooManyAllocations,
		/// Allocations would sum to more than half of the stake.
		AllocatedTooMuch,
		/// Jobs and what is owed reserve more of the allocation than would be left.
		AllocationReserved,
		/// The operator is a candidate already.
		AlreadyCandidate,
		/// The operator is not a candidate.
		NotCandidate,
		/// All candidates' places are taken by larger stakes.
		TooManyCandidates,
		/// The operator has no session keys: `Session::set_keys` first.
		NoSessionKeys,
		/// An offence was reported in this era: wait for the next.
		TooEarly,
	}

	#[pallet::genesis_config]
	pub struct GenesisConfig<T: Config> {
		/// Operators that bond and are candidates from the start: account and bond in planck, which is
		/// taken from its balance with an existential deposit for the pool account; another must stay.
		pub operators: alloc::vec::Vec<(T::AccountId, Balance)>,
		/// What they allocate from the start: operator, class, magnitude.
		pub allocations: alloc::vec::Vec<(T::AccountId, ClassId, Magnitude)>,
		/// How many validators are chosen; all that there is room for if not set.
		pub validator_count: u32,
		/// Sessions of an era; 6 if not set.
		pub sessions_per_era: SessionIndex,
	}

	impl<T: Config> Default for GenesisConfig<T> {
		fn default() -> Self {
			Self {
				operators: Default::default(),
				allocations: Default::default(),
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
			// The eras whose offences are slashable, the one that runs, and one that is not pruned yet.
			let eras = T::ChallengeEras::get().saturating_add(2);
			assert!(
				eras.saturating_mul(self.sessions_per_era) <= policy::MAX_CHECKPOINTS,
				"eras of so many sessions have more states to remember than there is place for"
			);
			ValidatorCount::<T>::put(self.validator_count);
			SessionsPerEra::<T>::put(self.sessions_per_era);
			for (who, bond) in &self.operators {
				// Session keys come after this pallet; who has none is passed over when it is chosen.
				if let Err(error) = Pallet::<T>::register_at_genesis(who, *bond) {
					panic!("operator {who:?} cannot bond {bond}: {error:?}");
				}
			}
			for (who, class, magnitude) in &self.allocations {
				if let Err(error) = Pallet::<T>::allocate_at_genesis(who, *class, *magnitude) {
					panic!("operator {who:?} cannot allocate {magnitude} to class {class}: {error:?}");
				}
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(
				T::MinValidatorBond::get() >= T::MinBond::get(),
				"validators are operators"
			);
			assert!(
				T::MinDelegation::get() >= policy::MIN_MINTED,
				"the least delegation must buy the least number of shares"
			);
			assert!(
				T::MaxValidators::get() > 0 && T::MaxCandidates::get() > 0,
				"a chain needs a validator"
			);
			assert!(
				T::MinValidators::get() <= T::MaxValidators::get(),
				"more validators are needed than there is room for"
			);
			assert!(
				T::UnbondingEras::get() > T::SlashWindow::get() && T::SlashWindow::get() >= T::ChallengeEras::get(),
				"stake would leave before the slash of what it answers for is executed"
			);
			assert!(
				T::UnbondingEras::get().saturating_add(2) <= policy::MAX_ERA_POOLS.min(policy::MAX_UNBONDING) / 2,
				"an operator has more era pools than there is place for"
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
		/// Anyone who is none. `bond`, in planck, at least [`Config::MinBond`], moves from the caller's balance
		/// to its pool account, and with it an existential deposit, which comes back at the end.
		/// `commission` is what it takes of all rewards. Emits [`Event::OperatorRegistered`] and
		/// [`Event::Bonded`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_operator())]
		pub fn register_operator(origin: OriginFor<T>, bond: Balance, commission: Perbill) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register(&who, bond, commission)?;
			Ok(())
		}

		/// Adds to the caller's own bond.
		///
		/// Operators that are not leaving. `amount`, in planck, moves from the caller's balance to its pool
		/// account. Emits [`Event::Bonded`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::bond_more())]
		pub fn bond_more(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_bond_more(&who, amount)?;
			Ok(())
		}

		/// Starts the unbonding period of a part of the caller's own bond.
		///
		/// Operators. `amount`, in planck, of what nothing reserves and no slash has frozen. It counts for
		/// nothing from now on, but stays slashable until it can be withdrawn. A candidate that keeps
		/// less than [`Config::MinValidatorBond`] is one no more. Emits [`Event::Unbonded`]. Refuses to
		/// leave less than [`Config::MinBond`]: see `leave`; and to leave an allocation worth less than what is
		/// reserved of it (`AllocationReserved`).
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::unbond())]
		pub fn unbond(origin: OriginFor<T>, amount: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_unbond(&who, amount)?;
			Ok(())
		}

		/// Pays out all stake of the caller whose unbonding period is over.
		///
		/// `operator`: whose delegation, or none for the caller's own bond. What is frozen for a slash stays
		/// withheld; once that is executed or void, what is left can be withdrawn with this call again. Emits
		/// [`Event::Withdrawn`]. An operator that left, of whose stake, delegations and rewards nothing is
		/// there any more, is none afterwards, and gets all that its pool account holds:
		/// [`Event::OperatorRemoved`].
		#[pallet::call_index(3)]
		#[pallet::weight(match operator {
			Some(_) => T::WeightInfo::withdraw(),
			None => T::WeightInfo::withdraw_own(policy::MAX_CHECKPOINTS),
		})]
		pub fn withdraw(origin: OriginFor<T>, operator: Option<T::AccountId>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			match operator {
				Some(operator) => Self::do_withdraw_delegation(&who, &operator)?,
				None => Self::do_withdraw_own(&who)?,
			}
			Ok(())
		}

		/// Stops the caller's candidacy; a session for which it was chosen it still serves.
		///
		/// Candidates. The stake stays. Emits [`Event::Chilled`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::chill())]
		pub fn chill(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_chill(&who)?;
			Ok(())
		}

		/// Makes the caller a candidate: it validates while it is among the largest stakes.
		///
		/// Operators that are not leaving, with session keys and [`Config::MinValidatorBond`] of own bond that
		/// is not frozen. Emits [`Event::Validating`]. If all places are taken, the smallest stake loses its
		/// own to a larger one. Refuses with `TooEarly` in an era in which an offence of the caller was
		/// reported.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::validate())]
		pub fn validate(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_validate(&who)?;
			Ok(())
		}

		/// Delegates to an operator.
		///
		/// Anyone. `amount`, in planck, at least [`Config::MinDelegation`] if the caller has no such shares yet,
		/// moves to the operator's pool account. `mode`: whether rewards raise the value of the shares or wait
		/// to be claimed. Emits [`Event::Delegated`]. Shares are minted at gross value, so the caller shares
		/// slashes that wait. Refuses with `AmountTooSmall` where fewer than a million shares would be
		/// minted, and with `PoolImpaired` where slashes left next to nothing.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::delegate())]
		pub fn delegate(
			origin: OriginFor<T>,
			operator: T::AccountId,
			amount: Balance,
			mode: RewardMode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_delegate(&who, &operator, amount, mode)?;
			Ok(())
		}

		/// Starts the unbonding period of a part, or all, of a delegation.
		///
		/// Delegators. `mode` says which of the caller's shares; `shares` how many, all if none. They count for
		/// nothing from now on, but stay slashable until they can be withdrawn, and their part of what is
		/// frozen goes with them. Emits [`Event::Undelegated`]. Refuses to leave shares worth less than
		/// [`Config::MinDelegation`], other than none.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::undelegate())]
		pub fn undelegate(
			origin: OriginFor<T>,
			operator: T::AccountId,
			mode: RewardMode,
			shares: Option<Balance>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_undelegate(&who, &operator, mode, shares)?;
			Ok(())
		}

		/// Sets what the caller takes of rewards.
		///
		/// Operators. A lower commission, or the present one, holds at once and takes back a rise that was
		/// announced: [`Event::CommissionSet`]. A higher one holds after [`Config::CommissionNotice`] eras:
		/// [`Event::CommissionAnnounced`]. It may be higher by a percentage point for each day of these,
		/// and only one is announced at a time.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::set_commission())]
		pub fn set_commission(origin: OriginFor<T>, commission: Perbill) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_commission(&who, commission)?;
			Ok(())
		}

		/// Changes how the caller takes rewards.
		///
		/// `operator`: with whom the caller's delegation is, all of which moves to the other pool of shares at
		/// what it is worth, with its part of what is frozen: [`Event::RewardModeSet`]. Or none for the
		/// rewards of the caller's own bond: [`Event::OwnRewardModeSet`]. Refuses as `delegate` does.
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::set_reward_mode())]
		pub fn set_reward_mode(
			origin: OriginFor<T>,
			operator: Option<T::AccountId>,
			mode: RewardMode,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_reward_mode(&who, operator.as_ref(), mode)?;
			Ok(())
		}

		/// Pays out the caller's rewards that wait.
		///
		/// `operator`: with whom the caller's delegation is, or none for an operator's own rewards, commission
		/// included. Emits [`Event::Claimed`].
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::claim())]
		pub fn claim(origin: OriginFor<T>, operator: Option<T::AccountId>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_claim(&who, operator.as_ref())?;
			Ok(())
		}

		/// Sets what part of the caller's stake answers for jobs of a class.
		///
		/// Operators. `magnitude`, of the operator's whole (10^18, less what compute slashes took). A rise counts
		/// from the next session on, [`Config::AllocationDelay`] sessions later if there are delegations. A
		/// fall counts for no new job at once, and stays slashable until what is unbonded now can be withdrawn.
		/// Emits [`Event::Allocated`]. Refuses more than half of the whole over all classes, what joins and
		/// what leaves included, and to leave less than what jobs and obligations reserve.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::allocate())]
		pub fn allocate(origin: OriginFor<T>, class: ClassId, magnitude: Magnitude) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_allocate(&who, class, magnitude)?;
			Ok(())
		}

		/// Ends the caller's work as an operator, step by step.
		///
		/// Operators. The caller is no candidate any more, and takes no new delegation and no reservation; all
		/// of its own bond unbonds that nothing reserves, no slash has frozen, and no allocation needs to be worth
		/// what is reserved of it. May be called again when more is free. Delegators leave when they like. Emits
		/// [`Event::OperatorLeaving`] and
		/// [`Event::Unbonded`]. When nothing is left, `withdraw` ends it.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::leave())]
		pub fn leave(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave(&who)?;
			Ok(())
		}

		/// Makes compounding shares liquid: units of the asset with the operator's number.
		///
		/// Delegators. `shares`, as many units. They can be transferred, earn and are slashed as before. Emits
		/// [`Event::Liquified`]. Refuses to leave a delegation worth less than [`Config::MinDelegation`],
		/// other than none.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::liquify())]
		pub fn liquify(origin: OriginFor<T>, operator: T::AccountId, shares: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_liquify(&who, &operator, shares)?;
			Ok(())
		}

		/// Makes liquid shares a delegation again, of whoever holds them, so that they can be undelegated.
		///
		/// Holders. `shares`, as many units of the asset. Emits [`Event::Solidified`]. Refuses a delegation worth
		/// less than [`Config::MinDelegation`], unless it is all that the caller holds.
		#[pallet::call_index(14)]
		#[pallet::weight(T::WeightInfo::solidify())]
		pub fn solidify(origin: OriginFor<T>, operator: T::AccountId, shares: Balance) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_solidify(&who, &operator, shares)?;
			Ok(())
		}
	}
}

/// Where this pallet logs.
#[cfg(feature = "try-runtime")]
pub(crate) const LOG_TARGET: &str = "runtime::restaking";
