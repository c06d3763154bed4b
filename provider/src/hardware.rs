//! What this machine is: measured, never declared.
//!
//! NVIDIA accelerators are what `nvidia-smi` says they are. A machine without any counts as one
//! accelerator of the class `cpu-x86-64`, its memory being main memory.

use anyhow::{bail, ensure, Context, Result};
use std::{
	io::Read,
	process::{Command, Stdio},
	time::{Duration, Instant},
};

/// A machine, as found at start.
#[derive(Clone, Debug, PartialEq)]
pub struct Hardware {
	/// The class its accelerators belong to.
	pub class: String,
	/// Accelerators of that class.
	pub gpus: u32,
	/// Memory of all of them together, in MiB; main memory, where there is no GPU.
	pub memory_mib: u64,
	/// The accelerator's model as its driver names it; the processor's, where there is no GPU.
	pub model: String,
	/// The processor's model.
	pub cpu: String,
	/// Logical cores.
	pub cores: u32,
	/// Main memory, in MiB.
	pub main_memory_mib: u64,
	/// Whether the accelerators are GPUs.
	pub has_gpu: bool,
}

/// What changes while the machine runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readings {
	/// Accelerators that answer.
	pub gpus: u32,
	/// Their memory together, in MiB.
	pub memory_mib: u64,
	/// Their mean load, in per cent.
	pub utilisation: u8,
}

/// One line of `nvidia-smi`.
#[derive(Clone, Debug, PartialEq)]
struct Gpu {
	name: String,
	memory_mib: u64,
	utilisation: u8,
}

/// The program that speaks for NVIDIA's driver.
const NVIDIA_SMI: &str = "nvidia-smi";
/// It takes about a second on a machine with eight GPUs; a driver that hangs takes for ever.
const NVIDIA_SMI_TIMEOUT: Duration = Duration::from_secs(20);

impl Hardware {
	/// Measures the machine.
	pub fn measure() -> Result<Self> {
		let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").context("cannot read /proc/cpuinfo")?;
		let meminfo = std::fs::read_to_string("/proc/meminfo").context("cannot read /proc/meminfo")?;
		let gpus = match nvidia_smi(NVIDIA_SMI, NVIDIA_SMI_TIMEOUT) {
			Ok(gpus) => gpus,
			Err(error) => {
				tracing::debug!("no NVIDIA GPU found: {error:#}");
				Vec::new()
			}
		};
		Self::from_parts(&cpuinfo, &meminfo, &gpus)
	}

	fn from_parts(cpuinfo: &str, meminfo: &str, gpus: &[Gpu]) -> Result<Self> {
		let cpu = field(cpuinfo, "model name").unwrap_or("unknown processor").to_string();
		let cores = cpuinfo
			.lines()
			.filter(|line| line.split(':').next().map(str::trim) == Some("processor"))
			.count();
		ensure!(cores > 0, "/proc/cpuinfo lists no processor");
		let main_memory_mib = memory_total_mib(meminfo)?;
		let cores = u32::try_from(cores)?;
		match gpus.first() {
			Some(first) => {
				// A node is of one class. GPUs of other models than the first serve nothing.
				let same: Vec<_> = gpus.iter().filter(|gpu| gpu.name == first.name).collect();
				Ok(Self {
					class: class_of_gpu(&first.name, first.memory_mib),
					gpus: u32::try_from(same.len())?,
					memory_mib: same.iter().map(|gpu| gpu.memory_mib).sum(),
					model: first.name.clone(),
					cpu,
					cores,
					main_memory_mib,
					has_gpu: true,
				})
			}
			None => Ok(Self {
				class: format!("cpu-{}", std::env::consts::ARCH.replace('_', "-")),
				gpus: 1,
				memory_mib: main_memory_mib,
				model: cpu.clone(),
				cpu,
				cores,
				main_memory_mib,
				has_gpu: false,
			}),
		}
	}
}

/// Measures again and again what changes.
pub struct Sampler {
	hardware: Hardware,
	last_stat: Option<CpuTimes>,
}

