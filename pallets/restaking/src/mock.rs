//! A runtime with sessions, historical roots and offences around the pallet.

use crate as pallet_restaking;
use crate::*;
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		traits::{fungible::Balanced, tokens, AsEnsureOriginWithArg, ConstU128, ConstU32, ConstU64, Imbalance},
	},
	frame_system::{EnsureNever, EnsureRoot},
	pallet_assets, pallet_balances, pallet_offences,
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
use quern_primitives::{
	ports::{NewSlash, SlashableStake, Slasher, StakeRewards},
	BlockNumber, SlashCause, SlashId,
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
	#[runtime::pallet_index(6)]
	pub type Shares = pallet_assets;
}

/// A token of the mock, in planck: six decimals, so that numbers stay short, and the least delegation, which
/// must buy a million shares, is one.
pub const QRN: Balance = 1_000_000;
/// The existential deposit of the mock, in planck.
pub const ED: Balance = QRN / 100;
/// What each of the accounts 1 to 9 has at genesis, its bond included.
pub const ENDOWMENT: Balance = 100_000 * QRN;
/// Pays rewards in tests, and has as much.
pub const PURSE: AccountId = 100;
/// All that there is at genesis.
pub const ISSUANCE: Balance = 10 * ENDOWMENT;
/// Blocks of a session.
pub const SESSION: u64 = 5;
/// Sessions of an era.
pub const SESSIONS_PER_ERA: u32 = 3;
/// Classes that exist.
pub const CLASSES: [ClassId; 20] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
/// A percent of the whole.
pub const PERCENT: Magnitude = WHOLE / 100;

