//! The state directory: what the daemon must still know after a crash.
//!
//! ```text
//! node.key             the node's key, mode 0600
//! lock                 held while a daemon runs
//! chain.json           the chain and the node's number on it
//! jobs/<id>/           journal.json, program, input
//! outputs/0x<hash>     outputs, named by their hash
//! ```
//!
//! The chain's state is the truth about a job; a journal only says what this machine holds and has
//! sent. So a lost or damaged journal costs work done twice, never money: the chain refuses what it
//! has already taken. Every file is written whole under another name, synced, then renamed.

use anyhow::{bail, Context, Result};
use polkadot_sdk::{sp_core::H256, sp_io::hashing::blake2_256};
use quern_primitives::{BlockNumber, GpuTime, JobId, NodeId};
use serde::{Deserialize, Serialize};
use std::{
	fs::{self, File, OpenOptions},
	io::{ErrorKind, Write},
	os::unix::fs::{DirBuilderExt, OpenOptionsExt},
	path::{Path, PathBuf},
	time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What this machine holds of a job and has sent for it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Journal {
	pub job: JobId,
	/// The deadline of the acknowledgement this journal is about: a job that comes again has another.
	pub assignment: Option<BlockNumber>,
	/// Program and input are here, and match their hashes.
	pub fetched: bool,
	/// Why the job is not taken.
	pub refusal: Option<String>,
	/// Block of the acknowledgement, or of the declining.
	pub answered_at: Option<BlockNumber>,
	/// The run that the result below comes from: a job that is assigned anew starts in another block.
	pub started: Option<BlockNumber>,
	/// Runs that failed for this machine's own reasons.
	pub failed_runs: u32,
	pub result: Option<JobResult>,
	/// Block of the submission.
	pub submitted_at: Option<BlockNumber>,
	/// Unix seconds when the job was first seen over.
	pub over_since: Option<u64>,
}

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobResult {
	pub outcome: JobOutcome,
	/// GPU time used, in milliseconds.
	pub used: GpuTime,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobOutcome {
	Completed { output: H256, size: u32 },
	Trapped { reason: String },
}

impl JobOutcome {
	/// The output's hash, if there is an output.
	pub fn output(&self) -> Option<H256> {
		match self {
			Self::Completed { output, .. } => Some(*output),
			Self::Trapped { .. } => None,
		}
	}
}

/// The chain that this state is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainIdentity {
	pub genesis: H256,
	/// The node's number, once it is registered.
	pub node: Option<NodeId>,
}

/// A state directory, locked for this process.
pub struct Store {
	dir: PathBuf,
	_lock: File,
}

impl Store {
	/// Opens the directory, makes it if need be, and clears what a crash left half-written.
	pub fn open(dir: &Path) -> Result<Self> {
		for folder in [dir.to_path_buf(), dir.join("jobs"), dir.join("outputs")] {
			fs::DirBuilder::new()
				.recursive(true)
				.mode(0o700)
				.create(&folder)
				.with_context(|| format!("cannot make the folder {}", folder.display()))?;
		}
		let lock = File::create(dir.join("lock")).with_context(|| format!("cannot write in {}", dir.display()))?;
		match lock.try_lock() {
			Ok(()) => {}
			Err(fs::TryLockError::WouldBlock) => bail!("another quern-provider uses {}", dir.display()),
			Err(fs::TryLockError::Error(error)) => return Err(error).context("cannot lock the state directory"),
		}
		let store = Self {
			dir: dir.to_path_buf(),
			_lock: lock,
		};
		store.clear_unfinished()?;
		Ok(store)
	}

	pub fn outputs_dir(&self) -> PathBuf {
		self.dir.join("outputs")
	}

	fn job_dir(&self, job: JobId) -> PathBuf {
		self.dir.join("jobs").join(job.to_string())
	}

	pub fn program_path(&self, job: JobId) -> PathBuf {
		self.job_dir(job).join("program")
	}

	pub fn input_path(&self, job: JobId) -> PathBuf {
		self.job_dir(job).join("input")
	}

	/// Where a run leaves its output, before it has a hash.
	pub fn scratch_path(&self, job: JobId) -> PathBuf {
		self.job_dir(job).join("output.tmp")
	}

	pub fn output_path(&self, hash: &H256) -> PathBuf {
		self.outputs_dir().join(format!("{hash:?}"))
	}

	fn clear_unfinished(&self) -> Result<()> {
		let mut folders = vec![self.dir.clone(), self.outputs_dir()];
		folders.extend(self.job_ids()?.into_iter().map(|job| self.job_dir(job)));
		for folder in folders {
			for entry in fs::read_dir(&folder)? {
				let path = entry?.path();
				if path.extension().is_some_and(|extension| extension == "tmp") {
					fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
				}
			}
		}
		Ok(())
	}

	fn job_ids(&self) -> Result<Vec<JobId>> {
		let mut ids = Vec::new();
		for entry in fs::read_dir(self.dir.join("jobs"))? {
			if let Some(id) = entry?.file_name().to_str().and_then(|name| name.parse().ok()) {
				ids.push(id);
			}
		}
		ids.sort_unstable();
		Ok(ids)
	}

	/// Every journal. One that cannot be read is put aside, and its job begins anew.
	pub fn journals(&self) -> Result<Vec<Journal>> {
		Ok(self.job_ids()?.into_iter().map(|job| self.journal(job)).collect())
	}

	/// The journal of a job; an empty one, if there is none or it cannot be read.
	pub fn journal(&self, job: JobId) -> Journal {
		let empty = Journal {
			job,
			..Default::default()
		};
		let path = self.job_dir(job).join("journal.json");
		let bytes = match fs::read(&path) {
			Ok(bytes) => bytes,
			Err(error) if error.kind() == ErrorKind::NotFound => return empty,
			Err(error) => {
				tracing::error!(job, "cannot read the journal, begin anew: {error}");
				return empty;
			}
		};
		match serde_json::from_slice::<Journal>(&bytes) {
			Ok(journal) if journal.job == job => journal,
			_ => {
				tracing::error!(job, path = %path.display(), "the journal is damaged: put aside, begin anew");
				if let Err(error) = fs::rename(&path, path.with_extension("damaged")) {
					tracing::error!(job, "cannot put it aside: {error}");
				}
				empty
			}
		}
	}

	/// Writes a journal.
	pub fn save(&self, journal: &Journal) -> Result<()> {
		let dir = self.job_dir(journal.job);
		fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir)?;
		write_atomic(&dir.join("journal.json"), &serde_json::to_vec_pretty(journal)?, 0o600)
			.with_context(|| format!("cannot write the journal of job {}", journal.job))
	}

	/// Keeps a job's program and input.
	pub fn put_content(&self, job: JobId, program: &[u8], input: &[u8]) -> Result<()> {
		fs::DirBuilder::new()
			.recursive(true)
			.mode(0o700)
			.create(self.job_dir(job))?;
		write_atomic(&self.program_path(job), program, 0o600)?;
		write_atomic(&self.input_path(job), input, 0o600)
	}

	/// Whether program and input are here and are what their hashes say.
	pub fn has_content(&self, job: JobId, program: &H256, input: &H256) -> bool {
		is_content_of(&self.program_path(job), program) && is_content_of(&self.input_path(job), input)
	}

	/// Takes a run's output in, under its hash.
	pub fn adopt_output(&self, job: JobId) -> Result<(H256, u32)> {
		let scratch = self.scratch_path(job);
		let bytes = fs::read(&scratch).context("the run left no output")?;
		let hash = H256(blake2_256(&bytes));
		let size = u32::try_from(bytes.len())?;
		write_atomic(&self.output_path(&hash), &bytes, 0o600)?;
		fs::remove_file(&scratch)?;
		Ok((hash, size))
	}

	/// Whether an output is here and is what its hash says.
	pub fn has_output(&self, hash: &H256) -> bool {
		is_content_of(&self.output_path(hash), hash)
	}

	/// Removes a job's program and input; journal and output stay.
	pub fn drop_content(&self, job: JobId) {
		for path in [self.program_path(job), self.input_path(job), self.scratch_path(job)] {
			remove(&path);
		}
	}

	/// Forgets a job: everything of it, the output too unless another job has the same.
	pub fn forget(&self, journal: &Journal) -> Result<()> {
		if let Some(hash) = journal.result.as_ref().and_then(|result| result.outcome.output()) {
			let is_shared = self.journals()?.iter().any(|other| {
				other.job != journal.job
					&& other.result.as_ref().and_then(|result| result.outcome.output()) == Some(hash)
			});
			if !is_shared {
				remove(&self.output_path(&hash));
			}
		}
		match fs::remove_dir_all(self.job_dir(journal.job)) {
			Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
			_ => Ok(()),
		}
	}

	/// Bytes that jobs and outputs take up.
	pub fn usage(&self) -> Result<u64> {
		let mut total = folder_size(&self.outputs_dir())?;
		for job in self.job_ids()? {
			total += folder_size(&self.job_dir(job))?;
		}
		Ok(total)
	}

	/// Forgets jobs that have been over for longer than `retention`, and those over longest as far
	/// as `quota` bytes want it.
	pub fn evict(&self, retention: Duration, quota: u64, now: u64) -> Result<()> {
		let mut over: Vec<_> = self
			.journals()?
			.into_iter()
			.filter_map(|journal| Some((journal.over_since?, journal)))
			.collect();
		over.sort_by_key(|(since, journal)| (*since, journal.job));
		for (since, journal) in over {
			if now.saturating_sub(since) < retention.as_secs() && self.usage()? <= quota {
				break;
			}
			tracing::info!(job = journal.job, "no longer keeps the output");
			self.forget(&journal)?;
		}
		Ok(())
	}

	pub fn chain(&self) -> Option<ChainIdentity> {
		let bytes = fs::read(self.dir.join("chain.json")).ok()?;
		serde_json::from_slice(&bytes).ok()
	}

	pub fn save_chain(&self, chain: &ChainIdentity) -> Result<()> {
		write_atomic(&self.dir.join("chain.json"), &serde_json::to_vec_pretty(chain)?, 0o600)
	}
}

