//! What a job is.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::ConstU32, BoundedVec},
	sp_core::H256,
};
use quern_primitives::{
	ports::{BondSize, Placement},
	Balance, BlockNumber, ClassId, ContentHash, Demand, GpuTime, NodeId, OrderId, Price, Runner,
};
use scale_info::TypeInfo;

use crate::{policy::MAX_DECLINES, sizes::Check};

/// When a job's work counts as done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Policy {
	/// When the client accepts it, or lets its window pass; a rejection goes to the arbiter.
	Accept,
}

impl Policy {
	/// How a cheat is caught.
	pub fn check(self) -> Check {
		match self {
			Self::Accept => Check::Consent,
		}
	}
}

/// A file that a provider fetches: where it lies, and what it must be.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Artifact {
	/// BLAKE2b-256 of its bytes.
	pub hash: ContentHash,
	/// Its size in bytes.
	pub size: u32,
	/// An `http://` or `https://` URL, in printable ASCII.
	pub location: BoundedVec<u8, ConstU32<256>>,
}

/// What is to be run.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct JobSpec {
	/// What runs the program.
	pub runner: Runner,
	/// The program.
	pub program: Artifact,
	/// Its input.
	pub input: Artifact,
	/// The most bytes of output that are kept.
	pub max_output: u32,
}

/// What becomes of claims that go back to the client.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum OnReturn {
	/// The client has them.
	#[default]
	Claims,
	/// The client has them, and they are offered in the market for one batch, for no less than the market's
	/// floor for sales that no person priced. What does not sell is the client's, as claims.
	Sell,
}

/// How a client pays, and how long it waits. A stored job's terms have the defaults filled in.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct JobTerms {
	/// Claims of the client's own to use, in milliseconds; the rest of the GPU time is bought.
	pub claims: GpuTime,
	/// The most GPU time that one batch may buy, in milliseconds; 2 % of the pool's claims if `None`. The market
	/// takes 0.1 % of them at least, or all that is to be bought.
	pub pace: Option<GpuTime>,
	/// Blocks after the request's own in which the bid stays in the market.
	pub bid_blocks: Option<BlockNumber>,
	/// Blocks that the client has to look at the result.
	pub accept_blocks: Option<BlockNumber>,
	/// What becomes of claims, bought or supplied, that come back at the end.
	pub on_return: OnReturn,
	/// The most that the congestion base fee of all the GPU time may be, in planck; whatever it is if `None`.
	pub max_base_fee: Option<Balance>,
}

/// What a run came to, as the provider states it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Outcome {
	/// The program ended; its output is there to fetch.
	Completed {
		/// BLAKE2b-256 of the output.
		output: ContentHash,
		/// The output's size in bytes.
		size: u32,
	},
	/// The program itself failed or ran past its limits.
	Trapped,
}

/// What the arbiter says of a disputed job.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Ruling {
	/// The work was done: the job settles.
	ForProvider,
	/// It was not: the job is faulted.
	ForClient,
}

/// Why a job was faulted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum FaultReason {
	/// The provider acknowledged, and submitted nothing by the deadline.
	RunDeadlineMissed,
	/// The arbiter ruled for the client.
	RuledForClient,
}

/// Why a job was refunded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RefundReason {
	/// The bid did not buy all the GPU time by its deadline, or was evicted.
	BidIncomplete,
	/// No provider could take the job by the deadline.
	NoProvider,
	/// As many operators as the bound declined it; a tenth of the fee is kept.
	Declined,
	/// As many draws as the bound were never acknowledged.
	NotAcknowledged,
}

/// Where a job stands. A `deadline` is the last block in which the call it waits for is in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum JobState {
	/// Its bid is in the market.
	Bidding {
		/// The bid; `None` once it has left the book and the refund is still to be made.
		order: Option<OrderId>,
		/// Last block whose batch the bid is part of.
		deadline: BlockNumber,
	},
	/// It has its GPU time and waits for the draw of a provider.
	Queued {
		/// The block in which it was committed to the draw, whose seed comes from later blocks.
		since: BlockNumber,
		/// Last block in which a provider may be drawn.
		deadline: BlockNumber,
	},
	/// A provider was drawn and has to acknowledge.
	Assigned {
		/// Last block to acknowledge or decline in.
		deadline: BlockNumber,
	},
	/// The provider has program and input and runs the job.
	Running {
		/// The block of the acknowledgement.
		started: BlockNumber,
		/// Last block to submit in.
		deadline: BlockNumber,
	},
	/// The provider submitted; the client may accept or reject.
	Submitted {
		/// What the run came to.
		outcome: Outcome,
		/// GPU time used, in milliseconds.
		used: GpuTime,
		/// The block of the submission.
		submitted: BlockNumber,
		/// Last block to reject in.
		deadline: BlockNumber,
	},
	/// The client rejected; the arbiter is to rule.
	Disputed {
		/// What the run came to.
		outcome: Outcome,
		/// GPU time used, in milliseconds.
		used: GpuTime,
		/// The block of the submission.
		submitted: BlockNumber,
		/// Last block to rule in.
		deadline: BlockNumber,
	},
	/// The provider was paid for what was used.
	Settled {
		/// What the run came to.
		outcome: Outcome,
		/// GPU time used, in milliseconds.
		used: GpuTime,
		/// The block it settled in.
		at: BlockNumber,
	},
	/// The provider failed; the client has its claims and its fee back.
	Faulted {
		/// Why.
		reason: FaultReason,
		/// What the provider had stated; `None` if it stated nothing.
		outcome: Option<Outcome>,
		/// The block of the offence: of the submission, or the last to submit in. Stake answers as of then.
		offence: BlockNumber,
		/// The block it was faulted in.
		at: BlockNumber,
	},
	/// It never ran; the client has its claims back, and its fee but for what three declines cost.
	Refunded {
		/// Why.
		reason: RefundReason,
		/// The block it was refunded in.
		at: BlockNumber,
	},
	/// The client called it off.
	Cancelled {
		/// The block it was cancelled in.
		at: BlockNumber,
	},
}

