/**
 * The credit office's desk: who is here, and which page is open.
 *
 * A part of the desk is a module that exports `…Views(desk)`: views by the first word of their hash, each answering a
 * page of lib/stage.js (`{title, body, tab, back}`). A new part is one line in PARTS, and for a queue one in
 * queues.js (`QUEUES`), which puts it on the first page with what waits in it; `tab: 'queues'` marks its pages.
 */

import { begin, openLoggedIn } from '../lib/begin.js';
import { t } from '../lib/i18n.js';
import { AppSession, DESK } from '../lib/oauth.js';
import { Stage } from '../lib/stage.js';
import { approvalViews } from './approvals.js';
import { batchViews } from './batches.js';
import { correctionViews } from './corrections.js';
import { frame } from './frame.js';
import { operatorViews } from './operators.js';
import { orderDisputeViews } from './order_disputes.js';
import { packViews } from './packs.js';
import { partnerViews } from './partners.js';
import { placeViews } from './places.js';
import { queueViews } from './queues.js';
import { remedyViews } from './remedies.js';
import { reviewViews } from './reviews.js';
import { start } from './start.js';
import { trailViews } from './trail.js';

/**
 * @typedef {object} Me
 * @property {string} id
 * @property {string} name
 * @property {string[]} roles admin, office, auditor
 */

/**
 * @typedef {object} Desk what views are given
 * @property {AppSession} session
 * @property {import('../lib/http.js').Api} api
 * @property {Stage} stage
 * @property {() => Promise<Me>} me who is logged in, asked once
 * @property {() => Promise<void>} leave end the session, here and at the server
 * @property {string} [note] why somebody was sent to the start
 */

const PARTS = [queueViews, approvalViews, correctionViews, remedyViews, orderDisputeViews, reviewViews, batchViews, partnerViews, placeViews, operatorViews, packViews, trailViews];
const IDLE_MILLISECONDS = 1800000;

/** @param {HTMLElement} page @param {AppSession} session @returns {Desk} */
function deskFor(page, session) {
  /** @type {any} */
  const desk = { session, api: session.api };
  /** @type {Promise<Me> | undefined} */
  let known;
  desk.me = () => {
    known ??= session.api.get('/operator/v1/me');
    known.catch(() => { known = undefined; });
    return known;
  };
  desk.leave = async () => {
    known = undefined;
    await session.logout().finally(() => desk.stage.go('#/start'));
  };
  const views = Object.assign({}, ...PARTS.map((part) => part(desk)), { start: () => start(desk) });
  desk.stage = new Stage(page, views, 'queues', (shown) => frame(desk, shown));
  desk.stage.onproblem = (/** @type {any} */ problem) => {
    if (!['logged-out', 'second-factor-missing'].includes(problem?.code)) return false;
    desk.note = problem.message;
    known = undefined;
    desk.stage.go('#/start');
    return true;
  };
  return desk;
}

/** An empty chair: nobody touched anything for as long as the server keeps an idle session. @param {Desk} desk */
function watchTheChair(desk) {
  let timer = 0;
  const sat = () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!(await desk.session.active())) return;
      desk.note = t('desk.idle');
      await desk.leave();
    }, IDLE_MILLISECONDS);
  };
  for (const sign of ['pointerdown', 'keydown']) addEventListener(sign, sat, { passive: true });
  sat();
}

begin(async (page, issuer) => {
  const desk = deskFor(page, new AppSession(issuer, DESK));
  watchTheChair(desk);
  await openLoggedIn(desk.session, desk.stage, '/desk', desk.me);
});
