//! What the calls do.

use crate::{
	policy,
	transition::{transition, Illegal, JobEvent},
	Artifact, Config, Error, Event, HoldReason, Job, JobOf, JobSpec, JobState, JobTerms, Jobs, NextJobId, Outcome,
	Pallet, Policy, Ruling, LOG_TARGET,
};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::MutateHold,
			fungibles::{Inspect, Mutate},
			tokens::{Fortitude::Polite, Preservation::Expendable},
			Get,
		},
		weights::Weight,
	},
	sp_runtime::{traits::Zero, DispatchError, DispatchResult},
};
use quern_primitives::{ports::*, Balance, ClassId, GpuTime, JobId, NewOrder, OrderId, Purpose, Side};

impl<T: Config> From<Illegal> for Error<T> {
	fn from(illegal: Illegal) -> Self {
		match illegal {
			Illegal::WrongState => Error::WrongState,
			Illegal::TooEarly => Error::TooEarly,
			Illegal::TooLate => Error::TooLate,
		}
	}
}

impl<T: Config> Pallet<T> {
	/// See [`Pallet::request_job`]. Returns the job's number.
	pub(crate) fn do_request_job(
		client: T::AccountId,
		class: ClassId,
		gpus: u32,
		duration: GpuTime,
		max_cost: Balance,
		policy: Policy,
		spec: JobSpec,
		terms: JobTerms,
	) -> Result<JobId, DispatchError> {
		ensure!(T::Capacity::is_open(class), Error::<T>::ClassNotOpen);
		ensure!(gpus > 0 && duration > 0, Error::<T>::NoGpuTime);
		ensure!(duration <= T::MaxDuration::get(), Error::<T>::DurationTooLong);
		let gpu_time = duration.checked_mul(gpus.into()).ok_or(Error::<T>::Overflow)?;
		Self::check_spec(&spec)?;
		let to_buy = gpu_time.checked_sub(terms.claims).ok_or(Error::<T>::TooManyClaims)?;
		let terms = Self::fill_in(terms, class, to_buy)?;

		let bid = if to_buy.is_zero() { 0 } else { max_cost };
		ensure!(to_buy.is_zero() || !bid.is_zero(), Error::<T>::NothingOffered);
		let supplied_value = if terms.claims.is_zero() {
			0
		} else {
			let price = T::Market::reference_price(class).ok_or(Error::<T>::NoPool)?;
			policy::value(price, terms.claims).ok_or(Error::<T>::Overflow)?
		};
		let fee_deposit = bid
			.checked_add(supplied_value)
			.and_then(policy::fee)
			.ok_or(Error::<T>::Overflow)?;

		let base_rate = T::Congestion::base_fee(class);
		let base_deposit = policy::base_fee(base_rate, gpu_time).ok_or(Error::<T>::Overflow)?;
		ensure!(
			terms.max_base_fee.is_none_or(|most| base_deposit <= most),
			Error::<T>::BaseFeeTooHigh
		);

		let now = Self::now();
		let id = NextJobId::<T>::get();
		NextJobId::<T>::put(id.checked_add(1).ok_or(Error::<T>::Overflow)?);
		T::Currency::hold(&HoldReason::JobFee.into(), &client, fee_deposit)?;
		if !base_deposit.is_zero() {
			T::Currency::hold(&HoldReason::BaseFee.into(), &client, base_deposit)?;
		}
		Self::take_claims(&client, class, terms.claims)?;
		let state = if to_buy.is_zero() {
			JobState::Queued {
				since: now,
				deadline: Self::assign_by(now),
			}
		} else {
			Self::place_bid(id, &client, class, to_buy, bid, &terms)?
		};
		let mut job = Job {
			client: client.clone(),
			class,
			gpus,
			duration,
			gpu_time,
			max_cost,
			policy,
			spec,
			terms,
			requested_at: now,
			state,
			due: 0,
			placement: None,
			declined: Default::default(),
			misses: 0,
			bid,
			paid: 0,
			bid_returned: 0,
			supplied: terms.claims,
			supplied_value,
			bought: 0,
			claims_held: terms.claims,
			delivered: 0,
			claims_returned: 0,
			fee_deposit,
			fee_held: fee_deposit,
			fee_charged: 0,
			fee_released: 0,
			base_rate,
			base_deposit,
			base_held: base_deposit,
			base_charged: 0,
			base_released: 0,
		};
		// The market may have called back for other jobs; the queue is read only now.
		ensure!(Self::list(id, &mut job, Self::due_of(&state)), Error::<T>::QueueFull);
		Jobs::<T>::insert(id, job);
		Self::deposit_event(Event::JobRequested {
			job: id,
			client,
			class,
			gpu_time,
			max_cost,
		});
		if to_buy.is_zero() {
			Self::deposit_event(Event::JobQueued { job: id });
		}
		Ok(id)
	}

