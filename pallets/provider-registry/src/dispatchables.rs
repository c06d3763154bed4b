//! What the calls do.

use crate::{
	collateral::{Cancel, Issue},
	policy,
	transition::{transition, NodeEvent},
	types::*,
	Attestable, Books, ClassOfName, Classes, Config, Devnet, Error, Event, HoldReason, NextClassId, NextNodeId,
	NextOfferId, NodeOfKey, Nodes, Offers, Pallet, Providers, ProvidersOf,
};
use polkadot_sdk::{
	frame_support::{
		ensure,
		traits::{
			fungible::MutateHold,
			fungibles::{Create, Mutate},
			tokens::{Fortitude, Precision, Preservation},
			Get,
		},
	},
	frame_system,
	sp_core::sr25519::{Public, Signature},
	sp_io::crypto::sr25519_verify,
	sp_runtime::{
		traits::{AccountIdConversion, SaturatedConversion, Zero},
		BoundedVec, DispatchError, DispatchResult,
	},
};
use quern_primitives::{
	ports::{BondSize, BondUse, Bonds, Market},
	Balance, BlockNumber, ClassId, Endpoint, GpuTime, NewOrder, NodeId, Period, Price, Purpose, Side,
};

impl<T: Config> Pallet<T> {
	/// The pallet's account.
	pub fn account_id() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	pub(crate) fn current_period() -> Period {
		policy::period_of(Self::now())
	}

	pub(crate) fn do_register_class(
		name: ClassName,
		floor_price: Price,
		opening: Option<Opening>,
		throughput: u64,
	) -> Result<ClassId, DispatchError> {
		ensure!(policy::is_class_name(&name), Error::<T>::InvalidName);
		ensure!(!floor_price.is_zero(), Error::<T>::InvalidPrice);
		Self::ensure_valid_opening(&opening)?;
		ensure!(!ClassOfName::<T>::contains_key(&name), Error::<T>::AlreadyExists);
		let class = NextClassId::<T>::get();
		let next = class.checked_add(1).ok_or(Error::<T>::Overflow)?;

		// A least balance of 1 leaves no dust to lose, and sufficiency lets accounts without tokens hold claims.
		T::Claims::create(class, Self::account_id(), true, 1)?;
		NextClassId::<T>::put(next);
		ClassOfName::<T>::insert(&name, class);
		Classes::<T>::insert(
			class,
			Class {
				name: name.clone(),
				floor_price,
				opening,
				throughput,
				ends_at: None,
			},
		);
		Self::deposit_event(Event::ClassRegistered {
			class,
			name,
			floor_price,
			throughput,
		});
		Ok(class)
	}

	pub(crate) fn do_set_opening(class: ClassId, opening: Option<Opening>) -> DispatchResult {
		let mut registered = Classes::<T>::get(class).ok_or(Error::<T>::ClassNotFound)?;
		Self::ensure_valid_opening(&opening)?;
		ensure!(opening.is_none() || !T::Market::has_pool(class), Error::<T>::PoolExists);
		registered.opening = opening;
		Classes::<T>::insert(class, registered);
		Self::deposit_event(Event::OpeningSet { class, opening });
		Ok(())
	}

	pub(crate) fn do_set_throughput(class: ClassId, throughput: u64) -> DispatchResult {
		Classes::<T>::try_mutate(class, |registered| {
			let registered = registered.as_mut().ok_or(Error::<T>::ClassNotFound)?;
			registered.throughput = throughput;
			Ok::<_, DispatchError>(())
		})?;
		Self::deposit_event(Event::ThroughputSet { class, throughput });
		Ok(())
	}

	fn ensure_valid_opening(opening: &Option<Opening>) -> DispatchResult {
		let valid = opening
			.as_ref()
			.is_none_or(|terms| !terms.price.is_zero() && terms.max_gpu_time > 0);
		ensure!(valid, Error::<T>::InvalidPrice);
		Ok(())
	}

	pub(crate) fn do_register_provider(who: T::AccountId) -> DispatchResult {
		ensure!(T::Bonds::is_operator(&who), Error::<T>::NotOperator);
		ensure!(!Providers::<T>::contains_key(&who), Error::<T>::AlreadyExists);
		// So that proceeds can always be credited: the account has to exist.
		frame_system::Pallet::<T>::inc_consumers(&who)?;
		Providers::<T>::insert(&who, Provider::<T>::default());
		Self::deposit_event(Event::ProviderRegistered { provider: who });
		Ok(())
	}

