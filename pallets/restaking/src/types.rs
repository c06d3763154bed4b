//! What is stored of operators.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::frame_support::{traits::ConstU32, BoundedVec};
use quern_primitives::{Balance, EraIndex};
use scale_info::TypeInfo;

use crate::policy::MAX_UNBONDING;

/// A part of an operator's bond that waits to be withdrawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Unbonding {
	/// How much, in planck.
	pub amount: Balance,
	/// The era in which it can be withdrawn.
	pub withdrawable_in: EraIndex,
}

/// An operator's books. Its money lies in `pool`; `active` and `unbonding` sum to no more than that.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Operator<AccountId> {
	/// The account that holds the bond. No key owns it.
	pub pool: AccountId,
	/// Bond that counts, in planck: zero, or at least the existential deposit.
	pub active: Balance,
	/// Bond that waits to be withdrawn, the youngest last; each at least the existential deposit.
	pub unbonding: BoundedVec<Unbonding, ConstU32<MAX_UNBONDING>>,
	/// What reservations sum to, in planck. More than `active` only after a slash.
	pub reserved: Balance,
	/// The last era in which an offence of it was reported.
	pub offended_in: Option<EraIndex>,
}

impl<AccountId> Operator<AccountId> {
	/// One without any bond.
	pub fn new(pool: AccountId) -> Self {
		Self {
			pool,
			active: 0,
			unbonding: BoundedVec::new(),
			reserved: 0,
			offended_in: None,
		}
	}

	/// The active bond that nothing reserves.
	pub fn free(&self) -> Balance {
		// A slash may leave less than what is reserved; then nothing is free.
		self.active.saturating_sub(self.reserved)
	}

	/// All of its bond, in planck: what its pool account holds at least.
	pub fn total(&self) -> Balance {
		self.unbonding
			.iter()
			.fold(self.active, |sum, part| sum.saturating_add(part.amount))
	}

	/// Whether nothing keeps its record: no bond, no reservation, and no offence in the running era.
	pub fn is_gone(&self, era: EraIndex) -> bool {
		self.total() == 0 && self.reserved == 0 && self.offended_in.is_none_or(|offended| offended < era)
	}

	/// Takes out the parts that can be withdrawn in `era` and returns their sum.
	pub fn mature(&mut self, era: EraIndex) -> Balance {
		let before = self.total();
		self.unbonding.retain(|part| part.withdrawable_in > era);
		before.saturating_sub(self.total())
	}
}

/// An operator that wants to validate, or validates, and its stake.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Candidate<AccountId> {
	/// The operator.
	pub who: AccountId,
	/// Its active bond, in planck.
	pub stake: Balance,
}

/// Their accounts alone.
pub(crate) fn accounts<AccountId: Clone>(candidates: &[Candidate<AccountId>]) -> Vec<AccountId> {
	candidates.iter().map(|candidate| candidate.who.clone()).collect()
}

/// Why an operator is no longer a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum ChillReason {
	/// It asked for it.
	Asked,
	/// It unbonded below a validator's minimum.
	BelowMinimum,
	/// All places were taken, and a larger bond came.
	Outbid,
	/// It committed an offence.
	Offence,
}
