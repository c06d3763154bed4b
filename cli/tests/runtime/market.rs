//! The market, what providers owe, and fees.

use super::*;
use pallet_compute_amm as market;
use pallet_provider_registry as registry;
use quern_primitives as primitives;
use quern_primitives::Side;

#[test]
fn calls_of_the_market_are_what_the_runtime_decodes() {
	use calls::compute_amm as send;
	let bob = keys::account_of(&keys::dev("//Bob").expect("a key"));
	let place = |side, expires_in, recipient: Option<AccountId>| -> RuntimeCall {
		market::Call::place_order {
			class: 1,
			side,
			gpu_time: 9,
			limit: u128::MAX,
			expires_in,
			recipient: recipient.map(native),
		}
		.into()
	};
	let cases: Vec<(Call, RuntimeCall)> = vec![
		(
			send::place_order(1, quern::Side::Buy, 9, u128::MAX, None, None),
			place(Side::Buy, None, None),
		),
		(
			send::place_order(1, quern::Side::Sell, 9, u128::MAX, Some(3), Some(&bob)),
			place(Side::Sell, Some(3), Some(bob)),
		),
		(
			send::cancel_order(1, u64::MAX),
			market::Call::cancel_order {
				class: 1,
				order: u64::MAX,
			}
			.into(),
		),
		(
			send::create_pool(1, 2, 3),
			market::Call::create_pool {
				class: 1,
				tokens: 2,
				gpu_time: 3,
			}
			.into(),
		),
		(
			send::add_liquidity(1, 2, 3, 4, 5),
			market::Call::add_liquidity {
				class: 1,
				max_tokens: 2,
				max_gpu_time: 3,
				min_shares: 4,
				deadline: 5,
			}
			.into(),
		),
		(
			send::remove_liquidity(1, 2, 3, 4, 5),
			market::Call::remove_liquidity {
				class: 1,
				shares: 2,
				min_tokens: 3,
				min_gpu_time: 4,
				deadline: 5,
			}
			.into(),
		),
		(send::unlock_shares(1), market::Call::unlock_shares { class: 1 }.into()),
		(send::collect(&bob), market::Call::collect { who: native(bob) }.into()),
	];
	for (call, expected) in cases {
		assert_eq!(encoded(&call), expected, "{call}");
	}
}

#[test]
fn calls_of_providers_are_what_the_runtime_decodes() {
	use calls::provider_registry as send;
	let bob = keys::account_of(&keys::dev("//Bob").expect("a key"));
	let cases: Vec<(Call, RuntimeCall)> = vec![
		(
			send::buy_back_in_market(1, 2, 3, 4),
			registry::Call::buy_back_in_market {
				class: 1,
				gpu_time: 2,
				max_cost: 3,
				blocks: 4,
			}
			.into(),
		),
		(
			send::issue_liquidity(1, 2, 3, 4),
			registry::Call::issue_liquidity {
				class: 1,
				gpu_time: 2,
				tokens: 3,
				min_shares: 4,
			}
			.into(),
		),
		(
			send::set_throughput(1, 2),
			registry::Call::set_throughput {
				class: 1,
				throughput: 2,
			}
			.into(),
		),
		(send::leave_class(1), registry::Call::leave_class { class: 1 }.into()),
		(
			send::declare_gone(&bob, 1),
			registry::Call::declare_gone {
				provider: native(bob),
				class: 1,
			}
			.into(),
		),
		(
			send::close_estate(&bob, 1),
			registry::Call::close_estate {
				provider: native(bob),
				class: 1,
			}
			.into(),
		),
		(
			send::take_over(&bob, 1, 2, 3),
			registry::Call::take_over {
				provider: native(bob),
				class: 1,
				gpu_time: 2,
				min_payment: 3,
			}
			.into(),
		),
		(
			send::assume_shortfall(1, 2, 3),
			registry::Call::assume_shortfall {
				class: 1,
				gpu_time: 2,
				min_payment: 3,
			}
			.into(),
		),
		(send::charge_pause(1), registry::Call::charge_pause { node: 1 }.into()),
		(
			send::wind_up(&bob, 1),
			registry::Call::wind_up {
				provider: native(bob),
				class: 1,
			}
			.into(),
		),
		(
			send::withdraw_recovered(1),
			registry::Call::withdraw_recovered { class: 1 }.into(),
		),
		(
			send::redeem_claims(1, 2, 3),
			registry::Call::redeem_claims {
				class: 1,
				gpu_time: 2,
				min_payment: 3,
			}
			.into(),
		),
	];
	for (call, expected) in cases {
		assert_eq!(encoded(&call), expected, "{call}");
	}
}

