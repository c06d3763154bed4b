//! Providers' capacity, nodes and the bonds under them.

use super::*;
use crate::trip::{assigned, open_market};
use pallet_job_escrow::{Call as Escrow, JobTerms, Outcome};
use pallet_provider_registry::{Call as Registry, Opening};
use pallet_restaking::Call as Staking;
use polkadot_sdk::{frame_support::BoundedVec, sp_runtime::DispatchError};
use quern_primitives::{Price, WHOLE};

#[test]
fn capacity_that_nobody_earned() {
	local_testnet(|chain| {
		let (provider, key) = (user("Charlie"), user("Charlie//node"));
		let open = |gpu_time| Registry::open_pool { class: CPU, gpu_time };
		let offer = |gpu_time, min_proceeds| Registry::offer_capacity {
			class: CPU,
			gpu_time,
			min_proceeds,
		};
		let back = |gpu_time| Registry::buy_back { class: CPU, gpu_time };
		chain.refused(&provider, Registry::register_provider {}, Registries::NotOperator);
		chain.refused(
			&provider,
			register_node(&provider, &key, 1),
			Registries::ProviderNotFound,
		);
		chain.refused(&provider, open(1), Registries::ProviderNotFound);
		chain.refused(&provider, offer(1, 1), Registries::ProviderNotFound);
		chain.refused(&provider, back(1), Registries::BookNotFound);
		chain.refused(&provider, register_operator(100 * QRN - 1), Stakings::BelowMinBond);
		chain.ok(&provider, register_operator(250 * QRN));
		chain.ok(&provider, Registry::register_provider {});
		chain.refused(&provider, Registry::register_provider {}, Registries::AlreadyExists);
		for gpus in [0, 65, u32::MAX] {
			chain.refused(
				&provider,
				register_node(&provider, &key, gpus),
				Registries::InvalidHardware,
			);
		}
		// Another's key: its holder never agreed.
		chain.refused(
			&provider,
			register_node(&user("Ferdie"), &key, 1),
			Registries::InvalidProof,
		);
		chain.ok(&provider, register_node(&provider, &key, 8));
		chain.refused(&provider, register_node(&provider, &key, 8), Registries::KeyInUse);
		chain.refused(&provider, offer(1, 1), Registries::AllowanceExceeded);
		chain.refused(&provider, open(1), Registries::AllowanceExceeded);
		chain.refused(&provider, Registry::deregister_provider {}, Registries::NodesRemain);
		// Two flat bonds fit into 250 QRN, three do not.
		let (second, third) = (user("Charlie//2"), user("Charlie//3"));
		chain.ok(&provider, register_node(&provider, &second, 1));
		chain.refused(
			&provider,
			register_node(&provider, &third, 1),
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: 50 * QRN + 1 },
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: 250 * QRN },
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: u128::MAX },
			Stakings::InsufficientFreeBond,
		);
		chain.refused(&provider, Staking::unbond { amount: 0 }, Stakings::AmountTooSmall);
		chain.refused(
			&provider,
			Staking::withdraw { operator: None },
			Stakings::NothingToWithdraw,
		);
		chain.refused(&provider, register_operator(250 * QRN), Stakings::AlreadyOperator);
		refused_somehow(
			chain,
			&provider,
			Staking::bond_more {
				amount: u128::MAX - 250 * QRN,
			},
		);
		refused_somehow(chain, &provider, Staking::bond_more { amount: u128::MAX });

		for call in [
			Registry::set_endpoint {
				node: 0,
				endpoint: endpoint(),
			},
			Registry::pause_node { node: 0 },
			Registry::resume_node { node: 0 },
			Registry::deregister_node { node: 0 },
		] {
			for who in [&eve(), &key] {
				if who.id == key.id && free(&key.id) == 0 {
					chain.ok(&provider, transfer(&key.id, QRN));
				}
				chain.refused(who, call.clone(), Registries::NotAuthorized);
			}
		}
		for who in [&eve(), &provider, &user("Alice")] {
			let opening = Some(Opening {
				price: Price::from_u32(1),
				max_gpu_time: 1,
			});
			let name = BoundedVec::truncate_from(b"h100".to_vec());
			let floor_price = Price::from_u32(1);
			let register = Registry::register_class {
				name,
				floor_price,
				opening,
				throughput: 1,
			};
			chain.refused(who, register, DispatchError::BadOrigin);
			chain.refused(
				who,
				Registry::set_opening { class: CPU, opening },
				DispatchError::BadOrigin,
			);
		}

		// Half of 250 QRN answers for the one node that serves.
		chain.ok(&provider, allocate(WHOLE / 2));
		chain.run_to_allocations(&provider);
		chain.serving.insert(0, key.pair.clone());
		chain.earn(&provider, 480_000);
		chain.refused(&provider, open(600_001), Registries::OpeningExceeded);
		chain.refused(&provider, open(u128::MAX), Registries::OpeningExceeded);
		chain.refused(&provider, open(480_001), Registries::AllowanceExceeded);
		chain.refused(&provider, open(0), Registries::ZeroAmount);
		chain.refused(&provider, offer(1_000, 1), Markets::NoPool);
		chain.ok(&provider, open(400_000));
		chain.refused(&provider, open(1), Registries::PoolExists);
		chain.refused(&provider, offer(0, 0), Registries::ZeroAmount);
		chain.refused(&provider, offer(80_001, 1), Registries::AllowanceExceeded);
		chain.refused(&provider, offer(u128::MAX, u128::MAX), Registries::AllowanceExceeded);
		chain.refused(&provider, offer(9, 1), Markets::TooSmall);
		chain.refused(&provider, offer(1_000, u128::MAX), Markets::TooLarge);
		chain.refused(&provider, offer(1_000, 4_000_000_000), Markets::LimitOutOfReach);
		chain.refused(&provider, back(0), Registries::ZeroAmount);
		refused_somehow(chain, &provider, back(1));
		chain.refused(&provider, back(400_001), Registries::ObligationsExceeded);
		chain.refused(&provider, back(u128::MAX), Registries::ObligationsExceeded);
		// With obligations it stays, and so do its bond and what is allocated.
		chain.refused(&provider, allocate(WHOLE / 4), Stakings::AllocationReserved);
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		chain.ok(&provider, Registry::pause_node { node: 0 });
		chain.refused(&provider, Registry::pause_node { node: 0 }, Registries::NodePaused);
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		chain.refused(&provider, offer(1_000, 1), Registries::AllowanceExceeded);
		chain.ok(&provider, Registry::resume_node { node: 0 });
		chain.refused(&provider, Registry::resume_node { node: 0 }, Registries::NodeNotPaused);
		// Pausing and coming back earned nothing.
		assert_eq!(book(&provider.id).allowance, 0);
	});
}

