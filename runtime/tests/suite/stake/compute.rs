//! Faults in jobs: what of the stake answers, and in what order.

use super::*;
use crate::trip::{assigned, decide};
use pallet_job_escrow::{Call as Escrow, FaultReason, JobState, JobTerms, Outcome, Ruling};
use pallet_provider_registry::Call as Registry;
use pallet_slashing::Error;
use polkadot_sdk::{pallet_balances, sp_runtime::Perbill};
use quern_primitives::{
	ports::{Conduct, Fault},
	WHOLE,
};

const K: Balance = 1_000 * QRN;

/// `provider`, an operator, opens the market with a node. Its allocation is active then.
pub fn open_market(chain: &mut Chain, provider: &User) -> User {
	let key = user("node");
	chain.ok(provider, allocate(WHOLE / 4));
	let other = Staking::allocate {
		class: OTHER,
		magnitude: WHOLE / 4,
	};
	chain.ok(provider, other);
	chain.ok(provider, Registry::register_provider {});
	let node = pallet_provider_registry::NextNodeId::<Runtime>::get();
	chain.ok(provider, register_node(provider, &key, 8));
	chain.serving.insert(node, key.pair.clone());
	chain.ok(
		provider,
		pallet_balances::Call::transfer_keep_alive {
			dest: Address::Id(key.id.clone()),
			value: 10 * QRN,
		},
	);
	chain.run_to_allocations(provider);
	chain.earn(provider, 400_000);
	chain.ok(
		provider,
		Registry::open_pool {
			class: CPU,
			gpu_time: 400_000,
		},
	);
	key
}

/// A job is submitted, rejected, and ruled for the client.
pub fn ruled_for_the_client(chain: &mut Chain, client: &User, key: &User) -> u64 {
	let job = assigned(chain, client, JobTerms::default());
	chain.ok(key, Escrow::acknowledge { job });
	let outcome = Outcome::Trapped;
	chain.ok(
		key,
		Escrow::submit {
			job,
			outcome,
			used: 4_000,
		},
	);
	chain.ok(client, Escrow::reject { job });
	let ruling = Ruling::ForClient;
	decide(chain, Escrow::arbitrate { job, ruling }.into());
	assert!(matches!(
		state(job),
		JobState::Faulted {
			reason: FaultReason::RuledForClient,
			..
		}
	));
	job
}

#[test]
fn a_wrong_result_costs_the_allocated_part_alone_and_consensus_at_once() {
	with_quiet_dave(|chain| {
		let (dave, eve, client) = (user("Dave"), user("Eve"), user("Ferdie"));
		chain.ok(&eve, delegate(&dave, 100 * K, Compound));
		let key = open_market(chain, &dave);
		let (before, burned) = (total(&stake_account(&dave.id)), FeeRouter::supply().burned);
		assert_eq!((candidate(&dave), info(&dave).stake), (Some(200 * K), 200 * K));
		assert_eq!((value(&dave, CPU), value(&dave, OTHER)), (50 * K, 50 * K));

		let job = assigned(chain, &client, JobTerms::default());
		// The flat bond that answers for what Dave owes, and the job's size.
		assert_eq!(
			(allocation(&dave.id).reserved, value(&dave, CPU)),
			(100 * QRN + SIZE, 50 * K)
		);
		chain.ok(&key, Escrow::acknowledge { job });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job,
				outcome,
				used: 4_000,
			},
		);
		let submitted_in = Session::current_index();
		chain.ok(&client, Escrow::reject { job });
		// The arbiter takes its time: stake answers as of the submission.
		chain.run(25);
		decide(
			chain,
			Escrow::arbitrate {
				job,
				ruling: Ruling::ForClient,
			}
			.into(),
		);
		let slash = pending(&dave).remove(0);
		assert_eq!((slash.amount, slash.scope), (parts(SIZE, 0), Scope::Class(CPU)));
		assert_eq!(
			(slash.cause, slash.session),
			(SlashCause::WrongResult(job), submitted_in)
		);
		// In this block it counts no more for consensus, and for no job of the class; the other class's part is
		// as it was.
		assert_eq!(
			(candidate(&dave), info(&dave).stake),
			(Some(200 * K - SIZE), 200 * K - SIZE)
		);
		assert_eq!((value(&dave, CPU), value(&dave, OTHER)), (50 * K - SIZE, 50 * K));
		assert_eq!(allocation(&dave.id).reserved, 100 * QRN);
		assert!(Slashing::jailed_until(&dave.id).is_some());
		assert_eq!(total(&stake_account(&dave.id)), before);
		assert_eq!(
			crate::common::job(job).fee_charged,
			0,
			"the client has it all back, so it is no victim"
		);

		let heard = run_until_done(chain, slash.id, DEFERRAL);
		assert_eq!(
			heard.iter().map(|each| (each.taken, each.burned)).collect::<Vec<_>>(),
			[(parts(SIZE, 0), SIZE)]
		);
		assert_eq!(Restaking::current_era(), slash.due);
		assert_eq!(total(&stake_account(&dave.id)), before - SIZE);
		assert!(FeeRouter::supply().burned >= burned + SIZE);
		// The own bond answered; delegators have what they had.
		assert_eq!((own(&dave), worth(&eve, &dave)), (100 * K - SIZE, 100 * K));
		assert_eq!(candidate(&dave), Some(200 * K - SIZE));
		close(value(&dave, CPU), 50 * K - SIZE);
		close(value(&dave, OTHER), 50 * K);
		assert!(info(&dave).whole < WHOLE);
	});
}

