//! Authoring, finality, sessions, offences.

use crate::*;
use pallet_key_owners::NoteKeys;
use polkadot_sdk::{
	frame_support::{
		parameter_types,
		traits::{ConstU128, ConstU32, ConstU64, KeyOwnerProofSystem, Randomness},
	},
	pallet_session::historical,
	sp_consensus_babe::{AllowedSlots, BabeEpochConfiguration},
	sp_core::crypto::KeyTypeId,
	sp_runtime::traits::{Convert, ConvertInto, Hash as HashT, OpaqueKeys},
};
use quern_primitives::units::{BLOCK_MILLIS, DAYS};

/// Authorities at most.
pub type MaxAuthorities = ConstU32<1_000>;

/// One slot in four has a primary author; every slot has a secondary one, with a VRF output, so that
/// each block carries randomness.
pub const BABE_GENESIS_EPOCH_CONFIG: BabeEpochConfiguration = BabeEpochConfiguration {
	c: (1, 4),
	allowed_slots: AllowedSlots::PrimaryAndSecondaryVRFSlots,
};

/// How long evidence of an equivocation is of use, in blocks: the challenge window, twelve eras of six
/// hours.
pub const REPORT_LONGEVITY: u64 = 3 * DAYS as u64;

parameter_types! {
	pub const ReportLongevity: u64 = REPORT_LONGEVITY;
	/// Eras of six one-hour sessions: a week.
	pub const UnbondingEras: quern_primitives::EraIndex = 28;
	/// Sessions whose GRANDPA sets are remembered, so that old evidence can be placed.
	pub const MaxSetIdSessionEntries: u64 = 256;
}

impl pallet_babe::Config for Runtime {
	type EpochDuration = pallet_charter::EpochDuration<Runtime>;
	type ExpectedBlockTime = ConstU64<BLOCK_MILLIS>;
	type EpochChangeTrigger = pallet_babe::ExternalTrigger;
	type DisabledValidators = Session;
	type WeightInfo = ();
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = ConstU32<0>;
	type KeyOwnerProof = <KeyOwners as KeyOwnerProofSystem<(KeyTypeId, pallet_babe::AuthorityId)>>::Proof;
	type EquivocationReportSystem = pallet_babe::EquivocationReportSystem<Self, Offences, KeyOwners, ReportLongevity>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = MaxAuthorities;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = MaxSetIdSessionEntries;
	type KeyOwnerProof = <KeyOwners as KeyOwnerProofSystem<(KeyTypeId, pallet_grandpa::AuthorityId)>>::Proof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, KeyOwners, ReportLongevity>;
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ConvertInto;
	type ShouldEndSession = Babe;
	type NextSessionRotation = Babe;
	// Within the root's: keys and root are of one moment.
	type SessionManager = historical::NoteHistoricalRoot<Self, NoteKeys<Self, Restaking>>;
	type SessionHandler = <SessionKeys as OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitWithReEnablingDisablingStrategy;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = Balances;
	type KeyDeposit = ConstU128<0>;
}

impl historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	// Nothing of the stake: in it, it would void proofs whenever it changed, and let one offence be
	// slashed twice. The exposure of each session is kept by the restaking pallet.
	type FullIdentification = ();
	type FullIdentificationOf = NoIdentification;
}

impl pallet_key_owners::Config for Runtime {
	type MaxValidators = MaxAuthorities;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = historical::IdentificationTuple<Self>;
	type OnOffenceHandler = Restaking;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Babe>;
	type EventHandler = ValidatorRewards;
}

/// The VRF output of the parent's author: nobody knew it before that block, so what was committed in
/// an earlier one cannot have been ground against it.
pub struct BlockRandomness;

impl Randomness<Hash, BlockNumber> for BlockRandomness {
	fn random(subject: &[u8]) -> (Hash, BlockNumber) {
		match pallet_babe::ParentBlockRandomness::<Runtime>::random(subject) {
			(Some(random), block) => (random, block),
			// Only a block whose parent is genesis has none.
			(None, block) => (<Runtime as frame_system::Config>::Hashing::hash(subject), block),
		}
	}
}

/// A validator is identified by its account alone.
pub struct NoIdentification;

impl Convert<AccountId, Option<()>> for NoIdentification {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}
