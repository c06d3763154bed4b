//! Random actions on stake: everything that operators, delegators, courts and blocks do to it.
//!
//! After each transaction, nobody has more than before it, and its sender no less but for the fee and a
//! rounding. After each block, what an operator's delegators and the operator have together has grown by the
//! rewards of the block and fallen by what was taken, and nobody's part has grown where there was no
//! reward. All invariants hold. At the end everybody leaves.

use super::*;
use crate::{evidence::unless_author_is_disabled, random::Numbers};
use pallet_restaking::{policy, Delegations, EraPools, TotalStake};
use pallet_slashing::Call as Slashes;
use polkadot_sdk::{
	frame_support::weights::Weight,
	frame_system::{self, RawOrigin},
	pallet_assets, pallet_balances, pallet_session,
	sp_runtime::Perbill,
	sp_staking::offence::{OffenceDetails, OnOffenceHandler},
};
use quern_primitives::{
	ports::{Conduct, Fault, SlashableStake},
	OperatorId, WHOLE,
};
use quern_runtime::configs::money::OperatorSharesInstance;
use std::collections::{BTreeMap, BTreeSet};

const K: Balance = 1_000 * QRN;

/// Who has what in whose stake, pending slashes not taken off: by operator's number and account. `true` is what
/// the operator has as such.
type Values = BTreeMap<(OperatorId, AccountId, bool), Balance>;

struct World {
	numbers: Numbers,
	/// Those that may be operators. The first six have session keys.
	operators: Vec<User>,
	/// All accounts: those, and others.
	people: Vec<User>,
	/// Calls that succeeded, and those that were refused.
	counts: BTreeMap<&'static str, (u32, u32)>,
}

impl World {
	fn new(seed: u64) -> Self {
		let operators = [
			"Alice",
			"Bob",
			"Charlie",
			"Dave",
			"Eve",
			"Ferdie",
			"Eve//stash",
			"Ferdie//stash",
		]
		.map(user);
		let others = ["Alice//stash", "Bob//stash", "Charlie//stash", "Dave//stash"].map(user);
		Self {
			numbers: Numbers(seed),
			people: operators.iter().chain(&others).cloned().collect(),
			operators: operators.into(),
			counts: BTreeMap::new(),
		}
	}

	/// What everybody has in every operator's stake.
	fn values(&self) -> Values {
		let mut values = Values::new();
		for who in &self.people {
			for position in Restaking::delegations_of(&who.id) {
				let operator = Operators::<Runtime>::get(&position.operator).expect("an operator");
				let leaving: Balance = position.unbonding.iter().map(|(value, _)| value).sum();
				let liquid = operator.compounding.value_of(position.liquid_shares);
				let all = position.value + leaving + liquid + position.claimable;
				values.insert((position.id, who.id.clone(), false), all);
			}
		}
		for who in &self.operators {
			if let Some(operator) = Operators::<Runtime>::get(&who.id) {
				values.insert((operator.id, who.id.clone(), true), own(who) + EXISTENTIAL_DEPOSIT);
			}
		}
		values
	}

	/// What each account has, in stake and out of it.
	fn wealth(&self) -> BTreeMap<AccountId, Balance> {
		let mut wealth: BTreeMap<_, _> = self.people.iter().map(|who| (who.id.clone(), total(&who.id))).collect();
		for ((_, who, _), value) in self.values() {
			*wealth.entry(who).or_default() += value;
		}
		wealth
	}

