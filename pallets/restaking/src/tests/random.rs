//! Random actions: whatever happens in whatever order, the books hold, nobody's value rises but by rewards,
//! and at the end everybody leaves with what is theirs.

use super::*;
use proptest::{prelude::*, test_runner::Config as Cases};
use std::collections::BTreeMap;

const OPERATORS: [AccountId; 3] = [1, 2, 3];
const DELEGATORS: [AccountId; 4] = [5, 6, 7, 8];

#[derive(Clone, Copy, Debug)]
struct Action {
	what: u8,
	who: usize,
	operator: usize,
	size: u128,
}

fn action() -> impl Strategy<Value = Action> {
	(0u8..24, 0usize..4, 0usize..3, 1u128..1_000_000).prop_map(|(what, who, operator, size)| Action {
		what,
		who,
		operator,
		size,
	})
}

/// What each delegator has with each operator, and what operators have themselves.
fn values() -> BTreeMap<(AccountId, AccountId), Balance> {
	let mut values = BTreeMap::new();
	for operator in Restaking::operators() {
		for who in DELEGATORS {
			values.insert((who, operator), value(who, operator));
		}
	}
	values
}

/// A planck for each rounding that a step may turn in somebody's favour, at the prices that occur.
fn slack(operator: AccountId) -> Balance {
	let pools = Operators::<Test>::get(operator);
	pools.map_or(2, |o| 4 + o.compounding.tranche.balance / o.compounding.shares.max(1))
}

fn act(action: Action) {
	let Action {
		what,
		who,
		operator,
		size,
	} = action;
	let (who, operator) = (DELEGATORS[who], OPERATORS[operator]);
	let amount = size * 50 * QRN / 1_000;
	let mode = if size % 2 == 0 {
		RewardMode::Compound
	} else {
		RewardMode::Payout
	};
	let part = |all: Balance| (size % 3 > 0).then_some(all * (size % 1_000) / 1_000);
	let held = Operators::<Test>::get(operator).and_then(|o| Restaking::delegation(&who, &o));
	let session = CurrentSession::<Test>::get();
	let earlier = session.saturating_sub((size % 5) as u32);
	// What is refused is refused: the books must hold either way.
	let _ = match what {
		0..=3 => Restaking::delegate(by(who), operator, amount, mode),
		4..=6 => {
			let shares = part(held.map_or(0, |held| held.shares(mode)));
			Restaking::undelegate(by(who), operator, mode, shares)
		}
		7 | 8 => Restaking::withdraw(by(who), Some(operator)),
		9 => Restaking::withdraw(by(operator), None),
		10 => Restaking::set_reward_mode(by(who), Some(operator), mode),
		11 => Restaking::liquify(by(who), operator, held.map_or(0, |held| held.compounding / 2)),
		12 => {
			let id = Operators::<Test>::get(operator).map_or(0, |o| o.id);
			Restaking::solidify(by(who), operator, Shares::balance(id, who))
		}
		13 => Restaking::bond_more(by(operator), amount),
		14 => Restaking::unbond(by(operator), amount),
		15 => Restaking::claim(by(who), Some(operator)),
		16 => fault(operator, (size % 2) as ClassId, earlier, amount).map(|_| ()),
		17 => {
			let fraction = Perbill::from_parts((size * 1_000) as u32);
			let stake = Restaking::slashable_at(&operator, Scope::Consensus, earlier);
			let slash = quern_primitives::ports::NewSlash {
				operator,
				scope: Scope::Consensus,
				cause: quern_primitives::SlashCause::Equivocation,
				session: earlier,
				amount: fraction * stake / 4,
				evidence: Default::default(),
				victim: None,
				finder: None,
			};
			<Queue as quern_primitives::ports::Slasher<AccountId>>::propose(slash).map(|_| ())
		}
		18 | 19 => {
			let waiting = Proposed::get();
			if let Some(id) = (0..waiting.len()).find(|id| waiting[*id].1.total() > 0) {
				let due = waiting[id].1;
				let some = due.first(due.total() * (size % 4) / 3);
				if what == 18 {
					execute_part(id as u64 as _, some);
				} else {
					void_part(id as u64 as _, due.without(&some));
				}
			}
			Ok(())
		}
		20 => Restaking::allocate(by(operator), (size % 2) as ClassId, (size % 26) as u64 * PERCENT),
		_ => {
			System::run_to_block::<AllPalletsWithSystem>(System::block_number() + (size % 10) as u64);
			Ok(())
		}
	};
}

