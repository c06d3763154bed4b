//! The end of a class: its announcement, winding up, the recovered pool shares, redeeming.

use super::*;
use crate::{OpenEstates, RecoveredShares, Shortfalls};
use polkadot_sdk::{
	frame_support::traits::{fungible::Mutate as _, fungibles::Mutate as _, tokens::Preservation::Expendable},
	sp_runtime::{DispatchResult, TokenError},
};
use proptest::prelude::*;
use quern_primitives::{
	ports::Placement,
	units::{DAYS, PERIOD_BLOCKS, QRN},
	Balance, Demand, GpuTime,
};

const PRICE: u32 = 100_000;
/// What a minute costs at [`PRICE`].
const COST: Balance = PRICE as Balance * MINUTE;

/// Alice serves with an accelerator, Bob with 8.
fn serving() -> ExtBuilder {
	ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, CPU, 8)
}

/// Alice has sold 10 minutes for 5 at the price and a planck, Bob 20 for 31.
fn sell_both() {
	set_prices(PRICE, PRICE);
	sell(&ALICE, 10 * MINUTE, 5 * COST + 1);
	sell(&BOB, 20 * MINUTE, 31 * COST);
}

/// Alice has put 5 minutes and a token into the pool, for 100 shares that are worth just that.
fn pool_of_alice() {
	assert_ok!(ProviderRegistry::issue_liquidity(
		signed(&ALICE),
		CPU,
		5 * MINUTE,
		QRN,
		0
	));
	MockMarket::settle(0, QRN, 5 * MINUTE, 100);
	ShareWorth::set(&(QRN / 100, 5 * MINUTE / 100));
}

fn close() -> u32 {
	assert_ok!(ProviderRegistry::close_class(RuntimeOrigin::root(), CPU));
	System::block_number() as u32 + 7 * DAYS
}

fn end() {
	close();
	wait(7 * DAYS);
}

fn wind_up(provider: &AccountId) -> DispatchResult {
	call(
		crate::Call::wind_up {
			provider: provider.clone(),
			class: CPU,
		},
		&CLIENT,
	)
}

fn withdraw() -> DispatchResult {
	call(crate::Call::withdraw_recovered { class: CPU }, &CLIENT)
}

fn redeem_at_least(who: &AccountId, gpu_time: GpuTime, min_payment: Balance) -> DispatchResult {
	let redeem = crate::Call::redeem_claims {
		class: CPU,
		gpu_time,
		min_payment,
	};
	call(redeem, who)
}

/// What redeeming so much brings.
fn redeem(who: &AccountId, gpu_time: GpuTime) -> Result<Balance, DispatchError> {
	let before = free(who);
	redeem_at_least(who, gpu_time, 0)?;
	Ok(free(who) - before)
}

fn recovery() -> AccountId {
	ProviderRegistry::recovery_account(CPU)
}

fn shortfall() -> GpuTime {
	Shortfalls::<Test>::get(CPU)
}

fn sent(from: &AccountId, to: &AccountId, tokens: Balance) {
	assert_ok!(Balances::transfer(from, to, tokens, Expendable));
}

