//! Benchmarks of every call, and of what other pallets have the registry do.

use crate::{
	policy, types::*, Attestable, Books, BuyBacks, Call, Config, Estates, NextNodeId, Nodes, Pallet, Providers,
	ProvidersOf, Shortfalls,
};
use alloc::vec::Vec;
use polkadot_sdk::{
	frame_benchmarking::v2::*,
	frame_support::traits::{fungible::Mutate, fungibles::Mutate as _, EnsureOrigin, Get},
	frame_system::{Pallet as System, RawOrigin},
	sp_core::{
		crypto::KeyTypeId,
		sr25519::{Public, Signature},
		H256,
	},
	sp_io::crypto::{sr25519_generate, sr25519_sign},
	sp_runtime::{BoundedVec, FixedU128},
};
use quern_primitives::{
	endpoint::Ip,
	ports::{Capacity, LiquidityOutcome, Nodes as _, OnLiquidity, OnOrder, Placement, Verdict},
	units::{DAYS, PERIOD_BLOCKS, QRN},
	Balance, ClassId, Demand, Endpoint, GpuTime, NodeId, OrderRef, Period, Purpose, Side,
};

/// Sets up what benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes `who` an operator with own bond for `nodes` nodes.
	fn make_operator(who: &AccountId, nodes: u32);
	/// Adds `amount` of own bond to an operator, and allocates as much of its stake to `class`, at once.
	fn back(who: &AccountId, class: ClassId, amount: Balance);
	/// Puts `amount` planck into the insurance fund, and its least balance.
	fn insure(amount: Balance);
	/// Mints pool shares of a class that has a pool.
	fn mint_shares(class: ClassId, who: &AccountId, shares: Balance);
}

const KEY_TYPE: KeyTypeId = KeyTypeId(*b"node");
const ENDPOINT: Endpoint = Endpoint {
	ip: Ip::V4([1, 1, 1, 1]),
	port: 8400,
};

fn name(text: &[u8]) -> ClassName {
	ClassName::truncate_from(text.to_vec())
}

fn opening() -> Opening {
	Opening {
		price: FixedU128::from_u32(1_000),
		max_gpu_time: 1_000_000,
	}
}

fn new_class<T: Config>() -> Result<ClassId, BenchmarkError> {
	Ok(Pallet::<T>::do_register_class(
		name(b"benchmark"),
		FixedU128::from_u32(1),
		Some(opening()),
		1_000,
	)?)
}

fn new_provider<T: Config>(index: u32) -> Result<T::AccountId, BenchmarkError> {
	let who: T::AccountId = account("provider", index, 0);
	T::Currency::mint_into(&who, 1_000 * QRN)?;
	T::BenchmarkHelper::make_operator(&who, T::MaxNodesPerProvider::get());
	Pallet::<T>::do_register_provider(who.clone())?;
	Ok(who)
}

fn key_and_proof<T: Config>(who: &T::AccountId) -> Result<(Public, Signature), BenchmarkError> {
	let key = sr25519_generate(KEY_TYPE, None);
	let proof = sr25519_sign(KEY_TYPE, &key, &Pallet::<T>::possession_payload(who));
	Ok((key, proof.ok_or(BenchmarkError::Stop("no signature"))?))
}

fn new_node<T: Config>(who: &T::AccountId, class: ClassId) -> Result<NodeId, BenchmarkError> {
	let node = NextNodeId::<T>::get();
	let (key, proof) = key_and_proof::<T>(who)?;
	Pallet::<T>::do_register_node(who.clone(), class, T::MaxGpusPerNode::get(), 1, ENDPOINT, key, proof)?;
	Ok(node)
}

/// A provider with `nodes` nodes that serve, and all the allowance it may have.
fn serving<T: Config>(class: ClassId, nodes: u32) -> Result<(T::AccountId, NodeId), BenchmarkError> {
	serving_as::<T>(0, class, nodes)
}

fn serving_as<T: Config>(index: u32, class: ClassId, nodes: u32) -> Result<(T::AccountId, NodeId), BenchmarkError> {
	let who = new_provider::<T>(index)?;
	T::BenchmarkHelper::back(&who, class, T::FlatBond::get().saturating_mul(nodes.into()));
	let mut last = 0;
	for _ in 0..nodes {
		last = new_node::<T>(&who, class)?;
		for period in 0..20 {
			Pallet::<T>::attested(last, period, Verdict::Served);
		}
	}
	set_period::<T>(20);
	Ok((who, last))
}

fn set_period<T: Config>(period: Period) {
	System::<T>::set_block_number((period * PERIOD_BLOCKS).into());
}

