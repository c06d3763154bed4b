use super::*;
use polkadot_sdk::{frame_support::weights::Weight, sp_core::Pair, sp_core::H256, sp_runtime::TokenError};
use quern_primitives::{ports::Placement, units::QRN, Balance, Demand, GpuTime};

fn demand(gpus: u32, gpu_time: GpuTime) -> Demand {
	Demand {
		class: CPU,
		gpus,
		gpu_time,
	}
}

fn at(provider: AccountId, node: u32) -> Placement<AccountId> {
	Placement { provider, node }
}

fn draw(demand: &Demand, seed: u64) -> Option<Placement<AccountId>> {
	ProviderRegistry::draw(demand, H256::from_low_u64_be(seed), &mut |_| true)
}

/// Alice and Bob serve with 2 accelerators each; Alice owes one minute, Bob three.
fn two_providers() -> ExtBuilder {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 2)
		.with_serving(BOB, CPU, 2)
}

fn sell_both() {
	sell(&ALICE, MINUTE, QRN);
	sell(&BOB, 3 * MINUTE, 3 * QRN);
}

#[test]
fn knows_classes_and_their_floor() {
	ExtBuilder::default().build_and_execute(|| {
		assert!(ProviderRegistry::is_open(CPU));
		assert!(!ProviderRegistry::is_open(9));
		// Half a planck a millisecond, rounded up.
		assert_eq!(ProviderRegistry::floor_cost(CPU, 3), 2);
		assert_eq!(ProviderRegistry::floor_cost(H100, MINUTE), 3 * MINUTE);
		assert_eq!(ProviderRegistry::floor_cost(9, MINUTE), 0);
	});
}

#[test]
fn draws_by_what_is_owed() {
	two_providers().build_and_execute(|| {
		sell_both();
		let mut bob: u32 = 0;
		for seed in 0..2_000 {
			match draw(&demand(1, MINUTE), seed).expect("someone").provider {
				provider if provider == BOB => bob += 1,
				provider => assert_eq!(provider, ALICE),
			}
		}
		// Three quarters of 2,000, within five standard deviations.
		assert!((1_403..=1_597).contains(&bob), "{bob}");
		assert_eq!(draw(&demand(1, MINUTE), 7), draw(&demand(1, MINUTE), 7));
	});
}

#[test]
fn draws_nobody_who_owes_too_little_or_may_not_take_it() {
	two_providers().build_and_execute(|| {
		assert_eq!(draw(&demand(1, 1), 0), None);
		sell_both();
		for seed in 0..50 {
			assert_eq!(draw(&demand(1, MINUTE + 1), seed), Some(at(BOB, 1)));
			let only_alice = ProviderRegistry::draw(&demand(1, MINUTE), H256::from_low_u64_be(seed), &mut |who| {
				*who == ALICE
			});
			assert_eq!(only_alice, Some(at(ALICE, 0)));
		}
		assert_eq!(draw(&demand(1, 3 * MINUTE + 1), 0), None);
		assert_eq!(draw(&demand(3, MINUTE), 0), None);
		assert_eq!(
			draw(
				&Demand {
					class: H100,
					..demand(1, 1)
				},
				0
			),
			None
		);
	});
}

/// Whom a draw of so many accelerators asks, if all refuse.
fn asked(gpus: u32, seed: u64) -> Vec<AccountId> {
	let mut asked = Vec::new();
	let drawn = ProviderRegistry::draw(&demand(gpus, MINUTE), H256::from_low_u64_be(seed), &mut |who| {
		asked.push(who.clone());
		false
	});
	assert_eq!(drawn, None);
	asked
}

#[test]
fn asks_a_bounded_number_and_others_with_another_seed() {
	two_providers().build().execute_with(|| {
		sell_both();
		MaxProviders::set(&60);
		for other in 100..158 {
			let who = AccountId::new([other; 32]);
			let alike = book(&ALICE, CPU);
			crate::Books::<Test>::insert(&who, CPU, alike);
			crate::ProvidersOf::<Test>::mutate(CPU, |providers| providers.try_push(who)).expect("room");
		}
		let first = asked(1, 1);
		assert_eq!(first.len(), 32);
		assert_ne!(first, asked(1, 2));
		let all: std::collections::BTreeSet<_> = (0..20).flat_map(|seed| asked(1, seed)).collect();
		assert_eq!(all.len(), 60);
		// Of those with no node nobody is drawn; sooner or later somebody else is.
		let drawn: std::collections::BTreeSet<_> = (0..40)
			.filter_map(|seed| draw(&demand(1, MINUTE), seed))
			.map(|placement| placement.provider)
			.collect();
		assert_eq!(drawn, [ALICE, BOB].into());
		assert!((0..40).any(|seed| draw(&demand(1, MINUTE), seed).is_none()));
	});
}