#[test]
fn where_the_own_bond_does_not_do_delegations_answer_by_share() {
	with_quiet_dave(|chain| {
		let (operator, client) = (user("Ferdie"), user("Eve//stash"));
		let (eve, stash) = (user("Eve"), user("Alice//stash"));
		chain.ok(&operator, register_operator(K));
		chain.ok(&eve, delegate(&operator, 6 * K, Payout));
		chain.ok(&stash, delegate(&operator, 3 * K, Compound));
		let key = open_market(chain, &operator);
		assert_eq!(
			(value(&operator, CPU), value(&operator, OTHER)),
			(2_500 * QRN, 2_500 * QRN)
		);
		ruled_for_the_client(chain, &client, &key);
		// 1,500: the bond, what its node had reserved of it included, and 500 of 9,000.
		let slash = pending(&operator).remove(0);
		assert_eq!(slash.amount, parts(K, 500 * QRN));
		assert_eq!(free_bond(&operator.id), 0);
		run_until_done(chain, slash.id, DEFERRAL);
		assert_eq!(own(&operator), 0);
		close(worth(&eve, &operator), 6 * K - 6 * K / 18);
		close(worth(&stash, &operator), 3 * K - 3 * K / 18);
		close(value(&operator, CPU), K);
		close(value(&operator, OTHER), 2_500 * QRN);
		// Without a bond of its own it is no operator to anybody who needs one.
		let is_operator = <Restaking as quern_primitives::ports::Bonds<AccountId>>::is_operator(&operator.id);
		assert!(!is_operator);
	});
}

/// On until a job's time is over, nobody having submitted anything.
fn let_it_pass(chain: &mut Chain, client: &User, key: &User) -> (u64, u32, Balance) {
	let job = assigned(chain, client, JobTerms::default());
	chain.ok(key, Escrow::acknowledge { job });
	let mut counted = None;
	chain.run_until(30, "a fault", || {
		counted = events().into_iter().find_map(|event| match event {
			RuntimeEvent::Slashing(pallet_slashing::Event::FaultCounted { faults, penalty, .. }) => {
				Some((faults, penalty))
			}
			_ => None,
		});
		counted.is_some()
	});
	let (faults, penalty) = counted.expect("counted");
	assert!(matches!(
		state(job),
		JobState::Faulted {
			reason: FaultReason::RunDeadlineMissed,
			..
		}
	));
	(job, faults, penalty)
}

