//! Of errors of jobs.

use super::Hint;

/// Them.
pub(super) const HINTS: &[Hint] = &[
	(
		"JobEscrow",
		"NotFound",
		"check the number; the chain drops finished jobs after a while",
	),
	("JobEscrow", "NotClient", "sign with the account that requested the job"),
	(
		"JobEscrow",
		"WrongState",
		"`quern job watch` shows where the job stands",
	),
	("JobEscrow", "TooLate", "`quern job watch` shows where the job stands"),
	("JobEscrow", "NothingOffered", "raise --max-cost"),
	("JobEscrow", "TooManyClaims", "lower --claims to what the job uses"),
	(
		"JobEscrow",
		"NotEnoughClaims",
		"`quern account` shows the claims that the account has",
	),
	("JobEscrow", "PaceTooSlow", "raise --pace or --bid-blocks"),
	("JobEscrow", "BidTooLong", "lower --bid-blocks"),
	("JobEscrow", "QueueFull", "try another number of --bid-blocks"),
	("JobEscrow", "ClassNotOpen", "`quern class list` shows the classes"),
	(
		"JobEscrow",
		"BaseFeeTooHigh",
		"the class is more congested than it was: raise --max-base-fee, or wait; `quern price` shows the base fee",
	),
	(
		"JobEscrow",
		"NoGpuTime",
		"name at least one accelerator and a millisecond",
	),
	("JobEscrow", "DurationTooLong", "ask for less: --duration"),
];
