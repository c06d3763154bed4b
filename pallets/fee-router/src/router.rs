//! Splitting fees, paying their legs, burning.

use crate::*;
use core::marker::PhantomData;
use frame_support::traits::{
	fungible::{Balanced, Inspect},
	Imbalance, OnUnbalanced, TryDrop,
};

/// Splits the fees of settled jobs.
pub struct JobFees<T>(PhantomData<T>);

/// Splits the protocol's part of the market's fee, the 0.05 %.
pub struct MarketFees<T>(PhantomData<T>);

/// Burns the congestion base fees of settled jobs, all of them.
pub struct BaseFees<T>(PhantomData<T>);

/// Splits transaction fees: the handler for `pallet_transaction_payment::FungibleAdapter`, which hands
/// over the base fee, then the tip.
pub struct TransactionFees<T>(PhantomData<T>);

/// Burns and books: for dust, slashes, and all else that leaves the supply. It takes the imbalances of
/// `fungible` and, for pallets of the older kind such as the treasury, those of `Currency`.
pub struct Burner<T>(PhantomData<T>);

impl<T: Config> OnUnbalanced<CreditOf<T>> for JobFees<T> {
	fn on_nonzero_unbalanced(credit: CreditOf<T>) {
		let fee = credit.peek();
		let policy::Legs {
			burned,
			stakers,
			treasury,
			insurance,
		} = Pallet::<T>::split(credit);
		Pallet::<T>::book(|era| era.job_fees = era.job_fees.saturating_add(fee));
		Pallet::<T>::deposit_event(Event::JobFeeRouted {
			fee,
			burned,
			stakers,
			treasury,
			insurance,
		});
	}
}

impl<T: Config> OnUnbalanced<CreditOf<T>> for MarketFees<T> {
	fn on_nonzero_unbalanced(credit: CreditOf<T>) {
		let fee = credit.peek();
		let policy::Legs {
			burned,
			stakers,
			treasury,
			insurance,
		} = Pallet::<T>::split(credit);
		Pallet::<T>::book(|era| era.market_fees = era.market_fees.saturating_add(fee));
		Pallet::<T>::deposit_event(Event::MarketFeeRouted {
			fee,
			burned,
			stakers,
			treasury,
			insurance,
		});
	}
}

impl<T: Config> OnUnbalanced<CreditOf<T>> for BaseFees<T> {
	fn on_nonzero_unbalanced(credit: CreditOf<T>) {
		let fee = Pallet::<T>::burn(credit);
		Pallet::<T>::book(|era| era.base_fees = era.base_fees.saturating_add(fee));
		Pallet::<T>::deposit_event(Event::BaseFeeBurned { fee });
	}
}

impl<T: Config> OnUnbalanced<CreditOf<T>> for TransactionFees<T> {
	fn on_unbalanceds(mut amounts: impl Iterator<Item = CreditOf<T>>) {
		let fee = amounts.next().unwrap_or_default();
		let tip = amounts.fold(CreditOf::<T>::zero(), Imbalance::merge);
		Pallet::<T>::split_transaction_fee(fee, tip);
	}

	fn on_nonzero_unbalanced(fee: CreditOf<T>) {
		Pallet::<T>::split_transaction_fee(fee, CreditOf::<T>::zero());
	}
}

impl<T: Config, I: Imbalance<Balance> + TryDrop> OnUnbalanced<I> for Burner<T> {
	fn on_nonzero_unbalanced(amount: I) {
		Pallet::<T>::burn(amount);
	}
}

impl<T: Config> Pallet<T> {
	/// Pays and burns the legs of a fee. Returns what each got; they sum to the fee.
	fn split(credit: CreditOf<T>) -> policy::Legs {
		let legs = policy::legs(credit.peek());
		let (mut to_burn, rest) = credit.split(legs.burned);
		let (stakers, rest) = rest.split(legs.stakers);
		let (treasury, insurance) = rest.split(legs.treasury);
		let stakers = Self::pay(&Self::staker_pot(), stakers, &mut to_burn);
		let treasury = Self::pay(&T::Treasury::get(), treasury, &mut to_burn);
		let insurance = Self::pay(&Self::insurance_account(), insurance, &mut to_burn);
		Self::book(|era| {
			era.to_stakers = era.to_stakers.saturating_add(stakers);
			era.to_treasury = era.to_treasury.saturating_add(treasury);
			era.to_insurance = era.to_insurance.saturating_add(insurance);
		});
		policy::Legs {
			burned: Self::burn(to_burn),
			stakers,
			treasury,
			insurance,
		}
	}

	/// Pays the author its part of the base fee and the tip, and burns the others.
	fn split_transaction_fee(credit: CreditOf<T>, tip_credit: CreditOf<T>) {
		let (fee, tip) = (credit.peek(), tip_credit.peek());
		let (share, mut to_burn) = credit.split(policy::author_share(fee));
		let share = share.merge(tip_credit);
		if fee == 0 && tip == 0 {
			return;
		}
		let amount = share.peek();
		let to_author = match T::Author::get() {
			Some(author) if amount > 0 => Self::paid(amount, T::AuthorFees::pay(&author, share), &mut to_burn),
			// Nobody, or nothing.
			_ => {
				to_burn.subsume(share);
				0
			}
		};
		Self::book(|era| {
			era.transaction_fees = era.transaction_fees.saturating_add(fee).saturating_add(tip);
			era.to_authors = era.to_authors.saturating_add(to_author);
		});
		let burned = Self::burn(to_burn);
		Self::deposit_event(Event::TransactionFeeRouted {
			fee,
			tip,
			burned,
			to_author,
		});
	}

	/// Pays `credit` to `who` and returns how much that was. What the account cannot take goes to
	/// `to_burn`.
	fn pay(who: &T::AccountId, credit: CreditOf<T>, to_burn: &mut CreditOf<T>) -> Balance {
		let amount = credit.peek();
		if amount == 0 {
			return 0;
		}
		Self::paid(amount, T::Currency::resolve(who, credit), to_burn)
	}

	/// How much was paid of `amount`. What was given back goes to `to_burn`: dropped here, it would
	/// lower issuance past the books.
	fn paid(amount: Balance, paid: Result<(), CreditOf<T>>, to_burn: &mut CreditOf<T>) -> Balance {
		match paid {
			Ok(()) => amount,
			Err(unpaid) => {
				let back = unpaid.peek();
				to_burn.subsume(unpaid);
				amount.saturating_sub(back)
			}
		}
	}

	/// The one place where issuance falls: drops an imbalance and books by how much issuance fell
	/// with it, which is the imbalance's value if it is one of the native token.
	fn burn<I: Imbalance<Balance>>(amount: I) -> Balance {
		let before = T::Currency::total_issuance();
		drop(amount);
		let burned = before.saturating_sub(T::Currency::total_issuance());
		if burned > 0 {
			TotalBurned::<T>::mutate(|total| *total = total.saturating_add(burned));
			Self::book(|era| era.burned = era.burned.saturating_add(burned));
			Self::deposit_event(Event::Burned { amount: burned });
		}
		burned
	}
}
