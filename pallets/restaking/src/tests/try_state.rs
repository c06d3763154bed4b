//! Each invariant is broken on purpose once, and noticed.

use super::*;
use polkadot_sdk::sp_io;

/// Runs `corrupt` on sound books; `try_state` must then find one thing for each of `what`, in that order.
fn notices(what: &[&str], corrupt: impl FnOnce()) {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 20 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 100 * QRN);
			delegate(6, 1, 100 * QRN);
			assert_ok!(Restaking::delegate(by(6), 1, 100 * QRN, RewardMode::Payout));
			assert_ok!(Restaking::reserve(&2, BondUse::Job(1), BondSize::own(500)));
			let size = BondSize {
				own: 0,
				allocated: Some((7, 500)),
			};
			assert_ok!(Restaking::reserve(&1, BondUse::Job(2), size));
			start_era(1);
			undelegate(5, 1);
			assert_ok!(Restaking::unbond(by(1), 100));
			reward(1, 5_000);
			assert_ok!(fault(1, 7, 3, 1_000));
			assert_eq!(Restaking::do_try_state(), Ok(()));
			sp_io::storage::start_transaction();
			corrupt();
			let broken = Restaking::do_try_state().expect_err("it is broken");
			assert_eq!(broken.len(), what.len(), "{broken:?}");
			assert!(
				broken.iter().zip(what).all(|(line, what)| line.contains(what)),
				"{broken:?}"
			);
			sp_io::storage::rollback_transaction();
		});
}

fn change(who: AccountId, change: impl FnOnce(&mut OperatorOf<Test>)) {
	Operators::<Test>::mutate(who, |operator| change(operator.as_mut().expect("it is an operator")));
}

fn change_era(change: impl FnOnce(&mut EraPool)) {
	EraPools::<Test>::mutate(0, 6, |pool| change(pool.as_mut().expect("it is one")));
}

#[test]
fn books_that_the_pool_account_does_not_cover() {
	notices(&["but its pool account holds"], || change(1, |o| o.withdrawable += 1));
	notices(&["but its pool account holds"], || change(1, |o| o.own_rewards += 1));
	notices(&["but its pool account holds"], || {
		change_era(|pool| pool.own.balance += 1);
		change(1, |o| o.eras[0].1 += 1);
	});
	notices(&["but its pool account holds"], || {
		let pool = operator(1).pool;
		polkadot_sdk::frame_system::Account::<Test>::mutate(pool, |account| account.data.free -= 1);
	});
}

#[test]
fn a_pool_account_that_is_not_the_operators() {
	notices(&["not its own"], || Owners::<Test>::insert(3, 9));
	notices(&["not its own"], || {
		let pool = operator(1).pool;
		change(4, |o| o.pool = pool)
	});
}

#[test]
fn era_pools_that_are_not_listed() {
	notices(&["does not list"], || change(1, |o| o.era_pools += 1));
	notices(&["does not list"], || change(1, |o| o.eras.clear()));
	notices(&["does not list"], || change(1, |o| o.eras[0].1 += 1));
}

#[test]
fn shares_that_nobody_holds() {
	notices(&["compounding shares"], || change(1, |o| o.compounding.shares += 1));
	notices(&["paying shares"], || change(1, |o| o.paying.shares += 1));
	notices(&["shares of era 6"], || change_era(|pool| pool.delegated.shares += 1));
	notices(&["1 paid"], || change_era(|pool| pool.paid += 1));
	notices(&["delegations of nobody"], || {
		Delegations::<Test>::remove(6, 0);
		change(1, |o| {
			(o.compounding.shares, o.paying.shares) = (0, 0);
			o.paying.tranche.balance = 0;
			o.own.balance += 100 * QRN;
			(o.owed, o.carry) = (0, Default::default());
		});
	});
}

