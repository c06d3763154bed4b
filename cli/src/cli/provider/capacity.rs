//! What a provider issues and takes back: pools opened, offers, liquidity, buy-backs.

use crate::cli::{
	job::receipt,
	market::no_pool,
	order::{default_limit, open},
	pool::per_cent,
	Context,
};
use quern::{
	calls::provider_registry,
	format_order,
	keys::account_of,
	units::{format_amount, format_duration, mul_div},
	AccountId, AllocationInfo, Balance, BlockNumber, Book, ClassId, Error, GpuTime, Head, OrderId, Side, Until, View,
	Window,
};

/// Refuses what the chain would for want of stake allocated to the class, and says how much it takes.
pub async fn ensure_backed(view: &View, who: &AccountId, class: ClassId, name: &str) -> Result<(), Error> {
	// Without a book or an operator the chain says what is wrong.
	let (Some(book), Some(operator)) = (view.book(who, class).await?, view.operator(who).await?) else {
		return Ok(());
	};
	let flat_bond = view.constant::<Balance>("ProviderRegistry", "FlatBond")?;
	match lacks(&book, operator.allocation(class), flat_bond, name) {
		Some(lacks) => Err(Error::Other(lacks)),
		None => Ok(()),
	}
}

/// What a provider lacks of an allocation to owe anything more, if it does.
fn lacks(book: &Book, allocation: Option<&AllocationInfo>, flat_bond: Balance, name: &str) -> Option<String> {
	let needed = book.allocation_needed(flat_bond);
	// What is reserved for the obligations now serves again.
	let there = allocation.map_or(0, |allocation| allocation.free().saturating_add(book.backed()));
	if there >= needed {
		return None;
	}
	let then = match allocation.and_then(|allocation| allocation.joining) {
		Some((_, session)) => format!("wait for session {session}, from which on what you allocated counts"),
		None => format!(
			"quern stake allocate {name} 50%, which counts from a later session on; `quern stake bond` adds to the stake \
			 that it is a part of"
		),
	};
	Some(format!(
		"whoever owes claims of {name} needs {} of stake allocated to it, for each attested node {}; {} is free\n  what to \
		 do: {then}",
		format_amount(needed),
		format_amount(flat_bond),
		format_amount(there)
	))
}

/// `quern provider open-pool`.
pub async fn open_pool(context: &Context, class: &str, gpu_time: GpuTime) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	ensure_backed(&view, &account_of(&signer), class, &details.name()).await?;
	let included = context
		.client
		.submit(&provider_registry::open_pool(class, gpu_time), &signer, Until::InBlock)
		.await?;
	let tokens = included
		.event("ProviderRegistry", "PoolOpened")
		.and_then(|event| event.number("tokens"));
	let record = receipt(&included)
		.number("class", "Class", class)
		.text("class_name", "Name", details.name())
		.time("gpu_time", "Claims in the pool", gpu_time);
	context.output.record(&match tokens {
		Some(tokens) => record.amount("tokens", "Tokens in it, and your proceeds", tokens),
		None => record,
	});
	Ok(())
}

/// 97 % of what the time is worth at the average price.
fn default_min_proceeds(average: Balance) -> Balance {
	mul_div(average, 97, 100).unwrap_or(0)
}

