//! Of errors of providers.

use super::Hint;

/// Them.
pub(super) const HINTS: &[Hint] = &[
	("ProviderRegistry", "NotOperator", "bond first: `quern provider bond`"),
	(
		"ProviderRegistry",
		"ProviderNotFound",
		"register first: `quern provider register`",
	),
	(
		"ProviderRegistry",
		"BookNotFound",
		"register a node of that class first: `quern provider register`",
	),
	(
		"ProviderRegistry",
		"AllowanceExceeded",
		"offer less; `quern provider status` shows the allowance, which each minute served adds to",
	),
	(
		"ProviderRegistry",
		"TooManyObligations",
		"deliver first, or add nodes; a provider owes at most a day for each attested accelerator",
	),
	(
		"ProviderRegistry",
		"InvalidEndpoint",
		"name a public address and a port that is not a chain node's",
	),
	(
		"ProviderRegistry",
		"InvalidProof",
		"let the daemon follow this same chain, and register with the account it serves",
	),
	(
		"ProviderRegistry",
		"KeyInUse",
		"each node needs a key of its own; `quern provider status` lists the nodes",
	),
	(
		"ProviderRegistry",
		"NoOpening",
		"`quern pool show` tells whether there is a pool already; else the committee has to set terms",
	),
	(
		"ProviderRegistry",
		"OpeningExceeded",
		"offer less; `quern class list` shows the terms",
	),
	(
		"ProviderRegistry",
		"ClassNotFound",
		"`quern class list` shows the classes",
	),
	(
		"ProviderRegistry",
		"NodeNotFound",
		"`quern provider status` lists the nodes",
	),
	(
		"ProviderRegistry",
		"AlreadyExists",
		"nothing: it is there already",
	),
	(
		"ProviderRegistry",
		"NotAuthorized",
		"sign with the account of the node's provider",
	),
	(
		"ProviderRegistry",
		"InvalidName",
		"name it with 1 to 32 of a-z, 0-9 and -",
	),
	(
		"ProviderRegistry",
		"InvalidPrice",
		"name a price above zero",
	),
	(
		"ProviderRegistry",
		"InvalidHardware",
		"let the daemon state its accelerators and its memory",
	),
	(
		"ProviderRegistry",
		"TooManyNodes",
		"deregister a node first",
	),
	(
		"ProviderRegistry",
		"TooManyProviders",
		"choose another class: this one has as many providers as it takes",
	),
	(
		"ProviderRegistry",
		"NodesRemain",
		"deregister the nodes first; `quern provider status` lists them",
	),
	(
		"ProviderRegistry",
		"NodePaused",
		"nothing: the node is paused already",
	),
	(
		"ProviderRegistry",
		"NodeNotPaused",
		"nothing: the node is not paused",
	),
	(
		"ProviderRegistry",
		"NodeOccupied",
		"let its jobs end first; `quern provider status` shows them",
	),
	(
		"ProviderRegistry",
		"NodeNotServing",
		"let the daemon be seen for a minute: `quern provider status` shows when a node was last served",
	),
	(
		"ProviderRegistry",
		"NoFreeGpus",
		"let its jobs end first; `quern provider status` shows them",
	),
	(
		"ProviderRegistry",
		"ObligationsRemain",
		"deliver, buy back, or pass on what is owed first: `quern provider buy-back`, `quern provider leave`",
	),
	(
		"ProviderRegistry",
		"ProceedsRemain",
		"fund the account with the existential deposit, so that what is due to it can be paid",
	),
	(
		"ProviderRegistry",
		"ObligationsExceeded",
		"name less; `quern provider status` shows what you owe, `quern provider estates` what is there to take over",
	),
	(
		"ProviderRegistry",
		"PoolExists",
		"nothing: the class has a pool; `quern pool show` shows it",
	),
	(
		"ProviderRegistry",
		"ZeroAmount",
		"name more than nothing",
	),
	(
		"ProviderRegistry",
		"Overflow",
		"ask for less",
	),
	(
		"ProviderRegistry",
		"InsufficientCollateral",
		"add to your own bond, `quern stake bond`: what is owed beyond an hour for each accelerator, and what goes into the pool, needs it",
	),
	(
		"ProviderRegistry",
		"InsufficientAllocation",
		"allocate more of your stake to the class, `quern stake allocate CLASS 50%`, and wait for the session from which it counts: whoever owes anything needs a flat bond of it for each attested node, or its collateral if that is more",
	),
	(
		"ProviderRegistry",
		"TooManyBuyBacks",
		"buy claims of the class, `quern order place buy`, and cancel what you owe with those: as many buy-backs as may wait in the market",
	),
	(
		"ProviderRegistry",
		"OffersRemain",
		"wait for the next block, when offers and liquidity of yours have settled",
	),
	(
		"ProviderRegistry",
		"EstateOpen",
		"wait until what passes to others is taken over or closed: `quern provider estates`",
	),
	(
		"ProviderRegistry",
		"EstateNotFound",
		"`quern provider estates` lists what there is to take over",
	),
	(
		"ProviderRegistry",
		"NotGone",
		"wait: a provider is gone when it was away for 24 hours within a week",
	),
	(
		"ProviderRegistry",
		"NothingOwed",
		"nothing: nothing is owed there that others could take over",
	),
	(
		"ProviderRegistry",
		"PaymentTooLow",
		"take less pay with --min-payment, or wait: it rises for an hour",
	),
	(
		"ProviderRegistry",
		"RecoveryTooSmall",
		"take over less: the pay comes out of what fees and slashes brought in for the class by now",
	),
	(
		"ProviderRegistry",
		"TooEarly",
		"wait: an estate is closed a day after its opening, or once all is taken over (`quern provider estates`); a class is wound up once it has ended (`quern class list`)",
	),
	(
		"ProviderRegistry",
		"TooLong",
		"lower --blocks",
	),
	(
		"ProviderRegistry",
		"ClassClosing",
		"choose another class: `quern class list` shows when this one ends",
	),
	(
		"ProviderRegistry",
		"TooLate",
		"`quern class wind-up`: the class has ended, and what is owed there is paid out of what was got for it",
	),
	(
		"ProviderRegistry",
		"NotShort",
		"nothing: the class's pool shares stay where they are until it is short of somebody to deliver, or ends",
	),
	(
		"ProviderRegistry",
		"NothingRecovered",
		"nothing: whatever was recovered is where it belongs, or takes effect with the next block",
	),
	(
		"ProviderRegistry",
		"NotSettled",
		"`quern class wind-up` every provider that owes something, `quern provider close-estate` what was left behind, and wait for the class's last jobs",
	),
];
