//! Sets up, for a pallet's benchmarks, what they need of the other pallets.

use crate::*;
use configs::consensus::UnbondingEras;
use polkadot_sdk::{
	frame_benchmarking::account,
	frame_support::traits::{
		fungible::Mutate as _,
		fungibles::{Create, Inspect, Mutate as _},
		Get,
	},
	sp_core::{crypto::UncheckedFrom, ed25519, sr25519},
	sp_runtime::traits::OpaqueKeys,
	sp_staking::SessionIndex,
};
use quern_primitives::{
	endpoint::{Endpoint, Ip},
	ports::{BondSize, BondUse, Bonds, Market},
	units::{PERIOD_BLOCKS, QRN},
	ClassId, GpuTime, NodeId, Price, Scope, WHOLE,
};

/// The runtime's side of every benchmark.
pub struct Helper;

const PURSE: Balance = 1_000_000 * QRN;
const ENDPOINT: Endpoint = Endpoint {
	ip: Ip::V4([1, 1, 1, 1]),
	port: 8400,
};

fn fund(who: &AccountId, amount: Balance) {
	Balances::mint_into(who, amount).expect("the benchmark's purse is filled");
}

fn class_with_asset(class: ClassId) {
	if !Assets::asset_exists(class) {
		<Assets as Create<AccountId>>::create(class, ProviderRegistry::account_id(), true, 1)
			.expect("the class has no asset yet");
	}
}

fn node_of(provider: &AccountId, class: ClassId, number: NodeId) {
	let period = System::block_number() / PERIOD_BLOCKS;
	let mut seed = [0; 32];
	seed[..4].copy_from_slice(&number.to_le_bytes());
	pallet_provider_registry::Nodes::<Runtime>::insert(
		number,
		pallet_provider_registry::Node {
			provider: provider.clone(),
			class,
			gpus: 1,
			memory_mib: 1,
			endpoint: ENDPOINT,
			key: sr25519::Public::unchecked_from(seed),
			state: pallet_provider_registry::NodeState::Active,
			last_served: Some(period),
			last_told: Some(period),
			missed: 0,
			occupied: 0,
			attested: true,
		},
	);
	pallet_provider_registry::Attestable::<Runtime>::mutate(|list| {
		list.try_push(number).expect("the list of nodes has room")
	});
	pallet_provider_registry::AttestedGpus::<Runtime>::mutate(class, |gpus| *gpus += 1);
}

/// An operator that stands among the candidates, whose list has next to no place left: what changes its stake
/// has its place to find.
fn candidate(who: &AccountId) {
	use pallet_restaking::{Candidate, Candidates, Config};
	let least: Balance = <Runtime as Config>::MinValidatorBond::get();
	fund(who, PURSE + 2 * least);
	Restaking::register_operator(RuntimeOrigin::signed(who.clone()), 2 * least, Default::default())
		.expect("the bond is large enough");
	Candidates::<Runtime>::mutate(|list| {
		let mut all = core::mem::take(list).into_inner();
		let filled = <<Runtime as Config>::MaxCandidates as Get<u32>>::get() as usize - 4;
		let others = (0..).map(|i| Candidate {
			who: account("candidate", i, 0),
			stake: least,
		});
		all.extend(others.take(filled.saturating_sub(all.len())));
		all.push(Candidate {
			who: who.clone(),
			stake: 2 * least,
		});
		all.sort_by(|a, b| a.who.cmp(&b.who));
		*list = all.try_into().expect("four places were left");
	});
}

/// Half of an operator's stake answers for a class, at once: as if it had since before the session.
fn allocate(operator: &AccountId, class: ClassId) {
	pallet_restaking::Operators::<Runtime>::mutate(operator, |found| {
		let operator = found.as_mut().expect("it bonded");
		let mut half = operator.allocations.get(&class).cloned().unwrap_or_default();
		half.active = WHOLE / 2;
		operator
			.allocations
			.try_insert(class, half)
			.expect("it has few allocations");
		operator.checkpointed = None;
		for session in pallet_restaking::CheckpointIndex::<Runtime>::take(operator.id) {
			pallet_restaking::Checkpoints::<Runtime>::remove(operator.id, session);
		}
	});
}

impl pallet_compute_amm::BenchmarkHelper<AccountId> for Helper {
	fn give_claims(class: ClassId, who: &AccountId, amount: GpuTime) {
		class_with_asset(class);
		Assets::mint_into(class, who, amount).expect("the class has its asset");
	}
}

impl pallet_provider_registry::BenchmarkHelper<AccountId> for Helper {
	fn make_operator(who: &AccountId, nodes: u32) {
		let bond = (nodes as Balance + 1) * 100 * QRN;
		fund(who, PURSE + bond);
		Restaking::register_operator(RuntimeOrigin::signed(who.clone()), bond, Default::default())
			.expect("the bond is large enough");
	}
	fn back(who: &AccountId, class: ClassId, amount: Balance) {
		fund(who, PURSE + 2 * amount);
		Restaking::bond_more(RuntimeOrigin::signed(who.clone()), 2 * amount).expect("it is an operator");
		allocate(who, class);
	}
	fn insure(amount: Balance) {
		fund(
			&FeeRouter::insurance_account(),
			amount + configs::money::EXISTENTIAL_DEPOSIT,
		);
	}
	fn mint_shares(class: ClassId, who: &AccountId, shares: Balance) {
		PoolShares::mint_into(class, who, shares).expect("the class has a pool");
	}
}

