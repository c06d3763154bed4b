//! Leaving a class, and what others do with what a provider leaves behind.

use super::capacity::ensure_backed;
use crate::cli::{job::receipt, market::name_of, output::Record, Context};
use quern::{
	calls::provider_registry,
	keys::{account_of, parse_account},
	take_over_price,
	units::{format_amount, format_blocks, format_duration},
	AccountId, Balance, BlockNumber, Class, ClassId, Error, Estate, GpuTime, Included, Until, View, Window,
	AUCTION_BLOCKS,
};
use serde_json::{json, Value};

/// What a claim of a class is taken as worth now: the average over a day, or the floor price if that is higher.
async fn worth(view: &View, class: ClassId, details: &Class) -> Result<quern::Price, Error> {
	let average = view.ema_price(class, Window::Day).await?.unwrap_or_default();
	Ok(average.max(details.floor_price))
}

/// `quern provider leave`.
pub async fn leave(context: &Context, class: &str) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let book = view.book(&who, class).await?.ok_or_else(|| {
		Error::NotFound(format!(
			"{who} has no capacity in {}\n  what to do: `quern provider status` shows where it has",
			details.name()
		))
	})?;
	let owes = book.unassigned();
	if owes == 0 {
		return Err(Error::Other(format!(
			"{who} owes nothing in {} that others could take over\n  what to do: deregister its nodes, once their jobs \
			 have ended",
			details.name()
		)));
	}
	let price = worth(&view, class, &details).await?;
	// What the whole debt may cost to take over, of which its proceeds pay the first part.
	let most = take_over_price(price, AUCTION_BLOCKS, owes).unwrap_or(Balance::MAX);
	context.output.progress(format!(
		"{} pass to others with their proceeds; a deposit makes these up to {}, and what is not needed of it comes back",
		format_duration(owes),
		format_amount(most)
	));
	let included = context
		.client
		.submit(&provider_registry::leave_class(class), &signer, Until::InBlock)
		.await?;
	opened(context, &included, &who, class, &details).await
}

/// `quern provider gone`.
pub async fn gone(context: &Context, provider: &str, class: &str) -> Result<(), Error> {
	let signer = context.signer()?;
	let provider = parse_account(provider)?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let included = context
		.client
		.submit(
			&provider_registry::declare_gone(&provider, class),
			&signer,
			Until::InBlock,
		)
		.await?;
	opened(context, &included, &provider, class, &details).await
}

/// Shows what has just been opened to others.
async fn opened(
	context: &Context,
	included: &Included,
	provider: &AccountId,
	class: ClassId,
	details: &Class,
) -> Result<(), Error> {
	let view = context.client.at(included.block_hash).await?;
	let record = receipt(included);
	let record = match view.estate(provider, class).await? {
		Some(estate) => with_estate(record, provider, class, &details.name(), &estate, view.number()),
		None => record,
	};
	context.output.record(&record);
	context.output.progress(format!(
		"others take it over with `quern provider take-over {provider} {} DURATION`, for pay that rises for {}",
		details.name(),
		format_blocks(AUCTION_BLOCKS)
	));
	Ok(())
}

fn with_estate(
	record: Record,
	provider: &AccountId,
	class: ClassId,
	name: &str,
	estate: &Estate,
	now: BlockNumber,
) -> Record {
	record
		.text("provider", "Provider", provider.to_string())
		.hidden("class", class)
		.text("class_name", "Class", name)
		.text("how", "Has", if estate.orderly { "left" } else { "gone" })
		.time("obligations", "To take over", estate.obligations)
		.amount(
			"pays",
			"Pays now",
			estate.pays(estate.obligations, now).unwrap_or(Balance::MAX),
		)
		.amount("proceeds", "Out of proceeds", estate.proceeds)
		.amount("deposit", "And deposit", estate.deposit)
		.amount("advanced", "", estate.advanced)
		.price("price", "", estate.price)
		.hidden("opened_at", estate.opened_at)
		.hidden("pool_shares", estate.shares.to_string())
		.number("ends", "Ends in block", estate.ends())
}

/// `quern provider estates`.
pub async fn estates(context: &Context, class: Option<&str>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let classes = view.classes().await?;
	let wanted = match class {
		Some(class) => Some(view.class_named(class).await?.0),
		None => None,
	};
	let of_class = |class: ClassId| wanted.is_none_or(|wanted| wanted == class);
	let estates: Vec<_> = view
		.estates()
		.await?
		.iter()
		.filter(|(_, class, _)| of_class(*class))
		.map(|(provider, class, estate)| {
			let name = name_of(&classes, *class);
			with_estate(Record::new(), provider, *class, &name, estate, view.number())
		})
		.collect();
	let shortfalls: Vec<_> = view
		.shortfalls()
		.await?
		.iter()
		.filter(|(class, _)| of_class(*class))
		.map(|(class, gpu_time)| {
			Record::new()
				.number("class", "Class", *class)
				.text("class_name", "Name", name_of(&classes, *class))
				.time("shortfall", "Owed by nobody", *gpu_time)
		})
		.collect();
	if context.output.is_json() {
		let list = |records: &[Record]| Value::Array(records.iter().map(Record::json).collect());
		context.output.raw_json(&json!({
			"block": view.number(),
			"estates": list(&estates),
			"shortfalls": list(&shortfalls),
		}));
		return Ok(());
	}
	context
		.output
		.records(&estates, "No provider's obligations are passing to others.");
	context.output.records(&shortfalls, "No class is short of anything.");
	Ok(())
}

