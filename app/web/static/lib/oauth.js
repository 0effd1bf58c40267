/** The citizen app, or the desk, as an OAuth client: PAR (RFC 9126), PKCE (RFC 7636), DPoP (RFC 9449), rotating tokens. */

import { serverSeconds } from './clock.js';
import { Api, ask } from './http.js';
import { languageTag, t } from './i18n.js';
import { digest, keyPair, nonce, proof, unpacked } from './jose.js';
import { loggedOut, Problem, problemOf } from './problem.js';
import { forget, keep, kept } from './vault.js';

const ATTEMPT = 'xinyi.login';
const EARLY_SECONDS = 30;

/**
 * @typedef {object} Client
 * @property {string} id
 * @property {string} scope
 * @property {string} name of its page, and of what this browser keeps for it
 */

/** @type {Client} */
export const CITIZEN_APP = { id: 'xinyi-app', scope: 'openid profile citizen', name: 'app' };
/** @type {Client} */
export const DESK = { id: 'xinyi-desk', scope: 'openid operator', name: 'desk' };

/** @typedef {{access_token: string, refresh_token?: string, expires_at: number}} Tokens */

export class AppSession {
  /** @param {string} issuer @param {Client} [client] */
  constructor(issuer, client = CITIZEN_APP) {
    this.issuer = issuer;
    this.client = client;
    this.key = `${client.name}.key`;
    this.tokens = `${client.name}.tokens`;
    this.wallet = `${client.name}.wallet`;
    this.redirectUri = `${issuer}/${client.name}/callback`;
    this.api = new Api(issuer, this);
    /** @type {Promise<any> | undefined} */
    this.known = undefined;
  }

  keys() { return keyPair(this.key); }

  /** Whether somebody is logged in here. */
  async active() { return Boolean(await kept(this.tokens)); }

  /** The server's metadata (RFC 8414), read once. */
  async metadata() {
    this.known ??= ask(`${this.issuer}/.well-known/oauth-authorization-server`, {}).then((answer) => answer.json());
    this.known.catch(() => { this.known = undefined; });
    return this.known;
  }

  /**
   * Leave for a login that is new, because the next step asks for one (RFC 9470), and come back to the same view.
   * @param {string} maxAge seconds @returns {Promise<never>}
   */
  async loginAgain(maxAge) {
    await this.login({ max_age: maxAge }, location.hash);
    return new Promise(() => {});
  }

  /**
   * Leave for the login page.
   * @param {Record<string, string>} [asked] further parameters of the request
   * @param {string} [back] the view to come back to
   */
  async login(asked = {}, back = '') {
    const attempt = { verifier: nonce(), state: nonce(), nonce: nonce(), back };
    const metadata = await this.metadata();
    const { request_uri: requestUri } = await this.post(metadata.pushed_authorization_request_endpoint, {
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope: this.client.scope,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await digest(attempt.verifier),
      code_challenge_method: 'S256',
      ui_locales: languageTag(),
      ...asked,
    });
    sessionStorage.setItem(ATTEMPT, JSON.stringify(attempt));
    const query = new URLSearchParams({ client_id: this.client.id, request_uri: requestUri });
    location.assign(`${metadata.authorization_endpoint}?${query}`);
  }

  /**
   * Take the code that the login brought back; returns the view that it was made for, if any.
   * @param {URLSearchParams} query @returns {Promise<string>}
   */
  async finish(query) {
    const attempt = JSON.parse(sessionStorage.getItem(ATTEMPT) ?? 'null');
    sessionStorage.removeItem(ATTEMPT);
    if (!attempt || query.get('state') !== attempt.state || query.get('iss') !== this.issuer) throw loggedOut();
    if (!query.has('code')) throw new Problem({ code: 'logged-out', detail: t('problem.loginNotDone') });
    await this.exchange({
      grant_type: 'authorization_code',
      code: query.get('code') ?? '',
      redirect_uri: this.redirectUri,
      code_verifier: attempt.verifier,
    }, attempt.nonce);
    return attempt.back;
  }

  /**
   * The ID token came straight from the token endpoint over TLS, which stands for its signature (OpenID Connect Core
   * 3.1.3.7); issuer, audience, nonce and time are ours to check.
   * @param {string} token @param {string} expected
   */
  checkIdToken(token, expected) {
    const claims = unpacked(token.split('.')[1]);
    const right = claims.iss === this.issuer && claims.aud === this.client.id && claims.nonce === expected;
    if (!right || claims.exp < serverSeconds()) throw loggedOut();
  }

  /** A live access token. Tabs take turns, so that a refresh token is never used twice. */
  async token() {
    return this.inTurn(async (tokens) => {
      if (tokens.expires_at > serverSeconds() + EARLY_SECONDS) return tokens.access_token;
      return (await this.refreshed(tokens)).access_token;
    });
  }

  /** Get another access token because the last one was refused; one that another tab got meanwhile will do. */
  async renew() {
    const refused = /** @type {Tokens | undefined} */ (await kept(this.tokens))?.access_token;
    await this.inTurn(async (tokens) => {
      if (tokens.access_token === refused) await this.refreshed(tokens);
    });
  }

  /** @template T @param {(tokens: Tokens) => Promise<T>} action @returns {Promise<T>} */
  inTurn(action) {
    return navigator.locks.request(this.tokens, async () => {
      const tokens = await kept(this.tokens);
      if (!tokens) throw loggedOut();
      return action(tokens);
    });
  }

  /** @param {Tokens} tokens */
  async refreshed(tokens) {
    if (!tokens.refresh_token) throw await this.over();
    try {
      return await this.exchange({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    } catch (problem) {
      if (/** @type {Problem} */ (problem).code !== 'invalid_grant') throw problem;
      throw await this.over();
    }
  }

  /** Log out here and at the server; here even where the server cannot be reached. */
  async logout() {
    const tokens = await kept(this.tokens);
    try {
      const metadata = await this.metadata();
      await this.post(metadata.revocation_endpoint, { token: tokens?.refresh_token ?? tokens?.access_token ?? '' });
    } finally {
      await this.over();
      await forget(this.key);
      await forget(this.wallet);
    }
  }

  /** Forget the tokens; returns what to throw. */
  async over() {
    await forget(this.tokens);
    return loggedOut();
  }

  /**
   * Tokens, kept; those of a login (with its nonce) only once its ID token has been checked.
   * @param {Record<string, string>} form @param {string} [expected]
   */
  async exchange(form, expected) {
    const answer = await this.post((await this.metadata()).token_endpoint, form);
    if (expected) this.checkIdToken(answer.id_token, expected);
    const before = await kept(this.tokens);
    await keep(this.tokens, {
      access_token: answer.access_token,
      refresh_token: answer.refresh_token ?? before?.refresh_token,
      expires_at: serverSeconds() + answer.expires_in,
    });
    return answer;
  }

  /**
   * A form to an OAuth endpoint, with a proof; asked once more with the clock and the nonce that the first answer taught.
   * @param {string} url @param {Record<string, string>} form @param {boolean} [again] @returns {Promise<any>}
   */
  async post(url, form, again = false) {
    const answer = await ask(url, {
      method: 'POST',
      headers: { DPoP: await proof(await this.keys(), 'POST', url) },
      body: new URLSearchParams({ ...form, client_id: this.client.id }),
    });
    if (answer.ok) return answer.text().then((text) => (text ? JSON.parse(text) : {}));
    const problem = await problemOf(answer);
    if (again || !['invalid_dpop_proof', 'use_dpop_nonce'].includes(problem.code)) throw problem;
    return this.post(url, form, true);
  }
}
