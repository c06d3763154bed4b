//! `quern pool`: pools of the market, and liquidity in them.

use super::{
	job::receipt,
	market::{name_of, no_pool, paused, paused_until},
	output::Record,
	Context,
};
use clap::{Args, Subcommand};
use quern::{
	calls::compute_amm,
	keys::account_of,
	units::{format_amount, format_blocks, format_duration, mul_div},
	AccountId, Balance, BlockNumber, Call, Class, ClassId, Error, Event, GpuTime, Head, PoolInfo, Price, Until, View,
};

/// Blocks in which queued liquidity may take effect, if nothing is said.
const DEADLINE_BLOCKS: BlockNumber = 10;

/// Pools of the market.
#[derive(Subcommand, Debug)]
pub enum PoolCommand {
	/// Every pool, or one with all its figures.
	Show {
		/// A class, by name or id.
		class: Option<String>,
	},
	/// Create a class's pool of claims and QRN of yours; their ratio is its first price.
	Create {
		/// The hardware class, by name or id.
		class: String,
		/// The claims.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The tokens.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		tokens: Balance,
	},
	/// Add liquidity after the next clearing; the shares are locked for 100 blocks.
	Add(AddArgs),
	/// Remove liquidity after the next clearing.
	Remove(RemoveArgs),
	/// Take out added shares whose time is over.
	Unlock {
		/// The hardware class, by name or id.
		class: String,
	},
}

/// What to add.
#[derive(Args, Debug)]
pub struct AddArgs {
	/// The hardware class, by name or id.
	class: String,
	/// The most claims to give.
	#[arg(value_parser = super::duration)]
	duration: GpuTime,
	/// The most tokens to give; what lies in the pool beside so many claims, and 1 %, if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount)]
	tokens: Option<Balance>,
	/// The fewest shares to get; 98 % of what they would be now if not said.
	#[arg(long, value_name = "SHARES", value_parser = shares)]
	min_shares: Option<Balance>,
	/// For how many blocks it may wait.
	#[arg(long, value_name = "BLOCKS", default_value_t = DEADLINE_BLOCKS)]
	deadline: BlockNumber,
}

/// What to remove.
#[derive(Args, Debug)]
pub struct RemoveArgs {
	/// The hardware class, by name or id.
	class: String,
	/// How many shares, as `quern account` counts them.
	#[arg(value_parser = shares, required_unless_present = "all", conflicts_with = "all")]
	shares: Option<Balance>,
	/// All that are not locked.
	#[arg(long)]
	all: bool,
	/// The least tokens to get; 98 % of what they are worth now if not said.
	#[arg(long, value_name = "QRN", value_parser = super::amount)]
	min_tokens: Option<Balance>,
	/// The least claims to get; 98 % of what they are worth now if not said.
	#[arg(long, value_name = "DURATION", value_parser = super::duration)]
	min_claims: Option<GpuTime>,
	/// For how many blocks it may wait.
	#[arg(long, value_name = "BLOCKS", default_value_t = DEADLINE_BLOCKS)]
	deadline: BlockNumber,
}

/// Reads a number of pool shares: digits, with `_` between them if need be.
pub fn shares(text: &str) -> Result<Balance, String> {
	let bare: String = text.chars().filter(|c| *c != '_').collect();
	bare.parse()
		.ok()
		.filter(|shares| *shares > 0 && bare.bytes().all(|byte| byte.is_ascii_digit()))
		.ok_or_else(|| format!("'{text}' is no number of pool shares: write a whole one, as `quern account` shows it"))
}

/// Does it.
pub async fn run(context: &Context, command: PoolCommand) -> Result<(), Error> {
	match command {
		PoolCommand::Show { class } => show(context, class).await,
		PoolCommand::Create {
			class,
			duration,
			tokens,
		} => create(context, &class, duration, tokens).await,
		PoolCommand::Add(args) => add(context, args).await,
		PoolCommand::Remove(args) => remove(context, args).await,
		PoolCommand::Unlock { class } => unlock(context, &class).await,
	}
}

