//! A job's whole trip, and its other ends: who pays what to whom, to the planck.

use crate::common::*;
use pallet_compute_amm::Call as Amm;
use pallet_job_escrow::{Call as Escrow, FaultReason, JobState, JobTerms, Outcome, RefundReason, Ruling};
use pallet_provider_registry::{Call as Registry, NodeState};
use polkadot_sdk::{
	pallet_balances, pallet_collective,
	sp_core::H256,
	sp_runtime::{
		traits::{BlakeTwo256, Hash as _},
		DispatchResult,
	},
};
use quern_primitives::{
	units::{PERIOD_BLOCKS, QRN},
	Balance, GpuTime, Side, Window, WHOLE,
};
use quern_runtime::{configs::governance::TreasuryAccount, configs::money::EXISTENTIAL_DEPOSIT, *};

/// What the claims are worth at the batch's price, times `bp` ten-thousandths.
fn worth(gpu_time: GpuTime, tokens: Balance, denominator: u128, bp: u128) -> (u128, bool) {
	let (value, scale) = (gpu_time * tokens * bp, 10_000 * denominator);
	(value / scale, value % scale == 0)
}

/// A buyer alone in its batch: what it pays, and what of that goes to the router.
fn buy(gpu_time: GpuTime, tokens: Balance, claims: GpuTime) -> (Balance, Balance) {
	let denominator = claims - 2 * gpu_time;
	let (quotient, exact) = worth(gpu_time, tokens, denominator, 10_030);
	(quotient + u128::from(!exact), worth(gpu_time, tokens, denominator, 5).0)
}

/// A seller alone in its batch: what it gets, and what goes to the router.
fn sell(gpu_time: GpuTime, tokens: Balance, claims: GpuTime) -> (Balance, Balance) {
	let denominator = claims + 2 * gpu_time;
	(
		worth(gpu_time, tokens, denominator, 9_970).0,
		worth(gpu_time, tokens, denominator, 5).0,
	)
}

/// A fee's legs: burned, stakers, treasury, insurance.
fn legs(fee: Balance) -> [Balance; 4] {
	let (burned, stakers, treasury) = (fee * 6 / 12, fee * 3 / 12, fee * 2 / 12);
	[burned, stakers, treasury, fee - burned - stakers - treasury]
}

/// What lies where fees go: burned, the stakers' pot, the treasury, the insurance fund.
fn sinks() -> [Balance; 4] {
	[
		FeeRouter::supply().burned,
		free(&FeeRouter::staker_pot()),
		free(&TreasuryAccount::get()),
		free(&FeeRouter::insurance_account()),
	]
}

fn plus<const N: usize>(a: [Balance; N], b: [Balance; N]) -> [Balance; N] {
	core::array::from_fn(|i| a[i] + b[i])
}

/// What of a transaction's fee is burned.
fn burned_of(fee: Balance) -> Balance {
	fee - fee / 5
}

