//! The program as people start it.

// Shared with the unit tests, which use more of it.
#[allow(dead_code)]
#[path = "../src/wasm_bytes.rs"]
mod wasm_bytes;

use std::{
	io::{BufRead, BufReader, Read, Write},
	net::{SocketAddr, TcpListener, TcpStream},
	path::{Path, PathBuf},
	process::{Child, Command, Output, Stdio},
	time::{Duration, Instant},
};
use wasm_bytes::{module, BLOCK_VOID, BR, I32_CONST, I64_CONST, LOCAL_GET, LOOP, UNREACHABLE};

fn program() -> Command {
	let mut command = Command::new(env!("CARGO_BIN_EXE_quern-provider"));
	// Neither the tests' working directory nor its environment has a say.
	command
		.env_remove("QUERN_PROVIDER_CONFIG")
		.current_dir(std::env::temp_dir());
	command
}

fn run(arguments: &[&str]) -> Output {
	program()
		.args(arguments)
		.stdin(Stdio::null())
		.output()
		.expect("it starts")
}

fn text(bytes: &[u8]) -> String {
	String::from_utf8_lossy(bytes).into_owned()
}

fn write(dir: &Path, name: &str, bytes: &[u8]) -> String {
	let path = dir.join(name);
	std::fs::write(&path, bytes).expect("written");
	path.display().to_string()
}

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

fn endless() -> Vec<u8> {
	module(&[I32_CONST, &[16]], &[LOOP, BLOCK_VOID, BR, &[0], &[0x0b], UNREACHABLE])
}

/// A daemon whose node is not there.
struct Daemon {
	child: Child,
	address: SocketAddr,
	_log: BufReader<std::process::ChildStderr>,
}

impl Daemon {
	fn start(state: &Path) -> Self {
		// Nobody listens where a listener was just dropped.
		let nowhere = TcpListener::bind("127.0.0.1:0")
			.and_then(|listener| listener.local_addr())
			.expect("a port");
		let mut child = program()
			.args([
				"run",
				"--listen",
				"127.0.0.1:0",
				"--node-url",
				&format!("ws://{nowhere}"),
			])
			.arg("--state-dir")
			.arg(state)
			.stdin(Stdio::null())
			.stderr(Stdio::piped())
			.spawn()
			.expect("it starts");
		let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
		let mut line = String::new();
		let address = loop {
			line.clear();
			assert!(
				log.read_line(&mut line).expect("text") > 0,
				"it ended before it listened"
			);
			if let Some(at) = line.find("127.0.0.1:").filter(|_| line.contains("listens")) {
				let plain: String = line[at..]
					.chars()
					.take_while(|c| c.is_ascii_digit() || ".:".contains(*c))
					.collect();
				break plain.parse().expect("an address");
			}
		};
		Self {
			child,
			address,
			_log: log,
		}
	}

	fn get(&self, target: &str) -> String {
		let mut stream = TcpStream::connect(self.address).expect("connected");
		write!(stream, "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").expect("sent");
		let mut answer = Vec::new();
		stream.read_to_end(&mut answer).expect("an answer");
		text(&answer)
	}

	fn signal(&self, name: &str) {
		let status = Command::new("kill")
			.args([name, &self.child.id().to_string()])
			.status()
			.expect("kill");
		assert!(status.success());
	}

	fn end(&mut self) -> Option<i32> {
		let started = Instant::now();
		loop {
			if let Some(status) = self.child.try_wait().expect("a child") {
				return status.code();
			}
			assert!(started.elapsed() < Duration::from_secs(20), "it does not end");
			std::thread::sleep(Duration::from_millis(20));
		}
	}
}

impl Drop for Daemon {
	fn drop(&mut self) {
		let _ = self.child.kill();
		let _ = self.child.wait();
	}
}

#[test]
fn help_explains_itself() {
	let help = text(&run(&["--help"]).stdout);
	for word in [
		"First steps",
		"run",
		"init",
		"identity",
		"sandbox",
		"--node-url",
		"--listen",
		"default: ws://127.0.0.1:9944",
	] {
		assert!(help.contains(word), "{word}: {help}");
	}
}

#[test]
fn init_writes_a_config_that_run_reads() {
	let dir = tempfile::tempdir().expect("a folder");
	let path = dir.path().join("quern-provider.toml").display().to_string();
	assert!(run(&["init", &path]).status.success());
	let state = dir.path().join("state").display().to_string();
	let told = run(&["--config", &path, "--state-dir", &state, "identity", "--json"]);
	assert!(told.status.success(), "{}", text(&told.stderr));
	let again = run(&["init", &path]);
	assert!(!again.status.success() && text(&again.stderr).contains("--force"));
}

#[test]
fn says_what_is_wrong_with_a_config() {
	let dir = tempfile::tempdir().expect("a folder");
	let path = write(dir.path(), "c.toml", b"listen = \"127.0.0.1:0\"\nlisten_port = 3\n");
	let told = run(&["--config", &path, "run"]);
	assert_eq!(told.status.code(), Some(1));
	assert!(text(&told.stderr).contains("listen_port"), "{}", text(&told.stderr));
	let told = run(&["--config", "/nowhere/c.toml", "run"]);
	assert!(text(&told.stderr).contains("quern-provider init"));
	assert_eq!(run(&["run", "--listen", "everywhere"]).status.code(), Some(2));
}

