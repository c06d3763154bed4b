//! The ledger of eras.

use super::*;

#[test]
fn settled_jobs_count_and_add_up() {
	ExtBuilder::default().build_and_execute(|| {
		FeeRouter::job_settled(0, 5_000);
		FeeRouter::job_settled(7, 70);
		let era = FeeRouter::era(0);
		assert_eq!((era.job_revenue, era.jobs_settled), (5_070, 2));
	});
}

#[test]
fn each_era_has_its_own_figures() {
	ExtBuilder::default().build_and_execute(|| {
		JobFees::<Test>::on_unbalanced(take(1_200));
		Era::set(1);
		JobFees::<Test>::on_unbalanced(take(2_400));
		assert_eq!((FeeRouter::era(0).job_fees, FeeRouter::era(1).job_fees), (1_200, 2_400));
		assert_eq!(FeeRouter::era(2), EraFigures::default());
		assert_eq!(TotalBurned::<Test>::get(), 1_800);
	});
}

#[test]
fn the_oldest_figures_go_and_its_burning_stays_in_the_sum() {
	ExtBuilder::default().build_and_execute(|| {
		// Quiet eras take no room: 0, 5, 6 are kept until 9 comes.
		for (era, burned) in [(0, 1), (5, 10), (6, 100), (9, 1_000)] {
			Era::set(era);
			Burner::<Test>::on_unbalanced(take(burned));
		}
		assert_eq!(KeptEras::<Test>::get().into_inner(), vec![5, 6, 9]);
		assert_eq!(FeeRouter::era(0), EraFigures::default());
		assert_eq!(FeeRouter::era(5).burned, 10);
		assert_eq!(BurnedBefore::<Test>::get(), 1);
		assert_eq!(TotalBurned::<Test>::get(), 1_111);
	});
}

#[test]
fn what_pools_keep_is_booked_and_moves_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let issuance = Balances::total_issuance();
		FeeRouter::lp_fees(0, 0);
		assert_eq!(KeptEras::<Test>::get().into_inner(), Vec::<EraIndex>::new());
		FeeRouter::lp_fees(0, 250);
		FeeRouter::lp_fees(7, 3);
		let expected = EraFigures {
			lp_fees: 253,
			..Default::default()
		};
		assert_eq!(FeeRouter::era(0), expected);
		assert_eq!(Balances::total_issuance(), issuance);
		assert_eq!(events(), []);
	});
}

#[test]
fn eras_are_known_until_they_are_forgotten() {
	ExtBuilder::default().build_and_execute(|| {
		for era in [0, 5, 6] {
			Era::set(era);
			Burner::<Test>::on_unbalanced(take(1));
		}
		Era::set(9);
		// Full, and nothing is forgotten: 0 is the oldest there ever was.
		assert!([0, 3, 5, 9].into_iter().all(FeeRouter::is_known));
		assert!(!FeeRouter::is_known(10));
		Burner::<Test>::on_unbalanced(take(1));
		assert_eq!(
			[0, 4, 5, 8, 9, 10].map(FeeRouter::is_known),
			[false, false, true, true, true, false]
		);
	});
}
