//! A runtime around the pallet, with a market, providers' books and bonds small enough to read. All
//! of them live in storage, so that what is undone is undone there too.

use crate as pallet_job_escrow;
use crate::*;
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::{
		derive_impl, ensure, parameter_types,
		traits::{
			fungible::{Balanced, Inspect as _, Mutate as _},
			fungibles::{Inspect as _, Mutate},
			tokens::{Fortitude, Precision, Preservation},
			AsEnsureOriginWithArg, ConstU128, ConstU32, Hooks, OnUnbalanced, Randomness,
		},
		weights::Weight,
		PalletId,
	},
	frame_system::{EnsureNever, EnsureRoot, EnsureSignedBy},
	pallet_assets, pallet_balances,
	sp_core::H256,
	sp_io::{hashing::blake2_256, TestExternalities},
	sp_runtime::{BuildStorage, DispatchError, DispatchResult, FixedU128, Perbill},
};
use quern_primitives::{
	ports::*, units::GPU_HOUR, ContentHash, Demand, NewOrder, OrderId, OrderRef, Price, Purpose, Runner, Side,
};
use std::collections::{BTreeMap, BTreeSet};

pub type AccountId = u64;

pub const CLIENT: AccountId = 1;
pub const SECOND_CLIENT: AccountId = 2;
pub const THIRD_CLIENT: AccountId = 3;
pub const ARBITER: AccountId = 5;
pub const STRANGER: AccountId = 6;
/// Providers; provider `10 + i` has node `i`.
pub const PROVIDERS: [AccountId; 4] = [11, 12, 13, 14];
pub const MARKET: AccountId = 900;
pub const POOL: AccountId = 901;
pub const FEES: AccountId = 902;
pub const PROCEEDS: AccountId = 903;
/// Where base fees end: burned, if it were no mock that counts its tokens.
pub const ASHES: AccountId = 904;

pub const CLASS: ClassId = 7;
/// Planck for a millisecond, in the market and on average.
pub const PRICE: Balance = 1_000;
/// Planck for a millisecond: what a class costs at least.
pub const FLOOR: Balance = 400;
pub const RICH: Balance = 1_000_000_000_000;
/// Claims that each provider owes, and its proceeds for them.
pub const OWED: GpuTime = 10_000_000;
pub const OWED_PROCEEDS: Balance = 5_000_000_000;

#[polkadot_sdk::frame_support::runtime]
mod test_runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = polkadot_sdk::frame_system;
	#[runtime::pallet_index(1)]
	pub type Balances = polkadot_sdk::pallet_balances;
	#[runtime::pallet_index(2)]
	pub type Assets = polkadot_sdk::pallet_assets;
	#[runtime::pallet_index(3)]
	pub type JobEscrow = pallet_job_escrow;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = frame_system::mocking::MockBlockU32<Test>;
	type BlockHashCount = ConstU32<250>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<1>;
	type AccountStore = System;
	type RuntimeHoldReason = RuntimeHoldReason;
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
	pub const EscrowPalletId: PalletId = PalletId(*b"qn/jobes");
	pub const MaxDuration: GpuTime = GPU_HOUR;
	/// Static, so that a test of `integrity_test` may change it.
	pub static FinderShare: Perbill = Perbill::from_percent(20);
	pub static ChallengeBlocks: BlockNumber = 230;
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Claims = Assets;
	type Market = MockMarket;
	type Capacity = MockCapacity;
	type Bonds = MockBonds;
	type Conduct = MockConduct;
	type FinderShare = FinderShare;
	type JobFee = MockFees;
	type Congestion = MockCongestion;
	type BaseFee = MockAshes;
	type Ledger = MockLedger;
	type Randomness = MockRandomness;
	type ArbiterOrigin = EnsureSignedBy<ArbiterSet, AccountId>;
	type PalletId = EscrowPalletId;
	type MaxDuePerBlock = ConstU32<16>;
	type MaxJobsPerNode = ConstU32<4>;
	type AckBlocks = ConstU32<5>;
	type GraceBlocks = ConstU32<10>;
	type DefaultBidBlocks = ConstU32<10>;
	type MaxBidBlocks = ConstU32<100>;
	type AssignBlocks = ConstU32<20>;
	type DefaultAcceptBlocks = ConstU32<50>;
	type MaxAcceptBlocks = ConstU32<200>;
	type ArbitrationBlocks = ConstU32<30>;
	type ChallengeBlocks = ChallengeBlocks;
	type KeepBlocks = ConstU32<40>;
	type MaxDuration = MaxDuration;
	type MaxOutput = ConstU32<1_048_576>;
	type MaxArtifact = ConstU32<16_777_216>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = MockCapacity;
}

