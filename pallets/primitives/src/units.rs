//! Units: tokens, time.

use crate::{Balance, BlockNumber, GpuTime};

/// The smallest unit of the native token.
pub const PLANCK: Balance = 1;
/// One QRN: the native token has 12 decimals.
pub const QRN: Balance = 1_000_000_000_000;
/// A thousandth of a QRN.
pub const MILLI_QRN: Balance = QRN / 1_000;

/// Time between blocks, in milliseconds.
pub const BLOCK_MILLIS: u64 = 6_000;
/// Blocks in a minute.
pub const MINUTES: BlockNumber = (60_000 / BLOCK_MILLIS) as BlockNumber;
/// Blocks in an hour.
pub const HOURS: BlockNumber = 60 * MINUTES;
/// Blocks in a day.
pub const DAYS: BlockNumber = 24 * HOURS;

/// Blocks of an attestation period: one minute.
pub const PERIOD_BLOCKS: BlockNumber = MINUTES;
/// What a node that is served for a whole period earns for each of its GPUs.
pub const PERIOD_GPU_TIME: GpuTime = PERIOD_BLOCKS as GpuTime * BLOCK_MILLIS as GpuTime;

/// One second of GPU time.
pub const GPU_SECOND: GpuTime = 1_000;
/// One hour of GPU time.
pub const GPU_HOUR: GpuTime = 3_600 * GPU_SECOND;
