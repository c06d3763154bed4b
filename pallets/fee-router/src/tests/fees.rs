//! Legs, tips, dust: where each planck goes.

use super::*;
use frame_support::traits::{fungible::Mutate, Currency};
use polkadot_sdk::pallet_balances;

#[test]
fn a_job_fee_reaches_its_four_ends_to_the_planck() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		JobFees::<Test>::on_unbalanced(take(60_011));

		assert_eq!(Balances::balance(&account(1)), ENDOWMENT - 60_011);
		assert_eq!(gained(&FeeRouter::staker_pot()), 15_002);
		assert_eq!(gained(&account(90)), 10_001);
		assert_eq!(gained(&FeeRouter::insurance_account()), 5_003);
		assert_eq!(Balances::total_issuance(), issuance - 30_005);
		assert_eq!(TotalBurned::<Test>::get(), 30_005);
		assert_eq!(
			FeeRouter::era(0),
			EraFigures {
				job_fees: 60_011,
				burned: 30_005,
				to_stakers: 15_002,
				to_treasury: 10_001,
				to_insurance: 5_003,
				..Default::default()
			}
		);
		assert_eq!(
			events(),
			[
				Event::Burned { amount: 30_005 },
				Event::JobFeeRouted {
					fee: 60_011,
					burned: 30_005,
					stakers: 15_002,
					treasury: 10_001,
					insurance: 5_003
				}
			]
		);
	});
}

#[test]
fn a_market_fee_has_the_same_legs_in_its_own_column() {
	ExtBuilder::default().build_and_execute(|| {
		MarketFees::<Test>::on_unbalanced(take(1_200));
		let era = FeeRouter::era(0);
		assert_eq!((era.market_fees, era.job_fees), (1_200, 0));
		assert_eq!(
			(era.burned, era.to_stakers, era.to_treasury, era.to_insurance),
			(600, 300, 200, 100)
		);
		assert_eq!(
			events().last(),
			Some(&Event::MarketFeeRouted {
				fee: 1_200,
				burned: 600,
				stakers: 300,
				treasury: 200,
				insurance: 100
			})
		);
	});
}

#[test]
fn a_leg_that_its_account_cannot_take_is_burned_and_booked() {
	// The pot, the treasury and insurance do not exist: only legs of at least ED open them.
	ExtBuilder::default().with_receivers(0).build_and_execute(|| {
		// 60 burned, 30 to stakers, 20 to the treasury, 10 to insurance: the last just suffices.
		JobFees::<Test>::on_unbalanced(take(120));
		assert_eq!(Balances::balance(&FeeRouter::insurance_account()), 10);
		assert_eq!(TotalBurned::<Test>::get(), 60);
	});
	ExtBuilder::default().with_receivers(0).build_and_execute(|| {
		let issuance = Balances::total_issuance();
		// 30, 15, 10, 5: below ED, the last does not.
		JobFees::<Test>::on_unbalanced(take(60));
		assert_eq!(Balances::balance(&FeeRouter::staker_pot()), 15);
		assert_eq!(Balances::balance(&account(90)), 10);
		assert_eq!(Balances::balance(&FeeRouter::insurance_account()), 0);
		assert_eq!(Balances::total_issuance(), issuance - 35);
		let era = FeeRouter::era(0);
		assert_eq!((era.job_fees, era.burned, era.to_insurance), (60, 35, 0));
		assert_eq!(
			events().last(),
			Some(&Event::JobFeeRouted {
				fee: 60,
				burned: 35,
				stakers: 15,
				treasury: 10,
				insurance: 0
			})
		);
	});
}

#[test]
fn of_a_base_fee_a_fifth_and_of_a_tip_all_is_the_authors() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		// As the SDK's `FungibleAdapter` hands them over.
		TransactionFees::<Test>::on_unbalanceds(Some(take(1_003)).into_iter().chain(Some(take(50))));
		assert_eq!(gained(&account(80)), 200 + 50);
		assert_eq!(Balances::total_issuance(), issuance - 803);
		let era = FeeRouter::era(0);
		assert_eq!((era.transaction_fees, era.to_authors, era.burned), (1_053, 250, 803));
		assert_eq!(
			events(),
			[
				Event::Burned { amount: 803 },
				Event::TransactionFeeRouted {
					fee: 1_003,
					tip: 50,
					burned: 803,
					to_author: 250
				}
			]
		);
	});
}

#[test]
fn without_a_tip_or_alone_it_is_a_base_fee() {
	ExtBuilder::default().build_and_execute(|| {
		TransactionFees::<Test>::on_unbalanceds(Some(take(100)).into_iter().chain(None));
		TransactionFees::<Test>::on_unbalanced(take(100));
		assert_eq!(gained(&account(80)), 40);
		assert_eq!(TotalBurned::<Test>::get(), 160);
	});
}

#[test]
fn a_tip_on_a_free_transaction_is_the_authors() {
	ExtBuilder::default().build_and_execute(|| {
		TransactionFees::<Test>::on_unbalanceds(Some(CreditOf::<Test>::default()).into_iter().chain(Some(take(7))));
		assert_eq!(gained(&account(80)), 7);
		assert_eq!(TotalBurned::<Test>::get(), 0);
	});
}

