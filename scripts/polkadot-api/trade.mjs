// Trades in the market through @polkadot/api and plain JSON-RPC, with no type definitions of its own:
//
//   - a limit buy whose claims go to another account, seen to fill;
//   - an order that rests in the book, seen there, and taken back;
//   - liquidity, added, locked, and removed once its lock is over;
//   - an order that the chain refuses, in readable words;
//   - the node's own methods, computeAmm_* and economics_*, against the runtime's answers.
//
//   QUERN_URL=ws://127.0.0.1:9944 node trade.mjs [--whole] [CLASS NAME] [GPU TIME ms]
//
// Added shares are locked for 100 blocks, ten minutes. With --whole the script waits for them and removes the
// liquidity; without, it only checks that they are locked. Exit 0 when every check held, 1 with a reason.
import { hexToString } from '@polkadot/util';
import { connect, fail, included as include, key, qrn } from './chain.mjs';

const args = process.argv.slice(2).filter((arg) => arg !== '--whole');
const whole = process.argv.includes('--whole');
const [class_name = 'cpu-x86-64', duration = '2000'] = args;
const GPU_TIME = BigInt(duration);
const TIMEOUT_MS = (whole ? 15 : 5) * 60 * 1000;
setTimeout(() => fail(`not done within ${TIMEOUT_MS / 60000} minutes`), TIMEOUT_MS).unref();

const url = process.env.QUERN_URL ?? 'ws://127.0.0.1:9944';
const api = await connect();
const [buyer, receiver] = [key('//Eve'), key('//Ferdie')];
const big = (value) => BigInt(value.toString());
const check = (what, holds) => holds || fail(`${what} does not hold`);
const same = (what, got, due) => check(`${what}: ${got} is to be ${due}`, String(got) === String(due));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** An order's number: the block that took it, and its place in it. */
const name = (order) => `${big(order) >> 32n}-${big(order) & 0xffffffffn}`;

const included = (tx, signer) => include(api, tx, signer).catch((error) => fail(error.message));
const pick = (events, kind) => events.find((event) => kind.is(event)) ?? fail('an event is missing');
const of = (records) => records.map(({ event }) => event);

/** The events of block `number`, once there is one. */
async function events_of(number) {
	for (;;) {
		const hash = await api.rpc.chain.getBlockHash(number);
		if (!hash.isEmpty) return of(await (await api.at(hash)).query.system.events());
		await sleep(500);
	}
}
/** Goes through the blocks from `number` on until one has an event that fits. */
async function until(number, fits) {
	for (; ; number += 1) {
		const found = (await events_of(number)).find(fits);
		if (found) return { block: number, event: found };
	}
}
const now = async () => (await api.rpc.chain.getHeader()).number.toNumber();

/** A method of the node, without any library. */
async function rpc(method, ...params) {
	const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
	const headers = { 'content-type': 'application/json' };
	return (await fetch(url.replace(/^ws/, 'http'), { method: 'POST', headers, body })).json();
}
async function answer(method, ...params) {
	const { result, error } = await rpc(method, ...params);
	if (error) fail(`${method}: ${error.message} ${JSON.stringify(error.data)}`);
	return result;
}

const classes = await api.query.providerRegistry.classes.entries();
const entry = classes.find(([, value]) => hexToString(value.unwrap().name.toHex()) === class_name);
if (!entry) fail(`no class ${class_name}`);
const class_id = entry[0].args[0].toNumber();
const claims = async (who) => {
	const account = await api.query.assets.account(class_id, who.address);
	return account.isSome ? big(account.unwrap().balance) : 0n;
};

console.log('a limit buy whose claims go to another account');
const quote = (await api.call.computeAmmApi.quoteBuy(class_id, GPU_TIME)).asOk;
const limit = (big(quote.total) * 101n) / 100n + 1n;
const had = await claims(receiver);
const place = (side, gpu_time, most, expires_in, recipient) =>
	api.tx.computeAmm.placeOrder(class_id, side, gpu_time, most, expires_in, recipient);
