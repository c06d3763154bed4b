//! A runtime of balances, claims and the registry, with a market and bonds of a few lines.

use crate as pallet_provider_registry;
use crate::{policy, types::*};
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::{
		assert_ok, derive_impl, parameter_types,
		traits::{
			fungible::{Inspect as _, Mutate as _},
			fungibles::{self, Inspect as _},
			tokens::{Fortitude, Precision, Preservation::Expendable},
			AsEnsureOriginWithArg, ConstU128, ConstU32,
		},
		weights::Weight,
		PalletId,
	},
	frame_system::{self, mocking::MockBlock, EnsureNever, EnsureRoot},
	pallet_assets, pallet_balances,
	sp_core::{sr25519, Pair, H256},
	sp_io::TestExternalities,
	sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, DispatchResult, FixedU128},
};
use quern_primitives::{
	endpoint::Ip,
	ports::{
		AttestedFlow, BondSize, BondUse, Bonds, Defaults, Insurance, Liquidity, LiquidityOutcome, Market, NewLiquidity,
		Nodes as _, OnLiquidity, OnOrder, Verdict,
	},
	units::{MILLI_QRN, PERIOD_BLOCKS, QRN},
	Balance, BlockNumber, ClassId, Endpoint, GpuTime, NewOrder, NodeId, OrderId, OrderRef, Period, Price, Purpose,
	Side,
};

pub type AccountId = AccountId32;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
pub const CAROL: AccountId = AccountId::new([9; 32]);
/// Buys and holds claims.
pub const CLIENT: AccountId = AccountId::new([3; 32]);
pub const TREASURY: AccountId = AccountId::new([4; 32]);
/// Where the market keeps what it took.
pub const MARKET: AccountId = AccountId::new([5; 32]);

/// The insurance fund's account.
pub const INSURANCE: AccountId = AccountId::new([6; 32]);

/// Existential deposit.
pub const ED: Balance = MILLI_QRN;
/// What each account has at genesis.
pub const WEALTH: Balance = 1_000 * QRN;
pub const FLAT_BOND: Balance = 10 * QRN;
pub const OWN_BOND: Balance = 100 * QRN;

/// The class with an opening, and the one without.
pub const CPU: ClassId = 0;
pub const H100: ClassId = 1;
/// Planck per millisecond of the opening of [`CPU`].
pub const OPENING_PRICE: u32 = 300_000;
pub const OPENING_GPU_TIME: GpuTime = 10 * MINUTE;
pub const MINUTE: GpuTime = 60_000;

pub const ENDPOINT: Endpoint = Endpoint {
	ip: Ip::V4([1, 1, 1, 1]),
	port: 8400,
};

#[polkadot_sdk::frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeHoldReason,
		RuntimeFreezeReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Assets = pallet_assets;
	#[runtime::pallet_index(3)]
	pub type ProviderRegistry = pallet_provider_registry;
	#[runtime::pallet_index(4)]
	pub type Shares = pallet_assets<Instance1>;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = MockBlock<Test>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<ED>;
	type AccountStore = System;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = GpuTime;
	type AssetId = ClassId;
	type AssetIdParameter = ClassId;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config<pallet_assets::Instance1> for Test {
	type Balance = Balance;
	type AssetId = ClassId;
	type AssetIdParameter = ClassId;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
	type ForceOrigin = EnsureRoot<AccountId>;
}

