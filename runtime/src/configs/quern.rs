//! The market for GPU time, and the wiring of its ports.
//!
//! ```text
//!   JobEscrow ──Market──▶ ComputeAmm ◀──Market── ProviderRegistry
//!      │  ▲                   │                      ▲   ▲    │
//!      │  └──────OnOrder──────┴───────OnOrder────────┘   │    │
//!      ├──Capacity───────────────────────────────────────┤    │
//!      │                                 Attestation──Nodes   │
//!      └──Bonds──▶ Restaking ◀──Bonds─────────────────────────┘
//! ```

use crate::*;
use polkadot_sdk::frame_support::{
	parameter_types,
	traits::{ConstU128, ConstU32, Get},
	PalletId,
};
use quern_primitives::{
	ports::OnOrder,
	units::{DAYS, HOURS, MINUTES, QRN},
	GpuTime, OrderRef, Purpose,
};

use super::{
	consensus::{BlockRandomness, UnbondingEras},
	governance::{RootOrTwoThirds, TreasuryAccount},
	money::BlockAuthor,
};

parameter_types! {
	pub const MarketPalletId: PalletId = PalletId(*b"qrn/mrkt");
	pub const RegistryPalletId: PalletId = PalletId(*b"qrn/rgst");
	pub const EscrowPalletId: PalletId = PalletId(*b"qrn/escr");
	pub const RestakingPalletId: PalletId = PalletId(*b"qrn/stak");
	pub const RouterPalletId: PalletId = PalletId(*b"qrn/fees");
}

/// Tells whoever placed an order of its fate.
pub struct OrderOwners;

impl OnOrder for OrderOwners {
	fn filled(order: &OrderRef, gpu_time: GpuTime, tokens: Balance) {
		match order.purpose {
			Purpose::Trade => {}
			Purpose::Job(_) => JobEscrow::filled(order, gpu_time, tokens),
			Purpose::Offer(_) => ProviderRegistry::filled(order, gpu_time, tokens),
		}
	}

	fn closed(order: &OrderRef, gpu_time: GpuTime, returned: u128) {
		match order.purpose {
			Purpose::Trade => {}
			Purpose::Job(_) => JobEscrow::closed(order, gpu_time, returned),
			Purpose::Offer(_) => ProviderRegistry::closed(order, gpu_time, returned),
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
	type PalletId = MarketPalletId;
	type MaxOrdersPerBatch = ConstU32<64>;
	type MaxPools = ConstU32<16>;
	// Ten milliseconds: less is noise beside the transaction's fee.
	type MinOrder = ConstU128<10>;
	type WeightInfo = pallet_compute_amm::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_restaking::Config for Runtime {
	type Currency = Balances;
	type Slash = pallet_fee_router::Burner<Runtime>;
	type Session = Session;
	type PalletId = RestakingPalletId;
	type MinBond = ConstU128<{ 100 * QRN }>;
	type MinValidatorBond = ConstU128<{ 10_000 * QRN }>;
	type MaxValidators = ConstU32<256>;
	type MaxCandidates = ConstU32<1_024>;
	type UnbondingEras = UnbondingEras;
	type WeightInfo = pallet_restaking::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_provider_registry::Config for Runtime {
	type Currency = Balances;
	type Claims = Assets;
	type Market = ComputeAmm;
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
	type WeightInfo = pallet_provider_registry::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_job_escrow::Config for Runtime {
	type Currency = Balances;
	type RuntimeHoldReason = RuntimeHoldReason;
	type Claims = Assets;
	type Market = ComputeAmm;
	type Capacity = ProviderRegistry;
	type Bonds = Restaking;
	type JobFee = pallet_fee_router::JobFees<Runtime>;
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
	type MaxAcceptBlocks = ConstU32<{ 7 * DAYS }>;
	type ArbitrationBlocks = ConstU32<{ 7 * DAYS }>;
	type KeepBlocks = ConstU32<DAYS>;
	type MaxDuration = ConstU128<{ 24 * 3_600_000 }>;
	type MaxOutput = ConstU32<{ 64 * 1024 * 1024 }>;
	type MaxArtifact = ConstU32<{ 256 * 1024 * 1024 }>;
	type WeightInfo = pallet_job_escrow::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_attestation::Config for Runtime {
	type Nodes = ProviderRegistry;
	type Devnet = IsDevnet;
	type Randomness = BlockRandomness;
	type MaxAttestors = ConstU32<256>;
	type MaxNodes = MaxNodes;
	type MaxNodesPerReport = MaxNodes;
	type WeightInfo = pallet_attestation::weights::SubstrateWeight<Runtime>;
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = crate::benchmark_helpers::Helper;
}

impl pallet_fee_router::Config for Runtime {
	type Currency = Balances;
	type Treasury = TreasuryAccount;
	type Author = BlockAuthor;
	type Era = pallet_restaking::CurrentEra<Runtime>;
	type PalletId = RouterPalletId;
	type KeepEras = ConstU32<4_000>;
}
