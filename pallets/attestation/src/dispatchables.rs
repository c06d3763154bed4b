//! The report: whether it may enter, and what it changes.

use crate::*;
use polkadot_sdk::{
	frame_support::ensure,
	sp_runtime::{
		transaction_validity::{
			InvalidTransaction, TransactionSource, TransactionValidityError, TransactionValidityWithRefund,
			ValidTransaction,
		},
		DispatchResult, RuntimeAppPublic,
	},
};
use quern_primitives::{ports::Verdict, units::PERIOD_BLOCKS};

/// Where an observation counts.
struct Place {
	/// The node's place in the round.
	node: usize,
	/// The attestor's bit in the node's tally.
	bit: u8,
	/// How many attestors the node has.
	assigned: u32,
}

impl<T: Config> Pallet<T> {
	/// Whether a report may enter the pool and a block.
	pub(crate) fn authorize_report(
		_source: TransactionSource,
		report: &Report<T>,
		signature: &AttestorSignature,
	) -> TransactionValidityWithRefund {
		Self::check_report(report, signature).map_err(invalid)?;
		let last = policy::first_block(report.period).saturating_add(PERIOD_BLOCKS);
		ValidTransaction::with_tag_prefix("QuernAttestation")
			.priority(policy::PRIORITY)
			.and_provides((report.period, report.attestor))
			.longevity(last.saturating_sub(Self::now()).into())
			.propagate(true)
			.build()
			// No refund: the declared weight of authorising is what it took.
			.map(|valid| (valid, Weight::zero()))
	}

	fn check_report(report: &Report<T>, signature: &AttestorSignature) -> Result<(), Error<T>> {
		let (round, (_, key)) = Self::identify(report)?;
		// Before the assignments are computed, so that only an attestor can ask for that work.
		ensure!(
			key.verify(&report.signed_bytes(&Self::genesis_hash()), signature),
			Error::<T>::BadSignature
		);
		Self::places(&round, report).map(drop)
	}

	/// Counts an authorised report.
	pub(crate) fn do_report(report: Report<T>) -> DispatchResult {
		let (round, (account, key)) = Self::identify(&report)?;
		let places = Self::places(&round, &report)?;
		let Report {
			period,
			attestor,
			observations,
			..
		} = report;

		let mut reporters = Reporters::<T>::get(period);
		let at = reporters.partition_point(|index| *index < attestor);
		reporters
			.try_insert(at, attestor)
			.map_err(|_| Error::<T>::NotAuthorized)?;
		Reporters::<T>::insert(period, reporters);
		Self::deposit_event(Event::Reported {
			attestor: account.clone(),
			period,
		});

		let genesis = Self::genesis_hash();
		let mut tallies = Tallies::<T>::get(period);
		let mut verdicts = Vec::new();
		for (Observation { node, seen }, place) in observations.into_iter().zip(places) {
			let (Some(frozen), Some(tally)) = (round.nodes.get(place.node), tallies.get_mut(place.node)) else {
				continue;
			};
			match seen {
				Seen::Missed => tally.missed |= place.bit,
				Seen::Served(answer) => {
					let asked = Asked::new(genesis, period, &round.seed, &key, frozen);
					if let Err(flaw) = check::verify(&answer, &asked) {
						Self::deposit_event(Event::CheckRefused {
							attestor: account.clone(),
							node,
							period,
							flaw,
						});
						continue;
					}
					tally.served |= place.bit;
				}
			}
			if tally.verdict.is_none() {
				tally.verdict = tally.decided(place.assigned);
				verdicts.extend(tally.verdict.map(|verdict| (node, verdict)));
			}
		}
		Tallies::<T>::insert(period, tallies);
		for (node, verdict) in verdicts {
			Self::tell(node, period, verdict);
		}
		Ok(())
	}

	/// Tells the verdict on a node, the one time.
	pub(crate) fn tell(node: NodeId, period: Period, verdict: Verdict) {
		T::Nodes::attested(node, period, verdict);
		Self::deposit_event(match verdict {
			Verdict::Served => Event::NodeServed { node, period },
			Verdict::Missed => Event::NodeMissed { node, period },
			Verdict::Unknown => Event::NodeUnknown { node, period },
		});
	}

	/// The round that a report speaks of, and the attestor that it claims to come from, if a report
	/// of that one is due now.
	fn identify(report: &Report<T>) -> Result<(Round<T>, (T::AccountId, AttestorId)), Error<T>> {
		let now = Self::now();
		let period = policy::period(now);
		ensure!(report.period >= period, Error::<T>::TooLate);
		// The first block's own hash is not known while it is built, and would read as zero.
		ensure!(
			report.period == period && now > policy::first_block(period),
			Error::<T>::TooEarly
		);
		let first = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(policy::first_block(period)));
		ensure!(report.block_hash == first, Error::<T>::AnotherFork);
		ensure!(
			!Reporters::<T>::get(period).contains(&report.attestor),
			Error::<T>::AlreadyReported
		);
		let round = Rounds::<T>::get(period).ok_or(Error::<T>::NotFound)?;
		let attestor = round
			.attestors
			.get(report.attestor as usize)
			.cloned()
			.ok_or(Error::<T>::NotAuthorized)?;
		Ok((round, attestor))
	}

	/// Where each observation counts, if all are of distinct nodes assigned to the attestor.
	fn places(round: &Round<T>, report: &Report<T>) -> Result<Vec<Place>, Error<T>> {
		ensure!(!report.observations.is_empty(), Error::<T>::NothingObserved);
		ensure!(
			report.observations.windows(2).all(|pair| pair[0].node < pair[1].node),
			Error::<T>::NotAscending
		);
		report
			.observations
			.iter()
			.map(|observation| {
				let node = round
					.nodes
					.binary_search_by_key(&observation.node, |node| node.node)
					.map_err(|_| Error::<T>::NotAssigned)?;
				let assigned = round
					.nodes
					.get(node)
					.map(|node| round.assigned(node))
					.unwrap_or_default();
				let place = assigned
					.binary_search(&report.attestor)
					.map_err(|_| Error::<T>::NotAssigned)?;
				Ok(Place {
					node,
					bit: bit(place),
					assigned: assigned.len() as u32,
				})
			})
			.collect()
	}
}

/// The bit of a node's `place`-th attestor; there are at most seven.
pub(crate) fn bit(place: usize) -> u8 {
	1u8.checked_shl(place as u32).unwrap_or_default()
}

/// How the pool words an error.
fn invalid<T: Config>(error: Error<T>) -> TransactionValidityError {
	match error {
		Error::TooLate | Error::AlreadyReported => InvalidTransaction::Stale.into(),
		Error::TooEarly => InvalidTransaction::Future.into(),
		Error::BadSignature => InvalidTransaction::BadProof.into(),
		other => InvalidTransaction::Custom(other.encode().first().copied().unwrap_or_default()).into(),
	}
}