/// The one arbiter.
pub struct ArbiterSet;
impl polkadot_sdk::frame_support::traits::SortedMembers<AccountId> for ArbiterSet {
	fn sorted_members() -> Vec<AccountId> {
		vec![ARBITER]
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn add(_: &AccountId) {}
}

/// An order in the mock's book, with what is left of it.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct BookEntry {
	pub class: ClassId,
	pub side: Side,
	pub gpu_time: GpuTime,
	pub limit: Balance,
	pub payer: AccountId,
	pub recipient: AccountId,
	pub purpose: Purpose,
	pub expires_at: BlockNumber,
	pub pace: Option<GpuTime>,
}

/// What a provider owes and has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode)]
pub struct ProviderBook {
	pub obligations: GpuTime,
	pub assigned: GpuTime,
	pub proceeds: Balance,
}

/// A node of a provider.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode)]
pub struct MockNode {
	pub provider: AccountId,
	pub gpus: u32,
	pub occupied: u32,
}

parameter_types! {
	pub storage Orders: BTreeMap<OrderId, BookEntry> = BTreeMap::new();
	pub storage NextOrder: OrderId = 1;
	/// Claims that one batch sells, all bids together.
	pub storage Depth: GpuTime = GpuTime::MAX;
	pub storage PoolExists: bool = true;
	/// A market that forgets to close what expired.
	pub storage NeverCloses: bool = false;
	pub storage CancelFails: bool = false;
	/// Whether it takes no sales.
	pub storage SalesPaused: bool = false;
	/// What sales brought their recipients.
	pub storage Sold: BTreeMap<AccountId, Balance> = BTreeMap::new();
	/// Whether it clears just now, and must not be called.
	pub storage Clearing: bool = false;
	/// What an order that comes into the book evicts.
	pub storage Evicts: Option<OrderId> = None;

	/// Inner value of the base fee of a claim.
	pub storage BaseRate: u128 = 0;
	/// What was told to be sold.
	pub storage Committed: Vec<(ClassId, GpuTime)> = Vec::new();
	/// Whose reputation in which class is gone.
	pub storage Disreputable: Vec<(AccountId, ClassId)> = Vec::new();

	pub storage Books: BTreeMap<AccountId, ProviderBook> = BTreeMap::new();
	pub storage MockNodes: BTreeMap<NodeId, MockNode> = BTreeMap::new();
	pub storage DeliveryFails: bool = false;

	/// Own bonds.
	pub storage OwnBonds: BTreeMap<AccountId, Balance> = BTreeMap::new();
	/// What of their stake providers allocated to [`CLASS`], less what is frozen.
	pub storage Allocated: BTreeMap<AccountId, Balance> = BTreeMap::new();
	pub storage Frozen: BTreeMap<AccountId, Balance> = BTreeMap::new();
	pub storage Reserved: BTreeMap<(AccountId, BondUse), BondSize> = BTreeMap::new();

	pub storage Jailed: BTreeSet<AccountId> = BTreeSet::new();
	/// What was told of jobs, in order.
	pub storage Reports: Vec<Report> = Vec::new();

	pub storage Revenue: BTreeMap<ClassId, Balance> = BTreeMap::new();
	pub storage Salt: u64 = 0;
	pub storage Dark: bool = false;
}

/// Sells claims of the pool's account at [`PRICE`].
pub struct MockMarket;

impl MockMarket {
	/// Clears the batch of the last block, as the market does at the start of `now`.
	pub fn clear(now: BlockNumber) {
		Clearing::set(&true);
		let mut depth = Depth::get();
		for (id, mut entry) in Orders::get() {
			if entry.side == Side::Sell {
				Self::clear_sale(now, id, entry);
				continue;
			}
			let order = OrderRef {
				id,
				class: entry.class,
				side: Side::Buy,
				purpose: entry.purpose,
			};
			let fill = entry.gpu_time.min(entry.pace.unwrap_or(GpuTime::MAX)).min(depth);
			let affordable = entry.gpu_time * PRICE <= entry.limit;
			if fill > 0 && affordable && Assets::balance(entry.class, POOL) >= fill {
				depth -= fill;
				let tokens = fill * PRICE;
				pay(MARKET, POOL, tokens);
				<Assets as Mutate<_>>::transfer(entry.class, &POOL, &entry.recipient, fill, Preservation::Expendable)
					.expect("the pool has them");
				entry.gpu_time -= fill;
				entry.limit -= tokens;
				put(&id, Some(entry.clone()));
				JobEscrow::filled(&order, fill, tokens);
			}
			if entry.gpu_time == 0 || (entry.expires_at < now && !NeverCloses::get()) {
				Self::close(id);
			}
		}
		Clearing::set(&false);
	}

