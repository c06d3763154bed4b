//! Liquidity that other pallets add and hold.

use super::*;

const SHARES: Balance = 1_000_000_000_000;

fn request(min_shares: Balance, deadline: BlockNumber) -> NewLiquidity<AccountId> {
	NewLiquidity {
		class: CPU,
		who: BOB,
		max_tokens: TOKENS,
		max_gpu_time: CLAIMS / 10,
		min_shares,
		deadline,
		reference: 7,
	}
}

fn settled() -> Vec<(ClassId, u64, LiquidityOutcome)> {
	LiquidityNews::take()
}

#[test]
fn added_liquidity_is_told_and_its_shares_are_free() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(<ComputeAmm as Liquidity<_>>::add(request(SHARES / 10, 100)));
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH - TOKENS, TIME - CLAIMS / 10));
		assert_eq!(settled(), vec![]);
		next_block();
		assert_eq!(PoolShares::balance(CPU, &BOB), SHARES / 10);
		assert_eq!(Locks::<Test>::get(CPU, BOB), None);
		let outcome = LiquidityOutcome {
			shares: SHARES / 10,
			tokens_returned: TOKENS / 10 * 9,
			gpu_time_returned: 0,
		};
		assert_eq!(settled(), vec![(CPU, 7, outcome)]);
		assert_eq!(tokens(&BOB), WEALTH - TOKENS / 10);
	});
}

#[test]
fn refused_liquidity_is_told_and_comes_back() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(<ComputeAmm as Liquidity<_>>::add(request(SHARES / 10 + 1, 100)));
		assert_ok!(<ComputeAmm as Liquidity<_>>::add(NewLiquidity {
			reference: 8,
			..request(0, 2)
		}));
		System::set_block_number(2);
		next_block();
		let outcome = LiquidityOutcome {
			shares: 0,
			tokens_returned: TOKENS,
			gpu_time_returned: CLAIMS / 10,
		};
		// One for its minimum, one for its deadline.
		assert_eq!(settled(), vec![(CPU, 7, outcome), (CPU, 8, outcome)]);
		assert_eq!((tokens(&BOB), claims(&BOB)), (WEALTH, TIME));
		assert_eq!(PoolShares::balance(CPU, &BOB), 0);
	});
}

#[test]
fn a_persons_own_request_is_nobody_elses_news() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ComputeAmm::add_liquidity(signed(BOB), CPU, TOKENS, CLAIMS, 0, 100));
		next_block();
		assert_eq!(settled(), vec![]);
	});
}

#[test]
fn refuses_what_cannot_be_taken_and_leaves_no_trace() {
	ExtBuilder::default().build_and_execute(|| {
		let too_much = NewLiquidity {
			max_tokens: 2 * WEALTH,
			..request(0, 100)
		};
		assert!(<ComputeAmm as Liquidity<_>>::add(too_much).is_err());
		assert!(listed().is_empty());
		assert_noop!(<ComputeAmm as Liquidity<_>>::add(request(0, 1)), Error::<Test>::TooLate);
	});
}

#[test]
fn shares_that_are_given_are_locked_as_if_just_added() {
	ExtBuilder::default().build_and_execute(|| {
		let give = |shares| <ComputeAmm as Liquidity<_>>::give_locked(CPU, &ALICE, &BOB, shares);
		events();
		assert_ok!(give(1_000));
		assert_eq!(
			events(),
			vec![Event::SharesLocked {
				class: CPU,
				who: BOB,
				shares: 1_000,
				locked_until: 101
			}]
		);
		skip_blocks(50);
		assert_ok!(give(500));
		let lock = Locks::<Test>::get(CPU, BOB);
		assert_eq!(
			lock,
			Some(Lock {
				shares: 1_500,
				until: 151
			})
		);
		assert_noop!(ComputeAmm::unlock_shares(signed(BOB), CPU), Error::<Test>::TooEarly);
		skip_blocks(100);
		assert_ok!(ComputeAmm::unlock_shares(signed(BOB), CPU));
		assert_eq!(PoolShares::balance(CPU, &BOB), 1_500);
		assert_noop!(give(0), Error::<Test>::TooSmall);
		assert!(give(2 * SHARES).is_err());
		assert_noop!(
			<ComputeAmm as Liquidity<_>>::give_locked(H100, &ALICE, &BOB, 1),
			Error::<Test>::NoPool
		);
	});
}
