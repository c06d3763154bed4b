//! What enemies try: each call refused with its error, at the cost of its own fee and of nothing else.

use crate::{
	common::*,
	trip::{assigned, open_market},
};
use pallet_attestation::{Flaw, Observation, Report, Seen};
use pallet_compute_amm::{Call as Amm, Error as AmmError};
use pallet_job_escrow::{Call as Escrow, Error as EscrowError, JobState, JobTerms, Outcome, Ruling};
use pallet_provider_registry::{Call as Registry, Error as RegistryError, Opening};
use pallet_restaking::{Call as Staking, Error as StakingError};
use polkadot_sdk::{
	frame_support::BoundedVec,
	frame_system::{self, offchain::CreateAuthorizedTransaction},
	pallet_assets, pallet_balances, pallet_collective, pallet_multisig, pallet_proxy, pallet_sudo, pallet_utility,
	sp_core::{Pair, H256},
	sp_runtime::{
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		DispatchError,
	},
};
use quern_primitives::{
	units::{HOURS, PERIOD_BLOCKS, QRN},
	BlockNumber, GpuTime, Price, Side,
};
use quern_runtime::{
	configs::{
		governance::ProxyType,
		governance::TreasuryAccount,
		money::{ClaimsInstance, SharesInstance, EXISTENTIAL_DEPOSIT},
	},
	*,
};

type Escrows = EscrowError<Runtime>;
type Markets = AmmError<Runtime>;
type Registries = RegistryError<Runtime>;
type Stakings = StakingError<Runtime>;

/// Nobody of importance.
fn eve() -> User {
	user("Eve")
}

/// Refused, with whatever error another pallet has for it, and nothing but the fee is gone.
fn refused_somehow(chain: &mut Chain, who: &User, call: impl Into<RuntimeCall>) {
	let call = call.into();
	let said = format!("{call:?}");
	if is_first_of_session() {
		chain.next();
	}
	let (block, before, tokens) = (now(), balances(), claims());
	let applied = chain.submit(who, call);
	assert!(applied.result.is_err(), "{said:.300}");
	assert_eq!(now(), block, "no room");
	let mut expected = before;
	*expected.get_mut(&who.id).expect("a payer") -= applied.fee;
	if let Some(author) = Authorship::author() {
		*expected.get_mut(&author).expect("an author") += applied.fee / 5;
	}
	assert_eq!(balances(), expected, "{said:.300}");
	assert_eq!(claims(), tokens, "{said:.300}");
}

fn buy(gpu_time: GpuTime, limit: u128, expires_in: Option<BlockNumber>) -> Amm<Runtime> {
	Amm::place_order {
		class: CPU,
		side: Side::Buy,
		gpu_time,
		limit,
		expires_in,
	}
}

fn sell(gpu_time: GpuTime, limit: u128, expires_in: Option<BlockNumber>) -> Amm<Runtime> {
	Amm::place_order {
		class: CPU,
		side: Side::Sell,
		gpu_time,
		limit,
		expires_in,
	}
}

fn transfer(to: &AccountId, value: u128) -> pallet_balances::Call<Runtime> {
	pallet_balances::Call::transfer_allow_death {
		dest: Address::Id(to.clone()),
		value,
	}
}

/// Claims for `who`, bought in the market.
fn give_claims(chain: &mut Chain, who: &User, gpu_time: GpuTime) {
	chain.ok(who, buy(gpu_time, 3 * QRN, None));
	chain.next();
	assert_eq!(claims_of(&who.id), gpu_time);
}

#[test]
fn strangers_move_no_job() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		// Another provider, with a node of its own.
		let (other, other_key) = (user("Ferdie"), user("Ferdie//node"));
		chain.provide(&other, &other_key, 1, 1_000 * QRN);
		chain.ok(&other, transfer(&other_key.id, QRN));
		let client = user("Dave");
		let id = assigned(chain, &client, JobTerms::default());
		let outcome = Outcome::Completed {
			output: H256([1; 32]),
			size: 1,
		};
		let submit = |job, used| Escrow::submit { job, outcome, used };

		for who in [&eve(), &other, &other_key, &client] {
			for call in [
				Escrow::acknowledge { job: id },
				Escrow::decline { job: id },
				submit(id, 1),
			] {
				chain.refused(who, call, Escrows::NotOfNode);
			}
		}
		for who in [&eve(), &provider, &key] {
			for call in [
				Escrow::accept { job: id },
				Escrow::reject { job: id },
				Escrow::cancel { job: id },
			] {
				chain.refused(who, call, Escrows::NotClient);
			}
		}
		for who in [&eve(), &client, &provider, &user("Alice")] {
			for ruling in [Ruling::ForClient, Ruling::ForProvider] {
				chain.refused(who, Escrow::arbitrate { job: id, ruling }, DispatchError::BadOrigin);
			}
		}
		for call in [
			Escrow::accept { job: 99 },
			Escrow::reject { job: u64::MAX },
			Escrow::cancel { job: 99 },
			Escrow::acknowledge { job: 99 },
			Escrow::decline { job: 99 },
			submit(99, 1),
		] {
			chain.refused(&client, call, Escrows::NotFound);
		}
		// Not before its time, and not after.
		for call in [
			Escrow::accept { job: id },
			Escrow::reject { job: id },
			Escrow::cancel { job: id },
		] {
			chain.refused(&client, call, Escrows::WrongState);
		}
		chain.refused(&key, submit(id, 1), Escrows::WrongState);
		chain.ok(&key, Escrow::acknowledge { job: id });
		chain.refused(&key, Escrow::acknowledge { job: id }, Escrows::WrongState);
		chain.refused(&provider, Escrow::decline { job: id }, Escrows::WrongState);
		chain.refused(&key, submit(id, 4_001), Escrows::UsedTooMuch);
		chain.refused(&key, submit(id, u128::MAX), Escrows::UsedTooMuch);
		let size = |size| Escrow::submit {
			job: id,
			outcome: Outcome::Completed {
				output: H256([1; 32]),
				size,
			},
			used: 1,
		};
		chain.refused(&key, size(1_001), Escrows::OutputTooLarge);
		chain.refused(&key, size(u32::MAX), Escrows::OutputTooLarge);
		chain.ok(&key, submit(id, 4_000));
		chain.refused(&key, submit(id, 4_000), Escrows::WrongState);
		chain.ok(&client, Escrow::accept { job: id });
		for call in [
			Escrow::accept { job: id },
			Escrow::reject { job: id },
			Escrow::cancel { job: id },
		] {
			chain.refused(&client, call, Escrows::WrongState);
		}
		chain.refused(&key, submit(id, 4_000), Escrows::WrongState);

		// A result in the time of its run, and not for more time than has passed.
		let long = pallet_job_escrow::NextJobId::<Runtime>::get();
		let terms = JobTerms {
			pace: Some(60_000),
			..Default::default()
		};
		chain.ok(&client, request(1, 60_000, QRN, terms));
		chain.refused(&key, Escrow::acknowledge { job: long }, Escrows::WrongState);
		chain.run_until(10, "a provider", || matches!(state(long), JobState::Assigned { .. }));
		chain.ok(&key, Escrow::acknowledge { job: long });
		chain.refused(&key, submit(long, 6_001), Escrows::UsedTooMuch);
		chain.run_until(60, "a fault", || matches!(state(long), JobState::Faulted { .. }));
		chain.refused(&key, submit(long, 1), Escrows::WrongState);
	});
}