/// `quern provider take-over`.
pub async fn take_over(
	context: &Context,
	provider: &str,
	class: &str,
	gpu_time: GpuTime,
	min_payment: Option<Balance>,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let provider = parse_account(provider)?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let estate = view.estate(&provider, class).await?.ok_or_else(|| {
		Error::NotFound(format!(
			"{provider} left nothing to take over in {}\n  what to do: `quern provider estates` lists what there is",
			details.name()
		))
	})?;
	ensure_backed(&view, &account_of(&signer), class, &details.name()).await?;
	// The pay only rises from here on.
	let due = estate.pays(gpu_time, view.number()).unwrap_or(Balance::MAX);
	let least = min_payment.unwrap_or(due);
	context.output.progress(format!(
		"taking over {} for at least {}, held as your proceeds until you deliver",
		format_duration(gpu_time),
		format_amount(least)
	));
	let call = provider_registry::take_over(&provider, class, gpu_time, least);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let payment = included
		.event("ProviderRegistry", "TakenOver")
		.and_then(|event| event.number("payment"));
	context.output.record(
		&receipt(&included)
			.text("provider", "From", provider.to_string())
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "You owe", gpu_time)
			.amount("payment", "For, held until delivery", payment.unwrap_or(0)),
	);
	Ok(())
}

/// `quern provider close-estate`.
pub async fn close(context: &Context, provider: &str, class: &str) -> Result<(), Error> {
	let signer = context.signer()?;
	let provider = parse_account(provider)?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let call = provider_registry::close_estate(&provider, class);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let figure = |name: &str| {
		included
			.event("ProviderRegistry", "EstateClosed")
			.and_then(|event| event.number(name))
			.unwrap_or(0)
	};
	context.output.record(
		&receipt(&included)
			.text("provider", "Provider", provider.to_string())
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("shortfall", "Taken over by nobody", figure("shortfall"))
			.amount("recovered", "Recovered for that", figure("recovered"))
			.amount("slashed", "Slash proposed", figure("slashed")),
	);
	Ok(())
}

/// `quern provider assume-shortfall`.
pub async fn assume_shortfall(
	context: &Context,
	class: &str,
	gpu_time: GpuTime,
	min_payment: Option<Balance>,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	ensure_backed(&view, &account_of(&signer), class, &details.name()).await?;
	let least = match min_payment {
		Some(least) => least,
		None => {
			let price = worth(&view, class, &details).await?;
			let due = take_over_price(price, AUCTION_BLOCKS, gpu_time).unwrap_or(Balance::MAX);
			crate::cli::pool::per_cent(due, 99)
		}
	};
	context.output.progress(format!(
		"taking over {} for at least {}, held as your proceeds until you deliver",
		format_duration(gpu_time),
		format_amount(least)
	));
	let call = provider_registry::assume_shortfall(class, gpu_time, least);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let assumed = included.event("ProviderRegistry", "ShortfallAssumed");
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "You owe", gpu_time)
			.amount(
				"payment",
				"For, held until delivery",
				assumed.and_then(|event| event.number("payment")).unwrap_or(0),
			)
			.time(
				"left",
				"Still owed by nobody",
				assumed.and_then(|event| event.number("left")).unwrap_or(0),
			),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{Price, QRN};

	#[test]
	fn shows_what_there_is_to_take_over() {
		let estate = Estate {
			price: Price::from_per_hour(2 * QRN).expect("fits"),
			opened_at: 100,
			obligations: 3_600_000,
			proceeds: QRN,
			shares: 7,
			orderly: false,
			deposit: 0,
			advanced: 0,
		};
		let value = with_estate(Record::new(), &AccountId([1; 32]), 3, "h100-80g", &estate, 700).json();
		for (name, expected) in [
			("class_name", json!("h100-80g")),
			("how", json!("gone")),
			("obligations_human", json!("1h")),
			("pays", json!("2399999999999")),
			("proceeds", json!("1000000000000")),
			("ends", json!(14_500)),
			("pool_shares", json!("7")),
		] {
			assert_eq!(value[name], expected, "{name}");
		}
	}
}
