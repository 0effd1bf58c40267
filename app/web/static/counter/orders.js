/** Orders of this merchant. Reading one is a look that its citizen sees, so nothing is read but on request. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { attempts, refundsPart } from '../lib/payments.js';
import { button, card, empty, facts, list, pill, rowLink, section } from '../lib/ui.js';
import { orderActs } from './order_acts.js';

const OPEN = ['pending_confirmation', 'active', 'payment_due', 'overdue'];

/** @param {import('./main.js').Counter} counter */
export function orderViews(counter) {
  return { orders: () => all(counter), order: (/** @type {string} */ id) => one(counter, id) };
}

/** @param {import('./main.js').Counter} counter */
async function all(counter) {
  const { data } = await counter.api.get('/partner/v1/orders?limit=30');
  for (const order of data) counter.orders.set(order.id, order);
  const open = data.filter((/** @type {any} */ order) => OPEN.includes(order.status));
  const past = data.filter((/** @type {any} */ order) => !OPEN.includes(order.status));
  return {
    title: t('counter.tab.orders'),
    tab: 'orders',
    body: [
      open.length ? list(open.map(row)) : empty('list', t('counter.noOrders')),
      past.length ? section(t('counter.past'), list(past.map(row))) : null,
    ],
  };
}

/** @param {any} order */
const row = (order) => rowLink({
  href: `#/order/${order.id}`,
  title: order.title,
  text: when(order.created_at),
  end: statusPill(order),
  plain: true,
});

/** @param {any} order */
const statusPill = (order) => pill(t(`order.${order.status}`), order.status === 'active' ? 'pill-accent' : OPEN.includes(order.status) ? 'pill-notice' : '');

/** @param {import('./main.js').Counter} counter @param {string} id */
async function one(counter, id) {
  const order = counter.orders.get(id) ?? await read(counter, id);
  return {
    title: order.title,
    tab: 'orders',
    back: '#/orders',
    body: [
      h('p', { class: 'row-between lead-row', role: 'status', 'data-status': order.status }, h('code', { class: 'soft' }, order.external_order_no), statusPill(order)),
      h('p', { class: 'notice notice-calm lead' }, stateText(order)),
      OPEN.includes(order.status) && button(t('order.refresh'), async () => { await read(counter, id); await counter.stage.again(); }, { kind: order.status === 'pending_confirmation' ? '' : 'button-quiet' }),
      ...orderActs(order, (path, body) => act(counter, order, path, body)),
      order.dispute && section(null, list([rowLink({ href: `#/dispute/${order.dispute.id}`, title: t(`odp.counter.${order.dispute.status}`), text: t('odp.counter.seen') })])),
      section(null, card(facts(orderFacts(order)))),
      order.collection?.attempts && section(t('collection.title'), attempts(order)),
      refundsPart(order),
    ],
  };
}

/** @param {import('./main.js').Counter} counter @param {string} id */
async function read(counter, id) {
  const order = await counter.api.get(`/partner/v1/orders/${encodeURIComponent(id)}`);
  counter.orders.set(id, order);
  return order;
}

/** @param {any} order */
function stateText(order) {
  if (order.status !== 'active') return t(`counter.${order.status}`);
  return t(`counter.active.${order.path}.${order.kind}`, { amount: yuan(order.amount) });
}

/** @param {any} order @returns {Array<[string, any]>} */
function orderFacts(order) {
  const money = order.collection;
  return [
    [t('order.kind'), t(`kind.${order.kind}`)],
    [t(order.kind === 'deposit_waiver' ? 'order.deposit' : 'order.cap'), order.amount > 0 && yuan(order.amount)],
    [t('order.path'), order.path && t(`path.${order.path}`)],
    [t('order.due'), money && yuan(money.amount_due)],
    [t('order.payBy'), money?.due_at && !money.paid_at && day(money.due_at)],
    [t('order.paid'), money?.paid_at && `${yuan(money.amount_paid)} · ${when(money.paid_at)}`],
    [t('order.refunded'), money?.amount_refunded && yuan(money.amount_refunded)],
    [t('order.nextTry'), money?.next_attempt_at && day(money.next_attempt_at)],
    [t('order.outcome'), order.outcome && t(`outcome.${order.outcome}`)],
    [t('order.ends'), day(order.service_end_by)],
  ];
}

/** @param {import('./main.js').Counter} counter @param {any} order @param {string} path @param {object} body */
async function act(counter, order, path, body) {
  const answer = await counter.api.once(`/partner/v1/orders/${order.id}/${path}`, body);
  if (path === 'refunds') await read(counter, order.id);
  else counter.orders.set(order.id, answer);
  await counter.stage.again();
}