#[test]
fn requests_that_cannot_be() {
	local_testnet(|chain| {
		let dave = user("Dave");
		let none = JobTerms::default();
		chain.refused(&dave, request(1, 1_000, QRN, none), Escrows::NoPool);
		open_market(chain);
		let request_of = |class, spec| Escrow::<Runtime>::request_job {
			class,
			gpus: 1,
			duration: 1_000,
			max_cost: QRN,
			policy: pallet_job_escrow::Policy::Accept,
			spec,
			terms: none,
		};
		for class in [1, 2, u32::MAX] {
			chain.refused(&dave, request_of(class, spec()), Escrows::ClassNotOpen);
		}
		let day = 24 * 3_600_000;
		for (call, error) in [
			(request(0, 1_000, QRN, none), Escrows::NoGpuTime),
			(request(1, 0, QRN, none), Escrows::NoGpuTime),
			(request(1, day + 1, QRN, none), Escrows::DurationTooLong),
			(request(u32::MAX, u128::MAX, QRN, none), Escrows::DurationTooLong),
			(request(1, 1_000, 0, none), Escrows::NothingOffered),
			(
				request(1, 1_000, 0, JobTerms { claims: 1_001, ..none }),
				Escrows::TooManyClaims,
			),
			(
				request(
					1,
					1_000,
					0,
					JobTerms {
						claims: u128::MAX,
						..none
					},
				),
				Escrows::TooManyClaims,
			),
			(
				request(1, 1_000, 0, JobTerms { claims: 1_000, ..none }),
				Escrows::NotEnoughClaims,
			),
			(
				request(1, 1_000, QRN, JobTerms { pace: Some(0), ..none }),
				Escrows::PaceTooSlow,
			),
			(
				request(1, 1_000, QRN, JobTerms { pace: Some(90), ..none }),
				Escrows::PaceTooSlow,
			),
			(request(u32::MAX, day, QRN, none), Escrows::PaceTooSlow),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						bid_blocks: Some(HOURS + 1),
						..none
					},
				),
				Escrows::BidTooLong,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						bid_blocks: Some(u32::MAX),
						..none
					},
				),
				Escrows::BidTooLong,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						accept_blocks: Some(0),
						..none
					},
				),
				Escrows::BadAcceptWindow,
			),
			(
				request(
					1,
					1_000,
					QRN,
					JobTerms {
						accept_blocks: Some(u32::MAX),
						..none
					},
				),
				Escrows::BadAcceptWindow,
			),
			(request(1, 1_000, u128::MAX, none), Escrows::Overflow),
		] {
			// The fee on the largest number does not overflow, but nobody has it.
			if matches!(error, Escrows::Overflow) {
				refused_somehow(chain, &dave, call);
			} else {
				chain.refused(&dave, call, error);
			}
		}
		// A limit that no price of the next batch meets, in the only batch it would be in.
		let once = JobTerms {
			bid_blocks: Some(0),
			pace: Some(1_000),
			..none
		};
		chain.refused(&dave, request(1, 1_000, 500_000_000, once), Markets::LimitOutOfReach);
		// More than it has: in the bid, or beside it for the fee.
		refused_somehow(chain, &dave, request(1, 1_000, 2_000_000 * QRN, none));
		refused_somehow(chain, &dave, request(1, 1_000, 999_000 * QRN, none));

		let mut large = spec();
		large.input.size = 256 * 1024 * 1024 + 1;
		chain.refused(&dave, request_of(CPU, large), Escrows::ArtifactTooLarge);
		for location in [
			"",
			"http://",
			"ftp://a/b",
			"file:///etc/passwd",
			"http://a b",
			"https://ä",
		] {
			let mut bad = spec();
			bad.program.location = BoundedVec::truncate_from(location.into());
			chain.refused(&dave, request_of(CPU, bad), Escrows::BadLocation);
		}
		let mut large = spec();
		large.max_output = u32::MAX;
		chain.refused(&dave, request_of(CPU, large), Escrows::OutputTooLarge);
		assert_eq!(pallet_job_escrow::NextJobId::<Runtime>::get(), 0);
	});
}

