//! The library against the runtime of this repository: what it sends is what the runtime decodes,
//! and what the runtime stores is what it reads. No node is needed, only the runtime's metadata.

mod market;

use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::BoundedVec,
	frame_system,
	sp_core::{sr25519, H256},
	sp_io::TestExternalities,
	sp_runtime::{traits::Checkable, AccountId32, DispatchError, FixedU128, ModuleError},
};
use quern::{calls, keys, AccountId, Call, Value};
use quern_primitives::{endpoint, Runner};
use quern_runtime::{Runtime, RuntimeCall, UncheckedExtrinsic};
use subxt::{
	client::{OfflineClient, OfflineClientAtBlock},
	config::{substrate::SpecVersionForRange, DefaultExtrinsicParamsBuilder, SubstrateConfig},
	ext::scale_decode::DecodeAsType,
	Metadata,
};

const GENESIS: [u8; 32] = [7; 32];
const BIRTH: [u8; 32] = [8; 32];

fn metadata() -> Metadata {
	// Some constants are read from storage.
	let bytes = TestExternalities::default()
		.execute_with(|| Runtime::metadata_at_version(16))
		.expect("version 16");
	Metadata::decode_from(&bytes).expect("metadata")
}

fn offline() -> OfflineClientAtBlock<SubstrateConfig> {
	let config = SubstrateConfig::builder()
		.set_genesis_hash(quern::H256(GENESIS))
		.set_metadata_for_spec_versions([(quern_runtime::VERSION.spec_version, metadata().arc())])
		.set_spec_version_for_block_ranges([SpecVersionForRange {
			block_range: 0..u64::MAX,
			spec_version: quern_runtime::VERSION.spec_version,
			transaction_version: quern_runtime::VERSION.transaction_version,
		}])
		.build();
	OfflineClient::new_with_config(config).at_block(1u64).expect("a client")
}

fn encoded(call: &Call) -> RuntimeCall {
	let bytes = offline()
		.tx()
		.call_data(&call.payload())
		.unwrap_or_else(|error| panic!("{call}: {error}"));
	let mut rest = &bytes[..];
	let decoded = RuntimeCall::decode(&mut rest).unwrap_or_else(|error| panic!("{call}: {error}"));
	assert!(rest.is_empty(), "{call} has {} bytes too many", rest.len());
	decoded
}

fn alice() -> AccountId {
	keys::account_of(&keys::dev("//Alice").expect("a key"))
}

fn native(account: AccountId) -> AccountId32 {
	AccountId32::new(account.0)
}

#[test]
fn a_signed_transaction_is_what_the_runtime_checks() {
	let signer = keys::dev("//Alice").expect("a key");
	let params = DefaultExtrinsicParamsBuilder::new()
		.mortal_from_unchecked(64, 64, quern::H256(BIRTH))
		.nonce(5)
		.build();
	let call = calls::balances::transfer_keep_alive(&alice(), 1);
	let payload = call.payload();
	let signed = offline()
		.tx()
		.create_signable_offline(&payload, params)
		.and_then(|mut signable| signable.sign(&signer))
		.expect("signed");
	let extrinsic = UncheckedExtrinsic::decode(&mut signed.encoded()).expect("decoded");
	TestExternalities::default().execute_with(|| {
		frame_system::Pallet::<Runtime>::set_block_number(65);
		frame_system::BlockHash::<Runtime>::insert(0, H256(GENESIS));
		frame_system::BlockHash::<Runtime>::insert(64, H256(BIRTH));
		let lookup = frame_system::ChainContext::<Runtime>::default();
		let checked = extrinsic.clone().check(&lookup);
		assert!(checked.is_ok(), "{:?}", checked.err());
		// The signature covers the chain: on another one it is void.
		frame_system::BlockHash::<Runtime>::insert(0, H256([9; 32]));
		assert!(extrinsic.check(&lookup).is_err());
	});
}

