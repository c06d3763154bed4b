//! What people do at random.

use super::*;

impl World {
	pub(super) fn act(&mut self, chain: &mut Chain) {
		match self.numbers.below(30) {
			0..=3 => self.trade(chain),
			4 => self.cancel_an_order(chain),
			5..=7 => self.provide_liquidity(chain),
			8..=10 => self.ask_for_a_job(chain),
			11..=15 => self.act_on_a_job(chain),
			16..=18 => self.sell_capacity(chain),
			19 => self.buy_back(chain),
			20..=21 => self.keep_nodes(chain),
			22 => self.stake(chain),
			23..=26 => self.novate(chain),
			27 => self.govern_liquidity(chain),
			_ => self.transfer(chain),
		}
	}

	fn person(&mut self) -> User {
		self.numbers.of(&self.people).clone()
	}

	fn provider(&mut self) -> User {
		self.numbers.of(&self.providers).clone()
	}

	/// Whose account it is; `other` if it is none of these.
	pub(super) fn whose(&self, account: &AccountId, other: &User) -> User {
		let found = self.people.iter().find(|each| each.id == *account);
		found.unwrap_or(other).clone()
	}

	fn trade(&mut self, chain: &mut Chain) {
		let (who, to) = (self.person(), self.person());
		let (pool, spot) = (pool(), spot());
		let n = &mut self.numbers;
		// Few so large that they trip a breaker.
		let part = if n.below(60) == 0 { 2 } else { 60 };
		let gpu_time = n.amount(pool.reserve_claims / part);
		let side = if n.below(2) == 0 { Side::Buy } else { Side::Sell };
		// From half to twice what it is worth.
		let limit = gpu_time * spot * u128::from(50 + n.below(150)) / 100;
		let expires_in = [None, Some(3), Some(20)][n.below(3) as usize];
		let recipient = (n.below(4) == 0).then_some(to.id);
		let call = Amm::place_order {
			class: CPU,
			side,
			gpu_time,
			limit,
			expires_in,
			recipient,
		};
		self.try_call(chain, &who, "place_order", call);
	}

	fn cancel_an_order(&mut self, chain: &mut Chain) {
		let who = self.person();
		let orders = ComputeAmm::orders(CPU);
		if orders.is_empty() {
			return;
		}
		let order = self.numbers.of(&orders).clone();
		let owner = self.whose(&order.payer, &who);
		let cancel = Amm::cancel_order {
			class: CPU,
			order: order.id,
		};
		self.try_call(chain, &owner, "cancel_order", cancel);
	}

	fn provide_liquidity(&mut self, chain: &mut Chain) {
		let who = self.person();
		let spot = spot();
		let n = &mut self.numbers;
		let later = now() + 1 + n.below(3) as u32;
		match n.below(3) {
			0 => {
				let gpu_time = n.amount(claims_of(&who.id).max(1));
				let call = Amm::add_liquidity {
					class: CPU,
					max_tokens: gpu_time * spot * 2,
					max_gpu_time: gpu_time,
					min_shares: n.amount(1_000),
					deadline: later,
				};
				self.try_call(chain, &who, "add_liquidity", call);
			}
			1 => {
				let shares = n.amount(PoolShares::balance(CPU, &who.id).max(1));
				let call = Amm::remove_liquidity {
					class: CPU,
					shares,
					min_tokens: n.amount(QRN),
					min_gpu_time: 0,
					deadline: later,
				};
				self.try_call(chain, &who, "remove_liquidity", call);
			}
			_ => self.try_call(chain, &who, "unlock_shares", Amm::unlock_shares { class: CPU }),
		}
	}

	fn ask_for_a_job(&mut self, chain: &mut Chain) {
		let who = self.person();
		let spot = spot();
		let n = &mut self.numbers;
		let gpus = 1 + n.below(4) as u32;
		let duration = 20 + n.amount(6_000);
		let all = duration * u128::from(gpus);
		let claims = if n.below(3) == 0 {
			claims_of(&who.id).min(all)
		} else {
			0
		};
		let terms = JobTerms {
			claims,
			pace: [None, Some(all)][n.below(2) as usize],
			bid_blocks: [None, Some(0), Some(5)][n.below(3) as usize],
			accept_blocks: Some(1 + n.below(15) as u32),
			on_return: [OnReturn::Claims, OnReturn::Sell][n.below(2) as usize],
			..Default::default()
		};
		let max_cost = (all - claims) * spot * u128::from(90 + n.below(80)) / 100;
		self.try_call(chain, &who, "request_job", request(gpus, duration, max_cost, terms));
	}

	fn sell_capacity(&mut self, chain: &mut Chain) {
		let provider = self.provider();
		let spot = spot();
		let n = &mut self.numbers;
		let gpu_time = n.amount(book(&provider.id).allowance);
		if n.below(3) == 0 {
			let call = Registry::issue_liquidity {
				class: CPU,
				gpu_time,
				tokens: gpu_time * spot * u128::from(50 + n.below(100)) / 100,
				min_shares: 0,
			};
			return self.try_call(chain, &provider, "issue_liquidity", call);
		}
		let call = Registry::offer_capacity {
			class: CPU,
			gpu_time,
			min_proceeds: gpu_time * spot * u128::from(n.below(110)) / 100,
		};
		self.try_call(chain, &provider, "offer_capacity", call);
	}

