//! Rewards: shared out in as many steps whatever the number of delegators, exactly.
//!
//! The operator takes its commission, rounded down. The rest goes to own bond, compounding and paying
//! delegations by what they are worth, what is frozen included; the parts of delegations are rounded
//! down, and the operator has what that leaves. A compounding part raises its pool's balance. A paying part
//! raises the pool's accumulator, rewards of a share since ever in units of 2^-64 planck; what does not
//! divide by the shares is carried to the next reward, and each delegator keeps its own part of a
//! planck, so that no unit is lost and
//!
//! ```text
//! Σ (shares * (accumulator - snapshot) + fraction + claimable * 2^64) + carry == owed * 2^64
//! ```

use crate::*;
use frame_support::{
	ensure,
	traits::{
		fungible::{Balanced, Mutate},
		tokens::Preservation,
		Imbalance,
	},
};
use polkadot_sdk::{sp_core::U256, sp_runtime::DispatchResult};
use quern_primitives::ports::StakeRewards;

/// How a reward was shared out. All are in planck and sum to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RewardSplit {
	/// To the operator: its commission, its bond's part, what roundings left.
	pub operator: Balance,
	/// To compounding delegations.
	pub compounding: Balance,
	/// To paying delegations.
	pub paying: Balance,
}

impl<AccountId> Operator<AccountId> {
	/// Books a reward that is in the pool account.
	pub fn share_out(&mut self, reward: Balance) -> RewardSplit {
		// No sum here is more than the supply.
		let rest = reward.saturating_sub(self.commission.mul_floor(reward));
		let gross = self.gross();
		let compounding = part_floor(rest, self.compounding.tranche.balance, gross);
		let paying = part_floor(rest, self.paying.tranche.balance, gross);
		let operator = reward.saturating_sub(compounding).saturating_sub(paying);

		self.compounding.tranche.balance = self.compounding.tranche.balance.saturating_add(compounding);
		self.pay_out(paying);
		if self.own_mode == RewardMode::Compound && !self.leaving {
			self.own.balance = self.own.balance.saturating_add(operator);
		} else {
			self.own_rewards = self.own_rewards.saturating_add(operator);
		}
		RewardSplit {
			operator,
			compounding,
			paying,
		}
	}

	/// Raises the accumulator of paying shares, of which there are some if `amount` is not zero.
	fn pay_out(&mut self, amount: Balance) {
		let shares = U256::from(self.paying.shares);
		// A planck times 2^64, and a sum of such, is far from 2^256.
		let units = (U256::from(amount) << 64).saturating_add(self.carry);
		if let (Some(each), Some(rest)) = (units.checked_div(shares), units.checked_rem(shares)) {
			self.accumulator = self.accumulator.saturating_add(each);
			self.carry = rest;
			self.owed = self.owed.saturating_add(amount);
		}
	}
}

impl Delegation {
	/// Books the rewards of paying shares since the last time.
	pub fn collect<AccountId>(&mut self, operator: &Operator<AccountId>) {
		let each = operator.accumulator.saturating_sub(self.snapshot);
		// A part of all rewards there ever were, in units of 2^-64 planck: far from 2^256.
		let units = U256::from(self.paying)
			.saturating_mul(each)
			.saturating_add(self.fraction.into());
		self.claimable = self.claimable.saturating_add((units >> 64).low_u128());
		self.fraction = units.low_u64();
		self.snapshot = operator.accumulator;
	}
}

impl<T: Config> Pallet<T> {
	pub(crate) fn do_claim(who: &T::AccountId, of: Option<&T::AccountId>) -> DispatchResult {
		let from = of.unwrap_or(who);
		let mut operator = Self::edit(from)?;
		let amount = if of.is_none() {
			core::mem::replace(&mut operator.own_rewards, 0)
		} else {
			let mut delegation = Self::delegation(who, &operator).ok_or(Error::<T>::NotDelegator)?;
			let amount = core::mem::replace(&mut delegation.claimable, 0);
			operator.owed = operator.owed.checked_sub(amount).ok_or(DispatchError::Corruption)?;
			Self::store_delegation(who, &mut operator, delegation);
			amount
		};
		ensure!(amount > 0, Error::<T>::NothingToClaim);
		T::Currency::transfer(&operator.pool, who, amount, Preservation::Preserve)?;
		Self::commit(from, operator);
		Self::deposit_event(Event::Claimed {
			who: who.clone(),
			operator: from.clone(),
			amount,
		});
		Ok(())
	}
}

