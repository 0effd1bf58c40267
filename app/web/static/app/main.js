/** The citizen's app: who is here, and which page is open. */

import { begin, openLoggedIn } from '../lib/begin.js';
import { AppSession } from '../lib/oauth.js';
import { Stage } from '../lib/stage.js';
import { entityViews } from './entities.js';
import { exchangeViews } from './exchange.js';
import { frame } from './frame.js';
import { accessViews } from './access.js';
import { avatarViews } from './avatar.js';
import { cardViews } from './card.js';
import { codeViews } from './code.js';
import { comingViews } from './coming.js';
import { consentViews } from './consents.js';
import { holderViews } from './holder.js';
import { homeViews } from './home.js';
import { leaveViews } from './leave.js';
import { memberViews } from './member.js';
import { offlineViews } from './offline.js';
import { orderDisputeViews } from './order_disputes.js';
import { orderViews } from './orders.js';
import { reportViews } from './report.js';
import { recordViews } from './record.js';
import { placeViews } from './places.js';
import { reviewViews } from './reviews.js';
import { pledgeViews } from './pledges.js';
import { remedyViews } from './remedies.js';
import { rightsViews } from './rights.js';
import { scenarioViews } from './scenarios.js';
import { scoreViews } from './score.js';
import { historyViews } from './score_history.js';
import { selfViews } from './self.js';
import { shakeViews } from './shake.js';
import { start } from './start.js';
import { tickViews } from './ticks.js';
import { walletViews } from './wallet.js';
import { whatIfViews } from './what_if.js';

/**
 * @typedef {object} App what views are given
 * @property {AppSession} session
 * @property {import('../lib/http.js').Api} api
 * @property {Stage} stage
 * @property {string} [note] why somebody was sent to the start
 */

/** @param {HTMLElement} page @param {AppSession} session */
function stageFor(page, session) {
  /** @type {any} */
  const app = { session, api: session.api };
  const parts = [homeViews, memberViews, scoreViews, comingViews, historyViews, whatIfViews, codeViews, scenarioViews, placeViews, orderViews, orderDisputeViews, consentViews, accessViews, cardViews, tickViews, avatarViews, entityViews, exchangeViews, holderViews, shakeViews, offlineViews, walletViews, selfViews, rightsViews, remedyViews, pledgeViews, recordViews, reportViews, reviewViews, leaveViews];
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

begin(async (page, issuer) => {
  const session = new AppSession(issuer);
  await openLoggedIn(session, stageFor(page, session), '/app');
});
