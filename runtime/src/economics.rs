//! What an era's figures come to: yields, price-to-sales, and both in GPU time.
//!
//! The arithmetic is [`Inputs::ratios`], a pure function; [`ratios`] gathers what it needs.
//!
//! **Length.** No pallet writes down when an era began, so an era that is over counts as long as its slots
//! are ([`EraMillis`]), which is also what [`ValidatorRewards::apy`] takes it for. It was longer if whole
//! epochs passed without a block. The running era counts up to the slot of the block asked, that slot
//! included.
//!
//! **Yields.** Of an era that is over, what `ValidatorRewards` paid for it: the stakers' leg of fees, the
//! authors' part, the reserve, over the validators' stake when it began. Of the running era, what it has
//! earned so far: the legs booked and what has reached authors' stake. Its pot is only filled when it is
//! over, so it has nothing of the reserve yet, and both of its yields are the same.
//!
//! **Supply.** The issuance is that of the block asked, whatever the era.

use crate::{
	configs::quern::EraMillis, Babe, Balance, ComputeAmm, FeeRouter, Restaking, Runtime, Session, ValidatorRewards,
};
use pallet_validator_rewards::{policy::yield_ppm, EraEarnings, Running};
use polkadot_sdk::{
	frame_support::traits::Get,
	sp_arithmetic::{helpers_128bit::multiply_by_rational_with_rounding, FixedPointNumber, Rounding},
};
use quern_primitives::{units::BLOCK_MILLIS, ClassId, EraIndex, EraRatios, GpuTime, Price, Window};

/// A year of 365.25 days, in milliseconds.
const YEAR_MILLIS: u64 = pallet_validator_rewards::policy::YEAR_MILLIS;

/// What the ratios are made of. All amounts are in planck.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Inputs {
	/// How long the era took, or has taken so far, in milliseconds.
	pub millis: u64,
	/// Price of the GPU time that jobs settled in it used.
	pub job_revenue: Balance,
	/// Total issuance.
	pub issuance: Balance,
	/// What users' fees paid to stakers.
	pub fees_to_stakers: Balance,
	/// What the reserve paid to stakers.
	pub reserve_to_stakers: Balance,
	/// The stake that earned it.
	pub stake: Balance,
	/// The class's average price over a day.
	pub day_price: Option<Price>,
}

impl Inputs {
	/// The ratios, each rounded down. What does not fit is the largest that there is; an era of no length
	/// has no rate, and zeros.
	pub fn ratios(&self) -> EraRatios {
		let annual_revenue = a_year_of(self.job_revenue, self.millis);
		let price_to_sales =
			(annual_revenue > 0).then(|| Price::saturating_from_rational(self.issuance, annual_revenue));
		let earned = self.fees_to_stakers.saturating_add(self.reserve_to_stakers);
		EraRatios {
			millis: self.millis,
			annual_revenue,
			price_to_sales,
			staker_yield_ppm: yield_ppm(earned, self.stake, self.millis),
			real_yield_ppm: yield_ppm(self.fees_to_stakers, self.stake, self.millis),
			supply_in_gpu_time: self.day_price.and_then(|price| gpu_time_for(self.issuance, price)),
			sales_in_gpu_time: self.day_price.and_then(|price| gpu_time_for(annual_revenue, price)),
		}
	}
}

/// What `amount` in `millis` milliseconds comes to in a year.
fn a_year_of(amount: Balance, millis: u64) -> Balance {
	if millis == 0 {
		return 0;
	}
	multiply_by_rational_with_rounding(amount, YEAR_MILLIS.into(), millis.into(), Rounding::Down)
		.unwrap_or(Balance::MAX)
}

/// The GPU time that `tokens` buy at `price`. `None`: at a price of zero, no amount is an answer.
fn gpu_time_for(tokens: Balance, price: Price) -> Option<GpuTime> {
	let price = price.into_inner();
	(price > 0)
		.then(|| multiply_by_rational_with_rounding(tokens, Price::DIV, price, Rounding::Down).unwrap_or(GpuTime::MAX))
}

/// The ratios of an era, with a class's price if one is asked for. `None`: the era has not begun, or its
/// figures are no longer kept.
pub fn ratios(era: EraIndex, class: Option<ClassId>) -> Option<EraRatios> {
	if !FeeRouter::is_known(era) {
		return None;
	}
	let figures = FeeRouter::era(era);
	let paid = if era == Restaking::current_era() {
		// Not there before the first block, or if the era's first block has not come to it.
		let running = Running::<Runtime>::get()
			.filter(|running| running.era == era)
			.unwrap_or_default();
		EraEarnings {
			era,
			stake: running.stake,
			fees: figures.to_stakers,
			author_fees: running.author_fees,
			reserve: 0,
		}
	} else {
		// An era without a block earned nothing.
		ValidatorRewards::earnings(era).unwrap_or_default()
	};
	let inputs = Inputs {
		millis: millis_of(era),
		job_revenue: figures.job_revenue,
		issuance: FeeRouter::supply().issuance,
		fees_to_stakers: paid.fees.saturating_add(paid.author_fees),
		reserve_to_stakers: paid.reserve,
		stake: paid.stake,
		day_price: class.and_then(|class| ComputeAmm::ema_price(class, Window::Day)),
	};
	Some(inputs.ratios())
}

/// How long an era took, or has taken so far.
fn millis_of(era: EraIndex) -> u64 {
	let whole = EraMillis::get();
	if era != Restaking::current_era() {
		return whole;
	}
	let sessions = pallet_restaking::SessionsPerEra::<Runtime>::get();
	let session = Session::current_index();
	// An era has at least one session.
	let past = u64::from(session.checked_rem(sessions).unwrap_or_default());
	let per_session = <pallet_charter::EpochDuration<Runtime> as Get<u64>>::get();
	let in_session = (*Babe::current_slot()).saturating_sub(*Babe::current_epoch_start());
	elapsed(past, per_session, in_session)
}

