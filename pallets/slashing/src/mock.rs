//! The smallest runtime that holds the pallet, with books of stake that are as simple as they can be.

use crate as pallet_slashing;
use crate::*;
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		storage::unhashed,
		traits::{
			fungible::{Balanced, Inspect, InspectHold},
			tokens::{Fortitude, Precision, Preservation},
			ConstU128, ConstU32, Hooks, Imbalance, OnUnbalanced,
		},
	},
	pallet_balances, sp_io,
	sp_runtime::{BuildStorage, DispatchError},
};
use quern_primitives::{
	ports::{Conduct, Fault, NewSlash, SlashableStake, Slasher},
	ClassId,
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
	pub type Slashing = pallet_slashing;
}

/// The existential deposit of the mock, in planck.
pub const ED: Balance = 10;
/// What operators, victims and finders have at genesis, beside operators' stake.
pub const ENDOWMENT: Balance = 1_000_000;
/// Operators, with stake as [`STAKE`] unless told otherwise.
pub const OPERATORS: [AccountId; 3] = [1, 2, 3];
/// The first operator.
pub const OP: AccountId = 1;
/// Who loses by offences.
pub const VICTIM: AccountId = 11;
/// Who finds offences.
pub const FINDER: AccountId = 12;
/// An account that does not exist.
pub const NOBODY: AccountId = 13;
/// The class to which all allocate.
pub const CLASS: ClassId = 7;
/// What an appeal holds.
pub const BOND: Balance = 500;
/// Blocks of a session.
pub const SESSION: BlockNumber = 5;
/// Blocks of an era: two sessions.
pub const ERA: BlockNumber = 10;
/// Blocks of a day.
pub const DAY: BlockNumber = 40;
/// Eras in which an offence may be proposed, a slash waits, waits for a ruling, and is reckoned to be executed.
pub const CHALLENGE: EraIndex = 12;
pub const APPEAL: EraIndex = 4;
pub const RULING: EraIndex = 3;
pub const EXECUTION: EraIndex = 2;

parameter_types! {
	/// Planck that went to the burner.
	pub static Burned: Balance = 0;
	/// Operators whose stake cannot be taken.
	pub static Failing: Vec<AccountId> = Vec::new();
	/// Sessions before this one are forgotten.
	pub static Forgotten: SessionIndex = 0;
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
	type RuntimeHoldReason = RuntimeHoldReason;
}

pub struct Burner;

impl OnUnbalanced<CreditOf<Test>> for Burner {
	fn on_nonzero_unbalanced(credit: CreditOf<Test>) {
		Burned::mutate(|burned| *burned += credit.peek());
		drop(credit);
	}
}

pub struct BlockEras;

impl Eras for BlockEras {
	fn current() -> EraIndex {
		Slashing::now() / ERA
	}
	fn of(session: SessionIndex) -> EraIndex {
		session * SESSION / ERA
	}
}

impl Config for Test {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Stake = MockStake;
	type Era = BlockEras;
	type Burn = Burner;
	type RulingOrigin = frame_system::EnsureRoot<AccountId>;
	type AppealBond = ConstU128<BOND>;
	type ChallengeEras = ConstU32<CHALLENGE>;
	type AppealEras = ConstU32<APPEAL>;
	type RulingEras = ConstU32<RULING>;
	type ExecutionEras = ConstU32<EXECUTION>;
	type BlocksPerDay = ConstU32<DAY>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = BenchmarkStake;
}

#[cfg(feature = "runtime-benchmarks")]
pub struct BenchmarkStake;

#[cfg(feature = "runtime-benchmarks")]
impl BenchmarkHelper<AccountId> for BenchmarkStake {
	fn slashable(who: &AccountId, amount: Balance) -> (Scope, SessionIndex) {
		use polkadot_sdk::frame_support::traits::fungible::Mutate;
		Balances::set_balance(&pool(*who), 4 * amount + ED);
		put(
			*who,
			Books {
				own: amount,
				delegated: 3 * amount,
				allocated: 2 * amount,
				groups: Vec::new(),
			},
		);
		(Scope::Class(CLASS), Slashing::now() / SESSION)
	}
	fn pass_session() {}
}

