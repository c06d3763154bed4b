//! What is told of providers: deliveries and faults.

use super::*;
use codec::Encode;
use polkadot_sdk::{sp_core::H256, sp_io::hashing::blake2_256};

fn evidence(id: JobId, reason: FaultReason, outcome: Option<Outcome>) -> H256 {
	H256(blake2_256(&(id, reason, outcome).encode()))
}

/// A fault of provider 11 in a job of a minute.
fn fault(id: JobId, at: BlockNumber, reason: FaultReason, outcome: Option<Outcome>) -> ToldFault {
	ToldFault {
		operator: 11,
		class: CLASS,
		job: id,
		at,
		size: 36_000_000,
		evidence: evidence(id, reason, outcome),
		victim: None,
		finder: None,
	}
}

#[test]
fn a_settlement_tells_what_was_earned() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		assert!(Reports::get().is_empty());
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		let earned = tokens(11) - 1;
		assert_eq!(earned, 25_000_000);
		assert_eq!(Reports::get(), [Report::Delivered { provider: 11, earned }]);
		assert!(Frozen::get().is_empty() && Reserved::get().is_empty());
	});
}

#[test]
fn a_job_settled_for_nothing_is_told_too() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		assert_ok!(JobEscrow::submit(by(11), id, Outcome::Trapped, 0));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!(
			Reports::get(),
			[Report::Delivered {
				provider: 11,
				earned: 0
			}]
		);
	});
}

#[test]
fn a_run_not_submitted_is_told_as_of_its_deadline() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		run_to(24);
		assert!(Reports::get().is_empty());
		run_to(25);
		let told = fault(id, 24, FaultReason::RunDeadlineMissed, None);
		assert_eq!(Reports::get(), [Report::NotDone(told)]);
		assert_eq!(Frozen::get(), [(11, 3_600_000)].into());
	});
}

#[test]
fn however_late_the_queue_gets_there() {
	ExtBuilder::default().build_and_execute(|| {
		let id = running_job();
		run_to(24);
		// Blocks 25 to 79 begin without their slices.
		System::set_block_number(79);
		next_block();
		assert!(matches!(
			state(id),
			JobState::Faulted {
				offence: 24,
				at: 80,
				..
			}
		));
		let told = fault(id, 24, FaultReason::RunDeadlineMissed, None);
		assert_eq!(Reports::get(), [Report::NotDone(told)]);
	});
}

#[test]
fn a_wrong_result_is_told_as_of_its_submission() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		run_to(60);
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		run_to(88);
		assert!(Reports::get().is_empty());
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		let told = fault(id, 14, FaultReason::RuledForClient, Some(completed()));
		assert_eq!(Reports::get(), [Report::WrongResult(told)]);
		assert_eq!(Frozen::get(), [(11, 36_000_000)].into());
		assert!(Jailed::get().contains(&11));
		assert_all_back(id, 0);
		// Anyone can compute the evidence's hash from the record.
		let JobState::Faulted { reason, outcome, .. } = state(id) else {
			panic!("{:?}", state(id));
		};
		assert_eq!(evidence(id, reason, outcome), told_evidence());
	});
}

fn told_evidence() -> H256 {
	match Reports::get().last() {
		Some(Report::NotDone(fault) | Report::WrongResult(fault)) => fault.evidence,
		other => panic!("no fault: {other:?}"),
	}
}

#[test]
fn nothing_is_told_of_jobs_that_never_ran() {
	ExtBuilder::default().with_providers(4).build_and_execute(|| {
		let cancelled = Ask::default().place();
		assert_ok!(JobEscrow::cancel(by(CLIENT), cancelled));
		let declined = Ask::default().place();
		for _ in 0..3 {
			run_to(System::block_number() + 3);
			assert_ok!(JobEscrow::decline(by(provider_of(declined)), declined));
		}
		assert!(state(declined).is_finished());
		let missed = Ask::default().place();
		run_to(System::block_number() + 40);
		assert!(state(missed).is_finished());
		assert!(Reports::get().is_empty() && Frozen::get().is_empty());
	});
}

#[test]
fn a_planck_is_reserved_free_or_frozen_and_never_two_of_them() {
	// Stake for one job and no more: what is frozen has to have been released.
	ExtBuilder::default().with_allocation(36_000_000).build_and_execute(|| {
		use quern_primitives::ports::Bonds;
		let books = || {
			let reserved: Balance = Reserved::get()
				.values()
				.map(|size| size.allocated.unwrap_or_default().1)
				.sum();
			let frozen = Frozen::get().get(&11).copied().unwrap_or_default();
			(MockBonds::free_allocation(&11, CLASS), reserved, frozen)
		};
		assert_eq!(books(), (36_000_000, 0, 0));
		let id = submitted_job();
		assert_eq!(books(), (0, 36_000_000, 0));
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		assert_eq!(books(), (0, 0, 36_000_000));
		// Out of jail, and still without stake for another job.
		Jailed::set(&Default::default());
		let next = Ask::default().place();
		run_to(System::block_number() + 6);
		assert!(matches!(state(next), JobState::Queued { .. }));
	});
}

#[test]
fn a_settlement_that_fails_first_is_told_once() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		DeliveryFails::set(&true);
		run_to(66);
		assert!(Reports::get().is_empty());
		DeliveryFails::set(&false);
		run_to(80);
		assert!(matches!(state(id), JobState::Settled { .. }));
		assert_eq!(Reports::get().len(), 1);
	});
}

#[test]
fn a_victim_is_who_has_not_everything_back() {
	ExtBuilder::default().build_and_execute(|| {
		let id = submitted_job();
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		let mut faulted = job(id);
		assert_eq!(JobEscrow::fault_of(id, &faulted).unwrap().victim, None);
		// No call charges the fee of a faulted job; were one to, that would be the loss.
		faulted.fee_charged = 5;
		assert_eq!(JobEscrow::fault_of(id, &faulted).unwrap().victim, Some((CLIENT, 5)));
		// Pay that the provider kept is none.
		faulted.fee_charged = 0;
		faulted.delivered = 40_000;
		assert_eq!(JobEscrow::fault_of(id, &faulted).unwrap().victim, None);
		faulted.state = JobState::Cancelled { at: 1 };
		assert!(JobEscrow::fault_of(id, &faulted).is_err());
	});
}
