//! Committee, treasury, upgrades, proxies.

use crate::*;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use polkadot_sdk::{
	frame_support::{
		parameter_types,
		traits::{
			tokens::{PayFromAccount, UnityAssetBalanceConversion},
			ConstU128, ConstU32, EitherOf, EitherOfDiverse, InstanceFilter,
		},
		weights::Weight,
		PalletId,
	},
	frame_system::{EnsureRoot, EnsureRootWithSuccess, EnsureSigned, EnsureWithSuccess},
	pallet_collective::{EnsureProportionAtLeast, PrimeDefaultVote},
	sp_runtime::{
		traits::{AccountIdConversion, BlakeTwo256, IdentityLookup},
		Perbill, Permill,
	},
};
use quern_primitives::units::DAYS;
use scale_info::TypeInfo;

use super::{money::deposit, system::RuntimeBlockWeights};

/// The technical committee.
pub type CommitteeInstance = pallet_collective::Instance1;
/// Two thirds of the committee.
pub type TwoThirdsOfCommittee = EnsureProportionAtLeast<AccountId, CommitteeInstance, 2, 3>;
/// Two thirds of the committee, or root, which off development chains nobody is.
pub type RootOrTwoThirds = EitherOfDiverse<EnsureRoot<AccountId>, TwoThirdsOfCommittee>;

parameter_types! {
	pub const MotionDuration: BlockNumber = 3 * DAYS;
	pub MaxProposalWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
}

impl pallet_collective::Config<CommitteeInstance> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<32>;
	type MaxMembers = ConstU32<32>;
	type DefaultVote = PrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	type SetMembersOrigin = RootOrTwoThirds;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = RootOrTwoThirds;
	type KillOrigin = RootOrTwoThirds;
	type Consideration = ();
}

parameter_types! {
	pub const TreasuryPalletId: PalletId = PalletId(*b"qrn/trsy");
	pub TreasuryAccount: AccountId = TreasuryPalletId::get().into_account_truncating();
	pub const SpendPeriod: BlockNumber = 7 * DAYS;
	pub const PayoutPeriod: BlockNumber = 30 * DAYS;
	/// The treasury burns nothing of its own: what is burned is a leg of a settled fee.
	pub const TreasuryBurn: Permill = Permill::zero();
	pub const MaxSpend: Balance = Balance::MAX;
}

/// Spends: two thirds of the committee, or root.
pub type SpendOrigin =
	EitherOf<EnsureRootWithSuccess<AccountId, MaxSpend>, EnsureWithSuccess<TwoThirdsOfCommittee, AccountId, MaxSpend>>;

/// Trades and provides liquidity: anybody who signs, and the treasury by two thirds of the committee.
pub type SignedOrTreasury =
	EitherOf<EnsureSigned<AccountId>, EnsureWithSuccess<TwoThirdsOfCommittee, AccountId, TreasuryAccount>>;

impl pallet_treasury::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Currency = Balances;
	type RejectOrigin = RootOrTwoThirds;
	type SpendPeriod = SpendPeriod;
	type Burn = TreasuryBurn;
	type BurnDestination = ();
	type PalletId = TreasuryPalletId;
	type WeightInfo = pallet_treasury::weights::SubstrateWeight<Runtime>;
	type SpendFunds = ();
	type MaxApprovals = ConstU32<100>;
	type SpendOrigin = SpendOrigin;
	type AssetKind = ();
	type Beneficiary = AccountId;
	type BeneficiaryLookup = IdentityLookup<AccountId>;
	type Paymaster = PayFromAccount<Balances, TreasuryAccount>;
	type BalanceConverter = UnityAssetBalanceConversion;
	type PayoutPeriod = PayoutPeriod;
	type BlockNumberProvider = System;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

impl pallet_charter::Config for Runtime {
	type UpgradeOrigin = RootOrTwoThirds;
	type WeightInfo = weights::Charter;
}

impl pallet_sudo::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type WeightInfo = pallet_sudo::weights::SubstrateWeight<Runtime>;
}

impl pallet_multisig::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type DepositBase = ConstU128<{ deposit(1, 88) }>;
	type DepositFactor = ConstU128<{ deposit(0, 32) }>;
	type MaxSignatories = ConstU32<32>;
	type WeightInfo = pallet_multisig::weights::SubstrateWeight<Runtime>;
	type BlockNumberProvider = System;
}

/// What a proxy may do for the account it speaks for.
#[derive(
	Copy,
	Clone,
	Eq,
	PartialEq,
	Ord,
	PartialOrd,
	Debug,
	Default,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
pub enum ProxyType {
	/// Anything.
	#[default]
	Any,
	/// Jobs and the market: an agent that buys compute.
	Compute,
	/// Nodes, offers and deliveries: a provider's daemon.
	Provider,
	/// Stake, session keys, appeals: an operator's or delegator's operations.
	Staking,
}

impl InstanceFilter<RuntimeCall> for ProxyType {
	fn filter(&self, call: &RuntimeCall) -> bool {
		match self {
			ProxyType::Any => true,
			ProxyType::Compute => {
				matches!(
					call,
					RuntimeCall::JobEscrow(_) | RuntimeCall::ComputeAmm(_) | RuntimeCall::Utility(_)
				)
			}
			// A job's own steps, not requests: a daemon's proxy spends nothing.
			ProxyType::Provider => matches!(
				call,
				RuntimeCall::ProviderRegistry(_)
					| RuntimeCall::JobEscrow(
						pallet_job_escrow::Call::acknowledge { .. }
							| pallet_job_escrow::Call::decline { .. }
							| pallet_job_escrow::Call::submit { .. }
					) | RuntimeCall::Utility(_)
			),
			ProxyType::Staking => {
				matches!(
					call,
					RuntimeCall::Restaking(_)
						| RuntimeCall::Slashing(_)
						| RuntimeCall::Session(_)
						| RuntimeCall::Utility(_)
				)
			}
		}
	}

	fn is_superset(&self, other: &Self) -> bool {
		*self == ProxyType::Any || self == other
	}
}

impl pallet_proxy::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type Currency = Balances;
	type ProxyType = ProxyType;
	type ProxyDepositBase = ConstU128<{ deposit(1, 8) }>;
	type ProxyDepositFactor = ConstU128<{ deposit(0, 33) }>;
	type MaxProxies = ConstU32<32>;
	type WeightInfo = pallet_proxy::weights::SubstrateWeight<Runtime>;
	type MaxPending = ConstU32<32>;
	type CallHasher = BlakeTwo256;
	type AnnouncementDepositBase = ConstU128<{ deposit(1, 16) }>;
	type AnnouncementDepositFactor = ConstU128<{ deposit(0, 68) }>;
	type BlockNumberProvider = System;
}
