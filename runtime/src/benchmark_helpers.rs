//! Sets up, for a pallet's benchmarks, what they need of the other pallets.

use crate::*;
use configs::consensus::UnbondingEras;
use polkadot_sdk::{
	frame_benchmarking::account,
	frame_support::traits::{
		fungible::{Mutate as _, MutateHold as _},
		fungibles::{Create, Inspect, Mutate as _},
		Get,
	},
	sp_core::{crypto::UncheckedFrom, ed25519, sr25519},
	sp_runtime::traits::OpaqueKeys,
	sp_staking::SessionIndex,
};
use quern_primitives::{
	endpoint::{Endpoint, Ip},
	ports::{BondSize, BondUse, Bonds, Market, Verdict},
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

/// A node of one accelerator that is listed for attestation; the caller says how it stands.
fn node_of(provider: &AccountId, class: ClassId, number: NodeId) -> pallet_provider_registry::Node<AccountId> {
	let period = System::block_number() / PERIOD_BLOCKS;
	let mut seed = [0; 32];
	seed[..4].copy_from_slice(&number.to_le_bytes());
	pallet_provider_registry::Attestable::<Runtime>::mutate(|list| {
		list.try_push(number).expect("the list of nodes has room")
	});
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
	}
}

/// An operator with `bond` of its own beyond a validator's least, on whose stake hangs what may: it stands among the
/// candidates, whose list has next to no place left, so that what changes its stake has its place to find; a part
/// of it leaves in every era in which some may; each class that there may be has some of it; and its state was
/// written down in as many sessions as may be.
fn operator(who: &AccountId, bond: Balance) {
	use pallet_restaking::{
		Allocation, Candidate, Candidates, Config, EraPool, EraPools, Operators, TotalStake, Tranche,
	};
	pallet_restaking::late_session::<Runtime>();
	let least: Balance = <Runtime as Config>::MinValidatorBond::get();
	let bond = 2 * least + bond;
	fund(who, PURSE + bond);
	Restaking::register_operator(RuntimeOrigin::signed(who.clone()), bond, Default::default())
		.expect("the bond is large enough");

	let now = Restaking::current_era();
	let eras = now + 1..=now + 1 + UnbondingEras::get();
	let stake = Operators::<Runtime>::mutate(who, |found| {
		let operator = found.as_mut().expect("it bonded");
		for era in eras {
			let pool = EraPool {
				own: Tranche::of(QRN),
				..Default::default()
			};
			EraPools::<Runtime>::insert(operator.id, era, pool);
			operator.eras.try_push((era, QRN)).expect("more may leave at once");
			operator.era_pools += 1;
			operator.own.balance -= QRN;
		}
		for class in 1..pallet_restaking::policy::MAX_ALLOCATIONS {
			let leaving = (0..pallet_restaking::policy::MAX_LEAVING).map(|_| (1, now + UnbondingEras::get()));
			let part = Allocation {
				active: WHOLE / 128,
				leaving: leaving
					.collect::<alloc::vec::Vec<_>>()
					.try_into()
					.expect("as many as may leave"),
				..Default::default()
			};
			// No class that a benchmark makes.
			operator
				.allocations
				.try_insert(ClassId::MAX - class, part)
				.expect("one place is left");
		}
		let stake = operator.stake();
		TotalStake::<Runtime>::mutate(|total| *total = *total + stake - operator.counted);
		operator.counted = stake;
		stake
	});
	pallet_restaking::remember::<Runtime>(who);

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
			stake,
		});
		all.sort_by(|a, b| (b.stake, &a.who).cmp(&(a.stake, &b.who)));
		*list = all.try_into().expect("four places were left");
	});
}

/// A quarter of an operator's stake answers for a class, at once: as if it had since before the session.
fn allocate(operator: &AccountId, class: ClassId) {
	pallet_restaking::Operators::<Runtime>::mutate(operator, |found| {
		let operator = found.as_mut().expect("it bonded");
		let mut quarter = operator.allocations.get(&class).cloned().unwrap_or_default();
		quarter.active = WHOLE / 4;
		operator
			.allocations
			.try_insert(class, quarter)
			.expect("one place was left");
	});
	pallet_restaking::remember::<Runtime>(operator);
}