#[test]
fn jobs_not_done_cost_more_each_time_and_jail_at_last() {
	with_quiet_dave(|chain| {
		let (dave, eve, client) = (user("Dave"), user("Eve"), user("Ferdie"));
		chain.ok(&eve, delegate(&dave, 100 * K, Compound));
		let key = open_market(chain, &dave);
		// A job is done, and brings something.
		let job = assigned(chain, &client, JobTerms::default());
		chain.ok(&key, Escrow::acknowledge { job });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job,
				outcome,
				used: 4_000,
			},
		);
		let proceeds = book(&dave.id).proceeds;
		chain.ok(&client, Escrow::accept { job });
		let daily = proceeds - book(&dave.id).proceeds;
		assert!(daily > 0);

		let stake = own(&dave);
		let mut lost = 0;
		for (fault, percent) in [(1, 10), (2, 20), (3, 40)] {
			assert_eq!(Slashing::jailed_until(&dave.id), None);
			let (job, faults, penalty) = let_it_pass(chain, &client, &key);
			let due = Perbill::from_percent(percent).mul_floor(daily);
			assert_eq!((faults, penalty), (fault, due));
			assert!(penalty < SIZE);
			lost += penalty;
			let slash = pending(&dave).pop().expect("it waits");
			assert_eq!((slash.amount, slash.cause), (parts(due, 0), SlashCause::NotDone(job)));
		}
		// The third time it is jailed for a day, and drawn for nothing.
		let until = Slashing::jailed_until(&dave.id).expect("jailed");
		assert_eq!(info(&dave).jailed_until, Some(until));
		assert_eq!(until, now() + quern_primitives::units::DAYS);
		let id = pallet_job_escrow::NextJobId::<Runtime>::get();
		chain.ok(&client, request(1, 4_000, 10_000_000_000, JobTerms::default()));
		chain.run(15);
		assert!(matches!(state(id), JobState::Queued { .. }), "{:?}", state(id));
		chain.refused(&dave, pallet_slashing::Call::release {}, Error::<Runtime>::TooEarly);
		chain.refused(&eve, pallet_slashing::Call::release {}, Error::<Runtime>::NotJailed);
		// A day is long: as if it were over.
		pallet_slashing::Records::<Runtime>::mutate(&dave.id, |record| {
			record.as_mut().expect("a record").jailed_until = Some(now() + 1);
		});
		chain.run(2);
		assert!(
			matches!(state(id), JobState::Queued { .. }),
			"it has to ask for its release"
		);
		chain.ok(&dave, pallet_slashing::Call::release {});
		chain.run_until(5, "a draw", || matches!(state(id), JobState::Assigned { .. }));

		run_to_era(chain, Restaking::current_era() + DEFERRAL);
		chain.run(2);
		assert!(pending(&dave).is_empty());
		assert_eq!((own(&dave), worth(&eve, &dave)), (stake - lost, 100 * K));
	});
}

/// Dave with 100,000 of its own, 300,000 of Eve's and 100,000 of Ferdie's, half of all allocated; in session 3.
fn large(chain: &mut Chain) -> [User; 3] {
	let all = [user("Dave"), user("Eve"), user("Ferdie")];
	chain.ok(&all[0], allocate(WHOLE / 2));
	chain.ok(&all[1], delegate(&all[0], 300 * K, Compound));
	chain.ok(&all[2], delegate(&all[0], 100 * K, Payout));
	chain.run_to_session(3);
	chain.next();
	all
}

/// A compute slash of 200,000 waits when an equivocation takes all: how much each took, as events tell, in
/// the order of their execution.
fn both(consensus_first: bool) -> Vec<Executed> {
	let mut heard = Vec::new();
	with_quiet_dave(|chain| {
		let [dave, eve, ferdie] = large(chain);
		let class = propose(&dave, Scope::Class(CPU), 3, 200 * K);
		assert_eq!(pending(&dave)[0].amount, parts(100 * K, 100 * K));
		chain.next();
		let consensus = propose(&dave, Scope::Consensus, 3, 450 * K);
		// It finds 300,000 that is not frozen, and displaces 150,000 of the other's.
		let slashes = pending(&dave);
		assert_eq!(slashes[1].amount, parts(100 * K, 350 * K));
		assert_eq!((info(&dave).frozen, info(&dave).stake), (500 * K, 0));
		assert_eq!((value(&dave, CPU), candidate(&dave)), (0, None));
		if consensus_first {
			let appeal = pallet_slashing::Call::appeal {
				id: class,
				reason: H256::zero(),
			};
			chain.ok(&dave, appeal);
		}
		chain.heard = Some(Vec::new());
		chain.run_until(400, "both are executed", || pending(&dave).is_empty());
		heard = executed(&chain.heard.take().expect("heard"));
		heard.extend(executed(&events()));
		assert!(heard.iter().any(|each| each.id == consensus));
		let taken: Balance = heard.iter().map(|each| each.taken.total()).sum();
		let left = worth(&eve, &dave) + worth(&ferdie, &dave);
		assert_eq!(own(&dave), 0);
		close(left, 500 * K - taken);
		close(worth(&eve, &dave), left / 4 * 3);
		assert_eq!(info(&dave).frozen, 0);
	});
	heard
}

#[test]
fn consensus_comes_first_whichever_is_executed_first() {
	for consensus_first in [false, true] {
		let heard = both(consensus_first);
		let of = |id| {
			heard.iter().filter(|each| each.id == id).fold((0, 0), |sum, each| {
				(sum.0 + each.taken.own, sum.1 + each.taken.delegated)
			})
		};
		// All that the equivocation is due, and 50,000 are left for the other, delegations since the own bond
		// is gone.
		assert_eq!(of(1), (100 * K, 350 * K), "{consensus_first}");
		let (own, delegated) = of(0);
		assert_eq!(own, 0, "{consensus_first}");
		assert!(delegated <= 50 * K, "{consensus_first}: {delegated}");
		let order: Vec<_> = heard.iter().map(|each| each.id).collect();
		assert_eq!(order.first(), Some(&u32::from(consensus_first)));
	}
}

