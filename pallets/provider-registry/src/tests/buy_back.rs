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