#[test]
fn orders_that_cannot_be() {
	local_testnet(|chain| {
		let dave = user("Dave");
		chain.refused(&dave, buy(1_000, QRN, None), Markets::NoPool);
		open_market(chain);
		let huge = (1 << 112) + 1;
		for (call, error) in [
			(buy(9, QRN, None), Markets::TooSmall),
			(buy(0, QRN, None), Markets::TooSmall),
			(buy(1_000, 0, None), Markets::TooSmall),
			(buy(huge, QRN, None), Markets::TooLarge),
			(buy(1_000, huge, None), Markets::TooLarge),
			(buy(u128::MAX, u128::MAX, None), Markets::TooLarge),
			(sell(u128::MAX, 0, None), Markets::TooLarge),
			(buy(1_000, 500_000_000, None), Markets::LimitOutOfReach),
			(sell(1_000, 4_000_000_000, None), Markets::LimitOutOfReach),
			(buy(1_000, QRN, Some(HOURS + 1)), Markets::ExpiryTooFar),
			(buy(1_000, QRN, Some(u32::MAX)), Markets::ExpiryTooFar),
		] {
			chain.refused(&dave, call, error);
		}
		refused_somehow(chain, &dave, sell(1_000, 1, None));
		refused_somehow(chain, &dave, buy(1_000, 2_000_000 * QRN, None));

		// Orders are their payer's, jobs' bids the pallet's.
		let order = pallet_compute_amm::NextOrderId::<Runtime>::get();
		chain.ok(&dave, buy(1_000, 600_000_000, Some(100)));
		let cancel = |order| Amm::cancel_order { class: CPU, order };
		chain.refused(&dave, cancel(order), Markets::TooEarly);
		chain.next();
		chain.refused(&eve(), cancel(order), Markets::NotAuthorized);
		chain.refused(&dave, cancel(order + 1), Markets::NotFound);
		chain.refused(&dave, Amm::cancel_order { class: 7, order }, Markets::NotFound);
		chain.ok(&dave, cancel(order));
		chain.refused(&dave, cancel(order), Markets::NotFound);
		chain.ok(&dave, request(1, 1_000, 600_000_000, JobTerms::default()));
		chain.next();
		chain.refused(&dave, cancel(order + 1), Markets::NotAuthorized);

		// Liquidity.
		give_claims(chain, &eve(), 10_000);
		let add = |max_tokens, max_gpu_time, min_shares, deadline| Amm::add_liquidity {
			class: CPU,
			max_tokens,
			max_gpu_time,
			min_shares,
			deadline,
		};
		let later = now() + 10;
		chain.refused(&eve(), add(0, 1, 0, later), Markets::TooSmall);
		chain.refused(&eve(), add(1, 0, 0, later), Markets::TooSmall);
		chain.refused(&eve(), add(u128::MAX, 1, 0, later), Markets::TooLarge);
		chain.refused(&eve(), add(QRN, 1_000, 0, now()), Markets::TooLate);
		refused_somehow(chain, &eve(), add(QRN, 10_001, 0, later));
		let remove = |shares, deadline| Amm::remove_liquidity {
			class: CPU,
			shares,
			min_tokens: 0,
			min_gpu_time: 0,
			deadline,
		};
		chain.refused(&eve(), remove(0, later), Markets::TooSmall);
		refused_somehow(chain, &eve(), remove(1, later));
		refused_somehow(chain, &eve(), remove(u128::MAX, later));
		chain.refused(&eve(), Amm::unlock_shares { class: CPU }, Markets::NotFound);
		// Shares that it wants too many of: all comes back.
		let (before, had) = (total(&eve().id), claims_of(&eve().id));
		let fee = chain.ok(&eve(), add(QRN / 100, 10_000, u128::MAX, later));
		chain.next();
		assert_eq!((total(&eve().id), claims_of(&eve().id)), (before - fee, had));
		chain.ok(&eve(), add(QRN / 100, 10_000, 0, later));
		chain.next();
		chain.refused(&eve(), Amm::unlock_shares { class: CPU }, Markets::TooEarly);
		// What is locked is not there to be removed.
		refused_somehow(chain, &eve(), remove(1, later));
		let create = Amm::create_pool {
			class: CPU,
			tokens: 1,
			gpu_time: 1,
		};
		chain.refused(&eve(), create, Markets::PoolExists);
		for class in [1, u32::MAX] {
			let create = Amm::create_pool {
				class,
				tokens: QRN,
				gpu_time: 1_000,
			};
			refused_somehow(chain, &eve(), create);
		}
		chain.refused(&eve(), Amm::collect { who: eve().id }, Markets::NotFound);
	});
}

#[test]
fn capacity_that_nobody_earned() {
	local_testnet(|chain| {
		let (provider, key) = (user("Charlie"), user("Charlie//node"));
		let open = |gpu_time| Registry::open_pool { class: CPU, gpu_time };
		let offer = |gpu_time, min_proceeds| Registry::offer_capacity {
			class: CPU,
			gpu_time,
			min_proceeds,
		};
		let back = |gpu_time| Registry::buy_back { class: CPU, gpu_time };
		chain.refused(&provider, Registry::register_provider {}, Registries::NotOperator);
		chain.refused(
			&provider,
			register_node(&provider, &key, 1),
			Registries::ProviderNotFound,
		);
		chain.refused(&provider, open(1), Registries::ProviderNotFound);
		chain.refused(&provider, offer(1, 1), Registries::ProviderNotFound);
		chain.refused(&provider, back(1), Registries::BookNotFound);
		chain.refused(
			&provider,
			Staking::bond { amount: 100 * QRN - 1 },
			Stakings::BelowMinBond,
		);
		chain.ok(&provider, Staking::bond { amount: 250 * QRN });
		chain.ok(&provider, Registry::register_provider {});
		chain.refused(&provider, Registry::register_provider {}, Registries::AlreadyExists);
		for gpus in [0, 65, u32::MAX] {
			chain.refused(
				&provider,
				register_node(&provider, &key, gpus),
				Registries::InvalidHardware,
			);
		}
		// Another's key: its holder never agreed.
		chain.refused(
			&provider,
			register_node(&user("Ferdie"), &key, 1),
			Registries::InvalidProof,
		);
		chain.ok(&provider, register_node(&provider, &key, 8));
		chain.refused(&provider, register_node(&provider, &key, 8), Registries::KeyInUse);
		chain.refused(&provider, offer(1, 1), Registries::AllowanceExceeded);
		chain.refused(&provider, open(1), Registries::AllowanceExceeded);
		chain.refused(&provider, Registry::deregister_provider {}, Registries::NodesRemain);
		// Two flat bonds fit into 250 QRN, three do not.
		let (second, third) = (user("Charlie//2"), user("Charlie//3"));
		chain.ok(&provider, register_node(&provider, &second, 1));
		chain.refused(
			&provider,
			register_node(&provider, &third, 1),
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: 50 * QRN + 1 },
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: 250 * QRN },
			Stakings::InsufficientFreeBond,
		);
		chain.refused(
			&provider,
			Staking::unbond { amount: u128::MAX },
			Stakings::InsufficientBond,
		);
		chain.refused(&provider, Staking::unbond { amount: 0 }, Stakings::AmountTooSmall);
		chain.refused(&provider, Staking::withdraw {}, Stakings::NothingToWithdraw);
		chain.refused(
			&provider,
			Staking::bond { amount: 250 * QRN },
			Stakings::AlreadyOperator,
		);
		refused_somehow(
			chain,
			&provider,
			Staking::bond_more {
				amount: u128::MAX - 250 * QRN,
			},
		);
		chain.refused(
			&provider,
			Staking::bond_more { amount: u128::MAX },
			Stakings::InsufficientBond,
		);

		for call in [
			Registry::set_endpoint {
				node: 0,
				endpoint: endpoint(),
			},
			Registry::pause_node { node: 0 },
			Registry::resume_node { node: 0 },
			Registry::deregister_node { node: 0 },
		] {
			for who in [&eve(), &key] {
				if who.id == key.id && free(&key.id) == 0 {
					chain.ok(&provider, transfer(&key.id, QRN));
				}
				chain.refused(who, call.clone(), Registries::NotAuthorized);
			}
		}
		for who in [&eve(), &provider, &user("Alice")] {
			let opening = Some(Opening {
				price: Price::from_u32(1),
				max_gpu_time: 1,
			});
			let name = BoundedVec::truncate_from(b"h100".to_vec());
			let floor_price = Price::from_u32(1);
			let register = Registry::register_class {
				name,
				floor_price,
				opening,
			};
			chain.refused(who, register, DispatchError::BadOrigin);
			chain.refused(
				who,
				Registry::set_opening { class: CPU, opening },
				DispatchError::BadOrigin,
			);
		}

		chain.serving.insert(0, key.pair.clone());
		chain.earn(&provider, 480_000);
		chain.refused(&provider, open(600_001), Registries::OpeningExceeded);
		chain.refused(&provider, open(u128::MAX), Registries::OpeningExceeded);
		chain.refused(&provider, open(480_001), Registries::AllowanceExceeded);
		chain.refused(&provider, open(0), Registries::ZeroAmount);
		chain.refused(&provider, offer(1_000, 1), Markets::NoPool);
		chain.ok(&provider, open(400_000));
		chain.refused(&provider, open(1), Registries::PoolExists);
		chain.refused(&provider, offer(0, 0), Registries::ZeroAmount);
		chain.refused(&provider, offer(80_001, 1), Registries::AllowanceExceeded);
		chain.refused(&provider, offer(u128::MAX, u128::MAX), Registries::AllowanceExceeded);
		chain.refused(&provider, offer(9, 1), Markets::TooSmall);
		chain.refused(&provider, offer(1_000, u128::MAX), Markets::TooLarge);
		chain.refused(&provider, offer(1_000, 4_000_000_000), Markets::LimitOutOfReach);
		chain.refused(&provider, back(0), Registries::ZeroAmount);
		refused_somehow(chain, &provider, back(1));
		chain.refused(&provider, back(400_001), Registries::ObligationsExceeded);
		chain.refused(&provider, back(u128::MAX), Registries::ObligationsExceeded);
		// With obligations it stays, and so does its bond.
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		chain.ok(&provider, Registry::pause_node { node: 0 });
		chain.refused(&provider, Registry::pause_node { node: 0 }, Registries::NodePaused);
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		chain.refused(&provider, offer(1_000, 1), Registries::AllowanceExceeded);
		chain.ok(&provider, Registry::resume_node { node: 0 });
		chain.refused(&provider, Registry::resume_node { node: 0 }, Registries::NodeNotPaused);
		// Pausing and coming back earned nothing.
		assert_eq!(book(&provider.id).allowance, 0);
	});
}

