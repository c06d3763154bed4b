//! Registering, bonding, unbonding, withdrawing, standing for election, commission.

use super::*;

#[test]
fn register_moves_the_bond_into_the_operators_own_pool() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::register_operator(by(5), 500 * QRN, Perbill::from_percent(7)));
		// The existential deposit lies beside the bond.
		assert_eq!(free(5), ENDOWMENT - 500 * QRN - ED);
		assert_eq!((in_pool(5), own(5)), (500 * QRN, 500 * QRN));
		assert_eq!((operator(5).id, operator(5).commission), (4, Perbill::from_percent(7)));
		assert!(Restaking::is_operator(&5) && !Restaking::is_candidate(&5));
		assert_eq!(Restaking::total_stake(), 10_500 * QRN);
		assert_eq!(
			events(),
			[
				Event::OperatorRegistered {
					operator: 5,
					id: 4,
					pool: operator(5).pool,
					commission: Perbill::from_percent(7)
				},
				Event::Bonded {
					operator: 5,
					amount: 500 * QRN,
					own: 500 * QRN
				}
			]
		);
		assert_ne!(Restaking::pool_account(&5, 4), Restaking::pool_account(&5, 5));
	});
}

#[test]
fn register_refuses_too_little_too_much_and_twice() {
	ExtBuilder::default().build_and_execute(|| {
		let register = |who, bond| Restaking::register_operator(by(who), bond, Perbill::zero());
		assert_noop!(register(5, 100 * QRN - 1), Error::<Test>::BelowMinBond);
		assert_noop!(register(5, ENDOWMENT + 1), TokenError::FundsUnavailable);
		// The operator's own account must live, and the pool's.
		assert_noop!(register(5, ENDOWMENT - 2 * ED + 1), TokenError::NotExpendable);
		assert_noop!(register(1, 100 * QRN), Error::<Test>::AlreadyOperator);
		assert_noop!(
			Restaking::register_operator(RuntimeOrigin::root(), 100 * QRN, Perbill::zero()),
			DispatchError::BadOrigin
		);
		assert_ok!(register(5, ENDOWMENT - 2 * ED));
	});
}

#[test]
fn bond_more_adds_and_moves_the_candidate_up() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(4), 2_500 * QRN));
		assert_eq!((own(4), in_pool(4)), (3_500 * QRN, 3_500 * QRN));
		assert_eq!(free(4), ENDOWMENT - 3_500 * QRN - ED);
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 4, 2, 3]);
		assert_noop!(Restaking::bond_more(by(5), 100), Error::<Test>::NotOperator);
		assert_noop!(Restaking::bond_more(by(4), 0), Error::<Test>::AmountTooSmall);
		assert_noop!(
			Restaking::bond_more(by(4), Balance::MAX),
			polkadot_sdk::sp_runtime::ArithmeticError::Overflow
		);
	});
}

#[test]
fn of_equal_stakes_the_lower_account_comes_first() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::bond_more(by(4), 1_000 * QRN));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 4]);
		assert_ok!(Restaking::bond_more(by(4), 1));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 4, 3]);
	});
}

#[test]
fn delegations_count_for_the_election() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 4, 2_500 * QRN);
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 4, 2, 3]);
		assert_eq!(Candidates::<Test>::get()[1].stake, 3_500 * QRN);
		assert_eq!(Restaking::total_stake(), 12_500 * QRN);
		undelegate(5, 4);
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 4]);
	});
}

#[test]
fn unbond_keeps_the_money_until_the_period_is_over() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 1_500 * QRN));
		assert_eq!((own(1), in_pool(1)), (2_500 * QRN, 4_000 * QRN));
		assert_eq!(
			events().last(),
			Some(&Event::Unbonded {
				operator: 1,
				amount: 1_500 * QRN,
				withdrawable_in: 5
			})
		);
		assert_eq!(accounts(&Candidates::<Test>::get()), [2, 1, 3, 4]);

		start_session(14);
		assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NothingToWithdraw);
		start_era(5);
		assert_ok!(Restaking::withdraw(by(1), None));
		assert_eq!((own(1), in_pool(1)), (2_500 * QRN, 2_500 * QRN));
		assert_eq!(free(1), ENDOWMENT - 2_500 * QRN - ED);
		assert_eq!(
			events().last(),
			Some(&Event::Withdrawn {
				operator: 1,
				delegator: None,
				amount: 1_500 * QRN
			})
		);
		assert_eq!((operator(1).era_pools, EraPools::<Test>::iter().count()), (0, 0));
		assert_noop!(Restaking::withdraw(by(1), None), Error::<Test>::NothingToWithdraw);
	});
}

#[test]
fn what_is_unbonded_while_the_next_era_is_chosen_waits_for_that_one() {
	ExtBuilder::default().build_and_execute(|| {
		// Session 2 is the last of era 0; the validators of session 3, in era 1, are chosen.
		start_session(2);
		assert_ok!(Restaking::unbond(by(1), 100));
		assert_eq!(operator(1).eras.into_inner(), [(6, 100)]);
	});
}

#[test]
fn parts_of_one_era_are_one() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::unbond(by(1), 100));
		assert_ok!(Restaking::unbond(by(1), 200));
		start_era(1);
		assert_ok!(Restaking::unbond(by(1), 50));
		assert_eq!(operator(1).eras.clone().into_inner(), [(5, 300), (6, 50)]);
		assert_eq!(EraPools::<Test>::get(0, 5).unwrap().own.balance, 300);
		start_era(5);
		assert_ok!(Restaking::withdraw(by(1), None));
		assert_eq!(in_pool(1), 4_000 * QRN - 300);
		assert_eq!(operator(1).eras.into_inner(), [(6, 50)]);
	});
}

