//! Reads of stake.

use super::words::{warnings, Clock};
use crate::cli::{market::name_of, output::Record, Context};
use futures::{StreamExt, TryStreamExt};
use quern::{
	units::{format_amount, format_ppm, format_share, mul_div, GPU_HOUR},
	AccountId, AllocationInfo, Balance, BlockNumber, Class, ClassId, DelegationInfo, EraIndex, Error, OperatorInfo,
	Scope, SlashInfo, WHOLE,
};
use serde_json::{json, Value};

/// Operators asked for at once.
const AT_ONCE: usize = 16;
/// Eras of the yield that is shown if nothing is said: a week of six hours each.
const YIELD_ERAS: EraIndex = 28;

/// What an operator is to the validator set.
fn role(info: &OperatorInfo) -> &'static str {
	match (info.validator, info.candidate) {
		(true, _) => "validator",
		(false, true) => "candidate",
		(false, false) => "operator",
	}
}

/// What keeps an operator from its work.
pub fn standing(info: &OperatorInfo, clock: &Clock) -> Option<String> {
	let mut parts = Vec::new();
	if info.leaving {
		parts.push("leaving".to_string());
	}
	if let Some(until) = info.jailed_until {
		parts.push(clock.jail(until));
	}
	(!parts.is_empty()).then(|| parts.join("; "))
}

/// `quern stake operators`.
pub async fn operators(context: &Context) -> Result<(), Error> {
	let view = context.client.best().await?;
	let clock = Clock::at(&view).await?;
	let all = view.operators().await?;
	let mut infos: Vec<OperatorInfo> = futures::stream::iter(&all)
		.map(|who| view.operator(who))
		.buffered(AT_ONCE)
		.try_filter_map(|info| async { Ok(info) })
		.try_collect()
		.await?;
	infos.sort_by_key(|info| (std::cmp::Reverse(info.stake), info.id));
	let records: Vec<_> = infos
		.iter()
		.map(|info| {
			Record::new()
				.text("operator", "Operator", info.operator.to_string())
				.hidden("id", info.id)
				.text("role", "Is", role(info))
				.hidden("validator", info.validator)
				.hidden("candidate", info.candidate)
				.hidden("leaving", info.leaving)
				.hidden("jailed_until", info.jailed_until.map_or(Value::Null, Value::from))
				.amount("stake", "Stake", info.stake)
				.amount("own", "Own", info.own)
				.amount("delegated", "Delegated", info.delegated)
				.amount("frozen", "Frozen", info.frozen)
				.rate("commission", "Commission", info.commission)
				.maybe("standing", "Standing", standing(info, &clock))
		})
		.collect();
	context.output.records(&records, "There is no operator on this chain.");
	Ok(())
}

/// The error when there is no operator of that account.
pub fn no_operator(who: &AccountId) -> Error {
	Error::NotFound(format!(
		"{who} is no operator\n  what to do: `quern stake operators` lists them; `quern stake register AMOUNT` makes \
		 you one"
	))
}

/// `quern stake operator`.
pub async fn operator(context: &Context, named: Option<String>) -> Result<(), Error> {
	let who = context.account(named.as_deref())?;
	let view = context.client.best().await?;
	let info = view.operator(&who).await?.ok_or_else(|| no_operator(&who))?;
	let slashes = view.pending_slashes(Some(&who)).await?;
	let classes = view.classes().await?;
	let clock = Clock::at(&view).await?;
	let announced = info.announced;
	let record = Record::new()
		.text("operator", "Operator", who.to_string())
		.number("id", "Registration", info.id)
		.text("pool", "Its stake lies in", info.pool.to_string())
		.number("block", "At block", clock.block)
		.number("era", "In era", clock.era)
		.text("role", "Is", role(&info))
		.hidden("validator", info.validator)
		.hidden("candidate", info.candidate)
		.hidden("leaving", info.leaving)
		.hidden("jailed_until", info.jailed_until.map_or(Value::Null, Value::from))
		.maybe("standing", "Standing", standing(&info, &clock))
		.amount("stake", "Stake that counts", info.stake)
		.amount("own", "Own bond", info.own)
		.amount("reserved", "Reserved of that for nodes, jobs and debts", info.reserved)
		.amount("free", "Free of that", info.free())
		.amount("delegated", "Delegated", info.delegated)
		.amount("unbonding", "Leaving, slashable still", info.unbonding)
		.amount("frozen", "Frozen for pending slashes", info.frozen)
		.hidden("pending_slashes", slashes.len())
		.rate("commission", "Commission", info.commission)
		.maybe(
			"announced_human",
			"Announced",
			announced.map(|(rate, from)| format!("{rate}, {}", clock.era(from))),
		)
		.hidden(
			"announced",
			announced.map_or(
				Value::Null,
				|(rate, from)| json!({ "commission_ppb": rate.0, "from_era": from }),
			),
		)
		.amount("claimable", "Rewards to claim", info.claimable)
		.hidden("share_price", info.share_price.to_string())
		.text(
			"share_price_human",
			"Value of a share, at par 1",
			price_of(info.share_price),
		)
		.hidden("whole", info.whole.to_string());
	let record = match info.whole < WHOLE {
		true => record.text(
			"whole_human",
			"Measure that slashes left",
			format_share(info.whole, WHOLE),
		),
		false => record.hidden("whole_human", format_share(info.whole, WHOLE)),
	};
	let allocations: Vec<_> = info
		.allocations
		.iter()
		.map(|allocation| allocation_record(&info, allocation, &classes, &clock))
		.collect();
	if context.output.is_json() {
		let mut value = record.json();
		value["allocations"] = Value::Array(allocations.iter().map(Record::json).collect());
		context.output.raw_json(&value);
		return Ok(());
	}
	context.output.record(&record);
	context.output.records(
		&allocations,
		"Nothing is allocated to a class, so that its nodes get no job: quern stake allocate CLASS SHARE does it.",
	);
	if !slashes.is_empty() {
		context.output.records(&slash_records(&slashes, &classes, &clock), "");
	}
	Ok(())
}

