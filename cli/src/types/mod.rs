//! What the chain holds, as plain types.
//!
//! They are read by name through the chain's metadata: a field here that the runtime lacks is an
//! error that says so, a field there that is not named here is skipped.

// The decoder's derive imports what only some of the types use.
#![allow(unused_imports)]

use crate::{
	units::{Balance, BlockNumber, ClassId, GpuTime, NodeId, OrderId},
	AccountId, Error, H256,
};
use std::{
	fmt,
	net::{IpAddr, SocketAddr},
	str::FromStr,
};
use subxt::ext::scale_decode::DecodeAsType;

/// Derives what the metadata-driven decoder needs.
macro_rules! chain_types {
	($($(#[$meta:meta])* pub $kind:ident $name:ident $body:tt)*) => {$(
		$(#[$meta])*
		#[derive(Clone, Debug, PartialEq, Eq, DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		pub $kind $name $body
	)*};
}

chain_types! {
	/// What runs a program.
	pub enum Runner {
		/// A Wasm program in the provider's sandbox: input in, output out, nothing else.
		Wasm,
	}

	/// A file that a provider fetches: where it lies, and what it must be.
	pub struct Artifact {
		/// BLAKE2b-256 of its bytes.
		pub hash: H256,
		/// Its size in bytes.
		pub size: u32,
		/// An http or https URL.
		pub location: Vec<u8>,
	}

	/// What is to be run.
	pub struct JobSpec {
		/// What runs the program.
		pub runner: Runner,
		/// The program.
		pub program: Artifact,
		/// Its input.
		pub input: Artifact,
		/// The most bytes of output that are kept.
		pub max_output: u32,
	}

	/// How a client pays, and how long it waits.
	#[derive(Default)]
	pub struct JobTerms {
		/// Claims of the client's own to use, in milliseconds; the rest of the GPU time is bought.
		pub claims: GpuTime,
		/// The most GPU time that one batch may buy, in milliseconds.
		pub pace: Option<GpuTime>,
		/// Blocks after the request's own in which the bid stays in the market.
		pub bid_blocks: Option<BlockNumber>,
		/// Blocks that the client has to look at the result.
		pub accept_blocks: Option<BlockNumber>,
		/// The most congestion base fee for the whole job, in planck; whatever it is if `None`.
		pub max_base_fee: Option<Balance>,
		/// What comes back of the GPU time: the claims, or what they sell for.
		pub on_return: OnReturn,
	}

	/// How GPU time that a job did not use comes back.
	#[derive(Copy, Default)]
	pub enum OnReturn {
		/// As claims.
		#[default]
		Claims,
		/// Sold in the market, as tokens.
		Sell,
	}

	/// What a run came to, as the provider states it.
	pub enum Outcome {
		/// The program ended; its output is there to fetch.
		Completed {
			/// BLAKE2b-256 of the output.
			output: H256,
			/// The output's size in bytes.
			size: u32,
		},
		/// The program itself failed or ran past its limits.
		Trapped,
	}

	/// Why a job was faulted.
	pub enum FaultReason {
		/// The provider acknowledged, and submitted nothing by the deadline.
		RunDeadlineMissed,
		/// The arbiter ruled for the client.
		RuledForClient,
	}

	/// Why a job was refunded.
	pub enum RefundReason {
		/// The bid did not buy all the GPU time by its deadline.
		BidIncomplete,
		/// No provider could take the job by the deadline.
		NoProvider,
		/// As many operators as the bound declined it; a tenth of the fee is kept.
		Declined,
		/// As many draws as the bound were never acknowledged.
		NotAcknowledged,
	}

	/// Where a job stands. A `deadline` is the last block in which the call it waits for is in time.
	pub enum JobState {
		/// Its bid is in the market.
		Bidding {
			/// The bid; `None` once it has left the book and the refund is still to be made.
			order: Option<OrderId>,
			/// Last block whose batch the bid is part of.
			deadline: BlockNumber,
		},
		/// It has its GPU time and waits for the draw of a provider.
		Queued {
			/// The block in which it was committed to the draw.
			since: BlockNumber,
			/// Last block in which a provider may be drawn.
			deadline: BlockNumber,
		},
		/// A provider was drawn and has to acknowledge.
		Assigned {
			/// Last block to acknowledge or decline in.
			deadline: BlockNumber,
		},
		/// The provider has program and input and runs the job.
		Running {
			/// The block of the acknowledgement.
			started: BlockNumber,
			/// Last block to submit in.
			deadline: BlockNumber,
		},
		/// The provider submitted; the client may accept or reject.
		Submitted {
			/// What the run came to.
			outcome: Outcome,
			/// GPU time used, in milliseconds.
			used: GpuTime,
			/// Last block to reject in.
			deadline: BlockNumber,
		},
		/// The client rejected; the arbiter is to rule.
		Disputed {
			/// What the run came to.
			outcome: Outcome,
			/// GPU time used, in milliseconds.
			used: GpuTime,
			/// Last block to rule in.
			deadline: BlockNumber,
		},
		/// The provider was paid for what was used.
		Settled {
			/// What the run came to.
			outcome: Outcome,
			/// GPU time used, in milliseconds.
			used: GpuTime,
			/// The block it settled in.
			at: BlockNumber,
		},
		/// The provider failed; the client has its claims and its fee back.
		Faulted {
			/// Why.
			reason: FaultReason,
			/// The block it was faulted in.
			at: BlockNumber,
		},
		/// It never ran; the client has its claims back.
		Refunded {
			/// Why.
			reason: RefundReason,
			/// The block it was refunded in.
			at: BlockNumber,
		},
		/// The client called it off.
		Cancelled {
			/// The block it was cancelled in.
			at: BlockNumber,
		},
	}

	/// The provider and node that a job was given to.
	pub struct Placed {
		/// The provider.
		pub provider: AccountId,
		/// Its node.
		pub node: NodeId,
		/// What of the provider's stake is reserved while the job is open.
		pub bond: BondSize,
	}

	/// A job: what was asked, where it stands, and its books.
	pub struct Job {
		/// Who asked for it, and pays.
		pub client: AccountId,
		/// The hardware class.
		pub class: ClassId,
		/// Accelerators used at once.
		pub gpus: u32,
		/// Time on each accelerator, in milliseconds.
		pub duration: GpuTime,
		/// GPU time in all, in milliseconds.
		pub gpu_time: GpuTime,
		/// The most that the GPU time bought may cost, market fee included, in planck.
		pub max_cost: Balance,
		/// What is to be run.
		pub spec: JobSpec,
		/// How it pays and waits.
		pub terms: JobTerms,
		/// The block of the request.
		pub requested_at: BlockNumber,
		/// Where it stands.
		pub state: JobState,
		/// Where it was last placed; kept when the job has finished.
		pub placement: Option<Placed>,
		/// Tokens paid for claims bought, market fee included, in planck.
		pub paid: Balance,
		/// Tokens of the bid that came back, in planck.
		pub bid_returned: Balance,
		/// The client's own claims that it put in, in milliseconds.
		pub supplied: GpuTime,
		/// Claims bought, in milliseconds.
		pub bought: GpuTime,
		/// Claims delivered to: burned, as GPU time used, in milliseconds.
		pub delivered: GpuTime,
		/// Claims given to the client, in milliseconds.
		pub claims_returned: GpuTime,
		/// Job fee still held, in planck.
		pub fee_held: Balance,
		/// Job fee charged and routed, in planck.
		pub fee_charged: Balance,
		/// Job fee released to the client, in planck.
		pub fee_released: Balance,
		/// Congestion base fee still held, in planck.
		pub base_held: Balance,
		/// Congestion base fee charged and burned, in planck.
		pub base_charged: Balance,
		/// Congestion base fee released to the client, in planck.
		pub base_released: Balance,
	}

	/// An IP address, in network byte order.
	pub enum Ip {
		/// IPv4.
		V4([u8; 4]),
		/// IPv6.
		V6([u8; 16]),
	}

	/// Where a node answers, over plain HTTP.
	pub struct Endpoint {
		/// The address.
		pub ip: Ip,
		/// The port.
		pub port: u16,
	}
}

mod capacity;
mod economics;
mod market;
mod stake;

pub use capacity::*;
pub use economics::*;
pub use market::*;
pub use stake::*;

impl Runner {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			Runner::Wasm => "Wasm",
		}
	}
}

