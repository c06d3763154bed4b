//! Benchmarks of every call and of clearing.
//!
//! Books are written to storage as the calls would leave them, so that thousands of orders are set up in a moment.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::{
	fungible::{Inspect as _, Mutate as _},
	fungibles::{Inspect as _, Mutate as _},
	tokens::Preservation::Expendable,
	Get,
};
use frame_system::RawOrigin;
use polkadot_sdk::frame_benchmarking::v2::*;
use quern_primitives::{ports::Recovery as _, units::QRN, Balance, BlockNumber, GpuTime, OrderId, Purpose, Side};

const CLASS: u32 = 0;
const TOKENS: Balance = 1_000_000 * QRN;
const CLAIMS: GpuTime = 1_000_000_000_000;
/// The block in which orders were placed.
const PLACED: BlockNumber = 1;

fn with_tokens<T: Config>(name: &'static str, index: u32) -> T::AccountId {
	let who: T::AccountId = account(name, index, 0);
	T::Currency::set_balance(&who, T::Currency::minimum_balance() + QRN);
	who
}

/// The caller, with tokens and claims.
fn trader<T: Config>() -> T::AccountId {
	let who: T::AccountId = whitelisted_caller();
	T::Currency::set_balance(&who, 10 * TOKENS);
	T::BenchmarkHelper::give_claims(CLASS, &who, 10 * CLAIMS);
	who
}

fn with_pool<T: Config>() -> T::AccountId {
	frame_system::Pallet::<T>::set_block_number(PLACED.into());
	let who: T::AccountId = account("owner", 0, 0);
	T::Currency::set_balance(&who, 10 * TOKENS);
	T::BenchmarkHelper::give_claims(CLASS, &who, 10 * CLAIMS);
	Pallet::<T>::do_create_pool(&who, CLASS, TOKENS, CLAIMS).expect("a pool");
	// As in a market in use, its account has claims already.
	T::BenchmarkHelper::give_claims(CLASS, &Pallet::<T>::account(), 1);
	who
}

fn size<T: Config>() -> GpuTime {
	T::MinOrder::get().max(10_000)
}

/// What `size` claims cost at spot.
fn worth<T: Config>() -> Balance {
	TOKENS / CLAIMS * size::<T>()
}

/// The `index`th order, which fills, or waits for another price. Payer and recipient are its own: the payer has
/// tokens, the recipient does not exist, but for a sale's, whose few tokens could not create it.
fn an_order<T: Config>(index: u32, side: Side, fills: bool, blocks: BlockNumber) -> Order<T::AccountId> {
	let (payer, recipient) = (
		with_tokens::<T>("payer", index),
		account::<T::AccountId>("recipient", index, 0),
	);
	// Neighbours differ, so that sorting has something to do.
	let step = worth::<T>() / 1_000_000 * Balance::from(index.wrapping_mul(7_919) % 10_007);
	let limit = match (side, fills) {
		(Side::Buy, true) => 2 * worth::<T>() + step,
		(Side::Buy, false) => worth::<T>() * 7 / 10 + step,
		(Side::Sell, true) => worth::<T>() / 2 + step,
		(Side::Sell, false) => worth::<T>() * 14 / 10 + step,
	};
	if side == Side::Sell && fills {
		with_tokens::<T>("recipient", index);
	}
	Order {
		id: order_id(PLACED, index),
		side,
		gpu_time: size::<T>(),
		limit,
		filled: 0,
		tokens: 0,
		payer,
		recipient,
		purpose: Purpose::Trade,
		expires_at: PLACED + blocks,
		pace: None,
	}
}

/// Puts orders into the books as if they had been placed, sides in turn as long as there are of both: half of
/// those that wait have waited already.
fn put<T: Config>(buys: u32, sells: u32, waiting: u32) {
	let market = Pallet::<T>::account();
	let mut orders: Vec<_> = (0..waiting)
		.map(|index| {
			let side = if index % 2 == 0 { Side::Buy } else { Side::Sell };
			an_order::<T>(index, side, false, policy::MAX_ORDER_BLOCKS)
		})
		.collect();
	let resting = orders.split_off(orders.len() / 2);
	let filling = buys + sells;
	orders.extend((0..filling).map(|index| {
		let in_turn = if index % 2 == 0 { Side::Buy } else { Side::Sell };
		let side = match index / 2 {
			pair if pair < buys.min(sells) => in_turn,
			_ if buys > sells => Side::Buy,
			_ => Side::Sell,
		};
		an_order::<T>(waiting + index, side, true, 0)
	}));
	let (mut tokens, mut claims) = (0, 0);
	for order in orders.iter().chain(&resting) {
		match order.side {
			Side::Buy => tokens += order.escrowed(),
			Side::Sell => claims += order.escrowed(),
		}
	}
	T::Currency::set_balance(&market, T::Currency::balance(&market) + tokens);
	if claims > 0 {
		T::BenchmarkHelper::give_claims(CLASS, &market, claims);
	}
	if !resting.is_empty() {
		Book::<T>::insert(CLASS, BoundedVec::try_from(resting).expect("fits"));
	}
	if !orders.is_empty() {
		Incoming::<T>::insert(CLASS, BoundedVec::try_from(orders).expect("fits"));
	}
	Active::<T>::mutate(|listed| {
		let mine = Pallet::<T>::entry(listed, CLASS).expect("a place");
		listed[mine].others = filling + waiting;
		(listed[mine].arrived_at, listed[mine].arrived) = (PLACED, filling + waiting);
	});
}