async fn show(context: &Context, class: Option<String>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let wanted = match &class {
		Some(class) => Some(view.class_named(class).await?.0),
		None => None,
	};
	let classes = view.classes().await?;
	let pools: Vec<_> = view
		.pools()
		.await?
		.into_iter()
		.filter(|pool| wanted.is_none_or(|wanted| wanted == pool.class))
		.collect();
	match (&pools[..], class) {
		([], Some(class)) => Err(no_pool(&class)),
		([pool], Some(_)) if !context.output.is_json() => {
			context.output.record(&pool_record(pool, &classes, view.number(), true));
			Ok(())
		}
		(pools, _) => {
			let records: Vec<_> = pools
				.iter()
				.map(|pool| pool_record(pool, &classes, view.number(), false))
				.collect();
			context.output.records(&records, "No class has a pool yet.");
			Ok(())
		}
	}
}

/// A pool: for people all of it, or what a line of a table holds; for programs the same in both cases.
fn pool_record(pool: &PoolInfo, classes: &[(ClassId, Class)], now: BlockNumber, whole: bool) -> Record {
	// What has no label is not shown.
	let label = |label| if whole { label } else { "" };
	Record::new()
		.number("class", "Class", pool.class)
		.text("class_name", "Name", name_of(classes, pool.class))
		.amount("reserve_tokens", "Tokens", pool.reserve_tokens)
		.time("reserve_claims", "Claims", pool.reserve_claims)
		.price("spot", "Price now", pool.spot)
		.price("ema_10m", label("Average of 10 min"), pool.ema_10m)
		.price("ema_1h", "Average of 1 h", pool.ema_1h)
		.price("ema_24h", label("Average of 24 h"), pool.ema_24h)
		.price("base_fee", label("Congestion base fee"), pool.base_fee)
		.number("attested_gpus", label("Attested GPUs"), pool.attested_gpus)
		.text("shares", label("Pool shares"), pool.shares.to_string())
		.hidden("fees_per_share", pool.fees_per_share.0.to_string())
		.amount("fees_earned", label("Fees earned for LPs"), fees_earned(pool))
		.amount("carried", label("Fees not priced yet"), pool.carried)
		.number("orders", "Orders waiting", pool.orders)
		.hidden("paused_until", paused_until(pool, now))
		.maybe("paused_human", label("Orders paused"), paused(pool, now))
}

/// What the fees kept since the pool was created come to for the shares that exist now, in planck.
fn fees_earned(pool: &PoolInfo) -> Balance {
	// More than fits nobody has.
	pool.fees_per_share.of(pool.shares).unwrap_or(Balance::MAX)
}

async fn create(context: &Context, class: &str, gpu_time: GpuTime, tokens: Balance) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	if let Some(price) = mul_div(tokens, 1_000_000_000_000_000_000, gpu_time).map(Price) {
		context.output.progress(format!(
			"the pool's first price is {price}; its shares are yours, but for a thousand that are locked for ever"
		));
	}
	let call = compute_amm::create_pool(class, tokens, gpu_time);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let created = included.event("ComputeAmm", "PoolCreated");
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.amount("tokens", "Tokens", tokens)
			.time("gpu_time", "Claims", gpu_time)
			.maybe(
				"shares",
				"Pool shares in all",
				created
					.and_then(|event| event.number("shares"))
					.map(|shares| shares.to_string()),
			),
	);
	Ok(())
}

/// So many per cent of an amount, rounded down.
pub fn per_cent(amount: u128, of: u128) -> u128 {
	mul_div(amount, of, 100).unwrap_or(amount)
}

async fn pool_of(view: &View, class: ClassId, name: &str) -> Result<PoolInfo, Error> {
	view.pool(class).await?.ok_or_else(|| no_pool(name))
}