/// Where the node's key is in a state directory.
pub fn key_path(dir: &Path) -> PathBuf {
	dir.join("node.key")
}

/// Now, in unix seconds.
pub fn unix_now() -> u64 {
	SystemTime::now()
		.duration_since(UNIX_EPOCH)
		.map_or(0, |time| time.as_secs())
}

/// Writes a whole file or nothing, also if the machine stops in between.
pub fn write_atomic(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
	let folder = path.parent().context("a file lies in a folder")?;
	let name = path.file_name().context("a file has a name")?.to_string_lossy();
	let temporary = folder.join(format!("{name}.tmp"));
	remove(&temporary);
	let mut file = OpenOptions::new()
		.write(true)
		.create_new(true)
		.mode(mode)
		.open(&temporary)
		.with_context(|| format!("cannot write {}", temporary.display()))?;
	file.write_all(bytes)?;
	file.sync_all()?;
	fs::rename(&temporary, path).with_context(|| format!("cannot write {}", path.display()))?;
	File::open(folder)?.sync_all()?;
	Ok(())
}

fn remove(path: &Path) {
	match fs::remove_file(path) {
		Err(error) if error.kind() != ErrorKind::NotFound => {
			tracing::warn!(path = %path.display(), "cannot remove a file: {error}");
		}
		_ => {}
	}
}

