//! Printing: tables for people, JSON for programs. Results to stdout, progress to stderr.

use comfy_table::{presets, CellAlignment, ContentArrangement, Table};
use quern::{
	units::{format_amount, format_duration, format_stake_shares},
	Balance, GpuTime, Perbill, Price,
};
use serde_json::{json, Map, Value};
use std::io::Write;

/// How to print.
#[derive(Clone, Copy, Debug)]
pub struct Output {
	json: bool,
}

impl Output {
	/// JSON, or tables.
	pub fn new(json: bool) -> Self {
		Output { json }
	}

	/// Whether programs read it.
	pub fn is_json(&self) -> bool {
		self.json
	}

	/// Prints one thing with its fields.
	pub fn record(&self, record: &Record) {
		if self.json {
			return print(&pretty(&record.json()));
		}
		let mut table = Table::new();
		table
			.load_preset(presets::NOTHING)
			.set_content_arrangement(ContentArrangement::Disabled);
		for field in record.shown() {
			table.add_row([field.label.as_str(), field.text.as_str()]);
		}
		print(&trim(&table.to_string()));
	}

	/// Prints many things of one kind, all with the same fields.
	pub fn records(&self, records: &[Record], none: &str) {
		if self.json {
			return print(&pretty(&Value::Array(records.iter().map(Record::json).collect())));
		}
		let Some(first) = records.first() else {
			return print(none);
		};
		let mut table = Table::new();
		table
			.load_preset(presets::UTF8_HORIZONTAL_ONLY)
			.set_content_arrangement(ContentArrangement::Disabled);
		table.set_header(first.shown().map(|field| field.label.clone()));
		for record in records {
			table.add_row(record.shown().map(|field| field.text.clone()));
		}
		for (index, field) in first.shown().enumerate() {
			if let Some(column) = table.column_mut(index).filter(|_| field.is_number) {
				column.set_cell_alignment(CellAlignment::Right);
			}
		}
		print(&trim(&table.to_string()));
	}

	/// Prints one event of many that follow: a line of text, or of JSON.
	pub fn line(&self, text: &str, record: &Record) {
		if self.json {
			print(&record.json().to_string());
		} else {
			print(text);
		}
	}

	/// Prints a heading between tables; nothing in JSON.
	pub fn heading(&self, text: &str) {
		if !self.json {
			print(text);
		}
	}

	/// Prints JSON as it is.
	pub fn raw_json(&self, value: &Value) {
		print(&pretty(value));
	}

	/// Tells what happens, on stderr.
	pub fn progress(&self, text: impl AsRef<str>) {
		// A closed stderr is no reason to stop.
		let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
	}
}

