//! Providers, their nodes, and what they owe.

use super::*;

/// Registers the signer as a provider.
pub fn register_provider() -> Call {
	Call::new("ProviderRegistry", "register_provider", [])
}

/// Registers a node. `proof` is the node key's signature over [`crate::keys::node_proof_bytes`].
pub fn register_node(
	class: ClassId,
	gpus: u32,
	memory_mib: u64,
	at: &Endpoint,
	key: &[u8; 32],
	proof: &[u8; 64],
) -> Call {
	Call::new(
		"ProviderRegistry",
		"register_node",
		[
			("class", number(class)),
			("gpus", number(gpus)),
			("memory_mib", number(memory_mib)),
			("endpoint", endpoint(at)),
			("key", bytes(key)),
			("proof", bytes(proof)),
		],
	)
}

/// Changes where a node answers.
pub fn set_endpoint(node: NodeId, at: &Endpoint) -> Call {
	Call::new(
		"ProviderRegistry",
		"set_endpoint",
		[("node", number(node)), ("endpoint", endpoint(at))],
	)
}

/// Takes a node out.
pub fn pause_node(node: NodeId) -> Call {
	Call::new("ProviderRegistry", "pause_node", [("node", number(node))])
}

/// Puts a paused node back.
pub fn resume_node(node: NodeId) -> Call {
	Call::new("ProviderRegistry", "resume_node", [("node", number(node))])
}

/// Removes a node.
pub fn deregister_node(node: NodeId) -> Call {
	Call::new("ProviderRegistry", "deregister_node", [("node", number(node))])
}

/// Issues `gpu_time` claims that the treasury buys to open the class's pool.
pub fn open_pool(class: ClassId, gpu_time: GpuTime) -> Call {
	Call::new(
		"ProviderRegistry",
		"open_pool",
		[("class", number(class)), ("gpu_time", number(gpu_time))],
	)
}

/// Issues claims against the allowance and sells them for at least `min_proceeds` planck.
pub fn offer_capacity(class: ClassId, gpu_time: GpuTime, min_proceeds: Balance) -> Call {
	Call::new(
		"ProviderRegistry",
		"offer_capacity",
		[
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("min_proceeds", number(min_proceeds)),
		],
	)
}

fn of_class(name: &'static str, class: ClassId) -> Call {
	Call::new("ProviderRegistry", name, [("class", number(class))])
}

/// Cancels obligations with claims of the provider's own.
pub fn buy_back(class: ClassId, gpu_time: GpuTime) -> Call {
	Call::new(
		"ProviderRegistry",
		"buy_back",
		[("class", number(class)), ("gpu_time", number(gpu_time))],
	)
}

/// Buys claims in the market for at most `max_cost` planck, within `blocks` batches, and cancels obligations with
/// what it gets.
pub fn buy_back_in_market(class: ClassId, gpu_time: GpuTime, max_cost: Balance, blocks: BlockNumber) -> Call {
	Call::new(
		"ProviderRegistry",
		"buy_back_in_market",
		[
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("max_cost", number(max_cost)),
			("blocks", number(blocks)),
		],
	)
}

/// Issues `gpu_time` claims against the allowance and adds them to the pool with at most `tokens` planck, for at
/// least `min_shares` pool shares, which are held until delivery.
pub fn issue_liquidity(class: ClassId, gpu_time: GpuTime, tokens: Balance, min_shares: Balance) -> Call {
	Call::new(
		"ProviderRegistry",
		"issue_liquidity",
		[
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("tokens", number(tokens)),
			("min_shares", number(min_shares)),
		],
	)
}

/// Sets what a second of a class does, in units of the benchmark. The chain's class origin alone may.
pub fn set_throughput(class: ClassId, throughput: u64) -> Call {
	Call::new(
		"ProviderRegistry",
		"set_throughput",
		[("class", number(class)), ("throughput", number(throughput))],
	)
}

/// Begins to leave a class: what the signer still owes there is offered to live providers.
pub fn leave_class(class: ClassId) -> Call {
	of_class("leave_class", class)
}

fn of_estate(name: &'static str, provider: &AccountId, class: ClassId) -> Call {
	Call::new(
		"ProviderRegistry",
		name,
		[("provider", bytes(provider.0)), ("class", number(class))],
	)
}

/// States that a provider is gone: what it owes in the class is offered to live providers.
pub fn declare_gone(provider: &AccountId, class: ClassId) -> Call {
	of_estate("declare_gone", provider, class)
}

/// Ends the estate of a provider whose auction is over: what nobody took becomes the class's shortfall.
pub fn close_estate(provider: &AccountId, class: ClassId) -> Call {
	of_estate("close_estate", provider, class)
}

/// Takes over obligations of a provider that left or is gone, for at least `min_payment` planck.
pub fn take_over(provider: &AccountId, class: ClassId, gpu_time: GpuTime, min_payment: Balance) -> Call {
	Call::new(
		"ProviderRegistry",
		"take_over",
		[
			("provider", bytes(provider.0)),
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("min_payment", number(min_payment)),
		],
	)
}

/// Takes over a part of a class's shortfall, for at least `min_payment` planck out of its recovery.
pub fn assume_shortfall(class: ClassId, gpu_time: GpuTime, min_payment: Balance) -> Call {
	Call::new(
		"ProviderRegistry",
		"assume_shortfall",
		[
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("min_payment", number(min_payment)),
		],
	)
}

/// Makes what a provider owes in a class that has ended the class's shortfall, with what it got for it.
pub fn wind_up(provider: &AccountId, class: ClassId) -> Call {
	of_estate("wind_up", provider, class)
}

/// Takes the pool shares that a class recovered out of the pool.
pub fn withdraw_recovered(class: ClassId) -> Call {
	Call::new("ProviderRegistry", "withdraw_recovered", [("class", number(class))])
}

/// Burns claims of a class that has ended, for at least `min_payment` planck.
pub fn redeem_claims(class: ClassId, gpu_time: GpuTime, min_payment: Balance) -> Call {
	Call::new(
		"ProviderRegistry",
		"redeem_claims",
		[
			("class", number(class)),
			("gpu_time", number(gpu_time)),
			("min_payment", number(min_payment)),
		],
	)
}

/// Books what a node's pause has cost by now.
pub fn charge_pause(node: NodeId) -> Call {
	Call::new("ProviderRegistry", "charge_pause", [("node", number(node))])
}