impl OnReturn {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			OnReturn::Claims => "Claims",
			OnReturn::Sell => "Sell",
		}
	}
}

impl Artifact {
	/// Where it lies.
	pub fn url(&self) -> Result<String, Error> {
		String::from_utf8(self.location.clone())
			.map_err(|_| Error::Other(format!("the location of {:?} is no text", self.hash)))
	}
}

impl JobState {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			JobState::Bidding { .. } => "Bidding",
			JobState::Queued { .. } => "Queued",
			JobState::Assigned { .. } => "Assigned",
			JobState::Running { .. } => "Running",
			JobState::Submitted { .. } => "Submitted",
			JobState::Disputed { .. } => "Disputed",
			JobState::Settled { .. } => "Settled",
			JobState::Faulted { .. } => "Faulted",
			JobState::Refunded { .. } => "Refunded",
			JobState::Cancelled { .. } => "Cancelled",
		}
	}

	/// Whether nothing more happens to the job.
	pub fn is_over(&self) -> bool {
		matches!(
			self,
			JobState::Settled { .. }
				| JobState::Faulted { .. }
				| JobState::Refunded { .. }
				| JobState::Cancelled { .. }
		)
	}

	/// Whether a node is set aside for the job.
	pub fn is_placed(&self) -> bool {
		matches!(
			self,
			JobState::Assigned { .. }
				| JobState::Running { .. }
				| JobState::Submitted { .. }
				| JobState::Disputed { .. }
		)
	}

	/// The last block in which the call that it waits for is in time.
	pub fn deadline(&self) -> Option<BlockNumber> {
		match self {
			JobState::Bidding { deadline, .. }
			| JobState::Queued { deadline, .. }
			| JobState::Assigned { deadline }
			| JobState::Running { deadline, .. }
			| JobState::Submitted { deadline, .. }
			| JobState::Disputed { deadline, .. } => Some(*deadline),
			_ => None,
		}
	}

	/// What the run came to, once it is stated.
	pub fn outcome(&self) -> Option<&Outcome> {
		match self {
			JobState::Submitted { outcome, .. }
			| JobState::Disputed { outcome, .. }
			| JobState::Settled { outcome, .. } => Some(outcome),
			_ => None,
		}
	}

	/// GPU time used, in milliseconds, once it is stated.
	pub fn used(&self) -> Option<GpuTime> {
		match self {
			JobState::Submitted { used, .. } | JobState::Disputed { used, .. } | JobState::Settled { used, .. } => {
				Some(*used)
			}
			_ => None,
		}
	}
}

