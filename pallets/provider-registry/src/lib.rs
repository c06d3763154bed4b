//! # Provider registry
//!
//! Hardware classes, the providers that offer GPU time in them, their nodes, and what each provider may
//! issue (its allowance), has issued and still owes (its obligations), and got for it (its proceeds).
//!
//! ## Where claims come from
//!
//! One claim is the right to one millisecond of GPU time of a class, an asset with the class's id. Only
//! this pallet mints and burns claims, and only against an obligation, so that for each class
//!
//! ```text
//! claims.total_issuance == Σ obligations of books + Σ obligations of estates + the class's shortfall
//! ```
//!
//! Physical time is the only source of the right to issue. For each period in which a quorum of attestors
//! saw a node serve, its provider's allowance grows by `gpus × 1 minute`, up to a burst of 15 minutes for
//! each active accelerator; what is not sold evaporates.
//!
//! An accelerator is **attested** when its node is `Active` and was last served within
//! [`policy::FRESH_PERIODS`] periods. The stored allowance is capped by the *active* accelerators whenever
//! they change, and by the *attested* ones when it is used, since a node grows stale without any call. The
//! sums of attested accelerators, of books, classes and the chain, are kept by events: a node leaves them when
//! it is paused or deregistered, or with the first verdict that finds it stale.
//!
//! ## What covers them
//!
//! Whoever owes anything has reserved, of the stake allocated to the class, [`Config::FlatBond`] for each of its
//! nodes that counted as attested when it last took obligations on ([`Book::backing`]): a slash for the class takes
//! nothing else. It is freed when nothing is owed. Up to an hour for each attested accelerator may be owed with the
//! proceeds and that alone. Above that, up to 24 hours:
//!
//! ```text
//! collateral + proceeds >= κ × obligations × max(EMA_1h, EMA_24h, floor price),   κ = 1.5 … 1.1
//! ```
//!
//! What went into the pool ([`Pallet::issue_liquidity`]) needs `κ × price` of collateral whole, with no free
//! hour. Collateral is own bond, reserved within what is allocated to the class, where a slash reaches it, and is
//! part of what is reserved there in any case: the larger of both counts. It is reckoned at the prices of a call that takes obligations on, and freed as they fall at the prices of that
//! call ([`Book::rate`]): a price that moves touches nobody. Who has less than a new obligation needs may not
//! take it on; nothing else happens.
//!
//! ## Where the money lies
//!
//! A sale's tokens come through the pallet's account to the provider's, held as
//! [`HoldReason::Proceeds`], and are released as the claims are delivered: delivering `g` of what is owed
//! releases `floor(proceeds × g / owed)`, the last delivery all. What is owed leaves out claims that still
//! wait in the market: nobody holds them, and no tokens came in for them. Pool shares got for claims lie in
//! the pallet's account and are released alike, locked as if just added.
//!
//! Selling happens while a block begins, where nothing may fail. Should an account refuse its proceeds (it
//! has to exist, so a provider's is kept alive by a reference), they stay in the pallet's account, booked as
//! `unpaid`, and follow with the next operation on that book. The pallet's account therefore needs the
//! existential deposit from genesis.
//!
//! ## Leaving, and being gone
//!
//! ```text
//!   leave_class ──┐                     ┌─ take_over ──▶ a live provider's book
//!                 ├─▶ estate, 24 hours ─┤
//! declare_gone ──┘                     └─ close_estate ▶ the class's shortfall ─ assume_shortfall ▶ a book
//! ```
//!
//! An estate is what a provider owes that no job set aside, with its share of the proceeds. Live providers
//! take it over in slices; what a slice pays rises within an hour from 1.0 to 1.2 times the average price over
//! a day, frozen when the estate was opened. What the proceeds lack is topped up out of a leaver's deposit, or
//! by the insurance fund for a provider that is gone, whose stake is slashed for it; the rise above 1.0 only as
//! far as that stake goes. A leaver's proceeds that exceed the price pass all the same, those of one that is gone
//! to the insurance fund: none is free before somebody delivers. A taker gets all of it as held proceeds and
//! needs room for it. Pool shares go back to a leaver; those of a gone provider stay in the pallet's account as
//! the class's. What nobody took becomes the class's shortfall, with all of its proceeds in a recovery account that
//! half of the LPs' fees feed. While there is one, anybody may have the class's pool shares taken out of the pool:
//! their claims are burned against it, their tokens recovered.
//!
//! A provider is **gone** after 24 hours with no attested accelerator while it owed something, or as much
//! in a leaky bucket that drains 24 hours in a week ([`Absence`]). Being away in part, paused or not served,
//! beyond an hour and an hour a day costs 0.5 % of the proceeds an hour, to the insurance fund, in proportion
//! to the accelerators. Both count only time in which an accelerator of the chain was attested ([`Clock`]): an
//! outage of the attestors is nobody's absence.
//!
//! A paused node is not polled, earns nothing and gets no new job; jobs that run on it go on.
//!
//! ## The end of a class
//!
//! ```text
//!   close_class ─▶ 7 days' notice ─▶ the end ─▶ wind_up, close_estate, the last jobs ─▶ redeem_claims
//! ```
//!
//! From the announcement on nothing is issued; what was is traded, used up and bought back, until the end. Then
//! what no job set aside becomes the shortfall, book by book, with the proceeds and pool shares that were got for
//! it; collateral is free. Once nobody in particular owes anything any more, a claim is burned for its part of what
//! the recovery account holds, the same for each ([`closing`]).
//!
//! ## Bond
//!
//! A registered node reserves [`Config::FlatBond`] of its operator's own bond, never of delegations or of
//! what is allocated to a class: so nobody serves who has nothing of their own at stake. Whether a provider
//! gets jobs for its conduct and its allocation is not judged here: a jailed operator registers nodes, is
//! polled and earns allowance as any other, and the jobs' pallet passes it by in its draws.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod absence;
pub mod closing;
mod collateral;
pub mod draw;
mod liquidity;
mod novation;
pub mod policy;
pub mod transition;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchables;
mod events;
#[cfg(test)]
mod mock;
mod ports;
#[cfg(test)]
mod tests;
mod try_state;

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::*;
pub use weights::WeightInfo;