#[test]
fn unbond_refuses_what_the_bond_cannot_give() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::unbond(by(5), 100), Error::<Test>::NotOperator);
		assert_noop!(Restaking::unbond(by(1), 0), Error::<Test>::AmountTooSmall);
		assert_noop!(
			Restaking::unbond(by(1), 4_000 * QRN + 1),
			Error::<Test>::InsufficientFreeBond
		);
		assert_noop!(Restaking::unbond(by(1), 3_900 * QRN + 1), Error::<Test>::BelowMinBond);
		assert_ok!(Restaking::unbond(by(1), 3_900 * QRN));
	});
}

#[test]
fn unbond_refuses_an_era_too_many() {
	ExtBuilder::default().build_and_execute(|| {
		Operators::<Test>::mutate(1, |o| {
			let o = o.as_mut().unwrap();
			o.eras = BoundedVec::truncate_from((100..100 + policy::MAX_ERA_POOLS).map(|era| (era, 0)).collect());
		});
		assert_noop!(Restaking::unbond(by(1), 1), Error::<Test>::TooManyUnbonding);
		delegate(5, 1, QRN);
		assert_noop!(
			Restaking::undelegate(by(5), 1, RewardMode::Compound, None),
			Error::<Test>::TooManyUnbonding
		);
		Operators::<Test>::mutate(1, |o| o.as_mut().unwrap().eras = BoundedVec::new());
	});
}

#[test]
fn validate_wants_bond_and_keys() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::NotOperator);
		assert_ok!(Restaking::register_operator(by(5), 999 * QRN, Perbill::zero()));
		// Delegations do not make up for the own bond.
		delegate(6, 5, 5_000 * QRN);
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::BelowMinValidatorBond);
		assert_ok!(Restaking::bond_more(by(5), QRN));
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::NoSessionKeys);
		set_keys(5);
		assert_ok!(Restaking::validate(by(5)));
		assert_eq!(
			events().last(),
			Some(&Event::Validating {
				operator: 5,
				stake: 6_000 * QRN
			})
		);
		assert_noop!(Restaking::validate(by(5)), Error::<Test>::AlreadyCandidate);
	});
}

#[test]
fn a_full_list_admits_only_a_larger_stake() {
	ExtBuilder::default().build_and_execute(|| {
		for (who, bond) in [(5, 1_500), (6, 1_500), (7, 1_000), (8, 1_001)] {
			assert_ok!(Restaking::register_operator(by(who), bond * QRN, Perbill::zero()));
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
		assert_eq!(own(4), 1_000 * QRN);
		// One that is in a full list keeps its place when it bonds more.
		assert_ok!(Restaking::bond_more(by(8), 600 * QRN));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 2, 3, 8, 5, 6]);
	});
}

#[test]
fn chill_leaves_the_bond() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::chill(by(2)));
		assert_eq!(accounts(&Candidates::<Test>::get()), [1, 3, 4]);
		assert_eq!((own(2), in_pool(2)), (3_000 * QRN, 3_000 * QRN));
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
		delegate(5, 3, 9_000 * QRN);
		assert_ok!(Restaking::unbond(by(3), 1_000 * QRN + 1));
		assert!(!Restaking::is_candidate(&3));
		assert!(Restaking::is_operator(&3));
		assert!(events().contains(&Event::Chilled {
			operator: 3,
			reason: ChillReason::BelowMinimum
		}));
	});
}

#[test]
fn a_commission_falls_at_once_and_rises_with_notice() {
	ExtBuilder::default().build_and_execute(|| {
		let percent = Perbill::from_percent;
		assert_ok!(Restaking::register_operator(by(5), 500 * QRN, percent(10)));
		assert_noop!(Restaking::set_commission(by(6), percent(1)), Error::<Test>::NotOperator);
		assert_ok!(Restaking::set_commission(by(5), percent(4)));
		assert_eq!(operator(5).commission, percent(4));
		// Four eras of notice are a day: one point.
		assert_noop!(
			Restaking::set_commission(by(5), Perbill::from_parts(50_000_001)),
			Error::<Test>::CommissionRiseTooLarge
		);
		assert_ok!(Restaking::set_commission(by(5), percent(5)));
		assert_eq!(
			events().last(),
			Some(&Event::CommissionAnnounced {
				operator: 5,
				commission: percent(5),
				from: 5
			})
		);
		assert_noop!(
			Restaking::set_commission(by(5), percent(5)),
			Error::<Test>::CommissionAnnounced
		);
		start_session(14);
		reward(5, 100 * QRN);
		// 4 % of it, and the own bond's part of the rest: all, since nobody delegated.
		assert_eq!(Restaking::operator_info(&5).unwrap().commission, percent(4));
		start_era(5);
		assert_eq!(Restaking::operator_info(&5).unwrap().commission, percent(5));
		// The next step is counted from there.
		assert_ok!(Restaking::set_commission(by(5), percent(6)));
		// Setting the present one takes the announced one back.
		assert_ok!(Restaking::set_commission(by(5), percent(5)));
		assert_eq!((operator(5).commission, operator(5).announced), (percent(5), None));
	});
}
