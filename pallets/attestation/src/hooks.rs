//! What blocks drive: periods begin and end, sessions bring new attestors.

use crate::*;
use alloc::vec;
use codec::Encode;
use polkadot_sdk::{
	frame_support::traits::OneSessionHandler, sp_io::hashing::blake2_256, sp_runtime::BoundToRuntimeAppPublic,
};
use quern_primitives::{ports::Verdict, units::PERIOD_BLOCKS};

impl<T: Config> Pallet<T> {
	/// A period's first block: ends the last one, forgets the one before, and freezes the new round.
	/// Returns the weight it took.
	pub(crate) fn start_period(period: Period) -> Weight {
		let closed = period.checked_sub(1).map_or_else(Weight::zero, Self::close_round);
		if let Some(old) = period.checked_sub(2) {
			Rounds::<T>::remove(old);
			Tallies::<T>::remove(old);
			Reporters::<T>::remove(old);
		}
		let nodes = Self::open_round(period);
		T::WeightInfo::start_period(nodes).saturating_add(closed)
	}

	/// Ends a round: what no quorum decided is unknown, and attestors hear what they get for the rest.
	/// Returns the weight it took.
	pub(crate) fn close_round(period: Period) -> Weight {
		let Some(round) = Rounds::<T>::get(period) else {
			return T::DbWeight::get().reads(1);
		};
		let mut tallies = Tallies::<T>::get(period);
		let mut undecided = Vec::new();
		for (node, tally) in round.nodes.iter().zip(tallies.iter_mut()) {
			if tally.verdict.is_none() {
				tally.verdict = Some(Verdict::Unknown);
				undecided.push(node.node);
			}
		}
		let agreed = Self::count_agreed(&round, &tallies);
		let decided = tallies.len().saturating_sub(undecided.len()) as u32;
		Tallies::<T>::insert(period, tallies);
		for node in &undecided {
			Self::tell(*node, period, Verdict::Unknown);
		}
		let told = Self::tell_agreed(&agreed);
		T::WeightInfo::close_round(decided, undecided.len() as u32).saturating_add(T::WeightInfo::tell_agreed(told))
	}

	/// The attestors of a round, and how many of each one's observations agreed with a quorum.
	pub(crate) fn count_agreed(round: &Round<T>, tallies: &[Tally]) -> Vec<(T::AccountId, u32)> {
		let mut agreed: Vec<_> = round
			.attestors
			.iter()
			.map(|(account, _)| (account.clone(), 0u32))
			.collect();
		for (node, tally) in round.nodes.iter().zip(tallies) {
			let mask = tally.agreed();
			if mask == 0 {
				continue;
			}
			for (place, index) in round.assigned(node).into_iter().enumerate() {
				if mask & dispatchables::bit(place) == 0 {
					continue;
				}
				if let Some((_, count)) = agreed.get_mut(index as usize) {
					// At most as many as there are nodes.
					*count = count.saturating_add(1);
				}
			}
		}
		agreed
	}

	/// Tells of the attestors that agreed at all. Returns how many that are.
	pub(crate) fn tell_agreed(agreed: &[(T::AccountId, u32)]) -> u32 {
		let mut told = 0u32;
		for (account, reports) in agreed.iter().filter(|(_, reports)| *reports > 0) {
			T::Duties::agreed(account, *reports);
			told = told.saturating_add(1);
		}
		told
	}

	/// Freezes the round. Returns how many nodes it has.
	fn open_round(period: Period) -> u32 {
		let mut nodes = T::Nodes::attestable();
		nodes.sort_unstable_by_key(|node| node.node);
		nodes.dedup_by_key(|node| node.node);
		if nodes.len() > T::MaxNodes::get() as usize {
			log::error!(target: LOG_TARGET, "{} nodes to attest, more than the bound: the last are left out", nodes.len());
		}
		let nodes = BoundedVec::truncate_from(nodes);
		let count = nodes.len();

		let (random, _) = T::Randomness::random(b"quern/round/1");
		// The period is in it, so that randomness which stays the same for an epoch still gives each
		// period its own assignment and nonces.
		let seed = (b"quern/round/1", random, period).using_encoded(blake2_256).into();
		let round = Round {
			seed,
			first_block: policy::first_block(period),
			attestors: Attestors::<T>::get(),
			nodes,
		};
		Rounds::<T>::insert(period, round);
		Tallies::<T>::insert(period, BoundedVec::truncate_from(vec![Tally::default(); count]));
		Reporters::<T>::insert(period, BoundedVec::new());
		count as u32
	}

	fn set_attestors<'a>(validators: impl Iterator<Item = (&'a T::AccountId, AttestorId)>)
	where
		T::AccountId: 'a,
	{
		let attestors: Vec<_> = validators.map(|(account, key)| (account.clone(), key)).collect();
		if attestors.len() > T::MaxAttestors::get() as usize {
			log::error!(target: LOG_TARGET, "{} attestors, more than the bound: the last are left out", attestors.len());
		}
		Attestors::<T>::put(BoundedVec::<_, T::MaxAttestors>::truncate_from(attestors));
	}

	/// What the runtime's constants must fulfil, or the chain would not keep its promises.
	pub(crate) fn check_config() {
		let nodes = T::MaxNodes::get();
		let observations = T::MaxNodesPerReport::get();
		assert!(
			nodes <= observations,
			"an attestor of all nodes must fit them into one report"
		);
		assert!(
			nodes <= policy::MAX_DUTIES,
			"a worker must get through all nodes within a period"
		);
		assert!(T::MaxAttestors::get() > 0, "there must be attestors");
		let known: BlockNumber = T::BlockHashCount::get().saturated_into();
		assert!(
			known >= PERIOD_BLOCKS,
			"the first block's hash must be known throughout the period"
		);

		let length = *T::BlockLength::get().max.get(DispatchClass::Operational);
		assert!(
			observations.saturating_mul(policy::OBSERVATION_BYTES) < length,
			"a full report must fit into a block"
		);
		let weights = T::BlockWeights::get();
		let report = T::WeightInfo::report(observations).saturating_add(T::WeightInfo::authorize_report(observations));
		let most = weights
			.get(DispatchClass::Operational)
			.max_extrinsic
			.unwrap_or(weights.max_block);
		assert!(report.all_lte(most), "a full report must be allowed in a block");
		// More than can be, since a node is either decided or not.
		let start = T::WeightInfo::start_period(nodes)
			.saturating_add(T::WeightInfo::close_round(nodes, nodes))
			.saturating_add(T::WeightInfo::tell_agreed(T::MaxAttestors::get()));
		assert!(
			start.all_lte(weights.max_block / 4),
			"a period's first block must leave room for the rest"
		);
	}
}

impl<T: Config> BoundToRuntimeAppPublic for Pallet<T> {
	type Public = AttestorId;
}

impl<T: Config> OneSessionHandler<T::AccountId> for Pallet<T> {
	type Key = AttestorId;

	fn on_genesis_session<'a, I>(validators: I)
	where
		I: Iterator<Item = (&'a T::AccountId, AttestorId)> + 'a,
		T::AccountId: 'a,
	{
		Self::set_attestors(validators);
	}

	fn on_new_session<'a, I>(_changed: bool, validators: I, _queued: I)
	where
		I: Iterator<Item = (&'a T::AccountId, AttestorId)> + 'a,
		T::AccountId: 'a,
	{
		Self::set_attestors(validators);
	}

	// A quorum bears with a disabled validator's reports as with any hostile one's.
	fn on_disabled(_validator_index: u32) {}
}
