//! `quern provider`: bond, register nodes, open a pool, sell capacity.

use super::{
	job::receipt,
	market::name_of,
	output::Record,
	stake::{
		operator::bond_and_allocate,
		show::{allocation_record, standing},
		Clock,
	},
	Context,
};
use clap::Subcommand;
use quern::{
	calls::{balances, provider_registry},
	fetch::{download, FetchError, MAX_DESCRIPTION},
	keys::{account_of, node_proof_bytes},
	units::{format_amount, mul_div, parse_rate, GPU_HOUR},
	AccountId, AllocationInfo, Balance, Class, Endpoint, Error, FetchOptions, GpuTime, Head, Identity, NodeId, Perbill,
	Until, H256,
};
use serde_json::{json, Value};
use std::{collections::BTreeSet, str::FromStr, time::Duration};

/// What a provider does.
#[derive(Subcommand, Debug)]
pub enum ProviderCommand {
	/// Bond QRN, or add to the bond: an operator may register nodes and validate.
	Bond {
		/// How much.
		#[arg(value_name = "QRN", value_parser = super::amount)]
		amount: Balance,
		/// Of a new operator: what you keep of your delegators' rewards, like 5%; nothing if not said.
		#[arg(long, value_name = "PERCENT", value_parser = parse_rate)]
		commission: Option<Perbill>,
		/// Set how much of your stake answers for jobs of a class, like cpu-x86-64 50%. Once for each class.
		#[arg(long, num_args = 2, value_names = ["CLASS", "SHARE"])]
		allocate: Vec<String>,
	},
	/// Register the machine of a running daemon, and give its key some QRN for fees.
	Register {
		/// Where the daemon answers.
		#[arg(long, value_name = "IP:PORT", value_parser = Endpoint::from_str)]
		endpoint: Endpoint,
		/// The hardware class, by name or id; what the daemon says if not said.
		#[arg(long)]
		class: Option<String>,
		/// What to send to the node's key, less what it has already.
		#[arg(long, value_name = "QRN", default_value = "1", value_parser = super::amount)]
		fund: Balance,
	},
	/// Open a class's pool: the treasury buys your first claims and adds as much in tokens.
	OpenPool {
		/// The hardware class, by name or id.
		class: String,
		/// How much GPU time; within your allowance and the treasury's terms.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
	},
	/// Sell GPU time in the next batch.
	Offer {
		/// The hardware class, by name or id.
		class: String,
		/// How much GPU time; within your allowance.
		#[arg(value_parser = super::duration)]
		duration: GpuTime,
		/// The least that it has to bring; 97 % of the average price of the last hour if not said.
		#[arg(long, value_name = "QRN", value_parser = super::amount)]
		min_proceeds: Option<Balance>,
	},
	/// A provider's bond, nodes, and capacity.
	Status {
		/// The provider; the signer if not said.
		account: Option<String>,
	},
}

/// Does it.
pub async fn run(context: &Context, command: ProviderCommand) -> Result<(), Error> {
	match command {
		ProviderCommand::Bond {
			amount,
			commission,
			allocate,
		} => bond_and_allocate(context, amount, commission, &allocate).await,
		ProviderCommand::Register { endpoint, class, fund } => register(context, endpoint, class, fund).await,
		ProviderCommand::OpenPool { class, duration } => open_pool(context, &class, duration).await,
		ProviderCommand::Offer {
			class,
			duration,
			min_proceeds,
		} => offer(context, &class, duration, min_proceeds).await,
		ProviderCommand::Status { account } => status(context, account).await,
	}
}

/// A daemon's description of itself, checked: its key signed for this chain and this provider.
struct Checked {
	key: [u8; 32],
	proof: [u8; 64],
	identity: Identity,
}

fn check_identity(identity: Identity, genesis: H256, provider: &AccountId) -> Result<Checked, Error> {
	let bytes = |text: &str, what: &str| {
		text.strip_prefix("0x")
			.and_then(|digits| hex::decode(digits).ok())
			.ok_or_else(|| {
				Error::Other(format!(
					"the daemon's {what} is no hex with 0x\n  what to do: is that a quern-provider daemon?"
				))
			})
	};
	let wrong = |what: &str| Error::Other(format!("the daemon's {what} has a wrong length"));
	let key: [u8; 32] = bytes(&identity.key, "key")?.try_into().map_err(|_| wrong("key"))?;
	let proof: [u8; 64] = bytes(&identity.proof, "proof")?
		.try_into()
		.map_err(|_| wrong("proof"))?;
	let signed = subxt_signer::sr25519::verify(
		&subxt_signer::sr25519::Signature(proof),
		node_proof_bytes(genesis, provider),
		&subxt_signer::sr25519::PublicKey(key),
	);
	if !signed {
		return Err(Error::Other(format!(
			"the daemon's proof is not for provider {provider} on this chain\n  what to do: let the daemon follow this \
			 same chain (genesis {genesis:?}), and serve for the account that you sign with"
		)));
	}
	Ok(Checked { key, proof, identity })
}

