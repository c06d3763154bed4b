//! Estates: opened, taken over, closed; the shortfall.

use super::*;
use crate::{Estates, RecoveredShares, Shortfalls};
use polkadot_sdk::frame_support::traits::{
	fungible::Balanced,
	tokens::{Fortitude::Polite, Precision::Exact, Preservation::Preserve},
};
use polkadot_sdk::sp_runtime::DispatchResult;
use proptest::prelude::*;
use quern_primitives::{
	ports::{Placement, Recovery},
	units::{DAYS, HOURS, PERIOD_BLOCKS, QRN},
	Balance, Demand,
};

const PRICE: u32 = 100_000;
/// What a minute costs at [`PRICE`].
const COST: Balance = PRICE as Balance * MINUTE;

/// Alice has sold 10 minutes for 5 at the price; Bob serves with 8 accelerators.
fn sold() -> ExtBuilder {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8)
}

fn start() {
	set_prices(PRICE / 2, PRICE);
	sell(&ALICE, 10 * MINUTE, 5 * COST);
}

fn leave() {
	start();
	assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
}

/// Alice vanishes for a day and is declared gone. What absence cost is put back, so that figures are plain.
fn vanish() {
	wait(4 * PERIOD_BLOCKS);
	tell(0, Verdict::Missed);
	wait(DAYS);
	tell(1, Verdict::Served);
	assert_ok!(ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU));
}

fn take_as(who: &AccountId, gpu_time: u128, min_payment: Balance) -> DispatchResult {
	let take = crate::Call::take_over {
		provider: ALICE,
		class: CPU,
		gpu_time,
		min_payment,
	};
	call(take, who)
}

fn take(gpu_time: u128, min_payment: Balance) -> DispatchResult {
	take_as(&BOB, gpu_time, min_payment)
}

/// Lets blocks pass through which Bob serves.
fn wait_served(blocks: u32) {
	wait(blocks);
	tell(1, Verdict::Served);
}

#[test]
fn a_leaver_deposits_the_most_that_topping_up_may_take() {
	sold().build_and_execute(|| {
		leave();
		// 1.2 × 10 - 5.
		assert_eq!((deposited(&ALICE), held(&ALICE)), (7 * COST, 0));
		assert_eq!(free(&ALICE), WEALTH - 7 * COST);
		assert_eq!(free(&ProviderRegistry::account_id()), ED + 5 * COST);
		assert_eq!(
			estate(&ALICE),
			Estate {
				price: FixedU128::from_u32(PRICE),
				opened_at: System::block_number() as u32,
				obligations: 10 * MINUTE,
				proceeds: 5 * COST,
				shares: 0,
				orderly: true,
				deposit: 7 * COST,
				advanced: 0,
				answers: 0,
			}
		);
		assert_eq!((book(&ALICE, CPU).obligations, issued(CPU)), (0, 10 * MINUTE));
		assert!(told(Event::EstateOpened {
			provider: ALICE,
			class: CPU,
			obligations: 10 * MINUTE,
			proceeds: 5 * COST,
			price: FixedU128::from_u32(PRICE),
			orderly: true
		}));
		// Meanwhile it issues nothing, opens no other, and keeps its last node.
		let offer = ProviderRegistry::offer_capacity(signed(&ALICE), CPU, 1, 0);
		assert_eq!(offer, Err(Error::<Test>::EstateOpen.into()));
		assert_noop!(
			ProviderRegistry::leave_class(signed(&ALICE), CPU),
			Error::<Test>::EstateOpen
		);
		let deregister = crate::Call::deregister_node { node: 0 };
		assert_noop!(call(deregister, &ALICE), Error::<Test>::EstateOpen);
	});
}

#[test]
fn the_floor_price_is_the_least() {
	sold().build_and_execute(|| {
		start();
		set_prices(0, 0);
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!(estate(&ALICE).price, FixedU128::from_rational(1, 2));
		assert_eq!(deposited(&ALICE), 0);
	});
}

