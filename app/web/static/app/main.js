/** The citizen's app: who is here, and which page is open. */

import { h } from '../lib/dom.js';
import { chooseLanguage, language, languageTag, t } from '../lib/i18n.js';
import { AppSession } from '../lib/oauth.js';
import { Stage } from '../lib/stage.js';
import { frame } from './frame.js';
import { accessViews } from './access.js';
import { cardViews } from './card.js';
import { codeViews } from './code.js';
import { consentViews } from './consents.js';
import { homeViews } from './home.js';
import { leaveViews } from './leave.js';
import { memberViews } from './member.js';
import { orderViews } from './orders.js';
import { rightsViews } from './rights.js';
import { scenarioViews } from './scenarios.js';
import { scoreViews } from './score.js';
import { selfViews } from './self.js';
import { start } from './start.js';

/**
 * @typedef {object} App what views are given
 * @property {AppSession} session
 * @property {import('../lib/http.js').Api} api
 * @property {Stage} stage
 * @property {string} [note] why somebody was sent to the start
 */

const page = /** @type {HTMLElement} */ (document.getElementById('page'));
const issuer = page.dataset.issuer ?? location.origin;

/** @param {AppSession} session */
function stageFor(session) {
  /** @type {any} */
  const app = { session, api: session.api };
  const parts = [homeViews, memberViews, scoreViews, codeViews, scenarioViews, orderViews, consentViews, accessViews, cardViews, selfViews, rightsViews, leaveViews];
  const views = Object.assign({}, ...parts.map((part) => part(app)));
  app.stage = new Stage(page, { ...views, start: () => start(app) }, 'home', frame);
  app.stage.onproblem = (/** @type {any} */ problem) => {
    if (problem?.code !== 'logged-out') return false;
    app.note = problem.message;
    app.stage.go('#/start');
    return true;
  };
  return app.stage;
}

/** Take the login's answer out of the address, where it is once. @param {AppSession} session @param {Stage} stage */
async function arrive(session, stage) {
  const query = new URLSearchParams(location.search);
  history.replaceState(null, '', '/app');
  await stage.open(async () => {
    const back = await session.finish(query);
    history.replaceState(null, '', `/app${back || '#/home'}`);
    const { view, parameters } = stage.named();
    const opened = await view(...parameters);
    return back ? { ...opened, body: [goOn(), ...opened.body] } : opened;
  }, []);
}

/** What to do after a login that a step asked for. */
const goOn = () => h('p', { class: 'notice notice-calm lead', role: 'status' }, t('login.again.done'));

/** Start. */
async function main() {
  if (location.origin !== new URL(issuer).origin) {
    location.replace(issuer + location.pathname + location.search + location.hash);
    return;
  }
  chooseLanguage(language());
  document.documentElement.lang = languageTag();
  const session = new AppSession(issuer);
  const stage = stageFor(session);
  if (location.pathname === '/app/callback') await arrive(session, stage);
  else if (await session.active()) await stage.show();
  else stage.go('#/start');
}

main().catch((problem) => {
  console.error(problem);
  page.textContent = t('problem.unexpected');
});