	/// A transaction of `who`: nobody gains by it, and `who` loses no more than its fee, `given`, and a rounding.
	fn submit(
		&mut self,
		chain: &mut Chain,
		who: &User,
		name: &'static str,
		given: Balance,
		to: Option<&User>,
		call: impl Into<RuntimeCall>,
	) -> bool {
		self.make_room(chain);
		let (block, before) = (now(), self.wealth());
		let Ok(applied) = chain.try_submit(who, call) else {
			self.counts.entry(name).or_default().1 += 1;
			return false;
		};
		assert_eq!(now(), block, "a block of few transactions has room");
		let after = self.wealth();
		for (each, had) in &before {
			let has = after[each];
			let is_to = to.is_some_and(|to| to.id == *each);
			assert!(is_to || has <= had + 1_000, "{name}: {each} had {had}, has {has}");
			if *each == who.id {
				let rounding = had / policy::MIN_MINTED + 1_000;
				assert!(
					has + applied.fee + given + rounding >= *had,
					"{name}: {each} had {had}, has {has}, paid {}",
					applied.fee
				);
			} else {
				assert!(has + 1_000 >= *had, "{name}: {each} had {had}, has {has}");
			}
		}
		let (all_before, all_after): (Balance, Balance) = (before.values().sum(), after.values().sum());
		assert!(
			all_after + applied.fee <= all_before + 1_000,
			"{name}: {all_before}, {all_after}"
		);
		let counts = self.counts.entry(name).or_default();
		match applied.result {
			Ok(()) => counts.0 += 1,
			Err(_) => counts.1 += 1,
		}
		applied.result.is_ok()
	}

	fn make_room(&mut self, chain: &mut Chain) {
		let most = configs::system::RuntimeBlockWeights::get().max_block.ref_time();
		while System::block_weight().total().ref_time() > most / 4 {
			self.pass(chain);
		}
	}

	/// What happens besides transactions, within a block: nobody's part of any stake changes by it.
	fn quietly(&mut self, name: &'static str, act: impl FnOnce() -> bool) {
		let before = self.values();
		let counts = self.counts.entry(name).or_default();
		match act() {
			true => counts.0 += 1,
			false => counts.1 += 1,
		}
		assert_eq!(before, self.values(), "{name}");
	}

	/// A block, with its rewards and executed slashes.
	fn pass(&mut self, chain: &mut Chain) {
		let (before, known) = (self.values(), System::event_count() as usize);
		chain.heard = Some(Vec::new());
		chain.next();
		let heard = chain.heard.take().expect("heard").split_off(known);
		let after = self.values();
		let mut moved: BTreeMap<AccountId, (Balance, Balance)> = BTreeMap::new();
		for event in heard.iter().chain(&events()) {
			match event {
				RuntimeEvent::Restaking(pallet_restaking::Event::Rewarded {
					operator,
					to_operator,
					compounding,
					paying,
				}) => {
					moved.entry(operator.clone()).or_default().0 += to_operator + compounding + paying;
				}
				RuntimeEvent::Restaking(pallet_restaking::Event::Taken { operator, parts, .. }) => {
					moved.entry(operator.clone()).or_default().1 += parts.total();
				}
				_ => {}
			}
		}
		let ids: BTreeSet<OperatorId> = before.keys().map(|(id, ..)| *id).collect();
		for id in ids {
			let of = |values: &Values| -> (Balance, u128) {
				let mine = values.iter().filter(|((of, ..), _)| *of == id);
				mine.fold((0, 0), |(sum, count), (_, value)| (sum + value, count + 1))
			};
			let ((had, count), (has, _)) = (of(&before), of(&after));
			let who = pallet_restaking::Owners::<Runtime>::get(id).expect("an operator");
			let (reward, taken) = moved.get(&who).copied().unwrap_or_default();
			let slack = 8 * count + 8;
			assert!(
				has + taken <= had + reward + slack,
				"{id}: {had} + {reward} - {taken}, {has}"
			);
			assert!(
				has + taken + slack >= had + reward,
				"{id}: {had} + {reward} - {taken}, {has}"
			);
			let account = total(&stake_account(&who));
			assert!(has <= account, "{id}: {has} of {account}");
			if reward == 0 {
				for (key, value) in before.iter().filter(|((of, ..), _)| *of == id) {
					assert!(after.get(key).copied().unwrap_or(0) <= value + 2, "{key:?} had {value}");
				}
			}
		}
	}

