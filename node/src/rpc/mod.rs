//! The JSON-RPC methods that are served beside those every SDK node has (`chain_*`, `state_*`,
//! `author_*`, `system_*`, `chainHead_*`, …).

mod compute_amm;
mod economics;
mod error;
mod json;
#[cfg(test)]
mod tests;

use crate::service::{FullBackend, FullClient, FullPool, FullSelectChain};
use compute_amm::{ComputeAmm, ComputeAmmRpcServer};
use economics::{Economics, EconomicsRpcServer};
use jsonrpsee::RpcModule;
use polkadot_sdk::{
	pallet_transaction_payment_rpc::{TransactionPayment, TransactionPaymentApiServer},
	sc_consensus_babe::BabeWorkerHandle,
	sc_consensus_babe_rpc::{Babe, BabeApiServer},
	sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState},
	sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer},
	sc_rpc::{
		dev::{Dev, DevApiServer},
		SubscriptionTaskExecutor,
	},
	sc_service::ChainSpec,
	sc_sync_state_rpc::{SyncState, SyncStateApiServer},
	sp_keystore::KeystorePtr,
	substrate_frame_rpc_system::{System, SystemApiServer},
};
use quern_primitives::BlockNumber;
use quern_runtime::opaque::Block;
use std::sync::Arc;

type Hash = <Block as polkadot_sdk::sp_runtime::traits::Block>::Hash;

/// What the methods need.
pub struct Deps {
	pub client: Arc<FullClient>,
	pub pool: Arc<FullPool>,
	pub select_chain: FullSelectChain,
	pub chain_spec: Box<dyn ChainSpec>,
	pub keystore: KeystorePtr,
	pub babe: BabeWorkerHandle<Block>,
	pub grandpa: GrandpaDeps,
	/// Runs the subscriptions.
	pub executor: SubscriptionTaskExecutor,
}

/// What the `grandpa_*` methods need.
#[derive(Clone)]
pub struct GrandpaDeps {
	pub voter_state: SharedVoterState,
	pub authority_set: SharedAuthoritySet<Hash, BlockNumber>,
	pub justifications: GrandpaJustificationStream<Block>,
	pub finality_proofs: Arc<FinalityProofProvider<FullBackend, Block>>,
}

/// All of them in one module.
pub fn create(deps: Deps) -> Result<RpcModule<()>, Box<dyn std::error::Error + Send + Sync>> {
	let Deps {
		client,
		pool,
		select_chain,
		chain_spec,
		keystore,
		babe,
		grandpa,
		executor,
	} = deps;
	let GrandpaDeps {
		voter_state,
		authority_set,
		justifications,
		finality_proofs,
	} = grandpa;

	let mut module = RpcModule::new(());
	module.merge(System::<_, _, Block>::new(client.clone(), pool).into_rpc())?;
	module.merge(TransactionPayment::<_, Block>::new(client.clone()).into_rpc())?;
	module.merge(Babe::new(client.clone(), babe.clone(), keystore, select_chain).into_rpc())?;
	module.merge(
		Grandpa::new(
			executor,
			authority_set.clone(),
			voter_state,
			justifications,
			finality_proofs,
		)
		.into_rpc(),
	)?;
	module.merge(SyncState::new(chain_spec, client.clone(), authority_set, babe)?.into_rpc())?;
	module.merge(ComputeAmm::<_, Block>::new(client.clone()).into_rpc())?;
	module.merge(Economics::<_, Block>::new(client.clone()).into_rpc())?;
	module.merge(Dev::new(client).into_rpc())?;
	Ok(module)
}
