//! The native token, claims and pool shares, fees.

use crate::*;
use polkadot_sdk::{
	frame_support::{
		parameter_types,
		traits::{AsEnsureOriginWithArg, ConstU128, ConstU32, ConstU8, VariantCountOf},
		weights::ConstantMultiplier,
	},
	frame_system::EnsureNever,
	pallet_transaction_payment::{FungibleAdapter, Multiplier, TargetedFeeAdjustment},
	sp_runtime::{FixedPointNumber, Perquintill},
};
use quern_primitives::{
	units::{MILLI_QRN, QRN},
	ClassId,
};

/// The least that an account may hold: a thousandth of a QRN.
pub const EXISTENTIAL_DEPOSIT: Balance = MILLI_QRN;

/// A deposit for state that an account occupies.
pub const fn deposit(items: u32, bytes: u32) -> Balance {
	items as Balance * QRN / 10 + bytes as Balance * MILLI_QRN / 10
}

impl pallet_balances::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeHoldReason = RuntimeHoldReason;
	type RuntimeFreezeReason = RuntimeFreezeReason;
	type Balance = Balance;
	type DustRemoval = pallet_fee_router::Burner<Runtime>;
	type ExistentialDeposit = ConstU128<EXISTENTIAL_DEPOSIT>;
	type AccountStore = System;
	type WeightInfo = pallet_balances::weights::SubstrateWeight<Runtime>;
	type MaxLocks = ConstU32<50>;
	type MaxReserves = ConstU32<50>;
	type ReserveIdentifier = [u8; 8];
	type FreezeIdentifier = RuntimeFreezeReason;
	type MaxFreezes = VariantCountOf<RuntimeFreezeReason>;
	type DoneSlashHandler = ();
}

parameter_types! {
	/// Blocks a quarter full keep the fee where it is.
	pub TargetBlockFullness: Perquintill = Perquintill::from_percent(25);
	pub AdjustmentVariable: Multiplier = Multiplier::saturating_from_rational(75, 1_000_000);
	pub MinimumMultiplier: Multiplier = Multiplier::saturating_from_rational(1, 1);
	pub MaximumMultiplier: Multiplier = Multiplier::saturating_from_integer(10_000);
}

impl pallet_transaction_payment::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type OnChargeTransaction = FungibleAdapter<Balances, pallet_fee_router::TransactionFees<Runtime>>;
	// A block's two seconds of computing cost 2 QRN, a megabyte 1.
	type WeightToFee = ConstantMultiplier<Balance, ConstU128<1>>;
	type LengthToFee = ConstantMultiplier<Balance, ConstU128<1_000_000>>;
	type FeeMultiplierUpdate =
		TargetedFeeAdjustment<Self, TargetBlockFullness, AdjustmentVariable, MinimumMultiplier, MaximumMultiplier>;
	type OperationalFeeMultiplier = ConstU8<5>;
	type WeightInfo = pallet_transaction_payment::weights::SubstrateWeight<Runtime>;
}

/// Claims: the instance that Polkadot.js Apps shows as the chain's assets.
pub type ClaimsInstance = pallet_assets::Instance1;
/// Pool shares.
pub type SharesInstance = pallet_assets::Instance2;
/// Liquid shares of operators' stake; the asset's id is the operator's number.
pub type OperatorSharesInstance = pallet_assets::Instance3;

/// Nobody creates an asset but the pallets that own them, and no origin, not even root's, may touch
/// one from outside: claims that no provider owes would break the first invariant.
macro_rules! impl_owned_assets {
	($instance:ty) => {
		impl pallet_assets::Config<$instance> for Runtime {
			type RuntimeEvent = RuntimeEvent;
			type Balance = u128;
			type RemoveItemsLimit = ConstU32<1000>;
			type AssetId = ClassId;
			type AssetIdParameter = codec::Compact<ClassId>;
			type ReserveData = ();
			type Currency = Balances;
			type CreateOrigin = AsEnsureOriginWithArg<EnsureNever<AccountId>>;
			type ForceOrigin = EnsureNever<AccountId>;
			type AssetDeposit = ConstU128<0>;
			type AssetAccountDeposit = ConstU128<{ deposit(1, 16) }>;
			type MetadataDepositBase = ConstU128<0>;
			type MetadataDepositPerByte = ConstU128<0>;
			type ApprovalDeposit = ConstU128<{ deposit(1, 0) }>;
			type StringLimit = ConstU32<50>;
			type Freezer = ();
			type Holder = ();
			type Extra = ();
			type CallbackHandle = ();
			type AssetIdAllocator = ();
			type WeightInfo = pallet_assets::weights::SubstrateWeight<Runtime>;
			#[cfg(feature = "runtime-benchmarks")]
			type BenchmarkHelper = AssetsBenchmarkHelper;
		}
	};
}

impl_owned_assets!(ClaimsInstance);
impl_owned_assets!(SharesInstance);
impl_owned_assets!(OperatorSharesInstance);

/// Makes asset ids for benchmarks.
#[cfg(feature = "runtime-benchmarks")]
pub struct AssetsBenchmarkHelper;

#[cfg(feature = "runtime-benchmarks")]
impl pallet_assets::BenchmarkHelper<codec::Compact<ClassId>, ()> for AssetsBenchmarkHelper {
	fn create_asset_id_parameter(id: u32) -> codec::Compact<ClassId> {
		codec::Compact(id)
	}
	fn create_reserve_id_parameter(_: u32) {}
}

/// The present block's author.
pub struct BlockAuthor;

impl polkadot_sdk::frame_support::traits::Get<Option<AccountId>> for BlockAuthor {
	fn get() -> Option<AccountId> {
		Authorship::author()
	}
}
