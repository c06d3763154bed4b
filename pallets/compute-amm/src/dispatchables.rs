//! The calls' work.

use crate::*;
use compute_amm_math::{batch, liquidity, MAX_AMOUNT};
use core::cmp::Reverse;
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect as _, Mutate as _},
		fungibles::{Create as _, Inspect as _, Mutate as _},
		tokens::{
			Preservation::{Expendable, Preserve},
			Provenance::Extant,
		},
		Get,
	},
};
use polkadot_sdk::sp_runtime::{DispatchError, DispatchResult};
use quern_primitives::{ports::OnOrder, Balance, BlockNumber, ClassId, GpuTime, NewOrder, OrderId, Side};

impl<T: Config> Pallet<T> {
	/// Puts an order into the book, whole or not at all.
	pub(crate) fn do_place_order(new: NewOrder<T::AccountId>) -> Result<OrderId, DispatchError> {
		with_storage_layer(|| {
			let now = Self::now();
			let pool = Pools::<T>::get(new.class).ok_or(Error::<T>::NoPool)?;
			Self::ensure_sound(&new, &pool, now)?;
			Self::take_escrow(&new)?;
			Self::make_room(&new, &pool)?;

			let id = NextOrderId::<T>::get();
			// 2^64 orders do not come.
			NextOrderId::<T>::put(id.saturating_add(1));
			let order = Order {
				id,
				side: new.side,
				gpu_time: new.gpu_time,
				limit: new.limit,
				filled: 0,
				tokens: 0,
				payer: new.payer.clone(),
				recipient: new.recipient,
				purpose: new.purpose,
				placed_at: now,
				expires_at: new.expires_at,
				pace: new.pace,
			};
			Book::<T>::try_append(new.class, order).map_err(|_| Error::<T>::TooManyOrders)?;
			Self::activate(new.class)?;
			Self::deposit_event(Event::OrderPlaced {
				order: id,
				class: new.class,
				who: new.payer,
				side: new.side,
				gpu_time: new.gpu_time,
				limit: new.limit,
			});
			Ok(id)
		})
	}

	fn ensure_sound(new: &NewOrder<T::AccountId>, pool: &Pool, now: BlockNumber) -> DispatchResult {
		ensure!(new.gpu_time >= T::MinOrder::get(), Error::<T>::TooSmall);
		ensure!(
			new.gpu_time <= MAX_AMOUNT && new.limit <= MAX_AMOUNT,
			Error::<T>::TooLarge
		);
		ensure!(new.side == Side::Sell || new.limit > 0, Error::<T>::TooSmall);
		ensure!(new.pace != Some(0), Error::<T>::TooSmall);
		ensure!(new.expires_at >= now, Error::<T>::TooLate);
		ensure!(
			new.expires_at.saturating_sub(now) <= policy::MAX_ORDER_BLOCKS,
			Error::<T>::ExpiryTooFar
		);
		if new.expires_at == now {
			// Nothing moves the price before the next clearing.
			let reachable = batch::is_reachable(
				math_side(new.side),
				new.gpu_time,
				new.limit,
				pool.reserve_tokens,
				pool.reserve_claims,
			);
			ensure!(reachable.map_err(Error::<T>::from)?, Error::<T>::LimitOutOfReach);
		}
		Ok(())
	}

	fn take_escrow(new: &NewOrder<T::AccountId>) -> DispatchResult {
		let market = Self::account();
		match new.side {
			// The payer stays alive, to be there for the refund.
			Side::Buy => T::Currency::transfer(&new.payer, &market, new.limit, Preserve)?,
			Side::Sell => T::Claims::transfer(new.class, &new.payer, &market, new.gpu_time, Expendable)?,
		};
		Ok(())
	}

