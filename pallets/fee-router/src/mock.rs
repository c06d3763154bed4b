//! The smallest runtime that holds the pallet.

use crate as pallet_fee_router;
use crate::*;
use polkadot_sdk::{
	frame_support::traits::{AsEnsureOriginWithArg, ConstU128},
	frame_support::{
		derive_impl, parameter_types,
		traits::{fungible::Balanced, Imbalance},
	},
	frame_system::{EnsureNever, EnsureRoot},
	pallet_assets, pallet_balances, sp_io,
	sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage},
};

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
	pub type FeeRouter = pallet_fee_router;
	#[runtime::pallet_index(3)]
	pub type Assets = pallet_assets;
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
/// What every account has at genesis.
pub const ENDOWMENT: Balance = 1_000_000;

parameter_types! {
	pub const ExistentialDeposit: Balance = ED;
	pub const RouterId: PalletId = PalletId(*b"qrn/fees");
	pub TreasuryAccount: AccountId32 = account(90);
	pub static Author: Option<AccountId32> = Some(account(80));
	pub static Era: EraIndex = 0;
	/// Whether [`DirectPay`] gives back all that it is to pay.
	pub static PayerRefuses: bool = false;
	/// What [`DirectPay`] was asked to pay, and to whom.
	pub static Asked: Vec<(AccountId32, Balance)> = Vec::new();
}

/// Pays authors into their accounts.
pub struct DirectPay;

impl AuthorFees<AccountId32, CreditOf<Test>> for DirectPay {
	fn pay(author: &AccountId32, fees: CreditOf<Test>) -> Result<(), CreditOf<Test>> {
		Asked::mutate(|asked| asked.push((author.clone(), fees.peek())));
		if PayerRefuses::get() {
			return Err(fees);
		}
		Balances::resolve(author, fees)
	}
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ExistentialDeposit;
	type DustRemoval = Burner<Test>;
}

#[derive_impl(pallet_assets::config_preludes::TestDefaultConfig)]
impl pallet_assets::Config for Test {
	type Balance = Balance;
	type AssetId = u32;
	type AssetIdParameter = u32;
	type Currency = Balances;
	type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId32>>;
	type ForceOrigin = EnsureRoot<AccountId32>;
}

/// What it burns to empty the mock's jar.
pub const JAR_PRICE: Balance = 5_000;
/// Owns the mock's assets, and can freeze them.
pub const ISSUER: u8 = 99;
/// Assets of the mock: those of which an account needs one, and one of which it needs 50.
pub const ASSETS: [u32; 3] = [1, 2, 3];
/// The one that an account needs 50 of.
pub const COARSE: u32 = 9;

/// Fills the jar with one asset after the other.
#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId32, u32> for Test {
	fn fill_jar(jar: &AccountId32, index: u32) -> u32 {
		use polkadot_sdk::frame_support::traits::fungibles::{Create, Mutate};
		let asset = 100 + index;
		<Assets as Create<_>>::create(asset, account(ISSUER), true, 1).expect("it is new");
		<Assets as Mutate<_>>::mint_into(asset, jar, 1_000).expect("it fits");
		asset
	}
}

/// For the benchmarks' own tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	ExtBuilder::default().build()
}

impl Config for Test {
	type Currency = Balances;
	type Treasury = TreasuryAccount;
	type Author = Author;
	type AuthorFees = DirectPay;
	type Era = Era;
	type PalletId = RouterId;
	type JarAssetId = u32;
	type JarAssets = Assets;
	type JarPrice = ConstU128<JAR_PRICE>;
	type KeepEras = frame_support::traits::ConstU32<3>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Test;
}

/// The account of a number.
pub fn account(n: u8) -> AccountId32 {
	[n; 32].into()
}

/// Builds the mock's state. Accounts 1 and 2 are endowed; so are, unless told otherwise, the
/// treasury, the author and the pallet's two accounts.
pub struct ExtBuilder {
	receivers: Balance,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self { receivers: ENDOWMENT }
	}
}

impl ExtBuilder {
	/// What the accounts that get legs have at genesis.
	pub fn with_receivers(mut self, balance: Balance) -> Self {
		self.receivers = balance;
		self
	}

	/// Makes the state.
	pub fn build(self) -> sp_io::TestExternalities {
		let receivers = [
			account(80),
			account(90),
			FeeRouter::staker_pot(),
			FeeRouter::insurance_account(),
		]
		.map(|who| (who, self.receivers));
		let balances = [(account(1), ENDOWMENT), (account(2), ENDOWMENT)]
			.into_iter()
			.chain(receivers)
			.filter(|(_, balance)| *balance > 0)
			.collect();
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances,
				..Default::default()
			},
			assets: pallet_assets::GenesisConfig {
				assets: ASSETS
					.into_iter()
					.map(|asset| (asset, account(ISSUER), true, 1))
					.chain([(COARSE, account(ISSUER), true, 50)])
					.collect(),
				..Default::default()
			},
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| {
			Author::set(Some(account(80)));
			Era::set(0);
			PayerRefuses::set(false);
			Asked::set(Vec::new());
			System::set_block_number(1);
		});
		ext
	}

	/// Runs a test, then checks all invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			FeeRouter::do_try_state().expect("all invariants hold");
		});
	}
}
