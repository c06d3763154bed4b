//! The congestion base fee: locked at the request, burned on the part used, else given back; and what
//! counts as sold.

use super::*;

/// Half a planck for a millisecond: 30,000 for the minute that tests ask for.
fn congested() {
	set_base_rate(1, 2);
}

const DEPOSIT: Balance = 30_000;

fn limited(max_base_fee: Option<Balance>) -> Ask {
	Ask {
		terms: JobTerms {
			max_base_fee,
			..Default::default()
		},
		..Default::default()
	}
}

/// The job paid no base fee and has none held.
fn assert_none_paid(id: JobId) {
	let job = job(id);
	assert_eq!(job.base_deposit, DEPOSIT);
	assert_eq!((job.base_held, job.base_charged, job.base_released), (0, 0, DEPOSIT));
	assert_eq!((base_hold(CLIENT), tokens(ASHES)), (0, 1));
}

#[test]
fn the_rate_of_the_request_is_locked_and_held() {
	ExtBuilder::default().build_and_execute(|| {
		congested();
		let id = Ask::default().place();
		assert_eq!((base_hold(CLIENT), fee_hold(CLIENT)), (DEPOSIT, 6_000_000));
		assert_eq!(tokens(CLIENT), RICH - MAX_COST - 6_000_000 - DEPOSIT);
		let job = job(id);
		assert_eq!((job.base_deposit, job.base_held), (DEPOSIT, DEPOSIT));
		// Whatever comes later.
		set_base_rate(50, 1);
		run_to(4);
		assert_eq!(base_hold(CLIENT), DEPOSIT);
	});
}

#[test]
fn the_used_part_is_burned_and_the_rest_comes_back() {
	ExtBuilder::default().build_and_execute(|| {
		congested();
		let id = submitted_job();
		set_base_rate(50, 1);
		take_events();
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		// 50,000 of 60,000 milliseconds.
		let job = job(id);
		assert_eq!(
			(job.base_held, job.base_charged, job.base_released),
			(0, 25_000, DEPOSIT - 25_000)
		);
		assert_eq!((base_hold(CLIENT), tokens(ASHES)), (0, 1 + 25_000));
		assert_eq!(tokens(CLIENT), RICH - 60_000_000 - 3_000_000 - 25_000);
		assert!(matches!(
			take_events().last(),
			Some(Event::JobSettled {
				base_fee: 25_000,
				fee: 3_000_000,
				..
			})
		));
	});
}

#[test]
fn a_fraction_of_a_planck_is_rounded_up_and_never_above_the_deposit() {
	for (used, charged) in [(0, 0), (1, 1), (3, 1), (4, 2), (6_000, 2_000)] {
		ExtBuilder::default().build_and_execute(|| {
			set_base_rate(1, 3);
			let id = running_job();
			// 60,000 / 3, of a third that is rounded down to 18 digits.
			assert_eq!(job(id).base_deposit, 20_000);
			assert_ok!(JobEscrow::submit(by(11), id, Outcome::Trapped, used));
			assert_ok!(JobEscrow::accept(by(CLIENT), id));
			assert_eq!(job(id).base_charged, charged, "of {used} ms");
		});
	}
	ExtBuilder::default().build_and_execute(|| {
		set_base_rate(1, 7);
		let id = Ask {
			duration: 1,
			max_cost: 2_000,
			..Default::default()
		}
		.place();
		run_to(4);
		assert_ok!(JobEscrow::acknowledge(by(11), id));
		assert_ok!(JobEscrow::submit(by(11), id, completed(), 1));
		assert_ok!(JobEscrow::accept(by(CLIENT), id));
		assert_eq!((job(id).base_deposit, job(id).base_charged), (1, 1));
	});
}

#[test]
fn refuses_when_it_rose_above_what_the_client_quoted() {
	ExtBuilder::default().build_and_execute(|| {
		congested();
		assert_noop!(limited(Some(DEPOSIT - 1)).try_place(), E::BaseFeeTooHigh);
		assert_noop!(limited(Some(0)).try_place(), E::BaseFeeTooHigh);
		limited(Some(DEPOSIT)).place();
		limited(None).place();
		assert_eq!(base_hold(CLIENT), 2 * DEPOSIT);
		BaseRate::set(&0);
		limited(Some(0)).place();
		assert_eq!(base_hold(CLIENT), 2 * DEPOSIT);
	});
}

