//! What the market tells of jobs' bids. It does so while it clears, where nothing may fail: a step
//! that does is undone and left to the due queue.

use crate::{BlockNumber, Config, Event, JobOf, JobState, Jobs, Pallet, LOG_TARGET};
use polkadot_sdk::{
	frame_support::{defensive, storage::with_storage_layer, traits::Get},
	sp_runtime::DispatchResult,
};
use quern_primitives::{ports::OnOrder, Balance, GpuTime, JobId, OrderRef, Purpose};

use crate::transition::JobEvent;

impl<T: Config> OnOrder for Pallet<T> {
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance) {
		let Purpose::Job(id) = order.purpose else { return };
		let Some(mut job) = Self::of_order(id, order) else {
			return;
		};
		// Saturating: parts of a supply and of an issuance that fit.
		job.bought = job.bought.saturating_add(gpu_time);
		job.claims_held = job.claims_held.saturating_add(gpu_time);
		job.paid = job.paid.saturating_add(tokens);
		Jobs::<T>::insert(id, job);
		Self::deposit_event(Event::BidFilled {
			job: id,
			gpu_time,
			tokens,
		});
	}

	fn closed(order: &OrderRef, _unfilled: GpuTime, returned: u128) {
		let Purpose::Job(id) = order.purpose else { return };
		let Some(mut job) = Self::of_order(id, order) else {
			return;
		};
		let JobState::Bidding { deadline, .. } = job.state else {
			return;
		};
		job.state = JobState::Bidding { order: None, deadline };
		job.bid_returned = job.bid_returned.saturating_add(returned);
		if let Err(error) = with_storage_layer(|| Self::close_bid(id, job.clone())) {
			log::warn!(target: LOG_TARGET, "job {id}: its closed bid waits: {error:?}");
			Self::deposit_event(Event::JobDelayed { job: id, error });
			Self::save(id, job);
		}
	}
}

impl<T: Config> Pallet<T> {
	/// The job whose bid in the market an order is.
	fn of_order(id: JobId, order: &OrderRef) -> Option<JobOf<T>> {
		let job = Jobs::<T>::get(id)?;
		match job.state {
			JobState::Bidding { order: Some(open), .. } if open == order.id => Some(job),
			_ => {
				defensive!("the market tells of an order that is no job's bid");
				None
			}
		}
	}

	/// What follows when a bid has left the book: the queue, if the job has all its GPU time; else the
	/// refund.
	pub(crate) fn close_bid(id: JobId, mut job: JobOf<T>) -> DispatchResult {
		let now = Self::now();
		let complete = job.obtained() >= job.gpu_time;
		Self::advance(
			&mut job,
			JobEvent::BidClosed {
				complete,
				now,
				assign_by: Self::assign_by(now),
			},
		)?;
		if !complete {
			return Self::refund(id, job, 0);
		}
		Self::trim_fee(&mut job)?;
		Self::save(id, job);
		Self::deposit_event(Event::JobQueued { job: id });
		Ok(())
	}

	/// The last block of a draw for a job queued now.
	pub(crate) fn assign_by(now: BlockNumber) -> BlockNumber {
		// Saturating: the last block number is never reached.
		now.saturating_add(T::AssignBlocks::get())
	}
}
