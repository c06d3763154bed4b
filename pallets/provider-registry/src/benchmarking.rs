//! Benchmarks of every call, and of what other pallets have the registry do.

use crate::{
	policy, types::*, Attestable, Books, BuyBacks, Call, Config, Estates, NextNodeId, Nodes, Pallet, Providers,
	ProvidersOf, RecoveredShares, Shortfalls,
};
use alloc::vec::Vec;
use polkadot_sdk::{
	frame_benchmarking::v2::*,
	frame_support::traits::{
		fungible::Mutate,
		fungibles::{Inspect as _, Mutate as _},
		EnsureOrigin, Get,
	},
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
	ports::{
		BondSize, BondUse, Bonds, Capacity, LiquidityOutcome, Nodes as _, OnLiquidity, OnOrder, Placement, Verdict,
	},
	units::{DAYS, PERIOD_BLOCKS, QRN},
	Balance, ClassId, Demand, Endpoint, GpuTime, NodeId, OrderRef, Period, Purpose, Side,
};

/// Sets up what benchmarks need of other pallets.
pub trait BenchmarkHelper<AccountId> {
	/// Makes `who` an operator with own bond for `nodes` nodes, of whose stake as much leaves and as much is
	/// remembered as may be.
	fn make_operator(who: &AccountId, nodes: u32);
	/// Adds `amount` of own bond to an operator, and allocates as much of its stake to `class`, at once.
	fn back(who: &AccountId, class: ClassId, amount: Balance);
	/// Puts `amount` planck into the insurance fund, and its least balance.
	fn insure(amount: Balance);
	/// Mints pool shares of a class that has a pool.
	fn mint_shares(class: ClassId, who: &AccountId, shares: Balance);
	/// Begins another session: the next change of an operator's stake is its first there, before which its state
	/// is written down.
	fn pass_session();
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
	new_class_called::<T>(b"benchmark")
}

