//! Errors that say what is wrong and what to do.

use jsonrpsee::types::{ErrorCode, ErrorObject, ErrorObjectOwned};
use polkadot_sdk::{sp_api::ApiError, sp_runtime::DispatchError};
use quern_runtime::RuntimeError;
use serde::Serialize;
use std::fmt;

/// The runtime answered with an error: no pool, work that nobody can do. `data` names it.
pub const REFUSED: i32 = 9001;
/// The state of that block is not there, or its runtime has no such method. `data` holds the node's words.
pub const UNAVAILABLE: i32 = 9002;

/// Names an error of the runtime, for programs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Name {
	/// The pallet, if it is a pallet's own error.
	pub pallet: Option<String>,
	/// The error.
	pub error: String,
}

impl From<DispatchError> for Name {
	fn from(error: DispatchError) -> Self {
		match RuntimeError::from_dispatch_error(error) {
			// Written as `ComputeAmm(NoPool)`.
			Some(known) => Self::parse(&format!("{known:?}")),
			// Of a runtime that is newer than this node, or no pallet's.
			None => Self {
				pallet: None,
				error: format!("{error:?}"),
			},
		}
	}
}

impl Name {
	/// Of `Pallet(Error)`, as the runtime's errors are written.
	fn parse(written: &str) -> Self {
		match written.split_once('(') {
			Some((pallet, error)) => Self {
				pallet: Some(pallet.into()),
				error: error.trim_end_matches(')').into(),
			},
			None => Self {
				pallet: None,
				error: written.into(),
			},
		}
	}

	/// That a class has no pool, where the runtime says it with `None`.
	pub fn no_pool() -> Self {
		Self {
			pallet: Some("ComputeAmm".into()),
			error: "NoPool".into(),
		}
	}

	/// What it means, and what to do.
	fn sentence(&self) -> &'static str {
		match (self.pallet.as_deref(), self.error.as_str()) {
			(Some("ComputeAmm"), "NoPool") => {
				"the class does not exist or has no pool; computeAmm_pools lists the pools"
			}
			(Some("ComputeAmm"), "TooSmall") => "the amount is zero, or below the smallest order",
			(Some("ComputeAmm"), "TooLarge") => "the amount is more than the market counts with",
			(Some("ComputeAmm"), "ExceedsDepth") => {
				"one batch moves at most a third of a pool's claims: ask for less or, for a plan, allow more classes or a \
				 split; classes that state no throughput take no part"
			}
			_ => "the runtime refused it",
		}
	}
}

impl fmt::Display for Name {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(pallet) = &self.pallet {
			write!(f, "{pallet}.")?;
		}
		write!(f, "{}: {}", self.error, self.sentence())
	}
}

/// The runtime refused it.
pub fn refused(name: impl Into<Name>) -> ErrorObjectOwned {
	let name = name.into();
	ErrorObject::owned(REFUSED, name.to_string(), Some(name))
}

/// The runtime could not be asked.
pub fn unavailable(block: impl fmt::Debug, error: ApiError) -> ErrorObjectOwned {
	ErrorObject::owned(
		UNAVAILABLE,
		format!(
			"block {block:?} cannot be asked: there is no such block, its state is pruned, or its runtime lacks this"
		),
		Some(error.to_string()),
	)
}

/// What was asked for makes no sense.
pub fn invalid(what: impl Into<String>) -> ErrorObjectOwned {
	ErrorObject::owned(ErrorCode::InvalidParams.code(), what.into(), None::<()>)
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::{
		frame_support::traits::PalletInfoAccess,
		sp_runtime::{ArithmeticError, ModuleError},
	};
	use quern_runtime::ComputeAmm;

	fn of_pallet(index: u8, error: u8) -> DispatchError {
		DispatchError::Module(ModuleError {
			index,
			error: [error, 0, 0, 0],
			message: None,
		})
	}

	#[test]
	fn names_the_pallets_error_and_says_what_to_do() {
		// The first of the market's errors.
		let error = refused(of_pallet(ComputeAmm::index() as u8, 0));
		assert_eq!(error.code(), REFUSED);
		assert_eq!(
			error.message(),
			"ComputeAmm.NoPool: the class does not exist or has no pool; computeAmm_pools lists the pools"
		);
		assert_eq!(
			error.data().expect("data").get(),
			"{\"pallet\":\"ComputeAmm\",\"error\":\"NoPool\"}"
		);
		assert_eq!(error, refused(Name::no_pool()));
	}

	#[test]
	fn names_errors_of_pallets_that_it_does_not_know() {
		let error = refused(of_pallet(250, 1));
		assert!(error.message().contains("250"), "{}", error.message());
		let error = refused(DispatchError::Arithmetic(ArithmeticError::Overflow));
		assert!(error.message().contains("Overflow"), "{}", error.message());
	}
}
