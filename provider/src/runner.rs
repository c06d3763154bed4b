//! Runs each job's program in a process of its own.
//!
//! The sandbox bounds what a program does once it runs. Compiling it, and whatever the Wasm engine
//! itself gets wrong, is bounded by the process: this daemon kills one that overstays or takes too
//! much memory, and a crash in it is not a crash of the daemon.

use crate::sandbox::{self, Failure, Limits, Verdict};
use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};
use std::{
	future::Future,
	path::{Path, PathBuf},
	process::Stdio,
	time::{Duration, Instant},
};
use tokio::{io::AsyncReadExt, process::Command};

/// What a run came to. Its output lies in the file named for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
	/// Why the program failed, if it did.
	pub trapped: Option<String>,
	/// Bytes of output.
	pub size: u32,
	/// Time the run took, in milliseconds, rounded up.
	pub used_ms: u64,
}

/// The files of one run.
#[derive(Clone, Debug)]
pub struct Files {
	pub program: PathBuf,
	pub input: PathBuf,
	pub output: PathBuf,
}

/// Runs programs; a port, so that the job loop can be tested without processes.
pub trait Runner: Send + Sync + 'static {
	/// An error says that this machine could not run it. Dropping the future ends the run.
	fn run(&self, files: &Files, limits: &Limits) -> impl Future<Output = Result<Report>> + Send;
}

/// How long after its time a process may need to say so itself.
const GRACE: Duration = Duration::from_secs(2);
/// Memory of a process above what the program itself may use: engine and compiler.
const OVERHEAD: u64 = 512 << 20;
/// The compiler's memory grows with the program.
const OVERHEAD_PER_BYTE: u64 = 64;
/// How often memory is looked at.
const WATCH: Duration = Duration::from_millis(100);

/// Runs programs in processes of this same executable (`quern-provider sandbox`).
pub struct Processes {
	executable: PathBuf,
}

impl Processes {
	pub fn new() -> Result<Self> {
		Ok(Self {
			executable: std::env::current_exe().context("cannot find this program's own file")?,
		})
	}
}

