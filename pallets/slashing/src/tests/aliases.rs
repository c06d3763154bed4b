//! Who slashes itself loses: operator, finder, client and delegators may all be one.

use super::*;
use polkadot_sdk::frame_support::traits::{
	fungible::Balanced,
	tokens::{Fortitude, Precision},
	OnUnbalanced,
};
use proptest::prelude::*;

/// What operator, victim, finder, and an owner of `share` of 1,000 of the delegations have together.
fn wealth(share: Balance) -> Balance {
	let stake = books(OP);
	tokens(OP) + held(OP) + tokens(VICTIM) + tokens(FINDER) + stake.own + stake.delegated * share / 1_000
}

/// The client pays for a job and gets nothing: the money is gone.
fn lose(loss: Balance) {
	let credit = Balances::withdraw(
		&VICTIM,
		loss,
		Precision::Exact,
		Preservation::Preserve,
		Fortitude::Polite,
	)
	.expect("the client is endowed");
	mock::Burner::on_unbalanced(credit);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn no_set_of_aliases_gains_from_slashing_itself(
		own in 0u128..30_000,
		delegated in 0u128..60_000,
		amount in 1u128..100_000,
		loss in 0u128..20_000,
		share in 0u128..=1_000,
		consensus: bool,
		appeals: bool,
	) {
		prop_assume!(own + delegated > 0);
		let stake = Books { own, delegated, allocated: (own + delegated).div_ceil(2), groups: Vec::new() };
		ExtBuilder::default().with_stake(OP, stake).build_and_execute(|| {
			let before = wealth(share);
			lose(loss);
			let slash = if consensus { consensus_slash(OP, amount) } else { new_slash(OP, amount) };
			let id = propose(NewSlash { victim: Some((VICTIM, loss)), finder: Some(FINDER), ..slash });
			let taken_from_own = super::slash(id).amount.own;
			if appeals {
				assert_ok!(Slashing::appeal(by(OP), id, H256::zero()));
			}
			for era in 1..120 {
				System::set_block_number((era * ERA).into());
				Slashing::on_idle(System::block_number(), Weight::MAX);
			}
			assert!(is_gone(id));
			let after = wealth(share);
			assert!(after <= before, "gained {}", after - before);
			// Four fifths of the own bond's part are lost for good.
			assert!(after + (taken_from_own - taken_from_own / 5) <= before);
		});
	}
}

#[test]
fn an_operator_without_own_bond_gets_nothing_out_of_its_delegators() {
	let no_bond = Books { own: 0, ..stake() };
	ExtBuilder::default().with_stake(OP, no_bond).build_and_execute(|| {
		let before = wealth(0);
		let id = propose(NewSlash {
			victim: Some((VICTIM, 0)),
			finder: Some(FINDER),
			..consensus_slash(OP, 40_000)
		});
		run_to_era(APPEAL);
		assert!(is_gone(id));
		assert_eq!(wealth(0), before);
		assert_eq!(Burned::get(), 40_000);
	});
}
