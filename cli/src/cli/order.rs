//! `quern order`: buy and sell claims in the market, without a job.

use super::{
	job::receipt,
	market::{gpu_time, name_of, no_pool, paused},
	output::{Output, Record},
	Context,
};
use clap::{Args, Subcommand, ValueEnum};
use quern::{
	calls::compute_amm,
	format_order,
	keys::{account_of, parse_account},
	parse_order,
	units::{format_amount, format_duration, mul_div, mul_div_up},
	AccountId, Balance, BlockNumber, Class, ClassId, Error, Event, GpuTime, Head, OrderId, OrderInfo, Side, Until,
	View,
};
use serde_json::Value;

/// Orders in the market.
#[derive(Subcommand, Debug)]
pub enum OrderCommand {
	/// Buy or sell claims in the next batch, all of which clears at one price.
	Place(PlaceArgs),
	/// Orders that wait, of all classes: yours, or those of an account.
	List {
		/// The account; the signer's if not said.
		#[arg(conflicts_with = "all")]
		account: Option<String>,
		/// Everybody's.
		#[arg(long)]
		all: bool,
		/// Of this class alone, by name or id.
		#[arg(long)]
		class: Option<String>,
	},
	/// Take back an order of yours, once it has been through a batch.
	Cancel {
		/// The order, like 120-0.
		#[arg(value_parser = parse_order)]
		order: OrderId,
		/// Its class, by name or id; found among your orders if not said.
		#[arg(long)]
		class: Option<String>,
	},
}

/// Which way.
#[derive(ValueEnum, Clone, Copy, Debug)]
pub enum Way {
	/// Pay QRN, get claims.
	Buy,
	/// Pay claims, get QRN.
	Sell,
}

impl From<Way> for Side {
	fn from(way: Way) -> Self {
		match way {
			Way::Buy => Side::Buy,
			Way::Sell => Side::Sell,
		}
	}
}

/// What to trade.
#[derive(Args, Debug)]
pub struct PlaceArgs {
	/// Buy or sell.
	side: Way,
	/// The hardware class, by name or id.
	class: String,
	/// For how long, on each accelerator.
	#[arg(value_parser = super::duration)]
	duration: GpuTime,
	/// Accelerators at once.
	#[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
	gpus: u32,
	/// The most that all of it may cost, or the least that it has to bring, market fee included; the quote
	/// with a margin of 1 % if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount)]
	limit: Option<Balance>,
	/// For how many blocks more it stays if it does not fill; none if not said.
	#[arg(long, value_name = "BLOCKS")]
	expires_in: Option<BlockNumber>,
	/// Who gets what it trades for; you if not said. What does not fill comes back to you in any case.
	#[arg(long, value_name = "ACCOUNT")]
	recipient: Option<String>,
	/// Follow it until it has left the book.
	#[arg(long)]
	wait: bool,
}

/// Does it.
pub async fn run(context: &Context, command: OrderCommand) -> Result<(), Error> {
	match command {
		OrderCommand::Place(args) => place(context, args).await,
		OrderCommand::List { account, all, class } => list(context, account, all, class).await,
		OrderCommand::Cancel { order, class } => cancel(context, order, class).await,
	}
}

/// A quote with a margin of one per cent for what others trade in the batch, rounded for the trader.
pub fn default_limit(side: Side, quoted: Balance) -> Balance {
	match side {
		Side::Buy => quoted.saturating_add(mul_div_up(quoted, 1, 100).unwrap_or(0)),
		Side::Sell => mul_div(quoted, 99, 100).unwrap_or(quoted),
	}
}

/// What the market takes until the order closes.
fn held(side: Side, gpu_time: GpuTime, limit: Balance, class: &str) -> String {
	match side {
		Side::Buy => format!(
			"holding {}, the most that {} of {class} may cost; what it does not need comes back when the order closes",
			format_amount(limit),
			format_duration(gpu_time)
		),
		Side::Sell => format!(
			"holding {} of {class}, to bring at least {}; what does not sell comes back when the order closes",
			format_duration(gpu_time),
			format_amount(limit)
		),
	}
}