#[test]
fn what_a_slice_pays_rises_within_an_hour() {
	for (elapsed, tenths_of_per_cent) in [(0, 1_000), (150, 1_050), (300, 1_100), (600, 1_200), (5_000, 1_200)] {
		sold().build_and_execute(|| {
			leave();
			wait_served(elapsed);
			let payment = 4 * COST * tenths_of_per_cent / 1_000;
			let share = 2 * COST;
			assert_noop!(take(4 * MINUTE, payment + 1), Error::<Test>::PaymentTooLow);
			assert_ok!(take(4 * MINUTE, payment));
			assert_eq!((held(&BOB), free(&BOB)), (payment, WEALTH));
			assert_eq!(
				(book(&BOB, CPU).obligations, book(&BOB, CPU).proceeds),
				(4 * MINUTE, payment)
			);
			assert_eq!(deposited(&ALICE), 7 * COST - (payment - share));
			assert!(told(Event::TakenOver {
				from: ALICE,
				by: BOB,
				class: CPU,
				gpu_time: 4 * MINUTE,
				payment,
				topped_up: payment - share,
				surplus: 0
			}));
			// Delivered, the taker has all of it.
			assert_eq!(ProviderRegistry::deliver(&BOB, CPU, &CLIENT, 4 * MINUTE), Ok(payment));
		});
	}
}

#[test]
fn proceeds_beyond_the_price_pass_whole_and_the_rest_of_the_deposit_comes_back() {
	sold().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&ALICE, 10 * MINUTE, 11 * COST);
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!(deposited(&ALICE), COST);
		assert_ok!(take(5 * MINUTE, 0));
		// The price is 5, its part of the proceeds 5.5: nothing is free before it is delivered for.
		assert_eq!((held(&BOB), free(&ALICE)), (11 * COST / 2, WEALTH - COST));
		wait_served(HOURS);
		assert_ok!(take(5 * MINUTE, 6 * COST));
		assert_eq!((held(&BOB), deposited(&ALICE)), (23 * COST / 2, COST / 2));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		// It had 11, gave up 5.5 and 6 for obligations worth 10, and is free of them.
		assert_eq!(
			(free(&ALICE), deposited(&ALICE), held(&ALICE)),
			(WEALTH - COST / 2, 0, 0)
		);
		assert!(told(Event::EstateClosed {
			provider: ALICE,
			class: CPU,
			shortfall: 0,
			recovered: 0,
			slashed: 0
		}));
		assert_eq!(Estates::<Test>::iter().count(), 0);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_ok!(ProviderRegistry::deregister_provider(signed(&ALICE)));
	});
}

#[test]
fn what_jobs_set_aside_stays_and_can_be_left_later() {
	sold().build_and_execute(|| {
		start();
		let placement = Placement {
			provider: ALICE,
			node: 0,
		};
		let demand = Demand {
			class: CPU,
			gpus: 1,
			gpu_time: 4 * MINUTE,
		};
		assert_ok!(ProviderRegistry::occupy(&placement, &demand));
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!(
			(estate(&ALICE).obligations, estate(&ALICE).proceeds),
			(6 * MINUTE, 3 * COST)
		);
		assert_eq!((book(&ALICE, CPU).obligations, held(&ALICE)), (4 * MINUTE, 2 * COST));
		// The job ends with a minute unused, which is owed still.
		ProviderRegistry::vacate(&placement, &demand);
		assert_eq!(
			ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 3 * MINUTE),
			Ok(2 * COST * 3 / 4)
		);
		assert_ok!(take(6 * MINUTE, 0));
		assert_ok!(ProviderRegistry::close_estate(signed(&ALICE), ALICE, CPU));
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_ok!(take(MINUTE, 0));
		assert_ok!(ProviderRegistry::close_estate(signed(&ALICE), ALICE, CPU));
		assert_noop!(
			ProviderRegistry::leave_class(signed(&ALICE), CPU),
			Error::<Test>::NothingOwed
		);
	});
}

#[test]
fn refuses_to_leave_with_offers_in_the_market() {
	sold().build_and_execute(|| {
		start();
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
		let leave = || ProviderRegistry::leave_class(signed(&ALICE), CPU);
		assert_noop!(leave(), Error::<Test>::OffersRemain);
		MockMarket::close(1);
		assert_ok!(ProviderRegistry::issue_liquidity(signed(&ALICE), CPU, MINUTE, QRN, 0));
		assert_noop!(leave(), Error::<Test>::OffersRemain);
		MockMarket::settle(0, 0, 0, 0);
		assert_noop!(
			ProviderRegistry::leave_class(signed(&CLIENT), CPU),
			Error::<Test>::BookNotFound
		);
		assert_ok!(leave());
	});
}

