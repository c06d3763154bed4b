//! Whole batches against `vectors/batch_clearing.json`. The file was made by a reference implementation
//! in Python, written apart from this code, that checks the market's promises as it runs. Amounts are
//! exact integers as decimal strings; the whole fee of 30 basis points is still in the reserves after.

use compute_amm_math::{
	batch::{clear, Order},
	Side,
};
use serde_json::Value;

const VECTORS: &str = include_str!("vectors/batch_clearing.json");

fn number(of: &Value, name: &str) -> u128 {
	of[name].as_str().expect(name).parse().expect(name)
}

fn order(listed: &Value) -> Order {
	let side = if listed["side"] == "buy" { Side::Buy } else { Side::Sell };
	let gpu_time = number(listed, "gpu_time");
	Order {
		side,
		gpu_time,
		limit: number(listed, "limit"),
		at_most: gpu_time,
	}
}

#[test]
fn clears_every_batch_as_the_reference_does() {
	let file: Value = serde_json::from_str(VECTORS).expect("JSON");
	let cases = file["cases"].as_array().expect("cases");
	assert_eq!(cases.len(), 16);
	for (i, case) in cases.iter().enumerate() {
		let listed = case["orders"].as_array().expect("orders");
		let orders: Vec<Order> = listed.iter().map(order).collect();
		let cleared = clear(number(case, "reserve_tokens"), number(case, "reserve_claims"), &orders).expect("clears");

		assert_eq!(cleared.price_numerator, number(case, "price_numerator"), "case {i}");
		assert_eq!(cleared.price_denominator, number(case, "price_denominator"), "case {i}");
		for (j, (listed, fill)) in listed.iter().zip(&cleared.fills).enumerate() {
			let payment = if listed["side"] == "buy" { "pays" } else { "gets" };
			assert_eq!(fill.gpu_time, number(listed, "filled"), "case {i}, order {j}");
			assert_eq!(fill.tokens, number(listed, payment), "case {i}, order {j}");
		}
		assert_eq!(cleared.reserve_tokens, number(case, "reserve_tokens_after"), "case {i}");
		assert_eq!(cleared.reserve_claims, number(case, "reserve_claims_after"), "case {i}");
	}
}
