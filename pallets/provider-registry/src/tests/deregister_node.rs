use super::*;
use crate::{Attestable, Books, NodeOfKey, Nodes, Providers, ProvidersOf};
use polkadot_sdk::sp_core::Pair;
use quern_primitives::{ports::Placement, units::QRN, Demand};

#[test]
fn leaves_nothing_behind() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(MockBonds::reserved(&ALICE), 0);
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH, 0));
		assert_eq!(Nodes::<Test>::iter().count(), 0);
		assert_eq!(Books::<Test>::iter().count(), 0);
		assert_eq!(NodeOfKey::<Test>::iter().count(), 0);
		assert!(Attestable::<Test>::get().is_empty());
		assert!(ProvidersOf::<Test>::get(CPU).is_empty());
		assert!(Providers::<Test>::get(ALICE).expect("a provider").nodes.is_empty());
		assert!(told(Event::NodeDeregistered {
			node: 0,
			provider: ALICE,
			class: CPU
		}));
		// The key is free again; the node's number is not.
		let (key, proof) = (pair(0).public(), proof(0, &ALICE));
		assert_ok!(ProviderRegistry::register_node(
			signed(&ALICE),
			CPU,
			1,
			1,
			ENDPOINT,
			key,
			proof
		));
		assert_eq!(NodeOfKey::<Test>::get(key), Some(1));
	});
}

#[test]
fn one_of_two_takes_its_share_of_the_allowance() {
	ExtBuilder::default()
		.with_serving(ALICE, CPU, 2)
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
			assert_eq!(
				(book(&ALICE, CPU).active_gpus, book(&ALICE, CPU).allowance),
				(1, burst(1))
			);
			assert_eq!(MockBonds::reserved(&ALICE), FLAT_BOND);
			assert_eq!(ProvidersOf::<Test>::get(CPU).into_inner(), vec![ALICE]);
		});
}

#[test]
fn refuses_strangers() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&BOB), 0),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 1),
			Error::<Test>::NodeNotFound
		);
	});
}

#[test]
fn refuses_the_last_node_while_anything_is_owed() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			sell(&ALICE, 2, QRN);
			assert_noop!(
				ProviderRegistry::deregister_node(signed(&ALICE), 0),
				Error::<Test>::ObligationsRemain
			);
			assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1));
			assert_noop!(
				ProviderRegistry::deregister_node(signed(&ALICE), 0),
				Error::<Test>::ObligationsRemain
			);
			assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1));
			assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
			assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH + QRN, 0));
		});
}

#[test]
fn refuses_the_last_node_while_an_offer_waits() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
			assert_noop!(
				ProviderRegistry::deregister_node(signed(&ALICE), 0),
				Error::<Test>::ObligationsRemain
			);
			MockMarket::close(0);
			assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
			assert_eq!(issued(CPU), 0);
		});
}

#[test]
fn refuses_when_the_attested_rest_could_not_owe_as_much() {
	let build = || {
		ExtBuilder::default()
			.with_pool()
			.with_serving(ALICE, CPU, 4)
			.with_serving(ALICE, CPU, 1)
	};
	build().build_and_execute(|| {
		sell(&ALICE, 60 * MINUTE, QRN);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(book(&ALICE, CPU).obligations, 60 * MINUTE);
	});
	// Beyond the free hour of what stays, collateral for all of it: 1.5 × 3,600,001 × 100,000 - 0.1 QRN of 80.
	build().build_and_execute(|| {
		set_prices(100_000, 0);
		sell(&ALICE, 60 * MINUTE + 1, QRN / 10);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(MockBonds::collateral(&ALICE), 440_000_150_000);
	});
	build().build_and_execute(|| {
		set_prices(20_000_000, 0);
		sell(&ALICE, 60 * MINUTE + 1, QRN);
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 0),
			Error::<Test>::InsufficientCollateral
		);
	});
	// A node that stopped serving carries nothing.
	build().build_and_execute(|| {
		sell(&ALICE, MINUTE, QRN);
		serve(0, 16..=19);
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), 0),
			Error::<Test>::ObligationsRemain
		);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 1));
	});
}

#[test]
fn refuses_while_a_job_occupies_the_node() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			sell(&ALICE, MINUTE, QRN);
			let placement = Placement {
				provider: ALICE,
				node: 0,
			};
			let demand = Demand {
				class: CPU,
				gpus: 1,
				gpu_time: MINUTE,
			};
			assert_ok!(ProviderRegistry::occupy(&placement, &demand));
			assert_noop!(
				ProviderRegistry::deregister_node(signed(&ALICE), 0),
				Error::<Test>::NodeOccupied
			);
			ProviderRegistry::vacate(&placement, &demand);
			assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		});
}
