//! What the market tells of jobs' bids. It does so while it clears, where nothing may fail, so that it is noted
//! alone, and what follows is left to the hooks. And what jobs sell in it, which they never do from there.

use crate::{
	BlockNumber, ClosedBids, Config, Error, Event, JobOf, JobState, Jobs, OnReturn, Pallet, WeightInfo, LOG_TARGET,
};
use polkadot_sdk::{
	frame_support::{defensive, storage::with_storage_layer, traits::Get, weights::Weight},
	sp_runtime::{traits::Zero, DispatchError, DispatchResult},
};
use quern_primitives::{
	ports::{Market, OnOrder},
	Balance, ClassId, GpuTime, JobId, NewOrder, OrderRef, Purpose, Side,
};

use crate::transition::JobEvent;

/// Claims given back to a client that wants them sold.
pub(crate) struct Offer<AccountId> {
	job: JobId,
	client: AccountId,
	class: ClassId,
	gpu_time: GpuTime,
}

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
		Jobs::<T>::insert(id, job);
		// What follows of it may sell claims, for which the market is busy, and thousands of bids may end in one
		// clearing. Without a place here the job is looked at when its deadline has passed, where it is listed.
		if ClosedBids::<T>::try_append(id).is_err() {
			log::warn!(target: LOG_TARGET, "job {id}: its closed bid waits for its deadline");
		}
	}

	fn filled_weight(_: &Purpose) -> Weight {
		T::WeightInfo::bid_filled()
	}

	fn closed_weight(_: &Purpose) -> Weight {
		T::WeightInfo::bid_closed()
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

	/// The offer of claims that were just given back to a job's client, if it chose to sell them.
	pub(crate) fn offer_of(id: JobId, job: &JobOf<T>, gpu_time: GpuTime) -> Option<Offer<T::AccountId>> {
		let sells = job.terms.on_return == OnReturn::Sell && !gpu_time.is_zero();
		sells.then(|| Offer {
			job: id,
			client: job.client.clone(),
			class: job.class,
			gpu_time,
		})
	}

	/// Offers them as the client's own order, in one batch. Never fails: what cannot be offered stays with the
	/// client. Whoever calls it has stored its job, since a full book may evict other jobs' bids.
	pub(crate) fn make_offer(offer: Option<Offer<T::AccountId>>) {
		let Some(Offer {
			job,
			client,
			class,
			gpu_time,
		}) = offer
		else {
			return;
		};
		let placed = with_storage_layer(|| {
			let limit = T::Market::sale_floor(class, gpu_time).ok_or(Error::<T>::NoPool)?;
			let order = T::Market::place_order(NewOrder {
				class,
				side: Side::Sell,
				gpu_time,
				limit,
				payer: client.clone(),
				recipient: client,
				purpose: Purpose::Trade,
				expires_at: Self::now(),
				pace: None,
			})?;
			Ok::<_, DispatchError>((order, limit))
		});
		Self::deposit_event(match placed {
			Ok((order, limit)) => Event::ReturnOffered {
				job,
				order,
				gpu_time,
				limit,
			},
			Err(error) => Event::ReturnNotOffered { job, gpu_time, error },
		});
	}

	/// What such an offer weighs at most beyond what the calls' own weights have: it may have to make its place in
	/// a full book, and it clears.
	pub(crate) fn offer_weight() -> Weight {
		T::Market::order_weight(&Purpose::Trade, Side::Sell, 0, false)
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
