/** npm @sd-jwt/sd-jwt-vc verifies our credentials by our metadata alone, and presents one for a phone. */

import { createHash, randomBytes, webcrypto } from 'node:crypto';
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc';
import { facts, tell } from './program.mjs';

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const utf8 = (text) => new TextEncoder().encode(text);
const json = async (url) => (await fetch(url)).json();

const given = await facts();
const { issuer, jwks_uri: keysAt } = await json(`${given.issuer}/.well-known/jwt-vc-issuer`);
const { keys } = await json(keysAt);

async function signedBy(jwk, data, signature) {
  if (!jwk) return false;
  const key = await webcrypto.subtle.importKey('jwk', jwk, ES256, false, ['verify']);
  return webcrypto.subtle.verify(SIGNATURE, key, Buffer.from(signature, 'base64url'), utf8(data));
}

function ours(data, signature) {
  const { kid } = JSON.parse(Buffer.from(data.split('.')[0], 'base64url'));
  return signedBy(keys.find((key) => key.kid === kid), data, signature);
}

async function byPhone(data) {
  const key = await webcrypto.subtle.importKey('jwk', given.phone, ES256, false, ['sign']);
  return Buffer.from(await webcrypto.subtle.sign(SIGNATURE, key, utf8(data))).toString('base64url');
}

const library = new SDJwtVcInstance({
  hasher: (data) => createHash('sha256').update(data).digest(),
  saltGenerator: (length) => randomBytes(length).toString('base64url'),
  verifier: ours,
  kbVerifier: (data, signature, payload) => signedBy(payload.cnf?.jwk, data, signature),
  kbSigner: byPhone,
  kbSignAlg: 'ES256',
  loadTypeMetadataFormat: true,
});

const seen = [];
for (const { text, nonce, currentDate } of given.presentations) {
  const options = { keyBindingNonce: nonce, ...(currentDate ? { currentDate } : {}) };
  seen.push(await library.verify(text, options).then(
    ({ payload, kb, typeMetadata }) => ({ payload, audience: kb.payload.aud, metadata: typeMetadata }),
    (error) => ({ refused: error.message }),
  ));
}
const { credential, shows, nonce, aud } = given.present;
const kb = { payload: { iat: Math.floor(Date.now() / 1000), aud, nonce } };
tell({ issuer, seen, presented: await library.present(credential, shows, { kb }) });
