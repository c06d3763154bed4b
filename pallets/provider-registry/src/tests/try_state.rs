//! Each invariant is broken on purpose and seen broken.

use super::*;
use crate::{
	Attestable, Books, ClassOfName, Classes, NextClassId, NextNodeId, NextOfferId, NodeOfKey, Nodes, Offers, Providers,
	ProvidersOf,
};
use polkadot_sdk::{
	frame_support::traits::{
		fungible::{Mutate as _, MutateHold},
		fungibles::Mutate as _,
		tokens::Preservation::Expendable,
	},
	sp_core::Pair,
};
use quern_primitives::units::QRN;

/// Runs `corrupt` on a chain where Alice sold a minute and offers another, and expects a finding that says
/// `expected`.
fn notices(expected: &str, corrupt: impl FnOnce()) {
	let builder = ExtBuilder::default()
		.with_pool()
		.with_serving(ALICE, CPU, 1)
		.with_serving(BOB, H100, 1);
	builder.build().execute_with(|| {
		sell(&ALICE, MINUTE, QRN);
		assert_ok!(ProviderRegistry::offer_capacity(signed(&ALICE), CPU, MINUTE, 0));
		assert_eq!(ProviderRegistry::do_try_state(), Ok(()));
		corrupt();
		let broken = ProviderRegistry::do_try_state().expect_err("something is broken");
		assert!(broken.iter().any(|finding| finding.contains(expected)), "{broken:#?}");
	});
}

fn corrupt_book(corrupt: impl FnOnce(&mut Book)) {
	Books::<Test>::mutate(ALICE, CPU, |book| corrupt(book.as_mut().expect("a book")));
}

fn corrupt_node(corrupt: impl FnOnce(&mut Node<AccountId>)) {
	Nodes::<Test>::mutate(0, |node| corrupt(node.as_mut().expect("a node")));
}

#[test]
fn notices_claims_that_nobody_owes() {
	notices("claims exist", || {
		assert_ok!(Assets::mint_into(CPU, &CLIENT, 1));
	});
}

#[test]
fn notices_an_obligation_without_claims() {
	notices("are owed", || corrupt_book(|book| book.obligations += 1));
}

#[test]
fn notices_a_book_of_no_class() {
	notices("which is none", || {
		Classes::<Test>::remove(CPU);
	});
}

#[test]
fn notices_a_class_without_claims() {
	notices("has no claims", || {
		let class = Classes::<Test>::get(CPU).expect("a class");
		Classes::<Test>::insert(7, class);
	});
}

#[test]
fn notices_a_class_that_its_name_does_not_find() {
	notices("not found by its name", || {
		let name = Classes::<Test>::get(CPU).expect("a class").name;
		ClassOfName::<Test>::insert(name, H100);
	});
	notices("names and classes differ", || {
		ClassOfName::<Test>::insert(ClassName::truncate_from(b"other".to_vec()), CPU);
	});
}

#[test]
fn notices_ids_given_twice() {
	notices("class 1 is still to be given", || NextClassId::<Test>::put(1));
	notices("node 1 is still to be given", || NextNodeId::<Test>::put(1));
	notices("offer 1 is still to be given", || NextOfferId::<Test>::put(1));
}

#[test]
fn notices_proceeds_that_are_not_held() {
	notices("planck held as proceeds", || corrupt_book(|book| book.proceeds += 1));
	notices("planck held as proceeds", || {
		let reason = crate::HoldReason::Proceeds.into();
		assert_ok!(Balances::hold(&reason, &BOB, QRN));
	});
}

#[test]
fn notices_unpaid_proceeds_that_are_not_there() {
	notices("planck are unpaid or of estates", || {
		corrupt_book(|book| {
			book.proceeds += QRN;
			book.unpaid += QRN;
		});
		let account = ProviderRegistry::account_id();
		assert_ok!(Balances::transfer(&account, &BOB, ED, Expendable));
	});
	notices("unpaid of", || corrupt_book(|book| book.unpaid = book.proceeds + 1));
}