/// An operator's stake: nothing unbonds, no history.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Books {
	/// Own bond, what is frozen included.
	pub own: Balance,
	/// Delegations, what is frozen included.
	pub delegated: Balance,
	/// Allocated to [`CLASS`].
	pub allocated: Balance,
	/// What is frozen, by scope and session of the offence.
	pub groups: Vec<(Scope, SessionIndex, Group)>,
}

/// What is frozen for the slashes of a scope and session.
#[derive(Clone, Default, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Group {
	/// What they are still due.
	pub due: Parts,
	/// What is there of it: less where a slash against consensus displaced some.
	pub frozen: Parts,
}

/// What each of [`OPERATORS`] has, unless told otherwise.
pub fn stake() -> Books {
	Books {
		own: 10_000,
		delegated: 40_000,
		allocated: 20_000,
		groups: Vec::new(),
	}
}

/// The account in which an operator's stake lies.
pub fn pool(operator: AccountId) -> AccountId {
	operator + 1_000
}

fn key(operator: AccountId) -> Vec<u8> {
	(b"mock:books", operator).encode()
}

// In storage, so that what is undone is undone here too.
pub fn books(operator: AccountId) -> Books {
	unhashed::get_or_default(&key(operator))
}

pub fn put(operator: AccountId, books: Books) {
	unhashed::put(&key(operator), &books);
}

pub fn plus(a: Parts, b: Parts) -> Parts {
	Parts {
		own: a.own + b.own,
		delegated: a.delegated + b.delegated,
	}
}

/// `parts` of `due`, of which only `frozen` is there.
fn part_of(frozen: Parts, parts: Parts, due: Parts) -> Parts {
	let of = |frozen: Balance, part: Balance, due: Balance| (frozen * part).checked_div(due).unwrap_or(0);
	Parts {
		own: of(frozen.own, parts.own, due.own),
		delegated: of(frozen.delegated, parts.delegated, due.delegated),
	}
}

impl Books {
	pub fn frozen(&self) -> Parts {
		self.groups
			.iter()
			.fold(Parts::default(), |sum, (_, _, group)| plus(sum, group.frozen))
	}

	fn free(&self) -> Parts {
		Parts {
			own: self.own,
			delegated: self.delegated,
		}
		.without(&self.frozen())
	}

	fn group(&mut self, scope: Scope, session: SessionIndex) -> &mut Group {
		let place = self
			.groups
			.iter()
			.position(|(of, at, _)| (*of, *at) == (scope, session));
		let place = place.unwrap_or_else(|| {
			self.groups.push((scope, session, Group::default()));
			self.groups.len() - 1
		});
		&mut self.groups[place].2
	}

	/// Makes room for `missing` more out of what compute slashes have frozen.
	fn displace(&mut self, missing: Balance) {
		let mut missing = missing;
		for (scope, _, group) in &mut self.groups {
			if *scope != Scope::Consensus {
				let out = group.frozen.first(missing);
				group.frozen = group.frozen.without(&out);
				missing -= out.total();
			}
		}
	}

	/// Takes `parts` out of a group, and returns what was there of it.
	fn ungroup(&mut self, scope: Scope, session: SessionIndex, parts: Parts) -> Parts {
		let group = self.group(scope, session);
		assert_eq!(group.due.without(&parts).total() + parts.total(), group.due.total());
		let out = part_of(group.frozen, parts, group.due);
		group.due = group.due.without(&parts);
		group.frozen = if group.due.total() == 0 {
			Parts::default()
		} else {
			group.frozen.without(&out)
		};
		self.groups.retain(|(_, _, group)| group.due.total() > 0);
		out
	}
}

pub struct MockStake;

