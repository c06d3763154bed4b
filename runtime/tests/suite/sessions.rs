//! Epochs, eras, validators that come and go, and equivocations with real evidence.

use crate::{common::*, evidence::*};
use pallet_restaking::{Call as Staking, Error, Exposures, Operators};
use polkadot_sdk::{
	pallet_session,
	sp_consensus_babe::runtime_decl_for_babe_api::BabeApi,
	sp_core::Pair,
	sp_runtime::{
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		Perbill,
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
pub fn join(chain: &mut Chain, name: &str, bond: u128) {
	join_with(chain, name, bond, Perbill::zero());
}

/// The same, with a commission.
pub fn join_with(chain: &mut Chain, name: &str, bond: u128, commission: Perbill) {
	let who = user(name);
	chain.ok(&who, Staking::register_operator { bond, commission });
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
		chain.ok(&charlie, register_operator(10_000 * QRN - 1));
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
		let mut fees = chain.ok(&charlie, Staking::leave {});
		let era = Restaking::current_era();
		assert_eq!(bond("Charlie"), 0);
		// It is exposed until the next session's end, and 28 eras from there.
		chain.run_to_session(era + 1 + 28);
		fees += chain.submit(&charlie, Staking::withdraw { operator: None }).fee;
		assert_eq!(total(&charlie.id), before - fees);
		chain.run_to_session(era + 1 + 29);
		fees += chain.ok(&charlie, Staking::withdraw { operator: None });
		// What it bonded, and what its stake's account kept.
		assert_eq!(
			total(&charlie.id),
			before - fees + 20_000 * QRN + configs::money::EXISTENTIAL_DEPOSIT
		);
		assert_eq!(Operators::<Runtime>::get(&charlie.id), None);
		assert_eq!(Exposures::<Runtime>::get(era), None, "pruned");
	});
}

/// What of an operator's own bond counts.
fn bond(name: &str) -> u128 {
	Operators::<Runtime>::get(user(name).id).map_or(0, |operator| operator.own.free())
}

/// What of it waits for slashes.
fn frozen(name: &str) -> u128 {
	Operators::<Runtime>::get(user(name).id).map_or(0, |operator| operator.own.frozen_total())
}

/// What slashes executed in the open block took of an operator, and what of that was burned.
fn slashed(name: &str) -> Vec<(u128, u128)> {
	let id = user(name).id;
	events()
		.into_iter()
		.filter_map(|event| match event {
			RuntimeEvent::Slashing(pallet_slashing::Event::Slashed {
				operator, own, burned, ..
			}) if operator == id => Some((own, burned)),
			_ => None,
		})
		.collect()
}

#[test]
fn equivocations_are_frozen_at_once_and_burned_when_they_are_due() {
	with_pool_on(genesis(json!({ "charter": { "epochBlocks": 10 } })), |chain, taken| {
		join(chain, "Charlie", 50_000 * QRN);
		join(chain, "Dave", 50_000 * QRN);
		chain.run_to_session(2);
		chain.run(2);
		assert_eq!(validators().len(), 4);

		// BABE: one of four, (3/4)² of what it was exposed with.
		let charlie = user("Charlie");
		let slot = chain.slot().into();
		let report = report_blocks("Charlie", slot, taken);
		// What it bonds after the offence is not in it.
		chain.ok(&charlie, Staking::bond_more { amount: 7_000 * QRN });
		chain.silence(&charlie);
		chain.next();
		let (burned, all, own) = (FeeRouter::supply().burned, balances(), bond("Charlie"));
		assert_eq!(Executive::apply_extrinsic(report.clone()), Ok(Ok(())));
		let slash = 28_125 * QRN;
		assert_eq!((bond("Charlie"), frozen("Charlie")), (own - slash, slash));
		// Nothing is lost yet.
		assert_eq!((FeeRouter::supply().burned, balances()), (burned, all));
		assert!(!Restaking::is_candidate(&charlie.id));
		assert_eq!(Session::disabled_validators().len(), 1);
		chain.refused(&charlie, Staking::validate {}, Error::<Runtime>::TooEarly);

		// The same again is refused before it enters a block.
		assert_eq!(
			Executive::apply_extrinsic(report),
			Err(TransactionValidityError::Invalid(InvalidTransaction::Stale))
		);
		// Evidence that proves nothing: both headers the same.
		let mut same = babe_evidence("Charlie", slot);
		same.second_header = same.first_header.clone();
		let owner = babe_owner(&same);
		<Runtime as BabeApi<Block>>::submit_report_equivocation_unsigned_extrinsic(same, owner);
		assert!(matches!(Executive::apply_extrinsic(taken()), Ok(Err(_)) | Err(_)));
		assert_eq!(frozen("Charlie"), slash);

		// GRANDPA, the same operator in the same era: the larger counts, so nothing more.
		let report = report_votes("Charlie", 1, taken);
		assert_eq!(Executive::apply_extrinsic(report), Ok(Ok(())));
		assert_eq!(frozen("Charlie"), slash);
		// Another one's, in another round, is its own.
		let report = report_votes("Dave", 2, taken);
		assert_eq!(Executive::apply_extrinsic(report), Ok(Ok(())));
		assert_eq!(frozen("Dave"), slash);
		// In the same round as Charlie: two of four together lose all that they were exposed with, each the
		// difference to what it was to lose before.
		let report = report_votes("Dave", 1, taken);
		assert_eq!(Executive::apply_extrinsic(report), Ok(Ok(())));
		let rest = 50_000 * QRN - slash;
		assert_eq!((frozen("Charlie"), frozen("Dave")), (50_000 * QRN, 50_000 * QRN));
		assert_eq!(bond("Charlie"), own - 50_000 * QRN);
		assert_eq!(Slashing::pending(None).len(), 4);

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

		// Four eras after they were proposed, not before, they are executed, a few in each block.
		let mut of_both = [Vec::new(), Vec::new()];
		while Session::current_index() < 25 {
			let burned = FeeRouter::supply().burned;
			chain.next();
			let mut sum = 0;
			for (name, all) in ["Charlie", "Dave"].iter().zip(&mut of_both) {
				sum += slashed(name).iter().map(|(_, burned)| burned).sum::<u128>();
				all.extend(slashed(name));
			}
			assert!(FeeRouter::supply().burned >= burned + sum);
			assert!(
				sum == 0 || Restaking::current_era() == 4,
				"era {}",
				Restaking::current_era()
			);
		}
		for all in of_both {
			assert_eq!(all, [(slash, slash), (rest, rest)]);
		}
		assert_eq!((frozen("Charlie"), frozen("Dave")), (0, 0));
		assert!(Slashing::pending(None).is_empty());
		assert!(Restaking::is_candidate(&charlie.id));
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
