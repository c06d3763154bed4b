//! Pure arithmetic of stake: tranches with frozen parts, and pools of shares.
//!
//! Everything is in planck, but shares, which are numbers. Divisions round down unless said; what a
//! rounding leaves stays where it was, so that nobody gains by it but those who stay.

use crate::policy::{MAX_GROUPS, MAX_SHARES_PER_PLANCK};
use alloc::vec::Vec;
use codec::{Decode, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{traits::ConstU32, BoundedBTreeMap},
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding},
};
use quern_primitives::{Balance, EraIndex, Scope};
use scale_info::TypeInfo;

/// Slashes that are frozen together: those of one era of offence and one scope.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Group {
	/// The era of the offences. Only a name once the amount is frozen: groups that were merged bear
	/// the older one's.
	pub era: EraIndex,
	/// What answers for them.
	pub scope: Scope,
}

/// What is frozen of a tranche for each group; no entry is zero.
pub type Frozen = BoundedBTreeMap<Group, Balance, ConstU32<MAX_GROUPS>>;

/// `floor(value * numerator / denominator)`, for a fraction of at most one; zero if the denominator is.
pub fn part_floor(value: Balance, numerator: Balance, denominator: Balance) -> Balance {
	// Never more than `value`, hence never too large.
	multiply_by_rational_with_rounding(value, numerator.min(denominator), denominator, Rounding::Down).unwrap_or(0)
}

/// The same, rounded up.
pub fn part_ceil(value: Balance, numerator: Balance, denominator: Balance) -> Balance {
	multiply_by_rational_with_rounding(value, numerator.min(denominator), denominator, Rounding::Up).unwrap_or(0)
}

/// Splits `amount`, at most the sum of `weights`, by weight, so that the parts sum to it exactly and
/// none is more than its weight: each is the growth of `floor(amount * weights so far / all weights)`.
pub fn spread(amount: Balance, weights: &[Balance]) -> Vec<Balance> {
	// Weights are parts of one stake: their sum is no more than the supply.
	let total = weights
		.iter()
		.fold(0, |sum: Balance, weight| sum.saturating_add(*weight));
	let amount = amount.min(total);
	let (mut weight_so_far, mut given): (Balance, Balance) = (0, 0);
	weights
		.iter()
		.map(|weight| {
			weight_so_far = weight_so_far.saturating_add(*weight);
			let upto = part_floor(amount, weight_so_far, total);
			let part = upto.saturating_sub(given);
			given = upto;
			part
		})
		.collect()
}

/// An amount of stake, and what of it waits for slashes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Tranche {
	/// All of it, in planck.
	pub balance: Balance,
	/// What is frozen of it; sums to no more than `balance`.
	pub frozen: Frozen,
}

impl Tranche {
	/// One with nothing frozen.
	pub fn of(balance: Balance) -> Self {
		Self {
			balance,
			frozen: Frozen::new(),
		}
	}

	/// What is frozen of it for the groups for which `wanted` holds.
	pub fn frozen_of(&self, wanted: impl Fn(&Group) -> bool) -> Balance {
		self.frozen
			.iter()
			.filter(|(group, _)| wanted(group))
			// No more than the balance.
			.fold(0, |sum: Balance, (_, amount)| sum.saturating_add(*amount))
	}

	/// What is frozen of it.
	pub fn frozen_total(&self) -> Balance {
		self.frozen_of(|_| true)
	}

	/// What is not.
	pub fn free(&self) -> Balance {
		self.balance.saturating_sub(self.frozen_total())
	}

	/// What is frozen of it for a group.
	pub fn frozen_for(&self, group: &Group) -> Balance {
		self.frozen.get(group).copied().unwrap_or(0)
	}

