//! Random sequences: after each action what is frozen is what slashes are due, and money is where the
//! books say.

use super::*;
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Action {
	Propose {
		who: usize,
		consensus: bool,
		amount: Balance,
		loss: Option<Balance>,
		found: bool,
	},
	Appeal(usize),
	Reduce(usize, Balance),
	Void(usize),
	Uphold(usize),
	/// Blocks with their slice alone.
	Blocks(u32),
	/// Blocks in which no hook runs, then one with this many steps' weight left.
	Skip(u32, u64),
	Fail(usize),
	Heal,
	Allocate(usize, Balance),
	Fault(usize, Balance),
	Release(usize),
}

fn actions() -> impl Strategy<Value = Action> {
	prop_oneof![
		6 => (0..3usize, any::<bool>(), 0..60_000u128, proptest::option::of(0..9_000u128), any::<bool>())
			.prop_map(|(who, consensus, amount, loss, found)| Action::Propose { who, consensus, amount, loss, found }),
		2 => any::<usize>().prop_map(Action::Appeal),
		2 => (any::<usize>(), 0..1_000u128).prop_map(|(nth, part)| Action::Reduce(nth, part)),
		1 => any::<usize>().prop_map(Action::Void),
		1 => any::<usize>().prop_map(Action::Uphold),
		4 => (1..25u32).prop_map(Action::Blocks),
		2 => (1..90u32, 0..9u64).prop_map(|(blocks, steps)| Action::Skip(blocks, steps)),
		1 => (0..3usize).prop_map(Action::Fail),
		2 => Just(Action::Heal),
		1 => (0..3usize, 0..30_000u128).prop_map(|(who, amount)| Action::Allocate(who, amount)),
		2 => (0..3usize, 0..5_000u128).prop_map(|(who, earned)| Action::Fault(who, earned)),
		1 => (0..3usize).prop_map(Action::Release),
	]
}

/// One of the slashes that wait.
fn nth(n: usize) -> Option<SlashId> {
	let ids: Vec<_> = Slashing::pending(None).iter().map(|slash| slash.id).collect();
	(!ids.is_empty()).then(|| ids[n % ids.len()])
}

/// As a transaction is: undone whole if refused.
fn dispatch(call: impl FnOnce() -> Result<(), DispatchError>) {
	// Whether it is refused is for other tests.
	let _ = polkadot_sdk::frame_support::storage::with_storage_layer(call);
}

fn apply(action: Action) {
	match action {
		Action::Propose {
			who,
			consensus,
			amount,
			loss,
			found,
		} => {
			let who = OPERATORS[who];
			let slash = if consensus {
				consensus_slash(who, amount)
			} else {
				new_slash(who, amount)
			};
			// Whether it is refused is for other tests.
			let _ = try_propose(NewSlash {
				victim: loss.map(|loss| (VICTIM, loss)),
				finder: found.then_some(FINDER),
				..slash
			});
		}
		Action::Appeal(n) => {
			if let Some(id) = nth(n) {
				dispatch(|| Slashing::appeal(by(slash(id).operator), id, H256::zero()));
			}
		}
		Action::Reduce(n, part) => {
			if let Some(id) = nth(n) {
				let before = slash(id).amount;
				dispatch(|| Slashing::reduce(council(), id, before.total() * part / 1_000));
				let after = slash(id).amount;
				assert!(after.own <= before.own && after.delegated <= before.delegated);
			}
		}
		Action::Void(n) => {
			if let Some(id) = nth(n) {
				dispatch(|| Slashing::void(council(), id));
			}
		}
		Action::Uphold(n) => {
			if let Some(id) = nth(n) {
				dispatch(|| Slashing::uphold(council(), id));
			}
		}
		Action::Blocks(count) => run_to(Slashing::now() + count),
		Action::Skip(blocks, steps) => {
			System::set_block_number((Slashing::now() + blocks).into());
			let left = <() as WeightInfo>::drain_base() + <() as WeightInfo>::execute() * steps;
			assert!(Slashing::on_idle(System::block_number(), left).all_lte(left));
		}
		Action::Fail(who) => Failing::mutate(|failing| failing.push(OPERATORS[who])),
		Action::Heal => Failing::set(Vec::new()),
		Action::Allocate(who, allocated) => {
			let who = OPERATORS[who];
			put(
				who,
				Books {
					allocated,
					..books(who)
				},
			);
		}
		Action::Fault(who, earned) => {
			let operator = OPERATORS[who];
			<Slashing as Conduct<_>>::delivered(&operator, earned);
			let fault = Fault { operator, ..fault() };
			if earned % 5 == 0 {
				<Slashing as Conduct<_>>::wrong_result(fault);
			} else {
				<Slashing as Conduct<_>>::not_done(fault);
			}
		}
		Action::Release(who) => dispatch(|| Slashing::release(by(OPERATORS[who]))),
	}
}

fn still_due() -> Balance {
	Slashes::<Test>::iter_values().map(|slash| slash.amount.total()).sum()
}

/// Everybody's money, and what was burned.
fn all_money() -> Balance {
	let accounts = OPERATORS.into_iter().chain([VICTIM, FINDER]);
	let free: Balance = accounts.map(|who| tokens(who) + held(who)).sum();
	free + OPERATORS.map(|who| tokens(pool(who))).iter().sum::<Balance>() + Burned::get()
}

/// By what the events say: taken of stake, and given to somebody or burned.
fn told() -> (Balance, Balance) {
	take_events()
		.into_iter()
		.fold((0, 0), |(taken, given), event| match event {
			Event::Slashed {
				own,
				delegated,
				burned,
				to_victim,
				to_finder,
				..
			} => (taken + own + delegated, given + burned + to_victim + to_finder),
			_ => (taken, given),
		})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(128))]

	#[test]
	fn what_is_frozen_is_what_is_due_and_no_money_is_lost(actions in proptest::collection::vec(actions(), 1..60)) {
		ExtBuilder::default().build_and_execute(|| {
			let money = all_money();
			let stakes = || OPERATORS.map(|who| tokens(pool(who))).iter().sum::<Balance>();
			for action in actions {
				let before = stakes();
				apply(action);
				check_everything();
				assert_eq!(all_money(), money);
				let (taken, given) = told();
				assert_eq!((before - stakes(), taken), (given, given));
			}

			// Nothing fails any more: every era something is executed, until nothing is left.
			Failing::set(Vec::new());
			let last = Slashes::<Test>::iter_values().map(|slash| slash.queued).max().unwrap_or(0);
			System::set_block_number((last.max(BlockEras::current()) * ERA).into());
			for _ in 0..200 {
				let before = still_due();
				Slashing::on_idle(System::block_number(), Weight::MAX);
				assert!(before == 0 || still_due() < before, "{before} are stuck");
				check_everything();
				System::set_block_number(System::block_number() + u64::from(ERA));
			}
			assert_eq!(all_money(), money);
			if still_due() == 0 {
				assert_eq!((Due::<Test>::iter().count(), SlashesOf::<Test>::iter().count()), (0, 0));
				for who in OPERATORS {
					assert_eq!((held(who), books(who).frozen()), (0, parts(0, 0)));
				}
			}
		});
	}
}