	/// The pool buys a sale whole, if it has the tokens.
	fn clear_sale(now: BlockNumber, id: OrderId, entry: BookEntry) {
		let tokens = entry.gpu_time * PRICE;
		if entry.limit <= tokens && Balances::balance(&POOL) > tokens {
			put(&id, None);
			<Assets as Mutate<_>>::transfer(entry.class, &MARKET, &POOL, entry.gpu_time, Preservation::Expendable)
				.expect("the market has them");
			pay(POOL, entry.recipient, tokens);
			let mut sold = Sold::get();
			*sold.entry(entry.recipient).or_default() += tokens;
			Sold::set(&sold);
		} else if entry.expires_at < now {
			Self::close(id);
		}
	}

	/// Takes an order out of the book and tells of it, as an eviction does.
	pub fn close(id: OrderId) {
		let entry = Orders::get().remove(&id).expect("in the book");
		put(&id, None);
		if entry.side == Side::Sell {
			<Assets as Mutate<_>>::transfer(
				entry.class,
				&MARKET,
				&entry.payer,
				entry.gpu_time,
				Preservation::Expendable,
			)
			.expect("the market has them");
			return;
		}
		pay(MARKET, entry.payer, entry.limit);
		let order = OrderRef {
			id,
			class: entry.class,
			side: Side::Buy,
			purpose: entry.purpose,
		};
		JobEscrow::closed(&order, entry.gpu_time, entry.limit);
	}
}

fn put(id: &OrderId, entry: Option<BookEntry>) {
	let mut orders = Orders::get();
	match entry {
		Some(entry) => orders.insert(*id, entry),
		None => orders.remove(id),
	};
	Orders::set(&orders);
}

fn pay(from: AccountId, to: AccountId, amount: Balance) {
	Balances::transfer(&from, &to, amount, Preservation::Preserve).expect("the account has it");
}

impl Market<AccountId> for MockMarket {
	fn place_order(order: NewOrder<AccountId>) -> Result<OrderId, DispatchError> {
		assert!(!Clearing::get(), "the market is called while it clears");
		ensure!(order.limit >= 10, DispatchError::Other("limit too low"));
		match order.side {
			Side::Buy => {
				Balances::transfer(&order.payer, &MARKET, order.limit, Preservation::Preserve)?;
			}
			Side::Sell => {
				<Assets as Mutate<_>>::transfer(
					order.class,
					&order.payer,
					&MARKET,
					order.gpu_time,
					Preservation::Expendable,
				)?;
				// After it was taken, so that a caller that does not undo it is found out.
				ensure!(!SalesPaused::get(), DispatchError::Exhausted);
			}
		}
		if let Some(evicted) = Evicts::get() {
			Evicts::set(&None);
			if Orders::get().contains_key(&evicted) {
				Self::close(evicted);
			}
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
			pace,
		} = order;
		put(
			&id,
			Some(BookEntry {
				class,
				side,
				gpu_time,
				limit,
				payer,
				recipient,
				purpose,
				expires_at,
				pace,
			}),
		);
		Ok(id)
	}
	fn cancel_order(_: ClassId, id: OrderId) -> DispatchResult {
		assert!(!Clearing::get(), "the market is called while it clears");
		ensure!(!CancelFails::get(), DispatchError::Unavailable);
		let entry = Orders::get().remove(&id).ok_or(DispatchError::CannotLookup)?;
		put(&id, None);
		pay(MARKET, entry.payer, entry.limit);
		Ok(())
	}
	fn create_pool(_: &AccountId, _: ClassId, _: Balance, _: GpuTime) -> DispatchResult {
		Err(DispatchError::Unavailable)
	}
	fn has_pool(class: ClassId) -> bool {
		class == CLASS && PoolExists::get()
	}
	fn reference_price(class: ClassId) -> Option<Price> {
		Self::has_pool(class).then(|| FixedU128::from_u32(PRICE as u32))
	}
	fn day_price(class: ClassId) -> Option<Price> {
		Self::reference_price(class)
	}
	fn reserve_claims(class: ClassId) -> GpuTime {
		Assets::balance(class, POOL)
	}
	fn sale_floor(class: ClassId, gpu_time: GpuTime) -> Option<Balance> {
		Self::has_pool(class).then(|| (gpu_time * PRICE * 97).div_ceil(100))
	}
	fn order_weight(_: &Purpose, _: Side, blocks: BlockNumber, paced: bool) -> Weight {
		// A bid; offers weigh nothing here.
		Weight::from_parts(if paced { 1_000_000 } else { 0 }, 0).saturating_mul(u64::from(blocks) + 1)
	}
	fn cancel_weight() -> Weight {
		Weight::from_parts(1_000_000, 0)
	}
}

