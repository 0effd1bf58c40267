/** Calls of the API with a fresh DPoP proof each, patient on a bad line: reads are asked again, and ETags remembered. */

import { learn } from './clock.js';
import { pause } from './dom.js';
import { languageTag } from './i18n.js';
import { proof } from './jose.js';
import { heed } from './nonce.js';
import { offline, problemOf } from './problem.js';

const TIMEOUT = 15000;
const WAITS = [500, 1500];
const LONGEST_WAIT = 4;

/**
 * @typedef {object} Credentials
 * @property {() => Promise<CryptoKeyPair>} keys
 * @property {() => Promise<string>} token a live access token
 * @property {() => Promise<void>} renew get another token, because the last one was refused
 * @property {(maxAge: string) => Promise<never>} [loginAgain] leave for a login, because the last one is too old
 */

/**
 * One attempt; throws the `offline` problem where no answer comes.
 * @param {string} url
 * @param {RequestInit} options
 */
export async function ask(url, options) {
  try {
    const answer = await fetch(url, { ...options, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT) });
    learn(answer);
    heed(answer);
    return answer;
  } catch {
    throw offline();
  }
}

export class Api {
  /** @param {string} base @param {Credentials} credentials */
  constructor(base, credentials) {
    this.base = base;
    this.credentials = credentials;
    /** @type {Map<string, {etag: string, body: any}>} */
    this.read = new Map();
  }

  /** @param {string} path @returns {Promise<any>} */
  get(path) { return this.call('GET', path); }

  /** @param {string} path @param {object} [body] JSON, or a file as it is @returns {Promise<any>} */
  post(path, body = {}) { return this.call('POST', path, body); }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  put(path, body) { return this.call('PUT', path, body); }

  /** @param {string} path @param {object} [body] @returns {Promise<any>} */
  delete(path, body) { return this.call('DELETE', path, body); }

  /**
   * A write that may safely be repeated: the server knows it again by its key.
   * @param {string} path @param {object} body @returns {Promise<any>}
   */
  once(path, body) {
    return this.call('POST', path, body, { 'Idempotency-Key': crypto.randomUUID() });
  }

  /**
   * The answer's body; throws a Problem.
   * @param {string} method @param {string} path @param {object} [body] @param {Record<string, string>} [extra]
   */
  async call(method, path, body, extra = {}) {
    const patient = method === 'GET' || 'Idempotency-Key' in extra;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const answer = await this.send(method, path, body, extra);
        const wait = patient && attempt < WAITS.length ? waitOf(answer) : 0;
        if (!wait) return await this.content(method, path, answer);
        await pause(wait * 1000);
      } catch (problem) {
        if (/** @type {any} */ (problem).code !== 'offline' || !patient || attempt >= WAITS.length) throw problem;
        await pause(WAITS[attempt]);
      }
    }
  }

  /**
   * @param {string} method @param {string} path @param {object | undefined} body
   * @param {Record<string, string>} extra @param {boolean} [again]
   * @returns {Promise<Response>}
   */
  async send(method, path, body, extra, again = false) {
    const answer = await ask(this.base + path, {
      method,
      headers: { ...(await this.headers(method, path)), ...extra, ...typeOf(body) },
      body: body instanceof Blob ? body : body && JSON.stringify(body),
    });
    const challenge = answer.status === 401 ? answer.headers.get('WWW-Authenticate') ?? '' : '';
    if (challenge.includes('insufficient_user_authentication')) return this.stepUp(challenge, answer);
    if (answer.status !== 401 || again) return answer;
    // A refused proof is right with the clock and the nonce just learnt; a token refused needs another.
    if (!/invalid_dpop_proof|use_dpop_nonce/.test(challenge)) await this.credentials.renew();
    return this.send(method, path, body, extra, true);
  }

  /** A step for which the login is too old (RFC 9470). @param {string} challenge @param {Response} answer */
  async stepUp(challenge, answer) {
    await this.credentials.loginAgain?.(challenge.match(/max_age="?(\d+)/)?.[1] ?? '0');
    return answer;
  }

  /** @param {string} method @param {string} path */
  async headers(method, path) {
    const [keys, token] = [await this.credentials.keys(), await this.credentials.token()];
    const known = method === 'GET' ? this.read.get(path) : undefined;
    return {
      Authorization: `DPoP ${token}`,
      DPoP: await proof(keys, method, this.base + path, token),
      'Accept-Language': languageTag(),
      ...(known ? { 'If-None-Match': known.etag } : {}),
    };
  }

  /** @param {string} method @param {string} path @param {Response} answer */
  async content(method, path, answer) {
    if (answer.status === 304) return this.read.get(path)?.body;
    if (!answer.ok) throw await problemOf(answer);
    if (answer.status === 204) return null;
    const body = await answer.json();
    const etag = answer.headers.get('ETag');
    if (method === 'GET' && etag) this.read.set(path, { etag, body });
    return body;
  }
}

/** @param {object | undefined} body @returns {Record<string, string>} */
function typeOf(body) {
  if (!body) return {};
  return { 'Content-Type': body instanceof Blob ? body.type : 'application/json' };
}

/** Seconds to wait before asking again, 0 where asking again is of no use. @param {Response} answer */
function waitOf(answer) {
  if (![409, 429, 503].includes(answer.status) || !answer.headers.has('Retry-After')) return 0;
  const seconds = Number(answer.headers.get('Retry-After'));
  return seconds > 0 && seconds <= LONGEST_WAIT ? seconds : 0;
}
