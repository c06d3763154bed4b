//! An operator's own calls.

use super::{
	show::{allocation_record, no_operator, standing},
	words::Clock,
};
use crate::cli::{job::receipt, output::Record, Context};
use quern::{
	calls::{restaking, utility},
	keys::account_of,
	units::{format_amount, format_share, parse_share},
	AccountId, Balance, Call, Class, ClassId, EraIndex, Error, Included, OperatorInfo, Perbill, Share, Until, View,
	WHOLE,
};
use serde_json::{json, Value};

/// The operator that signs, as it was before.
async fn own_books(context: &Context) -> Result<(quern::Keypair, View, OperatorInfo), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let view = context.client.best().await?;
	let info = view.operator(&who).await?.ok_or_else(|| no_operator(&who))?;
	Ok((signer, view, info))
}

/// An operator's bond after a call.
fn bond_record(included: &Included, who: &AccountId, info: Option<&OperatorInfo>) -> Record {
	let record = receipt(included).text("account", "Operator", who.to_string());
	match info {
		Some(info) => record
			.amount("active", "Own bond now", info.own)
			.amount("free", "Free of it", info.free())
			.amount("stake", "Stake that counts", info.stake),
		None => record,
	}
}

/// Sends a call of the operator's and shows its bond after it.
async fn send(
	context: &Context,
	signer: &quern::Keypair,
	call: &Call,
) -> Result<(Record, Included, View, Option<OperatorInfo>), Error> {
	let who = account_of(signer);
	let included = context.client.submit(call, signer, Until::InBlock).await?;
	let view = context.client.at(included.block_hash).await?;
	let info = view.operator(&who).await?;
	let record = bond_record(&included, &who, info.as_ref());
	Ok((record, included, view, info))
}

/// `quern stake register`.
pub async fn register(context: &Context, amount: Balance, commission: Perbill) -> Result<(), Error> {
	let signer = context.signer()?;
	let call = restaking::register_operator(amount, commission);
	let (record, _, _, info) = send(context, &signer, &call).await?;
	let record = record.amount("bonded", "Bonded", amount);
	context.output.record(&match info {
		Some(info) => record
			.number("id", "Registration", info.id)
			.text("pool", "The stake lies in", info.pool.to_string())
			.rate("commission", "Commission", info.commission),
		None => record,
	});
	Ok(())
}

/// `quern stake bond`.
pub async fn bond_more(context: &Context, amount: Balance) -> Result<(), Error> {
	let (signer, _, _) = own_books(context).await?;
	let (record, ..) = send(context, &signer, &restaking::bond_more(amount)).await?;
	context.output.record(&record.amount("bonded", "Bonded", amount));
	Ok(())
}

/// The era in which what a call let go can be withdrawn.
pub fn withdrawable_in(included: &Included) -> Option<EraIndex> {
	let mut events = included.events.iter().filter(|event| event.pallet == "Restaking");
	events
		.find_map(|event| event.number("withdrawable_in"))
		.and_then(|era| EraIndex::try_from(era).ok())
}

/// Adds when something can be withdrawn.
pub async fn with_withdrawable(record: Record, era: Option<EraIndex>, view: &View) -> Result<Record, Error> {
	let clock = Clock::at(view).await?;
	Ok(record
		.hidden("withdrawable_in", era.map_or(Value::Null, Value::from))
		.maybe("withdrawable_human", "Can be withdrawn", era.map(|era| clock.era(era))))
}

/// `quern stake unbond`.
pub async fn unbond(context: &Context, amount: Balance) -> Result<(), Error> {
	let (signer, _, info) = own_books(context).await?;
	if amount > info.free() {
		return Err(Error::Usage(format!(
			"only {} of the bond of {} are free; nodes and jobs reserve the rest\n  what to do: ask for less, or \
			 deregister nodes and let jobs end",
			format_amount(info.free()),
			format_amount(info.own)
		)));
	}
	let (record, included, view, _) = send(context, &signer, &restaking::unbond(amount)).await?;
	let record = record.amount("unbonding", "Leaves", amount);
	let record = with_withdrawable(record, withdrawable_in(&included), &view).await?;
	context.output.record(&record);
	Ok(())
}

/// `quern stake leave`.
pub async fn leave(context: &Context) -> Result<(), Error> {
	let (signer, _, before) = own_books(context).await?;
	let (record, included, view, after) = send(context, &signer, &restaking::leave()).await?;
	let left = after.as_ref().map_or(0, |info| info.own);
	let record = record.amount("unbonding", "Leaves", before.own.saturating_sub(left));
	let record = with_withdrawable(record, withdrawable_in(&included), &view).await?;
	context.output.record(&record);
	match left {
		0 => context.output.progress("`quern stake withdraw` pays it out then"),
		_ => context.output.progress(format!(
			"{} stay until nodes are deregistered and jobs have ended: leave again then",
			format_amount(left)
		)),
	}
	Ok(())
}

/// `quern stake validate` and `quern stake chill`.
pub async fn stand(context: &Context, up: bool) -> Result<(), Error> {
	let (signer, _, _) = own_books(context).await?;
	let call = if up { restaking::validate() } else { restaking::chill() };
	let (record, _, _, info) = send(context, &signer, &call).await?;
	let candidate = info.as_ref().is_some_and(|info| info.candidate);
	let validator = info.as_ref().is_some_and(|info| info.validator);
	context.output.record(
		&record
			.hidden("candidate", candidate)
			.hidden("validator", validator)
			.text(
				"role_human",
				"Is",
				match (candidate, validator) {
					(true, true) => "a candidate, and validates",
					(true, false) => "a candidate",
					(false, true) => "no candidate; validates until its session is over",
					(false, false) => "no candidate",
				},
			),
	);
	Ok(())
}

