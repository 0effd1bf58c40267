/** npm jose verifies what we sign, by the address of our keys alone. */

import { createRemoteJWKSet, jwtVerify } from 'jose';
import { facts, tell } from './program.mjs';

const given = await facts();
const keys = createRemoteJWKSet(new URL(`${given.issuer}/oauth/jwks`));
const seen = [];
for (const { token, ...expected } of given.tokens) {
  const options = { issuer: given.issuer, algorithms: ['ES256'], ...expected };
  seen.push(await jwtVerify(token, keys, options).then(({ payload }) => payload, (error) => ({ refused: error.code })));
}
tell(seen);
