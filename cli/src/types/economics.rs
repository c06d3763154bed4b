//! Where the money went.

// The decoder's derive imports what only some of the types use.
#![allow(unused_imports)]

use crate::units::{Balance, ClassId, GpuTime, OperatorId, Price};
use std::fmt;
use subxt::ext::scale_decode::DecodeAsType;

chain_types! {
	/// One era's figures, in planck.
	pub struct EraFigures {
		/// Price of the GPU time that settled jobs used.
		pub job_revenue: Balance,
		/// Jobs settled (a count).
		pub jobs_settled: u32,
		/// Job fees routed.
		pub job_fees: Balance,
		/// The market's fees routed.
		pub market_fees: Balance,
		/// Congestion base fees of settled jobs, burned whole.
		pub base_fees: Balance,
		/// Transaction base fees and tips.
		pub transaction_fees: Balance,
		/// The market's fees that pools kept for their LPs.
		pub lp_fees: Balance,
		/// Leg to the stakers.
		pub to_stakers: Balance,
		/// Leg to the treasury.
		pub to_treasury: Balance,
		/// Leg to the insurance fund.
		pub to_insurance: Balance,
		/// Leg to block authors.
		pub to_authors: Balance,
		/// Burned, whatever burned it.
		pub burned: Balance,
	}

	/// What an era's figures come to.
	pub struct EraRatios {
		/// The era's length in milliseconds; of the running one, so far.
		pub millis: u64,
		/// Gross job revenue at this rate for a year, in planck.
		pub annual_revenue: Balance,
		/// Total issuance over that, with 18 decimals. `None`: no revenue.
		pub price_to_sales: Option<Price>,
		/// What stakers got at this rate for a year, in parts per million of the stake.
		pub staker_yield_ppm: u64,
		/// The part of that which users' fees paid.
		pub real_yield_ppm: u64,
		/// GPU time of a class that all QRN would buy at its average price over a day, in milliseconds.
		pub supply_in_gpu_time: Option<GpuTime>,
		/// GPU time of the class that `annual_revenue` would buy at that price.
		pub sales_in_gpu_time: Option<GpuTime>,
	}

	/// Supply, in planck.
	pub struct Supply {
		/// Total issuance at genesis.
		pub genesis: Balance,
		/// Total issuance now.
		pub issuance: Balance,
		/// Burned since genesis.
		pub burned: Balance,
	}
}

/// An asset that may lie in the jar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JarAsset {
	/// Claims of a class.
	Claims(ClassId),
	/// Shares of a class's pool.
	PoolShares(ClassId),
	/// Liquid shares of an operator's stake.
	OperatorShares(OperatorId),
}

impl JarAsset {
	/// Its kind, as the chain names it.
	pub fn name(&self) -> &'static str {
		match self {
			JarAsset::Claims(_) => "Claims",
			JarAsset::PoolShares(_) => "PoolShares",
			JarAsset::OperatorShares(_) => "OperatorShares",
		}
	}

	/// Its number within the kind.
	pub fn id(&self) -> u32 {
		match self {
			JarAsset::Claims(id) | JarAsset::PoolShares(id) | JarAsset::OperatorShares(id) => *id,
		}
	}
}

impl fmt::Display for JarAsset {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} {}", self.name(), self.id())
	}
}
