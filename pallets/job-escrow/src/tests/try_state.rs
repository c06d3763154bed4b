//! Every invariant, broken on purpose.

use super::*;
use polkadot_sdk::frame_support::{
	traits::{fungible::MutateHold, fungibles::Mutate, tokens::Preservation},
	BoundedVec,
};

/// With a job in state `Submitted`, breaks something and expects to be told.
fn broken_by(change: fn(JobId), told: &str) {
	ExtBuilder::default().build().execute_with(|| {
		let id = submitted_job();
		assert_eq!(JobEscrow::do_try_state(), Ok(()));
		change(id);
		let broken = JobEscrow::do_try_state().expect_err("something is broken");
		assert!(
			broken.iter().any(|line| line.contains(told)),
			"{told:?} not in {broken:#?}"
		);
	});
}

fn edit(id: JobId, change: fn(&mut JobOf<Test>)) {
	Jobs::<Test>::mutate(id, |job| change(job.as_mut().unwrap()));
}

#[test]
fn notices_a_job_that_is_not_due() {
	broken_by(|id| Due::<Test>::remove(job(id).due), "listed under []");
}

#[test]
fn notices_a_job_listed_twice() {
	broken_by(
		|id| Due::<Test>::insert(80, BoundedVec::truncate_from(vec![id])),
		"listed under [",
	);
	broken_by(
		|id| Due::<Test>::insert(65, BoundedVec::truncate_from(vec![id, id])),
		"listed under [65, 65]",
	);
}

#[test]
fn notices_a_job_listed_elsewhere_than_it_says() {
	broken_by(
		|id| edit(id, |job| job.due += 1),
		"is due in block 66 and listed under [65]",
	);
}

#[test]
fn notices_an_entry_of_no_job() {
	broken_by(
		|_| Due::<Test>::insert(80, BoundedVec::truncate_from(vec![77])),
		"list job 77, which does not exist",
	);
}

#[test]
fn notices_a_job_that_the_cursor_has_passed() {
	broken_by(|_| DueCursor::<Test>::put(66), "before the cursor 66");
}

#[test]
fn notices_a_number_that_was_not_given_out() {
	broken_by(|_| NextJobId::<Test>::put(0), "was not given out");
}

#[test]
fn notices_when_a_nodes_list_and_placements_differ() {
	broken_by(|_| JobsOfNode::<Test>::remove(1), "listed at nodes []");
	broken_by(
		|id| JobsOfNode::<Test>::insert(2, BoundedVec::truncate_from(vec![id])),
		"listed at nodes [",
	);
	broken_by(
		|_| JobsOfNode::<Test>::insert(3, BoundedVec::truncate_from(vec![42])),
		"lists job 42, which does not",
	);
	broken_by(|id| edit(id, |job| job.placement = None), "has no placement");
	broken_by(
		|id| edit(id, |job| job.state = JobState::Queued { since: 1, deadline: 2 }),
		"has a placement before it was drawn",
	);
}

#[test]
fn notices_tokens_that_do_not_add_up() {
	broken_by(|id| edit(id, |job| job.bid_returned -= 1), "bid is not paid + returned");
	ExtBuilder::default().build().execute_with(|| {
		let id = Ask::default().place();
		edit(id, |job| job.paid = job.bid + 1);
		edit(id, |job| job.bid_returned = 1);
		edit(id, |job| job.fee_held -= 1);
		edit(id, |job| job.fee_released += 1);
		let broken = JobEscrow::do_try_state().unwrap_err().join("\n");
		for told in [
			"cost more than its limit",
			"in the market came back",
			"touched while bidding",
		] {
			assert!(broken.contains(told), "{broken}");
		}
	});
}

#[test]
fn notices_a_fee_that_does_not_add_up() {
	broken_by(|id| edit(id, |job| job.fee_held += 1), "fee deposit is not");
	broken_by(
		|id| edit(id, |job| job.fee_held += 1),
		"has 3600000 on hold for job fees, its jobs say 3600001",
	);
	broken_by(|id| edit(id, |job| job.fee_held += 1), "not that on the price");
	broken_by(
		|id| {
			edit(id, |job| {
				job.fee_held -= 1;
				job.fee_charged += 1;
			})
		},
		"charged before the end",
	);
}

