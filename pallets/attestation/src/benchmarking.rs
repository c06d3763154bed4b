//! Benchmarks. They are run with a keystore, which signs for attestors and nodes.

use crate::*;
use alloc::vec;
use polkadot_sdk::{
	frame_benchmarking::v2::*,
	frame_support::traits::Authorize,
	frame_system::RawOrigin,
	sp_core::sr25519::Public,
	sp_io::crypto::{sr25519_generate, sr25519_sign},
	sp_runtime::{transaction_validity::TransactionSource, KeyTypeId, RuntimeAppPublic},
};
use quern_primitives::{
	attestation::{self, GpuCheck, SignedGpuCheck},
	endpoint::{Endpoint, Ip},
	ports::{AttestableNode, Verdict},
};

/// Sets up what the benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes [`Config::Nodes`] name the nodes `0..count` to attest, and `verdict` on each of them change as much as
	/// a verdict may, nothing of it what another one changes.
	fn make_attestable(count: u32, verdict: Verdict);
}

impl<AccountId> BenchmarkHelper<AccountId> for () {
	fn make_attestable(_: u32, _: Verdict) {}
}

/// The nodes' keys in the keystore.
const NODE_KEYS: KeyTypeId = KeyTypeId(*b"node");
const PERIOD: Period = 1;

fn node<T: Config>(id: NodeId, key: Public) -> AttestableNode<T::AccountId> {
	AttestableNode {
		node: id,
		operator: account("operator", id, 0),
		endpoint: Endpoint {
			ip: Ip::V4([1, 1, 1, 1]),
			port: 8400,
		},
		key,
		gpus: 8,
		memory_mib: 640_000,
	}
}

/// The attestors of a round of which one polls every node: as many as poll a node.
fn few<T: Config>() -> u32 {
	policy::ATTESTORS_PER_NODE.min(T::MaxAttestors::get())
}

fn set_attestors<T: Config>(count: u32) -> BoundedVec<(T::AccountId, AttestorId), T::MaxAttestors> {
	let key = AttestorId::generate_pair(None);
	let attestors: Vec<_> = (0..count)
		.map(|index| (account("attestor", index, 0), key.clone()))
		.collect();
	let attestors = BoundedVec::truncate_from(attestors);
	Attestors::<T>::put(attestors.clone());
	attestors
}

/// A round of `count` nodes and so many attestors.
fn setup_round<T: Config>(count: u32, attestors: u32) -> Round<T> {
	let first_block = policy::first_block(PERIOD);
	frame_system::Pallet::<T>::set_block_number((first_block + 1).into());
	frame_system::BlockHash::<T>::insert(BlockNumberFor::<T>::from(first_block), H256::repeat_byte(1));

	let node_key = sr25519_generate(NODE_KEYS, None);
	let nodes: Vec<_> = (0..count).map(|id| node::<T>(id, node_key)).collect();
	let round = Round {
		seed: H256::repeat_byte(2),
		first_block,
		attestors: set_attestors::<T>(attestors),
		nodes: BoundedVec::truncate_from(nodes),
	};
	Rounds::<T>::insert(PERIOD, round.clone());
	Tallies::<T>::insert(
		PERIOD,
		BoundedVec::truncate_from(vec![Tally::default(); count as usize]),
	);
	round
}

fn signed_report<T: Config>(count: u32) -> Result<(Report<T>, AttestorSignature), BenchmarkError> {
	let round = setup_round::<T>(count, few::<T>());
	let (_, key) = round.attestors.first().ok_or(BenchmarkError::Stop("no attestor"))?;
	let genesis = Pallet::<T>::genesis_hash();
	let mut observations = Vec::new();
	for node in &round.nodes {
		let check = GpuCheck {
			genesis,
			period: PERIOD,
			nonce: attestation::nonce(&round.seed, PERIOD, node.node, key),
			node: node.node,
			gpus: node.gpus,
			memory_mib: node.memory_mib,
			utilisation: 100,
			running: BoundedVec::truncate_from((0..64).collect()),
		};
		let signature = sr25519_sign(NODE_KEYS, &node.key, &check.signed_bytes())
			.ok_or(BenchmarkError::Stop("a node's key cannot sign"))?;
		observations.push(Observation {
			node: node.node,
			seen: Seen::Served(SignedGpuCheck { check, signature }),
		});
	}
	let report = Report {
		period: PERIOD,
		block_hash: H256::repeat_byte(1),
		attestor: 0,
		observations: BoundedVec::truncate_from(observations),
	};
	let signature = key
		.sign(&report.signed_bytes(&genesis))
		.ok_or(BenchmarkError::Stop("the attestor's key cannot sign"))?;
	Ok((report, signature))
}