#[test]
fn calls_are_what_the_runtime_decodes() {
	use pallet_job_escrow as escrow;
	use pallet_provider_registry as registry;

	let bounded = |text: &str| BoundedVec::try_from(text.as_bytes().to_vec()).expect("short");
	let spec = quern::JobSpec {
		runner: quern::Runner::Wasm,
		program: quern::Artifact {
			hash: quern::H256([1; 32]),
			size: 3,
			location: b"http://a/p".to_vec(),
		},
		input: quern::Artifact {
			hash: quern::H256([2; 32]),
			size: 0,
			location: b"http://a/i".to_vec(),
		},
		max_output: 9,
	};
	let terms = quern::JobTerms {
		claims: 4,
		pace: Some(5),
		bid_blocks: None,
		accept_blocks: Some(6),
		max_base_fee: Some(7),
		on_return: quern::OnReturn::Sell,
	};
	let native_spec = escrow::JobSpec {
		runner: Runner::Wasm,
		program: escrow::Artifact {
			hash: H256([1; 32]),
			size: 3,
			location: bounded("http://a/p"),
		},
		input: escrow::Artifact {
			hash: H256([2; 32]),
			size: 0,
			location: bounded("http://a/i"),
		},
		max_output: 9,
	};
	let native_terms = escrow::JobTerms {
		claims: 4,
		pace: Some(5),
		bid_blocks: None,
		accept_blocks: Some(6),
		max_base_fee: Some(7),
		on_return: escrow::OnReturn::Sell,
	};
	let v4: quern::Endpoint = "127.0.0.1:8400".parse().expect("an endpoint");
	let v6: quern::Endpoint = "[2001:db8::1]:8400".parse().expect("an endpoint");
	let native_endpoint = |text: &str| endpoint::Endpoint {
		ip: text.parse::<std::net::IpAddr>().expect("an address").into(),
		port: 8400,
	};
	let completed = quern::Outcome::Completed {
		output: quern::H256([3; 32]),
		size: 12,
	};

	let cases: Vec<(Call, RuntimeCall)> = vec![
		(
			calls::job_escrow::request_job(1, 2, 3, u128::MAX, &spec, &terms),
			escrow::Call::request_job {
				class: 1,
				gpus: 2,
				duration: 3,
				max_cost: u128::MAX,
				policy: escrow::Policy::Accept,
				spec: native_spec,
				terms: native_terms,
			}
			.into(),
		),
		(
			calls::job_escrow::cancel(u64::MAX),
			escrow::Call::cancel { job: u64::MAX }.into(),
		),
		(
			calls::job_escrow::acknowledge(7),
			escrow::Call::acknowledge { job: 7 }.into(),
		),
		(calls::job_escrow::decline(7), escrow::Call::decline { job: 7 }.into()),
		(calls::job_escrow::accept(7), escrow::Call::accept { job: 7 }.into()),
		(calls::job_escrow::reject(7), escrow::Call::reject { job: 7 }.into()),
		(
			calls::job_escrow::submit(7, &completed, 5),
			escrow::Call::submit {
				job: 7,
				outcome: escrow::Outcome::Completed {
					output: H256([3; 32]),
					size: 12,
				},
				used: 5,
			}
			.into(),
		),
		(
			calls::job_escrow::submit(7, &quern::Outcome::Trapped, 5),
			escrow::Call::submit {
				job: 7,
				outcome: escrow::Outcome::Trapped,
				used: 5,
			}
			.into(),
		),
		(
			calls::provider_registry::register_provider(),
			registry::Call::register_provider {}.into(),
		),
		(
			calls::provider_registry::register_node(1, 2, 3, &v4, &[4; 32], &[5; 64]),
			registry::Call::register_node {
				class: 1,
				gpus: 2,
				memory_mib: 3,
				endpoint: native_endpoint("127.0.0.1"),
				key: sr25519::Public::from_raw([4; 32]),
				proof: sr25519::Signature::from_raw([5; 64]),
			}
			.into(),
		),
		(
			calls::provider_registry::set_endpoint(3, &v6),
			registry::Call::set_endpoint {
				node: 3,
				endpoint: native_endpoint("2001:db8::1"),
			}
			.into(),
		),
		(
			calls::provider_registry::pause_node(3),
			registry::Call::pause_node { node: 3 }.into(),
		),
		(
			calls::provider_registry::resume_node(3),
			registry::Call::resume_node { node: 3 }.into(),
		),
		(
			calls::provider_registry::deregister_node(3),
			registry::Call::deregister_node { node: 3 }.into(),
		),
		(
			calls::provider_registry::open_pool(1, 9),
			registry::Call::open_pool { class: 1, gpu_time: 9 }.into(),
		),
		(
			calls::provider_registry::offer_capacity(1, 9, 8),
			registry::Call::offer_capacity {
				class: 1,
				gpu_time: 9,
				min_proceeds: 8,
			}
			.into(),
		),
		(
			calls::provider_registry::buy_back(1, 9),
			registry::Call::buy_back { class: 1, gpu_time: 9 }.into(),
		),
		(
			calls::balances::transfer_keep_alive(&alice(), 5),
			polkadot_sdk::pallet_balances::Call::transfer_keep_alive {
				dest: native(alice()).into(),
				value: 5,
			}
			.into(),
		),
	];
	for (call, expected) in cases {
		assert_eq!(encoded(&call), expected, "{call}");
	}
}

