//! `computeAmm_*`: the market.

use super::{
	error::{invalid, refused, unavailable, Name},
	json::{Id, PriceJson, Whole},
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use polkadot_sdk::{
	sp_api::{ApiRef, ProvideRuntimeApi},
	sp_blockchain::HeaderBackend,
	sp_runtime::{traits::Block as BlockT, AccountId32},
};
use quern_primitives::{
	apis::ComputeAmmApi, ClassId, OrderInfo, PoolInfo, Price, Purpose, Quote, Side, Window, WorkConstraints, WorkPlan,
};
use serde::{Deserialize, Serialize};
use std::{marker::PhantomData, sync::Arc};

/// The market's methods. `at` is a block's hash; the best block if not said.
#[rpc(server)]
pub trait ComputeAmmRpc<Hash> {
	/// What a trade of `gpu_time` milliseconds would cost or bring now, alone in its batch.
	#[method(name = "computeAmm_quote", blocking)]
	fn quote(
		&self,
		class: Id,
		side: SideName,
		#[argument(rename = "gpuTime")] gpu_time: Whole,
		at: Option<Hash>,
	) -> RpcResult<QuoteJson>;

	/// Every pool.
	#[method(name = "computeAmm_pools", blocking)]
	fn pools(&self, at: Option<Hash>) -> RpcResult<Vec<PoolJson>>;

	/// A class's price: now, or averaged over a window.
	#[method(name = "computeAmm_price", blocking)]
	fn price(&self, class: Id, window: Option<WindowName>, at: Option<Hash>) -> RpcResult<WindowPriceJson>;

	/// A class's orders that wait for the next clearing, in order of arrival.
	#[method(name = "computeAmm_orders", blocking)]
	fn orders(&self, class: Id, at: Option<Hash>) -> RpcResult<Vec<OrderJson>>;

	/// Where `work` units of the classes' benchmark are done for the least.
	#[method(name = "computeAmm_cheapest", blocking)]
	fn cheapest(&self, work: Whole, constraints: Option<ConstraintsJson>, at: Option<Hash>) -> RpcResult<PlanJson>;
}

/// Which way a trade goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SideName {
	/// Pays tokens, gets claims.
	Buy,
	/// Pays claims, gets tokens.
	Sell,
}

impl From<Side> for SideName {
	fn from(side: Side) -> Self {
		match side {
			Side::Buy => Self::Buy,
			Side::Sell => Self::Sell,
		}
	}
}

/// Over how long a price is averaged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum WindowName {
	/// Not at all: the pool's price now.
	#[default]
	#[serde(rename = "spot")]
	Spot,
	/// 10 minutes.
	#[serde(rename = "10m")]
	TenMinutes,
	/// An hour.
	#[serde(rename = "1h")]
	Hour,
	/// A day.
	#[serde(rename = "24h")]
	Day,
}

/// A [`Quote`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct QuoteJson {
	class: ClassId,
	side: SideName,
	gpu_time: Whole,
	total: Whole,
	fee: Whole,
	price: PriceJson,
	spot: PriceJson,
	impact_ppm: u32,
	base_fee: Whole,
}

impl QuoteJson {
	fn new(class: ClassId, side: SideName, quote: Quote) -> Self {
		Self {
			class,
			side,
			gpu_time: quote.gpu_time.into(),
			total: quote.total.into(),
			fee: quote.fee.into(),
			price: quote.price.into(),
			spot: quote.spot.into(),
			impact_ppm: quote.impact_ppm,
			base_fee: quote.base_fee.into(),
		}
	}
}

/// A [`PoolInfo`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolJson {
	class: ClassId,
	reserve_tokens: Whole,
	reserve_claims: Whole,
	shares: Whole,
	spot: PriceJson,
	ema_10m: PriceJson,
	ema_1h: PriceJson,
	ema_24h: PriceJson,
	orders: u32,
	/// Planck per pool share, in 10^-18.
	fees_per_share: Whole,
	carried: Whole,
	base_fee: PriceJson,
	attested_gpus: u32,
	paused_until: Option<u32>,
}

