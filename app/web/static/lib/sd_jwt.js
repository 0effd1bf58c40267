/** A wallet's part of SD-JWT (RFC 9901): the proof for the issuer, and presentations made on this device alone. */

import { serverSeconds } from './clock.js';
import { digest, publicJwk, signed, unpacked } from './jose.js';

/**
 * @typedef {object} Disclosure
 * @property {string} text as it goes into a presentation
 * @property {string} name of its claim; an entry of the list of honours has the list's
 * @property {any} value
 */

/** What a credential can disclose. @param {string} credential @returns {Disclosure[]} */
export function disclosuresOf(credential) {
  return credential.split('~').slice(1, -1).map((text) => {
    const parts = unpacked(text);
    return parts.length === 3 ? { text, name: parts[1], value: parts[2] } : { text, name: 'honours', value: parts[1] };
  });
}

/**
 * The proof that this device holds the key (OpenID4VCI, proof type `jwt`).
 * @param {CryptoKeyPair} pair @param {string} issuer @param {string} nonce
 */
export async function keyProof(pair, issuer, nonce) {
  const header = { typ: 'openid4vci-proof+jwt', alg: 'ES256', jwk: await publicJwk(pair) };
  return signed(pair, header, { aud: issuer, iat: serverSeconds(), nonce });
}

/**
 * A presentation of the chosen disclosures and nothing else, for one verifier and its nonce.
 * @param {CryptoKeyPair} pair @param {string} credential @param {Disclosure[]} chosen @param {string} audience @param {string} nonce
 */
export async function present(pair, credential, chosen, audience, nonce) {
  const shown = [credential.split('~')[0], ...chosen.map((one) => one.text), ''].join('~');
  const claims = { iat: serverSeconds(), aud: audience, nonce, sd_hash: await digest(shown) };
  return shown + (await signed(pair, { typ: 'kb+jwt', alg: 'ES256' }, claims));
}

/**
 * The audience and nonce in what a verifier shows: a request of OpenID4VP, such as `openid4vp://?client_id=…&nonce=…`.
 * @param {string} text @returns {{audience: string, nonce: string} | null}
 */
export function requestIn(text) {
  const query = new URLSearchParams(text.slice(text.indexOf('?') + 1));
  const [audience, nonce] = [query.get('client_id'), query.get('nonce')];
  return audience && nonce ? { audience, nonce } : null;
}
