//! Authors' fees: gathered while a block runs, handed over once at its end.

use crate::*;
use frame_support::traits::{
	fungible::{Balanced, Inspect},
	Imbalance, OnUnbalanced,
};
use quern_primitives::ports::{AuthorFees, StakeRewards};

impl<T: Config> Pallet<T> {
	/// Hands the fees gathered to their author: to its stake or, if it is no operator, to its account.
	pub(crate) fn hand_over_fees() {
		let Some(Collected { author, amount }) = CollectedFees::<T>::get() else {
			return;
		};
		let credit = match Self::take(amount) {
			Ok(credit) => credit,
			Err(error) => {
				// They stay due, and are tried again in the next block.
				log::error!(target: LOG_TARGET, "an author's fees could not be taken out: {error:?}");
				return;
			}
		};
		CollectedFees::<T>::kill();
		match T::Stake::reward(&author, credit) {
			Ok(()) => {
				Running::<T>::mutate_extant(|running| {
					// Part of the supply.
					running.author_fees = running.author_fees.saturating_add(amount);
				});
				Self::deposit_event(Event::AuthorRewarded { author, amount });
			}
			Err(unpaid) => match T::Currency::resolve(&author, unpaid) {
				Ok(()) => Self::deposit_event(Event::AuthorRewarded { author, amount }),
				Err(unpaid) => T::Burn::on_unbalanced(unpaid),
			},
		}
	}
}

impl<T: Config> AuthorFees<T::AccountId, CreditOf<T>> for Pallet<T> {
	/// Gathers them until the block's end. Gives them back if the pallet's account lacks the
	/// existential deposit: it could not pay them out.
	fn pay(author: &T::AccountId, fees: CreditOf<T>) -> Result<(), CreditOf<T>> {
		let account = Self::account_id();
		if T::Currency::balance(&account) < T::Currency::minimum_balance() {
			return Err(fees);
		}
		// A block has one author: another's are those of a block whose end failed to hand them over.
		if CollectedFees::<T>::get().is_some_and(|collected| collected.author != *author) {
			Self::hand_over_fees();
		}
		let before = match CollectedFees::<T>::get() {
			None => 0,
			Some(collected) if collected.author == *author => collected.amount,
			Some(_) => return Err(fees),
		};
		let amount = fees.peek();
		if amount == 0 {
			return Ok(());
		}
		T::Currency::resolve(&account, fees)?;
		CollectedFees::<T>::put(Collected {
			author: author.clone(),
			// Part of the supply.
			amount: before.saturating_add(amount),
		});
		Ok(())
	}
}
