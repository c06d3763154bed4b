//! Tests of the job loop, against a chain, a runner and a source made up here.

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
