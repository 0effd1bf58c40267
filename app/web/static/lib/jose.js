/** JWS with a WebCrypto key (RFC 7515, ES256), DPoP proofs (RFC 9449) and client assertions (RFC 7523). */

import { serverSeconds } from './clock.js';
import { serverNonce } from './nonce.js';
import { keep, kept } from './vault.js';

const ES256 = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' };
const ASSERTION_SECONDS = 120;

/** @param {ArrayBuffer | Uint8Array} bytes @returns {string} */
export function base64url(bytes) {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {string} text @returns {any} the JSON in a base64url part */
export function unpacked(text) {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))));
}

/** A random text of 43 characters. */
export const nonce = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** SHA-256 in base64url. @param {string} text */
export const digest = async (text) =>
  base64url(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));

/**
 * The key pair kept under a name, made on first use; its private half cannot leave this browser.
 * @param {string} name
 * @returns {Promise<CryptoKeyPair>}
 */
export async function keyPair(name) {
  const known = await kept(name);
  if (known) return known;
  const made = await newPair();
  await keep(name, made);
  return made;
}

/** A key pair kept nowhere yet; no script can read its private half. @returns {Promise<CryptoKeyPair>} */
export const newPair = () => crypto.subtle.generateKey(ES256, false, ['sign', 'verify']);

/** The public half as a JWK with nothing but its point. @param {CryptoKeyPair} pair */
export async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { kty, crv, x, y };
}

/**
 * A compact JWS.
 * @param {CryptoKeyPair} pair
 * @param {object} header
 * @param {object} claims
 */
export async function signed(pair, header, claims) {
  const text = [header, claims]
    .map((part) => base64url(new TextEncoder().encode(JSON.stringify(part))))
    .join('.');
  const signature = await crypto.subtle.sign(SIGNING, pair.privateKey, new TextEncoder().encode(text));
  return `${text}.${base64url(signature)}`;
}

/**
 * A DPoP proof for one request.
 * @param {CryptoKeyPair} pair
 * @param {string} method
 * @param {string} url
 * @param {string} [token] the access token that goes with it
 */
export async function proof(pair, method, url, token) {
  const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: await publicJwk(pair) };
  const claims = {
    htm: method,
    htu: url.split(/[?#]/)[0],
    iat: serverSeconds(),
    jti: nonce(),
    ...(serverNonce() ? { nonce: serverNonce() } : {}),
    ...(token ? { ath: await digest(token) } : {}),
  };
  return signed(pair, header, claims);
}

/**
 * A client assertion whose audience is the issuer alone.
 * @param {CryptoKeyPair} pair
 * @param {string} clientId
 * @param {string} issuer
 */
export function assertion(pair, clientId, issuer) {
  const iat = serverSeconds();
  const claims = { iss: clientId, sub: clientId, aud: issuer, iat, exp: iat + ASSERTION_SECONDS, jti: nonce() };
  return signed(pair, { typ: 'JWT', alg: 'ES256' }, claims);
}
