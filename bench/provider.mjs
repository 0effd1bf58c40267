/**
 * npm oidc-provider as the floor: a cluster that gives client-credentials tokens to FAPI 2.0 clients, and nothing else.
 *
 * `node provider.mjs FILE`: FILE holds JSON with `port`, `workers`, `clients`, `jwks`, `nonce_secret` (32 bytes, base64)
 * and `postgresql` (null: the provider's own in-memory adapter, a replay store for each process alone).
 */

import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';
import { postgresqlAdapter } from './postgresql_adapter.mjs';

const given = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const issuer = `http://127.0.0.1:${given.port}`;

/** What our own access tokens are: ten minutes, ES256, `at+jwt`, the issuer their audience. */
const resourceServer = { scope: 'records', audience: issuer, accessTokenFormat: 'jwt', accessTokenTTL: 600, jwt: { sign: { alg: 'ES256' } } };

function serve() {
  const provider = new Provider(issuer, {
    adapter: given.postgresql ? postgresqlAdapter(given.postgresql) : undefined,
    clients: given.clients,
    jwks: given.jwks,
    scopes: ['records'],
    clientAuthMethods: ['private_key_jwt'],
    enabledJWA: { clientAuthSigningAlgValues: ['ES256', 'PS256', 'EdDSA'], dPoPSigningAlgValues: ['ES256', 'PS256', 'EdDSA'] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: Buffer.from(given.nonce_secret, 'base64'), requireNonce: () => given.nonce },
      fapi: { enabled: true, profile: '2.0' },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => issuer,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
    },
    cookies: { keys: ['not used'] },
  });
  createServer(provider.callback()).listen(given.port, '127.0.0.1');
}

if (cluster.isPrimary) {
  for (let number = 0; number < given.workers; number += 1) cluster.fork();
  cluster.on('exit', () => process.exit(1));
} else {
  serve();
}