#[test]
fn the_jar_is_emptied_as_the_runtime_decodes_it() {
	type JarAsset = <Runtime as pallet_fee_router::Config>::JarAssetId;
	let bob = keys::account_of(&keys::dev("//Bob").expect("a key"));
	let wanted = [
		(quern::JarAsset::Claims(1), 2),
		(quern::JarAsset::PoolShares(3), 4),
		(quern::JarAsset::OperatorShares(5), u128::MAX),
	];
	let call = calls::fee_router::empty_jar(&wanted, &bob, u128::MAX);
	let native_wanted = vec![
		(JarAsset::Claims(1), 2),
		(JarAsset::PoolShares(3), 4),
		(JarAsset::OperatorShares(5), u128::MAX),
	];
	let expected = pallet_fee_router::Call::empty_jar {
		assets: BoundedVec::try_from(native_wanted).expect("few"),
		beneficiary: native(bob),
		max_burn: u128::MAX,
	};
	assert_eq!(encoded(&call), expected.into());
	let id = <Runtime as pallet_fee_router::Config>::PalletId::get();
	assert_eq!(
		native(quern::jar_account(&id.0)),
		quern_runtime::FeeRouter::jar_account()
	);
}

#[test]
fn estates_and_shortfalls_are_read_as_they_are_stored() {
	let native_estate = registry::Estate {
		price: FixedU128::from_u32(2),
		opened_at: 3,
		obligations: 4_000,
		proceeds: 5,
		shares: 6,
		orderly: true,
		deposit: 7,
		advanced: 8,
		answers: 9,
	};
	let estate: quern::Estate = stored("ProviderRegistry", "Estates", 2, native_estate);
	assert_eq!((estate.opened_at, estate.obligations, estate.proceeds), (3, 4_000, 5));
	assert_eq!(
		(estate.shares, estate.orderly, estate.deposit, estate.advanced),
		(6, true, 7, 8)
	);
	for elapsed in [0, 1, 300, 600, 601, u32::MAX] {
		assert_eq!(
			quern::take_over_price(estate.price, elapsed, 4_001),
			registry::policy::take_over_price(FixedU128::from_u32(2), elapsed, 4_001)
		);
	}
	assert_eq!(quern::AUCTION_BLOCKS, registry::policy::AUCTION_BLOCKS);
	assert_eq!(quern::ESTATE_BLOCKS, registry::policy::ESTATE_BLOCKS);
	assert_eq!(stored::<u128>("ProviderRegistry", "Shortfalls", 1, 9u128), 9);
}

#[test]
fn locks_and_debts_of_the_market_are_read_as_they_are_stored() {
	let lock: quern::ShareLock = stored("ComputeAmm", "Locks", 2, market::Lock { shares: 1, until: 2 });
	assert_eq!((lock.shares, lock.until), (1, 2));
	assert_eq!(stored::<u128>("ComputeAmm", "Owed", 1, 3u128), 3);
}

fn price() -> FixedU128 {
	FixedU128::from_u32(2)
}

const READ_PRICE: quern::Price = quern::Price(2_000_000_000_000_000_000);

