use super::*;
use crate::{Attestable, NodeOfKey, Nodes, Providers, ProvidersOf};
use polkadot_sdk::{
	frame_support::dispatch::DispatchResult,
	sp_core::{sr25519::Signature, Pair},
};
use quern_primitives::{ports::Bonds, Endpoint};

/// Alice's registration of a node with the key pair 0.
struct Registration {
	class: u32,
	gpus: u32,
	memory_mib: u64,
	endpoint: Endpoint,
	proof: Signature,
}

impl Registration {
	fn valid() -> Self {
		Self {
			class: CPU,
			gpus: 2,
			memory_mib: 1_024,
			endpoint: ENDPOINT,
			proof: proof(0, &ALICE),
		}
	}

	fn call(self, who: &AccountId) -> DispatchResult {
		let Self {
			class,
			gpus,
			memory_mib,
			endpoint,
			proof,
		} = self;
		ProviderRegistry::register_node(signed(who), class, gpus, memory_mib, endpoint, pair(0).public(), proof)
	}
}

#[test]
fn reserves_the_flat_bond_and_lists_the_node() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		assert_ok!(Registration::valid().call(&ALICE));
		let key = pair(0).public();
		assert_eq!(
			Nodes::<Test>::get(0),
			Some(Node {
				provider: ALICE,
				class: CPU,
				gpus: 2,
				memory_mib: 1_024,
				endpoint: ENDPOINT,
				key,
				state: NodeState::Pending,
				last_served: None,
				last_told: None,
				missed: 0,
				occupied: 0,
				attested: false,
			})
		);
		assert_eq!(MockBonds::reserved(&ALICE), FLAT_BOND);
		assert_eq!(free(&ALICE), WEALTH);
		assert_eq!(NodeOfKey::<Test>::get(key), Some(0));
		assert_eq!(Attestable::<Test>::get().into_inner(), vec![0]);
		assert_eq!(
			Providers::<Test>::get(ALICE).expect("a provider").nodes.into_inner(),
			vec![0]
		);
		assert_eq!(ProvidersOf::<Test>::get(CPU).into_inner(), vec![ALICE]);
		let expected = Book {
			gpus: node(0).gpus,
			..Default::default()
		};
		assert_eq!(book(&ALICE, CPU), expected);
		assert!(told(Event::NodeRegistered {
			node: 0,
			provider: ALICE,
			class: CPU
		}));

		let attestable = ProviderRegistry::attestable();
		assert_eq!(attestable.len(), 1);
		assert_eq!(
			(attestable[0].node, &attestable[0].operator, attestable[0].key),
			(0, &ALICE, key)
		);
		assert_eq!(
			(attestable[0].gpus, attestable[0].memory_mib, attestable[0].endpoint),
			(2, 1_024, ENDPOINT)
		);
	});
}

#[test]
fn refuses_what_is_malformed() {
	ExtBuilder::default().build_and_execute(|| {
		let valid = Registration::valid;
		assert_noop!(valid().call(&ALICE), Error::<Test>::ProviderNotFound);
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		assert_noop!(
			Registration { class: 9, ..valid() }.call(&ALICE),
			Error::<Test>::ClassNotFound
		);
		assert_noop!(
			Registration { gpus: 0, ..valid() }.call(&ALICE),
			Error::<Test>::InvalidHardware
		);
		assert_noop!(
			Registration { gpus: 9, ..valid() }.call(&ALICE),
			Error::<Test>::InvalidHardware
		);
		assert_noop!(
			Registration {
				memory_mib: 0,
				..valid()
			}
			.call(&ALICE),
			Error::<Test>::InvalidHardware
		);
		let endpoint = Endpoint { port: 9944, ..ENDPOINT };
		assert_noop!(
			Registration { endpoint, ..valid() }.call(&ALICE),
			Error::<Test>::InvalidEndpoint
		);
		MockBonds::leave(&ALICE);
		assert_noop!(valid().call(&ALICE), Error::<Test>::NotOperator);
	});
}

#[test]
fn refuses_a_proof_for_another_provider_key_or_chain() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		let elsewhere = pair(0).sign(&possession_payload(&[0u8; 32], &ALICE));
		for proof in [proof(0, &BOB), proof(1, &ALICE), elsewhere, Signature::default()] {
			assert_noop!(
				Registration {
					proof,
					..Registration::valid()
				}
				.call(&ALICE),
				Error::<Test>::InvalidProof
			);
		}
		assert_eq!(MockBonds::reserved(&ALICE), 0);
	});
}

#[test]
fn refuses_a_key_in_use() {
	ExtBuilder::default().build_and_execute(|| {
		register(&ALICE, CPU, 1);
		assert_noop!(Registration::valid().call(&ALICE), Error::<Test>::KeyInUse);
		assert_ok!(ProviderRegistry::register_provider(signed(&BOB)));
		let stolen = Registration {
			proof: proof(0, &BOB),
			..Registration::valid()
		};
		assert_noop!(stolen.call(&BOB), Error::<Test>::KeyInUse);
	});
}

#[test]
fn refuses_when_the_bond_is_too_small() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		Operators::set(&vec![(ALICE, FLAT_BOND - 1)]);
		assert_noop!(
			Registration::valid().call(&ALICE),
			DispatchError::Other("bond too small")
		);
	});
}

#[test]
fn needs_own_bond_for_each_node() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		Operators::set(&vec![(ALICE, 2 * FLAT_BOND - 1)]);
		// No allocation is asked for: the mock has none.
		assert_ok!(Registration::valid().call(&ALICE));
		let (key, proof) = (pair(5).public(), proof(5, &ALICE));
		assert_noop!(
			ProviderRegistry::register_node(signed(&ALICE), CPU, 1, 1, ENDPOINT, key, proof),
			DispatchError::Other("bond too small")
		);
		assert_eq!(
			(MockBonds::reserved(&ALICE), MockBonds::free_bond(&ALICE)),
			(FLAT_BOND, FLAT_BOND - 1)
		);
	});
}

#[test]
fn refuses_more_nodes_or_providers_than_there_may_be() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..3 {
			register(&ALICE, CPU, 1);
		}
		let another = |who: &AccountId, index: u32| {
			let (key, proof) = (pair(index).public(), proof(index, who));
			ProviderRegistry::register_node(signed(who), CPU, 1, 1, ENDPOINT, key, proof)
		};
		assert_noop!(another(&ALICE, 3), Error::<Test>::TooManyNodes);
		register(&BOB, CPU, 1);
		Operators::set(&vec![(ALICE, OWN_BOND), (BOB, OWN_BOND), (CLIENT, OWN_BOND)]);
		assert_ok!(ProviderRegistry::register_provider(signed(&CLIENT)));
		assert_noop!(another(&CLIENT, 9), Error::<Test>::TooManyProviders);
		register(&BOB, CPU, 1);
		// Five nodes, the most that are attestable.
		assert_noop!(another(&BOB, 9), Error::<Test>::TooManyNodes);
		assert_eq!(MockBonds::reserved(&BOB), 2 * FLAT_BOND);
	});
}
