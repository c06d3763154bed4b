//! The connection to a node: reads at a block, blocks as they come, transactions.
//!
//! The client reconnects by itself. What it reads comes through [`View`], the state at one block, so
//! that figures that are shown together belong together.

use crate::{
	calls::Call,
	chain::{Event, View},
	errors::is_stale,
	keys, Error, Keypair, H256,
};
use futures::StreamExt;
use std::{
	collections::HashMap,
	pin::Pin,
	sync::{Arc, Mutex as SyncMutex},
	time::{Duration, Instant},
};
use subxt::{
	backend::LegacyBackend,
	client::{Block, OnlineClient},
	config::{DefaultExtrinsicParamsBuilder, RpcConfigFor, SubstrateConfig},
	error::BlocksError,
	ext::jsonrpsee::ws_client::{PingConfig, WsClient, WsClientBuilder},
	rpcs::{LegacyRpcMethods, RpcClient},
	tx::TransactionStatus,
};
use tokio::sync::Mutex;

/// What subxt has to know of the chain. Quern's transaction extensions beyond the usual ones carry
/// no data, and subxt leaves out what encodes to nothing.
pub type QuernConfig = SubstrateConfig;

/// Where a node answers if nothing else is said.
pub const DEFAULT_URL: &str = "ws://127.0.0.1:9944";

/// For how many blocks a transaction can be included after it was signed.
const MORTAL_BLOCKS: u64 = 64;

/// The longest pause between two attempts to connect.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How long to keep trying to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
	/// For that long.
	For(Duration),
	/// For as long as it takes; for programs that run unattended.
	Forever,
}

/// Which end of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Head {
	/// The best block: newest, and it may still be replaced.
	Best,
	/// The last finalized block: never replaced.
	Finalized,
}

/// How far to follow a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
	/// Until it is in a block of the best chain.
	InBlock,
	/// Until that block is finalized.
	Finalized,
}

/// A transaction that was executed without error.
#[derive(Clone, Debug)]
pub struct Included {
	/// Number of its block.
	pub block_number: u32,
	/// Hash of its block.
	pub block_hash: H256,
	/// Its own hash.
	pub extrinsic_hash: H256,
	/// What it did.
	pub events: Vec<Event>,
}

impl Included {
	/// The first event of that name.
	pub fn event(&self, pallet: &str, name: &str) -> Option<&Event> {
		self.events.iter().find(|event| event.is(pallet, name))
	}
}

/// A connection to a node. Clones share it.
#[derive(Clone)]
pub struct Client {
	inner: Arc<Inner>,
	patience: Patience,
}

struct Inner {
	url: String,
	/// Shared by all connections, since it keeps the metadata of each runtime version.
	config: QuernConfig,
	genesis: H256,
	link: Mutex<Option<Link>>,
	/// One lane for each signer: between asking for a nonce and the node's taking the transaction
	/// nobody else may ask for it.
	lanes: SyncMutex<HashMap<[u8; 32], Arc<Mutex<()>>>>,
}

/// One live connection.
#[derive(Clone)]
struct Link {
	socket: Arc<WsClient>,
	online: OnlineClient<QuernConfig>,
	legacy: LegacyRpcMethods<RpcConfigFor<QuernConfig>>,
}

impl Client {
	/// Connects, trying for ten seconds.
	pub async fn connect(url: &str) -> Result<Self, Error> {
		Self::connect_with(url, Patience::For(Duration::from_secs(10))).await
	}

	/// Connects, and later reconnects, with that patience.
	pub async fn connect_with(url: &str, patience: Patience) -> Result<Self, Error> {
		if !url.starts_with("ws://") && !url.starts_with("wss://") {
			return Err(Error::Usage(format!(
				"'{url}' is no URL of a node: it begins with ws:// or wss://"
			)));
		}
		let config = QuernConfig::new();
		let link = dial(url, &config, patience).await?;
		let genesis = link.online.genesis_hash();
		Ok(Client {
			patience,
			inner: Arc::new(Inner {
				url: url.into(),
				config,
				genesis,
				link: Mutex::new(Some(link)),
				lanes: SyncMutex::default(),
			}),
		})
	}

