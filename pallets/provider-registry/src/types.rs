//! What the registry stores.

use crate::{policy, Config};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::ConstU32, CloneNoBound, DebugNoBound, DefaultNoBound, EqNoBound, PartialEqNoBound},
	sp_core::sr25519::Public,
	sp_runtime::{ArithmeticError, BoundedVec},
};
use quern_primitives::{Balance, BlockNumber, ClassId, Endpoint, GpuTime, NodeId, Period, Price};
use scale_info::TypeInfo;

/// A class's name: 1 to 32 of `a-z`, `0-9`, `-`, e.g. `h100-80g`.
pub type ClassName = BoundedVec<u8, ConstU32<32>>;

/// A class at genesis: name, floor price in planck per millisecond, the opening's price (planck per
/// millisecond) and greatest GPU time (milliseconds), if its pool is to be opened by the treasury, and its
/// throughput in units of the benchmark per second (see [`Class::throughput`]).
pub type GenesisClass = (alloc::string::String, Price, Option<(Price, GpuTime)>, u64);

/// The one-time terms on which the treasury opens a class's pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Opening {
	/// What the treasury pays for the first claims, and so the pool's first price, in planck per
	/// millisecond.
	pub price: Price,
	/// The most GPU time it buys, in milliseconds.
	pub max_gpu_time: GpuTime,
}

/// A hardware class.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Class {
	/// Its name, unlike any other's.
	pub name: ClassName,
	/// Floor cost of its GPU time, in planck per millisecond.
	pub floor_price: Price,
	/// Terms on which the treasury opens its pool, until somebody takes them up.
	pub opening: Option<Opening>,
	/// What a node of the class has to show: units of the chain's benchmark in a second of its GPU time; 0 if
	/// the class cannot be compared with others. A statement of whoever registered the class, by which clients
	/// choose among classes: nobody measures it on nodes yet.
	pub throughput: u64,
	/// First block from which on nobody trades in it and its claims are paid out, if that is announced. Nothing
	/// is issued in it any more.
	pub ends_at: Option<BlockNumber>,
}

impl Class {
	/// Whether its end is announced, or has come.
	pub fn is_closing(&self) -> bool {
		self.ends_at.is_some()
	}

	/// Whether it has ended.
	pub fn has_ended(&self, now: BlockNumber) -> bool {
		self.ends_at.is_some_and(|ends_at| now >= ends_at)
	}
}

/// An operator that offers GPU time.
#[derive(
	CloneNoBound, PartialEqNoBound, EqNoBound, DebugNoBound, DefaultNoBound, Encode, Decode, MaxEncodedLen, TypeInfo,
)]
#[scale_info(skip_type_params(T))]
pub struct Provider<T: Config> {
	/// Its nodes, of all classes.
	pub nodes: BoundedVec<NodeId, T::MaxNodesPerProvider>,
}

/// Where a node is in its life; see [`crate::transition`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum NodeState {
	/// Not served yet since it was registered or resumed: polled, but earns nothing and gets no job.
	Pending,
	/// A quorum saw it serve.
	Active,
	/// Taken out by its provider: not polled, earns nothing, gets no job.
	Paused,
}

/// One machine of a provider.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Node<AccountId> {
	/// Its provider.
	pub provider: AccountId,
	/// Its class.
	pub class: ClassId,
	/// Accelerators in it.
	pub gpus: u32,
	/// Memory of all accelerators together, in MiB (main memory, for a class with no GPU).
	pub memory_mib: u64,
	/// Where it answers.
	pub endpoint: Endpoint,
	/// The key it signs with.
	pub key: Public,
	/// Where it is in its life.
	pub state: NodeState,
	/// The last period in which a quorum saw it serve.
	pub last_served: Option<Period>,
	/// The last period of which a verdict was told.
	pub last_told: Option<Period>,
	/// Periods missed since registration (a count).
	pub missed: u32,
	/// Accelerators that jobs occupy.
	pub occupied: u32,
	/// Whether its accelerators are in the sums of attested ones: of its book, its class, the chain.
	pub attested: bool,
}

