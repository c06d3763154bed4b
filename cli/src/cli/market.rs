//! The market's prices: quotes, averages, classes.

use super::{output::Record, Context};
use clap::Args;
use quern::{
	job_fee,
	units::{format_blocks, format_duration, format_ppm},
	BlockNumber, Class, ClassId, Error, GpuTime, PoolInfo, Side,
};
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
	let side = if args.sell { Side::Sell } else { Side::Buy };
	let quote = view.quote(class, side, gpu_time).await?;
	let record = Record::new()
		.hidden("side", side.word())
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
		.text("impact_human", "Impact", format_ppm(quote.impact_ppm));
	let record = match side {
		// What is sold is no job.
		Side::Sell => record,
		Side::Buy => record
			.amount("job_fee", "Job fee on that", job_fee(quote.total))
			.amount("base_fee", "Congestion base fee", quote.base_fee)
			.amount("job_total", "A job pays in all", quote.job_total()),
	};
	context
		.output
		.record(&record.number("block", "At block", view.number()));
	Ok(())
}

/// `quern price`.
pub async fn price(context: &Context, class: &str) -> Result<(), Error> {
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let pool = view.pool(class).await?.ok_or_else(|| no_pool(&details.name()))?;
	context.output.record(
		&Record::new()
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.price("spot", "Price now", pool.spot)
			.price("ema_10m", "Average of 10 min", pool.ema_10m)
			.price("ema_1h", "Average of 1 h", pool.ema_1h)
			.price("ema_24h", "Average of 24 h", pool.ema_24h)
			.price("floor_price", "Floor price", details.floor_price)
			.price("base_fee", "Congestion base fee", pool.base_fee)
			.number("attested_gpus", "Attested GPUs", pool.attested_gpus)
			.hidden("paused_until", paused_until(&pool, view.number()))
			.maybe("paused_human", "Orders paused", paused(&pool, view.number()))
			.number("block", "At block", view.number()),
	);
	Ok(())
}

/// That a class has no pool.
pub fn no_pool(class: &str) -> Error {
	Error::NotFound(format!(
		"class '{class}' has no pool\n  what to do: a provider opens it with `quern provider open-pool`, if `quern class \
		 list` shows terms; who has claims creates it with `quern pool create`"
	))
}

/// Until when orders are paused, if they are, at block `now`.
pub fn paused_until(pool: &PoolInfo, now: BlockNumber) -> Option<BlockNumber> {
	pool.paused_until.filter(|until| *until > now)
}

/// For how long orders are paused, if they are, in words.
pub fn paused(pool: &PoolInfo, now: BlockNumber) -> Option<String> {
	paused_until(pool, now).map(|until| match until {
		BlockNumber::MAX => "for good: the class has ended".into(),
		until => format!("until block {until}: {}", format_blocks(until.saturating_sub(now))),
	})
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
				.number("throughput", "Work a second", class.throughput)
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
					opening.map(|opening| format!("{} at {}", format_duration(opening.max_gpu_time), opening.price)),
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
				.maybe(
					"ends_human",
					"Ends",
					class
						.ends_at
						.map(|ends_at| match ends_at.saturating_sub(view.number()) {
							0 => format!("since block {ends_at}"),
							left => format!("block {ends_at}: in {}", format_blocks(left)),
						}),
				)
				.hidden("ends_at", class.ends_at)
		})
		.collect();
	context
		.output
		.records(&records, "No class is registered on this chain.");
	Ok(())
}

/// A class's name, or its number if it has none.
pub fn name_of(classes: &[(ClassId, Class)], id: ClassId) -> String {
	classes
		.iter()
		.find(|(class, _)| *class == id)
		.map_or_else(|| format!("class {id}"), |(_, class)| class.name())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn tells_a_pause_that_is_not_over() {
		let mut pool = crate::cli::pool::tests::pool();
		assert_eq!(paused(&pool, 7), None);
		pool.paused_until = Some(17);
		assert_eq!(paused(&pool, 7).as_deref(), Some("until block 17: 10 blocks, about 1m"));
		assert_eq!((paused_until(&pool, 16), paused_until(&pool, 17)), (Some(17), None));
		pool.paused_until = Some(BlockNumber::MAX);
		assert_eq!(paused(&pool, 7).as_deref(), Some("for good: the class has ended"));
	}

	#[test]
	fn multiplies_gpus_and_time_without_wrapping() {
		assert_eq!(gpu_time(8, 1_000).expect("fits"), 8_000);
		assert!(gpu_time(2, u128::MAX).is_err());
	}
}
