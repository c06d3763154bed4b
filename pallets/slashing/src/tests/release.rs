//! Leaving jail.

use super::*;

#[test]
fn only_after_the_term_and_only_by_the_call() {
	ExtBuilder::default().build_and_execute(|| {
		<Slashing as Conduct<_>>::wrong_result(fault());
		let until = 1 + 7 * DAY;
		assert_eq!((Slashing::jailed_until(&OP), is_jailed()), (Some(until), true));
		assert_noop!(Slashing::release(by(OP)), E::TooEarly);
		run_to(until - 1);
		assert_noop!(Slashing::release(by(OP)), E::TooEarly);
		run_to(until + 20);
		assert!(is_jailed(), "time alone does not lift it");
		take_events();
		assert_ok!(Slashing::release(by(OP)));
		assert_eq!((Slashing::jailed_until(&OP), is_jailed()), (None, false));
		assert_eq!(take_events(), [Event::Released { operator: OP }]);
	});
}

#[test]
fn in_the_first_block_after_the_term() {
	ExtBuilder::default().build_and_execute(|| {
		<Slashing as Conduct<_>>::wrong_result(fault());
		run_to(1 + 7 * DAY);
		assert_ok!(Slashing::release(by(OP)));
		assert_noop!(Slashing::release(by(OP)), E::NotJailed);
	});
}

#[test]
fn refuses_when_not_jailed() {
	ExtBuilder::default().build_and_execute(|| {
		assert_noop!(Slashing::release(by(OP)), E::NotJailed);
		<Slashing as Conduct<_>>::delivered(&OP, 5);
		assert_noop!(Slashing::release(by(OP)), E::NotJailed);
		assert_noop!(Slashing::release(council()), DispatchError::BadOrigin);
	});
}

#[test]
fn the_council_cannot_lift_it_by_voiding_the_slash() {
	ExtBuilder::default().build_and_execute(|| {
		<Slashing as Conduct<_>>::wrong_result(fault());
		assert_ok!(Slashing::void(council(), 0));
		assert!(is_jailed());
	});
}
