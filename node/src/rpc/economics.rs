//! `economics_*`: where the money went.

use super::{
	error::{invalid, unavailable},
	json::{decimal, Id, Whole},
};
use jsonrpsee::{core::RpcResult, proc_macros::rpc};
use polkadot_sdk::{
	sp_api::{ApiRef, ProvideRuntimeApi},
	sp_blockchain::HeaderBackend,
	sp_runtime::traits::Block as BlockT,
};
use quern_primitives::{apis::EconomicsApi, ClassId, EraFigures, EraIndex, EraRatios, Supply};
use serde::Serialize;
use std::{marker::PhantomData, sync::Arc};

/// The ledger's methods. `at` is a block's hash, the best block if not said; `era` the running one if not said.
#[rpc(server)]
pub trait EconomicsRpc<Hash> {
	/// An era's figures.
	#[method(name = "economics_era", blocking)]
	fn era(&self, era: Option<Id>, at: Option<Hash>) -> RpcResult<EraJson>;

	/// What an era's figures come to, and in the GPU time of a class.
	#[method(name = "economics_ratios", blocking)]
	fn ratios(&self, era: Option<Id>, class: Option<Id>, at: Option<Hash>) -> RpcResult<RatiosJson>;

	/// Issuance at genesis, now, and what was burned between.
	#[method(name = "economics_supply", blocking)]
	fn supply(&self, at: Option<Hash>) -> RpcResult<SupplyJson>;
}

/// An [`EraFigures`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EraJson {
	era: EraIndex,
	current_era: EraIndex,
	jobs_settled: u32,
	job_revenue: Whole,
	job_fees: Whole,
	market_fees: Whole,
	base_fees: Whole,
	transaction_fees: Whole,
	lp_fees: Whole,
	to_stakers: Whole,
	to_treasury: Whole,
	to_insurance: Whole,
	to_authors: Whole,
	burned: Whole,
}

impl EraJson {
	fn new(era: EraIndex, current_era: EraIndex, figures: EraFigures) -> Self {
		Self {
			era,
			current_era,
			jobs_settled: figures.jobs_settled,
			job_revenue: figures.job_revenue.into(),
			job_fees: figures.job_fees.into(),
			market_fees: figures.market_fees.into(),
			base_fees: figures.base_fees.into(),
			transaction_fees: figures.transaction_fees.into(),
			lp_fees: figures.lp_fees.into(),
			to_stakers: figures.to_stakers.into(),
			to_treasury: figures.to_treasury.into(),
			to_insurance: figures.to_insurance.into(),
			to_authors: figures.to_authors.into(),
			burned: figures.burned.into(),
		}
	}
}

/// An [`EraRatios`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RatiosJson {
	era: EraIndex,
	class: Option<ClassId>,
	millis: Whole,
	annual_revenue: Whole,
	/// A decimal fraction.
	price_to_sales: Option<String>,
	staker_yield_ppm: Whole,
	real_yield_ppm: Whole,
	supply_in_gpu_time: Option<Whole>,
	sales_in_gpu_time: Option<Whole>,
}

impl RatiosJson {
	fn new(era: EraIndex, class: Option<ClassId>, ratios: EraRatios) -> Self {
		Self {
			era,
			class,
			millis: Whole(ratios.millis.into()),
			annual_revenue: ratios.annual_revenue.into(),
			price_to_sales: ratios.price_to_sales.map(decimal),
			staker_yield_ppm: Whole(ratios.staker_yield_ppm.into()),
			real_yield_ppm: Whole(ratios.real_yield_ppm.into()),
			supply_in_gpu_time: ratios.supply_in_gpu_time.map(Whole),
			sales_in_gpu_time: ratios.sales_in_gpu_time.map(Whole),
		}
	}
}

/// A [`Supply`].
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SupplyJson {
	genesis: Whole,
	issuance: Whole,
	burned: Whole,
}

impl From<Supply> for SupplyJson {
	fn from(supply: Supply) -> Self {
		Self {
			genesis: supply.genesis.into(),
			issuance: supply.issuance.into(),
			burned: supply.burned.into(),
		}
	}
}

/// Answers the ledger's methods from the runtime at a block.
pub struct Economics<Client, Block> {
	client: Arc<Client>,
	_block: PhantomData<Block>,
}

impl<Client, Block> Economics<Client, Block>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	Client::Api: EconomicsApi<Block>,
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

	/// The era asked for, and the running one; an error for one that has not begun.
	fn eras(&self, era: Option<Id>, at: Block::Hash) -> RpcResult<(EraIndex, EraIndex)> {
		let running = self.client.runtime_api().current_era(at);
		let running = running.map_err(|error| unavailable(at, error))?;
		match era {
			Some(Id(era)) if era > running => Err(invalid(format!(
				"era: {era} has not begun; era {running} runs at block {at:?}"
			))),
			Some(Id(era)) => Ok((era, running)),
			None => Ok((running, running)),
		}
	}
}

impl<Client, Block> EconomicsRpcServer<Block::Hash> for Economics<Client, Block>
where
	Block: BlockT,
	Client: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
	Client::Api: EconomicsApi<Block>,
{
	fn era(&self, era: Option<Id>, at: Option<Block::Hash>) -> RpcResult<EraJson> {
		let (api, at) = self.api(at);
		let (era, running) = self.eras(era, at)?;
		let figures = api.era(at, era).map_err(|error| unavailable(at, error))?;
		Ok(EraJson::new(era, running, figures))
	}

	fn ratios(&self, era: Option<Id>, class: Option<Id>, at: Option<Block::Hash>) -> RpcResult<RatiosJson> {
		let (api, at) = self.api(at);
		let (era, running) = self.eras(era, at)?;
		let class = class.map(|Id(class)| class);
		let ratios = api.ratios(at, era, class).map_err(|error| unavailable(at, error))?;
		let ratios = ratios.ok_or_else(|| {
			invalid(format!(
				"era: the figures of {era} are no longer kept; era {running} runs at block {at:?}"
			))
		})?;
		Ok(RatiosJson::new(era, class, ratios))
	}

	fn supply(&self, at: Option<Block::Hash>) -> RpcResult<SupplyJson> {
		let (api, at) = self.api(at);
		let supply = api.supply(at).map_err(|error| unavailable(at, error))?;
		Ok(supply.into())
	}
}
