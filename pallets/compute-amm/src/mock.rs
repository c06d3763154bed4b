//! A runtime of balances, claims, pool shares and the market; its owner of orders writes down what it hears.

use crate as pallet_compute_amm;
use crate::*;
use polkadot_sdk::{
	frame_support::{
		assert_ok, derive_impl, parameter_types,
		traits::{
			fungible::Inspect as _,
			fungibles::{Create, Inspect as _, Mutate as _},
			tokens::imbalance::ResolveTo,
			AsEnsureOriginWithArg, ConstU128, ConstU32, EitherOf, Hooks, OnUnbalanced,
		},
		weights::{constants::RocksDbWeight, Weight},
		PalletId,
	},
	frame_system::{
		limits::BlockWeights, mocking::MockBlock, EnsureNever, EnsureRoot, EnsureRootWithSuccess, EnsureSigned,
	},
	pallet_assets, pallet_balances,
	sp_io::TestExternalities,
	sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage},
};
use quern_primitives::{
	ports::{Ledger, LiquidityOutcome, OnLiquidity, OnOrder, Recovery},
	units::QRN,
	Balance, BlockNumber, ClassId, GpuTime, JobId, NewOrder, OrderId, OrderRef, Purpose, Side,
};

pub type AccountId = AccountId32;

pub const ALICE: AccountId = AccountId::new([1; 32]);
pub const BOB: AccountId = AccountId::new([2; 32]);
pub const CHARLIE: AccountId = AccountId::new([3; 32]);
pub const DAVE: AccountId = AccountId::new([4; 32]);
/// Has claims and no tokens.
pub const POOR: AccountId = AccountId::new([5; 32]);
/// Where the router's part of the fee goes.
pub const ROUTER: AccountId = AccountId::new([6; 32]);
/// Where what goes to a class's shortfall lies.
pub const RECOVERY: AccountId = AccountId::new([7; 32]);
/// The treasury; root acts for it.
pub const TREASURY: AccountId = AccountId::new([8; 32]);
/// Owner of the claims' assets.
const NOBODY: AccountId = AccountId::new([9; 32]);

/// Existential deposit.
pub const ED: Balance = QRN / 100;
/// Tokens of each of the four traders at genesis.
pub const WEALTH: Balance = 100_000 * QRN;
/// Claims of each of them, of both classes.
pub const TIME: GpuTime = 10_000_000_000;

/// The class that has a pool unless a test says otherwise.
pub const CPU: ClassId = 0;
/// A class with claims.
pub const H100: ClassId = 1;
/// Reserves of the pool that `ExtBuilder` creates, as ALICE: a claim costs 10^6 planck.
pub const TOKENS: Balance = 1_000 * QRN;
pub const CLAIMS: GpuTime = 1_000_000_000;
/// Planck for a claim in that pool.
pub const SPOT: Balance = 1_000_000;

#[polkadot_sdk::frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeTask
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Assets = pallet_assets<Instance1>;
	#[runtime::pallet_index(3)]
	pub type PoolShares = pallet_assets<Instance2>;
	#[runtime::pallet_index(4)]
	pub type ComputeAmm = pallet_compute_amm;
}

parameter_types! {
	pub Limits: BlockWeights = BlockWeights::simple_max(Weight::from_parts(2_000_000_000_000, u64::MAX));
	pub const MarketId: PalletId = PalletId(*b"qrn/mrkt");
	pub RouterAccount: AccountId = ROUTER;
	pub RecoveryAccount: AccountId = RECOVERY;
	pub TreasuryAccount: AccountId = TREASURY;
	pub static News: Vec<Heard> = Vec::new();
	pub static LiquidityNews: Vec<(ClassId, u64, LiquidityOutcome)> = Vec::new();
	pub static LpFees: Balance = 0;
	/// Whether every class has a shortfall.
	pub static Short: bool = false;
	/// With two pools and books of ten: ten places are each class's own, and ten shared.
	pub static Orders: u32 = 30;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = MockBlock<Test>;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
	type AccountData = pallet_balances::AccountData<Balance>;
	type BlockWeights = Limits;
	type DbWeight = RocksDbWeight;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<ED>;
}

