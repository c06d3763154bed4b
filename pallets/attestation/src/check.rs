//! Whether a node's statement proves that it serves. The off-chain worker and the chain ask this
//! one function, so that no answer passes the one and fails the other.

use crate::{Asked, Flaw};
use quern_primitives::attestation::SignedGpuCheck;

/// What is wrong with `answer` to `asked`, if anything: the cheap questions first.
pub fn verify(answer: &SignedGpuCheck, asked: &Asked) -> Result<(), Flaw> {
	let check = &answer.check;
	let flaws = [
		(check.genesis != asked.genesis, Flaw::OtherChain),
		(check.period != asked.period, Flaw::OtherPeriod),
		(check.node != asked.node, Flaw::OtherNode),
		(check.nonce != asked.nonce, Flaw::OtherNonce),
		(check.gpus < asked.gpus, Flaw::FewerGpus),
		(check.memory_mib < asked.memory_mib, Flaw::LessMemory),
		(check.utilisation > 100, Flaw::Absurd),
	];
	match flaws.into_iter().find(|(found, _)| *found) {
		Some((_, flaw)) => Err(flaw),
		None if answer.is_signed_by(&asked.key) => Ok(()),
		None => Err(Flaw::BadSignature),
	}
}