impl From<PoolInfo> for PoolJson {
	fn from(pool: PoolInfo) -> Self {
		Self {
			class: pool.class,
			reserve_tokens: pool.reserve_tokens.into(),
			reserve_claims: pool.reserve_claims.into(),
			shares: pool.shares.into(),
			spot: pool.spot.into(),
			ema_10m: pool.ema_10m.into(),
			ema_1h: pool.ema_1h.into(),
			ema_24h: pool.ema_24h.into(),
			orders: pool.orders,
			fees_per_share: pool.fees_per_share.into_inner().into(),
			carried: pool.carried.into(),
			base_fee: pool.base_fee.into(),
			attested_gpus: pool.attested_gpus,
			paused_until: pool.paused_until,
		}
	}
}

/// A price, and over what it is averaged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WindowPriceJson {
	class: ClassId,
	window: WindowName,
	price: PriceJson,
}

/// Whose order it is; `id` is the job, or the number that the registry gave it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PurposeJson {
	kind: &'static str,
	id: Option<Whole>,
}

impl From<Purpose> for PurposeJson {
	fn from(purpose: Purpose) -> Self {
		let (kind, id) = match purpose {
			Purpose::Trade => ("trade", None),
			Purpose::Job(job) => ("job", Some(job)),
			Purpose::Offer(number) => ("offer", Some(number)),
			Purpose::BuyBack(number) => ("buyBack", Some(number)),
		};
		Self {
			kind,
			id: id.map(|id| Whole(id.into())),
		}
	}
}

/// An [`OrderInfo`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderJson {
	id: Whole,
	side: SideName,
	gpu_time: Whole,
	limit: Whole,
	filled: Whole,
	tokens: Whole,
	payer: AccountId32,
	recipient: AccountId32,
	purpose: PurposeJson,
	placed_at: u32,
	expires_at: u32,
}

impl From<OrderInfo<AccountId32>> for OrderJson {
	fn from(order: OrderInfo<AccountId32>) -> Self {
		Self {
			id: Whole(order.id.into()),
			side: order.side.into(),
			gpu_time: order.gpu_time.into(),
			limit: order.limit.into(),
			filled: order.filled.into(),
			tokens: order.tokens.into(),
			payer: order.payer,
			recipient: order.recipient,
			purpose: order.purpose.into(),
			placed_at: order.placed_at,
			expires_at: order.expires_at,
		}
	}
}

/// What a client accepts of a plan; all of it optional.
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ConstraintsJson {
	/// Whether the work may be spread over classes; it may if not said.
	may_split: Option<bool>,
	/// The classes to choose among.
	classes: Option<Vec<Id>>,
	/// The most GPU time of any one class, in milliseconds.
	max_gpu_time: Option<Whole>,
}

impl From<ConstraintsJson> for WorkConstraints {
	fn from(constraints: ConstraintsJson) -> Self {
		Self {
			may_split: constraints.may_split.unwrap_or(true),
			classes: constraints
				.classes
				.map(|classes| classes.into_iter().map(|Id(class)| class).collect()),
			max_gpu_time: constraints.max_gpu_time.map(|Whole(most)| most),
		}
	}
}

/// One class's part of a [`WorkPlan`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PartJson {
	class: ClassId,
	gpu_time: Whole,
	tokens: Whole,
	job_fee: Whole,
	base_fee: Whole,
}

/// A [`WorkPlan`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanJson {
	work: Whole,
	parts: Vec<PartJson>,
	cost: Whole,
}

impl PlanJson {
	fn new(work: Whole, plan: WorkPlan) -> Self {
		Self {
			work,
			parts: plan
				.parts
				.into_iter()
				.map(|part| PartJson {
					class: part.class,
					gpu_time: part.gpu_time.into(),
					tokens: part.tokens.into(),
					job_fee: part.job_fee.into(),
					base_fee: part.base_fee.into(),
				})
				.collect(),
			cost: plan.cost.into(),
		}
	}
}