impl<AccountId> Node<AccountId> {
	/// Whether a quorum saw it serve lately enough to count, at period `current`.
	pub fn is_attested(&self, current: Period) -> bool {
		self.state == NodeState::Active && self.last_served.is_some_and(|last| policy::is_fresh(last, current))
	}

	/// Accelerators that no job occupies.
	pub fn free_gpus(&self) -> u32 {
		// `occupied <= gpus` is an invariant; a broken one must not make GPUs.
		self.gpus.saturating_sub(self.occupied)
	}
}

/// How a provider's obligations come to pass to others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Exit {
	/// It left the class, and deposited what taking over may cost.
	Left,
	/// It was away too long.
	Gone,
}

/// A clock that runs while accelerators are attested.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Clock {
	/// What it showed at `since`, in blocks.
	pub at: BlockNumber,
	/// Block of its last change.
	pub since: BlockNumber,
	/// Accelerators of the chain that are attested since: it stands while there is none.
	pub gpus: u32,
}

impl Clock {
	/// What it shows in block `now`.
	pub fn read(&self, now: BlockNumber) -> BlockNumber {
		if self.gpus == 0 {
			return self.at;
		}
		// Saturating: it shows no more than the number of the block.
		self.at.saturating_add(now.saturating_sub(self.since))
	}

	/// From block `now` on, so many accelerators are attested.
	pub fn set(&mut self, gpus: u32, now: BlockNumber) {
		*self = Self {
			at: self.read(now),
			since: now,
			gpus,
		};
	}
}

/// How much a provider was away that owed something: two leaky buckets and what overflowed of one. Times are
/// of the [`Clock`], and held exactly: it does not matter how often they are brought up to date.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Absence {
	/// What the clock showed when this was last brought up to date, in blocks.
	pub since: BlockNumber,
	/// Without any attested accelerator, in sevenths of a block: each such block adds 7, each other takes 1.
	/// Full ([`policy::GONE_LEVEL`]), the provider is gone.
	pub gone: u64,
	/// Away within the free hour, in millionths of a block of all its accelerators: each block adds the part
	/// of its accelerators that are not attested, and lets go a 24th. What is beyond
	/// [`policy::FREE_ABSENCE`] overflows.
	pub free: u64,
	/// What has overflowed and is not charged yet, in the same unit.
	pub due: u64,
}

impl Absence {
	/// Counts the time up to `clock`, through which `attested` of `gpus` accelerators were attested and it
	/// owed something or not.
	pub fn accrue(&mut self, clock: BlockNumber, attested: u32, gpus: u32, owes: bool) {
		// Saturating throughout: times are below 2^32 blocks, and levels have an upper and a lower end.
		let blocks = u64::from(clock.saturating_sub(self.since));
		self.since = self.since.max(clock);
		self.gone = if owes && attested == 0 {
			let added = blocks.saturating_mul(policy::GONE_FILL);
			self.gone.saturating_add(added).min(policy::GONE_LEVEL)
		} else {
			self.gone.saturating_sub(blocks)
		};
		let away = if owes { policy::away(attested, gpus) } else { 0 };
		let level = self
			.free
			.saturating_add(blocks.saturating_mul(away.saturating_sub(policy::FREE_DRAIN)));
		let drained = blocks.saturating_mul(policy::FREE_DRAIN.saturating_sub(away));
		let over = level.saturating_sub(policy::FREE_ABSENCE);
		self.due = self.due.saturating_add(over);
		self.free = level.saturating_sub(over).saturating_sub(drained);
	}

	/// Whether it was away so long that its obligations may pass to others.
	pub fn is_gone(&self) -> bool {
		self.gone >= policy::GONE_LEVEL
	}
}

