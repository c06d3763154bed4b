//! What must hold of the books.

use crate::{candidates::comes_before, *};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use frame_support::traits::{fungible::Inspect, fungibles};
use polkadot_sdk::sp_core::U256;

/// What delegators hold of one operator, in all.
#[derive(Default)]
struct Holdings {
	compounding: Balance,
	paying: Balance,
	rewards: U256,
	eras: BTreeMap<EraIndex, (Balance, Balance)>,
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant of this pallet and lists those that do not hold:
	///
	/// 1. each operator's pool account is its own, and holds an existential deposit and all that its
	///    books say: stake, era pools, rewards;
	/// 2. shares of delegators, and liquid shares, make up each pool's; so do those of era pools, and what
	///    these paid;
	/// 3. rewards that wait for delegators make up what is owed to them, to the last part of a planck;
	/// 4. no tranche has more frozen than there is, and no group more than is due for it;
	/// 5. `reserved` is the sum of reservations, of the own bond and by class;
	/// 6. allocations sum to no more than half of the whole;
	/// 7. candidates are operators with the stake listed and a validator's own bond, each once, in order;
	/// 8. the total stake is the sum of what operators have that counts;
	/// 9. exposures and session starts are kept of sessions within their range, and of no other.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		Self::check_operators(&mut broken);
		Self::check_reservations(&mut broken);
		Self::check_candidates(&mut broken);
		Self::check_sessions(&mut broken);
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	fn check_operators(broken: &mut Vec<String>) {
		let mut holdings = Self::holdings();
		let mut total: Balance = 0;
		for (who, operator) in Operators::<T>::iter() {
			let eras: Vec<_> = EraPools::<T>::iter_prefix(operator.id).collect();
			Self::check_money(&who, &operator, &eras, broken);
			let held = holdings.remove(&operator.id).unwrap_or_default();
			Self::check_shares(&who, &operator, &eras, held, broken);
			check_frozen(&who, &operator, &eras, broken);
			if operator.encumbered() > policy::allocation_limit(operator.whole) {
				broken.push(format!(
					"operator {who:?} has allocated {} of {}, which is more than half",
					operator.encumbered(),
					operator.whole
				));
			}
			if operator.counted != operator.stake() {
				broken.push(format!(
					"operator {who:?} is counted with {}, but has {} that counts",
					operator.counted,
					operator.stake()
				));
			}
			total = total.saturating_add(operator.stake());
		}
		if TotalStake::<T>::get() != total {
			broken.push(format!(
				"the total stake is {}, but operators have {total}",
				TotalStake::<T>::get()
			));
		}
	}

	/// What delegators hold, by operator.
	fn holdings() -> BTreeMap<OperatorId, Holdings> {
		let accumulators: BTreeMap<OperatorId, U256> = Operators::<T>::iter_values()
			.map(|operator| (operator.id, operator.accumulator))
			.collect();
		let mut holdings = BTreeMap::<OperatorId, Holdings>::new();
		for (_, id, delegation) in Delegations::<T>::iter() {
			let held = holdings.entry(id).or_default();
			held.compounding = held.compounding.saturating_add(delegation.compounding);
			held.paying = held.paying.saturating_add(delegation.paying);
			let each = accumulators
				.get(&id)
				.copied()
				.unwrap_or_default()
				.saturating_sub(delegation.snapshot);
			held.rewards = held
				.rewards
				.saturating_add(U256::from(delegation.paying).saturating_mul(each))
				.saturating_add(delegation.fraction.into())
				.saturating_add(U256::from(delegation.claimable) << 64);
			for part in &delegation.unbonding {
				let (shares, paid) = held.eras.entry(part.withdrawable_in).or_default();
				*shares = shares.saturating_add(part.shares);
				*paid = paid.saturating_add(part.paid);
			}
		}
		holdings
	}

