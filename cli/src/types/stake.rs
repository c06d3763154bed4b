//! The one stake: operators, delegations, slashes, yield.

// The decoder's derive imports what only some of the types use.
#![allow(unused_imports)]

use crate::{
	units::{
		mul_div, Balance, BlockNumber, ClassId, EraIndex, JobId, Magnitude, OperatorId, Perbill, SessionIndex, SlashId,
	},
	AccountId, H256,
};
use std::cmp::Ordering;
use subxt::ext::scale_decode::DecodeAsType;

chain_types! {
	/// How much of an operator's stake a job or a node reserves.
	#[derive(Default)]
	pub struct BondSize {
		/// Of the operator's own bond, in planck.
		pub own: Balance,
		/// Of the stake allocated to a class, in planck.
		pub allocated: Option<(ClassId, Balance)>,
	}

	/// What part of an operator's stake answers for an offence.
	#[derive(Copy)]
	pub enum Scope {
		/// All of it: an offence against consensus.
		Consensus,
		/// What was allocated to a class: a fault in a job of it.
		Class(ClassId),
	}

	/// An amount in two parts, in planck.
	#[derive(Copy, Default)]
	pub struct Parts {
		/// Out of the operator's own bond.
		pub own: Balance,
		/// Out of delegations.
		pub delegated: Balance,
	}

	/// What kind of offence a slash is for.
	#[derive(Copy)]
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

	/// An operator's books. Amounts are in planck.
	pub struct OperatorInfo {
		/// Who it is.
		pub operator: AccountId,
		/// Number of its registration.
		pub id: OperatorId,
		/// The account that holds its stake. No key owns it.
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
		/// What counts for the validator election.
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
		/// What of the whole compute slashes have left as the measure of allocations.
		pub whole: Magnitude,
		/// Its allocations.
		pub allocations: Vec<AllocationInfo>,
		/// Planck that 10^18 compounding shares are worth.
		pub share_price: Balance,
	}

	/// An allocation of stake to a class.
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

	/// A delegation. Amounts are in planck.
	pub struct DelegationInfo {
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
		/// Liquid shares of the operator in the account.
		pub liquid_shares: Balance,
	}

	/// What an operator's stake answered with at a block.
	pub struct SlashableInfo {
		/// The session of the block.
		pub session: SessionIndex,
		/// For an offence against consensus, in planck; zero if it did not validate.
		pub consensus: Balance,
		/// For a fault in each class, in planck.
		pub classes: Vec<(ClassId, Balance)>,
	}

	/// A slash that waits.
	pub struct SlashInfo {
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
		/// What is still to be taken.
		pub amount: Parts,
		/// Hash of the evidence.
		pub evidence: H256,
		/// The era from which it is executed.
		pub due: EraIndex,
		/// Whether it was appealed.
		pub appealed: bool,
	}

	/// What stakers earned in a range of eras, from realised fees alone.
	pub struct StakerYield {
		/// Eras of the range that are over and have figures.
		pub eras: u32,
		/// Fees paid to stakers in them, in planck.
		pub fees: Balance,
		/// Paid from the reserve, in planck. Not part of the yield.
		pub reserve: Balance,
		/// Validators' stake, averaged over them, in planck.
		pub stake: Balance,
		/// `fees / stake`, as of a year, in parts per million.
		pub apy_ppm: u64,
	}
}

/// How a delegation takes its rewards.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RewardMode {
	/// They raise the value of the shares.
	Compound,
	/// They wait to be claimed.
	Payout,
}

impl RewardMode {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			RewardMode::Compound => "Compound",
			RewardMode::Payout => "Payout",
		}
	}
}

impl Parts {
	/// Both together.
	pub fn total(&self) -> Balance {
		// Parts of one stake: no more than the supply.
		self.own.saturating_add(self.delegated)
	}
}

impl SlashCause {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			SlashCause::Equivocation => "Equivocation",
			SlashCause::WrongResult(_) => "WrongResult",
			SlashCause::NotDone(_) => "NotDone",
			SlashCause::Defaulted(_) => "Defaulted",
		}
	}

	/// The job it is about.
	pub fn job(&self) -> Option<JobId> {
		match self {
			SlashCause::Equivocation | SlashCause::Defaulted(_) => None,
			SlashCause::WrongResult(job) | SlashCause::NotDone(job) => Some(*job),
		}
	}

	/// The class it defaulted in.
	pub fn class(&self) -> Option<ClassId> {
		match self {
			SlashCause::Defaulted(class) => Some(*class),
			_ => None,
		}
	}
}

impl OperatorInfo {
	/// Own bond that nothing reserves, in planck.
	pub fn free(&self) -> Balance {
		// A slash may leave less than what is reserved; then nothing is free.
		self.own.saturating_sub(self.reserved)
	}

	/// Its allocation to a class.
	pub fn allocation(&self, class: ClassId) -> Option<&AllocationInfo> {
		self.allocations.iter().find(|allocation| allocation.class == class)
	}
}

impl AllocationInfo {
	/// What of it new jobs may reserve, in planck.
	pub fn free(&self) -> Balance {
		// A slash may leave less than what is reserved; then nothing is free.
		self.value.saturating_sub(self.reserved)
	}

	/// Whether any of it counts for jobs, now or soon.
	pub fn is_any(&self) -> bool {
		self.active > 0 || self.joining.is_some()
	}
}

