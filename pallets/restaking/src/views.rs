//! What the runtime APIs show. They walk maps, so no call uses them.

use crate::*;
use alloc::{collections::BTreeSet, vec::Vec};
use frame_support::traits::fungibles::Inspect;
use polkadot_sdk::sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, Rounding};
use quern_primitives::{ports::SlashableStake, AllocationInfo, DelegationInfo, OperatorInfo, SlashableInfo};

/// The number of shares of which the API tells the price.
const PRICED_SHARES: Balance = 1_000_000_000_000_000_000;

impl<T: Config> Pallet<T> {
	/// Every operator's account.
	pub fn operators() -> Vec<T::AccountId> {
		Operators::<T>::iter_keys().collect()
	}

	/// An operator's books. Whether it is jailed is not known here.
	pub fn operator_info(who: &T::AccountId) -> Option<OperatorInfo<T::AccountId>> {
		let operator = Self::edit(who).ok()?;
		let books = Self::load_books(operator, |_| true);
		let operator = &books.operator;
		let frozen = books
			.eras
			.iter()
			.fold(operator.active_frozen(|_| true), |sum, (_, pool)| {
				// Parts of one account's balance.
				sum.saturating_add(pool.own.frozen_total())
					.saturating_add(pool.delegated.tranche.frozen_total())
			});
		let allocations = operator.allocations.iter().map(|(class, allocation)| AllocationInfo {
			class: *class,
			active: allocation.active,
			slashable: allocation.slashable(),
			joining: allocation.joining,
			leaving: allocation.leaving.to_vec(),
			value: operator.allocation_value(*class),
			reserved: allocation.reserved,
		});
		Some(OperatorInfo {
			operator: who.clone(),
			id: operator.id,
			pool: operator.pool.clone(),
			own: operator.own.free(),
			delegated: operator
				.compounding
				.tranche
				.free()
				.saturating_add(operator.paying.tranche.free()),
			unbonding: operator.unbonding(Self::current_era()),
			frozen,
			reserved: operator.reserved,
			claimable: operator.own_rewards,
			stake: operator.stake(),
			commission: operator.commission,
			announced: operator.announced,
			candidate: Self::is_candidate(who),
			validator: Self::exposure(who, CurrentSession::<T>::get()) > 0,
			leaving: operator.leaving,
			jailed_until: None,
			whole: operator.whole,
			allocations: allocations.collect(),
			share_price: share_price(&operator.compounding),
		})
	}

	/// Every delegation of an account, those included of which it has only liquid shares.
	pub fn delegations_of(delegator: &T::AccountId) -> Vec<DelegationInfo<T::AccountId>> {
		Operators::<T>::iter()
			.filter_map(|(who, operator)| Self::delegation_info(delegator, who, &operator))
			.collect()
	}

	fn delegation_info(
		delegator: &T::AccountId,
		who: T::AccountId,
		operator: &OperatorOf<T>,
	) -> Option<DelegationInfo<T::AccountId>> {
		let id = operator.id;
		let liquid_shares = T::Shares::balance(id, delegator);
		let delegation = match Self::delegation(delegator, operator) {
			Some(delegation) => delegation,
			None if liquid_shares > 0 => Delegation::default(),
			None => return None,
		};
		let unbonding = delegation.unbonding.iter().map(|part| {
			let value = EraPools::<T>::get(id, part.withdrawable_in).map_or(0, |pool| pool.value_of(part));
			(value, part.withdrawable_in)
		});
		let (compounding, paying) = (&operator.compounding, &operator.paying);
		Some(DelegationInfo {
			operator: who,
			id,
			compounding_shares: delegation.compounding,
			paying_shares: delegation.paying,
			// Parts of the supply.
			value: compounding
				.value_of(delegation.compounding)
				.saturating_add(paying.value_of(delegation.paying)),
			frozen: compounding
				.frozen_part(delegation.compounding)
				.saturating_add(paying.frozen_part(delegation.paying)),
			claimable: delegation.claimable,
			unbonding: unbonding.collect(),
			liquid_shares,
		})
	}

	/// What an operator's stake answered with at a block. `None`: the block is too long ago, or to come,
	/// or the operator is none.
	pub fn slashable_info(who: &T::AccountId, block: BlockNumber) -> Option<SlashableInfo> {
		let session = Self::session_of(block)?;
		let operator = Operators::<T>::get(who)?;
		let classes: BTreeSet<ClassId> = Self::state_at(&operator, session).allocations.keys().copied().collect();
		Some(SlashableInfo {
			session,
			consensus: Self::slashable_at(who, Scope::Consensus, session),
			classes: classes
				.into_iter()
				.map(|class| (class, Self::slashable_at(who, Scope::Class(class), session)))
				.filter(|(_, amount)| *amount > 0)
				.collect(),
		})
	}
}

/// Planck that [`PRICED_SHARES`] are worth: as many in an empty pool.
fn share_price(pool: &SharePool) -> Balance {
	if pool.shares == 0 {
		return PRICED_SHARES;
	}
	multiply_by_rational_with_rounding(pool.tranche.balance, PRICED_SHARES, pool.shares, Rounding::Down)
		.unwrap_or(Balance::MAX)
}