impl Sampler {
	pub fn new(hardware: Hardware) -> Self {
		let last_stat = cpu_times().ok();
		Self { hardware, last_stat }
	}

	/// What holds now. A GPU whose driver no longer answers is not counted; nothing is assumed.
	pub fn sample(&mut self) -> Readings {
		if self.hardware.has_gpu {
			return match nvidia_smi(NVIDIA_SMI, NVIDIA_SMI_TIMEOUT) {
				Ok(gpus) => gpu_readings(&gpus, &self.hardware.model),
				Err(error) => {
					tracing::error!("the GPUs no longer answer: {error:#}");
					Readings {
						gpus: 0,
						memory_mib: 0,
						utilisation: 0,
					}
				}
			};
		}
		let now = cpu_times().ok();
		let utilisation = match (self.last_stat, now) {
			(Some(before), Some(now)) => now.busy_since(&before),
			_ => 0,
		};
		if now.is_some() {
			self.last_stat = now;
		}
		Readings {
			gpus: self.hardware.gpus,
			memory_mib: self.hardware.memory_mib,
			utilisation,
		}
	}
}

fn gpu_readings(gpus: &[Gpu], model: &str) -> Readings {
	let same: Vec<_> = gpus.iter().filter(|gpu| gpu.name == model).collect();
	let count = same.len() as u64;
	let load: u64 = same.iter().map(|gpu| u64::from(gpu.utilisation)).sum();
	Readings {
		gpus: u32::try_from(count).unwrap_or(u32::MAX),
		memory_mib: same.iter().map(|gpu| gpu.memory_mib).sum(),
		utilisation: load.checked_div(count).unwrap_or(0) as u8,
	}
}

/// Jiffies of all processors together, since boot.
#[derive(Clone, Copy, Debug, PartialEq)]
struct CpuTimes {
	busy: u64,
	all: u64,
}

impl CpuTimes {
	fn parse(stat: &str) -> Result<Self> {
		let line = stat
			.lines()
			.find(|line| line.starts_with("cpu "))
			.context("/proc/stat has no line `cpu`")?;
		// user nice system idle iowait irq softirq steal; guest time is part of user time.
		let times: Vec<u64> = line
			.split_whitespace()
			.skip(1)
			.take(8)
			.filter_map(|word| word.parse().ok())
			.collect();
		ensure!(times.len() >= 4, "/proc/stat's line `cpu` is short");
		let all = times.iter().sum();
		let idle = times[3] + times.get(4).copied().unwrap_or(0);
		Ok(Self { busy: all - idle, all })
	}

	fn busy_since(&self, before: &Self) -> u8 {
		let busy = self.busy.saturating_sub(before.busy);
		let all = self.all.saturating_sub(before.all);
		(busy * 100).checked_div(all).unwrap_or(0).min(100) as u8
	}
}

fn cpu_times() -> Result<CpuTimes> {
	CpuTimes::parse(&std::fs::read_to_string("/proc/stat")?)
}

fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
	text.lines().find_map(|line| {
		let (key, value) = line.split_once(':')?;
		(key.trim() == name).then(|| value.trim())
	})
}

fn memory_total_mib(meminfo: &str) -> Result<u64> {
	let kib: u64 = field(meminfo, "MemTotal")
		.and_then(|value| value.split_whitespace().next())
		.and_then(|number| number.parse().ok())
		.context("/proc/meminfo has no MemTotal")?;
	Ok(kib / 1024)
}