#[test]
fn asks_nobody_with_too_few_attested_accelerators() {
	two_providers().build_and_execute(|| {
		sell_both();
		assert_eq!(asked(2, 0).len(), 2);
		assert!(asked(3, 0).is_empty());
		assert_ok!(ProviderRegistry::pause_node(signed(&BOB), 1));
		assert_eq!(asked(1, 0), [ALICE]);
	});
}

#[test]
fn a_draw_weighs_the_asking_of_as_many_as_it_asks() {
	ExtBuilder::default().build_and_execute(|| {
		let weight = ProviderRegistry::draw_weight(Weight::from_parts(10, 1));
		// The mock's own part weighs nothing.
		assert_eq!(weight, Weight::from_parts(320, 32));
	});
}

#[test]
fn what_is_offered_gives_no_weight() {
	two_providers().build_and_execute(|| {
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
		assert_eq!(draw(&demand(1, 1), 0), None);
	});
}

#[test]
fn draws_no_node_that_is_stale_pending_paused_or_full() {
	two_providers().build_and_execute(|| {
		sell_both();
		serve(1, [16]);
		to_period(19);
		for seed in 0..20 {
			assert_eq!(draw(&demand(1, MINUTE), seed), Some(at(BOB, 1)));
		}
		assert_ok!(ProviderRegistry::occupy(&at(BOB, 1), &demand(2, MINUTE)));
		assert_eq!(draw(&demand(1, MINUTE), 0), None);
		ProviderRegistry::vacate(&at(BOB, 1), &demand(2, MINUTE));
		assert_ok!(ProviderRegistry::pause_node(signed(&BOB), 1));
		assert_eq!(draw(&demand(1, MINUTE), 0), None);
		assert_ok!(ProviderRegistry::resume_node(signed(&BOB), 1));
		assert_eq!(draw(&demand(1, MINUTE), 0), None);
		serve(1, [19]);
		assert_eq!(draw(&demand(1, MINUTE), 0), Some(at(BOB, 1)));
	});
}

#[test]
fn takes_the_node_with_the_tightest_gap() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 8)
		.with_serving(ALICE, CPU, 2)
		.with_serving(ALICE, H100, 1)
		.build_and_execute(|| {
			sell(&ALICE, 60 * MINUTE, QRN);
			assert_eq!(draw(&demand(1, MINUTE), 0), Some(at(ALICE, 1)));
			assert_eq!(draw(&demand(3, MINUTE), 0), Some(at(ALICE, 0)));
			assert_ok!(ProviderRegistry::occupy(&at(ALICE, 0), &demand(7, MINUTE)));
			assert_eq!(draw(&demand(1, MINUTE), 0), Some(at(ALICE, 0)));
			ProviderRegistry::vacate(&at(ALICE, 0), &demand(7, MINUTE));
		});
}

#[test]
fn sets_node_and_obligation_aside_and_back() {
	two_providers().build_and_execute(|| {
		sell_both();
		let before = (node(1), book(&BOB, CPU));
		assert_ok!(ProviderRegistry::occupy(&at(BOB, 1), &demand(1, 2 * MINUTE)));
		assert_eq!(
			(node(1).occupied, book(&BOB, CPU).assigned, book(&BOB, CPU).unassigned()),
			(1, 2 * MINUTE, MINUTE)
		);
		assert_noop!(
			ProviderRegistry::occupy(&at(BOB, 1), &demand(1, MINUTE + 1)),
			Error::<Test>::ObligationsExceeded
		);
		assert_noop!(
			ProviderRegistry::occupy(&at(BOB, 1), &demand(2, MINUTE)),
			Error::<Test>::NoFreeGpus
		);
		ProviderRegistry::vacate(&at(BOB, 1), &demand(1, 2 * MINUTE));
		assert_eq!((node(1), book(&BOB, CPU)), before);
		// Once more takes nothing that is not there.
		ProviderRegistry::vacate(&at(BOB, 1), &demand(1, 2 * MINUTE));
		ProviderRegistry::vacate(&at(BOB, 9), &demand(1, MINUTE));
		assert_eq!((node(1), book(&BOB, CPU)), before);
	});
}