/// Answers the market's methods from the runtime at a block.
pub struct ComputeAmm<Client, Block> {
	client: Arc<Client>,
	_block: PhantomData<Block>,
}

impl<Client, Block> ComputeAmm<Client, Block>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	Client::Api: ComputeAmmApi<Block, AccountId32>,
{
	/// Answers from that client's chain.
	pub fn new(client: Arc<Client>) -> Self {
		Self {
			client,
			_block: PhantomData,
		}
	}

	fn api(&self, at: Option<Block::Hash>) -> (ApiRef<'_, Client::Api>, Block::Hash) {
		let at = at.unwrap_or_else(|| self.client.info().best_hash);
		(self.client.runtime_api(), at)
	}

	/// The pool's price at a block: what tells a class without a pool.
	fn spot(&self, class: ClassId, at: Option<Block::Hash>) -> RpcResult<Price> {
		let (api, at) = self.api(at);
		let spot = api.spot_price(at, class).map_err(|error| unavailable(at, error))?;
		spot.ok_or_else(|| refused(Name::no_pool()))
	}
}

impl<Client, Block> ComputeAmmRpcServer<Block::Hash> for ComputeAmm<Client, Block>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
	Client::Api: ComputeAmmApi<Block, AccountId32>,
{
	fn quote(&self, class: Id, side: SideName, gpu_time: Whole, at: Option<Block::Hash>) -> RpcResult<QuoteJson> {
		let (api, at) = self.api(at);
		let (Id(class), Whole(gpu_time)) = (class, gpu_time);
		let quote = match side {
			SideName::Buy => api.quote_buy(at, class, gpu_time),
			SideName::Sell => api.quote_sell(at, class, gpu_time),
		};
		let quote = quote.map_err(|error| unavailable(at, error))?.map_err(refused)?;
		Ok(QuoteJson::new(class, side, quote))
	}

	fn pools(&self, at: Option<Block::Hash>) -> RpcResult<Vec<PoolJson>> {
		let (api, at) = self.api(at);
		let pools = api.pools(at).map_err(|error| unavailable(at, error))?;
		Ok(pools.into_iter().map(PoolJson::from).collect())
	}

	fn price(&self, class: Id, window: Option<WindowName>, at: Option<Block::Hash>) -> RpcResult<WindowPriceJson> {
		let Id(class) = class;
		let window = window.unwrap_or_default();
		let average = |window| {
			let (api, at) = self.api(at);
			let price = api
				.ema_price(at, class, window)
				.map_err(|error| unavailable(at, error))?;
			price.ok_or_else(|| refused(Name::no_pool()))
		};
		let price = match window {
			WindowName::Spot => self.spot(class, at),
			WindowName::TenMinutes => average(Window::TenMinutes),
			WindowName::Hour => average(Window::Hour),
			WindowName::Day => average(Window::Day),
		}?;
		Ok(WindowPriceJson {
			class,
			window,
			price: price.into(),
		})
	}

	fn orders(&self, class: Id, at: Option<Block::Hash>) -> RpcResult<Vec<OrderJson>> {
		let Id(class) = class;
		// The same block for both questions.
		let (api, at) = self.api(at);
		self.spot(class, Some(at))?;
		let orders = api.orders(at, class).map_err(|error| unavailable(at, error))?;
		Ok(orders.into_iter().map(OrderJson::from).collect())
	}

	fn cheapest(
		&self,
		work: Whole,
		constraints: Option<ConstraintsJson>,
		at: Option<Block::Hash>,
	) -> RpcResult<PlanJson> {
		if work == Whole(0) {
			return Err(invalid(
				"work: no work is done anywhere; name how many units of the benchmark it is",
			));
		}
		let (api, at) = self.api(at);
		let plan = api.cheapest(at, work.0, constraints.unwrap_or_default().into());
		let plan = plan.map_err(|error| unavailable(at, error))?.map_err(refused)?;
		Ok(PlanJson::new(work, plan))
	}
}
