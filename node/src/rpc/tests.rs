//! The methods as a client sees them: requests in JSON, answers in JSON, over a runtime that answers what it
//! was asked.

use super::{
	compute_amm::{ComputeAmm, ComputeAmmRpcServer},
	economics::{Economics, EconomicsRpcServer},
	error::{REFUSED, UNAVAILABLE},
};
use jsonrpsee::{core::JsonValue, tokio::runtime, types::Params, RpcModule};
use polkadot_sdk::{
	frame_support::traits::PalletInfoAccess,
	sp_api::{mock_impl_runtime_apis, ApiError, ApiRef, ProvideRuntimeApi},
	sp_blockchain::{self, BlockStatus, HeaderBackend, Info},
	sp_core::H256,
	sp_runtime::{
		traits::{Block as BlockT, NumberFor},
		AccountId32, DispatchError, FixedU128, ModuleError,
	},
};
use quern_primitives::{
	apis::{ComputeAmmApi, EconomicsApi},
	ClassId, EraFigures, EraIndex, EraRatios, GpuTime, OrderInfo, PoolInfo, Price, Purpose, Quote, Side, Supply,
	Window, WorkConstraints, WorkPart, WorkPlan,
};
use quern_runtime::opaque::Block;
use std::sync::Arc;

const BEST: H256 = H256([1; 32]);
const PRUNED: H256 = H256([2; 32]);
const BIG: u128 = u128::MAX;
/// The class that has a pool.
const CLASS: ClassId = 0;

struct Client;
struct Api;

impl ProvideRuntimeApi<Block> for Client {
	type Api = Api;
	fn runtime_api(&self) -> ApiRef<'_, Api> {
		Api.into()
	}
}

impl HeaderBackend<Block> for Client {
	fn header(&self, _: H256) -> sp_blockchain::Result<Option<<Block as BlockT>::Header>> {
		Ok(None)
	}
	fn info(&self) -> Info<Block> {
		Info {
			best_hash: BEST,
			best_number: 7,
			genesis_hash: BEST,
			finalized_hash: BEST,
			finalized_number: 7,
			finalized_state: None,
			number_leaves: 1,
			block_gap: None,
		}
	}
	fn status(&self, _: H256) -> sp_blockchain::Result<BlockStatus> {
		Ok(BlockStatus::InChain)
	}
	fn number(&self, _: H256) -> sp_blockchain::Result<Option<NumberFor<Block>>> {
		Ok(None)
	}
	fn hash(&self, _: NumberFor<Block>) -> sp_blockchain::Result<Option<H256>> {
		Ok(None)
	}
}

fn market(error: u8) -> DispatchError {
	DispatchError::Module(ModuleError {
		index: quern_runtime::ComputeAmm::index() as u8,
		error: [error, 0, 0, 0],
		message: None,
	})
}

fn price(inner: u128) -> Price {
	FixedU128::from_inner(inner)
}

fn quote(class: ClassId, gpu_time: GpuTime, impact_ppm: u32) -> Result<Quote, DispatchError> {
	if class != CLASS {
		return Err(market(0));
	}
	Ok(Quote {
		gpu_time,
		total: BIG,
		fee: 3,
		price: price(2_000_000_000_000_000_001),
		spot: price(1_000_000_000_000_000_000),
		impact_ppm,
		base_fee: 5,
	})
}

