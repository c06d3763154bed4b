//! Providers that are gone.

use super::*;
use quern_primitives::ports::Defaults;

fn defaulted(operator: mock::AccountId, class: ClassId, lost: Balance) -> Balance {
	<Slashing as Defaults<_>>::defaulted(&operator, class, lost, &VICTIM)
}

#[test]
fn a_default_is_slashed_own_bond_first_for_whoever_paid() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(defaulted(OP, CLASS, 12_000), 12_000);
		let slash = slash(0);
		assert_eq!(
			(slash.scope, slash.cause, slash.amount),
			(Scope::Class(CLASS), SlashCause::Defaulted(CLASS), parts(10_000, 2_000))
		);
		assert_eq!((slash.victim, slash.finder), (Some((VICTIM, 12_000)), None));
		// 5 % of all stake an era: two eras.
		run_to_era(APPEAL + 1);
		// All of it makes the loss good; nothing is left to burn.
		assert_eq!((tokens(VICTIM), Burned::get()), (ENDOWMENT + 12_000, 0));
		assert_eq!((books(OP).own, books(OP).delegated), (0, 38_000));
	});
}

#[test]
fn no_more_answers_than_is_allocated_to_the_class() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(defaulted(OP, CLASS, 50_000), 20_000);
		run_to_era(APPEAL);
	});
}

#[test]
fn a_default_that_cannot_be_slashed_is_told() {
	ExtBuilder::default().build_and_execute(|| {
		take_events();
		assert_eq!(defaulted(OP, CLASS + 1, 500), 0);
		assert_eq!(
			take_events(),
			[Event::DefaultNotSlashed {
				operator: OP,
				class: CLASS + 1,
				lost: 500,
				error: E::NothingToSlash.into()
			}]
		);
		assert_eq!(defaulted(OP, CLASS, 0), 0);
		assert_eq!(take_events(), []);
		assert_eq!(Slashes::<Test>::iter().count(), 0);
	});
}

#[test]
fn defaults_of_one_block_are_two_slashes_with_evidence_of_their_own() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(defaulted(OP, CLASS, 500), 500);
		let other = <Slashing as Defaults<_>>::defaulted(&OP, CLASS, 700, &78);
		assert_eq!(other, 700);
		assert!(slash(0).evidence != slash(1).evidence);
	});
}