#[test]
fn calls_of_stake_are_what_the_runtime_decodes() {
	use pallet_restaking::Call as Stake;
	use pallet_slashing::Call as Slash;
	use polkadot_sdk::{pallet_utility, sp_runtime::Perbill};
	use quern_primitives::RewardMode;

	let bob = keys::account_of(&keys::dev("//Bob").expect("a key"));
	let five = quern::Perbill(50_000_000);
	let allocate = || -> RuntimeCall {
		Stake::allocate {
			class: 1,
			magnitude: quern::WHOLE / 2,
		}
		.into()
	};
	let register = || -> RuntimeCall {
		Stake::register_operator {
			bond: 9,
			commission: Perbill::from_percent(5),
		}
		.into()
	};
	let cases: Vec<(Call, RuntimeCall)> = vec![
		(calls::restaking::register_operator(9, five), register()),
		(calls::restaking::bond_more(9), Stake::bond_more { amount: 9 }.into()),
		(calls::restaking::unbond(9), Stake::unbond { amount: 9 }.into()),
		(
			calls::restaking::withdraw(None),
			Stake::withdraw { operator: None }.into(),
		),
		(
			calls::restaking::withdraw(Some(&bob)),
			Stake::withdraw {
				operator: Some(native(bob)),
			}
			.into(),
		),
		(calls::restaking::chill(), Stake::chill {}.into()),
		(calls::restaking::validate(), Stake::validate {}.into()),
		(
			calls::restaking::delegate(&bob, u128::MAX, quern::RewardMode::Compound),
			Stake::delegate {
				operator: native(bob),
				amount: u128::MAX,
				mode: RewardMode::Compound,
			}
			.into(),
		),
		(
			calls::restaking::undelegate(&bob, quern::RewardMode::Payout, Some(7)),
			Stake::undelegate {
				operator: native(bob),
				mode: RewardMode::Payout,
				shares: Some(7),
			}
			.into(),
		),
		(
			calls::restaking::undelegate(&bob, quern::RewardMode::Compound, None),
			Stake::undelegate {
				operator: native(bob),
				mode: RewardMode::Compound,
				shares: None,
			}
			.into(),
		),
		(
			calls::restaking::set_commission(five),
			Stake::set_commission {
				commission: Perbill::from_percent(5),
			}
			.into(),
		),
		(
			calls::restaking::set_reward_mode(Some(&bob), quern::RewardMode::Payout),
			Stake::set_reward_mode {
				operator: Some(native(bob)),
				mode: RewardMode::Payout,
			}
			.into(),
		),
		(
			calls::restaking::set_reward_mode(None, quern::RewardMode::Compound),
			Stake::set_reward_mode {
				operator: None,
				mode: RewardMode::Compound,
			}
			.into(),
		),
		(calls::restaking::claim(None), Stake::claim { operator: None }.into()),
		(
			calls::restaking::claim(Some(&bob)),
			Stake::claim {
				operator: Some(native(bob)),
			}
			.into(),
		),
		(calls::restaking::allocate(1, quern::WHOLE / 2), allocate()),
		(calls::restaking::leave(), Stake::leave {}.into()),
		(
			calls::restaking::liquify(&bob, 5),
			Stake::liquify {
				operator: native(bob),
				shares: 5,
			}
			.into(),
		),
		(
			calls::restaking::solidify(&bob, 5),
			Stake::solidify {
				operator: native(bob),
				shares: 5,
			}
			.into(),
		),
		(
			calls::slashing::appeal(3, quern::H256([6; 32])),
			Slash::appeal {
				id: 3,
				reason: H256([6; 32]),
			}
			.into(),
		),
		(calls::slashing::release(), Slash::release {}.into()),
		(
			calls::utility::batch_all(&[
				calls::restaking::register_operator(9, five),
				calls::restaking::allocate(1, quern::WHOLE / 2),
			]),
			pallet_utility::Call::batch_all {
				calls: vec![register(), allocate()],
			}
			.into(),
		),
	];
	for (call, expected) in cases {
		assert_eq!(encoded(&call), expected, "{call}");
	}
}

