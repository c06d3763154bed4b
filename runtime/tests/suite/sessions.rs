//! Epochs, eras, validators that come and go, and equivocations with real evidence.

use crate::common::*;
use codec::{Decode, Encode};
use pallet_restaking::{Call as Staking, Error, Exposures, Operators};
use polkadot_sdk::{
	pallet_session,
	sp_consensus_babe::{self as babe, runtime_decl_for_babe_api::BabeApi},
	sp_consensus_grandpa::{self as grandpa, runtime_decl_for_grandpa_api::GrandpaApi},
	sp_core::{
		offchain::{testing::TestTransactionPoolExt, TransactionPoolExt},
		Pair, H256,
	},
	sp_io::TestExternalities,
	sp_runtime::{
		traits::Header as _,
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		Digest, DigestItem,
	},
};
use quern_primitives::units::QRN;
use quern_runtime::*;
use serde_json::json;

/// Blocks of the presets' epochs.
const EPOCH: u32 = 20;

fn babe_authorities() -> Vec<[u8; 32]> {
	Babe::authorities()
		.iter()
		.map(|(id, _)| id.clone().into_inner().0)
		.collect()
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
	list.sort();
	list
}

fn ids(names: &[&str]) -> Vec<AccountId> {
	sorted(names.iter().map(|name| user(name).id).collect())
}

/// Bonds, sets keys and asks to validate.
fn join(chain: &mut Chain, name: &str, bond: u128) {
	let who = user(name);
	chain.ok(&who, Staking::bond { amount: bond });
	chain.ok(
		&who,
		pallet_session::Call::set_keys {
			keys: session_keys(name),
			proof: ownership_proof(name, &who.id),
		},
	);
	chain.ok(&who, Staking::validate {});
}

#[test]
fn epochs_rotate_and_eras_advance() {
	local_testnet(|chain| {
		for session in 0..14u32 {
			assert_eq!(Session::current_index(), session);
			assert_eq!(pallet_restaking::CurrentSession::<Runtime>::get(), session);
			assert_eq!(Babe::current_epoch().epoch_index, u64::from(session));
			assert_eq!(Restaking::current_era(), session / 6);
			assert_eq!(sorted(validators()), ids(&["Alice", "Bob"]));
			assert_eq!(now(), 1 + session * EPOCH);
			assert_eq!(is_first_of_session(), session > 0);
			chain.run(EPOCH);
		}
		// An epoch's randomness is drawn from primary blocks alone, and changes nonetheless.
		assert_ne!(Babe::current_epoch().randomness, Babe::next_epoch().randomness);
	});
}

#[test]
fn validators_join_and_leave() {
	local_testnet(|chain| {
		let charlie = user("Charlie");
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::NotOperator);
		chain.ok(
			&charlie,
			Staking::bond {
				amount: 10_000 * QRN - 1,
			},
		);
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::BelowMinValidatorBond);
		chain.ok(&charlie, Staking::bond_more { amount: 1 });
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::NoSessionKeys);
		for proof in [
			vec![],
			ownership_proof("Charlie", &user("Dave").id),
			ownership_proof("Dave", &charlie.id),
		] {
			chain.refused(
				&charlie,
				pallet_session::Call::set_keys {
					keys: session_keys("Charlie"),
					proof,
				},
				pallet_session::Error::<Runtime>::InvalidProof,
			);
		}
		// Another's keys, and nobody can show that it holds them.
		chain.refused(
			&charlie,
			pallet_session::Call::set_keys {
				keys: session_keys("Bob"),
				proof: ownership_proof("Bob", &charlie.id),
			},
			pallet_session::Error::<Runtime>::DuplicatedKey,
		);
		let fee = chain.ok(
			&charlie,
			pallet_session::Call::set_keys {
				keys: session_keys("Charlie"),
				proof: ownership_proof("Charlie", &charlie.id),
			},
		);
		assert!(fee > 0);
		chain.ok(&charlie, Staking::validate {});
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::AlreadyCandidate);

		// Chosen at the next session's start for the one after.
		chain.run_to_session(1);
		assert_eq!(sorted(validators()), ids(&["Alice", "Bob"]));
		chain.run_to_session(2);
		chain.next();
		assert_eq!(sorted(validators()), ids(&["Alice", "Bob", "Charlie"]));
		assert_eq!(sorted(attestors()), ids(&["Alice", "Bob", "Charlie"]));
		assert!(babe_authorities().contains(&charlie.pair.public().0));
		assert_eq!(Grandpa::grandpa_authorities().len(), 3);
		let authored = |chain: &mut Chain| {
			(0..EPOCH)
				.filter(|_| {
					chain.next();
					Authorship::author() == Some(user("Charlie").id)
				})
				.count()
		};
		assert!(authored(chain) > 0, "it authors");

		// It has keys to lose only when it is out.
		chain.ok(&charlie, Staking::chill {});
		chain.refused(&charlie, Staking::chill {}, Error::<Runtime>::NotCandidate);
		let session = Session::current_index();
		chain.run_to_session(session + 2);
		chain.next();
		assert_eq!(sorted(validators()), ids(&["Alice", "Bob"]));
		assert_eq!(authored(chain), 0);
	});
}

