//! Reports on nodes.

use super::*;
use pallet_attestation::{Flaw, Observation, Report, Seen};
use pallet_provider_registry::Call as Registry;
use polkadot_sdk::{
	frame_support::BoundedVec,
	frame_system::offchain::CreateAuthorizedTransaction,
	pallet_utility,
	sp_core::{Pair, H256},
	sp_runtime::{
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		DispatchError,
	},
};
use quern_primitives::units::PERIOD_BLOCKS;

/// The index of an error of Attestation, as the pool says it.
fn custom(error: pallet_attestation::Error<Runtime>) -> TransactionValidityError {
	let index = codec::Encode::encode(&error)[0];
	TransactionValidityError::Invalid(InvalidTransaction::Custom(index))
}

#[test]
fn reports_that_count_for_nothing() {
	use pallet_attestation::Error as E;
	use InvalidTransaction::{BadProof, Future, Stale};
	local_testnet(|chain| {
		chain.attesting = false;
		let (provider, key) = (user("Charlie"), user("Charlie//node"));
		let node = chain.enlist(&provider, &key, 8, 1_000 * QRN);
		// A validator's own node, which it never attests itself.
		let alices_key = user("Alice//node");
		chain.ok(&user("Alice"), Registry::register_provider {});
		chain.ok(&user("Alice"), register_node(&user("Alice"), &alices_key, 8));
		let alices = node + 1;
		chain.run_to(PERIOD_BLOCKS + 2);
		let round = pallet_attestation::Rounds::<Runtime>::get(1).expect("a round");
		let index_of = |name| {
			round
				.attestors
				.iter()
				.position(|(who, _)| *who == user(name).id)
				.expect("an attestor") as u32
		};
		let (alice, bob) = (index_of("Alice"), index_of("Bob"));
		let missed = |node| vec![(node, Seen::Missed)];
		let invalid = |why: InvalidTransaction| Err(TransactionValidityError::Invalid(why));
		let accounts = balances();

		// Not an attestor; another's signature; a signature over another report.
		let (report, signature) = chain.report_of(alice, missed(node));
		let mut foreign = report.clone();
		foreign.attestor = 2;
		assert_eq!(chain.send_report(foreign, signature), Err(custom(E::NotAuthorized)));
		let mut foreign = report.clone();
		foreign.attestor = bob;
		assert_eq!(chain.send_report(foreign, signature), invalid(BadProof));
		let eves = eve().pair.sign(&report.signed_bytes(&chain.genesis));
		assert_eq!(chain.send_report(report.clone(), eves), invalid(BadProof));
		let elsewhere = user("Alice").pair.sign(&report.signed_bytes(&H256([9; 32])));
		assert_eq!(chain.send_report(report.clone(), elsewhere), invalid(BadProof));
		// Another fork, another period.
		let resigned =
			|report: &Report<Runtime>, genesis: &H256| user("Alice").pair.sign(&report.signed_bytes(genesis));
		let mut forked = report.clone();
		forked.block_hash = H256([3; 32]);
		let genesis = chain.genesis;
		let signature_of = |report: &Report<Runtime>| resigned(report, &genesis);
		assert_eq!(
			chain.send_report(forked.clone(), signature_of(&forked)),
			Err(custom(E::AnotherFork))
		);
		for (period, why) in [(0, Stale), (2, Future), (u32::MAX, Future)] {
			let mut other = report.clone();
			other.period = period;
			assert_eq!(chain.send_report(other.clone(), signature_of(&other)), invalid(why));
		}
		// Nodes that are not its: its own, one that does not exist, none, one twice.
		for nodes in [vec![alices], vec![99], vec![node, alices]] {
			let seen = nodes.into_iter().map(|node| (node, Seen::Missed)).collect();
			let (report, signature) = chain.report_of(alice, seen);
			assert_eq!(chain.send_report(report, signature), Err(custom(E::NotAssigned)));
		}
		let (empty, signature_of_empty) = chain.report_of(alice, vec![]);
		assert_eq!(
			chain.send_report(empty, signature_of_empty),
			Err(custom(E::NothingObserved))
		);
		let mut twice = report.clone();
		twice.observations = BoundedVec::truncate_from(vec![
			Observation {
				node,
				seen: Seen::Missed
			};
			2
		]);
		assert_eq!(
			chain.send_report(twice.clone(), signature_of(&twice)),
			Err(custom(E::NotAscending))
		);
		assert_eq!(balances(), accounts, "feeless, and nothing happened");

		// A signed one is refused, and paid for.
		let call = pallet_attestation::Call::report {
			report: report.clone(),
			signature: signature.into(),
		};
		chain.refused(&user("Alice"), call.clone(), DispatchError::BadOrigin);
		chain.refused(
			&eve(),
			pallet_utility::Call::batch_all {
				calls: vec![call.into()],
			},
			DispatchError::BadOrigin,
		);

		// Statements that prove nothing count as nothing: another attestor's, another node's, a forged one.
		let of_bob = chain.answer(node, &key.pair, bob);
		let mut forged = chain.answer(node, &key.pair, alice);
		forged.check.gpus = 64;
		let unsigned = chain.answer(node, &eve().pair, alice);
		for (answer, flaw) in [
			(of_bob, Flaw::OtherNonce),
			(forged, Flaw::BadSignature),
			(unsigned, Flaw::BadSignature),
		] {
			// In a copy of the state: a report counts once.
			polkadot_sdk::frame_support::storage::with_transaction(|| {
				let (report, signature) = chain.report_of(alice, vec![(node, Seen::Served(answer))]);
				assert_eq!(chain.send_report(report, signature), Ok(Ok(())));
				assert!(
					happened(|event| matches!(
						event,
						RuntimeEvent::Attestation(pallet_attestation::Event::CheckRefused { flaw: found, .. }) if *found == flaw
					)),
					"{flaw:?}"
				);
				polkadot_sdk::sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
			})
			.expect("rolled back");
		}
		let (report, signature) =
			chain.report_of(alice, vec![(node, Seen::Served(chain.answer(node, &key.pair, alice)))]);
		assert_eq!(chain.send_report(report.clone(), signature), Ok(Ok(())));
		assert_eq!(chain.send_report(report, signature), invalid(Stale));
		let (again, signature) = chain.report_of(alice, missed(node));
		assert_eq!(chain.send_report(again, signature), invalid(Stale));
		// One of two is no quorum; Alice's own node needs Bob alone.
		assert_eq!(book(&provider.id).allowance, 0);
		let seen = vec![
			(node, Seen::Missed),
			(alices, Seen::Served(chain.answer(alices, &alices_key.pair, bob))),
		];
		let (report, signature) = chain.report_of(bob, seen);
		assert_eq!(chain.send_report(report, signature), Ok(Ok(())));
		assert_eq!(book(&provider.id).allowance, 0);
		assert_eq!(book(&user("Alice").id).allowance, 480_000);
		chain.run_to(2 * PERIOD_BLOCKS + 1);
		assert_eq!(book(&provider.id).allowance, 0, "unknown earns nothing");

		// Outsiders cannot dress other calls as authorised ones.
		let call = RuntimeCall::Balances(transfer(&eve().id, QRN));
		let extrinsic = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call);
		assert!(Executive::apply_extrinsic(extrinsic).is_err());
	});
}