fn pretty(value: &Value) -> String {
	serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// Without the spaces that a table leaves at the ends of its lines.
fn trim(table: &str) -> String {
	table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

fn print(text: &str) {
	// A reader that closed the pipe, like `head`, has all it wants.
	if writeln!(std::io::stdout(), "{text}").is_err() {
		std::process::exit(0);
	}
}

/// One thing's fields, for both kinds of reader.
#[derive(Clone, Debug, Default)]
pub struct Record {
	fields: Vec<Field>,
}

#[derive(Clone, Debug)]
struct Field {
	label: String,
	/// Empty for what only programs get.
	text: String,
	is_number: bool,
	json: Vec<(String, Value)>,
}

impl Record {
	/// No field yet.
	pub fn new() -> Self {
		Self::default()
	}

	fn push(mut self, label: &str, text: String, is_number: bool, json: Vec<(String, Value)>) -> Self {
		self.fields.push(Field {
			label: label.into(),
			text,
			is_number,
			json,
		});
		self
	}

	/// A text.
	pub fn text(self, name: &str, label: &str, text: impl Into<String>) -> Self {
		let text = text.into();
		let json = vec![(name.into(), text.clone().into())];
		self.push(label, text, false, json)
	}

	/// A text that may be missing: `null`, and `-`.
	pub fn maybe(self, name: &str, label: &str, text: Option<String>) -> Self {
		let json = vec![(name.into(), text.clone().map_or(Value::Null, Value::from))];
		self.push(label, text.unwrap_or_else(|| "-".into()), false, json)
	}

	/// A number that fits JSON's.
	pub fn number(self, name: &str, label: &str, number: impl Into<u64>) -> Self {
		let number = number.into();
		self.push(label, number.to_string(), true, vec![(name.into(), number.into())])
	}

	/// A number that may be missing: `null`, and `-`.
	pub fn maybe_number(self, name: &str, label: &str, number: Option<u64>) -> Self {
		let text = number.map_or_else(|| "-".into(), |number| number.to_string());
		self.push(
			label,
			text,
			true,
			vec![(name.into(), number.map_or(Value::Null, Value::from))],
		)
	}

	/// An amount: `name` in planck as a string, `name_human` in QRN.
	pub fn amount(self, name: &str, label: &str, planck: Balance) -> Self {
		let human = format_amount(planck);
		let json = vec![
			(name.into(), planck.to_string().into()),
			(format!("{name}_human"), human.clone().into()),
		];
		self.push(label, human, true, json)
	}

	/// A time: `name_ms` in milliseconds as a number, `name_human` in units.
	pub fn time(self, name: &str, label: &str, millis: GpuTime) -> Self {
		let human = format_duration(millis);
		// Beyond 64 bits lie half a billion years.
		let number = u64::try_from(millis).unwrap_or(u64::MAX);
		self.push(
			label,
			human.clone(),
			true,
			vec![
				(format!("{name}_ms"), number.into()),
				(format!("{name}_human"), human.into()),
			],
		)
	}

	/// A price: `name` in 10^-18 planck a millisecond as a string, `name_human` in QRN an hour.
	pub fn price(self, name: &str, label: &str, price: Price) -> Self {
		let human = price.to_string();
		let json = vec![
			(name.into(), price.0.to_string().into()),
			(format!("{name}_human"), human.clone().into()),
		];
		self.push(label, human, true, json)
	}

	/// A rate: `name_ppb` in parts per billion as a number, `name_human` in per cent.
	pub fn rate(self, name: &str, label: &str, rate: Perbill) -> Self {
		let human = rate.to_string();
		let json = vec![
			(format!("{name}_ppb"), rate.0.into()),
			(format!("{name}_human"), human.clone().into()),
		];
		self.push(label, human, true, json)
	}

	/// Shares of an operator's stake: `name` in units as a string, `name_human` as wallets show them.
	pub fn shares(self, name: &str, label: &str, units: u128) -> Self {
		let human = format_stake_shares(units);
		let json = vec![
			(name.into(), units.to_string().into()),
			(format!("{name}_human"), human.clone().into()),
		];
		self.push(label, human, true, json)
	}

	/// What only programs get.
	pub fn hidden(self, name: &str, value: impl Into<Value>) -> Self {
		self.push("", String::new(), false, vec![(name.into(), value.into())])
	}

	fn shown(&self) -> impl Iterator<Item = &Field> {
		self.fields.iter().filter(|field| !field.label.is_empty())
	}

	/// As JSON.
	pub fn json(&self) -> Value {
		let mut object = Map::new();
		for (name, value) in self.fields.iter().flat_map(|field| &field.json) {
			object.insert(name.clone(), value.clone());
		}
		json!(object)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::QRN;

	#[test]
	fn gives_programs_planck_as_strings_and_people_qrn() {
		let record = Record::new()
			.text("class", "Class", "cpu-x86-64")
			.amount("total", "Cost", 12 * QRN + QRN / 2)
			.time("gpu_time", "GPU time", 5_400_000)
			.number("block", "Block", 7u32)
			.maybe("node", "Node", None)
			.maybe_number("period", "Period", Some(3))
			.price("spot", "Spot", Price(1_000_000_000_000_000_000))
			.rate("commission", "Commission", Perbill(50_000_000))
			.shares("shares", "Shares", 1 << 64)
			.hidden("version", 1);
		assert_eq!(
			record.json(),
			json!({
				"class": "cpu-x86-64",
				"total": "12500000000000",
				"total_human": "12.5 QRN",
				"gpu_time_ms": 5_400_000,
				"gpu_time_human": "1h 30m",
				"block": 7,
				"node": null,
				"period": 3,
				"spot": "1000000000000000000",
				"spot_human": "0.0000036 QRN per GPU hour",
				"commission_ppb": 50_000_000,
				"commission_human": "5 %",
				"shares": "18446744073709551616",
				"shares_human": "18446744.073709551616",
				"version": 1,
			})
		);
		let shown: Vec<_> = record
			.shown()
			.map(|field| (field.label.as_str(), field.text.as_str()))
			.collect();
		assert_eq!(
			shown,
			[
				("Class", "cpu-x86-64"),
				("Cost", "12.5 QRN"),
				("GPU time", "1h 30m"),
				("Block", "7"),
				("Node", "-"),
				("Period", "3"),
				("Spot", "0.0000036 QRN per GPU hour"),
				("Commission", "5 %"),
				("Shares", "18446744.073709551616"),
			]
		);
	}

	#[test]
	fn keeps_amounts_that_a_double_would_round() {
		let record = Record::new().amount("total", "Cost", u128::MAX);
		assert_eq!(record.json()["total"], json!("340282366920938463463374607431768211455"));
	}

	#[test]
	fn trims_the_ends_of_table_lines() {
		assert_eq!(trim(" a   \n b "), " a\n b");
	}
}
