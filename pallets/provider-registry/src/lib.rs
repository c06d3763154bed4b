//! # Provider registry
//!
//! Hardware classes, the providers that offer GPU time in them, their nodes, and what each provider may
//! issue (its allowance), has issued and still owes (its obligations), and got for it (its proceeds).
//!
//! ## Where claims come from
//!
//! One claim is the right to one millisecond of GPU time of a class, an asset with the class's id. Only
//! this pallet mints and burns claims, and only against an obligation of a provider, so that for each
//! class
//!
//! ```text
//! claims.total_issuance == Σ providers' obligations
//! ```
//!
//! Physical time is the only source of the right to issue. For each period in which a quorum of attestors
//! saw a node serve, its provider's allowance grows by `gpus × 1 minute`, up to a burst of 15 minutes for
//! each active accelerator; what is not sold evaporates. A provider may owe up to an hour for each
//! attested accelerator.
//!
//! An accelerator is **attested** when its node is `Active` and was last served within
//! [`policy::FRESH_PERIODS`] periods. The stored allowance is capped by the *active* accelerators whenever
//! they change, and by the *attested* ones when it is used, since a node grows stale without any call.
//!
//! ## Where the money lies
//!
//! A sale's tokens come through the pallet's account to the provider's, held as
//! [`HoldReason::Proceeds`], and are released as the claims are delivered: delivering `g` of what is owed
//! releases `floor(proceeds × g / owed)`, the last delivery all. What is owed leaves out claims that still
//! wait in the market: nobody holds them, and no tokens came in for them.
//!
//! Selling happens while a block begins, where nothing may fail. Should an account refuse its proceeds (it
//! has to exist, so a provider's is kept alive by a reference), they stay in the pallet's account, booked as
//! `unpaid`, and follow with the next operation on that book. The pallet's account therefore needs the
//! existential deposit from genesis.
//!
//! ## Pausing
//!
//! A paused node is not polled, earns nothing and gets no new job; jobs that run on it go on. Pausing costs
//! nothing yet.
//!
//! ## Bond
//!
//! A registered node reserves [`Config::FlatBond`] of its operator's own bond, never of delegations or of
//! what is allocated to a class: so nobody serves who has nothing of their own at stake. Whether a provider
//! gets jobs for its conduct and its allocation is not judged here: a jailed operator registers nodes, is
//! polled and earns allowance as any other, and the jobs' pallet passes it by in its draws.

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod draw;
pub mod policy;
pub mod transition;
pub mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod dispatchables;
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

