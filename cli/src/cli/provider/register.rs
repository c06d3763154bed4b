//! `quern provider register`: a running daemon's machine.

use crate::cli::{output::Record, Context};
use quern::{
	calls::{balances, provider_registry},
	fetch::{download, FetchError, MAX_DESCRIPTION},
	keys::{account_of, node_proof_bytes},
	units::{format_amount, GPU_HOUR},
	AccountId, AllocationInfo, Balance, Class, Endpoint, Error, FetchOptions, Identity, NodeId, Until, H256,
};
use std::time::Duration;

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

/// `quern provider register`.
pub async fn register(
	context: &Context,
	endpoint: Endpoint,
	class: Option<String>,
	fund: Balance,
) -> Result<(), Error> {
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
pub fn advice(class: &Class, allocation: Option<&AllocationInfo>) -> Option<String> {
	let name = class.name();
	let hour = class
		.floor_price
		.reserved_for(GPU_HOUR)
		.map_or_else(String::new, |hour| {
			format!(": each GPU hour of an open job reserves {}", format_amount(hour))
		});
	match allocation {
		None => Some(format!(
			"no stake is allocated to {name}, so that you can sell none of its time and its nodes get no job{hour}\n  what \
			 to do: quern stake allocate {name} 50%"
		)),
		Some(allocation) if !allocation.is_any() => Some(format!(
			"the stake allocated to {name} is leaving, so that you can sell none of its time and its nodes get no \
			 job{hour}\n  what to do: quern stake allocate {name} 50%"
		)),
		Some(allocation) if allocation.free() == 0 => match allocation.joining {
			Some((_, session)) => Some(format!(
				"the stake allocated to {name} answers for jobs and for what you sell from session {session}; there is none \
				 before"
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
			throughput: 0,
			ends_at: None,
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
}