#[test]
fn a_validator_that_is_gone_gets_its_bond_back_when_it_cannot_be_slashed_any_more() {
	let ext = genesis(json!({ "charter": { "epochBlocks": 4 }, "restaking": { "sessionsPerEra": 1 } }));
	on(ext, |chain| {
		join(chain, "Charlie", 20_000 * QRN);
		let charlie = user("Charlie");
		// What authors earn would be in the sums.
		chain.silence(&charlie);
		chain.run_to_session(3);
		let before = total(&charlie.id);
		let mut fees = chain.ok(&charlie, Staking::unbond { amount: 20_000 * QRN });
		let era = Restaking::current_era();
		assert_eq!(
			Operators::<Runtime>::get(&charlie.id).map(|operator| operator.active),
			Some(0)
		);
		// It is exposed until the next session's end, and 28 eras from there.
		chain.run_to_session(era + 1 + 28);
		fees += chain.submit(&charlie, Staking::withdraw {}).fee;
		assert_eq!(total(&charlie.id), before - fees);
		chain.run_to_session(era + 1 + 29);
		fees += chain.ok(&charlie, Staking::withdraw {});
		assert_eq!(total(&charlie.id), before - fees + 20_000 * QRN);
		assert_eq!(Operators::<Runtime>::get(&charlie.id), None);
		assert_eq!(Exposures::<Runtime>::get(era), None, "pruned");
	});
}

/// A pool that takes what the runtime submits, as a node's does.
fn with_pool(test: impl FnOnce(&mut Chain, &mut dyn FnMut() -> UncheckedExtrinsic)) {
	let mut ext: TestExternalities = genesis(json!({}));
	let (pool, state) = TestTransactionPoolExt::new();
	ext.register_extension(TransactionPoolExt::new(pool));
	let mut taken = move || {
		let bytes = state.write().transactions.pop().expect("a transaction was submitted");
		UncheckedExtrinsic::decode(&mut &bytes[..]).expect("a transaction")
	};
	on(ext, |chain| test(chain, &mut taken))
}

/// Two blocks of one slot, sealed by the same validator.
fn babe_equivocation(chain: &Chain, name: &str) -> babe::EquivocationProof<Header> {
	let pair = user(name).pair;
	let key = pair.public();
	let index = babe_authorities()
		.iter()
		.position(|each| *each == key.0)
		.expect("an authority") as u32;
	let slot = babe::Slot::from(chain.slot());
	let header = |byte| {
		let digest = babe::digests::PreDigest::SecondaryPlain(babe::digests::SecondaryPlainPreDigest {
			authority_index: index,
			slot,
		});
		let logs = vec![DigestItem::PreRuntime(babe::BABE_ENGINE_ID, digest.encode())];
		let mut header = Header::new(
			now(),
			H256([byte; 32]),
			H256([byte; 32]),
			chain.parent(),
			Digest { logs },
		);
		let signature = pair.sign(header.hash().as_bytes());
		header
			.digest_mut()
			.push(DigestItem::Seal(babe::BABE_ENGINE_ID, signature.encode()));
		header
	};
	babe::EquivocationProof {
		offender: key.into(),
		slot,
		first_header: header(1),
		second_header: header(2),
	}
}

