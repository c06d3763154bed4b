//! Weights of the calls, and of what other pallets have the registry do.
//!
//! These are estimates from counts of the storage that each touches, to be replaced by the output of the
//! benchmarks: reads and writes are counted, those in other pallets included; compute time and proof size
//! are rounded up from the sizes of the items. Lists are charged at their bound.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// What calls and ports cost.
pub trait WeightInfo {
	/// `register_class`.
	fn register_class() -> Weight;
	/// `set_opening`.
	fn set_opening() -> Weight;
	/// `register_provider`.
	fn register_provider() -> Weight;
	/// `deregister_provider`.
	fn deregister_provider() -> Weight;
	/// `register_node` with `n` attestable nodes and `p` providers in the class.
	fn register_node(n: u32, p: u32) -> Weight;
	/// `set_endpoint`.
	fn set_endpoint() -> Weight;
	/// `pause_node` with `n` attestable nodes.
	fn pause_node(n: u32) -> Weight;
	/// `resume_node` with `n` attestable nodes.
	fn resume_node(n: u32) -> Weight;
	/// `deregister_node` with `n` attestable nodes, `m` nodes of the provider, `p` providers in the class.
	fn deregister_node(n: u32, m: u32, p: u32) -> Weight;
	/// `open_pool` by a provider with `m` nodes.
	fn open_pool(m: u32) -> Weight;
	/// `offer_capacity` by a provider with `m` nodes, with the market's placing of the order.
	fn offer_capacity(m: u32) -> Weight;
	/// `buy_back`.
	fn buy_back() -> Weight;
	/// The market's telling of an offer's fill.
	fn offer_filled() -> Weight;
	/// The market's telling of an offer's end.
	fn offer_closed() -> Weight;
	/// The list of `n` attestable nodes.
	fn attestable(n: u32) -> Weight;
	/// A period's verdict on one node.
	fn attested() -> Weight;
	/// A draw among `p` providers with `m` nodes each, none of which fits; without what the caller asks of each.
	fn draw(p: u32, m: u32) -> Weight;
	/// `occupy` or `vacate`.
	fn occupy() -> Weight;
	/// `deliver`.
	fn deliver() -> Weight;
	/// `set_throughput`.
	fn set_throughput() -> Weight;
	/// `issue_liquidity` by a provider with `m` nodes, with the market's taking of it.
	fn issue_liquidity(m: u32) -> Weight;
	/// `buy_back_in_market`, with the market's placing of the order.
	fn buy_back_in_market() -> Weight;
	/// `charge_pause`.
	fn charge_pause() -> Weight;
	/// `leave_class`.
	fn leave_class() -> Weight;
	/// `declare_gone`.
	fn declare_gone() -> Weight;
	/// `take_over` by a provider with `m` nodes.
	fn take_over(m: u32) -> Weight;
	/// `close_estate`.
	fn close_estate() -> Weight;
	/// `assume_shortfall` by a provider with `m` nodes.
	fn assume_shortfall(m: u32) -> Weight;
	/// The market's telling of a buy-back's fill.
	fn buy_back_filled() -> Weight;
	/// The market's telling of a buy-back's end.
	fn buy_back_closed() -> Weight;
	/// The market's telling of what came of liquidity.
	fn liquidity_settled() -> Weight;
	/// `faulted`.
	fn faulted() -> Weight;
}

/// Estimates for the runtime `T`, see the module.
pub struct SubstrateWeight<T>(PhantomData<T>);

/// Compute time of an item, in picoseconds: decoding, encoding, hashing a key.
const ITEM: u64 = 5_000_000;
/// Proof of one item with its path, in bytes.
const PROOF: u64 = 2_600;
/// Verifying a signature, in picoseconds.
const SIGNATURE: u64 = 60_000_000;
/// A node id and an account in a list: compute time in picoseconds, bytes.
const NODE_ENTRY: (u64, u64) = (2_000, 4);
const PROVIDER_ENTRY: (u64, u64) = (5_000, 32);

/// `reads` and `writes` of items, each costing its compute time, each read its proof.
fn items(db: polkadot_sdk::frame_support::weights::RuntimeDbWeight, reads: u64, writes: u64) -> Weight {
	Weight::from_parts(
		ITEM.saturating_mul(reads.saturating_add(writes)),
		PROOF.saturating_mul(reads),
	)
	.saturating_add(db.reads_writes(reads, writes))
}

/// What resizing a reservation of an allocation touches beside the operator and itself: session, era, and the
/// checkpoint of the operator's first change in a session, with its index.
fn resized(db: polkadot_sdk::frame_support::weights::RuntimeDbWeight) -> Weight {
	items(db, 4, 2)
}

