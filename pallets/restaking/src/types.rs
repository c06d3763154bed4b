//! What is stored of operators and delegations.

use crate::{
	policy::{self, MAX_ALLOCATIONS, MAX_ERA_POOLS, MAX_GROUPS, MAX_LEAVING, MAX_UNBONDING},
	pool::{Group, SharePool, Tranche, Unbonding},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::ConstU32, BoundedBTreeMap, BoundedVec},
	sp_core::U256,
	sp_runtime::Perbill,
	sp_staking::SessionIndex,
};
use quern_primitives::{Balance, ClassId, EraIndex, Magnitude, OperatorId, Parts, RewardMode, Scope, WHOLE};
use scale_info::TypeInfo;

/// What waits for a group of slashes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Pending {
	/// What is due, in planck. As much is frozen, unless an offence against consensus displaced some.
	pub due: Parts,
	/// What was exposed to the offences, was not frozen, and left since, in planck: it still counts for the
	/// measure of what was allocated, which leaving must not shrink.
	pub gone: Balance,
}

/// What an operator allocated to a class, in parts of its `whole`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Allocation {
	/// Counts for new jobs, and is slashable.
	pub active: Magnitude,
	/// Waits to become active, and the session from which it is.
	pub joining: Option<(Magnitude, SessionIndex)>,
	/// Slashable still, but for no new job; and the era from which it is not, unless a slash of the class
	/// waits then.
	pub leaving: BoundedVec<(Magnitude, EraIndex), ConstU32<MAX_LEAVING>>,
	/// What jobs reserve of it, in planck.
	pub reserved: Balance,
}

impl Allocation {
	/// What was slashable of it in a session of an era, given that nothing changed since it was stored.
	pub fn slashable_in(&self, session: SessionIndex, era: EraIndex) -> Magnitude {
		let joined = self
			.joining
			.filter(|(_, from)| *from <= session)
			.map_or(0, |(joined, _)| joined);
		let leaving = self.leaving.iter().filter(|(_, until)| *until > era);
		// Parts of `whole`.
		leaving.fold(self.active.saturating_add(joined), |sum, (part, _)| {
			sum.saturating_add(*part)
		})
	}

	/// What is slashable of it, once it was settled.
	pub fn slashable(&self) -> Magnitude {
		self.leaving
			.iter()
			.fold(self.active, |sum, (part, _)| sum.saturating_add(*part))
	}

	/// All that it takes of the operator's limit.
	pub fn encumbered(&self) -> Magnitude {
		self.slashable()
			.saturating_add(self.joining.map_or(0, |(joining, _)| joining))
	}
}

/// An operator's allocations.
pub type Allocations = BoundedBTreeMap<ClassId, Allocation, ConstU32<MAX_ALLOCATIONS>>;

/// An operator's books. All its stake lies in `pool`; the parts sum to no more than that.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Operator<AccountId> {
	/// Number of its registration.
	pub id: OperatorId,
	/// The account that holds the stake, rewards that wait, and an existential deposit. No key owns it.
	pub pool: AccountId,
	/// Its own bond.
	pub own: Tranche,
	/// Delegations whose rewards raise the value of their shares, liquid shares among them.
	pub compounding: SharePool,
	/// Delegations whose rewards wait to be claimed.
	pub paying: SharePool,
	/// Rewards of one paying share since ever, in planck times 2^64.
	pub accumulator: U256,
	/// Rewards too small to be shared out, in planck times 2^64.
	pub carry: U256,
	/// All rewards of paying delegators that were not claimed, in planck, `carry` included.
	pub owed: Balance,
	/// The operator's rewards, commission included, that wait to be claimed, in planck.
	pub own_rewards: Balance,
	/// How the operator takes its own rewards.
	pub own_mode: RewardMode,
	/// Own bond whose unbonding period is over, in planck.
	pub withdrawable: Balance,
	/// What reservations sum to of the own bond, in planck. More than is free only after a slash.
	pub reserved: Balance,
	/// What the operator takes of rewards for others' stake and its own.
	pub commission: Perbill,
	/// A higher commission to come, and the era from which it holds.
	pub announced: Option<(Perbill, EraIndex)>,
	/// Eras of pools that still answer for offences or are withheld in part, in order, each with all that is
	/// in the pool, in planck.
	pub eras: BoundedVec<(EraIndex, Balance), ConstU32<MAX_ERA_POOLS>>,
	/// How many era pools there are, those that only wait to be withdrawn among them.
	pub era_pools: u32,
	/// Slashes that wait.
	pub pending: BoundedBTreeMap<Group, Pending, ConstU32<MAX_GROUPS>>,
	/// What its allocations are parts of: all of its stake.
	pub whole: Magnitude,
	/// Its allocations.
	pub allocations: Allocations,
	/// Whether it is leaving.
	pub leaving: bool,
	/// The last era in which an offence of it was reported.
	pub offended_in: Option<EraIndex>,
	/// The last session in which its state before it was written down.
	pub checkpointed: Option<SessionIndex>,
	/// What of it is in the total stake, in planck: `stake()` when it was stored.
	pub counted: Balance,
}

