//! A provider that is gone, on the real stake, slash queue and insurance fund: others take over what it owes, the
//! fund advances what that costs, and the provider's own bond repays the fund.

use crate::{common::*, trip::open_market};
use pallet_provider_registry::{policy::GONE_LEVEL, Books, Call as Registry, Estates, LitClock};
use polkadot_sdk::pallet_balances;
use quern_primitives::{units::QRN, SlashCause};
use quern_runtime::*;

#[test]
fn who_vanishes_repays_the_insurance_fund_out_of_its_own_bond() {
	local_testnet(|chain| {
		open_market(chain);
		let (gone, taker, dave) = (user("Charlie"), user("Eve"), user("Dave"));
		let owed = book(&gone.id).obligations;
		chain.provide(&taker, &user("Eve//node"), 8, 1_000 * QRN);
		let fund = FeeRouter::insurance_account();
		let donate = pallet_balances::Call::transfer_keep_alive {
			dest: Address::Id(fund.clone()),
			value: QRN,
		};
		chain.ok(&dave, donate);

		// Its machine is away; that a day has passed, the clock alone says.
		chain.serving.remove(&0);
		chain.run(60);
		assert_eq!(book(&gone.id).attested_gpus, 0);
		let declare = || Registry::declare_gone {
			provider: gone.id.clone(),
			class: CPU,
		};
		chain.refused(&dave, declare(), pallet_provider_registry::Error::<Runtime>::NotGone);
		Books::<Runtime>::mutate(&gone.id, CPU, |found| {
			let book = found.as_mut().expect("its book");
			book.absence.since = LitClock::<Runtime>::get().read(now());
			book.absence.gone = GONE_LEVEL;
		});
		let (bond, before) = (total(&stake_account(&gone.id)), free(&fund));
		chain.ok(&dave, declare());
		assert_eq!(book(&gone.id).obligations, 0);
		// What answered for what it owed stays reserved; nothing else does.
		assert_eq!(allocation(&gone.id).reserved, 100 * QRN);
		let answers = Estates::<Runtime>::get(&gone.id, CPU).expect("an estate").answers;
		assert_eq!(answers, 500 * QRN, "half of its bond is allocated");

		// Half of the auction's rise: a tenth above the day's average, of which proceeds pay the most.
		chain.run(300);
		let take = Registry::take_over {
			provider: gone.id.clone(),
			class: CPU,
			gpu_time: owed,
			min_payment: 1,
		};
		chain.ok(&taker, take);
		assert_eq!(book(&taker.id).obligations, owed);
		let advanced = Estates::<Runtime>::get(&gone.id, CPU).expect("an estate").advanced;
		assert!(advanced > 0);
		assert!(free(&fund) + advanced >= before);
		let close = Registry::close_estate {
			provider: gone.id.clone(),
			class: CPU,
		};
		chain.ok(&dave, close);
		assert_eq!(allocation(&gone.id).reserved, 0);
		assert_eq!(allocation(&taker.id).reserved, 100 * QRN);

		// As much of its stake is frozen at once, leaves at its time, and is the fund's.
		let pending = Slashing::pending(Some(gone.id.clone()));
		assert_eq!(pending.len(), 1);
		assert_eq!(pending[0].cause, SlashCause::Defaulted(CPU));
		assert_eq!((pending[0].amount.own, pending[0].amount.delegated), (advanced, 0));
		let had = free(&fund);
		chain.run_until(1_000, "the slash", || {
			Slashing::pending(Some(gone.id.clone())).is_empty()
		});
		assert_eq!(total(&stake_account(&gone.id)), bond - advanced);
		assert!(free(&fund) >= had + advanced, "{} {had} {advanced}", free(&fund));
		assert!(free(&fund) >= before);
	});
}
