//! Clearing: what each block does first.

use crate::{breakers::Breaker, *};
use alloc::{vec, vec::Vec};
use compute_amm_math::{batch, liquidity::pro_rata, price, PRICE_ONE};
use frame_support::{
	storage::with_storage_layer,
	traits::{fungibles::Inspect as _, Imbalance, OnUnbalanced},
	weights::Weight,
	BoundedVec,
};
use polkadot_sdk::sp_runtime::DispatchError;
use quern_primitives::{
	ports::{Ledger as _, OnLiquidity as _, OnOrder, Recovery as _},
	BlockNumber, ClassId, Price, Side,
};

/// What one class's block came to.
#[derive(Default)]
struct Run {
	/// Buys that filled or left, and sales that left.
	buys: u32,
	/// Sales that filled.
	sells: u32,
	/// Orders that were looked at and stay as they were.
	waiting: u32,
	/// Liquidity requests that were met or refused.
	requests: u32,
	/// What the owners of orders and requests did as they heard of them, at most.
	told: Weight,
}

/// What a batch did to a class's orders. All nothing, if the class is paused.
struct Outcome {
	fills: Vec<batch::Fill>,
	bought: u128,
	sold: u128,
	paid: u128,
	got: u128,
	router_fee: u128,
	to_recovery: u128,
}

/// An order that filled or leaves, to be paid out.
struct Settled<AccountId> {
	order: Order<AccountId>,
	fill: batch::Fill,
	/// Whether it leaves the book.
	ends: bool,
}

/// A class's orders after its batch.
struct Sorted<AccountId> {
	staying: Vec<Order<AccountId>>,
	settled: Vec<Settled<AccountId>>,
	/// First block in which one of those that stay has expired.
	wakes_at: BlockNumber,
	/// Tokens that go back to payers.
	refunds: u128,
	/// Claims that go back.
	returns: u128,
}

impl<T: Config> Pallet<T> {
	/// Clears every listed class that is due. A class that fails keeps its state and its place in the list.
	pub(crate) fn clear_all(now: BlockNumber) -> Weight {
		let mut weight = T::WeightInfo::clear_none();
		let mut listed = Active::<T>::get();
		if !listed.iter().any(|entry| entry.is_due(now)) {
			return weight;
		}
		for entry in listed.iter_mut().filter(|entry| entry.is_due(now)) {
			let before = *entry;
			match with_storage_layer(|| Self::clear_class(entry, now)) {
				Ok(run) => {
					weight.saturating_accrue(T::WeightInfo::clear(run.buys, run.sells, run.waiting, run.requests));
					weight.saturating_accrue(run.told);
				}
				Err(error) => {
					*entry = before;
					let class = entry.class;
					weight.saturating_accrue(T::WeightInfo::clear(before.orders(), 0, 0, before.requests));
					log::error!(target: LOG_TARGET, "class {class} did not clear, to be tried again: {error:?}");
					Self::deposit_event(Event::ClearingDeferred { class, error });
				}
			}
		}
		listed.retain(|entry| !entry.is_idle(now));
		Active::<T>::put(listed);
		weight
	}

	/// Clears a class's batch, then applies its liquidity requests.
	fn clear_class(entry: &mut Listed, now: BlockNumber) -> Result<Run, DispatchError> {
		let class = entry.class;
		let mut pool = Pools::<T>::get(class).ok_or(Error::<T>::NoPool)?;
		let mut run = Run::default();
		if entry.wakes_at <= now {
			Self::settle_orders(entry, &mut pool, &mut run, now)?;
		}
		if entry.requests > 0 {
			let before = pool;
			for request in LiquidityQueue::<T>::take(class) {
				Self::apply(class, &mut pool, &request, now)?;
				run.requests = run.requests.saturating_add(1);
				if request.reference.is_some() {
					run.told.saturating_accrue(T::OnLiquidity::settled_weight());
				}
			}
			(entry.requests, entry.additions) = (0, 0);
			if pool != before {
				Pools::<T>::insert(class, pool);
			}
			let moved = (pool.reserve_tokens, pool.reserve_claims) != (before.reserve_tokens, before.reserve_claims);
			if moved {
				// What waits may fill now; while paused, once that is over.
				entry.wakes_at = if pool.is_paused(now) {
					entry.wakes_at.min(pool.reopens_at(now))
				} else {
					0
				};
			}
		}
		Ok(run)
	}