	fn check_spec(spec: &JobSpec) -> DispatchResult {
		for artifact in [&spec.program, &spec.input] {
			ensure!(artifact.size <= T::MaxArtifact::get(), Error::<T>::ArtifactTooLarge);
			ensure!(is_url(artifact), Error::<T>::BadLocation);
		}
		ensure!(spec.max_output <= T::MaxOutput::get(), Error::<T>::OutputTooLarge);
		Ok(())
	}

	/// The terms with the defaults in the place of what was not said, all within their bounds.
	fn fill_in(terms: JobTerms, class: ClassId, to_buy: GpuTime) -> Result<JobTerms, Error<T>> {
		let bid_blocks = terms.bid_blocks.unwrap_or(T::DefaultBidBlocks::get());
		ensure!(bid_blocks <= T::MaxBidBlocks::get(), Error::<T>::BidTooLong);
		let accept_blocks = terms.accept_blocks.unwrap_or(T::DefaultAcceptBlocks::get());
		ensure!(
			accept_blocks > 0 && accept_blocks <= T::MaxAcceptBlocks::get(),
			Error::<T>::BadAcceptWindow
		);
		let pace = if to_buy.is_zero() {
			terms.pace
		} else {
			ensure!(T::Market::has_pool(class), Error::<T>::NoPool);
			let pace = terms
				.pace
				.unwrap_or_else(|| policy::default_pace(T::Market::reserve_claims(class)));
			let batches = GpuTime::from(bid_blocks) + 1;
			// Saturating: what does not fit is enough.
			ensure!(pace.saturating_mul(batches) >= to_buy, Error::<T>::PaceTooSlow);
			Some(pace)
		};
		Ok(JobTerms {
			pace,
			bid_blocks: Some(bid_blocks),
			accept_blocks: Some(accept_blocks),
			..terms
		})
	}

	fn take_claims(client: &T::AccountId, class: ClassId, claims: GpuTime) -> DispatchResult {
		if claims.is_zero() {
			return Ok(());
		}
		let available = T::Claims::reducible_balance(class, client, Expendable, Polite);
		ensure!(available >= claims, Error::<T>::NotEnoughClaims);
		T::Claims::transfer(class, client, &Self::account_id(), claims, Expendable)?;
		Ok(())
	}

	fn place_bid(
		id: JobId,
		client: &T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		limit: Balance,
		terms: &JobTerms,
	) -> Result<JobState, DispatchError> {
		let bid_blocks = terms.bid_blocks.unwrap_or(T::DefaultBidBlocks::get());
		// Saturating: the last block number is never reached.
		let deadline = Self::now().saturating_add(bid_blocks);
		let order = T::Market::place_order(NewOrder {
			class,
			side: Side::Buy,
			gpu_time,
			limit,
			payer: client.clone(),
			recipient: Self::account_id(),
			purpose: Purpose::Job(id),
			expires_at: deadline,
			pace: terms.pace,
		})?;
		Ok(JobState::Bidding {
			order: Some(order),
			deadline,
		})
	}

