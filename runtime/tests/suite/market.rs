//! The market on real blocks: how many orders a block holds, what it costs when there is none, the treasury
//! as an LP, the base fee of a job from its quote to its burning.

use crate::{
	attacks::{buy, give_claims, sell, Escrows, Markets},
	common::*,
	trip::{assigned, decided, open_market},
};
use pallet_compute_amm::{Call as Amm, Event as Traded, WeightInfo as _};
use pallet_job_escrow::{Call as Escrow, JobTerms, Outcome};
use polkadot_sdk::{
	frame_support::traits::Hooks,
	sp_core::H256,
	sp_runtime::transaction_validity::{InvalidTransaction, TransactionValidityError},
};
use quern_primitives::{
	ports::{Congestion, Market},
	units::QRN,
	Window, WorkConstraints,
};
use quern_runtime::{configs::governance::TreasuryAccount, *};

#[test]
fn a_block_holds_fifteen_hundred_orders_and_the_next_clears_them() {
	local_testnet(|chain| {
		open_market(chain);
		let traders = ["Dave", "Eve", "Ferdie", "Alice//stash"].map(user);
		for who in &traders {
			give_claims(chain, who, 10_000);
		}
		chain.run(2);
		while is_first_of_session() {
			chain.next();
		}
		let before = pool();
		let issued = Assets::total_supply(CPU);
		let mut placed = 0usize;
		loop {
			let who = &traders[placed % traders.len()];
			// Limits that differ, on both sides of spot; most fill.
			let step = placed as u128 % 400;
			let call = if (placed / traders.len()).is_multiple_of(2) {
				buy(20, 20 * 1_000_000 * (1_100 + step) / 1_000, None)
			} else {
				sell(20, 20 * 1_000_000 * (900 - step) / 1_000, None)
			};
			let extrinsic = chain.signed(who, call.into(), System::account_nonce(&who.id), 0);
			match Executive::apply_extrinsic(extrinsic) {
				Ok(Ok(())) => placed += 1,
				Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => break,
				Ok(Err(error)) if error == Markets::TooManyOrders.into() => break,
				other => panic!("order {placed}: {other:?}"),
			}
		}
		println!("a block holds {placed} orders");
		assert!(placed >= 1_500, "a block holds {placed} orders");
		// Four fifths of the book are for trades; a block has room for more, which compete for a place.
		assert_eq!(ComputeAmm::orders(CPU).len(), placed.min(1_639));
		chain.next();
		let filled = events()
			.iter()
			.filter(|event| matches!(event, RuntimeEvent::ComputeAmm(Traded::OrderFilled { .. })))
			.count();
		assert!(filled > placed / 2, "{filled} of {placed}");
		assert!(ComputeAmm::orders(CPU).is_empty());
		assert_eq!(claims_of(&ComputeAmm::account()), 0);
		assert_eq!(Assets::total_supply(CPU), issued);
		let after = pool();
		assert!(after.reserve_tokens * after.reserve_claims >= before.reserve_tokens * before.reserve_claims);
		// What the block's start took is within the market's share of it.
		let weight = System::block_weight().total().ref_time();
		let whole = configs::system::RuntimeBlockWeights::get().max_block.ref_time();
		assert!(weight < whole / 2, "{weight} of {whole}");
	});
}

#[test]
fn a_block_with_no_order_costs_the_market_one_read() {
	local_testnet(|chain| {
		open_market(chain);
		chain.run(3);
		let weight = <ComputeAmm as Hooks<BlockNumber>>::on_initialize(now());
		let least = <Runtime as pallet_compute_amm::Config>::WeightInfo::clear_none();
		assert_eq!(weight, least);
	});
}

