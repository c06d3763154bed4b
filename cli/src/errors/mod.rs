//! Errors, in words: what the chain refused and what to do about it.

mod hints;

pub use hints::{Hint, HINTS};

use crate::{chain::path_of, fetch::FetchError, Value};
use std::fmt;
use subxt::{
	error::{
		BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError, TransactionProgressError,
		TransactionStatusError,
	},
	ext::scale_value::{Composite, Primitive, ValueDef},
	Metadata,
};

/// Anything that can go wrong between a client and the chain.
#[derive(Debug)]
pub enum Error {
	/// No connection to the node, or it broke.
	Connection {
		/// The node's URL.
		url: String,
		/// Why.
		reason: String,
	},
	/// The call was executed and failed; its fee is paid.
	Chain(DispatchFailure),
	/// The node did not take the transaction: nothing happened and nothing was paid.
	Rejected {
		/// Why, from the node.
		reason: String,
	},
	/// The transaction was sent and its fate is unknown.
	Lost {
		/// What is known.
		reason: String,
	},
	/// The chain's runtime has no such thing, or in another shape.
	Incompatible {
		/// What was looked for.
		what: String,
		/// What came instead.
		reason: String,
	},
	/// A key could not be read or is not accepted from there.
	Key(String),
	/// A download failed.
	Fetch(FetchError),
	/// Something named does not exist on the chain.
	NotFound(String),
	/// The command cannot be understood or carried out as written.
	Usage(String),
	/// Anything else.
	Other(String),
}

/// Why a call failed, in the runtime's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchFailure {
	/// The pallet, if a pallet's own error.
	pub pallet: Option<String>,
	/// The error's name.
	pub name: String,
	/// What the runtime's documentation says of it.
	pub docs: String,
}

impl DispatchFailure {
	/// What to do about it, where that is known.
	pub fn hint(&self) -> Option<&'static str> {
		let pallet = self.pallet.as_deref().unwrap_or("");
		HINTS
			.iter()
			.copied()
			.flatten()
			.find(|(p, name, _)| (p.is_empty() || *p == pallet) && *name == self.name)
			.map(|(_, _, hint)| *hint)
	}
}

impl fmt::Display for DispatchFailure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		if let Some(pallet) = &self.pallet {
			write!(f, "{pallet}.")?;
		}
		f.write_str(&self.name)?;
		if !self.docs.is_empty() {
			write!(f, ": {}", self.docs)?;
		}
		if let Some(hint) = self.hint() {
			write!(f, "\n  what to do: {hint}")?;
		}
		Ok(())
	}
}

impl fmt::Display for Error {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Error::Connection { url, reason } => write!(
				f,
				"no connection to the node at {url}: {reason}\n  what to do: start a node, or name another one with --url or QUERN_URL"
			),
			Error::Chain(failure) => failure.fmt(f),
			Error::Rejected { reason } => write!(f, "the node did not take the transaction: {reason}"),
			Error::Lost { reason } => write!(
				f,
				"the transaction was sent, but what became of it is not known: {reason}\n  what to do: look at the state before you send it again"
			),
			Error::Incompatible { what, reason } => write!(
				f,
				"this program and the chain's runtime differ on {what}: {reason}\n  what to do: use the release of quern that fits the chain"
			),
			Error::Fetch(error) => error.fmt(f),
			Error::Key(text) | Error::NotFound(text) | Error::Usage(text) | Error::Other(text) => f.write_str(text),
		}
	}
}

impl std::error::Error for Error {}

