//! Whole lives, and any order of actions.

use super::*;
use proptest::prelude::*;
use quern_primitives::{ports::Placement, units::QRN, Demand};

#[test]
fn a_provider_opens_a_pool_sells_serves_and_leaves() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 2);
		serve(id, 1..=10);
		assert_ok!(ProviderRegistry::open_pool(signed(&ALICE), CPU, 5 * MINUTE));
		let opening = u128::from(OPENING_PRICE) * 5 * MINUTE;
		sell(&ALICE, 10 * MINUTE, 10 * QRN);
		assert_eq!(held(&ALICE), opening + 10 * QRN);

		let demand = Demand {
			class: CPU,
			gpus: 2,
			gpu_time: 10 * MINUTE,
		};
		let placement = Placement {
			provider: ALICE,
			node: id,
		};
		assert_ok!(ProviderRegistry::occupy(&placement, &demand));
		ProviderRegistry::vacate(&placement, &demand);
		assert_eq!(
			ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 10 * MINUTE),
			Ok((opening + 10 * QRN) * 2 / 3)
		);

		// What the pool holds is owed still; the provider gets it back from the market and cancels it.
		assert_noop!(
			ProviderRegistry::deregister_node(signed(&ALICE), id),
			Error::<Test>::ObligationsRemain
		);
		give(CPU, &MARKET, &ALICE, 5 * MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, 5 * MINUTE));
		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH + opening + 10 * QRN, 0));
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), id));
		assert_ok!(ProviderRegistry::deregister_provider(signed(&ALICE)));
		assert_eq!((issued(CPU), MockBonds::reserved(&ALICE)), (0, 0));
	});
}

/// Found by the actions below: between the last fill of an offer and its end the provider may leave.
#[test]
fn a_provider_leaves_before_its_sold_out_offer_ends() {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
			MockMarket::fill(0, MINUTE, QRN);
			assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), Ok(QRN));
			assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
			assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
			MockMarket::close(0);
			assert!(told(Event::OfferClosed { offer: 0, unsold: 0 }));
			assert_eq!(crate::Offers::<Test>::iter().count(), 0);
			assert_eq!((free(&ALICE), held(&ALICE), issued(CPU)), (WEALTH + QRN, 0, 0));
		});
}

#[derive(Clone, Debug)]
enum Action {
	Serve(u32),
	Miss(u32),
	Offer(bool, u128),
	Fill(u128, u128),
	Close,
	Occupy(u32, u128),
	Vacate,
	Deliver(bool, u128),
	BuyBack(bool, u128),
	Pause(u32),
	Resume(u32),
	Register(bool, u32),
	Deregister(u32),
	Wait(u32),
}

fn action() -> impl Strategy<Value = Action> {
	use Action::*;
	let (node, gpu_time) = (0u32..6, 1u128..20 * MINUTE);
	prop_oneof![
		6 => node.clone().prop_map(Serve),
		1 => node.clone().prop_map(Miss),
		4 => (any::<bool>(), gpu_time.clone()).prop_map(|(who, gpu_time)| Offer(who, gpu_time)),
		4 => (gpu_time.clone(), 0u128..3 * QRN).prop_map(|(gpu_time, tokens)| Fill(gpu_time, tokens)),
		4 => Just(Close),
		3 => (1u32..4, gpu_time.clone()).prop_map(|(gpus, gpu_time)| Occupy(gpus, gpu_time)),
		3 => Just(Vacate),
		4 => (any::<bool>(), gpu_time.clone()).prop_map(|(who, gpu_time)| Deliver(who, gpu_time)),
		1 => (any::<bool>(), gpu_time).prop_map(|(who, gpu_time)| BuyBack(who, gpu_time)),
		1 => node.clone().prop_map(Pause),
		1 => node.clone().prop_map(Resume),
		1 => (any::<bool>(), 1u32..9).prop_map(|(who, gpus)| Register(who, gpus)),
		1 => node.prop_map(Deregister),
		2 => (0u32..4).prop_map(Wait),
	]
}

fn provider(alice: bool) -> AccountId {
	if alice {
		ALICE
	} else {
		BOB
	}
}