/// Decodes what the runtime would store.
fn stored<T: DecodeAsType>(pallet: &str, entry: &str, keys: usize, value: impl Encode) -> T {
	let metadata = metadata();
	let found = metadata
		.pallet_by_name(pallet)
		.unwrap_or_else(|| panic!("no pallet {pallet}"));
	let found = found.storage().and_then(|storage| storage.entry_by_name(entry));
	let found = found.unwrap_or_else(|| panic!("no storage {pallet}.{entry}"));
	assert_eq!(found.keys().len(), keys, "keys of {pallet}.{entry}");
	decoded(&metadata, found.value_ty(), value, &format!("{pallet}.{entry}"))
}

fn decoded<T: DecodeAsType>(metadata: &Metadata, ty: u32, value: impl Encode, what: &str) -> T {
	let bytes = value.encode();
	let mut rest = &bytes[..];
	let read = T::decode_as_type(&mut rest, ty, metadata.types()).unwrap_or_else(|error| panic!("{what}: {error}"));
	assert!(rest.is_empty(), "{what} left {} bytes", rest.len());
	read
}

#[test]
fn jobs_are_read_as_they_are_stored_in_every_state() {
	use pallet_job_escrow as escrow;
	let outcome = escrow::Outcome::Completed {
		output: H256([3; 32]),
		size: 12,
	};
	let states = [
		escrow::JobState::Bidding {
			order: Some(1),
			deadline: 2,
		},
		escrow::JobState::Bidding {
			order: None,
			deadline: 2,
		},
		escrow::JobState::Queued { since: 1, deadline: 2 },
		escrow::JobState::Assigned { deadline: 2 },
		escrow::JobState::Running {
			started: 1,
			deadline: 2,
		},
		escrow::JobState::Submitted {
			outcome,
			used: 3,
			submitted: 1,
			deadline: 2,
		},
		escrow::JobState::Disputed {
			outcome: escrow::Outcome::Trapped,
			used: 3,
			submitted: 1,
			deadline: 2,
		},
		escrow::JobState::Settled {
			outcome,
			used: 3,
			at: 2,
		},
		escrow::JobState::Faulted {
			reason: escrow::FaultReason::RunDeadlineMissed,
			outcome: Some(outcome),
			offence: 1,
			at: 2,
		},
		escrow::JobState::Refunded {
			reason: escrow::RefundReason::NotAcknowledged,
			at: 2,
		},
		escrow::JobState::Cancelled { at: 2 },
	];
	let artifact = |byte| escrow::Artifact {
		hash: H256([byte; 32]),
		size: 3,
		location: BoundedVec::try_from(b"http://a/p".to_vec()).expect("short"),
	};
	for state in states {
		let job: escrow::Job<AccountId32> = escrow::Job {
			client: native(alice()),
			class: 1,
			gpus: 2,
			duration: 5,
			gpu_time: 10,
			max_cost: 100,
			policy: escrow::Policy::Accept,
			spec: escrow::JobSpec {
				runner: Runner::Wasm,
				program: artifact(1),
				input: artifact(2),
				max_output: 9,
			},
			terms: escrow::JobTerms {
				claims: 4,
				pace: Some(5),
				bid_blocks: Some(10),
				accept_blocks: Some(600),
				max_base_fee: Some(6),
				on_return: escrow::OnReturn::Sell,
			},
			requested_at: 1,
			state,
			due: 3,
			placement: Some(escrow::Placed {
				provider: native(alice()),
				node: 4,
				draw: escrow::Draw {
					seed: H256([5; 32]),
					block: 6,
				},
				bond: quern_primitives::ports::BondSize {
					own: 7,
					allocated: Some((1, 8)),
				},
			}),
			declined: Default::default(),
			misses: 0,
			bid: 90,
			paid: 80,
			bid_returned: 10,
			supplied: 4,
			supplied_value: 30,
			bought: 6,
			claims_held: 10,
			delivered: 0,
			claims_returned: 0,
			fee_deposit: 8,
			fee_held: 7,
			fee_charged: 1,
			fee_released: 0,
			base_rate: FixedU128::from_u32(1),
			base_deposit: 10,
			base_held: 5,
			base_charged: 3,
			base_released: 2,
		};
		let read: quern::Job = stored("JobEscrow", "Jobs", 1, job);
		assert_eq!(read.client, alice());
		assert_eq!((read.class, read.gpus, read.duration, read.gpu_time), (1, 2, 5, 10));
		assert_eq!((read.max_cost, read.paid, read.bid_returned), (100, 80, 10));
		assert_eq!(
			(read.fee_held, read.fee_charged, read.bought, read.supplied),
			(7, 1, 6, 4)
		);
		assert_eq!((read.base_held, read.base_charged, read.base_released), (5, 3, 2));
		assert_eq!(
			(read.terms.max_base_fee, read.terms.on_return),
			(Some(6), quern::OnReturn::Sell)
		);
		assert_eq!(read.node(), Some(4));
		assert_eq!(
			read.placement.map(|placed| placed.bond),
			Some(quern::BondSize {
				own: 7,
				allocated: Some((1, 8)),
			})
		);
		assert_eq!(read.spec.program.url().expect("a URL"), "http://a/p");
		assert_eq!(read.spec.input.hash, quern::H256([2; 32]));
		assert_eq!(
			read.state.name(),
			format!("{state:?}").split(' ').next().expect("a word")
		);
		assert_eq!(read.state.is_over(), state.is_finished());
		assert_eq!(read.state.is_placed(), state.is_placed());
	}
	assert_eq!(stored::<Vec<u64>>("JobEscrow", "JobsOfNode", 1, vec![1u64, 2]), [1, 2]);
}