/// A share's price as a factor of par.
fn price_of(share_price: Balance) -> String {
	// At par 10^18 shares are worth as many planck: the price is a number with 18 decimals, of which six
	// are shown.
	let millionths = share_price / 1_000_000_000_000;
	let fraction = format!("{:06}", millionths % 1_000_000);
	match fraction.trim_end_matches('0') {
		"" => (millionths / 1_000_000).to_string(),
		digits => format!("{}.{digits}", millionths / 1_000_000),
	}
}

/// One allocation, as `quern stake operator` and `quern provider status` show it.
pub fn allocation_record(
	info: &OperatorInfo,
	allocation: &AllocationInfo,
	classes: &[(ClassId, Class)],
	clock: &Clock,
) -> Record {
	let share = |magnitude| format_share(magnitude, info.whole);
	let joining = allocation.joining;
	let floor = classes
		.iter()
		.find(|(class, _)| *class == allocation.class)
		.map(|(_, class)| class.floor_price);
	let record = Record::new()
		.number("class", "Class", allocation.class)
		.text("class_name", "Name", name_of(classes, allocation.class))
		.hidden("active", allocation.active.to_string())
		.text("active_human", "Allocated", share(allocation.active))
		.hidden("slashable", allocation.slashable.to_string())
		.hidden(
			"joining",
			joining.map_or(
				Value::Null,
				|(magnitude, session)| json!({ "magnitude": magnitude.to_string(), "from_session": session }),
			),
		)
		.maybe(
			"joining_human",
			"Joining",
			joining.map(|(magnitude, session)| format!("{} from session {session}", share(magnitude))),
		)
		.hidden(
			"leaving",
			Value::Array(
				allocation
					.leaving
					.iter()
					.map(|(magnitude, era)| json!({ "magnitude": magnitude.to_string(), "until_era": era }))
					.collect(),
			),
		)
		.maybe(
			"leaving_human",
			"Leaving",
			(!allocation.leaving.is_empty()).then(|| {
				let parts = allocation.leaving.iter();
				let parts = parts.map(|(magnitude, era)| format!("{}: gone {}", share(*magnitude), clock.era(*era)));
				parts.collect::<Vec<_>>().join("; ")
			}),
		)
		.amount("value", "Worth", allocation.value)
		.amount("reserved", "Jobs reserve", allocation.reserved)
		.amount("free", "Free", allocation.free());
	match floor {
		Some(floor) => record
			.amount(
				"gpu_hour_reserves",
				"A GPU hour reserves",
				floor.reserved_for(GPU_HOUR).unwrap_or(Balance::MAX),
			)
			.time(
				"room",
				"Room for jobs of",
				floor.covered_by(allocation.free()).unwrap_or(0),
			),
		None => record
			.maybe("gpu_hour_reserves", "A GPU hour reserves", None)
			.hidden("gpu_hour_reserves_human", Value::Null)
			.maybe("room_ms", "Room for jobs of", None)
			.hidden("room_human", Value::Null),
	}
}

/// What liquid shares are worth, in planck, while their operator's registration lasts.
fn liquid_value(delegation: &DelegationInfo, operator: Option<&OperatorInfo>) -> Option<Balance> {
	let operator = operator.filter(|operator| operator.id == delegation.id)?;
	mul_div(
		delegation.liquid_shares,
		operator.share_price,
		1_000_000_000_000_000_000,
	)
}

