//! Each invariant is broken on purpose once, and noticed.

use super::*;
use polkadot_sdk::{pallet_balances, sp_io};

/// Runs `corrupt` on sound books; what `try_state` then finds must be one line that says `what`.
fn notices(corrupt: impl FnOnce(), what: &str) {
	ExtBuilder::default().build_and_execute(|| {
		JobFees::<Test>::on_unbalanced(take(1_200));
		TransactionFees::<Test>::on_unbalanceds(Some(take(100)).into_iter().chain(Some(take(10))));
		assert_eq!(FeeRouter::do_try_state(), Ok(()));
		sp_io::storage::start_transaction();
		corrupt();
		let broken = FeeRouter::do_try_state().expect_err("it is broken");
		assert_eq!(broken.len(), 1, "{broken:?}");
		assert!(broken[0].contains(what), "{broken:?}");
		sp_io::storage::rollback_transaction();
	});
}

#[test]
fn issuance_that_no_burning_explains() {
	notices(
		|| pallet_balances::TotalIssuance::<Test>::mutate(|i| *i += 1),
		"!= genesis issuance",
	);
	notices(|| drop(take(1)), "!= genesis issuance");
}

#[test]
fn burning_that_no_era_has() {
	notices(|| BurnedBefore::<Test>::put(1), "was burned in all");
}

#[test]
fn legs_without_a_fee() {
	notices(
		|| Eras::<Test>::mutate(0, |era| era.as_mut().unwrap().to_stakers += 10_000),
		"paid legs of",
	);
}

#[test]
fn fees_without_their_legs() {
	notices(
		|| Eras::<Test>::mutate(0, |era| era.as_mut().unwrap().market_fees += 1),
		"left 681 to burn",
	);
}

#[test]
fn base_fees_that_were_not_burned() {
	notices(
		|| Eras::<Test>::mutate(0, |era| era.as_mut().unwrap().base_fees += 1),
		"left 681 to burn",
	);
	// A base fee pays no leg, however much of it there is.
	notices(
		|| {
			Eras::<Test>::mutate(0, |era| {
				let era = era.as_mut().unwrap();
				era.base_fees += 20_000;
				era.to_stakers += 10_000;
			})
		},
		"paid legs of",
	);
}

#[test]
fn figures_that_are_not_listed() {
	notices(KeptEras::<Test>::kill, "eras have figures");
	notices(|| Eras::<Test>::insert(3, EraFigures::default()), "eras have figures");
}

#[test]
fn a_list_out_of_order() {
	notices(
		|| {
			Eras::<Test>::insert(3, EraFigures::default());
			KeptEras::<Test>::put(polkadot_sdk::frame_support::BoundedVec::truncate_from(vec![3, 0]));
		},
		"out of order",
	);
}
