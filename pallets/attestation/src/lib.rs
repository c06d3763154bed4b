//! # Attestation
//!
//! Validators see for themselves, minute by minute, which GPU nodes serve. What they saw decides
//! what a node may sell.
//!
//! ## A period
//!
//! The chain's blocks are cut into periods of one minute. In a period's first block the round is
//! frozen: the nodes to attest, the attestors (the session's validators), and a seed. From these
//! alone follows which attestors poll which node (see [`assignment`]): at most seven each, drawn
//! anew every period, never the node's own operator.
//!
//! Each attestor's off-chain worker (see [`worker`]) asks its nodes for a signed statement over a
//! nonce that is the attestor's own, and sends one feeless [`report`](Pallet::report), signed with
//! its session key. Two thirds of a node's attestors make a quorum: that many valid statements and
//! the node was served, that many misses and it was missed. The verdict is told to [`Config::Nodes`]
//! the moment its quorum is there. Reports count in their own period alone; nodes that are undecided
//! when the next one begins are unknown: nothing earned, nothing held against them.
//!
//! When a period is over, [`Config::Duties`] hears how many of each attestor's observations agreed with
//! the quorum's verdict, those that came after it included. What was seen of a node that no quorum
//! decided counts for nobody.
//!
//! ## What a hostile party cannot do
//!
//! - *A node* cannot answer with another's, an older or a foreign statement: chain, period, node
//!   and, through the nonce, the attestor are in the signed bytes. A worker checks an answer exactly
//!   as the chain will, so a node cannot spoil the report of an honest attestor.
//! - *A validator* cannot invent a statement. A bad one that it reports counts as nothing for that
//!   node, neither served nor missed, and is announced by [`Event::CheckRefused`]; the rest of the
//!   report stands. Refusing the report whole would let its sender fill blocks with feeless failures,
//!   since a failed call leaves no trace that it has reported; so an authorised report always counts
//!   as the attestor's one report of the period. Leaving nodes out gains as little.
//! - *An outsider* cannot report at all: membership, signature, period and assignment are checked
//!   before a report enters the pool, the cheap checks first.
//! - *Another fork's* reports do not fit: each names the hash of its period's first block.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod assignment;
pub mod check;
mod dispatchables;
mod fetch;
mod hooks;
pub mod policy;
mod try_state;
pub mod types;
pub mod weights;
pub mod worker;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use alloc::{string::String, vec::Vec};
use polkadot_sdk::{
	frame_support::{self, dispatch::DispatchClass, pallet_prelude::*, traits::Randomness},
	frame_system::{self, offchain::CreateAuthorizedTransaction, pallet_prelude::*},
	sp_core::H256,
	sp_runtime::{
		traits::{SaturatedConversion, Zero},
		BoundedVec,
	},
};
use quern_primitives::{
	attestation::{AttestorId, AttestorSignature},
	ports::{Duties, Nodes},
	BlockNumber, NodeId, Period,
};

/// Where this pallet logs, on-chain code and off-chain worker alike.
pub(crate) const LOG_TARGET: &str = "quern::attestation";

#[frame_support::pallet]
pub mod pallet {
	use super::*;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// The runtime's transaction extensions must include `frame_system::AuthorizeCall`.
	#[pallet::config]
	pub trait Config:
		CreateAuthorizedTransaction<Call<Self>> + polkadot_sdk::frame_system::Config<Hash = H256>
	{
		/// The nodes to attest, and who hears the verdicts.
		type Nodes: Nodes<Self::AccountId>;

		/// Hears, once a period, how many of an attestor's observations agreed with the quorum.
		type Duties: Duties<Self::AccountId>;

		/// Whether this is a development chain: fewer than four attestors suffice, and nodes may
		/// answer on private addresses. Fixed at genesis.
		type Devnet: Get<bool>;

		/// What a period's seed is drawn from, in the period's first block.
		type Randomness: Randomness<H256, BlockNumberFor<Self>>;

		/// The most attestors of a session: at least the most validators that it may have.
		#[pallet::constant]
		type MaxAttestors: Get<u32>;

		/// The most nodes attested in a period: at least the most that [`Config::Nodes`] names.
		#[pallet::constant]
		type MaxNodes: Get<u32>;

		/// The most nodes that one report speaks of: at least [`Config::MaxNodes`], since with few
		/// validators one attestor polls every node.
		#[pallet::constant]
		type MaxNodesPerReport: Get<u32>;

		/// Weights of the call, its authorisation, and a period's first block.
		type WeightInfo: WeightInfo;

		/// Sets up what the benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// The session's validators with their attestation keys, in the session's order.
	#[pallet::storage]
	pub type Attestors<T: Config> =
		StorageValue<_, BoundedVec<(T::AccountId, AttestorId), T::MaxAttestors>, ValueQuery>;

	/// What was frozen at the start of a period. The last two periods are kept.
	#[pallet::storage]
	pub type Rounds<T: Config> = StorageMap<_, Twox64Concat, Period, Round<T>>;

	/// What was reported of each of the round's nodes, in the round's order. Kept as long as the round.
	#[pallet::storage]
	pub type Tallies<T: Config> = StorageMap<_, Twox64Concat, Period, BoundedVec<Tally, T::MaxNodes>, ValueQuery>;

	/// Which of the round's attestors have reported, ascending. Kept as long as the round.
	#[pallet::storage]
	pub type Reporters<T: Config> =
		StorageMap<_, Twox64Concat, Period, BoundedVec<AttestorIndex, T::MaxAttestors>, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An attestor's report of a period counts.
		Reported {
			/// The validator.
			attestor: T::AccountId,
			/// The period.
			period: Period,
		},
		/// A report held a statement that does not prove what it should. It counts as no
		/// observation of that node; the rest of the report stands.
		CheckRefused {
			/// The validator that reported it.
			attestor: T::AccountId,
			/// The node it was reported of.
			node: NodeId,
			/// The period.
			period: Period,
			/// What is wrong with it.
			flaw: Flaw,
		},
		/// A quorum got the node's valid answer.
		NodeServed {
			/// The node.
			node: NodeId,
			/// The period.
			period: Period,
		},
		/// A quorum got none.
		NodeMissed {
			/// The node.
			node: NodeId,
			/// The period.
			period: Period,
		},
		/// The period ended with no quorum.
		NodeUnknown {
			/// The node.
			node: NodeId,
			/// The period.
			period: Period,
		},
	}