	pub(crate) fn do_deregister_provider(who: T::AccountId) -> DispatchResult {
		let provider = Providers::<T>::get(&who).ok_or(Error::<T>::ProviderNotFound)?;
		ensure!(provider.nodes.is_empty(), Error::<T>::NodesRemain);
		Providers::<T>::remove(&who);
		frame_system::Pallet::<T>::dec_consumers(&who);
		Self::deposit_event(Event::ProviderDeregistered { provider: who });
		Ok(())
	}

	pub(crate) fn do_register_node(
		who: T::AccountId,
		class: ClassId,
		gpus: u32,
		memory_mib: u64,
		endpoint: Endpoint,
		key: Public,
		proof: Signature,
	) -> DispatchResult {
		let mut provider = Providers::<T>::get(&who).ok_or(Error::<T>::ProviderNotFound)?;
		ensure!(T::Bonds::is_operator(&who), Error::<T>::NotOperator);
		Self::open_class(class)?;
		ensure!(
			(1..=T::MaxGpusPerNode::get()).contains(&gpus) && memory_mib > 0,
			Error::<T>::InvalidHardware
		);
		ensure!(endpoint.is_allowed(Devnet::<T>::get()), Error::<T>::InvalidEndpoint);
		ensure!(!NodeOfKey::<T>::contains_key(key), Error::<T>::KeyInUse);
		ensure!(
			sr25519_verify(&proof, &Self::possession_payload(&who), &key),
			Error::<T>::InvalidProof
		);

		let node = NextNodeId::<T>::get();
		let next = node.checked_add(1).ok_or(Error::<T>::Overflow)?;
		let mut attestable = Attestable::<T>::get();
		attestable.try_push(node).map_err(|_| Error::<T>::TooManyNodes)?;
		provider.nodes.try_push(node).map_err(|_| Error::<T>::TooManyNodes)?;
		let found = Books::<T>::get(&who, class);
		let first_of_class = found.is_none();
		let mut book = found.unwrap_or_default();
		Self::accrue(&mut book);
		book.gpus = book.gpus.checked_add(gpus).ok_or(Error::<T>::Overflow)?;
		let mut providers = ProvidersOf::<T>::get(class);
		if first_of_class {
			providers
				.try_push(who.clone())
				.map_err(|_| Error::<T>::TooManyProviders)?;
		}

		T::Bonds::reserve(&who, BondUse::Node(node), BondSize::own(T::FlatBond::get()))?;
		if first_of_class {
			ProvidersOf::<T>::insert(class, providers);
		}
		Books::<T>::insert(&who, class, book);
		NextNodeId::<T>::put(next);
		Attestable::<T>::put(attestable);
		Providers::<T>::insert(&who, provider);
		NodeOfKey::<T>::insert(key, node);
		Nodes::<T>::insert(
			node,
			Node {
				provider: who.clone(),
				class,
				gpus,
				memory_mib,
				endpoint,
				key,
				state: NodeState::Pending,
				last_served: None,
				last_told: None,
				missed: 0,
				occupied: 0,
				attested: false,
			},
		);
		Self::deposit_event(Event::NodeRegistered {
			node,
			provider: who,
			class,
		});
		Ok(())
	}

	/// The bytes that the key of a node of `provider` signs at its registration.
	pub fn possession_payload(provider: &T::AccountId) -> alloc::vec::Vec<u8> {
		let genesis = frame_system::Pallet::<T>::block_hash(frame_system::pallet_prelude::BlockNumberFor::<T>::zero());
		possession_payload(&genesis, provider)
	}

	/// The node, if it is `who`'s.
	fn own_node(who: &T::AccountId, node: NodeId) -> Result<Node<T::AccountId>, DispatchError> {
		let found = Nodes::<T>::get(node).ok_or(Error::<T>::NodeNotFound)?;
		ensure!(found.provider == *who, Error::<T>::NotAuthorized);
		Ok(found)
	}

