//! Random actions of many accounts, with every invariant checked after each block; and at the end
//! everybody gets its own out.

mod actions;
mod unwind;

use crate::{
	common::*,
	trip::{decide, decided},
};
use pallet_compute_amm::{Call as Amm, Locks, Owed};
use pallet_job_escrow::{Call as Escrow, Due, JobState, JobTerms, Jobs, OnReturn, Outcome, Ruling};
use pallet_provider_registry::{Books, Call as Registry, Estates, NextNodeId, NodeState, Nodes, Shortfalls};
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

/// Accounts that act at random.
pub struct World {
	pub numbers: Numbers,
	pub people: Vec<User>,
	pub providers: Vec<User>,
	/// Calls that succeeded, and those that were refused.
	pub taken: BTreeMap<&'static str, (u32, u32)>,
}

/// The key of a provider's node of that number.
fn node_key(provider: &User, number: u32) -> User {
	user(&format!("node//{}//{number}", provider.id))
}

impl World {
	/// Three providers with a pool that has their claims, and ten people with tokens.
	pub fn new(seed: u64, chain: &mut Chain) -> Self {
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

	/// So many blocks in which they act.
	pub fn play(&mut self, chain: &mut Chain, blocks: u32) {
		let end = now() + blocks;
		while now() < end {
			for _ in 0..self.numbers.below(5) {
				self.act(chain);
			}
			self.replace_the_jailed(chain);
			// Agents and clients are awake more than others act.
			for _ in 0..3 {
				self.act_on_a_job(chain);
			}
			chain.next();
		}
	}

	/// Lets a provider have been away for a day: no run is as long as that.
	fn forget(&mut self, provider: &AccountId) {
		if self.numbers.below(4) == 0 {
			Books::<Runtime>::mutate(provider, CPU, |book| {
				if let Some(book) = book {
					book.absence.since = pallet_provider_registry::LitClock::<Runtime>::get().read(now());
					book.absence.gone = pallet_provider_registry::policy::GONE_LEVEL;
				}
			});
		}
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
}

/// Planck for a claim.
fn spot() -> u128 {
	let pool = pool();
	pool.reserve_tokens / pool.reserve_claims.max(1)
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

/// `covers`: it is to have done what matters, which not every seed does.
fn run(seed: u64, blocks: u32, covers: bool) {
	local_testnet(|chain| {
		let mut world = World::new(seed, chain);
		world.play(chain, blocks);
		println!("seed {seed}: {:?}, pauses {:?}", world.taken, pool().paused_until);
		world.unwind(chain);
		let settled: u32 = (0..=Restaking::current_era())
			.map(|era| FeeRouter::era(era).jobs_settled)
			.sum();
		println!("seed {seed}: {settled} jobs settled, {:?}", world.taken);
		if !covers {
			return;
		}
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
		assert!(settled > 5, "{settled} {:?}", world.taken);
	});
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_1() {
	run(1, 500, true);
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_2() {
	run(2, 500, true);
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_3() {
	run(3, 500, true);
}

#[test]
fn nothing_breaks_and_everybody_gets_its_own_4() {
	run(4, 500, true);
}

/// For a longer look: `SEEDS=10..20 cargo test -p quern-runtime -- --ignored`.
#[test]
#[ignore = "as long as one wants"]
fn nothing_breaks_with_more_seeds() {
	let seeds = std::env::var("SEEDS").unwrap_or("10..20".into());
	let (from, to) = seeds.split_once("..").expect("a range");
	for seed in from.parse().expect("a number")..to.parse().expect("a number") {
		println!("seed {seed}");
		run(seed, 500, false);
	}
}