/// A provider's capacity in one class: what it may still issue, what it owes, what it got for it.
///
/// `offered + adding + assigned <= obligations`; what is [owed](Book::owed) is in others' hands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Book {
	/// Accelerators of its nodes, whatever their state.
	pub gpus: u32,
	/// Accelerators of its nodes that are `Active`.
	pub active_gpus: u32,
	/// Accelerators of its nodes that count as attested.
	pub attested_gpus: u32,
	/// Those nodes.
	pub attested_nodes: u32,
	/// How much it was away.
	pub absence: Absence,
	/// What it may issue, in milliseconds.
	pub allowance: GpuTime,
	/// Claims that it issued and that still exist, in milliseconds.
	pub obligations: GpuTime,
	/// The part of the obligations that waits in the market, unsold.
	pub offered: GpuTime,
	/// The part of the obligations that waits to be added to the pool.
	pub adding: GpuTime,
	/// The part of the obligations set aside for jobs.
	pub assigned: GpuTime,
	/// The part of what is owed that went into the pool and not into a sale.
	pub liquidity: GpuTime,
	/// What it got for claims not yet delivered, in planck: held in its account, but for `unpaid`.
	pub proceeds: Balance,
	/// The part of the proceeds, in planck, that could not be credited to its account, and waits in
	/// the pallet's.
	pub unpaid: Balance,
	/// Pool shares got for claims not yet delivered, in the pallet's account.
	pub shares: Balance,
	/// Pool shares that are the provider's and wait to be given to it, in the pallet's account.
	pub shares_due: Balance,
	/// Own bond, in planck, reserved for the obligations.
	pub collateral: Balance,
	/// Stake allocated to the class, in planck, that answers for the obligations however little collateral they
	/// need: [`policy::backing`] as of the last operation that took some on; 0 once nothing is owed.
	pub backing: Balance,
	/// What a claim has to be covered with, in planck per millisecond: κ × price as of the last operation that
	/// took obligations on; 0 if that needed no collateral.
	pub rate: Price,
	/// GPU time delivered since it last failed in a job or was gone, in milliseconds: its reputation.
	pub delivered: GpuTime,
	/// What it owed is passing to others.
	pub exit: Option<Exit>,
}

/// A part of what a book owes, and what goes with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part {
	/// Claims, in milliseconds.
	pub gpu_time: GpuTime,
	/// Proceeds, in planck.
	pub proceeds: Balance,
	/// Pool shares.
	pub shares: Balance,
	/// Of the claims, what counts as gone into the pool.
	pub liquidity: GpuTime,
}

impl Book {
	/// Claims in others' hands: obligations without what is still offered or waits to be added to the pool.
	pub fn owed(&self) -> GpuTime {
		// `offered + adding <= obligations` is an invariant; a broken one must not make obligations.
		self.obligations
			.saturating_sub(self.offered)
			.saturating_sub(self.adding)
	}

	/// Claims that went into the pool or are to, whose collateral is own bond alone.
	pub fn pooled(&self) -> GpuTime {
		// Parts of the obligations.
		self.liquidity.saturating_add(self.adding)
	}

	/// Obligations without those.
	pub fn rest(&self) -> GpuTime {
		// `liquidity + adding <= obligations` is an invariant; a broken one must not make obligations.
		self.obligations.saturating_sub(self.pooled())
	}

	/// What delivering or passing on `gpu_time` of what is owed takes with it: rounded down, and all with
	/// the last millisecond.
	pub fn part(&self, gpu_time: GpuTime) -> Part {
		let of = |sum| policy::released(sum, gpu_time, self.owed());
		Part {
			gpu_time,
			proceeds: of(self.proceeds),
			shares: of(self.shares),
			liquidity: of(self.liquidity),
		}
	}

