/** npm openid-client as the citizen app (public client): PAR, PKCE, DPoP, a refresh that rotates, revocation. */

import * as client from 'openid-client';
import { walk } from './browser.mjs';
import { APP, facts, tell } from './program.mjs';

const given = await facts();
const config = await client.discovery(new URL(given.issuer), given.client_id, undefined, client.None(), { execute: [client.allowInsecureRequests] });
client.enableNonRepudiationChecks(config);
const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true, maxAge: 300 };
const request = {
  redirect_uri: given.redirect_uri,
  scope: APP,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: checks.expectedState,
  nonce: checks.expectedNonce,
  max_age: '300',
};
const address = await client.buildAuthorizationUrlWithPAR(config, request, options);
const tokens = await client.authorizationCodeGrant(config, await walk(address, given), checks, undefined, options);
const { sub } = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, sub, options);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
const home = () => client.fetchProtectedResource(config, refreshed.access_token, new URL(`${given.issuer}/citizen/v1/home`), 'GET', undefined, undefined, options);
const before = await (await home()).json();
await client.tokenRevocation(config, refreshed.refresh_token);
const after = await home().then((answer) => answer.status, (error) => error.status ?? error.cause?.status ?? String(error));
tell({ tokens, person, sub, refreshed, home: before, after });
