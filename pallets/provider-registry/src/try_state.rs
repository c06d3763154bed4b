//! What has to hold between any two blocks.

use crate::{
	policy, types::*, Additions, Attestable, AttestedGpus, Books, BuyBacks, ClassOfName, Classes, Config, Estates,
	HoldReason, LitClock, NextAdditionId, NextBuyBackId, NextClassId, NextNodeId, NextOfferId, NodeOfKey, Nodes,
	Offers, OpenEstates, Pallet, Providers, ProvidersOf, RecoveredShares, Shortfalls,
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
		Get,
	},
	sp_runtime::Saturating,
};
use quern_primitives::{
	ports::{BondSize, BondUse, Bonds},
	Balance, ClassId, GpuTime,
};

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
	/// - for each class, the claims that exist are the obligations of books and estates and the shortfall;
	/// - each provider's held proceeds and deposits, what the pallet's account keeps for it, and the pool shares
	///   there, are what books and estates say; so is what is reserved for obligations, and something is where
	///   anything is owed;
	/// - of a book, `offered + adding + assigned <= obligations`, `liquidity <= owed`, `unpaid <= proceeds`, the
	///   allowance is within the burst of the active accelerators, and nothing worth an account is held, nor a
	///   share kept, where nothing is owed;
	/// - `offered` and `adding` are the sums of the book's offers and additions, the accelerators, active and
	///   attested ones, and the attested nodes those of its nodes; classes' and the chain's attested ones are sums of those;
	/// - a node that is attested counts as such; one that counts is active and was not stale in the period of
	///   its last verdict (it may have become so since: no verdict, no call, nothing that could tell);
	/// - a book has an exit if, and only if, it has an estate, of the same kind; a class counts its estates;
	/// - nothing waits in the market that was issued in a class that has ended;
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
		Self::check_attested(&mut findings);
		Self::check_estates(&mut findings);
		Self::check_money(&mut findings);
		Self::check_shares(&mut findings);
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
		for (_, class, estate) in Estates::<T>::iter() {
			obligations
				.entry(class)
				.or_default()
				.saturating_accrue(estate.obligations);
		}
		for (class, shortfall) in Shortfalls::<T>::iter() {
			obligations.entry(class).or_default().saturating_accrue(shortfall);
		}
		for class in obligations.keys() {
			findings.check(Classes::<T>::contains_key(class), || {
				format!("something is owed in class {class}, which is none")
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
			let waits = |book: &Book| book.offered > 0 || book.adding > 0;
			let issued = Books::<T>::iter().any(|(_, of, book)| of == class && waits(&book));
			findings.check(!issued || !registered.has_ended(Self::now()), || {
				format!("class {class} has ended, and claims of it are offered")
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
		let mut of_nodes = BTreeMap::<(Vec<u8>, ClassId), (u32, u32, u32, u32, u32)>::new();
		for (_, node) in Nodes::<T>::iter() {
			let if_so = |so: bool| if so { node.gpus } else { 0 };
			let (nodes, all, active, attested, attested_nodes) = of_nodes
				.entry((codec::Encode::encode(&node.provider), node.class))
				.or_default();
			nodes.saturating_inc();
			all.saturating_accrue(node.gpus);
			active.saturating_accrue(if_so(node.state == NodeState::Active));
			attested.saturating_accrue(if_so(node.attested));
			attested_nodes.saturating_accrue(u32::from(node.attested));
		}
		let mut adding = BTreeMap::<(Vec<u8>, ClassId), GpuTime>::new();
		for (id, addition) in Additions::<T>::iter() {
			adding
				.entry((codec::Encode::encode(&addition.provider), addition.class))
				.or_default()
				.saturating_accrue(addition.gpu_time);
			findings.check(Books::<T>::contains_key(&addition.provider, addition.class), || {
				format!("addition {id} has no book")
			});
			findings.check(id < NextAdditionId::<T>::get(), || {
				format!("addition {id} is still to be given")
			});
		}
		for (id, _) in BuyBacks::<T>::iter() {
			findings.check(id < NextBuyBackId::<T>::get(), || {
				format!("buy-back {id} is still to be given")
			});
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
			let (nodes, all, active, attested, attested_nodes) = of_nodes.get(&key).copied().unwrap_or_default();
			findings.check(nodes > 0, || format!("{}: it has no node", name()));
			for (what, found, says) in [
				("registered", all, book.gpus),
				("active", active, book.active_gpus),
				("attested", attested, book.attested_gpus),
			] {
				findings.check(found == says, || {
					format!("{}: {found} accelerators are {what}, it says {says}", name())
				});
			}
			findings.check(attested_nodes == book.attested_nodes, || {
				format!(
					"{}: {attested_nodes} nodes are attested, it says {}",
					name(),
					book.attested_nodes
				)
			});
			findings.check(adding.get(&key).copied().unwrap_or(0) == book.adding, || {
				format!("{}: {} added is not what its additions sum to", name(), book.adding)
			});
			findings.check(book.liquidity <= book.owed(), || {
				format!("{}: {} in the pool of {} owed", name(), book.liquidity, book.owed())
			});
			findings.check(book.owed() > 0 || book.shares == 0, || {
				format!("{}: {} pool shares are kept and nothing owed", name(), book.shares)
			});
			let says = BondSize {
				own: book.collateral,
				allocated: Some((class, book.backed())),
			};
			let nothing = BondSize {
				own: 0,
				allocated: Some((class, 0)),
			};
			let size = T::Bonds::reserved(&provider, BondUse::Obligations(class)).unwrap_or(nothing);
			findings.check(size == says, || {
				format!("{}: {size:?} is reserved, it says {says:?}", name())
			});
			// A gone provider's stays while its estate is open.
			let is_backed = book.backing >= T::FlatBond::get();
			findings.check(
				match book.exit {
					Some(Exit::Gone) => is_backed,
					_ => is_backed == (book.obligations > 0) && (is_backed || book.backing == 0),
				},
				|| {
					format!(
						"{}: {} backs the {} that it owes",
						name(),
						book.backing,
						book.obligations
					)
				},
			);
			findings.check(
				!book.absence.is_gone() || book.absence.gone == policy::GONE_LEVEL,
				|| format!("{}: its absence is beyond what makes it gone", name()),
			);
			findings.check(book.absence.free <= policy::FREE_ABSENCE, || {
				format!("{}: its free absence is beyond an hour", name())
			});
			findings.check(book.allowance <= policy::burst(book.active_gpus), || {
				format!("{}: the allowance {} exceeds the burst", name(), book.allowance)
			});
			findings.check(offered.get(&key).copied().unwrap_or(0) == book.offered, || {
				format!("{}: {} offered is not what its offers sum to", name(), book.offered)
			});
			findings.check(
				book.assigned <= book.owed() && book.offered.saturating_add(book.adding) <= book.obligations,
				|| {
					format!(
						"{}: {} offered and {} assigned of {}",
						name(),
						book.offered,
						book.assigned,
						book.obligations
					)
				},
			);
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

	fn check_attested(findings: &mut Findings) {
		let current = Self::current_period();
		let mut classes = BTreeMap::<ClassId, u32>::new();
		let mut chain: u32 = 0;
		for (id, node) in Nodes::<T>::iter() {
			findings.check(!node.is_attested(current) || node.attested, || {
				format!("node {id} is attested and does not count")
			});
			if !node.attested {
				continue;
			}
			let was_fresh = node
				.last_served
				.zip(node.last_told)
				.is_some_and(|(served, told)| policy::is_fresh(served, told));
			findings.check(node.state == NodeState::Active && was_fresh, || {
				format!("node {id} counts as attested and is not")
			});
			classes.entry(node.class).or_default().saturating_accrue(node.gpus);
			chain.saturating_accrue(node.gpus);
		}
		for (class, _) in Classes::<T>::iter() {
			let (sum, says) = (classes.get(&class).copied().unwrap_or(0), AttestedGpus::<T>::get(class));
			findings.check(sum == says, || {
				format!("class {class}: {sum} accelerators are attested, it says {says}")
			});
		}
		let says = LitClock::<T>::get().gpus;
		findings.check(chain == says, || {
			format!("{chain} accelerators are attested on the chain, its clock says {says}")
		});
	}

	fn check_estates(findings: &mut Findings) {
		let mut open = BTreeMap::<ClassId, u32>::new();
		for (provider, class, estate) in Estates::<T>::iter() {
			open.entry(class).or_default().saturating_inc();
			let expected = if estate.orderly { Exit::Left } else { Exit::Gone };
			findings.check(
				Books::<T>::get(&provider, class).is_some_and(|book| book.exit == Some(expected)),
				|| format!("the estate of {provider:?} in class {class} has no book that says so"),
			);
			findings.check(
				if estate.orderly {
					estate.advanced == 0
				} else {
					estate.deposit == 0
				},
				|| format!("the estate of {provider:?} in class {class} is topped up from both sides"),
			);
		}
		for (provider, class, book) in Books::<T>::iter() {
			findings.check(
				book.exit.is_none() || Estates::<T>::contains_key(&provider, class),
				|| format!("book of {provider:?} in class {class} has an exit and no estate"),
			);
		}
		let says: BTreeMap<_, _> = OpenEstates::<T>::iter().collect();
		findings.check(open == says, || {
			format!("estates by class are {open:?}, their counts say {says:?}")
		});
	}

	fn check_shares(findings: &mut Findings) {
		for (class, _) in Classes::<T>::iter() {
			let mut kept = RecoveredShares::<T>::get(class);
			for (_, of, book) in Books::<T>::iter() {
				if of == class {
					kept.saturating_accrue(book.shares.saturating_add(book.shares_due));
				}
			}
			for (_, of, estate) in Estates::<T>::iter() {
				if of == class {
					kept.saturating_accrue(estate.shares);
				}
			}
			// More may be there: anyone may send some.
			let there = T::Shares::balance(class, &Self::account_id());
			findings.check(kept <= there, || {
				format!("class {class}: {kept} pool shares are booked, the pallet's account has {there}")
			});
		}
	}

	fn check_money(findings: &mut Findings) {
		let mut unpaid: Balance = 0;
		for (_, _, estate) in Estates::<T>::iter() {
			unpaid.saturating_accrue(estate.proceeds);
		}
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
			let mut deposits: Balance = 0;
			for (_, estate) in Estates::<T>::iter_prefix(&provider) {
				deposits.saturating_accrue(estate.deposit);
			}
			let on_hold = T::Currency::balance_on_hold(&HoldReason::Novation.into(), &provider);
			findings.check(on_hold == deposits, || {
				format!("{provider:?} has {on_hold} planck held for novation, its estates say {deposits}")
			});
		}
		let kept = T::Currency::balance(&Self::account_id());
		findings.check(unpaid <= kept, || {
			format!("{unpaid} planck are unpaid or of estates, the pallet's account has {kept}")
		});
	}
}
