//! Executing a slash: taking the stake, paying finder and victim, burning the rest.

use crate::{policy, Config, CreditOf, Due, EraTaken, Event, Executed, Pallet, SlashOf, Slashes, LOG_TARGET};
use polkadot_sdk::{
	frame_support::{
		defensive,
		storage::with_storage_layer,
		traits::{fungible::Balanced, Imbalance, OnUnbalanced},
	},
	sp_runtime::DispatchResult,
};
use quern_primitives::{ports::SlashableStake, Balance, EraIndex, Parts, Scope, SlashId};

/// What a part of a slash came to, in planck.
struct Paid {
	to_finder: Balance,
	to_victim: Balance,
	burned: Balance,
}

impl<T: Config> Pallet<T> {
	/// Looks at a slash that is listed under `era`, in the era `now`. It is not listed there afterwards.
	pub(crate) fn process(era: EraIndex, id: SlashId, now: EraIndex) {
		let Some(mut slash) = Slashes::<T>::get(id).filter(|slash| slash.queued == era) else {
			defensive!("the queue lists a slash that is not there or listed elsewhere");
			Due::<T>::remove(era, id.to_be_bytes());
			return;
		};
		let Err(error) = with_storage_layer(|| Self::execute(id, slash.clone(), now)) else {
			return;
		};
		log::warn!(target: LOG_TARGET, "slash {id} failed and waits: {error:?}");
		// Saturating: a count for people to look at.
		slash.attempts = slash.attempts.saturating_add(1);
		Self::wait(id, &mut slash, now);
		Self::deposit_event(Event::SlashDelayed {
			id,
			error,
			attempts: slash.attempts,
			until: slash.queued,
		});
		Slashes::<T>::insert(id, slash);
	}

	/// Lists a slash under the era after `now`.
	fn wait(id: SlashId, slash: &mut SlashOf<T>, now: EraIndex) {
		// Saturating: the last era is never reached.
		Self::move_to(id, slash, now.saturating_add(1));
	}

	/// Executes a slash, or the part of it that the era's cap leaves room for. Nothing fails once stake
	/// was taken.
	fn execute(id: SlashId, mut slash: SlashOf<T>, now: EraIndex) -> DispatchResult {
		let mut capped = match slash.scope {
			Scope::Consensus => None,
			Scope::Class(_) => Some(Self::executed_in(now)),
		};
		let room = capped.map_or(Balance::MAX, |era| policy::era_cap(era.base).saturating_sub(era.taken));
		let part = slash.amount.first(room);
		if part.total() == 0 {
			Self::wait(id, &mut slash, now);
			Self::deposit_event(Event::SlashCapped {
				id,
				until: slash.queued,
			});
			Slashes::<T>::insert(id, slash);
			return Ok(());
		}

		let (own, delegated) = T::Stake::take(&slash.operator, slash.scope, slash.session, part)?;
		let taken = Parts {
			own: own.peek(),
			delegated: delegated.peek(),
		};
		if let Some(era) = &mut capped {
			// Saturating: at most the cap.
			era.taken = era.taken.saturating_add(taken.total());
			Executed::<T>::put(*era);
		}
		slash.amount = slash.amount.without(&part);
		let paid = Self::pay_out(&mut slash, own, delegated);
		let left = slash.amount.total();
		Self::deposit_event(Event::Slashed {
			id,
			operator: slash.operator.clone(),
			own: taken.own,
			delegated: taken.delegated,
			burned: paid.burned,
			to_victim: paid.to_victim,
			to_finder: paid.to_finder,
			// Saturating: no more is taken than asked for.
			thawed: part.total().saturating_sub(taken.total()),
			left,
		});
		if left > 0 {
			Self::wait(id, &mut slash, now);
			Slashes::<T>::insert(id, slash);
		} else {
			Self::forfeit_bond(id, &mut slash);
			Self::remove(id, &slash);
		}
		Ok(())
	}

	/// What compute slashes took in this era so far.
	fn executed_in(now: EraIndex) -> EraTaken {
		match Executed::<T>::get() {
			Some(executed) if executed.era == now => executed,
			_ => EraTaken {
				era: now,
				base: T::Stake::total_stake(),
				taken: 0,
			},
		}
	}

	/// Pays finder and victim out of what was taken and burns the rest. The victim's loss falls by what
	/// it got.
	fn pay_out(slash: &mut SlashOf<T>, own: CreditOf<T>, delegated: CreditOf<T>) -> Paid {
		let taken = Parts {
			own: own.peek(),
			delegated: delegated.peek(),
		};
		let loss = slash.victim.as_ref().map_or(0, |(_, loss)| *loss);
		let payouts = policy::payouts(&taken, loss, slash.finder.is_some());
		let (for_finder, own) = own.split(payouts.finder);
		let (for_victim, mut to_burn) = own.merge(delegated).split(payouts.victim);
		let to_finder = Self::pay(slash.finder.as_ref(), for_finder, &mut to_burn);
		let victim = slash.victim.as_ref().map(|(victim, _)| victim);
		let to_victim = Self::pay(victim, for_victim, &mut to_burn);
		if let Some((_, loss)) = &mut slash.victim {
			// Saturating: it got no more than its loss.
			*loss = loss.saturating_sub(to_victim);
		}
		let burned = to_burn.peek();
		T::Burn::on_unbalanced(to_burn);
		Paid {
			to_finder,
			to_victim,
			burned,
		}
	}

	/// Pays `who` and returns how much that was. What the account cannot take is left to be burned.
	fn pay(who: Option<&T::AccountId>, credit: CreditOf<T>, to_burn: &mut CreditOf<T>) -> Balance {
		let amount = credit.peek();
		let unpaid = match who {
			Some(who) if amount > 0 => T::Currency::resolve(who, credit),
			_ => Err(credit),
		};
		match unpaid {
			Ok(()) => amount,
			Err(credit) => {
				to_burn.subsume(credit);
				0
			}
		}
	}
}
