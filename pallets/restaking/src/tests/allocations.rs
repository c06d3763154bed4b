//! Allocations: delay, leaving, limit, what they are worth.

use super::*;

fn allocation(who: AccountId, class: ClassId) -> Allocation {
	Restaking::edit(&who)
		.unwrap()
		.allocations
		.get(&class)
		.cloned()
		.unwrap_or_default()
}

#[test]
fn a_rise_counts_from_the_next_session_if_nobody_delegated() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::allocate(by(1), 7, 20 * PERCENT));
		assert_eq!(Restaking::free_allocation(&1, 7), 0);
		start_session(1);
		assert_eq!(Restaking::free_allocation(&1, 7), 800 * QRN);
	});
}

#[test]
fn a_rise_counts_after_the_delay() {
	ExtBuilder::default().build_and_execute(|| {
		delegate(5, 1, 1_000 * QRN);
		assert_ok!(Restaking::allocate(by(1), 7, 16 * PERCENT));
		assert_eq!(
			events().last(),
			Some(&Event::Allocated {
				operator: 1,
				class: 7,
				active: 0,
				joining: Some((16 * PERCENT, 2))
			})
		);
		assert_eq!(Restaking::free_allocation(&1, 7), 0);
		start_session(1);
		assert_eq!(Restaking::free_allocation(&1, 7), 0);
		assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 1), 0);
		start_session(2);
		assert_eq!(Restaking::free_allocation(&1, 7), 800 * QRN);
		assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 2), 800 * QRN);
		assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 1), 0);
		// A later change does not blur when it joined.
		start_session(3);
		assert_ok!(Restaking::allocate(by(1), 8, 10 * PERCENT));
		for (session, amount) in [(0, 0), (1, 0), (2, 800 * QRN), (3, 800 * QRN), (4, 0)] {
			assert_eq!(
				Restaking::slashable_at(&1, Scope::Class(7), session),
				amount,
				"in {session}"
			);
		}
	});
}

#[test]
fn a_fall_counts_at_once_and_stays_slashable() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 50 * PERCENT)])
		.build_and_execute(|| {
			assert_eq!(Restaking::free_allocation(&1, 7), 2_000 * QRN);
			assert_ok!(Restaking::allocate(by(1), 7, 10 * PERCENT));
			assert_eq!(Restaking::free_allocation(&1, 7), 400 * QRN);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 0), 2_000 * QRN);
			// It takes of the limit until it is not slashable any more.
			assert_noop!(Restaking::allocate(by(1), 8, 1), Error::<Test>::AllocatedTooMuch);
			start_session(14);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 14), 2_000 * QRN);
			start_era(5);
			assert_eq!(Restaking::slashable_at(&1, Scope::Class(7), 15), 400 * QRN);
			assert_eq!(allocation(1, 7).slashable(), 10 * PERCENT);
			assert_ok!(Restaking::allocate(by(1), 8, 40 * PERCENT));
			// A rise that did not join yet is taken back at once.
			assert_ok!(Restaking::allocate(by(1), 8, 0));
			assert_eq!(allocation(1, 8), Allocation::default());
		});
}

#[test]
fn refuses_what_is_no_class_too_much_and_too_many() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Restaking::allocate(by(9), 0, 1), Error::<Test>::NotOperator);
		assert_noop!(Restaking::allocate(by(1), 20, 1), Error::<Test>::UnknownClass);
		assert_noop!(
			Restaking::allocate(by(1), 0, 50 * PERCENT + 1),
			Error::<Test>::AllocatedTooMuch
		);
		for class in 0..policy::MAX_ALLOCATIONS {
			assert_ok!(Restaking::allocate(by(1), class, PERCENT));
		}
		assert_noop!(
			Restaking::allocate(by(1), 16, PERCENT),
			Error::<Test>::TooManyAllocations
		);
	});
}

#[test]
fn what_jobs_reserve_cannot_be_taken_away() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 50 * PERCENT)])
		.build_and_execute(|| {
			let size = |amount| BondSize {
				own: 0,
				allocated: Some((7, amount)),
			};
			assert_noop!(
				Restaking::reserve(&1, BondUse::Job(1), size(2_000 * QRN + 1)),
				Error::<Test>::InsufficientAllocation
			);
			assert_ok!(Restaking::reserve(&1, BondUse::Job(1), size(1_000 * QRN)));
			assert_noop!(
				Restaking::reserve(&1, BondUse::Job(2), size(1_000 * QRN + 1)),
				Error::<Test>::InsufficientAllocation
			);
			assert_eq!(Restaking::free_allocation(&1, 7), 1_000 * QRN);
			assert_noop!(
				Restaking::allocate(by(1), 7, 25 * PERCENT - 1),
				Error::<Test>::AllocationReserved
			);
			assert_ok!(Restaking::allocate(by(1), 7, 25 * PERCENT));
			assert_eq!(Restaking::free_allocation(&1, 7), 0);
			Restaking::release(&1, BondUse::Job(1));
			assert_eq!(Restaking::free_allocation(&1, 7), 1_000 * QRN);
			assert_ok!(Restaking::allocate(by(1), 7, 0));
		});
}

#[test]
fn parts_that_leave_in_many_eras_are_kept_in_few() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 50 * PERCENT)])
		.build_and_execute(|| {
			Operators::<Test>::mutate(1, |o| {
				let leaving = &mut o.as_mut().unwrap().allocations.get_mut(&7).unwrap().leaving;
				*leaving = BoundedVec::truncate_from((10..10 + policy::MAX_LEAVING).map(|era| (0, era)).collect());
			});
			start_session(3);
			assert_ok!(Restaking::allocate(by(1), 7, 49 * PERCENT));
			assert_eq!(
				allocation(1, 7).leaving.last(),
				Some(&(PERCENT, 9 + policy::MAX_LEAVING))
			);
			assert_eq!(allocation(1, 7).slashable(), 50 * PERCENT);
		});
}
