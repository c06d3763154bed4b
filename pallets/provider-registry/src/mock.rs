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
			tokens::Preservation::Expendable,
			AsEnsureOriginWithArg, ConstU128, ConstU32,
		},
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
	ports::{BondSize, BondUse, Bonds, Market, Nodes as _, OnOrder, Verdict},
	units::{MILLI_QRN, PERIOD_BLOCKS, QRN},
	Balance, ClassId, Endpoint, GpuTime, NewOrder, NodeId, OrderId, OrderRef, Period, Price, Purpose, Side,
};

pub type AccountId = AccountId32;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
/// Buys and holds claims.
pub const CLIENT: AccountId = AccountId::new([3; 32]);
pub const TREASURY: AccountId = AccountId::new([4; 32]);
/// Where the market keeps what it took.
pub const MARKET: AccountId = AccountId::new([5; 32]);

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

parameter_types! {
	pub const RegistryPalletId: PalletId = PalletId(*b"qn/regis");
	pub const Treasury: AccountId = TREASURY;

	pub storage MarketOrders: Vec<MockOrder> = Vec::new();
	pub storage MarketPools: Vec<(ClassId, AccountId, Balance, GpuTime)> = Vec::new();
	pub storage NextOrder: OrderId = 0;
	pub storage Operators: Vec<(AccountId, Balance)> = Vec::new();
	pub storage Reserved: Vec<(AccountId, BondUse, Balance)> = Vec::new();
}

impl crate::Config for Test {
	type Currency = Balances;
	type Claims = Assets;
	type Market = MockMarket;
	type Bonds = MockBonds;
	type ClassOrigin = EnsureRoot<AccountId>;
	type Treasury = Treasury;
	type PalletId = RegistryPalletId;
	type FlatBond = ConstU128<FLAT_BOND>;
	type MaxNodes = ConstU32<5>;
	type MaxNodesPerProvider = ConstU32<3>;
	type MaxProvidersPerClass = ConstU32<2>;
	type MaxGpusPerNode = ConstU32<8>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockBonds;
}

/// A sell order in the mock's book.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MockOrder {
	pub id: OrderId,
	pub class: ClassId,
	pub gpu_time: GpuTime,
	pub limit: Balance,
	pub payer: AccountId,
	pub recipient: AccountId,
	pub purpose: Purpose,
	pub expires_at: u32,
}

/// Keeps sells until the test fills or closes them; the client pays.
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
			side: Side::Sell,
			purpose: order.purpose,
		};
		(order, order_ref)
	}

	/// The client buys `gpu_time` of a sell for `tokens`, which the market pays out and tells of.
	pub fn fill(id: OrderId, gpu_time: GpuTime, tokens: Balance) {
		let (order, order_ref) = Self::order(id);
		assert_ok!(<Assets as fungibles::Mutate<_>>::transfer(
			order.class,
			&MARKET,
			&CLIENT,
			gpu_time,
			Expendable
		));
		assert_ok!(
			<Balances as polkadot_sdk::frame_support::traits::fungible::Mutate<_>>::transfer(
				&CLIENT,
				&order.recipient,
				tokens,
				Expendable
			)
		);
		MarketOrders::mutate(|orders| {
			orders
				.iter_mut()
				.filter(|o| o.id == id)
				.for_each(|o| o.gpu_time -= gpu_time)
		});
		ProviderRegistry::filled(&order_ref, gpu_time, tokens);
	}

	/// What is left of an order goes back.
	pub fn close(id: OrderId) {
		let (order, order_ref) = Self::order(id);
		if order.gpu_time > 0 {
			assert_ok!(<Assets as fungibles::Mutate<_>>::transfer(
				order.class,
				&MARKET,
				&order.payer,
				order.gpu_time,
				Expendable
			));
		}
		MarketOrders::mutate(|orders| orders.retain(|o| o.id != id));
		ProviderRegistry::closed(&order_ref, order.gpu_time, order.gpu_time);
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
	Operators: Vec<(AccountId, Balance)>, Reserved: Vec<(AccountId, BondUse, Balance)>);

impl Market<AccountId> for MockMarket {
	fn place_order(order: NewOrder<AccountId>) -> Result<OrderId, DispatchError> {
		assert_eq!(order.side, Side::Sell);
		assert_eq!(order.pace, None);
		if !Self::has_pool(order.class) {
			return Err(DispatchError::Other("no pool"));
		}
		<Assets as fungibles::Mutate<_>>::transfer(order.class, &order.payer, &MARKET, order.gpu_time, Expendable)?;
		let id = NextOrder::get();
		NextOrder::set(&(id + 1));
		let NewOrder {
			class,
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
		None
	}
	fn reserve_claims(_: ClassId) -> GpuTime {
		0
	}
}

/// Operators and their own bonds, in lists.
pub struct MockBonds;

impl MockBonds {
	pub fn reserved(who: &AccountId) -> Balance {
		Reserved::get()
			.iter()
			.filter(|entry| entry.0 == *who)
			.map(|entry| entry.2)
			.sum()
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
		let own = Operators::get()
			.iter()
			.find(|operator| operator.0 == *who)
			.map_or(0, |operator| operator.1);
		own - Self::reserved(who)
	}
	/// Nobody allocated anything: what nodes reserve is own bond.
	fn free_allocation(_: &AccountId, _: ClassId) -> Balance {
		0
	}
	fn reserve(who: &AccountId, purpose: BondUse, size: BondSize) -> DispatchResult {
		assert_eq!(size.allocated, None, "a node reserves own bond alone");
		if Self::free_bond(who) < size.own {
			return Err(DispatchError::Other("bond too small"));
		}
		if Reserved::get()
			.iter()
			.any(|entry| entry.0 == *who && entry.1 == purpose)
		{
			return Err(DispatchError::Other("reserved already"));
		}
		Reserved::mutate(|reserved| reserved.push((who.clone(), purpose, size.own)));
		Ok(())
	}
	fn release(who: &AccountId, purpose: BondUse) {
		Reserved::mutate(|reserved| reserved.retain(|entry| !(entry.0 == *who && entry.1 == purpose)));
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId> for MockBonds {
	fn make_operator(who: &AccountId, nodes: u32) {
		Operators::mutate(|operators| operators.push((who.clone(), FLAT_BOND * Balance::from(nodes))));
	}
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
		let mut balances: Vec<_> = [ALICE, BOB, CLIENT, TREASURY]
			.into_iter()
			.map(|who| (who, WEALTH))
			.collect();
		balances.extend([(MARKET, ED), (registry, ED)]);
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
				("cpu-x86-64".into(), FixedU128::from_rational(1, 2), Some(opening)),
				("h100-80g".into(), FixedU128::from_u32(3), None),
			],
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