/// A list of `length` entries, beyond the item itself.
fn list((time, bytes): (u64, u64), length: u32) -> Weight {
	Weight::from_parts(time, bytes).saturating_mul(length.into())
}

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	// Reads: NextClassId, ClassOfName, Assets::Asset, Assets::NextAssetId. Writes: the first three, Classes.
	fn register_class() -> Weight {
		items(T::DbWeight::get(), 4, 4)
	}
	// Reads: Classes, the market's pool. Writes: Classes.
	fn set_opening() -> Weight {
		items(T::DbWeight::get(), 2, 1)
	}
	// Reads: the operator, Providers, Account. Writes: Providers, Account.
	fn register_provider() -> Weight {
		items(T::DbWeight::get(), 3, 2)
	}
	// Reads: Providers, Account. Writes: the same.
	fn deregister_provider() -> Weight {
		items(T::DbWeight::get(), 2, 2)
	}
	// Reads: Providers, the operator, the node's reservation, Classes, Devnet, NodeOfKey, BlockHash, NextNodeId,
	// Attestable, Books, ProvidersOf. Writes: the operator, the reservation, ProvidersOf, Books, NextNodeId,
	// Attestable, Providers, NodeOfKey, Nodes. It reserves own bond alone, so no allocation is touched.
	fn register_node(n: u32, p: u32) -> Weight {
		items(T::DbWeight::get(), 12, 9)
			.saturating_add(Weight::from_parts(SIGNATURE, 0))
			.saturating_add(list(NODE_ENTRY, n))
			.saturating_add(list(PROVIDER_ENTRY, p))
	}
	// Reads: Nodes, Devnet. Writes: Nodes.
	fn set_endpoint() -> Weight {
		items(T::DbWeight::get(), 2, 1)
	}
	// Reads and writes: Nodes, Books, Attestable, AttestedGpus, LitClock.
	fn pause_node(n: u32) -> Weight {
		items(T::DbWeight::get(), 5, 5).saturating_add(list(NODE_ENTRY, n))
	}
	// Reads: Nodes, Books, Attestable, LitClock, two accounts, holds. Writes: those but LitClock and one.
	fn resume_node(n: u32) -> Weight {
		items(T::DbWeight::get(), 7, 5).saturating_add(list(NODE_ENTRY, n))
	}
	// Reads: Providers, Books, ProvidersOf, Attestable, the operator, the reservation, two accounts and their
	// holds, and `m` Nodes. Writes: the same but one node.
	fn deregister_node(n: u32, m: u32, p: u32) -> Weight {
		items(T::DbWeight::get(), 18, 18)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
			.saturating_add(list(NODE_ENTRY, n))
			.saturating_add(list(PROVIDER_ENTRY, p))
	}
	// Reads: Classes, Providers, the operator, Books, `m` Nodes; the treasury's account, the provider's and its
	// holds; the claims' Asset and two Accounts; in the market and for its shares, 9; the operator's
	// reservation. Writes: those but Providers and Nodes.
	fn open_pool(m: u32) -> Weight {
		items(T::DbWeight::get(), 23, 20)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads: Classes, Providers, the operator, Books, NextOfferId, `m` Nodes; the claims' Asset and two
	// Accounts; in the market, 6; the operator's reservation. Writes: Books, NextOfferId, Offers, the claims', in the
	// market 5, the operator, its reservation.
	fn offer_capacity(m: u32) -> Weight {
		items(T::DbWeight::get(), 23, 18)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: Books, LitClock, the claims' Asset and Account, three accounts, holds, shares (4), the
	// operator, its reservation.
	fn buy_back() -> Weight {
		items(T::DbWeight::get(), 14, 11).saturating_add(resized(T::DbWeight::get()))
	}
	// Reads and writes: Offers, Books, two accounts, the provider's holds.
	fn offer_filled() -> Weight {
		items(T::DbWeight::get(), 5, 5)
	}
	// Reads and writes: Offers, Books, the claims' Asset and Account, the operator, its reservation.
	fn offer_closed() -> Weight {
		items(T::DbWeight::get(), 6, 6).saturating_add(resized(T::DbWeight::get()))
	}
	// Reads: Attestable, `n` Nodes.
	fn attestable(n: u32) -> Weight {
		items(T::DbWeight::get(), 1, 0).saturating_add(items(T::DbWeight::get(), n.into(), 0))
	}
	// Reads and writes: Nodes, Books, AttestedGpus, LitClock; without what the market does with it.
	fn attested() -> Weight {
		items(T::DbWeight::get(), 4, 4)
	}
	// Reads: ProvidersOf; for each provider Books, Providers, `m` Nodes. Each round hashes once and walks over
	// the weights left.
	fn draw(p: u32, m: u32) -> Weight {
		let each = items(T::DbWeight::get(), u64::from(m).saturating_add(2), 0)
			.saturating_add(Weight::from_parts(u64::from(p).saturating_mul(5_000), 0));
		items(T::DbWeight::get(), 1, 0)
			.saturating_add(list(PROVIDER_ENTRY, p))
			.saturating_add(each.saturating_mul(p.into()))
	}
	// Reads and writes: Nodes, Books.
	fn occupy() -> Weight {
		items(T::DbWeight::get(), 2, 2)
	}
	// As `buy_back`.
	fn deliver() -> Weight {
		items(T::DbWeight::get(), 14, 11).saturating_add(resized(T::DbWeight::get()))
	}
	// Reads and writes: Classes.
	fn set_throughput() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
	// As `offer_capacity`, the provider's account, the price, the operator and its reservation.
	fn issue_liquidity(m: u32) -> Weight {
		items(T::DbWeight::get(), 20, 17)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads: Providers, Books, NextBuyBackId; in the market, 6. Writes: NextBuyBackId, BuyBacks, in the market
	// 5.
	fn buy_back_in_market() -> Weight {
		items(T::DbWeight::get(), 9, 7)
	}
	// Reads: Nodes, Books, LitClock, two accounts, holds. Writes: Books, the accounts, holds.
	fn charge_pause() -> Weight {
		items(T::DbWeight::get(), 6, 4)
	}
	// Reads: Books, Classes, the price (2), LitClock, three accounts and holds, the operator and its
	// reservation. Writes: Books, Estates, the accounts, holds, operator, reservation.
	fn leave_class() -> Weight {
		items(T::DbWeight::get(), 12, 9).saturating_add(resized(T::DbWeight::get()))
	}
	// As `leave_class`, without the bond's writes; the operator twice, its checkpoint and index, session and era.
	fn declare_gone() -> Weight {
		items(T::DbWeight::get(), 15, 7)
	}
	// Reads: Estates, Providers, operator, reservation, Books, LitClock, Classes, the prices (2), four accounts
	// with holds (6). Writes: Estates, Books, those accounts, operator, reservation.
	fn take_over(m: u32) -> Weight {
		items(T::DbWeight::get(), 16, 11)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: Estates, Books, Shortfalls, four accounts and holds, shares (4), operator, reservation;
	// two slashes, each with the stake's history.
	fn close_estate() -> Weight {
		items(T::DbWeight::get(), 70, 50)
	}
	// As `take_over`, with the shortfall for the estate.
	fn assume_shortfall(m: u32) -> Weight {
		items(T::DbWeight::get(), 15, 10)
			.saturating_add(resized(T::DbWeight::get()))
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: BuyBacks, Books, LitClock, claims (3), three accounts and holds, operator, reservation.
	fn buy_back_filled() -> Weight {
		items(T::DbWeight::get(), 12, 10).saturating_add(resized(T::DbWeight::get()))
	}
	// Writes: BuyBacks.
	fn buy_back_closed() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
	// Reads and writes: Additions, Books, claims (2), two accounts, operator, reservation.
	fn liquidity_settled() -> Weight {
		items(T::DbWeight::get(), 8, 8).saturating_add(resized(T::DbWeight::get()))
	}
	// Reads and writes: Books.
	fn faulted() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
}

impl WeightInfo for () {
	fn register_class() -> Weight {
		Weight::zero()
	}
	fn set_opening() -> Weight {
		Weight::zero()
	}
	fn register_provider() -> Weight {
		Weight::zero()
	}
	fn deregister_provider() -> Weight {
		Weight::zero()
	}
	fn register_node(_: u32, _: u32) -> Weight {
		Weight::zero()
	}
	fn set_endpoint() -> Weight {
		Weight::zero()
	}
	fn pause_node(_: u32) -> Weight {
		Weight::zero()
	}
	fn resume_node(_: u32) -> Weight {
		Weight::zero()
	}
	fn deregister_node(_: u32, _: u32, _: u32) -> Weight {
		Weight::zero()
	}
	fn open_pool(_: u32) -> Weight {
		Weight::zero()
	}
	fn offer_capacity(_: u32) -> Weight {
		Weight::zero()
	}
	fn buy_back() -> Weight {
		Weight::zero()
	}
	fn offer_filled() -> Weight {
		Weight::zero()
	}
	fn offer_closed() -> Weight {
		Weight::zero()
	}
	fn attestable(_: u32) -> Weight {
		Weight::zero()
	}
	fn attested() -> Weight {
		Weight::zero()
	}
	fn draw(_: u32, _: u32) -> Weight {
		Weight::zero()
	}
	fn occupy() -> Weight {
		Weight::zero()
	}
	fn deliver() -> Weight {
		Weight::zero()
	}
	fn set_throughput() -> Weight {
		Weight::zero()
	}
	fn issue_liquidity(_: u32) -> Weight {
		Weight::zero()
	}
	fn buy_back_in_market() -> Weight {
		Weight::zero()
	}
	fn charge_pause() -> Weight {
		Weight::zero()
	}
	fn leave_class() -> Weight {
		Weight::zero()
	}
	fn declare_gone() -> Weight {
		Weight::zero()
	}
	fn take_over(_: u32) -> Weight {
		Weight::zero()
	}
	fn close_estate() -> Weight {
		Weight::zero()
	}
	fn assume_shortfall(_: u32) -> Weight {
		Weight::zero()
	}
	fn buy_back_filled() -> Weight {
		Weight::zero()
	}
	fn buy_back_closed() -> Weight {
		Weight::zero()
	}
	fn liquidity_settled() -> Weight {
		Weight::zero()
	}
	fn faulted() -> Weight {
		Weight::zero()
	}
}
