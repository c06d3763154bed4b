//! Renders a part of the Mandelbrot set.
//!
//! Input: `width=640 height=480 x=-0.5 y=0 zoom=1 iterations=500`, every word optional. Output: a PNG
//! with a palette of 256 colours. Zoom 1 shows 3.5 units across; x and y are the middle.
#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod png;

use alloc::{format, string::String, vec::Vec};
use quern_job::Parameters;

quern_job::job!(run);

/// The most pixels of a side, and in all.
const MAX_SIDE: u32 = 16_384;
const MAX_PIXELS: u64 = 1 << 26;
const MAX_ITERATIONS: u32 = 10_000_000;
/// Units across at zoom 1.
const ACROSS: f64 = 3.5;
/// A point that is this far out (squared) has escaped. Further than it must be, so that the bands
/// between two iterations join smoothly.
const ESCAPE: f64 = 65_536.0;
/// Colours that an iteration passes.
const COLOURS_PER_ITERATION: f64 = 4.0;

/// The job: a bad input gives a text that says so.
pub fn run(input: &[u8]) -> Vec<u8> {
	match View::parse(input) {
		Ok(view) => view.render(),
		Err(error) => format!("error: {error}\n").into_bytes(),
	}
}

/// What is shown.
#[derive(Debug, PartialEq)]
struct View {
	width: u32,
	height: u32,
	x: f64,
	y: f64,
	zoom: f64,
	iterations: u32,
}

impl View {
	fn parse(input: &[u8]) -> Result<Self, String> {
		let mut parameters = Parameters::parse(input)?;
		let view = View {
			width: parameters.take("width", 640)?,
			height: parameters.take("height", 480)?,
			x: parameters.take("x", -0.5)?,
			y: parameters.take("y", 0.0)?,
			zoom: parameters.take("zoom", 1.0)?,
			iterations: parameters.take("iterations", 500)?,
		};
		parameters.end()?;
		if !(1..=MAX_SIDE).contains(&view.width) || !(1..=MAX_SIDE).contains(&view.height) {
			return Err(format!("width and height must be between 1 and {MAX_SIDE}"));
		}
		if u64::from(view.width) * u64::from(view.height) > MAX_PIXELS {
			return Err(format!("the picture would have more than {MAX_PIXELS} pixels"));
		}
		if !(1..=MAX_ITERATIONS).contains(&view.iterations) {
			return Err(format!("iterations must be between 1 and {MAX_ITERATIONS}"));
		}
		// Written so that what is no number fails, too.
		if !(view.x.abs() <= 4.0 && view.y.abs() <= 4.0) {
			return Err("x and y must be between -4 and 4".into());
		}
		if !(view.zoom >= 0.1 && view.zoom <= 1e13) {
			return Err("zoom must be between 0.1 and 1e13".into());
		}
		Ok(view)
	}

	fn render(&self) -> Vec<u8> {
		let step = ACROSS / self.zoom / f64::from(self.width);
		let left = self.x - step * (f64::from(self.width) - 1.0) / 2.0;
		let top = self.y + step * (f64::from(self.height) - 1.0) / 2.0;
		let mut pixels = Vec::with_capacity(self.width as usize * self.height as usize);
		for row in 0..self.height {
			for column in 0..self.width {
				let x = left + step * f64::from(column);
				let y = top - step * f64::from(row);
				pixels.push(colour(x, y, self.iterations));
			}
		}
		png::encode(self.width, self.height, &palette(), &pixels)
	}
}

/// The colour of a point: 0 inside the set, else 1 to 255 by how fast it escapes.
fn colour(x: f64, y: f64, iterations: u32) -> u8 {
	if is_in_large_bulbs(x, y) {
		return 0;
	}
	let (mut a, mut b) = (0.0, 0.0);
	for iteration in 0..iterations {
		let (aa, bb) = (a * a, b * b);
		if aa + bb > ESCAPE {
			// Between two iterations |z| is squared, its logarithm doubled: log2(log2 |z|) falls by one.
			let smooth = f64::from(iteration) + 5.0 - log2(log2(aa + bb));
			return ((smooth.max(0.0) * COLOURS_PER_ITERATION) as u64 % 255) as u8 + 1;
		}
		b = 2.0 * a * b + y;
		a = aa - bb + x;
	}
	0
}

