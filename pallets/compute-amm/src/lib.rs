//! # The market
//!
//! A pool for each class of GPU time holds claims and tokens. Orders placed in one block clear together at
//! the start of the next, at one price, the pool's marginal price after the trade: nobody in a block trades
//! ahead of anybody else in it, and no call sets a price. The arithmetic is [`compute_amm_math`]'s.
//!
//! ## Where things lie
//!
//! - Orders placed in a block are appended to [`Incoming`], which nothing decodes before they clear; [`Book`] has
//!   those that stay after it. What the next block has to do stands in [`Active`], one value, with the counts.
//! - The market's account (of [`Config::PalletId`]) holds bids' tokens, sales' claims, what queued liquidity
//!   requests give, locked pool shares, and tokens [`Owed`] to accounts that could not receive them.
//! - Each pool's account, a sub-account by class, holds its reserves, fees that the next batch does not price
//!   yet, and the [`MINIMUM_SHARES`] that nobody can redeem. [`Pools`] is the book; what somebody sends to the
//!   account moves no price.
//! - Both kinds of account hold an existential deposit beside their books, paid by whoever creates a pool,
//!   so that they outlive whatever their books come to.
//!
//! ## A block
//!
//! `on_initialize` goes through the [`Active`] classes: it clears the class's orders, pays out, closes what
//! is filled or has expired, and then applies the queued liquidity requests. A class whose orders do not fill,
//! or whose orders a breaker pauses ([`breakers`]), sleeps until one arrives, expires, or the pause ends. A class
//! on which clearing fails keeps its state and is tried again in the next block. A class that has ended
//! ([`Pool::ends_at`]) is as one that is paused for ever: what waits expires, and liquidity leaves.
//!
//! [`MINIMUM_SHARES`]: compute_amm_math::liquidity::MINIMUM_SHARES
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod api;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
pub mod breakers;
mod flow;
mod hooks;
mod liquidity;
#[cfg(test)]
mod mock;
mod orders;
mod payments;
mod places;
pub mod policy;
pub mod substitution;
#[cfg(test)]
mod tests;
mod try_state;
pub mod types;
pub mod weights;

pub use breakers::{Breaker, Bucket};
pub use flow::Flow;
pub use pallet::*;
pub use payments::{ClaimsOf, TokensOf};
pub use types::*;
pub use weights::WeightInfo;

use frame_support::BoundedVec;
use polkadot_sdk::{frame_support, frame_system};

