//! A runtime with this pallet alone, a registry that remembers the verdicts, a network of nodes for
//! the worker, and keys.

use crate::{self as pallet_attestation, *};
use codec::{Decode, Encode};
use polkadot_sdk::{
	frame_support::{
		derive_impl, parameter_types,
		traits::{Authorize, ConstU32, Hooks, OnInitialize, OneSessionHandler},
	},
	frame_system::{
		offchain::{CreateAuthorizedTransaction, CreateTransaction, CreateTransactionBase},
		RawOrigin,
	},
	sp_core::{
		offchain::{
			self, testing::TestOffchainExt, HttpError, HttpRequestId, HttpRequestStatus, OffchainDbExt,
			OffchainWorkerExt, OpaqueNetworkState, Timestamp, TransactionPoolExt,
		},
		sr25519::{self, Pair as Sr25519Pair},
		OpaquePeerId, Pair,
	},
	sp_io::{hashing::blake2_256, TestExternalities},
	sp_keystore::{testing::MemoryKeystore, Keystore, KeystoreExt},
	sp_runtime::{
		generic,
		testing::TestXt,
		traits::{BlakeTwo256, Dispatchable},
		transaction_validity::{TransactionSource, TransactionValidityError, ValidTransaction},
		BuildStorage, DispatchError,
	},
};
use quern_primitives::{
	attestation::{self, GpuCheck, SignedGpuCheck, KEY_TYPE},
	endpoint::{Endpoint, Ip},
	ports::{AttestableNode, Verdict},
	units::PERIOD_BLOCKS,
};
use std::{
	collections::{BTreeMap, VecDeque},
	sync::{Arc, Mutex},
};

pub type TxExtension = frame_system::AuthorizeCall<Runtime>;
pub type Extrinsic = TestXt<RuntimeCall, TxExtension>;
type Block = generic::Block<generic::Header<BlockNumber, BlakeTwo256>, Extrinsic>;

frame_support::construct_runtime!(
	pub enum Runtime {
		System: frame_system,
		Attestation: pallet_attestation,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
}

parameter_types! {
	pub static Devnet: bool = false;
	pub static Seed: H256 = H256::repeat_byte(42);
	pub static Attestable: Vec<AttestableNode<u64>> = Vec::new();
	/// What the registry was told, in order.
	pub static Verdicts: Vec<(NodeId, Period, Verdict)> = Vec::new();
	/// Whose observations agreed, and how many, in the order told.
	pub static Agreed: Vec<(u64, u32)> = Vec::new();
}

pub struct Points;
impl Duties<u64> for Points {
	fn agreed(validator: &u64, reports: u32) {
		Agreed::mutate(|told| told.push((*validator, reports)));
	}
}

pub struct Registry;
impl Nodes<u64> for Registry {
	fn attestable() -> Vec<AttestableNode<u64>> {
		Attestable::get()
	}
	fn attested(node: NodeId, period: Period, verdict: Verdict) {
		Verdicts::mutate(|told| told.push((node, period, verdict)));
	}
}

pub struct FixedRandomness;
impl Randomness<H256, BlockNumber> for FixedRandomness {
	fn random(_: &[u8]) -> (H256, BlockNumber) {
		(Seed::get(), 0)
	}
}

impl Config for Runtime {
	type Nodes = Registry;
	type Duties = Points;
	type Devnet = Devnet;
	type Randomness = FixedRandomness;
	type MaxAttestors = ConstU32<32>;
	type MaxNodes = ConstU32<256>;
	type MaxNodesPerReport = ConstU32<256>;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = ();
}

impl<LocalCall> CreateTransactionBase<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type RuntimeCall = RuntimeCall;
	type Extrinsic = Extrinsic;
}

impl<LocalCall> CreateTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	type Extension = TxExtension;
	fn create_transaction(call: RuntimeCall, extension: Self::Extension) -> Extrinsic {
		Extrinsic::new_transaction(call, extension)
	}
}

impl<LocalCall> CreateAuthorizedTransaction<LocalCall> for Runtime
where
	RuntimeCall: From<LocalCall>,
{
	fn create_extension() -> Self::Extension {
		TxExtension::new()
	}
}

/// Attestors are the accounts 1, 2, …; node `n` is operated by account `100 + n`.
pub struct ExtBuilder {
	attestors: u32,
	nodes: u32,
	devnet: bool,
	local: Vec<u64>,
}

