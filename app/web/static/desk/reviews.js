/** Reviews that wait for a person (guardrail 11): the queue, which names nobody, and one case with its answer. */

import { h } from '../lib/dom.js';
import { day, signedPoints, when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, facts, field, form, section } from '../lib/ui.js';
import { dueRow, queuePage, recordFacts } from './cases.js';

const PATH = '/operator/v1/reviews';

/** @param {import('./main.js').Desk} desk */
export function reviewViews(desk) {
  return { reviews: () => queuePage(desk, { name: 'reviews', path: PATH, none: t('review.case.none'), row }), review: (/** @type {string} */ id) => one(desk, id) };
}

/** @param {any} waiting */
const row = (waiting) => dueRow(`#/review/${waiting.id}`, t(`review.kind.${waiting.kind}`), waiting, waiting.overdue);

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const found = await desk.api.get(`${PATH}/${encodeURIComponent(id)}`);
  return {
    title: t(`review.kind.${found.kind}`),
    tab: 'queues',
    back: '#/reviews',
    body: [
      h('p', { class: 'notice notice-calm lead', 'data-status': found.status }, t('case.seen')),
      card(facts([
        [t('review.text'), found.text],
        [t('correct.until'), day(found.due_on)],
        ...(found.decision ? decisionFacts(found.decision) : recordFacts(found.record, [t('review.case.points'), t('item.points', { n: signedPoints(found.record.units) })])),
      ])),
      found.proposed && section(t('case.proposed'), card(facts([
        [t('case.outcome'), t(`review.outcome.${found.kind}.${found.proposed.outcome}`)],
        [t('review.answer'), found.proposed.reason],
      ]))),
      found.status === 'received' && !found.proposed && section(t('review.answer'), card(answer(desk, found))),
    ],
  };
}

/** @param {any} made @returns {Array<[string, any]>} */
const decisionFacts = (made) => [
  [t('review.case.scenario'), made.scenario.name],
  [t('decision.asked'), made.partner_name],
  [t('decision.when'), when(made.decided_at)],
  [t('case.outcome'), t(`path.${made.path}`)],
  [t('review.case.reasons'), made.reasons.map((/** @type {string} */ text) => h('p', null, text))],
  [t('decision.rule'), made.rule],
  [t('decision.score'), made.score === undefined ? null : t('rule.points', { n: made.score })],
  [t('decision.asOf'), day(made.as_of)],
];

/** @param {import('./main.js').Desk} desk @param {any} found */
function answer(desk, found) {
  const outcomes = ['stands', 'changed'].map((way) => h('option', { value: way }, t(`review.outcome.${found.kind}.${way}`)));
  const outcome = h('select', { class: 'input', name: 'outcome' }, outcomes);
  const reason = h('textarea', { class: 'input', name: 'reason', rows: 3, maxlength: 500 });
  return form(async () => {
    const said = { outcome: outcome.value, reason: reason.value.trim() };
    const given = await desk.api.post(`${PATH}/${found.id}/answer`, said);
    desk.stage.go(given.approval_id ? `#/approval/${given.approval_id}` : '#/reviews');
  }, t('case.send'), field(t('case.outcome'), outcome, t('review.outcome.hint')), field(t('review.reason'), reason, t('case.reason.hint')));
}