/// Target of the pallet's log lines.
pub(crate) const LOG_TARGET: &str = "runtime::compute-amm";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use compute_amm_math as math;
	use frame_support::{
		pallet_prelude::*,
		traits::{fungible, fungibles, EnsureOrigin, OnUnbalanced},
		PalletId,
	};
	use frame_system::pallet_prelude::*;
	use places::Places;
	use polkadot_sdk::sp_runtime::{DispatchError, DispatchResult};
	use quern_primitives::{
		ports::{Ledger, NewLiquidity, OnLiquidity, OnOrder, Recovery},
		Balance, BlockNumber, ClassId, GpuTime, NewOrder, OrderId, Price, Purpose, Side,
	};

	/// The pallet.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the market needs of the runtime.
	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::Balanced<Self::AccountId>;

		/// Claims on GPU time; the asset id is the class. Self-sufficient, with a minimum balance of 1.
		type Claims: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = Balance>
			+ fungibles::Mutate<Self::AccountId>
			+ fungibles::Balanced<Self::AccountId>;

		/// Pool shares; the asset id is the class. This pallet creates the assets.
		type Shares: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = Balance>
			+ fungibles::Mutate<Self::AccountId>
			+ fungibles::Create<Self::AccountId>;

		/// Takes the part of the fee that leaves the pool.
		type MarketFee: OnUnbalanced<TokensOf<Self>>;

		/// Is told of the part of the fee that stays in the pool.
		type Ledger: Ledger;

		/// Takes half of that part for a class with a shortfall.
		type Recovery: Recovery<TokensOf<Self>>;

		/// Hears of every order's fills and of its end.
		type OnOrder: OnOrder;

		/// Hears what came of liquidity that a pallet added.
		type OnLiquidity: OnLiquidity;

		/// Who may trade and provide liquidity, and for which account: anybody for its own, and whoever acts for
		/// the treasury.
		type TraderOrigin: EnsureOrigin<Self::RuntimeOrigin, Success = Self::AccountId>;

		/// The treasury's account. It may sell only at [`policy::sale_floor`] or above.
		type Treasury: Get<Self::AccountId>;

		/// Names the market's account; pools' accounts derive from it.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Most orders in the book of one class. A fifth of the places is kept for jobs' bids.
		#[pallet::constant]
		type MaxOrdersPerBatch: Get<u32>;

		/// Most orders in the books of all classes. What exceeds `MaxOrdersPerBatch` is shared out as every
		/// class's own places, so that flooding one locks no other out.
		#[pallet::constant]
		type MaxOrders: Get<u32>;

		/// Most pools.
		#[pallet::constant]
		type MaxPools: Get<u32>;

		/// Smallest order, in milliseconds of GPU time.
		#[pallet::constant]
		type MinOrder: Get<GpuTime>;

		/// Weights of the calls and of clearing.
		type WeightInfo: WeightInfo;

		/// Sets up what benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: BenchmarkHelper<Self::AccountId>;
	}

	/// Sets up what benchmarks need of other pallets.
	#[cfg(feature = "runtime-benchmarks")]
	pub trait BenchmarkHelper<AccountId> {
		/// Creates the class, its asset of claims with it, and gives `who` that many of them.
		fn give_claims(class: ClassId, who: &AccountId, amount: GpuTime);
		/// Gives the class a shortfall.
		fn make_short(class: ClassId);
	}

	/// Pools, by class.
	#[pallet::storage]
	pub type Pools<T: Config> = CountedStorageMap<_, Twox64Concat, ClassId, Pool>;

	/// Orders placed since the last clearing, by class, in order of arrival. Only ever appended to, but for
	/// evictions and what is taken back.
	#[pallet::storage]
	pub type Incoming<T: Config> =
		StorageMap<_, Twox64Concat, ClassId, BoundedVec<Order<T::AccountId>, T::MaxOrdersPerBatch>, ValueQuery>;

	/// Orders that have been through a clearing and stay, by class, in order of arrival.
	#[pallet::storage]
	pub type Book<T: Config> =
		StorageMap<_, Twox64Concat, ClassId, BoundedVec<Order<T::AccountId>, T::MaxOrdersPerBatch>, ValueQuery>;

	/// Liquidity requests that wait for the end of the next clearing, by class, in order of arrival.
	#[pallet::storage]
	pub type LiquidityQueue<T: Config> = StorageMap<
		_,
		Twox64Concat,
		ClassId,
		BoundedVec<LiquidityRequest<T::AccountId>, policy::MaxLiquidityRequests>,
		ValueQuery,
	>;

	/// Classes with orders or liquidity requests, and how many: what the next block goes through.
	#[pallet::storage]
	pub type Active<T: Config> = StorageValue<_, BoundedVec<Listed, T::MaxPools>, ValueQuery>;

	/// Attested hardware and what of it was sold, by class.
	#[pallet::storage]
	pub type Flows<T: Config> = StorageMap<_, Twox64Concat, ClassId, Flow, ValueQuery>;

	/// Shares added lately, by class and LP.
	#[pallet::storage]
	pub type Locks<T: Config> =
		StorageDoubleMap<_, Twox64Concat, ClassId, Blake2_128Concat, T::AccountId, Lock, OptionQuery>;

	/// Tokens for accounts that could not receive them, in planck: one that did not exist, and less than the
	/// existential deposit. They wait in the market's account for `collect`.
	#[pallet::storage]
	pub type Owed<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Balance, ValueQuery>;

	/// What the market did.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An order is in the book; its tokens (`limit`, of a buy) or claims are in the market's account.
		OrderPlaced {
			/// The order.
			order: OrderId,
			/// Its class.
			class: ClassId,
			/// Who paid for it.
			who: T::AccountId,
			/// Buy or sell.
			side: Side,
			/// Claims to trade, in milliseconds.
			gpu_time: GpuTime,
			/// Most to pay or least to get for all of them, in planck.
			limit: Balance,
		},
		/// An order filled, in part or whole. One that filled whole has left the book with it.
		OrderFilled {
			/// The order.
			order: OrderId,
			/// Its class.
			class: ClassId,
			/// Buy or sell.
			side: Side,
			/// Claims traded in this batch, in milliseconds.
			gpu_time: GpuTime,
			/// Planck paid (fee included) or got (fee taken off) for them.
			tokens: Balance,
			/// Claims of it that have not filled, in milliseconds.
			left: GpuTime,
			/// If none are left, what went back to the payer: planck that a buy paid less than its limit.
			returned: Balance,
		},
		/// An order has left the book before all of it filled.
		OrderClosed {
			/// The order.
			order: OrderId,
			/// Its class.
			class: ClassId,
			/// Claims that did not fill, in milliseconds.
			unfilled: GpuTime,
			/// What went back to the payer: planck of a buy, claims of a sell.
			returned: u128,
			/// Why.
			reason: CloseReason,
		},
		/// A class's batch cleared.
		BatchCleared {
			/// The class.
			class: ClassId,
			/// Its one price, before the fee.
			price: Price,
			/// Orders in the batch, filled or not.
			orders: u32,
			/// Claims bought, in milliseconds.
			bought: GpuTime,
			/// Claims sold, in milliseconds.
			sold: GpuTime,
			/// The pool's tokens afterwards, in planck.
			reserve_tokens: Balance,
			/// The pool's claims afterwards, in milliseconds.
			reserve_claims: GpuTime,
			/// Fees that the pool keeps for its LPs, in planck.
			lp_fee: Balance,
			/// Fees that left for the fee router, in planck.
			router_fee: Balance,
			/// Fees of the LPs that went to make good the class's shortfall, in planck.
			to_recovery: Balance,
		},
		/// A class's orders are paused.
		BreakerTripped {
			/// The class.
			class: ClassId,
			/// What tripped.
			breaker: Breaker,
			/// First block in which orders are taken again. Nothing else marks it.
			until: BlockNumber,
		},
		/// A class's clearing failed and changed nothing; the next block tries again.
		ClearingDeferred {
			/// The class.
			class: ClassId,
			/// Why.
			error: DispatchError,
		},
		/// A class has a pool.
		PoolCreated {
			/// The class.
			class: ClassId,
			/// Who gave the reserves and has the shares.
			who: T::AccountId,
			/// Its tokens, in planck.
			tokens: Balance,
			/// Its claims, in milliseconds.
			gpu_time: GpuTime,
			/// All shares, those locked for ever with them.
			shares: Balance,
		},
		/// A liquidity request waits for the next clearing.
		LiquidityQueued {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
		},
		/// Liquidity was added; the shares are locked for a while.
		LiquidityAdded {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
			/// Planck it gave.
			tokens: Balance,
			/// Claims it gave, in milliseconds.
			gpu_time: GpuTime,
			/// Shares it got.
			shares: Balance,
			/// First block in which `unlock_shares` gives out all its locked shares of the class; this block,
			/// for shares that a pallet asked for and holds itself.
			locked_until: BlockNumber,
		},
		/// Shares that a pallet held for an LP are its, and locked for a while.
		SharesLocked {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
			/// Shares it got.
			shares: Balance,
			/// First block in which `unlock_shares` gives out all its locked shares of the class.
			locked_until: BlockNumber,
		},
		/// Liquidity was removed.
		LiquidityRemoved {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
			/// Shares burned.
			shares: Balance,
			/// Planck it got.
			tokens: Balance,
			/// Claims it got, in milliseconds.
			gpu_time: GpuTime,
		},
		/// A liquidity request could not be met; all it gave went back.
		LiquidityRefused {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
			/// Why.
			error: DispatchError,
		},
		/// Added shares are their LP's to move.
		SharesUnlocked {
			/// The class.
			class: ClassId,
			/// The LP.
			who: T::AccountId,
			/// Shares.
			shares: Balance,
		},
		/// An account could not receive tokens; they wait for `collect`.
		PaymentOwed {
			/// Whose they are.
			who: T::AccountId,
			/// Planck.
			amount: Balance,
		},
		/// Tokens that were owed are with their owner.
		PaymentCollected {
			/// Whose they were.
			who: T::AccountId,
			/// Planck.
			amount: Balance,
		},
		/// A class's trading is to end.
		TradingEnds {
			/// The class.
			class: ClassId,
			/// First block in which no order is taken or clears. Nothing else marks it.
			at: BlockNumber,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The class has no pool.
		NoPool,
		/// The class has a pool already.
		PoolExists,
		/// There are as many pools as the chain takes.
		TooManyPools,
		/// The book is full of orders at least as near to spot.
		TooManyOrders,
		/// The class's queue of liquidity requests is full for this block.
		TooManyRequests,
		/// An amount is zero or below its minimum.
		TooSmall,
		/// An amount is more than the market counts with.
		TooLarge,
		/// No price that the next batch may come to meets the limit, and the order stays no longer.
		LimitOutOfReach,
		/// One batch moves at most a third of the pool's claims.
		ExceedsDepth,
		/// There is no such order, or nothing of the kind to take.
		NotFound,
		/// The order is somebody else's, or a pallet's.
		NotAuthorized,
		/// An order is bound to its first batch, locked shares to their block.
		TooEarly,
		/// The deadline or the expiry has passed.
		TooLate,
		/// Orders stay in the book for an hour at most.
		ExpiryTooFar,
		/// The pool would take more, or give less, than the request allows.
		SlippageExceeded,
		/// A breaker has paused the class's orders for a while.
		Paused,
		/// What the market's own accounts got beside their books would be lost.
		BadRecipient,
		/// The treasury sells at 97 % of the average over 10 minutes or above.
		BelowSaleFloor,
		/// The class's trading is over.
		Ended,
	}

	impl<T: Config> From<math::Error> for Error<T> {
		fn from(error: math::Error) -> Self {
			match error {
				math::Error::EmptyPool => Self::NoPool,
				math::Error::Zero => Self::TooSmall,
				math::Error::TooLarge => Self::TooLarge,
				math::Error::ExceedsDepth => Self::ExceedsDepth,
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Self::clear_all(Self::now())
		}

		fn integrity_test() {
			let (class, all, pools) = (T::MaxOrdersPerBatch::get(), T::MaxOrders::get(), T::MaxPools::get());
			let requests = <policy::MaxLiquidityRequests as Get<u32>>::get();
			// All orders are what weighs most; and what the owners of requests do as they hear.
			let base = T::WeightInfo::clear(0, 0, 0, 0);
			let per_class = T::WeightInfo::clear(0, 0, 0, requests)
				.saturating_add(T::OnLiquidity::settled_weight().saturating_mul(policy::MAX_ADDITIONS.into()));
			let orders = T::WeightInfo::clear(all, 0, 0, 0)
				.max(T::WeightInfo::clear(0, all, 0, 0))
				.max(T::WeightInfo::clear(0, 0, all, 0))
				.saturating_sub(base);
			let worst = orders.saturating_add(per_class.saturating_mul(pools.into()));
			let allowed = policy::CLEARING_SHARE * T::BlockWeights::get().max_block;
			assert!(
				worst.all_lte(allowed),
				"clearing every class, {worst:?}, exceeds its share of a block, {allowed:?}"
			);
			// What rests may all end in one clearing, jobs' bids alone but for what its owner bounds; whatever is placed
			// for one batch has been paid for within the block before.
			let told = T::OnOrder::filled_weight(&Purpose::Job(0))
				.saturating_add(T::OnOrder::closed_weight(&Purpose::Job(0)))
				.saturating_mul(all.into());
			assert!(
				worst.saturating_add(told).all_lte(T::BlockWeights::get().max_block),
				"clearing every class does not fit a block where all orders are jobs' bids, which are told: {told:?}"
			);
			assert!(class as usize <= math::MAX_ORDERS, "more orders than a batch can count");
			let places = Places::all::<T>();
			assert!(places.quota > 0, "no place is a class's own");
			assert!(places.common >= class, "no class can fill its book");
			assert!(class >= 5, "no place is left for jobs' bids");
			assert!(T::MinOrder::get() > 0, "an order of nothing");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				for line in &broken {
					log::error!(target: LOG_TARGET, "{line}");
				}
				"compute-amm: broken invariants, see the log".into()
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Puts an order into this block's batch, which clears at the start of the next block. Anyone may.
		///
		/// Takes `limit` planck of a buy, `gpu_time` claims of a sell, into the market's account; what does
		/// not fill, and what a buy pays less than its limit, comes back when the order closes. Orders are
		/// divisible: one may fill in part. Deposits [`Event::OrderPlaced`].
		///
		/// - `class`: the class traded.
		/// - `side`: buy or sell.
		/// - `gpu_time`: claims to trade, in milliseconds.
		/// - `limit`: for all of them, fee included, in planck: the most to pay, the least to get.
		/// - `expires_in`: for how many blocks more it stays if it does not fill; none if not said.
		/// - `recipient`: gets the claims bought, or the tokens of the sale; the caller if not said. What does not
		///   fill comes back to the caller, who alone can cancel.
		///
		/// [`Error::LimitOutOfReach`]: one batch moves the price to between 0.6 and 3 times spot, and the
		/// limit lies beyond. [`Error::TooManyOrders`]: a full book takes a better order only, in exchange
		/// for the one farthest from spot. [`Error::Paused`]: a breaker tripped. [`Error::Ended`]: the class's
		/// trading is over. Weighs as into a full book, and is charged as what it was.
		#[pallet::call_index(0)]
		#[pallet::weight(Pallet::<T>::place_weight(*side, expires_in.unwrap_or(0).min(policy::MAX_ORDER_BLOCKS)))]
		pub fn place_order(
			origin: OriginFor<T>,
			class: ClassId,
			side: Side,
			gpu_time: GpuTime,
			limit: Balance,
			expires_in: Option<BlockNumber>,
			recipient: Option<T::AccountId>,
		) -> DispatchResultWithPostInfo {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			let blocks = expires_in.unwrap_or(0);
			let placed = Self::do_place_order(NewOrder {
				class,
				side,
				gpu_time,
				limit,
				payer: who.clone(),
				recipient: recipient.unwrap_or(who),
				purpose: Purpose::Trade,
				expires_at: Self::now().saturating_add(blocks),
				pace: None,
			})?;
			Ok(Some(Self::placed_weight(&placed, side, blocks)).into())
		}

		/// Takes an own order out of the book; what did not fill comes back. Its payer may, once it has been
		/// through a batch (else an order could push another out of a full book and be gone before it
		/// trades), or at once while a breaker pauses the class. Deposits [`Event::OrderClosed`].
		///
		/// - `class`: the order's class.
		/// - `order`: its number.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::cancel_order(T::MaxOrdersPerBatch::get()))]
		pub fn cancel_order(origin: OriginFor<T>, class: ClassId, order: OrderId) -> DispatchResultWithPostInfo {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			let orders = Self::do_cancel_own_order(&who, class, order)?;
			Ok(Some(T::WeightInfo::cancel_order(orders)).into())
		}

		/// Creates a class's pool, and with it the price `tokens / gpu_time`. Anyone who has the claims may.
		///
		/// Takes both amounts, and an existential deposit for the pool's account (for the first pool, another
		/// for the market's). The caller gets `√(tokens · gpu_time)` pool shares less the thousand that are
		/// locked for ever. Deposits [`Event::PoolCreated`].
		///
		/// - `class`: the class.
		/// - `tokens`: its tokens, in planck.
		/// - `gpu_time`: its claims, in milliseconds.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::create_pool())]
		pub fn create_pool(origin: OriginFor<T>, class: ClassId, tokens: Balance, gpu_time: GpuTime) -> DispatchResult {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			Self::do_create_pool(&who, class, tokens, gpu_time)
		}

		/// Adds liquidity after the next clearing, in the pool's ratio then. Anyone may.
		///
		/// Takes both maxima into the market's account; what the pool does not take comes back, and all of
		/// it, if the shares would be fewer than `min_shares` ([`Event::LiquidityRefused`]). The shares are
		/// locked for 100 blocks, together with what the caller has locked in the class, and earn meanwhile.
		/// Deposits [`Event::LiquidityQueued`] now and [`Event::LiquidityAdded`] then.
		///
		/// - `class`: the class.
		/// - `max_tokens`: most to give, in planck.
		/// - `max_gpu_time`: most to give, in milliseconds.
		/// - `min_shares`: fewest pool shares to get.
		/// - `deadline`: last block in which it may take effect.
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::add_liquidity().saturating_add(Pallet::<T>::request_weight()))]
		pub fn add_liquidity(
			origin: OriginFor<T>,
			class: ClassId,
			max_tokens: Balance,
			max_gpu_time: GpuTime,
			min_shares: Balance,
			deadline: BlockNumber,
		) -> DispatchResult {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			let new = NewLiquidity {
				class,
				who,
				max_tokens,
				max_gpu_time,
				min_shares,
				deadline,
				reference: 0,
			};
			Self::do_add_liquidity(new, None)
		}

		/// Removes liquidity after the next clearing, pro rata. Anyone with free pool shares may.
		///
		/// Takes the shares into the market's account; they come back if they would bring less than the
		/// minima ([`Event::LiquidityRefused`]). Deposits [`Event::LiquidityQueued`] now and
		/// [`Event::LiquidityRemoved`] then.
		///
		/// - `class`: the class.
		/// - `shares`: pool shares to give.
		/// - `min_tokens`: least to get, in planck.
		/// - `min_gpu_time`: least to get, in milliseconds.
		/// - `deadline`: last block in which it may take effect.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::remove_liquidity().saturating_add(Pallet::<T>::request_weight()))]
		pub fn remove_liquidity(
			origin: OriginFor<T>,
			class: ClassId,
			shares: Balance,
			min_tokens: Balance,
			min_gpu_time: GpuTime,
			deadline: BlockNumber,
		) -> DispatchResult {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			Self::do_remove_liquidity(who, class, shares, min_tokens, min_gpu_time, deadline)
		}

		/// Hands out the caller's locked shares of a class once their time is over. Deposits
		/// [`Event::SharesUnlocked`].
		///
		/// - `class`: the class.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::unlock_shares())]
		pub fn unlock_shares(origin: OriginFor<T>, class: ClassId) -> DispatchResult {
			let who = T::TraderOrigin::ensure_origin(origin)?;
			Self::do_unlock_shares(who, class)
		}

		/// Pays what the market owes an account that could not receive it before. Anyone may call it; it
		/// fails until the account exists or the sum reaches the existential deposit. Deposits
		/// [`Event::PaymentCollected`].
		///
		/// - `who`: the account.
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::collect())]
		pub fn collect(origin: OriginFor<T>, who: T::AccountId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_collect(who)
		}
	}
}
