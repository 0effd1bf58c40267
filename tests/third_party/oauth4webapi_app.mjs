/** npm oauth4webapi as the citizen app (public client): PAR, PKCE, DPoP, a refresh that rotates, revocation. */

import * as oauth from 'oauth4webapi';
import { walk } from './browser.mjs';
import { APP, facts, tell } from './program.mjs';

const given = await facts();
const loopback = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(given.issuer);
const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...loopback }));
const client = { client_id: given.client_id };
const credentials = oauth.None();
const options = { DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')), ...loopback };

const verifier = oauth.generateRandomCodeVerifier();
const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
const request = {
  response_type: 'code',
  redirect_uri: given.redirect_uri,
  scope: APP,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  state,
  nonce,
};
const pushed = await oauth.processPushedAuthorizationResponse(as, client, await oauth.pushedAuthorizationRequest(as, client, credentials, request, options));
const address = new URL(as.authorization_endpoint);
address.search = new URLSearchParams({ client_id: given.client_id, request_uri: pushed.request_uri });
const callback = oauth.validateAuthResponse(as, client, await walk(address, given), state);
const answered = await oauth.authorizationCodeGrantRequest(as, client, credentials, callback, given.redirect_uri, verifier, options);
const tokens = await oauth.processAuthorizationCodeResponse(as, client, answered, { expectedNonce: nonce, requireIdToken: true });
await oauth.validateApplicationLevelSignature(as, answered, loopback);
const { sub } = oauth.getValidatedIdTokenClaims(tokens);
const person = await oauth.processUserInfoResponse(as, client, sub, await oauth.userInfoRequest(as, client, tokens.access_token, options));

const refreshed = await oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, credentials, tokens.refresh_token, options));
const home = () => oauth.protectedResourceRequest(refreshed.access_token, 'GET', new URL(`${given.issuer}/citizen/v1/home`), undefined, undefined, options);
const before = await (await home()).json();
await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, credentials, refreshed.refresh_token, loopback));
let after = 200;
try {
  after = (await home()).status;
} catch (error) {
  after = error instanceof oauth.WWWAuthenticateChallengeError ? error.status : Promise.reject(error);
}
tell({ tokens, person, sub, refreshed, home: before, after: await after });