#[test]
fn the_registry_is_read_as_it_is_stored() {
	use pallet_provider_registry as registry;
	let node: quern::Node = stored(
		"ProviderRegistry",
		"Nodes",
		1,
		registry::Node::<AccountId32> {
			provider: native(alice()),
			class: 1,
			gpus: 8,
			memory_mib: 640_000,
			endpoint: endpoint::Endpoint {
				ip: endpoint::Ip::V4([127, 0, 0, 1]),
				port: 8400,
			},
			key: sr25519::Public::from_raw([4; 32]),
			state: registry::NodeState::Active,
			last_served: Some(9),
			last_told: None,
			missed: 2,
			occupied: 3,
			attested: true,
		},
	);
	assert_eq!((node.provider, node.key, node.memory_mib), (alice(), [4; 32], 640_000));
	assert_eq!(node.endpoint.to_string(), "127.0.0.1:8400");
	assert_eq!(
		(node.state, node.last_served, node.missed, node.occupied),
		(quern::NodeState::Active, Some(9), 2, 3)
	);

	let class: quern::Class = stored(
		"ProviderRegistry",
		"Classes",
		1,
		registry::Class {
			name: BoundedVec::try_from(b"h100-80g".to_vec()).expect("short"),
			floor_price: FixedU128::from_u32(2),
			opening: Some(registry::Opening {
				price: FixedU128::from_u32(3),
				max_gpu_time: 4,
			}),
			throughput: 5,
			ends_at: Some(6),
		},
	);
	assert_eq!((class.name().as_str(), class.throughput), ("h100-80g", 5));
	assert_eq!(class.ends_at, Some(6));
	assert_eq!(class.floor_price, quern::Price(2_000_000_000_000_000_000));
	assert_eq!(class.opening.map(|opening| opening.max_gpu_time), Some(4));

	for (exit, read) in [
		(None, None),
		(Some(registry::Exit::Left), Some(quern::Exit::Left)),
		(Some(registry::Exit::Gone), Some(quern::Exit::Gone)),
	] {
		let native = registry::Book {
			active_gpus: 1,
			attested_nodes: 12,
			allowance: 2,
			obligations: 29,
			offered: 4,
			adding: 3,
			assigned: 5,
			liquidity: 7,
			proceeds: 6,
			shares: 8,
			collateral: 10,
			backing: 13,
			delivered: 11,
			exit,
			..Default::default()
		};
		let (owed, unassigned, backed) = (native.owed(), native.unassigned(), native.backed());
		let book: quern::Book = stored("ProviderRegistry", "Books", 2, native);
		assert_eq!((book.active_gpus, book.allowance, book.obligations), (1, 2, 29));
		assert_eq!((book.owed(), book.unassigned()), (owed, unassigned));
		assert_eq!((book.liquidity, book.proceeds, book.shares), (7, 6, 8));
		assert_eq!((book.collateral, book.delivered, book.exit), (10, 11, read));
		assert_eq!((book.attested_nodes, book.backing, book.backed()), (12, 13, backed));
		for (nodes, flat_bond) in [(12, 100), (0, 7)] {
			let book = quern::Book {
				attested_nodes: nodes,
				..book.clone()
			};
			assert_eq!(
				book.allocation_needed(flat_bond),
				registry::policy::backing(flat_bond, nodes)
			);
		}
	}

	let provider: quern::Provider = stored("ProviderRegistry", "Providers", 1, vec![3u32, 4]);
	assert_eq!(provider.nodes, [3, 4]);
	assert_eq!(stored::<u32>("ProviderRegistry", "NodeOfKey", 1, 3u32), 3);
	assert!(stored::<bool>("ProviderRegistry", "Devnet", 0, true));
}