async fn add(context: &Context, args: AddArgs) -> Result<(), Error> {
	let view = context.client.best().await?;
	let (class, details) = view.class_named(&args.class).await?;
	let pool = pool_of(&view, class, &details.name()).await?;
	let max_tokens = match args.tokens {
		Some(tokens) => tokens,
		None => pool
			.tokens_beside(args.duration)
			.map(|tokens| per_cent(tokens, 101).saturating_add(1))
			.ok_or_else(|| Error::Usage("that is more than the market counts with".into()))?,
	};
	let expected = pool.shares_for(max_tokens, args.duration);
	let min_shares = match (args.min_shares, expected) {
		(Some(shares), _) => shares,
		(None, Some((shares, _, _))) => per_cent(shares, 98).max(1),
		(None, None) => {
			return Err(Error::Usage(format!(
				"{} and {} are worth less than one share of the pool",
				format_amount(max_tokens),
				format_duration(args.duration)
			)))
		}
	};
	if let Some((shares, tokens, claims)) = expected {
		context.output.progress(format!(
			"at the pool's ratio now it takes {} and {} for {shares} shares; what it does not take comes back",
			format_amount(tokens),
			format_duration(claims)
		));
	}
	let deadline = view.number().saturating_add(args.deadline);
	let call = compute_amm::add_liquidity(class, max_tokens, args.duration, min_shares, deadline);
	change(context, &call, class, &details, deadline).await
}

async fn remove(context: &Context, args: RemoveArgs) -> Result<(), Error> {
	let who = account_of(&context.signer()?);
	let view = context.client.best().await?;
	let (class, details) = view.class_named(&args.class).await?;
	let pool = pool_of(&view, class, &details.name()).await?;
	let free = view.pool_shares(class, &who).await?;
	let shares = args.shares.unwrap_or(free);
	if shares > free || shares == 0 {
		let locked = view.share_lock(class, &who).await?;
		let locked = locked.map_or_else(String::new, |lock| match lock.until > view.number() {
			true => format!(", {} more are locked until block {}", lock.shares, lock.until),
			false => format!(
				", {} more are there for `quern pool unlock {}`",
				lock.shares,
				details.name()
			),
		});
		return Err(Error::Other(format!(
			"{who} has {free} free shares of the pool of {}{locked}\n  what to do: remove at most those; `quern account` \
			 shows them",
			details.name()
		)));
	}
	let (tokens, claims) = pool
		.worth(shares)
		.ok_or_else(|| Error::Other("the pool has no shares".into()))?;
	context.output.progress(format!(
		"the shares are worth {} and {} now",
		format_amount(tokens),
		format_duration(claims)
	));
	let deadline = view.number().saturating_add(args.deadline);
	let call = compute_amm::remove_liquidity(
		class,
		shares,
		args.min_tokens.unwrap_or_else(|| per_cent(tokens, 98)),
		args.min_claims.unwrap_or_else(|| per_cent(claims, 98)),
		deadline,
	);
	change(context, &call, class, &details, deadline).await
}

/// What became of a queued request.
fn is_outcome(event: &Event, class: ClassId, who: &AccountId) -> bool {
	event.pallet == "ComputeAmm"
		&& matches!(
			event.name.as_str(),
			"LiquidityAdded" | "LiquidityRemoved" | "LiquidityRefused"
		) && event.number("class") == Some(class.into())
		&& event.account("who").as_ref() == Some(who)
}

/// Queues a change of liquidity and tells what became of it.
async fn change(
	context: &Context,
	call: &Call,
	class: ClassId,
	details: &Class,
	deadline: BlockNumber,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let included = context.client.submit(call, &signer, Until::InBlock).await?;
	let mut blocks = context.client.blocks(Head::Best);
	let mut next = included.block_number.saturating_add(1);
	loop {
		let newest = blocks.next().await?.number();
		while next <= newest {
			let view = context.client.at_number(next).await?;
			let events = view.events().await?;
			if let Some(event) = events.iter().find(|event| is_outcome(event, class, &who)) {
				if event.name == "LiquidityRefused" {
					let why = event.field("error").map(|error| view.failure(error));
					return Err(why.map_or_else(
						|| Error::Other("the request was refused; all it gave is back".into()),
						Error::Chain,
					));
				}
				let record = receipt(&included)
					.number("class", "Class", class)
					.text("class_name", "Name", details.name())
					.number("effective", "Took effect in block", next)
					.text(
						"shares",
						if event.name == "LiquidityAdded" {
							"Pool shares got"
						} else {
							"Pool shares given"
						},
						event.number("shares").unwrap_or(0).to_string(),
					)
					.amount("tokens", "Tokens", event.number("tokens").unwrap_or(0))
					.time("gpu_time", "Claims", event.number("gpu_time").unwrap_or(0));
				let locked = event.number("locked_until").and_then(|block| u64::try_from(block).ok());
				context.output.record(&match locked {
					Some(block) => record.number("locked_until", "Locked until block", block),
					None => record,
				});
				return Ok(());
			}
			next = next.saturating_add(1);
		}
		// A request waits where clearing failed, and is given back after its deadline.
		if newest > deadline.saturating_add(1) {
			return Err(Error::Lost {
				reason: format!(
					"nothing was told of the request by block {newest}; `quern account` shows what you have"
				),
			});
		}
	}
}