impl pallet_compute_amm::BenchmarkHelper<AccountId> for Helper {
	fn give_claims(class: ClassId, who: &AccountId, amount: GpuTime) {
		class_with_asset(class);
		Assets::mint_into(class, who, amount).expect("the class has its asset");
	}

	fn make_short(class: ClassId) {
		pallet_provider_registry::Shortfalls::<Runtime>::insert(class, 1);
		fund(&ProviderRegistry::recovery_account(class), QRN);
	}
}

impl pallet_provider_registry::BenchmarkHelper<AccountId> for Helper {
	fn make_operator(who: &AccountId, nodes: u32) {
		operator(who, (nodes as Balance + 1) * 100 * QRN);
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
	fn pass_session() {
		pallet_restaking::pass_session::<Runtime>();
	}
}

impl pallet_job_escrow::BenchmarkHelper<AccountId> for Helper {
	fn prepare(client: &AccountId, provider: &AccountId, gpu_time: GpuTime) -> (ClassId, NodeId) {
		let class = <Self as pallet_restaking::BenchmarkHelper<AccountId>>::make_class();
		let number = 99;
		let all = gpu_time * 102;
		fund(client, PURSE);
		fund(&ProviderRegistry::account_id(), PURSE);
		fund(&FeeRouter::insurance_account(), PURSE);
		operator(provider, 1_000 * QRN);
		class_with_asset(class);
		ProviderRegistry::register_provider(RuntimeOrigin::signed(provider.clone())).expect("it is an operator");
		let node = node_of(provider, class, number);
		pallet_provider_registry::Nodes::<Runtime>::insert(number, node);
		pallet_provider_registry::AttestedGpus::<Runtime>::insert(class, 1);
		pallet_provider_registry::ProvidersOf::<Runtime>::mutate(class, |list| {
			list.try_push(provider.clone()).expect("the list of providers has room")
		});
		pallet_provider_registry::Providers::<Runtime>::mutate(provider, |found| {
			found
				.as_mut()
				.expect("registered above")
				.nodes
				.try_push(number)
				.expect("it has no node yet")
		});
		Restaking::reserve(provider, BondUse::Node(number), BondSize::own(100 * QRN)).expect("its bond is free");
		allocate(provider, class);
		Assets::mint_into(class, client, gpu_time).expect("the class has its asset");
		let keeper = ProviderRegistry::account_id();
		Assets::mint_into(class, &keeper, all - gpu_time).expect("the class has its asset");
		<ComputeAmm as Market<AccountId>>::create_pool(&keeper, class, 1_000 * QRN, all - gpu_time)
			.expect("the keeper has both");
		book_with_everything(provider, class, all);
		pallet_slashing::Records::<Runtime>::insert(provider, pallet_slashing::Record::default());
		pallet_restaking::remember::<Runtime>(provider);
		// So much was sold that a base fee is due.
		pallet_compute_amm::Flows::<Runtime>::mutate(class, |flow| {
			flow.gpus = 1;
			flow.excess = 500_000_000;
			flow.at = System::block_number();
		});
		pallet_babe::AuthorVrfRandomness::<Runtime>::put(Some([7; 32]));
		(class, number)
	}
	fn pass_session() {
		pallet_restaking::pass_session::<Runtime>();
	}
}

/// Books that a provider of one accelerator owes `all`, with proceeds held and some to be credited, absence to be
/// charged, pool shares to be given, and collateral for what went into the pool.
fn book_with_everything(provider: &AccountId, class: ClassId, all: GpuTime) {
	let (held, waiting, shares) = (QRN, QRN, 1_000);
	let liquidity = all / 2;
	let (collateral, backing): (Balance, Balance) = (liquidity, 100 * QRN);
	let proceeds = pallet_provider_registry::HoldReason::Proceeds;
	Balances::hold(&proceeds.into(), provider, held).expect("its purse is filled");
	PoolShares::mint_into(class, &ProviderRegistry::account_id(), 2 * shares).expect("the class has a pool");
	let size = BondSize {
		own: collateral,
		allocated: Some((class, collateral.max(backing))),
	};
	Restaking::reserve(provider, BondUse::Obligations(class), size).expect("its bond is free");
	pallet_provider_registry::Books::<Runtime>::insert(
		provider,
		class,
		pallet_provider_registry::Book {
			gpus: 1,
			active_gpus: 1,
			attested_gpus: 1,
			attested_nodes: 1,
			absence: pallet_provider_registry::Absence {
				due: pallet_provider_registry::policy::WHOLE_BLOCK,
				..Default::default()
			},
			obligations: all,
			liquidity,
			proceeds: held + waiting,
			unpaid: waiting,
			shares,
			shares_due: shares,
			collateral,
			backing,
			// A planck a millisecond: what the collateral is for.
			rate: Price::from_u32(1),
			..Default::default()
		},
	);
}

impl pallet_attestation::BenchmarkHelper<AccountId> for Helper {
	/// Each of another provider and another class, so that nothing that a verdict changes is shared.
	fn make_attestable(count: u32, verdict: Verdict) {
		use pallet_provider_registry::{AttestedGpus, Book, Books, NodeState, Nodes};
		let counts = verdict != Verdict::Served;
		for number in 0..count {
			let (provider, class) = (account("provider", number, 0), number);
			let mut node = node_of(&provider, class, number);
			// It begins to count with such a verdict, or ceases to.
			node.attested = counts;
			node.state = if counts { NodeState::Active } else { NodeState::Pending };
			(node.last_served, node.last_told) = (None, None);
			let counted = u32::from(counts) * node.gpus;
			Nodes::<Runtime>::insert(number, node);
			AttestedGpus::<Runtime>::insert(class, counted);
			// All of so many went lately that the market's breaker trips.
			pallet_compute_amm::Flows::<Runtime>::mutate(class, |flow| {
				flow.gpus = counted;
				flow.missing = 3_000_000 * u64::from(counts);
				flow.fell_at = System::block_number();
			});
			let book = Book {
				gpus: 1,
				active_gpus: counted,
				attested_gpus: counted,
				attested_nodes: u32::from(counts),
				obligations: 1,
				..Default::default()
			};
			Books::<Runtime>::insert(&provider, class, book);
		}
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
				ends_at: None,
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
	fn slashable(who: &AccountId, amount: Balance) -> (Scope, SessionIndex) {
		let class = 0;
		class_with_asset(class);
		// A quarter of it answers, and more than that is a validator's least.
		operator(who, 4 * amount);
		allocate(who, class);
		(Scope::Class(class), pallet_restaking::CurrentSession::<Runtime>::get())
	}
	fn pass_session() {
		pallet_restaking::pass_session::<Runtime>();
	}
}

impl pallet_validator_rewards::BenchmarkHelper<AccountId> for Helper {
	fn make_operator(who: &AccountId) {
		operator(who, 0);
	}
	fn begin_era() {
		use pallet_restaking::{Candidate, Config, CurrentSession, Exposures};
		pallet_restaking::late_session::<Runtime>();
		let most = <<Runtime as Config>::MaxValidators as Get<u32>>::get();
		let validators: alloc::vec::Vec<_> = (0..most)
			.map(|i| Candidate {
				who: account::<AccountId>("validator", i, 0),
				stake: PURSE,
			})
			.collect();
		Exposures::<Runtime>::insert(
			CurrentSession::<Runtime>::get(),
			polkadot_sdk::frame_support::BoundedVec::truncate_from(validators),
		);
	}
}

impl pallet_fee_router::BenchmarkHelper<AccountId, jar::JarAsset> for Helper {
	fn fill_jar(jar: &AccountId, index: u32) -> jar::JarAsset {
		class_with_asset(index);
		Assets::mint_into(index, jar, 1_000).expect("the class has its asset");
		jar::JarAsset::Claims(index)
	}
}
