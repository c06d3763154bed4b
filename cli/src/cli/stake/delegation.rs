//! A delegator's calls.

use super::{
	operator::{with_withdrawable, withdrawable_in},
	show::no_operator,
	words::{warnings, Clock},
};
use crate::cli::{job::receipt, output::Record, Context};
use quern::{
	calls::restaking,
	keys::{account_of, parse_account},
	units::{format_amount, mul_div_up},
	AccountId, Balance, DelegationInfo, Error, Included, RewardMode, Until,
};

/// The word for a mode on the command line.
fn word(mode: RewardMode) -> &'static str {
	match mode {
		RewardMode::Compound => "compound",
		RewardMode::Payout => "payout",
	}
}

/// Adds what a delegation is now.
fn with_delegation(record: Record, delegation: Option<&DelegationInfo>) -> Record {
	let (value, compounding, paying, liquid) = delegation.map_or((0, 0, 0, 0), |delegation| {
		(
			delegation.value,
			delegation.compounding_shares,
			delegation.paying_shares,
			delegation.liquid_shares,
		)
	});
	record
		.amount("value", "Delegation now worth", value)
		.shares("compounding_shares", "Compounding shares", compounding)
		.shares("paying_shares", "Paying shares", paying)
		.shares("liquid_shares", "Liquid shares", liquid)
}

/// `quern stake delegate`.
pub async fn delegate(context: &Context, operator: &str, amount: Balance, mode: RewardMode) -> Result<(), Error> {
	let signer = context.signer()?;
	let operator = parse_account(operator)?;
	let view = context.client.best().await?;
	let info = view.operator(&operator).await?.ok_or_else(|| no_operator(&operator))?;
	let slashes = view.pending_slashes(Some(&operator)).await?;
	let told = warnings(&info, &slashes, &Clock::at(&view).await?);
	for warning in &told {
		context.output.progress(format!("beware: {warning}"));
	}
	let call = restaking::delegate(&operator, amount, mode);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let view = context.client.at(included.block_hash).await?;
	let delegation = view.delegation(&account_of(&signer), &operator).await?;
	let record = receipt(&included)
		.text("operator", "Operator", operator.to_string())
		.amount("delegated", "Delegated", amount)
		.text("mode", "Rewards", word(mode))
		.rate("commission", "Commission", info.commission)
		.hidden("warnings", told);
	context.output.record(&with_delegation(record, delegation.as_ref()));
	Ok(())
}

/// The error when there is nothing of that mode.
fn nothing_delegated(operator: &AccountId, delegation: Option<&DelegationInfo>, mode: RewardMode) -> Error {
	let other = match (delegation, mode) {
		(Some(delegation), RewardMode::Compound) if delegation.paying_shares > 0 => {
			"add --payout for the part whose rewards wait to be claimed"
		}
		(Some(delegation), RewardMode::Payout) if delegation.compounding_shares > 0 => {
			"leave --payout out for the part that compounds"
		}
		(Some(delegation), RewardMode::Compound) if delegation.liquid_shares > 0 => {
			"turn liquid shares into compounding ones first: quern stake solidify"
		}
		_ => "`quern stake delegations` shows what there is",
	};
	Error::NotFound(format!(
		"nothing is delegated to {operator} in that mode\n  what to do: {other}"
	))
}

/// `quern stake undelegate`.
pub async fn undelegate(
	context: &Context,
	operator: &str,
	amount: Option<Balance>,
	mode: RewardMode,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let operator = parse_account(operator)?;
	let view = context.client.best().await?;
	let delegation = view.delegation(&who, &operator).await?;
	let before = match delegation {
		Some(delegation) if delegation.shares(mode) > 0 => delegation,
		delegation => return Err(nothing_delegated(&operator, delegation.as_ref(), mode)),
	};
	let info = view.operator(&operator).await?.ok_or_else(|| no_operator(&operator))?;
	let shares = match amount {
		None => None,
		Some(amount) => {
			let worth = before.worth(mode, info.share_price);
			let shares = before.shares_worth(mode, amount, info.share_price).ok_or_else(|| {
				Error::Usage(format!(
					"the delegation is worth {}, and not {}\n  what to do: ask for less, or for --all",
					format_amount(worth.unwrap_or(before.value)),
					format_amount(amount)
				))
			})?;
			if shares == 0 {
				return Err(Error::Usage(format!(
					"{} are less than one share",
					format_amount(amount)
				)));
			}
			// All is said as such, so that a reward on the way leaves no dust.
			Some(shares).filter(|shares| *shares < before.shares(mode))
		}
	};
	let call = restaking::undelegate(&operator, mode, shares);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let view = context.client.at(included.block_hash).await?;
	let after = view.delegation(&who, &operator).await?;
	let left = left_by(&included, &before, after.as_ref());
	let record = receipt(&included)
		.text("operator", "Operator", operator.to_string())
		.shares("shares", "Shares taken out", shares.unwrap_or(before.shares(mode)))
		.amount("unbonding", "Leaves", left);
	let last = after
		.as_ref()
		.and_then(|after| after.unbonding.iter().map(|(_, era)| *era).max());
	let record = with_withdrawable(record, withdrawable_in(&included).or(last), &view).await?;
	context.output.record(&with_delegation(record, after.as_ref()));
	let frozen = frozen_of(&before, left);
	if frozen > 0 {
		context.output.progress(format!(
			"about {} of that are frozen for pending slashes, and stay withheld until those are executed or dismissed",
			format_amount(frozen)
		));
	}
	context.output.progress(format!(
		"it answers for offences until then; `quern stake withdraw {operator}` pays it out"
	));
	Ok(())
}