#[test]
fn the_whole_trip() {
	local_testnet(|chain| {
		let (provider, key, client) = (user("Charlie"), user("Charlie//node"), user("Dave"));
		let (charlie, dave) = (&provider.id, &client.id);
		let mut charlies = total(charlie);
		let mut daves = total(dave);

		// A bond, half of it for jobs of the class from the next session on; a node.
		charlies -= chain.ok(&provider, register_operator(1_000 * QRN)) + 1_000 * QRN;
		// Its stake's account keeps an existential deposit of its own.
		charlies -= EXISTENTIAL_DEPOSIT;
		charlies -= chain.ok(&provider, allocate(WHOLE / 2));
		assert_eq!(allocation(charlie).joining, Some((WHOLE / 2, 1)));
		chain.run_to_session(1);
		charlies -= chain.ok(&provider, Registry::register_provider {});
		charlies -= chain.ok(&provider, register_node(&provider, &key, 8));
		chain.serving.insert(0, key.pair.clone());
		assert_eq!(total(charlie), charlies);
		assert_eq!(total(&stake_account(charlie)), 1_000 * QRN + EXISTENTIAL_DEPOSIT);

		// A minute served is eight minutes of allowance; reports cost nobody anything.
		let period = now() / PERIOD_BLOCKS + 1;
		chain.run_to(period * PERIOD_BLOCKS + 3);
		let before = balances();
		assert_eq!(book(charlie).allowance, 0);
		chain.next();
		assert_eq!(before, balances());
		assert_eq!((book(charlie).allowance, book(charlie).active_gpus), (480_000, 8));
		assert_eq!(
			pallet_provider_registry::Nodes::<Runtime>::get(0).map(|node| node.state),
			Some(NodeState::Active)
		);
		assert!(happened(|event| matches!(
			event,
			RuntimeEvent::Attestation(pallet_attestation::Event::NodeServed { node: 0, period: served }) if *served == period
		)));

		// The treasury opens the pool: a planck a nanosecond, twice 0.4 QRN.
		let before = sinks();
		let fee = chain.ok(
			&provider,
			Registry::open_pool {
				class: CPU,
				gpu_time: 400_000,
			},
		);
		let (mut tokens, mut claims) = (400_000_000_000, 400_000);
		charlies = charlies - fee + tokens;
		assert_eq!(total(charlie), charlies);
		assert_eq!(held(charlie), tokens);
		// For what it owes, a flat bond of the allocation answers.
		assert_eq!(allocation(charlie).reserved, 100 * QRN);
		assert_eq!(sinks()[2], before[2] - 2 * tokens - EXISTENTIAL_DEPOSIT);
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), (tokens, claims));
		assert_eq!(PoolShares::balance(CPU, TreasuryAccount::get()), 400_000_000 - 1_000);
		assert_eq!((book(charlie).allowance, book(charlie).obligations), (80_000, 400_000));

		// A minute of it is sold, alone in its batch.
		charlies -= chain.ok(
			&provider,
			Registry::offer_capacity {
				class: CPU,
				gpu_time: 60_000,
				min_proceeds: 1,
			},
		);
		assert_eq!((book(charlie).offered, Assets::total_supply(CPU)), (60_000, 460_000));
		let before = sinks();
		chain.next();
		let (got, router) = sell(60_000, tokens, claims);
		let mut proceeds = 400_000_000_000 + got;
		charlies += got;
		(tokens, claims) = (tokens - got - router, claims + 60_000);
		assert_eq!((total(charlie), held(charlie)), (charlies, proceeds));
		assert_eq!((book(charlie).proceeds, book(charlie).offered), (proceeds, 0));
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), (tokens, claims));
		assert_eq!(sinks(), plus(before, legs(router)));

		// Two GPUs for five seconds: the bid, and 6 % of it held.
		let bid = 9_000_000_000;
		daves -= chain.ok(&client, request(2, 5_000, bid, JobTerms::default()));
		assert_eq!(free(dave), daves - bid - bid * 6 / 100);
		assert_eq!(held(dave), bid * 6 / 100);

		// It buys 2 % of the pool in the first batch, the rest in the second; the rest of the bid returns.
		let before = sinks();
		chain.next();
		let (first, fee) = buy(9_200, tokens, claims);
		(tokens, claims) = (tokens + first - fee, claims - 9_200);
		assert_eq!((job(0).bought, job(0).paid), (9_200, first));
		assert_eq!(sinks(), plus(before, legs(fee)));
		let before = sinks();
		chain.next();
		let (second, fee) = buy(800, tokens, claims);
		(tokens, claims) = (tokens + second - fee, claims - 800);
		let price = first + second;
		assert_eq!(
			(job(0).bought, job(0).paid, job(0).bid_returned),
			(10_000, price, bid - price)
		);
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), (tokens, claims));
		assert_eq!(sinks(), plus(before, legs(fee)));
		assert_eq!(claims_of(&JobEscrow::account_id()), 10_000);
		daves -= price;
		let deposit = (price * 6).div_ceil(100);
		assert_eq!((free(dave), held(dave)), (daves - deposit, deposit));
		let JobState::Queued { since, .. } = state(0) else {
			panic!("{:?}", state(0))
		};
		assert_eq!(since, now());

		// Drawn from the second block on, by what nobody knew when it was queued.
		chain.next();
		assert!(matches!(state(0), JobState::Queued { .. }));
		chain.next();
		assert!(matches!(state(0), JobState::Assigned { .. }));
		let operator = pallet_restaking::Operators::<Runtime>::get(charlie).expect("an operator");
		// A node's flat bond of the own bond; of the allocation as much, and 1.5 times the floor of the job's ten
		// seconds.
		assert_eq!(operator.reserved, 100 * QRN);
		assert_eq!(allocation(charlie).reserved, 100 * QRN + 1_500_000_000);
		assert_eq!(book(charlie).assigned, 10_000);

		// The node's own key speaks for it.
		charlies -= chain.ok(
			&provider,
			pallet_balances::Call::transfer_keep_alive {
				dest: Address::Id(key.id.clone()),
				value: QRN,
			},
		) + QRN;
		chain.ok(&key, Escrow::acknowledge { job: 0 });
		chain.next();
		let outcome = Outcome::Completed {
			output: H256([7; 32]),
			size: 900,
		};
		chain.ok(
			&key,
			Escrow::submit {
				job: 0,
				outcome,
				used: 8_000,
			},
		);
		chain.next();
		assert_eq!((total(charlie), held(charlie)), (charlies, proceeds));

		// The client takes it: four fifths were used.
		let before = sinks();
		let paid = chain.ok(&client, Escrow::accept { job: 0 });
		let fee = (price * 8_000 * 6).div_ceil(10_000 * 100);
		daves -= paid + fee;
		let released = proceeds * 8_000 / 460_000;
		proceeds -= released;
		assert_eq!((total(dave), held(dave)), (daves, 0));
		assert_eq!(claims_of(dave), 2_000);
		assert_eq!((total(charlie), held(charlie)), (charlies, proceeds));
		let mut expected = plus(before, legs(fee));
		expected[0] += burned_of(paid);
		assert_eq!(sinks(), expected);
		assert_eq!((book(charlie).obligations, book(charlie).assigned), (452_000, 0));
		assert_eq!(Assets::total_supply(CPU), 452_000);
		assert_eq!(
			(free_bond(charlie), allocation(charlie).reserved),
			(900 * QRN, 100 * QRN)
		);
		let era = FeeRouter::era(0);
		assert_eq!((era.jobs_settled, era.job_revenue), (1, price * 8_000 / 10_000));
		assert_eq!(era.job_fees, fee);

		// What was left runs another job, with no bid; silence settles it.
		let worth = ComputeAmm::ema_price(CPU, Window::Hour).expect("a pool");
		let terms = JobTerms {
			claims: 2_000,
			accept_blocks: Some(3),
			..Default::default()
		};
		daves -= chain.ok(&client, request(1, 2_000, 0, terms));
		let value = job(1).supplied_value;
		// The hour's and the day's averages lie close together in a chain this young.
		assert!(
			value.abs_diff(worth.into_inner() / 1_000_000_000_000_000 * 2) < value / 50,
			"{value}"
		);
		assert_eq!(claims_of(dave), 0);
		chain.run_until(4, "a provider", || matches!(state(1), JobState::Assigned { .. }));
		chain.ok(&key, Escrow::acknowledge { job: 1 });
		chain.ok(
			&key,
			Escrow::submit {
				job: 1,
				outcome: Outcome::Trapped,
				used: 2_000,
			},
		);
		chain.run_until(6, "a settlement", || matches!(state(1), JobState::Settled { .. }));
		daves -= (value * 6).div_ceil(100);
		assert_eq!((total(dave), held(dave), claims_of(dave)), (daves, 0, 0));
		let released = proceeds * 2_000 / 452_000;
		proceeds -= released;
		assert_eq!((total(charlie), held(charlie)), (charlies, proceeds));

		// The provider buys back a minute: the market's price for it, and its part of the proceeds is free.
		let before = free(charlie);
		let (cost, _) = buy(60_000, tokens, claims);
		let mut spent = chain.ok(
			&provider,
			Amm::place_order {
				class: CPU,
				side: Side::Buy,
				gpu_time: 60_000,
				limit: 2 * cost,
				expires_in: None,
				recipient: None,
			},
		);
		chain.next();
		assert_eq!((free(charlie), claims_of(charlie)), (before - spent - cost, 60_000));
		spent += chain.ok(
			&provider,
			Registry::buy_back {
				class: CPU,
				gpu_time: 60_000,
			},
		);
		let released = proceeds * 60_000 / 450_000;
		assert_eq!(free(charlie), before - spent - cost + released);
		assert_eq!(held(charlie), proceeds - released);
		assert_eq!(
			(book(charlie).obligations, Assets::total_supply(CPU)),
			(390_000, 390_000)
		);
		assert_eq!(allocation(charlie).reserved, 100 * QRN);
	});
}

