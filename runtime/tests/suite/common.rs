//! The chain that tests drive, and what they say to it.
//!
//! [`Chain`] authors blocks as a node does: a slot, its secondary author, that author's VRF output, the
//! timestamp, then transactions. A block is open at any time: what a test reads is the state within it.

use codec::Encode;
use pallet_attestation::{Attestors, Observation, Report, Reporters, Rounds, Seen};
use pallet_job_escrow::{Artifact, JobSpec, JobTerms};
use polkadot_sdk::{
	frame_support::{genesis_builder_helper::build_state, traits::fungible::Inspect, BoundedVec},
	frame_system::{self, offchain::CreateAuthorizedTransaction},
	pallet_balances, pallet_transaction_payment, sp_consensus_babe as babe,
	sp_core::{ed25519, sr25519, Pair, H256, U256},
	sp_io::{hashing::blake2_256, TestExternalities},
	sp_runtime::{
		generic::Header as GenericHeader,
		traits::{Header as _, TransactionExtension},
		transaction_validity::{InvalidTransaction, TransactionValidityError},
		Digest, DigestItem, DispatchError, DispatchResult, Perbill,
	},
	sp_staking::SessionIndex,
};
use quern_primitives::{
	attestation::{nonce, AttestorId, GpuCheck, SignedGpuCheck},
	units::{BLOCK_MILLIS, PERIOD_BLOCKS, QRN},
	Balance, BlockNumber, ClassId, GpuTime, Magnitude, NodeId, Runner, WHOLE,
};
use quern_runtime::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The class of the presets.
pub const CPU: ClassId = 0;
/// Memory of the tests' nodes, in MiB.
pub const MEMORY: u64 = 16_384;
/// What a transaction may cost at most, for tests that only want to know that it is no more than a fee.
pub const MOST_FEE: Balance = QRN;

/// Somebody with a key.
#[derive(Clone)]
pub struct User {
	pub id: AccountId,
	pub pair: sr25519::Pair,
}

/// The development account of a name.
pub fn user(name: &str) -> User {
	let pair = sr25519::Pair::from_string(&format!("//{name}"), None).expect("a seed");
	User {
		id: AccountId::new(pair.public().0),
		pair,
	}
}

/// The session keys that [`Chain`] authors and attests with for a name.
pub fn session_keys(name: &str) -> SessionKeys {
	let (sr, ed) = (user(name).pair.public(), grandpa_key(name).public());
	SessionKeys {
		babe: sr.into(),
		grandpa: ed.into(),
		attestation: sr.into(),
	}
}

/// The GRANDPA key of a name.
pub fn grandpa_key(name: &str) -> ed25519::Pair {
	ed25519::Pair::from_string(&format!("//{name}"), None).expect("a seed")
}

/// What the owner of the keys of `name` shows to put them on chain for `owner`.
pub fn ownership_proof(name: &str, owner: &AccountId) -> Vec<u8> {
	let statement = [&b"POP_"[..], &owner.encode()].concat();
	let (sr, ed) = (user(name).pair, grandpa_key(name));
	(sr.sign(&statement), ed.sign(&statement), sr.sign(&statement)).encode()
}

/// A genesis: the preset `local_testnet` (validators Alice and Bob), with a patch over it.
pub fn genesis(patch: Value) -> TestExternalities {
	genesis_of("local_testnet", patch)
}

/// What a preset says.
pub fn preset(name: &str) -> Value {
	let preset = genesis::preset(&name.into()).expect("a preset");
	serde_json::from_slice(&preset).expect("JSON")
}

/// A genesis: a preset, with a patch over it.
pub fn genesis_of(name: &str, patch: Value) -> TestExternalities {
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).expect("JSON");
	merge(&mut config, preset(name));
	merge(&mut config, patch);
	let mut ext = TestExternalities::new_empty();
	ext.execute_with(|| build_state::<RuntimeGenesisConfig>(config.to_string().into_bytes()).expect("a genesis"));
	ext.commit_all().expect("a state");
	ext
}

/// Lays a patch over JSON.
pub fn merge(into: &mut Value, patch: Value) {
	match (into, patch) {
		(Value::Object(into), Value::Object(patch)) => {
			for (key, value) in patch {
				merge(into.entry(key).or_insert(Value::Null), value);
			}
		}
		(into, patch) => *into = patch,
	}
}

/// Runs a test on the preset `local_testnet`.
pub fn local_testnet<R>(test: impl FnOnce(&mut Chain) -> R) -> R {
	on(genesis(Value::Object(Default::default())), test)
}