macro_rules! assets {
	($instance:ty) => {
		impl pallet_assets::Config<$instance> for Test {
			type RuntimeEvent = RuntimeEvent;
			type Balance = Balance;
			type RemoveItemsLimit = ConstU32<100>;
			type AssetId = ClassId;
			type AssetIdParameter = codec::Compact<ClassId>;
			type ReserveData = ();
			type Currency = Balances;
			type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
			type ForceOrigin = EnsureRoot<AccountId>;
			type AssetDeposit = ConstU128<0>;
			type AssetAccountDeposit = ConstU128<0>;
			type MetadataDepositBase = ConstU128<0>;
			type MetadataDepositPerByte = ConstU128<0>;
			type ApprovalDeposit = ConstU128<0>;
			type StringLimit = ConstU32<50>;
			type Holder = ();
			type Freezer = ();
			type Extra = ();
			type WeightInfo = ();
			type CallbackHandle = ();
			type AssetIdAllocator = ();
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = ();
		}
	};
}
assets!(pallet_assets::Instance1);
assets!(pallet_assets::Instance2);

impl Config for Test {
	type Currency = Balances;
	type Claims = Assets;
	type Shares = PoolShares;
	type MarketFee = ResolveTo<RouterAccount, Balances>;
	type Ledger = Ear;
	type Recovery = Ear;
	type OnOrder = Ear;
	type OnLiquidity = Ear;
	type TraderOrigin = EitherOf<EnsureSigned<AccountId>, EnsureRootWithSuccess<AccountId, TreasuryAccount>>;
	type Treasury = TreasuryAccount;
	type PalletId = MarketId;
	type MaxOrdersPerBatch = ConstU32<10>;
	type MaxOrders = Orders;
	type MaxPools = ConstU32<2>;
	type MinOrder = ConstU128<1_000>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Ear;
}

/// What the owner of orders heard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
	/// Claims and tokens of a fill.
	Filled(OrderRef, GpuTime, Balance),
	/// What did not fill, and what came back.
	Closed(OrderRef, GpuTime, u128),
}

pub struct Ear;

impl OnOrder for Ear {
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance) {
		News::mutate(|news| news.push(Heard::Filled(*order, gpu_time, tokens)));
	}
	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128) {
		News::mutate(|news| news.push(Heard::Closed(*order, gpu_time, returned)));
	}
	fn filled_weight(purpose: &Purpose) -> Weight {
		Weight::from_parts(if *purpose == Purpose::Trade { 0 } else { 1_000_000 }, 0)
	}
	fn closed_weight(purpose: &Purpose) -> Weight {
		Weight::from_parts(if *purpose == Purpose::Trade { 0 } else { 10_000_000 }, 0)
	}
}

impl OnLiquidity for Ear {
	fn settled(class: ClassId, reference: u64, outcome: LiquidityOutcome) {
		LiquidityNews::mutate(|news| news.push((class, reference, outcome)));
	}
	fn settled_weight() -> Weight {
		Weight::from_parts(100_000_000, 0)
	}
}

impl Ledger for Ear {
	fn job_settled(_: ClassId, _: Balance) {}
	fn lp_fees(_: ClassId, amount: Balance) {
		LpFees::mutate(|fees| *fees += amount);
	}
}

impl Recovery<TokensOf<Test>> for Ear {
	fn is_short(_: ClassId) -> bool {
		Short::get()
	}
	fn feed(_: ClassId, fees: TokensOf<Test>) {
		ResolveTo::<RecoveryAccount, Balances>::on_unbalanced(fees);
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId> for Ear {
	fn give_claims(class: ClassId, who: &AccountId, amount: GpuTime) {
		if !Assets::asset_exists(class) {
			assert_ok!(<Assets as Create<_>>::create(class, NOBODY, true, 1));
		}
		assert_ok!(Assets::mint_into(class, who, amount));
	}

	fn make_short(_: ClassId) {
		Short::set(true);
	}
}

/// Builds the mock's state.
pub struct ExtBuilder {
	pool: bool,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { pool: true }
	}
}

impl ExtBuilder {
	pub fn without_pool(self) -> Self {
		Self { pool: false }
	}

