//! Fees and the reserve on their way to stake, to the planck, over many eras.

use super::{compute::open_market, *};
use crate::{sessions::join_with, trip::assigned};
use pallet_job_escrow::{Call as Escrow, JobTerms, Outcome};
use pallet_validator_rewards::{policy, Event};
use polkadot_sdk::sp_runtime::Perbill;

const K: Balance = 1_000 * QRN;

/// What events say of rewards.
#[derive(Default)]
struct Told {
	/// Fees and reserve of eras that are over.
	fees: Balance,
	reserve: Balance,
	/// Shares of pots, and authors' fees, that reached operators' stake.
	rewarded: Balance,
	authors: Balance,
	/// As the stake says: to operators, to compounding and to paying delegations.
	stake: [Balance; 3],
}

impl Told {
	fn of(events: &[RuntimeEvent]) -> Self {
		let mut told = Self::default();
		for event in events {
			match event {
				RuntimeEvent::ValidatorRewards(Event::EraClosed { fees, reserve, .. }) => {
					told.fees += fees;
					told.reserve += reserve;
				}
				RuntimeEvent::ValidatorRewards(Event::Rewarded { amount, .. }) => told.rewarded += amount,
				RuntimeEvent::ValidatorRewards(Event::AuthorRewarded { amount, .. }) => told.authors += amount,
				RuntimeEvent::Restaking(pallet_restaking::Event::Rewarded {
					to_operator,
					compounding,
					paying,
					..
				}) => {
					for (sum, part) in told.stake.iter_mut().zip([to_operator, compounding, paying]) {
						*sum += part;
					}
				}
				_ => {}
			}
		}
		told
	}
}

/// What the router booked for stakers and authors, in all eras.
fn collected() -> Balance {
	(0..=Restaking::current_era())
		.map(FeeRouter::era)
		.map(|era| era.to_stakers + era.to_authors)
		.sum()
}

/// What lies on the way: in the stakers' pot and in the rewards' account.
fn on_the_way() -> Balance {
	free(&FeeRouter::staker_pot()) + free(&ValidatorRewards::account_id()) - 2 * EXISTENTIAL_DEPOSIT
}

#[test]
fn all_that_was_collected_is_paid_and_nothing_else() {
	on(four(json!({})), |chain| {
		let (dave, eve, client) = (user("Dave"), user("Eve"), user("Ferdie"));
		chain.heard = Some(Vec::new());
		let key = open_market(chain, &dave);
		chain.ok(&eve, delegate(&dave, 50 * K, Compound));
		let reserve = || free(&ValidatorRewards::reserve_account());
		let (mut last_era, mut left) = (Restaking::current_era(), reserve());
		let genesis = preset("four_validators");
		let account = serde_json::to_value(ValidatorRewards::reserve_account()).expect("JSON");
		let endowed = genesis["balances"]["balances"]
			.as_array()
			.expect("a list")
			.iter()
			.find(|entry| entry[0] == account)
			.and_then(|entry| entry[1].as_u64())
			.expect("a reserve");
		let endowed = Balance::from(endowed);
		for round in 0..8 {
			let job = assigned(chain, &client, JobTerms::default());
			chain.ok(&key, Escrow::acknowledge { job });
			let outcome = Outcome::Trapped;
			let used = 4_000;
			chain.ok(&key, Escrow::submit { job, outcome, used });
			let issuance = FeeRouter::supply().issuance;
			chain.ok(&client, Escrow::accept { job });
			for _ in 0..15 {
				chain.next();
				// What the router booked and the reserve gave is what the stake got and what is on its way.
				let told = Told::of(&[chain.heard.clone().expect("heard"), events()].concat());
				assert_eq!(
					told.stake.iter().sum::<Balance>(),
					told.rewarded + told.authors,
					"round {round}"
				);
				assert_eq!(told.reserve, endowed - reserve());
				assert_eq!(
					collected() + told.reserve,
					told.rewarded + told.authors + on_the_way(),
					"round {round}"
				);
				// An era takes no more of the reserve than its schedule.
				let era = Restaking::current_era();
				if era > last_era {
					let most =
						policy::scheduled(left - EXISTENTIAL_DEPOSIT, era_millis()) * Balance::from(era - last_era);
					assert!(left - reserve() <= most, "{} of {most}", left - reserve());
					assert!(reserve() < left, "fees do not do yet");
					(last_era, left) = (era, reserve());
				}
				assert_eq!(reserve(), left, "within an era nothing leaves it");
			}
			assert!(FeeRouter::supply().issuance <= issuance);
		}
		let told = Told::of(&chain.heard.take().expect("heard"));
		assert!(told.fees > 0 && told.reserve > 0 && told.authors > 0);
		// The target is four percent a year of what validators were chosen with.
		let eras = Balance::from(Restaking::current_era());
		let target = policy::target(450 * K, era_millis()) * eras;
		assert!(told.reserve <= target, "{} {target}", told.reserve);
		let figures = ValidatorRewards::apy(0, Restaking::current_era() - 1).expect("eras are over");
		assert_eq!(figures.fees, told.fees + authors_of_eras_over(&figures));
		assert_eq!(figures.reserve, told.reserve);
	});
}

/// Authors' fees of the eras in the figures.
fn authors_of_eras_over(figures: &quern_primitives::StakerYield) -> Balance {
	(0..figures.eras)
		.filter_map(pallet_validator_rewards::History::<Runtime>::get)
		.map(|era| era.author_fees)
		.sum()
}

