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
mod tests {
	use super::*;
	use crate::{
		chain::Registration,
		content::Artifact,
		hardware::{Hardware, Readings},
		keys::NodeKey,
		runner::{run_here, Report},
		wasm_bytes::{module, BLOCK_VOID, BR, I32_CONST, I64_CONST, LOCAL_GET, LOOP, UNREACHABLE},
	};
	use polkadot_sdk::{sp_core::H256, sp_io::hashing::blake2_256};
	use quern::AccountId;
	use std::{
		path::Path,
		sync::{
			atomic::{AtomicBool, AtomicUsize, Ordering},
			Mutex,
		},
	};

	const NODE: NodeId = 3;

	/// A chain of jobs that takes what the real one would.
	#[derive(Default)]
	struct FakeChain {
		jobs: Mutex<BTreeMap<JobId, JobView>>,
		best: Mutex<BlockNumber>,
		calls: Mutex<Vec<String>>,
		/// Calls are lost.
		is_deaf: AtomicBool,
		/// Calls are taken, but whoever sent them never hears of it.
		is_mute: AtomicBool,
		is_unregistered: AtomicBool,
	}

	impl FakeChain {
		fn call(
			&self,
			name: &str,
			id: JobId,
			effect: impl FnOnce(Phase, BlockNumber) -> Option<Phase>,
		) -> Result<BlockNumber> {
			let block = *self.best.lock().expect("unpoisoned") + 1;
			if self.is_deaf.load(Ordering::SeqCst) {
				bail!("the node is away");
			}
			let mut jobs = self.jobs.lock().expect("unpoisoned");
			let job = jobs.get_mut(&id).context("NotFound")?;
			job.phase = effect(job.phase, block).context("WrongState")?;
			self.calls.lock().expect("unpoisoned").push(format!("{name} {id}"));
			if self.is_mute.load(Ordering::SeqCst) {
				bail!("the connection broke");
			}
			Ok(block)
		}

		fn calls(&self) -> Vec<String> {
			self.calls.lock().expect("unpoisoned").clone()
		}

		fn phase(&self, id: JobId) -> Option<Phase> {
			self.jobs.lock().expect("unpoisoned").get(&id).map(|job| job.phase)
		}

		fn put(&self, job: JobView) {
			self.jobs.lock().expect("unpoisoned").insert(job.id, job);
		}
	}

	impl Chain for FakeChain {
		async fn registration(&self, _: Block) -> Result<Option<Registration>> {
			let is_there = !self.is_unregistered.load(Ordering::SeqCst);
			Ok(is_there.then_some(Registration {
				node: NODE,
				provider: AccountId([1; 32]),
			}))
		}

		async fn funds(&self, _: Block) -> Result<u128> {
			Ok(QRN)
		}

		async fn jobs_of_node(&self, _: Block, node: NodeId) -> Result<Vec<JobId>> {
			let jobs = self.jobs.lock().expect("unpoisoned");
			Ok(jobs
				.values()
				.filter(|job| job.node == Some(node) && job.phase != Phase::Over)
				.map(|job| job.id)
				.collect())
		}

		async fn job(&self, _: Block, id: JobId) -> Result<Option<JobView>> {
			Ok(self.jobs.lock().expect("unpoisoned").get(&id).cloned())
		}

		async fn acknowledge(&self, id: JobId) -> Result<BlockNumber> {
			self.call("acknowledge", id, |phase, block| match phase {
				Phase::Assigned { deadline } if block <= deadline => Some(Phase::Running {
					started: block,
					deadline: block + 1000,
				}),
				_ => None,
			})
		}

		async fn decline(&self, id: JobId) -> Result<BlockNumber> {
			self.call("decline", id, |phase, _| {
				matches!(phase, Phase::Assigned { .. }).then_some(Phase::Waiting)
			})
		}

		async fn submit(&self, id: JobId, result: &JobResult) -> Result<BlockNumber> {
			let outcome = match &result.outcome {
				JobOutcome::Completed { output, size } => format!("submit completed {output:?} {size}"),
				JobOutcome::Trapped { .. } => "submit trapped".into(),
			};
			self.call(&outcome, id, |phase, block| match phase {
				Phase::Running { started, .. } => {
					let most = GpuTime::from(block - started + 1) * GpuTime::from(BLOCK_MILLIS);
					(result.used >= 1 && result.used <= most).then_some(Phase::Submitted)
				}
				_ => None,
			})
		}
	}

