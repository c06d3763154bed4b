//! `empty_jar`

use super::*;
use frame_support::{
	assert_noop, assert_ok,
	traits::{fungible, fungibles},
};
use polkadot_sdk::{
	frame_support,
	sp_runtime::{AccountId32, DispatchError, TokenError},
};

type E = Error<Test>;

/// Puts some of an asset into the jar.
fn fill(asset: u32, amount: Balance) {
	assert_ok!(<Assets as fungibles::Mutate<_>>::mint_into(
		asset,
		&FeeRouter::jar_account(),
		amount
	));
}

fn has(asset: u32, who: &AccountId32) -> Balance {
	Assets::balance(asset, who)
}

/// Account `who` empties the jar of these for account 50.
fn empty(who: u8, assets: &[(u32, Balance)], max_burn: Balance) -> polkadot_sdk::sp_runtime::DispatchResult {
	let assets = JarAmounts::<Test>::truncate_from(assets.to_vec());
	FeeRouter::empty_jar(RuntimeOrigin::signed(account(who)), assets, account(50), max_burn)
}

#[test]
fn burns_the_price_and_hands_over_all_that_was_named() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		fill(2, 31);
		fill(3, 5);
		let issuance = Balances::total_issuance();
		assert_ok!(empty(1, &[(2, 31), (1, 0)], JAR_PRICE));

		let jar = FeeRouter::jar_account();
		assert_eq!([1, 2, 3].map(|asset| has(asset, &jar)), [0, 0, 5]);
		assert_eq!([1, 2, 3].map(|asset| has(asset, &account(50))), [700, 31, 0]);
		assert_eq!(Balances::balance(&account(1)), ENDOWMENT - JAR_PRICE);
		assert_eq!(Balances::total_issuance(), issuance - JAR_PRICE);
		assert_eq!(
			(TotalBurned::<Test>::get(), FeeRouter::era(0).burned),
			(JAR_PRICE, JAR_PRICE)
		);
		let taken = JarAmounts::<Test>::truncate_from(vec![(2, 31), (1, 700)]);
		assert_eq!(
			events(),
			[
				Event::Burned { amount: JAR_PRICE },
				Event::JarEmptied {
					who: account(1),
					beneficiary: account(50),
					burned: JAR_PRICE,
					taken
				}
			]
		);
	});
}

#[test]
fn the_second_of_two_loses_the_race_and_nothing_else() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		fill(2, 9);
		// The first takes one of the two that the second wants.
		assert_ok!(empty(2, &[(1, 700)], JAR_PRICE));
		assert_noop!(empty(1, &[(2, 9), (1, 700)], JAR_PRICE), E::LessThanMinimum);
		assert_eq!(Balances::balance(&account(1)), ENDOWMENT);
		// A unit that somebody adds does not stand in for what is gone.
		fill(1, 1);
		assert_noop!(empty(1, &[(1, 700)], JAR_PRICE), E::LessThanMinimum);
		// With no minimum it takes the dust, as it says it would.
		assert_ok!(empty(1, &[(1, 0)], JAR_PRICE));
		assert_eq!(has(1, &account(50)), 701);
	});
}

#[test]
fn refuses_when_there_is_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		fill(3, 1);
		assert_noop!(empty(1, &[], JAR_PRICE), E::NothingThere);
		assert_noop!(empty(1, &[(1, 0), (2, 0)], JAR_PRICE), E::NothingThere);
		// An asset that does not exist is one of which there is none.
		assert_noop!(empty(1, &[(4_444, 0)], JAR_PRICE), E::NothingThere);
		assert_noop!(empty(1, &[(4_444, 1)], JAR_PRICE), E::LessThanMinimum);
	});
}

#[test]
fn refuses_when_the_price_is_above_what_the_caller_burns() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		assert_noop!(empty(1, &[(1, 700)], JAR_PRICE - 1), E::PriceTooHigh);
		assert_ok!(empty(1, &[(1, 700)], Balance::MAX));
		assert_eq!(TotalBurned::<Test>::get(), JAR_PRICE);
	});
}

