//! Who counts as attested, and how long a provider was away.

use crate::{policy, types::*, AttestedGpus, Books, Config, Error, Event, HoldReason, LitClock, Nodes, Pallet, LOG};
use polkadot_sdk::{
	frame_support::{
		storage::with_storage_layer,
		traits::{
			fungible::MutateHold,
			tokens::{Fortitude, Precision, Restriction},
		},
	},
	sp_runtime::{DispatchResult, Saturating},
};
use quern_primitives::{
	ports::{AttestedFlow, Insurance},
	units::BLOCK_MILLIS,
	BlockNumber, ClassId, NodeId,
};

impl<T: Config> Pallet<T> {
	/// Blocks so far in which an accelerator of the chain was attested: what absence is measured by, so that
	/// an outage of the attestors, in which nobody is, is nobody's absence.
	pub(crate) fn lit_blocks() -> BlockNumber {
		LitClock::<T>::get().read(Self::now())
	}

	/// Brings a book's absence up to date. Before its accelerators, attested or in all, change, or whether it
	/// owes anything does.
	pub(crate) fn accrue(book: &mut Book) {
		let (attested, gpus, owes) = (book.attested_gpus, book.gpus, book.obligations > 0);
		book.absence.accrue(Self::lit_blocks(), attested, gpus, owes);
	}

	/// Has a node count as attested or not, in its book, its class and the chain. Its caller stores node and
	/// book.
	pub(crate) fn count(node: &mut Node<T::AccountId>, book: &mut Book, attested: bool) {
		if node.attested == attested {
			return;
		}
		Self::accrue(book);
		node.attested = attested;
		// Saturating: sums of what nodes add and take off once; bounded by `MaxNodes × MaxGpusPerNode`.
		let change = |sum: u32| {
			if attested {
				sum.saturating_add(node.gpus)
			} else {
				sum.saturating_sub(node.gpus)
			}
		};
		book.attested_gpus = change(book.attested_gpus);
		// Saturating: a count of nodes, each of which adds and takes itself off once.
		book.attested_nodes = if attested {
			book.attested_nodes.saturating_add(1)
		} else {
			book.attested_nodes.saturating_sub(1)
		};
		let of_class = AttestedGpus::<T>::mutate(node.class, |gpus| {
			*gpus = change(*gpus);
			*gpus
		});
		let now = Self::now();
		LitClock::<T>::mutate(|clock| clock.set(change(clock.gpus), now));
		T::AttestedFlow::attested(node.class, of_class);
	}

	/// Charges what being away beyond the free hour costs, out of the held proceeds, to the insurance fund.
	/// What cannot be moved is charged the next time.
	pub(crate) fn charge(who: &T::AccountId, class: ClassId, book: &mut Book) {
		Self::accrue(book);
		let due = book.absence.due;
		if due == 0 {
			return;
		}
		let amount = policy::absence_cost(book.proceeds, due).min(book.held());
		if amount > 0 {
			let moved = with_storage_layer(|| {
				T::Currency::transfer_on_hold(
					&HoldReason::Proceeds.into(),
					who,
					&T::Insurance::account(),
					amount,
					Precision::Exact,
					Restriction::Free,
					Fortitude::Force,
				)
			});
			if let Err(error) = moved {
				log::warn!(target: LOG, "class {class}: {amount} planck of absence are not charged: {error:?}");
				return;
			}
			book.proceeds.saturating_reduce(amount);
			Self::deposit_event(Event::AbsenceCharged {
				provider: who.clone(),
				class,
				// Saturating: a time of more than 10^8 years.
				millis: due.saturating_mul(BLOCK_MILLIS) / policy::WHOLE_BLOCK,
				amount,
			});
		}
		book.absence.due = 0;
	}

	pub(crate) fn do_charge_pause(id: NodeId) -> DispatchResult {
		let node = Nodes::<T>::get(id).ok_or(Error::<T>::NodeNotFound)?;
		let mut book = Books::<T>::get(&node.provider, node.class).ok_or(Error::<T>::BookNotFound)?;
		Self::charge(&node.provider, node.class, &mut book);
		Books::<T>::insert(&node.provider, node.class, book);
		Ok(())
	}
}