	/// Makes sure that the book has a place for `new`, if need be by evicting the order farthest from spot.
	///
	/// Jobs' bids may take any place. Other orders leave a fifth of the places to them, and compete for
	/// the rest: with each other, and with jobs' bids beyond that fifth.
	fn make_room(new: &NewOrder<T::AccountId>, pool: &Pool) -> DispatchResult {
		let places = T::MaxOrdersPerBatch::get() as usize;
		let for_jobs = policy::job_places(T::MaxOrdersPerBatch::get()) as usize;
		let for_others = places.saturating_sub(for_jobs);
		let is_job = matches!(new.purpose, quern_primitives::Purpose::Job(_));

		let taken = Book::<T>::decode_len(new.class).unwrap_or(0);
		if taken < if is_job { places } else { for_others } {
			return Ok(());
		}
		let mut book = Book::<T>::get(new.class);
		let jobs = book.iter().filter(|order| order.is_job()).count();
		let others = book.len().saturating_sub(jobs);
		if !is_job && taken < places && others < for_others {
			return Ok(());
		}

		let eagerness = |side, gpu_time, limit| {
			batch::eagerness(
				math_side(side),
				gpu_time,
				limit,
				pool.reserve_tokens,
				pool.reserve_claims,
			)
		};
		let (index, least) = book
			.iter()
			.enumerate()
			.filter(|(_, order)| is_job || !order.is_job() || jobs > for_jobs)
			.map(|(index, order)| (index, eagerness(order.side, order.gpu_time, order.limit)))
			// The latest among equals.
			.min_by_key(|(index, eagerness)| (*eagerness, Reverse(*index)))
			.ok_or(Error::<T>::TooManyOrders)?;
		ensure!(
			eagerness(new.side, new.gpu_time, new.limit) > least,
			Error::<T>::TooManyOrders
		);

		let evicted = book.remove(index);
		Book::<T>::insert(new.class, book);
		Self::close(new.class, &evicted, CloseReason::Evicted, true)
	}

	/// Lists a class for the next block.
	fn activate(class: ClassId) -> DispatchResult {
		Active::<T>::try_mutate(|active| {
			if active.contains(&class) {
				return Ok(());
			}
			// As many classes are listed as have pools, so that there is a place.
			active.try_push(class).map_err(|_| Error::<T>::TooManyPools.into())
		})
	}

	pub(crate) fn do_cancel_own_order(who: &T::AccountId, class: ClassId, id: OrderId) -> DispatchResult {
		let book = Book::<T>::get(class);
		let order = book.iter().find(|order| order.id == id).ok_or(Error::<T>::NotFound)?;
		let own = order.payer == *who && order.purpose == quern_primitives::Purpose::Trade;
		ensure!(own, Error::<T>::NotAuthorized);
		ensure!(order.placed_at < Self::now(), Error::<T>::TooEarly);
		Self::do_cancel_order(class, id)
	}

	/// Takes an order out of the book and returns what did not fill; the owner is not called back.
	pub(crate) fn do_cancel_order(class: ClassId, id: OrderId) -> DispatchResult {
		with_storage_layer(|| {
			let mut book = Book::<T>::get(class);
			let index = book
				.iter()
				.position(|order| order.id == id)
				.ok_or(Error::<T>::NotFound)?;
			let order = book.remove(index);
			if book.is_empty() {
				Book::<T>::remove(class);
			} else {
				Book::<T>::insert(class, book);
			}
			Self::close(class, &order, CloseReason::Cancelled, false)
		})
	}

	/// Returns what an order that has left the book did not use.
	pub(crate) fn close(
		class: ClassId,
		order: &Order<T::AccountId>,
		reason: CloseReason,
		tell: bool,
	) -> DispatchResult {
		let returned = order.escrowed();
		match order.side {
			Side::Buy => Self::pay(&Self::account(), &order.payer, returned)?,
			Side::Sell => Self::hand_over(class, &Self::account(), &order.payer, returned)?,
		}
		let unfilled = order.left();
		Self::deposit_event(Event::OrderClosed {
			order: order.id,
			class,
			unfilled,
			returned,
			reason,
		});
		if tell {
			T::OnOrder::closed(&order.reference(class), unfilled, returned);
		}
		Ok(())
	}

	/// Pays tokens out of the market's or a pool's account. If the receiver cannot take them, the market
	/// keeps and owes them.
	pub(crate) fn pay(from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		if T::Currency::can_deposit(to, amount, Extant).into_result().is_ok() {
			T::Currency::transfer(from, to, amount, Preserve)?;
			return Ok(());
		}
		let market = Self::account();
		if *from != market {
			T::Currency::transfer(from, &market, amount, Preserve)?;
		}
		// Sums of what exists: below the total issuance.
		Owed::<T>::mutate(to, |owed| *owed = owed.saturating_add(amount));
		Self::deposit_event(Event::PaymentOwed {
			who: to.clone(),
			amount,
		});
		Ok(())
	}

	/// Hands claims out of the market's or a pool's account; any account can receive them.
	pub(crate) fn hand_over(class: ClassId, from: &T::AccountId, to: &T::AccountId, amount: GpuTime) -> DispatchResult {
		if amount > 0 {
			T::Claims::transfer(class, from, to, amount, Expendable)?;
		}
		Ok(())
	}