	/// Clears one batch, if the class is not paused, and closes what is filled or has expired: the books first,
	/// then the money, order by order.
	fn settle_orders(
		entry: &mut Listed,
		pool: &mut Pool,
		run: &mut Run,
		now: BlockNumber,
	) -> Result<(), DispatchError> {
		let class = entry.class;
		let mut orders = Book::<T>::get(class).into_inner();
		let rested = orders.len();
		orders.extend(Incoming::<T>::take(class));
		entry.wakes_at = 0;
		if orders.is_empty() {
			return Ok(());
		}
		let (before, count) = (*pool, orders.len());
		let outcome = if pool.is_paused(now) {
			Outcome::none(count)
		} else {
			Self::clear_batch(class, pool, &orders, now)?
		};

		let sorted = Self::sort_out(entry, orders, &outcome.fills, now)?;
		let filled_sale =
			|settled: &&Settled<T::AccountId>| settled.order.side == Side::Sell && settled.order.left() == 0;
		run.sells = sorted.settled.iter().filter(filled_sale).count() as u32;
		// What comes back from a sale weighs as a buy's fill at most.
		run.buys = (sorted.settled.len() as u32).saturating_sub(run.sells);
		run.waiting = (count as u32).saturating_sub(sorted.settled.len() as u32);
		for settled in &sorted.settled {
			run.told.saturating_accrue(Self::telling_weight(settled));
		}
		// With the same pool and no new order the next batch would do nothing again.
		let quiet = outcome.bought == 0
			&& outcome.sold == 0
			&& (pool.reserve_tokens, pool.reserve_claims) == (before.reserve_tokens, before.reserve_claims);
		entry.wakes_at = match (sorted.staying.is_empty(), pool.is_paused(now)) {
			(true, _) => 0,
			(false, true) => sorted.wakes_at.min(pool.reopens_at(now)),
			(false, false) if quiet => sorted.wakes_at,
			(false, false) => 0,
		};
		if rested != count || !sorted.settled.is_empty() {
			Self::put_resting(class, sorted.staying)?;
		}
		Self::move_money(class, &outcome, (sorted.refunds, sorted.returns), &sorted.settled)
	}

	/// Takes the fills into the orders, and tells those that stay, which it counts, from those that are to be settled.
	fn sort_out(
		entry: &mut Listed,
		orders: Vec<Order<T::AccountId>>,
		fills: &[batch::Fill],
		now: BlockNumber,
	) -> Result<Sorted<T::AccountId>, DispatchError> {
		let mut sorted = Sorted {
			staying: Vec::new(),
			settled: Vec::new(),
			wakes_at: BlockNumber::MAX,
			refunds: 0,
			returns: 0,
		};
		(entry.jobs, entry.others) = (0, 0);
		for (mut order, fill) in orders.into_iter().zip(fills) {
			// Within the order's size and, for a buy, its limit: the batch saw only what is left of them.
			order.filled = order.filled.checked_add(fill.gpu_time).ok_or(Error::<T>::TooLarge)?;
			order.tokens = order.tokens.checked_add(fill.tokens).ok_or(Error::<T>::TooLarge)?;
			if order.left() == 0 || order.expires_at < now {
				let returned = match order.side {
					Side::Buy => &mut sorted.refunds,
					Side::Sell => &mut sorted.returns,
				};
				*returned = returned.checked_add(order.escrowed()).ok_or(Error::<T>::TooLarge)?;
				let (fill, ends) = (*fill, true);
				sorted.settled.push(Settled { order, fill, ends });
				continue;
			}
			entry.count(order.is_job());
			sorted.wakes_at = sorted.wakes_at.min(order.expires_at.saturating_add(1));
			if fill.gpu_time > 0 {
				sorted.settled.push(Settled {
					order: order.clone(),
					fill: *fill,
					ends: false,
				});
			}
			sorted.staying.push(order);
		}
		Ok(sorted)
	}

