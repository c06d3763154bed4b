//! The market's constants. Fees are the arithmetic's: see [`compute_amm_math::FEE_BP`].

use polkadot_sdk::{
	sp_core::{ConstU32, U256},
	sp_runtime::Perbill,
};
use quern_primitives::{
	units::{DAYS, HOURS, MINUTES},
	Balance, BlockNumber, GpuTime, Price,
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

/// The least that an order with a pace takes from each batch: one in so many of the pool's claims, or all that it
/// is for. An eager order keeps its place until it has filled. Were a millisecond a batch enough, a book could be
/// held full for an hour by bids for ten seconds each; so a full one wants twice the pool's claims from each batch.
pub const LEAST_PACE: GpuTime = 1_000;

/// Liquidity requests that wait for one clearing of a class.
pub type MaxLiquidityRequests = ConstU32<14>;
/// Of those, additions: so that nobody's additions keep anybody from leaving.
pub const MAX_ADDITIONS: u32 = 7;

/// Most of a block that clearing every class, with all the orders that may wait, may weigh.
pub const CLEARING_SHARE: Perbill = Perbill::from_percent(60);

/// Places of a book with `places` that only jobs' bids may take.
pub const fn job_places(places: u32) -> u32 {
	places / 5
}

/// The part of the average over 10 minutes below which a sale that no person priced is not made, in percent.
pub const SALE_FLOOR_PERCENT: u32 = 97;

/// The least that a sale of `gpu_time` claims which no person priced may bring, fee taken off, in planck, rounded
/// up; `ema_10m` is the average price over 10 minutes. More than any amount, if it cannot be written down.
pub fn sale_floor(gpu_time: GpuTime, ema_10m: Price) -> Balance {
	let scale = U256::from(compute_amm_math::PRICE_ONE) * U256::from(100u32);
	U256::from(gpu_time)
		.checked_mul(ema_10m.into_inner().into())
		.and_then(|value| value.checked_mul(SALE_FLOOR_PERCENT.into()))
		.and_then(|value| value.checked_add(scale - U256::one()))
		.and_then(|value| Balance::try_from(value / scale).ok())
		.unwrap_or(Balance::MAX)
}

/// Blocks over which a breaker's bucket drains by its limit: 10 minutes, the shortest average's.
pub const BREAKER_WINDOW: BlockNumber = 10 * MINUTES;
/// Blocks for which a breaker pauses a class's orders: long enough for people to look and cancel, short enough
/// that a job's bid which waits an hour outlives it.
pub const PAUSE_BLOCKS: BlockNumber = 10 * MINUTES;
/// Net trade that trips: half of the pool's claims within the window, in parts per billion. It takes the price
/// to four times, or under a half, of what it was; a single batch moves at most a third. Jobs at their pace of 2 %
/// a batch get there with three of them side by side for eight blocks, if nobody sells meanwhile.
pub const VOLUME_LIMIT: i64 = crate::breakers::WHOLE / 2;
/// Pool shares whose removal trips: a third within the window. What is left quotes half as much again of impact.
pub const LIQUIDITY_LIMIT: i64 = crate::breakers::WHOLE / 3;
/// One in so many attested accelerators: if more than that are gone within the window, prices no longer know what
/// can be delivered.
pub const CAPACITY_LIMIT: u64 = 3;
/// A class that had fewer attested accelerators than this does not trip: one machine that restarts is no event.
pub const CAPACITY_LEAST: u64 = 3;
