//! Drives the node's jobs: at each block it compares what the chain says of a job with what this
//! machine holds, and takes the one next step.
//!
//! ```text
//! Assigned:  fetch → acknowledge          (decline, if the job cannot be taken)
//! Running:   (fetch →) run → submit
//! ```
//!
//! The step is a pure function of the chain's state and the journal, so that it makes no difference
//! whether the daemon has just started or has been there all along. A call that was sent is not sent
//! again before a few blocks show that it had no effect; should both be taken, the chain refuses the
//! second.

use crate::{
	chain::{Block, Chain, JobView, Phase},
	config::Config,
	content::{check_location, Missing, Source},
	http::Shared,
	runner::{Files, Runner},
	sandbox::Limits,
	stopped,
	store::{unix_now, ChainIdentity, JobOutcome, JobResult, Journal, Store},
};
use anyhow::{bail, Context, Result};
use quern_primitives::{
	units::{BLOCK_MILLIS, MILLI_QRN, QRN},
	BlockNumber, GpuTime, JobId, NodeId,
};
use std::{
	collections::{BTreeMap, HashMap},
	sync::Arc,
	time::Duration,
};
use tokio::{
	sync::watch,
	task::{AbortHandle, JoinSet},
	time::{sleep, Instant},
};

/// Blocks after which a call that shows no effect is sent again.
const RESEND: BlockNumber = 3;
/// Blocks kept free before a deadline, for a call to be taken.
const MARGIN: BlockNumber = 2;
/// Runs that may fail for the machine's own reasons.
const MAX_FAILED_RUNS: u32 = 3;
/// Attempts to fetch a file that may yet come, and the pause between two.
const FETCH_ATTEMPTS: u32 = 4;
const FETCH_PAUSE: Duration = Duration::from_millis(if cfg!(test) { 10 } else { 3_000 });
/// Blocks for which a running job may be missing from the node's list before its run is ended: a
/// fork may drop it for a moment.
const MISSING: u32 = 3;
/// Blocks between two looks at what seldom changes.
const SELDOM: BlockNumber = 10;
/// With less than this the node's account soon cannot pay for its calls.
const LOW_FUNDS: u128 = QRN / 10;

/// What to do next for a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
	Wait,
	Refuse(String),
	Fetch,
	Acknowledge,
	Decline,
	Run {
		started: BlockNumber,
		time: Duration,
		is_whole: bool,
	},
	Submit,
}

/// What a machine takes, and has free now.
#[derive(Clone, Copy, Debug)]
pub struct Room {
	/// Accelerators in all.
	pub gpus: u32,
	/// Accelerators on which nothing runs.
	pub free: u32,
	/// Accelerators that no acknowledged job needs.
	pub unpromised: u32,
}

/// The next step of a job, from what the chain says and what is here.
pub fn next_step(job: &JobView, journal: &Journal, now: BlockNumber, room: Room, config: &Config) -> Step {
	// The next block is the first that can take a call.
	let in_time = |deadline: BlockNumber| now < deadline;
	let is_sent = |at: Option<BlockNumber>| at.is_some_and(|at| now <= at.saturating_add(RESEND));
	match job.phase {
		Phase::Assigned { deadline } => {
			if !in_time(deadline) || is_sent(journal.answered_at) {
				return Step::Wait;
			}
			if journal.refusal.is_some() {
				return Step::Decline;
			}
			if let Some(reason) = unacceptable(job, room, config) {
				return Step::Refuse(reason);
			}
			match journal.fetched {
				false => Step::Fetch,
				// Liable from then on: not before it can start.
				true if room.unpromised >= job.gpus => Step::Acknowledge,
				true => Step::Wait,
			}
		}
		Phase::Running { started, deadline } => {
			if !in_time(deadline) {
				return Step::Wait;
			}
			if journal.result.is_some() {
				return if is_sent(journal.submitted_at) {
					Step::Wait
				} else {
					Step::Submit
				};
			}
			let left = Config::blocks(deadline.saturating_sub(now).saturating_sub(MARGIN));
			if left.is_zero() || journal.failed_runs >= MAX_FAILED_RUNS {
				return Step::Wait;
			}
			if !journal.fetched {
				return Step::Fetch;
			}
			if room.free < job.gpus {
				return Step::Wait;
			}
			let duration = Duration::from_millis(u64::try_from(job.duration).unwrap_or(u64::MAX));
			Step::Run {
				started,
				time: duration.min(left),
				is_whole: duration <= left,
			}
		}
		Phase::Waiting | Phase::Submitted | Phase::Over => Step::Wait,
	}
}

