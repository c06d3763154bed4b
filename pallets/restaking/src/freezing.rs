//! Freezing, thawing and taking stake, over an operator's active stake and its era pools: as many steps
//! as there are eras to which unbonding stake is exposed, whatever the number of delegators.
//!
//! - The own bond answers first, active and unbonding alike, then delegations; within each, tranches by
//!   what of them is not frozen.
//! - For an offence against consensus answers what may have been part of the exposure: what is active, and
//!   what stopped counting in its era or later. For a fault in a job also what unbonded before it and could
//!   not be withdrawn then: the job may have been assigned on it.
//! - What is frozen for offences of one era and scope is a [`Group`]. `pending` says what is due for it.
//! - An offence against consensus that does not find enough displaces what compute slashes had frozen.
//!   Then less is frozen for those than is due, and less is taken. If it is voided, they get it back.

use crate::{
	policy,
	pool::{part_floor, spread, EraPool, Group, Tranche},
	types::{Operator, Pending},
};
use alloc::vec::Vec;
use quern_primitives::{Balance, EraIndex, Parts, Scope};

/// The two sides of a stake.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
	Own,
	Delegated,
}

fn of_side(parts: &mut Parts, side: Side) -> &mut Balance {
	match side {
		Side::Own => &mut parts.own,
		Side::Delegated => &mut parts.delegated,
	}
}

/// What was taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Taken {
	/// Out of the own bond and of delegations, in planck.
	pub parts: Parts,
	/// What was frozen for it and is free again, in planck.
	pub thawed: Parts,
}

/// An operator's books with those of its eras that the work at hand needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Books<AccountId> {
	/// The operator.
	pub operator: Operator<AccountId>,
	/// Its era pools, in order.
	pub eras: Vec<(EraIndex, EraPool)>,
	/// The era that runs.
	pub now: EraIndex,
	/// Eras for which stake that stopped counting stays exposed.
	pub unbonding_eras: EraIndex,
}

impl<AccountId> Books<AccountId> {
	/// A side's tranches: the active ones, and those of eras for which `wanted` holds.
	fn select(&mut self, side: Side, wanted: impl Fn(EraIndex) -> bool) -> Vec<&mut Tranche> {
		let eras = self
			.eras
			.iter_mut()
			.filter(|(withdrawable_in, _)| wanted(*withdrawable_in));
		match side {
			Side::Own => core::iter::once(&mut self.operator.own)
				.chain(eras.map(|(_, pool)| &mut pool.own))
				.collect(),
			Side::Delegated => [
				&mut self.operator.compounding.tranche,
				&mut self.operator.paying.tranche,
			]
			.into_iter()
			.chain(eras.map(|(_, pool)| &mut pool.delegated.tranche))
			.collect(),
		}
	}

	/// Those that answer for a group's offences.
	fn exposed(&mut self, side: Side, group: &Group) -> Vec<&mut Tranche> {
		let (group, unbonding_eras) = (*group, self.unbonding_eras);
		self.select(side, |withdrawable_in| {
			is_exposed(&group, withdrawable_in, unbonding_eras)
		})
	}

	/// Those of them of which something may be frozen: of what can be withdrawn, no more.
	fn freezable(&mut self, side: Side, group: &Group) -> Vec<&mut Tranche> {
		let (group, now, unbonding_eras) = (*group, self.now, self.unbonding_eras);
		self.select(side, |withdrawable_in| {
			withdrawable_in > now && is_exposed(&group, withdrawable_in, unbonding_eras)
		})
	}

	/// All of them.
	fn tranches(&mut self, side: Side) -> Vec<&mut Tranche> {
		self.select(side, |_| true)
	}

	/// What is frozen for a group on a side.
	fn frozen(&mut self, side: Side, group: &Group) -> Balance {
		sum(self.tranches(side).iter().map(|tranche| tranche.frozen_for(group)))
	}

