//! Random actions of many accounts, with every invariant checked after each block; and at the end
//! everybody gets its own out.

use crate::{common::*, trip::decide};
use pallet_compute_amm::{Book, Call as Amm, Locks, Owed};
use pallet_job_escrow::{Call as Escrow, Due, JobState, JobTerms, Jobs, Outcome, Ruling};
use pallet_provider_registry::{Call as Registry, NextNodeId, NodeState, Nodes};
use pallet_restaking::Call as Staking;
use polkadot_sdk::{pallet_assets, pallet_balances, sp_core::H256};
use quern_primitives::{units::QRN, RewardMode, Side};
use quern_runtime::{
	configs::money::{ClaimsInstance, SharesInstance},
	*,
};
use std::collections::BTreeMap;

/// Numbers from a seed: splitmix64.
pub struct Numbers(pub u64);

impl Numbers {
	pub fn next(&mut self) -> u64 {
		self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
		let mut z = self.0;
		z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
		z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
		z ^ (z >> 31)
	}

	/// One of `0..end`.
	pub fn below(&mut self, end: u64) -> u64 {
		self.next() % end.max(1)
	}

	pub fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
		&list[self.below(list.len() as u64) as usize]
	}

	/// Of many sizes, up to `most`.
	pub fn amount(&mut self, most: u128) -> u128 {
		let bits = self.below(128 - u64::from(most.max(1).leading_zeros()) + 1) as u32;
		let mask = 1u128.checked_shl(bits).unwrap_or(u128::MAX).saturating_sub(1).max(1);
		((u128::from(self.next()) << 64 | u128::from(self.next())) & mask).min(most)
	}
}

struct World {
	numbers: Numbers,
	people: Vec<User>,
	providers: Vec<User>,
	/// Calls that succeeded, and those that were refused.
	taken: BTreeMap<&'static str, (u32, u32)>,
}

/// The key of a provider's node of that number.
fn node_key(provider: &User, number: u32) -> User {
	user(&format!("node//{}//{number}", provider.id))
}

impl World {
	fn new(seed: u64, chain: &mut Chain) -> Self {
		let people: Vec<_> = [
			"Charlie",
			"Dave",
			"Eve",
			"Ferdie",
			"Alice//stash",
			"Bob//stash",
			"Charlie//stash",
			"Dave//stash",
			"Eve//stash",
			"Ferdie//stash",
		]
		.map(user)
		.into();
		let mut world = Self {
			numbers: Numbers(seed),
			providers: people[..3].to_vec(),
			people,
			taken: BTreeMap::new(),
		};
		for provider in world.providers.clone() {
			world.enlist(chain, &provider);
		}
		chain.run_to_session(2);
		chain.earn(&world.providers[0], 400_000);
		chain.ok(
			&world.providers[0],
			Registry::open_pool {
				class: CPU,
				gpu_time: 400_000,
			},
		);
		world
	}

	fn enlist(&mut self, chain: &mut Chain, provider: &User) {
		let key = node_key(provider, NextNodeId::<Runtime>::get());
		chain.enlist(provider, &key, 8, 2_000 * QRN);
		chain.ok(provider, endow(&key));
	}

	/// Faults jail for longer than a run lasts: others take the places of those in jail.
	fn replace_the_jailed(&mut self, chain: &mut Chain) {
		let jailed = |each: &&User| Slashing::jailed_until(&each.id).is_some();
		let (all, out) = (self.providers.len(), self.providers.iter().filter(jailed).count());
		if all - out >= 3 || all >= 12 {
			return;
		}
		let next = user(&format!("Provider//{all}"));
		let purse = pallet_balances::Call::transfer_keep_alive {
			dest: Address::Id(next.id.clone()),
			value: 20_000 * QRN,
		};
		chain.ok(&user("Alice"), purse);
		self.enlist(chain, &next);
		self.providers.push(next.clone());
		self.people.push(next);
	}