/// Why this machine does not take a job, if it does not.
fn unacceptable(job: &JobView, room: Room, config: &Config) -> Option<String> {
	if job.gpus > room.gpus {
		return Some(format!(
			"it wants {} accelerators; this node has {}",
			job.gpus, room.gpus
		));
	}
	for (what, size, most) in [
		("program", u64::from(job.program.size), config.max_program),
		("input", u64::from(job.input.size), config.max_input),
		("output", u64::from(job.max_output), config.max_output),
	] {
		if size > most {
			return Some(format!("its {what} has {size} bytes; this node takes {most}"));
		}
	}
	[&job.program, &job.input]
		.into_iter()
		.find_map(|file| check_location(&file.url, config.allow_private_locations).err())
}

/// GPU time to charge: the time measured on all accelerators, at least 1 ms, at most the job's, and
/// at most what the chain can see to have passed since the acknowledgement.
fn used_gpu_time(ms: u64, job: &JobView) -> GpuTime {
	(GpuTime::from(ms) * GpuTime::from(job.gpus)).clamp(1, job.gpu_time.max(1))
}

fn used_at(result: &JobResult, gpus: u32, started: BlockNumber, now: BlockNumber) -> GpuTime {
	let blocks = GpuTime::from(now.saturating_sub(started)) + 1;
	result
		.used
		.min(blocks * GpuTime::from(BLOCK_MILLIS) * GpuTime::from(gpus))
		.max(1)
}

/// The journal of a job that is new to this machine, or comes to it again, begins anew.
fn refresh(journal: &mut Journal, job: &JobView) {
	let again = match job.phase {
		Phase::Assigned { deadline } => journal.assignment.replace(deadline) != Some(deadline),
		Phase::Running { started, .. } => journal.started.is_some_and(|before| before != started),
		_ => false,
	};
	if again {
		*journal = Journal {
			job: journal.job,
			assignment: journal.assignment,
			fetched: journal.fetched,
			..Default::default()
		};
	}
	if job.phase != Phase::Over {
		journal.over_since = None;
	}
}

struct Active {
	what: Step,
	gpus: u32,
	handle: AbortHandle,
}

/// The parts that steps work with.
struct Parts<C, R, S> {
	chain: Arc<C>,
	runner: Arc<R>,
	source: Arc<S>,
	store: Arc<Store>,
	shared: Arc<Shared>,
	config: Arc<Config>,
}

impl<C, R, S> Clone for Parts<C, R, S> {
	fn clone(&self) -> Self {
		Self {
			chain: self.chain.clone(),
			runner: self.runner.clone(),
			source: self.source.clone(),
			store: self.store.clone(),
			shared: self.shared.clone(),
			config: self.config.clone(),
		}
	}
}

/// The job loop.
pub struct Driver<C, R, S> {
	parts: Parts<C, R, S>,
	active: BTreeMap<JobId, Active>,
	tasks: JoinSet<(JobId, Result<()>)>,
	/// Jobs whose last step failed, and the block from which to try again.
	postponed: HashMap<JobId, BlockNumber>,
	/// For how many blocks a running job was missing from the list.
	missing: HashMap<JobId, u32>,
	is_registered: bool,
	last_reminder: Option<Instant>,
	last_tidy: Option<BlockNumber>,
	is_stopping: bool,
}

