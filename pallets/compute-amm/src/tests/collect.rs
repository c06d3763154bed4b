use super::*;

/// POOR has no tokens; what a thousand claims bring is less than the existential deposit.
fn sell_as_poor(gpu_time: GpuTime) -> Balance {
	let quote = ComputeAmm::quote_sell(CPU, gpu_time).expect("a quote");
	place(POOR, Side::Sell, gpu_time, quote.total);
	next_block();
	quote.total
}

#[test]
fn a_payment_that_cannot_arrive_is_owed_and_collected() {
	ExtBuilder::default().build_and_execute(|| {
		events();
		let first = sell_as_poor(1_000);
		assert!(first < ED);
		assert_eq!(tokens(&POOR), 0);
		assert_eq!(Owed::<Test>::get(POOR), first);
		assert_eq!(tokens(&ComputeAmm::account()), ED + first);
		assert!(events().contains(&Event::PaymentOwed {
			who: POOR,
			amount: first
		}));
		assert!(ComputeAmm::collect(signed(BOB), POOR).is_err());
		assert_eq!(Owed::<Test>::get(POOR), first);

		let second = sell_as_poor(100_000);
		assert_eq!(tokens(&POOR), second);
		assert_ok!(ComputeAmm::collect(signed(BOB), POOR));
		assert_eq!(tokens(&POOR), first + second);
		assert_eq!(tokens(&ComputeAmm::account()), ED);
	});
}

#[test]
fn small_payments_add_up() {
	ExtBuilder::default().build_and_execute(|| {
		let all: Balance = (0..11).map(|_| sell_as_poor(1_000)).sum();
		assert_eq!(Owed::<Test>::get(POOR), all);
		assert_ok!(ComputeAmm::collect(signed(BOB), POOR));
		assert_eq!(tokens(&POOR), all);
	});
}

#[test]
fn a_refund_to_an_account_that_is_gone_is_owed() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 1_000, 900 * SPOT, 1);
		assert_ok!(Balances::transfer(&BOB, &CHARLIE, WEALTH - 900 * SPOT, Expendable));
		assert_eq!(System::providers(&BOB), 0);
		skip_blocks(2);
		assert_eq!(Owed::<Test>::get(BOB), 900 * SPOT);
		assert_ok!(Balances::transfer(&CHARLIE, &BOB, ED, Expendable));
		assert_ok!(ComputeAmm::collect(signed(BOB), BOB));
		assert_eq!(tokens(&BOB), ED + 900 * SPOT);
	});
}

#[test]
fn refuses_when_nothing_is_owed() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(ComputeAmm::collect(signed(BOB), BOB), Error::<Test>::NotFound);
	});
}
