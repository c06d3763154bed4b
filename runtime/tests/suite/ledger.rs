//! Every figure of every era is a sum over events: whoever has the events can check the books.

use crate::{common::*, random::World};
use pallet_fee_router::Event as Fees;
use polkadot_sdk::{pallet_session, sp_staking::SessionIndex};
use quern_primitives::{ports::Congestion, EraFigures, EraIndex};
use quern_runtime::*;
use serde_json::json;
use std::collections::BTreeMap;

/// The figures of eras, from the events of a chain since its first block and nothing else but which era a
/// session is in.
pub fn replay(events: &[RuntimeEvent], era_of: impl Fn(SessionIndex) -> EraIndex) -> BTreeMap<EraIndex, EraFigures> {
	let mut eras = BTreeMap::<EraIndex, EraFigures>::new();
	let mut now = era_of(0);
	for event in events {
		if let RuntimeEvent::Session(pallet_session::Event::NewSession { session_index }) = event {
			now = era_of(*session_index);
			continue;
		}
		let era = eras.entry(now).or_default();
		match event {
			RuntimeEvent::JobEscrow(pallet_job_escrow::Event::JobSettled { revenue, .. }) => {
				era.job_revenue += revenue;
				era.jobs_settled += 1;
			}
			RuntimeEvent::ComputeAmm(pallet_compute_amm::Event::BatchCleared { lp_fee, .. }) => era.lp_fees += lp_fee,
			RuntimeEvent::FeeRouter(Fees::JobFeeRouted {
				fee,
				stakers,
				treasury,
				insurance,
				..
			}) => {
				era.job_fees += fee;
				era.to_stakers += stakers;
				era.to_treasury += treasury;
				era.to_insurance += insurance;
			}
			RuntimeEvent::FeeRouter(Fees::MarketFeeRouted {
				fee,
				stakers,
				treasury,
				insurance,
				..
			}) => {
				era.market_fees += fee;
				era.to_stakers += stakers;
				era.to_treasury += treasury;
				era.to_insurance += insurance;
			}
			RuntimeEvent::FeeRouter(Fees::BaseFeeBurned { fee }) => era.base_fees += fee,
			RuntimeEvent::FeeRouter(Fees::TransactionFeeRouted {
				fee, tip, to_author, ..
			}) => {
				era.transaction_fees += fee + tip;
				era.to_authors += to_author;
			}
			// Once for each burn, also for those that the other events tell of.
			RuntimeEvent::FeeRouter(Fees::Burned { amount }) => era.burned += amount,
			_ => {}
		}
	}
	eras.retain(|_, figures| *figures != EraFigures::default());
	eras
}

/// What the events say is what the ledger says, era by era; and what they say was burned is what is gone.
fn check_ledger(heard: &[RuntimeEvent]) -> BTreeMap<EraIndex, EraFigures> {
	let replayed = replay(heard, Restaking::era_of);
	for era in 0..=Restaking::current_era() {
		assert!(FeeRouter::is_known(era));
		let told = replayed.get(&era).copied().unwrap_or_default();
		assert_eq!(FeeRouter::era(era), told, "era {era}");
	}
	assert!(replayed.keys().all(|era| *era <= Restaking::current_era()));
	let burned: Balance = replayed.values().map(|figures| figures.burned).sum();
	assert_eq!(burned, FeeRouter::supply().burned);
	replayed
}

/// Runs a busy chain over some eras and compares the books after each; returns the sum of all.
fn busy_chain(seed: u64) -> EraFigures {
	let ext = genesis(json!({ "restaking": { "sessionsPerEra": 2 } }));
	on(ext, |chain| {
		chain.heard = Some(Vec::new());
		let mut world = World::new(seed, chain);
		let first = Restaking::current_era();
		let mut eras = BTreeMap::new();
		while Restaking::current_era() < first + 4 {
			// Demand from elsewhere, or the random few would never congest the class.
			<ComputeAmm as Congestion>::committed(CPU, 400_000_000);
			world.play(chain, 20);
			let mut heard = chain.heard.clone().expect("it listens");
			heard.extend(events());
			eras = check_ledger(&heard);
		}
		assert!(eras.len() >= 3, "several eras have figures: {eras:?}");
		let sum = |of: fn(&EraFigures) -> Balance| eras.values().map(of).sum::<Balance>();
		EraFigures {
			job_revenue: sum(|era| era.job_revenue),
			jobs_settled: eras.values().map(|era| era.jobs_settled).sum(),
			job_fees: sum(|era| era.job_fees),
			market_fees: sum(|era| era.market_fees),
			base_fees: sum(|era| era.base_fees),
			transaction_fees: sum(|era| era.transaction_fees),
			lp_fees: sum(|era| era.lp_fees),
			to_stakers: sum(|era| era.to_stakers),
			to_treasury: sum(|era| era.to_treasury),
			to_insurance: sum(|era| era.to_insurance),
			to_authors: sum(|era| era.to_authors),
			burned: sum(|era| era.burned),
		}
	})
}

#[test]
fn every_figure_of_a_busy_chain_is_the_sum_of_its_events() {
	let all = busy_chain(7);
	// The run is worth something only if no figure stayed at zero.
	let figures = [
		("job revenue", all.job_revenue),
		("jobs settled", all.jobs_settled.into()),
		("job fees", all.job_fees),
		("market fees", all.market_fees),
		("base fees", all.base_fees),
		("transaction fees", all.transaction_fees),
		("LP fees", all.lp_fees),
		("to stakers", all.to_stakers),
		("to the treasury", all.to_treasury),
		("to insurance", all.to_insurance),
		("to authors", all.to_authors),
		("burned", all.burned),
	];
	for (what, amount) in figures {
		assert!(amount > 0, "{what} in {all:?}");
	}
	// What came in went somewhere, to the planck.
	let paid = all.to_stakers + all.to_treasury + all.to_insurance + all.to_authors;
	assert!(all.job_fees + all.market_fees + all.transaction_fees + all.base_fees <= paid + all.burned);
}

#[test]
fn another_busy_chain_adds_up_too() {
	busy_chain(20_261_127);
}

#[test]
fn events_count_in_the_era_in_which_they_came() {
	let session = |session_index| RuntimeEvent::Session(pallet_session::Event::NewSession { session_index });
	let burned = |amount| RuntimeEvent::FeeRouter(Fees::Burned { amount });
	let tip = RuntimeEvent::FeeRouter(Fees::TransactionFeeRouted {
		fee: 100,
		tip: 7,
		burned: 80,
		to_author: 27,
	});
	let events = [
		burned(1),
		session(1),
		burned(10),
		session(2),
		burned(80),
		tip,
		session(5),
		RuntimeEvent::FeeRouter(Fees::BaseFeeBurned { fee: 3 }),
		session(6),
	];
	let eras = replay(&events, |session| session / 2);
	let expected = [
		(
			0,
			EraFigures {
				burned: 11,
				..Default::default()
			},
		),
		(
			1,
			EraFigures {
				burned: 80,
				transaction_fees: 107,
				to_authors: 27,
				..Default::default()
			},
		),
		(
			2,
			EraFigures {
				base_fees: 3,
				..Default::default()
			},
		),
	];
	assert_eq!(eras, expected.into());
}
