//! What the registry tells.

use polkadot_sdk::frame_support::pallet_macros::pallet_section;

/// The pallet's events.
#[pallet_section]
mod events {
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
			/// Units of the benchmark per second; 0 if not comparable.
			throughput: u64,
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
		/// A class's throughput was set.
		ThroughputSet {
			/// The class.
			class: ClassId,
			/// Units of the benchmark per second; 0 if not comparable.
			throughput: u64,
		},
		/// Being away beyond the free hours was charged, to the insurance fund.
		AbsenceCharged {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// Time charged, as of all its accelerators in the class, in milliseconds.
			millis: u64,
			/// What it cost, in planck.
			amount: Balance,
		},
		/// Claims were issued and wait to be added to the pool with the provider's tokens.
		LiquidityIssued {
			/// The addition.
			addition: u64,
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// Claims issued, in milliseconds.
			gpu_time: GpuTime,
			/// Tokens taken, in planck.
			tokens: Balance,
		},
		/// They were added, or refused: then no claims stay and no shares come.
		LiquidityAdded {
			/// The addition.
			addition: u64,
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// Claims that the pool took; the rest is allowance again, in milliseconds.
			gpu_time: GpuTime,
			/// Pool shares got, kept until delivery.
			shares: Balance,
			/// Tokens given back, in planck.
			tokens_returned: Balance,
		},
		/// Pool shares are the provider's, locked as if just added.
		SharesReleased {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// How many.
			shares: Balance,
		},
		/// A provider bids for claims that cancel what it owes.
		BuyBackPlaced {
			/// The buy-back.
			buy_back: u64,
			/// The market's order.
			order: OrderId,
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What it bids for, in milliseconds.
			gpu_time: GpuTime,
		},
		/// A buy-back left the market.
		BuyBackClosed {
			/// The buy-back.
			buy_back: u64,
			/// What it did not get, in milliseconds.
			unfilled: GpuTime,
		},
		/// What a provider owes passes to others.
		EstateOpened {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What it owed, in milliseconds.
			obligations: GpuTime,
			/// What it had got for that, in planck.
			proceeds: Balance,
			/// What taking over pays at first, in planck per millisecond.
			price: Price,
			/// Whether it left. If not, it is gone.
			orderly: bool,
		},
		/// A provider took obligations over: `payment` is held as its proceeds.
		TakenOver {
			/// Whose they were.
			from: T::AccountId,
			/// Whose they are.
			by: T::AccountId,
			/// The class.
			class: ClassId,
			/// How much, in milliseconds.
			gpu_time: GpuTime,
			/// What the taker got, in planck.
			payment: Balance,
			/// The part of it that came from the deposit, or from insurance.
			topped_up: Balance,
			/// What a gone provider's proceeds exceeded the price by: to the insurance fund.
			surplus: Balance,
		},
		/// An estate is no more.
		EstateClosed {
			/// Whose it was.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What nobody took: the class's shortfall grew by it, in milliseconds.
			shortfall: GpuTime,
			/// What the class's recovery account got, in planck.
			recovered: Balance,
			/// Stake frozen for what others paid or lack, in planck.
			slashed: Balance,
		},
		/// A provider took obligations out of a class's shortfall: `payment` is held as its proceeds.
		ShortfallAssumed {
			/// Who took them.
			by: T::AccountId,
			/// The class.
			class: ClassId,
			/// How much, in milliseconds.
			gpu_time: GpuTime,
			/// What it got, in planck.
			payment: Balance,
			/// The shortfall now, in milliseconds.
			left: GpuTime,
		},
		/// A class's end is announced: nothing is issued in it any more.
		ClassClosing {
			/// The class.
			class: ClassId,
			/// First block from which on nobody trades in it and it is wound up.
			ends_at: BlockNumber,
		},
		/// What a provider owed in a class that has ended is the class's shortfall.
		WoundUp {
			/// The provider.
			provider: T::AccountId,
			/// The class.
			class: ClassId,
			/// What it owed that no job set aside, in milliseconds.
			gpu_time: GpuTime,
			/// Its proceeds, which are the class's now, in planck.
			proceeds: Balance,
			/// Its pool shares, which are the class's now.
			shares: Balance,
		},
		/// Pool shares of a class are on their way out of the pool; the market says what they brought.
		SharesWithdrawn {
			/// The class.
			class: ClassId,
			/// How many.
			shares: Balance,
		},
		/// Claims that were recovered are burned.
		ShortfallLowered {
			/// The class.
			class: ClassId,
			/// How many, in milliseconds.
			gpu_time: GpuTime,
			/// The shortfall now, in milliseconds.
			left: GpuTime,
		},
		/// Claims of a class that has ended were paid out and are burned.
		ClaimsRedeemed {
			/// Whose they were.
			who: T::AccountId,
			/// The class.
			class: ClassId,
			/// How many, in milliseconds.
			gpu_time: GpuTime,
			/// What they brought, in planck.
			payment: Balance,
			/// The shortfall now, in milliseconds.
			left: GpuTime,
		},
	}
}
