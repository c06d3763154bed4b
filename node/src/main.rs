//! `quern-node`: authors and finalises the blocks of a Quern chain, serves JSON-RPC and, on a
//! validator, runs the off-chain worker that polls the providers' nodes.
//!
//! The command line is in [`cli`], what each command does in [`command`], the chains the binary
//! knows by name in [`chain_spec`], and the node itself (client, consensus, network) in [`service`].
//! [`equivocation`] reports validators that sign two blocks for one slot.

mod chain_spec;
mod cli;
mod command;
mod equivocation;
mod rpc;
mod service;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			// The SDK's errors carry their advice in `Display` alone.
			eprintln!("Error: {error}");
			ExitCode::FAILURE
		}
	}
}