#[test]
fn notices_proceeds_of_nothing_owed() {
	notices("nothing owed", || corrupt_book(|book| book.obligations = book.offered));
}

#[test]
fn notices_an_allowance_above_the_burst() {
	notices("exceeds the burst", || {
		corrupt_book(|book| book.allowance = burst(1) + 1)
	});
}

#[test]
fn notices_more_set_aside_than_is_owed() {
	notices("assigned of", || corrupt_book(|book| book.assigned = book.owed() + 1));
}

#[test]
fn notices_offers_that_do_not_sum() {
	notices("what its offers sum to", || corrupt_book(|book| book.offered -= 1));
	notices("what its offers sum to", || Offers::<Test>::remove(1));
	notices("offer 1 has no book", || {
		Offers::<Test>::mutate(1, |offer| offer.as_mut().expect("an offer").provider = BOB);
	});
}

#[test]
fn notices_accelerators_that_are_not_active() {
	notices("accelerators are active", || corrupt_book(|book| book.active_gpus += 1));
	notices("accelerators are active", || {
		corrupt_node(|node| node.state = NodeState::Pending)
	});
}

#[test]
fn notices_a_node_with_too_many_jobs() {
	notices("accelerators are occupied", || corrupt_node(|node| node.occupied = 2));
}

#[test]
fn notices_a_node_served_after_its_last_verdict() {
	notices("after the last verdict", || {
		corrupt_node(|node| node.last_told = Some(3))
	});
}

#[test]
fn notices_keys_and_nodes_that_disagree() {
	notices("not found by its key", || {
		NodeOfKey::<Test>::insert(pair(0).public(), 1)
	});
	notices("keys and nodes differ", || {
		NodeOfKey::<Test>::insert(pair(9).public(), 0)
	});
}

#[test]
fn notices_providers_and_nodes_that_disagree() {
	notices("not among its provider's", || {
		Providers::<Test>::mutate(ALICE, |provider| provider.as_mut().expect("a provider").nodes.clear());
	});
	notices("lists of providers differ", || {
		Providers::<Test>::mutate(BOB, |provider| {
			assert_ok!(provider.as_mut().expect("a provider").nodes.try_push(0));
		});
	});
}

#[test]
fn notices_books_and_lists_that_disagree() {
	notices("node 0 has no book", || Books::<Test>::remove(ALICE, CPU));
	notices("which has no book in it", || Books::<Test>::remove(ALICE, CPU));
	notices("lists of classes' providers differ", || {
		ProvidersOf::<Test>::remove(CPU)
	});
	notices("it has no node", || {
		Books::<Test>::insert(BOB, CPU, Book::default());
	});
}

#[test]
fn notices_attestable_nodes_that_are_not() {
	notices("not those that are not paused", Attestable::<Test>::kill);
	notices("not those that are not paused", || {
		corrupt_node(|node| node.state = NodeState::Paused)
	});
	notices("listed twice", || {
		assert_ok!(Attestable::<Test>::try_mutate(|nodes| nodes.try_push(0)));
	});
}

#[test]
fn notices_accelerators_that_do_not_sum() {
	notices("accelerators are registered", || corrupt_book(|book| book.gpus += 1));
	notices("accelerators are attested, it says", || {
		corrupt_book(|book| book.attested_gpus = 0)
	});
	notices("1 nodes are attested, it says", || {
		corrupt_book(|book| book.attested_nodes = 0)
	});
	notices("class 0: 1 accelerators are attested", || {
		crate::AttestedGpus::<Test>::insert(CPU, 2)
	});
	notices("its clock says", || {
		crate::LitClock::<Test>::mutate(|clock| clock.gpus = 9)
	});
	notices("is attested and does not count", || {
		corrupt_node(|node| node.attested = false)
	});
	notices("counts as attested and is not", || {
		corrupt_node(|node| node.last_served = Some(3))
	});
}