#[benchmarks(where <T as frame_system::Config>::RuntimeCall: From<Call<T>>)]
mod benchmarks {
	use super::*;

	/// The last of its attestors that a quorum on each node needs, and each begins to count.
	#[benchmark]
	fn report(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let (seen, signature) = signed_report::<T>(n)?;
		T::BenchmarkHelper::make_attestable(n, Verdict::Served);
		let attestors = few::<T>();
		let quorum = policy::quorum(attestors);
		Tallies::<T>::mutate(PERIOD, |tallies| {
			// Its own place is the first.
			let others = (1..quorum as usize).fold(0, |mask, place| mask | dispatchables::bit(place));
			tallies.iter_mut().for_each(|tally| tally.served = others)
		});
		Reporters::<T>::insert(PERIOD, BoundedVec::truncate_from((1..attestors).collect::<Vec<_>>()));

		#[extrinsic_call]
		_(RawOrigin::Authorized, seen, signature);

		assert_eq!(
			Reporters::<T>::get(PERIOD).into_inner(),
			(0..few::<T>()).collect::<Vec<_>>()
		);
		assert!(Tallies::<T>::get(PERIOD)
			.iter()
			.all(|tally| tally.verdict == Some(Verdict::Served)));
		Ok(())
	}

	#[benchmark]
	fn authorize_report(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let (seen, signature) = signed_report::<T>(n)?;
		let call: <T as frame_system::Config>::RuntimeCall = Call::report {
			report: seen,
			signature,
		}
		.into();

		#[block]
		{
			call.authorize(TransactionSource::InBlock)
				.ok_or(BenchmarkError::Stop("the call is to be authorised"))?
				.map_err(|_| BenchmarkError::Stop("a valid report is refused"))?;
		}
		Ok(())
	}

	#[benchmark]
	fn start_period(n: Linear<0, { T::MaxNodes::get() }>) {
		T::BenchmarkHelper::make_attestable(n, Verdict::Served);
		set_attestors::<T>(T::MaxAttestors::get());

		#[block]
		{
			Pallet::<T>::start_period(PERIOD + 1);
		}

		assert!(Rounds::<T>::contains_key(PERIOD + 1));
	}

	/// Of as many attestors as there may be, none of which agreed: telling of them is another weight's. Each undecided
	/// node ceases to count.
	#[benchmark]
	fn close_round(d: Linear<0, { T::MaxNodes::get() / 2 }>, u: Linear<0, { T::MaxNodes::get() / 2 }>) {
		setup_round::<T>(u + d, T::MaxAttestors::get());
		Tallies::<T>::mutate(PERIOD, |tallies| {
			for tally in tallies.iter_mut().skip(u as usize) {
				// Nobody's place, so that each one's is looked for.
				tally.served = dispatchables::bit(policy::ATTESTORS_PER_NODE as usize);
				tally.verdict = Some(Verdict::Served);
			}
		});
		T::BenchmarkHelper::make_attestable(u, Verdict::Unknown);

		#[block]
		{
			Pallet::<T>::close_round(PERIOD);
		}

		assert!(Tallies::<T>::get(PERIOD).iter().all(|tally| tally.verdict.is_some()));
	}

	#[benchmark]
	fn tell_agreed(a: Linear<0, { T::MaxAttestors::get() }>) {
		let agreed: Vec<_> = (0..a).map(|index| (account("attestor", index, 0), 1)).collect();
		let told;

		#[block]
		{
			told = Pallet::<T>::tell_agreed(&agreed);
		}

		assert_eq!(told, a);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Runtime);
}
