//! The calls that clients and providers make, by name: the chain's metadata says how each argument
//! is encoded, so one program serves every runtime that keeps the names.

use crate::{
	types::{Artifact, Endpoint, Ip, JobSpec, JobTerms, Outcome, RewardMode},
	units::{Balance, BlockNumber, ClassId, GpuTime, JobId, Magnitude, NodeId, Perbill, SlashId},
	AccountId, Value, H256,
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

	/// As an argument of another call.
	fn value(&self) -> Value {
		Value::unnamed_variant(
			self.pallet,
			[Value::named_variant(self.name, self.args.iter().cloned())],
		)
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

	fn amount_of(name: &'static str, amount: Balance) -> Call {
		Call::new("Restaking", name, [("amount", number(amount))])
	}

	fn operator_of(operator: Option<&AccountId>) -> (&'static str, Value) {
		("operator", option(operator.map(|operator| bytes(operator.0))))
	}

	fn rate(rate: Perbill) -> (&'static str, Value) {
		("commission", number(rate.0))
	}

	fn mode_of(mode: RewardMode) -> (&'static str, Value) {
		("mode", Value::unnamed_variant(mode.name(), []))
	}

	/// Makes the signer an operator with `bond` planck of its own.
	pub fn register_operator(bond: Balance, commission: Perbill) -> Call {
		Call::new(
			"Restaking",
			"register_operator",
			[("bond", number(bond)), rate(commission)],
		)
	}

	/// Adds `amount` planck to the signer's own bond.
	pub fn bond_more(amount: Balance) -> Call {
		amount_of("bond_more", amount)
	}

	/// Takes `amount` planck out of the signer's own bond; it can be withdrawn after the unbonding period.
	pub fn unbond(amount: Balance) -> Call {
		amount_of("unbond", amount)
	}

	/// Pays out what has unbonded: of a delegation, or of the signer's own bond.
	pub fn withdraw(operator: Option<&AccountId>) -> Call {
		Call::new("Restaking", "withdraw", [operator_of(operator)])
	}

	/// No longer a candidate for the validator set.
	pub fn chill() -> Call {
		Call::new("Restaking", "chill", [])
	}

	/// A candidate for the validator set.
	pub fn validate() -> Call {
		Call::new("Restaking", "validate", [])
	}

	/// Delegates `amount` planck to an operator.
	pub fn delegate(operator: &AccountId, amount: Balance, mode: RewardMode) -> Call {
		Call::new(
			"Restaking",
			"delegate",
			[
				("operator", bytes(operator.0)),
				("amount", number(amount)),
				mode_of(mode),
			],
		)
	}

	/// Takes shares out of a delegation, or all of that mode.
	pub fn undelegate(operator: &AccountId, mode: RewardMode, shares: Option<Balance>) -> Call {
		Call::new(
			"Restaking",
			"undelegate",
			[
				("operator", bytes(operator.0)),
				mode_of(mode),
				("shares", option(shares.map(number))),
			],
		)
	}

	/// Sets the signer's commission; a rise is announced.
	pub fn set_commission(commission: Perbill) -> Call {
		Call::new("Restaking", "set_commission", [rate(commission)])
	}

	/// Sets how a delegation, or the signer's own bond, takes its rewards.
	pub fn set_reward_mode(operator: Option<&AccountId>, mode: RewardMode) -> Call {
		Call::new("Restaking", "set_reward_mode", [operator_of(operator), mode_of(mode)])
	}

	/// Pays out rewards that wait: of a delegation, or of the signer's own bond and commission.
	pub fn claim(operator: Option<&AccountId>) -> Call {
		Call::new("Restaking", "claim", [operator_of(operator)])
	}

	/// Sets how much of the signer's stake answers for jobs of a class.
	pub fn allocate(class: ClassId, magnitude: Magnitude) -> Call {
		Call::new(
			"Restaking",
			"allocate",
			[("class", number(class)), ("magnitude", number(magnitude))],
		)
	}

	/// Begins to leave, or goes on with it.
	pub fn leave() -> Call {
		Call::new("Restaking", "leave", [])
	}

	fn shares_of(name: &'static str, operator: &AccountId, shares: Balance) -> Call {
		Call::new(
			"Restaking",
			name,
			[("operator", bytes(operator.0)), ("shares", number(shares))],
		)
	}

	/// Turns compounding shares into liquid ones, which can be sent.
	pub fn liquify(operator: &AccountId, shares: Balance) -> Call {
		shares_of("liquify", operator, shares)
	}

	/// Turns liquid shares into compounding ones.
	pub fn solidify(operator: &AccountId, shares: Balance) -> Call {
		shares_of("solidify", operator, shares)
	}
}

/// Slashes.
pub mod slashing {
	use super::*;

	/// Appeals a slash of the signer's stake. `reason` is the hash of a text that is published elsewhere.
	pub fn appeal(slash: SlashId, reason: H256) -> Call {
		Call::new(
			"Slashing",
			"appeal",
			[("id", number(slash)), ("reason", bytes(reason.0))],
		)
	}

	/// Ends the signer's jail after its term.
	pub fn release() -> Call {
		Call::new("Slashing", "release", [])
	}
}

/// Several calls in one.
pub mod utility {
	use super::*;

	/// All of them, or none.
	pub fn batch_all(calls: &[Call]) -> Call {
		Call::new(
			"Utility",
			"batch_all",
			[("calls", Value::unnamed_composite(calls.iter().map(Call::value)))],
		)
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
