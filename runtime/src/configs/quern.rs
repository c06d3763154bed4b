//! The market for GPU time, and the wiring of its ports.
//!
//! ```text
//!   JobEscrow ──Market──────▶ ComputeAmm ◀──Market── ProviderRegistry ──Insurance──▶ FeeRouter
//!      │  ▲     Congestion        │   ▲ Liquidity, AttestedFlow ▲   ▲ │
//!      │  └──────OnOrder──────────┴── OnOrder, OnLiquidity ─────┘   │ └──Defaults──▶ Slashing
//!      │                                Recovery                    │
//!      ├──Capacity──────────────────────────────────────────────────┤
//!      │                                 Attestation──Nodes   │
//!      ├──Bonds──▶ Restaking ◀──Bonds─────────────────────────┘
//!      │            │  ▲   ▲
//!      │     Slasher│  │   └──StakeRewards── ValidatorRewards ◀──AuthorFees── FeeRouter
//!      │            ▼  │SlashableStake            ▲
//!      └─Conduct─▶ Slashing                       └──Duties── Attestation
//! ```

use crate::*;
use polkadot_sdk::frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Contains, Get},
	weights::Weight,
	PalletId,
};
use polkadot_sdk::{sp_runtime::Perbill, sp_staking::SessionIndex};
use quern_primitives::{
	ports::OnOrder,
	units::{BLOCK_MILLIS, DAYS, HOURS, MINUTES, QRN},
	ClassId, EraIndex, GpuTime, OrderRef, Purpose,
};

use super::{
	consensus::{BlockRandomness, UnbondingEras},
	governance::{RootOrTwoThirds, SignedOrTreasury, TreasuryAccount},
	money::BlockAuthor,
};

parameter_types! {
	pub const MarketPalletId: PalletId = PalletId(*b"qrn/mrkt");
	pub const RegistryPalletId: PalletId = PalletId(*b"qrn/rgst");
	pub const EscrowPalletId: PalletId = PalletId(*b"qrn/escr");
	pub const RestakingPalletId: PalletId = PalletId(*b"qrn/stak");
	pub const RouterPalletId: PalletId = PalletId(*b"qrn/fees");
	pub const RewardsPalletId: PalletId = PalletId(*b"qrn/rwds");
}

/// Tells whoever placed an order of its fate.
pub struct OrderOwners;

impl OnOrder for OrderOwners {
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance) {
		match order.purpose {
			Purpose::Trade => {}
			Purpose::Job(_) => JobEscrow::filled(order, gpu_time, tokens),
			Purpose::Offer(_) | Purpose::BuyBack(_) => ProviderRegistry::filled(order, gpu_time, tokens),
		}
	}

	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128) {
		match order.purpose {
			Purpose::Trade => {}
			Purpose::Job(_) => JobEscrow::closed(order, gpu_time, returned),
			Purpose::Offer(_) | Purpose::BuyBack(_) => ProviderRegistry::closed(order, gpu_time, returned),
		}
	}

	fn filled_weight(purpose: &Purpose) -> Weight {
		match purpose {
			Purpose::Trade => Weight::zero(),
			Purpose::Job(_) => JobEscrow::filled_weight(purpose),
			Purpose::Offer(_) | Purpose::BuyBack(_) => ProviderRegistry::filled_weight(purpose),
		}
	}

	fn closed_weight(purpose: &Purpose) -> Weight {
		match purpose {
			Purpose::Trade => Weight::zero(),
			Purpose::Job(_) => JobEscrow::closed_weight(purpose),
			Purpose::Offer(_) | Purpose::BuyBack(_) => ProviderRegistry::closed_weight(purpose),
		}
	}
}

/// Whether this chain is a devnet, as its genesis says.
pub struct IsDevnet;

impl Get<bool> for IsDevnet {
	fn get() -> bool {
		pallet_provider_registry::Devnet::<Runtime>::get()
	}
}

/// Nodes that the attestors poll each period, all classes together.
pub type MaxNodes = ConstU32<256>;

