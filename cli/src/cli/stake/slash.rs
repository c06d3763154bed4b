//! An accused operator's calls.

use super::{show::slash_record, words::Clock};
use crate::cli::{job::receipt, output::Record, Context};
use quern::{blake2_256, calls::slashing, keys::account_of, units::format_amount, Balance, Error, SlashId, Until};
use std::path::Path;

/// The longest text of an appeal, in bytes: what a member of the committee may be asked to read.
const LONGEST_REASON: usize = 16 * 1024 * 1024;

/// `quern stake appeal`.
pub async fn appeal(context: &Context, id: SlashId, reason: &Path) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let text = std::fs::read(reason)
		.map_err(|error| Error::Other(format!("cannot read the reason {}: {error}", reason.display())))?;
	if text.is_empty() || text.len() > LONGEST_REASON {
		return Err(Error::Usage(format!(
			"the reason {} has {} bytes; give one that the committee can read, up to {LONGEST_REASON}",
			reason.display(),
			text.len()
		)));
	}
	let hash = blake2_256(&text);
	let view = context.client.best().await?;
	let pending = view.pending_slashes(Some(&who)).await?;
	if !pending.iter().any(|slash| slash.id == id) {
		return Err(Error::NotFound(format!(
			"slash {id} is no pending slash of {who}\n  what to do: `quern stake slashes {who}` lists them"
		)));
	}
	let bond: Balance = view.constant("Slashing", "AppealBond")?;
	context.output.progress(format!(
		"holding {} as the appeal's bond; it comes back if the committee reduces or voids the slash",
		format_amount(bond)
	));
	let included = context
		.client
		.submit(&slashing::appeal(id, hash), &signer, Until::InBlock)
		.await?;
	let view = context.client.at(included.block_hash).await?;
	let record = receipt(&included)
		.number("id", "Slash", id)
		.text("reason", "Hash of the reason", format!("{hash:?}"))
		.amount("bond", "Bond held", bond);
	let pending = view.pending_slashes(Some(&who)).await?;
	let (classes, clock) = (view.classes().await?, Clock::at(&view).await?);
	let slash: Vec<_> = pending
		.iter()
		.filter(|slash| slash.id == id)
		.map(|slash| slash_record(slash, &classes, &clock))
		.collect();
	if context.output.is_json() {
		let mut value = record.json();
		value["slash"] = slash.first().map(Record::json).unwrap_or_default();
		context.output.raw_json(&value);
		return Ok(());
	}
	context.output.record(&record);
	context.output.records(&slash, "");
	context
		.output
		.progress("keep the file, and send it to the committee: only its hash is on the chain");
	Ok(())
}

/// `quern stake release`.
pub async fn release(context: &Context) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let included = context
		.client
		.submit(&slashing::release(), &signer, Until::InBlock)
		.await?;
	context
		.output
		.record(&receipt(&included).text("account", "Operator", who.to_string()));
	Ok(())
}