#[test]
fn notices_a_base_fee_that_does_not_add_up() {
	broken_by(|id| edit(id, |job| job.base_held += 1), "base fee deposit is not held");
	broken_by(
		|id| edit(id, |job| job.base_held += 1),
		"has 0 on hold for base fees, its jobs say 1",
	);
	broken_by(
		|id| {
			edit(id, |job| {
				job.base_deposit += 1;
				job.base_held += 1;
			})
		},
		"not that on the GPU time",
	);
	broken_by(
		|id| {
			edit(id, |job| {
				job.base_deposit += 1;
				job.base_charged += 1;
			})
		},
		"burned of a job that did not settle",
	);
	broken_by(
		|id| {
			edit(id, |job| {
				job.base_deposit += 1;
				job.base_released += 1;
			})
		},
		"touched before the end",
	);
	settled_then(|job| job.base_charged += 1, "base fee is not that on the part used");
	settled_then(|job| job.base_held += 1, "held after the end");
	broken_by(
		|_| Balances::hold(&HoldReason::BaseFee.into(), &STRANGER, 5).expect("it has them"),
		"6 has 5 on hold for base fees, its jobs say 0",
	);
}

#[test]
fn notices_claims_that_do_not_add_up() {
	broken_by(|id| edit(id, |job| job.claims_held -= 1), "claims in are not");
	broken_by(
		|id| edit(id, |job| job.claims_held -= 1),
		"claims held are not the GPU time",
	);
	broken_by(|id| edit(id, |job| job.bought += 1), "more claims than GPU time");
	broken_by(|id| edit(id, |job| job.gpu_time += 1), "not gpus × duration");
	broken_by(|id| edit(id, |job| job.delivered += 1), "delivered before it settled");
}

#[test]
fn notices_holds_of_nobodys_job() {
	broken_by(
		|_| Balances::hold(&HoldReason::JobFee.into(), &STRANGER, 5).expect("it has them"),
		"6 has 5 on hold for job fees, its jobs say 0",
	);
	broken_by(|id| edit(id, |job| job.client = 4_444), "4444 does not exist");
}

#[test]
fn notices_claims_missing_in_the_escrow() {
	broken_by(
		|_| {
			<Assets as Mutate<_>>::transfer(CLASS, &escrow(), &STRANGER, 1, Preservation::Expendable)
				.expect("they are there");
		},
		"the escrow has 59999 claims of class 7, its jobs say 60000",
	);
}

#[test]
fn does_not_mind_gifts() {
	ExtBuilder::default().build_and_execute(|| {
		submitted_job();
		MockCapacity::owe(11, escrow(), 500, 0);
	});
}

#[test]
fn notices_stake_of_another_class() {
	broken_by(
		|id| {
			edit(id, |job| {
				job.placement.as_mut().unwrap().bond.allocated = Some((CLASS + 1, 5));
			})
		},
		"job 0 of class 7 reserves stake of class 8",
	);
}

#[test]
fn notices_offences_and_submissions_yet_to_come() {
	broken_by(
		|id| {
			edit(id, |job| {
				if let JobState::Submitted { submitted, .. } = &mut job.state {
					*submitted = 15;
				}
			})
		},
		"submitted in a block to come",
	);
	broken_by(
		|id| {
			assert_ok!(JobEscrow::reject(by(CLIENT), id));
			assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
			edit(id, |job| {
				if let JobState::Faulted { offence, at, .. } = &mut job.state {
					*offence = *at + 1;
				}
			})
		},
		"faulted before the offence",
	);
}

#[test]
fn notices_what_is_left_after_the_end() {
	settled_then(|job| job.claims_held = 1, "held after the end");
	settled_then(|job| job.fee_held = 1, "held after the end");
	settled_then(|job| job.delivered -= 1, "delivered is not what was used");
	settled_then(|job| job.fee_charged -= 1, "not that on the part used");
}

fn settled_then(change: fn(&mut JobOf<Test>), told: &str) {
	ExtBuilder::default().build().execute_with(|| {
		let id = submitted_job();
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		edit(id, change);
		let broken = JobEscrow::do_try_state().expect_err("something is broken");
		assert!(
			broken.iter().any(|line| line.contains(told)),
			"{told:?} not in {broken:#?}"
		);
	});
}

#[test]
fn reports_all_at_once() {
	ExtBuilder::default().build().execute_with(|| {
		let id = submitted_job();
		edit(id, |job| job.claims_held = u128::MAX);
		Due::<Test>::remove(65);
		assert!(JobEscrow::do_try_state().unwrap_err().len() >= 4);
	});
}
