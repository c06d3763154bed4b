//! Stake: what is another's, what is too much or too little, and shares made dear.

use super::*;
use pallet_restaking::Call as Staking;
use polkadot_sdk::{pallet_session, sp_runtime::Perbill};
use quern_primitives::{RewardMode, WHOLE};
use RewardMode::{Compound, Payout};

fn delegate(to: &User, amount: u128, mode: RewardMode) -> Staking<Runtime> {
	Staking::delegate {
		operator: to.id.clone(),
		amount,
		mode,
	}
}

fn undelegate(from: &User, mode: RewardMode, shares: Option<u128>) -> Staking<Runtime> {
	Staking::undelegate {
		operator: from.id.clone(),
		mode,
		shares,
	}
}

#[test]
fn stake_that_cannot_be() {
	local_testnet(|chain| {
		let (operator, dave) = (user("Charlie"), user("Dave"));
		for call in [
			Staking::bond_more { amount: QRN },
			Staking::unbond { amount: QRN },
			Staking::withdraw { operator: None },
			Staking::claim { operator: None },
			Staking::leave {},
			Staking::validate {},
			Staking::set_commission {
				commission: Perbill::zero(),
			},
			allocate(1),
			delegate(&operator, QRN, Compound),
			undelegate(&operator, Payout, None),
		] {
			chain.refused(&dave, call, Stakings::NotOperator);
		}
		chain.ok(&operator, register_operator(100 * QRN));
		chain.refused(&operator, register_operator(100 * QRN), Stakings::AlreadyOperator);
		chain.refused(
			&dave,
			delegate(&operator, QRN - 1, Compound),
			Stakings::BelowMinDelegation,
		);
		refused_somehow(chain, &dave, delegate(&operator, 2_000_000 * QRN, Payout));
		refused_somehow(chain, &dave, delegate(&operator, u128::MAX, Compound));
		chain.ok(&dave, delegate(&operator, 10 * QRN, Compound));
		// What is not there, or not its own, or would leave dust.
		for call in [
			undelegate(&operator, Compound, Some(10 * QRN + 1)),
			undelegate(&operator, Compound, Some(0)),
			undelegate(&operator, Payout, None),
			Staking::liquify {
				operator: operator.id.clone(),
				shares: u128::MAX,
			},
			Staking::solidify {
				operator: operator.id.clone(),
				shares: 1,
			},
		] {
			chain.refused(&dave, call, Stakings::InsufficientShares);
		}
		chain.refused(
			&dave,
			undelegate(&operator, Compound, Some(9 * QRN + 1)),
			Stakings::BelowMinDelegation,
		);
		for call in [
			undelegate(&operator, Compound, None),
			Staking::withdraw {
				operator: Some(operator.id.clone()),
			},
			Staking::claim {
				operator: Some(operator.id.clone()),
			},
		] {
			chain.refused(&eve(), call, Stakings::NotDelegator);
		}
		chain.ok(&dave, undelegate(&operator, Compound, None));
		let early = Staking::withdraw {
			operator: Some(operator.id.clone()),
		};
		chain.refused(&dave, early, Stakings::NothingToWithdraw);
		chain.refused(
			&dave,
			Staking::claim {
				operator: Some(operator.id.clone()),
			},
			Stakings::NothingToClaim,
		);

		// Half of the stake at most, to classes that exist.
		chain.refused(&operator, allocate(WHOLE / 2 + 1), Stakings::AllocatedTooMuch);
		chain.refused(&operator, allocate(u64::MAX), Stakings::AllocatedTooMuch);
		let unknown = Staking::allocate { class: 9, magnitude: 1 };
		chain.refused(&operator, unknown, Stakings::UnknownClass);
		// A commission rises with notice, a bit at a time.
		let commission = |percent| Staking::set_commission {
			commission: Perbill::from_percent(percent),
		};
		chain.refused(&operator, commission(8), Stakings::CommissionRiseTooLarge);
		chain.ok(&operator, commission(7));
		chain.refused(&operator, commission(1), Stakings::CommissionAnnounced);
		let found = pallet_restaking::Operators::<Runtime>::get(&operator.id).expect("an operator");
		assert_eq!(found.commission, Perbill::zero());
		assert_eq!(found.announced, Some((Perbill::from_percent(7), 29)));
		chain.refused(&operator, Staking::unbond { amount: 1 }, Stakings::BelowMinBond);
		chain.ok(&operator, Staking::leave {});
		chain.refused(&dave, delegate(&operator, QRN, Payout), Stakings::Leaving);
		for call in [Staking::bond_more { amount: QRN }, Staking::validate {}, allocate(1)] {
			chain.refused(&operator, call, Stakings::Leaving);
		}
	});
}

#[test]
fn keys_alone_elect_nobody() {
	local_testnet(|chain| {
		let (charlie, dave) = (user("Charlie"), user("Dave"));
		for who in [&charlie, &dave] {
			let name = if who.id == charlie.id { "Charlie" } else { "Dave" };
			chain.ok(
				who,
				pallet_session::Call::set_keys {
					keys: session_keys(name),
					proof: ownership_proof(name, &who.id),
				},
			);
		}
		// Delegations do not make up for a validator's own bond.
		chain.ok(&charlie, register_operator(9_999 * QRN));
		chain.ok(&dave, delegate(&charlie, 500_000 * QRN, Compound));
		chain.refused(&charlie, Staking::validate {}, Stakings::BelowMinValidatorBond);
		chain.refused(&dave, Staking::validate {}, Stakings::NotOperator);
		chain.run_to_session(3);
		assert_eq!(validators().len(), 2);
	});
}

#[test]
fn a_dear_first_share_takes_nothing_from_who_comes_later() {
	local_testnet(|chain| {
		let (alice, attacker, victim) = (user("Alice"), eve(), user("Dave"));
		// The only delegation, of the least that there may be.
		chain.ok(&attacker, delegate(&alice, QRN, Compound));
		let pool = || {
			pallet_restaking::Operators::<Runtime>::get(&alice.id)
				.expect("an operator")
				.compounding
		};
		let price = (pool().tranche.balance, pool().shares);
		// A donation is in no book.
		chain.ok(&attacker, transfer(&stake_account(&alice.id), 200_000 * QRN));
		assert_eq!((pool().tranche.balance, pool().shares), price);
		// Tips are: nine parts in ten thousand of one reach it, the rest is Alice's.
		for _ in 0..40 {
			if Authorship::author() == Some(alice.id.clone()) && !is_first_of_session() {
				break;
			}
			chain.next();
		}
		let call = frame_system_remark();
		let extrinsic = chain.signed(&attacker, call, System::account_nonce(&attacker.id), 500_000 * QRN);
		assert_eq!(Executive::apply_extrinsic(extrinsic), Ok(Ok(())));
		chain.next();
		let (balance, shares) = (pool().tranche.balance, pool().shares);
		assert!(balance > 5 * QRN && balance < 7 * QRN, "{balance}");
		assert_eq!(shares, QRN);
		for amount in [QRN, QRN + 7, 3_333_333_333_333, 100_000 * QRN + 1] {
			let before = pool();
			chain.ok(&victim, delegate(&alice, amount, Compound));
			let after = pool();
			let minted = after.shares - before.shares;
			let worth = after.value_of(minted);
			assert!(
				worth <= amount && amount - worth <= amount / 1_000_000,
				"{worth} of {amount}"
			);
			chain.next();
		}
	});
}

fn frame_system_remark() -> RuntimeCall {
	polkadot_sdk::frame_system::Call::remark { remark: vec![] }.into()
}
