//! What a program needs to run as a job on Quern: bytes in, bytes out.
//!
//! ```text
//! #![cfg_attr(target_family = "wasm", no_std)]
//! extern crate alloc;
//! use alloc::vec::Vec;
//!
//! quern_job::job!(reverse);
//!
//! fn reverse(input: &[u8]) -> Vec<u8> {
//!     input.iter().rev().copied().collect()
//! }
//! ```
//!
//! Built as a `cdylib` for `wasm32v1-none`, this exports what the providers' sandbox calls
//! (docs/jobs.md): `memory`, `quern_alloc` and `quern_run`. It imports nothing. A panic is a trap.
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

use alloc::{
	format,
	string::{String, ToString},
	vec::Vec,
};
use core::str::FromStr;

/// Makes a function `fn(&[u8]) -> Vec<u8>` the job.
#[macro_export]
macro_rules! job {
	($run:path) => {
		/// Reserves bytes for the input.
		#[cfg(target_family = "wasm")]
		#[no_mangle]
		pub extern "C" fn quern_alloc(length: u32) -> u32 {
			$crate::abi::reserve(length)
		}

		/// Runs the job on the input.
		#[cfg(target_family = "wasm")]
		#[no_mangle]
		pub extern "C" fn quern_run(pointer: u32, length: u32) -> u64 {
			$crate::abi::run(pointer, length, $run)
		}
	};
}

/// The two functions of the contract. Only for Wasm: a pointer has 32 bits there.
#[cfg(target_family = "wasm")]
pub mod abi {
	use alloc::{vec, vec::Vec};

	/// Reserves bytes that are never freed.
	pub fn reserve(length: u32) -> u32 {
		vec![0u8; length as usize].leak().as_mut_ptr() as u32
	}

	/// Runs a job on the bytes at `pointer`; the output's place is `pointer << 32 | length`.
	pub fn run(pointer: u32, length: u32, job: fn(&[u8]) -> Vec<u8>) -> u64 {
		// SAFETY: the host passes what `reserve` returned, with the length it asked for, and has
		// filled it; nobody frees or changes it.
		let input = unsafe { core::slice::from_raw_parts(pointer as *const u8, length as usize) };
		let output = job(input).leak();
		(output.as_ptr() as u64) << 32 | output.len() as u64
	}
}

#[cfg(target_family = "wasm")]
mod machine {
	use core::{
		alloc::{GlobalAlloc, Layout},
		arch::wasm32::{memory_grow, memory_size, unreachable},
		cell::Cell,
		ptr::null_mut,
	};

	const PAGE: usize = 65_536;

	extern "C" {
		/// Where the linker's own data ends.
		static __heap_base: u8;
	}

	/// Hands out memory upwards. Only the newest block is ever given back or grown in place: jobs
	/// are short, and their large buffers grow one at a time.
	struct Bump {
		next: Cell<usize>,
	}

	// SAFETY: a job has one thread.
	unsafe impl Sync for Bump {}

	#[global_allocator]
	static HEAP: Bump = Bump { next: Cell::new(0) };

	impl Bump {
		fn next(&self) -> usize {
			match self.next.get() {
				// SAFETY: only the symbol's address is taken.
				0 => unsafe { &__heap_base as *const u8 as usize },
				next => next,
			}
		}

		/// Makes `end` the end of what is used, growing the memory if need be.
		fn extend_to(&self, end: usize) -> bool {
			let have = memory_size(0) * PAGE;
			if end > have && memory_grow(0, (end - have).div_ceil(PAGE)) == usize::MAX {
				return false;
			}
			self.next.set(end);
			true
		}
	}

	// SAFETY: blocks do not overlap: each begins at or above the end of all others. Sums are checked.
	unsafe impl GlobalAlloc for Bump {
		unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
			let start = match self.next().checked_next_multiple_of(layout.align()) {
				Some(start) => start,
				None => return null_mut(),
			};
			match start.checked_add(layout.size()) {
				Some(end) if self.extend_to(end) => start as *mut u8,
				_ => null_mut(),
			}
		}

		unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
			if block as usize + layout.size() == self.next() {
				self.next.set(block as usize);
			}
		}

		unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
			let is_newest = block as usize + layout.size() == self.next();
			if is_newest {
				return match (block as usize).checked_add(size) {
					Some(end) if self.extend_to(end) => block,
					_ => null_mut(),
				};
			}
			if size <= layout.size() {
				return block;
			}
			let Ok(larger) = Layout::from_size_align(size, layout.align()) else {
				return null_mut();
			};
			let new = self.alloc(larger);
			if !new.is_null() {
				core::ptr::copy_nonoverlapping(block, new, layout.size());
			}
			new
		}
	}

	#[panic_handler]
	fn panic(_: &core::panic::PanicInfo) -> ! {
		unreachable()
	}
}

/// An input of words `name=value`, for jobs that people call by hand.
///
/// Every word must be taken, so that a misspelt name is an error and no silent default.
pub struct Parameters<'a> {
	words: Vec<(&'a str, &'a str)>,
}

impl<'a> Parameters<'a> {
	/// Reads the words.
	pub fn parse(input: &'a [u8]) -> Result<Self, String> {
		let text = core::str::from_utf8(input).map_err(|_| "the input is not text".to_string())?;
		let mut words: Vec<(&str, &str)> = Vec::new();
		for word in text.split_whitespace() {
			let (name, value) = word
				.split_once('=')
				.ok_or_else(|| format!("`{word}` is not of the form name=value"))?;
			if words.iter().any(|(other, _)| *other == name) {
				return Err(format!("`{name}` is there twice"));
			}
			words.push((name, value));
		}
		Ok(Self { words })
	}

	/// Takes a parameter, or its default.
	pub fn take<T: FromStr>(&mut self, name: &str, default: T) -> Result<T, String> {
		match self.words.iter().position(|(other, _)| *other == name) {
			Some(index) => {
				let (_, value) = self.words.remove(index);
				value.parse().map_err(|_| format!("`{value}` is no value for {name}"))
			}
			None => Ok(default),
		}
	}

	/// Nothing may be left.
	pub fn end(self) -> Result<(), String> {
		match self.words.first() {
			Some((name, _)) => Err(format!("there is no parameter `{name}`")),
			None => Ok(()),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_parameters() {
		let mut parameters = Parameters::parse(b" width=640\n x=-0.5 ").expect("valid");
		assert_eq!(parameters.take("width", 1u32), Ok(640));
		assert_eq!(parameters.take("height", 480u32), Ok(480));
		assert_eq!(parameters.take("x", 0.0), Ok(-0.5));
		assert_eq!(parameters.end(), Ok(()));
	}

	#[test]
	fn says_what_is_wrong() {
		for (input, told) in [
			(&b"\xff"[..], "not text"),
			(b"width", "`width` is not of the form"),
			(b"width=1 width=2", "twice"),
			(b"width=-1", "`-1` is no value for width"),
			(b"widht=1", "no parameter `widht`"),
		] {
			let result = Parameters::parse(input).and_then(|mut parameters| {
				parameters.take("width", 1u32)?;
				parameters.end()
			});
			assert!(result.as_ref().is_err_and(|error| error.contains(told)), "{result:?}");
		}
	}
}