async fn ask_identity(endpoint: &Endpoint, provider: &AccountId) -> Result<Identity, Error> {
	let url = format!("{}/identity?provider={provider}", endpoint.url());
	let asked = url.clone();
	let options = FetchOptions {
		timeout: Duration::from_secs(10),
		..FetchOptions::up_to(MAX_DESCRIPTION)
	};
	let answer = tokio::task::spawn_blocking(move || download(&asked, &options))
		.await
		.map_err(|error| Error::Other(error.to_string()))?
		.map_err(|error| match error {
			FetchError::Failed { reason, .. } => Error::Other(format!(
				"no daemon answers at {endpoint}: {reason}\n  what to do: start quern-provider there, or name its address with --endpoint"
			)),
			error => Error::Fetch(error),
		})?;
	serde_json::from_slice(&answer).map_err(|error| {
		Error::Other(format!(
			"{url} does not describe a node ({error})\n  what to do: is that a quern-provider daemon?"
		))
	})
}

async fn register(context: &Context, endpoint: Endpoint, class: Option<String>, fund: Balance) -> Result<(), Error> {
	let signer = context.signer()?;
	let provider = account_of(&signer);
	let output = context.output;
	let view = context.client.best().await?;
	let identity = ask_identity(&endpoint, &provider).await?;
	let node = check_identity(identity, context.client.genesis_hash(), &provider)?;
	let (class, details) = view
		.class_named(class.as_deref().unwrap_or(&node.identity.class))
		.await?;
	if view.operator(&provider).await?.is_none() {
		let least = view.constant::<Balance>("Restaking", "MinBond").map(format_amount);
		return Err(Error::Other(format!(
			"{provider} is no operator\n  what to do: bond first: quern provider bond AMOUNT --allocate {} 50%{}",
			details.name(),
			least.map_or_else(|_| String::new(), |least| format!(", at least {least}"))
		)));
	}

	let mut done = Vec::new();
	let id = match view.node_of_key(&node.key).await? {
		Some(id) => {
			adopt(context, &signer, id, &provider, &endpoint, &mut done).await?;
			id
		}
		None => {
			if !view.is_provider(&provider).await? {
				output.progress(format!("registering {provider} as a provider"));
				context
					.client
					.submit(&provider_registry::register_provider(), &signer, Until::InBlock)
					.await?;
				done.push("provider registered");
			}
			output.progress(format!("registering {} at {endpoint}", node.identity.model));
			let call = provider_registry::register_node(
				class,
				node.identity.gpus,
				node.identity.memory_mib,
				&endpoint,
				&node.key,
				&node.proof,
			);
			let included = context.client.submit(&call, &signer, Until::InBlock).await?;
			done.push("node registered");
			included
				.event("ProviderRegistry", "NodeRegistered")
				.and_then(|event| event.number("node"))
				.and_then(|node| NodeId::try_from(node).ok())
				.ok_or_else(|| Error::Incompatible {
					what: "the event ProviderRegistry.NodeRegistered".into(),
					reason: "it did not come, or names no node".into(),
				})?
		}
	};
	let node_account = AccountId(node.key);
	let view = context.client.best().await?;
	let operator = view.operator(&provider).await?;
	let allocation = operator.as_ref().and_then(|operator| operator.allocation(class));
	let has = view.account(&node_account).await?.free;
	let missing = fund.saturating_sub(has);
	if missing > 0 {
		output.progress(format!(
			"sending {} to the node's key, for fees",
			format_amount(missing)
		));
		let call = balances::transfer_keep_alive(&node_account, missing);
		context.client.submit(&call, &signer, Until::InBlock).await?;
		done.push("node funded");
	}
	output.record(
		&Record::new()
			.number("node", "Node", id)
			.text("provider", "Provider", provider.to_string())
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.text("endpoint", "Endpoint", endpoint.to_string())
			.text("key", "Key", node_account.to_string())
			.text("model", "Hardware", node.identity.model)
			.number("gpus", "GPUs", node.identity.gpus)
			.number("memory_mib", "Memory, MiB", node.identity.memory_mib)
			.amount("funded", "Sent for fees", missing)
			.amount(
				"allocation_free",
				"Stake free for its jobs",
				allocation.map_or(0, AllocationInfo::free),
			)
			.hidden("done", done),
	);
	if let Some(advice) = advice(&details, allocation) {
		output.progress(advice);
	}
	Ok(())
}

