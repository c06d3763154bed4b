//! Pools and their liquidity: creating, queuing, applying, unlocking.

use crate::{breakers::Breaker, *};
use compute_amm_math::{
	liquidity::{self, pro_rata, pro_rata_up},
	MAX_AMOUNT,
};
use frame_support::{
	ensure,
	storage::with_storage_layer,
	traits::{
		fungible::{Inspect as _, Mutate as _},
		fungibles::{Create as _, Inspect as _, Mutate as _},
		tokens::{
			Fortitude::Polite,
			Precision::Exact,
			Preservation::{Expendable, Preserve},
		},
		Get,
	},
	weights::Weight,
};
use polkadot_sdk::sp_runtime::{DispatchError, DispatchResult};
use quern_primitives::{
	ports::{Liquidity, LiquidityOutcome, NewLiquidity, OnLiquidity},
	Balance, BlockNumber, ClassId, GpuTime,
};

impl<T: Config> Pallet<T> {
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

	/// To be called in a storage layer.
	pub(crate) fn do_add_liquidity(new: NewLiquidity<T::AccountId>, reference: Option<u64>) -> DispatchResult {
		let NewLiquidity {
			class,
			who,
			max_tokens,
			max_gpu_time,
			min_shares,
			deadline,
			..
		} = new;
		ensure!(max_tokens > 0 && max_gpu_time > 0, Error::<T>::TooSmall);
		ensure!(
			max_tokens <= MAX_AMOUNT && max_gpu_time <= MAX_AMOUNT,
			Error::<T>::TooLarge
		);
		let change = LiquidityChange::Add {
			max_tokens,
			max_gpu_time,
			min_shares,
		};
		Self::queue(class, who.clone(), deadline, change, reference)?;
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
		let change = LiquidityChange::Remove {
			shares,
			min_tokens,
			min_gpu_time,
		};
		Self::queue(class, who.clone(), deadline, change, None)?;
		T::Shares::transfer(class, &who, &Self::account(), shares, Expendable)?;
		Ok(())
	}

	/// Takes the shares out of an ended class's pool at once. To be called in a storage layer.
	fn remove_at_once(
		class: ClassId,
		mut pool: Pool,
		from: &T::AccountId,
		to: &T::AccountId,
		shares: Balance,
	) -> DispatchResult {
		let now = Self::now();
		T::Shares::transfer(class, from, &Self::account(), shares, Expendable)?;
		let (min_tokens, min_gpu_time) = (0, 0);
		let request = LiquidityRequest {
			who: to.clone(),
			deadline: now,
			change: LiquidityChange::Remove {
				shares,
				min_tokens,
				min_gpu_time,
			},
			reference: None,
		};
		Self::apply_remove(class, &mut pool, &request, (shares, min_tokens, min_gpu_time), now)?;
		Pools::<T>::insert(class, pool);
		Ok(())
	}