#[test]
fn a_node_with_a_job_stays() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		let id = assigned(chain, &user("Dave"), JobTerms::default());
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::NodeOccupied,
		);
		// The job's claims are not the provider's to buy back, whosever it has.
		give_claims(chain, &provider, 100_000);
		chain.refused(
			&provider,
			Registry::buy_back {
				class: CPU,
				gpu_time: 397_000,
			},
			Registries::ObligationsExceeded,
		);
		let free_part = free_bond(&provider.id);
		assert_eq!(free_part, 900 * QRN - 600_000_000);
		chain.refused(
			&provider,
			Staking::unbond { amount: free_part + 1 },
			Stakings::InsufficientFreeBond,
		);
		// All but the least of it that nothing reserves may go: the job goes on.
		chain.ok(&provider, Staking::unbond { amount: free_part });
		chain.ok(&provider, Registry::pause_node { node: 0 });
		chain.ok(&key, Escrow::acknowledge { job: id });
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome: Outcome::Trapped,
				used: 4_000,
			},
		);
		chain.ok(&user("Dave"), Escrow::accept { job: id });
	});
}

/// The index of an error of Attestation, as the pool says it.
fn custom(error: pallet_attestation::Error<Runtime>) -> TransactionValidityError {
	let index = codec::Encode::encode(&error)[0];
	TransactionValidityError::Invalid(InvalidTransaction::Custom(index))
}