/// `quern stake delegations`.
pub async fn delegations(context: &Context, named: Option<String>) -> Result<(), Error> {
	let who = context.account(named.as_deref())?;
	let view = context.client.best().await?;
	let clock = Clock::at(&view).await?;
	let mut records = Vec::new();
	let mut told = Vec::new();
	for delegation in view.delegations_of(&who).await? {
		let operator = view.operator(&delegation.operator).await?;
		if let Some(operator) = &operator {
			let slashes = view.pending_slashes(Some(&operator.operator)).await?;
			let of_operator = warnings(operator, &slashes, &clock);
			told.extend(
				of_operator
					.into_iter()
					.map(|warning| format!("operator {}: {warning}", operator.operator)),
			);
		}
		records.push(delegation_record(&delegation, operator.as_ref(), &clock));
	}
	context.output.records(
		&records,
		"No delegation: quern stake delegate OPERATOR AMOUNT makes one.",
	);
	for warning in told {
		context.output.progress(warning);
	}
	Ok(())
}

fn delegation_record(delegation: &DelegationInfo, operator: Option<&OperatorInfo>, clock: &Clock) -> Record {
	let record = Record::new()
		.text("operator", "Operator", delegation.operator.to_string())
		.hidden("id", delegation.id)
		.amount("value", "Worth", delegation.value)
		.amount("frozen", "Frozen of that", delegation.frozen)
		.shares(
			"compounding_shares",
			"Compounding shares",
			delegation.compounding_shares,
		)
		.shares("paying_shares", "Paying shares", delegation.paying_shares)
		.amount("claimable", "To claim", delegation.claimable)
		.hidden(
			"unbonding",
			Value::Array(
				delegation
					.unbonding
					.iter()
					.map(|(amount, era)| {
						json!({
							"amount": amount.to_string(),
							"amount_human": format_amount(*amount),
							"withdrawable_in": era,
						})
					})
					.collect(),
			),
		)
		.maybe(
			"unbonding_human",
			"Leaving",
			(!delegation.unbonding.is_empty()).then(|| {
				let parts = delegation.unbonding.iter();
				let parts = parts.map(|(amount, era)| format!("{}: {}", format_amount(*amount), clock.era(*era)));
				parts.collect::<Vec<_>>().join("; ")
			}),
		)
		.shares("liquid_shares", "Liquid shares", delegation.liquid_shares);
	match liquid_value(delegation, operator) {
		Some(value) => record.amount("liquid_value", "Worth of these", value),
		None => record
			.maybe("liquid_value", "Worth of these", None)
			.hidden("liquid_value_human", Value::Null),
	}
}

/// `quern stake slashes`.
pub async fn slashes(context: &Context, named: Option<String>) -> Result<(), Error> {
	let of = match &named {
		Some(named) => Some(context.account(Some(named))?),
		None => None,
	};
	let view = context.client.best().await?;
	let mut slashes = view.pending_slashes(of.as_ref()).await?;
	slashes.sort_by_key(|slash| (slash.due, slash.id));
	let classes = view.classes().await?;
	let records = slash_records(&slashes, &classes, &Clock::at(&view).await?);
	context.output.records(&records, "No slash waits.");
	Ok(())
}

fn slash_records(slashes: &[SlashInfo], classes: &[(ClassId, Class)], clock: &Clock) -> Vec<Record> {
	slashes
		.iter()
		.map(|slash| slash_record(slash, classes, clock))
		.collect()
}

/// One slash.
pub fn slash_record(slash: &SlashInfo, classes: &[(ClassId, Class)], clock: &Clock) -> Record {
	let (class, scope) = match slash.scope {
		Scope::Consensus => (None, "all of the stake".to_string()),
		Scope::Class(class) => (Some(class), format!("allocated to {}", name_of(classes, class))),
	};
	let job = slash.cause.job();
	Record::new()
		.number("id", "Slash", slash.id)
		.text("operator", "Operator", slash.operator.to_string())
		.hidden("cause", slash.cause.name())
		.hidden("job", job.map_or(Value::Null, Value::from))
		.text(
			"cause_human",
			"For",
			match (job, slash.cause.class()) {
				(Some(job), _) => format!("{} of job {job}", slash.cause.name()),
				(None, Some(class)) => format!("{} in {}", slash.cause.name(), name_of(classes, class)),
				(None, None) => slash.cause.name().into(),
			},
		)
		.hidden("class", class.map_or(Value::Null, Value::from))
		.text("scope_human", "What answers", scope)
		.number("session", "Session", slash.session)
		.amount("amount", "Amount", slash.amount.total())
		.amount("own", "Of own bond", slash.amount.own)
		.amount("delegated", "Of delegations", slash.amount.delegated)
		.hidden("due", slash.due)
		.text("due_human", "Executed", clock.era(slash.due))
		.hidden("appealed", slash.appealed)
		.text("appealed_human", "Appealed", if slash.appealed { "yes" } else { "no" })
		.hidden("evidence", format!("{:?}", slash.evidence))
}

