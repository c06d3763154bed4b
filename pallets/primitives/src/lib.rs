//! The words, units and ports of Quern.
//!
//! Pallets never depend on one another. What one needs of another is a trait in [`ports`], named in
//! its `Config` and wired by the runtime; each has an implementation for `()` that mocks use.
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod apis;
pub mod attestation;
pub mod endpoint;
pub mod ports;
pub mod stake;
pub mod types;
pub mod units;

pub use endpoint::Endpoint;
pub use stake::*;
pub use types::*;