/// Whether a point lies in the cardioid or the disc west of it, where no iteration ends.
fn is_in_large_bulbs(x: f64, y: f64) -> bool {
	let yy = y * y;
	let q = (x - 0.25) * (x - 0.25) + yy;
	q * (q + (x - 0.25)) <= 0.25 * yy || (x + 1.0) * (x + 1.0) + yy <= 0.0625
}

/// Base-2 logarithm of a positive number, to about three digits: enough for a colour, and the same
/// bits on every machine.
fn log2(value: f64) -> f64 {
	let bits = value.to_bits();
	let exponent = ((bits >> 52) & 0x7ff) as i64 - 1023;
	let mantissa = f64::from_bits((bits & ((1 << 52) - 1)) | (1023 << 52));
	let t = mantissa - 1.0;
	exponent as f64 + t * (1.4387 + t * (-0.6778 + t * (0.3218 - t * 0.0827)))
}

/// The colours that the palette runs through and back to the first.
const STOPS: [(f64, [u8; 3]); 6] = [
	(0.0, [0, 7, 100]),
	(0.16, [32, 107, 203]),
	(0.42, [237, 255, 255]),
	(0.6425, [255, 170, 0]),
	(0.8575, [40, 8, 20]),
	(1.0, [0, 7, 100]),
];

fn palette() -> [[u8; 3]; 256] {
	let mut palette = [[0; 3]; 256];
	for (index, entry) in palette.iter_mut().enumerate().skip(1) {
		let at = (index - 1) as f64 / 255.0;
		for pair in STOPS.windows(2) {
			let ((start, from), (end, to)) = (pair[0], pair[1]);
			if at >= start && at <= end {
				let part = (at - start) / (end - start);
				for channel in 0..3 {
					let (low, high) = (f64::from(from[channel]), f64::from(to[channel]));
					entry[channel] = (low + (high - low) * part + 0.5) as u8;
				}
			}
		}
	}
	palette
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn renders_a_png_that_decodes() {
		let (width, height, pixels) = png::decode(&run(b"width=64 height=48 iterations=200"));
		assert_eq!((width, height, pixels.len()), (64, 48, 64 * 48));
		// The middle of the view is inside the set, the corners are far out.
		assert_eq!(pixels[24 * 64 + 32], 0);
		assert_ne!(pixels[0], 0);
		// Above and below the axis it is the same.
		for row in 0..24 {
			assert_eq!(pixels[row * 64..][..64], pixels[(47 - row) * 64..][..64], "row {row}");
		}
		assert!(
			pixels.iter().collect::<std::collections::BTreeSet<_>>().len() > 20,
			"a picture has colours"
		);
	}

	#[test]
	fn pictures_of_all_shapes_decode() {
		for (width, height) in [(1, 1), (1, 700), (700, 1), (3, 5), (300, 300)] {
			let input = format!("width={width} height={height} iterations=20 x=-0.7 y=0.3 zoom=20");
			let decoded = png::decode(&run(input.as_bytes()));
			assert_eq!((decoded.0, decoded.1), (width, height));
		}
	}

	#[test]
	fn the_same_input_gives_the_same_bytes() {
		let input = b"width=80 height=60 x=-0.743643887 y=0.131825904 zoom=1000 iterations=300";
		assert_eq!(run(input), run(input));
	}

	#[test]
	fn says_what_is_wrong() {
		for input in [
			"width=0",
			"height=0",
			"width=16385",
			"width=16384 height=16384",
			"zoom=0",
			"zoom=-1",
			"zoom=NaN",
			"zoom=inf",
			"x=NaN",
			"y=inf",
			"x=5",
			"iterations=0",
			"iterations=10000001",
			"width=a",
			"size=3",
			"picture",
		] {
			assert!(run(input.as_bytes()).starts_with(b"error: "), "{input}");
		}
	}

	#[test]
	fn approximates_the_logarithm() {
		for value in [1.0, 1.3, 1.999, 2.0, 17.0, 65_536.0, 1e9] {
			assert!(
				(log2(value) - f64::log2(value)).abs() < 2e-3,
				"{value}: {}",
				log2(value)
			);
		}
	}
}
