//! The end of a class, decided by the committee, on the real market and the real stake.

use crate::{
	attacks::{buy, Markets, Registries},
	common::*,
	trip::{decided, open_market},
};
use pallet_provider_registry::{Call as Registry, Classes};
use quern_primitives::units::{DAYS, QRN};
use quern_runtime::*;

/// What the provider owes, all of it to the pool that it opened, and what of it Dave buys.
const OWED: u128 = 400_000;
const BOUGHT: u128 = 50_000;

#[test]
fn a_class_that_ends_pays_its_holders_what_its_provider_got() {
	local_testnet(|chain| {
		open_market(chain);
		let (provider, dave) = (user("Charlie"), user("Dave"));
		chain.ok(&dave, buy(BOUGHT, QRN, None));
		chain.next();
		assert_eq!(claims_of(&dave.id), BOUGHT);

		assert_eq!(decided(chain, Registry::close_class { class: CPU }), Ok(()));
		let announced = Classes::<Runtime>::get(CPU).and_then(|class| class.ends_at);
		assert_eq!((announced, pool().ends_at), (Some(now() + 7 * DAYS), now() + 7 * DAYS));
		let offer = Registry::offer_capacity {
			class: CPU,
			gpu_time: 1_000,
			min_proceeds: 0,
		};
		chain.refused(&provider, offer, Registries::ClassClosing);

		// The week is not waited for.
		let end = now() + 5;
		Classes::<Runtime>::mutate(CPU, |class| class.as_mut().expect("a class").ends_at = Some(end));
		pallet_compute_amm::Pools::<Runtime>::mutate(CPU, |pool| pool.as_mut().expect("a pool").ends_at = end);
		chain.run_to(end);
		chain.refused(&dave, buy(1_000, QRN, None), Markets::Ended);
		let redeem = || Registry::redeem_claims {
			class: CPU,
			gpu_time: BOUGHT,
			min_payment: 1,
		};
		chain.refused(&dave, redeem(), Registries::NotSettled);
		let proceeds = book(&provider.id).proceeds;
		assert!(proceeds > 0);
		let wind_up = Registry::wind_up {
			provider: provider.id.clone(),
			class: CPU,
		};
		chain.ok(&dave, wind_up);
		let recovery = ProviderRegistry::recovery_account(CPU);
		assert_eq!((free(&recovery), book(&provider.id).proceeds), (proceeds, 0));

		let before = free(&dave.id);
		let fee = chain.ok(&dave, redeem());
		let payment = (proceeds - configs::money::EXISTENTIAL_DEPOSIT) * BOUGHT / OWED;
		assert_eq!(free(&dave.id), before - fee + payment);
		assert_eq!((claims_of(&dave.id), free(&recovery)), (0, proceeds - payment));
	});
}
