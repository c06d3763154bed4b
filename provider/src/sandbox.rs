//! The sandbox: a Wasm program with input in, output out, and nothing else.
//!
//! The program gets no imports: no clock, no network, no files, no randomness, so its output is a
//! function of its input. Time, instructions, memory, tables and stack are bounded. The contract
//! between program and sandbox is `docs/jobs.md`.

use anyhow::{Context, Result};
use std::{
	fmt,
	sync::mpsc::{channel, RecvTimeoutError},
	time::{Duration, Instant},
};
use wasmtime::{Config, Engine, Error, Instance, Module, ResourceLimiter, Store, Trap, TypedFunc};

/// What a program may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
	/// Time on the clock, compiling included.
	pub time: Duration,
	/// Wasm instructions.
	pub fuel: u64,
	/// Bytes of memory.
	pub memory: u64,
	/// Bytes of output.
	pub output: u32,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
	/// The output.
	Completed(Vec<u8>),
	/// The program failed, or ran past a limit.
	Trapped(Failure),
}

/// Why a program failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
	NotAModule(String),
	HasImports(String),
	LacksExport(&'static str),
	TooMuchMemory,
	OutOfTime,
	OutOfFuel,
	BadAllocation,
	BadOutput,
	OutputTooLarge { size: u32, most: u32 },
	Trap(String),
}

impl fmt::Display for Failure {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NotAModule(error) => write!(f, "not a valid Wasm module: {error}"),
			Self::HasImports(name) => write!(f, "wants the import {name}; a job has none"),
			Self::LacksExport(name) => write!(f, "does not export {name}"),
			Self::TooMuchMemory => write!(f, "wants more memory than a job may use"),
			Self::OutOfTime => write!(f, "ran past its time"),
			Self::OutOfFuel => write!(f, "executed more instructions than its time allows"),
			Self::BadAllocation => write!(f, "quern_alloc returned a range outside its memory"),
			Self::BadOutput => write!(f, "quern_run returned a range outside its memory"),
			Self::OutputTooLarge { size, most } => write!(f, "its output has {size} bytes; the job allows {most}"),
			Self::Trap(trap) => write!(f, "trapped: {trap}"),
		}
	}
}

/// Bytes of stack of the program. Calls that go deeper trap.
const STACK: usize = 1 << 20;
/// Entries in all of a program's tables.
const TABLE_ENTRIES: usize = 1 << 20;
/// How often a program that ran past its time is told so, until it stops.
const TICK: Duration = Duration::from_millis(20);

struct Bounds {
	memory: usize,
	/// Set once the program was refused memory that it asked for.
	refused: bool,
}

impl ResourceLimiter for Bounds {
	fn memory_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
		let fits = desired <= self.memory;
		self.refused |= !fits;
		Ok(fits)
	}

	fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool> {
		Ok(desired <= TABLE_ENTRIES)
	}

	fn instances(&self) -> usize {
		1
	}

	fn memories(&self) -> usize {
		1
	}

	fn tables(&self) -> usize {
		4
	}
}

/// Runs a program. An error means that this machine could not run it, and says nothing of the program.
///
/// Compiling cannot be interrupted from within: who runs programs of others kills the process when
/// it overstays (`runner`).
pub fn run(program: &[u8], input: &[u8], limits: &Limits) -> Result<Verdict> {
	let deadline = Instant::now() + limits.time;
	let engine = engine()?;
	let module = match Module::from_binary(&engine, program) {
		Ok(module) => module,
		Err(error) => return Ok(Verdict::Trapped(Failure::NotAModule(one_line(&error)))),
	};
	if let Some(import) = module.imports().next() {
		let name = format!("{}.{}", import.module(), import.name());
		return Ok(Verdict::Trapped(Failure::HasImports(name.chars().take(80).collect())));
	}

	let memory = usize::try_from(limits.memory).unwrap_or(usize::MAX);
	let mut store = Store::new(&engine, Bounds { memory, refused: false });
	store.limiter(|bounds| bounds);
	store.set_fuel(limits.fuel)?;
	store.epoch_deadline_trap();
	store.set_epoch_deadline(1);

	let (done, is_done) = channel::<()>();
	std::thread::scope(|scope| {
		let ticker = std::thread::Builder::new()
			.name("deadline".into())
			.spawn_scoped(scope, move || {
				let mut wait = deadline.saturating_duration_since(Instant::now());
				while is_done.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
					engine.increment_epoch();
					wait = TICK;
				}
			});
		ticker.context("cannot start a thread")?;
		let result = execute(&mut store, &module, input, limits.output);
		drop(done);
		Ok(match result {
			Ok(output) => Verdict::Completed(output),
			Err(failure) => Verdict::Trapped(failure),
		})
	})
}