#[test]
fn a_taker_needs_room_nodes_that_serve_and_collateral() {
	sold().build_and_execute(|| {
		leave();
		let take = |who, gpu_time| take_as(&who, gpu_time, 0);
		assert_noop!(take(CLIENT, 1), Error::<Test>::ProviderNotFound);
		// Nobody takes over from itself.
		assert_noop!(take(ALICE, 1), Error::<Test>::EstateOpen);
		assert_noop!(take(BOB, 0), Error::<Test>::ZeroAmount);
		assert_noop!(take(BOB, 10 * MINUTE + 1), Error::<Test>::ObligationsExceeded);
		to_period(40);
		assert_noop!(take(BOB, 1), Error::<Test>::NodeNotServing);
		tell(1, Verdict::Served);
		// No room: a day for each of 8 accelerators.
		crate::Books::<Test>::mutate(BOB, CPU, |book| {
			book.as_mut().expect("a book").obligations = 8 * 24 * 60 * MINUTE - 1
		});
		assert_noop!(take(BOB, 2), Error::<Test>::TooManyObligations);
		crate::Books::<Test>::mutate(BOB, CPU, |book| book.as_mut().expect("a book").obligations = 0);
	});
	sold().build_and_execute(|| {
		// Beyond the free hours and with no bond.
		leave();
		Operators::set(&vec![(ALICE, OWN_BOND), (BOB, FLAT_BOND)]);
		serve(1, 16..=18);
		for _ in 0..4 {
			sell(&BOB, 120 * MINUTE, 120 * COST);
			let period = crate::policy::period_of(System::block_number() as u32);
			serve(1, period + 1..=period + 15);
		}
		assert_noop!(take(MINUTE, 0), Error::<Test>::InsufficientCollateral);
		assert_eq!((estate(&ALICE).obligations, deposited(&ALICE)), (10 * MINUTE, 7 * COST));
	});
}

#[test]
fn insurance_tops_up_for_a_gone_provider_and_its_stake_is_slashed_for_that() {
	sold().build_and_execute(|| {
		start();
		vanish();
		let proceeds = estate(&ALICE).proceeds;
		// 22 hours and a little of 0.5 %.
		assert_eq!(proceeds, 5 * COST - 3_300_002_400);
		insure(QRN - (5 * COST - proceeds));
		assert_eq!(free(&INSURANCE), ED + QRN);
		assert_ok!(take(10 * MINUTE, 10 * COST));
		let advanced = 10 * COST - proceeds;
		assert_eq!((held(&BOB), free(&INSURANCE)), (10 * COST, ED + QRN - advanced));
		assert_eq!(estate(&ALICE).advanced, advanced);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(Defaulted::get(), vec![(ALICE, CPU, advanced, INSURANCE)]);
		assert_eq!((Shortfalls::<Test>::get(CPU), issued(CPU)), (0, 10 * MINUTE));
		// Its nodes are its own to remove.
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
	});
}

#[test]
fn the_auction_s_rise_is_paid_as_far_as_stake_answers() {
	// The rise takes it from 10 to 12 of the price of a minute, of which proceeds pay nearly 5.
	let paid = |answers: Option<Balance>| {
		let mut paid = 0;
		sold().build_and_execute(|| {
			start();
			if let Some(answers) = answers {
				// A slash of something else, or delegators that left: less answers than is reserved.
				MockBonds::allocate(&ALICE, answers);
			}
			vanish();
			let expected = answers.unwrap_or(OWN_BOND);
			assert_eq!(estate(&ALICE).answers, expected);
			insure(QRN);
			wait_served(HOURS);
			assert_ok!(take(10 * MINUTE, 10 * COST));
			paid = held(&BOB);
			let advanced = paid - (5 * COST - 3_300_002_400);
			assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
			assert_eq!(Defaulted::get(), vec![(ALICE, CPU, advanced, INSURANCE)]);
		});
		paid
	};
	assert_eq!(paid(None), 12 * COST);
	assert_eq!(paid(Some(FLAT_BOND)), 12 * COST);
	assert_eq!(paid(Some(0)), 10 * COST);
	assert_eq!(
		paid(Some(6 * COST)),
		6 * COST + 5 * COST - 3_300_002_400,
		"all that answers, and the proceeds"
	);
}

