//! The off-chain worker, against nodes of every kind.

use crate::{mock::*, *};
use codec::Encode;
use polkadot_sdk::{
	sp_core::offchain::{
		testing::{PendingRequest, TestOffchainExt, TestTransactionPoolExt},
		Duration, OffchainDbExt, OffchainWorkerExt, TransactionPoolExt,
	},
	sp_runtime::offchain::storage_lock::{StorageLock, Time},
};
use quern_primitives::{
	attestation,
	endpoint::{Endpoint, Ip},
	ports::Verdict::Served,
};

/// What the worker sent, as (attestor's index, what it saw of which node).
fn sent(net: &Net) -> Vec<(u32, Vec<(NodeId, bool)>)> {
	net.take_sent()
		.into_iter()
		.map(|call| match call {
			RuntimeCall::Attestation(Call::report { report, .. }) => {
				let seen = report
					.observations
					.iter()
					.map(|o| (o.node, matches!(o.seen, Seen::Served(_))));
				(report.attestor, seen.collect())
			}
			other => panic!("unexpected: {other:?}"),
		})
		.collect()
}

/// One local attestor of four, at the period's second block, and `nodes` nodes.
fn with_worker(nodes: u32, test: impl FnOnce(&Net)) {
	let net = Net::for_attestors(&[2]);
	ExtBuilder::default()
		.with_nodes(nodes)
		.with_local(&[2])
		.build_and_execute_with(&net, || {
			run_to(11);
			test(&net);
		});
}

#[test]
fn asks_as_the_protocol_says() {
	let mut ext = ExtBuilder::default().with_local(&[1]).build();
	let (offchain, state) = TestOffchainExt::new();
	let (pool, pooled) = TestTransactionPoolExt::new();
	ext.register_extension(OffchainDbExt::new(offchain.clone()));
	ext.register_extension(OffchainWorkerExt::new(offchain));
	ext.register_extension(TransactionPoolExt::new(pool));
	ext.execute_with(|| {
		run_to(11);
		let seed = Rounds::<Runtime>::get(1).expect("open").seed;
		let nonce = attestation::nonce(&seed, 1, 1, &attestor_key(1));
		state.write().expect_request(PendingRequest {
			method: "GET".into(),
			uri: format!("http://1.1.0.1:8400/gpu-check?period=1&nonce={nonce:?}&format=scale"),
			response: Some(answer(1, 1, 1).encode()),
			sent: true,
			..Default::default()
		});
		run_worker(&Net::default());
		assert_eq!(pooled.read().transactions.len(), 1);
		check_promises();
	});
}

#[test]
fn reports_what_counts() {
	let net = Net::for_attestors(&[1, 2, 3]);
	ExtBuilder::default()
		.with_nodes(3)
		.with_local(&[1, 2, 3])
		.build_and_execute_with(&net, || {
			run_to(11);
			run_worker(&net);
			let calls = net.take_sent();
			assert_eq!(calls.len(), 3);
			run_to(12);
			for call in calls {
				assert_eq!(send(call), Ok(()));
			}
			assert_eq!(Verdicts::get(), [(1, 1, Served), (2, 1, Served), (3, 1, Served)]);
			// Nothing is left to do in this period.
			net.take_asked();
			for block in 13..20 {
				run_to(block);
				run_worker(&net);
			}
			assert_eq!(net.take_asked(), []);
			assert_eq!(sent(&net), []);
		});
}

#[test]
fn does_nothing_in_the_first_and_the_last_block() {
	let net = Net::for_attestors(&[2]);
	ExtBuilder::default().with_local(&[2]).build_and_execute_with(&net, || {
		run_worker(&net);
		run_to(19);
		run_worker(&net);
		assert_eq!(net.take_asked(), []);
		assert_eq!(sent(&net), []);
	});
}

#[test]
fn does_nothing_without_a_key_of_the_round() {
	let net = Net::for_attestors(&[9]);
	ExtBuilder::default().with_local(&[9]).build_and_execute_with(&net, || {
		run_to(11);
		run_worker(&net);
		assert_eq!(net.take_asked(), []);
		assert_eq!(sent(&net), []);
	});
}

#[test]
fn reports_nothing_without_a_duty() {
	with_worker(0, |net| {
		for block in 11..20 {
			run_to(block);
			run_worker(net);
		}
		assert_eq!(sent(net), []);
	});
}

#[test]
fn tries_a_miss_once_more_in_a_later_block() {
	with_worker(2, |net| {
		net.once(1, Behaviour::never_answers());
		run_worker(net);
		assert_eq!(sent(net), []);
		assert_eq!(net.asked_nodes(), [1, 2]);
		run_to(12);
		run_worker(net);
		assert_eq!(net.asked_nodes(), [1]);
		assert_eq!(sent(net), [(1, vec![(1, true), (2, true)])]);
	});
}