/// Places that anybody may take.
fn places<T: Config>() -> u32 {
	T::MaxOrdersPerBatch::get() - policy::job_places(T::MaxOrdersPerBatch::get())
}

fn next_block<T: Config>() -> BlockNumber {
	let next = Pallet::<T>::now() + 1;
	frame_system::Pallet::<T>::set_block_number(next.into());
	next
}

fn last_order<T: Config>() -> OrderId {
	Incoming::<T>::get(CLASS).last().expect("an order").id
}

/// Queues liquidity requests that alternately add and remove.
fn request<T: Config>(owner: &T::AccountId, count: u32) {
	let deadline = Pallet::<T>::now() + 1;
	for index in 0..count {
		let who = with_tokens::<T>("lp", index);
		if index % 2 == 0 {
			T::Currency::set_balance(&who, TOKENS);
			T::BenchmarkHelper::give_claims(CLASS, &who, CLAIMS);
			let origin = RawOrigin::Signed(who).into();
			Pallet::<T>::add_liquidity(origin, CLASS, QRN, CLAIMS / 1_000, 0, deadline).expect("a request");
		} else {
			T::Shares::transfer(CLASS, owner, &who, 1_000_000, Expendable).expect("shares");
			let origin = RawOrigin::Signed(who).into();
			Pallet::<T>::remove_liquidity(origin, CLASS, 1_000_000, 0, 0, deadline).expect("a request");
		}
	}
}