/// `quern provider offer`.
pub async fn offer(
	context: &Context,
	class: &str,
	gpu_time: GpuTime,
	min_proceeds: Option<Balance>,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	ensure_backed(&view, &account_of(&signer), class, &details.name()).await?;
	let min_proceeds = match min_proceeds {
		Some(least) => least,
		None => {
			let average = view.ema_price(class, Window::Hour).await?.ok_or_else(|| {
				Error::NotFound(format!(
					"class '{}' has no pool to sell into\n  what to do: open it with `quern provider open-pool`",
					details.name()
				))
			})?;
			default_min_proceeds(average.of(gpu_time).unwrap_or(Balance::MAX))
		}
	};
	context
		.output
		.progress(format!("offering it for at least {}", format_amount(min_proceeds)));
	let call = provider_registry::offer_capacity(class, gpu_time, min_proceeds);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let offer = included
		.event("ProviderRegistry", "CapacityOffered")
		.and_then(|event| event.number("offer"));
	// An offer is for one batch, which clears at the start of the next block.
	let batch = included.block_number.saturating_add(1);
	let mut blocks = context.client.blocks(Head::Best);
	while blocks.next().await?.number() < batch {}
	let (mut sold, mut proceeds, mut closed): (GpuTime, Balance, bool) = (0, 0, false);
	let events = context.client.at_number(batch).await?.events().await?;
	for event in events
		.iter()
		.filter(|event| offer.is_some() && event.number("offer") == offer)
	{
		if event.is("ProviderRegistry", "CapacitySold") {
			sold += event.number("gpu_time").unwrap_or(0);
			proceeds += event.number("proceeds").unwrap_or(0);
		}
		closed |= event.is("ProviderRegistry", "OfferClosed");
	}
	context.output.record(
		&receipt(&included)
			.maybe_number("offer", "Offer", offer.and_then(|offer| u64::try_from(offer).ok()))
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "Offered", gpu_time)
			.amount("min_proceeds", "For at least", min_proceeds)
			.time("sold", "Sold", sold)
			.amount("proceeds", "Proceeds, held until delivery", proceeds)
			.hidden("closed", closed),
	);
	if closed && sold == 0 {
		context
			.output
			.progress("nothing was sold; it is allowance again. Ask for less with --min-proceeds, or wait for buyers.");
	}
	Ok(())
}

/// `quern provider issue-liquidity`.
pub async fn issue_liquidity(
	context: &Context,
	class: &str,
	gpu_time: GpuTime,
	tokens: Option<Balance>,
	min_shares: Option<Balance>,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	ensure_backed(&view, &account_of(&signer), class, &details.name()).await?;
	let pool = view.pool(class).await?.ok_or_else(|| no_pool(&details.name()))?;
	let tokens = match tokens {
		Some(tokens) => tokens,
		None => pool
			.tokens_beside(gpu_time)
			.map(|tokens| per_cent(tokens, 101).saturating_add(1))
			.ok_or_else(|| Error::Usage("that is more than the market counts with".into()))?,
	};
	let expected = pool.shares_for(tokens, gpu_time).ok_or_else(|| {
		Error::Usage(format!(
			"{} and {} are worth less than one share of the pool",
			format_amount(tokens),
			format_duration(gpu_time)
		))
	})?;
	let min_shares = min_shares.unwrap_or_else(|| per_cent(expected.0, 98).max(1));
	context.output.progress(format!(
		"issuing {} and adding it with at most {}; the pool shares are held until you deliver, and own bond covers what \
		 you owe",
		format_duration(gpu_time),
		format_amount(tokens)
	));
	let call = provider_registry::issue_liquidity(class, gpu_time, tokens, min_shares);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let addition = included
		.event("ProviderRegistry", "LiquidityIssued")
		.and_then(|event| event.number("addition"))
		.ok_or_else(|| Error::Incompatible {
			what: "the event ProviderRegistry.LiquidityIssued".into(),
			reason: "it did not come, or names no addition".into(),
		})?;
	// It takes effect after the next clearing; ten blocks later, where that fails, all of it is back.
	let mut blocks = context.client.blocks(Head::Best);
	let mut next = included.block_number.saturating_add(1);
	loop {
		let newest = blocks.next().await?.number();
		while next <= newest {
			let events = context.client.at_number(next).await?.events().await?;
			let settled = events.iter().find(|event| {
				event.is("ProviderRegistry", "LiquidityAdded") && event.number("addition") == Some(addition)
			});
			if let Some(event) = settled {
				let shares = event.number("shares").unwrap_or(0);
				if shares == 0 {
					return Err(Error::Other(
						"the pool took nothing: the claims are allowance again, and the tokens are back\n  what to do: \
						 give more tokens with --tokens, or take fewer shares with --min-shares"
							.into(),
					));
				}
				let back = event.number("tokens_returned").unwrap_or(0);
				context.output.record(
					&receipt(&included)
						.number("class", "Class", class)
						.text("class_name", "Name", details.name())
						.number("effective", "Took effect in block", next)
						.time("gpu_time", "Claims issued", event.number("gpu_time").unwrap_or(0))
						.amount("tokens", "Tokens", tokens.saturating_sub(back))
						.text("shares", "Pool shares, held until delivery", shares.to_string()),
				);
				return Ok(());
			}
			next = next.saturating_add(1);
		}
	}
}