impl<C: Chain, R: Runner, S: Source> Driver<C, R, S> {
	pub fn new(
		chain: Arc<C>,
		runner: Arc<R>,
		source: Arc<S>,
		store: Arc<Store>,
		shared: Arc<Shared>,
		config: Arc<Config>,
	) -> Self {
		Self {
			parts: Parts {
				chain,
				runner,
				source,
				store,
				shared,
				config,
			},
			active: BTreeMap::new(),
			tasks: JoinSet::new(),
			postponed: HashMap::new(),
			missing: HashMap::new(),
			is_registered: false,
			last_reminder: None,
			last_tidy: None,
			is_stopping: false,
		}
	}

	/// Works until `stop` says so; then finishes what ends within the grace, and leaves the rest to
	/// the next start.
	pub async fn run(mut self, mut best: watch::Receiver<Option<Block>>, stop: watch::Receiver<bool>) {
		let mut last = None;
		loop {
			tokio::select! {
				() = stopped(stop.clone()) => break,
				changed = best.changed() => {
					if changed.is_err() {
						break;
					}
					last = *best.borrow_and_update();
					if let Some(block) = last {
						self.on_block_or_stop(block, stop.clone()).await;
					}
				},
				Some(done) = self.tasks.join_next() => {
					if let (Some(job), Some(block)) = (self.take_in(done, last), last) {
						self.on_job_or_stop(block, job, stop.clone()).await;
					}
				},
			}
		}
		self.wind_down(last).await;
	}

	/// Reading the chain may take as long as the node is away; a stop does not wait for it.
	async fn on_block_or_stop(&mut self, block: Block, stop: watch::Receiver<bool>) {
		tokio::select! {
			() = stopped(stop) => {},
			result = self.on_block(block) => if let Err(error) = result {
				tracing::warn!(block = block.number, "cannot read the chain, try again at the next block: {error:#}");
			},
		}
	}

	async fn on_job_or_stop(&mut self, block: Block, job: JobId, stop: watch::Receiver<bool>) {
		tokio::select! {
			() = stopped(stop) => {},
			result = self.look_again(block, job) => if let Err(error) = result {
				tracing::warn!(job, "cannot read the chain, try again at the next block: {error:#}");
			},
		}
	}

	async fn wind_down(mut self, last: Option<Block>) {
		self.is_stopping = true;
		for active in self.active.values().filter(|active| active.what == Step::Fetch) {
			active.handle.abort();
		}
		let grace = self.parts.config.stop_grace;
		if !self.tasks.is_empty() {
			tracing::info!(?grace, "stopping: finishing what is under way");
		}
		let until = Instant::now() + grace;
		while !self.tasks.is_empty() {
			let finishing = async {
				let done = self.tasks.join_next().await?;
				let job = self.take_in(done, last)?;
				if let Err(error) = self.look_again(last?, job).await {
					tracing::warn!(job, "cannot read the chain: {error:#}");
				}
				Some(())
			};
			if tokio::time::timeout_at(until, finishing).await.is_err() {
				break;
			}
		}
		for (job, active) in &self.active {
			tracing::warn!(job, "stopped in the middle: {}", name_of(&active.what));
		}
		self.tasks.shutdown().await;
	}

	/// Takes in what a step came to. Returns the job, if its next step may follow at once.
	fn take_in(
		&mut self,
		done: Result<(JobId, Result<()>), tokio::task::JoinError>,
		last: Option<Block>,
	) -> Option<JobId> {
		let (job, result) = match done {
			Ok(done) => done,
			Err(error) => {
				if error.is_panic() {
					tracing::error!("a step of a job panicked: {error}");
				}
				self.active.retain(|_, active| !active.handle.is_finished());
				return None;
			}
		};
		let what = self.active.remove(&job)?.what;
		let Err(error) = result else {
			// A call shows its effect with the next block; there is nothing to look at before.
			return matches!(what, Step::Fetch | Step::Run { .. }).then_some(job);
		};
		tracing::warn!(job, "failed, will be looked at again: {}: {error:#}", name_of(&what));
		self.postponed.insert(job, last.map_or(0, |block| block.number) + 2);
		None
	}