/// Runs a test on a genesis; the last block is finalised and checked too.
pub fn on<R>(mut ext: TestExternalities, test: impl FnOnce(&mut Chain) -> R) -> R {
	let root = *ext.backend.root();
	ext.execute_with(|| {
		let mut chain = Chain::new(root);
		let result = test(&mut chain);
		chain.finish();
		result
	})
}

/// A transaction that was taken into a block.
#[derive(Clone, Debug)]
pub struct Applied {
	/// What its call came to.
	pub result: DispatchResult,
	/// What it cost, tip included.
	pub fee: Balance,
}

/// A chain, with a block open.
pub struct Chain {
	/// Hash of the genesis block.
	pub genesis: H256,
	/// Keys of all that author and attest.
	keys: BTreeMap<[u8; 32], sr25519::Pair>,
	/// Validators whose slots stay empty.
	silent: BTreeSet<[u8; 32]>,
	/// Keys of the nodes that [`Chain::attest`] lets serve.
	pub serving: BTreeMap<NodeId, sr25519::Pair>,
	/// Whether nodes are attested at each period.
	pub attesting: bool,
	slot: u64,
	parent: H256,
	/// Headers of the blocks finalised, the last one last.
	pub headers: Vec<Header>,
	/// Events of all blocks finalised since somebody listens.
	pub heard: Option<Vec<RuntimeEvent>>,
}

impl Chain {
	fn new(state_root: H256) -> Self {
		let header: GenericHeader<_, _> = Header::new(
			0,
			Default::default(),
			state_root,
			Default::default(),
			Default::default(),
		);
		let mut chain = Self {
			genesis: header.hash(),
			keys: ["Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"]
				.map(|name| user(name).pair)
				.map(|pair| (pair.public().0, pair))
				.into(),
			silent: Default::default(),
			serving: Default::default(),
			attesting: true,
			slot: 290_000_000,
			parent: header.hash(),
			headers: Vec::new(),
			heard: None,
		};
		chain.begin();
		chain
	}

	/// Leaves a validator's slots empty from now on.
	pub fn silence(&mut self, who: &User) {
		self.silent.insert(who.pair.public().0);
	}

	/// The slot of the open block.
	pub fn slot(&self) -> u64 {
		self.slot
	}

	/// The epoch that a slot is in: its index, randomness and authorities.
	fn epoch(slot: u64) -> (u64, [u8; 32], Vec<babe::AuthorityId>) {
		let authorities = |list: Vec<(babe::AuthorityId, u64)>| list.into_iter().map(|(id, _)| id).collect();
		if System::block_number() == 0 {
			return (0, Babe::randomness(), authorities(Babe::authorities().to_vec()));
		}
		let (current, next) = (Babe::current_epoch(), Babe::next_epoch());
		let epoch = if slot < *next.start_slot { current } else { next };
		// Epochs in which nobody authored are skipped: the next one's set authors in their place.
		let skipped = (slot - *epoch.start_slot) / epoch.duration;
		let index = epoch.epoch_index + skipped;
		(index, epoch.randomness, authorities(epoch.authorities))
	}

	/// Claims the next slot that is not left empty, for its secondary author.
	fn claim(&mut self) -> DigestItem {
		loop {
			self.slot += 1;
			let (index, randomness, authorities) = Self::epoch(self.slot);
			let slot = babe::Slot::from(self.slot);
			let draw = U256::from_big_endian(&(randomness, slot).using_encoded(blake2_256));
			let author = (draw % U256::from(authorities.len())).as_usize();
			let key = authorities[author].clone().into_inner().0;
			if self.silent.contains(&key) || is_disabled(&AccountId::new(key)) {
				continue;
			}
			let pair = self.keys.get(&key).expect("the author's key is known");
			let digest = babe::digests::PreDigest::SecondaryVRF(babe::digests::SecondaryVRFPreDigest {
				authority_index: author as u32,
				slot,
				vrf_signature: vrf(pair, &randomness, slot, index),
			});
			return DigestItem::PreRuntime(babe::BABE_ENGINE_ID, digest.encode());
		}
	}