parameter_types! {
	pub const RestakingId: PalletId = PalletId(*b"qrn/stak");
	/// Planck that slashes burned.
	pub static Burned: Balance = 0;
	/// Slashes that were proposed, and what was frozen for each and is due still.
	pub static Proposed: Vec<(NewSlash<AccountId>, Parts)> = vec![];
	/// Why the mock's queue refuses all slashes, if it does.
	pub static Refuses: Option<DispatchError> = None;
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

impl pallet_assets::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type Balance = Balance;
	type RemoveItemsLimit = ConstU32<100>;
	type AssetId = OperatorId;
	type AssetIdParameter = codec::Compact<OperatorId>;
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

/// The classes that exist.
pub struct Classes;

impl Contains<ClassId> for Classes {
	fn contains(class: &ClassId) -> bool {
		CLASSES.contains(class)
	}
}

/// A slash queue that freezes at once, as the real one does, and executes what a test tells it to.
pub struct Queue;

impl Slasher<AccountId> for Queue {
	fn propose(slash: NewSlash<AccountId>) -> Result<SlashId, DispatchError> {
		if let Some(error) = Refuses::get() {
			return Err(error);
		}
		let amount = slash
			.amount
			.min(Restaking::slashable_at(&slash.operator, slash.scope, slash.session));
		let parts = Restaking::freeze(&slash.operator, slash.scope, slash.session, amount);
		if parts.total() == 0 {
			return Err(DispatchError::Other("nothing is there"));
		}
		Proposed::mutate(|all| all.push((slash, parts)));
		Ok(Proposed::get().len() as SlashId - 1)
	}
}

/// Proposes a slash of a class for a fault in a session.
pub fn fault(
	operator: AccountId,
	class: ClassId,
	session: SessionIndex,
	amount: Balance,
) -> Result<SlashId, DispatchError> {
	Queue::propose(NewSlash {
		operator,
		scope: Scope::Class(class),
		cause: SlashCause::WrongResult(0),
		session,
		amount,
		evidence: Default::default(),
		victim: None,
		finder: None,
	})
}

/// What is due for a slash still.
pub fn due(id: SlashId) -> Parts {
	Proposed::get()[id as usize].1
}

/// Executes a part of a slash, and burns what it brings. Returns that: own bond, delegations.
pub fn execute_part(id: SlashId, parts: Parts) -> (Balance, Balance) {
	let (slash, due) = Proposed::get()[id as usize].clone();
	let (own, delegated) =
		Restaking::take(&slash.operator, slash.scope, slash.session, parts).expect("the pool account has it");
	Proposed::mutate(|all| all[id as usize].1 = due.without(&parts));
	let taken = (own.peek(), delegated.peek());
	Burned::mutate(|burned| *burned += taken.0 + taken.1);
	taken
}

/// Executes a slash.
pub fn execute(id: SlashId) -> (Balance, Balance) {
	execute_part(id, due(id))
}

/// Executes all that is due.
pub fn execute_all() {
	(0..Proposed::get().len() as SlashId).for_each(|id| {
		execute(id);
	});
}

/// Gives back a part of what a slash has frozen.
pub fn void_part(id: SlashId, parts: Parts) {
	let (slash, due) = Proposed::get()[id as usize].clone();
	Restaking::thaw(&slash.operator, slash.scope, slash.session, parts);
	Proposed::mutate(|all| all[id as usize].1 = due.without(&parts));
}

/// Voids a slash.
pub fn void(id: SlashId) {
	void_part(id, due(id));
}

/// Pays a reward out of the purse.
pub fn reward(operator: AccountId, amount: Balance) {
	let credit = <Balances as Balanced<AccountId>>::withdraw(
		&PURSE,
		amount,
		tokens::Precision::Exact,
		tokens::Preservation::Preserve,
		tokens::Fortitude::Polite,
	)
	.expect("the purse is full");
	assert!(Restaking::reward(&operator, credit).is_ok(), "it is an operator");
}

/// Pays a reward to compounding delegations alone.
pub fn reward_compounding(who: AccountId, amount: Balance) {
	use polkadot_sdk::frame_support::traits::fungible::Mutate;
	let mut operator = operator(who);
	<Balances as Mutate<AccountId>>::transfer(&PURSE, &operator.pool, amount, tokens::Preservation::Preserve)
		.expect("the purse is full");
	operator.compounding.tranche.balance += amount;
	Restaking::commit(&who, operator);
}

impl Config for Test {
	type Currency = Balances;
	type Shares = Shares;
	type Session = Session;
	type Slasher = Queue;
	type Classes = Classes;
	type PalletId = RestakingId;
	type MinBond = ConstU128<{ 100 * QRN }>;
	type MinValidatorBond = ConstU128<{ 1_000 * QRN }>;
	type MinDelegation = ConstU128<QRN>;
	type MinValidators = ConstU32<2>;
	type MaxValidators = ConstU32<5>;
	type MaxCandidates = ConstU32<6>;
	type UnbondingEras = ConstU32<4>;
	type ChallengeEras = ConstU32<2>;
	type SlashWindow = ConstU32<3>;
	type AllocationDelay = ConstU32<1>;
	type CommissionNotice = ConstU32<4>;
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
	fn make_class() -> ClassId {
		CLASSES[0]
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

/// An operator's own bond that is not unbonding.
pub fn own(who: AccountId) -> Balance {
	operator(who).own.balance
}

/// What an account delegated to an operator.
pub fn delegation(who: AccountId, operator: AccountId) -> Delegation {
	Restaking::delegation(&who, &self::operator(operator)).expect("it delegated")
}

/// What an account's delegation with an operator is worth: shares of both modes, liquid ones, and what unbonds;
/// what is frozen included, rewards that wait not.
pub fn value(who: AccountId, operator: AccountId) -> Balance {
	let infos = Restaking::delegations_of(&who);
	let Some(info) = infos.into_iter().find(|info| info.operator == operator) else {
		return 0;
	};
	let liquid = self::operator(operator).compounding.value_of(info.liquid_shares);
	info.value + liquid + info.unbonding.iter().map(|(amount, _)| amount).sum::<Balance>()
}

/// The balance of an operator's pool account, without the existential deposit that lies there.
pub fn in_pool(who: AccountId) -> Balance {
	Balances::free_balance(operator(who).pool) - ED
}

/// What an account can spend, and no more.
pub fn free(who: AccountId) -> Balance {
	Balances::free_balance(who)
}

/// The block that runs.
pub fn now() -> BlockNumber {
	System::block_number() as BlockNumber
}

/// The pallet's events so far.
pub fn events() -> Vec<Event<Test>> {
	System::read_events_for_pallet::<Event<Test>>()
}

/// Builds the mock's state: accounts 1 to 9 are endowed; 1 to 4 validate unless told otherwise.
pub struct ExtBuilder {
	operators: Vec<(AccountId, Balance)>,
	allocations: Vec<(AccountId, ClassId, Magnitude)>,
	validator_count: u32,
	without_keys: Vec<AccountId>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			operators: vec![(1, 4_000 * QRN), (2, 3_000 * QRN), (3, 2_000 * QRN), (4, 1_000 * QRN)],
			allocations: vec![],
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

	/// What operators allocate from the start.
	pub fn with_allocations(mut self, allocations: Vec<(AccountId, ClassId, Magnitude)>) -> Self {
		self.allocations = allocations;
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
				balances: (1..10).chain([PURSE]).map(|who| (who, ENDOWMENT)).collect(),
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
				allocations: self.allocations,
				validator_count: self.validator_count,
				sessions_per_era: SESSIONS_PER_ERA,
			},
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| {
			Burned::set(0);
			Proposed::set(vec![]);
			Refuses::set(None);
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
			assert_eq!(Balances::total_issuance() + Burned::get(), ISSUANCE);
		});
	}
}
