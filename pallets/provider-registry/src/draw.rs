//! The draw of a provider for a job: pure, so that anyone can recompute it from the seed.

use alloc::vec::Vec;
use polkadot_sdk::{
	sp_core::{H256, U256},
	sp_io::hashing::blake2_256,
};
use quern_primitives::NodeId;

/// Draws up to `most` candidates, one after another, each with chance proportional to its weight among those
/// left, until `accept` takes one. `None` if none of those drawn does.
///
/// The one taken is drawn with chance exactly proportional to its weight among all that `accept` would take,
/// whoever refuses and whatever the bound. Drawing in this order is as if each candidate had an alarm clock
/// that rings after an exponential time with its weight as rate, and they were asked as the clocks ring. Of
/// those that would accept, the one whose clock rings first is a given one with chance proportional to its
/// weight; and who that is says nothing about when it rings, hence nothing about how many that refuse were
/// asked before. So the bound decides only whether somebody is found, never who. Refusals must not depend on
/// the draw, but that `accept` may refuse everybody from some point on, if nothing but those who refused
/// before decides where that is: a bound of the same kind.
///
/// Round `n` uses `blake2_256((seed, n).encode())`. Candidates of weight 0 are never drawn.
pub fn draw<C, R>(
	mut candidates: Vec<(C, u128)>,
	seed: &H256,
	most: u32,
	mut accept: impl FnMut(&C) -> Option<R>,
) -> Option<R> {
	for round in 0..most {
		let weights: Vec<u128> = candidates.iter().map(|(_, weight)| *weight).collect();
		let index = pick(&weights, seed, round)?;
		let (candidate, _) = candidates.remove(index);
		if let Some(taken) = accept(&candidate) {
			return Some(taken);
		}
	}
	None
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
			let won =
				draw(candidates.to_vec(), &seed, u32::MAX, |c| taken(*c).then_some(*c)).expect("someone takes it");
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

	/// Somebody is found less often, and whoever is found is found in proportion all the same.
	#[test]
	fn a_bound_leaves_those_found_in_proportion() {
		const DRAWS: u64 = 40_000;
		// Of equal weights, two of five take it.
		let equal: Vec<_> = (0..5).map(|c| (c, 100)).collect();
		let unequal = [(0, 500), (1, 1_000), (2, 8_000), (3, 3_000), (4, 2_000)];
		for (candidates, most, takers) in [
			(&equal[..], 2, [0, 4]),
			(&unequal[..], 1, [0, 3]),
			(&unequal[..], 2, [1, 3]),
		] {
			let mut counts = [0u64; 5];
			for n in 0..DRAWS {
				let mut asked = 0;
				let won = draw(candidates.to_vec(), &H256::from_low_u64_be(n), most, |c| {
					asked += 1;
					takers.contains(c).then_some(*c)
				});
				assert!(asked <= most);
				if let Some(won) = won {
					counts[won] += 1;
				}
			}
			let found: u64 = counts.iter().sum();
			assert!(0 < found && found < DRAWS);
			let weight = |c: usize| candidates[c].1;
			let of_takers = takers.iter().map(|c| weight(*c)).sum();
			for taker in takers {
				assert_share(counts[taker], found, weight(taker), of_takers);
			}
		}
	}

	/// Who refuses may be costly to ask: when so much is spent, nobody else is.
	#[test]
	fn a_bound_on_what_asking_costs_leaves_those_found_in_proportion() {
		const DRAWS: u64 = 40_000;
		// Weight, cost; two take it, one of them costly.
		let candidates = [(500, 1), (1_000, 9), (8_000, 4), (3_000, 3), (2_000, 6), (4_000, 2)];
		let takers = [1, 3];
		let mut counts = [0u64; 6];
		for n in 0..DRAWS {
			let mut spent = 0;
			let weights = candidates
				.iter()
				.enumerate()
				.map(|(c, (weight, _))| (c, *weight))
				.collect();
			let won = draw(weights, &H256::from_low_u64_be(n), 5, |c| {
				if spent >= 6 {
					return None;
				}
				spent += candidates[*c].1;
				takers.contains(c).then_some(*c)
			});
			if let Some(won) = won {
				counts[won] += 1;
			}
		}
		let found: u64 = counts.iter().sum();
		assert!(DRAWS / 4 < found && found < DRAWS * 3 / 4, "{found}");
		for taker in takers {
			assert_share(counts[taker], found, candidates[taker].0, 4_000);
		}
	}

	#[test]
	fn a_bound_decides_how_often_somebody_is_found() {
		// Two of five equal ones take it: neither of the first two drawn does in 3/5 × 2/4 of all draws.
		let mut found = 0;
		for n in 0..20_000 {
			let candidates: Vec<_> = (0..5).map(|c| (c, 7)).collect();
			let won = draw(candidates, &H256::from_low_u64_be(n), 2, |c| (*c < 2).then_some(*c));
			found += u64::from(won.is_some());
		}
		assert_share(found, 20_000, 7, 10);
	}

	#[test]
	fn weights_beyond_64_bits_keep_their_proportion() {
		let candidates = [(0, 1u128 << 100), (1, 3u128 << 100)];
		let counts = counts(&candidates, 20_000, |_| true);
		assert_share(counts[0], 20_000, 1, 4);
	}

	#[test]
	fn nobody_is_drawn_of_nobody() {
		assert_eq!(draw(Vec::<(u8, u128)>::new(), &H256::zero(), 9, |c| Some(*c)), None);
		assert_eq!(draw(vec![(1u8, 0)], &H256::zero(), 9, |c| Some(*c)), None);
		assert_eq!(draw(vec![(1u8, 5), (2, 5)], &H256::zero(), 9, |_| None::<u8>), None);
		assert_eq!(draw(vec![(1u8, 5), (2, 5)], &H256::zero(), 0, |c| Some(*c)), None);
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
		fn a_draw_is_the_seed_s_alone(
			seed in any::<[u8; 32]>(), weights in prop::collection::vec(any::<u128>(), 1..20), most in 1u32..25,
		) {
			let candidates: Vec<_> = weights.iter().copied().enumerate().collect();
			let mut asked = Vec::new();
			let none: Option<()> = draw(candidates.clone(), &H256(seed), most, |c| { asked.push(*c); None });
			prop_assert_eq!(none, None);
			// As many as may be are asked, each once, before nobody is drawn.
			let with_weight = weights.iter().filter(|weight| **weight > 0).count();
			prop_assert_eq!(asked.len(), with_weight.min(most as usize));
			let mut sorted = asked.clone();
			sorted.sort_unstable();
			sorted.dedup();
			prop_assert_eq!(sorted.len(), asked.len());
			// A bound changes nothing of the order.
			let mut all = Vec::new();
			let none: Option<()> = draw(candidates.clone(), &H256(seed), u32::MAX, |c| { all.push(*c); None });
			prop_assert_eq!(none, None);
			prop_assert_eq!(&all[..asked.len()], &asked[..]);
			let first = draw(candidates, &H256(seed), most, |c| Some(*c));
			prop_assert_eq!(first, asked.first().copied());
		}
	}
}