use polkadot_sdk::{
	frame_support::{pallet_macros::import_section, traits::fungible},
	frame_system,
};

/// The target of the pallet's log lines.
pub(crate) const LOG: &str = "runtime::provider-registry";

/// Tokens taken from somewhere and not yet put anywhere.
pub type CreditOf<T> = fungible::Credit<<T as frame_system::Config>::AccountId, <T as Config>::Currency>;

/// The registry; see the crate's documentation.
#[import_section(events::events)]
#[polkadot_sdk::frame_support::pallet]
pub mod pallet {
	use crate::{transition::Refused, types::*, WeightInfo};
	use alloc::vec::Vec;
	use polkadot_sdk::{
		frame_support::{
			pallet_prelude::*,
			traits::{fungible, fungibles, BuildGenesisConfig},
			DefaultNoBound, PalletId,
		},
		frame_system::pallet_prelude::*,
		sp_core::sr25519::{Public, Signature},
	};
	use quern_primitives::{
		ports::{AttestedFlow, Bonds, Defaults, Insurance, Liquidity, Market},
		Balance, BlockNumber, ClassId, Endpoint, GpuTime, NodeId, OrderId, Price, Purpose, Side,
	};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the registry needs of the runtime.
	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token. Proceeds are held in it.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::Balanced<Self::AccountId>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The claims: one asset a class. Nobody else may mint, burn or create in it.
		type Claims: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = GpuTime>
			+ fungibles::Mutate<Self::AccountId>
			+ fungibles::Create<Self::AccountId>;

		/// Pool shares: one asset a class.
		type Shares: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = Balance>;

		/// Where claims are sold.
		type Market: Market<Self::AccountId>;

		/// Where they are added to the pool.
		type Liquidity: Liquidity<Self::AccountId>;

		/// Hears of each change of a class's attested accelerators.
		type AttestedFlow: AttestedFlow;

		/// Operators' stake, of whose own bond nodes reserve [`Config::FlatBond`], and obligations collateral, and
		/// of what they allocated to the class as much for each attested node.
		type Bonds: Bonds<Self::AccountId>;

		/// Slashes a provider that is gone.
		type Defaults: Defaults<Self::AccountId>;

		/// The insurance fund: advances what such a provider's proceeds lack, and gets what absence costs.
		type Insurance: Insurance<Self::AccountId>;

		/// Who registers classes and sets openings.
		type ClassOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account that opens pools and owns their first shares.
		type Treasury: Get<Self::AccountId>;

		/// Names the pallet's account: it owns the claims' assets, offers for the providers, and keeps what
		/// could not be credited. It needs the existential deposit from genesis.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Own bond, in planck, that each registered node reserves; and the part of an allocation that answers for
		/// obligations, for each attested node.
		#[pallet::constant]
		type FlatBond: Get<Balance>;

		/// The most nodes that may be attestable at once (a count).
		#[pallet::constant]
		type MaxNodes: Get<u32>;

		/// The most nodes of one provider (a count).
		#[pallet::constant]
		type MaxNodesPerProvider: Get<u32>;

		/// The most providers with a node in one class (a count): what a draw walks over.
		#[pallet::constant]
		type MaxProvidersPerClass: Get<u32>;

		/// The most accelerators of one node (a count).
		#[pallet::constant]
		type MaxGpusPerNode: Get<u32>;

		/// The runtime's hold reasons.
		type RuntimeHoldReason: From<HoldReason>;

