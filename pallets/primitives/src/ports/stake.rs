//! Ports of the one stake: bonds, slashes, rewards.

use crate::*;
use polkadot_sdk::{
	sp_core::H256,
	sp_runtime::{DispatchError, DispatchResult},
	sp_staking::SessionIndex,
};

/// What a part of an operator's stake is reserved for.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Debug,
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub enum BondUse {
	/// A registered node's flat bond.
	Node(NodeId),
	/// A job that was assigned.
	Job(JobId),
	/// What a provider owes in a class.
	Obligations(ClassId),
}

/// How much a use reserves.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Default,
	codec::Encode,
	codec::Decode,
	codec::DecodeWithMemTracking,
	codec::MaxEncodedLen,
	scale_info::TypeInfo,
)]
pub struct BondSize {
	/// Of the operator's own bond, in planck.
	pub own: Balance,
	/// Of the stake allocated to a class, own bond and delegations together, in planck.
	pub allocated: Option<(ClassId, Balance)>,
}

impl BondSize {
	/// So much of the own bond, and nothing else.
	pub fn own(amount: Balance) -> Self {
		Self {
			own: amount,
			allocated: None,
		}
	}
}

/// Operators' stake, for those who need it reserved. Implemented by `pallet-restaking`.
pub trait Bonds<AccountId> {
	/// Whether `who` is an operator that is not leaving and has the minimum own bond.
	fn is_operator(who: &AccountId) -> bool;
	/// The part of its own bond that nothing reserves and no slash has frozen.
	fn free_bond(who: &AccountId) -> Balance;
	/// The part of its stake allocated to `class` that nothing reserves and no slash has frozen.
	fn free_allocation(who: &AccountId, class: ClassId) -> Balance;
	/// What of its stake a slash for `class` would find now, reserved or not.
	fn answers(who: &AccountId, class: ClassId) -> Balance;
	/// Reserves `size`. Refuses when there is less, or the use has some already.
	fn reserve(who: &AccountId, purpose: BondUse, size: BondSize) -> DispatchResult;
	/// Gives back what a use had reserved; nothing if it had nothing.
	fn release(who: &AccountId, purpose: BondUse);
	/// What a use has reserved, for checks of invariants. `None`: nothing, or an implementation that does not
	/// tell.
	fn reserved(_who: &AccountId, _purpose: BondUse) -> Option<BondSize> {
		None
	}
}

/// The stake that answers for offences. Implemented by `pallet-restaking`, used by `pallet-slashing`.
pub trait SlashableStake<AccountId> {
	/// Tokens taken out of the stake.
	type Credit;
	/// The session in which a block was, if it is one of which stake is remembered.
	fn session_at(block: BlockNumber) -> Option<SessionIndex>;
	/// What answered in `scope` for an offence in `session`, whatever left since; zero if that is too
	/// long ago, or `operator` was none.
	fn slashable_at(operator: &AccountId, scope: Scope, session: SessionIndex) -> Balance;
	/// Sets `amount` aside for an offence in `session`: from now on it neither leaves nor counts. Own
	/// bond first, then delegations, active and unbonding alike if they were exposed. Returns what
	/// there was of it. An offence against consensus may displace what compute slashes had frozen.
	fn freeze(operator: &AccountId, scope: Scope, session: SessionIndex, amount: Balance) -> Parts;
	/// Gives back `parts` of what `freeze` returned for that scope and session.
	fn thaw(operator: &AccountId, scope: Scope, session: SessionIndex, parts: Parts);
	/// Takes `parts` of what `freeze` returned for that scope and session out of the stake: own bond,
	/// delegations. Less if a slash against consensus displaced some, or if less is allocated to
	/// the class by now: what is not taken is thawed. Changes nothing if it fails.
	fn take(
		operator: &AccountId,
		scope: Scope,
		session: SessionIndex,
		parts: Parts,
	) -> Result<(Self::Credit, Self::Credit), DispatchError>;
	/// The own bond that counts, without what is frozen.
	fn own_stake(operator: &AccountId) -> Balance;
	/// All operators' stake that counts.
	fn total_stake() -> Balance;
}

/// A slash to be put into the queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSlash<AccountId> {
	/// Who loses stake.
	pub operator: AccountId,
	/// What answers.
	pub scope: Scope,
	/// What for.
	pub cause: SlashCause,
	/// The session of the offence.
	pub session: SessionIndex,
	/// How much, in planck; at most what was slashable in `session`.
	pub amount: Balance,
	/// Hash of the evidence.
	pub evidence: H256,
	/// Who lost by it, and what it paid and was not refunded, in planck.
	pub victim: Option<(AccountId, Balance)>,
	/// Who found it.
	pub finder: Option<AccountId>,
}