/// What an operator should know of its allocation to a class in which it has a node.
fn advice(class: &Class, allocation: Option<&AllocationInfo>) -> Option<String> {
	let name = class.name();
	let hour = class
		.floor_price
		.reserved_for(GPU_HOUR)
		.map_or_else(String::new, |hour| {
			format!(": each GPU hour of an open job reserves {}", format_amount(hour))
		});
	match allocation {
		None => Some(format!(
			"no stake is allocated to {name}, so that its nodes get no job{hour}\n  what to do: quern stake allocate \
			 {name} 50%"
		)),
		Some(allocation) if !allocation.is_any() => Some(format!(
			"the stake allocated to {name} is leaving, so that its nodes get no job{hour}\n  what to do: quern stake \
			 allocate {name} 50%"
		)),
		Some(allocation) if allocation.free() == 0 => match allocation.joining {
			Some((_, session)) => Some(format!(
				"the stake allocated to {name} answers for jobs from session {session}; its nodes get none before"
			)),
			None => Some(format!(
				"all stake allocated to {name} is reserved or frozen, so that its nodes get no more jobs for now{hour}\n  \
				 what to do: quern stake bond AMOUNT adds to it; all classes together have at most half of the stake"
			)),
		},
		Some(_) => None,
	}
}

/// A node that is registered already: its endpoint is brought up to date.
async fn adopt(
	context: &Context,
	signer: &quern::Keypair,
	id: NodeId,
	provider: &AccountId,
	endpoint: &Endpoint,
	done: &mut Vec<&'static str>,
) -> Result<(), Error> {
	let view = context.client.best().await?;
	let known = view
		.node(id)
		.await?
		.ok_or_else(|| Error::NotFound(format!("node {id} has just gone; try again")))?;
	if known.provider != *provider {
		return Err(Error::Other(format!(
			"the daemon's key is node {id} of another provider, {}\n  what to do: give this machine a key of its own",
			known.provider
		)));
	}
	if known.endpoint == *endpoint {
		context
			.output
			.progress(format!("node {id} is registered there already"));
		return Ok(());
	}
	context
		.output
		.progress(format!("node {id} moves from {} to {endpoint}", known.endpoint));
	context
		.client
		.submit(&provider_registry::set_endpoint(id, endpoint), signer, Until::InBlock)
		.await?;
	done.push("endpoint changed");
	Ok(())
}

async fn open_pool(context: &Context, class: &str, gpu_time: GpuTime) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let included = context
		.client
		.submit(&provider_registry::open_pool(class, gpu_time), &signer, Until::InBlock)
		.await?;
	let tokens = included
		.event("ProviderRegistry", "PoolOpened")
		.and_then(|event| event.number("tokens"));
	let record = receipt(&included)
		.number("class", "Class", class)
		.text("class_name", "Name", details.name())
		.time("gpu_time", "Claims in the pool", gpu_time);
	context.output.record(&match tokens {
		Some(tokens) => record.amount("tokens", "Tokens in it, and your proceeds", tokens),
		None => record,
	});
	Ok(())
}

/// 97 % of what the time is worth at the average price.
fn default_min_proceeds(average: Balance) -> Balance {
	mul_div(average, 97, 100).unwrap_or(0)
}

