//! The queue: nothing early, nothing lost, nothing in another's way.

use super::*;

type W = ();

fn slice(slashes: u64, eras: u64) -> Weight {
	<W as WeightInfo>::drain_base() + <W as WeightInfo>::execute() * slashes + <W as WeightInfo>::pass_era() * eras
}

#[test]
fn nothing_is_executed_before_it_is_due() {
	ExtBuilder::default().build_and_execute(|| {
		let id = propose(new_slash(OP, 3_000));
		run_to(APPEAL * ERA - 1);
		Slashing::on_idle(System::block_number(), Weight::MAX);
		assert!(!is_gone(id));
		assert_eq!(Burned::get(), 0);
		run_to(APPEAL * ERA);
		assert!(is_gone(id));
		assert_eq!((tokens(pool(OP)), Burned::get()), (47_000 + ED, 3_000));
		assert_eq!(books(OP).own, 7_000);
		assert_eq!(Due::<Test>::iter().count(), 0);
	});
}

#[test]
fn however_long_execution_lags_nothing_is_left_behind() {
	ExtBuilder::default().build_and_execute(|| {
		let mut ids = Vec::new();
		for era in 0..6 {
			System::set_block_number((era * ERA + 1).into());
			ids.extend((0..3).map(|n| propose(new_slash(OPERATORS[n], 100))));
		}
		// No block of 36 eras ran a hook. One slice passes some eras and executes some slashes.
		take_events();
		System::set_block_number((36 * ERA).into());
		let cursor = OldestDue::<Test>::get();
		Slashing::on_initialize(System::block_number());
		assert_eq!((cursor, OldestDue::<Test>::get()), (0, 4));
		assert_eq!(Slashes::<Test>::iter().count(), 16);
		check_everything();
		run_to(38 * ERA);
		assert_eq!(executed(), ids);
		assert_eq!((Slashes::<Test>::iter().count(), OldestDue::<Test>::get()), (0, 38));
		assert_eq!(Burned::get(), 18 * 100);
	});
}

#[test]
fn idle_time_catches_up_in_one_block_in_order() {
	ExtBuilder::default().build_and_execute(|| {
		// Numbers whose order as little-endian keys would be another.
		NextSlashId::<Test>::put(253);
		let mut ids = Vec::new();
		for era in 0..3 {
			System::set_block_number((era * ERA + 1).into());
			ids.extend((0..3).map(|n| propose(new_slash(OPERATORS[n], 100))));
		}
		take_events();
		System::set_block_number((100 * ERA).into());
		Slashing::on_idle(System::block_number(), Weight::MAX);
		assert_eq!(ids, (253..262).collect::<Vec<_>>());
		assert_eq!(executed(), ids);
		assert_eq!(OldestDue::<Test>::get(), 100);
	});
}

#[test]
fn a_block_executes_its_slice_and_the_next_goes_on() {
	ExtBuilder::default().build_and_execute(|| {
		for n in 0..5 {
			propose(new_slash(OPERATORS[n % 3], 100));
		}
		System::set_block_number((APPEAL * ERA).into());
		assert_eq!(Slashing::on_initialize(System::block_number()), slice(2, 4));
		assert_eq!(Slashes::<Test>::iter().count(), 3);
		assert_eq!(Slashing::on_initialize(System::block_number()), slice(2, 0));
		assert_eq!(Slashing::on_initialize(System::block_number()), slice(1, 0));
		assert_eq!(Slashing::on_initialize(System::block_number()), slice(0, 0));
		assert_eq!(Burned::get(), 500);
		Slashing::integrity_test();
	});
}

#[test]
fn idle_time_does_what_its_weight_allows() {
	ExtBuilder::default().build_and_execute(|| {
		for n in 0..5 {
			propose(new_slash(OPERATORS[n % 3], 100));
		}
		System::set_block_number((APPEAL * ERA).into());
		let idle = |weight| Slashing::on_idle(System::block_number(), weight);
		assert_eq!(idle(Weight::zero()), Weight::zero());
		assert_eq!(idle(slice(0, 0) - Weight::from_parts(1, 0)), Weight::zero());
		assert_eq!(idle(slice(0, 3)), slice(0, 3));
		assert_eq!(OldestDue::<Test>::get(), 3);
		assert_eq!(idle(slice(3, 1)), slice(3, 1));
		assert_eq!(Slashes::<Test>::iter().count(), 2);
		check_everything();
		// A proof limit bounds it as time does.
		assert_eq!(idle(slice(2, 0).set_proof_size(slice(1, 0).proof_size())), slice(1, 0));
		assert_eq!(idle(Weight::MAX), slice(1, 0));
		assert_eq!(idle(Weight::MAX), slice(0, 0));
		assert_eq!(Burned::get(), 500);
	});
}

#[test]
fn a_slash_that_fails_is_undone_and_tried_again() {
	ExtBuilder::default().build_and_execute(|| {
		let failing = propose(new_slash(OP, 15_000));
		let sound = propose(new_slash(2, 100));
		Failing::set(vec![OP]);
		let before = books(OP);
		take_events();
		run_to_era(APPEAL);
		assert!(is_gone(sound), "another's failure keeps it not waiting");
		assert_eq!(
			take_events()[0],
			Event::SlashDelayed {
				id: failing,
				error: DispatchError::Exhausted,
				attempts: 1,
				until: APPEAL + 1,
			}
		);
		assert_eq!(books(OP), before);
		assert_eq!(slash(failing).amount, parts(10_000, 5_000));
		check_everything();
		run_to_era(APPEAL + 20);
		assert_eq!((slash(failing).attempts, slash(failing).queued), (21, APPEAL + 21));
		assert_eq!((slash(failing).due, Burned::get()), (APPEAL, 100));

		Failing::set(vec![]);
		run_to_era(APPEAL + 30);
		assert!(is_gone(failing));
		assert_eq!(Burned::get(), 15_100);
	});
}

#[test]
fn a_failure_leaves_its_room_under_the_cap_to_others() {
	ExtBuilder::default().build_and_execute(|| {
		propose(new_slash(OP, 7_000));
		let other = propose(new_slash(2, 6_000));
		Failing::set(vec![OP]);
		run_to_era(APPEAL);
		assert!(is_gone(other));
		assert_eq!(Executed::<Test>::get().map(|executed| executed.taken), Some(6_000));
	});
}

#[test]
fn many_failures_take_a_slice_each_and_no_more() {
	ExtBuilder::default().build_and_execute(|| {
		Failing::set(vec![OP]);
		for _ in 0..7 {
			propose(new_slash(OP, 100));
		}
		let last = propose(new_slash(2, 100));
		System::set_block_number((APPEAL * ERA).into());
		for expected in [slice(2, 4), slice(2, 0), slice(2, 0), slice(2, 0), slice(0, 0)] {
			assert_eq!(Slashing::on_initialize(System::block_number()), expected);
		}
		assert!(is_gone(last));
		assert_eq!(
			Slashes::<Test>::iter_values().map(|slash| slash.attempts).sum::<u32>(),
			7
		);
	});
}