	/// Takes a [part](Book::part) out.
	pub fn take_out(&mut self, part: &Part) -> Result<(), ArithmeticError> {
		let left = |sum: u128, part| sum.checked_sub(part).ok_or(ArithmeticError::Underflow);
		self.obligations = left(self.obligations, part.gpu_time)?;
		self.proceeds = left(self.proceeds, part.proceeds)?;
		self.shares = left(self.shares, part.shares)?;
		self.liquidity = left(self.liquidity, part.liquidity)?;
		Ok(())
	}

	/// Own bond that the obligations need at `rate`, in planck, with so many attested accelerators.
	pub fn collateral_at(&self, rate: Price, attested: u32) -> Balance {
		policy::collateral(
			rate,
			self.rest(),
			policy::free_obligations(attested),
			self.proceeds,
			self.pooled(),
		)
	}

	/// What is reserved for the obligations of the stake allocated to the class, in planck.
	pub fn backed(&self) -> Balance {
		self.collateral.max(self.backing)
	}

	/// What is owed and set aside for no job.
	pub fn unassigned(&self) -> GpuTime {
		// `assigned <= owed` is an invariant; a broken one must not make obligations.
		self.owed().saturating_sub(self.assigned)
	}

	/// Proceeds held in the provider's own account.
	pub fn held(&self) -> Balance {
		// `unpaid <= proceeds` is an invariant; a broken one must not make money.
		self.proceeds.saturating_sub(self.unpaid)
	}

	/// Adds to the allowance, up to the burst of the active accelerators. Returns what was added.
	pub fn earn(&mut self, gpu_time: GpuTime) -> GpuTime {
		let before = self.allowance;
		// Saturating, since the cap takes the rest away in any case.
		self.allowance = before.saturating_add(gpu_time);
		self.evaporate();
		self.allowance.saturating_sub(before)
	}

	/// Lets go what exceeds the burst of the active accelerators.
	pub fn evaporate(&mut self) {
		self.allowance = self.allowance.min(policy::burst(self.active_gpus));
	}
}

/// An offer that the market has not closed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Offer<AccountId> {
	/// Who offers.
	pub provider: AccountId,
	/// The class.
	pub class: ClassId,
	/// What is not sold yet, in milliseconds.
	pub unsold: GpuTime,
}

/// Liquidity that the market has not settled.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Addition<AccountId> {
	/// Who adds it.
	pub provider: AccountId,
	/// The class.
	pub class: ClassId,
	/// Claims issued for it, in milliseconds.
	pub gpu_time: GpuTime,
	/// Tokens that go with them, in planck.
	pub tokens: Balance,
}

/// An order that buys back what a provider owes, which the market has not closed.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct BuyBack<AccountId> {
	/// Who buys.
	pub provider: AccountId,
	/// The class.
	pub class: ClassId,
}

/// What a provider that left a class, or is gone, owed in it, until others took it over.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Estate {
	/// What a claim is taken as worth, in planck per millisecond: the average over a day when this was opened,
	/// or the class's floor price if that is higher.
	pub price: Price,
	/// When it was opened.
	pub opened_at: BlockNumber,
	/// Claims that nobody has taken over, in milliseconds.
	pub obligations: GpuTime,
	/// What was got for them, in planck, in the pallet's account.
	pub proceeds: Balance,
	/// The provider's pool shares that went with its obligations, in the pallet's account.
	pub shares: Balance,
	/// Whether the provider left. If not, it is gone.
	pub orderly: bool,
	/// Held of the provider for topping up, in planck; none of one that is gone.
	pub deposit: Balance,
	/// Topped up by the insurance fund, in planck.
	pub advanced: Balance,
	/// Stake of a gone provider, in planck, that a slash for the class could reach when this was opened: nothing of
	/// it that jobs have reserved.
	pub answers: Balance,
}

/// The bytes that a node's key signs to show that its holder agrees to serve `provider`.
pub fn possession_payload<Hash: Encode, AccountId: Encode>(genesis: &Hash, provider: &AccountId) -> Vec<u8> {
	(b"quern/node/1", genesis, provider).encode()
}
