//! What the node says over HTTP.
//!
//! Anyone on the internet can ask. So every parameter is checked, every answer is bounded, slow and
//! many connections are shed, and files are served by the hash of their content alone.

use crate::{
	hardware::{Hardware, Readings},
	keys::NodeKey,
	store::ChainIdentity,
};
use anyhow::{Context as _, Result};
use axum::{
	body::Body,
	extract::{
		connect_info::Connected,
		rejection::{PathRejection, QueryRejection},
		ConnectInfo, Path, Query, Request, State,
	},
	http::{header, HeaderMap, HeaderValue, Method, StatusCode},
	middleware::Next,
	response::{IntoResponse, Response},
	routing::get,
	serve::{IncomingStream, Listener},
	Json, Router,
};
use codec::Encode;
use polkadot_sdk::{sp_core::H256, sp_runtime::BoundedVec};
use quern::AccountId;
use quern_primitives::{attestation::GpuCheck, BlockNumber, JobId, Period};
use serde::Deserialize;
use serde_json::json;
use std::{
	collections::{BTreeSet, HashMap},
	future::Future,
	net::{IpAddr, Ipv6Addr, SocketAddr},
	path::PathBuf,
	pin::Pin,
	sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
	task::{Context, Poll},
	time::Duration,
};
use tokio::{
	io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
	net::{TcpListener, TcpStream},
	sync::Semaphore,
	time::{sleep, Instant, Sleep},
};

/// Connections in all, and from one address (for IPv6, one /64).
const MAX_CONNECTIONS: usize = 512;
const MAX_CONNECTIONS_OF_ONE: usize = 64;
/// Requests being answered at once.
const MAX_REQUESTS: usize = 64;
/// A connection on which nothing moves for so long is closed.
const IDLE: Duration = Duration::from_secs(15);
/// A connection as old as this is closed.
const OLDEST: Duration = Duration::from_secs(600);
/// The longest an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(10);
/// Bytes of path and query.
const MAX_URI: usize = 1024;
/// Bytes of an output that are read at a time.
const CHUNK: usize = 64 * 1024;

/// What the daemon's parts tell the server.
pub struct Shared {
	pub key: NodeKey,
	pub hardware: Hardware,
	/// Only this provider may register the node.
	pub provider: Option<AccountId>,
	pub outputs: PathBuf,
	live: RwLock<Live>,
}

/// What changes.
#[derive(Clone, Debug)]
pub struct Live {
	pub readings: Readings,
	pub chain: Option<ChainIdentity>,
	/// The best block seen.
	pub best: Option<BlockNumber>,
	pub running: BTreeSet<JobId>,
}

impl Shared {
	pub fn new(
		key: NodeKey,
		hardware: Hardware,
		readings: Readings,
		provider: Option<AccountId>,
		outputs: PathBuf,
		chain: Option<ChainIdentity>,
	) -> Self {
		let live = RwLock::new(Live {
			readings,
			chain,
			best: None,
			running: BTreeSet::new(),
		});
		Self {
			key,
			hardware,
			provider,
			outputs,
			live,
		}
	}

	pub fn live(&self) -> RwLockReadGuard<'_, Live> {
		// Nothing panics with the lock held; if it did, the last values still are what is known.
		self.live.read().unwrap_or_else(PoisonError::into_inner)
	}

	pub fn live_mut(&self) -> RwLockWriteGuard<'_, Live> {
		self.live.write().unwrap_or_else(PoisonError::into_inner)
	}
}

/// The routes.
pub fn router(shared: Arc<Shared>) -> Router {
	let gate = Arc::new(Semaphore::new(MAX_REQUESTS));
	Router::new()
		.route("/gpu-check", get(gpu_check))
		.route("/identity", get(identity))
		.route("/status", get(status))
		.route("/outputs/{hash}", get(output))
		.fallback(|| async { refuse(StatusCode::NOT_FOUND, "there is nothing at this path") })
		.method_not_allowed_fallback(|| async { refuse(StatusCode::METHOD_NOT_ALLOWED, "this path only answers GET") })
		.layer(axum::middleware::from_fn(move |request, next| {
			guard(gate.clone(), request, next)
		}))
		.with_state(shared)
}