	fn buy_back(&mut self, chain: &mut Chain) {
		let provider = self.provider();
		let spot = spot();
		let n = &mut self.numbers;
		if n.below(2) == 0 {
			let gpu_time = n.amount(claims_of(&provider.id));
			let call = Registry::buy_back { class: CPU, gpu_time };
			return self.try_call(chain, &provider, "buy_back", call);
		}
		let gpu_time = n.amount(book(&provider.id).obligations);
		let call = Registry::buy_back_in_market {
			class: CPU,
			gpu_time,
			max_cost: gpu_time * spot * u128::from(80 + n.below(80)) / 100,
			blocks: n.below(6) as u32,
		};
		self.try_call(chain, &provider, "buy_back_in_market", call);
	}

	fn keep_nodes(&mut self, chain: &mut Chain) {
		let provider = self.provider();
		let nodes = NextNodeId::<Runtime>::get();
		let node = self.numbers.below(nodes.into()) as u32;
		let owner = match Nodes::<Runtime>::get(node) {
			Some(found) => self.whose(&found.provider, &provider),
			None => provider,
		};
		let n = &mut self.numbers;
		let (chance, gpus) = (n.below(7), 1 + n.below(8) as u32);
		match chance {
			0 => self.try_call(chain, &owner, "pause_node", Registry::pause_node { node }),
			1 | 2 => self.try_call(chain, &owner, "resume_node", Registry::resume_node { node }),
			3 => self.try_call(chain, &owner, "deregister_node", Registry::deregister_node { node }),
			4 => {
				// Its machine fails, or comes back.
				let key = node_key(&owner, node).pair;
				if chain.serving.remove(&node).is_none() && Nodes::<Runtime>::contains_key(node) {
					chain.serving.insert(node, key);
				}
			}
			5 => self.try_call(chain, &owner, "charge_pause", Registry::charge_pause { node }),
			_ if nodes < 12 => {
				let key = node_key(&owner, nodes);
				self.try_call(chain, &owner, "register_node", register_node(&owner, &key, gpus));
				if NextNodeId::<Runtime>::get() > nodes {
					chain.serving.insert(nodes, key.pair.clone());
				}
			}
			_ => {}
		}
	}

	fn stake(&mut self, chain: &mut Chain) {
		let (who, provider) = (self.person(), self.provider());
		let n = &mut self.numbers;
		let amount = n.amount(300 * QRN);
		let (operator, mode) = (provider.id.clone(), *n.of(&[RewardMode::Compound, RewardMode::Payout]));
		let shares = [None, Some(amount)][n.below(2) as usize];
		match n.below(7) {
			0 => self.try_call(chain, &provider, "bond_more", Staking::bond_more { amount }),
			1 => self.try_call(chain, &provider, "unbond", Staking::unbond { amount }),
			2 => self.try_call(chain, &provider, "withdraw", Staking::withdraw { operator: None }),
			3 => self.try_call(chain, &who, "register_operator", register_operator(amount)),
			4 => {
				let call = Staking::undelegate { operator, mode, shares };
				self.try_call(chain, &who, "undelegate", call)
			}
			_ => self.try_call(chain, &who, "delegate", Staking::delegate { operator, amount, mode }),
		}
	}

	/// Providers leave or are gone, and others take over what they owe.
	fn novate(&mut self, chain: &mut Chain) {
		let (who, provider) = (self.person(), self.provider());
		let mut open: Vec<_> = Estates::<Runtime>::iter_keys().collect();
		open.sort();
		let n = &mut self.numbers;
		match n.below(24) {
			0 => self.try_call(chain, &provider, "leave_class", Registry::leave_class { class: CPU }),
			1 => {
				let gone = n.of(&self.providers).clone();
				// A day's absence does not fit into a run: the clock says it has passed.
				self.forget(&gone.id);
				let call = Registry::declare_gone {
					provider: gone.id,
					class: CPU,
				};
				self.try_call(chain, &who, "declare_gone", call)
			}
			2 => {
				let call = Registry::assume_shortfall {
					class: CPU,
					gpu_time: n.amount(Shortfalls::<Runtime>::get(CPU).max(1)),
					min_payment: 0,
				};
				self.try_call(chain, &provider, "assume_shortfall", call)
			}
			_ if open.is_empty() => {}
			3 => {
				let (leaver, class) = n.of(&open).clone();
				let call = Registry::close_estate {
					provider: leaver,
					class,
				};
				self.try_call(chain, &who, "close_estate", call)
			}
			_ => {
				let (leaver, class) = n.of(&open).clone();
				let owed = Estates::<Runtime>::get(&leaver, class).map_or(0, |estate| estate.obligations);
				let gpu_time = if n.below(3) > 0 { owed } else { n.amount(owed) };
				let call = Registry::take_over {
					provider: leaver,
					class,
					gpu_time,
					min_payment: 0,
				};
				self.try_call(chain, &provider, "take_over", call)
			}
		}
	}

