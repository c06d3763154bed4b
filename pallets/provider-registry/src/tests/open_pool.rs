use super::*;
use crate::Classes;
use polkadot_sdk::{
	frame_support::traits::{fungible::Mutate, tokens::Preservation::Preserve},
	sp_runtime::traits::Dispatchable,
};
use quern_primitives::Balance;

const TOKENS: Balance = OPENING_PRICE as Balance * 5 * MINUTE;

#[test]
fn the_treasury_buys_the_claims_and_matches_them_with_tokens() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_ok!(ProviderRegistry::open_pool(signed(&ALICE), CPU, 5 * MINUTE));
		assert_eq!(MarketPools::get(), vec![(CPU, TREASURY, TOKENS, 5 * MINUTE)]);
		assert_eq!((free(&TREASURY), claims(CPU, &TREASURY)), (WEALTH - 2 * TOKENS, 0));
		assert_eq!((free(&MARKET), claims(CPU, &MARKET)), (ED + TOKENS, 5 * MINUTE));
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH, TOKENS));
		let expected = Book {
			gpus: 1,
			active_gpus: 1,
			attested_gpus: 1,
			attested_nodes: 1,
			backing: FLAT_BOND,
			absence: book(&ALICE, CPU).absence,
			allowance: 10 * MINUTE,
			obligations: 5 * MINUTE,
			proceeds: TOKENS,
			..Default::default()
		};
		assert_eq!(book(&ALICE, CPU), expected);
		assert_eq!(issued(CPU), 5 * MINUTE);
		assert_eq!(Classes::<Test>::get(CPU).expect("a class").opening, None);
		let event = Event::PoolOpened {
			class: CPU,
			provider: ALICE,
			tokens: TOKENS,
			gpu_time: 5 * MINUTE,
		};
		assert!(told(event));
		assert_noop!(
			ProviderRegistry::open_pool(signed(&ALICE), CPU, MINUTE),
			Error::<Test>::PoolExists
		);
	});
}

#[test]
fn refuses_beyond_the_terms() {
	ExtBuilder::default()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, H100, 1)
		.build_and_execute(|| {
			let open = |who, class, gpu_time| ProviderRegistry::open_pool(signed(&who), class, gpu_time);
			assert_noop!(open(ALICE, CPU, OPENING_GPU_TIME + 1), Error::<Test>::OpeningExceeded);
			assert_noop!(open(ALICE, CPU, 0), Error::<Test>::ZeroAmount);
			assert_noop!(open(ALICE, 9, 1), Error::<Test>::ClassNotFound);
			assert_noop!(open(BOB, H100, 1), Error::<Test>::NoOpening);
			assert_noop!(open(BOB, CPU, 1), Error::<Test>::BookNotFound);
			assert_noop!(open(CLIENT, CPU, 1), Error::<Test>::ProviderNotFound);
			to_period(30);
			assert_noop!(open(ALICE, CPU, 1), Error::<Test>::AllowanceExceeded);
		});
}

#[test]
fn refuses_what_is_worth_less_than_a_planck() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		let opening = Opening {
			price: FixedU128::from_rational(1, 10),
			max_gpu_time: 100,
		};
		assert_ok!(ProviderRegistry::set_opening(RuntimeOrigin::root(), CPU, Some(opening)));
		assert_noop!(
			ProviderRegistry::open_pool(signed(&ALICE), CPU, 9),
			Error::<Test>::ZeroAmount
		);
		assert_ok!(ProviderRegistry::open_pool(signed(&ALICE), CPU, 19));
		assert_eq!((held(&ALICE), free(&TREASURY)), (1, WEALTH - 2));
	});
}

#[test]
fn nothing_moves_when_the_treasury_cannot_match() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		// Enough to buy the claims, not to match them.
		let spend = WEALTH - TOKENS - 10 * ED;
		assert_ok!(<Balances as Mutate<_>>::transfer(&TREASURY, &BOB, spend, Preserve));
		let call = RuntimeCall::ProviderRegistry(crate::Call::open_pool {
			class: CPU,
			gpu_time: 5 * MINUTE,
		});
		assert!(call.dispatch(signed(&ALICE)).is_err());
		assert_eq!((issued(CPU), held(&ALICE), free(&TREASURY)), (0, 0, TOKENS + 10 * ED));
		assert!(Classes::<Test>::get(CPU).expect("a class").opening.is_some());
	});
}
