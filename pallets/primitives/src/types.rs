//! Types that more than one pallet speaks of.

use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{sp_core::H256, sp_runtime::FixedU128};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Amount of the native token, in planck (10^-12 QRN).
pub type Balance = u128;
/// Number of a block. Every pallet of Quern stores blocks as this.
pub type BlockNumber = u32;
/// Number of an era, the span of the fee ledger and of stake exposure.
pub type EraIndex = u32;
/// Number of an attestation period: `block / PERIOD_BLOCKS`.
pub type Period = u32;
/// Time of one accelerator, in milliseconds. One claim is one millisecond.
pub type GpuTime = u128;
/// A hardware class; also the asset id of its claims, and of its pool's shares.
pub type ClassId = u32;
/// A job, for ever unique.
pub type JobId = u64;
/// A provider's node.
pub type NodeId = u32;
/// An order in the market, for ever unique within its class.
pub type OrderId = u64;
/// A price: planck for one millisecond of GPU time, with 18 decimals.
pub type Price = FixedU128;

/// Which way an order trades.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Side {
	/// Pays tokens, gets claims.
	Buy,
	/// Pays claims, gets tokens.
	Sell,
}

/// Whose order it is, and who hears of its fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Purpose {
	/// Anyone's, for itself.
	Trade,
	/// A job's bid, from `pallet-job-escrow`.
	Job(JobId),
	/// A provider's offer of capacity, from `pallet-provider-registry`; the number is that pallet's.
	Offer(u64),
	/// A provider's purchase of what it owes, from `pallet-provider-registry`; the number is that pallet's.
	BuyBack(u64),
}

/// An order as a pallet or a caller hands it to the market.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewOrder<AccountId> {
	/// The class traded.
	pub class: ClassId,
	/// Buy or sell.
	pub side: Side,
	/// Claims to buy or sell.
	pub gpu_time: GpuTime,
	/// For the whole of `gpu_time`, fees included: the most a buy pays, the least a sell gets.
	pub limit: Balance,
	/// Pays the bid's tokens or the sale's claims now, and gets back what does not fill.
	pub payer: AccountId,
	/// Gets the claims bought, or the tokens of the sale.
	pub recipient: AccountId,
	/// Whose order it is.
	pub purpose: Purpose,
	/// Last block whose batch the order is part of.
	pub expires_at: BlockNumber,
	/// The most of it that one batch may fill; all of it if `None`. The market takes no pace below the smallest order,
	/// nor below a thousandth of the pool's claims, unless one batch may fill all.
	pub pace: Option<GpuTime>,
}

/// An order as the market tells its owner of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderRef {
	/// Its number.
	pub id: OrderId,
	/// The class traded.
	pub class: ClassId,
	/// Buy or sell.
	pub side: Side,
	/// Whose order it is.
	pub purpose: Purpose,
}

/// What a trade of some GPU time would cost or bring now, alone in its batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Quote {
	/// GPU time traded, in milliseconds.
	pub gpu_time: GpuTime,
	/// Planck paid (fee included) or got (fee taken off).
	pub total: Balance,
	/// The fee in it, in planck.
	pub fee: Balance,
	/// The clearing price before the fee.
	pub price: Price,
	/// The pool's price now.
	pub spot: Price,
	/// How far the clearing price lies from spot, in parts per million.
	pub impact_ppm: u32,
	/// The congestion base fee of a job of so much GPU time, in planck: beside `total`, and burned when the
	/// job settles. A trade without a job pays none.
	pub base_fee: Balance,
}

/// A pool, as the runtime API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct PoolInfo {
	/// Its class.
	pub class: ClassId,
	/// Tokens in the pool, in planck.
	pub reserve_tokens: Balance,
	/// Claims in the pool, in milliseconds.
	pub reserve_claims: GpuTime,
	/// Pool shares that exist.
	pub shares: Balance,
	/// The price now.
	pub spot: Price,
	/// The average of the clearing price over 10 minutes.
	pub ema_10m: Price,
	/// The average of the clearing price over an hour.
	pub ema_1h: Price,
	/// The average of the clearing price over a day.
	pub ema_24h: Price,
	/// Orders waiting for the next clearing.
	pub orders: u32,
	/// Fees that the pool has kept for its LPs since it was created, in planck per pool share, with 18
	/// decimals.
	pub fees_per_share: Price,
	/// Fees in the pool's account that the next batch does not price yet, in planck.
	pub carried: Balance,
	/// The congestion base fee of a claim, in planck per millisecond.
	pub base_fee: Price,
	/// Accelerators of the class that are attested.
	pub attested_gpus: u32,
	/// Orders are paused until this block, if a breaker tripped.
	pub paused_until: Option<BlockNumber>,
}

/// Over how long the clearing price is averaged.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize,
)]
pub enum Window {
	/// 10 minutes.
	TenMinutes,
	/// An hour.
	Hour,
	/// A day.
	Day,
}

