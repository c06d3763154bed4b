//! Periods begin, end and are forgotten; sessions bring attestors.

use crate::{mock::*, *};
use polkadot_sdk::frame_support::traits::{Hooks, OneSessionHandler};
use quern_primitives::{
	ports::Verdict::{Served, Unknown},
	units::PERIOD_BLOCKS,
};

#[test]
fn freezes_nodes_and_attestors_in_the_first_block() {
	ExtBuilder::default().with_nodes(2).build_and_execute(|| {
		let round = Rounds::<Runtime>::get(1).expect("open");
		assert_eq!(round.first_block, 10);
		assert_eq!(round.nodes.into_inner(), [node(1), node(2)]);
		assert_eq!(round.attestors.len(), 4);

		Attestable::set(vec![node(3)]);
		set_session(11..=15);
		run_to(11);
		assert_eq!(Rounds::<Runtime>::get(1).expect("open").nodes.len(), 2);
		// An attestor of the frozen round reports though its session is over; a new one cannot yet.
		assert_eq!(report(1, vec![served(1, 1, 1), missed(2)]), Ok(()));
		run_to(20);
		let round = Rounds::<Runtime>::get(2).expect("open");
		assert_eq!(round.nodes.into_inner(), [node(3)]);
		assert_eq!(round.attestors[0], (11, attestor_key(11)));
	});
}

#[test]
fn orders_nodes_and_drops_doubles() {
	ExtBuilder::default().build_and_execute(|| {
		Attestable::set(vec![node(3), node(1), node(3), node(2)]);
		run_to(20);
		assert_eq!(
			Rounds::<Runtime>::get(2).expect("open").nodes.into_inner(),
			[node(1), node(2), node(3)]
		);
	});
}

#[test]
fn leaves_out_nodes_beyond_the_bound() {
	ExtBuilder::default().with_nodes(300).build_and_execute(|| {
		assert_eq!(Rounds::<Runtime>::get(1).expect("open").nodes.len(), 256);
		run_to(20);
		assert_eq!(Verdicts::get().len(), 256);
	});
}

#[test]
fn each_period_has_its_own_seed() {
	ExtBuilder::default().build_and_execute(|| {
		let first = Rounds::<Runtime>::get(1).expect("open").seed;
		run_to(20);
		let second = Rounds::<Runtime>::get(2).expect("open").seed;
		assert_ne!(first, second);
		Seed::set(H256::repeat_byte(43));
		run_to(30);
		assert_ne!(second, Rounds::<Runtime>::get(3).expect("open").seed);
	});
}

#[test]
fn undecided_nodes_are_unknown_when_the_next_period_begins() {
	ExtBuilder::default().with_nodes(3).build_and_execute(|| {
		run_to(19);
		assert_eq!(report(1, vec![served(1, 1, 1), missed(2)]), Ok(()));
		assert_eq!(report(2, vec![served(1, 2, 1), missed(2)]), Ok(()));
		assert_eq!(report(3, vec![served(1, 3, 1), served(2, 3, 1)]), Ok(()));
		assert_eq!(Verdicts::get(), [(1, 1, Served)]);
		run_to(20);
		assert_eq!(Verdicts::get(), [(1, 1, Served), (2, 1, Unknown), (3, 1, Unknown)]);
		assert_eq!(
			events(),
			[
				Event::NodeUnknown { node: 2, period: 1 },
				Event::NodeUnknown { node: 3, period: 1 }
			]
		);
	});
}

#[test]
fn keeps_the_last_two_periods() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(55);
		let mut kept: Vec<_> = Rounds::<Runtime>::iter_keys().collect();
		kept.sort_unstable();
		assert_eq!(kept, [4, 5]);
		assert_eq!(Tallies::<Runtime>::iter_keys().count(), 2);
		assert_eq!(Reporters::<Runtime>::iter_keys().count(), 2);
	});
}

#[test]
fn works_with_no_nodes_and_no_attestors() {
	ExtBuilder::default()
		.with_attestors(0)
		.with_nodes(0)
		.with_devnet()
		.build_and_execute(|| {
			run_to(35);
			assert_eq!(Verdicts::get(), []);
		});
	ExtBuilder::default()
		.with_attestors(0)
		.with_nodes(1)
		.with_devnet()
		.build_and_execute(|| {
			run_to(20);
			assert_eq!(Verdicts::get(), [(1, 1, Unknown)]);
		});
}

#[test]
fn weighs_what_a_period_s_first_block_does() {
	ExtBuilder::default().with_nodes(5).build_and_execute(|| {
		assert_eq!(Attestation::on_initialize(11), Weight::zero());
		for account in 1..=3 {
			run_to(12);
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		run_to(19);
		Attestable::set((1..=7).map(node).collect());
		System::set_block_number(20);
		// Node 1 is decided, four are not, and three attestors hear that they agreed.
		assert_eq!(
			Attestation::on_initialize(20),
			<() as WeightInfo>::start_period(7)
				+ <() as WeightInfo>::close_round(1, 4)
				+ <() as WeightInfo>::tell_agreed(3)
		);
	});
}

#[test]
fn takes_attestors_from_the_session() {
	ExtBuilder::default().build_and_execute(|| {
		let keys = [(7u64, attestor_key(7)), (8, attestor_key(8))];
		let pairs = || keys.iter().map(|(account, key)| (account, key.clone()));
		<Attestation as OneSessionHandler<u64>>::on_genesis_session(pairs());
		assert_eq!(Attestors::<Runtime>::get().into_inner(), keys);
		set_session(1..=40);
		assert_eq!(Attestors::<Runtime>::get().len(), 32);
		<Attestation as OneSessionHandler<u64>>::on_disabled(0);
		assert_eq!(Attestors::<Runtime>::get().len(), 32);
	});
}

#[test]
fn the_mock_s_constants_keep_the_promises() {
	ExtBuilder::default().build_and_execute(|| {
		<Attestation as Hooks<BlockNumber>>::integrity_test();
		assert_eq!(PERIOD_BLOCKS, 10);
		assert_eq!(policy::MAX_DUTIES, 336);
	});
}