#[test]
fn reports_that_count_for_nothing() {
	use pallet_attestation::Error as E;
	use InvalidTransaction::{BadProof, Future, Stale};
	local_testnet(|chain| {
		chain.attesting = false;
		let (provider, key) = (user("Charlie"), user("Charlie//node"));
		let node = chain.provide(&provider, &key, 8, 1_000 * QRN);
		// A validator's own node, which it never attests itself.
		let alices_key = user("Alice//node");
		chain.ok(&user("Alice"), Registry::register_provider {});
		chain.ok(&user("Alice"), register_node(&user("Alice"), &alices_key, 8));
		let alices = node + 1;
		chain.run_to(PERIOD_BLOCKS + 2);
		let round = pallet_attestation::Rounds::<Runtime>::get(1).expect("a round");
		let index_of = |name| {
			round
				.attestors
				.iter()
				.position(|(who, _)| *who == user(name).id)
				.expect("an attestor") as u32
		};
		let (alice, bob) = (index_of("Alice"), index_of("Bob"));
		let missed = |node| vec![(node, Seen::Missed)];
		let invalid = |why: InvalidTransaction| Err(TransactionValidityError::Invalid(why));
		let accounts = balances();

		// Not an attestor; another's signature; a signature over another report.
		let (report, signature) = chain.report_of(alice, missed(node));
		let mut foreign = report.clone();
		foreign.attestor = 2;
		assert_eq!(chain.send_report(foreign, signature), Err(custom(E::NotAuthorized)));
		let mut foreign = report.clone();
		foreign.attestor = bob;
		assert_eq!(chain.send_report(foreign, signature), invalid(BadProof));
		let eves = eve().pair.sign(&report.signed_bytes(&chain.genesis));
		assert_eq!(chain.send_report(report.clone(), eves), invalid(BadProof));
		let elsewhere = user("Alice").pair.sign(&report.signed_bytes(&H256([9; 32])));
		assert_eq!(chain.send_report(report.clone(), elsewhere), invalid(BadProof));
		// Another fork, another period.
		let resigned =
			|report: &Report<Runtime>, genesis: &H256| user("Alice").pair.sign(&report.signed_bytes(genesis));
		let mut forked = report.clone();
		forked.block_hash = H256([3; 32]);
		let genesis = chain.genesis;
		let signature_of = |report: &Report<Runtime>| resigned(report, &genesis);
		assert_eq!(
			chain.send_report(forked.clone(), signature_of(&forked)),
			Err(custom(E::AnotherFork))
		);
		for (period, why) in [(0, Stale), (2, Future), (u32::MAX, Future)] {
			let mut other = report.clone();
			other.period = period;
			assert_eq!(chain.send_report(other.clone(), signature_of(&other)), invalid(why));
		}
		// Nodes that are not its: its own, one that does not exist, none, one twice.
		for nodes in [vec![alices], vec![99], vec![node, alices]] {
			let seen = nodes.into_iter().map(|node| (node, Seen::Missed)).collect();
			let (report, signature) = chain.report_of(alice, seen);
			assert_eq!(chain.send_report(report, signature), Err(custom(E::NotAssigned)));
		}
		let (empty, signature_of_empty) = chain.report_of(alice, vec![]);
		assert_eq!(
			chain.send_report(empty, signature_of_empty),
			Err(custom(E::NothingObserved))
		);
		let mut twice = report.clone();
		twice.observations = BoundedVec::truncate_from(vec![
			Observation {
				node,
				seen: Seen::Missed
			};
			2
		]);
		assert_eq!(
			chain.send_report(twice.clone(), signature_of(&twice)),
			Err(custom(E::NotAscending))
		);
		assert_eq!(balances(), accounts, "feeless, and nothing happened");

		// A signed one is refused, and paid for.
		let call = pallet_attestation::Call::report {
			report: report.clone(),
			signature: signature.into(),
		};
		chain.refused(&user("Alice"), call.clone(), DispatchError::BadOrigin);
		chain.refused(
			&eve(),
			pallet_utility::Call::batch_all {
				calls: vec![call.into()],
			},
			DispatchError::BadOrigin,
		);

		// Statements that prove nothing count as nothing: another attestor's, another node's, a forged one.
		let of_bob = chain.answer(node, &key.pair, bob);
		let mut forged = chain.answer(node, &key.pair, alice);
		forged.check.gpus = 64;
		let unsigned = chain.answer(node, &eve().pair, alice);
		for (answer, flaw) in [
			(of_bob, Flaw::OtherNonce),
			(forged, Flaw::BadSignature),
			(unsigned, Flaw::BadSignature),
		] {
			// In a copy of the state: a report counts once.
			polkadot_sdk::frame_support::storage::with_transaction(|| {
				let (report, signature) = chain.report_of(alice, vec![(node, Seen::Served(answer))]);
				assert_eq!(chain.send_report(report, signature), Ok(Ok(())));
				assert!(
					happened(|event| matches!(
						event,
						RuntimeEvent::Attestation(pallet_attestation::Event::CheckRefused { flaw: found, .. }) if *found == flaw
					)),
					"{flaw:?}"
				);
				polkadot_sdk::sp_runtime::TransactionOutcome::Rollback(Ok::<_, DispatchError>(()))
			})
			.expect("rolled back");
		}
		let (report, signature) =
			chain.report_of(alice, vec![(node, Seen::Served(chain.answer(node, &key.pair, alice)))]);
		assert_eq!(chain.send_report(report.clone(), signature), Ok(Ok(())));
		assert_eq!(chain.send_report(report, signature), invalid(Stale));
		let (again, signature) = chain.report_of(alice, missed(node));
		assert_eq!(chain.send_report(again, signature), invalid(Stale));
		// One of two is no quorum; Alice's own node needs Bob alone.
		assert_eq!(book(&provider.id).allowance, 0);
		let seen = vec![
			(node, Seen::Missed),
			(alices, Seen::Served(chain.answer(alices, &alices_key.pair, bob))),
		];
		let (report, signature) = chain.report_of(bob, seen);
		assert_eq!(chain.send_report(report, signature), Ok(Ok(())));
		assert_eq!(book(&provider.id).allowance, 0);
		assert_eq!(book(&user("Alice").id).allowance, 480_000);
		chain.run_to(2 * PERIOD_BLOCKS + 1);
		assert_eq!(book(&provider.id).allowance, 0, "unknown earns nothing");

		// Outsiders cannot dress other calls as authorised ones.
		let call = RuntimeCall::Balances(transfer(&eve().id, QRN));
		let extrinsic = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call);
		assert!(Executive::apply_extrinsic(extrinsic).is_err());
	});
}