impl Default for ExtBuilder {
	fn default() -> Self {
		Self {
			attestors: 4,
			nodes: 1,
			devnet: false,
			local: Vec::new(),
		}
	}
}

impl ExtBuilder {
	pub fn with_attestors(mut self, count: u32) -> Self {
		self.attestors = count;
		self
	}
	pub fn with_nodes(mut self, count: u32) -> Self {
		self.nodes = count;
		self
	}
	pub fn with_devnet(mut self) -> Self {
		self.devnet = true;
		self
	}
	/// Attestors whose keys this machine holds.
	pub fn with_local(mut self, accounts: &[u64]) -> Self {
		self.local = accounts.to_vec();
		self
	}

	pub fn build(self) -> TestExternalities {
		Devnet::set(self.devnet);
		Seed::set(H256::repeat_byte(42));
		Attestable::set((1..=self.nodes).map(node).collect());
		Verdicts::set(Vec::new());
		Agreed::set(Vec::new());
		let keystore = MemoryKeystore::new();
		for account in &self.local {
			let suri = format!("0x{}", hex(&attestor_seed(*account)));
			keystore
				.insert(KEY_TYPE, &suri, &attestor_pair(*account).public().0)
				.expect("memory takes it");
		}
		let storage = frame_system::GenesisConfig::<Runtime>::default()
			.build_storage()
			.expect("no balances to build");
		let mut ext: TestExternalities = storage.into();
		ext.register_extension(KeystoreExt::new(keystore));
		ext.execute_with(|| set_session(1..=u64::from(self.attestors)));
		ext
	}

	/// Runs a test from block 10, the first of period 1, and checks what must hold after it.
	pub fn build_and_execute(self, test: impl FnOnce()) {
		self.build().execute_with(|| {
			run_to(PERIOD_BLOCKS);
			test();
			check_promises();
		});
	}

	/// As [`Self::build_and_execute`], with a network for the worker.
	pub fn build_and_execute_with(self, net: &Net, test: impl FnOnce()) {
		let mut ext = self.build();
		net.register(&mut ext);
		ext.execute_with(|| {
			run_to(PERIOD_BLOCKS);
			test();
			check_promises();
		});
	}
}

/// The invariants, and that no verdict was told twice.
pub fn check_promises() {
	assert_eq!(Attestation::do_try_state(), Ok(()));
	let mut told: Vec<_> = Verdicts::get()
		.iter()
		.map(|(node, period, _)| (*node, *period))
		.collect();
	let all = told.len();
	told.sort_unstable();
	told.dedup();
	assert_eq!(told.len(), all, "a verdict was told twice");
}

pub fn set_session(accounts: impl Iterator<Item = u64>) {
	let accounts: Vec<u64> = accounts.collect();
	let keys = || accounts.iter().map(|account| (account, attestor_key(*account)));
	<Attestation as OneSessionHandler<u64>>::on_new_session(true, keys(), keys());
}

pub fn hash_of(block: BlockNumber) -> H256 {
	(b"block", block).using_encoded(blake2_256).into()
}

pub fn genesis() -> H256 {
	hash_of(0)
}

/// Begins the blocks up to `block`.
pub fn run_to(block: BlockNumber) {
	while System::block_number() < block {
		let now = System::block_number() + 1;
		System::reset_events();
		System::initialize(&now, &hash_of(now - 1), &Default::default());
		AllPalletsWithSystem::on_initialize(now);
	}
}

/// Runs the worker after the current block, whose hash it knows.
pub fn run_worker(net: &Net) {
	let now = System::block_number();
	net.state.lock().expect("one thread").round =
		Rounds::<Runtime>::get(policy::period(now)).map(|round| (policy::period(now), round.seed));
	frame_system::BlockHash::<Runtime>::insert(now, hash_of(now));
	Attestation::offchain_worker(now);
}

pub fn events() -> Vec<Event<Runtime>> {
	System::events()
		.into_iter()
		.filter_map(|record| match record.event {
			RuntimeEvent::Attestation(event) => Some(event),
			_ => None,
		})
		.collect()
}