	/// Freezes `amount`, at most what is free, for a group. `None` if it has no place for the group.
	pub fn freeze(&mut self, group: Group, amount: Balance) -> Option<()> {
		if amount == 0 {
			return Some(());
		}
		let sum = self.frozen_for(&group).checked_add(amount)?;
		self.frozen.try_insert(group, sum).map(|_| ()).ok()
	}

	/// Frees `amount` of what is frozen for a group.
	pub fn release(&mut self, group: &Group, amount: Balance) {
		let left = self.frozen_for(group).saturating_sub(amount);
		match self.frozen.get_mut(group) {
			Some(frozen) if left > 0 => *frozen = left,
			_ => {
				self.frozen.remove(group);
			}
		}
	}

	/// Takes `amount` of what is frozen for a group out of the tranche.
	pub fn take(&mut self, group: &Group, amount: Balance) {
		let amount = amount.min(self.frozen_for(group));
		self.release(group, amount);
		// Frozen is a part of the balance.
		self.balance = self.balance.saturating_sub(amount);
	}

	/// Adds another to it, with what is frozen of that. `None`, with nothing changed, if the sum is
	/// too large or has too many groups.
	pub fn absorb(&mut self, other: Tranche) -> Option<()> {
		let mut sum = self.clone();
		sum.balance = sum.balance.checked_add(other.balance)?;
		for (group, amount) in other.frozen {
			sum.freeze(group, amount)?;
		}
		*self = sum;
		Some(())
	}

	/// Splits off `numerator / denominator` of it, rounded down, with that part of what is frozen,
	/// rounded up: who leaves takes no less of a pending slash than its part.
	fn split(&mut self, numerator: Balance, denominator: Balance) -> Tranche {
		let mut piece = Tranche::of(part_floor(self.balance, numerator, denominator));
		let mut room = piece.balance;
		for (group, amount) in self.frozen.clone() {
			let moved = part_ceil(amount, numerator, denominator).min(room);
			room = room.saturating_sub(moved);
			self.release(&group, moved);
			// As many groups as there were, at most: there is a place for each.
			if piece.freeze(group, moved).is_none() {
				debug_assert!(false, "a piece has no more groups than the whole");
			}
		}
		self.balance = self.balance.saturating_sub(piece.balance);
		piece
	}
}

/// Stake that many hold by shares. A share is worth `balance / shares`, whatever is frozen.
///
/// Shares are minted and burned at that **gross** value, rounded against the one who acts, so that
/// neither changes what another's share is worth but upwards by a rounding. Only rewards raise it else,
/// and only slashes lower it. Tokens sent to the account that holds the stake are in no book.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct SharePool {
	/// The stake.
	pub tranche: Tranche,
	/// Shares that exist.
	pub shares: Balance,
}

impl SharePool {
	/// What shares are worth, rounded down; all there is for all of them.
	pub fn value_of(&self, shares: Balance) -> Balance {
		if shares >= self.shares {
			return if self.shares == 0 { 0 } else { self.tranche.balance };
		}
		part_floor(self.tranche.balance, shares, self.shares)
	}

	/// What of that is frozen, rounded up.
	pub fn frozen_part(&self, shares: Balance) -> Balance {
		part_ceil(self.tranche.frozen_total(), shares, self.shares)
	}

	/// Whether slashes left a share worth so little that no more are minted.
	pub fn is_impaired(&self) -> bool {
		self.shares > self.tranche.balance.saturating_mul(MAX_SHARES_PER_PLANCK)
	}

	/// Shares for `amount` now: one a planck in an empty pool. `None`: a share is worth nothing, or
	/// there are too many.
	pub fn shares_for(&self, amount: Balance) -> Option<Balance> {
		if self.shares == 0 {
			return (self.tranche.balance == 0).then_some(amount);
		}
		multiply_by_rational_with_rounding(amount, self.shares, self.tranche.balance, Rounding::Down)
	}

