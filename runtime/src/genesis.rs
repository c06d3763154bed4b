//! Genesis presets.
//!
//! - `development`: one validator, Alice; short epochs.
//! - `local_testnet`: two validators, Alice and Bob;
//! - `four_validators`: Alice, Bob, Charlie and Dave, with eras of one short session, to see stake
//!   unbond and slashes fall due.
//!
//! All are devnets: endpoints may be loopback addresses, Alice holds sudo, and Alice, Bob and Charlie
//! are the committee. A public chain sets no sudo key and no `devnet`, and brings a spec of its own.

use crate::*;
use alloc::{vec, vec::Vec};
use polkadot_sdk::{
	frame_support::build_struct_json_patch,
	sp_genesis_builder::{PresetId, DEV_RUNTIME_PRESET, LOCAL_TESTNET_RUNTIME_PRESET},
	sp_keyring::{Ed25519Keyring, Sr25519Keyring},
};
use quern_primitives::{
	units::{MINUTES, QRN},
	Price,
};

use configs::{consensus::BABE_GENESIS_EPOCH_CONFIG, governance::TreasuryAccount, money::EXISTENTIAL_DEPOSIT};

/// The name of the preset with four validators.
pub const FOUR_VALIDATORS: &str = "four_validators";

/// What each development account has, in planck.
const ENDOWMENT: Balance = 1_000_000 * QRN;
/// What the treasury has, in planck.
const TREASURY: Balance = 10_000_000 * QRN;
/// What each first validator bonds, in planck.
const BOND: Balance = 100_000 * QRN;
/// Two minutes: sessions and eras that one sees pass.
const EPOCH_BLOCKS: u64 = 2 * MINUTES as u64;
/// A minute, of the preset with four validators.
const SHORT_EPOCH_BLOCKS: u64 = MINUTES as u64;
/// The reserve that pays validators while fees do not: so many parts in a hundred of the supply.
const RESERVE_PERCENT: Balance = 5;
/// The floor of `cpu-x86-64`, in planck per millisecond: 0.36 QRN an hour.
const CPU_FLOOR: u128 = 100_000;
/// The price at which the treasury opens its pool: 3.6 QRN an hour.
const CPU_OPENING: u128 = 1_000_000;
/// The most GPU time for which it does: ten minutes, in milliseconds.
const CPU_OPENING_GPU_TIME: u128 = 600_000;
/// Units of the chain's benchmark that a second of `cpu-x86-64` does: it is the unit.
const CPU_THROUGHPUT: u64 = 1;

fn session_keys(validator: Sr25519Keyring, grandpa: Ed25519Keyring) -> SessionKeys {
	SessionKeys {
		babe: validator.public().into(),
		grandpa: grandpa.public().into(),
		attestation: validator.public().into(),
	}
}

/// The pallets' own accounts: each must exist before the first payment passes through it.
fn pallet_accounts() -> impl Iterator<Item = AccountId> {
	[
		ComputeAmm::account(),
		ProviderRegistry::account_id(),
		JobEscrow::account_id(),
		FeeRouter::staker_pot(),
		FeeRouter::insurance_account(),
		ValidatorRewards::account_id(),
	]
	.into_iter()
}

/// How fast a chain's clock of stake runs.
struct Pace {
	epoch_blocks: u64,
	sessions_per_era: u32,
}

fn devnet(validators: Vec<(Sr25519Keyring, Ed25519Keyring)>, pace: Pace) -> serde_json::Value {
	let mut balances: Vec<(AccountId, Balance)> = Sr25519Keyring::well_known()
		.map(|each| (each.to_account_id(), ENDOWMENT))
		.chain([(TreasuryAccount::get(), TREASURY)])
		.chain(pallet_accounts().map(|each| (each, EXISTENTIAL_DEPOSIT)))
		.collect();
	let others: Balance = balances.iter().map(|(_, amount)| amount).sum();
	balances.push((
		ValidatorRewards::reserve_account(),
		others * RESERVE_PERCENT / (100 - RESERVE_PERCENT),
	));
	let committee =
		[Sr25519Keyring::Alice, Sr25519Keyring::Bob, Sr25519Keyring::Charlie].map(|each| each.to_account_id());
	build_struct_json_patch!(RuntimeGenesisConfig {
		charter: pallet_charter::GenesisConfig {
			epoch_blocks: Some(pace.epoch_blocks)
		},
		balances: BalancesConfig { balances },
		babe: BabeConfig {
			epoch_config: BABE_GENESIS_EPOCH_CONFIG
		},
		restaking: RestakingConfig {
			operators: validators
				.iter()
				.map(|(each, _)| (each.to_account_id(), BOND))
				.collect::<Vec<_>>(),
			sessions_per_era: pace.sessions_per_era,
		},
		session: SessionConfig {
			keys: validators
				.iter()
				.map(|(each, grandpa)| {
					(
						each.to_account_id(),
						each.to_account_id(),
						session_keys(*each, *grandpa),
					)
				})
				.collect::<Vec<_>>(),
		},
		technical_committee: TechnicalCommitteeConfig {
			members: committee.to_vec()
		},
		sudo: SudoConfig {
			key: Some(Sr25519Keyring::Alice.to_account_id())
		},
		provider_registry: ProviderRegistryConfig {
			devnet: true,
			classes: vec![(
				alloc::string::String::from("cpu-x86-64"),
				Price::from_u32(CPU_FLOOR as u32),
				Some((Price::from_u32(CPU_OPENING as u32), CPU_OPENING_GPU_TIME)),
				CPU_THROUGHPUT,
			)],
		},
	})
}

/// The preset's JSON, if there is one of that name.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let alice = (Sr25519Keyring::Alice, Ed25519Keyring::Alice);
	let bob = (Sr25519Keyring::Bob, Ed25519Keyring::Bob);
	let charlie = (Sr25519Keyring::Charlie, Ed25519Keyring::Charlie);
	let dave = (Sr25519Keyring::Dave, Ed25519Keyring::Dave);
	let normal = Pace {
		epoch_blocks: EPOCH_BLOCKS,
		sessions_per_era: pallet_restaking::policy::DEFAULT_SESSIONS_PER_ERA,
	};
	let patch = match id.as_ref() {
		DEV_RUNTIME_PRESET => devnet(vec![alice], normal),
		LOCAL_TESTNET_RUNTIME_PRESET => devnet(vec![alice, bob], normal),
		FOUR_VALIDATORS => devnet(
			vec![alice, bob, charlie, dave],
			Pace {
				epoch_blocks: SHORT_EPOCH_BLOCKS,
				sessions_per_era: 1,
			},
		),
		_ => return None,
	};
	// JSON of values made above always serialises.
	serde_json::to_vec(&patch).ok()
}

/// Names of the presets.
pub fn preset_names() -> Vec<PresetId> {
	vec![
		PresetId::from(DEV_RUNTIME_PRESET),
		PresetId::from(LOCAL_TESTNET_RUNTIME_PRESET),
		PresetId::from(FOUR_VALIDATORS),
	]
}
