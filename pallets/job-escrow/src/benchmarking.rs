//! Benchmarks of every call, and of what the hooks do.

use super::*;
use crate::{
	hooks::Moment,
	types::{Artifact, Draw, Placed},
};
use alloc::vec::Vec;
use polkadot_sdk::{
	frame_benchmarking::v2::*,
	frame_support::{
		traits::{EnsureOrigin, Get},
		BoundedVec,
	},
	frame_system::RawOrigin,
	sp_core::H256,
};
use quern_primitives::{
	ports::{BondSize, Capacity, OnOrder},
	units::QRN,
	OrderRef, Purpose, Runner, Side,
};

/// GPU time of the jobs benchmarked.
const GPU_TIME: GpuTime = 60_000;

struct Setup<T: Config> {
	client: T::AccountId,
	provider: T::AccountId,
	class: ClassId,
	node: NodeId,
}

fn setup<T: Config>() -> Setup<T> {
	frame_system::Pallet::<T>::set_block_number(1u32.into());
	let client = account("client", 0, 0);
	let provider = account("provider", 0, 0);
	let (class, node) = T::BenchmarkHelper::prepare(&client, &provider, GPU_TIME);
	Setup {
		client,
		provider,
		class,
		node,
	}
}

/// A spec with the longest locations.
fn spec<T: Config>() -> JobSpec {
	let mut location = b"https://".to_vec();
	location.resize(256, b'x');
	let artifact = Artifact {
		hash: H256::repeat_byte(7),
		size: T::MaxArtifact::get(),
		location: BoundedVec::truncate_from(location),
	};
	JobSpec {
		runner: Runner::Wasm,
		program: artifact.clone(),
		input: artifact,
		max_output: T::MaxOutput::get(),
	}
}

impl<T: Config> Setup<T> {
	/// A job of which `claims` are supplied and the rest is bid for.
	fn request(&self, claims: GpuTime) -> JobId {
		let terms = JobTerms {
			claims,
			pace: Some(GPU_TIME),
			on_return: OnReturn::Sell,
			..Default::default()
		};
		Pallet::<T>::do_request_job(
			self.client.clone(),
			self.class,
			1,
			GPU_TIME,
			QRN / 2,
			Policy::Accept,
			spec::<T>(),
			terms,
		)
		.expect("the setup suffices")
	}

	/// A job's bid, as the market tells of it.
	fn bid(&self, id: JobId) -> OrderRef {
		let JobState::Bidding { order: Some(order), .. } = state_of::<T>(id) else {
			panic!("the job bids");
		};
		OrderRef {
			id: order,
			class: self.class,
			side: Side::Buy,
			purpose: Purpose::Job(id),
		}
	}

	/// A job that waits for its draw, supplied whole.
	fn queued(&self) -> JobId {
		let id = self.request(GPU_TIME);
		assert!(matches!(state_of::<T>(id), JobState::Queued { .. }));
		id
	}

	fn assigned(&self) -> JobId {
		let id = self.assigned_now();
		T::BenchmarkHelper::pass_session();
		id
	}

	/// One whose provider's stake changed in the session that runs.
	fn assigned_now(&self) -> JobId {
		let id = self.queued();
		let job = Jobs::<T>::get(id).expect("just requested");
		let placed = Placed {
			provider: self.provider.clone(),
			node: self.node,
			draw: Draw {
				seed: H256::repeat_byte(1),
				block: 1,
			},
			bond: sizes::size(
				job.policy.check(),
				job.price(),
				T::Capacity::floor_cost(self.class, GPU_TIME),
			)
			.expect("fits")
			.bond(self.class),
		};
		Pallet::<T>::assign(id, job, placed).expect("the provider can take it");
		id
	}

	fn running(&self) -> JobId {
		let id = self.assigned();
		Pallet::<T>::do_acknowledge(self.provider.clone(), id).expect("assigned");
		id
	}

	/// It used a part, so that claims go back too.
	fn submitted(&self) -> JobId {
		let id = self.running();
		Pallet::<T>::do_submit(self.provider.clone(), id, outcome(), 1_000).expect("running");
		id
	}
}

/// Fills the due queue from so many blocks after this one on, but for the last that is looked at for one with room.
fn fill_queue<T: Config>(after: BlockNumber) {
	let from = Pallet::<T>::now().saturating_add(after);
	let full: Vec<JobId> = (0..T::MaxDuePerBlock::get().into())
		.map(|index| JobId::MAX - index)
		.collect();
	for block in from..from.saturating_add(policy::PROBES).saturating_sub(1) {
		Due::<T>::insert(block, BoundedVec::truncate_from(full.clone()));
	}
}

