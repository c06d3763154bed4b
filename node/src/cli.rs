//! The command line.

use polkadot_sdk::sc_cli::{self, RunCmd};

/// Printed under `--help`.
const EXAMPLES: &str = "\
Examples:
  A chain of one validator that forgets everything when it stops:
      quern-node --dev

  Two validators on one machine:
      quern-node --chain local --alice --base-path /tmp/quern/alice --port 30333 --rpc-port 9944 \\
          --prometheus-port 9615 --node-key 0000000000000000000000000000000000000000000000000000000000000001
      quern-node --chain local --bob --base-path /tmp/quern/bob --port 30334 --rpc-port 9945 \\
          --prometheus-port 9616 --node-key 0000000000000000000000000000000000000000000000000000000000000002 \\
          --bootnodes /ip4/127.0.0.1/tcp/30333/p2p/12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp

  A validator of a chain whose specification you were given:
      quern-node key generate-node-key --chain spec.json --base-path /var/lib/quern
      quern-node --chain spec.json --base-path /var/lib/quern --validator --name my-validator

  Its session keys (BABE, GRANDPA, attestation) are made by the RPC `author_rotateKeysWithOwner`.";

/// What `quern-node` was asked to do: run a node, or one of the subcommands.
#[derive(Debug, clap::Parser)]
#[command(after_long_help = EXAMPLES)]
pub struct Cli {
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	#[clap(flatten)]
	pub run: RunCmd,
}

/// Everything but running a node.
// Parsed once: the size of its largest variant costs nothing.
#[derive(Debug, clap::Subcommand)]
#[allow(clippy::large_enum_variant)]
pub enum Subcommand {
	/// Make, inspect and insert keys: session keys, accounts, the node's network key.
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Print a chain specification, with this node's address as boot node if the chain has none.
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Write a chain specification to a file or to standard output.
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Import a block that the database holds once more, checking it as if it were new.
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write a range of blocks to a file or to standard output.
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Print the state at a block as a raw chain specification.
	ExportState(sc_cli::ExportStateCmd),

	/// Import blocks that `export-blocks` wrote.
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Delete the chain's database; keys stay.
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back blocks that are not finalised.
	Revert(sc_cli::RevertCmd),

	/// Print the database's genesis, best and finalised blocks as JSON.
	ChainInfo(sc_cli::ChainInfoCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::{CommandFactory, Parser};
	use polkadot_sdk::sc_cli::CliConfiguration;

	#[test]
	fn command_line_is_consistent() {
		Cli::command().debug_assert();
	}

	#[test]
	fn offers_what_users_of_substrate_nodes_expect() {
		let command = Cli::command();
		let names: Vec<_> = command.get_subcommands().map(|s| s.get_name()).collect();
		assert_eq!(
			names,
			[
				"key",
				"build-spec",
				"export-chain-spec",
				"check-block",
				"export-blocks",
				"export-state",
				"import-blocks",
				"purge-chain",
				"revert",
				"chain-info",
			]
		);
	}

	#[test]
	fn validators_run_off_chain_workers_unless_told_otherwise() {
		let enabled = |args: &[&str]| {
			let run = Cli::parse_from(args).run;
			let is_dev = run.is_dev().expect("a flag; qed");
			let role = run.role(is_dev).expect("derived from flags; qed");
			run.offchain_worker(&role).expect("derived from flags; qed").enabled
		};
		assert!(enabled(&["quern-node", "--validator"]));
		assert!(enabled(&["quern-node", "--dev"]));
		assert!(enabled(&["quern-node", "--chain", "local", "--bob"]));
		assert!(!enabled(&["quern-node"]));
		assert!(!enabled(&["quern-node", "--validator", "--offchain-worker", "never"]));
	}
}
