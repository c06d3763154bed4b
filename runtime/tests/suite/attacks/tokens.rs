//! Ways around the books of tokens and assets.

use super::*;
use crate::trip::{assigned, open_market};
use pallet_job_escrow::{Call as Escrow, JobState, JobTerms, Outcome};
use pallet_restaking::Call as Staking;
use polkadot_sdk::{
	frame_system, pallet_assets, pallet_collective, pallet_multisig, pallet_proxy, pallet_sudo, pallet_utility,
	sp_core::H256, sp_runtime::DispatchError,
};
use quern_primitives::RewardMode;
use quern_runtime::configs::{
	governance::{ProxyType, TreasuryAccount},
	money::{ClaimsInstance, OperatorSharesInstance, SharesInstance, EXISTENTIAL_DEPOSIT},
};

#[test]
fn nobody_burns_past_the_books() {
	local_testnet(|chain| {
		let eve = eve();
		let burn = || {
			RuntimeCall::from(pallet_balances::Call::burn {
				value: QRN,
				keep_alive: true,
			})
		};
		let filtered = || DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
		chain.refused(&eve, burn(), filtered());
		chain.refused(
			&eve,
			pallet_utility::Call::batch_all { calls: vec![burn()] },
			filtered(),
		);
		chain.refused(
			&eve,
			pallet_utility::Call::as_derivative {
				index: 0,
				call: Box::new(burn()),
			},
			filtered(),
		);
		chain.refused(
			&eve,
			pallet_multisig::Call::as_multi_threshold_1 {
				other_signatories: vec![user("Ferdie").id],
				call: Box::new(burn()),
			},
			filtered(),
		);
		chain.ok(
			&user("Ferdie"),
			pallet_proxy::Call::add_proxy {
				delegate: Address::Id(eve.id.clone()),
				proxy_type: ProxyType::Any,
				delay: 0,
			},
		);
		// These three succeed as calls; what they carry does not.
		let proxied = |call: RuntimeCall| pallet_proxy::Call::proxy {
			real: Address::Id(user("Ferdie").id),
			force_proxy_type: None,
			call: Box::new(call),
		};
		let carried: [RuntimeCall; 5] = [
			pallet_utility::Call::batch { calls: vec![burn()] }.into(),
			pallet_utility::Call::force_batch { calls: vec![burn()] }.into(),
			proxied(burn()).into(),
			proxied(pallet_utility::Call::batch { calls: vec![burn()] }.into()).into(),
			pallet_utility::Call::batch {
				calls: vec![proxied(pallet_utility::Call::force_batch { calls: vec![burn()] }.into()).into()],
			}
			.into(),
		];
		for call in carried {
			let (burned, ferdie) = (FeeRouter::supply().burned, total(&user("Ferdie").id));
			let before = total(&eve.id);
			let fee = chain.ok(&eve, call);
			assert_eq!(FeeRouter::supply().burned, burned + fee - fee / 5);
			assert_eq!((total(&eve.id), total(&user("Ferdie").id)), (before - fee, ferdie));
		}
		// Root's ways are Alice's alone.
		let set = RuntimeCall::from(pallet_balances::Call::force_set_balance {
			who: Address::Id(eve.id.clone()),
			new_free: u128::MAX / 2,
		});
		chain.refused(&eve, set.clone(), DispatchError::BadOrigin);
		chain.refused(
			&eve,
			pallet_sudo::Call::sudo { call: Box::new(set) },
			pallet_sudo::Error::<Runtime>::RequireSudo,
		);
		let root = |call: RuntimeCall| pallet_utility::Call::dispatch_as {
			as_origin: Box::new(OriginCaller::system(frame_system::RawOrigin::Root)),
			call: Box::new(call),
		};
		chain.refused(&eve, root(burn()), DispatchError::BadOrigin);
		chain.refused(
			&eve,
			frame_system::Call::set_code { code: vec![] },
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			frame_system::Call::kill_storage { keys: vec![vec![]] },
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			pallet_charter::Call::authorize_upgrade {
				code_hash: H256([1; 32]),
			},
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			pallet_collective::Call::<Runtime, pallet_collective::Instance1>::set_members {
				new_members: vec![eve.id.clone()],
				prime: None,
				old_count: 3,
			},
			DispatchError::BadOrigin,
		);
	});
}