	/// The sandbox, in this process.
	#[derive(Default)]
	struct Here {
		runs: AtomicUsize,
	}

	impl Runner for Here {
		async fn run(&self, files: &Files, limits: &Limits) -> Result<Report> {
			self.runs.fetch_add(1, Ordering::SeqCst);
			let (files, limits) = (files.clone(), *limits);
			tokio::task::spawn_blocking(move || run_here(&files, &limits)).await?
		}
	}

	#[derive(Default)]
	struct Shelf(Mutex<HashMap<String, Vec<u8>>>, AtomicUsize);

	impl Source for Shelf {
		fn fetch(&self, artifact: &Artifact) -> Result<Vec<u8>, Missing> {
			self.1.fetch_add(1, Ordering::SeqCst);
			let files = self.0.lock().expect("unpoisoned");
			let bytes = files.get(&artifact.url).ok_or_else(|| Missing::ForNow("404".into()))?;
			match blake2_256(bytes) == artifact.hash.0 {
				true => Ok(bytes.clone()),
				false => Err(Missing::ForGood("wrong hash".into())),
			}
		}
	}

	/// A program whose output is its input.
	fn echo() -> Vec<u8> {
		module(
			&[I32_CONST, &[16]],
			&[
				LOCAL_GET,
				&[0],
				&[0xad],
				I64_CONST,
				&[32],
				&[0x86],
				LOCAL_GET,
				&[1],
				&[0xad],
				&[0x84],
			],
		)
	}

	fn trapping() -> Vec<u8> {
		module(&[I32_CONST, &[16]], &[UNREACHABLE])
	}

	fn endless() -> Vec<u8> {
		module(&[I32_CONST, &[16]], &[LOOP, BLOCK_VOID, BR, &[0], &[0x0b], UNREACHABLE])
	}

	/// One machine and its chain, over restarts of the daemon.
	struct World {
		dir: tempfile::TempDir,
		chain: Arc<FakeChain>,
		runner: Arc<Here>,
		source: Arc<Shelf>,
		config: Arc<Config>,
	}

	/// One life of the daemon.
	struct Life {
		shared: Arc<Shared>,
		stop: watch::Sender<bool>,
		blocks: watch::Sender<Option<Block>>,
		driver: tokio::task::JoinHandle<()>,
	}

	impl World {
		fn new() -> Self {
			let dir = tempfile::tempdir().expect("a folder");
			let mut config = Config::load(None, Default::default()).expect("defaults");
			config.stop_grace = Duration::from_millis(300);
			Self {
				dir,
				chain: Arc::default(),
				runner: Arc::default(),
				source: Arc::default(),
				config: Arc::new(config),
			}
		}

		fn store_path(&self) -> &Path {
			self.dir.path()
		}

		/// A thread of the life before may hold the lock for a moment longer; a process would be gone.
		fn open(&self) -> Store {
			for _ in 0..500 {
				if let Ok(store) = Store::open(self.store_path()) {
					return store;
				}
				std::thread::sleep(Duration::from_millis(10));
			}
			panic!("the state directory stays locked");
		}

		fn start(&self) -> Life {
			let store = Arc::new(self.open());
			let key = NodeKey::load_or_generate(&crate::store::key_path(self.store_path())).expect("a key");
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
				utilisation: 0,
			};
			let chain = ChainIdentity {
				genesis: H256::repeat_byte(9),
				node: None,
			};
			let shared = Arc::new(Shared::new(
				key,
				hardware,
				readings,
				None,
				store.outputs_dir(),
				Some(chain),
			));
			let (stop, stopping) = watch::channel(false);
			let (blocks, best) = watch::channel(None);
			let driver = Driver::new(
				self.chain.clone(),
				self.runner.clone(),
				self.source.clone(),
				store,
				shared.clone(),
				self.config.clone(),
			);
			Life {
				shared,
				stop,
				blocks,
				driver: tokio::spawn(driver.run(best, stopping)),
			}
		}