/// A market with one provider, Charlie, whose pool holds `400_000` claims.
pub fn open_market(chain: &mut Chain) -> (User, User) {
	let (provider, key) = (user("Charlie"), user("Charlie//node"));
	chain.provide(&provider, &key, 8, 1_000 * QRN);
	chain.earn(&provider, 400_000);
	chain.ok(
		&provider,
		Registry::open_pool {
			class: CPU,
			gpu_time: 400_000,
		},
	);
	chain.ok(
		&provider,
		pallet_balances::Call::transfer_keep_alive {
			dest: Address::Id(key.id.clone()),
			value: QRN,
		},
	);
	(provider, key)
}

/// A job of Dave's, `4_000` of one GPU, run up to where it waits for its node.
pub fn assigned(chain: &mut Chain, client: &User, terms: JobTerms) -> u64 {
	let id = pallet_job_escrow::NextJobId::<Runtime>::get();
	chain.ok(client, request(1, 4_000, 10_000_000_000, terms));
	chain.run_until(10, "a provider", || matches!(state(id), JobState::Assigned { .. }));
	id
}

/// What the committee decides: Alice proposes, Bob agrees, Alice closes.
pub fn decide(chain: &mut Chain, call: RuntimeCall) {
	let (alice, bob) = (user("Alice"), user("Bob"));
	let (hash, length) = (BlakeTwo256::hash_of(&call), codec::Encode::encoded_size(&call) as u32);
	let weight = polkadot_sdk::frame_support::dispatch::GetDispatchInfo::get_dispatch_info(&call).call_weight;
	let index = pallet_collective::ProposalCount::<Runtime, pallet_collective::Instance1>::get();
	chain.ok(
		&alice,
		pallet_collective::Call::propose {
			threshold: 2,
			proposal: Box::new(call),
			length_bound: length,
		},
	);
	for each in [&alice, &bob] {
		chain.ok(
			each,
			pallet_collective::Call::vote {
				proposal: hash,
				index,
				approve: true,
			},
		);
	}
	chain.ok(
		&alice,
		pallet_collective::Call::close {
			proposal_hash: hash,
			index,
			proposal_weight_bound: weight,
			length_bound: length,
		},
	);
}