async fn offer(context: &Context, class: &str, gpu_time: GpuTime, min_proceeds: Option<Balance>) -> Result<(), Error> {
	let signer = context.signer()?;
	let view = context.client.best().await?;
	let (class, details) = view.class_named(class).await?;
	let min_proceeds = match min_proceeds {
		Some(least) => least,
		None => {
			let average = view.ema_price(class).await?.ok_or_else(|| {
				Error::NotFound(format!(
					"class '{}' has no pool to sell into\n  what to do: open it with `quern provider open-pool`",
					details.name()
				))
			})?;
			default_min_proceeds(average.of(gpu_time).unwrap_or(Balance::MAX))
		}
	};
	context
		.output
		.progress(format!("offering it for at least {}", format_amount(min_proceeds)));
	let call = provider_registry::offer_capacity(class, gpu_time, min_proceeds);
	let included = context.client.submit(&call, &signer, Until::InBlock).await?;
	let offer = included
		.event("ProviderRegistry", "CapacityOffered")
		.and_then(|event| event.number("offer"));
	// An offer is for one batch, which clears at the start of the next block.
	let batch = included.block_number.saturating_add(1);
	let mut blocks = context.client.blocks(Head::Best);
	while blocks.next().await?.number() < batch {}
	let (mut sold, mut proceeds, mut closed): (GpuTime, Balance, bool) = (0, 0, false);
	let events = context.client.at_number(batch).await?.events().await?;
	for event in events
		.iter()
		.filter(|event| offer.is_some() && event.number("offer") == offer)
	{
		if event.is("ProviderRegistry", "CapacitySold") {
			sold += event.number("gpu_time").unwrap_or(0);
			proceeds += event.number("proceeds").unwrap_or(0);
		}
		closed |= event.is("ProviderRegistry", "OfferClosed");
	}
	context.output.record(
		&receipt(&included)
			.maybe_number("offer", "Offer", offer.and_then(|offer| u64::try_from(offer).ok()))
			.number("class", "Class", class)
			.text("class_name", "Name", details.name())
			.time("gpu_time", "Offered", gpu_time)
			.amount("min_proceeds", "For at least", min_proceeds)
			.time("sold", "Sold", sold)
			.amount("proceeds", "Proceeds, held until delivery", proceeds)
			.hidden("closed", closed),
	);
	if closed && sold == 0 {
		context
			.output
			.progress("nothing was sold; it is allowance again. Ask for less with --min-proceeds, or wait for buyers.");
	}
	Ok(())
}

