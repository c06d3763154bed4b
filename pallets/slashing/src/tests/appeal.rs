//! Appeals and their bonds.

use super::*;

const REASON: H256 = H256::repeat_byte(5);

fn appealed(amount: Balance) -> SlashId {
	let id = propose(new_slash(OP, amount));
	assert_ok!(Slashing::appeal(by(OP), id, REASON));
	id
}

#[test]
fn waits_for_a_ruling_and_is_executed_if_there_is_none() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		assert_eq!((held(OP), tokens(OP)), (BOND, ENDOWMENT - BOND));
		assert_eq!(
			take_events().last(),
			Some(&Event::SlashAppealed {
				id,
				reason: REASON,
				bond: BOND,
				due: APPEAL + RULING,
			})
		);
		run_to((APPEAL + RULING) * ERA - 1);
		assert_eq!((slash(id).amount, Burned::get()), (parts(3_000, 0), 0));
		check_everything();
		run_to_era(APPEAL + RULING);
		assert!(is_gone(id));
		// Nobody agreed with it.
		assert_eq!((held(OP), tokens(OP)), (0, ENDOWMENT - BOND));
		assert_eq!(Burned::get(), 3_000 + BOND);
		assert!(take_events().contains(&Event::AppealBondForfeited { id, amount: BOND }));
	});
}

#[test]
fn can_be_made_in_the_last_block_before_it_is_due() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		run_to(APPEAL * ERA - 1);
		assert_ok!(Slashing::appeal(by(OP), id, REASON));
		assert_eq!(slash(id).due, APPEAL + RULING);
	});
}

#[test]
fn refuses_when_it_is_not_the_operators() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		assert_noop!(Slashing::appeal(by(2), id, REASON), E::NotAuthorized);
		assert_noop!(Slashing::appeal(by(OP), id + 1, REASON), E::NotFound);
		assert_noop!(Slashing::appeal(council(), id, REASON), DispatchError::BadOrigin);
	});
}

#[test]
fn refuses_when_the_slash_is_due() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		// The queue lags: what counts is the era, not when it got there.
		System::set_block_number((APPEAL * ERA).into());
		assert_noop!(Slashing::appeal(by(OP), id, REASON), E::TooLate);
	});
}

#[test]
fn refuses_a_second_one() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		assert_noop!(Slashing::appeal(by(OP), id, REASON), E::AlreadyAppealed);
		assert_ok!(Slashing::uphold(council(), id));
		assert_noop!(Slashing::appeal(by(OP), id, REASON), E::AlreadyAppealed);
		let other = appealed(3_000);
		assert_ok!(Slashing::reduce(council(), other, 1_000));
		assert_noop!(Slashing::appeal(by(OP), other, REASON), E::AlreadyAppealed);
	});
}

#[test]
fn refuses_when_the_bond_cannot_be_held() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		let all_but = BOND - 1;
		assert_ok!(Balances::transfer(
			&OP,
			&VICTIM,
			ENDOWMENT - all_but,
			Preservation::Preserve
		));
		assert_noop!(Slashing::appeal(by(OP), id, REASON), TokenError::FundsUnavailable);
	});
}

#[test]
fn each_has_its_own_bond() {
	ExtBuilder::default().build_and_execute(|| {
		let (first, second) = (appealed(1_000), appealed(2_000));
		assert_eq!(held(OP), 2 * BOND);
		assert_ok!(Slashing::void(council(), first));
		assert_eq!((held(OP), tokens(OP)), (BOND, ENDOWMENT - BOND));
		assert_ok!(Slashing::uphold(council(), second));
		assert_eq!((held(OP), tokens(OP), Burned::get()), (0, ENDOWMENT - BOND, BOND));
	});
}

#[test]
fn a_bond_comes_back_when_the_slash_is_reduced() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		assert_ok!(Slashing::reduce(council(), id, 2_999));
		assert_eq!((held(OP), tokens(OP)), (0, ENDOWMENT));
		assert!(take_events().contains(&Event::AppealBondReturned { id, amount: BOND }));
		// It stays due when it was, and burns no bond then.
		assert_eq!(slash(id).due, APPEAL + RULING);
		run_to_era(APPEAL + RULING);
		assert_eq!((Burned::get(), tokens(OP)), (2_999, ENDOWMENT));
	});
}

#[test]
fn a_bond_comes_back_when_the_slash_is_voided() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		assert_ok!(Slashing::void(council(), id));
		assert_eq!((held(OP), tokens(OP), Burned::get()), (0, ENDOWMENT, 0));
	});
}

#[test]
fn an_appeal_that_is_dismissed_delays_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		run_to_era(2);
		assert_ok!(Slashing::uphold(council(), id));
		assert_eq!((held(OP), tokens(OP), Burned::get()), (0, ENDOWMENT - BOND, BOND));
		assert_eq!((slash(id).due, slash(id).queued), (APPEAL, APPEAL));
		assert!(take_events().contains(&Event::AppealDismissed { id, due: APPEAL }));
		run_to_era(APPEAL);
		assert!(is_gone(id));
		assert_eq!(Burned::get(), 3_000 + BOND);
	});
}

#[test]
fn one_dismissed_past_its_first_term_is_due_at_once() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(3_000);
		run_to(5 * ERA + 3);
		assert_ok!(Slashing::uphold(council(), id));
		assert_eq!((slash(id).due, slash(id).queued), (5, 5));
		assert_eq!(OldestDue::<Test>::get(), 5, "the cursor has not passed the present era");
		run_to(5 * ERA + 4);
		assert!(is_gone(id));
	});
}

#[test]
fn refuses_to_dismiss_what_is_no_open_appeal() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Slashing::uphold(council(), 0), E::NotFound);
		let id = propose(new_slash(OP, 3_000));
		assert_noop!(Slashing::uphold(council(), id), E::NoAppeal);
		assert_ok!(Slashing::appeal(by(OP), id, REASON));
		assert_noop!(Slashing::uphold(by(OP), id), DispatchError::BadOrigin);
		assert_ok!(Slashing::uphold(council(), id));
		assert_noop!(Slashing::uphold(council(), id), E::NoAppeal);
	});
}

#[test]
fn a_bond_stays_until_the_last_part_is_executed() {
	ExtBuilder::default().build_and_execute(|| {
		let id = appealed(10_000);
		run_to_era(APPEAL + RULING);
		assert_eq!((Burned::get(), held(OP)), (7_000, BOND));
		check_everything();
		// Whoever reduces the rest agrees with it still.
		assert_ok!(Slashing::reduce(council(), id, 1_000));
		assert_eq!((held(OP), tokens(OP)), (0, ENDOWMENT));
		run_to_era(APPEAL + RULING + 1);
		assert_eq!(Burned::get(), 8_000);
	});
}
