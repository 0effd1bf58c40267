/** What is owed on an order and what became of it: paying, the attempts to collect, a later end. */

import { h } from '../lib/dom.js';
import { day, when, yuan } from '../lib/format.js';
import { t } from '../lib/i18n.js';
import { attempts } from '../lib/payments.js';
import { card, section } from '../lib/ui.js';
import { isDisputed } from './order_disputes.js';

/** @typedef {(action: string, kind?: string, label?: string, body?: object) => HTMLElement} Act */

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
  if (isDisputed(order)) return t('odp.ask.more');
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
    h('div', { class: 'buttons' }, act('agree-extension', '', undefined, { service_end_by: order.extension.service_end_by }), act('refuse-extension', 'button-quiet')),
  ));
}

/** The attempts so far, and when the next one and the last day are. @param {any} order */
export function collectionPart(order) {
  const { next_attempt_at: next, ends_at: end } = order.collection ?? {};
  const made = attempts(order);
  if (!made && order.status !== 'overdue') return null;
  const ahead = order.status === 'overdue' && h('p', { class: 'small soft' }, next ? t('collection.next', { next: day(next), end: day(end) }) : t('collection.end', { end: day(end) }));
  return section(t('collection.title'), h('div', { class: 'stack-small' }, made, ahead));
}
