//! Slashing for offences against consensus.

use crate::*;
use frame_support::{defensive, storage::with_storage_layer, weights::Weight};
use polkadot_sdk::{
	sp_core::H256,
	sp_io::hashing::blake2_256,
	sp_staking::offence::{OffenceDetails, OnOffenceHandler},
};
use quern_primitives::{
	ports::{NewSlash, Slasher},
	SlashCause,
};

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
	/// Proposes a slash for what `due` is above the largest of that operator and era, and keeps it from
	/// validating. Does nothing if it is not above: the report is one that came before.
	fn punish(who: &T::AccountId, session: SessionIndex, due: Balance, fraction: Perbill) {
		let era = Self::era_of(session);
		let before = Slashes::<T>::get(era, who).unwrap_or(0);
		let Some(more) = due.checked_sub(before).filter(|more| *more > 0) else {
			return;
		};

		Self::drop_candidate(who, ChillReason::Offence);
		T::Session::disable(who, fraction);
		Self::remember_offender(who, fraction);
		if let Ok(mut operator) = Self::edit(who) {
			operator.offended_in = Some(Self::current_era());
			Self::commit(who, operator);
		}
		let slash = NewSlash {
			operator: who.clone(),
			scope: Scope::Consensus,
			cause: SlashCause::Equivocation,
			session,
			amount: more,
			evidence: H256(codec::Encode::using_encoded(&(who, era, session, fraction), blake2_256)),
			victim: None,
			finder: None,
		};
		match with_storage_layer(|| T::Slasher::propose(slash)) {
			Ok(_) => Slashes::<T>::insert(era, who, due),
			// A report that comes again may find what this one did not.
			Err(error) => Self::deposit_event(Event::OffenceNotSlashed {
				operator: who.clone(),
				session,
				error,
			}),
		}
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
}
