//! Slashing for offences against consensus.

use crate::*;
use frame_support::{
	defensive,
	traits::{
		fungible::{Balanced, Inspect},
		tokens::{Fortitude, Precision, Preservation},
		Imbalance,
	},
	weights::Weight,
};
use polkadot_sdk::sp_staking::offence::{OffenceDetails, OnOffenceHandler};

/// `Offender` is the runtime's `historical::IdentificationTuple`, with `()` for the identification.
impl<T: Config> OnOffenceHandler<T::AccountId, (T::AccountId, ()), Weight> for Pallet<T> {
	fn on_offence(
		offenders: &[OffenceDetails<T::AccountId, (T::AccountId, ())>],
		fractions: &[Perbill],
		session: SessionIndex,
	) -> Weight {
		let exposures = if Self::is_slashable(session) {
			Exposures::<T>::get(session)
		} else {
			None
		};
		for (
			OffenceDetails {
				offender: (who, ()), ..
			},
			fraction,
		) in offenders.iter().zip(fractions)
		{
			let exposure = exposures
				.as_ref()
				.and_then(|set| set.iter().find(|exposure| exposure.who == *who));
			match exposure {
				Some(exposure) => Self::punish(who, session, policy::slash_due(exposure.stake, *fraction), *fraction),
				None => Self::deposit_event(Event::OffenceIgnored {
					operator: who.clone(),
					session,
				}),
			}
		}
		T::WeightInfo::on_offence(offenders.len() as u32)
	}
}

impl<T: Config> Pallet<T> {
	/// Slashes what `due` is above the largest slash of that operator and era, and keeps it from
	/// validating. Does nothing if it is not above: the report is one that came before.
	fn punish(who: &T::AccountId, session: SessionIndex, due: Balance, fraction: Perbill) {
		let era = Self::era_of(session);
		let before = Slashes::<T>::get(era, who).unwrap_or(0);
		let Some(more) = due.checked_sub(before).filter(|more| *more > 0) else {
			return;
		};
		Slashes::<T>::insert(era, who, due);

		Self::drop_candidate(who, ChillReason::Offence);
		T::Session::disable(who, fraction);
		Self::remember_offender(who, fraction);
		// An operator that is gone had all its bond slashed before.
		let Some(mut operator) = Operators::<T>::get(who) else {
			return;
		};
		operator.offended_in = Some(Self::current_era());
		let taken = policy::slash(&mut operator, more, T::Currency::minimum_balance());
		let pool = operator.pool.clone();
		Operators::<T>::insert(who, operator);
		Self::take_from_pool(&pool, taken);
		Self::deposit_event(Event::Slashed {
			operator: who.clone(),
			session,
			amount: taken,
		});
	}

	/// Notes an offender that was chosen for the next session already.
	fn remember_offender(who: &T::AccountId, fraction: Perbill) {
		let next = Exposures::<T>::get(CurrentSession::<T>::get().saturating_add(1)).unwrap_or_default();
		if !next.iter().any(|exposure| exposure.who == *who) {
			return;
		}
		Offenders::<T>::mutate(
			|offenders| match offenders.iter_mut().find(|(offender, _)| offender == who) {
				Some((_, known)) => *known = fraction.max(*known),
				None => {
					if offenders.try_push((who.clone(), fraction)).is_err() {
						defensive!("offenders are validators of the next session, which are no more");
					}
				}
			},
		);
	}

	/// Hands slashed bond to the slash handler.
	fn take_from_pool(pool: &T::AccountId, amount: Balance) {
		// The whole of a pool may go, hence `Expendable`; nothing the pool account owes stands before
		// a slash, hence `Force`.
		match T::Currency::withdraw(
			pool,
			amount,
			Precision::BestEffort,
			Preservation::Expendable,
			Fortitude::Force,
		) {
			Ok(credit) => {
				if credit.peek() < amount {
					defensive!("a pool account holds at least its operator's bond");
				}
				T::Slash::on_unbalanced(credit);
			}
			Err(error) => {
				log::error!(target: LOG_TARGET, "slash of {amount} out of {pool:?} failed: {error:?}");
				defensive!("a pool account's balance can be withdrawn");
			}
		}
	}
}