parameter_types! {
	pub const RegistryPalletId: PalletId = PalletId(*b"qn/regis");
	pub const Treasury: AccountId = TREASURY;

	pub storage MarketOrders: Vec<MockOrder> = Vec::new();
	pub storage MarketPools: Vec<(ClassId, AccountId, Balance, GpuTime)> = Vec::new();
	pub storage NextOrder: OrderId = 0;
	pub storage Operators: Vec<(AccountId, Balance)> = Vec::new();
	pub storage Reserved: Vec<(AccountId, BondUse, BondSize)> = Vec::new();
	/// What operators allocated to classes; who is not listed, all of its bond to each.
	pub storage Allocated: Vec<(AccountId, ClassId, Balance)> = Vec::new();
	/// The averages over an hour and a day; the reference price is the higher.
	pub storage HourPrice: Option<Price> = None;
	pub storage DayPrice: Option<Price> = None;
	pub storage Pending: Vec<(u64, Balance, GpuTime)> = Vec::new();
	pub storage MaxProviders: u32 = 2;
	/// Shares given, locked: to whom, how many.
	pub storage Given: Vec<(AccountId, Balance)> = Vec::new();
	pub storage SharesStuck: bool = false;
	/// What the market was told of attested accelerators.
	pub storage Flow: Vec<(ClassId, u32)> = Vec::new();
	/// Operator, class, loss, victim of each default.
	pub storage Defaulted: Vec<(AccountId, ClassId, Balance, AccountId)> = Vec::new();
	/// When trading in classes ends.
	pub storage Ends: Vec<(ClassId, BlockNumber)> = Vec::new();
	/// Whose the shares are that wait to be taken out of the pool of [`CPU`], and how many.
	pub storage Removals: Vec<(AccountId, Balance)> = Vec::new();
	/// What a share of a pool is worth, in planck and claims.
	pub storage ShareWorth: (Balance, GpuTime) = (0, 0);
}

impl crate::Config for Test {
	type Currency = Balances;
	type Claims = Assets;
	type Shares = Shares;
	type Market = MockMarket;
	type Liquidity = MockMarket;
	type AttestedFlow = MockMarket;
	type Bonds = MockBonds;
	type Defaults = MockBonds;
	type Insurance = MockInsurance;
	type ClassOrigin = EnsureRoot<AccountId>;
	type Treasury = Treasury;
	type PalletId = RegistryPalletId;
	type FlatBond = ConstU128<FLAT_BOND>;
	type MaxNodes = ConstU32<5>;
	type MaxNodesPerProvider = ConstU32<3>;
	type MaxProvidersPerClass = MaxProviders;
	type MaxGpusPerNode = ConstU32<8>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockBonds;
}

/// An order in the mock's book.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MockOrder {
	pub id: OrderId,
	pub class: ClassId,
	pub side: Side,
	pub gpu_time: GpuTime,
	pub limit: Balance,
	pub payer: AccountId,
	pub recipient: AccountId,
	pub purpose: Purpose,
	pub expires_at: u32,
}

/// Keeps orders until the test fills or closes them; the client is the other side.
pub struct MockMarket;

impl MockMarket {
	fn order(id: OrderId) -> (MockOrder, OrderRef) {
		let order = MarketOrders::get()
			.into_iter()
			.find(|order| order.id == id)
			.expect("an order");
		let order_ref = OrderRef {
			id,
			class: order.class,
			side: order.side,
			purpose: order.purpose,
		};
		(order, order_ref)
	}

	/// The client buys `gpu_time` of a sell for `tokens`, or sells it to a buy, which the market pays out and
	/// tells of.
	pub fn fill(id: OrderId, gpu_time: GpuTime, tokens: Balance) {
		let (order, order_ref) = Self::order(id);
		let (claims_from, claims_to, tokens_from, tokens_to) = match order.side {
			Side::Sell => (&MARKET, &CLIENT, &CLIENT, &order.recipient),
			Side::Buy => (&CLIENT, &order.recipient, &MARKET, &CLIENT),
		};
		give(order.class, claims_from, claims_to, gpu_time);
		assert_ok!(Balances::transfer(tokens_from, tokens_to, tokens, Expendable));
		MarketOrders::mutate(|orders| {
			orders.iter_mut().filter(|o| o.id == id).for_each(|o| {
				o.gpu_time -= gpu_time;
				if o.side == Side::Buy {
					o.limit -= tokens;
				}
			})
		});
		ProviderRegistry::filled(&order_ref, gpu_time, tokens);
	}

	/// What is left of an order goes back.
	pub fn close(id: OrderId) {
		let (order, order_ref) = Self::order(id);
		let returned = match order.side {
			Side::Sell => {
				if order.gpu_time > 0 {
					give(order.class, &MARKET, &order.payer, order.gpu_time);
				}
				order.gpu_time
			}
			Side::Buy => {
				if order.limit > 0 {
					assert_ok!(Balances::transfer(&MARKET, &order.payer, order.limit, Expendable));
				}
				order.limit
			}
		};
		MarketOrders::mutate(|orders| orders.retain(|o| o.id != id));
		ProviderRegistry::closed(&order_ref, order.gpu_time, returned);
	}