		/// What calls cost.
		type WeightInfo: WeightInfo;

		/// Sets up what benchmarks need of other pallets.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId>;
	}

	/// Why the registry holds tokens.
	#[pallet::composite_enum]
	pub enum HoldReason {
		/// Got for claims that the provider has not delivered yet.
		Proceeds,
		/// Deposited by a provider that leaves a class, for who takes over what it owes.
		Novation,
	}

	/// Whether this is a devnet, where any endpoint is allowed. Set at genesis; no call changes it.
	#[pallet::storage]
	pub type Devnet<T> = StorageValue<_, bool, ValueQuery>;

	/// The classes.
	#[pallet::storage]
	pub type Classes<T> = StorageMap<_, Twox64Concat, ClassId, Class>;

	/// The class of a name.
	#[pallet::storage]
	pub type ClassOfName<T> = StorageMap<_, Blake2_128Concat, ClassName, ClassId>;

	/// The next class's id.
	#[pallet::storage]
	pub type NextClassId<T> = StorageValue<_, ClassId, ValueQuery>;

	/// The providers.
	#[pallet::storage]
	pub type Providers<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, Provider<T>>;

	/// Providers with a node in a class, in no particular order.
	#[pallet::storage]
	pub type ProvidersOf<T: Config> =
		StorageMap<_, Twox64Concat, ClassId, BoundedVec<T::AccountId, T::MaxProvidersPerClass>, ValueQuery>;

	/// A provider's capacity in a class in which it has a node.
	#[pallet::storage]
	pub type Books<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, ClassId, Book>;

	/// The nodes.
	#[pallet::storage]
	pub type Nodes<T: Config> = StorageMap<_, Twox64Concat, NodeId, Node<T::AccountId>>;

	/// The node of a key.
	#[pallet::storage]
	pub type NodeOfKey<T> = StorageMap<_, Blake2_128Concat, Public, NodeId>;

	/// The next node's id.
	#[pallet::storage]
	pub type NextNodeId<T> = StorageValue<_, NodeId, ValueQuery>;

	/// Nodes that attestors poll: those not paused, in no particular order.
	#[pallet::storage]
	pub type Attestable<T: Config> = StorageValue<_, BoundedVec<NodeId, T::MaxNodes>, ValueQuery>;

	/// Offers that the market has not closed.
	#[pallet::storage]
	pub type Offers<T: Config> = StorageMap<_, Twox64Concat, u64, Offer<T::AccountId>>;

	/// The next offer's number.
	#[pallet::storage]
	pub type NextOfferId<T> = StorageValue<_, u64, ValueQuery>;

	/// Attested accelerators of each class.
	#[pallet::storage]
	pub type AttestedGpus<T> = StorageMap<_, Twox64Concat, ClassId, u32, ValueQuery>;

	/// The clock of absence, with the chain's attested accelerators.
	#[pallet::storage]
	pub type LitClock<T> = StorageValue<_, Clock, ValueQuery>;

	/// Liquidity that the market has not settled.
	#[pallet::storage]
	pub type Additions<T: Config> = StorageMap<_, Twox64Concat, u64, Addition<T::AccountId>>;

	/// The next addition's number.
	#[pallet::storage]
	pub type NextAdditionId<T> = StorageValue<_, u64, ValueQuery>;

	/// Buy-backs that the market has not closed, at most [`policy::MAX_BUY_BACKS`].
	#[pallet::storage]
	pub type BuyBacks<T: Config> = CountedStorageMap<_, Twox64Concat, u64, BuyBack<T::AccountId>>;

	/// The next buy-back's number.
	#[pallet::storage]
	pub type NextBuyBackId<T> = StorageValue<_, u64, ValueQuery>;

	/// What providers that left a class or are gone owed in it.
	#[pallet::storage]
	pub type Estates<T: Config> = StorageDoubleMap<_, Blake2_128Concat, T::AccountId, Twox64Concat, ClassId, Estate>;

	/// Claims of each class that nobody in particular owes, in milliseconds.
	#[pallet::storage]
	pub type Shortfalls<T> = StorageMap<_, Twox64Concat, ClassId, GpuTime, ValueQuery>;

	/// Pool shares in the pallet's account that are the class's: of gone providers, and of those wound up.
	#[pallet::storage]
	pub type RecoveredShares<T> = StorageMap<_, Twox64Concat, ClassId, Balance, ValueQuery>;

	/// Estates of each class (a count).
	#[pallet::storage]
	pub type OpenEstates<T> = StorageMap<_, Twox64Concat, ClassId, u32, ValueQuery>;

	/// What can go wrong.
	#[pallet::error]
	pub enum Error<T> {
		/// There is no such class.
		ClassNotFound,
		/// The caller is not registered as a provider.
		ProviderNotFound,
		/// There is no such node.
		NodeNotFound,
		/// The provider has no node in the class.
		BookNotFound,
		/// It exists already.
		AlreadyExists,
		/// The node is somebody else's.
		NotAuthorized,
		/// The caller is no operator, or one that has begun to leave.
		NotOperator,
		/// A class's name is 1 to 32 of `a-z`, `0-9` and `-`.
		InvalidName,
		/// Prices and amounts of an opening, and floor prices, are above 0.
		InvalidPrice,
		/// A node has 1 to `MaxGpusPerNode` accelerators, and memory.
		InvalidHardware,
		/// The chain does not poll such an address; see `Endpoint::is_allowed`.
		InvalidEndpoint,
		/// The proof is not the node key's signature over this chain and this provider.
		InvalidProof,
		/// The key is another node's.
		KeyInUse,
		/// The provider, or the whole chain, has as many nodes as it may.
		TooManyNodes,
		/// The class has as many providers as it may.
		TooManyProviders,
		/// The provider would owe more than a day (an opening: an hour) for each attested accelerator.
		TooManyObligations,
		/// The provider still has nodes.
		NodesRemain,
		/// The node is paused.
		NodePaused,
		/// The node is not paused.
		NodeNotPaused,
		/// Jobs occupy the node.
		NodeOccupied,
		/// No quorum saw the node serve lately.
		NodeNotServing,
		/// Jobs occupy too many of the node's accelerators.
		NoFreeGpus,
		/// What the provider's other attested nodes may owe does not cover its obligations.
		ObligationsRemain,
		/// Proceeds wait that cannot be credited to the provider's account.
		ProceedsRemain,
		/// The allowance, after what has evaporated, is smaller.
		AllowanceExceeded,
		/// The provider does not owe as much that is not set aside for jobs.
		ObligationsExceeded,
		/// The treasury does not open this class's pool.
		NoOpening,
		/// The opening is for less GPU time.
		OpeningExceeded,
		/// The class has a pool.
		PoolExists,
		/// An amount is 0, or worth less than one planck.
		ZeroAmount,
		/// A number does not fit.
		Overflow,
		/// The free own bond does not cover the obligations.
		InsufficientCollateral,
		/// Too little stake that nothing else reserves is allocated to the class: for what is owed, a flat bond for each
		/// attested node, or the collateral if that is more. Allocate more; it counts from a later session on.
		InsufficientAllocation,
		/// Offers or liquidity of the provider wait in the market.
		OffersRemain,
		/// What the provider owed in the class is passing to others.
		EstateOpen,
		/// Nothing of the provider's in the class is passing to others.
		EstateNotFound,
		/// The provider owes nothing that no job set aside.
		NothingOwed,
		/// The provider was not away long enough.
		NotGone,
		/// Obligations are left, and may still be taken over; or the class has not ended.
		TooEarly,
		/// The payment would be less than asked for.
		PaymentTooLow,
		/// The recovery account does not hold the price of so much.
		RecoveryTooSmall,
		/// An order may wait for an hour at most.
		TooLong,
		/// The class's end is announced, or has come.
		ClassClosing,
		/// The class has ended: what is owed in it is wound up.
		TooLate,
		/// The class lacks nobody to deliver, and is not closing.
		NotShort,
		/// Nothing of the class waits to be recovered.
		NothingRecovered,
		/// Somebody in particular still owes claims of the class, or may have to pay for them.
		NotSettled,
		/// So many buy-backs wait in the market already, of all providers, that no other may.
		TooManyBuyBacks,
	}

	impl<T> From<Refused> for Error<T> {
		fn from(refused: Refused) -> Self {
			match refused {
				Refused::Paused => Error::NodePaused,
				Refused::NotPaused => Error::NodeNotPaused,
			}
		}
	}

	/// The registry at genesis.
	#[pallet::genesis_config]
	#[derive(DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Whether this is a devnet, where any endpoint is allowed.
		pub devnet: bool,
		/// The classes: name, floor price (planck per millisecond), and, if the treasury is to open the pool,
		/// the opening's price (planck per millisecond) and greatest GPU time (milliseconds). In JSON a price is
		/// a string of its 10^-18 parts.
		pub classes: Vec<GenesisClass>,
		/// Nothing.
		#[serde(skip)]
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			Devnet::<T>::put(self.devnet);
			for (name, floor_price, opening, throughput) in &self.classes {
				let bounded = ClassName::try_from(name.as_bytes().to_vec());
				let opening = opening.map(|(price, max_gpu_time)| Opening { price, max_gpu_time });
				let registered = bounded
					.map_err(|_| Error::<T>::InvalidName.into())
					.and_then(|name| Pallet::<T>::do_register_class(name, *floor_price, opening, *throughput));
				assert!(registered.is_ok(), "class {name} of the genesis: {registered:?}");
			}
		}
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxGpusPerNode::get() > 0, "a node needs an accelerator");
			assert!(T::MaxNodesPerProvider::get() > 0, "a provider needs a node");
			assert!(T::MaxNodes::get() > 0, "the chain needs a node");
			assert!(T::MaxProvidersPerClass::get() > 0, "a class needs a provider");
			let told = T::WeightInfo::buy_back_filled()
				.saturating_add(T::WeightInfo::buy_back_closed())
				.saturating_mul(crate::policy::MAX_BUY_BACKS.into());
			let block = <T as polkadot_sdk::frame_system::Config>::BlockWeights::get().max_block;
			assert!(
				told.all_lte(block.saturating_div(8)),
				"buy-backs that fill in one clearing take more than an eighth of a block"
			);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), polkadot_sdk::sp_runtime::TryRuntimeError> {
			Self::do_try_state().map_err(|broken| {
				for invariant in &broken {
					log::error!(target: "runtime::provider-registry", "{invariant}");
				}
				polkadot_sdk::sp_runtime::TryRuntimeError::Other("provider registry: broken invariants, see the log")
			})
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers a hardware class and creates its claims' asset, of the same id.
		///
		/// Origin: [`Config::ClassOrigin`].
		/// - `name`: 1 to 32 of `a-z`, `0-9` and `-`, no other class's.
		/// - `floor_price`: floor cost of its GPU time, in planck per millisecond, above 0.
		/// - `opening`: terms on which the treasury opens the class's pool, see [`Pallet::open_pool`].
		/// - `throughput`: see [`Class::throughput`].
		///
		/// Event: [`Event::ClassRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_class())]
		pub fn register_class(
			origin: OriginFor<T>,
			name: ClassName,
			floor_price: Price,
			opening: Option<Opening>,
			throughput: u64,
		) -> DispatchResult {
			T::ClassOrigin::ensure_origin(origin)?;
			Self::do_register_class(name, floor_price, opening, throughput)?;
			Ok(())
		}

		/// Sets or takes away the terms on which the treasury opens a class's pool.
		///
		/// Origin: [`Config::ClassOrigin`].
		/// - `class`: the class; terms can only be set while it has no pool (`PoolExists`).
		/// - `opening`: the terms; `None` takes them away.
		///
		/// Event: [`Event::OpeningSet`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::set_opening())]
		pub fn set_opening(origin: OriginFor<T>, class: ClassId, opening: Option<Opening>) -> DispatchResult {
			T::ClassOrigin::ensure_origin(origin)?;
			Self::do_set_opening(class, opening)
		}

		/// Registers the caller as a provider, which keeps its account alive.
		///
		/// Origin: an operator.
		///
		/// Event: [`Event::ProviderRegistered`].
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::register_provider())]
		pub fn register_provider(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_provider(who)
		}

		/// Ends the caller's being a provider. It has to have deregistered its nodes (`NodesRemain`).
		///
		/// Origin: a provider.
		///
		/// Event: [`Event::ProviderDeregistered`].
		#[pallet::call_index(3)]
		#[pallet::weight(T::WeightInfo::deregister_provider())]
		pub fn deregister_provider(origin: OriginFor<T>) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deregister_provider(who)
		}

		/// Registers one of the caller's machines. It is polled from the next period on, and earns and gets
		/// jobs once a quorum of attestors saw it serve. [`Config::FlatBond`] of the caller's own bond is
		/// reserved until the node is deregistered; jobs take more, and of what is allocated to the class.
		///
		/// Origin: a provider that is an operator.
		/// - `class`: its class.
		/// - `gpus`: its accelerators (a count), 1 to [`Config::MaxGpusPerNode`].
		/// - `memory_mib`: memory of all of them together, in MiB, above 0.
		/// - `endpoint`: where it answers; public addresses only, but for devnets (`InvalidEndpoint`).
		/// - `key`: the key it signs with, no other node's. The account of this key may act for the node.
		/// - `proof`: that key's signature over [`possession_payload`]: `(b"quern/node/1", genesis hash,
		///   provider)`, SCALE-encoded.
		///
		/// Event: [`Event::NodeRegistered`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::register_node(T::MaxNodes::get(), T::MaxProvidersPerClass::get()))]
		pub fn register_node(
			origin: OriginFor<T>,
			class: ClassId,
			gpus: u32,
			memory_mib: u64,
			endpoint: Endpoint,
			key: Public,
			proof: Signature,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_register_node(who, class, gpus, memory_mib, endpoint, key, proof)
		}

		/// Changes where a node answers.
		///
		/// Origin: the node's provider.
		/// - `node`: the node.
		/// - `endpoint`: where it answers, as for [`Pallet::register_node`].
		///
		/// Event: [`Event::EndpointChanged`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::set_endpoint())]
		pub fn set_endpoint(origin: OriginFor<T>, node: NodeId, endpoint: Endpoint) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_set_endpoint(who, node, endpoint)
		}

		/// Takes a node out: it is not polled, earns nothing and gets no new job. Jobs on it go on. Allowance
		/// above the burst of the remaining active nodes evaporates.
		///
		/// Origin: the node's provider.
		/// - `node`: the node, not paused (`NodePaused`).
		///
		/// Event: [`Event::NodePaused`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::pause_node(T::MaxNodes::get()))]
		pub fn pause_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_pause_node(who, node)
		}

		/// Puts a paused node back. It earns and gets jobs once a quorum saw it serve again.
		///
		/// Origin: the node's provider.
		/// - `node`: the node, paused (`NodeNotPaused`). Its place may be taken (`TooManyNodes`).
		///
		/// Event: [`Event::NodeResumed`].
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::resume_node(T::MaxNodes::get()))]
		pub fn resume_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_resume_node(who, node)
		}

		/// Removes a node and frees its flat bond and its key.
		///
		/// Origin: the node's provider.
		/// - `node`: the node, with no job on it (`NodeOccupied`). The attested nodes that the provider keeps in
		///   the class have to be enough for what it owes there (`ObligationsRemain`, `InsufficientCollateral`,
		///   `InsufficientAllocation`):
		///   with the last one, nothing, and nothing of it may be passing to others (`EstateOpen`).
		///
		/// Event: [`Event::NodeDeregistered`].
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::deregister_node(
			T::MaxNodes::get(),
			T::MaxNodesPerProvider::get(),
			T::MaxProvidersPerClass::get(),
		))]
		pub fn deregister_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_deregister_node(who, node)
		}

		/// Opens a class's pool on the terms set for it, once. The caller issues claims, which the treasury buys
		/// at the opening's price; the price is held as the caller's proceeds. The treasury puts the claims and
		/// as many tokens again into the pool and owns its shares.
		///
		/// Origin: a provider that is an operator, with a node in the class.
		/// - `class`: the class, with an opening (`NoOpening`) and no pool (`PoolExists`).
		/// - `gpu_time`: what to issue, in milliseconds: at most the opening's (`OpeningExceeded`), the
		///   allowance (`AllowanceExceeded`) and what the caller may owe (`TooManyObligations`). As for every issue,
		///   [`Config::FlatBond`] for each attested node has to be free of what the caller allocated to the class
		///   (`InsufficientAllocation`); it is reserved until the caller owes nothing.
		///
		/// Event: [`Event::PoolOpened`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::open_pool(T::MaxNodesPerProvider::get()))]
		pub fn open_pool(origin: OriginFor<T>, class: ClassId, gpu_time: GpuTime) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_open_pool(who, class, gpu_time)
		}

		/// Issues claims against the caller's allowance and offers them in this block's batch. What is sold
		/// brings proceeds, held until delivery. What is not is cancelled after the batch, and is allowance again.
		///
		/// Origin: a provider that is an operator, with a node in the class.
		/// - `class`: the class.
		/// - `gpu_time`: what to offer, in milliseconds: at most the allowance (`AllowanceExceeded`) and what the
		///   caller may owe (`TooManyObligations`), with stake for it as for [`Pallet::open_pool`]
		///   (`InsufficientAllocation`, `InsufficientCollateral`).
		/// - `min_proceeds`: the least to get for all of it, fee taken off, in planck; a part sold brings at least
		///   its part of that.
		///
		/// Events: [`Event::CapacityOffered`]; from the next block's batch [`Event::CapacitySold`],
		/// [`Event::OfferClosed`].
		#[pallet::call_index(10)]
		#[pallet::weight(
			T::WeightInfo::offer_capacity(T::MaxNodesPerProvider::get())
				.saturating_add(T::Market::order_weight(&Purpose::Offer(0), Side::Sell, 0, false))
		)]
		pub fn offer_capacity(
			origin: OriginFor<T>,
			class: ClassId,
			gpu_time: GpuTime,
			min_proceeds: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_offer_capacity(who, class, gpu_time, min_proceeds)
		}

		/// Cancels obligations with claims that the caller owns, as if it had delivered to itself: the claims are
		/// burned, and the same share of its proceeds is released.
		///
		/// Origin: a provider.
		/// - `class`: the class.
		/// - `gpu_time`: what to cancel, in milliseconds: at most what the caller owes that is neither offered nor
		///   set aside for jobs (`ObligationsExceeded`).
		///
		/// Event: [`Event::BoughtBack`].
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::buy_back())]
		pub fn buy_back(origin: OriginFor<T>, class: ClassId, gpu_time: GpuTime) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_buy_back(who, class, gpu_time)
		}

		/// Sets what a node of a class has to show, see [`Class::throughput`].
		///
		/// Origin: [`Config::ClassOrigin`].
		/// - `class`: the class.
		/// - `throughput`: units of the chain's benchmark in a second of its GPU time; 0: not comparable.
		///
		/// Event: [`Event::ThroughputSet`].
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::set_throughput())]
		pub fn set_throughput(origin: OriginFor<T>, class: ClassId, throughput: u64) -> DispatchResult {
			T::ClassOrigin::ensure_origin(origin)?;
			Self::do_set_throughput(class, throughput)
		}

		/// Issues claims against the caller's allowance and adds them to the pool with the caller's tokens, after
		/// the next batch. The shares are kept until delivery; claims and tokens that the pool does not take come
		/// back, all of them if it refuses. κ times the claims' price is reserved of the caller's own bond
		/// (`InsufficientCollateral`).
		///
		/// Origin: a provider that is an operator, with a node in the class.
		/// - `class`: the class.
		/// - `gpu_time`: what to issue, in milliseconds, as for [`Pallet::offer_capacity`].
		/// - `tokens`: the most to add of the caller's free tokens, in planck.
		/// - `min_shares`: the fewest shares to get.
		///
		/// Events: [`Event::LiquidityIssued`]; after the batch [`Event::LiquidityAdded`].
		#[pallet::call_index(13)]
		#[pallet::weight(
			T::WeightInfo::issue_liquidity(T::MaxNodesPerProvider::get())
				.saturating_add(T::Liquidity::add_weight())
		)]
		pub fn issue_liquidity(
			origin: OriginFor<T>,
			class: ClassId,
			gpu_time: GpuTime,
			tokens: Balance,
			min_shares: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_issue_liquidity(who, class, gpu_time, tokens, min_shares)
		}

		/// Bids in the market for claims that cancel what the caller owes: each that is bought is burned, and the
		/// same share of proceeds released. What is bought beyond what the caller owes by then is its own.
		///
		/// Origin: a provider.
		/// - `class`: the class.
		/// - `gpu_time`: what to buy, in milliseconds, as for [`Pallet::buy_back`].
		/// - `max_cost`: the most to pay for all of it, fee included, in planck; taken now, what is not needed
		///   comes back.
		/// - `blocks`: for how many further batches the bid waits; at most an hour's (`TooLong`).
		///
		/// Events: [`Event::BuyBackPlaced`]; from the batches [`Event::BoughtBack`], [`Event::BuyBackClosed`].
		#[pallet::call_index(14)]
		#[pallet::weight(
			T::WeightInfo::buy_back_in_market()
				.saturating_add(T::Market::order_weight(&Purpose::BuyBack(0), Side::Buy, *blocks, false))
		)]
		pub fn buy_back_in_market(
			origin: OriginFor<T>,
			class: ClassId,
			gpu_time: GpuTime,
			max_cost: Balance,
			blocks: BlockNumber,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_buy_back_in_market(who, class, gpu_time, max_cost, blocks)
		}

		/// Charges a node's provider what its absence from the class cost since the last time.
		///
		/// Origin: anyone.
		/// - `node`: the node.
		///
		/// Event: [`Event::AbsenceCharged`], if anything is due.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::charge_pause())]
		pub fn charge_pause(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_charge_pause(node)
		}

		/// Has what the caller owes in a class, but for what is set aside for jobs, pass to others, with its
		/// share of the proceeds. The most that topping up may take is held of the caller until the estate is
		/// closed: 1.2 times the average price over a day for each claim, without those proceeds.
		///
		/// Origin: a provider that owes something (`NothingOwed`) and has nothing waiting in the market
		/// (`OffersRemain`).
		/// - `class`: the class.
		///
		/// Event: [`Event::EstateOpened`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::leave_class())]
		pub fn leave_class(origin: OriginFor<T>, class: ClassId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_leave_class(who, class)
		}

		/// The same for a provider that is gone (`NotGone`).
		///
		/// Origin: anyone.
		/// - `provider`: the provider.
		/// - `class`: the class.
		///
		/// Event: [`Event::EstateOpened`].
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::declare_gone())]
		pub fn declare_gone(origin: OriginFor<T>, provider: T::AccountId, class: ClassId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_declare_gone(provider, class)
		}

		/// Takes obligations of an estate over, and what is paid for them as held proceeds.
		///
		/// Origin: a provider of the class that serves (`NodeNotServing`), with room for them
		/// (`TooManyObligations`) and stake (`InsufficientAllocation`, `InsufficientCollateral`).
		/// - `provider`: whose they were.
		/// - `class`: the class.
		/// - `gpu_time`: how much, in milliseconds, at most the estate's (`ObligationsExceeded`).
		/// - `min_payment`: the least to get, in planck (`PaymentTooLow`): the price of the block, or a leaver's
		///   proceeds if they are more; less if the insurance fund has less.
		///
		/// Event: [`Event::TakenOver`].
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::take_over(T::MaxNodesPerProvider::get()))]
		pub fn take_over(
			origin: OriginFor<T>,
			provider: T::AccountId,
			class: ClassId,
			gpu_time: GpuTime,
			min_payment: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_take_over(who, provider, class, gpu_time, min_payment)
		}

		/// Closes an estate of which all is taken, or that is a day old (else `TooEarly`).
		///
		/// Origin: anyone.
		/// - `provider`: whose it was.
		/// - `class`: the class.
		///
		/// Event: [`Event::EstateClosed`].
		#[pallet::call_index(19)]
		#[pallet::weight(T::WeightInfo::close_estate())]
		pub fn close_estate(origin: OriginFor<T>, provider: T::AccountId, class: ClassId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_close_estate(provider, class)
		}

		/// Takes obligations out of a class's shortfall, for 1.2 times the average price over a day out of its
		/// recovery account, as held proceeds.
		///
		/// Origin: as for [`Pallet::take_over`].
		/// - `class`: the class.
		/// - `gpu_time`: how much, in milliseconds, at most the shortfall (`ObligationsExceeded`) and what the
		///   account can pay for (`RecoveryTooSmall`).
		/// - `min_payment`: the least to get, in planck (`PaymentTooLow`).
		///
		/// Event: [`Event::ShortfallAssumed`].
		#[pallet::call_index(20)]
		#[pallet::weight(T::WeightInfo::assume_shortfall(T::MaxNodesPerProvider::get()))]
		pub fn assume_shortfall(
			origin: OriginFor<T>,
			class: ClassId,
			gpu_time: GpuTime,
			min_payment: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_assume_shortfall(who, class, gpu_time, min_payment)
		}

		/// Announces the end of a class, for good. From now on nothing is issued in it and no node registered; after
		/// [`policy::CLOSING_NOTICE`] its trading ends, no job is taken, and its claims are to be paid out.
		///
		/// Origin: [`Config::ClassOrigin`].
		/// - `class`: the class, not closing (`ClassClosing`).
		///
		/// Event: [`Event::ClassClosing`].
		///
		/// [`policy::CLOSING_NOTICE`]: crate::policy::CLOSING_NOTICE
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::close_class())]
		pub fn close_class(origin: OriginFor<T>, class: ClassId) -> DispatchResult {
			T::ClassOrigin::ensure_origin(origin)?;
			Self::do_close_class(class)
		}

		/// Makes what a provider owes in a class that has ended, but for what is set aside for jobs, the class's
		/// shortfall, with the proceeds and pool shares that it got for it. Collateral is free. Again, once jobs
		/// have ended that left something.
		///
		/// Origin: anyone.
		/// - `provider`: the provider, that owes something (`NothingOwed`) and has nothing waiting in the market
		///   (`OffersRemain`).
		/// - `class`: the class (`TooEarly`).
		///
		/// Event: [`Event::WoundUp`].
		#[pallet::call_index(22)]
		#[pallet::weight(T::WeightInfo::wind_up())]
		pub fn wind_up(origin: OriginFor<T>, provider: T::AccountId, class: ClassId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_wind_up(provider, class)
		}

		/// Takes the pool shares that are a class's out of the pool, after the next clearing, or at once if it has
		/// ended. The tokens are recovered. The claims are burned against the shortfall, with the next call that
		/// finds them; those beyond it are the treasury's, unless the class is closing.
		///
		/// Origin: anyone.
		/// - `class`: a class that has a shortfall or is closing (`NotShort`).
		///
		/// Events: [`Event::SharesWithdrawn`], [`Event::ShortfallLowered`].
		#[pallet::call_index(23)]
		#[pallet::weight(T::WeightInfo::withdraw_recovered().saturating_add(Pallet::<T>::withdrawal_weight()))]
		pub fn withdraw_recovered(origin: OriginFor<T>, class: ClassId) -> DispatchResult {
			ensure_signed(origin)?;
			Self::do_withdraw_recovered(class)
		}

		/// Burns the caller's claims of a class that has ended, for their part of what was recovered: the same for
		/// each claim, whenever it comes. Withdraws first what [`Pallet::withdraw_recovered`] would.
		///
		/// Origin: anyone that has claims.
		/// - `class`: the class (`TooEarly`), in which nobody in particular owes anything any more (`NotSettled`).
		/// - `gpu_time`: claims to burn, in milliseconds.
		/// - `min_payment`: the least to get, in planck (`PaymentTooLow`); it may be nothing.
		///
		/// Event: [`Event::ClaimsRedeemed`].
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::redeem_claims().saturating_add(Pallet::<T>::withdrawal_weight()))]
		pub fn redeem_claims(
			origin: OriginFor<T>,
			class: ClassId,
			gpu_time: GpuTime,
			min_payment: Balance,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::do_redeem_claims(who, class, gpu_time, min_payment)
		}
	}
}
