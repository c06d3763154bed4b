//! Benchmarks of every call and of clearing.

use crate::*;
use alloc::vec::Vec;
use frame_support::traits::{
	fungible::Mutate as _,
	fungibles::{Inspect as _, Mutate as _},
	tokens::Preservation::Expendable,
	Get,
};
use frame_system::RawOrigin;
use polkadot_sdk::frame_benchmarking::v2::*;
use quern_primitives::{units::QRN, Balance, BlockNumber, GpuTime, Side};

const CLASS: u32 = 0;
const TOKENS: Balance = 1_000_000 * QRN;
const CLAIMS: GpuTime = 1_000_000_000;

/// An account with tokens and claims.
fn trader<T: Config>(index: u32) -> T::AccountId {
	let who: T::AccountId = account("trader", index, 0);
	T::Currency::set_balance(&who, 10 * TOKENS);
	T::BenchmarkHelper::give_claims(CLASS, &who, 10 * CLAIMS);
	who
}

fn with_pool<T: Config>() -> T::AccountId {
	let who = trader::<T>(u32::MAX);
	Pallet::<T>::do_create_pool(&who, CLASS, TOKENS, CLAIMS).expect("a pool");
	who
}

fn size<T: Config>() -> GpuTime {
	T::MinOrder::get().max(1_000)
}

/// What `size` claims cost at spot.
fn worth<T: Config>() -> Balance {
	TOKENS / CLAIMS * size::<T>()
}

/// Places a buy of half a claim's price above, or so far below, spot that it does not fill.
fn place<T: Config>(index: u32, fills: bool, blocks: BlockNumber) {
	let limit = if fills { 2 * worth::<T>() } else { worth::<T>() * 7 / 10 };
	let origin = RawOrigin::Signed(trader::<T>(index)).into();
	Pallet::<T>::place_order(origin, CLASS, Side::Buy, size::<T>(), limit, Some(blocks)).expect("an order");
}

fn next_block<T: Config>() -> BlockNumber {
	let next = Pallet::<T>::now() + 1;
	frame_system::Pallet::<T>::set_block_number(next.into());
	next
}

#[benchmarks]
mod benchmarks {
	use super::*;

	/// The book is full of orders farther from spot.
	#[benchmark]
	fn place_order(b: Linear<0, { policy::MAX_ORDER_BLOCKS }>) {
		with_pool::<T>();
		let places = T::MaxOrdersPerBatch::get();
		for index in 0..places - policy::job_places(places) {
			place::<T>(index, false, 10);
		}
		let who = trader::<T>(places);
		let before = NextOrderId::<T>::get();

		#[extrinsic_call]
		_(
			RawOrigin::Signed(who),
			CLASS,
			Side::Buy,
			size::<T>(),
			2 * worth::<T>(),
			Some(b),
		);

		assert_eq!(NextOrderId::<T>::get(), before + 1);
	}

	#[benchmark]
	fn cancel_order() {
		with_pool::<T>();
		let places = T::MaxOrdersPerBatch::get();
		let last = places - policy::job_places(places) - 1;
		for index in 0..=last {
			place::<T>(index, false, 10);
		}
		next_block::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(account("trader", last, 0)), CLASS, u64::from(last));

		assert_eq!(Book::<T>::decode_len(CLASS), Some(last as usize));
	}

	#[benchmark]
	fn create_pool() {
		let who = trader::<T>(0);

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, TOKENS, CLAIMS);

		assert!(Pools::<T>::contains_key(CLASS));
	}

	#[benchmark]
	fn add_liquidity() {
		with_pool::<T>();
		let who = trader::<T>(0);
		let deadline = Pallet::<T>::now() + 1;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, TOKENS, CLAIMS, 0, deadline);

		assert_eq!(LiquidityQueue::<T>::decode_len(CLASS), Some(1));
	}

	#[benchmark]
	fn remove_liquidity() {
		let who = with_pool::<T>();
		let deadline = Pallet::<T>::now() + 1;

		#[extrinsic_call]
		_(RawOrigin::Signed(who), CLASS, 1_000_000, 0, 0, deadline);

		assert_eq!(LiquidityQueue::<T>::decode_len(CLASS), Some(1));
	}

	#[benchmark]
	fn unlock_shares() {
		let who = with_pool::<T>();
		let shares = 1_000_000;
		T::Shares::transfer(CLASS, &who, &Pallet::<T>::account(), shares, Expendable).expect("shares");
		Locks::<T>::insert(
			CLASS,
			&who,
			Lock {
				shares,
				until: Pallet::<T>::now(),
			},
		);

		#[extrinsic_call]
		_(RawOrigin::Signed(who.clone()), CLASS);

		assert_eq!(Locks::<T>::get(CLASS, &who), None);
	}

	#[benchmark]
	fn collect() {
		let who = with_pool::<T>();
		let amount = QRN;
		T::Currency::transfer(&who, &Pallet::<T>::account(), amount, Expendable).expect("tokens");
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

	/// Every order fills; every request adds.
	#[benchmark]
	fn clear(
		n: Linear<0, { T::MaxOrdersPerBatch::get() - policy::job_places(T::MaxOrdersPerBatch::get()) }>,
		m: Linear<0, 16>,
	) {
		let lp = with_pool::<T>();
		let places = T::MaxOrdersPerBatch::get();
		for index in 0..n {
			place::<T>(index, true, 0);
		}
		let lps: Vec<T::AccountId> = (0..m).map(|index| trader::<T>(places + index)).collect();
		for who in &lps {
			let deadline = Pallet::<T>::now() + 1;
			let origin = RawOrigin::Signed(who.clone()).into();
			Pallet::<T>::add_liquidity(origin, CLASS, QRN, CLAIMS / 1_000, 0, deadline).expect("a request");
		}
		let now = next_block::<T>();

		#[block]
		{
			Pallet::<T>::clear_all(now);
		}

		assert!(Active::<T>::get().is_empty());
		assert!(T::Shares::balance(CLASS, &lp) > 0);
	}

	impl_benchmark_test_suite!(
		Pallet,
		crate::mock::ExtBuilder::default().without_pool().build(),
		crate::mock::Test
	);
}
