//! Nothing mints the native token after genesis: no pallet of ours names an issuer, and no call that an
//! account may send raises the issuance.

use crate::common::*;
use polkadot_sdk::{
	frame_support::traits::{Contains, GetCallMetadata},
	pallet_balances, pallet_sudo,
};
use quern_primitives::units::QRN;
use quern_runtime::{configs::system::CallFilter, *};
use std::{
	fs,
	path::{Path, PathBuf},
};

/// Functions of the SDK's token traits that make tokens out of nothing.
const ISSUERS: [&str; 9] = [
	"mint_into(",
	"mint_held(",
	"::issue(",
	".issue(",
	"deposit_creating(",
	"issue_creating(",
	"increase_balance(",
	"set_total_issuance(",
	"set_balance(",
];

/// What may stand before one: tokens that are not the native one.
const OTHERS: [&str; 3] = ["T::Claims::", "T::Shares::", "Self::"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
	for entry in fs::read_dir(folder).expect("a folder of the workspace") {
		let path = entry.expect("an entry").path();
		let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
		match name {
			"tests" | "benches" | "examples" | "fuzz" | "mock.rs" | "benchmarking.rs" | "benchmark_helpers.rs" => {}
			_ if path.is_dir() => sources(&path, found),
			_ if name.ends_with(".rs") => found.push(path),
			_ => {}
		}
	}
}

#[test]
fn no_source_of_ours_issues_the_native_token() {
	let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
	let mut files = Vec::new();
	sources(&root.join("pallets"), &mut files);
	sources(&root.join("runtime/src"), &mut files);
	assert!(files.len() > 80, "the search found the sources: {}", files.len());

	let mut of_others = 0;
	for file in files {
		let text = fs::read_to_string(&file).expect("a source");
		let code = text
			.split("#[cfg(test)]\nmod tests {")
			.next()
			.expect("what stands before tests");
		for (number, line) in code.lines().enumerate() {
			let line = line.trim();
			if line.starts_with("//") {
				continue;
			}
			for issuer in ISSUERS {
				let name = issuer.trim_start_matches(['.', ':']);
				let Some(at) = line.find(issuer) else { continue };
				let at = at + issuer.len() - name.len();
				let allowed = OTHERS.iter().any(|other| line[..at].ends_with(other));
				assert!(allowed, "{}:{}: {line}", file.display(), number + 1);
				of_others += 1;
			}
		}
	}
	assert!(of_others > 0, "the search sees those of claims and shares");
}

#[test]
fn no_call_of_the_balances_pallet_is_open_but_transfers() {
	let open: Vec<_> = <RuntimeCall as GetCallMetadata>::get_call_names("Balances")
		.iter()
		.filter(|name| !name.starts_with("force_"))
		.copied()
		.collect();
	assert_eq!(
		open,
		[
			"transfer_allow_death",
			"transfer_keep_alive",
			"transfer_all",
			"upgrade_accounts",
			"burn"
		]
	);
	// `burn` would destroy tokens past the books.
	assert!(!CallFilter::contains(&RuntimeCall::Balances(
		pallet_balances::Call::burn {
			value: 1,
			keep_alive: false
		}
	)));
	let issuance = RuntimeCall::Balances(pallet_balances::Call::force_adjust_total_issuance {
		direction: pallet_balances::AdjustmentDirection::Increase,
		delta: QRN,
	});
	let raised = RuntimeCall::Balances(pallet_balances::Call::force_set_balance {
		who: user("Eve").id.into(),
		new_free: 2_000_000 * QRN,
	});
	local_testnet(|chain| {
		let before = Balances::total_issuance();
		for call in [issuance, raised] {
			chain.refused(
				&user("Eve"),
				call.clone(),
				polkadot_sdk::sp_runtime::DispatchError::BadOrigin,
			);
			chain.refused(
				&user("Eve"),
				pallet_sudo::Call::sudo { call: Box::new(call) },
				pallet_sudo::Error::<Runtime>::RequireSudo,
			);
		}
		assert!(Balances::total_issuance() <= before);
	});
}