	pub(crate) fn do_create_pool(
		owner: &T::AccountId,
		class: ClassId,
		tokens: Balance,
		claims: GpuTime,
	) -> DispatchResult {
		with_storage_layer(|| {
			ensure!(!Pools::<T>::contains_key(class), Error::<T>::PoolExists);
			ensure!(Pools::<T>::count() < T::MaxPools::get(), Error::<T>::TooManyPools);
			// `tokens` and `claims` zero are too small, not a missing pool.
			ensure!(tokens > 0 && claims > 0, Error::<T>::TooSmall);
			let shares = liquidity::create(tokens, claims).map_err(Error::<T>::from)?;
			let free = shares
				.checked_sub(liquidity::MINIMUM_SHARES)
				.ok_or(Error::<T>::TooSmall)?;

			let (market, account) = (Self::account(), Self::pool_account(class));
			let deposit = T::Currency::minimum_balance();
			// Beside the books, so that no book's end takes the account with it.
			if T::Currency::balance(&market) < deposit {
				T::Currency::transfer(owner, &market, deposit, Preserve)?;
			}
			let all = tokens.checked_add(deposit).ok_or(Error::<T>::TooLarge)?;
			T::Currency::transfer(owner, &account, all, Preserve)?;
			T::Claims::transfer(class, owner, &account, claims, Expendable)?;

			if !T::Shares::asset_exists(class) {
				T::Shares::create(class, account.clone(), true, 1)?;
			}
			T::Shares::mint_into(class, &account, liquidity::MINIMUM_SHARES)?;
			T::Shares::mint_into(class, owner, free)?;
			Pools::<T>::insert(class, Pool::new(tokens, claims, Self::now()));
			Self::deposit_event(Event::PoolCreated {
				class,
				who: owner.clone(),
				tokens,
				gpu_time: claims,
				shares,
			});
			Ok(())
		})
	}

	pub(crate) fn do_add_liquidity(
		who: T::AccountId,
		class: ClassId,
		max_tokens: Balance,
		max_gpu_time: GpuTime,
		min_shares: Balance,
		deadline: BlockNumber,
	) -> DispatchResult {
		ensure!(max_tokens > 0 && max_gpu_time > 0, Error::<T>::TooSmall);
		ensure!(
			max_tokens <= MAX_AMOUNT && max_gpu_time <= MAX_AMOUNT,
			Error::<T>::TooLarge
		);
		Self::queue(
			class,
			who.clone(),
			deadline,
			LiquidityChange::Add {
				max_tokens,
				max_gpu_time,
				min_shares,
			},
		)?;
		T::Currency::transfer(&who, &Self::account(), max_tokens, Preserve)?;
		T::Claims::transfer(class, &who, &Self::account(), max_gpu_time, Expendable)?;
		Ok(())
	}

	pub(crate) fn do_remove_liquidity(
		who: T::AccountId,
		class: ClassId,
		shares: Balance,
		min_tokens: Balance,
		min_gpu_time: GpuTime,
		deadline: BlockNumber,
	) -> DispatchResult {
		ensure!(shares > 0, Error::<T>::TooSmall);
		Self::queue(
			class,
			who.clone(),
			deadline,
			LiquidityChange::Remove {
				shares,
				min_tokens,
				min_gpu_time,
			},
		)?;
		T::Shares::transfer(class, &who, &Self::account(), shares, Expendable)?;
		Ok(())
	}

	fn queue(class: ClassId, who: T::AccountId, deadline: BlockNumber, change: LiquidityChange) -> DispatchResult {
		ensure!(Pools::<T>::contains_key(class), Error::<T>::NoPool);
		// It takes effect in the next block at the earliest.
		ensure!(deadline > Self::now(), Error::<T>::TooLate);
		LiquidityQueue::<T>::try_append(
			class,
			LiquidityRequest {
				who: who.clone(),
				deadline,
				change,
			},
		)
		.map_err(|_| Error::<T>::TooManyRequests)?;
		Self::activate(class)?;
		Self::deposit_event(Event::LiquidityQueued { class, who });
		Ok(())
	}

	pub(crate) fn do_unlock_shares(who: T::AccountId, class: ClassId) -> DispatchResult {
		let lock = Locks::<T>::get(class, &who).ok_or(Error::<T>::NotFound)?;
		ensure!(lock.until <= Self::now(), Error::<T>::TooEarly);
		Locks::<T>::remove(class, &who);
		T::Shares::transfer(class, &Self::account(), &who, lock.shares, Expendable)?;
		Self::deposit_event(Event::SharesUnlocked {
			class,
			who,
			shares: lock.shares,
		});
		Ok(())
	}

	pub(crate) fn do_collect(who: T::AccountId) -> DispatchResult {
		let amount = Owed::<T>::take(&who);
		ensure!(amount > 0, Error::<T>::NotFound);
		T::Currency::transfer(&Self::account(), &who, amount, Preserve)?;
		Self::deposit_event(Event::PaymentCollected { who, amount });
		Ok(())
	}
}