	/// The pool takes so much of the liquidity of that number, for so many shares.
	pub fn settle(reference: u64, tokens: Balance, gpu_time: GpuTime, shares: Balance) {
		let account = ProviderRegistry::account_id();
		let (_, max_tokens, max_gpu_time) = Pending::get()
			.into_iter()
			.find(|pending| pending.0 == reference)
			.expect("liquidity");
		Pending::mutate(|pending| pending.retain(|p| p.0 != reference));
		let outcome = LiquidityOutcome {
			shares,
			tokens_returned: max_tokens - tokens,
			gpu_time_returned: max_gpu_time - gpu_time,
		};
		if outcome.tokens_returned > 0 {
			assert_ok!(Balances::transfer(
				&MARKET,
				&account,
				outcome.tokens_returned,
				Expendable
			));
		}
		if outcome.gpu_time_returned > 0 {
			give(CPU, &MARKET, &account, outcome.gpu_time_returned);
		}
		if shares > 0 {
			assert_ok!(<Shares as fungibles::Mutate<_>>::mint_into(CPU, &account, shares));
		}
		ProviderRegistry::settled(CPU, reference, outcome);
	}

	/// The shares that wait to be taken out are, or all go back.
	pub fn settle_removals(refused: bool) {
		for (to, shares) in Removals::get() {
			if refused {
				assert_ok!(<Shares as fungibles::Mutate<_>>::transfer(
					CPU, &MARKET, &to, shares, Expendable
				));
			} else {
				Self::take_out(CPU, &to, shares);
			}
		}
		Removals::set(&Vec::new());
	}

	/// Burns shares that the market has for what they are worth.
	fn take_out(class: ClassId, to: &AccountId, shares: Balance) {
		assert_ok!(<Shares as fungibles::Mutate<_>>::burn_from(
			class,
			&MARKET,
			shares,
			Expendable,
			Precision::Exact,
			Fortitude::Polite
		));
		let (tokens, claims) = ShareWorth::get();
		if tokens > 0 {
			assert_ok!(Balances::transfer(&MARKET, to, shares * tokens, Expendable));
		}
		if claims > 0 {
			give(class, &MARKET, to, shares * claims);
		}
	}
}

impl Liquidity<AccountId> for MockMarket {
	fn add(request: NewLiquidity<AccountId>) -> DispatchResult {
		assert_eq!(
			request.deadline,
			System::block_number() as u32 + policy::LIQUIDITY_BLOCKS
		);
		if !Self::has_pool(request.class) {
			return Err(DispatchError::Other("no pool"));
		}
		Balances::transfer(&request.who, &MARKET, request.max_tokens, Expendable)?;
		<Assets as fungibles::Mutate<_>>::transfer(
			request.class,
			&request.who,
			&MARKET,
			request.max_gpu_time,
			Expendable,
		)?;
		Pending::mutate(|pending| pending.push((request.reference, request.max_tokens, request.max_gpu_time)));
		Ok(())
	}

	fn give_locked(class: ClassId, from: &AccountId, to: &AccountId, shares: Balance) -> DispatchResult {
		if SharesStuck::get() {
			return Err(DispatchError::Other("stuck"));
		}
		<Shares as fungibles::Mutate<_>>::transfer(class, from, to, shares, Expendable)?;
		Given::mutate(|given| given.push((to.clone(), shares)));
		Ok(())
	}
	fn add_weight() -> Weight {
		Weight::from_parts(1_000_000, 0)
	}
	fn remove(class: ClassId, from: &AccountId, to: &AccountId, shares: Balance) -> DispatchResult {
		<Shares as fungibles::Mutate<_>>::transfer(class, from, &MARKET, shares, Expendable)?;
		let now = System::block_number() as u32;
		if Ends::get().iter().any(|(ended, at)| *ended == class && *at <= now) {
			Self::take_out(class, to, shares);
		} else {
			Removals::mutate(|removals| removals.push((to.clone(), shares)));
		}
		Ok(())
	}
	fn remove_weight() -> Weight {
		Weight::from_parts(1_000_000, 0)
	}
	fn end(class: ClassId, at: BlockNumber) {
		Ends::mutate(|ends| ends.push((class, at)));
	}
}

impl AttestedFlow for MockMarket {
	fn attested(class: ClassId, gpus: u32) {
		Flow::mutate(|flow| flow.push((class, gpus)));
	}
}