/// An order in the book, as the runtime API shows it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct OrderInfo<AccountId> {
	/// Its number.
	pub id: OrderId,
	/// Buy or sell.
	pub side: Side,
	/// Claims to trade in all, in milliseconds.
	pub gpu_time: GpuTime,
	/// For the whole of `gpu_time`, fees included: the most a buy pays, the least a sell gets, in planck.
	pub limit: Balance,
	/// Of `gpu_time`, what has filled.
	pub filled: GpuTime,
	/// What that cost or brought, in planck.
	pub tokens: Balance,
	/// Paid for it, and gets back what does not fill.
	pub payer: AccountId,
	/// Gets what it trades for.
	pub recipient: AccountId,
	/// Whose order it is.
	pub purpose: Purpose,
	/// Block in which it was placed.
	pub placed_at: BlockNumber,
	/// Last block whose batch it is part of.
	pub expires_at: BlockNumber,
}

/// What a client accepts of a plan for a piece of work.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
pub struct WorkConstraints {
	/// Whether the work may be spread over classes.
	pub may_split: bool,
	/// The classes to choose among; all if `None`.
	pub classes: Option<Vec<ClassId>>,
	/// The most GPU time of any one class, in milliseconds; what one batch can move if `None`.
	pub max_gpu_time: Option<GpuTime>,
}

/// One class's part in a piece of work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct WorkPart {
	/// The class.
	pub class: ClassId,
	/// GPU time to buy of it, in milliseconds.
	pub gpu_time: GpuTime,
	/// What the pool takes for it, market fee and impact included, in planck.
	pub tokens: Balance,
	/// The job fee on that, in planck.
	pub job_fee: Balance,
	/// The congestion base fee, in planck.
	pub base_fee: Balance,
}

/// Where a piece of work is done for the least.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct WorkPlan {
	/// The classes that take part.
	pub parts: Vec<WorkPart>,
	/// What all of it costs, in planck.
	pub cost: Balance,
}

/// What a job asks of a node, bounded by the pallet that stores it.
#[derive(
	Clone,
	Copy,
	PartialEq,
	Eq,
	Debug,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Runner {
	/// A Wasm program in the provider's sandbox: input in, output out, nothing else.
	Wasm,
}

/// Where a draw of a provider for a job looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Demand {
	/// The class.
	pub class: ClassId,
	/// Accelerators the job uses at once.
	pub gpus: u32,
	/// GPU time in all: `gpus × duration`.
	pub gpu_time: GpuTime,
}

/// One era's figures, each in planck, each the sum of the era's events.
#[derive(
	Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct EraFigures {
	/// Price of the GPU time that settled jobs used.
	pub job_revenue: Balance,
	/// Jobs settled (a count).
	pub jobs_settled: u32,
	/// Job fees routed.
	pub job_fees: Balance,
	/// The market's fees routed (the 0.05 %).
	pub market_fees: Balance,
	/// Congestion base fees of settled jobs, burned whole.
	pub base_fees: Balance,
	/// Transaction base fees and tips.
	pub transaction_fees: Balance,
	/// The market's fees that pools kept for their LPs: not routed.
	pub lp_fees: Balance,
	/// Leg to the stakers.
	pub to_stakers: Balance,
	/// Leg to the treasury.
	pub to_treasury: Balance,
	/// Leg to the insurance fund.
	pub to_insurance: Balance,
	/// Leg to block authors.
	pub to_authors: Balance,
	/// Burned, whatever burned it: legs, dust, slashes.
	pub burned: Balance,
}

/// What an era's figures mean for who holds QRN, stakes it or provides liquidity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct EraRatios {
	/// The era's length in milliseconds; of the running one, so far.
	pub millis: u64,
	/// Gross job revenue at this rate for a year, in planck.
	pub annual_revenue: Balance,
	/// Total issuance over that: the price-to-sales ratio. `None`: no revenue.
	pub price_to_sales: Option<Price>,
	/// What stakers got of fees and reserve at this rate for a year, in parts per million of the stake.
	pub staker_yield_ppm: u64,
	/// The part of that which users' fees paid, without the reserve: the real yield.
	pub real_yield_ppm: u64,
	/// GPU time of the class that all QRN would buy at the class's average price over a day, in milliseconds;
	/// `None` without a class or its pool.
	pub supply_in_gpu_time: Option<GpuTime>,
	/// GPU time of the class that `annual_revenue` would buy at that price.
	pub sales_in_gpu_time: Option<GpuTime>,
}

/// Supply, as the runtime API shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo)]
pub struct Supply {
	/// Total issuance at genesis, in planck.
	pub genesis: Balance,
	/// Total issuance now.
	pub issuance: Balance,
	/// Burned since genesis: `genesis - issuance`.
	pub burned: Balance,
}

/// What the invariants' check over the whole state found: nothing, if all hold.
pub type BrokenInvariants = Vec<Vec<u8>>;

/// Hash of programs, inputs and outputs: BLAKE2b-256.
pub type ContentHash = H256;
