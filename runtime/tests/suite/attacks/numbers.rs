//! Absurd numbers in every call.

use super::*;
use crate::trip::open_market;
use pallet_job_escrow::{Call as Escrow, JobTerms, Outcome};
use pallet_provider_registry::Call as Registry;
use pallet_restaking::Call as Staking;
use polkadot_sdk::{sp_core::H256, sp_runtime::Perbill};
use quern_primitives::RewardMode;
use quern_runtime::configs::money::EXISTENTIAL_DEPOSIT;

#[test]
fn absurd_numbers_break_nothing() {
	local_testnet(|chain| {
		let (provider, _) = open_market(chain);
		chain.earn(&provider, 80_000);
		let dave = user("Dave");
		give_claims(chain, &dave, 10_000);
		let amounts = [
			0,
			1,
			9,
			10,
			EXISTENTIAL_DEPOSIT,
			QRN,
			1 << 64,
			1 << 112,
			(1 << 112) + 1,
			u128::MAX / 2,
			u128::MAX,
		];
		let blocks = [None, Some(0), Some(1), Some(u32::MAX)];
		let classes = [CPU, 1, u32::MAX];
		let mut calls: Vec<RuntimeCall> = Vec::new();
		for (i, a) in amounts.into_iter().enumerate() {
			let (block, class) = (blocks[i % blocks.len()], classes[i % classes.len()]);
			let deadline = block.unwrap_or(now() + 50);
			for b in [0, 1, QRN, u128::MAX] {
				for side in [Side::Buy, Side::Sell] {
					calls.push(
						Amm::place_order {
							class: CPU,
							side,
							gpu_time: a,
							limit: b,
							expires_in: block,
							recipient: None,
						}
						.into(),
					);
				}
				let call = |class| Amm::add_liquidity {
					class,
					max_tokens: a,
					max_gpu_time: b,
					min_shares: b,
					deadline,
				};
				calls.push(call(CPU).into());
				calls.push(call(class).into());
				let call = Amm::remove_liquidity {
					class: CPU,
					shares: a,
					min_tokens: b,
					min_gpu_time: b,
					deadline,
				};
				calls.push(call.into());
				let call = Amm::create_pool {
					class,
					tokens: a,
					gpu_time: b,
				};
				calls.push(call.into());
				let call = Registry::offer_capacity {
					class: CPU,
					gpu_time: a,
					min_proceeds: b,
				};
				calls.push(call.into());
				let terms = JobTerms {
					claims: b,
					pace: Some(a),
					bid_blocks: block,
					accept_blocks: block,
					max_base_fee: Some(a),
					..Default::default()
				};
				calls.push(request(1, a, b, terms).into());
				let terms = JobTerms { claims: 0, ..terms };
				calls.push(request(u32::MAX, a, b, terms).into());
				calls.push(request(1, 1_000, a, terms).into());
			}
			calls.push(
				Registry::open_pool {
					class: CPU,
					gpu_time: a,
				}
				.into(),
			);
			calls.push(
				Registry::buy_back {
					class: CPU,
					gpu_time: a,
				}
				.into(),
			);
			calls.push(register_operator(a).into());
			let commission = Perbill::from_parts(a as u32);
			calls.push(
				Staking::register_operator {
					bond: 100 * QRN,
					commission,
				}
				.into(),
			);
			calls.push(Staking::set_commission { commission }.into());
			calls.push(
				Staking::allocate {
					class,
					magnitude: a as u64,
				}
				.into(),
			);
			calls.push(allocate(a as u64).into());
			for operator in [&dave.id, &provider.id, &eve().id] {
				for mode in [RewardMode::Compound, RewardMode::Payout] {
					let (operator, shares) = (operator.clone(), [None, Some(a)][i % 2]);
					calls.push(
						Staking::delegate {
							operator: operator.clone(),
							amount: a,
							mode,
						}
						.into(),
					);
					calls.push(Staking::undelegate { operator, mode, shares }.into());
				}
				let (operator, shares) = (operator.clone(), a);
				calls.push(
					Staking::liquify {
						operator: operator.clone(),
						shares,
					}
					.into(),
				);
				calls.push(
					Staking::solidify {
						operator: operator.clone(),
						shares,
					}
					.into(),
				);
				calls.push(
					Staking::claim {
						operator: Some(operator.clone()),
					}
					.into(),
				);
				calls.push(
					Staking::withdraw {
						operator: Some(operator),
					}
					.into(),
				);
			}
			let id = a as u32;
			calls.push(
				pallet_slashing::Call::appeal {
					id,
					reason: H256::zero(),
				}
				.into(),
			);
			calls.push(pallet_slashing::Call::reduce { id, amount: a }.into());
			calls.push(Staking::bond_more { amount: a }.into());
			calls.push(Staking::unbond { amount: a }.into());
			calls.push(transfer(&eve().id, a).into());
			let (job, outcome) = (a as u64, Outcome::Trapped);
			calls.push(Escrow::submit { job, outcome, used: a }.into());
			calls.push(Amm::cancel_order { class, order: a as u64 }.into());
		}
		let (mut taken, mut refused) = (0, 0);
		for (i, call) in calls.into_iter().enumerate() {
			for who in [&dave, &provider] {
				match chain.submit(who, call.clone()).result {
					Ok(()) => taken += 1,
					Err(_) => refused += 1,
				}
			}
			if i % 16 == 0 {
				chain.next();
			}
		}
		chain.run(30);
		assert!(taken > 30 && refused > 300, "{taken} {refused}");
	});
}
