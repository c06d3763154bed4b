//! What is stored.

use codec::{Decode, Encode, MaxEncodedLen};
use quern_primitives::{Balance, BlockNumber, EraIndex};
use scale_info::TypeInfo;

/// Money to be shared out by points.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Payout {
	/// The era whose points these are, and under which they are stored. If earlier payouts lagged, it
	/// is the first of several eras.
	pub era: EraIndex,
	/// What is still to be paid, in planck.
	pub pot: Balance,
	/// The points for which it is, those of validators not yet paid.
	pub points: u64,
}

/// The era that runs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct RunningEra {
	/// Which it is.
	pub era: EraIndex,
	/// The block in which it was first seen.
	pub began: BlockNumber,
	/// Validators' stake when it began, in planck.
	pub stake: Balance,
	/// Author fees that reached operators' stake in it, in planck.
	pub author_fees: Balance,
	/// Points given in it.
	pub points: u64,
	/// Where its points are gathered. Its pot is empty, but for eras that share their payout with
	/// this one because earlier payouts lagged.
	pub payout: Payout,
}

/// What an era that is over brought to stakers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EraEarnings {
	/// The era.
	pub era: EraIndex,
	/// Validators' stake when it began, in planck.
	pub stake: Balance,
	/// The stakers' leg of fees that it paid, in planck, each planck in one era alone.
	pub fees: Balance,
	/// Author fees that reached operators' stake, in planck.
	pub author_fees: Balance,
	/// Paid from the reserve, in planck.
	pub reserve: Balance,
}

/// The fees of a block's author, on their way.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Collected<AccountId> {
	/// Who gets them.
	pub author: AccountId,
	/// How much, in planck.
	pub amount: Balance,
}