	fn try_call(&mut self, chain: &mut Chain, who: &User, name: &'static str, call: impl Into<RuntimeCall>) {
		let counts = self.taken.entry(name).or_default();
		match chain.try_submit(who, call) {
			Ok(Applied { result: Ok(()), .. }) => counts.0 += 1,
			// Refused, or its sender cannot even pay.
			_ => counts.1 += 1,
		}
	}

	fn act(&mut self, chain: &mut Chain) {
		let who = self.numbers.of(&self.people).clone();
		let provider = self.numbers.of(&self.providers).clone();
		let n = &mut self.numbers;
		let pool = pool();
		let spot = pool.reserve_tokens / pool.reserve_claims.max(1);
		let later = now() + 1 + n.below(3) as u32;
		match n.below(20) {
			0..=2 => {
				let gpu_time = n.amount(pool.reserve_claims / 2);
				let side = if n.below(2) == 0 { Side::Buy } else { Side::Sell };
				// From half to twice what it is worth.
				let limit = gpu_time * spot * u128::from(50 + n.below(150)) / 100;
				let expires_in = [None, Some(3), Some(20)][n.below(3) as usize];
				let call = Amm::place_order {
					class: CPU,
					side,
					gpu_time,
					limit,
					expires_in,
				};
				self.try_call(chain, &who, "place_order", call);
			}
			3 => {
				let orders = Book::<Runtime>::get(CPU);
				if let Some(order) = orders.first() {
					let owner = self
						.people
						.iter()
						.find(|each| each.id == order.payer)
						.unwrap_or(&who)
						.clone();
					self.try_call(
						chain,
						&owner,
						"cancel_order",
						Amm::cancel_order {
							class: CPU,
							order: order.id,
						},
					);
				}
			}
			4 => {
				let gpu_time = n.amount(claims_of(&who.id).max(1));
				let call = Amm::add_liquidity {
					class: CPU,
					max_tokens: gpu_time * spot * 2,
					max_gpu_time: gpu_time,
					min_shares: n.amount(1_000),
					deadline: later,
				};
				self.try_call(chain, &who, "add_liquidity", call);
			}
			5 => {
				let shares = n.amount(PoolShares::balance(CPU, &who.id).max(1));
				let call = Amm::remove_liquidity {
					class: CPU,
					shares,
					min_tokens: n.amount(QRN),
					min_gpu_time: 0,
					deadline: later,
				};
				self.try_call(chain, &who, "remove_liquidity", call);
			}
			6 => {
				self.try_call(chain, &who, "unlock_shares", Amm::unlock_shares { class: CPU });
			}
			7..=9 => {
				let gpus = 1 + n.below(4) as u32;
				let duration = 20 + n.amount(6_000);
				let all = duration * u128::from(gpus);
				let claims = if n.below(3) == 0 {
					claims_of(&who.id).min(all)
				} else {
					0
				};
				let terms = JobTerms {
					claims,
					pace: [None, Some(all)][n.below(2) as usize],
					bid_blocks: [None, Some(0), Some(5)][n.below(3) as usize],
					accept_blocks: Some(1 + n.below(15) as u32),
				};
				let max_cost = (all - claims) * spot * u128::from(90 + n.below(80)) / 100;
				self.try_call(chain, &who, "request_job", request(gpus, duration, max_cost, terms));
			}
			10..=14 => self.act_on_a_job(chain),
			15 => {
				let gpu_time = n.amount(book(&provider.id).allowance);
				let call = Registry::offer_capacity {
					class: CPU,
					gpu_time,
					min_proceeds: gpu_time * spot * u128::from(n.below(110)) / 100,
				};
				self.try_call(chain, &provider, "offer_capacity", call);
			}
			16 => {
				let gpu_time = n.amount(claims_of(&provider.id));
				self.try_call(
					chain,
					&provider,
					"buy_back",
					Registry::buy_back { class: CPU, gpu_time },
				);
			}
			17 => {
				let nodes = NextNodeId::<Runtime>::get();
				let node = n.below(nodes.into()) as u32;
				let owner = match Nodes::<Runtime>::get(node) {
					Some(found) => self
						.providers
						.iter()
						.find(|each| each.id == found.provider)
						.unwrap_or(&provider)
						.clone(),
					None => provider,
				};
				let (chance, gpus) = (n.below(6), 1 + n.below(8) as u32);
				match chance {
					0 => self.try_call(chain, &owner, "pause_node", Registry::pause_node { node }),
					1 | 2 => self.try_call(chain, &owner, "resume_node", Registry::resume_node { node }),
					3 => self.try_call(chain, &owner, "deregister_node", Registry::deregister_node { node }),
					4 => {
						// Its machine fails, or comes back.
						let key = node_key(&owner, node).pair;
						if chain.serving.remove(&node).is_none() && Nodes::<Runtime>::contains_key(node) {
							chain.serving.insert(node, key);
						}
					}
					_ if nodes < 12 => {
						let key = node_key(&owner, nodes);
						self.try_call(chain, &owner, "register_node", register_node(&owner, &key, gpus));
						if NextNodeId::<Runtime>::get() > nodes {
							chain.serving.insert(nodes, key.pair.clone());
						}
					}
					_ => {}
				}
			}
			18 => {
				let amount = n.amount(300 * QRN);
				let (operator, mode) = (provider.id.clone(), *n.of(&[RewardMode::Compound, RewardMode::Payout]));
				let shares = [None, Some(amount)][n.below(2) as usize];
				match n.below(7) {
					0 => self.try_call(chain, &provider, "bond_more", Staking::bond_more { amount }),
					1 => self.try_call(chain, &provider, "unbond", Staking::unbond { amount }),
					2 => self.try_call(chain, &provider, "withdraw", Staking::withdraw { operator: None }),
					3 => self.try_call(chain, &who, "register_operator", register_operator(amount)),
					4 => {
						let call = Staking::undelegate { operator, mode, shares };
						self.try_call(chain, &who, "undelegate", call)
					}
					_ => self.try_call(chain, &who, "delegate", Staking::delegate { operator, amount, mode }),
				}
			}
			_ => {
				let to = Address::Id(n.of(&self.people).id.clone());
				let amount = n.amount(claims_of(&who.id).max(1));
				let call: RuntimeCall = match n.below(3) {
					0 => pallet_balances::Call::transfer_allow_death {
						dest: to,
						value: n.amount(100 * QRN),
					}
					.into(),
					1 => pallet_assets::Call::<Runtime, ClaimsInstance>::transfer {
						id: codec::Compact(CPU),
						target: to,
						amount,
					}
					.into(),
					_ => pallet_assets::Call::<Runtime, SharesInstance>::transfer {
						id: codec::Compact(CPU),
						target: to,
						amount: n.amount(PoolShares::balance(CPU, &who.id).max(1)),
					}
					.into(),
				};
				self.try_call(chain, &who, "transfer", call);
			}
		}
	}

