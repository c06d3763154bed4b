//! Reducing and voiding: only downwards.

use super::*;

#[test]
fn gives_delegations_back_first() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 15_000));
		assert_ok!(Slashing::reduce(council(), id, 12_000));
		assert_eq!(slash(id).amount, parts(10_000, 2_000));
		assert_eq!(books(OP).frozen(), parts(10_000, 2_000));
		assert_eq!(
			take_events().last(),
			Some(&Event::SlashReduced {
				id,
				left: parts(10_000, 2_000),
				thawed: parts(0, 3_000),
			})
		);
		assert_ok!(Slashing::reduce(council(), id, 4_000));
		assert_eq!(books(OP).frozen(), parts(4_000, 0));
		assert_eq!(slash(id).original, parts(10_000, 5_000));
		run_to_era(APPEAL);
		assert_eq!(
			(Burned::get(), books(OP).own, books(OP).delegated),
			(4_000, 6_000, 40_000)
		);
	});
}

#[test]
fn refuses_when_it_is_not_less() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		for amount in [0, 3_000, 3_001, Balance::MAX] {
			assert_noop!(Slashing::reduce(council(), id, amount), E::NotLess);
		}
		assert_eq!(books(OP).frozen(), parts(3_000, 0));
		assert_ok!(Slashing::reduce(council(), id, 2_999));
		assert_noop!(Slashing::reduce(council(), id, 2_999), E::NotLess);
	});
}

#[test]
fn refuses_when_it_is_not_the_councils() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		assert_noop!(Slashing::reduce(by(OP), id, 1), DispatchError::BadOrigin);
		assert_noop!(Slashing::void(by(OP), id), DispatchError::BadOrigin);
		assert_noop!(Slashing::reduce(council(), id + 1, 1), E::NotFound);
		assert_noop!(Slashing::void(council(), id + 1), E::NotFound);
	});
}

#[test]
fn a_void_slash_leaves_no_trace() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(consensus_slash(OP, 15_000));
		assert_ok!(Slashing::void(council(), id));
		assert_eq!(books(OP), stake());
		assert!(is_gone(id));
		assert_eq!((Due::<Test>::iter().count(), SlashesOf::<Test>::iter().count()), (0, 0));
		assert_eq!(
			take_events().last(),
			Some(&Event::SlashVoided {
				id,
				thawed: parts(10_000, 5_000),
			})
		);
		run_to_era(20);
		assert_eq!((Burned::get(), tokens(pool(OP))), (0, 50_000 + ED));
	});
}

#[test]
fn what_is_not_executed_yet_can_be_reduced_and_voided() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 15_000));
		run_to_era(APPEAL);
		assert_eq!(slash(id).amount, parts(3_250, 5_000));
		assert_noop!(Slashing::reduce(council(), id, 8_250), E::NotLess);
		assert_ok!(Slashing::reduce(council(), id, 5_000));
		assert_eq!(slash(id).amount, parts(3_250, 1_750));
		check_everything();
		assert_ok!(Slashing::void(council(), id));
		assert_eq!(
			(books(OP).own, books(OP).delegated, books(OP).frozen().total()),
			(3_250, 40_000, 0)
		);
		assert_eq!(Burned::get(), 6_750);
	});
}

#[test]
fn a_slash_that_keeps_failing_can_be_voided() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		Failing::set(vec![OP]);
		run_to_era(APPEAL + 3);
		assert_eq!(slash(id).attempts, 4);
		assert_ok!(Slashing::void(council(), id));
		assert_eq!((books(OP), Burned::get()), (stake(), 0));
	});
}
