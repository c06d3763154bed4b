//! `request_job`

use super::*;

#[test]
fn hands_the_bid_to_the_market_and_holds_the_fee_on_all_of_it() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask::default().place();

		assert_eq!(id, 0);
		assert_eq!(tokens(CLIENT), RICH - MAX_COST - MAX_COST * 6 / 100);
		assert_eq!(fee_hold(CLIENT), 6_000_000);
		assert_eq!(tokens(MARKET), 1 + MAX_COST);
		let job = job(id);
		assert_eq!(
			job.state,
			JobState::Bidding {
				order: Some(1),
				deadline: 11
			}
		);
		assert_eq!(
			(job.gpu_time, job.bid, job.supplied, job.claims_held),
			(60_000, MAX_COST, 0, 0)
		);
		let filled_in = JobTerms {
			claims: 0,
			pace: Some(200_000),
			bid_blocks: Some(10),
			accept_blocks: Some(50),
			on_return: OnReturn::Claims,
			max_base_fee: None,
		};
		assert_eq!(job.terms, filled_in);
		let entry = Orders::get()[&1].clone();
		assert_eq!(
			(entry.gpu_time, entry.recipient, entry.expires_at),
			(60_000, escrow(), 11)
		);
		// 2 % of the pool's ten million.
		assert_eq!(entry.pace, Some(200_000));
		assert_eq!(
			take_events(),
			[Event::JobRequested {
				job: id,
				client: CLIENT,
				class: CLASS,
				gpu_time: 60_000,
				max_cost: MAX_COST
			}]
		);
	});
}

#[test]
fn takes_claims_for_a_part_and_bids_for_the_rest() {
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 25_000, 0);
		let terms = JobTerms {
			claims: 20_001,
			..Default::default()
		};
		let id = Ask {
			max_cost: 50_000_003,
			terms,
			..Default::default()
		}
		.place();

		assert_eq!((claims(CLIENT), claims(escrow())), (4_999, 20_001));
		assert_eq!(Orders::get()[&1].gpu_time, 39_999);
		// 6 % of (50,000,003 + 20,001 × 1,000), rounded up.
		let fee = 4_200_061;
		assert_eq!(fee_hold(CLIENT), fee);
		assert_eq!(tokens(CLIENT), RICH - 50_000_003 - fee);
		assert_eq!(job(id).supplied_value, 20_001_000);

		run_to(2);
		// 6 % of (39,999 × 1,000 + 20,001,000) = 6 % of 60,000,000.
		assert_eq!((fee_hold(CLIENT), job(id).price()), (3_600_000, 60_000_000));
		assert_eq!(tokens(CLIENT), RICH - 39_999_000 - 3_600_000);
		assert_eq!(claims(escrow()), 60_000);
	});
}

#[test]
fn queues_at_once_when_claims_pay_for_all() {
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 60_000, 0);
		let terms = JobTerms {
			claims: 60_000,
			..Default::default()
		};
		let id = Ask {
			terms,
			..Default::default()
		}
		.place();

		assert_eq!(state(id), JobState::Queued { since: 1, deadline: 21 });
		assert!(Orders::get().is_empty());
		assert_eq!((claims(CLIENT), claims(escrow())), (0, 60_000));
		// Nothing is bid, so the fee is that on the claims' worth.
		assert_eq!((fee_hold(CLIENT), tokens(CLIENT)), (3_600_000, RICH - 3_600_000));
		assert_eq!(take_events().last(), Some(&Event::JobQueued { job: id }));
	});
}

#[test]
fn the_smallest_job_still_pays_a_fee() {
	ExtBuilder::default().build_and_execute(|| {
		let id = Ask {
			duration: 1,
			max_cost: 10,
			..Default::default()
		}
		.place();
		assert_eq!((job(id).fee_held, fee_hold(CLIENT)), (1, 1));
	});
}

#[test]
fn refuses_what_is_no_job() {
	ExtBuilder::default().build_and_execute(|| {
		let ask = Ask::default;
		let terms = JobTerms::default;
		assert_noop!(Ask { class: 8, ..ask() }.try_place(), E::ClassNotOpen);
		assert_noop!(Ask { gpus: 0, ..ask() }.try_place(), E::NoGpuTime);
		assert_noop!(Ask { duration: 0, ..ask() }.try_place(), E::NoGpuTime);
		assert_noop!(
			Ask {
				duration: 3_600_001,
				..ask()
			}
			.try_place(),
			E::DurationTooLong
		);
		assert_noop!(Ask { max_cost: 0, ..ask() }.try_place(), E::NothingOffered);
		assert_noop!(
			Ask {
				max_cost: Balance::MAX,
				..ask()
			}
			.try_place(),
			TokenError::FundsUnavailable
		);
		let long = JobTerms {
			bid_blocks: Some(101),
			..terms()
		};
		assert_noop!(Ask { terms: long, ..ask() }.try_place(), E::BidTooLong);
		for window in [0, 201] {
			let bad = JobTerms {
				accept_blocks: Some(window),
				..terms()
			};
			assert_noop!(Ask { terms: bad, ..ask() }.try_place(), E::BadAcceptWindow);
		}
		let slow = JobTerms {
			pace: Some(5_454),
			..terms()
		};
		assert_noop!(Ask { terms: slow, ..ask() }.try_place(), E::PaceTooSlow);
		// Eleven batches of 5,455 are enough for 60,000.
		assert_ok!(Ask {
			terms: JobTerms {
				pace: Some(5_455),
				..terms()
			},
			..ask()
		}
		.try_place());
	});
}