async fn place(context: &Context, args: PlaceArgs) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let output = context.output;
	let recipient = args.recipient.as_deref().map(parse_account).transpose()?;
	let side = Side::from(args.side);
	let gpu_time = gpu_time(args.gpus, args.duration)?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(&args.class).await?;
	let name = details.name();
	open(&view, class, &name).await?;
	if side == Side::Sell {
		let has = view.claims(class, &who).await?;
		if has < gpu_time {
			return Err(Error::Other(format!(
				"{who} has {} of {name}, less than the {} to sell\n  what to do: sell less; a provider sells new claims \
				 with `quern provider offer`",
				format_duration(has),
				format_duration(gpu_time)
			)));
		}
	}
	let limit = match args.limit {
		Some(limit) => limit,
		None => default_limit(side, view.quote(class, side, gpu_time).await?.total),
	};
	output.progress(held(side, gpu_time, limit, &name));
	let call = compute_amm::place_order(class, side, gpu_time, limit, args.expires_in, recipient.as_ref());
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let order = included
		.event("ComputeAmm", "OrderPlaced")
		.and_then(|event| event.number("order"))
		.and_then(|order| OrderId::try_from(order).ok())
		.ok_or_else(|| Error::Incompatible {
			what: "the event ComputeAmm.OrderPlaced".into(),
			reason: "it did not come, or names no order".into(),
		})?;
	let expires_at = included.block_number.saturating_add(args.expires_in.unwrap_or(0));
	let record = receipt(&included)
		.hidden("event", "placed")
		.text("order", "Order", format_order(order))
		.hidden("id", order.to_string())
		.hidden("side", side.word())
		.number("class", "Class", class)
		.text("class_name", "Name", &name)
		.time(
			"gpu_time",
			if side == Side::Buy { "To buy" } else { "To sell" },
			gpu_time,
		)
		.amount(
			"limit",
			if side == Side::Buy {
				"For at most"
			} else {
				"For at least"
			},
			limit,
		)
		.text("recipient", "Goes to", recipient.unwrap_or(who).to_string())
		.number("expires_at", "In the batches up to block", expires_at);
	if !args.wait {
		output.record(&record);
		output.progress(format!(
			"it clears at the start of block {}; `quern order list` shows what waits",
			included.block_number.saturating_add(1)
		));
		return Ok(());
	}
	match output.is_json() {
		true => output.line("", &record),
		false => output.record(&record),
	}
	follow(context, class, order, side, included.block_number).await
}

/// Refuses where no order can be placed: the class has no pool, or a breaker tripped.
pub async fn open(view: &View, class: ClassId, name: &str) -> Result<(), Error> {
	let pool = view.pool(class).await?.ok_or_else(|| no_pool(name))?;
	match paused(&pool, view.number()) {
		None => Ok(()),
		Some(until) => Err(Error::Other(format!(
			"orders of {name} are paused {until}\n  what to do: wait; a breaker tripped, and the pause ends by itself. \
			 Deliveries, refunds and withdrawals go on"
		))),
	}
}

/// Prints each fill of an order from the block after `from` on, until it has left the book.
async fn follow(context: &Context, class: ClassId, order: OrderId, side: Side, from: BlockNumber) -> Result<(), Error> {
	let mut blocks = context.client.blocks(Head::Best);
	let mut next = from.saturating_add(1);
	let (mut filled, mut tokens): (GpuTime, Balance) = (0, 0);
	loop {
		let newest = blocks.next().await?.number();
		while next <= newest {
			let events = context.client.at_number(next).await?.events().await?;
			for event in events.iter().filter(|event| is_of(event, class, order)) {
				if event.is("ComputeAmm", "OrderFilled") {
					let (part, cost) = (
						event.number("gpu_time").unwrap_or(0),
						event.number("tokens").unwrap_or(0),
					);
					filled = filled.saturating_add(part);
					tokens = tokens.saturating_add(cost);
					print_fill(context.output, next, order, side, part, cost);
				}
				// An order that fills whole has no other event.
				if event.is("ComputeAmm", "OrderClosed") || event.number("left") == Some(0) {
					print_close(context.output, next, order, side, event, (filled, tokens));
					return Ok(());
				}
			}
			next = next.saturating_add(1);
		}
	}
}