#[test]
fn quotes_and_their_refusals_are_read() {
	let metadata = metadata();
	let quote: Result<primitives::Quote, DispatchError> = Ok(primitives::Quote {
		gpu_time: 1,
		total: 2,
		fee: 3,
		price: price(),
		spot: price(),
		impact_ppm: 6,
		base_fee: 7,
	});
	for method in ["quote_buy", "quote_sell"] {
		let ty = output(&metadata, "ComputeAmmApi", method, 2);
		let read: Result<quern::Quote, Value> = decoded(&metadata, ty, quote, method);
		let read = read.expect("a quote");
		assert_eq!((read.gpu_time, read.total, read.fee, read.impact_ppm), (1, 2, 3, 6));
		assert_eq!((read.price, read.base_fee), (READ_PRICE, 7));

		let failed: Result<primitives::Quote, DispatchError> = Err(market::Error::<Runtime>::NoPool.into());
		let read: Result<quern::Quote, Value> = decoded(&metadata, ty, failed, method);
		let failure = quern::errors::dispatch_value(&read.expect_err("an error"), &metadata);
		assert_eq!(
			(failure.pallet.as_deref(), failure.name.as_str()),
			(Some("ComputeAmm"), "NoPool")
		);
		assert!(!failure.docs.is_empty());
		assert!(failure.hint().is_some());

		let failed: Result<primitives::Quote, DispatchError> = Err(DispatchError::Module(ModuleError {
			index: 250,
			error: [1, 0, 0, 0],
			message: None,
		}));
		let read: Result<quern::Quote, Value> = decoded(&metadata, ty, failed, method);
		assert_eq!(
			quern::errors::dispatch_value(&read.expect_err("an error"), &metadata).pallet,
			None
		);
	}
}

#[test]
fn pools_prices_and_orders_are_read() {
	let metadata = metadata();
	let pools = vec![primitives::PoolInfo {
		class: 1,
		reserve_tokens: 2,
		reserve_claims: 3,
		shares: 4,
		spot: price(),
		ema_10m: price(),
		ema_1h: price(),
		ema_24h: price(),
		orders: 5,
		fees_per_share: price(),
		carried: 6,
		base_fee: price(),
		attested_gpus: 7,
		paused_until: Some(8),
	}];
	let ty = output(&metadata, "ComputeAmmApi", "pools", 0);
	let read: Vec<quern::PoolInfo> = decoded(&metadata, ty, pools, "pools");
	assert_eq!(
		read,
		[quern::PoolInfo {
			class: 1,
			reserve_tokens: 2,
			reserve_claims: 3,
			shares: 4,
			spot: READ_PRICE,
			ema_10m: READ_PRICE,
			ema_1h: READ_PRICE,
			ema_24h: READ_PRICE,
			orders: 5,
			fees_per_share: READ_PRICE,
			carried: 6,
			base_fee: READ_PRICE,
			attested_gpus: 7,
			paused_until: Some(8),
		}]
	);
	let ty = output(&metadata, "ComputeAmmApi", "ema_price", 2);
	let read: Option<quern::Price> = decoded(&metadata, ty, Some(price()), "ema_price");
	assert_eq!(read, Some(READ_PRICE));

	for (purpose, expected) in [
		(primitives::Purpose::Trade, quern::Purpose::Trade),
		(primitives::Purpose::Job(9), quern::Purpose::Job(9)),
		(primitives::Purpose::Offer(9), quern::Purpose::Offer(9)),
		(primitives::Purpose::BuyBack(9), quern::Purpose::BuyBack(9)),
	] {
		let orders = vec![primitives::OrderInfo {
			id: 1,
			side: Side::Sell,
			gpu_time: 2,
			limit: 3,
			filled: 1,
			tokens: 5,
			payer: native(alice()),
			recipient: native(AccountId([6; 32])),
			purpose,
			placed_at: 7,
			expires_at: 8,
		}];
		let ty = output(&metadata, "ComputeAmmApi", "orders", 1);
		let read: Vec<quern::OrderInfo> = decoded(&metadata, ty, orders, "orders");
		assert_eq!(
			read,
			[quern::OrderInfo {
				id: 1,
				side: quern::Side::Sell,
				gpu_time: 2,
				limit: 3,
				filled: 1,
				tokens: 5,
				payer: alice(),
				recipient: AccountId([6; 32]),
				purpose: expected,
				placed_at: 7,
				expires_at: 8,
			}]
		);
	}
}