	/// The same connection, mended with another patience.
	pub fn with_patience(&self, patience: Patience) -> Self {
		Client {
			inner: self.inner.clone(),
			patience,
		}
	}

	/// Where the node is.
	pub fn url(&self) -> &str {
		&self.inner.url
	}

	/// Hash of the chain's genesis block.
	pub fn genesis_hash(&self) -> H256 {
		self.inner.genesis
	}

	/// The state at the best block.
	pub async fn best(&self) -> Result<View, Error> {
		let link = self.link().await?;
		self.best_of(&link).await
	}

	/// The state at the last finalized block.
	pub async fn finalized(&self) -> Result<View, Error> {
		let link = self.link().await?;
		self.finalized_of(&link).await
	}

	/// The state at a block.
	pub async fn at(&self, block: H256) -> Result<View, Error> {
		let link = self.link().await?;
		self.at_of(&link, block).await
	}

	/// The state at the block of that number, on the best chain.
	pub async fn at_number(&self, block: u32) -> Result<View, Error> {
		let link = self.link().await?;
		let at = link
			.online
			.at_block(block)
			.await
			.map_err(|error| Error::read(&self.inner.url, format!("block {block}"), error))?;
		Ok(View::new(self.inner.url.clone(), at))
	}

	/// Blocks as they come, beginning with the newest.
	pub fn blocks(&self, head: Head) -> Blocks {
		Blocks {
			client: self.clone(),
			head,
			stream: None,
			last: None,
		}
	}

	/// Signs a call, sends it, and follows it. An error of the call itself is an error here.
	///
	/// Calls of one signer may be submitted one after the other without waiting: each gets the next
	/// nonce, those that wait in the node's pool counted.
	pub async fn submit(&self, call: &Call, signer: &Keypair, until: Until) -> Result<Included, Error> {
		let mut attempts_left = 3;
		loop {
			attempts_left -= 1;
			match self.submit_once(call, signer, until).await {
				// Another process with the same key was faster.
				Err(error) if is_stale(&error) && attempts_left > 0 => {
					tracing::debug!(%error, "nonce was taken, trying the next");
				}
				result => return result,
			}
		}
	}

	async fn submit_once(&self, call: &Call, signer: &Keypair, until: Until) -> Result<Included, Error> {
		let account = keys::account_of(signer);
		let lane = {
			let mut lanes = self.inner.lanes.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
			lanes.entry(account.0).or_default().clone()
		};
		let turn = lane.lock().await;

		let link = self.link().await?;
		let anchor = self.anchor(&link).await?;
		let nonce = link.legacy.system_account_next_index(&account).await.map_err(|error| {
			Error::read(
				&self.inner.url,
				"the account's nonce",
				subxt::Error::OtherRpcClientError(error),
			)
		})?;
		let params = DefaultExtrinsicParamsBuilder::<QuernConfig>::new()
			.mortal_from_unchecked(MORTAL_BLOCKS, u64::from(anchor.number()), anchor.hash())
			.nonce(nonce)
			.build();
		let transactions = anchor.transactions();
		let transaction = transactions
			.create_signable_offline(&call.payload(), params)
			.and_then(|mut signable| signable.sign(signer))
			.map_err(|error| Error::read(&self.inner.url, format!("the call {call}"), error))?;
		tracing::debug!(%call, nonce, hash = ?transaction.hash(), "submitting");
		let mut progress = transaction
			.submit_and_watch()
			.await
			.map_err(|error| Error::submission(&self.inner.url, error))?;
		drop(turn);

		while let Some(status) = progress.next().await {
			let in_block = match status.map_err(Error::progress)? {
				TransactionStatus::InFinalizedBlock(block) => block,
				TransactionStatus::InBestBlock(block) if until == Until::InBlock => block,
				TransactionStatus::Error { message } | TransactionStatus::Dropped { message } => {
					return Err(Error::Lost { reason: message })
				}
				TransactionStatus::Invalid { message } => return Err(Error::Rejected { reason: message }),
				_ => continue,
			};
			let events = in_block.wait_for_success().await.map_err(Error::outcome)?;
			let events = events
				.iter()
				.map(|event| Event::read(&self.inner.url, event))
				.collect::<Result<_, _>>()?;
			let at = in_block.at().await.map_err(|error| Error::Lost {
				reason: error.to_string(),
			})?;
			return Ok(Included {
				block_number: number(at.block_number()),
				block_hash: in_block.block_hash(),
				extrinsic_hash: in_block.extrinsic_hash(),
				events,
			});
		}
		Err(Error::Lost {
			reason: "the node stopped telling of it".into(),
		})
	}

