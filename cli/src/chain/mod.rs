//! Reading the chain at one block: storage, runtime APIs, events.

mod capacity;
mod market;
mod stake;

pub use market::jar_account;

use crate::{
	client::{number, QuernConfig},
	errors::{self, DispatchFailure},
	types::*,
	units::{Balance, BlockNumber, ClassId, GpuTime, JobId, NodeId, OperatorId},
	AccountId, Error, Value, H256,
};
use subxt::{
	client::{OnlineClientAtBlock, OnlineClientAtBlockImpl},
	ext::{
		scale_decode::DecodeAsType,
		scale_value::{Composite, Primitive, ValueDef},
	},
	tx::TransactionsClient,
};

/// Something that happened in a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
	/// The pallet it happened in.
	pub pallet: String,
	/// Its name.
	pub name: String,
	/// Its fields.
	pub fields: Composite<()>,
}

impl Event {
	/// Whether it is that pallet's event of that name.
	pub fn is(&self, pallet: &str, name: &str) -> bool {
		self.pallet == pallet && self.name == name
	}

	/// A field.
	pub fn field(&self, name: &str) -> Option<&Value> {
		match &self.fields {
			Composite::Named(fields) => fields.iter().find(|(field, _)| field == name).map(|(_, value)| value),
			Composite::Unnamed(_) => None,
		}
	}

	/// A field that is a number.
	pub fn number(&self, name: &str) -> Option<u128> {
		as_number(self.field(name)?)
	}

	/// A field that is an account.
	pub fn account(&self, name: &str) -> Option<AccountId> {
		as_bytes(self.field(name)?)?.try_into().ok().map(AccountId)
	}

	/// A field that is a variant: its name.
	pub fn variant(&self, name: &str) -> Option<&str> {
		match &self.field(name)?.value {
			ValueDef::Variant(variant) => Some(&variant.name),
			_ => None,
		}
	}

	pub(crate) fn read(
		url: &str,
		event: Result<subxt::events::Event<'_, QuernConfig>, subxt::error::EventsError>,
	) -> Result<Self, Error> {
		let event = event.map_err(|error| Error::read(url, "an event", error))?;
		let fields = event.decode_fields_unchecked_as::<Composite<()>>().map_err(|error| {
			Error::read(
				url,
				format!("event {}.{}", event.pallet_name(), event.event_name()),
				error,
			)
		})?;
		Ok(Event {
			pallet: event.pallet_name().into(),
			name: event.event_name().into(),
			fields,
		})
	}
}

/// A number, through any wrappers of one field.
fn as_number(value: &Value) -> Option<u128> {
	match &value.value {
		ValueDef::Primitive(Primitive::U128(number)) => Some(*number),
		ValueDef::Composite(inner) if inner.len() == 1 => as_number(inner.values().next()?),
		_ => None,
	}
}

/// Bytes, through any wrappers of one field.
fn as_bytes(value: &Value) -> Option<Vec<u8>> {
	let ValueDef::Composite(inner) = &value.value else {
		return None;
	};
	if inner.len() == 1 {
		return as_bytes(inner.values().next()?);
	}
	inner
		.values()
		.map(|byte| byte.as_u128().and_then(|byte| u8::try_from(byte).ok()))
		.collect()
}

/// The state at one block.
#[derive(Clone)]
pub struct View {
	url: String,
	at: OnlineClientAtBlock<QuernConfig>,
}

impl View {
	pub(crate) fn new(url: String, at: OnlineClientAtBlock<QuernConfig>) -> Self {
		View { url, at }
	}

	/// The block's number.
	pub fn number(&self) -> BlockNumber {
		number(self.at.block_number())
	}

	/// The block's hash.
	pub fn hash(&self) -> H256 {
		self.at.block_hash()
	}

	/// Version of the runtime at the block.
	pub fn spec_version(&self) -> u32 {
		self.at.spec_version()
	}

	pub(crate) fn transactions(&self) -> TransactionsClient<QuernConfig, OnlineClientAtBlockImpl<QuernConfig>> {
		self.at.transactions()
	}

	/// Everything that happened in the block.
	pub async fn events(&self) -> Result<Vec<Event>, Error> {
		let what = || format!("the events of block {}", self.number());
		let events = self
			.at
			.events()
			.fetch()
			.await
			.map_err(|error| Error::read(&self.url, what(), error))?;
		let events = events.iter().map(|event| Event::read(&self.url, event)).collect();
		events
	}