/// The slash queue. Implemented by `pallet-slashing`.
pub trait Slasher<AccountId> {
	/// Freezes the amount and queues the slash. Refuses an offence that is too long ago and an
	/// amount of which nothing is there.
	fn propose(slash: NewSlash<AccountId>) -> Result<SlashId, DispatchError>;
}

/// A fault of an operator in a job that it acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault<AccountId> {
	/// Who did it.
	pub operator: AccountId,
	/// The job's class.
	pub class: ClassId,
	/// The job.
	pub job: JobId,
	/// The block of the offence: when the job was submitted, or was to be.
	pub at: BlockNumber,
	/// The slash that was reserved for the job, in planck: `S` of the policy's sizes.
	pub size: Balance,
	/// Hash of the evidence.
	pub evidence: H256,
	/// Who lost by it, and what it paid and was not refunded, in planck.
	pub victim: Option<(AccountId, Balance)>,
	/// Who found it.
	pub finder: Option<AccountId>,
}

/// What operators do with their jobs. Implemented by `pallet-slashing`. No call fails: what cannot be
/// slashed is told in an event.
pub trait Conduct<AccountId> {
	/// Whether `operator` is jailed, and gets no job.
	fn is_jailed(operator: &AccountId) -> bool;
	/// A job settled, and its operator earned so many planck.
	fn delivered(operator: &AccountId, earned: Balance);
	/// An acknowledged job was not done in time: a liveness penalty, not all of `size`.
	fn not_done(fault: Fault<AccountId>);
	/// A job's result was found wrong: `size` is due.
	fn wrong_result(fault: Fault<AccountId>);
}

/// What becomes of an operator that no longer delivers what it owes. Implemented by `pallet-slashing`.
pub trait Defaults<AccountId> {
	/// `operator` left claims of `class` that others had to take over, and `victim` paid `lost` planck for
	/// that: as much is slashed, own bond first, to make it good. Does not fail: what cannot be slashed is
	/// told in an event. Returns what was frozen.
	fn defaulted(operator: &AccountId, class: ClassId, lost: Balance, victim: &AccountId) -> Balance;
}

/// Rewards on their way to an operator's stake. Implemented by `pallet-restaking`, used by
/// `pallet-validator-rewards`.
pub trait StakeRewards<AccountId> {
	/// Tokens to be paid.
	type Credit;
	/// Pays a reward: the commission to the operator, the rest to own bond and delegations by value.
	/// Gives it back if there is no such operator.
	fn reward(operator: &AccountId, reward: Self::Credit) -> Result<(), Self::Credit>;
	/// The stake with which the present session's validators were chosen, in planck.
	fn validators_stake() -> Balance;
}

/// What validators do for the chain beside blocks. Implemented by `pallet-validator-rewards`.
pub trait Duties<AccountId> {
	/// So many of a validator's reports on nodes in a period agreed with the quorum.
	fn agreed(validator: &AccountId, reports: u32);
}

/// Where an author's part of transaction fees goes. Implemented by `pallet-validator-rewards`.
pub trait AuthorFees<AccountId, Credit> {
	/// Pays it, or gives it back.
	fn pay(author: &AccountId, fees: Credit) -> Result<(), Credit>;
}

impl<AccountId> Bonds<AccountId> for () {
	fn is_operator(_: &AccountId) -> bool {
		false
	}
	fn free_bond(_: &AccountId) -> Balance {
		0
	}
	fn free_allocation(_: &AccountId, _: ClassId) -> Balance {
		0
	}
	fn answers(_: &AccountId, _: ClassId) -> Balance {
		0
	}
	fn reserve(_: &AccountId, _: BondUse, _: BondSize) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn release(_: &AccountId, _: BondUse) {}
}

impl<AccountId> Slasher<AccountId> for () {
	fn propose(_: NewSlash<AccountId>) -> Result<SlashId, DispatchError> {
		Err(DispatchError::Unavailable)
	}
}

impl<AccountId> Conduct<AccountId> for () {
	fn is_jailed(_: &AccountId) -> bool {
		false
	}
	fn delivered(_: &AccountId, _: Balance) {}
	fn not_done(_: Fault<AccountId>) {}
	fn wrong_result(_: Fault<AccountId>) {}
}

impl<AccountId> Defaults<AccountId> for () {
	fn defaulted(_: &AccountId, _: ClassId, _: Balance, _: &AccountId) -> Balance {
		0
	}
}

impl<AccountId> Duties<AccountId> for () {
	fn agreed(_: &AccountId, _: u32) {}
}

impl<AccountId, Credit> AuthorFees<AccountId, Credit> for () {
	fn pay(_: &AccountId, fees: Credit) -> Result<(), Credit> {
		Err(fees)
	}
}
