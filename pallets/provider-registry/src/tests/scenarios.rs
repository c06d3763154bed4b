//! Whole lives, and any order of actions.

use super::*;
use proptest::prelude::*;
use quern_primitives::{
	ports::Placement,
	units::{PERIOD_BLOCKS, QRN},
	Demand,
};

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
	Tick(u32),
	Away(bool, u32),
	Fault(bool),
	Price(u32),
	Liquidity(bool, u128, u128),
	Settle(u128, u128),
	Bid(bool, u128),
	Leave(bool),
	Gone,
	Take(u128),
	CloseEstate,
	Assume(bool, u128),
	Charge(u32),
	WindUp(bool),
	Withdraw,
	SettleRemovals(bool),
	Redeem(u128),
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
		1 => (any::<bool>(), gpu_time.clone()).prop_map(|(who, gpu_time)| BuyBack(who, gpu_time)),
		1 => node.clone().prop_map(Pause),
		1 => node.clone().prop_map(Resume),
		1 => (any::<bool>(), 1u32..9).prop_map(|(who, gpus)| Register(who, gpus)),
		1 => node.clone().prop_map(Deregister),
		2 => (0u32..4).prop_map(Wait),
		8 => (1u32..20).prop_map(Tick),
		3 => (any::<bool>(), 1u32..3).prop_map(|(who, days)| Away(who, days)),
		1 => any::<bool>().prop_map(Fault),
		1 => (1u32..50_000_000).prop_map(Price),
		2 => (any::<bool>(), gpu_time.clone(), 1u128..3 * QRN).prop_map(|(who, time, tokens)| Liquidity(who, time, tokens)),
		2 => (0u128..3 * QRN, gpu_time.clone()).prop_map(|(tokens, time)| Settle(tokens, time)),
		1 => (any::<bool>(), gpu_time.clone()).prop_map(|(who, time)| Bid(who, time)),
		2 => any::<bool>().prop_map(Leave),
		4 => Just(Gone),
		8 => gpu_time.clone().prop_map(Take),
		4 => Just(CloseEstate),
		1 => (any::<bool>(), gpu_time.clone()).prop_map(|(who, time)| Assume(who, time)),
		1 => node.clone().prop_map(Charge),
		2 => any::<bool>().prop_map(WindUp),
		2 => Just(Withdraw),
		2 => any::<bool>().prop_map(SettleRemovals),
		2 => gpu_time.clone().prop_map(Redeem),
	]
}

fn provider(alice: bool) -> AccountId {
	if alice {
		ALICE
	} else {
		BOB
	}
}

/// Tells a period's verdict on every node, by its provider.
fn judge(period: u32, verdict: impl Fn(&AccountId) -> Verdict) {
	for id in crate::Attestable::<Test>::get() {
		ProviderRegistry::attested(id, period, verdict(&node(id).provider));
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
				let (gpu_time, tokens) = match order.side {
					quern_primitives::Side::Sell => (gpu_time, tokens),
					quern_primitives::Side::Buy => (gpu_time.min(claims(CPU, &CLIENT)), tokens.min(order.limit)),
				};
				if gpu_time > 0 {
					MockMarket::fill(order.id, gpu_time.min(order.gpu_time), tokens);
				}
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
				// The client may have sold its claims.
				let gpu_time = (demand.gpu_time / 2).min(claims(CPU, &CLIENT));
				assert_ok!(ProviderRegistry::deliver(&placement.provider, CPU, &CLIENT, gpu_time));
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
		Action::Tick(periods) => {
			for _ in 0..periods {
				*period += 1;
				to_period(*period);
				judge(*period, |_| Verdict::Served);
			}
		}
		// It is missed, and days later still, while the other serves.
		Action::Away(alice, days) => {
			for periods in [4, days * 1_440] {
				*period += periods;
				to_period(*period);
				judge(*period, |who| {
					if *who == provider(alice) {
						Verdict::Missed
					} else {
						Verdict::Served
					}
				});
			}
		}
		Action::Fault(alice) => ProviderRegistry::faulted(&provider(alice), CPU),
		Action::Price(price) => set_prices(price, price),
		Action::Liquidity(alice, gpu_time, tokens) => {
			let call = crate::Call::issue_liquidity {
				class: CPU,
				gpu_time,
				tokens,
				min_shares: 0,
			};
			dispatch(call, &provider(alice));
		}
		Action::Settle(tokens, gpu_time) => {
			if let Some((reference, max_tokens, max_gpu_time)) = Pending::get().first().cloned() {
				let gpu_time = gpu_time.min(max_gpu_time);
				MockMarket::settle(reference, tokens.min(max_tokens), gpu_time, gpu_time / 7);
				// The pool sells what it took.
				give(CPU, &MARKET, &CLIENT, gpu_time);
			}
		}
		Action::Bid(alice, gpu_time) => {
			let call = crate::Call::buy_back_in_market {
				class: CPU,
				gpu_time,
				max_cost: QRN,
				blocks: 9,
			};
			dispatch(call, &provider(alice));
		}
		Action::Leave(alice) => dispatch(crate::Call::leave_class { class: CPU }, &provider(alice)),
		Action::Gone => {
			for provider in [ALICE, BOB] {
				dispatch(crate::Call::declare_gone { provider, class: CPU }, &CLIENT);
			}
		}
		Action::Take(gpu_time) => {
			if let Some((provider, class)) = crate::Estates::<Test>::iter_keys().next() {
				let by = if provider == ALICE { BOB } else { ALICE };
				let take = crate::Call::take_over {
					gpu_time: gpu_time.min(estate(&provider).obligations),
					provider,
					class,
					min_payment: 0,
				};
				dispatch(take, &by);
			}
		}
		Action::CloseEstate => {
			if let Some((provider, class)) = crate::Estates::<Test>::iter_keys().next() {
				dispatch(crate::Call::close_estate { provider, class }, &CLIENT);
			}
		}
		Action::Assume(alice, gpu_time) => {
			let call = crate::Call::assume_shortfall {
				class: CPU,
				gpu_time: gpu_time.min(crate::Shortfalls::<Test>::get(CPU)),
				min_payment: 0,
			};
			dispatch(call, &provider(alice));
		}
		Action::Charge(node) => dispatch(crate::Call::charge_pause { node }, &CLIENT),
		Action::WindUp(alice) => dispatch(
			crate::Call::wind_up {
				provider: provider(alice),
				class: CPU,
			},
			&CLIENT,
		),
		Action::Withdraw => dispatch(crate::Call::withdraw_recovered { class: CPU }, &CLIENT),
		Action::SettleRemovals(refused) => MockMarket::settle_removals(refused),
		Action::Redeem(gpu_time) => {
			let call = crate::Call::redeem_claims {
				class: CPU,
				gpu_time: gpu_time.min(claims(CPU, &CLIENT)),
				min_payment: 0,
			};
			dispatch(call, &CLIENT);
		}
	}
}