impl fmt::Display for JobState {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(self.name())?;
		match self {
			JobState::Faulted { reason, .. } => write!(f, " ({reason:?})"),
			JobState::Refunded { reason, .. } => write!(f, " ({reason:?})"),
			JobState::Settled {
				outcome: Outcome::Trapped,
				..
			}
			| JobState::Submitted {
				outcome: Outcome::Trapped,
				..
			} => {
				write!(f, " (the program failed)")
			}
			_ => Ok(()),
		}
	}
}

impl Job {
	/// The node that the job was given to, and its provider.
	pub fn node(&self) -> Option<NodeId> {
		self.placement.as_ref().map(|placed| placed.node)
	}
}

impl Ip {
	/// As the standard library has it.
	pub fn address(&self) -> IpAddr {
		match self {
			Ip::V4(octets) => IpAddr::from(*octets),
			Ip::V6(octets) => IpAddr::from(*octets),
		}
	}
}

impl Endpoint {
	/// `http://IP:PORT`, without a trailing slash.
	pub fn url(&self) -> String {
		format!("http://{self}")
	}
}

impl From<SocketAddr> for Endpoint {
	fn from(address: SocketAddr) -> Self {
		let ip = match address.ip() {
			IpAddr::V4(ip) => Ip::V4(ip.octets()),
			IpAddr::V6(ip) => Ip::V6(ip.octets()),
		};
		Endpoint {
			ip,
			port: address.port(),
		}
	}
}

impl FromStr for Endpoint {
	type Err = Error;

	fn from_str(text: &str) -> Result<Self, Error> {
		let address = SocketAddr::from_str(text).map_err(|_| {
			Error::Usage(format!("'{text}' is no endpoint: write IP:PORT, like 203.0.113.5:8400 or [2001:db8::5]:8400; names are not allowed on-chain"))
		})?;
		Ok(address.into())
	}
}

impl fmt::Display for Endpoint {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		SocketAddr::new(self.ip.address(), self.port).fmt(f)
	}
}

/// An account's native tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
	/// Transactions signed (a count).
	pub nonce: u32,
	/// Planck it may spend, locks aside.
	pub free: Balance,
	/// Planck held for some reason.
	pub reserved: Balance,
	/// Planck of the free balance that are locked.
	pub frozen: Balance,
}

/// Planck held in an account, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
	/// `Pallet.Reason`.
	pub reason: String,
	/// Planck.
	pub amount: Balance,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_and_writes_endpoints() {
		for text in ["127.0.0.1:8400", "[2001:db8::5]:8400"] {
			let endpoint = Endpoint::from_str(text).expect(text);
			assert_eq!(endpoint.to_string(), text);
			assert_eq!(endpoint.url(), format!("http://{text}"));
		}
		for text in [
			"",
			"localhost:8400",
			"127.0.0.1",
			"127.0.0.1:99999",
			"http://127.0.0.1:8400",
			"2001:db8::5:8400",
		] {
			assert!(Endpoint::from_str(text).is_err(), "{text}");
		}
	}

	#[test]
	fn knows_which_states_end_a_job() {
		let open = JobState::Running {
			started: 1,
			deadline: 9,
		};
		let over = JobState::Settled {
			outcome: Outcome::Trapped,
			used: 5,
			at: 9,
		};
		assert!(!open.is_over() && open.is_placed());
		assert!(over.is_over() && !over.is_placed());
		assert_eq!(open.deadline(), Some(9));
		assert_eq!(over.used(), Some(5));
		assert_eq!(over.to_string(), "Settled (the program failed)");
	}
}