	async fn on_block(&mut self, block: Block) -> Result<()> {
		self.parts.shared.live_mut().best = Some(block.number);
		let is_tidy_due = self.last_tidy.is_none_or(|at| block.number.abs_diff(at) >= SELDOM);
		if !self.is_registered || is_tidy_due {
			self.check_registration(block).await?;
		}
		let Some(node) = self.node() else { return Ok(()) };
		let ids = self.parts.chain.jobs_of_node(block, node).await?;
		self.end_runs_without_job(&ids);
		let mut jobs = Vec::new();
		for id in ids {
			if let Some(job) = self
				.parts
				.chain
				.job(block, id)
				.await?
				.filter(|job| job.node == Some(node))
			{
				jobs.push(job);
			}
		}
		// What is promised comes before what is new.
		jobs.sort_by_key(|job| (!matches!(job.phase, Phase::Running { .. }), job.id));
		let promised = self.promised_gpus(&jobs, block.number);
		for job in &jobs {
			self.step(block, job, promised)?;
		}
		if is_tidy_due {
			self.tidy(block, &jobs).await?;
			self.last_tidy = Some(block.number);
		}
		Ok(())
	}

	/// Looks at one job, between two blocks.
	async fn look_again(&mut self, block: Block, id: JobId) -> Result<()> {
		let Some(node) = self.node() else { return Ok(()) };
		let Some(job) = self.parts.chain.job(block, id).await? else {
			return Ok(());
		};
		if job.node != Some(node) {
			return Ok(());
		}
		let mut jobs = Vec::new();
		for id in self.parts.chain.jobs_of_node(block, node).await? {
			jobs.extend(self.parts.chain.job(block, id).await?);
		}
		let promised = self.promised_gpus(&jobs, block.number);
		self.step(block, &job, promised)
	}

	fn node(&self) -> Option<NodeId> {
		self.parts.shared.live().chain.and_then(|chain| chain.node)
	}

	/// Accelerators that jobs need which this node has acknowledged and not yet run.
	fn promised_gpus(&self, jobs: &[JobView], now: BlockNumber) -> u32 {
		let needs = |job: &&JobView| {
			let journal = self.parts.store.journal(job.id);
			match job.phase {
				Phase::Running { .. } => journal.result.is_none(),
				Phase::Assigned { .. } => {
					let is_sending = self
						.active
						.get(&job.id)
						.is_some_and(|active| active.what == Step::Acknowledge);
					let is_sent = journal.answered_at.is_some_and(|at| now <= at.saturating_add(RESEND));
					is_sending || (is_sent && journal.refusal.is_none())
				}
				_ => false,
			}
		};
		jobs.iter().filter(needs).map(|job| job.gpus).sum()
	}

	fn step(&mut self, block: Block, job: &JobView, promised: u32) -> Result<()> {
		if self.active.contains_key(&job.id) {
			return Ok(());
		}
		if self.postponed.get(&job.id).is_some_and(|from| block.number < *from) {
			return Ok(());
		}
		let before = self.parts.store.journal(job.id);
		let mut journal = before.clone();
		refresh(&mut journal, job);
		if journal != before {
			self.parts.store.save(&journal)?;
		}
		let gpus = self.parts.shared.hardware.gpus;
		let runs = self
			.active
			.values()
			.filter(|active| matches!(active.what, Step::Run { .. }));
		let busy: u32 = runs.map(|active| active.gpus).sum();
		// Between two blocks, an acknowledgement may have begun after the promises were counted.
		let acknowledging = self.active.values().filter(|active| active.what == Step::Acknowledge);
		let promised = promised.max(busy).max(acknowledging.map(|active| active.gpus).sum());
		let room = Room {
			gpus,
			free: gpus.saturating_sub(busy),
			unpromised: gpus.saturating_sub(promised),
		};
		let mut step = next_step(job, &journal, block.number, room, &self.parts.config);
		if let Step::Refuse(reason) = step {
			journal.refusal = Some(reason);
			self.parts.store.save(&journal)?;
			step = Step::Decline;
		}
		let is_allowed = !self.is_stopping || step == Step::Submit;
		if step == Step::Wait || !is_allowed {
			return Ok(());
		}
		self.postponed.remove(&job.id);
		let (parts, what, job_view, id) = (self.parts.clone(), step.clone(), job.clone(), job.id);
		let handle = self
			.tasks
			.spawn(async move { (id, parts.take(step, job_view, journal, block).await) });
		self.active.insert(
			id,
			Active {
				what,
				gpus: job.gpus,
				handle,
			},
		);
		Ok(())
	}

