/** Orders: what waits for me first, each with the one next step. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { button, card, empty, facts, list, pill, rowLink, section } from '../lib/ui.js';
import { more } from '../lib/more.js';
import { refundsPart } from '../lib/payments.js';
import { collectionPart, extensionStep, payStep } from './order_money.js';
import { disputePart, isDisputed, recordPart } from './order_disputes.js';

const WAITING = ['pending_confirmation', 'payment_due', 'overdue'];
const OPEN = [...WAITING, 'active'];

/** @param {import('./main.js').App} app */
export function orderViews(app) {
  return { orders: () => allOrders(app), order: (/** @type {string} */ id) => oneOrder(app, id) };
}

/** @param {import('./main.js').App} app */
async function allOrders(app) {
  const path = '/citizen/v1/orders?limit=50';
  const page = await app.api.get(path);
  const open = page.data.filter((/** @type {any} */ order) => OPEN.includes(order.status));
  const past = page.data.filter((/** @type {any} */ order) => !OPEN.includes(order.status));
  return {
    title: t('orders.title'),
    tab: 'orders',
    body: [
      open.length ? list(open.map(orderRow)) : empty('list', t('orders.none')),
      past.length ? section(t('orders.past'), list(past.map(orderRow)), more(app, path, page, (row) => list([orderRow(row)]))) : null,
    ],
  };
}

/** @param {any} order */
function state(order) {
  if (isDisputed(order)) return pill(t('odp.pill'), 'pill-notice');
  return pill(t(`order.${order.status}`), WAITING.includes(order.status) ? 'pill-notice' : order.status === 'active' ? 'pill-accent' : '');
}

/** @param {any} order */
export function orderRow(order) {
  return rowLink({
    href: `#/order/${order.id}`,
    title: order.title,
    text: `${order.partner.name ?? ''} · ${when(order.created_at)}`,
    end: state(order),
    plain: true,
  });
}

/** @param {import('./main.js').App} app @param {string} id */
async function oneOrder(app, id) {
  const order = await app.api.get(`/citizen/v1/orders/${encodeURIComponent(id)}`);
  return {
    title: order.title,
    tab: 'orders',
    back: '#/orders',
    body: [
      h('p', { class: 'row-between lead-row' }, h('span', { class: 'soft' }, order.partner.name), state(order)),
      nextStep(app, order),
      section(null, card(facts(orderFacts(order)))),
      collectionPart(order),
      refundsPart(order),
      recordPart(app, order),
      disputePart(order),
      order.decision_id && section(null, list([rowLink({ href: `#/decision/${order.decision_id}`, title: t('order.why') })])),
    ],
  };
}

/** @param {any} order @returns {Array<[string, any]>} */
function orderFacts(order) {
  const money = order.collection;
  return [
    [t('order.kind'), t(`kind.${order.kind}`)],
    [t(order.kind === 'deposit_waiver' ? 'order.deposit' : 'order.cap'), order.amount > 0 && yuan(order.amount)],
    [t('order.path'), order.path && t(`path.${order.path}`)],
    [t('order.due'), money && yuan(money.amount_due)],
    [t('order.paid'), money?.paid_at && `${yuan(money.amount_paid)} · ${when(money.paid_at)}`],
    [t('order.payBy'), money?.due_at && !money.paid_at && !isDisputed(order) && day(money.due_at)],
    [t('order.refunded'), money?.amount_refunded && yuan(money.amount_refunded)],
    [t('order.outcome'), order.outcome && t(`outcome.${order.outcome}`)],
    [t('order.ends'), day(order.service_end_by)],
    [t('order.number'), h('code', null, order.external_order_no)],
  ];
}

/** @param {import('./main.js').App} app @param {any} order */
function nextStep(app, order) {
  const can = (/** @type {string} */ action) => order.allowed_actions.includes(action);
  if (can('confirm')) return confirmStep(app, order);
  const act = (/** @type {string} */ action, kind = '', label = t(`act.${action.replaceAll('-', '_')}`), body = {}) => actButton(app, order, action, body, kind, label);
  if (can('pay')) return payStep(order, act);
  const give = can('cancel') ? [act('cancel', 'button-quiet')] : [];
  const extension = extensionStep(order, act);
  return h('div', { class: 'stack' }, extension ?? h('p', { class: 'notice notice-calm' }, t(stateText(order))), ...give);
}

/** @param {import('./main.js').App} app @param {any} order */
function confirmStep(app, order) {
  const credit = (order.paths ?? []).includes('credit');
  const lines = [
    h('p', null, t(`confirm.${order.kind}.${credit ? 'credit' : 'standard'}`, { amount: yuan(order.amount) })),
    order.left_today === undefined ? null : h('p', { class: 'notice notice-calm' }, t('confirm.left', { n: order.left_today })),
    h('p', { class: 'small soft' }, t('confirm.until', { when: when(order.confirm_by) })),
  ];
  return card(
    h('div', { class: 'stack' }, ...lines, h(
      'div',
      { class: 'buttons' },
      credit && actButton(app, order, 'confirm', { path: 'credit' }, '', t('confirm.credit')),
      actButton(app, order, 'confirm', { path: 'standard' }, credit ? 'button-quiet' : '', t('confirm.standard')),
      actButton(app, order, 'decline', {}, 'button-plain'),
    )),
  );
}

/** @param {any} order */
function stateText(order) {
  const moving = order.collection?.attempts?.some((/** @type {any} */ attempt) => attempt.status === 'pending');
  if (moving) return 'order.paying.more';
  const settled = order.status === 'written_off' && order.collection.amount_paid === order.collection.amount_due;
  return `order.${settled ? 'repaired' : order.status}.more`;
}

/**
 * @param {import('./main.js').App} app @param {any} order @param {string} action @param {object} body
 * @param {string} kind @param {string} [label]
 */
function actButton(app, order, action, body, kind, label = t(`act.${action}`)) {
  const element = button(label, async () => {
    await app.api.post(`/citizen/v1/orders/${order.id}/${action}`, body);
    await app.stage.again();
  }, { kind });
  element.dataset.action = 'path' in body ? `${action}-${body.path}` : action;
  return element;
}

