//! Proxies do what they are for, and nothing else.

use super::*;
use crate::trip::open_market;
use pallet_job_escrow::JobTerms;
use pallet_provider_registry::Call as Registry;
use polkadot_sdk::{frame_system, pallet_proxy, pallet_sudo, pallet_utility};
use quern_runtime::configs::governance::ProxyType;

#[test]
fn proxies_do_what_they_are_for() {
	local_testnet(|chain| {
		open_market(chain);
		let (dave, agent) = (user("Dave"), user("Ferdie"));
		let spend = || RuntimeCall::from(transfer(&user("Ferdie").id, QRN));
		let batched = |call| RuntimeCall::from(pallet_utility::Call::force_batch { calls: vec![call] });
		let grow = || {
			RuntimeCall::from(pallet_proxy::Call::add_proxy {
				delegate: Address::Id(user("Eve").id),
				proxy_type: ProxyType::Any,
				delay: 0,
			})
		};
		let sudo = || {
			RuntimeCall::from(pallet_sudo::Call::sudo {
				call: Box::new(spend()),
			})
		};
		let table: [(ProxyType, RuntimeCall, Vec<RuntimeCall>); 3] = [
			(
				ProxyType::Compute,
				buy(1_000, 1_100_000_000, None).into(),
				vec![
					register_operator(100 * QRN).into(),
					Registry::register_provider {}.into(),
				],
			),
			(
				ProxyType::Provider,
				Registry::register_provider {}.into(),
				vec![
					register_operator(100 * QRN).into(),
					buy(1_000, 1_100_000_000, None).into(),
					// A daemon's proxy works on jobs; it buys none.
					request(1, 1_000, 1_100_000_000, JobTerms::default()).into(),
				],
			),
			(
				ProxyType::Staking,
				register_operator(100 * QRN).into(),
				vec![
					Registry::register_provider {}.into(),
					buy(1_000, 1_100_000_000, None).into(),
				],
			),
		];
		for (proxy_type, allowed, mut others) in table {
			let delegate = Address::Id(agent.id.clone());
			chain.ok(
				&dave,
				pallet_proxy::Call::add_proxy {
					delegate: delegate.clone(),
					proxy_type,
					delay: 0,
				},
			);
			let mut act = |call: RuntimeCall| {
				chain.ok(
					&agent,
					pallet_proxy::Call::proxy {
						real: Address::Id(dave.id.clone()),
						force_proxy_type: None,
						call: Box::new(call),
					},
				);
				events()
					.into_iter()
					.rev()
					.find_map(|event| match event {
						RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result),
						_ => None,
					})
					.expect("it says what came of it")
			};
			others.extend([spend(), grow(), sudo()]);
			for call in others {
				let before = total(&dave.id);
				let said = format!("{proxy_type:?} {call:?}");
				assert_eq!(
					act(call.clone()),
					Err(frame_system::Error::<Runtime>::CallFiltered.into()),
					"{said}"
				);
				// A batch goes through, what is in it does not.
				assert_eq!(act(batched(call)), Ok(()), "{said}");
				assert_eq!(total(&dave.id), before, "{said}");
			}
			// Dave is no operator: the registry itself says so, which is past the filter.
			let expected = match proxy_type {
				ProxyType::Provider => Err(pallet_provider_registry::Error::<Runtime>::NotOperator.into()),
				_ => Ok(()),
			};
			assert_eq!(act(allowed), expected, "{proxy_type:?}");
			// It cannot make itself more than it is.
			chain.refused(
				&agent,
				pallet_proxy::Call::proxy {
					real: Address::Id(dave.id.clone()),
					force_proxy_type: Some(ProxyType::Any),
					call: Box::new(spend()),
				},
				pallet_proxy::Error::<Runtime>::NotProxy,
			);
			chain.ok(
				&dave,
				pallet_proxy::Call::remove_proxy {
					delegate,
					proxy_type,
					delay: 0,
				},
			);
		}
	});
}