	fn put_resting(class: ClassId, orders: Vec<Order<T::AccountId>>) -> Result<(), DispatchError> {
		if orders.is_empty() {
			Book::<T>::remove(class);
		} else {
			Book::<T>::insert(
				class,
				BoundedVec::try_from(orders).map_err(|_| Error::<T>::TooManyOrders)?,
			);
		}
		Ok(())
	}

	/// Clears the orders at one price and takes what that does into the pool's books.
	fn clear_batch(
		class: ClassId,
		pool: &mut Pool,
		orders: &[Order<T::AccountId>],
		now: BlockNumber,
	) -> Result<Outcome, DispatchError> {
		let claims = pool.reserve_claims;
		let in_batch: Vec<batch::Order> = orders.iter().map(Order::in_batch).collect();
		let cleared = batch::clear(pool.reserve_tokens, claims, &in_batch).map_err(Error::<T>::from)?;

		let half = cleared.lp_fee / 2;
		let to_recovery = if half > 0 && T::Recovery::is_short(class) {
			half
		} else {
			0
		};
		let lp_fee = cleared.lp_fee.saturating_sub(to_recovery);
		let kept = cleared
			.reserve_tokens
			.checked_sub(cleared.router_fee)
			.and_then(|tokens| tokens.checked_sub(to_recovery))
			.and_then(|tokens| tokens.checked_add(pool.carried))
			.ok_or(Error::<T>::TooLarge)?;
		(pool.reserve_tokens, pool.carried) = cleared.carry(kept);
		pool.reserve_claims = cleared.reserve_claims;
		let price = Price::from_inner(price(cleared.price_numerator, cleared.price_denominator));
		pool.observe(price, now);
		if lp_fee > 0 {
			// As many for each share as fit below; 2^128 in all are not reached.
			let more = pro_rata(lp_fee, PRICE_ONE, T::Shares::total_issuance(class)).unwrap_or_default();
			let sum = pool.fees_per_share.into_inner().saturating_add(more);
			pool.fees_per_share = Price::from_inner(sum);
			T::Ledger::lp_fees(class, lp_fee);
		}
		if pool.count_volume(cleared.bought, cleared.sold, claims, now) {
			Self::trip(class, pool, Breaker::Volume, now);
		}
		Pools::<T>::insert(class, *pool);
		Self::deposit_event(Event::BatchCleared {
			class,
			price,
			orders: orders.len() as u32,
			bought: cleared.bought,
			sold: cleared.sold,
			reserve_tokens: pool.reserve_tokens,
			reserve_claims: pool.reserve_claims,
			lp_fee,
			router_fee: cleared.router_fee,
			to_recovery,
		});
		Ok(Outcome {
			fills: cleared.fills,
			bought: cleared.bought,
			sold: cleared.sold,
			paid: cleared.paid,
			got: cleared.got,
			router_fee: cleared.router_fee,
			to_recovery,
		})
	}