impl<AccountId> Operator<AccountId> {
	/// One without any stake.
	pub fn new(id: OperatorId, pool: AccountId, commission: Perbill) -> Self {
		Self {
			id,
			pool,
			own: Default::default(),
			compounding: Default::default(),
			paying: Default::default(),
			accumulator: U256::zero(),
			carry: U256::zero(),
			owed: 0,
			own_rewards: 0,
			own_mode: RewardMode::Compound,
			withdrawable: 0,
			reserved: 0,
			commission,
			announced: None,
			eras: BoundedVec::new(),
			era_pools: 0,
			pending: BoundedBTreeMap::new(),
			whole: WHOLE,
			allocations: BoundedBTreeMap::new(),
			leaving: false,
			offended_in: None,
			checkpointed: None,
			counted: 0,
		}
	}

	/// The pool of delegations of a mode.
	pub fn pool_of(&self, mode: RewardMode) -> &SharePool {
		match mode {
			RewardMode::Compound => &self.compounding,
			RewardMode::Payout => &self.paying,
		}
	}

	/// The same, to change it.
	pub fn pool_of_mut(&mut self, mode: RewardMode) -> &mut SharePool {
		match mode {
			RewardMode::Compound => &mut self.compounding,
			RewardMode::Payout => &mut self.paying,
		}
	}

	/// The tranches that are active: not unbonding.
	pub fn active(&self) -> [&Tranche; 3] {
		[&self.own, &self.compounding.tranche, &self.paying.tranche]
	}

	/// Active stake, what is frozen included, in planck.
	pub fn gross(&self) -> Balance {
		// Parts of one account's balance.
		self.active()
			.iter()
			.fold(0, |sum: Balance, part| sum.saturating_add(part.balance))
	}

	/// Stake that unbonds and cannot be withdrawn yet in an era, what is frozen included, in planck.
	pub fn unbonding(&self, now: EraIndex) -> Balance {
		let eras = self.eras.iter().filter(|(era, _)| *era > now);
		// Parts of one account's balance.
		eras.fold(0, |sum: Balance, (_, amount)| sum.saturating_add(*amount))
	}

	/// Stake that counts: active and not frozen, in planck.
	pub fn stake(&self) -> Balance {
		self.active()
			.iter()
			.fold(0, |sum: Balance, part| sum.saturating_add(part.free()))
	}

	/// Active stake that is frozen for groups for which `wanted` holds.
	pub fn active_frozen(&self, wanted: impl Fn(&Group) -> bool) -> Balance {
		self.active()
			.iter()
			.fold(0, |sum: Balance, part| sum.saturating_add(part.frozen_of(&wanted)))
	}

	/// The own bond that nothing reserves and no slash has frozen.
	pub fn free_bond(&self) -> Balance {
		// A slash may leave less than what is reserved; then nothing is free.
		self.own.free().saturating_sub(self.reserved)
	}

	/// What an allocation is worth for new jobs, in planck, once it was settled.
	pub fn allocation_value(&self, class: ClassId) -> Balance {
		let active = self.allocations.get(&class).map_or(0, |allocation| allocation.active);
		self.value_of_magnitude(class, active)
	}

	/// What a magnitude of a class would be worth for new jobs.
	pub fn value_of_magnitude(&self, class: ClassId, magnitude: Magnitude) -> Balance {
		policy::allocation_value(
			magnitude,
			self.whole,
			self.gross()
				.saturating_sub(self.active_frozen(|group| group.scope == Scope::Consensus)),
			self.active_frozen(|group| group.scope == Scope::Class(class)),
			self.stake(),
		)
	}

	/// The own bond that may leave: nothing reserves it, no slash has frozen it, and without it each allocation is
	/// worth what is reserved of it still.
	pub fn spare_bond(&self) -> Balance {
		let exposed = self
			.gross()
			.saturating_sub(self.active_frozen(|group| group.scope == Scope::Consensus));
		let counted = self.stake();
		let reserving = self
			.allocations
			.iter()
			.filter(|(_, allocation)| allocation.reserved > 0);
		reserving.fold(self.free_bond(), |spare, (class, allocation)| {
			let frozen = self.active_frozen(|group| group.scope == Scope::Class(*class));
			let (exposed_needed, counted_needed) =
				policy::stake_for(allocation.active, self.whole, frozen, allocation.reserved);
			// Where there is less already, nothing may leave.
			spare
				.min(exposed.saturating_sub(exposed_needed))
				.min(counted.saturating_sub(counted_needed))
		})
	}

