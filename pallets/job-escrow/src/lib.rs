//! # Jobs, from bid to settlement
//!
//! A client asks for GPU time of a class and a program to run on it ([`Pallet::request_job`]). The
//! pallet buys the time in the market, has a provider drawn that owes such time and is bonded for
//! it, and settles: the provider delivers, the fee on the used part is routed, the rest goes back.
//! The life of a job is the pure function [`transition::transition`], its diagram above it.
//!
//! ## Money
//!
//! - **Tokens of the bid** (`max_cost`) go to the market with the order and come back from there.
//! - **Claims**, the client's own and those bought, lie in the pallet's account ([`Pallet::account_id`])
//!   until they are delivered (burned against the provider's obligation) or returned.
//! - **The congestion base fee**, [`Config::Congestion`]'s rate at the request times the GPU time, is held
//!   beside it under its own reason. Its rate is locked for the job, whatever demand does meanwhile; of the
//!   deposit, the rate times the part used is burned at settlement, and the rest released. Nobody gets it, so
//!   nobody gains by congestion, and a job that ends in any other way pays none of it. A client that quoted
//!   it before says with [`JobTerms::max_base_fee`] what it may have become by the request.
//! - **The job fee**, 6 % of `P = tokens paid + reference price × claims supplied`, is held on the
//!   client's account for the largest P possible, trimmed when the bid has completed, charged on the
//!   used part at settlement, released otherwise.
//!
//! What a job takes in is paid, burned, given back or held for it, each planck and each claim. It carries
//! these books ([`Job`]); `do_try_state` checks that they balance and that the
//! holds and the account cover their sums.
//!
//! ## Claims that come back
//!
//! What a job did not use, or all of it where the job ended otherwise, goes to the client as claims. If it
//! chose [`OnReturn::Sell`], they are then offered in the market as an order of the client's own, in one batch
//! and for at least the market's [`sale_floor`](quern_primitives::ports::Market::sale_floor), which no trade
//! of a block or two moves far. That order is a courtesy: where it cannot be placed (the class is paused, its
//! book is full, the sale too small) the claims stay with the client, [`Event::ReturnNotOffered`] says why,
//! and the job ends all the same. The market may not be called while it clears, so a bid that closes
//! incomplete in a clearing, with claims to sell, waits for the due queue's next step, a block later; the
//! sale is then part of that step.
//!
//! ## What counts as sold
//!
//! The market's measure of congestion hears of a job's GPU time when a provider is drawn for it the first
//! time, and never again. Not with the bid or the request: those can be called off for nothing, and an order
//! that is never meant to run would then raise everyone's base fee. From the draw on the client cannot call
//! the job off, and a provider has node, obligation and bond set aside for it.
//!
//! ## Time
//!
//! Every state has a deadline, and each job is listed once in the queue [`Due`], under the block that
//! looks at it next. [`DueCursor`] drains the queue in order, a bounded slice at the start of each
//! block and more where a block has room left: a full block delays the rest, it never loses them.
//! Where a job cannot be listed under the block it should be, it stays where it is and is looked at
//! there; where a step fails, all of it is undone, [`Event::JobDelayed`] says why, and the job is
//! looked at again later, so that no job stops the others. Jobs whose bids the market closed are looked
//! at before, in the block that closed them as far as they fit. Timeliness is never a matter of the queue:
//! a call is judged by its own block against the deadline stored.
//!
//! ## The draw
//!
//! A job is committed to the draw in block N and drawn at the start of a block M from N + 2 on, with
//! a seed made of the VRF output of block M - 1 ([`types::Draw`]). Draws are made at the start of
//! blocks only: later in a block the seed is known, and weights could be moved to fit it.
//!
//! ## Bond and conduct
//!
//! A job is given only to a provider that is not jailed and has free what [`sizes`] says, of its own bond
//! and of what it allocated to the class; both are reserved until the job is over ([`types::Placed`]), so
//! that no planck answers for two jobs. That is also where it says why honest work then beats cheating,
//! and where it would not.
//!
//! The provider is liable from its acknowledgement on. What came of it is told through
//! [`Config::Conduct`]: a settlement with what it earned; a run that was not submitted in time; a result
//! that the arbiter found wrong. A fault gives the client everything back and releases the bond; the slash
//! is the queue's, computed on the stake as it lay in the block of the offence. That is the block of the
//! submission, or the last one to submit in, however late the client, the arbiter or the due queue came
//! to it. A fault is found at most [`Config::MaxAcceptBlocks`] and [`Config::ArbitrationBlocks`] after it,
//! which is to lie within the window in which stake answers ([`Config::ChallengeBlocks`]).
//!
//! ## What this version does not do
//!
//! A missed acknowledgement costs the provider nothing but one of the three draws. The node stays set
//! aside until the job settles, also while the client looks at the result, since the obligation has to.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod dispatchables;
mod hooks;
mod market;
mod money;
pub mod policy;
mod queue;
pub mod sizes;
pub mod transition;
mod try_state;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	Artifact, Draw, FaultReason, Job, JobSpec, JobState, JobTerms, OnReturn, Outcome, Placed, Policy, RefundReason,
	Ruling,
};
pub use weights::WeightInfo;

