//! Each invariant is broken on purpose once, and noticed.

use super::*;
use polkadot_sdk::{frame_support::traits::fungible::MutateHold, sp_io};

/// Runs `corrupt` on sound books; what `try_state` then finds must be one line that says `what`.
fn notices(corrupt: impl FnOnce(), what: &str) {
	ExtBuilder::default().build_and_execute(|| {
		run_to_era(2);
		let id = propose(new_slash(OP, 15_000));
		assert_eq!(id, 0);
		assert_ok!(Slashing::appeal(by(OP), id, H256::zero()));
		propose(new_slash(2, 1_000));
		<Slashing as Conduct<_>>::wrong_result(Fault { operator: 3, ..fault() });
		run_to_era(7);
		assert_eq!(Slashing::do_try_state(), Ok(()));
		sp_io::storage::start_transaction();
		corrupt();
		let broken = Slashing::do_try_state().expect_err("it is broken");
		assert_eq!(broken.len(), 1, "{broken:?}");
		assert!(broken[0].contains(what), "{broken:?}");
		sp_io::storage::rollback_transaction();
	});
}

fn change(with: impl FnOnce(&mut SlashOf<Test>)) {
	Slashes::<Test>::mutate(0, |slash| with(slash.as_mut().expect("proposed")));
}

fn key(id: SlashId) -> [u8; 4] {
	id.to_be_bytes()
}

#[test]
fn a_slash_that_the_queue_does_not_list() {
	notices(|| Due::<Test>::remove(9, key(0)), "queued in era 9 and listed under []");
}

#[test]
fn a_slash_that_is_listed_twice() {
	notices(
		|| Due::<Test>::insert(10, key(0), ()),
		"queued in era 9 and listed under [",
	);
}

#[test]
fn a_slash_that_is_queued_before_it_is_due() {
	notices(|| change(|slash| slash.due = 10), "is due in era 10 and queued in 9");
}

#[test]
fn a_listing_of_no_slash() {
	notices(
		|| Due::<Test>::insert(9, key(77), ()),
		"list slash 77, which does not exist",
	);
}

#[test]
fn a_slash_behind_the_cursor() {
	notices(
		|| {
			Due::<Test>::remove(9, key(0));
			Due::<Test>::insert(6, key(0), ());
			change(|slash| (slash.due, slash.queued) = (6, 6));
		},
		"before the cursor 7",
	);
}

#[test]
fn a_cursor_past_the_present_era() {
	notices(|| OldestDue::<Test>::put(8), "has passed the present era 7");
}

#[test]
fn a_slash_without_an_index() {
	notices(|| SlashesOf::<Test>::remove(OP, 0), "not in its operator's index");
}

#[test]
fn an_index_without_a_slash() {
	notices(|| SlashesOf::<Test>::insert(2, 0, ()), "which is not its");
}

#[test]
fn a_slash_with_nothing_left() {
	notices(
		|| change(|slash| slash.amount = parts(0, 0)),
		"nothing left to be taken",
	);
}

#[test]
fn a_slash_that_was_raised() {
	notices(|| change(|slash| slash.amount.own += 1), "slash 0 was");
}

#[test]
fn a_number_that_was_not_given_out() {
	notices(|| NextSlashId::<Test>::put(0), "was not given out");
}

#[test]
fn a_bond_that_is_not_held() {
	notices(
		|| {
			change(|slash| {
				if let Some(appeal) = &mut slash.appeal {
					appeal.bond = Some(BOND + 1);
				}
			})
		},
		"held are 500",
	);
}

#[test]
fn a_hold_without_an_appeal() {
	notices(
		|| {
			assert_ok!(Balances::hold(&HoldReason::Appeal.into(), &3, 1));
		},
		"appeal bonds of 0, held are 1",
	);
}

#[test]
fn an_era_beyond_its_cap() {
	notices(
		|| Executed::<Test>::mutate(|executed| executed.as_mut().expect("executed").taken = 1_000_000),
		"compute slashes took 1000000",
	);
}

#[test]
fn too_many_faults() {
	notices(
		|| Records::<Test>::mutate(3, |record| record.as_mut().expect("jailed").faults = 8),
		"has 8 faults",
	);
}

#[test]
fn a_term_without_end() {
	notices(
		|| {
			Records::<Test>::mutate(3, |record| {
				record.as_mut().expect("jailed").jailed_until = Some(u32::MAX)
			})
		},
		"is jailed until",
	);
}

#[test]
fn a_record_of_a_day_to_come() {
	notices(
		|| Records::<Test>::mutate(3, |record| record.as_mut().expect("jailed").day = 99),
		"a day to come",
	);
}