async fn status(context: &Context, named: Option<String>) -> Result<(), Error> {
	let who = context.account(named.as_deref())?;
	let view = context.client.best().await?;
	let classes = view.classes().await?;
	let operator = view.operator(&who).await?;
	let provider = view.provider(&who).await?;
	let is_provider = provider.is_some();
	let record = Record::new()
		.text("account", "Provider", who.to_string())
		.number("block", "At block", view.number())
		.hidden("is_provider", is_provider)
		.hidden("is_operator", operator.is_some());
	let clock = Clock::at(&view).await?;
	let record = match &operator {
		Some(operator) => record
			.amount("stake", "Stake, own and delegated", operator.stake)
			.amount("bond", "Own bond", operator.own)
			.amount("bond_reserved", "Reserved for nodes and jobs", operator.reserved)
			.amount("bond_free", "Free", operator.free())
			.amount("unbonding", "Leaving, slashable still", operator.unbonding)
			.amount("frozen", "Frozen for pending slashes", operator.frozen)
			.hidden("jailed_until", operator.jailed_until.map_or(Value::Null, Value::from))
			.hidden("leaving", operator.leaving)
			.maybe("standing", "Standing", standing(operator, &clock)),
		None => record,
	};
	let allocations: Vec<_> = operator
		.iter()
		.flat_map(|operator| {
			operator
				.allocations
				.iter()
				.map(move |allocation| (operator, allocation))
		})
		.map(|(operator, allocation)| allocation_record(operator, allocation, &classes, &clock))
		.collect();
	let mut nodes = Vec::new();
	let mut of_classes = BTreeSet::new();
	for id in provider.map(|provider| provider.nodes).unwrap_or_default() {
		let Some(node) = view.node(id).await? else { continue };
		of_classes.insert(node.class);
		let jobs = view.jobs_of_node(id).await?;
		nodes.push(
			Record::new()
				.number("node", "Node", id)
				.hidden("class", node.class)
				.text("class_name", "Class", name_of(&classes, node.class))
				.text("state", "State", node.state.name())
				.number("gpus", "GPUs", node.gpus)
				.number("occupied", "Busy", node.occupied)
				.hidden("jobs", jobs.clone())
				.text(
					"jobs_human",
					"Jobs",
					jobs.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
				)
				.maybe_number("last_served", "Last served period", node.last_served.map(u64::from))
				.number("missed", "Missed", node.missed)
				.text("endpoint", "Endpoint", node.endpoint.to_string())
				.hidden("key", AccountId(node.key).to_string()),
		);
	}
	let books: Vec<_> = view
		.books(&who)
		.await?
		.iter()
		.map(|(class, book)| {
			Record::new()
				.hidden("class", *class)
				.text("class_name", "Class", name_of(&classes, *class))
				.number("active_gpus", "Active GPUs", book.active_gpus)
				.time("allowance", "May sell", book.allowance)
				.time("obligations", "Owes", book.obligations)
				.time("offered", "In the market", book.offered)
				.time("assigned", "For jobs", book.assigned)
				.amount("proceeds", "Proceeds held", book.proceeds)
		})
		.collect();
	if context.output.is_json() {
		let list = |records: &[Record]| Value::Array(records.iter().map(Record::json).collect());
		let mut value = record.json();
		value["nodes"] = list(&nodes);
		value["books"] = list(&books);
		value["allocations"] = list(&allocations);
		context.output.raw_json(&json!(value));
		return Ok(());
	}
	context.output.record(&record);
	match &operator {
		None => context
			.output
			.heading("No operator: quern provider bond AMOUNT --allocate CLASS 50% makes it one."),
		Some(_) => context
			.output
			.records(&allocations, "No stake is allocated to a class."),
	}
	match is_provider {
		false => context
			.output
			.heading("Not registered: quern provider register --endpoint IP:PORT does it."),
		true => {
			context.output.records(&nodes, "No node.");
			context.output.records(&books, "No capacity.");
		}
	}
	for (id, class) in classes.iter().filter(|(id, _)| of_classes.contains(id)) {
		if let Some(advice) = operator
			.as_ref()
			.and_then(|operator| advice(class, operator.allocation(*id)))
		{
			context.output.progress(advice);
		}
	}
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use quern::{
		keys::{dev, node_proof},
		QRN,
	};

	fn identity(genesis: H256, provider: &AccountId) -> Identity {
		let key = dev("//Node").expect("a key");
		Identity {
			key: format!("0x{}", hex::encode(account_of(&key).0)),
			proof: format!("0x{}", hex::encode(node_proof(&key, genesis, provider))),
			class: "cpu-x86-64".into(),
			gpus: 1,
			memory_mib: 1024,
			model: "a machine".into(),
		}
	}

	#[test]
	fn takes_a_node_that_signed_for_this_chain_and_provider() {
		let (genesis, provider) = (H256([3; 32]), AccountId([1; 32]));
		let checked = check_identity(identity(genesis, &provider), genesis, &provider).expect("checked");
		assert_eq!(AccountId(checked.key), account_of(&dev("//Node").expect("a key")));
	}

	#[test]
	fn refuses_a_node_of_another_chain_or_provider_or_no_node() {
		let (genesis, provider) = (H256([3; 32]), AccountId([1; 32]));
		let right = identity(genesis, &provider);
		assert!(check_identity(right.clone(), H256([4; 32]), &provider).is_err());
		assert!(check_identity(right.clone(), genesis, &AccountId([2; 32])).is_err());
		for (key, proof) in [
			("", ""),
			("0x12", &*right.proof),
			(&*right.key, "0x12"),
			("zz", &*right.proof),
		] {
			let wrong = Identity {
				key: key.into(),
				proof: proof.into(),
				..right.clone()
			};
			assert!(check_identity(wrong, genesis, &provider).is_err(), "{key} {proof}");
		}
	}

	fn allocation(active: u64, joining: Option<(u64, u32)>, value: Balance, reserved: Balance) -> AllocationInfo {
		AllocationInfo {
			class: 0,
			active,
			slashable: active,
			joining,
			leaving: vec![],
			value,
			reserved,
		}
	}

	#[test]
	fn says_why_a_node_gets_no_job() {
		let class = Class {
			name: b"cpu-x86-64".to_vec(),
			floor_price: quern::Price::from_per_hour(2 * QRN).expect("fits"),
			opening: None,
		};
		let told = advice(&class, None).expect("advice");
		assert!(told.contains("quern stake allocate cpu-x86-64 50%"), "{told}");
		assert!(told.contains("reserves 3 QRN"), "{told}");
		let told = advice(&class, Some(&allocation(0, None, 0, 0))).expect("advice");
		assert!(told.contains("leaving"), "{told}");
		let told = advice(&class, Some(&allocation(0, Some((9, 12)), 0, 0))).expect("advice");
		assert!(told.contains("from session 12"), "{told}");
		let told = advice(&class, Some(&allocation(9, None, QRN, QRN))).expect("advice");
		assert!(told.contains("reserved or frozen"), "{told}");
		assert_eq!(advice(&class, Some(&allocation(9, None, 2 * QRN, QRN))), None);
	}

	#[test]
	fn offers_at_97_per_cent_of_the_average() {
		assert_eq!(default_min_proceeds(100 * QRN), 97 * QRN);
		assert_eq!(default_min_proceeds(1), 0);
		assert_eq!(
			default_min_proceeds(u128::MAX),
			mul_div(u128::MAX, 97, 100).expect("fits")
		);
	}
}
