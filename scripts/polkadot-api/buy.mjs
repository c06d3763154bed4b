// Buys GPU time through @polkadot/api and checks the output, with no type definitions of its own:
// everything, runtime APIs included, comes from the chain's metadata.
//
//   QUERN_URL=ws://127.0.0.1:9944 node buy.mjs PROGRAM.wasm "INPUT TEXT" [CLASS NAME] [DURATION ms]
//
// Exit 0 when the job settled and the output's hash is the one on-chain; 1 with a reason otherwise.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { blake2AsHex } from '@polkadot/util-crypto';
import { hexToString, stringToU8a } from '@polkadot/util';
import { connect, fail, included as include, key, qrn } from './chain.mjs';

const TIMEOUT_MS = 10 * 60 * 1000;
const [program_path, input_text, class_name = 'cpu-x86-64', duration = '10000'] = process.argv.slice(2);
if (!program_path || input_text === undefined) {
	console.error('usage: node buy.mjs PROGRAM.wasm "INPUT TEXT" [CLASS NAME] [DURATION ms]');
	process.exit(2);
}

setTimeout(() => fail(`no settlement within ${TIMEOUT_MS / 60000} minutes`), TIMEOUT_MS).unref();

// What the job is made of, served by hash: the provider fetches both and checks the hashes.
const program = readFileSync(program_path);
const input = stringToU8a(input_text);
const content = new Map([program, input].map((bytes) => [blake2AsHex(bytes), Buffer.from(bytes)]));
const server = createServer((request, response) => {
	const bytes = content.get(request.url.slice(1));
	response.writeHead(bytes ? 200 : 404).end(bytes);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
server.unref();
const artifact = (bytes) => ({
	hash: blake2AsHex(bytes),
	size: bytes.length,
	location: `http://127.0.0.1:${server.address().port}/${blake2AsHex(bytes)}`,
});

const api = await connect();
console.log(`connected to ${await api.rpc.system.chain()}, ${api.runtimeVersion.specName} ${api.runtimeVersion.specVersion}`);

const classes = await api.query.providerRegistry.classes.entries();
const found = classes.find(([, value]) => hexToString(value.unwrap().name.toHex()) === class_name);
if (!found) fail(`no class ${class_name}`);
const class_id = found[0].args[0];

const pools = await api.call.computeAmmApi.pools();
const pool = pools.find((each) => each.class.eq(class_id));
if (!pool) fail(`class ${class_name} has no pool yet`);
console.log(`pool ${class_name}: ${qrn(pool.reserveTokens)} and ${pool.reserveClaims} ms of GPU time`);

const answer = await api.call.computeAmmApi.quoteBuy(class_id, duration);
if (answer.isErr) fail(`no quote: ${answer.asErr}`);
const quote = answer.asOk;
console.log(`quote for ${duration} ms: ${qrn(quote.total)}, of it fee ${qrn(quote.fee)}, impact ${quote.impactPpm} ppm, base fee ${qrn(quote.baseFee)}`);

const client = key(process.env.QUERN_KEY ?? '//Ferdie');
const max_cost = (quote.total.toBigInt() * 101n) / 100n + 1n;
const spec = { runner: 'Wasm', program: artifact(program), input: artifact(input), maxOutput: 4 * 1024 * 1024 };
// The base fee begins at nothing and may rise until the request is in a block: 10 % and a thousandth of the price.
const max_base_fee = (quote.baseFee.toBigInt() * 11n) / 10n + max_cost / 1000n + 1n;
const terms = { claims: 0, pace: duration, bidBlocks: null, acceptBlocks: null, maxBaseFee: max_base_fee, onReturn: 'Claims' };
const request = api.tx.jobEscrow.requestJob(class_id, 1, duration, max_cost, 'Accept', spec, terms);

const included = (tx) => include(api, tx, client);
const requested = (await included(request)).find(({ event }) => api.events.jobEscrow.JobRequested.is(event));
const job = requested.event.data.job;
console.log(`job ${job} requested, at most ${qrn(max_cost)}`);

// Every event of the job, block by block, until it is over.
let provider_node;
let outcome;
await new Promise((resolve, reject) => {
	let accepting = false;
	api.rpc.chain.subscribeNewHeads(async (head) => {
		const at = await api.at(head.hash);
		for (const { event } of await at.query.system.events()) {
			if (event.section !== 'jobEscrow' || !event.data.job?.eq(job)) continue;
			console.log(`  block ${head.number}: ${event.method} ${JSON.stringify(event.data.toHuman())}`);
			if (event.method === 'JobAssigned') provider_node = event.data.node;
			if (event.method === 'JobSubmitted') outcome = event.data.outcome;
			if (event.method === 'JobSettled') resolve();
			if (['JobFaulted', 'JobRefunded', 'JobCancelled'].includes(event.method)) reject(new Error(event.method));
		}
		if (outcome && !accepting) {
			accepting = true;
			await included(api.tx.jobEscrow.accept(job)).catch(reject);
		}
	});
}).catch((error) => fail(error.message));

if (!outcome.isCompleted) fail(`the program failed: ${outcome}`);
const node = (await api.query.providerRegistry.nodes(provider_node)).unwrap();
const { ip, port } = node.endpoint;
const host = ip.isV4 ? [...ip.asV4].join('.') : `[${Buffer.from(ip.asV6).toString('hex').match(/.{4}/g).join(':')}]`;
const hash = outcome.asCompleted.output.toHex();
const output = new Uint8Array(await (await fetch(`http://${host}:${port}/outputs/${hash}`)).arrayBuffer());
if (blake2AsHex(output) !== hash) fail('the output served is not the one whose hash is on-chain');
console.log(`output: ${output.length} bytes, hash ${hash} as on-chain`);
if (process.env.QUERN_OUTPUT) writeFileSync(process.env.QUERN_OUTPUT, output);
else if (output.length < 2000) console.log(Buffer.from(output).toString());
await api.disconnect();
process.exit(0);
