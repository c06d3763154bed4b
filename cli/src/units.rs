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
/// An era: some sessions, in which fees are counted and stake unbonds.
pub type EraIndex = u32;
/// A session: validators stay the same for so long.
pub type SessionIndex = u32;
/// Number of an operator's registration; also the asset id of its liquid shares.
pub type OperatorId = u32;
/// Number of a slash.
pub type SlashId = u32;
/// A part of an operator's stake, of [`WHOLE`].
pub type Magnitude = u64;

/// One QRN, in planck.
pub const QRN: Balance = 1_000_000_000_000;
/// All of an operator's stake, before any compute slash.
pub const WHOLE: Magnitude = 1_000_000_000_000_000_000;
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

	/// What `gpu_time` costs at this price, in planck, rounded up; `None` if it does not fit.
	pub fn of_up(&self, gpu_time: GpuTime) -> Option<Balance> {
		mul_div_up(self.0, gpu_time, PRICE_ONE)
	}

	/// The price of an hour of one accelerator.
	pub fn per_hour(&self) -> Balance {
		self.of(GPU_HOUR).unwrap_or(Balance::MAX)
	}

	/// The stake that a job of `gpu_time` reserves while it is open, where this is the floor price of its
	/// class: one and a half times the floor cost, in planck, rounded up; `None` if it does not fit.
	pub fn reserved_for(&self, gpu_time: GpuTime) -> Option<Balance> {
		mul_div_up(self.of_up(gpu_time)?, 3, 2)
	}

	/// The GPU time of jobs for which `stake` planck are enough, in milliseconds, where this is the
	/// floor price of their class; `None` if it does not fit.
	pub fn covered_by(&self, stake: Balance) -> Option<GpuTime> {
		mul_div(mul_div(stake, 2, 3)?, PRICE_ONE, self.0)
	}

	/// Of what is a plain ratio: all of its decimals, like `12.5`.
	pub fn ratio(&self) -> String {
		decimal(self.0, 18)
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

/// A part in a billion: the inner value of the chain's `Perbill`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
pub struct Perbill(pub u32);

impl std::fmt::Display for Perbill {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		write!(f, "{} %", decimal(u128::from(self.0), 7))
	}
}

/// A part of an operator's stake, as people write it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Share {
	/// So much of it, in parts of [`WHOLE`], whatever slashes have left of its measure.
	OfStake(Magnitude),
	/// The chain's own figure.
	Exactly(Magnitude),
}