/// Providers' books.
pub struct MockCapacity;

impl MockCapacity {
	/// `provider` owes `gpu_time` more, the claims are `holder`'s, and has `proceeds` more for it.
	pub fn owe(provider: AccountId, holder: AccountId, gpu_time: GpuTime, proceeds: Balance) {
		Assets::mint_into(CLASS, &holder, gpu_time).expect("fits");
		Balances::mint_into(&PROCEEDS, proceeds).expect("fits");
		let mut books = Books::get();
		let book = books.entry(provider).or_default();
		book.obligations += gpu_time;
		book.proceeds += proceeds;
		Books::set(&books);
	}

	pub fn add_node(node: NodeId, provider: AccountId, gpus: u32) {
		let mut nodes = MockNodes::get();
		nodes.insert(
			node,
			MockNode {
				provider,
				gpus,
				occupied: 0,
			},
		);
		MockNodes::set(&nodes);
	}
}

/// The account of a node's own key.
pub fn key_of(node: NodeId) -> AccountId {
	1_000 + AccountId::from(node)
}

impl Capacity<AccountId> for MockCapacity {
	fn is_open(class: ClassId) -> bool {
		class == CLASS
	}
	fn floor_cost(_: ClassId, gpu_time: GpuTime) -> Balance {
		gpu_time * FLOOR
	}
	fn draw(demand: &Demand, seed: H256, may_take: &mut dyn FnMut(&AccountId) -> bool) -> Option<Placement<AccountId>> {
		let mut candidates = Vec::new();
		for (provider, book) in Books::get() {
			let free = book.obligations - book.assigned;
			let node = MockNodes::get()
				.into_iter()
				.find(|(_, node)| node.provider == provider && node.gpus - node.occupied >= demand.gpus);
			if let (Some((node, _)), true) = (node, free >= demand.gpu_time) {
				if may_take(&provider) {
					candidates.push((Placement { provider, node }, free));
				}
			}
		}
		let total: GpuTime = candidates.iter().map(|(_, weight)| weight).sum();
		if total == 0 {
			return None;
		}
		let mut ticket = u128::from_le_bytes(seed.0[..16].try_into().expect("16 bytes")) % total;
		candidates
			.into_iter()
			.find_map(|(placement, weight)| match ticket.checked_sub(weight) {
				Some(left) => {
					ticket = left;
					None
				}
				None => Some(placement),
			})
	}
	fn draw_weight(asking: Weight) -> Weight {
		asking.saturating_mul(PROVIDERS.len() as u64)
	}
	fn occupy(placement: &Placement<AccountId>, demand: &Demand) -> DispatchResult {
		let (mut books, mut nodes) = (Books::get(), MockNodes::get());
		let book = books.get_mut(&placement.provider).ok_or(DispatchError::CannotLookup)?;
		book.assigned += demand.gpu_time;
		ensure!(book.assigned <= book.obligations, DispatchError::Exhausted);
		let node = nodes.get_mut(&placement.node).ok_or(DispatchError::CannotLookup)?;
		node.occupied += demand.gpus;
		ensure!(node.occupied <= node.gpus, DispatchError::Exhausted);
		Books::set(&books);
		MockNodes::set(&nodes);
		Ok(())
	}
	fn vacate(placement: &Placement<AccountId>, demand: &Demand) {
		let (mut books, mut nodes) = (Books::get(), MockNodes::get());
		books.get_mut(&placement.provider).expect("known").assigned -= demand.gpu_time;
		nodes.get_mut(&placement.node).expect("known").occupied -= demand.gpus;
		Books::set(&books);
		MockNodes::set(&nodes);
	}
	fn deliver(
		provider: &AccountId,
		class: ClassId,
		holder: &AccountId,
		gpu_time: GpuTime,
	) -> Result<Balance, DispatchError> {
		let mut books = Books::get();
		let book = books.get_mut(provider).ok_or(DispatchError::CannotLookup)?;
		ensure!(book.assigned + gpu_time <= book.obligations, DispatchError::Exhausted);
		Assets::burn_from(
			class,
			holder,
			gpu_time,
			Preservation::Expendable,
			Precision::Exact,
			Fortitude::Polite,
		)?;
		let released = book.proceeds * gpu_time / book.obligations;
		book.proceeds -= released;
		book.obligations -= gpu_time;
		pay(PROCEEDS, *provider, released);
		Books::set(&books);
		// After everything was done, so that a caller that does not undo it is found out.
		ensure!(!DeliveryFails::get(), DispatchError::Unavailable);
		Ok(released)
	}
	fn faulted(provider: &AccountId, class: ClassId) {
		let mut all = Disreputable::get();
		all.push((*provider, class));
		Disreputable::set(&all);
	}
	fn acts_for(who: &AccountId, node: NodeId) -> bool {
		*who == key_of(node) || MockNodes::get().get(&node).is_some_and(|node| node.provider == *who)
	}
}

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId> for MockCapacity {
	fn prepare(client: &AccountId, provider: &AccountId, gpu_time: GpuTime) -> (ClassId, NodeId) {
		Balances::mint_into(client, RICH).expect("fits");
		Balances::mint_into(provider, RICH).expect("fits");
		Self::owe(*provider, *client, gpu_time, gpu_time);
		Self::owe(*provider, POOL, 100 * gpu_time, gpu_time);
		Self::add_node(99, *provider, 1);
		BaseRate::set(&FixedU128::from_u32(3).into_inner());
		let mut bonds = OwnBonds::get();
		bonds.insert(*provider, RICH);
		OwnBonds::set(&bonds);
		let mut allocated = Allocated::get();
		allocated.insert(*provider, RICH);
		Allocated::set(&allocated);
		(CLASS, 99)
	}
	fn pass_session() {}
}

