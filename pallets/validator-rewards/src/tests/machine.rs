//! Whatever happens in whatever order: nothing is minted, nothing is stuck, each planck is somewhere.

use super::*;
use proptest::prelude::*;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
	/// A block, by one of the authors.
	Block(u8),
	/// Eras pass.
	Eras(u32),
	/// The stakers' leg of a fee.
	Fees(Balance),
	/// An author's part of a fee.
	AuthorFees(u8, Balance),
	/// Reports that agreed.
	Agreed(u8, u32),
	/// One who validates becomes an operator, or ceases to be one.
	Turns(u8),
	/// Validators' stake changes.
	Stake(Balance),
	/// A block has room for so many payments.
	Idle(u64),
}

fn step() -> impl Strategy<Value = Step> {
	let who = || 11u8..31;
	prop_oneof![
		6 => who().prop_map(Step::Block),
		3 => (1u32..3).prop_map(Step::Eras),
		3 => (0u128..5_000_000).prop_map(Step::Fees),
		3 => (who(), 0u128..10_000).prop_map(|(who, fees)| Step::AuthorFees(who, fees)),
		4 => (who(), 0u32..300).prop_map(|(who, reports)| Step::Agreed(who, reports)),
		2 => who().prop_map(Step::Turns),
		1 => (0u128..100 * BONDED).prop_map(Step::Stake),
		1 => (0u64..8).prop_map(Step::Idle),
	]
}

fn act(step: Step) {
	match step {
		Step::Block(n) => block_by(n),
		Step::Eras(eras) => Era::mutate(|era| *era += eras),
		Step::Fees(amount) => fees_arrive(amount),
		Step::AuthorFees(n, amount) => drop(pay_author(n, amount)),
		Step::Agreed(n, reports) => Rewards::agreed(&account(n), reports),
		Step::Turns(n) => Operators::mutate(|all| match all.iter().position(|who| *who == account(n)) {
			Some(at) => drop(all.remove(at)),
			None => all.push(account(n)),
		}),
		Step::Stake(stake) => Stake::set(stake),
		Step::Idle(room) => {
			let each = <() as WeightInfo>::pay_validator();
			Rewards::on_idle(0, each.saturating_mul(room));
		}
	}
}

/// What shares of an era's pot were paid or returned, and what the pot was, over all eras.
fn pots_and_shares() -> (Balance, Balance) {
	events().into_iter().fold((0, 0), |(pots, shares), event| match event {
		Event::EraClosed { fees, reserve, .. } => (pots + fees + reserve, shares),
		Event::Rewarded { amount, .. } | Event::ShareReturned { amount, .. } => (pots, shares + amount),
		Event::AuthorRewarded { .. } => (pots, shares),
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(96))]

	#[test]
	fn money_is_conserved_and_nothing_is_stuck(steps in prop::collection::vec(step(), 1..250)) {
		ExtBuilder::default().build_and_execute(|| {
			block_by(11);
			for step in steps {
				let before = reserve();
				act(step);
				// The reserve only falls, and never faster than its schedule.
				let scheduled = policy::scheduled(before, DAY);
				assert!((before - scheduled..=before).contains(&reserve()));
				if let Err(broken) = Rewards::do_try_state() {
					panic!("{broken:?}");
				}
			}
			// An era in which all are operators: all that is due gets paid.
			Operators::set((11..31).map(account).collect());
			for _ in 0..2 {
				Era::mutate(|era| *era += 1);
				block_by(11);
				pay_all();
			}
			end_block();
			assert_eq!((pot(), ReturnedShares::<Test>::get()), (0, 0));
			assert_eq!(kept(), 0);
			assert_eq!(Payouts::<Test>::get().len(), 0);
			let running = Rewards::running_era();
			assert_eq!(Points::<Test>::iter().count(), 1);
			assert_eq!(running.payout.points, 20);
			let (pots, shares) = pots_and_shares();
			assert_eq!(pots, shares);
		});
	}
}