/// Fills the list of attestable nodes up to `n`, so that its reading and writing costs what it may.
fn fill_attestable<T: Config>(n: u32) {
	Attestable::<T>::mutate(|nodes| {
		let length = nodes.len() as u32;
		for id in length..n {
			let _ = nodes.try_push(NodeId::MAX - id);
		}
	});
}

/// The same for the providers of a class.
fn fill_providers<T: Config>(class: ClassId, p: u32) {
	ProvidersOf::<T>::mutate(class, |providers| {
		let length = providers.len() as u32;
		for index in length..p {
			let _ = providers.try_push(account("listed", index, 0));
		}
	});
}

fn open<T: Config>(who: &T::AccountId, class: ClassId) -> Result<(), BenchmarkError> {
	T::Currency::mint_into(&T::Treasury::get(), 1_000_000 * QRN)?;
	T::Currency::mint_into(&Pallet::<T>::account_id(), QRN)?;
	Ok(Pallet::<T>::do_open_pool(
		who.clone(),
		class,
		opening().max_gpu_time.min(policy::BURST_PER_GPU),
	)?)
}

fn offered<T: Config>(gpu_time: GpuTime) -> Result<(T::AccountId, OrderRef), BenchmarkError> {
	let class = new_class::<T>()?;
	let (who, _) = serving::<T>(class, 2)?;
	open::<T>(&who, class)?;
	Pallet::<T>::do_offer_capacity(who.clone(), class, gpu_time, QRN)?;
	Ok((
		who,
		OrderRef {
			id: 0,
			class,
			side: Side::Sell,
			purpose: Purpose::Offer(0),
		},
	))
}

const GPU_TIME: GpuTime = 60_000;

/// A provider that holds claims of its own: it owes what the pool opened with, and mints them here as if
/// it had bought them.
fn owing<T: Config>() -> Result<(T::AccountId, NodeId, ClassId), BenchmarkError> {
	let class = new_class::<T>()?;
	let (who, node) = serving::<T>(class, 2)?;
	open::<T>(&who, class)?;
	T::Claims::mint_into(class, &who, GPU_TIME)?;
	Ok((who, node, class))
}

fn edit_book<T: Config>(who: &T::AccountId, class: ClassId, edit: impl FnOnce(&mut Book)) {
	Books::<T>::mutate(who, class, |book| book.as_mut().map(edit));
}

fn edit_estate<T: Config>(who: &T::AccountId, class: ClassId, edit: impl FnOnce(&mut Estate)) {
	Estates::<T>::mutate(who, class, |estate| estate.as_mut().map(edit));
}

/// One that owes as well what needs collateral, got pool shares for it, and whose book has everything to do.
fn owing_beyond<T: Config>() -> Result<(T::AccountId, NodeId, ClassId), BenchmarkError> {
	let (who, node, class) = owing::<T>()?;
	T::BenchmarkHelper::back(&who, class, 1_000 * QRN);
	T::BenchmarkHelper::mint_shares(class, &Pallet::<T>::account_id(), 1_000);
	T::BenchmarkHelper::insure(100 * QRN);
	let mut book = Books::<T>::get(&who, class).ok_or(BenchmarkError::Stop("no book"))?;
	book.shares = 1_000;
	book.liquidity = GPU_TIME;
	book.absence.due = policy::WHOLE_BLOCK;
	let gpus = book.attested_gpus;
	Pallet::<T>::cover(&who, class, &mut book, gpus)?;
	Books::<T>::insert(&who, class, book);
	Ok((who, node, class))
}

/// Its estate, as of one that is gone or one that leaves.
fn estate_of<T: Config>(gone: bool) -> Result<(T::AccountId, ClassId), BenchmarkError> {
	let (who, _, class) = owing_beyond::<T>()?;
	if gone {
		edit_book::<T>(&who, class, |book| book.absence.gone = policy::GONE_LEVEL);
		Pallet::<T>::do_declare_gone(who.clone(), class)?;
	} else {
		Pallet::<T>::do_leave_class(who.clone(), class)?;
	}
	Ok((who, class))
}

