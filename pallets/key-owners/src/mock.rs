//! A runtime with sessions and historical roots around the pallet.

use crate as pallet_key_owners;
use crate::*;
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		traits::{ConstU128, ConstU32, ConstU64, KeyOwnerProofSystem},
	},
	pallet_balances,
	pallet_session::SessionInterface,
	sp_consensus_babe, sp_consensus_grandpa,
	sp_core::{ed25519, sr25519},
	sp_io,
	sp_runtime::{
		impl_opaque_keys,
		traits::{Convert, ConvertInto, OpaqueKeys},
		BuildStorage, KeyTypeId,
	},
	sp_session::MembershipProof,
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
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(3)]
	pub type Session = pallet_session;
	#[runtime::pallet_index(4)]
	pub type KeyOwners = pallet_key_owners;
}

/// Blocks of a session.
pub const SESSION: u64 = 2;
/// Who has session keys at genesis, of version 0.
pub const KEYED: core::ops::RangeInclusive<AccountId> = 1..=6;

pub const BABE: KeyTypeId = sp_consensus_babe::KEY_TYPE;
pub const GRANDPA: KeyTypeId = sp_consensus_grandpa::KEY_TYPE;

parameter_types! {
	/// Whom [`Chooser`] chooses for the sessions to come.
	pub static Choice: Option<Vec<AccountId>> = Some(vec![1, 2, 3]);
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountData = pallet_balances::AccountData<u128>;
}

#[derive_impl(pallet_balances::config_preludes::TestDefaultConfig)]
impl pallet_balances::Config for Test {
	type AccountStore = System;
	type Balance = u128;
	type ExistentialDeposit = ConstU128<1>;
}

impl_opaque_keys! {
	#[derive(codec::MaxEncodedLen)]
	pub struct MockKeys {
		pub babe: sp_consensus_babe::AuthorityId,
		pub grandpa: sp_consensus_grandpa::AuthorityId,
	}
}

/// Takes keys of the types of [`MockKeys`] and does nothing with them.
pub struct Handler;

impl pallet_session::SessionHandler<AccountId> for Handler {
	const KEY_TYPE_IDS: &'static [KeyTypeId] = &[BABE, GRANDPA];
	fn on_genesis_session<Ks: OpaqueKeys>(_: &[(AccountId, Ks)]) {}
	fn on_new_session<Ks: OpaqueKeys>(_: bool, _: &[(AccountId, Ks)], _: &[(AccountId, Ks)]) {}
	fn on_disabled(_: u32) {}
}

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type NextSessionRotation = pallet_session::PeriodicSessions<ConstU64<SESSION>, ConstU64<0>>;
	type SessionManager = historical::NoteHistoricalRoot<Test, NoteKeys<Test, Chooser>>;
	type SessionHandler = Handler;
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

impl Config for Test {
	type MaxValidators = ConstU32<4>;
}

/// Chooses [`Choice`].
pub struct Chooser;

impl pallet_session::SessionManager<AccountId> for Chooser {
	fn new_session(_: SessionIndex) -> Option<Vec<AccountId>> {
		Choice::get()
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(_: SessionIndex) {}
}

impl historical::SessionManager<AccountId, ()> for Chooser {
	fn new_session(_: SessionIndex) -> Option<Vec<(AccountId, ())>> {
		Choice::get().map(|chosen| chosen.into_iter().map(|who| (who, ())).collect())
	}
	fn start_session(_: SessionIndex) {}
	fn end_session(_: SessionIndex) {}
}

/// The keys of a version that belong to an account.
pub fn keys(who: AccountId, version: u8) -> MockKeys {
	let bytes = |byte| {
		let mut bytes = [byte; 32];
		bytes[..8].copy_from_slice(&who.to_le_bytes());
		bytes[8] = version;
		bytes
	};
	MockKeys {
		babe: sr25519::Public::from_raw(bytes(1)).into(),
		grandpa: ed25519::Public::from_raw(bytes(2)).into(),
	}
}

/// One of those keys, as proofs name it.
pub fn key(id: KeyTypeId, who: AccountId, version: u8) -> (KeyTypeId, Vec<u8>) {
	(id, keys(who, version).get_raw(id).to_vec())
}

/// Puts keys on chain for an account.
pub fn set_keys(who: AccountId, keys: MockKeys) {
	<Session as SessionInterface>::set_keys(&who, keys).expect("nobody else has the keys");
}

/// Takes an account's keys off the chain.
pub fn purge_keys(who: AccountId) {
	<Session as SessionInterface>::purge_keys(&who).expect("it has keys");
}

/// Whom this pallet finds behind a proof.
pub fn owner(key: (KeyTypeId, Vec<u8>), proof: &MembershipProof) -> Option<AccountId> {
	KeyOwners::check_proof(key, proof.clone()).map(|(who, ())| who)
}

/// Whom `historical` finds behind a proof.
pub fn owner_by_sdk(key: (KeyTypeId, Vec<u8>), proof: &MembershipProof) -> Option<AccountId> {
	Historical::check_proof(key, proof.clone()).map(|(who, ())| who)
}

/// The validators whose keys are noted of a session.
pub fn noted(session: SessionIndex) -> Option<Vec<AccountId>> {
	ChosenKeys::<Test>::get(session).map(|set| set.into_iter().map(|(who, _)| who).collect())
}

/// Runs blocks until a session has begun.
pub fn start_session(session: SessionIndex) {
	System::run_to_block::<AllPalletsWithSystem>(u64::from(session) * SESSION);
	assert_eq!(Session::current_index(), session);
}

/// Builds the mock's state: 1, 2 and 3 validate unless told otherwise.
pub struct ExtBuilder {
	choice: Option<Vec<AccountId>>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			choice: Some(vec![1, 2, 3]),
		}
	}
}

impl ExtBuilder {
	pub fn with_choice(mut self, choice: Option<Vec<AccountId>>) -> Self {
		self.choice = choice;
		self
	}

	pub fn build(self) -> sp_io::TestExternalities {
		Choice::set(self.choice);
		let genesis = RuntimeGenesisConfig {
			balances: pallet_balances::GenesisConfig {
				balances: KEYED.map(|who| (who, 100)).collect(),
				..Default::default()
			},
			session: pallet_session::GenesisConfig {
				keys: KEYED.map(|who| (who, who, keys(who, 0))).collect(),
				..Default::default()
			},
			..Default::default()
		};
		let mut ext: sp_io::TestExternalities = genesis.build_storage().expect("genesis is sound").into();
		ext.execute_with(|| System::set_block_number(1));
		ext
	}

	/// Runs a test, then checks all invariants.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			test();
			assert_eq!(KeyOwners::do_try_state(), Ok(()));
		});
	}
}
