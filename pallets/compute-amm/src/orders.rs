//! Placing an order and taking it back.

use crate::{
	places::{farthest, Shortage},
	*,
};
use alloc::vec::Vec;
use compute_amm_math::{batch, MAX_AMOUNT};
use core::cmp::Ordering;
use frame_support::{
	ensure,
	traits::{
		fungible::Mutate as _,
		fungibles::Mutate as _,
		tokens::Preservation::{Expendable, Preserve},
		Get,
	},
	weights::Weight,
	PalletId,
};
use polkadot_sdk::sp_runtime::{traits::AccountIdConversion, DispatchError, DispatchResult};
use quern_primitives::{ports::OnOrder, BlockNumber, ClassId, NewOrder, OrderId, Purpose, Side};

/// An order that was placed, and what decides its weight.
pub(crate) struct Placed {
	/// Its number.
	pub id: OrderId,
	/// Whether another one had to go for it.
	pub evicted: bool,
	/// Whether it is the first of its class in its block.
	pub first: bool,
}

impl<T: Config> Pallet<T> {
	/// Puts an order into the book. To be called in a storage layer: what fails may have moved money.
	///
	/// No book is read, unless a place in one must be made.
	pub(crate) fn do_place_order(new: NewOrder<T::AccountId>) -> Result<Placed, DispatchError> {
		let now = Self::now();
		let pool = Pools::<T>::get(new.class).ok_or(Error::<T>::NoPool)?;
		ensure!(!pool.has_ended(now), Error::<T>::Ended);
		ensure!(!pool.is_paused(now), Error::<T>::Paused);
		Self::ensure_sound(&new, &pool, now)?;
		Self::take_escrow(&new)?;

		let is_job = matches!(new.purpose, Purpose::Job(_));
		let mut listed = Active::<T>::get();
		let mine = Self::entry(&mut listed, new.class)?;
		let shortage = Self::shortage(&listed, &listed[mine], is_job);
		if let Some(shortage) = shortage {
			Self::evict(&mut listed[mine], shortage, &new, &pool)?;
		}
		let entry = &mut listed[mine];
		let index = entry.take_index(now);
		entry.count(is_job);
		entry.wakes_at = 0;
		Active::<T>::put(listed);

		let id = order_id(now, index);
		Self::deposit_event(Event::OrderPlaced {
			order: id,
			class: new.class,
			who: new.payer.clone(),
			side: new.side,
			gpu_time: new.gpu_time,
			limit: new.limit,
		});
		let order = Order {
			id,
			side: new.side,
			gpu_time: new.gpu_time,
			limit: new.limit,
			filled: 0,
			tokens: 0,
			payer: new.payer,
			recipient: new.recipient,
			purpose: new.purpose,
			expires_at: new.expires_at,
			pace: new.pace,
		};
		Incoming::<T>::try_append(new.class, order).map_err(|_| Error::<T>::TooManyOrders)?;
		Ok(Placed {
			id,
			evicted: shortage.is_some(),
			first: index == 0,
		})
	}

	fn ensure_sound(new: &NewOrder<T::AccountId>, pool: &Pool, now: BlockNumber) -> DispatchResult {
		ensure!(new.gpu_time >= T::MinOrder::get(), Error::<T>::TooSmall);
		ensure!(
			new.gpu_time <= MAX_AMOUNT && new.limit <= MAX_AMOUNT,
			Error::<T>::TooLarge
		);
		ensure!(new.side == Side::Sell || new.limit > 0, Error::<T>::TooSmall);
		// Nobody takes the place of an eager order until it has filled, so it may not dawdle.
		let least_pace = new
			.gpu_time
			.min(pool.reserve_claims / policy::LEAST_PACE)
			.max(T::MinOrder::get());
		ensure!(new.pace.is_none_or(|pace| pace >= least_pace), Error::<T>::TooSmall);
		ensure!(new.expires_at >= now, Error::<T>::TooLate);
		ensure!(
			new.expires_at.saturating_sub(now) <= policy::MAX_ORDER_BLOCKS,
			Error::<T>::ExpiryTooFar
		);
		if new.recipient != new.payer {
			ensure!(!Self::is_own(&new.recipient), Error::<T>::BadRecipient);
		}
		if new.side == Side::Sell && new.payer == T::Treasury::get() {
			let floor = policy::sale_floor(new.gpu_time, pool.ema_10m(now));
			ensure!(new.limit >= floor, Error::<T>::BelowSaleFloor);
		}
		if new.expires_at == now {
			// Nothing moves the price before the next clearing.
			let reachable = batch::is_reachable(
				math_side(new.side),
				new.gpu_time,
				new.limit,
				pool.reserve_tokens,
				pool.reserve_claims,
			);
			ensure!(reachable.map_err(Error::<T>::from)?, Error::<T>::LimitOutOfReach);
		}
		Ok(())
	}

	/// Whether it is the market's account or a pool's: what they get beside their books is lost.
	fn is_own(who: &T::AccountId) -> bool {
		// The market's account reads as its own sub-account of zeros.
		<PalletId as AccountIdConversion<T::AccountId>>::try_from_sub_account::<([u8; 4], ClassId)>(who)
			.is_some_and(|(pallet, _)| pallet == T::PalletId::get())
	}