	/// Freezes up to `amount` for offences of an era, and returns what there was. Nothing if there is
	/// no place for the group, which cannot be: see [`policy::MAX_GROUPS`].
	pub fn freeze(&mut self, group: Group, amount: Balance) -> Parts {
		let mut parts = Parts::default();
		if amount == 0 || !self.make_room(&group) {
			return parts;
		}
		for side in [Side::Own, Side::Delegated] {
			let left = amount.saturating_sub(parts.total());
			*of_side(&mut parts, side) = freeze_free(&mut self.freezable(side, &group), group, left);
		}
		if group.scope == Scope::Consensus {
			for side in [Side::Own, Side::Delegated] {
				let left = amount.saturating_sub(parts.total());
				let displaced = displace(&mut self.freezable(side, &group), group, left);
				let part = of_side(&mut parts, side);
				*part = part.saturating_add(displaced);
			}
		}
		if parts.total() > 0 {
			let mut pending = self.operator.pending.get(&group).cloned().unwrap_or_default();
			// Parts of one stake.
			pending.due.own = pending.due.own.saturating_add(parts.own);
			pending.due.delegated = pending.due.delegated.saturating_add(parts.delegated);
			let stored = self.operator.pending.try_insert(group, pending);
			debug_assert!(stored.is_ok(), "room was made");
		}
		parts
	}

	/// Gives back `parts` of what is due for offences of an era.
	pub fn thaw(&mut self, group: Group, parts: Parts) -> Parts {
		let mut left = parts;
		let mut released = Parts::default();
		for group in self.groups_for(group) {
			let due = self.take_due(&group, &mut left);
			for side in [Side::Own, Side::Delegated] {
				let amount = self.share(side, &group, due);
				release(&mut self.tranches(side), &group, amount);
				let sum = of_side(&mut released, side);
				*sum = sum.saturating_add(amount);
			}
			self.pay_due(&group, due, &mut released);
		}
		if group.scope == Scope::Consensus {
			self.refill(released);
		}
		released
	}

	/// Takes `parts` of what is due for offences of an era out of the stake: for a class, at most what is
	/// allocated to it now. What that leaves is thawed. The class's magnitude falls with what is taken.
	pub fn take(&mut self, group: Group, parts: Parts) -> Taken {
		let basis = self.basis(&group);
		let mut cap = match group.scope {
			Scope::Consensus => Balance::MAX,
			Scope::Class(class) => {
				let magnitude = self
					.operator
					.allocations
					.get(&class)
					.map_or(0, |allocation| allocation.slashable());
				policy::allocated(basis, magnitude, self.operator.whole)
			}
		};
		let mut left = parts;
		let mut taken = Taken::default();
		for group in self.groups_for(group) {
			let due = self.take_due(&group, &mut left);
			for side in [Side::Own, Side::Delegated] {
				let frozen = self.share(side, &group, due);
				let amount = frozen.min(cap);
				cap = cap.saturating_sub(amount);
				take(&mut self.tranches(side), &group, amount);
				let mut tranches = self.tranches(side);
				release(&mut tranches, &group, frozen.saturating_sub(amount));
				let sum = of_side(&mut taken.parts, side);
				*sum = sum.saturating_add(amount);
				let sum = of_side(&mut taken.thawed, side);
				*sum = sum.saturating_add(frozen.saturating_sub(amount));
			}
			self.pay_due(&group, due, &mut taken.thawed);
		}
		if let Scope::Class(class) = group.scope {
			self.lower_magnitude(class, taken.parts.total(), basis);
		}
		taken
	}

	/// What of the stake a class's allocation is measured by: all that was exposed to the offences and was not
	/// slashed since, without what offences against consensus have frozen of it.
	fn basis(&mut self, group: &Group) -> Balance {
		let gone = self
			.groups_for(*group)
			.into_iter()
			.filter_map(|group| self.operator.pending.get(&group));
		let mut basis = gone.map(|pending| pending.gone).max().unwrap_or(0);
		for side in [Side::Own, Side::Delegated] {
			for tranche in self.exposed(side, group) {
				let frozen = tranche.frozen_of(|other| other.scope == Scope::Consensus);
				basis = basis.saturating_add(tranche.balance.saturating_sub(frozen));
			}
		}
		basis
	}

