//! Each invariant is broken on purpose once, and noticed.

use super::*;

/// Runs `corrupt` while era 1's payout waits, era 2 runs and fees are collected; what `try_state` then
/// finds must be one line that says `what`.
fn notices(what: &str, corrupt: impl FnOnce()) {
	ExtBuilder::default().build().execute_with(|| {
		for n in 11..=14 {
			block_by(n);
		}
		era_by(33);
		pay_all();
		for n in [11, 12, 13, 33] {
			block_by(n);
		}
		fees_arrive(1_000);
		era_by(12);
		pay_author(12, 300);
		assert_eq!(Payouts::<Test>::get().len(), 1);
		assert_eq!(Rewards::do_try_state(), Ok(()));
		corrupt();
		let broken = Rewards::do_try_state().expect_err("it is broken");
		assert_eq!(broken.len(), 1, "{broken:?}");
		assert!(broken[0].contains(what), "{broken:?}");
	});
}

fn corrupt_payout(change: impl FnOnce(&mut Payout)) {
	Payouts::<Test>::mutate(|queue| change(&mut queue[0]));
}

fn corrupt_running(change: impl FnOnce(&mut RunningEra)) {
	Running::<Test>::mutate(|running| change(running.as_mut().expect("an era runs")));
}

#[test]
fn a_pot_that_the_account_does_not_cover() {
	notices("to spend", || corrupt_payout(|payout| payout.pot += 1));
}

#[test]
fn fees_that_the_account_does_not_cover() {
	notices("to spend", || {
		CollectedFees::<Test>::mutate(|due| due.as_mut().expect("due").amount += 1);
	});
}

#[test]
fn money_gone_from_the_account() {
	notices("to spend", || drop(Rewards::take(1)));
}

#[test]
fn a_reserve_that_is_gone() {
	notices("the reserve's account has 0", || {
		use frame_support::traits::{fungible::Mutate, tokens::Preservation};
		let all = Balances::balance(&Rewards::reserve_account());
		Balances::transfer(&Rewards::reserve_account(), &account(1), all, Preservation::Expendable)
			.expect("it has that");
	});
}

#[test]
fn returned_shares_that_are_not_in_the_pot() {
	notices("came back", || {
		let pot = pot();
		ReturnedShares::<Test>::put(pot + 1);
	});
}

#[test]
fn points_that_a_payout_does_not_know() {
	notices("the payout is for", || Points::<Test>::insert(1, account(40), 1));
	notices("the payout is for", || Points::<Test>::insert(2, account(40), 1));
}

#[test]
fn points_that_nobody_has() {
	notices("the payout is for", || corrupt_payout(|payout| payout.points += 1));
	notices("the payout is for", || {
		corrupt_running(|running| running.payout.points += 1)
	});
}

#[test]
fn points_of_an_era_that_was_paid() {
	notices("points without a payout", || Points::<Test>::insert(0, account(40), 1));
}

#[test]
fn a_pot_for_no_points() {
	notices("a pot of 5 for no points", || {
		Points::<Test>::remove(2, account(12));
		corrupt_running(|running| {
			running.points = 0;
			running.payout.points = 0;
			running.payout.pot = 5;
		});
		CollectedFees::<Test>::mutate(|due| due.as_mut().expect("due").amount -= 5);
	});
}

#[test]
fn a_payout_that_waits_for_nobody() {
	notices("waits for nobody", || {
		Payouts::<Test>::mutate(|queue| {
			queue
				.try_insert(
					0,
					Payout {
						era: 0,
						pot: 0,
						points: 0,
					},
				)
				.expect("room");
		});
	});
}

#[test]
fn payouts_out_of_order() {
	notices("out of order", || {
		Payouts::<Test>::mutate(|queue| queue[0].era = 3);
		for (who, points) in Points::<Test>::drain_prefix(1).collect::<Vec<_>>() {
			Points::<Test>::insert(3, who, points);
		}
	});
}

#[test]
fn an_era_that_is_to_come() {
	notices("it is era 1", || Era::set(1));
}

#[test]
fn more_points_than_the_payout_has() {
	notices("gave 21 points", || corrupt_running(|running| running.points += 1));
}

#[test]
fn earnings_in_another_s_place() {
	notices("earnings of era 1 stand at 3", || {
		let earnings = History::<Test>::take(1).expect("era 1 is over");
		History::<Test>::insert(3, earnings);
	});
}

#[test]
fn earnings_of_an_era_that_runs() {
	notices("earnings of era 2 stand at 2", || {
		Rewards::remember(EraEarnings {
			era: 2,
			..Default::default()
		});
	});
}
