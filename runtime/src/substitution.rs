//! Where a piece of work is done for the least: the classes' benchmarks are the registry's, the pools the
//! market's, the job fee the escrow's.

use crate::{ComputeAmm, Runtime};
use alloc::vec::Vec;
use pallet_job_escrow::policy::JOB_FEE_PERCENT;
use polkadot_sdk::sp_runtime::DispatchError;
use quern_primitives::{ClassId, WorkConstraints, WorkPlan};

/// Basis points in a per cent.
const BP_PER_CENT: u32 = 100;

/// See [`pallet_compute_amm::Pallet::plan`]. Classes with no throughput are passed over.
pub fn cheapest(work: u128, constraints: WorkConstraints) -> Result<WorkPlan, DispatchError> {
	let mut throughputs: Vec<(ClassId, u64)> = pallet_provider_registry::Classes::<Runtime>::iter()
		.map(|(class, registered)| (class, registered.throughput))
		.filter(|(_, throughput)| *throughput > 0)
		.collect();
	// In the classes' order, whatever the map's is.
	throughputs.sort_unstable();
	ComputeAmm::plan(work, &throughputs, &constraints, JOB_FEE_PERCENT as u32 * BP_PER_CENT)
}
