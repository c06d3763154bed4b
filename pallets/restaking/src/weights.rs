//! What the pallet's calls weigh: the trait, which the runtime implements with what its benchmarks measured,
//! and estimates for mocks. Worst cases: a full list of 1,024 candidates (49 kB), all era pools that there may
//! be maturing at once.

use polkadot_sdk::frame_support::weights::{constants::RocksDbWeight, Weight};

/// Weights of the calls, and of an offence.
pub trait WeightInfo {
	/// Operator, its number, two accounts, candidates.
	fn register_operator() -> Weight;
	/// Operator, checkpoint, two accounts, total, candidates.
	fn bond_more() -> Weight;
	/// Operator, checkpoint, the era's pool and all that matured, total, candidates.
	fn unbond() -> Weight;
	/// Operator, delegation, all pools that matured, two accounts.
	fn withdraw() -> Weight;
	/// The same of the own bond; of an operator that is gone, `c` checkpoints.
	fn withdraw_own(c: u32) -> Weight;
	/// Candidates.
	fn chill() -> Weight;
	/// Operator, session, keys, candidates.
	fn validate() -> Weight;
	/// Operator, checkpoint, delegation, two accounts, total, candidates.
	fn delegate() -> Weight;
	/// Operator, checkpoint, delegation, the era's pool and all that matured, total, candidates.
	fn undelegate() -> Weight;
	/// Operator.
	fn set_commission() -> Weight;
	/// Operator, delegation, total, candidates.
	fn set_reward_mode() -> Weight;
	/// Operator, delegation, two accounts.
	fn claim() -> Weight;
	/// Operator, class, checkpoint.
	fn allocate() -> Weight;
	/// As `unbond`, and `chill`.
	fn leave() -> Weight;
	/// Operator, delegation, the asset, which the first creates, and the account's share of it.
	fn liquify() -> Weight;
	/// Operator, delegation, the asset and the account's share of it.
	fn solidify() -> Weight;
	/// `n` offenders, each proposed to the slash queue, frozen and disabled.
	fn on_offence(n: u32) -> Weight;
}

/// Estimates for mocks.
impl WeightInfo for () {
	fn register_operator() -> Weight {
		Weight::from_parts(220_000_000, 70_000).saturating_add(RocksDbWeight::get().reads_writes(8, 8))
	}
	fn bond_more() -> Weight {
		Weight::from_parts(230_000_000, 70_000).saturating_add(RocksDbWeight::get().reads_writes(9, 7))
	}
	fn unbond() -> Weight {
		Weight::from_parts(260_000_000, 85_000).saturating_add(RocksDbWeight::get().reads_writes(40, 38))
	}
	fn withdraw() -> Weight {
		Weight::from_parts(900_000_000, 180_000).saturating_add(RocksDbWeight::get().reads_writes(40, 38))
	}
	fn withdraw_own(c: u32) -> Weight {
		Weight::from_parts(500_000_000, 120_000)
			.saturating_add(RocksDbWeight::get().reads_writes(40, 40))
			.saturating_add(Weight::from_parts(1_000_000, 500).saturating_mul(c.into()))
			.saturating_add(RocksDbWeight::get().writes(c.into()))
	}
	fn chill() -> Weight {
		Weight::from_parts(150_000_000, 52_000).saturating_add(RocksDbWeight::get().reads_writes(1, 1))
	}
	fn validate() -> Weight {
		Weight::from_parts(180_000_000, 66_000).saturating_add(RocksDbWeight::get().reads_writes(5, 1))
	}
	fn delegate() -> Weight {
		Weight::from_parts(260_000_000, 75_000).saturating_add(RocksDbWeight::get().reads_writes(10, 8))
	}
	fn undelegate() -> Weight {
		Weight::from_parts(300_000_000, 90_000).saturating_add(RocksDbWeight::get().reads_writes(42, 39))
	}
	fn set_commission() -> Weight {
		Weight::from_parts(40_000_000, 12_000).saturating_add(RocksDbWeight::get().reads_writes(4, 1))
	}
	fn set_reward_mode() -> Weight {
		Weight::from_parts(260_000_000, 70_000).saturating_add(RocksDbWeight::get().reads_writes(9, 6))
	}
	fn claim() -> Weight {
		Weight::from_parts(90_000_000, 20_000).saturating_add(RocksDbWeight::get().reads_writes(6, 4))
	}
	fn allocate() -> Weight {
		Weight::from_parts(60_000_000, 16_000).saturating_add(RocksDbWeight::get().reads_writes(7, 3))
	}
	fn leave() -> Weight {
		Weight::from_parts(330_000_000, 90_000).saturating_add(RocksDbWeight::get().reads_writes(41, 38))
	}
	fn liquify() -> Weight {
		Weight::from_parts(120_000_000, 24_000).saturating_add(RocksDbWeight::get().reads_writes(9, 6))
	}
	fn solidify() -> Weight {
		Weight::from_parts(110_000_000, 24_000).saturating_add(RocksDbWeight::get().reads_writes(8, 5))
	}
	fn on_offence(n: u32) -> Weight {
		Weight::from_parts(50_000_000, 85_000)
			.saturating_add(RocksDbWeight::get().reads_writes(8, 3))
			.saturating_add(Weight::from_parts(600_000_000, 120_000).saturating_mul(n.into()))
			// An operator, its era pools, what the slash queue keeps.
			.saturating_add(RocksDbWeight::get().reads_writes(46, 44).saturating_mul(n.into()))
	}
}