#[test]
fn fees_of_a_block_without_author_are_burned_whole() {
	ExtBuilder::default().build_and_execute(|| {
		Author::set(None);
		TransactionFees::<Test>::on_unbalanceds(Some(take(1_000)).into_iter().chain(Some(take(50))));
		assert_eq!(TotalBurned::<Test>::get(), 1_050);
		assert_eq!(FeeRouter::era(0).to_authors, 0);
	});
}

#[test]
fn an_authors_part_below_the_existential_deposit_is_burned() {
	ExtBuilder::default().with_receivers(0).build_and_execute(|| {
		TransactionFees::<Test>::on_unbalanced(take(45));
		assert_eq!(Balances::balance(&account(80)), 0);
		assert_eq!(TotalBurned::<Test>::get(), 45);
		TransactionFees::<Test>::on_unbalanced(take(50));
		assert_eq!(Balances::balance(&account(80)), 10);
		assert_eq!(TotalBurned::<Test>::get(), 85);
	});
}

#[test]
fn the_authors_payer_gets_share_and_tip_together() {
	ExtBuilder::default().build_and_execute(|| {
		TransactionFees::<Test>::on_unbalanceds(Some(take(1_000)).into_iter().chain(Some(take(50))));
		assert_eq!(Asked::get(), [(account(80), 250)]);
		// Too little for a share: there is nothing to pay.
		TransactionFees::<Test>::on_unbalanced(take(4));
		assert_eq!(Asked::get().len(), 1);
	});
}

#[test]
fn what_the_authors_payer_gives_back_is_burned_and_booked() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		PayerRefuses::set(true);
		TransactionFees::<Test>::on_unbalanceds(Some(take(1_000)).into_iter().chain(Some(take(50))));
		assert_eq!(Asked::get(), [(account(80), 250)]);
		assert_eq!(gained(&account(80)), 0);
		assert_eq!(Balances::total_issuance(), issuance - 1_050);
		let era = FeeRouter::era(0);
		assert_eq!((era.transaction_fees, era.to_authors, era.burned), (1_050, 0, 1_050));
		assert_eq!(
			events(),
			[
				Event::Burned { amount: 1_050 },
				Event::TransactionFeeRouted {
					fee: 1_000,
					tip: 50,
					burned: 1_050,
					to_author: 0
				}
			]
		);
	});
}

#[test]
fn a_base_fee_is_burned_whole() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		BaseFees::<Test>::on_unbalanced(take(1_003));
		BaseFees::<Test>::on_unbalanced(take(1));
		assert_eq!(Balances::total_issuance(), issuance - 1_004);
		assert_eq!(TotalBurned::<Test>::get(), 1_004);
		let expected = EraFigures {
			base_fees: 1_004,
			burned: 1_004,
			..Default::default()
		};
		assert_eq!(FeeRouter::era(0), expected);
		assert_eq!(
			events(),
			[
				Event::Burned { amount: 1_003 },
				Event::BaseFeeBurned { fee: 1_003 },
				Event::Burned { amount: 1 },
				Event::BaseFeeBurned { fee: 1 },
			]
		);
	});
}

#[test]
fn nothing_in_nothing_out() {
	ExtBuilder::default().build_and_execute(|| {
		JobFees::<Test>::on_unbalanced(CreditOf::<Test>::default());
		MarketFees::<Test>::on_unbalanced(CreditOf::<Test>::default());
		TransactionFees::<Test>::on_unbalanceds(core::iter::empty());
		TransactionFees::<Test>::on_unbalanceds(Some(CreditOf::<Test>::default()).into_iter().chain(None));
		BaseFees::<Test>::on_unbalanced(CreditOf::<Test>::default());
		Burner::<Test>::on_unbalanced(CreditOf::<Test>::default());
		assert_eq!(events(), []);
		assert_eq!(KeptEras::<Test>::get().into_inner(), Vec::<EraIndex>::new());
	});
}

#[test]
fn dust_is_burned_and_booked() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		<Balances as Mutate<_>>::transfer(&account(1), &account(2), ENDOWMENT - 9, Preservation::Expendable)
			.expect("account 1 may go");
		assert_eq!(Balances::balance(&account(1)), 0);
		assert_eq!(Balances::total_issuance(), issuance - 9);
		assert_eq!(FeeRouter::era(0).burned, 9);
		assert_eq!(events(), [Event::Burned { amount: 9 }]);
	});
}

#[test]
fn the_older_kind_of_imbalance_is_burned_and_booked_too() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		let (slashed, _) = <Balances as Currency<_>>::slash(&account(2), 500);
		<Burner<Test> as OnUnbalanced<pallet_balances::NegativeImbalance<Test>>>::on_unbalanced(slashed);
		assert_eq!(Balances::total_issuance(), issuance - 500);
		assert_eq!(TotalBurned::<Test>::get(), 500);
	});
}

#[test]
fn supply_tells_of_genesis_and_burning() {
	ExtBuilder::default().build_and_execute(|| {
		Burner::<Test>::on_unbalanced(take(123));
		let supply = FeeRouter::supply();
		assert_eq!(
			(supply.genesis, supply.issuance, supply.burned),
			(6 * ENDOWMENT, 6 * ENDOWMENT - 123, 123)
		);
	});
}
