//! Claims that go into the pool with the provider's tokens, and claims bought back in the market.

use crate::{
	collateral::{Cancel, Issue},
	policy,
	types::*,
	Additions, Books, BuyBacks, Config, Error, Event, NextAdditionId, NextBuyBackId, Pallet, Providers, WeightInfo,
	LOG,
};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible,
			fungibles::{self, Mutate as _},
			tokens::Preservation,
		},
		weights::Weight,
	},
	sp_runtime::{DispatchResult, Saturating},
};
use quern_primitives::{
	ports::{Liquidity, LiquidityOutcome, Market, NewLiquidity, OnLiquidity},
	Balance, BlockNumber, ClassId, GpuTime, NewOrder, Purpose, Side,
};

impl<T: Config> Pallet<T> {
	pub(crate) fn do_issue_liquidity(
		who: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		tokens: Balance,
		min_shares: Balance,
	) -> DispatchResult {
		Self::open_class(class)?;
		ensure!(tokens > 0, Error::<T>::ZeroAmount);
		let book = Self::issue(&who, class, gpu_time, Issue::Liquidity)?;
		let reference = NextAdditionId::<T>::get();
		let next = reference.checked_add(1).ok_or(Error::<T>::Overflow)?;

		let account = Self::account_id();
		NextAdditionId::<T>::put(next);
		Books::<T>::insert(&who, class, book);
		let addition = Addition {
			provider: who.clone(),
			class,
			gpu_time,
			tokens,
		};
		Additions::<T>::insert(reference, addition);
		<T::Currency as fungible::Mutate<_>>::transfer(&who, &account, tokens, Preservation::Preserve)?;
		T::Claims::mint_into(class, &account, gpu_time)?;
		T::Liquidity::add(NewLiquidity {
			class,
			who: account,
			max_tokens: tokens,
			max_gpu_time: gpu_time,
			min_shares,
			// Saturating: the last block is never reached.
			deadline: Self::now().saturating_add(policy::LIQUIDITY_BLOCKS),
			reference,
		})?;
		Self::deposit_event(Event::LiquidityIssued {
			addition: reference,
			provider: who,
			class,
			gpu_time,
			tokens,
		});
		Ok(())
	}

	pub(crate) fn do_buy_back_in_market(
		who: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		max_cost: Balance,
		blocks: BlockNumber,
	) -> DispatchResult {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		ensure!(blocks <= policy::MAX_BUY_BACK_BLOCKS, Error::<T>::TooLong);
		ensure!(Providers::<T>::contains_key(&who), Error::<T>::ProviderNotFound);
		let book = Books::<T>::get(&who, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(gpu_time <= book.unassigned(), Error::<T>::ObligationsExceeded);
		ensure!(
			BuyBacks::<T>::count() < policy::MAX_BUY_BACKS,
			Error::<T>::TooManyBuyBacks
		);
		let id = NextBuyBackId::<T>::get();
		NextBuyBackId::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);
		BuyBacks::<T>::insert(
			id,
			BuyBack {
				provider: who.clone(),
				class,
			},
		);
		let order = T::Market::place_order(NewOrder {
			class,
			side: Side::Buy,
			gpu_time,
			limit: max_cost,
			payer: who.clone(),
			recipient: Self::account_id(),
			purpose: Purpose::BuyBack(id),
			// Saturating: the last block is never reached.
			expires_at: Self::now().saturating_add(blocks),
			pace: None,
		})?;
		Self::deposit_event(Event::BuyBackPlaced {
			buy_back: id,
			order,
			provider: who,
			class,
			gpu_time,
		});
		Ok(())
	}

	/// A buy-back's claims are in the pallet's account: burns them against what the provider owes still, and
	/// hands it what goes beyond.
	pub(crate) fn bought(id: u64, gpu_time: GpuTime) {
		let Some(BuyBack { provider, class }) = BuyBacks::<T>::get(id) else {
			log::error!(target: LOG, "the market filled a buy-back {id} that does not exist");
			return;
		};
		let owes = Books::<T>::get(&provider, class).map_or(0, |book| book.unassigned());
		let mut left = gpu_time;
		let cancelled = gpu_time.min(owes);
		if cancelled > 0 {
			match Self::redeem(&provider, class, &Self::account_id(), cancelled, Cancel::InMarket) {
				Ok(released) => {
					left.saturating_reduce(cancelled);
					Self::deposit_event(Event::BoughtBack {
						provider: provider.clone(),
						class,
						gpu_time: cancelled,
						released,
					});
				}
				Err(error) => log::error!(target: LOG, "buy-back {id}: {cancelled} are not cancelled: {error:?}"),
			}
		}
		if left > 0 {
			let account = Self::account_id();
			let given = <T::Claims as fungibles::Mutate<_>>::transfer(
				class,
				&account,
				&provider,
				left,
				Preservation::Expendable,
			);
			if let Err(error) = given {
				log::error!(target: LOG, "buy-back {id}: {left} claims stay here: {error:?}");
			}
		}
	}

	/// A buy-back's order left the market.
	pub(crate) fn bought_all(id: u64, unfilled: GpuTime) {
		BuyBacks::<T>::remove(id);
		Self::deposit_event(Event::BuyBackClosed { buy_back: id, unfilled });
	}
}

impl<T: Config> OnLiquidity for Pallet<T> {
	fn settled(class: ClassId, reference: u64, outcome: LiquidityOutcome) {
		let Some(addition) = Additions::<T>::take(reference) else {
			log::error!(target: LOG, "the market added liquidity {reference} that nobody issued");
			return;
		};
		let provider = addition.provider;
		let Some(mut book) = Books::<T>::get(&provider, class) else {
			log::error!(target: LOG, "liquidity {reference} has no book");
			return;
		};
		// Saturating from here on: no more comes back than went, and nothing may fail while the market clears.
		let unused = outcome.gpu_time_returned.min(addition.gpu_time);
		book.adding.saturating_reduce(addition.gpu_time);
		book.liquidity
			.saturating_accrue(addition.gpu_time.saturating_sub(unused));
		book.shares.saturating_accrue(outcome.shares);
		if unused > 0 {
			match Self::cancel(class, unused) {
				Ok(()) => {
					book.obligations.saturating_reduce(unused);
					book.earn(unused);
				}
				Err(error) => {
					log::error!(target: LOG, "liquidity {reference}: {unused} claims are not burned: {error:?}");
					// Still claims, so still an obligation.
					book.liquidity.saturating_accrue(unused);
				}
			}
		}
		let back = outcome.tokens_returned;
		if back > 0 {
			let account = Self::account_id();
			let paid =
				<T::Currency as fungible::Mutate<_>>::transfer(&account, &provider, back, Preservation::Preserve);
			if let Err(error) = paid {
				// Booked as proceeds that wait, so that they follow with those.
				log::warn!(target: LOG, "liquidity {reference}: {back} planck wait: {error:?}");
				book.proceeds.saturating_accrue(back);
				book.unpaid.saturating_accrue(back);
			}
		}
		Self::shrink(&provider, class, &mut book);
		Books::<T>::insert(&provider, class, book);
		Self::deposit_event(Event::LiquidityAdded {
			addition: reference,
			provider,
			class,
			gpu_time: addition.gpu_time.saturating_sub(unused),
			shares: outcome.shares,
			tokens_returned: back,
		});
	}

	fn settled_weight() -> Weight {
		T::WeightInfo::liquidity_settled()
	}
}