mock_impl_runtime_apis! {
	impl ComputeAmmApi<Block, AccountId32> for Api {
		fn quote_buy(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
			quote(class, gpu_time, 1)
		}
		fn quote_sell(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
			quote(class, gpu_time, 2)
		}
		#[advanced]
		fn spot_price(at: H256, class: ClassId) -> Result<Option<Price>, ApiError> {
			if at == PRUNED {
				return Err(ApiError::UnknownBlock("State already discarded".into()));
			}
			Ok((class == CLASS).then(|| price(1)))
		}
		fn ema_price(class: ClassId, window: Window) -> Option<Price> {
			(class == CLASS).then(|| match window {
				Window::TenMinutes => price(10),
				Window::Hour => price(60),
				Window::Day => price(1_440),
			})
		}
		fn pools() -> Vec<PoolInfo> {
			vec![PoolInfo {
				class: CLASS,
				reserve_tokens: BIG,
				reserve_claims: 2,
				shares: 3,
				spot: price(4),
				ema_10m: price(5),
				ema_1h: price(6),
				ema_24h: price(7),
				orders: 8,
				fees_per_share: price(9),
				carried: 10,
				base_fee: price(11),
				attested_gpus: 12,
				paused_until: Some(13),
			}]
		}
		fn orders(_class: ClassId) -> Vec<OrderInfo<AccountId32>> {
			let order = |purpose| OrderInfo {
				id: (3 << 32) + 1,
				side: Side::Sell,
				gpu_time: 4,
				limit: 5,
				filled: 6,
				tokens: 7,
				payer: AccountId32::new([8; 32]),
				recipient: AccountId32::new([9; 32]),
				purpose,
				placed_at: 3,
				expires_at: 10,
			};
			vec![order(Purpose::Trade), order(Purpose::Job(11)), order(Purpose::Offer(12)), order(Purpose::BuyBack(13))]
		}
		fn cheapest(work: u128, constraints: WorkConstraints) -> Result<WorkPlan, DispatchError> {
			// What was asked comes back in the plan.
			let class = constraints.classes.as_ref().and_then(|classes| classes.last().copied()).unwrap_or(CLASS);
			if work == BIG {
				return Err(market(8));
			}
			Ok(WorkPlan {
				parts: vec![WorkPart {
					class,
					gpu_time: constraints.max_gpu_time.unwrap_or(1),
					tokens: 2,
					job_fee: 3,
					base_fee: if constraints.may_split { 4 } else { 5 },
				}],
				cost: BIG,
			})
		}
	}

	impl EconomicsApi<Block> for Api {
		fn current_era() -> EraIndex {
			7
		}
		fn era(era: EraIndex) -> EraFigures {
			EraFigures {
				jobs_settled: era,
				job_revenue: BIG,
				base_fees: 4,
				lp_fees: 5,
				..Default::default()
			}
		}
		fn ratios(era: EraIndex, class: Option<ClassId>) -> Option<EraRatios> {
			(era > 2).then(|| EraRatios {
				millis: 86_400_000,
				annual_revenue: BIG,
				price_to_sales: Some(price(12_500_000_000_000_000_000)),
				staker_yield_ppm: u64::MAX,
				real_yield_ppm: 6,
				supply_in_gpu_time: class.map(|_| BIG),
				sales_in_gpu_time: None,
			})
		}
		fn supply() -> Supply {
			Supply { genesis: BIG, issuance: 2, burned: 3 }
		}
	}
}

fn module() -> RpcModule<()> {
	let client = Arc::new(Client);
	let mut module = RpcModule::new(());
	module
		.merge(ComputeAmm::<_, Block>::new(client.clone()).into_rpc())
		.expect("other names");
	module
		.merge(Economics::<_, Block>::new(client).into_rpc())
		.expect("other names");
	module
}

fn json(text: &str) -> JsonValue {
	Params::new(Some(text))
		.parse()
		.unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The whole answer to a request.
fn ask(method: &str, params: &str) -> JsonValue {
	let request = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{params}}}");
	let tokio = runtime::Builder::new_current_thread().build().expect("a runtime");
	let answer = tokio.block_on(async { module().raw_json_request(&request, 1).await });
	json(&answer.expect("a request").0)
}

fn answer(method: &str, params: &str) -> JsonValue {
	let answer = ask(method, params);
	assert!(answer["error"].is_null(), "{method} {params}: {answer}");
	answer["result"].clone()
}

