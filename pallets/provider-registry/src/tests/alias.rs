//! A provider that sells, vanishes, and holds the claims through an alias: what that costs and brings, step by
//! step. The client is its alias, Bob an honest provider.
//!
//! The alias pays for the claims what the provider gets, so the two together have paid nothing but fees (0.3 %
//! each way, which the mock's market does not take) as long as the proceeds come back. Vanishing gives the
//! proceeds up: the claims are then bought at the price of the sale, `p`. What is gained is their price `P`
//! later; what is lost is what the bond has to repay: `m × P - p` for each claim, m the auction's factor. So
//! with a bond that answers, `P - p - (m × P - p) = (1 - m) × P`: never more than nothing.

use super::*;
use quern_primitives::{
	units::{DAYS, HOURS, PERIOD_BLOCKS, QRN},
	Balance,
};

const PRICE: u32 = 100_000;
/// What 15 minutes cost at [`PRICE`], and the quarters of an hour sold.
const QUARTER: Balance = 90_000_000_000;
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
		// What the fund advanced is slashed, as far as what was reserved answers.
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
	assert_eq!(gain(10, 0), -59_400_043_200);
	assert_eq!(gain(10, HOURS), -59_400_043_200 - 108_000_000_000);
}

#[test]
fn a_price_that_falls_makes_it_worse() {
	// The claims it is left with are worth less than it paid for them.
	assert_eq!(gain(5, 0), -270_000_000_000);
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

#[test]
fn within_the_free_hour_and_with_no_allocation_it_has_an_option_and_nothing_more() {
	// No collateral, no allocation: nothing to slash.
	let sold = 4 * QUARTER;
	let gain = |tenths| {
		let mut gain = 0;
		let builder = ExtBuilder::default()
			.with_pool()
			.with_serving(ALICE, CPU, 1)
			.with_serving(BOB, CPU, 8);
		builder.build_and_execute(|| {
			set_prices(PRICE, PRICE);
			for round in 0..4 {
				sell(&ALICE, 15 * MINUTE, QUARTER);
				serve(0, 16 + 15 * round..31 + 15 * round);
			}
			assert_eq!(MockBonds::collateral(&ALICE), 0);
			set_prices(PRICE / 10 * tenths, PRICE / 10 * tenths);
			wait(4 * PERIOD_BLOCKS);
			tell(0, Verdict::Missed);
			wait(DAYS + HOURS);
			tell(1, Verdict::Served);
			assert_ok!(ProviderRegistry::declare_gone(signed(&BOB), ALICE, CPU));
			insure(QRN);
			wait(HOURS);
			tell(1, Verdict::Served);
			// Bob is an alias too: what it gets beyond the obligation's worth is theirs.
			assert_ok!(ProviderRegistry::take_over(signed(&BOB), ALICE, CPU, 60 * MINUTE, 0));
			let worth = sold * Balance::from(tenths) / 10;
			// The three together owe nothing and hold nothing once Bob buys back with the claims.
			give(CPU, &CLIENT, &BOB, 60 * MINUTE);
			assert_ok!(ProviderRegistry::buy_back(signed(&BOB), CPU, 60 * MINUTE));
			assert_eq!(free(&BOB), WEALTH + worth);
			// The client paid for the claims, and for filling the fund.
			gain = (free(&BOB) + free(&CLIENT) + QRN) as i128 - 2 * WEALTH as i128;
			assert_eq!(free(&ALICE), WEALTH);
		});
		gain
	};
	assert_eq!(gain(10), 0);
	assert_eq!(gain(12), sold as i128 / 5);
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
