//! The draw of a provider.

use super::*;
use crate::policy::DRAW_CONTEXT;
use codec::Encode;
use polkadot_sdk::{frame_support::traits::Randomness, sp_core::H256, sp_io::hashing::blake2_256};
use quern_primitives::ports::Capacity;

#[test]
fn comes_two_blocks_after_the_commitment_and_sets_everything_aside() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		run_to(3);
		assert_eq!(state(id), JobState::Queued { since: 2, deadline: 22 });
		run_to(4);
		assert_eq!(state(id), JobState::Assigned { deadline: 9 });
		let placed = job(id).placement.unwrap();
		assert_eq!((placed.provider, placed.node), (11, 1));
		// S = 1.5 × 60,000 ms × 400.
		let bond = BondSize {
			own: 0,
			allocated: Some((CLASS, 36_000_000)),
		};
		assert_eq!(placed.bond, bond);
		assert_eq!(Reserved::get()[&(11, BondUse::Job(id))], bond);
		assert_eq!(JobsOfNode::<Test>::get(1), vec![id]);
		assert_eq!((Books::get()[&11].assigned, MockNodes::get()[&1].occupied), (60_000, 1));
		assert_eq!(
			take_events().last(),
			Some(&Event::JobAssigned {
				job: id,
				provider: 11,
				node: 1
			})
		);
	});
}

#[test]
fn can_be_drawn_again_by_anyone() {
	ExtBuilder::default().with_providers(4).build_and_execute(|| {
		let id = Ask::default().place();
		run_to(4);
		let placed = job(id).placement.unwrap();
		let (randomness, known_at) = MockRandomness::random_seed();
		// The output of a block after the commitment's.
		assert_eq!((known_at, placed.draw.block), (3, 4));
		let seed = H256(blake2_256(&(DRAW_CONTEXT, id, 4u32, randomness.unwrap()).encode()));
		assert_eq!(placed.draw.seed, seed);
		MockCapacity::vacate(&placed.placement(), &job(id).demand());
		let again = MockCapacity::draw(&job(id).demand(), seed, &mut |_| true).unwrap();
		assert_eq!((again.provider, again.node), (placed.provider, placed.node));
		assert_ok!(MockCapacity::occupy(&again, &job(id).demand()));
	});
}

#[test]
fn reaches_every_provider() {
	let mut drawn = std::collections::BTreeSet::new();
	for salt in 0..40 {
		ExtBuilder::default().with_providers(4).build_and_execute(|| {
			Salt::set(&salt);
			drawn.insert(provider_of(assigned_job()));
		});
	}
	assert_eq!(drawn.into_iter().collect::<Vec<_>>(), PROVIDERS);
}

#[test]
fn passes_by_whose_free_allocation_is_a_planck_short() {
	ExtBuilder::default().with_allocation(35_999_999).build_and_execute(|| {
		let id = Ask::default().place();
		run_to(10);
		assert!(matches!(state(id), JobState::Queued { .. }));
		Allocated::set(&[(11, 36_000_000)].into());
		run_to(12);
		assert!(matches!(state(id), JobState::Assigned { .. }));
	});
}

#[test]
fn counts_stake_once() {
	ExtBuilder::default().with_allocation(71_999_999).build_and_execute(|| {
		let first = Ask::default().place();
		let second = Ask {
			client: SECOND_CLIENT,
			..Default::default()
		}
		.place();
		run_to(6);
		assert!(matches!(state(first), JobState::Assigned { .. }));
		assert!(matches!(state(second), JobState::Queued { .. }));
	});
}

#[test]
fn passes_by_the_jailed() {
	ExtBuilder::default().with_providers(2).build_and_execute(|| {
		Jailed::set(&[11].into());
		for _ in 0..6 {
			let id = Ask::default().place();
			run_to(System::block_number() + 3);
			assert_eq!(provider_of(id), 12);
			assert_ok!(JobEscrow::acknowledge(by(12), id));
			assert_ok!(JobEscrow::submit(by(12), id, completed(), 0));
			assert_ok!(JobEscrow::accept(by(CLIENT), id));
		}
		Jailed::set(&[11, 12].into());
		let id = Ask::default().place();
		run_to(System::block_number() + 5);
		assert!(matches!(state(id), JobState::Queued { .. }));
		Jailed::set(&[12].into());
		run_to(System::block_number() + 2);
		assert_eq!(provider_of(id), 11);
	});
}

#[test]
fn the_jailed_finish_what_they_have() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		Jailed::set(&[11].into());
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 6_000));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!(tokens(11), 1 + 3_000_000);
	});
}

#[test]
fn asks_for_free_own_bond_and_free_allocation_each_whole() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		OwnBonds::set(&[(11, 500)].into());
		Allocated::set(&[(11, 700)].into());
		let may = |own, allocated| JobEscrow::may_take(&job(id), &11, &BondSize { own, allocated });
		assert!(may(500, Some((CLASS, 700))));
		assert!(!may(501, Some((CLASS, 700))));
		assert!(!may(500, Some((CLASS, 701))));
		// Stake allocated to another class is none.
		assert!(!may(500, Some((CLASS + 1, 1))));
		assert!(may(500, None) && !may(501, None));
		let nothing = BondSize::own(0);
		assert!(JobEscrow::may_take(&job(id), &14, &nothing));
		assert!(!JobEscrow::may_take(&job(id), &14, &BondSize::own(1)));
	});
}

#[test]
fn refunds_when_no_provider_is_found_by_the_deadline() {
	ExtBuilder::default().with_allocation(0).build_and_execute(|| {
		let id = Ask::default().place();
		run_to(22);
		assert_eq!(state(id), JobState::Queued { since: 2, deadline: 22 });
		run_to(24);
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::NoProvider,
				..
			}
		));
		assert_all_back(id, 0);
		assert_eq!(claims(CLIENT), 60_000);
	});
}

#[test]
fn waits_for_randomness_of_a_later_block() {
	ExtBuilder::default().build_and_execute(|| {
		Dark::set(&true);
		let id = Ask::default().place();
		run_to(7);
		assert!(matches!(state(id), JobState::Queued { .. }));
		Dark::set(&false);
		run_to(9);
		assert!(matches!(state(id), JobState::Assigned { .. }));
	});
}

#[test]
fn never_happens_at_the_end_of_a_block() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		run_to(3);
		// The queue lags: block 4 begins without its slice.
		System::set_block_number(4);
		JobEscrow::drain_idle(polkadot_sdk::frame_support::weights::Weight::MAX);
		assert!(matches!(state(id), JobState::Queued { .. }));
		assert_eq!((job(id).due, DueCursor::<Test>::get()), (5, 5));
		run_to(5);
		assert_eq!(job(id).placement.unwrap().draw.block, 5);
	});
}

#[test]
fn a_node_takes_only_as_many_jobs_as_its_list() {
	ExtBuilder::default().with_gpus(8).build_and_execute(|| {
		let ids: Vec<_> = (0..5).map(|_| Ask::default().place()).collect();
		run_to(4);
		let assigned = ids
			.iter()
			.filter(|id| matches!(state(**id), JobState::Assigned { .. }))
			.count();
		assert_eq!((assigned, JobsOfNode::<Test>::get(1).len()), (4, 4));
		let delayed = Event::JobDelayed {
			job: 4,
			error: E::TooManyJobsOfNode.into(),
		};
		assert!(take_events().contains(&delayed));
		check_everything();
	});
}
