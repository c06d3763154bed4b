//! `quern cheapest`: in which classes a piece of work is done for the least.

use super::{market::name_of, output::Record, Context};
use clap::Args;
use quern::{Class, ClassId, Error, GpuTime, WorkConstraints, WorkPart};
use serde_json::{json, Value};

/// What is to be done, and where it may be.
#[derive(Args, Debug)]
pub struct CheapestArgs {
	/// How much work, in units of the classes' benchmark; `quern class list` shows what a second of each does.
	#[arg(value_parser = work)]
	work: u128,
	/// Choose among these classes, by name or id. Once for each; all if not said.
	#[arg(long)]
	class: Vec<String>,
	/// Do it in one class, even if a split over several costs less.
	#[arg(long)]
	no_split: bool,
	/// The most GPU time of any one class; what one batch can move if not said.
	#[arg(long, value_name = "DURATION", value_parser = super::duration)]
	max: Option<GpuTime>,
}

/// Reads an amount of work: digits, with `_` between them if need be.
fn work(text: &str) -> Result<u128, String> {
	let bare: String = text.chars().filter(|c| *c != '_').collect();
	bare.parse()
		.ok()
		.filter(|work| *work > 0 && bare.bytes().all(|byte| byte.is_ascii_digit()))
		.ok_or_else(|| format!("'{text}' is no amount of work: write a whole number of the benchmark's units"))
}

/// Shows the plan.
pub async fn run(context: &Context, args: CheapestArgs) -> Result<(), Error> {
	let view = context.client.best().await?;
	let classes = view.classes().await?;
	let mut among = Vec::new();
	for class in &args.class {
		among.push(view.class_named(class).await?.0);
	}
	let constraints = WorkConstraints {
		may_split: !args.no_split,
		classes: (!among.is_empty()).then_some(among),
		max_gpu_time: args.max,
	};
	let plan = view.cheapest(args.work, &constraints).await?;
	let parts: Vec<_> = plan.parts.iter().map(|part| part_record(part, &classes)).collect();
	let whole = Record::new()
		.text("work", "Work", args.work.to_string())
		.amount("cost", "Costs in all", plan.cost)
		.number("block", "At block", view.number());
	if context.output.is_json() {
		let mut value = whole.json();
		value["parts"] = Value::Array(parts.iter().map(Record::json).collect());
		context.output.raw_json(&json!(value));
		return Ok(());
	}
	context.output.records(&parts, "No class takes part.");
	context.output.record(&whole);
	Ok(())
}

fn part_record(part: &WorkPart, classes: &[(ClassId, Class)]) -> Record {
	let cost = part.tokens.saturating_add(part.job_fee).saturating_add(part.base_fee);
	Record::new()
		.hidden("class", part.class)
		.text("class_name", "Class", name_of(classes, part.class))
		.time("gpu_time", "GPU time", part.gpu_time)
		.amount("tokens", "The market takes", part.tokens)
		.amount("job_fee", "Job fee", part.job_fee)
		.amount("base_fee", "Base fee", part.base_fee)
		.amount("cost", "In all", cost)
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::QRN;

	#[test]
	fn reads_amounts_of_work() {
		assert_eq!(work("1_000_000"), Ok(1_000_000));
		for text in ["", "0", "-1", "1.5", "1e6"] {
			assert!(work(text).is_err(), "{text}");
		}
	}

	#[test]
	fn sums_a_part() {
		let part = WorkPart {
			class: 1,
			gpu_time: 3_600_000,
			tokens: 100 * QRN,
			job_fee: 6 * QRN,
			base_fee: QRN,
		};
		let value = part_record(&part, &[]).json();
		assert_eq!(value["cost_human"], json!("107 QRN"));
		assert_eq!(value["gpu_time_ms"], json!(3_600_000));
	}
}
