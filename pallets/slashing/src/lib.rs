//! # Slashes and jail
//!
//! A slash goes one way: it is proposed by a pallet that found an offence ([`Slasher`](ports::Slasher),
//! [`Conduct`](ports::Conduct)), its amount is frozen at once, it waits, and it is executed. Nobody's
//! transaction drives it, least of all the offender's.
//!
//! ```text
//!   propose ──▶ frozen, queued ──due──▶ taken ──▶ finder, victim, burned
//!                │         ▲               │
//!                │ appeal  │ uphold        └─ failed, or above the era's cap: under the next era
//!                ▼         │
//!               queued later ── nobody rules ──▶ taken
//!                │
//!                └ reduce, void ──▶ thawed
//! ```
//!
//! ## Time
//!
//! | What | Eras |
//! |---|---|
//! | An offence may be proposed | [`Config::ChallengeEras`] after its own |
//! | A slash waits, and may be appealed | [`Config::AppealEras`] |
//! | On an appeal it waits further | [`Config::RulingEras`] |
//! | What fails or does not fit is tried again | each era; [`Config::ExecutionEras`] are reckoned with |
//!
//! Stake has to stay slashable for longer than the four together, [`Pallet::slash_window`]. What was
//! frozen stays so, however long its execution takes.
//!
//! ## The queue
//!
//! [`Due`] lists each slash once, under an era, in the order of their numbers. [`OldestDue`] is the
//! first era that may list any. It passes an era when that is over and lists nothing, so however long
//! execution lags, nothing is left behind. A bounded slice is executed at the start of each block,
//! more where a block has room left. An execution that fails is undone, told in
//! [`Event::SlashDelayed`], and listed under the next era; it keeps no other slash waiting.
//!
//! Slashes for compute take up to [`policy::ERA_CAP`] of all stake that counts in an era
//! ([`Executed`]). The part that fits is executed, own bond first; the rest stays frozen and waits.
//! Offences against consensus have no cap.
//!
//! ## Where it goes
//!
//! The operator's own bond answers first, then delegations. Of what was taken the finder gets up to a
//! fifth of the own bond's part, the victim at most what it lost, over all parts of the execution
//! together; the rest is burned ([`policy::payouts`]). What an account cannot take is burned too.
//! Pallets that propose a slash name as the victim's loss only what is lost: a payment that the
//! operator keeps is none, or an operator with an alias as client gains by it.
//!
//! ## Appeal
//!
//! The operator may appeal once, with a bond, before the slash is due. [`Config::RulingOrigin`] may
//! reduce or void any slash until it is executed, appealed or not, never raise one. The bond goes back
//! if it did either; it is burned if the appeal was dismissed, or if the slash was executed whole.
//!
//! ## Conduct
//!
//! Each operator has a [`Record`]. A job that was acknowledged and not done costs a fraction of daily
//! earnings that rises with each fault; from the third on the operator is jailed, and gets no job until
//! its term is over and it asks for its release. Days without a fault take one away each, days in jail
//! do not. A job whose result was wrong costs the slash that was reserved for it, and jails for a week.
//! There is a record for each account that ever delivered or failed a job, and it had to bond for that.
//!
//! A provider that is gone is slashed for what others paid, or still lack, for taking over what it owed
//! ([`Defaults`](ports::Defaults)): own bond first, within what it has allocated to the class.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod conduct;
mod dispatchables;
mod execution;
mod hooks;
pub mod policy;
mod queue;
mod try_state;
pub mod types;
mod views;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::{Appeal, EraTaken, Record, Slash};
pub use weights::WeightInfo;

use polkadot_sdk::{
	frame_support::{self, traits::fungible},
	frame_system,
	sp_core::H256,
	sp_runtime,
	sp_staking::SessionIndex,
};
use quern_primitives::{ports, Balance, BlockNumber, ClassId, EraIndex, JobId, Parts, Scope, SlashCause, SlashId};

