//! Reading the market and where the money went.

use super::{account_key, id_key, option, View};
use crate::{
	types::*,
	units::{Balance, ClassId, EraIndex, GpuTime, Price},
	AccountId, Error, Value,
};
use subxt::ext::scale_decode::DecodeAsType;

impl View {
	/// What buying `gpu_time` milliseconds would cost now, alone in its batch.
	pub async fn quote_buy(&self, class: ClassId, gpu_time: GpuTime) -> Result<Quote, Error> {
		self.quote(class, Side::Buy, gpu_time).await
	}

	/// What selling them would bring.
	pub async fn quote_sell(&self, class: ClassId, gpu_time: GpuTime) -> Result<Quote, Error> {
		self.quote(class, Side::Sell, gpu_time).await
	}

	/// What buying or selling them would cost or bring.
	pub async fn quote(&self, class: ClassId, side: Side, gpu_time: GpuTime) -> Result<Quote, Error> {
		let method = match side {
			Side::Buy => "quote_buy",
			Side::Sell => "quote_sell",
		};
		self.market(method, vec![id_key(class), Value::u128(gpu_time)]).await
	}

	/// Where `work` units of the classes' benchmark are done for the least, impact and all fees included.
	pub async fn cheapest(&self, work: u128, constraints: &WorkConstraints) -> Result<WorkPlan, Error> {
		self.market("cheapest", vec![Value::u128(work), constraints.value()])
			.await
	}

	/// An answer that may be the market's refusal.
	async fn market<T: DecodeAsType>(&self, method: &str, args: Vec<Value>) -> Result<T, Error> {
		let answer: Result<T, Value> = self.api("ComputeAmmApi", method, args).await?;
		answer.map_err(|error| Error::Chain(self.failure(&error)))
	}

	/// Every pool.
	pub async fn pools(&self) -> Result<Vec<PoolInfo>, Error> {
		self.api("ComputeAmmApi", "pools", vec![]).await
	}

	/// A class's pool.
	pub async fn pool(&self, class: ClassId) -> Result<Option<PoolInfo>, Error> {
		Ok(self.pools().await?.into_iter().find(|pool| pool.class == class))
	}

	/// The average of a class's clearing price over a window.
	pub async fn ema_price(&self, class: ClassId, window: Window) -> Result<Option<Price>, Error> {
		let args = vec![id_key(class), Value::unnamed_variant(window.name(), [])];
		self.api("ComputeAmmApi", "ema_price", args).await
	}

	/// A class's orders that wait for the next clearing, in order of arrival.
	pub async fn orders(&self, class: ClassId) -> Result<Vec<OrderInfo>, Error> {
		self.api("ComputeAmmApi", "orders", vec![id_key(class)]).await
	}

	/// Pool shares that an account added lately, which are locked.
	pub async fn share_lock(&self, class: ClassId, who: &AccountId) -> Result<Option<ShareLock>, Error> {
		self.storage("ComputeAmm", "Locks", vec![id_key(class), account_key(who)])
			.await
	}

	/// What the market owes an account that could not receive it, in planck.
	pub async fn owed(&self, who: &AccountId) -> Result<Balance, Error> {
		let owed: Option<Balance> = self.storage("ComputeAmm", "Owed", vec![account_key(who)]).await?;
		Ok(owed.unwrap_or_default())
	}

	/// The era that runs now.
	pub async fn current_era(&self) -> Result<EraIndex, Error> {
		self.api("EconomicsApi", "current_era", vec![]).await
	}

	/// An era's figures.
	pub async fn era(&self, era: EraIndex) -> Result<EraFigures, Error> {
		self.api("EconomicsApi", "era", vec![id_key(era)]).await
	}

	/// What an era's figures come to, and in the GPU time of a class. `None`: it is no longer kept.
	pub async fn ratios(&self, era: EraIndex, class: Option<ClassId>) -> Result<Option<EraRatios>, Error> {
		let args = vec![id_key(era), option(class.map(id_key))];
		self.api("EconomicsApi", "ratios", args).await
	}

	/// What taking assets out of the jar burns, in planck.
	pub fn jar_price(&self) -> Result<Balance, Error> {
		self.constant("FeeRouter", "JarPrice")
	}

	/// The jar's account: a sub-account of the fee router's id.
	pub fn jar_account(&self) -> Result<AccountId, Error> {
		let id: [u8; 8] = self.constant("FeeRouter", "PalletId")?;
		Ok(jar_account(&id))
	}

	/// Supply.
	pub async fn supply(&self) -> Result<Supply, Error> {
		self.api("EconomicsApi", "supply", vec![]).await
	}
}

impl WorkConstraints {
	/// As an argument of a runtime API.
	pub fn value(&self) -> Value {
		let classes = self
			.classes
			.as_ref()
			.map(|classes| Value::unnamed_composite(classes.iter().map(|class| id_key(*class))));
		Value::named_composite([
			("may_split", Value::bool(self.may_split)),
			("classes", option(classes)),
			("max_gpu_time", option(self.max_gpu_time.map(Value::u128))),
		])
	}
}

/// The jar's account, where the fee router's id is this one: as the SDK derives accounts that no key owns.
pub fn jar_account(id: &[u8; 8]) -> AccountId {
	let mut account = [0; 32];
	for (byte, from) in account.iter_mut().zip(b"modl".iter().chain(id).chain(b"jar")) {
		*byte = *from;
	}
	AccountId(account)
}
