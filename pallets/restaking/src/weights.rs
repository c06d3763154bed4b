//! Weights, estimated from the storage each call touches until benchmarks on the reference machine
//! replace them. Worst cases: a full list of 1,024 candidates (49 kB), an operator with slashes of many
//! eras waiting (8 kB), thirty era pools that mature at once.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of the calls, and of an offence.
pub trait WeightInfo {
	/// Operator, its number, two accounts, candidates.
	fn register_operator() -> Weight;
	/// Operator, checkpoint, two accounts, total, candidates.
	fn bond_more() -> Weight;
	/// Operator, checkpoint, the era's pool and all that matured, total, candidates.
	fn unbond() -> Weight;
	/// Operator, delegation, all pools that matured, two accounts; of one that is gone, its checkpoints.
	fn withdraw() -> Weight;
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

/// Weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_operator() -> Weight {
		<() as WeightInfo>::register_operator().saturating_add(T::DbWeight::get().reads_writes(8, 8))
	}
	fn bond_more() -> Weight {
		<() as WeightInfo>::bond_more().saturating_add(T::DbWeight::get().reads_writes(9, 7))
	}
	fn unbond() -> Weight {
		<() as WeightInfo>::unbond().saturating_add(T::DbWeight::get().reads_writes(40, 38))
	}
	fn withdraw() -> Weight {
		<() as WeightInfo>::withdraw().saturating_add(T::DbWeight::get().reads_writes(70, 134))
	}
	fn chill() -> Weight {
		<() as WeightInfo>::chill().saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
	fn validate() -> Weight {
		<() as WeightInfo>::validate().saturating_add(T::DbWeight::get().reads_writes(5, 1))
	}
	fn delegate() -> Weight {
		<() as WeightInfo>::delegate().saturating_add(T::DbWeight::get().reads_writes(10, 8))
	}
	fn undelegate() -> Weight {
		<() as WeightInfo>::undelegate().saturating_add(T::DbWeight::get().reads_writes(42, 39))
	}
	fn set_commission() -> Weight {
		<() as WeightInfo>::set_commission().saturating_add(T::DbWeight::get().reads_writes(4, 1))
	}
	fn set_reward_mode() -> Weight {
		<() as WeightInfo>::set_reward_mode().saturating_add(T::DbWeight::get().reads_writes(9, 6))
	}
	fn claim() -> Weight {
		<() as WeightInfo>::claim().saturating_add(T::DbWeight::get().reads_writes(6, 4))
	}
	fn allocate() -> Weight {
		<() as WeightInfo>::allocate().saturating_add(T::DbWeight::get().reads_writes(7, 3))
	}
	fn leave() -> Weight {
		<() as WeightInfo>::leave().saturating_add(T::DbWeight::get().reads_writes(41, 38))
	}
	fn liquify() -> Weight {
		<() as WeightInfo>::liquify().saturating_add(T::DbWeight::get().reads_writes(9, 6))
	}
	fn solidify() -> Weight {
		<() as WeightInfo>::solidify().saturating_add(T::DbWeight::get().reads_writes(8, 5))
	}
	fn on_offence(n: u32) -> Weight {
		// An operator, its era pools, what the slash queue keeps.
		let (n, each) = (u64::from(n), T::DbWeight::get().reads_writes(46, 44));
		<() as WeightInfo>::on_offence(n as u32)
			.saturating_add(T::DbWeight::get().reads_writes(8, 3))
			.saturating_add(each.saturating_mul(n))
	}
}

impl WeightInfo for () {
	fn register_operator() -> Weight {
		Weight::from_parts(220_000_000, 70_000)
	}
	fn bond_more() -> Weight {
		Weight::from_parts(230_000_000, 70_000)
	}
	fn unbond() -> Weight {
		Weight::from_parts(260_000_000, 85_000)
	}
	fn withdraw() -> Weight {
		Weight::from_parts(900_000_000, 180_000)
	}
	fn chill() -> Weight {
		Weight::from_parts(150_000_000, 52_000)
	}
	fn validate() -> Weight {
		Weight::from_parts(180_000_000, 66_000)
	}
	fn delegate() -> Weight {
		Weight::from_parts(260_000_000, 75_000)
	}
	fn undelegate() -> Weight {
		Weight::from_parts(300_000_000, 90_000)
	}
	fn set_commission() -> Weight {
		Weight::from_parts(40_000_000, 12_000)
	}
	fn set_reward_mode() -> Weight {
		Weight::from_parts(260_000_000, 70_000)
	}
	fn claim() -> Weight {
		Weight::from_parts(90_000_000, 20_000)
	}
	fn allocate() -> Weight {
		Weight::from_parts(60_000_000, 16_000)
	}
	fn leave() -> Weight {
		Weight::from_parts(330_000_000, 90_000)
	}
	fn liquify() -> Weight {
		Weight::from_parts(120_000_000, 24_000)
	}
	fn solidify() -> Weight {
		Weight::from_parts(110_000_000, 24_000)
	}
	fn on_offence(n: u32) -> Weight {
		Weight::from_parts(50_000_000, 85_000)
			.saturating_add(Weight::from_parts(600_000_000, 120_000).saturating_mul(n.into()))
	}
}