#[test]
fn from_the_announcement_on_nothing_is_issued_and_all_else_goes_on() {
	serving().build_and_execute(|| {
		sell_both();
		assert_noop!(
			ProviderRegistry::close_class(signed(&ALICE), CPU),
			DispatchError::BadOrigin
		);
		assert_noop!(
			ProviderRegistry::close_class(RuntimeOrigin::root(), 9),
			Error::<Test>::ClassNotFound
		);
		let ends_at = close();
		assert_eq!(Ends::get(), vec![(CPU, ends_at)]);
		assert!(told(Event::ClassClosing { class: CPU, ends_at }));
		assert_noop!(
			ProviderRegistry::close_class(RuntimeOrigin::root(), CPU),
			Error::<Test>::ClassClosing
		);

		let (key, proof) = (polkadot_sdk::sp_core::Pair::public(&pair(7)), proof(7, &ALICE));
		let refused = [
			crate::Call::offer_capacity {
				class: CPU,
				gpu_time: MINUTE,
				min_proceeds: 0,
			},
			crate::Call::issue_liquidity {
				class: CPU,
				gpu_time: MINUTE,
				tokens: QRN,
				min_shares: 0,
			},
			crate::Call::open_pool {
				class: CPU,
				gpu_time: MINUTE,
			},
			crate::Call::register_node {
				class: CPU,
				gpus: 1,
				memory_mib: 1,
				endpoint: ENDPOINT,
				key,
				proof,
			},
		];
		for refused in refused {
			assert_eq!(call(refused, &ALICE), Err(Error::<Test>::ClassClosing.into()));
		}

		// New jobs, delivering, buying back, leaving and taking over.
		assert!(ProviderRegistry::is_open(CPU));
		assert_ok!(ProviderRegistry::deliver(&BOB, CPU, &CLIENT, 4 * MINUTE));
		assert_eq!(free(&BOB), WEALTH + 31 * COST / 5);
		give(CPU, &CLIENT, &BOB, 16 * MINUTE);
		assert_ok!(ProviderRegistry::buy_back(signed(&BOB), CPU, 16 * MINUTE));
		assert_eq!((free(&BOB), held(&BOB)), (WEALTH + 31 * COST, 0));
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		tell(1, Verdict::Served);
		let take = crate::Call::take_over {
			provider: ALICE,
			class: CPU,
			gpu_time: 10 * MINUTE,
			min_payment: 10 * COST,
		};
		assert_ok!(call(take, &BOB));
		assert_ok!(ProviderRegistry::close_estate(signed(&ALICE), ALICE, CPU));
		// Alice is out in good order: 5 it was paid, 5 it paid.
		assert_eq!(free(&ALICE), WEALTH - 5 * COST + 1);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));

		wait(7 * DAYS - 1);
		assert_eq!(wind_up(&BOB), Err(Error::<Test>::TooEarly.into()));
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::TooEarly.into()));
		wait(1);
		assert!(!ProviderRegistry::is_open(CPU) && ProviderRegistry::is_open(H100));
	});
}

#[test]
fn a_job_that_waited_beyond_the_end_finds_nobody() {
	serving().build_and_execute(|| {
		sell_both();
		let demand = Demand {
			class: CPU,
			gpus: 1,
			gpu_time: MINUTE,
		};
		let drawn = || {
			tell(1, Verdict::Served);
			ProviderRegistry::draw(&demand, Default::default(), &mut |_| true).map(|placement| placement.provider)
		};
		close();
		wait(7 * DAYS - PERIOD_BLOCKS);
		assert_eq!(drawn(), Some(BOB));
		wait(PERIOD_BLOCKS);
		assert_eq!(drawn(), None);
	});
}

#[test]
fn an_ended_class_pays_out_all_that_was_got_for_its_claims() {
	serving().build_and_execute(|| {
		sell_both();
		pool_of_alice();
		assert!(MockBonds::collateral(&ALICE) > 0);
		end();
		assert_ok!(wind_up(&ALICE));
		let wound_up = Event::WoundUp {
			provider: ALICE,
			class: CPU,
			gpu_time: 15 * MINUTE,
			proceeds: 5 * COST + 1,
			shares: 100,
		};
		assert!(told(wound_up));
		// Its collateral is free; what it got is not its own.
		assert_eq!((MockBonds::collateral(&ALICE), held(&ALICE)), (0, 0));
		assert_eq!((free(&ALICE), shares(&ALICE)), (WEALTH - QRN, 0));
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 0));
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::NotSettled.into()));
		assert_ok!(wind_up(&BOB));
		assert_eq!(
			(shortfall(), free(&recovery()), RecoveredShares::<Test>::get(CPU)),
			(35 * MINUTE, 36 * COST + 1, 100)
		);

		// The first to redeem has the shares withdrawn: 5 minutes and a token come out of the pool.
		give(CPU, &CLIENT, &CAROL, 7 * MINUTE);
		let recovered = 36 * COST + 1 + QRN;
		let first = (recovered - ED) * 7 / 30;
		assert_eq!(redeem(&CAROL, 7 * MINUTE), Ok(first));
		assert!(told(Event::SharesWithdrawn {
			class: CPU,
			shares: 100
		}));
		assert!(told(Event::ShortfallLowered {
			class: CPU,
			gpu_time: 5 * MINUTE,
			left: 30 * MINUTE
		}));
		assert!(told(Event::ClaimsRedeemed {
			who: CAROL,
			class: CPU,
			gpu_time: 7 * MINUTE,
			payment: first,
			left: 23 * MINUTE
		}));
		assert_eq!((issued(CPU), shortfall()), (23 * MINUTE, 23 * MINUTE));
		assert_eq!((shares(&ProviderRegistry::account_id()), shares(&recovery())), (0, 0));
		// The last one takes the rest, the account's own deposit with it.
		assert_eq!(redeem(&CLIENT, 23 * MINUTE), Ok(recovered - first));
		assert_eq!((free(&recovery()), issued(CPU), shortfall()), (0, 0, 0));
		assert_eq!(free(&ProviderRegistry::account_id()), ED);
		// Every planck that was paid for what was not delivered is back with those who had claims.
		let paid = 36 * COST + 1;
		assert_eq!(free(&CLIENT) + free(&CAROL), 2 * WEALTH - paid + recovered);
		assert_eq!((free(&BOB), held(&BOB)), (WEALTH, 0));
	});
}