	/// The block from which a transaction's life counts: the finalized one, which no fork replaces,
	/// unless finality is so far behind that the transaction would be born old.
	async fn anchor(&self, link: &Link) -> Result<View, Error> {
		let best = self.best_of(link).await?;
		let finalized = self.finalized_of(link).await?;
		let lag = u64::from(best.number().saturating_sub(finalized.number()));
		Ok(if lag > MORTAL_BLOCKS / 4 { best } else { finalized })
	}

	async fn best_of(&self, link: &Link) -> Result<View, Error> {
		let hash = link
			.legacy
			.chain_get_block_hash(None)
			.await
			.map_err(|error| {
				Error::read(
					&self.inner.url,
					"the best block",
					subxt::Error::OtherRpcClientError(error),
				)
			})?
			.ok_or_else(|| Error::Other(format!("the node at {} has no block yet", self.inner.url)))?;
		self.at_of(link, hash).await
	}

	async fn finalized_of(&self, link: &Link) -> Result<View, Error> {
		let at = link
			.online
			.at_current_block()
			.await
			.map_err(|error| Error::read(&self.inner.url, "the finalized block", error))?;
		Ok(View::new(self.inner.url.clone(), at))
	}

	async fn at_of(&self, link: &Link, block: H256) -> Result<View, Error> {
		let at = link
			.online
			.at_block(block)
			.await
			.map_err(|error| Error::read(&self.inner.url, format!("block {block:?}"), error))?;
		Ok(View::new(self.inner.url.clone(), at))
	}

	/// A live connection: the one there is, or a new one.
	async fn link(&self) -> Result<Link, Error> {
		let mut slot = self.inner.link.lock().await;
		if let Some(link) = slot.as_ref().filter(|link| link.socket.is_connected()) {
			return Ok(link.clone());
		}
		*slot = None;
		tracing::info!(url = %self.inner.url, "reconnecting to the node");
		let link = dial(&self.inner.url, &self.inner.config, self.patience).await?;
		if link.online.genesis_hash() != self.inner.genesis {
			return Err(Error::Other(format!(
				"the node at {} is now of another chain (genesis {:?} where it was {:?})",
				self.inner.url,
				link.online.genesis_hash(),
				self.inner.genesis
			)));
		}
		*slot = Some(link.clone());
		Ok(link)
	}
}

/// Connects, again and again, until it works or patience ends.
async fn dial(url: &str, config: &QuernConfig, patience: Patience) -> Result<Link, Error> {
	let started = Instant::now();
	let mut pause = Duration::from_millis(200);
	loop {
		let error = match dial_once(url, config).await {
			Ok(link) => return Ok(link),
			Err(error) => error,
		};
		match patience {
			Patience::For(limit) if started.elapsed() + pause > limit => return Err(error),
			Patience::For(_) => tracing::debug!(%error, "trying again"),
			Patience::Forever => tracing::warn!(%error, ?pause, "trying again"),
		}
		tokio::time::sleep(pause).await;
		pause = (pause * 2).min(LONGEST_PAUSE);
	}
}

