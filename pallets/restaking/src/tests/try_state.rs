//! Each invariant is broken on purpose once, and noticed.

use super::*;
use polkadot_sdk::sp_io;

/// Runs `corrupt` on sound books; `try_state` must then find one thing for each of `what`, in that order.
fn notices(what: &[&str], corrupt: impl FnOnce()) {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(Restaking::reserve(&2, BondUse::Job(1), 500));
		assert_ok!(Restaking::unbond(by(3), 100));
		start_era(1);
		assert_ok!(Restaking::unbond(by(3), 100));
		assert_eq!(Restaking::do_try_state(), Ok(()));
		sp_io::storage::start_transaction();
		corrupt();
		let broken = Restaking::do_try_state().expect_err("it is broken");
		assert_eq!(broken.len(), what.len(), "{broken:?}");
		assert!(
			broken.iter().zip(what).all(|(line, what)| line.contains(what)),
			"{broken:?}"
		);
		sp_io::storage::rollback_transaction();
	});
}

fn change(who: AccountId, change: impl FnOnce(&mut OperatorOf<Test>)) {
	Operators::<Test>::mutate(who, |operator| change(operator.as_mut().expect("it is an operator")));
}

#[test]
fn a_bond_that_the_pool_does_not_hold() {
	notices(&["but its pool account holds 2000"], || {
		change(3, |o| o.unbonding[0].amount += 1)
	});
}

#[test]
fn a_pool_that_is_not_the_operators() {
	notices(&["not its own"], || {
		change(4, |o| o.pool = Restaking::pool_account(&1).unwrap())
	});
}

#[test]
fn a_part_of_bond_below_the_existential_deposit() {
	notices(&["below the existential deposit"], || {
		change(3, |o| o.unbonding[0].amount = ED - 1)
	});
}

#[test]
fn parts_out_of_order() {
	notices(&["out of order"], || change(3, |o| o.unbonding[1].withdrawable_in = 0));
}

#[test]
fn a_reserved_sum_that_reservations_do_not_make() {
	notices(&["but its reservations sum to 500"], || change(2, |o| o.reserved += 1));
	notices(&["but its reservations sum to 0"], || {
		Reservations::<Test>::remove(2, BondUse::Job(1))
	});
}

#[test]
fn a_reservation_of_nobodys_bond() {
	notices(&["but is no operator"], || {
		Reservations::<Test>::insert(9, BondUse::Node(1), 5)
	});
}

#[test]
fn more_reserved_than_bonded_without_a_slash() {
	notices(&["was never slashed"], || {
		Reservations::<Test>::insert(2, BondUse::Node(1), 3_000);
		change(2, |o| o.reserved = 3_500);
	});
}

#[test]
fn candidates_out_of_order() {
	notices(&["candidates are out of order"], || {
		Candidates::<Test>::mutate(|list| (list[0], list[1]) = (list[1].clone(), list[0].clone()))
	});
}

#[test]
fn a_candidate_twice() {
	notices(&["candidates are out of order", "listed twice"], || {
		Candidates::<Test>::mutate(|list| {
			let copy = list[0].clone();
			list.try_insert(1, copy).expect("there is room")
		})
	});
}

#[test]
fn a_candidate_with_a_stake_that_is_not_its_own() {
	notices(&["but its active bond is Some(4000)"], || {
		Candidates::<Test>::mutate(|list| list[0].stake += 1)
	});
	notices(&["but its active bond is None"], || {
		Candidates::<Test>::mutate(|list| list[0] = Candidate { who: 9, stake: 4_000 })
	});
}

#[test]
fn a_candidate_with_too_little() {
	notices(&["less than a validator's bond"], || {
		Candidates::<Test>::mutate(|list| list[3].stake = 999);
		change(4, |o| o.active = 999);
	});
}

#[test]
fn exposures_of_a_session_out_of_range() {
	notices(&["outside 0 to 4"], || {
		Exposures::<Test>::insert(5, Exposures::<Test>::get(4).unwrap())
	});
}

#[test]
fn exposures_of_nobody() {
	notices(&["has no validator"], || {
		Exposures::<Test>::insert(4, BoundedVec::new())
	});
}