	/// Somebody and an operator: mostly one with whom it has something, or one that is an operator at all.
	fn pair(&mut self) -> (User, User) {
		let n = &mut self.numbers;
		let find = |all: &[User], id: &AccountId| all.iter().find(|each| each.id == *id).cloned();
		let (who, operator) = (n.of(&self.people).clone(), n.of(&self.operators).clone());
		match n.below(10) {
			0 => (who, operator),
			1..=5 => {
				let mut held: Vec<_> = Delegations::<Runtime>::iter_keys().collect();
				held.sort();
				if held.is_empty() {
					return (who, operator);
				}
				let (delegator, id) = n.of(&held).clone();
				let owner = pallet_restaking::Owners::<Runtime>::get(id);
				let of = owner.and_then(|owner| find(&self.operators, &owner));
				(find(&self.people, &delegator).unwrap_or(who), of.unwrap_or(operator))
			}
			_ => {
				let there: Vec<_> = self
					.operators
					.iter()
					.filter(|each| Restaking::pool_of(&each.id).is_some())
					.collect();
				if there.is_empty() {
					return (who, operator);
				}
				(who, (*n.of(&there)).clone())
			}
		}
	}

	fn act(&mut self, chain: &mut Chain) {
		let (who, operator) = self.pair();
		let n = &mut self.numbers;
		let mode = *n.of(&[Compound, Compound, Payout]);
		let of = operator.id.clone();
		let held = Operators::<Runtime>::get(&operator.id)
			.and_then(|found| Delegations::<Runtime>::get(&who.id, found.id))
			.unwrap_or_default();
		match n.below(24) {
			0..=4 => {
				let amount = QRN / 2 + n.amount(60 * K);
				self.submit(chain, &who, "delegate", 0, None, delegate(&operator, amount, mode));
			}
			5..=7 => {
				let shares = [None, Some(n.amount(held.shares(mode)))][n.below(2) as usize];
				let call = Staking::undelegate {
					operator: of,
					mode,
					shares,
				};
				self.submit(chain, &who, "undelegate", 0, None, call);
			}
			8..=9 => {
				self.submit(chain, &who, "withdraw", 0, None, withdraw_from(&operator));
			}
			10 => {
				let call = Staking::set_reward_mode {
					operator: Some(of),
					mode,
				};
				self.submit(chain, &who, "set_reward_mode", 0, None, call);
			}
			11 => {
				let call = Staking::claim { operator: Some(of) };
				self.submit(chain, &who, "claim", 0, None, call);
			}
			12 => {
				let shares = n.amount(held.compounding);
				self.submit(chain, &who, "liquify", 0, None, liquify(&operator, shares));
			}
			13 => {
				let Some(found) = Operators::<Runtime>::get(&operator.id) else {
					return;
				};
				let has = OperatorShares::balance(found.id, &who.id);
				let shares = if n.below(2) == 0 { has } else { n.amount(has) };
				let call = Staking::solidify { operator: of, shares };
				self.submit(chain, &who, "solidify", 0, None, call);
			}
			14 => {
				let Some(found) = Operators::<Runtime>::get(&operator.id) else {
					return;
				};
				let amount = n.amount(OperatorShares::balance(found.id, &who.id));
				let to = n.of(&self.people).clone();
				let call = pallet_assets::Call::<Runtime, OperatorSharesInstance>::transfer {
					id: codec::Compact(found.id),
					target: Address::Id(to.id.clone()),
					amount,
				};
				let given = found.compounding.value_of(amount) + 1_000;
				self.submit(chain, &who, "transfer", given, Some(&to), call);
			}
			15..=17 => self.act_as_operator(chain, &operator),
			18..=20 => self.accuse(&operator),
			21 => self.rule(),
			22 => {
				let id = n.below(pallet_slashing::NextSlashId::<Runtime>::get().into()) as u32;
				let accused = pallet_slashing::Slashes::<Runtime>::get(id).map(|slash| slash.operator);
				let Some(accused) = self
					.people
					.iter()
					.find(|each| Some(&each.id) == accused.as_ref())
					.cloned()
				else {
					return;
				};
				let reason = H256::zero();
				self.submit(chain, &accused, "appeal", 0, None, Slashes::appeal { id, reason });
			}
			_ => {
				// A tip for the author, whose stake gets it, or a gift to a stake's account.
				if n.below(2) == 0 {
					let tip = n.amount(50 * QRN);
					let nonce = System::account_nonce(&who.id);
					let call = frame_system::Call::remark { remark: vec![] };
					let extrinsic = chain.signed(&who, call.into(), nonce, tip);
					let taken = Executive::apply_extrinsic(extrinsic).is_ok();
					self.counts.entry("tip").or_default().0 += u32::from(taken);
				} else if Operators::<Runtime>::contains_key(&operator.id) {
					let value = n.amount(20 * QRN);
					let call = pallet_balances::Call::transfer_keep_alive {
						dest: Address::Id(stake_account(&operator.id)),
						value,
					};
					self.submit(chain, &who, "gift", value, None, call);
				}
			}
		}
	}