/// Milliseconds of so many whole sessions and, in the present one, of the slots up to and with that of
/// number `in_session`.
fn elapsed(past_sessions: u64, slots_per_session: u64, in_session: u64) -> u64 {
	past_sessions
		.saturating_mul(slots_per_session)
		.saturating_add(in_session.saturating_add(1))
		.saturating_mul(BLOCK_MILLIS)
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern_primitives::units::QRN;

	/// Six hours.
	const ERA: u64 = 6 * 3_600_000;
	/// Eras in a year.
	const ERAS: Balance = 1_461;

	fn inputs() -> Inputs {
		Inputs {
			millis: ERA,
			job_revenue: 1_000 * QRN,
			issuance: 1_000_000_000 * QRN,
			fees_to_stakers: 10 * QRN,
			reserve_to_stakers: 30 * QRN,
			stake: 1_461_000 * QRN,
			day_price: Some(Price::from_u32(500_000)),
		}
	}

	#[test]
	fn a_table_by_hand() {
		let ratios = inputs().ratios();
		let annual = 1_000 * ERAS * QRN;
		assert_eq!(ratios.millis, ERA);
		assert_eq!(ratios.annual_revenue, annual);
		// A billion over 1,461,000.
		let rounded_down = Price::from_inner(684_462_696_783_025_325_119);
		assert_eq!(ratios.price_to_sales, Some(rounded_down));
		// 40 an era of 1,461,000, 1,461 eras a year: 4 %, of which fees a quarter.
		assert_eq!((ratios.staker_yield_ppm, ratios.real_yield_ppm), (40_000, 10_000));
		assert_eq!(ratios.supply_in_gpu_time, Some(1_000_000_000 * QRN / 500_000));
		assert_eq!(ratios.sales_in_gpu_time, Some(annual / 500_000));
	}

	#[test]
	fn half_an_era_with_half_its_figures_has_the_same_ratios() {
		let half = Inputs {
			millis: ERA / 2,
			job_revenue: 500 * QRN,
			fees_to_stakers: 5 * QRN,
			reserve_to_stakers: 15 * QRN,
			..inputs()
		};
		let expected = EraRatios {
			millis: ERA / 2,
			..inputs().ratios()
		};
		assert_eq!(half.ratios(), expected);
	}

	#[test]
	fn nothing_is_divided_by_zero() {
		let none = Inputs::default().ratios();
		let expected = EraRatios {
			millis: 0,
			annual_revenue: 0,
			price_to_sales: None,
			staker_yield_ppm: 0,
			real_yield_ppm: 0,
			supply_in_gpu_time: None,
			sales_in_gpu_time: None,
		};
		assert_eq!(none, expected);
		let no_time = Inputs { millis: 0, ..inputs() }.ratios();
		assert_eq!((no_time.annual_revenue, no_time.price_to_sales), (0, None));
		assert_eq!((no_time.staker_yield_ppm, no_time.real_yield_ppm), (0, 0));
		assert_eq!(no_time.sales_in_gpu_time, Some(0));
		let no_stake = Inputs { stake: 0, ..inputs() }.ratios();
		assert_eq!((no_stake.staker_yield_ppm, no_stake.real_yield_ppm), (0, 0));
		let no_revenue = Inputs {
			job_revenue: 0,
			..inputs()
		}
		.ratios();
		assert_eq!(
			(no_revenue.price_to_sales, no_revenue.sales_in_gpu_time),
			(None, Some(0))
		);
		for price in [None, Some(Price::from_inner(0))] {
			let no_price = Inputs {
				day_price: price,
				..inputs()
			}
			.ratios();
			assert_eq!((no_price.supply_in_gpu_time, no_price.sales_in_gpu_time), (None, None));
		}
	}

	#[test]
	fn nothing_overflows() {
		let most = Inputs {
			millis: 1,
			job_revenue: Balance::MAX,
			issuance: Balance::MAX,
			fees_to_stakers: Balance::MAX,
			reserve_to_stakers: Balance::MAX,
			stake: 1,
			day_price: Some(Price::from_inner(1)),
		};
		let expected = EraRatios {
			millis: 1,
			annual_revenue: Balance::MAX,
			price_to_sales: Some(Price::from_u32(1)),
			staker_yield_ppm: u64::MAX,
			real_yield_ppm: u64::MAX,
			supply_in_gpu_time: Some(GpuTime::MAX),
			sales_in_gpu_time: Some(GpuTime::MAX),
		};
		assert_eq!(most.ratios(), expected);
		// A planck a year against all there can be: larger than a price can say.
		let slow = Inputs {
			millis: YEAR_MILLIS,
			job_revenue: 1,
			..most
		};
		assert_eq!(slow.ratios().price_to_sales, Some(Price::from_inner(u128::MAX)));
		let long = Inputs {
			millis: u64::MAX,
			..most
		}
		.ratios();
		assert!(long.annual_revenue < Balance::MAX && long.real_yield_ppm == u64::MAX);
	}

	#[test]
	fn an_era_has_taken_its_sessions_and_slots() {
		// The first slot of an era counts, so that no era is without length.
		assert_eq!(elapsed(0, 600, 0), BLOCK_MILLIS);
		assert_eq!(elapsed(0, 600, 599), 600 * BLOCK_MILLIS);
		assert_eq!(elapsed(5, 600, 599), 3_600 * BLOCK_MILLIS);
		assert_eq!(elapsed(u64::MAX, 2, u64::MAX), u64::MAX);
	}
}
