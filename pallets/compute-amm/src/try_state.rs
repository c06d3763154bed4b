//! What must hold between any two calls.

use crate::{places::Places, *};
use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use compute_amm_math::liquidity::MINIMUM_SHARES;
use frame_support::traits::{fungible::Inspect as _, fungibles::Inspect as _, Get};
use polkadot_sdk::{sp_core::U256, sp_runtime::traits::Zero};
use quern_primitives::Side;

impl<T: Config> Pallet<T> {
	/// Checks the market's invariants over the whole state; returns every one that does not hold.
	///
	/// 1. Each pool's account holds its reserves and what it carries, an existential deposit and the shares
	///    locked for ever.
	/// 2. The market's account holds what orders, liquidity requests and owed payments have there, and an
	///    existential deposit; locked shares and claims too, by class.
	/// 3. A class with orders or requests is listed once, with their counts, and only classes with pools are.
	///    New orders do not sleep, others not past their expiry.
	/// 4. Orders are sound: numbered once, not overfilled, not charged past their limit.
	/// 5. All orders fit the books; a fifth of the places, and every class's quota, are left to whom they are for.
	/// 6. `√(T·G)` is at least the number of shares: no operation loses an LP's money.
	/// 7. No breaker pauses for longer than it may, and no state lies in the future.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		let mut tokens = Owed::<T>::iter_values().fold(0u128, |sum, owed| sum.saturating_add(owed));
		Self::check_listing(&mut broken);
		for (class, pool) in Pools::<T>::iter() {
			Self::check_pool(class, &pool, &mut broken);
			tokens = tokens.saturating_add(Self::check_class(class, &mut broken));
		}
		let held = T::Currency::balance(&Self::account());
		let needed = if Pools::<T>::count().is_zero() {
			tokens
		} else {
			tokens.saturating_add(T::Currency::minimum_balance())
		};
		if held < needed {
			broken.push(format!(
				"the market's account holds {held} planck, its books say {needed}"
			));
		}
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	fn check_listing(broken: &mut Vec<String>) {
		let active = Active::<T>::get();
		let distinct: BTreeSet<_> = active.iter().map(|entry| entry.class).collect();
		if distinct.len() != active.len() {
			broken.push(format!("a class is listed twice: {active:?}"));
		}
		for class in distinct.iter().filter(|class| !Pools::<T>::contains_key(*class)) {
			broken.push(format!("class {class} is listed and has no pool"));
		}
		let books = Book::<T>::iter_keys().chain(Incoming::<T>::iter_keys());
		let used: BTreeSet<_> = books.chain(LiquidityQueue::<T>::iter_keys()).collect();
		for class in used {
			if !distinct.contains(&class) {
				broken.push(format!("class {class} has orders or requests and is not listed"));
			}
			if !Pools::<T>::contains_key(class) {
				broken.push(format!("class {class} has orders or requests and no pool"));
			}
		}
		for entry in &active {
			Self::check_entry(entry, broken);
		}
		Self::check_places(&active, broken);
		if Pools::<T>::count() > T::MaxPools::get() {
			broken.push(format!("{} pools", Pools::<T>::count()));
		}
		let now = Self::now();
		for (class, flow) in Flows::<T>::iter() {
			if flow.excess > compute_amm_math::congestion::MAX_EXCESS || flow.at > now || flow.fell_at > now {
				broken.push(format!("the flow of class {class} is not one: {flow:?}"));
			}
		}
	}

	fn check_entry(entry: &Listed, broken: &mut Vec<String>) {
		let class = entry.class;
		let orders = Self::waiting(class);
		let jobs = orders.iter().filter(|order| order.is_job()).count() as u32;
		let others = orders.len() as u32 - jobs;
		let queue = LiquidityQueue::<T>::get(class);
		let adds = |request: &&LiquidityRequest<_>| matches!(request.change, LiquidityChange::Add { .. });
		let (requests, additions) = (queue.len() as u32, queue.iter().filter(adds).count() as u32);
		if (entry.jobs, entry.others, entry.requests, entry.additions) != (jobs, others, requests, additions) {
			broken.push(format!(
				"class {class} has {jobs} bids, {others} others, {requests} requests, {additions} of them additions: \
				 the list says {entry:?}"
			));
		}
		let earliest = orders.iter().map(|order| order.expires_at).min();
		if entry.wakes_at > 0 && earliest.is_some_and(|expiry| entry.wakes_at > expiry.saturating_add(1)) {
			broken.push(format!("class {class} sleeps past an expiry: {entry:?}"));
		}
		if entry.wakes_at > 0 && Incoming::<T>::contains_key(class) && !Self::is_paused(class) {
			broken.push(format!("class {class} sleeps with new orders"));
		}
		let now = Self::now();
		let newest = |order: &&Order<T::AccountId>| order.placed_at() == entry.arrived_at;
		let past = |order: &Order<T::AccountId>| order.id as u32 >= entry.arrived;
		if entry.arrived_at > now || orders.iter().filter(newest).any(past) {
			broken.push(format!("class {class} would number an order as one that waits"));
		}
	}

