//! The clock that benchmarks read: the processor time of the thread that runs the Wasm.
//!
//! The SDK's is the wall clock, which also counts what other programs get to do meanwhile. Nothing that is
//! measured waits, since the state lies in memory: on an idle machine both clocks give the same figures, and
//! on a busy one this gives nearly those too.

// What `#[runtime_interface]` makes beside the host's functions: the Wasm's side, and a native call.
#![allow(dead_code, missing_docs, unexpected_cfgs)]

use polkadot_sdk::sc_executor::sp_wasm_interface;
use sp_runtime_interface::{pass_by::AllocateAndReturnPointer, runtime_interface};

/// The functions of `frame_benchmarking`'s interface of the same name that are replaced.
#[runtime_interface]
pub trait Benchmarking {
	/// Nanoseconds that the thread ran, as little-endian bytes of an `u128`.
	fn current_time() -> AllocateAndReturnPointer<[u8; 16], 16> {
		cpu_time::ThreadTime::now().as_duration().as_nanos().to_le_bytes()
	}
}

/// Replaces functions of `Base`.
pub type WithThreadTime<Base> = sp_wasm_interface::ExtendedHostFunctions<Base, benchmarking::HostFunctions>;

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::frame_benchmarking;
	use sp_wasm_interface::HostFunctions;
	use std::{hint::black_box, thread::sleep, time::Duration};

	fn nanos() -> u128 {
		cpu_time::ThreadTime::now().as_duration().as_nanos()
	}

	#[test]
	fn it_replaces_the_clock_of_the_sdk() {
		fn clocks<Functions: HostFunctions>() -> usize {
			let functions = Functions::host_functions();
			functions
				.iter()
				.filter(|function| function.name() == "ext_benchmarking_current_time_version_1")
				.count()
		}
		type Sdk = frame_benchmarking::benchmarking::HostFunctions;
		assert_eq!(clocks::<Sdk>(), 1);
		assert_eq!(clocks::<benchmarking::HostFunctions>(), 1);
		assert_eq!(clocks::<WithThreadTime<Sdk>>(), 1);
	}

	#[test]
	fn waiting_does_not_count_and_working_does() {
		let start = nanos();
		sleep(Duration::from_millis(100));
		let waited = nanos() - start;
		assert!(waited < 50_000_000, "{waited}");
		let start = nanos();
		(0..10_000_000u64).for_each(|number| {
			black_box(number);
		});
		assert!(nanos() > start);
	}
}