#[test]
fn an_empty_fund_pays_what_it_has_down_to_what_the_taker_accepts() {
	sold().build_and_execute(|| {
		start();
		vanish();
		let proceeds = estate(&ALICE).proceeds;
		let fund = free(&INSURANCE) - ED;
		assert_noop!(take(10 * MINUTE, 10 * COST), Error::<Test>::PaymentTooLow);
		assert_eq!(free(&INSURANCE), ED + fund);
		assert_ok!(take(10 * MINUTE, proceeds + fund));
		assert_eq!(
			(held(&BOB), free(&INSURANCE), estate(&ALICE).advanced),
			(proceeds + fund, ED, fund)
		);
	});
}

#[test]
fn a_gone_provider_s_surplus_is_the_fund_s() {
	sold().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&ALICE, 10 * MINUTE, 20 * COST);
		vanish();
		let (proceeds, fund) = (estate(&ALICE).proceeds, free(&INSURANCE));
		assert_ok!(take(10 * MINUTE, 10 * COST));
		assert_eq!((held(&BOB), free(&INSURANCE)), (10 * COST, fund + proceeds - 10 * COST));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(Defaulted::get(), vec![]);
	});
}

#[test]
fn two_takers_share_an_estate() {
	sold().build_and_execute(|| {
		MaxProviders::set(&3);
		Operators::set(&vec![(ALICE, OWN_BOND), (BOB, OWN_BOND), (CAROL, OWN_BOND)]);
		let node = register(&CAROL, CPU, 1);
		tell(node, Verdict::Served);
		leave();
		assert_ok!(take(3 * MINUTE, 3 * COST));
		wait_served(300);
		tell(node, Verdict::Served);
		assert_noop!(take_as(&CAROL, 7 * MINUTE + 1, 0), Error::<Test>::ObligationsExceeded);
		assert_ok!(take_as(&CAROL, 5 * MINUTE, 0));
		assert_noop!(
			ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU),
			Error::<Test>::TooEarly
		);
		assert_ok!(take(2 * MINUTE, 0));
		assert_eq!(
			(held(&BOB), held(&CAROL)),
			(3 * COST + 2 * COST * 11 / 10, 5 * COST * 11 / 10)
		);
		assert_eq!((estate(&ALICE).obligations, estate(&ALICE).proceeds), (0, 0));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(free(&ALICE), WEALTH + 5 * COST - held(&BOB) - held(&CAROL));
	});
}

#[test]
fn what_nobody_took_of_a_leaver_is_a_shortfall_paid_for() {
	sold().build_and_execute(|| {
		leave();
		assert_ok!(take(4 * MINUTE, 0));
		wait(DAYS - 1);
		let close = || ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU);
		assert_noop!(close(), Error::<Test>::TooEarly);
		wait(1);
		assert_ok!(close());
		assert_eq!(Shortfalls::<Test>::get(CPU), 6 * MINUTE);
		// 1.2 × 6: 3 out of the proceeds, the rest out of the deposit, of which 2 went to the taker.
		let recovery = ProviderRegistry::recovery_account(CPU);
		assert_eq!(free(&recovery), 6 * COST * 6 / 5);
		assert_eq!(
			(free(&ALICE), deposited(&ALICE)),
			(WEALTH + 5 * COST - 4 * COST - 6 * COST * 6 / 5, 0)
		);
		assert_eq!(free(&ProviderRegistry::account_id()), ED);
		assert!(Defaulted::get().is_empty());
		assert!(told(Event::EstateClosed {
			provider: ALICE,
			class: CPU,
			shortfall: 6 * MINUTE,
			recovered: 6 * COST * 6 / 5,
			slashed: 0
		}));
	});
}

#[test]
fn who_sells_dear_and_leaves_is_paid_for_nothing_that_it_did_not_deliver() {
	sold().build_and_execute(|| {
		// At twice the day's price: what it owes is worth half of its proceeds.
		set_prices(PRICE, PRICE);
		sell(&ALICE, 10 * MINUTE, 20 * COST);
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!(deposited(&ALICE), 0);
		// Bob is its alias. What it gets for delivering is what the clients paid.
		assert_ok!(take(4 * MINUTE, 8 * COST));
		assert_eq!((held(&BOB), free(&BOB), free(&ALICE)), (8 * COST, WEALTH, WEALTH));
		wait(DAYS);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		let recovery = ProviderRegistry::recovery_account(CPU);
		assert_eq!((free(&recovery), free(&ALICE)), (12 * COST, WEALTH));
		assert!(told(Event::EstateClosed {
			provider: ALICE,
			class: CPU,
			shortfall: 6 * MINUTE,
			recovered: 12 * COST,
			slashed: 0
		}));
	});
}