/// The type of what a method of a runtime API answers, seen to take so many arguments.
fn output(metadata: &Metadata, api: &str, method: &str, inputs: usize) -> u32 {
	let api_of = metadata
		.runtime_api_trait_by_name(api)
		.unwrap_or_else(|| panic!("no {api}"));
	let method_of = api_of
		.method_by_name(method)
		.unwrap_or_else(|| panic!("no {api}.{method}"));
	assert_eq!(method_of.inputs().count(), inputs, "{api}.{method}");
	method_of.output_ty()
}

#[test]
fn stake_is_read_as_the_runtime_tells_it() {
	use polkadot_sdk::sp_runtime::Perbill;
	use quern_primitives as primitives;

	let metadata = metadata();
	let of = |method: &str, inputs: usize| output(&metadata, "RestakingApi", method, inputs);
	let operator = primitives::OperatorInfo {
		operator: native(alice()),
		id: 1,
		pool: native(AccountId([2; 32])),
		own: 3,
		delegated: 4,
		unbonding: 5,
		frozen: 6,
		reserved: 2,
		claimable: 8,
		stake: 9,
		commission: Perbill::from_percent(5),
		announced: Some((Perbill::from_percent(6), 10)),
		candidate: true,
		validator: false,
		leaving: true,
		jailed_until: Some(11),
		whole: 12,
		allocations: vec![primitives::AllocationInfo {
			class: 13,
			active: 14,
			slashable: 15,
			joining: Some((16, 17)),
			leaving: vec![(18, 19)],
			value: 21,
			reserved: 20,
		}],
		share_price: 22,
	};
	let read: Option<quern::OperatorInfo> = decoded(&metadata, of("operator", 1), Some(operator), "operator");
	let read = read.expect("an operator");
	assert_eq!((read.operator, read.pool), (alice(), AccountId([2; 32])));
	assert_eq!((read.id, read.own, read.delegated, read.unbonding), (1, 3, 4, 5));
	assert_eq!((read.frozen, read.reserved, read.free(), read.claimable), (6, 2, 1, 8));
	assert_eq!((read.stake, read.commission), (9, quern::Perbill(50_000_000)));
	assert_eq!(read.announced, Some((quern::Perbill(60_000_000), 10)));
	assert_eq!((read.candidate, read.validator, read.leaving), (true, false, true));
	assert_eq!((read.jailed_until, read.whole, read.share_price), (Some(11), 12, 22));
	let allocation = read.allocation(13).expect("an allocation");
	assert_eq!((allocation.active, allocation.slashable), (14, 15));
	assert_eq!(
		(allocation.joining, &allocation.leaving[..]),
		(Some((16, 17)), &[(18, 19)][..])
	);
	assert_eq!((allocation.value, allocation.reserved, allocation.free()), (21, 20, 1));

	let accounts = vec![native(alice())];
	let read: Vec<AccountId> = decoded(&metadata, of("operators", 0), accounts, "operators");
	assert_eq!(read, [alice()]);

	let delegations = vec![primitives::DelegationInfo {
		operator: native(alice()),
		id: 1,
		compounding_shares: 2,
		paying_shares: 3,
		value: 4,
		frozen: 5,
		claimable: 6,
		unbonding: vec![(7, 8)],
		liquid_shares: 9,
	}];
	let read: Vec<quern::DelegationInfo> = decoded(&metadata, of("delegations_of", 1), delegations, "delegations_of");
	assert_eq!(
		read,
		[quern::DelegationInfo {
			operator: alice(),
			id: 1,
			compounding_shares: 2,
			paying_shares: 3,
			value: 4,
			frozen: 5,
			claimable: 6,
			unbonding: vec![(7, 8)],
			liquid_shares: 9,
		}]
	);

	let slashable = Some(primitives::SlashableInfo {
		session: 1,
		consensus: 2,
		classes: vec![(3, 4)],
	});
	let read: Option<quern::SlashableInfo> = decoded(&metadata, of("slashable_at", 2), slashable, "slashable_at");
	let read = read.expect("known");
	assert_eq!((read.session, read.consensus, &read.classes[..]), (1, 2, &[(3, 4)][..]));

	for (scope, cause, job) in [
		(primitives::Scope::Consensus, primitives::SlashCause::Equivocation, None),
		(
			primitives::Scope::Class(3),
			primitives::SlashCause::WrongResult(7),
			Some(7),
		),
		(primitives::Scope::Class(3), primitives::SlashCause::NotDone(8), Some(8)),
		(primitives::Scope::Class(3), primitives::SlashCause::Defaulted(3), None),
	] {
		let slashes = vec![primitives::SlashInfo {
			id: 1,
			operator: native(alice()),
			scope,
			cause,
			session: 2,
			amount: primitives::Parts { own: 3, delegated: 4 },
			evidence: H256([5; 32]),
			due: 6,
			appealed: true,
		}];
		let read: Vec<quern::SlashInfo> = decoded(&metadata, of("pending_slashes", 1), slashes, "pending_slashes");
		let slash = &read[0];
		assert_eq!((slash.id, slash.operator, slash.session, slash.due), (1, alice(), 2, 6));
		assert_eq!((slash.amount.own, slash.amount.total(), slash.appealed), (3, 7, true));
		assert_eq!(slash.evidence, quern::H256([5; 32]));
		assert_eq!(
			slash.scope,
			match scope {
				primitives::Scope::Consensus => quern::Scope::Consensus,
				primitives::Scope::Class(class) => quern::Scope::Class(class),
			}
		);
		assert_eq!(slash.cause.job(), job);
		assert!(format!("{cause:?}").starts_with(slash.cause.name()));
	}

	let earned = Some(primitives::StakerYield {
		eras: 1,
		fees: 2,
		reserve: 3,
		stake: 4,
		apy_ppm: 5,
	});
	let read: Option<quern::StakerYield> = decoded(&metadata, of("apy", 2), earned, "apy");
	let read = read.expect("figures");
	assert_eq!(
		(read.eras, read.fees, read.reserve, read.stake, read.apy_ppm),
		(1, 2, 3, 4, 5)
	);
	assert_eq!(stored::<u32>("Restaking", "SessionsPerEra", 0, 6u32), 6);
}

