//! Everybody gets its own out.

use super::*;

impl World {
	/// Everybody out: jobs end, orders close, liquidity comes back, holds are gone.
	pub(super) fn unwind(&mut self, chain: &mut Chain) {
		// Machines come back.
		for node in 0..NextNodeId::<Runtime>::get() {
			let Some(found) = Nodes::<Runtime>::get(node) else {
				chain.serving.remove(&node);
				continue;
			};
			let owner = self
				.providers
				.iter()
				.find(|each| each.id == found.provider)
				.expect("a provider")
				.clone();
			chain.serving.insert(node, node_key(&owner, node).pair);
			if found.state == NodeState::Paused {
				chain.ok(&owner, Registry::resume_node { node });
			}
		}
		for _ in 0..40 {
			let mut open: Vec<_> = Jobs::<Runtime>::iter()
				.filter(|(_, job)| !job.state.is_finished())
				.collect();
			if open.is_empty() {
				break;
			}
			open.sort_by_key(|(id, _)| *id);
			for (id, job) in open {
				match job.state {
					JobState::Disputed { .. } => rule(chain, id, false),
					JobState::Bidding { .. } | JobState::Queued { .. } => {
						let client = self
							.people
							.iter()
							.find(|each| each.id == job.client)
							.expect("one of these")
							.clone();
						// It may have been assigned meanwhile.
						chain.submit(&client, Escrow::cancel { job: id });
					}
					_ => {}
				}
			}
			chain.run(10);
		}
		let open: Vec<_> = Jobs::<Runtime>::iter()
			.filter(|(_, job)| !job.state.is_finished())
			.collect();
		assert!(open.is_empty(), "{open:#?}");
		// Orders have expired, locks are over.
		chain.run_until(25, "an empty book", || ComputeAmm::orders(CPU).is_empty());
		chain.run_until(101, "locks' end", || {
			Locks::<Runtime>::iter().all(|(_, _, lock)| lock.until <= now())
		});
		for who in &self.people {
			if Locks::<Runtime>::contains_key(CPU, &who.id) {
				chain.ok(who, Amm::unlock_shares { class: CPU });
			}
			let shares = PoolShares::balance(CPU, &who.id);
			let remove = Amm::remove_liquidity {
				class: CPU,
				shares,
				min_tokens: 0,
				min_gpu_time: 0,
				deadline: now() + 5,
			};
			if shares > 0 {
				chain.submit(who, remove);
				chain.run(2);
			}
			// What is left of shares is worth less than a planck or a claim.
			assert!(
				PoolShares::balance(CPU, &who.id) < 10_000,
				"{}",
				PoolShares::balance(CPU, &who.id)
			);
			if Owed::<Runtime>::contains_key(&who.id) {
				chain.ok(&user("Alice"), Amm::collect { who: who.id.clone() });
			}
		}
		// Nothing of anybody's lies with the pallets.
		assert_eq!(claims_of(&JobEscrow::account_id()), 0);
		assert_eq!(claims_of(&ComputeAmm::account()), 0);
		assert_eq!(free(&ComputeAmm::account()), configs::money::EXISTENTIAL_DEPOSIT);
		let passing: u128 = Estates::<Runtime>::iter_values().map(|estate| estate.proceeds).sum();
		assert_eq!(
			free(&ProviderRegistry::account_id()),
			configs::money::EXISTENTIAL_DEPOSIT + passing
		);
		for who in &self.people {
			let deposit = Estates::<Runtime>::get(&who.id, CPU).map_or(0, |estate| estate.deposit);
			assert_eq!(
				held(&who.id),
				book(&who.id).proceeds + deposit,
				"only proceeds and leavers' deposits are held"
			);
			let book = book(&who.id);
			assert_eq!((book.offered, book.assigned, book.adding), (0, 0, 0));
			assert_eq!(book.unpaid, 0);
		}
		// Claims sell, if a third of the pool at a time.
		for who in &self.people {
			for _ in 0..30 {
				let gpu_time = claims_of(&who.id).min(pool().reserve_claims / 3);
				if gpu_time < 10 {
					break;
				}
				let call = Amm::place_order {
					class: CPU,
					side: Side::Sell,
					gpu_time,
					limit: 0,
					expires_in: None,
					recipient: None,
				};
				// Selling so much trips a breaker now and then.
				chain.run_until(101, "an open market", || pool().paused_until <= now());
				chain.ok(who, call);
				chain.next();
			}
			assert!(claims_of(&who.id) < 10);
		}
		// Records go a day after their jobs; each is listed for that once.
		let listed: usize = Due::<Runtime>::iter_values().map(|jobs| jobs.len()).sum();
		assert_eq!(listed, Jobs::<Runtime>::iter().count());
	}
}
