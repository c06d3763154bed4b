//! What time does to jobs: the drain of the due queue, and the draw.

use crate::{
	policy, sizes, transition::JobEvent, ClosedBids, Config, Draw, Due, DueCursor, Error, Event, JobOf, JobState, Jobs,
	JobsOfNode, Pallet, Placed, WeightInfo, LOG_TARGET,
};
use alloc::vec::Vec;
use codec::Encode;
use polkadot_sdk::{
	frame_support::{
		defensive,
		storage::with_storage_layer,
		traits::{Get, Randomness},
		weights::{Weight, WeightMeter},
		BoundedVec,
	},
	sp_core::H256,
	sp_io::hashing::blake2_256,
	sp_runtime::{traits::Zero, DispatchResult, SaturatedConversion},
};
use quern_primitives::{ports::*, BlockNumber, JobId};

/// When in a block the queue is drained.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Moment {
	/// At its start: what draws read is still as the last block left it.
	Start,
	/// In what is left at its end: no draws.
	Idle,
}

/// What one step of the drain came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Step {
	/// Nothing is due.
	Done,
	/// The cursor passed an empty block.
	Passed,
	/// A job was looked at.
	Handled,
	/// The first job cannot be listed anywhere now.
	Stuck,
}

impl<T: Config> Pallet<T> {
	/// The most that a job of the queue weighs that is looked at in that moment. What is measured of its end is a
	/// settlement; a fault with its slash is as the arbiter's, an answer missed as a decline, a bid that the market
	/// left as one cancelled; with the offer that each may end in. A draw comes only at the start of a block, and
	/// ends in no offer.
	pub(crate) fn step_weight(moment: Moment) -> Weight {
		let ended = T::WeightInfo::process_due()
			.max(T::WeightInfo::arbitrate())
			.max(T::WeightInfo::decline())
			.max(T::WeightInfo::cancel().saturating_add(T::Market::cancel_weight()))
			.saturating_add(Self::offer_weight());
		let drawn = match moment {
			Moment::Start => {
				T::WeightInfo::assign_job().saturating_add(T::Capacity::draw_weight(T::WeightInfo::ask_provider()))
			}
			// No draw is made then.
			Moment::Idle => Weight::zero(),
		};
		ended.max(drawn)
	}

	/// Drains a bounded slice of the queue at the start of a block. Returns its weight.
	pub(crate) fn drain_slice() -> Weight {
		let now = Self::now();
		if DueCursor::<T>::get().is_zero() {
			// The pallet's first block: nothing can be listed under earlier ones.
			DueCursor::<T>::put(now);
		}
		let mut weight = T::WeightInfo::drain_base();
		let closed = Self::closed_bids();
		if closed > 0 {
			weight.saturating_accrue(T::WeightInfo::drain_closed(closed));
		}
		let ended = Self::drain_closed(policy::CLOSED_PER_SLICE);
		let (mut jobs, mut blocks) = (0u32, 0u32);
		while jobs < policy::JOBS_PER_SLICE && blocks < policy::BLOCKS_PER_SLICE {
			match Self::drain_step(now, Moment::Start) {
				Step::Done => break,
				Step::Passed => blocks += 1,
				Step::Handled => jobs += 1,
				Step::Stuck => {
					jobs += 1;
					break;
				}
			}
		}
		weight
			.saturating_add(T::WeightInfo::pass_block().saturating_mul(blocks.into()))
			.saturating_add(Self::step_weight(Moment::Start).saturating_mul(jobs.into()))
			.saturating_add(Self::step_weight(Moment::Idle).saturating_mul(ended.into()))
	}

	/// Drains more of the queue with the weight a block has left. Returns what it took.
	pub(crate) fn drain_idle(remaining: Weight) -> Weight {
		let mut meter = WeightMeter::with_limit(remaining);
		if meter.try_consume(T::WeightInfo::drain_base()).is_err() {
			return meter.consumed();
		}
		let step = Self::step_weight(Moment::Idle);
		let closed = Self::closed_bids();
		if closed > 0 && meter.try_consume(T::WeightInfo::drain_closed(closed)).is_ok() {
			let fit = (0..closed).take_while(|_| meter.try_consume(step).is_ok()).count();
			Self::drain_closed(fit as u32);
		}
		let now = Self::now();
		// A step may turn out to be either kind, so there has to be room for the larger.
		while meter.can_consume(step.max(T::WeightInfo::pass_block())) {
			match Self::drain_step(now, Moment::Idle) {
				Step::Done => break,
				Step::Passed => meter.consume(T::WeightInfo::pass_block()),
				Step::Handled => meter.consume(step),
				Step::Stuck => {
					meter.consume(step);
					break;
				}
			}
		}
		meter.consumed()
	}

