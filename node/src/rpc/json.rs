//! How the market's figures look in JSON, so that JavaScript loses no digit of them.
//!
//! - Whatever may exceed 2^53 is a string of decimal digits: amounts in planck, GPU time in milliseconds, pool
//!   shares, numbers of orders. Class ids, blocks, counts and parts per million are numbers.
//! - A price is an object of two such strings, see [`PriceJson`].
//! - Keys are in camelCase.
//! - What is taken may be a number, a string of decimal digits, or one of hexadecimal digits after `0x`.

use polkadot_sdk::sp_runtime::FixedPointNumber;
use quern_primitives::{units::GPU_HOUR, Price};
use serde::{
	de::{Error, Visitor},
	Deserialize, Deserializer, Serialize, Serializer,
};
use std::fmt;

/// A whole number of up to 128 bits: written as a string, read from a number or a string.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Whole(pub u128);

impl Serialize for Whole {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&self.0)
	}
}

impl<'de> Deserialize<'de> for Whole {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		struct Either;

		impl Visitor<'_> for Either {
			type Value = Whole;

			fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
				f.write_str("a whole number, or a string of one like \"10000\" or \"0x2710\"")
			}

			fn visit_u64<E: Error>(self, number: u64) -> Result<Whole, E> {
				Ok(Whole(number.into()))
			}

			fn visit_u128<E: Error>(self, number: u128) -> Result<Whole, E> {
				Ok(Whole(number))
			}

			fn visit_str<E: Error>(self, text: &str) -> Result<Whole, E> {
				// Signs, spaces and underscores are refused: `parse` would take a plus.
				let plain = |digits: &str, radix| {
					let fits = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
					fits.then(|| u128::from_str_radix(digits, radix).ok()).flatten()
				};
				match text.strip_prefix("0x") {
					Some(digits) => plain(digits, 16),
					None => plain(text, 10),
				}
				.map(Whole)
				.ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(text), &self))
			}
		}

		deserializer.deserialize_any(Either)
	}
}

impl From<u128> for Whole {
	fn from(number: u128) -> Self {
		Self(number)
	}
}

/// A class's id: as [`Whole`], but no more than 32 bits, and written as a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Id(pub u32);

impl<'de> Deserialize<'de> for Id {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let Whole(number) = Whole::deserialize(deserializer)?;
		u32::try_from(number)
			.map(Id)
			.map_err(|_| D::Error::custom(format!("{number} does not fit 32 bits")))
	}
}

/// A price in two forms.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceJson {
	/// Exactly: 10^-18 planck for a millisecond of GPU time.
	pub exact: Whole,
	/// For people: planck for an hour of one accelerator, rounded down. Divided by 10^12 it is QRN.
	pub per_hour: Whole,
}

impl From<Price> for PriceJson {
	fn from(price: Price) -> Self {
		Self {
			exact: Whole(price.into_inner()),
			// Saturates: nobody has so much.
			per_hour: Whole(price.saturating_mul_int(GPU_HOUR)),
		}
	}
}

/// A ratio with its 18 decimals, without zeros at the end: `"12.5"`.
pub fn decimal(ratio: Price) -> String {
	let (whole, fraction) = (ratio.into_inner() / Price::DIV, ratio.into_inner() % Price::DIV);
	let digits = format!("{whole}.{fraction:018}");
	digits.trim_end_matches('0').trim_end_matches('.').to_string()
}

#[cfg(test)]
mod tests {
	use super::*;
	use jsonrpsee::{core::to_json_raw_value, types::Params};
	use polkadot_sdk::sp_runtime::FixedU128;

	fn read<T: for<'de> Deserialize<'de>>(json: &str) -> Option<T> {
		Params::new(Some(json)).parse().ok()
	}

	#[test]
	fn takes_numbers_and_strings_of_them() {
		for (json, number) in [
			("0", 0),
			("10000", 10_000),
			("\"10000\"", 10_000),
			("\"0x2710\"", 10_000),
			("18446744073709551615", u128::from(u64::MAX)),
			("\"340282366920938463463374607431768211455\"", u128::MAX),
			("\"0xffffffffffffffffffffffffffffffff\"", u128::MAX),
		] {
			assert_eq!(read::<Whole>(json), Some(Whole(number)), "{json}");
		}
	}

	#[test]
	fn refuses_what_is_no_whole_number() {
		for json in [
			"-1",
			"1.5",
			"1e3",
			"null",
			"true",
			"[]",
			"\"\"",
			"\"-1\"",
			"\"+1\"",
			"\" 1\"",
			"\"1_000\"",
			"\"1.5\"",
			"\"0x\"",
			"\"0xg\"",
			"\"ten\"",
			"\"340282366920938463463374607431768211456\"",
		] {
			assert_eq!(read::<Whole>(json), None, "{json}");
		}
	}

	#[test]
	fn takes_ids_of_32_bits() {
		assert_eq!(read("7"), Some(Id(7)));
		assert_eq!(read("\"4294967295\""), Some(Id(u32::MAX)));
		assert_eq!(read::<Id>("4294967296"), None);
	}

	#[test]
	fn writes_what_javascript_would_round_as_strings() {
		let written = to_json_raw_value(&Whole(u128::MAX)).expect("JSON");
		assert_eq!(written.get(), "\"340282366920938463463374607431768211455\"");
	}

	#[test]
	fn writes_prices_exactly_and_by_the_hour() {
		let price = PriceJson::from(FixedU128::from_inner(2_160_000_000_000_000_001));
		assert_eq!(
			to_json_raw_value(&price).expect("JSON").get(),
			"{\"exact\":\"2160000000000000001\",\"perHour\":\"7776000\"}"
		);
		assert_eq!(
			PriceJson::from(FixedU128::from_inner(u128::MAX)).exact,
			Whole(u128::MAX)
		);
	}

	#[test]
	fn writes_ratios_with_all_their_decimals() {
		for (inner, text) in [
			(0, "0"),
			(1, "0.000000000000000001"),
			(12_500_000_000_000_000_000, "12.5"),
			(100_000_000_000_000_000_000, "100"),
		] {
			assert_eq!(decimal(FixedU128::from_inner(inner)), text);
		}
	}
}
