//! Random actions over thousands of blocks, every promise checked in each, and everyone's money
//! accounted for.

use super::*;
use crate::hooks::Moment;
use polkadot_sdk::frame_support::{storage::with_storage_layer, weights::Weight};
use std::collections::BTreeMap;

const CLIENTS: [AccountId; 3] = [CLIENT, SECOND_CLIENT, THIRD_CLIENT];

/// A small generator, so that a seed is a replay.
struct Dice(u64);
impl Dice {
	fn roll(&mut self, sides: u64) -> u64 {
		// xorshift64*
		self.0 ^= self.0 >> 12;
		self.0 ^= self.0 << 25;
		self.0 ^= self.0 >> 27;
		(self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % sides
	}
	fn pick<T: Copy>(&mut self, from: &[T]) -> T {
		from[self.roll(from.len() as u64) as usize]
	}
}

/// What the events say that each account paid or got.
#[derive(Default)]
struct Told {
	client_of: BTreeMap<JobId, AccountId>,
	paid: BTreeMap<AccountId, Balance>,
	fees: BTreeMap<AccountId, Balance>,
	base_fees: BTreeMap<AccountId, Balance>,
	released: BTreeMap<AccountId, Balance>,
	revenue: Balance,
	delivered: GpuTime,
	gpu_time_of: BTreeMap<JobId, GpuTime>,
	/// GPU time of jobs, by the first time that a provider was drawn for them.
	sold: Vec<(JobId, GpuTime)>,
	ends: BTreeMap<&'static str, u32>,
}

impl Told {
	fn hear(&mut self) {
		for event in take_events() {
			match event {
				Event::JobRequested {
					job, client, gpu_time, ..
				} => {
					self.client_of.insert(job, client);
					self.gpu_time_of.insert(job, gpu_time);
				}
				Event::JobAssigned { job, .. } if !self.sold.iter().any(|(sold, _)| *sold == job) => {
					self.sold.push((job, self.gpu_time_of[&job]))
				}
				Event::ReturnOffered { .. } => self.end("offered"),
				Event::ReturnNotOffered { .. } => self.end("not offered"),
				Event::BidFilled { job, tokens, .. } => *self.paid.entry(self.client_of[&job]).or_default() += tokens,
				Event::JobSettled {
					job,
					provider,
					used,
					revenue,
					fee,
					released,
					base_fee,
				} => {
					*self.fees.entry(self.client_of[&job]).or_default() += fee;
					*self.base_fees.entry(self.client_of[&job]).or_default() += base_fee;
					*self.released.entry(provider).or_default() += released;
					self.revenue += revenue;
					self.delivered += used;
					self.end("settled");
				}
				Event::JobRefunded { job, reason, fee } => {
					*self.fees.entry(self.client_of[&job]).or_default() += fee;
					self.end(match reason {
						RefundReason::BidIncomplete => "bid incomplete",
						RefundReason::NoProvider => "no provider",
						RefundReason::Declined => "declined",
						RefundReason::NotAcknowledged => "not acknowledged",
					});
				}
				Event::JobFaulted { reason, .. } => self.end(match reason {
					FaultReason::RunDeadlineMissed => "run missed",
					FaultReason::RuledForClient => "ruled for client",
				}),
				Event::JobCancelled { .. } => self.end("cancelled"),
				Event::JobDelayed { .. } => self.end("delayed"),
				_ => (),
			}
		}
	}

	fn end(&mut self, how: &'static str) {
		*self.ends.entry(how).or_default() += 1;
	}

