//! Fetches programs and inputs from where their client says they are.
//!
//! The client chooses the address, so it is a stranger who makes this machine connect somewhere:
//! only to public addresses, on ports of the web or above the privileged ones, without redirects or
//! a proxy, for a bounded time, and for exactly the bytes promised.

use anyhow::Result;
use polkadot_sdk::sp_core::H256;
use quern::fetch::{download_checked, FetchError, FetchOptions};
use quern_primitives::endpoint::Ip;
use std::{net::IpAddr, time::Duration};

/// A file that a job names.
#[derive(Clone, Debug, PartialEq)]
pub struct Artifact {
	/// BLAKE2b-256 of its bytes.
	pub hash: H256,
	/// Its bytes' number.
	pub size: u32,
	/// Where it is.
	pub url: String,
}

/// Why a file could not be had.
#[derive(Debug, PartialEq)]
pub enum Missing {
	/// Asking again may help.
	ForNow(String),
	/// It will not.
	ForGood(String),
}

/// Who fetches. A port, so that the job loop can be tested without a network.
pub trait Source: Send + Sync + 'static {
	/// Fetches a file, blocking, and checks it.
	fn fetch(&self, artifact: &Artifact) -> Result<Vec<u8>, Missing>;
}

/// The web.
pub struct Web {
	pub timeout: Duration,
	/// Also from private addresses: for devnets.
	pub allow_private: bool,
}

impl Source for Web {
	fn fetch(&self, artifact: &Artifact) -> Result<Vec<u8>, Missing> {
		check_location(&artifact.url, self.allow_private).map_err(Missing::ForGood)?;
		let allow: fn(IpAddr) -> bool = if self.allow_private { |_| true } else { is_public };
		let options = FetchOptions {
			max_bytes: u64::from(artifact.size),
			timeout: self.timeout,
			allow,
		};
		download_checked(&artifact.url, quern::H256(artifact.hash.0), artifact.size, &options).map_err(|error| {
			match error {
				FetchError::Status { .. } | FetchError::Failed { .. } => Missing::ForNow(error.to_string()),
				_ => Missing::ForGood(error.to_string()),
			}
		})
	}
}

fn is_public(ip: IpAddr) -> bool {
	Ip::from(ip).is_public()
}