fn engine() -> Result<Engine> {
	let mut config = Config::new();
	config
		.consume_fuel(true)
		.epoch_interruption(true)
		.max_wasm_stack(STACK)
		// The same bits everywhere, so that another machine can check the output.
		.cranelift_nan_canonicalization(true)
		.relaxed_simd_deterministic(true)
		.wasm_memory64(false)
		.wasm_multi_memory(false);
	Engine::new(&config).context("cannot set up the Wasm engine")
}

fn execute(store: &mut Store<Bounds>, module: &Module, input: &[u8], most: u32) -> Result<Vec<u8>, Failure> {
	// A module's start function runs here, under the same limits.
	let instance = match Instance::new(&mut *store, module, &[]) {
		Ok(instance) => instance,
		Err(error) => return Err(failure_of(store, &error)),
	};
	let memory = instance
		.get_memory(&mut *store, "memory")
		.ok_or(Failure::LacksExport("memory"))?;
	let alloc: TypedFunc<u32, u32> = instance
		.get_typed_func(&mut *store, "quern_alloc")
		.map_err(|_| Failure::LacksExport("quern_alloc: (u32) -> u32"))?;
	let run: TypedFunc<(u32, u32), u64> = instance
		.get_typed_func(&mut *store, "quern_run")
		.map_err(|_| Failure::LacksExport("quern_run: (u32, u32) -> u64"))?;

	let length = u32::try_from(input.len()).map_err(|_| Failure::TooMuchMemory)?;
	let pointer = alloc
		.call(&mut *store, length)
		.map_err(|error| failure_of(store, &error))?;
	memory
		.write(&mut *store, pointer as usize, input)
		.map_err(|_| Failure::BadAllocation)?;
	let packed = run
		.call(&mut *store, (pointer, length))
		.map_err(|error| failure_of(store, &error))?;

	let (start, size) = ((packed >> 32) as usize, packed as u32);
	let end = start.checked_add(size as usize).ok_or(Failure::BadOutput)?;
	let output = memory.data(&*store).get(start..end).ok_or(Failure::BadOutput)?;
	if size > most {
		return Err(Failure::OutputTooLarge { size, most });
	}
	Ok(output.to_vec())
}

fn failure_of(store: &Store<Bounds>, error: &Error) -> Failure {
	match error.downcast_ref::<Trap>() {
		Some(Trap::OutOfFuel) => Failure::OutOfFuel,
		Some(Trap::Interrupt) => Failure::OutOfTime,
		// A program that is refused memory commonly gives up: that is the reason to tell.
		Some(Trap::UnreachableCodeReached) if store.data().refused => Failure::TooMuchMemory,
		Some(trap) => Failure::Trap(trap.to_string()),
		None if store.data().refused => Failure::TooMuchMemory,
		None => Failure::Trap(one_line(error)),
	}
}