impl SlashableStake<AccountId> for MockStake {
	type Credit = CreditOf<Test>;

	fn session_at(block: BlockNumber) -> Option<SessionIndex> {
		Some(block / SESSION).filter(|session| *session >= Forgotten::get())
	}

	fn slashable_at(operator: &AccountId, scope: Scope, session: SessionIndex) -> Balance {
		let books = books(*operator);
		match scope {
			_ if session < Forgotten::get() => 0,
			Scope::Consensus => books.own + books.delegated,
			Scope::Class(CLASS) => books.allocated,
			Scope::Class(_) => 0,
		}
	}

	fn freeze(operator: &AccountId, scope: Scope, session: SessionIndex, amount: Balance) -> Parts {
		let mut books = books(*operator);
		if scope == Scope::Consensus {
			books.displace(amount.saturating_sub(books.free().total()));
		}
		let parts = books.free().first(amount);
		if parts.total() > 0 {
			let group = books.group(scope, session);
			group.due = plus(group.due, parts);
			group.frozen = plus(group.frozen, parts);
			put(*operator, books);
		}
		parts
	}

	fn thaw(operator: &AccountId, scope: Scope, session: SessionIndex, parts: Parts) {
		let mut books = books(*operator);
		books.ungroup(scope, session, parts);
		put(*operator, books);
	}

	fn take(
		operator: &AccountId,
		scope: Scope,
		session: SessionIndex,
		parts: Parts,
	) -> Result<(Self::Credit, Self::Credit), DispatchError> {
		let mut books = books(*operator);
		let there = books.ungroup(scope, session, parts);
		let taken = match scope {
			Scope::Consensus => there,
			Scope::Class(_) => there.first(books.allocated),
		};
		books.own -= taken.own;
		books.delegated -= taken.delegated;
		if scope != Scope::Consensus {
			books.allocated -= taken.total();
		}
		put(*operator, books);
		let withdraw = |amount| {
			Balances::withdraw(
				&pool(*operator),
				amount,
				Precision::Exact,
				Preservation::Preserve,
				Fortitude::Polite,
			)
		};
		let own = withdraw(taken.own)?;
		// As late as it can be, so that there is something to undo.
		if Failing::get().contains(operator) {
			drop(own);
			return Err(DispatchError::Exhausted);
		}
		Ok((own, withdraw(taken.delegated)?))
	}

	fn own_stake(operator: &AccountId) -> Balance {
		books(*operator).free().own
	}

	fn total_stake() -> Balance {
		OPERATORS.iter().map(|who| books(*who).free().total()).sum()
	}
}

/// Builds the mock's state.
pub struct ExtBuilder {
	stakes: Vec<(AccountId, Books)>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			stakes: OPERATORS.iter().map(|who| (*who, stake())).collect(),
		}
	}
}

impl ExtBuilder {
	/// What one of [`OPERATORS`] has.
	pub fn with_stake(mut self, who: AccountId, books: Books) -> Self {
		self.stakes
			.iter_mut()
			.filter(|(operator, _)| *operator == who)
			.for_each(|(_, stake)| *stake = books.clone());
		self
	}

	/// Builds, in block 1.
	pub fn build(self) -> sp_io::TestExternalities {
		let pools = self
			.stakes
			.iter()
			.map(|(who, books)| (pool(*who), books.own + books.delegated + ED));
		let purses = OPERATORS
			.into_iter()
			.chain([VICTIM, FINDER])
			.map(|who| (who, ENDOWMENT));
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: pools.chain(purses).collect(),
				..Default::default()
			},
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| {
			Burned::set(0);
			Failing::set(Vec::new());
			Forgotten::set(0);
			for (who, books) in self.stakes {
				put(who, books);
			}
			System::set_block_number(1);
		});
		ext
	}

	/// Runs a test, then checks all that has to hold.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			let issuance = Balances::total_issuance();
			test();
			check_everything();
			assert_eq!(
				Balances::total_issuance() + Burned::get(),
				issuance,
				"what is gone was burned"
			);
		});
	}
}

