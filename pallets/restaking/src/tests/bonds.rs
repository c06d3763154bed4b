//! Reserved bond.

use super::*;

#[test]
fn reserved_bond_is_not_free_until_released() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Restaking::free_bond(&1), 4_000);
		assert_ok!(Restaking::reserve(&1, BondUse::Node(7), 1_000));
		assert_ok!(Restaking::reserve(&1, BondUse::Job(7), 2_500));
		assert_eq!(Restaking::free_bond(&1), 500);
		assert_eq!(
			(operator(1).reserved, operator(1).active, in_pool(1)),
			(3_500, 4_000, 4_000)
		);
		assert_eq!(
			events().last(),
			Some(&Event::Reserved {
				operator: 1,
				purpose: BondUse::Job(7),
				amount: 2_500
			})
		);

		Restaking::release(&1, BondUse::Node(7));
		assert_eq!(Restaking::free_bond(&1), 1_500);
		assert_eq!(
			events().last(),
			Some(&Event::Released {
				operator: 1,
				purpose: BondUse::Node(7),
				amount: 1_000
			})
		);
		Restaking::release(&1, BondUse::Node(7));
		Restaking::release(&9, BondUse::Node(7));
		assert_eq!(Restaking::free_bond(&1), 1_500);
	});
}

#[test]
fn refuses_to_reserve_what_is_not_free_or_twice() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::reserve(&9, BondUse::Job(1), 1), Error::<Test>::NotOperator);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(1), 4_001),
			Error::<Test>::InsufficientFreeBond
		);
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), 4_000));
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(1), 0),
			Error::<Test>::AlreadyReserved
		);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(2), 1),
			Error::<Test>::InsufficientFreeBond
		);
	});
}

#[test]
fn unbonding_cannot_touch_reserved_bond() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), 3_000));
		assert_noop!(Restaking::unbond(by(1), 1_001), Error::<Test>::InsufficientFreeBond);
		assert_ok!(Restaking::unbond(by(1), 1_000));
		assert_eq!(Restaking::free_bond(&1), 0);
		Restaking::release(&1, BondUse::Job(1));
		assert_ok!(Restaking::unbond(by(1), 3_000));
		assert_eq!(Restaking::free_bond(&1), 0);
	});
}

#[test]
fn a_slash_below_the_reservations_leaves_nothing_free_and_them_booked() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), 3_000));
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 4,
			offender: 1
		}));
		assert_eq!((operator(1).active, operator(1).reserved), (1_750, 3_000));
		assert_eq!(Restaking::free_bond(&1), 0);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(2), 1),
			Error::<Test>::InsufficientFreeBond
		);
		assert_noop!(Restaking::unbond(by(1), 100), Error::<Test>::InsufficientFreeBond);
		// New bond fills the reservations first.
		assert_ok!(Restaking::bond_more(by(1), 1_300));
		assert_eq!(Restaking::free_bond(&1), 50);
		Restaking::release(&1, BondUse::Job(1));
		assert_eq!(Restaking::free_bond(&1), 3_050);
	});
}

#[test]
fn one_below_the_minimum_is_no_operator_to_others() {
	ExtBuilder::default().build_and_execute(|| {
		assert!(!Restaking::is_operator(&9));
		assert!(Restaking::is_operator(&1));
		// All of it, since two of three validators offended.
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 3,
			offender: 1
		}));
		assert!(!Restaking::is_operator(&1));
		assert_eq!(Restaking::free_bond(&1), 0);
	});
}