		/// Puts a job's files where they can be fetched, and the job on the chain.
		fn assign(&self, id: JobId, program: &[u8], input: &[u8]) {
			let file = |kind: &str, bytes: &[u8]| {
				let url = format!("http://files.example/{id}/{kind}");
				self.source
					.0
					.lock()
					.expect("unpoisoned")
					.insert(url.clone(), bytes.to_vec());
				Artifact {
					hash: H256(blake2_256(bytes)),
					size: bytes.len() as u32,
					url,
				}
			};
			self.chain.put(JobView {
				id,
				node: Some(NODE),
				gpus: 1,
				duration: 60_000,
				gpu_time: 60_000,
				program: file("program", program),
				input: file("input", input),
				max_output: 1000,
				phase: Phase::Assigned { deadline: 1_000_000 },
			});
		}

		/// Makes blocks until something holds.
		async fn until(&self, life: &Life, what: &str, holds: impl Fn() -> bool) {
			for _ in 0..1000 {
				if holds() {
					return;
				}
				self.block(life).await;
			}
			panic!("never: {what}; calls: {:?}", self.chain.calls());
		}

		async fn block(&self, life: &Life) {
			let number = {
				let mut best = self.chain.best.lock().expect("unpoisoned");
				*best += 1;
				*best
			};
			let _ = life.blocks.send(Some(Block {
				number,
				hash: H256::from_low_u64_be(u64::from(number)),
			}));
			sleep(Duration::from_millis(20)).await;
		}

		fn runs(&self) -> usize {
			self.runner.runs.load(Ordering::SeqCst)
		}