/// Serves until `stop` is done.
pub async fn serve(
	listener: TcpListener,
	shared: Arc<Shared>,
	stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
	let doors = Doors {
		listener,
		open: Arc::default(),
	};
	let service = router(shared).into_make_service_with_connect_info::<Peer>();
	axum::serve(doors, service)
		.with_graceful_shutdown(stop)
		.await
		.context("the HTTP server failed")
}

fn refuse(status: StatusCode, error: &str) -> Response {
	(status, Json(json!({ "error": error }))).into_response()
}

/// What holds for every request, before any route sees it.
async fn guard(gate: Arc<Semaphore>, request: Request, next: Next) -> Response {
	if !matches!(*request.method(), Method::GET | Method::HEAD) {
		return closing(refuse(StatusCode::METHOD_NOT_ALLOWED, "this server only answers GET"));
	}
	if has_body(request.headers()) {
		return closing(refuse(StatusCode::PAYLOAD_TOO_LARGE, "a request has no body here"));
	}
	if request.uri().path_and_query().map_or(0, |target| target.as_str().len()) > MAX_URI {
		return closing(refuse(StatusCode::URI_TOO_LONG, "the path and query are too long"));
	}
	let Ok(_permit) = gate.try_acquire() else {
		return closing(refuse(
			StatusCode::SERVICE_UNAVAILABLE,
			"too many requests at once; try again",
		));
	};
	match tokio::time::timeout(ANSWER, next.run(request)).await {
		Ok(response) => response,
		Err(_) => closing(refuse(StatusCode::SERVICE_UNAVAILABLE, "the answer took too long")),
	}
}

/// A body that nobody reads must not be taken for the next request.
fn closing(mut response: Response) -> Response {
	response
		.headers_mut()
		.insert(header::CONNECTION, HeaderValue::from_static("close"));
	response
}

