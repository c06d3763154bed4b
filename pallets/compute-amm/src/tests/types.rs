use super::*;

fn order(side: Side, gpu_time: GpuTime, limit: Balance, filled: GpuTime, tokens: Balance) -> Order<AccountId> {
	Order {
		id: 0,
		side,
		gpu_time,
		limit,
		filled,
		tokens,
		payer: ALICE,
		recipient: ALICE,
		purpose: Purpose::Trade,
		expires_at: 1,
		pace: None,
	}
}

#[test]
fn a_buys_limit_scales_with_what_is_left() {
	// A third of 100 for each of three parts: what is left never lets the sum pass 100.
	assert_eq!(order(Side::Buy, 3, 100, 0, 0).limit_left(), 100);
	assert_eq!(order(Side::Buy, 3, 100, 1, 34).limit_left(), 66);
	assert_eq!(order(Side::Buy, 3, 100, 2, 68).limit_left(), 32);
	// What the first part saved is not spent on the second.
	assert_eq!(order(Side::Buy, 4, 100, 2, 10).limit_left(), 50);
}

#[test]
fn a_sells_limit_scales_with_what_is_left() {
	assert_eq!(order(Side::Sell, 3, 100, 0, 0).limit_left(), 100);
	assert_eq!(order(Side::Sell, 3, 100, 1, 33).limit_left(), 67);
	assert_eq!(order(Side::Sell, 3, 100, 2, 66).limit_left(), 34);
	// What the first part brought above the limit does not lower that of the second.
	assert_eq!(order(Side::Sell, 4, 100, 2, 90).limit_left(), 50);
}

#[test]
fn the_escrow_is_what_is_not_used() {
	assert_eq!(order(Side::Buy, 3, 100, 1, 30).escrowed(), 70);
	assert_eq!(order(Side::Sell, 3, 100, 1, 30).escrowed(), 2);
}