use polkadot_sdk::{
	frame_support::{self, traits::fungible, PalletId},
	frame_system, sp_runtime,
};
use quern_primitives::{Balance, BlockNumber, ClassId, GpuTime, JobId, NodeId, OrderId};

/// The target of the pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::job-escrow";

/// A credit of the pallet's currency: what a charged fee is handed on as.
pub type CreditOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;
/// A job, as the pallet stores it.
pub type JobOf<T> = Job<<T as frame_system::Config>::AccountId>;

/// What benchmarks need of the other pallets.
#[cfg(feature = "runtime-benchmarks")]
pub trait BenchmarkHelper<AccountId> {
	/// Readies a class that is congested, so that its base fee is above zero, with a pool whose claims are at
	/// least a hundred times `gpu_time` and in which the client's claims can be sold; gives `client`
	/// tokens for any job and `gpu_time` claims, which `provider` owes; gives `provider` a free node of
	/// one accelerator, enough free own bond, and enough stake allocated to the class, which answers for
	/// offences in block 1; and [`Config::Randomness`] a seed. As much as may be hangs on the provider's stake
	/// and book. Returns class and node.
	fn prepare(client: &AccountId, provider: &AccountId, gpu_time: GpuTime) -> (ClassId, NodeId);
	/// Begins another session: the next change of an operator's stake is its first there, before which its state
	/// is written down.
	fn pass_session();
}

