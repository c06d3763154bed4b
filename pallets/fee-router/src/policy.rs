//! What goes where, as pure functions.

use quern_primitives::Balance;

/// A fee is cut into this many parts: of the job fee's 6 %, half a percent is one part.
const PARTS: Balance = 12;
/// Burned: 3 of 6 %.
const BURNED_PARTS: Balance = 6;
/// To the stakers: 1.5 of 6 %.
const STAKERS_PARTS: Balance = 3;
/// To the treasury: 1 of 6 %.
const TREASURY_PARTS: Balance = 2;

/// One in so many planck of a transaction's base fee is its author's; the others are burned.
const AUTHOR_SHARE: Balance = 5;

/// How a fee is split. The legs sum to the fee.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Legs {
	/// Burned.
	pub burned: Balance,
	/// To the stakers' pot.
	pub stakers: Balance,
	/// To the treasury.
	pub treasury: Balance,
	/// To the insurance fund: what the others leave, at most three planck more than its twelfth.
	pub insurance: Balance,
}

/// Splits a fee of jobs or of the market. The first three legs round down.
pub fn legs(fee: Balance) -> Legs {
	let burned = parts(fee, BURNED_PARTS);
	let stakers = parts(fee, STAKERS_PARTS);
	let treasury = parts(fee, TREASURY_PARTS);
	// Cannot underflow: the three round down and are 11 parts of 12 together.
	let insurance = fee - burned - stakers - treasury;
	Legs {
		burned,
		stakers,
		treasury,
		insurance,
	}
}

/// The author's part of a transaction's base fee, rounded down.
pub fn author_share(fee: Balance) -> Balance {
	fee / AUTHOR_SHARE
}

/// `floor(fee × parts / PARTS)` for `parts <= PARTS`, which no fee makes overflow.
fn parts(fee: Balance, parts: Balance) -> Balance {
	fee / PARTS * parts + fee % PARTS * parts / PARTS
}

#[cfg(test)]
mod tests {
	use super::*;
	use proptest::prelude::*;

	#[test]
	fn legs_are_those_of_the_six_percent() {
		// 6 % of 1,000 QRN: 30 burned, 15 to stakers, 10 to the treasury, 5 to insurance.
		let fee = 60_000_000_000_000;
		assert_eq!(
			legs(fee),
			Legs {
				burned: 30_000_000_000_000,
				stakers: 15_000_000_000_000,
				treasury: 10_000_000_000_000,
				insurance: 5_000_000_000_000,
			}
		);
	}

	#[test]
	fn the_last_leg_takes_the_remainder() {
		let table = [
			(0, (0, 0, 0, 0)),
			(1, (0, 0, 0, 1)),
			(3, (1, 0, 0, 2)),
			(5, (2, 1, 0, 2)),
			(11, (5, 2, 1, 3)),
			(12, (6, 3, 2, 1)),
			(23, (11, 5, 3, 4)),
			(1_000, (500, 250, 166, 84)),
		];
		for (fee, (burned, stakers, treasury, insurance)) in table {
			assert_eq!(
				legs(fee),
				Legs {
					burned,
					stakers,
					treasury,
					insurance
				},
				"fee {fee}"
			);
		}
	}

	#[test]
	fn a_fifth_of_the_base_fee_is_the_authors() {
		for (fee, share) in [
			(0, 0),
			(4, 0),
			(5, 1),
			(9, 1),
			(1_000, 200),
			(Balance::MAX, Balance::MAX / 5),
		] {
			assert_eq!(author_share(fee), share);
		}
	}

	proptest! {
		#[test]
		fn legs_sum_exactly_for_every_fee(fee in any::<Balance>()) {
			let l = legs(fee);
			prop_assert_eq!(l.burned + l.stakers + l.treasury + l.insurance, fee);
			prop_assert!(l.insurance <= fee / 12 + 4);
			prop_assert!(l.insurance >= fee / 12);
		}
	}
}
