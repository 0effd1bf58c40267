/** What is owed on an order and what became of it: paying, the attempts to collect, what came back, a later end. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { card, list, pill, section } from '../lib/ui.js';

/** @typedef {(action: string, kind?: string, label?: string) => HTMLElement} Act */

/** What is to be paid now, and what follows if it is not. @param {any} order @param {Act} act */
export function payStep(order, act) {
  const due = order.collection.amount_due;
  return card(h(
    'div',
    { class: 'stack' },
    h('p', null, t(order.status === 'written_off' ? 'pay.repair' : 'pay.lead')),
    h('p', { class: 'number' }, yuan(due)),
    h('p', { class: 'small soft' }, follows(order)),
    act('pay', '', t('pay.now', { amount: yuan(due) })),
    !order.livemode && h('p', { class: 'small soft' }, t('pay.sandbox')),
  ));
}

/** @param {any} order */
function follows(order) {
  if (order.status === 'written_off') return t('pay.written_off');
  return t(order.status === 'overdue' ? 'pay.overdue' : 'pay.by', { day: day(order.collection.due_at) });
}

/** A later end that the merchant proposes: agree, or all stays as it was. @param {any} order @param {Act} act */
export function extensionStep(order, act) {
  if (!order.allowed_actions.includes('agree-extension')) return null;
  return card(h(
    'div',
    { class: 'stack' },
    h('p', null, t('extension.lead', { day: when(order.extension.service_end_by) })),
    h('p', { class: 'small soft' }, t('extension.else', { day: when(order.service_end_by) })),
    h('div', { class: 'buttons' }, act('agree-extension'), act('refuse-extension', 'button-quiet')),
  ));
}

/** The attempts so far, and when the next one and the last day are. @param {any} order */
export function collectionPart(order) {
  const { attempts = [], next_attempt_at: next, ends_at: end } = order.collection ?? {};
  if (!attempts.length && order.status !== 'overdue') return null;
  const to_come = order.status === 'overdue' && h('p', { class: 'small soft' }, next ? t('collection.next', { next: day(next), end: day(end) }) : t('collection.end', { end: day(end) }));
  return section(t('collection.title'), attempts.length ? list(attempts.map(attemptRow)) : null, to_come);
}

/** @param {any} attempt */
const attemptRow = (attempt) => line(t(`attempt.${attempt.actor}`), when(attempt.at), attempt);

/** What came back. @param {any} order */
export function refundsPart(order) {
  if (!order.refunds?.length) return null;
  return section(t('refunds.title'), list(order.refunds.map((/** @type {any} */ refund) => line(t(`reason.${refund.reason_code}`), when(refund.created_at), refund))));
}

/** @param {string} title @param {string} text @param {any} money */
const line = (title, text, money) => h(
  'div',
  { class: 'item-link' },
  h('span', { class: 'item-body' }, h('span', { class: 'strong' }, `${title} · ${yuan(money.amount)}`), h('span', { class: 'small soft' }, text)),
  pill(t(`money.${money.status}`), money.status === 'pending' ? 'pill-notice' : ''),
);