/// Every call of an asset's owner or of root, by somebody who is neither.
macro_rules! assets_calls {
	($chain:expr, $who:expr, $victim:expr, $instance:ty, $id:expr) => {{
		use pallet_assets::Call as C;
		let (id, who, victim) = (
			codec::Compact($id),
			Address::Id($who.id.clone()),
			Address::Id($victim.clone()),
		);
		let calls: Vec<C<Runtime, $instance>> = vec![
			C::create {
				id: codec::Compact(77),
				admin: who.clone(),
				min_balance: 1,
			},
			C::force_create {
				id: codec::Compact(77),
				owner: who.clone(),
				is_sufficient: true,
				min_balance: 1,
			},
			C::start_destroy { id },
			C::destroy_accounts { id },
			C::destroy_approvals { id },
			C::finish_destroy { id },
			C::mint {
				id,
				beneficiary: who.clone(),
				amount: 1_000,
			},
			C::burn {
				id,
				who: victim.clone(),
				amount: 1,
			},
			C::burn {
				id,
				who: who.clone(),
				amount: 1,
			},
			C::force_transfer {
				id,
				source: victim.clone(),
				dest: who.clone(),
				amount: 1,
			},
			C::freeze {
				id,
				who: victim.clone(),
			},
			C::thaw {
				id,
				who: victim.clone(),
			},
			C::freeze_asset { id },
			C::thaw_asset { id },
			C::transfer_ownership { id, owner: who.clone() },
			C::set_team {
				id,
				issuer: who.clone(),
				admin: who.clone(),
				freezer: who.clone(),
			},
			C::set_metadata {
				id,
				name: b"x".to_vec(),
				symbol: b"x".to_vec(),
				decimals: 0,
			},
			C::clear_metadata { id },
			C::force_set_metadata {
				id,
				name: b"x".to_vec(),
				symbol: b"x".to_vec(),
				decimals: 0,
				is_frozen: true,
			},
			C::force_clear_metadata { id },
			C::force_asset_status {
				id,
				owner: who.clone(),
				issuer: who.clone(),
				admin: who.clone(),
				freezer: who.clone(),
				min_balance: 1_000_000,
				is_sufficient: false,
				is_frozen: true,
			},
			C::set_min_balance { id, min_balance: 1 },
			C::block {
				id,
				who: victim.clone(),
			},
			C::touch_other {
				id,
				who: victim.clone(),
			},
			C::refund_other {
				id,
				who: victim.clone(),
			},
			C::transfer_approved {
				id,
				owner: victim.clone(),
				destination: who.clone(),
				amount: 1,
			},
			C::force_cancel_approval {
				id,
				owner: victim.clone(),
				delegate: who.clone(),
			},
			C::transfer {
				id,
				target: who.clone(),
				amount: u128::MAX,
			},
		];
		for call in calls {
			refused_somehow($chain, $who, call);
		}
	}};
}

/// Somebody with liquid shares of an operator's stake, and the operator's number.
fn liquid_position(chain: &mut Chain) -> (User, u32) {
	let (holder, operator) = (user("Ferdie"), user("Charlie").id);
	let delegate = Staking::delegate {
		operator: operator.clone(),
		amount: 50 * QRN,
		mode: RewardMode::Compound,
	};
	chain.ok(&holder, delegate);
	let shares = 50 * QRN;
	chain.ok(
		&holder,
		Staking::liquify {
			operator: operator.clone(),
			shares,
		},
	);
	let id = pallet_restaking::Operators::<Runtime>::get(&operator)
		.expect("an operator")
		.id;
	assert_eq!(OperatorShares::balance(id, &holder.id), shares);
	(holder, id)
}

#[test]
fn claims_and_shares_are_the_pallets() {
	local_testnet(|chain| {
		open_market(chain);
		let dave = user("Dave");
		give_claims(chain, &dave, 5_000);
		let (holder, operator) = liquid_position(chain);
		for who in [&eve(), &dave, &user("Alice")] {
			assets_calls!(chain, who, dave.id, ClaimsInstance, CPU);
			assets_calls!(chain, who, TreasuryAccount::get(), SharesInstance, CPU);
			assets_calls!(chain, who, holder.id, OperatorSharesInstance, operator);
		}
		// Nor may root, which a development chain has.
		let mint = pallet_assets::Call::<Runtime, ClaimsInstance>::force_create {
			id: codec::Compact(5),
			owner: Address::Id(eve().id),
			is_sufficient: true,
			min_balance: 1,
		};
		chain.ok(
			&user("Alice"),
			pallet_sudo::Call::sudo {
				call: Box::new(mint.into()),
			},
		);
		assert!(!pallet_assets::Asset::<Runtime, ClaimsInstance>::contains_key(5));
	});
}

