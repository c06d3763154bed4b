//! Whole stories, and random ones, with the invariants checked after each block.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn a_sandwich_around_a_victim_loses() {
	ExtBuilder::default().build_and_execute(|| {
		place(BOB, Side::Buy, CLAIMS / 20, 2 * CLAIMS / 20 * SPOT);
		place(DAVE, Side::Buy, CLAIMS / 20, 2 * CLAIMS / 20 * SPOT);
		next_block();
		assert_eq!(claims(&DAVE), TIME + CLAIMS / 20);
		place(DAVE, Side::Sell, CLAIMS / 20, 0);
		next_block();
		assert_eq!(claims(&DAVE), TIME);
		assert!(tokens(&DAVE) < WEALTH);
	});
}

#[test]
fn patience_is_cheaper() {
	// 0.2 G at once at 1/(1 - 0.4) = 1.67 times spot, in ten slices far less.
	let cost = |pace| {
		let mut paid = 0;
		ExtBuilder::default().build_and_execute(|| {
			let size = CLAIMS / 5;
			let bid = NewOrder {
				pace,
				expires_at: 20,
				..bid(1, size, 2 * size * SPOT)
			};
			assert_ok!(<ComputeAmm as Market<_>>::place_order(bid));
			skip_blocks(20);
			assert_eq!(claims(&CHARLIE), TIME + size);
			paid = WEALTH - tokens(&BOB);
		});
		paid
	};
	let (at_once, in_slices) = (cost(None), cost(Some(CLAIMS / 50)));
	let spot = CLAIMS / 5 * SPOT;
	assert!(at_once > spot * 166 / 100 && at_once < spot * 168 / 100);
	assert!(in_slices < spot * 130 / 100);
}

#[derive(Clone, Debug)]
enum Action {
	Place {
		who: u8,
		buys: bool,
		size: u32,
		per_mille: u16,
		blocks: u8,
	},
	Bid {
		job: u8,
		size: u32,
		per_mille: u16,
		pace: Option<u32>,
		blocks: u8,
	},
	Cancel {
		order: u8,
	},
	Add {
		who: u8,
		tokens: u64,
		gpu_time: u32,
	},
	Remove {
		who: u8,
		per_mille: u16,
	},
	Unlock {
		who: u8,
	},
	Gift {
		tokens: u32,
	},
	Lull,
	Attest {
		gpus: u8,
	},
	Shortfall {
		is_there: bool,
	},
	Ask {
		who: u8,
		tokens: u64,
		gpu_time: u32,
	},
	Block,
}

fn an_action() -> impl Strategy<Value = Action> {
	let size = || prop_oneof![1_000u32..10_000, 1_000_000u32..200_000_000];
	let per_mille = || 500u16..2_500;
	prop_oneof![
		6 => (0u8..4, any::<bool>(), size(), per_mille(), 0u8..5)
			.prop_map(|(who, buys, size, per_mille, blocks)| Action::Place { who, buys, size, per_mille, blocks }),
		2 => (any::<u8>(), size(), per_mille(), proptest::option::of(1u32..50_000_000), 0u8..8)
			.prop_map(|(job, size, per_mille, pace, blocks)| Action::Bid { job, size, per_mille, pace, blocks }),
		1 => any::<u8>().prop_map(|order| Action::Cancel { order }),
		1 => (0u8..4, 1u64..1_000_000_000_000_000, 1u32..1_000_000_000)
			.prop_map(|(who, tokens, gpu_time)| Action::Add { who, tokens, gpu_time }),
		1 => (0u8..4, 1u16..=1_000).prop_map(|(who, per_mille)| Action::Remove { who, per_mille }),
		1 => (0u8..4).prop_map(|who| Action::Unlock { who }),
		1 => any::<u32>().prop_map(|tokens| Action::Gift { tokens }),
		1 => Just(Action::Lull),
		1 => (0u8..20).prop_map(|gpus| Action::Attest { gpus }),
		1 => any::<bool>().prop_map(|is_there| Action::Shortfall { is_there }),
		1 => (0u8..4, 1u64..1_000_000_000_000_000, 1u32..1_000_000_000)
			.prop_map(|(who, tokens, gpu_time)| Action::Ask { who, tokens, gpu_time }),
		5 => Just(Action::Block),
	]
}

fn trader(index: u8) -> AccountId {
	[ALICE, BOB, CHARLIE, DAVE][usize::from(index)].clone()
}

/// What an order asked for, and what became of it.
#[derive(Default)]
struct Account {
	gpu_time: GpuTime,
	limit: Balance,
	filled: GpuTime,
	tokens: Balance,
}

