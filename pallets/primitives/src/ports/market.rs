//! Ports of the market: orders, liquidity, congestion, what a class's shortfall is fed with.

use crate::*;
use polkadot_sdk::{
	frame_support::weights::Weight,
	sp_runtime::{DispatchError, DispatchResult},
};

/// The market, for the pallets that trade in it. Implemented by `pallet-compute-amm`.
pub trait Market<AccountId> {
	/// Puts an order into the batch that clears in the next block. Takes the payer's tokens
	/// (`limit`, for a buy) or claims (`gpu_time`, for a sell) into the market's account.
	fn place_order(order: NewOrder<AccountId>) -> Result<OrderId, DispatchError>;
	/// Takes an order out of the book; what did not fill goes back to its payer. The owner is not
	/// called back. Fails in the block in which it was placed, unless the class's orders are paused.
	fn cancel_order(class: ClassId, id: OrderId) -> DispatchResult;
	/// Creates the class's pool from `owner`'s tokens and claims; the shares are `owner`'s.
	fn create_pool(owner: &AccountId, class: ClassId, tokens: Balance, claims: GpuTime) -> DispatchResult;
	/// Whether the class has a pool.
	fn has_pool(class: ClassId) -> bool;
	/// `max(EMA_1h, EMA_24h)`: what claims are worth where no trade prices them. `None`: no pool.
	fn reference_price(class: ClassId) -> Option<Price>;
	/// The average of the clearing price over a day, as of this block. `None`: no pool.
	fn day_price(class: ClassId) -> Option<Price>;
	/// Claims in the pool: what `pace` is a share of.
	fn reserve_claims(class: ClassId) -> GpuTime;
	/// The least that a sale of `gpu_time` claims which no person priced may bring, fee taken off, in planck:
	/// 97 % of the average over 10 minutes, rounded up. `None`: no pool.
	fn sale_floor(class: ClassId, gpu_time: GpuTime) -> Option<Balance>;
	/// What an order weighs at most beyond its placing where there is a place, which whoever places it measures
	/// with its own call: a place that has to be made, its part in the clearings, its fills and its end, and what
	/// its owner does as it hears of them. It stays for `blocks` blocks after its first batch; with a pace, each
	/// of its batches fills a part of it.
	fn order_weight(purpose: &Purpose, side: Side, blocks: BlockNumber, paced: bool) -> Weight;
	/// What taking an order back out of a full book weighs beyond taking it out of one that holds it alone.
	fn cancel_weight() -> Weight;
}

/// Who hears of an order's fate. Neither call may fail, nor call the market.
pub trait OnOrder {
	/// `gpu_time` of it filled for `tokens`: paid, fee included, or got, fee taken off. The assets
	/// are with the order's recipient already.
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance);
	/// It has left the book: filled, expired or evicted. `gpu_time` of it did not fill, and
	/// `returned` (tokens of a buy, claims of a sell) is back with its payer.
	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128);
	/// What the owner of such an order does at most as it hears of a fill.
	fn filled_weight(purpose: &Purpose) -> Weight;
	/// What it does at most as it hears of its end.
	fn closed_weight(purpose: &Purpose) -> Weight;
}

/// Liquidity that a pallet adds and holds for somebody, and the end of a class's pool. Implemented by
/// `pallet-compute-amm`.
pub trait Liquidity<AccountId> {
	/// Queues liquidity for the end of the next clearing. Takes both maxima of `request.who` into the
	/// market's account; what the pool does not take comes back to it, and the shares are its, not
	/// locked: the pallet that asked holds them. It is told by [`OnLiquidity`].
	fn add(request: NewLiquidity<AccountId>) -> DispatchResult;
	/// Moves pool shares from `from` to `to`, for whom they are locked as if it had just added them.
	fn give_locked(class: ClassId, from: &AccountId, to: &AccountId, shares: Balance) -> DispatchResult;
	/// What a request weighs at most beyond its queuing, what its owner does as it hears of it included.
	fn add_weight() -> Weight;
	/// Takes pool shares of `from` out of the pool, for what they are worth then: tokens and claims are `to`'s.
	/// After the next clearing, shares that could not be taken out being `to`'s; at once, or not at all, if the
	/// class's trading has ended, since there is no batch that it could skew.
	fn remove(class: ClassId, from: &AccountId, to: &AccountId, shares: Balance) -> DispatchResult;
	/// What that weighs at most, whenever it happens.
	fn remove_weight() -> Weight;
	/// From block `at` on no order of the class is taken or clears, and no liquidity is added. Orders that wait
	/// come back, and liquidity can be removed, for ever. Nothing, if the class has no pool.
	fn end(class: ClassId, at: BlockNumber);
}