	fn queue(
		class: ClassId,
		who: T::AccountId,
		deadline: BlockNumber,
		change: LiquidityChange,
		reference: Option<u64>,
	) -> DispatchResult {
		let pool = Pools::<T>::get(class).ok_or(Error::<T>::NoPool)?;
		let adds = matches!(change, LiquidityChange::Add { .. });
		ensure!(!adds || !pool.has_ended(Self::now()), Error::<T>::Ended);
		// It takes effect in the next block at the earliest.
		ensure!(deadline > Self::now(), Error::<T>::TooLate);
		let request = LiquidityRequest {
			who: who.clone(),
			deadline,
			change,
			reference,
		};
		LiquidityQueue::<T>::try_append(class, request).map_err(|_| Error::<T>::TooManyRequests)?;
		Active::<T>::try_mutate(|listed| {
			let mine = Self::entry(listed, class)?;
			if adds {
				ensure!(
					listed[mine].additions < policy::MAX_ADDITIONS,
					Error::<T>::TooManyRequests
				);
				listed[mine].additions = listed[mine].additions.saturating_add(1);
			}
			// Bounded by the queue.
			listed[mine].requests = listed[mine].requests.saturating_add(1);
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::LiquidityQueued { class, who });
		Ok(())
	}

	/// What a request weighs beyond its queuing. The class's part is in it twice: what waits may fill at the reserves
	/// that it leaves, so the block after looks.
	pub fn request_weight() -> Weight {
		T::WeightInfo::clear(0, 0, 0, 1).saturating_add(T::WeightInfo::clear(0, 0, 0, 0))
	}

	/// Applies a liquidity request, or returns all that it gave.
	pub(crate) fn apply(
		class: ClassId,
		pool: &mut Pool,
		request: &LiquidityRequest<T::AccountId>,
		now: BlockNumber,
	) -> DispatchResult {
		let applied = with_storage_layer(|| {
			ensure!(now <= request.deadline, Error::<T>::TooLate);
			let mut changed = *pool;
			let outcome = match request.change {
				LiquidityChange::Add {
					max_tokens,
					max_gpu_time,
					min_shares,
				} => Self::apply_add(
					class,
					&mut changed,
					request,
					(max_tokens, max_gpu_time, min_shares),
					now,
				)?,
				LiquidityChange::Remove {
					shares,
					min_tokens,
					min_gpu_time,
				} => Self::apply_remove(class, &mut changed, request, (shares, min_tokens, min_gpu_time), now)?,
			};
			Ok((changed, outcome))
		});
		let outcome = match applied {
			Ok((changed, outcome)) => {
				*pool = changed;
				outcome
			}
			Err(error) => Self::refuse(class, request, error)?,
		};
		if let Some(reference) = request.reference {
			T::OnLiquidity::settled(class, reference, outcome);
		}
		Ok(())
	}

	fn refuse(
		class: ClassId,
		request: &LiquidityRequest<T::AccountId>,
		error: DispatchError,
	) -> Result<LiquidityOutcome, DispatchError> {
		let (market, who) = (Self::account(), &request.who);
		let outcome = match request.change {
			LiquidityChange::Add {
				max_tokens,
				max_gpu_time,
				..
			} => {
				Self::pay(&market, who, max_tokens)?;
				Self::hand_over(class, &market, who, max_gpu_time)?;
				LiquidityOutcome {
					shares: 0,
					tokens_returned: max_tokens,
					gpu_time_returned: max_gpu_time,
				}
			}
			LiquidityChange::Remove { shares, .. } => {
				T::Shares::transfer(class, &market, who, shares, Expendable)?;
				LiquidityOutcome::default()
			}
		};
		Self::deposit_event(Event::LiquidityRefused {
			class,
			who: who.clone(),
			error,
		});
		Ok(outcome)
	}

	/// Adds pro rata of all that is the LPs', what is carried with it: who joins neither has a part in fees that
	/// were paid before, nor leaves the others a part of its own.
	fn apply_add(
		class: ClassId,
		pool: &mut Pool,
		request: &LiquidityRequest<T::AccountId>,
		(max_tokens, max_gpu_time, min_shares): (u128, u128, u128),
		now: BlockNumber,
	) -> Result<LiquidityOutcome, DispatchError> {
		let who = &request.who;
		let supply = T::Shares::total_issuance(class);
		let moved = liquidity::add(pool.tokens(), pool.reserve_claims, supply, max_tokens, max_gpu_time)
			.map_err(Error::<T>::from)?;
		ensure!(moved.shares >= min_shares, Error::<T>::SlippageExceeded);
		let outcome = LiquidityOutcome {
			shares: moved.shares,
			tokens_returned: max_tokens
				.checked_sub(moved.tokens)
				.ok_or(Error::<T>::SlippageExceeded)?,
			gpu_time_returned: max_gpu_time
				.checked_sub(moved.claims)
				.ok_or(Error::<T>::SlippageExceeded)?,
		};
		// Rounded down, so that what is priced is not less than its part.
		let to_carried = pro_rata(moved.shares, pool.carried, supply).map_err(Error::<T>::from)?;
		let to_reserve = moved.tokens.checked_sub(to_carried).ok_or(Error::<T>::TooLarge)?;

		let (market, account) = (Self::account(), Self::pool_account(class));
		T::Currency::transfer(&market, &account, moved.tokens, Preserve)?;
		Self::hand_over(class, &market, &account, moved.claims)?;
		Self::pay(&market, who, outcome.tokens_returned)?;
		Self::hand_over(class, &market, who, outcome.gpu_time_returned)?;
		let sum = |a: u128, b: u128| a.checked_add(b).ok_or(Error::<T>::TooLarge);
		pool.reserve_tokens = sum(pool.reserve_tokens, to_reserve)?;
		pool.carried = sum(pool.carried, to_carried)?;
		pool.reserve_claims = sum(pool.reserve_claims, moved.claims)?;

		let locked_until = if request.reference.is_some() {
			// The pallet that asked holds them.
			T::Shares::mint_into(class, who, moved.shares)?;
			now
		} else {
			T::Shares::mint_into(class, &market, moved.shares)?;
			Self::lock(class, who, moved.shares, now)
		};
		Self::deposit_event(Event::LiquidityAdded {
			class,
			who: who.clone(),
			tokens: moved.tokens,
			gpu_time: moved.claims,
			shares: moved.shares,
			locked_until,
		});
		Ok(outcome)
	}

	/// Removes pro rata of all that is the LPs'.
	fn apply_remove(
		class: ClassId,
		pool: &mut Pool,
		request: &LiquidityRequest<T::AccountId>,
		(shares, min_tokens, min_gpu_time): (u128, u128, u128),
		now: BlockNumber,
	) -> Result<LiquidityOutcome, DispatchError> {
		let who = &request.who;
		let supply = T::Shares::total_issuance(class);
		let moved = liquidity::remove(pool.tokens(), pool.reserve_claims, supply, shares).map_err(Error::<T>::from)?;
		ensure!(
			moved.tokens >= min_tokens && moved.claims >= min_gpu_time,
			Error::<T>::SlippageExceeded
		);
		// Rounded up, so that what is priced does not lose more than its part.
		let of_carried = pro_rata_up(shares, pool.carried, supply)
			.map_err(Error::<T>::from)?
			.min(moved.tokens);
		let of_reserve = moved.tokens.saturating_sub(of_carried);

		let (market, account) = (Self::account(), Self::pool_account(class));
		T::Shares::burn_from(class, &market, shares, Expendable, Exact, Polite)?;
		Self::pay(&account, who, moved.tokens)?;
		Self::hand_over(class, &account, who, moved.claims)?;
		let rest = |a: u128, b: u128| a.checked_sub(b).ok_or(Error::<T>::TooLarge);
		pool.reserve_tokens = rest(pool.reserve_tokens, of_reserve)?;
		pool.carried = rest(pool.carried, of_carried)?;
		pool.reserve_claims = rest(pool.reserve_claims, moved.claims)?;
		Self::deposit_event(Event::LiquidityRemoved {
			class,
			who: who.clone(),
			shares,
			tokens: moved.tokens,
			gpu_time: moved.claims,
		});
		if pool.count_removal(shares, supply, now) {
			Self::trip(class, pool, Breaker::Liquidity, now);
		}
		Ok(LiquidityOutcome::default())
	}

	/// Notes shares in the market's account as locked for `who`, with all that it has locked there. Until when.
	fn lock(class: ClassId, who: &T::AccountId, shares: Balance, now: BlockNumber) -> BlockNumber {
		let until = now.saturating_add(policy::SHARE_LOCK_BLOCKS);
		Locks::<T>::mutate(class, who, |lock| {
			let locked = lock.map_or(0, |lock| lock.shares);
			// Shares that exist: below the supply, which is bounded.
			*lock = Some(Lock {
				shares: locked.saturating_add(shares),
				until,
			});
		});
		until
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

impl<T: Config> Liquidity<T::AccountId> for Pallet<T> {
	fn add(request: NewLiquidity<T::AccountId>) -> DispatchResult {
		let reference = request.reference;
		with_storage_layer(|| Self::do_add_liquidity(request, Some(reference)))
	}

	fn give_locked(class: ClassId, from: &T::AccountId, to: &T::AccountId, shares: Balance) -> DispatchResult {
		ensure!(shares > 0, Error::<T>::TooSmall);
		ensure!(Pools::<T>::contains_key(class), Error::<T>::NoPool);
		T::Shares::transfer(class, from, &Self::account(), shares, Expendable)?;
		let locked_until = Self::lock(class, to, shares, Self::now());
		Self::deposit_event(Event::SharesLocked {
			class,
			who: to.clone(),
			shares,
			locked_until,
		});
		Ok(())
	}

	fn add_weight() -> Weight {
		Self::request_weight().saturating_add(T::OnLiquidity::settled_weight())
	}

	fn remove(class: ClassId, from: &T::AccountId, to: &T::AccountId, shares: Balance) -> DispatchResult {
		ensure!(shares > 0, Error::<T>::TooSmall);
		let pool = Pools::<T>::get(class).ok_or(Error::<T>::NoPool)?;
		with_storage_layer(|| {
			if pool.has_ended(Self::now()) {
				return Self::remove_at_once(class, pool, from, to, shares);
			}
			let change = LiquidityChange::Remove {
				shares,
				min_tokens: 0,
				min_gpu_time: 0,
			};
			Self::queue(class, to.clone(), BlockNumber::MAX, change, None)?;
			T::Shares::transfer(class, from, &Self::account(), shares, Expendable)?;
			Ok(())
		})
	}

	fn remove_weight() -> Weight {
		T::WeightInfo::remove_liquidity().saturating_add(Self::request_weight())
	}

	fn end(class: ClassId, at: BlockNumber) {
		Pools::<T>::mutate(class, |pool| {
			let Some(pool) = pool else { return };
			pool.ends_at = at;
			Self::deposit_event(Event::TradingEnds { class, at });
		});
	}
}