/// What can be said of a location without resolving its name.
pub fn check_location(url: &str, allow_private: bool) -> Result<(), String> {
	let uri: axum::http::Uri = url.parse().map_err(|_| format!("{url:?} is no URL"))?;
	if !matches!(uri.scheme_str(), Some("http" | "https")) {
		return Err(format!("{url:?} is neither http nor https"));
	}
	let Some(authority) = uri.authority() else {
		return Err(format!("{url:?} names no host"));
	};
	if authority.as_str().contains('@') {
		return Err(format!("{url:?} carries a user name"));
	}
	if authority.port_u16().is_none() && authority.as_str() != authority.host() {
		return Err(format!("{url:?} names a port that does not exist"));
	}
	match authority.port_u16() {
		// Services of other protocols take a web request for commands.
		Some(port) if !allow_private && port < 1024 && !matches!(port, 80 | 443) => Err(format!(
			"{url:?} leads to port {port}; 80, 443, or 1024 and above are allowed"
		)),
		_ => Ok(()),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use polkadot_sdk::sp_io::hashing::blake2_256;
	use std::{
		io::{Read, Write},
		net::TcpListener,
		sync::atomic::{AtomicUsize, Ordering},
		sync::Arc,
	};

	/// A server that answers all with these bytes, and counts who came.
	fn server(answer: Vec<u8>) -> (u16, Arc<AtomicUsize>) {
		let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
		let port = listener.local_addr().expect("bound").port();
		let visits = Arc::new(AtomicUsize::new(0));
		let count = visits.clone();
		std::thread::spawn(move || {
			for stream in listener.incoming() {
				count.fetch_add(1, Ordering::SeqCst);
				let mut stream = stream.expect("a connection");
				let _ = stream.read(&mut [0; 4096]);
				let _ = stream.write_all(&answer);
			}
		});
		(port, visits)
	}

	fn ok(body: &[u8]) -> Vec<u8> {
		let head = format!(
			"HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
			body.len()
		);
		[head.as_bytes(), body].concat()
	}

	fn web(allow_private: bool) -> Web {
		Web {
			timeout: Duration::from_secs(5),
			allow_private,
		}
	}

	fn artifact(url: String, body: &[u8]) -> Artifact {
		Artifact {
			hash: H256(blake2_256(body)),
			size: body.len() as u32,
			url,
		}
	}

	#[test]
	fn fetches_what_was_promised() {
		let (port, _) = server(ok(b"program"));
		let promised = artifact(format!("http://127.0.0.1:{port}/p.wasm"), b"program");
		assert_eq!(web(true).fetch(&promised), Ok(b"program".to_vec()));
	}

	#[test]
	fn tells_what_may_come_later_from_what_will_not() {
		let (port, _) = server(ok(b"program"));
		let url = format!("http://127.0.0.1:{port}/");
		assert!(matches!(
			web(true).fetch(&artifact(url.clone(), b"promised")),
			Err(Missing::ForGood(_))
		));
		assert!(matches!(
			web(true).fetch(&artifact(url.clone(), b"longer than that")),
			Err(Missing::ForGood(_))
		));
		assert!(matches!(
			web(true).fetch(&artifact(url, b"short")),
			Err(Missing::ForGood(_))
		));
		let (port, _) = server(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec());
		let absent = artifact(format!("http://127.0.0.1:{port}/"), b"program");
		assert!(matches!(web(true).fetch(&absent), Err(Missing::ForNow(_))));
		let (port, _) =
			server(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n".to_vec());
		let moved = artifact(format!("http://127.0.0.1:{port}/"), b"program");
		assert!(matches!(web(true).fetch(&moved), Err(Missing::ForNow(_))));
	}

	#[test]
	fn never_connects_to_an_inner_address() {
		let (port, visits) = server(ok(b"secret"));
		for host in [
			"127.0.0.1",
			"localhost",
			"127.1",
			"2130706433",
			"0x7f000001",
			"0",
			"[::1]",
			"[::ffff:127.0.0.1]",
			"[::ffff:7f00:1]",
			"10.0.0.1",
			"192.168.0.1",
			"169.254.169.254",
			"[fe80::1]",
			"[fd00::1]",
			"[64:ff9b::7f00:1]",
		] {
			let inner = artifact(format!("http://{host}:{port}/"), b"secret");
			let refusal = web(false).fetch(&inner);
			// Some spellings no resolver knows; then there is nothing to connect to.
			assert!(refusal.is_err(), "{host}: {refusal:?}");
		}
		assert_eq!(visits.load(Ordering::SeqCst), 0);
		// The refusal is the address check's, not the network's.
		let refusal = web(false).fetch(&artifact(format!("http://localhost:{port}/"), b"secret"));
		assert!(
			matches!(&refusal, Err(Missing::ForGood(why)) if why.contains("not a public address")),
			"{refusal:?}"
		);
	}

	#[test]
	fn refuses_odd_locations() {
		for url in [
			"",
			"x",
			"/etc/passwd",
			"file:///etc/passwd",
			"ftp://example.com/x",
			"gopher://example.com:70/",
			"http://",
			"http:///x",
			"http://user:word@example.com/",
			"http://example.com:22/",
			"http://example.com:25/",
			"http://exa mple.com/",
			"http://example.com:99999/",
		] {
			assert!(check_location(url, false).is_err(), "{url:?}");
		}
		for url in [
			"http://example.com/p",
			"https://example.com:443/p?q=1",
			"http://1.1.1.1:8080/p",
		] {
			assert_eq!(check_location(url, false), Ok(()), "{url:?}");
		}
		assert_eq!(check_location("http://127.0.0.1:81/p", true), Ok(()));
	}

	#[test]
	fn refuses_a_server_that_never_ends() {
		let listener = TcpListener::bind("127.0.0.1:0").expect("bound");
		let port = listener.local_addr().expect("bound").port();
		std::thread::spawn(move || {
			for stream in listener.incoming() {
				let mut stream = stream.expect("a connection");
				let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
				while stream.write_all(&[0; 65536]).is_ok() {}
			}
		});
		let endless = artifact(format!("http://127.0.0.1:{port}/"), b"program");
		assert!(matches!(web(true).fetch(&endless), Err(Missing::ForGood(_))));
	}
}
