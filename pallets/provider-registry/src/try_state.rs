//! What has to hold between any two blocks.

use crate::{
	policy, types::*, Attestable, Books, ClassOfName, Classes, Config, HoldReason, NextClassId, NextNodeId,
	NextOfferId, NodeOfKey, Nodes, Offers, Pallet, Providers, ProvidersOf,
};
use alloc::{
	collections::{btree_map::BTreeMap, btree_set::BTreeSet},
	format,
	string::String,
	vec::Vec,
};
use polkadot_sdk::{
	frame_support::traits::{
		fungible::{Inspect, InspectHold},
		fungibles::Inspect as InspectAssets,
	},
	sp_runtime::Saturating,
};
use quern_primitives::{Balance, ClassId, GpuTime};

/// What is found broken.
struct Findings(Vec<String>);

impl Findings {
	fn check(&mut self, holds: bool, broken: impl FnOnce() -> String) {
		if !holds {
			self.0.push(broken());
		}
	}
}

impl<T: Config> Pallet<T> {
	/// Checks every invariant of the registry over the whole state, and names each that does not hold:
	///
	/// - for each class, the claims that exist are its providers' obligations;
	/// - each provider's held proceeds, and what the pallet's account keeps for it, are what its books say;
	/// - of a book, `offered + assigned <= obligations`, `unpaid <= proceeds`, the allowance is within the burst
	///   of the active accelerators, and nothing worth an account is held where nothing is owed;
	/// - `offered` is the sum of the book's offers, the active accelerators that of its nodes;
	/// - of a node, `occupied <= gpus`;
	/// - lists and maps agree: names and classes, keys and nodes, providers and their nodes, books and the
	///   classes' providers, attestable nodes; and no id is taken that is still to be given.
	///
	/// Reads everything and writes nothing. For off-chain use: its cost is not bounded.
	pub fn do_try_state() -> Result<(), Vec<String>> {
		let mut findings = Findings(Vec::new());
		Self::check_classes(&mut findings);
		Self::check_nodes(&mut findings);
		Self::check_lists(&mut findings);
		Self::check_books(&mut findings);
		Self::check_money(&mut findings);
		if findings.0.is_empty() {
			Ok(())
		} else {
			Err(findings.0)
		}
	}

	fn check_classes(findings: &mut Findings) {
		let mut obligations = BTreeMap::<ClassId, GpuTime>::new();
		for (_, class, book) in Books::<T>::iter() {
			obligations
				.entry(class)
				.or_default()
				.saturating_accrue(book.obligations);
		}
		for class in obligations.keys() {
			findings.check(Classes::<T>::contains_key(class), || {
				format!("a book is of class {class}, which is none")
			});
		}
		for (class, registered) in Classes::<T>::iter() {
			let owed = obligations.get(&class).copied().unwrap_or(0);
			let issued = T::Claims::total_issuance(class);
			findings.check(T::Claims::asset_exists(class), || {
				format!("class {class} has no claims")
			});
			findings.check(issued == owed, || {
				format!("class {class}: {issued} claims exist, {owed} are owed")
			});
			findings.check(ClassOfName::<T>::get(&registered.name) == Some(class), || {
				format!("class {class} is not found by its name")
			});
			findings.check(class < NextClassId::<T>::get(), || {
				format!("class {class} is still to be given")
			});
		}
		findings.check(ClassOfName::<T>::iter().count() == Classes::<T>::iter().count(), || {
			"names and classes differ in number".into()
		});
	}

	fn check_nodes(findings: &mut Findings) {
		for (id, node) in Nodes::<T>::iter() {
			findings.check(node.occupied <= node.gpus, || {
				format!(
					"node {id}: {} of {} accelerators are occupied",
					node.occupied, node.gpus
				)
			});
			findings.check(NodeOfKey::<T>::get(node.key) == Some(id), || {
				format!("node {id} is not found by its key")
			});
			findings.check(
				Providers::<T>::get(&node.provider).is_some_and(|p| p.nodes.contains(&id)),
				|| format!("node {id} is not among its provider's"),
			);
			findings.check(Books::<T>::contains_key(&node.provider, node.class), || {
				format!("node {id} has no book")
			});
			findings.check(node.last_served <= node.last_told, || {
				format!("node {id} was served after the last verdict")
			});
			findings.check(id < NextNodeId::<T>::get(), || {
				format!("node {id} is still to be given")
			});
		}
		findings.check(NodeOfKey::<T>::iter().count() == Nodes::<T>::iter().count(), || {
			"keys and nodes differ in number".into()
		});
	}

