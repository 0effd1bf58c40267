/** Disputes of orders that their merchant left open: the queue, which names nobody, and one case with its ruling. */

import { h, refill } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, facts, field, form, rowLink, section } from '../lib/ui.js';
import { queuePage } from './cases.js';

const PATH = '/operator/v1/order-disputes';

/** @param {import('./main.js').Desk} desk */
export function orderDisputeViews(desk) {
  return {
    order_disputes: () => queuePage(desk, { name: 'order_disputes', path: PATH, none: t('odp.case.none'), row }),
    order_dispute: (/** @type {string} */ id) => one(desk, id),
  };
}

/** @param {any} waits */
const row = (waits) => rowLink({ href: `#/order_dispute/${waits.id}`, title: t(`odp.kind.${waits.kind}`), text: `${t(`odp.${waits.status}`)} · ${day(waits.opened_at)}` });

/** @param {import('./main.js').Desk} desk @param {string} id */
async function one(desk, id) {
  const found = await desk.api.get(`${PATH}/${encodeURIComponent(id)}`);
  return {
    title: t('queue.order_disputes'),
    tab: 'queues',
    back: '#/order_disputes',
    body: [
      h('p', { class: 'notice notice-calm lead', 'data-status': found.status }, t('odp.case.seen')),
      card(facts([
        [t('odp.kind'), t(`odp.kind.${found.kind}`)],
        [t('odp.text'), found.statement],
        [t('odp.response'), found.response],
        [t('odp.opened'), when(found.opened_at)],
        [t('odp.partner'), found.partner_name],
        [t('odp.order'), found.order.title],
        [t('odp.case.status'), t(`order.${found.order.status}`)],
        [t('odp.case.charged'), yuan(found.charged)],
        [t('odp.case.number'), h('code', null, found.order.external_order_no)],
      ])),
      found.proposed ? h('p', { class: 'notice' }, t('odp.case.proposed')) : section(t('odp.case.outcome'), card(ruling(desk, found))),
    ],
  };
}

/** @param {import('./main.js').Desk} desk @param {any} found */
function ruling(desk, found) {
  const outcome = h('select', { class: 'input', name: 'outcome' }, ['confirmed', 'changed'].map((code) => h('option', { value: code }, t(`odp.case.${code}`))));
  const amount = h('input', { class: 'input money', name: 'amount', inputmode: 'decimal', autocomplete: 'off', maxlength: 12 });
  const reason = h('textarea', { class: 'input', name: 'reason', rows: 3, maxlength: 500 });
  const place = h('div');
  const choose = () => refill(place, outcome.value === 'changed' ? field(t('odp.case.amount'), amount) : null);
  outcome.addEventListener('change', choose);
  choose();
  return form(async () => {
    const changed = outcome.value === 'changed' ? { amount: Math.round(Number(amount.value.trim() || 'x') * 100) } : {};
    const ruled = await desk.api.post(`${PATH}/${found.id}/resolve`, { outcome: outcome.value, reason: reason.value.trim(), ...changed });
    desk.stage.go(ruled.approval_id ? `#/approval/${ruled.approval_id}` : '#/order_disputes');
  }, t('odp.case.rule'), field(t('odp.case.outcome'), outcome), place, field(t('odp.case.reason'), reason, t('odp.case.reason.hint')));
}
