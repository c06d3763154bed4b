//! Reserved bond.

use super::*;

#[test]
fn reserved_bond_is_not_free_until_released() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Restaking::free_bond(&1), 4_000 * QRN);
		assert_ok!(Restaking::reserve(&1, BondUse::Node(7), BondSize::own(1_000 * QRN)));
		assert_ok!(Restaking::reserve(&1, BondUse::Job(7), BondSize::own(2_500 * QRN)));
		assert_eq!(Restaking::free_bond(&1), 500 * QRN);
		assert_eq!(
			(operator(1).reserved, own(1), in_pool(1)),
			(3_500 * QRN, 4_000 * QRN, 4_000 * QRN)
		);
		assert_eq!(
			events().last(),
			Some(&Event::Reserved {
				operator: 1,
				purpose: BondUse::Job(7),
				size: BondSize::own(2_500 * QRN)
			})
		);

		Restaking::release(&1, BondUse::Node(7));
		assert_eq!(Restaking::free_bond(&1), 1_500 * QRN);
		assert_eq!(
			events().last(),
			Some(&Event::Released {
				operator: 1,
				purpose: BondUse::Node(7),
				size: BondSize::own(1_000 * QRN)
			})
		);
		Restaking::release(&1, BondUse::Node(7));
		Restaking::release(&9, BondUse::Node(7));
		assert_eq!(Restaking::free_bond(&1), 1_500 * QRN);
	});
}

#[test]
fn refuses_to_reserve_what_is_not_free_or_twice() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(
			Restaking::reserve(&9, BondUse::Job(1), BondSize::own(1)),
			Error::<Test>::NotOperator
		);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(1), BondSize::own(4_000 * QRN + 1)),
			Error::<Test>::InsufficientFreeBond
		);
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), BondSize::own(4_000 * QRN)));
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(1), BondSize::own(0)),
			Error::<Test>::AlreadyReserved
		);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(2), BondSize::own(1)),
			Error::<Test>::InsufficientFreeBond
		);
	});
}

#[test]
fn unbonding_cannot_touch_reserved_bond() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), BondSize::own(3_000 * QRN)));
		assert_noop!(
			Restaking::unbond(by(1), 1_000 * QRN + 1),
			Error::<Test>::InsufficientFreeBond
		);
		assert_ok!(Restaking::unbond(by(1), 1_000 * QRN));
		assert_eq!(Restaking::free_bond(&1), 0);
		Restaking::release(&1, BondUse::Job(1));
		assert_ok!(Restaking::unbond(by(1), 2_900 * QRN));
		assert_eq!(Restaking::free_bond(&1), 100 * QRN);
	});
}

#[test]
fn a_slash_below_the_reservations_leaves_nothing_free_and_them_booked() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::reserve(&1, BondUse::Job(1), BondSize::own(3_000 * QRN)));
		assert_ok!(report(Equivocation {
			session: 0,
			slot: 1,
			validators: 4,
			offender: 1
		}));
		assert_eq!((operator(1).stake(), operator(1).reserved), (1_750 * QRN, 3_000 * QRN));
		assert_eq!(Restaking::free_bond(&1), 0);
		assert_noop!(
			Restaking::reserve(&1, BondUse::Job(2), BondSize::own(1)),
			Error::<Test>::InsufficientFreeBond
		);
		assert_noop!(Restaking::unbond(by(1), 100), Error::<Test>::InsufficientFreeBond);
		// New bond fills the reservations first.
		assert_ok!(Restaking::bond_more(by(1), 1_300 * QRN));
		assert_eq!(Restaking::free_bond(&1), 50 * QRN);
		Restaking::release(&1, BondUse::Job(1));
		assert_eq!(Restaking::free_bond(&1), 3_050 * QRN);
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

#[test]
fn collateral_is_own_bond_within_an_allocation() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, WHOLE / 2)])
		.build_and_execute(|| {
			let purpose = BondUse::Obligations(7);
			let size = |amount| BondSize {
				own: amount,
				allocated: Some((7, amount)),
			};
			assert_eq!(Restaking::reserved(&1, purpose), None);
			// Half of 4,000 is allocated.
			assert_noop!(
				Restaking::reserve(&1, purpose, size(2_000 * QRN + 1)),
				Error::<Test>::InsufficientAllocation
			);
			assert_ok!(Restaking::reserve(&1, purpose, size(1_500 * QRN)));
			assert_eq!(Restaking::reserved(&1, purpose), Some(size(1_500 * QRN)));
			assert_eq!(
				(Restaking::free_bond(&1), Restaking::free_allocation(&1, 7)),
				(2_500 * QRN, 500 * QRN)
			);
			Restaking::release(&1, purpose);
			assert_eq!(Restaking::reserved(&1, purpose), None);
			assert_eq!(Restaking::free_allocation(&1, 7), 2_000 * QRN);
		});
}

#[test]
fn what_is_reserved_of_an_allocation_keeps_the_own_bond_that_it_is_worth() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, WHOLE / 2)])
		.build_and_execute(|| {
			let purpose = BondUse::Obligations(7);
			let size = BondSize {
				own: 0,
				allocated: Some((7, 600 * QRN)),
			};
			assert_ok!(Restaking::reserve(&1, purpose, size));
			assert_eq!(
				(Restaking::free_bond(&1), operator(1).spare_bond()),
				(4_000 * QRN, 2_800 * QRN)
			);
			// 1,200 have to stay, of which half is worth it.
			assert_noop!(
				Restaking::unbond(by(1), 2_800 * QRN + 1),
				Error::<Test>::AllocationReserved
			);
			assert_noop!(
				Restaking::allocate(by(1), 7, 7 * PERCENT),
				Error::<Test>::AllocationReserved
			);
			assert_ok!(Restaking::unbond(by(1), 1_000 * QRN));
			assert_eq!(Restaking::free_allocation(&1, 7), 900 * QRN);
			// Delegations count like it.
			delegate(5, 1, 1_000 * QRN);
			assert_eq!(operator(1).spare_bond(), 2_800 * QRN);
			// Who leaves leaves as much, and the rest once it is released.
			assert_ok!(Restaking::leave(by(1)));
			assert_eq!((own(1), operator(1).spare_bond()), (200 * QRN, 0));
			assert_noop!(Restaking::leave(by(1)), Error::<Test>::InsufficientFreeBond);
			assert_eq!(Restaking::answers(&1, 7), 2_000 * QRN, "what unbonds answers, too");
			Restaking::release(&1, purpose);
			assert_ok!(Restaking::leave(by(1)));
			assert_eq!(own(1), 0);
		});
}

#[test]
fn where_less_is_worth_than_is_reserved_nothing_leaves() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, WHOLE / 2)])
		.build_and_execute(|| {
			let purpose = BondUse::Obligations(7);
			let size = BondSize {
				own: 0,
				allocated: Some((7, 2_000 * QRN)),
			};
			assert_ok!(Restaking::reserve(&1, purpose, size));
			assert_eq!(operator(1).spare_bond(), 0);
			assert_ok!(report(Equivocation {
				session: 0,
				slot: 1,
				validators: 4,
				offender: 1
			}));
			assert_noop!(Restaking::unbond(by(1), 100), Error::<Test>::AllocationReserved);
			assert_eq!(Restaking::free_allocation(&1, 7), 0);
			assert!(Restaking::answers(&1, 7) <= 2_000 * QRN);
			Restaking::release(&1, purpose);
			assert_ok!(Restaking::unbond(by(1), 100));
		});
}
