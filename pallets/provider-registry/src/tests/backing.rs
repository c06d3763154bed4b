//! What of the allocation answers for obligations, however small they are.

use super::*;
use quern_primitives::{
	ports::{Bonds, LiquidityOutcome, OnLiquidity},
	units::{DAYS, HOURS, PERIOD_BLOCKS, QRN},
	Balance,
};

const PRICE: u32 = 100_000;

/// Alice serves with two nodes of the class and one of another, and has a third that serves no more.
fn two_nodes() -> ExtBuilder {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 2)
		.with_serving(ALICE, CPU, 1)
		.with_serving(ALICE, H100, 1)
}

fn offer(gpu_time: u128) -> crate::Call<Test> {
	crate::Call::offer_capacity {
		class: CPU,
		gpu_time,
		min_proceeds: 0,
	}
}

/// Reserved for obligations: own bond, and within the allocation.
fn reserved() -> (Balance, Balance) {
	(MockBonds::collateral(&ALICE), MockBonds::backed(&ALICE))
}

#[test]
fn a_flat_bond_for_each_attested_node_of_the_class_is_reserved_with_the_first_claim() {
	two_nodes().build_and_execute(|| {
		let own = MockBonds::reserved(&ALICE);
		assert_eq!(reserved(), (0, 0));
		assert_ok!(call(offer(1), &ALICE));
		assert_eq!(reserved(), (0, 2 * FLAT_BOND));
		// Own bond is not touched; the allocation is, and jobs find less of it.
		assert_eq!(MockBonds::reserved(&ALICE), own);
		assert_eq!(MockBonds::free_allocation(&ALICE, CPU), OWN_BOND - 2 * FLAT_BOND);
		assert_eq!(MockBonds::free_allocation(&ALICE, H100), OWN_BOND);
		assert_ok!(call(offer(MINUTE), &ALICE));
		assert_eq!(reserved(), (0, 2 * FLAT_BOND));
	});
}

#[test]
fn an_issue_with_too_little_allocated_is_refused() {
	two_nodes().build_and_execute(|| {
		for allocated in [0, FLAT_BOND, 2 * FLAT_BOND - 1] {
			MockBonds::allocate(&ALICE, allocated);
			assert_noop!(call(offer(1), &ALICE), Error::<Test>::InsufficientAllocation);
			let add = crate::Call::issue_liquidity {
				class: CPU,
				gpu_time: 1,
				tokens: 1,
				min_shares: 0,
			};
			assert_noop!(call(add, &ALICE), Error::<Test>::InsufficientAllocation);
			assert_eq!(reserved(), (0, 0));
		}
		MockBonds::allocate(&ALICE, 2 * FLAT_BOND);
		assert_ok!(call(offer(1), &ALICE));
	});
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		MockBonds::allocate(&ALICE, FLAT_BOND - 1);
		let open = crate::Call::open_pool {
			class: CPU,
			gpu_time: MINUTE,
		};
		assert_noop!(call(open.clone(), &ALICE), Error::<Test>::InsufficientAllocation);
		MockBonds::allocate(&ALICE, FLAT_BOND);
		assert_ok!(call(open, &ALICE));
		assert_eq!(reserved(), (0, FLAT_BOND));
	});
}

#[test]
fn a_node_that_is_paused_needs_no_backing() {
	two_nodes().build_and_execute(|| {
		MockBonds::allocate(&ALICE, FLAT_BOND);
		assert_noop!(call(offer(1), &ALICE), Error::<Test>::InsufficientAllocation);
		// So who cannot back a machine takes it out, and sells what the others serve.
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 1));
		assert_ok!(call(offer(30 * MINUTE), &ALICE));
		assert_eq!(reserved(), (0, FLAT_BOND));
		assert_eq!(book(&ALICE, CPU).attested_nodes, 1);
		// With it back it issues no more until there is more; what it owes stays as it was.
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 1));
		serve(1, 16..=17);
		tell(0, Verdict::Served);
		assert_noop!(call(offer(1), &ALICE), Error::<Test>::InsufficientAllocation);
		assert_eq!(reserved(), (0, FLAT_BOND));
	});
}

#[test]
fn a_node_less_frees_nothing_before_the_next_issue_and_none_is_asked_for() {
	two_nodes().build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		// A slash left it less than it has reserved: it may still take a node out and deliver.
		MockBonds::allocate(&ALICE, FLAT_BOND);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 1));
		assert_eq!(reserved(), (0, 2 * FLAT_BOND));
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE), QRN / 10);
		assert_eq!(reserved(), (0, 2 * FLAT_BOND));
		assert_ok!(call(offer(MINUTE), &ALICE));
		assert_eq!(reserved(), (0, FLAT_BOND));
	});
}

#[test]
fn paused_nodes_lower_what_may_be_owed_with_what_backs_it() {
	// Three hours owed on two nodes; with one of them paused the rest is beyond its free hour, and the next claim
	// needs collateral for all.
	two_nodes().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		for round in 0..4 {
			sell(&ALICE, 45 * MINUTE, QRN);
			for node in [0, 1] {
				serve(node, 16 + 15 * round..31 + 15 * round);
			}
		}
		assert_eq!(
			(book(&ALICE, CPU).obligations, reserved()),
			(180 * MINUTE, (0, 2 * FLAT_BOND))
		);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		serve(1, 76..=77);
		set_prices(30 * PRICE, PRICE);
		assert_ok!(call(offer(MINUTE), &ALICE));
		let collateral = 181 * MINUTE * 30 * Balance::from(PRICE) * 3 / 2 - 4 * QRN;
		assert!(collateral > FLAT_BOND);
		assert_eq!(reserved(), (collateral, collateral));
		// It falls with delivery, no further than to the node's bond.
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 179 * MINUTE));
		assert_eq!(reserved(), (0, FLAT_BOND));
	});
}