#[test]
fn a_voided_equivocation_gives_back_what_it_displaced() {
	with_quiet_dave(|chain| {
		let [dave, eve, ferdie] = large(chain);
		let class = propose(&dave, Scope::Class(CPU), 3, 200 * K);
		let consensus = propose(&dave, Scope::Consensus, 3, 450 * K);
		decide(chain, pallet_slashing::Call::void { id: consensus }.into());
		assert_eq!(pending(&dave).len(), 1);
		assert_eq!(info(&dave).frozen, 200 * K);
		// 5 % of all stake that counts in an era.
		let heard = run_until_done(chain, class, DEFERRAL + 12);
		let taken: Balance = heard.iter().map(|each| each.taken.total()).sum();
		assert_eq!(taken, 200 * K);
		assert_eq!(own(&dave), 0);
		close(worth(&eve, &dave), 225 * K);
		close(worth(&ferdie, &dave), 75 * K);
		close(value(&dave, CPU), 50 * K);
	});
}

#[test]
fn what_exceeds_the_cap_of_an_era_waits_frozen_and_nobody_withdraws_it() {
	with_quiet_dave(|chain| {
		let [dave, eve, ferdie] = large(chain);
		// Ferdie leaves: what it answers with it does not get.
		chain.ok(&ferdie, undelegate(&dave, Payout));
		let fault = Fault {
			operator: dave.id.clone(),
			class: CPU,
			job: 7,
			at: now(),
			size: 200 * K,
			evidence: H256([1; 32]),
			victim: None,
			finder: None,
		};
		<Slashing as Conduct<AccountId>>::wrong_result(fault);
		let slash = pending(&dave).remove(0);
		assert_eq!(slash.amount, parts(100 * K, 100 * K));
		let frozen = info(&dave).frozen;
		assert_eq!(frozen, 200 * K);
		run_to_era(chain, slash.due - 1);
		let (mut left, mut eras) = (200 * K, 0);
		while left > 0 {
			let (era, stake) = (Restaking::current_era(), pallet_restaking::TotalStake::<Runtime>::get());
			chain.next();
			let heard = executed(&events());
			if heard.is_empty() {
				assert!(Restaking::current_era() == era || era + 1 < slash.due);
				continue;
			}
			assert_eq!((heard.len(), Restaking::current_era()), (1, era + 1));
			// Fees of authors are in the stake of a moment later.
			let (cap, taken) = (pallet_slashing::policy::era_cap(stake), heard[0].taken.total());
			assert!(taken <= cap + cap / 1_000, "{taken} {cap}");
			assert!(taken == left || taken >= cap - cap / 1_000, "{taken} {cap}");
			left -= taken;
			eras += 1;
			assert_eq!((heard[0].left, info(&dave).frozen), (left, left));
			// The own bond first, to the last planck.
			assert_eq!(own(&dave), (100 * K).saturating_sub(200 * K - left));
		}
		assert!(eras >= 5, "{eras}");
		close(worth(&eve, &dave) + worth(&ferdie, &dave), 300 * K);
		close(worth(&ferdie, &dave), 75 * K);
		// Ferdie has three quarters of what it had, when its time has come.
		run_to_era(chain, 3 + UNBONDING);
		chain.next();
		let had = total(&ferdie.id);
		let fee = chain.ok(&ferdie, withdraw_from(&dave));
		close(total(&ferdie.id), had - fee + 75 * K);
	});
}