/// `quern provider buy-back`, with claims that the provider has.
pub async fn buy_back(context: &Context, class: &str, gpu_time: GpuTime) -> Result<(), Error> {
	let signer = context.signer()?;
	let who = account_of(&signer);
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let has = view.claims(class, &who).await?;
	if has < gpu_time {
		return Err(Error::Other(format!(
			"{who} has {} of {}\n  what to do: buy the claims and cancel with them: --market",
			format_duration(has),
			details.name()
		)));
	}
	let included = context
		.client
		.submit(&provider_registry::buy_back(class, gpu_time), &signer, Until::InBlock)
		.await?;
	let released = included
		.event("ProviderRegistry", "BoughtBack")
		.and_then(|event| event.number("released"));
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "Cancelled", gpu_time)
			.amount("released", "Proceeds released", released.unwrap_or(0)),
	);
	Ok(())
}

/// `quern provider buy-back --market`.
pub async fn buy_back_in_market(
	context: &Context,
	class: &str,
	gpu_time: GpuTime,
	max_cost: Option<Balance>,
	blocks: BlockNumber,
) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	open(&view, class, &details.name()).await?;
	let max_cost = match max_cost {
		Some(most) => most,
		None => default_limit(Side::Buy, view.quote_buy(class, gpu_time).await?.total),
	};
	context.output.progress(format!(
		"holding {}; what is not needed comes back when the order closes",
		format_amount(max_cost)
	));
	let call = provider_registry::buy_back_in_market(class, gpu_time, max_cost, blocks);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let placed = included.event("ProviderRegistry", "BuyBackPlaced");
	let order = placed
		.and_then(|event| event.number("order"))
		.and_then(|order| OrderId::try_from(order).ok());
	context.output.record(
		&receipt(&included)
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.maybe("order", "Order", order.map(format_order))
			.time("gpu_time", "To buy and cancel", gpu_time)
			.amount("max_cost", "For at most", max_cost)
			.number(
				"expires_at",
				"In the batches up to block",
				included.block_number.saturating_add(blocks),
			),
	);
	context
		.output
		.progress("`quern order list` shows it while it waits, `quern provider status` what you owe");
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::QRN;

	#[test]
	fn says_what_lacks_of_an_allocation() {
		let book = |attested_nodes, backing| Book {
			active_gpus: 8,
			attested_nodes,
			allowance: 0,
			obligations: 0,
			offered: 0,
			adding: 0,
			assigned: 0,
			liquidity: 0,
			proceeds: 0,
			shares: 0,
			collateral: 0,
			backing,
			delivered: 0,
			exit: None,
		};
		let allocation = |joining, value, reserved| AllocationInfo {
			class: 0,
			active: 9,
			slashable: 9,
			joining,
			leaving: vec![],
			value,
			reserved,
		};
		let lacks = |book: &Book, allocation: Option<&AllocationInfo>| super::lacks(book, allocation, 100 * QRN, "cpu");
		let told = lacks(&book(2, 0), None).expect("it lacks all");
		assert!(
			told.contains("needs 200 QRN") && told.contains("quern stake allocate cpu 50%"),
			"{told}"
		);
		let told = lacks(&book(2, 0), Some(&allocation(Some((9, 12)), 0, 0))).expect("not yet");
		assert!(told.contains("session 12"), "{told}");
		assert!(lacks(&book(2, 0), Some(&allocation(None, 250 * QRN, 100 * QRN))).is_some());
		assert_eq!(
			lacks(&book(2, 100 * QRN), Some(&allocation(None, 250 * QRN, 100 * QRN))),
			None
		);
		assert_eq!(lacks(&book(0, 0), Some(&allocation(None, 100 * QRN, 0))), None);
	}

	#[test]
	fn offers_at_97_per_cent_of_the_average() {
		assert_eq!(default_min_proceeds(100 * QRN), 97 * QRN);
		assert_eq!(default_min_proceeds(1), 0);
		assert_eq!(
			default_min_proceeds(u128::MAX),
			mul_div(u128::MAX, 97, 100).expect("fits")
		);
	}
}