	fn begin(&mut self) {
		let number = System::block_number() + 1;
		let digest = Digest {
			logs: vec![self.claim()],
		};
		let header = Header::new(number, Default::default(), Default::default(), self.parent, digest);
		Executive::initialize_block(&header);
		let now = self.slot * BLOCK_MILLIS;
		let timestamp = RuntimeCall::Timestamp(polkadot_sdk::pallet_timestamp::Call::set { now });
		Executive::apply_extrinsic(UncheckedExtrinsic::new_bare(timestamp))
			.expect("a valid inherent")
			.expect("the time is set");
		// In the middle of a period, as workers do.
		if self.attesting && !self.serving.is_empty() && number % PERIOD_BLOCKS == 4 {
			self.attest();
		}
	}

	/// Finalises the open block and checks all that must hold after any.
	fn finish(&mut self) {
		let header = Executive::finalize_block();
		if let Some(heard) = &mut self.heard {
			heard.extend(events());
		}
		self.parent = header.hash();
		self.headers.push(header);
		check();
	}

	/// Finalises the open block and opens the next one.
	pub fn next(&mut self) {
		self.finish();
		self.begin();
	}

	/// So many blocks on.
	pub fn run(&mut self, blocks: BlockNumber) {
		for _ in 0..blocks {
			self.next();
		}
	}

	/// On to a block.
	pub fn run_to(&mut self, block: BlockNumber) {
		while now() < block {
			self.next();
		}
	}

	/// On to a session's first block.
	pub fn run_to_session(&mut self, session: SessionIndex) {
		while Session::current_index() < session {
			self.next();
		}
	}

	/// On to the session in which all of an operator's allocations are active.
	pub fn run_to_allocations(&mut self, who: &User) {
		let operator = pallet_restaking::Operators::<Runtime>::get(&who.id).expect("an operator");
		let joining = operator
			.allocations
			.values()
			.filter_map(|allocation| allocation.joining);
		if let Some(session) = joining.map(|(_, session)| session).max() {
			self.run_to_session(session);
		}
	}

	/// On, at most `blocks`, until something holds.
	pub fn run_until(&mut self, blocks: BlockNumber, what: &str, mut holds: impl FnMut() -> bool) {
		for _ in 0..blocks {
			if holds() {
				return;
			}
			self.next();
		}
		assert!(holds(), "not within {blocks} blocks: {what}");
	}

	/// A transaction of `who`, signed, with `nonce` transactions before it.
	pub fn signed(&self, who: &User, call: RuntimeCall, nonce: Nonce, tip: Balance) -> UncheckedExtrinsic {
		let mut extension = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_extension();
		extension.6 = frame_system::CheckNonce::from(nonce);
		extension.8 = pallet_transaction_payment::ChargeTransactionPayment::from(tip);
		let payload = SignedPayload::from_raw(
			call.clone(),
			extension.clone(),
			extension.implicit().expect("what is signed beside the call"),
		);
		let signature = payload.using_encoded(|bytes| who.pair.sign(bytes));
		UncheckedExtrinsic::new_signed(call, Address::Id(who.id.clone()), signature.into(), extension)
	}

	/// Puts a transaction of `who` into the open block, or the next one with room; or says why the pool
	/// would refuse it.
	pub fn try_submit(
		&mut self,
		who: &User,
		call: impl Into<RuntimeCall>,
	) -> Result<Applied, TransactionValidityError> {
		let call = call.into();
		let mut without_room = 0;
		loop {
			let extrinsic = self.signed(who, call.clone(), System::account_nonce(&who.id), 0);
			let before = System::event_count();
			match Executive::apply_extrinsic(extrinsic) {
				Ok(result) => {
					let fee = events_from(before)
						.into_iter()
						.find_map(|event| match event {
							RuntimeEvent::TransactionPayment(
								pallet_transaction_payment::Event::TransactionFeePaid { actual_fee, .. },
							) => Some(actual_fee),
							_ => None,
						})
						.unwrap_or(0);
					return Ok(Applied { result, fee });
				}
				Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => {
					// A block that begins a session has none, and one that is full.
					without_room += 1;
					assert!(without_room < 4, "a transaction that fits no block: {call:.300?}");
					self.next()
				}
				Err(error) => return Err(error),
			}
		}
	}

	/// Puts a transaction of `who` into a block.
	pub fn submit(&mut self, who: &User, call: impl Into<RuntimeCall>) -> Applied {
		let call = call.into();
		let said = format!("{call:?}");
		self.try_submit(who, call)
			.unwrap_or_else(|error| panic!("{error:?}: {said:.300}"))
	}

	/// A transaction that succeeds. Returns its fee.
	pub fn ok(&mut self, who: &User, call: impl Into<RuntimeCall>) -> Balance {
		let call = call.into();
		let said = format!("{call:?}");
		let applied = self.submit(who, call);
		assert_eq!(applied.result, Ok(()), "{said:.300}");
		applied.fee
	}

