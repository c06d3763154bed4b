//! Clearing: what each block does first.

use crate::*;
use alloc::vec::Vec;
use compute_amm_math::{batch, liquidity, price};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Balanced as _, Mutate as _},
		fungibles::{Inspect as _, Mutate as _},
		tokens::{
			Fortitude::Polite,
			Precision::Exact,
			Preservation::{Expendable, Preserve},
		},
		OnUnbalanced,
	},
	weights::Weight,
	BoundedVec,
};
use polkadot_sdk::sp_runtime::{DispatchError, DispatchResult};
use quern_primitives::{ports::OnOrder, BlockNumber, ClassId, Price, Side};

impl<T: Config> Pallet<T> {
	/// Clears every listed class. A class that fails keeps its state and its place in the list.
	pub(crate) fn clear_all(now: BlockNumber) -> Weight {
		let listed = Active::<T>::get();
		let mut weight = T::WeightInfo::clear_none();
		let mut done = Vec::new();
		for class in &listed {
			let orders = Book::<T>::decode_len(class).unwrap_or(0) as u32;
			let requests = LiquidityQueue::<T>::decode_len(class).unwrap_or(0) as u32;
			weight.saturating_accrue(T::WeightInfo::clear(orders, requests));
			match with_storage_layer(|| Self::clear_class(*class, now)) {
				Ok(true) => (),
				Ok(false) => done.push(*class),
				Err(error) => {
					log::error!(target: LOG_TARGET, "class {class} did not clear, to be tried again: {error:?}");
					Self::deposit_event(Event::ClearingDeferred { class: *class, error });
				}
			}
		}
		if !done.is_empty() {
			Active::<T>::mutate(|active| active.retain(|class| !done.contains(class)));
		}
		weight
	}

	/// Clears a class's batch, then applies its liquidity requests. Whether orders stay in the book.
	fn clear_class(class: ClassId, now: BlockNumber) -> Result<bool, DispatchError> {
		let mut pool = Pools::<T>::get(class).ok_or(Error::<T>::NoPool)?;
		let book = Book::<T>::take(class);
		let stays = if book.is_empty() {
			false
		} else {
			Self::clear_batch(class, &mut pool, book.into_inner(), now)?
		};
		for request in LiquidityQueue::<T>::take(class) {
			Self::apply(class, &mut pool, &request, now)?;
		}
		Pools::<T>::insert(class, pool);
		Ok(stays)
	}

	/// Clears one batch: money into the pool first, then the books, then what goes out, order by order.
	/// Whether orders stay.
	fn clear_batch(
		class: ClassId,
		pool: &mut Pool,
		mut book: Vec<Order<T::AccountId>>,
		now: BlockNumber,
	) -> Result<bool, DispatchError> {
		let orders: Vec<batch::Order> = book.iter().map(Order::in_batch).collect();
		let cleared = batch::clear(pool.reserve_tokens, pool.reserve_claims, &orders).map_err(Error::<T>::from)?;
		let (market, account) = (Self::account(), Self::pool_account(class));

		if cleared.paid > 0 {
			T::Currency::transfer(&market, &account, cleared.paid, Preserve)?;
		}
		Self::hand_over(class, &market, &account, cleared.sold)?;

		pool.reserve_tokens = cleared
			.reserve_tokens
			.checked_sub(cleared.router_fee)
			.ok_or(Error::<T>::TooLarge)?;
		pool.reserve_claims = cleared.reserve_claims;
		let price = Price::from_inner(price(cleared.price_numerator, cleared.price_denominator));
		pool.observe(price, now);
		Pools::<T>::insert(class, *pool);

		for (order, fill) in book.iter_mut().zip(&cleared.fills) {
			// Within the order's size and, for a buy, its limit: the batch saw only what is left of them.
			order.filled = order.filled.checked_add(fill.gpu_time).ok_or(Error::<T>::TooLarge)?;
			order.tokens = order.tokens.checked_add(fill.tokens).ok_or(Error::<T>::TooLarge)?;
		}
		let staying: Vec<_> = book
			.iter()
			.filter(|order| ending(order, now).is_none())
			.cloned()
			.collect();
		let stays = !staying.is_empty();
		if stays {
			let staying = BoundedVec::try_from(staying).map_err(|_| Error::<T>::TooManyOrders)?;
			Book::<T>::insert(class, staying);
		}

		for (order, fill) in book.iter().zip(&cleared.fills) {
			if fill.gpu_time > 0 {
				Self::settle_fill(class, &account, order, fill)?;
			}
			if let Some(reason) = ending(order, now) {
				Self::close(class, order, reason, true)?;
			}
		}
		if cleared.router_fee > 0 {
			let fee = T::Currency::withdraw(&account, cleared.router_fee, Exact, Preserve, Polite)?;
			T::MarketFee::on_unbalanced(fee);
		}
		Self::deposit_event(Event::BatchCleared {
			class,
			price,
			orders: book.len() as u32,
			bought: cleared.bought,
			sold: cleared.sold,
			reserve_tokens: pool.reserve_tokens,
			reserve_claims: pool.reserve_claims,
		});
		Ok(stays)
	}

	/// Gives an order's recipient what the pool owes it, and tells its owner.
	fn settle_fill(
		class: ClassId,
		account: &T::AccountId,
		order: &Order<T::AccountId>,
		fill: &batch::Fill,
	) -> DispatchResult {
		match order.side {
			Side::Buy => Self::hand_over(class, account, &order.recipient, fill.gpu_time)?,
			Side::Sell => Self::pay(account, &order.recipient, fill.tokens)?,
		}
		let (gpu_time, tokens) = (fill.gpu_time, fill.tokens);
		Self::deposit_event(Event::OrderFilled {
			order: order.id,
			class,
			side: order.side,
			gpu_time,
			tokens,
		});
		T::OnOrder::filled(&order.reference(class), gpu_time, tokens);
		Ok(())
	}

