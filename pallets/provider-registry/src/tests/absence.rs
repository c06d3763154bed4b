//! Being away: what counts, what it costs, when a provider is gone.

use super::*;
use crate::{AttestedGpus, LitClock};
use proptest::prelude::*;
use quern_primitives::units::{DAYS, HOURS, QRN};

/// Alice with so many nodes of one accelerator, and Bob, who keeps the chain's clock going.
fn serving(nodes: u32) -> ExtBuilder {
	let builder = ExtBuilder::default().with_pool();
	let builder = (0..nodes).fold(builder, |builder, _| builder.with_serving(ALICE, CPU, 1));
	builder.with_serving(BOB, CPU, 1)
}

/// Alice stops serving, and is found out.
fn vanish(node: u32) {
	wait(4 * quern_primitives::units::PERIOD_BLOCKS);
	tell(node, Verdict::Missed);
}

#[test]
fn a_day_s_pause_costs_eleven_per_cent_of_the_proceeds() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		wait(DAYS);
		assert_ok!(ProviderRegistry::charge_pause(signed(&CLIENT), 0));
		// 24 hours less the free one and the one that came free in the meantime, 22 × 0.5 %; the last digits
		// are the 24th of a block, rounded down.
		let cost = 110_000_080_000;
		assert_eq!((held(&ALICE), free(&ALICE)), (QRN - cost, WEALTH));
		assert_eq!(free(&INSURANCE), ED + cost);
		assert_eq!(book(&ALICE, CPU).proceeds, QRN - cost);
		assert!(told(Event::AbsenceCharged {
			provider: ALICE,
			class: CPU,
			millis: 79_200_057,
			amount: cost
		}));
		// Another day has one free hour more: 23 × 0.5 % of what is left.
		wait(DAYS);
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
		assert_eq!(free(&INSURANCE), ED + cost + 102_350_062_000);
		assert_eq!(
			ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 10 * MINUTE),
			Ok(QRN - cost - 102_350_062_000)
		);
	});
}

#[test]
fn an_hour_is_free_and_free_again_a_day_later() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		for _ in 0..3 {
			assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
			wait(HOURS);
			assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
			tell(0, Verdict::Served);
			wait(DAYS);
			tell(0, Verdict::Served);
		}
		assert_eq!((held(&ALICE), free(&INSURANCE)), (QRN, ED));
	});
}

#[test]
fn half_the_accelerators_weigh_half() {
	serving(2).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		wait(DAYS);
		assert_ok!(ProviderRegistry::charge_pause(signed(&CLIENT), 0));
		// 12 hours of both, less 2: 5 %.
		assert_eq!(QRN - held(&ALICE), 50_000_080_000);
	});
}

#[test]
fn pulling_the_plug_costs_as_much_as_pausing() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		vanish(0);
		wait(DAYS);
		assert_ok!(ProviderRegistry::charge_pause(signed(&CLIENT), 0));
		assert_eq!(QRN - held(&ALICE), 110_000_080_000);
	});
}

#[test]
fn nothing_is_due_where_nothing_is_owed() {
	serving(1).build_and_execute(|| {
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		wait(10 * DAYS);
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
		tell(0, Verdict::Served);
		assert_eq!(book(&ALICE, CPU).absence.due, 0);
		sell(&ALICE, MINUTE, QRN);
		assert_eq!((held(&ALICE), free(&INSURANCE)), (QRN, ED));
		assert!(!book(&ALICE, CPU).absence.is_gone());
	});
}

#[test]
fn never_more_than_the_proceeds_is_charged() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		wait(30 * DAYS);
		assert_ok!(ProviderRegistry::charge_pause(signed(&CLIENT), 0));
		assert_eq!((held(&ALICE), free(&ALICE), free(&INSURANCE)), (0, WEALTH, ED + QRN));
		assert_eq!(ProviderRegistry::deliver(&ALICE, CPU, &CLIENT, 10 * MINUTE), Ok(0));
	});
}

#[test]
fn a_day_away_is_gone_and_a_block_less_is_not() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		vanish(0);
		wait(DAYS - 1);
		let declare = || ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU);
		assert_noop!(declare(), Error::<Test>::NotGone);
		wait(1);
		assert_ok!(declare());
	});
}