/// Two prevotes of one round for different blocks.
fn grandpa_equivocation(name: &str, round: u64) -> grandpa::EquivocationProof<H256, BlockNumber> {
	let pair = grandpa_key(name);
	let set = pallet_grandpa_set();
	let vote = |byte: u8| {
		let vote = (H256([byte; 32]), now());
		let signature = pair.sign(&grandpa::localized_payload(round, set, &(0u8, vote)));
		(vote, signature)
	};
	let encoded = (set, 0u8, round, pair.public(), vote(1), vote(2)).encode();
	Decode::decode(&mut &encoded[..]).expect("as the client encodes it")
}

fn pallet_grandpa_set() -> u64 {
	polkadot_sdk::pallet_grandpa::CurrentSetId::<Runtime>::get()
}

fn bond(name: &str) -> u128 {
	Operators::<Runtime>::get(user(name).id).map_or(0, |operator| operator.active)
}

#[test]
fn equivocations_are_slashed_and_burned() {
	with_pool(|chain, taken| {
		join(chain, "Charlie", 50_000 * QRN);
		join(chain, "Dave", 50_000 * QRN);
		chain.run_to_session(2);
		chain.run(2);
		assert_eq!(validators().len(), 4);

		// BABE: one of four, (3/4)² of what it was exposed with.
		let charlie = user("Charlie");
		let proof = babe_equivocation(chain, "Charlie");
		let owner = || {
			<Runtime as BabeApi<Block>>::generate_key_ownership_proof(proof.slot, proof.offender.clone())
				.expect("a proof")
		};
		let submitted =
			<Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(proof.clone(), owner());
		assert_eq!(submitted, Some(()));
		let report = taken();
		// What it bonds after the offence is not in it.
		chain.ok(&charlie, Staking::bond_more { amount: 7_000 * QRN });
		chain.silence(&charlie);
		chain.next();
		let (burned, all) = (FeeRouter::supply().burned, balances());
		assert_eq!(Executive::apply_extrinsic(report.clone()), Ok(Ok(())));
		let slash = 28_125 * QRN;
		assert_eq!(bond("Charlie"), 57_000 * QRN - slash);
		assert_eq!(FeeRouter::supply().burned, burned + slash);
		let mut expected = all;
		*expected
			.get_mut(&Restaking::pool_account(&charlie.id).expect("a pool account"))
			.expect("a balance") -= slash;
		assert_eq!(balances(), expected);
		assert!(!Restaking::is_candidate(&charlie.id));
		assert_eq!(Session::disabled_validators().len(), 1);
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::TooEarly);

		// The same again is refused before it enters a block.
		assert_eq!(
			Executive::apply_extrinsic(report),
			Err(TransactionValidityError::Invalid(InvalidTransaction::Stale))
		);
		// Evidence that proves nothing: both headers the same.
		let mut same = proof.clone();
		same.second_header = same.first_header.clone();
		<Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(same, owner());
		assert!(matches!(Executive::apply_extrinsic(taken()), Ok(Err(_)) | Err(_)));
		assert_eq!(bond("Charlie"), 57_000 * QRN - slash);

		// GRANDPA, the same operator in the same era: the larger counts, so nothing more.
		let proof = grandpa_equivocation("Charlie", 1);
		let owner =
			<Runtime as GrandpaApi<Block>>::generate_key_ownership_proof(0, grandpa_key("Charlie").public().into())
				.expect("a proof");
		<Runtime as GrandpaApi<Block>>::submit_report_equivocation_unsigned_extrinsic(proof, owner);
		assert_eq!(Executive::apply_extrinsic(taken()), Ok(Ok(())));
		assert_eq!(bond("Charlie"), 57_000 * QRN - slash);
		// Another one's, in another round, is its own.
		let of_dave = |round| {
			let key = grandpa_key("Dave").public().into();
			let owner = <Runtime as GrandpaApi<Block>>::generate_key_ownership_proof(0, key).expect("a proof");
			<Runtime as GrandpaApi<Block>>::submit_report_equivocation_unsigned_extrinsic(
				grandpa_equivocation("Dave", round),
				owner,
			)
		};
		let burned = FeeRouter::supply().burned;
		assert_eq!(of_dave(2), Some(()));
		assert_eq!(Executive::apply_extrinsic(taken()), Ok(Ok(())));
		assert_eq!(bond("Dave"), 50_000 * QRN - slash);
		assert_eq!(FeeRouter::supply().burned, burned + slash);
		// In the same round as Charlie: two of four together lose all that they were exposed with, each the
		// difference to what it lost before.
		assert_eq!(of_dave(1), Some(()));
		assert_eq!(Executive::apply_extrinsic(taken()), Ok(Ok(())));
		assert_eq!((bond("Charlie"), bond("Dave")), (7_000 * QRN, 0));
		assert_eq!(FeeRouter::supply().burned, burned + (50_000 + 50_000) * QRN - slash);

		// In this session and the next they were chosen already; in the one after they are out.
		chain.silence(&user("Dave"));
		chain.run_to_session(3);
		chain.run(2);
		assert_eq!(validators().len(), 4);
		assert_eq!(Session::disabled_validators().len(), 1);
		chain.run_to_session(4);
		chain.run(2);
		assert_eq!(sorted(validators()), ids(&["Alice", "Bob"]));
		assert_eq!(sorted(attestors()), ids(&["Alice", "Bob"]));
		assert!(Session::disabled_validators().is_empty());

		// In the next era it may come back, with what a validator needs.
		chain.run_to_session(6);
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::BelowMinValidatorBond);
		chain.ok(&charlie, Staking::bond_more { amount: 3_000 * QRN });
		chain.ok(&charlie, Staking::validate {});
		assert!(Restaking::is_candidate(&charlie.id));
	});
}

