//! Where jobs' claims and fees go. Each function moves what it says and writes it into the job's
//! books; its caller stores the job.

use crate::{policy, types::JobState, Config, Error, Event, FaultReason, HoldReason, JobOf, JobsOfNode, Pallet};
use codec::Encode;
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::{BalancedHold, MutateHold},
			fungibles::Mutate,
			tokens::{Precision::Exact, Preservation::Expendable},
			Get, OnUnbalanced,
		},
	},
	sp_core::H256,
	sp_io::hashing::blake2_256,
	sp_runtime::{
		traits::{AccountIdConversion, Zero},
		DispatchError, DispatchResult,
	},
};
use quern_primitives::{ports::*, Balance, GpuTime, JobId};

impl<T: Config> Pallet<T> {
	/// The account in which jobs' claims lie.
	pub fn account_id() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// Gives the client all the job's claims that are still here. Returns how many those were.
	pub(crate) fn return_claims(job: &mut JobOf<T>) -> Result<GpuTime, DispatchError> {
		let claims = job.claims_held;
		if !claims.is_zero() {
			T::Claims::transfer(job.class, &Self::account_id(), &job.client, claims, Expendable)?;
		}
		job.claims_held = 0;
		job.claims_returned = job.claims_returned.checked_add(claims).ok_or(Error::<T>::Overflow)?;
		Ok(claims)
	}

	/// Has the provider deliver `used` of the job's claims. Returns what of its proceeds was released.
	fn deliver(job: &mut JobOf<T>, provider: &T::AccountId, used: GpuTime) -> Result<Balance, DispatchError> {
		let left = job.claims_held.checked_sub(used).ok_or(Error::<T>::Inconsistent)?;
		let released = if used.is_zero() {
			0
		} else {
			T::Capacity::deliver(provider, job.class, &Self::account_id(), used)?
		};
		job.claims_held = left;
		job.delivered = job.delivered.checked_add(used).ok_or(Error::<T>::Overflow)?;
		Ok(released)
	}

	/// Gives the client what is held beyond the fee on the job's price.
	pub(crate) fn trim_fee(job: &mut JobOf<T>) -> DispatchResult {
		let fee = policy::fee(job.price()).ok_or(Error::<T>::Overflow)?;
		// Saturating: a fee above the deposit would mean that the market overcharged; all is held then.
		Self::release_fee(job, job.fee_held.saturating_sub(fee))
	}

	/// Gives the client `amount` of the fee held.
	fn release_fee(job: &mut JobOf<T>, amount: Balance) -> DispatchResult {
		let left = job.fee_held.checked_sub(amount).ok_or(Error::<T>::Inconsistent)?;
		if !amount.is_zero() {
			T::Currency::release(&HoldReason::JobFee.into(), &job.client, amount, Exact)?;
		}
		job.fee_held = left;
		job.fee_released = job.fee_released.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		Ok(())
	}

	/// Takes `amount` of the fee held and routes it.
	fn charge_fee(job: &mut JobOf<T>, amount: Balance) -> DispatchResult {
		let left = job.fee_held.checked_sub(amount).ok_or(Error::<T>::Inconsistent)?;
		if !amount.is_zero() {
			let (credit, missing) = T::Currency::slash(&HoldReason::JobFee.into(), &job.client, amount);
			ensure!(missing.is_zero(), Error::<T>::Inconsistent);
			T::JobFee::on_unbalanced(credit);
		}
		job.fee_held = left;
		job.fee_charged = job.fee_charged.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		Ok(())
	}

	/// Burns `amount` of the base fee held and gives the client the rest of it.
	fn close_base_fee(job: &mut JobOf<T>, amount: Balance) -> DispatchResult {
		let rest = job.base_held.checked_sub(amount).ok_or(Error::<T>::Inconsistent)?;
		if !amount.is_zero() {
			let (credit, missing) = T::Currency::slash(&HoldReason::BaseFee.into(), &job.client, amount);
			ensure!(missing.is_zero(), Error::<T>::Inconsistent);
			T::BaseFee::on_unbalanced(credit);
		}
		if !rest.is_zero() {
			T::Currency::release(&HoldReason::BaseFee.into(), &job.client, rest, Exact)?;
		}
		job.base_held = 0;
		job.base_charged = job.base_charged.checked_add(amount).ok_or(Error::<T>::Overflow)?;
		job.base_released = job.base_released.checked_add(rest).ok_or(Error::<T>::Overflow)?;
		Ok(())
	}

	/// Frees the node, the obligation and the bond that were set aside for a job.
	pub(crate) fn unplace(id: JobId, job: &JobOf<T>) -> DispatchResult {
		let placed = job.placement.as_ref().ok_or(Error::<T>::Inconsistent)?;
		T::Capacity::vacate(&placed.placement(), &job.demand());
		T::Bonds::release(&placed.provider, BondUse::Job(id));
		JobsOfNode::<T>::mutate_exists(placed.node, |jobs| {
			if let Some(listed) = jobs {
				listed.retain(|other| *other != id);
				if listed.is_empty() {
					*jobs = None;
				}
			}
		});
		Ok(())
	}

