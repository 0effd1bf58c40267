/** Money of an order as both sides read it: the attempts to collect it, and what came back. */

import { h } from './dom.js';
import { when, yuan } from './format.js';
import { t } from './i18n.js';
import { list, pill, section } from './ui.js';

/** Every attempt to collect, the citizen's own among them. @param {any} order */
export function attempts(order) {
  const made = order.collection?.attempts ?? [];
  return made.length ? list(made.map((/** @type {any} */ attempt) => line(t(`attempt.${attempt.actor}`), when(attempt.at), attempt))) : null;
}

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