#[test]
fn rewards_that_do_not_sum_up() {
	notices(&["do not make that up"], || change(1, |o| o.owed -= 1));
	notices(&["do not make that up"], || change(1, |o| o.carry += 1.into()));
	notices(&["do not make that up"], || {
		Delegations::<Test>::mutate(6, 0, |d| d.as_mut().unwrap().fraction += 1)
	});
}

#[test]
fn more_frozen_than_there_is_or_is_due() {
	let group = Group {
		era: 1,
		scope: Scope::Class(7),
	};
	notices(&["frozen of a part of"], || {
		change(1, |o| {
			let part = o.paying.tranche.balance + 1;
			o.paying.tranche.frozen.try_insert(group, part).unwrap();
			o.pending.get_mut(&group).unwrap().due.delegated = part;
			o.counted = o.stake();
			TotalStake::<Test>::mutate(|total| *total -= part - 1);
			Candidates::<Test>::mutate(|list| list[0].stake = o.counted);
		})
	});
	notices(&["for which Parts { own: 999"], || {
		change(1, |o| o.pending.get_mut(&group).unwrap().due.own = 999)
	});
	notices(&["which does not wait", "which does not wait"], || {
		// Of the active own bond, and of the unbonding.
		change(1, |o| {
			o.pending.remove(&group);
		})
	});
}

#[test]
fn allocations_beyond_half() {
	notices(&["more than half"], || {
		change(1, |o| {
			o.allocations.get_mut(&7).unwrap().joining = Some((31 * PERCENT, 9))
		})
	});
}

#[test]
fn a_total_that_is_none() {
	notices(&["the total stake is"], || {
		TotalStake::<Test>::mutate(|total| *total += 1)
	});
	notices(&["is counted with"], || change(3, |o| o.counted += 1));
}

#[test]
fn a_reserved_sum_that_reservations_do_not_make() {
	notices(&["but its reservations sum to 500"], || change(2, |o| o.reserved += 1));
	notices(&["but its reservations sum to 0"], || {
		Reservations::<Test>::remove(2, BondUse::Job(1))
	});
	notices(&["of class 7 reserved, but its reservations sum to 0"], || {
		Reservations::<Test>::remove(1, BondUse::Job(2))
	});
	notices(&["to which it allocated none"], || {
		let size = BondSize {
			own: 0,
			allocated: Some((8, 1)),
		};
		Reservations::<Test>::insert(1, BondUse::Job(3), size)
	});
	notices(&["but is no operator"], || {
		Reservations::<Test>::insert(9, BondUse::Node(1), BondSize::own(5))
	});
}

#[test]
fn candidates_out_of_order() {
	notices(&["candidates are out of order"], || {
		Candidates::<Test>::mutate(|list| (list[0], list[1]) = (list[1].clone(), list[0].clone()))
	});
	notices(&["candidates are out of order", "listed twice"], || {
		Candidates::<Test>::mutate(|list| {
			let copy = list[0].clone();
			list.try_insert(1, copy).expect("there is room")
		})
	});
}

#[test]
fn a_candidate_with_a_stake_that_is_not_its_own() {
	notices(&["but its stake that counts is Some"], || {
		Candidates::<Test>::mutate(|list| list[0].stake += 1)
	});
	notices(&["but its stake that counts is None"], || {
		Candidates::<Test>::mutate(|list| {
			list[0] = Candidate {
				who: 9,
				stake: 5_000 * QRN,
			}
		})
	});
	notices(&["is leaving, or has less"], || change(4, |o| o.leaving = true));
}

#[test]
fn sessions_out_of_range() {
	notices(&["outside 0 to 4"], || {
		Exposures::<Test>::insert(5, Exposures::<Test>::get(4).unwrap())
	});
	notices(&["has no validator"], || {
		Exposures::<Test>::insert(4, BoundedVec::new())
	});
	notices(&["outside 0 to 3"], || SessionStarts::<Test>::insert(4, 100));
	notices(&["started after the next"], || SessionStarts::<Test>::insert(2, 100));
}