	pub fn build(self) -> TestExternalities {
		let mut storage = frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("storage");
		let endowed = [ALICE, BOB, CHARLIE, DAVE, ROUTER, RECOVERY, TREASURY];
		pallet_balances::GenesisConfig::<Test> {
			balances: endowed.into_iter().map(|who| (who, WEALTH)).collect(),
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("balances");
		let mut ext = TestExternalities::from(storage);
		ext.execute_with(|| {
			System::set_block_number(1);
			News::set(Vec::new());
			LiquidityNews::set(Vec::new());
			LpFees::set(0);
			Short::set(false);
			Orders::set(30);
			for class in [CPU, H100] {
				assert_ok!(<Assets as Create<_>>::create(class, NOBODY, true, 1));
				for who in [ALICE, BOB, CHARLIE, DAVE, POOR, TREASURY] {
					assert_ok!(Assets::mint_into(class, &who, TIME));
				}
			}
			if self.pool {
				assert_ok!(ComputeAmm::create_pool(signed(ALICE), CPU, TOKENS, CLAIMS));
			}
		});
		ext
	}

	/// Runs a test, and checks the invariants and that nothing was minted or burned.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		let mut ext = self.build();
		ext.execute_with(|| {
			let before = supply();
			test();
			assert_eq!(ComputeAmm::do_try_state(), Ok(()));
			assert_eq!(supply(), before);
		});
	}
}

/// Tokens, and claims of both classes.
pub fn supply() -> (Balance, GpuTime, GpuTime) {
	(
		Balances::total_issuance(),
		Assets::total_issuance(CPU),
		Assets::total_issuance(H100),
	)
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Starts the next block; checks the invariants after its clearing.
pub fn next_block() {
	let next = System::block_number() + 1;
	System::set_block_number(next);
	ComputeAmm::on_initialize(next);
	assert_eq!(ComputeAmm::do_try_state(), Ok(()));
}

pub fn skip_blocks(blocks: BlockNumber) {
	for _ in 0..blocks {
		next_block();
	}
}

pub fn tokens(who: &AccountId) -> Balance {
	Balances::balance(who)
}

pub fn claims(who: &AccountId) -> GpuTime {
	Assets::balance(CPU, who)
}

pub fn pool() -> Pool {
	Pools::<Test>::get(CPU).expect("a pool")
}

/// Places an order for the next batch; its number.
pub fn place(who: AccountId, side: Side, gpu_time: GpuTime, limit: Balance) -> OrderId {
	place_for(who, side, gpu_time, limit, 0)
}

pub fn place_for(who: AccountId, side: Side, gpu_time: GpuTime, limit: Balance, blocks: BlockNumber) -> OrderId {
	assert_ok!(ComputeAmm::place_order(
		signed(who),
		CPU,
		side,
		gpu_time,
		limit,
		Some(blocks),
		None
	));
	waiting().last().expect("an order").id
}

/// The class's waiting orders, in order of arrival.
pub fn waiting() -> Vec<Order<AccountId>> {
	ComputeAmm::waiting(CPU)
}

/// The classes that the next block goes through.
pub fn listed() -> Vec<ClassId> {
	Active::<Test>::get().iter().map(|entry| entry.class).collect()
}

/// A job's bid, as the escrow places it: BOB pays, CHARLIE gets the claims.
pub fn bid(job: JobId, gpu_time: GpuTime, limit: Balance) -> NewOrder<AccountId> {
	NewOrder {
		class: CPU,
		side: Side::Buy,
		gpu_time,
		limit,
		payer: BOB,
		recipient: CHARLIE,
		purpose: Purpose::Job(job),
		expires_at: System::block_number() as BlockNumber,
		pace: None,
	}
}

/// What the owner heard since the last call.
pub fn heard() -> Vec<Heard> {
	News::take()
}

/// The market's events since the last call.
pub fn events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::ComputeAmm(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}
