//! What a provider that leaves, or is gone, owed passes to others.

use crate::{
	policy, types::*, Books, Config, CreditOf, Error, Estates, Event, HoldReason, OpenEstates, Pallet, RecoveredShares,
	Shortfalls, LOG,
};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::{Balanced, Inspect, Mutate, MutateHold},
			tokens::{Fortitude, Precision, Preservation, Restriction},
			Get,
		},
	},
	sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult, Saturating},
};
use quern_primitives::{
	ports::{Bonds, Defaults, Insurance, Market, Recovery},
	Balance, ClassId, GpuTime,
};

impl<T: Config> Pallet<T> {
	/// Where the tokens lie that make good a class's shortfall. No key owns it.
	pub fn recovery_account(class: ClassId) -> T::AccountId {
		T::PalletId::get().into_sub_account_truncating((b"recv", class))
	}

	pub(crate) fn do_leave_class(who: T::AccountId, class: ClassId) -> DispatchResult {
		let mut book = Books::<T>::get(&who, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(book.offered == 0 && book.adding == 0, Error::<T>::OffersRemain);
		let mut estate = Self::open_estate(&who, class, &mut book, Exit::Left)?;
		let most = policy::most_to_take_over(estate.price, estate.obligations);
		estate.deposit = most.saturating_sub(estate.proceeds);
		if estate.deposit > 0 {
			T::Currency::hold(&HoldReason::Novation.into(), &who, estate.deposit)?;
		}
		// The deposit covers it now.
		Self::shrink(&who, class, &mut book);
		Self::store_estate(who, class, book, estate);
		Ok(())
	}

	pub(crate) fn do_declare_gone(provider: T::AccountId, class: ClassId) -> DispatchResult {
		let mut book = Books::<T>::get(&provider, class).ok_or(Error::<T>::BookNotFound)?;
		Self::accrue(&mut book);
		ensure!(book.absence.is_gone(), Error::<T>::NotGone);
		let mut estate = Self::open_estate(&provider, class, &mut book, Exit::Gone)?;
		book.delivered = 0;
		// That absence has had its end: who returns is gone again only for another one.
		book.absence.gone = 0;
		// Saturating: parts of one stake. There may be less than is reserved: others' slashes come first, and delegators
		// leave.
		estate.answers = T::Bonds::free_allocation(&provider, class)
			.saturating_add(book.backed())
			.min(T::Bonds::answers(&provider, class));
		Self::store_estate(provider, class, book, estate);
		Ok(())
	}

	fn store_estate(provider: T::AccountId, class: ClassId, book: Book, estate: Estate) {
		Self::deposit_event(Event::EstateOpened {
			provider: provider.clone(),
			class,
			obligations: estate.obligations,
			proceeds: estate.proceeds,
			price: estate.price,
			orderly: estate.orderly,
		});
		Books::<T>::insert(&provider, class, book);
		Estates::<T>::insert(provider, class, estate);
		// One for each book of the class at most.
		OpenEstates::<T>::mutate(class, |open| open.saturating_inc());
	}

	fn open_estate(who: &T::AccountId, class: ClassId, book: &mut Book, exit: Exit) -> Result<Estate, DispatchError> {
		ensure!(!Self::has_ended(class)?, Error::<T>::TooLate);
		ensure!(book.exit.is_none(), Error::<T>::EstateOpen);
		let price = Self::at_least_floor(class, T::Market::day_price(class))?;
		let parts = Self::take_unassigned(who, class, book)?;
		book.exit = Some(exit);
		Ok(Estate {
			price,
			opened_at: Self::now(),
			obligations: parts.gpu_time,
			proceeds: parts.proceeds,
			shares: parts.shares,
			orderly: exit == Exit::Left,
			deposit: 0,
			advanced: 0,
			answers: 0,
		})
	}

	/// Takes what a book owes that no job set aside out of it, with its share of the proceeds, which go to the
	/// pallet's account, and of the pool shares.
	pub(crate) fn take_unassigned(who: &T::AccountId, class: ClassId, book: &mut Book) -> Result<Part, DispatchError> {
		ensure!(book.unassigned() > 0, Error::<T>::NothingOwed);
		Self::collect(who, class, book);
		let parts = book.part(book.unassigned());
		let held = book.held().min(parts.proceeds);
		if held > 0 {
			T::Currency::transfer_on_hold(
				&HoldReason::Proceeds.into(),
				who,
				&Self::account_id(),
				held,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)?;
		}
		// What could not be credited lies there already.
		book.unpaid = book.unpaid.saturating_sub(parts.proceeds.saturating_sub(held));
		book.take_out(&parts)?;
		Ok(parts)
	}

	pub(crate) fn do_take_over(
		who: T::AccountId,
		provider: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		min_payment: Balance,
	) -> DispatchResult {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		ensure!(!Self::has_ended(class)?, Error::<T>::TooLate);
		let mut estate = Estates::<T>::get(&provider, class).ok_or(Error::<T>::EstateNotFound)?;
		ensure!(gpu_time <= estate.obligations, Error::<T>::ObligationsExceeded);
		// The leaver is refused here too: its estate is open.
		let (mut book, attested) = Self::live(&who, class)?;

		let elapsed = Self::now().saturating_sub(estate.opened_at);
		let due = policy::take_over_price(estate.price, elapsed, gpu_time).ok_or(Error::<T>::Overflow)?;
		let share = policy::released(estate.proceeds, gpu_time, estate.obligations);
		estate.proceeds = estate.proceeds.checked_sub(share).ok_or(Error::<T>::Overflow)?;
		estate.obligations = estate.obligations.checked_sub(gpu_time).ok_or(Error::<T>::Overflow)?;
		let lack = due.saturating_sub(share);
		let account = Self::account_id();
		let topped_up = if lack == 0 {
			0
		} else if estate.orderly {
			let part = lack.min(estate.deposit);
			Self::move_deposit(&provider, &account, part)?;
			estate.deposit = estate.deposit.saturating_sub(part);
			part
		} else {
			// The auction's rise is paid only as far as the provider's stake answers for it: else who vanishes could
			// collect it through an alias.
			let base = policy::take_over_price(estate.price, 0, gpu_time).ok_or(Error::<T>::Overflow)?;
			let answered = estate.answers.saturating_sub(estate.advanced);
			let paid = T::Insurance::pay(&account, lack.min(answered.max(base.saturating_sub(share))));
			estate.advanced = estate.advanced.checked_add(paid).ok_or(Error::<T>::Overflow)?;
			paid
		};
		// A leaver's proceeds go with its obligations whole: were what exceeds the price the leaver's, an alias that
		// takes over would set free what is to be held until delivery.
		let passed = if estate.orderly { share } else { share.min(due) };
		let payment = passed.checked_add(topped_up).ok_or(Error::<T>::Overflow)?;
		ensure!(payment >= min_payment, Error::<T>::PaymentTooLow);
		let surplus = share.saturating_sub(passed);
		if surplus > 0 {
			T::Currency::transfer(&account, &T::Insurance::account(), surplus, Preservation::Preserve)?;
		}
		if payment > 0 {
			Self::credit(&who, payment)?;
		}
		Self::assume(&who, class, &mut book, attested, gpu_time, payment)?;
		Estates::<T>::insert(&provider, class, estate);
		Self::deposit_event(Event::TakenOver {
			from: provider,
			by: who,
			class,
			gpu_time,
			payment,
			topped_up,
			surplus,
		});
		Ok(())
	}

	/// The book of a provider that serves, and its attested accelerators.
	fn live(who: &T::AccountId, class: ClassId) -> Result<(Book, u32), DispatchError> {
		let (mut book, attested) = Self::obligor(who, class)?;
		ensure!(attested > 0, Error::<T>::NodeNotServing);
		Self::collect(who, class, &mut book);
		Ok((book, attested))
	}

	/// Adds obligations, for which `payment` is held, to a book that has room for them, and stores it.
	fn assume(
		who: &T::AccountId,
		class: ClassId,
		book: &mut Book,
		attested: u32,
		gpu_time: GpuTime,
		payment: Balance,
	) -> DispatchResult {
		book.obligations = book.obligations.checked_add(gpu_time).ok_or(Error::<T>::Overflow)?;
		book.proceeds = book.proceeds.checked_add(payment).ok_or(Error::<T>::Overflow)?;
		Self::cover(who, class, book, attested)?;
		Books::<T>::insert(who, class, book.clone());
		Ok(())
	}

	fn move_deposit(from: &T::AccountId, to: &T::AccountId, amount: Balance) -> DispatchResult {
		if amount > 0 {
			T::Currency::transfer_on_hold(
				&HoldReason::Novation.into(),
				from,
				to,
				amount,
				Precision::Exact,
				Restriction::Free,
				Fortitude::Force,
			)?;
		}
		Ok(())
	}

	pub(crate) fn do_close_estate(provider: T::AccountId, class: ClassId) -> DispatchResult {
		let estate = Estates::<T>::take(&provider, class).ok_or(Error::<T>::EstateNotFound)?;
		let ends = estate.opened_at.saturating_add(policy::ESTATE_BLOCKS);
		ensure!(
			estate.obligations == 0 || Self::now() >= ends || Self::has_ended(class)?,
			Error::<T>::TooEarly
		);
		let mut book = Books::<T>::get(&provider, class).ok_or(Error::<T>::BookNotFound)?;
		let shortfall = estate.obligations;
		Self::add_to_shortfall(class, shortfall)?;
		let want = policy::most_to_take_over(estate.price, shortfall);
		let recovered = if estate.orderly {
			Self::close_orderly(&provider, class, &estate, want)?
		} else {
			Self::to_recovery(class, estate.proceeds)?;
			estate.proceeds
		};
		let slashed = if estate.orderly {
			book.shares_due = book.shares_due.saturating_add(estate.shares);
			Self::give_shares(&provider, class, &mut book);
			0
		} else {
			Self::recover_shares(class, estate.shares);
			let default = |lost: Balance, victim: &T::AccountId| match lost {
				0 => 0,
				lost => T::Defaults::defaulted(&provider, class, lost, victim),
			};
			let lack = want.saturating_sub(estate.proceeds);
			default(estate.advanced, &T::Insurance::account())
				.saturating_add(default(lack, &Self::recovery_account(class)))
		};
		book.exit = None;
		// Now the slashes are frozen, the collateral has done its part.
		Self::shrink(&provider, class, &mut book);
		Books::<T>::insert(&provider, class, book);
		OpenEstates::<T>::mutate_exists(class, |open| {
			// Counted when it was opened; the last one leaves no entry.
			*open = open.map(|open| open.saturating_sub(1)).filter(|open| *open > 0);
		});
		Self::deposit_event(Event::EstateClosed {
			provider,
			class,
			shortfall,
			recovered,
			slashed,
		});
		Ok(())
	}

	/// Claims that from now on nobody in particular owes.
	pub(crate) fn add_to_shortfall(class: ClassId, gpu_time: GpuTime) -> DispatchResult {
		if gpu_time > 0 {
			let sum = Shortfalls::<T>::get(class).checked_add(gpu_time);
			Shortfalls::<T>::insert(class, sum.ok_or(Error::<T>::Overflow)?);
		}
		Ok(())
	}

	/// Pool shares in the pallet's account that are the class's from now on.
	pub(crate) fn recover_shares(class: ClassId, shares: Balance) {
		if shares > 0 {
			// Saturating: shares that exist.
			RecoveredShares::<T>::mutate(class, |sum| sum.saturating_accrue(shares));
		}
	}

	/// Pays the class all proceeds of what nobody took, and out of the deposit what they lack of the most that this
	/// is worth; the leaver the rest of the deposit. Returns what the class got.
	fn close_orderly(
		provider: &T::AccountId,
		class: ClassId,
		estate: &Estate,
		want: Balance,
	) -> Result<Balance, DispatchError> {
		let deposit_part = want.saturating_sub(estate.proceeds).min(estate.deposit);
		Self::move_deposit(provider, &Self::account_id(), deposit_part)?;
		let rest = estate.deposit.saturating_sub(deposit_part);
		if rest > 0 {
			T::Currency::release(&HoldReason::Novation.into(), provider, rest, Precision::Exact)?;
		}
		let recovered = estate.proceeds.checked_add(deposit_part).ok_or(Error::<T>::Overflow)?;
		Self::to_recovery(class, recovered)?;
		Ok(recovered)
	}

	/// Moves tokens of the pallet's account to a class's recovery account; to the insurance fund what is too
	/// little to open it.
	pub(crate) fn to_recovery(class: ClassId, amount: Balance) -> DispatchResult {
		if amount == 0 {
			return Ok(());
		}
		let account = Self::account_id();
		let to = Self::recovery_account(class);
		T::Currency::transfer(&account, &to, amount, Preservation::Preserve)
			.or_else(|_| T::Currency::transfer(&account, &T::Insurance::account(), amount, Preservation::Preserve))?;
		Ok(())
	}

	pub(crate) fn do_assume_shortfall(
		who: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		min_payment: Balance,
	) -> DispatchResult {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		ensure!(!Self::has_ended(class)?, Error::<T>::TooLate);
		Self::burn_recovered(class)?;
		let left = Shortfalls::<T>::get(class)
			.checked_sub(gpu_time)
			.ok_or(Error::<T>::ObligationsExceeded)?;
		let (mut book, attested) = Self::live(&who, class)?;
		let price = Self::at_least_floor(class, T::Market::day_price(class))?;
		let payment = policy::take_over_price(price, policy::AUCTION_BLOCKS, gpu_time).ok_or(Error::<T>::Overflow)?;
		ensure!(payment >= min_payment, Error::<T>::PaymentTooLow);
		let recovery = Self::recovery_account(class);
		let there = T::Currency::reducible_balance(&recovery, Preservation::Preserve, Fortitude::Polite);
		ensure!(payment <= there, Error::<T>::RecoveryTooSmall);
		if payment > 0 {
			T::Currency::transfer_and_hold(
				&HoldReason::Proceeds.into(),
				&recovery,
				&who,
				payment,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)?;
		}
		Self::assume(&who, class, &mut book, attested, gpu_time, payment)?;
		Shortfalls::<T>::insert(class, left);
		Self::deposit_event(Event::ShortfallAssumed {
			by: who,
			class,
			gpu_time,
			payment,
			left,
		});
		Ok(())
	}
}

impl<T: Config> Recovery<CreditOf<T>> for Pallet<T> {
	fn is_short(class: ClassId) -> bool {
		Shortfalls::<T>::get(class) > 0
	}

	/// What is too little to open the recovery account goes to the insurance fund.
	fn feed(class: ClassId, fees: CreditOf<T>) {
		let unpaid = T::Currency::resolve(&Self::recovery_account(class), fees)
			.or_else(|fees| T::Currency::resolve(&T::Insurance::account(), fees))
			.or_else(|fees| T::Currency::resolve(&Self::account_id(), fees));
		if unpaid.is_err() {
			log::error!(target: LOG, "class {class}: fees of its shortfall found no account");
		}
	}
}