	/// Why a report is refused. The pool says `Stale` for [`Error::TooLate`] and
	/// [`Error::AlreadyReported`], `Future` for [`Error::TooEarly`], `BadProof` for
	/// [`Error::BadSignature`], and `Custom` with the error's index for the others.
	#[pallet::error]
	pub enum Error<T> {
		/// The report's period is over.
		TooLate,
		/// The report's period has not begun, or its first block is not known yet.
		TooEarly,
		/// The period has no round.
		NotFound,
		/// The report was made on another fork: it names another first block of the period.
		AnotherFork,
		/// The round has no attestor of that index.
		NotAuthorized,
		/// The attestor has reported in this period.
		AlreadyReported,
		/// The signature is not the attestor's over this report, on this chain.
		BadSignature,
		/// The report speaks of no node.
		NothingObserved,
		/// The report's nodes are not in strictly ascending order.
		NotAscending,
		/// The report speaks of a node that is not assigned to the attestor.
		NotAssigned,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(now: BlockNumberFor<T>) -> Weight {
			let now: BlockNumber = now.saturated_into();
			if policy::offset(now).is_zero() {
				Self::start_period(policy::period(now))
			} else {
				// Nothing was read: a period's other blocks are known by their number.
				Weight::zero()
			}
		}

		fn offchain_worker(now: BlockNumberFor<T>) {
			Self::attest_local(now.saturated_into());
		}

		fn integrity_test() {
			Self::check_config();
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				for line in &broken {
					log::error!(target: LOG_TARGET, "{line}");
				}
				"attestation: invariants are broken, see the log".into()
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Reports what an attestor saw of the nodes assigned to it, once per period and feeless.
		///
		/// Sent by validators' off-chain workers as an authorised transaction; a signed one is
		/// refused. Each observation counts towards its node's quorum, and a quorum's verdict is told
		/// at once. A statement that proves nothing counts as no observation.
		///
		/// - `report`: the period, the hash of its first block, the attestor's index in the frozen
		///   list, and what it saw of each node, by ascending node.
		/// - `signature`: the attestation key's, over [`Report::signed_bytes`].
		///
		/// Nothing is held or paid. Emits [`Event::Reported`], [`Event::CheckRefused`] for each bad
		/// statement, and [`Event::NodeServed`] or [`Event::NodeMissed`] for each node decided.
		#[pallet::call_index(0)]
		#[pallet::weight((T::WeightInfo::report(report.observations.len() as u32), DispatchClass::Operational))]
		#[pallet::weight_of_authorize(T::WeightInfo::authorize_report(report.observations.len() as u32))]
		#[pallet::authorize(Self::authorize_report)]
		pub fn report(
			origin: OriginFor<T>,
			report: Report<T>,
			// Verified when the call was authorised.
			_signature: AttestorSignature,
		) -> DispatchResult {
			ensure_authorized(origin)?;
			Self::do_report(report)
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The block being built, or run.
	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// The hash of the chain's first block, which every signature of this pallet is bound to.
	pub(crate) fn genesis_hash() -> H256 {
		frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero())
	}

	/// Whether every invariant holds; all that do not, in words.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let broken = Self::broken_invariants();
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}
}
