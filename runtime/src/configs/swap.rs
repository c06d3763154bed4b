//! The SDK's exchange, for `scripts/weights.sh --compare` alone: a swap in this runtime, on its tokens and
//! claims, to measure an order of the market against. No runtime that runs a chain has it.

use crate::*;
use polkadot_sdk::{
	frame_support::{
		parameter_types,
		traits::{
			fungible::{NativeFromLeft, NativeOrWithId, UnionOf},
			ConstU128, ConstU32,
		},
		PalletId,
	},
	frame_system::EnsureRoot,
	pallet_asset_conversion::{AccountIdConverter, Ascending, Chain, NativeOrWithIdFactory, WithFirstAsset},
	sp_core::U256,
	sp_runtime::Permill,
};

type Kind = NativeOrWithId<u32>;
type PoolAccount = AccountIdConverter<ExchangePalletId, (Kind, Kind)>;

parameter_types! {
	pub const ExchangePalletId: PalletId = PalletId(*b"qrn/swap");
	pub const Native: Kind = NativeOrWithId::Native;
	/// As the market's.
	pub const SwapFee: Permill = Permill::from_perthousand(3);
	pub const MaxSwapFee: Permill = Permill::from_percent(10);
	pub const WithdrawalFee: Permill = Permill::zero();
}

impl pallet_asset_conversion::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type Balance = Balance;
	type HigherPrecisionBalance = U256;
	type AssetKind = Kind;
	type Assets = UnionOf<Balances, Assets, NativeFromLeft, Kind, AccountId>;
	type PoolId = (Kind, Kind);
	type PoolLocator =
		Chain<WithFirstAsset<Native, AccountId, Kind, PoolAccount>, Ascending<AccountId, Kind, PoolAccount>>;
	type PoolAssetId = u32;
	type PoolAssets = PoolShares;
	type LPFee = SwapFee;
	type AdminOrigin = EnsureRoot<AccountId>;
	type MaxSwapFee = MaxSwapFee;
	type PoolSetupFee = ConstU128<0>;
	type PoolSetupFeeAsset = Native;
	type PoolSetupFeeTarget = ();
	type LiquidityWithdrawalFee = WithdrawalFee;
	type MintMinLiquidity = ConstU128<100>;
	// Every pool has the native token, so that a longer path would pass it twice.
	type MaxSwapPathLength = ConstU32<3>;
	type PalletId = ExchangePalletId;
	type WeightInfo = ();
	type BenchmarkHelper = NativeOrWithIdFactory<u32>;
}