	/// What was told of providers is what the events say, each once.
	fn check_reports(&self) {
		let (mut earned, mut faults) = (BTreeMap::<AccountId, Balance>::new(), BTreeMap::new());
		let mut settled = 0;
		for report in Reports::get() {
			let (reason, fault) = match report {
				Report::Delivered {
					provider,
					earned: amount,
				} => {
					*earned.entry(provider).or_default() += amount;
					settled += 1;
					continue;
				}
				Report::NotDone(fault) => ("run missed", fault),
				Report::WrongResult(fault) => ("ruled for client", fault),
			};
			assert!(fault.at <= System::block_number() && fault.victim.is_none() && fault.finder.is_none());
			assert!(
				faults.insert(fault.job, reason).is_none(),
				"told twice of {}",
				fault.job
			);
		}
		assert_eq!(earned, self.released, "earned");
		assert_eq!(settled, self.ends.get("settled").copied().unwrap_or_default());
		for reason in ["run missed", "ruled for client"] {
			let told = faults.values().filter(|told| **told == reason).count() as u32;
			assert_eq!(told, self.ends.get(reason).copied().unwrap_or_default(), "{reason}");
		}
		assert_eq!(Disreputable::get().len(), faults.len(), "reputations lost");
		let sold: Vec<_> = self.sold.iter().map(|(_, gpu_time)| (CLASS, *gpu_time)).collect();
		assert_eq!(Committed::get(), sold, "counted as sold, each job once");
	}