#[test]
fn identity_is_the_same_each_time() {
	let dir = tempfile::tempdir().expect("a folder");
	let state = dir.path().join("deep/state").display().to_string();
	let first = run(&["--state-dir", &state, "identity", "--json"]);
	assert!(first.status.success(), "{}", text(&first.stderr));
	assert_eq!(run(&["--state-dir", &state, "identity", "--json"]).stdout, first.stdout);
	let told: serde_json::Value = serde_json::from_slice(&first.stdout).expect("JSON");
	assert!(told["key"].as_str().is_some_and(|key| key.len() == 66));
	assert!(told["gpus"].as_u64().is_some_and(|gpus| gpus > 0));
	assert!(text(&run(&["--state-dir", &state, "identity"]).stdout).contains(told["class"].as_str().expect("a class")));
}

#[test]
fn the_sandbox_runs_a_program() {
	let dir = tempfile::tempdir().expect("a folder");
	let (echo, input) = (
		write(dir.path(), "echo.wasm", &echo()),
		write(dir.path(), "input", b"hello"),
	);
	let output: PathBuf = dir.path().join("output");
	let told = run(&[
		"sandbox",
		&echo,
		"--input",
		&input,
		"--output",
		&output.display().to_string(),
	]);
	assert!(told.status.success(), "{}", text(&told.stderr));
	let report: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
	assert_eq!(
		(&report["trapped"], report["size"].as_u64()),
		(&serde_json::Value::Null, Some(5))
	);
	assert_eq!(std::fs::read(output).expect("there"), b"hello");
}

#[test]
fn the_sandbox_stops_a_program() {
	let dir = tempfile::tempdir().expect("a folder");
	let endless = write(dir.path(), "endless.wasm", &endless());
	let output = dir.path().join("output");
	let told = run(&[
		"sandbox",
		&endless,
		"--time-ms",
		"300",
		"--output",
		&output.display().to_string(),
	]);
	assert!(told.status.success());
	let report: serde_json::Value = serde_json::from_slice(&told.stdout).expect("JSON");
	assert!(
		report["trapped"].as_str().is_some_and(|reason| reason.contains("time")),
		"{report}"
	);
	assert!(report["used_ms"].as_u64().is_some_and(|ms| ms >= 300));
	assert!(!output.exists());
}

#[test]
fn a_run_ends_with_its_daemon() {
	let dir = tempfile::tempdir().expect("a folder");
	let endless = write(dir.path(), "endless.wasm", &endless());
	let output = dir.path().join("output").display().to_string();
	let mut child = program()
		.args(["sandbox", &endless, "--supervised", "--output", &output])
		.stdin(Stdio::piped())
		.stdout(Stdio::null())
		.spawn()
		.expect("it starts");
	std::thread::sleep(Duration::from_millis(200));
	assert!(child.try_wait().expect("a child").is_none());
	let started = Instant::now();
	drop(child.stdin.take());
	assert_eq!(child.wait().expect("a child").code(), Some(3));
	assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn serves_without_a_node_and_stops_when_told() {
	for signal in ["-TERM", "-INT"] {
		let dir = tempfile::tempdir().expect("a folder");
		let mut daemon = Daemon::start(dir.path());
		let status = daemon.get("/status");
		assert!(
			status.starts_with("HTTP/1.1 200") && status.contains("\"node\":null"),
			"{status}"
		);
		let nonce = "ab".repeat(32);
		assert!(daemon
			.get(&format!("/gpu-check?period=1&nonce=0x{nonce}"))
			.starts_with("HTTP/1.1 503"));
		assert!(daemon.get("/outputs/../node.key").starts_with("HTTP/1.1 4"));
		daemon.signal(signal);
		assert_eq!(daemon.end(), Some(0), "{signal}");
	}
}

#[test]
fn only_one_daemon_uses_a_state_directory() {
	let dir = tempfile::tempdir().expect("a folder");
	let _first = Daemon::start(dir.path());
	let state = dir.path().display().to_string();
	let second = run(&["run", "--listen", "127.0.0.1:0", "--state-dir", &state]);
	assert_eq!(second.status.code(), Some(1));
	assert!(
		text(&second.stderr).contains("another quern-provider"),
		"{}",
		text(&second.stderr)
	);
	// Looking at the identity disturbs nobody.
	assert!(run(&["--state-dir", &state, "identity"]).status.success());
}

#[test]
fn says_that_the_port_is_taken() {
	let dir = tempfile::tempdir().expect("a folder");
	let first = Daemon::start(&dir.path().join("first"));
	let second = dir.path().join("second").display().to_string();
	let told = run(&["run", "--listen", &first.address.to_string(), "--state-dir", &second]);
	assert_eq!(told.status.code(), Some(1));
	assert!(text(&told.stderr).contains("cannot listen"), "{}", text(&told.stderr));
}
