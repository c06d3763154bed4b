//! Runtime APIs: what clients read. All are callable through `state_call` by any client that knows
//! the chain's metadata.

use crate::*;
use alloc::vec::Vec;
use polkadot_sdk::{sp_api, sp_runtime::DispatchError};

sp_api::decl_runtime_apis! {
	/// The market.
	pub trait ComputeAmmApi<AccountId> where AccountId: codec::Codec {
		/// What buying `gpu_time` milliseconds would cost now, alone in its batch.
		fn quote_buy(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError>;
		/// What selling them would bring.
		fn quote_sell(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError>;
		/// The pool's price now.
		fn spot_price(class: ClassId) -> Option<Price>;
		/// The average of the clearing price over a window, as of this block.
		fn ema_price(class: ClassId, window: Window) -> Option<Price>;
		/// Every pool.
		fn pools() -> Vec<PoolInfo>;
		/// A class's orders that wait for the next clearing, in order of arrival.
		fn orders(class: ClassId) -> Vec<OrderInfo<AccountId>>;
		/// Where `work` units of the classes' benchmark are done for the least, impact, job fee and base fee
		/// included.
		fn cheapest(work: u128, constraints: WorkConstraints) -> Result<WorkPlan, DispatchError>;
	}

	/// Where the money went.
	pub trait EconomicsApi {
		/// The era that runs now.
		fn current_era() -> EraIndex;
		/// An era's figures; zeros for one with no fee.
		fn era(era: EraIndex) -> EraFigures;
		/// What an era's figures come to: yields, price-to-sales, and both in a class's GPU time.
		/// `None`: the era has not begun, or is no longer kept.
		fn ratios(era: EraIndex, class: Option<ClassId>) -> Option<EraRatios>;
		/// Issuance at genesis, now, and what was burned between.
		fn supply() -> Supply;
	}

	/// The one stake: operators, delegations, slashes, yield.
	pub trait RestakingApi<AccountId> where AccountId: codec::Codec {
		/// Every operator's account.
		fn operators() -> Vec<AccountId>;
		/// An operator's books.
		fn operator(operator: AccountId) -> Option<OperatorInfo<AccountId>>;
		/// Every delegation of an account, liquid shares included.
		fn delegations_of(delegator: AccountId) -> Vec<DelegationInfo<AccountId>>;
		/// What an operator's stake answered with at a block. `None`: the block is too long ago, or to come.
		fn slashable_at(operator: AccountId, block: BlockNumber) -> Option<SlashableInfo>;
		/// Slashes that wait to be executed: of one operator, or all.
		fn pending_slashes(operator: Option<AccountId>) -> Vec<SlashInfo<AccountId>>;
		/// What validators' stakers earned in the eras `from` to `to`, both included. `None`: no such
		/// era is over and remembered.
		fn apy(from: EraIndex, to: EraIndex) -> Option<StakerYield>;
	}

	/// The chain's promises, checked over the whole state at the block asked for.
	pub trait InvariantsApi {
		/// Every invariant that does not hold, in words; empty if all do.
		fn broken() -> BrokenInvariants;
	}
}