fn error(method: &str, params: &str) -> (i64, String) {
	let answer = ask(method, params);
	let error = &answer["error"];
	let message = error["message"].as_str().unwrap_or_default();
	let data = match &error["data"] {
		JsonValue::Null => String::new(),
		data => data.to_string(),
	};
	(
		error["code"]
			.as_i64()
			.unwrap_or_else(|| panic!("{method} {params}: {answer}")),
		format!("{message} {data}"),
	)
}

#[test]
fn quotes_what_was_asked_for() {
	let quote = json(
		r#"{
			"class": 0, "side": "buy", "gpuTime": "10000", "total": "340282366920938463463374607431768211455",
			"fee": "3", "price": {"exact": "2000000000000000001", "perHour": "7200000"},
			"spot": {"exact": "1000000000000000000", "perHour": "3600000"}, "impactPpm": 1, "baseFee": "5"
		}"#,
	);
	for params in [
		"[0, \"buy\", 10000]",
		"[0, \"buy\", \"10000\"]",
		"[\"0\", \"buy\", \"0x2710\", null]",
		"{\"class\": 0, \"side\": \"buy\", \"gpuTime\": 10000}",
	] {
		assert_eq!(answer("computeAmm_quote", params), quote, "{params}");
	}
	let sale = answer("computeAmm_quote", "[0, \"sell\", 1]");
	assert_eq!((&sale["side"], &sale["impactPpm"]), (&json("\"sell\""), &json("2")));
}

#[test]
fn says_what_is_wrong_with_a_request() {
	for params in [
		"[]",
		"[0, \"buy\"]",
		"[0, \"hold\", 1]",
		"[0, \"buy\", 1.5]",
		"[0, \"buy\", \"ten\"]",
		"[4294967296, \"buy\", 1]",
	] {
		assert_eq!(error("computeAmm_quote", params).0, -32602, "{params}");
	}
	let (_, told) = error("computeAmm_quote", "[0, \"buy\", \"ten\"]");
	assert!(told.contains("a whole number, or a string of one"), "{told}");
	assert_eq!(error("computeAmm_cheapest", "[0]").0, -32602);
	assert_eq!(error("computeAmm_cheapest", "[5, {\"maySlip\": true}]").0, -32602);
	let (code, told) = error("economics_era", "[8]");
	assert_eq!(code, -32602);
	assert!(told.contains("8 has not begun; era 7 runs"), "{told}");
	assert!(error("economics_ratios", "[1]").1.contains("no longer kept"));
}

#[test]
fn names_the_runtimes_errors() {
	for (method, params) in [
		("computeAmm_quote", "[9, \"buy\", 1]"),
		("computeAmm_price", "[9]"),
		("computeAmm_price", "[9, \"1h\"]"),
		("computeAmm_orders", "[9]"),
	] {
		let (code, told) = error(method, params);
		assert_eq!(code, i64::from(REFUSED), "{method}");
		assert!(told.starts_with("ComputeAmm.NoPool: "), "{method}: {told}");
		assert_eq!(
			ask(method, params)["error"]["data"],
			json("{\"pallet\": \"ComputeAmm\", \"error\": \"NoPool\"}")
		);
	}
	let work = "[\"340282366920938463463374607431768211455\"]";
	let (code, told) = error("computeAmm_cheapest", work);
	assert_eq!(code, i64::from(REFUSED));
	assert!(told.starts_with("ComputeAmm.ExceedsDepth: "), "{told}");
	let (code, told) = error("computeAmm_price", &format!("[0, \"spot\", \"{PRUNED:?}\"]"));
	assert_eq!(code, i64::from(UNAVAILABLE));
	assert!(told.contains("State already discarded"), "{told}");
}

