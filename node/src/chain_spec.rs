//! The chains that the node knows by name, and what a chain specification may say beyond genesis.
//!
//! Genesis is the runtime's business: a specification names one of its presets, and the runtime's
//! Wasm turns that into storage.

use polkadot_sdk::{
	sc_chain_spec::{ChainSpecExtension, ChainType, Properties},
	sc_client_api, sc_service, sc_sync_state_rpc,
	sp_genesis_builder::{DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET},
};
use quern_runtime::opaque::Block;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The native token, as wallets show it.
const TOKEN_SYMBOL: &str = "QRN";
/// Decimals of the native token.
const TOKEN_DECIMALS: u32 = 12;
/// Address format: the generic one.
const SS58_FORMAT: u32 = 42;

/// A Quern chain specification.
pub type ChainSpec = sc_service::GenericChainSpec<Extensions>;

/// Client-side settings that a chain specification may carry.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ChainSpecExtension)]
#[serde(rename_all = "camelCase")]
pub struct Extensions {
	/// The one acceptable hash at certain heights.
	pub fork_blocks: sc_client_api::ForkBlocks<Block>,
	/// Blocks never to import.
	pub bad_blocks: sc_client_api::BadBlocks<Block>,
	/// A finalised state from which light clients (smoldot) start; `sync_state_genSyncSpec` fills it.
	pub light_sync_state: sc_sync_state_rpc::LightSyncStateExtension,
}

/// The specification called `id`: `dev`, `local` (also if empty), `four`, or the path of a file.
pub fn load(id: &str) -> Result<ChainSpec, String> {
	match id {
		"dev" => from_preset(Named {
			name: "Quern Development",
			id: "quern_dev",
			chain_type: ChainType::Development,
			preset: DEV_RUNTIME_PRESET,
		}),
		"" | "local" => from_preset(Named {
			name: "Quern Local",
			id: "quern_local",
			chain_type: ChainType::Local,
			preset: LOCAL_TESTNET_RUNTIME_PRESET,
		}),
		"four" => from_preset(Named {
			name: "Quern Four Validators",
			id: "quern_four",
			chain_type: ChainType::Local,
			preset: quern_runtime::genesis::FOUR_VALIDATORS,
		}),
		path => {
			let path = PathBuf::from(path);
			if !path.exists() {
				return Err(format!(
					"no chain called `{id}`: use `dev`, `local`, `four` or the path of a chain specification file"
				));
			}
			ChainSpec::from_json_file(path)
		}
	}
}

/// A chain built from one of the runtime's presets.
struct Named {
	name: &'static str,
	/// Names the chain's folder under the base path.
	id: &'static str,
	chain_type: ChainType,
	preset: &'static str,
}

fn from_preset(chain: Named) -> Result<ChainSpec, String> {
	let wasm = quern_runtime::WASM_BINARY.ok_or_else(|| no_wasm(chain.preset))?;
	Ok(ChainSpec::builder(wasm, Extensions::default())
		.with_name(chain.name)
		.with_id(chain.id)
		.with_chain_type(chain.chain_type)
		.with_protocol_id("quern")
		.with_properties(properties())
		.with_genesis_config_preset_name(chain.preset)
		.build())
}

fn no_wasm(preset: &str) -> String {
	format!(
		"genesis preset `{preset}` needs the runtime's Wasm, and this binary was built without it (SKIP_WASM_BUILD). \
		 Build it again with `rustup target add wasm32v1-none && rustup component add rust-src && \
		 env -u SKIP_WASM_BUILD cargo build -p quern-node`, or pass a raw specification: `--chain <file>`"
	)
}

fn properties() -> Properties {
	let mut properties = Properties::new();
	properties.insert("tokenSymbol".into(), TOKEN_SYMBOL.into());
	properties.insert("tokenDecimals".into(), TOKEN_DECIMALS.into());
	properties.insert("ss58Format".into(), SS58_FORMAT.into());
	properties
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::sc_chain_spec::get_extension;

	fn failure(id: &str) -> String {
		match load(id) {
			Ok(spec) => panic!("loaded {}", spec.name()),
			Err(error) => error,
		}
	}

	#[test]
	fn tells_an_unknown_chain_from_a_broken_file() {
		assert!(failure("mainnet").contains("use `dev`, `local`, `four` or the path"));

		let file = std::env::temp_dir().join(format!("quern-broken-spec-{}.json", std::process::id()));
		std::fs::write(&file, "{").expect("the temporary folder is writable; qed");
		let error = failure(&file.to_string_lossy());
		std::fs::remove_file(&file).expect("written above; qed");
		assert!(error.contains("Error parsing spec file"), "{error}");
	}

	#[test]
	fn named_chains_build_their_genesis() {
		use polkadot_sdk::sp_runtime::BuildStorage;

		for (id, chain_type) in [
			("dev", ChainType::Development),
			("local", ChainType::Local),
			("", ChainType::Local),
			("four", ChainType::Local),
		] {
			if quern_runtime::WASM_BINARY.is_none() {
				// Built with SKIP_WASM_BUILD: then the error must say how to get the Wasm.
				assert!(failure(id).contains("cargo build -p quern-node"));
				continue;
			}
			let spec = load(id).expect("a named chain");
			assert_eq!(sc_service::ChainSpec::chain_type(&spec), chain_type);
			assert_eq!(spec.properties().get("tokenSymbol"), Some(&"QRN".into()));
			assert_eq!(spec.properties().get("tokenDecimals"), Some(&12.into()));
			let storage = spec.build_storage().expect("the runtime knows the preset");
			assert!(storage.top.contains_key(&b":code"[..]));
		}
	}

	#[test]
	fn specification_files_keep_a_place_for_the_light_sync_state() {
		let json = |rest: &str| {
			format!(
				r#"{{"name":"x","id":"x","bootNodes":[],"genesis":{{"raw":{{"top":{{}},"childrenDefault":{{}}}}}}{rest}}}"#
			)
		};
		let plain = ChainSpec::from_json_bytes(json("").into_bytes()).expect("no extension is required");
		let found = get_extension::<sc_sync_state_rpc::LightSyncStateExtension>(plain.extensions());
		assert_eq!(found, Some(&None));

		let filled = ChainSpec::from_json_bytes(json(r#","lightSyncState":{"a":1}"#).into_bytes()).expect("valid");
		assert!(filled.extensions().light_sync_state.is_some());
	}
}
