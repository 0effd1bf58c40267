/**
 * npm oidc-provider as the city's real-name platform, in its FAPI 2.0 profile: PAR, private_key_jwt, DPoP with nonces.
 *
 * Facts: `port`, `clients` (registrations), `people` (by login: `password` and `claims` by client_id). Tells `ready`.
 */

import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { facts, tell } from './program.mjs';
import { exportJWK, generateKeyPair } from 'jose';

const given = await facts();
const issuer = `http://127.0.0.1:${given.port}`;
const DETAILS = ['name', 'id_number', 'city', 'assurance_level', 'network_id', 'age_over_18'];

async function signingKey(alg) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: alg };
}

const provider = new Provider(issuer, {
  clients: given.clients,
  jwks: { keys: await Promise.all(['ES256', 'PS256'].map(signingKey)) },
  scopes: ['openid', 'realname'],
  claims: { openid: ['sub'], realname: DETAILS },
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { idTokenSigningAlgValues: ['ES256', 'PS256'], clientAuthSigningAlgValues: ['ES256', 'PS256', 'EdDSA'] },
  features: {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: crypto.getRandomValues(Buffer.alloc(32)), requireNonce: () => true },
    fapi: { enabled: true, profile: '2.0' },
    pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true },
  },
  cookies: { keys: [crypto.randomUUID()] },
  ttl: { AuthorizationCode: 60, AccessToken: 300, IdToken: 300, Interaction: 600, Session: 600, Grant: 600 },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (ctx, login) => ({ accountId: login, claims: () => ({ sub: login, ...given.people[login].claims[ctx.oidc.client.clientId] }) }),
});

const page = (form) => `<!doctype html><title>Real-name platform</title><form method="post">${form}</form>`;
const LOGIN = page('<input name="login"><input name="password" type="password"><button>Log in</button>');
const CONSENT = page('<button name="decision" value="allow">Tell them</button><button name="decision" value="deny">No</button>');

async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (request.method === 'GET') return response.setHeader('content-type', 'text/html').end(prompt.name === 'login' ? LOGIN : CONSENT);
  const form = new URLSearchParams(await new Response(request).text());
  return prompt.name === 'login' ? logIn(request, response, form) : decide(request, response, form, params.client_id, session.accountId);
}

function logIn(request, response, form) {
  const person = given.people[form.get('login')];
  if (person?.password !== form.get('password')) return response.writeHead(401, { 'content-type': 'text/html' }).end(LOGIN);
  return provider.interactionFinished(request, response, { login: { accountId: form.get('login') } });
}

async function decide(request, response, form, clientId, accountId) {
  if (form.get('decision') !== 'allow') return provider.interactionFinished(request, response, { error: 'access_denied' });
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid realname');
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const callback = provider.callback();
const server = createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return callback(request, response);
  return interact(request, response).catch((error) => response.writeHead(500).end(String(error)));
});
server.listen(given.port, '127.0.0.1', () => tell('ready'));
