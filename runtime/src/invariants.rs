//! The promises that hold after every block, in one list.
//!
//! Each pallet lists what is broken of its own; here stand those that cross pallets. Nothing panics:
//! a client reads the list through `InvariantsApi::broken`, tests assert that it is empty.

use crate::*;
use alloc::{format, string::String, vec::Vec};

/// Every invariant that does not hold, in words, each behind its pallet's name.
pub fn broken() -> Vec<String> {
	let pallets = [
		("ComputeAmm", ComputeAmm::do_try_state()),
		("ProviderRegistry", ProviderRegistry::do_try_state()),
		("JobEscrow", JobEscrow::do_try_state()),
		("Attestation", Attestation::do_try_state()),
		("Restaking", Restaking::do_try_state()),
		("KeyOwners", KeyOwners::do_try_state()),
		("Slashing", Slashing::do_try_state()),
		("ValidatorRewards", ValidatorRewards::do_try_state()),
		("FeeRouter", FeeRouter::do_try_state()),
	];
	pallets
		.into_iter()
		.flat_map(|(pallet, result)| {
			result
				.err()
				.unwrap_or_default()
				.into_iter()
				.map(move |what| format!("{pallet}: {what}"))
		})
		.collect()
}