		fn journal(&self, id: JobId) -> serde_json::Value {
			let path = self.store_path().join(format!("jobs/{id}/journal.json"));
			std::fs::read(path).map_or(serde_json::Value::Null, |bytes| {
				serde_json::from_slice(&bytes).expect("JSON")
			})
		}
	}

	impl Life {
		async fn stop(self) {
			self.stop.send(true).expect("alive");
			tokio::time::timeout(Duration::from_secs(10), self.driver)
				.await
				.expect("it stops")
				.expect("no panic");
		}

		/// As a crash: nothing is told, nothing is finished.
		async fn crash(self) {
			self.driver.abort();
			let _ = self.driver.await;
		}
	}

	fn submitted(id: JobId, output: &[u8]) -> String {
		format!("submit completed {:?} {} {id}", H256(blake2_256(output)), output.len())
	}

	#[tokio::test]
	async fn takes_a_job_from_assignment_to_submission() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(
			world.chain.calls(),
			["acknowledge 7".to_string(), submitted(7, b"hello")]
		);
		let output = world
			.store_path()
			.join(format!("outputs/{:?}", H256(blake2_256(b"hello"))));
		assert_eq!(std::fs::read(output).expect("there"), b"hello");
		assert!(life.shared.live().running.is_empty());
		for _ in 0..20 {
			world.block(&life).await;
		}
		assert_eq!(world.chain.calls().len(), 2, "nothing is sent twice");
		life.stop().await;
	}

	#[tokio::test]
	async fn says_that_a_program_failed() {
		let world = World::new();
		world.assign(7, &trapping(), b"");
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(world.chain.calls(), ["acknowledge 7", "submit trapped 7"]);
		life.stop().await;
	}

	#[tokio::test]
	async fn declines_what_cannot_be_had_or_taken() {
		let world = World::new();
		world.assign(1, &echo(), b"input");
		world
			.source
			.0
			.lock()
			.expect("unpoisoned")
			.remove("http://files.example/1/input");
		world.assign(2, &echo(), b"input");
		world
			.source
			.0
			.lock()
			.expect("unpoisoned")
			.insert("http://files.example/2/program".into(), b"other".to_vec());
		for (id, change) in [
			(3, (|job: &mut JobView| job.gpus = 2) as fn(&mut JobView)),
			(4, |job| job.program.size = u32::MAX),
			(5, |job| job.max_output = u32::MAX),
			(6, |job| job.input.url = "file:///etc/passwd".into()),
		] {
			world.assign(id, &echo(), b"input");
			change(
				world
					.chain
					.jobs
					.lock()
					.expect("unpoisoned")
					.get_mut(&id)
					.expect("there"),
			);
		}
		let life = world.start();
		world.until(&life, "declined", || world.chain.calls().len() == 6).await;
		let mut calls = world.chain.calls();
		calls.sort();
		assert_eq!(calls, (1..=6).map(|id| format!("decline {id}")).collect::<Vec<_>>());
		assert_eq!(world.runs(), 0);
		life.stop().await;
	}

	#[tokio::test]
	async fn waits_for_a_file_that_comes_late() {
		let world = World::new();
		world.assign(1, &echo(), b"input");
		let file = world
			.source
			.0
			.lock()
			.expect("unpoisoned")
			.remove("http://files.example/1/input")
			.expect("there");
		let life = world.start();
		world
			.until(&life, "asked", || world.source.1.load(Ordering::SeqCst) >= 1)
			.await;
		world
			.source
			.0
			.lock()
			.expect("unpoisoned")
			.insert("http://files.example/1/input".into(), file);
		world
			.until(&life, "submitted", || world.chain.phase(1) == Some(Phase::Submitted))
			.await;
		life.stop().await;
	}

	#[tokio::test]
	async fn a_crash_in_the_middle_of_a_run_costs_a_run() {
		let world = World::new();
		// Long enough to crash in, short enough to end in time after.
		world.assign(7, &endless(), b"");
		world
			.chain
			.jobs
			.lock()
			.expect("unpoisoned")
			.get_mut(&7)
			.expect("there")
			.duration = 1_500;
		let life = world.start();
		world
			.until(&life, "running", || life.shared.live().running.contains(&7))
			.await;
		life.crash().await;
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(world.chain.calls(), ["acknowledge 7", "submit trapped 7"]);
		assert_eq!(world.runs(), 2);
		life.stop().await;
	}

	#[tokio::test]
	async fn a_crash_between_result_and_submission_loses_nothing() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		let life = world.start();
		world
			.until(&life, "acknowledged", || !world.chain.calls().is_empty())
			.await;
		world.chain.is_deaf.store(true, Ordering::SeqCst);
		world
			.until(&life, "a result", || world.journal(7)["result"].is_object())
			.await;
		life.crash().await;
		world.chain.is_deaf.store(false, Ordering::SeqCst);
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(world.runs(), 1);
		assert_eq!(
			world.chain.calls(),
			["acknowledge 7".to_string(), submitted(7, b"hello")]
		);
		life.stop().await;
	}

	#[tokio::test]
	async fn a_call_whose_answer_was_lost_is_not_paid_twice() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		world.chain.is_mute.store(true, Ordering::SeqCst);
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		life.crash().await;
		let life = world.start();
		for _ in 0..20 {
			world.block(&life).await;
		}
		assert_eq!(
			world.chain.calls(),
			["acknowledge 7".to_string(), submitted(7, b"hello")]
		);
		life.stop().await;
	}

	#[tokio::test]
	async fn a_lost_state_directory_costs_a_run() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		world
			.chain
			.jobs
			.lock()
			.expect("unpoisoned")
			.get_mut(&7)
			.expect("there")
			.phase = Phase::Running {
			started: 1,
			deadline: 1000,
		};
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(world.chain.calls(), [submitted(7, b"hello")]);
		life.stop().await;
	}

	#[tokio::test]
	async fn an_output_that_was_damaged_is_made_again() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		let life = world.start();
		world
			.until(&life, "acknowledged", || !world.chain.calls().is_empty())
			.await;
		world.chain.is_deaf.store(true, Ordering::SeqCst);
		world
			.until(&life, "a result", || world.journal(7)["result"].is_object())
			.await;
		life.stop().await;
		let output = world
			.store_path()
			.join(format!("outputs/{:?}", H256(blake2_256(b"hello"))));
		std::fs::write(output, b"hellO").expect("written");
		world.chain.is_deaf.store(false, Ordering::SeqCst);
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(world.runs(), 2);
		assert_eq!(world.chain.calls().last(), Some(&submitted(7, b"hello")));
		life.stop().await;
	}

	#[tokio::test]
	async fn promises_no_more_than_it_can_run_at_once() {
		let world = World::new();
		for id in [1, 2] {
			world.assign(id, &endless(), b"");
			world
				.chain
				.jobs
				.lock()
				.expect("unpoisoned")
				.get_mut(&id)
				.expect("there")
				.duration = 1_000;
		}
		let life = world.start();
		world
			.until(&life, "both submitted", || world.chain.calls().len() == 4)
			.await;
		let calls = world.chain.calls();
		assert!(
			calls[0].starts_with("acknowledge") && calls[1].starts_with("submit"),
			"{calls:?}"
		);
		assert!(
			calls[2].starts_with("acknowledge") && calls[3].starts_with("submit"),
			"{calls:?}"
		);
		life.stop().await;
	}

	#[tokio::test]
	async fn stops_in_the_middle_and_goes_on_after() {
		let world = World::new();
		world.assign(7, &endless(), b"");
		world
			.chain
			.jobs
			.lock()
			.expect("unpoisoned")
			.get_mut(&7)
			.expect("there")
			.duration = 1_500;
		let life = world.start();
		world
			.until(&life, "running", || life.shared.live().running.contains(&7))
			.await;
		let started = Instant::now();
		life.stop().await;
		assert!(started.elapsed() < Duration::from_secs(5));
		assert_eq!(world.chain.calls(), ["acknowledge 7"]);
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		life.stop().await;
	}

	#[tokio::test]
	async fn ends_the_run_of_a_job_that_is_gone() {
		let world = World::new();
		world.assign(7, &endless(), b"");
		// The test's runner is a thread, which goes on to its limit when the run is dropped.
		world
			.chain
			.jobs
			.lock()
			.expect("unpoisoned")
			.get_mut(&7)
			.expect("there")
			.duration = 4_000;
		let life = world.start();
		world
			.until(&life, "running", || life.shared.live().running.contains(&7))
			.await;
		world
			.chain
			.jobs
			.lock()
			.expect("unpoisoned")
			.get_mut(&7)
			.expect("there")
			.phase = Phase::Over;
		world
			.until(&life, "ended", || life.shared.live().running.is_empty())
			.await;
		world
			.until(&life, "forgotten", || !world.store_path().join("jobs/7").exists())
			.await;
		life.crash().await;
	}

	#[tokio::test]
	async fn keeps_an_output_after_its_job_is_over() {
		let world = World::new();
		world.assign(7, &echo(), b"hello");
		let life = world.start();
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		world.chain.jobs.lock().expect("unpoisoned").remove(&7);
		world
			.until(&life, "over", || world.journal(7)["over_since"].is_number())
			.await;
		let output = world
			.store_path()
			.join(format!("outputs/{:?}", H256(blake2_256(b"hello"))));
		assert!(output.exists());
		assert!(!world.store_path().join("jobs/7/program").exists());
		life.stop().await;
	}

	#[tokio::test]
	async fn does_nothing_while_it_is_not_registered() {
		let world = World::new();
		world.chain.is_unregistered.store(true, Ordering::SeqCst);
		world.assign(7, &echo(), b"hello");
		let life = world.start();
		for _ in 0..10 {
			world.block(&life).await;
		}
		assert_eq!(life.shared.live().chain.and_then(|chain| chain.node), None);
		assert!(world.chain.calls().is_empty());
		world.chain.is_unregistered.store(false, Ordering::SeqCst);
		world
			.until(&life, "submitted", || world.chain.phase(7) == Some(Phase::Submitted))
			.await;
		assert_eq!(life.shared.live().chain.and_then(|chain| chain.node), Some(NODE));
		life.stop().await;
	}

	fn view(phase: Phase) -> JobView {
		let file = Artifact {
			hash: H256::zero(),
			size: 10,
			url: "http://files.example/x".into(),
		};
		JobView {
			id: 1,
			node: Some(NODE),
			gpus: 1,
			duration: 60_000,
			gpu_time: 60_000,
			program: file.clone(),
			input: file,
			max_output: 10,
			phase,
		}
	}

	const FREE: Room = Room {
		gpus: 1,
		free: 1,
		unpromised: 1,
	};

	#[test]
	fn takes_steps_in_time_alone() {
		let config = Config::load(None, Default::default()).expect("defaults");
		let step = |phase, journal: &Journal, now, room| next_step(&view(phase), journal, now, room, &config);
		let new = Journal::default();
		let fetched = Journal {
			fetched: true,
			..Default::default()
		};
		let done = Journal {
			result: Some(JobResult {
				outcome: JobOutcome::Trapped { reason: "x".into() },
				used: 5,
			}),
			..fetched.clone()
		};
		let assigned = Phase::Assigned { deadline: 20 };
		assert_eq!(step(assigned, &new, 10, FREE), Step::Fetch);
		assert_eq!(step(assigned, &fetched, 19, FREE), Step::Acknowledge);
		assert_eq!(
			step(assigned, &fetched, 20, FREE),
			Step::Wait,
			"the call would come in block 21"
		);
		assert_eq!(step(assigned, &fetched, 10, Room { unpromised: 0, ..FREE }), Step::Wait);
		let sent = Journal {
			answered_at: Some(10),
			..fetched.clone()
		};
		assert_eq!(step(assigned, &sent, 13, FREE), Step::Wait);
		assert_eq!(step(assigned, &sent, 14, FREE), Step::Acknowledge, "it had no effect");
		let refused = Journal {
			refusal: Some("no".into()),
			..Default::default()
		};
		assert_eq!(step(assigned, &refused, 10, FREE), Step::Decline);

		let running = Phase::Running {
			started: 5,
			deadline: 20,
		};
		let whole = Step::Run {
			started: 5,
			time: Duration::from_secs(60),
			is_whole: true,
		};
		assert_eq!(step(running, &fetched, 6, FREE), whole);
		let part = Step::Run {
			started: 5,
			time: Duration::from_secs(12),
			is_whole: false,
		};
		assert_eq!(step(running, &fetched, 16, FREE), part, "after a restart");
		assert_eq!(step(running, &fetched, 18, FREE), Step::Wait);
		assert_eq!(step(running, &fetched, 6, Room { free: 0, ..FREE }), Step::Wait);
		assert_eq!(step(running, &new, 6, FREE), Step::Fetch);
		assert_eq!(
			step(
				running,
				&Journal {
					failed_runs: 3,
					..fetched.clone()
				},
				6,
				FREE
			),
			Step::Wait
		);
		assert_eq!(step(running, &done, 19, Room { free: 0, ..FREE }), Step::Submit);
		assert_eq!(step(running, &done, 20, FREE), Step::Wait);
		assert_eq!(
			step(
				running,
				&Journal {
					submitted_at: Some(9),
					..done.clone()
				},
				12,
				FREE
			),
			Step::Wait
		);
		assert_eq!(
			step(
				running,
				&Journal {
					submitted_at: Some(9),
					..done.clone()
				},
				13,
				FREE
			),
			Step::Submit
		);
		for phase in [Phase::Waiting, Phase::Submitted, Phase::Over] {
			assert_eq!(step(phase, &done, 10, FREE), Step::Wait);
		}
	}

	#[test]
	fn a_job_that_comes_again_begins_anew() {
		let old = Journal {
			job: 1,
			assignment: Some(20),
			fetched: true,
			answered_at: Some(15),
			started: Some(15),
			result: Some(JobResult {
				outcome: JobOutcome::Trapped { reason: "x".into() },
				used: 5,
			}),
			submitted_at: Some(16),
			..Default::default()
		};
		let mut journal = old.clone();
		refresh(&mut journal, &view(Phase::Assigned { deadline: 20 }));
		assert_eq!(journal, old);
		refresh(
			&mut journal,
			&view(Phase::Running {
				started: 15,
				deadline: 40,
			}),
		);
		assert_eq!(journal, old);
		refresh(&mut journal, &view(Phase::Assigned { deadline: 90 }));
		assert_eq!(
			journal,
			Journal {
				job: 1,
				assignment: Some(90),
				fetched: true,
				..Default::default()
			}
		);
	}

	#[test]
	fn charges_what_was_measured_within_what_the_chain_accepts() {
		let job = JobView {
			gpus: 2,
			gpu_time: 10_000,
			..view(Phase::Over)
		};
		assert_eq!(used_gpu_time(0, &job), 1);
		assert_eq!(used_gpu_time(7, &job), 14);
		assert_eq!(used_gpu_time(6_000, &job), 10_000);
		let result = JobResult {
			outcome: JobOutcome::Trapped { reason: "x".into() },
			used: 100_000,
		};
		assert_eq!(used_at(&result, 1, 10, 10), 6_000);
		assert_eq!(used_at(&result, 2, 10, 11), 24_000);
		assert_eq!(used_at(&result, 1, 10, 1_000), 100_000);
	}
}
