//! Weights of the calls, and of what other pallets have the registry do.
//!
//! These are estimates from counts of the storage that each touches, to be replaced by the output of the
//! benchmarks: reads and writes are counted, those in other pallets included; compute time and proof size
//! are rounded up from the sizes of the items. Lists are charged at their bound.

use crate::policy;
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
	/// A draw among `p` providers, of which as many as a draw asks are asked and have `n` nodes together, none of which
	/// fits; without what the caller asks of each.
	fn draw(p: u32, n: u32) -> Weight;
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
	/// `close_class`.
	fn close_class() -> Weight;
	/// `wind_up`.
	fn wind_up() -> Weight;
	/// `withdraw_recovered`, with the market's part in it as it is done at once.
	fn withdraw_recovered() -> Weight;
	/// `redeem_claims`, the same.
	fn redeem_claims() -> Weight;
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
	// Reads and writes: Nodes, Books, Attestable, AttestedGpus, LitClock, in the market 2.
	fn pause_node(n: u32) -> Weight {
		items(T::DbWeight::get(), 7, 7).saturating_add(list(NODE_ENTRY, n))
	}
	// Reads: Nodes, Books, Attestable, LitClock, two accounts, holds. Writes: those but LitClock and one.
	fn resume_node(n: u32) -> Weight {
		items(T::DbWeight::get(), 7, 5).saturating_add(list(NODE_ENTRY, n))
	}
	// Reads: Providers, Books, ProvidersOf, Attestable, NodeOfKey, AttestedGpus, LitClock, in the market 2, three
	// accounts and holds, shares (4), the operator, two reservations, a checkpoint with its index (3), and `m`
	// Nodes. Writes: the same but for the other nodes.
	fn deregister_node(n: u32, m: u32, p: u32) -> Weight {
		items(T::DbWeight::get(), 25, 25)
			.saturating_add(items(T::DbWeight::get(), m.into(), 0))
			.saturating_add(list(NODE_ENTRY, n))
			.saturating_add(list(PROVIDER_ENTRY, p))
	}
	// Reads: Classes, Providers, the operator, its reservation and checkpoint (4), Books, LitClock, `m` Nodes; the
	// accounts of pallet, treasury, insurance fund and provider, and its holds; the claims' Asset and two Accounts;
	// in the market and for its shares, 9. Writes: those but Providers and Nodes.
	fn open_pool(m: u32) -> Weight {
		items(T::DbWeight::get(), 30, 27).saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads: Classes, Providers, the operator, its reservation and checkpoint (4), Books, LitClock, three accounts
	// and holds, NextOfferId, `m` Nodes; the claims' Asset and two Accounts; in the market, 6. Writes: Books,
	// NextOfferId, Offers, the stake's, the accounts and holds, the claims', in the market 5.
	fn offer_capacity(m: u32) -> Weight {
		items(T::DbWeight::get(), 26, 22).saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: Books, LitClock, the claims' Asset and Account, three accounts, holds, shares (4), the
	// operator, its reservation and checkpoint (4).
	fn buy_back() -> Weight {
		items(T::DbWeight::get(), 20, 19)
	}
	// Reads and writes: Offers, Books, two accounts, the provider's holds.
	fn offer_filled() -> Weight {
		items(T::DbWeight::get(), 5, 5)
	}
	// Reads and writes: Offers, Books, the claims' Asset and Account, the operator, its reservation and checkpoint
	// (4).
	fn offer_closed() -> Weight {
		items(T::DbWeight::get(), 10, 10)
	}
	// Reads: Attestable, `n` Nodes.
	fn attestable(n: u32) -> Weight {
		items(T::DbWeight::get(), 1, 0).saturating_add(items(T::DbWeight::get(), n.into(), 0))
	}
	// Reads and writes: Nodes, Books, AttestedGpus, LitClock, in the market 2.
	fn attested() -> Weight {
		items(T::DbWeight::get(), 6, 6)
	}
	// Reads: ProvidersOf; for each provider Books; for each of those asked Providers; `n` Nodes. Each round hashes once
	// and walks over the weights left.
	fn draw(p: u32, n: u32) -> Weight {
		let round =
			items(T::DbWeight::get(), 1, 0).saturating_add(Weight::from_parts(u64::from(p).saturating_mul(5_000), 0));
		items(
			T::DbWeight::get(),
			u64::from(p).saturating_add(n.into()).saturating_add(1),
			0,
		)
		.saturating_add(list(PROVIDER_ENTRY, p))
		.saturating_add(round.saturating_mul(policy::MAX_ASKED.into()))
	}
	// Reads and writes: Nodes, Books.
	fn occupy() -> Weight {
		items(T::DbWeight::get(), 2, 2)
	}
	// As `buy_back`.
	fn deliver() -> Weight {
		items(T::DbWeight::get(), 20, 19)
	}
	// Reads and writes: Classes.
	fn set_throughput() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
	// As `offer_capacity`.
	fn issue_liquidity(m: u32) -> Weight {
		items(T::DbWeight::get(), 26, 22).saturating_add(items(T::DbWeight::get(), m.into(), 0))
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
	// reservation, its checkpoint (4), OpenEstates. Writes: Books, Estates, OpenEstates, the accounts, holds, the stake's.
	fn leave_class() -> Weight {
		items(T::DbWeight::get(), 17, 14)
	}
	// As `leave_class`, but that it only reads the stake.
	fn declare_gone() -> Weight {
		items(T::DbWeight::get(), 15, 8)
	}
	// Reads: Estates, Providers, operator, reservation, Books, LitClock, Classes, the prices (2), four accounts
	// with holds (6); the stake's checkpoint (4). Writes: Estates, Books, those accounts, the stake's.
	fn take_over(m: u32) -> Weight {
		items(T::DbWeight::get(), 20, 15).saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: Estates, Books, Shortfalls, OpenEstates, four accounts and holds, shares (4), operator,
	// reservation; Classes; two slashes, each with the stake's history.
	fn close_estate() -> Weight {
		items(T::DbWeight::get(), 72, 51)
	}
	// As `take_over`, with the shortfall for the estate, and claims (2) and the treasury's of the recovery account.
	fn assume_shortfall(m: u32) -> Weight {
		items(T::DbWeight::get(), 22, 17).saturating_add(items(T::DbWeight::get(), m.into(), 0))
	}
	// Reads and writes: BuyBacks, Books, LitClock, claims (3), three accounts and holds, operator, reservation and
	// checkpoint (4).
	fn buy_back_filled() -> Weight {
		items(T::DbWeight::get(), 16, 14)
	}
	// Writes: BuyBacks.
	fn buy_back_closed() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
	// Reads and writes: Additions, Books, claims (2), two accounts, operator, reservation and checkpoint (4).
	fn liquidity_settled() -> Weight {
		items(T::DbWeight::get(), 12, 12)
	}
	// Reads and writes: Books.
	fn faulted() -> Weight {
		items(T::DbWeight::get(), 1, 1)
	}
	// Reads and writes: Classes, the market's pool.
	fn close_class() -> Weight {
		items(T::DbWeight::get(), 2, 2)
	}
	// Reads: Classes, Books, LitClock, three accounts and holds, RecoveredShares, Shortfalls, the operator and its
	// reservation. Writes: those but Classes and LitClock.
	fn wind_up() -> Weight {
		items(T::DbWeight::get(), 12, 10)
	}
	// Reads: Classes, Shortfalls, RecoveredShares, the recovery account's shares, claims (2), the treasury's.
	// Writes: those but Classes and the first of the shares. The market's part stands beside it.
	fn withdraw_recovered() -> Weight {
		items(T::DbWeight::get(), 7, 5)
	}
	// As `withdraw_recovered`, OpenEstates, the holder's claims, two accounts.
	fn redeem_claims() -> Weight {
		items(T::DbWeight::get(), 11, 8)
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
	fn close_class() -> Weight {
		Weight::zero()
	}
	fn wind_up() -> Weight {
		Weight::zero()
	}
	fn withdraw_recovered() -> Weight {
		Weight::zero()
	}
	fn redeem_claims() -> Weight {
		Weight::zero()
	}
}