#[test]
fn a_day_in_pieces_within_a_week_is_gone_and_who_returns_is_not() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		// 12 hours away, 12 there, of which a seventh drains: 12, 10 2/7, 22 2/7, 20 4/7 hours.
		for _ in 0..2 {
			assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
			wait(12 * HOURS);
			assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
			tell(0, Verdict::Served);
			wait(12 * HOURS);
			tell(0, Verdict::Served);
		}
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		let declare = || ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU);
		// 3 3/7 hours more, which are 2,057 1/7 blocks.
		wait(2_057);
		assert_noop!(declare(), Error::<Test>::NotGone);
		wait(1);
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
		tell(0, Verdict::Served);
		wait(1);
		assert_noop!(declare(), Error::<Test>::NotGone);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		wait(1);
		assert_ok!(declare());
	});
}

#[test]
fn an_outage_of_the_attestors_is_nobody_s_absence() {
	serving(1).build_and_execute(|| {
		sell(&ALICE, 10 * MINUTE, QRN);
		wait(4 * quern_primitives::units::PERIOD_BLOCKS);
		tell(0, Verdict::Unknown);
		tell(1, Verdict::Unknown);
		assert_eq!((LitClock::<Test>::get().gpus, AttestedGpus::<Test>::get(CPU)), (0, 0));
		wait(3 * DAYS);
		assert_noop!(
			ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU),
			Error::<Test>::NotGone
		);
		assert_ok!(ProviderRegistry::charge_pause(signed(&CLIENT), 0));
		assert_eq!((held(&ALICE), free(&INSURANCE)), (QRN, ED));
		// Bob is back, and Alice is not: from now on it counts.
		tell(1, Verdict::Served);
		wait(DAYS);
		assert_ok!(ProviderRegistry::declare_gone(signed(&CLIENT), ALICE, CPU));
	});
}

#[test]
fn the_market_hears_of_each_change_of_a_class() {
	serving(2).build_and_execute(|| {
		assert_eq!(
			(book(&ALICE, CPU).attested_gpus, AttestedGpus::<Test>::get(CPU)),
			(2, 3)
		);
		serve(0, [16]);
		assert_eq!(Flow::get(), vec![]);
		assert_ok!(ProviderRegistry::pause_node(signed(&ALICE), 0));
		assert_eq!(Flow::get(), vec![(CPU, 2)]);
		assert_ok!(ProviderRegistry::resume_node(signed(&ALICE), 0));
		assert_eq!(Flow::get(), vec![(CPU, 2)]);
		serve(0, [17]);
		to_period(20);
		// Within the freshness a missed period changes nothing; the first verdict beyond it does.
		tell(0, Verdict::Missed);
		assert_eq!(Flow::get(), vec![(CPU, 2), (CPU, 3)]);
		to_period(21);
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
		tell(0, Verdict::Missed);
		assert_ok!(ProviderRegistry::deregister_node(signed(&ALICE), 1));
		assert_eq!(Flow::get(), vec![(CPU, 2), (CPU, 3), (CPU, 2), (CPU, 1)]);
		assert_eq!(
			(
				node(0).attested,
				book(&ALICE, CPU).attested_gpus,
				LitClock::<Test>::get().gpus
			),
			(false, 0, 1)
		);
	});
}

#[test]
fn a_verdict_that_comes_too_late_does_not_count() {
	ExtBuilder::default().build_and_execute(|| {
		let id = register(&ALICE, CPU, 1);
		to_period(20);
		ProviderRegistry::attested(id, 16, Verdict::Served);
		assert_eq!((node(id).attested, AttestedGpus::<Test>::get(CPU)), (false, 0));
		ProviderRegistry::attested(id, 17, Verdict::Served);
		assert_eq!((node(id).attested, AttestedGpus::<Test>::get(CPU)), (true, 1));
	});
}

#[test]
fn refuses_to_charge_a_node_that_is_not() {
	serving(1).build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::charge_pause(signed(&CLIENT), 9),
			Error::<Test>::NodeNotFound
		);
	});
}

proptest! {
	/// It does not matter how often absence is brought up to date.
	#[test]
	fn absence_is_exact(steps in prop::collection::vec((0u32..40_000, 0u32..5, any::<bool>()), 1..20), cuts in 1u32..9) {
		let (mut whole, mut cut, mut clock) = (Absence::default(), Absence::default(), 0);
		for (blocks, attested, owes) in steps {
			for part in 1..cuts {
				cut.accrue(clock + blocks / cuts * part, attested, 4, owes);
			}
			clock += blocks;
			cut.accrue(clock, attested, 4, owes);
			whole.accrue(clock, attested, 4, owes);
			prop_assert_eq!(whole, cut);
		}
	}
}
