//! The two books, their counts, the places over all classes, and sleep.

use super::*;
use proptest::prelude::*;

/// Both pools, and so many places in all.
fn with_places(orders: u32, test: impl FnOnce()) {
	ExtBuilder::default().build_and_execute(|| {
		Orders::set(orders);
		assert_ok!(ComputeAmm::create_pool(signed(ALICE), H100, TOKENS, CLAIMS));
		test();
	});
}

/// A buy of so many thousandths of spot, in a class.
fn buy(class: ClassId, per_mille: Balance, blocks: BlockNumber) -> polkadot_sdk::sp_runtime::DispatchResult {
	let limit = 10 * SPOT * per_mille;
	ComputeAmm::place_order(signed(BOB), class, Side::Buy, 10_000, limit, Some(blocks), None)
		.map(|_| ())
		.map_err(|failed| failed.error)
}

fn count(class: ClassId) -> usize {
	ComputeAmm::waiting(class).len()
}

fn entry() -> Listed {
	*Active::<Test>::get()
		.iter()
		.find(|entry| entry.class == CPU)
		.expect("listed")
}

#[test]
fn new_orders_and_those_that_rest_lie_apart() {
	ExtBuilder::default().build_and_execute(|| {
		let first = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		let fills = place(BOB, Side::Buy, 10_000, 12_000 * SPOT);
		assert_eq!((first, fills), (order_id(1, 0), order_id(1, 1)));
		assert!(!Book::<Test>::contains_key(CPU));
		next_block();
		assert!(!Incoming::<Test>::contains_key(CPU));
		assert_eq!(Book::<Test>::get(CPU).len(), 1);
		let second = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		assert_eq!(second, order_id(2, 0));
		// In order of arrival.
		let ids: Vec<_> = waiting().iter().map(|order| order.id).collect();
		assert_eq!(ids, vec![first, second]);
		assert_eq!((entry().others, entry().arrived_at, entry().arrived), (2, 2, 1));
	});
}

#[test]
fn an_earlier_order_fills_first_among_equals() {
	ExtBuilder::default().build_and_execute(|| {
		// At spot exactly, fee included, so that only a seller's claims can fill them.
		let limit = 10_000 * SPOT / 1_000 * 1_003;
		let first = place_for(BOB, Side::Buy, 10_000, limit, 5);
		next_block();
		let second = place_for(CHARLIE, Side::Buy, 10_000, limit, 5);
		place(DAVE, Side::Sell, 15_000, 0);
		next_block();
		let left: Vec<_> = waiting().iter().map(|order| (order.id, order.filled)).collect();
		assert_eq!(left[0].0, second);
		assert!(left[0].1 < 10_000 && left.len() == 1, "{left:?} {first}");
	});
}

#[test]
fn an_order_placed_before_the_clearing_of_its_block_keeps_its_number() {
	ExtBuilder::default().build_and_execute(|| {
		System::set_block_number(2);
		let first = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		// A hook of another pallet's may have been earlier.
		ComputeAmm::on_initialize(2);
		let second = place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 5);
		assert_eq!((first, second), (order_id(2, 0), order_id(2, 1)));
	});
}

#[test]
fn a_flood_of_one_class_leaves_the_others_their_places() {
	// Two for each class, eleven for all; of those a fifth for jobs.
	with_places(15, || {
		for _ in 0..8 {
			assert_ok!(buy(CPU, 900, 5));
		}
		for _ in 0..5 {
			assert_ok!(buy(H100, 800, 5));
		}
		// Six beyond CPU's quota, three beyond H100's: nine of eleven are others'.
		assert_eq!(buy(H100, 800, 5), Err(Error::<Test>::TooManyOrders.into()));
		assert_eq!(count(H100), 5);
		// A better one takes a place of its own class, whatever waits in the other.
		assert_ok!(buy(H100, 810, 5));
		assert_eq!((count(CPU), count(H100)), (8, 5));
		assert_eq!(ComputeAmm::waiting(H100)[4].limit, 8_100 * SPOT);
		// Jobs still find the two of the rest that are kept for them.
		let bid = |job| NewOrder {
			class: H100,
			expires_at: 5,
			..bid(job, 10_000, 6_500 * SPOT)
		};
		assert_ok!(<ComputeAmm as Market<_>>::place_order(bid(1)));
		assert_ok!(<ComputeAmm as Market<_>>::place_order(bid(2)));
		assert_noop!(
			<ComputeAmm as Market<_>>::place_order(bid(3)),
			Error::<Test>::TooManyOrders
		);
	});
	// And a class that comes last has its own.
	with_places(15, || {
		for _ in 0..8 {
			assert_ok!(buy(CPU, 900, 5));
		}
		for job in 0..2 {
			let bid = NewOrder {
				expires_at: 5,
				..bid(job, 10_000, 9_000 * SPOT)
			};
			assert_ok!(<ComputeAmm as Market<_>>::place_order(bid));
		}
		assert_eq!(buy(CPU, 900, 5), Err(Error::<Test>::TooManyOrders.into()));
		for _ in 0..5 {
			assert_ok!(buy(H100, 600, 5));
		}
		assert_eq!(ComputeAmm::do_try_state(), Ok(()));
	});
}

