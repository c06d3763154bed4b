//! Pool shares: `√(T·G)` at creation, pro rata afterwards, always rounded against the LP, so that
//! `√(T·G)` for each share never falls.

use crate::{check_reserves, narrow, Error, MAX_AMOUNT};
use primitive_types::U256;

/// Shares of a new pool that belong to nobody for ever, so that a share never becomes worth so much that
/// rounding takes a later LP's deposit.
pub const MINIMUM_SHARES: u128 = 1_000;

/// What a liquidity operation moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Moved {
	/// Pool shares minted or burned.
	pub shares: u128,
	/// Planck in or out.
	pub tokens: u128,
	/// Claims in or out.
	pub claims: u128,
}

/// All shares of a new pool: `√(tokens · claims)`, rounded down. [`MINIMUM_SHARES`] of them are to be
/// locked; fewer in all than that and one more is [`Error::Zero`].
pub fn create(tokens: u128, claims: u128) -> Result<u128, Error> {
	check_reserves(tokens, claims)?;
	let shares = narrow((U256::from(tokens) * U256::from(claims)).integer_sqrt())?;
	if shares <= MINIMUM_SHARES {
		return Err(Error::Zero);
	}
	Ok(shares)
}

/// The most shares that `max_tokens` and `max_claims` buy of a pool with `supply` shares (rounded down),
/// and what they cost (rounded up, never above the two).
pub fn add(tokens: u128, claims: u128, supply: u128, max_tokens: u128, max_claims: u128) -> Result<Moved, Error> {
	check_reserves(tokens, claims)?;
	let shares = pro_rata(max_tokens, supply, tokens)?.min(pro_rata(max_claims, supply, claims)?);
	if shares == 0 {
		return Err(Error::Zero);
	}
	let moved = Moved {
		shares,
		tokens: pro_rata_up(shares, tokens, supply)?,
		claims: pro_rata_up(shares, claims, supply)?,
	};
	let fits = |reserve: u128, more: u128| reserve.checked_add(more).is_some_and(|sum| sum <= MAX_AMOUNT);
	if !fits(tokens, moved.tokens) || !fits(claims, moved.claims) || !fits(supply, shares) {
		return Err(Error::TooLarge);
	}
	Ok(moved)
}

/// What `shares` of a pool with `supply` shares are worth, rounded down.
pub fn remove(tokens: u128, claims: u128, supply: u128, shares: u128) -> Result<Moved, Error> {
	check_reserves(tokens, claims)?;
	if shares == 0 {
		return Err(Error::Zero);
	}
	if shares > supply {
		return Err(Error::TooLarge);
	}
	Ok(Moved {
		shares,
		tokens: pro_rata(shares, tokens, supply)?,
		claims: pro_rata(shares, claims, supply)?,
	})
}

/// `amount · part / whole`, rounded down.
pub fn pro_rata(amount: u128, part: u128, whole: u128) -> Result<u128, Error> {
	if whole == 0 {
		return Err(Error::Zero);
	}
	narrow(U256::from(amount) * U256::from(part) / U256::from(whole))
}

/// `amount · part / whole`, rounded up.
pub fn pro_rata_up(amount: u128, part: u128, whole: u128) -> Result<u128, Error> {
	if whole == 0 {
		return Err(Error::Zero);
	}
	let (quotient, rest) = (U256::from(amount) * U256::from(part)).div_mod(U256::from(whole));
	narrow(if rest.is_zero() {
		quotient
	} else {
		quotient + U256::one()
	})
}