#[test]
fn refuses_who_cannot_burn_it_and_keep_its_account() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		<Balances as fungible::Mutate<_>>::set_balance(&account(1), JAR_PRICE + ED - 1);
		// Set back below, so that the supply is as it was.
		assert_noop!(empty(1, &[(1, 1)], JAR_PRICE), TokenError::FundsUnavailable);
		<Balances as fungible::Mutate<_>>::set_balance(&account(1), JAR_PRICE - 1);
		assert_noop!(empty(1, &[(1, 1)], JAR_PRICE), TokenError::FundsUnavailable);
		<Balances as fungible::Mutate<_>>::set_balance(&account(1), JAR_PRICE + ED);
		assert_ok!(empty(1, &[(1, 1)], JAR_PRICE));
		assert_eq!(Balances::balance(&account(1)), ED);
		<Balances as fungible::Mutate<_>>::set_balance(&account(1), ENDOWMENT - JAR_PRICE);
	});
}

#[test]
fn an_asset_that_refuses_leaves_the_others_to_who_does_not_name_it() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		fill(2, 31);
		assert_ok!(Assets::freeze_asset(RuntimeOrigin::signed(account(ISSUER)), 2));
		assert_eq!(
			frame_support::storage::with_storage_layer(|| empty(1, &[(1, 1), (2, 1)], JAR_PRICE)),
			Err(E::LessThanMinimum.into())
		);
		assert_eq!(Balances::balance(&account(1)), ENDOWMENT);
		assert_eq!(has(1, &FeeRouter::jar_account()), 700);
		assert_ok!(empty(1, &[(1, 1)], JAR_PRICE));
	});
}

#[test]
fn refuses_when_the_beneficiary_cannot_take_it() {
	ExtBuilder::default().build_and_execute(|| {
		fill(COARSE, 50);
		fill(1, 7);
		assert_ok!(<Assets as fungibles::Mutate<_>>::mint_into(3, &account(50), 1));
		assert_ok!(Assets::block(RuntimeOrigin::signed(account(ISSUER)), 3, account(50)));
		fill(3, 7);
		assert_noop!(empty(1, &[(1, 7), (3, 7)], JAR_PRICE), TokenError::Blocked);
		assert_eq!(has(1, &FeeRouter::jar_account()), 7);
		// All of a coarse asset goes at once, so that no dust of it is lost.
		assert_ok!(empty(1, &[(COARSE, 50)], JAR_PRICE));
		assert_eq!(has(COARSE, &account(50)), 50);
	});
}

#[test]
fn refuses_an_asset_named_twice_and_the_jar_itself() {
	ExtBuilder::default().build_and_execute(|| {
		fill(1, 700);
		assert_noop!(empty(1, &[(1, 0), (2, 0), (1, 0)], JAR_PRICE), E::NamedTwice);
		let all = JarAmounts::<Test>::truncate_from(vec![(1, 0)]);
		assert_noop!(
			FeeRouter::empty_jar(
				RuntimeOrigin::signed(account(1)),
				all.clone(),
				FeeRouter::jar_account(),
				JAR_PRICE
			),
			E::BeneficiaryIsJar
		);
		assert_noop!(
			FeeRouter::empty_jar(RuntimeOrigin::root(), all, account(50), JAR_PRICE),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn dust_in_the_jar_does_no_harm() {
	ExtBuilder::default().build_and_execute(|| {
		// An enemy fills the jar with a unit of many assets, and sends native tokens there.
		for asset in 1_000..1_100 {
			assert_ok!(<Assets as fungibles::Create<_>>::create(
				asset,
				account(ISSUER),
				true,
				1
			));
			fill(asset, 1);
		}
		assert_ok!(<Balances as fungible::Mutate<_>>::transfer(
			&account(2),
			&FeeRouter::jar_account(),
			1_000,
			Preservation::Preserve
		));
		fill(1, 700);
		assert_ok!(empty(1, &[(1, 700)], JAR_PRICE));
		assert_eq!(has(1, &account(50)), 700);
		assert_eq!(Balances::balance(&FeeRouter::jar_account()), 1_000);
	});
}