#[test]
fn who_has_no_stake_that_answers_sells_nothing() {
	local_testnet(|chain| {
		open_market(chain);
		let (short, key) = (user("Ferdie"), user("Ferdie//node"));
		chain.ok(&short, register_operator(250 * QRN));
		chain.ok(&short, Registry::register_provider {});
		chain.ok(&short, register_node(&short, &key, 8));
		chain.serving.insert(1, key.pair.clone());
		chain.earn(&short, 400_000);
		let offer = || Registry::offer_capacity {
			class: CPU,
			gpu_time: 1_000,
			min_proceeds: 1,
		};
		let liquidity = Registry::issue_liquidity {
			class: CPU,
			gpu_time: 1_000,
			tokens: QRN,
			min_shares: 0,
		};
		chain.refused(&short, offer(), Registries::InsufficientAllocation);
		chain.refused(&short, liquidity, Registries::InsufficientAllocation);
		// A planck less than the flat bond does not do either, nor does what is to join.
		let part = |percent| WHOLE / 100 * percent;
		chain.ok(&short, allocate(part(39)));
		chain.run_to_allocations(&short);
		chain.refused(&short, offer(), Registries::InsufficientAllocation);
		chain.ok(&short, allocate(part(40)));
		chain.refused(&short, offer(), Registries::InsufficientAllocation);
		chain.run_to_allocations(&short);
		chain.ok(&short, offer());
		assert_eq!(allocation(&short.id).reserved, 100 * QRN);
		// While it owes, neither the part nor what it is a part of goes.
		chain.next();
		assert!(book(&short.id).obligations > 0);
		chain.refused(&short, allocate(part(39)), Stakings::AllocationReserved);
		chain.refused(&short, Staking::unbond { amount: 1 }, Stakings::AllocationReserved);
		// Bought back, it is free again.
		let claims = book(&short.id).obligations;
		give_claims(chain, &short, claims);
		chain.ok(
			&short,
			Registry::buy_back {
				class: CPU,
				gpu_time: claims,
			},
		);
		assert_eq!((book(&short.id).obligations, allocation(&short.id).reserved), (0, 0));
		chain.ok(&short, Staking::unbond { amount: 50 * QRN });
	});
}

