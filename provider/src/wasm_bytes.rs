//! Wasm modules written byte by byte, for tests of the sandbox.

/// Value types.
pub const I32: u8 = 0x7f;
pub const I64: u8 = 0x7e;
/// Instructions.
pub const UNREACHABLE: &[u8] = &[0x00];
pub const LOOP: &[u8] = &[0x03];
pub const BLOCK_VOID: &[u8] = &[0x40];
pub const BR: &[u8] = &[0x0c];
pub const CALL: &[u8] = &[0x10];
pub const DROP: &[u8] = &[0x1a];
pub const LOCAL_GET: &[u8] = &[0x20];
pub const MEMORY_SIZE: &[u8] = &[0x3f, 0x00];
pub const MEMORY_GROW: &[u8] = &[0x40, 0x00];
pub const I32_CONST: &[u8] = &[0x41];
pub const I64_CONST: &[u8] = &[0x42];

/// What a module has beside a job's functions and one page of memory.
pub enum Segment {
	/// This many pages of memory instead of one.
	Memory(u64),
	/// A table of functions with this many entries.
	Table(u64),
	/// An imported function `() -> ()`.
	Import(&'static str, &'static str),
}

/// An export, by name and index.
#[derive(Clone, Copy)]
pub enum Export {
	Function(&'static str, u8),
	Memory,
}

pub fn leb(mut value: u64) -> Vec<u8> {
	let mut bytes = Vec::new();
	loop {
		let byte = (value & 0x7f) as u8;
		value >>= 7;
		if value == 0 {
			bytes.push(byte);
			return bytes;
		}
		bytes.push(byte | 0x80);
	}
}

pub fn leb_signed(mut value: i64) -> Vec<u8> {
	let mut bytes = Vec::new();
	loop {
		let byte = (value & 0x7f) as u8;
		value >>= 7;
		if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
			bytes.push(byte);
			return bytes;
		}
		bytes.push(byte | 0x80);
	}
}

fn section(id: u8, content: &[u8]) -> Vec<u8> {
	[&[id][..], &leb(content.len() as u64), content].concat()
}

fn name(text: &str) -> Vec<u8> {
	[&leb(text.len() as u64)[..], text.as_bytes()].concat()
}

/// A function's body without locals.
pub fn body(code: &[&[u8]]) -> Vec<u8> {
	let code = [&[0][..], &code.concat(), &[0x0b]].concat();
	[&leb(code.len() as u64)[..], &code].concat()
}

/// A job with these bodies of `quern_alloc` and `quern_run`.
pub fn module(alloc: &[&[u8]], run: &[&[u8]]) -> Vec<u8> {
	with_segments(&[(I32, alloc), (I64, run)], None, &[])
}

/// A module that exports other things.
pub fn with_exports(functions: &[(u8, &[&[u8]])], exports: &[Export]) -> Vec<u8> {
	build(functions, None, &[], exports)
}

/// A job with more segments, and perhaps a start function.
pub fn with_segments(functions: &[(u8, &[&[u8]])], start: Option<&[&[u8]]>, segments: &[Segment]) -> Vec<u8> {
	let first = u8::from(segments.iter().any(|segment| matches!(segment, Segment::Import(..))));
	let exports = [
		Export::Memory,
		Export::Function("quern_alloc", first),
		Export::Function("quern_run", first + 1),
	];
	build(functions, start, segments, &exports)
}

/// `functions` are `(u32) -> i32` if they return I32, and `(u32, u32) -> i64` if I64.
fn build(functions: &[(u8, &[&[u8]])], start: Option<&[&[u8]]>, segments: &[Segment], exports: &[Export]) -> Vec<u8> {
	let mut bytes = b"\0asm\x01\0\0\0".to_vec();
	bytes.extend(section(
		1,
		&[3, 0x60, 1, I32, 1, I32, 0x60, 2, I32, I32, 1, I64, 0x60, 0, 0],
	));

	let mut imported = 0;
	for segment in segments {
		if let Segment::Import(module, function) = segment {
			bytes.extend(section(
				2,
				&[&[1][..], &name(module), &name(function), &[0, 2]].concat(),
			));
			imported = 1;
		}
	}

	let mut types: Vec<u8> = functions
		.iter()
		.map(|(returned, _)| u8::from(*returned == I64))
		.collect();
	let mut bodies: Vec<Vec<u8>> = functions.iter().map(|(_, code)| body(code)).collect();
	if let Some(code) = start {
		types.push(2);
		bodies.push(body(code));
	}
	bytes.extend(section(3, &[&[types.len() as u8][..], &types].concat()));

	let mut pages = 1;
	for segment in segments {
		match segment {
			Segment::Memory(number) => pages = *number,
			Segment::Table(entries) => bytes.extend(section(4, &[&[1, 0x70, 0][..], &leb(*entries)].concat())),
			Segment::Import(..) => {}
		}
	}
	bytes.extend(section(5, &[&[1, 0][..], &leb(pages)].concat()));

	let mut content = vec![exports.len() as u8];
	for export in exports {
		match export {
			Export::Function(text, index) => content.extend([&name(text)[..], &[0, *index]].concat()),
			Export::Memory => content.extend([&name("memory")[..], &[2, 0]].concat()),
		}
	}
	bytes.extend(section(7, &content));
	if start.is_some() {
		bytes.extend(section(8, &[imported + types.len() as u8 - 1]));
	}
	bytes.extend(section(10, &[&[bodies.len() as u8][..], &bodies.concat()].concat()));
	bytes
}