/// The target of the pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::slashing";

/// Tokens taken from somewhere and not yet put anywhere.
pub type CreditOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
/// A slash, as the pallet stores it.
pub type SlashOf<T> = Slash<<T as frame_system::Config>::AccountId>;

/// Eras, as the runtime counts them.
pub trait Eras {
	/// The era that runs now. Must never go back.
	fn current() -> EraIndex;
	/// The era of a session.
	fn of(session: SessionIndex) -> EraIndex;
}

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::OnUnbalanced};
	use frame_system::pallet_prelude::*;
	use sp_runtime::SaturatedConversion;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet needs of the runtime.
	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token. Bonds of appeals are held in it.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Balanced<Self::AccountId>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::BalancedHold<Self::AccountId>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// The stake that answers.
		type Stake: ports::SlashableStake<Self::AccountId, Credit = CreditOf<Self>>;
		/// Eras.
		type Era: Eras;
		/// Takes what is burned.
		type Burn: OnUnbalanced<CreditOf<Self>>;
		/// Who may reduce and void slashes and rule on appeals.
		type RulingOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// What an appeal holds of the operator, in planck.
		#[pallet::constant]
		type AppealBond: Get<Balance>;
		/// Eras after an offence's own in which it may still be slashed.
		#[pallet::constant]
		type ChallengeEras: Get<EraIndex>;
		/// Eras that a slash waits before it is executed, and in which it may be appealed.
		#[pallet::constant]
		type AppealEras: Get<EraIndex>;
		/// Eras that an appealed slash waits for a ruling.
		#[pallet::constant]
		type RulingEras: Get<EraIndex>;
		/// Eras reckoned with for execution, retries and the cap included. Stake's window has room for
		/// them; nothing is dropped when they are over.
		#[pallet::constant]
		type ExecutionEras: Get<EraIndex>;
		/// Blocks of a day, in which earnings, faults and jail are counted.
		#[pallet::constant]
		type BlocksPerDay: Get<BlockNumber>;
		/// What calls and hooks weigh.
		type WeightInfo: WeightInfo;
		/// Sets up stake for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// What the pallet holds on accounts.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The bonds of an operator's appeals, until they are ruled on or the slash is executed.
		Appeal,
	}

	/// Every slash that is not executed whole.
	#[pallet::storage]
	pub type Slashes<T: Config> = StorageMap<_, Twox64Concat, SlashId, SlashOf<T>>;

	/// The number of the next slash.
	#[pallet::storage]
	pub type NextSlashId<T> = StorageValue<_, SlashId, ValueQuery>;

	/// The queue: each slash of [`Slashes`] once, under its era. The second key is its number, most
	/// significant byte first, so that a smaller one comes first.
	#[pallet::storage]
	pub type Due<T> = StorageDoubleMap<_, Twox64Concat, EraIndex, Identity, [u8; 4], ()>;

	/// The first era that may list a slash. Never later than the present one.
	#[pallet::storage]
	pub type OldestDue<T> = StorageValue<_, EraIndex, ValueQuery>;

	/// Each operator's slashes of [`Slashes`].
	#[pallet::storage]
	pub type SlashesOf<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, SlashId, ()>;

	/// What compute slashes took in the latest era that came to any.
	#[pallet::storage]
	pub type Executed<T> = StorageValue<_, EraTaken>;

	/// How each operator does with its jobs.
	#[pallet::storage]
	pub type Records<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Record>;

	/// What happened. Amounts are in planck.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Stake was frozen for a slash.
		SlashProposed {
			/// The slash.
			id: SlashId,
			/// Who is to lose stake.
			operator: T::AccountId,
			/// What answers.
			scope: Scope,
			/// What for.
			cause: SlashCause,
			/// The session of the offence.
			session: SessionIndex,
			/// What was frozen.
			frozen: Parts,
			/// Hash of the evidence.
			evidence: H256,
			/// The era from which it is executed.
			due: EraIndex,
		},
		/// A slash was executed, or the part of it that fits the era's cap:
		/// `own + delegated == burned + to_victim + to_finder`.
		Slashed {
			/// The slash.
			id: SlashId,
			/// Who lost stake.
			operator: T::AccountId,
			/// Taken out of its own bond.
			own: Balance,
			/// Taken out of delegations.
			delegated: Balance,
			/// Burned, what victim and finder could not be paid included.
			burned: Balance,
			/// Paid to the victim.
			to_victim: Balance,
			/// Paid to the finder.
			to_finder: Balance,
			/// Due too, but no longer there, or no longer allocated: thawed.
			thawed: Balance,
			/// Still to be taken, in a later era.
			left: Balance,
		},
		/// The era's cap is used up: a slash waits, frozen.
		SlashCapped {
			/// The slash.
			id: SlashId,
			/// The era in which it is tried again.
			until: EraIndex,
		},
		/// A slash failed, was undone, and waits, frozen.
		SlashDelayed {
			/// The slash.
			id: SlashId,
			/// What failed.
			error: DispatchError,
			/// How often it failed so far.
			attempts: u32,
			/// The era in which it is tried again.
			until: EraIndex,
		},
		/// An operator appealed.
		SlashAppealed {
			/// The slash.
			id: SlashId,
			/// Hash of the reasons.
			reason: H256,
			/// What is held for the appeal.
			bond: Balance,
			/// The era from which the slash is executed if nobody rules.
			due: EraIndex,
		},
		/// A slash was reduced.
		SlashReduced {
			/// The slash.
			id: SlashId,
			/// Still to be taken.
			left: Parts,
			/// Given back.
			thawed: Parts,
		},
		/// A slash was voided.
		SlashVoided {
			/// The slash.
			id: SlashId,
			/// Given back.
			thawed: Parts,
		},
		/// An appeal was dismissed.
		AppealDismissed {
			/// The slash.
			id: SlashId,
			/// The era from which it is executed.
			due: EraIndex,
		},
		/// An appeal's bond went back to the operator.
		AppealBondReturned {
			/// The slash.
			id: SlashId,
			/// How much.
			amount: Balance,
		},
		/// An appeal's bond was burned.
		AppealBondForfeited {
			/// The slash.
			id: SlashId,
			/// How much.
			amount: Balance,
		},
		/// An operator did not do a job that it had acknowledged.
		FaultCounted {
			/// The operator.
			operator: T::AccountId,
			/// The job.
			job: JobId,
			/// Its faults in the window, this one included.
			faults: u32,
			/// The penalty; none if it earned nothing or has no own stake.
			penalty: Balance,
		},
		/// A fault lies so far back that its stake is not remembered: nothing is slashed for it.
		FaultIgnored {
			/// The operator.
			operator: T::AccountId,
			/// The job.
			job: JobId,
			/// The block of the offence.
			at: BlockNumber,
		},
		/// A fault could not be slashed. It counts and jails all the same.
		FaultNotSlashed {
			/// The operator.
			operator: T::AccountId,
			/// The job.
			job: JobId,
			/// Why.
			error: DispatchError,
		},
		/// What an operator left others to pay for could not be slashed.
		DefaultNotSlashed {
			/// The operator.
			operator: T::AccountId,
			/// The class in which it owed claims.
			class: ClassId,
			/// What others paid, or lack.
			lost: Balance,
			/// Why.
			error: DispatchError,
		},
		/// An operator was jailed, or its term was extended.
		Jailed {
			/// The operator.
			operator: T::AccountId,
			/// The block from which it may ask for its release.
			until: BlockNumber,
		},
		/// An operator left jail.
		Released {
			/// The operator.
			operator: T::AccountId,
		},
	}

	/// Why a call, or a slash, was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such slash, or no more.
		NotFound,
		/// Only the slash's operator may do that.
		NotAuthorized,
		/// A slash may be appealed once.
		AlreadyAppealed,
		/// The slash is due: it can no longer be appealed.
		TooLate,
		/// The jail term is not over.
		TooEarly,
		/// The offence lies too far back.
		TooLongAgo,
		/// The offence is of an era to come.
		InFuture,
		/// Nothing of the stake answers for that.
		NothingToSlash,
		/// A slash can be reduced only to less than is still to be taken.
		NotLess,
		/// There is no appeal to be ruled on.
		NoAppeal,
		/// The operator is not jailed.
		NotJailed,
		/// An amount does not fit.
		Overflow,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::drain_slice()
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			Self::drain_idle(remaining)
		}

		fn integrity_test() {
			Self::check_parameters();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				for line in broken {
					log::error!(target: LOG_TARGET, "{line}");
				}
				sp_runtime::TryRuntimeError::Other("invariants of slashes are broken")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Appeals against a slash. Its operator may, once, before it is due. The bond of appeals is
		/// held; the slash waits for a ruling, and is executed if there is none.
		///
		/// - `id`: the slash.
		/// - `reason`: hash of the reasons, which the operator hands to the council.
		///
		/// Event: [`Event::SlashAppealed`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::appeal())]
		pub fn appeal(origin: OriginFor<T>, id: SlashId, reason: H256) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_appeal(who, id, reason)
		}

		/// Reduces a slash, as long as it is not executed whole: delegations are given back first, then
		/// own bond. [`Config::RulingOrigin`] may. The bond of an appeal goes back to the operator.
		///
		/// - `id`: the slash.
		/// - `amount`: what is still to be taken, in planck: less than now, more than nothing.
		///
		/// Events: [`Event::SlashReduced`], [`Event::AppealBondReturned`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::reduce())]
		pub fn reduce(origin: OriginFor<T>, id: SlashId, amount: Balance) -> DispatchResult {
			T::RulingOrigin::ensure_origin(origin)?;
			Self::do_reduce(id, amount)
		}

		/// Voids a slash, or what of it is not executed: all is given back. [`Config::RulingOrigin`] may.
		/// The bond of an appeal goes back to the operator.
		///
		/// - `id`: the slash.
		///
		/// Events: [`Event::SlashVoided`], [`Event::AppealBondReturned`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::void())]
		pub fn void(origin: OriginFor<T>, id: SlashId) -> DispatchResult {
			T::RulingOrigin::ensure_origin(origin)?;
			Self::do_void(id)
		}

		/// Dismisses an appeal: its bond is burned, and the slash is due as if there had been none.
		/// [`Config::RulingOrigin`] may.
		///
		/// - `id`: the slash, appealed and not ruled on.
		///
		/// Events: [`Event::AppealDismissed`], [`Event::AppealBondForfeited`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::uphold())]
		pub fn uphold(origin: OriginFor<T>, id: SlashId) -> DispatchResult {
			T::RulingOrigin::ensure_origin(origin)?;
			Self::do_uphold(id)
		}

		/// Leaves jail. A jailed operator may, once its term is over.
		///
		/// Event: [`Event::Released`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::release())]
		pub fn release(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_release(who)
		}
	}

	impl<T: Config> Pallet<T> {
		/// Eras for which stake has to stay slashable after an offence's own: the four windows together.
		pub fn slash_window() -> EraIndex {
			// Saturating: `integrity_test` has seen the sum fit.
			T::ChallengeEras::get()
				.saturating_add(T::AppealEras::get())
				.saturating_add(T::RulingEras::get())
				.saturating_add(T::ExecutionEras::get())
		}

		/// The block that is being made.
		pub(crate) fn now() -> BlockNumber {
			frame_system::Pallet::<T>::block_number().saturated_into()
		}

		/// The day of the present block.
		pub(crate) fn today() -> u32 {
			Self::now() / T::BlocksPerDay::get().max(1)
		}
	}
}
