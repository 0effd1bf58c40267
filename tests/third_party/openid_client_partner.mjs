/** npm openid-client as a partner (FAPI 2.0): a consent with PAR, private_key_jwt and DPoP, then a check by it. */

import * as client from 'openid-client';
import { walk } from './browser.mjs';
import { CONSENT, facts, signingKey, tell, write } from './program.mjs';

const given = await facts();
const credentials = client.PrivateKeyJwt(await signingKey(given.key));
const config = await client.discovery(new URL(given.issuer), given.client_id, undefined, credentials, { execute: [client.allowInsecureRequests] });
client.enableNonRepudiationChecks(config);
const options = { DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) };

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const checks = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true };
const request = {
  redirect_uri: given.redirect_uri,
  scope: CONSENT(given.scenario),
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: checks.expectedState,
  nonce: checks.expectedNonce,
};
const address = await client.buildAuthorizationUrlWithPAR(config, request, options);
const tokens = await client.authorizationCodeGrant(config, await walk(address, given), checks, undefined, options);
const { sub } = tokens.claims();
const person = await client.fetchUserInfo(config, tokens.access_token, sub, options);
const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, options);
const introspected = await client.tokenIntrospection(config, tokens.access_token);

const own = await client.clientCredentialsGrant(config, { scope: 'partner eligibility' }, options);
const [body, headers] = write({ scenario: given.scenario, consent_id: tokens.consent_id });
const answer = await client.fetchProtectedResource(config, own.access_token, new URL(`${given.issuer}/partner/v1/eligibility-checks`), 'POST', body, headers, options);
tell({ tokens, person, sub, refreshed, introspected, own, check: await answer.json() });