/// Pays out of [`INSURANCE`], down to the existential deposit.
pub struct MockInsurance;

impl Insurance<AccountId> for MockInsurance {
	fn account() -> AccountId {
		INSURANCE
	}
	fn pay(who: &AccountId, amount: Balance) -> Balance {
		let amount = amount.min(Balances::balance(&INSURANCE) - ED);
		Balances::transfer(&INSURANCE, who, amount, Expendable).map_or(0, |_| amount)
	}
}

trait MutateStored<V> {
	fn mutate(f: impl FnOnce(&mut V));
}

macro_rules! mutate_stored {
	($($name:ident: $value:ty),*) => {$(
		impl MutateStored<$value> for $name {
			fn mutate(f: impl FnOnce(&mut $value)) {
				let mut value = $name::get();
				f(&mut value);
				$name::set(&value);
			}
		}
	)*};
}

mutate_stored!(MarketOrders: Vec<MockOrder>, MarketPools: Vec<(ClassId, AccountId, Balance, GpuTime)>,
	Operators: Vec<(AccountId, Balance)>, Reserved: Vec<(AccountId, BondUse, BondSize)>,
	Allocated: Vec<(AccountId, ClassId, Balance)>,
	Pending: Vec<(u64, Balance, GpuTime)>, Given: Vec<(AccountId, Balance)>, Flow: Vec<(ClassId, u32)>,
	Defaulted: Vec<(AccountId, ClassId, Balance, AccountId)>, Ends: Vec<(ClassId, BlockNumber)>,
	Removals: Vec<(AccountId, Balance)>);

impl Market<AccountId> for MockMarket {
	fn place_order(order: NewOrder<AccountId>) -> Result<OrderId, DispatchError> {
		assert_eq!(order.pace, None);
		if !Self::has_pool(order.class) {
			return Err(DispatchError::Other("no pool"));
		}
		if order.side == Side::Sell {
			<Assets as fungibles::Mutate<_>>::transfer(order.class, &order.payer, &MARKET, order.gpu_time, Expendable)?;
		} else {
			Balances::transfer(&order.payer, &MARKET, order.limit, Expendable)?;
		}
		let id = NextOrder::get();
		NextOrder::set(&(id + 1));
		let NewOrder {
			class,
			side,
			gpu_time,
			limit,
			payer,
			recipient,
			purpose,
			expires_at,
			..
		} = order;
		let stored = MockOrder {
			id,
			class,
			side,
			gpu_time,
			limit,
			payer,
			recipient,
			purpose,
			expires_at,
		};
		MarketOrders::mutate(|orders| orders.push(stored));
		Ok(id)
	}
	fn cancel_order(_: ClassId, _: OrderId) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn create_pool(owner: &AccountId, class: ClassId, tokens: Balance, claims: GpuTime) -> DispatchResult {
		Balances::transfer(owner, &MARKET, tokens, Expendable)?;
		<Assets as fungibles::Mutate<_>>::transfer(class, owner, &MARKET, claims, Expendable)?;
		MarketPools::mutate(|pools| pools.push((class, owner.clone(), tokens, claims)));
		Ok(())
	}
	fn has_pool(class: ClassId) -> bool {
		MarketPools::get().iter().any(|pool| pool.0 == class)
	}
	fn reference_price(_: ClassId) -> Option<Price> {
		HourPrice::get().max(DayPrice::get())
	}
	fn day_price(_: ClassId) -> Option<Price> {
		DayPrice::get()
	}
	fn sale_floor(_: ClassId, _: GpuTime) -> Option<Balance> {
		None
	}
	fn reserve_claims(_: ClassId) -> GpuTime {
		0
	}
	fn order_weight(_: &Purpose, _: Side, blocks: BlockNumber, _: bool) -> Weight {
		Weight::from_parts(1_000_000, 0).saturating_mul(u64::from(blocks) + 1)
	}
	fn cancel_weight() -> Weight {
		Weight::zero()
	}
}

/// Operators, their own bonds and allocations, in lists.
pub struct MockBonds;