#[test]
fn nobody_burns_past_the_books() {
	local_testnet(|chain| {
		let eve = eve();
		let burn = || {
			RuntimeCall::from(pallet_balances::Call::burn {
				value: QRN,
				keep_alive: true,
			})
		};
		let filtered = || DispatchError::from(frame_system::Error::<Runtime>::CallFiltered);
		chain.refused(&eve, burn(), filtered());
		chain.refused(
			&eve,
			pallet_utility::Call::batch_all { calls: vec![burn()] },
			filtered(),
		);
		chain.refused(
			&eve,
			pallet_utility::Call::as_derivative {
				index: 0,
				call: Box::new(burn()),
			},
			filtered(),
		);
		chain.refused(
			&eve,
			pallet_multisig::Call::as_multi_threshold_1 {
				other_signatories: vec![user("Ferdie").id],
				call: Box::new(burn()),
			},
			filtered(),
		);
		chain.ok(
			&user("Ferdie"),
			pallet_proxy::Call::add_proxy {
				delegate: Address::Id(eve.id.clone()),
				proxy_type: ProxyType::Any,
				delay: 0,
			},
		);
		// These three succeed as calls; what they carry does not.
		let proxied = |call: RuntimeCall| pallet_proxy::Call::proxy {
			real: Address::Id(user("Ferdie").id),
			force_proxy_type: None,
			call: Box::new(call),
		};
		let carried: [RuntimeCall; 5] = [
			pallet_utility::Call::batch { calls: vec![burn()] }.into(),
			pallet_utility::Call::force_batch { calls: vec![burn()] }.into(),
			proxied(burn()).into(),
			proxied(pallet_utility::Call::batch { calls: vec![burn()] }.into()).into(),
			pallet_utility::Call::batch {
				calls: vec![proxied(pallet_utility::Call::force_batch { calls: vec![burn()] }.into()).into()],
			}
			.into(),
		];
		for call in carried {
			let (burned, ferdie) = (FeeRouter::supply().burned, total(&user("Ferdie").id));
			let before = total(&eve.id);
			let fee = chain.ok(&eve, call);
			assert_eq!(FeeRouter::supply().burned, burned + fee - fee / 5);
			assert_eq!((total(&eve.id), total(&user("Ferdie").id)), (before - fee, ferdie));
		}
		// Root's ways are Alice's alone.
		let set = RuntimeCall::from(pallet_balances::Call::force_set_balance {
			who: Address::Id(eve.id.clone()),
			new_free: u128::MAX / 2,
		});
		chain.refused(&eve, set.clone(), DispatchError::BadOrigin);
		chain.refused(
			&eve,
			pallet_sudo::Call::sudo { call: Box::new(set) },
			pallet_sudo::Error::<Runtime>::RequireSudo,
		);
		let root = |call: RuntimeCall| pallet_utility::Call::dispatch_as {
			as_origin: Box::new(OriginCaller::system(frame_system::RawOrigin::Root)),
			call: Box::new(call),
		};
		chain.refused(&eve, root(burn()), DispatchError::BadOrigin);
		chain.refused(
			&eve,
			frame_system::Call::set_code { code: vec![] },
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			frame_system::Call::kill_storage { keys: vec![vec![]] },
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			pallet_charter::Call::authorize_upgrade {
				code_hash: H256([1; 32]),
			},
			DispatchError::BadOrigin,
		);
		chain.refused(
			&eve,
			pallet_collective::Call::<Runtime, pallet_collective::Instance1>::set_members {
				new_members: vec![eve.id.clone()],
				prime: None,
				old_count: 3,
			},
			DispatchError::BadOrigin,
		);
	});
}

/// Every call of an asset's owner or of root, by somebody who is neither.
macro_rules! assets_calls {
	($chain:expr, $who:expr, $victim:expr, $instance:ty, $id:expr) => {{
		use pallet_assets::Call as C;
		let (id, who, victim) = (
			codec::Compact($id),
			Address::Id($who.id.clone()),
			Address::Id($victim.clone()),
		);
		let calls: Vec<C<Runtime, $instance>> = vec![
			C::create {
				id: codec::Compact(77),
				admin: who.clone(),
				min_balance: 1,
			},
			C::force_create {
				id: codec::Compact(77),
				owner: who.clone(),
				is_sufficient: true,
				min_balance: 1,
			},
			C::start_destroy { id },
			C::destroy_accounts { id },
			C::destroy_approvals { id },
			C::finish_destroy { id },
			C::mint {
				id,
				beneficiary: who.clone(),
				amount: 1_000,
			},
			C::burn {
				id,
				who: victim.clone(),
				amount: 1,
			},
			C::burn {
				id,
				who: who.clone(),
				amount: 1,
			},
			C::force_transfer {
				id,
				source: victim.clone(),
				dest: who.clone(),
				amount: 1,
			},
			C::freeze {
				id,
				who: victim.clone(),
			},
			C::thaw {
				id,
				who: victim.clone(),
			},
			C::freeze_asset { id },
			C::thaw_asset { id },
			C::transfer_ownership { id, owner: who.clone() },
			C::set_team {
				id,
				issuer: who.clone(),
				admin: who.clone(),
				freezer: who.clone(),
			},
			C::set_metadata {
				id,
				name: b"x".to_vec(),
				symbol: b"x".to_vec(),
				decimals: 0,
			},
			C::clear_metadata { id },
			C::force_set_metadata {
				id,
				name: b"x".to_vec(),
				symbol: b"x".to_vec(),
				decimals: 0,
				is_frozen: true,
			},
			C::force_clear_metadata { id },
			C::force_asset_status {
				id,
				owner: who.clone(),
				issuer: who.clone(),
				admin: who.clone(),
				freezer: who.clone(),
				min_balance: 1_000_000,
				is_sufficient: false,
				is_frozen: true,
			},
			C::set_min_balance { id, min_balance: 1 },
			C::block {
				id,
				who: victim.clone(),
			},
			C::touch_other {
				id,
				who: victim.clone(),
			},
			C::refund_other {
				id,
				who: victim.clone(),
			},
			C::transfer_approved {
				id,
				owner: victim.clone(),
				destination: who.clone(),
				amount: 1,
			},
			C::force_cancel_approval {
				id,
				owner: victim.clone(),
				delegate: who.clone(),
			},
			C::transfer {
				id,
				target: who.clone(),
				amount: u128::MAX,
			},
		];
		for call in calls {
			refused_somehow($chain, $who, call);
		}
	}};
}

#[test]
fn claims_and_shares_are_the_pallets() {
	local_testnet(|chain| {
		open_market(chain);
		let dave = user("Dave");
		give_claims(chain, &dave, 5_000);
		for who in [&eve(), &dave, &user("Alice")] {
			assets_calls!(chain, who, dave.id, ClaimsInstance, CPU);
			assets_calls!(chain, who, TreasuryAccount::get(), SharesInstance, CPU);
		}
		// Nor may root, which a development chain has.
		let mint = pallet_assets::Call::<Runtime, ClaimsInstance>::force_create {
			id: codec::Compact(5),
			owner: Address::Id(eve().id),
			is_sufficient: true,
			min_balance: 1,
		};
		chain.ok(
			&user("Alice"),
			pallet_sudo::Call::sudo {
				call: Box::new(mint.into()),
			},
		);
		assert!(!pallet_assets::Asset::<Runtime, ClaimsInstance>::contains_key(5));
	});
}

