//! Units as people write and read them: QRN with 12 decimals, durations, prices.
//!
//! The chain counts planck (10^-12 QRN) and milliseconds of GPU time; everything here is exact
//! integer arithmetic, so that what is typed is what is sent.

use subxt::ext::scale_decode::DecodeAsType;

/// Amount of the native token, in planck (10^-12 QRN).
pub type Balance = u128;
/// Number of a block.
pub type BlockNumber = u32;
/// Time of one accelerator, in milliseconds. One claim is one millisecond.
pub type GpuTime = u128;
/// A hardware class; also the asset id of its claims.
pub type ClassId = u32;
/// A job.
pub type JobId = u64;
/// A provider's node.
pub type NodeId = u32;
/// An order in the market.
pub type OrderId = u64;
/// An attestation period.
pub type Period = u32;
/// An era of the fee ledger.
pub type EraIndex = u32;

/// One QRN, in planck.
pub const QRN: Balance = 1_000_000_000_000;
/// Decimals of QRN.
const DECIMALS: usize = 12;
/// What a block lasts, in milliseconds; for words like "about 10 minutes" only.
pub const BLOCK_MILLIS: u64 = 6_000;
/// One hour of GPU time, in milliseconds.
pub const GPU_HOUR: GpuTime = 3_600_000;

/// Planck for one millisecond of GPU time, with 18 decimals: the inner value of the chain's `FixedU128`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Price(pub u128);

/// A price's decimals.
const PRICE_ONE: u128 = 1_000_000_000_000_000_000;

impl Price {
	/// What `gpu_time` costs at this price, in planck, rounded down; `None` if it does not fit.
	pub fn of(&self, gpu_time: GpuTime) -> Option<Balance> {
		mul_div(self.0, gpu_time, PRICE_ONE)
	}

	/// The price of an hour of one accelerator.
	pub fn per_hour(&self) -> Balance {
		self.of(GPU_HOUR).unwrap_or(Balance::MAX)
	}

	/// A price from what an hour of one accelerator costs, in planck, rounded to the nearest.
	pub fn from_per_hour(planck: Balance) -> Option<Self> {
		Some(Price(mul_div(planck, PRICE_ONE, GPU_HOUR)?))
	}
}

impl std::fmt::Display for Price {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{} per GPU hour", format_amount(self.per_hour()))
	}
}

/// `floor(a × b / c)` without overflow in between; `None` if the result does not fit or `c` is zero.
pub fn mul_div(a: u128, b: u128, c: u128) -> Option<u128> {
	if c == 0 {
		return None;
	}
	// a × b as (high, low), by 64-bit limbs.
	let (a1, a0) = (a >> 64, a & u128::from(u64::MAX));
	let (b1, b0) = (b >> 64, b & u128::from(u64::MAX));
	let (mid, carry) = (a1 * b0).overflowing_add(a0 * b1);
	let (low, carry_low) = (a0 * b0).overflowing_add(mid << 64);
	let high = a1 * b1 + (mid >> 64) + (u128::from(carry) << 64) + u128::from(carry_low);
	if high >= c {
		return None;
	}
	// Long division, bit by bit: 128 steps, no dependency.
	let (mut remainder, mut quotient) = (high, 0u128);
	for bit in (0..128).rev() {
		let overflow = remainder >> 127 == 1;
		remainder = (remainder << 1) | ((low >> bit) & 1);
		quotient <<= 1;
		if overflow || remainder >= c {
			remainder = remainder.wrapping_sub(c);
			quotient |= 1;
		}
	}
	Some(quotient)
}

/// Digits with optional `_` between them.
fn digits(text: &str) -> Option<String> {
	let bare: String = text.chars().filter(|c| *c != '_').collect();
	(!bare.is_empty() && !text.starts_with('_') && !text.ends_with('_') && bare.bytes().all(|b| b.is_ascii_digit()))
		.then_some(bare)
}

