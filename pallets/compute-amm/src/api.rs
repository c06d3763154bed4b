//! What others read of the market, and the port through which other pallets trade in it.

use crate::*;
use alloc::vec::Vec;
use compute_amm_math::{cheapest, congestion, quote};
use frame_support::{
	storage::with_storage_layer,
	traits::{fungibles::Inspect as _, Get},
	weights::Weight,
};
use polkadot_sdk::sp_runtime::{
	traits::{AccountIdConversion, SaturatedConversion},
	DispatchError, DispatchResult,
};
use quern_primitives::{
	ports::{Congestion, Market},
	Balance, BlockNumber, ClassId, GpuTime, NewOrder, OrderId, OrderInfo, PoolInfo, Price, Purpose, Quote, Side,
	Window,
};

impl<T: Config> Pallet<T> {
	/// The market's account.
	pub fn account() -> T::AccountId {
		T::PalletId::get().into_account_truncating()
	}

	/// The account of a class's pool.
	pub fn pool_account(class: ClassId) -> T::AccountId {
		// With a word before it: the sub-account of a bare 0 is the market's account itself.
		T::PalletId::get().into_sub_account_truncating((b"pool", class))
	}

	pub(crate) fn now() -> BlockNumber {
		frame_system::Pallet::<T>::block_number().saturated_into()
	}

	/// What buying `gpu_time` milliseconds would cost now, alone in its batch, and the base fee of a job of so much.
	pub fn quote_buy(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
		Self::quote(class, Side::Buy, gpu_time)
	}

	/// What selling them would bring.
	pub fn quote_sell(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
		Self::quote(class, Side::Sell, gpu_time)
	}

	/// The pool's price now.
	pub fn spot_price(class: ClassId) -> Option<Price> {
		Pools::<T>::get(class).map(|pool| pool.spot())
	}

	/// The average of the clearing price over a window, as of this block.
	pub fn ema_price(class: ClassId, window: Window) -> Option<Price> {
		let now = Self::now();
		Pools::<T>::get(class).map(|pool| match window {
			Window::TenMinutes => pool.ema_10m(now),
			Window::Hour => pool.ema_1h(now),
			Window::Day => pool.ema_24h(now),
		})
	}

	/// Every pool, for clients: goes through the whole map.
	pub fn pools() -> Vec<PoolInfo> {
		let now = Self::now();
		let listed = Active::<T>::get();
		let mut pools: Vec<PoolInfo> = Pools::<T>::iter()
			.map(|(class, pool)| PoolInfo {
				class,
				reserve_tokens: pool.reserve_tokens,
				reserve_claims: pool.reserve_claims,
				shares: T::Shares::total_issuance(class),
				spot: pool.spot(),
				ema_10m: pool.ema_10m(now),
				ema_1h: pool.ema_1h(now),
				ema_24h: pool.ema_24h(now),
				orders: listed
					.iter()
					.find(|entry| entry.class == class)
					.map_or(0, Listed::orders),
				fees_per_share: pool.fees_per_share,
				carried: pool.carried,
				base_fee: <Self as Congestion>::base_fee(class),
				attested_gpus: Flows::<T>::get(class).gpus,
				paused_until: pool.is_paused(now).then(|| pool.reopens_at(now)),
			})
			.collect();
		pools.sort_by_key(|pool| pool.class);
		pools
	}

	/// A class's orders that wait for the next clearing, in order of arrival.
	pub fn orders(class: ClassId) -> Vec<OrderInfo<T::AccountId>> {
		Self::waiting(class)
			.into_iter()
			.map(|order| OrderInfo {
				id: order.id,
				side: order.side,
				gpu_time: order.gpu_time,
				limit: order.limit,
				filled: order.filled,
				tokens: order.tokens,
				placed_at: order.placed_at(),
				payer: order.payer,
				recipient: order.recipient,
				purpose: order.purpose,
				expires_at: order.expires_at,
			})
			.collect()
	}

	/// A class as [`cheapest`] sees it: what its GPU time costs, of which a second does `throughput` units of work.
	/// At most `at_most` of it, what one batch can move if `None`. `None`: it has no pool, or its orders are paused.
	pub fn curve(class: ClassId, throughput: u64, at_most: Option<GpuTime>) -> Option<cheapest::Class> {
		let pool = Pools::<T>::get(class).filter(|pool| !pool.is_paused(Self::now()))?;
		Some(cheapest::Class {
			reserve_tokens: pool.reserve_tokens,
			reserve_claims: pool.reserve_claims,
			throughput,
			base_fee: <Self as Congestion>::base_fee(class).into_inner(),
			at_most: at_most.unwrap_or(GpuTime::MAX),
		})
	}

	fn quote(class: ClassId, side: Side, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
		let pool = Pools::<T>::get(class).ok_or(Error::<T>::NoPool)?;
		let quote = quote::quote(math_side(side), pool.reserve_tokens, pool.reserve_claims, gpu_time)
			.map_err(Error::<T>::from)?;
		let base_fee = match side {
			Side::Buy => congestion::total(gpu_time, <Self as Congestion>::base_fee(class).into_inner())
				.map_err(Error::<T>::from)?,
			Side::Sell => 0,
		};
		Ok(Quote {
			gpu_time,
			total: quote.total,
			fee: quote.fee,
			price: Price::from_inner(quote.price),
			spot: Price::from_inner(quote.spot),
			impact_ppm: quote.impact_ppm,
			base_fee,
		})
	}
}

impl<T: Config> Market<T::AccountId> for Pallet<T> {
	fn place_order(order: NewOrder<T::AccountId>) -> Result<OrderId, DispatchError> {
		with_storage_layer(|| Self::do_place_order(order).map(|placed| placed.id))
	}

	fn cancel_order(class: ClassId, id: OrderId) -> DispatchResult {
		with_storage_layer(|| Self::take_back(class, id, |order| Self::ensure_unbound(class, order)).map(|_| ()))
	}

	fn create_pool(owner: &T::AccountId, class: ClassId, tokens: Balance, claims: GpuTime) -> DispatchResult {
		Self::do_create_pool(owner, class, tokens, claims)
	}

	fn has_pool(class: ClassId) -> bool {
		Pools::<T>::contains_key(class)
	}

	fn reference_price(class: ClassId) -> Option<Price> {
		let now = Self::now();
		Pools::<T>::get(class).map(|pool| pool.ema_1h(now).max(pool.ema_24h(now)))
	}

	fn day_price(class: ClassId) -> Option<Price> {
		Self::ema_price(class, Window::Day)
	}

	fn reserve_claims(class: ClassId) -> GpuTime {
		Pools::<T>::get(class).map_or(0, |pool| pool.reserve_claims)
	}

	fn sale_floor(class: ClassId, gpu_time: GpuTime) -> Option<Balance> {
		Self::ema_price(class, Window::TenMinutes).map(|average| policy::sale_floor(gpu_time, average))
	}

	fn order_weight(purpose: &Purpose, side: Side, blocks: BlockNumber, paced: bool) -> Weight {
		Self::weight_through_port(purpose, side, blocks, paced)
	}

	fn cancel_weight() -> Weight {
		T::WeightInfo::cancel_order(T::MaxOrdersPerBatch::get()).saturating_sub(T::WeightInfo::cancel_order(1))
	}
}