fn has_body(headers: &HeaderMap) -> bool {
	headers.contains_key(header::TRANSFER_ENCODING)
		|| headers
			.get(header::CONTENT_LENGTH)
			.is_some_and(|length| length.as_bytes() != b"0")
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
	#[default]
	Json,
	Scale,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckQuery {
	period: Period,
	nonce: String,
	#[serde(default)]
	format: Format,
}

/// The node's signed statement of this moment, for validators.
async fn gpu_check(State(shared): State<Arc<Shared>>, query: Result<Query<CheckQuery>, QueryRejection>) -> Response {
	const USAGE: &str = "ask /gpu-check?period=<number>&nonce=0x<64 hex digits>[&format=scale]";
	let Ok(Query(query)) = query else {
		return refuse(StatusCode::BAD_REQUEST, USAGE);
	};
	let Some(nonce) = parse_hash(&query.nonce) else {
		return refuse(StatusCode::BAD_REQUEST, USAGE);
	};
	let live = shared.live().clone();
	let Some(ChainIdentity {
		genesis,
		node: Some(node),
	}) = live.chain
	else {
		return refuse(
			StatusCode::SERVICE_UNAVAILABLE,
			"this node is not registered on the chain, or has not seen it yet",
		);
	};
	let signed = shared.key.sign_check(GpuCheck {
		genesis,
		period: query.period,
		nonce,
		node,
		gpus: live.readings.gpus,
		memory_mib: live.readings.memory_mib,
		utilisation: live.readings.utilisation,
		running: BoundedVec::truncate_from(live.running.into_iter().collect()),
	});
	let scale = signed.encode();
	if query.format == Format::Scale {
		return ([(header::CONTENT_TYPE, "application/octet-stream")], scale).into_response();
	}
	let check = &signed.check;
	Json(json!({
		"check": {
			"genesis": check.genesis,
			"period": check.period,
			"nonce": check.nonce,
			"node": check.node,
			"gpus": check.gpus,
			"memory_mib": check.memory_mib,
			"utilisation": check.utilisation,
			"running": check.running.as_slice(),
		},
		"signature": format!("0x{}", hex::encode(signed.signature)),
		"scale": format!("0x{}", hex::encode(scale)),
	}))
	.into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdentityQuery {
	provider: String,
}

/// What a provider needs to register this node. The proof lets the one it is made out to have this
/// node's earnings, so it is not for everyone.
async fn identity(
	State(shared): State<Arc<Shared>>,
	ConnectInfo(Peer(peer)): ConnectInfo<Peer>,
	query: Result<Query<IdentityQuery>, QueryRejection>,
) -> Response {
	const USAGE: &str = "ask /identity?provider=<the provider's SS58 address>";
	let Ok(Query(query)) = query else {
		return refuse(StatusCode::BAD_REQUEST, USAGE);
	};
	let Ok(provider) = query.provider.parse::<AccountId>() else {
		return refuse(StatusCode::BAD_REQUEST, USAGE);
	};
	match &shared.provider {
		Some(own) if *own != provider => {
			return refuse(
				StatusCode::FORBIDDEN,
				"this node belongs to another provider (`provider` in its config)",
			);
		}
		None if !peer.ip().to_canonical().is_loopback() => {
			return refuse(
				StatusCode::FORBIDDEN,
				"set `provider` to your address in this node's config, or ask from the node's own machine",
			);
		}
		_ => {}
	}
	let Some(chain) = shared.live().chain else {
		return refuse(
			StatusCode::SERVICE_UNAVAILABLE,
			"this node has not seen the chain yet; try again",
		);
	};
	let proof = shared.key.ownership_proof(chain.genesis, &provider);
	Json(json!({
		"key": format!("0x{}", hex::encode(shared.key.public())),
		"proof": format!("0x{}", hex::encode(proof)),
		"class": shared.hardware.class,
		"gpus": shared.hardware.gpus,
		"memory_mib": shared.hardware.memory_mib,
		"model": shared.hardware.model,
	}))
	.into_response()
}

/// The node for people and monitors. All of it is public on the chain, or harmless.
async fn status(State(shared): State<Arc<Shared>>) -> Response {
	let live = shared.live().clone();
	Json(json!({
		"version": env!("CARGO_PKG_VERSION"),
		"key": format!("0x{}", hex::encode(shared.key.public())),
		"account": shared.key.account().to_string(),
		"node": live.chain.and_then(|chain| chain.node),
		"genesis": live.chain.map(|chain| chain.genesis),
		"best_block": live.best,
		"class": shared.hardware.class,
		"model": shared.hardware.model,
		"gpus": live.readings.gpus,
		"memory_mib": live.readings.memory_mib,
		"utilisation": live.readings.utilisation,
		"running": live.running,
	}))
	.into_response()
}

/// An output, by its hash.
async fn output(State(shared): State<Arc<Shared>>, path: Result<Path<String>, PathRejection>) -> Response {
	let hash = path.ok().and_then(|Path(text)| parse_hash(&text));
	let Some(hash) = hash else {
		return refuse(
			StatusCode::BAD_REQUEST,
			"ask /outputs/0x<64 hex digits>, an output's BLAKE2b-256 hash",
		);
	};
	// The name is the parsed hash's own spelling: nothing of the request reaches the file system.
	let file = match tokio::fs::File::open(shared.outputs.join(format!("{hash:?}"))).await {
		Ok(file) => file,
		Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
			return refuse(
				StatusCode::NOT_FOUND,
				"no such output here: never made, or its retention has passed",
			);
		}
		Err(error) => {
			tracing::error!("cannot open an output: {error}");
			return refuse(StatusCode::INTERNAL_SERVER_ERROR, "cannot read the output");
		}
	};
	let size = match file.metadata().await {
		Ok(metadata) => metadata.len(),
		Err(error) => {
			tracing::error!("cannot read an output: {error}");
			return refuse(StatusCode::INTERNAL_SERVER_ERROR, "cannot read the output");
		}
	};
	let chunks = futures::stream::try_unfold(file, |mut file| async move {
		let mut chunk = vec![0; CHUNK];
		let read = file.read(&mut chunk).await?;
		chunk.truncate(read);
		Ok::<_, std::io::Error>((read > 0).then_some((chunk, file)))
	});
	let headers = [
		(
			header::CONTENT_TYPE,
			HeaderValue::from_static("application/octet-stream"),
		),
		// A client's bytes never run as a page of this address.
		(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
		(header::CONTENT_LENGTH, HeaderValue::from(size)),
	];
	(headers, Body::from_stream(chunks)).into_response()
}

/// `0x` and 64 hex digits.
fn parse_hash(text: &str) -> Option<H256> {
	let mut hash = [0u8; 32];
	hex::decode_to_slice(text.strip_prefix("0x")?, &mut hash).ok()?;
	Some(H256(hash))
}

/// Takes connections, as many as there is room for.
struct Doors {
	listener: TcpListener,
	open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
struct Peer(SocketAddr);

impl Connected<IncomingStream<'_, Doors>> for Peer {
	fn connect_info(stream: IncomingStream<'_, Doors>) -> Self {
		Self(*stream.remote_addr())
	}
}

impl Listener for Doors {
	type Io = Connection;
	type Addr = SocketAddr;

	async fn accept(&mut self) -> (Connection, SocketAddr) {
		loop {
			match self.listener.accept().await {
				// One that finds no room is closed here.
				Ok((stream, peer)) => {
					if let Some(pass) = Pass::take(&self.open, peer.ip()) {
						return (Connection::new(stream, pass), peer);
					}
				}
				// As when the process has no file descriptor left: others will close.
				Err(error) => {
					tracing::warn!("cannot take a connection: {error}");
					sleep(Duration::from_millis(200)).await;
				}
			}
		}
	}

	fn local_addr(&self) -> std::io::Result<SocketAddr> {
		self.listener.local_addr()
	}
}

/// A connection's place among the open ones; dropping it makes room.
struct Pass {
	open: Arc<Mutex<HashMap<IpAddr, usize>>>,
	from: IpAddr,
}

impl Pass {
	fn take(open: &Arc<Mutex<HashMap<IpAddr, usize>>>, peer: IpAddr) -> Option<Self> {
		let from = network_of(peer);
		let mut counts = locked(open);
		let total: usize = counts.values().sum();
		let count = counts.entry(from).or_default();
		let has_room = total < MAX_CONNECTIONS && *count < MAX_CONNECTIONS_OF_ONE;
		if has_room {
			*count += 1;
		} else if *count == 0 {
			counts.remove(&from);
		}
		has_room.then(|| Self {
			open: open.clone(),
			from,
		})
	}
}

impl Drop for Pass {
	fn drop(&mut self) {
		let mut counts = locked(&self.open);
		if let Some(count) = counts.get_mut(&self.from) {
			*count = count.saturating_sub(1);
			if *count == 0 {
				counts.remove(&self.from);
			}
		}
	}
}

fn locked(open: &Mutex<HashMap<IpAddr, usize>>) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
	open.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One subscriber commonly has a /64 of IPv6 addresses.
fn network_of(peer: IpAddr) -> IpAddr {
	match peer.to_canonical() {
		IpAddr::V4(ip) => IpAddr::V4(ip),
		IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from(u128::from(ip) & !u128::from(u64::MAX))),
	}
}

/// A connection that fails when nothing moves on it, or when it is too old.
struct Connection {
	stream: TcpStream,
	idle: Pin<Box<Sleep>>,
	oldest: Instant,
	_pass: Pass,
}

impl Connection {
	fn new(stream: TcpStream, pass: Pass) -> Self {
		Self {
			stream,
			idle: Box::pin(sleep(IDLE)),
			oldest: Instant::now() + OLDEST,
			_pass: pass,
		}
	}

	fn watch<T>(&mut self, context: &mut Context<'_>, polled: Poll<std::io::Result<T>>) -> Poll<std::io::Result<T>> {
		if polled.is_ready() {
			let until = (Instant::now() + IDLE).min(self.oldest);
			self.idle.as_mut().reset(until);
			return polled;
		}
		match self.idle.as_mut().poll(context) {
			Poll::Ready(()) => Poll::Ready(Err(std::io::ErrorKind::TimedOut.into())),
			Poll::Pending => Poll::Pending,
		}
	}
}

impl AsyncRead for Connection {
	fn poll_read(
		self: Pin<&mut Self>,
		context: &mut Context<'_>,
		buffer: &mut ReadBuf<'_>,
	) -> Poll<std::io::Result<()>> {
		let this = self.get_mut();
		let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
		this.watch(context, polled)
	}
}

impl AsyncWrite for Connection {
	fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
		let this = self.get_mut();
		let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
		this.watch(context, polled)
	}

	fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
		Pin::new(&mut self.get_mut().stream).poll_flush(context)
	}

	fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
		Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Decode;
	use quern_primitives::attestation::SignedGpuCheck;
	use tokio::io::AsyncWriteExt;

	const NONCE: &str = "0x0101010101010101010101010101010101010101010101010101010101010101";
	const ALICE: &str = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
	const BOB: &str = "5FHneW46xGXgs5mUiveU4sbTyGBzmstUspZC92UhjJM694ty";

	struct Server {
		address: SocketAddr,
		shared: Arc<Shared>,
		_dir: tempfile::TempDir,
	}

	async fn server(provider: Option<&str>, chain: Option<ChainIdentity>) -> Server {
		let dir = tempfile::tempdir().expect("a folder");
		let outputs = dir.path().join("outputs");
		std::fs::create_dir(&outputs).expect("made");
		let key = NodeKey::load_or_generate(&dir.path().join("node.key")).expect("a key");
		let hardware = Hardware {
			class: "cpu-x86-64".into(),
			gpus: 1,
			memory_mib: 1000,
			model: "a processor".into(),
			cpu: "a processor".into(),
			cores: 2,
			main_memory_mib: 1000,
			has_gpu: false,
		};
		let readings = Readings {
			gpus: 1,
			memory_mib: 1000,
			utilisation: 42,
		};
		let provider = provider.map(|text| text.parse().expect("an address"));
		let shared = Arc::new(Shared::new(key, hardware, readings, provider, outputs, chain));
		let listener = TcpListener::bind("127.0.0.1:0").await.expect("bound");
		let address = listener.local_addr().expect("bound");
		tokio::spawn(serve(listener, shared.clone(), std::future::pending()));
		Server {
			address,
			shared,
			_dir: dir,
		}
	}

	async fn registered() -> Server {
		server(
			None,
			Some(ChainIdentity {
				genesis: H256::repeat_byte(9),
				node: Some(3),
			}),
		)
		.await
	}

	impl Server {
		/// Sends bytes, and returns the answer's status and body.
		async fn send(&self, bytes: &[u8]) -> (u16, Vec<u8>) {
			let mut stream = TcpStream::connect(self.address).await.expect("connected");
			// The server may answer, and close, before it has taken everything.
			let _ = stream.write_all(bytes).await;
			let mut answer = Vec::new();
			let mut buffer = [0; 4096];
			while let Ok(read) = stream.read(&mut buffer).await {
				if read == 0 {
					break;
				}
				answer.extend_from_slice(&buffer[..read]);
			}
			let head = answer
				.windows(4)
				.position(|window| window == b"\r\n\r\n")
				.unwrap_or(answer.len());
			let text = String::from_utf8_lossy(&answer[..head]).into_owned();
			let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
			(status, answer.get(head + 4..).unwrap_or_default().to_vec())
		}

		async fn get(&self, target: &str) -> (u16, Vec<u8>) {
			self.send(format!("GET {target} HTTP/1.1\r\nhost: node\r\nconnection: close\r\n\r\n").as_bytes())
				.await
		}

		async fn lives(&self) {
			assert_eq!(self.get("/status").await.0, 200);
		}
	}

	#[tokio::test]
	async fn answers_checks_that_validators_can_verify() {
		let server = registered().await;
		server.shared.live_mut().running.extend([5, 6]);
		let (status, body) = server
			.get(&format!("/gpu-check?period=12&nonce={NONCE}&format=scale"))
			.await;
		assert_eq!(status, 200);
		let signed = SignedGpuCheck::decode(&mut &body[..]).expect("a check");
		let key = polkadot_sdk::sp_core::sr25519::Public::from_raw(server.shared.key.public());
		assert!(signed.is_signed_by(&key));
		assert_eq!((signed.check.period, signed.check.nonce), (12, H256::repeat_byte(1)));
		assert_eq!((signed.check.genesis, signed.check.node), (H256::repeat_byte(9), 3));
		assert_eq!(
			(signed.check.gpus, signed.check.memory_mib, signed.check.utilisation),
			(1, 1000, 42)
		);
		assert_eq!(signed.check.running.to_vec(), [5, 6]);

		let (status, body) = server.get(&format!("/gpu-check?period=12&nonce={NONCE}")).await;
		assert_eq!(status, 200);
		let told: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
		assert_eq!(told["check"]["nonce"], NONCE);
		let scale = hex::decode(&told["scale"].as_str().expect("hex")[2..]).expect("hex");
		assert_eq!(
			SignedGpuCheck::decode(&mut &scale[..]).expect("a check").check,
			signed.check
		);
	}

	#[tokio::test]
	async fn refuses_malformed_checks() {
		let server = registered().await;
		for query in [
			"",
			"?",
			"?period=1",
			&format!("?nonce={NONCE}"),
			&format!("?period=-1&nonce={NONCE}"),
			&format!("?period=4294967296&nonce={NONCE}"),
			&format!("?period=1e3&nonce={NONCE}"),
			&format!("?period=1&period=2&nonce={NONCE}"),
			&format!("?period=1&nonce={}", &NONCE[2..]),
			&format!("?period=1&nonce={}", &NONCE[..65]),
			&format!("?period=1&nonce={NONCE}00"),
			&format!("?period=1&nonce=0x{}", "zz".repeat(32)),
			&format!("?period=1&nonce=0x{}", "%00".repeat(64)),
			&format!("?period=1&nonce={NONCE}&format=xml"),
			&format!("?period=1&nonce={NONCE}&more=1"),
			"?%ff%fe=%00",
		] {
			let (status, body) = server.get(&format!("/gpu-check{query}")).await;
			assert_eq!(status, 400, "{query}");
			let told: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
			assert!(told["error"].is_string(), "{query}");
		}
		server.lives().await;
	}

	#[tokio::test]
	async fn signs_nothing_before_it_is_registered() {
		for chain in [
			None,
			Some(ChainIdentity {
				genesis: H256::repeat_byte(9),
				node: None,
			}),
		] {
			let server = server(None, chain).await;
			assert_eq!(server.get(&format!("/gpu-check?period=1&nonce={NONCE}")).await.0, 503);
			server.lives().await;
		}
	}

	#[tokio::test]
	async fn lives_through_garbage() {
		let server = registered().await;
		let long_header = format!("GET /status HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(1 << 20));
		let many_headers = format!("GET /status HTTP/1.1\r\n{}\r\n", "x: 1\r\n".repeat(5000));
		let long_path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000));
		let longish_path = format!("GET /status?{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(2000));
		let mut body = b"GET /status HTTP/1.1\r\nhost: x\r\ncontent-length: 10485760\r\n\r\n".to_vec();
		body.extend(vec![b'x'; 10 << 20]);
		let mut post = b"POST /status HTTP/1.1\r\nhost: x\r\ncontent-length: 10485760\r\n\r\n".to_vec();
		post.extend(vec![b'x'; 10 << 20]);
		let requests: [(&str, &[u8]); 14] = [
			("a huge header", long_header.as_bytes()),
			("many headers", many_headers.as_bytes()),
			("a huge path", long_path.as_bytes()),
			("a long path", longish_path.as_bytes()),
			("a body of 10 MB", &body),
			("a body of 10 MB, posted", &post),
			(
				"a chunked body",
				b"GET /status HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
			),
			("the wrong method", b"DELETE /gpu-check HTTP/1.1\r\nhost: x\r\n\r\n"),
			("a made-up method", b"FROBNICATE /status HTTP/1.1\r\nhost: x\r\n\r\n"),
			("binary", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
			("no HTTP at all", b"hello\r\n\r\n"),
			("a wrong version", b"GET /status HTTP/9.9\r\n\r\n"),
			(
				"two lengths",
				b"GET /status HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
			),
			("an unknown path", b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n"),
		];
		for (what, bytes) in requests {
			let answer = tokio::time::timeout(Duration::from_secs(20), server.send(bytes))
				.await
				.expect("an end");
			// A peer that is still sending when it is refused may see the connection reset instead.
			let is_cut_off = answer.0 == 0 && bytes.len() > 65_536;
			assert!((400..500).contains(&answer.0) || is_cut_off, "{what}: {}", answer.0);
			server.lives().await;
		}
	}

	#[tokio::test]
	async fn serves_outputs_by_hash_alone() {
		let server = registered().await;
		let outputs = server.shared.outputs.clone();
		std::fs::write(outputs.join(NONCE), vec![7; 200_000]).expect("written");
		std::fs::write(outputs.join("secret"), b"secret").expect("written");
		assert_eq!(server.get(&format!("/outputs/{NONCE}")).await, (200, vec![7; 200_000]));
		// The same hash in other letters is the same output.
		assert_eq!(server.get(&format!("/outputs/0x{}", "0A".repeat(32))).await.0, 404);
		for path in [
			"/outputs/",
			"/outputs/secret",
			"/outputs/../node.key",
			"/outputs/..%2fnode.key",
			"/outputs/%2e%2e%2fnode.key",
			"/outputs/..%5cnode.key",
			"/outputs/%2fetc%2fpasswd",
			"/outputs/0x",
			"/outputs/0x..",
			"/outputs/%00",
			"/outputs/%ff",
			&format!("/outputs/{NONCE}%00"),
			&format!("/outputs/{NONCE}/.."),
			&format!("/outputs/{}", &NONCE[2..]),
			"//etc/passwd",
			"/../../etc/passwd",
		] {
			let (status, body) = server.get(path).await;
			assert!((400..500).contains(&status), "{path}: {status}");
			assert!(!body.windows(6).any(|window| window == b"secret"), "{path}");
		}
		server.lives().await;
	}

	#[tokio::test]
	async fn proves_ownership_to_the_configured_provider_alone() {
		let chain = Some(ChainIdentity {
			genesis: H256::repeat_byte(9),
			node: None,
		});
		let open = server(None, chain).await;
		let (status, body) = open.get(&format!("/identity?provider={ALICE}")).await;
		assert_eq!(status, 200, "asked from this machine");
		let told: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
		let provider: AccountId = ALICE.parse().expect("an address");
		let bytes = (b"quern/node/1", H256::repeat_byte(9), provider.0).encode();
		let proof = hex::decode(&told["proof"].as_str().expect("hex")[2..]).expect("hex");
		let proof = polkadot_sdk::sp_core::sr25519::Signature::try_from(&proof[..]).expect("a signature");
		let key = polkadot_sdk::sp_core::sr25519::Public::from_raw(open.shared.key.public());
		assert!(polkadot_sdk::sp_io::crypto::sr25519_verify(&proof, &bytes, &key));
		assert_eq!(
			(told["class"].as_str(), told["gpus"].as_u64()),
			(Some("cpu-x86-64"), Some(1))
		);
		for query in [
			"",
			"?provider=",
			"?provider=5Grw",
			&format!("?provider={ALICE}&x=1"),
			"?provider=0x00",
		] {
			assert_eq!(open.get(&format!("/identity{query}")).await.0, 400, "{query}");
		}

		let owned = server(Some(ALICE), chain).await;
		assert_eq!(owned.get(&format!("/identity?provider={ALICE}")).await.0, 200);
		assert_eq!(owned.get(&format!("/identity?provider={BOB}")).await.0, 403);

		let unconnected = server(None, None).await;
		assert_eq!(unconnected.get(&format!("/identity?provider={ALICE}")).await.0, 503);
	}

	#[tokio::test]
	async fn sheds_connections_above_the_limit_and_takes_new_ones_after() {
		let server = registered().await;
		let mut held = Vec::new();
		for _ in 0..MAX_CONNECTIONS_OF_ONE {
			held.push(TcpStream::connect(server.address).await.expect("connected"));
		}
		// All are accepted once one more is turned away.
		assert_eq!(server.get("/status").await.0, 0);
		drop(held);
		let mut status = 0;
		for _ in 0..100 {
			status = server.get("/status").await.0;
			if status == 200 {
				break;
			}
			sleep(Duration::from_millis(20)).await;
		}
		assert_eq!(status, 200);
	}

	#[test]
	fn counts_an_ipv6_network_as_one_peer() {
		let open = Arc::default();
		let passes: Vec<_> = (0..MAX_CONNECTIONS_OF_ONE + 5)
			.filter_map(|n| Pass::take(&open, format!("2a01::{n:x}").parse().expect("an address")))
			.collect();
		assert_eq!(passes.len(), MAX_CONNECTIONS_OF_ONE);
		assert!(Pass::take(&open, "2a01:0:0:1::1".parse().expect("an address")).is_some());
		drop(passes);
		assert!(locked(&open).is_empty());
	}
}