/// What left, as the chain says it, or as the books tell.
fn left_by(included: &Included, before: &DelegationInfo, after: Option<&DelegationInfo>) -> Balance {
	included
		.event("Restaking", "Undelegated")
		.and_then(|event| event.number("amount"))
		.unwrap_or_else(|| before.value.saturating_sub(after.map_or(0, |after| after.value)))
}

/// The part of what leaves that pending slashes have frozen, by proportion.
fn frozen_of(before: &DelegationInfo, leaves: Balance) -> Balance {
	mul_div_up(before.frozen, leaves, before.value).unwrap_or(0).min(leaves)
}

/// `quern stake mode`.
pub async fn set_mode(context: &Context, operator: &str, mode: RewardMode) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let operator = Some(parse_account(operator)?).filter(|operator| *operator != who);
	let call = restaking::set_reward_mode(operator.as_ref(), mode);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let record = receipt(&included)
		.text("operator", "Operator", operator.as_ref().unwrap_or(&who).to_string())
		.hidden("own_bond", operator.is_none())
		.text("mode", "Rewards", word(mode));
	context.output.record(&match &operator {
		Some(operator) => {
			let view = context.client.at(included.block_hash).await?;
			with_delegation(record, view.delegation(&who, operator).await?.as_ref())
		}
		None => record,
	});
	Ok(())
}

/// What a transaction paid to an account out of a pool of stake.
fn paid(included: &Included, who: &AccountId) -> Balance {
	included
		.events
		.iter()
		.filter(|event| event.is("Balances", "Transfer") && event.account("to").as_ref() == Some(who))
		.filter_map(|event| event.number("amount"))
		.fold(0, Balance::saturating_add)
}

/// `quern stake withdraw`.
pub async fn withdraw(context: &Context, operator: Option<String>) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let operator = operator.map(|named| parse_account(&named)).transpose()?;
	let call = restaking::withdraw(operator.as_ref());
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let view = context.client.at(included.block_hash).await?;
	let record = receipt(&included)
		.text("operator", "Operator", operator.as_ref().unwrap_or(&who).to_string())
		.hidden("own_bond", operator.is_none())
		.amount("withdrawn", "Paid out", paid(&included, &who));
	match &operator {
		Some(operator) => {
			let delegation = view.delegation(&who, operator).await?;
			let left = delegation.map_or(0, |delegation| {
				let parts = delegation.unbonding.iter();
				parts.fold(0, |sum: Balance, (amount, _)| sum.saturating_add(*amount))
			});
			context
				.output
				.record(&record.amount("unbonding", "Still leaving", left));
		}
		None => {
			let gone = view.operator(&who).await?.is_none();
			context.output.record(&record.hidden("operator_gone", gone));
			if gone {
				context
					.output
					.progress("that was all of it: you are no operator any more");
			}
		}
	}
	Ok(())
}

/// `quern stake claim`.
pub async fn claim(context: &Context, operator: Option<String>) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let operator = operator.map(|named| parse_account(&named)).transpose()?;
	let call = restaking::claim(operator.as_ref());
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	context.output.record(
		&receipt(&included)
			.text("operator", "Operator", operator.as_ref().unwrap_or(&who).to_string())
			.hidden("own_bond", operator.is_none())
			.amount("claimed", "Rewards paid out", paid(&included, &who)),
	);
	Ok(())
}

/// `quern stake liquify`.
pub async fn liquify(context: &Context, operator: &str, shares: Option<Balance>) -> Result<(), Error> {
	turn(context, operator, shares, true).await
}

/// `quern stake solidify`.
pub async fn solidify(context: &Context, operator: &str, shares: Option<Balance>) -> Result<(), Error> {
	turn(context, operator, shares, false).await
}

async fn turn(context: &Context, operator: &str, shares: Option<Balance>, liquid: bool) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let operator = parse_account(operator)?;
	let view = context.client.best().await?;
	let shares = match shares {
		Some(shares) => shares,
		None => {
			let delegation = view.delegation(&who, &operator).await?;
			let has = delegation.map_or(0, |delegation| match liquid {
				true => delegation.compounding_shares,
				false => delegation.liquid_shares,
			});
			if has == 0 {
				let kind = if liquid { "compounding" } else { "liquid" };
				return Err(Error::NotFound(format!(
					"{who} has no {kind} shares of {operator}\n  what to do: `quern stake delegations` shows what there is"
				)));
			}
			has
		}
	};
	let call = match liquid {
		true => restaking::liquify(&operator, shares),
		false => restaking::solidify(&operator, shares),
	};
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let view = context.client.at(included.block_hash).await?;
	let after = view.delegation(&who, &operator).await?;
	let record = receipt(&included)
		.text("operator", "Operator", operator.to_string())
		.shares("shares", "Shares turned", shares)
		.hidden(
			"asset",
			after.as_ref().map_or(serde_json::Value::Null, |after| after.id.into()),
		);
	context.output.record(&with_delegation(record, after.as_ref()));
	Ok(())
}