#[test]
fn jobs_that_run_at_the_end_go_on_and_what_they_leave_is_wound_up_then() {
	serving().build_and_execute(|| {
		sell_both();
		let demand = Demand {
			class: CPU,
			gpus: 1,
			gpu_time: 5 * MINUTE,
		};
		let placement = Placement { provider: BOB, node: 1 };
		close();
		wait(7 * DAYS - PERIOD_BLOCKS);
		tell(1, Verdict::Served);
		assert_ok!(ProviderRegistry::occupy(&placement, &demand));
		wait(PERIOD_BLOCKS);
		assert_ok!(wind_up(&ALICE));
		assert_ok!(wind_up(&BOB));
		assert_eq!(wind_up(&BOB), Err(Error::<Test>::NothingOwed.into()));
		let kept = 31 * COST / 4;
		assert_eq!((book(&BOB, CPU).obligations, held(&BOB)), (5 * MINUTE, kept));
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::NotSettled.into()));

		ProviderRegistry::vacate(&placement, &demand);
		assert_ok!(ProviderRegistry::deliver(&BOB, CPU, &CLIENT, 3 * MINUTE));
		let earned = kept * 3 / 5;
		assert_eq!((free(&BOB), held(&BOB)), (WEALTH + earned, kept - earned));
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::NotSettled.into()));
		assert_ok!(wind_up(&BOB));
		assert_eq!((free(&BOB), held(&BOB)), (WEALTH + earned, 0));
		assert_eq!(redeem(&CLIENT, 27 * MINUTE), Ok(36 * COST + 1 - earned));
		assert_ok!(ProviderRegistry::deregister_node(signed(&BOB), 1));
	});
}

#[test]
fn what_was_passing_to_others_is_closed_and_nothing_passes_any_more() {
	serving().build_and_execute(|| {
		sell_both();
		close();
		wait(7 * DAYS - 2);
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		tell(1, Verdict::Served);
		let take = |gpu_time| crate::Call::take_over {
			provider: ALICE,
			class: CPU,
			gpu_time,
			min_payment: 0,
		};
		assert_ok!(call(take(4 * MINUTE), &BOB));
		let close = crate::Call::close_estate {
			provider: ALICE,
			class: CPU,
		};
		assert_eq!(call(close.clone(), &CLIENT), Err(Error::<Test>::TooEarly.into()));
		wait(2);
		assert_eq!(call(take(MINUTE), &BOB), Err(Error::<Test>::TooLate.into()));
		let leave = crate::Call::leave_class { class: CPU };
		assert_eq!(call(leave, &BOB), Err(Error::<Test>::TooLate.into()));
		crate::Books::<Test>::mutate(BOB, CPU, |book| {
			let absence = &mut book.as_mut().expect("a book").absence;
			absence.since = crate::LitClock::<Test>::get().read(System::block_number() as u32);
			absence.gone = crate::policy::GONE_LEVEL;
		});
		let gone = crate::Call::declare_gone {
			provider: BOB,
			class: CPU,
		};
		assert_eq!(call(gone, &CLIENT), Err(Error::<Test>::TooLate.into()));
		let assume = crate::Call::assume_shortfall {
			class: CPU,
			gpu_time: 1,
			min_payment: 0,
		};
		assert_eq!(call(assume, &BOB), Err(Error::<Test>::TooLate.into()));

		// The estate's end brings in the leaver's deposit, so nobody is paid before it.
		assert_ok!(wind_up(&BOB));
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::NotSettled.into()));
		assert_ok!(call(close, &CLIENT));
		assert_eq!(OpenEstates::<Test>::iter().count(), 0);
		assert_eq!(shortfall(), 30 * MINUTE);
		// 4 minutes at 1.0 and 6 at 1.2 of the price came from Alice.
		let recovered = 31 * COST + 4 * COST + 6 * COST * 12 / 10;
		assert_eq!(free(&recovery()), recovered);
		assert_eq!(redeem(&CLIENT, 30 * MINUTE), Ok(recovered));
	});
}

