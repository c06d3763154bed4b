//! A provider that sells, vanishes, and holds the claims through an alias: what that costs and brings, step by
//! step. The client is its alias, Bob an honest provider.
//!
//! The alias pays for the claims what the provider gets, so the two together have paid nothing but fees (0.3 %
//! each way, which the mock's market does not take) as long as the proceeds come back. Vanishing gives the
//! proceeds up: the claims are then bought at the price of the sale, `p`. What is gained is their price `P`
//! later; what is lost is what the stake has to repay: `m × P - p` for each claim, m the auction's factor. So
//! with stake that answers, `P - p - (m × P - p) = (1 - m) × P`: never more than nothing.
//!
//! What answers is no more than what the provider has to have allocated to the class: the larger of its collateral
//! and a flat bond for each attested node.

use super::*;
use quern_primitives::{
	units::{DAYS, HOURS, PERIOD_BLOCKS, QRN},
	Balance,
};

/// Planck per millisecond at which an hour costs 36 QRN, more than three flat bonds.
const PRICE: u32 = 10_000_000;
/// What 15 minutes cost at [`PRICE`], and the quarters of an hour sold.
const QUARTER: Balance = 9 * QRN;
const QUARTERS: u32 = 6;

/// What provider and alias have after it all beside what they began with: the claims at the price they fetch
/// then, and the slash. `factor` is in tenths of [`PRICE`], `elapsed` when Bob takes over, in blocks.
fn gain(tenths: u32, elapsed: u32) -> i128 {
	let mut gain = 0;
	let builder = ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8);
	builder.build_and_execute(|| {
		Operators::set(&vec![(ALICE, OWN_BOND), (BOB, 100 * OWN_BOND)]);
		set_prices(PRICE, PRICE);
		for round in 0..QUARTERS {
			sell(&ALICE, 15 * MINUTE, QUARTER);
			serve(0, 16 + 15 * round..31 + 15 * round);
		}
		// Six quarters, 1.5 times covered: half of them by its own bond.
		let sold = QUARTER * Balance::from(QUARTERS);
		assert_eq!((held(&ALICE), MockBonds::collateral(&ALICE)), (sold, sold / 2));
		// It has no more allocated than it has to.
		assert_eq!(MockBonds::backed(&ALICE), sold / 2);
		MockBonds::allocate(&ALICE, sold / 2);
		assert_eq!((free(&CLIENT), claims(CPU, &CLIENT)), (WEALTH - sold, 90 * MINUTE));

		// The price moves, and it vanishes. A day later it is declared gone; it has been charged for absence.
		set_prices(PRICE / 10 * tenths, PRICE / 10 * tenths);
		wait(4 * PERIOD_BLOCKS);
		tell(0, Verdict::Missed);
		wait(DAYS);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::declare_gone(signed(&BOB), ALICE, CPU));
		let proceeds = estate(&ALICE).proceeds;
		assert_eq!(held(&ALICE), 0);
		assert!(proceeds * 100 < sold * 90, "absence cost a tenth");
		// The fund has all that it may advance.
		assert_ok!(Balances::force_set_balance(RuntimeOrigin::root(), INSURANCE, 100 * QRN));
		wait(elapsed);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::take_over(signed(&BOB), ALICE, CPU, 90 * MINUTE, 0));
		let due = sold * Balance::from(tenths) / 10 * (5 * 600 + Balance::from(elapsed)) / (5 * 600);
		assert_eq!(held(&BOB), due);
		let collateral = MockBonds::collateral(&ALICE);
		assert_ok!(ProviderRegistry::close_estate(signed(&BOB), ALICE, CPU));
		// What the fund advanced is slashed, as far as what was allocated answers.
		let advanced = due.saturating_sub(proceeds);
		let slashed = advanced.min(collateral);
		if advanced > 0 {
			assert_eq!(Defaulted::get(), vec![(ALICE, CPU, advanced, INSURANCE)]);
		}
		assert_eq!(MockBonds::collateral(&ALICE), 0);

		assert_eq!((free(&ALICE), held(&ALICE)), (WEALTH, 0));
		let worth = sold * Balance::from(tenths) / 10;
		gain = (free(&CLIENT) + worth) as i128 - WEALTH as i128 - slashed as i128;
	});
	gain
}

#[test]
fn with_the_price_where_it_was_it_loses_what_was_paid_for_taking_over() {
	// It loses the absence's price and the auction's rise, and never gains.
	assert_eq!(gain(10, 0), -5_940_004_320_000);
	assert_eq!(gain(10, HOURS), -5_940_004_320_000 - 10_800_000_000_000);
}

#[test]
fn a_price_that_falls_makes_it_worse() {
	// The claims it is left with are worth less than it paid for them.
	assert_eq!(gain(5, 0), -27_000_000_000_000);
}