#[test]
fn runtime_apis_take_the_arguments_that_are_sent() {
	let client = offline();
	let who = || Value::from_bytes(alice().0);
	let number = Value::u128;
	for (method, args) in [
		("operators", vec![]),
		("operator", vec![who()]),
		("delegations_of", vec![who()]),
		("slashable_at", vec![who(), number(7)]),
		("pending_slashes", vec![Value::unnamed_variant("Some", [who()])]),
		("pending_slashes", vec![Value::unnamed_variant("None", [])]),
		("apy", vec![number(1), number(2)]),
	] {
		let payload = subxt::dynamic::runtime_api_call::<Vec<Value>, Value>("RestakingApi", method, args);
		let bytes = client
			.runtime_apis()
			.encode_args(payload)
			.unwrap_or_else(|error| panic!("{method}: {error}"));
		if method == "slashable_at" {
			assert_eq!(bytes, (native(alice()), 7u32).encode());
		}
	}
}

#[test]
fn runtime_apis_answer_what_is_read() {
	use quern_primitives as primitives;
	let metadata = metadata();
	let output = |api: &str, method: &str, inputs: usize| output(&metadata, api, method, inputs);
	let figures = primitives::EraFigures {
		job_revenue: 1,
		jobs_settled: 2,
		burned: 3,
		base_fees: 4,
		lp_fees: 5,
		..Default::default()
	};
	let read: quern::EraFigures = decoded(&metadata, output("EconomicsApi", "era", 1), figures, "era");
	assert_eq!((read.job_revenue, read.jobs_settled, read.burned), (1, 2, 3));
	assert_eq!((read.base_fees, read.lp_fees), (4, 5));
	assert_eq!(
		decoded::<u32>(&metadata, output("EconomicsApi", "current_era", 0), 7u32, "current_era"),
		7
	);
	let supply = primitives::Supply {
		genesis: 3,
		issuance: 2,
		burned: 1,
	};
	let read: quern::Supply = decoded(&metadata, output("EconomicsApi", "supply", 0), supply, "supply");
	assert_eq!((read.genesis, read.issuance, read.burned), (3, 2, 1));
	let broken = vec![b"supply".to_vec()];
	let read: Vec<Vec<u8>> = decoded(
		&metadata,
		output("InvariantsApi", "broken", 0),
		broken.clone(),
		"broken",
	);
	assert_eq!(read, broken);
}

