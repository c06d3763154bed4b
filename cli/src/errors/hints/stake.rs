//! Of errors of the one stake.

use super::Hint;

/// Them.
pub(super) const HINTS: &[Hint] = &[
	(
		"Restaking",
		"NotOperator",
		"`quern stake operators` lists the operators; `quern provider bond` makes you one",
	),
	("Restaking", "AlreadyOperator", "add to the bond: `quern stake bond`"),
	(
		"Restaking",
		"Leaving",
		"choose another operator; or register anew, once `quern stake withdraw` has paid out all",
	),
	(
		"Restaking",
		"NotDelegator",
		"`quern stake delegations` shows with whom yours are",
	),
	(
		"Restaking",
		"BelowMinBond",
		"bond and keep the constant Restaking.MinBond, or take out all: `quern stake leave`; a delegator chooses \
		 another operator",
	),
	(
		"Restaking",
		"BelowMinValidatorBond",
		"add to your own bond, `quern stake bond`: validators need Restaking.MinValidatorBond",
	),
	(
		"Restaking",
		"BelowMinDelegation",
		"delegate or keep at least the constant Restaking.MinDelegation, or take out all: --all",
	),
	(
		"Restaking",
		"AmountTooSmall",
		"name more; where a share became dear, the least is what a million shares cost",
	),
	(
		"Restaking",
		"InsufficientFreeBond",
		"add to the bond: `quern stake bond`; `quern stake operator` shows what is free",
	),
	(
		"Restaking",
		"InsufficientShares",
		"ask for less; `quern stake delegations` shows the shares of each kind",
	),
	(
		"Restaking",
		"InsufficientAllocation",
		"allocate more: `quern stake allocate`; `quern stake operator` shows what is free",
	),
	(
		"Restaking",
		"PoolImpaired",
		"choose another operator; this one has to leave and register anew",
	),
	(
		"Restaking",
		"AlreadyReserved",
		"`quern provider status` shows the nodes and jobs that reserve stake",
	),
	(
		"Restaking",
		"TooManyUnbonding",
		"`quern stake withdraw` first; what a pending slash withholds is free when that is executed or void",
	),
	(
		"Restaking",
		"NothingToWithdraw",
		"`quern stake delegations` shows when each part can be, `quern stake slashes` what withholds it",
	),
	(
		"Restaking",
		"NothingToClaim",
		"wait for rewards; those that compound are in the value of the shares already",
	),
	(
		"Restaking",
		"CommissionAnnounced",
		"wait until it holds, or take it back by setting the present one: `quern stake commission`",
	),
	(
		"Restaking",
		"CommissionRiseTooLarge",
		"raise it in steps: a percentage point for each day of notice",
	),
	("Restaking", "UnknownClass", "`quern class list` shows the classes"),
	(
		"Restaking",
		"TooManyAllocations",
		"set another class to 0% first, and wait until it has left",
	),
	(
		"Restaking",
		"AllocatedTooMuch",
		"allocate less: all classes together have half of the stake, and `quern stake operator` shows what leaves",
	),
	(
		"Restaking",
		"AllocationReserved",
		"keep more of it, and of the bond that it is a part of, or let its jobs end and deliver or buy back what is owed first; `quern stake operator` shows what they reserve",
	),
	(
		"Restaking",
		"AlreadyCandidate",
		"nothing: you stand for election; `quern stake operators` shows who validates",
	),
	("Restaking", "NotCandidate", "nothing: you do not stand for election"),
	(
		"Restaking",
		"TooManyCandidates",
		"bond more, or find delegators: `quern stake operators` shows the stakes to exceed",
	),
	(
		"Restaking",
		"NoSessionKeys",
		"set the node's session keys first: Session.set_keys, with what its RPC author_rotateKeys gives",
	),
	(
		"Restaking",
		"TooEarly",
		"wait for the next era: an offence of yours was reported in this one",
	),
	(
		"Slashing",
		"NotFound",
		"`quern stake slashes` lists those that wait; what is executed or voided is gone",
	),
	(
		"Slashing",
		"NotAuthorized",
		"sign with the operator's account, or with a proxy of it",
	),
	(
		"Slashing",
		"AlreadyAppealed",
		"the committee has your appeal; `quern stake slashes` shows until when it may rule",
	),
	(
		"Slashing",
		"TooLate",
		"ask the committee: it may reduce or void a slash as long as that is not executed",
	),
	(
		"Slashing",
		"TooEarly",
		"`quern stake operator` shows when the term is over",
	),
	(
		"Slashing",
		"TooLongAgo",
		"nothing: its challenge window is over, and the stake is no longer liable",
	),
	("Slashing", "InFuture", "check the block: it has not come yet"),
	(
		"Slashing",
		"NothingToSlash",
		"`quern stake slashable` shows what answered at a block",
	),
	(
		"Slashing",
		"NotLess",
		"name less than is still to be taken, which `quern stake slashes` shows; to take nothing, void it",
	),
	(
		"Slashing",
		"NoAppeal",
		"`quern stake slashes` shows which are appealed; an appeal is ruled on once",
	),
	("Slashing", "NotJailed", "nothing: it may take jobs already"),
	("Slashing", "Overflow", "ask for less"),
];
