//! The one stake, end to end: who staked what, what answers for which offence, and who gets what.
//!
//! Four validators, Alice, Bob, Charlie and Dave, with eras of one session of ten blocks: a slash is due
//! forty blocks after it was proposed, and stake that leaves is there after three hundred. Dave is mostly
//! silent, so that no reward of its own is in the sums.

mod aliases;
mod appeal;
mod compute;
mod equivocation;
mod leaving;
mod machine;
mod rewards;

use crate::common::*;
use pallet_restaking::{Call as Staking, Operators};
use polkadot_sdk::{sp_core::H256, sp_io::TestExternalities, sp_runtime::FixedPointNumber, sp_staking::SessionIndex};
use quern_primitives::{
	apis::runtime_decl_for_restaking_api::RestakingApi,
	ports::{NewSlash, Slasher},
	units::QRN,
	Balance, ClassId, DelegationInfo, OperatorInfo, Parts, Price, RewardMode, Scope, SlashCause, SlashId, SlashInfo,
};
use quern_runtime::{configs::money::EXISTENTIAL_DEPOSIT, *};
use serde_json::{json, Value};
use RewardMode::{Compound, Payout};

/// A second class, without a pool.
const OTHER: ClassId = 1;
/// The presets' class's floor in these tests, a quarter of a QRN for a millisecond: a job of four seconds has
/// 1,500 QRN reserved for it.
const FLOOR: Balance = QRN / 4;
/// What is reserved for a job of four seconds.
const SIZE: Balance = 4_000 * FLOOR * 3 / 2;
/// Eras from a slash's proposal to its execution.
const DEFERRAL: u32 = 4;
/// Eras that a slash waits longer if it was appealed.
const RULING: u32 = 4;
/// Eras after which stake that leaves is there, the one in which it leaves not counted.
const UNBONDING: u32 = 30;

/// The genesis of these tests, with a patch over it.
fn four(patch: Value) -> TestExternalities {
	let opening = Some((Price::from_u32(1_000_000), 600_000u128));
	let mut all = json!({
		"providerRegistry": {
			"classes": [
				["cpu-x86-64", Price::saturating_from_integer(FLOOR), opening, 1],
				["other", Price::from_u32(1), Value::Null, 0],
			],
		},
	});
	merge(&mut all, patch);
	genesis_of("four_validators", all)
}

/// A reserve of so much, instead of the presets': with next to nothing in it, validators earn fees alone.
fn with_reserve(amount: Balance) -> Value {
	let account = serde_json::to_value(ValidatorRewards::reserve_account()).expect("JSON");
	let mut balances = preset("four_validators")["balances"]["balances"].clone();
	for entry in balances.as_array_mut().expect("a list") {
		if entry[0] == account {
			entry[1] = json!(amount);
		}
	}
	json!({ "balances": { "balances": balances } })
}

/// Runs a test on that genesis, with no reserve, while Dave authors nothing.
fn with_quiet_dave(test: impl FnOnce(&mut Chain)) {
	on(four(with_reserve(EXISTENTIAL_DEPOSIT)), |chain| {
		chain.silence(&user("Dave"));
		test(chain)
	})
}

fn delegate(to: &User, amount: Balance, mode: RewardMode) -> Staking<Runtime> {
	Staking::delegate {
		operator: to.id.clone(),
		amount,
		mode,
	}
}

/// All shares of a mode.
fn undelegate(from: &User, mode: RewardMode) -> Staking<Runtime> {
	Staking::undelegate {
		operator: from.id.clone(),
		mode,
		shares: None,
	}
}

fn liquify(of: &User, shares: Balance) -> Staking<Runtime> {
	Staking::liquify {
		operator: of.id.clone(),
		shares,
	}
}

fn withdraw_from(operator: &User) -> Staking<Runtime> {
	Staking::withdraw {
		operator: Some(operator.id.clone()),
	}
}

/// An operator's books, as clients read them.
fn info(who: &User) -> OperatorInfo<AccountId> {
	<Runtime as RestakingApi<Block, AccountId>>::operator(who.id.clone()).expect("an operator")
}

/// What an account has with an operator, as clients read it.
fn position(who: &User, operator: &User) -> Option<DelegationInfo<AccountId>> {
	<Runtime as RestakingApi<Block, AccountId>>::delegations_of(who.id.clone())
		.into_iter()
		.find(|position| position.operator == operator.id)
}

