//! What Quern's calls and hooks weigh.
//!
//! `scripts/weights.sh` measures them in this runtime's Wasm and writes a module a pallet into [`measured`]. A
//! runtime with benchmarks, in which they are measured, takes the estimates that stand beside each pallet's trait:
//! it must compile before a new benchmark has its figure.

#[cfg(not(feature = "runtime-benchmarks"))]
mod measured;

macro_rules! weights {
	($($(#[$doc:meta])* $name:ident: $pallet:ident,)*) => {$(
		$(#[$doc])*
		#[cfg(not(feature = "runtime-benchmarks"))]
		pub type $name = measured::$pallet::WeightInfo<crate::Runtime>;
		$(#[$doc])*
		#[cfg(feature = "runtime-benchmarks")]
		pub type $name = ();
	)*};
}

weights! {
	/// Of the attestation's calls and hooks.
	Attestation: pallet_attestation,
	/// Of the charter's calls.
	Charter: pallet_charter,
	/// Of the market's calls and clearing.
	ComputeAmm: pallet_compute_amm,
	/// Of the fee router's calls and hooks.
	FeeRouter: pallet_fee_router,
	/// Of the jobs' calls and hooks.
	JobEscrow: pallet_job_escrow,
	/// Of the registry's calls and of what other pallets have it do.
	ProviderRegistry: pallet_provider_registry,
	/// Of the stake's calls and hooks.
	Restaking: pallet_restaking,
	/// Of the slash queue's calls and hooks.
	Slashing: pallet_slashing,
	/// Of the rewards' hooks.
	ValidatorRewards: pallet_validator_rewards,
}
