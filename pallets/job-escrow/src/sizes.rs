//! How large a bond and a slash are for a job, and why honest work then beats cheating: pure functions.
//!
//! With `P` the job's price, `C` the class's floor cost of its GPU time, and `q` the chance that a cheat
//! is caught:
//!
//! ```text
//! q = 1:   S = ceil(3/2 · C)                                          own = 0
//! q < 1:   S = max(ceil(3/2 · C), ceil(P · ln 100 / -ln(1 - q)))      own = ceil(2 · P · (1 - q) / q)
//! ```
//!
//! `S` is the slash, reserved of what the operator has allocated to the class; `own` is reserved of its
//! own bond alone. Both are whole or the job is not assigned: nothing is clamped to what is there.
//!
//! `ln 100 / -ln(1 - q)` is the number of jobs within which a cheat is caught in 99 of 100 cases, so `S`
//! takes back what those jobs were paid. It is not what deters, though: where delegators supplied the
//! stake, they lose it and not the cheat. What deters is `own`. Since `-ln(1 - q) <= (1/(1 - q)) - 1 = q/(1 -
//! q)` and `ln 100 > 2`, `own <= S` for every `q`: the own bond pays first, so a slash takes all of `own`
//! from it.
//!
//! # The model
//!
//! A provider takes a job whose work costs it `c < P` (who gains nothing by honest work takes no job).
//! Honest, it earns `P - c`. A cheat skips the work, saves `c`, and with chance `q` is caught: then it
//! loses its pay, its own part of the slash (`own`, or more if more of the stake is own bond), and so
//! much of the rest as lies in delegations of its own under other names. With another name it may be the
//! finder, and gets at most the finder's share of the own part back. So cheating brings more than honest
//! work by
//!
//! ```text
//! c - q · (P + loss),      loss = (1 - finder's share) · own part + own delegations' part      [Cheat::edge]
//! ```
//!
//! which for `c < P` and `own part >= own` is below `(1 - q) · P · (1 - 2 · (1 - finder's share))`: negative
//! for every `q` and any split of the stake, as long as the finder's share is below a half. It is a fifth.
//! [`acceptable`] computes it with the sizes as rounded; `integrity_test` refuses a runtime for which it
//! does not hold.
//!
//! **Several jobs at once.** Of `k` open jobs with the same sizes `j` are found wrong. The own bond pays
//! `min(k · own, j · S) >= j · own`, so cheating in many jobs at once is no cheaper than in each of them.
//! A slash for something else takes own bond first too, also what open jobs reserve, so that less of it
//! answers for these until they are over. New ones are not assigned on it: free bond and free allocation
//! leave out what is frozen.
//!
//! **The client as another name** of the provider gains nothing either: it may have itself slashed, and
//! the victim gets at most what it paid and was not refunded. That is safe because a fault takes the pay
//! away too. Where an operator kept the pay and its client were compensated out of the stake, the same
//! tokens would be had twice, the second time from delegators; so what a provider keeps of a job (the
//! minutes of a lease that were delivered) must never count as the victim's loss.
//!
//! # What "caught" means
//!
//! - [`Check::Certain`]: the chain verifies the proof, so what is not proven is not paid.
//! - [`Check::Consent`]: the client rejected in its window, and the arbiter ruled for it in its own. The
//!   chain knows no other measure of such a job, so what a client lets pass counts as done, and `q = 1` is
//!   true by definition only. If a client notices with chance `r`, cheating pays where `c > r · (P +
//!   loss)`: with no own stake, and work that costs nearly its price, unless the client always notices; with
//!   a stake all of one's own and `P = c = C`, unless it notices in 46 of 100 cases. Whoever cannot judge a
//!   result is to choose another policy.
//! - [`Check::Quorum`]: two thirds of a node's attestors missed it in a minute, or the client objected. It
//!   is as true as the attestors are honest: a third of them can make a minute unknown (unpaid, unpunished),
//!   two thirds can say anything.
//! - [`Check::Audited`]: the job was drawn for an audit after the result was committed to, and the
//!   committee found another one. `q` is the audits' rate; challengers only add to it.
//!
//! # Where it does not hold
//!
//! - A job that costs more than it pays (`c > P`): an operator without own stake in it rather loses its pay.
//!   It may decline before it is liable. One whose stake is all own bond, with `q = 1`, works up to a cost
//!   of `P + 6/5 · C`: that is what the 3/2 is for.
//! - `q` below [`policy::MIN_AUDIT_RATE`] or none: the sizes grow as `1 / q`, so that nobody could take
//!   such a job; refused. `q = 1` as a rate of audits: that is [`Check::Certain`].
//! - Own bond clamped to a share of `S`: with a tenth of own bond, cheating would pay for every `q` from 1
//!   to 82 %. Hence `own`.

