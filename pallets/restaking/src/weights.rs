//! Weights, estimated from the storage each call touches until benchmarks on the reference machine
//! replace them. Worst cases: a full list of 1,024 candidates (49 kB), all parts of a bond unbonding.

use core::marker::PhantomData;
use polkadot_sdk::{
	frame_support::{traits::Get, weights::Weight},
	frame_system,
};

/// Weights of the calls, and of an offence.
pub trait WeightInfo {
	/// Operator, candidates, two accounts.
	fn bond() -> Weight;
	/// The same, and the candidate's place.
	fn bond_more() -> Weight;
	/// Operator, session, candidates.
	fn unbond() -> Weight;
	/// Operator, session, two accounts.
	fn withdraw() -> Weight;
	/// Candidates.
	fn chill() -> Weight;
	/// Operator, session, keys, candidates.
	fn validate() -> Weight;
	/// `n` offenders, each slashed and disabled.
	fn on_offence(n: u32) -> Weight;
}

/// Weights with the runtime's database costs.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn bond() -> Weight {
		<() as WeightInfo>::bond().saturating_add(T::DbWeight::get().reads_writes(4, 3))
	}
	fn bond_more() -> Weight {
		<() as WeightInfo>::bond_more().saturating_add(T::DbWeight::get().reads_writes(4, 4))
	}
	fn unbond() -> Weight {
		<() as WeightInfo>::unbond().saturating_add(T::DbWeight::get().reads_writes(4, 2))
	}
	fn withdraw() -> Weight {
		<() as WeightInfo>::withdraw().saturating_add(T::DbWeight::get().reads_writes(5, 3))
	}
	fn chill() -> Weight {
		<() as WeightInfo>::chill().saturating_add(T::DbWeight::get().reads_writes(1, 1))
	}
	fn validate() -> Weight {
		<() as WeightInfo>::validate().saturating_add(T::DbWeight::get().reads_writes(5, 1))
	}
	fn on_offence(n: u32) -> Weight {
		// Beside the operator's own three: the slash handler's issuance, total and era.
		let (n, each) = (u64::from(n), T::DbWeight::get().reads_writes(6, 6));
		<() as WeightInfo>::on_offence(n as u32)
			.saturating_add(T::DbWeight::get().reads_writes(8, 3))
			.saturating_add(each.saturating_mul(n))
	}
}

impl WeightInfo for () {
	fn bond() -> Weight {
		Weight::from_parts(170_000_000, 62_000)
	}
	fn bond_more() -> Weight {
		Weight::from_parts(200_000_000, 62_000)
	}
	fn unbond() -> Weight {
		Weight::from_parts(170_000_000, 57_000)
	}
	fn withdraw() -> Weight {
		Weight::from_parts(70_000_000, 14_000)
	}
	fn chill() -> Weight {
		Weight::from_parts(150_000_000, 52_000)
	}
	fn validate() -> Weight {
		Weight::from_parts(170_000_000, 60_000)
	}
	fn on_offence(n: u32) -> Weight {
		Weight::from_parts(50_000_000, 85_000)
			.saturating_add(Weight::from_parts(230_000_000, 11_000).saturating_mul(n.into()))
	}
}