	/// On to a block with room for a transaction: a new one changes more than a transaction does.
	pub fn make_room(&mut self) {
		let most = configs::system::RuntimeBlockWeights::get().max_block.ref_time();
		while System::block_weight().total().ref_time() > most / 4 {
			self.next();
		}
	}

	/// A transaction that is refused with `error` and costs its sender the fee, and nobody anything else.
	pub fn refused(&mut self, who: &User, call: impl Into<RuntimeCall>, error: impl Into<DispatchError>) {
		let call = call.into();
		let said = format!("{call:?}");
		self.make_room();
		let block = now();
		let (before, claims) = (balances(), claims());
		let applied = self.submit(who, call);
		assert_eq!(applied.result, Err(error.into()), "{said:.300}");
		if now() != block {
			return;
		}
		let after = balances();
		let mut expected = before;
		*expected.entry(who.id.clone()).or_default() -= applied.fee;
		// The author's part, which its stake gets at the end of the block.
		*expected.entry(ValidatorRewards::account_id()).or_default() += applied.fee / 5;
		assert_eq!(after, expected, "{said:.300}");
		assert_eq!(claims, self::claims(), "{said:.300}");
	}

	/// A report of a period, signed by the attestor of that index in the frozen list.
	pub fn report_of(&self, attestor: u32, seen: Vec<(NodeId, Seen)>) -> (Report<Runtime>, sr25519::Signature) {
		let period = now() / PERIOD_BLOCKS;
		let report = Report {
			period,
			block_hash: System::block_hash(period * PERIOD_BLOCKS),
			attestor,
			observations: BoundedVec::truncate_from(
				seen.into_iter()
					.map(|(node, seen)| Observation { node, seen })
					.collect(),
			),
		};
		let round = Rounds::<Runtime>::get(period).expect("a round");
		let key = round.attestors.get(attestor as usize).map(|(_, key)| key.clone());
		let pair = key
			.and_then(|key| self.keys.get(&key.into_inner().0))
			.expect("an attestor whose key is known");
		let signature = pair.sign(&report.signed_bytes(&self.genesis));
		(report, signature)
	}

	/// Sends a report as workers do: an authorised transaction, feeless.
	pub fn send_report(
		&mut self,
		report: Report<Runtime>,
		signature: sr25519::Signature,
	) -> Result<DispatchResult, TransactionValidityError> {
		let call = RuntimeCall::Attestation(pallet_attestation::Call::report {
			report,
			signature: signature.into(),
		});
		let extrinsic = <Runtime as CreateAuthorizedTransaction<RuntimeCall>>::create_authorized_transaction(call);
		Executive::apply_extrinsic(extrinsic)
	}

	/// What `node` answers the attestor of that index now.
	pub fn answer(&self, node: NodeId, pair: &sr25519::Pair, attestor: u32) -> SignedGpuCheck {
		let period = now() / PERIOD_BLOCKS;
		let round = Rounds::<Runtime>::get(period).expect("a round");
		let key: &AttestorId = &round.attestors[attestor as usize].1;
		let frozen = round
			.nodes
			.iter()
			.find(|frozen| frozen.node == node)
			.expect("a node of the round");
		let check = GpuCheck {
			genesis: self.genesis,
			period,
			nonce: nonce(&round.seed, period, node, key),
			node,
			gpus: frozen.gpus,
			memory_mib: frozen.memory_mib,
			utilisation: 0,
			running: Default::default(),
		};
		let signature = pair.sign(&check.signed_bytes());
		SignedGpuCheck { check, signature }
	}

	/// Every attestor reports: the nodes that serve answered, the others did not.
	pub fn attest(&mut self) {
		let period = now() / PERIOD_BLOCKS;
		let Some(round) = Rounds::<Runtime>::get(period) else {
			return;
		};
		for attestor in 0..round.attestors.len() as u32 {
			let seen: Vec<_> = round
				.duties(attestor)
				.map(|node| match self.serving.get(&node.node) {
					Some(pair) => (node.node, Seen::Served(self.answer(node.node, pair, attestor))),
					None => (node.node, Seen::Missed),
				})
				.collect();
			if seen.is_empty() || Reporters::<Runtime>::get(period).contains(&attestor) {
				continue;
			}
			let (report, signature) = self.report_of(attestor, seen);
			// A block that rotates a session has no room: the worker would send it again.
			match self.send_report(report, signature) {
				Ok(result) => assert_eq!(result, Ok(())),
				Err(TransactionValidityError::Invalid(InvalidTransaction::ExhaustsResources)) => {}
				Err(error) => panic!("a report is refused: {error:?}"),
			}
		}
	}

