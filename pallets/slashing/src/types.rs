//! What the pallet stores.

use crate::policy;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{sp_core::H256, sp_staking::SessionIndex};
use quern_primitives::{Balance, BlockNumber, EraIndex, Parts, Scope, SlashCause, SlashId, SlashInfo};
use scale_info::TypeInfo;

/// A slash that waits for its execution.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Slash<AccountId> {
	/// Who loses stake.
	pub operator: AccountId,
	/// What answers.
	pub scope: Scope,
	/// What for.
	pub cause: SlashCause,
	/// The session of the offence.
	pub session: SessionIndex,
	/// What is still to be taken, in planck. Never nothing.
	pub amount: Parts,
	/// What was frozen for it at first, in planck.
	pub original: Parts,
	/// Hash of the evidence.
	pub evidence: H256,
	/// Who lost by the offence, and what of its loss it has not been paid, in planck.
	pub victim: Option<(AccountId, Balance)>,
	/// Who found it.
	pub finder: Option<AccountId>,
	/// The era in which it was proposed.
	pub proposed_in: EraIndex,
	/// The era from which it may be executed.
	pub due: EraIndex,
	/// The era under which it stands in the queue: `due`, or a later one if it had to wait.
	pub queued: EraIndex,
	/// The operator's appeal. There is one at most.
	pub appeal: Option<Appeal>,
	/// How often its execution failed.
	pub attempts: u32,
}

/// An operator's appeal against a slash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Appeal {
	/// Hash of the reasons.
	pub reason: H256,
	/// What is held of the operator for it, in planck; `None` once the appeal was ruled on.
	pub bond: Option<Balance>,
	/// When the slash was due before the appeal.
	pub due_before: EraIndex,
}

impl<AccountId> Slash<AccountId> {
	/// The bond held for an appeal that nobody has ruled on.
	pub fn bond(&self) -> Option<Balance> {
		self.appeal.and_then(|appeal| appeal.bond)
	}

	/// The slash as the runtime API shows it.
	pub fn into_info(self, id: SlashId) -> SlashInfo<AccountId> {
		SlashInfo {
			id,
			operator: self.operator,
			scope: self.scope,
			cause: self.cause,
			session: self.session,
			amount: self.amount,
			evidence: self.evidence,
			due: self.queued,
			appealed: self.appeal.is_some(),
		}
	}
}

/// What compute slashes took in an era.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct EraTaken {
	/// The era.
	pub era: EraIndex,
	/// All stake that counted when the era's first compute slash came up, in planck.
	pub base: Balance,
	/// Taken in it so far, in planck.
	pub taken: Balance,
}

/// How an operator does with its jobs. Days are counted from block 0.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Record {
	/// The day of `earned_today`.
	pub day: u32,
	/// What it earned on that day, in planck.
	pub earned_today: Balance,
	/// What it earned on the day before, in planck.
	pub earned_yesterday: Balance,
	/// Liveness faults not forgotten yet.
	pub faults: u32,
	/// The last day that takes none of `faults` away: of the latest fault, or the latest release.
	pub counted_on: u32,
	/// The block from which it may ask for its release, while it is jailed.
	pub jailed_until: Option<BlockNumber>,
}

impl Record {
	/// The record as it stands on the day `today`. Days in jail take no fault away.
	pub fn at(self, today: u32) -> Self {
		let (earned_today, earned_yesterday) = match today.saturating_sub(self.day) {
			0 => (self.earned_today, self.earned_yesterday),
			1 => (0, self.earned_today),
			_ => (0, 0),
		};
		let (faults, counted_on) = if self.jailed_until.is_some() {
			(self.faults, self.counted_on)
		} else {
			(
				policy::faults_left(self.faults, self.counted_on, today),
				// Saturating: the sum is a day before `today`.
				self.counted_on
					.saturating_add(policy::clean_days(self.counted_on, today)),
			)
		};
		Self {
			day: today.max(self.day),
			earned_today,
			earned_yesterday,
			faults,
			counted_on,
			jailed_until: self.jailed_until,
		}
	}

	/// What it earns in a day, in planck: the better of the last two.
	pub fn daily(&self) -> Balance {
		self.earned_today.max(self.earned_yesterday)
	}

	/// Counts a fault on the day `today`. The record stands on that day.
	pub fn count_fault(&mut self, today: u32) {
		self.faults = self.faults.saturating_add(1).min(policy::FAULT_WINDOW);
		self.counted_on = today;
	}
}
