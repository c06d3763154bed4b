//! Paying out of the insurance fund.

use super::*;
use polkadot_sdk::sp_runtime::AccountId32;
use quern_primitives::ports::Insurance;

fn pay(who: &AccountId32, amount: Balance) -> Balance {
	<FeeRouter as Insurance<_>>::pay(who, amount)
}

#[test]
fn pays_what_is_asked() {
	ExtBuilder::default().build_and_execute(|| {
		let fund = <FeeRouter as Insurance<AccountId32>>::account();
		assert_eq!(fund, FeeRouter::insurance_account());
		let issuance = Balances::total_issuance();
		assert_eq!(pay(&account(2), 300), 300);
		assert_eq!(Balances::balance(&account(2)), ENDOWMENT + 300);
		assert_eq!(Balances::balance(&fund), ENDOWMENT - 300);
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(
			events(),
			[Event::InsurancePaid {
				who: account(2),
				amount: 300
			}]
		);
	});
}

#[test]
fn pays_no_more_than_there_is_and_keeps_the_existential_deposit() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(pay(&account(2), Balance::MAX), ENDOWMENT - ED);
		assert_eq!(Balances::balance(&FeeRouter::insurance_account()), ED);
		assert_eq!(pay(&account(2), 1), 0);
		assert_eq!(events().len(), 1);
		// It collects on, and pays on.
		JobFees::<Test>::on_unbalanced(take(1_200));
		assert_eq!(pay(&account(2), 1_000), 100);
	});
	ExtBuilder::default().with_receivers(0).build_and_execute(|| {
		assert_eq!(pay(&account(2), 1), 0);
		assert_eq!(events(), []);
	});
}

#[test]
fn pays_nothing_to_who_cannot_take_it() {
	ExtBuilder::default().build_and_execute(|| {
		let fund = FeeRouter::insurance_account();
		assert_eq!(pay(&account(77), ED - 1), 0);
		assert_eq!((pay(&account(2), 0), pay(&fund, 5)), (0, 0));
		assert_eq!(Balances::balance(&fund), ENDOWMENT);
		assert_eq!(events(), []);
		assert_eq!(pay(&account(77), ED), ED);
	});
}