async fn unlock(context: &Context, class: &str) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	match view.share_lock(class, &who).await? {
		None => {
			return Err(Error::NotFound(format!(
				"{who} has no locked shares of the pool of {}",
				details.name()
			)))
		}
		Some(lock) if lock.until > view.number() => {
			return Err(Error::Other(format!(
				"{} shares are locked until block {}\n  what to do: wait {}",
				lock.shares,
				lock.until,
				format_blocks(lock.until.saturating_sub(view.number()))
			)))
		}
		Some(_) => {}
	}
	let included = context
		.client
		.submit(&compute_amm::unlock_shares(class), &signer, Until::InBlock)
		.await?;
	let unlocked = included
		.event("ComputeAmm", "SharesUnlocked")
		.and_then(|event| event.number("shares"));
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.maybe("shares", "Pool shares", unlocked.map(|shares| shares.to_string())),
	);
	Ok(())
}

#[cfg(test)]
pub mod tests {
	use super::*;
	use quern::QRN;
	use serde_json::json;

	/// A pool at 2 QRN an hour.
	pub fn pool() -> PoolInfo {
		let price = Price::from_per_hour(2 * QRN).expect("fits");
		PoolInfo {
			class: 3,
			reserve_tokens: 20 * QRN,
			reserve_claims: 36_000_000,
			shares: 1_000_000_000,
			spot: price,
			ema_10m: price,
			ema_1h: price,
			ema_24h: price,
			orders: 2,
			fees_per_share: Price(5_000_000_000_000_000_000),
			carried: 7,
			base_fee: Price(0),
			attested_gpus: 4,
			paused_until: None,
		}
	}

	#[test]
	fn shows_programs_the_same_of_one_pool_as_of_many() {
		let (whole, line) = (
			pool_record(&pool(), &[], 9, true).json(),
			pool_record(&pool(), &[], 9, false).json(),
		);
		assert_eq!(whole, line);
		for (name, expected) in [
			("class", json!(3)),
			("reserve_tokens", json!("20000000000000")),
			("attested_gpus", json!(4)),
			("fees_per_share", json!("5000000000000000000")),
			("fees_earned", json!("5000000000")),
			("carried", json!("7")),
			("paused_until", json!(null)),
		] {
			assert_eq!(whole[name], expected, "{name}");
		}
	}

	#[test]
	fn reads_numbers_of_shares() {
		assert_eq!(shares("1_000_000"), Ok(1_000_000));
		for text in ["", "0", "-1", "+1", "1.5", "1 QRN", "x"] {
			assert!(shares(text).is_err(), "{text}");
		}
	}

	#[test]
	fn knows_what_became_of_its_request() {
		use quern::Value;
		use subxt::ext::scale_value::Composite;
		let who = AccountId([1; 32]);
		let event = |name: &str, class: u128| Event {
			pallet: "ComputeAmm".into(),
			name: name.into(),
			fields: Composite::named([("class", Value::u128(class)), ("who", Value::from_bytes(who.0))]),
		};
		assert!(is_outcome(&event("LiquidityAdded", 3), 3, &who));
		assert!(is_outcome(&event("LiquidityRefused", 3), 3, &who));
		assert!(!is_outcome(&event("LiquidityQueued", 3), 3, &who));
		assert!(!is_outcome(&event("LiquidityAdded", 4), 3, &who));
		assert!(!is_outcome(&event("LiquidityAdded", 3), 3, &AccountId([2; 32])));
	}
}