fn act(action: Action, orders: &mut BTreeMap<OrderId, Account>) {
	use polkadot_sdk::frame_support::storage::with_storage_layer;
	let spot = ComputeAmm::spot_price(CPU).expect("a pool").into_inner();
	let limit = |size: u32, per_mille: u16| {
		u128::from(size) * (spot / 1_000_000_000) / 1_000_000_000 * u128::from(per_mille) / 1_000
	};
	let mut note = |id: Option<OrderId>, size: u32, limit: Balance| {
		if let Some(id) = id {
			orders.insert(
				id,
				Account {
					gpu_time: size.into(),
					limit,
					..Default::default()
				},
			);
		}
	};
	// Refusals are fine: they change nothing, which the sums below show. As in a block, a call that fails
	// leaves no trace.
	match action {
		Action::Place {
			who,
			buys,
			size,
			per_mille,
			blocks,
		} => {
			let side = if buys { Side::Buy } else { Side::Sell };
			let limit = limit(size, per_mille);
			let placed = ComputeAmm::place_order(
				signed(trader(who)),
				CPU,
				side,
				size.into(),
				limit,
				Some(blocks.into()),
				None,
			);
			let id = placed.ok().map(|_| waiting().last().expect("placed").id);
			note(id, size, limit);
		}
		Action::Bid {
			job,
			size,
			per_mille,
			pace,
			blocks,
		} => {
			let limit = limit(size, per_mille);
			let expires_at = System::block_number() as u32 + u32::from(blocks);
			let bid = NewOrder {
				pace: pace.map(Into::into),
				expires_at,
				..bid(job.into(), size.into(), limit)
			};
			let id = <ComputeAmm as Market<_>>::place_order(bid).ok();
			note(id, size, limit);
		}
		Action::Cancel { order } => {
			let book = waiting();
			if let Some(order) = book.get(usize::from(order) % book.len().max(1)) {
				if ComputeAmm::cancel_order(signed(order.payer.clone()), CPU, order.id).is_ok() {
					orders.remove(&order.id);
				}
			}
		}
		Action::Add { who, tokens, gpu_time } => {
			let call = || ComputeAmm::add_liquidity(signed(trader(who)), CPU, tokens.into(), gpu_time.into(), 0, 1_000);
			with_storage_layer(call).ok();
		}
		Action::Remove { who, per_mille } => {
			let shares = PoolShares::balance(CPU, trader(who)) * u128::from(per_mille) / 1_000;
			let call = || ComputeAmm::remove_liquidity(signed(trader(who)), CPU, shares, 0, 0, 1_000);
			with_storage_layer(call).ok();
		}
		Action::Unlock { who } => {
			ComputeAmm::unlock_shares(signed(trader(who)), CPU).ok();
		}
		Action::Gift { tokens } => {
			Balances::transfer(&DAVE, &ComputeAmm::pool_account(CPU), tokens.into(), Expendable).ok();
		}
		// Past any pause; nobody's blocks are missed, since no block runs in between.
		Action::Lull => System::set_block_number(System::block_number() + 100),
		Action::Shortfall { is_there } => Short::set(is_there),
		Action::Ask { who, tokens, gpu_time } => {
			let asked = <ComputeAmm as Liquidity<_>>::add(NewLiquidity {
				class: CPU,
				who: trader(who),
				max_tokens: tokens.into(),
				max_gpu_time: gpu_time.into(),
				min_shares: 0,
				deadline: System::block_number() as u32 + 5,
				reference: who.into(),
			});
			asked.ok();
		}
		Action::Attest { gpus } => <ComputeAmm as AttestedFlow>::attested(CPU, gpus.into()),
		Action::Block => {
			let before = pool();
			let requests = LiquidityQueue::<Test>::decode_len(CPU).unwrap_or(0);
			next_block();
			if requests == 0 {
				let product = |pool: &Pool| {
					polkadot_sdk::sp_core::U256::from(pool.reserve_tokens)
						* polkadot_sdk::sp_core::U256::from(pool.reserve_claims)
				};
				assert!(product(&pool()) >= product(&before));
			}
			assert!(!events()
				.iter()
				.any(|event| matches!(event, Event::ClearingDeferred { .. })));
		}
	}
	listen(orders);
}

/// Each order's fills and refund add up to what it gave, and keep its limit.
fn listen(orders: &mut BTreeMap<OrderId, Account>) {
	for news in heard() {
		match news {
			Heard::Filled(order, gpu_time, tokens) => {
				let account = orders.get_mut(&order.id).expect("placed");
				account.filled += gpu_time;
				account.tokens += tokens;
			}
			Heard::Closed(order, unfilled, returned) => {
				let account = orders.remove(&order.id).expect("placed");
				assert_eq!(account.filled + unfilled, account.gpu_time);
				match order.side {
					Side::Buy => assert_eq!(account.tokens + returned, account.limit),
					Side::Sell => assert_eq!(returned, unfilled),
				}
				if unfilled == 0 && order.side == Side::Sell {
					assert!(account.tokens >= account.limit);
				}
			}
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn whatever_happens_no_money_is_made_or_lost(actions in proptest::collection::vec(an_action(), 1..120)) {
		ExtBuilder::default().build_and_execute(|| {
			let mut orders = BTreeMap::new();
			for action in actions {
				act(action, &mut orders);
				assert_eq!(ComputeAmm::do_try_state(), Ok(()));
			}
			// The longest order stays eight blocks: then the market holds nothing but what is locked.
			// Or until a pause is over.
			for _ in 0..10 {
				act(Action::Block, &mut orders);
			}
			assert!(orders.is_empty());
			assert!(listed().is_empty());
			let owed: Balance = Owed::<Test>::iter_values().sum();
			assert_eq!(tokens(&ComputeAmm::account()), ED + owed);
			assert_eq!(claims(&ComputeAmm::account()), 0);
		});
	}
}
