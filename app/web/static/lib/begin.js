/** How each of our pages begins: at its own origin, in the person's language, logged in where it needs a login. */

import { h } from './dom.js';
import { chooseLanguage, language, languageTag, t } from './i18n.js';

/** @param {(page: HTMLElement, issuer: string) => Promise<void>} start what this page does first */
export function begin(start) {
  const page = /** @type {HTMLElement} */ (document.getElementById('page'));
  const issuer = page.dataset.issuer ?? location.origin;
  if (location.origin !== new URL(issuer).origin) {
    location.replace(issuer + location.pathname + location.search + location.hash);
    return;
  }
  chooseLanguage(language());
  document.documentElement.lang = languageTag();
  start(page, issuer).catch((problem) => {
    console.error(problem);
    page.textContent = t('problem.unexpected');
  });
}

/**
 * Show what the hash names, to who is logged in; else the start.
 * @param {import('./oauth.js').AppSession} session
 * @param {import('./stage.js').Stage} stage
 * @param {string} root the page's path; a login comes back to `root`/callback
 * @param {() => Promise<unknown>} [ready] what a login that came back needs before its page is shown
 */
export async function openLoggedIn(session, stage, root, ready) {
  if (location.pathname === `${root}/callback`) await arrive(session, stage, root, ready);
  else if (await session.active()) await stage.show();
  else stage.go('#/start');
}

/**
 * Take the login's answer out of the address, where it is once.
 * @param {import('./oauth.js').AppSession} session
 * @param {import('./stage.js').Stage} stage
 * @param {string} root
 * @param {() => Promise<unknown>} [ready]
 */
async function arrive(session, stage, root, ready) {
  const query = new URLSearchParams(location.search);
  history.replaceState(null, '', root);
  await stage.open(async () => {
    const back = await session.finish(query);
    history.replaceState(null, '', root + (back || `#/${stage.first}`));
    await ready?.();
    const { view, parameters } = stage.named();
    const opened = await view(...parameters);
    return back ? { ...opened, body: [goOn(), ...opened.body] } : opened;
  }, []);
}

/** What to do after a login that a step asked for. */
const goOn = () => h('p', { class: 'notice notice-calm lead', role: 'status' }, t('login.again.done'));