/// The pallet's invariants, and that what is frozen is what slashes are due.
pub fn check_everything() {
	assert_eq!(Slashing::do_try_state(), Ok(()));
	for who in OPERATORS {
		let mut dues = std::collections::BTreeMap::<_, Parts>::new();
		for id in SlashesOf::<Test>::iter_key_prefix(who) {
			let slash = slash(id);
			let sum = dues.entry((slash.scope, slash.session)).or_default();
			*sum = plus(*sum, slash.amount);
		}
		let books = books(who);
		let frozen: std::collections::BTreeMap<_, _> = books
			.groups
			.iter()
			.map(|(scope, session, group)| ((*scope, *session), group.due))
			.collect();
		assert_eq!(frozen, dues, "what is frozen for slashes of {who}");
		assert_eq!(Balances::balance(&pool(who)), books.own + books.delegated + ED);
	}
}

/// Makes the blocks up to `block`, each with its fixed slice alone.
pub fn run_to(block: BlockNumber) {
	while Slashing::now() < block {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		Slashing::on_initialize(next);
	}
}

/// Makes the blocks up to the first of an era, each with its fixed slice alone.
pub fn run_to_era(era: EraIndex) {
	run_to(era * ERA);
}

/// A slash that waits.
pub fn slash(id: SlashId) -> SlashOf<Test> {
	Slashes::<Test>::get(id).expect("the slash is there")
}

/// Whether a slash was executed whole, or voided.
pub fn is_gone(id: SlashId) -> bool {
	!Slashes::<Test>::contains_key(id)
}

/// Own bond and delegations.
pub fn parts(own: Balance, delegated: Balance) -> Parts {
	Parts { own, delegated }
}

/// A slash of a class's allocation for an offence in the present session.
pub fn new_slash(operator: AccountId, amount: Balance) -> NewSlash<AccountId> {
	NewSlash {
		operator,
		scope: Scope::Class(CLASS),
		cause: SlashCause::WrongResult(1),
		session: Slashing::now() / SESSION,
		amount,
		evidence: H256::repeat_byte(9),
		victim: None,
		finder: None,
	}
}

/// A slash for an offence against consensus.
pub fn consensus_slash(operator: AccountId, amount: Balance) -> NewSlash<AccountId> {
	NewSlash {
		scope: Scope::Consensus,
		cause: SlashCause::Equivocation,
		..new_slash(operator, amount)
	}
}

/// Proposes a slash that is not to be refused.
pub fn propose(slash: NewSlash<AccountId>) -> SlashId {
	<Slashing as Slasher<AccountId>>::propose(slash).expect("something answers")
}

/// A fault of the first operator in the present block, with 1,000 planck reserved.
pub fn fault() -> Fault<AccountId> {
	Fault {
		operator: OP,
		class: CLASS,
		job: 1,
		at: Slashing::now(),
		size: 1_000,
		evidence: H256::repeat_byte(8),
		victim: None,
		finder: None,
	}
}

/// What an account can spend.
pub fn tokens(who: AccountId) -> Balance {
	Balances::balance(&who)
}

/// What is held of an account for appeals.
pub fn held(who: AccountId) -> Balance {
	Balances::balance_on_hold(&HoldReason::Appeal.into(), &who)
}

/// Whether the first operator is jailed.
pub fn is_jailed() -> bool {
	<Slashing as Conduct<AccountId>>::is_jailed(&OP)
}

/// The pallet's events since the last call.
pub fn take_events() -> Vec<Event<Test>> {
	let events = System::read_events_for_pallet::<Event<Test>>();
	System::reset_events();
	events
}

/// For the benchmarks' own tests.
#[cfg(feature = "runtime-benchmarks")]
pub fn new_test_ext() -> sp_io::TestExternalities {
	ExtBuilder::default().build()
}
