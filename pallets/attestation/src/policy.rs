//! Every constant of attestation, and the quorum.

use quern_primitives::{units::PERIOD_BLOCKS, BlockNumber, Period};

/// The most attestors that poll one node in a period.
pub const ATTESTORS_PER_NODE: u32 = 7;
/// With fewer attestors than this to choose from, no node is attested, but on development chains:
/// one or two validators would decide alone what earns.
pub const LEAST_ATTESTORS: u32 = 4;

/// The pool's priority of reports, above that of paid transactions: a report that is late is lost.
pub const PRIORITY: u64 = u64::MAX / 2;

/// The first block of a period, counted from 0, in which workers poll: not in the very first, on
/// whose hash forks are likeliest to differ still.
pub const FIRST_POLL: BlockNumber = 1;
/// The last block of a period in which workers poll, and at the end of which they report whatever
/// they have: two blocks are left to take the report in.
pub const LAST_POLL: BlockNumber = PERIOD_BLOCKS - 3;
/// The last block after which a report can still get into its period.
pub const LAST_SUBMIT: BlockNumber = PERIOD_BLOCKS - 2;
/// Blocks after which a report that is not on the chain is sent again, unchanged.
pub const RESEND_BLOCKS: BlockNumber = 3;
/// How often a node is tried, each time in another block, before it is reported as missed.
pub const TRIES: u8 = 2;
/// Nodes polled in one block. With [`MAX_BODY`] it bounds what hostile endpoints can send.
pub const POLLS_PER_BLOCK: usize = 96;
/// Time for all polls of one block together, in milliseconds.
pub const POLL_MILLIS: u64 = 2_000;
/// The longest answer read, in bytes.
pub const MAX_BODY: usize = 64 * 1024;
/// How deep an answer may nest when it is decoded.
pub const MAX_DEPTH: u32 = 8;
/// How long a worker that died keeps others from its key, in milliseconds: longer than a run takes,
/// shorter than a block.
pub const LOCK_MILLIS: u64 = 5_000;

/// The most nodes that a worker can try [`TRIES`] times each within a period.
pub const MAX_DUTIES: u32 = (LAST_POLL - FIRST_POLL + 1) * POLLS_PER_BLOCK as u32 / TRIES as u32;

/// The longest encoding of one observation, in bytes.
pub const OBSERVATION_BYTES: u32 = 668;

/// The period that a block is in.
pub const fn period(block: BlockNumber) -> Period {
	block / PERIOD_BLOCKS
}

/// A block's place in its period, from 0.
pub const fn offset(block: BlockNumber) -> BlockNumber {
	block % PERIOD_BLOCKS
}

/// A period's first block.
pub const fn first_block(period: Period) -> BlockNumber {
	// A period is a block's number divided, so this cannot overflow; a foreign number saturates.
	period.saturating_mul(PERIOD_BLOCKS)
}

/// How many of `assigned` attestors decide: two thirds, rounded up.
pub const fn quorum(assigned: u32) -> u32 {
	assigned.saturating_mul(2).div_ceil(3)
}

/// The fewest attestors to choose from.
pub const fn least_attestors(devnet: bool) -> u32 {
	if devnet {
		1
	} else {
		LEAST_ATTESTORS
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_quorum_is_two_thirds_rounded_up() {
		let quorums: Vec<u32> = (0..=7).map(quorum).collect();
		assert_eq!(quorums, [0, 1, 2, 2, 3, 4, 4, 5]);
	}

	#[test]
	fn two_quorums_never_fit_into_one_node() {
		for assigned in 1..=ATTESTORS_PER_NODE {
			assert!(2 * quorum(assigned) > assigned);
		}
	}

	#[test]
	fn a_period_is_ten_blocks() {
		assert_eq!((period(9), period(10), period(29)), (0, 1, 2));
		assert_eq!((offset(10), offset(19)), (0, 9));
		assert_eq!(first_block(2), 20);
	}
}
