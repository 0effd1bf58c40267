/** Corrections that wait (PIPL 46): the queue, which names nobody, and one case with its answer. */

import { h, refill } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, facts, field, form, section } from '../lib/ui.js';
import { dueRow, queuePage, recordFacts } from './cases.js';

const PATH = '/operator/v1/corrections';
/** Fields of a record that an answer can put right by a value, and the input for it; of the others a record is withdrawn. */
const INPUTS = /** @type {Record<string, string>} */ ({ event_on: 'date', ended_on: 'date', expires_on: 'date', quantity: 'number' });

/** @param {import('./main.js').Desk} desk */
export function correctionViews(desk) {
  return { corrections: () => queuePage(desk, { name: 'corrections', path: PATH, none: t('case.none'), row }), correction: (/** @type {string} */ id) => one(desk, id) };
}

/** @param {any} waiting */
const row = (waiting) => dueRow(`#/correction/${waiting.id}`, `${t(`case.about.${waiting.about}`)} · ${t(`correct.field.${waiting.field}`)}`, waiting, waiting.overdue);

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const found = await desk.api.get(`${PATH}/${encodeURIComponent(id)}`);
  return {
    title: t(`correct.field.${found.field}`),
    tab: 'queues',
    back: '#/corrections',
    body: [
      h('p', { class: 'notice notice-calm lead', 'data-status': found.status }, t('case.seen')),
      card(facts([
        [t('correct.text'), found.statement],
        [t('case.held'), found.held],
        [t('correct.until'), day(found.due_on)],
        ...(found.record ? recordFacts(found.record) : []),
      ])),
      found.proposed && section(t('case.proposed'), card(facts(answerFacts(found.proposed)))),
      found.status === 'received' && !found.proposed && section(t('correct.answer'), card(answer(desk, found))),
    ],
  };
}

/** @param {any} proposed @returns {Array<[string, any]>} */
const answerFacts = (proposed) => [
  [t('case.outcome'), t(`case.remedy.${proposed.remedy}`)],
  [t('correct.answer'), proposed.reason],
  [t('correct.document'), proposed.document],
  ...Object.entries(proposed.values).map(([name, value]) => /** @type {[string, any]} */ ([t(`correct.field.${name}`), value])),
];

/** @param {import('./main.js').Desk} desk @param {any} found */
function answer(desk, found) {
  const stands = found.record && ['active', 'disputed'].includes(found.record.status);
  const input = stands && INPUTS[found.field];
  const ways = ['refused', ...(stands ? [input ? 'replace' : null, 'withdraw'] : ['accepted'])].filter((way) => way !== null);
  const outcome = h('select', { class: 'input', name: 'outcome' }, ways.map((way) => h('option', { value: way }, t(`case.remedy.${way}`))));
  const reason = h('textarea', { class: 'input', name: 'reason', rows: 3, maxlength: 500 });
  const document_ = h('input', { class: 'input', name: 'document', maxlength: 120, autocomplete: 'off' });
  const value = h('input', { class: 'input', name: 'value', type: input || 'text' });
  const place = h('div', { class: 'stack' });
  const choose = () => refill(
    place,
    ['replace', 'withdraw'].includes(outcome.value) && field(t('correct.document'), document_, t('case.document.hint')),
    outcome.value === 'replace' && field(t(`correct.field.${found.field}`), value),
  );
  outcome.addEventListener('change', choose);
  choose();
  return form(async () => {
    const said = bodyOf(outcome.value, reason.value.trim(), document_.value.trim(), found.field, value.value);
    const given = await desk.api.post(`${PATH}/${found.id}/answer`, said);
    desk.stage.go(given.approval_id ? `#/approval/${given.approval_id}` : '#/corrections');
  }, t('case.send'), field(t('case.outcome'), outcome), place, field(t('correct.answer'), reason, t('case.reason.hint')));
}

/** @param {string} way @param {string} reason @param {string} document_ @param {string} name @param {string} value */
function bodyOf(way, reason, document_, name, value) {
  if (way === 'refused' || way === 'accepted') return { outcome: way, reason };
  const changed = { outcome: 'accepted', reason, remedy: way, ...(document_ ? { document: document_ } : {}) };
  if (way === 'withdraw') return changed;
  return { ...changed, values: value ? { [name]: INPUTS[name] === 'number' ? Number(value) : value } : {} };
}