#[test]
fn refuses_who_cannot_pay_it() {
	ExtBuilder::default().build_and_execute(|| {
		// The bid and its fee leave it 10,000 planck or so.
		let max_cost = RICH * 100 / 106 - 10_000;
		set_base_rate(1, 1);
		let ask = || Ask {
			max_cost,
			..Default::default()
		};
		assert_noop!(ask().try_place(), TokenError::FundsUnavailable);
		// A rate beyond all sense.
		BaseRate::set(&u128::MAX);
		assert_noop!(Ask::default().try_place(), TokenError::FundsUnavailable);
		set_base_rate(1, 100);
		ask().place();
	});
}

#[test]
fn nothing_of_it_is_paid_when_the_client_calls_the_job_off() {
	ExtBuilder::default().build_and_execute(|| {
		congested();
		let id = Ask::default().place();
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		assert_none_paid(id);
		assert_all_back(id, 0);
	});
}

#[test]
fn nothing_of_it_is_paid_when_the_bid_is_incomplete() {
	ExtBuilder::default().with_depth(1_000).build_and_execute(|| {
		congested();
		let id = Ask::default().place();
		run_to(12);
		assert!(matches!(state(id), JobState::Refunded { .. }));
		assert_none_paid(id);
		assert_all_back(id, 0);
	});
}

#[test]
fn nothing_of_it_is_paid_when_providers_decline() {
	ExtBuilder::default().with_providers(4).build_and_execute(|| {
		congested();
		let id = Ask::default().place();
		for _ in 0..crate::policy::MAX_DECLINES {
			while !matches!(state(id), JobState::Assigned { .. }) {
				next_block();
			}
			assert_ok!(JobEscrow::decline(by(provider_of(id)), id));
		}
		assert!(matches!(
			state(id),
			JobState::Refunded {
				reason: RefundReason::Declined,
				..
			}
		));
		// A tenth of the job fee, none of the base fee.
		assert_eq!(job(id).fee_charged, 360_000);
		assert_none_paid(id);
	});
}

#[test]
fn nothing_of_it_is_paid_when_the_provider_fails() {
	ExtBuilder::default().build_and_execute(|| {
		congested();
		let id = running_job();
		run_to(25);
		assert!(matches!(state(id), JobState::Faulted { .. }));
		assert_none_paid(id);
		assert_eq!(Disreputable::get(), [(11, CLASS)]);
	});
	ExtBuilder::default().build_and_execute(|| {
		congested();
		let id = submitted_job();
		assert_ok!(JobEscrow::reject(by(CLIENT), id));
		assert!(Disreputable::get().is_empty());
		assert_ok!(JobEscrow::arbitrate(by(ARBITER), id, Ruling::ForClient));
		assert_none_paid(id);
		assert_eq!(Disreputable::get(), [(11, CLASS)]);
	});
}

#[test]
fn a_job_counts_as_sold_with_its_first_provider_and_once() {
	ExtBuilder::default().with_providers(2).build_and_execute(|| {
		let id = Ask::default().place();
		run_to(3);
		assert!(matches!(state(id), JobState::Queued { .. }));
		assert!(Committed::get().is_empty(), "a bid alone sells nothing");
		run_to(4);
		assert_eq!(Committed::get(), [(CLASS, 60_000)]);
		// The one declines, the other does not answer.
		assert_ok!(JobEscrow::decline(by(provider_of(id)), id));
		while !matches!(state(id), JobState::Assigned { .. }) {
			next_block();
		}
		run_to(System::block_number() + 6);
		assert!(job(id).misses == 1 || matches!(state(id), JobState::Queued { .. }));
		run_to(System::block_number() + 4);
		assert_eq!(Committed::get(), [(CLASS, 60_000)]);
	});
}

#[test]
fn a_job_called_off_never_counts_as_sold() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();
		run_to(2);
		assert_ok!(JobEscrow::cancel(by(CLIENT), id));
		run_to(9);
		assert!(Committed::get().is_empty());
	});
}