	/// Adds a tranche, with what is frozen of it, and mints shares for it. Changes nothing if it fails.
	///
	/// A minter loses less than one part in as many as it gets shares: with `y` shares for `a`, the
	/// exact number would have been below `y + 1`, and a share is worth no less after it than before.
	pub fn absorb(&mut self, piece: Tranche) -> Option<Balance> {
		let minted = self.shares_for(piece.balance)?;
		let shares = self.shares.checked_add(minted)?;
		self.tranche.absorb(piece)?;
		self.shares = shares;
		Some(minted)
	}

	/// Burns shares and hands out what they are worth, with their part of what is frozen. `None` if
	/// there are fewer.
	pub fn burn(&mut self, shares: Balance) -> Option<Tranche> {
		let left = self.shares.checked_sub(shares)?;
		let piece = self.tranche.split(shares, self.shares);
		self.shares = left;
		Some(piece)
	}
}

/// Stake that stopped counting and can be withdrawn from one era on. Slashable until then; what was
/// frozen by then stays withheld.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct EraPool {
	/// Of the operator.
	pub own: Tranche,
	/// Of delegators. Nobody enters once it can be withdrawn.
	pub delegated: SharePool,
	/// What was paid to delegators that still hold their shares, since something is frozen.
	pub paid: Balance,
}

/// What a delegator holds of an [`EraPool`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Unbonding {
	/// The era in which it can be withdrawn, which names the pool.
	pub withdrawable_in: EraIndex,
	/// Shares of the pool.
	pub shares: Balance,
	/// What was paid for them already, in planck.
	pub paid: Balance,
}

impl EraPool {
	/// All that is in it.
	pub fn total(&self) -> Balance {
		// Parts of one account's balance.
		self.own.balance.saturating_add(self.delegated.tranche.balance)
	}

	/// Whether nothing is in it. Shares may be left, worth nothing.
	pub fn is_empty(&self) -> bool {
		self.total() == 0
	}

	/// Whether something of it is frozen.
	pub fn has_frozen(&self) -> bool {
		!self.own.frozen.is_empty() || !self.delegated.tranche.frozen.is_empty()
	}

	/// What a holder's shares are worth, what is frozen included, and what was paid taken off.
	pub fn value_of(&self, part: &Unbonding) -> Balance {
		self.entitled(part, 0).saturating_sub(part.paid)
	}

	/// The part of the pool as it would be had it paid nobody, without `withheld`, for a holder's shares.
	fn entitled(&self, part: &Unbonding, withheld: Balance) -> Balance {
		// No more than was ever unbonded.
		let all = self.delegated.tranche.balance.saturating_add(self.paid);
		part_floor(all.saturating_sub(withheld), part.shares, self.delegated.shares)
	}

