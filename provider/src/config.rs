//! Settings: a TOML file, and flags of the same names that win over it.

use anyhow::{bail, ensure, Context, Result};
use quern_primitives::units::BLOCK_MILLIS;
use serde::{Deserialize, Serialize};
use std::{
	net::SocketAddr,
	path::{Path, PathBuf},
	time::Duration,
};

const MIB: u64 = 1024 * 1024;

/// Each setting, as the file or a flag gives it. The docs here are the flags' help.
#[derive(Clone, Debug, Default, PartialEq, clap::Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[command(next_help_heading = "Settings (each is also a key of the config file, with _ for -)")]
pub struct Settings {
	/// WebSocket address of a Quern node's JSON-RPC [default: ws://127.0.0.1:9944]
	#[arg(long, global = true, value_name = "URL")]
	pub node_url: Option<String>,

	/// Where the HTTP server listens [default: 0.0.0.0:8400]
	#[arg(long, global = true, value_name = "IP:PORT")]
	pub listen: Option<SocketAddr>,

	/// Folder for the node's key, job journals and outputs [default: ~/.local/share/quern-provider]
	#[arg(long, global = true, value_name = "DIR")]
	pub state_dir: Option<PathBuf>,

	/// The provider's account (SS58). Only this provider can register the node; without it, whoever
	/// asks from this very machine can
	#[arg(long, global = true, value_name = "ADDRESS")]
	pub provider: Option<String>,

	/// Fetch programs and inputs also from private, loopback and link-local addresses. For devnets:
	/// clients choose these addresses [default: false]
	#[arg(long, global = true, num_args = 0..=1, default_missing_value = "true", require_equals = true, value_name = "BOOL")]
	pub allow_private_locations: Option<bool>,

	/// Longest time to fetch one program or input, in seconds [default: 30]
	#[arg(long, global = true, value_name = "SECONDS")]
	pub fetch_timeout_secs: Option<u64>,

	/// Largest program to take, in MiB [default: 16]
	#[arg(long, global = true, value_name = "MIB")]
	pub max_program_mib: Option<u64>,

	/// Largest input to take, in MiB [default: 64]
	#[arg(long, global = true, value_name = "MIB")]
	pub max_input_mib: Option<u64>,

	/// Largest output to promise, in MiB [default: 64]
	#[arg(long, global = true, value_name = "MIB")]
	pub max_output_mib: Option<u64>,

	/// Memory that a job's program may use, in MiB [default: 1024]
	#[arg(long, global = true, value_name = "MIB")]
	pub job_memory_mib: Option<u64>,

	/// Wasm instructions that a job may execute for each millisecond of its duration; beside the clock, a second
	/// bound that does not depend on it [default: 10000000]
	#[arg(long, global = true, value_name = "COUNT")]
	pub fuel_per_ms: Option<u64>,

	/// How long to keep outputs after their job has settled, in hours [default: 24]
	#[arg(long, global = true, value_name = "HOURS")]
	pub retention_hours: Option<u64>,

	/// Most disk space for programs, inputs and outputs, in MiB: above it, outputs of settled jobs
	/// go before their time, and jobs that do not fit are declined [default: 10240]
	#[arg(long, global = true, value_name = "MIB")]
	pub disk_quota_mib: Option<u64>,

	/// How long a stop waits for running jobs, in seconds. A job that is cut off runs anew at the
	/// next start, if its deadline leaves the time [default: 10]
	#[arg(long, global = true, value_name = "SECONDS")]
	pub stop_grace_secs: Option<u64>,

	/// What to log to stderr: error, warn, info, debug, trace, or a filter such as
	/// `info,quern_provider=debug` [default: info]
	#[arg(long, global = true, value_name = "FILTER")]
	pub log: Option<String>,
}

/// The settings in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
	pub node_url: String,
	pub listen: SocketAddr,
	pub state_dir: PathBuf,
	pub provider: Option<String>,
	pub allow_private_locations: bool,
	pub fetch_timeout: Duration,
	/// Bytes, as all sizes below.
	pub max_program: u64,
	pub max_input: u64,
	pub max_output: u64,
	pub job_memory: u64,
	pub fuel_per_ms: u64,
	pub retention: Duration,
	pub disk_quota: u64,
	pub stop_grace: Duration,
	pub log: String,
}

/// Name of the config file that is read where no other is named.
pub const DEFAULT_FILE: &str = "quern-provider.toml";

/// What `init` writes. Every key is there, commented out, with its default.
pub const TEMPLATE: &str = r#"# Settings of quern-provider. Each has a flag of the same name (with - for _), which wins.
# What is commented out has the value shown.

# WebSocket address of a Quern node's JSON-RPC. Use a node of your own, on this machine or a trusted link.
# node_url = "ws://127.0.0.1:9944"

# Where the HTTP server listens. Validators reach it at the endpoint you register, so it must be
# reachable from the internet at that IP and port (plain HTTP; answers are signed).
# listen = "0.0.0.0:8400"