fn one_line(error: &Error) -> String {
	format!("{error:#}")
		.split_whitespace()
		.collect::<Vec<_>>()
		.join(" ")
		.chars()
		.take(300)
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::wasm_bytes::{
		body, module, with_segments, Export, BLOCK_VOID, BR, CALL, DROP, I32, I32_CONST, I64, I64_CONST, LOCAL_GET,
		LOOP, MEMORY_GROW, MEMORY_SIZE, UNREACHABLE,
	};

	const LIMITS: Limits = Limits {
		time: Duration::from_secs(20),
		fuel: 100_000_000,
		memory: 16 << 20,
		output: 1 << 16,
	};

	fn verdict(program: &[u8], limits: &Limits) -> Verdict {
		run(program, b"hello", limits).expect("the machine can run it")
	}

	fn failure(program: &[u8]) -> Failure {
		match verdict(program, &LIMITS) {
			Verdict::Trapped(failure) => failure,
			Verdict::Completed(output) => panic!("completed with {} bytes", output.len()),
		}
	}

	/// A program whose `quern_alloc` returns 16, and whose `quern_run` is `code`.
	fn program(code: &[&[u8]]) -> Vec<u8> {
		module(&[I32_CONST, &[16]], code)
	}

	/// `quern_run` that returns this packed range.
	fn returns(pointer: u32, length: u32) -> Vec<u8> {
		program(&[
			I64_CONST,
			&signed(((u64::from(pointer) << 32) | u64::from(length)) as i64),
		])
	}

	fn signed(value: i64) -> Vec<u8> {
		crate::wasm_bytes::leb_signed(value)
	}

	fn forever() -> Vec<u8> {
		[LOOP, BLOCK_VOID, BR, &[0], &[0x0b]].concat()
	}

	#[test]
	fn input_goes_in_and_output_comes_out() {
		// The output is the input: ptr << 32 | len.
		let echo = program(&[
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
		]);
		assert_eq!(verdict(&echo, &LIMITS), Verdict::Completed(b"hello".to_vec()));
	}

	#[test]
	fn an_empty_output_is_an_output() {
		assert_eq!(verdict(&returns(0, 0), &LIMITS), Verdict::Completed(vec![]));
	}

	#[test]
	fn stops_an_infinite_loop_by_its_fuel() {
		let endless = program(&[&forever(), UNREACHABLE]);
		assert_eq!(failure(&endless), Failure::OutOfFuel);
	}

	#[test]
	fn stops_an_infinite_loop_by_the_clock() {
		let endless = program(&[&forever(), UNREACHABLE]);
		let limits = Limits {
			time: Duration::from_millis(300),
			fuel: u64::MAX,
			..LIMITS
		};
		let started = Instant::now();
		assert_eq!(verdict(&endless, &limits), Verdict::Trapped(Failure::OutOfTime));
		assert!(started.elapsed() >= limits.time);
		assert!(started.elapsed() < Duration::from_secs(10));
	}

	#[test]
	fn stops_a_start_function_that_loops() {
		let start = with_segments(
			&[(I32, &[I32_CONST, &[16]]), (I64, &[I64_CONST, &[0]])],
			Some(&[&forever()]),
			&[],
		);
		assert_eq!(failure(&start), Failure::OutOfFuel);
		let limits = Limits {
			time: Duration::from_millis(300),
			fuel: u64::MAX,
			..LIMITS
		};
		assert_eq!(verdict(&start, &limits), Verdict::Trapped(Failure::OutOfTime));
	}

	#[test]
	fn stops_an_allocator_that_loops() {
		let endless = module(&[&forever(), UNREACHABLE], &[I64_CONST, &[0]]);
		assert_eq!(failure(&endless), Failure::OutOfFuel);
	}

	#[test]
	fn refuses_memory_above_the_limit() {
		// Grows by a page for ever; memory.grow says -1 at the limit, and the fuel ends it.
		let bomb = program(&[
			LOOP,
			BLOCK_VOID,
			I32_CONST,
			&[1],
			MEMORY_GROW,
			DROP,
			BR,
			&[0],
			&[0x0b],
			UNREACHABLE,
		]);
		assert_eq!(failure(&bomb), Failure::OutOfFuel);
		// Takes all it gets, then gives up.
		let giving_up = program(&[I32_CONST, &signed(10_000), MEMORY_GROW, DROP, UNREACHABLE]);
		assert_eq!(failure(&giving_up), Failure::TooMuchMemory);
		// Learns of its limit and lives with it: one page, as at the start.
		let modest = program(&[
			I32_CONST,
			&signed(10_000),
			MEMORY_GROW,
			DROP,
			MEMORY_SIZE,
			&[0xad], // i64.extend_i32_u
		]);
		assert_eq!(verdict(&modest, &LIMITS), Verdict::Completed(b"\0".to_vec()));
	}

	#[test]
	fn refuses_a_module_that_begins_with_too_much_memory() {
		let large = with_segments(
			&[(I32, &[I32_CONST, &[16]]), (I64, &[I64_CONST, &[0]])],
			None,
			&[crate::wasm_bytes::Segment::Memory(1000)],
		);
		assert_eq!(failure(&large), Failure::TooMuchMemory);
	}

	#[test]
	fn refuses_a_table_bomb() {
		let large = with_segments(
			&[(I32, &[I32_CONST, &[16]]), (I64, &[I64_CONST, &[0]])],
			None,
			&[crate::wasm_bytes::Segment::Table(9_000_000)],
		);
		assert!(matches!(failure(&large), Failure::Trap(_)));
	}

	#[test]
	fn refuses_imports() {
		let importing = with_segments(
			&[(I32, &[I32_CONST, &[16]]), (I64, &[I64_CONST, &[0]])],
			None,
			&[crate::wasm_bytes::Segment::Import("wasi_snapshot_preview1", "fd_write")],
		);
		assert_eq!(
			failure(&importing),
			Failure::HasImports("wasi_snapshot_preview1.fd_write".into())
		);
	}

	#[test]
	fn refuses_what_is_not_a_module() {
		for bytes in [&b""[..], b"\0asm", b"#!/bin/sh", b"(module)", &returns(0, 0)[..30]] {
			assert!(matches!(failure(bytes), Failure::NotAModule(_)), "{bytes:?}");
		}
		// A body that leaves nothing on the stack.
		assert!(matches!(failure(&program(&[])), Failure::NotAModule(_)));
	}

	#[test]
	fn refuses_bad_exports() {
		let functions: &[(u8, &[&[u8]])] = &[(I32, &[I32_CONST, &[16]]), (I64, &[I64_CONST, &[0]])];
		let without = |left: &[Export]| failure(&crate::wasm_bytes::with_exports(functions, left));
		use Export::{Function, Memory};
		assert_eq!(
			without(&[Function("quern_alloc", 0), Function("quern_run", 1)]),
			Failure::LacksExport("memory")
		);
		assert!(
			matches!(without(&[Memory, Function("quern_run", 1)]), Failure::LacksExport(name) if name.starts_with("quern_alloc"))
		);
		assert!(
			matches!(without(&[Memory, Function("quern_alloc", 0)]), Failure::LacksExport(name) if name.starts_with("quern_run"))
		);
		// Of the wrong type.
		assert!(matches!(
			without(&[Memory, Function("quern_alloc", 1), Function("quern_run", 0)]),
			Failure::LacksExport(name) if name.starts_with("quern_alloc")
		));
		// `memory` is a function.
		assert_eq!(
			without(&[
				Function("memory", 0),
				Function("quern_alloc", 0),
				Function("quern_run", 1)
			]),
			Failure::LacksExport("memory")
		);
	}

	#[test]
	fn refuses_ranges_outside_the_memory() {
		for (pointer, length) in [
			(65_536, 1),
			(65_530, 7),
			(u32::MAX, 1),
			(u32::MAX, u32::MAX),
			(0, 65_537),
		] {
			assert_eq!(
				failure(&returns(pointer, length)),
				Failure::BadOutput,
				"{pointer} {length}"
			);
		}
		for pointer in [65_536, 65_532, u32::MAX] {
			let bad = module(&[I32_CONST, &signed(i64::from(pointer as i32))], &[I64_CONST, &[0]]);
			assert_eq!(failure(&bad), Failure::BadAllocation, "{pointer}");
		}
	}

	#[test]
	fn refuses_an_output_larger_than_promised() {
		let limits = Limits { output: 99, ..LIMITS };
		let large = verdict(&returns(1024, 100), &limits);
		assert_eq!(large, Verdict::Trapped(Failure::OutputTooLarge { size: 100, most: 99 }));
		assert_eq!(verdict(&returns(1024, 99), &limits), Verdict::Completed(vec![0; 99]));
	}

	#[test]
	fn a_trap_is_told() {
		assert!(matches!(failure(&program(&[UNREACHABLE])), Failure::Trap(_)));
	}

	#[test]
	fn stops_endless_recursion() {
		// quern_run calls itself: function 1 with its own arguments.
		let deep = program(&[LOCAL_GET, &[0], LOCAL_GET, &[1], CALL, &[1]]);
		assert!(matches!(failure(&deep), Failure::Trap(trap) if trap.contains("stack")));
	}

	#[test]
	fn the_encoder_itself_is_right() {
		assert_eq!(body(&[I32_CONST, &[16]]), [4, 0, 0x41, 16, 0x0b]);
	}
}
