//! Providers: classes, nodes, what they owe, and what becomes of it when they go.

// The decoder's derive imports what only some of the types use.
#![allow(unused_imports)]

use super::Endpoint;
use crate::{
	units::{mul_div, Balance, BlockNumber, ClassId, GpuTime, NodeId, Period, Price},
	AccountId,
};
use subxt::ext::scale_decode::DecodeAsType;

chain_types! {
	/// The one-time terms on which the treasury opens a class's pool.
	pub struct Opening {
		/// The pool's first price.
		pub price: Price,
		/// The most GPU time it buys, in milliseconds.
		pub max_gpu_time: GpuTime,
	}

	/// A hardware class.
	pub struct Class {
		/// Its name, in ASCII.
		pub name: Vec<u8>,
		/// Floor cost of its GPU time.
		pub floor_price: Price,
		/// Terms on which the treasury opens its pool, until somebody takes them up.
		pub opening: Option<Opening>,
		/// Units of the benchmark that a second of it does; zero if it was not measured.
		pub throughput: u64,
		/// First block from which on nobody trades in it and its claims are paid out, if that is announced.
		pub ends_at: Option<BlockNumber>,
	}

	/// An operator that offers GPU time.
	pub struct Provider {
		/// Its nodes, of all classes.
		pub nodes: Vec<NodeId>,
	}

	/// Where a node is in its life.
	pub enum NodeState {
		/// Not served yet since it was registered or resumed: polled, but earns nothing and gets no job.
		Pending,
		/// A quorum saw it serve.
		Active,
		/// Taken out by its provider.
		Paused,
	}

	/// One machine of a provider.
	pub struct Node {
		/// Its provider.
		pub provider: AccountId,
		/// Its class.
		pub class: ClassId,
		/// Accelerators in it.
		pub gpus: u32,
		/// Memory of all accelerators together, in MiB.
		pub memory_mib: u64,
		/// Where it answers.
		pub endpoint: Endpoint,
		/// The key it signs with.
		pub key: [u8; 32],
		/// Where it is in its life.
		pub state: NodeState,
		/// The last period in which a quorum saw it serve.
		pub last_served: Option<Period>,
		/// Periods missed since registration (a count).
		pub missed: u32,
		/// Accelerators that jobs occupy.
		pub occupied: u32,
	}

	/// A provider's capacity in one class.
	pub struct Book {
		/// Accelerators of its nodes that are active.
		pub active_gpus: u32,
		/// Its nodes that count as attested.
		pub attested_nodes: u32,
		/// What it may issue, in milliseconds.
		pub allowance: GpuTime,
		/// Claims that it issued and that still exist, in milliseconds.
		pub obligations: GpuTime,
		/// The part of the obligations that waits in the market, unsold.
		pub offered: GpuTime,
		/// The part of the obligations that waits to be added to the pool.
		pub adding: GpuTime,
		/// The part of the obligations set aside for jobs.
		pub assigned: GpuTime,
		/// The part of what is owed that went into the pool and not into a sale.
		pub liquidity: GpuTime,
		/// What it got for claims not yet delivered, in planck.
		pub proceeds: Balance,
		/// Pool shares got for claims not yet delivered, held.
		pub shares: Balance,
		/// Own bond reserved for the obligations, in planck.
		pub collateral: Balance,
		/// Stake allocated to the class that answers for the obligations in any case, in planck.
		pub backing: Balance,
		/// GPU time delivered since the last fault, in milliseconds: its reputation.
		pub delivered: GpuTime,
		/// What it owed is passing to others.
		pub exit: Option<Exit>,
	}

	/// How a provider's obligations come to pass to others.
	#[derive(Copy)]
	pub enum Exit {
		/// It left the class.
		Left,
		/// It was away too long.
		Gone,
	}

	/// What a provider that left a class, or is gone, owed in it, until others took it over.
	pub struct Estate {
		/// What a claim is taken as worth.
		pub price: Price,
		/// When it was opened.
		pub opened_at: BlockNumber,
		/// Claims that nobody has taken over, in milliseconds.
		pub obligations: GpuTime,
		/// What was got for them, in planck.
		pub proceeds: Balance,
		/// The provider's pool shares that went with its obligations.
		pub shares: Balance,
		/// Whether the provider left. If not, it is gone.
		pub orderly: bool,
		/// Held of the provider for topping up, in planck.
		pub deposit: Balance,
		/// Topped up by the insurance fund, in planck.
		pub advanced: Balance,
	}
}

