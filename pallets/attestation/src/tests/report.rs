//! The report: what counts, what is refused.

use crate::{mock::*, *};
use codec::{DecodeAll, Encode};
use polkadot_sdk::{
	frame_support::{assert_noop, dispatch::GetDispatchInfo},
	sp_core::Pair,
	sp_runtime::{
		traits::Dispatchable,
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		DispatchError,
	},
};
use quern_primitives::{
	attestation::{self, GpuCheck},
	ports::Verdict::{Missed, Served, Unknown},
};

fn refused(error: Error<Runtime>) -> Result<(), Refused> {
	let index = error.encode()[0];
	Err(Refused::ByPool(InvalidTransaction::Custom(index).into()))
}

fn invalid(invalid: InvalidTransaction) -> Result<(), Refused> {
	Err(Refused::ByPool(invalid.into()))
}

#[test]
fn tells_served_at_the_quorum_and_once() {
	ExtBuilder::default().with_attestors(7).build_and_execute(|| {
		run_to(12);
		for account in 1..=4 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		assert_eq!(Verdicts::get(), []);
		assert_eq!(report(5, vec![served(1, 5, 1)]), Ok(()));
		assert_eq!(Verdicts::get(), [(1, 1, Served)]);
		assert_eq!(
			events().split_off(4),
			[
				Event::Reported { attestor: 5, period: 1 },
				Event::NodeServed { node: 1, period: 1 }
			]
		);
		assert_eq!(report(6, vec![served(1, 6, 1)]), Ok(()));
		assert_eq!(report(7, vec![missed(1)]), Ok(()));
		run_to(30);
		assert_eq!(Verdicts::get(), [(1, 1, Served), (1, 2, Unknown)]);
	});
}

#[test]
fn tells_missed_at_the_quorum() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		assert_eq!(report(1, vec![missed(1)]), Ok(()));
		assert_eq!(report(2, vec![served(1, 2, 1)]), Ok(()));
		assert_eq!(report(3, vec![missed(1)]), Ok(()));
		assert_eq!(Verdicts::get(), []);
		assert_eq!(report(4, vec![missed(1)]), Ok(()));
		assert_eq!(Verdicts::get(), [(1, 1, Missed)]);
		assert!(events().contains(&Event::NodeMissed { node: 1, period: 1 }));
	});
}

#[test]
fn decides_each_node_by_its_own_attestors() {
	ExtBuilder::default()
		.with_attestors(20)
		.with_nodes(3)
		.build_and_execute(|| {
			run_to(11);
			let round = Rounds::<Runtime>::get(1).expect("open");
			for index in 0..20u32 {
				let account = u64::from(index) + 1;
				let seen: Vec<_> = round
					.duties(index)
					.map(|duty| {
						if duty.node == 2 {
							missed(2)
						} else {
							served(duty.node, account, 1)
						}
					})
					.collect();
				if !seen.is_empty() {
					assert_eq!(report(account, seen), Ok(()));
				}
			}
			let mut told = Verdicts::get();
			told.sort_unstable_by_key(|(node, ..)| *node);
			assert_eq!(told, [(1, 1, Served), (2, 1, Missed), (3, 1, Served)]);
			for tally in Tallies::<Runtime>::get(1) {
				assert_eq!((tally.served | tally.missed).count_ones(), 7);
			}
		});
}

#[test]
fn two_attestors_suffice_on_a_devnet() {
	ExtBuilder::default()
		.with_attestors(2)
		.with_devnet()
		.build_and_execute(|| {
			run_to(11);
			assert_eq!(report(1, vec![served(1, 1, 1)]), Ok(()));
			assert_eq!(Verdicts::get(), []);
			assert_eq!(report(2, vec![served(1, 2, 1)]), Ok(()));
			assert_eq!(Verdicts::get(), [(1, 1, Served)]);
		});
}