#[test]
fn an_estate_of_which_all_is_taken_has_to_be_closed_too() {
	serving().build_and_execute(|| {
		sell_both();
		close();
		assert_ok!(ProviderRegistry::leave_class(signed(&ALICE), CPU));
		tell(1, Verdict::Served);
		let take = crate::Call::take_over {
			provider: ALICE,
			class: CPU,
			gpu_time: 10 * MINUTE,
			min_payment: 0,
		};
		assert_ok!(call(take, &BOB));
		wait(7 * DAYS);
		assert_ok!(wind_up(&BOB));
		assert_eq!(issued(CPU), shortfall());
		assert_eq!(redeem(&CLIENT, MINUTE), Err(Error::<Test>::NotSettled.into()));
		assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
		assert_eq!(redeem(&CLIENT, 30 * MINUTE), Ok(31 * COST + 10 * COST));
	});
}

#[test]
fn nothing_is_wound_up_while_the_market_has_some_of_it() {
	serving().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&BOB, MINUTE, COST);
		assert_ok!(ProviderRegistry::offer_capacity(signed(&BOB), CPU, MINUTE, 0));
		end();
		assert_eq!(wind_up(&BOB), Err(Error::<Test>::OffersRemain.into()));
		MockMarket::close(NextOrder::get() - 1);
		assert_ok!(wind_up(&BOB));
		assert_eq!(wind_up(&CAROL), Err(Error::<Test>::BookNotFound.into()));
		assert_eq!((shortfall(), free(&recovery())), (MINUTE, COST));
	});
}

#[test]
fn proceeds_that_could_not_be_credited_are_paid_out_as_well() {
	serving().build_and_execute(|| {
		sell_both();
		// As if they had come while the account refused them.
		sent(&CLIENT, &ProviderRegistry::account_id(), COST);
		crate::Books::<Test>::mutate(BOB, CPU, |book| {
			let book = book.as_mut().expect("a book");
			book.proceeds += COST;
			book.unpaid += COST;
		});
		end();
		assert_ok!(wind_up(&BOB));
		assert_eq!(
			(free(&recovery()), free(&ProviderRegistry::account_id())),
			(32 * COST, ED)
		);
	});
}

#[test]
fn a_class_that_is_short_has_its_pool_shares_withdrawn_and_their_claims_burned() {
	serving().build_and_execute(|| {
		assert_eq!(withdraw(), Err(Error::<Test>::NotShort.into()));
		set_prices(PRICE, PRICE);
		pool_of_alice();
		vanish();
		assert_eq!((shortfall(), RecoveredShares::<Test>::get(CPU)), (5 * MINUTE, 100));
		// The pool has sold 2 of the minutes since, for more.
		give(CPU, &MARKET, &CLIENT, 2 * MINUTE);
		ShareWorth::set(&(2 * QRN / 100, 3 * MINUTE / 100));
		sent(&CLIENT, &MARKET, QRN);
		assert_ok!(withdraw());
		// They wait for the clearing: nothing has come yet, and nothing more can be withdrawn.
		assert_eq!(Removals::get(), vec![(recovery(), 100)]);
		assert_eq!((RecoveredShares::<Test>::get(CPU), free(&recovery())), (0, 0));
		assert_eq!(withdraw(), Err(Error::<Test>::NothingRecovered.into()));
		MockMarket::settle_removals(false);
		assert_eq!((free(&recovery()), claims(CPU, &recovery())), (2 * QRN, 3 * MINUTE));
		// Whoever comes next, has the claims burned: here who takes what is left of the shortfall.
		let assume = |gpu_time| crate::Call::assume_shortfall {
			class: CPU,
			gpu_time,
			min_payment: 0,
		};
		tell(1, Verdict::Served);
		assert_eq!(
			call(assume(3 * MINUTE), &BOB),
			Err(Error::<Test>::ObligationsExceeded.into())
		);
		assert_ok!(call(assume(2 * MINUTE), &BOB));
		assert_eq!((shortfall(), issued(CPU)), (0, 2 * MINUTE));
		assert_eq!(held(&BOB), 2 * COST * 12 / 10);
		assert_eq!(withdraw(), Err(Error::<Test>::NotShort.into()));
	});
}