	fn act_as_operator(&mut self, chain: &mut Chain, who: &User) {
		let n = &mut self.numbers;
		let amount = n.amount(40 * K);
		if !Operators::<Runtime>::contains_key(&who.id) {
			let commission = Perbill::from_percent(n.below(30) as u32);
			let bond = 100 * QRN + amount;
			let call = Staking::register_operator { bond, commission };
			self.submit(chain, who, "register_operator", 0, None, call);
			return;
		}
		match n.below(16) {
			0..=3 => {
				self.submit(chain, who, "bond_more", 0, None, Staking::bond_more { amount });
			}
			4 | 5 => {
				self.submit(chain, who, "unbond", 0, None, Staking::unbond { amount });
			}
			6 | 7 => self.withdraw_own(chain, who),
			8 => {
				self.submit(chain, who, "chill", 0, None, Staking::chill {});
			}
			9 | 10 => {
				if !pallet_session::NextKeys::<Runtime>::contains_key(&who.id) {
					let name = ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"]
						.into_iter()
						.find(|name| user(name).id == who.id);
					let Some(name) = name else { return };
					let call = pallet_session::Call::set_keys {
						keys: session_keys(name),
						proof: ownership_proof(name, &who.id),
					};
					self.submit(chain, who, "set_keys", 0, None, call);
				}
				self.submit(chain, who, "validate", 0, None, Staking::validate {});
			}
			11 => {
				let commission = Perbill::from_percent(n.below(20) as u32);
				self.submit(
					chain,
					who,
					"set_commission",
					0,
					None,
					Staking::set_commission { commission },
				);
			}
			12 => {
				let mode = *n.of(&[Compound, Payout]);
				let call = Staking::set_reward_mode { operator: None, mode };
				self.submit(chain, who, "own_reward_mode", 0, None, call);
			}
			13 => {
				self.submit(chain, who, "own_claim", 0, None, Staking::claim { operator: None });
			}
			14 => {
				let class = *n.of(&[CPU, OTHER]);
				let magnitude = n.below(WHOLE / 3);
				let call = Staking::allocate { class, magnitude };
				self.submit(chain, who, "allocate", 0, None, call);
			}
			// Rarely: it takes all of its delegators' time.
			_ if n.below(8) == 0 => {
				self.submit(chain, who, "leave", 0, None, Staking::leave {});
			}
			_ => {}
		}
	}

	/// Withdraws the own bond. Whose last it is gets what strangers gave to its stake's account too.
	fn withdraw_own(&mut self, chain: &mut Chain, who: &User) {
		self.make_room(chain);
		let before = self.wealth();
		let account = Restaking::pool_of(&who.id);
		let in_account = account.as_ref().map_or(0, total);
		let surplus = in_account.saturating_sub(own(who) + EXISTENTIAL_DEPOSIT);
		let Ok(applied) = chain.try_submit(who, Staking::withdraw { operator: None }) else {
			return;
		};
		let after = self.wealth();
		let is_removed = account.is_some() && Restaking::pool_of(&who.id).is_none();
		for (each, had) in &before {
			let has = after[each];
			let (gift, fee) = match *each == who.id {
				true => (if is_removed { surplus } else { 0 }, applied.fee),
				false => (0, 0),
			};
			assert!(has <= had + gift + 1_000, "withdraw_own: {each} had {had}, has {has}");
			assert!(has + fee + 1_000 >= *had, "withdraw_own: {each} had {had}, has {has}");
		}
		let counts = self.counts.entry("withdraw_own").or_default();
		match applied.result {
			Ok(()) => counts.0 += 1,
			Err(_) => counts.1 += 1,
		}
	}