	/// Lowers a class's magnitude, active and leaving parts alike, and the whole, for `taken` of `stake`.
	fn lower_magnitude(&mut self, class: quern_primitives::ClassId, taken: Balance, stake: Balance) {
		let whole = self.operator.whole;
		let Some(allocation) = self.operator.allocations.get_mut(&class) else {
			return;
		};
		let fall = policy::magnitude_fall(allocation.slashable(), whole, taken, stake);
		let magnitudes: Vec<Balance> = core::iter::once(allocation.active)
			.chain(allocation.leaving.iter().map(|(part, _)| *part))
			.map(Balance::from)
			.collect();
		let parts = spread(fall.into(), &magnitudes);
		let mut parts = parts.into_iter().map(|part| u64::try_from(part).unwrap_or(u64::MAX));
		// Each part is no more than its magnitude, and all magnitudes no more than half of the whole.
		allocation.active = allocation.active.saturating_sub(parts.next().unwrap_or(0));
		for ((magnitude, _), part) in allocation.leaving.iter_mut().zip(parts) {
			*magnitude = magnitude.saturating_sub(part);
		}
		allocation.leaving.retain(|(magnitude, _)| *magnitude > 0);
		self.operator.whole = whole.saturating_sub(fall);
	}

	/// The pool of an era, which is made if there is none. `None` if there are too many.
	pub fn era_mut(&mut self, withdrawable_in: EraIndex) -> Option<&mut EraPool> {
		let at = self.eras.partition_point(|(era, _)| *era < withdrawable_in);
		if self.eras.get(at).is_none_or(|(era, _)| *era != withdrawable_in) {
			let place = self.operator.eras.partition_point(|(era, _)| *era < withdrawable_in);
			self.operator.eras.try_insert(place, (withdrawable_in, 0)).ok()?;
			self.operator.era_pools = self.operator.era_pools.checked_add(1)?;
			self.eras.insert(at, (withdrawable_in, EraPool::default()));
		}
		self.eras.get_mut(at).map(|(_, pool)| pool)
	}

	/// Ends what era pools hold back once it can be withdrawn: what is free of the own bond waits for
	/// `withdraw` from then on, and pools of which nothing is frozen are no more listed, which counts as
	/// if all in them had been withdrawn.
	pub fn mature(&mut self) {
		let now = self.now;
		let mut left = Vec::new();
		for (withdrawable_in, pool) in self
			.eras
			.iter_mut()
			.filter(|(withdrawable_in, _)| *withdrawable_in <= now)
		{
			let free = pool.own.free();
			// Parts of one account's balance.
			pool.own.balance = pool.own.balance.saturating_sub(free);
			self.operator.withdrawable = self.operator.withdrawable.saturating_add(free);
			let mut gone = free;
			let listed = self.operator.eras.len();
			if !pool.has_frozen() {
				self.operator.eras.retain(|(era, _)| era != withdrawable_in);
				if self.operator.eras.len() < listed {
					gone = gone.saturating_add(pool.delegated.tranche.balance);
				}
			}
			left.push((*withdrawable_in, gone));
		}
		for (withdrawable_in, gone) in left {
			self.note_gone(withdrawable_in, gone);
		}
	}

	/// Drops pools in which nothing is left and into which nothing comes any more. Returns their eras.
	pub fn drop_empty(&mut self) -> Vec<EraIndex> {
		let now = self.now;
		let is_over = |era: EraIndex, pool: &EraPool| era <= now && pool.is_empty();
		let over: Vec<EraIndex> = self
			.eras
			.iter()
			.filter(|(era, pool)| is_over(*era, pool))
			.map(|(era, _)| *era)
			.collect();
		self.eras.retain(|(era, pool)| !is_over(*era, pool));
		self.operator.era_pools = self.operator.era_pools.saturating_sub(over.len() as u32);
		over
	}

	/// Writes into the list of eras what is in their pools.
	pub fn list(&mut self) {
		for (withdrawable_in, pool) in &self.eras {
			if let Some((_, amount)) = self.operator.eras.iter_mut().find(|(era, _)| era == withdrawable_in) {
				*amount = pool.total();
			}
		}
	}