	fn take_escrow(new: &NewOrder<T::AccountId>) -> DispatchResult {
		let market = Self::account();
		match new.side {
			// The payer stays alive, to be there for the refund.
			Side::Buy => T::Currency::transfer(&new.payer, &market, new.limit, Preserve)?,
			Side::Sell => T::Claims::transfer(new.class, &new.payer, &market, new.gpu_time, Expendable)?,
		};
		Ok(())
	}

	/// The class's place in the list, a new one if it has none.
	pub(crate) fn entry(listed: &mut BoundedVec<Listed, T::MaxPools>, class: ClassId) -> Result<usize, DispatchError> {
		if let Some(index) = listed.iter().position(|entry| entry.class == class) {
			return Ok(index);
		}
		// As many classes are listed as have pools, so that there is a place.
		listed
			.try_push(Listed::new(class))
			.map_err(|_| Error::<T>::TooManyPools)?;
		Ok(listed.len().saturating_sub(1))
	}

	/// Puts the class's order farthest from spot out of the book, with refund, if `new` is nearer.
	fn evict(entry: &mut Listed, shortage: Shortage, new: &NewOrder<T::AccountId>, pool: &Pool) -> DispatchResult {
		let class = new.class;
		let is_job = matches!(new.purpose, Purpose::Job(_));
		let jobs_too = Self::may_evict_jobs(shortage, entry, is_job);
		let mut book = Book::<T>::get(class);
		let mut incoming = Incoming::<T>::get(class);
		let orders = book
			.iter()
			.chain(&incoming)
			.enumerate()
			.filter(|(_, order)| jobs_too || !order.is_job());
		let (tokens, claims) = (pool.reserve_tokens, pool.reserve_claims);
		let (index, least) = farthest(orders, tokens, claims).ok_or(Error::<T>::TooManyOrders)?;
		let new = batch::Order {
			side: math_side(new.side),
			gpu_time: new.gpu_time,
			limit: new.limit,
			at_most: new.gpu_time,
		};
		ensure!(
			batch::compare_eagerness(&new, &least, tokens, claims) == Ordering::Greater,
			Error::<T>::TooManyOrders
		);
		let evicted = match index.checked_sub(book.len()) {
			None => {
				let order = book.remove(index);
				Self::put_book(class, book);
				order
			}
			Some(index) => {
				let order = incoming.remove(index);
				Self::put_incoming(class, incoming);
				order
			}
		};
		entry.discount(evicted.is_job());
		Self::close(class, &evicted, CloseReason::Evicted, true)
	}

	fn put_book(class: ClassId, book: BoundedVec<Order<T::AccountId>, T::MaxOrdersPerBatch>) {
		if book.is_empty() {
			Book::<T>::remove(class);
		} else {
			Book::<T>::insert(class, book);
		}
	}

	fn put_incoming(class: ClassId, incoming: BoundedVec<Order<T::AccountId>, T::MaxOrdersPerBatch>) {
		if incoming.is_empty() {
			Incoming::<T>::remove(class);
		} else {
			Incoming::<T>::insert(class, incoming);
		}
	}

	/// Takes back an order of `who`'s own; how many orders the class had.
	pub(crate) fn do_cancel_own_order(who: &T::AccountId, class: ClassId, id: OrderId) -> Result<u32, DispatchError> {
		Self::take_back(class, id, |order| {
			let own = order.payer == *who && order.purpose == Purpose::Trade;
			ensure!(own, Error::<T>::NotAuthorized);
			Self::ensure_unbound(class, order)
		})
	}

	/// Whether an order may be taken back: it is bound to its first batch, or it could push another out of a full
	/// book and be gone before it trades. A job's bid too, whose client would do so through the escrow. While a
	/// breaker pauses the class there is no such batch.
	pub(crate) fn ensure_unbound(class: ClassId, order: &Order<T::AccountId>) -> DispatchResult {
		let now = Self::now();
		let bound = order.placed_at() >= now && !Pools::<T>::get(class).is_some_and(|pool| pool.is_paused(now));
		ensure!(!bound, Error::<T>::TooEarly);
		Ok(())
	}

	/// Takes an order out of the book, if `may`, and returns what did not fill; the owner is not called back. How
	/// many orders the class had. To be called in a storage layer.
	pub(crate) fn take_back(
		class: ClassId,
		id: OrderId,
		may: impl FnOnce(&Order<T::AccountId>) -> DispatchResult,
	) -> Result<u32, DispatchError> {
		let place = |orders: &[Order<T::AccountId>]| orders.iter().position(|order| order.id == id);
		let mut book = Book::<T>::get(class);
		let order = if let Some(index) = place(&book) {
			may(&book[index])?;
			let order = book.remove(index);
			Self::put_book(class, book);
			order
		} else {
			let mut incoming = Incoming::<T>::get(class);
			let index = place(&incoming).ok_or(Error::<T>::NotFound)?;
			may(&incoming[index])?;
			let order = incoming.remove(index);
			Self::put_incoming(class, incoming);
			order
		};
		let orders = Active::<T>::mutate(|listed| {
			let Some(entry) = listed.iter_mut().find(|entry| entry.class == class) else {
				return 0;
			};
			let orders = entry.orders();
			entry.discount(order.is_job());
			let idle = entry.is_idle(Self::now());
			if idle {
				listed.retain(|entry| entry.class != class);
			}
			orders
		});
		Self::close(class, &order, CloseReason::Cancelled, false)?;
		Ok(orders)
	}

