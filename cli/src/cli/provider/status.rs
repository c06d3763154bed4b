//! `quern provider status`.

use super::register::advice;
use crate::cli::{
	market::name_of,
	output::Record,
	stake::{
		show::{allocation_record, standing},
		Clock,
	},
	Context,
};
use quern::{AccountId, Balance, Error};
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// `quern provider status`.
pub async fn status(context: &Context, named: Option<String>) -> Result<(), Error> {
	let who = context.account(named.as_deref())?;
	let view = context.client.best().await?;
	let classes = view.classes().await?;
	let operator = view.operator(&who).await?;
	let provider = view.provider(&who).await?;
	let is_provider = provider.is_some();
	let record = Record::new()
		.text("account", "Provider", who.to_string())
		.number("block", "At block", view.number())
		.hidden("is_provider", is_provider)
		.hidden("is_operator", operator.is_some());
	let clock = Clock::at(&view).await?;
	let record = match &operator {
		Some(operator) => record
			.amount("stake", "Stake, own and delegated", operator.stake)
			.amount("bond", "Own bond", operator.own)
			.amount("bond_reserved", "Reserved for nodes and jobs", operator.reserved)
			.amount("bond_free", "Free", operator.free())
			.amount("unbonding", "Leaving, slashable still", operator.unbonding)
			.amount("frozen", "Frozen for pending slashes", operator.frozen)
			.hidden("jailed_until", operator.jailed_until.map_or(Value::Null, Value::from))
			.hidden("leaving", operator.leaving)
			.maybe("standing", "Standing", standing(operator, &clock)),
		None => record,
	};
	let allocations: Vec<_> = operator
		.iter()
		.flat_map(|operator| {
			operator
				.allocations
				.iter()
				.map(move |allocation| (operator, allocation))
		})
		.map(|(operator, allocation)| allocation_record(operator, allocation, &classes, &clock))
		.collect();
	let mut nodes = Vec::new();
	let mut of_classes = BTreeSet::new();
	for id in provider.map(|provider| provider.nodes).unwrap_or_default() {
		let Some(node) = view.node(id).await? else { continue };
		of_classes.insert(node.class);
		let jobs = view.jobs_of_node(id).await?;
		nodes.push(
			Record::new()
				.number("node", "Node", id)
				.hidden("class", node.class)
				.text("class_name", "Class", name_of(&classes, node.class))
				.text("state", "State", node.state.name())
				.number("gpus", "GPUs", node.gpus)
				.number("occupied", "Busy", node.occupied)
				.hidden("jobs", jobs.clone())
				.text(
					"jobs_human",
					"Jobs",
					jobs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
				)
				.maybe_number("last_served", "Last served period", node.last_served.map(u64::from))
				.number("missed", "Missed", node.missed)
				.text("endpoint", "Endpoint", node.endpoint.to_string())
				.hidden("key", AccountId(node.key).to_string()),
		);
	}
	let flat_bond = view.constant::<Balance>("ProviderRegistry", "FlatBond")?;
	let books: Vec<_> = view
		.books(&who)
		.await?
		.iter()
		.map(|(class, book)| {
			Record::new()
				.hidden("class", *class)
				.text("class_name", "Class", name_of(&classes, *class))
				.number("active_gpus", "Active GPUs", book.active_gpus)
				.time("allowance", "May sell", book.allowance)
				.time("obligations", "Owes", book.obligations)
				.time("offered", "In the market", book.offered)
				.time("adding", "", book.adding)
				.time("liquidity", "In the pool", book.liquidity)
				.time("assigned", "For jobs", book.assigned)
				.amount("proceeds", "Proceeds held", book.proceeds)
				.amount("collateral", "Own bond held", book.collateral)
				.amount("backing", "Allocation held", book.backed())
				.amount(
					"allocation_needed",
					"Allocation needed",
					book.allocation_needed(flat_bond),
				)
				.hidden("pool_shares", book.shares.to_string())
				.time("delivered", "", book.delivered)
				.maybe("exit", "Passing on", book.exit.map(|exit| format!("{exit:?}")))
		})
		.collect();
	if context.output.is_json() {
		let list = |records: &[Record]| Value::Array(records.iter().map(Record::json).collect());
		let mut value = record.json();
		value["nodes"] = list(&nodes);
		value["books"] = list(&books);
		value["allocations"] = list(&allocations);
		context.output.raw_json(&json!(value));
		return Ok(());
	}
	context.output.record(&record);
	match &operator {
		None => context
			.output
			.heading("No operator: quern provider bond AMOUNT --allocate CLASS 50% makes it one."),
		Some(_) => context
			.output
			.records(&allocations, "No stake is allocated to a class."),
	}
	match is_provider {
		false => context
			.output
			.heading("Not registered: quern provider register --endpoint IP:PORT does it."),
		true => {
			context.output.records(&nodes, "No node.");
			context.output.records(&books, "No capacity.");
		}
	}
	for (id, class) in classes.iter().filter(|(id, _)| of_classes.contains(id)) {
		if let Some(advice) = operator
			.as_ref()
			.and_then(|operator| advice(class, operator.allocation(*id)))
		{
			context.output.progress(advice);
		}
	}
	Ok(())
}