#[test]
fn three_attestors_attest_nothing_off_devnets() {
	ExtBuilder::default().with_attestors(3).build_and_execute(|| {
		run_to(11);
		assert_eq!(report(1, vec![served(1, 1, 1)]), refused(Error::NotAssigned));
		run_to(20);
		assert_eq!(Verdicts::get(), [(1, 1, Unknown)]);
	});
}

#[test]
fn says_what_the_pool_needs_to_know() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(13);
		let call = signed_by(report_of(2, vec![missed(1)]), 2);
		let valid = authorize(&call).expect("valid");
		assert_eq!(valid.provides, vec![("QuernAttestation", (1u32, 1u32)).encode()]);
		assert_eq!(valid.longevity, 7);
		assert!(valid.propagate);
		let info = call.get_dispatch_info();
		assert_eq!(info.class, DispatchClass::Operational);
		assert_eq!(info.call_weight, <() as WeightInfo>::report(1));
	});
}

#[test]
fn refuses_a_signed_origin() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let call = signed_by(report_of(1, vec![missed(1)]), 1);
		assert_noop!(
			call.dispatch(RuntimeOrigin::signed(1)).map_err(|e| e.error),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn refuses_a_second_report() {
	ExtBuilder::default().with_nodes(2).build_and_execute(|| {
		run_to(11);
		assert_eq!(report(1, vec![missed(1)]), Ok(()));
		assert_eq!(report(1, vec![missed(1)]), invalid(InvalidTransaction::Stale));
		assert_eq!(report(1, vec![served(1, 1, 1)]), invalid(InvalidTransaction::Stale));
		assert_eq!(report(1, vec![missed(2)]), invalid(InvalidTransaction::Stale));
		assert_noop!(
			Attestation::do_report(report_of(1, vec![missed(2)])),
			Error::<Runtime>::AlreadyReported
		);
		assert_eq!(Tallies::<Runtime>::get(1)[0].missed.count_ones(), 1);
	});
}

#[test]
fn refuses_a_past_and_a_coming_period() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(19);
		let in_time = signed_by(report_of(1, vec![missed(1)]), 1);
		assert!(authorize(&in_time).is_ok());
		run_to(21);
		assert_eq!(send(in_time), invalid(InvalidTransaction::Stale));
		let mut early = report_of(1, vec![missed(1)]);
		early.period = 3;
		assert_eq!(send(signed_by(early, 1)), invalid(InvalidTransaction::Future));
	});
}

#[test]
fn refuses_reports_in_the_first_block_whose_hash_is_unknown() {
	ExtBuilder::default().build_and_execute(|| {
		let mut early = report_of(1, vec![missed(1)]);
		assert_eq!(send(signed_by(early.clone(), 1)), invalid(InvalidTransaction::Future));
		// The hash that an unknown block has in storage.
		early.block_hash = H256::zero();
		assert_eq!(send(signed_by(early, 1)), invalid(InvalidTransaction::Future));
	});
}

#[test]
fn refuses_another_fork() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let mut foreign = report_of(1, vec![missed(1)]);
		foreign.block_hash = H256::repeat_byte(9);
		assert_eq!(send(signed_by(foreign, 1)), refused(Error::AnotherFork));
	});
}

#[test]
fn refuses_non_validators() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		// No such attestor.
		assert_eq!(report(5, vec![missed(1)]), refused(Error::NotAuthorized));
		// A key that is none of the round's.
		assert_eq!(
			send(signed_by(report_of(1, vec![missed(1)]), 9)),
			invalid(InvalidTransaction::BadProof)
		);
		// Another attestor's.
		assert_eq!(
			send(signed_by(report_of(1, vec![missed(1)]), 2)),
			invalid(InvalidTransaction::BadProof)
		);
		assert_eq!(Reporters::<Runtime>::get(1).into_inner(), Vec::<u32>::new());
	});
}