/// The same, and what came of it.
pub fn decided(chain: &mut Chain, call: impl Into<RuntimeCall>) -> DispatchResult {
	decide(chain, call.into());
	events()
		.into_iter()
		.rev()
		.find_map(|event| match event {
			RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed { result, .. }) => Some(result),
			_ => None,
		})
		.expect("it says what came of it")
}

fn is_missed(state: &JobState) -> bool {
	matches!(
		state,
		JobState::Faulted {
			reason: FaultReason::RunDeadlineMissed,
			..
		}
	)
}

/// Runs a job to an end and checks what it cost its client: the claims bought, and `fee_percent` of what
/// the deposit was trimmed to.
fn ends(run: impl FnOnce(&mut Chain, &User, u64) -> (GpuTime, u128, fn(&JobState) -> bool)) {
	local_testnet(|chain| {
		let (_, key) = open_market(chain);
		let client = user("Dave");
		let start = total(&client.id);
		let (provider, proceeds) = (user("Charlie").id, book(&user("Charlie").id).proceeds);
		let earned = total(&provider);
		let mut fees = System::account_nonce(&client.id);
		assert_eq!(fees, 0);
		let terms = JobTerms {
			accept_blocks: Some(20),
			..Default::default()
		};
		let id = assigned(chain, &client, terms);
		let burned_before_end = FeeRouter::era(Restaking::current_era()).job_fees;
		let (used, fee_ppm, is_end) = run(chain, &key, id);
		chain.run_until(150, "an end", || is_end(&state(id)));
		fees = System::account_nonce(&client.id);
		let job = job(id);
		assert_eq!(job.bought, 4_000);
		let fee = if fee_ppm == u128::MAX {
			(job.paid * 6 * used).div_ceil(100 * 4_000)
		} else {
			(job.paid * 6).div_ceil(100) * fee_ppm / 1_000_000
		};
		assert_eq!((job.fee_charged, job.fee_held), (fee, 0));
		assert_eq!((held(&client.id), claims_of(&client.id)), (0, 4_000 - used));
		let spent = start - total(&client.id) - job.paid - fee;
		assert!(spent > 0 && spent < MOST_FEE * Balance::from(fees), "{spent}");
		assert_eq!(claims_of(&JobEscrow::account_id()), 0);
		let all_fees: Balance = (0..=Restaking::current_era())
			.map(|era| FeeRouter::era(era).job_fees)
			.sum();
		assert_eq!(all_fees - burned_before_end, fee);
		assert_eq!(book(&provider).assigned, 0);
		// A wrong result froze what was reserved for the job. A job that was not done costs daily earnings,
		// of which there are none yet.
		let frozen: Balance = Slashing::pending(Some(provider.clone()))
			.iter()
			.map(|slash| slash.amount.own)
			.sum();
		let wrong = matches!(
			job.state,
			JobState::Faulted {
				reason: FaultReason::RuledForClient,
				..
			}
		);
		assert_eq!(frozen, if wrong { 600_000_000 } else { 0 });
		assert_eq!(Slashing::jailed_until(&provider).is_some(), wrong);
		assert_eq!(Slashing::conduct(&provider).faults, u32::from(is_missed(&job.state)));
		assert_eq!(
			(free_bond(&provider), allocation(&provider).reserved),
			(900 * QRN - frozen, 100 * QRN)
		);
		assert_eq!(book(&provider).proceeds, proceeds - proceeds * used / 400_000);
		assert!(total(&provider) <= earned, "nothing but proceeds, which it had");
		assert_eq!(
			pallet_provider_registry::Nodes::<Runtime>::get(0).map(|node| node.occupied),
			Some(0)
		);
		// The record goes a day later; here only that it is listed.
		assert!(job.due > now());
	});
}