impl JobState {
	/// Whether a provider's node is set aside for the job.
	pub fn is_placed(&self) -> bool {
		matches!(
			self,
			Self::Assigned { .. } | Self::Running { .. } | Self::Submitted { .. } | Self::Disputed { .. }
		)
	}

	/// Whether nothing more happens to the job but that its record is dropped.
	pub fn is_finished(&self) -> bool {
		matches!(
			self,
			Self::Settled { .. } | Self::Faulted { .. } | Self::Refunded { .. } | Self::Cancelled { .. }
		)
	}
}

/// How a provider was drawn: enough for anyone to draw again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Draw {
	/// The seed: BLAKE2b-256 of `(DRAW_CONTEXT, job, block, randomness of that block)`, encoded.
	pub seed: H256,
	/// The block at whose start the draw was made.
	pub block: BlockNumber,
}

/// The provider and node that a job was given to.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Placed<AccountId> {
	/// The provider.
	pub provider: AccountId,
	/// Its node.
	pub node: NodeId,
	/// The draw that chose them.
	pub draw: Draw,
	/// What of the provider's stake is reserved while the job is open.
	pub bond: BondSize,
}

impl<AccountId: Clone> Placed<AccountId> {
	/// As the capacity's port names it.
	pub fn placement(&self) -> Placement<AccountId> {
		Placement {
			provider: self.provider.clone(),
			node: self.node,
		}
	}
}

/// A job: what was asked, where it stands, and its books, which always balance:
///
/// ```text
/// bid                 = paid + bid_returned + (what the market still holds, while Bidding)
/// fee_deposit         = fee_held + fee_charged + fee_released
/// base_deposit        = base_held + base_charged + base_released
/// supplied + bought   = claims_held + delivered + claims_returned
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Job<AccountId> {
	/// Who asked for it, and pays.
	pub client: AccountId,
	/// The hardware class.
	pub class: ClassId,
	/// Accelerators used at once.
	pub gpus: u32,
	/// Time on each accelerator, in milliseconds.
	pub duration: GpuTime,
	/// GPU time in all: `gpus × duration`, in milliseconds.
	pub gpu_time: GpuTime,
	/// The most that the GPU time bought may cost, market fee included, in planck.
	pub max_cost: Balance,
	/// When its work counts as done.
	pub policy: Policy,
	/// What is to be run.
	pub spec: JobSpec,
	/// How it pays and waits, defaults filled in.
	pub terms: JobTerms,
	/// The block of the request.
	pub requested_at: BlockNumber,
	/// Where it stands.
	pub state: JobState,
	/// The block of the due queue that the job is listed under.
	pub due: BlockNumber,
	/// Where it was last placed; kept when the job has finished, cleared when it goes back to the queue.
	pub placement: Option<Placed<AccountId>>,
	/// Providers that declined it, which are not drawn again.
	pub declined: BoundedVec<AccountId, ConstU32<MAX_DECLINES>>,
	/// Draws that were not acknowledged.
	pub misses: u32,
	/// Tokens handed to the market, in planck.
	pub bid: Balance,
	/// Tokens paid for claims bought, market fee included.
	pub paid: Balance,
	/// Tokens of the bid that came back to the client.
	pub bid_returned: Balance,
	/// The client's own claims that it put in.
	pub supplied: GpuTime,
	/// What those were worth at the request, in planck: the reference price times them, rounded up.
	pub supplied_value: Balance,
	/// Claims bought.
	pub bought: GpuTime,
	/// Claims in the escrow's account for this job.
	pub claims_held: GpuTime,
	/// Claims delivered to: burned, as GPU time used.
	pub delivered: GpuTime,
	/// Claims given to the client.
	pub claims_returned: GpuTime,
	/// Job fee held at the request: the fee on the most that the job can be worth.
	pub fee_deposit: Balance,
	/// Of it, still held.
	pub fee_held: Balance,
	/// Of it, charged and routed.
	pub fee_charged: Balance,
	/// Of it, released to the client.
	pub fee_released: Balance,
	/// The congestion base fee of its class at the request, in planck for a millisecond.
	pub base_rate: Price,
	/// Base fee held at the request: the rate times the GPU time, rounded up.
	pub base_deposit: Balance,
	/// Of it, still held.
	pub base_held: Balance,
	/// Of it, charged and burned.
	pub base_charged: Balance,
	/// Of it, released to the client.
	pub base_released: Balance,
}

impl<AccountId> Job<AccountId> {
	/// The job's price P so far: tokens paid, and the value of the claims supplied.
	pub fn price(&self) -> Balance {
		// Both are parts of an issuance that fits.
		self.paid.saturating_add(self.supplied_value)
	}

	/// GPU time that the job has by now, bought or supplied.
	pub fn obtained(&self) -> GpuTime {
		// Both are parts of an asset's supply that fits.
		self.bought.saturating_add(self.supplied)
	}

	/// Whether a provider was ever drawn for it. A job that goes back to the queue remembers why.
	pub fn was_placed(&self) -> bool {
		self.placement.is_some() || !self.declined.is_empty() || self.misses > 0
	}

	/// What it asks of a node.
	pub fn demand(&self) -> Demand {
		Demand {
			class: self.class,
			gpus: self.gpus,
			gpu_time: self.gpu_time,
		}
	}
}