	/// The treasury as an LP.
	fn govern_liquidity(&mut self, chain: &mut Chain) {
		let treasury = configs::governance::TreasuryAccount::get();
		let spot = spot();
		let n = &mut self.numbers;
		let deadline = now() + 50;
		let call = match n.below(3) {
			0 => {
				let max_gpu_time = n.amount(claims_of(&treasury)).max(1);
				Amm::add_liquidity {
					class: CPU,
					max_tokens: max_gpu_time * spot * 2,
					max_gpu_time,
					min_shares: 0,
					deadline,
				}
			}
			1 => Amm::remove_liquidity {
				class: CPU,
				// Never so much that trading ends.
				shares: n.amount(PoolShares::balance(CPU, &treasury) / 20).max(1),
				min_tokens: 0,
				min_gpu_time: 0,
				deadline,
			},
			_ => Amm::unlock_shares { class: CPU },
		};
		let counts = self.taken.entry("treasury").or_default();
		match decided(chain, call) {
			Ok(()) => counts.0 += 1,
			Err(_) => counts.1 += 1,
		}
	}

	fn transfer(&mut self, chain: &mut Chain) {
		let (who, other) = (self.person(), self.person());
		let n = &mut self.numbers;
		// Sometimes it is a gift to a pool.
		let to = match n.below(8) {
			0 => ComputeAmm::pool_account(CPU),
			_ => other.id,
		};
		let gift = to != who.id && self.people.iter().all(|each| each.id != to);
		let to = Address::Id(to);
		let most = if gift { 1_000 } else { claims_of(&who.id).max(1) };
		let n = &mut self.numbers;
		let amount = n.amount(most);
		let call: RuntimeCall = match n.below(3) {
			0 => pallet_balances::Call::transfer_allow_death {
				dest: to,
				value: n.amount(if gift { QRN } else { 100 * QRN }),
			}
			.into(),
			1 => pallet_assets::Call::<Runtime, ClaimsInstance>::transfer {
				id: codec::Compact(CPU),
				target: to,
				amount,
			}
			.into(),
			_ if gift => return,
			_ => pallet_assets::Call::<Runtime, SharesInstance>::transfer {
				id: codec::Compact(CPU),
				target: to,
				amount: n.amount(PoolShares::balance(CPU, &who.id).max(1)),
			}
			.into(),
		};
		self.try_call(chain, &who, if gift { "gift" } else { "transfer" }, call);
	}

	pub(super) fn act_on_a_job(&mut self, chain: &mut Chain) {
		let open: Vec<_> = Jobs::<Runtime>::iter()
			.filter(|(_, job)| !job.state.is_finished())
			.collect();
		if open.is_empty() {
			return;
		}
		let mut order: Vec<_> = open.iter().map(|(id, _)| *id).collect();
		order.sort();
		let id = *self.numbers.of(&order);
		let found = job(id);
		let client = self
			.people
			.iter()
			.find(|each| each.id == found.client)
			.expect("one of these")
			.clone();
		let n = &mut self.numbers;
		let chance = n.below(10);
		let used = n.amount(found.gpu_time);
		let agent = found.placement.as_ref().and_then(|placed| {
			let provider = self.providers.iter().find(|each| each.id == placed.provider)?.clone();
			let key = node_key(&provider, placed.node);
			Some(if chance.is_multiple_of(2) && free(&key.id) > QRN / 10 {
				key
			} else {
				provider
			})
		});
		match (found.state, agent) {
			(JobState::Bidding { .. } | JobState::Queued { .. }, _) if chance == 0 => {
				self.try_call(chain, &client, "cancel", Escrow::cancel { job: id })
			}
			(JobState::Assigned { .. }, Some(agent)) if chance == 0 => {
				self.try_call(chain, &agent, "decline", Escrow::decline { job: id })
			}
			(JobState::Assigned { .. }, Some(agent)) if chance < 9 => {
				self.try_call(chain, &agent, "acknowledge", Escrow::acknowledge { job: id })
			}
			(JobState::Running { .. }, Some(agent)) if chance < 9 => {
				let outcome = if chance < 5 {
					Outcome::Trapped
				} else {
					Outcome::Completed {
						output: H256([7; 32]),
						size: 10,
					}
				};
				self.try_call(chain, &agent, "submit", Escrow::submit { job: id, outcome, used })
			}
			(JobState::Submitted { .. }, _) if chance < 2 => {
				self.try_call(chain, &client, "reject", Escrow::reject { job: id })
			}
			(JobState::Submitted { .. }, _) if chance < 7 => {
				self.try_call(chain, &client, "accept", Escrow::accept { job: id })
			}
			(JobState::Disputed { .. }, _) if chance < 5 => rule(chain, id, chance < 1),
			_ => {}
		}
	}
}