	/// A run whose job is no longer this node's ends.
	fn end_runs_without_job(&mut self, ids: &[JobId]) {
		self.missing.retain(|job, _| !ids.contains(job));
		for (job, active) in &self.active {
			if matches!(active.what, Step::Run { .. }) && !ids.contains(job) {
				let count = self.missing.entry(*job).or_default();
				*count += 1;
				if *count >= MISSING {
					tracing::warn!(job, "the job is no longer this node's: its run ends");
					active.handle.abort();
				}
			}
		}
	}

	async fn check_registration(&mut self, block: Block) -> Result<()> {
		let shared = &self.parts.shared;
		let registration = self.parts.chain.registration(block).await?;
		let own = registration.filter(|found| match &shared.provider {
			Some(provider) if *provider != found.provider => {
				if is_due(&mut self.last_reminder) {
					tracing::error!(
						node = found.node,
						provider = %found.provider,
						"this key is registered by another provider than `provider` in the config: it serves nothing"
					);
				}
				false
			}
			_ => true,
		});
		let node = own.as_ref().map(|found| found.node);
		let was = shared.live().chain;
		if let Some(was) = was.filter(|was| was.node != node) {
			let chain = ChainIdentity { node, ..was };
			self.parts.store.save_chain(&chain)?;
			shared.live_mut().chain = Some(chain);
		}
		match own {
			Some(found) if !self.is_registered => {
				// Who registers a node sends it something for its fees right after.
				tracing::info!(node = found.node, provider = %found.provider, "registered: waiting for jobs");
			}
			Some(_) => {
				let funds = self.parts.chain.funds(block).await?;
				if funds < LOW_FUNDS {
					tracing::warn!(
						account = %shared.key.account(),
						milli_qrn = %(funds / MILLI_QRN),
						"the node's account pays for its calls and is nearly empty: send it some QRN"
					);
				}
			}
			None if is_due(&mut self.last_reminder) => tracing::info!(
				account = %shared.key.account(),
				"this node is not registered. As its provider: quern provider register --endpoint {}",
				match self.parts.config.listen {
					address if address.ip().is_unspecified() => format!("IP:{}", address.port()),
					address => address.to_string(),
				}
			),
			None => {}
		}
		self.is_registered = node.is_some();
		Ok(())
	}

	/// Lets go of what belongs to jobs that are over.
	async fn tidy(&mut self, block: Block, jobs: &[JobView]) -> Result<()> {
		let store = &self.parts.store;
		for mut journal in store.journals()? {
			let id = journal.job;
			if journal.over_since.is_some() || self.active.contains_key(&id) || jobs.iter().any(|job| job.id == id) {
				continue;
			}
			let is_over = self
				.parts
				.chain
				.job(block, id)
				.await?
				.is_none_or(|job| job.phase == Phase::Over);
			if journal.result.is_none() {
				tracing::info!(job = id, "the job has left this node");
				store.forget(&journal)?;
				continue;
			}
			if is_over {
				tracing::info!(
					job = id,
					"the job is over; its output is kept for {:?}",
					self.parts.config.retention
				);
			}
			journal.over_since = Some(unix_now());
			journal.fetched = false;
			store.drop_content(id);
			store.save(&journal)?;
		}
		self.postponed.retain(|job, _| jobs.iter().any(|live| live.id == *job));
		store.evict(self.parts.config.retention, self.parts.config.disk_quota, unix_now())
	}
}

/// At most once a minute.
fn is_due(last: &mut Option<Instant>) -> bool {
	let is_due = last.is_none_or(|at| at.elapsed() >= Duration::from_secs(60));
	if is_due {
		*last = Some(Instant::now());
	}
	is_due
}