	/// Jobs whose bids the market closed and that wait to be looked at.
	fn closed_bids() -> u32 {
		ClosedBids::<T>::decode_len().unwrap_or(0) as u32
	}

	/// Does what follows for up to `most` jobs whose bids the market closed. Returns for how many. What fails is done
	/// again when the bid's deadline has passed, where the job is listed.
	pub(crate) fn drain_closed(most: u32) -> u32 {
		let mut closed = ClosedBids::<T>::get().into_inner();
		if most == 0 || closed.is_empty() {
			return 0;
		}
		let now: Vec<JobId> = closed.drain(..closed.len().min(most as usize)).collect();
		if closed.is_empty() {
			ClosedBids::<T>::kill();
		} else {
			ClosedBids::<T>::put(BoundedVec::truncate_from(closed));
		}
		for id in &now {
			// It may have been seen to already.
			let Some(job) = Jobs::<T>::get(id).filter(|job| matches!(job.state, JobState::Bidding { order: None, .. }))
			else {
				continue;
			};
			if let Err(error) = with_storage_layer(|| Self::close_bid(*id, job)) {
				log::warn!(target: LOG_TARGET, "job {id}: its closed bid waits: {error:?}");
				Self::deposit_event(Event::JobDelayed { job: *id, error });
			}
		}
		now.len() as u32
	}

	/// Looks at the first job due, or passes a block that lists none.
	fn drain_step(now: BlockNumber, moment: Moment) -> Step {
		let block = DueCursor::<T>::get();
		if block > now {
			return Step::Done;
		}
		let Some(id) = Due::<T>::get(block).first().copied() else {
			DueCursor::<T>::put(block.saturating_add(1));
			return Step::Passed;
		};
		if let Err(error) = with_storage_layer(|| Self::wake(id, block, moment)) {
			log::warn!(target: LOG_TARGET, "job {id}: a step failed and waits: {error:?}");
			Self::deposit_event(Event::JobDelayed { job: id, error });
		}
		// A step that failed, or found no block with room, has left the job here.
		if Due::<T>::get(block).first() != Some(&id) {
			return Step::Handled;
		}
		let Some(mut job) = Jobs::<T>::get(id) else {
			return Step::Stuck;
		};
		if !Self::list(id, &mut job, now.saturating_add(policy::STEP_RETRY)) {
			return Step::Stuck;
		}
		Jobs::<T>::insert(id, job);
		Step::Handled
	}

	/// Does what is due for a job that is listed under `block`.
	pub(crate) fn wake(id: JobId, block: BlockNumber, moment: Moment) -> DispatchResult {
		let Some(job) = Jobs::<T>::get(id).filter(|job| job.due == block) else {
			defensive!("the due queue lists a job that is not there or listed elsewhere");
			Self::unlist(id, block);
			return Ok(());
		};
		let now = Self::now();
		if now < Self::due_of(&job.state) {
			// It was listed early, for want of room.
			Self::save(id, job);
			return Ok(());
		}
		match job.state {
			JobState::Bidding { order: Some(order), .. } => Self::lapse_bid(id, job, order),
			JobState::Bidding { order: None, .. } => Self::close_bid(id, job),
			JobState::Queued { deadline, .. } if now <= deadline => Self::look_for_provider(id, job, moment),
			JobState::Assigned { .. } => Self::miss_acknowledgement(id, job),
			JobState::Queued { .. } => Self::expire(id, job, Self::refund_free),
			JobState::Running { .. } => Self::expire(id, job, Self::fault),
			JobState::Submitted { .. } | JobState::Disputed { .. } => Self::expire(id, job, Self::settle),
			JobState::Settled { .. }
			| JobState::Faulted { .. }
			| JobState::Refunded { .. }
			| JobState::Cancelled { .. } => {
				Self::unlist(id, job.due);
				Jobs::<T>::remove(id);
				Self::deposit_event(Event::JobPruned { job: id });
				Ok(())
			}
		}
	}

	/// The state's deadline has passed and leads to one state, which `then` acts on.
	fn expire(id: JobId, mut job: JobOf<T>, then: fn(JobId, JobOf<T>) -> DispatchResult) -> DispatchResult {
		Self::advance(
			&mut job,
			JobEvent::Expired {
				now: Self::now(),
				assign_by: None,
			},
		)?;
		then(id, job)
	}

	fn refund_free(id: JobId, job: JobOf<T>) -> DispatchResult {
		Self::refund(id, job, 0)
	}

