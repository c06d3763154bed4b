//! Reading the one stake.

use super::{account_key, id_key, option, View};
use crate::{
	types::*,
	units::{BlockNumber, EraIndex, BLOCK_MILLIS},
	AccountId, Error,
};

impl View {
	/// Every operator's account.
	pub async fn operators(&self) -> Result<Vec<AccountId>, Error> {
		self.api("RestakingApi", "operators", vec![]).await
	}

	/// An operator's books.
	pub async fn operator(&self, who: &AccountId) -> Result<Option<OperatorInfo>, Error> {
		self.api("RestakingApi", "operator", vec![account_key(who)]).await
	}

	/// Every delegation of an account, liquid shares included.
	pub async fn delegations_of(&self, who: &AccountId) -> Result<Vec<DelegationInfo>, Error> {
		self.api("RestakingApi", "delegations_of", vec![account_key(who)]).await
	}

	/// An account's delegation to an operator's present registration.
	pub async fn delegation(&self, who: &AccountId, operator: &AccountId) -> Result<Option<DelegationInfo>, Error> {
		let mut of_operator: Vec<_> = self.delegations_of(who).await?;
		of_operator.retain(|delegation| delegation.operator == *operator);
		Ok(of_operator.into_iter().max_by_key(|delegation| delegation.id))
	}

	/// What an operator's stake answered with at a block. `None`: the block is too long ago, or to come.
	pub async fn slashable_at(&self, who: &AccountId, block: BlockNumber) -> Result<Option<SlashableInfo>, Error> {
		let args = vec![account_key(who), id_key(block)];
		self.api("RestakingApi", "slashable_at", args).await
	}

	/// Slashes that wait to be executed: of one operator, or all.
	pub async fn pending_slashes(&self, operator: Option<&AccountId>) -> Result<Vec<SlashInfo>, Error> {
		let args = vec![option(operator.map(account_key))];
		self.api("RestakingApi", "pending_slashes", args).await
	}

	/// What validators' stakers earned in some eras, both included. `None`: none is over and remembered.
	pub async fn apy(&self, from: EraIndex, to: EraIndex) -> Result<Option<StakerYield>, Error> {
		self.api("RestakingApi", "apy", vec![id_key(from), id_key(to)]).await
	}

	/// How long an era takes when no slot is missed, in milliseconds.
	pub async fn era_millis(&self) -> Result<u64, Error> {
		let sessions: Option<u32> = self.storage("Restaking", "SessionsPerEra", vec![]).await?;
		let slots: u64 = self.constant("Babe", "EpochDuration")?;
		Ok(u64::from(sessions.unwrap_or_default())
			.saturating_mul(slots)
			.saturating_mul(BLOCK_MILLIS))
	}
}
