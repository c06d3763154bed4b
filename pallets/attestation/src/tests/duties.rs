//! Attestors hear how many of their observations agreed with a quorum.

use crate::{mock::*, *};

/// What was told, by attestor.
fn agreed() -> Vec<(u64, u32)> {
	let mut told = Agreed::get();
	told.sort_unstable();
	told
}

#[test]
fn who_saw_what_the_quorum_saw_counts_one_a_node() {
	ExtBuilder::default().with_nodes(3).build_and_execute(|| {
		run_to(12);
		// Node 1 is served, node 2 missed; of node 3 they saw two things each.
		for account in 1..=3 {
			let third = if account == 1 { served(3, account, 1) } else { missed(3) };
			let first = served(1, account, 1);
			assert_eq!(report(account, vec![first, missed(2), third]), Ok(()));
		}
		run_to(19);
		assert_eq!(Agreed::get(), []);
		run_to(20);
		assert_eq!(agreed(), [(1, 2), (2, 2), (3, 2)]);
	});
}

#[test]
fn who_saw_something_else_gets_nothing_for_it() {
	ExtBuilder::default().with_nodes(2).build_and_execute(|| {
		run_to(12);
		assert_eq!(report(1, vec![missed(1), served(2, 1, 1)]), Ok(()));
		for account in 2..=4 {
			assert_eq!(
				report(account, vec![served(1, account, 1), served(2, account, 1)]),
				Ok(())
			);
		}
		run_to(20);
		assert_eq!(agreed(), [(1, 1), (2, 2), (3, 2), (4, 2)]);
	});
}

#[test]
fn a_report_after_the_quorum_counts_as_one_before_it() {
	ExtBuilder::default().with_attestors(7).build_and_execute(|| {
		run_to(12);
		for account in 1..=5 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		run_to(19);
		assert_eq!(report(6, vec![served(1, 6, 1)]), Ok(()));
		assert_eq!(report(7, vec![missed(1)]), Ok(()));
		run_to(20);
		assert_eq!(agreed(), (1..=6).map(|account| (account, 1)).collect::<Vec<_>>());
	});
}

#[test]
fn a_statement_that_was_refused_agrees_with_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(12);
		for account in 1..=3 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		// Another attestor's answer.
		assert_eq!(report(4, vec![served(1, 1, 1)]), Ok(()));
		run_to(20);
		assert_eq!(agreed(), [(1, 1), (2, 1), (3, 1)]);
	});
}

#[test]
fn without_a_quorum_nobody_counts() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(12);
		for account in 1..=2 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		run_to(40);
		assert_eq!(Agreed::get(), []);
	});
}

#[test]
fn each_is_told_once_a_period() {
	ExtBuilder::default().with_nodes(5).build_and_execute(|| {
		for period in 1..=3 {
			run_to(period * 10 + 2);
			for account in 1..=4 {
				let seen = (1..=5).map(|node| served(node, account, period)).collect();
				assert_eq!(report(account, seen), Ok(()));
			}
			run_to(period * 10 + 10);
			assert_eq!(Agreed::take(), [(1, 5), (2, 5), (3, 5), (4, 5)]);
		}
		run_to(60);
		assert_eq!(Agreed::get(), []);
	});
}

#[test]
fn counts_go_to_those_who_were_assigned() {
	ExtBuilder::default()
		.with_attestors(20)
		.with_nodes(9)
		.build_and_execute(|| {
			run_to(12);
			let round = Rounds::<Runtime>::get(1).expect("open");
			let duties: Vec<u32> = (0..20).map(|index| round.duties(index).count() as u32).collect();
			for index in 0..20u32 {
				let account = u64::from(index) + 1;
				let seen: Vec<_> = round.duties(index).map(|duty| served(duty.node, account, 1)).collect();
				if !seen.is_empty() {
					assert_eq!(report(account, seen), Ok(()));
				}
			}
			run_to(20);
			let due: Vec<_> = (1u64..).zip(duties).filter(|(_, duties)| *duties > 0).collect();
			assert_eq!(agreed(), due);
			assert_eq!(due.iter().map(|(_, duties)| duties).sum::<u32>(), 9 * 7);
		});
}

#[test]
fn the_session_s_change_takes_nobody_s_count() {
	ExtBuilder::default().build_and_execute(|| {
		run_to(12);
		for account in 1..=4 {
			assert_eq!(report(account, vec![served(1, account, 1)]), Ok(()));
		}
		set_session(11..=15);
		run_to(20);
		assert_eq!(agreed(), [(1, 1), (2, 1), (3, 1), (4, 1)]);
	});
}