/// The class closes and comes to its end; by then nothing waits in the market.
fn end(period: &mut u32) {
	assert_ok!(ProviderRegistry::close_class(RuntimeOrigin::root(), CPU));
	for order in MarketOrders::get() {
		MockMarket::close(order.id);
	}
	for (reference, ..) in Pending::get() {
		MockMarket::settle(reference, 0, 0, 0);
	}
	*period += crate::policy::CLOSING_NOTICE / PERIOD_BLOCKS;
	to_period(*period);
}

/// Refusals are as good.
fn dispatch(action: crate::Call<Test>, who: &AccountId) {
	let _ = call(action, who);
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

	/// Whatever is done, in whatever order: every invariant holds, no token is made or lost, and the pallet's
	/// account keeps nothing but what estates say.
	#[test]
	fn any_order_of_actions_keeps_every_invariant(actions in prop::collection::vec(action(), 1..120)) {
		let builder = ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 2).with_serving(BOB, CPU, 1);
		builder.build().execute_with(|| {
			set_prices(100_000, 100_000);
			insure(QRN);
			let issuance = Balances::total_issuance();
			let (mut period, mut jobs) = (15, Vec::new());
			for action in actions {
				let told = format!("{action:?}");
				act(action, &mut period, &mut jobs);
				prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()), "after {}", told);
				prop_assert_eq!(Balances::total_issuance(), issuance);
				let estates: u128 = crate::Estates::<Test>::iter_values().map(|estate| estate.proceeds).sum();
				prop_assert_eq!(free(&ProviderRegistry::account_id()), ED + estates);
				prop_assert_eq!(claims(CPU, &ProviderRegistry::account_id()), 0);
			}
			Ok(())
		})?;
	}

	/// Whatever came before and comes after its end: a class can be wound up, and all that was recovered is paid to
	/// those who have its claims.
	#[test]
	fn any_class_can_be_ended(
		before in prop::collection::vec(action(), 1..60),
		after in prop::collection::vec(action(), 0..40),
	) {
		let builder = ExtBuilder::default().with_pool().with_serving(ALICE, CPU, 2).with_serving(BOB, CPU, 1);
		builder.build().execute_with(|| {
			set_prices(100_000, 100_000);
			insure(QRN);
			let issuance = Balances::total_issuance();
			let (mut period, mut jobs) = (15, Vec::new());
			for action in before {
				act(action, &mut period, &mut jobs);
			}
			end(&mut period);
			for action in after {
				let (told, had) = (format!("{action:?}"), issued(CPU));
				act(action, &mut period, &mut jobs);
				prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()), "after {}", told);
				prop_assert!(issued(CPU) <= had, "{told} issued claims");
			}
			for (placement, demand) in jobs {
				ProviderRegistry::vacate(&placement, &demand);
			}
			MockMarket::settle_removals(false);
			for provider in [ALICE, BOB] {
				dispatch(crate::Call::wind_up { provider: provider.clone(), class: CPU }, &CLIENT);
				dispatch(crate::Call::close_estate { provider, class: CPU }, &CLIENT);
			}
			prop_assert_eq!(crate::Shortfalls::<Test>::get(CPU), issued(CPU));
			// The client has all claims but for those that were bought back and not needed.
			for who in [ALICE, BOB] {
				let left = claims(CPU, &who);
				if left > 0 {
					give(CPU, &who, &CLIENT, left);
				}
			}
			let (had, all) = (free(&CLIENT), free(&ProviderRegistry::recovery_account(CPU)));
			if issued(CPU) > 0 {
				let redeem = crate::Call::redeem_claims { class: CPU, gpu_time: issued(CPU), min_payment: all };
				prop_assert_eq!(call(redeem, &CLIENT), Ok(()));
				prop_assert_eq!(free(&CLIENT), had + all);
			}
			prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
			prop_assert_eq!(Balances::total_issuance(), issuance);
			prop_assert_eq!(issued(CPU), 0);
			prop_assert_eq!((held(&ALICE), held(&BOB)), (0, 0));
			prop_assert_eq!((MockBonds::collateral(&ALICE), MockBonds::collateral(&BOB)), (0, 0));
			Ok(())
		})?;
	}
}