impl MockBonds {
	/// What is reserved of the own bond.
	pub fn reserved(who: &AccountId) -> Balance {
		Reserved::get()
			.iter()
			.filter(|entry| entry.0 == *who)
			.map(|entry| entry.2.own)
			.sum()
	}
	/// What is reserved for obligations in [`CPU`]: of the own bond,
	pub fn collateral(who: &AccountId) -> Balance {
		Self::reserved_for(who, BondUse::Obligations(CPU)).map_or(0, |size| size.own)
	}
	/// and of the allocation.
	pub fn backed(who: &AccountId) -> Balance {
		Self::reserved_for(who, BondUse::Obligations(CPU))
			.and_then(|size| size.allocated)
			.map_or(0, |(_, amount)| amount)
	}
	/// Allocates so much of an operator's stake to [`CPU`], and no more.
	pub fn allocate(who: &AccountId, amount: Balance) {
		Allocated::mutate(|allocated| {
			allocated.retain(|entry| entry.0 != *who);
			allocated.push((who.clone(), CPU, amount));
		});
	}
	fn reserved_for(who: &AccountId, purpose: BondUse) -> Option<BondSize> {
		Reserved::get()
			.iter()
			.find(|entry| entry.0 == *who && entry.1 == purpose)
			.map(|entry| entry.2)
	}
	fn own(who: &AccountId) -> Balance {
		Operators::get()
			.iter()
			.find(|operator| operator.0 == *who)
			.map_or(0, |operator| operator.1)
	}
	pub fn leave(who: &AccountId) {
		Operators::mutate(|operators| operators.retain(|operator| operator.0 != *who));
	}
}

impl Bonds<AccountId> for MockBonds {
	fn is_operator(who: &AccountId) -> bool {
		Operators::get().iter().any(|operator| operator.0 == *who)
	}
	fn free_bond(who: &AccountId) -> Balance {
		Self::own(who) - Self::reserved(who)
	}
	fn free_allocation(who: &AccountId, class: ClassId) -> Balance {
		let reserved: Balance = Reserved::get()
			.iter()
			.filter(|entry| entry.0 == *who)
			.filter_map(|entry| entry.2.allocated)
			.filter(|(of, _)| *of == class)
			.map(|(_, amount)| amount)
			.sum();
		Self::answers(who, class).saturating_sub(reserved)
	}
	fn answers(who: &AccountId, class: ClassId) -> Balance {
		let listed: Vec<_> = Allocated::get().into_iter().filter(|entry| entry.0 == *who).collect();
		match listed.is_empty() {
			true => Self::own(who),
			false => listed.iter().find(|entry| entry.1 == class).map_or(0, |entry| entry.2),
		}
	}
	fn reserve(who: &AccountId, purpose: BondUse, size: BondSize) -> DispatchResult {
		if Self::free_bond(who) < size.own {
			return Err(DispatchError::Other("bond too small"));
		}
		if let Some((class, amount)) = size.allocated {
			assert_eq!(purpose, BondUse::Obligations(class));
			if Self::free_allocation(who, class) < amount {
				return Err(DispatchError::Other("allocation too small"));
			}
		}
		if Self::reserved_for(who, purpose).is_some() {
			return Err(DispatchError::Other("reserved already"));
		}
		Reserved::mutate(|reserved| reserved.push((who.clone(), purpose, size)));
		Ok(())
	}
	fn release(who: &AccountId, purpose: BondUse) {
		Reserved::mutate(|reserved| reserved.retain(|entry| !(entry.0 == *who && entry.1 == purpose)));
	}
	fn reserved(who: &AccountId, purpose: BondUse) -> Option<BondSize> {
		Self::reserved_for(who, purpose)
	}
}

