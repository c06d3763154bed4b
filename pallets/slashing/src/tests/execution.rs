//! What is taken, and who gets it.

use super::*;

/// A slash of 10,000 of the own bond and 5,000 of delegations.
fn of_both() -> NewSlash<mock::AccountId> {
	consensus_slash(OP, 15_000)
}

fn execute(slash: NewSlash<mock::AccountId>) -> [Balance; 7] {
	let id = propose(slash);
	run_to_era(APPEAL);
	assert!(is_gone(id));
	last_slashed()
}

#[test]
fn burns_all_if_nobody_lost_or_found() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(execute(of_both()), [10_000, 5_000, 15_000, 0, 0, 0, 0]);
		assert_eq!(Burned::get(), 15_000);
		assert_eq!((books(OP).own, books(OP).delegated), (0, 35_000));
		assert_eq!(tokens(pool(OP)), 35_000 + ED);
	});
}

#[test]
fn the_finder_gets_a_fifth_of_the_own_part() {
	ExtBuilder::default().build_and_execute(|| {
		let found = NewSlash {
			finder: Some(FINDER),
			..of_both()
		};
		assert_eq!(execute(found), [10_000, 5_000, 13_000, 0, 2_000, 0, 0]);
		assert_eq!((tokens(FINDER), Burned::get()), (ENDOWMENT + 2_000, 13_000));
	});
}

#[test]
fn the_finder_gets_nothing_of_delegations() {
	let no_bond = Books { own: 0, ..stake() };
	ExtBuilder::default().with_stake(OP, no_bond).build_and_execute(|| {
		let found = NewSlash {
			finder: Some(FINDER),
			..of_both()
		};
		assert_eq!(execute(found), [0, 15_000, 15_000, 0, 0, 0, 0]);
		assert_eq!(tokens(FINDER), ENDOWMENT);
	});
}

#[test]
fn the_victim_gets_its_loss_and_no_more() {
	ExtBuilder::default().build_and_execute(|| {
		let lost = NewSlash {
			victim: Some((VICTIM, 1_234)),
			finder: Some(FINDER),
			..of_both()
		};
		assert_eq!(execute(lost), [10_000, 5_000, 11_766, 1_234, 2_000, 0, 0]);
		assert_eq!((tokens(VICTIM), tokens(FINDER)), (ENDOWMENT + 1_234, ENDOWMENT + 2_000));
		assert_eq!(Burned::get(), 11_766);
	});
}

#[test]
fn the_victim_gets_what_is_there_if_its_loss_is_more() {
	ExtBuilder::default().build_and_execute(|| {
		let lost = NewSlash {
			victim: Some((VICTIM, 1_000_000)),
			finder: Some(FINDER),
			..of_both()
		};
		assert_eq!(execute(lost), [10_000, 5_000, 0, 13_000, 2_000, 0, 0]);
		assert_eq!((tokens(VICTIM), Burned::get()), (ENDOWMENT + 13_000, 0));
	});
}

#[test]
fn what_an_account_cannot_take_is_burned() {
	ExtBuilder::default().build_and_execute(|| {
		// Less than the existential deposit, to accounts that do not exist.
		let lost = NewSlash {
			victim: Some((NOBODY, ED - 1)),
			finder: Some(NOBODY + 1),
			..consensus_slash(OP, 5 * ED - 5)
		};
		assert_eq!(execute(lost), [45, 0, 45, 0, 0, 0, 0]);
		assert_eq!((tokens(NOBODY), tokens(NOBODY + 1), Burned::get()), (0, 0, 45));
	});
}

#[test]
fn an_account_that_can_live_on_it_is_paid() {
	ExtBuilder::default().build_and_execute(|| {
		let lost = NewSlash {
			victim: Some((NOBODY, ED)),
			..consensus_slash(OP, 100)
		};
		assert_eq!(execute(lost), [100, 0, 90, ED, 0, 0, 0]);
		assert_eq!(tokens(NOBODY), ED);
	});
}

#[test]
fn what_an_offence_against_consensus_displaced_is_not_taken() {
	ExtBuilder::default().build_and_execute(|| {
		let class = propose(new_slash(OP, 4_000));
		let consensus = propose(consensus_slash(OP, 50_000));
		take_events();
		run_to_era(APPEAL);
		assert!(is_gone(class) && is_gone(consensus));
		let events = take_events();
		assert!(matches!(
			events[0],
			Event::Slashed {
				id: 0,
				own: 0,
				delegated: 0,
				burned: 0,
				thawed: 4_000,
				left: 0,
				..
			}
		));
		assert!(matches!(
			events[1],
			Event::Slashed {
				id: 1,
				own: 10_000,
				delegated: 40_000,
				burned: 50_000,
				thawed: 0,
				left: 0,
				..
			}
		));
		assert_eq!((books(OP).frozen().total(), tokens(pool(OP))), (0, ED));
	});
}

#[test]
fn what_is_no_longer_allocated_is_given_back() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		put(
			OP,
			Books {
				allocated: 1_000,
				..books(OP)
			},
		);
		run_to_era(APPEAL);
		assert!(is_gone(id));
		assert_eq!(last_slashed(), [1_000, 0, 1_000, 0, 0, 2_000, 0]);
		assert_eq!((books(OP).own, books(OP).frozen()), (9_000, parts(0, 0)));
	});
}

#[test]
fn over_all_parts_the_victim_gets_its_loss_once() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(NewSlash {
			victim: Some((VICTIM, 9_000)),
			finder: Some(FINDER),
			..new_slash(OP, 15_000)
		});
		// 135,000 count beside what is frozen: a cap of 6,750 in each era.
		run_to_era(APPEAL);
		assert_eq!(last_slashed(), [6_750, 0, 0, 5_400, 1_350, 0, 8_250]);
		assert_eq!(slash(id).victim, Some((VICTIM, 3_600)));
		assert_eq!(slash(id).amount, parts(3_250, 5_000));
		run_to_era(APPEAL + 1);
		assert_eq!(last_slashed(), [3_250, 3_500, 2_500, 3_600, 650, 0, 1_500]);
		run_to_era(APPEAL + 2);
		assert_eq!(last_slashed(), [0, 1_500, 1_500, 0, 0, 0, 0]);
		assert!(is_gone(id));
		assert_eq!((tokens(VICTIM), tokens(FINDER)), (ENDOWMENT + 9_000, ENDOWMENT + 2_000));
		assert_eq!(Burned::get(), 4_000);
	});
}

#[test]
fn what_the_victim_could_not_be_paid_is_not_taken_off_its_loss() {
	let thin = Books { own: 7, ..stake() };
	ExtBuilder::default().with_stake(OP, thin).build_and_execute(|| {
		// The cap lets 5 planck through in the first era, so that the victim's part is below its minimum.
		Executed::<Test>::put(EraTaken {
			era: APPEAL,
			base: 100_000,
			taken: 4_995,
		});
		let id = propose(NewSlash {
			victim: Some((NOBODY, 20)),
			..new_slash(OP, 105)
		});
		run_to_era(APPEAL);
		assert_eq!(last_slashed(), [5, 0, 5, 0, 0, 0, 100]);
		assert_eq!(slash(id).victim, Some((NOBODY, 20)));
		run_to_era(APPEAL + 1);
		assert_eq!(last_slashed(), [2, 98, 80, 20, 0, 0, 0]);
		assert_eq!(tokens(NOBODY), 20);
	});
}