#[test]
fn a_price_that_rises_within_kappa_brings_nothing() {
	let sold = QUARTER * Balance::from(QUARTERS);
	for tenths in [11, 12, 14] {
		// Somebody takes over at once: the absence's price is lost, nothing gained.
		assert!(gain(tenths, 0) <= 0, "{tenths}");
	}
	// Up to κ the bond repays all; so at κ it is at nothing.
	assert_eq!(gain(15, 0), 0);
	// Beyond κ it is an option with its strike at κ times the price of its last issue: the loss of the fund.
	assert_eq!(gain(20, 0), sold as i128 / 2);
}

/// What provider, client and taker, one person, have after it all beside what they began with, where the provider
/// sold its free hour at `price` planck a millisecond, the price became `times` hundredths of that, and the taker, an
/// alias, waited for the auction's whole rise. The client keeps no claim: the taker buys back with them.
fn gain_within_the_free_hour(price: u32, times: u32) -> i128 {
	let mut gain = 0;
	let builder = ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8);
	builder.build_and_execute(|| {
		let quarter = Balance::from(price) * 15 * MINUTE;
		// Without an allocation it sells nothing.
		MockBonds::allocate(&ALICE, FLAT_BOND - 1);
		assert_noop!(
			ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 15 * MINUTE, 0),
			Error::<Test>::InsufficientAllocation
		);
		MockBonds::allocate(&ALICE, FLAT_BOND);
		set_prices(price, price);
		for round in 0..4 {
			sell(&ALICE, 15 * MINUTE, quarter);
			serve(0, 16 + 15 * round..31 + 15 * round);
		}
		assert_eq!(
			(MockBonds::collateral(&ALICE), MockBonds::backed(&ALICE)),
			(0, FLAT_BOND)
		);
		set_prices(price / 100 * times, price / 100 * times);
		wait(4 * PERIOD_BLOCKS);
		tell(0, Verdict::Missed);
		// Not longer than it takes: each hour away costs proceeds.
		wait(DAYS);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::declare_gone(signed(&BOB), ALICE, CPU));
		assert_eq!(estate(&ALICE).answers, FLAT_BOND);
		assert_ok!(Balances::force_set_balance(
			RuntimeOrigin::root(),
			INSURANCE,
			1_000 * QRN
		));
		wait(HOURS);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::take_over(signed(&BOB), ALICE, CPU, 60 * MINUTE, 0));
		let advanced = estate(&ALICE).advanced;
		assert_ok!(ProviderRegistry::close_estate(signed(&BOB), ALICE, CPU));
		assert_eq!(Defaulted::get(), vec![(ALICE, CPU, advanced, INSURANCE)]);
		assert_eq!(MockBonds::backed(&ALICE), 0);
		give(CPU, &CLIENT, &BOB, 60 * MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&BOB), CPU, 60 * MINUTE));
		assert_eq!((free(&ALICE), held(&BOB), issued(CPU)), (WEALTH, 0, 0));
		let slashed = advanced.min(FLAT_BOND);
		gain = (free(&BOB) + free(&CLIENT)) as i128 - 2 * WEALTH as i128 - slashed as i128;
	});
	gain
}

#[test]
fn within_the_free_hour_it_gains_nothing_while_the_loss_is_below_the_backing() {
	// An hour at 0.36 QRN on a flat bond of 10 QRN: with the price where it was it loses what absence cost, and so
	// it does at twenty times the price.
	let hour = 360_000_000_000;
	let absence = -39_600_028_800;
	for times in [100, 120, 150, 200, 2_000] {
		assert_eq!(gain_within_the_free_hour(100_000, times), absence, "{times}");
	}
	// The price is covered up to where the hour has risen by the backing: 0.36 + 10 QRN. Beyond, what is more is
	// the fund's loss and its gain. (The rise of the auction is paid within what answers only.)
	assert!(gain_within_the_free_hour(100_000, 2_877) <= 0);
	let beyond = gain_within_the_free_hour(100_000, 4_000);
	assert_eq!(beyond, 40 * hour - hour - FLAT_BOND as i128);
}

#[test]
fn an_hour_dearer_than_the_backing_is_covered_for_a_smaller_rise() {
	// 36 QRN on 10: a rise of up to 27 % is covered.
	for times in [100, 120, 127] {
		assert!(gain_within_the_free_hour(PRICE, times) <= 0, "{times}");
	}
	assert_eq!(gain_within_the_free_hour(PRICE, 150), 8 * QRN as i128);
}

#[test]
fn in_expectation_it_loses_by_far() {
	// A day in which the price moves by a fifth either way with equal chance, vanishing only where it rose, and
	// handing the claims back (`buy_back`) where it fell: the fees of 0.3 % each way are lost there.
	let sold = (QUARTER * Balance::from(QUARTERS)) as i128;
	let fees = sold * 6 / 1_000;
	let rose = gain(12, 0) - fees;
	let fell = -fees;
	assert!(rose < 0, "{rose}");
	assert!((rose + fell) / 2 < -fees);
}