const taken = of(await included(place('Buy', GPU_TIME, limit, 5, receiver.address), buyer));
const { order } = pick(taken, api.events.computeAmm.OrderPlaced).data;
console.log(`  order ${name(order)}: ${duration} ms for at most ${qrn(limit)}, quoted ${qrn(quote.total)}`);
const placed_in = Number(big(order) >> 32n);
let [filled, paid] = [0n, 0n];
for (let block = placed_in + 1; filled < GPU_TIME; block += 1) {
	for (const event of await events_of(block)) {
		const { OrderFilled, OrderClosed } = api.events.computeAmm;
		if (!OrderFilled.is(event) && !OrderClosed.is(event)) continue;
		if (!event.data.order.eq(order) || event.data.class.toNumber() !== class_id) continue;
		if (OrderClosed.is(event)) fail(`the order left the book with ${event.data.unfilled} ms unfilled`);
		filled += big(event.data.gpuTime);
		paid += big(event.data.tokens);
		console.log(`  block ${block}: ${event.data.gpuTime} ms for ${qrn(event.data.tokens)}, ${qrn(event.data.returned)} came back`);
	}
}
same('what filled', filled, GPU_TIME);
check('the limit', paid <= limit);
same("the recipient's claims", (await claims(receiver)) - had, GPU_TIME);

console.log('an order that rests in the book, and is taken back');
const free = async () => big((await api.query.system.account(buyer.address)).data.free);
// Half of what it would cost: it waits for a price that does not come.
const low = big((await api.call.computeAmmApi.quoteBuy(class_id, GPU_TIME)).asOk.total) / 2n;
const rested = of(await included(place('Buy', GPU_TIME, low, 100, null), buyer));
const resting = pick(rested, api.events.computeAmm.OrderPlaced).data.order;
const waits = (await answer('computeAmm_orders', class_id)).find((each) => each.id === resting.toString());
if (!waits) fail(`order ${name(resting)} is not in the book`);
console.log(`  order ${name(resting)} rests: ${JSON.stringify(waits)}`);
same('its limit', waits.limit, low);
// Bound to its first batch.
await events_of(Number(big(resting) >> 32n) + 1);
const before = await free();
const back = of(await included(api.tx.computeAmm.cancelOrder(class_id, resting), buyer));
const closed = pick(back, api.events.computeAmm.OrderClosed).data;
console.log(`  taken back (${closed.reason}): ${qrn(closed.returned)} came back`);
same('what came back', closed.returned, low);
// The same account paid the call's fee.
const fee = big(pick(back, api.events.transactionPayment.TransactionFeePaid).data.actualFee);
same('the refund', (await free()) - before + fee, low);

console.log('liquidity');
const pool = (await api.call.computeAmmApi.pools()).find((each) => each.class.toNumber() === class_id);
const gives = GPU_TIME / 2n;
const tokens = (gives * big(pool.reserveTokens) * 102n) / (big(pool.reserveClaims) * 100n) + 1n;
const asked = await now();
await included(api.tx.computeAmm.addLiquidity(class_id, tokens, gives, 1, asked + 20), receiver);
const outcome = await until(asked, (event) => {
	const { LiquidityAdded, LiquidityRefused } = api.events.computeAmm;
	return (LiquidityAdded.is(event) || LiquidityRefused.is(event)) && event.data.who.eq(receiver.address);
});
if (!api.events.computeAmm.LiquidityAdded.is(outcome.event)) fail(`refused: ${outcome.event.data.error}`);
const { shares, lockedUntil } = outcome.event.data;
console.log(`  block ${outcome.block}: ${outcome.event.data.gpuTime} ms and ${qrn(outcome.event.data.tokens)} for ${shares} shares, locked until block ${lockedUntil}`);
check('it took no more than was given', big(outcome.event.data.tokens) <= tokens);
const remove = () => api.tx.computeAmm.removeLiquidity(class_id, shares, 0, 0, lockedUntil.toNumber() + 100);
const early = await include(api, api.tx.computeAmm.unlockShares(class_id), receiver).catch((error) => error.message);
if (typeof early !== 'string') fail('locked shares were handed out');
console.log(`  they are locked: ${early}`);
if (whole) {
	await events_of(lockedUntil.toNumber());
	await included(api.tx.computeAmm.unlockShares(class_id), receiver);
	const from = await now();
	await included(remove(), receiver);
	const gone = await until(from, (event) => api.events.computeAmm.LiquidityRemoved.is(event) && event.data.who.eq(receiver.address));
	console.log(`  block ${gone.block}: removed, for ${qrn(gone.event.data.tokens)} and ${gone.event.data.gpuTime} ms`);
	same('shares given', gone.event.data.shares, shares);
} else {
	const refused = await include(api, remove(), receiver).catch((error) => error.message);
	if (typeof refused !== 'string') fail('locked shares were removed');
	console.log(`  so they cannot be removed yet: ${refused}`);
}

