//! Jobs: other people's, impossible ones, one's own.

use super::*;
use crate::trip::{assigned, open_market};
use pallet_job_escrow::{Call as Escrow, JobState, JobTerms, Outcome, Ruling};
use pallet_provider_registry::Call as Registry;
use polkadot_sdk::{frame_support::BoundedVec, sp_core::H256, sp_runtime::DispatchError};
use quern_primitives::units::HOURS;

#[test]
fn strangers_move_no_job() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		// Another provider, with a node of its own.
		let (other, other_key) = (user("Ferdie"), user("Ferdie//node"));
		chain.provide(&other, &other_key, 1, 1_000 * QRN);
		chain.ok(&other, transfer(&other_key.id, QRN));
		let client = user("Dave");
		let id = assigned(chain, &client, JobTerms::default());
		let outcome = Outcome::Completed {
			output: H256([1; 32]),
			size: 1,
		};
		let submit = |job, used| Escrow::submit { job, outcome, used };

		for who in [&eve(), &other, &other_key, &client] {
			for call in [
				Escrow::acknowledge { job: id },
				Escrow::decline { job: id },
				submit(id, 1),
			] {
				chain.refused(who, call, Escrows::NotOfNode);
			}
		}
		for who in [&eve(), &provider, &key] {
			for call in [
				Escrow::accept { job: id },
				Escrow::reject { job: id },
				Escrow::cancel { job: id },
			] {
				chain.refused(who, call, Escrows::NotClient);
			}
		}
		for who in [&eve(), &client, &provider, &user("Alice")] {
			for ruling in [Ruling::ForClient, Ruling::ForProvider] {
				chain.refused(who, Escrow::arbitrate { job: id, ruling }, DispatchError::BadOrigin);
			}
		}
		for call in [
			Escrow::accept { job: 99 },
			Escrow::reject { job: u64::MAX },
			Escrow::cancel { job: 99 },
			Escrow::acknowledge { job: 99 },
			Escrow::decline { job: 99 },
			submit(99, 1),
		] {
			chain.refused(&client, call, Escrows::NotFound);
		}
		// Not before its time, and not after.
		for call in [
			Escrow::accept { job: id },
			Escrow::reject { job: id },
			Escrow::cancel { job: id },
		] {
			chain.refused(&client, call, Escrows::WrongState);
		}
		chain.refused(&key, submit(id, 1), Escrows::WrongState);
		chain.ok(&key, Escrow::acknowledge { job: id });
		chain.refused(&key, Escrow::acknowledge { job: id }, Escrows::WrongState);
		chain.refused(&provider, Escrow::decline { job: id }, Escrows::WrongState);
		chain.refused(&key, submit(id, 4_001), Escrows::UsedTooMuch);
		chain.refused(&key, submit(id, u128::MAX), Escrows::UsedTooMuch);
		let size = |size| Escrow::submit {
			job: id,
			outcome: Outcome::Completed {
				output: H256([1; 32]),
				size,
			},
			used: 1,
		};
		chain.refused(&key, size(1_001), Escrows::OutputTooLarge);
		chain.refused(&key, size(u32::MAX), Escrows::OutputTooLarge);
		chain.ok(&key, submit(id, 4_000));
		chain.refused(&key, submit(id, 4_000), Escrows::WrongState);
		chain.ok(&client, Escrow::accept { job: id });
		for call in [
			Escrow::accept { job: id },
			Escrow::reject { job: id },
			Escrow::cancel { job: id },
		] {
			chain.refused(&client, call, Escrows::WrongState);
		}
		chain.refused(&key, submit(id, 4_000), Escrows::WrongState);

		// A result in the time of its run, and not for more time than has passed.
		let long = pallet_job_escrow::NextJobId::<Runtime>::get();
		let terms = JobTerms {
			pace: Some(60_000),
			..Default::default()
		};
		chain.ok(&client, request(1, 60_000, QRN, terms));
		chain.refused(&key, Escrow::acknowledge { job: long }, Escrows::WrongState);
		chain.run_until(10, "a provider", || matches!(state(long), JobState::Assigned { .. }));
		chain.ok(&key, Escrow::acknowledge { job: long });
		chain.refused(&key, submit(long, 6_001), Escrows::UsedTooMuch);
		chain.run_until(60, "a fault", || matches!(state(long), JobState::Faulted { .. }));
		chain.refused(&key, submit(long, 1), Escrows::WrongState);
	});
}

