//! The pallet's promises, checked over its whole storage.

use crate::{policy, Config, Due, DueCursor, HoldReason, JobOf, JobState, Jobs, JobsOfNode, NextJobId, Pallet};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use polkadot_sdk::{
	frame_support::traits::{fungible::InspectHold, fungibles::Inspect},
	frame_system,
};
use quern_primitives::{Balance, BlockNumber, ClassId, GpuTime, JobId};

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the pallet's storage and lists those that do not hold. Walks all of
	/// it, so it is for tests, tools and runtime APIs, never for a block.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut broken = Vec::new();
		Self::check_queue(&mut broken);
		Self::check_nodes(&mut broken);
		for (id, job) in Jobs::<T>::iter() {
			Self::check_books(id, &job, &mut broken);
		}
		Self::check_sums(&mut broken);
		if broken.is_empty() {
			Ok(())
		} else {
			Err(broken)
		}
	}

	/// Each job is listed exactly once, under the block that it says; the cursor has passed none.
	fn check_queue(broken: &mut Vec<String>) {
		let cursor = DueCursor::<T>::get();
		let mut listed = BTreeMap::<JobId, Vec<BlockNumber>>::new();
		for (block, jobs) in Due::<T>::iter() {
			if block < cursor && !jobs.is_empty() {
				broken.push(format!(
					"due block {block} lists jobs and lies before the cursor {cursor}"
				));
			}
			for id in jobs {
				listed.entry(id).or_default().push(block);
			}
		}
		for (id, job) in Jobs::<T>::iter() {
			let blocks = listed.remove(&id).unwrap_or_default();
			if blocks != [job.due] {
				broken.push(format!(
					"job {id} is due in block {} and listed under {blocks:?}",
					job.due
				));
			}
			if id >= NextJobId::<T>::get() {
				broken.push(format!("job {id} has a number that was not given out"));
			}
		}
		for (id, blocks) in listed {
			broken.push(format!("due blocks {blocks:?} list job {id}, which does not exist"));
		}
	}

	/// A node's list names exactly the jobs placed there.
	fn check_nodes(broken: &mut Vec<String>) {
		let mut listed = Vec::new();
		for (node, jobs) in JobsOfNode::<T>::iter() {
			for id in jobs {
				listed.push((id, node));
			}
		}
		for (id, job) in Jobs::<T>::iter() {
			let placed = job
				.placement
				.as_ref()
				.filter(|_| job.state.is_placed())
				.map(|placed| placed.node);
			if let Some((class, _)) = job.placement.as_ref().and_then(|placed| placed.bond.allocated) {
				if class != job.class {
					broken.push(format!(
						"job {id} of class {} reserves stake of class {class}",
						job.class
					));
				}
			}
			if job.state.is_placed() && placed.is_none() {
				broken.push(format!("job {id} is in state {:?} and has no placement", job.state));
			}
			if matches!(job.state, JobState::Bidding { .. } | JobState::Queued { .. }) && job.placement.is_some() {
				broken.push(format!("job {id} has a placement before it was drawn for"));
			}
			let nodes: Vec<_> = listed
				.iter()
				.filter(|(other, _)| *other == id)
				.map(|(_, node)| *node)
				.collect();
			if nodes != placed.into_iter().collect::<Vec<_>>() {
				broken.push(format!(
					"job {id} is placed at {placed:?} and listed at nodes {nodes:?}"
				));
			}
		}
		for (id, node) in listed {
			if !Jobs::<T>::contains_key(id) {
				broken.push(format!("node {node} lists job {id}, which does not exist"));
			}
		}
	}

	/// A job's own books balance and fit its state.
	fn check_books(id: JobId, job: &JobOf<T>, broken: &mut Vec<String>) {
		let mut check = |holds: bool, what: &str| {
			if !holds {
				broken.push(format!("job {id} ({:?}): {what}", job.state));
			}
		};
		let sum = |parts: &[u128]| parts.iter().try_fold(0u128, |total, part| total.checked_add(*part));
		let in_market = matches!(job.state, JobState::Bidding { order: Some(_), .. });

		if in_market {
			check(job.paid <= job.bid, "the bid cost more than its limit");
			check(job.bid_returned == 0, "tokens of a bid in the market came back");
		} else {
			check(
				Some(job.bid) == sum(&[job.paid, job.bid_returned]),
				"bid is not paid + returned",
			);
		}
		check(
			Some(job.fee_deposit) == sum(&[job.fee_held, job.fee_charged, job.fee_released]),
			"fee deposit is not held + charged + released",
		);
		check(
			Some(job.base_deposit) == sum(&[job.base_held, job.base_charged, job.base_released]),
			"base fee deposit is not held + charged + released",
		);
		check(
			policy::base_fee(job.base_rate, job.gpu_time) == Some(job.base_deposit),
			"the base fee deposit is not that on the GPU time",
		);
		check(
			sum(&[job.supplied, job.bought]) == sum(&[job.claims_held, job.delivered, job.claims_returned]),
			"claims in are not held + delivered + returned",
		);
		check(
			sum(&[job.supplied, job.bought]).is_some_and(|obtained| obtained <= job.gpu_time),
			"more claims than GPU time",
		);
		check(
			job.duration.checked_mul(job.gpus.into()) == Some(job.gpu_time),
			"GPU time is not gpus × duration",
		);
		match job.state {
			JobState::Bidding { .. } => check(job.fee_held == job.fee_deposit, "the fee was touched while bidding"),
			JobState::Settled { used, .. } => {
				check(job.delivered == used, "delivered is not what was used");
				let fee = policy::fee_on_used(job.price(), used, job.gpu_time);
				check(fee == Some(job.fee_charged), "the fee is not that on the part used");
				let base_fee = policy::base_fee(job.base_rate, used);
				check(
					base_fee == Some(job.base_charged),
					"the base fee is not that on the part used",
				);
			}
			_ => {
				check(job.delivered == 0, "delivered before it settled");
				check(
					job.base_charged == 0,
					"a base fee was burned of a job that did not settle",
				);
			}
		}
		match job.state {
			JobState::Submitted { submitted, .. } | JobState::Disputed { submitted, .. } => {
				check(submitted <= Self::now(), "it was submitted in a block to come")
			}
			JobState::Faulted { offence, at, .. } => check(offence <= at, "it was faulted before the offence"),
			_ => (),
		}
		if job.state.is_finished() {
			check(
				job.fee_held == 0 && job.base_held == 0 && job.claims_held == 0,
				"something is held after the end",
			);
		} else {
			check(
				job.base_held == job.base_deposit,
				"the base fee was touched before the end",
			);
			check(job.fee_charged == 0, "a fee was charged before the end");
			if !matches!(job.state, JobState::Bidding { .. }) {
				check(job.claims_held == job.gpu_time, "claims held are not the GPU time");
				check(
					policy::fee(job.price()) == Some(job.fee_held),
					"the fee held is not that on the price",
				);
			}
		}
	}

	/// The holds are the jobs' fees and base fees; the pallet's account covers the jobs' claims.
	fn check_sums(broken: &mut Vec<String>) {
		let mut claims = BTreeMap::<ClassId, GpuTime>::new();
		for (_, job) in Jobs::<T>::iter() {
			// Saturating: a sum that does not fit is more than any balance, and reported as such.
			let held = claims.entry(job.class).or_default();
			*held = held.saturating_add(job.claims_held);
		}
		Self::check_holds(HoldReason::JobFee, "job fees", |job| job.fee_held, broken);
		Self::check_holds(HoldReason::BaseFee, "base fees", |job| job.base_held, broken);
		for (class, booked) in claims {
			// More may lie there: anyone can send claims to any account.
			let held = T::Claims::balance(class, &Self::account_id());
			if held < booked {
				broken.push(format!(
					"the escrow has {held} claims of class {class}, its jobs say {booked}"
				));
			}
		}
	}

	/// What is held of each account for a reason is what its jobs say.
	fn check_holds(reason: HoldReason, what: &str, of: fn(&JobOf<T>) -> Balance, broken: &mut Vec<String>) {
		let mut books = BTreeMap::<T::AccountId, Balance>::new();
		for (_, job) in Jobs::<T>::iter() {
			// Saturating, as above.
			let booked = books.entry(job.client.clone()).or_default();
			*booked = booked.saturating_add(of(&job));
		}
		let reason = reason.into();
		for who in frame_system::Account::<T>::iter_keys() {
			let (held, booked) = (
				T::Currency::balance_on_hold(&reason, &who),
				books.remove(&who).unwrap_or_default(),
			);
			if held != booked {
				broken.push(format!("{who:?} has {held} on hold for {what}, its jobs say {booked}"));
			}
		}
		for (who, booked) in books.into_iter().filter(|(_, booked)| *booked > 0) {
			broken.push(format!(
				"{who:?} does not exist, and its jobs say that {booked} is on hold for {what}"
			));
		}
	}
}
