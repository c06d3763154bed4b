//! What must hold of the books.

use crate::*;
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use frame_support::traits::fungible::Inspect;

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. the pallet's account covers collected fees and pots, beside the existential deposit;
	/// 2. the reserve's account exists;
	/// 3. the stakers' pot covers the shares that came back to it;
	/// 4. each payout's points, and those being gathered, are the sum of validators' points, and no
	///    other points are stored;
	/// 5. a payout that waits has points, one without points has no pot;
	/// 6. payouts are of distinct eras in order, all before the one in which points are gathered, and
	///    that is no later than the era that runs;
	/// 7. each era's earnings stand in their place, and the era is over.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		let running = Running::<T>::get();
		let gathering = running.iter().map(|running| running.payout.clone());
		let payouts: Vec<Payout> = Payouts::<T>::get().into_iter().chain(gathering).collect();
		Self::check_money(&payouts, &mut broken);
		Self::check_points(&payouts, &mut broken);
		Self::check_order(&payouts, running.as_ref(), &mut broken);
		Self::check_history(running.as_ref(), &mut broken);
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	fn check_money(payouts: &[Payout], broken: &mut Vec<String>) {
		let collected = CollectedFees::<T>::get().map_or(0, |collected| collected.amount);
		let booked = payouts
			.iter()
			.fold(collected, |sum, payout| sum.saturating_add(payout.pot));
		let there = Self::spendable(&Self::account_id());
		if there < booked {
			broken.push(format!("fees and pots are {booked}, the account has {there} to spend"));
		}
		let reserve = T::Currency::balance(&Self::reserve_account());
		if reserve < T::Currency::minimum_balance() {
			broken.push(format!("the reserve's account has {reserve}"));
		}
		let (pot, returned) = (Self::spendable(&T::StakerPot::get()), ReturnedShares::<T>::get());
		if pot < returned {
			broken.push(format!(
				"shares of {returned} came back to the stakers' pot, it has {pot} to spend"
			));
		}
	}

	fn check_points(payouts: &[Payout], broken: &mut Vec<String>) {
		let mut stored = BTreeMap::<EraIndex, u64>::new();
		for (era, _, points) in Points::<T>::iter() {
			let sum = stored.entry(era).or_default();
			*sum = sum.saturating_add(points);
		}
		for payout in payouts {
			let sum = stored.remove(&payout.era).unwrap_or_default();
			if sum != payout.points {
				broken.push(format!(
					"era {}: validators have {sum} points, the payout is for {}",
					payout.era, payout.points
				));
			}
			if payout.points == 0 && payout.pot > 0 {
				broken.push(format!("era {}: a pot of {} for no points", payout.era, payout.pot));
			}
		}
		for (era, points) in stored {
			broken.push(format!("era {era}: {points} points without a payout"));
		}
	}

	fn check_order(payouts: &[Payout], running: Option<&RunningEra>, broken: &mut Vec<String>) {
		if payouts.windows(2).any(|pair| pair[0].era >= pair[1].era) {
			let eras: Vec<_> = payouts.iter().map(|payout| payout.era).collect();
			broken.push(format!("payouts are out of order: {eras:?}"));
		}
		for payout in Payouts::<T>::get() {
			if payout.points == 0 {
				broken.push(format!("era {}: a payout waits for nobody", payout.era));
			}
		}
		let Some(running) = running else { return };
		if running.payout.era > running.era || running.era > T::Era::get() {
			broken.push(format!(
				"points are gathered for era {} in era {}, and it is era {}",
				running.payout.era,
				running.era,
				T::Era::get()
			));
		}
		if running.points > running.payout.points {
			broken.push(format!(
				"era {} gave {} points, its payout has {}",
				running.era, running.points, running.payout.points
			));
		}
	}

	fn check_history(running: Option<&RunningEra>, broken: &mut Vec<String>) {
		for (place, earnings) in History::<T>::iter() {
			let over = running.is_some_and(|running| earnings.era < running.era);
			if place != Self::place(earnings.era) || !over {
				broken.push(format!("earnings of era {} stand at {place}", earnings.era));
			}
		}
	}
}
