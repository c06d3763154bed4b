//! What each command does.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service::{self, FullBackend, FullClient},
};
use polkadot_sdk::{
	sc_cli::{self, SubstrateCli},
	sc_consensus::DefaultImportQueue,
	sc_consensus_babe, sc_consensus_grandpa,
	sc_network::{config::NetworkBackendType, Litep2pNetworkBackend, NetworkWorker},
	sc_service::{self, Configuration, PartialComponents, TaskManager},
	sp_runtime::traits::Block as BlockT,
};
use quern_runtime::opaque::Block;
use std::sync::Arc;

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Quern Node".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn description() -> String {
		"The validator of Quern, a chain on which GPU time is bought and sold.\n\n\
		 Without a subcommand it runs a node: it keeps the chain and serves JSON-RPC. With --validator it also authors \
		 and finalises blocks, and its off-chain worker polls the providers' nodes and attests which of them served."
			.into()
	}

	fn author() -> String {
		"the Quern developers".into()
	}

	fn support_url() -> String {
		"CONTRIBUTING.md in Quern's source".into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, id: &str) -> Result<Box<dyn sc_service::ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(id)?))
	}
}

/// Parses the command line and does what it says.
pub fn run() -> sc_cli::Result<()> {
	let cli = Cli::from_args();

	match &cli.subcommand {
		None => run_node(&cli),
		Some(Subcommand::Key(cmd)) => cmd.run(&cli),
		Some(Subcommand::BuildSpec(cmd)) => cli
			.create_runner(cmd)?
			.sync_run(|config| cmd.run(config.chain_spec, config.network)),
		Some(Subcommand::ExportChainSpec(cmd)) => cmd.run(cli.load_spec(&cmd.chain)?),
		Some(Subcommand::CheckBlock(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let Opened {
				client,
				import_queue,
				task_manager,
				..
			} = open(&config)?;
			Ok((cmd.run(client, import_queue), task_manager))
		}),
		Some(Subcommand::ExportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let Opened {
				client,
				import_queue,
				mut task_manager,
				..
			} = open(&config)?;
			task_manager.keep_alive(import_queue);
			Ok((cmd.run(client, config.database), task_manager))
		}),
		Some(Subcommand::ExportState(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let Opened {
				client,
				import_queue,
				mut task_manager,
				..
			} = open(&config)?;
			task_manager.keep_alive(import_queue);
			Ok((cmd.run(client, config.chain_spec), task_manager))
		}),
		Some(Subcommand::ImportBlocks(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let Opened {
				client,
				import_queue,
				task_manager,
				..
			} = open(&config)?;
			Ok((cmd.run(client, import_queue), task_manager))
		}),
		Some(Subcommand::PurgeChain(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run(config.database)),
		Some(Subcommand::Revert(cmd)) => cli.create_runner(cmd)?.async_run(|config| {
			let Opened {
				client,
				backend,
				import_queue,
				mut task_manager,
			} = open(&config)?;
			task_manager.keep_alive(import_queue);
			let revert_consensus: Box<dyn FnOnce(_, _, _) -> _> = Box::new(|client, backend, blocks| {
				sc_consensus_babe::revert(Arc::clone(&client), backend, blocks)?;
				sc_consensus_grandpa::revert(client, blocks)?;
				Ok(())
			});
			Ok((cmd.run(client, backend, Some(revert_consensus)), task_manager))
		}),
		Some(Subcommand::ChainInfo(cmd)) => cli.create_runner(cmd)?.sync_run(|config| cmd.run::<Block>(&config)),
	}
}

/// What the commands on a node's database need.
struct Opened {
	client: Arc<FullClient>,
	backend: Arc<FullBackend>,
	import_queue: DefaultImportQueue<Block>,
	task_manager: TaskManager,
}

/// Opens the database. What else a node has lives as long as the task manager: tasks that lost their
/// other end before being told to stop would be reported as failed.
fn open(config: &Configuration) -> Result<Opened, sc_service::Error> {
	let PartialComponents {
		client,
		backend,
		import_queue,
		mut task_manager,
		transaction_pool,
		other,
		..
	} = service::new_partial(config)?;
	task_manager.keep_alive((transaction_pool, other));
	Ok(Opened {
		client,
		backend,
		import_queue,
		task_manager,
	})
}

/// Runs a node until it is told to stop (SIGINT, SIGTERM) or an essential task of it ends.
fn run_node(cli: &Cli) -> sc_cli::Result<()> {
	cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
		match config.network.network_backend {
			NetworkBackendType::Libp2p => service::new_full::<NetworkWorker<Block, <Block as BlockT>::Hash>>(config),
			NetworkBackendType::Litep2p => service::new_full::<Litep2pNetworkBackend>(config),
		}
		.map_err(sc_cli::Error::Service)
	})
}