fn is_content_of(path: &Path, hash: &H256) -> bool {
	fs::read(path).is_ok_and(|bytes| blake2_256(&bytes) == hash.0)
}

fn folder_size(folder: &Path) -> Result<u64> {
	let mut total = 0;
	for entry in fs::read_dir(folder)? {
		total += entry?.metadata()?.len();
	}
	Ok(total)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn store() -> (tempfile::TempDir, Store) {
		let dir = tempfile::tempdir().expect("a folder");
		let store = Store::open(dir.path()).expect("opened");
		(dir, store)
	}

	fn finished(store: &Store, job: JobId, output: &[u8], over_since: Option<u64>) -> Journal {
		let journal = Journal {
			job,
			over_since,
			..Default::default()
		};
		store.save(&journal).expect("saved");
		fs::write(store.scratch_path(job), output).expect("written");
		let (output, size) = store.adopt_output(job).expect("adopted");
		let outcome = JobOutcome::Completed { output, size };
		let journal = Journal {
			result: Some(JobResult { outcome, used: 1 }),
			..journal
		};
		store.save(&journal).expect("saved");
		journal
	}

	#[test]
	fn keeps_journals_over_a_restart() {
		let (dir, store) = store();
		let journal = Journal {
			job: 7,
			assignment: Some(12),
			fetched: true,
			answered_at: Some(10),
			started: Some(11),
			result: Some(JobResult {
				outcome: JobOutcome::Completed {
					output: H256::repeat_byte(3),
					size: 9,
				},
				used: u128::from(u64::MAX) + 1,
			}),
			submitted_at: Some(20),
			..Default::default()
		};
		store.save(&journal).expect("saved");
		drop(store);
		let store = Store::open(dir.path()).expect("opened");
		assert_eq!(store.journals().expect("read"), vec![journal]);
	}

	#[test]
	fn a_crash_in_the_middle_of_a_write_leaves_the_old_journal() {
		let (dir, store) = store();
		let journal = Journal {
			job: 7,
			fetched: true,
			..Default::default()
		};
		store.save(&journal).expect("saved");
		fs::write(dir.path().join("jobs/7/journal.json.tmp"), b"{\"job\": 7, \"fetc").expect("written");
		fs::write(dir.path().join("jobs/7/output.tmp"), b"half").expect("written");
		fs::write(dir.path().join("outputs/0xabc.tmp"), b"half").expect("written");
		drop(store);
		let store = Store::open(dir.path()).expect("opened");
		assert_eq!(store.journal(7), journal);
		assert_eq!(fs::read_dir(store.outputs_dir()).expect("read").count(), 0);
		assert!(!store.scratch_path(7).exists());
	}

	#[test]
	fn a_damaged_journal_is_put_aside() {
		let (dir, store) = store();
		for text in ["", "{", "[]", "{\"job\": 8}", "\0\0\0"] {
			fs::create_dir_all(dir.path().join("jobs/7")).expect("made");
			fs::write(dir.path().join("jobs/7/journal.json"), text).expect("written");
			assert_eq!(
				store.journal(7),
				Journal {
					job: 7,
					..Default::default()
				},
				"{text:?}"
			);
			assert!(dir.path().join("jobs/7/journal.damaged").exists());
		}
		fs::write(dir.path().join("jobs/not-a-job"), b"").expect("written");
		assert_eq!(store.journals().expect("read").len(), 1);
	}

	#[test]
	fn only_one_daemon_uses_a_directory() {
		let (dir, store) = store();
		assert!(Store::open(dir.path()).is_err());
		drop(store);
		assert!(Store::open(dir.path()).is_ok());
	}

	#[test]
	fn content_and_outputs_count_only_if_they_match_their_hash() {
		let (_dir, store) = store();
		let (program, input) = (H256(blake2_256(b"program")), H256(blake2_256(b"input")));
		assert!(!store.has_content(1, &program, &input));
		store.put_content(1, b"program", b"input").expect("kept");
		assert!(store.has_content(1, &program, &input));
		fs::write(store.input_path(1), b"inpu").expect("written");
		assert!(!store.has_content(1, &program, &input));

		let journal = finished(&store, 1, b"output", None);
		let hash = journal
			.result
			.and_then(|result| result.outcome.output())
			.expect("an output");
		assert_eq!(hash, H256(blake2_256(b"output")));
		assert!(store.has_output(&hash));
		fs::write(store.output_path(&hash), b"outpu").expect("written");
		assert!(!store.has_output(&hash));
	}

	#[test]
	fn keeps_outputs_for_as_long_as_promised() {
		let (_dir, store) = store();
		let old = finished(&store, 1, b"old", Some(100));
		let shared = finished(&store, 2, b"same", Some(100));
		let sharing = finished(&store, 3, b"same", Some(500));
		let open = finished(&store, 4, b"open", None);
		store.evict(Duration::from_secs(300), u64::MAX, 450).expect("evicted");
		let has = |journal: &Journal| {
			let output = journal
				.result
				.as_ref()
				.and_then(|result| result.outcome.output())
				.expect("an output");
			store.has_output(&output)
		};
		assert!(!has(&old));
		assert!(has(&shared), "another job has the same output");
		assert!(has(&sharing));
		assert!(has(&open));
		assert_eq!(
			store
				.journals()
				.expect("read")
				.iter()
				.map(|journal| journal.job)
				.collect::<Vec<_>>(),
			[3, 4]
		);
	}

	#[test]
	fn evicts_the_oldest_first_when_the_disk_is_full_and_no_open_job() {
		let (_dir, store) = store();
		let first = finished(&store, 1, &[1; 10_000], Some(100));
		finished(&store, 2, &[2; 10_000], Some(200));
		finished(&store, 3, &[3; 10_000], None);
		let usage = store.usage().expect("measured");
		assert!((30_000..40_000).contains(&usage), "{usage}");
		store.evict(Duration::from_secs(1000), 25_000, 250).expect("evicted");
		assert_eq!(
			store
				.journals()
				.expect("read")
				.iter()
				.map(|journal| journal.job)
				.collect::<Vec<_>>(),
			[2, 3]
		);
		store.evict(Duration::from_secs(1000), 1, 250).expect("evicted");
		assert_eq!(
			store
				.journals()
				.expect("read")
				.iter()
				.map(|journal| journal.job)
				.collect::<Vec<_>>(),
			[3]
		);
		assert!(!store.has_output(
			&first
				.result
				.and_then(|result| result.outcome.output())
				.expect("an output")
		));
	}

	#[test]
	fn remembers_the_chain() {
		let (_dir, store) = store();
		assert_eq!(store.chain(), None);
		let chain = ChainIdentity {
			genesis: H256::repeat_byte(1),
			node: Some(3),
		};
		store.save_chain(&chain).expect("saved");
		assert_eq!(store.chain(), Some(chain));
	}
}
