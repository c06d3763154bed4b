//! Proposing a slash.

use super::*;

#[test]
fn freezes_at_once_and_waits() {
	ExtBuilder::default().build_and_execute(|| {
		run_to_era(2);
		let id = propose(new_slash(OP, 3_000));
		assert_eq!(books(OP).frozen(), parts(3_000, 0));
		assert_eq!(
			slash(id),
			Slash {
				operator: OP,
				scope: Scope::Class(CLASS),
				cause: SlashCause::WrongResult(1),
				session: 4,
				amount: parts(3_000, 0),
				original: parts(3_000, 0),
				evidence: H256::repeat_byte(9),
				victim: None,
				finder: None,
				proposed_in: 2,
				due: 6,
				queued: 6,
				appeal: None,
				attempts: 0,
			}
		);
		assert!(Due::<Test>::contains_key(6, id.to_be_bytes()));
		assert_eq!(
			take_events(),
			[Event::SlashProposed {
				id,
				operator: OP,
				scope: Scope::Class(CLASS),
				cause: SlashCause::WrongResult(1),
				session: 4,
				frozen: parts(3_000, 0),
				evidence: H256::repeat_byte(9),
				due: 6,
			}]
		);
		// Nothing has moved yet.
		assert_eq!((tokens(pool(OP)), Burned::get()), (50_000 + ED, 0));
	});
}

#[test]
fn takes_the_own_bond_first_then_delegations() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 15_000));
		assert_eq!(slash(id).amount, parts(10_000, 5_000));
	});
}

#[test]
fn takes_no_more_than_was_slashable() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 100_000));
		assert_eq!(slash(id).amount, parts(10_000, 10_000));
		assert_eq!(propose(consensus_slash(2, 100_000)), id + 1);
		assert_eq!(slash(id + 1).amount, parts(10_000, 40_000));
	});
}

#[test]
fn takes_no_more_than_is_there() {
	ExtBuilder::default().build_and_execute(|| {
		let first = propose(consensus_slash(OP, 35_000));
		let second = propose(new_slash(OP, 20_000));
		assert_eq!(slash(first).amount, parts(10_000, 25_000));
		assert_eq!(slash(second).amount, parts(0, 15_000));
		assert_eq!(books(OP).frozen(), parts(10_000, 40_000));
	});
}

#[test]
fn an_offence_against_consensus_displaces_what_compute_slashes_froze() {
	ExtBuilder::default().build_and_execute(|| {
		let class = propose(new_slash(OP, 20_000));
		let consensus = propose(consensus_slash(OP, 50_000));
		assert_eq!(slash(class).amount, parts(10_000, 10_000));
		assert_eq!(slash(consensus).amount, parts(10_000, 40_000));
		assert_eq!(books(OP).frozen(), parts(10_000, 40_000));
	});
}

#[test]
fn refuses_when_the_offence_lies_too_far_back() {
	ExtBuilder::default().build_and_execute(|| {
		let old = new_slash(OP, 100);
		System::set_block_number((CHALLENGE * ERA).into());
		assert_eq!(try_propose(old.clone()), Ok(0));
		System::set_block_number(((CHALLENGE + 1) * ERA).into());
		assert_noop!(try_propose(old), E::TooLongAgo);
		assert_eq!(books(OP).frozen(), parts(100, 0));
	});
}

#[test]
fn refuses_when_the_offence_is_to_come() {
	ExtBuilder::default().build_and_execute(|| {
		let later = NewSlash {
			session: 2,
			..new_slash(OP, 100)
		};
		assert_noop!(try_propose(later.clone()), E::InFuture);
		run_to_era(1);
		assert_eq!(try_propose(later), Ok(0));
	});
}

#[test]
fn refuses_when_nothing_answers() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(try_propose(new_slash(OP, 0)), E::NothingToSlash);
		assert_noop!(try_propose(new_slash(99, 100)), E::NothingToSlash);
		let other_class = NewSlash {
			scope: Scope::Class(CLASS + 1),
			..new_slash(OP, 100)
		};
		assert_noop!(try_propose(other_class), E::NothingToSlash);
		Forgotten::set(1);
		assert_noop!(try_propose(new_slash(OP, 100)), E::NothingToSlash);
		assert_eq!(take_events(), []);
	});
}

#[test]
fn refuses_when_all_of_it_is_frozen_and_leaves_no_trace() {
	ExtBuilder::default().build_and_execute(|| {
		propose(consensus_slash(OP, 50_000));
		assert_noop!(try_propose(new_slash(OP, 100)), E::NothingToSlash);
		assert_noop!(try_propose(consensus_slash(OP, 100)), E::NothingToSlash);
		assert_eq!(NextSlashId::<Test>::get(), 1);
	});
}

#[test]
fn refuses_when_numbers_are_used_up() {
	ExtBuilder::default().build_and_execute(|| {
		NextSlashId::<Test>::put(SlashId::MAX);
		assert_noop!(try_propose(new_slash(OP, 100)), E::Overflow);
	});
}

#[test]
fn shows_what_waits() {
	ExtBuilder::default().build_and_execute(|| {
		let first = propose(new_slash(OP, 15_000));
		let second = propose(consensus_slash(2, 100));
		let third = propose(new_slash(OP, 200));
		assert_ok!(Slashing::appeal(by(OP), third, H256::zero()));
		let ids = |operator| -> Vec<_> {
			let pending = Slashing::pending(operator);
			pending.iter().map(|slash| slash.id).collect()
		};
		assert_eq!(ids(None), [first, second, third]);
		assert_eq!(ids(Some(OP)), [first, third]);
		assert!(ids(Some(3)).is_empty());
		let shown = &Slashing::pending(Some(OP))[1];
		assert_eq!(
			(shown.amount, shown.due, shown.appealed),
			(parts(0, 200), APPEAL + RULING, true)
		);
	});
}
