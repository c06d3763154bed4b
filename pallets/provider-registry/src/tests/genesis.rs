use super::*;
use crate::{ClassOfName, Classes, GenesisConfig, NextClassId};
use polkadot_sdk::sp_runtime::BuildStorage;

#[test]
fn genesis_registers_classes_and_their_claims() {
	ExtBuilder::default().build_and_execute(|| {
		assert_eq!(NextClassId::<Test>::get(), 2);
		let cpu = Classes::<Test>::get(CPU).expect("a class");
		assert_eq!(cpu.name.as_slice(), b"cpu-x86-64");
		assert_eq!(cpu.floor_price, FixedU128::from_rational(1, 2));
		let opening = Opening {
			price: FixedU128::from_u32(OPENING_PRICE),
			max_gpu_time: OPENING_GPU_TIME,
		};
		assert_eq!(cpu.opening, Some(opening));
		assert_eq!(Classes::<Test>::get(H100).expect("a class").opening, None);
		assert_eq!(ClassOfName::<Test>::get(&cpu.name), Some(CPU));
		assert_eq!((issued(CPU), issued(H100)), (0, 0));
	});
}

#[test]
#[should_panic(expected = "class H100 of the genesis")]
fn genesis_names_a_class_that_is_not_valid() {
	let classes = vec![("H100".into(), FixedU128::from_u32(1), None, 0)];
	let _ = GenesisConfig::<Test> {
		classes,
		..Default::default()
	}
	.build_storage();
}

#[test]
fn only_a_devnet_polls_the_inside() {
	let inside = quern_primitives::Endpoint {
		ip: quern_primitives::endpoint::Ip::V4([127, 0, 0, 1]),
		port: 8400,
	};
	ExtBuilder::default()
		.with_devnet()
		.with_serving(ALICE, CPU, 1)
		.build_and_execute(|| {
			assert_ok!(ProviderRegistry::set_endpoint(signed(&ALICE), 0, inside));
			assert_eq!(node(0).endpoint, inside);
			assert!(told(Event::EndpointChanged {
				node: 0,
				endpoint: inside
			}));
		});
	ExtBuilder::default().with_serving(ALICE, CPU, 1).build_and_execute(|| {
		assert_noop!(
			ProviderRegistry::set_endpoint(signed(&ALICE), 0, inside),
			Error::<Test>::InvalidEndpoint
		);
		assert_noop!(
			ProviderRegistry::set_endpoint(signed(&BOB), 0, ENDPOINT),
			Error::<Test>::NotAuthorized
		);
		assert_noop!(
			ProviderRegistry::set_endpoint(signed(&ALICE), 9, ENDPOINT),
			Error::<Test>::NodeNotFound
		);
	});
}
