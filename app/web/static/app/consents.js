/** Who may ask what about me, ended with one tap; and each decision with its reasons, which only I see. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, card, empty, facts, list, pill, section, tell } from '../lib/ui.js';
import { reviewPart } from './reviews.js';
import { benefitText } from '../lib/benefit.js';
import { ordinary } from './scenarios.js';

/** @param {import('./main.js').App} app */
export function consentViews(app) {
  return { consents: () => consents(app), decision: (/** @type {string} */ id) => decision(app, id) };
}

/** @param {import('./main.js').App} app */
async function consents(app) {
  const page = await app.api.get('/citizen/v1/consents?limit=100');
  const live = page.data.filter((/** @type {any} */ consent) => consent.status === 'live');
  const over = page.data.filter((/** @type {any} */ consent) => consent.status !== 'live');
  return {
    title: t('consents.title'),
    tab: 'me',
    back: '#/me',
    body: [
      h('p', { class: 'soft lead' }, t('consents.lead')),
      live.length ? h('div', { class: 'stack' }, live.map((/** @type {any} */ consent) => liveConsent(app, consent))) : empty('key', t('consents.none')),
      over.length ? section(t('consents.over'), list(over.map(overRow))) : null,
    ],
  };
}

/** @param {any} consent */
const about = (consent) => {
  if (consent.shows_score) return t('consents.score');
  return t(consent.caps ? 'consents.orders' : 'consents.scenario', { name: consent.scenario_name ?? consent.scenario });
};

/** Up to where orders start without my confirmation. @param {any} caps */
const limits = (caps) => facts([
  [t('consents.caps.order'), yuan(caps.per_order_fen)],
  [t('consents.caps.day'), yuan(caps.per_day_fen)],
  [t('consents.caps.today'), yuan(caps.today_fen)],
]);

/** @param {import('./main.js').App} app @param {any} consent */
function liveConsent(app, consent) {
  const end = button(t('consents.end'), async () => {
    await app.api.post(`/citizen/v1/consents/${consent.id}/end`);
    await app.stage.again();
    tell(t('consents.ended'));
  }, { kind: 'button-quiet' });
  return card(h(
    'div',
    { class: 'stack' },
    h('h2', null, consent.partner.name),
    h('p', null, about(consent)),
    consent.caps && limits(consent.caps),
    consent.caps && h('p', { class: 'small soft' }, t('consents.orders.more')),
    h('p', { class: 'small soft' }, t('consents.until', { from: day(consent.granted_at), to: day(consent.expires_at) })),
    end,
  ));
}

/** @param {any} consent */
const overRow = (consent) => h(
  'div',
  { class: 'item' },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, consent.partner.name), h('span', { class: 'small soft' }, about(consent))),
  pill(t(`consents.${consent.status}`)),
);

/** @param {import('./main.js').App} app @param {string} id */
async function decision(app, id) {
  const made = await app.api.get(`/citizen/v1/decisions/${encodeURIComponent(id)}`);
  return {
    title: t('decision.title'),
    tab: 'me',
    back: '#/access',
    body: [
      h(
        'section',
        { class: made.path === 'credit' ? 'result result-credit' : 'result' },
        h('p', { class: 'small soft' }, made.scenario_name ?? made.scenario),
        h('h2', null, t(`path.${made.path}`)),
        made.benefit && h('p', null, benefitText(made.benefit)),
        made.reasons.map((/** @type {any} */ reason) => h('p', { class: 'reason' }, reason.text)),
        h('p', { class: 'small soft reason' }, t('decision.private')),
      ),
      section(null, card(facts(decisionFacts(made)))),
      made.path === 'standard' && made.ordinary_path && ordinary(made.ordinary_path, false),
      reviewPart(app, `/citizen/v1/decisions/${made.id}/reviews`, made.review),
    ],
  };
}

/** @param {any} made @returns {Array<[string, any]>} */
function decisionFacts(made) {
  return [
    [t('decision.asked'), made.partner_name],
    [t('decision.when'), when(made.decided_at)],
    [t('decision.via'), t(`via.${made.via}`)],
    [t('decision.rule'), made.rule],
    [t('decision.score'), made.used.score === undefined ? null : t('rule.points', { n: made.used.score })],
    [t('decision.asOf'), day(made.used.as_of)],
  ];
}
