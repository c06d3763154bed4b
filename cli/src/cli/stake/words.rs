//! Eras, jail and slashes in words.

use quern::{
	units::{format_amount, format_blocks, format_duration},
	BlockNumber, EraIndex, Error, OperatorInfo, SlashInfo, View,
};

/// The present, as stake counts time.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
	/// The era that runs now.
	pub era: EraIndex,
	/// The block.
	pub block: BlockNumber,
	era_millis: u64,
}

impl Clock {
	/// At a block.
	pub async fn at(view: &View) -> Result<Self, Error> {
		Ok(Clock {
			era: view.current_era().await?,
			block: view.number(),
			era_millis: view.era_millis().await?,
		})
	}

	/// When an era begins.
	pub fn era(&self, era: EraIndex) -> String {
		match era.checked_sub(self.era) {
			None | Some(0) => "now".into(),
			Some(eras) => format!(
				"from era {era}, within {}",
				format_duration(u128::from(eras) * u128::from(self.era_millis))
			),
		}
	}

	/// How long a jailed operator stays so.
	pub fn jail(&self, until: BlockNumber) -> String {
		match until.checked_sub(self.block) {
			None | Some(0) => "jailed; its term is over, and `quern stake release` ends it".into(),
			Some(blocks) => format!("jailed until block {until}, {}", format_blocks(blocks)),
		}
	}
}

/// What who delegates to an operator should know first.
pub fn warnings(info: &OperatorInfo, slashes: &[SlashInfo], clock: &Clock) -> Vec<String> {
	let mut warnings = Vec::new();
	let due = slashes
		.iter()
		.fold(0u128, |sum, slash| sum.saturating_add(slash.amount.total()));
	if due > 0 {
		warnings.push(format!(
			"{} of its stake are due to pending slashes, and what you delegate now shares the loss: `quern stake \
			 slashes {}` shows them",
			format_amount(due),
			info.operator
		));
	}
	if info.leaving {
		warnings.push("it is leaving, and takes no new delegation".into());
	}
	if let Some(until) = info.jailed_until {
		warnings.push(format!("it is {}", clock.jail(until)));
	}
	if let Some((rate, from)) = info.announced {
		warnings.push(format!(
			"it raises its commission from {} to {rate}, {}",
			info.commission,
			clock.era(from)
		));
	}
	warnings
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{AccountId, Parts, Perbill, Scope, SlashCause, H256, QRN};

	const CLOCK: Clock = Clock {
		era: 10,
		block: 1_000,
		era_millis: 6 * 3_600_000,
	};

	fn operator() -> OperatorInfo {
		OperatorInfo {
			operator: AccountId([1; 32]),
			id: 3,
			pool: AccountId([2; 32]),
			own: QRN,
			delegated: 0,
			unbonding: 0,
			frozen: 0,
			reserved: 0,
			claimable: 0,
			stake: QRN,
			commission: Perbill(50_000_000),
			announced: None,
			candidate: true,
			validator: true,
			leaving: false,
			jailed_until: None,
			whole: quern::WHOLE,
			allocations: vec![],
			share_price: 1_000_000_000_000_000_000,
		}
	}

	fn slash(own: u128, delegated: u128) -> SlashInfo {
		SlashInfo {
			id: 1,
			operator: AccountId([1; 32]),
			scope: Scope::Consensus,
			cause: SlashCause::Equivocation,
			session: 5,
			amount: Parts { own, delegated },
			evidence: H256::zero(),
			due: 14,
			appealed: false,
		}
	}

	#[test]
	fn says_when_an_era_begins() {
		assert_eq!(CLOCK.era(9), "now");
		assert_eq!(CLOCK.era(10), "now");
		assert_eq!(CLOCK.era(38), "from era 38, within 7d");
	}

	#[test]
	fn says_how_long_jail_lasts() {
		assert_eq!(CLOCK.jail(1_010), "jailed until block 1010, 10 blocks, about 1m");
		assert!(CLOCK.jail(1_000).contains("`quern stake release`"));
	}

	#[test]
	fn has_nothing_to_say_of_an_operator_in_good_standing() {
		assert!(warnings(&operator(), &[], &CLOCK).is_empty());
	}

	#[test]
	fn warns_of_all_that_a_delegator_shares() {
		let info = OperatorInfo {
			leaving: true,
			jailed_until: Some(1_010),
			announced: Some((Perbill(60_000_000), 38)),
			..operator()
		};
		let told = warnings(&info, &[slash(QRN, 2 * QRN), slash(0, QRN)], &CLOCK);
		assert_eq!(told.len(), 4);
		assert!(told[0].starts_with("4 QRN of its stake"), "{}", told[0]);
		assert!(told[1].contains("leaving"));
		assert!(told[2].contains("jailed until block 1010"));
		assert_eq!(
			told[3],
			"it raises its commission from 5 % to 6 %, from era 38, within 7d"
		);
	}
}