#[test]
fn refuses_a_signature_over_something_else() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let report = report_of(1, vec![missed(1)]);
		let other_chain = attestor_pair(1).sign(&report.signed_bytes(&H256::zero()));
		let call = Call::report {
			report: report.clone(),
			signature: other_chain.into(),
		};
		assert_eq!(send(call.into()), invalid(InvalidTransaction::BadProof));
		let other_report = report_of(1, vec![served(1, 1, 1)]);
		let signature = attestor_pair(1).sign(&other_report.signed_bytes(&genesis()));
		let call = Call::report {
			report,
			signature: signature.into(),
		};
		assert_eq!(send(call.into()), invalid(InvalidTransaction::BadProof));
	});
}

#[test]
fn refuses_nodes_that_are_not_the_attestors() {
	ExtBuilder::default()
		.with_attestors(20)
		.with_nodes(10)
		.build_and_execute(|| {
			run_to(11);
			let round = Rounds::<Runtime>::get(1).expect("open");
			let mine: Vec<_> = round.duties(0).map(|duty| duty.node).collect();
			let other = (1..=10).find(|id| !mine.contains(id)).expect("seven of twenty poll it");
			assert_eq!(report(1, vec![missed(other)]), refused(Error::NotAssigned));
			assert_eq!(report(1, vec![missed(99)]), refused(Error::NotAssigned));
		});
}

#[test]
fn refuses_the_operator_of_a_node() {
	Attestable::set(Vec::new());
	ExtBuilder::default().with_attestors(5).build().execute_with(|| {
		let mut own = node(1);
		own.operator = 3;
		Attestable::set(vec![own]);
		run_to(11);
		assert_eq!(report(3, vec![served(1, 3, 1)]), refused(Error::NotAssigned));
		assert_eq!(report(4, vec![served(1, 4, 1)]), Ok(()));
		check_promises();
	});
}

#[test]
fn refuses_nodes_twice_or_out_of_order_or_none() {
	ExtBuilder::default().with_nodes(2).build_and_execute(|| {
		run_to(11);
		assert_eq!(report(1, vec![missed(1), missed(1)]), refused(Error::NotAscending));
		assert_eq!(report(1, vec![missed(2), missed(1)]), refused(Error::NotAscending));
		assert_eq!(report(1, vec![]), refused(Error::NothingObserved));
		assert_eq!(report(1, vec![missed(1), missed(2)]), Ok(()));
	});
}

/// Reports a check of node 1 by attestor 1, beside a good one of node 2: the bad one must count as
/// nothing, the good one count.
fn refuses_check(flaw: Flaw, make: impl FnOnce(GpuCheck) -> quern_primitives::attestation::SignedGpuCheck) {
	ExtBuilder::default().with_nodes(2).build_and_execute(|| {
		run_to(11);
		let bad = Observation {
			node: 1,
			seen: Seen::Served(make(check_for(1, 1, 1))),
		};
		assert_eq!(report(1, vec![bad, served(2, 1, 1)]), Ok(()));
		let refused = Event::CheckRefused {
			attestor: 1,
			node: 1,
			period: 1,
			flaw,
		};
		assert_eq!(events(), [Event::Reported { attestor: 1, period: 1 }, refused]);
		let tallies = Tallies::<Runtime>::get(1);
		assert_eq!((tallies[0].served, tallies[0].missed), (0, 0));
		assert_eq!((tallies[1].served, tallies[1].missed), (1, 0));
		// It was the attestor's one report.
		assert_eq!(report(1, vec![served(1, 1, 1)]), invalid(InvalidTransaction::Stale));
		// The other three still make a quorum.
		for account in 2..=4 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		assert_eq!(Verdicts::get(), [(1, 1, Served)]);
	});
}

#[test]
fn refuses_a_wrong_signature() {
	refuses_check(Flaw::BadSignature, |check| sign(check, &node_pair(2)));
}