fn hex(bytes: &[u8]) -> String {
	bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn attestor_seed(account: u64) -> [u8; 32] {
	(b"attestor", account).using_encoded(blake2_256)
}

pub fn attestor_pair(account: u64) -> Sr25519Pair {
	Sr25519Pair::from_seed(&attestor_seed(account))
}

pub fn attestor_key(account: u64) -> AttestorId {
	attestor_pair(account).public().into()
}

pub fn node_pair(node: NodeId) -> Sr25519Pair {
	Sr25519Pair::from_seed(&(b"node", node).using_encoded(blake2_256))
}

pub fn node(node: NodeId) -> AttestableNode<u64> {
	AttestableNode {
		node,
		operator: 100 + u64::from(node),
		endpoint: Endpoint {
			ip: Ip::V4([1, 1, (node / 256) as u8, (node % 256) as u8]),
			port: 8400,
		},
		key: node_pair(node).public(),
		gpus: 8,
		memory_mib: 640_000,
	}
}

/// The check that `node` would answer `account` with in `period`.
pub fn check_for(node: NodeId, account: u64, period: Period) -> GpuCheck {
	check_from(
		&Rounds::<Runtime>::get(period).expect("the period has a round").seed,
		node,
		account,
		period,
	)
}

fn check_from(seed: &H256, node: NodeId, account: u64, period: Period) -> GpuCheck {
	GpuCheck {
		genesis: genesis(),
		period,
		nonce: attestation::nonce(seed, period, node, &attestor_key(account)),
		node,
		gpus: 8,
		memory_mib: 640_000,
		utilisation: 50,
		running: Default::default(),
	}
}

pub fn sign(check: GpuCheck, pair: &Sr25519Pair) -> SignedGpuCheck {
	let signature = pair.sign(&check.signed_bytes());
	SignedGpuCheck { check, signature }
}

/// The node's own valid answer.
pub fn answer(node: NodeId, account: u64, period: Period) -> SignedGpuCheck {
	sign(check_for(node, account, period), &node_pair(node))
}

pub fn served(node: NodeId, account: u64, period: Period) -> Observation {
	Observation {
		node,
		seen: Seen::Served(answer(node, account, period)),
	}
}

pub fn missed(node: NodeId) -> Observation {
	Observation {
		node,
		seen: Seen::Missed,
	}
}

/// A report by the attestor that has this account, in the current period.
pub fn report_of(account: u64, observations: Vec<Observation>) -> Report<Runtime> {
	let period = policy::period(System::block_number());
	Report {
		period,
		block_hash: hash_of(policy::first_block(period)),
		attestor: account as u32 - 1,
		observations: observations.try_into().expect("within the bound"),
	}
}

/// Why a report did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
	ByPool(TransactionValidityError),
	ByCall(DispatchError),
}

pub fn signed_by(report: Report<Runtime>, account: u64) -> RuntimeCall {
	let signature: sr25519::Signature = attestor_pair(account).sign(&report.signed_bytes(&genesis()));
	Call::report {
		report,
		signature: signature.into(),
	}
	.into()
}

pub fn authorize(call: &RuntimeCall) -> Result<ValidTransaction, TransactionValidityError> {
	call.authorize(TransactionSource::External)
		.expect("reports are authorised")
		.map(|(valid, _)| valid)
}

/// Sends a call the whole way: into the pool, into a block.
pub fn send(call: RuntimeCall) -> Result<(), Refused> {
	authorize(&call).map_err(Refused::ByPool)?;
	call.dispatch(RawOrigin::Authorized.into())
		.map(drop)
		.map_err(|e| Refused::ByCall(e.error))
}

/// Sends the account's report of `observations`.
pub fn report(account: u64, observations: Vec<Observation>) -> Result<(), Refused> {
	send(signed_by(report_of(account, observations), account))
}

/// How an endpoint behaves, times in milliseconds since it was asked.
#[derive(Clone, Debug)]
pub struct Behaviour {
	/// When the headers come, if ever.
	pub headers: Option<u64>,
	pub status: u16,
	/// When each part of the body comes.
	pub body: VecDeque<(u64, Vec<u8>)>,
	/// Whether the body ends after its last part.
	pub ends: bool,
}

