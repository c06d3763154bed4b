//! `cancel`

use super::*;

#[test]
fn gives_everything_back_while_bidding() {
	ExtBuilder::default().with_depth(10_000).build_and_execute(|| {
		let id = Ask::default().place();
		run_to(3);
		assert_eq!(job(id).bought, 20_000);

		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_eq!(state(id), JobState::Cancelled { at: 3 });
		assert_eq!((job(id).paid, job(id).bid_returned), (20_000_000, 80_000_000));
		assert!(Orders::get().is_empty());
		assert_all_back(id, 0);
		assert_eq!(take_events().last(), Some(&Event::JobCancelled { job: id }));
	});
}

#[test]
fn gives_everything_back_while_queued() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		run_to(2);
		assert!(matches!(state(id), JobState::Queued { .. }));
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_all_back(id, 0);
		assert_eq!(claims(CLIENT), 60_000);
		// No draw follows.
		run_to(10);
		assert!(matches!(state(id), JobState::Cancelled { .. }));
	});
}

#[test]
fn refuses_when_a_provider_has_it() {
	ExtBuilder::default().build_and_execute(|| {
		let id = assigned_job();
		assert_noop!(JobEscrow::cancel(by(CLIENT), id), E::WrongState);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_noop!(JobEscrow::cancel(by(CLIENT), id), E::WrongState);
	});
}

#[test]
fn refuses_others_twice_and_the_unknown() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		assert_noop!(JobEscrow::cancel(by(STRANGER), id), E::NotClient);
		assert_noop!(JobEscrow::cancel(by(CLIENT), 99), E::NotFound);
		assert_noop!(JobEscrow::cancel(RuntimeOrigin::root(), id), DispatchError::BadOrigin);
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_noop!(JobEscrow::cancel(by(CLIENT), id), E::WrongState);
	});
}
