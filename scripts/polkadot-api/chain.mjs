// What the scripts beside this file share: a connection, transactions, amounts, failing.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

export const QRN = 10n ** 12n;
/** Planck as QRN with all that the decimals hold. */
export const qrn = (planck) => {
	const value = BigInt(planck.toString());
	return `${value / QRN}.${(value % QRN).toString().padStart(12, '0')} QRN`;
};

export const fail = (why) => {
	console.error(`error: ${why}`);
	process.exit(1);
};

export const connect = () =>
	ApiPromise.create({ provider: new WsProvider(process.env.QUERN_URL ?? 'ws://127.0.0.1:9944'), noInitWarn: true });

const keyring = new Keyring({ type: 'sr25519' });
export const key = (uri) => keyring.addFromUri(uri);

/** Signs, sends, and waits until it stands in a block. Its events, or an error with the pallet's words. */
export const included = (api, tx, signer) =>
	new Promise((resolve, reject) => {
		tx.signAndSend(signer, { nonce: -1 }, ({ status, events, dispatchError, isError }) => {
			if (dispatchError?.isModule) {
				const { section, name, docs } = api.registry.findMetaError(dispatchError.asModule);
				reject(new Error(`${section}.${name}: ${docs.join(' ')}`));
			} else if (dispatchError?.isToken) reject(new Error(`Token.${dispatchError.asToken.type}`));
			else if (dispatchError || isError) reject(new Error(`${dispatchError ?? status}`));
			else if (status.isInBlock) resolve(events);
		}).catch(reject);
	});