fn check(actions: Vec<Action>) {
	let allocations = OPERATORS
		.iter()
		.flat_map(|who| [(*who, 0, 25 * PERCENT), (*who, 1, 20 * PERCENT)]);
	ExtBuilder::default()
		.with_allocations(allocations.collect())
		.build_and_execute(|| {
			for action in actions {
				let before = values();
				let spent = DELEGATORS.map(free);
				act(action);
				if let Err(broken) = Restaking::do_try_state() {
					panic!("{action:?} broke {broken:?}");
				}
				assert_eq!(Balances::total_issuance() + Burned::get(), ISSUANCE);
				let after = values();
				for (i, who) in DELEGATORS.into_iter().enumerate() {
					let (mut sum_before, mut sum_after, mut room) = (spent[i], free(who), 0);
					for (key, worth) in after.iter().filter(|(key, _)| key.0 == who) {
						sum_after += worth;
						sum_before += before.get(key).copied().unwrap_or(0);
						room += slack(key.1);
					}
					let claimed = if action.what == 15 { Balance::MAX / 2 } else { 0 };
					assert!(
						sum_after <= sum_before + room + claimed,
						"{action:?}: {who} has {sum_after}, had {sum_before}"
					);
				}
				// Rewards between the steps, so that prices move.
				if action.size % 7 == 0 {
					for operator in OPERATORS {
						if Operators::<Test>::contains_key(operator) {
							reward(operator, action.size);
						}
					}
				}
			}
			everybody_leaves();
		});
}

fn everybody_leaves() {
	let waiting = Proposed::get().len();
	for id in 0..waiting {
		if id % 2 == 0 {
			execute(id as u64 as _);
		} else {
			void(id as u64 as _);
		}
	}
	for operator in 1..=4 {
		for who in DELEGATORS {
			let id = self::operator(operator).id;
			let liquid = Shares::balance(id, who);
			if liquid > 0 {
				assert_ok!(Restaking::solidify(by(who), operator, liquid));
			}
			for mode in [RewardMode::Compound, RewardMode::Payout] {
				let held = Restaking::delegation(&who, &self::operator(operator));
				if held.is_some_and(|held| held.shares(mode) > 0) {
					assert_ok!(Restaking::undelegate(by(who), operator, mode, None));
				}
			}
		}
		assert_ok!(Restaking::leave(by(operator)));
	}
	start_era(Restaking::current_era() + 7);
	for operator in 1..=4 {
		let pool = self::operator(operator).pool;
		for who in DELEGATORS {
			let _ = Restaking::withdraw(by(who), Some(operator));
			let _ = Restaking::claim(by(who), Some(operator));
			assert!(!Delegations::<Test>::contains_key(who, self::operator(operator).id));
		}
		let _ = Restaking::withdraw(by(operator), None);
		if Operators::<Test>::contains_key(operator) {
			assert_ok!(Restaking::withdraw(by(operator), None));
		}
		assert!(!Operators::<Test>::contains_key(operator));
		assert_eq!(free(pool), 0);
	}
	assert_eq!((EraPools::<Test>::iter().count(), TotalStake::<Test>::get()), (0, 0));
	let all: Balance = (1..10).chain([PURSE]).map(free).sum();
	assert_eq!(all, ISSUANCE - Burned::get());
}

proptest! {
	#![proptest_config(Cases { cases: 48, ..Cases::default() })]
	#[test]
	fn whatever_happens(actions in proptest::collection::vec(action(), 1..120)) {
		check(actions);
	}
}

/// The same at length: `cargo test -p pallet-restaking --lib -- --ignored`.
#[test]
#[ignore = "as long as one wants"]
fn whatever_happens_for_long() {
	proptest!(Cases { cases: 400, ..Cases::default() }, |(actions in proptest::collection::vec(action(), 200..600))| {
		check(actions);
	});
}
