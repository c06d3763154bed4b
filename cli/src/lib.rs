//! Quern's client library: a node's connection, the chain's state as plain types, calls, keys.
//!
//! ```no_run
//! # async fn example() -> Result<(), quern::Error> {
//! let client = quern::Client::connect("ws://127.0.0.1:9944").await?;
//! let view = client.best().await?;
//! let (class, _) = view.class_named("h100-80g").await?;
//! println!("an hour costs {}", quern::units::format_amount(view.quote_buy(class, 3_600_000).await?.total));
//! # Ok(())
//! # }
//! ```

pub mod calls;
pub mod chain;
pub mod client;
pub mod errors;
pub mod fetch;
pub mod keys;
pub mod types;
pub mod units;

pub use calls::Call;
pub use chain::{jar_account, Event, View};
pub use client::*;
pub use errors::{DispatchFailure, Error};
pub use fetch::{blake2_256, FetchError, FetchOptions, Identity};
pub use types::*;
pub use units::{
	Balance, BlockNumber, ClassId, EraIndex, GpuTime, JobId, Magnitude, NodeId, OperatorId, OrderId, Perbill, Period,
	Price, SessionIndex, Share, SlashId, QRN, WHOLE,
};

pub use subxt::{config::substrate::H256, utils::AccountId32 as AccountId};
pub use subxt_signer::sr25519::Keypair;

/// A dynamic value, encoded as the chain's metadata says.
pub type Value = subxt::dynamic::Value<()>;
