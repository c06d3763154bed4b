//! Each invariant, broken on purpose, is noticed.

use crate::{mock::*, *};
use quern_primitives::ports::Verdict;

/// Breaks something in period 1, where attestor 1 has reported node 1 served, and expects it to be
/// named.
fn notices(named: &str, corrupt: impl FnOnce()) {
	ExtBuilder::default().with_nodes(2).build().execute_with(|| {
		run_to(11);
		assert_eq!(report(1, vec![served(1, 1, 1)]), Ok(()));
		check_promises();
		corrupt();
		let broken = Attestation::do_try_state().expect_err("it is broken");
		assert!(broken.iter().any(|line| line.contains(named)), "{broken:?}");
	});
}

fn corrupt_round(change: impl FnOnce(&mut Round<Runtime>)) {
	Rounds::<Runtime>::mutate(1, |round| change(round.as_mut().expect("open")));
}

fn corrupt_tally(change: impl FnOnce(&mut Tally)) {
	Tallies::<Runtime>::mutate(1, |tallies| change(&mut tallies[0]));
}

#[test]
fn notices_an_old_round() {
	notices("only the last two", || {
		run_to(31);
		let round = Rounds::<Runtime>::get(3).expect("open");
		Rounds::<Runtime>::insert(
			1,
			Round {
				first_block: 10,
				..round
			},
		);
	});
}

#[test]
fn notices_a_coming_round() {
	notices("only the last two", || {
		let round = Rounds::<Runtime>::get(1).expect("open");
		Rounds::<Runtime>::insert(2, round);
	});
}

#[test]
fn notices_a_round_without_tallies() {
	notices("of other periods", || Tallies::<Runtime>::remove(1));
}

#[test]
fn notices_tallies_without_a_round() {
	notices("of other periods", || Tallies::<Runtime>::insert(9, BoundedVec::new()));
}

#[test]
fn notices_reporters_without_a_round() {
	notices("of other periods", || Reporters::<Runtime>::remove(1));
}

#[test]
fn notices_an_unreadable_round() {
	notices("cannot be read", || {
		frame_support::storage::unhashed::put_raw(&Rounds::<Runtime>::hashed_key_for(1), &[1, 2, 3]);
	});
}

#[test]
fn notices_too_many_attestors() {
	notices("more than the bound", || {
		let many: Vec<_> = (0..33u64).map(|account| (account, attestor_key(1))).collect();
		frame_support::storage::unhashed::put(&Attestors::<Runtime>::hashed_key(), &many);
	});
}

#[test]
fn notices_an_attestor_twice() {
	notices("an attestor twice", || set_session([1, 1].into_iter()));
}

#[test]
fn notices_a_wrong_first_block() {
	notices("as its first", || corrupt_round(|round| round.first_block = 11));
}

#[test]
fn notices_nodes_out_of_order() {
	notices("not in ascending order", || {
		corrupt_round(|round| round.nodes.as_mut().reverse())
	});
}

#[test]
fn notices_missing_tallies() {
	notices("2 nodes and 1 tallies", || {
		Tallies::<Runtime>::mutate(1, |tallies| tallies.truncate(1));
	});
}

#[test]
fn notices_reporters_that_are_no_attestors() {
	notices("not attestors", || {
		Reporters::<Runtime>::mutate(1, |all| all.try_push(4).expect("room"))
	});
}

#[test]
fn notices_reporters_twice() {
	notices("not attestors", || {
		Reporters::<Runtime>::mutate(1, |all| all.try_push(0).expect("room"))
	});
}

#[test]
fn notices_a_count_that_nobody_reported() {
	notices("counted what nobody reported", || {
		corrupt_tally(|tally| tally.missed = 0b10)
	});
}

#[test]
fn notices_an_attestor_counted_twice() {
	notices("one attestor counted twice", || {
		corrupt_tally(|tally| tally.missed = 0b1)
	});
}

#[test]
fn notices_a_verdict_without_a_quorum() {
	notices("told Some(Served), due None", || {
		corrupt_tally(|tally| tally.verdict = Some(Verdict::Served))
	});
}

#[test]
fn notices_a_verdict_that_was_not_told() {
	notices("told None, due Some(Unknown)", || {
		run_to(20);
		corrupt_tally(|tally| tally.verdict = None);
	});
}