	/// What the bid of such a job weighs in the market at most, to its end; nothing if nothing is to be bought.
	pub(crate) fn bid_weight(gpus: u32, duration: GpuTime, terms: &JobTerms) -> Weight {
		// Saturating: what does not fit is refused. With claims for all of it no order is placed.
		if duration.saturating_mul(gpus.into()) <= terms.claims {
			return Weight::zero();
		}
		let blocks = terms.bid_blocks.unwrap_or(T::DefaultBidBlocks::get());
		T::Market::order_weight(&Purpose::Job(0), Side::Buy, blocks.min(T::MaxBidBlocks::get()), true)
	}

	/// What taking a bid out of the market weighs beyond what [`crate::WeightInfo::cancel`] has.
	pub(crate) fn withdrawal_weight() -> Weight {
		T::Market::cancel_weight()
	}

	/// See [`Pallet::cancel`].
	pub(crate) fn do_cancel(client: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::job_of_client(&client, id)?;
		if let JobState::Bidding { order: Some(order), .. } = job.state {
			Self::withdraw_bid(&mut job, order)?;
		}
		Self::advance(&mut job, JobEvent::Cancelled { now: Self::now() })?;
		let back = Self::return_all(&mut job, 0)?;
		let offer = Self::offer_of(id, &job, back);
		Self::save(id, job);
		Self::deposit_event(Event::JobCancelled { job: id });
		Self::make_offer(offer);
		Ok(())
	}

	/// Takes a bid out of the market, which gives the client what it did not spend.
	pub(crate) fn withdraw_bid(job: &mut JobOf<T>, order: OrderId) -> DispatchResult {
		T::Market::cancel_order(job.class, order)?;
		job.bid_returned = job.bid.checked_sub(job.paid).ok_or(Error::<T>::Inconsistent)?;
		Ok(())
	}

	/// See [`Pallet::acknowledge`].
	pub(crate) fn do_acknowledge(who: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::job_of_node(&who, id)?;
		let now = Self::now();
		// Saturating: the last block number is never reached.
		let submit_by = now
			.saturating_add(policy::blocks_of(job.duration))
			.saturating_add(T::GraceBlocks::get());
		Self::advance(&mut job, JobEvent::Acknowledged { now, submit_by })?;
		let node = job.placement.as_ref().ok_or(Error::<T>::Inconsistent)?.node;
		Self::save(id, job);
		Self::deposit_event(Event::JobAcknowledged { job: id, node });
		Ok(())
	}

	/// See [`Pallet::decline`].
	pub(crate) fn do_decline(who: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::job_of_node(&who, id)?;
		let now = Self::now();
		let placed = job.placement.clone().ok_or(Error::<T>::Inconsistent)?;
		// Never full: the push that fills it leads to the refund. The provider was not drawn again, so
		// each is another's.
		let full = match job.declined.try_push(placed.provider.clone()) {
			Ok(()) => job.declined.is_full(),
			Err(_) => true,
		};
		let assign_by = (!full).then(|| Self::assign_by(now));
		Self::advance(&mut job, JobEvent::Declined { now, assign_by })?;
		let fee = if full { policy::decline_fee(job.fee_held) } else { 0 };
		Self::deposit_event(Event::JobDeclined {
			job: id,
			provider: placed.provider,
			node: placed.node,
		});
		Self::requeue(id, job, fee)
	}

	/// Takes a job from its provider: to the queue, or with all but `fee` to the client, as its state
	/// has become.
	pub(crate) fn requeue(id: JobId, mut job: JobOf<T>, fee: Balance) -> DispatchResult {
		Self::unplace(id, &job)?;
		job.placement = None;
		if matches!(job.state, JobState::Refunded { .. }) {
			return Self::refund(id, job, fee);
		}
		Self::save(id, job);
		Self::deposit_event(Event::JobQueued { job: id });
		Ok(())
	}

