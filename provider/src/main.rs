//! The daemon that runs on a GPU machine and serves its time on Quern.
//!
//! It answers validators' checks over HTTP, takes the jobs that the chain gives to its node, runs
//! them in a sandbox, and states the results. It measures its hardware, holds one key of its own, and
//! keeps in its state directory what it must still know after a crash.

mod chain;
mod config;
mod content;
mod hardware;
mod http;
mod jobs;
mod keys;
mod runner;
mod sandbox;
mod store;
#[cfg(test)]
mod wasm_bytes;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use config::{Config, Settings};
use hardware::{Hardware, Sampler};
use http::Shared;
use keys::NodeKey;
use quern::AccountId;
use std::{io::IsTerminal, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use store::{ChainIdentity, Store};
use tokio::{
	net::TcpListener,
	signal::unix::{signal, SignalKind},
	sync::watch,
};

/// How often load is measured.
const SAMPLE: Duration = Duration::from_secs(5);
/// How long open HTTP requests may take to end at a stop.
const HTTP_GRACE: Duration = Duration::from_secs(3);

/// Serves a machine's GPU time on Quern: answers validators' checks, runs jobs, submits results.
///
/// First steps:
///   quern-provider init                      writes quern-provider.toml, every setting explained
///   quern-provider identity                  shows the node's key and what this machine is
///   quern-provider run                       serves
///   quern provider register --endpoint IP:PORT
///                                            as the provider: puts the node on the chain
///
/// The node's account pays for its own transactions: send it a little QRN.
#[derive(Parser)]
#[command(name = "quern-provider", version, verbatim_doc_comment)]
struct Cli {
	/// The config file [default: quern-provider.toml in the working directory, if it is there]
	#[arg(long, short, global = true, env = "QUERN_PROVIDER_CONFIG", value_name = "FILE")]
	config: Option<PathBuf>,

	#[command(flatten)]
	settings: Settings,

	#[command(subcommand)]
	command: Command,
}

#[derive(Subcommand)]
enum Command {
	/// Serves until it is told to stop (SIGTERM or Ctrl-C)
	Run,
	/// Writes a config file with every setting explained
	Init {
		/// Where to
		#[arg(default_value = config::DEFAULT_FILE)]
		path: PathBuf,
		/// Overwrite it if it exists
		#[arg(long)]
		force: bool,
	},
	/// Shows the node's key (made if there is none) and this machine's hardware as measured
	Identity {
		/// As JSON
		#[arg(long)]
		json: bool,
	},
	/// Runs a program once, in the sandbox that jobs run in
	///
	/// For those who write jobs. Prints one line of JSON: the output's size or why the program
	/// failed, and the time used. The process ends with 0 in both cases.
	Sandbox(SandboxArgs),
}

#[derive(clap::Args)]
struct SandboxArgs {
	/// The Wasm program
	program: PathBuf,
	/// File with the input; without it, the input is empty
	#[arg(long, default_value = "/dev/null")]
	input: PathBuf,
	/// File for the output
	#[arg(long)]
	output: PathBuf,
	/// Most time, in milliseconds
	#[arg(long, default_value_t = 60_000)]
	time_ms: u64,
	/// Most instructions
	#[arg(long, default_value_t = u64::MAX)]
	fuel: u64,
	/// Most memory, in MiB
	#[arg(long, default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..=4096))]
	memory_mib: u64,
	/// Most bytes of output
	#[arg(long, default_value_t = 64 << 20)]
	max_output: u32,
	/// End when standard input closes
	#[arg(long, hide = true)]
	supervised: bool,
}

fn main() -> ExitCode {
	let cli = Cli::parse();
	match run(cli) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("Error: {error:#}");
			ExitCode::FAILURE
		}
	}
}