#[test]
fn plans_and_ratios_are_read() {
	let metadata = metadata();
	let plan: Result<primitives::WorkPlan, DispatchError> = Ok(primitives::WorkPlan {
		parts: vec![primitives::WorkPart {
			class: 1,
			gpu_time: 2,
			tokens: 3,
			job_fee: 4,
			base_fee: 5,
		}],
		cost: 6,
	});
	let ty = output(&metadata, "ComputeAmmApi", "cheapest", 2);
	let read: Result<quern::WorkPlan, Value> = decoded(&metadata, ty, plan, "cheapest");
	let read = read.expect("a plan");
	assert_eq!(read.cost, 6);
	assert_eq!(
		read.parts,
		[quern::WorkPart {
			class: 1,
			gpu_time: 2,
			tokens: 3,
			job_fee: 4,
			base_fee: 5,
		}]
	);
	let ratios = Some(primitives::EraRatios {
		millis: 1,
		annual_revenue: 2,
		price_to_sales: Some(price()),
		staker_yield_ppm: 3,
		real_yield_ppm: 4,
		supply_in_gpu_time: Some(5),
		sales_in_gpu_time: None,
	});
	let ty = output(&metadata, "EconomicsApi", "ratios", 2);
	let read: Option<quern::EraRatios> = decoded(&metadata, ty, ratios, "ratios");
	assert_eq!(
		read,
		Some(quern::EraRatios {
			millis: 1,
			annual_revenue: 2,
			price_to_sales: Some(READ_PRICE),
			staker_yield_ppm: 3,
			real_yield_ppm: 4,
			supply_in_gpu_time: Some(5),
			sales_in_gpu_time: None,
		})
	);
}

#[test]
fn runtime_apis_take_the_arguments_that_the_market_is_asked_with() {
	let client = offline();
	let number = Value::u128;
	let constraints = quern::WorkConstraints {
		may_split: true,
		classes: Some(vec![1, 2]),
		max_gpu_time: Some(3),
	};
	let window = |window: quern::Window| Value::unnamed_variant(window.name(), []);
	let option = |value| Value::unnamed_variant("Some", [value]);
	let native_constraints = primitives::WorkConstraints {
		may_split: true,
		classes: Some(vec![1, 2]),
		max_gpu_time: Some(3),
	};
	for (api, method, args, expected) in [
		(
			"ComputeAmmApi",
			"quote_buy",
			vec![number(1), number(2)],
			(1u32, 2u128).encode(),
		),
		(
			"ComputeAmmApi",
			"cheapest",
			vec![number(7), constraints.value()],
			(7u128, native_constraints).encode(),
		),
		(
			"ComputeAmmApi",
			"ema_price",
			vec![number(1), window(quern::Window::TenMinutes)],
			(1u32, primitives::Window::TenMinutes).encode(),
		),
		(
			"ComputeAmmApi",
			"ema_price",
			vec![number(1), window(quern::Window::Hour)],
			(1u32, primitives::Window::Hour).encode(),
		),
		(
			"ComputeAmmApi",
			"ema_price",
			vec![number(1), window(quern::Window::Day)],
			(1u32, primitives::Window::Day).encode(),
		),
		("ComputeAmmApi", "orders", vec![number(1)], 1u32.encode()),
		(
			"EconomicsApi",
			"ratios",
			vec![number(1), option(number(2))],
			(1u32, Some(2u32)).encode(),
		),
	] {
		let payload = subxt::dynamic::runtime_api_call::<Vec<Value>, Value>(api, method, args);
		let bytes = client
			.runtime_apis()
			.encode_args(payload)
			.unwrap_or_else(|error| panic!("{method}: {error}"));
		assert_eq!(bytes, expected, "{method}");
	}
}

#[test]
fn a_jobs_fees_are_reckoned_as_the_escrow_does() {
	assert_eq!(quern::JOB_FEE_PERCENT, pallet_job_escrow::policy::JOB_FEE_PERCENT);
	for price in [0, 1, 16, 17, 100, 12_345_678_901] {
		assert_eq!(Some(quern::job_fee(price)), pallet_job_escrow::policy::fee(price));
	}
}