#[test]
fn it_is_free_once_nothing_is_owed() {
	// An offer of which nothing was sold;
	two_nodes().build_and_execute(|| {
		assert_ok!(call(offer(MINUTE), &ALICE));
		MockMarket::close(0);
		assert_eq!(reserved(), (0, 0));
	});
	// all delivered, or bought back;
	two_nodes().build_and_execute(|| {
		sell(&ALICE, 2 * MINUTE, QRN);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, MINUTE));
		assert_eq!(reserved(), (0, 2 * FLAT_BOND));
		give(CPU, &CLIENT, &ALICE, MINUTE);
		// Though less is there than was reserved.
		MockBonds::allocate(&ALICE, 0);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE));
		assert_eq!(reserved(), (0, 0));
		assert_eq!(free(&ALICE), WEALTH + QRN);
	});
	// bought back by the market;
	two_nodes().build_and_execute(|| {
		sell(&ALICE, MINUTE, QRN);
		assert_ok!(ProviderRegistry::buy_back_in_market(
			signed(&ALICE),
			CPU,
			MINUTE,
			QRN,
			1
		));
		MockMarket::fill(1, MINUTE, QRN);
		MockMarket::close(1);
		assert_eq!(reserved(), (0, 0));
	});
	// liquidity that the pool refused;
	two_nodes().build_and_execute(|| {
		assert_ok!(ProviderRegistry::issue_liquidity(signed(&ALICE), CPU, MINUTE, QRN, 0));
		assert_eq!(reserved().1, 2 * FLAT_BOND);
		MockMarket::settle(0, 0, 0, 0);
		assert_eq!(reserved(), (0, 0));
		// A settlement of nothing changes nothing.
		ProviderRegistry::settled(CPU, 9, LiquidityOutcome::default());
	});
	// an estate: a leaver's deposit answers in its place.
	two_nodes().build_and_execute(|| {
		sell(&ALICE, MINUTE, QRN);
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!(reserved(), (0, 0));
	});
}

#[test]
fn a_gone_provider_s_stays_until_its_slash_is_frozen() {
	let builder = ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8);
	builder.build_and_execute(|| {
		set_prices(PRICE, PRICE);
		MockBonds::allocate(&ALICE, FLAT_BOND);
		sell(&ALICE, 10 * MINUTE, QRN / 100);
		wait(4 * PERIOD_BLOCKS);
		tell(0, Verdict::Missed);
		wait(DAYS);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU));
		assert_eq!((book(&ALICE, CPU).obligations, reserved()), (0, (0, FLAT_BOND)));
		assert_eq!(estate(&ALICE).answers, FLAT_BOND);
		wait(DAYS);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(reserved(), (0, 0));
	});
}

#[test]
fn who_takes_over_needs_it_too() {
	let builder = ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8);
	builder.build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&ALICE, 10 * MINUTE, 10 * MINUTE * Balance::from(PRICE));
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		let take = |gpu_time| crate::Call::take_over {
			provider: ALICE,
			class: CPU,
			gpu_time,
			min_payment: 0,
		};
		MockBonds::allocate(&BOB, FLAT_BOND - 1);
		assert_noop!(call(take(MINUTE), &BOB), Error::<Test>::InsufficientAllocation);
		MockBonds::allocate(&BOB, FLAT_BOND);
		assert_ok!(call(take(MINUTE), &BOB));
		assert_eq!(MockBonds::backed(&BOB), FLAT_BOND);
		give(CPU, &CLIENT, &BOB, MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&BOB), CPU, MINUTE));
		assert_eq!(MockBonds::backed(&BOB), 0);

		// The rest becomes the shortfall, of which the same holds.
		wait(DAYS);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		tell(1, Verdict::Served);
		let assume = crate::Call::assume_shortfall {
			class: CPU,
			gpu_time: MINUTE,
			min_payment: 0,
		};
		MockBonds::allocate(&BOB, 0);
		assert_noop!(call(assume.clone(), &BOB), Error::<Test>::InsufficientAllocation);
		MockBonds::allocate(&BOB, FLAT_BOND);
		assert_ok!(call(assume, &BOB));
		assert_eq!(MockBonds::backed(&BOB), FLAT_BOND);
	});
}

#[test]
fn a_provider_that_returns_after_an_outage_of_the_attestors_is_not_locked_out() {
	two_nodes().build_and_execute(|| {
		// No verdict, no call: the nodes count as attested still, though stale; it may not issue then in any case.
		wait(HOURS);
		assert_noop!(call(offer(1), &ALICE), Error::<Test>::AllowanceExceeded);
		tell(0, Verdict::Served);
		// One of them is back, the other one found missing: one flat bond is enough.
		tell(1, Verdict::Missed);
		MockBonds::allocate(&ALICE, FLAT_BOND);
		assert_ok!(call(offer(MINUTE), &ALICE));
		assert_eq!(reserved(), (0, FLAT_BOND));
	});
}
