//! `quern account`.

use super::{output::Record, Context};
use quern::Error;
use serde_json::{json, Value};

/// Shows an account.
pub async fn show(context: &Context, named: Option<String>) -> Result<(), Error> {
	let who = context.account(named.as_deref())?;
	let view = context.client.best().await?;
	let account = view.account(&who).await?;
	let holds = view.holds(&who).await?;
	let mut claims = Vec::new();
	for (class, details) in view.classes().await? {
		let (time, shares) = (view.claims(class, &who).await?, view.pool_shares(class, &who).await?);
		let lock = view.share_lock(class, &who).await?;
		if time > 0 || shares > 0 || lock.is_some() {
			claims.push(
				Record::new()
					.number("class", "Class", class)
					.text("class_name", "Name", details.name())
					.time("claims", "Claims", time)
					.text("pool_shares", "Pool shares", shares.to_string())
					.text(
						"locked_shares",
						"And locked",
						lock.map_or(0, |lock| lock.shares).to_string(),
					)
					.maybe_number("locked_until", "Until block", lock.map(|lock| lock.until.into())),
			);
		}
	}
	let record = Record::new()
		.text("account", "Account", who.to_string())
		.number("block", "At block", view.number())
		.number("nonce", "Transactions signed", account.nonce)
		.amount("free", "Free", account.free)
		.amount("frozen", "Locked of that", account.frozen)
		.amount("held", "Held", account.reserved);
	let owed = view.owed(&who).await?;
	let record = match owed {
		0 => record.hidden("owed", "0"),
		owed => record.amount("owed", "The market owes it", owed),
	};
	let holds: Vec<_> = holds
		.iter()
		.map(|hold| {
			Record::new()
				.text("reason", "Held for", &hold.reason)
				.amount("amount", "Amount", hold.amount)
		})
		.collect();
	if context.output.is_json() {
		let mut value = record.json();
		let list = |records: &[Record]| Value::Array(records.iter().map(Record::json).collect());
		value["holds"] = list(&holds);
		value["claims"] = list(&claims);
		context.output.raw_json(&json!(value));
		return Ok(());
	}
	context.output.record(&record);
	if !holds.is_empty() {
		context.output.records(&holds, "");
	}
	context.output.records(&claims, "No claims and no pool shares.");
	Ok(())
}