fn outcome() -> Outcome {
	Outcome::Completed {
		output: H256::repeat_byte(3),
		size: 1,
	}
}

/// The claims that went back to the client are offered in the market.
fn assert_offered<T: Config>(setup: &Setup<T>, id: JobId) {
	use polkadot_sdk::frame_support::traits::fungibles::Inspect;
	assert!(Jobs::<T>::get(id).expect("the job is there").claims_returned > 0);
	let supplied = Jobs::<T>::get(id).map_or(0, |job| job.supplied);
	let left = T::Claims::balance(setup.class, &setup.client);
	assert_eq!(
		left,
		GPU_TIME.saturating_sub(supplied),
		"only what the job did not take"
	);
}

fn state_of<T: Config>(id: JobId) -> JobState {
	Jobs::<T>::get(id).expect("the job is there").state
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn request_job() {
		let setup = setup::<T>();
		let terms = JobTerms {
			claims: GPU_TIME / 2,
			pace: Some(GPU_TIME),
			on_return: OnReturn::Sell,
			max_base_fee: Some(Balance::MAX),
			..Default::default()
		};
		let id = NextJobId::<T>::get();
		fill_queue::<T>(T::DefaultBidBlocks::get().saturating_add(2));

		#[extrinsic_call]
		_(
			RawOrigin::Signed(setup.client.clone()),
			setup.class,
			1,
			GPU_TIME,
			QRN / 2,
			Policy::Accept,
			spec::<T>(),
			terms,
		);

		assert!(matches!(state_of::<T>(id), JobState::Bidding { .. }));
		assert!(
			Jobs::<T>::get(id).expect("the job is there").base_held > 0,
			"the class is congested"
		);
	}

	#[benchmark]
	fn cancel() {
		let setup = setup::<T>();
		let id = setup.request(GPU_TIME / 2);
		// A bid is bound to its first batch.
		frame_system::Pallet::<T>::set_block_number(2u32.into());
		fill_queue::<T>(T::KeepBlocks::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.client.clone()), id);

		assert!(matches!(state_of::<T>(id), JobState::Cancelled { .. }));
		assert_offered(&setup, id);
	}

	#[benchmark]
	fn acknowledge() {
		let setup = setup::<T>();
		let id = setup.assigned();
		fill_queue::<T>(
			policy::blocks_of(GPU_TIME)
				.saturating_add(T::GraceBlocks::get())
				.saturating_add(1),
		);

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.provider.clone()), id);

		assert!(matches!(state_of::<T>(id), JobState::Running { .. }));
	}

	#[benchmark]
	fn decline() {
		let setup = setup::<T>();
		let id = setup.assigned();
		// The last decline is the dearest: claims go back and a fee is routed.
		Jobs::<T>::mutate(id, |job| {
			let declined = (1..policy::MAX_DECLINES)
				.map(|index| account("provider", index, 0))
				.collect();
			job.as_mut().expect("the job is there").declined = BoundedVec::truncate_from(declined);
		});
		fill_queue::<T>(T::KeepBlocks::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.provider.clone()), id);

		assert!(matches!(state_of::<T>(id), JobState::Refunded { .. }));
		assert_offered(&setup, id);
	}

	#[benchmark]
	fn submit() {
		let setup = setup::<T>();
		let id = setup.running();
		fill_queue::<T>(T::DefaultAcceptBlocks::get().saturating_add(1));

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.provider.clone()), id, outcome(), 1_000);

		assert!(matches!(state_of::<T>(id), JobState::Submitted { .. }));
	}

	#[benchmark]
	fn accept() {
		let setup = setup::<T>();
		let id = setup.submitted();
		fill_queue::<T>(T::KeepBlocks::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.client.clone()), id);

		assert!(matches!(state_of::<T>(id), JobState::Settled { .. }));
		assert_offered(&setup, id);
	}

	#[benchmark]
	fn reject() {
		let setup = setup::<T>();
		let id = setup.submitted();
		fill_queue::<T>(T::ArbitrationBlocks::get().saturating_add(1));

		#[extrinsic_call]
		_(RawOrigin::Signed(setup.client.clone()), id);

		assert!(matches!(state_of::<T>(id), JobState::Disputed { .. }));
	}

	/// For the client, with a slash; for the provider it settles, as `accept` does.
	#[benchmark]
	fn arbitrate() -> Result<(), BenchmarkError> {
		let setup = setup::<T>();
		let id = setup.submitted();
		Pallet::<T>::do_reject(setup.client.clone(), id).expect("submitted");
		let arbiter = T::ArbiterOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		fill_queue::<T>(T::KeepBlocks::get());

		#[extrinsic_call]
		_(arbiter as T::RuntimeOrigin, id, Ruling::ForClient);

		assert!(matches!(state_of::<T>(id), JobState::Faulted { .. }));
		assert_offered(&setup, id);
		Ok(())
	}

	#[benchmark]
	fn drain_base() {
		setup::<T>();
		DueCursor::<T>::put(2);

		#[block]
		{
			Pallet::<T>::drain_slice();
		}

		assert_eq!(DueCursor::<T>::get(), 2);
	}

	#[benchmark]
	fn pass_block() {
		setup::<T>();
		DueCursor::<T>::put(1);

		#[block]
		{
			Pallet::<T>::drain_slice();
		}

		assert_eq!(DueCursor::<T>::get(), 2);
	}

	/// A settlement.
	#[benchmark]
	fn process_due() {
		let setup = setup::<T>();
		let id = setup.submitted();
		let due = Jobs::<T>::get(id).expect("the job is there").due;
		frame_system::Pallet::<T>::set_block_number(due.into());
		fill_queue::<T>(T::KeepBlocks::get());

		#[block]
		{
			Pallet::<T>::wake(id, due, Moment::Start).expect("settles");
		}

		assert!(matches!(state_of::<T>(id), JobState::Settled { .. }));
		assert_offered(&setup, id);
	}

	/// A draw of the only provider, in a queue that is full as far as it is looked through; what of a draw grows with
	/// the providers that there are is the capacity's to weigh.
	#[benchmark]
	fn assign_job() {
		let setup = setup::<T>();
		let id = setup.queued();
		let due = Jobs::<T>::get(id).expect("the job is there").due;
		frame_system::Pallet::<T>::set_block_number(due.into());
		T::BenchmarkHelper::pass_session();
		let after = T::AckBlocks::get().saturating_add(1);
		fill_queue::<T>(after);

		#[block]
		{
			Pallet::<T>::wake(id, due, Moment::Start).expect("the provider can take it");
		}

		assert!(matches!(state_of::<T>(id), JobState::Assigned { .. }));
		let last = due
			.saturating_add(after)
			.saturating_add(policy::PROBES)
			.saturating_sub(1);
		assert_eq!(Jobs::<T>::get(id).expect("the job is there").due, last);
	}

	/// One that can take it: all is asked. What its stake was before this session's changes is read.
	#[benchmark]
	fn ask_provider() {
		let setup = setup::<T>();
		let id = setup.assigned_now();
		let mut job = Jobs::<T>::get(id).expect("the job is there");
		let declined = (0..policy::MAX_DECLINES)
			.map(|index| account("decliner", index, 0))
			.collect();
		job.declined = BoundedVec::truncate_from(declined);
		let bond = BondSize {
			own: 1,
			allocated: Some((setup.class, 1)),
		};
		let may;

		#[block]
		{
			may = Pallet::<T>::may_take(&job, &setup.provider, &bond);
		}

		assert!(may);
	}

	/// A part of it.
	#[benchmark]
	fn bid_filled() {
		let setup = setup::<T>();
		let id = setup.request(GPU_TIME / 2);
		let order = setup.bid(id);

		#[block]
		{
			<Pallet<T> as OnOrder>::filled(&order, GPU_TIME / 4, QRN / 8);
		}

		assert_eq!(Jobs::<T>::get(id).expect("the job is there").bought, GPU_TIME / 4);
	}

	/// Others have ended before it.
	#[benchmark]
	fn bid_closed() {
		let setup = setup::<T>();
		let id = setup.request(GPU_TIME / 2);
		let order = setup.bid(id);
		ClosedBids::<T>::put(BoundedVec::truncate_from(
			(1..policy::MAX_CLOSED_BIDS).map(u64::from).collect(),
		));

		#[block]
		{
			<Pallet<T> as OnOrder>::closed(&order, GPU_TIME / 2, QRN / 2);
		}

		assert_eq!(ClosedBids::<T>::get().last(), Some(&id));
	}

	/// The jobs of closed bids are looked at one after the other: so many wait.
	#[benchmark]
	fn drain_closed(n: Linear<1, { policy::MAX_CLOSED_BIDS }>) {
		setup::<T>();
		ClosedBids::<T>::put(BoundedVec::truncate_from(
			(0..n).map(|id| JobId::MAX - u64::from(id)).collect(),
		));

		#[block]
		{
			Pallet::<T>::drain_closed(policy::CLOSED_PER_SLICE);
		}

		assert_eq!(
			ClosedBids::<T>::decode_len().unwrap_or(0) as u32,
			n.saturating_sub(policy::CLOSED_PER_SLICE)
		);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}