impl Error {
	/// Whether the call failed with that pallet's error.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		matches!(self, Error::Chain(failure) if failure.pallet.as_deref() == Some(pallet) && failure.name == name)
	}

	/// Whether trying again on a new connection may help, and cannot do anything twice.
	pub fn is_connection(&self) -> bool {
		matches!(self, Error::Connection { .. })
	}

	/// Of what was read: the connection broke, the node would not answer, or the chain is another one.
	pub(crate) fn read(url: &str, what: impl Into<String>, error: impl Into<subxt::Error>) -> Self {
		let what = what.into();
		let reason = in_words(&error.into());
		if reason.contains("RPC error: client error")
			|| reason.contains("the connection was lost")
			|| reason.contains("subscription dropped")
		{
			Error::Connection {
				url: url.into(),
				reason,
			}
		} else if reason.contains("User error: ") {
			Error::Other(format!("the node at {url} would not tell {what}: {reason}"))
		} else {
			Error::Incompatible { what, reason }
		}
	}

	/// Of a transaction that the node was asked to take.
	pub(crate) fn submission(url: &str, error: ExtrinsicError) -> Self {
		match error {
			ExtrinsicError::ErrorSubmittingTransaction(error) => match rpc_error(&error) {
				// An answer of the node, so nothing was taken.
				Some(subxt::rpcs::Error::User(user)) => Error::Rejected {
					reason: user_error(user),
				},
				// The request may have arrived before the connection broke.
				_ => Error::Lost {
					reason: error.to_string(),
				},
			},
			ExtrinsicError::TransactionStatusError(error) => Error::status(error),
			error => Error::read(url, "the call", error),
		}
	}

	/// Of a transaction on its way into a block.
	pub(crate) fn progress(error: TransactionProgressError) -> Self {
		match error {
			TransactionProgressError::TransactionStatusError(error) => Error::status(error),
			error => Error::Lost {
				reason: error.to_string(),
			},
		}
	}

	fn status(error: TransactionStatusError) -> Self {
		match error {
			TransactionStatusError::Invalid(reason) => Error::Rejected { reason },
			TransactionStatusError::Error(reason) | TransactionStatusError::Dropped(reason) => Error::Lost { reason },
			error => Error::Lost {
				reason: error.to_string(),
			},
		}
	}

	/// Of a transaction in a block.
	pub(crate) fn outcome(error: TransactionEventsError) -> Self {
		match error {
			TransactionEventsError::ExtrinsicFailed(error) => Error::Chain(dispatch(error)),
			error => Error::Lost {
				reason: error.to_string(),
			},
		}
	}
}

impl From<FetchError> for Error {
	fn from(error: FetchError) -> Self {
		Error::Fetch(error)
	}
}

/// A runtime's error with its name and its docs.
pub fn dispatch(error: DispatchError) -> DispatchFailure {
	let plain = |name: &str, docs: String| DispatchFailure {
		pallet: None,
		name: name.into(),
		docs,
	};
	match error {
		DispatchError::Module(module) => match module.details() {
			Ok(details) => DispatchFailure {
				pallet: Some(details.pallet.name().into()),
				name: details.variant.name.clone(),
				docs: details.variant.docs.join(" ").trim().to_string(),
			},
			Err(_) => plain(
				"Module",
				format!("error {} of pallet {}", module.error_index(), module.pallet_index()),
			),
		},
		DispatchError::Token(token) => plain(&format!("{token:?}"), token.to_string()),
		DispatchError::Arithmetic(arithmetic) => plain(&format!("{arithmetic:?}"), arithmetic.to_string()),
		other => plain(&format!("{other:?}"), other.to_string()),
	}
}

/// A runtime's error that came as a value, as from a runtime API, with its name and its docs.
pub fn dispatch_value(error: &Value, metadata: &Metadata) -> DispatchFailure {
	let plain = |name: String| DispatchFailure {
		pallet: None,
		name,
		docs: String::new(),
	};
	let ValueDef::Variant(variant) = &error.value else {
		return plain(error.to_string());
	};
	if variant.name != "Module" {
		// `Token(FundsUnavailable)`: the innermost says it.
		return plain(path_of(error).rsplit('.').next().unwrap_or_default().to_string());
	}
	// `ModuleError { index: u8, error: [u8; 4] }`, whatever it is wrapped in.
	let mut numbers = Vec::new();
	collect_numbers(&variant.values, &mut numbers);
	let (Some(pallet), Some(index)) = (numbers.first(), numbers.get(1)) else {
		return plain("Module".into());
	};
	match metadata
		.pallet_by_error_index(*pallet)
		.and_then(|pallet| Some((pallet.name(), pallet.error_variant_by_index(*index)?)))
	{
		Some((pallet, variant)) => DispatchFailure {
			pallet: Some(pallet.into()),
			name: variant.name.clone(),
			docs: variant.docs.join(" ").trim().into(),
		},
		None => plain(format!("error {index} of pallet {pallet}")),
	}
}