	/// All that allocations take of the limit.
	pub fn encumbered(&self) -> Magnitude {
		self.allocations.values().fold(0, |sum: Magnitude, allocation| {
			sum.saturating_add(allocation.encumbered())
		})
	}

	/// What slashes of a class wait for, in planck.
	pub fn pending_of(&self, class: ClassId) -> Balance {
		let of_class = self
			.pending
			.iter()
			.filter(|(group, _)| group.scope == Scope::Class(class));
		// Parts of one stake.
		of_class.fold(0, |sum: Balance, (_, pending)| sum.saturating_add(pending.due.total()))
	}

	/// Lets what was to come by a session and era come: commission, allocations that join or leave.
	pub fn settle(&mut self, session: SessionIndex, era: EraIndex) {
		if let Some((commission, _)) = self.announced.filter(|(_, from)| *from <= era) {
			self.commission = commission;
			self.announced = None;
		}
		let mut waiting: Vec<ClassId> = Vec::new();
		for group in self.pending.keys() {
			if let Scope::Class(class) = group.scope {
				waiting.push(class);
			}
		}
		self.allocations.retain(|class, allocation| {
			if let Some((joined, _)) = allocation.joining.filter(|(_, from)| *from <= session) {
				// Parts of `whole`.
				allocation.active = allocation.active.saturating_add(joined);
				allocation.joining = None;
			}
			// What a slash that waits is a part of stays until it is executed, however late.
			if waiting.contains(class) {
				return true;
			}
			allocation.leaving.retain(|(_, until)| *until > era);
			allocation.encumbered() > 0 || allocation.reserved > 0
		});
	}

	/// Whether nothing keeps its record: it left, nobody's stake or reward is there, nothing is reserved,
	/// no slash waits, and no offence was reported in the running era. Shares may be left, worth nothing.
	pub fn is_gone(&self, era: EraIndex) -> bool {
		self.leaving
			&& self.gross() == 0
			&& self.era_pools == 0
			&& self.reserved == 0
			&& self.allocations.values().all(|allocation| allocation.reserved == 0)
			&& self.pending.is_empty()
			&& U256::from(self.owed) << 64 == self.carry
			&& self.offended_in.is_none_or(|offended| offended < era)
	}
}

/// What an account delegated to an operator.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Delegation {
	/// Compounding shares.
	pub compounding: Balance,
	/// Paying shares.
	pub paying: Balance,
	/// The operator's accumulator up to which rewards are in `claimable`.
	pub snapshot: U256,
	/// A part of a planck of rewards, times 2^64.
	pub fraction: u64,
	/// Rewards that wait to be claimed, in planck.
	pub claimable: Balance,
	/// Parts that leave, in order.
	pub unbonding: BoundedVec<Unbonding, ConstU32<MAX_UNBONDING>>,
}

impl Delegation {
	/// Shares of a mode.
	pub fn shares(&self, mode: RewardMode) -> Balance {
		match mode {
			RewardMode::Compound => self.compounding,
			RewardMode::Payout => self.paying,
		}
	}

	/// The same, to change them.
	pub fn shares_mut(&mut self, mode: RewardMode) -> &mut Balance {
		match mode {
			RewardMode::Compound => &mut self.compounding,
			RewardMode::Payout => &mut self.paying,
		}
	}

	/// Whether nothing is left of it but, perhaps, a part of a planck.
	pub fn is_empty(&self) -> bool {
		self.compounding == 0 && self.paying == 0 && self.claimable == 0 && self.unbonding.is_empty()
	}

	/// Books shares of an era's pool. `None` if too many parts wait already.
	pub fn add_unbonding(&mut self, withdrawable_in: EraIndex, shares: Balance) -> Option<()> {
		let at = self
			.unbonding
			.partition_point(|part| part.withdrawable_in < withdrawable_in);
		match self.unbonding.get_mut(at) {
			Some(part) if part.withdrawable_in == withdrawable_in => {
				part.shares = part.shares.checked_add(shares)?;
				Some(())
			}
			_ => self
				.unbonding
				.try_insert(
					at,
					Unbonding {
						withdrawable_in,
						shares,
						paid: 0,
					},
				)
				.ok(),
		}
	}
}

/// An operator's state at the start of a session, and of those before it in which it did not change.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Checkpoint {
	/// Active and unbonding stake, what is frozen included, in planck.
	pub stake: Balance,
	/// What allocations are parts of.
	pub whole: Magnitude,
	/// Allocations, as they were stored.
	pub allocations: Allocations,
}

/// An operator that wants to validate, or validates, and its stake.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Candidate<AccountId> {
	/// The operator.
	pub who: AccountId,
	/// Its stake that counts, own bond and delegations, in planck.
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
	/// Its own bond that counts fell below a validator's minimum.
	BelowMinimum,
	/// All places were taken, and a larger stake came.
	Outbid,
	/// It committed an offence.
	Offence,
	/// It is leaving.
	Leaving,
}
