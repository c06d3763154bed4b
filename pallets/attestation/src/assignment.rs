//! Who polls whom: a pure function of what a round froze, so that it is stored nowhere and anyone
//! can recompute it.

use crate::{policy::ATTESTORS_PER_NODE, AttestorIndex};
use alloc::vec::Vec;
use codec::Encode;
use polkadot_sdk::{sp_core::H256, sp_io::hashing::blake2_256};
use quern_primitives::{attestation::AttestorId, NodeId};

/// The indices, ascending, of the attestors that poll `node` of `operator`: at most
/// [`ATTESTORS_PER_NODE`], every set of that size of the others equally likely, never the operator
/// itself. None if there are fewer than `least` to choose from.
pub fn assigned<AccountId: PartialEq>(
	seed: &H256,
	node: NodeId,
	operator: &AccountId,
	attestors: &[(AccountId, AttestorId)],
	least: u32,
) -> Vec<AttestorIndex> {
	let mut eligible: Vec<AttestorIndex> = (0..)
		.zip(attestors)
		.filter(|(_, (account, _))| account != operator)
		.map(|(index, _)| index)
		.collect();
	let count = eligible.len();
	if count < least as usize {
		return Vec::new();
	}
	// A shuffle's first steps: each draws one of those that are left.
	let take = count.min(ATTESTORS_PER_NODE as usize);
	for (step, draw) in draws(seed, node).into_iter().take(take).enumerate() {
		let left = count - step;
		// The remainder favours no one by more than `left / 2^64`.
		let chosen = (draw % left as u64) as usize;
		eligible.swap(step, step + chosen);
	}
	eligible.truncate(take);
	eligible.sort_unstable();
	eligible
}

/// As many random numbers as a node has attestors, and one more.
fn draws(seed: &H256, node: NodeId) -> [u64; 8] {
	let mut draws = [0; 8];
	for (half, chunk) in (0u8..).zip(draws.chunks_mut(4)) {
		let hash = (b"quern/assignment/1", seed, node, half).using_encoded(blake2_256);
		for (draw, word) in chunk.iter_mut().zip(hash.chunks_exact(8)) {
			let mut bytes = [0; 8];
			bytes.copy_from_slice(word);
			*draw = u64::from_le_bytes(bytes);
		}
	}
	draws
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::sp_core::sr25519::Public;
	use proptest::prelude::*;

	fn attestors(count: u32) -> Vec<(u32, AttestorId)> {
		(0..count)
			.map(|account| (account, AttestorId::from(Public::from_raw([account as u8; 32]))))
			.collect()
	}

	proptest! {
		#[test]
		fn assigns_distinct_attestors_and_never_the_operator(
			seed: [u8; 32], node: u32, count in 0u32..120, operator in 0u32..120, least in 1u32..6,
		) {
			let assigned = assigned(&seed.into(), node, &operator, &attestors(count), least);
			let eligible = if operator < count { count - 1 } else { count };
			let expected = if eligible < least { 0 } else { eligible.min(ATTESTORS_PER_NODE) };
			prop_assert_eq!(assigned.len() as u32, expected);
			prop_assert!(assigned.windows(2).all(|pair| pair[0] < pair[1]));
			prop_assert!(assigned.iter().all(|index| *index < count && *index != operator));
		}
	}

	#[test]
	fn is_uniform() {
		const NODES: u32 = 20_000;
		let attestors = attestors(21);
		let mut single = [0u32; 21];
		let mut pairs = [[0u32; 21]; 21];
		for node in 0..NODES {
			let assigned = assigned(&H256::repeat_byte(7), node, &20, &attestors, 4);
			for a in &assigned {
				single[*a as usize] += 1;
				for b in &assigned {
					pairs[*a as usize][*b as usize] += 1;
				}
			}
		}
		// 7 of 20 each, and 7 × 6 of 20 × 19 pairs: five standard deviations are 340 and 223.
		for a in 0..20 {
			assert!(
				single[a].abs_diff(7_000) < 340,
				"attestor {a} drawn {} times",
				single[a]
			);
			for b in (0..20).filter(|b| *b != a) {
				assert!(pairs[a][b].abs_diff(2_210) < 223, "{a} with {b}: {} times", pairs[a][b]);
			}
		}
		assert_eq!(single[20], 0);
	}

	#[test]
	fn another_seed_assigns_anew() {
		let attestors = attestors(100);
		let first = assigned(&H256::repeat_byte(1), 1, &0, &attestors, 4);
		assert_eq!(first, assigned(&H256::repeat_byte(1), 1, &0, &attestors, 4));
		assert_ne!(first, assigned(&H256::repeat_byte(2), 1, &0, &attestors, 4));
		assert_ne!(first, assigned(&H256::repeat_byte(1), 2, &0, &attestors, 4));
	}
}