	/// Pays everyone of a job whose state has become `Settled`.
	pub(crate) fn settle(id: JobId, mut job: JobOf<T>) -> DispatchResult {
		let JobState::Settled { used, .. } = job.state else {
			return Err(Error::<T>::Inconsistent.into());
		};
		let provider = job.placement.as_ref().ok_or(Error::<T>::Inconsistent)?.provider.clone();
		let price = job.price();
		let revenue = policy::revenue(price, used, job.gpu_time).ok_or(Error::<T>::Overflow)?;
		let fee = policy::fee_on_used(price, used, job.gpu_time).ok_or(Error::<T>::Overflow)?;
		let base_fee = policy::base_fee(job.base_rate, used).ok_or(Error::<T>::Overflow)?;

		Self::unplace(id, &job)?;
		let released = Self::deliver(&mut job, &provider, used)?;
		let back = Self::return_claims(&mut job)?;
		Self::charge_fee(&mut job, fee)?;
		let rest = job.fee_held;
		Self::release_fee(&mut job, rest)?;
		Self::close_base_fee(&mut job, base_fee)?;
		T::Ledger::job_settled(job.class, revenue);
		T::Conduct::delivered(&provider, released);
		let offer = Self::offer_of(id, &job, back);
		Self::save(id, job);
		Self::deposit_event(Event::JobSettled {
			job: id,
			provider,
			used,
			revenue,
			fee,
			released,
			base_fee,
		});
		Self::make_offer(offer);
		Ok(())
	}

	/// Gives the client of a job whose state has become `Faulted` everything back, and reports its provider.
	///
	/// The bond is released first: the slash freezes stake of its own, so a planck is reserved, free or
	/// frozen, and never two of them. Nothing else runs between, so no other job takes what was freed.
	pub(crate) fn fault(id: JobId, mut job: JobOf<T>) -> DispatchResult {
		let JobState::Faulted { reason, .. } = job.state else {
			return Err(Error::<T>::Inconsistent.into());
		};
		Self::unplace(id, &job)?;
		let back = Self::return_all(&mut job, 0)?;
		let fault = Self::fault_of(id, &job)?;
		T::Capacity::faulted(&fault.operator, job.class);
		match reason {
			FaultReason::RunDeadlineMissed => T::Conduct::not_done(fault),
			FaultReason::RuledForClient => T::Conduct::wrong_result(fault),
		}
		let offer = Self::offer_of(id, &job, back);
		Self::save(id, job);
		Self::deposit_event(Event::JobFaulted { job: id, reason });
		Self::make_offer(offer);
		Ok(())
	}

	/// What is reported of a job whose state has become `Faulted` and whose client has what it gets back.
	pub(crate) fn fault_of(id: JobId, job: &JobOf<T>) -> Result<Fault<T::AccountId>, Error<T>> {
		let JobState::Faulted {
			reason,
			outcome,
			offence,
			..
		} = job.state
		else {
			return Err(Error::Inconsistent);
		};
		let placed = job.placement.as_ref().ok_or(Error::Inconsistent)?;
		// The claims that it paid for are back. Pay that a provider kept would not count: the stake would
		// give the same tokens a second time, to a client that may be the provider.
		let lost = job.fee_charged.saturating_add(job.base_charged);
		Ok(Fault {
			operator: placed.provider.clone(),
			class: job.class,
			job: id,
			at: offence,
			size: placed.bond.allocated.map_or(0, |(_, slash)| slash),
			evidence: H256(blake2_256(&(id, reason, outcome).encode())),
			victim: (!lost.is_zero()).then(|| (job.client.clone(), lost)),
			finder: None,
		})
	}

	/// Gives the client of a job whose state has become `Refunded` everything back but `fee`.
	pub(crate) fn refund(id: JobId, mut job: JobOf<T>, fee: Balance) -> DispatchResult {
		let JobState::Refunded { reason, .. } = job.state else {
			return Err(Error::<T>::Inconsistent.into());
		};
		let back = Self::return_all(&mut job, fee)?;
		let offer = Self::offer_of(id, &job, back);
		Self::save(id, job);
		Self::deposit_event(Event::JobRefunded { job: id, reason, fee });
		Self::make_offer(offer);
		Ok(())
	}

	/// Gives the client claims, job fee and base fee back, but for `fee` of the job fee, which is charged.
	/// Returns how many claims those were.
	pub(crate) fn return_all(job: &mut JobOf<T>, fee: Balance) -> Result<GpuTime, DispatchError> {
		let claims = Self::return_claims(job)?;
		Self::charge_fee(job, fee)?;
		let rest = job.fee_held;
		Self::release_fee(job, rest)?;
		Self::close_base_fee(job, 0)?;
		Ok(claims)
	}
}
