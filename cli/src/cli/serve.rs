//! Serves a job's program and input, by hash, until the provider has them.

use axum::{
	body::Bytes,
	extract::{Path, State},
	http::{header, StatusCode},
	response::{IntoResponse, Response},
	routing::get,
	Router,
};
use quern::{blake2_256, Error, H256};
use std::{
	net::SocketAddr,
	sync::{
		atomic::{AtomicU32, Ordering},
		Arc,
	},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server of a few files, which ends when it is dropped.
pub struct Server {
	base: String,
	task: JoinHandle<()>,
}

struct File {
	name: &'static str,
	hash: H256,
	bytes: Bytes,
	asked: AtomicU32,
}

impl Server {
	/// Serves `files` (what they are, and their bytes) at `bind`, port 0 for any free one. Providers are told
	/// to come to `public`, `http://HOST:PORT`, or to the address bound.
	pub async fn start(
		bind: SocketAddr,
		public: Option<String>,
		files: Vec<(&'static str, Vec<u8>)>,
		progress: impl Fn(String) + Send + Sync + 'static,
	) -> Result<Self, Error> {
		if bind.ip().is_unspecified() && public.is_none() {
			return Err(Error::Usage(format!(
				"{bind} is no address that a provider can come to\n  what to do: say how it is reached, with --serve-as http://HOST:PORT"
			)));
		}
		let listener = TcpListener::bind(bind)
			.await
			.map_err(|error| Error::Other(format!("cannot serve files at {bind}: {error}")))?;
		let bound = listener
			.local_addr()
			.map_err(|error| Error::Other(format!("cannot serve files at {bind}: {error}")))?;
		let base = public.map_or_else(
			|| format!("http://{bound}"),
			|url| url.trim_end_matches('/').to_string(),
		);
		let files: Arc<[File]> = files
			.into_iter()
			.map(|(name, bytes)| File {
				name,
				hash: blake2_256(&bytes),
				bytes: bytes.into(),
				asked: AtomicU32::new(0),
			})
			.collect();
		let router = Router::new().route("/{hash}", get(send)).with_state(Arc::new(Shared {
			files,
			progress: Box::new(progress),
		}));
		let task = tokio::spawn(async move {
			if let Err(error) = axum::serve(listener, router).await {
				tracing::error!(%error, "the file server ended");
			}
		});
		Ok(Server { base, task })
	}

	/// Where the file of that hash is fetched.
	pub fn url_of(&self, hash: H256) -> String {
		format!("{}/{hash:?}", self.base)
	}
}

impl Drop for Server {
	fn drop(&mut self) {
		self.task.abort();
	}
}

struct Shared {
	files: Arc<[File]>,
	progress: Box<dyn Fn(String) + Send + Sync>,
}

/// The file of that hash and nothing else.
async fn send(State(shared): State<Arc<Shared>>, Path(hash): Path<String>) -> Response {
	let Some(file) = shared.files.iter().find(|file| format!("{:?}", file.hash) == hash) else {
		return StatusCode::NOT_FOUND.into_response();
	};
	if file.asked.fetch_add(1, Ordering::Relaxed) == 0 {
		(shared.progress)(format!(
			"the {} is being fetched ({} bytes)",
			file.name,
			file.bytes.len()
		));
	}
	([(header::CONTENT_TYPE, "application/octet-stream")], file.bytes.clone()).into_response()
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::fetch::{download, download_checked, FetchError, FetchOptions};

	async fn get_url(url: String) -> Result<Vec<u8>, FetchError> {
		tokio::task::spawn_blocking(move || download(&url, &FetchOptions::up_to(1_000)))
			.await
			.expect("joined")
	}

	fn local() -> SocketAddr {
		"127.0.0.1:0".parse().expect("an address")
	}

	#[tokio::test]
	async fn serves_its_files_by_hash_and_nothing_else() {
		let files = vec![("program", b"\0asm".to_vec()), ("input", Vec::new())];
		let server = Server::start(local(), None, files, |_| ()).await.expect("started");
		for bytes in [&b"\0asm"[..], b""] {
			let (url, hash, size) = (server.url_of(blake2_256(bytes)), blake2_256(bytes), bytes.len() as u32);
			let got =
				tokio::task::spawn_blocking(move || download_checked(&url, hash, size, &FetchOptions::up_to(100)))
					.await
					.expect("joined");
			assert_eq!(got.expect("served"), bytes);
		}
		let base = server.base.clone();
		for path in [
			"",
			"/",
			"/program",
			"/../Cargo.toml",
			"/etc/passwd",
			"/0x00",
			&format!("/{:?}/x", blake2_256(b"")),
		] {
			let error = get_url(format!("{base}{path}")).await.expect_err(path);
			assert!(
				matches!(error, FetchError::Status { status: 404, .. }),
				"{path}: {error}"
			);
		}
	}

	#[tokio::test]
	async fn stops_when_it_is_dropped() {
		let server = Server::start(local(), None, vec![("input", b"x".to_vec())], |_| ())
			.await
			.expect("started");
		let url = server.url_of(blake2_256(b"x"));
		assert!(get_url(url.clone()).await.is_ok());
		drop(server);
		tokio::time::sleep(std::time::Duration::from_millis(50)).await;
		assert!(get_url(url).await.is_err());
	}

	#[tokio::test]
	async fn wants_to_know_how_providers_come_to_a_wildcard_address() {
		let any: SocketAddr = "0.0.0.0:0".parse().expect("an address");
		assert!(Server::start(any, None, vec![], |_| ()).await.is_err());
		let server = Server::start(any, Some("http://203.0.113.9:85/".into()), vec![], |_| ())
			.await
			.expect("started");
		assert_eq!(
			server.url_of(H256([0x11; 32])),
			format!("http://203.0.113.9:85/0x{}", "11".repeat(32))
		);
	}
}
