//! The market and the chain's books: quotes, classes, pools, economics, checks.

use super::{output::Record, Context};
use clap::Args;
use quern::{units::format_ppm, Class, ClassId, Error, GpuTime};
use serde_json::json;

/// What GPU time costs now, or brings.
#[derive(Args, Debug)]
pub struct QuoteArgs {
	/// The hardware class, by name or id.
	class: String,
	/// For how long, on each accelerator.
	#[arg(value_parser = super::duration)]
	duration: GpuTime,
	/// Accelerators at once.
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
	gpus: u32,
	/// What selling claims would bring, instead of what buying costs.
	#[arg(long)]
	sell: bool,
}

/// GPU time of some accelerators for a while.
pub fn gpu_time(gpus: u32, duration: GpuTime) -> Result<GpuTime, Error> {
	duration
		.checked_mul(u128::from(gpus))
		.ok_or_else(|| Error::Usage("that is more time than there is".into()))
}

/// `quern quote`.
pub async fn quote(context: &Context, args: QuoteArgs) -> Result<(), Error> {
	let gpu_time = gpu_time(args.gpus, args.duration)?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(&args.class).await?;
	let quote = match args.sell {
		false => view.quote_buy(class, gpu_time).await?,
		true => view.quote_sell(class, gpu_time).await?,
	};
	let side = if args.sell { "sell" } else { "buy" };
	context.output.record(
		&Record::new()
			.hidden("side", side)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.number("gpus", "GPUs", args.gpus)
			.time("duration", "For", args.duration)
			.time("gpu_time", "GPU time", quote.gpu_time)
			.amount("total", if args.sell { "You get" } else { "You pay" }, quote.total)
			.amount("fee", "Market fee in it", quote.fee)
			.price("price", "Price before the fee", quote.price)
			.price("spot", "Price now", quote.spot)
			.hidden("impact_ppm", quote.impact_ppm)
			.text("impact_human", "Impact", format_ppm(quote.impact_ppm))
			.number("block", "At block", view.number()),
	);
	Ok(())
}

/// `quern class list`.
pub async fn classes(context: &Context) -> Result<(), Error> {
	let view = context.client.best().await?;
	let pools = view.pools().await?;
	let records: Vec<_> = view
		.classes()
		.await?
		.into_iter()
		.map(|(id, class)| {
			let pool = pools.iter().find(|pool| pool.class == id);
			let record = Record::new()
				.number("class", "Id", id)
				.text("name", "Name", class.name())
				.price("floor_price", "Floor price", class.floor_price);
			let record = match pool {
				Some(pool) => record.price("spot", "Price now", pool.spot),
				None => record
					.maybe("spot", "Price now", None)
					.hidden("spot_human", serde_json::Value::Null),
			};
			let opening = class.opening.as_ref();
			record
				.maybe(
					"opening_human",
					"Treasury opens the pool",
					opening.map(|opening| {
						format!(
							"{} at {}",
							quern::units::format_duration(opening.max_gpu_time),
							opening.price
						)
					}),
				)
				.hidden(
					"opening",
					opening.map_or(serde_json::Value::Null, |opening| {
						json!({
							"price": opening.price.0.to_string(),
							"max_gpu_time_ms": u64::try_from(opening.max_gpu_time).unwrap_or(u64::MAX),
						})
					}),
				)
		})
		.collect();
	context
		.output
		.records(&records, "No class is registered on this chain.");
	Ok(())
}

/// `quern pool show`.
pub async fn pools(context: &Context, class: Option<String>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let wanted = match &class {
		Some(class) => Some(view.class_named(class).await?.0),
		None => None,
	};
	let classes = view.classes().await?;
	let records: Vec<_> = view
		.pools()
		.await?
		.iter()
		.filter(|pool| wanted.is_none_or(|wanted| wanted == pool.class))
		.map(|pool| {
			Record::new()
				.number("class", "Class", pool.class)
				.text("class_name", "Name", name_of(&classes, pool.class))
				.amount("reserve_tokens", "Tokens", pool.reserve_tokens)
				.time("reserve_claims", "Claims", pool.reserve_claims)
				.price("spot", "Price now", pool.spot)
				.price("ema_1h", "Average of 1 h", pool.ema_1h)
				.hidden("shares", pool.shares.to_string())
				.number("orders", "Orders waiting", pool.orders)
		})
		.collect();
	if let (true, Some(class)) = (records.is_empty(), class) {
		return Err(Error::NotFound(format!(
			"class '{class}' has no pool\n  what to do: a provider opens it with `quern provider open-pool`, if `quern class list` shows terms"
		)));
	}
	context.output.records(&records, "No class has a pool yet.");
	Ok(())
}

/// A class's name, or its number if it has none.
pub fn name_of(classes: &[(ClassId, Class)], id: ClassId) -> String {
	classes
		.iter()
		.find(|(class, _)| *class == id)
		.map_or_else(|| format!("class {id}"), |(_, class)| class.name())
}

/// `quern economics`.
pub async fn economics(context: &Context, era: Option<u32>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let current = view.current_era().await?;
	let era = era.unwrap_or(current);
	if era > current {
		return Err(Error::Usage(format!("era {era} has not begun; era {current} runs now")));
	}
	let figures = view.era(era).await?;
	let supply = view.supply().await?;
	context.output.record(
		&Record::new()
			.number("era", "Era", era)
			.number("current_era", "Running era", current)
			.number("block", "At block", view.number())
			.number("jobs_settled", "Jobs settled", figures.jobs_settled)
			.amount("job_revenue", "Their revenue", figures.job_revenue)
			.amount("job_fees", "Job fees", figures.job_fees)
			.amount("market_fees", "Market fees", figures.market_fees)
			.amount("transaction_fees", "Transaction fees", figures.transaction_fees)
			.amount("to_stakers", "To stakers", figures.to_stakers)
			.amount("to_treasury", "To the treasury", figures.to_treasury)
			.amount("to_insurance", "To insurance", figures.to_insurance)
			.amount("to_authors", "To block authors", figures.to_authors)
			.amount("burned", "Burned in the era", figures.burned)
			.amount("supply_genesis", "Supply at genesis", supply.genesis)
			.amount("supply_burned", "Burned since", supply.burned)
			.amount("supply", "Supply now", supply.issuance),
	);
	Ok(())
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

	#[test]
	fn multiplies_gpus_and_time_without_wrapping() {
		assert_eq!(gpu_time(8, 1_000).expect("fits"), 8_000);
		assert!(gpu_time(2, u128::MAX).is_err());
	}
}
