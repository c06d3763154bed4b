use super::*;
use crate::Providers;
use polkadot_sdk::{
	frame_support::traits::{fungible::Mutate, tokens::Preservation::Expendable},
	sp_runtime::TokenError,
};

#[test]
fn an_operator_becomes_a_provider_whose_account_stays_alive() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		assert!(Providers::<Test>::contains_key(ALICE));
		assert!(told(Event::ProviderRegistered { provider: ALICE }));
		assert_eq!(free(&ALICE), WEALTH);
		assert_noop!(
			<Balances as Mutate<_>>::transfer(&ALICE, &BOB, WEALTH, Expendable),
			TokenError::Frozen
		);
	});
}

#[test]
fn refuses_those_who_are_no_operators_and_those_who_are_providers() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::register_provider(signed(&CLIENT)),
			Error::<Test>::NotOperator
		);
		assert_ok!(ProviderRegistry::register_provider(signed(&ALICE)));
		assert_noop!(
			ProviderRegistry::register_provider(signed(&ALICE)),
			Error::<Test>::AlreadyExists
		);
	});
}

#[test]
fn a_provider_without_nodes_may_end_it() {
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::deregister_provider(signed(&BOB)),
			Error::<Test>::ProviderNotFound
		);
		assert_noop!(
			ProviderRegistry::deregister_provider(signed(&ALICE)),
			Error::<Test>::NodesRemain
		);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_ok!(ProviderRegistry::deregister_provider(signed(&ALICE)));
		assert!(!Providers::<Test>::contains_key(ALICE));
		assert!(told(Event::ProviderDeregistered { provider: ALICE }));
		assert_ok!(<Balances as Mutate<_>>::transfer(&ALICE, &BOB, WEALTH, Expendable));
	});
}
