//! The market's constants. Fees are the arithmetic's: see [`compute_amm_math::FEE_BP`].

use polkadot_sdk::{sp_core::ConstU32, sp_runtime::Perbill};
use quern_primitives::{
	units::{DAYS, HOURS, MINUTES},
	BlockNumber,
};

/// Blocks of the shortest average of the price.
pub const EMA_10M_BLOCKS: BlockNumber = 10 * MINUTES;
/// Blocks of the average over an hour.
pub const EMA_1H_BLOCKS: BlockNumber = HOURS;
/// Blocks of the average over a day.
pub const EMA_24H_BLOCKS: BlockNumber = DAYS;

/// Blocks for which added shares stay locked, so that nobody adds liquidity for one batch's surplus.
pub const SHARE_LOCK_BLOCKS: BlockNumber = 100;

/// The longest that an order may stay in the book, in blocks.
pub const MAX_ORDER_BLOCKS: BlockNumber = HOURS;

/// Liquidity requests that wait for one clearing of a class.
pub type MaxLiquidityRequests = ConstU32<16>;

/// Most of a block that clearing every class, each with a full book, may weigh.
pub const CLEARING_SHARE: Perbill = Perbill::from_percent(40);

/// Places of a book with `places` that only jobs' bids may take.
pub const fn job_places(places: u32) -> u32 {
	places / 5
}