/// Alice, that owes what it put into the pool, is gone for a day, and the shortfall is the class's.
fn vanish() {
	wait(4 * PERIOD_BLOCKS);
	tell(0, Verdict::Missed);
	wait(DAYS);
	tell(1, Verdict::Served);
	assert_ok!(ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU));
	wait(DAYS);
	tell(1, Verdict::Served);
	assert_ok!(ProviderRegistry::close_estate(signed(&CLIENT), ALICE, CPU));
}

#[test]
fn claims_beyond_the_shortfall_are_the_treasurys_unless_the_class_closes() {
	for closing in [false, true] {
		serving().build_and_execute(|| {
			set_prices(PRICE, PRICE);
			pool_of_alice();
			sell(&BOB, 4 * MINUTE, 4 * COST);
			vanish();
			// The pool has bought 4 minutes more for half of its tokens.
			give(CPU, &CLIENT, &MARKET, 4 * MINUTE);
			ShareWorth::set(&(QRN / 200, 9 * MINUTE / 100));
			assert_ok!(withdraw());
			if closing {
				close();
			}
			MockMarket::settle_removals(false);
			assert_ok!(withdraw());
			assert_eq!((shortfall(), issued(CPU)), (0, 4 * MINUTE));
			let (kept, given) = if closing { (4 * MINUTE, 0) } else { (0, 4 * MINUTE) };
			assert_eq!((claims(CPU, &recovery()), claims(CPU, &TREASURY)), (kept, given));
			assert_eq!(free(&recovery()), QRN / 2);
			if closing {
				// They are burned against what Bob owed; then nobody has a claim, and what is left stays.
				wait(7 * DAYS);
				assert_ok!(wind_up(&BOB));
				assert_ok!(withdraw());
				assert_eq!((shortfall(), issued(CPU)), (0, 0));
				assert_eq!(free(&recovery()), QRN / 2 + 4 * COST);
			}
		});
	}
}

#[test]
fn shares_that_came_back_are_withdrawn_with_the_next_call() {
	serving().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		pool_of_alice();
		vanish();
		give(CPU, &MARKET, &CLIENT, 5 * MINUTE);
		ShareWorth::set(&(QRN / 100, 0));
		assert_ok!(withdraw());
		MockMarket::settle_removals(true);
		assert_eq!((shares(&recovery()), RecoveredShares::<Test>::get(CPU)), (100, 0));
		assert_ok!(withdraw());
		MockMarket::settle_removals(false);
		assert_eq!((shares(&recovery()), free(&recovery())), (0, QRN));
		end();
		// One that was refused last is taken along by who redeems.
		sent(&CLIENT, &MARKET, QRN);
		assert_ok!(Shares::mint_into(CPU, &recovery(), 100));
		assert_eq!(redeem(&CLIENT, 5 * MINUTE), Ok(2 * QRN));
		assert_eq!(shares(&recovery()), 0);
	});
}

/// What shares brought is in, of a class that has ended with a shortfall of 30 minutes and 36 at the price.
fn settled() {
	sell_both();
	end();
	assert_ok!(wind_up(&ALICE));
	assert_ok!(wind_up(&BOB));
}

#[test]
fn redeeming_asks_for_the_claims_and_for_the_least_payment() {
	serving().build_and_execute(|| {
		settled();
		assert_eq!(redeem(&CLIENT, 0), Err(Error::<Test>::ZeroAmount.into()));
		assert_eq!(redeem(&CAROL, 1), Err(TokenError::FundsUnavailable.into()));
		let most = (36 * COST + 1 - ED) / 30;
		assert_eq!(
			redeem_at_least(&CLIENT, MINUTE, most + 1),
			Err(Error::<Test>::PaymentTooLow.into())
		);
		assert_ok!(redeem_at_least(&CLIENT, MINUTE, most));
		// More than there is, is more than anybody has.
		assert_eq!(redeem(&CLIENT, 31 * MINUTE), Err(TokenError::FundsUnavailable.into()));
		let unknown = crate::Call::redeem_claims {
			class: 9,
			gpu_time: 1,
			min_payment: 0,
		};
		assert_eq!(call(unknown, &CLIENT), Err(Error::<Test>::ClassNotFound.into()));
	});
}

