//! What Quern's calls and hooks weigh.
//!
//! `scripts/weights.sh` measures them in this runtime's Wasm and writes a module a pallet here. Until a machine to
//! measure on is fixed, the pallets whose trait names benchmarks alone take the estimates that stand beside it,
//! from counts of storage: those of their `()`.

/// Of the attestation's calls and hooks.
pub type Attestation = ();
/// Of the charter's calls.
pub type Charter = ();
/// Of the stake's calls and hooks.
pub type Restaking = ();
/// Of the slash queue's calls and hooks.
pub type Slashing = ();
/// Of the rewards' hooks.
pub type ValidatorRewards = ();