#[test]
fn requests_that_cannot_be() {
	local_testnet(|chain| {
		let dave = user("Dave");
		let none = JobTerms::default();
		chain.refused(&dave, request(1, 1_000, QRN, none), Escrows::NoPool);
		open_market(chain);
		let request_of = |class, spec| Escrow::<Runtime>::request_job {
			class,
			gpus: 1,
			duration: 1_000,
			max_cost: QRN,
			policy: pallet_job_escrow::Policy::Accept,
			spec,
			terms: none,
		};
		for class in [1, 2, u32::MAX] {
			chain.refused(&dave, request_of(class, spec()), Escrows::ClassNotOpen);
		}
		let day = 24 * 3_600_000;
		for (call, error) in [
			(request(0, 1_000, QRN, none), Escrows::NoGpuTime),
			(request(1, 0, QRN, none), Escrows::NoGpuTime),
			(request(1, day + 1, QRN, none), Escrows::DurationTooLong),
			(request(u32::MAX, u128::MAX, QRN, none), Escrows::DurationTooLong),
			(request(1, 1_000, 0, none), Escrows::NothingOffered),
			(
				request(1, 1_000, 0, JobTerms { claims: 1_001, ..none }),
				Escrows::TooManyClaims,
			),
			(
				request(
					1,
					1_000,
					0,
					JobTerms {
						claims: u128::MAX,
						..none
					},
				),
				Escrows::TooManyClaims,
			),
			(
				request(1, 1_000, 0, JobTerms { claims: 1_000, ..none }),
				Escrows::NotEnoughClaims,
			),
			(
				request(1, 1_000, QRN, JobTerms { pace: Some(0), ..none }),
				Escrows::PaceTooSlow,
			),
			(
				request(1, 1_000, QRN, JobTerms { pace: Some(90), ..none }),
				Escrows::PaceTooSlow,
			),
			(request(u32::MAX, day, QRN, none), Escrows::PaceTooSlow),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						bid_blocks: Some(HOURS + 1),
						..none
					},
				),
				Escrows::BidTooLong,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						bid_blocks: Some(u32::MAX),
						..none
					},
				),
				Escrows::BidTooLong,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						accept_blocks: Some(0),
						..none
					},
				),
				Escrows::BadAcceptWindow,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						accept_blocks: Some(u32::MAX),
						..none
					},
				),
				Escrows::BadAcceptWindow,
			),
			(request(1, 1_000, u128::MAX, none), Escrows::Overflow),
		] {
			// The fee on the largest number does not overflow, but nobody has it.
			if matches!(error, Escrows::Overflow) {
				refused_somehow(chain, &dave, call);
			} else {
				chain.refused(&dave, call, error);
			}
		}
		// A limit that no price of the next batch meets, in the only batch it would be in.
		let once = JobTerms {
			bid_blocks: Some(0),
			pace: Some(1_000),
			..none
		};
		chain.refused(&dave, request(1, 1_000, 500_000_000, once), Markets::LimitOutOfReach);
		// More than it has: in the bid, or beside it for the fee.
		refused_somehow(chain, &dave, request(1, 1_000, 2_000_000 * QRN, none));
		refused_somehow(chain, &dave, request(1, 1_000, 999_000 * QRN, none));

		let mut large = spec();
		large.input.size = 256 * 1024 * 1024 + 1;
		chain.refused(&dave, request_of(CPU, large), Escrows::ArtifactTooLarge);
		for location in [
			"",
			"http://",
			"ftp://a/b",
			"file:///etc/passwd",
			"http://a b",
			"https://ä",
		] {
			let mut bad = spec();
			bad.program.location = BoundedVec::truncate_from(location.into());
			chain.refused(&dave, request_of(CPU, bad), Escrows::BadLocation);
		}
		let mut large = spec();
		large.max_output = u32::MAX;
		chain.refused(&dave, request_of(CPU, large), Escrows::OutputTooLarge);
		assert_eq!(pallet_job_escrow::NextJobId::<Runtime>::get(), 0);
	});
}

#[test]
fn a_provider_that_is_its_own_client_gains_nothing() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		chain.earn(&provider, 480_000);
		let before = total(&provider.id) + total(&key.id);
		let start = FeeRouter::era(Restaking::current_era());
		let mut fees = 0;
		// It sells, buys its own claims as a client, works for itself, and accepts.
		fees += chain.ok(
			&provider,
			Registry::offer_capacity {
				class: CPU,
				gpu_time: 60_000,
				min_proceeds: 1,
			},
		);
		let terms = JobTerms {
			pace: Some(60_000),
			..Default::default()
		};
		fees += chain.ok(&provider, request(8, 7_500, QRN, terms));
		chain.run_until(10, "a provider", || matches!(state(0), JobState::Assigned { .. }));
		fees += chain.ok(&provider, Escrow::acknowledge { job: 0 });
		chain.run(2);
		fees += chain.ok(
			&provider,
			Escrow::submit {
				job: 0,
				outcome: Outcome::Trapped,
				used: 60_000,
			},
		);
		fees += chain.ok(&provider, Escrow::accept { job: 0 });
		let job = job(0);
		assert!(matches!(job.state, JobState::Settled { .. }));
		// Bought and sold in one batch at one price: it is the fees poorer, the pool's and the job's.
		let lost = before - total(&provider.id) - total(&key.id);
		assert!(lost >= fees + job.fee_charged, "{lost} {fees}");
		assert_eq!(job.fee_charged, (job.paid * 6).div_ceil(100));
		let era = FeeRouter::era(Restaking::current_era());
		assert!(era.burned > start.burned || Restaking::current_era() > 0);
		// And it owes what it owed.
		assert_eq!(book(&provider.id).obligations, 400_000);
	});
}
