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
