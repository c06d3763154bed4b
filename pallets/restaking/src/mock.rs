//! A runtime with sessions, historical roots and offences around the pallet.

use crate as pallet_restaking;
use crate::*;
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		traits::{ConstU128, ConstU32, ConstU64, Imbalance},
	},
	pallet_balances, pallet_offences,
	pallet_session::{self, historical, SessionInterface},
	sp_io,
	sp_runtime::{
		impl_opaque_keys,
		testing::UintAuthorityId,
		traits::{Convert, ConvertInto},
		BuildStorage,
	},
	sp_staking::offence::{Kind, Offence, OffenceError, ReportOffence},
};

type Block = frame_system::mocking::MockBlock<Test>;
pub type AccountId = u64;

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
	pub type Restaking = pallet_restaking;
	#[runtime::pallet_index(3)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(4)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(5)]
	pub type Session = pallet_session;
}

/// The existential deposit of the mock, in planck.
pub const ED: Balance = 10;
/// What each of the accounts 1 to 9 has at genesis, its bond included.
pub const ENDOWMENT: Balance = 100_000;
/// Blocks of a session.
pub const SESSION: u64 = 5;
/// Sessions of an era.
pub const SESSIONS_PER_ERA: u32 = 3;

parameter_types! {
	pub const RestakingId: PalletId = PalletId(*b"qrn/stak");
	/// Planck that slashes burned.
	pub static Burned: Balance = 0;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<Balance>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = Balance;
	type ExistentialDeposit = ConstU128<ED>;
}

impl_opaque_keys! {
	pub struct MockKeys {
		pub dummy: UintAuthorityId,
	}
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type NextSessionRotation = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type SessionManager = historical::NoteHistoricalRoot<Test, Restaking>;
	type SessionHandler = pallet_session::TestSessionHandler;
	type Keys = MockKeys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = ();
	type Currency = Balances;
	type KeyDeposit = ConstU128<0>;
}

impl historical::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = NoIdentification;
}

pub struct NoIdentification;

impl Convert<AccountId, Option<()>> for NoIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

impl pallet_offences::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = historical::IdentificationTuple<Test>;
	type OnOffenceHandler = Restaking;
}

/// Burns, and keeps count of it.
pub struct Burn;

impl OnUnbalanced<fungible::Credit<AccountId, Balances>> for Burn {
	fn on_nonzero_unbalanced(credit: fungible::Credit<AccountId, Balances>) {
		Burned::mutate(|burned| *burned += credit.peek());
	}
}

impl Config for Test {
	type Currency = Balances;
	type Slash = Burn;
	type Session = Session;
	type PalletId = RestakingId;
	type MinBond = ConstU128<100>;
	type MinValidatorBond = ConstU128<1_000>;
	type MaxValidators = ConstU32<5>;
	type MaxCandidates = ConstU32<6>;
	type UnbondingEras = ConstU32<2>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Helper;
}

/// Gives accounts of benchmarks session keys.
#[cfg(feature = "runtime-benchmarks")]
pub struct Helper;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId> for Helper {
	fn set_keys(who: &AccountId) {
		set_keys(*who);
	}
}

/// Gives an account session keys.
pub fn set_keys(who: AccountId) {
	<Session as SessionInterface>::set_keys(
		&who,
		MockKeys {
			dummy: UintAuthorityId(who),
		},
	)
	.expect("its keys are its own");
}

/// An equivocation: of `k` offenders in one slot, of `validators`, each loses `min((3k/n)², 1)`.
pub struct Equivocation {
	pub session: SessionIndex,
	pub slot: u64,
	pub validators: u32,
	pub offender: AccountId,
}

impl Offence<(AccountId, ())> for Equivocation {
	const ID: Kind = *b"test:equivocatio";
	type Slot = u64;

	fn offenders(&self) -> Vec<(AccountId, ())> {
		vec![(self.offender, ())]
	}
	fn session_index(&self) -> SessionIndex {
		self.session
	}
	fn validator_set_count(&self) -> u32 {
		self.validators
	}
	fn slot(&self) -> u64 {
		self.slot
	}
	fn slash_fraction(&self, offenders: u32) -> Perbill {
		Perbill::from_rational(3 * offenders, self.validators).square()
	}
}

/// Reports one, as BABE and GRANDPA do.
pub fn report(offence: Equivocation) -> Result<(), OffenceError> {
	Offences::report_offence(vec![], offence)
}

/// Runs blocks until a session has begun.
pub fn start_session(session: SessionIndex) {
	System::run_to_block::<AllPalletsWithSystem>(u64::from(session) * SESSION);
	assert_eq!(Session::current_index(), session);
}

/// Runs blocks until an era has begun.
pub fn start_era(era: EraIndex) {
	start_session(era * SESSIONS_PER_ERA);
	assert_eq!(Restaking::current_era(), era);
}

/// An operator's books.
pub fn operator(who: AccountId) -> OperatorOf<Test> {
	Operators::<Test>::get(who).expect("it is an operator")
}

/// The balance of an operator's pool account.
pub fn in_pool(who: AccountId) -> Balance {
	Balances::free_balance(Restaking::pool_account(&who).expect("every account has a pool"))
}

/// The pallet's events so far.
pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}

/// Builds the mock's state: accounts 1 to 9 are endowed; 1 to 4 validate unless told otherwise.
pub struct ExtBuilder {
	operators: Vec<(AccountId, Balance)>,
	validator_count: u32,
	without_keys: Vec<AccountId>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			operators: vec![(1, 4_000), (2, 3_000), (3, 2_000), (4, 1_000)],
			validator_count: 4,
			without_keys: vec![],
		}
	}
}

impl ExtBuilder {
	pub fn with_operators(mut self, operators: Vec<(AccountId, Balance)>) -> Self {
		self.operators = operators;
		self
	}

	pub fn with_validator_count(mut self, count: u32) -> Self {
		self.validator_count = count;
		self
	}

	/// Operators that get no session keys at genesis.
	pub fn with_keyless(mut self, who: Vec<AccountId>) -> Self {
		self.without_keys = who;
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		let keys = self
			.operators
			.iter()
			.map(|(who, _)| *who)
			.filter(|who| !self.without_keys.contains(who));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: (1..10).map(|who| (who, ENDOWMENT)).collect(),
				..Default::default()
			},
			session: pallet_session::GenesisConfig {
				keys: keys
					.map(|who| {
						(
							who,
							who,
							MockKeys {
								dummy: UintAuthorityId(who),
							},
						)
					})
					.collect(),
				..Default::default()
			},
			restaking: pallet_restaking::GenesisConfig {
				operators: self.operators,
				validator_count: self.validator_count,
				sessions_per_era: SESSIONS_PER_ERA,
			},
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| {
			Burned::set(0);
			System::set_block_number(1);
		});
		ext
	}

	/// Runs a test, then checks all invariants: the pallet's, and that issuance fell by what was
	/// burned and by nothing else.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			Restaking::do_try_state().expect("all invariants hold");
			assert_eq!(Balances::total_issuance() + Burned::get(), 9 * ENDOWMENT);
		});
	}
}
