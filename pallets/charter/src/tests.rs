//! Tests, with the smallest runtime that holds the pallet.

use crate as pallet_charter;
use crate::{EpochDuration, GenesisConfig};
use polkadot_sdk::{
	frame_support::{assert_noop, assert_ok, derive_impl},
	frame_system::{self, EnsureRoot},
	sp_core::{Get, H256},
	sp_io,
	sp_runtime::{traits::BadOrigin, BuildStorage},
};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Charter = pallet_charter;
}

use polkadot_sdk::frame_support;

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

impl pallet_charter::Config for Test {
	type UpgradeOrigin = EnsureRoot<u64>;
	type WeightInfo = ();
}

pub(crate) fn new_test_ext(epoch_blocks: Option<u64>) -> sp_io::TestExternalities {
	let storage = RuntimeGenesisConfig {
		charter: GenesisConfig {
			epoch_blocks,
			..Default::default()
		},
		..Default::default()
	};
	let mut ext: sp_io::TestExternalities = storage.build_storage().expect("genesis is sound").into();
	ext.execute_with(|| System::set_block_number(1));
	ext
}

#[test]
fn an_epoch_is_an_hour_unless_genesis_says_otherwise() {
	new_test_ext(None).execute_with(|| assert_eq!(EpochDuration::<Test>::get(), 600));
	new_test_ext(Some(20)).execute_with(|| assert_eq!(EpochDuration::<Test>::get(), 20));
}

#[test]
#[should_panic(expected = "an epoch of fewer than 4 blocks")]
fn refuses_an_epoch_that_cannot_finalise() {
	new_test_ext(Some(3));
}

#[test]
fn only_the_upgrade_origin_authorises_and_the_version_is_checked() {
	new_test_ext(None).execute_with(|| {
		let hash = H256::repeat_byte(7);
		assert_noop!(Charter::authorize_upgrade(RuntimeOrigin::signed(1), hash), BadOrigin);
		assert_ok!(Charter::authorize_upgrade(RuntimeOrigin::root(), hash));
		System::assert_last_event(
			frame_system::Event::UpgradeAuthorized {
				code_hash: hash,
				check_version: true,
			}
			.into(),
		);
	});
}