#[test]
fn refuses_to_occupy_what_does_not_fit() {
	two_providers().build_and_execute(|| {
		sell_both();
		let one = demand(1, MINUTE);
		assert_noop!(ProviderRegistry::occupy(&at(BOB, 9), &one), Error::<Test>::NodeNotFound);
		assert_noop!(
			ProviderRegistry::occupy(&at(ALICE, 1), &one),
			Error::<Test>::NotAuthorized
		);
		let other = Demand { class: H100, ..one };
		assert_noop!(
			ProviderRegistry::occupy(&at(BOB, 1), &other),
			Error::<Test>::NotAuthorized
		);
		to_period(40);
		assert_noop!(
			ProviderRegistry::occupy(&at(BOB, 1), &one),
			Error::<Test>::NodeNotServing
		);
	});
}

#[test]
fn delivery_burns_claims_and_releases_their_share() {
	two_providers().build_and_execute(|| {
		sell(&ALICE, 3, 100);
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1), Ok(33));
		assert_eq!((claims(CPU, &CLIENT), issued(CPU)), (2, 2));
		assert!(told(Event::Delivered {
			provider: ALICE,
			class: CPU,
			gpu_time: 1,
			released: 33
		}));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1), Ok(33));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 1), Ok(34));
		assert_eq!((free(&ALICE), held(&ALICE), issued(CPU)), (WEALTH + 100, 0, 0));
		assert_eq!((book(&ALICE, CPU).obligations, book(&ALICE, CPU).proceeds), (0, 0));
	});
}

#[test]
fn delivery_leaves_the_share_of_what_waits_in_the_market() {
	two_providers().build_and_execute(|| {
		sell(&ALICE, 2 * MINUTE, 2 * QRN);
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 5 * MINUTE, 0));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(QRN));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(QRN));
		assert_eq!(held(&ALICE), 0);
		MockMarket::close(1);
		assert_eq!(book(&ALICE, CPU).proceeds, 0);
	});
}

#[test]
fn delivery_of_a_free_sale_releases_nothing() {
	two_providers().build_and_execute(|| {
		sell(&ALICE, MINUTE, 0);
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(0));
		assert_eq!(issued(CPU), 0);
	});
}

#[test]
fn refuses_to_deliver_more_than_is_owed_or_there() {
	two_providers().build_and_execute(|| {
		sell_both();
		let deliver = |who, holder, gpu_time| ProviderRegistry::deliver(&who, CPU, &holder, gpu_time);
		assert_eq!(deliver(ALICE, CLIENT, 0), Ok(0));
		assert_noop!(deliver(ALICE, CLIENT, MINUTE + 1), Error::<Test>::ObligationsExceeded);
		assert_noop!(deliver(ALICE, TREASURY, MINUTE), TokenError::FundsUnavailable);
		assert_noop!(deliver(CLIENT, CLIENT, MINUTE), Error::<Test>::BookNotFound);
		assert_ok!(ProviderRegistry::occupy(&at(ALICE, 0), &demand(1, MINUTE)));
		assert_noop!(deliver(ALICE, CLIENT, MINUTE), Error::<Test>::ObligationsExceeded);
		ProviderRegistry::vacate(&at(ALICE, 0), &demand(1, MINUTE));
		assert_eq!(deliver(ALICE, CLIENT, MINUTE), Ok(QRN));
	});
}

#[test]
fn two_providers_share_no_proceeds() {
	two_providers().build_and_execute(|| {
		sell_both();
		assert_eq!(ProviderRegistry::deliver(&BOB, CPU, &CLIENT, 3 * MINUTE), Ok(3 * QRN));
		let money = |who| -> (Balance, Balance) { (free(&who), held(&who)) };
		assert_eq!((money(ALICE), money(BOB)), ((WEALTH, QRN), (WEALTH + 3 * QRN, 0)));
	});
}

#[test]
fn a_node_is_spoken_for_by_its_provider_and_its_key() {
	two_providers().build_and_execute(|| {
		assert!(ProviderRegistry::acts_for(&ALICE, 0));
		assert!(ProviderRegistry::acts_for(&AccountId::new(pair(0).public().0), 0));
		assert!(!ProviderRegistry::acts_for(&BOB, 0));
		assert!(!ProviderRegistry::acts_for(&AccountId::new(pair(1).public().0), 0));
		assert!(!ProviderRegistry::acts_for(&ALICE, 9));
	});
}
