//! The calls that clients and providers make, by name: the chain's metadata says how each argument
//! is encoded, so one program serves every runtime that keeps the names.

use crate::{
	types::{Artifact, Endpoint, Ip, JobSpec, JobTerms, Outcome},
	units::{Balance, BlockNumber, ClassId, GpuTime, JobId, NodeId},
	AccountId, Value,
};
use std::fmt;
use subxt::{ext::scale_value::Composite, tx::DynamicPayload};

/// A call with its arguments.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
	/// The pallet.
	pub pallet: &'static str,
	/// The call.
	pub name: &'static str,
	/// Its arguments by name.
	pub args: Vec<(&'static str, Value)>,
}

impl Call {
	/// A call.
	pub fn new(pallet: &'static str, name: &'static str, args: impl Into<Vec<(&'static str, Value)>>) -> Self {
		Call {
			pallet,
			name,
			args: args.into(),
		}
	}

	/// As subxt takes it.
	pub fn payload(&self) -> DynamicPayload<Composite<()>> {
		subxt::tx::dynamic(self.pallet, self.name, Composite::named(self.args.iter().cloned()))
	}
}

impl fmt::Display for Call {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}.{}", self.pallet, self.name)
	}
}

fn number(value: impl Into<u128>) -> Value {
	Value::u128(value.into())
}

fn bytes(value: impl AsRef<[u8]>) -> Value {
	Value::from_bytes(value)
}

fn option(value: Option<Value>) -> Value {
	match value {
		Some(value) => Value::unnamed_variant("Some", [value]),
		None => Value::unnamed_variant("None", []),
	}
}

fn address(account: &AccountId) -> Value {
	Value::unnamed_variant("Id", [bytes(account.0)])
}

fn endpoint(endpoint: &Endpoint) -> Value {
	let ip = match endpoint.ip {
		Ip::V4(octets) => Value::unnamed_variant("V4", [bytes(octets)]),
		Ip::V6(octets) => Value::unnamed_variant("V6", [bytes(octets)]),
	};
	Value::named_composite([("ip", ip), ("port", number(endpoint.port))])
}

/// Native tokens.
pub mod balances {
	use super::*;

	/// Sends `amount` planck to `to`; the sender's account stays alive.
	pub fn transfer_keep_alive(to: &AccountId, amount: Balance) -> Call {
		Call::new(
			"Balances",
			"transfer_keep_alive",
			[("dest", address(to)), ("value", number(amount))],
		)
	}
}

/// Jobs.
pub mod job_escrow {
	use super::*;

	fn artifact(artifact: &Artifact) -> Value {
		Value::named_composite([
			("hash", bytes(artifact.hash)),
			("size", number(artifact.size)),
			("location", bytes(&artifact.location)),
		])
	}

	fn spec(spec: &JobSpec) -> Value {
		Value::named_composite([
			("runner", Value::unnamed_variant(spec.runner.name(), [])),
			("program", artifact(&spec.program)),
			("input", artifact(&spec.input)),
			("max_output", number(spec.max_output)),
		])
	}

	fn terms(terms: &JobTerms) -> Value {
		Value::named_composite([
			("claims", number(terms.claims)),
			("pace", option(terms.pace.map(number))),
			("bid_blocks", option(terms.bid_blocks.map(number))),
			("accept_blocks", option(terms.accept_blocks.map(number))),
		])
	}

	/// Asks for `gpus` accelerators of `class` for `duration` milliseconds each, for at most `max_cost`
	/// planck; the work is done when the client accepts it.
	pub fn request_job(
		class: ClassId,
		gpus: u32,
		duration: GpuTime,
		max_cost: Balance,
		job_spec: &JobSpec,
		job_terms: &JobTerms,
	) -> Call {
		Call::new(
			"JobEscrow",
			"request_job",
			[
				("class", number(class)),
				("gpus", number(gpus)),
				("duration", number(duration)),
				("max_cost", number(max_cost)),
				("policy", Value::unnamed_variant("Accept", [])),
				("spec", spec(job_spec)),
				("terms", terms(job_terms)),
			],
		)
	}

	fn of_job(name: &'static str, job: JobId) -> Call {
		Call::new("JobEscrow", name, [("job", number(job))])
	}

	/// Calls a job off.
	pub fn cancel(job: JobId) -> Call {
		of_job("cancel", job)
	}

	/// States that program and input are held and match their hashes.
	pub fn acknowledge(job: JobId) -> Call {
		of_job("acknowledge", job)
	}

	/// Declines a job drawn for the node.
	pub fn decline(job: JobId) -> Call {
		of_job("decline", job)
	}