	/// Remembers what left that slashes of classes, which wait, could have taken.
	pub fn note_gone(&mut self, withdrawable_in: EraIndex, amount: Balance) {
		let unbonding_eras = self.unbonding_eras;
		for (group, pending) in self.operator.pending.iter_mut() {
			if group.scope != Scope::Consensus && is_exposed(group, withdrawable_in, unbonding_eras) {
				pending.gone = pending.gone.saturating_add(amount);
			}
		}
	}

	/// The groups from which a slash's amount goes: its own, then others of its scope, the oldest first,
	/// with which it may have been merged.
	fn groups_for(&self, group: Group) -> Vec<Group> {
		let others = self
			.operator
			.pending
			.keys()
			.filter(|other| other.scope == group.scope && **other != group);
		core::iter::once(group)
			.filter(|group| self.operator.pending.contains_key(group))
			.chain(others.copied())
			.collect()
	}

	/// What of `left` is due for a group; takes it off `left`.
	fn take_due(&self, group: &Group, left: &mut Parts) -> Parts {
		let due = self
			.operator
			.pending
			.get(group)
			.map(|pending| pending.due)
			.unwrap_or_default();
		let part = Parts {
			own: due.own.min(left.own),
			delegated: due.delegated.min(left.delegated),
		};
		*left = left.without(&part);
		part
	}

	/// The part of what is frozen for a group on a side that stands for `part` of what is due.
	fn share(&mut self, side: Side, group: &Group, mut part: Parts) -> Balance {
		let mut due = self
			.operator
			.pending
			.get(group)
			.map(|pending| pending.due)
			.unwrap_or_default();
		let frozen = self.frozen(side, group);
		part_floor(frozen, *of_side(&mut part, side), *of_side(&mut due, side))
	}

	/// Takes `part` off what is due for a group. Where nothing is due any more, nothing stays frozen.
	fn pay_due(&mut self, group: &Group, part: Parts, released: &mut Parts) {
		let Some(pending) = self.operator.pending.get_mut(group) else {
			return;
		};
		pending.due = pending.due.without(&part);
		let mut due = pending.due;
		if due.total() == 0 {
			self.operator.pending.remove(group);
		}
		for side in [Side::Own, Side::Delegated] {
			if *of_side(&mut due, side) == 0 {
				let frozen = self.frozen(side, group);
				release(&mut self.tranches(side), group, frozen);
				let sum = of_side(released, side);
				*sum = sum.saturating_add(frozen);
			}
		}
	}

	/// Freezes again, of what an offence against consensus gave back, what it had displaced.
	fn refill(&mut self, released: Parts) {
		let mut released = released;
		let groups: Vec<(Group, Parts)> = self
			.operator
			.pending
			.iter()
			.map(|(group, pending)| (*group, pending.due))
			.collect();
		for (group, mut due) in groups {
			if group.scope == Scope::Consensus {
				continue;
			}
			for side in [Side::Own, Side::Delegated] {
				let missing = of_side(&mut due, side).saturating_sub(self.frozen(side, &group));
				let left = of_side(&mut released, side);
				let amount = missing.min(*left);
				let frozen = freeze_free(&mut self.freezable(side, &group), group, amount);
				*left = left.saturating_sub(frozen);
			}
		}
	}

	/// Makes a place for a group: if there is none, merges the two oldest of the scope that has most.
	fn make_room(&mut self, group: &Group) -> bool {
		if self.operator.pending.contains_key(group) || !is_full(self.operator.pending.len()) {
			return true;
		}
		let groups: Vec<Group> = self.operator.pending.keys().copied().collect();
		let of_scope = |scope: Scope| groups.iter().filter(move |other| other.scope == scope);
		let Some(scope) = groups
			.iter()
			.map(|other| other.scope)
			.max_by_key(|scope| of_scope(*scope).count())
		else {
			return false;
		};
		let mut oldest = of_scope(scope).copied();
		let (Some(into), Some(from)) = (oldest.next(), oldest.next()) else {
			return false;
		};
		for side in [Side::Own, Side::Delegated] {
			for tranche in self.tranches(side) {
				let amount = tranche.frozen_for(&from);
				tranche.release(&from, amount);
				let moved = tranche.freeze(into, amount);
				debug_assert!(moved.is_some(), "a place was freed, if one was needed");
			}
		}
		let merged = self.operator.pending.remove(&from).unwrap_or_default();
		if let Some(pending) = self.operator.pending.get_mut(&into) {
			merge(pending, merged);
		}
		true
	}
}

