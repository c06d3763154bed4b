//! The chain, as this daemon sees it.

use crate::{
	content::Artifact,
	keys::NodeKey,
	store::{JobOutcome, JobResult},
};
use anyhow::{Context, Result};
use polkadot_sdk::sp_core::H256;
use quern::{AccountId, Call, Client, Head, Patience, Until};
use quern_primitives::{Balance, BlockNumber, GpuTime, JobId, NodeId};
use std::{future::Future, time::Duration};
use tokio::sync::watch;

/// A block at which state is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
	pub number: BlockNumber,
	pub hash: H256,
}

/// A job, as far as it concerns a node.
#[derive(Clone, Debug, PartialEq)]
pub struct JobView {
	pub id: JobId,
	/// The node it is given to.
	pub node: Option<NodeId>,
	/// Accelerators it uses at once.
	pub gpus: u32,
	/// Milliseconds on each.
	pub duration: GpuTime,
	/// `gpus × duration`.
	pub gpu_time: GpuTime,
	pub program: Artifact,
	pub input: Artifact,
	/// The most bytes of output.
	pub max_output: u32,
	pub phase: Phase,
}

/// Where a job stands. A deadline is the last block in which the node's call is in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
	/// Given to no node.
	Waiting,
	Assigned {
		deadline: BlockNumber,
	},
	Running {
		started: BlockNumber,
		deadline: BlockNumber,
	},
	/// The client, or the arbiter, has the word.
	Submitted,
	Over,
}

/// A node's place on the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
	pub node: NodeId,
	pub provider: AccountId,
}

/// What the job loop asks of the chain; a port, so that it can be tested without one.
pub trait Chain: Send + Sync + 'static {
	fn registration(&self, at: Block) -> impl Future<Output = Result<Option<Registration>>> + Send;
	/// What the node's account has for fees.
	fn funds(&self, at: Block) -> impl Future<Output = Result<Balance>> + Send;
	fn jobs_of_node(&self, at: Block, node: NodeId) -> impl Future<Output = Result<Vec<JobId>>> + Send;
	fn job(&self, at: Block, id: JobId) -> impl Future<Output = Result<Option<JobView>>> + Send;
	/// Each of these returns the block that took the call.
	fn acknowledge(&self, id: JobId) -> impl Future<Output = Result<BlockNumber>> + Send;
	fn decline(&self, id: JobId) -> impl Future<Output = Result<BlockNumber>> + Send;
	fn submit(&self, id: JobId, result: &JobResult) -> impl Future<Output = Result<BlockNumber>> + Send;
}

/// How long to wait until a call is in a block, before the state is read again.
const INCLUSION: Duration = Duration::from_secs(90);

/// A chain behind a node's JSON-RPC.
pub struct Remote {
	client: Client,
	key: NodeKey,
}

impl Remote {
	/// Connects, however long it takes.
	pub async fn connect(url: &str, key: NodeKey) -> Result<Self> {
		Ok(Self {
			client: Client::connect_with(url, Patience::Forever).await?,
			key,
		})
	}

	pub fn genesis(&self) -> H256 {
		H256(self.client.genesis_hash().0)
	}

	/// Tells of the best block for as long as anybody listens.
	pub async fn follow(&self, best: watch::Sender<Option<Block>>) {
		let mut blocks = self.client.blocks(Head::Best);
		while !best.is_closed() {
			match blocks.next().await {
				Ok(view) => {
					let _ = best.send(Some(Block {
						number: view.number(),
						hash: H256(view.hash().0),
					}));
				}
				Err(error) => {
					tracing::error!("cannot follow the chain: {}", one_line(&error));
					tokio::time::sleep(Duration::from_secs(10)).await;
				}
			}
		}
	}

	async fn call(&self, call: Call) -> Result<BlockNumber> {
		let sent = self.client.submit(&call, self.key.pair(), Until::InBlock);
		let included = tokio::time::timeout(INCLUSION, sent)
			.await
			.context("no block took it")?
			.map_err(in_one_line)?;
		Ok(included.block_number)
	}

	async fn view(&self, at: Block) -> Result<quern::View> {
		self.client.at(quern::H256(at.hash.0)).await.map_err(in_one_line)
	}
}

impl Chain for Remote {
	async fn registration(&self, at: Block) -> Result<Option<Registration>> {
		let view = self.view(at).await?;
		let Some(node) = view.node_of_key(&self.key.public()).await.map_err(in_one_line)? else {
			return Ok(None);
		};
		let found = view.node(node).await.map_err(in_one_line)?;
		Ok(found.map(|found| Registration {
			node,
			provider: found.provider,
		}))
	}

	async fn funds(&self, at: Block) -> Result<Balance> {
		Ok(self
			.view(at)
			.await?
			.account(&self.key.account())
			.await
			.map_err(in_one_line)?
			.free)
	}

	async fn jobs_of_node(&self, at: Block, node: NodeId) -> Result<Vec<JobId>> {
		self.view(at).await?.jobs_of_node(node).await.map_err(in_one_line)
	}

	async fn job(&self, at: Block, id: JobId) -> Result<Option<JobView>> {
		let job = self.view(at).await?.job(id).await.map_err(in_one_line)?;
		Ok(job.map(|job| view_of(id, &job)))
	}

	async fn acknowledge(&self, id: JobId) -> Result<BlockNumber> {
		self.call(quern::calls::job_escrow::acknowledge(id)).await
	}

	async fn decline(&self, id: JobId) -> Result<BlockNumber> {
		self.call(quern::calls::job_escrow::decline(id)).await
	}

	async fn submit(&self, id: JobId, result: &JobResult) -> Result<BlockNumber> {
		let outcome = match &result.outcome {
			JobOutcome::Completed { output, size } => quern::Outcome::Completed {
				output: quern::H256(output.0),
				size: *size,
			},
			JobOutcome::Trapped { .. } => quern::Outcome::Trapped,
		};
		self.call(quern::calls::job_escrow::submit(id, &outcome, result.used))
			.await
	}
}

fn view_of(id: JobId, job: &quern::Job) -> JobView {
	use quern::JobState;
	let artifact = |artifact: &quern::Artifact| Artifact {
		hash: H256(artifact.hash.0),
		size: artifact.size,
		// One that is no text is fetched from nowhere, and the job declined.
		url: artifact.url().unwrap_or_default(),
	};
	JobView {
		id,
		node: job.node(),
		gpus: job.gpus,
		duration: job.duration,
		gpu_time: job.gpu_time,
		program: artifact(&job.spec.program),
		input: artifact(&job.spec.input),
		max_output: job.spec.max_output,
		phase: match job.state {
			JobState::Bidding { .. } | JobState::Queued { .. } => Phase::Waiting,
			JobState::Assigned { deadline } => Phase::Assigned { deadline },
			JobState::Running { started, deadline } => Phase::Running { started, deadline },
			JobState::Submitted { .. } | JobState::Disputed { .. } => Phase::Submitted,
			JobState::Settled { .. }
			| JobState::Faulted { .. }
			| JobState::Refunded { .. }
			| JobState::Cancelled { .. } => Phase::Over,
		},
	}
}

/// The client library's errors have a line of advice for people at a terminal; a log has one line.
fn one_line(error: &quern::Error) -> String {
	error.to_string().lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

fn in_one_line(error: quern::Error) -> anyhow::Error {
	anyhow::anyhow!(one_line(&error))
}
