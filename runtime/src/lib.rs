//! Quern's runtime: the pallets wired together.
//!
//! - [`configs`]: every pallet's configuration, and the ports between Quern's own;
//! - [`apis`]: what nodes and clients call;
//! - [`genesis`]: the presets `development`, `local_testnet` and `four_validators`;
//! - [`economics`], [`substitution`]: what clients ask that takes several pallets to answer;
//! - [`jar`]: what may lie in the fee router's jar;
//! - [`invariants`]: the promises that hold after every block, in one list;
//! - [`key_owners`]: to which session evidence of an equivocation belongs;
//! - [`weights`]: what Quern's calls and hooks weigh.
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// The macros that make a runtime (`runtime`, `impl_runtime_apis`, `parameter_types`) make public items
// that cannot be given docs.
#![allow(missing_docs)]

/// The runtime's Wasm, if it was built.
#[cfg(feature = "std")]
mod wasm {
	include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
}

#[cfg(feature = "std")]
pub use wasm::{WASM_BINARY, WASM_BINARY_BLOATY, WASM_BINARY_PATH};

extern crate alloc;

pub mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmark_helpers;
pub mod configs;
pub mod economics;
pub mod genesis;
pub mod invariants;
pub mod jar;
pub mod key_owners;
pub mod substitution;
pub mod weights;

#[cfg(not(feature = "std"))]
use alloc::vec::Vec;

pub use apis::{RuntimeApi, RUNTIME_API_VERSIONS};
pub use quern_primitives::{Balance, BlockNumber};

#[cfg(feature = "swap-benchmark")]
use polkadot_sdk::pallet_asset_conversion;
use polkadot_sdk::{
	frame_executive, frame_metadata_hash_extension, frame_support, frame_system, pallet_assets, pallet_authorship,
	pallet_babe, pallet_balances, pallet_collective, pallet_grandpa, pallet_multisig, pallet_offences, pallet_proxy,
	pallet_session, pallet_sudo, pallet_timestamp, pallet_transaction_payment, pallet_treasury, pallet_utility,
	sp_core,
	sp_runtime::{
		generic, impl_opaque_keys,
		traits::{BlakeTwo256, IdentifyAccount, Verify},
		MultiAddress, MultiSignature,
	},
	sp_version::{self, RuntimeVersion},
};

/// A transaction's signature: sr25519, ed25519 or ECDSA.
pub type Signature = MultiSignature;
/// An account: the public key of a signature's signer.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How many transactions an account has signed.
pub type Nonce = u32;
/// Hashes: BLAKE2b-256.
pub type Hash = sp_core::H256;
/// How transactions name accounts.
pub type Address = MultiAddress<AccountId, ()>;
/// A block's header.
pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
/// A block.
pub type Block = generic::Block<Header, UncheckedExtrinsic>;
/// A transaction as it comes in.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// What is signed.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// What every transaction passes. `AuthorizeCall` stands first, since it makes the origin of the
/// attestors' reports; `WeightReclaim` last, since it corrects what those before it accounted.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	frame_system::CheckEra<Runtime>,
	frame_system::CheckNonce<Runtime>,
	frame_system::CheckWeight<Runtime>,
	pallet_transaction_payment::ChargeTransactionPayment<Runtime>,
	frame_metadata_hash_extension::CheckMetadataHash<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// Runs blocks.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

impl_opaque_keys! {
	/// A validator's keys: blocks, finality, attestation.
	#[derive(codec::MaxEncodedLen)]
	pub struct SessionKeys {
		/// Authors blocks.
		pub babe: Babe,
		/// Votes on finality.
		pub grandpa: Grandpa,
		/// Signs reports on nodes.
		pub attestation: Attestation,
	}
}

/// The runtime's version. See CONTRIBUTING.md for when which number rises.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("quern"),
	impl_name: alloc::borrow::Cow::Borrowed("quern-runtime"),
	authoring_version: 1,
	spec_version: 1,
	impl_version: 1,
	apis: RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

/// Types for the node, which needs to know nothing of the calls inside.
pub mod opaque {
	use super::*;
	/// A transaction as bytes.
	pub use polkadot_sdk::sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;
	/// A block of such.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
}

