//! Parameters that the runtime refuses.

use super::*;
use polkadot_sdk::{frame_support::traits::Hooks, sp_runtime::Perbill};

fn refused(told: &str) {
	let panic = std::panic::catch_unwind(<JobEscrow as Hooks<u32>>::integrity_test).expect_err("refused");
	let said = panic
		.downcast_ref::<&str>()
		.map(|text| (*text).to_owned())
		.or_else(|| panic.downcast_ref::<String>().cloned())
		.expect("says why");
	assert!(said.contains(told), "{told:?} not in {said:?}");
}

#[test]
fn the_mocks_parameters_pass() {
	<JobEscrow as Hooks<u32>>::integrity_test();
}

#[test]
fn refuses_faults_that_may_be_found_too_late() {
	// 200 blocks to reject in, 30 to rule in.
	ChallengeBlocks::set(229);
	refused("stake no longer answers");
	ChallengeBlocks::set(230);
	<JobEscrow as Hooks<u32>>::integrity_test();
}

#[test]
fn refuses_a_finders_share_with_which_finding_oneself_pays() {
	FinderShare::set(Perbill::from_percent(51));
	refused("cheating may pay more");
	FinderShare::set(Perbill::from_percent(20));
	<JobEscrow as Hooks<u32>>::integrity_test();
}