	fn act_on_a_job(&mut self, chain: &mut Chain) {
		let open: Vec<_> = Jobs::<Runtime>::iter()
			.filter(|(_, job)| !job.state.is_finished())
			.collect();
		if open.is_empty() {
			return;
		}
		let mut order: Vec<_> = open.iter().map(|(id, _)| *id).collect();
		order.sort();
		let id = *self.numbers.of(&order);
		let found = job(id);
		let client = self
			.people
			.iter()
			.find(|each| each.id == found.client)
			.expect("one of these")
			.clone();
		let n = &mut self.numbers;
		let chance = n.below(10);
		let used = n.amount(found.gpu_time);
		let agent = found.placement.as_ref().and_then(|placed| {
			let provider = self.providers.iter().find(|each| each.id == placed.provider)?.clone();
			let key = node_key(&provider, placed.node);
			Some(if chance.is_multiple_of(2) && free(&key.id) > QRN / 10 {
				key
			} else {
				provider
			})
		});
		match (found.state, agent) {
			(JobState::Bidding { .. } | JobState::Queued { .. }, _) if chance == 0 => {
				self.try_call(chain, &client, "cancel", Escrow::cancel { job: id })
			}
			(JobState::Assigned { .. }, Some(agent)) if chance == 0 => {
				self.try_call(chain, &agent, "decline", Escrow::decline { job: id })
			}
			(JobState::Assigned { .. }, Some(agent)) if chance < 9 => {
				self.try_call(chain, &agent, "acknowledge", Escrow::acknowledge { job: id })
			}
			(JobState::Running { .. }, Some(agent)) if chance < 9 => {
				let outcome = if chance < 5 {
					Outcome::Trapped
				} else {
					Outcome::Completed {
						output: H256([7; 32]),
						size: 10,
					}
				};
				self.try_call(chain, &agent, "submit", Escrow::submit { job: id, outcome, used })
			}
			(JobState::Submitted { .. }, _) if chance < 2 => {
				self.try_call(chain, &client, "reject", Escrow::reject { job: id })
			}
			(JobState::Submitted { .. }, _) if chance < 7 => {
				self.try_call(chain, &client, "accept", Escrow::accept { job: id })
			}
			(JobState::Disputed { .. }, _) if chance < 5 => rule(chain, id, chance < 1),
			_ => {}
		}
	}