	/// Applies a liquidity request, or returns all that it gave.
	fn apply(
		class: ClassId,
		pool: &mut Pool,
		request: &LiquidityRequest<T::AccountId>,
		now: BlockNumber,
	) -> DispatchResult {
		let who = &request.who;
		let applied = with_storage_layer(|| {
			ensure!(now <= request.deadline, Error::<T>::TooLate);
			match request.change {
				LiquidityChange::Add {
					max_tokens,
					max_gpu_time,
					min_shares,
				} => Self::apply_add(class, *pool, who, max_tokens, max_gpu_time, min_shares, now),
				LiquidityChange::Remove {
					shares,
					min_tokens,
					min_gpu_time,
				} => Self::apply_remove(class, *pool, who, shares, min_tokens, min_gpu_time),
			}
		});
		match applied {
			Ok(changed) => *pool = changed,
			Err(error) => {
				let market = Self::account();
				match request.change {
					LiquidityChange::Add {
						max_tokens,
						max_gpu_time,
						..
					} => {
						Self::pay(&market, who, max_tokens)?;
						Self::hand_over(class, &market, who, max_gpu_time)?;
					}
					LiquidityChange::Remove { shares, .. } => {
						T::Shares::transfer(class, &market, who, shares, Expendable)?;
					}
				}
				Self::deposit_event(Event::LiquidityRefused {
					class,
					who: who.clone(),
					error,
				});
			}
		}
		Ok(())
	}

	fn apply_add(
		class: ClassId,
		mut pool: Pool,
		who: &T::AccountId,
		max_tokens: u128,
		max_gpu_time: u128,
		min_shares: u128,
		now: BlockNumber,
	) -> Result<Pool, DispatchError> {
		let supply = T::Shares::total_issuance(class);
		let moved = liquidity::add(
			pool.reserve_tokens,
			pool.reserve_claims,
			supply,
			max_tokens,
			max_gpu_time,
		)
		.map_err(Error::<T>::from)?;
		ensure!(moved.shares >= min_shares, Error::<T>::SlippageExceeded);
		let tokens_back = max_tokens
			.checked_sub(moved.tokens)
			.ok_or(Error::<T>::SlippageExceeded)?;
		let claims_back = max_gpu_time
			.checked_sub(moved.claims)
			.ok_or(Error::<T>::SlippageExceeded)?;

		let (market, account) = (Self::account(), Self::pool_account(class));
		T::Currency::transfer(&market, &account, moved.tokens, Preserve)?;
		Self::hand_over(class, &market, &account, moved.claims)?;
		Self::pay(&market, who, tokens_back)?;
		Self::hand_over(class, &market, who, claims_back)?;
		T::Shares::mint_into(class, &market, moved.shares)?;
		pool.reserve_tokens = pool
			.reserve_tokens
			.checked_add(moved.tokens)
			.ok_or(Error::<T>::TooLarge)?;
		pool.reserve_claims = pool
			.reserve_claims
			.checked_add(moved.claims)
			.ok_or(Error::<T>::TooLarge)?;

		let until = now.saturating_add(policy::SHARE_LOCK_BLOCKS);
		Locks::<T>::mutate(class, who, |lock| {
			let locked = lock.map_or(0, |lock| lock.shares);
			// Shares that exist: below the supply, which is bounded.
			*lock = Some(Lock {
				shares: locked.saturating_add(moved.shares),
				until,
			});
		});
		Self::deposit_event(Event::LiquidityAdded {
			class,
			who: who.clone(),
			tokens: moved.tokens,
			gpu_time: moved.claims,
			shares: moved.shares,
			locked_until: until,
		});
		Ok(pool)
	}

	fn apply_remove(
		class: ClassId,
		mut pool: Pool,
		who: &T::AccountId,
		shares: u128,
		min_tokens: u128,
		min_gpu_time: u128,
	) -> Result<Pool, DispatchError> {
		let supply = T::Shares::total_issuance(class);
		let moved =
			liquidity::remove(pool.reserve_tokens, pool.reserve_claims, supply, shares).map_err(Error::<T>::from)?;
		ensure!(
			moved.tokens >= min_tokens && moved.claims >= min_gpu_time,
			Error::<T>::SlippageExceeded
		);

		let (market, account) = (Self::account(), Self::pool_account(class));
		T::Shares::burn_from(class, &market, shares, Expendable, Exact, Polite)?;
		Self::pay(&account, who, moved.tokens)?;
		Self::hand_over(class, &account, who, moved.claims)?;
		pool.reserve_tokens = pool
			.reserve_tokens
			.checked_sub(moved.tokens)
			.ok_or(Error::<T>::TooLarge)?;
		pool.reserve_claims = pool
			.reserve_claims
			.checked_sub(moved.claims)
			.ok_or(Error::<T>::TooLarge)?;
		Self::deposit_event(Event::LiquidityRemoved {
			class,
			who: who.clone(),
			shares,
			tokens: moved.tokens,
			gpu_time: moved.claims,
		});
		Ok(pool)
	}
}

/// Why an order leaves the book after the clearing in block `now`, if it does.
fn ending<AccountId>(order: &Order<AccountId>, now: BlockNumber) -> Option<CloseReason> {
	if order.left() == 0 {
		Some(CloseReason::Filled)
	} else if order.expires_at < now {
		Some(CloseReason::Expired)
	} else {
		None
	}
}
