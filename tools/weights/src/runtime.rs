//! A runtime's Wasm, compiled once, on states that begin at its genesis.

use crate::clock::WithThreadTime;
use anyhow::{anyhow, bail, Context, Result};
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_benchmarking::{self, BenchmarkBatch, BenchmarkConfig, BenchmarkList, BenchmarkParameter, BenchmarkResult},
	frame_support::traits::StorageInfo,
	sc_chain_spec::GenesisConfigBuilderRuntimeCaller,
	sc_client_db::BenchmarkingState,
	sc_executor::{WasmExecutionMethod, WasmExecutor},
	sp_core::traits::{CallContext, RuntimeCode, WrappedRuntimeCode},
	sp_externalities::Extensions,
	sp_io::{hashing::blake2_256, SubstrateHostFunctions},
	sp_keystore::{testing::MemoryKeystore, KeystoreExt},
	sp_runtime::traits::BlakeTwo256,
	sp_state_machine::{OverlayedChanges, StateMachine},
	sp_storage::well_known_keys,
};
use std::{borrow::Cow, fmt};

type BenchmarkFunctions = frame_benchmarking::benchmarking::HostFunctions;
type Executor = WasmExecutor<WithThreadTime<(SubstrateHostFunctions, BenchmarkFunctions)>>;
type State = BenchmarkingState<BlakeTwo256>;

/// A value of each parameter.
pub type Components = Vec<(BenchmarkParameter, u32)>;

/// A benchmark that the runtime has.
#[derive(Clone, Debug)]
pub struct Benchmark {
	/// The pallet, as its crate is called in Rust.
	pub pallet: String,
	/// Its name in the runtime.
	pub instance: String,
	/// The benchmark.
	pub name: String,
	/// Its parameters with their least and greatest values, in the order of its arguments.
	pub components: Vec<(BenchmarkParameter, u32, u32)>,
}

impl fmt::Display for Benchmark {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "{}::{}", self.pallet, self.name)?;
		for (parameter, least, greatest) in &self.components {
			write!(f, " {parameter}={least}..{greatest}")?;
		}
		Ok(())
	}
}

/// Which state a benchmark runs on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum On {
	/// One that does nothing but store: for times.
	Plain,
	/// One that notes what is read, written, and proven.
	Tracking,
}

/// A runtime ready to be called.
pub struct Runtime<'a> {
	code: WrappedRuntimeCode<'a>,
	hash: Vec<u8>,
	executor: Executor,
	plain: State,
	tracking: State,
}

impl<'a> Runtime<'a> {
	/// Compiles `code`, and builds the genesis of its `preset`.
	pub fn new(code: &'a [u8], preset: &str) -> Result<Self> {
		let mut genesis = GenesisConfigBuilderRuntimeCaller::<BenchmarkFunctions>::new(code)
			.get_storage_for_named_preset(Some(&preset.to_string()))
			.map_err(|error| anyhow!("no genesis from the preset {preset:?}: {error}"))?;
		genesis.top.insert(well_known_keys::CODE.to_vec(), code.to_vec());
		let state = |tracking| {
			// A chain of its own makes no proofs while it runs, so times are taken without.
			State::new(genesis.clone(), None, tracking, tracking).map_err(|error| anyhow!("no state: {error}"))
		};
		Ok(Self {
			code: WrappedRuntimeCode(Cow::Borrowed(code)),
			hash: blake2_256(code).to_vec(),
			executor: WasmExecutor::builder()
				.with_execution_method(WasmExecutionMethod::default())
				.with_allow_missing_host_functions(false)
				.with_max_runtime_instances(2)
				.with_runtime_cache_size(2)
				.build(),
			plain: state(false)?,
			tracking: state(true)?,
		})
	}

	/// The runtime's benchmarks; those too that are `extra`, and no function's weight.
	pub fn benchmarks(&self, extra: bool) -> Result<Vec<Benchmark>> {
		let text = |bytes| String::from_utf8(bytes).context("a benchmark's name is no text");
		let mut found = Vec::new();
		for pallet in self.metadata(extra)?.0 {
			let (name, instance) = (text(pallet.pallet)?, text(pallet.instance)?);
			for benchmark in pallet.benchmarks {
				found.push(Benchmark {
					pallet: name.clone(),
					instance: instance.clone(),
					name: text(benchmark.name)?,
					components: benchmark.components,
				});
			}
		}
		Ok(found)
	}

	/// The pallets' storage, with the bounds of its items.
	pub fn storage(&self) -> Result<Vec<StorageInfo>> {
		Ok(self.metadata(false)?.1)
	}

	fn metadata(&self, extra: bool) -> Result<(Vec<BenchmarkList>, Vec<StorageInfo>)> {
		self.call(On::Plain, "Benchmark_benchmark_metadata", &extra.encode())
			.context("is the runtime built with `runtime-benchmarks`?")
	}

	/// Runs a benchmark `repeats` times, its checks of the outcome too if `verify`.
	pub fn run(
		&self,
		on: On,
		benchmark: &Benchmark,
		components: &Components,
		repeats: u32,
		verify: bool,
	) -> Result<Vec<BenchmarkResult>> {
		let config = BenchmarkConfig {
			pallet: benchmark.pallet.clone().into_bytes(),
			instance: benchmark.instance.clone().into_bytes(),
			benchmark: benchmark.name.clone().into_bytes(),
			selected_components: components.clone(),
			verify,
			internal_repeats: repeats,
		};
		let batches: std::result::Result<Vec<BenchmarkBatch>, String> =
			self.call(on, "Benchmark_dispatch_benchmark", &config.encode())?;
		let results: Vec<BenchmarkResult> = batches
			.map_err(|error| anyhow!(error))?
			.into_iter()
			.flat_map(|batch| batch.results)
			.collect();
		if results.is_empty() {
			bail!("it gave no result");
		}
		Ok(results)
	}

	/// Calls a function of the runtime's API.
	pub fn call<R: Decode>(&self, on: On, function: &str, arguments: &[u8]) -> Result<R> {
		let mut changes = OverlayedChanges::<BlakeTwo256>::default();
		let mut extensions = Extensions::default();
		extensions.register(KeystoreExt::new(MemoryKeystore::new()));
		let code = RuntimeCode {
			code_fetcher: &self.code,
			heap_pages: None,
			hash: self.hash.clone(),
		};
		let state = match on {
			On::Plain => &self.plain,
			On::Tracking => &self.tracking,
		};
		let answer = StateMachine::new(
			state,
			&mut changes,
			&self.executor,
			function,
			arguments,
			&mut extensions,
			&code,
			CallContext::Offchain,
		)
		.execute()
		.map_err(|error| anyhow!("{function}: {error}"))?;
		R::decode(&mut &answer[..]).with_context(|| format!("{function} answered what is not understood"))
	}
}
