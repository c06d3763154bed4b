//! Downloads, bounded in size and time, that follow no redirect, and what they are checked against.
//!
//! Everything here blocks; call it from a thread that may.

use crate::H256;
use serde::{Deserialize, Serialize};
use std::{fmt, io::Read, net::IpAddr, time::Duration};
use subxt::config::{substrate::BlakeTwo256, Hasher};
use ureq::{
	config::Config,
	http::Uri,
	unversioned::{
		resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
		transport::{DefaultConnector, NextTimeout},
	},
	Agent,
};

/// The most that any description (identity, status) may weigh.
pub const MAX_DESCRIPTION: u64 = 64 * 1024;

/// BLAKE2b-256, the hash of programs, inputs and outputs.
pub fn blake2_256(bytes: &[u8]) -> H256 {
	BlakeTwo256.hash(bytes)
}

/// Limits of a download.
#[derive(Clone, Copy, Debug)]
pub struct FetchOptions {
	/// The most bytes that are read.
	pub max_bytes: u64,
	/// The most time that everything together may take.
	pub timeout: Duration,
	/// Whether to connect to an address; asked of every address that a name resolves to, and no other
	/// is used.
	pub allow: fn(IpAddr) -> bool,
}

impl FetchOptions {
	/// At most `max_bytes`, from anywhere, in a time that leaves a slow line 1 Mbit/s.
	pub fn up_to(max_bytes: u64) -> Self {
		FetchOptions {
			max_bytes,
			timeout: Duration::from_secs(30 + max_bytes / 125_000),
			allow: |_| true,
		}
	}
}

/// Why a download failed.
#[derive(Debug)]
pub enum FetchError {
	/// Not an http or https URL.
	BadUrl(String),
	/// The URL leads to an address that is not connected to.
	NotAllowed(IpAddr),
	/// The server answered something else than 200.
	Status {
		/// The URL.
		url: String,
		/// The HTTP status.
		status: u16,
	},
	/// More bytes than allowed.
	TooLarge {
		/// The URL.
		url: String,
		/// The limit, in bytes.
		limit: u64,
	},
	/// Another size than promised.
	WrongSize {
		/// The URL.
		url: String,
		/// Promised bytes.
		expected: u64,
		/// Bytes that came.
		found: u64,
	},
	/// Another content than promised.
	WrongHash {
		/// The URL.
		url: String,
		/// The promised hash.
		expected: H256,
		/// The hash of what came.
		found: H256,
	},
	/// The server could not be reached, or broke off.
	Failed {
		/// The URL.
		url: String,
		/// Why.
		reason: String,
	},
}

impl fmt::Display for FetchError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			FetchError::BadUrl(url) => write!(f, "'{url}' is no http or https URL"),
			FetchError::NotAllowed(ip) => write!(f, "the URL leads to {ip}, which is not a public address"),
			FetchError::Status { url, status } => write!(f, "{url} answered with HTTP status {status}"),
			FetchError::TooLarge { url, limit } => write!(f, "{url} sends more than the {limit} bytes allowed"),
			FetchError::WrongSize { url, expected, found } => {
				write!(
					f,
					"{url} sent {found} bytes where {expected} were promised; nothing was kept"
				)
			}
			FetchError::WrongHash { url, expected, found } => write!(
				f,
				"{url} sent something else: its hash is {found:?}, promised was {expected:?}; nothing was kept"
			),
			FetchError::Failed { url, reason } => write!(f, "cannot download {url}: {reason}"),
		}
	}
}

impl std::error::Error for FetchError {}

/// Resolves names, and refuses the addresses that are not allowed: what was checked is what is
/// connected to.
#[derive(Debug)]
struct GuardedResolver {
	allow: fn(IpAddr) -> bool,
}

/// The error that carries a refused address through ureq.
#[derive(Debug)]
struct Refused(IpAddr);

impl fmt::Display for Refused {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{} is not allowed", self.0)
	}
}

impl std::error::Error for Refused {}

impl Resolver for GuardedResolver {
	fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
		let addresses = DefaultResolver::default().resolve(uri, config, timeout)?;
		match addresses.iter().find(|address| !(self.allow)(address.ip())) {
			Some(address) => Err(ureq::Error::Other(Box::new(Refused(address.ip())))),
			None => Ok(addresses),
		}
	}
}