	/// An offence, or a fault, of an operator in one of the last sessions.
	fn accuse(&mut self, operator: &User) {
		let n = &mut self.numbers;
		let session = Session::current_index().saturating_sub(n.below(17) as u32);
		let who = operator.id.clone();
		let (victim, finder) = (n.of(&self.people).id.clone(), n.of(&self.people).id.clone());
		let class = *n.of(&[CPU, CPU, OTHER]);
		let fraction = Perbill::from_percent([1, 5, 20, 56, 100][n.below(5) as usize]);
		let loss = n.amount(K);
		let at = now().saturating_sub(n.below(60) as u32);
		let (choice, earned) = (n.below(12), n.amount(10 * QRN));
		match choice {
			// Equivocations are rarer than faults, or nothing is left.
			0 => self.quietly("offence", || {
				let known = pending(operator).len();
				let details = OffenceDetails {
					offender: (who, ()),
					reporters: vec![],
				};
				let report = || {
					let _: Weight = <Restaking as OnOffenceHandler<AccountId, (AccountId, ()), Weight>>::on_offence(
						&[details],
						&[fraction],
						session,
					);
				};
				unless_author_is_disabled(report);
				pending(operator).len() > known
			}),
			1..=4 => {
				let scope = Scope::Class(class);
				let most = <Restaking as SlashableStake<AccountId>>::slashable_at(&who, scope, session);
				let amount = fraction * most;
				self.quietly("compute", || {
					<Slashing as Slasher<AccountId>>::propose(NewSlash {
						operator: who,
						scope,
						cause: SlashCause::WrongResult(1),
						session,
						amount,
						evidence: H256::zero(),
						victim: Some((victim, loss)),
						finder: Some(finder),
					})
					.is_ok()
				});
			}
			5..=7 => self.quietly("fault", || {
				let known = pending(operator).len();
				<Slashing as Conduct<AccountId>>::delivered(&who, earned);
				let fault = Fault {
					operator: who,
					class,
					job: 1,
					at,
					size: 3 * earned,
					evidence: H256::zero(),
					victim: None,
					finder: None,
				};
				match loss % 3 {
					0 => <Slashing as Conduct<AccountId>>::wrong_result(fault),
					_ => <Slashing as Conduct<AccountId>>::not_done(fault),
				}
				pending(operator).len() > known
			}),
			_ => {}
		}
	}

	/// The council rules on a slash.
	fn rule(&mut self) {
		let n = &mut self.numbers;
		let waiting: Vec<_> = Slashing::pending(None);
		if waiting.is_empty() {
			return;
		}
		let slash = n.of(&waiting).clone();
		let (id, amount, choice) = (slash.id, n.amount(slash.amount.total()), n.below(4));
		let root = || RuntimeOrigin::from(RawOrigin::Root);
		match choice {
			0 => self.quietly("void", || Slashing::void(root(), id).is_ok()),
			1 => self.quietly("uphold", || Slashing::uphold(root(), id).is_ok()),
			_ => self.quietly("reduce", || Slashing::reduce(root(), id, amount).is_ok()),
		}
	}