/// Operators' stake.
pub struct MockBonds;

impl MockBonds {
	/// What is reserved of it: own bond, and of what is allocated.
	fn reserved(who: &AccountId) -> (Balance, Balance) {
		let reserved = Reserved::get();
		let of = reserved.iter().filter(|((of, _), _)| of == who);
		of.fold((0, 0), |(own, allocated), (_, size)| {
			(
				own + size.own,
				allocated + size.allocated.map_or(0, |(_, amount)| amount),
			)
		})
	}

	/// Sets stake aside for a slash. It has to be free: what is reserved would count twice.
	fn freeze(who: &AccountId, amount: Balance) {
		assert!(Self::free_allocation(who, CLASS) >= amount, "frozen and reserved");
		let (mut allocated, mut frozen) = (Allocated::get(), Frozen::get());
		*allocated.entry(*who).or_default() -= amount;
		*frozen.entry(*who).or_default() += amount;
		Allocated::set(&allocated);
		Frozen::set(&frozen);
	}

	/// Gives everyone back what is frozen.
	pub fn thaw_all() {
		let mut allocated = Allocated::get();
		for (who, amount) in Frozen::get() {
			*allocated.entry(who).or_default() += amount;
		}
		Allocated::set(&allocated);
		Frozen::set(&BTreeMap::new());
	}
}

impl Bonds<AccountId> for MockBonds {
	fn is_operator(who: &AccountId) -> bool {
		OwnBonds::get().contains_key(who)
	}
	fn free_bond(who: &AccountId) -> Balance {
		OwnBonds::get().get(who).copied().unwrap_or_default() - Self::reserved(who).0
	}
	fn free_allocation(who: &AccountId, class: ClassId) -> Balance {
		if class != CLASS {
			return 0;
		}
		Allocated::get().get(who).copied().unwrap_or_default() - Self::reserved(who).1
	}
	fn answers(who: &AccountId, class: ClassId) -> Balance {
		if class != CLASS {
			return 0;
		}
		Allocated::get().get(who).copied().unwrap_or_default()
	}
	fn reserve(who: &AccountId, purpose: BondUse, size: BondSize) -> DispatchResult {
		ensure!(Self::free_bond(who) >= size.own, DispatchError::Exhausted);
		if let Some((class, amount)) = size.allocated {
			ensure!(Self::free_allocation(who, class) >= amount, DispatchError::Exhausted);
		}
		let mut reserved = Reserved::get();
		ensure!(
			reserved.insert((*who, purpose), size).is_none(),
			DispatchError::Unavailable
		);
		Reserved::set(&reserved);
		Ok(())
	}
	fn release(who: &AccountId, purpose: BondUse) {
		let mut reserved = Reserved::get();
		reserved.remove(&(*who, purpose));
		Reserved::set(&reserved);
	}
}

/// What was told of a job.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum Report {
	Delivered { provider: AccountId, earned: Balance },
	NotDone(ToldFault),
	WrongResult(ToldFault),
}

