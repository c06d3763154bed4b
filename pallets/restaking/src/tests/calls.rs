//! Bonding, unbonding, withdrawing, standing for election.

use super::*;
use crate::policy::MAX_UNBONDING;

#[test]
fn bond_moves_money_into_the_operators_own_pool() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond(by(5), 500));
		assert_eq!(Balances::free_balance(5), ENDOWMENT - 500);
		assert_eq!(in_pool(5), 500);
		assert_eq!(operator(5).active, 500);
		assert!(Restaking::is_operator(&5));
		assert!(!Restaking::is_candidate(&5));
		assert_eq!(
			events().last(),
			Some(&Event::Bonded {
				operator: 5,
				amount: 500,
				active: 500
			})
		);
		assert_ne!(Restaking::pool_account(&5), Restaking::pool_account(&6));
	});
}

#[test]
fn bond_refuses_too_little_too_much_and_twice() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::bond(by(5), 99), Error::<Test>::BelowMinBond);
		assert_noop!(Restaking::bond(by(5), ENDOWMENT + 1), TokenError::FundsUnavailable);
		// The operator's own account must live.
		assert_noop!(Restaking::bond(by(5), ENDOWMENT - ED + 1), TokenError::NotExpendable);
		assert_noop!(Restaking::bond(by(1), 100), Error::<Test>::AlreadyOperator);
		assert_noop!(Restaking::bond(RuntimeOrigin::root(), 100), DispatchError::BadOrigin);
		assert_ok!(Restaking::bond(by(5), ENDOWMENT - ED));
	});
}

#[test]
fn bond_more_adds_and_moves_the_candidate_up() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(4), 2_500));
		assert_eq!(
			(operator(4).active, in_pool(4), Balances::free_balance(4)),
			(3_500, 3_500, ENDOWMENT - 3_500)
		);
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 4, 2, 3]);
		assert_noop!(Restaking::bond_more(by(5), 100), Error::<Test>::NotOperator);
		assert_noop!(
			Restaking::bond_more(by(4), Balance::MAX),
			Error::<Test>::InsufficientBond
		);
	});
}

#[test]
fn of_equal_stakes_the_lower_account_comes_first() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(4), 1_000));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 4]);
		assert_ok!(Restaking::bond_more(by(4), 1));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 4, 3]);
	});
}

#[test]
fn unbond_keeps_the_money_until_the_period_is_over() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 1_500));
		assert_eq!(
			(operator(1).active, in_pool(1), Balances::free_balance(1)),
			(2_500, 4_000, ENDOWMENT - 4_000)
		);
		assert_eq!(
			events().last(),
			Some(&Event::Unbonded {
				operator: 1,
				amount: 1_500,
				withdrawable_in: 3
			})
		);
		assert_eq!(accounts(&Candidates::<Test>::get()), [2, 1, 3, 4]);

		start_session(8);
		assert_noop!(Restaking::withdraw(by(1)), Error::<Test>::NothingToWithdraw);
		start_era(3);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!(
			(operator(1).active, in_pool(1), Balances::free_balance(1)),
			(2_500, 2_500, ENDOWMENT - 2_500)
		);
		assert_eq!(
			events().last(),
			Some(&Event::Withdrawn {
				operator: 1,
				amount: 1_500
			})
		);
		assert_noop!(Restaking::withdraw(by(1)), Error::<Test>::NothingToWithdraw);
	});
}

#[test]
fn what_is_unbonded_while_the_next_era_is_chosen_waits_for_that_one() {
	ExtBuilder::default().build_and_execute(|| {
		// Session 2 is the last of era 0; the validators of session 3, in era 1, are chosen.
		start_session(2);
		assert_ok!(Restaking::unbond(by(1), 100));
		assert_eq!(operator(1).unbonding[0].withdrawable_in, 4);
	});
}

#[test]
fn parts_of_one_era_are_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 100));
		assert_ok!(Restaking::unbond(by(1), 200));
		start_era(1);
		assert_ok!(Restaking::unbond(by(1), 50));
		assert_eq!(
			operator(1).unbonding.into_inner(),
			[
				Unbonding {
					amount: 300,
					withdrawable_in: 3
				},
				Unbonding {
					amount: 50,
					withdrawable_in: 4
				}
			]
		);
		start_era(3);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!(in_pool(1), 3_700);
		assert_eq!(
			operator(1).unbonding.into_inner(),
			[Unbonding {
				amount: 50,
				withdrawable_in: 4
			}]
		);
	});
}

#[test]
fn unbond_refuses_what_the_bond_cannot_give() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::unbond(by(5), 100), Error::<Test>::NotOperator);
		assert_noop!(Restaking::unbond(by(1), ED - 1), Error::<Test>::AmountTooSmall);
		assert_noop!(Restaking::unbond(by(1), 4_001), Error::<Test>::InsufficientBond);
		assert_noop!(Restaking::unbond(by(1), 3_901), Error::<Test>::BelowMinBond);
		assert_ok!(Restaking::unbond(by(1), 3_900));
	});
}

