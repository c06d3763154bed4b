//! Clears whatever batch the input decodes to and checks every promise of the market on it.

#![no_main]

#[path = "../../tests/promises/mod.rs"]
mod promises;

use libfuzzer_sys::fuzz_target;
use promises::Case;

fuzz_target!(|bytes: &[u8]| {
	let case = Case::decode(bytes);
	if let Err(broken) = case.check() {
		// How a fuzz target tells of a finding.
		panic!("{broken}\n{case:?}");
	}
});
