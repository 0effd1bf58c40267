/** A dispute of one of this merchant's orders: what the customer wrote for it, its answer, and an amount that settles it. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, facts, field, form, section } from '../lib/ui.js';

/** @param {import('./main.js').Counter} counter */
export function disputeViews(counter) {
  return { dispute: (/** @type {string} */ id) => one(counter, id) };
}

/** @param {import('./main.js').Counter} counter @param {string} id */
async function one(counter, id) {
  const path = `/partner/v1/disputes/${encodeURIComponent(id)}`;
  const found = await counter.api.get(path);
  const may = (/** @type {string} */ action) => found.allowed_actions.includes(action);
  return {
    title: t('odp.counter.title'),
    tab: 'orders',
    back: `#/order/${found.order_id}`,
    body: [
      h('p', { class: 'notice notice-calm lead', role: 'status', 'data-dispute': found.status }, t(`odp.counter.${found.status}`)),
      card(facts([
        [t('odp.kind'), t(`odp.kind.${found.kind}`)],
        [t('odp.text'), found.statement],
        [t('odp.counter.said'), found.response],
        [t(`odp.by.${found.resolved_by ?? 'operator'}`), found.explanation],
        [t('odp.opened'), when(found.opened_at)],
        [t('odp.desk_at'), found.desk_at && day(found.desk_at)],
        [t('odp.case.charged'), yuan(found.charged)],
        [t('odp.case.number'), h('code', null, found.external_order_no)],
      ])),
      may('accept') && section(t('odp.counter.accept'), card(settle(counter, path, found))),
      may('respond') && section(t('odp.counter.respond'), card(respond(counter, path))),
    ],
  };
}

/** @param {import('./main.js').Counter} counter @param {string} path @param {any} found */
function settle(counter, path, found) {
  const amount = h('input', { class: 'input money', name: 'amount', inputmode: 'decimal', autocomplete: 'off', maxlength: 12 });
  const text = h('textarea', { class: 'input', name: 'text', rows: 2, maxlength: 1000 });
  return form(async () => {
    const said = text.value.trim();
    const fen = Math.round(Number(amount.value.trim() || 'x') * 100);
    await counter.api.once(`${path}/accept`, { amount: fen, ...(said ? { text: said } : {}) });
    counter.orders.delete(found.order_id);
    await counter.stage.again();
  }, t('odp.counter.settle'), field(t('odp.case.amount'), amount, t('odp.counter.amount.hint')), field(t('odp.counter.words'), text));
}

/** @param {import('./main.js').Counter} counter @param {string} path */
function respond(counter, path) {
  const text = h('textarea', { class: 'input', name: 'response', rows: 3, maxlength: 1000 });
  return form(async () => {
    await counter.api.once(`${path}/responses`, { text: text.value.trim() });
    await counter.stage.again();
  }, t('odp.counter.send'), field(t('odp.counter.words'), text));
}
