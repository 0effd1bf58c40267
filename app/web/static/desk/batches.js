/** What departments sent: by department, in numbers only; and why rows of a file were refused. */

import { h } from '../lib/dom.js';
import { when } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, empty, facts, list, pill, rowLink, section } from '../lib/ui.js';

const PATH = '/operator/v1/batches';
const COUNTS = ['rows', 'accepted', 'corrected', 'duplicates', 'refused', 'not_stored'];

/** @param {import('./main.js').Desk} desk */
export function batchViews(desk) {
  return { batches: () => all(desk), batch: (/** @type {string} */ id) => one(desk, id) };
}

/** @param {import('./main.js').Desk} desk */
async function all(desk) {
  const { data } = await desk.api.get(`${PATH}?limit=100`);
  const names = [...new Set(data.map((/** @type {any} */ batch) => batch.source_name))];
  const parts = names.map((name) => section(name, list(data.filter((/** @type {any} */ batch) => batch.source_name === name).map(row))));
  return {
    title: t('batches.title'),
    tab: 'queues',
    back: '#/queues',
    body: [h('p', { class: 'soft lead' }, t('batches.lead')), ...(parts.length ? parts : [empty('list', t('batches.none'))])],
  };
}

/** @param {any} batch */
const row = (batch) => rowLink({
  href: `#/batch/${batch.id}`,
  title: when(batch.received_at),
  text: t('batch.rows.sum', { rows: batch.rows, taken: batch.accepted + batch.corrected }),
  end: state(batch),
});

/** @param {any} batch */
function state(batch) {
  if (batch.status !== 'complete') return pill(t(`batch.${batch.status}`), 'pill-notice');
  return batch.refused ? pill(t('batch.refused.pill', { rows: batch.refused })) : pill(t('batch.complete'), 'pill-accent');
}

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const batch = await desk.api.get(`${PATH}/${encodeURIComponent(id)}`);
  const reasons = batch.reasons.map((/** @type {any} */ reason) => [`${reason.detail}（${reason.field}）`, t('batch.reason.rows', { rows: reason.rows })]);
  return {
    title: batch.source_name,
    tab: 'queues',
    back: '#/batches',
    body: [
      card(facts([
        [t('batch.status'), t(`batch.${batch.status}`)],
        [t('batch.received'), when(batch.received_at)],
        ...COUNTS.map((name) => [t(`batch.${name}`), String(batch[name])]),
      ])),
      reasons.length > 0 && section(t('batch.reasons'), card(facts(reasons))),
    ],
  };
}