#[test]
fn shows_pools_prices_and_orders() {
	assert_eq!(
		answer("computeAmm_pools", "[]"),
		json(
			r#"[{
				"class": 0, "reserveTokens": "340282366920938463463374607431768211455", "reserveClaims": "2",
				"shares": "3", "spot": {"exact": "4", "perHour": "0"}, "ema10m": {"exact": "5", "perHour": "0"},
				"ema1h": {"exact": "6", "perHour": "0"}, "ema24h": {"exact": "7", "perHour": "0"}, "orders": 8,
				"feesPerShare": "9", "carried": "10", "baseFee": {"exact": "11", "perHour": "0"},
				"attestedGpus": 12, "pausedUntil": 13
			}]"#
		)
	);
	for (params, window, exact) in [
		("[0]", "spot", "1"),
		("[0, \"spot\"]", "spot", "1"),
		("[0, \"10m\"]", "10m", "10"),
		("[0, \"1h\"]", "1h", "60"),
		("[0, \"24h\"]", "24h", "1440"),
	] {
		let expected = format!(
			"{{\"class\": 0, \"window\": \"{window}\", \"price\": {{\"exact\": \"{exact}\", \"perHour\": \"0\"}}}}"
		);
		assert_eq!(answer("computeAmm_price", params), json(&expected), "{params}");
	}
	let orders = answer("computeAmm_orders", &format!("[0, \"{BEST:?}\"]"));
	assert_eq!(
		orders[0],
		json(&format!(
			r#"{{
				"id": "12884901889", "side": "sell", "gpuTime": "4", "limit": "5", "filled": "6", "tokens": "7",
				"payer": "{}", "recipient": "{}", "purpose": {{"kind": "trade", "id": null}}, "placedAt": 3,
				"expiresAt": 10
			}}"#,
			AccountId32::new([8; 32]),
			AccountId32::new([9; 32]),
		))
	);
	for (index, purpose) in [(1, "job"), (2, "offer"), (3, "buyBack")] {
		let expected = format!("{{\"kind\": \"{purpose}\", \"id\": \"{}\"}}", 10 + index);
		assert_eq!(orders[index]["purpose"], json(&expected));
	}
}

#[test]
fn hands_constraints_on() {
	let plan = |class: u32, gpu_time: &str, base_fee: &str| {
		json(&format!(
			r#"{{
				"work": "5", "cost": "340282366920938463463374607431768211455",
				"parts": [{{"class": {class}, "gpuTime": "{gpu_time}", "tokens": "2", "jobFee": "3", "baseFee": "{base_fee}"}}]
			}}"#
		))
	};
	assert_eq!(answer("computeAmm_cheapest", "[5]"), plan(0, "1", "4"));
	assert_eq!(answer("computeAmm_cheapest", "[\"5\", {}]"), plan(0, "1", "4"));
	let constraints = "[\"0x5\", {\"maySplit\": false, \"classes\": [1, \"2\"], \"maxGpuTime\": \"77\"}]";
	assert_eq!(answer("computeAmm_cheapest", constraints), plan(2, "77", "5"));
}

#[test]
fn shows_where_the_money_went() {
	let era = answer("economics_era", "[]");
	assert_eq!(
		(&era["era"], &era["currentEra"], &era["jobsSettled"]),
		(&json("7"), &json("7"), &json("7"))
	);
	assert_eq!(era["jobRevenue"], json("\"340282366920938463463374607431768211455\""));
	assert_eq!((&era["baseFees"], &era["lpFees"]), (&json("\"4\""), &json("\"5\"")));
	assert_eq!(answer("economics_era", "[\"3\"]")["jobsSettled"], json("3"));
	assert_eq!(
		answer("economics_ratios", "[3, 0]"),
		json(
			r#"{
				"era": 3, "class": 0, "millis": "86400000",
				"annualRevenue": "340282366920938463463374607431768211455", "priceToSales": "12.5",
				"stakerYieldPpm": "18446744073709551615", "realYieldPpm": "6",
				"supplyInGpuTime": "340282366920938463463374607431768211455", "salesInGpuTime": null
			}"#
		)
	);
	assert_eq!(answer("economics_ratios", "[]")["class"], JsonValue::Null);
	assert_eq!(
		answer("economics_supply", "[]"),
		json(r#"{"genesis": "340282366920938463463374607431768211455", "issuance": "2", "burned": "3"}"#)
	);
}
