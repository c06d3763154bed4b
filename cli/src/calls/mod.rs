//! The calls that clients and providers make, by name: the chain's metadata says how each argument
//! is encoded, so one program serves every runtime that keeps the names.

pub mod compute_amm;
pub mod provider_registry;
pub mod restaking;

use crate::{
	types::{Artifact, Endpoint, Ip, JarAsset, JobSpec, JobTerms, Outcome, RewardMode, Side},
	units::{Balance, BlockNumber, ClassId, GpuTime, JobId, Magnitude, NodeId, OrderId, Perbill, SlashId},
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
			("max_base_fee", option(terms.max_base_fee.map(number))),
			("on_return", Value::unnamed_variant(terms.on_return.name(), [])),
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

/// Fees.
pub mod fee_router {
	use super::*;

	/// Takes assets out of the jar, each whole and with the least of it that is wanted, and burns its price of the
	/// signer's QRN: at most `max_burn` planck.
	pub fn empty_jar(assets: &[(JarAsset, Balance)], beneficiary: &AccountId, max_burn: Balance) -> Call {
		let wanted = |(asset, least): &(JarAsset, Balance)| {
			Value::unnamed_composite([
				Value::unnamed_variant(asset.name(), [number(asset.id())]),
				number(*least),
			])
		};
		Call::new(
			"FeeRouter",
			"empty_jar",
			[
				("assets", Value::unnamed_composite(assets.iter().map(wanted))),
				("beneficiary", bytes(beneficiary.0)),
				("max_burn", number(max_burn)),
			],
		)
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