	fn is_paused(class: u32) -> bool {
		Pools::<T>::get(class).is_some_and(|pool| pool.is_paused(Self::now()))
	}

	fn check_places(active: &[Listed], broken: &mut Vec<String>) {
		let all = Places::all::<T>();
		for (places, counts, who) in [
			(all, active.iter().map(Listed::orders).collect::<Vec<_>>(), "orders"),
			(
				all.of_others(),
				active.iter().map(|entry| entry.others).collect(),
				"orders in places kept for jobs",
			),
		] {
			for (entry, count) in active.iter().zip(&counts) {
				if *count > places.class {
					broken.push(format!("class {}: {count} {who}", entry.class));
				}
			}
			let overflow = places.overflow(counts.into_iter());
			if overflow > places.common {
				broken.push(format!("{overflow} {who} beyond the classes' quotas"));
			}
		}
	}

	fn check_pool(class: u32, pool: &Pool, broken: &mut Vec<String>) {
		let account = Self::pool_account(class);
		let held = T::Currency::balance(&account);
		let needed = pool.tokens().saturating_add(T::Currency::minimum_balance());
		if held < needed {
			broken.push(format!("pool {class} holds {held} planck, its books say {needed}"));
		}
		let held = T::Claims::balance(class, &account);
		if held < pool.reserve_claims {
			broken.push(format!(
				"pool {class} holds {held} claims, its books say {}",
				pool.reserve_claims
			));
		}
		let locked = T::Shares::balance(class, &account);
		if locked < MINIMUM_SHARES {
			broken.push(format!("pool {class} holds {locked} shares locked for ever"));
		}
		let now = Self::now();
		if pool.paused_until > now.saturating_add(policy::PAUSE_BLOCKS) || pool.cleared_at > now {
			broken.push(format!("pool {class} is ahead of its time: {pool:?}"));
		}
		let supply = U256::from(T::Shares::total_issuance(class));
		let product = U256::from(pool.reserve_tokens).saturating_mul(pool.reserve_claims.into());
		if supply.saturating_mul(supply) > product {
			broken.push(format!(
				"pool {class} has {supply} shares of reserves whose product is {product}"
			));
		}
	}

	/// Checks a class's orders, requests and locks; the tokens that the market's account holds for them.
	fn check_class(class: u32, broken: &mut Vec<String>) -> u128 {
		let (mut tokens, mut claims, mut shares) = (0u128, 0u128, 0u128);
		let mut ids = BTreeSet::new();
		for order in &Self::waiting(class) {
			if !ids.insert(order.id) || order.placed_at() > Self::now() {
				broken.push(format!(
					"order {} of class {class}: its number is not its own",
					order.id
				));
			}
			if order.filled >= order.gpu_time {
				broken.push(format!(
					"order {}: {} of {} filled",
					order.id, order.filled, order.gpu_time
				));
			}
			if order.side == Side::Buy && order.tokens > order.limit {
				broken.push(format!(
					"order {}: charged {} of {}",
					order.id, order.tokens, order.limit
				));
			}
			match order.side {
				Side::Buy => tokens = tokens.saturating_add(order.escrowed()),
				Side::Sell => claims = claims.saturating_add(order.escrowed()),
			}
		}
		for request in LiquidityQueue::<T>::get(class) {
			match request.change {
				LiquidityChange::Add {
					max_tokens,
					max_gpu_time,
					..
				} => {
					tokens = tokens.saturating_add(max_tokens);
					claims = claims.saturating_add(max_gpu_time);
				}
				LiquidityChange::Remove { shares: given, .. } => shares = shares.saturating_add(given),
			}
		}
		let locks = Locks::<T>::iter_prefix_values(class);
		shares = locks.fold(shares, |sum, lock| sum.saturating_add(lock.shares));

		let market = Self::account();
		let held = T::Claims::balance(class, &market);
		if held < claims {
			broken.push(format!(
				"the market's account holds {held} claims of class {class}, its books say {claims}"
			));
		}
		let held = T::Shares::balance(class, &market);
		if held < shares {
			broken.push(format!(
				"the market's account holds {held} shares of class {class}, its books say {shares}"
			));
		}
		tokens
	}
}
