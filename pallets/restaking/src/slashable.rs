//! The stake that answers for offences: the port `SlashableStake`.

use crate::*;
use frame_support::{
	defensive,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		Imbalance,
	},
};
use quern_primitives::ports::SlashableStake;

impl<T: Config> SlashableStake<T::AccountId> for Pallet<T> {
	type Credit = fungible::Credit<T::AccountId, T::Currency>;

	fn session_at(block: BlockNumber) -> Option<SessionIndex> {
		Self::session_of(block)
	}

	fn slashable_at(who: &T::AccountId, scope: Scope, session: SessionIndex) -> Balance {
		if session > CurrentSession::<T>::get() || !Self::is_slashable(session) {
			return 0;
		}
		match scope {
			Scope::Consensus => Self::exposure(who, session),
			Scope::Class(class) => Operators::<T>::get(who).map_or(0, |operator| {
				Self::allocated_at(&Self::state_at(&operator, session), class, session)
			}),
		}
	}

	fn freeze(who: &T::AccountId, scope: Scope, session: SessionIndex, amount: Balance) -> Parts {
		let Ok(operator) = Self::edit(who) else {
			return Parts::default();
		};
		if session > CurrentSession::<T>::get() || !Self::is_slashable(session) {
			return Parts::default();
		}
		if let Scope::Class(class) = scope {
			// An allocation of which something may be taken is still there, if only as leaving.
			if !operator.allocations.contains_key(&class) {
				return Parts::default();
			}
		}
		let mut books = Self::load_books(operator, |_| true);
		let parts = books.freeze(Self::group(scope, session), amount);
		if parts.total() > 0 {
			Self::store_books(who, books);
			Self::deposit_event(Event::Frozen {
				operator: who.clone(),
				scope,
				session,
				parts,
			});
		}
		parts
	}

	fn thaw(who: &T::AccountId, scope: Scope, session: SessionIndex, parts: Parts) {
		let Ok(operator) = Self::edit(who) else {
			defensive!("an operator with stake frozen stays one");
			return;
		};
		let mut books = Self::load_books(operator, |_| true);
		let released = books.thaw(Self::group(scope, session), parts);
		Self::mature(&mut books);
		Self::store_books(who, books);
		Self::deposit_event(Event::Thawed {
			operator: who.clone(),
			scope,
			session,
			parts: released,
		});
	}

	fn take(
		who: &T::AccountId,
		scope: Scope,
		session: SessionIndex,
		parts: Parts,
	) -> Result<(Self::Credit, Self::Credit), DispatchError> {
		let operator = Self::edit(who)?;
		let mut books = Self::load_books(operator, |_| true);
		let taken = books.take(Self::group(scope, session), parts);
		// One withdrawal, and the last thing that can fail: nothing is stored yet. The existential deposit
		// stays, so the stake may go to the last planck.
		let credit = T::Currency::withdraw(
			&books.operator.pool,
			taken.parts.total(),
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Force,
		)?;
		Self::mature(&mut books);
		Self::store_books(who, books);
		Self::deposit_event(Event::Taken {
			operator: who.clone(),
			scope,
			session,
			parts: taken.parts,
			thawed: taken.thawed,
		});
		Ok(credit.split(taken.parts.own))
	}

	fn own_stake(who: &T::AccountId) -> Balance {
		Operators::<T>::get(who).map_or(0, |operator| operator.own.free())
	}

	fn total_stake() -> Balance {
		TotalStake::<T>::get()
	}
}

impl<T: Config> Pallet<T> {
	/// The group of slashes for offences in a session.
	fn group(scope: Scope, session: SessionIndex) -> Group {
		Group {
			era: Self::era_of(session),
			scope,
		}
	}

	/// What a validator was chosen with for a session; zero if it was not.
	pub(crate) fn exposure(who: &T::AccountId, session: SessionIndex) -> Balance {
		Exposures::<T>::get(session)
			.unwrap_or_default()
			.iter()
			.find(|exposure| exposure.who == *who)
			.map_or(0, |exposure| exposure.stake)
	}
}