/// Whether an event is about that order.
fn is_of(event: &Event, class: ClassId, order: OrderId) -> bool {
	event.pallet == "ComputeAmm"
		&& event.number("class") == Some(class.into())
		&& event.number("order") == Some(order.into())
}

fn print_fill(output: Output, block: BlockNumber, order: OrderId, side: Side, gpu_time: GpuTime, tokens: Balance) {
	let text = match side {
		Side::Buy => format!(
			"#{block}  bought {} for {}",
			format_duration(gpu_time),
			format_amount(tokens)
		),
		Side::Sell => format!(
			"#{block}  sold {} for {}",
			format_duration(gpu_time),
			format_amount(tokens)
		),
	};
	let record = Record::new()
		.hidden("event", "filled")
		.number("block", "Block", block)
		.text("order", "Order", format_order(order))
		.time("gpu_time", "Filled", gpu_time)
		.amount("tokens", "For", tokens);
	output.line(&text, &record);
}

/// What went back, in the side's unit.
fn returned(side: Side, returned: u128) -> String {
	match side {
		Side::Buy => format_amount(returned),
		Side::Sell => format_duration(returned),
	}
}

fn print_close(
	output: Output,
	block: BlockNumber,
	order: OrderId,
	side: Side,
	event: &Event,
	(filled, tokens): (GpuTime, Balance),
) {
	let reason = event.variant("reason").unwrap_or("Filled");
	let back = event.number("returned").unwrap_or(0);
	let text = format!(
		"#{block}  {reason}: {} for {} in all, {} came back",
		format_duration(filled),
		format_amount(tokens),
		returned(side, back)
	);
	let record = Record::new()
		.hidden("event", "closed")
		.number("block", "Block", block)
		.text("order", "Order", format_order(order))
		.text("reason", "Reason", reason)
		.time("filled", "Filled", filled)
		.amount("tokens", "For", tokens)
		.hidden("returned", back.to_string())
		.text("returned_human", "Came back", returned(side, back));
	output.line(&text, &record);
}

async fn list(context: &Context, account: Option<String>, all: bool, class: Option<String>) -> Result<(), Error> {
	let who = match all {
		true => None,
		false => Some(context.account(account.as_deref())?),
	};
	let view = context.client.best().await?;
	let classes = view.classes().await?;
	let wanted = match &class {
		Some(class) => Some(view.class_named(class).await?.0),
		None => None,
	};
	let mut records = Vec::new();
	for pool in view.pools().await? {
		if pool.orders == 0 || wanted.is_some_and(|wanted| wanted != pool.class) {
			continue;
		}
		let orders = view.orders(pool.class).await?;
		records.extend(
			orders
				.iter()
				.filter(|order| who.is_none_or(|who| concerns(order, &who)))
				.map(|order| order_record(order, pool.class, &classes)),
		);
	}
	let none = match all {
		true => "No order waits.",
		false => "No order of this account waits; what has closed is in the events of its blocks.",
	};
	context.output.records(&records, none);
	Ok(())
}

/// Whether an account paid for an order, or gets what it trades for.
fn concerns(order: &OrderInfo, who: &AccountId) -> bool {
	order.payer == *who || order.recipient == *who
}

fn order_record(order: &OrderInfo, class: ClassId, classes: &[(ClassId, Class)]) -> Record {
	Record::new()
		.text("order", "Order", format_order(order.id))
		.hidden("id", order.id.to_string())
		.hidden("class", class)
		.text("class_name", "Class", name_of(classes, class))
		.text("side", "Side", order.side.word())
		.time("gpu_time", "GPU time", order.gpu_time)
		.time("filled", "Filled", order.filled)
		.amount("tokens", "For", order.tokens)
		.amount("limit", "Limit for all", order.limit)
		.text("purpose", "Is", order.purpose.to_string())
		.hidden("payer", order.payer.to_string())
		.hidden("recipient", order.recipient.to_string())
		.number("placed_at", "Placed in", order.placed_at)
		.number("expires_at", "Until block", order.expires_at)
}

