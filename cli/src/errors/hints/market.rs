//! Of errors of the market and of fees.

use super::Hint;

/// Them.
pub(super) const HINTS: &[Hint] = &[
	(
		"ComputeAmm",
		"ExceedsDepth",
		"ask for less, or allow more classes or a split; a job larger than the pool's third needs --max-cost and --pace",
	),
	(
		"ComputeAmm",
		"LimitOutOfReach",
		"come closer to the price that `quern quote` shows",
	),
	(
		"ComputeAmm",
		"TooManyOrders",
		"come closer to the price that `quern quote` shows, or try in the next block",
	),
	("ComputeAmm", "PoolExists", "add to it: `quern pool add`"),
	("ComputeAmm", "TooManyPools", "nothing: the chain takes no more pools"),
	(
		"ComputeAmm",
		"TooManyRequests",
		"try again in the next block: so many changes of liquidity wait for this one's clearing",
	),
	(
		"ComputeAmm",
		"TooSmall",
		"ask for more: nothing below the constant ComputeAmm.MinOrder is traded, and a bid's --pace is 0.1 % of the pool's \
		 claims at least",
	),
	("ComputeAmm", "TooLarge", "ask for less"),
	(
		"ComputeAmm",
		"NotFound",
		"`quern order list` shows the orders that wait, `quern account` what there is of shares",
	),
	(
		"ComputeAmm",
		"NotAuthorized",
		"sign with the account that placed it; a job's bid ends with `quern job cancel`",
	),
	(
		"ComputeAmm",
		"TooEarly",
		"wait for the next block: an order is bound to its first batch, and added shares to their hundred blocks",
	),
	(
		"ComputeAmm",
		"TooLate",
		"try again: the deadline or the expiry has passed",
	),
	(
		"ComputeAmm",
		"ExpiryTooFar",
		"lower --expires-in, or a buy-back's --blocks: orders stay for 600 blocks at most",
	),
	(
		"ComputeAmm",
		"SlippageExceeded",
		"the pool moved: ask for less with --min-shares, --min-tokens or --min-claims, or give more with --tokens",
	),
	(
		"ComputeAmm",
		"Paused",
		"wait: a breaker tripped, and `quern price` shows until when; deliveries, refunds and withdrawals go on",
	),
	(
		"ComputeAmm",
		"Ended",
		"remove liquidity, or have claims paid out: `quern class redeem`; what the market has of yours comes back",
	),
	(
		"ComputeAmm",
		"BelowSaleFloor",
		"raise the limit: the treasury sells for no less than 97 % of the average of 10 minutes",
	),
	(
		"ComputeAmm",
		"BadRecipient",
		"name another recipient: what the market's own accounts get is lost",
	),
	(
		"FeeRouter",
		"PriceTooHigh",
		"raise --max-burn; `quern jar show` shows the price",
	),
	(
		"FeeRouter",
		"LessThanMinimum",
		"somebody was faster; `quern jar show` shows what lies there",
	),
	(
		"FeeRouter",
		"NothingThere",
		"somebody was faster; `quern jar show` shows what lies there",
	),
	("FeeRouter", "NamedTwice", "name each asset once"),
	("FeeRouter", "BeneficiaryIsJar", "name another beneficiary"),
];
