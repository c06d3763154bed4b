//! What the runtime APIs show.

use super::*;
use quern_primitives::SlashableInfo;

#[test]
fn operators_and_delegations_as_they_are() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 50 * PERCENT)])
		.build_and_execute(|| {
			delegate(5, 1, 1_000 * QRN);
			assert_ok!(Restaking::liquify(by(5), 1, 400 * QRN));
			assert_ok!(Restaking::delegate(by(5), 1, 600 * QRN, RewardMode::Payout));
			assert_ok!(Restaking::undelegate(by(5), 1, RewardMode::Payout, Some(100 * QRN)));
			reward(1, 11 * QRN);
			start_session(1);
			assert_ok!(fault(1, 7, 1, 50 * QRN));

			let mut operators = Restaking::operators();
			operators.sort();
			assert_eq!(operators, [1, 2, 3, 4]);
			let info = Restaking::operator_info(&1).unwrap();
			assert_eq!((info.id, info.pool), (0, operator(1).pool));
			assert_eq!((info.own, info.delegated), (3_958 * QRN, 1_502 * QRN));
			assert_eq!(
				(info.unbonding, info.frozen, info.stake),
				(100 * QRN, 50 * QRN, 5_460 * QRN)
			);
			assert!(info.candidate && info.validator && !info.leaving);
			assert_eq!(info.share_price, 1_002_000_000_000_000_000);
			let allocation = &info.allocations[0];
			assert_eq!((allocation.class, allocation.value), (7, 2_755 * QRN - 50 * QRN));
			assert_eq!(Restaking::operator_info(&9), None);

			let delegations = Restaking::delegations_of(&5);
			assert_eq!(delegations.len(), 1);
			let info = &delegations[0];
			assert_eq!(
				(info.compounding_shares, info.paying_shares, info.liquid_shares),
				(600 * QRN, 500 * QRN, 400 * QRN)
			);
			assert_eq!((info.value, info.claimable), (601_200_000 + 500 * QRN, QRN - 1));
			assert_eq!(info.unbonding, [(100 * QRN, 5)]);
			assert!(Restaking::delegations_of(&6).is_empty());
		});
}

#[test]
fn slashable_at_a_block() {
	ExtBuilder::default()
		.with_allocations(vec![(1, 7, 50 * PERCENT)])
		.build_and_execute(|| {
			start_session(1);
			assert_ok!(Restaking::bond_more(by(1), 1_000 * QRN));
			start_session(3);
			let info = |session, consensus: Balance, class: Balance| {
				Some(SlashableInfo {
					session,
					consensus: consensus * QRN,
					classes: vec![(7, class * QRN)],
				})
			};
			assert_eq!(Restaking::slashable_info(&1, 0), info(0, 4_000, 2_000));
			assert_eq!(Restaking::slashable_info(&1, 4), info(0, 4_000, 2_000));
			assert_eq!(Restaking::slashable_info(&1, 5), info(1, 4_000, 2_000));
			assert_eq!(Restaking::slashable_info(&1, 10), info(2, 4_000, 2_500));
			assert_eq!(Restaking::slashable_info(&1, now()), info(3, 5_000, 2_500));
			assert_eq!(Restaking::slashable_info(&1, now() + 1), None);
			assert_eq!(Restaking::slashable_info(&9, 10), None);
			start_session(20);
			assert_eq!(Restaking::slashable_info(&1, 10), None);
			assert_eq!(Restaking::session_at(now() - 5), Some(19));
		});
}