/// Downloads a URL.
pub fn download(url: &str, options: &FetchOptions) -> Result<Vec<u8>, FetchError> {
	let scheme = url.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
	if !matches!(scheme.as_deref(), Some("http" | "https")) {
		return Err(FetchError::BadUrl(url.into()));
	}
	// No proxy: the address that is checked has to be the one that is connected to.
	let config = Agent::config_builder()
		.timeout_global(Some(options.timeout))
		.timeout_connect(Some(Duration::from_secs(10)))
		.max_redirects(0)
		.http_status_as_error(false)
		.proxy(None)
		.user_agent("quern")
		.build();
	let agent = Agent::with_parts(
		config,
		DefaultConnector::default(),
		GuardedResolver { allow: options.allow },
	);
	let failed = |reason: String| FetchError::Failed {
		url: url.into(),
		reason,
	};
	let mut response = agent.get(url).call().map_err(|error| match error {
		ureq::Error::Other(other) => match other.downcast_ref::<Refused>() {
			Some(Refused(ip)) => FetchError::NotAllowed(*ip),
			None => failed(other.to_string()),
		},
		ureq::Error::BadUri(_) | ureq::Error::Http(_) => FetchError::BadUrl(url.into()),
		error => failed(error.to_string()),
	})?;
	if response.status().as_u16() != 200 {
		return Err(FetchError::Status {
			url: url.into(),
			status: response.status().as_u16(),
		});
	}
	let too_large = || FetchError::TooLarge {
		url: url.into(),
		limit: options.max_bytes,
	};
	if response
		.body()
		.content_length()
		.is_some_and(|length| length > options.max_bytes)
	{
		return Err(too_large());
	}
	let mut bytes = Vec::new();
	// One more than allowed, to tell "exactly" from "too much".
	let limit = options.max_bytes.saturating_add(1);
	response
		.body_mut()
		.as_reader()
		.take(limit)
		.read_to_end(&mut bytes)
		.map_err(|error| failed(error.to_string()))?;
	if bytes.len() as u64 > options.max_bytes {
		return Err(too_large());
	}
	Ok(bytes)
}

/// Downloads a URL whose content is known by size and hash; anything else is an error.
pub fn download_checked(url: &str, hash: H256, size: u32, options: &FetchOptions) -> Result<Vec<u8>, FetchError> {
	let size = u64::from(size);
	if size > options.max_bytes {
		return Err(FetchError::TooLarge {
			url: url.into(),
			limit: options.max_bytes,
		});
	}
	// The promised size is the limit, so that nobody has to read more than that.
	let bytes = match download(
		url,
		&FetchOptions {
			max_bytes: size,
			..*options
		},
	) {
		Err(FetchError::TooLarge { url, .. }) => {
			return Err(FetchError::WrongSize {
				url,
				expected: size,
				found: size + 1,
			})
		}
		result => result?,
	};
	check(url, &bytes, hash, size)?;
	Ok(bytes)
}

fn check(url: &str, bytes: &[u8], hash: H256, size: u64) -> Result<(), FetchError> {
	let found = bytes.len() as u64;
	if found != size {
		return Err(FetchError::WrongSize {
			url: url.into(),
			expected: size,
			found,
		});
	}
	let found = blake2_256(bytes);
	if found != hash {
		return Err(FetchError::WrongHash {
			url: url.into(),
			expected: hash,
			found,
		});
	}
	Ok(())
}

/// What a daemon says of itself at `/identity?provider=…`, for the registration of its node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
	/// The node's sr25519 public key, in hex with 0x.
	pub key: String,
	/// The node key's signature over [`crate::keys::node_proof_bytes`], in hex with 0x.
	pub proof: String,
	/// The hardware class it thinks it is of.
	pub class: String,
	/// Accelerators.
	pub gpus: u32,
	/// Memory of all accelerators together, in MiB.
	pub memory_mib: u64,
	/// What the hardware calls itself.
	pub model: String,
}