	/// A storage item: plain with no keys, or of a map. `None` if there is none and no default.
	pub async fn storage<T: DecodeAsType>(
		&self,
		pallet: &str,
		entry: &str,
		keys: Vec<Value>,
	) -> Result<Option<T>, Error> {
		let what = || format!("storage {pallet}.{entry}");
		let address = subxt::dynamic::storage::<Vec<Value>, T>(pallet, entry);
		let found = self
			.at
			.storage()
			.try_fetch(address, keys)
			.await
			.map_err(|error| Error::read(&self.url, what(), error))?;
		found
			.map(|value| value.decode())
			.transpose()
			.map_err(|error| Error::read(&self.url, what(), error))
	}

	/// All items of a map under some first keys: the last key, and the value.
	pub async fn storage_map<K: DecodeAsType, T: DecodeAsType>(
		&self,
		pallet: &str,
		entry: &str,
		keys: Vec<Value>,
	) -> Result<Vec<(K, T)>, Error> {
		let what = || format!("storage {pallet}.{entry}");
		let address = subxt::dynamic::storage::<Vec<Value>, T>(pallet, entry);
		let last = keys.len();
		let mut items = self
			.at
			.storage()
			.iter(address, keys)
			.await
			.map_err(|error| Error::read(&self.url, what(), error))?;
		let mut found = Vec::new();
		while let Some(item) = items.next().await {
			let item = item.map_err(|error| Error::read(&self.url, what(), error))?;
			let key = item.key().map_err(|error| Error::read(&self.url, what(), error))?;
			let key = match key.part(last) {
				Some(part) => part
					.decode_as::<K>()
					.map_err(|error| Error::read(&self.url, what(), error))?,
				None => None,
			};
			let key = key.ok_or_else(|| Error::Incompatible {
				what: what(),
				reason: "its keys are hashed, and cannot be listed".into(),
			})?;
			let value = item
				.value()
				.decode()
				.map_err(|error| Error::read(&self.url, what(), error))?;
			found.push((key, value));
		}
		Ok(found)
	}

	/// All items of a map of two keys: both, and the value.
	pub async fn storage_pairs<A: DecodeAsType, B: DecodeAsType, T: DecodeAsType>(
		&self,
		pallet: &str,
		entry: &str,
	) -> Result<Vec<(A, B, T)>, Error> {
		let what = || format!("storage {pallet}.{entry}");
		let address = subxt::dynamic::storage::<Vec<Value>, T>(pallet, entry);
		let mut items = self
			.at
			.storage()
			.iter(address, Vec::<Value>::new())
			.await
			.map_err(|error| Error::read(&self.url, what(), error))?;
		let hashed = || Error::Incompatible {
			what: what(),
			reason: "its keys are hashed, and cannot be listed".into(),
		};
		let mut found = Vec::new();
		while let Some(item) = items.next().await {
			let item = item.map_err(|error| Error::read(&self.url, what(), error))?;
			let key = item.key().map_err(|error| Error::read(&self.url, what(), error))?;
			let first = key.part(0).ok_or_else(hashed)?.decode_as::<A>();
			let second = key.part(1).ok_or_else(hashed)?.decode_as::<B>();
			let first = first.map_err(|error| Error::read(&self.url, what(), error))?;
			let second = second.map_err(|error| Error::read(&self.url, what(), error))?;
			let value = item
				.value()
				.decode()
				.map_err(|error| Error::read(&self.url, what(), error))?;
			found.push((first.ok_or_else(hashed)?, second.ok_or_else(hashed)?, value));
		}
		Ok(found)
	}

	/// Calls a runtime API.
	pub async fn api<T: DecodeAsType>(&self, api: &str, method: &str, args: Vec<Value>) -> Result<T, Error> {
		let payload = subxt::dynamic::runtime_api_call::<Vec<Value>, T>(api, method, args);
		self.at
			.runtime_apis()
			.call(payload)
			.await
			.map_err(|error| Error::read(&self.url, format!("runtime API {api}.{method}"), error))
	}

	/// An error of the runtime that came as a value, as in an event, in words.
	pub fn failure(&self, error: &Value) -> DispatchFailure {
		errors::dispatch_value(error, self.at.metadata_ref())
	}

	/// A pallet's constant.
	pub fn constant<T: DecodeAsType>(&self, pallet: &str, name: &str) -> Result<T, Error> {
		let address = subxt::dynamic::constant::<T>(pallet, name);
		self.at
			.constants()
			.entry(address)
			.map_err(|error| Error::read(&self.url, format!("constant {pallet}.{name}"), error))
	}

	/// A job, if the chain still keeps it.
	pub async fn job(&self, id: JobId) -> Result<Option<Job>, Error> {
		self.storage("JobEscrow", "Jobs", vec![id_key(id)]).await
	}

