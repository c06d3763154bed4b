//! `quern class`: hardware classes, and what becomes of one that ends.

use super::{job::receipt, market, Context};
use clap::Subcommand;
use quern::{
	calls::provider_registry, keys::parse_account, units::format_blocks, Balance, Call, Class, ClassId, Error, GpuTime,
	Included, Until,
};

/// Hardware classes.
#[derive(Subcommand, Debug)]
pub enum ClassCommand {
	/// Every class.
	List,
	/// In a class that has ended, make what a provider still owes payable out of what it got for it. Anybody may.
	WindUp {
		/// The provider.
		provider: String,
		/// The hardware class, by name or id.
		class: String,
	},
	/// Take the pool shares that a class recovered out of the pool, if it is short or closing. Anybody may.
	Withdraw {
		/// The hardware class, by name or id.
		class: String,
	},
	/// Burn claims of a class that has ended, for their part of what was recovered.
	Redeem {
		/// The hardware class, by name or id.
		class: String,
		/// How much.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The least that it has to bring; whatever it does if not said: waiting brings no less.
		#[arg(long, value_name = "QRN", value_parser = super::amount, default_value = "0")]
		min_payment: Balance,
	},
}

/// Does it.
pub async fn run(context: &Context, command: ClassCommand) -> Result<(), Error> {
	match command {
		ClassCommand::List => market::classes(context).await,
		ClassCommand::WindUp { provider, class } => wind_up(context, &provider, &class).await,
		ClassCommand::Withdraw { class } => withdraw(context, &class).await,
		ClassCommand::Redeem {
			class,
			duration,
			min_payment,
		} => redeem(context, &class, duration, min_payment).await,
	}
}

/// Sends what `call` makes of the class.
async fn send(
	context: &Context,
	class: &str,
	call: impl FnOnce(ClassId) -> Call,
) -> Result<(ClassId, Class, Included), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	if let Some(ends_at) = details.ends_at.filter(|ends_at| *ends_at > view.number()) {
		let left = format_blocks(ends_at.saturating_sub(view.number()));
		context
			.output
			.progress(format!("the class ends in block {ends_at}: in {left}"));
	}
	let included = context.client.submit(&call(class), &signer, Until::InBlock).await?;
	Ok((class, details, included))
}

/// A figure of an event of the registry's; 0 if it was not told.
fn figure(included: &Included, event: &str, name: &str) -> u128 {
	included
		.event("ProviderRegistry", event)
		.and_then(|event| event.number(name))
		.unwrap_or(0)
}

async fn wind_up(context: &Context, provider: &str, class: &str) -> Result<(), Error> {
	let provider = parse_account(provider)?;
	let call = |class| provider_registry::wind_up(&provider, class);
	let (class, details, included) = send(context, class, call).await?;
	context.output.record(
		&receipt(&included)
			.text("provider", "Provider", provider.to_string())
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time(
				"gpu_time",
				"Owed by nobody now",
				figure(&included, "WoundUp", "gpu_time"),
			)
			.amount(
				"proceeds",
				"Recovered for that",
				figure(&included, "WoundUp", "proceeds"),
			)
			.hidden("pool_shares", figure(&included, "WoundUp", "shares").to_string()),
	);
	Ok(())
}

async fn withdraw(context: &Context, class: &str) -> Result<(), Error> {
	let (class, details, included) = send(context, class, provider_registry::withdraw_recovered).await?;
	let shares = figure(&included, "SharesWithdrawn", "shares");
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.text("pool_shares", "Pool shares", shares.to_string())
			.time(
				"burned",
				"Claims burned",
				figure(&included, "ShortfallLowered", "gpu_time"),
			),
	);
	Ok(())
}

async fn redeem(context: &Context, class: &str, gpu_time: GpuTime, min_payment: Balance) -> Result<(), Error> {
	let call = |class| provider_registry::redeem_claims(class, gpu_time, min_payment);
	let (class, details, included) = send(context, class, call).await?;
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "Claims burned", gpu_time)
			.amount("payment", "For", figure(&included, "ClaimsRedeemed", "payment"))
			.time("left", "Still to be paid", figure(&included, "ClaimsRedeemed", "left")),
	);
	Ok(())
}