#[test]
fn donations_move_no_price_and_break_no_book() {
	local_testnet(|chain| {
		open_market(chain);
		let dave = user("Dave");
		give_claims(chain, &dave, 10_000);
		let pool_before = pool();
		let accounts = [
			ComputeAmm::account(),
			ComputeAmm::pool_account(CPU),
			JobEscrow::account_id(),
			ProviderRegistry::account_id(),
			FeeRouter::staker_pot(),
			FeeRouter::insurance_account(),
			TreasuryAccount::get(),
			stake_account(&user("Charlie").id),
			// Nobody's.
			AccountId::new([0; 32]),
			AccountId::new([255; 32]),
		];
		for account in &accounts {
			let give = pallet_assets::Call::<Runtime, ClaimsInstance>::transfer {
				id: codec::Compact(CPU),
				target: Address::Id(account.clone()),
				amount: 10,
			};
			chain.ok(&dave, give);
			chain.ok(&dave, transfer(account, QRN));
			chain.next();
		}
		assert_eq!(
			(pool().reserve_tokens, pool().reserve_claims),
			(pool_before.reserve_tokens, pool_before.reserve_claims)
		);
		// All goes on as before.
		let id = assigned(chain, &dave, JobTerms::default());
		let key = user("Charlie//node");
		chain.ok(&key, Escrow::acknowledge { job: id });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome,
				used: 4_000,
			},
		);
		chain.ok(&dave, Escrow::accept { job: id });
		assert_eq!(
			claims_of(&JobEscrow::account_id()),
			10,
			"what was given stays, and is nobody's"
		);
	});
}

#[test]
fn accounts_that_are_emptied_lose_nothing_that_is_held() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		let empty = |to: &str| pallet_balances::Call::transfer_all {
			dest: Address::Id(user(to).id),
			keep_alive: false,
		};
		// A provider: its proceeds stay held, and it gets them.
		chain.ok(&provider, empty("Ferdie"));
		assert_eq!(held(&provider.id), 400_000_000_000);
		assert_eq!(book(&provider.id).proceeds, 400_000_000_000);
		// A client with a job under way.
		let client = user("Dave");
		let id = assigned(
			chain,
			&client,
			JobTerms {
				accept_blocks: Some(3),
				..Default::default()
			},
		);
		let deposit = held(&client.id);
		chain.ok(&client, empty("Ferdie"));
		assert_eq!(held(&client.id), deposit);
		chain.ok(&key, Escrow::acknowledge { job: id });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome,
				used: 4_000,
			},
		);
		chain.run_until(6, "a settlement", || matches!(state(id), JobState::Settled { .. }));
		assert_eq!((held(&client.id), job(id).fee_charged), (0, deposit));

		// A bidder that is gone before its bid returns: more than the existential deposit makes it anew.
		let ghost = user("Ghost");
		chain.ok(&user("Ferdie"), transfer(&ghost.id, QRN));
		chain.ok(&ghost, buy(1_000, 700_000_000 + EXISTENTIAL_DEPOSIT, None));
		chain.ok(&ghost, empty("Ferdie"));
		assert_eq!(total(&ghost.id), 0);
		assert!(!System::account_exists(&ghost.id));
		chain.next();
		let back = total(&ghost.id);
		let owed = pallet_compute_amm::Owed::<Runtime>::get(&ghost.id);
		assert!(claims_of(&ghost.id) == 1_000, "claims need no tokens");
		assert!(back == 0 && owed > 0 || back > EXISTENTIAL_DEPOSIT, "{back} {owed}");
		// What is owed waits for anybody to have it paid, once there is an account.
		if owed > 0 {
			chain.ok(&user("Ferdie"), transfer(&ghost.id, QRN));
			chain.ok(&eve(), Amm::collect { who: ghost.id.clone() });
			assert_eq!(total(&ghost.id), QRN + owed);
			chain.refused(&eve(), Amm::collect { who: ghost.id.clone() }, Markets::NotFound);
		}
		// A node's key that is emptied to dust: the dust is burned by the books.
		let burned = FeeRouter::supply().burned;
		let fee_free = free(&key.id);
		let applied = chain.submit(
			&key,
			transfer(&user("Ferdie").id, fee_free - EXISTENTIAL_DEPOSIT / 2 - 100_000_000),
		);
		assert!(FeeRouter::supply().burned >= burned + applied.fee - applied.fee / 5);
	});
}