#[test]
fn donations_move_no_price_and_break_no_book() {
	local_testnet(|chain| {
		open_market(chain);
		let dave = user("Dave");
		give_claims(chain, &dave, 10_000);
		let pool_before = pool();
		let accounts = [
			ComputeAmm::account(),
			ComputeAmm::pool_account(CPU),
			JobEscrow::account_id(),
			ProviderRegistry::account_id(),
			FeeRouter::staker_pot(),
			FeeRouter::insurance_account(),
			TreasuryAccount::get(),
			Restaking::pool_account(&user("Charlie").id).expect("a pool account"),
			// Nobody's.
			AccountId::new([0; 32]),
			AccountId::new([255; 32]),
		];
		for account in &accounts {
			let give = pallet_assets::Call::<Runtime, ClaimsInstance>::transfer {
				id: codec::Compact(CPU),
				target: Address::Id(account.clone()),
				amount: 10,
			};
			chain.ok(&dave, give);
			chain.ok(&dave, transfer(account, QRN));
			chain.next();
		}
		assert_eq!(
			(pool().reserve_tokens, pool().reserve_claims),
			(pool_before.reserve_tokens, pool_before.reserve_claims)
		);
		// All goes on as before.
		let id = assigned(chain, &dave, JobTerms::default());
		let key = user("Charlie//node");
		chain.ok(&key, Escrow::acknowledge { job: id });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome,
				used: 4_000,
			},
		);
		chain.ok(&dave, Escrow::accept { job: id });
		assert_eq!(
			claims_of(&JobEscrow::account_id()),
			10,
			"what was given stays, and is nobody's"
		);
	});
}

#[test]
fn accounts_that_are_emptied_lose_nothing_that_is_held() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		let empty = |to: &str| pallet_balances::Call::transfer_all {
			dest: Address::Id(user(to).id),
			keep_alive: false,
		};
		// A provider: its proceeds stay held, and it gets them.
		chain.ok(&provider, empty("Ferdie"));
		assert_eq!(held(&provider.id), 400_000_000_000);
		assert_eq!(book(&provider.id).proceeds, 400_000_000_000);
		// A client with a job under way.
		let client = user("Dave");
		let id = assigned(
			chain,
			&client,
			JobTerms {
				accept_blocks: Some(3),
				..Default::default()
			},
		);
		let deposit = held(&client.id);
		chain.ok(&client, empty("Ferdie"));
		assert_eq!(held(&client.id), deposit);
		chain.ok(&key, Escrow::acknowledge { job: id });
		let outcome = Outcome::Trapped;
		chain.ok(
			&key,
			Escrow::submit {
				job: id,
				outcome,
				used: 4_000,
			},
		);
		chain.run_until(6, "a settlement", || matches!(state(id), JobState::Settled { .. }));
		assert_eq!((held(&client.id), job(id).fee_charged), (0, deposit));

		// A bidder that is gone before its bid returns: more than the existential deposit makes it anew.
		let ghost = user("Ghost");
		chain.ok(&user("Ferdie"), transfer(&ghost.id, QRN));
		chain.ok(&ghost, buy(1_000, 700_000_000 + EXISTENTIAL_DEPOSIT, None));
		chain.ok(&ghost, empty("Ferdie"));
		assert_eq!(total(&ghost.id), 0);
		assert!(!System::account_exists(&ghost.id));
		chain.next();
		let back = total(&ghost.id);
		let owed = pallet_compute_amm::Owed::<Runtime>::get(&ghost.id);
		assert!(claims_of(&ghost.id) == 1_000, "claims need no tokens");
		assert!(back == 0 && owed > 0 || back > EXISTENTIAL_DEPOSIT, "{back} {owed}");
		// What is owed waits for anybody to have it paid, once there is an account.
		if owed > 0 {
			chain.ok(&user("Ferdie"), transfer(&ghost.id, QRN));
			chain.ok(&eve(), Amm::collect { who: ghost.id.clone() });
			assert_eq!(total(&ghost.id), QRN + owed);
			chain.refused(&eve(), Amm::collect { who: ghost.id.clone() }, Markets::NotFound);
		}
		// A node's key that is emptied to dust: the dust is burned by the books.
		let burned = FeeRouter::supply().burned;
		let fee_free = free(&key.id);
		let applied = chain.submit(
			&key,
			transfer(&user("Ferdie").id, fee_free - EXISTENTIAL_DEPOSIT / 2 - 100_000_000),
		);
		assert!(FeeRouter::supply().burned >= burned + applied.fee - applied.fee / 5);
	});
}

