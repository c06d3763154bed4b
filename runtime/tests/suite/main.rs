//! The runtime as it ships, native, driven block by block: real digests, real transactions with their
//! fees, and after each block every invariant and the sum of the supply.

mod attacks;
mod closing;
mod common;
mod evidence;
mod issuance;
mod key_owners;
mod ledger;
mod market;
mod novation;
mod random;
mod sessions;
mod stake;
mod trip;
mod upgrade;
