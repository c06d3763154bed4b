//! What must hold after every block.

use crate::*;
use alloc::{collections::BTreeSet, format};
use quern_primitives::ports::Verdict;

impl<T: Config> Pallet<T> {
	/// Every invariant that does not hold, in words.
	pub(crate) fn broken_invariants() -> Vec<String> {
		let mut broken = Vec::new();
		Self::check_attestors(&mut broken);
		let now = policy::period(Self::now());
		let rounds: BTreeSet<Period> = Rounds::<T>::iter_keys().collect();
		let tallies: BTreeSet<Period> = Tallies::<T>::iter_keys().collect();
		let reporters: BTreeSet<Period> = Reporters::<T>::iter_keys().collect();
		if tallies != rounds || reporters != rounds {
			broken.push(format!(
				"rounds {rounds:?}, tallies {tallies:?} and reporters {reporters:?} are of other periods"
			));
		}
		for period in rounds {
			if period > now || now - period > 1 {
				broken.push(format!(
					"period {period} is kept in period {now}: only the last two are"
				));
			}
			match Rounds::<T>::get(period) {
				Some(round) => Self::check_round(period, &round, period < now, &mut broken),
				None => broken.push(format!("the round of period {period} cannot be read")),
			}
		}
		broken
	}

	fn check_attestors(broken: &mut Vec<String>) {
		let stored = Attestors::<T>::decode_len().unwrap_or_default();
		if stored > T::MaxAttestors::get() as usize {
			broken.push(format!("{stored} attestors, more than the bound"));
		}
		let attestors = Attestors::<T>::get();
		let accounts: BTreeSet<_> = attestors.iter().map(|(account, _)| account).collect();
		if accounts.len() != attestors.len() {
			broken.push("an account is an attestor twice".into());
		}
	}

	fn check_round(period: Period, round: &Round<T>, over: bool, broken: &mut Vec<String>) {
		if round.first_block != policy::first_block(period) {
			broken.push(format!("period {period} has block {} as its first", round.first_block));
		}
		if round.nodes.windows(2).any(|pair| pair[0].node >= pair[1].node) {
			broken.push(format!("the nodes of period {period} are not in ascending order"));
		}
		let reporters = Reporters::<T>::get(period);
		let known = reporters.iter().all(|index| (*index as usize) < round.attestors.len());
		if !known || reporters.windows(2).any(|pair| pair[0] >= pair[1]) {
			broken.push(format!(
				"the reporters of period {period} are not attestors in ascending order"
			));
		}
		let tallies = Tallies::<T>::get(period);
		if tallies.len() != round.nodes.len() {
			broken.push(format!(
				"period {period} has {} nodes and {} tallies",
				round.nodes.len(),
				tallies.len()
			));
		}
		for (node, tally) in round.nodes.iter().zip(&tallies) {
			let assigned = round.assigned(node);
			let may_count = (0..)
				.zip(&assigned)
				.filter(|(_, index)| reporters.contains(index))
				.fold(0, |mask, (place, _)| mask | dispatchables::bit(place));
			if (tally.served | tally.missed) & !may_count != 0 {
				broken.push(format!(
					"node {}, period {period}: counted what nobody reported",
					node.node
				));
			}
			if tally.served & tally.missed != 0 {
				broken.push(format!(
					"node {}, period {period}: one attestor counted twice",
					node.node
				));
			}
			let unknown = over.then_some(Verdict::Unknown);
			let due = tally.decided(assigned.len() as u32).or(unknown);
			if tally.verdict != due {
				broken.push(format!(
					"node {}, period {period}: told {:?}, due {due:?}",
					node.node, tally.verdict
				));
			}
		}
	}
}