impl Runner for Processes {
	async fn run(&self, files: &Files, limits: &Limits) -> Result<Report> {
		let program_size = std::fs::metadata(&files.program)?.len();
		let most_memory = limits.memory + OVERHEAD + OVERHEAD_PER_BYTE * program_size;
		let mut child = Command::new(&self.executable)
			.arg("sandbox")
			.arg(&files.program)
			.arg("--input")
			.arg(&files.input)
			.arg("--output")
			.arg(&files.output)
			.args(["--time-ms", &limits.time.as_millis().to_string()])
			.args(["--fuel", &limits.fuel.to_string()])
			.args(["--memory-mib", &(limits.memory >> 20).to_string()])
			.args(["--max-output", &limits.output.to_string()])
			.arg("--supervised")
			.env_clear()
			// Held open as long as this process lives: the child ends when it closes.
			.stdin(Stdio::piped())
			.stdout(Stdio::piped())
			.stderr(Stdio::null())
			// Out of the terminal's group: Ctrl-C is for the daemon to handle.
			.process_group(0)
			.kill_on_drop(true)
			.spawn()
			.context("cannot start a process for the job")?;
		// Waiting for a child closes what it still has of its input.
		let _input = child.stdin.take();
		// Taken out, since `wait` closes what it finds there, and the child would end at once.
		let _lifeline = child.stdin.take();
		let started = Instant::now();
		let used_ms = |time: Duration| u64::try_from(time.as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
		let killed = |failure: Failure| Report {
			trapped: Some(failure.to_string()),
			size: 0,
			used_ms: used_ms(started.elapsed().min(limits.time)),
		};
		let status = loop {
			match tokio::time::timeout(WATCH, child.wait()).await {
				Ok(status) => break status?,
				Err(_) if started.elapsed() > limits.time + GRACE => {
					child.kill().await?;
					return Ok(killed(Failure::OutOfTime));
				}
				Err(_)
					if child
						.id()
						.and_then(resident_bytes)
						.is_some_and(|bytes| bytes > most_memory) =>
				{
					child.kill().await?;
					return Ok(killed(Failure::TooMuchMemory));
				}
				Err(_) => {}
			}
		};
		ensure!(status.success(), "the sandbox's process ended with {status}");
		let mut said = Vec::new();
		let stdout = child.stdout.take().context("the sandbox has an output")?;
		stdout.take(64 * 1024).read_to_end(&mut said).await?;
		serde_json::from_slice(&said).context("the sandbox's process said nothing sensible")
	}
}

/// A program whose output is its input.
const PROBE: &[u8] = b"\x00asm\x01\x00\x00\x00\x01\x0c\x02`\x01\x7f\x01\x7f`\x02\x7f\x7f\x01~\x03\x03\x02\x00\x01\x05\x03\x01\x00\x01\x07$\x03\x06memory\x02\x00\x0bquern_alloc\x00\x00\x09quern_run\x00\x01\x0a\x13\x02\x04\x00A\x10\x0b\x0c\x00 \x00\xadB \x86 \x01\xad\x84\x0b";

/// Runs a program that is known to be good: a machine that cannot do that must take no job, since it
/// is liable for each that it acknowledges.
pub async fn probe(runner: &impl Runner, dir: &Path) -> Result<()> {
	let [program, input, output] =
		["probe.program.tmp", "probe.input.tmp", "probe.output.tmp"].map(|name| dir.join(name));
	let files = Files { program, input, output };
	std::fs::write(&files.program, PROBE)?;
	std::fs::write(&files.input, b"input")?;
	let limits = Limits {
		time: Duration::from_secs(30),
		fuel: 1_000_000,
		memory: 64 << 20,
		output: 5,
	};
	let report = runner.run(&files, &limits).await?;
	ensure!(
		report.trapped.is_none(),
		"the sandbox says of a good program: {report:?}"
	);
	ensure!(
		std::fs::read(&files.output)? == b"input",
		"the sandbox gives another output than the program's"
	);
	for path in [&files.program, &files.input, &files.output] {
		std::fs::remove_file(path)?;
	}
	Ok(())
}

fn resident_bytes(pid: u32) -> Option<u64> {
	let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
	let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
	line.split_whitespace()
		.next()?
		.parse::<u64>()
		.ok()
		.map(|kib| kib * 1024)
}

/// `quern-provider sandbox`: one run, in this process.
pub fn run_here(files: &Files, limits: &Limits) -> Result<Report> {
	let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
	let (program, input) = (read(&files.program)?, read(&files.input)?);
	let started = Instant::now();
	let verdict = sandbox::run(&program, &input, limits)?;
	let used_ms = u64::try_from(started.elapsed().as_micros().div_ceil(1000)).unwrap_or(u64::MAX);
	Ok(match verdict {
		Verdict::Completed(output) => {
			std::fs::write(&files.output, &output)
				.and_then(|()| std::fs::File::open(&files.output)?.sync_all())
				.with_context(|| format!("cannot write {}", files.output.display()))?;
			Report {
				trapped: None,
				size: u32::try_from(output.len())?,
				used_ms,
			}
		}
		Verdict::Trapped(failure) => Report {
			trapped: Some(failure.to_string()),
			size: 0,
			used_ms,
		},
	})
}

/// Ends this process when its standard input closes: when the daemon that started it is gone.
pub fn end_with_parent() {
	std::thread::spawn(|| {
		use std::io::Read;
		let mut byte = [0; 1];
		while !matches!(std::io::stdin().read(&mut byte), Ok(0) | Err(_)) {}
		std::process::exit(3);
	});
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::hardware::tests::fake_program;

	const LIMITS: Limits = Limits {
		time: Duration::from_millis(500),
		fuel: 1,
		memory: 1 << 20,
		output: 10,
	};

	async fn run(script: &str) -> Result<Report> {
		let (dir, program) = fake_program(script);
		let processes = Processes {
			executable: program.into(),
		};
		let file = dir.path().join("file");
		std::fs::write(&file, b"").expect("written");
		let files = Files {
			program: file.clone(),
			input: file.clone(),
			output: file,
		};
		processes.run(&files, &LIMITS).await
	}

	#[tokio::test]
	async fn takes_the_report_of_the_process() {
		let report = run("echo '{\"trapped\":null,\"size\":5,\"used_ms\":7}'")
			.await
			.expect("a report");
		assert_eq!(
			report,
			Report {
				trapped: None,
				size: 5,
				used_ms: 7
			}
		);
	}

	#[tokio::test]
	async fn the_process_keeps_its_lifeline_while_it_runs() {
		let report =
			run("timeout 0.2 cat >/dev/null; [ $? = 124 ] && echo '{\"trapped\":null,\"size\":0,\"used_ms\":1}'").await;
		assert!(report.is_ok(), "{report:?}");
	}

	#[tokio::test]
	async fn kills_a_process_that_overstays() {
		let started = Instant::now();
		let report = run("exec sleep 100").await.expect("a report");
		assert_eq!(report.trapped, Some(Failure::OutOfTime.to_string()));
		assert_eq!(report.used_ms, 500);
		assert!(started.elapsed() < Duration::from_secs(20));
	}

	#[tokio::test]
	async fn holds_the_process_by_its_input() {
		// Ends when its input does.
		let report = run("cat; exit 3").await.expect("a report");
		assert_eq!(report.trapped, Some(Failure::OutOfTime.to_string()));
	}

	#[tokio::test]
	async fn kills_a_process_that_takes_too_much_memory() {
		// A line without an end: it is all kept.
		let report = run("exec tail -n 1 /dev/zero").await.expect("a report");
		let limits = [Failure::TooMuchMemory, Failure::OutOfTime].map(|failure| Some(failure.to_string()));
		assert!(limits.contains(&report.trapped), "{report:?}");
	}

	#[tokio::test]
	async fn a_crash_or_nonsense_is_no_result() {
		for script in [
			"kill -SEGV $$",
			"exit 1",
			"echo hello",
			"true",
			"echo '{\"trapped\":null}'",
		] {
			assert!(run(script).await.is_err(), "{script}");
		}
	}

	/// The sandbox in this process.
	struct Here;

	impl Runner for Here {
		async fn run(&self, files: &Files, limits: &Limits) -> Result<Report> {
			run_here(files, limits)
		}
	}

	#[tokio::test]
	async fn probes_the_sandbox() {
		let dir = tempfile::tempdir().expect("a folder");
		probe(&Here, dir.path()).await.expect("a good sandbox");
		assert_eq!(std::fs::read_dir(dir.path()).expect("read").count(), 0);
		let broken = Processes {
			executable: "/nowhere".into(),
		};
		assert!(probe(&broken, dir.path()).await.is_err());
	}

	#[tokio::test]
	async fn the_process_gets_none_of_the_environment() {
		// The shell sets some of its own.
		let report = run("env | grep -q CARGO && exit 1; echo '{\"trapped\":null,\"size\":0,\"used_ms\":1}'").await;
		assert!(report.is_ok(), "{report:?}");
	}
}