	/// Everybody out: jobs end, orders close, liquidity comes back, holds are gone.
	fn unwind(&mut self, chain: &mut Chain) {
		// Machines come back.
		for node in 0..NextNodeId::<Runtime>::get() {
			let Some(found) = Nodes::<Runtime>::get(node) else {
				chain.serving.remove(&node);
				continue;
			};
			let owner = self
				.providers
				.iter()
				.find(|each| each.id == found.provider)
				.expect("a provider")
				.clone();
			chain.serving.insert(node, node_key(&owner, node).pair);
			if found.state == NodeState::Paused {
				chain.ok(&owner, Registry::resume_node { node });
			}
		}
		for _ in 0..40 {
			let mut open: Vec<_> = Jobs::<Runtime>::iter()
				.filter(|(_, job)| !job.state.is_finished())
				.collect();
			if open.is_empty() {
				break;
			}
			open.sort_by_key(|(id, _)| *id);
			for (id, job) in open {
				match job.state {
					JobState::Disputed { .. } => rule(chain, id, false),
					JobState::Bidding { .. } | JobState::Queued { .. } => {
						let client = self
							.people
							.iter()
							.find(|each| each.id == job.client)
							.expect("one of these")
							.clone();
						// It may have been assigned meanwhile.
						chain.submit(&client, Escrow::cancel { job: id });
					}
					_ => {}
				}
			}
			chain.run(10);
		}
		let open: Vec<_> = Jobs::<Runtime>::iter()
			.filter(|(_, job)| !job.state.is_finished())
			.collect();
		assert!(open.is_empty(), "{open:#?}");
		// Orders have expired, locks are over.
		chain.run_until(25, "an empty book", || Book::<Runtime>::get(CPU).is_empty());
		chain.run_until(101, "locks' end", || {
			Locks::<Runtime>::iter().all(|(_, _, lock)| lock.until <= now())
		});
		for who in &self.people {
			if Locks::<Runtime>::contains_key(CPU, &who.id) {
				chain.ok(who, Amm::unlock_shares { class: CPU });
			}
			let shares = PoolShares::balance(CPU, &who.id);
			let remove = Amm::remove_liquidity {
				class: CPU,
				shares,
				min_tokens: 0,
				min_gpu_time: 0,
				deadline: now() + 5,
			};
			if shares > 0 {
				chain.submit(who, remove);
				chain.run(2);
			}
			// What is left of shares is worth less than a planck or a claim.
			assert!(
				PoolShares::balance(CPU, &who.id) < 10_000,
				"{}",
				PoolShares::balance(CPU, &who.id)
			);
			if Owed::<Runtime>::contains_key(&who.id) {
				chain.ok(&user("Alice"), Amm::collect { who: who.id.clone() });
			}
		}
		// Nothing of anybody's lies with the pallets.
		assert_eq!(claims_of(&JobEscrow::account_id()), 0);
		assert_eq!(claims_of(&ComputeAmm::account()), 0);
		assert_eq!(free(&ComputeAmm::account()), configs::money::EXISTENTIAL_DEPOSIT);
		assert_eq!(
			free(&ProviderRegistry::account_id()),
			configs::money::EXISTENTIAL_DEPOSIT
		);
		for who in &self.people {
			assert_eq!(held(&who.id), book(&who.id).proceeds, "only proceeds are held");
			assert_eq!((book(&who.id).offered, book(&who.id).assigned), (0, 0));
			assert_eq!(book(&who.id).unpaid, 0);
		}
		// Claims sell, if a third of the pool at a time.
		for who in &self.people {
			for _ in 0..30 {
				let gpu_time = claims_of(&who.id).min(pool().reserve_claims / 3);
				if gpu_time < 10 {
					break;
				}
				let call = Amm::place_order {
					class: CPU,
					side: Side::Sell,
					gpu_time,
					limit: 0,
					expires_in: None,
				};
				chain.ok(who, call);
				chain.next();
			}
			assert!(claims_of(&who.id) < 10);
		}
		// Records go a day after their jobs; each is listed for that once.
		let listed: usize = Due::<Runtime>::iter_values().map(|jobs| jobs.len()).sum();
		assert_eq!(listed, Jobs::<Runtime>::iter().count());
	}
}