console.log('an order that is refused');
const refused = await include(api, place('Buy', GPU_TIME, 1, null, null), buyer).catch((error) => error.message);
if (typeof refused !== 'string') fail('a bid of a planck was taken');
console.log(`  ${refused}`);
check('the reason is the limit', refused.startsWith('computeAmm.LimitOutOfReach'));

console.log('the same through plain JSON-RPC');
// All at one block, so that they belong together.
const hash = (await api.rpc.chain.getBlockHash()).toHex();
const at = await api.at(hash);
const asked_again = (await at.call.computeAmmApi.quoteBuy(class_id, GPU_TIME)).asOk;
const plain = await answer('computeAmm_quote', class_id, 'buy', duration, hash);
console.log(`  computeAmm_quote: ${JSON.stringify(plain)}`);
same('its total', plain.total, asked_again.total);
same('its base fee', plain.baseFee, asked_again.baseFee);
same('its price', plain.price.exact, asked_again.price);
const [listed] = (await answer('computeAmm_pools', hash)).filter((each) => each.class === class_id);
console.log(`  computeAmm_pools: ${JSON.stringify(listed)}`);
for (const window of ['spot', '10m', '1h', '24h']) {
	const { price } = await answer('computeAmm_price', class_id, window, hash);
	console.log(`  computeAmm_price ${window}: ${qrn(price.perHour)} an hour`);
	const field = { spot: 'spot', '10m': 'ema10m', '1h': 'ema1h', '24h': 'ema24h' }[window];
	same(`the price of ${window}`, price.exact, listed[field].exact);
}
// Two seconds' worth of work, where the class states what it does in one.
const throughput = big(entry[1].unwrap().throughput);
const work = (2n * throughput || 1n).toString();
const plan = await rpc('computeAmm_cheapest', work, { classes: [class_id], maySplit: false }, hash);
if (throughput > 0n && plan.error) fail(`computeAmm_cheapest: ${plan.error.message}`);
console.log(`  computeAmm_cheapest: ${JSON.stringify(plan.result ?? plan.error)}`);
const era = await answer('economics_era', null, hash);
console.log(`  economics_era: ${JSON.stringify(era)}`);
console.log(`  economics_ratios: ${JSON.stringify(await answer('economics_ratios', era.era, class_id, hash))}`);
const supply = await answer('economics_supply', hash);
console.log(`  economics_supply: ${JSON.stringify(supply)}`);
same('the supply', BigInt(supply.genesis) - BigInt(supply.burned), supply.issuance);
const { error } = await rpc('computeAmm_quote', 4_000_000_000, 'buy', duration);
console.log(`  of a class without a pool: ${error?.message}`);
check('the error has a name', error?.code === 9001 && error.data.pallet === 'ComputeAmm' && error.data.error === 'NoPool');

console.log('every check held');
await api.disconnect();
process.exit(0);