	/// See [`Pallet::submit`].
	pub(crate) fn do_submit(who: T::AccountId, id: JobId, outcome: Outcome, used: GpuTime) -> DispatchResult {
		let mut job = Self::job_of_node(&who, id)?;
		let JobState::Running { started, .. } = job.state else {
			return Err(Error::<T>::WrongState.into());
		};
		let now = Self::now();
		let accept_blocks = job.terms.accept_blocks.unwrap_or(T::DefaultAcceptBlocks::get());
		// Saturating: the last block number is never reached.
		let accept_by = now.saturating_add(accept_blocks);
		Self::advance(
			&mut job,
			JobEvent::Submitted {
				now,
				outcome,
				used,
				accept_by,
			},
		)?;
		ensure!(used <= job.gpu_time, Error::<T>::UsedTooMuch);
		ensure!(
			used <= policy::most_used(job.gpus, started, now),
			Error::<T>::UsedTooMuch
		);
		if let Outcome::Completed { size, .. } = outcome {
			ensure!(size <= job.spec.max_output, Error::<T>::OutputTooLarge);
		}
		Self::save(id, job);
		Self::deposit_event(Event::JobSubmitted { job: id, outcome, used });
		Ok(())
	}

	/// See [`Pallet::accept`].
	pub(crate) fn do_accept(client: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::job_of_client(&client, id)?;
		Self::advance(&mut job, JobEvent::Accepted { now: Self::now() })?;
		Self::deposit_event(Event::JobAccepted { job: id });
		Self::settle(id, job)
	}

	/// See [`Pallet::reject`].
	pub(crate) fn do_reject(client: T::AccountId, id: JobId) -> DispatchResult {
		let mut job = Self::job_of_client(&client, id)?;
		let now = Self::now();
		// Saturating: the last block number is never reached.
		let rule_by = now.saturating_add(T::ArbitrationBlocks::get());
		Self::advance(&mut job, JobEvent::Rejected { now, rule_by })?;
		Self::save(id, job);
		Self::deposit_event(Event::JobRejected { job: id });
		Ok(())
	}

	/// See [`Pallet::arbitrate`].
	pub(crate) fn do_arbitrate(id: JobId, ruling: Ruling) -> DispatchResult {
		let mut job = Jobs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		Self::advance(
			&mut job,
			JobEvent::Ruled {
				now: Self::now(),
				ruling,
			},
		)?;
		match ruling {
			Ruling::ForProvider => Self::settle(id, job),
			Ruling::ForClient => Self::fault(id, job),
		}
	}

	fn job_of_client(client: &T::AccountId, id: JobId) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		ensure!(job.client == *client, Error::<T>::NotClient);
		Ok(job)
	}

	/// The job, if it is placed at a node that `who` may speak for.
	fn job_of_node(who: &T::AccountId, id: JobId) -> Result<JobOf<T>, Error<T>> {
		let job = Jobs::<T>::get(id).ok_or(Error::<T>::NotFound)?;
		let placed = job.placement.as_ref().ok_or(Error::<T>::WrongState)?;
		ensure!(T::Capacity::acts_for(who, placed.node), Error::<T>::NotOfNode);
		Ok(job)
	}

	/// Moves a job on, if the event applies to its state.
	pub(crate) fn advance(job: &mut JobOf<T>, event: JobEvent) -> Result<(), Error<T>> {
		job.state = transition(&job.state, &event)?;
		Ok(())
	}

	/// Stores a job and lists it where its state is due.
	pub(crate) fn save(id: JobId, mut job: JobOf<T>) {
		let due = Self::due_of(&job.state);
		if !Self::list(id, &mut job, due) {
			log::debug!(target: LOG_TARGET, "job {id} stays listed under block {}", job.due);
		}
		Jobs::<T>::insert(id, job);
	}
}

/// Whether an artifact's location is a web address.
fn is_url(artifact: &Artifact) -> bool {
	let location = artifact.location.as_slice();
	let rest = location
		.strip_prefix(b"http://")
		.or_else(|| location.strip_prefix(b"https://"));
	rest.is_some_and(|rest| !rest.is_empty()) && location.iter().all(u8::is_ascii_graphic)
}