	/// States what the run came to, and the GPU time it used, in milliseconds.
	pub fn submit(job: JobId, outcome: &Outcome, used: GpuTime) -> Call {
		let outcome = match outcome {
			Outcome::Completed { output, size } => {
				Value::named_variant("Completed", [("output", bytes(output)), ("size", number(*size))])
			}
			Outcome::Trapped => Value::unnamed_variant("Trapped", []),
		};
		Call::new(
			"JobEscrow",
			"submit",
			[("job", number(job)), ("outcome", outcome), ("used", number(used))],
		)
	}

	/// Accepts a result.
	pub fn accept(job: JobId) -> Call {
		of_job("accept", job)
	}

	/// Rejects a result; the arbiter rules.
	pub fn reject(job: JobId) -> Call {
		of_job("reject", job)
	}
}

/// Providers and their nodes.
pub mod provider_registry {
	use super::*;

	/// Registers the signer as a provider.
	pub fn register_provider() -> Call {
		Call::new("ProviderRegistry", "register_provider", [])
	}

	/// Registers a node. `proof` is the node key's signature over [`crate::keys::node_proof_bytes`].
	pub fn register_node(
		class: ClassId,
		gpus: u32,
		memory_mib: u64,
		at: &Endpoint,
		key: &[u8; 32],
		proof: &[u8; 64],
	) -> Call {
		Call::new(
			"ProviderRegistry",
			"register_node",
			[
				("class", number(class)),
				("gpus", number(gpus)),
				("memory_mib", number(memory_mib)),
				("endpoint", endpoint(at)),
				("key", bytes(key)),
				("proof", bytes(proof)),
			],
		)
	}

	/// Changes where a node answers.
	pub fn set_endpoint(node: NodeId, at: &Endpoint) -> Call {
		Call::new(
			"ProviderRegistry",
			"set_endpoint",
			[("node", number(node)), ("endpoint", endpoint(at))],
		)
	}

	/// Takes a node out.
	pub fn pause_node(node: NodeId) -> Call {
		Call::new("ProviderRegistry", "pause_node", [("node", number(node))])
	}

	/// Puts a paused node back.
	pub fn resume_node(node: NodeId) -> Call {
		Call::new("ProviderRegistry", "resume_node", [("node", number(node))])
	}

	/// Removes a node.
	pub fn deregister_node(node: NodeId) -> Call {
		Call::new("ProviderRegistry", "deregister_node", [("node", number(node))])
	}

	/// Issues `gpu_time` claims that the treasury buys to open the class's pool.
	pub fn open_pool(class: ClassId, gpu_time: GpuTime) -> Call {
		Call::new(
			"ProviderRegistry",
			"open_pool",
			[("class", number(class)), ("gpu_time", number(gpu_time))],
		)
	}

	/// Issues claims against the allowance and sells them for at least `min_proceeds` planck.
	pub fn offer_capacity(class: ClassId, gpu_time: GpuTime, min_proceeds: Balance) -> Call {
		Call::new(
			"ProviderRegistry",
			"offer_capacity",
			[
				("class", number(class)),
				("gpu_time", number(gpu_time)),
				("min_proceeds", number(min_proceeds)),
			],
		)
	}

	/// Cancels obligations with claims of the provider's own.
	pub fn buy_back(class: ClassId, gpu_time: GpuTime) -> Call {
		Call::new(
			"ProviderRegistry",
			"buy_back",
			[("class", number(class)), ("gpu_time", number(gpu_time))],
		)
	}
}

/// Stake.
pub mod restaking {
	use super::*;

	/// Bonds `amount` planck; with the minimum the signer is an operator.
	pub fn bond(amount: Balance) -> Call {
		Call::new("Restaking", "bond", [("amount", number(amount))])
	}

	/// Adds to the bond.
	pub fn bond_more(amount: Balance) -> Call {
		Call::new("Restaking", "bond_more", [("amount", number(amount))])
	}
}

/// The market.
pub mod compute_amm {
	use super::*;

	/// Buys or sells claims in the next batch; `limit` planck is the most a buy pays, the least a sell
	/// gets, fee included.
	pub fn place_order(
		class: ClassId,
		buy: bool,
		gpu_time: GpuTime,
		limit: Balance,
		expires_in: Option<BlockNumber>,
	) -> Call {
		Call::new(
			"ComputeAmm",
			"place_order",
			[
				("class", number(class)),
				("side", Value::unnamed_variant(if buy { "Buy" } else { "Sell" }, [])),
				("gpu_time", number(gpu_time)),
				("limit", number(limit)),
				("expires_in", option(expires_in.map(number))),
			],
		)
	}
}