fn name_of(step: &Step) -> &'static str {
	match step {
		Step::Wait => "wait",
		Step::Refuse(_) => "refuse",
		Step::Fetch => "fetch",
		Step::Acknowledge => "acknowledge",
		Step::Decline => "decline",
		Step::Run { .. } => "run",
		Step::Submit => "submit",
	}
}

/// Marks a job as running for as long as it lives.
struct Mark {
	shared: Arc<Shared>,
	job: JobId,
}

impl Mark {
	fn new(shared: Arc<Shared>, job: JobId) -> Self {
		shared.live_mut().running.insert(job);
		Self { shared, job }
	}
}

impl Drop for Mark {
	fn drop(&mut self) {
		self.shared.live_mut().running.remove(&self.job);
	}
}

impl<C: Chain, R: Runner, S: Source> Parts<C, R, S> {
	async fn take(self, step: Step, job: JobView, journal: Journal, block: Block) -> Result<()> {
		match step {
			Step::Wait | Step::Refuse(_) => Ok(()),
			Step::Fetch => self.fetch(job, journal, block).await,
			Step::Acknowledge => self.acknowledge(job, journal).await,
			Step::Decline => self.decline(job, journal).await,
			Step::Run {
				started,
				time,
				is_whole,
			} => self.execute(job, journal, started, time, is_whole).await,
			Step::Submit => self.submit(job, journal, block).await,
		}
	}

	async fn fetch(self, job: JobView, mut journal: Journal, block: Block) -> Result<()> {
		let left = match job.phase {
			Phase::Assigned { deadline } | Phase::Running { deadline, .. } => deadline.saturating_sub(block.number),
			_ => 0,
		};
		let until = Instant::now() + Config::blocks(left.saturating_sub(MARGIN));
		let has_both = self.in_background(&job, |parts, job| {
			Ok(parts.store.has_content(job.id, &job.program.hash, &job.input.hash))
		});
		if !has_both.await? {
			tracing::info!(
				job = job.id,
				program = job.program.url,
				input = job.input.url,
				"fetching"
			);
			let mut attempt = 1;
			let refusal = loop {
				let fetching = self.in_background(&job, |parts, job| parts.fetch_once(job));
				let missing = match tokio::time::timeout_at(until, fetching).await {
					Ok(fetched) => match fetched? {
						None => break None,
						Some(missing) => missing,
					},
					Err(_) => Missing::ForGood("its files did not come in time".into()),
				};
				match missing {
					Missing::ForGood(reason) => break Some(reason),
					Missing::ForNow(reason) if attempt == FETCH_ATTEMPTS || Instant::now() + FETCH_PAUSE >= until => {
						break Some(reason);
					}
					Missing::ForNow(reason) => tracing::warn!(job = job.id, attempt, "not yet: {reason}"),
				}
				attempt += 1;
				sleep(FETCH_PAUSE).await;
			};
			if let Some(reason) = refusal {
				// Once acknowledged, a job cannot be declined: it is tried for as long as it runs.
				if matches!(job.phase, Phase::Running { .. }) {
					bail!("{reason}");
				}
				journal.refusal = Some(reason);
				return self.store.save(&journal);
			}
		}
		journal.fetched = true;
		self.store.save(&journal)?;
		tracing::info!(job = job.id, "program and input are here and match their hashes");
		Ok(())
	}

	/// Blocking.
	fn fetch_once(&self, job: &JobView) -> Result<Option<Missing>> {
		let wanted = u64::from(job.program.size) + u64::from(job.input.size) + u64::from(job.max_output);
		let quota = self.config.disk_quota;
		self.store
			.evict(self.config.retention, quota.saturating_sub(wanted), unix_now())?;
		if self.store.usage()?.saturating_add(wanted) > quota {
			return Ok(Some(Missing::ForGood(format!(
				"no room for its {wanted} bytes within disk_quota_mib"
			))));
		}
		let files = self
			.source
			.fetch(&job.program)
			.and_then(|program| Ok((program, self.source.fetch(&job.input)?)));
		match files {
			Ok((program, input)) => {
				self.store.put_content(job.id, &program, &input)?;
				Ok(None)
			}
			Err(missing) => Ok(Some(missing)),
		}
	}

