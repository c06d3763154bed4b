use super::*;

#[test]
fn a_served_period_earns_a_minute_for_each_accelerator() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 4);
		serve(id, [3]);
		assert_eq!((node(id).state, node(id).last_served), (NodeState::Active, Some(3)));
		assert_eq!(book(&ALICE, CPU).allowance, 4 * MINUTE);
		assert!(told(Event::NodeActivated { node: id }));
		let (gpu_time, allowance) = (4 * MINUTE, 4 * MINUTE);
		assert!(told(Event::AllowanceEarned {
			provider: ALICE,
			class: CPU,
			gpu_time,
			allowance
		}));
		serve(id, [4]);
		let allowance = 8 * MINUTE;
		assert!(told(Event::AllowanceEarned {
			provider: ALICE,
			class: CPU,
			gpu_time,
			allowance
		}));
	});
}

#[test]
fn what_exceeds_fifteen_minutes_evaporates() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 2);
		serve(id, 1..=14);
		assert_eq!(book(&ALICE, CPU).allowance, 28 * MINUTE);
		serve(id, 15..=40);
		assert_eq!(book(&ALICE, CPU).allowance, 30 * MINUTE);
	});
}

#[test]
fn each_class_has_its_own_book() {
	ExtBuilder::default()
		.with_serving(ALICE, CPU, 1)
		.with_serving(ALICE, H100, 2)
		.build_and_execute(|| {
			assert_eq!(book(&ALICE, CPU).allowance, burst(1));
			assert_eq!(book(&ALICE, H100).allowance, burst(2));
		});
}

#[test]
fn a_period_counts_once() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 1);
		serve(id, [7, 7, 6]);
		assert_eq!(book(&ALICE, CPU).allowance, MINUTE);
		ProviderRegistry::attested(id, 8, Verdict::Missed);
		serve(id, [8]);
		assert_eq!((book(&ALICE, CPU).allowance, node(id).last_served), (MINUTE, Some(7)));
	});
}

#[test]
fn a_missed_or_unjudged_period_earns_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 1);
		ProviderRegistry::attested(id, 1, Verdict::Missed);
		ProviderRegistry::attested(id, 2, Verdict::Unknown);
		ProviderRegistry::attested(id, 3, Verdict::Missed);
		assert_eq!(
			(node(id).missed, node(id).state, node(id).last_told),
			(2, NodeState::Pending, Some(3))
		);
		assert_eq!(book(&ALICE, CPU).allowance, 0);
	});
}

#[test]
fn a_node_that_is_gone_is_ignored() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 1);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), id));
		serve(id, [1]);
		assert!(ProviderRegistry::attestable().is_empty());
	});
}