#[test]
fn what_nobody_took_of_a_gone_provider_is_slashed_for() {
	sold().build_and_execute(|| {
		start();
		vanish();
		let proceeds = estate(&ALICE).proceeds;
		wait(DAYS);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		let recovery = ProviderRegistry::recovery_account(CPU);
		assert_eq!((Shortfalls::<Test>::get(CPU), free(&recovery)), (10 * MINUTE, proceeds));
		assert_eq!(Defaulted::get(), vec![(ALICE, CPU, 12 * COST - proceeds, recovery)]);
		assert_eq!((issued(CPU), book(&ALICE, CPU).obligations), (10 * MINUTE, 0));
	});
}

#[test]
fn who_returns_is_gone_again_only_for_another_day_away() {
	sold().build_and_execute(|| {
		start();
		vanish();
		assert_ok!(take(10 * MINUTE, 0));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));

		tell(0, Verdict::Served);
		sell(&ALICE, MINUTE, COST);
		wait(4 * PERIOD_BLOCKS);
		tell(0, Verdict::Missed);
		tell(1, Verdict::Served);
		let declare = || ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU);
		wait(DAYS - 1);
		assert_noop!(declare(), Error::<Test>::NotGone);
		wait(1);
		assert_ok!(declare());
		assert_eq!(estate(&ALICE).obligations, MINUTE);
	});
}

#[test]
fn collateral_of_a_gone_provider_stays_until_the_slash_is_frozen() {
	sold().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		for round in 0..5 {
			sell(&ALICE, 15 * MINUTE, 15 * COST);
			serve(0, 16 + 15 * round..31 + 15 * round);
		}
		let collateral = MockBonds::collateral(&ALICE);
		assert_eq!(collateral, 75 * COST / 2);
		vanish();
		assert_ok!(take(75 * MINUTE, 0));
		assert_eq!(MockBonds::collateral(&ALICE), collateral);
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(MockBonds::collateral(&ALICE), 0);
	});
}

#[test]
fn pool_shares_go_back_to_a_leaver_and_stay_of_a_gone_provider() {
	let with_shares = || {
		set_prices(PRICE, PRICE);
		assert_ok!(ProviderRegistry::issue_liquidity(
			signed(&ALICE),
			CPU,
			10 * MINUTE,
			QRN,
			0
		));
		MockMarket::settle(0, QRN, 10 * MINUTE, 999);
	};
	sold().build_and_execute(|| {
		with_shares();
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		assert_eq!((deposited(&ALICE), MockBonds::collateral(&ALICE)), (12 * COST, 0));
		assert_ok!(take(10 * MINUTE, 10 * COST));
		assert_eq!((shares(&ALICE), book(&BOB, CPU).shares), (0, 0));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(Given::get(), vec![(ALICE, 999)]);
		assert_eq!(free(&ALICE), WEALTH - QRN - 10 * COST);
	});
	sold().build_and_execute(|| {
		with_shares();
		vanish();
		insure(QRN);
		assert_ok!(take(10 * MINUTE, 10 * COST));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(
			(
				RecoveredShares::<Test>::get(CPU),
				shares(&ProviderRegistry::account_id())
			),
			(999, 999)
		);
		assert_eq!(shares(&ALICE), 0);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
	});
}

fn short() {
	leave();
	wait_served(DAYS);
	assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
	assert_eq!(free(&ProviderRegistry::recovery_account(CPU)), 12 * COST);
}