#[test]
fn claims_that_nothing_was_got_for_are_worth_nothing_and_can_be_burned() {
	serving().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&BOB, 2 * MINUTE, 0);
		end();
		assert_ok!(wind_up(&BOB));
		assert_eq!(free(&recovery()), 0);
		assert_eq!(
			redeem_at_least(&CLIENT, MINUTE, 1),
			Err(Error::<Test>::PaymentTooLow.into())
		);
		assert_eq!(redeem(&CLIENT, MINUTE), Ok(0));
		assert_eq!(redeem(&CLIENT, MINUTE), Ok(0));
		assert_eq!((issued(CPU), shortfall()), (0, 0));
	});
}

#[test]
fn proceeds_too_small_for_an_account_are_not_lost() {
	serving().build_and_execute(|| {
		set_prices(PRICE, PRICE);
		sell(&BOB, MINUTE, ED - 1);
		end();
		assert_ok!(wind_up(&BOB));
		assert_eq!((free(&recovery()), free(&INSURANCE)), (0, 2 * ED - 1));
		// A least balance and no more: it goes with the last claim.
		sent(&ALICE, &recovery(), ED);
		assert_eq!(redeem(&CLIENT, MINUTE - 1), Ok(0));
		assert_eq!(redeem(&CLIENT, 1), Ok(ED));
	});
}

#[test]
fn an_account_that_does_not_exist_gets_what_is_worth_one_or_nothing() {
	serving().build_and_execute(|| {
		settled();
		let stranger = AccountId::new([77; 32]);
		give(CPU, &CLIENT, &stranger, 10 * MINUTE);
		assert_eq!(redeem(&stranger, 1), Err(TokenError::BelowMinimum.into()));
		assert_eq!(claims(CPU, &stranger), 10 * MINUTE);
		let all = redeem(&stranger, 10 * MINUTE).expect("more than a least balance");
		assert_eq!(all, (36 * COST + 1 - ED) / 3);
	});
}

#[test]
fn gifts_to_the_recovery_account_are_shared_and_block_nobody() {
	serving().build_and_execute(|| {
		settled();
		sent(&CAROL, &recovery(), 6 * COST);
		give(CPU, &CLIENT, &recovery(), 9 * MINUTE);
		assert_ok!(Shares::mint_into(CPU, &recovery(), 1));
		let recovered = 42 * COST + 1;
		// 9 minutes are burned for nothing, and 21 are left.
		assert_eq!(redeem(&CLIENT, 7 * MINUTE), Ok((recovered - ED) / 3));
		assert_eq!((shortfall(), shares(&recovery())), (14 * MINUTE, 0));
		// What comes later is for those who are left.
		sent(&CAROL, &recovery(), 14 * COST);
		let left = recovered - (recovered - ED) / 3 + 14 * COST;
		assert_eq!(redeem(&CLIENT, 14 * MINUTE), Ok(left));
	});
}

#[test]
fn somebody_elses_shares_in_the_pallets_account_are_not_the_classs() {
	serving().build_and_execute(|| {
		settled();
		assert_ok!(Shares::mint_into(CPU, &ProviderRegistry::account_id(), 5));
		ShareWorth::set(&(QRN, 0));
		assert_eq!(withdraw(), Err(Error::<Test>::NothingRecovered.into()));
		assert_eq!(redeem(&CLIENT, 30 * MINUTE), Ok(36 * COST + 1));
	});
}

proptest! {
	#![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

	/// Whoever comes first: each part gets what all its claims are worth, rounded down, and of others' roundings less
	/// than a planck a part; all of it is paid.
	#[test]
	fn each_claim_gets_the_same(
		tokens in ED..1_000 * COST,
		parts in prop::collection::vec(1u128..10 * MINUTE, 1..9),
	) {
		serving().build_and_execute(|| {
			set_prices(PRICE, PRICE);
			let all: GpuTime = parts.iter().sum();
			sell(&BOB, all, tokens);
			end();
			assert_ok!(wind_up(&BOB));
			let (mut left, mut ratio) = (all, (tokens - ED, all));
			let mut paid = 0;
			for (index, part) in parts.iter().enumerate() {
				let worth = (tokens - ED) * part / all;
				let payment = redeem(&CLIENT, *part).expect("it is settled");
				paid += payment;
				left -= part;
				if left == 0 {
					assert_eq!(paid, tokens);
					assert_eq!(free(&recovery()), 0);
				} else {
					assert!((worth..=worth + index as u128).contains(&payment) || *part > left, "{payment}: {worth}");
					assert!(payment >= worth);
					// What is left for each claim never falls.
					let now = (tokens - ED - paid, left);
					assert!(now.0 * ratio.1 >= ratio.0 * now.1);
					ratio = now;
				}
			}
		});
	}
}