	/// Takes a bid out of the book that the market should have closed by now.
	fn lapse_bid(id: JobId, mut job: JobOf<T>, order: quern_primitives::OrderId) -> DispatchResult {
		Self::withdraw_bid(&mut job, order)?;
		Self::expire(id, job, Self::refund_free)
	}

	/// The provider drawn has not answered.
	fn miss_acknowledgement(id: JobId, mut job: JobOf<T>) -> DispatchResult {
		let now = Self::now();
		let placed = job.placement.clone().ok_or(Error::<T>::Inconsistent)?;
		// Saturating: bounded by `MAX_MISSES`.
		job.misses = job.misses.saturating_add(1);
		let assign_by = (job.misses < policy::MAX_MISSES).then(|| Self::assign_by(now));
		Self::advance(&mut job, JobEvent::Expired { now, assign_by })?;
		Self::deposit_event(Event::AcknowledgementMissed {
			job: id,
			provider: placed.provider,
			node: placed.node,
		});
		Self::requeue(id, job, 0)
	}

	/// Draws a provider for a queued job; looks again later where none can take it.
	fn look_for_provider(id: JobId, mut job: JobOf<T>, moment: Moment) -> DispatchResult {
		let now = Self::now();
		let drawn = match moment {
			Moment::Start => Self::draw(id, &job)?,
			Moment::Idle => None,
		};
		match drawn {
			Some(placed) => Self::assign(id, job, placed),
			None => {
				let wait = if moment == Moment::Start { policy::DRAW_RETRY } else { 1 };
				if Self::list(id, &mut job, now.saturating_add(wait)) {
					Jobs::<T>::insert(id, job);
				}
				Ok(())
			}
		}
	}

	/// Draws a provider and node whose owner has the stake for the job.
	fn draw(id: JobId, job: &JobOf<T>) -> Result<Option<Placed<T::AccountId>>, Error<T>> {
		let JobState::Queued { since, .. } = job.state else {
			return Err(Error::Inconsistent);
		};
		let (Some(randomness), known_at) = T::Randomness::random_seed() else {
			return Ok(None);
		};
		if known_at.saturated_into::<BlockNumber>() <= since {
			return Ok(None);
		}
		let block = Self::now();
		let seed = H256(blake2_256(&(policy::DRAW_CONTEXT, id, block, randomness).encode()));
		let demand = job.demand();
		let floor_cost = T::Capacity::floor_cost(job.class, job.gpu_time);
		let size = sizes::size(job.policy.check(), job.price(), floor_cost).ok_or(Error::Overflow)?;
		let bond = size.bond(job.class);
		let placement = T::Capacity::draw(&demand, seed, &mut |provider| Self::may_take(job, provider, &bond));
		Ok(placement.map(|found| Placed {
			provider: found.provider,
			node: found.node,
			draw: Draw { seed, block },
			bond,
		}))
	}

	/// Whether a provider may be given the job: it did not decline it, is not jailed, and what is to be
	/// reserved is free, all of it.
	pub(crate) fn may_take(job: &JobOf<T>, provider: &T::AccountId, bond: &BondSize) -> bool {
		let allocated = || {
			bond.allocated
				.is_none_or(|(class, amount)| T::Bonds::free_allocation(provider, class) >= amount)
		};
		!job.declined.contains(provider)
			&& !T::Conduct::is_jailed(provider)
			&& (bond.own.is_zero() || T::Bonds::free_bond(provider) >= bond.own)
			&& allocated()
	}

	/// Sets node, obligation and bond aside for a job.
	pub(crate) fn assign(id: JobId, mut job: JobOf<T>, placed: Placed<T::AccountId>) -> DispatchResult {
		let now = Self::now();
		// Saturating: the last block number is never reached.
		let acknowledge_by = now.saturating_add(T::AckBlocks::get());
		Self::advance(&mut job, JobEvent::Drawn { now, acknowledge_by })?;
		T::Capacity::occupy(&placed.placement(), &job.demand())?;
		T::Bonds::reserve(&placed.provider, BondUse::Job(id), placed.bond)?;
		JobsOfNode::<T>::try_mutate(placed.node, |jobs| jobs.try_push(id))
			.map_err(|_| Error::<T>::TooManyJobsOfNode)?;
		let (provider, node) = (placed.provider.clone(), placed.node);
		if !job.was_placed() {
			T::Congestion::committed(job.class, job.gpu_time);
		}
		job.placement = Some(placed);
		Self::save(id, job);
		Self::deposit_event(Event::JobAssigned {
			job: id,
			provider,
			node,
		});
		Ok(())
	}
}