#[test]
fn a_node_that_never_answers_costs_the_client_nothing() {
	ends(|_, _, _| {
		(0, 0, |state| {
			matches!(
				state,
				JobState::Refunded {
					reason: RefundReason::NotAcknowledged,
					..
				}
			)
		})
	});
}

#[test]
fn the_only_provider_declines() {
	ends(|chain, key, job| {
		chain.ok(key, Escrow::decline { job });
		(0, 0, |state| {
			matches!(
				state,
				JobState::Refunded {
					reason: RefundReason::NoProvider,
					..
				}
			)
		})
	});
}

#[test]
fn a_provider_that_submits_nothing_is_not_paid() {
	ends(|chain, key, job| {
		chain.ok(key, Escrow::acknowledge { job });
		(0, 0, is_missed)
	});
}

#[test]
fn silence_settles_for_what_was_used() {
	ends(|chain, key, job| {
		chain.ok(key, Escrow::acknowledge { job });
		chain.ok(
			key,
			Escrow::submit {
				job,
				outcome: Outcome::Trapped,
				used: 1_234,
			},
		);
		(1_234, u128::MAX, |state| {
			matches!(state, JobState::Settled { used: 1_234, .. })
		})
	});
}

#[test]
fn the_committee_rules_for_the_client() {
	ends(|chain, key, job| {
		chain.ok(key, Escrow::acknowledge { job });
		chain.ok(
			key,
			Escrow::submit {
				job,
				outcome: Outcome::Trapped,
				used: 4_000,
			},
		);
		chain.ok(&user("Dave"), Escrow::reject { job });
		decide(
			chain,
			Escrow::arbitrate {
				job,
				ruling: Ruling::ForClient,
			}
			.into(),
		);
		(0, 0, |state| {
			matches!(
				state,
				JobState::Faulted {
					reason: FaultReason::RuledForClient,
					..
				}
			)
		})
	});
}