#[test]
fn notices_collateral_that_is_not_reserved() {
	notices("is reserved, it says", || {
		corrupt_book(|book| book.collateral = 7);
		let purpose = quern_primitives::ports::BondUse::Obligations(CPU);
		let size = quern_primitives::ports::BondSize {
			own: 6,
			allocated: Some((CPU, FLAT_BOND)),
		};
		Reserved::set(&vec![(ALICE, purpose, size)]);
	});
	// Nothing is reserved at all.
	notices("is reserved, it says", || Reserved::set(&vec![]));
}

#[test]
fn notices_obligations_that_nothing_backs_and_backing_of_nothing() {
	notices("backs the", || corrupt_book(|book| book.backing = FLAT_BOND - 1));
	notices("backs the", || corrupt_book(|book| book.obligations = 0));
}

#[test]
fn notices_a_shortfall_that_nobody_holds_claims_of() {
	notices("are owed", || crate::Shortfalls::<Test>::insert(CPU, 1));
	notices("which is none", || crate::Shortfalls::<Test>::insert(9, 1));
}

#[test]
fn notices_an_offer_in_a_class_that_has_ended() {
	notices("has ended, and claims of it are offered", || {
		crate::Classes::<Test>::mutate(CPU, |class| class.as_mut().expect("a class").ends_at = Some(1))
	});
}

fn some_estate(orderly: bool) -> Estate {
	Estate {
		price: FixedU128::from_u32(1),
		opened_at: 1,
		obligations: 1,
		proceeds: 2 * ED,
		shares: 3,
		orderly,
		deposit: 4,
		advanced: 5,
		answers: 0,
	}
}

#[test]
fn notices_estates_that_are_not_what_books_say() {
	let insert = |orderly| crate::Estates::<Test>::insert(ALICE, CPU, some_estate(orderly));
	notices("are owed", || insert(true));
	notices("no book that says so", || insert(true));
	notices("estates by class", || insert(true));
	notices("estates by class", || crate::OpenEstates::<Test>::insert(CPU, 1));
	notices("from both sides", || insert(false));
	notices("from both sides", || insert(true));
	notices("held for novation", || insert(true));
	notices("unpaid or of estates", || insert(true));
	notices("pool shares are booked", || insert(true));
	notices("an exit and no estate", || {
		corrupt_book(|book| book.exit = Some(Exit::Gone))
	});
}

#[test]
fn notices_shares_that_are_not_there_or_of_nothing() {
	notices("pool shares are booked", || corrupt_book(|book| book.shares = 1));
	notices("pool shares are booked", || corrupt_book(|book| book.shares_due = 1));
	notices("pool shares are booked", || {
		crate::RecoveredShares::<Test>::insert(CPU, 1)
	});
	notices("shares are kept and nothing owed", || {
		corrupt_book(|book| {
			book.shares = 1;
			book.obligations = book.offered;
		})
	});
}

#[test]
fn notices_liquidity_that_does_not_sum() {
	notices("what its additions sum to", || corrupt_book(|book| book.adding = 1));
	notices("in the pool of", || corrupt_book(|book| book.liquidity = MINUTE + 1));
	let addition = Addition {
		provider: CAROL,
		class: CPU,
		gpu_time: 1,
		tokens: 1,
	};
	notices("addition 3 has no book", || {
		crate::Additions::<Test>::insert(3, addition.clone())
	});
	notices("addition 3 is still to be given", || {
		crate::Additions::<Test>::insert(3, addition.clone())
	});
	notices("buy-back 3 is still to be given", || {
		crate::BuyBacks::<Test>::insert(
			3,
			BuyBack {
				provider: ALICE,
				class: CPU,
			},
		)
	});
}

#[test]
fn notices_absence_beyond_its_bounds() {
	notices("beyond an hour", || {
		corrupt_book(|book| book.absence.free = crate::policy::FREE_ABSENCE + 1)
	});
	notices("beyond what makes it gone", || {
		corrupt_book(|book| book.absence.gone = crate::policy::GONE_LEVEL + 1)
	});
}