	/// Pays a holder what is not frozen, and returns how much. If nothing is frozen its shares are
	/// burned; else it keeps them for the rest. What it was paid counts against what is not frozen for
	/// all, so that asking again before something thaws or is taken brings nothing.
	pub fn redeem(&mut self, part: &mut Unbonding) -> Balance {
		let withheld = self.delegated.tranche.frozen_total();
		let entitled = self.entitled(part, withheld);
		let payable = entitled.saturating_sub(part.paid).min(self.delegated.tranche.free());
		self.delegated.tranche.balance = self.delegated.tranche.balance.saturating_sub(payable);
		if withheld == 0 {
			self.paid = self.paid.saturating_sub(part.paid);
			self.delegated.shares = self.delegated.shares.saturating_sub(part.shares);
			(part.shares, part.paid) = (0, 0);
		} else {
			self.paid = self.paid.saturating_add(payable);
			part.paid = part.paid.saturating_add(payable);
		}
		payable
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn group(era: EraIndex) -> Group {
		Group {
			era,
			scope: Scope::Consensus,
		}
	}

	fn pool(balance: Balance, shares: Balance, frozen: &[Balance]) -> SharePool {
		let mut tranche = Tranche::of(balance);
		for (era, amount) in frozen.iter().enumerate() {
			tranche.freeze(group(era as u32), *amount).unwrap();
		}
		SharePool { tranche, shares }
	}

	/// Whether a share of `b` is worth no less than one of `a`.
	fn no_cheaper(a: &SharePool, b: &SharePool) -> bool {
		b.shares == 0 || primitive(a.tranche.balance, b.shares) <= primitive(b.tranche.balance, a.shares)
	}

	fn primitive(a: Balance, b: Balance) -> polkadot_sdk::sp_core::U256 {
		polkadot_sdk::sp_core::U256::from(a) * polkadot_sdk::sp_core::U256::from(b)
	}

	#[test]
	fn an_empty_pool_mints_a_share_a_planck() {
		let mut p = SharePool::default();
		assert_eq!(p.absorb(Tranche::of(500)), Some(500));
		p.tranche.balance = 1_000;
		assert_eq!((p.absorb(Tranche::of(500)), p.shares), (Some(250), 750));
		assert_eq!((p.value_of(250), p.value_of(500), p.value_of(750)), (500, 1_000, 1_500));
	}

	#[test]
	fn a_pool_whose_shares_are_worth_nothing_mints_none() {
		let mut p = pool(0, 5, &[]);
		assert!(p.is_impaired());
		assert_eq!(p.absorb(Tranche::of(500)), None);
		assert_eq!(p.burn(5), Some(Tranche::of(0)));
		assert_eq!(p.absorb(Tranche::of(500)), Some(500));
		assert!(pool(1, 1_000_001, &[]).is_impaired() && !pool(1, 1_000_000, &[]).is_impaired());
	}

	#[test]
	fn who_leaves_takes_its_part_of_what_is_frozen() {
		let mut p = pool(1_000, 1_000, &[400, 1]);
		let piece = p.burn(250).unwrap();
		assert_eq!(
			(piece.balance, piece.frozen_for(&group(0)), piece.frozen_for(&group(1))),
			(250, 100, 1)
		);
		assert_eq!((p.tranche.balance, p.tranche.frozen_total(), p.shares), (750, 300, 750));
		let rest = p.burn(750).unwrap();
		assert_eq!((rest.balance, rest.frozen_total()), (750, 300));
		assert_eq!(p, SharePool::default());
	}

	#[test]
	fn redeeming_twice_brings_nothing_more() {
		let mut e = EraPool {
			delegated: pool(100, 100, &[50]),
			..Default::default()
		};
		let part = Unbonding {
			withdrawable_in: 0,
			shares: 50,
			paid: 0,
		};
		let (mut a, mut b) = (part, part);
		assert_eq!((e.redeem(&mut a), e.redeem(&mut a), e.redeem(&mut b)), (25, 0, 25));
		assert_eq!((e.delegated.tranche.balance, e.paid, e.value_of(&a)), (50, 50, 25));
		// Half of what is frozen is taken, the rest thaws.
		e.delegated.tranche.take(&group(0), 25);
		assert_eq!((e.redeem(&mut a), e.value_of(&a)), (0, 12));
		e.delegated.tranche.release(&group(0), 25);
		assert_eq!((e.redeem(&mut a), e.redeem(&mut b)), (12, 13));
		assert!(e.is_empty() && e.delegated.shares == 0 && e.paid == 0);
	}

	proptest! {
		#[test]
		fn parts_sum_to_the_amount_and_none_exceeds_its_weight(
			weights in proptest::collection::vec(0u128..1 << 100, 0..40),
			fraction in 0u128..=1_000_000,
		) {
			let total: u128 = weights.iter().sum();
			let amount = part_floor(total, fraction, 1_000_000);
			let parts = spread(amount, &weights);
			prop_assert_eq!(parts.iter().sum::<u128>(), amount);
			prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| part <= weight));
		}

