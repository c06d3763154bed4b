//! The chain's books: where the fees of an era went, and whether every promise holds.

use super::{output::Record, Context};
use quern::{units::format_ppm, EraIndex, EraRatios, Error};
use serde_json::json;

/// `quern economics`.
pub async fn economics(context: &Context, era: Option<EraIndex>, class: Option<&str>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let class = match class {
		Some(class) => Some(view.class_named(class).await?),
		None => None,
	};
	let current = view.current_era().await?;
	let era = era.unwrap_or(current);
	if era > current {
		return Err(Error::Usage(format!("era {era} has not begun; era {current} runs now")));
	}
	let figures = view.era(era).await?;
	let supply = view.supply().await?;
	let ratios = view.ratios(era, class.as_ref().map(|(class, _)| *class)).await?;
	let record = Record::new()
		.number("era", "Era", era)
		.number("current_era", "Running era", current)
		.number("block", "At block", view.number())
		.number("jobs_settled", "Jobs settled", figures.jobs_settled)
		.amount("job_revenue", "Their revenue", figures.job_revenue)
		.amount("job_fees", "Job fees", figures.job_fees)
		.amount("base_fees", "Congestion base fees", figures.base_fees)
		.amount("market_fees", "Market fees", figures.market_fees)
		.amount("transaction_fees", "Transaction fees", figures.transaction_fees)
		.amount("lp_fees", "Fees kept for LPs", figures.lp_fees)
		.amount("to_stakers", "To stakers", figures.to_stakers)
		.amount("to_treasury", "To the treasury", figures.to_treasury)
		.amount("to_insurance", "To insurance", figures.to_insurance)
		.amount("to_authors", "To block authors", figures.to_authors)
		.amount("burned", "Burned in the era", figures.burned)
		.amount("supply_genesis", "Supply at genesis", supply.genesis)
		.amount("supply_burned", "Burned since", supply.burned)
		.amount("supply", "Supply now", supply.issuance);
	let record = match &ratios {
		Some(ratios) => with_ratios(record, ratios, class.as_ref().map(|(_, class)| class.name())),
		None => record,
	};
	context.output.record(&record);
	if ratios.is_none() {
		context.output.progress(format!(
			"the chain keeps no more of era {era} than what is shown, if anything"
		));
	}
	Ok(())
}

/// Adds what an era's figures come to.
fn with_ratios(record: Record, ratios: &EraRatios, class: Option<String>) -> Record {
	let record = record
		.time("era_length", "Length of the era", ratios.millis.into())
		.amount("annual_revenue", "Revenue at this rate, a year", ratios.annual_revenue)
		.maybe(
			"price_to_sales",
			"Supply to a year's revenue",
			ratios.price_to_sales.map(|ratio| ratio.ratio()),
		)
		.hidden("staker_yield_ppm", ratios.staker_yield_ppm)
		.text(
			"staker_yield_human",
			"Stakers' yield, a year",
			format_ppm(ratios.staker_yield_ppm),
		)
		.hidden("real_yield_ppm", ratios.real_yield_ppm)
		.text(
			"real_yield_human",
			"Of it out of fees",
			format_ppm(ratios.real_yield_ppm),
		);
	let Some(class) = class else {
		return record;
	};
	let record = record.text("class_name", "In GPU time of", class);
	match (ratios.supply_in_gpu_time, ratios.sales_in_gpu_time) {
		(Some(supply), Some(sales)) => record.time("supply_in_gpu_time", "The supply buys", supply).time(
			"sales_in_gpu_time",
			"A year's revenue buys",
			sales,
		),
		_ => record.maybe("supply_in_gpu_time", "The supply buys", None),
	}
}

/// `quern check`.
pub async fn check(context: &Context) -> Result<(), Error> {
	let view = context.client.best().await?;
	let broken = view.broken_invariants().await?;
	if context.output.is_json() {
		context
			.output
			.raw_json(&json!({ "block": view.number(), "holds": broken.is_empty(), "broken": broken }));
	} else if broken.is_empty() {
		context
			.output
			.heading(&format!("Every promise holds at block {}.", view.number()));
	} else {
		for line in &broken {
			context.output.heading(&format!("broken: {line}"));
		}
	}
	match broken.len() {
		0 => Ok(()),
		count => Err(Error::Other(format!(
			"{count} of the chain's promises do not hold at block {}\n  what to do: report the lines above with the chain's name and that block",
			view.number()
		))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{Price, QRN};

	#[test]
	fn says_what_an_era_comes_to() {
		let mut ratios = EraRatios {
			millis: 86_400_000,
			annual_revenue: 365 * QRN,
			price_to_sales: Some(Price(12_500_000_000_000_000_000)),
			staker_yield_ppm: 51_000,
			real_yield_ppm: 1_500,
			supply_in_gpu_time: Some(3_600_000),
			sales_in_gpu_time: Some(1_000),
		};
		let value = with_ratios(Record::new(), &ratios, Some("h100-80g".into())).json();
		for (name, expected) in [
			("era_length_human", json!("1d")),
			("annual_revenue", json!("365000000000000")),
			("price_to_sales", json!("12.5")),
			("staker_yield_ppm", json!(51_000)),
			("staker_yield_human", json!("5.1 %")),
			("real_yield_human", json!("0.15 %")),
			("class_name", json!("h100-80g")),
			("supply_in_gpu_time_human", json!("1h")),
			("sales_in_gpu_time_ms", json!(1_000)),
		] {
			assert_eq!(value[name], expected, "{name}");
		}
		ratios.price_to_sales = None;
		ratios.supply_in_gpu_time = None;
		let value = with_ratios(Record::new(), &ratios, Some("h100-80g".into())).json();
		assert!(value["price_to_sales"].is_null() && value["supply_in_gpu_time"].is_null());
		assert!(with_ratios(Record::new(), &ratios, None)
			.json()
			.get("class_name")
			.is_none());
	}
}