	/// Moves what a batch moves: between the market's and the pool's account the difference alone, in bulk; then
	/// to each order's people what is theirs, and tells its owner.
	fn move_money(
		class: ClassId,
		outcome: &Outcome,
		(refunds, returns): (u128, u128),
		settled: &[Settled<T::AccountId>],
	) -> Result<(), DispatchError> {
		let (market, account) = (Self::account(), Self::pool_account(class));
		let sum = |of: &[u128]| {
			of.iter()
				.try_fold(0u128, |sum, more| sum.checked_add(*more))
				.ok_or(Error::<T>::TooLarge)
		};
		let from_market = sum(&[outcome.paid, refunds])?;
		let out = sum(&[refunds, outcome.got, outcome.router_fee, outcome.to_recovery])?;
		let mut tokens = Self::take_tokens(&market, from_market)?;
		if from_market > out {
			Self::give_tokens(&mut tokens, &account, from_market.saturating_sub(out))?;
		} else {
			tokens = tokens.merge(Self::take_tokens(&account, out.saturating_sub(from_market))?);
		}
		let from_market = sum(&[outcome.sold, returns])?;
		let out = sum(&[outcome.bought, returns])?;
		let mut claims = Self::take_claims(class, &market, from_market)?;
		if from_market > out {
			Self::give_claims(&mut claims, &account, from_market.saturating_sub(out))?;
		} else {
			let more = Self::take_claims(class, &account, out.saturating_sub(from_market))?;
			claims = claims.merge(more).map_err(|_| DispatchError::Corruption)?;
		}

		for settled in settled {
			Self::settle(class, settled, &mut tokens, &mut claims)?;
		}
		if outcome.to_recovery > 0 {
			T::Recovery::feed(class, tokens.extract(outcome.to_recovery));
		}
		if outcome.router_fee > 0 {
			T::MarketFee::on_unbalanced(tokens.extract(outcome.router_fee));
		}
		// Not one planck or claim may be left to be burned.
		if tokens.peek() > 0 || claims.peek() > 0 {
			return Err(DispatchError::Corruption);
		}
		Ok(())
	}

	/// What an order's owner does at most as it hears what became of it.
	fn telling_weight(Settled { order, fill, ends }: &Settled<T::AccountId>) -> Weight {
		// Summed up from nothing: an order that neither filled nor ended is told to nobody.
		let mut weight = Weight::zero();
		if fill.gpu_time > 0 {
			weight.saturating_accrue(T::OnOrder::filled_weight(&order.purpose));
		}
		if *ends {
			weight.saturating_accrue(T::OnOrder::closed_weight(&order.purpose));
		}
		weight
	}

	/// Gives an order's recipient what it traded for and, at its end, its payer what it did not use; tells its
	/// owner. An order that filled whole has one event, which says what came back.
	fn settle(
		class: ClassId,
		Settled { order, fill, ends }: &Settled<T::AccountId>,
		tokens: &mut TokensOf<T>,
		claims: &mut ClaimsOf<T>,
	) -> Result<(), DispatchError> {
		let unfilled = order.left();
		let returned = if *ends { order.escrowed() } else { 0 };
		match order.side {
			Side::Buy => {
				Self::give_claims(claims, &order.recipient, fill.gpu_time)?;
				Self::give_tokens(tokens, &order.payer, returned)?;
			}
			Side::Sell => {
				Self::give_tokens(tokens, &order.recipient, fill.tokens)?;
				Self::give_claims(claims, &order.payer, returned)?;
			}
		}
		if fill.gpu_time > 0 {
			Self::deposit_event(Event::OrderFilled {
				order: order.id,
				class,
				side: order.side,
				gpu_time: fill.gpu_time,
				tokens: fill.tokens,
				left: unfilled,
				returned: if unfilled == 0 { returned } else { 0 },
			});
			T::OnOrder::filled(&order.reference(class), fill.gpu_time, fill.tokens);
		}
		if *ends {
			if unfilled > 0 {
				Self::deposit_event(Event::OrderClosed {
					order: order.id,
					class,
					unfilled,
					returned,
					reason: CloseReason::Expired,
				});
			}
			T::OnOrder::closed(&order.reference(class), unfilled, returned);
		}
		Ok(())
	}
}

impl Outcome {
	/// No batch of so many orders.
	fn none(orders: usize) -> Self {
		Self {
			fills: vec![batch::Fill::default(); orders],
			bought: 0,
			sold: 0,
			paid: 0,
			got: 0,
			router_fee: 0,
			to_recovery: 0,
		}
	}
}