impl Behaviour {
	pub fn answers(body: Vec<u8>) -> Self {
		Self::with_status(200, body)
	}
	pub fn with_status(status: u16, body: Vec<u8>) -> Self {
		Self {
			headers: Some(0),
			status,
			body: [(0, body)].into(),
			ends: true,
		}
	}
	pub fn never_answers() -> Self {
		Self {
			headers: None,
			status: 200,
			body: VecDeque::new(),
			ends: false,
		}
	}
	pub fn never_sends_a_body() -> Self {
		Self {
			headers: Some(0),
			status: 200,
			body: VecDeque::new(),
			ends: false,
		}
	}
	pub fn drips(body: Vec<u8>, every: u64) -> Self {
		let body = (1..).zip(body).map(|(step, byte)| (step * every, vec![byte])).collect();
		Self {
			headers: Some(0),
			status: 200,
			body,
			ends: true,
		}
	}
	pub fn floods() -> Self {
		let body = (0..1_000).map(|_| (0, vec![0; 4096])).collect();
		Self {
			headers: Some(0),
			status: 200,
			body,
			ends: false,
		}
	}
}

#[derive(Default)]
struct NetState {
	now: u64,
	/// Period and seed, known to the nodes as to anyone.
	round: Option<(Period, H256)>,
	next: u16,
	open: BTreeMap<u16, (u64, Behaviour, Vec<u8>)>,
	nodes: BTreeMap<NodeId, VecDeque<Behaviour>>,
	asked: Vec<(NodeId, String)>,
	read: BTreeMap<NodeId, usize>,
	owner: BTreeMap<u16, NodeId>,
}

/// The nodes' HTTP servers, with their own clock. A node answers every attestor truly unless it was
/// told how to behave.
#[derive(Clone, Default)]
pub struct Net {
	state: Arc<Mutex<NetState>>,
	pool: Arc<Mutex<Vec<Vec<u8>>>>,
	pub accounts: Vec<u64>,
}

impl Net {
	/// A network in which nodes answer these attestors.
	pub fn for_attestors(accounts: &[u64]) -> Self {
		Self {
			accounts: accounts.to_vec(),
			..Default::default()
		}
	}

	fn register(&self, ext: &mut TestExternalities) {
		ext.register_extension(OffchainDbExt::new(TestOffchainExt::new().0));
		ext.register_extension(OffchainWorkerExt::new(self.clone()));
		ext.register_extension(TransactionPoolExt::new(self.clone()));
	}

	/// How a node behaves when asked next; afterwards it answers truly.
	pub fn once(&self, node: NodeId, behaviour: Behaviour) {
		self.state
			.lock()
			.expect("one thread")
			.nodes
			.entry(node)
			.or_default()
			.push_back(behaviour);
	}
	/// How it behaves both times a worker tries it.
	pub fn twice(&self, node: NodeId, behaviour: Behaviour) {
		self.once(node, behaviour.clone());
		self.once(node, behaviour);
	}
	/// The paths asked for since the last call, by node.
	pub fn take_asked(&self) -> Vec<(NodeId, String)> {
		std::mem::take(&mut self.state.lock().expect("one thread").asked)
	}
	pub fn asked_nodes(&self) -> Vec<NodeId> {
		self.take_asked().into_iter().map(|(node, _)| node).collect()
	}
	/// Bytes read of a node's answers.
	pub fn read_of(&self, node: NodeId) -> usize {
		self.state
			.lock()
			.expect("one thread")
			.read
			.get(&node)
			.copied()
			.unwrap_or_default()
	}
	pub fn clock(&self) -> u64 {
		self.state.lock().expect("one thread").now
	}
	/// The reports that were sent to the pool since the last call.
	pub fn take_sent(&self) -> Vec<RuntimeCall> {
		std::mem::take(&mut *self.pool.lock().expect("one thread"))
			.into_iter()
			.map(|encoded| Extrinsic::decode(&mut &encoded[..]).expect("an extrinsic").function)
			.collect()
	}

	/// The true answer to a request.
	fn truth(&self, uri: &str, node: NodeId) -> Vec<u8> {
		let (period, seed) = self.state.lock().expect("one thread").round.expect("a round is open");
		let check = self
			.accounts
			.iter()
			.map(|account| check_from(&seed, node, *account, period))
			.find(|check| {
				uri.ends_with(&format!(
					"/gpu-check?period={period}&nonce=0x{}&format=scale",
					hex(&check.nonce.0)
				))
			});
		sign(check.expect("asked as the protocol says"), &node_pair(node)).encode()
	}
}

impl offchain::TransactionPool for Net {
	fn submit_transaction(&mut self, extrinsic: Vec<u8>) -> Result<(), ()> {
		self.pool.lock().expect("one thread").push(extrinsic);
		Ok(())
	}
}

