//! Pots are shared out by points, a few validators a block.

use super::*;
use frame_support::{
	traits::{fungible::Balanced, Get},
	weights::RuntimeDbWeight,
};

/// Three validators with 20, 30 and 50 of 100 points, and a pot of 1,000 fees alone.
fn three() {
	Stake::set(0);
	block_by(11);
	Rewards::agreed(&account(12), 30);
	Rewards::agreed(&account(13), 50);
	fees_arrive(1_000);
}

#[test]
fn shares_are_by_points_and_sum_to_the_pot() {
	ExtBuilder::default().build_and_execute(|| {
		three();
		era_by(14);
		pay_all();
		assert_eq!((earned(11), earned(12), earned(13), kept()), (200, 300, 500, 0));
		assert_eq!(Payouts::<Test>::get().len(), 0);
		assert_eq!(Points::<Test>::iter_prefix(0).count(), 0);
	});
}

#[test]
fn what_does_not_divide_is_lost_to_nobody() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(0);
		for n in 11..=13 {
			block_by(n);
		}
		fees_arrive(100);
		era_by(14);
		pay_all();
		let mut shares = [earned(11), earned(12), earned(13)];
		shares.sort_unstable();
		assert_eq!((shares, kept()), ([33, 33, 34], 0));
	});
}

#[test]
fn a_block_pays_its_slice_and_an_idle_one_more() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(0);
		Operators::set((11..=20).map(account).collect());
		(11..=20).for_each(block_by);
		fees_arrive(1_000);
		let paid = || (11..=20).filter(|n| earned(*n) == 100).count();
		// Two in the block that closes the era, two in the next.
		era_by(11);
		assert_eq!(paid(), 2);
		block_by(11);
		assert_eq!((paid(), kept()), (4, 600));
		assert_eq!(
			Payouts::<Test>::get().into_inner(),
			[Payout {
				era: 0,
				pot: 600,
				points: 120
			}]
		);
		// No room for a whole one.
		let one = <() as WeightInfo>::pay_validator();
		let db: RuntimeDbWeight = <Test as frame_system::Config>::DbWeight::get();
		let look = db.reads(1);
		assert_eq!(Rewards::on_idle(0, Weight::zero()), Weight::zero());
		assert_eq!(
			Rewards::on_idle(0, look + one.saturating_sub(Weight::from_parts(1, 0))),
			look
		);
		assert_eq!(paid(), 4);
		assert_eq!(
			Rewards::on_idle(0, look + one * 3 + Weight::from_parts(1, 0)),
			look + one * 3
		);
		assert_eq!(paid(), 7);
		assert_eq!(Rewards::on_idle(0, Weight::MAX), look + one * 3);
		assert_eq!((paid(), kept()), (10, 0));
		assert_eq!(Rewards::on_idle(0, Weight::MAX), look);
	});
}

#[test]
fn the_share_of_one_who_left_is_the_next_era_s() {
	ExtBuilder::default().build_and_execute(|| {
		three();
		Operators::mutate(|all| all.retain(|who| *who != account(13)));
		era_by(14);
		pay_all();
		assert_eq!((earned(11), earned(12), earned(13)), (200, 300, 0));
		assert_eq!((pot(), ReturnedShares::<Test>::get()), (500, 500));
		assert!(events().contains(&Event::ShareReturned {
			era: 0,
			operator: account(13),
			amount: 500
		}));
		fees_arrive(70);
		era_by(14);
		assert_eq!((earned(14), pot(), ReturnedShares::<Test>::get()), (570, 0, 0));
		// Each planck of fees counts in one era.
		let fees = |era| Rewards::earnings(era).map(|earnings| earnings.fees);
		assert_eq!((fees(0), fees(1)), (Some(1_000), Some(70)));
	});
}

#[test]
fn an_empty_pot_clears_points_and_tells_nobody() {
	ExtBuilder::default().with_reserve(0).build_and_execute(|| {
		block_by(11);
		era_by(12);
		assert_eq!(Points::<Test>::iter_prefix(0).count(), 0);
		assert_eq!(earned(11), 0);
		assert_eq!(events().len(), 1);
	});
}

#[test]
fn payouts_wait_for_one_another() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(0);
		Operators::set((11..=20).map(account).collect());
		(11..=20).for_each(block_by);
		fees_arrive(1_000);
		era_by(30);
		fees_arrive(70);
		era_by(30);
		// Four of era 0 were paid, and none of era 1.
		let queue = Payouts::<Test>::get();
		assert_eq!(
			queue.iter().map(|payout| (payout.era, payout.pot)).collect::<Vec<_>>(),
			[(0, 600), (1, 70)]
		);
		pay_all();
		assert_eq!((kept(), pot()), (0, 70));
		assert!((11..=20).all(|n| earned(n) == 100));
	});
}

#[test]
fn eras_share_a_payout_when_too_many_wait() {
	ExtBuilder::default().build_and_execute(|| {
		Stake::set(0);
		Operators::set((1..=60).map(account).collect());
		// 60 validators in era 0, and only two are paid in a block.
		(1..=60).for_each(|n| Rewards::agreed(&account(n), 1));
		fees_arrive(6_000);
		for _ in 0..policy::MAX_PAYOUTS {
			era_by(61);
			fees_arrive(100);
		}
		assert_eq!(Payouts::<Test>::get().len(), 4);
		// Era 4 finds no place; its points and its pot go on with those of eras 5 and 6.
		for _ in 0..2 {
			era_by(62);
			fees_arrive(100);
		}
		assert_eq!(Payouts::<Test>::get().len(), 4);
		let running = Rewards::running_era();
		assert_eq!((running.era, running.points), (6, 20));
		assert_eq!(
			running.payout,
			Payout {
				era: 4,
				pot: 200,
				points: 60
			}
		);
		Rewards::do_try_state().expect("all invariants hold");

		pay_all();
		Operators::mutate(|all| all.extend([account(61), account(62)]));
		era_by(63);
		assert_eq!(Points::<Test>::get(7, account(63)), 20);
		pay_all();
		assert!((1..=60).all(|n| earned(n) == 100));
		// Of 600, three hundred of which 61 had missed before it joined, it has 20 points of 60.
		assert_eq!((earned(61), earned(62), kept(), pot()), (200, 400, 0, 0));
		let fees: Vec<_> = (3..7).filter_map(Rewards::earnings).map(|era| era.fees).collect();
		assert_eq!(fees, [100; 4]);
	});
}

#[test]
fn a_share_that_cannot_be_taken_out_waits() {
	ExtBuilder::default().build_and_execute(|| {
		three();
		let lost = {
			Era::set(1);
			Rewards::running_era();
			// What no call can do: the account loses what it keeps.
			Rewards::take(1_000).expect("it has them")
		};
		pay_all();
		assert_eq!((earned(11), earned(12), earned(13)), (0, 0, 0));
		assert_eq!(Points::<Test>::iter_prefix(0).count(), 3);

		assert!(Balances::resolve(&Rewards::account_id(), lost).is_ok());
		pay_all();
		assert_eq!((earned(11), earned(12), earned(13)), (200, 300, 500));
	});
}

#[test]
fn a_pot_whose_points_are_gone_returns_to_the_stakers() {
	ExtBuilder::default().build_and_execute(|| {
		three();
		Era::set(1);
		Rewards::running_era();
		// What no call can do: a validator's points are lost.
		Points::<Test>::remove(0, account(13));
		pay_all();
		assert_eq!(Payouts::<Test>::get().len(), 0);
		assert_eq!((earned(11), earned(12), pot(), kept()), (200, 300, 500, 0));
	});
}