#[test]
fn events_and_constants_are_named_as_they_are_looked_for() {
	let metadata = metadata();
	for (pallet, event, fields) in [
		("JobEscrow", "JobRequested", &["job"][..]),
		("ProviderRegistry", "NodeRegistered", &["node"]),
		("ProviderRegistry", "PoolOpened", &["tokens"]),
		("ProviderRegistry", "CapacityOffered", &["offer"]),
		("ProviderRegistry", "CapacitySold", &["offer", "gpu_time", "proceeds"]),
		("ProviderRegistry", "OfferClosed", &["offer", "unsold"]),
		("ProviderRegistry", "LiquidityIssued", &["addition"]),
		(
			"ProviderRegistry",
			"LiquidityAdded",
			&["addition", "gpu_time", "shares", "tokens_returned"],
		),
		("ProviderRegistry", "BoughtBack", &["released"]),
		("ProviderRegistry", "BuyBackPlaced", &["order"]),
		("ProviderRegistry", "TakenOver", &["payment"]),
		(
			"ProviderRegistry",
			"EstateClosed",
			&["shortfall", "recovered", "slashed"],
		),
		("ProviderRegistry", "ShortfallAssumed", &["payment", "left"]),
		("ComputeAmm", "OrderPlaced", &["order"]),
		(
			"ComputeAmm",
			"OrderFilled",
			&["order", "class", "gpu_time", "tokens", "left"],
		),
		("ComputeAmm", "OrderClosed", &["order", "class", "returned", "reason"]),
		("ComputeAmm", "PoolCreated", &["shares"]),
		(
			"ComputeAmm",
			"LiquidityAdded",
			&["class", "who", "tokens", "gpu_time", "shares", "locked_until"],
		),
		(
			"ComputeAmm",
			"LiquidityRemoved",
			&["class", "who", "tokens", "gpu_time", "shares"],
		),
		("ComputeAmm", "LiquidityRefused", &["class", "who", "error"]),
		("ComputeAmm", "SharesUnlocked", &["shares"]),
		("FeeRouter", "JarEmptied", &["burned"]),
		("Balances", "Transfer", &["to", "amount"]),
	] {
		let found = metadata
			.pallet_by_name(pallet)
			.and_then(|pallet| pallet.event_variants());
		let found = found.and_then(|events| events.iter().find(|found| found.name == event));
		let found = found.unwrap_or_else(|| panic!("no event {pallet}.{event}"));
		for field in fields {
			assert!(
				found.fields.iter().any(|f| f.name.as_deref() == Some(field)),
				"{pallet}.{event} has no {field}"
			);
		}
	}
	let client = offline();
	for (pallet, name) in [
		("JobEscrow", "MaxArtifact"),
		("JobEscrow", "DefaultBidBlocks"),
		("JobEscrow", "MaxBidBlocks"),
	] {
		let address = subxt::dynamic::constant::<u32>(pallet, name);
		assert!(
			client.constants().entry(address).is_ok_and(|value| value > 0),
			"{pallet}.{name}"
		);
	}
	for (pallet, name) in [
		("Restaking", "MinBond"),
		("ProviderRegistry", "FlatBond"),
		("Slashing", "AppealBond"),
		("FeeRouter", "JarPrice"),
		("ComputeAmm", "MinOrder"),
	] {
		let address = subxt::dynamic::constant::<u128>(pallet, name);
		assert!(
			client.constants().entry(address).is_ok_and(|value| value > 0),
			"{pallet}.{name}"
		);
	}
	let address = subxt::dynamic::constant::<u64>("Babe", "EpochDuration");
	assert!(client.constants().entry(address).is_ok());
}

#[test]
fn hints_are_for_errors_that_the_runtime_has() {
	let metadata = metadata();
	let all = quern::errors::HINTS.iter().copied().flatten();
	for (pallet, error, _) in all.filter(|(pallet, _, _)| !pallet.is_empty()) {
		let errors = metadata
			.pallet_by_name(pallet)
			.and_then(|pallet| pallet.error_variants());
		assert!(
			errors.is_some_and(|errors| errors.iter().any(|found| found.name == *error)),
			"no {pallet}.{error}"
		);
	}
}

#[test]
fn every_error_of_market_providers_and_stake_has_a_hint() {
	let metadata = metadata();
	for pallet in ["ComputeAmm", "FeeRouter", "ProviderRegistry", "Restaking", "Slashing"] {
		let errors = metadata
			.pallet_by_name(pallet)
			.and_then(|pallet| pallet.error_variants())
			.unwrap_or_else(|| panic!("no errors of {pallet}"));
		for error in errors {
			let failure = quern::DispatchFailure {
				pallet: Some(pallet.into()),
				name: error.name.clone(),
				docs: String::new(),
			};
			assert!(failure.hint().is_some(), "{pallet}.{} has no hint", error.name);
		}
	}
}