/// A node that behaves so, both times it is asked, is missed; its neighbours are not.
fn is_a_miss(behaviour: Behaviour) {
	with_worker(3, |net| {
		net.twice(1, behaviour);
		run_worker(net);
		assert!(net.clock() <= policy::POLL_MILLIS, "took {} ms", net.clock());
		let before = net.clock();
		run_to(12);
		run_worker(net);
		assert!(net.clock() - before <= policy::POLL_MILLIS);
		assert!(
			net.read_of(1) <= 2 * (policy::MAX_BODY + 4096),
			"read {} bytes",
			net.read_of(1)
		);
		let calls = net.take_sent();
		assert_eq!(calls.len(), 1);
		for call in calls {
			run_to(13);
			assert_eq!(send(call), Ok(()));
		}
		let served: Vec<_> = Tallies::<Runtime>::get(1)
			.iter()
			.map(|t| (t.served != 0, t.missed != 0))
			.collect();
		assert_eq!(served, [(false, true), (true, false), (true, false)]);
	});
}

#[test]
fn silence_is_a_miss() {
	is_a_miss(Behaviour::never_answers());
	is_a_miss(Behaviour::never_sends_a_body());
}

#[test]
fn a_slow_answer_is_a_miss() {
	is_a_miss(Behaviour {
		headers: Some(2_001),
		..Behaviour::answers(vec![0])
	});
	is_a_miss(Behaviour::drips(vec![0; 10_000], 1));
}

#[test]
fn an_oversize_answer_is_a_miss() {
	is_a_miss(Behaviour::floods());
	is_a_miss(Behaviour::answers(vec![0; policy::MAX_BODY + 1]));
}

#[test]
fn garbage_is_a_miss() {
	is_a_miss(Behaviour::answers(vec![]));
	is_a_miss(Behaviour::answers(vec![0xff; 600]));
	is_a_miss(Behaviour::answers(b"{\"check\":{}}".to_vec()));
}

#[test]
fn another_status_is_a_miss_and_redirects_are_not_followed() {
	is_a_miss(Behaviour::with_status(500, b"oh".to_vec()));
	// Not even with a valid answer in the body.
	for status in [206, 302] {
		with_worker(2, |net| {
			net.twice(1, Behaviour::with_status(status, answer(1, 2, 1).encode()));
			run_worker(net);
			run_to(12);
			run_worker(net);
			assert_eq!(net.asked_nodes(), [1, 2, 1]);
			assert_eq!(sent(net), [(1, vec![(1, false), (2, true)])]);
		});
	}
}

/// A node that answers with this, made when the round is known, is missed.
fn is_a_wrong_answer(make: impl Fn() -> Vec<u8>) {
	with_worker(2, |net| {
		net.twice(1, Behaviour::answers(make()));
		run_worker(net);
		run_to(12);
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(1, false), (2, true)])]);
	});
}

#[test]
fn an_answer_with_more_after_it_is_a_miss() {
	is_a_wrong_answer(|| [answer(1, 2, 1).encode(), vec![0]].concat());
}

#[test]
fn a_wrong_signature_is_a_miss() {
	is_a_wrong_answer(|| sign(check_for(1, 2, 1), &node_pair(2)).encode());
}

#[test]
fn another_nodes_answer_is_a_miss() {
	is_a_wrong_answer(|| answer(2, 2, 1).encode());
}

#[test]
fn a_foreign_attestors_answer_is_a_miss() {
	is_a_wrong_answer(|| answer(1, 3, 1).encode());
}

#[test]
fn a_replay_is_a_miss() {
	with_worker(1, |net| {
		let old = answer(1, 2, 1).encode();
		run_to(21);
		net.twice(1, Behaviour::answers(old));
		run_worker(net);
		run_to(22);
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(1, false)])]);
	});
}

#[test]
fn a_stalling_node_costs_its_neighbours_nothing() {
	with_worker(40, |net| {
		for id in 1..=13 {
			net.once(id, Behaviour::never_answers());
			net.once(id + 13, Behaviour::never_sends_a_body());
		}
		net.once(27, Behaviour::drips(vec![0; 60_000], 1));
		// Slow, but in time.
		let late = Behaviour {
			headers: Some(1_500),
			..Behaviour::answers(answer(28, 2, 1).encode())
		};
		net.once(28, late);
		net.once(29, Behaviour::drips(answer(29, 2, 1).encode(), 5));
		run_worker(net);
		assert_eq!(net.clock(), policy::POLL_MILLIS);
		net.take_asked();
		run_to(12);
		run_worker(net);
		assert_eq!(net.asked_nodes(), (1..=27).collect::<Vec<_>>());
		assert_eq!(sent(net), [(1, (1..=40).map(|id| (id, true)).collect())]);
	});
}

