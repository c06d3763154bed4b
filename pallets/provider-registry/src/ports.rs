//! What the registry does for the other pallets, see `quern_primitives::ports`.

use crate::{
	collateral::Cancel,
	draw::{best_fit, draw},
	policy,
	transition::{transition, NodeEvent},
	types::*,
	Attestable, Books, Classes, Config, Error, Event, Nodes, Offers, Pallet, Providers, ProvidersOf, WeightInfo, LOG,
};
use alloc::vec::Vec;
use codec::Encode;
use polkadot_sdk::{
	frame_support::{
		ensure,
		storage::with_storage_layer,
		traits::{
			fungibles::Mutate,
			tokens::{Fortitude, Precision, Preservation},
			Get,
		},
		weights::Weight,
	},
	sp_core::H256,
	sp_runtime::{DispatchError, DispatchResult, Saturating},
};
use quern_primitives::{
	ports::{AttestableNode, Capacity, Nodes as NodesPort, OnOrder, Placement, Verdict},
	Balance, ClassId, Demand, GpuTime, NodeId, OrderRef, Period, Purpose,
};

impl<T: Config> NodesPort<T::AccountId> for Pallet<T> {
	fn attestable() -> Vec<AttestableNode<T::AccountId>> {
		Attestable::<T>::get()
			.into_iter()
			.filter_map(|id| {
				let node = Nodes::<T>::get(id)?;
				Some(AttestableNode {
					node: id,
					operator: node.provider,
					endpoint: node.endpoint,
					key: node.key,
					gpus: node.gpus,
					memory_mib: node.memory_mib,
				})
			})
			.collect()
	}

	/// A node that is gone or paused since, or a period told before, changes nothing.
	fn attested(id: NodeId, period: Period, verdict: Verdict) {
		let Some(mut node) = Nodes::<T>::get(id) else { return };
		if node.last_told.is_some_and(|told| period <= told) {
			return;
		}
		node.last_told = Some(period);
		match verdict {
			Verdict::Served => Self::served(id, &mut node, period),
			// A count for people to read: saturating is as good as any.
			Verdict::Missed => node.missed.saturating_inc(),
			Verdict::Unknown => {}
		}
		if node.attested && !node.is_attested(Self::current_period()) {
			match Books::<T>::get(&node.provider, node.class) {
				Some(mut book) => {
					Self::count(&mut node, &mut book, false);
					Books::<T>::insert(&node.provider, node.class, book);
				}
				None => log::error!(target: LOG, "node {id} has no book"),
			}
		}
		Nodes::<T>::insert(id, node);
	}
}

impl<T: Config> Pallet<T> {
	fn served(id: NodeId, node: &mut Node<T::AccountId>, period: Period) {
		let Ok(state) = transition(node.state, NodeEvent::Served) else {
			return;
		};
		let Some(mut book) = Books::<T>::get(&node.provider, node.class) else {
			log::error!(target: LOG, "node {id} has no book");
			return;
		};
		if node.state != state {
			// Bounded by `MaxNodesPerProvider × MaxGpusPerNode`.
			book.active_gpus.saturating_accrue(node.gpus);
			Self::deposit_event(Event::NodeActivated { node: id });
		}
		node.state = state;
		node.last_served = Some(period);
		// A verdict that comes too late does not make it count.
		if node.is_attested(Self::current_period()) {
			Self::count(node, &mut book, true);
		}
		let gpu_time = book.earn(policy::earned(node.gpus));
		if gpu_time > 0 {
			Self::deposit_event(Event::AllowanceEarned {
				provider: node.provider.clone(),
				class: node.class,
				gpu_time,
				allowance: book.allowance,
			});
		}
		Books::<T>::insert(&node.provider, node.class, book);
	}
}