/// So many orders wait, and so many buys, placed after those, have given their recipients what they are for.
fn assert_cleared<T: Config>(buys: u32, waiting: u32) {
	assert_eq!(Pallet::<T>::waiting(CLASS).len() as u32, waiting);
	assert!(!Incoming::<T>::contains_key(CLASS));
	let got = (waiting..T::MaxOrdersPerBatch::get()).filter(|index| {
		let recipient: T::AccountId = account("recipient", *index, 0);
		T::Claims::balance(CLASS, &recipient) == size::<T>()
	});
	assert_eq!(got.count() as u32, buys);
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// There is a place, and other orders wait: a buy or, with `s` one, a sale. No block begins with new orders of
	/// an earlier one, so that the first of a block appends to next to nothing, and those after it in memory.
	#[benchmark]
	fn place_order(s: Linear<0, 1>) {
		with_pool::<T>();
		put::<T>(0, 0, 2);
		let who = trader::<T>();
		let before = Incoming::<T>::decode_len(CLASS);
		let (side, limit) = if s == 0 {
			(Side::Buy, 2 * worth::<T>())
		} else {
			(Side::Sell, worth::<T>() / 2)
		};

		#[extrinsic_call]
		_(
			RawOrigin::Signed(who),
			CLASS,
			side,
			size::<T>(),
			limit,
			None,
			Some(account("another", 0, 0)),
		);

		assert_eq!(Incoming::<T>::decode_len(CLASS), before.map(|orders| orders + 1));
	}

	/// The books are full of orders of alternating sides and limits, farther from spot: in jobs' places too, which
	/// are read like the others.
	#[benchmark]
	fn place_order_evicting() {
		let full = T::MaxOrdersPerBatch::get();
		with_pool::<T>();
		put::<T>(0, 0, full);
		let who = trader::<T>();

		#[extrinsic_call]
		place_order(
			RawOrigin::Signed(who),
			CLASS,
			Side::Sell,
			size::<T>(),
			worth::<T>() / 2,
			None,
			Some(account("another", 0, 0)),
		);

		let waiting = Pallet::<T>::waiting(CLASS);
		assert_eq!(waiting.len() as u32, full);
		assert_eq!(last_order::<T>(), order_id(PLACED, full));
	}

	/// The last of the orders that have rested.
	#[benchmark]
	fn cancel_order(n: Linear<1, { places::<T>() }>) {
		with_pool::<T>();
		put::<T>(0, 0, n);
		next_block::<T>();
		// The caller's own, and new to no one.
		let who = trader::<T>();
		let id = Incoming::<T>::mutate(CLASS, |orders| {
			orders.last_mut().map(|order| {
				order.payer = who.clone();
				order.id
			})
		});
		let id = id.unwrap_or_else(|| {
			Book::<T>::mutate(CLASS, |orders| {
				let order = orders.last_mut().expect("an order");
				order.payer = who.clone();
				order.id
			})
		});

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, id);

		assert_eq!(Pallet::<T>::waiting(CLASS).len() as u32, n - 1);
	}

	#[benchmark]
	fn create_pool() {
		let who = trader::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, TOKENS, CLAIMS);

		assert!(Pools::<T>::contains_key(CLASS));
	}

	#[benchmark]
	fn add_liquidity() {
		let owner = with_pool::<T>();
		let others = <policy::MaxLiquidityRequests as Get<u32>>::get() - 2;
		request::<T>(&owner, others);
		let who = trader::<T>();
		let deadline = Pallet::<T>::now() + 1;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, TOKENS, CLAIMS, 0, deadline);

		assert_eq!(LiquidityQueue::<T>::decode_len(CLASS), Some(others as usize + 1));
	}

	#[benchmark]
	fn remove_liquidity() {
		let owner = with_pool::<T>();
		let others = <policy::MaxLiquidityRequests as Get<u32>>::get() - 1;
		request::<T>(&owner, others);
		let who = trader::<T>();
		T::Shares::transfer(CLASS, &owner, &who, 1_000_000, Expendable).expect("shares");
		let deadline = Pallet::<T>::now() + 1;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, 1_000_000, 0, 0, deadline);

		assert_eq!(LiquidityQueue::<T>::decode_len(CLASS), Some(others as usize + 1));
	}

	#[benchmark]
	fn unlock_shares() {
		let owner = with_pool::<T>();
		let who = trader::<T>();
		let shares = 1_000_000;
		T::Shares::transfer(CLASS, &owner, &Pallet::<T>::account(), shares, Expendable).expect("shares");
		let until = Pallet::<T>::now();
		Locks::<T>::insert(CLASS, &who, Lock { shares, until });

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS);

		assert_eq!(Locks::<T>::get(CLASS, &who), None);
	}

	#[benchmark]
	fn collect() {
		let owner = with_pool::<T>();
		let who = trader::<T>();
		let amount = QRN;
		T::Currency::transfer(&owner, &Pallet::<T>::account(), amount, Expendable).expect("tokens");
		let owed: T::AccountId = account("owed", 0, 0);
		Owed::<T>::insert(&owed, amount);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), owed.clone());

		assert_eq!(Owed::<T>::get(&owed), 0);
	}

	#[benchmark]
	fn clear_none() {
		let now = Pallet::<T>::now();
		#[block]
		{
			Pallet::<T>::clear_all(now);
		}
	}

	/// A buy and a sale fill, and what is once for a class has all to do: half of the LPs' fee goes to a shortfall.
	#[benchmark]
	fn clear_class() {
		with_pool::<T>();
		T::BenchmarkHelper::make_short(CLASS);
		put::<T>(1, 1, 0);
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert_cleared::<T>(1, 0);
		assert!(T::Recovery::is_short(CLASS));
	}

	/// Buys fill, each with a payer and a recipient of its own: a fill touches its recipient's claims and account
	/// and its payer's account.
	#[benchmark]
	fn clear_buys(b: Linear<1, { places::<T>() }>) {
		with_pool::<T>();
		put::<T>(b, 0, 0);
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert_cleared::<T>(b, 0);
	}

	/// Sales fill, each with a recipient of its own, whose account a fill touches.
	#[benchmark]
	fn clear_sells(s: Linear<1, { places::<T>() }>) {
		with_pool::<T>();
		put::<T>(0, s, 0);
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert_cleared::<T>(0, 0);
	}

	/// Orders of alternating sides and limits wait for another price and stay.
	#[benchmark]
	fn clear_waiting(w: Linear<2, { T::MaxOrdersPerBatch::get() }>) {
		with_pool::<T>();
		put::<T>(0, 0, w);
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert_cleared::<T>(0, w);
	}

	/// Requests alternately add and remove.
	#[benchmark]
	fn clear_requests(m: Linear<1, { <policy::MaxLiquidityRequests as Get<u32>>::get() }>) {
		let owner = with_pool::<T>();
		request::<T>(&owner, m);
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert!(!LiquidityQueue::<T>::contains_key(CLASS));
	}

	/// All at once: both books full of alternating sides and limits, of which all fill that may but those in
	/// jobs' places, and a full queue. No weight of its own: `scripts/weights.sh --compare` shows that the sum of the
	/// others is not below it.
	#[benchmark(extra)]
	fn clear_full() {
		let owner = with_pool::<T>();
		let (fill, wait) = (places::<T>() / 2, policy::job_places(T::MaxOrdersPerBatch::get()));
		put::<T>(fill, fill, wait);
		request::<T>(&owner, <policy::MaxLiquidityRequests as Get<u32>>::get());
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert_cleared::<T>(fill, wait);
		assert!(!LiquidityQueue::<T>::contains_key(CLASS));
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().without_pool().build(),
		crate::mock::Test
	);
}
