//! PNG with a palette, the data stored without compression: small to write, and right.

use alloc::vec::Vec;

const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n'];
/// Most bytes of a stored block of deflate.
const BLOCK: usize = 65_535;

/// A picture of `width * height` palette indices, row by row.
pub fn encode(width: u32, height: u32, palette: &[[u8; 3]; 256], pixels: &[u8]) -> Vec<u8> {
	let mut data = Vec::with_capacity(pixels.len() + height as usize);
	for row in pixels.chunks(width as usize) {
		// No filter.
		data.push(0);
		data.extend_from_slice(row);
	}
	let mut header = Vec::new();
	header.extend_from_slice(&width.to_be_bytes());
	header.extend_from_slice(&height.to_be_bytes());
	// 8 bits, palette, deflate, adaptive filters, not interlaced.
	header.extend_from_slice(&[8, 3, 0, 0, 0]);

	let mut png = SIGNATURE.to_vec();
	chunk(&mut png, b"IHDR", &header);
	chunk(&mut png, b"PLTE", palette.as_flattened());
	chunk(&mut png, b"IDAT", &zlib(&data));
	chunk(&mut png, b"IEND", &[]);
	png
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
	png.extend_from_slice(&(data.len() as u32).to_be_bytes());
	let start = png.len();
	png.extend_from_slice(kind);
	png.extend_from_slice(data);
	let crc = crc32(&png[start..]);
	png.extend_from_slice(&crc.to_be_bytes());
}

/// A zlib stream of stored blocks.
fn zlib(data: &[u8]) -> Vec<u8> {
	let mut stream = Vec::with_capacity(data.len() + data.len() / BLOCK * 5 + 16);
	// Deflate with a window of 32 KiB, and the check bits of that.
	stream.extend_from_slice(&[0x78, 0x01]);
	let mut blocks = data.chunks(BLOCK).peekable();
	while let Some(block) = blocks.next() {
		let length = block.len() as u16;
		stream.push(u8::from(blocks.peek().is_none()));
		stream.extend_from_slice(&length.to_le_bytes());
		stream.extend_from_slice(&(!length).to_le_bytes());
		stream.extend_from_slice(block);
	}
	stream.extend_from_slice(&adler32(data).to_be_bytes());
	stream
}

fn crc32(data: &[u8]) -> u32 {
	const TABLE: [u32; 256] = {
		let mut table = [0; 256];
		let mut index = 0;
		while index < 256 {
			let mut value = index as u32;
			let mut bit = 0;
			while bit < 8 {
				value = if value & 1 == 1 {
					0xedb8_8320 ^ (value >> 1)
				} else {
					value >> 1
				};
				bit += 1;
			}
			table[index] = value;
			index += 1;
		}
		table
	};
	!data.iter().fold(!0, |crc, byte| {
		TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8)
	})
}

fn adler32(data: &[u8]) -> u32 {
	const MODULUS: u32 = 65_521;
	let (mut a, mut b) = (1u32, 0u32);
	// So many bytes cannot overflow 32 bits.
	for part in data.chunks(5_552) {
		for byte in part {
			a += u32::from(*byte);
			b += a;
		}
		a %= MODULUS;
		b %= MODULUS;
	}
	b << 16 | a
}

/// Reads back what `encode` writes, checking every length and sum.
#[cfg(test)]
pub fn decode(png: &[u8]) -> (u32, u32, Vec<u8>) {
	fn number(bytes: &[u8]) -> u32 {
		u32::from_be_bytes(bytes[..4].try_into().expect("four bytes"))
	}
	assert_eq!(png[..8], SIGNATURE);
	let (mut rest, mut chunks) = (&png[8..], Vec::new());
	while !rest.is_empty() {
		let length = number(rest) as usize;
		assert_eq!(
			crc32(&rest[4..8 + length]),
			number(&rest[8 + length..]),
			"the chunk's CRC"
		);
		chunks.push((&rest[4..8], &rest[8..8 + length]));
		rest = &rest[12 + length..];
	}
	let names: Vec<_> = chunks.iter().map(|(kind, _)| *kind).collect();
	assert_eq!(names, [&b"IHDR"[..], b"PLTE", b"IDAT", b"IEND"]);
	let (width, height) = (number(chunks[0].1), number(&chunks[0].1[4..]));
	assert_eq!(chunks[0].1[8..], [8, 3, 0, 0, 0]);
	assert_eq!(chunks[1].1.len(), 768);

	let stream = chunks[2].1;
	assert_eq!(u16::from_be_bytes([stream[0], stream[1]]) % 31, 0, "zlib's check bits");
	let (mut data, mut at) = (Vec::new(), 2);
	loop {
		let is_last = stream[at];
		let length = u16::from_le_bytes([stream[at + 1], stream[at + 2]]);
		assert_eq!(u16::from_le_bytes([stream[at + 3], stream[at + 4]]), !length);
		data.extend_from_slice(&stream[at + 5..at + 5 + length as usize]);
		at += 5 + length as usize;
		if is_last == 1 {
			break;
		}
		assert_eq!(is_last, 0);
	}
	assert_eq!(number(&stream[at..]), adler32(&data), "the stream's Adler-32");
	assert_eq!(at + 4, stream.len());

	let mut pixels = Vec::new();
	for row in data.chunks(width as usize + 1) {
		assert_eq!(row[0], 0, "no filter");
		pixels.extend_from_slice(&row[1..]);
	}
	assert_eq!(pixels.len(), width as usize * height as usize);
	(width, height, pixels)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn sums_are_as_published() {
		assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
		assert_eq!(crc32(b"IEND"), 0xae42_6082);
		assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
		assert!(adler32(&[0xff; 1_000_000]) >> 16 < 65_521);
	}
}
