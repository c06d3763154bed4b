//! Reading providers: classes, nodes, what they owe, and what becomes of it when they go.

use super::{account_key, id_key, View};
use crate::{
	types::*,
	units::{ClassId, GpuTime, NodeId},
	AccountId, Error, Value,
};

impl View {
	/// A node.
	pub async fn node(&self, id: NodeId) -> Result<Option<Node>, Error> {
		self.storage("ProviderRegistry", "Nodes", vec![id_key(id)]).await
	}

	/// The node of a key.
	pub async fn node_of_key(&self, key: &[u8; 32]) -> Result<Option<NodeId>, Error> {
		self.storage("ProviderRegistry", "NodeOfKey", vec![Value::from_bytes(key)])
			.await
	}

	/// Every node, by id.
	pub async fn nodes(&self) -> Result<Vec<(NodeId, Node)>, Error> {
		let mut nodes = self.storage_map("ProviderRegistry", "Nodes", vec![]).await?;
		nodes.sort_by_key(|(id, _)| *id);
		Ok(nodes)
	}

	/// A class.
	pub async fn class(&self, id: ClassId) -> Result<Option<Class>, Error> {
		self.storage("ProviderRegistry", "Classes", vec![id_key(id)]).await
	}

	/// Every class, by id.
	pub async fn classes(&self) -> Result<Vec<(ClassId, Class)>, Error> {
		let mut classes = self.storage_map("ProviderRegistry", "Classes", vec![]).await?;
		classes.sort_by_key(|(id, _)| *id);
		Ok(classes)
	}

	/// The class of a name, or of an id written as a number.
	pub async fn class_named(&self, name_or_id: &str) -> Result<(ClassId, Class), Error> {
		let classes = self.classes().await?;
		let id = name_or_id.parse::<ClassId>().ok();
		let position = classes
			.iter()
			.position(|(_, class)| class.name == name_or_id.as_bytes())
			.or_else(|| classes.iter().position(|(class, _)| Some(*class) == id));
		match position.and_then(|position| classes.get(position).cloned()) {
			Some(found) => Ok(found),
			None => {
				let names: Vec<_> = classes.iter().map(|(_, class)| class.name()).collect();
				Err(Error::NotFound(format!(
					"there is no class '{name_or_id}' on this chain\n  what to do: use one of: {}",
					if names.is_empty() {
						"(none is registered)".into()
					} else {
						names.join(", ")
					}
				)))
			}
		}
	}

	/// Whether an account is registered as a provider.
	pub async fn is_provider(&self, who: &AccountId) -> Result<bool, Error> {
		Ok(self.provider(who).await?.is_some())
	}

	/// A provider.
	pub async fn provider(&self, who: &AccountId) -> Result<Option<Provider>, Error> {
		self.storage("ProviderRegistry", "Providers", vec![account_key(who)])
			.await
	}

	/// A provider's capacity in a class.
	pub async fn book(&self, who: &AccountId, class: ClassId) -> Result<Option<Book>, Error> {
		self.storage("ProviderRegistry", "Books", vec![account_key(who), id_key(class)])
			.await
	}

	/// A provider's capacity in every class in which it has any.
	pub async fn books(&self, who: &AccountId) -> Result<Vec<(ClassId, Book)>, Error> {
		let mut books = self
			.storage_map("ProviderRegistry", "Books", vec![account_key(who)])
			.await?;
		books.sort_by_key(|(class, _)| *class);
		Ok(books)
	}

	/// Whether nodes may answer at addresses that are not public.
	pub async fn devnet(&self) -> Result<bool, Error> {
		Ok(self
			.storage("ProviderRegistry", "Devnet", vec![])
			.await?
			.unwrap_or_default())
	}

	/// What a provider that left a class, or is gone, owed there, as far as nobody has taken it over.
	pub async fn estate(&self, provider: &AccountId, class: ClassId) -> Result<Option<Estate>, Error> {
		self.storage(
			"ProviderRegistry",
			"Estates",
			vec![account_key(provider), id_key(class)],
		)
		.await
	}

	/// Every such estate, by class and age.
	pub async fn estates(&self) -> Result<Vec<(AccountId, ClassId, Estate)>, Error> {
		let mut estates: Vec<(AccountId, ClassId, Estate)> = self.storage_pairs("ProviderRegistry", "Estates").await?;
		estates.sort_by_key(|(_, class, estate)| (*class, estate.opened_at));
		Ok(estates)
	}

	/// Claims of each class that nobody in particular owes, in milliseconds, by class.
	pub async fn shortfalls(&self) -> Result<Vec<(ClassId, GpuTime)>, Error> {
		let mut shortfalls: Vec<(ClassId, GpuTime)> =
			self.storage_map("ProviderRegistry", "Shortfalls", vec![]).await?;
		shortfalls.retain(|(_, gpu_time)| *gpu_time > 0);
		shortfalls.sort_by_key(|(class, _)| *class);
		Ok(shortfalls)
	}
}