#[test]
fn refuses_a_spec_that_no_node_could_fetch() {
	ExtBuilder::default().build_and_execute(|| {
		let with = |change: fn(&mut JobSpec)| {
			let mut ask = Ask::default();
			change(&mut ask.spec);
			ask.try_place()
		};
		assert_noop!(with(|spec| spec.program.size = 16_777_217), E::ArtifactTooLarge);
		assert_noop!(with(|spec| spec.input.size = u32::MAX), E::ArtifactTooLarge);
		assert_noop!(with(|spec| spec.max_output = 1_048_577), E::OutputTooLarge);
		for location in [
			&b""[..],
			b"ftp://host/x",
			b"http://",
			b"http://host/a b",
			b"https://h\n",
			b"http://\xc3\xa4",
		] {
			let mut ask = Ask::default();
			ask.spec.input.location = location.to_vec().try_into().unwrap();
			assert_noop!(ask.try_place(), E::BadLocation);
		}
		assert_ok!(with(
			|spec| spec.input.location = b"http://10.0.0.1:8080/in".to_vec().try_into().unwrap()
		));
	});
}

#[test]
fn refuses_what_the_client_does_not_have_and_takes_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 100, 0);
		let more = JobTerms {
			claims: 101,
			..Default::default()
		};
		assert_noop!(
			Ask {
				terms: more,
				..Default::default()
			}
			.try_place(),
			E::NotEnoughClaims
		);
		let beyond = JobTerms {
			claims: 60_001,
			..Default::default()
		};
		assert_noop!(
			Ask {
				terms: beyond,
				..Default::default()
			}
			.try_place(),
			E::TooManyClaims
		);
		// The bid could be paid, but not with the fee on top.
		let all = RICH - 1;
		assert_noop!(
			Ask {
				max_cost: all,
				..Default::default()
			}
			.try_place(),
			TokenError::FundsUnavailable
		);
		assert_eq!((tokens(CLIENT), claims(CLIENT)), (RICH, 100));
		assert_eq!(NextJobId::<Test>::get(), 0);
	});
}

#[test]
fn refuses_where_there_is_no_pool() {
	ExtBuilder::default().build_and_execute(|| {
		MockCapacity::owe(11, CLIENT, 60_000, 0);
		PoolExists::set(&false);
		assert_noop!(Ask::default().try_place(), E::NoPool);
		let terms = JobTerms {
			claims: 60_000,
			..Default::default()
		};
		assert_noop!(
			Ask {
				terms,
				..Default::default()
			}
			.try_place(),
			E::NoPool
		);
	});
}

#[test]
fn passes_on_what_the_market_refuses() {
	ExtBuilder::default().build_and_execute(|| {
		let refused = Ask {
			max_cost: 9,
			..Default::default()
		}
		.try_place();
		assert_eq!(refused, Err(DispatchError::Other("limit too low")));
		assert_eq!((tokens(CLIENT), fee_hold(CLIENT)), (RICH, 0));
	});
}

#[test]
fn refuses_when_the_queue_is_full_around_the_deadline() {
	ExtBuilder::default().build_and_execute(|| {
		// Strangers' entries: 32 blocks of 16, from the block after the bid's last batch on.
		for block in 13..45 {
			Due::<Test>::insert(
				block,
				polkadot_sdk::frame_support::BoundedVec::truncate_from(vec![9_999; 16]),
			);
		}
		assert_noop!(Ask::default().try_place(), E::QueueFull);
		// Another number of blocks reaches one with room.
		let terms = JobTerms {
			bid_blocks: Some(11),
			..Default::default()
		};
		let id = Ask {
			terms,
			..Default::default()
		}
		.place();
		assert_eq!(job(id).due, 45);
		for block in 13..45 {
			Due::<Test>::remove(block);
		}
	});
}

#[test]
fn weighs_what_its_bid_may_in_the_market() {
	ExtBuilder::default().build_and_execute(|| {
		let weigh = |claims, bid_blocks| {
			let terms = JobTerms {
				claims,
				bid_blocks,
				..Default::default()
			};
			JobEscrow::bid_weight(2, 30_000, &terms).ref_time()
		};
		// The mock's: a million a batch. The default is ten blocks more.
		assert_eq!(weigh(0, None), 11_000_000);
		assert_eq!(weigh(59_999, Some(0)), 1_000_000);
		// A hundred at most.
		assert_eq!(weigh(0, Some(u32::MAX)), 101_000_000);
		// Nothing is bought.
		assert_eq!(weigh(60_000, None), 0);
	});
}
