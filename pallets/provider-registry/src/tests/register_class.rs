use super::*;
use crate::Classes;
use polkadot_sdk::{
	frame_support::traits::fungibles::{roles::Inspect as _, Inspect as _},
	pallet_assets,
};
use quern_primitives::Price;

fn name(text: &str) -> ClassName {
	ClassName::try_from(text.as_bytes().to_vec()).expect("short")
}

fn price(planck: u32) -> Price {
	FixedU128::from_u32(planck)
}

#[test]
fn creates_the_claims_asset_of_the_same_id() {
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::register_class(
			RuntimeOrigin::root(),
			name("rtx4090"),
			price(2),
			None,
			330
		));
		assert_eq!(Classes::<Test>::get(2).expect("a class").floor_price, price(2));
		assert!(told(Event::ClassRegistered {
			class: 2,
			name: name("rtx4090"),
			floor_price: price(2),
			throughput: 330
		}));
		assert_eq!(Classes::<Test>::get(2).expect("a class").throughput, 330);
		assert!(Assets::asset_exists(2));
		assert_eq!(Assets::minimum_balance(2), 1);
		assert_eq!(Assets::owner(2), Some(ProviderRegistry::account_id()));
		assert!(pallet_assets::Asset::<Test>::get(2).is_some());
	});
}

#[test]
fn refuses_strangers() {
	ExtBuilder::default().build_and_execute(|| {
		let origin = signed(&ALICE);
		assert_noop!(
			ProviderRegistry::register_class(origin.clone(), name("rtx4090"), price(2), None, 0),
			DispatchError::BadOrigin
		);
		assert_noop!(
			ProviderRegistry::set_opening(origin.clone(), CPU, None),
			DispatchError::BadOrigin
		);
		assert_noop!(
			ProviderRegistry::set_throughput(origin, CPU, 1),
			DispatchError::BadOrigin
		);
	});
}

#[test]
fn a_throughput_is_set() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(Classes::<Test>::get(CPU).expect("a class").throughput, 1_000);
		assert_ok!(ProviderRegistry::set_throughput(RuntimeOrigin::root(), CPU, 5));
		assert_eq!(Classes::<Test>::get(CPU).expect("a class").throughput, 5);
		assert!(told(Event::ThroughputSet {
			class: CPU,
			throughput: 5
		}));
		assert_noop!(
			ProviderRegistry::set_throughput(RuntimeOrigin::root(), 9, 5),
			Error::<Test>::ClassNotFound
		);
	});
}

#[test]
fn refuses_a_taken_or_invalid_name_and_a_price_of_nothing() {
	ExtBuilder::default().build_and_execute(|| {
		let register = |text: &str, floor: u32, opening| {
			ProviderRegistry::register_class(RuntimeOrigin::root(), name(text), price(floor), opening, 0)
		};
		assert_noop!(register("cpu-x86-64", 1, None), Error::<Test>::AlreadyExists);
		assert_noop!(register("", 1, None), Error::<Test>::InvalidName);
		assert_noop!(register("RTX 4090", 1, None), Error::<Test>::InvalidName);
		assert_noop!(register("rtx4090", 0, None), Error::<Test>::InvalidPrice);
		let free = Opening {
			price: price(0),
			max_gpu_time: 1,
		};
		assert_noop!(register("rtx4090", 1, Some(free)), Error::<Test>::InvalidPrice);
		let empty = Opening {
			price: price(1),
			max_gpu_time: 0,
		};
		assert_noop!(register("rtx4090", 1, Some(empty)), Error::<Test>::InvalidPrice);
	});
}

#[test]
fn an_opening_is_set_and_taken_away_until_there_is_a_pool() {
	let opening = Opening {
		price: price(7),
		max_gpu_time: 5,
	};
	ExtBuilder::default().build_and_execute(|| {
		assert_ok!(ProviderRegistry::set_opening(
			RuntimeOrigin::root(),
			H100,
			Some(opening)
		));
		assert_eq!(Classes::<Test>::get(H100).expect("a class").opening, Some(opening));
		assert!(told(Event::OpeningSet {
			class: H100,
			opening: Some(opening)
		}));
		assert_ok!(ProviderRegistry::set_opening(RuntimeOrigin::root(), H100, None));
		assert_eq!(Classes::<Test>::get(H100).expect("a class").opening, None);
		assert_noop!(
			ProviderRegistry::set_opening(RuntimeOrigin::root(), 9, Some(opening)),
			Error::<Test>::ClassNotFound
		);
	});
	ExtBuilder::default().with_pool().build_and_execute(|| {
		let root = RuntimeOrigin::root;
		assert_noop!(
			ProviderRegistry::set_opening(root(), CPU, Some(opening)),
			Error::<Test>::PoolExists
		);
		assert_ok!(ProviderRegistry::set_opening(root(), CPU, None));
	});
}