#[test]
fn evicts_from_either_book() {
	ExtBuilder::default().build_and_execute(|| {
		let resting: Vec<_> = (0..4)
			.map(|i| place_for(BOB, Side::Buy, 10_000, (8_000 + i) * SPOT, 9))
			.collect();
		next_block();
		let new: Vec<_> = (0..4)
			.map(|i| place_for(BOB, Side::Sell, 10_000, (12_510 + i) * SPOT, 9))
			.collect();
		let ids = || waiting().iter().map(|order| order.id).collect::<Vec<_>>();
		assert_eq!(ids(), [resting.clone(), new.clone()].concat());
		// Spot over 1.2513 is less than 0.8.
		let first = place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 9);
		assert_eq!(ids(), [&resting[..], &new[..3], &[first]].concat());
		assert_eq!(claims(&BOB), TIME - 30_000);
		for _ in 0..3 {
			place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 9);
		}
		// Only the resting buys are as far now.
		let before = tokens(&BOB);
		place_for(CHARLIE, Side::Buy, 10_000, 9_000 * SPOT, 9);
		assert_eq!(tokens(&BOB), before + 8_000 * SPOT);
		assert_eq!(ids()[..3], resting[1..]);
	});
}

#[test]
fn no_bid_keeps_its_place_by_dawdling() {
	ExtBuilder::default().build_and_execute(|| {
		// Far beyond the price: the last to be put out of a full book.
		let slow = |gpu_time: GpuTime, pace: GpuTime| {
			<ComputeAmm as Market<_>>::place_order(NewOrder {
				pace: Some(pace),
				expires_at: 9,
				..bid(1, gpu_time, 5 * gpu_time * SPOT)
			})
		};
		let least = CLAIMS / policy::LEAST_PACE;
		assert_noop!(slow(9 * least, least - 1), Error::<Test>::TooSmall);
		assert_noop!(slow(10_000, 9_999), Error::<Test>::TooSmall);
		assert_ok!(slow(2 * least, least));
		// What one batch fills dawdles at no pace.
		assert_ok!(slow(10_000, 10_000));
		next_block();
		assert_eq!(waiting().len(), 1);
		next_block();
		assert_eq!(waiting().len(), 0);
		assert_eq!(claims(&CHARLIE), TIME + 2 * least + 10_000);
	});
}

#[test]
fn a_class_whose_orders_do_not_fill_sleeps_until_one_expires() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 50);
		next_block();
		// A block after the last batch it is part of.
		assert_eq!(entry().wakes_at, 52);
		events();
		let none = <Test as Config>::WeightInfo::clear_none();
		for block in 3..52 {
			System::set_block_number(block);
			assert_eq!(ComputeAmm::on_initialize(block), none);
		}
		assert_eq!(events(), vec![]);
		assert_eq!(tokens(&BOB), WEALTH - 9_000 * SPOT);
		System::set_block_number(51);
		next_block();
		assert_eq!(tokens(&BOB), WEALTH);
		assert!(listed().is_empty());
	});
}

#[test]
fn a_sleeping_class_wakes_when_an_order_or_liquidity_comes() {
	ExtBuilder::default().build_and_execute(|| {
		place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 50);
		next_block();
		place(CHARLIE, Side::Sell, CLAIMS / 10, 0);
		next_block();
		assert_eq!(claims(&BOB), TIME + 10_000);
		assert!(listed().is_empty());

		place_for(BOB, Side::Buy, 10_000, 6_000 * SPOT, 50);
		skip_blocks(2);
		assert!(entry().wakes_at > System::block_number() as u32);
		assert_ok!(ComputeAmm::add_liquidity(signed(BOB), CPU, TOKENS, CLAIMS, 0, 100));
		next_block();
		// The book was not looked at for it, and is in the next block.
		assert_eq!(entry().wakes_at, 0);
		assert_eq!(entry().requests, 0);
		next_block();
		assert!(entry().wakes_at > 0);
	});
}

