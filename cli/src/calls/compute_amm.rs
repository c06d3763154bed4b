//! The market.

use super::*;

/// Buys or sells claims in the next batch; `limit` planck is the most a buy pays, the least a sell gets, fee
/// included. It stays for `expires_in` blocks more if it does not fill; what it trades for goes to `recipient`,
/// the signer if there is none.
pub fn place_order(
	class: ClassId,
	side: Side,
	gpu_time: GpuTime,
	limit: Balance,
	expires_in: Option<BlockNumber>,
	recipient: Option<&AccountId>,
) -> Call {
	Call::new(
		"ComputeAmm",
		"place_order",
		[
			("class", number(class)),
			("side", Value::unnamed_variant(side.name(), [])),
			("gpu_time", number(gpu_time)),
			("limit", number(limit)),
			("expires_in", option(expires_in.map(number))),
			("recipient", option(recipient.map(|who| bytes(who.0)))),
		],
	)
}

/// Takes an own order out of the book, once it has been through a batch.
pub fn cancel_order(class: ClassId, order: OrderId) -> Call {
	Call::new(
		"ComputeAmm",
		"cancel_order",
		[("class", number(class)), ("order", number(order))],
	)
}

/// Creates a class's pool of so many tokens and claims, and with them its price.
pub fn create_pool(class: ClassId, tokens: Balance, gpu_time: GpuTime) -> Call {
	Call::new(
		"ComputeAmm",
		"create_pool",
		[
			("class", number(class)),
			("tokens", number(tokens)),
			("gpu_time", number(gpu_time)),
		],
	)
}

/// Adds liquidity after the next clearing, in the pool's ratio then, up to and including block `deadline`.
pub fn add_liquidity(
	class: ClassId,
	max_tokens: Balance,
	max_gpu_time: GpuTime,
	min_shares: Balance,
	deadline: BlockNumber,
) -> Call {
	Call::new(
		"ComputeAmm",
		"add_liquidity",
		[
			("class", number(class)),
			("max_tokens", number(max_tokens)),
			("max_gpu_time", number(max_gpu_time)),
			("min_shares", number(min_shares)),
			("deadline", number(deadline)),
		],
	)
}

/// Removes liquidity after the next clearing, pro rata, up to and including block `deadline`.
pub fn remove_liquidity(
	class: ClassId,
	shares: Balance,
	min_tokens: Balance,
	min_gpu_time: GpuTime,
	deadline: BlockNumber,
) -> Call {
	Call::new(
		"ComputeAmm",
		"remove_liquidity",
		[
			("class", number(class)),
			("shares", number(shares)),
			("min_tokens", number(min_tokens)),
			("min_gpu_time", number(min_gpu_time)),
			("deadline", number(deadline)),
		],
	)
}

/// Hands out the signer's locked shares of a class once their time is over.
pub fn unlock_shares(class: ClassId) -> Call {
	Call::new("ComputeAmm", "unlock_shares", [("class", number(class))])
}

/// Pays what the market owes an account that could not receive it before.
pub fn collect(who: &AccountId) -> Call {
	Call::new("ComputeAmm", "collect", [("who", bytes(who.0))])
}