impl Class {
	/// Its name.
	pub fn name(&self) -> String {
		String::from_utf8_lossy(&self.name).into_owned()
	}
}

impl NodeState {
	/// Its name, the same as on the chain.
	pub fn name(&self) -> &'static str {
		match self {
			NodeState::Pending => "Pending",
			NodeState::Active => "Active",
			NodeState::Paused => "Paused",
		}
	}
}

impl Book {
	/// Claims in others' hands: obligations without what is still offered or waits to be added to the pool.
	pub fn owed(&self) -> GpuTime {
		self.obligations
			.saturating_sub(self.offered)
			.saturating_sub(self.adding)
	}

	/// What is owed and set aside for no job.
	pub fn unassigned(&self) -> GpuTime {
		self.owed().saturating_sub(self.assigned)
	}

	/// What is reserved for the obligations of the stake allocated to the class, in planck.
	pub fn backed(&self) -> Balance {
		self.collateral.max(self.backing)
	}

	/// Stake, in planck, that has to be allocated to the class, and reserved by nothing else, to owe anything more in it:
	/// a flat bond for each attested node. Collateral may need more.
	pub fn allocation_needed(&self, flat_bond: Balance) -> Balance {
		flat_bond.saturating_mul(self.attested_nodes.max(1).into())
	}
}

impl Estate {
	/// What taking over `gpu_time` is to pay in block `now`: from 1.0 times the price up to 1.2 times, in planck,
	/// rounded down; `None` if it does not fit.
	pub fn pays(&self, gpu_time: GpuTime, now: BlockNumber) -> Option<Balance> {
		take_over_price(self.price, now.saturating_sub(self.opened_at), gpu_time)
	}

	/// The block from which it may be closed with obligations left.
	pub fn ends(&self) -> BlockNumber {
		self.opened_at.saturating_add(ESTATE_BLOCKS)
	}
}

/// For how many blocks the pay for taking over rises: an hour.
pub const AUCTION_BLOCKS: BlockNumber = 600;
/// After how many blocks what nobody took over becomes the class's shortfall: a day.
pub const ESTATE_BLOCKS: BlockNumber = 14_400;
/// By what part of the price the pay rises: a fifth.
const AUCTION_RISE: u128 = 5;

/// What taking over `gpu_time` pays, `elapsed` blocks after the estate was opened at `price`, in planck, rounded
/// down; `None` if it does not fit.
pub fn take_over_price(price: Price, elapsed: BlockNumber, gpu_time: GpuTime) -> Option<Balance> {
	let whole = AUCTION_RISE * u128::from(AUCTION_BLOCKS);
	let factor = whole.saturating_add(elapsed.min(AUCTION_BLOCKS).into());
	Price(mul_div(price.0, factor, whole)?).of(gpu_time)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::QRN;

	#[test]
	fn pays_more_the_longer_nobody_takes_over() {
		let estate = Estate {
			price: Price::from_per_hour(2 * QRN).expect("fits"),
			opened_at: 100,
			obligations: 3_600_000,
			proceeds: 0,
			shares: 0,
			orderly: true,
			deposit: 0,
			advanced: 0,
		};
		let hour = |now| estate.pays(3_600_000, now).expect("fits");
		let near = |got: Balance, due: Balance| assert!(due.abs_diff(got) <= 2, "{got}, but {due} is due");
		near(hour(100), 2 * QRN);
		near(hour(400), 2 * QRN + QRN / 5);
		near(hour(700), 2 * QRN + 2 * QRN / 5);
		assert_eq!(hour(700), hour(u32::MAX));
		assert_eq!(hour(100), hour(0));
		assert_eq!(estate.ends(), 14_500);
	}
}
