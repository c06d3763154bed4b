//! What compute slashes may take in an era.

use super::*;

#[test]
fn what_exceeds_the_cap_waits_frozen() {
	ExtBuilder::default().build_and_execute(|| {
		let ids: Vec<_> = [(1, 5_000), (2, 5_000), (3, 1_000)]
			.map(|(who, amount)| propose(new_slash(who, amount)))
			.into();
		take_events();
		// 139,000 count beside what is frozen.
		run_to(APPEAL * ERA + 1);
		assert!(is_gone(ids[0]));
		assert_eq!(slash(ids[1]).amount, parts(3_050, 0));
		assert_eq!(slash(ids[2]).amount, parts(1_000, 0));
		assert_eq!(
			take_events().last(),
			Some(&Event::SlashCapped {
				id: ids[2],
				until: APPEAL + 1,
			})
		);
		assert_eq!(Burned::get(), 6_950);
		assert_eq!(
			(books(2).frozen(), books(3).frozen()),
			(parts(3_050, 0), parts(1_000, 0))
		);
		assert_eq!((slash(ids[1]).attempts, slash(ids[2]).attempts), (0, 0));
		check_everything();

		Slashing::on_idle(System::block_number(), Weight::MAX);
		assert_eq!(Burned::get(), 6_950, "no more in this era");
		run_to_era(APPEAL + 1);
		assert_eq!(executed(), [ids[1], ids[2]]);
		assert_eq!(
			Executed::<Test>::get(),
			Some(EraTaken {
				era: APPEAL + 1,
				base: 139_000,
				taken: 4_050,
			})
		);
		assert_eq!(Burned::get(), 11_000);
	});
}

#[test]
fn offences_against_consensus_have_no_cap_and_use_none_up() {
	ExtBuilder::default().build_and_execute(|| {
		propose(consensus_slash(OP, 50_000));
		let class = propose(new_slash(2, 5_000));
		let consensus = propose(consensus_slash(3, 50_000));
		run_to(APPEAL * ERA + 1);
		assert!(is_gone(consensus));
		// 45,000 count beside what is frozen.
		assert_eq!(Executed::<Test>::get().map(|executed| executed.taken), Some(2_250));
		assert_eq!(slash(class).amount, parts(2_750, 0));
		assert_eq!(Burned::get(), 102_250);
	});
}

#[test]
fn the_cap_is_of_the_stake_at_the_eras_first_execution() {
	ExtBuilder::default().build_and_execute(|| {
		propose(new_slash(OP, 1_000));
		let large = propose(new_slash(2, 20_000));
		System::set_block_number((APPEAL * ERA).into());
		Slashing::drain(APPEAL, {
			let mut steps = 5;
			move |_| {
				steps -= 1;
				steps >= 0
			}
		});
		assert_eq!(Executed::<Test>::get().map(|executed| executed.base), Some(129_000));
		// More stake in mid-era raises the cap of the next.
		assert_ok!(Balances::transfer(&VICTIM, &pool(3), 500_000, Preservation::Preserve));
		put(
			3,
			Books {
				own: 510_000,
				..books(3)
			},
		);
		run_to(APPEAL * ERA + 3);
		assert_eq!(Executed::<Test>::get().map(|executed| executed.taken), Some(6_450));
		assert_eq!(slash(large).amount.total(), 14_550);
		run_to_era(APPEAL + 1);
		assert!(is_gone(large));
	});
}

#[test]
fn with_no_stake_that_counts_nothing_is_held_back() {
	ExtBuilder::default()
		.with_stake(2, Books::default())
		.with_stake(3, Books::default())
		.build_and_execute(|| {
			let class = propose(new_slash(OP, 20_000));
			propose(consensus_slash(OP, 30_000));
			run_to_era(APPEAL);
			assert!(is_gone(class));
			assert_eq!((Burned::get(), tokens(pool(OP))), (50_000, ED));
		});
}

#[test]
fn a_large_slash_is_executed_in_the_end() {
	ExtBuilder::default().build_and_execute(|| {
		let ids: Vec<_> = OPERATORS.map(|who| propose(new_slash(who, 20_000))).into();
		// 90,000 count: 4,500 an era, 60,000 in fourteen.
		run_to_era(APPEAL + 12);
		assert_eq!(Burned::get(), 13 * 4_500);
		run_to(APPEAL * ERA + 13 * ERA + 1);
		assert!(ids.into_iter().all(is_gone));
		assert_eq!(Burned::get(), 60_000);
	});
}