/// What all that an account has with an operator is worth, pending slashes not taken off: shares, liquid ones,
/// parts that leave. Rewards to claim are beside it.
fn worth(who: &User, operator: &User) -> Balance {
	let Some(position) = position(who, operator) else {
		return 0;
	};
	let liquid = Operators::<Runtime>::get(&operator.id)
		.expect("an operator")
		.compounding
		.value_of(position.liquid_shares);
	position.value + position.unbonding.iter().map(|(value, _)| value).sum::<Balance>() + liquid
}

/// What of the operator's own is in its stake, pending slashes not taken off, rewards and what waits to be
/// withdrawn included.
fn own(who: &User) -> Balance {
	let Some(operator) = Operators::<Runtime>::get(&who.id) else {
		return 0;
	};
	let unbonding: Balance = pallet_restaking::EraPools::<Runtime>::iter_prefix(operator.id)
		.map(|(_, pool)| pool.own.balance)
		.sum();
	operator.own.balance + operator.own_rewards + operator.withdrawable + unbonding
}

/// The slashes of an operator that wait.
fn pending(who: &User) -> Vec<SlashInfo<AccountId>> {
	<Runtime as RestakingApi<Block, AccountId>>::pending_slashes(Some(who.id.clone()))
}

/// What a validator is listed with as a candidate; `None` if it is none.
fn candidate(who: &User) -> Option<Balance> {
	pallet_restaking::Candidates::<Runtime>::get()
		.into_iter()
		.find(|candidate| candidate.who == who.id)
		.map(|candidate| candidate.stake)
}

/// What an allocation is worth for new jobs.
fn value(who: &User, class: ClassId) -> Balance {
	info(who)
		.allocations
		.into_iter()
		.find(|allocation| allocation.class == class)
		.map_or(0, |allocation| allocation.value)
}

/// On to the first block of an era.
fn run_to_era(chain: &mut Chain, era: u32) {
	chain.run_to_session(era);
	assert_eq!(Restaking::current_era(), era);
}

/// Puts a slash into the queue, as the pallet does that found the offence.
fn propose(who: &User, scope: Scope, session: SessionIndex, amount: Balance) -> SlashId {
	let cause = match scope {
		Scope::Consensus => SlashCause::Equivocation,
		Scope::Class(_) => SlashCause::WrongResult(0),
	};
	<Slashing as Slasher<AccountId>>::propose(NewSlash {
		operator: who.id.clone(),
		scope,
		cause,
		session,
		amount,
		evidence: H256([9; 32]),
		victim: None,
		finder: None,
	})
	.expect("proposed")
}

/// A slash's execution, or a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Executed {
	id: SlashId,
	taken: Parts,
	burned: Balance,
	thawed: Balance,
	left: Balance,
}

/// What slashes were executed, by these events.
fn executed(events: &[RuntimeEvent]) -> Vec<Executed> {
	events
		.iter()
		.filter_map(|event| match event {
			RuntimeEvent::Slashing(pallet_slashing::Event::Slashed {
				id,
				own,
				delegated,
				burned,
				thawed,
				left,
				..
			}) => Some(Executed {
				id: *id,
				taken: Parts {
					own: *own,
					delegated: *delegated,
				},
				burned: *burned,
				thawed: *thawed,
				left: *left,
			}),
			_ => None,
		})
		.collect()
}

/// Runs on until a slash is executed whole or voided, at most so many eras, and says what was executed of
/// it. Checks that what was burned is no less.
fn run_until_done(chain: &mut Chain, id: SlashId, eras: u32) -> Vec<Executed> {
	let last = Restaking::current_era() + eras;
	let mut all = Vec::new();
	while pallet_slashing::Slashes::<Runtime>::contains_key(id) {
		assert!(Restaking::current_era() <= last, "not within {eras} eras");
		let burned = FeeRouter::supply().burned;
		chain.next();
		let now: Vec<_> = executed(&events()).into_iter().filter(|each| each.id == id).collect();
		assert!(FeeRouter::supply().burned >= burned + now.iter().map(|each| each.burned).sum::<Balance>());
		all.extend(now);
	}
	all
}

fn parts(own: Balance, delegated: Balance) -> Parts {
	Parts { own, delegated }
}

/// Whether two amounts differ by a rounding at most.
#[track_caller]
fn close(a: Balance, b: Balance) {
	assert!(a.abs_diff(b) <= 2, "{a} and {b}");
}