#[test]
fn unbond_refuses_a_part_too_many() {
	ExtBuilder::default().build_and_execute(|| {
		let parts = (0..MAX_UNBONDING).map(|i| Unbonding {
			amount: ED,
			withdrawable_in: 3 + i,
		});
		let parts = BoundedVec::truncate_from(parts.collect());
		// As if unbonded in as many eras: the next part is of an era after all of them.
		Operators::<Test>::mutate(1, |o| {
			let o = o.as_mut().unwrap();
			o.active -= ED * Balance::from(MAX_UNBONDING);
			o.unbonding = parts;
		});
		Restaking::update_candidate(&1, operator(1).active).unwrap();
		CurrentSession::<Test>::put(100 * SESSIONS_PER_ERA);
		assert_noop!(Restaking::unbond(by(1), ED), Error::<Test>::TooManyUnbonding);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_ok!(Restaking::unbond(by(1), ED));
	});
}

#[test]
fn the_last_withdrawal_closes_the_pool_and_takes_gifts_along() {
	ExtBuilder::default().build_and_execute(|| {
		let pool = Restaking::pool_account(&1).unwrap();
		assert_ok!(Balances::transfer_allow_death(by(5), pool, 77));
		assert_ok!(Restaking::unbond(by(1), 4_000));
		assert!(!Restaking::is_operator(&1));
		assert!(!Restaking::is_candidate(&1));
		start_era(3);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!(Balances::free_balance(1), ENDOWMENT + 77);
		assert_eq!(in_pool(1), 0);
		assert!(!Operators::<Test>::contains_key(1));
		assert_noop!(Restaking::withdraw(by(1)), Error::<Test>::NotOperator);
		assert_ok!(Restaking::bond(by(1), 100));
	});
}

#[test]
fn one_that_unbonded_all_may_bond_again() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 4_000));
		assert_noop!(Restaking::bond_more(by(1), 500), Error::<Test>::NotOperator);
		assert_ok!(Restaking::bond(by(1), 500));
		assert_eq!(
			(operator(1).active, operator(1).total(), in_pool(1)),
			(500, 4_500, 4_500)
		);
		start_era(3);
		assert_ok!(Restaking::withdraw(by(1)));
		assert_eq!((in_pool(1), Balances::free_balance(1)), (500, ENDOWMENT - 500));
	});
}

#[test]
fn validate_wants_bond_and_keys() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::NotOperator);
		assert_ok!(Restaking::bond(by(5), 999));
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::BelowMinValidatorBond);
		assert_ok!(Restaking::bond_more(by(5), 1));
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::NoSessionKeys);
		set_keys(5);
		assert_ok!(Restaking::validate(by(5)));
		assert_eq!(
			events().last(),
			Some(&Event::Validating {
				operator: 5,
				stake: 1_000
			})
		);
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::AlreadyCandidate);
	});
}

#[test]
fn a_full_list_admits_only_a_larger_bond() {
	ExtBuilder::default().build_and_execute(|| {
		for (who, bond) in [(5, 1_500), (6, 1_500), (7, 1_000), (8, 1_001)] {
			assert_ok!(Restaking::bond(by(who), bond));
			set_keys(who);
		}
		assert_ok!(Restaking::validate(by(5)));
		assert_ok!(Restaking::validate(by(6)));
		assert_noop!(Restaking::validate(by(7)), Error::<Test>::TooManyCandidates);
		assert_ok!(Restaking::validate(by(8)));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 5, 6, 8]);
		assert!(events().contains(&Event::Chilled {
			operator: 4,
			reason: ChillReason::Outbid
		}));
		// Being outbid costs the place, not the bond.
		assert_eq!(operator(4).active, 1_000);
		// One that is in a full list keeps its place when it bonds more.
		assert_ok!(Restaking::bond_more(by(8), 600));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 8, 5, 6]);
	});
}

#[test]
fn chill_leaves_the_bond() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::chill(by(2)));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 3, 4]);
		assert_eq!((operator(2).active, in_pool(2)), (3_000, 3_000));
		assert_eq!(
			events().last(),
			Some(&Event::Chilled {
				operator: 2,
				reason: ChillReason::Asked
			})
		);
		assert_noop!(Restaking::chill(by(2)), Error::<Test>::NotCandidate);
		assert_ok!(Restaking::validate(by(2)));
	});
}

#[test]
fn a_candidate_that_unbonds_below_the_minimum_is_one_no_more() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(3), 1_001));
		assert!(!Restaking::is_candidate(&3));
		assert!(Restaking::is_operator(&3));
		assert!(events().contains(&Event::Chilled {
			operator: 3,
			reason: ChillReason::BelowMinimum
		}));
	});
}
