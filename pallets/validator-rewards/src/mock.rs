//! The smallest runtime that holds the pallet, and a stake that takes rewards for those who are operators.

use crate::{self as pallet_validator_rewards, *};
use frame_support::{
	derive_impl, parameter_types,
	traits::{
		fungible::Balanced,
		tokens::{Fortitude, Precision, Preservation},
		ConstU32, Hooks, Imbalance, OnUnbalanced,
	},
	weights::Weight,
};
use polkadot_sdk::{
	pallet_authorship::EventHandler,
	pallet_balances,
	sp_io::TestExternalities,
	sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage},
};
use quern_primitives::ports::{AuthorFees, StakeRewards};
use std::collections::BTreeMap;

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
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
	pub type Rewards = pallet_validator_rewards;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId32;
	type Lookup = IdentityLookup<AccountId32>;
	type AccountData = pallet_balances::AccountData<Balance>;
}

/// The existential deposit of the mock, in planck.
pub const ED: Balance = 10;
/// What account 1, from which tests take fees, has at genesis.
pub const PURSE: Balance = 1_000_000_000_000;
/// What the reserve has at genesis, above the existential deposit.
pub const RESERVE: Balance = 1_000_000_000;
/// A day in milliseconds: the mock's era.
pub const DAY: u64 = 86_400_000;
/// Validators' stake that tests begin with.
pub const BONDED: Balance = 10_000_000_000;

parameter_types! {
	pub const ExistentialDeposit: Balance = ED;
	pub const RewardsId: PalletId = PalletId(*b"qrn/rwds");
	pub StakerPot: AccountId32 = account(90);
	pub static Era: EraIndex = 0;
	pub static EraMillis: u64 = DAY;
	pub static Stake: Balance = BONDED;
	/// Those whose rewards [`Stakes`] takes.
	pub static Operators: Vec<AccountId32> = Vec::new();
	pub static Burned: Balance = 0;
	/// What each operator's stake was rewarded with.
	pub static Earned: BTreeMap<AccountId32, Balance> = BTreeMap::new();
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type DustRemoval = Burner;
}

/// Burns, and counts what it burned.
pub struct Burner;

impl OnUnbalanced<CreditOf<Test>> for Burner {
	fn on_nonzero_unbalanced(amount: CreditOf<Test>) {
		Burned::mutate(|burned| *burned += amount.peek());
	}
}

/// Puts rewards into account 91, and books whose they are.
pub struct Stakes;

impl StakeRewards<AccountId32> for Stakes {
	type Credit = CreditOf<Test>;
	fn reward(operator: &AccountId32, reward: Self::Credit) -> Result<(), Self::Credit> {
		if !Operators::get().contains(operator) {
			return Err(reward);
		}
		let amount = reward.peek();
		Balances::resolve(&account(91), reward)?;
		Earned::mutate(|earned| *earned.entry(operator.clone()).or_default() += amount);
		Ok(())
	}
	fn validators_stake() -> Balance {
		Stake::get()
	}
}

impl Config for Test {
	type Currency = Balances;
	type Stake = Stakes;
	type StakerPot = StakerPot;
	type Burn = Burner;
	type Era = Era;
	type EraMillis = EraMillis;
	type PalletId = RewardsId;
	// Two are paid in a block.
	type MaxValidators = ConstU32<128>;
	type KeepEras = ConstU32<5>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
}

/// Makes operators for the benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId32> for Helper {
	fn make_operator(who: &AccountId32) {
		Operators::mutate(|all| all.push(who.clone()));
	}
	fn begin_era() {
		Era::mutate(|era| *era += 1);
	}
}

/// The account of a number.
pub fn account(n: u8) -> AccountId32 {
	[n; 32].into()
}

/// What the stake of the operator of a number was rewarded with.
pub fn earned(n: u8) -> Balance {
	Earned::get().get(&account(n)).copied().unwrap_or_default()
}

/// Takes `amount` out of account 1.
pub fn credit(amount: Balance) -> CreditOf<Test> {
	Balances::withdraw(
		&account(1),
		amount,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.expect("account 1 is endowed")
}

/// Puts `amount` into the stakers' pot, as the fee router does.
pub fn fees_arrive(amount: Balance) {
	assert!(
		Balances::resolve(&StakerPot::get(), credit(amount)).is_ok(),
		"the pot takes them"
	);
}

/// Pays `amount` of fees to an author, and tells whether they were taken.
pub fn pay_author(n: u8, amount: Balance) -> bool {
	match Rewards::pay(&account(n), credit(amount)) {
		Ok(()) => true,
		Err(refused) => {
			// As the fee router does.
			Burner::on_unbalanced(refused);
			false
		}
	}
}

/// Begins the next block, by the author of a number. Nothing is paid in it but the fixed slice.
pub fn block_by(n: u8) {
	end_block();
	System::set_block_number(System::block_number() + 1);
	Rewards::note_author(account(n));
	Rewards::on_initialize(System::block_number());
}

/// Ends the block.
pub fn end_block() {
	Rewards::on_finalize(System::block_number());
}

/// Begins the next era with a block by the author of a number.
pub fn era_by(n: u8) {
	Era::mutate(|era| *era += 1);
	block_by(n);
}

/// Pays all that is due.
pub fn pay_all() {
	Rewards::on_idle(System::block_number(), Weight::MAX);
}

/// The pallet's events so far.
pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}

/// Builds the mock's state. Account 1 is endowed, 11 to 14 are operators, and the pallet's account, the
/// reserve, the stakers' pot and operators' stake hold the existential deposit each.
pub struct ExtBuilder {
	reserve: Balance,
	deposit: Balance,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			reserve: RESERVE,
			deposit: ED,
		}
	}
}

impl ExtBuilder {
	/// What the reserve has above the existential deposit.
	pub fn with_reserve(mut self, reserve: Balance) -> Self {
		self.reserve = reserve;
		self
	}

	/// Leaves the pallet's account without an existential deposit.
	pub fn without_deposit(mut self) -> Self {
		self.deposit = 0;
		self
	}

	/// The state after genesis.
	pub fn build(self) -> TestExternalities {
		Era::set(0);
		EraMillis::set(DAY);
		Stake::set(BONDED);
		Burned::set(0);
		Earned::set(BTreeMap::new());
		Operators::set((11..=14).map(account).collect());
		let balances = [
			(account(1), PURSE),
			(StakerPot::get(), ED),
			(account(91), ED),
			(Rewards::account_id(), self.deposit),
			(Rewards::reserve_account(), ED + self.reserve),
		]
		.into_iter()
		.filter(|(_, balance)| *balance > 0)
		.collect();
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances,
				..Default::default()
			},
			..Default::default()
		};
		let mut ext: TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| System::set_block_number(1));
		ext
	}

	/// Runs a test, then checks all invariants, and that nothing was minted, nor burned past the
	/// handler.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			let issued = Balances::total_issuance();
			test();
			Rewards::do_try_state().expect("all invariants hold");
			assert_eq!(Balances::total_issuance() + Burned::get(), issued);
		});
	}
}
