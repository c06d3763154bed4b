//! What `scripts/weights.sh` measured.

pub mod pallet_attestation;
pub mod pallet_charter;
pub mod pallet_compute_amm;
pub mod pallet_fee_router;
pub mod pallet_job_escrow;
pub mod pallet_provider_registry;
pub mod pallet_restaking;
pub mod pallet_slashing;
pub mod pallet_validator_rewards;
