use super::*;
use crate::Attestable;

#[test]
fn a_paused_node_is_not_polled_and_its_allowance_evaporates() {
	ExtBuilder::default()
		.with_serving(ALICE, CPU, 3)
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			assert_eq!(book(&ALICE, CPU).allowance, burst(4));
			assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
			assert_eq!(node(0).state, NodeState::Paused);
			assert_eq!(Attestable::<Test>::get().into_inner(), vec![1]);
			assert_eq!(
				(book(&ALICE, CPU).active_gpus, book(&ALICE, CPU).allowance),
				(1, burst(1))
			);
			assert!(told(Event::NodePaused { node: 0 }));
			// The flat bond stays: the node is still registered.
			assert_eq!(MockBonds::reserved(&ALICE), 2 * FLAT_BOND);
		});
}

#[test]
fn a_verdict_on_a_paused_node_earns_nothing() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		serve(0, 16..=17);
		assert_eq!(book(&ALICE, CPU).allowance, 0);
		assert_eq!((node(0).state, node(0).last_served), (NodeState::Paused, Some(15)));
	});
}

#[test]
fn a_resumed_node_has_to_serve_before_it_counts() {
	ExtBuilder::default().with_serving(ALICE, CPU, 2).build_and_execute(|| {
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
		assert!(told(Event::NodeResumed { node: 0 }));
		assert_eq!(node(0).state, NodeState::Pending);
		assert!(!node(0).is_attested(15));
		assert_eq!(Attestable::<Test>::get().into_inner(), vec![0]);
		assert_eq!(book(&ALICE, CPU).active_gpus, 0);
		serve(0, [16]);
		assert_eq!(
			(book(&ALICE, CPU).active_gpus, book(&ALICE, CPU).allowance),
			(2, 2 * MINUTE)
		);
	});
}

#[test]
fn refuses_strangers_and_what_is_done_already() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::pause_node(signed(&BOB), 0),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ProviderRegistry::pause_node(signed(&ALICE), 1),
			Error::<Test>::NodeNotFound
		);
		assert_noop!(
			ProviderRegistry::resume_node(signed(&ALICE), 0),
			Error::<Test>::NodeNotPaused
		);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		assert_noop!(
			ProviderRegistry::pause_node(signed(&ALICE), 0),
			Error::<Test>::NodePaused
		);
		assert_noop!(
			ProviderRegistry::resume_node(signed(&BOB), 0),
			Error::<Test>::NotAuthorized
		);
	});
}

#[test]
fn refuses_to_resume_when_the_place_is_taken() {
	ExtBuilder::default().build_and_execute(|| {
		for _ in 0..3 {
			register(&ALICE, CPU, 1);
		}
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		for _ in 0..3 {
			register(&BOB, CPU, 1);
		}
		assert_noop!(
			ProviderRegistry::resume_node(signed(&ALICE), 0),
			Error::<Test>::TooManyNodes
		);
		assert_ok!(ProviderRegistry::pause_node(signed(&BOB), 3));
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
	});
}
