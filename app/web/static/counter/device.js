/** The counter as an OAuth client without secrets: keys that cannot leave this browser, `private_key_jwt` and DPoP. */

import { serverSeconds } from '../lib/clock.js';
import { Api, ask } from '../lib/http.js';
import { languageTag } from '../lib/i18n.js';
import { assertion, keyPair, proof, publicJwk } from '../lib/jose.js';
import { problemOf } from '../lib/problem.js';
import { forget, keep, kept } from '../lib/vault.js';

const CLIENT_KEY = 'counter.key';
const PROOF_KEY = 'counter.proof';
const PAIRED = 'counter.paired';
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const EARLY_SECONDS = 30;

/** @typedef {{client_id: string, name: string, partner: {name_zh: string, name_en: string}, scopes: string[], livemode: boolean}} Paired */

export class Device {
  /** @param {string} issuer */
  constructor(issuer) {
    this.issuer = issuer;
    this.api = new Api(issuer, this);
    /** @type {Promise<{value: string, until: number}> | undefined} */
    this.current = undefined;
  }

  /** What this browser was paired as, if it was. @returns {Promise<Paired | undefined>} */
  paired() { return kept(PAIRED); }

  keys() { return keyPair(PROOF_KEY); }

  /** Register this browser's key by the one-time link. @param {string} token @param {string} label */
  async pair(token, label) {
    await forget(CLIENT_KEY);
    const answer = await ask(`${this.issuer}/partner/v1/counter-devices`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Accept-Language': languageTag() },
      body: JSON.stringify({ token, label, jwk: await publicJwk(await keyPair(CLIENT_KEY)) }),
    });
    if (!answer.ok) throw await problemOf(answer);
    await keep(PAIRED, await answer.json());
  }

  /** Forget the pairing here; the partner ends it at the credit office. */
  async unpair() {
    this.current = undefined;
    await Promise.all([CLIENT_KEY, PROOF_KEY, PAIRED].map(forget));
  }

  /** A live access token, kept in memory only. */
  async token() {
    const known = await this.current?.catch(() => undefined);
    if (!known || known.until < serverSeconds() + EARLY_SECONDS) this.current = this.asked();
    return (await /** @type {NonNullable<typeof this.current>} */ (this.current)).value;
  }

  async renew() { this.current = undefined; }

  /** @param {boolean} [again] @returns {Promise<{value: string, until: number}>} */
  async asked(again = false) {
    const paired = /** @type {Paired} */ (await this.paired());
    const url = `${this.issuer}/oauth/token`;
    const answer = await ask(url, {
      method: 'POST',
      headers: { DPoP: await proof(await this.keys(), 'POST', url) },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope: paired.scopes.join(' '),
        client_id: paired.client_id,
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: await assertion(await keyPair(CLIENT_KEY), paired.client_id, this.issuer),
      }),
    });
    // The first answer may have taught us the server's time and nonce, without which no assertion or proof is good.
    if (!answer.ok && !again && answer.status < 500) return this.asked(true);
    if (!answer.ok) throw await problemOf(answer);
    const body = await answer.json();
    return { value: body.access_token, until: serverSeconds() + body.expires_in };
  }
}