		#[test]
		fn minting_and_burning_lower_nobodys_share(
			balance in 1u128..1 << 90,
			price_ppm in 1u128..1 << 40,
			moves in proptest::collection::vec((any::<bool>(), 1u128..1 << 80), 1..20),
		) {
			let shares = (balance * 1_000_000 / price_ppm).max(1);
			let mut p = pool(balance, shares, &[]);
			for (mint, size) in moves {
				let before = p.clone();
				if mint {
					let Some(minted) = p.absorb(Tranche::of(size)) else { continue };
					// The mint's loss is below one part in the shares minted, and one planck.
					let worth = p.value_of(minted);
					prop_assert!(worth <= size);
					let loss = size.checked_div(minted).map_or(size, |part| part + 1);
					prop_assert!(size - worth <= loss);
				} else {
					let burned = size % (p.shares + 1);
					let value = p.value_of(burned);
					let piece = p.burn(burned).unwrap();
					prop_assert_eq!(piece.balance, value);
				}
				prop_assert!(no_cheaper(&before, &p));
			}
		}

		#[test]
		fn frozen_stays_within_both_pieces(
			balance in 1u128..1 << 90,
			shares in 1u128..1 << 90,
			frozen in proptest::collection::vec(0u128..1 << 90, 0..5),
			burned in 0u128..1 << 90,
		) {
			let frozen: Vec<_> = frozen.iter().map(|f| f % (balance / 5 + 1)).collect();
			let mut p = pool(balance, shares, &frozen);
			let before = p.tranche.clone();
			let piece = p.burn(burned % (shares + 1)).unwrap();
			prop_assert!(piece.frozen_total() <= piece.balance);
			prop_assert!(p.tranche.frozen_total() <= p.tranche.balance);
			prop_assert_eq!(piece.balance + p.tranche.balance, balance);
			for group in before.frozen.keys() {
				prop_assert_eq!(piece.frozen_for(group) + p.tranche.frozen_for(group), before.frozen_for(group));
			}
		}

		/// However holders ask, take and thaw alternate, all is paid out at the end, by shares, and
		/// nobody gets more by asking more often.
		#[test]
		fn an_era_pool_pays_by_shares_whoever_asks_when(
			shares in proptest::collection::vec(1u128..1 << 70, 1..6),
			frozen_ppm in 0u128..=1_000_000,
			steps in proptest::collection::vec((0u8..8, 0u128..=1_000_000), 0..40),
		) {
			let total: u128 = shares.iter().sum();
			let mut e = EraPool { delegated: pool(total, total, &[part_floor(total, frozen_ppm, 1_000_000)]), ..Default::default() };
			let mut parts: Vec<_> = shares.iter().map(|s| Unbonding { withdrawable_in: 0, shares: *s, paid: 0 }).collect();
			let (mut got, mut taken) = (alloc::vec![0u128; parts.len()], 0u128);
			for (what, ppm) in steps.into_iter().chain([(7, 1_000_000)]) {
				let amount = part_floor(e.delegated.tranche.frozen_total(), ppm, 1_000_000);
				match what {
					6 => { e.delegated.tranche.take(&group(0), amount); taken += amount; }
					7 => e.delegated.tranche.release(&group(0), amount),
					i => { let i = usize::from(i) % parts.len(); got[i] += e.redeem(&mut parts[i]); }
				}
				prop_assert!(e.delegated.tranche.frozen_total() <= e.delegated.tranche.balance);
			}
			for (part, got) in parts.iter_mut().zip(&mut got) { *got += e.redeem(part); }
			prop_assert!(e.is_empty() && e.delegated.shares == 0 && e.paid == 0);
			prop_assert_eq!(got.iter().sum::<u128>(), total - taken);
			for (share, got) in shares.iter().zip(got) {
				let fair = part_floor(total - taken, *share, total);
				prop_assert!(got.abs_diff(fair) <= shares.len() as u128 + 1, "{} is not {}", got, fair);
			}
		}
	}
}