impl Defaults<AccountId> for MockBonds {
	/// What answers is what is allocated, whatever of it is reserved.
	fn defaulted(operator: &AccountId, class: ClassId, lost: Balance, victim: &AccountId) -> Balance {
		let before: Balance = Defaulted::get()
			.iter()
			.filter(|default| default.0 == *operator)
			.map(|default| default.2)
			.sum();
		Defaulted::mutate(|defaults| defaults.push((operator.clone(), class, lost, victim.clone())));
		lost.min(Self::answers(operator, class).saturating_sub(before))
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId> for MockBonds {
	fn make_operator(who: &AccountId, nodes: u32) {
		Operators::mutate(|operators| operators.push((who.clone(), FLAT_BOND * Balance::from(nodes))));
	}
	fn back(who: &AccountId, _: ClassId, amount: Balance) {
		Operators::mutate(|operators| {
			operators
				.iter_mut()
				.filter(|operator| operator.0 == *who)
				.for_each(|operator| operator.1 += amount)
		});
	}
	fn insure(amount: Balance) {
		assert_ok!(
			<Balances as polkadot_sdk::frame_support::traits::fungible::Mutate<_>>::mint_into(&INSURANCE, amount)
		);
	}
	fn mint_shares(class: ClassId, who: &AccountId, shares: Balance) {
		if !Shares::asset_exists(class) {
			let owner = ProviderRegistry::account_id();
			assert_ok!(<Shares as fungibles::Create<_>>::create(class, owner, true, 1));
		}
		assert_ok!(<Shares as fungibles::Mutate<_>>::mint_into(class, who, shares));
	}
	fn pass_session() {}
}

/// Builds a chain with two classes, [`CPU`] with an opening and [`H100`] without; every account has
/// [`WEALTH`], Alice and Bob are operators with [`OWN_BOND`].
#[derive(Default)]
pub struct ExtBuilder {
	devnet: bool,
	serving: Vec<(AccountId, ClassId, u32)>,
	pool: bool,
}

impl ExtBuilder {
	pub fn with_devnet(mut self) -> Self {
		self.devnet = true;
		self
	}

	/// A provider's node that has just served for 15 periods, the full burst: the clock stands in period 15.
	pub fn with_serving(mut self, who: AccountId, class: ClassId, gpus: u32) -> Self {
		self.serving.push((who, class, gpus));
		self
	}

	/// A pool of [`CPU`] that the treasury put up with no provider's claims.
	pub fn with_pool(mut self) -> Self {
		self.pool = true;
		self
	}

	pub fn build(self) -> TestExternalities {
		let mut storage = frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("valid");
		let registry = ProviderRegistry::account_id();
		let mut balances: Vec<_> = [ALICE, BOB, CAROL, CLIENT, TREASURY]
			.into_iter()
			.map(|who| (who, WEALTH))
			.collect();
		balances.extend([(MARKET, ED), (registry, ED), (INSURANCE, ED)]);
		pallet_balances::GenesisConfig::<Test> {
			balances,
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("valid");
		let opening = (FixedU128::from_u32(OPENING_PRICE), OPENING_GPU_TIME);
		crate::GenesisConfig::<Test> {
			devnet: self.devnet,
			classes: vec![
				(
					"cpu-x86-64".into(),
					FixedU128::from_rational(1, 2),
					Some(opening),
					1_000,
				),
				("h100-80g".into(), FixedU128::from_u32(3), None, 0),
			],
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("valid");
		let owner = ProviderRegistry::account_id();
		pallet_assets::GenesisConfig::<Test, pallet_assets::Instance1> {
			assets: vec![(CPU, owner.clone(), true, 1), (H100, owner, true, 1)],
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("valid");
		let mut ext = TestExternalities::new(storage);
		ext.register_extension(polkadot_sdk::sp_keystore::KeystoreExt::new(
			polkadot_sdk::sp_keystore::testing::MemoryKeystore::new(),
		));
		ext.execute_with(|| {
			System::set_block_number(1);
			frame_system::BlockHash::<Test>::insert(0, H256::repeat_byte(0xab));
			Operators::set(&vec![(ALICE, OWN_BOND), (BOB, OWN_BOND)]);
			if self.pool {
				MarketPools::set(&vec![(CPU, TREASURY, 0, 0)]);
			}
			for (who, class, gpus) in self.serving {
				let node = register(&who, class, gpus);
				serve(node, 1..=15);
			}
			System::reset_events();
			Flow::set(&Vec::new());
		});
		ext
	}

	/// Runs a test, then checks every invariant.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
		});
	}
}

/// The key pair of a node, by number.
pub fn pair(index: u32) -> sr25519::Pair {
	sr25519::Pair::from_seed(&polkadot_sdk::sp_io::hashing::blake2_256(&index.encode()))
}

pub fn proof(index: u32, provider: &AccountId) -> sr25519::Signature {
	pair(index).sign(&ProviderRegistry::possession_payload(provider))
}

/// Registers the next node, with the key pair of its number; its provider too, if it is none.
pub fn register(who: &AccountId, class: ClassId, gpus: u32) -> NodeId {
	if !crate::Providers::<Test>::contains_key(who) {
		assert_ok!(ProviderRegistry::register_provider(signed(who)));
	}
	let node = crate::NextNodeId::<Test>::get();
	let (key, proof) = (pair(node).public(), proof(node, who));
	assert_ok!(ProviderRegistry::register_node(
		signed(who),
		class,
		gpus,
		1_024,
		ENDPOINT,
		key,
		proof
	));
	node
}

pub fn signed(who: &AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who.clone())
}

/// A quorum sees a node serve in these periods; the clock stands in the last.
pub fn serve(node: NodeId, periods: impl IntoIterator<Item = Period>) {
	for period in periods {
		to_period(period);
		ProviderRegistry::attested(node, period, Verdict::Served);
	}
}

pub fn to_period(period: Period) {
	System::set_block_number((period * PERIOD_BLOCKS).into());
}

pub fn book(who: &AccountId, class: ClassId) -> Book {
	crate::Books::<Test>::get(who, class).expect("a book")
}

pub fn node(id: NodeId) -> Node<AccountId> {
	crate::Nodes::<Test>::get(id).expect("a node")
}

pub fn free(who: &AccountId) -> Balance {
	Balances::balance(who)
}

pub fn held(who: &AccountId) -> Balance {
	use polkadot_sdk::frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Proceeds.into(), who)
}