	/// Returns what an order that has left the book did not use.
	fn close(class: ClassId, order: &Order<T::AccountId>, reason: CloseReason, tell: bool) -> DispatchResult {
		let returned = order.escrowed();
		match order.side {
			Side::Buy => Self::pay(&Self::account(), &order.payer, returned)?,
			Side::Sell => Self::hand_over(class, &Self::account(), &order.payer, returned)?,
		}
		let unfilled = order.left();
		Self::deposit_event(Event::OrderClosed {
			order: order.id,
			class,
			unfilled,
			returned,
			reason,
		});
		if tell {
			T::OnOrder::closed(&order.reference(class), unfilled, returned);
		}
		Ok(())
	}

	/// A class's waiting orders, in order of arrival: decodes the whole book.
	pub(crate) fn waiting(class: ClassId) -> Vec<Order<T::AccountId>> {
		let mut orders = Book::<T>::get(class).into_inner();
		orders.extend(Incoming::<T>::get(class));
		orders
	}

	/// What placing an order weighs at most that stays for `blocks` blocks after its first batch: into a full
	/// book, with its part in every clearing, its fill and its end.
	pub fn place_weight(side: Side, blocks: BlockNumber) -> Weight {
		T::WeightInfo::place_order_evicting()
			.saturating_add(Self::evicted_weight())
			.saturating_add(Self::clearing_weight(side, blocks, true))
	}

	/// What another pallet's order weighs at most, see [`quern_primitives::ports::Market::order_weight`]. One with a
	/// pace pays for a fill in each of its batches. The class's own part in those it does not pay: that is one for
	/// each class whatever waits in it.
	pub(crate) fn weight_through_port(purpose: &Purpose, side: Side, blocks: BlockNumber, paced: bool) -> Weight {
		let blocks = blocks.min(policy::MAX_ORDER_BLOCKS);
		let again = if paced { blocks } else { 0 };
		let told = T::OnOrder::filled_weight(purpose);
		Self::place_weight(side, blocks)
			.saturating_sub(T::WeightInfo::place_order((side == Side::Sell).into()))
			.saturating_add(told)
			.saturating_add(T::OnOrder::closed_weight(purpose))
			.saturating_add(
				Self::fill_weight(side)
					.saturating_add(told)
					.saturating_mul(again.into()),
			)
	}

	/// What the owner of an order that has to go does at most, whosever it is.
	fn evicted_weight() -> Weight {
		// The largest of them: nothing is where the search for it begins.
		[Purpose::Trade, Purpose::Job(0), Purpose::Offer(0), Purpose::BuyBack(0)]
			.iter()
			.fold(Weight::zero(), |most, purpose| {
				most.max(T::OnOrder::closed_weight(purpose))
			})
	}

	/// What it did weigh.
	pub(crate) fn placed_weight(placed: &Placed, side: Side, blocks: BlockNumber) -> Weight {
		let call = if placed.evicted {
			T::WeightInfo::place_order_evicting().saturating_add(Self::evicted_weight())
		} else {
			T::WeightInfo::place_order((side == Side::Sell).into())
		};
		call.saturating_add(Self::clearing_weight(side, blocks, placed.first))
	}

	/// An order's part in clearing. Its fill or end; the class's own part, if it is the first of its block, twice:
	/// for its batch, and for the one after it, which looks whether anything more fills. From then on a class
	/// whose orders do not fill sleeps, so that one that waits pays for the blocks in which others trade, and
	/// for that of its expiry.
	fn clearing_weight(side: Side, blocks: BlockNumber, first: bool) -> Weight {
		let mut weight = Self::fill_weight(side);
		if first {
			weight.saturating_accrue(Self::class_weight().saturating_mul(2));
		}
		if blocks > 0 {
			let waits = T::WeightInfo::clear(0, 0, 1, 0).saturating_sub(Self::class_weight());
			weight.saturating_accrue(Self::class_weight());
			weight.saturating_accrue(waits.saturating_mul(blocks.into()));
		}
		weight
	}

	fn class_weight() -> Weight {
		T::WeightInfo::clear(0, 0, 0, 0)
	}

	/// A fill or an end. A sale's end writes once more than its fill: claims that come back may have to find the
	/// account they left gone. A buy's end writes less than its fill.
	fn fill_weight(side: Side) -> Weight {
		match side {
			Side::Buy => T::WeightInfo::clear(1, 0, 0, 0).saturating_sub(Self::class_weight()),
			Side::Sell => T::WeightInfo::clear(0, 1, 0, 0)
				.saturating_sub(Self::class_weight())
				.saturating_add(T::DbWeight::get().reads_writes(1, 1)),
		}
	}
}