/// `WHOLE[.FRACTION]` scaled by 10^`decimals`, exactly.
fn parse_decimal(text: &str, decimals: usize) -> Option<u128> {
	let (whole, fraction) = match text.split_once('.') {
		Some((whole, fraction)) => (whole, Some(fraction)),
		None => (text, None),
	};
	let whole: u128 = digits(whole)?.parse().ok()?;
	let fraction = match fraction {
		None => 0,
		Some(text) => {
			let text = digits(text)?;
			let text = text.trim_end_matches('0');
			if text.len() > decimals {
				return None;
			}
			format!("{text:0<decimals$}").parse().ok()?
		}
	};
	whole
		.checked_mul(10u128.checked_pow(decimals as u32)?)?
		.checked_add(fraction)
}

/// Reads an amount: `12`, `0.5`, `1_000.25`, with or without `QRN` after it, or `500planck`.
pub fn parse_amount(text: &str) -> Result<Balance, String> {
	let bad = || {
		format!(
			"'{text}' is no amount: write QRN with at most {DECIMALS} decimals, like 12.5, or planck, like 500planck"
		)
	};
	let trimmed = text.trim();
	if let Some(planck) = trimmed.strip_suffix("planck") {
		return digits(planck.trim_end()).and_then(|d| d.parse().ok()).ok_or_else(bad);
	}
	let number = trimmed.strip_suffix("QRN").unwrap_or(trimmed).trim_end();
	parse_decimal(number, DECIMALS).ok_or_else(bad)
}

/// Writes an amount exactly, in QRN: `12.5 QRN`.
pub fn format_amount(planck: Balance) -> String {
	format!("{} QRN", decimal(planck, DECIMALS))
}

/// `value / 10^decimals`, exactly, without trailing zeros.
fn decimal(value: u128, decimals: usize) -> String {
	let one = 10u128.pow(decimals as u32);
	let (whole, fraction) = (value / one, value % one);
	if fraction == 0 {
		return whole.to_string();
	}
	let fraction = format!("{fraction:0decimals$}");
	format!("{whole}.{}", fraction.trim_end_matches('0'))
}

/// Milliseconds of each unit, the longer first.
const DURATIONS: [(&str, u128); 5] = [
	("d", 86_400_000),
	("h", 3_600_000),
	("m", 60_000),
	("s", 1_000),
	("ms", 1),
];

/// Reads a duration: `250ms`, `10s`, `5m`, `1.5h`, `1d`, or several together, `1h30m`. The unit is
/// required, since a bare number would be milliseconds to the chain and seconds to most people.
pub fn parse_duration(text: &str) -> Result<GpuTime, String> {
	let bad = || format!("'{text}' is no duration: write a number with its unit, like 250ms, 10s, 5m or 1h");
	let mut rest = text.trim();
	if rest.is_empty() {
		return Err(bad());
	}
	let mut total: u128 = 0;
	while !rest.is_empty() {
		let unit_at = rest.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(bad)?;
		let (number, tail) = rest.split_at(unit_at);
		let end = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
		let (unit, tail) = tail.split_at(end);
		let (_, millis) = DURATIONS.iter().find(|(name, _)| *name == unit).ok_or_else(bad)?;
		// Nine decimals are enough for anything that is a whole number of milliseconds.
		let scaled = parse_decimal(number.trim(), 9)
			.and_then(|n| n.checked_mul(*millis))
			.ok_or_else(bad)?;
		if scaled % 1_000_000_000 != 0 {
			return Err(format!("'{text}' is not a whole number of milliseconds"));
		}
		total = total.checked_add(scaled / 1_000_000_000).ok_or_else(bad)?;
		rest = tail.trim_start();
	}
	if total == 0 {
		return Err(format!("'{text}' is no time at all"));
	}
	Ok(total)
}

/// Writes a duration exactly: `1h 30m`.
pub fn format_duration(millis: GpuTime) -> String {
	let mut rest = millis;
	let mut parts = Vec::new();
	for (name, unit) in DURATIONS {
		if rest >= unit {
			parts.push(format!("{}{name}", rest / unit));
			rest %= unit;
		}
	}
	if parts.is_empty() {
		return "0s".into();
	}
	parts.join(" ")
}

/// Roughly how long some blocks last: `about 10m`.
pub fn format_blocks(blocks: u32) -> String {
	format!(
		"{blocks} blocks, about {}",
		format_duration(u128::from(blocks) * u128::from(BLOCK_MILLIS))
	)
}

