//! The node: a client on the runtime's Wasm, BABE to author, GRANDPA to finalise, the transaction
//! pool, the network, JSON-RPC and the off-chain workers.

use crate::{
	equivocation::{NoReports, Watch},
	rpc,
};
use futures::{
	future::{poll_fn, BoxFuture},
	FutureExt,
};
use polkadot_sdk::{
	sc_basic_authorship::ProposerFactory,
	sc_client_api::{Backend, BlockBackend},
	sc_consensus::{DefaultImportQueue, LongestChain},
	sc_consensus_babe::{self as babe, SlotProportion},
	sc_consensus_grandpa as grandpa,
	sc_consensus_slots::BackoffAuthoringOnFinalizedHeadLagging,
	sc_executor::WasmExecutor,
	sc_network::{
		config::FullNetworkConfiguration, service::traits::NetworkService, NetworkBackend, NotificationService,
		ProtocolName,
	},
	sc_network_sync::SyncingService,
	sc_offchain::{OffchainWorkerOptions, OffchainWorkers},
	sc_rpc::SubscriptionTaskExecutor,
	sc_service::{
		self, BuildNetworkParams, Configuration, Error as ServiceError, PartialComponents, Role,
		SpawnEssentialTaskHandle, SpawnTasksParams, TaskManager, WarpSyncConfig,
	},
	sc_telemetry::{Error as TelemetryError, Telemetry, TelemetryHandle, TelemetryWorker},
	sc_transaction_pool::{Builder as PoolBuilder, TransactionPoolHandle},
	sc_transaction_pool_api::OffchainTransactionPoolFactory,
	sp_consensus_babe::{
		inherents::{BabeCreateInherentDataProviders, InherentDataProvider as SlotInherent},
		SlotDuration,
	},
	sp_core::traits::SpawnEssentialNamed,
	sp_io::SubstrateHostFunctions,
	sp_keystore::KeystorePtr,
	sp_runtime::traits::Block as BlockT,
	sp_timestamp::InherentDataProvider as TimestampInherent,
	substrate_prometheus_endpoint::Registry,
};
use quern_primitives::BlockNumber;
use quern_runtime::{opaque::Block, RuntimeApi};
use std::{sync::Arc, task::Poll, time::Duration};

/// The client: the chain's database and the runtime's Wasm run over it.
pub type FullClient = sc_service::TFullClient<Block, RuntimeApi, WasmExecutor<SubstrateHostFunctions>>;
/// The chain's database.
pub type FullBackend = sc_service::TFullBackend<Block>;
/// The fork choice among what GRANDPA has not finalised: the longest chain.
pub type FullSelectChain = LongestChain<FullBackend, Block>;
/// The transaction pool.
pub type FullPool = TransactionPoolHandle<Block, FullClient>;

type GrandpaImport = grandpa::GrandpaBlockImport<FullBackend, Block, FullClient, FullSelectChain>;
type GrandpaLink = grandpa::LinkHalf<Block, FullClient, FullSelectChain>;
type BabeImport = Watch<
	babe::BabeBlockImport<Block, FullClient, GrandpaImport, BabeCreateInherentDataProviders<Block>, FullSelectChain>,
>;
type Hash = <Block as BlockT>::Hash;

/// The most blocks between two stored GRANDPA justifications. Those at a change of the authority set,
/// which warp sync needs, are stored whatever this says.
const JUSTIFICATION_PERIOD: u32 = 512;

/// How long a GRANDPA message is expected to take to all voters.
const GOSSIP_DURATION: Duration = Duration::from_millis(333);

/// The part of a slot in which transactions are put into a block; the rest is for the block to be
/// sent and imported before the next slot's author builds on it.
const PROPOSAL_SLOT_PORTION: f32 = 0.5;

/// What a node has before it joins a network; all that most subcommands need.
pub type Partial =
	PartialComponents<FullClient, FullBackend, FullSelectChain, DefaultImportQueue<Block>, FullPool, Consensus>;