async fn dial_once(url: &str, config: &QuernConfig) -> Result<Link, Error> {
	let lost = |reason: String| Error::Connection {
		url: url.into(),
		reason,
	};
	let socket = WsClientBuilder::default()
		.connection_timeout(Duration::from_secs(10))
		.request_timeout(Duration::from_secs(60))
		// A runtime's metadata is about a megabyte.
		.max_response_size(64 * 1024 * 1024)
		.max_buffer_capacity_per_subscription(4096)
		// Without pings a connection that a router dropped looks alive for hours.
		.enable_ws_ping(
			PingConfig::new()
				.ping_interval(Duration::from_secs(15))
				.inactive_limit(Duration::from_secs(40)),
		)
		.build(url)
		.await
		.map_err(|error| lost(error.to_string()))?;
	let socket = Arc::new(socket);
	let rpc = RpcClient::new(socket.clone());
	let backend: LegacyBackend<QuernConfig> = LegacyBackend::builder().build(rpc.clone());
	let online = OnlineClient::from_backend_with_config(config.clone(), Arc::new(backend))
		.await
		.map_err(|error| lost(error.to_string()))?;
	Ok(Link {
		socket,
		online,
		legacy: LegacyRpcMethods::new(rpc),
	})
}

type HeaderStream = Pin<Box<dyn futures::Stream<Item = Result<Block<QuernConfig>, BlocksError>> + Send>>;

/// Blocks as they come. Across a reconnection some may be missing: read state, do not count events.
pub struct Blocks {
	client: Client,
	head: Head,
	stream: Option<HeaderStream>,
	last: Option<H256>,
}

impl Blocks {
	/// The next block. Waits for it, and reconnects as often as that takes; an error means that there
	/// is no connection to be had, or that the chain is another one.
	pub async fn next(&mut self) -> Result<View, Error> {
		loop {
			let link = self.client.link().await?;
			let stream = match self.stream.as_mut() {
				Some(stream) => stream,
				None => {
					let opened = match self.head {
						Head::Best => link.online.stream_best_blocks().await,
						Head::Finalized => link.online.stream_blocks().await,
					};
					match opened {
						Ok(stream) => self.stream.insert(Box::pin(stream)),
						Err(error) => {
							self.lose(Error::read(self.client.url(), "new blocks", error)).await?;
							continue;
						}
					}
				}
			};
			let block = match stream.next().await {
				Some(Ok(block)) => block,
				Some(Err(error)) => {
					self.lose(Error::read(self.client.url(), "new blocks", error)).await?;
					continue;
				}
				None => {
					self.stream = None;
					continue;
				}
			};
			if self.last == Some(block.hash()) {
				continue;
			}
			match self.client.at_of(&link, block.hash()).await {
				Ok(view) => {
					self.last = Some(block.hash());
					return Ok(view);
				}
				Err(error) => self.lose(error).await?,
			}
		}
	}

	/// A broken connection is mended; anything else is the caller's.
	async fn lose(&mut self, error: Error) -> Result<(), Error> {
		self.stream = None;
		if !error.is_connection() {
			return Err(error);
		}
		tracing::debug!(%error, "lost the block subscription");
		tokio::time::sleep(Duration::from_millis(200)).await;
		Ok(())
	}
}

/// Quern's block numbers fit 32 bits.
pub(crate) fn number(block: u64) -> u32 {
	u32::try_from(block).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn says_what_a_node_url_looks_like() {
		let error = Client::connect("http://127.0.0.1:9944")
			.await
			.err()
			.expect("refused")
			.to_string();
		assert!(error.contains("ws://"), "{error}");
	}

	#[tokio::test]
	async fn gives_up_on_a_node_that_is_not_there() {
		// Bound and dropped: nobody listens there.
		let free = std::net::TcpListener::bind("127.0.0.1:0")
			.and_then(|l| l.local_addr())
			.expect("a port");
		let url = format!("ws://{free}");
		let error = Client::connect_with(&url, Patience::For(Duration::from_millis(300)))
			.await
			.err()
			.expect("nobody there");
		assert!(error.is_connection(), "{error}");
		assert!(error.to_string().contains(&url));
	}
}