/// The bytes in a value, in order.
fn collect_numbers(values: &Composite<()>, into: &mut Vec<u8>) {
	for value in values.values() {
		match &value.value {
			ValueDef::Primitive(Primitive::U128(number)) => into.extend(u8::try_from(*number)),
			ValueDef::Composite(inner) => collect_numbers(inner, into),
			_ => {}
		}
	}
}

fn rpc_error(error: &BackendError) -> Option<&subxt::rpcs::Error> {
	match error {
		BackendError::Rpc(RpcError::ClientError(error)) => Some(error),
		_ => None,
	}
}

/// The node's own words, which come in two pieces.
fn user_error(error: &subxt::rpcs::UserError) -> String {
	let data = error.data.as_ref().map(|data| data.get().trim_matches('"').to_string());
	let text = match data {
		Some(data) => format!("{}: {data}", error.message),
		None => error.message.clone(),
	};
	let hint = if text.contains("pay some fees") {
		"\n  what to do: the account cannot pay the transaction fee; send it some QRN"
	} else if text.contains("outdated") || text.contains("Priority is too low") {
		"\n  what to do: another transaction of this account came first; try again"
	} else {
		""
	};
	format!("{text}{hint}")
}

/// Whether the pool refused a transaction only because another of the same account was faster.
pub(crate) fn is_stale(error: &Error) -> bool {
	matches!(error, Error::Rejected { reason } if reason.contains("outdated") || reason.contains("Priority is too low"))
}

/// An error and its causes, without saying anything twice.
fn in_words(error: &subxt::Error) -> String {
	let mut text = error.to_string();
	let mut cause = std::error::Error::source(error);
	while let Some(error) = cause {
		let next = error.to_string();
		if !text.contains(&next) {
			text = format!("{text}: {next}");
		}
		cause = error.source();
	}
	text
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn names_the_pallet_the_docs_and_what_to_do() {
		let failure = DispatchFailure {
			pallet: Some("Balances".into()),
			name: "InsufficientBalance".into(),
			docs: "Balance too low to send value.".into(),
		};
		assert_eq!(
			Error::Chain(failure.clone()).to_string(),
			"Balances.InsufficientBalance: Balance too low to send value.\n  what to do: fund the account, or ask for \
			 less; `quern account` shows what is free"
		);
		assert!(Error::Chain(failure.clone()).is("Balances", "InsufficientBalance"));
		assert!(!Error::Chain(failure).is("JobEscrow", "InsufficientBalance"));
	}

	#[test]
	fn says_where_it_looked_for_a_node() {
		let error = Error::Connection {
			url: "ws://127.0.0.1:9944".into(),
			reason: "refused".into(),
		};
		assert!(error.is_connection());
		assert!(error.to_string().contains("ws://127.0.0.1:9944"));
		assert!(error.to_string().contains("QUERN_URL"));
	}

	#[test]
	fn knows_a_transaction_that_came_second() {
		assert!(is_stale(&Error::Rejected {
			reason: "Invalid Transaction: Transaction is outdated".into()
		}));
		assert!(!is_stale(&Error::Rejected {
			reason: "Inability to pay some fees".into()
		}));
		assert!(!is_stale(&Error::Lost {
			reason: "outdated".into()
		}));
	}
}