/// The class that an order of `who` is in.
async fn class_of(view: &View, who: &AccountId, order: OrderId) -> Result<ClassId, Error> {
	let mut found = Vec::new();
	for pool in view.pools().await? {
		let orders = match pool.orders {
			0 => continue,
			_ => view.orders(pool.class).await?,
		};
		if orders.iter().any(|other| other.id == order && other.payer == *who) {
			found.push(pool.class);
		}
	}
	match found[..] {
		[class] => Ok(class),
		[] => Err(Error::NotFound(format!(
			"no order {} of {who} waits\n  what to do: `quern order list` shows those that do; one that filled, expired \
			 or was evicted is gone, and paid out",
			format_order(order)
		))),
		_ => Err(Error::Usage(format!(
			"{who} has an order {} in several classes\n  what to do: name one with --class",
			format_order(order)
		))),
	}
}

async fn cancel(context: &Context, order: OrderId, class: Option<String>) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let class = match class {
		Some(class) => view.class_named(&class).await?.0,
		None => class_of(&view, &account_of(&signer), order).await?,
	};
	let orders = view.orders(class).await?;
	let side = orders.iter().find(|other| other.id == order).map(|other| other.side);
	let included = context
		.client
		.submit(&compute_amm::cancel_order(class, order), &signer, Until::InBlock)
		.await?;
	let back = included
		.events
		.iter()
		.find(|event| event.is("ComputeAmm", "OrderClosed") && is_of(event, class, order))
		.and_then(|event| event.number("returned"));
	context.output.record(
		&receipt(&included)
			.text("order", "Order", format_order(order))
			.hidden("id", order.to_string())
			.hidden("class", class)
			.hidden("returned", back.map_or(Value::Null, |back| back.to_string().into()))
			.maybe(
				"returned_human",
				"Came back",
				side.zip(back).map(|(side, back)| returned(side, back)),
			),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{Purpose, QRN};

	#[test]
	fn leaves_a_margin_of_one_per_cent() {
		assert_eq!(default_limit(Side::Buy, 100 * QRN), 101 * QRN);
		assert_eq!(default_limit(Side::Buy, 1), 2);
		assert_eq!(default_limit(Side::Sell, 100 * QRN), 99 * QRN);
		assert_eq!(default_limit(Side::Sell, 1), 0);
		assert_eq!(default_limit(Side::Buy, u128::MAX), u128::MAX);
	}

	#[test]
	fn says_what_is_held() {
		let text = held(Side::Buy, 60_000, 2 * QRN, "h100-80g");
		assert!(
			text.starts_with("holding 2 QRN, the most that 1m of h100-80g may cost"),
			"{text}"
		);
		let text = held(Side::Sell, 60_000, 2 * QRN, "h100-80g");
		assert!(
			text.starts_with("holding 1m of h100-80g, to bring at least 2 QRN"),
			"{text}"
		);
		assert_eq!(
			(returned(Side::Buy, QRN), returned(Side::Sell, 1_000)),
			("1 QRN".into(), "1s".into())
		);
	}

	#[test]
	fn lists_an_order_by_its_block_and_place() {
		let (payer, recipient) = (AccountId([1; 32]), AccountId([2; 32]));
		let order = OrderInfo {
			id: (120 << 32) + 3,
			side: Side::Buy,
			gpu_time: 60_000,
			limit: 2 * QRN,
			filled: 1_000,
			tokens: QRN / 100,
			payer,
			recipient,
			purpose: Purpose::Job(7),
			placed_at: 120,
			expires_at: 130,
		};
		assert!(concerns(&order, &payer) && concerns(&order, &recipient) && !concerns(&order, &AccountId([3; 32])));
		let value = order_record(&order, 5, &[]).json();
		for (name, expected) in [
			("order", "120-3"),
			("id", "515396075523"),
			("class_name", "class 5"),
			("side", "buy"),
			("filled_human", "1s"),
			("limit", "2000000000000"),
			("purpose", "bid of job 7"),
		] {
			assert_eq!(value[name], Value::from(expected), "{name}");
		}
	}
}