impl<T: Config> OnOrder for Pallet<T> {
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance) {
		let id = match order.purpose {
			Purpose::Offer(id) => id,
			Purpose::BuyBack(id) => return Self::bought(id, gpu_time),
			_ => return,
		};
		let Some(mut offer) = Offers::<T>::get(id) else {
			log::error!(target: LOG, "the market filled an offer {id} that does not exist");
			return;
		};
		let Some(mut book) = Books::<T>::get(&offer.provider, offer.class) else {
			log::error!(target: LOG, "offer {id} has no book");
			return;
		};
		// Saturating from here on: a fill exceeds neither the offer nor, in tokens, what exists; and nothing
		// may fail while the market clears.
		offer.unsold.saturating_reduce(gpu_time);
		book.offered.saturating_reduce(gpu_time);
		book.proceeds.saturating_accrue(tokens);
		if tokens > 0 && Self::credit(&offer.provider, tokens).is_err() {
			book.unpaid.saturating_accrue(tokens);
			Self::deposit_event(Event::ProceedsUnpaid {
				provider: offer.provider.clone(),
				class: offer.class,
				unpaid: book.unpaid,
			});
		}
		Self::deposit_event(Event::CapacitySold {
			offer: id,
			provider: offer.provider.clone(),
			class: offer.class,
			gpu_time,
			proceeds: tokens,
		});
		Books::<T>::insert(&offer.provider, offer.class, book);
		Offers::<T>::insert(id, offer);
	}

	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128) {
		let id = match order.purpose {
			Purpose::Offer(id) => id,
			Purpose::BuyBack(id) => return Self::bought_all(id, gpu_time),
			_ => return,
		};
		let Some(offer) = Offers::<T>::take(id) else {
			log::error!(target: LOG, "the market closed an offer {id} that does not exist");
			return;
		};
		if offer.unsold == 0 && returned == 0 {
			// Nothing of it is in any book; the provider may have delivered all of it and left. If it has not, the
			// proceeds that came in may do for collateral.
			if let Some(mut book) = Books::<T>::get(&offer.provider, offer.class).filter(|book| book.collateral > 0) {
				Self::shrink(&offer.provider, offer.class, &mut book);
				Books::<T>::insert(&offer.provider, offer.class, book);
			}
			Self::deposit_event(Event::OfferClosed { offer: id, unsold: 0 });
			return;
		}
		let Some(mut book) = Books::<T>::get(&offer.provider, offer.class) else {
			log::error!(target: LOG, "offer {id} has no book");
			return;
		};
		if gpu_time != offer.unsold || returned != offer.unsold {
			log::error!(target: LOG, "offer {id}: {} unsold, {gpu_time} and {returned} in the market", offer.unsold);
		}
		// Only claims that came back and are burned are no obligation any more.
		book.offered.saturating_reduce(offer.unsold);
		let unsold = returned.min(offer.unsold);
		if unsold > 0 {
			match Self::cancel(offer.class, unsold) {
				Ok(()) => {
					book.obligations.saturating_reduce(unsold);
					book.earn(unsold);
				}
				Err(error) => log::error!(target: LOG, "offer {id}: {unsold} claims are not burned: {error:?}"),
			}
		}
		Self::shrink(&offer.provider, offer.class, &mut book);
		Books::<T>::insert(&offer.provider, offer.class, book);
		Self::deposit_event(Event::OfferClosed { offer: id, unsold });
	}

	fn filled_weight(purpose: &Purpose) -> Weight {
		match purpose {
			Purpose::BuyBack(_) => T::WeightInfo::buy_back_filled(),
			_ => T::WeightInfo::offer_filled(),
		}
	}

	fn closed_weight(purpose: &Purpose) -> Weight {
		match purpose {
			Purpose::BuyBack(_) => T::WeightInfo::buy_back_closed(),
			_ => T::WeightInfo::offer_closed(),
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Burns claims that came back unsold.
	pub(crate) fn cancel(class: ClassId, gpu_time: GpuTime) -> DispatchResult {
		with_storage_layer(|| {
			T::Claims::burn_from(
				class,
				&Self::account_id(),
				gpu_time,
				Preservation::Expendable,
				Precision::Exact,
				Fortitude::Polite,
			)
			.map(|_| ())
		})
	}

	/// The one of `nodes` that a job of `demand` goes to.
	fn node_for(nodes: impl IntoIterator<Item = NodeId>, demand: &Demand, current: Period) -> Option<NodeId> {
		let free = nodes.into_iter().filter_map(|id| {
			let node = Nodes::<T>::get(id)?;
			(node.class == demand.class && node.is_attested(current)).then(|| (id, node.free_gpus()))
		});
		best_fit(free, demand.gpus)
	}
}

impl<T: Config> Capacity<T::AccountId> for Pallet<T> {
	/// Until its end: who has claims of a class that closes may use them up.
	fn is_open(class: ClassId) -> bool {
		Self::has_ended(class) == Ok(false)
	}

	/// 0 for a class that does not exist.
	fn floor_cost(class: ClassId, gpu_time: GpuTime) -> Balance {
		Classes::<T>::get(class).map_or(0, |class| policy::cost_up(class.floor_price, gpu_time))
	}

	/// Asks at most [`policy::MAX_ASKED`] providers, and none after it looked at [`policy::MAX_LOOKED_AT`] nodes.
	fn draw(
		demand: &Demand,
		seed: H256,
		may_take: &mut dyn FnMut(&T::AccountId) -> bool,
	) -> Option<Placement<T::AccountId>> {
		// A job that waited beyond the end finds nobody: machines may be off, and what is owed is wound up.
		if !Self::is_open(demand.class) {
			return None;
		}
		let candidates = ProvidersOf::<T>::get(demand.class)
			.into_iter()
			.filter_map(|provider| {
				let book = Books::<T>::get(&provider, demand.class)?;
				// A node that is fresh is among those that the book counts as attested, so who has too few has no node
				// to give, and that is known without a look at its nodes.
				let able = book.unassigned() >= demand.gpu_time && book.attested_gpus >= demand.gpus;
				able.then(|| (provider, book.unassigned()))
			})
			.collect();
		let current = Self::current_period();
		let mut looked_at: u32 = 0;
		draw(candidates, &seed, policy::MAX_ASKED, |provider| {
			// The conduct and the stake of a provider are a few items, its nodes may be many.
			if looked_at >= policy::MAX_LOOKED_AT || !may_take(provider) {
				return None;
			}
			let nodes = Providers::<T>::get(provider)?.nodes;
			// Saturating: bounded by `most_looked_at`.
			looked_at = looked_at.saturating_add(nodes.len() as u32);
			let node = Self::node_for(nodes, demand, current)?;
			Some(Placement {
				provider: provider.clone(),
				node,
			})
		})
	}

	fn draw_weight(asking: Weight) -> Weight {
		let nodes = policy::most_looked_at(T::MaxNodesPerProvider::get());
		T::WeightInfo::draw(T::MaxProvidersPerClass::get(), nodes)
			.saturating_add(asking.saturating_mul(policy::MAX_ASKED.into()))
	}

	fn occupy(placement: &Placement<T::AccountId>, demand: &Demand) -> DispatchResult {
		let Placement { provider, node: id } = placement;
		let mut node = Nodes::<T>::get(id).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(
			node.provider == *provider && node.class == demand.class,
			Error::<T>::NotAuthorized
		);
		let mut book = Books::<T>::get(provider, demand.class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(node.is_attested(Self::current_period()), Error::<T>::NodeNotServing);
		ensure!(demand.gpus <= node.free_gpus(), Error::<T>::NoFreeGpus);
		ensure!(demand.gpu_time <= book.unassigned(), Error::<T>::ObligationsExceeded);
		node.occupied = node.occupied.checked_add(demand.gpus).ok_or(Error::<T>::Overflow)?;
		book.assigned = book.assigned.checked_add(demand.gpu_time).ok_or(Error::<T>::Overflow)?;
		Nodes::<T>::insert(id, node);
		Books::<T>::insert(provider, demand.class, book);
		Ok(())
	}

	fn vacate(placement: &Placement<T::AccountId>, demand: &Demand) {
		let Placement { provider, node: id } = placement;
		let node = Nodes::<T>::get(id).filter(|node| node.provider == *provider && node.class == demand.class);
		let book = Books::<T>::get(provider, demand.class);
		// A node with a job, or the last with an obligation, cannot be deregistered.
		let (Some(mut node), Some(mut book)) = (node, book) else {
			log::error!(target: LOG, "node {id} was vacated and does not exist");
			return;
		};
		if node.occupied < demand.gpus || book.assigned < demand.gpu_time {
			log::error!(target: LOG, "node {id} was vacated by more than occupied it");
		}
		// Saturating, for the case just told: the port cannot refuse.
		node.occupied.saturating_reduce(demand.gpus);
		book.assigned.saturating_reduce(demand.gpu_time);
		Nodes::<T>::insert(id, node);
		Books::<T>::insert(provider, demand.class, book);
	}

	/// Nothing happens for 0. `ObligationsExceeded`: more than the provider owes that no job set aside.
	fn deliver(
		provider: &T::AccountId,
		class: ClassId,
		holder: &T::AccountId,
		gpu_time: GpuTime,
	) -> Result<Balance, DispatchError> {
		if gpu_time == 0 {
			return Ok(0);
		}
		let released = Self::redeem(provider, class, holder, gpu_time, Cancel::Delivery)?;
		Self::deposit_event(Event::Delivered {
			provider: provider.clone(),
			class,
			gpu_time,
			released,
		});
		Ok(released)
	}

	fn faulted(provider: &T::AccountId, class: ClassId) {
		if let Some(mut book) = Books::<T>::get(provider, class) {
			book.delivered = 0;
			Books::<T>::insert(provider, class, book);
		}
	}

	fn acts_for(who: &T::AccountId, node: NodeId) -> bool {
		Nodes::<T>::get(node).is_some_and(|node| node.provider == *who || who.encode() == node.key.0)
	}
}
