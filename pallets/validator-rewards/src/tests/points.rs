//! Who gets points, and in which era.

use super::*;

#[test]
fn a_block_is_twenty_points_and_a_report_one() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		block_by(12);
		block_by(11);
		Rewards::agreed(&account(12), 7);
		Rewards::agreed(&account(13), 1);
		assert_eq!((points_of(11), points_of(12), points_of(13)), (40, 27, 1));
		let running = Rewards::running_era();
		assert_eq!((running.points, running.payout.points), (68, 68));
	});
}

#[test]
fn no_reports_leave_no_trace() {
	ExtBuilder::default().build_and_execute(|| {
		Rewards::agreed(&account(12), 0);
		assert_eq!(Points::<Test>::iter().count(), 0);
	});
}

#[test]
fn the_first_block_of_an_era_counts_in_it_whoever_is_told_first() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		// As in the runtime: the author is noted before this pallet's hook has seen the new era.
		Era::set(1);
		System::set_block_number(3);
		Rewards::note_author(account(12));
		assert_eq!(Points::<Test>::get(0, account(12)), 0);
		assert_eq!(Points::<Test>::get(1, account(12)), 20);
		Rewards::on_initialize(3);
		assert_eq!(Points::<Test>::get(1, account(12)), 20);
		assert_eq!(Rewards::running_era().points, 20);
		// The hook first.
		Era::set(2);
		System::set_block_number(4);
		Rewards::on_initialize(4);
		Rewards::note_author(account(13));
		assert_eq!(Points::<Test>::get(2, account(13)), 20);
	});
}

#[test]
fn points_saturate_together() {
	ExtBuilder::default().build_and_execute(|| {
		block_by(11);
		Rewards::give_points(&account(12), u64::MAX - 25);
		block_by(11);
		block_by(11);
		assert_eq!((points_of(11), points_of(12)), (25, u64::MAX - 25));
		assert_eq!(Rewards::running_era().payout.points, u64::MAX);
	});
}

#[test]
fn weighs_what_a_block_does() {
	type W = ();
	let base = <W as WeightInfo>::give_points() + <W as WeightInfo>::hand_over_fees();
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Rewards::on_initialize(1), base + <W as WeightInfo>::close_era());
		System::set_block_number(2);
		assert_eq!(Rewards::on_initialize(2), base);
		for n in 11..=13 {
			Rewards::agreed(&account(n), 1);
		}
		// The author's hook closes the era, and this one's weight still has it.
		Era::set(1);
		System::set_block_number(3);
		Rewards::note_author(account(11));
		let paid = <W as WeightInfo>::pay_validator();
		assert_eq!(
			Rewards::on_initialize(3),
			base + <W as WeightInfo>::close_era() + paid * 2
		);
		System::set_block_number(4);
		assert_eq!(Rewards::on_initialize(4), base + paid);
		System::set_block_number(5);
		assert_eq!(Rewards::on_initialize(5), base);
	});
}

#[test]
fn the_mock_s_constants_are_sound() {
	ExtBuilder::default().build_and_execute(Rewards::integrity_test);
}