/// A fault as it was told.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct ToldFault {
	pub operator: AccountId,
	pub class: ClassId,
	pub job: JobId,
	pub at: BlockNumber,
	pub size: Balance,
	pub evidence: H256,
	pub victim: Option<(AccountId, Balance)>,
	pub finder: Option<AccountId>,
}

impl From<Fault<AccountId>> for ToldFault {
	fn from(fault: Fault<AccountId>) -> Self {
		let Fault {
			operator,
			class,
			job,
			at,
			size,
			evidence,
			victim,
			finder,
		} = fault;
		Self {
			operator,
			class,
			job,
			at,
			size,
			evidence,
			victim,
			finder,
		}
	}
}

/// Writes down what it is told, freezes the stake, and jails for wrong results.
pub struct MockConduct;

impl MockConduct {
	fn note(report: Report) {
		let mut reports = Reports::get();
		reports.push(report);
		Reports::set(&reports);
	}
}

impl Conduct<AccountId> for MockConduct {
	fn is_jailed(operator: &AccountId) -> bool {
		Jailed::get().contains(operator)
	}
	fn delivered(operator: &AccountId, earned: Balance) {
		Self::note(Report::Delivered {
			provider: *operator,
			earned,
		});
	}
	fn not_done(fault: Fault<AccountId>) {
		MockBonds::freeze(&fault.operator, fault.size / 10);
		Self::note(Report::NotDone(fault.into()));
	}
	fn wrong_result(fault: Fault<AccountId>) {
		MockBonds::freeze(&fault.operator, fault.size);
		let mut jailed = Jailed::get();
		jailed.insert(fault.operator);
		Jailed::set(&jailed);
		Self::note(Report::WrongResult(fault.into()));
	}
}

/// Collects the fees in one account.
pub struct MockFees;
impl OnUnbalanced<CreditOf<Test>> for MockFees {
	fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
		assert!(Balances::resolve(&FEES, credit).is_ok());
	}
}

/// Keeps the base fees in one account.
pub struct MockAshes;
impl OnUnbalanced<CreditOf<Test>> for MockAshes {
	fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
		assert!(Balances::resolve(&ASHES, credit).is_ok());
	}
}

/// A rate that tests set, and what it is told.
pub struct MockCongestion;
impl Congestion for MockCongestion {
	fn base_fee(_: ClassId) -> Price {
		FixedU128::from_inner(BaseRate::get())
	}
	fn committed(class: ClassId, gpu_time: GpuTime) {
		let mut all = Committed::get();
		all.push((class, gpu_time));
		Committed::set(&all);
	}
}

/// Sums what jobs were worth.
pub struct MockLedger;
impl Ledger for MockLedger {
	fn job_settled(class: ClassId, revenue: Balance) {
		let mut sums = Revenue::get();
		*sums.entry(class).or_default() += revenue;
		Revenue::set(&sums);
	}
	fn lp_fees(_: ClassId, _: Balance) {
		unreachable!("only the market tells of those");
	}
}

/// A function of the last block and a salt.
pub struct MockRandomness;
impl Randomness<Option<H256>, u32> for MockRandomness {
	fn random(subject: &[u8]) -> (Option<H256>, u32) {
		let parent = System::block_number().saturating_sub(1);
		let output = (!Dark::get()).then(|| H256(blake2_256(&(subject, parent, Salt::get()).encode())));
		(output, parent)
	}
}

/// Builds the state that a test begins with.
pub struct ExtBuilder {
	providers: usize,
	gpus: u32,
	allocation: Balance,
	depth: GpuTime,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			providers: 1,
			gpus: 2,
			allocation: RICH,
			depth: GpuTime::MAX,
		}
	}
}

impl ExtBuilder {
	/// How many of [`PROVIDERS`] there are.
	pub fn with_providers(mut self, providers: usize) -> Self {
		self.providers = providers;
		self
	}
	/// What each provider allocated to the class. Its own bond is [`RICH`].
	pub fn with_allocation(mut self, allocation: Balance) -> Self {
		self.allocation = allocation;
		self
	}
	/// Accelerators of each node.
	pub fn with_gpus(mut self, gpus: u32) -> Self {
		self.gpus = gpus;
		self
	}
	/// Claims that one batch sells.
	pub fn with_depth(mut self, depth: GpuTime) -> Self {
		self.depth = depth;
		self
	}