# Folder for the node's key, job journals and outputs. The key in it is this node's identity.
# state_dir = "~/.local/share/quern-provider"

# The provider's account (SS58). Only this provider can register the node. Without it, whoever asks
# from this very machine can: set it where a reverse proxy or other users share the machine.
# provider = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"

# Fetch programs and inputs also from private, loopback and link-local addresses. Clients choose
# these addresses: leave it off outside a devnet, or they reach into your network.
# allow_private_locations = false

# Longest time to fetch one program or input.
# fetch_timeout_secs = 30

# Largest program, input and output of a job. What is larger is declined.
# max_program_mib = 16
# max_input_mib = 64
# max_output_mib = 64

# Memory that a job's program may use.
# job_memory_mib = 1024

# Wasm instructions that a job may execute for each millisecond of its duration. The clock bounds a job as
# well; this bound does not depend on how busy the machine is.
# fuel_per_ms = 10000000

# How long to keep outputs after their job has settled.
# retention_hours = 24

# Most disk space for programs, inputs and outputs. Above it, outputs of settled jobs go before
# their time, and jobs that do not fit are declined.
# disk_quota_mib = 10240

# How long a stop waits for running jobs. A job that is cut off runs anew at the next start, if its
# deadline leaves the time.
# stop_grace_secs = 10

# What to log to stderr: error, warn, info, debug, trace, or a filter such as "info,quern_provider=debug".
# log = "info"
"#;

impl Settings {
	/// Reads a config file.
	pub fn read(path: &Path) -> Result<Self> {
		let text = std::fs::read_to_string(path)
			.with_context(|| format!("cannot read {} (`quern-provider init` writes one)", path.display()))?;
		toml::from_str(&text).with_context(|| format!("{} is not a valid config file", path.display()))
	}

	/// What `self` leaves open, `other` fills.
	fn or(self, other: Self) -> Self {
		Self {
			node_url: self.node_url.or(other.node_url),
			listen: self.listen.or(other.listen),
			state_dir: self.state_dir.or(other.state_dir),
			provider: self.provider.or(other.provider),
			allow_private_locations: self.allow_private_locations.or(other.allow_private_locations),
			fetch_timeout_secs: self.fetch_timeout_secs.or(other.fetch_timeout_secs),
			max_program_mib: self.max_program_mib.or(other.max_program_mib),
			max_input_mib: self.max_input_mib.or(other.max_input_mib),
			max_output_mib: self.max_output_mib.or(other.max_output_mib),
			job_memory_mib: self.job_memory_mib.or(other.job_memory_mib),
			fuel_per_ms: self.fuel_per_ms.or(other.fuel_per_ms),
			retention_hours: self.retention_hours.or(other.retention_hours),
			disk_quota_mib: self.disk_quota_mib.or(other.disk_quota_mib),
			stop_grace_secs: self.stop_grace_secs.or(other.stop_grace_secs),
			log: self.log.or(other.log),
		}
	}
}

impl Config {
	/// Flags over the file (`file`, or the default one if it is there) over the defaults.
	pub fn load(file: Option<&Path>, flags: Settings) -> Result<Self> {
		let from_file = match file {
			Some(path) => Settings::read(path)?,
			None if Path::new(DEFAULT_FILE).exists() => Settings::read(Path::new(DEFAULT_FILE))?,
			None => Settings::default(),
		};
		Self::resolve(flags.or(from_file))
	}

	fn resolve(settings: Settings) -> Result<Self> {
		let mib = |name: &str, value: Option<u64>, default: u64, most: u64| -> Result<u64> {
			let value = value.unwrap_or(default);
			ensure!(
				(1..=most).contains(&value),
				"{name} is {value}; it must be between 1 and {most}"
			);
			Ok(value * MIB)
		};
		let node_url = settings.node_url.unwrap_or_else(|| "ws://127.0.0.1:9944".into());
		ensure!(
			node_url.starts_with("ws://") || node_url.starts_with("wss://"),
			"node_url is {node_url:?}; it must begin with ws:// or wss://"
		);
		let fetch_timeout_secs = settings.fetch_timeout_secs.unwrap_or(30);
		ensure!(
			(1..=600).contains(&fetch_timeout_secs),
			"fetch_timeout_secs is {fetch_timeout_secs}; it must be between 1 and 600"
		);
		let fuel_per_ms = settings.fuel_per_ms.unwrap_or(10_000_000);
		ensure!(fuel_per_ms > 0, "fuel_per_ms is 0; no program could run");
		let retention_hours = settings.retention_hours.unwrap_or(24);
		ensure!(
			retention_hours <= 24 * 3650,
			"retention_hours is {retention_hours}; it must be at most {}",
			24 * 3650
		);
		let stop_grace_secs = settings.stop_grace_secs.unwrap_or(10);
		ensure!(
			stop_grace_secs <= 3600,
			"stop_grace_secs is {stop_grace_secs}; it must be at most 3600"
		);
		Ok(Self {
			node_url,
			listen: settings
				.listen
				.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 8400))),
			state_dir: match settings.state_dir {
				Some(dir) => expand_home(dir)?,
				None => expand_home(PathBuf::from("~/.local/share/quern-provider"))?,
			},
			provider: settings.provider,
			allow_private_locations: settings.allow_private_locations.unwrap_or(false),
			fetch_timeout: Duration::from_secs(fetch_timeout_secs),
			max_program: mib("max_program_mib", settings.max_program_mib, 16, 1024)?,
			max_input: mib("max_input_mib", settings.max_input_mib, 64, 2048)?,
			max_output: mib("max_output_mib", settings.max_output_mib, 64, 2048)?,
			job_memory: mib("job_memory_mib", settings.job_memory_mib, 1024, 4096)?,
			fuel_per_ms,
			retention: Duration::from_secs(retention_hours * 3600),
			disk_quota: mib("disk_quota_mib", settings.disk_quota_mib, 10 * 1024, 1 << 30)?,
			stop_grace: Duration::from_secs(stop_grace_secs),
			log: settings.log.unwrap_or_else(|| "info".into()),
		})
	}

	/// Time that `blocks` blocks take.
	pub fn blocks(blocks: u32) -> Duration {
		Duration::from_millis(u64::from(blocks) * BLOCK_MILLIS)
	}
}

