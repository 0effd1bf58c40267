/** What every program here does: facts come in as JSON, what was seen goes out as JSON. */

import { webcrypto } from 'node:crypto';

export const CONSENT = (scenario) => `openid eligibility:${scenario}`;
export const APP = 'openid profile citizen';

export async function facts() {
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  return JSON.parse(text);
}

export function tell(seen) {
  process.stdout.write(`${JSON.stringify(seen)}\n`);
}

/** A private JWK as the libraries want it: a key with its id. */
export async function signingKey(jwk) {
  const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return { key, kid: jwk.kid };
}

/** The body and headers of a partner's write. */
export const write = (body) => [JSON.stringify(body), new Headers({ 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() })];