#[test]
fn the_treasury_is_an_lp_by_the_committee() {
	local_testnet(|chain| {
		open_market(chain);
		let treasury = TreasuryAccount::get();
		let shares = PoolShares::balance(CPU, &treasury);
		assert!(shares > 0);
		let deadline = now() + 100;
		let remove = Amm::remove_liquidity {
			class: CPU,
			shares: shares / 4,
			min_tokens: 0,
			min_gpu_time: 0,
			deadline,
		};
		let (had, pooled) = (total(&treasury), pool());
		assert_eq!(decided(chain, remove), Ok(()));
		chain.next();
		let got = claims_of(&treasury);
		assert_eq!(got, pooled.reserve_claims - pool().reserve_claims);
		assert!(total(&treasury) > had + pooled.reserve_tokens / 5);

		// It sells no claim for less than 97 % of the last minutes' price.
		let least = <ComputeAmm as Market<AccountId>>::sale_floor(CPU, 1_000).expect("a pool");
		assert_eq!(
			decided(chain, sell(1_000, least - 1, Some(10))),
			Err(Markets::BelowSaleFloor.into())
		);
		assert_eq!(decided(chain, sell(1_000, least, Some(10))), Ok(()));
		chain.next();
		assert_eq!(claims_of(&treasury), got - 1_000);

		// And adds again, locked as everybody's.
		let add = Amm::add_liquidity {
			class: CPU,
			max_tokens: QRN,
			max_gpu_time: got / 2,
			min_shares: 1,
			deadline: now() + 100,
		};
		assert_eq!(decided(chain, add), Ok(()));
		chain.next();
		assert_eq!(
			decided(chain, Amm::unlock_shares { class: CPU }),
			Err(Markets::TooEarly.into())
		);
		chain.run(100);
		assert_eq!(decided(chain, Amm::unlock_shares { class: CPU }), Ok(()));
		assert!(PoolShares::balance(CPU, &treasury) > shares / 2);
	});
}

#[test]
fn a_jobs_base_fee_is_quoted_held_and_burned_on_the_part_used() {
	local_testnet(|chain| {
		let (_, key) = open_market(chain);
		let client = user("Dave");
		assert_eq!(
			ComputeAmm::quote_buy(CPU, 4_000).expect("a pool").base_fee,
			0,
			"nothing was sold yet"
		);
		// Jobs of hours of the class's flow were set aside, as it is when demand stays above what serves.
		<ComputeAmm as Congestion>::committed(CPU, 30_000_000);
		chain.next();
		let quote = ComputeAmm::quote_buy(CPU, 4_000).expect("a pool");
		let average = ComputeAmm::ema_price(CPU, Window::Hour).expect("a pool").into_inner();
		assert!(quote.base_fee > 0, "{quote:?}");
		assert!(quote.base_fee <= average * 4_000 / 20 / 1_000_000_000_000_000_000);

		// A client that wants none of it is refused, and pays no more than the transaction.
		let terms = JobTerms {
			max_base_fee: Some(0),
			..Default::default()
		};
		chain.refused(
			&client,
			request(1, 4_000, 10_000_000_000, terms),
			Escrows::BaseFeeTooHigh,
		);
		let id = assigned(chain, &client, JobTerms::default());
		let held = job(id).base_deposit;
		assert!(held > 0);
		chain.ok(&key, Escrow::acknowledge { job: id });
		chain.next();
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome: Outcome::Completed {
					output: H256::zero(),
					size: 1,
				},
				used: 1_000,
			},
		);
		let before = FeeRouter::era(Restaking::current_era()).base_fees;
		chain.ok(&client, Escrow::accept { job: id });
		let burned = FeeRouter::era(Restaking::current_era()).base_fees - before;
		// A quarter was used.
		assert!(burned >= held / 4 && burned <= held / 4 + 1, "{burned} of {held}");
		assert_eq!(self::held(&client.id), 0);
	});
}

#[test]
fn cheapest_knows_the_classes_that_can_be_compared() {
	local_testnet(|chain| {
		open_market(chain);
		let all = WorkConstraints {
			may_split: true,
			classes: None,
			max_gpu_time: None,
		};
		// The preset's class does a unit of work a second.
		let plan = substitution::cheapest(10, all.clone()).expect("a plan");
		assert_eq!(plan.parts.len(), 1);
		assert_eq!((plan.parts[0].class, plan.parts[0].gpu_time), (CPU, 10_000));
		let quote = ComputeAmm::quote_buy(CPU, 10_000).expect("a pool");
		assert_eq!(plan.parts[0].tokens, quote.total);
		assert_eq!(plan.cost, quote.total + plan.parts[0].job_fee + plan.parts[0].base_fee);
		assert_eq!(plan.parts[0].job_fee, (quote.total * 6).div_ceil(100));
		let none = WorkConstraints {
			classes: Some(vec![7]),
			..all.clone()
		};
		assert!(substitution::cheapest(10, none).is_err());
		assert!(substitution::cheapest(10_000_000, all).is_err(), "no pool is so deep");
	});
}