	/// Makes `who` an operator that allocates half of its bond to the presets' class, and a provider with a
	/// node of `gpus` accelerators, whose key is that of `node_key`, and lets it serve. Goes on to the
	/// session in which jobs are given on the allocation.
	pub fn provide(&mut self, who: &User, node_key: &User, gpus: u32, bond: Balance) -> NodeId {
		let node = self.enlist(who, node_key, gpus, bond);
		self.run_to_allocations(who);
		node
	}

	/// The same, and stays at the block.
	pub fn enlist(&mut self, who: &User, node_key: &User, gpus: u32, bond: Balance) -> NodeId {
		self.ok(who, register_operator(bond));
		self.ok(who, allocate(WHOLE / 2));
		self.ok(who, pallet_provider_registry::Call::register_provider {});
		let node = pallet_provider_registry::NextNodeId::<Runtime>::get();
		self.ok(who, register_node(who, node_key, gpus));
		self.serving.insert(node, node_key.pair.clone());
		node
	}

	/// On until a provider may issue `gpu_time`.
	pub fn earn(&mut self, who: &User, gpu_time: GpuTime) {
		let id = who.id.clone();
		self.run_until(400, "allowance", move || book(&id).allowance >= gpu_time);
	}
}

fn vrf(pair: &sr25519::Pair, randomness: &[u8; 32], slot: babe::Slot, epoch: u64) -> sr25519::vrf::VrfSignature {
	use polkadot_sdk::sp_core::crypto::VrfSecret;
	pair.vrf_sign(&babe::make_vrf_sign_data(randomness, slot, epoch))
}

/// The call that makes an operator, of no commission.
pub fn register_operator(bond: Balance) -> pallet_restaking::Call<Runtime> {
	pallet_restaking::Call::register_operator {
		bond,
		commission: Perbill::zero(),
	}
}

/// The call that allocates stake to the class of the presets.
pub fn allocate(magnitude: Magnitude) -> pallet_restaking::Call<Runtime> {
	pallet_restaking::Call::allocate { class: CPU, magnitude }
}

/// The call that registers a node.
pub fn register_node(who: &User, node_key: &User, gpus: u32) -> pallet_provider_registry::Call<Runtime> {
	pallet_provider_registry::Call::register_node {
		class: CPU,
		gpus,
		memory_mib: MEMORY,
		endpoint: endpoint(),
		key: node_key.pair.public(),
		proof: node_key.pair.sign(&ProviderRegistry::possession_payload(&who.id)),
	}
}

/// Where tests' nodes answer.
pub fn endpoint() -> quern_primitives::Endpoint {
	quern_primitives::Endpoint {
		ip: quern_primitives::endpoint::Ip::V4([127, 0, 0, 1]),
		port: 8400,
	}
}

/// A job's spec that is sound.
pub fn spec() -> JobSpec {
	let artifact = |byte| Artifact {
		hash: H256([byte; 32]),
		size: 1_000,
		location: BoundedVec::truncate_from(b"http://127.0.0.1:8000/file".to_vec()),
	};
	JobSpec {
		runner: Runner::Wasm,
		program: artifact(1),
		input: artifact(2),
		max_output: 1_000,
	}
}

/// The call that asks for a job.
pub fn request(gpus: u32, duration: GpuTime, max_cost: Balance, terms: JobTerms) -> pallet_job_escrow::Call<Runtime> {
	pallet_job_escrow::Call::request_job {
		class: CPU,
		gpus,
		duration,
		max_cost,
		policy: pallet_job_escrow::Policy::Accept,
		spec: spec(),
		terms,
	}
}

/// The open block.
pub fn now() -> BlockNumber {
	System::block_number()
}

/// Whether the open block began a session, and so has no room.
pub fn is_first_of_session() -> bool {
	System::block_weight().total().ref_time() >= configs::system::RuntimeBlockWeights::get().max_block.ref_time()
}

/// Events of the open block.
pub fn events() -> Vec<RuntimeEvent> {
	events_from(0)
}

fn events_from(index: u32) -> Vec<RuntimeEvent> {
	System::read_events_no_consensus()
		.skip(index as usize)
		.map(|record| record.event)
		.collect()
}