/// A taker with `m` nodes that owes so much already that it needs collateral.
fn taker<T: Config>(class: ClassId, m: u32) -> Result<T::AccountId, BenchmarkError> {
	let (who, _) = serving_as::<T>(1, class, m)?;
	T::BenchmarkHelper::back(&who, class, 1_000 * QRN);
	edit_book::<T>(&who, class, |book| {
		book.obligations = policy::free_obligations(book.attested_gpus);
		book.liquidity = GPU_TIME;
		book.absence.due = policy::WHOLE_BLOCK;
	});
	Ok(who)
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn set_throughput() -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let origin = T::ClassOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, class, 7);
		assert!(crate::Classes::<T>::get(class).is_some_and(|class| class.throughput == 7));
		Ok(())
	}

	#[benchmark]
	fn issue_liquidity(m: Linear<2, { T::MaxNodesPerProvider::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, _) = serving::<T>(class, m)?;
		open::<T>(&who, class)?;
		T::BenchmarkHelper::back(&who, class, 1_000 * QRN);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, QRN, 1);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.adding == GPU_TIME && book.collateral > 0));
		Ok(())
	}

	#[benchmark]
	fn buy_back_in_market() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who), class, GPU_TIME, QRN, 10);
		assert!(BuyBacks::<T>::contains_key(0));
		Ok(())
	}

	#[benchmark]
	fn charge_pause() -> Result<(), BenchmarkError> {
		let (who, node, class) = owing_beyond::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.absence.due == 0));
		Ok(())
	}

	#[benchmark]
	fn leave_class() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>()?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class);
		assert!(Estates::<T>::get(who, class).is_some_and(|estate| estate.orderly && estate.shares == 1_000));
		Ok(())
	}

	#[benchmark]
	fn declare_gone() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>()?;
		edit_book::<T>(&who, class, |book| book.absence.gone = policy::GONE_LEVEL);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), who.clone(), class);
		assert!(Estates::<T>::get(who, class).is_some_and(|estate| !estate.orderly));
		Ok(())
	}

	#[benchmark]
	fn take_over(m: Linear<1, { T::MaxNodesPerProvider::get() - 1 }>) -> Result<(), BenchmarkError> {
		let (provider, class) = estate_of::<T>(true)?;
		let who = taker::<T>(class, m)?;
		// So that the fund is asked.
		edit_estate::<T>(&provider, class, |estate| estate.price = FixedU128::from_u32(5_000));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), provider.clone(), class, GPU_TIME, 1);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.collateral > 0));
		assert!(Estates::<T>::get(provider, class).is_some_and(|estate| estate.advanced > 0));
		Ok(())
	}

	#[benchmark]
	fn close_estate() -> Result<(), BenchmarkError> {
		let (provider, class) = estate_of::<T>(true)?;
		edit_estate::<T>(&provider, class, |estate| {
			estate.price = FixedU128::from_u32(5_000);
			estate.advanced = QRN;
		});
		let now = Pallet::<T>::now();
		System::<T>::set_block_number((now + DAYS).into());
		#[extrinsic_call]
		_(RawOrigin::Signed(provider.clone()), provider.clone(), class);
		assert!(!Estates::<T>::contains_key(&provider, class));
		assert!(Shortfalls::<T>::get(class) > 0);
		Ok(())
	}

	#[benchmark]
	fn assume_shortfall(m: Linear<1, { T::MaxNodesPerProvider::get() - 1 }>) -> Result<(), BenchmarkError> {
		let (_, _, class) = owing::<T>()?;
		T::BenchmarkHelper::insure(100 * QRN);
		let who = taker::<T>(class, m)?;
		T::Currency::mint_into(&Pallet::<T>::recovery_account(class), 1_000 * QRN)?;
		Shortfalls::<T>::insert(class, GPU_TIME);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, 1);
		assert_eq!(Shortfalls::<T>::get(class), 0);
		Ok(())
	}

	#[benchmark]
	fn buy_back_filled() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>()?;
		let owed = Books::<T>::get(&who, class).map_or(0, |book| book.owed());
		BuyBacks::<T>::insert(
			0,
			BuyBack {
				provider: who.clone(),
				class,
			},
		);
		// A part cancels all that is owed, the rest is handed on.
		T::Claims::mint_into(class, &Pallet::<T>::account_id(), owed + 1)?;
		let order = OrderRef {
			id: 0,
			class,
			side: Side::Buy,
			purpose: Purpose::BuyBack(0),
		};
		#[block]
		{
			Pallet::<T>::filled(&order, owed + 1, QRN);
		}
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.obligations == 0 && book.shares_due == 1_000));
		Ok(())
	}

	#[benchmark]
	fn buy_back_closed() -> Result<(), BenchmarkError> {
		let (provider, _, class) = owing::<T>()?;
		BuyBacks::<T>::insert(0, BuyBack { provider, class });
		let order = OrderRef {
			id: 0,
			class,
			side: Side::Buy,
			purpose: Purpose::BuyBack(0),
		};
		#[block]
		{
			Pallet::<T>::closed(&order, GPU_TIME, QRN);
		}
		assert!(!BuyBacks::<T>::contains_key(0));
		Ok(())
	}

	#[benchmark]
	fn liquidity_settled() -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, _) = serving::<T>(class, 2)?;
		open::<T>(&who, class)?;
		T::BenchmarkHelper::back(&who, class, 1_000 * QRN);
		Pallet::<T>::do_issue_liquidity(who.clone(), class, GPU_TIME, QRN, 1)?;
		// As if half came back.
		let account = Pallet::<T>::account_id();
		T::Claims::mint_into(class, &account, GPU_TIME / 2)?;
		T::Currency::mint_into(&account, QRN / 2)?;
		let outcome = LiquidityOutcome {
			shares: 1_000,
			tokens_returned: QRN / 2,
			gpu_time_returned: GPU_TIME / 2,
		};
		#[block]
		{
			Pallet::<T>::settled(class, 0, outcome);
		}
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.liquidity == GPU_TIME / 2));
		Ok(())
	}

	#[benchmark]
	fn faulted() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing::<T>()?;
		edit_book::<T>(&who, class, |book| book.delivered = GPU_TIME);
		#[block]
		{
			<Pallet<T> as Capacity<T::AccountId>>::faulted(&who, class);
		}
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.delivered == 0));
		Ok(())
	}

	#[benchmark]
	fn register_class() -> Result<(), BenchmarkError> {
		let origin = T::ClassOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		let class = crate::NextClassId::<T>::get();
		#[extrinsic_call]
		_(
			origin as T::RuntimeOrigin,
			name(b"a-name-of-just-32-bytes-in-all-x"),
			FixedU128::from_u32(1),
			Some(opening()),
			u64::MAX,
		);
		assert!(crate::Classes::<T>::contains_key(class));
		Ok(())
	}

	#[benchmark]
	fn set_opening() -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let origin = T::ClassOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, class, None);
		assert!(crate::Classes::<T>::get(class).is_some_and(|class| class.opening.is_none()));
		Ok(())
	}

	#[benchmark]
	fn register_provider() -> Result<(), BenchmarkError> {
		let who: T::AccountId = account("provider", 0, 0);
		T::Currency::mint_into(&who, 1_000 * QRN)?;
		T::BenchmarkHelper::make_operator(&who, 1);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(Providers::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn deregister_provider() -> Result<(), BenchmarkError> {
		let who = new_provider::<T>(0)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()));
		assert!(!Providers::<T>::contains_key(&who));
		Ok(())
	}

	#[benchmark]
	fn register_node(
		n: Linear<0, { T::MaxNodes::get() - 1 }>,
		p: Linear<0, { T::MaxProvidersPerClass::get() - 1 }>,
	) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let who = new_provider::<T>(0)?;
		let (key, proof) = key_and_proof::<T>(&who)?;
		fill_attestable::<T>(n);
		fill_providers::<T>(class, p);
		let node = NextNodeId::<T>::get();
		#[extrinsic_call]
		_(RawOrigin::Signed(who), class, 1, 1, ENDPOINT, key, proof);
		assert!(Nodes::<T>::contains_key(node));
		Ok(())
	}

	#[benchmark]
	fn set_endpoint() -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, node) = serving::<T>(class, 1)?;
		let endpoint = Endpoint { port: 8401, ..ENDPOINT };
		#[extrinsic_call]
		_(RawOrigin::Signed(who), node, endpoint);
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.endpoint == endpoint));
		Ok(())
	}

	#[benchmark]
	fn pause_node(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, node) = serving::<T>(class, 1)?;
		fill_attestable::<T>(n);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), node);
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.state == NodeState::Paused));
		Ok(())
	}

	#[benchmark]
	fn resume_node(n: Linear<0, { T::MaxNodes::get() - 1 }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, node) = serving::<T>(class, 1)?;
		Pallet::<T>::do_pause_node(who.clone(), node)?;
		fill_attestable::<T>(n);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), node);
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.state == NodeState::Pending));
		Ok(())
	}

	#[benchmark]
	fn deregister_node(
		n: Linear<{ T::MaxNodesPerProvider::get() }, { T::MaxNodes::get() }>,
		m: Linear<1, { T::MaxNodesPerProvider::get() }>,
		p: Linear<1, { T::MaxProvidersPerClass::get() }>,
	) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, node) = serving::<T>(class, m)?;
		fill_attestable::<T>(n);
		fill_providers::<T>(class, p);
		#[extrinsic_call]
		_(RawOrigin::Signed(who), node);
		assert!(!Nodes::<T>::contains_key(node));
		Ok(())
	}

	#[benchmark]
	fn open_pool(m: Linear<1, { T::MaxNodesPerProvider::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, _) = serving::<T>(class, m)?;
		T::Currency::mint_into(&T::Treasury::get(), 1_000_000 * QRN)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, 100_000);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.obligations == 100_000));
		Ok(())
	}

	#[benchmark]
	fn offer_capacity(m: Linear<2, { T::MaxNodesPerProvider::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, _) = serving::<T>(class, m)?;
		open::<T>(&who, class)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, QRN);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.offered == GPU_TIME));
		Ok(())
	}

	#[benchmark]
	fn buy_back() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>()?;
		let before = Books::<T>::get(&who, class).map_or(0, |book| book.obligations);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.obligations == before - GPU_TIME));
		Ok(())
	}

	#[benchmark]
	fn offer_filled() -> Result<(), BenchmarkError> {
		let (who, order) = offered::<T>(GPU_TIME)?;
		#[block]
		{
			Pallet::<T>::filled(&order, GPU_TIME / 2, QRN / 2);
		}
		assert!(Books::<T>::get(who, order.class).is_some_and(|book| book.offered == GPU_TIME / 2));
		Ok(())
	}

	#[benchmark]
	fn offer_closed() -> Result<(), BenchmarkError> {
		let (who, order) = offered::<T>(GPU_TIME)?;
		T::Claims::mint_into(order.class, &Pallet::<T>::account_id(), GPU_TIME)?;
		#[block]
		{
			Pallet::<T>::closed(&order, GPU_TIME, GPU_TIME);
		}
		assert!(Books::<T>::get(who, order.class).is_some_and(|book| book.offered == 0));
		Ok(())
	}

	#[benchmark]
	fn attestable(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (_, id) = serving::<T>(class, 1)?;
		let node = Nodes::<T>::get(id).ok_or(BenchmarkError::Stop("no node"))?;
		fill_attestable::<T>(n);
		for listed in Attestable::<T>::get() {
			Nodes::<T>::insert(listed, node.clone());
		}
		let nodes: Vec<_>;
		#[block]
		{
			nodes = Pallet::<T>::attestable();
		}
		assert_eq!(nodes.len() as u32, n);
		Ok(())
	}

	#[benchmark]
	fn attested() -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let who = new_provider::<T>(0)?;
		let node = new_node::<T>(&who, class)?;
		#[block]
		{
			Pallet::<T>::attested(node, 1, Verdict::Served);
		}
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.allowance > 0));
		Ok(())
	}

	#[benchmark]
	fn draw(
		p: Linear<1, { T::MaxProvidersPerClass::get() }>,
		m: Linear<1, { T::MaxNodesPerProvider::get() }>,
	) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, id) = serving::<T>(class, 1)?;
		let node = Nodes::<T>::get(id).ok_or(BenchmarkError::Stop("no node"))?;
		fill_providers::<T>(class, p);
		for (index, provider) in ProvidersOf::<T>::get(class).into_iter().enumerate() {
			let ids: Vec<NodeId> = (0..m).map(|n| 1_000_000 + index as u32 * m + n).collect();
			for id in &ids {
				Nodes::<T>::insert(id, node.clone());
			}
			Providers::<T>::insert(
				&provider,
				Provider {
					nodes: BoundedVec::truncate_from(ids),
				},
			);
			Books::<T>::insert(
				&provider,
				class,
				Book {
					obligations: GPU_TIME,
					..Default::default()
				},
			);
		}
		let demand = Demand {
			class,
			gpus: 1,
			gpu_time: GPU_TIME,
		};
		let mut asked = 0;
		#[block]
		{
			let _ = <Pallet<T> as Capacity<T::AccountId>>::draw(&demand, H256::repeat_byte(7), &mut |_| {
				asked += 1;
				false
			});
		}
		assert_eq!(asked, p);
		assert!(Books::<T>::contains_key(who, class));
		Ok(())
	}

	#[benchmark]
	fn occupy() -> Result<(), BenchmarkError> {
		let (provider, node, class) = owing::<T>()?;
		let demand = Demand {
			class,
			gpus: 1,
			gpu_time: GPU_TIME,
		};
		let placement = Placement { provider, node };
		#[block]
		{
			Pallet::<T>::occupy(&placement, &demand)?;
		}
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.occupied == 1));
		Ok(())
	}

	#[benchmark]
	fn deliver() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>()?;
		let released;
		#[block]
		{
			released = Pallet::<T>::deliver(&who, class, &who, GPU_TIME)?;
		}
		assert!(released > 0);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