/// Parts per million as per cent.
pub fn format_ppm(ppm: u32) -> String {
	format!("{} %", decimal(u128::from(ppm), 4))
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_amounts_exactly() {
		for (text, planck) in [
			("1", QRN),
			("0.5", QRN / 2),
			("12.5 QRN", 12 * QRN + QRN / 2),
			("1_000.25", 1_000 * QRN + QRN / 4),
			("0.000000000001", 1),
			("0.0000000000010", 1),
			("7planck", 7),
			("1_000 planck", 1_000),
			("0", 0),
		] {
			assert_eq!(parse_amount(text), Ok(planck), "{text}");
		}
	}

	#[test]
	fn refuses_amounts_that_would_be_rounded_or_guessed() {
		for text in [
			"",
			".",
			"1.",
			".5",
			"-1",
			"+1",
			"1e3",
			"1,5",
			"0.0000000000001",
			"1 EUR",
			"QRN",
			"_1",
			"1_",
			"1.5planck",
			"340282366920938463463374607431769",
			"0x10",
		] {
			assert!(parse_amount(text).is_err(), "{text}");
		}
	}

	#[test]
	fn writes_what_it_reads() {
		for planck in [0, 1, QRN - 1, QRN, QRN + 1, 12 * QRN + QRN / 2, u128::MAX] {
			assert_eq!(parse_amount(&format_amount(planck)), Ok(planck));
		}
		assert_eq!(format_amount(12 * QRN + QRN / 2), "12.5 QRN");
	}

	#[test]
	fn reads_durations() {
		for (text, millis) in [
			("250ms", 250),
			("10s", 10_000),
			("5m", 300_000),
			("1h", 3_600_000),
			("1.5h", 5_400_000),
			("1h30m", 5_400_000),
			("1h 30m", 5_400_000),
			("0.001s", 1),
			("2d", 172_800_000),
		] {
			assert_eq!(parse_duration(text), Ok(millis), "{text}");
		}
	}

	#[test]
	fn refuses_durations_without_unit_or_below_a_millisecond() {
		for text in ["", "10", "s", "10 seconds", "1.5ms", "0s", "-1s", "1h30", "1e3s"] {
			assert!(parse_duration(text).is_err(), "{text}");
		}
	}

	#[test]
	fn writes_durations() {
		assert_eq!(format_duration(0), "0s");
		assert_eq!(format_duration(5_410_250), "1h 30m 10s 250ms");
		assert_eq!(format_duration(86_400_000), "1d");
	}

	#[test]
	fn prices_an_hour() {
		// One planck a millisecond.
		assert_eq!(Price(PRICE_ONE).per_hour(), GPU_HOUR);
		let price = Price::from_per_hour(2 * QRN).expect("fits");
		assert!(2 * QRN - price.per_hour() <= 1);
		assert_eq!(Price(u128::MAX).per_hour(), 1_225_016_520_915_378_468_468_148_586);
	}

	#[test]
	fn multiplies_and_divides_wide() {
		assert_eq!(mul_div(u128::MAX, u128::MAX, u128::MAX), Some(u128::MAX));
		assert_eq!(mul_div(u128::MAX, 2, 1), None);
		assert_eq!(mul_div(1, 1, 0), None);
		assert_eq!(mul_div(u128::MAX, 3, 4), Some(u128::MAX / 4 * 3 + 2));
		for (a, b, c) in [
			(7u128, 9u128, 4u128),
			(1 << 100, 1 << 100, 1 << 90),
			(12_345, 1 << 80, 17),
		] {
			let expected = a.checked_mul(b).map(|p| p / c);
			if let Some(expected) = expected {
				assert_eq!(mul_div(a, b, c), Some(expected));
			}
		}
		assert_eq!(mul_div(1 << 100, 1 << 100, 1 << 90), Some(1 << 110));
	}

	#[test]
	fn writes_ppm() {
		assert_eq!(format_ppm(12_345), "1.2345 %");
		assert_eq!(format_ppm(0), "0 %");
	}
}