	pub fn build(self) -> TestExternalities {
		let mut storage = polkadot_sdk::frame_system::GenesisConfig::<Test>::default()
			.build_storage()
			.expect("builds");
		let balances = [CLIENT, SECOND_CLIENT, THIRD_CLIENT, STRANGER]
			.map(|who| (who, RICH))
			.to_vec();
		let small = [MARKET, POOL, FEES, PROCEEDS, ASHES].map(|who| (who, 1)).into_iter();
		let providers = PROVIDERS.map(|who| (who, 1)).into_iter();
		pallet_balances::GenesisConfig::<Test> {
			balances: balances.into_iter().chain(small).chain(providers).collect(),
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("assimilates");
		pallet_assets::GenesisConfig::<Test> {
			assets: vec![(CLASS, 999, true, 1)],
			..Default::default()
		}
		.assimilate_storage(&mut storage)
		.expect("assimilates");
		let mut ext = TestExternalities::new(storage);
		ext.execute_with(|| {
			System::set_block_number(1);
			JobEscrow::on_initialize(1);
			let (mut bonds, mut allocated) = (BTreeMap::new(), BTreeMap::new());
			for (index, provider) in PROVIDERS.into_iter().take(self.providers).enumerate() {
				MockCapacity::owe(provider, POOL, OWED, OWED_PROCEEDS);
				MockCapacity::add_node(index as NodeId + 1, provider, self.gpus);
				bonds.insert(provider, RICH);
				allocated.insert(provider, self.allocation);
			}
			OwnBonds::set(&bonds);
			Allocated::set(&allocated);
			Depth::set(&self.depth);
		});
		ext
	}

	/// Runs a test and checks every promise after it.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			let issuance = Balances::total_issuance();
			test();
			check_everything();
			assert_eq!(Balances::total_issuance(), issuance, "tokens appeared or vanished");
		});
	}
}

/// Checks the pallet's promises, and that those who hear from it agree with what it says.
pub fn check_everything() {
	if let Err(broken) = JobEscrow::do_try_state() {
		panic!("block {}: {broken:#?}", System::block_number());
	}
	let (mut assigned, mut occupied, mut reserved) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
	let mut in_market = 0;
	for (id, job) in Jobs::<Test>::iter() {
		if let Some(placed) = job.placement.as_ref().filter(|_| job.state.is_placed()) {
			*assigned.entry(placed.provider).or_insert(0) += job.gpu_time;
			*occupied.entry(placed.node).or_insert(0) += job.gpus;
			reserved.insert((placed.provider, BondUse::Job(id)), placed.bond);
			assert_eq!(placed.bond, bond_of(job.gpu_time));
		}
		if let JobState::Bidding { order: Some(order), .. } = job.state {
			let entry = Orders::get().remove(&order).expect("the bid is in the book");
			assert_eq!(entry.limit, job.bid - job.paid, "what the market has of job {id}");
			assert_eq!(
				entry.gpu_time,
				job.gpu_time - job.obtained(),
				"what job {id} still buys"
			);
			in_market += entry.limit;
		}
	}
	let on_sale: GpuTime = Orders::get()
		.values()
		.filter(|entry| entry.side == Side::Sell)
		.map(|entry| entry.gpu_time)
		.sum();
	assert_eq!(claims(MARKET), on_sale, "claims in the market");
	assert_eq!(Reserved::get(), reserved, "stake reserved");
	for (provider, book) in Books::get() {
		assert_eq!(
			book.assigned,
			assigned.remove(&provider).unwrap_or(0),
			"assigned of {provider}"
		);
	}
	for (id, node) in MockNodes::get() {
		assert_eq!(node.occupied, occupied.remove(&id).unwrap_or(0), "occupied at {id}");
	}
	assert_eq!(Balances::balance(&MARKET), 1 + in_market, "tokens in the market");
	let owed: GpuTime = Books::get().values().map(|book| book.obligations).sum();
	assert_eq!(Assets::total_issuance(CLASS), owed, "claims and obligations");
	let proceeds: Balance = Books::get().values().map(|book| book.proceeds).sum();
	assert_eq!(Balances::balance(&PROCEEDS), 1 + proceeds, "proceeds");
}

/// Makes the next block: idle time of the last one, the market's clearing, then the pallet's hook.
pub fn next_block() {
	next_block_with_idle(Weight::zero());
}

/// The same, with so much weight left in the last block.
pub fn next_block_with_idle(idle: Weight) {
	let last = System::block_number();
	JobEscrow::on_idle(last, idle);
	JobEscrow::on_finalize(last);
	let now = last + 1;
	System::set_block_number(now);
	MockMarket::clear(now);
	JobEscrow::on_initialize(now);
}

/// Makes blocks until `block` has begun.
pub fn run_to(block: BlockNumber) {
	while System::block_number() < block {
		next_block();
	}
}