#[cfg(test)]
mod tests {
	use super::*;
	use std::{
		io::{BufRead, BufReader, Write},
		net::TcpListener,
		thread,
	};

	/// A server that gives one answer to whoever asks, as often as asked.
	fn server(answer: Vec<u8>) -> String {
		let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
		let url = format!("http://{}/x", listener.local_addr().expect("bound"));
		thread::spawn(move || {
			for stream in listener.incoming() {
				let Ok(mut stream) = stream else { return };
				let mut lines = BufReader::new(stream.try_clone().expect("cloned")).lines();
				while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
				// The client may hang up first.
				let _ = stream.write_all(&answer);
			}
		});
		url
	}

	fn ok(body: &[u8]) -> Vec<u8> {
		let mut answer = format!(
			"HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
			body.len()
		)
		.into_bytes();
		answer.extend_from_slice(body);
		answer
	}

	fn unsized_body(body: &[u8]) -> Vec<u8> {
		let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
		answer.extend_from_slice(body);
		answer
	}

	fn up_to(max_bytes: u64) -> FetchOptions {
		FetchOptions {
			timeout: Duration::from_secs(5),
			..FetchOptions::up_to(max_bytes)
		}
	}

	#[test]
	fn hashes_as_the_chain_does() {
		assert_eq!(
			format!("{:?}", blake2_256(b"")),
			"0x0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"
		);
	}

	#[test]
	fn downloads_what_was_promised() {
		let url = server(ok(b"result"));
		assert_eq!(
			download_checked(&url, blake2_256(b"result"), 6, &up_to(100)).expect("checked"),
			b"result"
		);
	}

	#[test]
	fn refuses_another_content_of_the_same_size() {
		let url = server(ok(b"resulT"));
		let error = download_checked(&url, blake2_256(b"result"), 6, &up_to(100)).expect_err("wrong");
		assert!(matches!(error, FetchError::WrongHash { .. }), "{error}");
	}

	#[test]
	fn refuses_another_size() {
		for body in [&b"resul"[..], b"results"] {
			let url = server(ok(body));
			let error = download_checked(&url, blake2_256(b"result"), 6, &up_to(100)).expect_err("wrong");
			assert!(matches!(error, FetchError::WrongSize { expected: 6, .. }), "{error}");
		}
	}

	#[test]
	fn reads_no_more_than_the_limit() {
		for answer in [ok(&[7; 11]), unsized_body(&[7; 1_000_000])] {
			let url = server(answer);
			let error = download(&url, &up_to(10)).expect_err("too large");
			assert!(matches!(error, FetchError::TooLarge { limit: 10, .. }), "{error}");
		}
		assert_eq!(
			download(&server(unsized_body(&[7; 10])), &up_to(10))
				.expect("just fits")
				.len(),
			10
		);
	}

	#[test]
	fn follows_no_redirect() {
		let target = server(ok(b"elsewhere"));
		let url = server(format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n").into_bytes());
		let error = download(&url, &up_to(100)).expect_err("a redirect");
		assert!(matches!(error, FetchError::Status { status: 302, .. }), "{error}");
	}

	#[test]
	fn connects_only_where_it_may() {
		let url = server(ok(b"inside"));
		let options = FetchOptions {
			allow: |ip| !ip.is_loopback(),
			..up_to(100)
		};
		assert!(matches!(download(&url, &options), Err(FetchError::NotAllowed(ip)) if ip.is_loopback()));
	}

	#[test]
	fn takes_http_urls_only() {
		for url in ["file:///etc/passwd", "ftp://127.0.0.1/x", "/x", "", "127.0.0.1:80/x"] {
			assert!(matches!(download(url, &up_to(10)), Err(FetchError::BadUrl(_))), "{url}");
		}
	}

	#[test]
	fn gives_up_in_time() {
		let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
		let url = format!("http://{}/x", listener.local_addr().expect("bound"));
		let started = std::time::Instant::now();
		let options = FetchOptions {
			timeout: Duration::from_millis(300),
			..up_to(10)
		};
		assert!(matches!(download(&url, &options), Err(FetchError::Failed { .. })));
		assert!(started.elapsed() < Duration::from_secs(4));
	}
}
