/** What went wrong, in words for a person: a problem document (RFC 9457), an OAuth error, or no connection. */

import { t } from './i18n.js';

export class Problem extends Error {
  /** @param {{code: string, status?: number, title?: string, detail?: string, retryable?: boolean, errors?: any[], allowed_actions?: string[]}} said */
  constructor(said) {
    super(said.detail ?? said.title ?? said.code);
    this.code = said.code;
    this.status = said.status ?? 0;
    this.title = said.title ?? '';
    this.retryable = said.retryable ?? false;
    this.errors = said.errors ?? [];
  }
}

/** No answer came. */
export const offline = () => new Problem({ code: 'offline', detail: t('problem.offline'), retryable: true });

/** The person has to log in again. */
export const loggedOut = () => new Problem({ code: 'logged-out', status: 401, detail: t('problem.loggedOut') });

/** The problem that an answer tells. @param {Response} answer @returns {Promise<Problem>} */
export async function problemOf(answer) {
  const body = await answer.json().catch(() => ({}));
  if (body.code) return new Problem({ ...body, detail: detailOf(body) });
  const code = body.error ?? 'unexpected';
  return new Problem({ code, status: answer.status, detail: t('problem.unexpected'), retryable: answer.status >= 500 });
}

/** @param {any} body */
function detailOf(body) {
  const details = (body.errors ?? []).map((/** @type {any} */ fault) => fault.detail).filter(Boolean);
  return details.length && body.code === 'validation' ? details.join(' ') : body.detail;
}