/// `quern stake slashable`.
pub async fn slashable(context: &Context, named: &str, block: Option<BlockNumber>) -> Result<(), Error> {
	let who = context.account(Some(named))?;
	let view = context.client.best().await?;
	let block = block.unwrap_or(view.number());
	let found = view.slashable_at(&who, block).await?.ok_or_else(|| {
		Error::NotFound(format!(
			"what {who} answered with at block {block} is not known\n  what to do: name an operator, and a block of the \
			 challenge window, up to {}",
			view.number()
		))
	})?;
	let classes = view.classes().await?;
	let record = Record::new()
		.text("operator", "Operator", who.to_string())
		.number("block", "At block", block)
		.number("session", "In session", found.session)
		.amount("consensus", "For an offence against consensus", found.consensus);
	let of_classes: Vec<_> = found
		.classes
		.iter()
		.map(|(class, amount)| {
			Record::new()
				.number("class", "Class", *class)
				.text("class_name", "Name", name_of(&classes, *class))
				.amount("amount", "For a fault in its jobs", *amount)
		})
		.collect();
	if context.output.is_json() {
		let mut value = record.json();
		value["classes"] = Value::Array(of_classes.iter().map(Record::json).collect());
		context.output.raw_json(&value);
		return Ok(());
	}
	context.output.record(&record);
	context.output.records(&of_classes, "Nothing was allocated to a class.");
	Ok(())
}

/// The eras of a yield: what was said, else the last that are over.
fn yield_range(current: EraIndex, from: Option<EraIndex>, to: Option<EraIndex>) -> Result<(EraIndex, EraIndex), Error> {
	let last = current
		.checked_sub(1)
		.ok_or_else(|| Error::NotFound("no era is over yet\n  what to do: try again in the next era".into()))?;
	let to = to.unwrap_or(last);
	if to > last {
		return Err(Error::Usage(format!(
			"era {to} is not over; the last that is over is {last}"
		)));
	}
	let from = from.unwrap_or(to.saturating_sub(YIELD_ERAS - 1));
	if from > to {
		return Err(Error::Usage(format!("era {from} comes after era {to}")));
	}
	Ok((from, to))
}

/// `quern stake apy`.
pub async fn apy(context: &Context, from: Option<EraIndex>, to: Option<EraIndex>) -> Result<(), Error> {
	let view = context.client.best().await?;
	let (from, to) = yield_range(view.current_era().await?, from, to)?;
	let found = view.apy(from, to).await?.ok_or_else(|| {
		Error::NotFound(format!(
			"the chain remembers no figures of the eras {from} to {to}\n  what to do: name later ones"
		))
	})?;
	context.output.record(
		&Record::new()
			.number("from", "From era", from)
			.number("to", "To era", to)
			.number("eras", "Eras with figures", found.eras)
			.amount("fees", "Fees to stakers", found.fees)
			.amount("stake", "Validators' stake, on average", found.stake)
			.hidden("apy_ppm", found.apy_ppm)
			.text("apy_human", "Yield from fees, as of a year", format_ppm(found.apy_ppm))
			.amount("reserve", "From the reserve, not in the yield", found.reserve),
	);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn writes_the_price_of_a_share() {
		assert_eq!(price_of(1_000_000_000_000_000_000), "1");
		assert_eq!(price_of(1_050_000_000_000_000_000), "1.05");
		assert_eq!(price_of(437_500_000_000_000_000), "0.4375");
		assert_eq!(price_of(12_000_000_999_999_999_999), "12");
		assert_eq!(price_of(0), "0");
	}

	#[test]
	fn shows_the_yield_of_eras_that_are_over() {
		assert_eq!(yield_range(40, None, None).expect("a range"), (12, 39));
		assert_eq!(yield_range(5, None, None).expect("a range"), (0, 4));
		assert_eq!(yield_range(40, Some(3), Some(7)).expect("a range"), (3, 7));
		assert_eq!(yield_range(40, None, Some(7)).expect("a range"), (0, 7));
		assert!(yield_range(0, None, None).is_err());
		assert!(yield_range(40, None, Some(40)).is_err());
		assert!(yield_range(40, Some(8), Some(7)).is_err());
	}
}