/// What a leaver has deposited.
pub fn deposited(who: &AccountId) -> Balance {
	use polkadot_sdk::frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&crate::HoldReason::Novation.into(), who)
}

/// Pool shares of [`CPU`].
pub fn shares(who: &AccountId) -> Balance {
	Shares::balance(CPU, who)
}

/// Sets the averages over an hour and a day, in planck per millisecond.
pub fn set_prices(hour: u32, day: u32) {
	HourPrice::set(&Some(FixedU128::from_u32(hour)));
	DayPrice::set(&Some(FixedU128::from_u32(day)));
}

/// Fills the insurance fund with so much beyond its least balance, out of the client's tokens.
pub fn insure(amount: Balance) {
	assert_ok!(Balances::transfer(&CLIENT, &INSURANCE, amount, Expendable));
}

/// Lets so many blocks pass.
pub fn wait(blocks: u32) {
	System::set_block_number(System::block_number() + u64::from(blocks));
}

/// A node that serves goes on to, and one that does not is found missing: both are told of this period.
pub fn tell(node: NodeId, verdict: Verdict) {
	let period = policy::period_of(System::block_number() as u32);
	ProviderRegistry::attested(node, period, verdict);
}

pub fn estate(who: &AccountId) -> Estate {
	crate::Estates::<Test>::get(who, CPU).expect("an estate")
}

pub fn claims(class: ClassId, who: &AccountId) -> GpuTime {
	Assets::balance(class, who)
}

pub fn issued(class: ClassId) -> GpuTime {
	Assets::total_issuance(class)
}

/// Offers and sells it all in the market; the client gets the claims.
pub fn sell(who: &AccountId, gpu_time: GpuTime, tokens: Balance) {
	assert_ok!(ProviderRegistry::offer_capacity(signed(who), CPU, gpu_time, 0));
	let order = NextOrder::get() - 1;
	MockMarket::fill(order, gpu_time, tokens);
	MockMarket::close(order);
}

/// Calls as a transaction would: what fails changes nothing.
pub fn call(call: crate::Call<Test>, who: &AccountId) -> DispatchResult {
	use polkadot_sdk::sp_runtime::traits::Dispatchable;
	let done = RuntimeCall::ProviderRegistry(call).dispatch(signed(who));
	done.map(|_| ()).map_err(|refused| refused.error)
}

/// Whether an event of the registry was told.
pub fn told(event: crate::Event<Test>) -> bool {
	System::events()
		.iter()
		.any(|record| record.event == RuntimeEvent::ProviderRegistry(event.clone()))
}

/// The full burst of that many accelerators.
pub fn burst(gpus: u32) -> GpuTime {
	policy::burst(gpus)
}

/// Gives claims away.
pub fn give(class: ClassId, from: &AccountId, to: &AccountId, gpu_time: GpuTime) {
	assert_ok!(<Assets as fungibles::Mutate<_>>::transfer(
		class, from, to, gpu_time, Expendable
	));
}
