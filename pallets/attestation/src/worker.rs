//! The off-chain worker: polls the nodes assigned to this validator and reports what it saw.
//!
//! It runs after each block that becomes the best. From a period's second block on it polls, all
//! nodes of a block in parallel; one that gave no valid answer is tried once more in a later block,
//! and missed if that fails too. When nothing is left to try, or the period nears its end, it
//! reports. A node that it could not try twice is left out: that it was missed would be a guess.
//!
//! How far it got is kept in the validator's local storage, under a lock with a deadline. So a run
//! that overlaps with another, or that comes after a restart, goes on where the last one stopped.
//! The signed report is written there before it is sent: what is sent again is the same report,
//! never a second one.

use crate::{fetch::Failure, *};
use alloc::format;
use codec::{Decode, DecodeLimit, Encode};
use polkadot_sdk::{
	frame_system::offchain::SubmitTransaction,
	sp_core::offchain::Duration,
	sp_io::offchain,
	sp_runtime::{
		offchain::{
			storage::StorageValueRef,
			storage_lock::{StorageLock, Time},
		},
		RuntimeAppPublic,
	},
};
use quern_primitives::{attestation::SignedGpuCheck, ports::AttestableNode};

/// How far an attestor's worker got in a period, in local storage.
#[derive(Encode, Decode)]
struct Progress<T: Config> {
	period: Period,
	/// The period's first block: on another fork everything begins anew.
	block_hash: H256,
	stage: Stage<T>,
}

#[derive(Encode, Decode)]
enum Stage<T: Config> {
	/// Polling the nodes, by ascending id.
	Polling(Vec<Poll>),
	/// Sent this report, last at this block.
	Reported(Report<T>, AttestorSignature, BlockNumber),
}

/// A node's polls so far.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
struct Poll {
	node: NodeId,
	tries: u8,
	answer: Option<SignedGpuCheck>,
}

impl Poll {
	fn is_open(&self) -> bool {
		self.answer.is_none() && self.tries < policy::TRIES
	}
}

/// Why an answer is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Miss {
	Failed(Failure),
	Undecodable,
	Flawed(Flaw),
}

/// Why a run did nothing more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Halt {
	/// Another run of this key goes on.
	Busy,
	/// The node has the key's public half alone.
	NotSigned,
	/// The pool did not take the report (it may have it).
	NotSubmitted,
}

/// One attestor's part in the round.
struct Duty<'a, T: Config> {
	now: BlockNumber,
	genesis: H256,
	period: Period,
	block_hash: H256,
	round: &'a Round<T>,
	index: AttestorIndex,
	key: &'a AttestorId,
}

impl<T: Config> Pallet<T> {
	/// Does, after block `now`, what is due for each attestation key of this machine.
	pub(crate) fn attest_local(now: BlockNumber) {
		let (period, offset) = (policy::period(now), policy::offset(now));
		if !(policy::FIRST_POLL..=policy::LAST_SUBMIT).contains(&offset) || !offchain::is_validator() {
			return;
		}
		let Some(round) = Rounds::<T>::get(period) else { return };
		let local = AttestorId::all();
		let reporters = Reporters::<T>::get(period);
		let block_hash = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::from(round.first_block));
		for (index, (_, key)) in (0..).zip(&round.attestors) {
			if !local.contains(key) || reporters.contains(&index) {
				continue;
			}
			let duty = Duty {
				now,
				genesis: Self::genesis_hash(),
				period,
				block_hash,
				round: &round,
				index,
				key,
			};
			if let Err(halt) = duty.run() {
				log::debug!(target: LOG_TARGET, "attestor {index}, period {period}: {halt:?}");
			}
		}
	}
}