/// A job to ask for: a minute of one accelerator at up to 100,000,000 planck, unless said otherwise.
#[derive(Clone)]
pub struct Ask {
	pub client: AccountId,
	pub class: ClassId,
	pub gpus: u32,
	pub duration: GpuTime,
	pub max_cost: Balance,
	pub spec: JobSpec,
	pub terms: JobTerms,
}

pub const MINUTE: GpuTime = 60_000;
pub const MAX_COST: Balance = 100_000_000;

pub fn artifact(name: &[u8]) -> Artifact {
	Artifact {
		hash: H256(blake2_256(name)),
		size: 1_000,
		location: [b"https://files.example/", name].concat().try_into().expect("short"),
	}
}

impl Default for Ask {
	fn default() -> Self {
		Self {
			client: CLIENT,
			class: CLASS,
			gpus: 1,
			duration: MINUTE,
			max_cost: MAX_COST,
			spec: JobSpec {
				runner: Runner::Wasm,
				program: artifact(b"program.wasm"),
				input: artifact(b"input"),
				max_output: 4_096,
			},
			terms: JobTerms::default(),
		}
	}
}

impl Ask {
	pub fn try_place(self) -> DispatchResult {
		// As a transaction is: undone whole if refused.
		polkadot_sdk::frame_support::storage::with_storage_layer(|| {
			JobEscrow::request_job(
				RuntimeOrigin::signed(self.client),
				self.class,
				self.gpus,
				self.duration,
				self.max_cost,
				Policy::Accept,
				self.spec,
				self.terms,
			)
		})
	}

	pub fn place(self) -> JobId {
		let id = NextJobId::<Test>::get();
		assert_eq!(self.try_place(), Ok(()));
		id
	}
}

/// What a job of so much GPU time reserves: `S = 3/2 · C` of the class's allocation, and no own bond.
pub fn bond_of(gpu_time: GpuTime) -> BondSize {
	BondSize {
		own: 0,
		allocated: Some((CLASS, gpu_time * FLOOR * 3 / 2)),
	}
}

pub fn job(id: JobId) -> JobOf<Test> {
	Jobs::<Test>::get(id).expect("the job is there")
}

pub fn state(id: JobId) -> JobState {
	job(id).state
}

pub fn output() -> ContentHash {
	H256(blake2_256(b"output"))
}

pub fn completed() -> Outcome {
	Outcome::Completed {
		output: output(),
		size: 100,
	}
}

/// Free tokens.
pub fn tokens(who: AccountId) -> Balance {
	Balances::balance(&who)
}

/// Tokens held for job fees.
pub fn fee_hold(who: AccountId) -> Balance {
	use polkadot_sdk::frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&HoldReason::JobFee.into(), &who)
}

/// Tokens held for base fees.
pub fn base_hold(who: AccountId) -> Balance {
	use polkadot_sdk::frame_support::traits::fungible::InspectHold;
	Balances::balance_on_hold(&HoldReason::BaseFee.into(), &who)
}

/// Sets the base fee of a claim, in planck, as a fraction.
pub fn set_base_rate(planck: u128, of: u128) {
	BaseRate::set(&FixedU128::from_rational(planck, of).into_inner());
}

/// Claims of the test's class.
pub fn claims(who: AccountId) -> GpuTime {
	Assets::balance(CLASS, who)
}

pub fn escrow() -> AccountId {
	JobEscrow::account_id()
}

/// The pallet's events since the last call.
pub fn take_events() -> Vec<Event<Test>> {
	let events = System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::JobEscrow(event) => Some(event),
			_ => None,
		})
		.collect();
	System::reset_events();
	events
}

/// A job in state `Assigned`, in block 4.
pub fn assigned_job() -> JobId {
	let id = Ask::default().place();
	run_to(4);
	assert!(matches!(state(id), JobState::Assigned { .. }), "{:?}", state(id));
	id
}

/// The provider that a job is placed with.
pub fn provider_of(id: JobId) -> AccountId {
	job(id).placement.expect("placed").provider
}

/// A job in state `Running` since block 4.
pub fn running_job() -> JobId {
	let id = assigned_job();
	assert_eq!(
		JobEscrow::acknowledge(RuntimeOrigin::signed(provider_of(id)), id),
		Ok(())
	);
	id
}

/// A job in state `Submitted`, in block 14, that used 50 of its 60 seconds.
pub fn submitted_job() -> JobId {
	let id = running_job();
	run_to(14);
	assert_eq!(
		JobEscrow::submit(RuntimeOrigin::signed(provider_of(id)), id, completed(), 50_000),
		Ok(())
	);
	id
}

/// For the benchmarks' own tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> TestExternalities {
	ExtBuilder::default().build()
}
