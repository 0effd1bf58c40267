/**
 * An offline card checked in this browser, without a network: a CWT (RFC 8392) in COSE_Sign1 (RFC 9052), ES256, in
 * base45 (RFC 9285) behind `XY1:`. The same as app/services/card_tokens.py: one encoding is signed and only it is read.
 */

import { decoded } from './cbor.js';
import { base64url } from './jose.js';

export const PREFIX = 'XY1:';
const LONGEST = 366;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
/** Tag 18, an array of four, protected `{alg: ES256, kid}`; then eight bytes of `kid`. */
const HEAD = [0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x26, 0x04, 0x48];
const [KID, PAYLOAD, AROUND] = [8, 19, 85];
const [LEAST_CLAIMS, MOST_CLAIMS] = [24, 156];
const SIGNATURE1 = [0x84, 0x6a, ...new TextEncoder().encode('Signature1')];
const [EXP, IAT, PERSON, ENTITY] = [4, 6, -65537, -65538];
const SKEW_SECONDS = 120;
const PURPOSES = ['introduction', 'credit'];
const ROLES = ['legal_representative', 'operator', 'managing_partner', 'responsible_person'];
const KINDS = ['company', 'individual_business', 'partnership', 'cooperative', 'public_institution', 'social_organisation', 'branch'];
const NAMES = ['masked', 'full', 'nickname'];

/** A card does not hold; `reason` is `not_a_card`, `unknown_key`, `tampered`, `expired` or `not_yet_valid`. */
export class CardInvalid extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * What a card that holds says; throws CardInvalid.
 * @param {string} text
 * @param {{keys: any[]}} jwks the published keys
 * @param {number} now seconds since 1970
 * @returns {Promise<{purpose: string, face: any, issuedAt: number, expiresAt: number}>}
 */
export async function verified(text, jwks, now) {
  const token = taken(text);
  if (!shaped(token)) throw new CardInvalid('not_a_card');
  const key = await keyOf(jwks, token.subarray(KID, PAYLOAD - 3));
  const [payload, signature] = [token.subarray(PAYLOAD, -66), token.subarray(-64)];
  const signed = new Uint8Array([...SIGNATURE1, ...token.subarray(2, 16), 0x40, 0x58, payload.length, ...payload]);
  if (!(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, signed))) throw new CardInvalid('tampered');
  const card = said(payload);
  if (now >= card.expiresAt) throw new CardInvalid('expired');
  if (now < card.issuedAt - SKEW_SECONDS) throw new CardInvalid('not_yet_valid');
  return card;
}

/** @param {string} text */
function taken(text) {
  if (!text.startsWith(PREFIX) || text.length > LONGEST) throw new CardInvalid('not_a_card');
  const digits = Array.from(text.slice(PREFIX.length), (character) => ALPHABET.indexOf(character));
  if (digits.length % 3 === 1 || digits.includes(-1)) throw new CardInvalid('not_a_card');
  const bytes = [];
  for (let at = 0; at < digits.length; at += 3) bytes.push(...chunk(digits.slice(at, at + 3)));
  return new Uint8Array(bytes);
}

/** Two bytes out of three characters, one out of two. @param {number[]} digits */
function chunk([low, middle, high]) {
  const number = low + middle * 45 + (high ?? 0) * 2025;
  if (number > (high === undefined ? 0xff : 0xffff)) throw new CardInvalid('not_a_card');
  return high === undefined ? [number] : [number >> 8, number & 0xff];
}

/** Whether it is, byte for byte, the envelope that we sign. @param {Uint8Array} token */
function shaped(token) {
  const size = token[PAYLOAD - 1];
  return token.length === AROUND + size
    && size >= LEAST_CLAIMS && size <= MOST_CLAIMS
    && HEAD.every((byte, at) => token[at] === byte)
    && token[16] === 0xa0 && token[17] === 0x58
    && token.at(-66) === 0x58 && token.at(-65) === 0x40;
}

/** The published key whose thumbprint (RFC 7638) begins so. @param {{keys: any[]}} jwks @param {Uint8Array} kid @returns {Promise<CryptoKey>} */
async function keyOf(jwks, kid) {
  for (const jwk of jwks.keys) {
    if (jwk?.kty !== 'EC' || jwk.crv !== 'P-256' || typeof jwk.x !== 'string' || typeof jwk.y !== 'string') continue;
    const { crv, kty, x, y } = jwk;
    const print = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify({ crv, kty, x, y })));
    if (base64url(print.slice(0, 8)) === base64url(kid)) return imported({ crv, kty, x, y });
  }
  throw new CardInvalid('unknown_key');
}

/** @param {JsonWebKey} jwk @returns {Promise<CryptoKey>} */
async function imported(jwk) {
  try {
    return await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
  } catch {
    throw new CardInvalid('unknown_key');
  }
}

/** @param {Uint8Array} payload */
function said(payload) {
  try {
    const claims = decoded(payload);
    const [expiresAt, issuedAt] = [whole(claims.get(EXP)), whole(claims.get(IAT))];
    const told = claims.has(ENTITY) ? { purpose: 'entity', face: entity(claims.get(ENTITY)) } : person(claims.get(PERSON));
    return { ...told, issuedAt, expiresAt };
  } catch {
    throw new CardInvalid('not_a_card');
  }
}

/** @param {any} value @returns {number} */
function whole(value) {
  if (!Number.isInteger(value)) throw new RangeError('no number');
  return value;
}

/** @param {any} value @returns {string} */
function words(value) {
  if (typeof value !== 'string') throw new RangeError('no text');
  return value;
}

/** @param {any} value @param {number} [length] @returns {string[]} */
function several(value, length = value.length) {
  if (!Array.isArray(value) || value.length !== length) throw new RangeError('no list');
  return value.map(words);
}

/** The fields of a person's card by their claims, as `app/domain/card.py` writes them. @type {Array<[number, string, (value: any) => any]>} */
const PERSONS = [
  [3, 'assurance_level', words],
  [4, 'city', words],
  [5, 'grade', (value) => { const [pack, code] = several(value, 2); return { pack, code }; }],
  [6, 'score', whole],
  [7, 'volunteer_stars', whole],
  [8, 'blood_donor', (value) => value === true],
  [9, 'honours', several],
  [10, 'role', ([uscc, name, role]) => ({ uscc: words(uscc), name: words(name), role: words(ROLES[role]) })],
];
/** Those of a legal entity's card: `app/domain/entity_card.py`. @type {Array<[number, string, (value: any) => any]>} */
const ENTITIES = [[2, 'uscc', words], [3, 'kind', (value) => words(KINDS[value])], [4, 'city', words], [5, 'established_on', words], [6, 'role', (value) => words(ROLES[value])]];

/** @param {Map<number, any>} claims @param {Array<[number, string, (value: any) => any]>} fields */
const shown = (claims, fields) =>
  Object.fromEntries(fields.filter(([claim]) => claims.has(claim)).map(([claim, name, read]) => [name, read(claims.get(claim))]));

/** @param {Map<number, any>} claims */
function person(claims) {
  const [purpose, kind] = [PURPOSES[claims.get(0)], NAMES[claims.get(2)]];
  return { purpose: words(purpose), face: { display_name: words(claims.get(1)), name_kind: words(kind), ...shown(claims, PERSONS) } };
}

/** @param {Map<number, any>} claims */
const entity = (claims) => ({ name: words(claims.get(1)), ...shown(claims, ENTITIES) });