#[test]
fn the_committee_rules_for_the_provider() {
	ends(|chain, key, job| {
		chain.ok(key, Escrow::acknowledge { job });
		chain.ok(
			key,
			Escrow::submit {
				job,
				outcome: Outcome::Trapped,
				used: 4_000,
			},
		);
		chain.ok(&user("Dave"), Escrow::reject { job });
		decide(
			chain,
			Escrow::arbitrate {
				job,
				ruling: Ruling::ForProvider,
			}
			.into(),
		);
		(4_000, u128::MAX, |state| {
			matches!(state, JobState::Settled { used: 4_000, .. })
		})
	});
}

#[test]
fn a_bid_below_the_market_comes_back_whole() {
	local_testnet(|chain| {
		open_market(chain);
		let client = user("Dave");
		let before = total(&client.id);
		// 0.9 of spot: it stays in the book for its ten blocks.
		let fee = chain.ok(&client, request(1, 4_000, 3_600_000_000, JobTerms::default()));
		chain.run_until(13, "a refund", || {
			matches!(
				state(0),
				JobState::Refunded {
					reason: RefundReason::BidIncomplete,
					..
				}
			)
		});
		assert_eq!((total(&client.id), held(&client.id)), (before - fee, 0));
	});
}

#[test]
fn a_client_calls_its_job_off() {
	local_testnet(|chain| {
		open_market(chain);
		let client = user("Dave");
		let before = total(&client.id);
		let mut fees = chain.ok(&client, request(1, 4_000, 3_600_000_000, JobTerms::default()));
		// A bid is bound to its first batch.
		let early = chain.submit(&client, Escrow::cancel { job: 0 });
		assert_eq!(early.result, Err(pallet_compute_amm::Error::<Runtime>::TooEarly.into()));
		fees += early.fee;
		chain.next();
		fees += chain.ok(&client, Escrow::cancel { job: 0 });
		assert_eq!((total(&client.id), held(&client.id)), (before - fees, 0));
		// Once it has its claims, they are the client's.
		fees += chain.ok(&client, request(1, 4_000, 10_000_000_000, JobTerms::default()));
		chain.next();
		fees += chain.ok(&client, Escrow::cancel { job: 1 });
		assert_eq!((total(&client.id), held(&client.id)), (before - fees - job(1).paid, 0));
		assert_eq!(claims_of(&client.id), 4_000);
	});
}
