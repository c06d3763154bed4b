//! Paying out pots, a few validators at a time.

use crate::*;
use frame_support::{
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Imbalance, OnUnbalanced,
	},
	weights::{Weight, WeightMeter},
};
use polkadot_sdk::sp_runtime::DispatchError;
use quern_primitives::ports::StakeRewards;

impl<T: Config> Pallet<T> {
	/// Pays as many validators as `remaining` weight has room for. Returns the weight it took.
	pub(crate) fn pay_in(remaining: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(remaining);
		if meter.try_consume(T::DbWeight::get().reads(1)).is_err() || Payouts::<T>::get().is_empty() {
			return meter.consumed();
		}
		let each = T::WeightInfo::pay_validator();
		let room = meter.remaining().checked_div_per_component(&each).unwrap_or_default();
		let paid = Self::pay_validators(room.saturated_into());
		meter.consume(each.saturating_mul(paid.into()));
		meter.consumed()
	}

	/// Pays up to `most` validators, the oldest payout first. Returns how many it was.
	pub(crate) fn pay_validators(most: u32) -> u32 {
		let mut queue = Payouts::<T>::get();
		let mut paid = 0;
		if queue.is_empty() {
			return paid;
		}
		while let Some(payout) = queue.iter_mut().next() {
			if !Self::work_off(payout, most, &mut paid) {
				break;
			}
			// All that had points were paid, and with the last of them the pot's last planck: unless
			// the books are broken, nothing is left.
			if payout.pot > 0 {
				log::error!(target: LOG_TARGET, "era {}: points are gone, the pot is not", payout.era);
				match Self::take(payout.pot) {
					Ok(left) => Self::give_back(left),
					Err(_) => break,
				}
			}
			queue.remove(0);
		}
		Payouts::<T>::put(queue);
		paid
	}

	/// Pays validators of a payout until `paid` is `most`. Returns whether none is left.
	fn work_off(payout: &mut Payout, most: u32, paid: &mut u32) -> bool {
		// Each is removed once it was seen, so the next block begins behind it.
		for (validator, points) in Points::<T>::iter_prefix(payout.era) {
			if *paid >= most {
				return false;
			}
			if let Err(error) = Self::pay_validator(payout, &validator, points) {
				log::error!(target: LOG_TARGET, "a share could not be taken out of the pot: {error:?}");
				return false;
			}
			*paid = paid.saturating_add(1);
		}
		true
	}

	/// Pays a validator its share. Changes nothing if that fails.
	fn pay_validator(payout: &mut Payout, validator: &T::AccountId, points: u64) -> Result<(), DispatchError> {
		let amount = policy::share(payout.pot, points, payout.points);
		if amount > 0 {
			let (era, operator) = (payout.era, validator.clone());
			match T::Stake::reward(validator, Self::take(amount)?) {
				Ok(()) => Self::deposit_event(Event::Rewarded { era, operator, amount }),
				Err(share) => {
					Self::give_back(share);
					Self::deposit_event(Event::ShareReturned { era, operator, amount });
				}
			}
		}
		// A share is part of the pot, points are part of the points.
		payout.pot = payout.pot.saturating_sub(amount);
		payout.points = payout.points.saturating_sub(points);
		Points::<T>::remove(payout.era, validator);
		Ok(())
	}

	/// Puts a share that nobody took into the stakers' pot, for the next era.
	fn give_back(share: CreditOf<T>) {
		let amount = share.peek();
		match T::Currency::resolve(&T::StakerPot::get(), share) {
			// Part of the supply.
			Ok(()) => ReturnedShares::<T>::mutate(|all| *all = all.saturating_add(amount)),
			Err(unpaid) => T::Burn::on_unbalanced(unpaid),
		}
	}

	/// Takes `amount` out of the pallet's account.
	pub(crate) fn take(amount: Balance) -> Result<CreditOf<T>, DispatchError> {
		T::Currency::withdraw(
			&Self::account_id(),
			amount,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)
	}
}
