use super::*;
use polkadot_sdk::sp_runtime::TokenError;
use quern_primitives::{ports::Placement, units::QRN, Demand};

fn sold() -> ExtBuilder {
	ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 1)
}

#[test]
fn burns_own_claims_and_releases_their_share() {
	sold().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		give(CPU, &CLIENT, &ALICE, MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE));
		assert_eq!(
			(free(&ALICE), held(&ALICE), claims(CPU, &ALICE)),
			(WEALTH + QRN, 2 * QRN, 0)
		);
		assert_eq!((book(&ALICE, CPU).obligations, issued(CPU)), (2 * MINUTE, 2 * MINUTE));
		let (gpu_time, released) = (MINUTE, QRN);
		assert!(told(Event::BoughtBack {
			provider: ALICE,
			class: CPU,
			gpu_time,
			released
		}));
	});
}

#[test]
fn refuses_claims_that_the_provider_does_not_have() {
	sold().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		assert_noop!(
			ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE),
			TokenError::FundsUnavailable
		);
		assert_noop!(
			ProviderRegistry::buy_back(signed(&ALICE), CPU, 0),
			Error::<Test>::ZeroAmount
		);
		assert_noop!(
			ProviderRegistry::buy_back(signed(&CLIENT), CPU, MINUTE),
			Error::<Test>::BookNotFound
		);
	});
}

#[test]
fn refuses_what_is_offered_or_set_aside_for_jobs() {
	sold().build_and_execute(|| {
		sell(&ALICE, 3 * MINUTE, 3 * QRN);
		give(CPU, &CLIENT, &ALICE, 3 * MINUTE);
		let demand = Demand {
			class: CPU,
			gpus: 1,
			gpu_time: 2 * MINUTE,
		};
		assert_ok!(ProviderRegistry::occupy(
			&Placement {
				provider: ALICE,
				node: 0
			},
			&demand
		));
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 5 * MINUTE, 0));
		assert_noop!(
			ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE + 1),
			Error::<Test>::ObligationsExceeded
		);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE));
		// What waits in the market dilutes nobody's share.
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH + QRN, 2 * QRN));
	});
}

#[test]
fn orders_weigh_what_they_may_in_the_market() {
	use polkadot_sdk::frame_support::dispatch::GetDispatchInfo;
	// The pallet's own weights are nothing here; the mock's market says a million a batch.
	let weigh = |call: crate::Call<Test>| call.get_dispatch_info().call_weight.ref_time();
	let buy_back = crate::Call::buy_back_in_market {
		class: CPU,
		gpu_time: 1,
		max_cost: 1,
		blocks: 4,
	};
	assert_eq!(weigh(buy_back), 5_000_000);
	let offer = crate::Call::offer_capacity {
		class: CPU,
		gpu_time: 1,
		min_proceeds: 1,
	};
	assert_eq!(weigh(offer), 1_000_000);
	let liquidity = crate::Call::issue_liquidity {
		class: CPU,
		gpu_time: 1,
		tokens: 1,
		min_shares: 0,
	};
	assert_eq!(weigh(liquidity), 1_000_000);
}