/// Whether stake that can be withdrawn in an era answers for a group's offences, if it could not then: against
/// consensus, if it was part of an exposure still; of a class, as long as it unbonds, since jobs were
/// assigned on it, and go on.
fn is_exposed(group: &Group, withdrawable_in: EraIndex, unbonding_eras: EraIndex) -> bool {
	match group.scope {
		Scope::Consensus => {
			policy::exposed_until(withdrawable_in, unbonding_eras).is_some_and(|until| until >= group.era)
		}
		Scope::Class(_) => withdrawable_in > group.era,
	}
}

fn is_full(groups: usize) -> bool {
	groups >= policy::MAX_GROUPS as usize
}

fn merge(into: &mut Pending, other: Pending) {
	// Parts of one stake.
	into.due.own = into.due.own.saturating_add(other.due.own);
	into.due.delegated = into.due.delegated.saturating_add(other.due.delegated);
	into.gone = into.gone.max(other.gone);
}

/// A sum of parts of one stake.
fn sum(parts: impl Iterator<Item = Balance>) -> Balance {
	parts.fold(0, |sum, part| sum.saturating_add(part))
}

/// Freezes up to `amount` of what is free, by what is free. Returns how much.
fn freeze_free(tranches: &mut [&mut Tranche], group: Group, amount: Balance) -> Balance {
	let free: Vec<Balance> = tranches.iter().map(|tranche| tranche.free()).collect();
	let mut frozen: Balance = 0;
	for (tranche, part) in tranches.iter_mut().zip(spread(amount, &free)) {
		if tranche.freeze(group, part).is_some() {
			frozen = frozen.saturating_add(part);
		} else {
			debug_assert!(false, "a tranche's groups are among those that wait");
		}
	}
	frozen
}

/// Turns up to `amount` of what compute slashes have frozen over to `group`. Returns how much.
fn displace(tranches: &mut [&mut Tranche], group: Group, amount: Balance) -> Balance {
	let theirs = |tranche: &Tranche| tranche.frozen_of(|other| other.scope != Scope::Consensus);
	let weights: Vec<Balance> = tranches.iter().map(|tranche| theirs(tranche)).collect();
	let mut displaced: Balance = 0;
	for (tranche, part) in tranches.iter_mut().zip(spread(amount, &weights)) {
		let groups: Vec<(Group, Balance)> = tranche
			.frozen
			.iter()
			.filter(|(other, _)| other.scope != Scope::Consensus)
			.map(|(other, frozen)| (*other, *frozen))
			.collect();
		let weights: Vec<Balance> = groups.iter().map(|(_, frozen)| *frozen).collect();
		for ((other, _), part) in groups.iter().zip(spread(part, &weights)) {
			tranche.release(other, part);
			if tranche.freeze(group, part).is_some() {
				displaced = displaced.saturating_add(part);
			} else {
				debug_assert!(false, "a tranche's groups are among those that wait");
			}
		}
	}
	displaced
}

/// Frees `amount` of what is frozen for a group, by what is frozen.
fn release(tranches: &mut [&mut Tranche], group: &Group, amount: Balance) {
	let frozen: Vec<Balance> = tranches.iter().map(|tranche| tranche.frozen_for(group)).collect();
	for (tranche, part) in tranches.iter_mut().zip(spread(amount, &frozen)) {
		tranche.release(group, part);
	}
}

/// Takes `amount` of what is frozen for a group, by what is frozen.
fn take(tranches: &mut [&mut Tranche], group: &Group, amount: Balance) {
	let frozen: Vec<Balance> = tranches.iter().map(|tranche| tranche.frozen_for(group)).collect();
	for (tranche, part) in tranches.iter_mut().zip(spread(amount, &frozen)) {
		tranche.take(group, part);
	}
}
