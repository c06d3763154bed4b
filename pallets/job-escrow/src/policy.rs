//! Every constant and pure formula of jobs.

use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Perbill, Rounding},
	sp_runtime::FixedU128,
};
use quern_primitives::{units::BLOCK_MILLIS, Balance, BlockNumber, GpuTime, Price};

/// The job fee, in per cent of the job's price P.
pub const JOB_FEE_PERCENT: Balance = 6;
/// What part of the job fee a client loses that three operators declined: one in this many.
pub const DECLINE_FEE_DIVISOR: Balance = 10;
/// How many different operators may decline a job before it is refunded.
pub const MAX_DECLINES: u32 = 3;
/// How many draws may go unacknowledged before a job is refunded.
pub const MAX_MISSES: u32 = 3;

/// The slash for a wrong result, as a part of the class's floor cost of the GPU time: at least `3/2`. See
/// [`sizes`](crate::sizes).
pub const COVER: (Balance, Balance) = (3, 2);
/// The own bond that a job checked by audits needs, as a multiple of `P · (1 - q) / q`. Above
/// `1 / (1 - finder's share)` no one gains by cheating who finds itself.
pub const OWN_FACTOR: Balance = 2;
/// The least rate of audits that is accepted: 1 %, at which a job needs 458 times its price of allocated
/// stake, and 198 times of own bond.
pub const MIN_AUDIT_RATE: Perbill = Perbill::from_percent(1);
/// Bits of a logarithm below its point.
pub const LOG_BITS: u32 = 120;
/// `log2(100)`, in units of `2^-LOG_BITS`, rounded up: a cheat is to be caught in 99 of 100 cases within
/// the jobs whose pay a slash takes back.
pub const LOG2_100: u128 = 8_831_199_647_417_464_989_640_704_080_462_315_227;

/// What part of a pool's claims a bid buys at most in one batch, unless the client says: one in this many.
pub const PACE_DIVISOR: GpuTime = 50;

/// Blocks from the commitment of a job to its draw. The seed of a draw at the start of block `M` is
/// the VRF output of `M - 1`, so 2 is the least at which that output is of a later block than the
/// commitment's.
pub const DRAW_DELAY: BlockNumber = 2;
/// Blocks until another draw, where no provider could take the job.
pub const DRAW_RETRY: BlockNumber = 2;
/// Blocks until another try, where a step of a job's life failed.
pub const STEP_RETRY: BlockNumber = 10;
/// What a draw's seed is hashed with, so that it is no other hash.
pub const DRAW_CONTEXT: &[u8; 13] = b"quern/draw/v1";

/// Jobs of the due queue handled at the start of a block.
pub const JOBS_PER_SLICE: u32 = 12;
/// Jobs whose bids the market closed handled at the start of a block, beside those.
pub const CLOSED_PER_SLICE: u32 = 12;
/// Jobs with closed bids that wait to be looked at: as many as bids can end in a clearing, and more.
pub const MAX_CLOSED_BIDS: u32 = 4_096;
/// Emptied blocks of the due queue that the cursor passes at the start of a block.
pub const BLOCKS_PER_SLICE: u32 = 32;
/// Blocks of the due queue looked at for one with room.
pub const PROBES: BlockNumber = 32;

/// The job fee on a price, rounded up, so that no job is too small to pay one.
pub fn fee(price: Balance) -> Option<Balance> {
	multiply_by_rational_with_rounding(price, JOB_FEE_PERCENT, 100, Rounding::Up)
}

/// The job fee on the used part: `6 % × price × used / gpu_time`, rounded up. At most [`fee`] of the
/// price, as `used <= gpu_time`; nothing if nothing was used.
pub fn fee_on_used(price: Balance, used: GpuTime, gpu_time: GpuTime) -> Option<Balance> {
	multiply_by_rational_with_rounding(
		price,
		used.checked_mul(JOB_FEE_PERCENT)?,
		gpu_time.checked_mul(100)?,
		Rounding::Up,
	)
}

/// The congestion base fee of `gpu_time` at `rate` planck for a millisecond, rounded up. Of the part used,
/// never more than of all, as it does not fall in `gpu_time`; zero only if either is.
pub fn base_fee(rate: Price, gpu_time: GpuTime) -> Option<Balance> {
	value(rate, gpu_time)
}

/// What the used part of a job's GPU time was worth: `price × used / gpu_time`, rounded down.
pub fn revenue(price: Balance, used: GpuTime, gpu_time: GpuTime) -> Option<Balance> {
	multiply_by_rational_with_rounding(price, used, gpu_time, Rounding::Down)
}

/// What a client loses of its fee when three operators declined its job: a tenth, rounded down.
pub fn decline_fee(fee: Balance) -> Balance {
	fee / DECLINE_FEE_DIVISOR
}

/// What claims are worth at a price, in planck, rounded up.
pub fn value(price: Price, claims: GpuTime) -> Option<Balance> {
	multiply_by_rational_with_rounding(price.into_inner(), claims, FixedU128::DIV, Rounding::Up)
}

/// The most that a bid buys in one batch if the client does not say: 2 % of the pool's claims, at
/// least one.
pub fn default_pace(reserve_claims: GpuTime) -> GpuTime {
	(reserve_claims / PACE_DIVISOR).max(1)
}

/// Blocks that so many milliseconds take, the last one counted whole.
pub fn blocks_of(duration: GpuTime) -> BlockNumber {
	let blocks = duration.div_ceil(GpuTime::from(BLOCK_MILLIS));
	// Durations are bounded far below where this saturates.
	BlockNumber::try_from(blocks).unwrap_or(BlockNumber::MAX)
}

/// The most GPU time that `gpus` accelerators can have used between the acknowledgement in block
/// `started` and a call in block `now`, both blocks counted whole.
pub fn most_used(gpus: u32, started: BlockNumber, now: BlockNumber) -> GpuTime {
	let blocks = GpuTime::from(now.saturating_sub(started)) + 1;
	// Factors of 32, 33 and 13 bits do not overflow.
	GpuTime::from(gpus) * blocks * GpuTime::from(BLOCK_MILLIS)
}
