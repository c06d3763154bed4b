//! Configuration of every pallet.
//!
//! - [`system`]: blocks, transactions, and who may call what;
//! - [`consensus`]: authoring, finality, sessions, offences;
//! - [`money`]: the native token, claims and pool shares, fees;
//! - [`governance`]: committee, treasury, upgrades, proxies;
//! - [`quern`]: the market for GPU time, and the wiring of its ports;
//! - `swap`: with the feature `swap-benchmark`, the exchange that the market is measured against.

pub mod consensus;
pub mod governance;
pub mod money;
pub mod quern;
#[cfg(feature = "swap-benchmark")]
pub mod swap;
pub mod system;