	async fn acknowledge(self, job: JobView, mut journal: Journal) -> Result<()> {
		let block = self.chain.acknowledge(job.id).await?;
		tracing::info!(job = job.id, block, "acknowledged");
		journal.answered_at = Some(block);
		self.store.save(&journal)
	}

	async fn decline(self, job: JobView, mut journal: Journal) -> Result<()> {
		let reason = journal.refusal.clone().unwrap_or_default();
		let block = self.chain.decline(job.id).await?;
		tracing::warn!(job = job.id, block, "declined: {reason}");
		journal.answered_at = Some(block);
		self.store.drop_content(job.id);
		journal.fetched = false;
		self.store.save(&journal)
	}

	async fn execute(
		self,
		job: JobView,
		mut journal: Journal,
		started: BlockNumber,
		time: Duration,
		is_whole: bool,
	) -> Result<()> {
		let has_both = self.in_background(&job, |parts, job| {
			Ok(parts.store.has_content(job.id, &job.program.hash, &job.input.hash))
		});
		if !has_both.await? {
			journal.fetched = false;
			self.store.save(&journal)?;
			bail!("program or input are no longer here");
		}
		journal.started = Some(started);
		self.store.save(&journal)?;
		let _mark = Mark::new(self.shared.clone(), job.id);
		let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
		let limits = Limits {
			time,
			fuel: self.config.fuel_per_ms.saturating_mul(ms),
			memory: self.config.job_memory,
			output: job.max_output,
		};
		let files = Files {
			program: self.store.program_path(job.id),
			input: self.store.input_path(job.id),
			output: self.store.scratch_path(job.id),
		};
		tracing::info!(job = job.id, ms, "running");
		let report = match self.runner.run(&files, &limits).await {
			Ok(report) => report,
			Err(error) => {
				journal.failed_runs += 1;
				self.store.save(&journal)?;
				return Err(error);
			}
		};
		let outcome = match report.trapped {
			None => {
				let (output, size) = self
					.in_background(&job, |parts, job| parts.store.adopt_output(job.id))
					.await?;
				JobOutcome::Completed { output, size }
			}
			// This node began late, after a restart, and gave it less than its time: the program may be good.
			Some(reason) if !is_whole => {
				journal.failed_runs += 1;
				self.store.save(&journal)?;
				bail!("did not end in the time left: {reason}");
			}
			Some(reason) => JobOutcome::Trapped { reason },
		};
		let used = used_gpu_time(report.used_ms, &job);
		tracing::info!(job = job.id, used_ms = %used, ?outcome, "ran");
		journal.result = Some(JobResult { outcome, used });
		self.store.save(&journal)
	}

	async fn submit(self, job: JobView, mut journal: Journal, block: Block) -> Result<()> {
		let mut result = journal.result.clone().context("there is a result to submit")?;
		if let Some(hash) = result.outcome.output() {
			if !self
				.in_background(&job, move |parts, _| Ok(parts.store.has_output(&hash)))
				.await?
			{
				journal.result = None;
				self.store.save(&journal)?;
				bail!("the output is no longer here: the job runs again");
			}
		}
		if let Phase::Running { started, .. } = job.phase {
			result.used = used_at(&result, job.gpus, started, block.number);
		}
		let at = self.chain.submit(job.id, &result).await?;
		tracing::info!(job = job.id, block = at, used_ms = %result.used, "submitted");
		journal.submitted_at = Some(at);
		self.store.save(&journal)
	}

	/// Work that blocks: disk, hashes, downloads.
	async fn in_background<T: Send + 'static>(
		&self,
		job: &JobView,
		work: impl FnOnce(&Self, &JobView) -> Result<T> + Send + 'static,
	) -> Result<T> {
		let (parts, job) = (self.clone(), job.clone());
		tokio::task::spawn_blocking(move || work(&parts, &job))
			.await
			.context("the work was cut off")?
	}
}

#[cfg(test)]
mod tests;