#[test]
fn what_waits_longer_than_stake_takes_to_leave_is_not_withdrawn() {
	with_quiet_dave(|chain| {
		let [dave, eve, ferdie] = large(chain);
		let id = propose(&dave, Scope::Class(CPU), 3, 200 * K);
		// So little stake is left that counts that the cap takes many eras.
		chain.ok(&ferdie, undelegate(&dave, Payout));
		let most = Staking::undelegate {
			operator: dave.id.clone(),
			mode: Compound,
			shares: Some(200 * K),
		};
		chain.ok(&eve, most);
		for who in ["Alice", "Bob", "Charlie"] {
			chain.ok(&user(who), Staking::leave {});
		}
		assert_eq!(info(&dave).stake, 75 * K);
		run_to_era(chain, 3 + UNBONDING);
		chain.next();
		assert!(pending(&dave)[0].amount.delegated > 50 * K);
		// What of its part is not frozen is Ferdie's now, and no more.
		let withheld = info(&dave).frozen / 4;
		let had = total(&ferdie.id);
		let mut fees = chain.ok(&ferdie, withdraw_from(&dave));
		let got = total(&ferdie.id) + fees - had;
		close(worth(&ferdie, &dave), withheld);
		close(got + withheld, worth_after(&dave, 100 * K));
		fees += chain.submit(&ferdie, withdraw_from(&dave)).fee;
		assert_eq!(total(&ferdie.id) + fees, had + got);
		run_until_done(chain, id, 60);
		close(got + worth(&ferdie, &dave), 75 * K);
		close(worth(&eve, &dave), 225 * K);
		assert_eq!((own(&dave), info(&dave).frozen), (0, 0));
	});
}

/// What is left of a delegation to Dave of so much before a slash that was to take a quarter of it.
fn worth_after(dave: &User, before: Balance) -> Balance {
	before - (100 * K - pending(dave)[0].amount.delegated) * (before / K) / 400
}

#[test]
fn who_leaves_before_the_ruling_answers_all_the_same() {
	with_quiet_dave(|chain| {
		let (operator, client) = (user("Ferdie"), user("Eve//stash"));
		let (eve, stash) = (user("Eve"), user("Alice//stash"));
		chain.ok(&operator, register_operator(K));
		chain.ok(&eve, delegate(&operator, 6 * K, Payout));
		chain.ok(&stash, delegate(&operator, 3 * K, Compound));
		let key = open_market(chain, &operator);
		let job = assigned(chain, &client, JobTerms::default());
		// What the job has reserved stays allocated.
		chain.refused(
			&operator,
			allocate(0),
			pallet_restaking::Error::<Runtime>::AllocationReserved,
		);
		chain.ok(&key, Escrow::acknowledge { job });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job,
				outcome,
				used: 4_000,
			},
		);
		chain.ok(&client, Escrow::reject { job });
		chain.ok(&operator, Staking::leave {});
		chain.ok(&eve, undelegate(&operator, Payout));
		chain.ok(&stash, undelegate(&operator, Compound));
		let left_in = Restaking::current_era();
		assert_eq!(info(&operator).stake, 100 * QRN, "its node's bond");
		chain.run(40);
		decide(
			chain,
			Escrow::arbitrate {
				job,
				ruling: Ruling::ForClient,
			}
			.into(),
		);
		let slash = pending(&operator).remove(0);
		assert_eq!(slash.amount, parts(K, 500 * QRN));
		run_until_done(chain, slash.id, DEFERRAL + 1);
		assert_eq!(own(&operator), 0);
		run_to_era(chain, left_in + UNBONDING);
		chain.next();
		for (who, before) in [(&eve, 6 * K), (&stash, 3 * K)] {
			let had = total(&who.id);
			let fee = chain.ok(who, withdraw_from(&operator));
			close(total(&who.id), had - fee + before - before / 18);
		}
	});
}

#[test]
fn an_allocation_taken_back_answers_until_its_stake_could_have_left() {
	with_quiet_dave(|chain| {
		let [dave, eve, _] = large(chain);
		// Two faults in session 3; the allocation is taken back in it.
		let faults = [1, 2].map(|job| Fault {
			operator: dave.id.clone(),
			class: CPU,
			job,
			at: now(),
			size: 10 * K,
			evidence: H256([1; 32]),
			victim: None,
			finder: None,
		});
		chain.ok(&dave, allocate(0));
		assert_eq!(value(&dave, CPU), 0);
		let from = Restaking::current_era();
		run_to_era(chain, from + 10);
		let [first, second] = faults;
		<Slashing as Conduct<AccountId>>::wrong_result(first);
		let slash = pending(&dave).remove(0);
		assert_eq!(slash.amount, parts(10 * K, 0));
		run_until_done(chain, slash.id, DEFERRAL);
		assert_eq!((own(&dave), worth(&eve, &dave)), (90 * K, 300 * K));
		// Beyond the challenge window nothing answers any more, allocated or not.
		run_to_era(chain, from + 16);
		<Slashing as Conduct<AccountId>>::wrong_result(second);
		assert!(pending(&dave).is_empty());
		assert!(happened(|event| matches!(
			event,
			RuntimeEvent::Slashing(
				pallet_slashing::Event::FaultIgnored { .. } | pallet_slashing::Event::FaultNotSlashed { .. }
			)
		)));
	});
}