#[test]
fn a_shortfall_is_taken_at_the_price_of_the_day_as_far_as_there_is_money() {
	sold().build_and_execute(|| {
		short();
		let assume = |gpu_time, min| ProviderRegistry::assume_shortfall(signed(&BOB), CPU, gpu_time, min);
		assert_noop!(assume(0, 0), Error::<Test>::ZeroAmount);
		assert_noop!(assume(10 * MINUTE + 1, 0), Error::<Test>::ObligationsExceeded);
		assert_noop!(assume(4 * MINUTE, 24 * COST / 5 + 1), Error::<Test>::PaymentTooLow);
		assert_ok!(assume(4 * MINUTE, 24 * COST / 5));
		assert_eq!((held(&BOB), book(&BOB, CPU).obligations), (24 * COST / 5, 4 * MINUTE));
		assert_eq!(Shortfalls::<Test>::get(CPU), 6 * MINUTE);
		assert!(told(Event::ShortfallAssumed {
			by: BOB,
			class: CPU,
			gpu_time: 4 * MINUTE,
			payment: 24 * COST / 5,
			left: 6 * MINUTE
		}));
		// The price doubles, and the account holds half of it; its least balance stays.
		set_prices(PRICE, 2 * PRICE);
		assert_noop!(assume(6 * MINUTE, 0), Error::<Test>::RecoveryTooSmall);
		assert_noop!(assume(3 * MINUTE, 0), Error::<Test>::RecoveryTooSmall);
		assert_ok!(assume(2 * MINUTE, 0));
		// The market's fees feed it.
		assert!(<ProviderRegistry as Recovery<crate::CreditOf<Test>>>::is_short(CPU));
		let fees = <Balances as Balanced<_>>::withdraw(&CLIENT, 10 * COST, Exact, Preserve, Polite);
		ProviderRegistry::feed(CPU, fees.expect("the client is rich"));
		assert_ok!(assume(4 * MINUTE, 0));
		assert!(!<ProviderRegistry as Recovery<crate::CreditOf<Test>>>::is_short(CPU));
		assert_noop!(
			ProviderRegistry::assume_shortfall(signed(&CLIENT), CPU, 1, 0),
			Error::<Test>::ObligationsExceeded
		);
	});
}

#[test]
fn fees_too_small_to_open_the_recovery_account_are_the_fund_s() {
	sold().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		for amount in [ED - 1, 5 * ED] {
			let fees = <Balances as Balanced<_>>::withdraw(&CLIENT, amount, Exact, Preserve, Polite);
			ProviderRegistry::feed(CPU, fees.expect("the client is rich"));
		}
		assert_eq!(free(&INSURANCE), 2 * ED - 1);
		assert_eq!(free(&ProviderRegistry::recovery_account(CPU)), 5 * ED);
		assert_eq!(Balances::total_issuance(), issuance);
	});
}

#[test]
fn estates_that_are_not_are_refused() {
	sold().build_and_execute(|| {
		assert_noop!(take(1, 0), Error::<Test>::EstateNotFound);
		assert_noop!(
			ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU),
			Error::<Test>::EstateNotFound
		);
		assert_noop!(
			ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU),
			Error::<Test>::NotGone
		);
		assert_noop!(
			ProviderRegistry::declare_gone(signed(&CLIENT), CLIENT, CPU),
			Error::<Test>::BookNotFound
		);
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

	/// However an estate is sliced, and whenever: all of its proceeds and deposit are somewhere, to the planck,
	/// and a leaver's taker gets what the auction says to within one, or its part of the proceeds if that is more.
	#[test]
	fn an_estate_comes_out_to_the_last(
		slices in prop::collection::vec((1u128..4 * MINUTE, 0u32..200), 1..8),
		tokens in 0u128..15 * COST, price in 1u32..3 * PRICE, orderly in any::<bool>(),
	) {
		sold().build().execute_with(|| {
			set_prices(PRICE, price);
			sell(&ALICE, 10 * MINUTE, tokens);
			insure(QRN / 1_000);
			let issuance = Balances::total_issuance();
			if orderly {
				assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
			} else {
				vanish();
			}
			let (mut elapsed, mut due) = (0, 0);
			let mut count = 0;
			for (slice, blocks) in slices {
				wait_served(blocks);
				elapsed += blocks;
				let slice = slice.min(estate(&ALICE).obligations);
				if slice > 0 {
					assert_ok!(take(slice, 0));
					count += 1;
					due += crate::policy::take_over_price(FixedU128::from_u32(price), elapsed, slice).expect("small");
				}
				prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
			}
			if orderly {
				prop_assert!(held(&BOB) <= due + tokens && due <= held(&BOB) + count);
			}
			wait_served(DAYS);
			assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
			prop_assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
			prop_assert_eq!(free(&ProviderRegistry::account_id()), ED);
			prop_assert_eq!((held(&ALICE), deposited(&ALICE)), (0, 0));
			prop_assert_eq!(Balances::total_issuance(), issuance);
			Ok(())
		})?;
	}
}
