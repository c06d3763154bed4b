//! What covers obligations beyond the free hour.

use super::*;
use crate::Books;
use quern_primitives::{
	ports::Bonds,
	units::{GPU_HOUR, HOURS},
	Balance,
};

/// Planck per millisecond at which an hour costs 0.36 QRN.
const PRICE: u32 = 100_000;
/// What 15 minutes cost at [`PRICE`].
const QUARTER: Balance = 90_000_000_000;

/// Alice has sold four quarters of an hour with one accelerator, all that is free, at the day's price.
fn at_the_hour() -> ExtBuilder {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 1)
}

fn sell_quarters(quarters: u32) {
	let mut period = crate::policy::period_of(System::block_number() as u32);
	for _ in 0..quarters {
		sell(&ALICE, 15 * MINUTE, QUARTER);
		serve(0, period + 1..=period + 15);
		period += 15;
	}
}

#[test]
fn the_first_hour_needs_none_and_beyond_it_kappa_covers_all() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(4);
		assert_eq!((MockBonds::collateral(&ALICE), held(&ALICE)), (0, 4 * QUARTER));

		// While the fifth is offered, its proceeds are not there: 1.5 × 5 quarters less 4 are reserved.
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0));
		assert_eq!(MockBonds::collateral(&ALICE), 7 * QUARTER / 2);
		MockMarket::fill(4, 15 * MINUTE, QUARTER);
		MockMarket::close(4);
		assert_eq!(MockBonds::collateral(&ALICE), 5 * QUARTER / 2);
		assert_eq!(MockBonds::free_bond(&ALICE), OWN_BOND - FLAT_BOND - 5 * QUARTER / 2);
	});
}

#[test]
fn it_falls_with_delivery_and_is_free_again_within_the_hour() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(6);
		assert_eq!(MockBonds::collateral(&ALICE), 3 * QUARTER);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 15 * MINUTE));
		assert_eq!(MockBonds::collateral(&ALICE), 5 * QUARTER / 2);
		give(CPU, &CLIENT, &ALICE, 15 * MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, 15 * MINUTE));
		assert_eq!(MockBonds::collateral(&ALICE), 0);
	});
}

#[test]
fn an_offer_that_does_not_fill_frees_its_collateral() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(4);
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0));
		assert!(MockBonds::collateral(&ALICE) > 0);
		MockMarket::close(4);
		assert_eq!(MockBonds::collateral(&ALICE), 0);
	});
}

#[test]
fn the_highest_of_both_averages_and_the_floor_counts() {
	for (hour, day, price) in [(PRICE, 3 * PRICE, 3 * PRICE), (3 * PRICE, PRICE, 3 * PRICE), (0, 0, 0)] {
		at_the_hour().build_and_execute(|| {
			set_prices(hour, day);
			sell_quarters(4);
			assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0));
			// Half a planck a millisecond at least; the proceeds are well above that.
			let covered = 75 * MINUTE * Balance::from(price) * 3 / 2;
			assert_eq!(MockBonds::collateral(&ALICE), covered.saturating_sub(4 * QUARTER));
			let rate = FixedU128::from_u32(price).max(FixedU128::from_rational(1, 2));
			assert_eq!(book(&ALICE, CPU).rate, rate * FixedU128::from_rational(3, 2));
		});
	}
}

