//! Types of the one stake: operators, slashes, rewards.

use crate::*;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{sp_core::H256, sp_runtime::Perbill, sp_staking::SessionIndex};
use scale_info::TypeInfo;

/// Number of an operator's registration; also the asset id of its liquid shares. Never used again.
pub type OperatorId = u32;
/// Number of a slash.
pub type SlashId = u32;
/// A part of an operator's stake, of [`WHOLE`].
pub type Magnitude = u64;
/// All of an operator's stake, before any compute slash.
pub const WHOLE: Magnitude = 1_000_000_000_000_000_000;

/// What part of an operator's stake answers for an offence.
#[derive(
	Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Scope {
	/// All of it: an offence against consensus.
	Consensus,
	/// What was allocated to a class: a fault in a job of it.
	Class(ClassId),
}

/// An amount in two parts, in planck: the operator's own bond, which answers first, and delegations.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Parts {
	/// Out of the operator's own bond.
	pub own: Balance,
	/// Out of delegations.
	pub delegated: Balance,
}

impl Parts {
	/// Both together.
	pub fn total(&self) -> Balance {
		// Parts of one stake: no more than the supply.
		self.own.saturating_add(self.delegated)
	}

	/// The first `amount` of it: own bond first. All of it if `amount` is more.
	pub fn first(&self, amount: Balance) -> Self {
		let own = self.own.min(amount);
		Self {
			own,
			delegated: self.delegated.min(amount.saturating_sub(own)),
		}
	}

	/// What is left without `other`, which is a part of it.
	pub fn without(&self, other: &Self) -> Self {
		Self {
			own: self.own.saturating_sub(other.own),
			delegated: self.delegated.saturating_sub(other.delegated),
		}
	}
}

/// What kind of offence a slash is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum SlashCause {
	/// Equivocation of a validator.
	Equivocation,
	/// A job's result was found wrong.
	WrongResult(JobId),
	/// An acknowledged job was not done.
	NotDone(JobId),
	/// It is gone, and what it owed in a class had to be taken over.
	Defaulted(ClassId),
}

/// How delegations take their rewards.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum RewardMode {
	/// They raise the value of the shares.
	#[default]
	Compound,
	/// They wait to be claimed.
	Payout,
}

/// An operator, as the runtime API shows it. Amounts are in planck.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct OperatorInfo<AccountId> {
	/// Who it is.
	pub operator: AccountId,
	/// Number of its registration.
	pub id: OperatorId,
	/// The account that holds its stake.
	pub pool: AccountId,
	/// Its own bond that counts.
	pub own: Balance,
	/// Delegations that count.
	pub delegated: Balance,
	/// Own bond and delegations that are leaving and not yet withdrawable, slashable still.
	pub unbonding: Balance,
	/// Frozen for pending slashes, of all of the above.
	pub frozen: Balance,
	/// Own bond that nodes and jobs reserve.
	pub reserved: Balance,
	/// Rewards that it may claim.
	pub claimable: Balance,
	/// What counts for the validator election: own and delegated, without what is frozen.
	pub stake: Balance,
	/// Its commission now.
	pub commission: Perbill,
	/// An announced commission, and the era from which it holds.
	pub announced: Option<(Perbill, EraIndex)>,
	/// Whether it wants to validate.
	pub candidate: bool,
	/// Whether it validates in this session.
	pub validator: bool,
	/// Whether it is leaving.
	pub leaving: bool,
	/// Jailed until this block, if it is.
	pub jailed_until: Option<BlockNumber>,
	/// What of [`WHOLE`] compute slashes have left as the measure of allocations.
	pub whole: Magnitude,
	/// Its allocations.
	pub allocations: Vec<AllocationInfo>,
	/// Planck that 10^18 compounding shares are worth.
	pub share_price: Balance,
}

/// An allocation of stake to a class, as the runtime API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct AllocationInfo {
	/// The class.
	pub class: ClassId,
	/// Counts for new jobs.
	pub active: Magnitude,
	/// Slashable now: the active, and what is leaving.
	pub slashable: Magnitude,
	/// Waits to become active, and the session from which it is.
	pub joining: Option<(Magnitude, SessionIndex)>,
	/// Leaving, and the era from which it is no longer slashable.
	pub leaving: Vec<(Magnitude, EraIndex)>,
	/// What the active part is worth, in planck.
	pub value: Balance,
	/// Of which open jobs reserve, in planck.
	pub reserved: Balance,
}

/// A delegation, as the runtime API shows it. Amounts are in planck.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct DelegationInfo<AccountId> {
	/// The operator.
	pub operator: AccountId,
	/// Number of the registration it is of.
	pub id: OperatorId,
	/// Compounding shares.
	pub compounding_shares: Balance,
	/// Shares whose rewards are paid out.
	pub paying_shares: Balance,
	/// What both are worth, pending slashes not taken off.
	pub value: Balance,
	/// What of it is frozen for pending slashes.
	pub frozen: Balance,
	/// Rewards to claim.
	pub claimable: Balance,
	/// Parts that leave: worth now, and the era in which each can be withdrawn.
	pub unbonding: Vec<(Balance, EraIndex)>,
	/// Liquid shares of the operator in the account, as the asset of number `id`.
	pub liquid_shares: Balance,
}

/// What an operator's stake answered with at a block.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct SlashableInfo {
	/// The session of the block.
	pub session: SessionIndex,
	/// For an offence against consensus, in planck; zero if it did not validate.
	pub consensus: Balance,
	/// For a fault in each class, in planck.
	pub classes: Vec<(ClassId, Balance)>,
}

/// A slash that waits, as the runtime API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct SlashInfo<AccountId> {
	/// Its number.
	pub id: SlashId,
	/// Who loses stake.
	pub operator: AccountId,
	/// What answers.
	pub scope: Scope,
	/// What for.
	pub cause: SlashCause,
	/// The session of the offence.
	pub session: SessionIndex,
	/// What is still to be taken, in planck.
	pub amount: Parts,
	/// Hash of the evidence.
	pub evidence: H256,
	/// The era from which it is executed.
	pub due: EraIndex,
	/// Whether it was appealed.
	pub appealed: bool,
}

/// What stakers earned in a range of eras, from realised fees alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct StakerYield {
	/// Eras of the range that are over and have figures.
	pub eras: u32,
	/// Fees paid to stakers in them: the router's leg and the authors' part, in planck.
	pub fees: Balance,
	/// Paid from the reserve, in planck. Not part of the yield.
	pub reserve: Balance,
	/// Validators' stake, averaged over them, in planck.
	pub stake: Balance,
	/// `fees / stake`, as of a year, in parts per million.
	pub apy_ppm: u64,
}