/// `~/x` means x in the user's home, as a shell has it; a config file has no shell.
fn expand_home(path: PathBuf) -> Result<PathBuf> {
	let Ok(rest) = path.strip_prefix("~") else {
		return Ok(path);
	};
	match std::env::var_os("HOME").filter(|home| !home.is_empty()) {
		Some(home) => Ok(PathBuf::from(home).join(rest)),
		None => bail!("{} needs HOME, which is not set: name a state_dir", path.display()),
	}
}

/// Writes the commented config file.
pub fn init(path: &Path, force: bool) -> Result<()> {
	use std::io::Write;
	let mut options = std::fs::OpenOptions::new();
	options.write(true);
	if force {
		options.create(true).truncate(true);
	} else {
		options.create_new(true);
	}
	let mut file = match options.open(path) {
		Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
			bail!("{} exists already; --force overwrites it", path.display())
		}
		other => other.with_context(|| format!("cannot write {}", path.display()))?,
	};
	file.write_all(TEMPLATE.as_bytes())?;
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The template with its settings switched on.
	fn uncommented() -> String {
		TEMPLATE
			.lines()
			.map(|line| match line.strip_prefix("# ") {
				Some(rest) if rest.split(' ').nth(1) == Some("=") => rest,
				_ => "",
			})
			.collect::<Vec<_>>()
			.join("\n")
	}

	#[test]
	fn template_shows_every_setting_with_its_default() {
		let shown: Settings = toml::from_str(&uncommented()).expect("valid");
		let names: toml::Table = toml::from_str(&uncommented()).expect("valid");
		assert_eq!(names.len(), 15, "one line per field of Settings");
		let mut config = Config::resolve(shown).expect("valid");
		config.provider = None;
		assert_eq!(config, Config::resolve(Settings::default()).expect("valid"));
	}

	#[test]
	fn template_as_written_changes_nothing() {
		let settings: Settings = toml::from_str(TEMPLATE).expect("valid");
		assert_eq!(settings, Settings::default());
	}

	#[test]
	fn flags_win_over_the_file() {
		let dir = tempfile::tempdir().expect("a folder");
		let path = dir.path().join("c.toml");
		std::fs::write(&path, "job_memory_mib = 64\nfetch_timeout_secs = 5\n").expect("written");
		let flags = Settings {
			job_memory_mib: Some(128),
			..Default::default()
		};
		let config = Config::load(Some(&path), flags).expect("valid");
		assert_eq!(config.job_memory, 128 * MIB);
		assert_eq!(config.fetch_timeout, Duration::from_secs(5));
	}

	#[test]
	fn refuses_unknown_keys_and_values_out_of_range() {
		assert!(toml::from_str::<Settings>("job_memory = 64").is_err());
		assert!(toml::from_str::<Settings>("listen = \"8400\"").is_err());
		for settings in [
			Settings {
				job_memory_mib: Some(0),
				..Default::default()
			},
			Settings {
				job_memory_mib: Some(u64::MAX),
				..Default::default()
			},
			Settings {
				node_url: Some("http://127.0.0.1:9944".into()),
				..Default::default()
			},
			Settings {
				fetch_timeout_secs: Some(0),
				..Default::default()
			},
			Settings {
				fuel_per_ms: Some(0),
				..Default::default()
			},
			Settings {
				retention_hours: Some(u64::MAX),
				..Default::default()
			},
		] {
			assert!(Config::resolve(settings.clone()).is_err(), "{settings:?}");
		}
	}

	#[test]
	fn init_does_not_overwrite() {
		let dir = tempfile::tempdir().expect("a folder");
		let path = dir.path().join("c.toml");
		init(&path, false).expect("written");
		assert!(init(&path, false).is_err());
		init(&path, true).expect("overwritten");
	}
}