/// Whether an event of the open block is like this.
pub fn happened(matches: impl Fn(&RuntimeEvent) -> bool) -> bool {
	events().iter().any(matches)
}

/// A provider's book in the class of the presets.
pub fn book(who: &AccountId) -> pallet_provider_registry::Book {
	pallet_provider_registry::Books::<Runtime>::get(who, CPU).unwrap_or_default()
}

/// A job.
pub fn job(id: u64) -> pallet_job_escrow::JobOf<Runtime> {
	pallet_job_escrow::Jobs::<Runtime>::get(id).unwrap_or_else(|| panic!("no job {id}"))
}

/// A job's state.
pub fn state(id: u64) -> pallet_job_escrow::JobState {
	job(id).state
}

/// The pool of the class of the presets.
pub fn pool() -> pallet_compute_amm::Pool {
	pallet_compute_amm::Pools::<Runtime>::get(CPU).expect("a pool")
}

/// All that an account has, held or free.
pub fn total(who: &AccountId) -> Balance {
	Balances::total_balance(who)
}

/// What an account can spend.
pub fn free(who: &AccountId) -> Balance {
	Balances::free_balance(who)
}

/// What is held of an account.
pub fn held(who: &AccountId) -> Balance {
	System::account(who).data.reserved
}

/// An account's claims.
pub fn claims_of(who: &AccountId) -> GpuTime {
	Assets::balance(CPU, who)
}

/// An operator's bond that nothing reserves.
pub fn free_bond(who: &AccountId) -> Balance {
	<Restaking as quern_primitives::ports::Bonds<AccountId>>::free_bond(who)
}

/// All accounts' balances.
pub fn balances() -> BTreeMap<AccountId, Balance> {
	frame_system::Account::<Runtime>::iter()
		.map(|(who, account)| (who, account.data.free + account.data.reserved))
		.collect()
}

/// What an operator has in the presets' class.
pub fn allocation(who: &AccountId) -> pallet_restaking::Allocation {
	let operator = pallet_restaking::Operators::<Runtime>::get(who).unwrap_or_else(|| panic!("{who}: no operator"));
	operator.allocations.get(&CPU).cloned().unwrap_or_default()
}

/// The account in which an operator's stake lies.
pub fn stake_account(who: &AccountId) -> AccountId {
	pallet_restaking::Operators::<Runtime>::get(who)
		.unwrap_or_else(|| panic!("{who}: no operator"))
		.pool
}

/// All accounts' claims, pool shares and operators' liquid shares.
pub fn claims() -> BTreeMap<(&'static str, u32, AccountId), u128> {
	use configs::money::{ClaimsInstance, OperatorSharesInstance, SharesInstance};
	use polkadot_sdk::pallet_assets::Account;
	let claims = Account::<Runtime, ClaimsInstance>::iter()
		.filter_map(|(id, who, _)| Some((("claims", id, who.clone()), Assets::maybe_balance(id, &who)?)));
	let pool = Account::<Runtime, SharesInstance>::iter()
		.filter_map(|(id, who, _)| Some((("pool", id, who.clone()), PoolShares::maybe_balance(id, &who)?)));
	let liquid = Account::<Runtime, OperatorSharesInstance>::iter()
		.filter_map(|(id, who, _)| Some((("liquid", id, who.clone()), OperatorShares::maybe_balance(id, &who)?)));
	claims.chain(pool).chain(liquid).collect()
}

/// Whether a validator of the present session may not author.
pub fn is_disabled(who: &AccountId) -> bool {
	let disabled = Session::disabled_validators();
	validators()
		.iter()
		.zip(0u32..)
		.any(|(validator, index)| validator == who && disabled.contains(&index))
}

/// Validators of the present session.
pub fn validators() -> Vec<AccountId> {
	Session::validators()
}

/// Attestors of the present session.
pub fn attestors() -> Vec<AccountId> {
	Attestors::<Runtime>::get().into_iter().map(|(who, _)| who).collect()
}

/// All that must hold after any block.
pub fn check() {
	let broken = invariants::broken();
	assert!(broken.is_empty(), "block {}: {broken:#?}", now());
	let supply = FeeRouter::supply();
	assert_eq!(supply.issuance + supply.burned, supply.genesis, "block {}", now());
	let sum: Balance = balances().values().sum();
	assert_eq!(
		sum,
		supply.issuance,
		"block {}: accounts do not sum to the issuance",
		now()
	);
	assert_eq!(supply.issuance, pallet_balances::TotalIssuance::<Runtime>::get());
}