use crate::policy;
use polkadot_sdk::{
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, PerThing, Perbill, Rounding},
	sp_core::U256,
};
use quern_primitives::{ports::BondSize, Balance, ClassId};

/// How a cheat is caught, and with what chance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Check {
	/// A proof that the chain verifies: always.
	Certain,
	/// The client's word, and the arbiter's: whatever they do not contest is right.
	Consent,
	/// A quorum of attestors: always, as long as they are honest.
	Quorum,
	/// An audit by a committee, in so many cases.
	Audited(Perbill),
}

impl Check {
	/// The chance that a cheat is caught; `None` for a rate of audits that is not accepted.
	pub fn caught(self) -> Option<Perbill> {
		match self {
			Self::Certain | Self::Consent | Self::Quorum => Some(Perbill::one()),
			Self::Audited(rate) => (rate >= policy::MIN_AUDIT_RATE && rate < Perbill::one()).then_some(rate),
		}
	}
}

/// What is reserved for a job, in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Size {
	/// The slash for a wrong result, of stake allocated to the class. Never less than `own`.
	pub slash: Balance,
	/// Of the own bond.
	pub own: Balance,
}

impl Size {
	/// As the stake's port names it.
	pub fn bond(self, class: ClassId) -> BondSize {
		BondSize {
			own: self.own,
			allocated: Some((class, self.slash)),
		}
	}
}

/// The sizes for a job of that price and floor cost, all in planck, rounded up. `None` if the check is not
/// accepted or an amount does not fit.
pub fn size(check: Check, price: Balance, floor_cost: Balance) -> Option<Size> {
	let caught = check.caught()?;
	let (cover, of) = policy::COVER;
	let slash = multiply_by_rational_with_rounding(floor_cost, cover, of, Rounding::Up)?;
	if caught.is_one() {
		return Some(Size { slash, own: 0 });
	}
	let (caught, all) = (caught.deconstruct(), Perbill::ACCURACY);
	// Not below: a rate of audits is less than one.
	let missed = all.checked_sub(caught)?;
	let run = multiply_by_rational_with_rounding(price, policy::LOG2_100, log2(all, missed)?, Rounding::Up)?;
	let own = multiply_by_rational_with_rounding(
		price,
		policy::OWN_FACTOR.checked_mul(missed.into())?,
		caught.into(),
		Rounding::Up,
	)?;
	Some(Size {
		slash: slash.max(run),
		own,
	})
}

/// `log2(numerator / denominator)` for a ratio of at least one, in units of `2^-LOG_BITS`, rounded down;
/// less than two units below. `None` for a ratio below one or of nothing.
///
/// Binary logarithm bit by bit: the square of a number in `[1, 2)` is at least 2 just where the next bit of
/// its logarithm is set (C. S. Turner, "A Fast Binary Logarithm Algorithm", IEEE Signal Processing
/// Magazine 27(5), 2010). The number is never rounded up, so neither is its logarithm. It is kept to 127
/// bits; an error there at one bit counts half at the next.
pub fn log2(numerator: u32, denominator: u32) -> Option<u128> {
	/// Bits of the number below its point.
	const POINT: u32 = 127;
	if numerator < denominator {
		return None;
	}
	let two = U256::one() << (POINT + 1);
	let mut number = (U256::from(numerator) << POINT).checked_div(U256::from(denominator))?;
	let mut log = 0u128;
	while number >= two {
		number >>= 1;
		// At most 31 times, so no overflow: 31 is below 2^8.
		log += 1 << policy::LOG_BITS;
	}
	for bit in (0..policy::LOG_BITS).rev() {
		// Below 2^128, so the square fits.
		number = (number * number) >> POINT;
		if number >= two {
			number >>= 1;
			log |= 1 << bit;
		}
	}
	Some(log)
}