	fn check_lists(findings: &mut Findings) {
		let attestable: Vec<_> = Attestable::<T>::get().into_inner();
		let listed: BTreeSet<_> = attestable.iter().copied().collect();
		let polled: BTreeSet<_> = Nodes::<T>::iter()
			.filter(|(_, node)| node.state != NodeState::Paused)
			.map(|(id, _)| id)
			.collect();
		findings.check(listed.len() == attestable.len(), || {
			"a node is listed twice as attestable".into()
		});
		findings.check(listed == polled, || {
			"the attestable nodes are not those that are not paused".into()
		});

		let mut nodes: usize = 0;
		for (_, provider) in Providers::<T>::iter() {
			nodes.saturating_accrue(provider.nodes.len());
		}
		findings.check(nodes == Nodes::<T>::iter().count(), || {
			"nodes and the lists of providers differ in number".into()
		});

		let mut entries: usize = 0;
		for (class, providers) in ProvidersOf::<T>::iter() {
			entries.saturating_accrue(providers.len());
			for provider in &providers {
				findings.check(Books::<T>::contains_key(provider, class), || {
					format!("class {class} lists {provider:?}, which has no book in it")
				});
			}
		}
		findings.check(entries == Books::<T>::iter().count(), || {
			"books and the lists of classes' providers differ in number".into()
		});
	}

	fn check_books(findings: &mut Findings) {
		let mut active = BTreeMap::<(Vec<u8>, ClassId), (u32, u32)>::new();
		for (_, node) in Nodes::<T>::iter() {
			let gpus = if node.state == NodeState::Active { node.gpus } else { 0 };
			let (nodes, sum) = active
				.entry((codec::Encode::encode(&node.provider), node.class))
				.or_default();
			nodes.saturating_inc();
			sum.saturating_accrue(gpus);
		}
		let mut offered = BTreeMap::<(Vec<u8>, ClassId), GpuTime>::new();
		for (id, offer) in Offers::<T>::iter() {
			offered
				.entry((codec::Encode::encode(&offer.provider), offer.class))
				.or_default()
				.saturating_accrue(offer.unsold);
			findings.check(
				offer.unsold == 0 || Books::<T>::contains_key(&offer.provider, offer.class),
				|| format!("offer {id} has no book"),
			);
			findings.check(id < NextOfferId::<T>::get(), || {
				format!("offer {id} is still to be given")
			});
		}
		for (provider, class, book) in Books::<T>::iter() {
			let key = (codec::Encode::encode(&provider), class);
			let name = || format!("book of {provider:?} in class {class}");
			let (nodes, gpus) = active.get(&key).copied().unwrap_or_default();
			findings.check(nodes > 0, || format!("{}: it has no node", name()));
			findings.check(book.active_gpus == gpus, || {
				format!(
					"{}: {} accelerators are active, it says {}",
					name(),
					gpus,
					book.active_gpus
				)
			});
			findings.check(book.allowance <= policy::burst(book.active_gpus), || {
				format!("{}: the allowance {} exceeds the burst", name(), book.allowance)
			});
			findings.check(offered.get(&key).copied().unwrap_or(0) == book.offered, || {
				format!("{}: {} offered is not what its offers sum to", name(), book.offered)
			});
			findings.check(book.offered.saturating_add(book.assigned) <= book.obligations, || {
				format!(
					"{}: {} offered and {} assigned of {}",
					name(),
					book.offered,
					book.assigned,
					book.obligations
				)
			});
			findings.check(book.unpaid <= book.proceeds, || {
				format!("{}: {} unpaid of {}", name(), book.unpaid, book.proceeds)
			});
			// Less than the least balance may be left where it could not be released.
			findings.check(
				book.owed() > 0 || book.held() < T::Currency::minimum_balance().max(1),
				|| format!("{}: {} is held and nothing owed", name(), book.held()),
			);
		}
	}

	fn check_money(findings: &mut Findings) {
		let mut unpaid: Balance = 0;
		let mut checked = BTreeSet::<Vec<u8>>::new();
		let with_books = Books::<T>::iter_keys().map(|(provider, _)| provider);
		for provider in with_books.chain(Providers::<T>::iter_keys()) {
			if !checked.insert(codec::Encode::encode(&provider)) {
				continue;
			}
			let mut held: Balance = 0;
			for (_, book) in Books::<T>::iter_prefix(&provider) {
				held.saturating_accrue(book.held());
				unpaid.saturating_accrue(book.unpaid);
			}
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Proceeds.into(), &provider);
			findings.check(on_hold == held, || {
				format!("{provider:?} has {on_hold} planck held as proceeds, its books say {held}")
			});
		}
		let kept = T::Currency::balance(&Self::account_id());
		findings.check(unpaid <= kept, || {
			format!("{unpaid} planck are unpaid, the pallet's account has {kept}")
		});
	}
}