impl pallet_job_escrow::BenchmarkHelper<AccountId> for Helper {
	fn prepare(client: &AccountId, provider: &AccountId, gpu_time: GpuTime) -> (ClassId, NodeId) {
		let class = <Self as pallet_restaking::BenchmarkHelper<AccountId>>::make_class();
		let node = 99;
		let all = gpu_time * 102;
		fund(client, PURSE);
		fund(&ProviderRegistry::account_id(), PURSE);
		<Self as pallet_provider_registry::BenchmarkHelper<AccountId>>::make_operator(provider, 10);
		class_with_asset(class);
		ProviderRegistry::register_provider(RuntimeOrigin::signed(provider.clone())).expect("it is an operator");
		node_of(provider, class, node);
		pallet_provider_registry::ProvidersOf::<Runtime>::mutate(class, |list| {
			list.try_push(provider.clone()).expect("the list of providers has room")
		});
		pallet_provider_registry::Providers::<Runtime>::mutate(provider, |found| {
			found
				.as_mut()
				.expect("registered above")
				.nodes
				.try_push(node)
				.expect("it has no node yet")
		});
		Restaking::reserve(provider, BondUse::Node(node), BondSize::own(100 * QRN)).expect("its bond is free");
		allocate(provider, class);
		pallet_provider_registry::Books::<Runtime>::insert(
			provider,
			class,
			pallet_provider_registry::Book {
				gpus: 1,
				active_gpus: 1,
				attested_gpus: 1,
				attested_nodes: 1,
				obligations: all,
				..Default::default()
			},
		);
		Assets::mint_into(class, client, gpu_time).expect("the class has its asset");
		let keeper = ProviderRegistry::account_id();
		Assets::mint_into(class, &keeper, all - gpu_time).expect("the class has its asset");
		<ComputeAmm as Market<AccountId>>::create_pool(&keeper, class, 1_000 * QRN, all - gpu_time)
			.expect("the keeper has both");
		// So much was sold that a base fee is due.
		pallet_compute_amm::Flows::<Runtime>::mutate(class, |flow| {
			flow.gpus = 1;
			flow.excess = 500_000_000;
			flow.at = System::block_number();
		});
		(class, node)
	}
}

impl pallet_attestation::BenchmarkHelper<AccountId> for Helper {
	fn make_attestable(count: u32) {
		let provider = AccountId::new([7; 32]);
		class_with_asset(0);
		for number in 0..count {
			node_of(&provider, 0, number);
		}
		pallet_provider_registry::Books::<Runtime>::insert(
			&provider,
			0,
			pallet_provider_registry::Book {
				gpus: count,
				active_gpus: count,
				attested_gpus: count,
				attested_nodes: count,
				..Default::default()
			},
		);
	}
}

impl pallet_restaking::BenchmarkHelper<AccountId> for Helper {
	fn make_class() -> ClassId {
		let class = 0;
		pallet_provider_registry::Classes::<Runtime>::insert(
			class,
			pallet_provider_registry::Class {
				name: b"bench".to_vec().try_into().expect("the name is short"),
				floor_price: Price::from_u32(1),
				opening: None,
				throughput: 1,
			},
		);
		class
	}
	fn set_keys(who: &AccountId) {
		let seed: [u8; 32] = *who.as_ref();
		let keys = SessionKeys {
			babe: sr25519::Public::unchecked_from(seed).into(),
			grandpa: ed25519::Public::unchecked_from(seed).into(),
			attestation: sr25519::Public::unchecked_from(seed).into(),
		};
		for id in SessionKeys::key_ids() {
			pallet_session::KeyOwner::<Runtime>::insert((*id, keys.get_raw(*id).to_vec()), who);
		}
		pallet_session::NextKeys::<Runtime>::insert(who, keys);
	}
}

impl pallet_slashing::BenchmarkHelper<AccountId> for Helper {
	fn slashable(who: &AccountId, _amount: Balance) -> (Scope, SessionIndex) {
		use pallet_restaking::{CurrentSession, SessionsPerEra};
		// A candidate's bond is far more than is slashed.
		let class = 0;
		class_with_asset(class);
		candidate(who);
		allocate(who, class);
		// A part of its stake in every era pool that there may be, all of which answer.
		for _ in 0..UnbondingEras::get() {
			Restaking::unbond(RuntimeOrigin::signed(who.clone()), QRN).expect("its bond is free");
			CurrentSession::<Runtime>::mutate(|session| *session += SessionsPerEra::<Runtime>::get().max(1));
		}
		(Scope::Class(class), CurrentSession::<Runtime>::get())
	}
}

impl pallet_validator_rewards::BenchmarkHelper<AccountId> for Helper {
	fn make_operator(who: &AccountId) {
		candidate(who);
	}
}

impl pallet_fee_router::BenchmarkHelper<AccountId, jar::JarAsset> for Helper {
	fn fill_jar(jar: &AccountId, index: u32) -> jar::JarAsset {
		class_with_asset(index);
		Assets::mint_into(index, jar, 1_000).expect("the class has its asset");
		jar::JarAsset::Claims(index)
	}
}