	/// Jobs assigned to a node or running there.
	pub async fn jobs_of_node(&self, node: NodeId) -> Result<Vec<JobId>, Error> {
		Ok(self
			.storage("JobEscrow", "JobsOfNode", vec![id_key(node)])
			.await?
			.unwrap_or_default())
	}

	/// An account's native tokens; zeros for one that does not exist.
	pub async fn account(&self, who: &AccountId) -> Result<Account, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Info {
			nonce: u32,
			data: Data,
		}
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Data {
			free: Balance,
			reserved: Balance,
			frozen: Balance,
		}
		let info: Option<Info> = self.storage("System", "Account", vec![account_key(who)]).await?;
		Ok(info.map_or_else(Account::default, |Info { nonce, data }| Account {
			nonce,
			free: data.free,
			reserved: data.reserved,
			frozen: data.frozen,
		}))
	}

	/// What is held in an account, and why.
	pub async fn holds(&self, who: &AccountId) -> Result<Vec<Hold>, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct IdAmount {
			id: Value,
			amount: Balance,
		}
		let holds: Option<Vec<IdAmount>> = self.storage("Balances", "Holds", vec![account_key(who)]).await?;
		Ok(holds
			.unwrap_or_default()
			.into_iter()
			.map(|hold| Hold {
				reason: path_of(&hold.id),
				amount: hold.amount,
			})
			.collect())
	}

	/// Claims of a class that an account has, in milliseconds.
	pub async fn claims(&self, class: ClassId, who: &AccountId) -> Result<GpuTime, Error> {
		self.asset("Assets", class, who).await
	}

	/// Shares of a class's pool that an account has.
	pub async fn pool_shares(&self, class: ClassId, who: &AccountId) -> Result<Balance, Error> {
		self.asset("PoolShares", class, who).await
	}

	/// Liquid shares of an operator's stake that an account has.
	pub async fn liquid_shares(&self, operator: OperatorId, who: &AccountId) -> Result<Balance, Error> {
		self.asset("OperatorShares", operator, who).await
	}

	async fn asset(&self, pallet: &str, class: ClassId, who: &AccountId) -> Result<u128, Error> {
		#[derive(DecodeAsType)]
		#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
		struct Held {
			balance: u128,
		}
		let held: Option<Held> = self
			.storage(pallet, "Account", vec![id_key(class), account_key(who)])
			.await?;
		Ok(held.map_or(0, |held| held.balance))
	}

	/// Every promise of the chain that does not hold at the block, in words; empty if all do.
	pub async fn broken_invariants(&self) -> Result<Vec<String>, Error> {
		let broken: Vec<Vec<u8>> = self.api("InvariantsApi", "broken", vec![]).await?;
		Ok(broken
			.iter()
			.map(|text| String::from_utf8_lossy(text).into_owned())
			.collect())
	}
}

/// Names of nested variants, `Pallet.Reason`.
pub(crate) fn path_of(value: &Value) -> String {
	let mut path = Vec::new();
	let mut next = Some(value);
	while let Some(ValueDef::Variant(variant)) = next.map(|value| &value.value) {
		path.push(variant.name.clone());
		next = variant.values.values().next();
	}
	path.join(".")
}

/// An optional argument.
fn option(value: Option<Value>) -> Value {
	match value {
		Some(value) => Value::unnamed_variant("Some", [value]),
		None => Value::unnamed_variant("None", []),
	}
}

fn id_key(id: impl Into<u128>) -> Value {
	Value::u128(id.into())
}

fn account_key(who: &AccountId) -> Value {
	Value::from_bytes(who.0)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn finds_fields_of_events() {
		let account = crate::keys::account_of(&crate::keys::dev("//Alice").expect("a key"));
		let event = Event {
			pallet: "JobEscrow".into(),
			name: "JobRequested".into(),
			fields: Composite::named([
				("job", Value::u128(7)),
				("client", Value::unnamed_composite([Value::from_bytes(account.0)])),
				("wrapped", Value::unnamed_composite([Value::u128(9)])),
				("reason", Value::unnamed_variant("Filled", [])),
			]),
		};
		assert!(event.is("JobEscrow", "JobRequested"));
		assert_eq!(event.number("job"), Some(7));
		assert_eq!(event.number("wrapped"), Some(9));
		assert_eq!(event.account("client"), Some(account));
		assert_eq!(event.number("client"), None);
		assert_eq!(event.number("nothing"), None);
		assert_eq!((event.variant("reason"), event.variant("job")), (Some("Filled"), None));
	}

	#[test]
	fn writes_nested_variants_as_a_path() {
		let reason = Value::unnamed_variant("ProviderRegistry", [Value::unnamed_variant("Proceeds", [])]);
		assert_eq!(path_of(&reason), "ProviderRegistry.Proceeds");
	}
}