/// Liquidity that a pallet adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewLiquidity<AccountId> {
	/// The class.
	pub class: ClassId,
	/// Gives tokens and claims, gets the shares and what the pool does not take.
	pub who: AccountId,
	/// Most tokens to give, in planck.
	pub max_tokens: Balance,
	/// Most claims to give, in milliseconds.
	pub max_gpu_time: GpuTime,
	/// Fewest shares to get.
	pub min_shares: Balance,
	/// Last block in which it may take effect.
	pub deadline: BlockNumber,
	/// The asking pallet's own number for it.
	pub reference: u64,
}

/// What came of liquidity that a pallet added.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LiquidityOutcome {
	/// Pool shares got; none if the request was refused.
	pub shares: Balance,
	/// Planck that came back.
	pub tokens_returned: Balance,
	/// Claims that came back, in milliseconds.
	pub gpu_time_returned: GpuTime,
}

/// Who hears of it. The call may not fail, nor call the market.
pub trait OnLiquidity {
	/// The request of that number has taken effect or was refused; all assets are where they belong.
	fn settled(class: ClassId, reference: u64, outcome: LiquidityOutcome);
	/// What that does at most.
	fn settled_weight() -> Weight;
}

/// How scarce a class's GPU time is, and what that costs. Implemented by `pallet-compute-amm`.
pub trait Congestion {
	/// The base fee of a claim now, in planck per millisecond, beside its price; zero with no pool.
	fn base_fee(class: ClassId) -> Price;
	/// So much GPU time was set aside for a job: counts as sold.
	fn committed(class: ClassId, gpu_time: GpuTime);
}

/// What is told of a class's attested hardware. Implemented by `pallet-compute-amm`.
pub trait AttestedFlow {
	/// So many accelerators of the class are attested from this block on. Told at each change.
	fn attested(class: ClassId, gpus: u32);
}

/// Claims that nobody in particular owes any more, and the fees that make them good. Implemented by
/// `pallet-provider-registry`, used by the market as it clears. Neither call may fail.
pub trait Recovery<Credit> {
	/// Whether the class has a shortfall, which half of the LPs' fees goes to.
	fn is_short(class: ClassId) -> bool;
	/// Takes such fees.
	fn feed(class: ClassId, fees: Credit);
}

impl<AccountId> Market<AccountId> for () {
	fn place_order(_: NewOrder<AccountId>) -> Result<OrderId, DispatchError> {
		Err(DispatchError::Unavailable)
	}
	fn cancel_order(_: ClassId, _: OrderId) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn create_pool(_: &AccountId, _: ClassId, _: Balance, _: GpuTime) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn has_pool(_: ClassId) -> bool {
		false
	}
	fn reference_price(_: ClassId) -> Option<Price> {
		None
	}
	fn day_price(_: ClassId) -> Option<Price> {
		None
	}
	fn reserve_claims(_: ClassId) -> GpuTime {
		0
	}
	fn sale_floor(_: ClassId, _: GpuTime) -> Option<Balance> {
		None
	}
	// It does nothing, here and below, and that weighs nothing.
	fn order_weight(_: &Purpose, _: Side, _: BlockNumber, _: bool) -> Weight {
		Weight::zero()
	}
	fn cancel_weight() -> Weight {
		Weight::zero()
	}
}

impl OnOrder for () {
	fn filled(_: &OrderRef, _: GpuTime, _: Balance) {}
	fn closed(_: &OrderRef, _: GpuTime, _: u128) {}
	fn filled_weight(_: &Purpose) -> Weight {
		Weight::zero()
	}
	fn closed_weight(_: &Purpose) -> Weight {
		Weight::zero()
	}
}

impl<AccountId> Liquidity<AccountId> for () {
	fn add(_: NewLiquidity<AccountId>) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn give_locked(_: ClassId, _: &AccountId, _: &AccountId, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn add_weight() -> Weight {
		Weight::zero()
	}
	fn remove(_: ClassId, _: &AccountId, _: &AccountId, _: Balance) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn remove_weight() -> Weight {
		Weight::zero()
	}
	fn end(_: ClassId, _: BlockNumber) {}
}

impl OnLiquidity for () {
	fn settled(_: ClassId, _: u64, _: LiquidityOutcome) {}
	fn settled_weight() -> Weight {
		Weight::zero()
	}
}

impl Congestion for () {
	fn base_fee(_: ClassId) -> Price {
		Price::from_inner(0)
	}
	fn committed(_: ClassId, _: GpuTime) {}
}

impl AttestedFlow for () {
	fn attested(_: ClassId, _: u32) {}
}

impl<Credit> Recovery<Credit> for () {
	fn is_short(_: ClassId) -> bool {
		false
	}
	fn feed(_: ClassId, _: Credit) {}
}