#[test]
fn who_purges_its_keys_after_an_offence_is_slashed_a_session_later() {
	with_pool(|chain, taken| {
		join(chain, "Charlie", 50_000 * QRN);
		join(chain, "Dave", 50_000 * QRN);
		chain.run_to_session(2);
		chain.run(2);
		let charlie = user("Charlie");
		let proof = babe_equivocation(chain, "Charlie");
		// Nodes prove whose key it is when they see the second block.
		let owner = <Runtime as BabeApi<Block>>::generate_key_ownership_proof(proof.slot, proof.offender.clone())
			.expect("a proof");
		<Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(proof, owner);
		let report = taken();
		chain.ok(&charlie, pallet_session::Call::purge_keys {});
		chain.silence(&charlie);
		chain.next();
		// As long as the session runs, proofs are checked against the keys of now.
		assert_eq!(
			Executive::apply_extrinsic(report.clone()),
			Err(TransactionValidityError::Invalid(InvalidTransaction::BadProof))
		);
		// The root that was noted for the session knows the key once it is over.
		chain.run_to_session(3);
		chain.next();
		assert_eq!(Executive::apply_extrinsic(report), Ok(Ok(())));
		assert_eq!(bond("Charlie"), 21_875 * QRN);
	});
}

#[test]
fn without_candidates_the_validators_go_on() {
	local_testnet(|chain| {
		for name in ["Alice", "Bob"] {
			chain.ok(&user(name), Staking::chill {});
		}
		chain.run_to_session(4);
		chain.run(2);
		assert_eq!(sorted(validators()), ids(&["Alice", "Bob"]));
		chain.ok(&user("Bob"), Staking::validate {});
		chain.run_to_session(6);
		chain.run(2);
		assert_eq!(validators(), ids(&["Bob"]));
	});
}