// Order matters: Babe before Timestamp before Session (slots, then time, then rotation); Authorship
// after Session; Restaking before Session at genesis, where its operators are the first validators;
// the market clears before jobs look at what they got; FeeRouter last, since it writes down the
// issuance that genesis made.
macro_rules! runtime {
	($($more:tt)*) => {
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
				RuntimeSlashReason,
				RuntimeLockId,
				RuntimeTask,
				RuntimeViewFunction
			)]
			pub struct Runtime;

			#[runtime::pallet_index(0)]
			pub type System = frame_system;
			#[runtime::pallet_index(1)]
			pub type Charter = pallet_charter;
			#[runtime::pallet_index(2)]
			pub type Babe = pallet_babe;
			#[runtime::pallet_index(3)]
			pub type Timestamp = pallet_timestamp;

			#[runtime::pallet_index(4)]
			pub type Balances = pallet_balances;
			#[runtime::pallet_index(5)]
			pub type TransactionPayment = pallet_transaction_payment;
			#[runtime::pallet_index(6)]
			pub type Assets = pallet_assets<Instance1>;
			#[runtime::pallet_index(7)]
			pub type PoolShares = pallet_assets<Instance2>;
			#[runtime::pallet_index(8)]
			pub type OperatorShares = pallet_assets<Instance3>;

			#[runtime::pallet_index(10)]
			pub type Restaking = pallet_restaking;
			#[runtime::pallet_index(11)]
			pub type Offences = pallet_offences;
			#[runtime::pallet_index(12)]
			pub type Historical = pallet_session::historical;
			#[runtime::pallet_index(13)]
			pub type Session = pallet_session;
			#[runtime::pallet_index(14)]
			pub type Authorship = pallet_authorship;
			#[runtime::pallet_index(15)]
			pub type Grandpa = pallet_grandpa;
			#[runtime::pallet_index(16)]
			pub type Slashing = pallet_slashing;
			#[runtime::pallet_index(17)]
			pub type ValidatorRewards = pallet_validator_rewards;
			#[runtime::pallet_index(18)]
			pub type KeyOwners = pallet_key_owners;

			#[runtime::pallet_index(20)]
			pub type Treasury = pallet_treasury;
			#[runtime::pallet_index(21)]
			pub type TechnicalCommittee = pallet_collective<Instance1>;
			#[runtime::pallet_index(22)]
			pub type Sudo = pallet_sudo;

			#[runtime::pallet_index(30)]
			pub type Utility = pallet_utility;
			#[runtime::pallet_index(31)]
			pub type Multisig = pallet_multisig;
			#[runtime::pallet_index(32)]
			pub type Proxy = pallet_proxy;

			#[runtime::pallet_index(40)]
			pub type ComputeAmm = pallet_compute_amm;
			#[runtime::pallet_index(41)]
			pub type ProviderRegistry = pallet_provider_registry;
			#[runtime::pallet_index(42)]
			pub type JobEscrow = pallet_job_escrow;
			#[runtime::pallet_index(43)]
			pub type Attestation = pallet_attestation;
			#[runtime::pallet_index(50)]
			pub type FeeRouter = pallet_fee_router;

			$($more)*
		}
	};
}

#[cfg(not(feature = "swap-benchmark"))]
runtime! {}

// A macro, because the SDK's own does not pass a condition of one pallet on to all that it makes.
#[cfg(feature = "swap-benchmark")]
runtime! {
	#[runtime::pallet_index(255)]
	pub type AssetConversion = pallet_asset_conversion;
}

#[cfg(feature = "runtime-benchmarks")]
mod benches {
	polkadot_sdk::frame_benchmarking::define_benchmarks!(
		[pallet_attestation, Attestation]
		[pallet_charter, Charter]
		[pallet_compute_amm, ComputeAmm]
		[pallet_fee_router, FeeRouter]
		[pallet_job_escrow, JobEscrow]
		[pallet_provider_registry, ProviderRegistry]
		[pallet_restaking, Restaking]
		[pallet_slashing, Slashing]
		[pallet_validator_rewards, ValidatorRewards]
	);
}
