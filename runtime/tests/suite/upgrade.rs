//! Upgrades by the committee alone, and what clients learn of the runtime.

use crate::{common::*, trip::decide};
use codec::Encode;
use polkadot_sdk::{
	frame_system, pallet_collective,
	sp_core::H256,
	sp_io::hashing::blake2_256,
	sp_runtime::{traits::Hash as _, DispatchError},
};
use quern_primitives::apis::{
	runtime_decl_for_compute_amm_api::ComputeAmmApi, runtime_decl_for_economics_api::EconomicsApi,
	runtime_decl_for_invariants_api::InvariantsApi,
};
use quern_primitives::Window;
use quern_runtime::*;
use serde_json::json;

fn authorize(code: &[u8]) -> RuntimeCall {
	pallet_charter::Call::authorize_upgrade {
		code_hash: H256(blake2_256(code)),
	}
	.into()
}

fn authorized() -> bool {
	System::authorized_upgrade().is_some()
}

type Committee = pallet_collective::Call<Runtime, pallet_collective::Instance1>;
type CommitteeError = pallet_collective::Error<Runtime, pallet_collective::Instance1>;

#[test]
fn two_thirds_of_the_committee_authorise_an_upgrade_without_sudo() {
	let ext = genesis(json!({ "sudo": { "key": null } }));
	on(ext, |chain| {
		assert_eq!(polkadot_sdk::pallet_sudo::Key::<Runtime>::get(), None);
		let code = b"a runtime".to_vec();
		decide(chain, authorize(&code));
		assert!(authorized());
		let wrong = frame_system::Call::apply_authorized_upgrade {
			code: b"another".to_vec(),
		};
		chain.refused(&user("Eve"), wrong, frame_system::Error::<Runtime>::Unauthorized);
		assert!(authorized());
	});
}

#[test]
fn fewer_authorise_nothing() {
	local_testnet(|chain| {
		let call = authorize(b"a runtime");
		let length_bound = call.encoded_size() as u32;
		let propose = |threshold| Committee::propose {
			threshold,
			proposal: Box::new(call.clone()),
			length_bound,
		};
		chain.refused(&user("Eve"), call.clone(), DispatchError::BadOrigin);
		chain.refused(&user("Alice"), call.clone(), DispatchError::BadOrigin);
		chain.refused(&user("Eve"), propose(2), CommitteeError::NotMember);
		// One member's word is executed at once, and is not enough.
		chain.ok(&user("Alice"), propose(1));
		assert!(!authorized());
		// Nor does one vote of two close a motion.
		chain.ok(&user("Alice"), propose(2));
		let proposal = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
		let index = 0;
		let vote = Committee::vote {
			proposal,
			index,
			approve: true,
		};
		chain.ok(&user("Alice"), vote.clone());
		chain.refused(&user("Alice"), vote.clone(), CommitteeError::DuplicateVote);
		chain.refused(&user("Eve"), vote, CommitteeError::NotMember);
		let close = Committee::close {
			proposal_hash: proposal,
			index,
			proposal_weight_bound: polkadot_sdk::frame_support::weights::Weight::from_parts(1_000_000_000, 100_000),
			length_bound,
		};
		chain.refused(&user("Alice"), close, CommitteeError::TooEarly);
		assert!(!authorized());
	});
}

#[test]
fn metadata_of_all_versions_names_the_apis() {
	local_testnet(|_| {
		let versions = Runtime::metadata_versions();
		for version in [14, 15, 16] {
			assert!(versions.contains(&version), "{versions:?}");
			let bytes = Runtime::metadata_at_version(version).expect("metadata").encode();
			let names = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
			assert!(names("ComputeAmm") && names("JobEscrow"));
			if version > 14 {
				for api in [
					"ComputeAmmApi",
					"EconomicsApi",
					"InvariantsApi",
					"RestakingApi",
					"BabeApi",
					"GrandpaApi",
					"SessionKeys",
				] {
					assert!(names(api), "{api} in {version}");
				}
			}
		}
	});
}

#[test]
fn apis_answer() {
	local_testnet(|chain| {
		assert_eq!(<Runtime as ComputeAmmApi<Block, AccountId>>::spot_price(CPU), None);
		assert!(<Runtime as ComputeAmmApi<Block, AccountId>>::quote_buy(CPU, 1).is_err());
		crate::trip::open_market(chain);
		let price = quern_primitives::Price::from_u32(1_000_000);
		assert_eq!(
			<Runtime as ComputeAmmApi<Block, AccountId>>::spot_price(CPU),
			Some(price)
		);
		assert_eq!(
			<Runtime as ComputeAmmApi<Block, AccountId>>::ema_price(CPU, Window::Hour),
			Some(price)
		);
		assert_eq!(<Runtime as ComputeAmmApi<Block, AccountId>>::pools().len(), 1);
		// A quote is what its order pays.
		let quote = <Runtime as ComputeAmmApi<Block, AccountId>>::quote_buy(CPU, 1_000).expect("a quote");
		let before = total(&user("Dave").id);
		let order = pallet_compute_amm::Call::place_order {
			class: CPU,
			side: quern_primitives::Side::Buy,
			gpu_time: 1_000,
			limit: quote.total,
			expires_in: None,
			recipient: None,
		};
		let fee = chain.ok(&user("Dave"), order);
		chain.next();
		assert_eq!(total(&user("Dave").id), before - fee - quote.total);
		assert_eq!(claims_of(&user("Dave").id), 1_000);
		let supply = <Runtime as EconomicsApi<Block>>::supply();
		assert_eq!(supply.genesis - supply.issuance, supply.burned);
		let era = <Runtime as EconomicsApi<Block>>::current_era();
		assert_eq!(<Runtime as EconomicsApi<Block>>::era(era), FeeRouter::era(era));
		assert!(<Runtime as InvariantsApi<Block>>::broken().is_empty());
	});
}

#[test]
fn presets_build_and_run() {
	for id in genesis::preset_names() {
		let preset = genesis::preset(&id).expect("a preset");
		let patch: serde_json::Value = serde_json::from_slice(&preset).expect("JSON");
		let validators = patch["session"]["keys"].as_array().expect("keys").len();
		on(genesis(patch), |chain| {
			assert_eq!(validators, Session::validators().len(), "{id}");
			assert!(pallet_provider_registry::Devnet::<Runtime>::get());
			assert!(invariants::broken().is_empty());
			chain.run(25);
		});
	}
	assert_eq!(genesis::preset(&"production".into()), None);
}