impl Share {
	/// As a magnitude, where `whole` is what slashes have left of the measure.
	pub fn magnitude(&self, whole: Magnitude) -> Magnitude {
		match self {
			Share::OfStake(part) => mul_div(u128::from(*part), u128::from(whole), u128::from(WHOLE))
				// A part of `whole`, which fits.
				.and_then(|magnitude| Magnitude::try_from(magnitude).ok())
				.unwrap_or(whole),
			Share::Exactly(magnitude) => *magnitude,
		}
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

/// `ceil(a × b / c)` without overflow in between; `None` if the result does not fit or `c` is zero.
pub fn mul_div_up(a: u128, b: u128, c: u128) -> Option<u128> {
	let floor = mul_div(a, b, c)?;
	// The remainder is less than 2^128, so that the low bits tell whether there is one.
	match a.wrapping_mul(b) == floor.wrapping_mul(c) {
		true => Some(floor),
		false => floor.checked_add(1),
	}
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

/// The number before a `%`, in parts of 10^`decimals` that are 100 %, if it is no more than that.
fn parse_per_cent(number: &str, decimals: usize) -> Option<u128> {
	let parts = parse_decimal(number.trim_end(), decimals.checked_sub(2)?)?;
	(parts <= 10u128.checked_pow(u32::try_from(decimals).ok()?)?).then_some(parts)
}

/// Reads a rate: `5%`, `0.25 %`. The sign is required, since a bare 5 could be a part of one, or of a
/// billion.
pub fn parse_rate(text: &str) -> Result<Perbill, String> {
	text.trim()
		.strip_suffix('%')
		.and_then(|number| parse_per_cent(number, 9))
		.and_then(|parts| u32::try_from(parts).ok())
		.map(Perbill)
		.ok_or_else(|| format!("'{text}' is no rate: write per cent with its sign and at most 7 decimals, like 5%"))
}

/// Magnitudes below this many are a slip: a millionth of a stake answers for nothing.
const LEAST_MAGNITUDE: Magnitude = WHOLE / 1_000_000;

/// Reads a share of an operator's stake: `25%`, or a magnitude in parts of 10^18; `0%` or `0` for none.
pub fn parse_share(text: &str) -> Result<Share, String> {
	let bad = || {
		format!("'{text}' is no share of a stake: write per cent, like 25%, or a magnitude of 10^18 that is the whole")
	};
	let trimmed = text.trim();
	if let Some(number) = trimmed.strip_suffix('%') {
		let parts = parse_per_cent(number, 18).and_then(|parts| Magnitude::try_from(parts).ok());
		return parts.map(Share::OfStake).ok_or_else(bad);
	}
	let magnitude = digits(trimmed).and_then(|digits| digits.parse::<Magnitude>().ok());
	match magnitude.filter(|magnitude| *magnitude <= WHOLE).ok_or_else(bad)? {
		slip @ 1..LEAST_MAGNITUDE => Err(format!(
			"'{text}' would be {slip} parts of 10^18, which is next to nothing: write {slip}% if you mean per cent"
		)),
		magnitude => Ok(Share::Exactly(magnitude)),
	}
}

/// Writes a magnitude as per cent of `whole`, what slashes have left of the measure: `25 %`.
pub fn format_share(magnitude: Magnitude, whole: Magnitude) -> String {
	let ppm = mul_div(u128::from(magnitude), 1_000_000, u128::from(whole)).unwrap_or(0);
	format_ppm(ppm)
}

/// Reads shares of an operator's stake as wallets show them, `12.5`, or the chain's own count,
/// `500units`. A share is worth a QRN, and a unit a planck, until rewards or slashes change it.
pub fn parse_stake_shares(text: &str) -> Result<u128, String> {
	let trimmed = text.trim();
	let units = match trimmed.strip_suffix("units") {
		Some(units) => digits(units.trim_end()).and_then(|digits| digits.parse().ok()),
		None => parse_decimal(trimmed, DECIMALS),
	};
	units.filter(|units| *units > 0).ok_or_else(|| {
		format!(
			"'{text}' is no number of shares: write them with at most {DECIMALS} decimals, like 12.5, or count units, \
			 like 500units"
		)
	})
}

/// Writes shares of an operator's stake exactly, as wallets show them: `12.5`.
pub fn format_stake_shares(units: u128) -> String {
	decimal(units, DECIMALS)
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
pub fn format_ppm(ppm: impl Into<u128>) -> String {
	format!("{} %", decimal(ppm.into(), 4))
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
	fn sizes_the_stake_that_a_job_reserves() {
		let price = Price::from_per_hour(2 * QRN).expect("fits");
		assert_eq!(price.reserved_for(GPU_HOUR), Some(3 * QRN));
		assert_eq!(Price(1).reserved_for(1), Some(2));
		assert_eq!(Price(u128::MAX).reserved_for(u128::MAX), None);
		let time = price.covered_by(3 * QRN).expect("fits");
		assert!(price.reserved_for(time).is_some_and(|needed| needed <= 3 * QRN));
		assert!(GPU_HOUR - time <= 1);
		assert_eq!(Price(0).covered_by(1), None);
	}

	#[test]
	fn rounds_up_what_is_left() {
		assert_eq!(mul_div_up(7, 9, 4), Some(16));
		assert_eq!(mul_div_up(8, 9, 4), Some(18));
		assert_eq!(mul_div_up(u128::MAX, 3, 4), Some(u128::MAX / 4 * 3 + 3));
		assert_eq!(mul_div_up(u128::MAX, u128::MAX, u128::MAX), Some(u128::MAX));
		assert_eq!(mul_div_up(1, 1, 0), None);
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
		assert_eq!(format_ppm(12_345u32), "1.2345 %");
		assert_eq!(format_ppm(0u32), "0 %");
	}

	#[test]
	fn reads_and_writes_rates() {
		for (text, parts) in [
			("5%", 50_000_000),
			("0.25 %", 2_500_000),
			("100%", 1_000_000_000),
			("0%", 0),
			("0.0000001%", 1),
		] {
			assert_eq!(parse_rate(text), Ok(Perbill(parts)), "{text}");
		}
		for text in [
			"",
			"5",
			"%",
			"0.05",
			"101%",
			"100.0000001%",
			"-1%",
			"0.00000001%",
			"5 per cent",
		] {
			assert!(parse_rate(text).is_err(), "{text}");
		}
		assert_eq!(Perbill(52_500_000).to_string(), "5.25 %");
	}

	#[test]
	fn reads_shares_of_the_stake_that_slashes_left() {
		assert_eq!(parse_share("25%"), Ok(Share::OfStake(WHOLE / 4)));
		assert_eq!(parse_share("0%"), Ok(Share::OfStake(0)));
		assert_eq!(parse_share("0"), Ok(Share::Exactly(0)));
		assert_eq!(parse_share("250_000_000_000_000_000"), Ok(Share::Exactly(WHOLE / 4)));
		assert_eq!(Share::OfStake(WHOLE / 2).magnitude(WHOLE), WHOLE / 2);
		// Half of what is left, rounded down.
		assert_eq!(Share::OfStake(WHOLE / 2).magnitude(7), 3);
		assert_eq!(Share::Exactly(9).magnitude(7), 9);
		assert_eq!(Share::OfStake(WHOLE).magnitude(u64::MAX), u64::MAX);
	}

	#[test]
	fn refuses_shares_that_are_a_slip() {
		for text in ["", "%", "101%", "-1%", "0.5", "25 per cent", "1000000000000000001"] {
			assert!(parse_share(text).is_err(), "{text}");
		}
		let slip = parse_share("50").expect_err("refused");
		assert!(slip.contains("write 50%"), "{slip}");
	}

	#[test]
	fn writes_shares_of_what_is_left() {
		assert_eq!(format_share(WHOLE / 4, WHOLE), "25 %");
		assert_eq!(format_share(1_000, 9_000), "11.1111 %");
		assert_eq!(format_share(1, 0), "0 %");
	}

	#[test]
	fn reads_and_writes_shares_of_stake() {
		assert_eq!(parse_stake_shares("12.5"), Ok(12_500_000_000_000));
		assert_eq!(parse_stake_shares("1_000 units"), Ok(1_000));
		for text in ["", "0", "0units", "1.5units", "1 QRN", "-1", "0.0000000000001"] {
			assert!(parse_stake_shares(text).is_err(), "{text}");
		}
		assert_eq!(format_stake_shares(12_500_000_000_000), "12.5");
	}
}