/// The registry; see the crate's documentation.
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
		ports::{Bonds, Market},
		Balance, ClassId, Endpoint, GpuTime, NodeId, OrderId, Price,
	};

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the registry needs of the runtime.
	#[pallet::config]
	pub trait Config: polkadot_sdk::frame_system::Config {
		/// The native token. Proceeds are held in it.
		type Currency: fungible::Inspect<Self::AccountId, Balance = Balance>
			+ fungible::Mutate<Self::AccountId>
			+ fungible::MutateHold<Self::AccountId, Reason = Self::RuntimeHoldReason>;

		/// The claims: one asset a class. Nobody else may mint, burn or create in it.
		type Claims: fungibles::Inspect<Self::AccountId, AssetId = ClassId, Balance = GpuTime>
			+ fungibles::Mutate<Self::AccountId>
			+ fungibles::Create<Self::AccountId>;

		/// Where claims are sold.
		type Market: Market<Self::AccountId>;

		/// Operators' stake, of whose own bond each node reserves [`Config::FlatBond`].
		type Bonds: Bonds<Self::AccountId>;

		/// Who registers classes and sets openings.
		type ClassOrigin: EnsureOrigin<Self::RuntimeOrigin>;

		/// The account that opens pools and owns their first shares.
		type Treasury: Get<Self::AccountId>;

		/// Names the pallet's account: it owns the claims' assets, offers for the providers, and keeps what
		/// could not be credited. It needs the existential deposit from genesis.
		#[pallet::constant]
		type PalletId: Get<PalletId>;

		/// Own bond, in planck, that each registered node reserves.
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

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A class exists now, and its claims' asset of the same id.
		ClassRegistered {
			/// The class.
			class: ClassId,
			/// Its name.
			name: ClassName,
			/// Floor cost of its GPU time, in planck per millisecond.
			floor_price: Price,
		},
		/// The terms on which the treasury opens a class's pool were set or taken away.
		OpeningSet {
			/// The class.
			class: ClassId,
			/// The terms.
			opening: Option<Opening>,
		},
		/// An operator may register nodes now.
		ProviderRegistered {
			/// The operator.
			provider: T::AccountId,
		},
		/// A provider is none any more.
		ProviderDeregistered {
			/// The operator.
			provider: T::AccountId,
		},
		/// A node was registered.
		NodeRegistered {
			/// The node.
			node: NodeId,
			/// Its provider.
			provider: T::AccountId,
			/// Its class.
			class: ClassId,
		},
		/// A node answers elsewhere now.
		EndpointChanged {
			/// The node.
			node: NodeId,
			/// Where it answers.
			endpoint: Endpoint,
		},
		/// A quorum saw a pending node serve: it earns, and may get jobs.
		NodeActivated {
			/// The node.
			node: NodeId,
		},
		/// A node was paused.
		NodePaused {
			/// The node.
			node: NodeId,
		},
		/// A paused node was put back; it is pending until a quorum sees it serve.
		NodeResumed {
			/// The node.
			node: NodeId,
		},
		/// A node is gone, and its flat bond free.
		NodeDeregistered {
			/// The node.
			node: NodeId,
			/// Its provider.
			provider: T::AccountId,
			/// Its class.
			class: ClassId,
		},
		/// A served node added to its provider's allowance.
		AllowanceEarned {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What was added, in milliseconds.
			gpu_time: GpuTime,
			/// The allowance now, in milliseconds.
			allowance: GpuTime,
		},
		/// The treasury opened a class's pool with a provider's first claims.
		PoolOpened {
			/// The class.
			class: ClassId,
			/// Who issued the claims.
			provider: T::AccountId,
			/// Tokens in the pool, and as many paid to the provider as proceeds, in planck.
			tokens: Balance,
			/// Claims in the pool, in milliseconds.
			gpu_time: GpuTime,
		},
		/// Claims were issued and offered in the market.
		CapacityOffered {
			/// The offer.
			offer: u64,
			/// The market's order.
			order: OrderId,
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What is offered, in milliseconds.
			gpu_time: GpuTime,
		},
		/// A part of an offer, or all of it, was sold.
		CapacitySold {
			/// The offer.
			offer: u64,
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What was sold, in milliseconds.
			gpu_time: GpuTime,
			/// What it brought, in planck.
			proceeds: Balance,
		},
		/// An offer left the market. What was not sold was cancelled and is allowance again.
		OfferClosed {
			/// The offer.
			offer: u64,
			/// What was not sold, in milliseconds.
			unsold: GpuTime,
		},
		/// Proceeds could not be credited to the provider; they wait in the pallet's account.
		ProceedsUnpaid {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// All that waits in this book, in planck.
			unpaid: Balance,
		},
		/// A provider delivered GPU time; as many claims are gone.
		Delivered {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What was delivered, in milliseconds.
			gpu_time: GpuTime,
			/// Proceeds released to the provider, in planck.
			released: Balance,
		},
		/// A provider cancelled obligations with claims it had bought.
		BoughtBack {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What was cancelled, in milliseconds.
			gpu_time: GpuTime,
			/// Proceeds released to the provider, in planck.
			released: Balance,
		},
	}

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
		/// The provider would owe more than an hour for each attested accelerator.
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
			for (name, floor_price, opening) in &self.classes {
				let bounded = ClassName::try_from(name.as_bytes().to_vec());
				let opening = opening.map(|(price, max_gpu_time)| Opening { price, max_gpu_time });
				let registered = bounded
					.map_err(|_| Error::<T>::InvalidName.into())
					.and_then(|name| Pallet::<T>::do_register_class(name, *floor_price, opening));
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
		///
		/// Event: [`Event::ClassRegistered`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_class())]
		pub fn register_class(
			origin: OriginFor<T>,
			name: ClassName,
			floor_price: Price,
			opening: Option<Opening>,
		) -> DispatchResult {
			T::ClassOrigin::ensure_origin(origin)?;
			Self::do_register_class(name, floor_price, opening)?;
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
		///   the class have to be enough for what it owes there (`ObligationsRemain`): with the last one, nothing.
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
		///   allowance (`AllowanceExceeded`) and what the caller may owe (`TooManyObligations`).
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
		///   caller may owe (`TooManyObligations`).
		/// - `min_proceeds`: the least to get for all of it, fee taken off, in planck; a part sold brings at least
		///   its part of that.
		///
		/// Events: [`Event::CapacityOffered`]; from the next block's batch [`Event::CapacitySold`],
		/// [`Event::OfferClosed`].
		#[pallet::call_index(10)]
		#[pallet::weight(
			T::WeightInfo::offer_capacity(T::MaxNodesPerProvider::get())
				.saturating_add(T::WeightInfo::offer_filled())
				.saturating_add(T::WeightInfo::offer_closed())
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
	}
}
