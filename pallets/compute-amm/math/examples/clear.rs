//! Clears the batches of a file and compares with what the file says:
//!
//! ```sh
//! cargo run -p compute-amm-math --example clear -- pallets/compute-amm/math/tests/vectors/batch_clearing.json
//! ```
//!
//! The file is JSON: `{"cases": [{"reserve_tokens", "reserve_claims", "orders": [{"side": "buy" | "sell",
//! "gpu_time", "limit", "filled", "pays" | "gets"}], "price_numerator", "price_denominator",
//! "reserve_tokens_after", "reserve_claims_after"}]}`, integers as decimal strings. Prints a line for each
//! case; exits with 1 if one differs or the file cannot be read.

use compute_amm_math::{
	batch::{clear, Order},
	Side,
};
use serde_json::Value;
use std::process::ExitCode;

fn main() -> ExitCode {
	let Some(path) = std::env::args().nth(1) else {
		eprintln!("usage: clear FILE");
		return ExitCode::FAILURE;
	};
	match run(&path) {
		Ok(true) => ExitCode::SUCCESS,
		Ok(false) => ExitCode::FAILURE,
		Err(why) => {
			eprintln!("{path}: {why}");
			ExitCode::FAILURE
		}
	}
}

fn run(path: &str) -> Result<bool, String> {
	let text = std::fs::read_to_string(path).map_err(|e| e.to_string())?;
	let file: Value = serde_json::from_str(&text).map_err(|e| e.to_string())?;
	let cases = file["cases"].as_array().ok_or("no list `cases`")?;
	let mut wrong = 0;
	for (number, case) in cases.iter().enumerate() {
		// One that cannot be read or does not clear differs like any other, and the next is looked at.
		let differences = check(case).unwrap_or_else(|why| vec![why]);
		let orders = case["orders"].as_array().map_or(0, Vec::len);
		if differences.is_empty() {
			println!("case {number:>3}  {orders:>3} orders  agrees: price, fills, payments, reserves");
		} else {
			wrong += 1;
			println!("case {number:>3}  {orders:>3} orders  DIFFERS");
			for difference in differences {
				println!("          {difference}");
			}
		}
	}
	println!("{} of {} cases agree", cases.len() - wrong, cases.len());
	Ok(wrong == 0 && !cases.is_empty())
}

/// What differs between a case and its clearing here.
fn check(case: &Value) -> Result<Vec<String>, String> {
	let listed = case["orders"].as_array().ok_or("no list `orders`")?;
	let orders = listed.iter().map(order).collect::<Result<Vec<_>, _>>()?;
	let cleared = clear(
		number(case, "reserve_tokens")?,
		number(case, "reserve_claims")?,
		&orders,
	)
	.map_err(|e| format!("does not clear: {e:?}"))?;

	let mut differences = Vec::new();
	let mut compare = |what: String, here: u128, there: u128| {
		if here != there {
			differences.push(format!("{what}: {here} here, {there} in the file"));
		}
	};
	compare(
		"price_numerator".into(),
		cleared.price_numerator,
		number(case, "price_numerator")?,
	);
	compare(
		"price_denominator".into(),
		cleared.price_denominator,
		number(case, "price_denominator")?,
	);
	compare(
		"reserve_tokens_after".into(),
		cleared.reserve_tokens,
		number(case, "reserve_tokens_after")?,
	);
	compare(
		"reserve_claims_after".into(),
		cleared.reserve_claims,
		number(case, "reserve_claims_after")?,
	);
	for (index, (listed, fill)) in listed.iter().zip(&cleared.fills).enumerate() {
		compare(
			format!("order {index} filled"),
			fill.gpu_time,
			number(listed, "filled")?,
		);
		let payment = if listed["side"] == "buy" { "pays" } else { "gets" };
		compare(
			format!("order {index} {payment}"),
			fill.tokens,
			number(listed, payment)?,
		);
	}
	Ok(differences)
}

fn order(listed: &Value) -> Result<Order, String> {
	let side = match listed["side"].as_str() {
		Some("buy") => Side::Buy,
		Some("sell") => Side::Sell,
		other => return Err(format!("side {other:?}")),
	};
	let gpu_time = number(listed, "gpu_time")?;
	Ok(Order {
		side,
		gpu_time,
		limit: number(listed, "limit")?,
		at_most: gpu_time,
	})
}

fn number(of: &Value, name: &str) -> Result<u128, String> {
	of[name]
		.as_str()
		.ok_or(format!("no string `{name}`"))?
		.parse()
		.map_err(|e| format!("{name}: {e}"))
}