#[test]
fn refuses_values_that_were_not_signed() {
	refuses_check(Flaw::BadSignature, |check| {
		let mut signed = sign(check, &node_pair(1));
		signed.check.gpus += 1;
		signed
	});
}

#[test]
fn refuses_another_nodes_check() {
	refuses_check(Flaw::OtherNode, |_| answer(2, 1, 1));
}

#[test]
fn refuses_a_foreign_attestors_nonce() {
	refuses_check(Flaw::OtherNonce, |_| answer(1, 2, 1));
}

#[test]
fn refuses_another_chains_check() {
	refuses_check(Flaw::OtherChain, |check| {
		sign(
			GpuCheck {
				genesis: H256::zero(),
				..check
			},
			&node_pair(1),
		)
	});
}

#[test]
fn refuses_a_check_with_an_older_nonce() {
	refuses_check(Flaw::OtherNonce, |check| {
		let round = Rounds::<Runtime>::get(1).expect("open");
		let nonce = attestation::nonce(&round.seed, 0, 1, &attestor_key(1));
		sign(GpuCheck { nonce, ..check }, &node_pair(1))
	});
}

#[test]
fn refuses_fewer_gpus_and_less_memory_and_nonsense() {
	refuses_check(Flaw::FewerGpus, |check| {
		sign(GpuCheck { gpus: 7, ..check }, &node_pair(1))
	});
	refuses_check(Flaw::LessMemory, |check| {
		sign(
			GpuCheck {
				memory_mib: 639_999,
				..check
			},
			&node_pair(1),
		)
	});
	refuses_check(Flaw::Absurd, |check| {
		sign(
			GpuCheck {
				utilisation: 101,
				..check
			},
			&node_pair(1),
		)
	});
}

#[test]
fn refuses_a_replay_of_the_last_period() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let old = answer(1, 1, 1);
		run_to(21);
		assert_eq!(
			report(
				1,
				vec![Observation {
					node: 1,
					seen: Seen::Served(old)
				}]
			),
			Ok(())
		);
		let flaw = Flaw::OtherPeriod;
		assert!(events().contains(&Event::CheckRefused {
			attestor: 1,
			node: 1,
			period: 2,
			flaw
		}));
		assert_eq!(Tallies::<Runtime>::get(2)[0], Tally::default());
	});
}

#[test]
fn takes_more_gpus_and_memory_than_registered() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let more = GpuCheck {
			gpus: 9,
			memory_mib: 640_001,
			utilisation: 100,
			..check_for(1, 1, 1)
		};
		let seen = Seen::Served(sign(more, &node_pair(1)));
		assert_eq!(report(1, vec![Observation { node: 1, seen }]), Ok(()));
		assert_eq!(Tallies::<Runtime>::get(1)[0].served, 1);
	});
}

#[test]
fn one_hostile_validator_of_four_decides_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		assert_eq!(report(1, vec![missed(1)]), Ok(()));
		for account in 2..=4 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		assert_eq!(Verdicts::get(), [(1, 1, Served)]);
	});
}

#[test]
fn a_stranger_s_report_takes_the_pool_s_error_as_a_transaction_too() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(11);
		let error: TransactionValidityError = InvalidTransaction::BadProof.into();
		assert_eq!(authorize(&signed_by(report_of(1, vec![missed(1)]), 77)), Err(error));
	});
}

#[test]
fn the_longest_observation_is_as_long_as_said() {
	ExtBuilder::default().build_and_execute(|| {
		let check = GpuCheck {
			running: (0..64).collect::<Vec<_>>().try_into().expect("64"),
			..check_for(1, 1, 1)
		};
		let longest = Observation {
			node: 1,
			seen: Seen::Served(sign(check, &node_pair(1))),
		};
		assert_eq!(longest.encoded_size(), policy::OBSERVATION_BYTES as usize);
		assert_eq!(Observation::decode_all(&mut &longest.encode()[..]), Ok(longest));
	});
}
