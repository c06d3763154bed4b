// The two halves of scripts/slash.sh, through @polkadot/api alone.
//
//   node slash.mjs prepare   stake is delegated to Dave and allocated by him; waits until he validates with all of it
//   node slash.mjs watch     waits for his equivocation, follows it to the slash, and checks every figure
import { writeFileSync } from 'node:fs';
import { Keyring } from '@polkadot/api';
import { bnToU8a, u8aConcat, u8aToHex } from '@polkadot/util';
import { connect, fail, included, key, QRN, qrn } from './chain.mjs';

const DELEGATED = { Eve: 150_000n * QRN, Ferdie: 50_000n * QRN };
const ALLOCATED = 400_000_000_000_000_000n; // 40 % of 10^18
const CLASS = 0;
const TIMEOUT_MS = 25 * 60 * 1000;
setTimeout(() => fail(`not done within ${TIMEOUT_MS / 60000} minutes`), TIMEOUT_MS).unref();

const state_file = process.env.SLASH_STATE ?? fail('SLASH_STATE names a file for what both halves share');
const api = await connect();
const dave = key('//Dave');
const operator = async () => (await api.call.restakingApi.operator(dave.address)).unwrap();
const same = (what, got, due) => {
	if (BigInt(got.toString()) !== due) fail(`${what}: ${qrn(got)}, but ${qrn(due)} is due`);
};

async function prepare() {
	// First, since delegators are given notice of what is allocated later.
	await included(api, api.tx.restaking.allocate(CLASS, ALLOCATED), dave);
	console.log('Dave allocated 40 % of his stake to cpu-x86-64');
	for (const [name, amount] of Object.entries(DELEGATED)) {
		const mode = name === 'Eve' ? 'Compound' : 'Payout';
		await included(api, api.tx.restaking.delegate(dave.address, amount, mode), key(`//${name}`));
		console.log(`${name} delegated ${qrn(amount)} to Dave (${mode})`);
	}
	const books = await operator();
	const stake = books.own.toBigInt() + books.delegated.toBigInt();
	console.log(`Dave's stake: own ${qrn(books.own)}, delegated ${qrn(books.delegated)}`);
	// A set is chosen a session ahead: the stake answers from the session after the next.
	await new Promise((resolve) => {
		api.rpc.chain.subscribeNewHeads(async (head) => {
			const answer = await api.call.restakingApi.slashableAt(dave.address, head.number.toNumber());
			const [allocation] = (await operator()).allocations;
			const answers = answer.isSome ? answer.unwrap().consensus.toBigInt() : 0n;
			if (answers > stake) console.log('rewards have compounded since');
			if (answers >= stake && allocation?.active.toBigInt() === ALLOCATED) resolve();
		});
	});
	console.log('Dave validates with all of it, and the allocation is active');
}

/** Reports, as anybody may, that Dave voted twice in each of some rounds of finality: with his own key. */
async function reportRounds(rounds) {
	const voter = new Keyring({ type: 'ed25519' }).addFromUri('//Dave');
	const set = await api.query.grandpa.currentSetId();
	const number = (bits, value) => bnToU8a(value, { bitLength: bits, isLe: true });
	// The client knows an older shape of this API's answer by heart, so it is asked for bytes.
	const asked = u8aToHex(u8aConcat(number(64, set.toNumber()), voter.publicKey));
	const answer = await api.rpc.state.call('GrandpaApi_generate_key_ownership_proof', asked);
	const proof = api.createType('Option<Bytes>', answer.toU8a(true));
	if (proof.isNone) fail('nobody can prove whose key it is');
	const owner = api.createType('SpSessionMembershipProof', proof.unwrap().toU8a(true));
	for (const round of rounds) {
		const vote = (byte) => {
			const [hash, height] = [new Uint8Array(32).fill(byte), 1];
			const said = u8aConcat([0], hash, number(32, height), number(64, round), number(64, set.toNumber()));
			return [{ targetHash: hash, targetNumber: height }, voter.sign(said)];
		};
		const equivocation = { Prevote: { roundNumber: round, identity: voter.publicKey, first: vote(1), second: vote(2) } };
		await included(api, api.tx.grandpa.reportEquivocation({ setId: set, equivocation }, owner), key('//Ferdie'));
	}
}