#[test]
fn sleeping_changes_no_average() {
	let averages = |sleeps: bool| {
		let mut seen = None;
		ExtBuilder::default().build_and_execute(|| {
			place(CHARLIE, Side::Buy, CLAIMS / 10, 2 * CLAIMS / 10 * SPOT);
			next_block();
			place_for(BOB, Side::Buy, 10_000, 9_000 * SPOT, 60);
			for _ in 0..50 {
				if !sleeps {
					Active::<Test>::mutate(|listed| listed.iter_mut().for_each(|entry| entry.wakes_at = 0));
				}
				next_block();
			}
			seen = Some((pool().spot(), pool().ema_1h(52), pool().ema_24h(52)));
		});
		seen.expect("ran")
	};
	let (asleep, awake) = (averages(true), averages(false));
	assert_eq!(asleep.0, awake.0);
	// One rounding for the gap, or one for each block of it.
	for (a, b) in [(asleep.1, awake.1), (asleep.2, awake.2)] {
		assert!(a.into_inner().abs_diff(b.into_inner()) <= 50, "{a:?} {b:?}");
	}
}

#[test]
fn an_order_weighs_what_it_did() {
	ExtBuilder::default().build_and_execute(|| {
		let weigh = |blocks| {
			let placed = ComputeAmm::place_order(signed(BOB), CPU, Side::Buy, 10_000, 9_000 * SPOT, Some(blocks), None);
			placed.expect("placed").actual_weight.expect("told")
		};
		let (first, second) = (weigh(5), weigh(5));
		// The class's part is the first one's.
		let class = <Test as Config>::WeightInfo::clear(0, 0, 0, 0);
		assert_eq!(first, second.saturating_add(class.saturating_mul(2)));
		assert!(ComputeAmm::place_weight(Side::Buy, 5).all_gte(first));
		for _ in 0..6 {
			weigh(5);
		}
		let better = ComputeAmm::place_order(signed(BOB), CPU, Side::Buy, 10_000, 9_100 * SPOT, Some(5), None);
		let evicting = better.expect("placed").actual_weight.expect("told");
		assert!(evicting.all_gt(second));
		assert!(ComputeAmm::place_weight(Side::Buy, 5).all_gte(evicting));
		// What is refused weighs as declared.
		let refused = ComputeAmm::place_order(signed(BOB), CPU, Side::Buy, 10_000, 8_000 * SPOT, Some(5), None);
		assert_eq!(refused.expect_err("full").post_info.actual_weight, None);
	});
}

proptest! {
	/// Whoever comes in whatever order: no more than there may be, a quota for each class, a fifth for jobs.
	#[test]
	fn places_are_kept_for_whom_they_are_for(
		places in 13u32..60, arrivals in proptest::collection::vec((0u32..2, any::<bool>()), 0..120),
	) {
		ExtBuilder::default().without_pool().build_and_execute(|| {
			Orders::set(places);
			let all = crate::places::Places::all::<Test>();
			// Where a quota is more than a book, the book is what there is.
			let own = all.quota.min(all.class);
			let mut listed = [Listed::new(CPU), Listed::new(H100)];
			for (class, is_job) in arrivals {
				let class = class as usize;
				let mine = listed[class];
				let short = ComputeAmm::shortage(&listed, &mine, is_job);
				if is_job {
					// Of the class's book, and of the common rest, a fifth is for bids alone.
					let beyond = |quota: u32| -> u32 {
						listed.iter().map(|entry| entry.jobs.saturating_sub(policy::job_places(quota))).sum()
					};
					if mine.jobs < policy::job_places(all.class) && beyond(all.quota) < policy::job_places(all.common) {
						assert_eq!(short, None);
					}
				} else if mine.others < all.of_others().quota.min(all.of_others().class) && mine.orders() < own {
					assert_eq!(short, None);
				}
				if mine.orders() < own && is_job {
					assert_eq!(short, None);
				}
				if short.is_none() {
					listed[class].count(is_job);
				}
				assert!(listed.iter().map(Listed::orders).sum::<u32>() <= places);
				assert!(listed[class].orders() <= all.class);
			}
		});
	}
}