impl pallet_compute_amm::Config for Runtime {
	type Currency = Balances;
	type Claims = Assets;
	type Shares = PoolShares;
	type MarketFee = pallet_fee_router::MarketFees<Runtime>;
	type OnOrder = OrderOwners;
	type OnLiquidity = ProviderRegistry;
	type Recovery = ProviderRegistry;
	type Ledger = FeeRouter;
	type TraderOrigin = SignedOrTreasury;
	type Treasury = TreasuryAccount;
	type PalletId = MarketPalletId;
	type MaxOrdersPerBatch = ConstU32<2_048>;
	type MaxOrders = ConstU32<2_560>;
	type MaxPools = ConstU32<16>;
	// Ten milliseconds: less is noise beside the transaction's fee.
	type MinOrder = ConstU128<10>;
	type WeightInfo = weights::ComputeAmm;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

/// Windows of slashing, in eras of six hours.
mod windows {
	use quern_primitives::EraIndex;

	/// An offence may be slashed for so long: the three days in which a job may be disputed, a quarter
	/// more because those are counted in blocks and eras in slots.
	pub const CHALLENGE: EraIndex = 15;
	/// A slash waits for so long before it is executed, and may be appealed: a day.
	pub const APPEAL: EraIndex = 4;
	/// The council rules on an appeal for so long: a day.
	pub const RULING: EraIndex = 4;
	/// What fails or does not fit an era's cap is tried again; most is done within a day.
	pub const EXECUTION: EraIndex = 4;
}

/// The classes to which stake may be allocated.
pub struct KnownClasses;

impl Contains<ClassId> for KnownClasses {
	fn contains(class: &ClassId) -> bool {
		pallet_provider_registry::Classes::<Runtime>::contains_key(class)
	}
}

impl pallet_restaking::Config for Runtime {
	type Currency = Balances;
	type Shares = OperatorShares;
	type Session = Session;
	type Slasher = Slashing;
	type Classes = KnownClasses;
	type PalletId = RestakingPalletId;
	type MinBond = ConstU128<{ 100 * QRN }>;
	type MinValidatorBond = ConstU128<{ 10_000 * QRN }>;
	type MinDelegation = ConstU128<QRN>;
	type MinValidators = ConstU32<1>;
	type MaxValidators = ConstU32<256>;
	type MaxCandidates = ConstU32<1_024>;
	type UnbondingEras = UnbondingEras;
	type ChallengeEras = ConstU32<{ windows::CHALLENGE }>;
	type SlashWindow = ConstU32<{ windows::CHALLENGE + windows::APPEAL + windows::RULING + windows::EXECUTION }>;
	// An era's notice to delegators.
	type AllocationDelay = ConstU32<6>;
	// A week, so that who does not like it can leave first.
	type CommissionNotice = UnbondingEras;
	type WeightInfo = weights::Restaking;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

/// Eras, for the slash queue.
pub struct Eras;

impl pallet_slashing::Eras for Eras {
	fn current() -> EraIndex {
		Restaking::current_era()
	}
	fn of(session: SessionIndex) -> EraIndex {
		Restaking::era_of(session)
	}
}

impl pallet_slashing::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Stake = Restaking;
	type Era = Eras;
	type Burn = pallet_fee_router::Burner<Runtime>;
	type RulingOrigin = RootOrTwoThirds;
	type AppealBond = ConstU128<{ 100 * QRN }>;
	type ChallengeEras = ConstU32<{ windows::CHALLENGE }>;
	type AppealEras = ConstU32<{ windows::APPEAL }>;
	type RulingEras = ConstU32<{ windows::RULING }>;
	type ExecutionEras = ConstU32<{ windows::EXECUTION }>;
	type BlocksPerDay = ConstU32<DAYS>;
	type WeightInfo = weights::Slashing;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

parameter_types! {
	/// What of a slashed own bond the finder gets.
	pub const FinderShare: Perbill = pallet_slashing::policy::FINDER_SHARE;
	/// The stakers' pot, which the fee router fills.
	pub StakerPot: AccountId = FeeRouter::staker_pot();
	/// How long an era takes when no slot is missed, in milliseconds.
	pub EraMillis: u64 = u64::from(pallet_restaking::SessionsPerEra::<Runtime>::get())
		.saturating_mul(<pallet_charter::EpochDuration<Runtime> as Get<u64>>::get())
		.saturating_mul(BLOCK_MILLIS);
}

impl pallet_validator_rewards::Config for Runtime {
	type Currency = Balances;
	type Stake = Restaking;
	type StakerPot = StakerPot;
	type Burn = pallet_fee_router::Burner<Runtime>;
	type Era = pallet_restaking::CurrentEra<Runtime>;
	type EraMillis = EraMillis;
	type PalletId = RewardsPalletId;
	type MaxValidators = ConstU32<256>;
	type KeepEras = ConstU32<4_000>;
	type WeightInfo = weights::ValidatorRewards;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_provider_registry::Config for Runtime {
	type Currency = Balances;
	type Claims = Assets;
	type Shares = PoolShares;
	type Market = ComputeAmm;
	type Liquidity = ComputeAmm;
	type AttestedFlow = ComputeAmm;
	type Insurance = FeeRouter;
	type Defaults = Slashing;
	type Bonds = Restaking;
	type ClassOrigin = RootOrTwoThirds;
	type Treasury = TreasuryAccount;
	type PalletId = RegistryPalletId;
	type FlatBond = ConstU128<{ 100 * QRN }>;
	type MaxNodes = MaxNodes;
	type MaxNodesPerProvider = ConstU32<64>;
	type MaxProvidersPerClass = ConstU32<128>;
	type MaxGpusPerNode = ConstU32<64>;
	type RuntimeHoldReason = RuntimeHoldReason;
	type WeightInfo = weights::ProviderRegistry;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_job_escrow::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Claims = Assets;
	type Market = ComputeAmm;
	type Congestion = ComputeAmm;
	type Capacity = ProviderRegistry;
	type Bonds = Restaking;
	type Conduct = Slashing;
	type JobFee = pallet_fee_router::JobFees<Runtime>;
	type BaseFee = pallet_fee_router::BaseFees<Runtime>;
	type Ledger = FeeRouter;
	type Randomness = pallet_babe::ParentBlockRandomness<Runtime>;
	type ArbiterOrigin = RootOrTwoThirds;
	type PalletId = EscrowPalletId;
	type MaxDuePerBlock = ConstU32<64>;
	type MaxJobsPerNode = ConstU32<64>;
	// Time to fetch the program and its input.
	type AckBlocks = ConstU32<{ 2 * MINUTES }>;
	type GraceBlocks = ConstU32<{ 2 * MINUTES }>;
	type DefaultBidBlocks = ConstU32<10>;
	type MaxBidBlocks = ConstU32<HOURS>;
	type AssignBlocks = ConstU32<{ 10 * MINUTES }>;
	type DefaultAcceptBlocks = ConstU32<HOURS>;
	type MaxAcceptBlocks = ConstU32<DAYS>;
	type ArbitrationBlocks = ConstU32<{ 2 * DAYS }>;
	// A fault found at the last moment is still within the stake's challenge window.
	type ChallengeBlocks = ConstU32<{ 3 * DAYS }>;
	type FinderShare = FinderShare;
	type KeepBlocks = ConstU32<DAYS>;
	type MaxDuration = ConstU128<{ 24 * 3_600_000 }>;
	type MaxOutput = ConstU32<{ 64 * 1024 * 1024 }>;
	type MaxArtifact = ConstU32<{ 256 * 1024 * 1024 }>;
	type WeightInfo = weights::JobEscrow;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_attestation::Config for Runtime {
	type Nodes = ProviderRegistry;
	type Duties = ValidatorRewards;
	type Devnet = IsDevnet;
	type Randomness = BlockRandomness;
	type MaxAttestors = ConstU32<256>;
	type MaxNodes = MaxNodes;
	type MaxNodesPerReport = MaxNodes;
	type WeightInfo = weights::Attestation;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_fee_router::Config for Runtime {
	type Currency = Balances;
	type Treasury = TreasuryAccount;
	type Author = BlockAuthor;
	type AuthorFees = ValidatorRewards;
	type Era = pallet_restaking::CurrentEra<Runtime>;
	type JarAssetId = crate::jar::JarAsset;
	type JarAssets = crate::jar::JarAssets;
	type JarPrice = ConstU128<{ 1_000 * QRN }>;
	type PalletId = RouterPalletId;
	type KeepEras = ConstU32<4_000>;
	type WeightInfo = weights::FeeRouter;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}