impl DelegationInfo {
	/// Its shares of that mode.
	pub fn shares(&self, mode: RewardMode) -> Balance {
		match mode {
			RewardMode::Compound => self.compounding_shares,
			RewardMode::Payout => self.paying_shares,
		}
	}

	/// The least whole number of planck that its shares of `mode` are worth less than. `share_price` is
	/// the operator's: planck that 10^18 compounding shares are worth, rounded down.
	fn worth_less_than(&self, mode: RewardMode, share_price: Balance) -> Option<Balance> {
		let of_all = self.value.checked_add(1)?;
		match mode {
			RewardMode::Compound if self.paying_shares == 0 => Some(of_all),
			RewardMode::Compound => {
				mul_div(self.compounding_shares, share_price.checked_add(1)?, PRICED_SHARES)?.checked_add(1)
			}
			RewardMode::Payout => of_all.checked_sub(mul_div(self.compounding_shares, share_price, PRICED_SHARES)?),
		}
	}

	/// What its shares of `mode` are worth, in planck; a planck more where the chain's figures, which
	/// are rounded, do not tell.
	pub fn worth(&self, mode: RewardMode, share_price: Balance) -> Option<Balance> {
		self.worth_less_than(mode, share_price)?.checked_sub(1)
	}

	/// The most of its shares of `mode` that `amount` planck surely cover: all of them, if it is what
	/// they are worth. `None`: they are worth less, or there are none.
	pub fn shares_worth(&self, mode: RewardMode, amount: Balance, share_price: Balance) -> Option<Balance> {
		let shares = Some(self.shares(mode)).filter(|shares| *shares > 0)?;
		let less_than = self.worth_less_than(mode, share_price)?;
		match amount.checked_add(1)?.cmp(&less_than) {
			Ordering::Less => mul_div(amount, shares, less_than),
			Ordering::Equal => Some(shares),
			Ordering::Greater => None,
		}
	}
}

/// Shares that [`OperatorInfo::share_price`] is the price of.
const PRICED_SHARES: Balance = 1_000_000_000_000_000_000;

#[cfg(test)]
mod tests {
	use super::*;
	use crate::QRN;

	/// A delegation of so many shares in pools of so many, as the chain rounds it.
	fn delegation(
		(compounding, pool): (Balance, (Balance, Balance)),
		(paying, paying_pool): (Balance, (Balance, Balance)),
	) -> (DelegationInfo, Balance) {
		let worth = |shares, (balance, all): (Balance, Balance)| mul_div(shares, balance, all).expect("fits");
		let info = DelegationInfo {
			operator: AccountId([1; 32]),
			id: 0,
			compounding_shares: compounding,
			paying_shares: paying,
			value: worth(compounding, pool) + worth(paying, paying_pool),
			frozen: 0,
			claimable: 0,
			unbonding: vec![],
			liquid_shares: 0,
		};
		(info, worth(PRICED_SHARES, pool))
	}

	#[test]
	fn never_lets_more_leave_than_was_asked_for() {
		let pools = [
			(1_000 * QRN, 1_000 * QRN),
			(1_234 * QRN + 567, 1_000 * QRN + 3),
			(QRN / 3, 1_000 * QRN),
			(7, 3),
			(1_000_000 * QRN, QRN + 1),
		];
		for pool in pools {
			for paying_pool in pools {
				for shares in [1, pool.1 / 3, pool.1] {
					for paying in [0, 1, paying_pool.1 / 2, paying_pool.1] {
						let (info, price) = delegation((shares, pool), (paying, paying_pool));
						for (mode, of_mode, (balance, all)) in [
							(RewardMode::Compound, shares, pool),
							(RewardMode::Payout, paying, paying_pool),
						] {
							let worth = mul_div(of_mode, balance, all).expect("fits");
							for amount in [0, 1, worth / 7, worth / 2, worth.saturating_sub(1), worth, worth + 1] {
								let Some(leaving) = info.shares_worth(mode, amount, price) else {
									assert!(amount > worth || of_mode == 0, "{info:?} {mode:?} {amount}");
									continue;
								};
								let leaves = mul_div(leaving, balance, all).expect("fits");
								assert!(leaving <= of_mode && leaves <= amount, "{info:?} {mode:?} {amount}");
							}
						}
					}
				}
			}
		}
	}

	#[test]
	fn lets_nearly_all_of_it_leave_that_was_asked_for() {
		let pool = (1_234 * QRN + 567, 1_000 * QRN + 3);
		let (info, price) = delegation((100 * QRN, pool), (50 * QRN, pool));
		for mode in [RewardMode::Compound, RewardMode::Payout] {
			let shares = info.shares_worth(mode, 10 * QRN, price).expect("worth more");
			let leaves = mul_div(shares, pool.0, pool.1).expect("fits");
			assert!(10 * QRN - leaves <= 4, "{leaves}");
		}
	}

	#[test]
	fn takes_all_when_that_is_what_they_are_worth() {
		let pool = (1_234 * QRN + 567, 1_000 * QRN + 3);
		let (info, price) = delegation((100 * QRN, pool), (0, pool));
		assert_eq!(
			info.shares_worth(RewardMode::Compound, info.value, price),
			Some(100 * QRN)
		);
		assert_eq!(info.shares_worth(RewardMode::Compound, info.value + 1, price), None);
		assert_eq!(info.worth(RewardMode::Compound, price), Some(info.value));
		assert_eq!(info.shares_worth(RewardMode::Payout, 1, price), None);
	}
}