/// Does what the action says where it applies; refusals are as good.
fn act(action: Action, period: &mut u32, jobs: &mut Vec<(Placement<AccountId>, Demand)>) {
	let owner = |id| crate::Nodes::<Test>::get(id).map_or(CLIENT, |node| node.provider);
	match action {
		Action::Serve(id) => ProviderRegistry::attested(id, *period, Verdict::Served),
		Action::Miss(id) => ProviderRegistry::attested(id, *period, Verdict::Missed),
		Action::Offer(alice, gpu_time) => {
			let call = crate::Call::offer_capacity {
				class: CPU,
				gpu_time,
				min_proceeds: 0,
			};
			dispatch(call, &provider(alice));
		}
		Action::Fill(gpu_time, tokens) => {
			if let Some(order) = MarketOrders::get().iter().find(|order| order.gpu_time > 0) {
				MockMarket::fill(order.id, gpu_time.min(order.gpu_time), tokens);
			}
		}
		Action::Close => {
			if let Some(order) = MarketOrders::get().first() {
				MockMarket::close(order.id);
			}
		}
		Action::Occupy(gpus, gpu_time) => {
			let demand = Demand {
				class: CPU,
				gpus,
				gpu_time,
			};
			if let Some(placement) = ProviderRegistry::draw(&demand, Default::default(), &mut |_| true) {
				assert_ok!(ProviderRegistry::occupy(&placement, &demand));
				jobs.push((placement, demand));
			}
		}
		Action::Vacate => {
			if let Some((placement, demand)) = jobs.pop() {
				ProviderRegistry::vacate(&placement, &demand);
				assert_ok!(ProviderRegistry::deliver(
					&placement.provider,
					CPU,
					&CLIENT,
					demand.gpu_time / 2
				));
			}
		}
		Action::Deliver(alice, gpu_time) => {
			let _ = ProviderRegistry::deliver(&provider(alice), CPU, &CLIENT, gpu_time);
		}
		Action::BuyBack(alice, gpu_time) => {
			let who = provider(alice);
			let gpu_time = gpu_time.min(claims(CPU, &CLIENT));
			if gpu_time > 0 {
				give(CPU, &CLIENT, &who, gpu_time);
				dispatch(crate::Call::buy_back { class: CPU, gpu_time }, &who);
				let left = claims(CPU, &who);
				if left > 0 {
					give(CPU, &who, &CLIENT, left);
				}
			}
		}
		Action::Pause(node) => dispatch(crate::Call::pause_node { node }, &owner(node)),
		Action::Resume(node) => dispatch(crate::Call::resume_node { node }, &owner(node)),
		Action::Register(alice, gpus) => {
			let (who, index) = (provider(alice), crate::NextNodeId::<Test>::get());
			let (key, proof) = (polkadot_sdk::sp_core::Pair::public(&pair(index)), proof(index, &who));
			let endpoint = ENDPOINT;
			dispatch(
				crate::Call::register_node {
					class: CPU,
					gpus,
					memory_mib: 1,
					endpoint,
					key,
					proof,
				},
				&who,
			);
		}
		Action::Deregister(node) => dispatch(crate::Call::deregister_node { node }, &owner(node)),
		Action::Wait(periods) => {
			*period += periods;
			to_period(*period);
		}
	}
}

fn dispatch(call: crate::Call<Test>, who: &AccountId) {
	use polkadot_sdk::sp_runtime::traits::Dispatchable;
	let _ = RuntimeCall::ProviderRegistry(call).dispatch(signed(who));
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

	/// Whatever is done, in whatever order: every invariant holds, no token is made or lost, and a provider
	/// never has less than it began with.
	#[test]
	fn any_order_of_actions_keeps_every_invariant(actions in prop::collection::vec(action(), 1..60)) {
		let builder = ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 2).with_serving(BOB, CPU, 1);
		builder.build().execute_with(|| {
			let issuance = Balances::total_issuance();
			let (mut period, mut jobs) = (15, Vec::new());
			for action in actions {
				let told = format!("{action:?}");
				act(action, &mut period, &mut jobs);
				prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()), "after {}", told);
				prop_assert_eq!(Balances::total_issuance(), issuance);
				for who in [ALICE, BOB] {
					prop_assert!(free(&who) >= WEALTH);
				}
				prop_assert_eq!(free(&ProviderRegistry::account_id()), ED);
			}
			Ok(())
		})?;
	}
}