#[test]
fn below_its_kappa_a_provider_may_not_issue_more_and_nothing_else_happens() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(5);
		let (collateral, rate) = (MockBonds::collateral(&ALICE), book(&ALICE, CPU).rate);
		// Two hundred times the price: 1.5 × 6 × 18 QRN is far beyond its bond.
		set_prices(200 * PRICE, 200 * PRICE);
		serve(0, 91..=105);
		assert_eq!((MockBonds::collateral(&ALICE), held(&ALICE)), (collateral, 5 * QUARTER));
		let before = book(&ALICE, CPU);
		assert_noop!(
			ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0),
			Error::<Test>::InsufficientCollateral
		);
		assert_eq!(book(&ALICE, CPU), before);
		// It delivers, is paid, and its collateral falls at the price of its own call.
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 5 * MINUTE), QUARTER / 3);
		assert_eq!(MockBonds::collateral(&ALICE), collateral * 70 / 75);
		assert_eq!(book(&ALICE, CPU).rate, rate);
		assert_eq!(book(&ALICE, CPU).attested_gpus, 1);
		// Within the hour it issues at any price.
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 25 * MINUTE));
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 10 * MINUTE, 0));
		assert_eq!(MockBonds::collateral(&ALICE), 0);
	});
}

#[test]
fn pumping_the_hour_s_average_raises_what_has_to_be_reserved() {
	// What counts is the higher average: a pump takes more of the pumper's bond, and a dump leaves the day's.
	let reserved = |hour: u32, day: u32, tokens: Balance| {
		let mut out = 0;
		at_the_hour().build_and_execute(|| {
			set_prices(PRICE, PRICE);
			sell_quarters(4);
			set_prices(hour, day);
			assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0));
			MockMarket::fill(4, 15 * MINUTE, tokens);
			MockMarket::close(4);
			out = MockBonds::collateral(&ALICE) + held(&ALICE);
		});
		out
	};
	let calm = reserved(PRICE, PRICE, QUARTER);
	assert_eq!(calm, 15 * QUARTER / 2);
	// Dumping the hour's average frees nothing.
	assert_eq!(reserved(PRICE / 2, PRICE, QUARTER / 2), calm);
	// Pumping it by half, and selling into that: all five quarters are covered at the pumped price, whatever
	// the sale brought. When the pump is over, 1.5 × 1.5 times what is owed is locked.
	assert_eq!(reserved(PRICE * 3 / 2, PRICE, QUARTER * 3 / 2), calm * 3 / 2);
}

#[test]
fn reputation_lowers_kappa_and_a_fault_takes_it() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(4);
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 15 * MINUTE));
		assert_eq!(book(&ALICE, CPU).delivered, 15 * MINUTE);
		sell_quarters(1);
		give(CPU, &CLIENT, &ALICE, MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&ALICE), CPU, MINUTE));
		assert_eq!(book(&ALICE, CPU).delivered, 15 * MINUTE, "buying back is no delivery");
		sell(&ALICE, MINUTE, QUARTER / 15);
		serve(0, [91]);

		Books::<Test>::mutate(ALICE, CPU, |book| {
			book.as_mut().expect("a book").delivered = 720 * GPU_HOUR
		});
		sell_quarters(1);
		// κ = 1.1: a tenth of five quarters beside the proceeds.
		assert_eq!(MockBonds::collateral(&ALICE), 5 * QUARTER / 10);
		ProviderRegistry::faulted(&ALICE, CPU);
		assert_eq!(
			(book(&ALICE, CPU).delivered, MockBonds::collateral(&ALICE)),
			(0, 5 * QUARTER / 10)
		);
		sell_quarters(1);
		assert_eq!(MockBonds::collateral(&ALICE), 3 * QUARTER);
		ProviderRegistry::faulted(&CLIENT, CPU);
	});
}

#[test]
fn accelerators_that_stop_serving_free_nothing_and_take_nothing() {
	at_the_hour().build_and_execute(|| {
		set_prices(PRICE, 0);
		sell_quarters(5);
		let collateral = MockBonds::collateral(&ALICE);
		wait(HOURS);
		tell(1, Verdict::Served);
		tell(0, Verdict::Missed);
		assert_eq!(
			(book(&ALICE, CPU).attested_gpus, MockBonds::collateral(&ALICE)),
			(0, collateral)
		);
		// Within what was the free hour, but nothing serves: what is owed stays covered.
		assert_ok!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 30 * MINUTE));
		assert_eq!(MockBonds::collateral(&ALICE), 3 * QUARTER / 2);
	});
}