fn rule(chain: &mut Chain, job: u64, for_client: bool) {
	let ruling = if for_client {
		Ruling::ForClient
	} else {
		Ruling::ForProvider
	};
	decide(chain, Escrow::arbitrate { job, ruling }.into());
}

fn endow(who: &User) -> pallet_balances::Call<Runtime> {
	pallet_balances::Call::transfer_keep_alive {
		dest: Address::Id(who.id.clone()),
		value: 1_000 * QRN,
	}
}

fn run(seed: u64, blocks: u32) {
	local_testnet(|chain| {
		let mut world = World::new(seed, chain);
		let end = now() + blocks;
		while now() < end {
			for _ in 0..world.numbers.below(5) {
				world.act(chain);
			}
			world.replace_the_jailed(chain);
			// Agents and clients are awake more than others act.
			for _ in 0..3 {
				world.act_on_a_job(chain);
			}
			chain.next();
		}
		world.unwind(chain);
		// It did what matters.
		for name in [
			"place_order",
			"request_job",
			"acknowledge",
			"submit",
			"accept",
			"offer_capacity",
			"buy_back",
		] {
			assert!(
				world.taken.get(name).is_some_and(|(taken, _)| *taken > 0),
				"{name}: {:?}",
				world.taken
			);
		}
		let settled: u32 = (0..=Restaking::current_era())
			.map(|era| FeeRouter::era(era).jobs_settled)
			.sum();
		assert!(settled > 20, "{settled} {:?}", world.taken);
		println!("seed {seed}: {settled} jobs settled, {:?}", world.taken);
	});
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_1() {
	run(1, 500);
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_2() {
	run(2, 500);
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_3() {
	run(3, 500);
}

/// For a longer look: `SEEDS=10..20 cargo test -p quern-runtime -- --ignored`.
#[test]
#[ignore = "as long as one wants"]
fn nothing_breaks_with_more_seeds() {
	let seeds = std::env::var("SEEDS").unwrap_or("10..20".into());
	let (from, to) = seeds.split_once("..").expect("a range");
	for seed in from.parse().expect("a number")..to.parse().expect("a number") {
		println!("seed {seed}");
		run(seed, 500);
	}
}