/// The consensus engines' halves that the import queue does not own.
pub struct Consensus {
	babe_import: BabeImport,
	babe_link: babe::BabeLink<Block>,
	babe_worker: babe::BabeWorkerHandle<Block>,
	/// The timestamp and slot that a block of this moment claims.
	inherents: BabeCreateInherentDataProviders<Block>,
	grandpa_link: GrandpaLink,
	telemetry: Option<Telemetry>,
}

/// The client, the database, the pool and an import queue that checks BABE's and GRANDPA's rules.
pub fn new_partial(config: &Configuration) -> Result<Partial, ServiceError> {
	let telemetry = config
		.telemetry_endpoints
		.clone()
		.filter(|endpoints| !endpoints.is_empty())
		.map(|endpoints| {
			let worker = TelemetryWorker::new(16)?;
			let telemetry = worker.handle().new_telemetry(endpoints);
			Ok::<_, TelemetryError>((worker, telemetry))
		})
		.transpose()?;

	let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
		config,
		telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
		sc_service::new_wasm_executor(&config.executor),
		// A pruned node still serves the justifications that warp sync is made of.
		vec![Arc::new(grandpa::GrandpaPruningFilter)],
	)?;
	let client = Arc::new(client);

	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});

	let select_chain = LongestChain::new(backend.clone());

	let transaction_pool = Arc::new(
		PoolBuilder::new(
			PoolSpawner(task_manager.spawn_essential_handle()),
			client.clone(),
			config.role.is_authority().into(),
		)
		.with_options(config.transaction_pool.clone())
		.with_prometheus(config.prometheus_registry())
		.build(),
	);

	let (grandpa_import, grandpa_link) = grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		telemetry.as_ref().map(|telemetry| telemetry.handle()),
	)?;

	let babe_config = babe::configuration(&*client)?;
	let slot_duration = babe_config.slot_duration();
	let inherents = inherents(slot_duration);

	let (babe_import, babe_link) = babe::block_import(
		babe_config,
		grandpa_import.clone(),
		client.clone(),
		inherents.clone(),
		select_chain.clone(),
		OffchainTransactionPoolFactory::new(NoReports),
	)?;
	let babe_import = Watch::new(babe_import, client.clone(), babe_link.clone(), transaction_pool.clone());

	let (import_queue, babe_worker) = babe::import_queue(babe::ImportQueueParams {
		link: babe_link.clone(),
		block_import: babe_import.clone(),
		justification_import: Some(Box::new(grandpa_import)),
		client: client.clone(),
		slot_duration,
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
	})?;

	Ok(PartialComponents {
		client,
		backend,
		task_manager,
		keystore_container,
		select_chain,
		import_queue,
		transaction_pool,
		other: Consensus {
			babe_import,
			babe_link,
			babe_worker,
			inherents,
			grandpa_link,
			telemetry,
		},
	})
}

/// Spawns the pool's tasks. One of them blocks its thread until the pool is dropped, which a stop of the
/// node does: it would end before it could see that the node stops, and be reported as failed.
#[derive(Clone)]
struct PoolSpawner(SpawnEssentialTaskHandle);

impl SpawnEssentialNamed for PoolSpawner {
	fn spawn_essential_blocking(&self, name: &'static str, group: Option<&'static str>, task: BoxFuture<'static, ()>) {
		let task = async move {
			task.await;
			// The task manager looks for a stop before it polls again.
			let mut looked = false;
			poll_fn(move |cx| {
				if looked {
					return Poll::Ready(());
				}
				looked = true;
				cx.waker().wake_by_ref();
				Poll::Pending
			})
			.await
		};
		SpawnEssentialNamed::spawn_essential_blocking(&self.0, name, group, task.boxed());
	}

	fn spawn_essential(&self, name: &'static str, group: Option<&'static str>, task: BoxFuture<'static, ()>) {
		SpawnEssentialNamed::spawn_essential(&self.0, name, group, task);
	}
}

fn inherents(slot_duration: SlotDuration) -> BabeCreateInherentDataProviders<Block> {
	Arc::new(move |_parent, ()| async move {
		let timestamp = TimestampInherent::from_system_time();
		let slot = SlotInherent::from_timestamp_and_slot_duration(*timestamp, slot_duration);
		Ok((slot, timestamp))
	})
}

