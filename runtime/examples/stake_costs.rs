//! What a slash, a reward and an election cost, with 10, 1,000 and 100,000 delegators behind the operator,
//! and an election also with 4, 100 and 1,024 candidates: native times on this machine, and their ratios.
//!
//!     SKIP_WASM_BUILD=1 cargo run -p quern-runtime --example stake_costs
//!
//! Exit 1 if what should be flat grows.

use pallet_restaking::{Candidates, Operators};
use polkadot_sdk::{
	frame_support::{
		assert_ok,
		genesis_builder_helper::{build_state, get_preset},
		storage::{with_transaction, TransactionOutcome},
		traits::fungible::{Balanced, Mutate},
	},
	frame_system, pallet_session,
	sp_io::TestExternalities,
	sp_runtime::DispatchError,
};
use quern_primitives::{
	ports::{NewSlash, SlashableStake, Slasher, StakeRewards},
	units::QRN,
	RewardMode, Scope, SlashCause,
};
use quern_runtime::*;
use std::time::{Duration, Instant};

/// How often each is done; the median counts.
const TIMES: usize = 41;
/// What a cost may grow by and still be called flat: a deeper trie, and noise.
const FLAT: f64 = 2.0;

fn account(number: u32) -> AccountId {
	let mut bytes = [0x5a; 32];
	bytes[..4].copy_from_slice(&number.to_le_bytes());
	AccountId::new(bytes)
}

fn operator() -> AccountId {
	Candidates::<Runtime>::get()[0].who.clone()
}

/// A genesis with four validators, and so many delegators behind the first.
fn chain(delegators: u32) -> TestExternalities {
	let preset = get_preset::<RuntimeGenesisConfig>(&Some(genesis::FOUR_VALIDATORS.into()), genesis::preset);
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("JSON");
	merge(
		&mut config,
		serde_json::from_slice(&preset.expect("a preset")).expect("JSON"),
	);
	let mut ext = TestExternalities::new_empty();
	ext.execute_with(|| {
		build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).expect("a genesis");
		frame_system::Pallet::<Runtime>::set_block_number(1);
		let operator = operator();
		for number in 0..delegators {
			let who = account(number);
			Balances::mint_into(&who, 100 * QRN).expect("within the type");
			let mode = if number % 2 == 0 {
				RewardMode::Compound
			} else {
				RewardMode::Payout
			};
			assert_ok!(Restaking::delegate(
				RuntimeOrigin::signed(who),
				operator.clone(),
				2 * QRN,
				mode
			));
		}
		frame_system::Pallet::<Runtime>::reset_events();
	});
	ext.commit_all().expect("a state");
	ext
}

fn merge(into: &mut serde_json::Value, patch: serde_json::Value) {
	match (into, patch) {
		(serde_json::Value::Object(into), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}

/// The median time of what is undone each time.
fn measure(ext: &mut TestExternalities, mut act: impl FnMut()) -> Duration {
	let mut times: Vec<Duration> = (0..TIMES)
		.map(|_| {
			ext.execute_with(|| {
				let mut took = Duration::ZERO;
				let undone: Result<(), DispatchError> = with_transaction(|| {
					let begun = Instant::now();
					act();
					took = begun.elapsed();
					TransactionOutcome::Rollback(Ok(()))
				});
				assert_ok!(undone);
				took
			})
		})
		.collect();
	times.sort();
	times[TIMES / 2]
}

fn slash() {
	let operator = operator();
	let id = Slashing::propose(NewSlash {
		operator: operator.clone(),
		scope: Scope::Consensus,
		cause: SlashCause::Equivocation,
		session: 0,
		amount: 60_000 * QRN,
		evidence: Default::default(),
		victim: None,
		finder: None,
	})
	.expect("the operator validates");
	let parts = pallet_slashing::Slashes::<Runtime>::get(id).expect("proposed").amount;
	assert_eq!(parts.total(), 60_000 * QRN);
	let (own, delegated) = Restaking::take(&operator, Scope::Consensus, 0, parts).expect("it is frozen");
	drop((own, delegated));
}

fn reward() {
	let credit = Balances::withdraw(
		&ValidatorRewards::reserve_account(),
		QRN,
		polkadot_sdk::frame_support::traits::tokens::Precision::Exact,
		polkadot_sdk::frame_support::traits::tokens::Preservation::Preserve,
		polkadot_sdk::frame_support::traits::tokens::Fortitude::Polite,
	)
	.expect("the reserve has it");
	assert!(Restaking::reward(&operator(), credit).is_ok());
}

fn elect() {
	let chosen = <Restaking as pallet_session::SessionManager<AccountId>>::new_session(2).expect("candidates");
	assert!(chosen.len() >= 4);
}

/// Adds candidates until there are so many.
fn fill_candidates(ext: &mut TestExternalities, candidates: u32) {
	ext.execute_with(|| {
		let first = operator();
		let keys = pallet_session::NextKeys::<Runtime>::get(&first).expect("genesis set its keys");
		for number in Candidates::<Runtime>::get().len() as u32..candidates {
			let who = account(1_000_000 + number);
			let bond = 10_000 * QRN + u128::from(number);
			Balances::mint_into(&who, bond + QRN).expect("within the type");
			assert_ok!(Restaking::register_operator(
				RuntimeOrigin::signed(who.clone()),
				bond,
				Default::default()
			));
			pallet_session::NextKeys::<Runtime>::insert(&who, keys.clone());
			assert_ok!(Restaking::validate(RuntimeOrigin::signed(who)));
		}
		frame_system::Pallet::<Runtime>::reset_events();
	});
	ext.commit_all().expect("a state");
}

fn main() {
	let mut grew = Vec::new();
	let mut first: Option<[Duration; 3]> = None;
	println!(
		"{:>12} {:>22} {:>22} {:>22}",
		"delegators", "slash", "reward", "election"
	);
	for delegators in [10, 1_000, 100_000] {
		let mut ext = chain(delegators);
		ext.execute_with(|| {
			let books = Operators::<Runtime>::get(operator()).expect("an operator");
			assert_eq!(books.gross(), 100_000 * QRN + u128::from(delegators) * 2 * QRN);
		});
		let costs = [
			measure(&mut ext, slash),
			measure(&mut ext, reward),
			measure(&mut ext, elect),
		];
		let base = *first.get_or_insert(costs);
		let ratios = [0, 1, 2].map(|i| costs[i].as_secs_f64() / base[i].as_secs_f64());
		let shown = [0, 1, 2].map(|i| format!("{:.0?} ({:.2} x)", costs[i], ratios[i]));
		println!("{delegators:>12} {:>22} {:>22} {:>22}", shown[0], shown[1], shown[2]);
		grew.extend(ratios.into_iter().filter(|ratio| *ratio > FLAT));
	}
	println!("{:>12} {:>68}", "candidates", "election");
	let mut ext = chain(10);
	let mut base = None;
	for candidates in [4, 100, 1_024] {
		fill_candidates(&mut ext, candidates);
		let cost = measure(&mut ext, elect);
		let ratio = cost.as_secs_f64() / base.get_or_insert(cost).as_secs_f64();
		println!("{candidates:>12} {:>68}", format!("{cost:.0?} ({ratio:.2} x)"));
	}
	if !grew.is_empty() {
		eprintln!("error: a cost grows with delegators: {grew:?} x");
		std::process::exit(1);
	}
	println!("flat: nothing grows with delegators; the election is bounded by 1,024 candidates");
}
