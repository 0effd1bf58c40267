/** npm oauth4webapi as a partner (FAPI 2.0): a consent with PAR, private_key_jwt and DPoP, then a check by it. */

import * as oauth from 'oauth4webapi';
import { walk } from './browser.mjs';
import { CONSENT, facts, signingKey, tell, write } from './program.mjs';

const given = await facts();
const loopback = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(given.issuer);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...loopback }));
const client = { client_id: given.client_id };
const credentials = oauth.PrivateKeyJwt(await signingKey(given.key));
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'));
const options = { DPoP, ...loopback };
let retries = 0;

/** The library's own way with a server's nonce: it keeps it, and the request is made once more. */
async function retried(request, process) {
  try {
    return await process(await request());
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error;
    retries += 1;
    return process(await request());
  }
}

const verifier = oauth.generateRandomCodeVerifier();
const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
const request = {
  response_type: 'code',
  redirect_uri: given.redirect_uri,
  scope: CONSENT(given.scenario),
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
};
const pushed = await retried(
  () => oauth.pushedAuthorizationRequest(as, client, credentials, request, options),
  (answer) => oauth.processPushedAuthorizationResponse(as, client, answer),
);

const address = new URL(as.authorization_endpoint);
address.search = new URLSearchParams({ client_id: given.client_id, request_uri: pushed.request_uri });
const callback = oauth.validateAuthResponse(as, client, await walk(address, given), state);
const idTokens = [];
const tokens = await retried(
  () => oauth.authorizationCodeGrantRequest(as, client, credentials, callback, given.redirect_uri, verifier, options),
  async (answer) => {
    const processed = await oauth.processAuthorizationCodeResponse(as, client, answer, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, answer, loopback);
    idTokens.push(processed.id_token);
    return processed;
  },
);
const { sub } = oauth.getValidatedIdTokenClaims(tokens);
const person = await retried(
  () => oauth.userInfoRequest(as, client, tokens.access_token, options),
  (answer) => oauth.processUserInfoResponse(as, client, sub, answer),
);
const refreshed = await retried(
  () => oauth.refreshTokenGrantRequest(as, client, credentials, tokens.refresh_token, options),
  (answer) => oauth.processRefreshTokenResponse(as, client, answer),
);
const introspected = await oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, credentials, tokens.access_token, loopback));

const own = await retried(
  () => oauth.clientCredentialsGrantRequest(as, client, credentials, { scope: 'partner eligibility' }, options),
  (answer) => oauth.processClientCredentialsResponse(as, client, answer),
);
const check = await retried(
  () => {
    const [body, headers] = write({ scenario: given.scenario, consent_id: tokens.consent_id });
    return oauth.protectedResourceRequest(own.access_token, 'POST', new URL(`${given.issuer}/partner/v1/eligibility-checks`), headers, body, options);
  },
  (answer) => answer.json(),
);
tell({ retries, tokens, person, sub, refreshed, introspected, own, check });