async function watch() {
	const seen = { reports: 0, proposed: 0n, taken: 0n, own: 0n, delegated: 0n };
	const disabled = new Map();
	const sets = new Map();
	let offence;
	let slashed_in;
	let reporting;
	let finalized = { number: 0, at: Date.now() };
	let longest = 0;
	await api.rpc.chain.subscribeFinalizedHeads((head) => {
		longest = Math.max(longest, Date.now() - finalized.at);
		finalized = { number: head.number.toNumber(), at: Date.now() };
	});
	let last = (await api.rpc.chain.getHeader()).number.toNumber();
	const index = async (at) => (await at.query.session.validators()).findIndex((each) => each.eq(dave.address));

	await new Promise((resolve, reject) => {
		const step = async (number) => {
			const at = await api.at(await api.rpc.chain.getBlockHash(number));
			const session = (await at.query.session.currentIndex()).toNumber();
			sets.set(session, (await at.query.session.validators()).map((each) => each.toString()));
			const place = await index(at);
			const off = (await at.query.session.disabledValidators()).map((each) => Number(each[0] ?? each));
			if (place >= 0 && off.includes(place) && !disabled.has(session)) {
				disabled.set(session, number);
				console.log(`block ${number}: Dave is disabled in session ${session}`);
			}
			for (const { event } of await at.query.system.events()) {
				const name = `${event.section}.${event.method}`;
				if (name === 'offences.Offence') {
					seen.reports += 1;
					console.log(`block ${number}: reported (${event.data[0].toHuman()})`);
				} else if (name === 'slashing.SlashProposed') {
					offence ??= event.data.session.toNumber();
					reporting ??= reportRounds([1001, 1002, 1003]).catch((error) => fail(error.message));
					const amount = event.data.frozen.own.toBigInt() + event.data.frozen.delegated.toBigInt();
					seen.proposed += amount;
					console.log(`block ${number}: ${qrn(amount)} frozen for an offence in session ${event.data.session}, due in era ${event.data.due}`);
				} else if (name === 'slashing.Slashed') {
					slashed_in = number;
					seen.own += event.data.own.toBigInt();
					seen.delegated += event.data.delegated.toBigInt();
					seen.taken += event.data.own.toBigInt() + event.data.delegated.toBigInt();
					console.log(`block ${number}: slashed: own ${qrn(event.data.own)}, delegated ${qrn(event.data.delegated)}, burned ${qrn(event.data.burned)}`);
				} else if (name === 'restaking.ValidatorsChosen') {
					console.log(`block ${number}: ${event.data.validators} validators chosen for session ${event.data.session}`);
				}
			}
			// Slashed, and two sessions past the one of the offence.
			if (offence !== undefined && seen.taken > 0n && session >= offence + 2) resolve();
		};
		let queue = Promise.resolve();
		api.rpc.chain.subscribeNewHeads((head) => {
			const newest = head.number.toNumber();
			for (; last < newest; last += 1) {
				const number = last + 1;
				queue = queue.then(() => step(number)).catch(reject);
			}
		});
	}).catch((error) => fail(error.message));

	// 3 × 1 of 4, squared.
	const exposure = (await api.query.restaking.exposures(offence)).unwrap().find((each) => each.who.eq(dave.address)).stake.toBigInt();
	const due = (exposure * 9n) / 16n;
	same('frozen', seen.proposed, due);
	same('slashed', seen.taken, due);
	console.log(`56.25 % of the ${qrn(exposure)} that stood behind Dave in session ${offence}: ${qrn(due)}, to the planck`);
	await reporting;
	if (seen.reports < 4) fail(`reported ${seen.reports} times`);
	console.log(`reported ${seen.reports} times, slashed once`);

	// The books at the block of the slash beside those at the one before: nothing but the slash lies
	// between, and at most a reward, which is far below the tolerance.
	const books_at = async (number) => {
		const at = await api.at(await api.rpc.chain.getBlockHash(number));
		const books = (await at.query.restaking.operators(dave.address)).unwrap();
		const pools = { Compound: books.compounding, Payout: books.paying };
		const delegations = {};
		for (const name of Object.keys(DELEGATED)) {
			const held = (await at.query.restaking.delegations(key(`//${name}`).address, books.id)).unwrap();
			const [pool, shares] = name === 'Eve' ? [pools.Compound, held.compounding] : [pools.Payout, held.paying];
			delegations[name] = (pool.tranche.balance.toBigInt() * shares.toBigInt()) / pool.shares.toBigInt();
		}
		return {
			own: books.own.balance.toBigInt(),
			delegated: books.compounding.tranche.balance.toBigInt() + books.paying.tranche.balance.toBigInt(),
			active: [...books.allocations][0][1].active.toBigInt(),
			whole: books.whole.toBigInt(),
			delegations,
		};
	};
	const [before, after] = [await books_at(slashed_in - 1), await books_at(slashed_in)];
	const near = (what, got, expected) => {
		const away = got > expected ? got - expected : expected - got;
		// A reward of a block beside it is within a millionth of the stake.
		if (away * 1_000_000n > before.own + before.delegated) fail(`${what}: ${qrn(got)}, but ${qrn(expected)} is its exact share`);
	};
	const rest = before.delegated - seen.delegated;
	console.log(`Dave's own bond: ${qrn(before.own)} -> ${qrn(after.own)}; delegations: ${qrn(before.delegated)} -> ${qrn(after.delegated)}`);
	near("Dave's own bond", after.own, before.own - seen.own);
	near('delegations', after.delegated, rest);
	for (const [name, was] of Object.entries(before.delegations)) {
		console.log(`${name}'s delegation: ${qrn(was)} -> ${qrn(after.delegations[name])}`);
		near(`${name}'s delegation`, after.delegations[name], (was * rest) / before.delegated);
	}
	const worth = (books) => ((books.own + books.delegated) * books.active) / books.whole;
	console.log(`allocation to cpu-x86-64: ${qrn(worth(before))} -> ${qrn(worth(after))}, 40 % of the stake`);
	if (before.active !== after.active || before.whole !== after.whole) fail('a consensus slash changed magnitudes');
	near('allocation', (await operator()).allocations[0].value.toBigInt(), worth(after));

	if (!disabled.has(offence)) fail('Dave was not disabled in the session of the offence');
	if (!disabled.has(offence + 1)) fail('Dave was not disabled in the session after');
	if (!sets.get(offence + 1)?.includes(dave.address)) fail('the set of the next session was chosen before: Dave sits in it');
	if (sets.get(offence + 2)?.includes(dave.address)) fail('Dave still validates two sessions later');
	console.log(`Dave: disabled in sessions ${offence} and ${offence + 1}, out in ${offence + 2}`);
	longest = Math.max(longest, Date.now() - finalized.at);
	console.log(`finality: block ${finalized.number}, the longest wait for the next ${(longest / 1000).toFixed(0)} s`);
	if (longest > 90_000) fail('finality stopped');
	writeFileSync(state_file, JSON.stringify({ offence, due: due.toString() }));
}

const half = { prepare, watch }[process.argv[2]] ?? fail('usage: node slash.mjs prepare|watch');
await half();
await api.disconnect();
process.exit(0);
