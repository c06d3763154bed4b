use super::*;
use polkadot_sdk::frame_support::traits::fungibles::Inspect as _;

#[test]
fn takes_the_reserves_and_gives_the_shares() {
	ExtBuilder::default().without_pool().build_and_execute(|| {
		events();
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), CPU, TOKENS, CLAIMS));
		// √(10^15 · 10^9) = 10^12.
		let shares = 1_000_000_000_000;
		// One deposit for the pool's account, one for the market's.
		assert_eq!(tokens(&ALICE), WEALTH - TOKENS - 2 * ED);
		assert_eq!(claims(&ALICE), TIME - CLAIMS);
		assert_eq!(PoolShares::balance(CPU, &ALICE), shares - 1_000);
		assert_eq!(PoolShares::balance(CPU, ComputeAmm::pool_account(CPU)), 1_000);
		assert_eq!(PoolShares::total_issuance(CPU), shares);
		assert_eq!(tokens(&ComputeAmm::pool_account(CPU)), TOKENS + ED);
		assert_eq!(claims(&ComputeAmm::pool_account(CPU)), CLAIMS);
		assert_eq!((pool().reserve_tokens, pool().reserve_claims), (TOKENS, CLAIMS));
		assert_eq!(
			events(),
			vec![Event::PoolCreated {
				class: CPU,
				who: ALICE,
				tokens: TOKENS,
				gpu_time: CLAIMS,
				shares
			}]
		);

		assert_ok!(<ComputeAmm as Market<_>>::create_pool(&BOB, H100, TOKENS, CLAIMS));
		assert_eq!(tokens(&BOB), WEALTH - TOKENS - ED);
		assert!(<ComputeAmm as Market<_>>::has_pool(H100));
		assert_eq!(<ComputeAmm as Market<_>>::reserve_claims(H100), CLAIMS);
	});
}

#[test]
fn every_account_of_the_market_is_its_own() {
	ExtBuilder::default().without_pool().build_and_execute(|| {
		let accounts = [
			ComputeAmm::account(),
			ComputeAmm::pool_account(0),
			ComputeAmm::pool_account(1),
		];
		let distinct: std::collections::BTreeSet<_> = accounts.iter().collect();
		assert_eq!(distinct.len(), 3);
	});
}

#[test]
fn refuses_a_second_pool_of_a_class_and_one_too_many() {
	ExtBuilder::default().build_and_execute(|| {
		let create = |class| ComputeAmm::create_pool(signed(BOB), class, TOKENS, CLAIMS);
		assert_noop!(create(CPU), Error::<Test>::PoolExists);
		assert_ok!(create(H100));
		assert_noop!(create(2), Error::<Test>::TooManyPools);
	});
}

#[test]
fn refuses_reserves_too_small_too_large_or_not_there() {
	ExtBuilder::default().without_pool().build_and_execute(|| {
		let create = |tokens, claims| ComputeAmm::create_pool(signed(BOB), CPU, tokens, claims);
		assert_noop!(create(0, CLAIMS), Error::<Test>::TooSmall);
		assert_noop!(create(TOKENS, 0), Error::<Test>::TooSmall);
		assert_noop!(create(1_000, 1_000), Error::<Test>::TooSmall);
		assert_noop!(create(u128::MAX, CLAIMS), Error::<Test>::TooLarge);
		assert!(create(WEALTH, CLAIMS).is_err());
		assert!(create(TOKENS, TIME + 1).is_err());
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert!(ComputeAmm::create_pool(signed(BOB), 77, TOKENS, CLAIMS).is_err());
	});
}