/// Asks the driver. An error if the program is missing, fails, hangs, or names no GPU.
fn nvidia_smi(program: &str, timeout: Duration) -> Result<Vec<Gpu>> {
	let mut child = Command::new(program)
		.args([
			"--query-gpu=name,memory.total,utilization.gpu",
			"--format=csv,noheader,nounits",
		])
		.stdin(Stdio::null())
		.stdout(Stdio::piped())
		.stderr(Stdio::null())
		.spawn()
		.with_context(|| format!("cannot run {program}"))?;
	let started = Instant::now();
	let status = loop {
		match child.try_wait()? {
			Some(status) => break status,
			None if started.elapsed() > timeout => {
				child.kill()?;
				child.wait()?;
				bail!("{program} does not end");
			}
			None => std::thread::sleep(Duration::from_millis(20)),
		}
	};
	ensure!(status.success(), "{program} failed: {status}");
	let mut text = String::new();
	if let Some(stdout) = child.stdout.take() {
		// A pipe holds 64 KiB, some thousand GPUs: the program never waits for this read.
		stdout.take(64 * 1024).read_to_string(&mut text)?;
	}
	let gpus = text
		.lines()
		.filter(|line| !line.trim().is_empty())
		.map(parse_gpu)
		.collect::<Result<Vec<_>>>()?;
	ensure!(!gpus.is_empty(), "{program} names no GPU");
	Ok(gpus)
}

fn parse_gpu(line: &str) -> Result<Gpu> {
	// The name comes first and is the only field that could hold a comma.
	let mut fields = line.rsplitn(3, ',').map(str::trim);
	let (Some(load), Some(memory), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
		bail!("nvidia-smi said {line:?}");
	};
	ensure!(!name.is_empty(), "nvidia-smi named no model in {line:?}");
	Ok(Gpu {
		name: name.to_string(),
		memory_mib: memory
			.parse()
			.with_context(|| format!("nvidia-smi told no memory in {line:?}"))?,
		// Some models do not tell their load ("[N/A]"); nothing is known of it then.
		utilisation: load.parse::<u8>().unwrap_or(0).min(100),
	})
}

/// The class of a model: `NVIDIA GeForce RTX 4090` is `rtx4090`, `NVIDIA H100 80GB HBM3` is
/// `h100-80g`. Data-centre models come with different memories, so theirs is part of the class: as
/// in the name where it is there, else as measured.
fn class_of_gpu(name: &str, memory_mib: u64) -> String {
	let lower = name.to_lowercase().replace(['-', '_'], " ");
	let mut model = String::new();
	let mut memory = None;
	for word in lower.split_whitespace() {
		if let Some(size) = word.strip_suffix("gb").and_then(|digits| digits.parse::<u64>().ok()) {
			memory = Some(size);
			continue;
		}
		let is_maker = matches!(
			word,
			"nvidia" | "geforce" | "tesla" | "quadro" | "gpu" | "graphics" | "generation" | "laptop"
		);
		let is_form = word.starts_with("pcie") || word.starts_with("sxm") || word.starts_with("hbm") || word == "nvl";
		if !is_maker && !is_form {
			model.extend(word.chars().filter(char::is_ascii_alphanumeric));
		}
	}
	let is_consumer = model.starts_with("rtx") || model.starts_with("gtx");
	let class = match is_consumer && memory.is_none() {
		true => model,
		false => format!("{model}-{}g", memory.unwrap_or((memory_mib + 512) / 1024)),
	};
	// Names of classes on the chain have at most 32 bytes.
	class.chars().take(32).collect()
}

#[cfg(test)]
pub(crate) mod tests {
	use super::*;

	const CPUINFO: &str =
		"processor\t: 0\nmodel name\t: AMD EPYC 9554\n\nprocessor\t: 1\nmodel name\t: AMD EPYC 9554\n";
	const MEMINFO: &str = "MemTotal:       24689000 kB\nMemFree: 1 kB\n";

	/// A program that is a shell script. Another process writes it: a program that this one has open
	/// for writing, even in a fork of another test, cannot be started.
	pub(crate) fn fake_program(script: &str) -> (tempfile::TempDir, String) {
		let dir = tempfile::tempdir().expect("a folder");
		let program = dir.path().join("program").display().to_string();
		let status = Command::new("sh")
			.args([
				"-c",
				"printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod 755 \"$0\"",
				&program,
				script,
			])
			.status()
			.expect("a shell");
		assert!(status.success());
		(dir, program)
	}