impl offchain::Externalities for Net {
	fn is_validator(&self) -> bool {
		true
	}
	fn network_state(&self) -> Result<OpaqueNetworkState, ()> {
		Err(())
	}
	fn timestamp(&mut self) -> Timestamp {
		Timestamp::from_unix_millis(self.clock())
	}
	fn sleep_until(&mut self, deadline: Timestamp) {
		let mut state = self.state.lock().expect("one thread");
		state.now = state.now.max(deadline.unix_millis());
	}
	fn random_seed(&mut self) -> [u8; 32] {
		[0; 32]
	}
	fn http_request_start(&mut self, method: &str, uri: &str, _: &[u8]) -> Result<HttpRequestId, ()> {
		assert_eq!(method, "GET");
		let rest = uri.strip_prefix("http://1.1.").expect("only nodes are asked");
		let (ip, path) = rest.split_once(":8400").ok_or(())?;
		let (high, low) = ip.split_once('.').ok_or(())?;
		let node = high.parse::<NodeId>().map_err(drop)? * 256 + low.parse::<NodeId>().map_err(drop)?;
		let told = self
			.state
			.lock()
			.expect("one thread")
			.nodes
			.get_mut(&node)
			.and_then(VecDeque::pop_front);
		let behaviour = told.unwrap_or_else(|| Behaviour::answers(self.truth(uri, node)));
		let mut state = self.state.lock().expect("one thread");
		let (id, now) = (state.next, state.now);
		state.next += 1;
		state.open.insert(id, (now, behaviour, Vec::new()));
		state.owner.insert(id, node);
		state.asked.push((node, path.into()));
		Ok(HttpRequestId(id))
	}
	fn http_request_add_header(&mut self, _: HttpRequestId, _: &str, _: &str) -> Result<(), ()> {
		Ok(())
	}
	fn http_request_write_body(&mut self, _: HttpRequestId, _: &[u8], _: Option<Timestamp>) -> Result<(), HttpError> {
		Ok(())
	}
	fn http_response_wait(&mut self, ids: &[HttpRequestId], deadline: Option<Timestamp>) -> Vec<HttpRequestStatus> {
		let mut state = self.state.lock().expect("one thread");
		let deadline = deadline
			.expect("nothing is waited for without a deadline")
			.unix_millis();
		let due = |state: &NetState, id: &HttpRequestId| {
			state
				.open
				.get(&id.0)
				.map(|(start, how, _)| how.headers.map_or(u64::MAX, |after| start + after))
		};
		let last = ids.iter().filter_map(|id| due(&state, id)).max().unwrap_or_default();
		state.now = state.now.max(last.min(deadline));
		ids.iter()
			.map(|id| match due(&state, id) {
				None => HttpRequestStatus::Invalid,
				Some(at) if at > state.now => HttpRequestStatus::DeadlineReached,
				Some(_) => HttpRequestStatus::Finished(state.open[&id.0].1.status),
			})
			.collect()
	}
	fn http_response_headers(&mut self, _: HttpRequestId) -> Vec<(Vec<u8>, Vec<u8>)> {
		Vec::new()
	}
	// As the node's client does it: with the time up, a chunk that is there is taken in, and handed
	// over at the next call.
	fn http_response_read_body(
		&mut self,
		id: HttpRequestId,
		buffer: &mut [u8],
		deadline: Option<Timestamp>,
	) -> Result<usize, HttpError> {
		let mut state = self.state.lock().expect("one thread");
		let state = &mut *state;
		let deadline = deadline.expect("nothing is read without a deadline").unix_millis();
		let (start, behaviour, chunk) = state.open.get_mut(&id.0).ok_or(HttpError::Invalid)?;
		loop {
			if !chunk.is_empty() {
				let read = chunk.len().min(buffer.len());
				buffer[..read].copy_from_slice(&chunk[..read]);
				chunk.drain(..read);
				*state.read.entry(state.owner[&id.0]).or_default() += read;
				return Ok(read);
			}
			match behaviour.body.front() {
				None if behaviour.ends => {
					state.open.remove(&id.0);
					return Ok(0);
				}
				Some((after, _)) if *start + after <= deadline.max(state.now) => {
					state.now = state.now.max(*start + after);
					*chunk = behaviour.body.pop_front().expect("just seen").1;
				}
				_ => state.now = state.now.max(deadline),
			}
			if state.now >= deadline {
				return Err(HttpError::DeadlineReached);
			}
		}
	}
	fn set_authorized_nodes(&mut self, _: Vec<OpaquePeerId>, _: bool) {}
}