fn new_class_called<T: Config>(text: &[u8]) -> Result<ClassId, BenchmarkError> {
	Ok(Pallet::<T>::do_register_class(
		name(text),
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

/// Makes the list of attestable nodes one of `n`, so that its reading and writing costs what it may, with `last`
/// where it is found last.
fn fill_attestable<T: Config>(n: u32, last: Option<NodeId>) {
	let others = n.saturating_sub(last.is_some().into());
	let nodes: Vec<_> = (0..others).map(|id| NodeId::MAX - id).chain(last).collect();
	Attestable::<T>::put(BoundedVec::<_, T::MaxNodes>::truncate_from(nodes));
}

/// The same with the providers of a class.
fn fill_providers<T: Config>(class: ClassId, p: u32, last: Option<&T::AccountId>) {
	let others = p.saturating_sub(last.is_some().into());
	let providers: Vec<_> = (0..others)
		.map(|index| account("listed", index, 0))
		.chain(last.cloned())
		.collect();
	ProvidersOf::<T>::insert(class, BoundedVec::truncate_from(providers));
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

const GPU_TIME: GpuTime = 60_000;
/// Proceeds that wait to be credited, in planck: little beside what the pool opened with.
const UNPAID: Balance = 1_000_000;
const SHARES: Balance = 1_000;

/// A provider with `m` nodes that holds claims of its own: it owes what the pool opened with, and mints them
/// here as if it had bought them.
fn owing<T: Config>(m: u32) -> Result<(T::AccountId, NodeId, ClassId), BenchmarkError> {
	let class = new_class::<T>()?;
	let (who, node) = serving::<T>(class, m)?;
	open::<T>(&who, class)?;
	T::Claims::mint_into(class, &who, GPU_TIME)?;
	Ok((who, node, class))
}

fn book_of<T: Config>(who: &T::AccountId, class: ClassId) -> Result<Book, BenchmarkError> {
	Books::<T>::get(who, class).ok_or(BenchmarkError::Stop("no book"))
}

fn edit_book<T: Config>(who: &T::AccountId, class: ClassId, edit: impl FnOnce(&mut Book)) {
	Books::<T>::mutate(who, class, |book| book.as_mut().map(edit));
}

fn edit_estate<T: Config>(who: &T::AccountId, class: ClassId, edit: impl FnOnce(&mut Estate)) {
	Estates::<T>::mutate(who, class, |estate| estate.as_mut().map(edit));
}

/// Reserves a planck of collateral more than is needed, so that it is resized.
fn reserve_more<T: Config>(who: &T::AccountId, class: ClassId) -> Result<(), BenchmarkError> {
	let mut book = book_of::<T>(who, class)?;
	book.collateral += 1;
	let size = BondSize {
		own: book.collateral,
		allocated: Some((class, book.collateral)),
	};
	T::Bonds::release(who, BondUse::Obligations(class));
	T::Bonds::reserve(who, BondUse::Obligations(class), size)?;
	Books::<T>::insert(who, class, book);
	Ok(())
}

/// Gives a book everything to do but with pool shares: proceeds to credit, absence to charge, collateral to
/// resize.
fn burden<T: Config>(who: &T::AccountId, class: ClassId) -> Result<(), BenchmarkError> {
	T::BenchmarkHelper::back(who, class, 1_000 * QRN);
	T::BenchmarkHelper::insure(100 * QRN);
	T::Currency::mint_into(&Pallet::<T>::account_id(), QRN)?;
	let mut book = book_of::<T>(who, class)?;
	book.proceeds += UNPAID;
	book.unpaid += UNPAID;
	book.absence.due += policy::WHOLE_BLOCK;
	let gpus = book.attested_gpus;
	Pallet::<T>::cover(who, class, &mut book, gpus)?;
	Books::<T>::insert(who, class, book);
	reserve_more::<T>(who, class)
}

/// And shares to give.
fn burden_with_shares<T: Config>(who: &T::AccountId, class: ClassId) -> Result<(), BenchmarkError> {
	T::BenchmarkHelper::mint_shares(class, &Pallet::<T>::account_id(), SHARES);
	edit_book::<T>(who, class, |book| book.shares_due = SHARES);
	burden::<T>(who, class)
}

/// One that owes as well what needs collateral and what is set aside for a job, got pool shares for it, and whose
/// book has everything to do.
fn owing_beyond<T: Config>(m: u32) -> Result<(T::AccountId, NodeId, ClassId), BenchmarkError> {
	let (who, node, class) = owing::<T>(m)?;
	T::BenchmarkHelper::mint_shares(class, &Pallet::<T>::account_id(), SHARES);
	edit_book::<T>(&who, class, |book| {
		book.shares = SHARES;
		book.liquidity = GPU_TIME;
		book.assigned = GPU_TIME;
	});
	burden_with_shares::<T>(&who, class)?;
	T::BenchmarkHelper::pass_session();
	Ok((who, node, class))
}

/// An offer of one that owes so much.
fn offered<T: Config>() -> Result<(T::AccountId, OrderRef), BenchmarkError> {
	let (who, _, class) = owing_beyond::<T>(2)?;
	Pallet::<T>::do_offer_capacity(who.clone(), class, GPU_TIME, 1)?;
	reserve_more::<T>(&who, class)?;
	T::BenchmarkHelper::pass_session();
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

/// The estate of one that is gone.
fn estate<T: Config>() -> Result<(T::AccountId, ClassId), BenchmarkError> {
	let (who, _, class) = owing_beyond::<T>(2)?;
	edit_book::<T>(&who, class, |book| book.absence.gone = policy::GONE_LEVEL);
	Pallet::<T>::do_declare_gone(who.clone(), class)?;
	Ok((who, class))
}

/// A taker with `m` nodes that owes so much already that it needs collateral.
fn taker<T: Config>(class: ClassId, m: u32) -> Result<T::AccountId, BenchmarkError> {
	let (who, _) = serving_as::<T>(1, class, m)?;
	edit_book::<T>(&who, class, |book| {
		book.obligations = policy::free_obligations(book.attested_gpus);
		book.liquidity = GPU_TIME;
	});
	burden::<T>(&who, class)?;
	T::BenchmarkHelper::pass_session();
	Ok(who)
}

/// A class comes to its end.
fn end<T: Config>(class: ClassId) -> Result<(), BenchmarkError> {
	Pallet::<T>::do_close_class(class)?;
	let now = Pallet::<T>::now();
	System::<T>::set_block_number((now + policy::CLOSING_NOTICE).into());
	Ok(())
}

/// A class that has ended with a shortfall and pool shares.
fn recovered<T: Config>() -> Result<ClassId, BenchmarkError> {
	let (_, _, class) = owing::<T>(2)?;
	T::BenchmarkHelper::mint_shares(class, &Pallet::<T>::account_id(), 1_000);
	RecoveredShares::<T>::insert(class, 1_000);
	Shortfalls::<T>::insert(class, GPU_TIME);
	end::<T>(class)?;
	Ok(class)
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
		let (who, _, class) = owing_beyond::<T>(m)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, QRN, 1);
		let book = book_of::<T>(&who, class)?;
		assert!(book.adding == GPU_TIME && book.collateral > 0 && book.unpaid == 0);
		Ok(())
	}

	#[benchmark]
	fn buy_back_in_market() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing::<T>(2)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who), class, GPU_TIME, QRN, 10);
		assert!(BuyBacks::<T>::contains_key(0));
		Ok(())
	}

	#[benchmark]
	fn charge_pause() -> Result<(), BenchmarkError> {
		let (who, node, class) = owing_beyond::<T>(2)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.absence.due == 0));
		Ok(())
	}

	#[benchmark]
	fn leave_class() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(2)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class);
		assert!(Estates::<T>::get(&who, class).is_some_and(|estate| estate.orderly && estate.shares > 0));
		assert!(book_of::<T>(&who, class)?.collateral > 0);
		Ok(())
	}

	#[benchmark]
	fn declare_gone() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(2)?;
		edit_book::<T>(&who, class, |book| book.absence.gone = policy::GONE_LEVEL);
		// What the stake was before this session's changes is read.
		reserve_more::<T>(&who, class)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), who.clone(), class);
		assert!(Estates::<T>::get(who, class).is_some_and(|estate| !estate.orderly));
		Ok(())
	}

	#[benchmark]
	fn take_over(m: Linear<1, { T::MaxNodesPerProvider::get() - 1 }>) -> Result<(), BenchmarkError> {
		let (provider, class) = estate::<T>()?;
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
		let (provider, class) = estate::<T>()?;
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
		let (_, _, class) = owing::<T>(2)?;
		let who = taker::<T>(class, m)?;
		T::Currency::mint_into(&Pallet::<T>::recovery_account(class), 1_000 * QRN)?;
		Shortfalls::<T>::insert(class, GPU_TIME);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, 1);
		assert_eq!(Shortfalls::<T>::get(class), 0);
		Ok(())
	}

	/// A part cancels all that is owed and not set aside for a job, the rest is handed on.
	#[benchmark]
	fn buy_back_filled() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(2)?;
		let owes = book_of::<T>(&who, class)?.unassigned();
		BuyBacks::<T>::insert(
			0,
			BuyBack {
				provider: who.clone(),
				class,
			},
		);
		T::Claims::mint_into(class, &Pallet::<T>::account_id(), owes + 1)?;
		let order = OrderRef {
			id: 0,
			class,
			side: Side::Buy,
			purpose: Purpose::BuyBack(0),
		};
		#[block]
		{
			Pallet::<T>::filled(&order, owes + 1, QRN);
		}
		let book = book_of::<T>(&who, class)?;
		assert!(book.obligations == GPU_TIME && book.shares_due > SHARES && book.collateral > 0);
		Ok(())
	}

	#[benchmark]
	fn buy_back_closed() -> Result<(), BenchmarkError> {
		let (provider, _, class) = owing::<T>(2)?;
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
		let (who, _, class) = owing_beyond::<T>(2)?;
		Pallet::<T>::do_issue_liquidity(who.clone(), class, GPU_TIME, QRN, 1)?;
		T::BenchmarkHelper::pass_session();
		// As if half came back.
		let account = Pallet::<T>::account_id();
		T::Claims::mint_into(class, &account, GPU_TIME / 2)?;
		T::Currency::mint_into(&account, QRN / 2)?;
		let outcome = LiquidityOutcome {
			shares: SHARES,
			tokens_returned: QRN / 2,
			gpu_time_returned: GPU_TIME / 2,
		};
		let before = book_of::<T>(&who, class)?.collateral;
		#[block]
		{
			Pallet::<T>::settled(class, 0, outcome);
		}
		let book = book_of::<T>(&who, class)?;
		assert_eq!(book.liquidity, GPU_TIME + GPU_TIME / 2);
		assert!(0 < book.collateral && book.collateral < before);
		Ok(())
	}

	#[benchmark]
	fn faulted() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing::<T>(2)?;
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
		let terms = Opening {
			max_gpu_time: 1,
			..opening()
		};
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, class, Some(terms));
		assert!(crate::Classes::<T>::get(class).is_some_and(|class| class.opening == Some(terms)));
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
		let others: Vec<NodeId> = (1..T::MaxNodesPerProvider::get()).collect();
		Providers::<T>::insert(
			&who,
			Provider {
				nodes: BoundedVec::truncate_from(others),
			},
		);
		fill_attestable::<T>(n, None);
		fill_providers::<T>(class, p, None);
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

	/// So many accelerators go that the market's breaker trips.
	#[benchmark]
	fn pause_node(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let (who, node, _) = owing::<T>(2)?;
		fill_attestable::<T>(n, Some(node));
		#[extrinsic_call]
		_(RawOrigin::Signed(who), node);
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.state == NodeState::Paused));
		Ok(())
	}

	#[benchmark]
	fn resume_node(n: Linear<0, { T::MaxNodes::get() - 1 }>) -> Result<(), BenchmarkError> {
		let (who, node, class) = owing_beyond::<T>(2)?;
		Pallet::<T>::do_pause_node(who.clone(), node)?;
		fill_attestable::<T>(n, None);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);
		assert!(Nodes::<T>::get(node).is_some_and(|node| node.state == NodeState::Pending));
		assert_eq!(book_of::<T>(&who, class)?.absence.due, 0);
		Ok(())
	}

	/// The last of its class, with everything that ends with it; the provider's others are of another class. So many
	/// accelerators go that the market's breaker trips.
	#[benchmark]
	fn deregister_node(
		n: Linear<{ T::MaxNodesPerProvider::get() }, { T::MaxNodes::get() }>,
		m: Linear<1, { T::MaxNodesPerProvider::get() }>,
		p: Linear<1, { T::MaxProvidersPerClass::get() }>,
	) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (opener, _) = serving_as::<T>(1, class, 1)?;
		open::<T>(&opener, class)?;
		let (who, node) = serving::<T>(class, 1)?;
		let another = new_class_called::<T>(b"another")?;
		for _ in 1..m {
			new_node::<T>(&who, another)?;
		}
		burden_with_shares::<T>(&who, class)?;
		T::BenchmarkHelper::pass_session();
		fill_attestable::<T>(n, Some(node));
		fill_providers::<T>(class, p, Some(&who));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), node);
		assert!(!Nodes::<T>::contains_key(node));
		assert!(!Books::<T>::contains_key(&who, class));
		Ok(())
	}

	#[benchmark]
	fn open_pool(m: Linear<1, { T::MaxNodesPerProvider::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (who, _) = serving::<T>(class, m)?;
		T::Currency::mint_into(&T::Treasury::get(), 1_000_000 * QRN)?;
		burden::<T>(&who, class)?;
		T::BenchmarkHelper::pass_session();
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, 100_000);
		let book = book_of::<T>(&who, class)?;
		assert!(book.obligations == 100_000 && book.unpaid == 0 && book.collateral == 0);
		Ok(())
	}

	#[benchmark]
	fn offer_capacity(m: Linear<2, { T::MaxNodesPerProvider::get() }>) -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(m)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, 1);
		let book = book_of::<T>(&who, class)?;
		assert!(book.offered == GPU_TIME && book.collateral > 0 && book.unpaid == 0);
		Ok(())
	}

	#[benchmark]
	fn buy_back() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(2)?;
		let before = Books::<T>::get(&who, class).map_or(0, |book| book.obligations);
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.obligations == before - GPU_TIME));
		Ok(())
	}

	#[benchmark]
	fn offer_filled() -> Result<(), BenchmarkError> {
		let (who, order) = offered::<T>()?;
		#[block]
		{
			Pallet::<T>::filled(&order, GPU_TIME / 2, QRN / 2);
		}
		assert!(Books::<T>::get(who, order.class).is_some_and(|book| book.offered == GPU_TIME / 2));
		Ok(())
	}

	#[benchmark]
	fn offer_closed() -> Result<(), BenchmarkError> {
		let (who, order) = offered::<T>()?;
		T::Claims::mint_into(order.class, &Pallet::<T>::account_id(), GPU_TIME)?;
		let before = book_of::<T>(&who, order.class)?;
		#[block]
		{
			Pallet::<T>::closed(&order, GPU_TIME, GPU_TIME);
		}
		let book = book_of::<T>(&who, order.class)?;
		assert!(book.offered == 0 && book.obligations < before.obligations);
		assert!(0 < book.collateral && book.collateral < before.collateral);
		Ok(())
	}

	#[benchmark]
	fn attestable(n: Linear<1, { T::MaxNodes::get() }>) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (_, id) = serving::<T>(class, 1)?;
		let node = Nodes::<T>::get(id).ok_or(BenchmarkError::Stop("no node"))?;
		fill_attestable::<T>(n, Some(id));
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

	/// A verdict so late that the node earns by it and yet no longer counts: what either of the two changes. So many
	/// accelerators go that the market's breaker trips.
	#[benchmark]
	fn attested() -> Result<(), BenchmarkError> {
		let (who, node, class) = owing::<T>(2)?;
		edit_book::<T>(&who, class, |book| book.allowance = 0);
		set_period::<T>(100);
		let before = book_of::<T>(&who, class)?.attested_gpus;
		#[block]
		{
			Pallet::<T>::attested(node, 50, Verdict::Served);
		}
		let book = book_of::<T>(&who, class)?;
		assert!(book.allowance > 0 && book.attested_gpus < before);
		Ok(())
	}

	/// All accelerators of those asked are occupied. The last of them has as many nodes as a provider may, the others
	/// share the rest, so that the bound on nodes ends no draw.
	#[benchmark]
	fn draw(
		p: Linear<{ policy::MAX_ASKED.min(T::MaxProvidersPerClass::get()) }, { T::MaxProvidersPerClass::get() }>,
		n: Linear<0, { policy::most_looked_at(T::MaxNodesPerProvider::get()) }>,
	) -> Result<(), BenchmarkError> {
		let class = new_class::<T>()?;
		let (_, id) = serving::<T>(class, 1)?;
		let mut node = Nodes::<T>::get(id).ok_or(BenchmarkError::Stop("no node"))?;
		node.occupied = node.gpus;
		fill_providers::<T>(class, p, None);
		for provider in ProvidersOf::<T>::get(class) {
			let book = Book {
				attested_gpus: node.gpus,
				obligations: GPU_TIME,
				..Default::default()
			};
			Books::<T>::insert(&provider, class, book);
			Providers::<T>::insert(&provider, Provider::<T>::default());
		}
		let demand = Demand {
			class,
			gpus: 1,
			gpu_time: GPU_TIME,
		};
		let seed = H256::repeat_byte(7);
		let ask = |may_take: &mut dyn FnMut(&T::AccountId) -> bool| {
			<Pallet<T> as Capacity<T::AccountId>>::draw(&demand, seed, may_take)
		};
		let mut order = Vec::new();
		let refused = ask(&mut |provider| {
			order.push(provider.clone());
			false
		});
		assert_eq!(refused, None);
		let most = T::MaxNodesPerProvider::get();
		let (last, others) = (n.min(most), (order.len() as u32).saturating_sub(1));
		let mut ids = 1_000_000..;
		for (index, provider) in (0..).zip(&order) {
			let many = if index == others {
				last
			} else {
				// These sum to what the last one leaves.
				((n - last + index) / others).min(most)
			};
			let nodes: Vec<NodeId> = ids.by_ref().take(many as usize).collect();
			nodes.iter().for_each(|id| Nodes::<T>::insert(id, node.clone()));
			let nodes = BoundedVec::truncate_from(nodes);
			Providers::<T>::insert(provider, Provider { nodes });
		}
		let mut asked = 0;
		let drawn;
		#[block]
		{
			drawn = ask(&mut |_| {
				asked += 1;
				true
			});
		}
		assert_eq!((drawn, asked), (None, p.min(policy::MAX_ASKED)));
		Ok(())
	}

	#[benchmark]
	fn occupy() -> Result<(), BenchmarkError> {
		let (provider, node, class) = owing::<T>(2)?;
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
		let (who, _, class) = owing_beyond::<T>(2)?;
		let released;
		#[block]
		{
			released = Pallet::<T>::deliver(&who, class, &who, GPU_TIME)?;
		}
		assert!(released > 0);
		Ok(())
	}

	#[benchmark]
	fn close_class() -> Result<(), BenchmarkError> {
		let (_, _, class) = owing::<T>(2)?;
		let origin = T::ClassOrigin::try_successful_origin().map_err(|_| BenchmarkError::Weightless)?;
		#[extrinsic_call]
		_(origin as T::RuntimeOrigin, class);
		assert!(crate::Classes::<T>::get(class).is_some_and(|class| class.is_closing()));
		Ok(())
	}

	#[benchmark]
	fn wind_up() -> Result<(), BenchmarkError> {
		let (who, _, class) = owing_beyond::<T>(2)?;
		end::<T>(class)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), who.clone(), class);
		assert!(Books::<T>::get(who, class).is_some_and(|book| book.unassigned() == 0));
		assert!(Shortfalls::<T>::get(class) > 0);
		Ok(())
	}

	#[benchmark]
	fn withdraw_recovered() -> Result<(), BenchmarkError> {
		let class = recovered::<T>()?;
		let recovery = Pallet::<T>::recovery_account(class);
		T::BenchmarkHelper::mint_shares(class, &recovery, 1_000);
		T::Claims::mint_into(class, &recovery, GPU_TIME)?;
		#[extrinsic_call]
		_(RawOrigin::Signed(account("caller", 0, 0)), class);
		assert_eq!(RecoveredShares::<T>::get(class), 0);
		assert_eq!(Shortfalls::<T>::get(class), 0);
		Ok(())
	}

	#[benchmark]
	fn redeem_claims() -> Result<(), BenchmarkError> {
		let class = recovered::<T>()?;
		let recovery = Pallet::<T>::recovery_account(class);
		let who: T::AccountId = account("holder", 0, 0);
		T::Currency::mint_into(&who, QRN)?;
		T::Currency::mint_into(&recovery, 1_000 * QRN)?;
		T::Claims::mint_into(class, &who, GPU_TIME)?;
		T::Claims::mint_into(class, &recovery, GPU_TIME)?;
		T::BenchmarkHelper::mint_shares(class, &recovery, 1_000);
		// All that exists is owed by nobody in particular.
		Shortfalls::<T>::insert(class, T::Claims::total_issuance(class));
		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), class, GPU_TIME, 1);
		assert_eq!(RecoveredShares::<T>::get(class), 0);
		assert_eq!(T::Claims::balance(class, &who), 0);
		Ok(())
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::ExtBuilder::default().build(), crate::mock::Test);
}