	fn check_money(
		who: &T::AccountId,
		operator: &OperatorOf<T>,
		eras: &[(EraIndex, EraPool)],
		broken: &mut Vec<String>,
	) {
		if Self::pool_account(who, operator.id).ok().as_ref() != Some(&operator.pool)
			|| Owners::<T>::get(operator.id).as_ref() != Some(who)
		{
			broken.push(format!("operator {who:?} has a pool account that is not its own"));
		}
		let unbonding = eras.iter().fold(0, |sum: Balance, (_, pool)| {
			sum.saturating_add(pool.own.balance)
				.saturating_add(pool.delegated.tranche.balance)
		});
		let books = [
			operator.gross(),
			unbonding,
			operator.withdrawable,
			operator.own_rewards,
			operator.owed,
			T::Currency::minimum_balance(),
		];
		let books = books.iter().fold(0, |sum: Balance, part| sum.saturating_add(*part));
		let balance = T::Currency::balance(&operator.pool);
		if balance < books {
			broken.push(format!(
				"operator {who:?} has {books} in its books, but its pool account holds {balance}"
			));
		}
		let listed = |era: &EraIndex| operator.eras.iter().any(|(other, _)| other == era);
		let now = Self::current_era();
		if operator.era_pools as usize != eras.len()
			|| operator.eras.windows(2).any(|pair| pair[0].0 >= pair[1].0)
			|| operator
				.eras
				.iter()
				.any(|(era, amount)| !eras.iter().any(|(other, pool)| other == era && pool.total() == *amount))
			|| eras
				.iter()
				.any(|(era, pool)| !listed(era) && (*era > now || pool.has_frozen() || pool.own.balance > 0))
		{
			broken.push(format!("operator {who:?} does not list its era pools as they are"));
		}
	}

	fn check_shares(
		who: &T::AccountId,
		operator: &OperatorOf<T>,
		eras: &[(EraIndex, EraPool)],
		held: Holdings,
		broken: &mut Vec<String>,
	) {
		let liquid = <T::Shares as fungibles::Inspect<_>>::total_issuance(operator.id);
		for (what, pool, held) in [
			(
				"compounding",
				&operator.compounding,
				held.compounding.saturating_add(liquid),
			),
			("paying", &operator.paying, held.paying),
		] {
			if pool.shares != held {
				broken.push(format!(
					"operator {who:?} has {} {what} shares, but {held} are held",
					pool.shares
				));
			}
			if pool.shares == 0 && pool.tranche.balance > 0 {
				broken.push(format!("operator {who:?} has {what} delegations of nobody"));
			}
		}
		if held.rewards.saturating_add(operator.carry) != U256::from(operator.owed) << 64 {
			broken.push(format!(
				"operator {who:?} owes {} of rewards, but its delegators' do not make that up",
				operator.owed
			));
		}
		for (era, pool) in eras {
			let (shares, paid) = held.eras.get(era).copied().unwrap_or_default();
			if (pool.delegated.shares, pool.paid) != (shares, paid) {
				broken.push(format!(
					"operator {who:?} has {} shares of era {era}, {} paid, but {shares} are held, {paid} paid",
					pool.delegated.shares, pool.paid
				));
			}
		}
	}

	fn check_reservations(broken: &mut Vec<String>) {
		let mut reserved = BTreeMap::<T::AccountId, (Balance, BTreeMap<ClassId, Balance>)>::new();
		for (who, _, size) in Reservations::<T>::iter() {
			let (own, classes) = reserved.entry(who).or_default();
			*own = own.saturating_add(size.own);
			if let Some((class, amount)) = size.allocated {
				let sum = classes.entry(class).or_default();
				*sum = sum.saturating_add(amount);
			}
		}
		for (who, operator) in Operators::<T>::iter() {
			let (own, mut classes) = reserved.remove(&who).unwrap_or_default();
			if operator.reserved != own {
				broken.push(format!(
					"operator {who:?} has {} reserved, but its reservations sum to {own}",
					operator.reserved
				));
			}
			for (class, allocation) in operator.allocations.iter() {
				let sum = classes.remove(class).unwrap_or(0);
				if allocation.reserved != sum {
					broken.push(format!(
						"operator {who:?} has {} of class {class} reserved, but its reservations sum to {sum}",
						allocation.reserved
					));
				}
			}
			if classes.values().any(|sum| *sum > 0) {
				broken.push(format!(
					"operator {who:?} has stake reserved of a class to which it allocated none"
				));
			}
		}
		for who in reserved.keys() {
			broken.push(format!("{who:?} has stake reserved, but is no operator"));
		}
	}