fn era_millis() -> u64 {
	configs::quern::EraMillis::get()
}

#[test]
fn commission_then_by_stake_and_both_kinds_of_delegators_get_the_same() {
	on(four(json!({})), |chain| {
		let [operator, compounds, is_paid] = ["Eve", "Ferdie", "Alice//stash"].map(user);
		// A tenth for itself. Its own bond is as much as each of them has.
		join_with(chain, "Eve", 50 * K, Perbill::from_percent(10));
		chain.ok(&compounds, delegate(&operator, 50 * K, Compound));
		chain.ok(&is_paid, delegate(&operator, 50 * K, Payout));
		chain.heard = Some(Vec::new());
		run_to_era(chain, 12);
		let heard = chain.heard.take().expect("heard");
		let mut sums = [0; 3];
		for event in heard.iter().chain(&events()) {
			if let RuntimeEvent::Restaking(pallet_restaking::Event::Rewarded {
				operator: who,
				to_operator,
				compounding,
				paying,
			}) = event
			{
				if *who != operator.id {
					continue;
				}
				let all = to_operator + compounding + paying;
				// Commission, and a third of the rest; what others have grew no less.
				assert!(
					*to_operator >= all / 10 + (all - all / 10) / 4,
					"{to_operator} of {all}"
				);
				for (sum, part) in sums.iter_mut().zip([to_operator, compounding, paying]) {
					*sum += part;
				}
			}
		}
		assert!(sums[0] > QRN / 1_000 && sums[1] > 0, "{sums:?}");
		// The paying ones fall behind by the growth of the others alone.
		assert!(sums[1] >= sums[2] && sums[1] - sums[2] <= sums[1] / 1_000, "{sums:?}");
		close(worth(&compounds, &operator), 50 * K + sums[1]);
		assert_eq!(worth(&is_paid, &operator), 50 * K);
		let claimable = position(&is_paid, &operator).expect("a delegation").claimable;
		close(claimable, sums[2]);
		assert_eq!(own(&operator), 50 * K + sums[0]);

		let had = total(&is_paid.id);
		let claim = Staking::claim {
			operator: Some(operator.id.clone()),
		};
		let fee = chain.ok(&is_paid, claim);
		assert_eq!(total(&is_paid.id), had - fee + claimable);
		assert_eq!(position(&is_paid, &operator).expect("a delegation").claimable, 0);
		// The operator takes its own as tokens from now on.
		chain.ok(
			&operator,
			Staking::set_reward_mode {
				operator: None,
				mode: Payout,
			},
		);
		let bond = info(&operator).own;
		run_to_era(chain, 15);
		let waiting = info(&operator).claimable;
		assert!(waiting > 0);
		assert_eq!(info(&operator).own, bond);
		chain.silence(&operator);
		chain.next();
		let waiting = info(&operator).claimable;
		let had = total(&operator.id);
		let fee = chain.ok(&operator, Staking::claim { operator: None });
		assert_eq!(total(&operator.id), had - fee + waiting);
		chain.refused(
			&operator,
			Staking::claim { operator: None },
			pallet_restaking::Error::<Runtime>::NothingToClaim,
		);
	});
}

#[test]
fn delegators_that_change_how_they_are_paid_lose_nothing() {
	on(four(json!({})), |chain| {
		let (operator, eve) = (user("Alice"), user("Eve"));
		chain.ok(&eve, delegate(&operator, 100 * K, Compound));
		run_to_era(chain, 6);
		chain.next();
		let before = worth(&eve, &operator);
		assert!(before > 100 * K);
		let mode = |mode| Staking::set_reward_mode {
			operator: Some(operator.id.clone()),
			mode,
		};
		chain.ok(&eve, mode(Payout));
		close(worth(&eve, &operator), before);
		run_to_era(chain, 9);
		chain.next();
		close(worth(&eve, &operator), before);
		let claimable = position(&eve, &operator).expect("a delegation").claimable;
		assert!(claimable > 0);
		chain.ok(&eve, mode(Compound));
		close(worth(&eve, &operator), before);
		assert!(position(&eve, &operator).expect("a delegation").claimable >= claimable);
		run_to_era(chain, 12);
		assert!(worth(&eve, &operator) > before);
	});
}

#[test]
fn a_validator_that_is_no_operator_any_more_gives_its_share_back() {
	on(four(json!({})), |chain| {
		let all = ["Alice", "Bob", "Charlie", "Dave"].map(user);
		for who in &all {
			chain.ok(who, Staking::leave {});
		}
		// Nobody stands for election: the same four go on.
		run_to_era(chain, UNBONDING + 1);
		chain.next();
		for who in &all {
			chain.ok(who, Staking::withdraw { operator: None });
		}
		assert_eq!(Operators::<Runtime>::iter().count(), 0);
		assert_eq!(pallet_restaking::TotalStake::<Runtime>::get(), 0);
		chain.heard = Some(Vec::new());
		let era = Restaking::current_era();
		run_to_era(chain, era + 3);
		assert_eq!(validators().len(), 4);
		let told = Told::of(&chain.heard.take().expect("heard"));
		// Authors are paid as accounts; shares of pots go back, and wait for stake.
		assert_eq!((told.rewarded, told.stake), (0, [0; 3]));
		chain.ok(&all[0], register_operator(20 * K));
		chain.ok(&all[0], Staking::validate {});
		let era = Restaking::current_era();
		run_to_era(chain, era + 4);
		assert!(own(&all[0]) > 20 * K);
	});
}