	pub(crate) fn do_set_endpoint(who: T::AccountId, id: NodeId, endpoint: Endpoint) -> DispatchResult {
		let mut node = Self::own_node(&who, id)?;
		ensure!(endpoint.is_allowed(Devnet::<T>::get()), Error::<T>::InvalidEndpoint);
		node.endpoint = endpoint;
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::EndpointChanged { node: id, endpoint });
		Ok(())
	}

	pub(crate) fn do_pause_node(who: T::AccountId, id: NodeId) -> DispatchResult {
		let mut node = Self::own_node(&who, id)?;
		let mut book = Books::<T>::get(&who, node.class).ok_or(Error::<T>::BookNotFound)?;
		let state = transition(node.state, NodeEvent::Pause).map_err(Error::<T>::from)?;
		Self::deactivate(&mut node, &mut book);
		Attestable::<T>::mutate(|nodes| remove(nodes, &id));
		Books::<T>::insert(&who, node.class, book);
		node.state = state;
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::NodePaused { node: id });
		Ok(())
	}

	pub(crate) fn do_resume_node(who: T::AccountId, id: NodeId) -> DispatchResult {
		let mut node = Self::own_node(&who, id)?;
		node.state = transition(node.state, NodeEvent::Resume).map_err(Error::<T>::from)?;
		let mut book = Books::<T>::get(&who, node.class).ok_or(Error::<T>::BookNotFound)?;
		Attestable::<T>::try_mutate(|nodes| nodes.try_push(id)).map_err(|_| Error::<T>::TooManyNodes)?;
		Self::charge(&who, node.class, &mut book);
		Books::<T>::insert(&who, node.class, book);
		Nodes::<T>::insert(id, node);
		Self::deposit_event(Event::NodeResumed { node: id });
		Ok(())
	}

	pub(crate) fn do_deregister_node(who: T::AccountId, id: NodeId) -> DispatchResult {
		let mut node = Self::own_node(&who, id)?;
		let class = node.class;
		let mut provider = Providers::<T>::get(&who).ok_or(Error::<T>::ProviderNotFound)?;
		let mut book = Books::<T>::get(&who, class).ok_or(Error::<T>::BookNotFound)?;
		ensure!(node.occupied == 0, Error::<T>::NodeOccupied);
		remove(&mut provider.nodes, &id);
		let (nodes_left, attested) = Self::count_nodes(&provider, class);
		Self::collect(&who, class, &mut book);
		Self::ensure_enough_left(&who, class, &mut book, attested)?;
		if nodes_left == 0 {
			// The provider signed this call, so its account exists, and nothing is owed: what is left of proceeds
			// and shares that could not be credited before goes out now.
			Self::give_shares(&who, class, &mut book);
			ensure!(book.proceeds == 0 && book.shares_due == 0, Error::<T>::ProceedsRemain);
			ensure!(book.exit.is_none(), Error::<T>::EstateOpen);
		}

		Self::deactivate(&mut node, &mut book);
		// The sum over its nodes; a broken one must not wrap.
		book.gpus = book.gpus.saturating_sub(node.gpus);
		if nodes_left > 0 {
			Books::<T>::insert(&who, class, book);
		} else {
			Books::<T>::remove(&who, class);
			ProvidersOf::<T>::mutate(class, |providers| remove(providers, &who));
		}
		Attestable::<T>::mutate(|nodes| remove(nodes, &id));
		Providers::<T>::insert(&who, provider);
		NodeOfKey::<T>::remove(node.key);
		Nodes::<T>::remove(id);
		T::Bonds::release(&who, BondUse::Node(id));
		Self::deposit_event(Event::NodeDeregistered {
			node: id,
			provider: who,
			class,
		});
		Ok(())
	}

	/// Whether `attested` accelerators are enough for what a book owes, with collateral for them at today's
	/// prices. What a gone provider has reserved stays so.
	fn ensure_enough_left(who: &T::AccountId, class: ClassId, book: &mut Book, attested: u32) -> DispatchResult {
		let limit = if book.exit == Some(Exit::Gone) {
			policy::free_obligations(attested)
		} else {
			policy::obligation_limit(attested)
		};
		ensure!(book.obligations <= limit, Error::<T>::ObligationsRemain);
		if book.exit == Some(Exit::Gone) {
			return Ok(());
		}
		// None is taken on: what backs them stays, however much is allocated.
		let backing = book.backing;
		Self::cover_with(who, class, book, attested, backing)
	}

	pub(crate) fn do_open_pool(who: T::AccountId, class: ClassId, gpu_time: GpuTime) -> DispatchResult {
		let mut registered = Self::open_class(class)?;
		ensure!(!T::Market::has_pool(class), Error::<T>::PoolExists);
		let opening = registered.opening.take().ok_or(Error::<T>::NoOpening)?;
		ensure!(gpu_time <= opening.max_gpu_time, Error::<T>::OpeningExceeded);
		let mut book = Self::issue(&who, class, gpu_time, Issue::Opening)?;
		let tokens = policy::value(opening.price, gpu_time).ok_or(Error::<T>::Overflow)?;
		ensure!(tokens > 0, Error::<T>::ZeroAmount);
		book.proceeds = book.proceeds.checked_add(tokens).ok_or(Error::<T>::Overflow)?;

		let treasury = T::Treasury::get();
		Books::<T>::insert(&who, class, book);
		Classes::<T>::insert(class, registered);
		T::Currency::transfer_and_hold(
			&HoldReason::Proceeds.into(),
			&treasury,
			&who,
			tokens,
			Precision::Exact,
			Preservation::Preserve,
			Fortitude::Polite,
		)?;
		T::Claims::mint_into(class, &treasury, gpu_time)?;
		T::Market::create_pool(&treasury, class, tokens, gpu_time)?;
		Self::deposit_event(Event::PoolOpened {
			class,
			provider: who,
			tokens,
			gpu_time,
		});
		Ok(())
	}

	pub(crate) fn do_offer_capacity(
		who: T::AccountId,
		class: ClassId,
		gpu_time: GpuTime,
		min_proceeds: Balance,
	) -> DispatchResult {
		Self::open_class(class)?;
		let book = Self::issue(&who, class, gpu_time, Issue::Offer)?;
		let offer = NextOfferId::<T>::get();
		let next = offer.checked_add(1).ok_or(Error::<T>::Overflow)?;

		let account = Self::account_id();
		NextOfferId::<T>::put(next);
		Offers::<T>::insert(
			offer,
			Offer {
				provider: who.clone(),
				class,
				unsold: gpu_time,
			},
		);
		Books::<T>::insert(&who, class, book);
		T::Claims::mint_into(class, &account, gpu_time)?;
		let order = T::Market::place_order(NewOrder {
			class,
			side: Side::Sell,
			gpu_time,
			limit: min_proceeds,
			payer: account.clone(),
			recipient: account,
			purpose: Purpose::Offer(offer),
			// This block's batch, which clears as the next block begins, is the only one.
			expires_at: Self::now(),
			pace: None,
		})?;
		Self::deposit_event(Event::CapacityOffered {
			offer,
			order,
			provider: who,
			class,
			gpu_time,
		});
		Ok(())
	}

	pub(crate) fn do_buy_back(who: T::AccountId, class: ClassId, gpu_time: GpuTime) -> DispatchResult {
		ensure!(gpu_time > 0, Error::<T>::ZeroAmount);
		let released = Self::redeem(&who, class, &who, gpu_time, Cancel::BuyBack)?;
		Self::deposit_event(Event::BoughtBack {
			provider: who,
			class,
			gpu_time,
			released,
		});
		Ok(())
	}

	/// Takes a node's accelerators off the active ones, with the allowance that goes beyond the others'.
	fn deactivate(node: &mut Node<T::AccountId>, book: &mut Book) {
		Self::count(node, book, false);
		if node.state == NodeState::Active {
			// `active_gpus` is the sum over active nodes; a broken one must not wrap.
			book.active_gpus = book.active_gpus.saturating_sub(node.gpus);
			book.evaporate();
		}
	}

	/// Nodes of a provider in a class, and the accelerators of those attested.
	pub(crate) fn count_nodes(provider: &Provider<T>, class: ClassId) -> (u32, u32) {
		let current = Self::current_period();
		provider
			.nodes
			.iter()
			.filter_map(Nodes::<T>::get)
			.filter(|node| node.class == class)
			.fold((0, 0), |(nodes, gpus): (u32, u32), node| {
				let attested = if node.is_attested(current) { node.gpus } else { 0 };
				// Bounded by `MaxNodesPerProvider × MaxGpusPerNode`.
				(nodes.saturating_add(1), gpus.saturating_add(attested))
			})
	}
}

/// Takes `item` out of a list that holds it at most once, not keeping the order.
fn remove<Item: PartialEq, Bound>(list: &mut BoundedVec<Item, Bound>, item: &Item) {
	if let Some(index) = list.iter().position(|other| other == item) {
		list.swap_remove(index);
	}
}
