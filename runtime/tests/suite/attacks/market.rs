//! Orders and liquidity.

use super::*;
use crate::trip::{assigned, open_market};
use pallet_job_escrow::{Call as Escrow, JobState, JobTerms};
use quern_primitives::units::HOURS;

#[test]
fn orders_that_cannot_be() {
	local_testnet(|chain| {
		let dave = user("Dave");
		chain.refused(&dave, buy(1_000, QRN, None), Markets::NoPool);
		open_market(chain);
		let huge = (1 << 112) + 1;
		for (call, error) in [
			(buy(9, QRN, None), Markets::TooSmall),
			(buy(0, QRN, None), Markets::TooSmall),
			(buy(1_000, 0, None), Markets::TooSmall),
			(buy(huge, QRN, None), Markets::TooLarge),
			(buy(1_000, huge, None), Markets::TooLarge),
			(buy(u128::MAX, u128::MAX, None), Markets::TooLarge),
			(sell(u128::MAX, 0, None), Markets::TooLarge),
			(buy(1_000, 500_000_000, None), Markets::LimitOutOfReach),
			(sell(1_000, 4_000_000_000, None), Markets::LimitOutOfReach),
			(buy(1_000, QRN, Some(HOURS + 1)), Markets::ExpiryTooFar),
			(buy(1_000, QRN, Some(u32::MAX)), Markets::ExpiryTooFar),
		] {
			chain.refused(&dave, call, error);
		}
		refused_somehow(chain, &dave, sell(1_000, 1, None));
		refused_somehow(chain, &dave, buy(1_000, 2_000_000 * QRN, None));

		// Orders are their payer's, jobs' bids the pallet's.
		chain.ok(&dave, buy(1_000, 600_000_000, Some(100)));
		let order = last_order();
		let cancel = |order| Amm::cancel_order { class: CPU, order };
		chain.refused(&dave, cancel(order), Markets::TooEarly);
		chain.next();
		chain.refused(&eve(), cancel(order), Markets::NotAuthorized);
		chain.refused(&dave, cancel(order + 1), Markets::NotFound);
		chain.refused(&dave, Amm::cancel_order { class: 7, order }, Markets::NotFound);
		chain.ok(&dave, cancel(order));
		chain.refused(&dave, cancel(order), Markets::NotFound);
		chain.ok(&dave, request(1, 1_000, 600_000_000, JobTerms::default()));
		let bid = last_order();
		chain.next();
		chain.refused(&dave, cancel(bid), Markets::NotAuthorized);

		// Liquidity.
		give_claims(chain, &eve(), 10_000);
		let add = |max_tokens, max_gpu_time, min_shares, deadline| Amm::add_liquidity {
			class: CPU,
			max_tokens,
			max_gpu_time,
			min_shares,
			deadline,
		};
		let later = now() + 10;
		chain.refused(&eve(), add(0, 1, 0, later), Markets::TooSmall);
		chain.refused(&eve(), add(1, 0, 0, later), Markets::TooSmall);
		chain.refused(&eve(), add(u128::MAX, 1, 0, later), Markets::TooLarge);
		chain.refused(&eve(), add(QRN, 1_000, 0, now()), Markets::TooLate);
		refused_somehow(chain, &eve(), add(QRN, 10_001, 0, later));
		let remove = |shares, deadline| Amm::remove_liquidity {
			class: CPU,
			shares,
			min_tokens: 0,
			min_gpu_time: 0,
			deadline,
		};
		chain.refused(&eve(), remove(0, later), Markets::TooSmall);
		refused_somehow(chain, &eve(), remove(1, later));
		refused_somehow(chain, &eve(), remove(u128::MAX, later));
		chain.refused(&eve(), Amm::unlock_shares { class: CPU }, Markets::NotFound);
		// Shares that it wants too many of: all comes back.
		let (before, had) = (total(&eve().id), claims_of(&eve().id));
		let fee = chain.ok(&eve(), add(QRN / 100, 10_000, u128::MAX, later));
		chain.next();
		assert_eq!((total(&eve().id), claims_of(&eve().id)), (before - fee, had));
		chain.ok(&eve(), add(QRN / 100, 10_000, 0, later));
		chain.next();
		chain.refused(&eve(), Amm::unlock_shares { class: CPU }, Markets::TooEarly);
		// What is locked is not there to be removed.
		refused_somehow(chain, &eve(), remove(1, later));
		let create = Amm::create_pool {
			class: CPU,
			tokens: 1,
			gpu_time: 1,
		};
		chain.refused(&eve(), create, Markets::PoolExists);
		for class in [1, u32::MAX] {
			let create = Amm::create_pool {
				class,
				tokens: QRN,
				gpu_time: 1_000,
			};
			refused_somehow(chain, &eve(), create);
		}
		chain.refused(&eve(), Amm::collect { who: eve().id }, Markets::NotFound);
	});
}

#[test]
fn a_flood_of_bids_keeps_nobody_out() {
	local_testnet(|chain| {
		open_market(chain);
		let (dave, eve) = (user("Dave"), eve());
		// Cheap bids, as many as the book takes and more, for as long as bids may stay.
		let mut taken = 0;
		for blocks in [10, HOURS] {
			for _ in 0..70 {
				let terms = JobTerms {
					bid_blocks: Some(blocks),
					..Default::default()
				};
				taken += u32::from(chain.submit(&eve, request(1, 20, 10_000_000, terms)).result.is_ok());
			}
		}
		assert!(taken >= 64, "{taken}");
		// A bid that is worth more takes the place of one of them, and its job runs.
		let id = assigned(chain, &dave, JobTerms::default());
		assert!(matches!(state(id), JobState::Assigned { .. }));
		// A trade too.
		chain.ok(&dave, buy(1_000, 1_100_000_000, None));
		chain.next();
		assert_eq!(claims_of(&dave.id), 1_000);
		chain.run(30);
		let before = total(&eve.id);
		for job in 0..taken.into() {
			if let JobState::Bidding { .. } = state(job) {
				chain.ok(&eve, Escrow::cancel { job });
			}
		}
		assert!(before - total(&eve.id) < QRN * 10);
		assert_eq!(held(&eve.id), 0);
	});
}