	fn check_candidates(broken: &mut Vec<String>) {
		let list = Candidates::<T>::get();
		if list.windows(2).any(|pair| !comes_before(&pair[0], &pair[1])) {
			broken.push("candidates are out of order".into());
		}
		let mut accounts = accounts(&list);
		accounts.sort();
		if accounts.windows(2).any(|pair| pair[0] == pair[1]) {
			broken.push("a candidate is listed twice".into());
		}
		for Candidate { who, stake } in list {
			let operator = Operators::<T>::get(&who);
			let counted = operator.as_ref().map(|operator| operator.stake());
			if counted != Some(stake) {
				broken.push(format!(
					"candidate {who:?} is listed with {stake}, but its stake that counts is {counted:?}"
				));
			}
			if operator.is_some_and(|operator| operator.leaving || operator.own.free() < T::MinValidatorBond::get()) {
				broken.push(format!(
					"candidate {who:?} is leaving, or has less than a validator's bond"
				));
			}
		}
	}

	fn check_sessions(broken: &mut Vec<String>) {
		let (oldest, current) = (OldestSession::<T>::get(), CurrentSession::<T>::get());
		let next = current.saturating_add(1);
		for (session, exposures) in Exposures::<T>::iter() {
			if session < oldest || session > next {
				broken.push(format!("session {session} has exposures, outside {oldest} to {next}"));
			}
			if exposures.is_empty() {
				broken.push(format!("session {session} has no validator"));
			}
		}
		for (session, start) in SessionStarts::<T>::iter() {
			if session < oldest || session > current {
				broken.push(format!("session {session} has a start, outside {oldest} to {current}"));
			}
			if SessionStarts::<T>::get(session.saturating_add(1)).is_some_and(|next| next <= start) {
				broken.push(format!("session {session} started after the next"));
			}
		}
	}
}

fn check_frozen<AccountId: core::fmt::Debug>(
	who: &AccountId,
	operator: &Operator<AccountId>,
	eras: &[(EraIndex, EraPool)],
	broken: &mut Vec<String>,
) {
	let own: Vec<&Tranche> = core::iter::once(&operator.own)
		.chain(eras.iter().map(|(_, pool)| &pool.own))
		.collect();
	let delegated: Vec<&Tranche> = [&operator.compounding.tranche, &operator.paying.tranche]
		.into_iter()
		.chain(eras.iter().map(|(_, pool)| &pool.delegated.tranche))
		.collect();
	for tranche in own.iter().chain(&delegated) {
		if tranche.frozen_total() > tranche.balance || tranche.frozen.values().any(|amount| *amount == 0) {
			broken.push(format!(
				"operator {who:?} has {} frozen of a part of {}",
				tranche.frozen_total(),
				tranche.balance
			));
		}
		if let Some(group) = tranche
			.frozen
			.keys()
			.find(|group| !operator.pending.contains_key(*group))
		{
			broken.push(format!(
				"operator {who:?} has stake frozen for {group:?}, which does not wait"
			));
		}
	}
	let sum = |tranches: &[&Tranche], group: &Group| {
		tranches
			.iter()
			.fold(0, |sum: Balance, tranche| sum.saturating_add(tranche.frozen_for(group)))
	};
	for (group, pending) in operator.pending.iter() {
		let frozen = Parts {
			own: sum(&own, group),
			delegated: sum(&delegated, group),
		};
		if frozen.own > pending.due.own || frozen.delegated > pending.due.delegated || pending.due.total() == 0 {
			broken.push(format!(
				"operator {who:?} has {frozen:?} frozen for {group:?}, for which {:?} is due",
				pending.due
			));
		}
	}
}