/// A running node. It stops when the task manager is dropped or one of its essential tasks ends.
pub fn new_full<Net: NetworkBackend<Block, Hash>>(config: Configuration) -> Result<TaskManager, ServiceError> {
	let PartialComponents {
		client,
		backend,
		mut task_manager,
		import_queue,
		keystore_container,
		select_chain,
		transaction_pool,
		other:
			Consensus {
				babe_import,
				babe_link,
				babe_worker,
				inherents,
				grandpa_link,
				mut telemetry,
			},
	} = new_partial(&config)?;

	let metrics = Net::register_notification_metrics(config.prometheus_registry());
	let mut net_config =
		FullNetworkConfiguration::<Block, Hash, Net>::new(&config.network, config.prometheus_registry().cloned());

	let genesis = client
		.block_hash(0)?
		.ok_or_else(|| ServiceError::Other("the database has no genesis block".into()))?;
	let grandpa_protocol = grandpa::protocol_standard_name(&genesis, &config.chain_spec);
	let (grandpa_peers, grandpa_notifications) = grandpa::grandpa_peers_set_config::<Block, Net>(
		grandpa_protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(grandpa_peers);

	let warp_sync = Arc::new(grandpa::warp_proof::NetworkProvider::new(
		backend.clone(),
		grandpa_link.shared_authority_set().clone(),
		Vec::new(),
	));

	let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
		sc_service::build_network(BuildNetworkParams {
			config: &config,
			net_config,
			client: client.clone(),
			transaction_pool: transaction_pool.clone(),
			spawn_handle: task_manager.spawn_handle(),
			spawn_essential_handle: task_manager.spawn_essential_handle(),
			import_queue,
			block_announce_validator_builder: None,
			warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
			block_relay: None,
			metrics,
			gap_sync_body_policy: None,
		})?;

	let voter_state = grandpa::SharedVoterState::empty();
	let rpc_builder = {
		let grandpa = rpc::GrandpaDeps {
			voter_state: voter_state.clone(),
			authority_set: grandpa_link.shared_authority_set().clone(),
			justifications: grandpa_link.justification_stream(),
			finality_proofs: grandpa::FinalityProofProvider::new_for_service(
				backend.clone(),
				Some(grandpa_link.shared_authority_set().clone()),
			),
		};
		let (client, pool, select_chain) = (client.clone(), transaction_pool.clone(), select_chain.clone());
		let (chain_spec, keystore) = (config.chain_spec.cloned_box(), keystore_container.keystore());
		move |executor: SubscriptionTaskExecutor| {
			rpc::create(rpc::Deps {
				client: client.clone(),
				pool: pool.clone(),
				select_chain: select_chain.clone(),
				chain_spec: chain_spec.cloned_box(),
				keystore: keystore.clone(),
				babe: babe_worker.clone(),
				grandpa: grandpa.clone(),
				executor,
			})
			.map_err(ServiceError::Application)
		}
	};

	let role = config.role;
	let force_authoring = config.force_authoring;
	let has_offchain_workers = config.offchain_worker.enabled;
	let votes = !config.disable_grandpa;
	let node = Node {
		name: config.network.node_name.clone(),
		role,
		client: client.clone(),
		pool: transaction_pool.clone(),
		keystore: keystore_container.keystore(),
		network: network.clone(),
		sync: sync_service.clone(),
		registry: config.prometheus_registry().cloned(),
		telemetry: telemetry.as_ref().map(|telemetry| telemetry.handle()),
	};

	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client,
		backend: backend.clone(),
		task_manager: &mut task_manager,
		keystore: keystore_container.keystore(),
		transaction_pool,
		rpc_builder: Box::new(rpc_builder),
		network,
		system_rpc_tx,
		tx_handler_controller,
		sync_service,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if role.is_authority() {
		node.spawn_babe(
			&task_manager,
			babe_import,
			babe_link,
			inherents,
			select_chain,
			force_authoring,
		)?;
	}
	if votes {
		node.spawn_grandpa(
			&task_manager,
			grandpa_link,
			grandpa_protocol,
			grandpa_notifications,
			voter_state,
		)?;
	}
	if has_offchain_workers {
		node.spawn_offchain_workers(&task_manager, &backend)?;
	}
	Ok(task_manager)
}

/// A node on its network: what its tasks share.
struct Node {
	name: String,
	role: Role,
	client: Arc<FullClient>,
	pool: Arc<FullPool>,
	keystore: KeystorePtr,
	network: Arc<dyn NetworkService>,
	sync: Arc<SyncingService<Block>>,
	registry: Option<Registry>,
	telemetry: Option<TelemetryHandle>,
}

impl Node {
	/// Authors blocks in the slots that BABE gives to one of the keystore's keys.
	fn spawn_babe(
		&self,
		tasks: &TaskManager,
		block_import: BabeImport,
		babe_link: babe::BabeLink<Block>,
		create_inherent_data_providers: BabeCreateInherentDataProviders<Block>,
		select_chain: FullSelectChain,
		force_authoring: bool,
	) -> Result<(), ServiceError> {
		let env = ProposerFactory::new(
			tasks.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		let authoring = babe::start_babe(babe::BabeParams {
			keystore: self.keystore.clone(),
			client: self.client.clone(),
			select_chain,
			env,
			block_import,
			sync_oracle: self.sync.clone(),
			justification_sync_link: self.sync.clone(),
			create_inherent_data_providers,
			force_authoring,
			// While finality stalls, blocks come ever more seldom, so that there is less to take back.
			backoff_authoring_blocks: Some(BackoffAuthoringOnFinalizedHeadLagging::<BlockNumber>::default()),
			babe_link,
			block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SLOT_PORTION),
			max_block_proposal_slot_portion: None,
			telemetry: self.telemetry.clone(),
		})?;
		// Essential: a validator that stopped authoring must not look alive.
		tasks
			.spawn_essential_handle()
			.spawn_blocking("babe", Some("block-authoring"), authoring);
		Ok(())
	}

	/// Finalises: a validator votes, any other node follows the votes. An equivocation that it sees is
	/// reported to the runtime through the pool.
	fn spawn_grandpa(
		&self,
		tasks: &TaskManager,
		link: GrandpaLink,
		protocol_name: ProtocolName,
		notification_service: Box<dyn NotificationService>,
		shared_voter_state: grandpa::SharedVoterState,
	) -> Result<(), ServiceError> {
		let voter = grandpa::run_grandpa_voter(grandpa::GrandpaParams {
			config: grandpa::Config {
				gossip_duration: GOSSIP_DURATION,
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: self.role,
				name: Some(self.name.clone()),
				// Who has no vote needs no keys.
				keystore: self.role.is_authority().then(|| self.keystore.clone()),
				telemetry: self.telemetry.clone(),
				protocol_name,
			},
			link,
			network: self.network.clone(),
			sync: self.sync.clone(),
			notification_service,
			voting_rule: grandpa::VotingRulesBuilder::default().build(),
			prometheus_registry: self.registry.clone(),
			shared_voter_state,
			telemetry: self.telemetry.clone(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
		})?;
		tasks
			.spawn_essential_handle()
			.spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}

	/// Runs the runtime's off-chain worker at each new best block, with HTTP: that is how validators
	/// poll the providers' nodes.
	fn spawn_offchain_workers(&self, tasks: &TaskManager, backend: &FullBackend) -> Result<(), ServiceError> {
		let workers = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: self.client.clone(),
			keystore: Some(self.keystore.clone()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(self.pool.clone())),
			network_provider: Arc::new(self.network.clone()),
			is_validator: self.role.is_authority(),
			enable_http_requests: true,
			custom_extensions: |_| Vec::new(),
		})
		.map_err(|error| {
			ServiceError::Other(format!(
				"off-chain workers cannot make HTTP requests: {error}. Install the system's root certificates \
				 (Debian: `apt-get install ca-certificates`), or run without them: `--offchain-worker never`"
			))
		})?;
		tasks.spawn_handle().spawn(
			"offchain-workers-runner",
			Some("offchain-worker"),
			workers.run(self.client.clone(), tasks.spawn_handle()).boxed(),
		);
		Ok(())
	}
}