fn run(cli: Cli) -> Result<()> {
	match cli.command {
		Command::Init { path, force } => {
			config::init(&path, force)?;
			println!(
				"Wrote {}. Next: quern-provider --config {} run",
				path.display(),
				path.display()
			);
			Ok(())
		}
		Command::Identity { json } => identity(&Config::load(cli.config.as_deref(), cli.settings)?, json),
		Command::Sandbox(args) => sandbox_once(&args),
		Command::Run => {
			let config = Config::load(cli.config.as_deref(), cli.settings)?;
			let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
			let result = runtime.block_on(serve(config));
			// A download that is cut off in the middle of a read is not waited for.
			runtime.shutdown_timeout(Duration::from_millis(200));
			result
		}
	}
}

fn sandbox_once(args: &SandboxArgs) -> Result<()> {
	if args.supervised {
		runner::end_with_parent();
	}
	let files = runner::Files {
		program: args.program.clone(),
		input: args.input.clone(),
		output: args.output.clone(),
	};
	let limits = sandbox::Limits {
		time: Duration::from_millis(args.time_ms),
		fuel: args.fuel,
		memory: args.memory_mib << 20,
		output: args.max_output,
	};
	println!("{}", serde_json::to_string(&runner::run_here(&files, &limits)?)?);
	Ok(())
}

fn identity(config: &Config, json: bool) -> Result<()> {
	let hardware = Hardware::measure()?;
	std::fs::create_dir_all(&config.state_dir)
		.with_context(|| format!("cannot make the folder {}", config.state_dir.display()))?;
	let key = NodeKey::load_or_generate(&store::key_path(&config.state_dir))?;
	let public = format!("0x{}", hex::encode(key.public()));
	if json {
		let told = serde_json::json!({
			"key": public,
			"account": key.account().to_string(),
			"class": hardware.class,
			"gpus": hardware.gpus,
			"memory_mib": hardware.memory_mib,
			"model": hardware.model,
			"cpu": hardware.cpu,
			"cores": hardware.cores,
			"main_memory_mib": hardware.main_memory_mib,
		});
		println!("{told}");
		return Ok(());
	}
	println!("Node key      {public}");
	println!(
		"Node account  {}   (pays for the node's transactions: send it a little QRN)",
		key.account()
	);
	println!("Class         {}", hardware.class);
	println!("Accelerators  {} × {}", hardware.gpus, hardware.model);
	println!("Their memory  {} MiB in all", hardware.memory_mib);
	println!("Processor     {}, {} cores", hardware.cpu, hardware.cores);
	println!("Main memory   {} MiB", hardware.main_memory_mib);
	if !hardware.has_gpu {
		println!("No GPU answers on this machine: it counts as one accelerator, its processor.");
	}
	Ok(())
}