#[test]
fn a_provider_that_is_its_own_client_gains_nothing() {
	local_testnet(|chain| {
		let (provider, key) = open_market(chain);
		chain.earn(&provider, 480_000);
		let before = total(&provider.id) + total(&key.id);
		let start = FeeRouter::era(Restaking::current_era());
		let mut fees = 0;
		// It sells, buys its own claims as a client, works for itself, and accepts.
		fees += chain.ok(
			&provider,
			Registry::offer_capacity {
				class: CPU,
				gpu_time: 60_000,
				min_proceeds: 1,
			},
		);
		let terms = JobTerms {
			pace: Some(60_000),
			..Default::default()
		};
		fees += chain.ok(&provider, request(8, 7_500, QRN, terms));
		chain.run_until(10, "a provider", || matches!(state(0), JobState::Assigned { .. }));
		fees += chain.ok(&provider, Escrow::acknowledge { job: 0 });
		chain.run(2);
		fees += chain.ok(
			&provider,
			Escrow::submit {
				job: 0,
				outcome: Outcome::Trapped,
				used: 60_000,
			},
		);
		fees += chain.ok(&provider, Escrow::accept { job: 0 });
		let job = job(0);
		assert!(matches!(job.state, JobState::Settled { .. }));
		// Bought and sold in one batch at one price: it is the fees poorer, the pool's and the job's.
		let lost = before - total(&provider.id) - total(&key.id);
		assert!(lost >= fees + job.fee_charged, "{lost} {fees}");
		assert_eq!(job.fee_charged, (job.paid * 6).div_ceil(100));
		let era = FeeRouter::era(Restaking::current_era());
		assert!(era.burned > start.burned || Restaking::current_era() > 0);
		// And it owes what it owed.
		assert_eq!(book(&provider.id).obligations, 400_000);
	});
}

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
					Staking::bond { amount: 100 * QRN }.into(),
					Registry::register_provider {}.into(),
				],
			),
			(
				ProxyType::Provider,
				Registry::register_provider {}.into(),
				vec![
					Staking::bond { amount: 100 * QRN }.into(),
					buy(1_000, 1_100_000_000, None).into(),
					// A daemon's proxy works on jobs; it buys none.
					request(1, 1_000, 1_100_000_000, JobTerms::default()).into(),
				],
			),
			(
				ProxyType::Staking,
				Staking::bond { amount: 100 * QRN }.into(),
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

#[test]
fn absurd_numbers_break_nothing() {
	local_testnet(|chain| {
		let (provider, _) = open_market(chain);
		chain.earn(&provider, 80_000);
		let dave = user("Dave");
		give_claims(chain, &dave, 10_000);
		let amounts = [
			0,
			1,
			9,
			10,
			EXISTENTIAL_DEPOSIT,
			QRN,
			1 << 64,
			1 << 112,
			(1 << 112) + 1,
			u128::MAX / 2,
			u128::MAX,
		];
		let blocks = [None, Some(0), Some(1), Some(u32::MAX)];
		let classes = [CPU, 1, u32::MAX];
		let mut calls: Vec<RuntimeCall> = Vec::new();
		for (i, a) in amounts.into_iter().enumerate() {
			let (block, class) = (blocks[i % blocks.len()], classes[i % classes.len()]);
			let deadline = block.unwrap_or(now() + 50);
			for b in [0, 1, QRN, u128::MAX] {
				for side in [Side::Buy, Side::Sell] {
					calls.push(
						Amm::place_order {
							class: CPU,
							side,
							gpu_time: a,
							limit: b,
							expires_in: block,
						}
						.into(),
					);
				}
				let call = |class| Amm::add_liquidity {
					class,
					max_tokens: a,
					max_gpu_time: b,
					min_shares: b,
					deadline,
				};
				calls.push(call(CPU).into());
				calls.push(call(class).into());
				let call = Amm::remove_liquidity {
					class: CPU,
					shares: a,
					min_tokens: b,
					min_gpu_time: b,
					deadline,
				};
				calls.push(call.into());
				let call = Amm::create_pool {
					class,
					tokens: a,
					gpu_time: b,
				};
				calls.push(call.into());
				let call = Registry::offer_capacity {
					class: CPU,
					gpu_time: a,
					min_proceeds: b,
				};
				calls.push(call.into());
				let terms = JobTerms {
					claims: b,
					pace: Some(a),
					bid_blocks: block,
					accept_blocks: block,
				};
				calls.push(request(1, a, b, terms).into());
				let terms = JobTerms { claims: 0, ..terms };
				calls.push(request(u32::MAX, a, b, terms).into());
				calls.push(request(1, 1_000, a, terms).into());
			}
			calls.push(
				Registry::open_pool {
					class: CPU,
					gpu_time: a,
				}
				.into(),
			);
			calls.push(
				Registry::buy_back {
					class: CPU,
					gpu_time: a,
				}
				.into(),
			);
			calls.push(Staking::bond { amount: a }.into());
			calls.push(Staking::bond_more { amount: a }.into());
			calls.push(Staking::unbond { amount: a }.into());
			calls.push(transfer(&eve().id, a).into());
			let (job, outcome) = (a as u64, Outcome::Trapped);
			calls.push(Escrow::submit { job, outcome, used: a }.into());
			calls.push(Amm::cancel_order { class, order: a as u64 }.into());
		}
		let (mut taken, mut refused) = (0, 0);
		for (i, call) in calls.into_iter().enumerate() {
			for who in [&dave, &provider] {
				match chain.submit(who, call.clone()).result {
					Ok(()) => taken += 1,
					Err(_) => refused += 1,
				}
			}
			if i % 16 == 0 {
				chain.next();
			}
		}
		chain.run(30);
		assert!(taken > 30 && refused > 300, "{taken} {refused}");
	});
}

#[test]
fn a_flood_of_bids_keeps_nobody_out() {
	local_testnet(|chain| {
		open_market(chain);
		let (dave, eve) = (user("Dave"), eve());
		// Cheap bids, as many as the book takes and more, for as long as bids may stay.
		let mut taken = 0;
		for blocks in [10, HOURS] {
			for _ in 0..70 {
				let terms = JobTerms {
					bid_blocks: Some(blocks),
					..Default::default()
				};
				taken += u32::from(chain.submit(&eve, request(1, 20, 10_000_000, terms)).result.is_ok());
			}
		}
		assert!(taken >= 64, "{taken}");
		// A bid that is worth more takes the place of one of them, and its job runs.
		let id = assigned(chain, &dave, JobTerms::default());
		assert!(matches!(state(id), JobState::Assigned { .. }));
		// A trade too.
		chain.ok(&dave, buy(1_000, 1_100_000_000, None));
		chain.next();
		assert_eq!(claims_of(&dave.id), 1_000);
		chain.run(30);
		let before = total(&eve.id);
		for job in 0..taken.into() {
			if let JobState::Bidding { .. } = state(job) {
				chain.ok(&eve, Escrow::cancel { job });
			}
		}
		assert!(before - total(&eve.id) < QRN * 10);
		assert_eq!(held(&eve.id), 0);
	});
}

#[test]
fn a_provider_leaves_when_another_takes_its_place() {
	local_testnet(|chain| {
		let (provider, _) = open_market(chain);
		let (other, other_key) = (user("Ferdie"), user("Ferdie//node"));
		chain.provide(&other, &other_key, 8, 1_000 * QRN);
		let before = total(&provider.id) - book(&provider.id).proceeds;
		chain.refused(
			&provider,
			Registry::deregister_node { node: 0 },
			Registries::ObligationsRemain,
		);
		// The other sells what the first buys, in the same batches.
		for _ in 0..40 {
			let owed = book(&provider.id).obligations - claims_of(&provider.id);
			if owed == 0 {
				break;
			}
			let gpu_time = owed.min(50_000);
			chain.earn(&other, gpu_time);
			let offer = Registry::offer_capacity {
				class: CPU,
				gpu_time,
				min_proceeds: 1,
			};
			chain.ok(&other, offer);
			chain.ok(&provider, buy(gpu_time, 2 * QRN, None));
			chain.next();
		}
		let owed = book(&provider.id).obligations;
		chain.ok(
			&provider,
			Registry::buy_back {
				class: CPU,
				gpu_time: owed,
			},
		);
		assert_eq!((held(&provider.id), book(&provider.id).proceeds), (0, 0));
		chain.ok(&provider, Registry::deregister_node { node: 0 });
		chain.ok(&provider, Registry::deregister_provider {});
		chain.serving.remove(&0);
		assert_eq!(book(&other.id).obligations, 400_000);
		let cost = before + 400_000_000_000 - total(&provider.id);
		assert!(
			cost > 400_000_000_000 && cost < QRN,
			"what it got, the fees, and the market's: {cost}"
		);
		// Its whole bond is its own again.
		assert_eq!(free_bond(&provider.id), 1_000 * QRN);
		chain.ok(&provider, Staking::unbond { amount: 1_000 * QRN });
	});
}
