//! Eras begin and end; their pots are filled.

use crate::*;
use frame_support::{
	traits::{
		fungible::{Inspect, Mutate},
		tokens::{Fortitude, Preservation},
	},
	weights::Weight,
};
use quern_primitives::ports::StakeRewards;

impl<T: Config> Pallet<T> {
	/// What each block begins with. Returns its weight, that of the block's author's point and of
	/// handing over its fees included.
	pub(crate) fn begin_block() -> Weight {
		let running = Self::running_era();
		let mut weight = T::WeightInfo::give_points().saturating_add(T::WeightInfo::hand_over_fees());
		// The block's author may have been noted before this, which then closed the last era.
		if running.began == Self::now() {
			weight = weight.saturating_add(T::WeightInfo::close_era());
		}
		let paid = Self::pay_validators(policy::slice(T::MaxValidators::get()));
		weight.saturating_add(T::WeightInfo::pay_validator().saturating_mul(paid.into()))
	}

	/// The era that runs. If it is another than was seen last, that one is closed first, whoever in
	/// a block asks first: so every point counts in the era in which it was earned.
	pub(crate) fn running_era() -> RunningEra {
		let now = T::Era::get();
		let payout = match Running::<T>::get() {
			Some(running) if running.era >= now => return running,
			Some(running) => Self::close_era(running, now),
			None => Payout {
				era: now,
				..Default::default()
			},
		};
		let running = RunningEra {
			era: now,
			began: Self::now(),
			stake: T::Stake::validators_stake(),
			author_fees: 0,
			points: 0,
			payout,
		};
		Running::<T>::put(running.clone());
		running
	}

	/// Closes the era that ran: fills its pot and queues its payout. Returns the payout in which
	/// points are gathered from `now` on.
	pub(crate) fn close_era(over: RunningEra, now: EraIndex) -> Payout {
		let RunningEra {
			era,
			stake,
			author_fees,
			points,
			mut payout,
			..
		} = over;
		let (fees, reserve) = if points == 0 {
			(0, 0)
		} else {
			Self::fill(&mut payout, stake)
		};
		let returned = ReturnedShares::<T>::get().min(fees);
		ReturnedShares::<T>::mutate(|all| *all = all.saturating_sub(returned));
		Self::remember(EraEarnings {
			era,
			stake,
			fees: fees.saturating_sub(returned),
			author_fees,
			reserve,
		});
		Self::deposit_event(Event::EraClosed {
			era,
			fees,
			reserve,
			points,
		});

		let next = Payout {
			era: now,
			..Default::default()
		};
		if payout.points == 0 {
			return next;
		}
		let mut queue = Payouts::<T>::get();
		match queue.try_push(payout.clone()) {
			Ok(()) => {
				Payouts::<T>::put(queue);
				next
			}
			// Earlier ones lag: this one is paid together with the next era's.
			Err(_) => payout,
		}
	}

	/// Fills an era's pot from the stakers' pot and the reserve. Returns what came from each.
	fn fill(payout: &mut Payout, stake: Balance) -> (Balance, Balance) {
		let before = Self::spendable(&Self::account_id());
		let pot = T::StakerPot::get();
		let fees = Self::draw(&pot, Self::spendable(&pot));

		let millis = T::EraMillis::get();
		let account = Self::reserve_account();
		let missing = policy::target(stake, millis).saturating_sub(fees);
		let reserve = Self::draw(
			&account,
			missing.min(policy::scheduled(Self::spendable(&account), millis)),
		);

		// That is `fees + reserve`, but in an account that had no existential deposit: it keeps one.
		let gained = Self::spendable(&Self::account_id()).saturating_sub(before);
		// Parts of the supply.
		payout.pot = payout.pot.saturating_add(gained);
		(fees, reserve)
	}

	/// What an account has above the existential deposit.
	pub(crate) fn spendable(who: &T::AccountId) -> Balance {
		T::Currency::reducible_balance(who, Preservation::Preserve, Fortitude::Polite)
	}

	/// Moves `amount` to the pallet's account, and returns it; zero if it could not be moved.
	fn draw(from: &T::AccountId, amount: Balance) -> Balance {
		if amount == 0 {
			return 0;
		}
		match T::Currency::transfer(from, &Self::account_id(), amount, Preservation::Preserve) {
			Ok(_) => amount,
			Err(error) => {
				// It stays where it is, for the next era.
				log::error!(target: LOG_TARGET, "{amount} planck of a pot could not be moved: {error:?}");
				0
			}
		}
	}

	/// What the runtime's constants must fulfil.
	pub(crate) fn check_config() {
		assert!(T::MaxValidators::get() > 0, "there must be validators");
		assert!(T::KeepEras::get() > 0, "the last era's earnings need room");
		let (account, reserve, pot) = (Self::account_id(), Self::reserve_account(), T::StakerPot::get());
		assert!(
			account != reserve && account != pot && reserve != pot,
			"the pallet's account, the reserve and the stakers' pot must be three accounts"
		);
		let slice = u64::from(policy::slice(T::MaxValidators::get()));
		let most = T::WeightInfo::give_points()
			.saturating_add(T::WeightInfo::hand_over_fees())
			.saturating_add(T::WeightInfo::close_era())
			.saturating_add(T::WeightInfo::pay_validator().saturating_mul(slice));
		assert!(
			most.all_lte(T::BlockWeights::get().max_block / 4),
			"rewards must leave a block room for the rest"
		);
	}
}