#[test]
fn asks_no_forbidden_address() {
	let net = Net::for_attestors(&[2]);
	let local = ExtBuilder::default().with_local(&[2]);
	let mut ext = local.build();
	ext.register_extension(OffchainDbExt::new(TestOffchainExt::new().0));
	ext.register_extension(OffchainWorkerExt::new(net.clone()));
	ext.register_extension(TransactionPoolExt::new(net.clone()));
	ext.execute_with(|| {
		let mut inside = node(1);
		inside.endpoint = Endpoint {
			ip: Ip::V4([192, 168, 0, 1]),
			port: 8400,
		};
		Attestable::set(vec![inside, node(2)]);
		run_to(11);
		run_worker(&net);
		run_to(12);
		run_worker(&net);
		assert_eq!(net.asked_nodes(), [2]);
		assert_eq!(sent(&net), [(1, vec![(1, false), (2, true)])]);
	});
}

#[test]
fn polls_all_nodes_over_several_blocks_and_in_bounds() {
	with_worker(250, |net| {
		run_worker(net);
		assert_eq!(net.asked_nodes(), (1..=96).collect::<Vec<_>>());
		run_to(12);
		run_worker(net);
		assert_eq!(net.asked_nodes(), (97..=192).collect::<Vec<_>>());
		assert_eq!(sent(net), []);
		run_to(13);
		run_worker(net);
		assert_eq!(net.asked_nodes(), (193..=250).collect::<Vec<_>>());
		let reports = sent(net);
		assert_eq!(reports.len(), 1);
		assert_eq!(reports[0].1.len(), 250);
	});
}

#[test]
fn leaves_out_what_it_could_not_try_twice() {
	with_worker(2, |net| {
		run_to(17);
		net.once(1, Behaviour::never_answers());
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(2, true)])]);
	});
	with_worker(1, |net| {
		run_to(17);
		net.once(1, Behaviour::never_answers());
		run_worker(net);
		run_to(18);
		run_worker(net);
		assert_eq!(sent(net), []);
	});
}

#[test]
fn a_report_of_misses_alone_is_a_report() {
	with_worker(1, |net| {
		net.twice(1, Behaviour::never_answers());
		run_worker(net);
		run_to(12);
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(1, false)])]);
	});
}

#[test]
fn sends_the_same_report_again_until_it_is_on_the_chain() {
	with_worker(1, |net| {
		run_worker(net);
		let first = net.take_sent();
		assert_eq!(first.len(), 1);
		for block in [12, 13] {
			run_to(block);
			run_worker(net);
			assert_eq!(net.take_sent(), []);
		}
		run_to(14);
		run_worker(net);
		assert_eq!(net.take_sent(), first);
		run_to(15);
		assert_eq!(send(first[0].clone()), Ok(()));
		for block in 16..20 {
			run_to(block);
			run_worker(net);
		}
		assert_eq!(net.take_sent(), []);
		assert_eq!(net.asked_nodes(), [1]);
	});
}

#[test]
fn begins_anew_on_another_fork() {
	with_worker(1, |net| {
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(1, true)])]);
		net.take_asked();
		run_to(12);
		frame_system::BlockHash::<Runtime>::insert(10, H256::repeat_byte(5));
		run_worker(net);
		assert_eq!(net.asked_nodes(), [1]);
		match &net.take_sent()[..] {
			[RuntimeCall::Attestation(Call::report { report, .. })] => {
				assert_eq!(report.block_hash, H256::repeat_byte(5));
			}
			other => panic!("unexpected: {other:?}"),
		}
	});
}

#[test]
fn waits_for_another_run_but_not_for_ever() {
	with_worker(1, |net| {
		let lock_key = (b"quern/attestation/lock/", attestor_key(2)).encode();
		let mut lock = StorageLock::<Time>::with_deadline(&lock_key, Duration::from_millis(policy::LOCK_MILLIS));
		lock.try_lock().expect("free").forget();
		run_worker(net);
		assert_eq!(net.take_asked(), []);
		// The other run died.
		let later = polkadot_sdk::sp_io::offchain::timestamp().add(Duration::from_millis(policy::LOCK_MILLIS + 1));
		polkadot_sdk::sp_io::offchain::sleep_until(later);
		run_to(12);
		run_worker(net);
		assert_eq!(sent(net), [(1, vec![(1, true)])]);
	});
}