/// Adds an allocation as it is after a call.
fn with_allocation(record: Record, info: Option<&OperatorInfo>, class: ClassId, details: &Class) -> Record {
	let record = record
		.number("class", "Class", class)
		.text("class_name", "Name", details.name());
	let Some((info, allocation)) = info.and_then(|info| Some((info, info.allocation(class)?))) else {
		return record
			.hidden("allocated", "0")
			.text("allocated_human", "Allocated", "nothing");
	};
	let joining = allocation.joining;
	record
		.hidden("allocated", allocation.active.to_string())
		.text(
			"allocated_human",
			"Allocated",
			format_share(allocation.active, info.whole),
		)
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
			joining
				.map(|(magnitude, session)| format!("{} from session {session}", format_share(magnitude, info.whole))),
		)
		.amount("allocation", "Worth for new jobs", allocation.value)
		.amount("allocation_free", "Free of it", allocation.free())
}

/// `quern stake allocate`.
pub async fn allocate(context: &Context, class: &str, share: Share) -> Result<(), Error> {
	let (signer, view, before) = own_books(context).await?;
	let (class, details) = view.class_named(class).await?;
	let call = restaking::allocate(class, share.magnitude(before.whole));
	let (record, _, _, info) = send(context, &signer, &call).await?;
	context
		.output
		.record(&with_allocation(record, info.as_ref(), class, &details));
	Ok(())
}

/// `quern stake commission`.
pub async fn commission(context: &Context, rate: Perbill) -> Result<(), Error> {
	let (signer, _, _) = own_books(context).await?;
	let (record, _, view, info) = send(context, &signer, &restaking::set_commission(rate)).await?;
	let clock = Clock::at(&view).await?;
	context.output.record(&match info {
		Some(info) => record.rate("commission", "Commission now", info.commission).maybe(
			"announced_human",
			"Announced",
			info.announced
				.map(|(rate, from)| format!("{rate}, {}", clock.era(from))),
		),
		None => record,
	});
	Ok(())
}

/// `CLASS SHARE` pairs of `--allocate`, which comes as often as there are classes.
fn pairs(allocate: &[String]) -> Result<Vec<(&str, Share)>, Error> {
	allocate
		.chunks(2)
		.map(|pair| match pair {
			[class, share] => Ok((class.as_str(), parse_share(share).map_err(Error::Usage)?)),
			_ => Err(Error::Usage(
				"--allocate takes a class and a share, like cpu-x86-64 50%".into(),
			)),
		})
		.collect()
}

/// `quern provider bond`: an operator if the signer is none yet, and its allocations, in one transaction.
pub async fn bond_and_allocate(
	context: &Context,
	amount: Balance,
	commission: Option<Perbill>,
	allocate: &[String],
) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let allocate = pairs(allocate)?;
	let view = context.client.best().await?;
	let before = view.operator(&who).await?;
	let mut calls = vec![match (&before, commission) {
		(None, commission) => restaking::register_operator(amount, commission.unwrap_or_default()),
		(Some(_), None) => restaking::bond_more(amount),
		(Some(info), Some(_)) => {
			return Err(Error::Usage(format!(
				"{who} is an operator already, with a commission of {}\n  what to do: leave --commission out; `quern \
				 stake commission` changes it",
				info.commission
			)))
		}
	}];
	let whole = before.as_ref().map_or(WHOLE, |info| info.whole);
	let mut classes = Vec::new();
	for (name, share) in allocate {
		let (class, details) = view.class_named(name).await?;
		calls.push(restaking::allocate(class, share.magnitude(whole)));
		classes.push((class, details));
	}
	let call = match &calls[..] {
		[call] => call.clone(),
		calls => utility::batch_all(calls),
	};
	let (record, _, view, info) = send(context, &signer, &call).await?;
	let record = record.amount("bonded", "Bonded", amount);
	let record = match &classes[..] {
		[(class, details)] => with_allocation(record, info.as_ref(), *class, details),
		_ => record,
	};
	context.output.record(&record);
	if let Some(info) = info {
		let clock = Clock::at(&view).await?;
		let all = view.classes().await?;
		if classes.len() > 1 && !context.output.is_json() {
			let records: Vec<_> = info
				.allocations
				.iter()
				.map(|allocation| allocation_record(&info, allocation, &all, &clock))
				.collect();
			context.output.records(&records, "");
		}
		if let Some(standing) = standing(&info, &clock) {
			context.output.progress(format!("beware: this operator is {standing}"));
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn reads_pairs_of_class_and_share() {
		let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
		let found = words(&["cpu-x86-64", "25%", "h100-80g", "10%"]);
		assert_eq!(
			pairs(&found).expect("pairs"),
			[
				("cpu-x86-64", Share::OfStake(WHOLE / 4)),
				("h100-80g", Share::OfStake(WHOLE / 10))
			]
		);
		assert!(pairs(&words(&["cpu-x86-64", "50"])).is_err());
		assert!(pairs(&words(&["cpu-x86-64"])).is_err());
	}
}
