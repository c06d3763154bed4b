//! `quern jar`: the protocol's assets that are not QRN, which anyone takes by burning QRN.

use super::{job::receipt, output::Record, Context};
use clap::Subcommand;
use quern::{
	calls::fee_router,
	keys::{account_of, parse_account},
	units::{format_amount, format_duration, format_stake_shares},
	Balance, Error, JarAsset, Until, View,
};
use serde_json::{json, Value};

/// Most assets that one call takes.
const MOST: usize = 16;

/// The jar.
#[derive(Subcommand, Debug)]
pub enum JarCommand {
	/// What lies in it, and what taking it burns.
	Show,
	/// Take what lies in it, sixteen assets at most, for its price in QRN, which burns.
	Empty {
		/// The most to burn; the price if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		max_burn: Option<Balance>,
		/// Who gets it; you if not said.
		#[arg(long, value_name = "ACCOUNT")]
		to: Option<String>,
	},
}

/// Does it.
pub async fn run(context: &Context, command: JarCommand) -> Result<(), Error> {
	match command {
		JarCommand::Show => show(context).await,
		JarCommand::Empty { max_burn, to } => empty(context, max_burn, to).await,
	}
}

fn record(asset: &JarAsset, amount: Balance) -> Record {
	let human = match asset {
		JarAsset::Claims(_) => format_duration(amount),
		JarAsset::PoolShares(_) => amount.to_string(),
		JarAsset::OperatorShares(_) => format_stake_shares(amount),
	};
	Record::new()
		.text("asset", "Asset", asset.name())
		.number("id", "Id", asset.id())
		.hidden("amount", amount.to_string())
		.text("amount_human", "Amount", human)
}

async fn show(context: &Context) -> Result<(), Error> {
	let view = context.client.best().await?;
	let price = view.jar_price()?;
	let lies: Vec<_> = contents(&view).await?;
	let records: Vec<_> = lies.iter().map(|(asset, amount)| record(asset, *amount)).collect();
	if context.output.is_json() {
		context.output.raw_json(&json!({
			"account": view.jar_account()?.to_string(),
			"price": price.to_string(),
			"price_human": format_amount(price),
			"assets": Value::Array(records.iter().map(Record::json).collect()),
		}));
		return Ok(());
	}
	context.output.records(&records, "The jar is empty.");
	context
		.output
		.heading(&format!("Taking what lies in it burns {}.", format_amount(price)));
	Ok(())
}

async fn contents(view: &View) -> Result<Vec<(JarAsset, Balance)>, Error> {
	let jar = view.jar_account()?;
	let mut found = Vec::new();
	for (class, _) in view.classes().await? {
		found.push((JarAsset::Claims(class), view.claims(class, &jar).await?));
		found.push((JarAsset::PoolShares(class), view.pool_shares(class, &jar).await?));
	}
	for who in view.operators().await? {
		if let Some(operator) = view.operator(&who).await? {
			let shares = view.liquid_shares(operator.id, &jar).await?;
			found.push((JarAsset::OperatorShares(operator.id), shares));
		}
	}
	found.retain(|(_, amount)| *amount > 0);
	Ok(found)
}

async fn empty(context: &Context, max_burn: Option<Balance>, to: Option<String>) -> Result<(), Error> {
	let signer = context.signer()?;
	let beneficiary = match &to {
		Some(to) => parse_account(to)?,
		None => account_of(&signer),
	};
	let view = context.client.best().await?;
	let mut wanted = contents(&view).await?;
	if wanted.is_empty() {
		return Err(Error::NotFound("the jar is empty".into()));
	}
	wanted.truncate(MOST);
	let max_burn = match max_burn {
		Some(most) => most,
		None => view.jar_price()?,
	};
	context.output.progress(format!(
		"taking {} assets, no less of each than lies there now, and burning at most {}",
		wanted.len(),
		format_amount(max_burn)
	));
	let call = fee_router::empty_jar(&wanted, &beneficiary, max_burn);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let burned = included
		.event("FeeRouter", "JarEmptied")
		.and_then(|event| event.number("burned"));
	let taken: Vec<_> = wanted.iter().map(|(asset, amount)| record(asset, *amount)).collect();
	let whole = receipt(&included)
		.text("beneficiary", "Goes to", beneficiary.to_string())
		.amount("burned", "Burned", burned.unwrap_or(0));
	if context.output.is_json() {
		let mut value = whole.json();
		value["assets"] = Value::Array(taken.iter().map(Record::json).collect());
		context.output.raw_json(&value);
		return Ok(());
	}
	context.output.record(&whole);
	context.output.records(&taken, "");
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::QRN;

	#[test]
	fn counts_each_asset_in_its_unit() {
		for (asset, amount, human) in [
			(JarAsset::Claims(3), 60_000, "1m"),
			(JarAsset::PoolShares(3), 60_000, "60000"),
			(JarAsset::OperatorShares(3), 2 * QRN, "2"),
		] {
			let value = record(&asset, amount).json();
			assert_eq!((&value["asset"], &value["id"]), (&json!(asset.name()), &json!(3)));
			assert_eq!(value["amount"], json!(amount.to_string()));
			assert_eq!(value["amount_human"], json!(human));
		}
	}
}