	#[test]
	fn measures_this_machine() {
		let hardware = Hardware::measure().expect("measured");
		assert!(
			hardware.gpus >= 1 && hardware.memory_mib > 0 && hardware.cores > 0,
			"{hardware:?}"
		);
		let readings = Sampler::new(hardware.clone()).sample();
		assert_eq!(
			(readings.gpus, readings.memory_mib),
			(hardware.gpus, hardware.memory_mib)
		);
	}

	#[test]
	fn a_machine_without_gpu_is_one_accelerator_of_its_processor_class() {
		let hardware = Hardware::from_parts(CPUINFO, MEMINFO, &[]).expect("measured");
		assert_eq!(
			hardware.class,
			format!("cpu-{}", std::env::consts::ARCH.replace('_', "-"))
		);
		assert_eq!((hardware.gpus, hardware.cores, hardware.memory_mib), (1, 2, 24110));
		assert_eq!(hardware.model, "AMD EPYC 9554");
	}

	#[test]
	fn counts_the_gpus_that_the_driver_names() {
		let (_dir, program) =
			fake_program("echo 'NVIDIA H100 80GB HBM3, 81559, 30'; echo 'NVIDIA H100 80GB HBM3, 81559, 50'");
		let gpus = nvidia_smi(&program, NVIDIA_SMI_TIMEOUT).expect("gpus");
		let hardware = Hardware::from_parts(CPUINFO, MEMINFO, &gpus).expect("measured");
		assert_eq!(
			(hardware.class.as_str(), hardware.gpus, hardware.memory_mib),
			("h100-80g", 2, 163118)
		);
		let readings = gpu_readings(&gpus, &hardware.model);
		assert_eq!(
			readings,
			Readings {
				gpus: 2,
				memory_mib: 163118,
				utilisation: 40
			}
		);
	}

	#[test]
	fn serves_only_gpus_of_one_model() {
		let gpus = [("NVIDIA L4", 23034), ("NVIDIA T4", 15360), ("NVIDIA L4", 23034)].map(|(name, memory_mib)| Gpu {
			name: name.into(),
			memory_mib,
			utilisation: 0,
		});
		let hardware = Hardware::from_parts(CPUINFO, MEMINFO, &gpus).expect("measured");
		assert_eq!(
			(hardware.class.as_str(), hardware.gpus, hardware.memory_mib),
			("l4-22g", 2, 46068)
		);
	}

	#[test]
	fn believes_no_broken_driver() {
		assert!(nvidia_smi("/nowhere/nvidia-smi", NVIDIA_SMI_TIMEOUT).is_err());
		for script in [
			"exit 9",
			"echo 'No devices were found'",
			"true",
			"echo 'NVIDIA X, many, 3'",
			"sleep 5",
		] {
			let (_dir, program) = fake_program(script);
			assert!(nvidia_smi(&program, Duration::from_millis(500)).is_err(), "{script}");
		}
	}

	#[test]
	fn takes_a_load_that_is_not_told_for_none() {
		assert_eq!(parse_gpu("NVIDIA A2, 15356, [N/A]").expect("a gpu").utilisation, 0);
	}

	#[test]
	fn names_classes() {
		for (name, memory_mib, class) in [
			("NVIDIA GeForce RTX 4090", 24564, "rtx4090"),
			("NVIDIA H100 80GB HBM3", 81559, "h100-80g"),
			("NVIDIA H100 PCIe", 81559, "h100-80g"),
			("NVIDIA H200", 143771, "h200-140g"),
			("NVIDIA A100-SXM4-40GB", 40960, "a100-40g"),
			("Tesla T4", 15360, "t4-15g"),
			("NVIDIA RTX A6000", 49140, "rtxa6000"),
		] {
			assert_eq!(class_of_gpu(name, memory_mib), class, "{name}");
		}
	}

	#[test]
	fn reads_load_from_proc_stat() {
		let before = CpuTimes::parse("cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 1 1 1 1\n").expect("parsed");
		let now = CpuTimes::parse("cpu  200 0 100 900 0 0 0 0 0 0\n").expect("parsed");
		assert_eq!(now.busy_since(&before), 50);
		assert_eq!(before.busy_since(&now), 0);
		assert!(CpuTimes::parse("intr 1").is_err());
	}
}