	/// Every account has what it began with, less what it paid, plus what it got.
	fn check_money(&self, supplied_at_start: GpuTime) {
		let of = |sums: &BTreeMap<AccountId, Balance>, who| sums.get(&who).copied().unwrap_or_default();
		let (mut all_paid, mut all_sold) = (0, 0);
		let sold = Sold::get();
		for client in CLIENTS {
			let bids: Balance = Orders::get()
				.values()
				.filter(|bid| bid.payer == client && bid.side == quern_primitives::Side::Buy)
				.map(|bid| bid.limit)
				.sum();
			let has = tokens(client) + fee_hold(client) + base_hold(client) + bids;
			assert_eq!(
				has,
				RICH + of(&sold, client)
					- of(&self.paid, client)
					- of(&self.fees, client)
					- of(&self.base_fees, client),
				"tokens of {client}"
			);
			all_paid += of(&self.paid, client);
			all_sold += of(&sold, client);
		}
		for provider in PROVIDERS {
			assert_eq!(
				tokens(provider),
				1 + of(&self.released, provider),
				"tokens of {provider}"
			);
		}
		assert_eq!(tokens(POOL), 1 + all_paid - all_sold);
		assert_eq!(tokens(ASHES), 1 + self.base_fees.values().sum::<Balance>());
		assert_eq!(tokens(FEES), 1 + self.fees.values().sum::<Balance>());
		assert_eq!(Revenue::get().get(&CLASS).copied().unwrap_or_default(), self.revenue);
		let left = [CLIENT, SECOND_CLIENT, THIRD_CLIENT, POOL, MARKET, escrow()]
			.map(claims)
			.iter()
			.sum::<GpuTime>();
		assert_eq!(left, supplied_at_start - self.delivered, "claims");
	}
}

/// A call, as a transaction: undone whole if refused.
fn call(what: impl FnOnce() -> polkadot_sdk::sp_runtime::DispatchResult) -> bool {
	with_storage_layer(what).is_ok()
}

/// A job in the state that is looked for, or now and then any, also one that is not there.
fn find(dice: &mut Dice, wanted: fn(&JobState) -> bool) -> JobId {
	let mut ids: Vec<_> = Jobs::<Test>::iter()
		.filter(|(_, job)| wanted(&job.state))
		.map(|(id, _)| id)
		.collect();
	// The map's order is of no meaning; a replay wants one.
	ids.sort();
	if ids.is_empty() || dice.roll(6) == 0 {
		return dice.roll(NextJobId::<Test>::get() + 2);
	}
	dice.pick(&ids)
}

/// Who may act for a job's node, or now and then another provider.
fn node_of(dice: &mut Dice, id: JobId) -> AccountId {
	match Jobs::<Test>::get(id).and_then(|job| job.placement) {
		Some(placed) if dice.roll(10) > 0 => dice.pick(&[placed.provider, key_of(placed.node)]),
		_ => dice.pick(&PROVIDERS),
	}
}

/// A job's client, or now and then another.
fn client_of(dice: &mut Dice, id: JobId) -> AccountId {
	match Jobs::<Test>::get(id) {
		Some(job) if dice.roll(10) > 0 => job.client,
		_ => dice.pick(&CLIENTS),
	}
}

fn request(dice: &mut Dice) {
	let client = dice.pick(&CLIENTS);
	let gpus = 1 + dice.roll(3) as u32;
	let duration = 1 + GpuTime::from(dice.roll(60_000));
	let gpu_time = duration * GpuTime::from(gpus);
	let own = match dice.roll(4) {
		0 => gpu_time.min(claims(client)),
		1 => gpu_time.min(claims(client)) / 2,
		2 => GpuTime::from(dice.roll(5)),
		_ => 0,
	};
	let per_mille = if dice.roll(5) > 0 {
		1_000 + Balance::from(dice.roll(999))
	} else {
		900
	};
	let max_cost = gpu_time * PRICE * per_mille / 1_000;
	let terms = JobTerms {
		claims: own,
		pace: dice.pick(&[None, Some(gpu_time / 3 + 1), Some(gpu_time / 20 + 1)]),
		bid_blocks: dice.pick(&[None, Some(0), Some(3), Some(25), Some(101)]),
		accept_blocks: dice.pick(&[None, Some(1), Some(9)]),
		on_return: dice.pick(&[OnReturn::Claims, OnReturn::Sell]),
		max_base_fee: dice.pick(&[None, Some(gpu_time), Some(gpu_time * 40)]),
	};
	call(|| {
		Ask {
			client,
			gpus,
			duration,
			max_cost,
			terms,
			..Default::default()
		}
		.try_place()
	});
}

fn act(dice: &mut Dice) {
	use JobState as S;
	match dice.roll(16) {
		0 | 1 => request(dice),
		2 => {
			let id = find(dice, |state| matches!(state, S::Bidding { .. } | S::Queued { .. }));
			let who = client_of(dice, id);
			if dice.roll(4) == 0 {
				call(|| JobEscrow::cancel(by(who), id));
			}
		}
		3..=7 => {
			let id = find(dice, |state| matches!(state, S::Assigned { .. }));
			let who = node_of(dice, id);
			if dice.roll(2) == 0 {
				call(|| JobEscrow::acknowledge(by(who), id));
			} else {
				call(|| JobEscrow::decline(by(who), id));
			}
		}
		8..=10 => {
			let id = find(dice, |state| matches!(state, S::Running { .. }));
			let who = node_of(dice, id);
			let most = Jobs::<Test>::get(id).map_or(1, |job| job.gpu_time);
			let used = dice.pick(&[0, 1, most / 3, most, most + 1]);
			let outcome = dice.pick(&[completed(), Outcome::Trapped]);
			call(|| JobEscrow::submit(by(who), id, outcome, used));
		}
		11 => {
			let id = find(dice, |state| matches!(state, S::Submitted { .. }));
			let who = client_of(dice, id);
			call(|| JobEscrow::accept(by(who), id));
		}
		12 | 13 => {
			let id = find(dice, |state| matches!(state, S::Submitted { .. }));
			let who = client_of(dice, id);
			call(|| JobEscrow::reject(by(who), id));
		}
		_ => {
			let id = find(dice, |state| matches!(state, S::Disputed { .. }));
			let ruling = dice.pick(&[Ruling::ForProvider, Ruling::ForClient]);
			if dice.roll(3) == 0 {
				call(|| JobEscrow::arbitrate(by(ARBITER), id, ruling));
			}
		}
	}
}

/// Plays `blocks` blocks from a seed, then waits until every job is gone.
fn play(seed: u64, blocks: u32) -> BTreeMap<&'static str, u32> {
	let mut ends = BTreeMap::new();
	ExtBuilder::default()
		.with_providers(4)
		.with_gpus(3)
		.with_allocation(150_000_000)
		.build()
		.execute_with(|| {
			let mut dice = Dice(seed);
			let mut told = Told::default();
			for client in CLIENTS {
				MockCapacity::owe(dice.pick(&PROVIDERS), client, 1_000_000, 100_000_007);
			}
			let mut supply = Books::get().values().map(|book| book.obligations).sum::<GpuTime>();
			let issuance = polkadot_sdk::pallet_balances::TotalIssuance::<Test>::get();
			let mut minted = 0;
			for block in 0..blocks {
				// For a while nobody answers.
				let silent = block % 250 >= 210;
				Depth::set(&dice.pick(&[0, 5_000, 100_000, GpuTime::MAX]));
				Salt::set(&dice.roll(1 << 30));
				Dark::set(&(dice.roll(20) == 0));
				DeliveryFails::set(&(dice.roll(8) == 0));
				SalesPaused::set(&(dice.roll(4) == 0));
				let (planck, of) = dice.pick(&[(0, 1), (1, 3), (1, 1), (50, 7), (50, 1)]);
				set_base_rate(planck, of);
				if dice.roll(30) == 0 {
					Evicts::set(&Orders::get().into_keys().next_back());
				}
				// Providers go on selling, so that there is always something to deliver.
				if dice.roll(20) == 0 {
					MockCapacity::owe(dice.pick(&PROVIDERS), POOL, 200_000, 77_777_777);
					(supply, minted) = (supply + 200_000, minted + 77_777_777);
				}
				for _ in 0..dice.roll(8) {
					if !silent {
						act(&mut dice);
					}
				}
				// Slashes end one way or another.
				if dice.roll(6) == 0 {
					MockBonds::thaw_all();
					Jailed::set(&Default::default());
				}
				if dice.roll(50) == 0 {
					if let Some(order) = Orders::get().into_keys().next() {
						MockMarket::close(order);
					}
				}
				next_block_with_idle(dice.pick(&[
					Weight::zero(),
					JobEscrow::step_weight(Moment::Idle) * 2,
					Weight::MAX,
				]));
				told.hear();
				check_everything();
				told.check_money(supply);
			}
			DeliveryFails::set(&false);
			Dark::set(&false);
			// Nobody calls any more: everything ends by itself.
			for _ in 0..700 {
				next_block();
			}
			told.hear();
			check_everything();
			told.check_money(supply);
			told.check_reports();
			assert_eq!((Jobs::<Test>::iter().count(), Due::<Test>::iter().count()), (0, 0));
			assert_eq!(JobsOfNode::<Test>::iter().count(), 0);
			assert_eq!(claims(escrow()), 0);
			assert!(Reserved::get().is_empty() && Orders::get().is_empty());
			assert!([CLIENT, SECOND_CLIENT, THIRD_CLIENT]
				.iter()
				.all(|who| fee_hold(*who) + base_hold(*who) == 0));
			ends = told.ends;
			// The providers' new proceeds came from outside; nothing else did.
			let now = polkadot_sdk::pallet_balances::TotalIssuance::<Test>::get();
			assert_eq!(now, issuance + minted);
		});
	ends
}

#[test]
fn everything_adds_up_whatever_happens() {
	let mut seen = BTreeMap::new();
	for seed in [1, 7, 2026, 0xDEAD_BEEF] {
		for (how, often) in play(seed, 1_500) {
			*seen.entry(how).or_insert(0) += often;
		}
	}
	// The run is worth something only if it goes everywhere.
	for how in [
		"settled",
		"cancelled",
		"bid incomplete",
		"no provider",
		"declined",
		"not acknowledged",
		"run missed",
		"ruled for client",
		"delayed",
		"offered",
		"not offered",
	] {
		assert!(seen.get(how).is_some_and(|often| *often >= 3), "{how} in {seen:?}");
	}
}
