//! The draw of a provider for a job: pure, so that anyone can recompute it from the seed.

use alloc::vec::Vec;
use polkadot_sdk::{
	sp_core::{H256, U256},
	sp_io::hashing::blake2_256,
};
use quern_primitives::NodeId;

/// Draws one candidate after another, each with chance proportional to its weight among those left,
/// until `accept` takes one. Since a refusal does not depend on the draw, the one taken is drawn with
/// chance proportional to its weight among all that `accept` would take; asking in this order spares
/// asking of all of them.
///
/// Round `n` uses `blake2_256((seed, n).encode())`. Candidates of weight 0 are never drawn.
pub fn draw<C, R>(mut candidates: Vec<(C, u128)>, seed: &H256, mut accept: impl FnMut(&C) -> Option<R>) -> Option<R> {
	let mut round: u32 = 0;
	loop {
		let weights: Vec<u128> = candidates.iter().map(|(_, weight)| *weight).collect();
		let index = pick(&weights, seed, round)?;
		let (candidate, _) = candidates.remove(index);
		if let Some(taken) = accept(&candidate) {
			return Some(taken);
		}
		round = round.checked_add(1)?;
	}
}

/// The index of the weight drawn in a round; `None` if all are 0.
///
/// The first 128 bits of the hash, as a fraction of 2^128, are scaled to the sum of the weights: a
/// product and a shift, so no modulo. A weight's chance is off by less than `2^-128` of certainty.
fn pick(weights: &[u128], seed: &H256, round: u32) -> Option<usize> {
	// Saturating: claims in milliseconds sum far below this; if they did not, the last would lose chance.
	let total = weights.iter().fold(0u128, |sum, weight| sum.saturating_add(*weight));
	if total == 0 {
		return None;
	}
	let hash = codec::Encode::using_encoded(&(seed, round), blake2_256);
	let mut bits = [0u8; 16];
	bits.copy_from_slice(&hash[..16]);
	// Neither factor exceeds 128 bits, so the product fits, and its upper half is below `total`.
	let mut point = ((U256::from(u128::from_be_bytes(bits)) * U256::from(total)) >> 128).low_u128();
	for (index, weight) in weights.iter().enumerate() {
		if point < *weight {
			return Some(index);
		}
		point -= *weight;
	}
	None
}

/// Of `(node, free accelerators)`, the one with the fewest free that has `gpus`, so that large gaps
/// stay for large jobs; the lowest number among equals.
pub fn best_fit(nodes: impl Iterator<Item = (NodeId, u32)>, gpus: u32) -> Option<NodeId> {
	nodes
		.filter(|(_, free)| *free >= gpus)
		.min_by_key(|(node, free)| (*free, *node))
		.map(|(node, _)| node)
}

#[cfg(test)]
mod tests {
	use super::*;
	use alloc::vec;
	use proptest::prelude::*;

	fn counts(candidates: &[(usize, u128)], draws: u64, taken: impl Fn(usize) -> bool) -> Vec<u64> {
		let mut counts = vec![0; candidates.len()];
		for n in 0..draws {
			let seed = H256::from_low_u64_be(n);
			let won = draw(candidates.to_vec(), &seed, |c| taken(*c).then_some(*c)).expect("someone takes it");
			counts[won] += 1;
		}
		counts
	}

	/// Within 5 standard deviations of a binomial.
	fn assert_share(count: u64, draws: u64, weight: u128, total: u128) {
		let p = weight as f64 / total as f64;
		let (mean, deviation) = (draws as f64 * p, (draws as f64 * p * (1.0 - p)).sqrt());
		assert!(
			(count as f64 - mean).abs() <= 5.0 * deviation,
			"{count} of {draws}, expected {mean} ± {deviation}"
		);
	}

	#[test]
	fn chances_are_proportional_to_weights() {
		let candidates = [(0, 1_000), (1, 3_000), (2, 0), (3, 6_000)];
		let counts = counts(&candidates, 20_000, |_| true);
		for (index, weight) in candidates {
			assert_share(counts[index], 20_000, weight, 10_000);
		}
		assert_eq!(counts[2], 0);
	}

	#[test]
	fn a_refusal_leaves_the_others_in_proportion() {
		let candidates = [(0, 500), (1, 1_000), (2, 8_000), (3, 3_000)];
		let counts = counts(&candidates, 20_000, |c| c != 2);
		assert_eq!(counts[2], 0);
		for index in [0, 1, 3] {
			assert_share(counts[index], 20_000, candidates[index].1, 4_500);
		}
	}

	#[test]
	fn weights_beyond_64_bits_keep_their_proportion() {
		let candidates = [(0, 1u128 << 100), (1, 3u128 << 100)];
		let counts = counts(&candidates, 20_000, |_| true);
		assert_share(counts[0], 20_000, 1, 4);
	}

	#[test]
	fn nobody_is_drawn_of_nobody() {
		assert_eq!(draw(Vec::<(u8, u128)>::new(), &H256::zero(), |c| Some(*c)), None);
		assert_eq!(draw(vec![(1u8, 0)], &H256::zero(), |c| Some(*c)), None);
		assert_eq!(draw(vec![(1u8, 5), (2, 5)], &H256::zero(), |_| None::<u8>), None);
	}

	#[test]
	fn the_tightest_node_is_taken() {
		let nodes = [(4, 8), (2, 3), (9, 2), (1, 3)];
		assert_eq!(best_fit(nodes.into_iter(), 1), Some(9));
		assert_eq!(best_fit(nodes.into_iter(), 3), Some(1));
		assert_eq!(best_fit(nodes.into_iter(), 9), None);
	}

	proptest! {
		#[test]
		fn a_draw_is_the_seed_s_alone(seed in any::<[u8; 32]>(), weights in prop::collection::vec(any::<u128>(), 1..20)) {
			let candidates: Vec<_> = weights.iter().copied().enumerate().collect();
			let mut asked = Vec::new();
			let none: Option<()> = draw(candidates.clone(), &H256(seed), |c| { asked.push(*c); None });
			prop_assert_eq!(none, None);
			// Everyone with weight is asked once before nobody is drawn.
			let mut sorted = asked.clone();
			sorted.sort_unstable();
			sorted.dedup();
			prop_assert_eq!(sorted.len(), asked.len());
			let first = draw(candidates, &H256(seed), |c| Some(*c));
			prop_assert_eq!(first, asked.first().copied());
		}
	}
}