/// One who may cheat in a job; see the model above. Amounts are in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cheat {
	/// The chance that it is caught.
	pub caught: Perbill,
	/// What the job pays.
	pub price: Balance,
	/// What the work costs, which a cheat saves.
	pub cost: Balance,
	/// What is reserved for it.
	pub size: Size,
	/// The part of the slash that its own bond pays in any case.
	pub own_share: Perbill,
	/// The part of the delegations that is its own, under other names.
	pub alias_share: Perbill,
	/// What whoever finds it gets of the part paid by the own bond. It may be the finder.
	pub finder_share: Perbill,
}

impl Cheat {
	/// What cheating brings more than honest work, on average, in `10^-9` planck: below zero where honest
	/// work pays. `None` if an amount does not fit.
	pub fn edge(&self) -> Option<i128> {
		let lost = i128::try_from(self.price.checked_add(self.loss())?).ok()?;
		let saved = i128::try_from(self.cost).ok()?.checked_mul(Perbill::ACCURACY.into())?;
		saved.checked_sub(lost.checked_mul(self.caught.deconstruct().into())?)
	}

	/// What a slash takes from it and those that it is. Rounded down.
	pub fn loss(&self) -> Balance {
		let own = self
			.size
			.own
			.max(self.own_share.mul_floor(self.size.slash))
			.min(self.size.slash);
		// Neither is below zero: parts of the slash and of the own part. Their sum is at most the slash.
		let kept = own.saturating_sub(self.finder_share.mul_ceil(own));
		let delegated = self.alias_share.mul_floor(self.size.slash.saturating_sub(own));
		kept.saturating_add(delegated)
	}
}

/// Whether a job so checked may be given to operators of whose stake at least `own_share` is own bond,
/// where a finder gets `finder_share` of what own bond pays: the check is accepted, and honest work beats
/// cheating from a tenth to a hundred times the floor cost, for whoever gains a planck by honest work and
/// holds none of the delegations.
pub fn acceptable(check: Check, own_share: Perbill, finder_share: Perbill) -> bool {
	/// The floor cost that it is computed for, in planck: the sizes are in proportion to price and cost.
	const FLOOR_COST: Balance = 1_000_000_000_000_000;
	let Some(caught) = check.caught() else { return false };
	[1, 10, 100, 1_000].into_iter().all(|tenths| {
		let price = FLOOR_COST / 10 * tenths;
		let edge = size(check, price, FLOOR_COST).and_then(|size| {
			Cheat {
				caught,
				price,
				cost: price - 1,
				size,
				own_share,
				alias_share: Perbill::zero(),
				finder_share,
			}
			.edge()
		});
		edge.is_some_and(|edge| edge < 0)
	})
}

/// Checks and own shares for which `integrity_test` wants [`acceptable`] to hold.
pub fn all_acceptable(finder_share: Perbill) -> bool {
	let rates = [5, 25, 50, 75, 99].map(Perbill::from_percent);
	let bounds = [policy::MIN_AUDIT_RATE, Perbill::from_parts(Perbill::ACCURACY - 1)];
	let audits = rates.into_iter().chain(bounds).map(Check::Audited);
	[Check::Certain, Check::Consent, Check::Quorum]
		.into_iter()
		.chain(audits)
		.all(|check| {
			[0, 1, 10, 50, 100]
				.map(Perbill::from_percent)
				.into_iter()
				.all(|own_share| acceptable(check, own_share, finder_share))
		})
}