impl<T: Config> Duty<'_, T> {
	fn run(&self) -> Result<(), Halt> {
		let lock_key = (b"quern/attestation/lock/", self.key).encode();
		let mut lock = StorageLock::<Time>::with_deadline(&lock_key, Duration::from_millis(policy::LOCK_MILLIS));
		let _guard = lock.try_lock().map_err(|_| Halt::Busy)?;

		let store_key = (b"quern/attestation/progress/", self.key).encode();
		let store = StorageValueRef::persistent(&store_key);
		match self.recall(&store) {
			Stage::Polling(polls) => self.poll(polls, &store),
			Stage::Reported(report, signature, sent) => {
				if self.now.abs_diff(sent) >= policy::RESEND_BLOCKS {
					self.submit(report, signature, &store)?;
				}
				Ok(())
			}
		}
	}

	/// Where the last run stopped.
	fn recall(&self, store: &StorageValueRef) -> Stage<T> {
		match store.get::<Progress<T>>() {
			Ok(Some(progress)) if progress.period == self.period && progress.block_hash == self.block_hash => {
				progress.stage
			}
			_ => Stage::Polling(
				self.round
					.duties(self.index)
					.map(|node| Poll {
						node: node.node,
						tries: 0,
						answer: None,
					})
					.collect(),
			),
		}
	}

	fn remember(&self, stage: Stage<T>, store: &StorageValueRef) {
		store.set(&Progress {
			period: self.period,
			block_hash: self.block_hash,
			stage,
		});
	}

	/// Polls what is open, then reports if nothing is left to try or the time is up.
	fn poll(&self, mut polls: Vec<Poll>, store: &StorageValueRef) -> Result<(), Halt> {
		let offset = policy::offset(self.now);
		if offset <= policy::LAST_POLL && polls.iter().any(Poll::is_open) {
			self.try_open(&mut polls);
			self.remember(Stage::Polling(polls.clone()), store);
		}
		if offset < policy::LAST_POLL && polls.iter().any(Poll::is_open) {
			return Ok(());
		}
		let Some(report) = self.report(polls) else {
			return Ok(());
		};
		let signature = self
			.key
			.sign(&report.signed_bytes(&self.genesis))
			.ok_or(Halt::NotSigned)?;
		self.submit(report, signature, store)
	}

	/// Tries as many open nodes as a block allows, those never tried first.
	fn try_open(&self, polls: &mut [Poll]) {
		let devnet = T::Devnet::get();
		let mut open: Vec<(&mut Poll, &AttestableNode<T::AccountId>)> = polls
			.iter_mut()
			.filter(|poll| poll.is_open())
			.filter_map(|poll| {
				let at = self
					.round
					.nodes
					.binary_search_by_key(&poll.node, |node| node.node)
					.ok()?;
				Some((poll, self.round.nodes.get(at)?))
			})
			.collect();
		// Stable: among equals the lower id stays first.
		open.sort_by_key(|(poll, _)| poll.tries);
		open.truncate(policy::POLLS_PER_BLOCK);

		let (allowed, forbidden): (Vec<_>, Vec<_>) =
			open.into_iter().partition(|(_, node)| node.endpoint.is_allowed(devnet));
		let asked: Vec<Asked> = allowed
			.iter()
			.map(|(_, node)| Asked::new(self.genesis, self.period, &self.round.seed, self.key, node))
			.collect();
		let urls: Vec<String> = allowed
			.iter()
			.zip(&asked)
			.map(|((_, node), asked)| url(node, asked))
			.collect();
		let bodies = fetch::get_all(&urls);

		for (((poll, _), asked), body) in allowed.into_iter().zip(&asked).zip(bodies) {
			self.settle(
				poll,
				body.map_err(Miss::Failed).and_then(|body| read_answer(&body, asked)),
			);
		}
		for (poll, _) in forbidden {
			self.settle(poll, Err(Miss::Failed(Failure::Forbidden)));
		}
	}

	fn settle(&self, poll: &mut Poll, outcome: Result<SignedGpuCheck, Miss>) {
		poll.tries = poll.tries.saturating_add(1);
		match outcome {
			Ok(answer) => poll.answer = Some(answer),
			Err(miss) => log::info!(
				target: LOG_TARGET,
				"period {}: node {} gave no valid answer, try {}: {miss:?}", self.period, poll.node, poll.tries,
			),
		}
	}

	/// What is to be reported, if anything.
	fn report(&self, polls: Vec<Poll>) -> Option<Report<T>> {
		let observations: Vec<Observation> = polls
			.into_iter()
			.filter_map(|poll| {
				let seen = match poll.answer {
					Some(answer) => Seen::Served(answer),
					None if poll.tries >= policy::TRIES => Seen::Missed,
					None => return None,
				};
				Some(Observation { node: poll.node, seen })
			})
			.collect();
		if observations.is_empty() {
			return None;
		}
		Some(Report {
			period: self.period,
			block_hash: self.block_hash,
			attestor: self.index,
			observations: BoundedVec::truncate_from(observations),
		})
	}

	fn submit(&self, report: Report<T>, signature: AttestorSignature, store: &StorageValueRef) -> Result<(), Halt> {
		self.remember(Stage::Reported(report.clone(), signature.clone(), self.now), store);
		let served = report
			.observations
			.iter()
			.filter(|seen| matches!(seen.seen, Seen::Served(_)))
			.count();
		log::info!(
			target: LOG_TARGET,
			"period {}: attestor {} reports {} nodes, {served} served", self.period, self.index, report.observations.len(),
		);
		let call = Call::report { report, signature };
		SubmitTransaction::<T, Call<T>>::submit_transaction(T::create_authorized_transaction(call.into()))
			.map_err(|()| Halt::NotSubmitted)
	}
}

/// What is asked of a node.
fn url<AccountId>(node: &AttestableNode<AccountId>, asked: &Asked) -> String {
	format!(
		"{}/gpu-check?period={}&nonce={:?}&format=scale",
		node.endpoint.url(),
		asked.period,
		asked.nonce
	)
}

/// The statement in an answer's body, if it is one, and proves what was asked.
fn read_answer(body: &[u8], asked: &Asked) -> Result<SignedGpuCheck, Miss> {
	let answer = SignedGpuCheck::decode_all_with_depth_limit(policy::MAX_DEPTH, &mut &body[..])
		.map_err(|_| Miss::Undecodable)?;
	check::verify(&answer, asked).map_err(Miss::Flawed)?;
	Ok(answer)
}