// The enum of the calls is FRAME's: the request of a job is larger than the others by what describes the job.
#[allow(clippy::large_enum_variant)]
#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungibles, OnUnbalanced, Randomness},
	};
	use frame_system::pallet_prelude::*;
	use quern_primitives::ports;
	use sp_runtime::{Perbill, SaturatedConversion};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet needs of the runtime.
	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token; job fees and base fees are held in it.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>
			+ fungible::BalancedHold<Self::AccountId>;
		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;
		/// Claims on GPU time, by class.
		type Claims: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = GpuTime>
			+ fungibles::Mutate<Self::AccountId>;
		/// Where GPU time is bought. Its own hook is to run before this pallet's.
		type Market: ports::Market<Self::AccountId>;
		/// Providers' capacity.
		type Capacity: ports::Capacity<Self::AccountId>;
		/// Operators' stake, of which open jobs reserve what [`sizes`] says.
		type Bonds: ports::Bonds<Self::AccountId>;
		/// Who hears of deliveries and faults, and knows who is jailed.
		type Conduct: ports::Conduct<Self::AccountId>;
		/// What whoever finds a fault gets of what the operator's own bond pays for it.
		#[pallet::constant]
		type FinderShare: Get<Perbill>;
		/// Where charged job fees go.
		type JobFee: OnUnbalanced<CreditOf<Self>>;
		/// How scarce a class's GPU time is: gives the base fee, and hears of what jobs take.
		type Congestion: ports::Congestion;
		/// Burns the base fees charged.
		type BaseFee: OnUnbalanced<CreditOf<Self>>;
		/// The books of what jobs were worth.
		type Ledger: ports::Ledger;
		/// The VRF output of the parent block, for draws; `None` where the parent had none.
		type Randomness: Randomness<Option<Self::Hash>, BlockNumberFor<Self>>;
		/// Who rules on disputed jobs.
		type ArbiterOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Gives the account in which jobs' claims lie.
		#[pallet::constant]
		type PalletId: Get<PalletId>;
		/// Jobs that one block of the due queue lists.
		#[pallet::constant]
		type MaxDuePerBlock: Get<u32>;
		/// Jobs that one node has at once: at least the accelerators of the largest node.
		#[pallet::constant]
		type MaxJobsPerNode: Get<u32>;
		/// Blocks that a node has to acknowledge or decline.
		#[pallet::constant]
		type AckBlocks: Get<BlockNumber>;
		/// Blocks on top of a job's duration, to fetch its files and to submit.
		#[pallet::constant]
		type GraceBlocks: Get<BlockNumber>;
		/// Blocks that a bid stays in the market if the client does not say.
		#[pallet::constant]
		type DefaultBidBlocks: Get<BlockNumber>;
		/// The most blocks that a bid may stay in the market.
		#[pallet::constant]
		type MaxBidBlocks: Get<BlockNumber>;
		/// Blocks in which a provider is looked for.
		#[pallet::constant]
		type AssignBlocks: Get<BlockNumber>;
		/// Blocks that the client has to look at a result if it does not say.
		#[pallet::constant]
		type DefaultAcceptBlocks: Get<BlockNumber>;
		/// The most blocks that a client may take to look at a result.
		#[pallet::constant]
		type MaxAcceptBlocks: Get<BlockNumber>;
		/// Blocks that the arbiter has to rule.
		#[pallet::constant]
		type ArbitrationBlocks: Get<BlockNumber>;
		/// Blocks after an offence in which stake answers for it.
		#[pallet::constant]
		type ChallengeBlocks: Get<BlockNumber>;
		/// Blocks for which the record of a finished job is kept.
		#[pallet::constant]
		type KeepBlocks: Get<BlockNumber>;
		/// The longest that a job may run, in milliseconds.
		#[pallet::constant]
		type MaxDuration: Get<GpuTime>;
		/// The largest output, in bytes.
		#[pallet::constant]
		type MaxOutput: Get<u32>;
		/// The largest program or input, in bytes.
		#[pallet::constant]
		type MaxArtifact: Get<u32>;
		/// What calls and hooks weigh.
		type WeightInfo: WeightInfo;
		/// Sets up the other pallets for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// What the pallet holds on accounts.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// The fee of a client's jobs, until they have finished.
		JobFee,
		/// The congestion base fee of a client's jobs, until they have finished.
		BaseFee,
	}

	/// Every job, until its record is dropped.
	#[pallet::storage]
	pub type Jobs<T: Config> = StorageMap<_, Blake2_128Concat, JobId, JobOf<T>>;

	/// The number of the next job.
	#[pallet::storage]
	pub type NextJobId<T> = StorageValue<_, JobId, ValueQuery>;

	/// The jobs that a node was given and that have not finished.
	#[pallet::storage]
	pub type JobsOfNode<T: Config> =
		StorageMap<_, Blake2_128Concat, NodeId, BoundedVec<JobId, T::MaxJobsPerNode>, ValueQuery>;

	/// By block, the jobs to look at then; each job is listed exactly once.
	#[pallet::storage]
	pub type Due<T: Config> =
		StorageMap<_, Twox64Concat, BlockNumber, BoundedVec<JobId, T::MaxDuePerBlock>, ValueQuery>;

	/// Jobs whose bids the market closed, in that order, until it has been seen what follows. Each is listed in
	/// [`Due`] as well.
	#[pallet::storage]
	pub type ClosedBids<T> = StorageValue<_, BoundedVec<JobId, ConstU32<{ policy::MAX_CLOSED_BIDS }>>, ValueQuery>;

	/// The block of [`Due`] that is drained next: all before it are empty.
	#[pallet::storage]
	pub type DueCursor<T> = StorageValue<_, BlockNumber, ValueQuery>;

	/// What happened. Tokens are in planck, GPU time and claims in milliseconds.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A client asked for a job.
		JobRequested {
			/// The job.
			job: JobId,
			/// Who asked.
			client: T::AccountId,
			/// The hardware class.
			class: ClassId,
			/// GPU time in all.
			gpu_time: GpuTime,
			/// The most that its bid may cost.
			max_cost: Balance,
		},
		/// A part of a job's bid bought claims.
		BidFilled {
			/// The job.
			job: JobId,
			/// Claims bought.
			gpu_time: GpuTime,
			/// Tokens paid, market fee included.
			tokens: Balance,
		},
		/// A job has its GPU time and waits for a provider.
		JobQueued {
			/// The job.
			job: JobId,
		},
		/// A provider was drawn.
		JobAssigned {
			/// The job.
			job: JobId,
			/// The provider.
			provider: T::AccountId,
			/// Its node.
			node: NodeId,
		},
		/// The node took the job and runs it.
		JobAcknowledged {
			/// The job.
			job: JobId,
			/// The node.
			node: NodeId,
		},
		/// The node did not take the job.
		JobDeclined {
			/// The job.
			job: JobId,
			/// The provider.
			provider: T::AccountId,
			/// The node.
			node: NodeId,
		},
		/// The node let its window to acknowledge pass.
		AcknowledgementMissed {
			/// The job.
			job: JobId,
			/// The provider.
			provider: T::AccountId,
			/// The node.
			node: NodeId,
		},
		/// The node stated a result.
		JobSubmitted {
			/// The job.
			job: JobId,
			/// What the run came to.
			outcome: Outcome,
			/// GPU time used.
			used: GpuTime,
		},
		/// The client took the result.
		JobAccepted {
			/// The job.
			job: JobId,
		},
		/// The client contested the result.
		JobRejected {
			/// The job.
			job: JobId,
		},
		/// The provider delivered and the fee was charged.
		JobSettled {
			/// The job.
			job: JobId,
			/// The provider.
			provider: T::AccountId,
			/// GPU time used.
			used: GpuTime,
			/// What that was worth of the job's price.
			revenue: Balance,
			/// The job fee charged.
			fee: Balance,
			/// Proceeds released to the provider.
			released: Balance,
			/// The congestion base fee charged, and burned.
			base_fee: Balance,
		},
		/// The provider failed: claims and fee went back to the client.
		JobFaulted {
			/// The job.
			job: JobId,
			/// Why.
			reason: FaultReason,
		},
		/// The job never ran: claims and fee went back to the client.
		JobRefunded {
			/// The job.
			job: JobId,
			/// Why.
			reason: RefundReason,
			/// What of the job fee was charged.
			fee: Balance,
		},
		/// The client called the job off: claims and fee went back to it.
		JobCancelled {
			/// The job.
			job: JobId,
		},
		/// A step of a job's life failed and was undone; it is tried again later.
		JobDelayed {
			/// The job.
			job: JobId,
			/// What failed.
			error: DispatchError,
		},
		/// The record of a finished job was dropped.
		JobPruned {
			/// The job.
			job: JobId,
		},
		/// Claims that went back to a job's client are offered in the market, as the client chose.
		ReturnOffered {
			/// The job.
			job: JobId,
			/// The client's order.
			order: OrderId,
			/// Claims offered.
			gpu_time: GpuTime,
			/// The least that they sell for, all together.
			limit: Balance,
		},
		/// Claims that went back to a job's client could not be offered: it has them as claims.
		ReturnNotOffered {
			/// The job.
			job: JobId,
			/// The claims.
			gpu_time: GpuTime,
			/// Why.
			error: DispatchError,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such job, or no more.
		NotFound,
		/// Only the job's client may do that.
		NotClient,
		/// Only the job's node, or its provider, may do that.
		NotOfNode,
		/// The job's state does not allow it.
		WrongState,
		/// The state's deadline has not passed yet.
		TooEarly,
		/// The deadline has passed.
		TooLate,
		/// The class does not exist or takes no new jobs.
		ClassNotOpen,
		/// The class has no pool to buy in or to value claims by.
		NoPool,
		/// A job needs at least one accelerator for at least a millisecond.
		NoGpuTime,
		/// The job would run for longer than jobs may.
		DurationTooLong,
		/// GPU time is to be bought and the most it may cost is zero.
		NothingOffered,
		/// The client wants to supply more claims than the job uses.
		TooManyClaims,
		/// The client does not have the claims it wants to supply.
		NotEnoughClaims,
		/// At that pace the bid cannot buy the GPU time in its blocks: raise `pace` or `bid_blocks`.
		PaceTooSlow,
		/// The bid would stay in the market for longer than bids may.
		BidTooLong,
		/// The window to accept is zero or longer than it may be.
		BadAcceptWindow,
		/// Program or input is larger than it may be.
		ArtifactTooLarge,
		/// A location is no `http://` or `https://` URL in printable ASCII.
		BadLocation,
		/// The output is larger than it may be, or larger than the job asked for.
		OutputTooLarge,
		/// More GPU time than the job has, or than has passed since the acknowledgement.
		UsedTooMuch,
		/// The node has as many jobs as it may.
		TooManyJobsOfNode,
		/// The due queue is full around the bid's deadline; another number of blocks may do.
		QueueFull,
		/// An amount does not fit.
		Overflow,
		/// The job's state and its records disagree: a broken invariant.
		Inconsistent,
		/// The congestion base fee of the job is more than the client would pay.
		BaseFeeTooHigh,
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
			assert!(T::MaxDuePerBlock::get() > 0, "the due queue lists nothing");
			assert!(T::MaxJobsPerNode::get() > 0, "nodes take no job");
			assert!(T::AckBlocks::get() > 0, "nobody can acknowledge in time");
			assert!(
				T::AssignBlocks::get() >= policy::DRAW_DELAY,
				"no draw comes before the deadline to assign"
			);
			assert!(
				T::DefaultBidBlocks::get() <= T::MaxBidBlocks::get(),
				"the default bid is too long"
			);
			assert!(
				T::DefaultAcceptBlocks::get() > 0,
				"the default window to accept is empty"
			);
			assert!(
				T::DefaultAcceptBlocks::get() <= T::MaxAcceptBlocks::get(),
				"the default window is too long"
			);
			assert!(T::MaxDuration::get() > 0, "no job is short enough");
			let found_within = T::MaxAcceptBlocks::get().checked_add(T::ArbitrationBlocks::get());
			assert!(
				found_within.is_some_and(|blocks| blocks <= T::ChallengeBlocks::get()),
				"a fault may be found when stake no longer answers for it"
			);
			assert!(
				sizes::all_acceptable(T::FinderShare::get()),
				"cheating may pay more than honest work"
			);
			let slice = T::WeightInfo::drain_base()
				.saturating_add(T::WeightInfo::drain_closed(policy::MAX_CLOSED_BIDS))
				.saturating_add(Self::step_weight(hooks::Moment::Idle).saturating_mul(policy::CLOSED_PER_SLICE.into()))
				.saturating_add(Self::step_weight(hooks::Moment::Start).saturating_mul(policy::JOBS_PER_SLICE.into()));
			let block = T::BlockWeights::get().max_block;
			assert!(
				slice.all_lte(block.saturating_div(4)),
				"the slice of due jobs takes more than a quarter of a block"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				for line in broken {
					log::error!(target: LOG_TARGET, "{line}");
				}
				sp_runtime::TryRuntimeError::Other("invariants of jobs are broken")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Asks for a job: `gpus × duration` of GPU time, a program and its input. Anyone may; the
		/// caller becomes the job's client.
		///
		/// Takes `terms.claims` of the client's own claims. Bids for the rest in the market, where
		/// `max_cost` waits until the bid has filled or its blocks are over; what it did not cost
		/// comes back then. Holds the job fee: 6 % of the most that the job can be worth, that is of
		/// `max_cost` and the claims supplied at the reference price. Holds the congestion base fee of all
		/// the GPU time, at the rate of now. Where nothing is to be bought `max_cost` is not taken and the
		/// job is queued at once.
		///
		/// - `class`: the hardware class.
		/// - `gpus`: accelerators used at once.
		/// - `duration`: milliseconds on each of them.
		/// - `max_cost`: the most that the claims bought may cost in all, market fee included, in planck.
		/// - `policy`: when the work counts as done.
		/// - `spec`: what to run; sizes in bytes.
		/// - `terms`: claims to supply, pace of the bid, windows in blocks, what becomes of claims that come
		///   back, the most that the base fee may be.
		///
		/// Event: [`Event::JobRequested`]. `PaceTooSlow`: with 2 % of the pool's claims a batch, as the
		/// default is, the bid could not buy it all in its blocks even if every batch filled.
		/// `BaseFeeTooHigh`: it rose above `terms.max_base_fee`. Refusals of the market pass through.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::request_job().saturating_add(Pallet::<T>::bid_weight(*gpus, *duration, terms)))]
		pub fn request_job(
			origin: OriginFor<T>,
			class: ClassId,
			gpus: u32,
			duration: GpuTime,
			max_cost: Balance,
			policy: Policy,
			spec: JobSpec,
			terms: JobTerms,
		) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_request_job(client, class, gpus, duration, max_cost, policy, spec, terms)?;
			Ok(())
		}

		/// Calls off a job that has no provider yet. Only its client may.
		///
		/// Takes the bid out of the market; claims bought or supplied, what is left of `max_cost`, and
		/// the whole job fee go to the client.
		///
		/// - `job`: the job, bidding or queued.
		///
		/// Event: [`Event::JobCancelled`]. Refusals of the market pass through: a bid is bound to its first batch,
		/// unless the class's orders are paused.
		#[pallet::call_index(1)]
		#[pallet::weight(
			T::WeightInfo::cancel()
				.saturating_add(Pallet::<T>::withdrawal_weight())
				.saturating_add(Pallet::<T>::offer_weight())
		)]
		pub fn cancel(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_cancel(client, job)
		}

		/// Takes a job that the node was drawn for: program and input are held and match their hashes.
		/// The node's key or its provider may, until the deadline. From here on the provider is liable.
		///
		/// - `job`: the job, assigned to the node.
		///
		/// Event: [`Event::JobAcknowledged`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::acknowledge())]
		pub fn acknowledge(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_acknowledge(who, job)
		}

		/// Leaves a job that the node was drawn for to another provider. The node's key or its provider
		/// may, until the deadline to acknowledge. The provider is not drawn for it again.
		///
		/// After the third provider the job is refunded, but for a tenth of the job fee.
		///
		/// - `job`: the job, assigned to the node.
		///
		/// Event: [`Event::JobDeclined`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::decline().saturating_add(Pallet::<T>::offer_weight()))]
		pub fn decline(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_decline(who, job)
		}

		/// States what a job came to. The node's key or its provider may, until the run's deadline.
		///
		/// - `job`: the job, running on the node.
		/// - `outcome`: the output's hash and size, or that the program failed.
		/// - `used`: GPU time used, in milliseconds: at most the job's, and at most what its accelerators
		///   can have worked since the acknowledgement.
		///
		/// Event: [`Event::JobSubmitted`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::submit())]
		pub fn submit(origin: OriginFor<T>, job: JobId, outcome: Outcome, used: GpuTime) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_submit(who, job, outcome, used)
		}

		/// Takes a job's result, so that it settles now and not when the window has passed. Only the
		/// client may.
		///
		/// The provider's proceeds for the GPU time used are released; job fee and base fee on that part
		/// are charged, the rest of them released; claims not used go to the client.
		///
		/// - `job`: the job, submitted.
		///
		/// Events: [`Event::JobAccepted`], [`Event::JobSettled`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::accept().saturating_add(Pallet::<T>::offer_weight()))]
		pub fn accept(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_accept(client, job)
		}

		/// Contests a job's result, so that the arbiter rules on it. Only the client may, until the
		/// window has passed. If nobody rules in time the job settles for the provider.
		///
		/// - `job`: the job, submitted.
		///
		/// Event: [`Event::JobRejected`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::reject())]
		pub fn reject(origin: OriginFor<T>, job: JobId) -> DispatchResult {
			let client = ensure_signed(origin)?;
			Self::do_reject(client, job)
		}

		/// Rules on a contested job, until the deadline to rule. Only the arbiter may.
		///
		/// - `job`: the job, disputed.
		/// - `ruling`: for the provider, and it settles; or for the client, who gets all claims and the
		///   fee back, while the provider's stake answers for the wrong result.
		///
		/// Event: [`Event::JobSettled`] or [`Event::JobFaulted`].
		#[pallet::call_index(7)]
		#[pallet::weight(
			T::WeightInfo::arbitrate()
				.max(T::WeightInfo::accept())
				.saturating_add(Pallet::<T>::offer_weight())
		)]
		pub fn arbitrate(origin: OriginFor<T>, job: JobId, ruling: Ruling) -> DispatchResult {
			T::ArbiterOrigin::ensure_origin(origin)?;
			Self::do_arbitrate(job, ruling)
		}
	}

	impl<T: Config> Pallet<T> {
		/// The block that is being made.
		pub(crate) fn now() -> BlockNumber {
			frame_system::Pallet::<T>::block_number().saturated_into()
		}
	}
}
