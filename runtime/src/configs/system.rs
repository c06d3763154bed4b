//! Blocks, transactions, and who may call what.

use crate::*;
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		traits::{ConstU32, ConstU64, Contains},
		weights::{
			constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_SECOND},
			Weight,
		},
	},
	frame_system::limits::{BlockLength, BlockWeights},
	sp_runtime::{
		traits::{AccountIdLookup, BlakeTwo256},
		Perbill,
	},
};
use quern_primitives::units::BLOCK_MILLIS;

const NORMAL_DISPATCH_RATIO: Perbill = Perbill::from_percent(75);

parameter_types! {
	/// Two of the six seconds between blocks are for computing.
	pub RuntimeBlockWeights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(2 * WEIGHT_REF_TIME_PER_SECOND, u64::MAX),
		NORMAL_DISPATCH_RATIO,
	);
	pub RuntimeBlockLength: BlockLength = BlockLength::builder()
		.max_length(5 * 1024 * 1024)
		.modify_max_length_for_class(polkadot_sdk::frame_support::dispatch::DispatchClass::Normal, |m| {
			*m = NORMAL_DISPATCH_RATIO * 5 * 1024 * 1024
		})
		.build();
	pub const Version: RuntimeVersion = VERSION;
	/// The generic Substrate prefix, until one is registered for Quern.
	pub const SS58Prefix: u16 = 42;
}

/// What nobody may call: `Balances::burn` lowers issuance past the fee router's books, and a `refund` that may
/// burn does so to claims, pool shares and liquid shares, past the books of what they are claims on.
pub struct CallFilter;

impl Contains<RuntimeCall> for CallFilter {
	fn contains(call: &RuntimeCall) -> bool {
		!matches!(
			call,
			RuntimeCall::Balances(pallet_balances::Call::burn { .. })
				| RuntimeCall::Assets(pallet_assets::Call::refund { allow_burn: true, .. })
				| RuntimeCall::PoolShares(pallet_assets::Call::refund { allow_burn: true, .. })
				| RuntimeCall::OperatorShares(pallet_assets::Call::refund { allow_burn: true, .. })
		)
	}
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type BaseCallFilter = CallFilter;
	type Block = Block;
	type BlockWeights = RuntimeBlockWeights;
	type BlockLength = RuntimeBlockLength;
	type BlockHashCount = ConstU32<4096>;
	type AccountId = AccountId;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type Nonce = Nonce;
	type Hash = Hash;
	type Hashing = BlakeTwo256;
	type DbWeight = ParityDbWeight;
	type Version = Version;
	type AccountData = pallet_balances::AccountData<Balance>;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	// With ParityDB's price of storage; the prelude's default counts RocksDB's.
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type SS58Prefix = SS58Prefix;
	type MaxConsumers = ConstU32<32>;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Babe;
	type MinimumPeriod = ConstU64<{ BLOCK_MILLIS / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

impl<LocalCall> frame_system::offchain::CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = UncheckedExtrinsic;
}

/// Equivocation reports, which the node submits unsigned to its own pool.
impl<LocalCall> frame_system::offchain::CreateBare<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}

impl<LocalCall> frame_system::offchain::CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;

	fn create_transaction(call: RuntimeCall, extension: TxExtension) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_transaction(call, extension)
	}
}

/// The attestors' reports: a general transaction, authorised by the signature inside.
impl<LocalCall> frame_system::offchain::CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> TxExtension {
		(
			frame_system::AuthorizeCall::new(),
			frame_system::CheckNonZeroSender::new(),
			frame_system::CheckSpecVersion::new(),
			frame_system::CheckTxVersion::new(),
			frame_system::CheckGenesis::new(),
			frame_system::CheckEra::from(generic::Era::Immortal),
			frame_system::CheckNonce::from(0),
			frame_system::CheckWeight::new(),
			pallet_transaction_payment::ChargeTransactionPayment::from(0),
			frame_metadata_hash_extension::CheckMetadataHash::new(false),
			frame_system::WeightReclaim::new(),
		)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn refuses_a_refund_that_burns_what_others_owe() {
		let allowed = |call: RuntimeCall| CallFilter::contains(&call);
		for (allow_burn, expected) in [(true, false), (false, true)] {
			let id = codec::Compact(0);
			assert_eq!(
				allowed(
					pallet_assets::Call::<Runtime, super::super::money::ClaimsInstance>::refund { id, allow_burn }
						.into()
				),
				expected
			);
			assert_eq!(
				allowed(
					pallet_assets::Call::<Runtime, super::super::money::SharesInstance>::refund { id, allow_burn }
						.into()
				),
				expected
			);
			assert_eq!(
				allowed(
					pallet_assets::Call::<Runtime, super::super::money::OperatorSharesInstance>::refund {
						id,
						allow_burn
					}
					.into()
				),
				expected
			);
		}
	}
}
