//! What nodes and clients call.

use crate::*;
use alloc::vec::Vec;
use codec::Encode;
use polkadot_sdk::{
	frame_support::{
		genesis_builder_helper::{build_state, get_preset},
		weights::Weight,
	},
	frame_system_rpc_runtime_api, pallet_transaction_payment_rpc_runtime_api, sp_api, sp_block_builder,
	sp_consensus_babe, sp_consensus_grandpa,
	sp_core::{crypto::KeyTypeId, OpaqueMetadata},
	sp_genesis_builder, sp_inherents, sp_offchain,
	sp_runtime::{
		traits::{Block as BlockT, NumberFor},
		transaction_validity::{TransactionSource, TransactionValidity},
		ApplyExtrinsicResult, DispatchError, ExtrinsicInclusionMode,
	},
	sp_session, sp_transaction_pool,
};
use quern_primitives::{
	BrokenInvariants, ClassId, DelegationInfo, EraFigures, EraIndex, EraRatios, GpuTime, OperatorInfo, OrderInfo,
	PoolInfo, Price, Quote, SlashInfo, SlashableInfo, StakerYield, Supply, Window, WorkConstraints, WorkPlan,
};

sp_api::impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_babe::BabeApi<Block> for Runtime {
		fn configuration() -> sp_consensus_babe::BabeConfiguration {
			let epoch = Babe::epoch_config().unwrap_or(configs::consensus::BABE_GENESIS_EPOCH_CONFIG);
			sp_consensus_babe::BabeConfiguration {
				slot_duration: Babe::slot_duration(),
				epoch_length: <pallet_charter::EpochDuration<Runtime> as frame_support::traits::Get<u64>>::get(),
				c: epoch.c,
				authorities: Babe::authorities().to_vec(),
				randomness: Babe::randomness(),
				allowed_slots: epoch.allowed_slots,
			}
		}

		fn current_epoch_start() -> sp_consensus_babe::Slot {
			Babe::current_epoch_start()
		}

		fn current_epoch() -> sp_consensus_babe::Epoch {
			Babe::current_epoch()
		}

		fn next_epoch() -> sp_consensus_babe::Epoch {
			Babe::next_epoch()
		}

		fn generate_key_ownership_proof(
			slot: sp_consensus_babe::Slot,
			authority_id: sp_consensus_babe::AuthorityId,
		) -> Option<sp_consensus_babe::OpaqueKeyOwnershipProof> {
			key_owners::prove_in_slot(slot, authority_id)
				.map(|proof| sp_consensus_babe::OpaqueKeyOwnershipProof::new(proof.encode()))
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_babe::EquivocationProof<<Block as BlockT>::Header>,
			key_owner_proof: sp_consensus_babe::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Babe::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			equivocation_proof: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
		}

		fn generate_key_ownership_proof(
			set_id: sp_consensus_grandpa::SetId,
			authority_id: sp_consensus_grandpa::AuthorityId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			key_owners::prove_in_set(set_id, authority_id)
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> sp_session::OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentApi<Block, Balance> for Runtime {
		fn query_info(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_info(uxt, len)
		}
		fn query_fee_details(
			uxt: <Block as BlockT>::Extrinsic,
			len: u32,
		) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_fee_details(uxt, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl pallet_transaction_payment_rpc_runtime_api::TransactionPaymentCallApi<Block, Balance, RuntimeCall> for Runtime {
		fn query_call_info(call: RuntimeCall, len: u32) -> pallet_transaction_payment::RuntimeDispatchInfo<Balance> {
			TransactionPayment::query_call_info(call, len)
		}
		fn query_call_fee_details(call: RuntimeCall, len: u32) -> pallet_transaction_payment::FeeDetails<Balance> {
			TransactionPayment::query_call_fee_details(call, len)
		}
		fn query_weight_to_fee(weight: Weight) -> Balance {
			TransactionPayment::weight_to_fee(weight)
		}
		fn query_length_to_fee(length: u32) -> Balance {
			TransactionPayment::length_to_fee(length)
		}
	}

	impl quern_primitives::apis::ComputeAmmApi<Block, AccountId> for Runtime {
		fn quote_buy(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
			ComputeAmm::quote_buy(class, gpu_time)
		}
		fn quote_sell(class: ClassId, gpu_time: GpuTime) -> Result<Quote, DispatchError> {
			ComputeAmm::quote_sell(class, gpu_time)
		}
		fn spot_price(class: ClassId) -> Option<Price> {
			ComputeAmm::spot_price(class)
		}
		fn ema_price(class: ClassId, window: Window) -> Option<Price> {
			ComputeAmm::ema_price(class, window)
		}
		fn pools() -> Vec<PoolInfo> {
			ComputeAmm::pools()
		}
		fn orders(class: ClassId) -> Vec<OrderInfo<AccountId>> {
			ComputeAmm::orders(class)
		}
		fn cheapest(work: u128, constraints: WorkConstraints) -> Result<WorkPlan, DispatchError> {
			substitution::cheapest(work, constraints)
		}
	}

	impl quern_primitives::apis::EconomicsApi<Block> for Runtime {
		fn current_era() -> EraIndex {
			Restaking::current_era()
		}
		fn era(era: EraIndex) -> EraFigures {
			FeeRouter::era(era)
		}
		fn ratios(era: EraIndex, class: Option<ClassId>) -> Option<EraRatios> {
			economics::ratios(era, class)
		}
		fn supply() -> Supply {
			FeeRouter::supply()
		}
	}

	impl quern_primitives::apis::RestakingApi<Block, AccountId> for Runtime {
		fn operators() -> Vec<AccountId> {
			Restaking::operators()
		}
		fn operator(operator: AccountId) -> Option<OperatorInfo<AccountId>> {
			let jailed_until = Slashing::jailed_until(&operator);
			Restaking::operator_info(&operator).map(|info| OperatorInfo { jailed_until, ..info })
		}
		fn delegations_of(delegator: AccountId) -> Vec<DelegationInfo<AccountId>> {
			Restaking::delegations_of(&delegator)
		}
		fn slashable_at(operator: AccountId, block: BlockNumber) -> Option<SlashableInfo> {
			Restaking::slashable_info(&operator, block)
		}
		fn pending_slashes(operator: Option<AccountId>) -> Vec<SlashInfo<AccountId>> {
			Slashing::pending(operator)
		}
		fn apy(from: EraIndex, to: EraIndex) -> Option<StakerYield> {
			ValidatorRewards::apy(from, to)
		}
	}

	impl quern_primitives::apis::InvariantsApi<Block> for Runtime {
		fn broken() -> BrokenInvariants {
			invariants::broken().into_iter().map(Into::into).collect()
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl polkadot_sdk::frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(
			extra: bool,
		) -> (
			Vec<polkadot_sdk::frame_benchmarking::BenchmarkList>,
			Vec<polkadot_sdk::frame_support::traits::StorageInfo>,
		) {
			use polkadot_sdk::{frame_benchmarking::BenchmarkList, frame_support::traits::StorageInfoTrait};
			let mut list = Vec::<BenchmarkList>::new();
			list_benchmarks!(list, extra);
			#[cfg(feature = "swap-benchmark")]
			polkadot_sdk::frame_benchmarking::list_benchmark!(list, extra, pallet_asset_conversion, AssetConversion);
			(list, AllPalletsWithSystem::storage_info())
		}

		fn dispatch_benchmark(
			config: polkadot_sdk::frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<polkadot_sdk::frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			use polkadot_sdk::{frame_benchmarking::BenchmarkBatch, frame_support::traits::WhitelistedStorageKeys};
			let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
			let mut batches = Vec::<BenchmarkBatch>::new();
			let params = (&config, &whitelist);
			add_benchmarks!(params, batches);
			#[cfg(feature = "swap-benchmark")]
			polkadot_sdk::frame_benchmarking::add_benchmark!(params, batches, pallet_asset_conversion, AssetConversion);
			Ok(batches)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl polkadot_sdk::frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: polkadot_sdk::frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
			// A failed check is a bug in the migration: stop here, with a backtrace.
			let weight = Executive::try_runtime_upgrade(checks).expect("migration and its checks succeed");
			(weight, configs::system::RuntimeBlockWeights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: polkadot_sdk::frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select).expect("the block executes")
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis::preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis::preset_names()
		}
	}
}
