/** Disputes and repairs that their department left unanswered: the queues, which name nobody, and one case. */

import { h, refill } from '../lib/dom.js';
import { day } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, facts, field, form, section } from '../lib/ui.js';
import { dueRow, queuePage, recordFacts } from './cases.js';

/** What the office may propose of each. @type {Record<string, string[]>} */
const OUTCOMES = { disputes: ['withdrawn', 'upheld'], repairs: ['refused', 'repaired'] };

/** @param {import('./main.js').Desk} desk */
export function remedyViews(desk) {
  return {
    disputes: () => queue(desk, 'disputes'),
    dispute: (/** @type {string} */ id) => one(desk, 'disputes', id),
    repairs: () => queue(desk, 'repairs'),
    repair: (/** @type {string} */ id) => one(desk, 'repairs', id),
  };
}

/** @param {import('./main.js').Desk} desk @param {string} kind */
function queue(desk, kind) {
  const row = (/** @type {any} */ late) => dueRow(`#/${kind.slice(0, -1)}/${late.id}`, late.source, late, true);
  return queuePage(desk, { name: kind, path: `/operator/v1/${kind}`, none: t('remedy.case.none'), row });
}

/** @param {import('./main.js').Desk} desk @param {string} kind @param {string} id */
async function one(desk, kind, id) {
  const found = await desk.api.get(`/operator/v1/${kind}/${encodeURIComponent(id)}`);
  return {
    title: t(`queue.${kind}`),
    tab: 'queues',
    back: `#/${kind}`,
    body: [
      h('p', { class: 'notice notice-calm lead', 'data-status': found.status }, t('case.seen')),
      card(facts([
        [t('remedy.ground'), found.ground && t(`remedy.ground.${found.ground}`)],
        [t(found.asked_by === 'operator' ? 'remedy.office' : 'correct.text'), found.statement],
        [t('remedy.evidence'), found.new_evidence],
        [t('correct.until'), day(found.due_on)],
        ...recordFacts({ ...found.record, statement: found.record_statement }),
      ])),
      found.proposed
        ? section(t('case.proposed'), card(facts([
          [t('case.outcome'), t(`remedy.outcome.${found.proposed.outcome}`)],
          [t('correct.answer'), found.proposed.reason],
          [t('correct.document'), found.proposed.document],
        ])))
        : section(t('correct.answer'), card(answer(desk, kind, found))),
    ],
  };
}

/** @param {import('./main.js').Desk} desk @param {string} kind @param {any} found */
function answer(desk, kind, found) {
  const outcome = h('select', { class: 'input', name: 'outcome' }, OUTCOMES[kind].map((code) => h('option', { value: code }, t(`remedy.outcome.${code}`))));
  const reason = h('textarea', { class: 'input', name: 'reason', rows: 3, maxlength: 200 });
  const document_ = h('input', { class: 'input', name: 'document', maxlength: 120, autocomplete: 'off' });
  const hint = h('div');
  const choose = () => refill(hint, field(t('correct.document'), document_, t(outcome.value === 'withdrawn' ? 'remedy.case.noProof' : 'case.document.hint')));
  outcome.addEventListener('change', choose);
  choose();
  return form(async () => {
    const written = document_.value.trim();
    const said = { outcome: outcome.value, reason: reason.value.trim(), ...(written ? { document: written } : {}) };
    const given = await desk.api.post(`/operator/v1/${kind}/${found.id}/answer`, said);
    desk.stage.go(`#/approval/${given.approval_id}`);
  }, t('approval.propose'), field(t('case.outcome'), outcome), hint, field(t('correct.answer'), reason, t('case.reason.hint')));
}