	/// Everybody out. What is left when it is over is nobody's.
	fn unwind(&mut self, chain: &mut Chain) {
		for _ in 0..UNBONDING + 45 {
			let operators: Vec<_> = self.operators.clone();
			for operator in &operators {
				let Some(found) = Operators::<Runtime>::get(&operator.id) else {
					continue;
				};
				if !found.leaving || free_bond(&operator.id) > 0 {
					self.submit(chain, operator, "leave", 0, None, Staking::leave {});
				}
				for who in self.people.clone() {
					let of = operator.id.clone();
					let shares = OperatorShares::balance(found.id, &who.id);
					if shares > 0 {
						let call = Staking::solidify {
							operator: of.clone(),
							shares,
						};
						assert!(self.submit(chain, &who, "solidify", 0, None, call));
					}
					let Some(held) = Delegations::<Runtime>::get(&who.id, found.id) else {
						continue;
					};
					for mode in [Compound, Payout] {
						if held.shares(mode) > 0 || (mode == Compound && shares > 0) {
							let left = self.submit(chain, &who, "undelegate", 0, None, undelegate(operator, mode));
							// At most as many parts may wait as there are eras.
							assert!(left, "{who:?} {mode:?} {held:?}", who = who.id);
						}
					}
					let era = Restaking::current_era();
					if held.unbonding.iter().any(|part| part.withdrawable_in <= era) {
						self.submit(chain, &who, "withdraw", 0, None, withdraw_from(operator));
					}
					if position(&who, operator).is_some_and(|all| all.claimable > 0) {
						let call = Staking::claim { operator: Some(of) };
						self.submit(chain, &who, "claim", 0, None, call);
					}
				}
				self.withdraw_own(chain, operator);
			}
			if Operators::<Runtime>::iter().next().is_none() {
				break;
			}
			let era = Restaking::current_era();
			while Restaking::current_era() == era {
				self.pass(chain);
			}
		}
		let left: Vec<_> = Operators::<Runtime>::iter().collect();
		assert!(left.is_empty(), "{left:#?}\n{:#?}", self.values());
		assert!(Slashing::pending(None).is_empty());
		assert_eq!(
			(EraPools::<Runtime>::iter().count(), TotalStake::<Runtime>::get()),
			(0, 0)
		);
		assert_eq!(Delegations::<Runtime>::iter().count(), 0);
		for who in &self.people {
			assert_eq!(held(&who.id), 0);
		}
	}
}

/// Runs so many blocks, and lets everybody leave. Returns how often each action succeeded, and was refused.
fn run(seed: u64, blocks: u32) -> BTreeMap<&'static str, (u32, u32)> {
	let mut did = BTreeMap::new();
	let mut allocations = Vec::new();
	for (name, n) in ["Alice", "Bob", "Charlie", "Dave"].into_iter().zip(1..) {
		allocations.push((user(name).id, CPU, WHOLE / 4));
		allocations.push((user(name).id, OTHER, WHOLE / 4 / n));
	}
	let genesis = json!({ "charter": { "epochBlocks": 5 }, "restaking": { "allocations": allocations } });
	on(four(genesis), |chain| {
		let mut world = World::new(seed);
		let end = now() + blocks;
		while now() < end {
			for _ in 0..world.numbers.below(6) {
				world.act(chain);
			}
			world.pass(chain);
		}
		let executed = pallet_slashing::NextSlashId::<Runtime>::get();
		world.unwind(chain);
		println!(
			"seed {seed}: {executed} slashes, burned {}, {:?}",
			FeeRouter::supply().burned,
			world.counts
		);
		did = world.counts;
	});
	did
}

/// The same, and it did what matters.
fn run_all(seed: u64) {
	let did = run(seed, 300);
	for name in [
		"delegate",
		"undelegate",
		"withdraw",
		"compute",
		"offence",
		"allocate",
		"reduce",
		"liquify",
	] {
		assert!(did.get(name).is_some_and(|(taken, _)| *taken > 0), "{name}: {:?}", did);
	}
}

#[test]
fn nobody_gains_but_by_rewards_and_everybody_leaves_1() {
	run_all(1);
}

#[test]
fn nobody_gains_but_by_rewards_and_everybody_leaves_2() {
	run_all(2);
}

/// For a longer look: `SEEDS=10..12 BLOCKS=3000 cargo test -p quern-runtime -- --ignored machine`.
#[test]
#[ignore = "as long as one wants"]
fn nobody_gains_over_thousands_of_blocks() {
	let seeds = std::env::var("SEEDS").unwrap_or("10..12".into());
	let blocks = std::env::var("BLOCKS").unwrap_or("3000".into());
	let (from, to) = seeds.split_once("..").expect("a range");
	for seed in from.parse().expect("a number")..to.parse().expect("a number") {
		println!("seed {seed}");
		run(seed, blocks.parse().expect("a number"));
	}
}