impl<T: Config> StakeRewards<T::AccountId> for Pallet<T> {
	type Credit = fungible::Credit<T::AccountId, T::Currency>;

	fn reward(who: &T::AccountId, reward: Self::Credit) -> Result<(), Self::Credit> {
		let Ok(mut operator) = Self::edit(who) else {
			return Err(reward);
		};
		let amount = reward.peek();
		if amount == 0 {
			return Ok(());
		}
		T::Currency::resolve(&operator.pool, reward)?;
		let RewardSplit {
			operator: to_operator,
			compounding,
			paying,
		} = operator.share_out(amount);
		Self::commit(who, operator);
		Self::deposit_event(Event::Rewarded {
			operator: who.clone(),
			to_operator,
			compounding,
			paying,
		});
		Ok(())
	}

	fn validators_stake() -> Balance {
		let exposures = Exposures::<T>::get(CurrentSession::<T>::get()).unwrap_or_default();
		// Parts of the supply.
		exposures
			.iter()
			.fold(0, |sum: Balance, exposure| sum.saturating_add(exposure.stake))
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	fn operator(own: Balance, compounding: Balance, paying: Balance, commission: Perbill) -> Operator<u64> {
		let mut operator = Operator::new(0, 0, commission);
		operator.own = Tranche::of(own);
		operator.compounding.absorb(Tranche::of(compounding)).unwrap();
		operator.paying.absorb(Tranche::of(paying)).unwrap();
		operator
	}

	#[test]
	fn commission_then_by_value_and_the_rest_to_the_operator() {
		let mut o = operator(100, 200, 300, Perbill::from_percent(10));
		let split = o.share_out(1_001);
		// 100 commission; of 901: 300 compounding, 450 paying, 151 own.
		assert_eq!(
			split,
			RewardSplit {
				operator: 251,
				compounding: 300,
				paying: 450
			}
		);
		assert_eq!((o.own.balance, o.compounding.tranche.balance, o.owed), (351, 500, 450));
		o.own_mode = RewardMode::Payout;
		o.commission = Perbill::one();
		assert_eq!(o.share_out(7).operator, 7);
		assert_eq!((o.own.balance, o.own_rewards), (351, 7));
	}

	#[test]
	fn without_any_stake_the_operator_has_it() {
		let mut o = operator(0, 0, 0, Perbill::zero());
		assert_eq!(o.share_out(5).operator, 5);
	}

	proptest! {
		#[test]
		fn no_unit_of_paying_rewards_is_lost(
			holders in proptest::collection::vec(1u128..1 << 90, 1..6),
			rewards in proptest::collection::vec((0u128..1 << 70, 0usize..6, any::<bool>()), 1..40),
		) {
			let mut o = operator(0, 0, holders.iter().sum(), Perbill::zero());
			let mut held: Vec<Delegation> = holders.iter().map(|paying| Delegation { paying: *paying, ..Default::default() }).collect();
			let mut paid_in = 0u128;
			for (reward, who, collect) in rewards {
				o.pay_out(reward);
				paid_in += reward;
				if collect {
					let who = who % held.len();
					held[who].collect(&o);
				}
			}
			for each in &mut held { each.collect(&o); }
			let claimable: u128 = held.iter().map(|each| each.claimable).sum();
			prop_assert!(claimable <= paid_in);
			let units = held.iter().fold(U256::from(claimable) << 64, |sum, each| sum + U256::from(each.fraction));
			prop_assert_eq!(units + o.carry, U256::from(paid_in) << 64);
			prop_assert_eq!(o.owed, paid_in);
			// By shares, but for less than a planck each and what is carried.
			for (each, shares) in held.iter().zip(&holders) {
				prop_assert!(part_floor(paid_in, *shares, o.paying.shares).abs_diff(each.claimable) <= 1 + (shares >> 64));
			}
		}
	}
}