async fn serve(config: Config) -> Result<()> {
	let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
		.with_context(|| format!("log is {:?}, which is no filter", config.log))?;
	tracing_subscriber::fmt()
		.with_env_filter(filter)
		.with_ansi(std::io::stderr().is_terminal())
		.with_writer(std::io::stderr)
		.init();

	let provider = match &config.provider {
		Some(text) => {
			let parsed = text.parse::<AccountId>();
			Some(parsed.map_err(|_| anyhow::anyhow!("provider is {text:?}, which is no SS58 address"))?)
		}
		None => None,
	};
	let stop = stop_signal()?;
	let hardware = Hardware::measure()?;
	let store = Arc::new(Store::open(&config.state_dir)?);
	let key = NodeKey::load_or_generate(&store::key_path(&config.state_dir))?;
	let mut sampler = Sampler::new(hardware.clone());
	let shared = Arc::new(Shared::new(
		key.clone(),
		hardware.clone(),
		sampler.sample(),
		provider,
		store.outputs_dir(),
		store.chain(),
	));
	tracing::info!(
		version = env!("CARGO_PKG_VERSION"),
		account = %key.account(),
		class = hardware.class,
		gpus = hardware.gpus,
		memory_mib = hardware.memory_mib,
		model = hardware.model,
		state = %config.state_dir.display(),
		"quern-provider starts"
	);

	let runner = runner::Processes::new()?;
	runner::probe(&runner, &config.state_dir)
		.await
		.context("this machine cannot run jobs")?;

	let listener = TcpListener::bind(config.listen)
		.await
		.with_context(|| format!("cannot listen on {} (another program may)", config.listen))?;
	let address: SocketAddr = listener.local_addr()?;
	tracing::info!(%address, "HTTP server listens");

	let sampling = shared.clone();
	std::thread::spawn(move || loop {
		std::thread::sleep(SAMPLE);
		let readings = sampler.sample();
		sampling.live_mut().readings = readings;
	});

	let mut server = tokio::spawn(http::serve(listener, shared.clone(), stopped(stop.clone())));
	let config = Config {
		listen: address,
		..config
	};
	let mut work = tokio::spawn(follow(config, store, shared, key, runner, stop.clone()));

	// Neither ends by itself, but for a failure.
	let result = tokio::select! {
		ended = &mut server => ended.context("the HTTP server broke").and_then(|result| result),
		ended = &mut work => ended.context("the job loop broke").and_then(|result| result),
	};
	if !*stop.borrow() {
		work.abort();
		server.abort();
		return result.and(Err(anyhow::anyhow!("a part of the daemon ended by itself")));
	}
	// Whichever ended first, the other has its own grace.
	if !work.is_finished() {
		work.await.context("the job loop broke")??;
	}
	if !server.is_finished() && tokio::time::timeout(HTTP_GRACE, &mut server).await.is_err() {
		server.abort();
	}
	tracing::info!("stopped");
	result
}

/// Connects to the chain and works, until `stop`.
async fn follow(
	config: Config,
	store: Arc<Store>,
	shared: Arc<Shared>,
	key: NodeKey,
	runner: runner::Processes,
	stop: watch::Receiver<bool>,
) -> Result<()> {
	tracing::info!(url = config.node_url, "connecting to the chain");
	let remote = tokio::select! {
		() = stopped(stop.clone()) => return Ok(()),
		remote = chain::Remote::connect(&config.node_url, key) => Arc::new(remote?),
	};
	let genesis = remote.genesis();
	match store.chain() {
		Some(known) if known.genesis != genesis => anyhow::bail!(
			"{} belongs to the chain with genesis {:?}; the node at {} is of the chain with genesis {genesis:?}. \
			 Name another state_dir for another chain",
			config.state_dir.display(),
			known.genesis,
			config.node_url
		),
		Some(_) => {}
		None => {
			let chain = ChainIdentity { genesis, node: None };
			store.save_chain(&chain)?;
			shared.live_mut().chain = Some(chain);
		}
	}
	tracing::info!(url = config.node_url, ?genesis, "connected to the chain");

	let (sender, best) = watch::channel(None);
	let following = remote.clone();
	let follower = tokio::spawn(async move { following.follow(sender).await });
	let source = content::Web {
		timeout: config.fetch_timeout,
		allow_private: config.allow_private_locations,
	};
	let driver = jobs::Driver::new(
		remote,
		Arc::new(runner),
		Arc::new(source),
		store,
		shared,
		Arc::new(config),
	);
	driver.run(best, stop).await;
	follower.abort();
	Ok(())
}

/// Becomes true at the first SIGTERM or SIGINT. The second ends the process at once.
fn stop_signal() -> Result<watch::Receiver<bool>> {
	let (sender, receiver) = watch::channel(false);
	let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
	let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
	tokio::spawn(async move {
		for is_first in [true, false] {
			tokio::select! {
				_ = terminate.recv() => {},
				_ = interrupt.recv() => {},
			}
			if is_first {
				tracing::info!("told to stop; once more to stop at once");
				let _ = sender.send(true);
			}
		}
		std::process::exit(130);
	});
	Ok(receiver)
}

async fn stopped(mut stop: watch::Receiver<bool>) {
	// The sender lives as long as the process.
	let _ = stop.wait_for(|stop| *stop).await;
}