#[test]
fn a_node_with_a_job_stays() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		let id = assigned(chain, &user("Dave"), JobTerms::default());
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::NodeOccupied,
		);
		// The job's claims are not the provider's to buy back, whosever it has.
		give_claims(chain, &provider, 100_000);
		chain.refused(
			&provider,
			Registry::buy_back {
				class: CPU,
				gpu_time: 397_000,
			},
			Registries::ObligationsExceeded,
		);
		let free_part = free_bond(&provider.id);
		// The job's slash is reserved of the allocation alone, beside the flat bond for what is owed.
		let reserved = 100 * QRN + 600_000_000;
		assert_eq!((free_part, allocation(&provider.id).reserved), (900 * QRN, reserved));
		chain.refused(
			&provider,
			Staking::unbond { amount: free_part + 1 },
			Stakings::InsufficientFreeBond,
		);
		// Of which half is allocated, as much has to stay that it is worth what is reserved.
		let spare = 1_000 * QRN - 2 * reserved;
		chain.refused(
			&provider,
			Staking::unbond { amount: spare + 1 },
			Stakings::AllocationReserved,
		);
		// All that nothing needs may go: the job goes on.
		chain.ok(&provider, Staking::unbond { amount: spare });
		chain.ok(&provider, Registry::pause_node { node: 0 });
		chain.ok(&key, Escrow::acknowledge { job: id });
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome: Outcome::Trapped,
				used: 4_000,
			},
		);
		chain.ok(&user("Dave"), Escrow::accept { job: id });
	});
}

#[test]
fn a_provider_leaves_when_another_takes_its_place() {
	local_testnet(|chain| {
		let (provider, _) = open_market(chain);
		let (other, other_key) = (user("Ferdie"), user("Ferdie//node"));
		chain.provide(&other, &other_key, 8, 1_000 * QRN);
		let before = total(&provider.id) - book(&provider.id).proceeds;
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		// The other sells what the first buys, in the same batches.
		for _ in 0..40 {
			let owed = book(&provider.id).obligations - claims_of(&provider.id);
			if owed == 0 {
				break;
			}
			let gpu_time = owed.min(50_000);
			chain.earn(&other, gpu_time);
			let offer = Registry::offer_capacity {
				class: CPU,
				gpu_time,
				min_proceeds: 1,
			};
			chain.ok(&other, offer);
			chain.ok(&provider, buy(gpu_time, 2 * QRN, None));
			chain.next();
		}
		let owed = book(&provider.id).obligations;
		chain.ok(
			&provider,
			Registry::buy_back {
				class: CPU,
				gpu_time: owed,
			},
		);
		assert_eq!((held(&provider.id), book(&provider.id).proceeds), (0, 0));
		chain.ok(&provider, Registry::deregister_node { node: 0 });
		chain.ok(&provider, Registry::deregister_provider {});
		chain.serving.remove(&0);
		assert_eq!(book(&other.id).obligations, 400_000);
		let cost = before + 400_000_000_000 - total(&provider.id);
		assert!(
			cost > 400_000_000_000 && cost < QRN,
			"what it got, the fees, and the market's: {cost}"
		);
		// Its whole bond is its own again.
		assert_eq!(free_bond(&provider.id), 1_000 * QRN);
		chain.ok(&provider, Staking::leave {});
		assert_eq!(free_bond(&provider.id), 0);
	});
}
